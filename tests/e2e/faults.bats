#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # remote shells, bats
# What goes wrong: bad arguments, bad servers, bad outputs.

bats_require_minimum_version 1.5.0
load ../lib/rsh.bash

setup_file() {
	sim_start 127.1.0.1-127.1.0.40 \
		-f refuse=127.1.0.21 -f reset=127.1.0.22 \
		-f garbage=127.1.0.24 -f ssh1=127.1.0.25 -f flood=127.1.0.26 \
		-f silent=127.1.0.27 -f slow=127.1.0.28 -f banner=127.1.0.29 \
		-f kex=127.1.0.30 -f hostkey=127.1.0.31 -f auth=127.1.0.32 \
		-f nochannel=127.1.0.33 -f noexec=127.1.0.34 \
		-f drop=127.1.0.35 -f nostatus=127.1.0.36 \
		-f frozen=127.1.0.37 -f flaky=127.1.0.38 -f close=127.1.0.39
}

teardown_file() {
	sim_stop
}

expect_nothing_left() {
	wait_until 20 bash -c "! pgrep -f '[-]F $scaled/' >/dev/null"
	wait_until 20 none_open
}

none_open() {
	[ "$(scaled_count "$scaled" open)" -eq 0 ]
}

# One sentence on stderr, nothing on stdout, status 255.
expect_refused() {
	same 255 "$status"
	same "" "$output"
	[ "${#stderr_lines[@]}" -eq 1 ] || {
		printf 'not one sentence:\n%s\n' "$stderr"
		return 1
	}
}

@test "unknown hosts are named once, folded" {
	run --separate-stderr timeout 30 rsh -H 'nosuch[1-3]' true
	[ "$status" -eq 255 ]
	same "" "$output"
	has "3 of 3 failed" "$stderr"
	has "nosuch[1-3]" "$stderr"
}

@test "a malformed host list is one sentence and 255" {
	local list

	for list in 'n[1' 'n[]' 'n[5-1]' 'n[a-z]' 'n]1[' 'a b;c' '-' \
		'n[1-99999999999]'; do
		run --separate-stderr timeout 5 rsh -H "$list" true
		expect_refused
	done
}

@test "bad usage is one sentence and 255" {
	local args

	for args in '-H n1 -j 0 true' '-H n1 -j x true' '-H n1 -u never true' \
		'--nosuch' '-H' '-H n1 --exit-code=odd true'; do
		# shellcheck disable=SC2086 # a list of words
		run --separate-stderr timeout 5 rsh $args
		same 255 "$status"
		same "" "$output"
		[ -n "$stderr" ]
	done
}

@test "a configuration that cannot be read is one sentence and 255" {
	run --separate-stderr timeout 5 "$RSH" -F "$BATS_TEST_TMPDIR/none" \
		-H 127.1.0.1 true
	expect_refused
	has "$BATS_TEST_TMPDIR/none" "$stderr"
	run --separate-stderr timeout 5 "$RSH" -F "$BATS_TEST_TMPDIR" \
		-H 127.1.0.1 true
	expect_refused
}

@test "an unknown keyword is an error with file and line" {
	printf 'Host *\n\tPort 22\n\tNoSuchKeyword yes\n' \
		>"$BATS_TEST_TMPDIR/config"
	run --separate-stderr timeout 5 "$RSH" -F "$BATS_TEST_TMPDIR/config" \
		-H 127.1.0.1 true
	expect_refused
	has "$BATS_TEST_TMPDIR/config line 3" "$stderr"
	has "NoSuchKeyword" "$stderr"
}

# One row: last byte of the address, what the summary calls it, the options.
fault() {
	local addr=127.1.0.$1 class=$2

	shift 2
	SECONDS=0
	run --separate-stderr timeout 20 rsh -H "127.1.0.1,$addr" \
		--connect-timeout 2s "$@" say fine
	[ "$SECONDS" -le 15 ]
	same 0 "$status"
	same "127.1.0.1: fine" "$output"
	grep -Eq "1 of 2 failed: ($class): $addr( |;|\$)" <<<"$stderr" || {
		printf 'no %s for %s in:\n%s\n' "$class" "$addr" "$stderr"
		return 1
	}
}

@test "a refused connection is of class connect" {
	fault 21 connect
}

@test "a server that resets, closes or talks nonsense is named at once" {
	fault 22 'connect|protocol'
	fault 24 protocol
	fault 25 protocol
	fault 26 protocol
	fault 39 protocol
}

@test "a server that is silent before the login is named in time" {
	fault 27 connect
	has "timed out during the banner exchange" "$stderr"
	fault 28 connect
	fault 29 connect
	fault 30 connect
}

@test "a wrong host key is of class hostkey" {
	fault 31 hostkey
}

@test "a refused login is of class auth" {
	fault 32 auth
}

@test "a refused channel or command is of class channel" {
	fault 33 channel
	fault 34 channel
}

@test "a host that freezes after the login ends by the timeout" {
	fault 37 timeout -u 2s
}

@test "a server that drops new connections is tried again" {
	run --separate-stderr timeout 20 rsh -H 127.1.0.38 say fine
	same 0 "$status"
	same "127.1.0.38: fine" "$output"
}

@test "output before a lost connection is kept" {
	run --separate-stderr timeout 20 rsh -H 127.1.0.35 say before
	same 255 "$status"
	same "127.1.0.35: before" "$output"
	has "lost: 127.1.0.35" "$stderr"
}

@test "a command without exit status has not succeeded" {
	run --separate-stderr timeout 20 rsh -H 127.1.0.36 say before
	same 255 "$status"
	same "127.1.0.36: before" "$output"
	has "1 of 1 failed" "$stderr"
}

@test "an exit status before the last bytes loses none of them" {
	run --separate-stderr timeout 20 rsh 127.1.0.1 status 4 out 800000
	same 4 "$status"
	[ "${#lines[@]}" -eq 10000 ]
}

@test "death by a signal is 128 and the signal's number" {
	run --separate-stderr timeout 20 rsh -H 127.1.0.1 signal KILL
	same 137 "$status"
	has "KILL" "$stderr"
	run --separate-stderr timeout 20 rsh 127.1.0.1 signal KILL
	same 255 "$status"
}

@test "a full disk is said once and is a failure" {
	run --separate-stderr timeout 20 bash -c \
		"rsh -H '127.1.0.[1-8]' out 800000 >/dev/full"
	[ "$status" -ne 0 ]
	same 1 "$(grep -c 'No space left' <<<"$stderr")"
	expect_nothing_left
}

@test "a reader that leaves ends the run quietly" {
	run --separate-stderr timeout 20 bash -c \
		"rsh -H '127.1.0.[1-8]' out 80000000 | head -n 1"
	[ "${#lines[@]}" -eq 1 ]
	same "" "$(grep -v failed <<<"$stderr")"
	expect_nothing_left
}

# Start rsh with $@ on four held hosts; sets pid once they all run.
start_held() {
	timeout 20 rsh "$@" -H '127.1.0.[1-4]' say up hold \
		>"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" 3>&- &
	timeout_pid=$!
	wait_until 10 all_up || {
		cat "$BATS_TEST_TMPDIR/err" "$scaled/log"
		return 1
	}
	pid=$(pgrep -P "$timeout_pid")
}

all_up() {
	[ "$(wc -l <"$BATS_TEST_TMPDIR/out")" -eq 4 ]
}

@test "a signal ends the run with its own status" {
	local row signal options

	for row in "143 TERM" "129 HUP" "130 INT --batch"; do
		read -r _ signal options <<<"$row"
		# shellcheck disable=SC2086 # none or one
		start_held $options
		kill -"$signal" "$pid"
		status=0
		wait "$timeout_pid" || status=$?
		same "$row" "$status $signal${options:+ $options}"
		expect_nothing_left
	done
}

@test "one interrupt tells what runs, a second ends the run" {
	start_held
	kill -INT "$pid"
	wait_until 20 grep -q '127.1.0.\[1-4\]' "$BATS_TEST_TMPDIR/err"
	kill -INT "$pid"
	status=0
	wait "$timeout_pid" || status=$?
	same 130 "$status"
	expect_nothing_left
}
