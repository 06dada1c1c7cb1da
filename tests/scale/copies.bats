#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # $fleet, and what run sets
# Many files to several hosts, and a tree back from many: run by ci/scale.

bats_require_minimum_version 1.5.0
load ../lib/rsh.bash

# All hosts have one file system: SFTP begins in a folder of each one's own.
setup_file() {
	local server

	server=$(sshd_sftp_server) || skip "no sftp-server here"
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

@test "10,000 small files to 8 hosts, killed midway and put again: identical" {
	local dir args=(-F "$fleet/ssh_config" -rp --links --resume
		-H 'node[01-08]' from .)

	plant from 10 1000
	tree from >want
	"$RSH" put "${args[@]}" 3>&- &
	wait_until 60 [ -e "$at/127.2.0.8/from/2/f0100" ]
	kill -KILL "$!"
	wait "$!" || true
	[ ! -e "$at/127.2.0.8/from/9/f0999" ]
	run -0 timeout 120 "$RSH" put "${args[@]}"
	[ "$(find "$at" -maxdepth 1 -name '127.*' | wc -l)" -eq 8 ]
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

# Run the rest, with $2 hosts, until more than $1 bytes are in the temporary
# files in folder $3 or below; then kill it.
kill_midway() {
	local bytes=$1 hosts=$2 where=$3

	shift 3
	"$RSH" "$@" 3>&- &
	wait_until 300 enough_parts "$bytes" "$hosts" "$where"
	kill -KILL "$!"
	wait "$!" || true
}

# Temporary files of $2 hosts have $1 bytes and more.
enough_parts() {
	local n

	n=$(find "$3" -name '.rsh-*' -size "+$(($1 / 1024))k" 2>/dev/null |
		wc -l)
	[ "$n" -ge "$2" ]
}

# RSH_COPIES_BYTES makes the file longer than what CI has time for.
@test "a large file to 8 hosts and back, killed midway and resumed: identical" {
	local dir bytes=${RSH_COPIES_BYTES:-24000000}
	local args=(-F "$fleet/ssh_config" --resume -H 'node[01-08]')

	head -c "$bytes" /dev/urandom >large
	touch -d '2001-02-03 04:05:06' large
	# slowly, so that none is whole when each has a part
	kill_midway $((bytes / 4)) 8 "$at" put --bwlimit 48M "${args[@]}" -p \
		large large
	[ -z "$(find "$at" -name large)" ]
	run -0 --separate-stderr timeout 600 "$RSH" put "${args[@]}" -p \
		large large
	same 8 "$(grep -c 'goes on after' <<<"$stderr")"
	for dir in "$at"/*.{1..8}; do
		cmp large "$dir/large"
		same "$(stat -c '%a %Y' large)" "$(stat -c '%a %Y' "$dir/large")"
	done
	kill_midway $((bytes / 4)) 8 back get --bwlimit 48M "${args[@]}" \
		large back
	[ -z "$(find back -name large)" ]
	run -0 --separate-stderr timeout 600 "$RSH" get "${args[@]}" large back
	same 8 "$(grep -c 'goes on after' <<<"$stderr")"
	for dir in back/*; do
		cmp large "$dir/large"
	done
	[ -z "$(find "$at" back -name '.rsh-*')" ]
}

@test "a tree from 4 hosts, killed midway and got again: identical" {
	local dir args=(-F "$fleet/ssh_config" -rp --links --resume
		-H 'node[01-04]' "$PWD/from" back)

	plant from 3 400
	tree from >want
	"$RSH" get "${args[@]}" 3>&- &
	wait_until 60 [ -e back/node04/from/1/f0000 ]
	kill -KILL "$!"
	wait "$!" || true
	run -0 timeout 120 "$RSH" get "${args[@]}"
	for dir in back/*; do
		tree "$dir/from" | diff -u want -
	done
	[ -z "$(find back -name '.rsh-*')" ]
}
