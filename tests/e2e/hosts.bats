#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # bats
# rsh hosts, the verbs, and the lists of hosts as a user meets them.

bats_require_minimum_version 1.5.0
load ../lib/rsh.bash

setup_file() {
	env_clean
	ln -sf "$RSH" "$BATS_FILE_TMPDIR/bin/rsh"
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

# A python3 that has ClusterShell, or nothing.
cluster_python() {
	local python

	for python in python3 /usr/bin/python3; do
		"$python" -c 'import ClusterShell' 2>/dev/null || continue
		echo "$python"
		return
	done
}

# What rsh prints for the words $@ on one line; "!" for an error.
told() {
	local got

	if got=$(rsh hosts "$@" 2>err); then
		printf '%s\n' "${got//$'\n'/ }"
	else
		echo '!'
	fi
}

# Each question of the file cases, with its answer.
same_answers() {
	local words want got i=0 cases=0

	while IFS=$'\t' read -r words want; do
		i=$((i + 1))
		sampled "$i" || continue
		eval "set -- $words"
		got=$(told "$@")
		if [ "$got" != "$want" ]; then
			printf 'rsh hosts %s\nnodeset: %s\nrsh: %s\n' \
				"$words" "$want" "$got"
			return 1
		fi
		cases=$((cases + 1))
	done <cases
	enough "$cases" 400
}

@test "answers are those of nodeset" {
	local python

	python=$(cluster_python)
	[ -n "$python" ] || skip "no ClusterShell"
	"$python" "$BATS_TEST_DIRNAME/../lib/nodesets.py" \
		"${RSH_TEST_SEED:-1}" 120 >cases
	quickly same_answers
}

# list | nodeset -f | rsh hosts -f | why
differences() {
	cat <<-'EOF'
		n[01-3] | ! | n[01-03] | the padded end gives the width, as with pdsh
		n[1-03] | ! | n[01-03] | the same
		n[-1] | n-1 | ! | ranges go from 0 up
		n[0-4/2]0 | ! | n[00,20,40] | a step in front of a digit
		n123456789012345678,n123456789012345679 | n[123456789012345678-123456789012345679] | n123456789012345678,n123456789012345679 | numbers of 18 digits are text
		a,,b | ! | a,b | items that are empty are skipped
		a,!b | ! | a | an exclusion
		a b | a b | a,b | blanks separate names and are in none
		-n1,n[1-2] | -n1,n[1-2] | n2 | an exclusion
		a&b, | ! |  | a comma at the end is none
	EOF
}

@test "differences from nodeset are those that are meant" {
	local python list theirs ours got

	python=$(cluster_python)
	[ -n "$python" ] || skip "no ClusterShell"
	differences >table
	cut -d '|' -f 1 table | sed 's/ *$//' >lists
	"$python" -c '
import sys
from ClusterShell.NodeSet import NodeSet
for line in sys.stdin:
    try:
        print(NodeSet(line.rstrip("\n")))
    except Exception:
        print("!")' <lists >theirs
	paste -d '|' table theirs >both
	while IFS='|' read -r list theirs ours _ got; do
		list=${list% } theirs=${theirs# } ours=${ours# }
		same "$list: ${theirs% }" "$list: $got"
		same "$list: ${ours% }" "$list: $(told -- "$list")"
	done <both
}

@test "expanding keeps the order, folding sorts" {
	run -0 rsh hosts -e n3,n1 n2
	same $'n3\nn1\nn2' "$output"
	run -0 rsh hosts -e --sort n3,n1 n2
	same $'n1\nn2\nn3' "$output"
	run -0 rsh hosts n3,n1 n2
	same 'n[1-3]' "$output"
	run -0 rsh hosts -e -I 0 n3,n1
	same n1 "$output"
}

@test "steps go in order, from the first list on" {
	run -0 rsh hosts -x n2 'n[1-3]'
	same 'n[1,3]' "$output"
	run -0 rsh hosts 'n[1-3]' -x n2 n2 -i 'n[1-2]'
	same 'n[1-2]' "$output"
	run -0 rsh hosts 'n[1-3]' -X 'n[3-4]' x
	same 'n[1-2,4],x' "$output"
	run -0 rsh hosts -e 'n[3,1,2]' -i 'n[1-3]' -x n1
	same $'n3\nn2' "$output"
}

@test "names come from standard input" {
	run -0 rsh hosts <<<$'n2 n1\n# no\n n3 # three\n'
	same 'n[1-3]' "$output"
	run -0 rsh hosts a - <<<n1
	same a,n1 "$output"
	run -0 rsh hosts 'n[1-3]' -x - <<<n2
	same 'n[1,3]' "$output"
	run -0 rsh hosts -c </dev/null
	same 0 "$output"
	run -0 rsh hosts -e </dev/null
	same "" "$output"
	run -255 --separate-stderr rsh hosts <<<$'n1\nn[2-1]'
	same "rsh: stdin line 2: bad host list 'n[2-1]': column 5: expected 2 or \
more, as ranges go up" "$stderr"
}

@test "a separator has escapes" {
	run -0 rsh hosts -e -S, 'n[1-3]'
	same n1,n2,n3 "$output"
	run -0 rsh hosts -e -S '\t' 'n[1-2]'
	same $'n1\tn2' "$output"
	rsh hosts -e -S '\0' 'n[1-2]' | od -An -c >got
	same '   n   1  \0   n   2  \n' "$(cat got)"
	run -0 rsh hosts -e --split 2 'n[1-4]'
	same $'n1 n2\nn3 n4' "$output"
	run -255 --separate-stderr rsh hosts -S , n1
	same "rsh: --separator goes with --expand only" "$stderr"
}

@test "some are picked at random" {
	local i

	for i in 1 2 3; do
		rsh hosts -e --pick 5 'n[1-100000]' >"picked$i"
		run -0 rsh hosts -c -i 'n[1-100000]' - <"picked$i"
		same 5 "$output"
	done
	[ "$(cat picked1)" != "$(cat picked2)" ] ||
		[ "$(cat picked2)" != "$(cat picked3)" ]
	run -0 rsh hosts --pick 5 'n[1-3]'
	same 'n[1-3]' "$output"
}

@test "a filter keeps what matches" {
	run -0 rsh hosts --filter 'web*,/^d/' 'web[1-3],db1,n1'
	same 'db1,web[1-3]' "$output"
	run -0 rsh hosts --filter 'web*' --filter '/[12]$/' 'web[1-3],n1'
	same 'web[1-2]' "$output"
	run -255 --separate-stderr rsh hosts --filter 'x*' n1
	same "rsh: no host of the list matches the filter 'x*'" "$stderr"
	run -0 rsh --rcmd exec --filter 'n?' --exclude '/2/' -H 'n[1-12]' \
		--no-prefix echo %h
	same "$(printf 'n%s\n' 1 3 4 5 6 7 8 9)" "$(sort -V <<<"$output")"
}

@test "errors are one sentence and 255" {
	local words want

	while IFS='|' read -r words want; do
		eval "set -- $words"
		run -255 --separate-stderr rsh hosts "$@"
		same "" "$output"
		same "rsh: $want" "$stderr"
	done <<-'EOF'
		'n[1'|bad host list 'n[1': column 4: expected ']'
		n1 -x 'a&'|bad host list 'a&': column 3: expected a name or group after '&'
		-I x n1|bad slice 'x': expected places from 0 such as 0-3,7 or 0-99/10
		-I 1- n1|bad slice '1-': expected places from 0 such as 0-3,7 or 0-99/10
		--split 0 n1|bad value '0' for '--split': expected a number from 1 to 1000000
		--split 2 --contiguous n1|--split and --contiguous do not go together
		--nosuch|unknown option '--nosuch'
		^nosuch|cannot read 'nosuch': No such file or directory
		'n[1-1000001]'|bad host list 'n[1-1000001]': column 3: expected at most 1000000 hosts in all
		'a[1-600000]' 'b[1-600000]'|bad host list 'b[1-600000]': column 3: expected at most 1000000 hosts in all
		'a[1-600000]' -X 'b[1-600000]'|more than 1000000 hosts in all
		'/x(/' n1|bad host list '/x(/': column 2: bad pattern 'x(' at column 3: missing closing parenthesis
	EOF
}

@test "a million is counted and folded" {
	run -0 rsh hosts -c 'n[1-1000000]'
	same 1000000 "$output"
	rsh hosts -e 'n[000001-999999]' | rsh hosts >folded
	same 'n[000001-999999]' "$(cat folded)"
	run -0 rsh hosts 'r[1-1000]n[1-1000]' -x 'r[2-1000]n[1-1000]'
	same 'r1n[1-1000]' "$output"
}

@test "names in four dimensions fold in no time" {
	rsh hosts -e 'x[1-8]c[0-7]s[0-15]n[0-8]' -x 'x[3-4]c[0-1]s[0-1]n[1-3]' \
		-x 'x8c7s[3-9]n[0-2]' >names
	run -0 rsh hosts - <names
	[ "${#output}" -lt 400 ]
	run -0 rsh hosts -c "$output"
	same "$(wc -l <names)" "$output"
}

@test "verbs are the first word only" {
	run -0 --separate-stderr rsh -G -- ping
	has "host ping" "$output"
	run -0 rsh -G ssh://hosts
	has "host hosts" "$output"
	run -0 rsh --rcmd exec -H n1 echo hosts
	same "n1: hosts" "$output"
	run -0 rsh -G -F none hosts
	has "host hosts" "$output"
}

@test "help is had of the program and of a verb" {
	run -0 rsh help
	has "usage: rsh [options]" "$output"
	has "rsh hosts LIST..." "$output"
	run -0 rsh help hosts
	has "usage: rsh hosts" "$output"
	same "$output" "$(rsh hosts --help)"
	run -255 --separate-stderr rsh help nosuch
	same "rsh: there is no verb 'nosuch'; 'rsh --help' names them" "$stderr"
	run -0 rsh help shell
	same "$output" "$(rsh interactive --help)"
	run -255 --separate-stderr rsh help a b
	same "rsh: 'help' takes one verb at most" "$stderr"
}

@test "the manual lists the options of hosts" {
	local top=$BATS_TEST_DIRNAME/../..

	printf '#!/bin/sh\nexec %s hosts "$@"\n' "$RSH" >hosts
	chmod +x hosts
	run -0 "$top/tools/check-options" ./hosts "$top/docs/man/rsh-hosts.1"
}

@test "brackets that the shell took are told of" {
	touch n1 n2 n3
	run --separate-stderr rsh --rcmd exec -H n[1-3] true
	has "'n1' and 'n2' are files here: if the shell made them of one list \
with brackets, quote the list" "$stderr"
	run -0 --separate-stderr rsh --rcmd exec -H 'n[1-3]' true
	same "" "$stderr"
}

@test "hosts are told as groups, and groups by their hosts" {
	mkdir -p "$HOME/.dsh/group"
	echo 'web[1-3]' | "$RSH" hosts -e - >"$HOME/.dsh/group/web"
	printf 'n1\nn2\n' >"$HOME/.dsh/group/rack1"
	printf 'n3\nn4\n' >"$HOME/.dsh/group/rack2"
	printf 'n4\nn5\n' >"$HOME/.dsh/group/odd"
	run -0 rsh hosts -s dsh @web
	same 'web[1-3]' "$output"
	run -0 rsh hosts -s dsh -r 'n[1-4],n9,web[1-3]'
	same '@dsh:rack[1-2],@dsh:web,n9' "$output"
	run -0 rsh hosts -s dsh -r n9
	same n9 "$output"
	run -0 rsh hosts -s dsh --groups
	same $'@dsh:odd\n@dsh:rack1\n@dsh:rack2\n@dsh:web' "$output"
	run -0 rsh hosts -s dsh --groups n4
	same $'@dsh:odd\n@dsh:rack2' "$output"
	run -0 rsh hosts -s dsh -a x
	same 'n[1-5],web[1-3],x' "$output"
	run -0 rsh hosts -s dsh 'web*!web2,@rack[1-2]&n[2-9],@odd'
	same 'n[2-5]' "$output"
	run -0 rsh hosts -s dsh -e '@@'
	same $'odd\nrack1\nrack2\nweb' "$output"
	run -0 rsh hosts --sources
	has dsh "$output"
	run -255 --separate-stderr rsh hosts @nosuch
	has "column 1: unknown group '@nosuch'" "$stderr"
}
