#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # $fleet, $stderr, $fwdtool
# Forwardings from here, beside ssh with the same options.  node03 forwards
# nothing.

bats_require_minimum_version 1.5.0
load ../lib/rsh.bash
load ../lib/fwd.bash

setup_file() {
	sshd_more='MaxSessions 100
Match LocalAddress 127.2.0.3
	AllowTcpForwarding no
	AllowStreamLocalForwarding no' fleet_start 3
}

teardown_file() {
	fleet_stop
}

has_descriptors() {
	[ "$(find "/proc/$client/fd" | wc -l)" -le "$1" ]
}

are_told() {
	[ "$(grep -c 'is forwarded to' client.err)" -eq "$1" ]
}

reachable() {
	tool ask "$1" probe >/dev/null 2>&1
}

@test "-L: either end a port or a Unix socket, with the ends of both" {
	local program from to

	serve echo "$PWD/echo.sock"
	serve echo "$(tool free 1 | tee port)"
	for program in ssh rsh; do
		for from in "$(tool free 1)" "$PWD/$program.sock"; do
			for to in "127.0.0.1:$(<port)" "$PWD/echo.sock"; do
				client "$program" -N -o AddressFamily=inet \
					-L "$from:$to" node01
				wait_until 20 reachable "$from"
				run -0 tool ask "$from" hello
				same hello "$output"
				end_client
				rm -f "$program.sock"
			done
		done
	done
}

@test "-D: SOCKS 4, 4a and 5, by number and by name" {
	local port

	serve echo "$(tool free 1 | tee far)"
	port=$(printf %04x "$(<far)")
	tool free 1 >socks
	client rsh -N -D "$(<socks)" node01
	wait_until 20 listening "$(<socks)"
	# 127.0.0.1, then "localhost"; "hi" goes right behind
	run -0 tool raw "$(<socks)" "050100 05010001 7f000001 $port 6869" end
	same "05000500000100000000000 06869" "${output:0:23} ${output:23}"
	run -0 tool raw "$(<socks)" \
		"050100 05010003 09 6c6f63616c686f7374 $port 6869" end
	same 0500050000010000000000006869 "$output"
	run -0 tool raw "$(<socks)" "0401 $port 7f000001 00 6869" end
	same 005a0000000000006869 "$output"
	run -0 tool raw "$(<socks)" \
		"0401 $port 00000001 6d6500 6c6f63616c686f737400 6869" end
	same 005a0000000000006869 "$output"
	# what is not there is said to be so
	run -0 tool raw "$(<socks)" "050100 05010001 7f000001 0001" end
	same 050005050001000000000000 "$output"
	has "open failed: connect failed: Connection refused" "$(<client.err)"
}

@test "-D: what is no SOCKS is closed, and a slow client waited for" {
	local hex port

	serve echo "$(tool free 1 | tee far)"
	port=$(printf %04x "$(<far)")
	tool free 1 >socks
	client rsh -N -D "$(<socks)" node01
	wait_until 20 listening "$(<socks)"
	for hex in 47455420 05 0500 050102 06010005 04020050 \
		050100050200017f 05010005010009 050100050100030000; do
		run -0 tool raw "$(<socks)" "$hex" end
		[[ $output =~ ^(|reset|05ff|0500.*|005b.*)$ ]]
	done
	run -0 tool raw "$(<socks)" "04010050 0a000001 $(printf '61%.0s' {1..900})"
	[[ $output =~ ^(|reset)$ ]]
	run -0 tool raw "$(<socks)" \
		"050100 05010003 09 6c6f63616c686f7374 $port" slow &
	run -0 tool raw "$(<socks)" "050100 05010001 7f000001 $port 6869" end
	same 0500050000010000000000006869 "$output"
	kill -0 "$client"
}

@test "what listens: loopback alone, unless told otherwise; sockets are 0600" {
	local port program

	for program in ssh rsh; do
		port=$(tool free 1)
		run -0 "$program" -L "$port:a:1" node01 \
			"python3 $fwdtool listens $port"
		same $'127.0.0.1\n::1' "$(sort <<<"$output")"
		run -0 "$program" -g -D "$port" node01 \
			"python3 $fwdtool listens $port"
		same $'0.0.0.0\n::' "$(sort <<<"$output")"
		run -0 "$program" -L "*:$port:a:1" -o AddressFamily=inet node01 \
			"python3 $fwdtool listens $port"
		same 0.0.0.0 "$output"
		run -0 "$program" -g -L "localhost:$port:a:1" node01 \
			"python3 $fwdtool listens $port"
		same $'127.0.0.1\n::1' "$(sort <<<"$output")"
		run -0 "$program" -D "127.0.0.9:$port" node01 \
			"python3 $fwdtool listens $port"
		same 127.0.0.9 "$output"
		run -0 "$program" -L "$PWD/$program:a:1" node01 \
			"stat -c %a $PWD/$program"
		same 600 "$output"
		run -0 "$program" -o StreamLocalBindUnlink=yes \
			-o StreamLocalBindMask=0117 -L "$PWD/$program:a:1" \
			node01 "stat -c %a $PWD/$program"
		same 660 "$output"
	done
	[ ! -e rsh ]
}

@test "what cannot be had is told in ssh's words, and ends the run if asked" {
	local port args
	local -a rows

	serve mute "$(tool free 1 | tee port)"
	port=$(<port)
	rows=(
		"-o AddressFamily=inet -L $port:a:1"
		"-o AddressFamily=inet -D $port"
		"-L $PWD/none/x:a:1"
		"-o AddressFamily=inet -L $port:a:1 -o ClearAllForwardings=yes"
		"-o AddressFamily=inet -L $port:a:1 -o ExitOnForwardFailure=yes"
		"-L 10.255.255.9:$port:a:1 -o ExitOnForwardFailure=yes"
	)
	for args in "${rows[@]}"; do
		# shellcheck disable=SC2086 # words
		run --separate-stderr ssh $args node01 'echo ran'
		printf '%s %s\n%s\n' "$status" "$output" "$stderr" |
			tr -d "\r" | sed "s/^[a-z_]*: cannot/cannot/" >ssh.said
		# shellcheck disable=SC2086
		run --separate-stderr rsh $args node01 'echo ran'
		printf '%s %s\n%s\n' "$status" "$output" "$stderr" |
			sed 's/^rsh: //' >rsh.said
		same "$(<ssh.said)" "$(<rsh.said)"
	done
}

@test "the end of the command waits for what is open, and keeps its status" {
	local port

	serve echo "$(tool free 1 | tee far)"
	port=$(tool free 1)
	client rsh -L "$port:127.0.0.1:$(<far)" node01 \
		"until [ -e $PWD/go ]; do sleep 0.1; done; exit 7"
	wait_until 20 reachable "$port"
	tool hold "$port" end >held 3>&- &
	wait_until 20 grep -q held held
	: >go
	sleep 0.3 # the command has ended, or will have: either must do
	kill -0 "$client"
	: >end
	ends_with 7
	has still "$(<held)"
}

@test "-N lasts until a signal, or as long as the connection" {
	local port

	port=$(tool free 1)
	client rsh -N -L "$port:127.0.0.1:1" node01
	wait_until 20 listening "$port"
	kill -TERM "$client"
	ends_with 143
	client rsh -N -L "$port:127.0.0.1:1" -o ProxyCommand="$builddir/tests/lib/netpipe 127.2.0.1 %p" node01
	wait_until 20 listening "$port"
	pkill -P "$client" || pkill -P "$(pgrep -P "$client")"
	ends_with 255
	run -124 --separate-stderr rsh -N -u 1 node01
	has "timed out after 1s" "$stderr"
}

@test "many hosts: a port for two is refused, port 0 and %n give each its own" {
	local port

	port=$(tool free 1)
	run -255 --separate-stderr rsh -H 'node0[1-2]' -L "$port:a:1" \
		"touch $PWD/ran"
	has "node01 and node02 cannot both listen on localhost:$port" "$stderr"
	[ "${#stderr_lines[@]}" -eq 1 ]
	[ ! -e ran ]
	run -0 --separate-stderr rsh -H 'node0[1-2]' -L "$port:a:1" \
		-o ClearAllForwardings=yes "echo ran"
	same $'node01: ran\nnode02: ran' "$(sort <<<"$output")"
	serve echo "$(tool free 1 | tee far)"
	client rsh -H 'node0[1-2]' -N -D 0 -L "0:127.0.0.1:$(<far)" \
		-L "$PWD/%n.sock:127.0.0.1:$(<far)"
	wait_until 20 test -S node01.sock -a -S node02.sock
	wait_until 20 are_told 4
	for host in node01 node02; do
		port=$(sed -n "s/^rsh: $host: localhost:\([0-9]*\) is forwarded to 127.*/\1/p" client.err)
		run -0 tool ask "$port" "$host"
		same "$host" "$output"
		run -0 tool ask "$PWD/$host.sock" "$host"
		same "$host" "$output"
	done
	end_client
	[ ! -e node01.sock ]
}

@test "100 MB each way at once, through -L, -D and a jump host" {
	local port

	serve echo "$(tool free 1 | tee far)"
	port=$(tool free 1)
	client rsh -N -J node02 -L "$port:127.0.0.1:$(<far)" node01
	wait_until 20 reachable "$port"
	run -0 tool bulk "$port" 10000000
	same ok "$output"
	end_client
	port=$(tool free 1)
	client rsh -N -L "$port:127.0.0.1:$(<far)" node01
	wait_until 20 reachable "$port"
	run -0 tool bulk "$port" 100000000
	same ok "$output"
}

@test "one that does not read stops its sender, and nobody else" {
	local port rss

	serve mute "$(tool free 1 | tee mute)"
	serve echo "$(tool free 1 | tee far)"
	tool free 2 >ports
	mapfile -t port <ports
	client rsh -N -L "${port[0]}:127.0.0.1:$(<mute)" \
		-L "${port[1]}:127.0.0.1:$(<far)" node01
	wait_until 20 reachable "${port[1]}"
	run -0 tool fill "${port[0]}" 200000000
	[ "$output" -lt 60000000 ]
	run -0 tool bulk "${port[1]}" 1000000
	same ok "$output"
	sanitized && return
	rss=$(awk '$1 == "VmHWM:" { print $2 }' "/proc/$client/status")
	[ "$rss" -lt 60000 ]
}

@test "one that reads slowly costs no more than a window" {
	local rss

	sanitized && skip "its memory is another's"
	serve flood "$(tool free 1 | tee far)"
	client rsh -N -L "$PWD/slow.sock:127.0.0.1:$(<far)" node01
	wait_until 20 test -S slow.sock
	run -0 tool sip "$PWD/slow.sock" 2
	[ "$output" -gt 1000000 ]
	rss=$(awk '$1 == "VmHWM:" { print $2 }' "/proc/$client/status")
	echo "VmHWM $rss"
	[ "$rss" -lt 30000 ]
}

@test "600 connections, 20 at a time, leave nothing behind" {
	local port before

	serve echo "$(tool free 1 | tee far)"
	port=$(tool free 1)
	client rsh -N -L "$port:127.0.0.1:$(<far)" node01
	wait_until 20 reachable "$port"
	before=$(find "/proc/$client/fd" | wc -l) # now and again one more
	run -0 tool churn "$port" 600 20
	same ok "$output"
	wait_until 20 has_descriptors "$before"
}

@test "without descriptors it waits for some, and goes on" {
	local port

	serve echo "$(tool free 1 | tee far)"
	port=$(tool free 1)
	client bash -c 'ulimit -n 40; exec "$@"' - rsh -N \
		-L "$port:127.0.0.1:$(<far)" node01
	wait_until 20 reachable "$port"
	run -0 tool churn "$port" 100 60
	same ok "$output"
}

@test "a server that forwards nothing says so, and the session goes on" {
	local port program

	for program in ssh rsh; do
		port=$(tool free 1)
		client "$program" -o AddressFamily=inet -L "$port:127.0.0.1:1" \
			node03 "until [ -e $PWD/go ]; do sleep 0.1; done; echo ran"
		wait_until 20 listening "$port"
		run tool ask "$port" x
		: >go
		ends_with 0
		same ran "$(<client.out)"
		has "open failed: administratively prohibited: open failed" \
			"$(<client.err)"
		rm go
	done
}

@test "-W: input and output of a port or of a Unix socket there" {
	local program

	serve echo "$PWD/echo.sock"
	serve echo "$(tool free 1 | tee far)"
	for program in ssh rsh; do
		run -0 "$program" -W "127.0.0.1:$(<far)" node01 <<<port
		same port "$output"
	done
	# ssh 9.2 takes a path, and gets no answer
	run -0 rsh -W "$PWD/echo.sock" node01 <<<path
	same path "$output"
}
