#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # $fleet, $stderr
# ProxyCommand: real commands in front of a real server.

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
	netpipe=$builddir/tests/lib/netpipe
	pid=$dir/pid
}

# An executable file $1 out of the lines on standard input.
script() {
	{
		printf '#!/bin/sh\n'
		cat
	} >"$dir/$1"
	chmod +x "$dir/$1"
}

# Whether no process is left in the group that the file $1 names.
group_gone() {
	[ -s "$1" ] && ! kill -0 -- "-$(cat "$1")" 2>/dev/null
}

# Run rsh through the script $1 and, once that runs, send the signal $2 to rsh.
start_and_stop() {
	local rsh

	# Jobs in the background of a script ignore INT.
	env --default-signal=INT "$RSH" -F "$fleet/ssh_config" \
		-o "ProxyCommand=$dir/$1" node01 true 2>/dev/null 3>&- &
	rsh=$!
	wait_until 20 test -s "$pid"
	kill -s "$2" "$rsh"
	wait "$rsh" || :
}

@test "one host and a list, through ssh -W" {
	run -0 --separate-stderr rsh \
		-o "ProxyCommand=ssh -W %h:%p node01" node02 echo hi
	same hi "$output"
	run -0 --separate-stderr rsh -o "ProxyCommand=ssh -W %h:%p %n" \
		-H 'node[01-02]' echo hi
	same $'node01: hi\nnode02: hi' "$(sort <<<"$output")"
}

@test "the tokens are those of ssh" {
	script tokens <<-END
		printf '%s|' "\$@" >>"$dir/words"
		exit 1
	END
	command="ProxyCommand=$dir/tokens %%h %h %n %p %r"
	run ssh -o "$command" node02 true
	expected=$(cat "$dir/words")
	rm "$dir/words"
	run rsh -o "$command" node02 true
	same "$expected" "$(cat "$dir/words")"
	[[ $expected == "%h|127."* ]]
}

@test "the first of ProxyCommand and ProxyJump wins, and none is none" {
	run -255 --separate-stderr rsh -o 'ProxyCommand=sh -c "exit 3"' \
		-o ProxyJump=node01 node02 true
	has "the ProxyCommand ended with status 3" "$stderr"
	run -0 --separate-stderr rsh -o ProxyJump=node01 \
		-o 'ProxyCommand=sh -c "exit 3"' node02 true
	run -0 rsh -o ProxyCommand=none -o 'ProxyCommand=sh -c "exit 3"' node02 true
}

@test "a command that ends early is told by its status" {
	run -255 --separate-stderr rsh -o 'ProxyCommand=sh -c "exit 3"' node01 true
	has "the ProxyCommand ended with status 3" "$stderr"
	run -255 --separate-stderr rsh -o "ProxyCommand=$dir/none" node01 true
	has "the ProxyCommand ended with status 127" "$stderr"
	# shellcheck disable=SC2016 # for the shell that runs it
	run -255 --separate-stderr rsh -o 'ProxyCommand=sh -c "kill -9 \$\$"' node01 true
	has "the ProxyCommand was ended by signal KILL" "$stderr"
}

@test "so is one that ends when it has heard us" {
	script hears <<-END
		read -r line
		printf '%s\n' "\$line" >"$dir/heard"
		exit 5
	END
	run -255 --separate-stderr rsh -o "ProxyCommand=$dir/hears" node01 true
	has "the ProxyCommand ended with status 5" "$stderr"
	has SSH-2.0- "$(cat "$dir/heard")"
}

@test "one host: what it says goes to stderr as it is, as with ssh" {
	script says <<-'END'
		printf 'a\033b\n' >&2
		exit 1
	END
	run -255 --separate-stderr rsh -o "ProxyCommand=$dir/says" node01 true
	has $'a\033b' "$stderr"
}

@test "many hosts: each of its lines is a message that names the host" {
	script says <<-'END'
		printf 'a\033b\nlast' >&2
		exit 1
	END
	run -255 --separate-stderr rsh -o "ProxyCommand=$dir/says" \
		-H 'node[01-02]' true
	for host in node01 node02; do
		has "rsh: $host: a\\033b" "$stderr"
		has "rsh: $host: last" "$stderr"
	done
}

@test "it has nothing but 0 to 2, and no terminal" {
	script look <<-END
		ls -l /proc/self/fd | sed -n 's/.* \([0-9]*\) -> .*/\1/p' \
			>"$dir/fds"
		(: </dev/tty) 2>"$dir/tty" || echo none >"$dir/tty"
		exit 1
	END
	run -255 rsh -o "ProxyCommand=$dir/look" node01 true
	# 3 is the one that ls reads the folder with.
	same "0 1 2 3" "$(tr '\n' ' ' <"$dir/fds" | sed 's/ $//')"
	same none "$(cat "$dir/tty")"
}

@test "the connect timeout ends one that hangs, with its group" {
	script hang <<-END
		echo \$\$ >"$pid"
		sleep 300 &
		wait
	END
	run -255 --separate-stderr rsh --connect-timeout 2 \
		-o "ProxyCommand=$dir/hang" node01 true
	has "timed out" "$stderr"
	wait_until 10 group_gone "$pid"
}

@test "one that ignores all it may ignore is killed" {
	script stubborn <<-END
		trap '' HUP INT TERM
		echo \$\$ >"$pid"
		while :; do sleep 300; done
	END
	start_and_stop stubborn TERM
	wait_until 10 group_gone "$pid"
}

@test "it hears of the end before it is killed" {
	script polite <<-END
		trap 'echo bye >"$dir/bye"; exit' HUP
		echo \$\$ >"$pid"
		sleep 300 &
		wait
	END
	start_and_stop polite TERM
	wait_until 10 group_gone "$pid"
	same bye "$(cat "$dir/bye")"
}

@test "what is left of its group ends with the session" {
	script leaves <<-END
		echo \$\$ >"$pid"
		sleep 300 >&- 2>&- &
		exec ssh -F "$fleet/ssh_config" -W "\$1" node01
	END
	run -0 rsh -o "ProxyCommand=$dir/leaves %h:%p" node02 true
	wait_until 10 group_gone "$pid"
}

@test "Ctrl+C and TERM end it" {
	script hang <<-END
		echo \$\$ >"$pid"
		exec sleep 300
	END
	for signal in INT TERM; do
		rm -f "$pid"
		start_and_stop hang "$signal"
		wait_until 10 group_gone "$pid"
	done
}

# shellcheck disable=SC2016 # for the shell at the other end
@test "behind sshd -i the command sees what it sees with ssh" {
	local command show='echo "$SSH_CONNECTION, $SSH_CLIENT"'

	command="ProxyCommand=$(sshd_as_command "$fleet")"
	expected=$(ssh -o "$command" node01 "$show")
	same "UNKNOWN 65535 UNKNOWN 65535, UNKNOWN 65535 65535" "$expected"
	run -0 --separate-stderr rsh -o "$command" node01 "$show"
	same "$expected" "$output"
	run -0 --separate-stderr rsh -o "$command" -o ProxyUseFdpass=no \
		-H node01 "$show"
	same "node01: $expected" "$output"
}

@test "it has two pipes, as with ssh" {
	script looks <<-END
		[ -p /dev/stdin ] && [ -p /dev/stdout ] && echo pipes >"$dir/seen"
		: >/dev/stdout && echo "can be opened" >>"$dir/seen"
		exec $netpipe "\$@"
	END
	for client in ssh rsh; do
		rm -f "$dir/seen"
		run -0 --separate-stderr "$client" \
			-o "ProxyCommand=$dir/looks %h %p" node02 echo hi
		same hi "$output"
		same $'pipes\ncan be opened' "$(cat "$dir/seen")"
	done
}

@test "nothing is lost or out of order, both ways, through slow pipes" {
	# dd asks for little at a time, and in each direction.
	script slow <<-END
		dd bs=700 status=none | $netpipe "\$@" | dd bs=900 status=none
	END
	head -c 3000000 /dev/urandom >"$dir/in"
	run -0 rsh -o "ProxyCommand=$dir/slow %h %p" node01 \
		"cat >$dir/there && cat $dir/there" <"$dir/in" >"$dir/out"
	cmp "$dir/in" "$dir/there"
	rsh -o "ProxyCommand=$dir/slow %h %p" node01 cat "$dir/in" >"$dir/out"
	cmp "$dir/in" "$dir/out"
}

# It is killed when what the command said before has arrived.
@test "one that ends in the middle ends the session, and what came counts" {
	local client code

	script dies <<-END
		echo \$\$ >"$pid"
		exec $netpipe "\$@"
	END
	for client in ssh rsh; do
		code=0
		: >"$dir/got"
		"$client" -o "ProxyCommand=$dir/dies %h %p" node01 \
			"echo before
			for i in \$(seq 300); do
				[ ! -s $dir/got ] || break
				sleep 0.1
			done
			kill -9 \$(cat $pid)
			sleep 300" >"$dir/got" 2>"$dir/err" || code=$?
		same 255 "$code"
		same before "$(cat "$dir/got")"
	done
	has "closed" "$(cat "$dir/err")"
	wait_until 10 group_gone "$pid"
}

@test "one that closes its output ends the session, and reads on" {
	script halves <<-END
		trap '' HUP
		echo \$\$ >"$pid"
		exec >&-
		cat >"$dir/heard"
		echo over >"$dir/over"
	END
	run -255 --separate-stderr rsh -o "ProxyCommand=$dir/halves" \
		--connect-timeout 10 node01 true
	has SSH-2.0- "$(cat "$dir/heard")"
	wait_until 10 group_gone "$pid"
}

@test "one that closes its input ends the session" {
	script deaf <<-END
		echo \$\$ >"$pid"
		exec <&-
		echo SSH-2.0-deaf
		exec sleep 300
	END
	run -255 --separate-stderr rsh -o "ProxyCommand=$dir/deaf" \
		--connect-timeout 20 node01 true
	wait_until 10 group_gone "$pid"
}

# A host after the other: what one leaves behind the next would see.
@test "64 hosts leave no descriptor and no dead process behind" {
	local addr hosts

	addr=$(ssh -G node01 | awk '$1 == "hostname" { print $2 }')
	hosts=$(printf ',host%d' {1..64})
	script counts.sh <<-END
		set -- /proc/\$PPID/fd/*
		echo "\$# \$(ps -o stat= --ppid \$PPID | grep -c '^Z')" \
			>>"$dir/counts"
		exec $netpipe $addr "\$(awk '\$1 == "Port" { print \$2 }' \
			$fleet/ssh_config)"
	END
	run -0 --separate-stderr rsh -o "ProxyCommand=$dir/counts.sh" \
		-o StrictHostKeyChecking=no -j 2 -H "${hosts#,}" true
	same 64 "$(wc -l <"$dir/counts")"
	awk 'NR == 1 { first = $1 }
		$1 > first + 24 || $2 > 6 { print "number " NR ": " $0; bad = 1 }
		END { exit bad }' "$dir/counts"
}

@test "ProxyUseFdpass takes the connection from the command" {
	for hosts in node02 '-H node[01-02]'; do
		# shellcheck disable=SC2086 # two words
		run -0 rsh -o ProxyUseFdpass=yes \
			-o "ProxyCommand=$netpipe -F %h %p" $hosts echo hi
		has hi "$output"
	done
}

@test "ProxyUseFdpass: a command that passes nothing is told" {
	run -255 --separate-stderr rsh -o ProxyUseFdpass=yes \
		-o 'ProxyCommand=sh -c "exit 4"' node01 true
	has "the ProxyCommand ended with status 4" "$stderr"
	run -255 --separate-stderr rsh -o ProxyUseFdpass=yes \
		-o 'ProxyCommand=sh -c "echo; exec sleep 300"' node01 true
	has "passed no descriptor" "$stderr"
	run -255 --separate-stderr rsh -o ProxyUseFdpass=yes \
		--connect-timeout 1 -o 'ProxyCommand=sleep 300' node01 true
	has "timed out" "$stderr"
}

@test "a hostile name is refused before anything runs" {
	# shellcheck disable=SC2016 # that is the point
	for name in 'a;id' '-oX=y' 'x@a`id`' 'u$(id)@node01' '{a,b}' 'a|b'; do
		run -255 rsh -o "ProxyCommand=touch $dir/ran %h %r" -- \
			"$name" true
		run -255 rsh -o "ProxyCommand=touch $dir/ran %h %r" \
			-l "$name" node01 true
		[ ! -e "$dir/ran" ]
	done
}

# $1 descriptors, 200 hosts.
fleet_of_200() {
	local hosts

	hosts=$(printf ',host%d' {1..200})
	ulimit -n "$1"
	rsh -o "ProxyCommand=$netpipe $addr %p" -o StrictHostKeyChecking=no \
		-j 200 --connect-timeout 120 -H "${hosts#,}" echo hi
}

@test "200 hosts at once, with descriptors for all or for a few" {
	addr=$(ssh -G node01 | awk '$1 == "hostname" { print $2 }')
	for limit in 1024 128; do
		run -0 --separate-stderr fleet_of_200 "$limit"
		[ "$(grep -c ': hi$' <<<"$output")" -eq 200 ]
	done
	has "descriptors are enough for" "$stderr"
}
