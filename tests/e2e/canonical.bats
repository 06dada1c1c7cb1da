#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # bats
# CanonicalizeHostname and its kin, against the real `ssh -G`.  Names are
# looked up in files that only a mount namespace of the test sees.

bats_require_minimum_version 1.5.0
load ../lib/rsh.bash

# Lines of names that mean something to a shell or as an option, for host1...
hostile_names() {
	local c name n=0

	# shellcheck disable=SC2016 # for no shell
	for c in "'" '`' '"' '$' \\ ';' '&' '<' '>' '|' '(' ')' '{' '}' \
		$'\1' $'\33' $'\177'; do
		for name in "${c}a" "a${c}b" "a$c"; do
			n=$((n + 1))
			printf '127.0.5.%d %s host%d.h.test.\n' $n "$name" $n
		done
	done
	printf '127.0.5.%d %s host%d.h.test.\n' 52 -a 52 53 -oX=y 53 \
		54 good.h.test 54
}

setup_file() {
	local how

	sim_start 127.1.0.1-127.1.0.2
	export net=$BATS_FILE_TMPDIR/net ns=
	for how in -m -rm; do
		! unshare "$how" true 2>/dev/null || ns=${ns:-$how}
	done
	mkdir "$net"
	echo 'hosts: files' >"$net/nsswitch.conf"
	cat >"$net/hosts" <<-'EOF'
		127.0.0.1 localhost
		127.0.3.1 web1.b.test.
		127.0.3.2 web2.c.test.
		127.0.3.3 both.b.test.
		127.0.3.3 both.c.test.
		127.0.3.4 real.c.test alias.b.test.
		127.0.3.5 bare
		127.0.3.6 real.d.test nick
		127.0.3.7 bad*name.c.test odd.b.test.
		127.0.3.8 a.sub.b.test.
		127.0.3.9 Upper.C.Test shout.b.test.
		127.0.3.10 full.b.test.
		127.0.3.11 dot.c.test. dotted.b.test.
		127.0.3.12 -dash.c.test dash.b.test.
		::1 six.b.test.
		127.1.0.1 one.b.test. one.b.test
		127.1.0.2 two.b.test. two.b.test
	EOF
	hostile_names >>"$net/hosts"
	# The program sees the files of $net in place of the system's.
	cat >"$net/enter" <<-'EOF'
		#!/bin/sh
		# usage: enter FOLDER COMMAND...
		set -e
		folder=$1
		shift
		for f in "$folder"/*.conf "$folder/hosts"; do
			mount --bind "$f" "/etc/${f##*/}"
		done
		exec "$@"
	EOF
	chmod +x "$net/enter"
}

teardown_file() {
	sim_stop
}

setup() {
	[ -n "$ns" ] || skip "no namespace of our own to be had"
	cd "$BATS_TEST_TMPDIR" || return
}

# A command with the files of folder $1.
inside() {
	local folder=$1

	shift
	unshare "$ns" "$net/enter" "$folder" "$@" </dev/null
}

# Lines of "HOST|OPTION;OPTION...": each as with ssh.  The first line of the
# configuration is CanonicalDomains, the rest shows which blocks count.
each_alike() {
	cat >config <<-'EOF'
		Match canonical
		ConnectTimeout 1
		Match host *.b.test
		Port 2
		Host *.c.test
		Port 3
		Match final host real.d.test
		Port 4
		Match originalhost web*
		SetEnv A=1
		Match exec "test %n-%h = web1-web1.b.test"
		User x
		Host alias via
		HostKeyAlias k
	EOF
	cat >rows
	cat >try <<-'EOF'
		set -f
		while IFS='|' read -r host options; do
			printf '%s: %s\n' "$host" "$options"
			ifs=$IFS
			IFS=';'
			args=
			set --
			for o in $options; do
				set -- "$@" "$o"
			done
			IFS=$ifs
			if [ "$program" = ssh ]; then
				for o; do
					shift
					set -- "$@" -o "$o"
				done
				"$ssh" -G -F config "$@" "$host" >out 2>err
			else
				"$builddir/tests/lib/sshresolve" config "$host" "$@" >out 2>err
			fi
			echo "status $?"
			grep -E '^(hostname|port|user|connecttimeout|setenv|canonicalize(hostname|maxdots|fallbacklocal)|proxycommand) ' out || :
		done <rows
	EOF
	export ssh
	ssh=$(command -v ssh)
	program=ssh inside "$net" sh try >theirs || return
	program=rsh inside "$net" sh try >ours || return
	grep -q '^status 0' theirs
	same "$(cat theirs)" "$(cat ours)"
}

@test "names are found in the domains, as with ssh" {
	each_alike <<-'EOF'
		web1|CanonicalizeHostname=yes;CanonicalDomains=b.test c.test
		web2|CanonicalizeHostname=yes;CanonicalDomains=b.test c.test
		both|CanonicalizeHostname=yes;CanonicalDomains=b.test c.test
		both|CanonicalizeHostname=yes;CanonicalDomains=c.test b.test
		WEB1|CanonicalizeHostname=yes;CanonicalDomains=B.test
		web1|CanonicalizeHostname=no;CanonicalDomains=b.test
		web1|CanonicalizeHostname=none;CanonicalDomains=b.test
		web1|CanonicalDomains=b.test
		web1|CanonicalizeHostname=yes
		web1|CanonicalizeHostname=yes;CanonicalDomains=none
		web1|CanonicalizeHostname=always;CanonicalDomains=b.test
		six|CanonicalizeHostname=yes;CanonicalDomains=b.test
		six|CanonicalizeHostname=yes;CanonicalDomains=b.test;AddressFamily=inet
		web1|CanonicalizeHostname=yes;CanonicalDomains=b.test;AddressFamily=inet6
		alias|CanonicalizeHostname=yes;CanonicalDomains=c.test b.test
		via|CanonicalizeHostname=yes;CanonicalDomains=b.test;HostName=web1
		via|CanonicalizeHostname=yes;CanonicalDomains=b.test;HostName=%h1
		u@web1|CanonicalizeHostname=yes;CanonicalDomains=b.test
	EOF
}

@test "dots decide what is looked up, as with ssh" {
	each_alike <<-'EOF'
		a.sub|CanonicalizeHostname=yes;CanonicalDomains=b.test
		a.sub|CanonicalizeHostname=yes;CanonicalDomains=b.test;CanonicalizeMaxDots=0
		a.sub.b.test|CanonicalizeHostname=yes;CanonicalDomains=b.test
		a.sub.b|CanonicalizeHostname=yes;CanonicalDomains=test
		a.sub.b|CanonicalizeHostname=yes;CanonicalDomains=test;CanonicalizeMaxDots=2
		full.b.test.|CanonicalizeHostname=yes
		full.b.test.|CanonicalizeHostname=yes;CanonicalizeMaxDots=0
		nothing.b.test.|CanonicalizeHostname=yes
		nothing.b.test.|CanonicalizeHostname=yes;CanonicalizeFallbackLocal=no
		full.b.test|CanonicalizeHostname=yes;CanonicalizeMaxDots=0;CanonicalizeFallbackLocal=no
	EOF
}

@test "a name that is not found fails or stays, as with ssh" {
	each_alike <<-'EOF'
		nothing|CanonicalizeHostname=yes;CanonicalDomains=b.test c.test
		nothing|CanonicalizeHostname=yes;CanonicalDomains=b.test c.test;CanonicalizeFallbackLocal=no
		nothing|CanonicalizeHostname=yes;CanonicalizeFallbackLocal=no
		web1|CanonicalizeHostname=yes;CanonicalDomains=b.test;CanonicalizeFallbackLocal=no
		nothing|CanonicalizeHostname=yes;CanonicalDomains=b.test;CanonicalizePermittedCNAMEs=*:*
		nick|CanonicalizeHostname=yes;CanonicalDomains=b.test;CanonicalizeFallbackLocal=no;CanonicalizePermittedCNAMEs=*:*
	EOF
}

@test "-G of a name that must be found and is not ends as with ssh" {
	local program

	for program in "$(command -v ssh)" "$RSH"; do
		run -255 --separate-stderr inside "$net" "$program" -G -F none \
			-o CanonicalizeHostname=yes \
			-o CanonicalDomains=b.test \
			-o CanonicalizeFallbackLocal=no nothing
		same '' "$output"
		has nothing "$stderr"
	done
}

@test "canonical names are followed where a rule lets them, as with ssh" {
	each_alike <<-'EOF'
		alias|CanonicalizeHostname=yes;CanonicalDomains=b.test
		alias|CanonicalizeHostname=yes;CanonicalDomains=b.test;CanonicalizePermittedCNAMEs=*.b.test:*.c.test
		alias|CanonicalizeHostname=yes;CanonicalDomains=b.test;CanonicalizePermittedCNAMEs=*.b.test:*.d.test
		alias|CanonicalizeHostname=yes;CanonicalDomains=b.test;CanonicalizePermittedCNAMEs=*.d.test:*.c.test
		alias|CanonicalizeHostname=yes;CanonicalDomains=b.test;CanonicalizePermittedCNAMEs=x:y *.x,*.B.test:real.c.test
		alias|CanonicalizeHostname=yes;CanonicalDomains=b.test;CanonicalizePermittedCNAMEs=*.b.test:!real.c.test,*
		alias|CanonicalizeHostname=yes;CanonicalDomains=b.test;CanonicalizePermittedCNAMEs=none
		alias|CanonicalizeHostname=no;CanonicalDomains=b.test;CanonicalizePermittedCNAMEs=none
		nick|CanonicalizeHostname=yes;CanonicalizePermittedCNAMEs=*:*
		nick|CanonicalizeHostname=yes;CanonicalizePermittedCNAMEs=nick:*.c.test
		nick|CanonicalizeHostname=yes
		bare|CanonicalizeHostname=yes;CanonicalizePermittedCNAMEs=*:*
		odd|CanonicalizeHostname=yes;CanonicalDomains=b.test;CanonicalizePermittedCNAMEs=*:*
		dash|CanonicalizeHostname=yes;CanonicalDomains=b.test;CanonicalizePermittedCNAMEs=*:*
		shout|CanonicalizeHostname=yes;CanonicalDomains=b.test;CanonicalizePermittedCNAMEs=*:*
		dotted|CanonicalizeHostname=yes;CanonicalDomains=b.test;CanonicalizePermittedCNAMEs=*:*
	EOF
}

@test "addresses and hosts behind a proxy, as with ssh" {
	each_alike <<-'EOF'
		127.1|CanonicalizeHostname=yes;CanonicalDomains=b.test
		127.0.3.1|CanonicalizeHostname=yes;CanonicalDomains=b.test;CanonicalizeFallbackLocal=no
		::1|CanonicalizeHostname=always;CanonicalDomains=b.test;CanonicalizeFallbackLocal=no
		via|CanonicalizeHostname=yes;CanonicalDomains=b.test;HostName=127.0.3.1
		web1|CanonicalizeHostname=yes;CanonicalDomains=b.test;ProxyCommand=x
		web1|CanonicalizeHostname=yes;CanonicalDomains=b.test;ProxyCommand=none
		web1|CanonicalizeHostname=always;CanonicalDomains=b.test;ProxyCommand=x
		web1|CanonicalizeHostname=yes;CanonicalDomains=b.test;ProxyJump=j
		web1|CanonicalizeHostname=always;CanonicalDomains=b.test;ProxyJump=j
		nothing|CanonicalizeHostname=yes;ProxyCommand=x;CanonicalizeFallbackLocal=no
		nothing|CanonicalizeHostname=always;ProxyCommand=x;CanonicalizeFallbackLocal=no
		nothing|CanonicalizeHostname=always;ProxyCommand=x;CanonicalizePermittedCNAMEs=*:*
		alias|CanonicalizeHostname=always;CanonicalDomains=b.test;ProxyCommand=x;CanonicalizePermittedCNAMEs=*:*
		nick|CanonicalizeHostname=yes;ProxyCommand=x;CanonicalizePermittedCNAMEs=*:*
		nick|CanonicalizeHostname=always;ProxyCommand=x;CanonicalizePermittedCNAMEs=*:*
	EOF
}

@test "what the second reading says comes too late, as with ssh" {
	each_alike <<-'EOF'
		web1|IgnoreUnknown=x
		web1|CanonicalizeHostname=yes
	EOF
	cat >config <<-'EOF'
		Match final
		CanonicalizeHostname yes
		CanonicalizeMaxDots 3
		CanonicalizeFallbackLocal no
		Host web2
		CanonicalizeHostname yes
		Host *
		CanonicalDomains c.test
	EOF
	printf 'web1|Port=1\nweb2|Port=1\n' >rows
	program=ssh inside "$net" sh try >theirs
	program=rsh inside "$net" sh try >ours
	same "$(cat theirs)" "$(cat ours)"
}

# The simulated nodes, found in b.test only.
sim_config() {
	local port key

	port=$(awk '$1 == "Port" { print $2 }' "$scaled/ssh_config")
	read -r key <"$scaled/hostkey.pub"
	printf '[*.b.test]:%d %s\n' "$port" "$key" >known
	cat - "$scaled/ssh_config" >config <<-EOF
		CanonicalizeHostname yes
		CanonicalDomains a.test b.test
		CanonicalizeFallbackLocal no
		UserKnownHostsFile $PWD/known
	EOF
}

@test "a host that is not found fails alone, and by its class" {
	sim_config
	run -1 --separate-stderr inside "$net" "$RSH" -F config \
		--exit-code all -H one,lost,two,gone 'say hi'
	same "$(printf 'one: hi\ntwo: hi')" "$(sort <<<"$output")"
	has "lost: could not resolve hostname lost: it is in none of the CanonicalDomains" "$stderr"
	has "2 of 4 failed: resolve: lost,gone" "$stderr"
	run -255 --separate-stderr inside "$net" "$RSH" -F config lost 'say hi'
	same "rsh: could not resolve hostname lost: it is in none of the CanonicalDomains" "$stderr"
	run -0 inside "$net" "$RSH" -F config -v two 'say hi'
	has "host 'two' is 'two.b.test' in full" "$output"
}

@test "name servers that keep silent hold nothing up for long" {
	local silent=$BATS_TEST_TMPDIR/silent

	mkdir "$silent"
	echo 'hosts: files dns' >"$silent/nsswitch.conf"
	echo '127.1.0.1 one.a.test. one.a.test' >"$silent/hosts"
	printf 'nameserver 192.0.2.53\noptions timeout:30 attempts:5\n' \
		>"$silent/resolv.conf"
	cat >inner <<-'EOF'
		PATH="$PATH:/usr/sbin:/sbin"
		ip link set lo up && ip link add v0 type veth peer name v1 &&
			ip addr add 192.0.2.1/24 dev v0 &&
			ip link set v0 up && ip link set v1 up &&
			ip neigh add 192.0.2.53 lladdr 02:00:00:00:00:53 \
				dev v0 nud permanent || exit 77
		exec "$RSH" -F config --connect-timeout 1 -H 'n[1-20],one' true
	EOF
	sim_config
	ns=${ns}n
	unshare "$ns" true || skip "no network of our own to be had"
	run --separate-stderr timeout 60 unshare "$ns" "$net/enter" "$silent" \
		sh inner </dev/null
	[ "$status" != 77 ] || skip "no silent network to be had"
	[ "$status" = 255 ]
	has "n7: could not resolve hostname n7.a.test.: no answer in time" "$stderr"
	has "resolve: n[1-20]; connect: one" "$stderr"
}

@test "a name that a name server gives is not taken when it is hostile" {
	local n

	cat >try <<-'EOF'
		printf 'ProxyCommand proxy %%h\nMatch canonical exec "match %%h"\n' >config
		for n in $(seq 54); do
			"$RSH" -G -F config -o CanonicalizeHostname=always \
				-o CanonicalDomains=h.test \
				-o 'CanonicalizePermittedCNAMEs=*:*' "host$n" |
				grep '^hostname '
		done
	EOF
	printf '#!/bin/sh\necho "$*" >>%s/ran\n' "$PWD" >shell
	chmod +x shell
	SHELL=$PWD/shell inside "$net" sh try >got
	for n in $(seq 53); do
		echo "hostname host$n.h.test"
	done >expected
	echo 'hostname good.h.test' >>expected
	diff expected got
	same "$(sed 's/hostname /-c match /' expected)" "$(cat ran)"
}
