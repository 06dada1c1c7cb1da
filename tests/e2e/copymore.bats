#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # $fleet, and what run sets
# rsh put and rsh get: what is gone on with, read again, left out.

bats_require_minimum_version 1.5.0
load ../lib/rsh.bash

setup_file() {
	fleet_start 3
	export big=$BATS_FILE_TMPDIR/big
	head -c 1000000 /dev/urandom >"$big"
}

teardown_file() {
	fleet_stop
	sshd_stop "$BATS_FILE_TMPDIR/liar"
	sshd_stop "$BATS_FILE_TMPDIR/small"
	sshd_stop "$BATS_FILE_TMPDIR/far"
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

teardown() {
	[ ! -e relay.pid ] || kill "$(<relay.pid)"
}

put() {
	timeout 30 "$RSH" put -F "$fleet/ssh_config" "$@"
}

get() {
	timeout 30 "$RSH" get -F "$fleet/ssh_config" "$@"
}

nothing_partial() {
	[ -z "$(find "$@" -name '*.part')" ]
}

# Two trees that differ, as they are told by mkdir and touch: in/ is what is
# to be, out/tree what is too much in it as well.
sweep_trees() {
	mkdir -p in/tree/sub/empty out/tree/sub/old/older out/tree/gone/x victim
	touch in/tree/f in/tree/sub/g out/tree/f out/tree/sub/odd victim/v
	touch out/beside "out/tree/sp ace" out/tree/.hidden out/tree/gone/k.keep
	touch out/tree/sub/old/older/h out/tree/sub/s.keep
	ln -s ../../victim out/tree/link
	ln -s ../../../victim out/tree/gone/link
	mkfifo in/tree/sub/fifo out/tree/sub/fifo
	touch -d 2001-02-03 in/tree/sub in/tree
}

names() {
	(cd "$1" && find . -mindepth 1 -printf '%P\n' | sort | xargs -d '\n')
}

# A server that lies, once for all tests; its lie stands in $liar/lie.
liar_start() {
	liar=$BATS_FILE_TMPDIR/liar
	[ -e "$liar/pids" ] ||
		sshd_sftp="$(command -v python3) ${srcdir:-$BATS_TEST_DIRNAME/../..}/tests/lib/sftpliar.py $liar/lie" \
			sshd_start "$liar" 1 3>&-
}

# The temporary name of a file $1, or HOST:FILE there, that --resume finds again.
part() {
	printf '.rsh-%s.part' "$(printf %s "$1" | sha256sum | cut -c1-16)"
}

# How much of the disk file $1 takes, in KiB.
disk() {
	du -k "$1" | cut -f1
}

@test "copy: holes stay holes, both ways, and are sent as such" {
	truncate -s 16M last
	printf hello | dd of=last bs=1 seek=5000000 conv=notrunc status=none
	head -c 300000 /dev/urandom |
		dd of=last bs=4096 seek=2000 conv=notrunc status=none
	truncate -s 12M first
	printf end >>first
	truncate -s 3M nothing
	[ "$(disk last)" -lt 1000 ] || skip "no holes on this file system"
	mkdir there here
	# So fast that it ends in time only if holes are left out.
	run -0 put --bwlimit 500K last first nothing "node01:$PWD/there"
	run -0 put --verify --resume -p last "node01:$PWD/there/again"
	run -0 get "node01:$PWD/last" "node01:$PWD/first" \
		"node01:$PWD/nothing" here
	run -0 get --verify -C "node01:$PWD/last" here/again
	for copy in there here; do
		for name in last first nothing; do
			cmp "$name" "$copy/$name"
			[ "$(disk "$copy/$name")" -lt 1000 ]
		done
		cmp last "$copy/again"
	done
	nothing_partial there here
}

@test "copy: the status line tells bytes, rate and what is left" {
	command -v script >/dev/null || skip "no script(1) here"
	for verb in put get; do
		mkdir "$verb"
		run -0 timeout 30 script -qefc "env TERM=xterm $RSH $verb \
			--color=never -F $fleet/ssh_config --bwlimit 650K \
			-H node01,node02 $big $PWD/$verb" /dev/null </dev/null
		[[ $output =~ [01]'/2 done, 0 failed; '[0-9.]+[KM]' of 1.9M, '[0-9.]+'K/s, '[1-9]'s left; node0'[12]' '[1-9][0-9]'%, ' ]]
	done
}

@test "copy: --resume goes on with a beginning that is the same" {
	mkdir there here
	head -c 600000 "$big" >"there/$(part node01:new)"
	run -0 --separate-stderr put --resume "$big" "node01:$PWD/there/new"
	has "'$PWD/there/new' goes on after 600000 of 1000000 bytes" "$stderr"
	cmp "$big" there/new
	head -c 600000 "$big" >"here/$(part big)"
	run -0 --separate-stderr get --resume "node01:$big" here
	has "'$big' goes on after 600000 of 1000000 bytes" "$stderr"
	cmp "$big" here/big
	# what is whole but for its name
	cp "$big" "there/$(part node01:whole)"
	put --resume "$big" "node01:$PWD/there/whole"
	cmp "$big" there/whole
	nothing_partial there here
}

@test "copy: --resume starts over with a beginning of something else" {
	mkdir there here
	for size in 1 600000; do
		{
			head -c $((size - 1)) "$big"
			printf x
		} >"there/$(part node01:new)"
		cp "there/$(part node01:new)" "here/$(part big)"
		run -0 --separate-stderr put --resume "$big" \
			"node01:$PWD/there/new"
		has "'$PWD/there/new' starts over: what was left is not its beginning" "$stderr"
		run -0 --separate-stderr get --resume "node01:$big" here
		has "'$big' starts over" "$stderr"
		cmp "$big" there/new
		cmp "$big" here/big
	done
	# more than there should be
	cat "$big" "$big" | tee "there/$(part node01:new)" >"here/$(part big)"
	put --resume "$big" "node01:$PWD/there/new"
	run -0 --separate-stderr get --resume "node01:$big" here
	cmp "$big" there/new
	cmp "$big" here/big
	nothing_partial there here
}

@test "copy: --resume follows no link that has the temporary name" {
	mkdir there here
	head -c 1000 "$big" >victim
	ln -s ../victim "there/$(part node01:new)"
	ln -s ../victim "here/$(part big)"
	put --resume "$big" "node01:$PWD/there/new"
	get --resume "node01:$big" here
	cmp "$big" there/new
	cmp "$big" here/big
	[ ! -L there/new ] && [ ! -L here/big ]
	same 1000 "$(stat -c %s victim)"
	# one that somebody else may hold, too
	ln victim "here/$(part big)"
	get --resume "node01:$big" here
	same 1000 "$(stat -c %s victim)"
	nothing_partial there here
}

@test "copy: put --resume goes on with no file of another user" {
	[ "$(id -u)" -eq 0 ] || skip "only root may give files away"
	mkdir -m 1777 there
	head -c 600000 "$big" >"there/$(part node01:new)"
	chown 1 "there/$(part node01:new)"
	exec 7<>"there/$(part node01:new)"
	run -0 --separate-stderr put --resume "$big" "node01:$PWD/there/new"
	has "'$PWD/there/new' starts over: what was left is not this user's" "$stderr"
	cmp "$big" there/new
	# who holds the other one has no hold on this
	echo changed >&7
	exec 7>&-
	cmp "$big" there/new
	same 0 "$(stat -c %u there/new)"
	nothing_partial there
}

@test "copy: put --resume takes another name where one is not to be had" {
	mkdir -p "there/$(part node01:new)/full"
	put --resume "$big" "node01:$PWD/there/new"
	cmp "$big" there/new
	same "$(part node01:new) new" "$(find there -mindepth 1 -maxdepth 1 -printf '%P\n' | sort | xargs)"
}

@test "copy: put --resume to hosts that share a folder: each by itself" {
	mkdir there
	head -c 600000 "$big" >"there/$(part node01:big)"
	# rate: all are under way at once
	run -0 put --resume --bwlimit 4M -H 'node[01-03]' "$big" "$PWD/there"
	same "node01: '$PWD/there/big' goes on after 600000 of 1000000 bytes" "$output"
	same big "$(ls -A there)"
	cmp "$big" there/big
}

@test "copy: get --resume keeps what came before a failure, put as well" {
	command -v python3 >/dev/null || skip "no python3 here"
	liar_start
	mkdir here
	echo fails >"$liar/lie"
	run -1 --separate-stderr timeout 20 "$RSH" get -F "$liar/ssh_config" \
		--resume node01:/x/f here
	has "cannot read '/x/f'" "$stderr"
	# the first request alone was answered
	same 32768 "$(stat -c %s "here/$(part f)")"
	# without, nothing is left
	rm here/.rsh-*
	run -1 timeout 20 "$RSH" get -F "$liar/ssh_config" node01:/x/f here
	[ -z "$(ls -A here)" ]
	: >"$liar/lie.log"
	echo full >"$liar/lie"
	run -1 --separate-stderr timeout 20 "$RSH" put -F "$liar/ssh_config" \
		--resume "$big" node01:/x/new
	# what it says is there has no owner, and goes; what comes after stays
	same 1 "$(grep -c "removed /x/$(part node01:new)" "$liar/lie.log")"
}

@test "copy: get -p keeps modes and times of folders, also of the one named dir/." {
	mkdir -p tree/in/deep here
	touch tree/in/f
	chmod 750 tree
	chmod 511 tree/in
	touch -d 2001-02-03 tree/in/f tree/in/deep tree/in tree
	chmod 700 here
	get -rp "node01:$PWD/tree" here
	get -rp "node01:$PWD/tree/." here
	same "750 2001-02-03 511 2001-02-03 755 2001-02-03 750 2001-02-03" \
		"$(stat -c '%a %y' here here/in here/in/deep here/tree |
			cut -d' ' -f1,2 | xargs)"
}

# Until the file $1 holds more than a megabyte, or all has gone wrong.
grows() {
	local n

	for ((n = 0; n < 3000; n++)); do
		[ "$(stat -c %s "$1" 2>/dev/null || echo 0)" -gt 1000000 ] &&
			return
		sleep 0.01
	done
	return 1
}

@test "copy: killed midway and resumed, both ways: identical" {
	head -c 10000000 /dev/urandom >large
	mkdir there here
	"$RSH" put -F "$fleet/ssh_config" --resume --bwlimit 2M large \
		"node01:$PWD/there/large" 3>&- &
	grows "there/$(part node01:large)"
	kill -KILL "$!" && wait "$!" || true
	[ ! -e there/large ]
	run -0 --separate-stderr put --resume large "node01:$PWD/there/large"
	has "goes on after" "$stderr"
	cmp large there/large
	"$RSH" get -F "$fleet/ssh_config" --resume --bwlimit 2M \
		"node01:$PWD/large" here 3>&- &
	grows "here/$(part large)"
	kill -KILL "$!" && wait "$!" || true
	[ ! -e here/large ]
	run -0 --separate-stderr get --resume "node01:$PWD/large" here
	has "goes on after" "$stderr"
	cmp large here/large
	nothing_partial there here
}

@test "copy: --bwlimit is for all hosts together, both ways" {
	local start

	start=$EPOCHREALTIME
	put --bwlimit 2000000 -H 'node[01-02]' "$big" "$PWD/there"
	get --bwlimit 2000000 -H 'node[01-02]' "$big" here
	# four megabytes, less the few that may be made up for
	[ $((${EPOCHREALTIME/./} - ${start/./})) -ge 1700000 ]
	cmp "$big" there
	cmp "$big" here/node01/big
	cmp "$big" here/node02/big
	for rate in 0 x 1Q -1; do
		run -255 put --bwlimit "$rate" "$big" node01:x
		has "bad rate '$rate' for --bwlimit" "$output"
	done
}

@test "copy: --exclude leaves out of a tree what is called so" {
	local to

	mkdir -p tree/in/deep tree/out there here
	touch tree/f tree/f.o tree/in/f.o tree/in/g tree/in/deep/h tree/out/f
	ln -s nowhere tree/in/broken.o
	put -r --exclude '*.o' --exclude /out --exclude 'dee[p]/' \
		-H 'node[01-02]' tree "$PWD/there"
	get -r --exclude '*.o' --exclude out/ --exclude in/deep \
		"node01:$PWD/tree" here
	for to in there here; do
		same "tree tree/f tree/in tree/in/g" \
			"$(cd "$to" && find . -mindepth 1 -printf '%P\n' | sort |
				xargs)"
	done
	# what is named itself is copied
	put --exclude '*.o' tree/f.o "node01:$PWD/there"
	[ -e there/f.o ]
	run -0 get -r --dry-run --exclude '*.o' "node01:$PWD/tree/in/" other
	[[ "$output" != *.o* ]]
}

@test "copy: --exclude that names a host is refused, one of the file is heeded" {
	touch node02
	for pattern in node02 'node[02-03]' 'node01,node02'; do
		run -255 put --exclude "$pattern" -H 'node[01-02]' node02 "$PWD/x"
		has "--exclude '$pattern' names a host" "$output"
	done
	[ ! -e x ]
	put --exclude /node02 -H 'node[01-02]' node02 "$PWD/x"
	[ -e x ]
	rm x
	printf 'defaults:\n  exclude: node02\n' >conf
	run -0 put --dry-run --config conf -H 'node[01-02]' node02 "$PWD/x"
	same "node01: $PWD/x" "$output"
}

@test "copy: --only-newer copies what is older there, or missing" {
	mkdir tree there here
	for n in old same new gone; do
		echo "$n" >tree/$n
	done
	touch -d 2010-01-01 tree/*
	cp -rp tree there
	cp -rp tree here
	for n in there here; do
		echo theirs | tee $n/tree/old $n/tree/same >$n/tree/new
		touch -d 2009-01-01 $n/tree/new
		touch -d 2011-01-01 $n/tree/old
		touch -d 2010-01-01 $n/tree/same
		rm $n/tree/gone
	done
	run -0 put -r --dry-run --only-newer tree "node01:$PWD/there"
	same "$PWD/there/tree $PWD/there/tree/gone $PWD/there/tree/new" \
		"$(sort <<<"$output" | xargs)"
	run -0 get -r --dry-run --only-newer "node01:$PWD/tree" here
	# a server may list a name twice: sftp shows that of this one, too
	same "gone new" "$(awk -F/ '{ print $NF }' <<<"$output" |
		sort -u | xargs)"
	put -r --only-newer --resume tree "node01:$PWD/there"
	get -r --only-newer "node01:$PWD/tree" here
	for n in there here; do
		same "gone new theirs theirs" \
			"$(cd $n/tree && cat gone new old same | xargs)"
	done
	nothing_partial there here
}

@test "copy: --delete removes what the source has not, in its folders alone" {
	local dir verb left="beside tree tree/f tree/gone tree/gone/k.keep tree/sub"

	left+=" tree/sub/empty tree/sub/fifo tree/sub/g tree/sub/s.keep"
	for dir in put get put-archive get-archive; do
		verb=${dir%-*}
		mkdir "$dir"
		(
			cd "$dir"
			sweep_trees
			before=$(names out)
			words=(put -rp in/tree "node01:$PWD/out")
			[ "$verb" = put ] || words=(get -rp "node01:$PWD/in/tree" out)
			[ "$dir" = "$verb" ] || words+=(--archive)
			run -0 --separate-stderr "${words[@]}" --delete --dry-run \
				--exclude '*.keep'
			same "$before" "$(names out)"
			[ "$verb" = get ] || cd out
			# a server may list a name twice
			same ".hidden gone/link gone/x link sp ace sub/odd sub/old sub/old/older sub/old/older/h" \
				"$(grep '^deleting ' <<<"$output" |
					sed "s,.*out/tree/,," | sort -u | xargs -d '\n')"
			[ "$verb" = get ] || cd ..
			"${words[@]}" --delete --exclude '*.keep'
			same "$left" "$(names out)"
			same "2001-02-03 2001-02-03" \
				"$(stat -c %y out/tree out/tree/sub |
					cut -d' ' -f1 | xargs)"
			"${words[@]}" --delete
			same "beside tree tree/f tree/sub tree/sub/empty tree/sub/fifo tree/sub/g" \
				"$(names out)"
			[ -e victim/v ] && [ -e out/beside ]
		)
	done
}

@test "copy: --delete removes nothing where the copy failed, and needs -r" {
	mkdir -p in/tree/f out/tree here/f/keep
	touch in/tree/g out/tree/old out/tree/f in/tree/f/x
	run -1 put -r --delete in/tree "node01:$PWD/out"
	run -1 put -r --delete --archive in/tree "node01:$PWD/out"
	[ -e out/tree/old ]
	touch here/old here/g
	mv here/f here/dir && touch here/f
	run -1 get -r --delete "node01:$PWD/in/tree/." here
	run -1 get -r --delete --archive "node01:$PWD/in/tree/." here
	[ -e here/old ] && [ -e here/dir/keep ]
	rm here/f
	get -r --delete "node01:$PWD/in/tree/." here
	same "f f/x g" "$(names here)"
	for verb in put get; do
		run -255 $verb --delete -H node01 in/tree here
		same "rsh: --delete needs -r" "$output"
	done
	run -255 put -r --delete in/tree/. in/tree "node01:$PWD/out"
	has "a source without a name of its own has to be the only one" "$output"
	run -1 get -r --delete "node01:$PWD/in/tree/." "node01:$PWD/in/tree/f" here
	has "several sources land in one folder" "$output"
}

@test "copy: --delete of a server that lies has an end" {
	command -v python3 >/dev/null || skip "no python3 here"
	liar_start
	mkdir -p in && touch in/f
	echo deep >"$liar/lie"
	run -1 timeout 20 "$RSH" put -F "$liar/ssh_config" -r --delete in/. \
		node01:/d
	has "too many folders inside each other" "$output"
	echo dotdot >"$liar/lie"
	run -1 timeout 20 "$RSH" put -F "$liar/ssh_config" -r --delete in/. \
		node01:/d
	has "the server names '../escaped' in '/d'" "$output"
	echo endless-names >"$liar/lie"
	run -124 timeout 20 "$RSH" put -F "$liar/ssh_config" -u 500ms -r \
		--delete in/. node01:/d
}

@test "copy: --dest says where the files of each host come to" {
	get --dest 'by-rank/%r-%n/%%' -H 'node[01-02]' "$big" here
	same "by-rank/0-node01/%/big by-rank/1-node02/%/big" \
		"$(cd here && find . -type f -printf '%P\n' | sort | xargs)"
	cmp "$big" here/by-rank/1-node02/%/big
	# hosts in front of the path
	run -0 get --dry-run --dest 'log.%n/' "node[01-02]:$big" here
	has "node02: $big -> here/log.node02/big" "$output"
	# a folder that is a link is none
	ln -s /tmp here/away
	run -1 get --dest 'away/%n' -H node01 "$big" here
	has "cannot write 'here/away': it is a link here, which is not followed" "$output"
}

@test "copy: --dest gives no two hosts one place, and leads nowhere else" {
	run -255 get --dest x -H 'node[01-02]' "$big" here
	has "--dest 'x' gives 'node01' and 'node02' the same place, 'x'" "$output"
	run -255 get --dest %n -H 'node01 node01:1' "$big" here
	has "gives 'node01' and 'node01:1' the same place, 'node01'" "$output"
	for form in /%n ../%n %n/.. a//%n %n/./x ''; do
		run -255 get --dest "$form" -H node01 "$big" here
		has "which is no path below DIR" "$output"
	done
	run -255 get --dest %x -H node01 "$big" here
	has "--dest: " "$output"
	run -255 put --dest %n -H node01 "$big" there
	has "'--dest' has no place in 'rsh put'" "$output"
	# a name of a host is one name
	run -255 get --dest %u -H '..%2f@node01 ..%2f@node02' "$big" here
	has "the same place, '%2E.%252f'" "$output"
	[ ! -e here ]
}

@test "copy: --verify reads again what was copied, and says so" {
	mkdir there
	: >zero
	run -0 put --verify -H 'node[01-02]' "$big" zero "$PWD/there"
	has "node01: 2 files verified: read again and compared" "$output"
	cmp "$big" there/big
	run -0 get --verify "node01:$big" here
	same "1 file verified: read again and compared" "$output"
	cmp "$big" here
}

@test "copy: --verify leaves nothing of a file that differs" {
	command -v python3 >/dev/null || skip "no python3 here"
	liar_start
	: >"$liar/lie.log"
	echo forgets >"$liar/lie"
	run -1 --separate-stderr timeout 20 "$RSH" put -F "$liar/ssh_config" \
		--verify "$big" node01:/x/new
	has "cannot write '/x/new': read again, it is not what was sent" "$stderr"
	has "removed /x/.rsh-" "$(cat "$liar/lie.log")"
	[ "$(grep -c renamed "$liar/lie.log")" -eq 0 ]
	mkdir here
	run -1 --separate-stderr timeout 20 "$RSH" get -F "$liar/ssh_config" \
		--verify node01:/x/f here
	has "cannot read '/x/f': read again, it is not what came before" "$stderr"
	[ -z "$(ls -A here)" ]
}

# Run $2 .. where $1 is a folder of 256 KB, which nobody else sees.
small_disk() {
	# shellcheck disable=SC2016 # for that shell
	unshare -rm sh -c 'mount -t tmpfs -o size=256k none "$0" && exec "$@"' \
		"$@"
}

@test "copy: a disk that is really full: the file is told, none is partial" {
	local small=$BATS_FILE_TMPDIR/small server

	mkdir disk
	small_disk "$PWD/disk" true || skip "no mount in a name space here"
	head -c 100000 /dev/urandom >fits
	run -1 --separate-stderr small_disk "$PWD/disk" sh -c "
		cp fits disk
		'$RSH' get -F '$fleet/ssh_config' 'node01:$big' disk
		rc=\$?; ls -A disk; cmp fits disk/fits; exit \$rc"
	has "cannot write 'disk/big': No space left on device" "$stderr"
	same fits "$output"
	server=$(sshd_sftp_server) || skip "no sftp-server here"
	cat >serve <<-EOF
		mount -t tmpfs -o size=256k none $PWD/disk
		cp $PWD/fits $PWD/disk
		$server
		ls -A $PWD/disk >$PWD/left
		cmp $PWD/fits $PWD/disk/fits && touch $PWD/ended
	EOF
	sshd_sftp="$(command -v unshare) -rm /bin/sh $PWD/serve" \
		sshd_start "$small" 1 3>&-
	run -1 --separate-stderr timeout 30 "$RSH" put \
		-F "$small/ssh_config" "$big" "node01:$PWD/disk"
	has "cannot write '$PWD/disk/big': no space is left there" "$stderr"
	wait_until 10 test -e ended
	same fits "$(cat left)"
}

@test "copy: get puts no file in place of another that it got" {
	mkdir -p d1/s d2/s m/d here
	for f in d1/.rc d2/.rc d1/s/x d1/s/y d2/s/x d2/s/y m/f m/d/l "m/a[1]"; do
		printf %s "$f" >"$f"
	done
	run -255 get node01:"$PWD/d1/.rc" node01:"$PWD/d2/.rc" here
	has "two sources are called '.rc'" "$output"
	run -1 get "node01:$PWD/d*/s/[xy]" here
	has "/s/x': another one has its name here" "$output"
	has "/s/y': another one has its name here" "$output"
	rm here/*
	run -1 get "node01:$PWD/d1/s/*" "node01:$PWD/d2/s/*" here
	has "d2/s/x': another one has its name here" "$output"
	has "d2/s/y': another one has its name here" "$output"
	same "d1/s/x d1/s/y" "$(cat here/x) $(cat here/y)"
	# what matches a part of a pattern and is no folder has nothing in it,
	# and a pattern that nothing matches may be a name
	get "node01:$PWD/m/*/l*" "node01:$PWD/m/a[1]" here
	same "m/a[1] m/d/l" "$(cat "here/a[1]") $(cat here/l)"
	run -1 get "node01:$PWD/m/a[2]" here
	has "nothing is called so" "$output"
	# in one folder the last one stays
	get -r "node01:$PWD/d1/." "node01:$PWD/d2/." here
	same "d2/.rc d2/s/x" "$(cat here/.rc) $(cat here/s/x)"
}

@test "copy: over a long way a large file goes over several channels" {
	local far=$BATS_FILE_TMPDIR/far port key server

	server=$(sshd_sftp_server) || skip "no sftp-server here"
	head -c 9000000 /dev/urandom >large
	cp -p large sparse
	truncate -s 12000000 sparse
	# Each is counted; where there is a file "one" a second one ends at once.
	cat >serve <<-EOF
		echo >>$PWD/served
		[ ! -e $PWD/one ] || [ "\$(wc -l <$PWD/served)" = 1 ] || exit 1
		exec $server
	EOF
	sshd_sftp="/bin/sh $PWD/serve" sshd_start "$far" 1 3>&-
	port=$(awk '$1 == "Port" { print $2 }' "$far/ssh_config")
	"$builddir/tests/lib/delayrelay" 127.2.9.9 127.2.0.1 "$port" 15 \
		>relayed 3>&- &
	echo $! >relay.pid
	wait_until 10 grep -q ready relayed
	read -r key <"$far/hostkey.pub"
	read -r _ port <relayed
	echo "[127.2.9.9]:$port $key" >>"$far/known_hosts"
	mkdir there
	run -0 timeout 60 "$RSH" put -F "$far/ssh_config" -p --verify \
		-P "$port" large sparse "127.2.9.9:$PWD/there"
	same 4 "$(wc -l <served)"
	cmp large there/large
	cmp sparse there/sparse
	same "$(stat -c '%a %Y' large)" "$(stat -c '%a %Y' there/large)"
	touch one
	rm served
	run -0 timeout 60 "$RSH" put -F "$far/ssh_config" -P "$port" large \
		"127.2.9.9:$PWD/there/again"
	same 4 "$(wc -l <served)"
	cmp large there/again
	# The time of access is that of the copy.
	[ "$(stat -c %X there/again)" -ge "$(stat -c %Y one)" ]
	nothing_partial there
	rm one
	run -0 timeout 60 "$RSH" get -F "$far/ssh_config" -P "$port" \
		"127.2.9.9:$PWD/large" here
	cmp large here
}
