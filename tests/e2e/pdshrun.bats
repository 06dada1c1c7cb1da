#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # remote shells, bats
# Under the name pdsh: signals, limits, the prompt, groups, ssh's words.

bats_require_minimum_version 1.5.0
load ../lib/rsh.bash

setup_file() {
	local name

	env_clean
	for name in pdsh dsh pdcp rpdcp; do
		ln -s "$RSH" "$BATS_FILE_TMPDIR/bin/$name"
	done
	self=pdsh@$(uname -n | cut -d. -f1)
	export self
	real=$(command -v pdsh.bin || true)
	export real
	# In the place of ssh: what it was told.
	mkdir "$BATS_FILE_TMPDIR/fake"
	printf '#!/bin/sh\necho "$#:$*"\n' >"$BATS_FILE_TMPDIR/fake/ssh"
	chmod +x "$BATS_FILE_TMPDIR/fake/ssh"
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	unset PDSH_RCMD_TYPE
}

# Milliseconds.
now() {
	echo $(($(date +%s%N) / 1000000))
}

# A duration that no other test has, to look for processes by.
nap() {
	echo "$((40 + BATS_TEST_NUMBER)).$$"
}

none_left() {
	! pgrep -f "^sleep $1\$" >/dev/null
}

# Start pdsh with signals as from a terminal; sets $pid.
begin() {
	env --default-signal=INT,TSTP,TERM pdsh "$@" >out 2>err 3>&- </dev/null &
	pid=$!
}

# It ends by itself, with status $1.
ended() {
	local status=0

	wait "$pid" || status=$?
	[ "$status" -eq "$1" ]
}

running() {
	[ "$(pgrep -fc "^sleep $1\$")" -ge "$2" ]
}

@test "a command that takes too long is ended in time" {
	local from

	from=$(now)
	run -254 --separate-stderr timeout 20 pdsh -R exec -S -u 0.3s -w n[1-2] \
		sleep 20
	[ $(($(now) - from)) -lt 5000 ]
	same "$(printf "$self: %s: command timeout\n" n1 n2)" \
		"$(sort <<<"$stderr")"
	run -0 --separate-stderr timeout 20 pdsh -R exec -u 0.3s -w n1 sleep 20
}

@test "-k ends the run at the first failure" {
	local t

	t=$(nap)
	run -1 --separate-stderr timeout 20 pdsh -R exec -k -f 2 -w n[1-4] \
		sh -c "test %n -ne 1 || exit 5; exec sleep $t"
	same "$self: n2: sh exited with exit code 5
$self: terminating all processes" "$stderr"
	wait_until 20 none_left "$t"
	run -0 --separate-stderr pdsh -R exec -k -w n[1-4] true
	same '' "$stderr"
}

@test "Ctrl+C tells who is at what, and a second one ends" {
	local t

	t=$(nap)
	begin -R exec -f 2 -w n[1-3] sleep "$t"
	wait_until 10 running "$t" 2
	kill -INT $pid
	wait_until 20 grep -q 'n2: command' err
	kill -INT $pid
	ended 1
	same "$self: interrupt (one more within 1 sec to abort)
$self:  (^Z within 1 sec to cancel pending threads)
$self: n1: command in progress
$self: n2: command in progress
$self: interrupt, aborting." "$(cat err)"
	wait_until 20 none_left "$t"
}

@test "with -b one Ctrl+C ends, with -d it tells of limits" {
	local t

	t=$(nap)
	begin -R exec -b -w n1 sleep "$t"
	wait_until 10 running "$t" 1
	kill -INT $pid
	ended 1
	same "$self: batch mode interrupt, aborting." "$(cat err)"
	begin -R exec -d -u 99 -f 1 -w n[1-2] sleep "$t"
	wait_until 10 running "$t" 1
	kill -INT $pid
	wait_until 20 grep -q 'n2: \[new\]' err
	grep -q "^$self: n1: command in progress (timeout in 9[0-9] secs)$" err
	kill -INT $pid
	ended 1
	wait_until 20 none_left "$t"
}

@test "Ctrl+Z after Ctrl+C cancels what has not begun" {
	local t

	t=2.0$BATS_TEST_NUMBER
	begin -R exec -f 1 -S -w n[1-3] sleep "$t"
	wait_until 10 running "$t" 1
	kill -INT $pid
	wait_until 20 grep -q 'n1: command' err
	kill -TSTP $pid
	ended 130
	has "$self: Canceled 2 pending threads." "$(cat err)"
}

@test "TERM leaves no process" {
	local t

	t=$(nap)
	begin -R exec -w n[1-3] sleep "$t"
	wait_until 10 running "$t" 3
	kill -TERM $pid
	ended 143
	wait_until 20 none_left "$t"
}

@test "commands have no input, and hosts that stand twice run twice" {
	run -0 timeout 20 pdsh -R exec -w n1,n1 sh -c 'cat; echo end' < <(sleep 20)
	same "$(printf 'n1: end\nn1: end')" "$output"
}

@test "lines of any length are whole, and no two hosts share one" {
	head -c 3000000 /dev/zero | tr '\0' x >long
	echo >>long
	pdsh -R exec -w n1 cat long >out
	cmp out <(printf 'n1: '; cat long)
	pdsh -R exec -N -w n1 cat long >out
	cmp out long
	run -0 pdsh -R exec -w n[1-3] printf 'a\nb'
	same "$(printf 'n%d: a\nn%d: b\n' 1 1 2 2 3 3 | sort)" "$(sort <<<"$output")"
}

# What both say with a program of ours in the place of ssh.
@test "ssh gets the words that pdsh gives it" {
	local line words vars n=0

	[ -n "$real" ] || skip "pdsh is not installed"
	mkdir theirs
	ln -s "$real" theirs/pdsh
	while IFS= read -r line; do
		eval "words=($line)"
		vars=()
		while [[ ${words[0]} == *=* ]]; do
			vars+=("${words[0]}")
			words=("${words[@]:1}")
		done
		env "${vars[@]}" PATH="$PWD/theirs:$BATS_FILE_TMPDIR/fake:$PATH" \
			pdsh -R ssh "${words[@]}" 2>&1 | sort >want
		env "${vars[@]}" RSH_SSH_PROGRAM=ssh \
			PATH="$BATS_FILE_TMPDIR/fake:$PATH" \
			pdsh -R ssh "${words[@]}" 2>&1 | sort >got
		diff -u want got || {
			echo "in: $line"
			return 1
		}
		n=$((n + 1))
	done <<'END'
-w n1 uptime
-w n[1-3] echo 'a b' c
-w n1 -l bob uptime
-w bob@n1,n2 uptime
-w n1 -t 55 uptime
-w n1 -t 0 uptime
PDSH_SSH_ARGS='-p 922 -l%u %h' -w n1 -l bob uptime
PDSH_SSH_ARGS='-p 922 -l%u' -w n1 -l bob uptime
PDSH_SSH_ARGS='-p 922 %h' -w n1 -l bob uptime
PDSH_SSH_ARGS='-p 922 %h' -w n1 uptime
PDSH_SSH_ARGS='-p 922' -w n1 -l bob uptime
PDSH_SSH_ARGS='-p 922' -w n1 uptime
PDSH_SSH_ARGS='-oProxyCommand=x%%h' -w n1 uptime
PDSH_SSH_ARGS='-n%n' -w n[1-3] uptime
PDSH_SSH_ARGS_APPEND='-F /x' -w n1 uptime
PDSH_SSH_ARGS_APPEND='-F /x' PDSH_SSH_ARGS='-x -a -l%u %h' -w n1 -l bob uptime
DSHPATH=/x:/y -w n1 uptime
DSHPATH=/x:/y -w n1 -l bob uptime a b
-w n1 -S sh -c 'exit 3'
END
	[ "$n" -eq 19 ]
	# Not as pdsh: what is sent is no template, and a port is passed on.
	export PATH=$BATS_FILE_TMPDIR/fake:$PATH RSH_SSH_PROGRAM=ssh
	run -0 pdsh -w n1 date +%h %%
	same 'n1: 7:-oConnectTimeout=10 -2 -a -x n1 date +%h %%' \
		"${output/8:/7:}"
	run -0 pdsh -w n1:22 -l bob x
	same 'n1: 8:-oConnectTimeout=10 -2 -a -x -lbob -p22 n1 x' "$output"
}

@test "the prompt runs lines from a pipe and keeps the largest status" {
	run -0 --separate-stderr pdsh -R exec -w n[1-2] <<<$'echo %h | tr n m\n\nquit\nfalse'
	same "$(printf 'n1: m1\nn2: m2')" "$(sort <<<"$output")"
	run -7 --separate-stderr pdsh -S -R exec -w n1 <<<$'exit7() { :; }\nsh -c "exit 7"\nfalse'
	same "$self: n1: sh exited with exit code 7
$self: n1: sh exited with exit code 1" "$stderr"
	run -0 pdsh -R exec -w n1 <<<$'!echo here\nhistory\nexit'
	same "here
$self: 1: !echo here
$self: 2: history" "$output"
	[ ! -e "$HOME/.pdsh" ]
}

@test "on a terminal there is a prompt with a history" {
	command -v script >/dev/null || skip "script is not installed"
	{
		wait_until 10 grep -q 'pdsh> ' typed
		printf 'echo one\n'
		wait_until 10 grep -q 'n1: one' typed
		printf 'quit\n'
	} | TERM=dumb timeout 30 script -qefc 'pdsh -R exec -w n1' typed >/dev/null
	grep -q 'n1: one' typed
	same 'echo one' "$(cat "$HOME/.pdsh/history")"
	same 600 "$(stat -c %a "$HOME/.pdsh/history")"
	rm -r "$HOME/.pdsh"
}

@test "groups of dsh select and leave out" {
	export PDSH_MISC_MODULES=dshgroup
	mkdir -p "$HOME/.dsh/group" etc
	printf 'a[1-3]\na10\n' >"$HOME/.dsh/group/A"
	printf 'a3\na[4-5]\n' >etc/B
	printf '#include A\n#include B\nx\n' >etc/AB
	printf '#include loop\nx\n' >etc/loop
	export DSHGROUP_PATH=$PWD/etc
	last() { pdsh -R exec "$@" -q | tail -n 1; }
	same 'a[1-3,10]' "$(last -g A)"
	same 'a[1-5,10]' "$(last -g A,B)"
	same 'a[1-5,10],x' "$(last -g AB)"
	same 'a[1-2,10]' "$(last -g A -X B)"
	same 'a[6-9]' "$(last -w 'a[1-10]' -X AB)"
	run -0 pdsh -R exec -g loop -Q
	has "$self: warning: file 'loop' included multiple times" "$output"
	run -1 pdsh -R exec -g nosuch -Q
	same "$self: nosuch: No such file or directory" "$output"
	run -1 pdsh -R exec -g A -w a1 -Q
	same "$self: Do not specify both -w and -g" "$output"
	run -1 pdsh -R exec -A -Q
	has 'option -A is of the module genders' "$output"
	rm -r "$HOME/.dsh"
}

@test "jobs, partitions and features are asked of Slurm's commands" {
	mkdir slurm
	cat >slurm/squeue <<'END'
#!/bin/sh
case "$*" in
*'-j 7 '*) echo 's[1-3]' ;;
*-j*) exit 1 ;;
*) printf 's[1-3]\ns[3-5]\n' ;;
esac
END
	cat >slurm/sinfo <<'END'
#!/bin/sh
case "$*" in
*'-p big '*) echo 's[1-9]' ;;
*-p*) exit 1 ;;
*) printf 'fast,new s[2-4]\nold s[5-9]\n' ;;
esac
END
	chmod +x slurm/*
	export PATH=$PWD/slurm:$PATH
	last() { pdsh -R exec "$@" -q 2>/dev/null | tail -n 1; }
	same 's[1-3]' "$(last -j 7)"
	same 's[1-5]' "$(last -j all)"
	same 's[1-9]' "$(last -P big)"
	same 's[2-4]' "$(last -P big -C fast)"
	same 'x,s[1-3]' "$(last -w x -j 7)"
	same 's[1-3]' "$(SLURM_JOBID=7 last)"
	same x "$(SLURM_JOBID=7 last -w x)"
	run -1 pdsh -R exec -j garbage -q
	same "$self: invalid setting \"garbage\" for -j or SLURM_JOBID" "$output"
	run -1 pdsh -R exec -P none -q
	has "$self: Warning - partition none not found" "$output"
}

@test "pdcp and rpdcp check all they are told" {
	local words line n=0

	echo x >file
	mkdir folder
	self=${self#pdsh}
	run -1 pdcp -z -w n1 file /tmp
	same "pdcp$self: -z and -Z are for pdcp's own protocol, which is not spoken here" \
		"$output"
	RSH_SSH_PROGRAM=ssh run -1 rpdcp -w n1 file folder
	same "rpdcp$self: copying is for the built-in client only; unset RSH_SSH_PROGRAM" \
		"$output"
	PDSH_SSH_ARGS_APPEND=-q run -1 pdcp -w n1 file folder
	same "pdcp$self: copying is for the built-in client only; unset PDSH_SSH_ARGS_APPEND" \
		"$output"
	run -1 pdcp -w n1,exec:n2 file folder
	same "pdcp$self: copying is for the built-in client only, and 'n2' is to be reached by another" \
		"$output"
	[ -n "$real" ] || skip "pdsh is not installed"
	mkdir theirs
	ln -s "$real" theirs/pdcp
	ln -s "$real" theirs/rpdcp
	export PDSH_RCMD_TYPE=ssh
	while IFS= read -r line; do
		read -ra words <<<"$line"
		"theirs/${words[0]}" "${words[@]:1}" >want 2>&1 || true
		"${words[@]}" >got 2>&1 || true
		diff -u <(sed "s,/[^	]*/r*pdcp,P," want) \
			<(sed "s,/[^	]*/r*pdcp,P," got) || {
			echo "in: $line"
			return 1
		}
		n=$((n + 1))
	done <<'END'
pdcp -q -w n[1-2] file /tmp
pdcp -q -w n[1-2] -r -p folder file dest
pdcp -q -w n1 -e /x/pdcp file dest
pdcp -w n1 file
pdcp -w n1
pdcp -w n1 nosuch dest
pdcp -w n1 folder dest
pdcp -w n1 /dev/null dest
pdcp -y -w n1 file dest
pdcp file dest
rpdcp -q -w n[1-2] a b folder
rpdcp -w n1 a file
pdcp -R exec -w n1 file dest
END
	[ "$n" -eq 13 ]
}

@test "the modules are listed, and -M says which one has a letter" {
	run -0 pdsh -V
	[[ ${lines[0]} == 'pdsh-2.35 (+static-modules'* ]]
	[ "${lines[1]}" = 'rcmd modules: ssh,exec (default: ssh)' ]
	run -0 pdsh -L
	[ "$(grep -c '^Module: ' <<<"$output")" -eq 7 ]
	run -0 pdsh -M netgroup -V
	has 'misc modules: netgroup' "$output"
	run -1 --separate-stderr pdsh -h
	same '' "$output"
	has 'Usage: pdsh' "$stderr"
	run -1 --separate-stderr pdsh -Z
	[[ $stderr == *": invalid option -- 'Z'"* && $stderr == *Usage:* ]]
}
