#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2016,SC2054,SC2154 # bats; words for a terminal
# A terminal in front of one host, and what is asked of it, beside ssh.

bats_require_minimum_version 1.5.0
load ../lib/rsh.bash

setup_file() {
	# the third gives no terminal
	sshd_more=$'Match LocalAddress 127.2.0.3\n\tPermitTTY no' fleet_start 3
	export TERM=vt100
}

teardown_file() {
	local screens

	for screens in vim less; do
		on_tmux kill-server 2>/dev/null || :
	done
	fleet_stop
}

# Standard output in order of hosts; bats keeps the status of rsh.
sorted() {
	run "$1" --separate-stderr "${@:2}"
	output=$(sort <<<"$output")
}

# $1: steps ... -- arguments of rsh; CRs of the terminal's own are gone.
at() {
	"$builddir/tests/lib/atterminal" "$@" | tr -d '\r'
	return "${PIPESTATUS[0]}"
}

# The same words for ours and for ssh.
ours() {
	at "${steps[@]}" -- rsh "$@"
}

theirs() {
	at "${steps[@]}" -- ssh "$@"
}

# Both show the same and end the same.
alike() {
	local theirs=$BATS_TEST_TMPDIR/theirs got rc=0 wanted=0

	theirs "$@" >"$theirs" 3>&- &
	got=$(ours "$@") || rc=$?
	wait $! || wanted=$?
	same "$(cat "$theirs")" "$got"
	[ "$wanted" -eq "$rc" ]
}

@test "a shell: its type, size, terminal and status are passed on" {
	steps=('+# ' '-PS1=; stty size; echo "$TERM"; test -t 0 && echo tty; exit 7\r')
	run -7 ours node01
	has $'24 80\nvt100\ntty' "$output"
	has "Connection to 127.2.0.1 closed." "$output"
}

@test "a command with -t looks and ends as with ssh" {
	steps=()
	alike -t node01 'stty size; echo err >&2; exit 3'
	alike -t node01 'printf "a\nb"; kill -9 $$'
	alike -q -t node01 'echo quiet'
	alike -T node01 'tty; exit 4'
	alike node01 'tty; exit 5'
	alike -o RequestTTY=yes node01 'test -t 0 && echo tty'
	alike -o RequestTTY=force -n node01 'test -t 0 && echo tty'
	alike -n -t node01 'test -t 0 || echo none'
	alike -o RequestTTY=no node01 'test -t 0 || echo none'
}

@test "RemoteCommand, with and without a terminal" {
	steps=()
	alike -o 'RemoteCommand=echo %n; test -t 0 || echo none' node01
	alike -t -o 'RemoteCommand=test -t 0 && echo tty' node01
	run -255 --separate-stderr rsh -o RemoteCommand=x node01 y
	same "" "$output"
	has "command line: a RemoteCommand and a command cannot be had together" \
		"$stderr"
	sorted -0 rsh -o 'RemoteCommand=echo %n' -H node01,node02
	same $'node01: node01\nnode02: node02' "$output"
}

@test "without a terminal of ours -t is told to be in vain, and -tt is not" {
	run -0 --separate-stderr rsh -t node01 'test -t 0 || echo none' <<<''
	same none "$output"
	same "Pseudo-terminal will not be allocated because stdin is not a terminal." "$stderr"
	run -0 --separate-stderr rsh -tt node01 'test -t 0 && stty size' <<<''
	has '0 0' "$output"
	same "Connection to 127.2.0.1 closed." "$stderr"
	run -0 --separate-stderr rsh -tt node01 'read x; echo "<$x>"' <<<'in'
	same $'in\r\n<in>\r' "$output"
	run -3 --separate-stderr rsh node01 <<<'echo shell; exit 3'
	same shell "$output"
	has "Pseudo-terminal will not be allocated" "$stderr"
	run -0 --separate-stderr rsh -q node01 <<<'echo shell'
	same "" "$stderr"
}

@test "keys go to the host: Ctrl+C, Ctrl+Z, Ctrl+D, Ctrl+\\" {
	steps=(+up '-\003\032\034x\r' '-\004')
	run -0 ours -t node01 "stty -isig -icrnl -echo; echo up; od -An -tx1 -N5"
	has "03 1a 1c 78 0d" "$output"
	steps=(+up '-\003')
	run -130 ours -t node01 "trap 'echo int; exit 130' INT; echo up; read x"
	has int "$output"
}

@test "a new size is told, a burst of them once" {
	steps=('+24 80' @30,90 '+30 90' @31,91 @32,92 @33,93 '+33 93' '-q\r')
	run -0 ours -t node01 \
		"trap 'stty size' WINCH; stty size; while :; do read x && break; done"
	[ "$(grep -c '^3[0-9] 9' <<<"$output")" -le 3 ]
}

@test "a paste of a megabyte arrives whole" {
	steps=(+up '~16384' +end)
	run -0 ours -t node01 \
		"stty -echo; echo up; head -n 16384 | md5sum; echo end"
	has "$(seq -f %062.0f 0 16383 | md5sum)" "$output"
}

@test "output and input at once, each waiting for the other" {
	steps=(+up '~4000' +end)
	run -0 ours -t node01 \
		"stty -echo; echo up; head -n 4000 | tee /dev/stderr | wc -l; echo end"
	[ "$(grep -c '^0\{10\}' <<<"$output")" -eq 8000 ] ||
		[ "$(grep -c '^0\{10\}' <<<"$output")" -eq 4000 ]
	has 4000 "$output"
}

@test "escapes as those of ssh" {
	steps=(+up '-~.')
	run -255 ours -t node01 'echo up; cat'
	has "Connection to 127.2.0.1 closed." "$output"
	steps=(+up '-a~.\r' '+a~.' '-~' '-~x\r' '+~x' '-~?' '+~~ ' '-\r~' '-.')
	run -255 ours -t node01 'echo up; cat'
	has " ~.   end the connection" "$output"
	steps=(+up '-~B~v' '+~v [LogLevel VERBOSE]' '-~V' '+~V [LogLevel INFO]' '-\004')
	alike -t node01 'stty -echo; echo up; cat'
	steps=(+up '-~C' '+commandline disabled' '-\004')
	alike -t node01 'stty -echo; echo up; cat'
	steps=(+up '-%.')
	run -255 ours -e % -t node01 'echo up; cat'
	run -255 ours -o EscapeChar=% -t node01 'echo up; cat'
	steps=(+up '-\001.')
	run -255 ours -e ^A -t node01 'echo up; cat'
	steps=(+up '-~.\r' '+~.' '-\004')
	alike -e none -t node01 'echo up; cat'
	alike -o EscapeChar=none -t node01 'echo up; cat'
}

@test "without a terminal there nothing is an escape" {
	steps=(+up '-~.\r' '+~.' '-\004')
	run -0 ours node01 'echo up; cat'
}

@test "the mode is what it was, whatever ends it" {
	local signal signals="HUP INT QUIT TERM USR1 USR2 ALRM XCPU"
	local run runs=()

	# A sanitizer has handlers of its own for these.
	sanitized || signals+=" ABRT SEGV BUS FPE ILL"
	# atterminal says 125 where it is not
	for signal in $signals; do
		steps=(+up "%$(kill -l "$signal")")
		ours -t node01 'echo up; cat' >/dev/null 3>&- &
		runs+=($!)
	done
	for run in "${runs[@]}"; do
		status=0
		wait "$run" || status=$?
		[ "$status" -gt 128 ] && [ "$status" -le 160 ]
	done
	# the connection is lost
	steps=(+up '-\r')
	run -255 ours -t node01 \
		'echo up; read x; kill -9 $PPID; sleep 1'
	# no log-in, no command
	steps=()
	run -255 ours -t -o PubkeyAuthentication=no node01 true
	run -127 ours -t node01 /nonexistent
}

@test "stopped and gone on with, the session lives" {
	export PS1='% ' ENV=
	steps=('+% ' "-rsh -t node01 'echo u\"\"p; cat'\r" +up
		'-~\032' '+Stopped' '-stty -a | grep -o " -*icanon"\r' '+ icanon'
		'-fg\r' '-one\r' +one '+one' '-~.' '+closed.' '-exit 3\r')
	run -3 at "${steps[@]}" -- bash --norc --noprofile --noediting -i
	has "~^Z [suspended]" "$output"
}

@test "stopped from elsewhere it has the mode of before, and goes on raw" {
	local cmd='stty -isig; echo up; sed -u "s/one/ONE/; /quit/q"'

	steps=(+up "%$(kill -l TSTP)" stopped fg '-one\r' +ONE '-x\003' '+x^C'
		"%$(kill -l TSTP)" stopped fg '-\rquit\r')
	run -0 ours -t node01 "$cmd"
	# And so does one that rides on a master, which reads on meanwhile: what
	# is typed may be there before the mode is set.
	rsh -f -N -M -S "$BATS_TEST_TMPDIR/s" node01 3>&-
	steps=(+up "%$(kill -l TSTP)" stopped fg '-one\r' +ONE
		"%$(kill -l TSTP)" stopped fg '-quit\r')
	run -0 ours -S "$BATS_TEST_TMPDIR/s" -t node01 "$cmd"
	has "Shared connection to 127.2.0.1 closed." "$output"
	rsh -S "$BATS_TEST_TMPDIR/s" -O exit node01
}

@test "a reader that reads no more holds neither the keys nor the mode" {
	local done=$BATS_TEST_TMPDIR/done

	# The command is over, and what it wrote is not all read.  Who says so is
	# not the reader: a shell that has become another program by exec may
	# have lost the signal that came just before.
	steps=(+over '-\003')
	run -130 at "${steps[@]}" -- bash -c '
		{
			until [ -e "$0" ]; do sleep 0.02; done
			until stty -a </dev/tty | grep -q " icanon"; do
				sleep 0.02
			done
			echo over >/dev/tty
		} &
		rsh -t node01 "head -c 90000 /dev/zero; touch $0" | sleep 30
		' "$done"
}

@test "many hosts with -t each have a terminal, and lines as ever" {
	sorted -0 rsh -t -H node01,node02 'test -t 1 && echo tty; echo err >&2' </dev/null
	same $'node01: err\nnode01: tty\nnode02: err\nnode02: tty' "$output"
	run -0 --separate-stderr rsh -t -H node01,node02 'printf "a\rb\nc"' </dev/null
	has $'node01: a\rb\nnode01: c' "$output"
	printf "#!/bin/sh\necho no\n" >"$BATS_TEST_TMPDIR/script"
	run -255 rsh -t --script "$BATS_TEST_TMPDIR/script" -H node01,node02
	has "a terminal (RequestTTY, -t) cannot be had together with '--script'" "$output"
	run -255 rsh -t --rcmd exec -H a,b true
	has "'RequestTTY' is for hosts" "$output"
}

@test "-s asks for a subsystem" {
	run -0 sftp -q -S "$(command -v rsh)" -b /dev/stdin node01 <<<'ls /etc/hostname'
	has /etc/hostname "$output"
	run -255 rsh -s node01
	has "SessionType subsystem (-s) needs the name of one" "$output"
	run -255 rsh -s node01 nosuch
	has "the server has no subsystem 'nosuch', or refused it" "$output"
	run -0 rsh -o SessionType=subsystem node01 sftp </dev/null
	run -0 rsh -s -o RemoteCommand=sftp node01 </dev/null
}

@test "-f: to the background once the command runs" {
	local out=$BATS_TEST_TMPDIR/out

	run -255 rsh -f node01
	has "ForkAfterAuthentication (-f) needs a command" "$output"
	run -255 rsh -f -o PubkeyAuthentication=no node01 true
	mkfifo "$BATS_TEST_TMPDIR/go"
	rsh -f node01 "read x <'$BATS_TEST_TMPDIR/go'; echo \$x" >"$out" 3>&-
	[ ! -s "$out" ]
	echo hi >"$BATS_TEST_TMPDIR/go"
	for _ in {1..200}; do
		[ -s "$out" ] && break
		sleep 0.05
	done
	same hi "$(cat "$out")"
	run -255 rsh -f -H node01,node02 true
	has "goes one host only" "$output"
}

@test "a server that gives no terminal runs the command without" {
	steps=(+up '-~.\n' '-\004')
	run -4 ours -t node03 'test -t 0 || echo up; head -n1; exit 4'
	has "node03: PTY allocation request failed" "$output"
	has '~.' "$output"
}

# A tmux for $screens alone: one that ends lets no other begin.
on_tmux() {
	tmux -S "$BATS_FILE_TMPDIR/tmux-$screens" -f /dev/null "$@"
}

# Both screens show $1.  The second of the same captures counts: what is on the
# way meanwhile is not missed where the two differ in the end.
screens_show() {
	local was=$shown

	shown=$(on_tmux capture-pane -p -t ssh)
	[[ $shown =~ $1 ]] && [ "$shown" = "$was" ] &&
		[ "$shown" = "$(on_tmux capture-pane -p -t rsh)" ]
}

# Wait for that.
alike_on_screen() {
	shown=
	wait_until 30 screens_show "$1" || {
		same "$(on_tmux capture-pane -p -t ssh)" \
			"$(on_tmux capture-pane -p -t rsh)"
		has "$1" "$shown"
	}
}

# $1 on node01, once through each, on the screens of real terminals: the same
# after $2 has come, after a new size, and after each of the keys that follow
# in pairs with what comes of them.
on_screens() {
	local cmd=$1 client screens=${1%% *}

	for client in ssh rsh; do
		on_tmux new-session -d -x 70 -y 20 -s "$client" \
			"$client -t node01 '$cmd'; exec sleep 60" 3>&-
	done
	alike_on_screen "$2"
	for client in ssh rsh; do
		on_tmux resize-window -x 90 -y 25 -t "$client"
	done
	# it has seen the size when it fills it
	alike_on_screen 'line 23'
	shift 2
	while [ $# -gt 0 ]; do
		for client in ssh rsh; do
			# shellcheck disable=SC2086 # keys
			on_tmux send-keys -t "$client" $1
		done
		alike_on_screen "$2"
		shift 2
	done
	on_tmux kill-server
}

@test "vim and less show the same screen as with ssh" {
	command -v tmux vim less >/dev/null || skip "no tmux, vim or less"
	local file=$BATS_TEST_TMPDIR/text

	seq -f 'line %.0f' 300 >"$file"
	on_screens "vim -u NONE -N -n $file" 'line 1' \
		80G 'line 80' dd 'line 81' ':set Space nu Enter' ' 81 line 82' \
		G '299 line 300'
	on_screens "less $file" 'line 1' G 'line 300'
}

@test "what is typed behind the answer to a question reaches the shell" {
	local key=$BATS_TEST_TMPDIR/key

	ssh-keygen -q -t ed25519 -N secret -f "$key"
	cat "$key.pub" >>"$fleet/authorized_keys"
	steps=("+passphrase for key" '-secret\recho $((6*7))\rexit 5\r' +42)
	run -5 ours -o BatchMode=no -o IdentityFile=none -i "$key" node01
	sed -i '$d' "$fleet/authorized_keys"
}

# A port that nobody has just now.
spare_port() {
	local port

	while port=$((10000 + RANDOM % 20000)); do
		(exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
	done
	echo "$port"
}

@test "a line adds a forwarding, lists and ends it" {
	local port far open

	port=$(spare_port)
	far=127.2.0.1:$(awk '$1 == "Port" { print $2 }' "$fleet/ssh_config")
	# at the beginning of a line, with nothing more to come
	open=('-\r' '+<1> ' '-~C' '+ssh> ')
	steps=('+# ' '-PS1="<$((1))> "\r' '+<1> '
		"${open[@]}" '-help\r' '+-KD'
		"${open[@]}" "--L $port:$far\r" '+listening'
		"-bash -c 'exec 3<>/dev/tcp/127.0.0.1/$port; head -c 7 <&3'\r" '+SSH-2.0'
		'-\r' '+<1> ' '-~#' '+-L listens: ' "+$port"
		"${open[@]}" "--KL $port\r" '+listening no more'
		'-\r' '+<1> ' '-~#' '+~#'
		"${open[@]}" '-bogus\r' '+no such command'
		"${open[@]}" '-\003' $'+\r\n'
		"${open[@]}" '-\004' $'+\r\n'
		'-exit 6\r')
	run -6 ours -o EnableEscapeCommandline=yes node01
	[ "$(grep -c -- "-L listens: $port" <<<"$output")" -eq 1 ]
}

@test "a line adds nothing where the key should not have been taken" {
	local open

	sed 's/^.*127.2.0.1.*$//' "$fleet/known_hosts" >"$BATS_TEST_TMPDIR/kh"
	printf '[127.2.0.1]:%s %s\n' \
		"$(awk '$1 == "Port" { print $2 }' "$fleet/ssh_config")" \
		"$(cat "$fleet/otherkey.pub")" >>"$BATS_TEST_TMPDIR/kh"
	open=('-\r' '+<1> ' '-~C' '+ssh> ')
	steps=('+# ' '-PS1="<$((1))> "\r' '+<1> '
		"${open[@]}" "--L $(spare_port):a:1\r" '+host key check failure'
		"${open[@]}" '--R 0:a:1\r' '+host key check failure'
		'-exit 6\r')
	run -6 ours -o EnableEscapeCommandline=yes -o StrictHostKeyChecking=no \
		-o UserKnownHostsFile="$BATS_TEST_TMPDIR/kh" node01
}

@test "to the background as long as a forwarded connection is open" {
	local port far dir=$BATS_TEST_TMPDIR

	port=$(spare_port)
	far=127.2.0.1:$(awk '$1 == "Port" { print $2 }' "$fleet/ssh_config")
	mkfifo "$dir/go"
	steps=('+# ' "-setsid bash -c 'exec 3<>/dev/tcp/127.0.0.1/$port; read y <$dir/go; head -c 7 <&3 >$dir/out' & sleep 0.5; PS1=\"<\$((1))> \"\r"
		'+<1> ' '-\r~#' '+-L connected' '-\r~&' '+[to the background]')
	run -0 ours -L "$port:$far" node01
	echo >"$dir/go"
	wait_until 10 grep -q SSH-2.0 "$dir/out"
	# and then it ends
	wait_until 10 bash -c "! exec 3<>/dev/tcp/127.0.0.1/$port" 2>/dev/null
	steps=(+up '-~&' '+[nothing is forwarded' '-\004')
	run -0 ours -t node01 'echo up; cat'
}
