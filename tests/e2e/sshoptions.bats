#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2016,SC2154 # for inner shells; bats
# ssh_config(5), line by line: `rsh -G` beside the installed `ssh -G`.

bats_require_minimum_version 1.5.0
load ../lib/rsh.bash

# One case: a file named by its number, with what was said of it.
add_case() {
	count=$((count + 1))
	printf '%b' "$1" >"$work/$(printf %04d $count)"
	[ -z "$reason" ] ||
		printf '%s\n' "$reason" >"$work/$(printf %04d $count).reason"
}

add_cases() {
	local line values value keyword

	count=0 reason=
	while IFS= read -r line; do
		case $line in
		'' | '#'*) continue ;;
		'!'*)
			reason=${line#!}
			continue
			;;
		=*) add_case "${line#=}" ;;
		*)
			keyword=${line%%|*}
			IFS='|' read -ra values <<<"${line#*|}"
			for value in "${values[@]}"; do
				add_case "$keyword $value\n"
			done
			;;
		esac
		reason=
	done <"$BATS_TEST_DIRNAME/sshoptions.cases"
}

# The numbers of the lines that a program named as bad.
bad_lines() {
	grep -oE 'line [0-9]+' "$1" | grep -oE '[0-9]+' | sort -nu | xargs
}

# What ssh has compiled in counts only where the file speaks of it.
no_defaults() {
	local key

	for key in macs hostkeyalgorithms kexalgorithms; do
		grep -qi "^$key" "$1" || printf '/^%s/d\n' $key
	done
}

# Both programs with the file $1; ours goes to $1.rsh, what differs to $1.bad.
run_case() {
	local program status

	no_defaults "$1" >"$1.sed"
	for program in ssh rsh; do
		status=0
		"${!program}" -G -F "$1" node </dev/null >"$1.out" 2>"$1.err" ||
			status=$?
		{
			echo "status $status"
			sed -f "$1.sed" "$1.out"
			[ $status -eq 0 ] || echo "bad $(bad_lines "$1.err")"
		} >"$1.$program"
	done
	cmp -s "$1.ssh" "$1.rsh" || {
		cat "$1"
		diff "$1.ssh" "$1.rsh" | head -n 10
		cat "$1.err"
	} >"$1.bad"
}

run_cases() {
	export -f run_case bad_lines no_defaults
	printf '%s\0' "$@" |
		xargs -0 -n 40 -P 4 bash -c 'for f; do run_case "$f"; done' -
}

# Files of up to 20 lines that are good by themselves, in blocks that fit and
# blocks that do not.  The seed is fixed: each run sees the same files.
#
# Left out: lists that no_defaults() tells apart by the file as a whole, and
# what ssh takes from blocks that do not fit, too.
random_cases() {
	local file left_out='^(MACs|HostKeyAlgorithms|KexAlgorithms|SyslogFacility|StreamLocalBindMask)'

	for file in "$work"/????; do
		[ ! -e "$file.reason" ] && [ "$(wc -l <"$file")" -eq 1 ] &&
			grep -q '^status 0' "$file.ssh" && cat "$file"
	done | grep -viE "$left_out" | awk -v seed=20 -v files="$1" -v prefix="$work/random." '
		BEGIN {
			split("Host node|Host other|Host n* !x|Host *|" \
				"Match host node|Match host other|Match all|" \
				"Match user root,ann|Match originalhost n?de|" \
				"Match !host node|Match final host node", blocks, "|")
			srand(seed)
		}
		{ lines[NR] = $0 }
		END {
			for (i = 1; i <= files; i++) {
				file = prefix sprintf("%03d", i)
				for (n = 1 + int(rand() * 20); n > 0; n--)
					print (rand() < 0.25 \
						? blocks[1 + int(rand() * 11)] \
						: lines[1 + int(rand() * NR)]) >file
				close(file)
			}
		}'
}

setup_file() {
	env_clean
	ssh=$(command -v ssh)
	rsh=$RSH
	export ssh rsh work=$BATS_FILE_TMPDIR/cases
	mkdir "$work"
	add_cases
	run_cases "$work"/????
	random_cases 200
	run_cases "$work"/random.*[0-9]
}

@test "there are enough cases" {
	local all=("$work"/????)

	[ "${#all[@]}" -ge 300 ]
}

@test "both take and refuse the same lines, and show the same" {
	local bad failed=0

	for bad in "$work"/????.bad; do
		[ -e "$bad" ] || continue
		[ ! -e "${bad%.bad}.reason" ] || continue
		cat "$bad"
		failed=1
	done
	[ $failed -eq 0 ]
}

@test "files of random lines are taken alike" {
	local bad failed=0

	[ -s "$work/random.200" ]
	for bad in "$work"/random.*.bad; do
		[ -e "$bad" ] || continue
		cat "$bad"
		failed=1
	done
	[ $failed -eq 0 ]
}

@test "what differs on purpose still does" {
	local reason

	for reason in "$work"/????.reason; do
		[ -e "$reason" ] || continue
		[ -e "${reason%.reason}.bad" ] || cat "${reason%.reason}"
		[ -e "${reason%.reason}.bad" ]
	done
}

# The options $@ on the command line, on a file that says something else.
same_options() {
	local program

	for program in ssh rsh; do
		{
			"${!program}" -G -F "$BATS_TEST_TMPDIR/config" "$@" \
				</dev/null 2>/dev/null ||
				echo "status $?"
		} | sed -E '/^(macs|hostkeyalgorithms|kexalgorithms)/d' \
			>"$BATS_TEST_TMPDIR/$program"
	done
	diff "$BATS_TEST_TMPDIR/ssh" "$BATS_TEST_TMPDIR/rsh" || {
		echo "with $*"
		return 1
	}
}

@test "options of the command line count as with ssh" {
	cat >"$BATS_TEST_TMPDIR/config" <<-'EOF'
		Host node
			User filed
			Port 99
			IdentityFile /filed
			Compression no
			ForwardAgent no
			LocalForward 1 a:1
		Match tagged x
	EOF
	sed -i '$d' "$BATS_TEST_TMPDIR/config"
	same_options node
	same_options -p 77 node
	same_options -l ann node
	same_options -l ann bob@node
	same_options bob@node -l ann
	same_options bob@node
	same_options -p 77 ssh://bob@node:88
	same_options ssh://bob@node:88 -p 77
	same_options ssh://bob@node:88
	same_options -i /typed node
	same_options -i /etc/passwd node
	same_options -i /etc/passwd -i /typed -i /etc/group node
	same_options -o User=ann node
	same_options -o User=ann -o User=bob node
	same_options -o 'User ann' -l bob node
	same_options -o port=77 -p 78 node
	same_options -4 node
	same_options -6 node
	same_options -4 -6 node
	same_options -A node
	same_options -A -a node
	same_options -a -A node
	same_options -C node
	same_options -J a,b node
	same_options -J u@j:22 -o ProxyCommand=x node
	same_options -X node
	same_options -Y node
	same_options -x node
	same_options -t node
	same_options -t -t node
	same_options -T node
	same_options -n node
	same_options -N node
	same_options -g node
	same_options -K node
	same_options -k node
	same_options -q node
	same_options -v node
	same_options -vvv node
	same_options -e none node
	same_options -e '^B' node
	same_options -b 127.0.0.1 node
	same_options -B lo node
	same_options -c aes128-ctr node
	same_options -m hmac-sha2-256 node
	same_options -I /lib/x node
	same_options -M node
	same_options -S none node
	same_options -S /tmp/s node
	same_options -w 1:2 node
	same_options -L 8080:host:80 node
	same_options -L 127.0.0.1:8080:host:80 -L 9:b:9 node
	same_options -R 8080:host:80 node
	same_options -R 8080 node
	same_options -D 1080 node
	same_options -D '[::1]:1080' node
	same_options -oUser=glued -p77 node
	same_options -o NoSuch=x node
	same_options -o User node
	same_options -p 0 node
	same_options -p x node
	same_options -L x node
	same_options -c nonsense node
}

@test "-G is for one host, connects to nothing and starts nothing" {
	printf 'ProxyCommand touch %s/ran\nPort 1\n' "$BATS_TEST_TMPDIR" \
		>"$BATS_TEST_TMPDIR/config"
	run -0 "$RSH" -F "$BATS_TEST_TMPDIR/config" -G -H node1
	has "hostname node1" "$output"
	has "proxycommand touch" "$output"
	[ ! -e "$BATS_TEST_TMPDIR/ran" ]
	run --separate-stderr "$RSH" -G -F none -H 'node[1-2]'
	same "255:" "$status:$output"
	has "-G is for one host, not for 2" "$stderr"
	printf 'Port x\nUser a\nNonsense y\n' >"$BATS_TEST_TMPDIR/config"
	run --separate-stderr "$RSH" -F "$BATS_TEST_TMPDIR/config" -G node
	same "255:" "$status:$output"
	has "config line 1: " "$stderr"
	has "config line 3: " "$stderr"
}

@test "what a letter asks for and rsh lacks is refused, not left out" {
	local letters

	for letters in -A -X '-L 1:a:1' '-D 1080' -f -N '-w 1:2' '-J j'; do
		# shellcheck disable=SC2086 # a letter and its argument
		run --separate-stderr "$RSH" -F none $letters 127.0.0.1 true
		same "255:" "$status:$output"
		[ "${#stderr_lines[@]}" -eq 1 ]
	done
}
