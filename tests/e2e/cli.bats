#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # remote shells, bats
# Options and ssh_config as a user of ssh meets them.

bats_require_minimum_version 1.5.0
load ../lib/rsh.bash

setup_file() {
	fleet_start 2
}

teardown_file() {
	fleet_stop
}

# An own known_hosts file that knows nobody: each login has a message.
stranger() {
	rsh -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null "$@"
}

@test "LogLevel hides messages as ssh does, and -v outranks it" {
	run -0 --separate-stderr stranger node01 true
	has "Permanently added" "$stderr"
	run -0 --separate-stderr stranger -o LogLevel=ERROR node01 true
	same "" "$stderr"
	run -0 --separate-stderr stranger -v -o LogLevel=ERROR node01 true
	has "Permanently added" "$stderr"
	run -255 --separate-stderr rsh -p 1 -o LogLevel=QUIET node01 true
	same "" "$stderr"
	run -255 --separate-stderr rsh -p 1 -o LogLevel=ERROR node01 true
	has "Connection refused" "$stderr"
}

@test "of many hosts the loudest LogLevel counts" {
	cat >"$BATS_TEST_TMPDIR/config" <<-EOF
		Host node02
			LogLevel QUIET
		Match all
		Include $fleet/ssh_config
	EOF
	run -255 --separate-stderr rsh -F "$BATS_TEST_TMPDIR/config" -p 1 \
		-H 'node[01-02]' true
	has "2 of 2 failed: connect: node[01-02]" "$stderr"
	run -255 --separate-stderr rsh -F "$BATS_TEST_TMPDIR/config" -p 1 \
		-H node02 true
	same "" "$stderr"
}

@test "HostbasedAuthentication has no effect, which -v tells" {
	run -0 --separate-stderr rsh -o HostbasedAuthentication=yes node01 echo hi
	same hi "$output"
	same '' "$stderr"
	run -0 --separate-stderr rsh -v -o HostbasedAuthentication=yes node01 true
	has "'HostbasedAuthentication yes' has no effect" "$stderr"
}

@test "a script for a login shell counts by any exit policy" {
	run -1 --separate-stderr rsh --exit-code all node01 <<<'echo hi; exit 3'
	same hi "$output"
}

@test "help that cannot be written is an error" {
	run -255 --separate-stderr bash -c '"$RSH" --help >/dev/full'
	same "rsh: cannot write to stdout: No space left on device" "$stderr"
}

@test "pdsh tells which command died of a signal" {
	ln -sf "$RSH" "$BATS_TEST_TMPDIR/pdsh"
	run -0 --separate-stderr "$BATS_TEST_TMPDIR/pdsh" -R exec -w a,b 		sh -c 'kill -KILL $$'
	same "$(printf "pdsh@$(uname -n | cut -d. -f1): %s: sh killed by signal 9\n" a b)" \
		"$(sort <<<"$stderr")"
}

@test "-v names the signal that one host's command died of" {
	run -255 --separate-stderr rsh node01 'kill -KILL $$'
	same "" "$stderr"
	run -255 --separate-stderr rsh -v node01 'kill -KILL $$'
	has "rsh: the command died of signal KILL" "$stderr"
}

@test "--rcmd exec knows the user: of the host, of -l, or who runs it" {
	run -0 rsh --rcmd exec -H adm@n1,n2 -j 1 echo %u
	same "$(printf 'n1: adm\nn2: %s' "$(id -un)")" "$output"
	run -0 rsh --rcmd exec -l bob n1 echo %u
	same bob "$output"
}

# The letters of ssh's own usage, those with an argument as "X:".
letters_of_ssh() {
	ssh 2>&1 | tr '\n' ' ' | sed 's/.*ssh \[-\([^]]*\)\]/\1 /; s/destination.*//' |
		awk '{
			for (i = 1; i <= length($1); i++)
				print substr($1, i, 1)
			while (match($0, /\[-[A-Za-z] /)) {
				print substr($0, RSTART + 2, 1) ":"
				$0 = substr($0, RSTART + RLENGTH)
			}
		}'
}

@test "each letter of ssh is obeyed, or refused in one sentence" {
	local letter args known=

	cd "$BATS_TEST_TMPDIR"
	while read -r args; do
		known+=" ${args:1:1}"
		# shellcheck disable=SC2086 # words
		run -0 --separate-stderr rsh $args node01 'echo hi' </dev/null
		same hi "$output"
	done <<-EOF2
		-4
		-A
		-a
		-B lo
		-b 127.0.0.1
		-C
		-c aes128-ctr
		-D 0
		-E log
		-e none
		-F $fleet/ssh_config
		-f
		-g
		-i $fleet/id
		-J node02
		-k
		-L 0:a:2
		-l $(id -un)
		-M
		-m hmac-sha2-256
		-n
		-o LogLevel=INFO
		-p $(awk '$1 == "Port" { print $2 }' "$fleet/ssh_config")
		-q
		-R 0:a:2
		-S none
		-T
		-t
		-v
		-X
		-x
		-Y
		-y
	EOF2
	while read -r args; do
		known+=" ${args:1:1}"
		# shellcheck disable=SC2086 # words
		run -255 --separate-stderr rsh $args node01 'echo hi' </dev/null
		same '' "$output"
		[ "${#stderr_lines[@]}" -eq 1 ]
		[[ $stderr != *"unknown option"* ]]
	done <<-EOF2
		-6
		-I /none
		-K
		-O check
		-Q nonsense
		-s
		-w 0:0
	EOF2
	known+=' N'
	run -124 --separate-stderr rsh -N -u 1 node01 'echo hi' </dev/null
	same '' "$output"
	for args in -G -V '-Q cipher' '-W a:1 -G'; do
		known+=" ${args:1:1}"
		# shellcheck disable=SC2086 # words
		run -0 rsh $args node01
		[ -n "$output" ]
	done
	[ "$(letters_of_ssh | wc -l)" -gt 40 ]
	for letter in $(letters_of_ssh); do
		has " ${letter%:}" "$known"
	done
}

@test "the help has each letter of ssh that does something" {
	local letter help

	help=$(rsh --help)
	for letter in 4 6 B b C c D E F G g i L l m N n o P p Q q T V v W y; do
		has "  -$letter" "$help"
	done
}

@test "hosts are named by -H or by a word, not by both" {
	local both="and -H both name hosts: -H comes before the command"

	run -255 --separate-stderr "$RSH" --rcmd exec echo -H node01 hi
	same "rsh: 'echo' $both" "$stderr"
	run -255 --separate-stderr "$RSH" --rcmd exec node01 --cluster x hi
	same "rsh: 'node01' $both" "$stderr"
	run -255 --separate-stderr "$RSH" --rcmd exec put -H node01 a b
	has "'put' $both; 'put' is a host here: verbs come first" "$stderr"
	run -0 "$RSH" --rcmd exec node01 echo -H %h
	same "-H node01" "$output"
}

@test "an option of a verb that is not the first word is told with the way" {
	local hint="'put' is a host here: verbs come first, as in 'rsh put ...'"

	run -255 --separate-stderr "$RSH" -F none put --delete a b
	same "rsh: unknown option '--delete'; $hint" "$stderr"
	run -255 --separate-stderr "$RSH" -F none put -r a b
	same "rsh: unknown option '-r'; $hint" "$stderr"
	run -255 --separate-stderr "$RSH" -F none node01 --delete
	same "rsh: unknown option '--delete'" "$stderr"
	# So is a verb without options, where there is no such host.
	export RES_OPTIONS='timeout:1 attempts:1'
	run -255 --separate-stderr "$RSH" -F none put a b
	has "could not resolve hostname put: " "$stderr"
	same "rsh: $hint" "${stderr_lines[1]}"
	run -255 --separate-stderr "$RSH" -F none -- put a b
	same 1 "${#stderr_lines[@]}"
	run -255 --separate-stderr "$RSH" -F none -o HostName=no.invalid put a
	same 1 "${#stderr_lines[@]}"
}

@test "-Q prints what -Q of ssh has, as far as it is built in" {
	local what

	for what in cipher Ciphers mac macs kex KexAlgorithms key key-cert \
		key-plain key-sig sig HostKeyAlgorithms \
		PubkeyAcceptedAlgorithms; do
		run -0 rsh -Q "$what"
		[ "${#lines[@]}" -ge 6 ]
		same '' "$(sort <<<"$output" | comm -23 - <(ssh -Q "$what" |
			sort))"
		# all of them can be asked for
		case $what in
		[A-Z]*)
			rsh -G -o "$what=${output//$'\n'/,}" node01 |
				grep -qix "$what ${output//$'\n'/,}"
			;;
		esac
	done
	for what in cipher-auth compression protocol-version; do
		same "$(ssh -Q $what)" "$(rsh -Q $what)"
	done
	# each word of ssh, those of which rsh has none too
	for what in $(ssh -Q help) $(rsh -Q help) HostbasedKeyTypes; do
		run -0 rsh -Q "$what"
	done
	same '' "$(rsh -Q kex-gss)"
	same '' "$(ssh -Q help | comm -23 - <(rsh -Q help | sort))"
	run -255 --separate-stderr rsh -Q nonsense
	has "-Q help" "$stderr"
}
