#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2016,SC2154 # remote shells, bats
# What is sent to run: variables, %-words and scripts.

bats_require_minimum_version 1.5.0
load ../lib/rsh.bash

setup_file() {
	fleet_start 3
}

teardown_file() {
	fleet_stop
}

sorted() {
	run "$@"
	output=$(sort <<<"$output")
}

@test "without an option the command is sent as it is" {
	sorted -0 timeout 20 rsh -H 'node[01-02]' 'echo %h %% "$RSH_HOST."'
	same $'node01: %h %% .\nnode02: %h %% .' "$output"
}

@test "--subst puts host, name, user and rank into the command" {
	sorted -0 timeout 20 rsh --subst -H 'node[01-02]' \
		'echo %n %r %h %% %d "$0"'
	same $'node01: node01 0 127.2.0.1 % %d sh
node02: node02 1 127.2.0.2 % %d sh' "${output//bash/sh}"
	run -0 timeout 20 rsh --subst node03 'echo %u.%n.%r'
	same "$(ssh node03 'echo $LOGNAME').node03.0" "$output"
}

@test "--subst refuses what a shell would read in its own way" {
	run -255 --separate-stderr timeout 20 rsh --subst -o 'User=a;b' \
		-H node01 'echo %u'
	has "cannot put 'a;b' into a command" "$stderr"
	same "" "$output"
}

@test "--env gives the command its place in the run" {
	sorted -0 timeout 20 rsh --env -H 'node[01-03]' \
		'echo "$RSH_HOST $RSH_RANK of $RSH_NHOSTS" "it'"'"'s a  b"'
	same "node01: node01 0 of 3 it's a  b
node02: node02 1 of 3 it's a  b
node03: node03 2 of 3 it's a  b" "$output"
	run -7 timeout 20 rsh --env node01 'cat; exit 7' <<<"input stays"
	same "input stays" "$output"
	sorted -0 timeout 20 rsh --rcmd exec --env -H a,b \
		sh -c 'echo "$RSH_HOST $RSH_RANK $RSH_NHOSTS"'
	same $'a: a 0 2\nb: b 1 2' "$output"
}

@test "--env and --subst need a command to work on" {
	local option

	for option in --env --subst; do
		run -255 --separate-stderr timeout 5 rsh "$option" node01 \
			</dev/null
		has "there is no command to put anything into" "$stderr"
	done
	run -255 --separate-stderr timeout 5 rsh --rcmd exec --subst -H a x
	has "leave '--subst' out" "$stderr"
}

# A script of the lines $@.
script() {
	printf '%s\n' "$@" >"$BATS_TEST_TMPDIR/script"
}

@test "--script runs a script of here, with its arguments" {
	script 'echo "$#:$1:$2:$3"; exit 4'
	run -4 timeout 20 rsh --script "$BATS_TEST_TMPDIR/script" node01 \
		'a  b' "it's \$x !" '*'
	same "3:a  b:it's \$x !:*" "$output"
	sorted -0 timeout 20 rsh --env --script "$BATS_TEST_TMPDIR/script" \
		--exit-code=all -H 'node[01-03]' -- -x y || :
	same $'node01: 2:-x:y:\nnode02: 2:-x:y:\nnode03: 2:-x:y:' \
		"$(grep -v failed <<<"$output")"
}

@test "--script heeds the first line" {
	script '#!/bin/bash -e' 'x=(1 2 3); false; echo not reached'
	run -1 timeout 20 rsh --script "$BATS_TEST_TMPDIR/script" node01
	same "" "$output"
	script '#!/usr/bin/env -S perl -w' 'print "$^W @ARGV\n"; exit 5'
	run -5 timeout 20 rsh --script "$BATS_TEST_TMPDIR/script" \
		node01 -- -v 'b c'
	same "1 -v b c" "$output"
	script '#!/usr/bin/awk -f' '{ print }'
	run -255 --separate-stderr timeout 5 rsh \
		--script "$BATS_TEST_TMPDIR/script" node01
	has "begins with '#!/usr/bin/awk -f', which is not known" "$stderr"
}

@test "a script that cannot be had is one sentence and 255" {
	local file

	for file in "$BATS_TEST_TMPDIR" /dev/null "$BATS_TEST_TMPDIR/none"; do
		run -255 --separate-stderr timeout 5 rsh --script "$file" node01
		same "" "$output"
		has "cannot read script '$file'" "$stderr"
	done
	script true
	run -255 --separate-stderr timeout 5 rsh -n \
		--script "$BATS_TEST_TMPDIR/script" node01
	has "'--script' is the command's input" "$stderr"
}

@test "a script of 4 MB reaches every host whole, whatever StdinNull says" {
	script "sum=0"
	seq -f 'sum=$((sum + 1)) # %0100g' 40000 >>"$BATS_TEST_TMPDIR/script"
	echo 'echo $sum' >>"$BATS_TEST_TMPDIR/script"
	sorted -0 timeout 30 rsh -o StdinNull=yes \
		--script "$BATS_TEST_TMPDIR/script" -H 'node[01-03]'
	same $'node01: 40000\nnode02: 40000\nnode03: 40000' "$output"
}
