#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # remote shells, bats
# The simulated hosts themselves, as ssh sees them.

bats_require_minimum_version 1.5.0
load ../lib/rsh.bash

setup_file() {
	sim_start 127.1.0.1-127.1.0.30 -f refuse=127.1.0.21 \
		-f garbage=127.1.0.22 -f banner=127.1.0.23 -f kex=127.1.0.24 \
		-f hostkey=127.1.0.25 -f auth=127.1.0.26 -f drop=127.1.0.27 \
		-f flaky=127.1.0.28 -f nochannel=127.1.0.29 -f noexec=127.1.0.30
}

teardown_file() {
	sim_stop
}

# stdout and status of a command.
answer() {
	run --separate-stderr timeout 10 ssh 127.1.0.1 "$1" </dev/null
	same "$2 $3" "$status $output"
}

@test "each address is a host of its own" {
	run ssh 127.1.0.7 host </dev/null
	same "0 127.1.0.7" "$status $output"
}

@test "the words of a command are done in order" {
	answer true 0 ""
	answer 'exit 3' 3 ""
	answer 'say a say b exit 7' 7 $'a\nb'
	answer 'delay 20 say late' 0 late
	answer 'status 4 say after' 4 after
	answer 'eof exit 5' 5 ""
	answer 'long 5' 0 xxxxx
	answer 'signal TERM' 255 ""
	answer 'say no nostatus' 255 no
	answer 'moods 0 exit 6' 6 ""
	answer 'nosuch' 126 scaled:bad-command
	answer 'exit' 126 scaled:bad-command
}

@test "out gives as many bytes of numbered lines as asked for" {
	same "1000000 12500" "$(ssh 127.1.0.1 out 1000000 </dev/null | awk '
		$1 != NR - 1 { exit 1 }
		{ bytes += length($0) + 1 }
		END { print bytes, NR }')"
	same 1000 "$(ssh 127.1.0.1 err 1000 2>&1 >/dev/null </dev/null | wc -c)"
}

@test "echo gives stdin back and count counts it" {
	seq 1 200000 >"$BATS_TEST_TMPDIR/in"
	ssh 127.1.0.1 echo <"$BATS_TEST_TMPDIR/in" >"$BATS_TEST_TMPDIR/out"
	cmp "$BATS_TEST_TMPDIR/in" "$BATS_TEST_TMPDIR/out"
	same "$(wc -c <"$BATS_TEST_TMPDIR/in")" \
		"$(ssh 127.1.0.1 count <"$BATS_TEST_TMPDIR/in")"
}

@test "meet waits until all are there" {
	local i

	: >"$BATS_TEST_TMPDIR/out"
	for i in 1 2 3; do
		timeout 10 ssh "127.1.0.$i" meet 4 say "$i" </dev/null \
			>>"$BATS_TEST_TMPDIR/out" 3>&- &
	done
	same "" "$(<"$BATS_TEST_TMPDIR/out")"
	timeout 10 ssh 127.1.0.4 meet 4 </dev/null
	wait
	same $'1\n2\n3' "$(sort "$BATS_TEST_TMPDIR/out")"
}

# ssh to the address with a fault: its last byte, what ssh says.
fault() {
	run --separate-stderr timeout 10 ssh -o ConnectTimeout=1 "127.1.0.$1" \
		say reached </dev/null
	same "255 ${3-}" "$status $output"
	has "$2" "$stderr"
}

@test "faults show to ssh as what they are" {
	fault 21 'Connection refused'
	fault 22 'Connection closed by remote host'
	fault 25 'IDENTIFICATION HAS CHANGED'
	fault 26 'Permission denied'
	fault 27 '' reached
	fault 28 'Connection closed by remote host'
	fault 29 'open failed'
	fault 30 'exec request failed'
	run ssh 127.1.0.28 say again </dev/null
	same "0 again" "$status $output"
}

@test "a host that falls silent never answers" {
	local addr

	for addr in 127.1.0.23 127.1.0.24; do
		run timeout 1 ssh "$addr" true </dev/null
		[ "$status" -eq 124 ]
	done
}
