#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2016,SC2034,SC2154 # remote shells, bats
# :run, :put and :get: what is done beside the shells of rsh shell.

bats_require_minimum_version 1.5.0
load ../lib/rsh.bash
load ../lib/shellpty.bash

# The fourth node lets nobody have a second session.
setup_file() {
	sshd_more=$(printf 'Match LocalAddress 127.2.0.4\n\tMaxSessions 1')
	fleet_start 4
}

teardown_file() {
	fleet_stop
}

logins() {
	cat "$fleet"/log.* | grep -c '^Accepted'
}

@test ":run: each host's lines and status, over the connections there are" {
	local before

	before=$(logins) || :
	open_shell 4
	type 'cd /usr'
	type ':run pwd; echo to-err >&2; case $SSH_CONNECTION in *.2\ *) exit 7;; esac'
	wait_until 20 shows '^:run: ok: node\[01,03\]; exit 7: node02; channel: node04$'
	said 'node[01-03]' "$fleet/home"
	said 'node[01-03]' to-err
	shows '^node04: -- :run: the server opens no channel'
	# the shells are where they were
	type 'pwd'
	wait_until 20 said 'node[01-04]' /usr
	[ "$(logins)" -eq $((before + 4)) ]
	type '!n3'
	type 'kill -9 $PPID'
	wait_until 20 prompts '^rsh.0/4.> *$'
	type ':run echo nobody'
	wait_until 20 shows '^no host that is chosen can do it'
	type ':only node02,node03'
	type ':run printf "%s\n" left "un-ended"; printf x; kill -TERM $$'
	wait_until 20 shows '^:run: signal TERM: node02; no connection: node03$'
	shows '^no connection, nothing is done there: node03$'
	said node02 x
	type ':run'
	wait_until 20 shows '^something is missing: :run COMMAND$'
	type ':all'
	type 'exit'
	is_over
	shows '^code=0$'
}

@test ":run: Ctrl+C shows who runs and then stops it; a lost host ends alone" {
	open_shell 3
	type ':run echo begun; case $SSH_CONNECTION in *.2\ *) until [ -e '"$PWD"'/go ]; do sleep .1; done; kill -9 $PPID;; esac; exec sleep 300'
	wait_until 20 said 'node[01-03]' begun
	touch go
	wait_until 20 prompts '^.run: 2. rsh.2/3.> *$'
	type ':run echo another'
	wait_until 20 shows "^':run' still runs"
	type 'echo typed'
	wait_until 20 said 'node[01,03]' typed
	tm send-keys C-c
	wait_until 20 shows '^running: node\[01,03\]$'
	tm send-keys C-c C-c
	wait_until 20 shows '^:run: cancelled: node\[01,03\]; lost: node02$'
	type 'echo "after $?"'
	wait_until 20 said 'node[01,03]' 'after 0'
	type ':stop'
	wait_until 20 shows '^nothing runs beside'
	type ':run sleep 300'
	wait_until 20 prompts '^.run: 2. '
	type ':stop'
	wait_until 20 shows '^:run: cancelled: node\[01,03\]; no connection: node02$'
	# the run waits for it, after the shells have ended
	type ':run sleep 1; echo last'
	wait_until 20 prompts '^.run: 2. '
	type 'exit 0'
	is_over
	said 'node[01,03]' last
	shows '^:run: ok: node\[01,03\]; no connection: node02$'
	shows '^code=0$'
}

@test ":put and :get: files over the same connections, with the options of the verbs" {
	local before

	before=$(logins) || :
	mkdir -p tree/sub there
	seq 100000 >big
	echo f >tree/sub/f
	echo b >'with blank'
	ln -s nowhere tree/link
	# What two names have in common is no part of a character.
	touch one{ä,ö}
	open_shell 3
	tm send-keys -l ':put on'
	tm send-keys Tab
	tm send-keys -l 'ö'
	tm send-keys Tab
	wait_until 20 prompts ':put oneö *$'
	tm send-keys C-u
	tm send-keys -l ':put -r --links -- bi'
	tm send-keys Tab
	tm send-keys -l 'tree with'
	tm send-keys Tab
	wait_until 20 prompts 'big tree with\\ blank *$'
	type "$PWD/there"
	wait_until 20 shows '^:put: ok: node\[01-03\] \(12 files, .*\)$'
	cmp big there/big
	cmp 'with blank' 'there/with blank'
	diff -r --no-dereference tree there/tree
	type ':drop node02'
	type ":get -r --links $PWD/there/tree $PWD/there/b* got"
	wait_until 20 shows '^:get: ok: node\[01,03\] \(6 files, .*\)$'
	cmp big got/node03/big
	cmp tree/sub/f got/node01/tree/sub/f
	[ ! -e got/node02 ]
	type ":get $PWD/nosuch got"
	wait_until 20 shows '^:get: copy: node\[01,03\] \(0 files, 0\)$'
	shows '^node\[01,03\]: -- :get: .*nosuch'
	type ':put -l me big /tmp'
	wait_until 20 shows "^'-l' has no place in ':put'$"
	type ':put big'
	wait_until 20 shows '^something is missing: :put SRC... DST$'
	type ':put "big'
	wait_until 20 shows 'quote'
	type ":get --bwlimit 64K --dest all/%h $PWD/big slow"
	wait_until 20 prompts '^.get: 2, [0-9]+%. rsh.2/3.> *$'
	tm send-keys C-c C-c
	wait_until 20 shows '^:get: cancelled: node\[01,03\] '
	[ "$(find slow -type f | wc -l)" -eq 0 ]
	# What a wide window has let come is nothing that breaks the connection.
	truncate -s 2G wide
	for i in 1 2 3; do
		type ":get $PWD/wide widely"
		wait_until 20 prompts '^.get: 2, [1-9][0-9]?%. rsh'
		type :stop
		wait_until 20 prompts '^rsh.2/3.> *$'
	done
	type ':run echo th""ere'
	wait_until 20 shows '^:run: ok: node\[01,03\]$'
	[ "$(logins)" -eq $((before + 3)) ]
	tm send-keys C-q
	is_over
	shows '^code=0$'
}

stopped() {
	[ "$(screen | grep -cx ':put: stopped before anything was sent')" -eq "$1" ]
}

# A million files, of which there are a hundred.
@test ":put: shells go on while files are listed, which Ctrl+C and :stop end" {
	mkdir -p tree a b
	for i in {1..100}; do
		: >"b/$i"
		ln -s ../b "a/$i"
		ln -s ../a "tree/$i"
	done
	open_shell 2
	type ":put -r tree $PWD/there"
	wait_until 20 prompts '^.put: listing, [0-9]+. rsh.2/2.> *$'
	type 'echo typed'
	wait_until 20 said 'node[01-02]' typed
	type ':run echo beside'
	wait_until 20 shows "^':put' still runs"
	tm send-keys C-c
	wait_until 20 stopped 1
	wait_until 20 prompts '^rsh.2/2.> *$'
	type ":put -r tree $PWD/there"
	wait_until 20 prompts '^.put: listing, '
	type '!node01'
	type ':stop'
	wait_until 20 stopped 2
	[ ! -e there ]
	type ":put b/7 $PWD/seven"
	wait_until 20 shows '^:put: ok: node01 \(1 file, 0\)$'
	type ":put -r tree $PWD/there"
	wait_until 20 prompts '^.put: listing, '
	tm send-keys C-q
	is_over
	shows '^code=0$'
}
