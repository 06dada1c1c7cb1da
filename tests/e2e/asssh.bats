#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # remote shells, bats
# Called as ssh: the messages, for scripts that read them.

bats_require_minimum_version 1.5.0
load ../lib/rsh.bash

setup_file() {
	sshd_more='Banner /dev/null' fleet_start 1
	real=$(PATH=${PATH#"$BATS_FILE_TMPDIR/bin:"} command -v ssh)
	port=$(awk '$1 == "Port" { print $2 }' "$fleet/ssh_config")
	export real port
	mkdir "$BATS_FILE_TMPDIR/as"
	ln -s "$RSH" "$BATS_FILE_TMPDIR/as/ssh"
	export ours=$BATS_FILE_TMPDIR/as/ssh
	printf 'Welcome.\n  Only who \033[1mmay\tcome in.\n' \
		>"$BATS_FILE_TMPDIR/banner"
}

teardown_file() {
	fleet_stop
}

# Both clients with the same arguments: the same status and bytes.
same_end() {
	local part want got

	timeout 20 "$real" "$@" </dev/null >want.out 2>want.err &&
		want=0 || want=$?
	timeout 20 "$ours" "$@" </dev/null >got.out 2>got.err &&
		got=0 || got=$?
	same "$want" "$got"
	for part in out err; do
		diff -u <(cat -A "want.$part") <(cat -A "got.$part") || {
			echo "$part differs for: $*"
			return 1
		}
	done
}

# A server on $1 that does $2 with each connection, while the rest runs.
fake_server() {
	python3 - "$1" "$2" <<-'PY' &
		import socket, sys
		s = socket.socket()
		s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
		s.bind(("127.2.9.1", int(sys.argv[1])))
		s.listen(8)
		open("listening", "w").close()
		held = []
		while True:
		    c, _ = s.accept()
		    if sys.argv[2] == "text":
		        c.sendall(b"SSH-2.0-x\r\n")
		        c.recv(9999)
		    elif sys.argv[2] == "silent":
		        held.append(c)
		        continue
		    elif sys.argv[2] == "close":
		        c.recv(9999)
		        c.shutdown(socket.SHUT_WR)
		        c.recv(9999)
		    c.close()
	PY
	fake=$!
	wait_until 10 test -e listening
	rm listening
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	fake=
}

teardown() {
	[ -z "$fake" ] || kill "$fake"
}

@test "hosts that cannot be reached" {
	same_end -F none -p 1 127.2.9.9
	same_end -F none nosuch.invalid
	same_end -F none -q -p 1 127.2.9.9
	same_end -F none -o LogLevel=FATAL -p 1 127.2.9.9
}

@test "servers that leave before they say who they are" {
	fake_server "$port" close
	same_end -F none -p "$port" 127.2.9.1 true
}

@test "servers that leave in the key exchange" {
	fake_server "$port" text
	same_end -F none -p "$port" 127.2.9.1 true
}

@test "servers that are silent" {
	fake_server "$port" silent
	same_end -F none -o ConnectTimeout=1 -p "$port" 127.2.9.1 true
}

@test "hosts that do not let us in" {
	local conf=$fleet/ssh_config

	same_end -F "$conf" -o PubkeyAuthentication=no node01 true
	ssh-keygen -q -t ed25519 -N '' -f other
	sed "s,^.*IdentityFile .*,IdentityFile $PWD/other," "$conf" >other_config
	same_end -F other_config node01 true
	has "@127.2.0.1: Permission denied (publickey)." "$(cat got.err)"
}

@test "connections that end in the middle" {
	# Not before the end of the input has come, or ssh may say that it could
	# not send that.
	same_end -F "$fleet/ssh_config" node01 'cat; kill -KILL $PPID; sleep 5'
}

@test "host keys that are not known, or are others" {
	local conf=$fleet/ssh_config

	: >empty
	same_end -F "$conf" -o UserKnownHostsFile=empty node01 true
	same_end -F "$conf" -o UserKnownHostsFile=/dev/null \
		-o StrictHostKeyChecking=no node01 'echo x'
	same_end -F "$conf" -o UserKnownHostsFile=/dev/null \
		-o StrictHostKeyChecking=no -o HostKeyAlias=alias node01 'echo x'
	printf '[127.2.0.1]:%d %s\n' "$port" "$(cat "$fleet/otherkey.pub")" >bad
	run -255 "$ours" -F "$conf" -o UserKnownHostsFile=bad node01 true
	has "REMOTE HOST IDENTIFICATION HAS CHANGED" "$output"
	has "Offending ED25519 key in bad:1" "$output"
	has "Host key verification failed." "$output"
}

@test "a banner is shown as it is, and not with -q" {
	local conf=$fleet/ssh_config

	sshd_stop "$fleet"
	sshd_more="Banner $BATS_FILE_TMPDIR/banner" sshd_start "$fleet" 1
	same_end -F "$conf" node01 'echo x'
	same_end -F "$conf" -q node01 'echo x'
	same_end -F "$conf" -o LogLevel=ERROR node01 'echo x'
	same_end -F "$conf" -E log node01 'echo x'
	run -0 --separate-stderr rsh node01 'echo x'
	has 'Only who \033[1mmay' "$stderr"
	run -0 --separate-stderr rsh -H node01 'echo x'
	same "" "$stderr"
	run -0 --separate-stderr rsh -v -H node01 'echo x'
	has 'node01: Welcome.' "$stderr"
}

# What scripts look for in the log of -v.
marks() {
	tr -d '\r' <"$1" | grep -oE '^(debug1: (Connecting to [^ ]* \[.*|Connection established\.|Remote protocol version .*|SSH2_MSG_NEWKEYS (sent|received)|Authenticating to .*|Server host key: .*|Entering interactive session\.)|Authenticated to .*)' |
		sort
}

@test "-v has the lines that scripts look for" {
	local conf=$fleet/ssh_config key

	"$real" -v -F "$conf" node01 true 2>want </dev/null
	"$ours" -v -F "$conf" node01 true 2>got </dev/null
	diff -u <(marks want) <(marks got)
	[ "$(marks got | wc -l)" -ge 9 ]
	key="$fleet/id ED25519 $(ssh-keygen -lf "$fleet/id" | cut -d ' ' -f 2)"
	has "debug1: Offering public key: $key" "$(cat got)"
	has "debug1: Server accepts key: $key" "$(cat got)"
	"$ours" -o LogLevel=VERBOSE -F "$conf" node01 true 2>got </dev/null
	has "Authenticated to 127.2.0.1 ([127.2.0.1]:" "$(cat got)"
	run -1 grep -c debug got
	run -255 "$ours" -v -F "$conf" -o PubkeyAuthentication=no node01 true
	has "debug1: Authentications that can continue: publickey" "$output"
	"$ours" -vvv -E log -F "$conf" node01 true </dev/null
	has "debug3: " "$(cat log)"
}

@test "-V begins as that of ssh" {
	run -0 --separate-stderr "$ours" -V
	same "" "$output"
	[[ $stderr =~ ^OpenSSH_9\.2-compatible\ rsh\ [0-9.]+,.*OpenSSL ]]
	run -0 --separate-stderr "$RSH" -V
	[[ $stderr =~ ^rsh\ [0-9.]+,.*OpenSSL ]]
}

# Of both clients alone: the status, and what is on standard output.
same_status() {
	local want got

	timeout 20 "$real" "$@" </dev/null >want.out 2>want.err &&
		want=0 || want=$?
	timeout 20 "$ours" "$@" </dev/null >got.out 2>got.err &&
		got=0 || got=$?
	if [ "$want" != "$got" ] || ! cmp -s want.out got.out; then
		echo "$*: ssh $want, not $got"
		head want.out got.out got.err
		return 1
	fi
}

@test "odd letters have the status of ssh" {
	local line words conf=$fleet/ssh_config n=0

	mkdir folder
	: >empty
	while IFS= read -r line; do
		eval "words=($line)"
		same_status "${words[@]}"
		n=$((n + 1))
	done <<-'EOF'
		-F "$conf" -K node01 'echo x'
		-F "$conf" -k node01 'echo x'
		-F "$conf" -I nosuch.so node01 'echo x'
		-F "$conf" -w 0:0 node01 'echo x'
		-F "$conf" -w any -o ExitOnForwardFailure=yes node01 'echo x'
		-F "$conf" -w bogus node01 'echo x'
		-F "$conf" -XY node01 'echo x'
		-F "$conf" -W 127.2.9.9:1 node01 'echo x'
		-F "$conf" -W 127.2.9.9:1 -s node01
		-F "$conf" -W 127.2.9.9:1 -O check node01
		-F "$conf" -O check -W 127.2.9.9:1 node01
		-F "$conf" -O check -O exit -S nosuch node01
		-F "$conf" -N -s node01 sftp
		-F "$conf" -s -N node01 sftp
		-F "$conf" -o SessionType=none -s node01 sftp
		-F "$conf" -s node01
		-F "$conf" -E folder node01 'echo x'
		-F "$conf" -E folder/nosuch/x node01 'echo x'
		-F "$conf" -E '' node01 'echo x'
		-F "$conf" -E log node01 'echo x'
		-F "$conf" -1 node01 'echo x'
		-F "$conf" -2 node01 'echo x'
		-F "$conf" -H node01 'echo x'
		-F "$conf" -j 1 node01 'echo x'
		-F "$conf" --no-status node01 'echo x'
		-F "$conf" -G --json node01
		-F "$conf" -h
		-h
		--help
		--version
		-F folder -p 1 127.2.9.9 true
		-F nosuch -p 1 127.2.9.9 true
		-F none -p http 127.2.9.9 true
		-F none -p '' 127.2.9.9 true
		-F none -p 0 127.2.9.9 true
	EOF
	[ "$n" -ge 35 ]
	# Who cannot have what was asked for is told.
	"$ours" -F "$conf" -K node01 true 2>got.err
	has "has no effect: rsh does not log in with GSSAPI" "$(cat got.err)"
	run -1 "$ours" -F "$conf" -E folder node01 true
	same "Couldn't open logfile folder: Is a directory" "${output%$'\r'}"
	run -255 "$RSH" -F "$conf" -K node01 true
	has "has no effect" "$output"
}

# What a client has as its status that gets signal $2 while it works; then its
# options.  With -N it works when something came through its forward.
killed() {
	local pid code words=(node01 "touch $PWD/up; exec sleep 5")

	rm -f up sock
	[[ " ${*:3} " != *' -N '* ]] ||
		words=(-L "$PWD/sock:127.2.0.1:$port" node01)
	"$1" -F "$fleet/ssh_config" "${@:3}" "${words[@]}" </dev/null \
		>/dev/null 2>&1 3>&- &
	pid=$!
	wait_until 10 eval '[ -e up ] || python3 -c "import socket
s = socket.socket(socket.AF_UNIX)
s.connect(\"sock\")
exit(not s.recv(4))" 2>/dev/null'
	kill "-$2" "$pid"
	code=0
	wait "$pid" || code=$?
	echo "$code"
}

@test "a signal ends it with the status of ssh" {
	local line words

	for line in 'TERM' 'HUP' 'TERM -N' 'HUP -N'; do
		read -ra words <<<"$line"
		same "$line $(killed "$real" "${words[@]}")" \
			"$line $(killed "$ours" "${words[@]}")"
	done
	same 143 "$(killed "$RSH" TERM -N)"
}

@test "command lines that are none" {
	local line

	for line in '' '-Z h' '-l' '--nosuch h'; do
		# shellcheck disable=SC2086 # a list of words
		run -255 --separate-stderr "$ours" -F none $line
		has 'usage: ssh ' "$stderr"
		# shellcheck disable=SC2086
		run -255 --separate-stderr "$real" -F none $line
	done
	run -255 --separate-stderr "$ours" -F none -Z h
	has 'unknown option -- Z' "$stderr"
}
