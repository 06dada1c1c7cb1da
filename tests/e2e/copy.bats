#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2034,SC2154 # $sshd_more; bats and $fleet
# rsh put and rsh get, beside scp with the same input; a server that lies.

bats_require_minimum_version 1.5.0
load ../lib/rsh.bash

setup_file() {
	# the server's limit: a file of more has several
	sshd_more='RekeyLimit 1M' fleet_start 3
	wrap scp "$(command -v scp)" "$fleet/ssh_config"
	self=@$(uname -n | cut -d. -f1)
	export src=$BATS_FILE_TMPDIR/src self
	mkdir -p "$src/a/b" "$src/empty" "$src/.hidden"
	head -c 1000000 /dev/urandom >"$src/big"
	echo text >"$src/a/plain"
	printf odd >"$src/a/b/$(printf 'sp ace\nline\377*')"
	: >"$src/zero"
	ln -s plain "$src/a/link"
	chmod 600 "$src/a/plain"
	chmod 755 "$src/zero"
	touch -d '2001-02-03 04:05:06' "$src/a/plain" "$src/a"
}

teardown_file() {
	fleet_stop
	sshd_stop "$BATS_FILE_TMPDIR/liar"
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

put() {
	timeout 20 "$RSH" put -F "$fleet/ssh_config" "$@"
}

get() {
	timeout 20 "$RSH" get -F "$fleet/ssh_config" "$@"
}

# What is in a folder: kinds, modes, sizes, links, sums.
tree() {
	(cd "$1" && find . -mindepth 1 \( -type f -printf '%P\0%m\0%s\0' \
		-exec sha256sum {} \; \) -o -printf '%P\0%y\0%l\0\n' |
		tr '\0' ' ' | sort)
}

nothing_partial() {
	[ -z "$(find "$@" -name '*.part')" ]
}

@test "copy: one file lands where scp puts it" {
	local row from to

	while read -r from to; do
		for tool in put scp; do
			rm -rf "$tool.d"
			mkdir -p "$tool.d/folder"
			echo old >"$tool.d/there"
			chmod 640 "$tool.d/there"
			$tool "$src/$from" "node01:$PWD/$tool.d/$to"
		done
		same "$(tree scp.d)" "$(tree put.d)"
	done <<-EOF
		big new
		big folder
		big folder/
		big there
		zero folder/zero
	EOF
	nothing_partial .
}

@test "copy: a tree lands where scp puts it, there and back" {
	local to

	for to in new folder folder/ ''; do
		for tool in put scp; do
			rm -rf "$tool.d"
			mkdir -p "$tool.d/folder"
			$tool -r "$src" "node01:$PWD/$tool.d/$to"
		done
		same "$(tree scp.d)" "$(tree put.d)"
	done
	for to in new folder; do
		for tool in get scp; do
			rm -rf "$tool.d"
			mkdir -p "$tool.d/folder"
			$tool -r "node01:$src" "$tool.d/$to"
		done
		same "$(tree scp.d)" "$(tree get.d)"
	done
	nothing_partial .
}

@test "copy: -p keeps modes and times, of folders too" {
	put -rp "$src" "node01:$PWD/there"
	get -rp "node01:$PWD/there" here
	for to in there here; do
		diff <(cd "$src" && find . -printf '%P %m %Ts\n' | sort) \
			<(cd "$to" && find . -printf '%P %m %Ts\n' | sort |
				sed "s,^a/link .*,$(cd "$src" &&
					find a/link -printf '%p %m %Ts'),")
	done
}

@test "copy: new keys in the middle of a file change no byte" {
	head -c 6000000 /dev/urandom >large
	put large "node01:$PWD/there"
	put -o RekeyLimit=1M large "node01:$PWD/both"
	cmp large there
	cmp large both
	get -o RekeyLimit=1M "node01:$PWD/large" here
	cmp large here
}

@test "copy: --links keeps links, which are else followed" {
	mkdir there here
	put -r "$src/a" "node01:$PWD/there"
	[ -f there/a/link ] && [ ! -L there/a/link ]
	put -r --links "$src/a" "node01:$PWD/there"
	same plain "$(readlink there/a/link)"
	get -r --links "node01:$PWD/there/a" here
	same plain "$(readlink here/a/link)"
}

@test "copy: a link to a folder is not followed inside a tree" {
	mkdir -p tree/inner
	ln -s .. tree/inner/up
	echo x >tree/inner/f
	run -0 --separate-stderr get -r "node01:$PWD/tree" here
	has "'$PWD/tree/inner/up' is left out: it is a link to a folder" "$stderr"
	same "$(printf 'inner\ninner/f')" \
		"$(find here -mindepth 1 -printf '%P\n' | sort)"
	run -0 --separate-stderr put -r tree "node01:$PWD/there"
	has "tree/inner/up': it leads back to a folder above it" "$stderr"
}

@test "copy: from many hosts, a folder for each" {
	mkdir there
	echo a >'there/l 1' && echo b >there/l2 && echo c >there/.l3
	get -H 'node[01-03]' "$PWD/there/l*" "$src/zero" here
	same "here/node01/l 1 here/node01/l2 here/node01/zero here/node02/l 1 here/node02/l2 here/node02/zero here/node03/l 1 here/node03/l2 here/node03/zero" \
		"$(find here -type f | sort | tr '\n' ' ' | sed 's/ $//')"
	get -r -H node02 "$PWD/t*e/?2" two
	same b "$(cat two/node02/l2)"
}

@test "copy: a file that is missing on one host fails that host" {
	echo x >node02.only
	cat >probe <<-'EOF'
		Host node02
			SetEnv WHO=2
	EOF
	run -1 --separate-stderr get -H 'node[01-02]' "$PWD/no*" "$src/nosuch" here
	has "node01: cannot copy '$src/nosuch': no such file or directory" "$stderr"
	has "2 of 2 failed: copy: node[01-02]" "$stderr"
	[ -e here/node01/node02.only ]
	run -1 --separate-stderr get -H 'node[01-02]' "$src/nosuch" none
	same "" "$(ls -A none)"
	run -1 --separate-stderr get -H node01 "$PWD/nothing*" here
	has "cannot copy '$PWD/nothing*': nothing is called so" "$stderr"
}

@test "copy: what cannot be is said before anything starts" {
	local text

	mkdir here
	while IFS='|' read -r args text; do
		# shellcheck disable=SC2086 # words
		run -255 --separate-stderr timeout 20 "$RSH" $args
		same "rsh: $text" "$stderr"
	done <<-EOF
		put -H node01 $src/nosuch /tmp/x|cannot read '$src/nosuch': No such file or directory
		put -H node01 $src /tmp/x|cannot read '$src': it is a folder; -r sends it
		put -H node01 /dev/null /tmp/x|cannot read '/dev/null': it is no regular file
		put -H node01 $src/big ~bob/x|'~bob/x' begins in somebody's home folder, which SFTP does not know; give the path in full, or './~bob/x'
		get node01:~bob here|'~bob' begins in somebody's home folder, which SFTP does not know; give the path in full, or './~bob'
		put $src/big /tmp/x|'/tmp/x' names no host; -H LIST or HOST:PATH does
		put -H node01 $src/big|what is to be copied where? try 'rsh put --help'
		put -H node01 $src/n*x /tmp/x|no file matches '$src/n*x'
		put -H node01 $src/big $src/./big /tmp|two sources are called 'big'
		get node[01-02]:/etc/passwd here|files of 2 hosts would be one file here; -H or --dest gives each host a folder
		get node01:/a node02:/b here|'node01' and 'node02' are not the same hosts; copy from each by itself, or name them with -H
		get node01:/a node01:/b nosuch|'nosuch' is no folder
		get --sudo -H node01 /a b|'--sudo' has no place in 'rsh get'
		get -N -H node01 /a b|'-N' has no place in 'rsh get'
		put -t -H node01 $src/big b|'-t' has no place in 'rsh put'
		put --rcmd exec -H node01 $src/big b|'--rcmd' has no place in 'rsh put'
		put --view -H node01 $src/big b|--view needs more than one host
		put -A -H node01 $src/big b|'-A' has no place in 'rsh put'
		put -S none -H node01 $src/big b|'-S' has no place in 'rsh put'
		put -O check -H node01 $src/big b|'-O' has no place in 'rsh put'
		put --tree 8 -H node01 $src/big b|--tree: no host has a key for another, so what one passes on would come through here again; leave it out
		get -R 1:a:2 -H node01 /a b|'-R' has no place in 'rsh get'
		get -H node01 /a/x/ b/x here|two sources are called 'x'
	EOF
}

@test "copy: put sends nothing it cannot tell from another, or has no size of" {
	mkdir -p d1/s d2/s old there
	touch d1/s/x d2/s/x d2/s/y
	run -255 put -r d1/. d2/. "node01:$PWD/there"
	has "two sources are called 's/x'" "$output"
	run -255 put -r d1/s d2/. "node01:$PWD/there"
	has "two sources are called 's/x'" "$output"
	rm d1/s/x
	put -r d1/. d2/. "node01:$PWD/there"
	[ -e there/s/x ]
	run -255 put /proc/version "node01:$PWD/there"
	has "cannot read '/proc/version': it has no size, and yet bytes" "$output"
	touch -d '1960-02-03' old
	put -rp old "node01:$PWD/there"
	same 0 "$(stat -c %Y there/old)"
}

@test "copy: what cannot be read in a tree fails the copy, and stops no more of it" {
	local how text

	mkdir -p d/s d/t
	touch d/s/file d/t/file
	ln -s nowhere d/s/link
	ln -s none d/t/link
	text="cannot read 'd/./s/link': it is a link that leads nowhere"
	for how in '' --archive --dry-run; do
		rm -rf 1
		# shellcheck disable=SC2086 # nothing, or an option
		run -1 --separate-stderr put $how -r -H node01 d/. "$PWD/1"
		has "rsh: $text" "$stderr"
		has "rsh: cannot read 'd/./t/link'" "$stderr"
		has "node01: $text; 1 more failed" "$stderr"
		[ "$how" = --dry-run ] || {
			[ -e 1/s/file ] && [ -e 1/t/file ] && [ ! -L 1/s/link ]
		}
	done
	run -1 --separate-stderr put -r -H 'node[01-02]' d/. "$PWD/2"
	has "node01: $text; 1 more failed" "$stderr"
	has "node02: $text; 1 more failed" "$stderr"
	# nothing is removed where not all is known
	mkdir there && touch there/more
	run -1 put -r --delete d/. "node01:$PWD/there"
	[ -e there/s/file ] && [ -e there/more ]
	run -255 put d/s/file d/s/link "node01:$PWD/there"
	same "rsh: ${text/.\//}" "$output"
	[ ! -e there/file ]
	# leaving it out is no failure
	put -r --exclude link d "node01:$PWD/there"
}

@test "copy: a failure leaves nothing behind and does not stop the others" {
	mkdir -p there/big here
	echo keep >there/big/keep
	run -1 --separate-stderr put "$src/big" "$src/zero" "node01:$PWD/there"
	has "cannot write '$PWD/there/big': it is a folder there" "$stderr"
	[ -e there/zero ]
	nothing_partial there
	run -1 --separate-stderr put "$src/big" "$src/zero" "node01:$PWD/nosuch"
	has "cannot copy '$PWD/nosuch': it is no folder there" "$stderr"
	ln -s "$PWD/outside" here/a
	run -1 --separate-stderr get -r "node01:$src/a" "node01:$src/zero" here
	has "cannot write 'here/a': it is a link here, which is not followed" "$stderr"
	[ -e here/zero ] && [ ! -e outside ]
	ln -sf "$PWD/outside" here/zero
	get "node01:$src/zero" here
	[ ! -L here/zero ] && [ ! -e outside ]
}

@test "copy: --dry-run tells and does nothing" {
	mkdir there
	run -0 put --dry-run -r -H 'node[01-02]' "$src/a" "$PWD/there"
	has "node02: $PWD/there/a/plain" "$output"
	[ -z "$(ls there)" ]
	run -0 get --dry-run -r -H node01 "$src/a" here
	has "node01: $src/a/plain -> here/node01/" "$output"
	[ ! -e here ]
}

@test "copy: setuid goes with no file, nor does the group's" {
	cp "$src/zero" suid && chmod 6755 suid
	put suid "node01:$PWD/plain"
	put -p suid "node01:$PWD/kept"
	get -p "node01:$PWD/suid" got
	same "755 755 755" "$(stat -c %a plain kept got | tr '\n' ' ' | sed 's/ $//')"
}

@test "copy: forwardings and commands of ssh_config are not for a copy" {
	{
		printf 'Host node01\n\tLocalForward %s /nowhere\n' \
			"$PWD/socket"
		printf '\tPermitLocalCommand yes\n\tLocalCommand touch %s\n' \
			"$PWD/ran"
		cat "$fleet/ssh_config"
	} >conf
	timeout 20 "$RSH" put -F conf "$src/zero" "node01:$PWD/new"
	[ -e new ] && [ ! -e socket ] && [ ! -e ran ]
	timeout 20 "$RSH" -F conf node01 true
	[ -e ran ]
}

@test "copy: upload and download are the same verbs" {
	timeout 20 "$RSH" upload -F "$fleet/ssh_config" "$src/zero" "node01:$PWD/u"
	timeout 20 "$RSH" download -F "$fleet/ssh_config" "node01:$PWD/u" d
	[ -e u ] && [ -e d ]
}

@test "copy: a time limit ends it, and nothing is left here" {
	mkdir here
	truncate -s 2G large
	run -124 --separate-stderr get -u 100ms -o 'Ciphers=aes256-ctr' \
		--exit-code main-rank -C node01:"$PWD/large" here/x
	has "not all was copied within 100ms" "$stderr"
	[ -z "$(ls -A here)" ]
}

@test "copy: --json tells of each host" {
	run -0 --separate-stderr put --json -H 'node[01-02]' "$src/zero" "$PWD/j"
	[ "$(grep -c '"event":"result".*"class":"ok"' <<<"$output")" -eq 2 ]
	mkdir many
	head -c 5000 /dev/zero >many/a
	head -c 321 /dev/zero >many/b
	ln -s a many/c
	run -0 --separate-stderr put -r --links --json -H node01 "$PWD/many" \
		"$PWD/put"
	has '"files":3,"bytes":5321}' "$output"
	run -0 --separate-stderr get --json -H node01 "$PWD/put/a" \
		"$PWD/put/b" "$PWD/got"
	has '"files":2,"bytes":5321}' "$output"
	run -0 --separate-stderr get -r --links --json -H node01 "$PWD/put" \
		"$PWD/tree"
	has '"files":3,"bytes":5321}' "$output"
	echo "$output" >lines
	python3 "$srcdir/tests/lib/jsonschema.py" \
		"$srcdir/docs/json.schema.json" lines -l
}

@test "copy: the manual lists the options, and the completion offers them" {
	local top=$BATS_TEST_DIRNAME/../..

	# Beside those of rsh; -P is scp's here, so that --port stands alone.
	"$RSH" --help=dump | sed 'p;s/^p\(.port\)/\1/' >others
	printf '#!/bin/sh\n%s put "$@" | grep -vxFf others\n' "$RSH" >put
	chmod +x put
	run -0 "$top/tools/check-options" ./put "$top/docs/man/rsh-put.1"
	. "$top/contrib/completion/rsh.bash"
	COMP_WORDS=("$RSH" get --)
	COMP_CWORD=2
	_rsh
	has --links "${COMPREPLY[*]}"
	has --exit-code "${COMPREPLY[*]}"
	COMP_WORDS=("$RSH" host --)
	_rsh
	[[ " ${COMPREPLY[*]} " != *" --links "* ]]
}

# pdcp has no option for ssh_config: home is where the fleet's is.
as_pdsh() {
	[ -n "$(sshd_nss_wrapper)" ] || skip "no libnss-wrapper here"
	sanitized && skip "a sanitizer does not go with it"
	mkdir -p "$fleet/home/.ssh"
	cp "$fleet/ssh_config" "$fleet/home/.ssh/config"
	ln -s "$RSH" pdcp
	ln -s "$RSH" rpdcp
	unset PDSH_RCMD_TYPE
	export LD_PRELOAD NSS_WRAPPER_PASSWD=$fleet/passwd \
		NSS_WRAPPER_GROUP=$fleet/group
	LD_PRELOAD=$(sshd_nss_wrapper)
}

@test "copy: pdcp sends files and trees, and tells of failures" {
	as_pdsh
	mkdir there
	timeout 20 ./pdcp -w 'node[01-02]' "$src/big" "$PWD/there/new"
	cmp "$src/big" there/new
	timeout 20 ./pdcp -rp -w node01 -e /nowhere/pdcp "$src" "$PWD/there"
	same "$(tree "$src" | grep -v link)" "$(tree there/src | grep -v link)"
	cmp "$src/a/plain" there/src/a/link
	timeout 20 ./pdcp -w node01 "$src/zero" \~/pdcp.zero
	[ -e "$fleet/home/pdcp.zero" ]
	run -1 timeout 20 ./pdcp -r -w 'node[01-02]' "$src" "$PWD/nosuch"
	same "pdcp$self: node01: cannot copy '$PWD/nosuch': it is no folder there
pdcp$self: node02: cannot copy '$PWD/nosuch': it is no folder there" \
		"$(sort <<<"$output")"
}

@test "copy: rpdcp puts the host behind each name" {
	as_pdsh
	mkdir here
	timeout 20 ./rpdcp -r -w 'node[01-02]' "$src/a" "$src/zero" here
	same "a.node01 a.node02 zero.node01 zero.node02" \
		"$(find here -mindepth 1 -maxdepth 1 -printf '%f\n' | sort |
			tr '\n' ' ' | sed 's/ $//')"
	cmp "$src/a/plain" here/a.node02/plain
	mkdir tree && ln -s . tree/self
	run -1 timeout 20 ./rpdcp -r -w node01 "$PWD/tree" here
	has "node01: cannot copy '$PWD/tree/self': it is a link to a folder" "$output"
	run -1 timeout 20 ./rpdcp -w node01 "$src/nosuch" here
	has "node01: cannot copy '$src/nosuch': no such file" "$output"
}

@test "copy: pdcp and rpdcp name things as those of pdsh, and tell of all" {
	as_pdsh
	mkdir -p there here odd
	mkfifo odd/pipe
	touch odd/file
	# -r makes no folder of a file's new name, and "a/" is what is in it
	timeout 20 ./pdcp -r -w node01 "$src/zero" "$PWD/there/new"
	timeout 20 ./pdcp -r -w node01 "$src/a/" "$PWD/there"
	same "b new plain" "$(find there -mindepth 1 -maxdepth 1 ! -name link \
		-printf '%f\n' | sort | tr '\n' ' ' | sed 's/ $//')"
	# the user is no part of a host's name but where it tells two apart
	timeout 20 ./rpdcp -w "$(id -un)@node01,$(id -un)@node02,node02" \
		"$src/zero" here
	same 3 "$(find here -mindepth 1 | wc -l)"
	[ -e here/zero.node01 ] && [ -e here/zero.node02 ]
	[ -e "here/zero.$(id -un)@node02" ]
	# what is left out of a tree is not passed over
	run -1 timeout 20 ./pdcp -r -w node01 odd "$PWD/there"
	same "pdcp$self: cannot read 'odd/pipe': it is no regular file" "$output"
	[ -e there/odd/file ]
	run -1 timeout 20 ./rpdcp -r -w node01 "$PWD/odd" here
	has "node01: cannot copy '$PWD/odd/pipe': it is no regular file" "$output"
	[ -e here/odd.node01/file ]
	run -1 ./rpdcp -w node01 "$src/zero" nosuch
	same "rpdcp$self: can't stat nosuch
rpdcp$self: reverse copy dest must be a directory" "$output"
}

@test "copy: put makes nothing behind a link that stands for a folder there" {
	mkdir -p tree/sub/inner/deep there/tree outside
	touch tree/sub/inner/f tree/g
	ln -s "$PWD/outside" there/tree/sub
	run -1 put -r tree "node01:$PWD/there"
	has "tree/sub': it is a link there, which is not followed" "$output"
	same "" "$(ls -A outside)"
	[ -e there/tree/g ]
	# deep ones come into being all the same
	put -r tree "node01:$PWD/other"
	[ -e other/sub/inner/f ] && [ -d other/sub/inner/deep ]
}

# ---- a server that lies ----

liar_start() {
	command -v python3 >/dev/null || skip "no python3 here"
	liar=$BATS_FILE_TMPDIR/liar
	[ -e "$liar/pids" ] ||
		sshd_sftp="$(command -v python3) ${srcdir:-$BATS_TEST_DIRNAME/../..}/tests/lib/sftpliar.py $liar/lie" \
			sshd_start "$liar" 1 3>&-
}

# What the server says, and then a command line.
liar() {
	echo "$1" >"$liar/lie"
	timeout 20 "$RSH" "$2" -F "$liar/ssh_config" "${@:3}"
}

@test "copy: names that lead out of the folder are refused" {
	local lie shown

	liar_start
	while read -r lie shown; do
		rm -rf here && mkdir -p here/in
		run -1 --separate-stderr liar "$lie" get -r node01:/d here/in/x
		has "the server names '$shown" "$stderr"
		has "' in '/d', which can be no file's name" "$stderr"
		same "here/in here/in/x" \
			"$(find here -mindepth 1 | tr '\n' ' ' | sed 's/ $//')"
	done <<-EOF
		dotdot ../escaped
		absolute /tmp/escaped
		inner a/../../escaped
		nul a\\000b
		empty
		long xxxxxxxx
	EOF
}

@test "copy: a folder above, and one in place of a link, lead nowhere" {
	liar_start
	mkdir here
	liar parent get -r node01:/d here/x
	same "here/x/good" "$(find here -type f)"
	run -1 --separate-stderr liar link-then-folder get -r --links node01:/d here/y
	[ -z "$(find here/y -type f)" ]
	run -1 --separate-stderr liar deep get -r node01:/d here/z
	has "too many folders inside each other" "$stderr"
	# more names than the packet has bytes; one that was not asked for
	run -255 --separate-stderr liar count get -r node01:/d here/c
	has "a damaged packet of type 104 came" "$stderr"
	mkdir here/w
	liar parent get 'node01:/d/g*x' here/w
	same 'here/w/g*x' "$(find here/c here/w -type f)"
}

@test "copy: names without attributes, and answers that come late" {
	liar_start
	mkdir here
	liar bare get -r node01:/d here/bare
	same "here/bare/g here/bare/sub1/f here/bare/sub2/f" \
		"$(find here -type f | sort | tr '\n' ' ' | sed 's/ $//')"
	liar late get -r 'node01:/*' here
	[ -e here/d/f ]
}

@test "copy: a folder's name stays visible in what is told of its files" {
	liar_start
	mkdir here
	echo escape >"$liar/lie"
	# shellcheck disable=SC2016 # for the other shell
	run -1 --separate-stderr bash -c 'trap "" XFSZ; ulimit -f 8; "$@"' bash \
		"$RSH" get -F "$liar/ssh_config" -r node01:/d here
	has "cannot write 'here/" "$stderr"
	[[ "$stderr" != *$'\e'* ]]
}

@test "copy: a file that is not what it is said to be is not left" {
	local lie text

	liar_start
	while read -r lie text; do
		rm -rf here && mkdir here && echo old >here/f
		run --separate-stderr liar "$lie" get node01:/x/f here
		[ "$status" -ne 0 ]
		has "$text" "$stderr"
		same "f old" "$(ls -A here) $(cat here/f)"
	done <<-EOF
		zero the server sent nothing in place of bytes
		more the server sent more than was asked for
		fails the server says only that it failed
		shrinks bytes
		closes the server ended SFTP before all was copied
		wrong-type the server gave another answer than it should
		twice an answer came that nobody asked for
		endless it has no size, and no end
		handle a damaged packet of type 102 came
		text text came in place of packets
		version the server speaks version 2, not 3
		missing no such file or directory
	EOF
}

@test "copy: short reads are asked for again, and a size of 0 is read to its end" {
	liar_start
	liar short get node01:/x/f here
	same "100000 s" "$(stat -c %s here) $(head -c 1 here)"
	liar no-size get node01:/x/f proc
	same 70000 "$(stat -c %s proc)"
	# in a tree: it was listed a while ago
	liar grows get -r node01:/d tree
	same 100005 "$(stat -c %s tree/f)"
}

@test "copy: a disk that is full, or a server that goes, leaves no name" {
	liar_start
	run -1 --separate-stderr liar full put "$src/big" node01:/x/new
	has "cannot write '/x/new': No space left on device" "$stderr"
	has "removed /x/.rsh-" "$(cat "$liar/lie.log")"
	run -255 --separate-stderr liar gone put "$src/big" node01:/x/new
	has "the server ended SFTP before all was copied" "$stderr"
	[ "$(grep -c renamed "$liar/lie.log")" -eq 0 ]
}

@test "copy: what had the name is gone: what came stays, and is named" {
	liar_start
	: >"$liar/lie.log"
	run -1 --separate-stderr liar stuck put "$src/zero" node01:/x/new
	has "cannot write '/x/new': the server says only that it failed; \
it is complete in '/x/.rsh-" "$stderr"
	same "removed /x/new renamed" "$(tr '\n' ' ' <"$liar/lie.log" | sed 's/ $//')"
}

@test "copy: a failure is told also when the connection ends after it" {
	liar_start
	mkdir here
	run -255 --separate-stderr liar closes get node01:/d node01:/x/f here
	has "cannot copy '/d': it is a folder; -r gets it" "$stderr"
	has "the server ended SFTP before all was copied" "$stderr"
}

@test "copy: a folder that never ends takes no memory and ends with the run" {
	liar_start
	sanitized && skip "a sanitizer needs the memory"
	mkdir here
	run -124 --separate-stderr eval 'ulimit -v 300000;
		liar endless-names get -r -u 2s node01:/d here/x'
}
