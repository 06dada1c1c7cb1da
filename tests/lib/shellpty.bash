# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # bats
# rsh shell in a tmux, as its tests type at it and look at it.

setup() {
	command -v tmux >/dev/null || skip "no tmux"
	cd "$BATS_TEST_TMPDIR" || return
	export LC_ALL=C.UTF-8
}

teardown() {
	screen | tail -n 40
	tm kill-server 2>/dev/null || true
}

teardown_file() {
	fleet_stop
}

tm() {
	tmux -L "rsh-shell-$BATS_ROOT_PID-$BATS_TEST_NUMBER" -f /dev/null "$@"
}

# The screen and what has left it at the top, without blanks behind lines.
screen() {
	tm capture-pane -p -S - 2>/dev/null | sed 's/ *$//'
}

shows() {
	screen | grep -qE -- "$1"
}

# The same, with the label before each line that stands under a head.
lines_of() {
	screen | awk '/^[^ ]+ [(][0-9]+[)]:$/ { who = $1; next }
		who != "" && /^(  |$)/ { print who ": " substr($0, 3); next }
		{ who = ""; print }'
}

# Whether the hosts $1, and no others, have printed the line $2 by now.
said() {
	local who

	who=$(lines_of | sed -nE "s#^([^ ]+): $2\$#\\1#p" | paste -sd,)
	[ -n "$who" ] && [ "$("$RSH" hosts -f "$who")" = "$1" ]
}

# What stands in the last row that is not empty.
prompts() {
	screen | sed '/^$/d' | tail -n 1 | grep -qE -- "$1"
}

# The arguments are those of rsh; "code=" follows its end.
at_terminal() {
	printf '%s\n' 'stty -g >before' "\"$builddir/rsh\" $* 2>errors" \
		'echo "code=$?"' 'stty -g >after' 'exec cat' >run.sh
	tm start-server \; set-option -g history-limit 20000 \; \
		new-session -d -x 100 -y 30 "TERM=xterm-256color sh run.sh"
}

# The same for a shell on nodes 1 to $1; the prompt is there.
open_shell() {
	local n=$1

	shift
	at_terminal shell -F "${conf-$fleet/ssh_config}" "$@" \
		-H "'node[01-0$n]'"
	wait_until 20 prompts "^rsh.$n/$n.> *$"
}

type() {
	tm send-keys -l "$1"
	tm send-keys Enter
}

# This terminal is done with, and there can be another.
next_terminal() {
	tm kill-server
	wait_until 20 no_terminal
	rm -f before after
}

no_terminal() {
	! pgrep -f "^tmux -L rsh-shell-$BATS_ROOT_PID-$BATS_TEST_NUMBER " \
		>/dev/null
}

is_over() {
	wait_until 20 shows '^code='
	wait_until 20 test -s after
	cmp before after
}
