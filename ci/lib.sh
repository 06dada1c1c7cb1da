# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# What the steps in ci/ share.  Each step works in a folder of its own,
# build-ci/STEP (or below $CI_BUILD), prints what it found as
#
#	ok NAME (12 s)
#	not ok NAME
#
# and ends with one line "N passed, N failed".

top=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=contrib/tests.sh
. "$top/contrib/tests.sh"
work=${CI_BUILD:-$top/build-ci}
jobs=$(nproc)
repeat="ci/${0##*/}"
passed=0
failed=0
skipped=0

# Output of programs is compared, and colours are for people.
LC_ALL=C.UTF-8
export LC_ALL
unset LANGUAGE CDPATH

# Builds with equal flags are one; in which folder does not matter.
if command -v ccache >/dev/null && [ -d /usr/lib/ccache ]; then
	PATH=/usr/lib/ccache:$PATH
	CCACHE_DIR=$work/ccache
	CCACHE_NOHASHDIR=1
	export PATH CCACHE_DIR CCACHE_NOHASHDIR
fi

say() {
	printf '%s\n' "$*"
}

# on_failure NAME LOG: tell what went wrong and how to see it again.
on_failure() {
	say "not ok $1"
	# What matters first, it may stand far from the end.
	grep -E ': (error|warning): ' "$2" | head -n 40 | sed 's/^/    /'
	tail -n 80 "$2" | sed 's/^/    /'
	say "    whole log: $2"
	say "    repeat with: $repeat"
}

# quietly NAME COMMAND...: run it, its output only shown when it fails.
# Not counted: for what comes before the tests.
quietly() {
	name=$1
	shift
	mkdir -p "$work/log"
	log=$work/log/$(printf '%s' "$name" | tr -c 'A-Za-z0-9._-' _).log
	start=$(date +%s)
	if ("$@") >"$log" 2>&1 </dev/null; then
		took=$(($(date +%s) - start))
		return 0
	fi
	on_failure "$name" "$log"
	return 1
}

# check NAME COMMAND...: the same, counted as one test.
check() {
	if quietly "$@"; then
		say "ok $1 ($took s)"
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
	fi
}

# must NAME COMMAND...: the same, and without it there is no going on.
must() {
	check "$@"
	[ $failed -eq 0 ] || finish
}

# Make ./configure unless it is there and newer than what it is made of.
bootstrap() {
	if [ ! -x "$top/configure" ] || [ -n "$(find "$top/configure.ac" \
		"$top/m4/rsh_flags.m4" -newer "$top/configure")" ]; then
		(cd "$top" && autoreconf -fi)
	fi
}

# configure_in FOLDER ARGUMENT...: out of tree.
configure_in() {
	bootstrap || return 1
	mkdir -p "$1" || return 1
	(cd "$1" && shift && "$top/configure" "$@")
}

# The options for make that build no other test programs than those named
# among the tests $@.
only_tests() {
	programs=
	for test_name; do
		case $test_name in
		*.bats) ;;
		*) programs="$programs $test_name" ;;
		esac
	done
	printf 'check_PROGRAMS=%s\n' "${programs# }"
}

# The test programs that can be built in FOLDER, a line each.
test_programs() {
	# shellcheck disable=SC2016 # for make
	make -C "$1" -s --no-print-directory \
		--eval 'names:; @printf "%s\n" $(check_PROGRAMS)' names |
		grep '^tests/' # make itself may speak, too
}

# The option for make that compiles no other layers of librsh.a than those that
# are named: the programs that are built need no more.
only_layers() {
	wanted=
	for layer; do
		wanted="$wanted src/$layer/%"
	done
	# shellcheck disable=SC2016 # for make
	printf 'librsh_a_OBJECTS=$(filter%s,$(am_librsh_a_OBJECTS))\n' \
		"$wanted"
}

# The option for configure of a linker that needs a quarter of the time of the
# usual one for programs with sanitizers.
fast_linker() {
	! command -v ld.lld >/dev/null || printf 'LDFLAGS=-fuse-ld=lld\n'
}

# make_check FOLDER NAME ARGUMENT...: run make check there and count each
# test.  The tests' own report is shown when one fails.
make_check() {
	folder=$1
	name=$2
	shift 2
	ok=yes
	# Tests wait for much that is no work.
	quietly "$name" run_tests "$folder" "$((jobs + 1))" "$@" || ok=no
	grep '^=== failed, and tried once more: ' "$log" || :
	find "$folder" -name '*.trs' -exec cat {} + >"$work/log/results"
	good=$(grep -cE '^:test-result: (PASS|XFAIL)' "$work/log/results") || :
	bad=$(grep -cE '^:test-result: (FAIL|XPASS|ERROR)' \
		"$work/log/results") || :
	none=$(grep -c '^:test-result: SKIP' "$work/log/results") || :
	passed=$((passed + good))
	failed=$((failed + bad))
	skipped=$((skipped + none))
	if [ "$ok" = no ]; then
		[ "$bad" -gt 0 ] || failed=$((failed + 1))
		for test in $(tests_failed "$folder"); do
			say "--- $test.log"
			tail -n 200 "$test.log" | sed 's/^/    /'
		done
		# .ci/run repeats these at its end.
		grep -hE '^(FAIL|XPASS|ERROR):' "$log" |
			sed "s/^/not ok $name: /"
	elif [ "$good" -eq 0 ]; then
		say "not ok $name: no test ran"
		failed=$((failed + 1))
	else
		say "ok $name: $good tests ($took s)"
	fi
}

# The last line, and the end.
finish() {
	if [ $skipped -gt 0 ]; then
		say "$passed passed, $failed failed, $skipped skipped"
	else
		say "$passed passed, $failed failed"
	fi
	[ $failed -eq 0 ]
	exit
}
