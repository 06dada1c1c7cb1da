#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2016,SC2154 # remote shells, bats
# --ssh-program: the real ssh for each host, beside the built-in client.

bats_require_minimum_version 1.5.0
load ../lib/rsh.bash

setup_file() {
	real_ssh=$(command -v ssh)
	export real_ssh
	fleet_start 3
}

teardown_file() {
	fleet_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	mkdir tmp
	export TMPDIR=$PWD/tmp
}

# Whatever happened, nothing of it is left.
teardown() {
	[ -z "$(ls -A tmp)" ]
}

# A program that pretends to be ssh: 3 is its log, the rest as written.
pretend() {
	{
		echo '#!/bin/sh'
		echo 'exec 3>"$2"'
		cat
	} >ssh
	chmod +x ssh
}

none_runs() {
	! pgrep -f "$1" >/dev/null
}

# The arguments of rsh: both clients come to the same.
same_both() {
	local builtin=0 program=0

	rsh "$@" >builtin.out 2>builtin.err </dev/null || builtin=$?
	rsh --ssh-program "$real_ssh" "$@" >program.out 2>program.err \
		</dev/null || program=$?
	same "$builtin" "$program" || return
	same "$(sort builtin.out)" "$(sort program.out)" || return
	same "$(grep ' of .* failed' builtin.err)" "$(grep ' of .* failed' program.err)"
}

@test "output, labels and statuses are those of the built-in client" {
	same_both -H 'node[01-03]' 'echo out; echo err >&2; exit 3'
	same_both -H 'node[01-03]' --exit-code all 'exit 255'
	same_both -H 'node[01-03]' 'printf unfinished'
	same_both --no-prefix -H 'node[01-02]' true
	same_both node01 'echo one; exit 7'
	same_both node01 'exit 255'
}

@test "standard input reaches every host in full" {
	seq 200000 >input
	run -0 rsh --ssh-program "$real_ssh" -H 'node[01-03]' 'cksum' <input
	[ "${#lines[@]}" -eq 3 ]
	same "$(cksum <input)" "$(cut -d' ' -f2- <<<"$output" | sort -u)"
	run -0 rsh --ssh-program "$real_ssh" node02 <<<'echo from $0 | wc -w'
	same 2 "$output"
}

@test "a failure has the class it has with the built-in client" {
	same_both -H node01,nohost.invalid true
	same_both -p 1 -H node01 true
	same_both -o UserKnownHostsFile=none -H node01 true
	same_both -o PubkeyAuthentication=no -H 'node[01-02]' true
	same_both -o Ciphers=aes128-cbc -H node01 true
}

@test "ssh's own words are the message" {
	run --separate-stderr rsh --ssh-program "$real_ssh" -p 1 -H node01 true
	same 255 "$status"
	has "rsh: node01: ssh: connect to host 127.2.0.1 port 1: Connection refused" \
		"$stderr"
	run --separate-stderr rsh --ssh-program "$real_ssh" \
		-o PubkeyAuthentication=no node01 true
	same 255 "$status"
	has "Permission denied (publickey" "$stderr"
	[ "${#stderr_lines[@]}" -eq 1 ]
}

@test "what a command writes is not taken for ssh's log" {
	run --separate-stderr rsh --ssh-program "$real_ssh" -H node01 \
		'echo "Permission denied (publickey)." >&2; exit 255'
	same 255 "$status"
	has "1 of 1 failed: exit 255: node01" "$stderr"
	has "node01: Permission denied (publickey)." "$stderr"
}

@test "a late command is ended, ssh with it" {
	run --separate-stderr rsh --ssh-program "$real_ssh" -u 1s \
		-H 'node[01-02]' 'sleep 98765'
	same 124 "$status"
	has "2 of 2 failed: timeout: node[01-02]" "$stderr"
	wait_until 10 none_runs 'VERBOSE.*sleep [9]8765'
}

@test "a log-in that takes too long is ended" {
	pretend <<-'EOF'
		sleep 98764
	EOF
	run --separate-stderr rsh --ssh-program ./ssh --connect-timeout 300ms \
		-H node01 true
	same 255 "$status"
	has "node01: timed out during the log-in" "$stderr"
	has "connect: node01" "$stderr"
	wait_until 10 none_runs 'sleep [9]8764'
}

@test "a signal ends the run and every ssh" {
	rsh --ssh-program "$real_ssh" -H 'node[01-03]' \
		'echo here; sleep 98763' >out 2>err </dev/null &
	wait_until 20 eval '[ "$(wc -l <out)" -eq 3 ]'
	kill -TERM $!
	wait $! || status=$?
	same "143:rsh: 3 of 3 failed: cancelled: node[01-03]" "$status:$(cat err)"
	wait_until 10 none_runs 'VERBOSE.*sleep [9]8763'
}

@test "it is given what this command line says, and ours counts" {
	pretend <<-'EOF'
		printf '%s\n' "$@" >words
		echo 'Authenticated to x' >&3
	EOF
	run -0 "$RSH" --ssh-program ./ssh -F "$fleet/ssh_config" -4 \
		-i "$fleet/id" -o 'LogLevel=QUIET' -o BatchMode=no \
		-H ann@node01:77 'a  b' 'c'
	sed -i '2s/.*/LOG/' words
	same "$(printf '%s\n' -E LOG -T -S none -oLogLevel=VERBOSE \
		-F "$fleet/ssh_config" -4 -i "$fleet/id" -o LogLevel=QUIET \
		-o BatchMode=no -oBatchMode=yes -l ann -p 77 -- node01 \
		'a  b c')" "$(cat words)"
}

@test "a shared connection of ssh_config is not used" {
	run -0 rsh --ssh-program "$real_ssh" -o ControlMaster=auto \
		-o "ControlPath=$PWD/%C" -H node01 'echo hi'
	same "node01: hi" "$output"
	[ -z "$(find . -type s)" ]
}

@test "a dropped connection is made again" {
	pretend <<-'EOF'
		echo try >>tries
		if [ "$(wc -l <tries)" -lt 3 ]; then
			echo 'kex_exchange_identification: read: Connection reset by peer' >&3
			echo 'Connection reset by 127.0.0.1 port 22' >&3
			exit 255
		fi
		echo 'Authenticated to x' >&3
		echo done
	EOF
	run -0 --separate-stderr rsh --ssh-program ./ssh -H node01 true
	same "node01: done" "$output"
	same "" "$stderr"
	rm tries
	# One host: as ssh, which does not try again.
	run --separate-stderr rsh --ssh-program ./ssh node01 true
	same 255 "$status"
	has "kex_exchange_identification: read: Connection reset by peer" \
		"$stderr"
}

@test "a program that dies, fails mutely or is none is of class local" {
	pretend <<-'EOF'
		kill -KILL $$
	EOF
	run --separate-stderr rsh --ssh-program ./ssh -H node01 true
	has "'./ssh' died of signal KILL" "$stderr"
	has "local: node01" "$stderr"
	pretend <<-'EOF'
		exit 255
	EOF
	run --separate-stderr rsh --ssh-program ./ssh -H node01 true
	has "'./ssh' has failed: it does not say why" "$stderr"
	pretend <<-'EOF'
		printf 'bad \033]0;x\007 luck\r\n' >&3
		exit 255
	EOF
	run --separate-stderr rsh --ssh-program ./ssh -H node01 true
	has "'./ssh' has failed: bad \\033]0;x\\007 luck" "$stderr"
	run --separate-stderr rsh --ssh-program ./none -H node01 true
	same 255 "$status"
	has "cannot run './none': No such file or directory" "$stderr"
}

@test "a log of long lines and many costs no memory and ends" {
	pretend <<-'EOF'
		head -c 3000000 /dev/zero | tr '\0' x >&3
		echo >&3
		seq 100000 >&3
		echo 'Authenticated to x' >&3
		echo done
	EOF
	run -0 --separate-stderr rsh --ssh-program ./ssh -q -H node01 true
	same "node01: done" "$output"
}

@test "the variable counts, and below the options" {
	pretend <<-'EOF'
		echo 'Authenticated to x' >&3
		echo pretended
	EOF
	RSH_SSH_PROGRAM=./ssh run -0 rsh -H node01 'echo real'
	same "node01: pretended" "$output"
	RSH_SSH_PROGRAM=./ssh run -0 rsh --rcmd ssh -H node01 'echo real'
	same "node01: real" "$output"
	RSH_SSH_PROGRAM=./ssh run -0 rsh --rcmd exec -H node01 echo here
	same "node01: here" "$output"
	run --separate-stderr rsh --rcmd exec --ssh-program ./ssh -H node01 true
	same 255 "$status"
	has "cannot be had together" "$stderr"
	run --separate-stderr rsh --rcmd program -H node01 true
	same 255 "$status"
	has "unknown way 'program'" "$stderr"
}

@test "a bad ssh_config is told before anything starts" {
	printf 'Host *\nPort nonsense\n' >bad
	pretend <<-'EOF'
		touch ran
	EOF
	run --separate-stderr "$RSH" -F bad --ssh-program ./ssh -H node01 true
	same 255 "$status"
	has "bad line 2" "$stderr"
	[ ! -e ran ]
}
