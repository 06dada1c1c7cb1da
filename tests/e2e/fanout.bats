#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # remote shells, bats
# Many real hosts: labels, faults among them, exit policies.

bats_require_minimum_version 1.5.0
load ../lib/rsh.bash

setup_file() {
	fleet_start 64
	# A fleet with two faults: nobody listens, and another host key.
	sed 's/HostName 127\.2\.0\.7$/HostName 127.2.9.7/' \
		"$fleet/ssh_config" >"$fleet/faulty_config"
	sed -i "s,$fleet/known_hosts,&.faulty," "$fleet/faulty_config"
	sed "/^\[127\.2\.0\.12\]/s,ssh-ed25519 .*,$(cat "$fleet/otherkey.pub")," \
		"$fleet/known_hosts" >"$fleet/known_hosts.faulty"
}

teardown_file() {
	fleet_stop
}

# Does a thing by the address the client came to: two more faults.
mixed='case ${SSH_CONNECTION% *} in
	*" 127.2.0.33") exit 3 ;;
	*" 127.2.0.44") sleep 60 ;;
	*) echo fine ;;
esac'

# The hosts $1 of the faulty fleet; more options may follow.
faulty() {
	local hosts=$1

	shift
	timeout 20 "$RSH" -F "$fleet/faulty_config" -H "$hosts" -u 2s "$@" \
		"$mixed"
}

# What the 60 good nodes say.
expect_fine() {
	local i

	for i in $(seq -w 1 64); do
		case $i in
		07 | 12 | 33 | 44) ;;
		*) echo "node$i: fine" ;;
		esac
	done
}

# No process of ours may be left that knows this fleet.
expect_nothing_left() {
	wait_until 20 bash -c "! pgrep -f '[-]F $fleet/' >/dev/null"
}

@test "every host answers under its own label" {
	run --separate-stderr timeout 20 rsh -H 'node[01-64]' uptime
	[ "$status" -eq 0 ]
	same "" "$stderr"
	same "$(seq -f 'node%02g' 1 64)" \
		"$(sed -n 's/: .*load average.*//p' <<<"$output" | sort)"
	[ "${#lines[@]}" -eq 64 ]
	expect_nothing_left
}

@test "faults of some hosts leave the others right and on time" {
	SECONDS=0
	run --separate-stderr faulty 'node[01-64]'
	[ "$SECONDS" -le 15 ]
	[ "$status" -eq 0 ]
	same "$(expect_fine)" "$(sort <<<"$output")"
	expect_nothing_left
}

@test "a run in which too many fail is ended" {
	cd "$BATS_TEST_TMPDIR"
	# n1 fails when n2 to n4 run, n2 when n5 has taken the place of n1
	local each='case %n in
		0) want="1 2 3" ;;
		1) want=4 ;;
		*) want= ;;
		esac
		: >ran.%n
		for i in $want; do
			until [ -e ran.$i ]; do sleep 0.05; done
		done
		[ -n "$want" ] || exec sleep 60
		exit 7'

	SECONDS=0
	run -7 --separate-stderr rsh --rcmd exec --fail-fast=2 -j 4 -H n[1-9] \
		sh -c "$each"
	same 'rsh: 9 of 9 failed: exit 7: n[1-2]; cancelled: n[3-5]; skipped: n[6-9]' \
		"$stderr"
	[ "$SECONDS" -lt 20 ]
	run -0 --separate-stderr rsh --rcmd exec --fail-fast=75% -j 1 -H n[1-4] \
		sh -c 'test %n -ne 1'
	same 'rsh: 1 of 4 failed: exit 1: n2' "$stderr"
	run -1 --separate-stderr rsh --rcmd exec --fail-fast -j 1 -H n[1-4] false
	same 'rsh: 4 of 4 failed: exit 1: n1; skipped: n[2-4]' "$stderr"
	for n in 0 101% x 1.5 -1 %; do
		run -255 --separate-stderr rsh --fail-fast="$n" -H a true
		has "bad value '$n' for '--fail-fast'" "$stderr"
	done
}

@test "the summary names each failed host by its class" {
	run --separate-stderr faulty 'node[01-64]'
	has "4 of 64 failed" "$stderr"
	has "connect: node07" "$stderr"
	has "hostkey: node12" "$stderr"
	has "exit 3: node33" "$stderr"
	has "timeout: node44" "$stderr"
}

@test "each exit policy gives its value" {
	local row hosts args
	local all='node[01,07,12,33]'

	for row in "0 $all" "0 $all --exit-code=main-rank" \
		"1 $all --exit-code=all" "1 $all --exit-code=check" \
		"255 $all --exit-code=max" "1 $all --require-all-success" \
		"1 $all --check-all-nodes" "255 $all --any-failure" \
		"3 $all --main-rank=node33" "255 $all --main-rank=node07" \
		"255 $all --main-rank=node12" "3 node33,node01" \
		"3 node33,node01 --exit-code=check" \
		"1 node33,node01 --exit-code=all" "124 node44"; do
		read -r _ hosts args <<<"$row"
		# shellcheck disable=SC2086 # a list of options
		run --separate-stderr faulty "$hosts" $args
		same "$row" "$status $hosts${args:+ $args}"
	done
}

@test "stderr of the hosts is labelled too and stays on stderr" {
	run --separate-stderr timeout 20 rsh -H 'node[01-02]' \
		'echo out; echo err >&2'
	[ "$status" -eq 0 ]
	same $'node01: out\nnode02: out' "$(sort <<<"$output")"
	same $'node01: err\nnode02: err' "$(sort <<<"$stderr")"
}

@test "an unfinished last line gets its newline" {
	run timeout 20 rsh -H 'node[01-03]' 'printf x'
	[ "$status" -eq 0 ]
	same $'node01: x\nnode02: x\nnode03: x' "$(sort <<<"$output")"
}

@test "without labels the bytes are as they came" {
	run timeout 20 rsh --no-prefix -H node01 'printf "a\nb"'
	[ "$status" -eq 0 ]
	same $'a\nb' "$output"
}

@test "long lines stay whole and are not mixed" {
	run timeout 30 rsh -H 'node[01-08]' \
		'head -c 300000 /dev/zero | tr "\0" x; echo'
	[ "$status" -eq 0 ]
	same "$(seq -f 'node%02g 300000' 1 8)" "$(awk -F ': ' \
		'{ print $1, length($2) }' <<<"$output" | sort)"
}

@test "stdin goes to every host in full" {
	seq 1 20000 >"$BATS_TEST_TMPDIR/in"
	run timeout 20 bash -c "rsh -H 'node[01-08]' cksum \
		<'$BATS_TEST_TMPDIR/in'"
	[ "$status" -eq 0 ]
	same "$(for i in 1 2 3 4 5 6 7 8; do
		echo "node0$i: $(cksum <"$BATS_TEST_TMPDIR/in")"
	done)" "$(sort <<<"$output")"
}

@test "-n sends no stdin" {
	run timeout 20 bash -c "echo no | rsh -n -H 'node[01-02]' wc -c"
	[ "$status" -eq 0 ]
	same $'node01: 0\nnode02: 0' "$(sort <<<"$output")"
}

@test "a fan-out of one runs host after host" {
	run timeout 20 rsh -j 1 -H 'node[03,01,02]' echo
	[ "$status" -eq 0 ]
	same $'node03: \nnode01: \nnode02: ' "$output"
}

@test "changed keys are told after the run, a block for each host" {
	local other known=$BATS_TEST_TMPDIR/known port shown filed

	port=$(sed -n 's/^Port //p' "$fleet/sshd_config.1")
	other=$(cut -d ' ' -f 1,2 "$fleet/otherkey.pub")
	shown=$(ssh-keygen -lf "$fleet/hostkey.pub" | cut -d ' ' -f 2)
	filed=$(ssh-keygen -lf "$fleet/otherkey.pub" | cut -d ' ' -f 2)
	sed "2,3s|ssh-ed25519 .*|$other|" "$fleet/known_hosts" >"$known"
	run -255 --separate-stderr timeout 20 rsh --exit-code max \
		-o UserKnownHostsFile="$known" -H 'node[01-03]' \
		'sleep 0.2; echo last >&2'
	same '' "$output"
	same "node01: last
$(for i in 2 3; do
	cat <<-EOF
		rsh: node0$i: REMOTE HOST IDENTIFICATION HAS CHANGED: somebody may be in between
		rsh: node0$i:   '[$(node_addr $i)]:$port' shows the ssh-ed25519 key
		rsh: node0$i:     $shown
		rsh: node0$i:   $known:$i has the ssh-ed25519 key
		rsh: node0$i:     $filed
	EOF
done)
rsh: 2 of 3 failed: hostkey: node[02-03]" "$stderr"
	# one host: a sentence, when it happens
	run -255 --separate-stderr timeout 20 rsh \
		-o UserKnownHostsFile="$known" node02 true
	[ "${#stderr_lines[@]}" -eq 1 ]
	has "$known:2 has the ssh-ed25519 key $filed" "$stderr"
}
