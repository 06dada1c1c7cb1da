#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # $fleet, $stderr
# shellcheck disable=SC2016 # for the servers
# Agent forwarding beside ssh's: a real agent, whose key lets in to node02 and
# is in no file.

bats_require_minimum_version 1.5.0
load ../lib/rsh.bash

setup_file() {
	fleet_start 3
	export agent=$fleet/agent
	ssh-agent -D -a "$agent" >/dev/null 2>&1 3>&- &
	echo $! >"$fleet/agent.pid"
	ssh-agent -D -a "$agent.empty" >/dev/null 2>&1 3>&- &
	echo $! >>"$fleet/agent.pid"
	wait_until 10 test -S "$agent"
	wait_until 10 test -S "$agent.empty"
	ssh-keygen -q -t ed25519 -N '' -C 'the agent has it' -f "$fleet/roaming"
	SSH_AUTH_SOCK=$agent ssh-add -q "$fleet/roaming"
	cat "$fleet/roaming.pub" >>"$fleet/authorized_keys"
	rm "$fleet/roaming"
	sed '/Identit/d' "$fleet/ssh_config" >"$fleet/onward"
	{
		cat <<-EOF
			Host allowed
				HostName 127.2.0.1
				ForwardAgent yes
			Host named
				HostName 127.2.0.1
				ForwardAgent $agent
				IdentityAgent $agent.empty
			Host variable
				HostName 127.2.0.1
				ForwardAgent \$THE_AGENT
				IdentityAgent $agent.empty
			Host behind
				HostName 127.2.0.2
				ProxyJump allowed
		EOF
		sed "s#IdentityAgent none#IdentityAgent $agent#" "$fleet/ssh_config"
	} >"$fleet/with_agent"
	mv "$fleet/with_agent" "$fleet/ssh_config"
}

teardown_file() {
	xargs kill <"$fleet/agent.pid" || :
	fleet_stop
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

list='ssh-add -l 2>&1'

@test "off unless it is asked for" {
	as_ssh node01 'echo "${SSH_AUTH_SOCK-none}"'
	same none "$output"
	as_ssh -A -a node01 'echo "${SSH_AUTH_SOCK-none}"'
	same none "$output"
	as_ssh -a allowed 'echo "${SSH_AUTH_SOCK-none}"'
	same none "$output"
}

@test "the far side has the keys of the agent, in the three ways to ask" {
	export THE_AGENT=$agent
	for how in '-A node01' '-oForwardAgent=yes node01' allowed named; do
		# shellcheck disable=SC2086 # two words
		as_ssh $how "$list"
		has 'the agent has it' "$output"
	done
	# Where ssh looks for a socket of the name of the variable, and says so.
	run -0 --separate-stderr rsh variable "$list"
	has 'the agent has it' "$output"
	same '' "$stderr"
}

@test "a log-in from there on to the next host" {
	onward="ssh -F $fleet/onward node02 'echo \$SSH_CONNECTION' | cut -d' ' -f3"
	as_ssh -A node01 "$onward"
	same 127.2.0.2 "$output"
	run -0 rsh node01 "($onward) 2>/dev/null"
	same '' "$output"
}

# With ssh the agent hears what host asks; with us, that it is not this one.
@test "keys for certain destinations are neither seen nor used from there" {
	local bound=$BATS_TEST_TMPDIR/bound port hosts=()

	ssh-agent -D -a "$bound" >/dev/null 2>&1 3>&- &
	echo $! >>"$fleet/agent.pid"
	wait_until 10 test -S "$bound"
	port=$(awk '$1 == "Port" { print $2; exit }' "$fleet/ssh_config")
	for addr in 127.2.0.1 127.2.0.2; do
		hosts+=(-h "[$addr]:$port")
	done
	ssh-keygen -q -t ed25519 -N '' -C bound -f "$bound.key"
	cat "$bound.key.pub" >>"$fleet/authorized_keys"
	SSH_AUTH_SOCK=$bound ssh-add -q -H "$fleet/known_hosts" \
		"${hosts[@]}" "$bound.key"
	rm "$bound.key"
	onward="ssh -F $fleet/onward node02 true"
	for client in ssh rsh; do
		run --separate-stderr "$client" -A -o "IdentityAgent=$bound" \
			node01 "$list; $onward 2>/dev/null || echo refused"
		same $'The agent has no identities.\nrefused' "$output"
	done
}

@test "behind a jump host: the target's agent, and none on the hop" {
	as_ssh -A -J node02 node01 "$list"
	has 'the agent has it' "$output"
	as_ssh behind "$list"
	[[ $output != *'the agent has it'* ]]
}

@test "many connections at once, and one after the other" {
	run -0 rsh -A node01 \
		'for i in 1 2 3 4 5 6 7 8; do ssh-add -l & done | sort -u; wait
		for i in 1 2 3; do ssh-add -l; done | sort -u'
	same 2 "$(grep -c 'the agent has it' <<<"$output")"
	same 2 "$(wc -l <<<"$output")"
}

@test "many hosts: each has it, and one warning says how many" {
	run -0 --separate-stderr rsh -A -H 'node[01-03]' "$list"
	same 3 "$(grep -c 'the agent has it' <<<"$output")"
	has 'agent forwarding is on for 3 hosts' "$stderr"
	same 1 "$(wc -l <<<"$stderr")"
	run --separate-stderr rsh -H 'allowed,node[02-03]' "$list"
	same 1 "$(grep -c 'the agent has it' <<<"$output")"
	[[ $stderr != *forwarding* ]]
}

@test "never with a key that should not be taken" {
	sed 's/^.*127.2.0.1.*$//' "$fleet/known_hosts" >"$BATS_TEST_TMPDIR/new"
	{
		cat "$BATS_TEST_TMPDIR/new"
		printf '[127.2.0.1]:%s %s\n' \
			"$(awk '$1 == "Port" { print $2 }' "$fleet/ssh_config")" \
			"$(cat "$fleet/otherkey.pub")"
	} >"$BATS_TEST_TMPDIR/changed"
	no=(-o StrictHostKeyChecking=no)
	run -0 --separate-stderr rsh "${no[@]}" -o UserKnownHostsFile="$BATS_TEST_TMPDIR/changed" \
		-A node01 'echo "${SSH_AUTH_SOCK-none}"'
	same none "$output"
	has forwarding "$stderr"
	# One that is new: as ssh with one host, not with many.
	run -0 rsh "${no[@]}" -o UserKnownHostsFile="$BATS_TEST_TMPDIR/new" \
		-A node01 "$list"
	has 'the agent has it' "$output"
	sed 's/^.*127.2.0.1.*$//' "$fleet/known_hosts" >"$BATS_TEST_TMPDIR/new"
	run --separate-stderr rsh "${no[@]}" -o UserKnownHostsFile="$BATS_TEST_TMPDIR/new" \
		-A -H node01,node02 "$list"
	same 1 "$(grep -c 'the agent has it' <<<"$output")"
	has 'node01: no agent forwarding to a host whose key was not known' \
		"$stderr"
}

@test "no agent, one that is not there, one that is dead" {
	as_ssh -o IdentityAgent=none -A node01 'echo "${SSH_AUTH_SOCK-none}"'
	same none "$output"
	run -0 --separate-stderr rsh -o ForwardAgent=/no/agent node01 'echo hi'
	has "cannot forward agent socket path '/no/agent': No such file" "$stderr"
	run -255 --separate-stderr rsh -o ForwardAgent=/no/agent \
		-o ExitOnForwardFailure=yes node01 'echo hi'
	has "cannot forward agent socket path '/no/agent': No such file" "$stderr"
	run -255 --separate-stderr rsh -o 'ForwardAgent=$no-name' node01 'echo hi'
	has 'invalid ForwardAgent environment variable name' "$stderr"
	: >"$BATS_TEST_TMPDIR/file"
	run --separate-stderr rsh -v -o "ForwardAgent=$BATS_TEST_TMPDIR/file" \
		node01 'ssh-add -l 2>&1; echo still here'
	has "connect_to $BATS_TEST_TMPDIR/file: failed: Connection refused" "$stderr"
	has 'still here' "$output"
}

@test "-X, -Y and -x are understood: one warning, and no X11" {
	for letters in -X -Y '-X -Y'; do
		# shellcheck disable=SC2086 # two words
		run -0 --separate-stderr rsh $letters node01 'echo "${DISPLAY-none}"'
		same none "$output"
		same "rsh: 'ForwardX11 yes' has no effect: rsh does not forward X11" \
			"$stderr"
	done
	as_ssh -x node01 'echo "${DISPLAY-none}"'
	as_ssh -o ForwardX11=yes node01 'echo "${DISPLAY-none}"'
	run -0 --separate-stderr rsh -X --rcmd exec -H a,b echo %h
	same $'a: a\nb: b' "$(sort <<<"$output")"
}
