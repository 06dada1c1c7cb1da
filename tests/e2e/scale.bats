#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2016,SC2029,SC2030,SC2031,SC2154 # remote shells, bats
# A thousand simulated hosts.

bats_require_minimum_version 1.5.0
load ../lib/rsh.bash

setup_file() {
	sim_start 127.1.0.1-127.1.3.250
	scaled_hosts 1000 >"$BATS_FILE_TMPDIR/hosts"
}

teardown_file() {
	sim_stop
}

# What a test left in the background when it failed.
teardown() {
	local file

	for file in "$BATS_TEST_TMPDIR"/*.pid; do
		[ ! -e "$file" ] || kill "$(<"$file")" 2>/dev/null || :
	done
}

@test "no more sessions at once than -j says" {
	run --separate-stderr timeout 60 rsh -j 10 -H '127.1.0.[1-60]' host
	same 0 "$status"
	[ "${#lines[@]}" -eq 60 ]
	[ "$(scaled_count "$scaled" peak)" -le 10 ]
}

@test "a thousand hosts at once under a soft limit of 1024 descriptors" {
	run --separate-stderr bash -c "ulimit -Sn 1024; timeout 60 \
		rsh -j 1000 -H '^$BATS_FILE_TMPDIR/hosts' meet 1000 host"
	same 0 "$status"
	same "" "$stderr"
	same "$(sed 's/.*/&: &/' "$BATS_FILE_TMPDIR/hosts" | sort)" \
		"$(sort <<<"$output")"
	[ "$(scaled_count "$scaled" peak)" -eq 1000 ]
}

@test "too few descriptors slow the run down, but lose no host" {
	run --separate-stderr bash -c "ulimit -n 100; timeout 60 \
		rsh -j 1000 -H '127.1.0.[1-250]' true"
	same 0 "$status"
	[ -n "$stderr" ]
}

@test "a held session costs little memory" {
	local one all

	! sanitized || skip "sanitizers take memory of their own"
	"$builddir/bench/measure" "$BATS_TEST_TMPDIR/cost" timeout 60 \
		rsh -H 127.1.0.1 true
	"$builddir/bench/measure" "$BATS_TEST_TMPDIR/cost" timeout 60 rsh \
		-j 1000 -H "^$BATS_FILE_TMPDIR/hosts" meet 1000
	one=$(awk 'NR == 1 { print $3 }' "$BATS_TEST_TMPDIR/cost")
	all=$(awk 'NR == 2 { print $3 }' "$BATS_TEST_TMPDIR/cost")
	echo "one $one KiB, 1000 $all KiB"
	[ $((all - one)) -le $((28 * 999)) ]
}

@test "a slow host does not hold the others up" {
	SECONDS=0
	run --separate-stderr timeout 20 bash -c "
		rsh -u 3s -H '127.1.0.[1-9]' say up hold &
		rsh -H '127.1.1.[1-100]' delay 100 say fine
		kill %1"
	[ "$SECONDS" -le 15 ]
	[ "$(grep -c fine <<<"$output")" -eq 100 ]
}

@test "200 hosts print pieces with pauses: no line has text of two" {
	run -0 --separate-stderr timeout 60 rsh -j 200 -H '127.1.0.[1-200]' \
		meet 200 out 50 delay 20 out 30 delay 40 out 170
	# as ssh puts the pieces together; the last line gets its newline
	same "$(ssh 127.1.0.1 out 50 delay 20 out 30 delay 40 out 170 | awk 1 |
		sort | uniq -c | awk '{ print $1 * 200, $2, $3 }')" \
		"$(cut -d' ' -f2- <<<"$output" | sort | uniq -c |
			awk '{ print $1, $2, $3 }')"
}

# The longest time between two lines of 127.1.0.1, in ms, while 127.1.0.2
# prints as much as it can.
longest_gap() {
	timeout 20 rsh -u 4s --subst -H '127.1.0.[1-2]' out %r0000000000 \
		delay 300 say 1 delay 300 say 2 delay 300 say 3 delay 300 \
		say 4 delay 300 say 5 2>/dev/null </dev/null |
		grep --line-buffered '^127.1.0.1: ' |
		while read -r _; do
			date +%s%3N
		done | awk 'NR > 1 && $1 - last > most { most = $1 - last }
			{ last = $1 } END { print NR == 5 ? most : 99999 }'
}

@test "a host that floods delays no line of another by more than a second" {
	local i gap

	# A busy machine can only add to it.
	for ((i = 0; i < 5; i++)); do
		gap=$(longest_gap)
		echo "$gap ms"
		[ "$gap" -gt 1300 ] || return 0
	done
	return 1
}

@test "stdin reaches a hundred hosts in full" {
	run timeout 60 bash -c "head -c 1000000 /dev/zero |
		rsh -H '127.1.0.[1-100]' count"
	same 0 "$status"
	same 100 "$(grep -c ': 1000000$' <<<"$output")"
}

cpu_of() {
	awk '{ print $14 + $15 }' "/proc/$1/stat"
}

# True once process $1 has not worked for a third of a second.
idle() {
	local before

	before=$(cpu_of "$1")
	sleep 0.3
	[ "$before" = "$(cpu_of "$1")" ]
}

# The sums of what each host printed, of labelled lines.
sums_by_host() {
	awk -v dir="$1" '{
		at = index($0, ": ")
		print substr($0, at + 2) | \
			("sha256sum >" dir "/" substr($0, 1, at - 1))
	}'
}

# RSH_TEST_HOSTS=64 RSH_TEST_BYTES=16000000 is what the limit was made for.
@test "a reader that pauses stops the servers, and memory stays flat" {
	local dir=$BATS_TEST_TMPDIR n=${RSH_TEST_HOSTS:-16} pid peak want
	local bytes=${RSH_TEST_BYTES:-4000000}

	mkdir "$dir/sums"
	mkfifo "$dir/fifo"
	"$builddir/bench/measure" "$dir/cost" "$RSH" \
		-F "$scaled/ssh_config" -H "127.1.0.[1-$n]" out "$bytes" \
		>"$dir/fifo" </dev/null 3>&- &
	pid=$!
	exec 4<"$dir/fifo"
	wait_until 20 pgrep -P "$pid" >"$dir/rsh.pid"
	wait_until 20 idle "$(<"$dir/rsh.pid")"
	sums_by_host "$dir/sums" <&4
	exec 4<&-
	wait "$pid"
	want=$(ssh 127.1.0.1 "out $bytes" </dev/null | sha256sum)
	same "$n" "$(wc -l < <(cat "$dir"/sums/*))"
	same "$want" "$(sort -u "$dir"/sums/*)"
	peak=$(awk '{ print $3 }' "$dir/cost")
	echo "$peak KiB"
	sanitized || [ "$peak" -lt 65536 ]
}

@test "few round trips before the command runs" {
	local port key i

	port=$(awk '$1 == "Port" { print $2 }' "$scaled/ssh_config")
	"$builddir/tests/lib/delayrelay" 127.1.9.9 127.1.0.1 "$port" 150 \
		>"$BATS_TEST_TMPDIR/relay" 3>&- &
	echo $! >"$BATS_TEST_TMPDIR/relay.pid"
	wait_until 20 grep -q ready "$BATS_TEST_TMPDIR/relay"
	read -r _ port <"$BATS_TEST_TMPDIR/relay"
	read -r key <"$scaled/hostkey.pub"
	printf '[127.*]:%d %s\n' "$port" "$key" >"$BATS_TEST_TMPDIR/kh"
	# A busy machine can only add to them: the least of some runs counts.
	# One more for the TCP handshake, one less for the goodbye.
	for ((i = 1; i <= 10; i++)); do
		run -0 rsh -p "$port" \
			-o UserKnownHostsFile="$BATS_TEST_TMPDIR/kh" \
			127.1.9.9 say hi
		same hi "$output"
		wait_until 1 grep -qx 'flights [1-7]' \
			"$BATS_TEST_TMPDIR/relay" && return
	done
	cat "$BATS_TEST_TMPDIR/relay"
	return 1
}

@test "five hundred hosts with an agent that takes 20 ms" {
	local dir=$BATS_TEST_TMPDIR

	eval "$(ssh-agent -s -a "$dir/agent")" >/dev/null
	echo "$SSH_AGENT_PID" >"$dir/agent.pid"
	ssh-add -q "$scaled/id"
	"$builddir/tests/lib/slowagent" "$dir/slow" "$dir/agent" 20 \
		>"$dir/out" 3>&- &
	echo $! >"$dir/slow.pid"
	wait_until 20 grep -q ready "$dir/out"
	head -n 500 "$BATS_FILE_TMPDIR/hosts" >"$dir/hosts"
	sed -e '/IdentityFile/d; s/IdentitiesOnly yes/IdentitiesOnly no/' \
		-e "s|IdentityAgent none|IdentityAgent $dir/slow|" \
		"$scaled/ssh_config" >"$dir/config"
	run --separate-stderr timeout 100 "$RSH" -F "$dir/config" \
		-j 500 --connecting 500 -H "^$dir/hosts" host </dev/null
	same '' "$stderr"
	same 0 "$status"
	[ "${#lines[@]}" -eq 500 ]
	kill "$(<"$dir/slow.pid")"
	wait "$(<"$dir/slow.pid")"
	# a signature for each and the list; none waits but eight
	same 'requests 501 most 8 connections 1' "$(tail -n 1 "$dir/out")"
}
