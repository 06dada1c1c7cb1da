#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # bats; $fleet
# Copies on the screen of the view.

bats_require_minimum_version 1.5.0
load ../lib/rsh.bash

setup_file() {
	fleet_start 2
	head -c 4000000 /dev/urandom >"$BATS_FILE_TMPDIR/big"
	# One that is not reached before the file `go` is there.
	cat >"$BATS_FILE_TMPDIR/config" <<-'EOC'
		Host slow
		ProxyCommand sh -c 'until [ -e go ]; do sleep 0.05; done'
	EOC
	cat "$fleet/ssh_config" >>"$BATS_FILE_TMPDIR/config"
}

teardown_file() {
	fleet_stop
}

setup() {
	command -v tmux >/dev/null || skip "no tmux"
	cd "$BATS_TEST_TMPDIR" || return
}

teardown() {
	touch go
	on_tmux kill-server 2>/dev/null || :
}

on_tmux() {
	tmux -S "$BATS_TEST_TMPDIR/tmux" -f /dev/null "$@"
}

on_screen() {
	on_tmux capture-pane -p 2>/dev/null | grep -q -- "$1"
}

shows() {
	wait_until 30 on_screen "$1" || has "$1" "$(on_tmux capture-pane -p)"
}

# The arguments as a command in a terminal of $1 columns.
start() {
	local cols=$1

	shift
	on_tmux new-session -d -x "$cols" -y 24 \
		"trap : INT; $*; echo code=\$?; trap '' INT; sleep 60" 3>&-
}

@test "a copy that lasts: how far each is, and all; stopped, begun again" {
	mkdir there
	start 80 "$RSH put -F $fleet/ssh_config --bwlimit 300K -H 'node[01-02]' \
		$BATS_FILE_TMPDIR/big $PWD/there"
	shows '^ rsh: put /.*big '
	shows ' [1-9][0-9]*% [0-9.]*[KM] of 7[.]6M, [0-9.]*K/s, .* left$'
	shows '^[> ] node0[12] *running *[0-9]*s *[1-9][0-9]*% [0-9.]*K/s, .* left$'
	on_tmux send-keys Enter
	shows '^ node01: running, .*s, [0-9.]*[KM]* of 3[.]8M, '
	on_tmux send-keys k
	shows 'stop node01?'
	on_tmux send-keys y
	shows '^ node01: cancelled, '
	on_tmux send-keys Escape
	shows '^> node01 *cancelled .*[^ ]'
	shows '1/2 done, 1 failed, 1 running'
	on_tmux send-keys r
	shows 'again on node01?'
	on_tmux send-keys y
	shows '^> node01 *running *[0-9]*s *[0-9]*% .*/s'
	on_tmux send-keys C-c
	shows 'interrupt again'
	interrupt_until_over 'on_tmux send-keys C-c' 'on_screen code='
	shows 'code=130'
}

@test "why a copy failed is its last line, and in its output; r tries again" {
	echo text >good
	start 160 "$RSH get -F $BATS_FILE_TMPDIR/config --view --json=told \
		-H node01,slow $PWD/good $PWD/none $PWD/missing into"
	shows '^> node01 *copy .*no such file'
	shows ' 50% '
	on_tmux send-keys Enter
	shows '^ node01: copy, .*, 1 file, 5 '
	shows '^[!]node01: .*missing.*[Nn]o such file\|^[!].*missing'
	shows '^[*].*none.*[Nn]o such file'
	on_tmux send-keys Escape
	shows STATE
	touch none missing
	on_tmux send-keys r
	shows 'again on node01?'
	on_tmux send-keys y
	shows '^> node01 *ok *.*3 files, 5$'
	touch go
	shows 'code='
	cmp good into/node01/good
	[ -e into/node01/missing ]
	same 3 "$(jq 'select(.event == "result" and .class == "ok") | .files' told)"
}

# Listens and says nothing; its port is in `port`.
mute_start() {
	python3 -c 'import socket, time
s = socket.create_server(("127.0.0.1", 0))
print(s.getsockname()[1], flush=True)
time.sleep(60)' >port 3>&- &
	mute=$!
	wait_until 20 [ -s port ]
}

@test "pdcp has no view, as pdsh" {
	mute_start
	echo text >good
	ln -s "$RSH" pdcp
	run -1 timeout 60 "$builddir/tests/lib/atterminal" '+timed out' -- \
		./pdcp -t 3 -w "127.0.0.1:$(<port),localhost:$(<port)" good /to
	kill "$mute"
	[[ $output != *"[?1049h"* ]]
}
