#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # $fleet, $stderr
# The keywords that say how the connection is made, against ssh.

bats_require_minimum_version 1.5.0
load ../lib/rsh.bash

setup_file() {
	sshd_more="LogLevel DEBUG1" fleet_start 1
}

teardown_file() {
	fleet_stop
}

# Run what follows with both; they must print the same and end alike.
both() {
	local theirs status

	theirs=$(ssh "$@" 2>/dev/null) && status=0 || status=$?
	run "-$status" --separate-stderr rsh "$@"
	same "$theirs" "$output"
}

@test "BindAddress and BindInterface" {
	# shellcheck disable=SC2016 # for the node
	source='echo "${SSH_CONNECTION%% *}"'
	for from in 127.0.0.9 localhost ::1; do
		both -o "BindAddress=$from" node01 "$source"
	done
	both -o BindInterface=lo node01 "$source"
	both -o BindInterface=nosuch0 node01 "$source"
	has "'nosuch0' has no address" "$stderr"
	both -o BindInterface=nosuch0 -o BindAddress=127.0.0.8 node01 "$source"
	same 127.0.0.8 "$output"
}

@test "AddressFamily" {
	both -o AddressFamily=inet node01 echo hi
	both -o AddressFamily=inet6 node01 echo hi
}

@test "SendEnv and SetEnv, and which of them counts" {
	export RSH_A=sent RSH_B=b RSH_C=c
	# shellcheck disable=SC2016 # for the node
	show='echo "$RSH_A|$RSH_B|$RSH_C"'
	both -o SendEnv=RSH_A -o SetEnv=RSH_A=set node01 "$show"
	same 'set||' "$output"
	both -o 'SendEnv=RSH_?' node01 "$show"
	both -o 'SendEnv=RSH_A RSH_B' -o SendEnv=-RSH_B node01 "$show"
	both -o 'SendEnv=RSH_A RSH_B' -o 'SendEnv=-RSH_*' node01 "$show"
	both -o 'SetEnv=RSH_A=1 RSH_A=2 RSH_B="x y"' -o SetEnv=RSH_C=3 \
		node01 "$show"
	both -o SetEnv=RSH_A= node01 "$show"
}

# Run what follows and count the key exchanges it took.
key_exchanges() {
	local log=$fleet/log.1 before

	before=$(grep -ac 'SSH2_MSG_NEWKEYS received' "$log") || :
	"$@" >/dev/null || return
	echo $(($(grep -ac 'SSH2_MSG_NEWKEYS received' "$log") - before))
}

@test "RekeyLimit: by bytes, either way, and never too often" {
	# A window of 8 MB may be under way when new keys are asked for.
	run -0 --separate-stderr key_exchanges rsh -o RekeyLimit=1M node01 \
		'head -c 40000000 /dev/zero'
	[ "$output" -ge 5 ]
	feed() {
		head -c 8000000 /dev/zero |
			rsh -o 'RekeyLimit=1M' node01 'wc -c'
	}
	run -0 --separate-stderr key_exchanges feed
	[ "$output" -ge 5 ]
	# Longer than libssh can count.
	run -0 --separate-stderr key_exchanges rsh -o 'RekeyLimit=1G 52w' node01 \
		'head -c 8000000 /dev/zero'
	same 1 "$output"
}

@test "RekeyLimit: by time" {
	twice() {
		rsh -o 'RekeyLimit=default 1' node01 \
			'for i in 1 2 3 4; do echo; sleep 0.5; done'
	}
	run -0 --separate-stderr key_exchanges twice
	[ "$output" -ge 2 ]
}

@test "Compression" {
	log=$fleet/log.1
	: >"$log"
	run -0 rsh -o Compression=yes node01 'head -c 1000000 /dev/zero | od'
	[ "${#output}" -gt 20 ]
	grep -aq 'client->server.*compression: zlib@openssh.com' "$log"
	: >"$log"
	run -0 rsh -o Compression=no node01 true
	grep -aq 'client->server.*compression: none' "$log"
}

@test "RekeyLimit and Compression at once change no byte" {
	local cipher

	head -c 4000000 /dev/urandom >"$BATS_TEST_TMPDIR/data"
	there_and_back() {
		rsh -C -c "$cipher" -o RekeyLimit=1M node01 cat \
			<"$BATS_TEST_TMPDIR/data" >"$BATS_TEST_TMPDIR/back"
	}
	for cipher in chacha20-poly1305@openssh.com aes128-ctr; do
		run -0 --separate-stderr key_exchanges there_and_back
		[ "$output" -ge 3 ]
		cmp "$BATS_TEST_TMPDIR/data" "$BATS_TEST_TMPDIR/back"
		grep -aq 'Enabling compression' "$fleet/log.1"
	done
}

@test "-y: no message goes to standard error" {
	run -255 --separate-stderr rsh -y -o SyslogFacility=LOCAL3 -p 1 \
		node01 true
	same "" "$stderr"
}
