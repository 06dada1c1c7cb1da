#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # bats
# rsh ping: who can be logged in to.

bats_require_minimum_version 1.5.0
load ../lib/rsh.bash

setup_file() {
	sim_start 127.1.0.1-127.1.0.40 -f refuse=127.1.0.21 \
		-f garbage=127.1.0.24 -f silent=127.1.0.27 \
		-f hostkey=127.1.0.31 -f auth=127.1.0.32
}

teardown_file() {
	sim_stop
}

none_open() {
	[ "$(scaled_count "$scaled" open)" -eq 0 ]
}

ping() {
	timeout 20 "$RSH" ping -F "$scaled/ssh_config" "$@"
}

@test "ping: a line a host, in order, with times or the reason" {
	run -1 --separate-stderr ping --connect-timeout 1s \
		'127.1.0.[1,21,24,27,31,32,2]'
	same "HOST STATE
127.1.0.1 ok
127.1.0.21 connect
127.1.0.24 protocol
127.1.0.27 connect
127.1.0.31 hostkey
127.1.0.32 auth
127.1.0.2 ok" "$(awk '{ print $1, $2 }' <<<"$output")"
	# Four times, of which the last is the sum.
	awk '$2 == "ok" { n += NF == 6 && $3 > 0 && $4 > 0 && $5 > 0 &&
		($3 + $4 + $5 - $6) ^ 2 < 0.1 } END { exit n != 2 }' \
		<<<"$output"
	[[ ${lines[2]} == *"Connection refused" ]]
	[[ ${lines[3]} == *"HTTP/1.1 400 Bad Request" ]]
	same "rsh: 5 of 7 failed: connect: 127.1.0.[21,27]; protocol: 127.1.0.24; hostkey: 127.1.0.31; auth: 127.1.0.32" \
		"$(tail -n 1 <<<"$stderr")"
}

@test "ping: the status is 0 for all, 1 for some, 255 for none" {
	local row rc list

	for row in "0 127.1.0.[1-9]" "1 127.1.0.[1,21]" "255 127.1.0.[21,32]"; do
		read -r rc list <<<"$row"
		run ping -H "$list"
		same "$rc" "$status"
	done
	run -255 ping --exit-code max 127.1.0.1,127.1.0.21
	run -255 --separate-stderr ping 'nosuch.invalid'
	has "resolve" "${lines[1]}"
}

@test "ping: a line for each of many hosts, and nobody stays logged in" {
	run -0 ping '127.1.0.[1-20]'
	same 21 "${#lines[@]}"
	wait_until 20 none_open
}

@test "ping: as JSON, and what failed in a file" {
	command -v python3 >/dev/null || skip "no python3 here"
	run -1 --separate-stderr ping --json -H '127.1.0.[1,21]' \
		--failed-to "$BATS_TEST_TMPDIR/failed"
	printf '%s\n' "$output" >"$BATS_TEST_TMPDIR/json"
	python3 "$srcdir/tests/lib/jsonschema.py" \
		"$srcdir/docs/json.schema.json" "$BATS_TEST_TMPDIR/json" -l
	python3 - "$BATS_TEST_TMPDIR/json" <<-'EOF'
		import json, sys
		for line in open(sys.argv[1]):
		    e = json.loads(line)
		    if e["event"] != "result":
		        continue
		    ms = [e[k + "_ms"] for k in ("connect", "exchange", "login")]
		    if e["class"] == "ok":
		        assert all(t >= 0 for t in ms) and sum(ms) > 0, ms
		    else:
		        assert ms == [None] * 3, ms
	EOF
	grep -qx '127.1.0.21' "$BATS_TEST_TMPDIR/failed"
	run -0 ping --json=- 127.1.0.1
	has '"event":"start"' "$output"
}

@test "ping: what has no place is refused, and a host may be called so" {
	local row

	for row in --group '-u 3' --subst --env '--script x' --sudo \
		'--sudo-password-fd 3' '--output-dir x' '--rcmd exec' -G --view -t -N -f '-L 1:a:2'; do
		# shellcheck disable=SC2086 # words
		run -255 --separate-stderr ping $row 127.1.0.1
		same "rsh: '${row%% *}' has no place in 'rsh ping'" "$stderr"
	done
	run -255 --separate-stderr ping
	has "no host named" "$stderr"
	run -0 "$RSH" ping --help
	has "usage: rsh ping" "$output"
	[[ $output != *--sudo* ]]
	run -0 "$RSH" help ping
	has "usage: rsh ping" "$output"
	run -0 ping -V
	has "libssh" "$output"
	# Options may stand behind the hosts, and hosts behind two dashes.
	run -255 --separate-stderr ping 127.1.0.1 -t
	same "rsh: '-t' has no place in 'rsh ping'" "$stderr"
	run -255 --separate-stderr ping -- -t
	same "rsh: the host list is empty" "$stderr"
}
