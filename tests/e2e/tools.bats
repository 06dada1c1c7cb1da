#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2030,SC2031,SC2154 # bats
# The system's programs that run ssh, over rsh and over rsh called as ssh.

bats_require_minimum_version 1.5.0
load ../lib/rsh.bash

setup_file() {
	local i

	fleet_start 1
	mkdir "$BATS_FILE_TMPDIR/as"
	ln -s "$RSH" "$BATS_FILE_TMPDIR/as/ssh"
	export real ours=$BATS_FILE_TMPDIR/as/ssh conf=$fleet/ssh_config
	real=$(PATH=${PATH#"$BATS_FILE_TMPDIR/bin:"} command -v ssh)
	export tree=$BATS_FILE_TMPDIR/tree
	mkdir -p "$tree/d/empty" "$tree/ two words"
	head -c $((8 << 20)) /dev/urandom >"$tree/big"
	for i in {1..200}; do
		printf 'file %d\n' "$i" >"$tree/d/$i"
	done
	printf 'x' >"$tree/ two words/a'b\$c"
	chmod 751 "$tree/d"
	chmod 600 "$tree/d/7"
	ln -s ../big "$tree/d/link"
	touch -d '2001-02-03 04:05:06' "$tree/d/1" "$tree/d"
}

teardown_file() {
	fleet_stop
}

setup() {
	sampled "$BATS_TEST_NUMBER" || skip "in another sample"
	cd "$BATS_TEST_TMPDIR" || return
}

# Names, modes, times of files, links and bytes of the tree $1.
listing() {
	(
		cd "$1" || exit
		find . -type d -printf '%P %m\n' -o -type l -printf '%P -> %l\n' \
			-o -printf '%P %m %Ts %s\n' | sort
		find . -type f -print0 | sort -z | xargs -0 sha256sum
	)
}

# Run "$@" with each client: its words stand for CLIENT, its folder for OUT.
each_client() {
	local client word words

	for client in "$real" "$RSH" "$ours"; do
		rm -rf out
		mkdir out
		words=()
		for word in "$@"; do
			words+=("${word//CLIENT/$client}")
		done
		timeout 60 "${words[@]}" >log 2>&1 || {
			echo "$client: ${words[*]}: status $?"
			cat log
			return 1
		}
		listing out >"listing.${client//\//_}"
	done
	set -- listing.*
	[ $# -eq 3 ]
	[ "$(wc -l <"$1")" -gt "${least:-200}" ]
	diff -u "$1" "$2"
	diff -u "$1" "$3"
}

@test "rsync there and back" {
	each_client rsync -a -e "CLIENT -F $conf" "$tree/" node01:"$PWD/out"
	diff -u <(listing "$tree") listing.*_rsh
	rm listing.*
	each_client rsync -a -e "CLIENT -F $conf" node01:"$tree/" out
	diff -u <(listing "$tree") listing.*_rsh
}

@test "rsync sends what has changed only" {
	each_client rsync -a -e "CLIENT -F $conf" "$tree/" node01:"$PWD/out"
	printf 'more' >>out/d/5
	run -0 rsync -ai -e "$RSH -F $conf" "$tree/" node01:"$PWD/out"
	same '<f.st...... d/5' "$output"
}

@test "scp there and back, by SFTP and by the old protocol" {
	local how

	for how in '' -O; do
		# shellcheck disable=SC2086 # nothing, or one word
		each_client scp $how -rpq -F "$conf" -S CLIENT "$tree" \
			node01:"$PWD/out"
		rm listing.*
		# shellcheck disable=SC2086
		each_client scp $how -rpq -F "$conf" -S CLIENT \
			node01:"$tree" out
		rm listing.*
	done
}

@test "100 MB by scp are whole" {
	head -c 100M /dev/urandom >big
	for client in "$RSH" "$ours"; do
		timeout 60 scp -q -F "$conf" -S "$client" big \
			node01:"$PWD/there"
		timeout 60 scp -q -F "$conf" -S "$client" node01:"$PWD/there" \
			back
		cmp big there
		cmp big back
	done
}

@test "sftp with a batch, there and back" {
	cat >batch.txt <<-EOF2
		put -rp $tree/d out/d
		get -p out/d/1 out/again
		mkdir out/new
		rename out/d/2 out/new/2
		-rm out/nosuch
		chmod 640 out/new/2
		get -p $tree/big out/big
		ls out
	EOF2
	sed -i "s,out/,$PWD/out/,g; s,ls out,ls $PWD/out," batch.txt
	each_client sftp -q -b batch.txt -F "$conf" -S CLIENT node01
}

@test "sftp that fails, fails as over ssh" {
	echo 'get nosuch' >batch.txt
	for client in "$real" "$RSH" "$ours"; do
		run -1 sftp -b batch.txt -F "$conf" -S "$client" node01
		has 'not found' "$output"
	done
	for client in "$real" "$RSH" "$ours"; do
		run -255 sftp -b batch.txt -F "$conf" -S "$client" -P 1 node01
		has 'connect to host 127.2.0.1 port 1: Connection refused' \
			"$output"
	done
}

# A repository with $1 commits.
repository() {
	git init -q -b main "$1"
	(
		cd "$1" || exit
		git config user.name x
		git config user.email x@y.example
		cp -R "$tree/d" .
		git add .
		git commit -q -m one
		echo changed >d/1
		git commit -q -a -m two
	)
}

@test "git clones, fetches and pushes" {
	local client n=0

	repository from
	git clone -q --bare from bare
	for client in "$real" "$RSH" "$ours"; do
		n=$((n + 1))
		GIT_SSH_COMMAND="$client -F $conf" \
			timeout 60 git clone -q "node01:$PWD/bare" "got$n"
		same "" "$(git -C "got$n" status --porcelain)"
		diff -r from/d/1 "got$n/d/1"
		(
			cd "got$n"
			git config user.name x
			git config user.email x@y.example
			git config core.sshCommand "$client -F $conf"
			echo "$n" >>d/2
			git commit -q -a -m "by $n"
			timeout 60 git push -q origin main
			timeout 60 git fetch -q
		)
		same "$(git -C "got$n" rev-parse HEAD)" \
			"$(git -C bare rev-parse main)"
	done
}

@test "git takes rsh for ssh, by its options" {
	repository from
	printf '#!/bin/sh\nexec %s -F %s "$@"\n' "$RSH" "$conf" >rsh
	chmod +x rsh
	GIT_SSH=$PWD/rsh timeout 60 git clone -q "ssh://node01$PWD/from" got
	same "$(git -C from rev-parse main)" "$(git -C got rev-parse main)"
	same "" "$(git -C got status --porcelain)"
	GIT_SSH=$PWD/rsh GIT_TRACE=$PWD/trace timeout 60 \
		git -c protocol.version=2 ls-remote "node01:$PWD/from" >refs
	has "$(git -C from rev-parse main)" "$(cat refs)"
	has 'SendEnv=GIT_PROTOCOL' "$(cat trace)"
}

@test "tar in a pipe, both ways" {
	local client

	for client in "$real" "$RSH" "$ours"; do
		rm -rf out back
		mkdir out back
		tar -C "$tree" -cf - . |
			timeout 60 "$client" -F "$conf" node01 "tar -C $PWD/out -xf -"
		timeout 60 "$client" -F "$conf" node01 "tar -C $PWD/out -cf - ." |
			tar -C back -xf -
		diff -u <(listing "$tree") <(listing back)
	done
}
