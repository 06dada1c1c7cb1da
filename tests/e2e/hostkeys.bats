#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2030,SC2031,SC2034,SC2154 # bats; the table's words
# Host keys: the same decisions and the same new lines as ssh's, case by case,
# with a real server.  All cases run in setup_file, several at a time.

bats_require_minimum_version 1.5.0
load ../lib/rsh.bash

# The host $1 as a hashed name.
hashed() {
	printf '%s %s\n' "$1" "$ED" >"$work/hash"
	ssh-keygen -q -H -f "$work/hash" >/dev/null 2>&1
	cut -d ' ' -f 1 "$work/hash"
}

# "TYPE KEY" of a public key file.
public() {
	cut -d ' ' -f 1,2 "$1"
}

# One thing in the folder of a case.
put() {
	case $2 in
	-) ;;
	DIR) mkdir "$1" ;;
	LINK) ln -s nowhere "$1" ;;
	*) printf '%b' "$2" >"$1" ;;
	esac
}

# A row of the table.
c() {
	local dir=$work/cases/$1 i

	mkdir -p "$dir/files"
	printf '%s\n' "$2" >"$dir/want"
	printf '%s\n' "$3" | tr '|' '\n' >"$dir/options"
	put "$dir/files/u" "$4"
	put "$dir/files/g" "$5"
	for ((i = 6; i <= $#; i++)); do
		put "$dir/files/${!i%%=*}" "${!i#*=}"
	done
	count=$((count + 1))
	# where it comes from tells the server's log whose it is
	printf '127.3.%d.%d\n' $((count / 250)) $((count % 250 + 1)) \
		>"$dir/ssh.from"
	printf '127.4.%d.%d\n' $((count / 250)) $((count % 250 + 1)) \
		>"$dir/rsh.from"
	case $3 in *ProxyCommand*) rm "$dir"/*.from ;; esac
}

# The same where names are to be found.  Nothing tells who connects to one.
n() {
	[ -n "$names" ] || return 0
	c "$@"
	rm -f "$work/cases/$1"/*.from
}

# Program $2 with the case in folder $1.
run_program() {
	local dir=$1 program=$2 host=$A option args=() env=()

	cp -a "$dir/files" "$dir/$program"
	while read -r option; do
		case $option in
		'') ;;
		host=*) host=${option#host=} ;;
		*) args+=(-o "${option//@/$dir/$program}") ;;
		esac
	done <"$dir/options"
	if [ -e "$dir/$program.from" ]; then
		args+=(-o "BindAddress=$(<"$dir/$program.from")")
	else
		# the sanitizers bear no RTLD_DEEPBIND
		env=(env "LD_PRELOAD=$names" "NSS_WRAPPER_HOSTS=$work/hosts"
			NSS_WRAPPER_DISABLE_DEEPBIND=1)
	fi
	args+=(-o "UserKnownHostsFile=$dir/$program/u"
		-o "GlobalKnownHostsFile=$dir/$program/g"
		-o StrictHostKeyChecking=yes)
	# no terminal to ask on
	setsid -w timeout 20 "${env[@]}" "$program" "${args[@]}" "$host" \
		echo in \
		</dev/null >"$dir/$program.out" 2>"$dir/$program.err" || :
}

# What program $2 did in the case of folder $1.
decision() {
	if [ "$(<"$1/$2.out")" = in ]; then echo in; else echo no; fi
}

# The files of a case after program $2; hashed names cannot be compared.
files() {
	(cd "$1/$2" && sed -s 'F; s/^|1|[^ ]*/HASHED/' -- *)
}

# Both programs; `got` and, where their files differ, `diff` tell of it.
run_case() {
	run_program "$1" ssh
	run_program "$1" rsh
	printf '%s/%s\n' "$(decision "$1" ssh)" "$(decision "$1" rsh)" \
		>"$1/got"
	diff -r "$1/ssh" "$1/rsh" >/dev/null 2>&1 ||
		diff -u <(files "$1" ssh) <(files "$1" rsh) >"$1/diff" 2>&1 ||
		return 0
	rm -f "$1/diff"
}

make_cases() {
	count=0
	# shellcheck source=tests/e2e/hostkeys.cases
	. "$BATS_TEST_DIRNAME/hostkeys.cases"
}

# A login waits more than it works.
run_cases() {
	export -f decision files run_case run_program
	# shellcheck disable=SC2016 # for the inner shell
	printf '%s\0' "$work"/cases/* |
		xargs -0 -n 8 -P 12 bash -c \
			'for case; do run_case "$case"; done' cases
}

make_config() {
	cat >"$fleet/ssh_config" <<-EOF2
		Host nick
			HostName $A
		Host *
			Port $P
			User $(id -un)
			IdentityFile $fleet/id
			IdentitiesOnly yes
			IdentityAgent none
			KexAlgorithms curve25519-sha256
	EOF2
}

setup_file() {
	local key type

	export fleet=$BATS_FILE_TMPDIR/fleet work=$BATS_FILE_TMPDIR/work A P
	export names
	names=$(sshd_nss_wrapper)
	mkdir -p "$fleet" "$work"
	for key in hostkey other; do
		for type in "ecdsa 256" "rsa 2048"; do
			ssh-keygen -q -t "${type% *}" -b "${type#* }" -N "" -C "" \
				-f "$fleet/$key.${type% *}"
		done
	done
	# connected to by 0.0.0.0, which is no address of this machine to ssh
	sshd_more=$(printf '%s\n' "HostKey $fleet/hostkey.rsa" \
		"HostKey $fleet/hostkey.ecdsa" 'LogLevel VERBOSE' \
		'ListenAddress 127.0.0.1')
	fleet_start 1
	A=$(node_addr 1)
	P=$(sed -n 's/^Port //p' "$fleet/sshd_config.1")
	make_config
	printf '0.0.0.0 far.test\n127.0.0.1 near.test\n' >"$work/hosts"
	H="[$A]:$P" F="[far.test]:$P" N="[near.test]:$P" I="[0.0.0.0]:$P"
	ED=$(public "$fleet/hostkey.pub") ED2=$(public "$fleet/otherkey.pub")
	EC=$(public "$fleet/hostkey.ecdsa.pub")
	EC2=$(public "$fleet/other.ecdsa.pub")
	RSA=$(public "$fleet/hostkey.rsa.pub")
	RSA2=$(public "$fleet/other.rsa.pub")
	DSS="ssh-dss AAAAB3NzaC1kc3MAAAABAQAAAAEDAAAAAQIAAAABAw=="
	quickly make_cases
	quickly run_cases
}

teardown_file() {
	fleet_stop
}

@test "there are enough cases" {
	local all=("$work"/cases/*)

	[ "${#all[@]}" -ge 100 ]
	# of the random ones, too
	[ "$(cat "$work"/cases/random-*/got | grep -c '^in')" -ge 5 ]
	[ "$(cat "$work"/cases/random-*/got | grep -c '^no')" -ge 5 ]
	[ "${#all[@]}" -eq $(($(grep -c "^[c${names:+n}] " \
		"$BATS_TEST_DIRNAME/hostkeys.cases") + 24)) ]
}

@test "ssh and rsh decide as the table says" {
	local dir want got bad=0

	for dir in "$work"/cases/*; do
		read -r want <"$dir/want"
		want=${want%%:*}
		want=${want/refused-lines/no} want=${want/lines/in}
		[[ $want == */* ]] || want=$want/$want
		read -r got <"$dir/got"
		[ "$want" != same/same ] || want=${got%/*}/${got%/*}
		[ "$got" != "$want" ] || continue
		bad=1
		printf '%s: %s, not %s\n' "${dir##*/}" "$got" "$want"
		cat "$dir"/{ssh,rsh}.err
	done
	[ $bad -eq 0 ]
}

@test "who is refused is told why" {
	local refused told

	mapfile -t refused < <(grep -l '/no$' "$work"/cases/*/got)
	[ ${#refused[@]} -ge 50 ]
	told=$(cat "${refused[@]/%got/rsh.err}" |
		grep -c '^rsh: .*\(verification failed: \|cannot read \)')
	[ "$told" -eq ${#refused[@]} ]
}

@test "ssh and rsh add the same lines" {
	local dir want got bad=0

	for dir in "$work"/cases/*; do
		read -r want <"$dir/want"
		read -r got <"$dir/got"
		[ "${got#*/}" = "${got%/*}" ] || continue
		if [[ $want == *lines:* ]]; then
			[ -s "$dir/diff" ] || bad=1
		elif [ -e "$dir/diff" ]; then
			bad=1
			printf '%s: %s\n' "${dir##*/}" "$(<"$dir/diff")"
		fi
	done
	[ $bad -eq 0 ]
	cmp -s "$work/cases/known-new/rsh/u" "$work/cases/known-new/files/u"
	grep -qF "[$A]:$P ssh-ed25519" "$work/cases/unknown-new/rsh/u"
}

@test "a new key is told with its port" {
	has "Warning: Permanently added '[$A]:$P' (ED25519) to" \
		"$(<"$work/cases/unknown-new/rsh.err")"
}

# askpass that says $1 and keeps the question.
answer() {
	# shellcheck disable=SC2016 # for the program's shell
	printf '#!/bin/sh\nprintf "%%s\\n" "$1" >>%s\necho %s\n' \
		"$BATS_TEST_TMPDIR/asked" "$1" >"$BATS_TEST_TMPDIR/askpass"
	chmod +x "$BATS_TEST_TMPDIR/askpass"
}

@test "a person is asked about a new key, and the answer holds" {
	local file=$BATS_TEST_TMPDIR/known args

	args=(-o "UserKnownHostsFile=$file" -o GlobalKnownHostsFile=none)
	export SSH_ASKPASS=$BATS_TEST_TMPDIR/askpass SSH_ASKPASS_REQUIRE=force
	answer no
	run -255 rsh "${args[@]}" "$A" echo in
	has "the key of '[$A]:$P' was not accepted" "$output"
	[ ! -s "$file" ]
	has "No key is known for '[$A]:$P' ($A)." \
		"$(<"$BATS_TEST_TMPDIR/asked")"
	answer yes
	run -0 rsh "${args[@]}" "$A" echo in
	has in "$output"
	ssh-keygen -F "[$A]:$P" -f "$file" >/dev/null
	answer no
	run -0 --separate-stderr rsh "${args[@]}" "$A" echo in
	same in "$output"
}

# The person answers when the server has given up on the connection.
@test "a server that does not wait for the answer is called again" {
	local dir=$BATS_TEST_TMPDIR/impatient port

	sshd_more='LoginGraceTime 1' sshd_start "$dir" 1
	port=$(sed -n 's/^Port //p' "$dir/sshd_config.1")
	# 08: the other side has closed
	cat >"$BATS_TEST_TMPDIR/askpass" <<-EOF
		#!/bin/sh
		until grep -q '$(printf ':%04X 08 ' "$port")' /proc/net/tcp; do
			sleep 0.05
		done
		echo asked >>"$BATS_TEST_TMPDIR/asked"
		echo yes
	EOF
	chmod +x "$BATS_TEST_TMPDIR/askpass"
	export SSH_ASKPASS=$BATS_TEST_TMPDIR/askpass SSH_ASKPASS_REQUIRE=force
	run -0 timeout 30 "$RSH" -F "$dir/ssh_config" -o BatchMode=no \
		-o StrictHostKeyChecking=ask \
		-o "UserKnownHostsFile=$BATS_TEST_TMPDIR/known" node01 echo in
	sshd_stop "$dir"
	has in "$output"
	same asked "$(<"$BATS_TEST_TMPDIR/asked")"
}

@test "ssh finds the hashed names that rsh wrote" {
	local case name

	for case in hashed-new hashed-no alias-new-hashed; do
		name=[$A]:$P
		[ $case != alias-new-hashed ] || name=a
		grep -q '^|1|' "$work/cases/$case/rsh/u"
		ssh-keygen -F "$name" -f "$work/cases/$case/rsh/u" >/dev/null
	done
}

@test "nothing is tried before a refusal" {
	local file case from bad=0 connected tried refused

	connected=$(grep '^Connection from ' "$fleet/log.1")
	tried=$(grep 'Accepted\|Failed\|Invalid\|authenticating' \
		"$fleet/log.1")
	mapfile -t refused < <(grep -l '/no$' "$work"/cases/*/got)
	for file in "${refused[@]}"; do
		case=${file%/got}
		[ -e "$case/rsh.from" ] || continue
		read -r from <"$case/rsh.from"
		[[ $connected == *"Connection from $from port "* ]] || bad=1
		[[ $tried != *" $from port "* ]] && continue
		bad=1
		printf '%s: something was tried\n' "${case##*/}"
	done
	[ $bad -eq 0 ]
	# a log that would tell
	grep -q '^Accepted publickey for .* from 127\.4\.' "$fleet/log.1"
}

@test "what is off with a changed key is told" {
	has "WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED: '[$A]:$P' shows" \
		"$(<"$work/cases/changed-no/rsh.err")"
	has "without passwords, keyboard-interactive authentication and" \
		"$(<"$work/cases/changed-no/rsh.err")"
	run ! grep -q 'verification failed' "$work/cases/changed-no/rsh.err"
	has "WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED: '[$A]:$P' shows" \
		"$(<"$work/cases/folder-changed-global-no/rsh.err")"
	has "WARNING: cannot read '$work/cases/folder-known-global-no/rsh/u': " \
		"$(<"$work/cases/folder-known-global-no/rsh.err")"
}

@test "fingerprints and pictures are those of ssh-keygen" {
	local i hash types=(ed25519 ecdsa 'ecdsa -b 384' 'ecdsa -b 521' rsa)

	cd "$BATS_TEST_TMPDIR"
	for i in "${types[@]}"; do
		# shellcheck disable=SC2086 # a type and its size
		ssh-keygen -q -t $i -N '' -f key <<<y >/dev/null
		cut -d ' ' -f 1,2 key.pub >>keys
	done
	# Any 32 bytes look like a key: 51 bytes in all, 68 of base64.
	i=$(head -c $((150 * 32)) /dev/urandom | od -An -v -t o1 -w32 |
		sed 's/ /\\/g; s/^/\\0\\0\\0\\013ssh-ed25519\\0\\0\\0\\040/')
	# shellcheck disable=SC2059 # bytes in octal
	printf "${i//$'\n'/}" | base64 -w 68 | sed 's/^/ssh-ed25519 /' >>keys
	for hash in md5 sha256; do
		ssh-keygen -lv -E $hash -f keys | sed 's/ no comment (.*//' \
			>expected
		"$builddir/tests/lib/keyart" $hash <keys >got
		[ "$(wc -l <expected)" -eq $((155 * 12)) ]
		cmp expected got
	done
}

@test "FingerprintHash and VisualHostKey show in messages and questions" {
	local options=(-o FingerprintHash=md5 -o VisualHostKey=yes)
	local print

	cd "$BATS_TEST_TMPDIR"
	ED=$(public "$fleet/hostkey.pub")
	printf '[%s]:%s %s\n' "$A" "$P" "$ED" >u
	run -0 --separate-stderr rsh -o UserKnownHostsFile="$PWD/u" \
		"${options[@]}" "$A" true
	print=$(printf '%s\n' "$ED" | ssh-keygen -l -E md5 -f - |
		cut -d ' ' -f 2)
	has "$A: host key fingerprint is $print" "$stderr"
	printf '%s\n' "$ED" | ssh-keygen -lv -E md5 -f - | tail -n +2 |
		sed "s/^/rsh: $A: /" >art
	same "$(cat art)" "$(grep '[|+]$' <<<"$stderr")"
	run --separate-stderr rsh -o UserKnownHostsFile=/dev/null \
		-o StrictHostKeyChecking=yes "${options[@]}" "$A" true
	has "it shows $print" "$stderr"
	export SSH_ASKPASS=$BATS_TEST_TMPDIR/askpass SSH_ASKPASS_REQUIRE=force
	answer no
	run -255 rsh -o UserKnownHostsFile=/dev/null "${options[@]}" "$A" true
	same "$(sed 's/^rsh: [^ ]*: //' art)" "$(grep '[|+]\.*$' asked)"
}
