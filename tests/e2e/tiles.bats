#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2016,SC2154 # remote shells, bats
# rsh shell --tiled: terminals of several hosts on one real screen.

bats_require_minimum_version 1.5.0
load ../lib/rsh.bash

setup_file() {
	fleet_start 4
}

setup() {
	need_tiles
	cd "$BATS_TEST_TMPDIR" || return
	export LC_ALL=C.UTF-8
}

teardown() {
	tm kill-server 2>/dev/null || :
}

teardown_file() {
	fleet_stop
}

tm() {
	tmux -S "$BATS_TEST_TMPDIR/tmux" -f /dev/null "$@"
}

# There can be another: a server that ends takes no one in.
end_terminal() {
	tm kill-server
	wait_until 20 no_terminal
}

no_terminal() {
	! pgrep -f "^tmux -S $BATS_TEST_TMPDIR/tmux " >/dev/null
}

keys() {
	tm send-keys -t "${window-tiles}" "$@"
}

# A window $1 of $2 columns and $3 lines where $4 runs.
open_window() {
	window=$1
	printf '%s\n' "$4" >"$1.sh"
	tm new-session -d -s "$1" -x "$2" -y "$3" \
		"TERM=screen-256color sh $1.sh" 3>&-
}

tiles() {
	open_window tiles "$1" "$2" "trap : INT
stty -g >before
sh -c 'echo \$\$ >pid; exec \"\$@\"' - $RSH shell --tiled \\
	-F '${conf-$fleet/ssh_config}' $4 -H '$3' 2>err
code=\$?
stty -g >after
echo code=\$code
exec sleep 60"
}

# The screen shows $1 and stands still.
settled_on() {
	local was=$shown

	shown=$(tm capture-pane -p -t "${window-tiles}")
	[[ $shown == *"$1"* ]] && [ "$shown" = "$was" ]
}

shows() {
	shown=
	wait_until 20 settled_on "$1" || has "$1" "$shown"
}

count_at_ends() {
	grep -o "$1 *│\|$1\$" <<<"$shown" | wc -l
}

settled_in() {
	settled_on "$2" && [ "$(count_at_ends "$2")" -eq "$1" ]
}

# $1 panes have a line that ends with $2, and the screen stands still.
shows_in() {
	shown=
	wait_until 20 settled_in "$1" "$2" ||
		same "$1 $2" "$(count_at_ends "$2") in $shown"
}

# Columns $1 to $2 of the lines $3 to $4 of what is shown.
part() {
	local line

	sed -n "$3,$4p" <<<"$shown" | while IFS= read -r line; do
		printf '%s\n' "${line:$1-1:$2-$1+1}"
	done | sed 's/ *$//'
}

# Columns $1 to $2 have $3 by now.
pane_has() {
	shown=$(tm capture-pane -p -t tiles)
	[[ $(part "$1" "$2" 3 23) == *"$3"* ]]
}

# A size is told when the window has stopped changing.
have_sizes() {
	keys 'stty size' Enter
	wait_until 1 pane_has 1 50 "$1" && wait_until 1 pane_has 52 100 "$2"
}

@test "what is typed comes in each pane, and each has its size" {
	tiles 80 24 'node0[1-2]' '--log-dir logs'
	shows 'keys to ALL 2 hosts'
	shows '#'
	keys 'echo g""o on; stty size; echo $TERM' Enter
	wait_until 20 pane_has 1 40 xterm-256color
	wait_until 20 pane_has 42 80 xterm-256color
	has '21 40' "$(part 1 40 3 23)"
	has '21 39' "$(part 42 80 3 23)"
	# The typed word is not the one that is looked for.
	same 1 "$(part 1 40 3 23 | grep -cx "go on")"
	same 1 "$(part 42 80 3 23 | grep -cx "go on")"
	same ' keys to ALL 2 hosts' "$(part 1 80 1 1)"
	has '*node01 ' "$(part 1 40 2 2)"
	has '*node02 ' "$(part 42 80 2 2)"
	wait_until 20 grep -q 'go on' logs/node01.log
	wait_until 20 grep -q 'go on' logs/node02.log
	# A new size is told.
	tm resize-window -t tiles -x 100 -y 30
	wait_until 20 have_sizes '27 50' '27 49'
	keys 'exit 3' Enter
	shows 'code=3'
	same "$(cat before)" "$(cat after)"
	has '2 of 2 failed: exit 3: node[01-02]' "$(cat err)"
}

@test "four hosts: all, one, some, and one that dies" {
	tiles 120 40 'node0[1-4]'
	shows 'keys to ALL 4 hosts'
	keys 'echo t""o all' Enter
	shows_in 4 'to all'
	keys C-] o 'echo o""ne' Enter
	shows 'keys to node01 only'
	shows 'one'
	same 1 "$(grep -c 'one ' <<<"${shown#*only}")"
	keys C-] a C-] Right C-] x
	shows 'keys to 3 of 4 hosts'
	has '> node02' "$(part 62 120 2 2)"
	keys 'echo th""ree' Enter
	shows_in 3 three
	keys C-] o 'printf "Pass""word: "; read x' Enter
	shows 'node02: asks for a password'
	keys C-] a 'echo la""ter' Enter
	shows_in 3 later
	has 'keys to 3 of 4 hosts' "$shown"
	# The rest of a password is for nobody who has stopped to ask.
	keys C-] s 'ls' Enter 'echo o""dd' Enter
	shows 'keys to nobody'
	run -1 grep -e 'asks for a' -e odd <<<"$shown"
	# What is no text goes to who asks, too.
	keys C-] o 'printf "Pass""word: "; read x' Enter
	shows 'node02: asks for a password'
	keys C-] a C-c
	shows 'keys to ALL 4 hosts'
	keys C-] o 'kill -9 $$' Enter
	shows 'node02: signal KILL'
	has 'keys to nobody, 1 gone' "$shown"
	keys 'lost' C-] a 'echo st""ill' Enter
	shows_in 3 still
	has 'keys to ALL 3 hosts, 1 gone' "$shown"
	run -1 grep lost <<<"$shown"
	keys C-] c
	shows 'keys to ALL 4 hosts'
	keys 'echo fo""ur' Enter
	shows_in 4 four
	keys C-] q
	shows 'end all shells?'
	keys y
	shows 'code=0'
	same "$(cat before)" "$(cat after)"
	# All of the screen scrolls, as before.
	same '0 39' "$(tm display -p -t tiles \
		'#{scroll_region_upper} #{scroll_region_lower}')"
}

@test ":suspend stops what waits for the program, too" {
	open_window tiles 80 24 "set -m
stty -g >before
sh -c '$RSH shell --tiled -F \"$fleet/ssh_config\" node01; echo code=\$?'
stty -g >after
echo stopped
read -r _
fg
exec sleep 60"
	shows 'keys to the one host'
	keys C-] ':suspend' Enter
	shows 'stopped'
	same "$(cat before)" "$(cat after)"
	keys Enter
	shows 'keys to the one host'
	keys C-] qy
	shows 'code=0'
}

@test "the commands of the console, at the last line" {
	local before

	tiles 80 24 'node0[1-3]'
	shows 'keys to ALL 3 hosts'
	shows_in 3 '#'
	before=$shown
	keys C-] ':onl' Tab 'no' Tab '1' Enter
	shows 'what is typed goes to: node01'
	has ' keys to 1 of 3 hosts' "$shown"
	keys C-] ':drop n9' Enter
	shows "no host of the list matches the filter 'n9'"
	keys C-] ':al'
	shows ':al'
	keys l Enter
	shows 'what is typed goes to: node[01-03]'
	# More than a line is over the panes, and takes keys until it is closed.
	keys C-] ':hosts' Enter
	shows ' :hosts   q closes'
	has '[1] node01  active  #' "$(part 1 80 21 21)"
	has '[3] node03  active  #' "$(part 1 80 23 23)"
	has '*node01' "$(part 1 40 2 2)"
	keys q C-] r
	shows 'Ctrl+] ? help'
	same "$(sed '1d;$d' <<<"$before")" "$(sed '1d;$d' <<<"$shown")"
	keys C-] ':help' Enter
	shows ':only LIST'
	keys ':broadcast echo to""gether' Enter
	shows_in 3 together

	keys C-] ':' Up C-u 'log logs' Enter 'echo wri""tten' Enter
	shows_in 3 written
	wait_until 20 grep -q written logs/node03.log
	# What is said later is shown at once, but for who types at hosts.
	keys C-] ':run echo be""side' Enter
	shows ':run: ok: node[01-03]'
	has 'node[01-03]: beside' "$shown"
	keys q C-] ":run until [ -e $PWD/go ]; do sleep .1; done; echo x" Enter
	shows 'keys to ALL 3 hosts, run: 3'
	keys 'typed' C-u
	touch go
	shows 'more is answered: Ctrl+] v shows it'
	keys C-] v
	shows ' :run until'
	keys q C-] ':focus node02' Enter
	shows 'keys to node02 only  node02 on the whole screen'
	keys C-] ':detach node02' Enter
	shows 'keys to nobody, 1 gone'
	keys C-] ':all' Enter
	shows 'keys to ALL 2 hosts, 1 gone'
	keys C-] ':quit' Enter
	shows 'code=0'
	same "$(cat before)" "$(cat after)"
}

prompts_now() {
	settled_on "$1" &&
		[[ $(sed '/^ *$/d' <<<"$shown" | tail -n 1) == "$1"* ]]
}

# The same for the joined look: the prompt stands in the last row.
prompts() {
	shown=
	wait_until 20 prompts_now "$1" || has "$1 at the end" "$shown"
}

@test "from lines to tiles and back, with the same shells" {
	open_window tiles 80 24 "stty -g >before
$RSH shell -F '$fleet/ssh_config' -H 'node0[1-3]' 2>err
code=\$?
stty -g >after
echo code=\$code
exec sleep 60"
	prompts 'rsh[3/3]>'
	# The terminal of an application: it is not forgotten.
	keys 'printf "\033[?1h"; yes | head -n 3000; echo fi""rst; stty size' Enter
	shows '24 80'
	keys ':drop node02' Enter 'half' C-] ':'
	keys C-u 'tiled' Enter
	shows ' keys to 2 of 3 hosts'
	has 'first' "$(part 1 26 3 23)"
	has ' node02' "$(part 28 60 2 2)"
	# Whatever is typed behind the command is for the look that comes.
	keys 'stty size; echo 42""42' Enter
	wait_until 20 pane_has 55 80 4242
	wait_until 20 pane_has 1 26 4242
	has '21 26' "$(part 1 26 3 23)"
	same 2 "$(grep -o '4242' <<<"$shown" | wc -l)"
	keys 'read x; echo "$x" | cat -v' Enter Up Enter
	shows '^[OA'
	keys 'unfin' C-] ':joined' Enter
	prompts 'rsh[2/3]> half'
	keys C-u 'ished 2>/dev/null || echo 4""2; stty size' Enter
	shows ' 42'
	for i in 1 2 3; do
		keys ':tiled' Enter "echo t\"\"iles $i" Enter \
			C-] ':joined' Enter "echo \"\"lines $i" Enter
		shows " lines $i"
	done
	keys ':tiled' Enter
	shows ' keys to 2 of 3 hosts'
	wait_until 20 pane_has 1 26 'lines 3'
	wait_until 20 pane_has 55 80 'lines 3'
	for i in 1 2 3; do
		has "tiles $i" "$(part 1 26 3 23)"
		has "lines $i" "$(part 1 26 3 23)"
		has "tiles $i" "$(part 55 80 3 23)"
		has "lines $i" "$(part 55 80 3 23)"
	done
	keys C-] ':quit' Enter
	shows 'code=0'
	same "$(cat before)" "$(cat after)"
	same 0 "$(tm display -p -t tiles '#{alternate_on}')"
}

@test "messages over tiles stand in lines of their own behind them" {
	open_window tiles 80 24 "$RSH shell -F '$fleet/ssh_config' \
		-H 'node0[1-2]'; exec sleep 60"
	prompts 'rsh[2/2]>'
	keys ':tiled' Enter
	shows ' keys to ALL 2 hosts'
	keys C-] ':only node02' Enter
	shows ' keys to 1 of 2 hosts'
	keys 'kill -9 $PPID' Enter
	shows ' node02: lost'
	keys C-] ':reconnect' Enter
	shows 'rsh: node02: begun again'
	keys C-] ':joined' Enter
	prompts 'rsh[1/2]>'
	grep -q '^rsh: node02: connection' <<<"$shown"
	grep -qx 'rsh: node02: begun again' <<<"$shown"
	keys ':quit' Enter
}

@test "a shell that has begun, and has said nothing yet, when tiles come" {
	{
		printf 'Host node02\n\tSetEnv ENV=%s/rc\n' "$PWD"
		cat "$fleet/ssh_config"
	} >conf
	printf '%s\n' "cd '$PWD'" '[ ! -e slow ] || : >begun' \
		'until [ ! -e slow ]; do sleep 0.1; done' >rc
	printf 'interactive:\n  work_dir: /usr\n' >dir
	open_window tiles 80 24 \
		"$RSH shell --config dir -F conf -H 'node0[1-2]'
exec sleep 60"
	prompts 'rsh[2/2]>'
	keys ':tiled' Enter
	shows 'keys to ALL 2 hosts'
	keys C-] ':joined' Enter
	prompts 'rsh[2/2]>'
	touch slow
	keys ':only node02' Enter 'kill -9 $$' Enter
	prompts 'rsh[0/2]>'
	keys ':reconnect node02' Enter
	wait_until 20 test -e begun
	keys ':tiled' Enter
	shows 'keys to 1 of 2 hosts'
	# It goes to its folder before it reads what is typed ahead.
	keys 'stty size; pwd | tr / -' Enter
	rm slow
	shows '-usr'
	has '21 39' "$shown"
	keys C-] ':quit' Enter
}

# A shell of ssh alone on a screen of $1 columns and $2 lines.
plain() {
	open_window "plain$1" "$1" "$2" \
		"exec $(command -v ssh) -t node01"
	shows '#'
}

@test "an editor, a new size and Ctrl+Z while lines are in front" {
	command -v vi >/dev/null || skip "no vi"
	local i tile vi="vi -n -u NONE -c 'set ruler' text"

	for ((i = 1; i <= 40; i++)); do
		printf 'line %d has some words\n' "$i"
	done >text
	open_window tiles 80 24 "set -m
sh -c 'echo \$\$ >pid; exec \"\$@\"' - $RSH shell --tiled \\
	-F '$fleet/ssh_config' -H 'node0[1-2]'
until [ -e go ]; do sleep 0.1; done
fg
fg"
	shows 'keys to ALL 2 hosts'
	shows '#'
	keys "cd $PWD; clear; $vi" Enter
	shows '1,1'
	keys C-] o C-] ':joined' Enter
	prompts 'rsh[1/2]>'
	# What an editor draws is no lines, whoever had the terminal before.
	shows 'node[01-02]: -- a program has all of the screen there'
	keys ':focus node01' Enter
	shows '1,1'
	has 'line 20 has' "$shown"
	keys C-]
	prompts 'rsh[1/2]>'
	run -1 grep 'line [0-9]* has' <<<"$shown"
	tm resize-window -t tiles -x 100 -y 30
	kill -TSTP "$(cat pid)"
	wait_until 20 has_state T
	touch go
	prompts 'rsh[1/2]>'
	keys 'Gdd' Enter
	keys ':tiled' Enter
	shows 'line 39 has'
	kill -TSTP "$(cat pid)"
	wait_until 20 has_state S
	keys C-l
	shows 'line 39 has'
	run -1 grep 'line 40 has' <<<"$(part 1 50 3 29)"
	tile=$(part 1 50 3 29)
	has ' keys to 1 of 2 hosts' "$shown"
	keys ':q!' Enter
	shows '#'
	keys 'stty size' Enter
	shows '27 50'
	plain 50 27
	keys "cd $PWD; clear; $vi" Enter
	shows '1,1'
	keys Gdd Enter
	shows 'line 39 has'
	same "$shown" "$tile"
}

has_state() {
	[[ $(ps -o stat= "$(cat pid)") == "$1"* ]]
}

@test "another key for commands" {
	printf 'interactive:\n  keybindings:\n    command_line: Ctrl+A\n  work_dir: /usr\n' >conf
	tiles 40 10 node01 '--config conf'
	shows 'Ctrl+A ? help'
	shows "cd '/usr'"
	# No key is cut, nor a sentence.
	keys C-a
	shows 'o one'
	same '? help  a all  o one  s asking  x in/out' "$(part 1 40 10 10)"
	keys Y
	shows $'no such key; Ctrl+A ? tells which there\nare'
	keys C-] C-a '?'
	shows 'Ctrl+A and then'
	has 'q end all shells' "$(part 1 40 9 9)"
	keys x C-u 'pwd | tr / -' Enter
	shows '-usr'
	keys C-a q y
	shows 'code=0'
	end_terminal
	sed -i 's/Ctrl+A/F2/' conf
	run -255 "$builddir/rsh" shell --tiled --config conf \
		-F "$fleet/ssh_config" node01
	has "'command_line' is to be one with Ctrl, not 'F2'" "$output"
}

@test "questions of the program are asked over the tiles" {
	local new="-o UserKnownHostsFile=$PWD/known -o StrictHostKeyChecking=ask"

	sed /BatchMode/d "$fleet/ssh_config" >own
	conf=own
	tiles 80 24 'node0[1-2]' "$new"
	shows 'yes/no'
	same 1 "$(tm display -p -t tiles '#{alternate_on}')"
	has 'keys to nobody' "$shown"
	# Ctrl+C ends it, as it does without a screen.
	keys C-c
	shows 'code=130'
	same "$(cat before)" "$(cat after)"
	end_terminal
	# One that is asked about: of two the slower may be a question of its own.
	tiles 80 24 node01 "$new"
	shows 'yes/no'
	keys yes Enter
	shows 'key not known'
	# From here on keys are the hosts' again.
	keys C-] o 'sleep 60' Enter
	shows 'sleep 60'
	keys C-c
	shows '^C'
	keys C-] q y
	shows 'code=0'
}

@test "a death of it leaves the terminal as it was" {
	for signal in TERM HUP ABRT; do
		tiles 80 24 'node0[1-2]'
		shows 'keys to ALL 2 hosts'
		kill -s "$signal" "$(cat pid)"
		shows 'code='
		same "$(cat before)" "$(cat after)"
		same 0 "$(tm display -p -t tiles '#{alternate_on}')"
		end_terminal
	done
}

@test "what cannot be is refused" {
	has "keys come from a terminal" "$output" # of setup
	run -255 "$builddir/rsh" shell -F "$fleet/ssh_config" --tiled --group node01
	has "'--tiled' and '--group' cannot be had together" "$output"
	run -255 "$builddir/rsh" shell -F "$fleet/ssh_config" --tiled \
		-H 'node[001-300]'
	has "--tiled shows at most 256 hosts" "$output"
	open_window tiles 39 24 "$RSH shell -F '$fleet/ssh_config' --tiled node01
exec sleep 60"
	shows 'terminal has 39 colum'
}
