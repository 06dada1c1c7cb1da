#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # bats
# A machine that has no more memory or processes, or whose clock is set: the
# program as it is, linked with tests/lib/faulty.c.

bats_require_minimum_version 1.5.0
load ../lib/rsh.bash

setup_file() {
	fleet_start 2
	wrap faulty "$builddir/tests/lib/rsh_faulty" "$fleet/ssh_config"
}

teardown_file() {
	fleet_stop
}

# One run, $2 ..., in which allocation $1 fails: a success as any, or a failure
# that is told.
run_out() {
	local rc=0

	RSH_TEST_NOMEM=$1 timeout 20 faulty "${@:2}" >out 2>err </dev/null ||
		rc=$?
	if [ "$rc" -eq 0 ]; then
		! cmp -s out want || return 0
	elif [ "$rc" -eq 255 ] || [ "$rc" -lt 124 ]; then
		! grep -q . err || return 0
	fi
	printf 'allocation %s: status %s\n' "$1" "$rc"
	cat out err
	return 1
}

# The same for 60 of them, alone (,) or with all after them (,+) as in $afters,
# spread out, or for every RSH_TEST_STEP-th.
run_out_everywhere() {
	local n step after bad=0

	cd "$BATS_TEST_TMPDIR" || return
	RSH_TEST_COUNT=count faulty "$@" >want </dev/null || return
	step=${RSH_TEST_STEP:-$(($(<count) / 60 + 1))}
	echo "$(<count) allocations, every $step."
	for ((n = 1 + RANDOM % step; n <= $(<count); n += step)); do
		for after in $afters; do
			run_out "$n${after#,}" "$@" || bad=1
		done
	done
	return "$bad"
}

@test "memory that is out at any moment: commands here" {
	! sanitized || skip "sanitizers have memory of their own"
	afters=', ,+' quickly run_out_everywhere --rcmd exec -j 1 \
		--exit-code all -H 'a[1-2]' echo %h
}

@test "memory that is out at any moment: commands on hosts" {
	! sanitized || skip "sanitizers have memory of their own"
	# libssh drops a packet that it has no memory for and goes on, so a
	# single one that fails would show what it forgot.
	afters=,+ quickly run_out_everywhere -j 1 --exit-code all \
		-H 'node[01-02]' echo hi
}

@test "where no process can be started one host fails, and no other" {
	local errno

	printf 'Host node02\n\tProxyCommand cat\n' >"$BATS_TEST_TMPDIR/config"
	cat "$fleet/ssh_config" >>"$BATS_TEST_TMPDIR/config"
	# EAGAIN, ENOMEM, ENFILE
	for errno in 11 12 23; do
		RSH_TEST_NOFORK=1/$errno run -0 --separate-stderr timeout 20 faulty \
			-F "$BATS_TEST_TMPDIR/config" -H 'node[01-02]' echo hi
		same "node01: hi" "$output"
		has "1 of 2 failed: local: node02" "$stderr"
	done
	RSH_TEST_NOFORK=2 run -0 --separate-stderr timeout 20 faulty \
		--rcmd exec -j 1 -H 'a[1-3]' echo %h
	same "a1: a1" "$output"
	has "2 of 3 failed: local: a[2-3]" "$stderr"
}

@test "a clock that is set by an hour ends nothing early, and nothing late" {
	export RSH_TEST_CLOCK=3600
	run -0 --separate-stderr timeout 20 faulty --connect-timeout 10s \
		-o ServerAliveInterval=5 -u 10s --retries 1 --exit-code all \
		-H 'node[01-02]' 'sleep 1; echo fine'
	same $'node01: fine\nnode02: fine' "$(sort <<<"$output")"
	SECONDS=0
	run -124 --separate-stderr timeout 20 faulty -u 1s -H node01 sleep 30
	[ "$SECONDS" -le 15 ]
}
