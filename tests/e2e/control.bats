#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2016,SC2154 # remote shells, bats
# When hosts start, how often they are tried, and what signals do.

bats_require_minimum_version 1.5.0
load ../lib/rsh.bash

setup_file() {
	sim_start 127.1.0.1-127.1.0.40 -f refuse=127.1.0.21 \
		-f garbage=127.1.0.24 -f silent=127.1.0.27 \
		-f hostkey=127.1.0.31 -f auth=127.1.0.32 \
		-f noexec=127.1.0.34 -f frozen=127.1.0.37 -f flaky=127.1.0.38-127.1.0.40
}

teardown_file() {
	sim_stop
}

now_ms() {
	date +%s%3N
}

@test "--retries tries again what was not logged in to, and nothing else" {
	local row addr tries hosts='' begin

	for row in 21 24 27 31 32 34; do
		hosts+=127.1.0.$row,
	done
	begin=$(now_ms)
	run -0 --separate-stderr timeout 20 rsh -v -H "127.1.0.1,$hosts" \
		--retries 2 --connect-timeout 1500ms say fine
	# Two waits of at least half a second and a second.
	[ "$(($(now_ms) - begin))" -ge 1500 ]
	same "127.1.0.1: fine" "$output"
	for row in "21 3" "24 3" "27 3" "31 1" "32 1" "34 1"; do
		read -r addr tries <<<"$row"
		same "$row" "$addr $(($(grep -c \
			"127.1.0.$addr: .*; trying again" <<<"$stderr") + 1))"
		same "$row $((tries > 1))" "$row $(grep -c \
			"127.1.0.$addr: after $tries attempts: " <<<"$stderr")"
	done
	has "connect: 127.1.0.[21,27]" "$stderr"
	has "protocol: 127.1.0.24" "$stderr"
	has "hostkey: 127.1.0.31" "$stderr"
	has "auth: 127.1.0.32" "$stderr"
	has "channel: 127.1.0.34" "$stderr"
}

@test "--retries stands instead of ConnectionAttempts" {
	local begin

	begin=$(now_ms)
	run -255 --separate-stderr timeout 20 rsh -v -H 127.1.0.21 \
		-o ConnectionAttempts=9 --retries 0 say no
	[ "$(($(now_ms) - begin))" -lt 4000 ]
	same 0 "$(grep -c "trying again" <<<"$stderr")"
}

@test "a connection dropped at the banner is made again without being told" {
	run -0 --separate-stderr timeout 20 rsh -H '127.1.0.[38-40]' \
		--retries 0 --exit-code=all say fine
	same "$(printf '127.1.0.%d: fine\n' 38 39 40)" "$(sort <<<"$output")"
}

@test "an interrupt ends the wait for another try" {
	SECONDS=0
	timeout 20 rsh -v --batch --retries 1000 -H 127.1.0.21 say no \
		2>"$BATS_TEST_TMPDIR/err" 3>&- &
	wait_until 20 grep -q 'trying again' "$BATS_TEST_TMPDIR/err"
	kill -INT "$(pgrep -P $!)"
	status=0
	wait $! || status=$?
	same 130 "$status"
	has "cancelled: 127.1.0.21" "$(cat "$BATS_TEST_TMPDIR/err")"
	[ "$SECONDS" -le 15 ]
}

@test "--connect-rate spreads the log-ins" {
	local begin took

	begin=$(now_ms)
	run -0 --separate-stderr timeout 20 rsh -H '127.1.0.[1-20]' \
		--connect-rate 20 --exit-code=all say fine
	took=$(($(now_ms) - begin))
	[ "$took" -ge 950 ]
	[ "$took" -le 5000 ]
	same 20 "${#lines[@]}"
}

@test "bad numbers of tries and starts are one sentence and 255" {
	local args

	for args in --retries=-1 --retries=x --retries=1001 \
		--connect-rate=0 --connect-rate=1.5; do
		run -255 --separate-stderr timeout 5 rsh "$args" -H a true
		same "" "$output"
		has "${args%=*}" "$stderr"
	done
}

# Start rsh with $@ in the background; sets pid once each of 4 hosts said "up".
start_held() {
	timeout 30 rsh -H '127.1.0.[1-4]' --output-dir "$BATS_TEST_TMPDIR/dir" \
		"$@" >"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" 3>&- &
	timeout_pid=$!
	wait_until 10 all_up || {
		cat "$BATS_TEST_TMPDIR/err"
		return 1
	}
	pid=$(pgrep -P "$timeout_pid")
}

all_up() {
	[ "$(cat "$BATS_TEST_TMPDIR"/dir/*.stdout 2>/dev/null |
		grep -cx up)" -eq 4 ]
}

ended() {
	status=0
	wait "$timeout_pid" || status=$?
	same "$1" "$status"
}

@test "SIGQUIT tells what runs, and the run goes on" {
	start_held say up delay 1500 say down
	kill -QUIT "$pid"
	wait_until 20 grep -qx 'rsh: running: 127.1.0.\[1-4\]' \
		"$BATS_TEST_TMPDIR/err"
	ended 0
	same 4 "$(grep -c ': down$' "$BATS_TEST_TMPDIR/out")"
	same 'rsh: running: 127.1.0.[1-4]' "$(cat "$BATS_TEST_TMPDIR/err")"
}

@test "a run that was stopped goes on where it was" {
	start_held -u 20s -o ServerAliveInterval=1 -o ServerAliveCountMax=2 \
		say up delay 3500 say down
	kill -TSTP "$pid"
	sleep 3
	kill -CONT "$pid"
	ended 0
	same 4 "$(grep -c ': down$' "$BATS_TEST_TMPDIR/out")"
	same "" "$(cat "$BATS_TEST_TMPDIR/err")"
}

@test "what there is when a signal ends the run is printed, in every form" {
	local form

	for form in --stream --group --json; do
		rm -rf "$BATS_TEST_TMPDIR/dir"
		start_held "$form" say up hold
		kill -TERM "$pid"
		ended 143
		has up "$(cat "$BATS_TEST_TMPDIR/out")"
		has "4 of 4 failed: cancelled: 127.1.0.[1-4]" \
			"$(cat "$BATS_TEST_TMPDIR/err")"
		same 4 "$(grep -o '"class":"cancelled"' \
			"$BATS_TEST_TMPDIR/dir/results.json" | wc -l)"
	done
}

@test "a host that freezes is found by ServerAliveInterval, and named lost" {
	SECONDS=0
	run -0 --separate-stderr timeout 20 rsh -H 127.1.0.1,127.1.0.37 \
		-o ServerAliveInterval=1 -o ServerAliveCountMax=2 say fine
	[ "$SECONDS" -le 15 ]
	same "127.1.0.1: fine" "$output"
	has "127.1.0.37: no answer from the server for 2 s" "$stderr"
	has "1 of 2 failed: lost: 127.1.0.37" "$stderr"
}
