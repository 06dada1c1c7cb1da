#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # $fleet, $stderr
# Jump hosts for which a person is asked, beside ssh: a program answers.

bats_require_minimum_version 1.5.0
load ../lib/rsh.bash

# The user's password there is "open sesame", as far as sshd can be told one.
shadow() {
	printf '%s:%s:19000:0:99999:7:::\n' "$(id -un)" \
		"$(perl -e 'print crypt("open sesame", "\$6\$abcdefgh")')"
}

setup_file() {
	export NSS_WRAPPER_SHADOW=$BATS_FILE_TMPDIR/shadow
	shadow >"$NSS_WRAPPER_SHADOW"
	sshd_more='LogLevel VERBOSE
Match LocalAddress 127.2.0.3
	PasswordAuthentication yes' fleet_start 3
	ssh-keygen -q -t ed25519 -N 'open sesame' -C '' -f "$fleet/locked" \
		</dev/null
	cat "$fleet/locked.pub" >>"$fleet/authorized_keys"
	{
		cat <<-EOF
			Host lockedhop
				HostName 127.2.0.1
				IdentityFile $fleet/locked
				BatchMode no
			Host newhop
				HostName 127.2.0.1
				HostKeyAlias newhop
				StrictHostKeyChecking ask
				UserKnownHostsFile $fleet/new
				BatchMode no
				IdentityFile $fleet/id
			Host askinghop
				HostName 127.2.0.3
				PreferredAuthentications password
				BatchMode no
			Host wild*
				HostName 127.2.0.2
				ProxyJump lockedhop
		EOF
		cat "$fleet/ssh_config"
	} >"$fleet/with_hops"
	mv "$fleet/with_hops" "$fleet/ssh_config"
}

teardown_file() {
	fleet_stop
}

# A program that answers $1 and notes what it was asked.
answers() {
	export asked=$BATS_TEST_TMPDIR/asked
	export SSH_ASKPASS=$BATS_TEST_TMPDIR/askpass SSH_ASKPASS_REQUIRE=force
	: >"$asked"
	# shellcheck disable=SC2016 # for the program
	printf '#!/bin/sh\nprintf "%%s\\n" "$1" >>"$asked"\necho "%s"\n' "$1" \
		>"$SSH_ASKPASS"
	chmod 700 "$SSH_ASKPASS"
}

connections() {
	grep -c "^Connection from .* on 127.2.0.$1 port" "$fleet/log.1" || :
}

# Both programs, each with a fresh start: the same output and questions.
as_ssh_asks() {
	local program out code

	for program in ssh rsh; do
		: >"$fleet/new"
		: >"$asked"
		run --separate-stderr timeout 20 "$program" "$@" </dev/null
		cp "$asked" "$BATS_TEST_TMPDIR/asked.$program"
		if [ "$program" = ssh ]; then
			out=$output code=$status
		fi
	done
	same "$out" "$output" && same "$code" "$status" &&
		same "$(cat "$BATS_TEST_TMPDIR/asked.ssh")" \
			"$(cat "$BATS_TEST_TMPDIR/asked.rsh")"
}

@test "the passphrase of a hop's key" {
	answers 'open sesame'
	as_ssh_asks -J lockedhop node02 'echo hi'
	same hi "$output"
}

@test "it is asked for once for all behind the hop" {
	answers 'open sesame'
	before=$(connections 1)
	run -0 --separate-stderr rsh -H 'wild[1-5]' 'echo hi' \
		</dev/null
	same 5 "$(grep -c ': hi$' <<<"$output")"
	same 1 "$(wc -l <"$asked")"
	same 1 $(($(connections 1) - before))
}

@test "an unknown key of a hop: yes goes on and is kept, no ends it there" {
	answers yes
	for program in ssh rsh; do
		: >"$fleet/new"
		run -0 "$program" -J newhop node02 'echo hi' </dev/null
		has hi "$output"
		has newhop "$(cat "$fleet/new")"
	done
	same 2 "$(grep -c 'yes/no' "$asked")"
	answers no
	before=$(connections 2)
	: >"$fleet/new"
	for hosts in node02 '-H node02'; do
		# shellcheck disable=SC2086 # words
		run -255 --separate-stderr timeout 20 rsh -J newhop $hosts true \
			</dev/null
		has 'jump host newhop: ' "$stderr"
		has 'ost key verification failed' "$stderr"
	done
	same '' "$(cat "$fleet/new")"
	same "$before" "$(connections 2)"
}

@test "a hop that wants a password asks for it as often as ssh, and is named" {
	answers wrong
	before=$(connections 2)
	as_ssh_asks -J askinghop node02 'echo hi'
	same 255 "$status"
	same 3 "$(grep -c "@127.2.0.3's password: " "$asked")"
	has 'jump host askinghop: Permission denied' "$stderr"
	same "$before" "$(connections 2)"
}

@test "the right password of a hop is asked for once, and the hop lets through" {
	[ -n "$(sshd_nss_wrapper)" ] || skip 'no nss_wrapper'
	answers 'open sesame'
	as_ssh_asks -J askinghop node02 'echo hi'
	same hi "$output"
	same 0 "$status"
	same "$(id -un)@127.2.0.3's password: " "$(cat "$asked")"
}
