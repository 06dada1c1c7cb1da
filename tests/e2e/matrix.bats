#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2030,SC2031,SC2154 # bats; $fleet
# Every shape of the command line in good and in bad surroundings: the right
# result, one message for what is wrong, and never a hang.  The real ssh in the
# same place says what is right for one host.

bats_require_minimum_version 1.5.0
load ../lib/rsh.bash

setup_file() {
	real_ssh=$(command -v ssh)
	wrapper=$(sshd_nss_wrapper)
	export real_ssh wrapper
	fleet_start 3
	ln -s "$RSH" "$BATS_FILE_TMPDIR/bin/pdsh"
	cat >"$BATS_FILE_TMPDIR/bin/without" <<-'EOF2'
		#!/bin/sh
		# What follows, without the descriptors that $1 holds.
		case $1 in *0*) exec <&- ;; esac
		case $1 in *1*) exec >&- ;; esac
		case $1 in *2*) exec 2>&- ;; esac
		shift
		exec "$@"
	EOF2
	chmod +x "$BATS_FILE_TMPDIR/bin/without"
	# Whoever asks for an agent has one that does not count.
	sed '/IdentityAgent/d; /IdentitiesOnly/d' "$fleet/ssh_config" \
		>"$BATS_FILE_TMPDIR/ssh_config"
}

teardown_file() {
	fleet_stop
}

setup() {
	sampled "$BATS_TEST_NUMBER" || skip "in another sample"
	cd "$BATS_TEST_TMPDIR" || return
	mkdir -p home/.ssh
	chmod 700 home/.ssh
	home=$PWD/home
	config=$home/.ssh/config
	given=(-F "$config")
	before=()
	without=
	surround
	agent=
}

teardown() {
	if [ -n "$agent" ]; then
		kill -KILL "$agent"
		wait "$agent" 2>/dev/null || :
	fi
}

# A configuration that begins with the lines $@.
surround() {
	{
		[ $# = 0 ] || printf '%s\n' "$@"
		cat "$BATS_FILE_TMPDIR/ssh_config"
	} >"$config"
	chmod 600 "$config"
}

# The user's home is $1.
live_in() {
	before=(env "HOME=$1")
	[ -n "$wrapper" ] || return 0
	printf 'me:x:%d:%d::%s:/bin/sh\n' "$(id -u)" "$(id -g)" "$1" >passwd
	# the sanitizers bear no RTLD_DEEPBIND
	before+=("LD_PRELOAD=$wrapper" "NSS_WRAPPER_PASSWD=$PWD/passwd"
		NSS_WRAPPER_GROUP=/dev/null NSS_WRAPPER_DISABLE_DEEPBIND=1)
}

# A file or folder $1 that nobody can read.  Permissions do not stop root.
make_unreadable() {
	rm -rf "$1"
	if [ "$(id -u)" = 0 ]; then
		ln -s "${1##*/}" "$1"
	else
		touch "$1"
		chmod 0 "$1"
	fi
}

# pdsh has no -F, so it needs a home of its own.
all_but_pdsh='ssh one ssh_script script many many_script program program_one
	exec pdsh_exec ssh_dump dump'

shapes() {
	echo "$all_but_pdsh" ${wrapper:+pdsh}
}

words_of() {
	local many='node[01-02]'

	case $1 in
	ssh) words=("$real_ssh" "${given[@]}" node01 echo hi) ;;
	one) words=("$RSH" "${given[@]}" node01 echo hi) ;;
	ssh_script) words=("$real_ssh" -T "${given[@]}" node01) ;;
	script) words=("$RSH" -T "${given[@]}" node01) ;;
	many) words=("$RSH" "${given[@]}" -H "$many" echo hi) ;;
	many_script) words=("$RSH" "${given[@]}" -H "$many" sh) ;;
	program) words=("$RSH" "${given[@]}" --ssh-program "$real_ssh"
		-H "$many" echo hi) ;;
	program_one) words=("$RSH" "${given[@]}" --ssh-program "$real_ssh"
		node01 echo hi) ;;
	exec) words=("$RSH" "${given[@]}" --rcmd exec -H "$many" echo hi) ;;
	pdsh_exec) words=(pdsh -R exec -w "$many" echo hi) ;;
	ssh_dump) words=("$real_ssh" "${given[@]}" -T -G node01) ;;
	dump) words=("$RSH" "${given[@]}" -T -G node01) ;;
	pdsh) words=(pdsh -R ssh -w "$many" echo hi) ;;
	esac
}

cell() {
	local status=0 words input=/dev/null around=("${before[@]}")

	case $1 in
	*script) input=$PWD/input ;;
	esac
	words_of "$1"
	[ -z "$without" ] || around+=(without "$without")
	timeout -k 5 60 "${around[@]}" "${words[@]}" <"$input" >"$1.out" \
		2>"$1.err" || status=$?
	echo "$status" >"$1.status"
}

# Fill the cells of one row of the matrix, side by side.
row() {
	local shape pids=()

	echo 'echo hi' >input
	rm -f ./*.status
	for shape in ${1:-$(shapes)}; do
		cell "$shape" 3>&- &
		pids+=($!)
	done
	wait "${pids[@]}"
}

# The cell of $1 has status $2, sorted output $3, and each of the patterns that
# follow for just one of its messages.
cell_is() {
	local shape=$1 want=$2:$3 pattern got

	shift 3
	got=$(cat "$shape.status"):$(sort "$shape.out")
	if [ "$want" = "$got" ] && [ "$(wc -l <"$shape.err")" -eq $# ]; then
		for pattern; do
			[ "$(grep -cE -- "$pattern" "$shape.err")" -eq 1 ] ||
				break
			shift
		done
		[ $# -gt 0 ] || return 0
	fi
	printf '%s: wanted %s\n%s\ngot %s\n%s\n' "$shape" "$want" \
		"$(printf '%s\n' "$@")" "$got" "$(cat "$shape.err")"
	return 1
}

# Each of the shapes $1 that was tried.
cells_are() {
	local shape names=$1

	shift
	for shape in $names; do
		[ -e "$shape.status" ] || continue
		cell_is "$shape" "$@" || return
	done
}

both=$'node01: hi\nnode02: hi'

# What needs no server, whatever happens.
expect_local() {
	cells_are 'exec pdsh_exec' 0 "$both" || return
	expect_same_dump
}

expect_same_dump() {
	[ -e ssh_dump.status ] || return 0
	cell_is ssh_dump 0 "$(sort ssh_dump.out)" || return
	cell_is dump 0 "$(sort dump.out)" || return
	diff <(grep -Ev 'algorithms|macs' ssh_dump.out) \
		<(grep -Ev 'algorithms|macs' dump.out)
}

# Of ssh the status and the output count.
expect_as_ssh() {
	cell_is one "$(cat ssh.status)" "$(cat ssh.out)" "$@" || return
	cell_is script "$(cat ssh_script.status)" "$(cat ssh_script.out)" "$@"
}

expect_program_as_ssh() {
	cmp ssh.out program_one.out && cmp ssh.status program_one.status
}

# All shapes get through, and only the built-in client has to say $1.
expect_fine() {
	local m=()

	[ $# = 0 ] || m=("node01.*$1" "node02.*$1")
	cells_are 'ssh ssh_script' 0 hi ${1:+'.*'} || return
	expect_as_ssh "$@" || return
	cells_are 'many many_script pdsh' 0 "$both" "${m[@]}" || return
	cells_are program_one 0 hi ${1:+'.*'} || return
	cells_are program 0 "$both" ${1:+node01 node02} || return
	expect_local
}

# No built-in client gets through: class $1, message $2.
expect_refusal() {
	local m=("node01: .*$2" "node02: .*$2")

	cells_are 'one script' 255 '' "^rsh: $2" || return
	cells_are 'many many_script' 255 '' "${m[@]}" \
		"^rsh: 2 of 2 failed: $1: node\[01-02\]\$" || return
	cells_are pdsh 0 '' "${m[@]}" \
		"node01: ssh exited with exit code 255\$" \
		"node02: ssh exited with exit code 255\$"
}

@test "all is well" {
	live_in "$home"
	row
	expect_fine
}

@test "HOME is not set, nowhere, or cannot be read" {
	local where

	make_unreadable "$PWD/unreadable"
	before=(env -u HOME)
	row "$all_but_pdsh"
	expect_fine
	for where in "$PWD/nowhere" "$PWD/unreadable"; do
		live_in "$where"
		row "$all_but_pdsh"
		expect_fine
	done
}

# As a user whose home is $1, with nothing said about files.
as_user_of() {
	live_in "$1"
	given=()
}

need_wrapper() {
	[ -n "$wrapper" ] || skip "needs libnss_wrapper"
}

@test "the user's configuration is a folder: as if there were none" {
	need_wrapper
	rm "$config"
	mkdir "$config"
	as_user_of "$home"
	row
	cell_is ssh 255 '' resolve
	expect_as_ssh 'could not resolve hostname node01'
	expect_refusal resolve 'could not resolve hostname node0'
	expect_local
	expect_program_as_ssh
}

@test "the user's configuration cannot be read: said, and nothing runs" {
	local shape

	need_wrapper
	make_unreadable "$config"
	as_user_of "$home"
	row
	cells_are 'one script many many_script program program_one dump' \
		255 '' "^rsh: cannot read '$config': "
	cell_is pdsh 1 '' "^pdsh@[^ ]*: cannot read '$config': "
	cells_are 'exec pdsh_exec' 0 "$both"
}

@test "the home of the password database is nowhere: no configuration" {
	need_wrapper
	as_user_of "$PWD/nowhere"
	row
	expect_as_ssh 'could not resolve hostname node01'
	expect_refusal resolve 'could not resolve hostname node0'
	expect_local
}

@test "-F names a folder or what cannot be read: said, and nothing runs" {
	local file

	mkdir folder
	make_unreadable "$PWD/unreadable"
	for file in "$PWD/folder" "$PWD/unreadable" "$PWD/nothing"; do
		given=(-F "$file")
		row 'one script many many_script program program_one dump exec'
		cells_are 'one script many many_script program program_one dump' \
			255 '' "^rsh: .*'$file'"
		cell_is exec 0 "$both"
	done
}

@test "known_hosts is a folder, a FIFO, or cannot be read" {
	local what how why

	mkdir folder
	mkfifo fifo
	make_unreadable "$PWD/unreadable"
	for what in folder fifo unreadable; do
		why=': [A-Z]'
		[ "$what" != fifo ] || why=': it is no regular file$'
		# ssh waits on the FIFO for ever, so it is asked in the other two
		for how in yes accept-new; do
			[ "$how$what" != yesfolder ] || continue
			surround "UserKnownHostsFile $PWD/$what" \
				"StrictHostKeyChecking $how"
			live_in "$home"
			row "one script many many_script exec pdsh_exec ssh_dump
				dump ${wrapper:+pdsh}"
			expect_refusal hostkey "cannot read '$PWD/$what'$why"
			expect_local
		done
		surround "UserKnownHostsFile $PWD/$what" \
			'StrictHostKeyChecking no'
		if [ "$what" = fifo ]; then
			row "one script many many_script exec pdsh_exec
				ssh_dump dump"
			cells_are 'one script' 0 hi \
				"WARNING: cannot read '$PWD/$what'${why%$}; going on"
		else
			row
			expect_fine "WARNING: cannot read '$PWD/$what'$why.*; going on"
		fi
	done
}

# An agent, as $agent and SSH_AUTH_SOCK.
start_agent() {
	ssh-agent -D -a "$PWD/agent" >/dev/null 3>&- &
	agent=$!
	export SSH_AUTH_SOCK=$PWD/agent
	wait_until 20 test -S "$PWD/agent"
}

@test "the agent is dead, no socket, or of a name too long" {
	start_agent
	kill -KILL "$agent"
	wait "$agent" 2>/dev/null || :
	agent=
	[ -S "$SSH_AUTH_SOCK" ]
	live_in "$home"
	row
	expect_fine
	for SSH_AUTH_SOCK in "$PWD" "$(printf '/%.0300d' 0)"; do
		row
		expect_fine
	done
}

@test "the agent hangs: the other keys are tried" {
	start_agent
	kill -STOP "$agent"
	live_in "$home"
	surround 'ConnectTimeout 14'
	# ssh waits for ever
	row 'one script many many_script exec pdsh_exec'
	cells_are 'one script' 0 hi "agent '$SSH_AUTH_SOCK' does not answer"
	cells_are 'many many_script' 0 "$both" \
		"agent '$SSH_AUTH_SOCK' does not answer"
	expect_local
}

@test "through a ProxyCommand" {
	surround "ProxyCommand $builddir/tests/lib/netpipe %h %p"
	live_in "$home"
	row
	expect_fine
	surround "ProxyCommand sh -c 'echo away >&2; exit 3'"
	row
	cells_are 'one script' 255 '' '^away$' \
		'^rsh: the ProxyCommand ended with status 3'
	cells_are 'many many_script' 255 '' '^rsh: node01: away$' \
		'^rsh: node02: away$' '^rsh: node01: the ProxyCommand ended' \
		'^rsh: node02: the ProxyCommand ended' \
		'^rsh: 2 of 2 failed: connect: node\[01-02\]$'
	expect_local
	expect_program_as_ssh
}

@test "through a jump host" {
	surround 'Host node01 node02' 'ProxyJump node03' 'Host *'
	live_in "$home"
	row
	expect_fine
	given+=(-J node03)
	row "$all_but_pdsh"
	cells_are 'ssh ssh_script one script program_one' 0 hi
	cells_are 'many many_script program' 0 "$both"
	expect_local
}

# Nothing is in the files of the closed descriptors $1, and all else is the same.
expect_closed() {
	local shape out=hi many=$both

	case $1 in *1*) out='' many='' ;; esac
	cells_are 'ssh ssh_script one script program_one' 0 "$out" || return
	cells_are 'many many_script program exec pdsh_exec pdsh' 0 "$many" ||
		return
	expect_same_dump
}

@test "standard input, output, error, or some of them are closed" {
	live_in "$home"
	for without in 0 1 2 012; do
		row
		case $without in
		*0*) rm ./*script.status ;;
		esac
		expect_closed "$without"
	done
}

@test "a failure with closed descriptors keeps its status" {
	surround 'Port 1'
	live_in "$home"
	for without in 0 1 2 012; do
		row "ssh one script many many_script program program_one
			${wrapper:+pdsh}"
		case $without in
		*2*)
			cells_are 'ssh one script program_one many many_script program' \
				255 ''
			cells_are pdsh 0 ''
			;;
		*)
			expect_refusal connect \
				'connect to host 127.2.0.. port 1: Connection refused$'
			;;
		esac
	done
}

@test "what is only printed is printed, or dropped where nobody is" {
	local how status

	for without in 0 1 2 01 02 12 012; do
		for how in --help --version -V --help=dump; do
			run -0 timeout 20 without "$without" "$RSH" "$how"
			case $without:$how in
			*2*:-V | *1*:--*) same '' "$output" ;;
			*) [ -n "$output" ] ;;
			esac
		done
		run -255 timeout 20 without "$without" "$RSH" --nosuch
		run -1 timeout 20 without "$without" pdsh -w 'n[1-2' true
	done
}
