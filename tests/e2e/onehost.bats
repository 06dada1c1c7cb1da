#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # remote shells, bats
# One host: everything as with ssh, byte for byte.

bats_require_minimum_version 1.5.0
load ../lib/rsh.bash

sum() {
	sha256sum | cut -d ' ' -f 1
}

setup_file() {
	fleet_start 2
	export random=$BATS_FILE_TMPDIR/random
	head -c $((100 << 20)) /dev/urandom >"$random"
	sum <"$random" >"$random.sum"
}

teardown_file() {
	fleet_stop
}

# Run program $1 with arguments, stdin from $in; keep stdout, stderr, status.
keep() {
	local program=$1 status=0

	timeout 20 "$@" <"${in:-/dev/null}" >"$BATS_TEST_TMPDIR/$program.out" \
		2>"$BATS_TEST_TMPDIR/$program.err" || status=$?
	echo "$status" >"$BATS_TEST_TMPDIR/$program.status"
}

# Both programs with the same arguments.
as_ssh() {
	local part

	keep ssh "$@"
	keep rsh "$@"
	for part in out err status; do
		cmp "$BATS_TEST_TMPDIR/ssh.$part" "$BATS_TEST_TMPDIR/rsh.$part" || {
			echo "$part differs for: $*"
			tail "$BATS_TEST_TMPDIR"/{ssh,rsh}."$part"
			return 1
		}
	done
}

@test "stdout, stderr and status are those of ssh" {
	local command

	for command in true false 'exit 7' 'exit 255' 'echo out; echo err >&2' \
		'printf "no newline"' 'printf "\000\377\r\n\033[1m"' \
		'kill -TERM $$' 'kill -KILL $$' 'nosuchcommand' \
		'echo late >&2; exec >&-; echo more >&2; exit 4'; do
		as_ssh node01 "$command"
	done
}

@test "words are joined by blanks" {
	as_ssh node01 echo a 'b  c' '$HOME'
	as_ssh -- node01 echo -n x
	as_ssh node01 -- echo y
}

@test "options may follow the destination" {
	as_ssh node01 -T echo x
	as_ssh node01 -l "$(id -un)" id -un
	as_ssh "$(id -un)@node01" id -un
}

@test "stdin is passed on to its end" {
	printf 'a\nb' >"$BATS_TEST_TMPDIR/in"
	in=$BATS_TEST_TMPDIR/in as_ssh node01 cat
	in=$BATS_TEST_TMPDIR/in as_ssh -n node01 cat
	in=/dev/null as_ssh node01 wc -c
}

@test "a command that reads no stdin ends all the same" {
	run timeout 20 bash -c 'yes | rsh node01 "exit 5"; exit "${PIPESTATUS[1]}"'
	[ "$status" -eq 5 ]
}

@test "100 MiB come in unchanged" {
	same "$(<"$random.sum")" \
		"$(timeout 60 rsh node01 cat "$random" </dev/null | sum)"
}

@test "100 MiB go out unchanged" {
	same "$(<"$random.sum")" "$(timeout 60 rsh node01 sha256sum \
		<"$random" | cut -d ' ' -f 1)"
}

@test "100 MiB go both ways at once unchanged" {
	same "$(<"$random.sum")" \
		"$(timeout 60 rsh node01 cat <"$random" | sum)"
}

@test "output that stops early does not lose what stderr says" {
	as_ssh node01 'seq 1 100000 >&2; echo end'
}

@test "a refused connection is one sentence and 255" {
	run --separate-stderr timeout 20 rsh -o HostName=127.2.9.9 node01 true
	[ "$status" -eq 255 ]
	same "" "$output"
	[ "${#stderr_lines[@]}" -eq 1 ]
	has "efused" "$stderr"
}

@test "a wrong host key names file and line, and nobody logs in" {
	sed "/^\[127\.2\.0\.2\]/s,ssh-ed25519 .*,$(cat "$fleet/otherkey.pub")," \
		"$fleet/known_hosts" >"$BATS_TEST_TMPDIR/kh"
	run --separate-stderr timeout 20 rsh \
		-o UserKnownHostsFile="$BATS_TEST_TMPDIR/kh" node02 echo reached
	[ "$status" -eq 255 ]
	same "" "$output"
	has "$BATS_TEST_TMPDIR/kh:2" "$stderr"
}

@test "an unknown host key is refused with StrictHostKeyChecking yes" {
	run --separate-stderr timeout 20 rsh -o UserKnownHostsFile=/dev/null \
		node01 echo reached
	[ "$status" -eq 255 ]
	same "" "$output"
}

@test "a key nobody knows is refused with the methods that are left" {
	ssh-keygen -q -t ed25519 -N '' -f "$BATS_TEST_TMPDIR/key"
	sed "s,$fleet/id\$,$BATS_TEST_TMPDIR/key," "$fleet/ssh_config" \
		>"$BATS_TEST_TMPDIR/config"
	run --separate-stderr timeout 20 "$RSH" -F "$BATS_TEST_TMPDIR/config" \
		node01 echo reached
	[ "$status" -eq 255 ]
	same "" "$output"
	has publickey "$stderr"
}
