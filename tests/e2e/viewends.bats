#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # bats; $scaled
# However a run under the view ends, and whatever was done to it before: the
# bytes, the status and the terminal are those of a run without it.

bats_require_minimum_version 1.5.0
load ../lib/rsh.bash

setup_file() {
	sim_start 127.1.0.1-127.1.0.3
}

teardown_file() {
	sim_stop
}

# Hosts wait until the lock is let go.
setup() {
	command -v tmux >/dev/null || skip "no tmux"
	cd "$BATS_TEST_TMPDIR" || return
	exec {lock}>lock
	flock "$lock"
}

teardown() {
	exec {lock}>&-
	touch end
	on_tmux kill-server 2>/dev/null || :
}

on_tmux() {
	tmux -S "$BATS_TEST_TMPDIR/tmux" -f /dev/null "$@"
}

is() {
	[ "$(on_tmux display-message -p -t "$1" "#{$2}")" = "$3" ]
}

on_screen() {
	on_tmux capture-pane -p -t "$1" 2>/dev/null | grep -q -- "$2"
}

shows() {
	wait_until 30 on_screen "$1" "$2" ||
		has "$2" "$(on_tmux capture-pane -p -t "$1")"
}

# In the folder $1, which is the terminal's name as well, the program with the
# other arguments; it may be stopped once.
start() {
	local name=$1

	shift
	mkdir "$name"
	cat >"$name/run.sh" <<-EOF
		cd $name
		trap : INT HUP
		set -m
		stty -g >before
		(
			echo \$BASHPID >pid
			exec $(printf '%q ' "$RSH" "$@") >out 2>err
		)
		code=\$?
		if [ \$code -eq 147 ]; then
			stty -g >stopped
			until [ -e go-on ]; do sleep 0.05; done
			fg >/dev/null
			code=\$?
		fi
		trap '' INT
		stty -g >after
		echo \$code >code
		until [ -e ../end ]; do sleep 0.2; done
	EOF
	on_tmux new-session -d -x 80 -y 24 -s "$name" "bash $name/run.sh" 3>&- \
		{lock}>&-
}

# Two hosts here; $1 is what they do once they have begun.
# shellcheck disable=SC2016 # for the hosts' shell
hosts_here() {
	printf '%s\0' --rcmd exec -H 'n[1-2]' sh -c \
		"echo 3/4 of \"\$0\"; echo err >&2; $1" %h
}

start_end() {
	local end=$1 view=$2 name=$3 args=()
	local unlocked='flock -s ../lock true; echo on'

	case $end in
	lost) args=(-F "$scaled/ssh_config" -H '127.1.0.[1-2]' say '3/4'
		meet "$lost" drop) ;;
	timeout) mapfile -d '' args < <(hosts_here 'sleep 60')
		args=(-u 8 "${args[@]}") ;;
	ok) mapfile -d '' args < <(hosts_here "$unlocked; exit 0") ;;
	*) mapfile -d '' args < <(hosts_here "$unlocked; exit 3") ;;
	esac
	start "$name" --view="$view" "${args[@]}"
}

have_begun() {
	[ "$(grep -c 3/4 "$1/out")" -eq 2 ] || return
	[[ $1 == lost-* ]] || [ "$(grep -c 'n[12]: err' "$1/err")" -eq 2 ]
}

# All hosts of it are at work.
is_up() {
	wait_until 30 have_begun "$1"
	case $1 in
	*-never) ;;
	*) shows "$1" '2 running' ;;
	esac
}

leave() {
	on_tmux send-keys -t "$1" q
	shows "$1" 'leave the view?'
	on_tmux send-keys -t "$1" y
	wait_until 30 is "$1" alternate_on 0
}

resize() {
	on_tmux resize-window -t "$1" -x 40 -y 10
	shows "$1" '^0/2 done, 0 failed, 2 running, 0 connect$'
	on_tmux resize-window -t "$1" -x 80 -y 24
	shows "$1" '^0/2 done, .* 0 waiting$'
}

suspend() {
	on_tmux send-keys -t "$1" C-z
	wait_until 30 [ -s "$1/stopped" ]
	same "$(<"$1/before")" "$(<"$1/stopped")"
	wait_until 10 is "$1" alternate_on 0
	wait_until 10 is "$1" cursor_flag 1
	touch "$1/go-on"
	wait_until 30 is "$1" alternate_on 1
	shows "$1" '2 running'
}

bring_about() {
	case $1 in
	cancelled-*)
		on_tmux send-keys -t "$1" C-c
		wait_until 30 grep -q 'interrupt again' "$1/err"
		interrupt_until_over "on_tmux send-keys -t $1 C-c" \
			"test -s $1/code"
		;;
	term-* | hup-*)
		kill -s "${1%-*}" "$(<"$1/pid")"
		;;
	esac
}

# As the run without a view; the terminal as it was.
check() {
	local name=$1 plain=${1%-*}-never file

	wait_until 30 [ -s "$name/code" ] || {
		echo "$name does not end"
		on_tmux capture-pane -p -t "$name"
		return 1
	}
	wait_until 30 [ -s "$plain/code" ]
	# What Ctrl+C told may have been told twice.
	for file in out err code; do
		same "$(sort -u "$plain/$file")" "$(sort -u "$name/$file")" || {
			echo "$name/$file"; cat "$name/code" "$name/err"
			return 1
		}
	done
	[ "${name%-*}" = gone ] || is_as_before "$name"
}

is_as_before() {
	same "$(<"$1/before")" "$(<"$1/after")"
	wait_until 10 is "$1" alternate_on 0
	wait_until 10 is "$1" cursor_flag 1
}

@test "each end is the same with the view, without it, and after leaving it" {
	local runs=() name end
	# and one connection more, when all are to go on
	local lost=7

	# first the one whose time runs
	for end in timeout ok exit lost cancelled term hup; do
		start_end $end never $end-never
		start_end $end always $end-always
		start_end $end always $end-left
		for name in $end-never $end-always $end-left; do
			is_up "$name"
			runs+=("$name")
		done
		leave $end-left
	done
	for name in cancelled-* term-* hup-*; do
		bring_about "$name"
	done
	flock -u "$lock"
	"$RSH" -F "$scaled/ssh_config" 127.1.0.3 meet $lost
	for name in "${runs[@]}"; do
		check "$name"
	done
	same '0 3 124 255 130 143 129' "$(cat {ok,exit,timeout,lost,cancelled,term,hup}-always/code |
		xargs)"
	grep -q 'lost: 127.1.0.\[1-2\]' lost-always/err
}

@test "resized, or stopped, it goes on to the same end" {
	local name

	start_end exit never exit-never
	for name in exit-resized exit-stopped; do
		start_end exit always $name
	done
	for name in exit-never exit-resized exit-stopped; do
		is_up $name
	done
	resize exit-resized
	suspend exit-stopped
	flock -u "$lock"
	check exit-resized
	check exit-stopped
}

@test "without its terminal it ends as without a view" {
	local view

	for view in never always; do
		start_end gone $view gone-$view
		is_up gone-$view
		on_tmux kill-session -t gone-$view || :
	done
	check gone-always
	same 129 "$(<gone-always/code)"
}

@test "deaths of fourteen kinds leave the terminal as it was" {
	local deaths=(TERM HUP ABRT USR1 USR2 ALRM TRAP XCPU XFSZ SYS) name

	# a sanitizer has handlers of its own for these
	sanitized || deaths+=(SEGV BUS ILL FPE)
	for name in "${deaths[@]}"; do
		start_end exit always "$name-always"
	done
	for name in "${deaths[@]}"; do
		is_up "$name-always"
	done
	for name in "${deaths[@]}"; do
		kill -s "$name" "$(<"$name-always/pid")"
	done
	for name in "${deaths[@]}"; do
		wait_until 30 [ -s "$name-always/code" ]
		same $((128 + $(kill -l "$name"))) "$(<"$name-always/code")"
		is_as_before "$name-always"
	done
}

@test "the view is left where what waits for its end cannot be kept" {
	export TMPDIR=$PWD/none
	cat >run.sh <<-EOF
		$(printf '%q ' "$RSH") --view --rcmd exec -H 'n[1-2]' \
			seq 100001 400000 | cat >out
		echo \${PIPESTATUS[0]} >code
		until [ -e end ]; do sleep 0.2; done
	EOF
	on_tmux new-session -d -x 120 -y 24 -s cramped "bash run.sh" 3>&- {lock}>&-
	wait_until 60 test -s code
	same 0 "$(cat code)"
	shows cramped 'the view is left: .*: No such file'
	cmp <(sort out) <(seq -f 'n1: %.0f' 100001 400000
		seq -f 'n2: %.0f' 100001 400000)
}
