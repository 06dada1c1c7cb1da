#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # bats; $scaled
# Questions on the screen of the view.

bats_require_minimum_version 1.5.0
load ../lib/rsh.bash

setup_file() {
	sim_start 127.1.0.1-127.1.0.40
	sed -i /BatchMode/d "$scaled/ssh_config"
}

teardown_file() {
	sim_stop
}

setup() {
	command -v tmux >/dev/null || skip "no tmux"
	cd "$BATS_TEST_TMPDIR" || return
	terminals=0
}

teardown() {
	touch go
	on_tmux kill-server 2>/dev/null || :
}

# Each terminal has a server of its own: one that ends takes no more clients.
on_tmux() {
	tmux -S "$BATS_TEST_TMPDIR/tmux$terminals" -f /dev/null "$@"
}

shown() {
	on_tmux capture-pane -p 2>/dev/null
}

on_screen() {
	shown | grep -q -- "$1"
}

shows() {
	wait_until 30 on_screen "$1" || has "$1" "$(shown)"
}

# rsh with a view that is $2, for hosts with new keys, in a terminal of size $1.
start() {
	local size=$1 view=$2

	shift 2
	terminals=$((terminals + 1))
	rm -f known before after
	cat >run.sh <<-EOF
		trap : INT
		stty -g >before
		$RSH -F $scaled/ssh_config -o UserKnownHostsFile=$PWD/known \
			-o StrictHostKeyChecking=ask --view=$view $*
		code=\$?
		trap '' INT
		stty -g >after
		echo "code=\$code"
		exec sleep 60
	EOF
	on_tmux new-session -d -x "${size%x*}" -y "${size#*x}" 'sh run.sh' 3>&-
}

is_alternate() {
	[ "$(on_tmux display-message -p '#{alternate_on}')" -eq 1 ]
}

is_main() {
	[ "$(on_tmux display-message -p '#{alternate_on}')" -eq 0 ]
}

is_over() {
	shows "code=${1-}"
	cmp before after
	is_main
}

interrupt_twice() {
	on_tmux send-keys C-c
	shows 'interrupt again'
	interrupt_until_over 'on_tmux send-keys C-c' 'on_screen code='
}

@test "new host keys are asked about on the screen, and the answer holds" {
	start 80x24 always -H '127.1.0.[1-2]' say end exit 3
	shows 'No key is known for 2 hosts'
	is_alternate
	has 'rsh: say end exit 3' "$(shown)"
	has '0/2 done' "$(shown)"
	# Keys of the view are letters now, and it goes on behind.
	on_tmux send-keys q
	shows '^ *q *$'
	on_tmux send-keys BSpace each Enter
	shows "for '\[127.1.0.[12]\]"
	first=$(shown | grep -o "for '\[127.1.0.[12]" | tail -c 2)
	on_tmux send-keys yes Enter
	shows "for '\[127.1.0.$((3 - first))\]"
	is_alternate
	on_tmux send-keys no Enter
	is_over
	has "127.1.0.$first: end" "$(shown)"
	has "hostkey: 127.1.0.$((3 - first))" "$(shown)"
	grep -q "^\[127.1.0.$first\]" known
	same 1 "$(wc -l <known)"
}

@test "a question with more lines than the screen is scrolled" {
	start 40x10 always -o VisualHostKey=yes -H '127.1.0.[1-2]' say end
	shows 'Are these their keys'
	shows 'more lines (Up)'
	is_alternate
	has '[SHA256]' "$(shown)"
	on_tmux send-keys PPage PPage PPage
	shows 'No key is known for 2 hosts'
	shows 'more lines (Down)'
	on_tmux resize-window -x 80 -y 40
	shows '? help'
	shows 'Are these their keys'
	shows 'No key is known for 2 hosts'
	on_tmux send-keys yes Enter
	is_over 0
}

@test "Ctrl+C ends a question as it does without the view" {
	local view

	for view in never always; do
		start 200x24 "$view" -H '127.1.0.[1-2]' say end
		shows 'No key is known for 2 hosts'
		on_tmux send-keys ye C-c
		shows 'code='
		cmp before after
		shown | grep '^rsh:\|^code=' | sort >"seen.$view"
		on_tmux kill-server
		rm -f known
	done
	has 'host key verification failed: no ssh-ed25519 key is known' \
		"$(<seen.never)"
	same "$(<seen.never)" "$(<seen.always)"
}

@test "Ctrl+Z at a question stops once, and it is asked again" {
	local view

	for view in never auto always; do
		run -0 --separate-stderr timeout 60 "$builddir/tests/lib/atterminal" \
			'+yes/no' '-\032' stopped fg '+yes/no' '-yes\r' +end -- \
			"$RSH" -F "$scaled/ssh_config" --color=never \
			-o "UserKnownHostsFile=$PWD/known" \
			-o StrictHostKeyChecking=ask --view=$view \
			-H '127.1.0.[1-2]' say end
		has '127.1.0.2: end' "$output"
		rm known
	done
}

is_stopped() {
	[[ $(awk '{ print $3 }' "/proc/$(<pid)/stat") == T ]]
}

@test "a question that comes in the background waits for the foreground" {
	local key port

	read -r _ key <"$scaled/known_hosts"
	port=$(sed -n 's/.*Port //p' "$scaled/ssh_config")
	printf '[127.1.0.1]:%d %s\n' "$port" "$key" >known
	cat >run.sh <<-EOF
		set -m
		(
			echo \$BASHPID >pid
			exec env --default-signal=TTIN,TTOU \
				$RSH -F $scaled/ssh_config --view -j 1 \
				-o "UserKnownHostsFile=$PWD/known" \
				-o StrictHostKeyChecking=ask \
				-H '127.1.0.[1-2]' meet 2
		)
		bg
		touch back
		until [ -e go ]; do sleep 0.05; done
		fg
		echo "code=\$?"
		exec sleep 60
	EOF
	on_tmux new-session -d -x 80 -y 24 'bash run.sh' 3>&-
	shows '> 127.1.0.1 .*running'
	on_tmux send-keys C-z
	wait_until 20 [ -e back ]
	is_main
	"$RSH" -F "$scaled/ssh_config" 127.1.0.3 meet 2
	# Whoever touches the terminal now is stopped.
	sleep 1
	run ! is_stopped
	touch go
	shows "No key is known for '\[127.1.0.2\]"
	on_tmux send-keys yes Enter
	wait_until 20 grep -q '^.127.1.0.2' known
	"$RSH" -F "$scaled/ssh_config" 127.1.0.3 meet 2
	shows code=0
}

@test "a program that is asked has the terminal" {
	cat >askpass <<-'EOF'
		#!/bin/sh
		echo "$SSH_ASKPASS_PROMPT" >asked
		echo here >/dev/tty
		until [ -e go ]; do sleep 0.05; done
		echo yes
	EOF
	chmod +x askpass
	SSH_ASKPASS=$PWD/askpass SSH_ASKPASS_REQUIRE=force \
		start 80x24 always -H '127.1.0.[1-2]' say end hold
	wait_until 20 [ -e asked ]
	shows '^here'
	is_main
	touch go
	wait_until 20 is_alternate
	shows '> 127.1.0.1 .*running'
	interrupt_twice
	is_over 130
}

# It waits, and so has done what there was to do until now.
is_idle() {
	[[ $(awk '{ print $3 }' \
		"/proc/$(pgrep -n -f "UserKnownHostsFile=$PWD/known")/stat") == S ]]
}

@test "a question at the terminal stays there, the next is on the screen" {
	start 80x24 auto -H '127.1.0.[1-2]' say end hold
	shows 'No key is known for 2 hosts'
	# It would open now.
	sleep 2.5
	wait_until 20 is_idle
	is_main
	on_tmux send-keys each Enter
	wait_until 20 is_alternate
	shows "for '\[127.1.0.[12]\]"
	first=$(shown | grep -o "for '\[127.1.0.[12]" | tail -c 2)
	on_tmux send-keys yes Enter
	shows "for '\[127.1.0.$((3 - first))\]"
	wait_until 20 grep -q "^\[127.1.0.$first\]" known
	on_tmux send-keys yes Enter
	shows '2 running'
	interrupt_twice
	is_over 130
}
