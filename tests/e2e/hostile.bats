#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # bats; names for no shell
# Names of hosts, users and ports that are meant for a shell or for an option:
# refused before any command sees them.  All commands of ssh_config are run by
# SHELL, and that is a trap here which only writes down that it was called.

bats_require_minimum_version 1.5.0
load ../lib/rsh.bash

setup_file() {
	env_clean
	ln -s "$RSH" "$BATS_FILE_TMPDIR/bin/pdsh"
	cat >"$BATS_FILE_TMPDIR/bin/trap" <<-'EOF2'
		#!/bin/sh
		printf '%s\n' "$*" >>"$sprung"
		exit 1
	EOF2
	chmod +x "$BATS_FILE_TMPDIR/bin/trap"
}

setup() {
	local c

	cd "$BATS_TEST_TMPDIR" || return
	export SHELL=$BATS_FILE_TMPDIR/bin/trap sprung=$PWD/sprung
	cat >config <<-'EOF2'
		Match exec "match %n %h %r %p"
			Port 22
		Match all
			ProxyCommand proxy %h %n %r %p
			PermitLocalCommand yes
			LocalCommand local %h %n %r %p
			StrictHostKeyChecking no
			UserKnownHostsFile /dev/null
			BatchMode yes
	EOF2
	names=(-a -oProxyCommand=trap - -F/dev/null '$(trap)' 'a`trap`')
	for c in "'" '`' '"' '$' \\ ';' '&' '<' '>' '|' '(' ')' '{' '}' \
		$'\1' $'\33' $'\177'; do
		names+=("${c}a" "a${c}b")
	done
	# In a list, blanks stand between names.
	blanks=()
	for c in ' ' $'\t' $'\n' $'\r' $'\v' $'\f'; do
		blanks+=("${c}a" "a${c}b")
	done
}

# The command line that follows, with each of the names in the place of NAME:
# one message, status $1, and nothing was run.
refused() {
	quickly refused_all "$@"
}

refused_all() {
	local want=$1 status name w words lines i=0 n=0

	shift
	for name in "${names[@]}"; do
		i=$((i + 1))
		sampled "$i" || continue
		words=()
		for w; do
			case $w in
			*NAME*) words+=("${w%%NAME*}$name${w#*NAME}") ;;
			*) words+=("$w") ;;
			esac
		done
		printf '%s\n' "$name" >list
		printf '%s\n' "$name@host" >users
		status=0
		timeout 20 "${words[@]}" </dev/null >out 2>err || status=$?
		n=$((n + 1))
		mapfile -t lines <err
		[ "$status" != "$want" ] || [ -s out ] || [ -e sprung ] ||
			[ "${#lines[@]}" -ne 1 ] || continue
		printf '%q' "${words[0]}"
		printf ' %q' "${words[@]:1}"
		printf ': status %s\n%s\n' "$status" "$(cat out err sprung 2>&1)"
		return 1
	done
	enough "$n" 40
}

@test "the trap works: a good name is seen by each command" {
	run -255 "$RSH" -F config ann@host true
	same "-c match host host ann 22
-c exec proxy host host ann 22" "$(cat sprung)"
	rm sprung
	run -1 "$RSH" -F none --ssh-program trap -p 77 ann@host true
	has "-l ann -p 77 -- host true" "$(cat sprung)"
	rm sprung
	run -1 "$RSH" --rcmd exec -l ann -H host trap %h %u
	same "host ann" "$(cat sprung)"
}

@test "hosts" {
	refused 255 "$RSH" -F config -H NAME true
	refused 255 "$RSH" -F config -H good,b@NAME true
	refused 255 "$RSH" -F config -H ^list true
	refused 255 "$RSH" -F none --ssh-program trap -H NAME true
	refused 255 "$RSH" -F none --ssh-program trap -H ^list true
	refused 255 "$RSH" --rcmd exec -H NAME trap %h
	refused 1 pdsh -R exec -w NAME trap %h
	WCOLL=list refused 1 pdsh -R exec trap %h
	names+=("${blanks[@]}")
	refused 255 "$RSH" -F config -- NAME true
	refused 255 "$RSH" -F config -G -- NAME
	refused 255 "$RSH" -F config -- ssh://NAME true
	refused 255 "$RSH" -F none --ssh-program trap -- NAME true
	refused 255 "$RSH" --rcmd exec -- NAME trap %h
}

# What was executed while the command that follows ran, itself left out.
executed() {
	ASAN_OPTIONS=detect_leaks=0 strace -f -qq -e trace=execve \
		-e signal=none -o trace "$@" </dev/null >out 2>err || :
	sed 1d trace
}

# The trap is the shell of our own choice; this sees any other one as well.
@test "nothing at all is executed for the name of a host or user" {
	local name

	strace -o trace true || skip "strace cannot be used here"
	has "exec proxy good" "$(executed "$RSH" -F config -- good true)"
	for name in ';trap' '$(trap)' 'a|trap' $'a\ntrap' -oProxyCommand=trap; do
		printf '%s\n' "good;$name" >list
		same '' "$(
			executed "$RSH" -F config -- "$name" true
			executed "$RSH" -F config -- "$name@good" true
			executed "$RSH" -F config -l "$name" -- good true
			executed "$RSH" -F config -J "$name" -- good true
			executed "$RSH" -F config -H "good,;$name" true
			executed "$RSH" -F config -H ^list true
			executed "$RSH" --rcmd exec -l "$name" -H good trap %u
			executed "$RSH" -F none --ssh-program trap -- "$name"
		)"
	done
}

@test "users" {
	refused 255 "$RSH" -F config -H NAME@host true
	refused 255 "$RSH" -F config -H ^users true
	refused 255 "$RSH" --rcmd exec -H NAME@host trap %u
	refused 1 pdsh -R exec -w NAME@host trap %u
	names+=("${blanks[@]}")
	refused 255 "$RSH" -F config -- NAME@host true
	refused 255 "$RSH" -F config -l NAME host true
	refused 255 "$RSH" -F config -l NAME -H good,host true
	refused 255 "$RSH" -F none --ssh-program trap -l NAME host true
	refused 255 "$RSH" --rcmd exec -l NAME -H host trap %u
	refused 1 pdsh -R exec -l NAME -w host trap %u
}

@test "ports" {
	refused 255 "$RSH" -F config -H host:22NAME true
	refused 255 "$RSH" -F none --ssh-program trap -H host:22NAME true
	names+=("${blanks[@]}")
	refused 255 "$RSH" -F config -- host:22NAME true
	refused 255 "$RSH" -F config -- ssh://host:22NAME true
	refused 255 "$RSH" -F config -p 22NAME host true
	refused 255 "$RSH" -F none --ssh-program trap -p 22NAME host true
	refused 255 "$RSH" -F config -o Port=22NAME host true
}

@test "jump hosts" {
	refused 255 "$RSH" -F config -J NAME host true
	refused 255 "$RSH" -F config -J good,NAME host true
	refused 255 "$RSH" -F config -J NAME@jump host true
	refused 255 "$RSH" -F config -J jump:22NAME host true
	refused 255 "$RSH" -F none --ssh-program trap -J NAME host true
	refused 255 "$RSH" -F none --ssh-program trap -o ProxyJump=NAME host true
	names+=(' a' $'\ta' $'\na' $'\ra' 'a b' $'a\nb' $'a\rb')
	refused 255 "$RSH" -F none --ssh-program trap -J NAME host true
}

@test "an argument is no further line of configuration" {
	local letter args

	for letter in b B c e I J m P S w; do
		for args in '-F config' '-F none --ssh-program trap'; do
			# shellcheck disable=SC2086 # words
			run -255 --separate-stderr "$RSH" $args \
				-"$letter" $'1\nProxyCommand=trap' host true
			same '' "$output"
			[ "${#stderr_lines[@]}" -eq 1 ]
			[ ! -e sprung ]
		done
	done
	for letter in D L R; do
		run -255 "$RSH" -F none -"$letter" \
			$'1:a:2\nProxyCommand=trap' host true
		[ ! -e sprung ]
	done
}

@test "a program whose name looks like an option is that program" {
	local name

	for name in -oProxyCommand=trap -x -- - '-c trap' 'trap;trap' \
		'trap -x' '$(trap)'; do
		run -255 --separate-stderr "$RSH" -F none \
			--ssh-program "$name" host true
		has "cannot run '$name'" "$stderr"
		RSH_SSH_PROGRAM=$name run -255 --separate-stderr "$RSH" \
			-F none host true
		has "cannot run '$name'" "$stderr"
		[ ! -e sprung ]
	done
}

@test "what stands for something in a name stands for itself" {
	local name

	for name in %h %n a%%b %%h %r%p a%; do
		rm -f sprung
		run -255 "$RSH" -F config -- "$name@$name" true
		same "-c match $name $name $name 22
-c exec proxy $name $name $name 22" "$(cat sprung)"
		rm sprung
		run -1 "$RSH" --rcmd exec -H "$name@$name" trap %h %u
		same "$name $name" "$(cat sprung)"
	done
}

@test "KnownHostsCommand without a full path is refused, and not run" {
	run -255 --separate-stderr "$RSH" -F none \
		-o 'KnownHostsCommand=trap %H %t' host true
	[ "${#stderr_lines[@]}" -eq 1 ]
	has KnownHostsCommand "$stderr"
	[ ! -e sprung ]
}
