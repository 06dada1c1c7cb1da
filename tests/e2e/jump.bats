#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # $fleet, $stderr
# Jump hosts: real servers behind real servers.  node01 is the hop of most
# tests, node03 forwards nothing, node04 shows another key than is known.

bats_require_minimum_version 1.5.0
load ../lib/rsh.bash

setup_file() {
	sshd_more='LogLevel VERBOSE
MaxStartups 10:30:100
MaxSessions 10
Match LocalAddress 127.2.0.3
	AllowTcpForwarding no' fleet_start 4
	port=$(awk '$1 == "Port" { print $2 }' "$fleet/ssh_config")
	export port
	{
		cat <<-EOF
			Host wild*
				HostName 127.2.0.2
				ProxyJump node01
			Host chain*
				HostName 127.2.0.2
				ProxyJump last
			Host last
				HostName 127.2.0.4
				HostKeyAlias last
				ProxyJump node01
			Host loop1
				ProxyJump loop2
			Host loop2
				ProxyJump loop1
			Host hung
				ProxyCommand sleep 300
			Host other
				HostName 127.2.0.1
				HostKeyAlias other
		EOF
		cat "$fleet/ssh_config"
	} >"$fleet/with_jumps"
	mv "$fleet/with_jumps" "$fleet/ssh_config"
	{
		printf 'last %s\n' "$(cat "$fleet/hostkey.pub")"
		printf 'other %s\n' "$(cat "$fleet/otherkey.pub")"
	} >>"$fleet/known_hosts"
}

teardown_file() {
	fleet_stop
}

setup() {
	begin
}

# What the servers log from here on is looked at.
begin() {
	mark=$(wc -c <"$fleet/log.1")
}

logged() {
	tail -c "+$((mark + 1))" "$fleet/log.1"
}

# How many connections came to node $1.
connections() {
	logged | grep -c "^Connection from .* on 127.2.0.$1 port" || :
}

# Run the words through rsh and through ssh: all that can be seen is the same.
as_ssh() {
	local out err code

	run --separate-stderr ssh "$@"
	out=$output err=$stderr code=$status
	run --separate-stderr rsh "$@"
	same "$out" "$output" && same "$err" "$stderr" &&
		same "$code" "$status"
}

@test "one hop: output, status and standard error are those of ssh" {
	as_ssh -J node01 node02 'echo out; echo err >&2; exit 3'
	as_ssh -J "$(id -un)@node01:$port" node02 'echo hi'
	as_ssh -J "ssh://$(id -un)@127.2.0.1:$port" node02 'echo hi'
	# shellcheck disable=SC2016 # for the server
	as_ssh -J node01 node02 'echo "${SSH_CONNECTION##* }"'
	[ "$(connections 1)" -eq 8 ]
	[ "$(connections 2)" -eq 8 ]
}

@test "three hops, in the order of ssh" {
	hops() {
		begin
		"$@" -J node01,last,node02 node01 'echo hi' </dev/null &&
			logged | sed -n 's/^Connection from .* on \(127[0-9.]*\) .*/\1/p'
	}
	run -0 hops ssh
	expected=$output
	run -0 hops rsh
	same "$expected" "$output"
	same 'hi 127.2.0.1 127.2.0.4 127.2.0.2 127.2.0.1' "${output//$'\n'/ }"
}

@test "ProxyJump of ssh_config, of patterns and of the hops themselves" {
	as_ssh wild1 'echo hi'
	as_ssh chain1 'echo hi'
	run -0 rsh -H 'wild[1-3],chain[1-2],node02' 'echo hi'
	same 6 "$(grep -c ': hi$' <<<"$output")"
	as_ssh -o ProxyJump=none wild1 'echo hi'
	as_ssh -o ProxyCommand=none -o ProxyJump=node01 node02 'echo hi'
	run -0 rsh -G wild1
	has 'proxyjump node01' "$output"
}

@test "what the command line says of the target is not for the hop" {
	as_ssh -J "node01" -p "$port" -l "$(id -un)" -i "$fleet/id" node02 'echo hi'
	as_ssh -o "HostKeyAlias=last" -J node01 node02 'echo hi'
	begin
	run -255 --separate-stderr rsh -J nobody@node01 node02 true
	has 'jump host nobody@node01: Permission denied' "$stderr"
	same 0 "$(connections 2)"
}

@test "a wrong key of a hop: refused, named, and nothing goes on" {
	for hosts in node02 '-H node02'; do
		# shellcheck disable=SC2086 # two words
		run -255 --separate-stderr rsh -J other $hosts true
		has 'jump host other: ' "$stderr"
		has 'known_hosts:' "$stderr"
	done
	has 'hostkey: node02' "$stderr"
	same 0 "$(connections 2)"
	same 0 "$(logged | grep -c Accepted || :)"
}

@test "200 hosts behind one: one log-in there" {
	# Fewer than MaxStartups, which would drop some at node02.
	run -0 --separate-stderr rsh --connecting 8 -H 'wild[001-200]' 'echo hi'
	same '' "$stderr"
	same 200 "$(grep -c ': hi$' <<<"$output")"
	same 1 "$(connections 1)"
	same 200 "$(connections 2)"
}

@test "both hops of a chain are shared" {
	run -0 --separate-stderr rsh -H 'chain[01-20],wild[01-20]' 'echo hi'
	same 40 "$(grep -c ': hi$' <<<"$output")"
	same 1 "$(connections 1)"
	same 1 "$(connections 4)"
}

@test "a hop that is lost ends what runs behind it, named once for each" {
	rsh -H 'wild[1-5],node02' 'echo up; sleep 3; echo fine' \
		>"$BATS_TEST_TMPDIR/out" 2>"$BATS_TEST_TMPDIR/err" 3>&- &
	rsh=$!
	all_up() {
		[ "$(grep -c up "$BATS_TEST_TMPDIR/out")" -eq 6 ]
	}
	wait_until 20 all_up
	# The child of sshd that carries connections to node02.
	hop=$(ss -Htnp state established src 127.2.0.1 |
		grep -o 'pid=[0-9]*' | cut -d= -f2 | sort -u)
	# shellcheck disable=SC2086 # maybe two
	kill -9 $hop
	wait "$rsh" || :
	same 1 "$(grep -c fine "$BATS_TEST_TMPDIR/out")"
	run cat "$BATS_TEST_TMPDIR/err"
	same 5 "$(grep -c 'jump host node01: connection closed' <<<"$output")"
	has '5 of 6 failed: lost: wild[1-5]' "$output"
}

@test "a hop that forwards nothing, and a target that is not there" {
	run -255 --separate-stderr rsh -J node03 node02 true
	has "jump host node03: it does not connect to 127.2.0.2 port $port: " \
		"$stderr"
	run -255 --separate-stderr rsh -J node03 -H 'node[01-02]' true
	has '2 of 2 failed: connect: node[01-02]' "$stderr"
	run -255 --separate-stderr rsh -J node01 -p 1 node02 true
	has 'it does not connect to 127.2.0.2 port 1: Connection refused' "$stderr"
	run -255 --separate-stderr rsh -p 1 -J node01 -H 'node[02-04],127.2.1.[1-40]' true
	has '43 of 43 failed: connect' "$stderr"
}

@test "a hop that cannot be reached fails all behind it at once" {
	run -255 --separate-stderr rsh -J no.such.invalid -H 'node[01-04]' true
	same 4 "$(grep -c 'jump host no.such.invalid: could not resolve' <<<"$stderr")"
	run -255 --separate-stderr rsh -J 127.2.0.1:1 -H 'node[01-04]' true
	has 'jump host 127.2.0.1:1: connect to host 127.2.0.1 port 1' "$stderr"
	has '4 of 4 failed: connect: node[01-04]' "$stderr"
	run -255 --separate-stderr rsh --connect-timeout 1 -J hung node02 true
	has 'jump host hung: timed out' "$stderr"
	run -255 --separate-stderr rsh --connect-timeout 1 -J hung \
		-H 'node[01-04]' true
	has '4 of 4 failed: connect: node[01-04]' "$stderr"
}

@test "loops, and chains that are too long, start nothing" {
	run -255 --separate-stderr rsh loop1 true
	has 'the jump hosts lead in a loop' "$stderr"
	run -255 --separate-stderr rsh -J node01 node01 true
	has 'it is its own jump host' "$stderr"
	hops=$(printf 'user%d@node01,' {1..11})
	run -255 --separate-stderr rsh -J "${hops%,}" node02 true
	has 'more than 10 jump hosts in a chain' "$stderr"
	same 0 "$(connections 1)"
}

@test "100 MB each way, byte for byte" {
	head -c 100000000 /dev/urandom >"$BATS_TEST_TMPDIR/big"
	there_and_back() {
		rsh -J node01 node02 cat <"$BATS_TEST_TMPDIR/big" | md5sum
	}
	run -0 there_and_back
	same "$(md5sum <"$BATS_TEST_TMPDIR/big")" "$output"
}

@test "one that does not read holds up no other behind the same hop" {
	slow() {
		rsh -H wild1 'head -c 9000000 /dev/zero | tr "\0" "\n"' | {
			sleep 1
			wc -l
		}
	}
	head -c 3000000 /dev/zero >"$BATS_TEST_TMPDIR/in"
	run -0 --separate-stderr rsh -H 'wild[1-4]' 'sleep 0.5; wc -c' \
		<"$BATS_TEST_TMPDIR/in"
	same 4 "$(grep -c ': 3000000$' <<<"$output")"
	run -0 slow
	same 9000000 "$output"
}

@test "a command that takes too long is ended on the host" {
	run -124 --separate-stderr rsh -u 1 -H wild1 'sleep 60'
	has 'timed out after 1s' "$stderr"
	run -255 --separate-stderr rsh -o User=nobody9 wild1 true
	has 'Permission denied' "$stderr"
	[[ $stderr != *'jump host'* ]]
}

@test "rsh's own configuration: jump_host, with a key of its own" {
	cp "$fleet/id" "$BATS_TEST_TMPDIR/key with \"quotes"
	cat >"$BATS_TEST_TMPDIR/c.yaml" <<-EOF
		clusters:
		  a: { nodes: [ node02, { host: node04, jump_host: "" } ], jump_host: "@node01" }
		  b:
		    nodes: [ node02 ]
		    jump_host: { host: 127.2.0.1, port: $port, ssh_key: '$BATS_TEST_TMPDIR/key with "quotes' }
	EOF
	run -0 rsh --config "$BATS_TEST_TMPDIR/c.yaml" -H @a 'echo hi'
	same $'node02: hi\nnode04: hi' "$(sort <<<"$output")"
	same 1 "$(connections 1)"
	sed '/IdentityFile/d' "$fleet/ssh_config" >"$fleet/no_key"
	run -255 "$RSH" -F "$fleet/no_key" -i "$fleet/id" -J node01 node02 true
	run -0 "$RSH" -F "$fleet/no_key" -i "$fleet/id" \
		--config "$BATS_TEST_TMPDIR/c.yaml" -H @b 'echo hi'
	same 'node02: hi' "$output"
}

@test "-W is input and output of a connection, also as a ProxyCommand" {
	for program in ssh rsh; do
		run -0 "$program" -o "ProxyCommand=$RSH -F $fleet/ssh_config -W [%h]:%p node01" \
			node02 'echo hi'
		same hi "$output"
	done
	run -255 --separate-stderr rsh -W 127.2.0.2:1 node01 </dev/null
	has 'it does not connect to 127.2.0.2 port 1: Connection refused' "$stderr"
	run -0 --separate-stderr rsh -J last -W "127.2.0.2:$port" node01 </dev/null
	has SSH-2.0 "$output"
	run -255 --separate-stderr rsh -W a:1 node01 true
	has 'without a command' "$stderr"
	run -255 --separate-stderr rsh -W a:1 -H node01
	has '-W is for one host' "$stderr"
	for bad in a a:0 u@a:1 :1 a:b; do
		run -255 rsh -W "$bad" node01
	done
}
