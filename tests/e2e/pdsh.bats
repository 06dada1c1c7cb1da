#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # remote shells, bats
# rsh under the name pdsh, beside pdsh itself where it is installed.  Random
# lists are the same each time, or of RSH_TEST_SEED.

bats_require_minimum_version 1.5.0
load ../lib/rsh.bash

cases=${BATS_TEST_FILENAME%/*}

# Programs of one name in two folders: theirs and ours.
setup_file() {
	local real

	env_clean
	export ours=$BATS_FILE_TMPDIR/ours theirs=
	real=$(command -v pdsh.bin || command -v pdsh || true)
	mkdir -p "$ours" "$BATS_FILE_TMPDIR/theirs"
	ln -s "$RSH" "$ours/pdsh"
	if [ -n "$real" ]; then
		theirs=$BATS_FILE_TMPDIR/theirs
		ln -s "$real" "$theirs/pdsh"
	fi
	mkdir "$BATS_FILE_TMPDIR/files"
	cd "$BATS_FILE_TMPDIR/files" || return
	mkdir -p folder/deep
	printf 'foo[9-11]\nfoo12 # the last\n' >wcoll
	echo foo10 >other
	printf 'x1\n#include wcoll\nx2\n' >includes
	printf 'x1\n#include wcoll garbage\n#\nx2\n' >garbage
	printf 'a1\n#include b\n' >folder/a
	printf 'b1\n' >folder/b
	printf 'a1\n#include deep/c\n' >folder/up
	printf '#include ../b\n' >folder/deep/c
	printf 'x1\r\nx2\r\n' >crlf
	printf 'bob@x1\n' >users
	printf 'x1\n#include again\n' >again
	cat >genders <<-'END'
		# a comment
		n[0-9]	all,os=debian
		n[10-20]	all,os=fedora
		n[3-5],n[12-14]	web,altname=web%n
		n7	db
		n0	login,pdsh_all_skip
	END
	cat >typed <<-'END'
		t1	pdsh_rcmd_type=exec
		t2	pdsh_rcmd_type=adam@exec
	END
}

setup() {
	cd "$BATS_FILE_TMPDIR/files" || return
	export PATH=$ours:$PATH
}

need_theirs() {
	[ -n "$theirs" ] || skip "pdsh is not installed"
}

# Run pdsh of the folder $2 with the words $3... and files NAME.out, NAME.err;
# sets $status.  $PDSH_ENV is what stands in front.
run_one() {
	local name=$1 folder=$2

	shift 2
	status=0
	PATH=$folder:$PATH env "${env[@]}" pdsh "$@" </dev/null \
		>"$BATS_TEST_TMPDIR/$name.out" 2>"$BATS_TEST_TMPDIR/$name.err" ||
		status=$?
}

# The words of the line $1, as a shell reads them, into env and words.
read_words() {
	eval "words=($1)"
	env=()
	while [[ ${words[0]-} =~ ^[A-Z_]+= ]]; do
		env+=("${words[0]}")
		words=("${words[@]:1}")
	done
}

# What does not depend on who runs when, and from which folder.
levelled() {
	sed -e "s,$theirs/,D/,; s,$ours/,D/," -e 's/: [0-9]* sec/: N sec/g' \
		"$BATS_TEST_TMPDIR/$1" | sort
}

# Each command line of the cases, given to both.
same_lines() {
	local line env words want i=0 n=0 bad=0 f

	while IFS= read -r line; do
		[[ $line != '#'* && -n $line ]] || continue
		i=$((i + 1))
		sampled "$i" || continue
		read_words "$line"
		run_one theirs "$theirs" "${words[@]}"
		want=$status
		run_one ours "$ours" "${words[@]}"
		n=$((n + 1))
		if [ "$want" != "$status" ]; then
			echo "$line: status $want, ours $status"
			bad=1
		fi
		for f in out err; do
			cmp -s "$BATS_TEST_TMPDIR/theirs.$f" \
				"$BATS_TEST_TMPDIR/ours.$f" ||
			diff -u <(levelled "theirs.$f") <(levelled "ours.$f") ||
				{
					echo "in: $line"
					bad=1
				}
		done
	done <"$cases/pdsh.cases"
	[ "$bad" = 0 ] && enough "$n" 100
}

@test "command lines give what pdsh gives: output, messages, status" {
	need_theirs
	quickly same_lines
}

# "STATUS LAST-LINE" of the run named $1.
brief() {
	local f=$BATS_TEST_TMPDIR/$1.out

	[ -s "$f" ] || f=$BATS_TEST_TMPDIR/$1.err
	echo "$status $(tail -n 1 "$f" | tr -d '\0\r')"
}

# Whether $2 is as the pattern $1 says, in which * and ? stand for any.
as_said() {
	local pattern=${1//\\/\\\\}

	pattern=${pattern//\[/\\[}
	# shellcheck disable=SC2053 # a pattern
	[[ $2 == $pattern ]]
}

@test "what differs from pdsh is what the table of differences says" {
	local line theirs_want ours_want rest words env bad=0

	while IFS= read -r line; do
		[[ $line != '#'* && -n $line ]] || continue
		rest=${line#* ; }
		theirs_want=${rest%% ; *}
		rest=${rest#* ; }
		ours_want=${rest%% ; *}
		[[ $rest == *' ; '?* ]] || return
		read_words "-R exec ${line%% ; *}"
		if [ -n "$theirs" ]; then
			run_one theirs "$theirs" "${words[@]}"
			as_said "$theirs_want" "$(brief theirs)" || {
				echo "pdsh ${line%% ; *}: '$(brief theirs)'"
				bad=1
			}
		fi
		run_one ours "$ours" "${words[@]}"
		as_said "$ours_want" "$(brief ours)" || {
			echo "ours ${line%% ; *}: '$(brief ours)'"
			bad=1
		}
	done <"$cases/pdsh.differences"
	[ "$bad" = 0 ]
}

# The last line that pdsh of the folder $1 prints with the words $2..., and its
# status: sets $answer.  As few processes as can be.
ask() {
	local lines=() status=0 program=$1/pdsh

	shift
	"$program" -R exec "$@" </dev/null >answer 2>/dev/null || status=$?
	mapfile -t lines <answer
	answer="$status ${lines[*]: -1}"
}

# Lists on the standard input, one a line: all as pdsh expands and folds them.
# $1 of them at least.
same_lists() {
	local list answer want i=0 n=0 bad=0 q=-Q

	cd "$BATS_TEST_TMPDIR" || return
	while IFS= read -r list; do
		i=$((i + 1))
		sampled "$i" || continue
		n=$((n + 1))
		[ $((n % 4)) -eq 0 ] && q=-q || q=-Q
		# shellcheck disable=SC2086 # LIST, or LIST -x LIST
		ask "$theirs" "$q" -w $list
		want=$answer
		# shellcheck disable=SC2086
		ask "$ours" "$q" -w $list
		[ "$want" = "$answer" ] || {
			printf '%s\n' "$q -w $list: $want" "ours: $answer"
			bad=1
		}
	done
	[ "$bad" = 0 ] && enough "$n" "$1"
}

@test "lists of every shape expand and fold as with pdsh" {
	local prefix range suffix

	need_theirs
	for prefix in '' n node- a.b n1x; do
		for range in 1 01 1-3 01-3 001-012 8-11 08-11 98-101 3,1 1,1 \
			1-3,7,09-11 5-5 0-1 00,0,000; do
			for suffix in '' x .dom -ib; do
				echo "${prefix}[$range]$suffix"
			done
		done
	done | quickly same_lists 280
}

# $1 random lists, some with something left out.
random_lists() {
	awk -v n="$1" -v seed="${RSH_TEST_SEED:-20351}" '
	function one(words, w) { return w[1 + int(rand() * split(words, w, " "))] }
	function range(lo) {
		lo = int(rand() * 120)
		lo = sprintf("%0*d", one("0 0 0 2 3"), lo)
		if (rand() < 0.3)
			return lo
		return lo "-" sprintf("%0*d", one("0 0 1 3"), lo + int(rand() * 6))
	}
	function host(name, kind) {
		name = one("n m node r1n x-")
		kind = int(rand() * 6)
		if (kind == 0)
			return name int(rand() * 30)
		if (kind == 1)
			return name "[" range() "," range() "," range() "]"
		if (kind == 2)
			return name "[" range() "]" one(".a -ib x")
		if (kind == 3)
			return name "[" int(rand() * 3) "-3]-[" range() "]"
		return name "[" range() "]"
	}
	function left_out() {
		if (rand() < 0.5)
			return "n[0-9],m[00-12] -x n" int(rand() * 12) \
				",m0" int(rand() * 9)
		return "n[0-30],-/" one("[13]$ ^n2 0 n(1|2)$") "/"
	}
	BEGIN {
		srand(seed)
		while (n-- > 0)
			print rand() < 0.4 ? left_out() : host() "," host()
	}'
}

@test "random lists, with some left out, expand and fold as with pdsh" {
	need_theirs
	random_lists 160 | quickly same_lists 160
}
