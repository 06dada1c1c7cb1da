#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2030,SC2031,SC2154 # bats; $scaled, $fleet
# Five hundred new host keys, taken by two programs at the same time.

bats_require_minimum_version 1.5.0
load ../lib/rsh.bash

# Ten servers with a key each; the hosts of server N are 127.1.N.1-50.
setup_file() {
	local n

	sim_start 127.1.0.1-127.1.0.50
	export port
	port=$(awk '$1 == "Port" { print $2 }' "$scaled/ssh_config")
	for n in 1 2 3 4 5 6 7 8 9; do
		scaled_start "$scaled.$n" "127.1.$n.1-127.1.$n.50" -p "$port"
	done
	for n in 0 1 2 3 4 5 6 7 8 9; do
		key_lines "$n"
	done | sort >"$BATS_FILE_TMPDIR/expected"
	[ "$(wc -l <"$BATS_FILE_TMPDIR/expected")" -eq 500 ]
	[ "$(cut -d ' ' -f 3 "$BATS_FILE_TMPDIR/expected" | sort -u |
		wc -l)" -eq 10 ]
}

teardown_file() {
	local n

	for n in '' .1 .2 .3 .4 .5 .6 .7 .8 .9; do
		scaled_stop "$scaled$n"
	done
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	known=$PWD/.ssh/known_hosts
}

# The lines for the hosts of server $1.
key_lines() {
	local dir=$scaled key i

	[ "$1" = 0 ] || dir=$scaled.$1
	key=$(cut -d ' ' -f 1,2 "$dir/hostkey.pub")
	for ((i = 1; i <= 50; i++)); do
		printf '[127.1.%d.%d]:%d %s\n' "$1" "$i" "$port" "$key"
	done
}

take_all() {
	timeout 100 "$RSH" -F "$scaled/ssh_config" -j 100 \
		-o StrictHostKeyChecking=accept-new \
		-o "UserKnownHostsFile=$known" "$@" -H '127.1.[0-9].[1-50]' host
}

# Two programs that take all keys; both reach all hosts.
take_twice() {
	local one two

	take_all "$@" </dev/null >one.out 2>one.err 3>&- &
	one=$!
	take_all "$@" </dev/null >two.out 2>two.err 3>&- &
	two=$!
	wait "$one"
	wait "$two"
	same "$(sed 's/^\[\([0-9.]*\)].*/\1: \1/' \
		"$BATS_FILE_TMPDIR/expected")" "$(sort one.out)"
	same "$(sort one.out)" "$(sort two.out)"
	same '' "$(cat one.err two.err |
		grep -v 'ermanently added\|messages* not shown')"
	same 600 "$(stat -c %a "$known")"
}

@test "each host has one whole line with its key" {
	umask 022
	take_twice
	same 700 "$(stat -c %a .ssh)"
	diff "$BATS_FILE_TMPDIR/expected" <(sort "$known")
	# and nothing changes from here on
	cp "$known" before
	take_all -o StrictHostKeyChecking=yes >out
	[ "$(wc -l <out)" -eq 500 ]
	cmp before "$known"
}

@test "what stands there stays, also a last line without its end" {
	mkdir .ssh
	printf '# mine\n%s\nother.example ssh-ed25519 AAAA' \
		"$(head -n 1 "$BATS_FILE_TMPDIR/expected")" >"$known"
	chmod 600 "$known"
	cp "$known" before
	take_twice
	same "$(cat before)" "$(head -n 3 "$known")"
	diff "$BATS_FILE_TMPDIR/expected" \
		<(grep -v '^#\|^other' "$known" | sort)
}

# ssh-keygen finds each host, once, with its key.
keygen_finds_all() {
	local host key line

	while read -r host _ key; do
		line=$(ssh-keygen -F "$host" -f "$known" | grep -v '^#')
		if [ "${line##* }" != "$key" ] ||
			[ "${line#*$'\n'}" != "$line" ]; then
			printf '%s: %s\n' "$host" "$line"
			return 1
		fi
	done <"$BATS_FILE_TMPDIR/expected"
}

@test "so it is with hashed names" {
	local b64

	take_twice -o HashKnownHosts=yes
	b64='[A-Za-z0-9+/]*=*'
	run ! grep -v "^|1|$b64|$b64 ssh-ed25519 $b64$" "$known"
	same 500 "$(wc -l <"$known")"
	same 500 "$(cut -d ' ' -f 1 "$known" | sort -u | wc -l)"
	quickly keygen_finds_all
}

all_done() {
	[ "$(wc -l <out)" -eq 50 ]
}

@test "nothing is written under the lock of another, but then the rest" {
	mkdir .ssh
	: >"$known"
	exec 9>>"$known"
	flock 9
	"$RSH" -F "$scaled/ssh_config" -o StrictHostKeyChecking=accept-new \
		-o "UserKnownHostsFile=$known" -H '127.1.0.[1-50]' host \
		</dev/null >out 2>err 3>&- 9>&- &
	wait_until 20 all_done
	[ ! -s "$known" ]
	key_lines 0 | head -n 25 >&9
	exec 9>&-
	wait $!
	run ! grep -v 'ermanently added' err
	same 25 "$(wc -l <err)"
	diff <(key_lines 0 | sort) <(sort "$known")
}

# Who is asked answers $1 and writes down the questions.
person() {
	# shellcheck disable=SC2016 # for the program's shell
	printf '#!/bin/sh\nprintf "%%s\\n" "$1" >>asked\necho %s\n' "$1" >person
	chmod +x person
	export SSH_ASKPASS=$PWD/person SSH_ASKPASS_REQUIRE=force
	rm -f asked
}

ask_all() {
	timeout 100 "$RSH" -F "$scaled/ssh_config" -o BatchMode=no \
		-o StrictHostKeyChecking=ask -o "UserKnownHostsFile=$known" \
		"$@" -H '127.1.[0-4].[1-10]' host </dev/null
}

# "HOST FINGERPRINT" of whatever was asked about, as rsh itself unfolds it.
asked_about() {
	local type print list

	sed -n 's/^No key is known for '\''\(.*\)'\'' (.*/\1/p' asked >names
	sed -n 's/^It shows the .* key \(.*\)\.$/\1/p' asked |
		paste -d ' ' names -
	sed -n 's/^  //p' asked | while read -r type print list; do
		list=$(sed "s/]:$port//g; s/^\[//; s/,\[/,/g" <<<"$list")
		"$RSH" --rcmd exec -H "$list" echo "[%h]:$port $print" </dev/null |
			sed 's/^[^ ]* //'
	done
}

# A slow machine may make more lists than one of it.
@test "what a person reviews is every host, once, with its key" {
	local n i host type key

	mkdir -p .ssh
	for n in yes no; do
		person "$n"
		run ask_all
		same "$([ "$n" = yes ] && echo 0 || echo 255)" "$status"
		[ "$(grep -c '(yes/no' asked)" -lt 25 ]
		grep -q '^Are these their keys (yes/no/each)? $' asked
		for i in 0 1 2 3 4; do
			key_lines "$i" | head -n 10
		done | sort >want
		asked_about | sort >got
		diff <(while read -r host type key; do
			printf '%s %s\n' "$host" "$(ssh-keygen -lf - \
				<<<"$type $key" | cut -d ' ' -f 2)"
		done <want) got
		if [ "$n" = yes ]; then
			diff want <(sort "$known")
		else
			[ ! -e "$known" ]
			same 50 "$(grep -c 'was not accepted$' <<<"$output")"
		fi
		rm -f "$known"
	done
}
