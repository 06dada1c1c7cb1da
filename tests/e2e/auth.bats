#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # bats
# What is asked of a person to log in.

bats_require_minimum_version 1.5.0
load ../lib/rsh.bash

setup_file() {
	mkdir -p "$BATS_FILE_TMPDIR/fleet"
	ssh-keygen -q -t ed25519 -N '' -C '' -f "$BATS_FILE_TMPDIR/fleet/ca" \
		</dev/null
	# shellcheck disable=SC2034 # for the server
	sshd_more=$(printf '%s\n' \
		"TrustedUserCAKeys $BATS_FILE_TMPDIR/fleet/ca.pub" \
		'LogLevel VERBOSE' 'MaxAuthTries 20')
	fleet_start 4
	sed -e '/IdentityFile/d' "$fleet/ssh_config" >"$fleet/bare_config"
	ssh-keygen -q -t ed25519 -N 'open sesame' -C '' \
		-f "$BATS_FILE_TMPDIR/locked" </dev/null
	cat "$BATS_FILE_TMPDIR/locked.pub" >>"$fleet/authorized_keys"
	sed -e "s|IdentityFile .*|IdentityFile $BATS_FILE_TMPDIR/locked|" \
		-e /BatchMode/d "$fleet/ssh_config" >"$fleet/locked_config"
}

teardown() {
	[ -z "${special-}" ] || special_stop
	[ -z "${SSH_AGENT_PID-}" ] || kill "$SSH_AGENT_PID" 2>/dev/null || :
}

teardown_file() {
	fleet_stop
	scaled_stop "$BATS_FILE_TMPDIR/scaled"
}

# A program that answers $1 and keeps count.
answers() {
	export asked=$BATS_TEST_TMPDIR/asked
	export SSH_ASKPASS=$BATS_TEST_TMPDIR/askpass SSH_ASKPASS_REQUIRE=force
	: >"$asked"
	# shellcheck disable=SC2016 # for the program
	printf '#!/bin/sh\nprintf "%%s\\n" "$1" >>"$asked"\necho "%s"\n' "$1" \
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

@test "whether a key is asked for does not depend on the order of hosts" {
	local other hosts

	cd "$BATS_TEST_TMPDIR"
	eval "$(ssh-agent -s -a "$PWD/agent")" >/dev/null
	answers 'open sesame'
	ssh-add -q "$BATS_FILE_TMPDIR/locked" </dev/null
	sed -e '/IdentityAgent/d' "$fleet/locked_config" >rest_config
	for other in "IdentityAgent $PWD/agent" 'BatchMode yes'; do
		{
			printf 'Host node01\n\t%s\nHost *\n' "$other"
			printf '\tIdentityAgent none\n'
			cat rest_config
		} >config
		for hosts in node01,node02 node02,node01; do
			: >"$asked"
			run --separate-stderr timeout 20 "$RSH" -F config \
				-H "$hosts" 'echo in' </dev/null
			same 0 "$status"
			same 1 "$(wc -l <"$asked")"
		done
	done
}

# What ssh and rsh ask, and whether they log in, with the same options.
as_ssh_asks() {
	local options=(-F "$fleet/bare_config" -o BatchMode=no "$@" 'echo in')

	: >"$asked"
	timeout 20 ssh "${options[@]}" </dev/null >expected 2>ssh.err || :
	cat "$asked" >>expected
	: >"$asked"
	timeout 20 "$RSH" "${options[@]}" </dev/null >got 2>rsh.err || :
	cat "$asked" >>got
	diff expected got || {
		printf 'for %s\n' "$*"
		cat rsh.err
		return 1
	}
}

@test "with one host a key is asked for when its turn comes, as by ssh" {
	local key=$BATS_FILE_TMPDIR/locked question

	cd "$BATS_TEST_TMPDIR"
	question="Enter passphrase for key '$key': "
	ssh-keygen -q -t ed25519 -N secret -C '' -f refused </dev/null
	answers 'open sesame'
	as_ssh_asks -i "$key" node01
	same "in
$question" "$(<got)"
	# a key before it lets in; nobody listens; the host is not known; the
	# server refuses the key
	as_ssh_asks -i "$fleet/id" -i "$key" node01
	same in "$(<got)"
	as_ssh_asks -i "$key" -p 1 node01
	as_ssh_asks -i "$key" -o UserKnownHostsFile=/dev/null node01
	as_ssh_asks -i refused node01
	same '' "$(<got)"
	as_ssh_asks -i refused -i "$key" node01
	same "in
$question" "$(<got)"
	as_ssh_asks -i "$key" -o PubkeyAuthentication=no node01
	same '' "$(<got)"
}

@test "answers that are wrong, empty or few count as with ssh" {
	local key=$BATS_FILE_TMPDIR/locked n

	cd "$BATS_TEST_TMPDIR"
	answers wrong
	for n in 0 1 2; do
		as_ssh_asks -i "$key" -o NumberOfPasswordPrompts=$n node01
		same "$n" "$(wc -l <got)"
	done
	as_ssh_asks -i "$key" node01
	as_ssh_asks -i "$key" -i "$fleet/id" node01
	has in "$(<got)"
	answers ''
	as_ssh_asks -i "$key" node01
	as_ssh_asks -i "$key" -i "$fleet/id" node01
	has in "$(<got)"
}

@test "without its public half a key is asked for before the server is" {
	cd "$BATS_TEST_TMPDIR"
	ssh-keygen -q -t rsa -b 2048 -m PEM -N 'open sesame' -C '' -f pem \
		</dev/null
	mv pem.pub away
	answers 'open sesame'
	as_ssh_asks -i pem node01
	same "Enter passphrase for key 'pem': " "$(<got)"
	as_ssh_asks -i "$fleet/id" -i pem node01
	same in "$(<got)"
}

@test "a certificate of an encrypted key is shown first, then it is asked for" {
	cd "$BATS_TEST_TMPDIR"
	make_certified k
	ssh-keygen -q -p -P '' -N 'open sesame' -f k >/dev/null
	answers 'open sesame'
	as_ssh_asks -i k node01
	same "in
Enter passphrase for key 'k': " "$(<got)"
	mv k-cert.pub c.pub
	as_ssh_asks -i k -o CertificateFile=c.pub node01
	same "in
Enter passphrase for key 'k': " "$(<got)"
	as_ssh_asks -i k node01
	same '' "$(<got)"
	# a key that goes into the agent takes its passphrase along
	eval "$(ssh-agent -s -a "$PWD/agent")" >/dev/null
	: >"$asked"
	run --separate-stderr timeout 20 "$RSH" -F "$fleet/bare_config" \
		-o BatchMode=no -o IdentityAgent="$PWD/agent" -i k \
		-o CertificateFile=c.pub -o AddKeysToAgent=yes node01 'echo in' \
		</dev/null
	same '0:in:1' "$status:$output:$(wc -l <"$asked")"
	has "$(cut -d ' ' -f 2 k.pub)" \
		"$(SSH_AUTH_SOCK=$PWD/agent ssh-add -L)"
}

@test "BatchMode asks nothing" {
	answers 'open sesame'
	with_locked -o BatchMode=yes node01 true
	[ "$status" -eq 255 ]
	[ ! -s "$asked" ]
	has "Permission denied (publickey): key '$BATS_FILE_TMPDIR/locked' needs its passphrase" \
		"$stderr"
}

# ---- passwords ----

# The simulated nodes want the password "open sesame": 1-20 as such, 21-40 as
# an answer, 41 hangs up on another one, 42 wants a code too, 43 a key before.
pw_start() {
	[ -z "${scaled-}" ] || return 0
	scaled=$BATS_FILE_TMPDIR/scaled
	[ -e "$scaled/pid" ] || scaled_start "$scaled" 127.1.0.1-127.1.0.130 \
		-f password=127.1.0.1-127.1.0.20 \
		-f kbdint=127.1.0.21-127.1.0.40 -f hangup=127.1.0.41 \
		-f otp=127.1.0.42 -f partial=127.1.0.43 \
		-f password=127.1.0.51-127.1.0.130
	sed -i /BatchMode/d "$scaled/ssh_config"
	before=$(scaled_count "$scaled" passwords)
}

sent() {
	echo $(($(scaled_count "$scaled" passwords) - before))
}

with_pw() {
	run --separate-stderr timeout 60 "$RSH" -F "$scaled/ssh_config" "$@" \
		</dev/null
}

@test "one password for all is asked for once, and works both ways" {
	pw_start
	answers 'open sesame'
	with_pw --password -H '127.1.0.[1-40]' 'say hi'
	same "0:40" "$status:$(grep -c ': hi$' <<<"$output")"
	same "Password for 40 hosts: " "$(cat "$asked")"
	same 40 "$(sent)"
}

@test "a wrong password against a hundred hosts is one attempt" {
	pw_start
	answers wrong
	with_pw --password -H '127.1.0.[51-130],127.1.0.[21-40]' true
	same "255:1" "$status:$(sent)"
	has "100 of 100 failed: auth: 127.1.0.[21-40,51-130]" "$stderr"
	has "Permission denied (password)" "$stderr"
	has "a host did not take the password, and it is tried nowhere else" \
		"$stderr"
}

@test "a server that hangs up on a wrong password counts as a refusal" {
	pw_start
	answers wrong
	with_pw --password -j 1 -H '127.1.0.41,127.1.0.[51-60]' true
	same "255:1" "$status:$(sent)"
}

@test "hosts that take the key are not kept up by a password" {
	pw_start
	answers wrong
	with_pw --password -H '127.1.0.[1-3,44-50]' 'say in'
	same 7 "$(grep -c ': in$' <<<"$output")"
	same 1 "$(sent)"
}

@test "a password comes from a descriptor, and not a byte more is read" {
	pw_start
	exec 7< <(printf 'open sesame\nrest\n')
	with_pw --password-fd 7 -H '127.1.0.[1-2]' 'say hi' 7<&7
	same 0 "$status"
	read -r rest <&7
	same rest "$rest"
	exec 7<&-
	run -0 "$RSH" -F "$scaled/ssh_config" --password-fd 0 127.1.0.1 echo \
		<<<$'open sesame\nfor the command'
	same "for the command" "$output"
	with_pw --password-fd 7 127.1.0.1 true
	same 255 "$status"
	has "cannot read a password from descriptor 7" "$stderr"
	run --separate-stderr "$RSH" -F "$scaled/ssh_config" --password-fd 0 \
		127.1.0.1 true < <(head -c 2000 /dev/zero | tr '\0' x)
	has "longer than 1023 bytes" "$stderr"
	run --separate-stderr "$RSH" -F "$scaled/ssh_config" --password-fd 0 \
		127.1.0.1 true </dev/null
	has "there is no password on descriptor 0" "$stderr"
}

# Lines are typed in once the question before it was seen so many times.
type_in() {
	local n=0 line

	for line; do
		n=$((n + 1))
		wait_until 20 eval \
			'[ "$(grep -o "password: " typescript | wc -l)" -ge '"$n ]"
		printf '%s\n' "$line"
	done
	wait_until 20 grep -q '^=' typescript
}

@test "at a terminal what is typed is the answer, not the command's input" {
	pw_start
	cd "$BATS_TEST_TMPDIR"
	: >typescript
	type_in wrong 'open sesame' < <(:) |
		TERM=dumb timeout 60 script -qfec \
			"$RSH -F $scaled/ssh_config 127.1.0.1 'say hi'; echo =\$?" \
			typescript >/dev/null
	run tr -d '\r' <typescript
	has "test@127.1.0.1's password: 
rsh: Permission denied, please try again.
test@127.1.0.1's password: 
hi
=0" "$output"
}

@test "without --password nobody is asked for many hosts" {
	pw_start
	answers 'open sesame'
	with_pw -H '127.1.0.[1-2]' true
	same 255 "$status"
	has "Permission denied (password): 1 key was refused ('$scaled/id'); --password asks for one" \
		"$stderr"
	[ ! -s "$asked" ]
}

@test "one host is asked as with ssh" {
	pw_start
	answers 'open sesame'
	with_pw 127.1.0.1 'say hi'
	same "0:hi" "$status:$output"
	same "test@127.1.0.1's password: " "$(cat "$asked")"
	: >"$asked"
	with_pw 127.1.0.21 'say hi'
	same "0:hi" "$status:$output"
	same '(test@127.1.0.21) Pass\033word: ' "$(cat "$asked")"
	has "127.1.0.21: Say who you are" "$stderr"
	: >"$asked"
	with_pw 127.1.0.43 'say hi'
	same "0:hi" "$status:$output"
}

@test "a wrong answer is asked for again as often as ssh_config says" {
	pw_start
	answers wrong
	with_pw 127.1.0.1 true
	same "255:3:3" "$status:$(wc -l <"$asked"):$(sent)"
	same 2 "$(grep -c 'Permission denied, please try again' <<<"$stderr")"
	has "Permission denied (password): 1 key was refused ('$scaled/id'); 3 passwords were refused" \
		"$stderr"
	: >"$asked"
	with_pw -o NumberOfPasswordPrompts=1 127.1.0.21 true
	same "255:1" "$status:$(wc -l <"$asked")"
	: >"$asked"
	with_pw -o NumberOfPasswordPrompts=0 127.1.0.1 true
	same "255:0" "$status:$(wc -l <"$asked")"
	with_pw -o BatchMode=yes 127.1.0.1 true
	same "255:0" "$status:$(wc -l <"$asked")"
	with_pw -o PasswordAuthentication=no 127.1.0.1 true
	same "255:0" "$status:$(wc -l <"$asked")"
	with_pw -o KbdInteractiveAuthentication=no 127.1.0.21 true
	same "255:0" "$status:$(wc -l <"$asked")"
	with_pw -o PreferredAuthentications=publickey 127.1.0.1 true
	same "255:0" "$status:$(wc -l <"$asked")"
}

@test "ssh asks the same questions as rsh" {
	local host

	pw_start
	answers wrong
	for host in 127.1.0.1 127.1.0.21; do
		: >"$asked"
		ssh -F "$scaled/ssh_config" "$host" true </dev/null \
			2>"$BATS_TEST_TMPDIR/ssh.err" || :
		cp "$asked" "$BATS_TEST_TMPDIR/ssh"
		: >"$asked"
		with_pw "$host" true
		same "$(cat "$BATS_TEST_TMPDIR/ssh")" "$(cat "$asked")"
		# and is told to try again as often
		same "$(grep -c 'try again' "$BATS_TEST_TMPDIR/ssh.err")" \
			"$(grep -c 'try again' <<<"$stderr")"
	done
}

@test "two questions: one person answers both, one password does not" {
	pw_start
	# shellcheck disable=SC2016 # for the program
	answers '$(case $1 in *Code*) echo 123456 ;; *) echo open sesame ;; esac)'
	with_pw 127.1.0.42 'say hi'
	same "0:hi:2" "$status:$output:$(wc -l <"$asked")"
	with_pw --password -H 127.1.0.42,127.1.0.1 'say hi'
	has "more is asked there than a password" "$stderr"
}

@test "a host whose key nobody asks about gets a password, as with ssh" {
	pw_start
	sed "s|^[^ ]* .*|127.* $(cut -d ' ' -f 1,2 "$fleet/otherkey.pub")|" \
		"$scaled/known_hosts" >"$BATS_TEST_TMPDIR/other_hosts"
	answers 'open sesame'
	with_pw -o NoHostAuthenticationForLocalhost=yes \
		-o UserKnownHostsFile="$BATS_TEST_TMPDIR/other_hosts" -o BatchMode=no \
		127.1.0.1 'say in'
	same 0:in "$status:$output"
	with_pw --password -o NoHostAuthenticationForLocalhost=yes \
		-o UserKnownHostsFile="$BATS_TEST_TMPDIR/other_hosts" -H '127.1.0.[2-3]' \
		'say in'
	same "0:2" "$status:$(grep -c ': in$' <<<"$output")"
}

@test "no password goes to a host whose key is new, or changed" {
	pw_start
	answers 'open sesame'
	with_pw --password -o StrictHostKeyChecking=accept-new \
		-o UserKnownHostsFile="$BATS_TEST_TMPDIR/kh" \
		-H '127.1.0.[1-2]' true
	same "255:0" "$status:$(sent)"
	has "the password is sent to no host whose key is new" "$stderr"
	# nor where another log-in of the run has just put the key on file
	with_pw --password -j 1 -o StrictHostKeyChecking=accept-new \
		-o UserKnownHostsFile="$BATS_TEST_TMPDIR/kh3" \
		-H 'one@127.1.0.1,two@127.1.0.1' true
	same "255:0" "$status:$(sent)"
	same 2 "$(grep -c "sent to no host whose key is new" <<<"$stderr")"
	sed "s|^\S*|[127.1.0.1]:$(awk '$1 == "Port" { print $2 }' \
		"$scaled/ssh_config")|" "$fleet/hostkey.pub" |
		awk -v h="[127.1.0.1]:$(awk '$1 == "Port" { print $2 }' \
			"$scaled/ssh_config")" '{ print h, "ssh-ed25519", $2 }' \
			>"$BATS_TEST_TMPDIR/kh2"
	with_pw -o StrictHostKeyChecking=no \
		-o UserKnownHostsFile="$BATS_TEST_TMPDIR/kh2" 127.1.0.1 true
	same "255:0" "$status:$(sent)"
	has "no password is sent to a host whose key did not pass the check" "$stderr"
	# a folder cannot be read, so nothing is known
	with_pw -o StrictHostKeyChecking=no \
		-o UserKnownHostsFile="$BATS_TEST_TMPDIR" 127.1.0.1 true
	same "255:0" "$status:$(sent)"
	has "WARNING: cannot read '$BATS_TEST_TMPDIR'" "$stderr"
	has "no password is sent to a host whose key did not pass the check" "$stderr"
}

@test "a password has no place where rsh does not log in itself" {
	pw_start
	with_pw --password --rcmd exec -H n1 true
	same 255 "$status"
	has "used by the built-in client only" "$stderr"
	with_pw --password --password-fd 3 -H 127.1.0.1 true
	same 255 "$status"
	has "cannot be had together" "$stderr"
}

@test "no password is in any message, argument or variable" {
	pw_start
	answers 'open sesame'
	with_pw -vvv --password -H '127.1.0.[1-2],127.1.0.21' 'say hi'
	same 0 "$status"
	run ! grep -F 'open sesame' <<<"$stderr$output"
}

# ---- certificates ----

# A key that the server does not know, with a certificate that it does.
make_certified() {
	ssh-keygen -q -t "${2:-ed25519}" -N '' -C '' -f "$1" </dev/null
	ssh-keygen -q -s "$fleet/ca" -I id -n "$(id -un)" "$1.pub" 2>/dev/null
}

# Log in with nothing but what these options say.
with_files() {
	run --separate-stderr "$RSH" -F "$fleet/bare_config" "$@" node01 \
		'echo in' </dev/null
}

# What sshd refused, in order, of ssh or of rsh.
refused_keys() {
	local from

	from=$(wc -l <"$fleet/log.1")
	"$@" -F "$fleet/bare_config" "${offers[@]}" node01 true </dev/null \
		>/dev/null 2>&1 || :
	wait_until 10 eval \
		'tail -n +$((from + 1)) "$fleet/log.1" | grep -q "Connection closed"'
	tail -n +$((from + 1)) "$fleet/log.1" |
		sed -n 's/.*Failed publickey for .* ssh2: //p'
}

@test "a certificate beside a key lets in, for each type of key" {
	local type

	cd "$BATS_TEST_TMPDIR"
	for type in ed25519 ecdsa rsa; do
		make_certified "k$type" "$type"
		with_files -i "k$type"
		same "0:in" "$status:$output"
		mv "k$type-cert.pub" away
		with_files -i "k$type"
		same 255 "$status"
		mv away "k$type-cert.pub"
	done
}

@test "CertificateFile names a certificate that lies elsewhere" {
	cd "$BATS_TEST_TMPDIR"
	make_certified k
	make_certified other
	mkdir certs
	mv k-cert.pub certs/mine.pub
	mv other-cert.pub certs/other.pub
	with_files -i k -o CertificateFile=certs/mine.pub
	same "0:in" "$status:$output"
	with_files -i k -o CertificateFile=certs/other.pub \
		-o CertificateFile=certs/mine.pub
	same "0:in" "$status:$output"
	with_files -i k -o CertificateFile=certs/other.pub
	same 255 "$status"
	has "the key of certificate 'certs/other.pub' is neither in a file of IdentityFile nor in the agent" \
		"$stderr"
}

@test "a bad certificate is told, and the key tried all the same" {
	local content

	cd "$BATS_TEST_TMPDIR"
	make_certified k
	make_certified other
	cp "$fleet/id" good
	cp "$fleet/id.pub" good.pub
	for content in '' garbage 'ssh-ed25519-cert-v01@openssh.com AAAA' \
		"$(cat k.pub)" "$(cat other-cert.pub)"; do
		printf '%s\n' "$content" >good-cert.pub
		with_files -i good
		same "0:in" "$status:$output"
	done
	printf 'garbage\n' >good-cert.pub
	with_files -i good
	has "'good-cert.pub' holds no certificate" "$stderr"
	with_files -i good -o CertificateFile=missing
	same "0:in" "$status:$output"
	has "missing" "$stderr"
}

@test "an expired or foreign certificate does not let in" {
	cd "$BATS_TEST_TMPDIR"
	make_certified k
	ssh-keygen -q -s "$fleet/ca" -I id -n "$(id -un)" -V 20200101:20200102 \
		k.pub 2>/dev/null
	with_files -i k
	same 255 "$status"
	ssh-keygen -q -s "$fleet/ca" -I id -n nobody k.pub 2>/dev/null
	with_files -i k
	same 255 "$status"
}

@test "a certificate in the agent lets in" {
	cd "$BATS_TEST_TMPDIR"
	make_certified k
	eval "$(ssh-agent -s -a "$PWD/agent")" >/dev/null
	ssh-add -q k
	rm k k-cert.pub
	with_files -o IdentitiesOnly=no -o IdentityAgent="$PWD/agent"
	same "0:in" "$status:$output"
}

# Log in as ssh does with the same options and an agent.
as_ssh_with_agent() {
	local options=(-F "$fleet/bare_config" -o IdentityAgent="$PWD/agent"
		"$@" node01 'echo in')

	ssh "${options[@]}" </dev/null >expected 2>ssh.err || :
	"$RSH" "${options[@]}" </dev/null >got 2>rsh.err || :
	diff expected got || {
		printf 'for %s\n' "$*"
		cat rsh.err
		return 1
	}
}

@test "a certificate is shown where its key is in the agent alone" {
	local type

	cd "$BATS_TEST_TMPDIR"
	eval "$(ssh-agent -s -a "$PWD/agent")" >/dev/null
	mkdir only
	for type in ed25519 ecdsa rsa; do
		make_certified "$type" "$type"
		# the key without its certificate, which ssh-add would add, too
		cp "$type" only
		ssh-add -q "only/$type"
		ssh-keygen -q -p -P '' -N secret -f "$type" >/dev/null
		# beside an encrypted key; the two halves elsewhere; by itself
		as_ssh_with_agent -o IdentitiesOnly=yes -i "$type"
		same in "$(<got)"
		cp "$type.pub" "only/$type.pub"
		mv "$type-cert.pub" "c$type.pub"
		as_ssh_with_agent -o IdentitiesOnly=yes -i "only/$type.pub" \
			-o CertificateFile="c$type.pub"
		same in "$(<got)"
		rm "$type" "$type.pub"
		as_ssh_with_agent -o IdentitiesOnly=no -o IdentityFile=none \
			-o CertificateFile="c$type.pub"
		same in "$(<got)"
		# an agent key that nobody named signs for nothing
		as_ssh_with_agent -o IdentitiesOnly=yes -o IdentityFile=none \
			-o CertificateFile="c$type.pub"
		same '' "$(<got)"
	done
}

@test "a key and its certificate, both in the agent, are named by the file" {
	cd "$BATS_TEST_TMPDIR"
	make_certified k
	eval "$(ssh-agent -s -a "$PWD/agent")" >/dev/null
	ssh-add -q k
	as_ssh_with_agent -o IdentitiesOnly=yes -i k
	same in "$(<got)"
	rm k
	as_ssh_with_agent -o IdentitiesOnly=yes -o IdentityFile=k
	same in "$(<got)"
}

@test "keys and certificates are shown in the order of ssh" {
	local offers key

	cd "$BATS_TEST_TMPDIR"
	ssh-keygen -q -t ed25519 -N '' -f foreign </dev/null
	for key in a b c; do
		ssh-keygen -q -t ed25519 -N '' -C '' -f $key </dev/null
		ssh-keygen -q -s foreign -I $key -n x $key.pub 2>/dev/null
	done
	mv b-cert.pub elsewhere.pub
	rm c-cert.pub
	for offers in '-i a' '-i a -i b' '-i b -i a -i c' \
		'-i a -i b -o CertificateFile=elsewhere.pub' \
		'-i c -i b -i a -o CertificateFile=elsewhere.pub -o CertificateFile=a-cert.pub'; do
		read -ra offers <<<"$offers"
		refused_keys "$(command -v ssh)" >expected
		refused_keys "$RSH" >got
		[ -s expected ]
		diff expected got || { cat expected; echo "for ${offers[*]}"; return 1; }
	done
}

# What -v of ssh tells, as fingerprints, and the answer to the last.
ssh_told() {
	sed -n -e 's/.*Offering public key: .* \(SHA256:[^ ]*\).*/\1/p' \
		-e 's/.*Server accepts key: .*/accepted/p' "$1"
}

rsh_told() {
	sed -n -e h -e "s/^rsh: node01: .*key '.*' ([^ ]* \(SHA256:[^ ]*\)): .*/\1/p" \
		-e g -e "s/.*): accepted$/accepted/p" "$1"
}

@test "-v tells which keys were offered, as that of ssh does" {
	local key options

	cd "$BATS_TEST_TMPDIR"
	for key in a b c; do
		ssh-keygen -q -t ed25519 -N '' -C "my $key" -f $key </dev/null
	done
	eval "$(ssh-agent -s -a "$PWD/agent")" >/dev/null
	ssh-add -q c b
	for options in "-i a -i $fleet/id" '-i b -i a' \
		"-i a -o IdentitiesOnly=yes" '-i a'; do
		read -ra options <<<"$options"
		options+=(-v -F "$fleet/bare_config" -o IdentitiesOnly=no
			-o "IdentityAgent=$PWD/agent" node01 true)
		ssh "${options[@]}" </dev/null 2>ssh.err || :
		"$RSH" "${options[@]}" </dev/null 2>rsh.err || :
		ssh_told ssh.err >expected
		rsh_told rsh.err >got
		[ -s expected ]
		diff expected got || {
			cat rsh.err
			break
		}
	done
	diff expected got
	# the last one: nothing fitted
	has "the agent's key 'my c' (ssh-ed25519 " "$(<rsh.err)"
	has "Permission denied (publickey): 3 keys were refused (the agent's 'my c', the agent's 'my b', 'a')" \
		"$(<rsh.err)"
}

@test "an agent that cannot be had is told with the refusal" {
	cd "$BATS_TEST_TMPDIR"
	ssh-keygen -q -t ed25519 -N '' -C '' -f k </dev/null
	with_files -i k -o IdentityAgent="$PWD/nothing" -o IdentitiesOnly=no
	same 255 "$status"
	same "rsh: Permission denied (publickey): 1 key was refused ('k'); cannot reach agent '$PWD/nothing': No such file or directory" \
		"$stderr"
	with_files -i "$fleet/id" -o IdentityAgent="$PWD/nothing"
	same '0:in:' "$status:$output:$stderr"
}

# A server of its own with the lines $2, at 127.2.1.1 and the port $1.
special_start() {
	local env=()

	sshd_make_config "$fleet" "$1" 251 251 >"$BATS_TEST_TMPDIR/config.$1"
	{
		printf '%s\n' "${@:2}"
		cat "$BATS_TEST_TMPDIR/config.$1"
	} >"$BATS_TEST_TMPDIR/sshd.$1"
	[ -z "$(sshd_nss_wrapper)" ] ||
		env=(LD_PRELOAD="$(sshd_nss_wrapper)"
			NSS_WRAPPER_PASSWD="$fleet/passwd"
			NSS_WRAPPER_GROUP="$fleet/group"
			NSS_WRAPPER_DISABLE_DEEPBIND=1)
	: >"$BATS_TEST_TMPDIR/log.$1"
	env "${env[@]}" "$(sshd_program)" -r -D -e \
		-f "$BATS_TEST_TMPDIR/sshd.$1" </dev/null >/dev/null \
		2>"$BATS_TEST_TMPDIR/log.$1" 3>&- &
	special=$!
	sshd_wait "$special" "$BATS_TEST_TMPDIR/log.$1" 1 || return
	awk -v at="[127.2.1.1]:$1" '{ print at, $1, $2 }' \
		"$fleet/hostkey.pub" >"$BATS_TEST_TMPDIR/known"
	special_options=(-F "$fleet/bare_config" -p "$1"
		-o "UserKnownHostsFile=$BATS_TEST_TMPDIR/known")
}

special_stop() {
	local pid

	for pid in $(sshd_tree "$special"); do
		kill "$pid" 2>/dev/null || :
	done
	wait "$special" 2>/dev/null || :
}

special_port() {
	echo $((12000 + RANDOM % 6000))
}

# Try, and on a port that is taken once more.
special_server() {
	local try

	for ((try = 0; try < 5; try++)); do
		! special_start "$(special_port)" "$@" || return 0
	done
	cat "$BATS_TEST_TMPDIR"/log.*
	return 1
}

with_special() {
	run --separate-stderr timeout 20 "$RSH" "${special_options[@]}" "$@" \
		</dev/null
}

@test "pdsh, which has no --ssh-program, names what does the same" {
	local as

	cd "$BATS_TEST_TMPDIR"
	printf '%s' 'sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAAIJMm1UTMpZAYwzeR91MVmdDVOEb2+Ves+MOEUuZ4YW2lAAAABHNzaDo=' \
		>token.pub
	mkdir -p home/.ssh
	chmod 700 home/.ssh
	{
		echo "IdentityFile $PWD/token.pub"
		cat "$fleet/bare_config"
	} >home/.ssh/config
	chmod 600 home/.ssh/config
	printf 'me:x:%d:%d::%s:/bin/sh\n' "$(id -u)" "$(id -g)" "$PWD/home" \
		>passwd
	ln -s "$RSH" pdsh
	as=(env LD_PRELOAD="$(sshd_nss_wrapper)" NSS_WRAPPER_PASSWD="$PWD/passwd"
		NSS_WRAPPER_GROUP=/dev/null NSS_WRAPPER_DISABLE_DEEPBIND=1
		./pdsh)
	"${as[@]}" -V >/dev/null 2>&1 ||
		skip "nothing can be loaded in front of this build"
	run --separate-stderr "${as[@]}" -w node01 true </dev/null
	has "node01: RSH_SSH_PROGRAM=ssh in the environment may log in there" \
		"$stderr"
}

@test "what only --ssh-program can do is told, and summed up" {
	cd "$BATS_TEST_TMPDIR"
	printf '%s' 'sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29tAAAAIJMm1UTMpZAYwzeR91MVmdDVOEb2+Ves+MOEUuZ4YW2lAAAABHNzaDo=' \
		>token.pub
	with_files -i token.pub
	same 255 "$status"
	same "rsh: Permission denied (publickey): key 'token.pub' is on a token, which --ssh-program can use" \
		"$stderr"
	run --separate-stderr "$RSH" -F "$fleet/bare_config" -i token.pub \
		-H 'node[01-03]' true </dev/null
	has "rsh: 3 of 3 failed: auth: node[01-03]
rsh: '--ssh-program ssh' may log in to: node[01-03]" "$stderr"
	special_server 'KexAlgorithms sntrup761x25519-sha512@openssh.com'
	with_special -H 127.2.1.1 true
	# libssh may see no more than the close that follows
	[[ $stderr != *"no matching"* ]] ||
		has "; --ssh-program may have one" "$stderr"
}

@test "methods that rsh has not are told where ssh_config wants them" {
	cd "$BATS_TEST_TMPDIR"
	special_server 'GSSAPIAuthentication yes'
	ssh-keygen -q -t ed25519 -N '' -C '' -f k </dev/null
	with_special -i k 127.2.1.1 true
	has 'Permission denied (publickey,gssapi-with-mic): ' "$stderr"
	[[ $stderr != *--ssh-program* ]]
	with_special -i k -o GSSAPIAuthentication=yes \
		127.2.1.1 true
	has '; gssapi-with-mic works with --ssh-program only' "$stderr"
	special_stop
	special_server 'GSSAPIAuthentication yes' 'PubkeyAuthentication no'
	with_special 127.2.1.1 true
	has 'only --ssh-program can log in there' "$stderr"
	with_special -o GSSAPIAuthentication=yes 127.2.1.1 true
	has 'gssapi-with-mic works with --ssh-program only' "$stderr"
}

# ---- more than one method ----

# ssh and rsh against the special server: what comes out, and what is asked.
as_ssh_at_special() {
	local options=("${special_options[@]}" -o BatchMode=no "$@" 127.2.1.1
		'echo in')

	: >"$asked"
	timeout 20 ssh "${options[@]}" </dev/null >expected 2>ssh.err || :
	cat "$asked" >>expected
	: >"$asked"
	timeout 20 "$RSH" "${options[@]}" </dev/null >got 2>rsh.err || :
	cat "$asked" >>got
	diff expected got || {
		cat rsh.err
		return 1
	}
}

@test "a server that wants a key and a password is asked for both" {
	cd "$BATS_TEST_TMPDIR"
	answers wrong
	special_server 'PasswordAuthentication yes' \
		'AuthenticationMethods publickey,password'
	as_ssh_at_special -i "$fleet/id"
	same 3 "$(grep -c "@127.2.1.1's password: " got)"
	same "rsh: Permission denied (password): key '$fleet/id' was accepted, and something else is wanted, too; 3 passwords were refused" \
		"$(tail -n 1 rsh.err)"
	as_ssh_at_special -i "$fleet/id" -o PasswordAuthentication=no
	same '' "$(<got)"
	same "rsh: Permission denied (password): key '$fleet/id' was accepted, and something else is wanted, too" \
		"$(<rsh.err)"
	# no password is asked for before there was a key
	as_ssh_at_special -o IdentityFile=none
	same '' "$(<got)"
}

@test "a server that wants two keys is shown both" {
	cd "$BATS_TEST_TMPDIR"
	answers 'open sesame'
	special_server 'AuthenticationMethods publickey,publickey'
	as_ssh_at_special -i "$fleet/id"
	same '' "$(<got)"
	has "key '$fleet/id' was accepted, and something else is wanted, too" \
		"$(<rsh.err)"
	as_ssh_at_special -i "$fleet/id" -i "$BATS_FILE_TMPDIR/locked"
	same "in
Enter passphrase for key '$BATS_FILE_TMPDIR/locked': " "$(<got)"
	as_ssh_at_special -i "$BATS_FILE_TMPDIR/locked" -i "$fleet/id"
	has in "$(<got)"
}

# ---- servers that are not there ----

@test "ConnectionAttempts tries that often, a second apart, as ssh" {
	local program from

	cd "$BATS_TEST_TMPDIR"
	for program in ssh "$RSH"; do
		from=${EPOCHREALTIME/./}
		run --separate-stderr timeout 20 "$program" \
			-F "$fleet/ssh_config" -p 1 \
			-o ConnectionAttempts=2 node01 true </dev/null
		same 255 "$status"
		echo $(((${EPOCHREALTIME/./} - from) / 1000000)) \
			>"${program##*/}.took"
		has 'Connection refused' "${stderr/connection refused/Connection refused}"
	done
	diff ssh.took rsh.took
	same 1 "$(<rsh.took)"
}

@test "a server that falls silent is given up as ServerAlive says" {
	local from took run

	cd "$BATS_TEST_TMPDIR"
	special_server
	from=$SECONDS
	"$RSH" "${special_options[@]}" -i "$fleet/id" \
		-o ServerAliveInterval=1 -o ServerAliveCountMax=2 127.2.1.1 \
		"echo \$PPID >$PWD/ppid; echo \$\$ >$PWD/pid; exec sleep 30" \
		</dev/null >out 2>err 3>&- &
	run=$!
	wait_until 10 [ -s pid ]
	kill -STOP "$(<ppid)"
	wait "$run" || status=$?
	took=$((SECONDS - from))
	kill -KILL "$(<ppid)" "$(<pid)"
	same 255 "$status"
	same 'rsh: no answer from the server for 2 s' "$(<err)"
	[ "$took" -ge 2 ] && [ "$took" -le 20 ]
}

# ---- AddKeysToAgent ----

# An agent in the current folder, empty.
agent_start() {
	eval "$(ssh-agent -s -a "$PWD/agent")" >/dev/null
	export SSH_AUTH_SOCK=$PWD/agent
}

# A run with the key $1 and AddKeysToAgent $2; more options may follow.
adding() {
	local key=$1 how=$2

	shift 2
	run --separate-stderr timeout 20 "$RSH" -F "$fleet/bare_config" -i "$key" \
		"$@" -o BatchMode=no -o IdentityAgent=SSH_AUTH_SOCK \
		-o IdentitiesOnly=yes -o "AddKeysToAgent=$how" -H 'node[01-04]' echo in </dev/null
}

in_agent() {
	ssh-add -L 2>/dev/null | grep AAAA | cut -d ' ' -f 1,2 | sort
}

agent_is_empty() {
	[ -z "$(in_agent)" ]
}

@test "a key that logged in is added to the agent, its passphrase with it" {
	local type key

	cd "$BATS_TEST_TMPDIR"
	agent_start
	for type in ed25519 'ecdsa -b 521' 'rsa -b 2048'; do
		key=${type%% *}
		# shellcheck disable=SC2086 # a type and its size
		ssh-keygen -q -t $type -N 'open sesame' -C "my $key" -f "$key" \
			</dev/null
		cat "$key.pub" >>"$fleet/authorized_keys"
		answers 'open sesame'
		adding "$key" yes
		same 0 "$status"
		same '' "$stderr"
		same "Enter passphrase for key '$key': " "$(<"$asked")"
	done
	same "$(cut -d ' ' -f 1,2 ./*.pub | sort)" "$(in_agent)"
	has 'my rsa' "$(ssh-add -l)"
	# which spares the question from here on
	: >"$asked"
	adding ed25519 yes
	same '0::' "$status:$stderr:$(<"$asked")"
}

@test "no key is added that was refused, is not wanted there, or is there" {
	cd "$BATS_TEST_TMPDIR"
	agent_start
	ssh-keygen -q -t ed25519 -N '' -C '' -f refused </dev/null
	adding refused yes
	same 255 "$status"
	agent_is_empty
	adding "$fleet/id" no
	same 0 "$status"
	agent_is_empty
	adding "$fleet/id" yes -o IdentityAgent=none
	same 0 "$status"
	agent_is_empty
	adding "$fleet/id" yes
	same "$(cut -d ' ' -f 1,2 "$fleet/id.pub")" "$(in_agent)"
	adding "$fleet/id" yes
	same '0:' "$status:$stderr"
}

@test "a key is added for a time, or to be confirmed, or as a person says" {
	local answer

	cd "$BATS_TEST_TMPDIR"
	answers no
	agent_start
	adding "$fleet/id" 1s
	same 0 "$status"
	wait_until 10 agent_is_empty
	for answer in no YES ''; do
		answers "$answer"
		adding "$fleet/id" ask
		same "0:Add key '$fleet/id' to the agent (yes/no)? " \
			"$status:$(<"$asked")"
		if [ "$answer" = no ]; then
			agent_is_empty
		else
			[ -n "$(in_agent)" ]
		fi
		ssh-add -q -D
	done
	# the agent itself asks before each use
	adding "$fleet/id" confirm
	same 0 "$status"
	[ -n "$(in_agent)" ]
	answers no
	run -255 "$RSH" -F "$fleet/bare_config" -o IdentityFile=none \
		-o IdentityAgent="$PWD/agent" -o IdentitiesOnly=no node01 true
}

@test "a program that asks is told of a yes or no, as by ssh" {
	local program options

	cd "$BATS_TEST_TMPDIR"
	agent_start
	answers yes
	printf '#!/bin/sh\necho "${SSH_ASKPASS_PROMPT-none} $1" >>"$asked"\n%s\n' \
		'case $1 in *passphrase*) echo open sesame ;; *) echo yes ;; esac' \
		>"$SSH_ASKPASS"
	# in whatever case it is written
	export SSH_ASKPASS_REQUIRE=Force
	options=(-F "$fleet/bare_config" -o BatchMode=no
		-i "$BATS_FILE_TMPDIR/locked" -o IdentityAgent="$PWD/agent"
		-o IdentitiesOnly=yes -o AddKeysToAgent=ask
		-o StrictHostKeyChecking=ask -o UserKnownHostsFile="$PWD/kh")
	for program in ssh "$RSH"; do
		ssh-add -q -D
		rm -f kh
		: >"$asked"
		"$program" "${options[@]}" node01 true </dev/null
		grep -o '^\(none\|confirm\) ' "$asked" >"${program##*/}.asked"
	done
	diff ssh.asked rsh.asked
	same 1 "$(grep -c '^confirm ' rsh.asked)"
	same 2 "$(grep -c '^none ' rsh.asked)"
}

@test "where a key cannot be added the run is no worse" {
	cd "$BATS_TEST_TMPDIR"
	agent_start
	# an agent that is locked takes nothing
	answers locked
	ssh-add -q -x </dev/null
	adding "$fleet/id" yes
	same 0 "$status"
	same "rsh: cannot add key '$fleet/id' to the agent: ssh-add refuses" \
		"$stderr"
	[ "${#lines[@]}" -eq 4 ]
	# and there may be no ssh-add
	mkdir bin
	run --separate-stderr timeout 20 env PATH="$PWD/bin" "$RSH" \
		-F "$fleet/ssh_config" -o IdentityAgent="$PWD/agent" \
		-o AddKeysToAgent=yes node01 true </dev/null
	same 0 "$status"
	has "cannot add key '$fleet/id' to the agent: " "$stderr"
}
