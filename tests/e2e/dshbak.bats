#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2030,SC2031,SC2154 # bats
# dshbak, beside pdsh's where that is installed.

bats_require_minimum_version 1.5.0
load ../lib/rsh.bash

# Inputs that both must treat alike, as for printf(1) %b.
common=(
	''
	'n1: a\n'
	'n1: a\nn1: b\n'
	'n1: a\nn2: b\nn1: c\n'
	'n2: a\nn1: a\n'
	'n10: a\nn9: b\nn1: c\n'
	'n1: a\nn2: a\nn3: a\n'
	'n1: a\nn2: a\nn5: a\n'
	'n1: a\nn2: b\nn3: a\nn4: b\n'
	'n01: a\nn02: a\nn03: a\n'
	'n09: a\nn10: a\nn11: a\n'
	'n9: a\nn10: a\n'
	'n099: a\nn100: a\n'
	'n007: a\nn008: a\nn010: a\n'
	'a1: x\nb2: x\n'
	'b1: x\na2: x\n'
	'a1: x\na2: x\nb3: x\nb4: x\n'
	'host: x\n'
	'0: x\n'
	'10: x\n11: x\n12: x\n'
	'n1-ib: x\n'
	'n1.example.com: x\n'
	'adm@n1: x\n'
	'n1:x\n'
	'n1 : x\n'
	'  n1: x\n'
	'\tn1:\tx\n'
	'n1:   x\n'
	'n1:\n'
	'n1: \nn2:\n'
	'n1: a: b: c\n'
	'n1: http://x:80/\n'
	'nothing here\n'
	'nothing\nn1: x\nnor here: x\n'
	'\n\n\n'
	'\nn1: x\n\nn1: y\n'
	': x\n'
	':: x\n'
	'n1: x\r\n'
	'n1: \0303\0244\n'
	'n1: \0377\0376\n'
	'n1: a\0000b\n'
	'n1: \033[31mred\033[0m\n'
	'pdsh@h: n1: ssh exited with exit code 1\n'
	'n1: a\npdsh@h: n1: ssh exited\n'
	'12:30:01 x\n'
	'n3: 1\nn3: 2\nn1: 1\nn1: 2\nn2: 1\n'
	'n1: a\nn2: a \n'
	'n1: a\nn2:  a\n'
	'n1: a\nn1: a\nn2: a\n'
	'n16777216: a\nn16777217: a\n'
)

# Random ones: hosts of one or two kinds, no number twice, a few texts, some
# silent, in the order of the hosts or mixed.
make_random() {
	awk -v seed="$1" 'BEGIN {
		srand(seed)
		width = int(rand() * 4)
		hosts = 1 + int(rand() * 40)
		kinds = 1 + int(rand() * 2)
		lines = 1 + int(rand() * 6)
		texts = 1 + int(rand() * 3)
		for (i = 0; i < hosts; i++) {
			number += 1 + int(rand() * 1.4)
			name[i] = sprintf("%s%0*d", rand() * kinds < 1 ? \
				"node" : "gpu", width ? width : 1, number)
			kind[i] = int(rand() * texts)
		}
		for (l = 0; l < lines; l++)
			for (i = 0; i < hosts; i++) {
				at = int(rand() * hosts)
				swap = name[i]; name[i] = name[at]; name[at] = swap
				swap = kind[i]; kind[i] = kind[at]; kind[at] = swap
			}
		for (l = 0; l < lines; l++)
			for (i = 0; i < hosts; i++)
				printf "%s: line %d of %d\n", name[i], l, kind[i]
	}'
}

setup_file() {
	export theirs inputs=$BATS_FILE_TMPDIR/inputs
	local i

	theirs=$(command -v dshbak) || theirs=
	env_clean
	mkdir "$inputs"
	ln -s "$RSH" "$BATS_FILE_TMPDIR/bin/dshbak"
	ln -s "$RSH" "$BATS_FILE_TMPDIR/bin/pdsh"
	for i in "${!common[@]}"; do
		printf %b "${common[i]}" >"$inputs/fixed-$i"
	done
	for ((i = 0; i < 20; i++)); do
		make_random "${RSH_TEST_SEED:-1}$i" >"$inputs/random-$i"
	done
}

# Each input through pdsh's dshbak and ours with the options $@.
compare_all() {
	local input failed=0 n=0

	[ -n "$theirs" ] || skip "no dshbak here"
	for input in "$inputs"/*; do
		dshbak "$@" <"$input" >"$BATS_TEST_TMPDIR/ours"
		"$theirs" "$@" <"$input" >"$BATS_TEST_TMPDIR/theirs" 2>/dev/null
		diff -u "$BATS_TEST_TMPDIR/theirs" "$BATS_TEST_TMPDIR/ours" ||
			failed=$((failed + 1))
		n=$((n + 1))
	done
	[ "$failed" -eq 0 ]
	[ "$n" -ge 60 ]
}

@test "headers and texts are those of pdsh's dshbak" {
	compare_all
}

@test "-c folds the same hosts under the same headers" {
	compare_all -c
}

@test "-d writes the same files" {
	local input dir=$BATS_TEST_TMPDIR

	[ -n "$theirs" ] || skip "no dshbak here"
	for input in "$inputs"/*; do
		rm -rf "$dir/ours" "$dir/theirs"
		mkdir "$dir/theirs"
		dshbak -f -d "$dir/ours" <"$input"
		"$theirs" -d "$dir/theirs" <"$input" 2>/dev/null
		diff -ru "$dir/theirs" "$dir/ours"
	done
}

@test "known differences are as told, and still are differences" {
	local options input output reason got args rule=----------------

	while IFS='|' read -r options input output reason; do
		[[ $options != \#* ]] || continue
		[ -n "$reason" ]
		args=()
		[ "$options" = - ] || args=("$options")
		output=$(printf %b "${output//=/$rule}")
		got=$(printf %b "$input" | dshbak "${args[@]}")
		same "$output" "$got"
		[ -n "$theirs" ] || continue
		got=$(printf %b "$input" | "$theirs" "${args[@]}" 2>/dev/null)
		[ "$output" != "$got" ] || {
			echo "stale: $options $input"
			false
		}
	done <"${BATS_TEST_DIRNAME}/dshbak.cases"
}

@test "equal numbers have a fixed order: that of their names" {
	run -0 dshbak <<<$'b1: x\na1: x\na01: x\nz: x\na: x'
	same "a z a1 a01 b1" "$(grep -vx -e '-\+' -e x <<<"$output" | xargs)"
	run -0 dshbak -c <<<$'b1-ib: x\na1-ib: y\na2-ib: y'
	same "a[1-2]-ib y b1-ib x" "$(grep -vx -e '-\+' <<<"$output" | xargs)"
}

@test "no name leads out of the folder of -d" {
	cd "$BATS_TEST_TMPDIR" || return
	mkdir d
	printf '../x: 1\n/abs: 2\n..: 3\na/../../b: 4\n.h: 5\nn1: 6\nn%%1: 7\n' |
		dshbak -d d
	same "$(printf '%s\n' ./%2E. ./%2E.%2Fx ./%2Eh ./%2Fabs \
		./a%2F..%2F..%2Fb ./n%251 ./n1 | sort)" \
		"$(cd d && find . -type f | sort)"
	same 6 "$(cat d/n1)"
	same d "$(ls)"
}

@test "a link in the folder of -d is not followed" {
	cd "$BATS_TEST_TMPDIR" || return
	mkdir d
	echo keep >victim
	ln -s ../victim d/n1
	run -1 dshbak -d d <<<'n1: evil'
	has "cannot write 'd/n1'" "$output"
	rm d/n1
	ln victim d/n1
	run -1 dshbak -d d <<<'n1: evil'
	has "'d/n1' is no plain file of ours; remove it" "$output"
	same keep "$(cat victim)"
}

@test "files are made as the umask says, and written anew" {
	cd "$BATS_TEST_TMPDIR" || return
	umask 027
	mkdir d
	dshbak -d d <<<$'n1: a long text\nn2: b'
	same "640 640" "$(stat -c %a d/n1 d/n2 | xargs)"
	dshbak -d d <<<'n1: c'
	same "c b" "$(cat d/n1 d/n2 | xargs)"
}

@test "bad options and folders end it as with pdsh's" {
	local args code

	for args in "-c -d x" "-f" "-d /nonexistent/x" "-h"; do
		code=1
		[ "$args" != -h ] || code=0
		# shellcheck disable=SC2086 # words
		run "-$code" --separate-stderr dshbak $args </dev/null
		same "" "$output"
		[ -n "$theirs" ] && [ "$args" != -h ] || continue
		# shellcheck disable=SC2086
		same "$("$theirs" $args 2>&1 </dev/null)" "$stderr"
	done
	run -1 --separate-stderr dshbak -z </dev/null
	has "unknown option '-z'" "$stderr"
	run -1 dshbak "$BATS_TEST_TMPDIR/none"
	has "cannot read '$BATS_TEST_TMPDIR/none': No such file" "$output"
}

@test "files may be named, as with pdsh's" {
	cd "$BATS_TEST_TMPDIR" || return
	printf 'n1: a\n' >one
	printf 'n2: a\n' >two
	run -0 dshbak -c one - two <<<'n3: a'
	has 'n[1-3]' "$output"
}

@test "a terminal is shown no control bytes, a file has all of them" {
	local bytes=$BATS_TEST_TMPDIR/bytes

	printf 'n\0331: \033]52;c;QQ==\007\001\377\n' >"$bytes"
	run -0 script -qec "dshbak $bytes" /dev/null
	same "" "$(LC_ALL=C tr -d '\r\n\t -~' <<<"$output")"
	has '\033]52;c;QQ==\007\001\377' "$output"
	run -0 bash -c "dshbak '$bytes' | grep -c \$'\\001'"
	same 1 "$output"
}

@test "a long line and many short ones are not held in memory" {
	! sanitized || skip "sanitizers take memory of their own"
	big() {
		printf 'n1: '
		head -c 100000000 /dev/zero
		printf '\n'
		yes "n2: $(printf %01000d 0)" | head -n 50000
		yes "n3: $(printf %01000d 0)" | head -n 50000
	}
	# 64 MiB of text are held, the rest goes to a file
	run -0 bash -c "$(declare -f big); big |
		(ulimit -v 150000 && dshbak -c) | wc -c"
	same $((4 * 17 + 3 + 100000001 + 7 + 50050000)) "$output"
}

@test "a full disk and a reader that left are failures" {
	run -1 --separate-stderr bash -c 'echo "n1: a" | dshbak >/dev/full'
	has "cannot write to stdout: No space left" "$stderr"
	run -141 --separate-stderr bash -c 'set -o pipefail
		yes "n1: a" | head -n 200000 | dshbak | head -n 1'
	same "" "$stderr"
}

@test "pdsh -w ... | dshbak -c, both of them ours" {
	run -0 bash -c "pdsh -R exec -w 'n[1-9]' echo same | dshbak -c"
	same "$(printf '%s\n' ---------------- 'n[1-9]' ---------------- same)" \
		"$output"
	run -0 bash -c "pdsh -R exec -w 'n[1-3]' echo %h | dshbak"
	same "$(for i in 1 2 3; do
		printf '%s\n' ---------------- n$i ---------------- n$i
	done)" "$output"
}
