#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2016,SC2154 # for the shell inside, bats
# A network that loses packets, a machine that has too little of something.

bats_require_minimum_version 1.5.0
load ../lib/rsh.bash

setup_file() {
	sim_start 127.1.0.1-127.1.0.60
}

teardown_file() {
	sim_stop
}

# Run the rest of the arguments, a shell command, where 192.0.2.2 swallows all
# packets, and the names dead20, dual and gone6 are known.  In it $sim is a
# folder of simulated nodes.
swallowing() {
	local hosts=$BATS_TEST_TMPDIR/hosts i

	unshare -rmn true 2>/dev/null || skip "no namespaces here"
	command -v ip >/dev/null || skip "no ip(8) here"
	{
		echo "127.0.0.1 localhost"
		for ((i = 2; i < 21; i++)); do
			echo "192.0.2.$i dead20"
		done
		echo "127.1.0.1 dead20"
		echo "192.0.2.2 dual"
		echo "127.1.0.2 dual"
		echo "2001:db8::1 gone6"
		echo "127.1.0.3 gone6"
	} >"$hosts"
	run --separate-stderr unshare -rmn bash -c '
		ip link set lo up && ip link add v0 type veth peer name v1 &&
		ip link set v0 arp off && ip addr add 192.0.2.1/24 dev v0 &&
		ip link set v0 up && ip link set v1 up &&
		mount --bind "$1" /etc/hosts || exit 99
		builddir=$2 . "$3/tests/lib/sshd.bash"
		. "$3/tests/lib/scaled.bash"
		sim=$4
		scaled_start "$sim" 127.1.0.1-127.1.0.9 || exit 98
		trap "scaled_stop $sim" EXIT
		printf "dead20,dual,gone6 %s\n" \
			"$(cut -d" " -f2- "$sim/hostkey.pub" | sed "s/^/ssh-ed25519 /")" \
			>>"$sim/known_hosts"
		rsh() { timeout 20 "$RSH" -F "$sim/ssh_config" "$@"; }
		shift 4
		eval "$*"
	' bash "$hosts" "$builddir" "$srcdir" "$BATS_TEST_TMPDIR/sim" "$@"
	[ "$status" -ne 99 ] || skip "no virtual network here"
}

@test "a black hole ends by the connect timeout, and holds nobody up" {
	SECONDS=0
	swallowing 'rsh -H 127.1.0.1,192.0.2.2 --connect-timeout 2s say fine'
	[ "$SECONDS" -le 15 ]
	same 0 "$status"
	same "127.1.0.1: fine" "$output"
	has "192.0.2.2: timed out during connecting" "$stderr"
	has "1 of 2 failed: connect: 192.0.2.2" "$stderr"
}

@test "a name with dead addresses in front is reached all the same" {
	SECONDS=0
	swallowing 'rsh -o StrictHostKeyChecking=no -o LogLevel=ERROR \
		-o UserKnownHostsFile=/dev/null --connect-timeout 15s \
		--exit-code all -H dual,gone6,dead20 say fine'
	same "dead20: fine
dual: fine
gone6: fine" "$(sort <<<"$output")"
	same 0 "$status"
	[ "$SECONDS" -le 14 ]
}

@test "a name that is not found is told at once, and holds nobody up" {
	SECONDS=0
	swallowing 'rsh -H 127.1.0.1,nosuch.invalid say fine'
	same 0 "$status"
	same "127.1.0.1: fine" "$output"
	has "1 of 2 failed: resolve: nosuch.invalid" "$stderr"
	[ "$SECONDS" -le 12 ]
}

@test "few descriptors: fewer sessions at once, no host lost" {
	run --separate-stderr bash -c \
		'ulimit -n 64; timeout 30 rsh -H "127.1.0.[1-60]" --connecting 4 \
			--exit-code all say fine'
	same 0 "$status"
	same 60 "$(grep -c ': fine$' <<<"$output")"
	has "descriptors are enough for" "$stderr"
}

@test "too little memory ends with a message, and never trusts a key" {
	! sanitized || skip "sanitizers take memory of their own"
	local mb

	: >"$BATS_TEST_TMPDIR/kh"
	for mb in 16 24 32 48 64 96 128; do
		run --separate-stderr bash -c "ulimit -v $((mb * 1024)) -c 0
			timeout 20 rsh -o UserKnownHostsFile=$BATS_TEST_TMPDIR/kh \
			-H '127.1.0.[1-20]' say fine"
		[ "$status" -ne 0 ]
		same "" "$output"
		[ -n "$stderr" ]
		[ "$status" -lt 128 ] || [ "$status" -eq 255 ]
		[ ! -s "$BATS_TEST_TMPDIR/kh" ]
	done
}
