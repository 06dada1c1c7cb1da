#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2016,SC2154 # $fleet, $stderr
# Shared connections: ControlPath, ControlMaster, ControlPersist, -O.  Beside
# the ssh of the system, as client and as master.

bats_require_minimum_version 1.5.0
load ../lib/rsh.bash

setup_file() {
	sshd_more='LogLevel VERBOSE
MaxSessions 10
Match LocalAddress 127.2.0.4
	MaxSessions 1' fleet_start 4
	# a socket's path is short
	ctl=$(mktemp -d /tmp/rsh-mux-XXXXXX)
	export ctl
}

teardown_file() {
	fleet_stop
	rm -rf "$ctl"
}

setup() {
	begin
}

teardown() {
	local socket

	for socket in "$ctl"/*; do
		[ -S "$socket" ] || continue
		command ssh -F none -S "$socket" -O exit x 2>/dev/null || :
		rm -f "$socket"
	done
}

# What the servers log from here on is looked at.
begin() {
	mark=$(wc -c <"$fleet/log.1")
}

# How many log-ins there were.
logins() {
	tail -c "+$((mark + 1))" "$fleet/log.1" | grep -c '^Accepted publickey ' || :
}

# A master of ssh at $1 for the host $2; what follows are options.
ssh_master() {
	local path=$1 host=$2

	shift 2
	ssh -M -S "$path" -o ControlPersist=yes "$@" -N -f "$host" \
		</dev/null >/dev/null 2>&1 3>&-
	begin
}

# The process of the master at $1.
master_pid() {
	command ssh -F none -S "$1" -O check x 2>&1 |
		sed -n 's/.*pid=\([0-9]*\).*/\1/p'
}

# Run the words through ssh and through rsh: all that can be seen is the same.
as_ssh() {
	local out err code

	run --separate-stderr ssh "$@"
	out=$output err=$stderr code=$status
	run --separate-stderr rsh "$@"
	same "$out" "$output" && same "$err" "$stderr" &&
		same "$code" "$status"
}

@test "our client and ssh's master: output, input, status, no log-in" {
	ssh_master "$ctl/s" node01
	as_ssh -S "$ctl/s" node01 'echo out; echo err >&2; exit 7'
	as_ssh -S "$ctl/s" node01 'echo $TERM; exit 255'
	run --separate-stderr rsh -S "$ctl/s" node01 'echo x; kill -9 $$'
	[ "$status" -eq 255 ]
	[ "$output" = x ]
	[ "$stderr" = 'rsh: the server did not say how the command ended' ]
	run rsh -S "$ctl/s" node01 'sort; exit 3' <<<$'b\na'
	[ "$status" -eq 3 ]
	[ "$output" = $'a\nb' ]
	run rsh -n -S "$ctl/s" node01 'cat; echo end' <<<x
	[ "$output" = end ]
	same 0 "$(logins)"
}

@test "our client and ssh's master: 20 MB each way" {
	ssh_master "$ctl/s" node01
	head -c 20000000 /dev/urandom >"$BATS_TEST_TMPDIR/in"
	rsh -S "$ctl/s" node01 cat <"$BATS_TEST_TMPDIR/in" \
		>"$BATS_TEST_TMPDIR/out"
	cmp "$BATS_TEST_TMPDIR/in" "$BATS_TEST_TMPDIR/out"
	same 0 "$(logins)"
}

@test "our client: the variables of SendEnv" {
	ssh_master "$ctl/s" node01 -o SendEnv=RSH_X*
	RSH_X1=one as_ssh -S "$ctl/s" -o SendEnv=RSH_X1 node01 'echo "$RSH_X1"'
	[ "$output" = one ]
}

@test "many hosts, each with a master of its own, and one without" {
	local n

	for n in node01 node02 node03; do
		ssh_master "$ctl/$n" "$n"
	done
	run --separate-stderr rsh -S "$ctl/%n" -H 'node[01-04]' \
		'sort; echo err >&2' <<<$'b\na'
	[ "$status" -eq 0 ]
	same "$(printf '%s: a\n%s: b\n' \
		node01 node01 node02 node02 node03 node03 node04 node04)" \
		"$(sort <<<"$output")"
	[ "$(wc -l <<<"$stderr")" -eq 4 ]
	same 1 "$(logins)"
	run --separate-stderr rsh -S "$ctl/%n" -H 'node[01-03]' --group \
		'exit $((${SSH_CONNECTION##* } > 0))'
	[ "$status" -eq 1 ]
	same 1 "$(logins)"
	run --separate-stderr rsh -S "$ctl/%n" -H 'node[01-02]' -u 300ms \
		'sleep 20'
	[ "$status" -eq 124 ]
	same 1 "$(logins)"
}

@test "no master: a connection of our own, and where that is said" {
	as_ssh -S "$ctl/none" node01 'echo hi'
	[ "$output" = hi ]
	run --separate-stderr rsh -v -S "$ctl/none" node01 :
	[[ $stderr == *"Control socket \"$ctl/none\" does not exist"* ]]
	same 3 "$(logins)"
	as_ssh -S none node01 'echo hi'
}

@test "a socket that nobody listens at" {
	ssh_master "$ctl/s" node01
	kill -9 "$(master_pid "$ctl/s")"
	wait_until 5 eval '! ssh -S "$ctl/s" -O check node01 2>/dev/null'
	run --separate-stderr rsh -S "$ctl/s" node01 'echo hi'
	[ "$output" = hi ]
	[ "$stderr" = "rsh: Control socket connect($ctl/s): Connection refused" ]
	[ -e "$ctl/s" ]
}

@test "a master that is stopped is passed by, and runs nothing later" {
	local pid

	ssh_master "$ctl/s" node01
	pid=$(master_pid "$ctl/s")
	kill -STOP "$pid"
	run --separate-stderr rsh -S "$ctl/s" node01 \
		"echo x >>$BATS_TEST_TMPDIR/ran; echo hi"
	kill -CONT "$pid"
	[ "$status" -eq 0 ]
	[ "$output" = hi ]
	[ "$stderr" = "rsh: control socket '$ctl/s': the master does not answer" ]
	same 1 "$(logins)"
	# it has done with us once it answers another
	[ "$(master_pid "$ctl/s")" -eq "$pid" ]
	[ "$(wc -l <"$BATS_TEST_TMPDIR/ran")" -eq 1 ]
}

@test "a master that is killed in mid-command" {
	ssh_master "$ctl/s" node01
	rsh -S "$ctl/s" node01 'echo begun; exec sleep 30' \
		>"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" 3>&- &
	wait_until 10 grep -q begun "$BATS_TEST_TMPDIR/out"
	kill -9 "$(master_pid "$ctl/s")"
	run wait $!
	[ "$status" -eq 255 ]
	same 'rsh: the shared connection ended' "$(cat "$BATS_TEST_TMPDIR/err")"
}

@test "too many sessions: a connection of our own, no command lost" {
	ssh_master "$ctl/s" node04
	# -N has none, so one fits
	rsh -S "$ctl/s" node04 "echo begun; exec sleep 30" \
		>"$BATS_TEST_TMPDIR/out" 3>&- &
	wait_until 10 grep -q begun "$BATS_TEST_TMPDIR/out"
	run --separate-stderr rsh -S "$ctl/s" node04 'echo hi; exit 3'
	kill %1
	[ "$status" -eq 3 ]
	[ "$output" = hi ]
	[[ $stderr == "rsh: node04: session request failed: "* ]]
	same 1 "$(logins)"
}

@test "a path that no socket can have ends the run before it begins" {
	local long

	long=/tmp/$(printf 'x%.0s' {1..103})
	[ ${#long} -eq 108 ]
	run --separate-stderr rsh -S "$long" node01 :
	[ "$status" -eq 255 ]
	[ "$stderr" = "rsh: node01: ControlPath too long ('$long' >= 108 bytes)" ]
	run --separate-stderr rsh -S "$long" -H node01,node02 :
	[ "$status" -eq 255 ]
	same 0 "$(logins)"
	run --separate-stderr rsh -S "${long%x}" node01 'echo hi'
	[ "$output" = hi ]
}
