#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154,SC2164,SC2238 # $fleet, $stderr, bats, a file
# Forwardings from there, beside ssh with the same options.  node03 listens for
# nobody, node04 for other machines as well.

bats_require_minimum_version 1.5.0
load ../lib/rsh.bash
load ../lib/fwd.bash

setup_file() {
	sshd_more='GatewayPorts no
Match LocalAddress 127.2.0.3
	AllowTcpForwarding no
Match LocalAddress 127.2.0.4
	GatewayPorts clientspecified' fleet_start 4
}

teardown_file() {
	fleet_stop
}

# The port that the server chose, once it is told.
chosen() {
	wait_until 20 grep -q 'Allocated port' client.err
	sed -n 's/.*Allocated port \([0-9]*\) .*/\1/p' client.err
}

# Run the words through both: what is told is the same, but for ssh's carriage
# returns and our name.
as_ssh() {
	local out err code

	run --separate-stderr ssh "$@"
	out=$output code=$status err=$(tr -d '\r' <<<"$stderr")
	run --separate-stderr rsh "$@"
	same "$out" "$output" && same "$err" "${stderr//rsh: /}" &&
		same "$code" "$status"
}

@test "to a port and to a Unix socket, with the ends of both sides" {
	local program port to

	serve echo "$PWD/echo.sock"
	serve echo "$(tool free 1 | tee echo)"
	for program in ssh rsh; do
		for to in "127.0.0.1:$(<echo)" "$PWD/echo.sock" "localhost:$(<echo)"; do
			port=$(tool free 1)
			run -0 "$program" -R "$port:$to" node01 \
				"python3 $fwdtool ask $port hello"
			same hello "$output"
		done
	done
}

@test "the server's choice of a port is told as ssh tells it" {
	local port

	serve echo "$(tool free 1 | tee echo)"
	for program in ssh rsh; do
		client "$program" -N -R "0:127.0.0.1:$(<echo)" node01
		port=$(chosen)
		run -0 tool ask "$port" hello
		same hello "$output"
		end_client
		tr -d '\r' <client.err | sed "s/^rsh: //; s/ $port / PORT /" |
			grep Allocated >"told.$program"
	done
	same "$(<told.ssh)" "$(<told.rsh)"
	run -0 --separate-stderr rsh -R 0 node01 true
	[[ $stderr =~ ^'rsh: Allocated port '[0-9]+' for remote forward to socks:0'$ ]]
}

@test "several, each with a port of its own" {
	run -0 --separate-stderr rsh -R "0:127.0.0.1:1" -R 0 \
		-R "0:$PWD/none" -R "0:127.0.0.1:2" node01 true
	same 4 "$(grep -o 'port [0-9]*' <<<"$stderr" | sort -u | wc -l)"
}

@test "where it listens is said by us and decided by the server" {
	local program node i
	local -a port args where

	where=('' 'localhost:' ':' '*:' '127.0.0.1:' '0.0.0.0:' '127.0.0.7:')
	for program in ssh rsh; do
		for node in node01 node04; do
			tool free "${#where[@]}" >ports
			mapfile -t port <ports
			args=()
			for i in "${!where[@]}"; do
				args+=(-R "${where[i]}${port[i]}:a:1")
			done
			run -0 "$program" "${args[@]}" "$node" \
				"for port in ${port[*]}; do
					echo \$(python3 $fwdtool listens \$port | sort)
				done"
			paste -d ' ' <(printf "$node %s\n" "${where[@]}") \
				<(echo "$output")
		done >"said.$program"
	done
	same "$(<said.ssh)" "$(<said.rsh)"
	has 'node01 *: 127.0.0.1 ::1' "$(<said.rsh)"
	has 'node04 *: 0.0.0.0 ::' "$(<said.rsh)"
}

@test "a refusal is told in ssh's words, and ends the run if asked" {
	serve mute "$(tool free 1 | tee taken)"
	as_ssh -R "127.0.0.1:$(<taken):a:1" node04 'echo ran'
	has "Warning: remote port forwarding failed for listen port $(<taken)" \
		"$stderr"
	as_ssh -o ExitOnForwardFailure=yes -R "127.0.0.1:$(<taken):a:1" node04 'echo ran'
	same 255 "$status"
	as_ssh -R 0:a:1 node03 'echo ran'
	as_ssh -R 12345 node03 'echo ran'
	as_ssh -o ExitOnForwardFailure=yes -R 0:a:1 node03 'echo ran'
	as_ssh -o ClearAllForwardings=yes -R 0:a:1 node03 'echo ran'
	same '' "$stderr"
	run --separate-stderr rsh -H node01,node03 \
		-o ExitOnForwardFailure=yes -R 0:a:1 'echo ran'
	same 'node01: ran' "$output"
	has 'node03: Error: remote port forwarding failed for listen port 0' \
		"$stderr"
}

@test "SOCKS there: 4, 4a and 5, as far as PermitRemoteOpen allows" {
	local hex port socks

	serve echo "$(tool free 1 | tee echo)"
	port=$(printf %04x "$(<echo)")
	# "hi" goes right behind, with the end
	for hex in "050100 05010001 7f000001 $port 6869" \
		"050100 05010003 09 6c6f63616c686f7374 $port 6869" \
		"0401 $port 7f000001 00 6869" \
		"0401 $port 00000001 6d6500 6c6f63616c686f737400 6869"; do
		client rsh -N -R 0 node01
		socks=$(chosen)
		run -0 tool raw "$socks" "$hex" end
		[[ $output == 0500050000010000000000006869 ||
			$output == 005a0000000000006869 ]]
		end_client
	done
	client rsh -N -R 0 -o "PermitRemoteOpen=127.0.0.1:$(<echo)" node01
	socks=$(chosen)
	run -0 tool raw "$socks" "050100 05010001 7f000001 $port 6869" end
	same 0500050000010000000000006869 "$output"
	run -0 tool raw "$socks" \
		"050100 05010003 09 6c6f63616c686f7374 $port 6869" end
	same 050005020001000000000000 "$output"
	for hex in 47455420 05 050102 06010005 04020050 05010005010009; do
		run -0 tool raw "$socks" "$hex" end
		[[ $output =~ ^(|reset|05ff|0500.*|005b.*)$ ]]
	done
	run -0 tool raw "$socks" "050100 05010001 7f000001 $port 6869" end
	same 0500050000010000000000006869 "$output"
	end_client
	client rsh -N -R 0 node01
	run -0 tool raw "$(chosen)" "050100 05010001 7f000001 0001" end
	same 050005050001000000000000 "$output"
	has 'connect_to 127.0.0.1 port 1: failed: Connection refused' \
		"$(<client.err)"
}

@test "what is not there ends the connection, and the session goes on" {
	local program port

	for program in ssh rsh; do
		port=$(tool free 1)
		run -0 --separate-stderr "$program" -R "$port:127.0.0.1:1" node01 \
			"python3 $fwdtool ask $port x 2>/dev/null; echo ran"
		same ran "$output"
		has 'connect_to 127.0.0.1 port 1: failed' "$stderr"
	done
	run -0 --separate-stderr rsh -R "$port:$PWD/none" node01 \
		"python3 $fwdtool ask $port x 2>/dev/null; echo ran"
	same ran "$output"
	has "connect_to $PWD/none: failed: No such file" "$stderr"
}

@test "a Unix socket there is refused before anything starts" {
	for host in node01 '-H node01,node02'; do
		# shellcheck disable=SC2086 # words
		run -255 --separate-stderr rsh -R "$PWD/x:127.0.0.1:1" $host \
			"touch $PWD/ran"
		has "node01: rsh cannot have a server listen on a Unix socket ('$PWD/x'); --ssh-program can" \
			"$stderr"
		[ ! -e ran ]
	done
	run -0 rsh --ssh-program ssh -R "$PWD/x:127.0.0.1:1" node01 \
		"test -S $PWD/x && echo there"
	same there "$output"
}

# Whether so many ports were told.
told_of() {
	[ "$(grep -c Allocated client.err)" -eq "$1" ]
}

# Whether the client has no more than so many descriptors.
has_at_most() {
	[ "$(find "/proc/$client/fd" | wc -l)" -le "$1" ]
}

@test "many hosts: a port on each, and one place here for all" {
	serve echo "$(tool free 1 | tee echo)"
	client rsh -H 'node[01-02]' -N -R "0:127.0.0.1:$(<echo)"
	wait_until 20 told_of 2
	for host in node01 node02; do
		port=$(sed -n "s/^rsh: $host: Allocated port \([0-9]*\) .*/\1/p" client.err)
		run -0 tool ask "$port" "$host"
		same "$host" "$output"
	done
}

@test "through a jump host it is the target that listens" {
	serve echo "$(tool free 1 | tee echo)"
	client rsh -N -J node02 -R "0:127.0.0.1:$(<echo)" node01
	run -0 tool bulk "$(chosen)" 10000000
	same ok "$output"
}

@test "20 MB each way at once; one that does not read stops nobody else" {
	local port

	serve echo "$(tool free 1 | tee echo)"
	serve mute "$(tool free 1 | tee mute)"
	tool free 2 >ports
	mapfile -t port <ports
	client rsh -N -R "${port[0]}:127.0.0.1:$(<mute)" \
		-R "${port[1]}:127.0.0.1:$(<echo)" node01
	wait_until 20 listening "${port[1]}"
	run -0 tool fill "${port[0]}" 200000000
	[ "$output" -lt 60000000 ]
	run -0 tool bulk "${port[1]}" 20000000
	same ok "$output"
}

@test "500 connections, 20 at a time, leave nothing behind" {
	local before port

	serve echo "$(tool free 1 | tee echo)"
	client rsh -N -R "0:127.0.0.1:$(<echo)" node01
	port=$(chosen)
	before=$(find "/proc/$client/fd" | wc -l)
	run -0 tool churn "$port" 500 20
	same ok "$output"
	wait_until 20 has_at_most "$before"
}

@test "the end of the command waits for what is open" {
	local port

	serve echo "$(tool free 1 | tee echo)"
	client rsh -R "0:127.0.0.1:$(<echo)" node01 \
		"until [ -e $PWD/go ]; do sleep 0.1; done; exit 7"
	port=$(chosen)
	tool hold "$port" end >held 3>&- &
	wait_until 20 grep -q held held
	: >go
	sleep 0.3 # the command has ended, or will have: either must do
	kill -0 "$client"
	: >end
	status=0
	wait "$client" || status=$?
	same 7 "$status"
	wait_until 20 grep -q still held
}

@test "none with a key that should not be taken" {
	sed 's/^.*127.2.0.1.*$//' "$fleet/known_hosts" >changed
	printf '[127.2.0.1]:%s %s\n' \
		"$(awk '$1 == "Port" { print $2 }' "$fleet/ssh_config")" \
		"$(cat "$fleet/otherkey.pub")" >>changed
	run -0 --separate-stderr rsh -o StrictHostKeyChecking=no \
		-o UserKnownHostsFile="$PWD/changed" -R 0:a:1 node01 'echo ran'
	same ran "$output"
	[[ $stderr != *Allocated* ]]
	run -255 --separate-stderr rsh -o StrictHostKeyChecking=no \
		-o ExitOnForwardFailure=yes \
		-o UserKnownHostsFile="$PWD/changed" -R 0:a:1 node01 'echo ran'
	has 'forwarding disabled due to host key check failure' "$stderr"
}
