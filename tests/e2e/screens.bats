#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2016,SC2154 # remote shells, bats
# Programs that have all of a terminal: the same screen, cell for cell, as tmux
# shows it for ssh alone, in a tile, in a tile that has the whole screen, and
# under ":focus".  RSH_TEST_SIZES="80x24 132x50 40x10" tries three sizes of each
# program; without it each has one.

bats_require_minimum_version 1.5.0
load ../lib/rsh.bash

setup_file() {
	fleet_start 2
}

setup() {
	need_tiles
	cd "$BATS_TEST_TMPDIR" || return
	export LC_ALL=C.UTF-8
}

teardown() {
	watcher kill-server 2>/dev/null || :
	tm kill-server 2>/dev/null || :
	[ -z "${sleeper-}" ] || kill "$sleeper"
}

teardown_file() {
	fleet_stop
}

tm() {
	tmux -S "$BATS_TEST_TMPDIR/tmux" -f /dev/null "$@"
}

# A terminal that has no way to paint what is not written: what tmux keeps of
# the cells it has erased in a colour is written to it as blanks, and so is in
# what can be read of it.
watcher() {
	tmux -S "$BATS_TEST_TMPDIR/watcher" -f /dev/null "$@"
}

# A window $1 of $2 columns and $3 lines where $4 runs, and who watches it.
open_window() {
	tm new-session -d -s "$1" -x "$2" -y "$3" "$4; exec sleep 60" \
		\; set -g status off 3>&-
	watcher new-session -d -s "$1" -x "$2" -y "$3" \
		"unset TMUX; TERM=screen-256color; export TERM
exec tmux -S '$BATS_TEST_TMPDIR/tmux' attach -t '=$1'" \
		\; set -g status off 3>&-
}

keys() {
	local window

	for window in $windows; do
		tm send-keys -t "$window" -- "$@"
	done
}

# What the terminals of the hosts in all windows show.
captured() {
	local window top asked=()

	for window in $windows; do
		top=1
		[ "$window" != tile ] || top=3
		[ "$window" != whole ] || top=2
		asked+=(display-message -p "@@ 1 $cols $top $rows" \;
			capture-pane -p -e -N -t "$window" \;)
	done
	watcher "${asked[@]}" | "$srcdir/tests/lib/cells.py" | ${masked-cat}
}

# All stand still and show the same, with $1 in it.
alike() {
	local was=$shown i

	shown=$(captured)
	[ "$shown" = "$was" ] || return 1
	IFS=$'\f' read -r -d '' -a screens <<<"$shown" || :
	[[ ${screens[0]} =~ $1 ]] || return 1
	for ((i = 1; i < 4; i++)); do
		[ "${screens[i]#$'\n'}" = "${screens[0]}" ] || return 1
	done
}

shows_alike() {
	local i names screens=()

	shown=
	wait_until 30 alike "$1" && return
	echo "waited for: $1"
	read -r -a names <<<"$windows"
	for ((i = 1; i < ${#names[@]}; i++)); do
		same "${screens[0]}" "${screens[i]#$'\n'}" ||
			echo "in ${names[i]}"
	done
	[[ ${screens[0]} =~ $1 ]] || printf 'not in:\n%s\n' "${screens[0]}"
	return 1
}

# Window $1 shows $2 in its last line that is not blank.
prompts() {
	[[ $(tm capture-pane -p -t "$1" | sed '/^ *$/d' | tail -n 1) == "$2"* ]]
}

# Window $1 shows $2.
window_has() {
	tm capture-pane -p -t "$1" | grep -q -- "$2"
}

# Four terminals of $1 columns and $2 rows, each with a shell on a host.
terminals() {
	local config="-F '$fleet/ssh_config'" size

	cols=$1
	rows=$2
	windows="ssh tile whole focus"
	open_window ssh "$cols" "$rows" \
		"TERM=xterm-256color $(command -v ssh) $config -t node01"
	# Wide ones stand above each other.
	[ "$cols" -gt 100 ] && size=("$cols" $((2 * rows + 4))) ||
		size=($((2 * cols + 1)) $((rows + 3)))
	open_window tile "${size[@]}" \
		"$RSH shell --tiled $config -H 'node0[1-2]'"
	open_window whole "$cols" $((rows + 2)) \
		"$RSH shell --tiled $config -H 'node0[1-2]'"
	open_window focus "$cols" "$rows" \
		"$RSH shell $config -H 'node0[1-2]'"
	wait_until 30 prompts focus 'rsh[2/2]>'
	tm send-keys -t focus ':focus node01' Enter
	wait_until 30 window_has tile 'keys to ALL 2 hosts'
	wait_until 30 window_has whole 'keys to ALL 2 hosts'
	tm send-keys -t whole C-] z
	wait_until 30 window_has whole 'keys to node01 only'
	keys "cd $PWD; stty size; TERM=xterm-256color; clear; PS1='% '" Enter
	shows_alike '^%'
}

# Run $3 in terminals of size $1 until there is $2; after each of the keys
# that follow in pairs there is what follows them.
on_screens() {
	terminals "${1%x*}" "${1#*x}"
	keys "clear; $3" Enter
	shows_alike "$2"
	shift 3
	while [ $# -gt 0 ]; do
		# shellcheck disable=SC2086 # keys
		keys $1
		shows_alike "$2"
		shift 2
	done
	watcher kill-server
	tm kill-server
	wait_until 20 no_terminal
}

no_terminal() {
	! pgrep -f "^tmux -S $BATS_TEST_TMPDIR/" >/dev/null
}

@test "vim" {
	local size

	command -v vim >/dev/null || skip "no vim"
	cat >vimrc <<-'END'
		set nocompatible ruler showcmd number hlsearch noswapfile
		set background=dark encoding=utf-8 laststatus=2 t_RV= t_u7=
		syntax on
	END
	{
		echo '#include <stdio.h>'
		for ((i = 1; i <= 80; i++)); do
			printf 'static int f%d(void)\t/* ünï %d 漢字 */\n{\n' $i $i
			printf '\treturn printf("%%d\\n", %d);\n}\n' $((i * 7))
		done
	} >text.c
	for size in ${RSH_TEST_SIZES-80x24}; do
		on_screens "$size" 'include' 'vim -u vimrc text.c' \
			'G 2kdd ?return Enter' '31[0-9],2-9.*\?return' \
			':vsplit Enter :set Space list Enter C-w w' 'set list' \
			'gg V3jd Onew Space text Escape ib' 'bold reverse.*1,9' \
			'Escape :q! Enter' 'bold reverse.text.c \[\+\] +31[0-9],2'
	done
}

@test "less" {
	local size

	command -v less >/dev/null || skip "no less"
	for ((i = 1; i <= 300; i++)); do
		printf 'line %d has some words, \tTabs, b\bbo\bol\bld and _\bx\n' $i
		[ $((i % 7)) -ne 0 ] || printf '\033[31;1mred %0150d\033[m\n' $i
	done >text
	for size in ${RSH_TEST_SIZES-40x10}; do
		on_screens "$size" 'line 1 ' 'less -R -M text' \
			'Space /b.ld Enter' 'bold reverse.bol' \
			'-N Enter -S Enter Right' ' [0-9]+ .bold fg1.0' \
			'G ?red Enter' 'reverse.red' q '%[[:space:]]*$'
	done
}

@test "top" {
	local size masked=of_top

	top -V 2>/dev/null | grep -q procps || skip "no top of procps"
	sleep 600 3>&- &
	sleeper=$!
	for size in ${RSH_TEST_SIZES-132x50}; do
		on_screens "$size" "$sleeper" "top -d 600 -p $sleeper" \
			l '^Tasks' z 'fg1' q '%[[:space:]]*$'
	done
}

# Lines with times or loads without these.
of_top() {
	sed 's/^\({[^}]*}\)*\(top - \|Tasks\|%Cpu\|MiB \).*/\2/'
}

@test "htop" {
	local size

	command -v htop >/dev/null || skip "no htop"
	sleep 600 3>&- &
	sleeper=$!
	for size in ${RSH_TEST_SIZES-80x24}; do
		# It writes what it was told into it.
		cat >htoprc <<-'END'
			htop_version=3.2.2
			fields=0 48 17 18 38 39 2 1
			sort_key=0
			tree_view=0
			hide_userland_threads=1
			header_layout=two_50_50
			column_meters_0=Hostname
			column_meter_modes_0=2
			column_meters_1=Hostname
			column_meter_modes_1=2
		END
		on_screens "$size" "$sleeper" \
			"HTOPRC=htoprc htop -d 100 -p $sleeper" F1 '2004' \
			'q F2 Down' 'Display' 'F10 I' 'PID\+' \
			q '%[[:space:]]*$'
	done
}

@test "marks that combine, wide characters and new ones" {
	local size

	# é of two, Thai, Hindi, Hangul of parts, Hebrew; Chinese up to the
	# edge; what is from 2016, 2019 and 2021.
	printf '%b' 'ne\u0301 a\u0323\u0302 end\n\u0e1b\u0e25\u0e37\u0e49\u0e2d\u0e19|\n' \
		'\u0939\u093f\u0928\u094d\u0926\u0940|\n\u1112\u1161\u11ab|\n' \
		'\u05e9\u05b8\u05dc\u05d5\u05b9|\n|' >text
	printf '\u4e2d%.0s' {1..25} >>text
	printf '%b' '|\n\U1f991|\U1f9a9|\U1fae0|\n\033[7me\u0301\033[m last' >>text
	for size in ${RSH_TEST_SIZES-40x10}; do
		on_screens "$size" last 'cat text; echo'
	done
}
