#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2034,SC2154 # $sshd_more; $fleet, $stderr
# KnownHostsCommand, against ssh: the same decisions, and the same runs.

bats_require_minimum_version 1.5.0
load ../lib/rsh.bash

setup_file() {
	export fleet=$BATS_FILE_TMPDIR/fleet
	mkdir -p "$fleet"
	ssh-keygen -q -t ecdsa -N '' -C '' -f "$fleet/hostkey.ecdsa"
	sshd_more=$(printf '%s\n' "HostKey $fleet/hostkey.ecdsa" \
		'LogLevel VERBOSE' 'ListenAddress 127.0.0.1')
	fleet_start 3
	export A P H ED ED2 EC
	A=$(node_addr 1)
	P=$(sed -n 's/^Port //p' "$fleet/sshd_config.1")
	H=[$A]:$P
	ED=$(cut -d ' ' -f 1,2 "$fleet/hostkey.pub")
	ED2=$(cut -d ' ' -f 1,2 "$fleet/otherkey.pub")
	EC=$(cut -d ' ' -f 1,2 "$fleet/hostkey.ecdsa.pub")
}

teardown_file() {
	fleet_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	export LOG=$PWD/log
	khc=$PWD/khc
}

# Let $khc log its words and its input, and then do what $1 says.
says() {
	cat >"$khc" <<-END
		#!/bin/sh
		{
			for word; do printf '<%s> ' "\$word"; done
			readlink /proc/\$\$/fd/0
		} >>"\$LOG"
		$1
	END
	chmod +x "$khc"
}

# Run $program with the known_hosts file $1.  On a busy machine sshd drops one
# of some hundred connections in the middle of the key exchange, whoever calls:
# that is no decision.
once() {
	local file=$1 i

	shift
	for i in 1 2 3; do
		: >"$LOG"
		printf '%b' "$file" >known
		"$program" -o UserKnownHostsFile="$PWD/known" "$@" node01 \
			'echo in' </dev/null >out 2>"$program.err" &&
			ended=0 || ended=$?
		grep -qE 'Connection (reset|closed) by' "$program.err" ||
			return 0
		echo "$program, time $i: $(cat "$program.err")"
	done
}

# Run what follows $2 with both and the known_hosts file $2: "in" or "no" as
# $1 says, the same runs of the command, and the same file afterwards.
both() {
	local want=$1 file=$2 program ended

	shift 2
	for program in ssh rsh; do
		once "$file" "$@"
		printf '%s %s %s\n' "$ended" "$(cat out)" "$(cat known)" \
			>"$program.end"
		mv "$LOG" "$program.log"
	done
	# shown where something below fails
	cat ssh.err rsh.err
	same "$(cat ssh.log)" "$(cat rsh.log)"
	same "$(cat ssh.end)" "$(cat rsh.end)"
	if [ "$want" = in ]; then
		has '0 in' "$(cat rsh.end)"
	else
		has '255 ' "$(cat rsh.end)"
		has 'host key verification failed: ' "$(cat rsh.err)"
	fi
}

# 0.0.0.0 leads here, and is no address of this machine to ssh.
@test "with CheckHostIP it is asked for the address, too" {
	local far I="[0.0.0.0]:$P" names

	names=$(sshd_nss_wrapper)
	[ -n "$names" ] || skip 'no nss_wrapper'
	far=(-o CheckHostIP=yes -o HostName=far.test)
	echo '0.0.0.0 far.test' >hosts
	# the sanitizers bear no RTLD_DEEPBIND
	export NSS_WRAPPER_HOSTS=$PWD/hosts LD_PRELOAD=$names \
		NSS_WRAPPER_DISABLE_DEEPBIND=1
	says "printf '%s %s\n' \"\$2\" '$ED'"
	both in '' "${far[@]}" -o "KnownHostsCommand=$khc %I %H"
	same 3 "$(wc -l <rsh.log)"
	has '<ADDRESS> <[0.0.0.0]:' "$(cat rsh.log)"
	# of the name alone: nothing is kept of the address
	says "echo '[far.test]:$P $ED'"
	both in '' "${far[@]}" -o "KnownHostsCommand=$khc %I %H"
	same '' "$(cat known)"
	# of the address, another one
	says "case \$1 in ADDRESS) echo '$I $ED2' ;; *) echo '[far.test]:$P $ED' ;; esac"
	both no '' "${far[@]}" -o "KnownHostsCommand=$khc %I %H"
	has 'in KnownHostsCommand-ADDRESS:1' "$(cat rsh.err)"
	says "[ \$1 = ADDRESS ] && exit 3; echo '[far.test]:$P $ED'"
	both no '' "${far[@]}" -o "KnownHostsCommand=$khc %I %H"
}

@test "its words, its tokens, its input and its reasons are those of ssh" {
	says "echo '$H $ED'"
	both in '' -o "KnownHostsCommand=$khc %% %C %d %h %i %k %L %l %n %p %r %u %f %H %I %K %t"
	same 2 "$(wc -l <rsh.log)"
	both in '' -o "KnownHostsCommand=$khc \"a  b\" 'c d' e\\ f g\\\"h \$HOME ~ \`x\` \"%h %n\" \"\" x#y \${HOME} # %% z"
	both in '' -o HostKeyAlias=Foo -o "KnownHostsCommand=/bin/echo foo $ED" \
		-o FingerprintHash=md5
	says "echo 'foo $ED'"
	both in '' -o HostKeyAlias=Foo -o FingerprintHash=md5 \
		-o "KnownHostsCommand=$khc %H %k %f"
}

@test "what it tells counts as a known_hosts file does" {
	local command="KnownHostsCommand=$khc %H %I %t"

	says ''
	both no '' -o "$command"
	both in "$H $ED\n" -o "$command"
	both in "$A $ED\n" -o "$command"
	says "echo '$H $ED2'"
	both no '' -o "$command"
	both in '' -o "$command" -o StrictHostKeyChecking=no
	both no '' -o "$command" -o StrictHostKeyChecking=accept-new
	both in "$H $ED\n" -o "$command"
	both no "$A $ED\n" -o "$command"
	says "echo '@revoked $H $ED'"
	both no "$H $ED\n" -o "$command"
	has "is revoked in KnownHostsCommand-HOSTNAME:1" "$(cat rsh.err)"
	says "echo '$H $ED'"
	both in "$H $ED2\n" -o "$command"
	both in '' -o "$command" -o StrictHostKeyChecking=accept-new
	says "echo '@cert-authority * $ED2'"
	both no '' -o "$command"
	says "printf '# nothing\nnonsense\n[127.*]:* $ED\r'"
	both in '' -o "$command"
	printf '%s %s\n' "$H" "$ED" >list
	ssh-keygen -q -H -f list >/dev/null 2>&1
	says "cat '$PWD/list'"
	both in '' -o "$command"
}

@test "the bare name does not count in what it tells" {
	says "echo '$A $ED'"
	both no '' -o "KnownHostsCommand=$khc %H"
}

@test "it sorts the types of keys, unless their order is fixed" {
	# shellcheck disable=SC2016 # for the command's shell
	says 'echo "$1 '"$EC"'"'
	both in '' -o "KnownHostsCommand=$khc %H %I %t"
	has 'HOSTNAME> <ecdsa-sha2-nistp256>' "$(cat rsh.log)"
	says "echo '$H $ED'"
	both in '' -o "KnownHostsCommand=$khc %I" \
		-o HostKeyAlgorithms=ssh-ed25519
	same "<HOSTNAME> /dev/null" "$(cat rsh.log)"
}

@test "one that fails refuses, whatever is on file and whatever is asked" {
	says 'exit 3'
	both no "$H $ED\n" -o "KnownHostsCommand=$khc %I"
	has 'KnownHostsCommand (ORDER): it ended with status 3' "$(cat rsh.err)"
	both no '' -o "KnownHostsCommand=$khc %I" -o StrictHostKeyChecking=no
	# shellcheck disable=SC2016 # for the command's shell
	says '[ "$1" = ORDER ] || kill -9 $$'
	both no "$H $ED\n" -o "KnownHostsCommand=$khc %I"
	has 'KnownHostsCommand (HOSTNAME): it was ended by signal KILL' \
		"$(cat rsh.err)"
}

@test "no authentication is tried before its refusal" {
	local from=127.6.7.8

	says 'exit 3'
	run -255 rsh -o "KnownHostsCommand=$khc" -o BindAddress=$from \
		node01 true
	says "[ \"\$1\" = ORDER ] || exit 3"
	run -255 rsh -o "KnownHostsCommand=$khc %I" -o BindAddress=$from \
		node01 true
	wait_until 10 grep -q "^Connection from $from port " "$fleet/log.1"
	run ! grep -E "^(Accepted|Failed) .* from $from |authenticating user .* $from " \
		"$fleet/log.1"
}

@test "what cannot be run refuses, unlike with ssh" {
	local known=(-o UserKnownHostsFile="$PWD/known")

	printf '%s\n' "$H $ED" >known
	run -255 --separate-stderr rsh "${known[@]}" \
		-o KnownHostsCommand=/nowhere/khc node01 true
	has "KnownHostsCommand (ORDER): cannot run '/nowhere/khc': " "$stderr"
	run -255 --separate-stderr rsh "${known[@]}" \
		-o 'KnownHostsCommand=/bin/echo %z' node01 true
	has "unknown token '%z'" "$stderr"
	run -255 --separate-stderr rsh "${known[@]}" \
		-o "KnownHostsCommand=/bin/echo # \"a" node01 true
	has "a quote is left open" "$stderr"
}

@test "one that writes without end is stopped" {
	run -255 --separate-stderr rsh -o 'KnownHostsCommand=/usr/bin/yes' \
		node01 true
	has 'it has written more than 1048576 bytes' "$stderr"
}

# Whether the process that the file $1 names is gone.
gone() {
	[ -s "$1" ] && ! kill -0 "$(cat "$1")" 2>/dev/null
}

@test "it ends when rsh does" {
	local rsh

	says "echo \$\$ >'$PWD/pid'; exec sleep 300"
	"$RSH" -F "$fleet/ssh_config" -o "KnownHostsCommand=$khc" node01 true \
		2>/dev/null 3>&- &
	rsh=$!
	wait_until 20 test -s "$PWD/pid"
	kill "$rsh"
	wait "$rsh" || :
	wait_until 10 gone "$PWD/pid"
}

@test "many hosts: the output of one vouches for no other" {
	local host

	# shellcheck disable=SC2016 # for the command's shell
	says '[ "$1" != node02 ] || echo "*,[*]:* '"$ED"'"; echo "on $1" >&2'
	run --separate-stderr rsh --exit-code all \
		-o UserKnownHostsFile=/dev/null \
		-o "KnownHostsCommand=$khc %n" -H 'node[01-03]' echo in
	[ "$status" -eq 1 ]
	same 'node02: in' "$output"
	for host in node01 node02 node03; do
		has "rsh: $host: on $host" "$stderr"
	done
}
