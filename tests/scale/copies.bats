#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # $fleet, and what run sets
# Many files to several hosts, and a tree back from many: run by ci/scale.

bats_require_minimum_version 1.5.0
load ../lib/rsh.bash

# All hosts have one file system: SFTP begins in a folder of each one's own.
setup_file() {
	local dir server=''

	for dir in /usr/lib/openssh /usr/libexec/openssh /usr/lib/ssh \
		/usr/libexec; do
		[ ! -x "$dir/sftp-server" ] || server=$dir/sftp-server
	done
	[ -n "$server" ] || skip "no sftp-server here"
	export at=$BATS_FILE_TMPDIR/at
	cat >"$BATS_FILE_TMPDIR/serve" <<-EOF
		set -- \$SSH_CONNECTION
		mkdir -p $at/\$3 && cd $at/\$3 && exec $server
	EOF
	sshd_sftp="/bin/sh $BATS_FILE_TMPDIR/serve" fleet_start 64
}

teardown_file() {
	fleet_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

# What is in folder $1: names, kinds, modes, times, contents.
tree() {
	(cd "$1" && find . -type l -printf '%P %l\n' -o \
		-printf '%P %y %m %Ts\n' | sort &&
		find . -type f -print0 | sort -z | xargs -0 cat | sha256sum)
}

# A folder $1 of $2 folders with $3 files each, and links.
plant() {
	local i

	for ((i = 0; i < $2; i++)); do
		mkdir -p "$1/$i"
		seq $((i * $3 + 1)) $((i * $3 + $3)) |
			split -l 1 -a 4 -d - "$1/$i/f"
		ln -s f0000 "$1/$i/link"
		chmod 640 "$1/$i/f0001"
		touch -d '2001-02-03 04:05:06' "$1/$i/f0002"
	done
}

@test "10,000 small files to 4 hosts: names, modes, times, links, contents" {
	local dir

	plant from 10 1000
	run -0 timeout 120 "$RSH" put -F "$fleet/ssh_config" -rp --links \
		-H 'node[01-04]' from .
	tree from >want
	[ "$(find "$at" -maxdepth 1 -name '127.*' | wc -l)" -eq 4 ]
	for dir in "$at"/*; do
		tree "$dir/from" | diff -u want -
	done
	[ -z "$(find "$at" -name '.rsh-*')" ]
}

@test "a tree back from 64 hosts" {
	local dir

	plant from 3 40
	tree from >want
	run -0 timeout 120 "$RSH" get -F "$fleet/ssh_config" -rp --links \
		-H 'node[01-64]' "$PWD/from" back
	[ "$(find back -maxdepth 1 -name 'node*' | wc -l)" -eq 64 ]
	for dir in back/*; do
		tree "$dir/from" | diff -u want -
	done
	[ -z "$(find back -name '.rsh-*')" ]
}
