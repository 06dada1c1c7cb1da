#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2016,SC2154 # remote shells, bats
# rsh shell: a shell on each host, which all read the same lines.

bats_require_minimum_version 1.5.0
load ../lib/rsh.bash

# A line that only the host $1 heeds: its shell runs $2.
only() {
	printf 'case "$SSH_CONNECTION" in *" 127.2.0.%d "*) %s;; esac\n' \
		"$1" "$2"
}

setup_file() {
	fleet_start 64
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

teardown_file() {
	fleet_stop
}

shell() {
	timeout 60 "$builddir/rsh" shell -F "$fleet/ssh_config" "$@"
}

@test "shell: what a line changes holds for the next, as with ssh" {
	local script=$'cd /usr\nx=5\npwd\necho "$x" >&2\ntest -t 0 || echo none\necho "a  $x"'

	printf '%s\n' "$script" >steps
	ssh -T node01 <steps >out 2>err
	run -0 --separate-stderr shell -H 'node[01-03]' <steps
	same "$(for i in 1 2 3; do sed "s/^/node0$i: /" out; done)" \
		"$(sort -s -k 1,1 <<<"$output")"
	same "$(for i in 1 2 3; do sed "s/^/node0$i: /" err; done)" \
		"$(sort <<<"$stderr")"
	has "node02: /usr" "$output"
	has "node03: a  5" "$output"
	# The lists may be words, and the other name is the same verb.
	run -0 "$builddir/rsh" interactive -F "$fleet/ssh_config" node01 node02 \
		<<<'echo a'
	same $'node01: a\nnode02: a' "$(sort <<<"$output")"
}

@test "shell: 64 of them, and their equal output once" {
	run -0 --separate-stderr shell -H 'node[01-64]' <<<$'cd /\npwd'
	[ "${#lines[@]}" -eq 64 ]
	[ "$(grep -cx 'node[0-9]*: /' <<<"$output")" -eq 64 ]
	same "" "$stderr"
	run -0 shell --group -H 'node[01-64]' <<<$'x=1\necho $x'
	has "node[01-64]" "${lines[1]}"
	same 1 "${lines[3]}"
}

@test "shell: one that dies is told of, and the others go on" {
	{
		echo 'echo one'
		only 2 'kill -9 $$'
		echo 'echo two'
	} >steps
	run -0 --separate-stderr shell -H 'node[01-03]' <steps
	same "node01: one node01: two node02: one node03: one node03: two" \
		"$(sort <<<"$output" | xargs)"
	has "1 of 3 failed: signal KILL: node02" "$stderr"
	{
		only 1 'exit 4'
		only 3 'exit 5'
	} >steps
	run -4 shell -H 'node[01-03]' <steps
	run -5 shell --exit-code max -H 'node[01-03]' <steps
}

# The second line is typed when the first has been answered by both.
@test "shell: a slow host keeps no other from the next line" {
	mkfifo slow
	{
		only 2 "read x <'$PWD/slow'"
		echo 'echo done'
	} >steps
	shell -H 'node[01-03]' <steps >out &
	wait_until 20 grep -q 'node01: done' out
	wait_until 20 grep -q 'node03: done' out
	run -1 grep node02 out
	echo >slow
	wait $!
	grep -qx 'node02: done' out
}

@test "shell: more input than any pipe holds arrives whole" {
	{
		echo 'cat >/dev/null <<END; echo over'
		seq 300000
		echo END
	} >steps
	run -0 shell -H 'node[01-03]' <steps
	same "node01: over node02: over node03: over" \
		"$(sort <<<"$output" | xargs)"
	# As one line, too, which the shell itself is to count.
	{
		printf ': %01000000d; echo $?\n' 0
	} >steps
	run -0 shell -H 'node[01-03]' <steps
	same "node01: 0 node02: 0 node03: 0" "$(sort <<<"$output" | xargs)"
}

@test "shell: lines that are typed, up to Ctrl+D" {
	run -0 "$builddir/tests/lib/atterminal" '+2/2]>' \
		'-x=7\r' '-echo "<$x>"\r' '+node01: <7>' '+2/2]>' \
		'-echo "[$x]"\r' '+: [7]' '+: [7]' '+2/2]>' '-\004' -- \
		"$builddir/rsh" shell --stream --color=never \
		-F "$fleet/ssh_config" -H 'node[01-02]'
	has "node02: <7>" "$output"
	# "exit" ends them, and so the run, though the terminal goes on.
	run -3 "$builddir/tests/lib/atterminal" '+2/2]>' '-exit 3\r' -- \
		"$builddir/rsh" shell --color=never -F "$fleet/ssh_config" \
		-H 'node[01-02]'
}

# Another form of output is no place to type in: the shells have no terminal.
@test "shell: Ctrl+C says who runs what, twice it ends the run" {
	run -130 "$builddir/tests/lib/atterminal" \
		'-tty; echo up; sleep 300\r' '+"up' '+"up' \
		'-\003' '+running' '-\003' -- \
		"$builddir/rsh" shell --json -F "$fleet/ssh_config" \
		-H 'node[01-02]'
	has "node[01-02]" "$output"
	has "not a tty" "$output"
	run -130 "$builddir/tests/lib/atterminal" \
		'-echo up; sleep 300\r' '+: up' '+: up' '-\003' -- \
		"$builddir/rsh" shell --batch -F "$fleet/ssh_config" \
		-H 'node[01-02]'
}

@test "shell: with --line what runs beside the shells ends before the next line" {
	local steps=$':run sleep .3; echo beside\necho shell\n:only node02\n'
	local got

	steps+=$':run exit 4\n:run echo again\necho end'
	run -0 --separate-stderr shell --line -H 'node[01-02]' <<<"$steps"
	got=$(grep node02 <<<"$output" | sed 's/.*: //' | paste -sd,)
	[[ $got == beside,*shell* && $got == *again,*end* ]]
	has 'node01: beside' "$output"
	has ':run: ok: node[01-02]' "$stderr"
	has ':run: exit 4: node02' "$stderr"
	run -0 --separate-stderr shell --line --json -H node01 <<<':run echo x'
	has $'node01: x\n:run: ok: node01' "$stderr"
}

@test "shell: with --line commands choose who gets what follows" {
	local steps

	steps=$'x=1\n!n2\nx=2\n!broadcast y=3\n:status\n:focus node01\n:help\n!all\necho $x$y\n:only node[02-03]\nexit 5'
	run -0 --separate-stderr shell --line -H 'node[01-03]' <<<"$steps"
	same $'node01: 13\nnode02: 23\nnode03: 13' "$(sort <<<"$output")"
	has $'aside: node[01,03] (2)\nactive: node02 (1)' "$stderr"
	has "':focus' needs a terminal" "$stderr"
	has $'\n:hosts' "$stderr"
	[[ $stderr != *$'\n:focus'* ]]
	has '2 of 3 failed: exit 5: node[02-03]' "$stderr"
	# Without it such lines are the shells'.
	run -127 --separate-stderr shell -H node01 <<<'!all'
	run -0 shell --line --log-dir logs -H node01 < <(
		printf 'x='
		head -c 200000 /dev/zero | tr '\0' y
		printf '\n :; echo ${#x}\n%s' 'echo no end'
	)
	same $'node01: 200000\nnode01: no end' "$output"
	same $'200000\nno end' "$(<logs/node01.log)"
	run -255 shell --line --tiled -H node01 </dev/null
	has "'--tiled' and '--line' cannot be had together" "$output"
}

@test "shell: what has no place is refused, and nothing starts" {
	local row

	for row in -n --subst --env '--script /etc/passwd' --sudo \
		'--rcmd exec' '--ssh-program ssh' -G '-Q cipher' '-O check' \
		'-W a:1' --view -N -t '-o StdinNull=yes'; do
		# shellcheck disable=SC2086 # words
		run -255 --separate-stderr shell $row -H node01 <<<'echo ran'
		same "" "$output"
		has "has no place in 'rsh shell'" "$stderr"
	done
	same "rsh: node01: 'StdinNull (-n)' has no place in 'rsh shell'" \
		"$stderr"
	run -255 --separate-stderr shell <<<'echo ran'
	same "rsh: no host named; try 'rsh shell --help'" "$stderr"
	# A host that cannot be had is no reason for the others to wait.
	run -0 --separate-stderr shell -H node01,nosuch.invalid <<<'echo ran'
	same "node01: ran" "$output"
	has "1 of 2 failed: resolve: nosuch.invalid" "$stderr"
}
