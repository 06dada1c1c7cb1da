#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # $fleet, $stderr
# LocalCommand, against ssh.

bats_require_minimum_version 1.5.0
load ../lib/rsh.bash

setup_file() {
	fleet_start 2
}

teardown_file() {
	fleet_stop
}

setup() {
	dir=$BATS_TEST_TMPDIR
	permit=PermitLocalCommand=yes
}

# Run what follows with both; they must print the same and end alike.
both() {
	local theirs status

	theirs=$(ssh "$@" 2>/dev/null) && status=0 || status=$?
	run "-$status" --separate-stderr rsh "$@"
	same "$theirs" "$output"
}

@test "it runs before the command, and its status does not count" {
	both -o "$permit" -o 'LocalCommand=echo here; exit 3' node01 'echo there'
	same $'here\nthere' "$output"
}

@test "it runs only where it is permitted, and only after the log-in" {
	both -o "LocalCommand=touch $dir/ran" node01 'echo there'
	both -o "$permit" -o LocalCommand=none node01 'echo there'
	both -o "$permit" -o "LocalCommand=touch $dir/ran" -o PubkeyAuthentication=no \
		node01 'echo there'
	[ ! -e "$dir/ran" ]
}

@test "its tokens are those of ssh" {
	both -o "$permit" -o \
		'LocalCommand=echo %% %C %d %h %i %k %L %l %n %p %r %T %u' \
		node01 true
	[[ $output == "% "*" NONE "* ]]
	both -o "$permit" -o HostKeyAlias=node01 -o UserKnownHostsFile=/dev/null \
		-o StrictHostKeyChecking=no -o 'LocalCommand=echo %k' node02 true
}

@test "an unknown token is told before anything runs" {
	run -255 --separate-stderr rsh -o "$permit" -o 'LocalCommand=echo %z' \
		node01 true
	has "LocalCommand" "$stderr"
	has "'%z'" "$stderr"
}

@test "the remote command waits for it" {
	mkfifo "$dir/go"
	rsh -o "$permit" -o "LocalCommand=read -r word <$dir/go; echo here" \
		node01 "touch $dir/begun; echo there" >"$dir/out" 3>&- &
	rsh=$!
	# Opened by the command alone, once it runs.
	exec 7>"$dir/go"
	[ ! -e "$dir/begun" ]
	echo now >&7
	exec 7>&-
	wait "$rsh"
	same $'here\nthere' "$(cat "$dir/out")"
}

@test "many hosts: what it writes are messages that name the host" {
	run -0 --separate-stderr rsh -o "$permit" \
		-o 'LocalCommand=printf "%n\033x\nlast"; echo oops >&2' \
		-H 'node[01-02]' echo there
	same $'node01: there\nnode02: there' "$(sort <<<"$output")"
	for host in node01 node02; do
		has "rsh: $host: $host\\033x" "$stderr"
		has "rsh: $host: last" "$stderr"
		has "rsh: $host: oops" "$stderr"
	done
}

# Whether no process is left in the group that the file $1 names.
group_gone() {
	[ -s "$1" ] && ! kill -0 -- "-$(cat "$1")" 2>/dev/null
}

@test "it ends with its group when rsh does" {
	cat >"$dir/hang" <<-END
		#!/bin/sh
		echo \$\$ >"$dir/pid"
		sleep 300 &
		wait
	END
	chmod +x "$dir/hang"
	"$RSH" -F "$fleet/ssh_config" -o "$permit" \
		-o "LocalCommand=exec $dir/hang" node01 "touch $dir/begun" \
		2>/dev/null 3>&- &
	rsh=$!
	wait_until 20 test -s "$dir/pid"
	kill "$rsh"
	wait "$rsh" || :
	wait_until 10 group_gone "$dir/pid"
	[ ! -e "$dir/begun" ]
}

@test "what it leaves in the background stays" {
	run -0 rsh -o "$permit" -o \
		"LocalCommand=sleep 300 3>&- >/dev/null 2>&1 & echo \$! >$dir/left" \
		node01 'echo there'
	same there "$output"
	kill "$(cat "$dir/left")"
}
