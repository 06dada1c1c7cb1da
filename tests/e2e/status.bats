#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2001,SC2154 # bats
# One truth: each kind of end, by each policy and in each form of output.

bats_require_minimum_version 1.5.0
load ../lib/rsh.bash

setup_file() {
	sim_start 127.1.0.1-127.1.0.40 -f refuse=127.1.0.21 \
		-f garbage=127.1.0.24 -f hostkey=127.1.0.31 \
		-f auth=127.1.0.32 -f noexec=127.1.0.34 -f drop=127.1.0.35 \
		-f nostatus=127.1.0.36 -f frozen=127.1.0.37 \
		-f killed=127.1.0.38
}

teardown_file() {
	sim_stop
}

# Kind of end, its host, its command, its value, its words.
kinds() {
	cat <<-'EOF'
		ok        1  say,in            0    -
		exit      2  say,in,exit,3     3    exit 3
		signal    3  say,in,signal,TERM 143 signal TERM
		connect   21 say,in            255  connect
		protocol  24 say,in            255  protocol
		hostkey   31 say,in            255  hostkey
		auth      32 say,in            255  auth
		channel   34 say,in            255  channel
		lost      35 say,in            255  lost
		no-status 36 say,in            255  no exit status
		timeout   37 say,in            124  timeout
		killed    38 say,in            143  signal TERM
	EOF
}

forms=(--stream --group --json --no-stream)

# What the policy $1 makes of the value $2 and another host that is well.
expected() {
	case $1 in
	main-rank) echo "$2" ;;
	all) echo $(($2 > 0)) ;;
	check) echo "$2" ;;
	max) echo "$2" ;;
	esac
}

@test "each kind of end has its value by each policy, first and last" {
	local kind host words value policy first got n=0

	while read -r kind host words value _; do
		for policy in main-rank all check max; do
			for first in "127.1.0.$host,127.1.0.5" \
				"127.1.0.5,127.1.0.$host"; do
				got=0
				# shellcheck disable=SC2086 # words
				timeout 20 rsh -u 1s --exit-code "$policy" \
					"${forms[n++ % 4]}" -H "$first" \
					${words//,/ } >/dev/null 2>&1 </dev/null || got=$?
				case $kind:$words:$first in
				*exit* | *signal*) ;; # both hosts end so
				*:127.1.0.5,*)
					[ "$policy" != main-rank ] || value=0
					[ "$policy" != check ] ||
						value=$((value > 0)) ;;
				esac
				same "$kind $policy $first $(expected "$policy" "$value")" \
					"$kind $policy $first $got"
				value=$(kinds | awk -v k="$kind" \
					'$1 == k { print $4 }')
			done
		done
	done < <(kinds)
}

# All kinds in one run, in the form of the arguments.
all_kinds() {
	timeout 20 rsh -u 1s -H "127.1.0.[1,21,24,31,32,34-38]" "$@" say in
}

summary='rsh: 9 of 10 failed: connect: 127.1.0.21; protocol: 127.1.0.24; hostkey: 127.1.0.31; auth: 127.1.0.32; channel: 127.1.0.34; lost: 127.1.0.35; no exit status: 127.1.0.36; timeout: 127.1.0.37; signal TERM: 127.1.0.38'

@test "every form tells of the same ends in the same words" {
	local form

	for form in "${forms[@]}"; do
		run -0 --separate-stderr all_kinds "$form" \
			--output-dir "$BATS_TEST_TMPDIR/dir$form" \
			--failed-to "$BATS_TEST_TMPDIR/failed$form"
		same "$summary" "$(tail -n 1 <<<"$stderr")"
		same "auth channel connect hostkey lost no-status ok protocol signal timeout" \
			"$(grep -o '"class":"[a-z-]*"' \
				"$BATS_TEST_TMPDIR/dir$form/results.json" |
				cut -d'"' -f4 | sort | paste -sd' ')"
		same "127.1.0.[21,24,31-32,34-38]" "$("$RSH" hosts \
			"^$BATS_TEST_TMPDIR/failed$form")"
		[ "$form" != --json ] ||
			same "$(sort "$BATS_TEST_TMPDIR/classes")" "$(
				grep '"event":"result"' <<<"$output" |
					grep -o '"index":[0-9]*,"class":"[a-z-]*"' |
					sort
			)"
		grep -o '"index":[0-9]*,"class":"[a-z-]*"' \
			"$BATS_TEST_TMPDIR/dir$form/results.json" \
			>"$BATS_TEST_TMPDIR/classes"
	done
}

# All kinds in one run with the policy $1 in the form $2, at a terminal if $3 is
# "terminal"; writes the value and the summary to a file of that name.
one_cell() {
	local cell="$1 $2 $3" args got=0 out

	args="--color=never --no-status --subst -u 2s --exit-code $1 $2"
	args+=" -H 127.1.0.[1-3,21,24,31,32,34-38] say in exit %r"
	if [ "$3" = terminal ]; then
		out=$(timeout 60 script -qefc \
			"rsh ${args//[/\\[}" /dev/null \
			</dev/null) || got=$?
	else
		# shellcheck disable=SC2086 # words
		out=$(timeout 60 rsh $args 2>&1 </dev/null) ||
			got=$?
	fi
	printf '%s: %s %s\n' "$cell" "$got" "$(tail -n 1 <<<"$out" |
		tr -d '\r')" >"$BATS_TEST_TMPDIR/${cell//[ \/]/_}"
}

@test "each policy in each form, at a pipe and at a terminal: one truth" {
	local policy form place want told

	command -v script >/dev/null || skip "no script(1) here"
	told='rsh: 11 of 12 failed: exit 1: 127.1.0.2; exit 2: 127.1.0.3; connect: 127.1.0.21; protocol: 127.1.0.24; hostkey: 127.1.0.31; auth: 127.1.0.32; channel: 127.1.0.34; lost: 127.1.0.35; no exit status: 127.1.0.36; timeout: 127.1.0.37; signal TERM: 127.1.0.38'
	for place in pipe terminal; do
		for policy in "main-rank 0" "all 1" "check 1" "max 255"; do
			read -r policy want <<<"$policy"
			for form in "${forms[@]}" \
				"--output-dir $BATS_TEST_TMPDIR/d-$place-$policy"; do
				one_cell "$policy" "$form" "$place" 3>&- &
				printf '%s: %s %s\n' \
					"$policy $form $place" "$want" "$told"
			done
			wait
		done
	done | sort >"$BATS_TEST_TMPDIR/want"
	same "$(cat "$BATS_TEST_TMPDIR/want")" \
		"$(cat "$BATS_TEST_TMPDIR"/*pipe "$BATS_TEST_TMPDIR"/*terminal |
			sort)"
	same 40 "$(wc -l <"$BATS_TEST_TMPDIR/want")"
}

@test "on a terminal it is the same" {
	local hosts

	command -v script >/dev/null || skip "no script(1) here"
	hosts='127.1.0.[1,21,24,31,32,34-38]'
	run -0 timeout 30 script -qefc "rsh --color=never -u 1s -H '$hosts' say in" \
		/dev/null </dev/null
	same "$summary" "$(tr -d '\r' <<<"${lines[-1]}")"
	has "127.1.0.1: in" "$output"
	run -255 timeout 30 script -qefc \
		"rsh -u 1s --exit-code max -H '$hosts' say in" /dev/null </dev/null
}

# A run of three seconds on a terminal with the environment $1; then options.
on_terminal() {
	local env=$1

	shift
	run -0 timeout 30 script -qefc "env $env rsh --color=never $* \
		-H '127.1.0.[1-4]' delay 3200 say late" /dev/null </dev/null
}

@test "a status line comes on a terminal and leaves no trace in the lines" {
	local clear=$'\r\033\\[K'

	command -v script >/dev/null || skip "no script(1) here"
	on_terminal TERM=xterm
	has "0/4 done, 0 failed, 4 running, 0 connecting, 0 waiting; 0.0/s" \
		"$output"
	# What is left when each line is cleared that is to be cleared.
	same "$(printf '127.1.0.%d: late\n' 1 2 3 4)" "$(
		sed "s/.*$clear//" <<<"$output" | tr -d '\r' | sort
	)"
}

@test "the status line tells progress, with patterns of one's own, too" {
	local conf=$BATS_TEST_TMPDIR/c.yaml

	command -v script >/dev/null || skip "no script(1) here"
	echo "defaults: { progress: { a: 'phase:(?<percent>\d+)' } }" >"$conf"
	run -0 timeout 30 script -qefc "env TERM=xterm rsh --color=never \
		--config $conf -H '127.1.0.[1-4]' say phase:7 \
		delay 3200" /dev/null </dev/null
	[[ $output =~ '; 127.1.0.'[1-4]' '[0-9]+'s 7%' ]]
}

@test "no status line where it has no place" {
	local row

	command -v script >/dev/null || skip "no script(1) here"
	for row in TERM=dumb "TERM=xterm --no-status" CI=1; do
		# shellcheck disable=SC2086 # words
		on_terminal $row
		[[ $output != *running* ]]
	done
	run -0 timeout 30 rsh --status -H '127.1.0.[1-4]' delay 2500 say late
	[[ $output != *running* ]]
}
