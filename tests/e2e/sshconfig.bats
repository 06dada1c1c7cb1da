#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # bats
# Whose files ssh_config(5) is read from, against the real `ssh -G`.

bats_require_minimum_version 1.5.0
load ../lib/rsh.bash

setup_file() {
	env_clean
}

setup() {
	ssh=$(command -v ssh)
	cd "$BATS_TEST_TMPDIR" || return
	umask 022
	mkdir -p home/.ssh
	chmod 700 home/.ssh
	HOME=$PWD/home
}

# Both programs with -F $1, or, if that is empty, with the files of a user
# whose home is $HOME.
ssh_resolves() {
	local wrapper=()

	if [ -z "$1" ]; then
		printf 'me:x:%d:%d::%s:/bin/sh\n' "$(id -u)" "$(id -g)" \
			"$HOME" >passwd
		wrapper=(env LD_PRELOAD="$(sshd_nss_wrapper)"
			NSS_WRAPPER_PASSWD=passwd NSS_WRAPPER_GROUP=/dev/null)
	fi
	"${wrapper[@]}" "$ssh" -G ${1:+-F "$1"} a </dev/null
}

rsh_resolves() {
	"$builddir/tests/lib/sshresolve" "$1" a </dev/null
}

# Of a file with mode $1 that is $2's, and is read as $3: both read it, or
# both refuse.
judged_alike() {
	local mode=$1 owner=$2 use=$3 file=$PWD/file config='' theirs=0 ours=0

	rm -f "$file" home/.ssh/config main
	case $use in
	-F)
		config=$file
		;;
	"Include of -F")
		config=$PWD/main
		echo "Include $file" >main
		chmod 666 main
		;;
	"the user's")
		file=$HOME/.ssh/config
		;;
	"Include of the user's")
		echo "Include $file" >home/.ssh/config
		chmod 600 home/.ssh/config
		;;
	esac
	echo "Port 7" >"$file"
	chmod "$mode" "$file"
	chown "$owner" "$file"
	ssh_resolves "$config" >theirs 2>&1 || theirs=$?
	rsh_resolves "$config" >ours 2>&1 || ours=$?
	echo "$theirs" >>judged
	if [ "$theirs" = 0 ]; then
		grep -qx 'port 7' theirs && grep -qx 'port 7' ours && return
	elif [ "$theirs" = "$ours" ]; then
		grep -q "^Bad owner or permissions on $file" theirs &&
			grep -q "bad owner or permissions on '$file'\$" ours &&
			return
	fi
	printf '%s with mode %s of %s: ssh %d, rsh %d\n' "$use" "$mode" \
		"$owner" "$theirs" "$ours"
	grep -i ' on ' theirs ours
	return 1
}

@test "files that others may write are refused where ssh refuses them" {
	local mode owner use owners uses=(-F 'Include of -F')

	[ -z "$(sshd_nss_wrapper)" ] ||
		uses+=("the user's" "Include of the user's")
	owners=$(id -u)
	[ "$owners" != 0 ] || owners='0 65534'
	for use in "${uses[@]}"; do
		for owner in $owners; do
			for mode in 600 644 604 606 666 444; do
				judged_alike "$mode" "$owner" "$use"
			done
		done
	done
	same "$(printf '0\n255')" "$(sort -u judged)"
}

@test "a group that may write is refused, also one of a single user" {
	# Some builds of ssh take such a group to be the user.
	echo "Port 7" >file
	chmod 660 file
	echo "Include $PWD/file" >main
	run -255 rsh_resolves main
	has "main line 1: bad owner or permissions on '$PWD/file'" "$output"
	run -0 rsh_resolves file
}

@test "an Include that finds nothing, or a folder, is as with ssh" {
	mkdir -p some/folder empty
	echo 'Port 7' >some/b
	echo 'ConnectTimeout 3' >some/a
	cat >main <<-EOF
		Include $PWD/some/* $PWD/none $PWD/none/*
		Include $PWD/empty
		User x
	EOF
	for f in theirs ours; do
		if [ "$f" = theirs ]; then
			ssh_resolves main >"$f"
		else
			rsh_resolves main >"$f"
		fi
		grep -E '^(port|user|connecttimeout) ' "$f" | sort >"$f.held"
	done
	same "$(printf 'connecttimeout 3\nport 7\nuser x')" "$(cat ours.held)"
	same "$(cat theirs.held)" "$(cat ours.held)"
	run -255 rsh_resolves some
	has "cannot read 'some': Is a directory" "$output"
}
