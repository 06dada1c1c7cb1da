#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2016,SC2154 # remote shells, bats
# Commands that run through sudo: who is told the password, and who is not.

bats_require_minimum_version 1.5.0
load ../lib/rsh.bash

setup_file() {
	# shellcheck disable=SC2034 # for the server
	sshd_env="PATH=$BATS_FILE_TMPDIR/fleet/bin:/usr/bin:/bin"
	fleet_start 4
	mkdir -p "$fleet/sudo" "$fleet/bin"
	ln -sf "$(realpath "$BATS_TEST_DIRNAME/../lib/fakesudo.sh")" \
		"$fleet/bin/sudo"
	sed -i /BatchMode/d "$fleet/ssh_config"
}

teardown_file() {
	fleet_stop
	[ ! -e "$BATS_FILE_TMPDIR/real" ] ||
		sshd_stop "$BATS_FILE_TMPDIR/real"
}

setup() {
	rm -f "$fleet"/sudo/*
	export SSH_ASKPASS=$BATS_TEST_TMPDIR/askpass SSH_ASKPASS_REQUIRE=force
	export asked=$BATS_TEST_TMPDIR/asked
	: >"$asked"
	answer 'open sesame'
}

# What the person says.
answer() {
	printf '#!/bin/sh\nprintf "%%s\\n" "$1" >>"$asked"\necho "%s"\n' "$1" \
		>"$SSH_ASKPASS"
	chmod 700 "$SSH_ASKPASS"
}

# Node $1 behaves as $2.
node() {
	printf '%s\n' "$2" >"$fleet/sudo/127.2.0.$1"
}

# Every password that any node was told.
told() {
	cat "$fleet"/sudo/*.told 2>/dev/null || :
}

as_root() {
	timeout 30 rsh --sudo "$@"
}

nothing_told() {
	run ! grep -E 'open sesame|rsh-(sudo|begun)-' <<<"$stderr$output"
}

@test "one question before the run, one answer a host, none of it in the output" {
	run -0 --separate-stderr as_root -n -H 'node[01-04]' \
		'echo out; echo err >&2'
	same "$(printf 'node%02d: out\n' 1 2 3 4)" "$(sort <<<"$output")"
	same "$(printf 'node%02d: err\n' 1 2 3 4)" "$(sort <<<"$stderr")"
	same "Password of sudo for 4 hosts: " "$(cat "$asked")"
	same 4 "$(told | grep -cx 'open sesame')"
	nothing_told
}

@test "the input is the command's, all of it and nothing else" {
	local sum

	node 2 nopasswd
	seq 100000 >"$BATS_TEST_TMPDIR/in"
	run -0 --separate-stderr as_root --exit-code=all -H 'node[01-02]' \
		'cksum' <"$BATS_TEST_TMPDIR/in"
	sum=$(cksum <"$BATS_TEST_TMPDIR/in")
	same "node01: $sum"$'\n'"node02: $sum" "$(sort <<<"$output")"
	same 1 "$(told | wc -l)"
}

@test "the status is the command's, and so is a script" {
	run -7 --separate-stderr as_root -n node01 'echo hi; exit 7'
	same "hi" "$output"
	same "" "$stderr"
	same "Password of sudo on 127.2.0.1: " "$(cat "$asked")"
	printf 'echo "$1 $RSH_RANK"\n' >"$BATS_TEST_TMPDIR/s"
	run -0 --separate-stderr as_root --env \
		--script "$BATS_TEST_TMPDIR/s" node01 "it's"
	same "it's 0" "$output"
}

@test "a wrong password is told once, and nowhere else" {
	answer 'open barley'
	run -255 --separate-stderr as_root -n -H 'node[01-04]' 'echo ran'
	same "" "$output"
	same "open barley" "$(told)"
	has "4 of 4 failed: auth: node[01-04]" "$stderr"
	has "sudo did not take the password" "$stderr"
	has "a host did not take the password, and it is tried nowhere else" \
		"$stderr"
	run ! grep -F 'open barley' <<<"$stderr"
}

@test "a password that lets nothing run counts as refused" {
	local how

	for how in denied once; do
		rm -f "$fleet"/sudo/*
		node 1 "$how"
		[ "$how" = denied ] || answer 'open barley'
		run -255 --separate-stderr as_root -n -j 1 -H 'node[01-02]' \
			'echo ran'
		same "" "$output"
		same 1 "$(told | wc -l)"
		has "node01: sudo did not let the command run" "$stderr"
		has "auth: node[01-02]" "$stderr"
	done
}

@test "where sudo asks nothing, nothing is told" {
	node 1 nopasswd
	node 2 nopasswd
	run -0 --separate-stderr as_root --exit-code=all -H 'node[01-02]' \
		'echo "[$(cat)]"' </dev/null
	same $'node01: []\nnode02: []' "$(sort <<<"$output")"
	same "" "$(told)"
}

@test "sudo gets a terminal where it wants one" {
	node 1 tty
	node 2 $'tty\nnopasswd'
	run -0 --separate-stderr as_root --exit-code=all -n -H 'node[01-03]' \
		'test -t 1; echo "$?"; cat; echo end' </dev/null
	same $'node01: 0\nnode01: end\nnode02: 0\nnode02: end\nnode03: 1\nnode03: end' \
		"$(sort <<<"$output")"
	same "" "$stderr"
	same 2 "$(told | wc -l)"
	run -255 --separate-stderr as_root node01 cat <<<"much"
	has "sudo wants a terminal there, which has no input; -n gives none" \
		"$stderr"
	same "" "$output"
}

@test "what only looks like a question is not answered" {
	run -0 --separate-stderr as_root -n node01 \
		'printf "[sudo] password for me: "; printf Password: >&2; read x; echo "<$x>"'
	same "[sudo] password for me: <>" "$output"
	same "Password:" "$stderr"
	same 1 "$(told | wc -l)"
}

@test "once the command runs, not even the real question is answered" {
	run -0 --separate-stderr as_root node01 \
		'token=$(tr "\0" "\n" </proc/$PPID/cmdline | grep -o "rsh-sudo-[0-9a-f]*" | head -n 1)
		: "${token:=$(ps -o args= -p $$ | grep -o "rsh-[0-9a-f]*")}"
		printf "%s" "$token" >&2; read x; echo "<$x>"' <<<"mine"
	same "<mine>" "$output"
	same 1 "$(told | wc -l)"
}

@test "no password goes to a host whose key is new, or changed" {
	: >"$BATS_TEST_TMPDIR/kh"
	run -255 --separate-stderr as_root -n -o StrictHostKeyChecking=accept-new \
		-o UserKnownHostsFile="$BATS_TEST_TMPDIR/kh" -H node01 true
	has "no password goes to a host whose key was not known" "$stderr"
	same "" "$(told)"
	awk '{ print $1, $2 }' "$fleet/known_hosts" | while read -r host type; do
		read -r _ key _ <"$fleet/otherkey.pub"
		echo "$host $type $key"
	done >"$BATS_TEST_TMPDIR/kh"
	run -255 --separate-stderr as_root -n -o StrictHostKeyChecking=no \
		-o UserKnownHostsFile="$BATS_TEST_TMPDIR/kh" -H node01 true
	has "no password goes to a host whose key was not known" "$stderr"
	same "" "$(told)"
	# The next time it is known.
	: >"$BATS_TEST_TMPDIR/kh"
	run -0 rsh -o StrictHostKeyChecking=accept-new \
		-o UserKnownHostsFile="$BATS_TEST_TMPDIR/kh" node01 true
	run -0 as_root -n -o UserKnownHostsFile="$BATS_TEST_TMPDIR/kh" \
		-H node01 true
}

@test "the password comes from a descriptor, and an empty one is none" {
	exec 7< <(printf 'open sesame\nrest\n')
	run -0 --separate-stderr timeout 20 rsh --sudo-password-fd 7 -n \
		node01 'echo hi' 7<&7
	same "hi" "$output"
	same "" "$(cat "$asked")"
	same rest "$(cat <&7)"
	answer ''
	node 2 nopasswd
	run -255 --separate-stderr as_root -n -H 'node[01-02]' 'echo hi'
	same "node02: hi" "$output"
	has "node01: sudo asks for a password: none was given" "$stderr"
}

@test "the password is in no message, argument or variable" {
	run -0 --separate-stderr as_root -vvv -n -H 'node[01-02]' \
		'tr "\0" "\n" </proc/self/environ; ps axww -o args='
	nothing_told || {
		# The texts, but not the password, are in the words of sudo.
		run ! grep -F 'open sesame' <<<"$stderr$output"
	}
}

up() {
	[ "$(grep -c ': up$' "$BATS_TEST_TMPDIR/out")" -eq "$1" ]
}

# Where the password is in memory while it runs on $1 of four hosts; sets areas.
areas_while_up() {
	local pid

	rm -f "$fleet"/sudo/*
	# bound by the command, as the process itself is looked at
	"$RSH" -F "$fleet/ssh_config" -vvv --sudo -n -j "$1" -H 'node[01-04]' \
		'echo up; exec sleep 20' >"$BATS_TEST_TMPDIR/out" \
		2>"$BATS_TEST_TMPDIR/err" 3>&- &
	pid=$!
	wait_until 15 up "$1"
	areas=$(python3 "$srcdir/tests/lib/memfind.py" "$pid" 'open sesame')
	run ! grep -aq 'open sesame' "/proc/$pid/cmdline" "/proc/$pid/environ"
	kill "$pid"
	wait "$pid" || [ $? -eq 143 ]
	run ! grep -F 'open sesame' "$BATS_TEST_TMPDIR/out" \
		"$BATS_TEST_TMPDIR/err"
	same "$1" "$(told | grep -cx 'open sesame')"
}

@test "the password is in one locked page that no dump has, until all had it" {
	local areas

	! sanitized || skip "sanitizers keep what is freed"
	command -v python3 >/dev/null || skip "no python3 here"
	[ "$(id -u)" -eq 0 ] || skip "nobody else can look into it"
	areas_while_up 3
	grep -q '^1 .* lo .*dd' <<<"$areas"
	same 1 "$(wc -l <<<"$areas")"
	areas_while_up 4
	same "" "$areas"
}

@test "no form of output has the password in it" {
	local form dir=$BATS_TEST_TMPDIR/dir

	for form in --stream --group --json --no-stream; do
		run -0 --separate-stderr as_root -vvv -n "$form" \
			--output-dir "$dir" --json="$BATS_TEST_TMPDIR/j" \
			--failed-to "$BATS_TEST_TMPDIR/f" -H 'node[01-02]' \
			'echo out; echo err >&2'
		run ! grep -rF 'open sesame' "$dir" "$BATS_TEST_TMPDIR/j" \
			"$BATS_TEST_TMPDIR/f" <<<"$output$stderr"
		[[ $output$stderr != *'open sesame'* ]]
	done
}

@test "without sudo on the host its status says so" {
	node 1 absent
	run -127 --separate-stderr as_root -n node01 true
	same "sh: 1: sudo: not found" "$stderr"
	same "" "$(told)"
}

@test "sudo is refused where it cannot be answered" {
	run -255 --separate-stderr as_root --rcmd exec -H a true
	has "sudo is answered by the built-in client only" "$stderr"
	run -255 --separate-stderr as_root --ssh-program ssh node01 true
	has "sudo is answered by the built-in client only" "$stderr"
	run -255 --separate-stderr as_root node01 </dev/null
	has "there is no command for sudo to run" "$stderr"
	run -255 --separate-stderr timeout 9 rsh --sudo-password-fd 7 \
		--password-fd 7 node01 true 7</dev/null
	has "need two descriptors" "$stderr"
	same "" "$(cat "$asked")"
}

# A user and a sudoers file that nobody else sees, for the real sudo.
real_start() {
	local dir=$BATS_FILE_TMPDIR/real

	[ ! -e "$dir" ] || return 0
	mkdir -p "$dir"
	cat /etc/passwd - >"$dir/etc-passwd" <<<'rshtest:x:65500:65500::/:/bin/sh'
	cat /etc/shadow - >"$dir/etc-shadow" \
		<<<"rshtest:$(openssl passwd -6 'open sesame'):19000:0:99999:7:::"
	printf 'Defaults timestamp_timeout=0\n%s\n' "$1" >"$dir/sudoers"
	chmod 440 "$dir/sudoers"
	export RSH_TEST_REAL=$dir
	# shellcheck disable=SC1090 # of this file
	unshare -m bash -c '
		. "$1"
		for f in passwd shadow; do
			mount --bind "$RSH_TEST_REAL/etc-$f" "/etc/$f" || exit
		done
		mount --bind "$RSH_TEST_REAL/sudoers" /etc/sudoers || exit
		sshd_nss_wrapper() { :; }
		sshd_more="AuthorizedKeysCommand /bin/cat $RSH_TEST_REAL/authorized_keys
AuthorizedKeysCommandUser root"
		sshd_start "$RSH_TEST_REAL" 2
	' bash "$BATS_TEST_DIRNAME/../lib/sshd.bash" >/dev/null 3>&-
	sed -i -e /BatchMode/d -e 's/User root/User rshtest/' "$dir/ssh_config"
}

real_root() {
	timeout 20 "$RSH" -F "$BATS_FILE_TMPDIR/real/ssh_config" --sudo "$@"
}

can_be_real() {
	[ "$(id -u)" -eq 0 ] && command -v sudo openssl unshare >/dev/null &&
		unshare -m mount --bind /etc/passwd /etc/passwd 2>/dev/null
}

@test "the real sudo: right, wrong, and with a terminal" {
	can_be_real || skip "needs root, sudo and a mount namespace"
	real_start 'rshtest ALL=(ALL) ALL'
	run -0 --separate-stderr real_root -H 'node[01-02]' \
		'id -u; cat' <<<"input"
	same $'node01: 0\nnode01: input\nnode02: 0\nnode02: input' \
		"$(sort <<<"$output")"
	nothing_told
	answer wrong
	run -255 --separate-stderr real_root -H 'node[01-02]' id </dev/null
	same "" "$output"
	has "2 of 2 failed: auth: node[01-02]" "$stderr"
	same 1 "$(grep -c 'sudo did not take the password' <<<"$stderr")"
	answer 'open sesame'
	cat >"$BATS_FILE_TMPDIR/real/sudoers" <<-EOF
		Defaults requiretty, timestamp_timeout=0
		rshtest ALL=(ALL) ALL
	EOF
	run -0 --separate-stderr real_root -n -H node01 'id -u; test -t 1'
	same "node01: 0" "$output"
	same "" "$stderr"
	cat >"$BATS_FILE_TMPDIR/real/sudoers" <<-EOF
		rshtest ALL=(ALL) NOPASSWD: ALL
	EOF
	run -0 --separate-stderr real_root -H node01 'id -u; cat' <<<"input"
	same $'node01: 0\nnode01: input' "$output"
	: >"$BATS_FILE_TMPDIR/real/sudoers"
	run -255 --separate-stderr real_root -n -H node01 id
	has "node01: sudo did not let the command run" "$stderr"
	has "sudoers" "$stderr"
}
