#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2030,SC2031,SC2154 # bats
# What is asked of a person to log in.

bats_require_minimum_version 1.5.0
load ../lib/rsh.bash

setup_file() {
	fleet_start 4
	ssh-keygen -q -t ed25519 -N 'open sesame' -C '' \
		-f "$BATS_FILE_TMPDIR/locked" </dev/null
	cat "$BATS_FILE_TMPDIR/locked.pub" >>"$fleet/authorized_keys"
	sed -e "s|IdentityFile .*|IdentityFile $BATS_FILE_TMPDIR/locked|" \
		-e /BatchMode/d "$fleet/ssh_config" >"$fleet/locked_config"
}

teardown_file() {
	fleet_stop
}

# A program that answers $1 and keeps count.
answers() {
	export asked=$BATS_TEST_TMPDIR/asked
	export SSH_ASKPASS=$BATS_TEST_TMPDIR/askpass SSH_ASKPASS_REQUIRE=force
	: >"$asked"
	# shellcheck disable=SC2016 # for the program
	printf '#!/bin/sh\necho "$1" >>"$asked"\necho "%s"\n' "$1" \
		>"$SSH_ASKPASS"
	chmod 700 "$SSH_ASKPASS"
}

with_locked() {
	run --separate-stderr timeout 20 "$RSH" -F "$fleet/locked_config" \
		"$@" </dev/null
}

@test "the passphrase of a key is asked for once, for all hosts" {
	answers 'open sesame'
	with_locked -H 'node[01-04]' true
	[ "$status" -eq 0 ]
	same "$(cat "$asked")" \
		"Enter passphrase for key '$BATS_FILE_TMPDIR/locked': "
}

@test "a wrong passphrase is asked for three times" {
	answers wrong
	with_locked node01 true
	[ "$status" -eq 255 ]
	[ "$(wc -l <"$asked")" -eq 3 ]
	has "wrong passphrase for key '$BATS_FILE_TMPDIR/locked'" "$stderr"
}

@test "BatchMode asks nothing" {
	answers 'open sesame'
	with_locked -o BatchMode=yes node01 true
	[ "$status" -eq 255 ]
	[ ! -s "$asked" ]
}
