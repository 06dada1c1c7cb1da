#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # bats
# What the view opens over its list, on the screen of a real terminal.

bats_require_minimum_version 1.5.0
load ../lib/rsh.bash

setup_file() {
	env_clean
}

teardown() {
	on_tmux kill-server 2>/dev/null || :
}

on_tmux() {
	tmux -S "$BATS_TEST_TMPDIR/tmux" -f /dev/null "$@"
}

# Hosts that print, wait for the file `go` and end; $1 x $2 is the screen.
start_view() {
	command -v tmux >/dev/null || skip "no tmux"
	cat >"$BATS_TEST_TMPDIR/host" <<-'EOF'
		i=0
		while [ $((i += 1)) -le 30 ]; do
			printf '\033[32mline\033[0m %d\n' "$i"
		done
		[ "$1" != n3 ] || { echo odd; echo oops >&2; }
		while [ ! -e "${0%/*}/go" ]; do sleep 0.1; done
		[ "$1" != n3 ] || exit 3
	EOF
	on_tmux new-session -d -x "$1" -y "$2" "$RSH --view=always --rcmd exec \
		--color=never -H 'n[1-5]' sh $BATS_TEST_TMPDIR/host %h; \
		echo status \$?; exec sleep 60" 3>&-
}

# The screen shows $1 and stands still.
settled_on() {
	local was=$shown

	shown=$(on_tmux capture-pane -p)
	[[ $shown == *"$1"* ]] && [ "$shown" = "$was" ]
}

shows() {
	shown=
	wait_until 30 settled_on "$1" || has "$1" "$shown"
}

# The screen shows $1 no more.
lacks() {
	[[ $(on_tmux capture-pane -p) != *"$1"* ]]
}

# The screen without the view's own rows, whose times go on.
panel() {
	sed -e '1,3d' -e '$d' -e 's/[0-9.]*m\{0,1\}s, /TIME, /' \
		-e 's/ \[following.*//' \
		-e 's/ *$//' <<<"$shown"
}

@test "the output of one host: followed, scrolled, searched" {
	start_view 60 14
	shows 'n5'
	on_tmux send-keys Down Down Enter
	shows 'oops'
	same "$(
		cat <<-'EOF'
			 n3: running, TIME, 32 lines
			 line 25
			 line 26
			 line 27
			 line 28
			 line 29
			 line 30
			 odd
			!oops
			Esc back  f follow  / search  Left Right
		EOF
	)" "$(panel)"
	on_tmux send-keys Home
	shows 'line 8'
	on_tmux send-keys / 'NE 17' Enter
	shows 'line 17'
	same " line 17" "$(panel | sed -n 2p)"
	on_tmux send-keys Right
	shows 'n4: running'
	on_tmux send-keys Escape
	shows 'STATE'
	touch "$BATS_TEST_TMPDIR/go"
	shows 'status 0'
	has 'rsh: 1 of 5 failed: exit 3: n3' "$shown"
}

@test "several hosts, and what one prints otherwise" {
	start_view 80 16
	shows 'n5'
	on_tmux send-keys Down s
	shows 'n4: running'
	has '>n2: running' "$shown"
	has 'n5: running' "$shown"
	on_tmux send-keys Escape
	shows 'STATE'
	on_tmux send-keys d
	shows 'no host is done yet'
	on_tmux send-keys Escape
	shows 'STATE'
	on_tmux send-keys 4
	shows ' n4: running'
	on_tmux send-keys 1
	shows ' n1: running'
	on_tmux send-keys Escape
	shows 'STATE'
	on_tmux send-keys Space Down Space
	shows '2 marked'
	has '> n4' "$shown"
	has ' *n3' "$shown"
	has ' *n1' "$shown"
	on_tmux send-keys s
	shows '>n1: running'
	[[ $shown != *'n2: running'* ]]
	on_tmux send-keys Tab
	shows '>n3: running'
	on_tmux send-keys k
	shows 'stop n3? (y/n)'
	on_tmux send-keys n Escape
	shows 'STATE'
	on_tmux send-keys d
	shows 'n3 against n1'
	has '+oops' "$shown"
	on_tmux send-keys Escape
	shows 'STATE'
	on_tmux send-keys u
	wait_until 30 lacks marked
	shows '4/5 all, as given'
	[[ $shown != *marked* ]]
	on_tmux kill-server
}

@test "the smallest screen has all of it" {
	start_view 40 10
	shows 'n4'
	on_tmux send-keys Down Down Enter
	shows 'oops'
	same "$(
		cat <<-'EOF'
			 n3: running, TIME, 32 lines
			 line 29
			 line 30
			 odd
			!oops
			Esc back  f follow  / search  Left Right
		EOF
	)" "$(panel)"
	same 'Esc list  ? help  k stop  q leave' "$(tail -n 1 <<<"$shown")"
	on_tmux send-keys l
	shows 'Esc list  ? help  l close log  q leave'
	on_tmux send-keys l Escape
	shows 'STATE'
	same '? help  / find  k stop  r again  q leave' "$(tail -n 1 <<<"$shown")"
	on_tmux send-keys s
	shows '>n2: running'
	has 'Tab next, 1 of 4  Esc back  f follow
' "$shown"
	on_tmux send-keys Escape
	shows 'STATE'
	on_tmux send-keys '?' End
	shows 'Tab Left Right 1-9  another; Esc back'
	on_tmux send-keys Escape
	shows 'STATE'
	on_tmux send-keys C-c
	shows 'interrupt again'
	on_tmux send-keys l
	shows ' log  j k move  + - size  t time  l hide'
	has '? help  / find  l close log  q leave' "$shown"
	has '  n2 ' "$shown"
	has 'interrupt again' "$shown"
	on_tmux kill-server
}

@test "why a host was not reached" {
	command -v tmux >/dev/null || skip "no tmux"
	printf 'Host n1\nProxyCommand false\nHost n2\nProxyCommand sleep 60\n' \
		>"$BATS_TEST_TMPDIR/config"
	on_tmux new-session -d -x 60 -y 12 "$RSH --view=always --color=never \
		-F $BATS_TEST_TMPDIR/config -H 'n[1-2]' true; exec sleep 60" 3>&-
	shows '> n1              connect'
	on_tmux send-keys Enter
	shows '
*the ProxyCommand'
}

@test "a log-in that takes its time is given up, and begun again" {
	command -v tmux >/dev/null || skip "no tmux"
	on_tmux new-session -d -x 60 -y 12 "$RSH --view=always --retries=3 \
		--color=never -F none -o 'ProxyCommand=sleep 60' -H 'n[1-2]' \
		true; echo status \$?; exec sleep 60" 3>&-
	shows '> n1              connecting'
	on_tmux send-keys k y
	shows '> n1              cancelled'
	on_tmux send-keys r y
	shows '> n1              connecting'
	on_tmux send-keys k y
	shows '> n1              cancelled'
	on_tmux send-keys Down k y
	shows 'status 130'
	has '2 of 2 failed: cancelled: n[1-2]' "$shown"
}
