#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2016,SC2154,SC2094 # tokens are for ssh_config; bats
# Match of ssh_config(5), against the real `ssh -G`.

bats_require_minimum_version 1.5.0
load ../lib/rsh.bash

setup_file() {
	env_clean
}

setup() {
	config=$BATS_TEST_TMPDIR/config
	me=$(id -un)
	ssh=$(command -v ssh)
	cd "$BATS_TEST_TMPDIR" || return
}

# What both programs hold, of a dump on standard input.
held() {
	grep -E '^(user|hostname|port|connecttimeout|sendenv|identityfile|setenv) ' |
		sed "s|$(getent passwd "$(id -u)" | cut -d: -f6)|~|" | sort
}

# The lines of FILE $1 for host $2, with further -o options.
resolved() {
	"$builddir/tests/lib/sshresolve" "$@" </dev/null
}

# The host $1, options from $3 on, the configuration $2: as with ssh.
alike() {
	local host=$1 o=() w
	printf '%b' "$2" >"$config"
	shift 2
	for w in "$@"; do
		o+=(-o "$w")
	done
	same "$("$ssh" -G -F "$config" "${o[@]}" "$host" </dev/null | held)" \
		"$(resolved "$config" "$host" "$@" | held)" || {
		printf 'for %s with:\n%s\n' "$host" "$(cat "$config")"
		return 1
	}
}

# Each condition on standard input, with a host in front: as with ssh.
each_alike() {
	local host cond
	while IFS='|' read -r host cond; do
		alike "$host" "Host long\nHostName Long.Example.org\nUser ann\nPort 99\nMatch $cond\nPort 7\nConnectTimeout 3\nMatch all\nUser bob\nPort 8\n" ||
			return
	done
}

@test "criteria, lists and negation count as with ssh" {
	each_alike <<-EOF
		a|all
		a|!all
		a|host a
		a|host A
		A|host a
		A|originalhost a
		b|host a
		a|!host a
		b|!host a
		b|host a,b
		b|host a,!b
		b|host *,!b
		c|host *,!b
		c|host !b
		c|!host !b
		c|host=c
		c|host = c
		c|host "c"
		c|"host" c
		c|HOST c # host d
		long|host long
		long|host long.example.org
		long|host *.EXAMPLE.org
		long|originalhost long
		long|originalhost long.example.org
		long|host *.org originalhost lo?g
		long|host *.org originalhost lo?g user ann
		long|host *.org originalhost lo?g !user ann
		long|user ann
		long|user Ann
		a|user $me
		x@a|user x
		x@long|user x
		x@long|user ann
		a|!user nobody,x
		a|localuser $me
		a|localuser nobody,$me
		a|!localuser $me
		a|localuser x
		a|host a localuser $me
		a|canonical
		a|!canonical
		a|final
		a|!final
		a|final all
		a|canonical all
		a|host a all
		a|final host a
		long|final host long.example.org
		long|final originalhost long
		long|final host long
		long|!final host long
	EOF
}

@test "commands decide as with ssh" {
	each_alike <<-'EOF'
		a|exec true
		a|exec false
		a|!exec false
		a|!exec true
		a|exec /no/such/program
		a|exec "exit 0"
		a|exec="test a = a"
		a|exec "test '%h' = a"
		a|exec "test '%n' = a -a %p = 22"
		A|exec "test '%n-%h' = A-A"
		long|exec "test '%h %n' = 'Long.Example.org long'"
		long|exec "test '%p-%r-%k' = '99-ann-Long.Example.org'"
		x@a|exec "test %r = x"
		a|exec "test %u = $(id -un)"
		a|exec "test %i = $(id -u)"
		a|exec "test %l = $(hostname)"
		a|exec "test %L = $(hostname | cut -d. -f1)"
		a|exec "test -d %d && test %% = '%%'"
		a|exec "test %C = $(printf %%s $(hostname)a22$(id -un) | sha1sum | cut -c1-40)"
		a|host b exec "touch reached"
		a|host a exec true user nobody
		a|exec "read x && test -n '$x'"
		a|exec 'true'
		long|final exec "test %h = long.example.org"
	EOF
	[ ! -e reached ]
}

@test "lines count in the order of the files, in both readings" {
	local more=$BATS_TEST_TMPDIR/more

	printf 'Match host b\nPort 5\nMatch host c\nHostName d\nHost d\nUser hd\nMatch final\nConnectTimeout 9\n' >"$more"
	for host in a b c d; do
		alike "$host" "Match host a,c\nInclude $more\nMatch host d\nPort 6\n"
		alike "$host" "Host a c\nInclude $more\nMatch host d\nPort 6\n"
		alike "$host" "Include $more\nMatch !host b\nInclude $more\nPort 4\n"
	done
	alike a 'Match user u\nPort 1\nHost a\nUser u\nMatch user u\nPort 2\n'
	alike a 'HostName %h.org\nMatch host a.org\nPort 2\nMatch host a\nPort 3\n'
	alike a 'Match final\nHostName b\nPort 3\nMatch host b\nUser x\n'
	alike a 'HostName B\nMatch final\nHostName c\nPort 3\nHost b\nUser x\n'
	alike a 'HostName B\nHost b\nUser x\nMatch final host b\nPort 3\n'
	alike a 'HostName 127.1\nMatch final host 127.0.0.1\nPort 3\nHost 127.1\nUser x\n'
	alike a 'IdentityFile /a\nSendEnv A B\nMatch final\nIdentityFile /b\nSendEnv C\nMatch all\nIdentityFile /c\n'
	alike a 'Host b\nMatch final\nPort 3\nHost a\nPort 4\nMatch canonical\nUser c\n'
	alike a 'Match exec "test %p = 77"\nUser x\n' Port=77
	alike a 'Match user x host h\nPort 3\n' User=x HostName=h
	alike a 'HostKeyAlias K\nMatch exec "test %k = K"\nUser x\n'
}

@test "a command runs once for all that expands to the same" {
	cat >"$config" <<-EOF
		Match exec "echo run >>$PWD/ran"
		Port 1
		Match final exec "echo run >>$PWD/ran"
		User x
		Match host b exec "echo no >>$PWD/ran"
		Match exec "echo %n >>$PWD/ran"
	EOF
	run -0 resolved "$config" a
	has "port 1" "$output"
	has "user x" "$output"
	same "$(printf 'run\na')" "$(cat ran)"
	rm ran
	# Many hosts of one run.
	run "$RSH" -F "$config" -o BatchMode=yes --rcmd ssh -p 1 \
		-o HostName=127.0.0.1 -H 'n[1-3]' true </dev/null
	same "$(printf 'run\nn1\nn2\nn3')" "$(cat ran)"
}

@test "a command has no descriptor but 0 to 2, no input and no output" {
	cat >"$config" <<-EOF
		Match exec "ls -l /proc/self/fd >$PWD/fds; cat; echo seen; :"
		Port 1
	EOF
	resolved "$config" a 5<"$config" >out <<<input
	run ! grep -E 'seen|input' out
	has "port 1" "$(cat out)"
	# 1 is the file that this command line opens, 3 the folder that ls reads.
	same "0 1 2 3" "$(sed -n 's/.* \([0-9]*\) -> .*/\1/p' fds | xargs)"
	has "3 -> /proc/" "$(cat fds)"
	has "0 -> /dev/null" "$(cat fds)"
}

@test "SHELL runs the command" {
	printf '#!/bin/sh\necho "$@" >%s/args\n' "$PWD" >myshell
	chmod +x myshell
	printf 'Match exec "a %%n"\nPort 1\n' >"$config"
	SHELL=$PWD/myshell run -0 resolved "$config" h
	same "-c a h" "$(cat args)"
}

@test "newer criteria: networks of this machine, and tags" {
	cat >"$config" <<-'EOF'
		Match localnetwork 127.0.0.0/8
		Port 1
		Match localnetwork 255.255.255.255/32,100::/64
		User x
		Match tagged ""
		ConnectTimeout 3
		Host b
		Tag blue
		Match tagged blue,red
		ConnectTimeout 4
	EOF
	run -0 resolved "$config" a
	has "port 1" "$output"
	has "user $me" "$output"
	has "connecttimeout 3" "$output"
	run -0 resolved "$config" b Tag=red
	has "connecttimeout 4" "$output"
	run -0 resolved "$config" a Tag=green
	has "connecttimeout none" "$output"
}

@test "a bad Match is told with its file and line, and nothing runs" {
	local line bad

	while IFS='|' read -r line bad; do
		printf 'Match exec "touch %s/reached"\nPort 1\nMatch %s\n' \
			"$PWD" "$line" >"$config"
		run -255 resolved "$config" a
		has "$config line 3: $bad" "$output"
		[ ! -e reached ]
		# ssh runs what stands before the bad line
		run ! "$ssh" -G -F "$config" a </dev/null
		rm -f reached
	done <<-'EOF'
		hots a|unknown criterion 'hots' for 'Match'
		host a sometimes|unknown criterion 'sometimes' for 'Match'
		host|'Match host' needs an argument
		host ""|'Match host' needs an argument
		host # a|'Match host' needs an argument
		user x !exec|'Match exec' needs an argument
		all host a|'Match all' cannot be combined with other criteria
		host a user b all|'Match all' cannot be combined with other criteria
		exec "a|a quote is left open
		exec "a %z"|Match exec 'a %z': unknown token '%z'
		localnetwork 1.2.3|'Match localnetwork' takes networks such as 10.0.0.0/8, not '1.2.3'
		# none|'Match' needs an argument
	EOF
	printf 'Match exec "kill -9 $$"\nPort 1\n' >"$config"
	run -255 resolved "$config" a
	has "a: $config line 1: Match exec 'kill -9 \$\$': ended by signal 9" "$output"
	run ! "$ssh" -G -F "$config" a
}

@test "no shell sees a hostile name" {
	local name

	printf 'Match exec "echo %%n %%h %%r >>%s/ran"\nPort 1\n' "$PWD" >"$config"
	for name in 'a;touch x' '$(touch x)' 'a`touch x`' 'a|touch x' "a'b" \
		'x;y@a' '$(touch x)@a' -x; do
		run ! "$RSH" -F "$config" -- "$name" true </dev/null
		run ! "$RSH" -F "$config" -H "$name" true </dev/null
	done
	run ! "$RSH" -F "$config" -l 'x;y' a true </dev/null
	[ ! -e x ]
	[ ! -e ran ]
}
