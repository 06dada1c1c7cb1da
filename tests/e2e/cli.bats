#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # remote shells, bats
# Options and ssh_config as a user of ssh meets them.

bats_require_minimum_version 1.5.0
load ../lib/rsh.bash

setup_file() {
	fleet_start 2
}

teardown_file() {
	fleet_stop
}

# An own known_hosts file that knows nobody: each login has a message.
stranger() {
	rsh -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null "$@"
}

@test "LogLevel hides messages as ssh does, and -v outranks it" {
	run -0 --separate-stderr stranger node01 true
	has "permanently added" "$stderr"
	run -0 --separate-stderr stranger -o LogLevel=ERROR node01 true
	same "" "$stderr"
	run -0 --separate-stderr stranger -v -o LogLevel=ERROR node01 true
	has "permanently added" "$stderr"
	run -255 --separate-stderr rsh -p 1 -o LogLevel=QUIET node01 true
	same "" "$stderr"
	run -255 --separate-stderr rsh -p 1 -o LogLevel=ERROR node01 true
	has "Connection refused" "$stderr"
}

@test "of many hosts the loudest LogLevel counts" {
	cat >"$BATS_TEST_TMPDIR/config" <<-EOF
		Host node02
			LogLevel QUIET
		Match all
		Include $fleet/ssh_config
	EOF
	run -255 --separate-stderr rsh -F "$BATS_TEST_TMPDIR/config" -p 1 \
		-H 'node[01-02]' true
	has "2 of 2 failed: connect: node[01-02]" "$stderr"
	run -255 --separate-stderr rsh -F "$BATS_TEST_TMPDIR/config" -p 1 \
		-H node02 true
	same "" "$stderr"
}

@test "a RemoteCommand is refused, not left out" {
	run -255 --separate-stderr rsh -o "RemoteCommand echo no" node01 echo hi
	same "" "$output"
	has "host 'node01' has a RemoteCommand" "$stderr"
	run -0 rsh -o RemoteCommand=none node01 echo hi
	same hi "$output"
}

@test "a script for a login shell counts by any exit policy" {
	run -1 rsh --exit-code all node01 <<<'echo hi; exit 3'
	same hi "$output"
}

@test "help that cannot be written is an error" {
	run -255 --separate-stderr bash -c '"$RSH" --help >/dev/full'
	same "rsh: cannot write to stdout: No space left on device" "$stderr"
}

@test "pdsh tells which command died of a signal" {
	ln -sf "$RSH" "$BATS_TEST_TMPDIR/pdsh"
	run -0 --separate-stderr "$BATS_TEST_TMPDIR/pdsh" -R exec -w a,b 		sh -c 'kill -KILL $$'
	same "$(printf 'pdsh: %s: the command died of signal KILL\n' a b)" 		"$(sort <<<"$stderr")"
}

@test "-v names the signal that one host's command died of" {
	run -255 --separate-stderr rsh node01 'kill -KILL $$'
	same "" "$stderr"
	run -255 --separate-stderr rsh -v node01 'kill -KILL $$'
	same "rsh: the command died of signal KILL" "$stderr"
}

@test "--rcmd exec knows the user: of the host, of -l, or who runs it" {
	run -0 rsh --rcmd exec -H adm@n1,n2 -j 1 echo %u
	same "$(printf 'n1: adm\nn2: %s' "$(id -un)")" "$output"
	run -0 rsh --rcmd exec -l bob n1 echo %u
	same bob "$output"
}
