#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # bats
# The view on a real screen: what it shows, what comes after, how it is left.

bats_require_minimum_version 1.5.0
load ../lib/rsh.bash

setup() {
	command -v tmux >/dev/null || skip "no tmux"
	env_clean
	cd "$BATS_TEST_TMPDIR" || return
	export LC_ALL=C.UTF-8
	terminals=0
}

teardown() {
	cd "$BATS_TEST_TMPDIR" && touch go end
	tm kill-server 2>/dev/null || true
}

# Each terminal has a server of its own: one that ends takes no more clients.
tm() {
	tmux -L "rsh-view-$BATS_ROOT_PID-$BATS_TEST_NUMBER-$terminals" \
		-f /dev/null "$@"
}

shows() {
	tm capture-pane -p 2>/dev/null | grep -q -- "$1"
}

ends_with() {
	tm capture-pane -p 2>/dev/null | tail -n 1 | grep -q -- "$1"
}

# A terminal of $1 columns and $2 lines where a script runs.
at_terminal() {
	terminals=$((terminals + 1))
	printf '%s\n' "$3" >run.sh
	tm new-session -d -x "$1" -y "$2" "TERM=${4-screen-256color} sh run.sh"
}

# shellcheck disable=SC2016 # for the shell there
RUN='trap : INT
stty -g >before
$builddir/rsh --rcmd exec --view=$view $more sh -c "$cmd"
code=$?
trap "" INT
stty -g >after
echo "code=$code"
i=0
until [ -e end ] || [ $i -gt 600 ]; do sleep 0.1; i=$((i + 1)); done'

# Hosts that speak, and wait for the file "go".
# shellcheck disable=SC2016
WAITS='echo 3/4 of %h; i=0; until [ -e go ] || [ $i -gt 300 ]; do sleep 0.1; i=$((i + 1)); done; echo end; exit 3'

run_view() {
	local size=$1 hosts=$2

	export view=${3-always} more="-H $hosts" cmd=$WAITS builddir
	at_terminal "${size%x*}" "${size#*x}" "$RUN" "${4-screen-256color}"
}

# This terminal is done with.
finish() {
	touch go end
	tm kill-server 2>/dev/null || true
	rm -f go end
}

is_over() {
	wait_until 20 shows 'code='
	cmp before after
	[ "$(tm display-message -p '#{alternate_on}')" -eq 0 ]
}

@test "a list of hosts at three sizes, and the terminal as it was" {
	local size

	for size in 40x10 80x24 132x43; do
		run_view "$size" 'n[1-3]'
		wait_until 20 shows '> n1 .*running'
		[ "$size" = 40x10 ] || wait_until 20 shows '75% 3/4 of n3'
		tm capture-pane -p >seen
		has '0/3 done, 0 failed' "$(cat seen)"
		has '? help' "$(tail -n 1 seen)"
		[ "$(wc -l <seen)" -eq "${size#*x}" ]
		touch go
		is_over
		shows '3 of 3 failed: exit 3: n\[1-3\]'
		finish
	done
}

@test "names that are cut are told apart" {
	run_view 60x12 'a-name-of-many-letters-n[1-3].example.org,db'
	wait_until 20 shows '^> \.\..*-letters-n1 running '
	wait_until 20 shows '^  \.\..*-letters-n3 running '
	wait_until 20 shows '^  db  *running '
	touch go
	is_over
}

@test "the same text and code as without it" {
	export more='-j1 -H n[1-4]' builddir view
	export cmd='echo out of %h; echo err of %h >&2; printf unended; exit 2'

	for view in never always; do
		at_terminal 80 24 "$RUN"
		is_over
		tm capture-pane -p >"shown.$view"
		finish
	done
	has 'n4: err of n4' "$(cat shown.always)"
	has 'code=2' "$(cat shown.always)"
	cmp shown.never shown.always
}

@test "what goes to a file does not wait" {
	export more='-H n[1-2]' builddir view=always cmd=$WAITS

	at_terminal 80 24 "${RUN/\"\$cmd\"/\"\$cmd\" >out}"
	wait_until 20 shows '3/4 of n2'
	wait_until 20 grep -q 'n2: 3/4 of n2' out
	touch go
	is_over
	[ "$(sort out)" = "$(printf 'n%s\n' '1: 3/4 of n1' '1: end' \
		'2: 3/4 of n2' '2: end')" ]
}

@test "JSON for the terminal waits, by whatever name it goes there" {
	export more='--json=/dev/tty -H n[1-2]' builddir view=always cmd=$WAITS

	at_terminal 80 24 "$RUN"
	wait_until 20 shows '> n1 .*running .*75% 3/4 of n1'
	wait_until 20 shows ' n2 .*running .*75% 3/4 of n2'
	run ! shows '"event"'
	touch go
	is_over
	shows '"event":"output","host":"n1"'
	shows '"event":"summary"'
}

@test "what goes to a pipe waits: tee may write over the screen" {
	export more='-H n[1-2]' builddir view=always cmd=$WAITS

	at_terminal 80 24 "${RUN/\"\$cmd\"/\"\$cmd\" | tee out}"
	wait_until 20 shows '> n1 .*running .*75% 3/4 of n1'
	wait_until 20 shows ' n2 .*running .*75% 3/4 of n2'
	[ ! -s out ]
	tm send-keys q
	wait_until 20 shows 'leave the view?'
	tm send-keys y
	wait_until 20 shows '^n2: 3/4 of n2'
	touch go
	is_over
	shows '^rsh: 2 of 2 failed'
	[ "$(sort out)" = "$(printf '%s\n' 'n1: 3/4 of n1' 'n1: end' \
		'n2: 3/4 of n2' 'n2: end')" ]
}

@test "q asks and leaves the view, and output goes on" {
	run_view 80x24 'n[1-2]'
	wait_until 20 shows '> n1 .*running'
	tm send-keys q
	wait_until 20 shows 'leave the view?'
	tm send-keys n
	wait_until 20 shows '? help'
	tm send-keys q
	wait_until 20 shows 'leave the view?'
	tm send-keys y
	wait_until 20 shows '^n2: 3/4 of n2'
	touch go
	is_over
	shows '^n2: end'
	shows 'code=3'
}

# Files without a name that the program holds.
spools() {
	find "/proc/$1/fd" -lname '*(deleted)' 2>/dev/null | wc -l
}

holds_none() {
	[ "$(spools "$1")" -eq 0 ]
}

@test "what was kept for the view goes with it" {
	local pid

	export more='-H n[1-2]' builddir view=always
	export cmd="i=0; while [ \$((i += 1)) -le 20000 ]; do
		echo aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
		done; $WAITS"
	at_terminal 80 24 "${RUN/\"\$cmd\"/\"\$cmd\" >out}"
	wait_until 20 shows '3/4 of n1'
	wait_until 20 shows '3/4 of n2'
	pid=$(pgrep -f -n -- "$builddir/rsh --rcmd exec .* -H n.1-2. sh -c i=0")
	[ "$(spools "$pid")" -ge 2 ]
	tm send-keys q
	wait_until 20 shows 'leave the view?'
	tm send-keys y
	wait_until 20 holds_none "$pid"
	touch go
	is_over
	same 40004 "$(wc -l <out)"
}

# Counts of milliseconds are no matter.
@test "every form of output, wherever it goes, is the same with the view" {
	cat >each.sh <<-EOF
		for form in --stream --group --json --json=j '--output-dir d'; do
			for to in '>o 2>e' '2>e' '>o' '>o 2>&1'; do
				for view in never always; do
					eval "$builddir/rsh --view=\$view \$form \
						--rcmd exec -j 1 -H 'n[1-2]' sh -c \
						'echo out; echo err >&2; exit 3' \$to"
					echo "\$?" >code
					cat code o e j d/*.std* 2>/dev/null |
						sed 's/"ms":[0-9]*//' >"all.\$view"
					rm -rf j d o e
				done
				cmp all.never all.always ||
					echo "\$form \$to" >>differs
			done
		done
		touch over
		until [ -e end ]; do sleep 0.1; done
	EOF
	at_terminal 80 24 'sh each.sh'
	wait_until 240 [ -e over ]
	[ ! -e differs ] || same '' "$(<differs)"
}

@test "k asks and stops one host" {
	run_view 80x24 'n[1-3]'
	wait_until 20 shows 'n2 .*running'
	tm send-keys Down
	wait_until 20 shows '> n2'
	tm send-keys k
	wait_until 20 shows 'stop n2? (y/n)'
	tm send-keys y
	wait_until 20 shows 'n2 .*cancelled'
	wait_until 20 shows 'n1 .*running'
	touch go
	is_over
	shows 'cancelled: n2; exit 3: n\[1,3\]\|exit 3: n\[1,3\]; cancelled: n2'
}

@test "r runs a failed host again, and all that is told is of the last time" {
	export view=always builddir
	export more='-H n[1-2] --group --json=told --output-dir dir --fail-fast=2'
	export cmd='[ %h = n1 ] || until [ -e go ]; do sleep 0.1; done
		echo try; [ -e fixed ] || exit 3; echo well'

	at_terminal 80 24 "$RUN"
	wait_until 20 shows '> n1 .*exit 3'
	tm send-keys r
	wait_until 20 shows 'run it again on n1? (y/n)'
	touch fixed
	tm send-keys y
	wait_until 20 shows '> n1 .*ok'
	shows '1/2 done, 0 failed'
	tm send-keys r
	wait_until 20 shows 'it has not failed'
	tm send-keys Down
	wait_until 20 ends_with '? help'
	tm send-keys r
	wait_until 20 shows 'it has not failed'
	touch go
	is_over
	shows 'code=0'
	shows '^n\[1-2\] (2)'
	[ "$(tm capture-pane -p | grep -c try)" -eq 1 ]
	[ "$(cat dir/n1.stdout)" = "$(printf 'try\nwell')" ]
	[ "$(grep -c '"class":"ok"' dir/results.json)" -eq 2 ]
	[ "$(jq -r 'select(.index == 0) | .event + " " + (.class // "")' \
		told | tr '\n' ,)" = 'output ,result exit,again ,output ,output ,result ok,' ]
	[ "$(jq -r 'select(.event == "summary") | .failed' told)" -eq 0 ]
	python3 "$srcdir/tests/lib/jsonschema.py" \
		"$srcdir/docs/json.schema.json" told -l
}

@test "k and r are for all that are marked, where there are marks" {
	export view=always builddir more='-H n[1-4]'
	export cmd='[ %h != n2 ] || exit 0; [ %h = n1 ] || [ -e fixed ] || exit 3
		until [ -e go ]; do sleep 0.1; done'

	at_terminal 80 24 "$RUN"
	wait_until 20 shows '3/4 done, 2 failed, 1 running'
	tm send-keys a '*' a a a
	wait_until 20 shows ', 2 marked'
	tm send-keys k
	wait_until 20 ends_with 'nothing runs on those marked'
	touch fixed
	tm send-keys r
	wait_until 20 ends_with 'again on 2 that failed? (y/n)'
	tm send-keys y
	wait_until 20 shows '1/4 done, 0 failed, 3 running'
	tm send-keys k
	wait_until 20 ends_with 'stop 2 marked hosts? (y/n)'
	tm send-keys y
	wait_until 20 shows '3/4 done, 2 failed, 1 running'
	touch go
	is_over
	shows '2 of 4 failed: cancelled: n\[3-4\]'
}

@test "search, order, filter, help, and another size" {
	run_view 80x24 'n[1-30]'
	wait_until 20 shows '3/4 of n19'
	tm send-keys / N 2 7 Enter
	wait_until 20 shows '> n27'
	tm send-keys '&' n 1 2 Enter
	wait_until 20 shows ' 1/1 all &n12, as given'
	tm send-keys '&' Enter
	wait_until 20 shows '/30 all, as given'
	tm send-keys a
	wait_until 20 shows ' 0/0 failed'
	tm send-keys a o
	wait_until 20 shows 'running, name'
	tm send-keys '?'
	wait_until 20 shows 'leave the view, go on'
	tm send-keys o a
	tm send-keys Escape
	wait_until 20 shows 'running, name'
	tm resize-window -x 60 -y 12
	wait_until 20 ends_with '? help'
	touch go
	is_over
}

tells_who_runs() {
	[ "$(tm capture-pane -p 2>/dev/null | tail -n 2)" = \
		$'rsh: running: n[1-2]\nrsh: interrupt again within 1 s to end' ]
}

@test "Ctrl+C tells, and twice ends; the terminal is as it was" {
	run_view 80x24 'n[1-2]'
	wait_until 20 shows '> n1 .*running'
	wait_until 20 shows '  n2 .*running'
	tm send-keys C-c
	wait_until 20 tells_who_runs
	interrupt_until_over 'tm send-keys C-c' 'shows code='
	is_over
	shows 'code=130'
}

@test "refused where it cannot be, with the reason" {
	run_view 80x24 'n[1-2]' always dumb
	wait_until 20 shows "a terminal of type 'dumb' has no screen"
	wait_until 20 shows 'code=255'
	finish
	run_view 30x8 'n[1-2]'
	wait_until 20 shows 'the terminal has'
	finish
	run_view 80x24 n1
	wait_until 20 shows 'needs more than one host'
}

@test "opens by itself when the run lasts, but not in CI" {
	run_view 80x24 'n[1-2]' auto
	wait_until 20 shows '> n1 .*running'
	touch go
	is_over
	shows 'n2: end'
	finish
	export CI=1
	run_view 80x24 'n[1-2]' auto
	wait_until 20 shows 'n2: 3/4 of n2'
	touch go
	is_over
}

# For the hosts of as_job().
until_go='until [ -e go ]; do sleep 0.1; done'

# The arguments up to "--" are steps, the others a command of two hosts, which
# may wait for the file "go".
as_job() {
	local steps=()

	while [ "$1" != -- ]; do
		steps+=("$1")
		shift
	done
	shift
	rm -f go
	run timeout 90 "$builddir/tests/lib/atterminal" "${steps[@]}" -- \
		"$RSH" "$view" --color=never --rcmd exec -H 'n[1-2]' "$@"
}

@test "in the background it is not opened, nor taken up again" {
	local view=--view=auto

	as_job back -- sh -c 'sleep 3; echo end'
	[ "$status" -eq 0 ]
	[[ $output != *"[?1049h"* ]]
	has 'n2: end' "$output"
	view=--view=always
	as_job +text '-\032' stopped bg =go -- sh -c "echo text; $until_go; echo end"
	[ "$status" -eq 0 ]
	has 'n2: end' "$output"
	as_job +text '-\032' stopped bg fg +text =go -- \
		sh -c "echo text; $until_go; echo end"
	[ "$status" -eq 0 ]
	has 'n2: end' "$output"
}

@test "a terminal that becomes tiny, and large again" {
	local view=--view=always

	as_job +text '-\r' +following @3,80 "+0/2 done" @24,80 +following \
		@2,10 +rsh: @24,80 +following =go -- sh -c "echo text; $until_go"
	[ "$status" -eq 0 ]
}

@test "a file says when; what is typed counts more" {
	export view=auto more='-H n[1-2] --config conf' builddir cmd=$WAITS

	echo 'defaults: { view: always }' >conf
	at_terminal 80 24 "${RUN/--view=\$view/}"
	wait_until 20 shows '> n1 .*running'
	touch go
	is_over
	finish
	# It is no reason to refuse one host, or a terminal that has no screen.
	at_terminal 80 24 "${RUN/--view=\$view/--exclude n2}" dumb
	wait_until 20 shows 'n1: 3/4 of n1'
	touch go
	is_over
	finish
	echo 'defaults: { view: never }' >conf
	view=always
	at_terminal 80 24 "$RUN"
	wait_until 20 shows '> n1 .*running'
	touch go
	is_over
}

@test "patterns of one's own find progress, also without a status line" {
	export view=always more='-H n[1-2] --no-status --config conf' builddir
	export cmd='echo mark 42.; until [ -e go ]; do sleep 0.1; done'

	cat >conf <<-'EOF'
		defaults:
		  progress: { marks: 'mark (?<percent>[0-9]+)[.]' }
	EOF
	at_terminal 80 24 "$RUN"
	wait_until 20 shows '42% mark 42'
	touch go
	is_over
}
