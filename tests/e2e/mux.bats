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
	wait_until 20 eval '! ssh -S "$ctl/s" -O check node01 2>/dev/null'
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
	status=0
	wait $! || status=$?
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

# A master of ours at $1 for the host $2, which stays; then options.
our_master() {
	local path=$1 host=$2

	shift 2
	rsh -S "$path" -o ControlMaster=auto -o ControlPersist=yes "$@" \
		"$host" true 3>&-
	begin
}

@test "ssh's client and our master: output, input, status, no log-in" {
	our_master "$ctl/s" node01
	run --separate-stderr ssh -S "$ctl/s" node01 \
		'echo out; echo err >&2; cat; exit 7' <<<in
	[ "$status" -eq 7 ]
	[ "$output" = $'out\nin' ]
	[ "$stderr" = err ]
	run ssh -S "$ctl/s" node01 'kill -9 $$'
	[ "$status" -eq 255 ]
	run ssh -S "$ctl/s" -o SetEnv=RSH_X=a -o SendEnv=RSH_Y node01 \
		'echo $RSH_X'
	[ "$status" -eq 0 ]
	same 0 "$(logins)"
}

@test "ssh's client and our master: 20 MB each way, from and to files" {
	our_master "$ctl/s" node01
	head -c 20000000 /dev/urandom >"$BATS_TEST_TMPDIR/in"
	ssh -S "$ctl/s" node01 cat <"$BATS_TEST_TMPDIR/in" \
		>"$BATS_TEST_TMPDIR/out"
	cmp "$BATS_TEST_TMPDIR/in" "$BATS_TEST_TMPDIR/out"
	# shellcheck disable=SC2002 # a pipe it is to be
	cat "$BATS_TEST_TMPDIR/in" | ssh -S "$ctl/s" node01 'cat >&2' 2>&1 |
		cmp "$BATS_TEST_TMPDIR/in" -
	same 0 "$(logins)"
}

@test "ssh's client and our master: a terminal, a subsystem, -W" {
	our_master "$ctl/s" node01
	run ssh -S "$ctl/s" -tt node01 'tty; echo $TERM' </dev/null
	[ "$status" -eq 0 ]
	[[ $output == /dev/pts/* ]]
	[[ $output == *xterm* ]]
	run ssh -S "$ctl/s" -W "127.2.0.2:$(port)" node01 </dev/null
	[[ $output == SSH-2.0-* ]]
	run ssh -S "$ctl/s" -W 127.0.0.1:1 node01 </dev/null
	[ "$status" -eq 255 ]
	[[ $output == "Stdio forwarding request failed: "* ]]
	printf 'put %s %s\n' /etc/passwd "$BATS_TEST_TMPDIR/copy" |
		sftp -q -b - -S "$(command -v ssh)" -o ControlPath="$ctl/s" \
			node01
	cmp /etc/passwd "$BATS_TEST_TMPDIR/copy"
	same 0 "$(logins)"
}

# The port of the servers.
port() {
	awk '$1 == "Port" { print $2 }' "$fleet/ssh_config"
}

@test "ours and ours: a session lent to the next" {
	our_master "$ctl/s" node01
	run --separate-stderr rsh -S "$ctl/s" node01 \
		'echo out; echo err >&2; cat; exit 7' <<<in
	[ "$status" -eq 7 ]
	[ "$output" = $'out\nin' ]
	[ "$stderr" = err ]
	run --separate-stderr rsh -S "$ctl/s" -o SetEnv=RSH_X=a node01 \
		'echo $RSH_X'
	[ "$output" = a ]
	same 0 "$(logins)"
}

@test "ControlPersist: the first leaves a master behind, its reader has the end" {
	run --separate-stderr bash -c 'rsh -S "$ctl/s" -o ControlMaster=auto \
		-o ControlPersist=1 node01 "cat; exit 3" <<<in 3>&- | cat;
		exit ${PIPESTATUS[0]}'
	[ "$status" -eq 3 ]
	[ "$output" = in ]
	[ "$stderr" = "" ]
	[ "$(stat -c %a "$ctl/s")" = 600 ]
	[[ $(command ssh -F none -S "$ctl/s" -O check x 2>&1) == \
		"Master running (pid="* ]]
	[ -n "$(master_pid "$ctl/s")" ]
	pid=$(master_pid "$ctl/s")
	[ "$(readlink "/proc/$pid/fd/1")" = /dev/null ]
	# no client, no time left: it goes, and takes its socket along
	wait_until 20 eval '! kill -0 "$pid" 2>/dev/null'
	[ ! -e "$ctl/s" ]
}

@test "many hosts: one process keeps them all, the next run logs in nowhere" {
	local first

	run --separate-stderr rsh -S "$ctl/%n" -o ControlMaster=auto \
		-o ControlPersist=yes -H 'node[01-03]' 'echo $((1 + 1)); exit 4' \
		3>&-
	[ "$status" -eq 4 ]
	same $'node01: 2\nnode02: 2\nnode03: 2' "$(sort <<<"$output")"
	first=$(master_pid "$ctl/node01")
	[ -n "$first" ]
	same "$first" "$(master_pid "$ctl/node02")"
	same "$first" "$(master_pid "$ctl/node03")"
	same 3 "$(logins)"
	run --separate-stderr rsh -S "$ctl/%n" -o ControlMaster=auto \
		-o ControlPersist=yes -H 'node[01-03]' 'echo again'
	[ "$status" -eq 0 ]
	same 3 "$(logins)"
	# one is ended, the process keeps the others
	ssh -S "$ctl/node01" -O exit node01
	wait_until 20 test ! -e "$ctl/node01"
	same "$first" "$(master_pid "$ctl/node02")"
	ssh -S "$ctl/node02" -O exit node02
	ssh -S "$ctl/node03" -O exit node03
	wait_until 20 eval '! kill -0 "$first" 2>/dev/null'
}

@test "ControlMaster without ControlPersist: there for its command, and its clients" {
	rsh -M -S "$ctl/s" node01 'sleep 1; exit 5' 3>&- &
	wait_until 10 test -S "$ctl/s"
	begin
	ssh -S "$ctl/s" node01 'sleep 2; echo late' >"$BATS_TEST_TMPDIR/out" \
		3>&- &
	status=0
	wait %1 || status=$?
	[ "$status" -eq 5 ]
	wait %2
	same late "$(cat "$BATS_TEST_TMPDIR/out")"
	[ ! -e "$ctl/s" ]
	same 0 "$(logins)"
}

@test "ten that start at once: one master, all commands" {
	local i

	for i in {0..9}; do
		rsh -S "$ctl/s" -o ControlMaster=auto -o ControlPersist=yes \
			node01 "echo $i" >"$BATS_TEST_TMPDIR/out$i" \
			2>"$BATS_TEST_TMPDIR/err$i" 3>&- &
	done
	wait
	same "$(printf '%s\n' {0..9})" "$(cat "$BATS_TEST_TMPDIR"/out?)"
	[ -n "$(master_pid "$ctl/s")" ]
	same '' "$(sort -u "$BATS_TEST_TMPDIR"/err? | grep -v \
		"^rsh: ControlSocket $ctl/s already exists, disabling multiplexing\$")"
	# no name of another is left, and no process
	same "$ctl/s" "$(find "$ctl" -mindepth 1)"
}

@test "a slow client stops nobody else" {
	our_master "$ctl/s" node01
	# nobody reads
	mkfifo "$BATS_TEST_TMPDIR/pipe"
	exec 4<>"$BATS_TEST_TMPDIR/pipe"
	ssh -S "$ctl/s" node01 'exec cat /dev/zero' >&4 3>&- &
	ssh -S "$ctl/s" node01 'exec cat /dev/zero >&2' 2>&4 3>&- &
	run rsh -S "$ctl/s" node01 'head -c 5000000 /dev/zero | wc -c'
	[ "$output" = 5000000 ]
	# whoever goes away is forgotten
	kill %1 %2
	exec 4>&-
	run ssh -S "$ctl/s" node01 'echo hi'
	[ "$output" = hi ]
	same 0 "$(logins)"
}

@test "a client that hangs up ends its command" {
	our_master "$ctl/s" node01
	rsh -S "$ctl/s" node01 "echo \$\$ >$BATS_TEST_TMPDIR/pid
		while echo x; do sleep 0.1; done" >/dev/null 3>&- &
	wait_until 10 test -s "$BATS_TEST_TMPDIR/pid"
	kill -9 $!
	wait_until 10 eval '! kill -0 "$(cat "$BATS_TEST_TMPDIR/pid")" 2>/dev/null'
	[ -n "$(master_pid "$ctl/s")" ]
}

@test "-O at our master: check, stop, exit; SIGTERM takes the socket along" {
	local pid

	our_master "$ctl/s" node01
	pid=$(master_pid "$ctl/s")
	run ssh -S "$ctl/s" -O check node01
	[ "${output%$'\r'}" = "Master running (pid=$pid)" ]
	run ssh -S "$ctl/s" -O stop node01
	[ "${output%$'\r'}" = 'Stop listening request sent.' ]
	wait_until 20 eval '! kill -0 "$pid" 2>/dev/null'
	[ ! -e "$ctl/s" ]
	our_master "$ctl/s" node01
	pid=$(master_pid "$ctl/s")
	kill "$pid"
	wait_until 20 eval '! kill -0 "$pid" 2>/dev/null'
	[ ! -e "$ctl/s" ]
}

@test "no leave, no session: ControlMaster ask with nobody to ask" {
	rsh -S "$ctl/s" -o ControlMaster=ask -o ControlPersist=yes node01 true \
		3>&-
	run ssh -S "$ctl/s" node01 'echo hi'
	[[ $output == *"Master refused session request: Permission denied"* ]]
	kill "$(master_pid "$ctl/s")"
}

@test "a socket is made in no folder that others may change" {
	mkdir -m 777 "$BATS_TEST_TMPDIR/open"
	run --separate-stderr rsh -M -S "$BATS_TEST_TMPDIR/open/s" node01 \
		'echo hi'
	[ "$output" = hi ]
	[ "$stderr" = "rsh: cannot make the control socket '$BATS_TEST_TMPDIR/open/s': others may change its folder" ]
}

@test "another user: neither a client of ours nor a master for us" {
	[ "$(id -u)" -eq 0 ] || skip 'needs root'
	our_master "$ctl/s" node01
	chmod 711 "$ctl"
	chmod 666 "$ctl/s"
	# root's master shows another's client the door
	run setpriv --reuid 65534 --clear-groups "$(type -P ssh)" -F none \
		-S "$ctl/s" -O check x
	[ "$status" -ne 0 ]
	[[ $output != *'Master running'* ]]
	[ -n "$(master_pid "$ctl/s")" ]
	chmod 700 "$ctl"
}

# What -O says without the carriage return of ssh, and in whose name.
plain() {
	tr -d '\r' <<<"$1" | sed 's/^rsh: //'
}

# -O of ssh and of ours: the same words and status.
as_ssh_tells() {
	local out code

	run ssh "$@"
	out=$output code=$status
	run rsh "$@"
	same "$(plain "$out")" "$(plain "$output")" && same "$code" "$status"
}

@test "-O of ours, at ssh's master and at ours, in ssh's words" {
	ssh_master "$ctl/s" node01
	our_master "$ctl/o" node01
	as_ssh_tells -S "$ctl/s" -O check node01
	as_ssh_tells -S "$ctl/o" -O check node01
	as_ssh_tells -S "$ctl/none" -O check node01
	as_ssh_tells -S "$ctl/none" -O exit node01
	as_ssh_tells -S none -O check node01
	as_ssh_tells -S "$ctl/s" -O bogus node01
	for word in stop exit; do
		for socket in "$ctl/s" "$ctl/o"; do
			[ -S "$socket" ] || case $socket in
			*/s) ssh_master "$socket" node01 ;;
			*) our_master "$socket" node01 ;;
			esac
			pid=$(master_pid "$socket")
			run rsh -S "$socket" -O "$word" node01
			[ "$status" -eq 0 ]
			[[ $(plain "$output") == *' request sent.' ]]
			wait_until 20 test ! -e "$socket"
			kill "$pid" 2>/dev/null || :
		done
	done
}

@test "-O at many hosts: each is told, and named" {
	our_master "$ctl/node01" node01
	our_master "$ctl/node02" node02
	run rsh -S "$ctl/%n" -O check -H 'node[01-03]'
	[ "$status" -eq 255 ]
	same "node01: Master running (pid=$(master_pid "$ctl/node01"))
node02: Master running (pid=$(master_pid "$ctl/node02"))
node03: Control socket connect($ctl/node03): No such file or directory" \
		"$(plain "$output")"
	run rsh -S "$ctl/%n" -O exit -H 'node[01-02]'
	[ "$status" -eq 0 ]
}

@test "our client with a terminal, and -W, at both masters" {
	local socket

	ssh_master "$ctl/s" node01
	our_master "$ctl/o" node01
	for socket in "$ctl/s" "$ctl/o"; do
		run script -qec "$(type -P rsh) -t -S $socket node01 \
			'tty; stty -a | grep -o -w -e -icanon; exit 5'" /dev/null
		[ "$status" -eq 5 ]
		[[ $output == */dev/pts/* ]]
		[[ $output == *'Shared connection to 127.2.0.1 closed.'* ]]
		run rsh -S "$socket" -W "127.2.0.2:$(port)" node01 </dev/null
		[ "$status" -eq 0 ]
		[[ $output == SSH-2.0-* ]]
	done
	same 0 "$(logins)"
	# the socket of our master is one of the host's as well
	run -255 rsh -S "$ctl/o" -W "$ctl/none" node01 </dev/null
	same 1 "$(logins)"
	same '00 00 00 08' "$(rsh -S "$ctl/o" -W "$ctl/o" node01 </dev/null |
		od -An -tx1 -N4 | xargs)"
	same 1 "$(logins)"
	# without a master it is a terminal all the same
	run script -qec "$(type -P rsh) -t -S $ctl/none node01 'tty; exit 5'" \
		/dev/null
	[ "$status" -eq 5 ]
	[[ $output == *'Connection to 127.2.0.1 closed.'* ]]
}

# A client $1 of the socket $2 with a terminal, whose user does as `steps` say
# once its mode is raw: before that a key alone does not get through.
at_terminal() {
	"$builddir/tests/lib/atterminal" -x +up "${steps[@]}" -- "$1" -S "$2" \
		"${@:3}" -t node01 'stty -echo -icanon min 1
			dd bs=1 count=1 >/dev/null 2>&1
			stty icanon; echo up; cat; exit 7' | tr -d '\r'
	return "${PIPESTATUS[0]}"
}

@test "escapes of guests: of both clients, at both masters" {
	local at client socket want

	ssh_master "$ctl/s" node01
	our_master "$ctl/o" node01
	for at in ssh:s rsh:s ssh:o rsh:o; do
		client=${at%:*} socket=$ctl/${at#*:}
		steps=('-~.\r' '+~.' '-~' '-\032~y\r' +y '-~~z\r' +z '-~&'
			'+~& escape' '-~v' '+~v escape' '-~C' '+~C escape' '-~B'
			'+~B' '-~R' '-w\r' +w '-\004')
		run -7 at_terminal "$client" "$socket"
		want=${want:-${output#*up}}
		same "$want" "${output#*up}"
		steps=('-\r~?' '+~~ ' '-~#' '+~#' '-x\r~.')
		run -255 at_terminal "$client" "$socket"
		has 'Shared connection to 127.2.0.1 closed.' "$output"
		[[ $output != *~^Z* ]]
	done
	has '~^Z escape not available to multiplexed sessions' "$want"
	run ssh -S "$ctl/o" -O forward -D 127.2.0.9:1234 node01
	steps=('-\r~#' '+-D listens: 127.2.0.9:1234' '-~.')
	run -255 at_terminal rsh "$ctl/o"
	steps=('-\r~.\r' '+~.' '-\004')
	run -7 at_terminal rsh "$ctl/o" -e none
	steps=('-\r%.')
	run -255 at_terminal rsh "$ctl/o" -e %
	same 0 "$(logins)"
}

@test "many hosts with one path: the master of one is nobody else's" {
	our_master "$ctl/s" node01
	run rsh -S "$ctl/s" -H 'node[01-02]' 'echo hi'
	[ "$status" -eq 255 ]
	[ "$output" = "rsh: node01 and node02 have one ControlPath, '$ctl/s'; put '%C' or '%h' into it" ]
	run rsh -S "$ctl/s" -H node01,node01 'echo hi'
	[ "$status" -eq 0 ]
	run rsh -S "$ctl/%C" -H 'node[01-02]' 'echo hi'
	[ "$status" -eq 0 ]
	run rsh -S none -H 'node[01-02]' 'echo hi'
	[ "$status" -eq 0 ]
}

# The greeting of who answers at port $1 here.
greeting() {
	local line=

	exec 5<>"/dev/tcp/127.0.0.1/$1" || return
	IFS= read -r -t 5 line <&5
	exec 5>&-
	printf '%s\n' "${line%$'\r'}"
}

free_port() {
	local port

	for ((port = 12000 + RANDOM % 8000; ; port++)); do
		(: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
	done
	printf '%d\n' "$port"
}

# The same of port $3 of $2, an address, behind the SOCKS 4 server at port $1.
socks_greeting() {
	local line=

	exec 5<>"/dev/tcp/127.0.0.1/$1" || return
	# shellcheck disable=SC2046,SC2059 # four words, of digits
	printf "\\4\\1\\x$(printf %02x $(($3 >> 8)))\\x$(printf %02x $(($3 & 255)))$(
		printf '\\x%02x' $(tr . ' ' <<<"$2"))\\0" >&5
	head -c 8 <&5 >/dev/null
	IFS= read -r -t 5 line <&5
	exec 5>&-
	printf '%s\n' "${line%$'\r'}"
}

silent() {
	! (greeting "$1") 2>/dev/null
}

@test "forwards at both masters: -O forward and cancel, of ssh and of ours" {
	local client socket here letter

	ssh_master "$ctl/s" node01
	our_master "$ctl/o" node01
	for socket in "$ctl/s" "$ctl/o"; do
		for client in ssh rsh; do
			for letter in -L -R; do
				here=$(free_port)
				"$client" -S "$socket" -O forward $letter \
					"$here:127.2.0.2:$(port)" node01
				[[ $(greeting "$here") == SSH-2.0-* ]]
				"$client" -S "$socket" -O cancel $letter \
					"$here:127.2.0.2:$(port)" node01
				# a server is told of it, and not waited for
				wait_until 20 silent "$here"
			done
		done
	done
	# what the server asks for is where a SOCKS client wants to go
	here=$(free_port)
	run -0 ssh -S "$ctl/o" -O forward -R "$here" node01
	[[ $(socks_greeting "$here" 127.2.0.2 "$(port)") == SSH-2.0-* ]]
	for client in ssh rsh; do
		run --separate-stderr "$client" -S "$ctl/o" -O forward \
			-R "0:127.2.0.2:$(port)" node01
		[ "$status" -eq 0 ]
		[[ $(greeting "$output") == SSH-2.0-* ]]
	done
	same 0 "$(logins)"
}

@test "a forward asked for twice is there; another at its place is not" {
	local client socket letter here

	ssh_master "$ctl/s" node01
	our_master "$ctl/o" node01
	for socket in "$ctl/s" "$ctl/o"; do
		for letter in -L -R -D; do
			here=$(free_port)
			to=:127.2.0.2:$(port)
			[ $letter != -D ] || to=
			for client in ssh rsh ssh; do
				run "$client" -S "$socket" -O forward $letter \
					"$here$to" node01
				same "0 " "$status $output"
			done
			[ -n "$to" ] || continue
			run ssh -S "$socket" -O forward $letter \
				"$here:127.2.0.3:$(port)" node01
			[ "$status" -eq 255 ]
		done
		# the port that was chosen is told once more
		run -0 --separate-stderr ssh -S "$socket" -O forward \
			-R "0:127.2.0.2:$(port)" node01
		here=$output
		run -0 --separate-stderr ssh -S "$socket" -O forward \
			-R "0:127.2.0.2:$(port)" node01
		same "$here" "$output"
	done
}

@test "-O stop of a master with -N: it ends with its last client" {
	local client pid

	for client in ssh rsh; do
		# no ssh_config makes it stay
		"$client" -o ControlPersist=no -MN -S "$ctl/s" node01 \
			2>/dev/null 3>&- &
		pid=$!
		wait_until 10 test -S "$ctl/s"
		mkfifo "$BATS_TEST_TMPDIR/$client"
		ssh -S "$ctl/s" node01 'echo up; cat' <"$BATS_TEST_TMPDIR/$client" \
			>"$BATS_TEST_TMPDIR/out" 3>&- &
		exec 4>"$BATS_TEST_TMPDIR/$client"
		wait_until 10 grep -q up "$BATS_TEST_TMPDIR/out"
		run ssh -S "$ctl/s" -O stop node01
		[ ! -e "$ctl/s" ]
		kill -0 "$pid"
		exec 4>&-
		wait %2
		status=0
		wait "$pid" || status=$?
		same 255 "$status"
	done
}

@test "the forwards of a host are asked of its master" {
	local here kind

	for kind in ssh our; do
		"${kind}_master" "$ctl/s" node01
		here=$(free_port)
		run -0 --separate-stderr rsh -S "$ctl/s" \
			-L "$here:127.2.0.2:$(port)" -R "0:127.2.0.2:$(port)" \
			node01 'echo hi'
		same hi "$output"
		[[ $stderr == *'Allocated port '*' for remote forward to 127.2.0.2:'* ]]
		# as with ssh they stay as long as the master does
		[[ $(greeting "$here") == SSH-2.0-* ]]
		here=$(free_port)
		run script -qec "$(type -P rsh) -t -S $ctl/s \
			-L $here:127.2.0.2:$(port) node01 'tty; exit 5'" /dev/null
		[ "$status" -eq 5 ]
		[[ $(greeting "$here") == SSH-2.0-* ]]
		same 0 "$(logins)"
		command ssh -F none -S "$ctl/s" -O exit x 2>/dev/null
		wait_until 20 test ! -e "$ctl/s"
	done
	# one that it cannot have is looked for without it
	ssh_master "$ctl/s" node01
	run --separate-stderr rsh -S "$ctl/s" \
		-L "127.2.0.1:$(port):127.2.0.2:1" node01 'echo hi'
	same hi "$output"
	has 'forwarding request failed' "$stderr"
	same 1 "$(logins)"
}

@test "no forward through a host whose key should not have been taken" {
	local client way

	sed 's/^.*127.2.0.1.*$//' "$fleet/known_hosts" >"$BATS_TEST_TMPDIR/kh"
	printf '[127.2.0.1]:%s %s\n' "$(port)" "$(cat "$fleet/otherkey.pub")" \
		>>"$BATS_TEST_TMPDIR/kh"
	our_master "$ctl/s" node01 -o StrictHostKeyChecking=no \
		-o UserKnownHostsFile="$BATS_TEST_TMPDIR/kh"
	for client in ssh rsh; do
		for way in "-L $(free_port):127.2.0.2:$(port)" \
			"-R 0:127.2.0.2:$(port)" "-D $(free_port)"; do
			# shellcheck disable=SC2086 # two words
			run --separate-stderr "$client" -S "$ctl/s" -O forward \
				$way node01
			[ "$status" -eq 255 ]
			same '' "$output"
			[[ $stderr == *'forwarding disabled due to host key check failure'* ]]
		done
	done
	run ssh -S "$ctl/s" node01 'echo hi'
	[ "$output" = hi ]
}

@test "a client whose output nobody reads any more is let go" {
	our_master "$ctl/s" node01
	for command in yes 'yes >&2'; do
		command=$command run bash -c 'timeout 20 ssh -S "$ctl/s" \
			node01 "$command" 2>&1 | head -n 1
			exit "${PIPESTATUS[0]}"'
		[ "$output" = y ]
		# it is not for its end that it was waited
		[ "$status" -ne 124 ]
	done
	same 0 "$(logins)"
}

@test "a client that reads late has all, when the command is long over" {
	our_master "$ctl/s" node01
	mkfifo "$BATS_TEST_TMPDIR/pipe"
	# nobody reads; the server's end has a window of 1.28 MB to write into
	exec 4<>"$BATS_TEST_TMPDIR/pipe"
	ssh -S "$ctl/s" node01 "yes 012345 | head -c 900000 >&2
		echo x >$BATS_TEST_TMPDIR/over" 2>&4 3>&- 4>&- &
	wait_until 10 test -s "$BATS_TEST_TMPDIR/over"
	# another command's end comes behind that one's
	ssh -S "$ctl/s" node01 true
	cat <"$BATS_TEST_TMPDIR/pipe" >"$BATS_TEST_TMPDIR/out" 3>&- 4>&- &
	exec 4>&-
	wait %1 %2
	cmp <(yes 012345 | head -c 900000) "$BATS_TEST_TMPDIR/out"
	same 0 "$(logins)"
}

@test "a master whose own output waits: it and its clients have all" {
	local i

	mkfifo "$BATS_TEST_TMPDIR/pipe"
	exec 4<>"$BATS_TEST_TMPDIR/pipe"
	rsh -M -S "$ctl/s" node01 "yes master | head -c 4000000" >&4 3>&- 4>&- &
	wait_until 10 test -S "$ctl/s"
	for i in 1 2 3; do
		ssh -S "$ctl/s" node01 "yes out$i | head -c 3000000
			yes err$i | head -c 3000000 >&2" \
			>"$BATS_TEST_TMPDIR/out$i" 2>"$BATS_TEST_TMPDIR/err$i" \
			3>&- 4>&- &
	done
	# in pieces, so that the connection stops and goes on again and again
	while read -r -N 65536 part; do
		printf %s "$part"
	done <"$BATS_TEST_TMPDIR/pipe" >"$BATS_TEST_TMPDIR/out" 3>&- 4>&- &
	exec 4>&-
	wait
	cmp <(yes master | head -c 3997696) \
		<(head -c 3997696 "$BATS_TEST_TMPDIR/out")
	for i in 1 2 3; do
		cmp <(yes "out$i" | head -c 3000000) "$BATS_TEST_TMPDIR/out$i"
		cmp <(yes "err$i" | head -c 3000000) "$BATS_TEST_TMPDIR/err$i"
	done
}

# How many connections came to node $1.
connections() {
	tail -c "+$((mark + 1))" "$fleet/log.1" |
		grep -c "^Connection from .* on 127.2.0.$1 port" || :
}

@test "behind a jump host that has a master: no log-in there" {
	local kind to

	{
		printf 'Host hop\n\tHostName 127.2.0.1\n\tControlPath %s/hop\n' "$ctl"
		printf 'Host far*\n\tHostName 127.2.0.2\n\tProxyJump hop\n'
		cat "$fleet/ssh_config"
	} >"$BATS_TEST_TMPDIR/config"
	to="-F $BATS_TEST_TMPDIR/config"
	for kind in ssh our; do
		"${kind}_master" "$ctl/hop" node01
		# shellcheck disable=SC2086 # words
		run -0 --separate-stderr rsh $to far1 \
			'head -c 3000000 /dev/zero | wc -c; echo $SSH_CONNECTION'
		same 3000000 "${lines[0]}"
		[[ ${lines[1]} == *' 127.2.0.2 '* ]]
		same '' "$stderr"
		# shellcheck disable=SC2086
		run -0 --separate-stderr rsh $to -H 'far[1-20]' 'echo hi'
		same 20 "$(grep -c ': hi$' <<<"$output")"
		same 0 "$(connections 1)"
		same 21 "$(connections 2)"
		# what the master cannot reach, and then without one
		# shellcheck disable=SC2086
		run --separate-stderr rsh $to -p 1 far1 true
		same 255 "$status"
		same 1 "$(connections 1)"
		command ssh -F none -S "$ctl/hop" -O exit x 2>/dev/null
		wait_until 20 test ! -e "$ctl/hop"
		begin
		# shellcheck disable=SC2086
		run -0 --separate-stderr rsh $to far1 'echo hi'
		same hi "$output"
		same 1 "$(connections 1)"
	done
}

@test "nobody is asked for a passphrase that no host needs" {
	local dir=$BATS_TEST_TMPDIR

	ssh-keygen -q -t ed25519 -N secret -f "$dir/locked"
	printf '#!/bin/sh\necho "$1" >>%s/asked\necho wrong\n' "$dir" >"$dir/ask"
	chmod +x "$dir/ask"
	export SSH_ASKPASS=$dir/ask SSH_ASKPASS_REQUIRE=force
	our_master "$ctl/node01" node01
	our_master "$ctl/node02" node02
	run -0 --separate-stderr rsh -S "$ctl/%n" -i "$dir/locked" \
		-o BatchMode=no -H 'node[01-02]' 'echo hi'
	same 2 "$(grep -c ': hi$' <<<"$output")"
	[ ! -e "$dir/asked" ]
	# one of them has none
	run -0 --separate-stderr rsh -S "$ctl/%n" -i "$dir/locked" \
		-o BatchMode=no -H 'node[01-03]' 'echo hi'
	same 3 "$(grep -c ': hi$' <<<"$output")"
	[ -s "$dir/asked" ]
}
