#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2016,SC2034,SC2154 # remote shells, bats
# rsh shell in front of a terminal: who gets a line, and what is shown.

bats_require_minimum_version 1.5.0
load ../lib/rsh.bash
load ../lib/shellpty.bash

setup_file() {
	fleet_start 8
}

# A size is told when the window has stopped changing.
has_size() {
	type 'stty size'
	wait_until 1 said 'node[01-08]' '20 90'
}

@test "one line for all, equal output once, no prompt and no echo of theirs" {
	open_shell 8
	type 'cd /usr; tty | tr -d 0-9'
	wait_until 20 said 'node[01-08]' '/dev/pts/'
	type 'pwd; stty size; echo $TERM'
	wait_until 20 said 'node[01-08]' 'xterm-256color'
	said 'node[01-08]' '/usr'
	said 'node[01-08]' '30 100'
	tm resize-window -x 90 -y 20
	wait_until 20 has_size
	type 'echo "${SSH_CONNECTION}" | cut -d" " -f3'
	wait_until 20 said node08 '127.2.0.8'
	# A question is shown, and what a line was typed at is not told twice.
	type 'printf "Sure? "; read x; echo "<$x>"'
	wait_until 20 said 'node[01-08]' 'Sure\?'
	type yes
	wait_until 20 said 'node[01-08]' '<yes>'
	[ "$(screen | grep -c 'Sure?$')" -eq 1 ]
	[ "$(screen | grep -c '^node.*[$#] ')" -eq 0 ]
	type 'exit 3'
	is_over
	shows '^code=3'
}

@test "one host is typed at as many are" {
	open_shell 1
	type 'echo "<$TERM>"'
	wait_until 20 said node01 '<xterm-256color>'
	tm send-keys C-d
	is_over
	shows '^code=0'
}

@test "equal lines of several stand under one head, and what differs alone" {
	open_shell 4
	type 'echo a; echo b; case $SSH_CONNECTION in *.3\ *) echo "  node01: c"; echo d;; esac; echo e; echo f'
	wait_until 20 said 'node[01-04]' f
	has $'node[01-04] (4):\n  a\n  b\nnode03:   node01: c\nnode03: d\nnode[01-04] (4):\n  e\n  f' \
		"$(screen)"
	# One that is behind by a moment is not torn from the others.
	type 'for i in $(seq 60); do echo "l $i"; sleep 0.01; done'
	wait_until 20 said 'node[01-04]' 'l 60'
	[ "$(grep -c '^node.*: l ' < <(lines_of))" -le 90 ]
}

@test "lines that readline has edited and wrapped there are no output" {
	local long

	long=$(seq -s ' ' 100 180)
	open_shell 2
	type 'exec bash --norc'
	type "echo $long >/dev/null; echo ready"
	wait_until 20 said 'node[01-02]' 'ready'
	run -1 grep '^node.*100' <(screen)
	type 'for i in 1 2; do'
	type 'echo "<$i>"; done'
	wait_until 20 said 'node[01-02]' '<2>'
	run -1 grep '^node.*\(for\|done\|bash\)' <(screen)
}

@test "some of them: by list, by number, and all again" {
	open_shell 4
	type ':only node[02-03]'
	wait_until 20 prompts '^rsh.2/4.> *$'
	type 'echo a'
	wait_until 20 said 'node[02-03]' 'a'
	type ':add node04'
	type ':drop node02'
	type 'echo b'
	wait_until 20 said 'node[03-04]' 'b'
	type '!n1'
	type 'echo c'
	wait_until 20 said node01 'c'
	type '!broadcast echo d'
	wait_until 20 said 'node[01-04]' 'd'
	wait_until 20 prompts '^rsh.1/4.> *$'
	type ':only node0[2-9] & *3'
	wait_until 20 prompts '^rsh.1/4.> *$'
	type '!status'
	wait_until 20 shows '^active: node03 \(1\)$'
	shows '^aside: node\[01-02,04\] \(3\)$'
	type '!list'
	wait_until 20 shows '^\[3\] node03  active'
	type ':only nosuch'
	wait_until 20 shows 'no'
	type ':bogus'
	wait_until 20 shows "no command 'bogus'"
	type '!all'
	type ': echo no; echo e'
	wait_until 20 said 'node[01-04]' 'e'
	tm send-keys C-n
	wait_until 20 prompts '^rsh.1/4.> *$'
	tm send-keys C-b
	wait_until 20 prompts '^rsh.4/4.> *$'
	tm send-keys x C-]
	wait_until 20 prompts '^rsh: *$'
	tm send-keys -l 'onl'
	tm send-keys Tab
	tm send-keys -l 'node0'
	tm send-keys Tab Tab
	wait_until 20 shows '^node01  node02  node03  node04$'
	type 2
	wait_until 20 prompts '^rsh.1/4.> x$'
}

@test "Ctrl+C, Ctrl+Z and Ctrl+D are the hosts', but for a line that is typed" {
	open_shell 2
	type 'trap "" TSTP; echo sle""eps; sleep 300; echo "after $?"'
	wait_until 20 said 'node[01-02]' sleeps
	tm send-keys C-c
	wait_until 20 said 'node[01-02]' '\^C'
	type 'cat; echo "cat $?"'
	type hello
	wait_until 20 said 'node[01-02]' 'hello'
	tm send-keys -l 'forget this'
	tm send-keys C-c
	wait_until 20 prompts '^rsh.2/2.> *$'
	tm send-keys C-d
	wait_until 20 said 'node[01-02]' 'cat 0'
	type 'sh -c "echo in; sleep 300"'
	wait_until 20 said 'node[01-02]' in
	tm send-keys "C-\\"
	wait_until 20 shows '\^[\]'
	tm send-keys C-d
	is_over
	shows 'the shell has ended'
}

@test "a password is for those that ask, unseen, and kept nowhere" {
	printf 'interactive: { history_file: %s/history }\n' "$PWD" >conf.yaml
	open_shell 3 --config conf.yaml
	type ':only node[01-02]'
	type 'stty -echo; printf "Password: "; read p; stty echo; echo "<$p>"'
	wait_until 20 prompts '^rsh.2/3. password: *$'
	wait_until 20 said 'node[01-02]' 'Password:'
	type ':all'
	is_still_secret=$(screen)
	wait_until 20 said 'node[01-02]' '<:all>'
	has 'password:' "$is_still_secret"
	run -1 grep ':all' <(screen | grep 'password:')
	type '!all'
	type 'case $SSH_CONNECTION in *.2\ *) stty -echo; printf "Password: "; read p; stty echo; echo "<$p>";; *) echo no;; esac'
	wait_until 20 prompts '^rsh.2/3, password: 1.> *$'
	type 'echo others'
	wait_until 20 said 'node[01,03]' 'others'
	type ':password'
	wait_until 20 prompts '^rsh.1/3. password: *$'
	type xyzzy
	wait_until 20 said node02 '<xyzzy>'
	wait_until 20 prompts '^rsh.3/3.> *$'
	[ "$(screen | grep -c xyzzy)" -eq 1 ]
	grep -qx 'echo others' history
	run -1 grep -e xyzzy -e '^:all' history
}

@test "a password is one up to its end, and known after a focus" {
	printf 'interactive: { history_file: %s/history }\n' "$PWD" >conf.yaml
	open_shell 3 --config conf.yaml
	type 'stty -echo; printf "Password: "; case $SSH_CONNECTION in *.2\ *) until [ -e '"$PWD"'/go ]; do sleep .1; done; echo; p=;; *) read p;; esac; stty echo; echo "<${#p}>"'
	wait_until 20 prompts '^rsh.0/3, password: 3.> *$'
	type early
	wait_until 20 shows '^nobody gets it'
	type ':password'
	wait_until 20 prompts '^rsh.3/3. password: *$'
	tm send-keys -l half
	touch go
	wait_until 20 said node02 '<0>'
	wait_until 20 prompts '^rsh.2/3. password: *$'
	type rest
	wait_until 20 said 'node[01,03]' '<8>'
	wait_until 20 prompts '^rsh.3/3.> *$'
	run -1 grep -e half -e rest <(screen)
	grep -qx ':password' history
	run -1 grep -e half -e rest -e early history
	type ':focus node01'
	wait_until 20 shows 'leads back'
	type 'printf "Pass""word: "; read p'
	wait_until 20 shows '^Password:'
	tm send-keys 'C-]'
	wait_until 20 prompts '^rsh.2/3, password: 1.> *$'
	type 'echo others'
	wait_until 20 said 'node[02-03]' others
}

@test "nothing of a password stays in memory once it was sent" {
	local secret=open-sesame-and-forty-more-letters-of-it

	! sanitized || skip "sanitizers keep what is freed"
	command -v python3 >/dev/null || skip "no python3 here"
	[ "$(id -u)" -eq 0 ] || skip "nobody else can look into it"
	open_shell 2
	type ':only node[01-02]'
	type 'stty -echo; printf "Pass""word: "; read p; stty echo; echo "<${#p}>"'
	wait_until 20 said 'node[01-02]' Password:
	wait_until 20 prompts '^rsh.2/2. password: *$'
	type "$secret"
	wait_until 20 said 'node[01-02]' "<${#secret}>"
	run -0 python3 "$srcdir/tests/lib/memfind.py" \
		"$(pgrep -f -n -- "$builddir/rsh shell -F $fleet")" \
		forty-more-letters
	same "" "$output"
}

@test "Ctrl+C in place of a password: who was chosen is chosen again" {
	open_shell 3
	type 'case $SSH_CONNECTION in *.2\ *) printf "Password: "; read p;; esac'
	wait_until 20 prompts '^rsh.2/3, password: 1.> *$'
	type ':drop node01,node03'
	type nobody
	wait_until 20 shows "^nobody gets it; with ':password' those"
	# A line it was not chosen for by its name; the key reaches it.
	tm send-keys C-c
	wait_until 20 prompts '^rsh.1/3.> *$'
	type '!all'
	type 'case $SSH_CONNECTION in *.2\ *) printf "Password: "; read p;; esac'
	wait_until 20 prompts '^rsh.2/3, password: 1.> *$'
	type ':password'
	wait_until 20 prompts '^rsh.1/3. password: *$'
	tm send-keys C-c
	wait_until 20 prompts '^rsh.3/3.> *$'
}

@test "a host that is not known gets no line that others get" {
	conf=own
	{
		echo 'Host node02'
		echo ' UserKnownHostsFile /dev/null'
		echo ' StrictHostKeyChecking no'
		echo "Match all"
		echo "Include $fleet/ssh_config"
	} >own
	at_terminal shell -F own -H "'node[01-03]'"
	wait_until 20 prompts '^rsh.2/3.> *$'
	wait_until 20 shows '^node02: -- its key is not known for sure'
	type 'echo a'
	wait_until 20 said 'node[01,03]' 'a'
	type '!broadcast echo b'
	wait_until 20 said 'node[01,03]' 'b'
	type ':only node[02-03]'
	type 'echo c'
	wait_until 20 said node03 'c'
	type ':only node02'
	type 'echo d'
	wait_until 20 said node02 'd'
}

@test "who finds no descriptor left waits, where that is seen" {
	printf '%s\n' 'ulimit -n 20' \
		"\"$builddir/rsh\" -F \"$fleet/ssh_config\" -H 'node[01-08]' 2>errors" \
		'exec cat' >run.sh
	tm new-session -d -x 100 -y 30 'TERM=xterm-256color sh run.sh'
	wait_until 20 prompts '^rsh.5/8.> *$'
	grep -q 'enough for 5 shells at once, not 8: the others wait' errors
	type ':only node01'
	type 'exit 3'
	wait_until 20 said node01 '-- the shell has ended: exit 3'
	type ':all'
	wait_until 20 prompts '^rsh.5/8.> *$'
	type ':status'
	wait_until 20 shows '^gone, exit 3: node01 .1.$'
	shows '^waiting for a descriptor: node.07-08. .2.$'
	run -255 --separate-stderr bash -c "ulimit -n 20; '$builddir/rsh' \
		shell --line -F '$fleet/ssh_config' -H 'node[01-08]' </dev/null"
	has 'enough for 5 shells at once, not 8: raise' "$stderr"
}

@test "one that is lost, or ends, leaves where it is seen" {
	open_shell 3
	type ':only node02'
	type 'kill -9 $PPID'
	wait_until 20 prompts '^rsh.0/3.> *$'
	type ':only node03'
	type 'exit 4'
	wait_until 20 said node03 '-- the shell has ended: exit 4'
	type ':all'
	wait_until 20 prompts '^rsh.1/3.> *$'
	type ':reconnect node01'
	wait_until 20 shows '^node01: it has not failed$'
	type ':reconnect'
	wait_until 20 prompts '^rsh.3/3.> *$'
	type 'echo again'
	wait_until 20 said 'node[01-03]' again
	type ':reconnect'
	wait_until 20 shows '^no host has failed$'
	type '!n2'
	type 'kill -9 $PPID'
	type '!n3'
	type 'exit 4'
	type '!all'
	wait_until 20 prompts '^rsh.1/3.> *$'
	type 'echo one; exit'
	wait_until 20 said node01 'one'
	is_over
	shows '^code=0'
	shows 'node02: ' || grep -q 'node02: ' errors
	grep -q '2 of 3 failed: .*: node02; exit 4: node03' errors
}

@test "what is pasted in many lines is asked about" {
	open_shell 2
	tm set-buffer "$(printf 'echo one\necho two\n.')"
	tm paste-buffer -p
	wait_until 20 shows '^3 lines were pasted'
	tm send-keys n
	wait_until 20 prompts '^rsh.2/2.> *$'
	tm set-buffer "$(printf 'echo three\necho four')"
	tm paste-buffer -p
	wait_until 20 shows '^2 lines were pasted'
	tm send-keys y
	wait_until 20 said 'node[01-02]' 'four'
	said 'node[01-02]' 'three'
	run -1 grep '^node.*one' <(screen)
	tm set-buffer "$(printf 'echo five')"
	tm paste-buffer -p
	wait_until 20 prompts 'echo five$'
}

@test "the keys of the configuration, and no history without one" {
	cat >conf.yaml <<-'EOF'
		interactive:
		  prompt_format: '{user}@{node} {active}/{total}$ '
		  show_timestamps: true
		  work_dir: /usr
		  broadcast_prefix: '!b '
		  node_switch_prefix: '@'
		  default_mode: single_node
		  colors: { node01: red }
		  keybindings: { quit: F10, command_line: Ctrl+T }
	EOF
	at_terminal shell --color -F "$fleet/ssh_config" --config conf.yaml \
		-H "'node[01-02]'"
	wait_until 20 prompts '@node01 1/2[$]$'
	type pwd
	wait_until 20 shows '^[0-9:]{8} node01: /usr$'
	tm capture-pane -pe | grep -qF $'\e[31mnode01'
	type '!b pwd'
	wait_until 20 shows '^[0-9:]{8} node\[01-02\]: /usr$'
	type @n2
	wait_until 20 prompts '@node02 1/2[$]$'
	tm send-keys C-t
	wait_until 20 prompts '^rsh: *$'
	tm send-keys Escape
	wait_until 20 prompts '@node02 1/2[$]$'
	tm send-keys F10
	is_over
	shows '^code=0'
	[ "$(find "$HOME" . -newer conf.yaml -name '*hist*' | wc -l)" -eq 0 ]
	next_terminal
	cat >clusters.yaml <<-'EOF'
		interactive: { prompt_format: 'all> ', work_dir: /tmp }
		clusters:
		  web:
		    nodes: [ 'node[01-02]' ]
		    interactive: { prompt_format: '{host}:{pwd} {active}$ ', work_dir: /usr }
		  db: { nodes: [ node03 ] }
	EOF
	at_terminal shell -F "$fleet/ssh_config" --config clusters.yaml \
		--cluster web
	wait_until 20 prompts '^node01:/usr 2[$]$'
	type pwd
	wait_until 20 said 'node[01-02]' /usr
	next_terminal
	at_terminal shell -F "$fleet/ssh_config" --config clusters.yaml \
		-H @web,@db
	wait_until 20 prompts '^all>$'
	next_terminal
	echo "interactive: { keybindings: { quit: nokey } }" >bad
	at_terminal shell -F "$fleet/ssh_config" --config bad -H node01
	wait_until 20 grep -q "bad:1.*bad value 'nokey' for 'quit'" errors
}

@test "one host alone has the terminal, until the prefix key" {
	open_shell 2
	type 'stty -echo; PS1="p# "; echo quiet'
	wait_until 20 said 'node[01-02]' quiet
	type '!n1'
	type "until [ -e $PWD/go ]; do sleep 0.1; done; echo later"
	type ':focus node0*'
	wait_until 20 shows 'more than one host'
	type ':focus node02'
	wait_until 20 prompts '^p# *$'
	shows '^-- node02; Ctrl.] leads back$'
	touch go
	type 'echo "$(tput cols)x$TERM"; printf "\033[?1049h\033[4h\033[3;6r\033[7H"; echo full'
	wait_until 20 shows '^full$'
	same 2-5 "$(tm display-message -p \
		'#{scroll_region_upper}-#{scroll_region_lower}')"
	# The key as a terminal writes it for who has asked for that.
	tm send-keys -l $'\033[27;5;93~'
	wait_until 20 prompts '^rsh.1/2.> *$'
	same 0-29,0 "$(tm display-message -p \
		'#{scroll_region_upper}-#{scroll_region_lower},#{insert_flag}')"
	shows '100xxterm-256color$'
	wait_until 20 said node01 later
	[ "$(tm display-message -p '#{alternate_on}')" -eq 0 ]
	type ':focus node02'
	wait_until 20 prompts '^p# *$'
	type 'echo kit""ty'
	wait_until 20 shows 'kitty$'
	tm send-keys -l $'\033[93;5u'
	wait_until 20 prompts '^rsh.1/2.> *$'
	# Twice it is a key of the host, and an end leads back, too.
	type ':focus node02'
	wait_until 20 prompts '^p# *$'
	type 'stty -icanon min 1; dd bs=1 count=1 2>/dev/null | od -c; stty icanon'
	tm send-keys C-] C-]
	wait_until 20 shows '0000000 035'
	type 'exit 3'
	wait_until 20 said node02 '-- the shell has ended: exit 3'
	type '!all'
	type 'echo on'
	wait_until 20 said node01 'on'
}

@test ":suspend stops rsh with the terminal as it was" {
	printf '%s\n' 'set -m' 'stty -g >before' \
		"\"$builddir/rsh\" -F \"$fleet/ssh_config\" -H 'node[01-02]'" \
		'stty -g >after' 'echo stopped' 'read -r _' 'fg' >run.sh
	tm new-session -d -x 100 -y 30 'TERM=xterm-256color bash run.sh'
	wait_until 20 prompts '^rsh.2/2.> *$'
	type 'x=kept'
	type ':suspend'
	wait_until 20 shows '^stopped$'
	cmp before after
	tm send-keys Enter
	wait_until 20 prompts '^rsh.2/2.> *$'
	type 'echo $x'
	wait_until 20 said 'node[01-02]' kept
}

@test "who runs in the background takes the terminal when it comes back" {
	printf '%s\n' 'set -m' \
		"\"$builddir/rsh\" -F \"$fleet/ssh_config\" -H 'node[01-02]'" \
		'bg' 'sleep 0.6' 'echo behind' 'read -r _' 'fg' >run.sh
	tm new-session -d -x 100 -y 30 'TERM=xterm-256color bash run.sh'
	wait_until 20 prompts '^rsh.2/2.> *$'
	type ':suspend'
	wait_until 20 shows '^behind$'
	# It was not stopped: no signal tells of it, and its timers are over.
	tm send-keys Enter
	wait_until 20 prompts '^rsh.2/2.> *$'
	type 'echo he""re'
	wait_until 20 said 'node[01-02]' here
}

@test "a program with the whole screen is no lines, and redraws in a focus" {
	open_shell 2
	type 'printf "\033[?1049h\033[2J\033[5;1Hdrawn"; trap "printf again" WINCH; sleep 99 & while kill -0 $!; do wait; done'
	wait_until 20 said 'node[01-02]' "-- a program has all of the screen there; ':focus' shows it"
	type ':focus node02'
	wait_until 20 shows again
	tm send-keys 'C-]'
	wait_until 20 prompts '^rsh.2/2.> *$'
	# The other screen is left where it was entered.
	has $'leads back\nrsh[2/2]>' "$(screen)"
	run -1 grep -E '^node.*(drawn|again)' <(screen)
	tm send-keys C-c
}

@test "a flood ends with Ctrl+C, and what was on its way is left out" {
	open_shell 8 --log-dir logs
	type 'yes "$(seq -s - 99)"'
	wait_until 20 shows '97-98-99$'
	wait_until 20 test -s logs/node08.log
	tm send-keys C-c
	type 'echo over; echo over >&2'
	wait_until 20 said 'node[01-08]' over
	wait_until 20 prompts '^rsh.8/8.> *$'
}

# Ctrl+C in a flood of two hosts, which carry out $1 then.
end_flood() {
	open_shell 2
	cat >flood.sh <<-EOF
		stty -echo
		trap '$1' INT
		while :; do seq -s - 99; done
	EOF
	type "sh $PWD/flood.sh; stty echo"
	wait_until 20 shows '97-98-99$'
	tm send-keys C-c
}

@test "a program that takes the screen in a flood that is left out" {
	end_flood 'printf "\033[?1049h\033[2Jdrawn"; sleep 99'
	# The head of the flood, under which that stands, may have left the screen.
	wait_until 20 shows "^(  |node.*: )-- a program has all of the screen there; ':focus' shows it\$"
}

@test "a question for a password in a flood that is left out is seen" {
	end_flood 'printf "Password: "; read p; echo; echo "<$p>"; exit'
	wait_until 20 prompts '^rsh.0/2, password: 2.> *$'
	type nobody
	wait_until 20 shows '^nobody gets it'
	type ':password'
	wait_until 20 prompts '^rsh.2/2. password: *$'
	type xyzzy
	wait_until 20 said 'node[01-02]' '<xyzzy>'
}

@test "what each host prints is written where it is asked for" {
	export HOME=$PWD
	open_shell 2 --log-dir logs
	type 'echo $((6 * 7))'
	wait_until 20 grep -q '^42' logs/node01.log
	wait_until 20 grep -q '^42' logs/node02.log
	[ "$(stat -c %a logs/node01.log)" = 600 ]
	type ':log ~/more'
	wait_until 20 shows "is written to '$PWD/more'"
	type 'echo $((6 * 8))'
	wait_until 20 grep -q '^48' more/node02.log
	run -1 grep 48 logs/node01.log
	# What a folder has already stays.
	type ':log logs'
	wait_until 20 shows "is written to 'logs'"
	type 'echo $((7 * 7))'
	wait_until 20 grep -q '^49' logs/node01.log
	grep -q '^42' logs/node01.log
	type ':log off'
	type ':quit'
	is_over
	shows '^code=0'
	run -255 --separate-stderr "$builddir/rsh" shell --log-dir logs \
		-F "$fleet/ssh_config" -H node01 </dev/null
	has '--log-dir is for a terminal or --line' "$stderr"
}

@test "without a command it is opened, in front of a terminal alone" {
	at_terminal -F "$fleet/ssh_config" -H "'node[01-02]'"
	wait_until 20 prompts '^rsh.2/2.> *$'
	type 'echo a'
	wait_until 20 said 'node[01-02]' 'a'
	type :quit
	is_over
	run -255 --separate-stderr rsh -H 'node[01-02]' </dev/null
	has 'no command to run' "$stderr"
}

@test "a terminal that can do nothing is written to in lines" {
	printf '%s\n' 'read -r _' \
		"TERM=dumb \"$builddir/rsh\" -F \"$fleet/ssh_config\" -H 'node[01-02]'" \
		'echo "code=$?"' 'exec cat' >run.sh
	tm new-session -d -x 100 -y 30 "sh run.sh" \; pipe-pane "cat >$PWD/raw"
	tm send-keys Enter
	wait_until 20 prompts '^rsh.2/2.> *$'
	type '!n2'
	wait_until 20 prompts '^rsh.1/2.> *$'
	type 'echo "<$-"'
	wait_until 20 shows '^node02: <'
	wait_until 20 prompts '^rsh.1/2.> *$'
	tm send-keys C-d
	wait_until 20 shows 'code=0'
	grep -q 'what is typed goes to: node02' raw
	run -1 grep $'\033' raw
}

@test "the terminal is as it was, however it ends" {
	local signal

	for signal in TERM HUP KILL; do
		open_shell 2
		pkill -"$signal" -f -n -- "$builddir/rsh shell -F $fleet"
		if [ "$signal" = KILL ]; then
			wait_until 20 shows 'code=137'
		else
			is_over
			shows 'code=1(43|29)$'
		fi
		next_terminal
	done
	run -0 "$builddir/tests/lib/atterminal" '+2/2]>' '%20' stopped fg \
		'+2/2]>' '-echo x$((1 + 1))\r' '+: x2' '-:quit\r' -- \
		"$builddir/rsh" shell --color=never -F "$fleet/ssh_config" \
		-H 'node[01-02]'
}
