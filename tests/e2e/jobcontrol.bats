#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2016,SC2154 # remote shells, bats
# The terminal is as it was, whatever ends or stops the run; a run in the
# background is a good citizen.

bats_require_minimum_version 1.5.0
load ../lib/rsh.bash

setup_file() {
	sim_start 127.1.0.1-127.1.0.40 -f password=127.1.0.11-127.1.0.14
	sed '/BatchMode/d' "$scaled/ssh_config" >"$scaled/asking"
}

teardown_file() {
	sim_stop
}

# At a terminal: the arguments up to "--" are steps, the others are rsh's.
at_terminal() {
	local steps=()

	while [ "$1" != -- ]; do
		steps+=("$1")
		shift
	done
	shift
	run timeout 60 "$builddir/tests/lib/atterminal" "${steps[@]}" -- \
		"$RSH" -F "$scaled/asking" --color=never "$@"
}

# How it ended, and that the terminal has its modes.
ended() {
	[ "$status" -eq "$1" ]
}

hosts='127.1.0.[11-14]'
question="password: "

@test "a question and each signal that ends the run: the terminal is restored" {
	local row name number want

	for row in "HUP 1 129" "INT 2 130" "QUIT 3 131" "USR1 10 138" \
		"USR2 12 140" "ALRM 14 142" "TERM 15 143"; do
		read -r name number want <<<"$row"
		at_terminal "+Password for 4 hosts: " "%$number" -- \
			--password -H "$hosts" say in
		ended "$want" || {
			echo "$name"
			return 1
		}
	done
	# one host: asked in the middle of the log-in
	for row in "HUP 1 129" "INT 2 130" "TERM 15 143" "USR1 10 255"; do
		read -r name number want <<<"$row"
		at_terminal "+$question" "%$number" -- 127.1.0.11 say in
		ended "$want"
	done
}

@test "Ctrl+C at a question is typed, and so is Ctrl+Z; then it is asked again" {
	at_terminal "+Password for 4 hosts: " '-\003' -- \
		--password -H "$hosts" say in
	ended 130
	at_terminal "+Password for 4 hosts: " '-open \032' stopped fg \
		"+Password for 4 hosts: " '-open sesame\r' -- \
		--password --exit-code all -H "$hosts" say in
	ended 0
	same 4 "$(grep -c ': in' <<<"$output")"
	[[ $output != *sesame* ]]
	at_terminal "+$question" '-\032' stopped fg \
		"+$question" '-open sesame\r' -- 127.1.0.11 say in
	ended 0
	[[ $output != *sesame* ]]
}

@test "a run and each signal: what came is there, the terminal too" {
	local row number want

	for row in "1 129" "2 130" "15 143"; do
		read -r number want <<<"$row"
		at_terminal "+running" "%$number" -- \
			--status --batch -H '127.1.0.[1-4]' say up hold
		ended "$want"
		has "127.1.0.4: up" "$output"
		has "4 of 4 failed: cancelled: 127.1.0.[1-4]" "$output"
	done
}

@test "Ctrl+C once tells, twice ends" {
	at_terminal +running '-\003' "+interrupt again" \
		'-\003' -- -H '127.1.0.[1-4]' say up hold
	ended 130
}

@test "Ctrl+Z stops the run with the terminal restored, and fg goes on" {
	at_terminal +running '-\032' stopped fg -- \
		-n -H '127.1.0.[1-4]' delay 3000 say down
	ended 0
	same 4 "$(grep -c ': down' <<<"$output")"
	at_terminal +up '-\032' stopped bg -- \
		-n 127.1.0.1 say up delay 500 say down
	ended 0
	has down "$output"
}

@test "in the background a run with -n goes on, also where tostop is not set" {
	at_terminal back -- -n -H '127.1.0.[1-4]' say in
	ended 0
	same 4 "$(grep -c ': in' <<<"$output")"
	# who writes is stopped where the terminal wants that, and goes on
	at_terminal back tostop stopped fg -- -n -H '127.1.0.[1-4]' say in
	ended 0
	same 4 "$(grep -c ': in' <<<"$output")"
}

@test "in the background a run that reads the terminal stops until it is in front" {
	at_terminal back '-text\r' stopped fg '-\004' -- 127.1.0.1 count
	ended 0
	has 5 "${lines[*]: -1:1}"
	at_terminal back stopped fg "+Password for 4 hosts: " \
		'-open sesame\r' -- -n --password --exit-code all \
		-H "$hosts" say in
	ended 0
}

@test "a run without any standard descriptor does its work" {
	local dir=$BATS_TEST_TMPDIR/dir

	timeout 20 bash -c 'exec rsh --output-dir "$0" --exit-code all \
		-H "127.1.0.[1-4]" say in <&- >&- 2>&-' "$dir"
	same "in in in in" "$(cat "$dir"/*.stdout | xargs)"
	same 4 "$(grep -o '"class":"ok"' "$dir/results.json" | wc -l)"
}
