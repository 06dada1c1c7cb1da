#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # $fleet, and what run sets
# rsh put and get by commands of the host: archives of its tar, files of its cat.

bats_require_minimum_version 1.5.0
load ../lib/rsh.bash

setup_file() {
	fleet_start 2
	export src=$BATS_FILE_TMPDIR/src
	mkdir -p "$src/t/sub/empty" "$src/t/.hid" "$src/t/shut"
	head -c 300000 /dev/urandom >"$src/t/big"
	echo a >"$src/t/sub/$(printf 'sp ace\nline\377*')"
	echo b >"$src/t/sub/-x"
	echo c >"$src/t/.hid/..dots"
	echo d >"$src/t/sub/'q\"u\$o\\t!e'"
	: >"$src/t/$(printf '%0220d' 7)"
	: >"$src/t/sub/$(printf '%0150d' 8)"
	ln -s "$(printf '%0150d' 8)" "$src/t/sub/long-link"
	ln -s ../big "$src/t/sub/link"
	echo e >"$src/t/shut/f"
	ln "$src/t/sub/-x" "$src/t/sub/hard"
	chmod 640 "$src/t/big"
	chmod 4711 "$src/t/.hid/..dots"
	chmod 555 "$src/t/shut"
	find "$src/t" -exec touch -hd '2001-02-03 04:05:06' {} +
}

teardown_file() {
	fleet_stop
	sshd_stop "$BATS_FILE_TMPDIR/bare"
	sshd_stop "$BATS_FILE_TMPDIR/tarless"
	sshd_stop "$BATS_FILE_TMPDIR/liar"
	sshd_stop "$BATS_FILE_TMPDIR/cut"
	sshd_stop "$BATS_FILE_TMPDIR/tars"
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

put() {
	timeout 30 "$RSH" put -F "$fleet/ssh_config" "$@"
}

# What is in a folder: kinds, modes, times, sizes, links, sums.
tree() {
	(cd "$1" && find . \( -type f -printf '%P\0%m\0%s\0%t\0' \
		-exec sha256sum {} \; \) -o -type l -printf '%P\0%l\0\n' -o \
		-printf '%P\0%y\0%m\0%t\0\n' | tr '\0' ' ' | sort)
}

# Of how many files and bytes the results in $1 tell.
copied() {
	jq -r 'select(.event == "result") | "\(.files) \(.bytes)"' "$1"
}

nothing_partial() {
	[ -z "$(find "$@" -name '*.part')" ]
}

@test "copy: an archive brings the same tree as SFTP, with -p and without" {
	local words

	for words in -r '-rp --links'; do
		rm -rf sftp tar && mkdir sftp tar
		# shellcheck disable=SC2086
		put $words "$src/t" "node01:$PWD/sftp"
		# shellcheck disable=SC2086
		run -0 put $words --archive "$src/t" "node01:$PWD/tar"
		same "" "$output"
		if [[ $words == *p* ]]; then
			same "$(tree sftp/t)" "$(tree tar/t)"
		else
			find sftp tar -exec touch -hd 2020-01-01 {} +
			same "$(tree sftp)" "$(tree tar)"
			[ "$(stat -c %a tar/t/.hid/..dots)" = 711 ]
		fi
		nothing_partial tar
	done
}

@test "copy: an archive lands where SFTP puts it" {
	local row how name

	echo one >one && echo two >two && mkdir dir && echo in >dir/in
	while read -r row; do
		rm -rf via && mkdir via
		for how in sftp tar; do
			mkdir -p via/$how/folder/dir && echo old >via/$how/file
			ln -s nowhere via/$how/dangling
			ln -s folder via/$how/link
			# shellcheck disable=SC2086
			run put -r --via $how ${row//DEST/node01:$PWD/via/$how}
			echo "$status" >via/$how/status
			find via/$how -exec touch -hd 2020-01-01 {} +
		done
		diff <(tree via/sftp) <(tree via/tar)
	done <<-EOF
		$PWD/one DEST/folder
		$PWD/one DEST/new
		$PWD/one DEST/file
		$PWD/one DEST/dangling
		$PWD/one DEST/new/
		$PWD/dir DEST/new
		$PWD/dir DEST/folder
		$PWD/dir DEST/file
		$PWD/dir/. DEST/link
		$PWD/one $PWD/dir $PWD/two DEST/folder
	EOF
}

@test "copy: an archive replaces files whole, and keeps their modes" {
	local i

	mkdir there new && for i in 1 2 3 4; do echo new >new/$i; done
	echo old | tee there/1 there/2 >there/3
	chmod 600 there/1
	chmod 4755 there/2
	[ "$(id -u)" -ne 0 ] || chown 1:1 there/3
	same=$(stat -c %u:%g there/3)
	mkdir there/4
	run -1 --separate-stderr put --archive new/? -H 'node01' "$PWD/there"
	has "cannot write '$PWD/there/4': it is a folder there" "$stderr"
	same "new new new" "$(cd there && cat 1 2 3 | xargs)"
	same "600 755 $same" "$(stat -c %a there/1 there/2 | xargs) $(stat -c %u:%g there/3)"
	ln -s /tmp there/dir
	mkdir dir && touch dir/f
	run -1 --separate-stderr put -r --archive dir "node01:$PWD/there"
	has "it is a link there, which is not followed" "$stderr"
	[ ! -e /tmp/f ]
	mkdir -m 711 outside && ln -s "$PWD/outside" there/out
	mkdir -p out/in/deep ok/in && touch out/in/deep/f out/in/f ok/in/f
	run -1 --separate-stderr put -rp --archive out ok "node01:$PWD/there"
	same "711 " "$(stat -c %a outside) $(ls -A outside)"
	[ -e there/ok/in/f ]
	nothing_partial there
}

@test "copy: what does not arrive whole leaves nothing" {
	local how

	mkdir bin there
	for tool in sh head mkdir mv rm stat chmod chown touch wc; do
		ln -s "$(command -v $tool)" bin/$tool
	done
	printf '#!/bin/sh\nhead -c 100000 | %s "$@"\n' "$(command -v tar)" >bin/tar
	printf '#!/bin/sh\nexec head -c 100000\n' >bin/cat
	chmod +x bin/tar bin/cat
	echo old >there/big
	sshd_env=PATH=$PWD/bin sshd_start "$BATS_FILE_TMPDIR/cut" 1 3>&-
	for how in tar cat; do
		run -1 timeout 20 "$RSH" put -F "$BATS_FILE_TMPDIR/cut/ssh_config" \
			--via $how --json=told "$src/t/big" "node01:$PWD/there"
		has "the host could not put all in its place: " "$output"
		same "old big" "$(cat there/big) $(ls -A there)"
		same "0 0" "$(copied told)"
		put --via $how --json=told "$src/t/big" "node01:$PWD/new"
		same "1 300000" "$(copied told)"
	done
	has "its place: not all of it came" "$output"
	run -255 put --archive --via cat "$src/t/big" "node01:$PWD/there"
	run -1 put --via cat "$src/t/big" "node01:$PWD/none/there"
}

@test "copy: --via cat copies one file, whole and with its mode" {
	local path="$src/t/sub/'q\"u\$o\\t!e'"

	mkdir there
	put --via cat -p "$path" "node01:$PWD/there"
	same "d 4711 2001-02-03" "$(cat there/*) $(cd there && chmod 4711 ./* && stat -c '%a %y' ./* | cut -d' ' -f1,2)"
	echo old >there/new && chmod 604 there/new
	put --via cat "$src/t/big" -H 'node[01-02]' "$PWD/there/new"
	cmp "$src/t/big" there/new
	same 604 "$(stat -c %a there/new)"
	: >zero
	put --via cat zero "node01:$PWD/there/z"
	[ -e there/z ] && [ ! -s there/z ]
	mkdir there/dir && ln -s dir there/zero
	put --via cat zero "node01:$PWD/there"
	[ -f there/zero ] && [ ! -L there/zero ] && [ -z "$(ls -A there/dir)" ]
	run -1 put --via cat zero "node01:$PWD/there/dir/../z/"
	for words in "-r $src/t" "$src/t/big zero" "--resume zero" "--delete -r zero" \
		"--archive zero"; do
		# shellcheck disable=SC2086
		run -255 put --via cat $words "node01:$PWD/there"
	done
	nothing_partial there
}

@test "copy: --bwlimit is for archives, too, and for all hosts together" {
	local start

	mkdir there
	start=$EPOCHREALTIME
	put --archive --bwlimit 400000 -H 'node[01-02]' "$src/t/big" "$PWD/there"
	# 600000 bytes, less the few that may be made up for
	[ $((${EPOCHREALTIME/./} - ${start/./})) -ge 1000000 ]
	cmp "$src/t/big" there/big
}

get() {
	timeout 20 "$RSH" get -F "$fleet/ssh_config" "$@"
}

@test "copy: get --via cat gets one file, which is whole or not there" {
	local odd="$src/t/sub/'q\"u\$o\\t!e'" words

	mkdir here
	get --via cat -H 'node[01-02]' "$src/t/big" here
	cmp "$src/t/big" here/node01/big
	cmp "$src/t/big" here/node02/big
	same 644 "$(stat -c %a here/node01/big)"
	get --via cat "node01:$odd" here/new
	same "d 644" "$(cat here/new) $(stat -c %a here/new)"
	get --via cat "node01:$src/t/.hid/..dots" here
	same "c 755" "$(cat here/..dots) $(stat -c %a here/..dots)"
	: >zero
	get --via cat "node01:$PWD/zero" here
	[ -e here/zero ] && [ ! -s here/zero ]
	run -0 get --via cat --dry-run "node01:$src/t/big" here/x
	same "$src/t/big -> here/x" "$output"
	for words in "$src/none|nothing is called so" "$src/t|it is a folder" \
		"$src/t/..|it is a folder" "/dev/null|it is no regular file"; do
		run -1 get --via cat "node01:${words%|*}" here/x
		has "cannot copy '${words%|*}': ${words#*|}" "$output"
	done
	for words in "node01:$src/*" "node01:$src/t node01:$src/u" \
		"-r node01:$src/t" "-p node01:$src/t/big"; do
		# shellcheck disable=SC2086
		run -255 get --via cat $words here
	done
	[ ! -e here/x ]
	nothing_partial here
}

@test "copy: get --via cat leaves nothing of a file that ends too soon" {
	mkdir bin here
	# says more than it sends; and is not the first to print something
	printf '#!/bin/sh\necho noise; echo 1000\n' >bin/wc
	chmod +x bin/wc
	for tool in sh cat; do
		ln -s "$(command -v $tool)" bin/$tool
	done
	sshd_env=PATH=$PWD/bin sshd_start "$BATS_FILE_TMPDIR/liar" 1 3>&-
	run -1 timeout 20 "$RSH" get -F "$BATS_FILE_TMPDIR/liar/ssh_config" \
		--via cat "node01:$src/t/sub/-x" here
	has "the host does not say how long it is" "$output"
	printf '#!/bin/sh\necho 1000\n' >bin/wc
	run -1 timeout 20 "$RSH" get -F "$BATS_FILE_TMPDIR/liar/ssh_config" \
		--via cat "node01:$src/t/sub/-x" here
	has "it ended after 2 of 1000 bytes" "$output"
	# no more than was said is taken
	printf '#!/bin/sh\necho 1\n' >bin/wc
	timeout 20 "$RSH" get -F "$BATS_FILE_TMPDIR/liar/ssh_config" \
		--via cat "node01:$src/t/big" here
	same 1 "$(stat -c %s here/big)"
	nothing_partial here
}

@test "copy: without tar there, --archive says so and uses SFTP" {
	mkdir bin there
	for tool in sh cat mkdir mv rm stat chmod touch ls; do
		ln -s "$(command -v $tool)" bin/$tool
	done
	sshd_env=PATH=$PWD/bin sshd_start "$BATS_FILE_TMPDIR/tarless" 1 3>&-
	run -0 --separate-stderr timeout 20 "$RSH" put \
		-F "$BATS_FILE_TMPDIR/tarless/ssh_config" --archive \
		"$src/t/big" "node01:$PWD/there"
	has "the host has no tar: its files are copied one by one" "$stderr"
	cmp "$src/t/big" there/big
	run -255 timeout 20 "$RSH" put -F "$BATS_FILE_TMPDIR/tarless/ssh_config" \
		--via tar "$src/t/big" "node01:$PWD/there/x"
	has "the host has no tar; --via cat copies one file without" "$output"
	run -0 --separate-stderr timeout 20 "$RSH" get \
		-F "$BATS_FILE_TMPDIR/tarless/ssh_config" --archive \
		"node01:$src/t/big" there/back
	has "the host has no tar: its files are copied one by one" "$stderr"
	cmp "$src/t/big" there/back
	run -255 timeout 20 "$RSH" get -F "$BATS_FILE_TMPDIR/tarless/ssh_config" \
		--via tar "node01:$src/t/big" there/x
	has "the host has no tar; --via cat gets one file without" "$output"
}

@test "copy: a host without SFTP: the error names --via, which does" {
	mkdir there
	sshd_sftp=/bin/false sshd_start "$BATS_FILE_TMPDIR/bare" 1 3>&-
	run -255 --separate-stderr timeout 20 "$RSH" put \
		-F "$BATS_FILE_TMPDIR/bare/ssh_config" "$src/t/big" "node01:$PWD/there"
	has "the host has no SFTP" "$stderr"
	has "--via tar, or --via cat, does without" "$stderr"
	run -255 --separate-stderr timeout 20 "$RSH" get \
		-F "$BATS_FILE_TMPDIR/bare/ssh_config" "node01:$src/t/big" there
	has "--via tar, or --via cat, does without" "$stderr"
	mkdir tree && touch tree/f
	run -255 --separate-stderr timeout 20 "$RSH" put --archive --delete -r \
		-F "$BATS_FILE_TMPDIR/bare/ssh_config" tree "node01:$PWD/there"
	has "all is copied, but nothing removed, for the host has no SFTP: " "$stderr"
	[ -e there/tree/f ]
	for how in tar cat; do
		timeout 20 "$RSH" get -F "$BATS_FILE_TMPDIR/bare/ssh_config" \
			--via $how "node01:$src/t/big" there/get.$how
		cmp "$src/t/big" there/get.$how
		timeout 20 "$RSH" put -F "$BATS_FILE_TMPDIR/bare/ssh_config" \
			--via $how "$src/t/big" "node01:$PWD/there/$how"
		cmp "$src/t/big" there/$how
	done
}

# Each tar that is here, as that of a host of its own.
@test "copy: get --archive brings the same tree as SFTP, from any tar" {
	local tool words

	mkdir -p bin src
	cp -a "$src/t" src/t
	ln -s sub src/t/folder-link && ln -s nowhere src/t/gone && mkfifo src/t/fifo
	export sshd_env="PATH=$PWD/bin:$PATH"
	sshd_start "$BATS_FILE_TMPDIR/tars" 1 3>&-
	for words in -r "-rp --links" "-r --exclude sub/[!h]* --exclude big"; do
		rm -rf sftp && mkdir sftp
		# shellcheck disable=SC2086
		(set -f && run get $words "node01:$PWD/src/t" sftp)
		[[ $words == *p* ]] || find sftp -exec touch -hd 2020-01-01 {} +
		for tool in tar bsdtar busybox; do
			command -v $tool >/dev/null || continue
			rm -f bin/*
			[ $tool = tar ] || ln -s "$(command -v $tool)" bin/tar
			[ $tool != busybox ] || ln -s "$(command -v $tool)" bin/find
			[ $tool != busybox ] || ln -s "$(command -v $tool)" bin/sh
			# to a ksh some words are its own
			[ $tool != bsdtar ] || ! command -v mksh >/dev/null ||
				ln -s "$(command -v mksh)" bin/sh
			rm -rf tar && mkdir tar
			set -f
			# shellcheck disable=SC2086
			run timeout 20 "$RSH" get -F "$BATS_FILE_TMPDIR/tars/ssh_config" \
				$words --archive "node01:$PWD/src/t" tar
			set +f
			if [[ $words == *p* ]]; then
				same 0 "$status"
			else
				same 1 "$status"
				has "t/folder-link' is left out: it is a link to a folder" "$output"
				has "cannot copy '$PWD/src/t/gone': no such file" "$output"
				find tar -exec touch -hd 2020-01-01 {} +
			fi
			has "t/fifo' is left out: it is no regular file" "$output"
			same "$(tree sftp/t)" "$(tree tar/t)"
			nothing_partial tar
		done
	done
}

@test "copy: what get --archive finds lands where SFTP puts it" {
	local row how name

	mkdir -p there/dir/in there/deep && echo 1 >there/one && echo 2 >there/dir/in/two
	echo x >there/-x && echo y >'there/[y' && ln -s one there/link
	ln -s dir there/dir-link && cp there/one there/deep/one && echo h >there/.hid
	for name in 'st*r' star 'a\nb' 'b\052'; do echo "$name" >"there/deep/$name"; done
	while read -r row; do
		rm -rf via && mkdir via
		for how in sftp tar; do
			mkdir -p via/$how/old/dir && echo old >via/$how/one
			ln -s old via/$how/new-link
			row=${row//THERE/$PWD\/there}
			# shellcheck disable=SC2086
			(set -f && run get --via $how ${row//HERE/via\/$how} &&
				echo "$status" >via/$how/status)
			find via/$how -exec touch -hd 2020-01-01 {} +
		done
		diff <(tree via/sftp) <(tree via/tar)
	done <<-EOF
		node01:THERE/one HERE/new
		node01:THERE/[^x]ne HERE
		node01:THERE/one HERE/new-link
		node01:THERE/dir HERE
		-r node01:THERE/dir HERE/new
		-r node01:THERE/dir/. HERE/old
		-r node01:THERE/dir-link HERE
		-rp node01:THERE/* node01:THERE/none HERE
		node01:THERE/*one node01:THERE/li* node01:THERE/[[]y HERE
		node01:THERE/[y node01:THERE/-x node01:THERE/.h* HERE
		-r node01:THERE/one node01:THERE/*/one HERE
		node01:THERE/deep/st\\*r HERE
		node01:THERE/deep/a\\\\* node01:THERE/deep/[\\]b]* node01:THERE/deep/a\\nb HERE
		-H node[01-02] THERE/one THERE/no* HERE
		-r -H node[01-02] --dest to/%h THERE/dir HERE
	EOF
}

@test "copy: get --archive tells what the host's tar could not do" {
	mkdir bin here
	printf '#!/bin/sh\n%s "$@"; echo "no luck" >&2; exit 2\n' \
		"$(command -v tar)" >bin/tar
	chmod +x bin/tar
	sshd_stop "$BATS_FILE_TMPDIR/cut"
	rm -rf "$BATS_FILE_TMPDIR/cut"
	sshd_env=PATH=$PWD/bin:$PATH sshd_start "$BATS_FILE_TMPDIR/cut" 1 3>&-
	run -1 --separate-stderr timeout 20 "$RSH" get -r --archive \
		-F "$BATS_FILE_TMPDIR/cut/ssh_config" "node01:$src/t" here
	has "tar of the host had trouble: no luck" "$stderr"
	cmp "$src/t/big" here/t/big
	# what is cut off is not there
	rm -r here/t
	# shellcheck disable=SC2016 # that is for the script
	printf '#!/bin/sh\n[ "$1" != --version ] || exit\n%s "$@" | head -c 100000\n' \
		"$(command -v tar)" >bin/tar
	run timeout 20 "$RSH" get -r --archive \
		-F "$BATS_FILE_TMPDIR/cut/ssh_config" "node01:$src/t/big" here
	[ "$status" -ne 0 ]
	has "the host ended the command before all was copied" "$output"
	[ -z "$(ls -A here)" ]
	# nor has a file what comes behind a tar that is killed
	mkdir few && echo "some words" >few/f
	# shellcheck disable=SC2016 # that is for the script
	printf '#!/bin/sh\n[ "$1" != --version ] || exit\n%s "$@" | head -c 1024\nexit 137\n' \
		"$(command -v tar)" >bin/tar
	run timeout 20 "$RSH" get -r --archive \
		-F "$BATS_FILE_TMPDIR/cut/ssh_config" "node01:$PWD/few" here
	[ "$status" -ne 0 ]
	[ -z "$(ls -A here/few)" ]
	rm -r here/few
	printf '#!/bin/sh\nhead -c 2000 /dev/zero | tr "\\0" x\n' >bin/tar
	run -255 timeout 20 "$RSH" get --archive \
		-F "$BATS_FILE_TMPDIR/cut/ssh_config" "node01:$src/t/big" here
	has "what the host sends is no archive: a checksum in it is wrong" "$output"
	[ -z "$(ls -A here)" ]
}

@test "copy: get --archive obeys what it takes, and refuses the rest" {
	local start words

	mkdir here && echo old >here/big && touch -d 2030-01-01 here/big
	get --archive --only-newer "node01:$src/t/big" here
	same old "$(cat here/big)"
	get --archive -p "node01:$src/t/big" here
	same "640 2001-02-03" "$(stat -c '%a %y' here/big | cut -d' ' -f1,2)"
	run -0 get --archive --dry-run "node01:$src/t/big" here
	same "$src/t/big -> here/big" "$output"
	start=$EPOCHREALTIME
	get --via tar --bwlimit 300000 -H 'node[01-02]' "$src/t/big" here
	[ $((${EPOCHREALTIME/./} - ${start/./})) -ge 1000000 ]
	cmp "$src/t/big" here/node02/big
	for words in --resume --verify; do
		run -255 get --archive "$words" "node01:$src/t" here
		has "$words needs SFTP; leave --archive out" "$output"
	done
	run -255 get --archive --via tar -r --delete "node01:$src/t" here
	has "--delete needs SFTP; leave --via tar out" "$output"
	run -255 get --via tar --dry-run "node01:$src/t" here
	has "--dry-run needs SFTP; leave --via tar out" "$output"
	nothing_partial here
}
