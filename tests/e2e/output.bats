#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2016,SC2030,SC2031,SC2154 # inner shells, bats
# The forms of output: the same truth in each, exact bytes, bounded memory.

bats_require_minimum_version 1.5.0
load ../lib/rsh.bash

setup_file() {
	sim_start 127.1.0.1-127.1.0.64
	export srcdir=${srcdir:-$BATS_TEST_DIRNAME/../..}
}

teardown_file() {
	sim_stop
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
}

here() {
	rsh --rcmd exec "$@"
}

rule=----------------

# All byte values, and what a terminal would act on.
all_bytes() {
	local i

	for ((i = 0; i < 256; i++)); do
		# shellcheck disable=SC2059 # the format is made here
		printf "\\$(printf %03o "$i")"
	done
	printf '\033]52;c;QQ==\007\033[2J\302\233\n'
}

# The documents in file $1 are what the schema says; -l: one a line.
valid() {
	command -v python3 >/dev/null || skip "no python3 here"
	python3 "$srcdir/tests/lib/jsonschema.py" \
		"$srcdir/docs/json.schema.json" "$@"
}

@test "group: equal output once, with how it ended" {
	run -3 --separate-stderr here --exit-code max --group -H 'n[1-6]' sh -c \
		'echo same; [ %n -ne 2 ] || { echo odd >&2; exit 3; }'
	same "$(printf '%s\n' $rule 'n[1-2,4-6] (5)' $rule same \
		$rule 'n3 (1): exit 3' $rule same)" "$output"
	same "$(printf '%s\n' $rule 'n3 (1): exit 3' $rule odd \
		'rsh: 1 of 6 failed: exit 3: n3')" "$stderr"
}

@test "group: one header where both streams are one file; the summary is last" {
	run -0 bash -c 'rsh --rcmd exec --group --diff -H n[1-3] sh -c \
		"echo out; [ %n -eq 0 ] || echo err >&2; [ %n -ne 1 ]" 2>&1'
	same "$(printf '%s\n' $rule 'n1 (1)' $rule out \
		$rule 'n2 (1): exit 1' $rule '@@ -0,0 +1 @@' +err \
		$rule 'n3 (1)' $rule '@@ -0,0 +1 @@' +err \
		'rsh: 1 of 3 failed: exit 1: n2')" "$output"
}

@test "group: what came is shown when Ctrl+C, TERM or -u ends the run" {
	timeout -s TERM 1 "$RSH" --rcmd exec --group -H 'n[1-3]' sh -c \
		'echo early; [ %n -eq 0 ] || exec sleep 60' >out 2>err || :
	same "$(printf '%s\n' $rule 'n1 (1)' $rule early \
		$rule 'n[2-3] (2): cancelled' $rule early)" "$(cat out)"
	run --separate-stderr here --group -u 1s -H 'n[1-2]' sh -c \
		'echo early; exec sleep 60'
	same "$(printf '%s\n' $rule 'n[1-2] (2): timeout' $rule early)" "$output"
}

@test "json: every line fits the schema, whatever hosts print" {
	all_bytes >bytes
	here --json -H 'n[1-4]' sh -c 'cat bytes; echo "é \"q\""; echo e >&2
		[ %n -ne 1 ] || exit 300; [ %n -ne 2 ] || kill -9 $$' >j || :
	rsh --connect-timeout 2s -p 1 --json -H 127.1.0.1,nosuch.invalid true \
		>>j 2>/dev/null || :
	run -0 valid j -l
	# nothing in it acts on a terminal
	same "" "$(LC_ALL=C tr -d '\n\040-\176\200-\377' <j)"
	grep -q '"class":"signal","status":null,"signal":"KILL"' j
	grep -q '"class":"connect"' j
	grep -q '"class":"resolve"' j
	grep -q '"data":"é \\"q\\"\\n"' j
}

@test "json: data and b64 put together are the bytes of the host" {
	command -v python3 >/dev/null || skip "no python3 here"
	all_bytes >bytes
	head -c 100000 /dev/urandom >>bytes
	here --json -H n1 cat bytes |
		python3 -c 'import base64, json, sys
for line in sys.stdin:
    e = json.loads(line)
    if e["event"] == "output":
        sys.stdout.buffer.write(e["data"].encode() if "data" in e
                                else base64.b64decode(e["b64"]))' >got
	cmp bytes got
}

@test "output-dir: exact bytes, results, nothing outside, mode 0600" {
	all_bytes >bytes
	umask 022
	run -0 --separate-stderr here --no-stream --output-dir d/e \
		-H 'n[1-3],u@n4:22' sh -c 'cat bytes; echo %n >&2; exit %n'
	same "" "$output"
	for i in n1 n2 n3 u@n4:22; do
		cmp bytes "d/e/$i.stdout"
	done
	same 2 "$(cat d/e/n3.stderr)"
	same "" "$(find d/e -type f ! -perm 600)"
	same 9 "$(find d/e -type f | wc -l)"
	same "./bytes ./d" "$(find . -mindepth 1 -maxdepth 1 \
		! -name "separate-*" | sort | xargs)"
	run -0 valid d/e/results.json
}

@test "output-dir: results are complete after TERM, and files are anew" {
	mkdir d
	echo old >d/n2.stdout
	echo old >d/results.json
	timeout -s TERM 1 "$RSH" --rcmd exec --output-dir d -j 2 -H 'n[1-3]' \
		sh -c 'echo early; [ %n -eq 0 ] || exec sleep 60' \
		>out 2>err || [ $? -eq 124 ] || [ $? -eq 143 ]
	run -0 valid d/results.json
	same "early early" "$(cat d/n1.stdout d/n2.stdout | xargs)"
	grep -q '"host":"n3".*"class":"\(skipped\|cancelled\)"' d/results.json
	grep -q '"signal":"TERM"' d/results.json
}

@test "output-dir: grows while the run goes on" {
	here --output-dir d -H n1 sh -c 'echo live; exec sleep 60' >out 3>&- &
	pid=$!
	wait_until 10 grep -q live d/n1.stdout
	kill "$pid"
	wait "$pid" || [ $? -eq 143 ]
}

@test "output-dir: a planted link fails that file, once, and not its host" {
	mkdir d
	echo keep >victim
	ln -s ../victim d/n1.stdout
	run -255 --separate-stderr here --output-dir d -H 'n[1-2]' echo hi
	same "$(printf '%s\n' 'n1: hi' 'n2: hi')" "$(sort <<<"$output")"
	same "rsh: cannot write 'd/n1.stdout': Too many levels of symbolic links" \
		"$stderr"
	same "keep hi" "$(cat victim d/n2.stdout | xargs)"
	run -0 valid d/results.json
}

@test "forms may be combined, and say the same" {
	run -2 --separate-stderr here --exit-code max --group --json=j \
		--output-dir d --failed-to f -H 'n[1-9]' sh -c \
		'echo hi; [ %n -lt 7 ] || exit 2'
	same "$(printf '%s\n' $rule 'n[1-7] (7)' $rule hi \
		$rule 'n[8-9] (2): exit 2' $rule hi)" "$output"
	same "rsh: 2 of 9 failed: exit 2: n[8-9]" "$stderr"
	grep -q '"hosts":9,"ok":7,"failed":2,"classes":{"ok":7,"exit":2}' j
	grep -q '"hosts":9,"ok":7,"failed":2,"classes":{"ok":7,"exit":2}' \
		d/results.json
	same 'n[8-9]' "$(cat f)"
	same 600 "$(stat -c %a j)"
}

@test "the failed hosts can be tried again" {
	run -1 --separate-stderr here --failed-to f -H 'n[1-1001],-n5' false
	same 'n[1-4,6-1001]' "$(cat f)"
	run -1 --separate-stderr here --failed-to f -H 'n[1-1001]' false
	same "n[1-1000] n1001" "$(xargs <f)"
	run -0 --separate-stderr here --failed-to f -H ^f true
	same "" "$(cat f)"
	same ./f "$(find . -mindepth 1 ! -name "separate-*")"
	echo keep >f
	run -255 here --failed-to f -H 'n[1-' true
	same keep "$(cat f)"
	run -0 bash -c 'rsh --rcmd exec --no-stream --failed-to /dev/stdout \
		-H n[1-3] sh -c "exit %n" 2>/dev/null'
	same 'n[2-3]' "$output"
	# behind what else is written there, and the link to it stays
	ln -s /proc/self/fd/1 link
	run -0 bash -c 'rsh --rcmd exec --group --failed-to link -H n[1-3] \
		sh -c "echo a; exit %n" >out 2>/dev/null'
	[ -L link ]
	same 'a n[2-3]' "$(tail -n 2 out | xargs)"
}

@test "what a run writes to standard output loses nothing that is there" {
	local name

	for name in - /dev/stdout out; do
		echo before >out
		here --json="$name" -H n1 echo hi >>out
		same "before 4" "$(head -n 1 out) $(grep -c '^{"v":1,' out)"
		[ ! -e ./- ]
	done
	run -0 "$RSH" hosts -c ^- < <(here --no-stream --failed-to - \
		-H 'n[1-9]' sh -c '[ %n -lt 5 ]' 2>/dev/null)
	same 4 "$output"
	[ ! -e ./- ]
	# a device that swallows all is no stream to share
	run -0 bash -c 'rsh --rcmd exec --stream --json=/dev/null -H n1 \
		echo hi >/dev/null'
}

@test "what cannot be is refused in one sentence, and nothing starts" {
	local row args message

	mkdir d
	for row in "--stream --group|'--stream' and '--group' both want" \
		"--group --json|'--group' and '--json' both want" \
		"--stream --json=-|'--stream' and '--json' both want" \
		"--group --json=/dev/stdout|'--group' and '--json' both" \
		"--json=/dev/stderr|JSON cannot go to '/dev/stderr', which" \
		"--json=|bad value '' for '--json': expected FILE" \
		"--diff|'--diff' needs '--group'" \
		"--json=d|cannot write 'd': Is a directory" \
		"--json=none/j|cannot write 'none/j': No such file" \
		"--output-dir /dev/null|cannot open the folder '/dev/null': Not" \
		"--output-dir=|cannot make the folder ''" \
		"--failed-to=|cannot write '': No such file" \
		"--failed-to none/f|cannot write 'none/f': No such file"; do
		args=${row%%|*} message=${row#*|}
		# shellcheck disable=SC2086 # words
		run -255 --separate-stderr here $args -H n1 touch started
		has "rsh: $message" "$stderr"
		same 1 "$(wc -l <<<"$stderr")"
		[ ! -e started ]
	done
}

@test "a full disk is told once, the run goes on, and it is a failure" {
	local form

	for form in --stream --group --json; do
		run -255 --separate-stderr bash -c \
			"rsh --rcmd exec $form -H 'n[1-9]' echo hi >/dev/full"
		same "rsh: cannot write to stdout: No space left on device" \
			"$stderr"
	done
	run -255 --separate-stderr here --json=/dev/full -H 'n[1-9]' echo hi
	same "rsh: cannot write to /dev/full: No space left on device" "$stderr"
	same 9 "${#lines[@]}"
	# the status of a host is still the host's
	run -3 --separate-stderr bash -c \
		"rsh --rcmd exec --group -H n1 sh -c 'echo; exit 3' >/dev/full"
}

@test "a reader that leaves ends every form quietly" {
	local form

	for form in --stream --json; do
		run -141 --separate-stderr bash -c "set -o pipefail
			rsh --rcmd exec $form -H 'n[1-3]' yes | head -n 1"
		same "" "$stderr"
	done
	run -141 --separate-stderr bash -c "set -o pipefail
		rsh --rcmd exec --group -H 'n[1-3]' seq 1000000 | head -n 1"
	same "" "$stderr"
}

@test "a terminal gets nothing raw in any form" {
	local form

	all_bytes >bytes
	for form in --stream --group --json "--group --diff"; do
		run -0 script -qec "$(command -v rsh) --rcmd exec --color=never \
			$form -H n[1-3] sh -c 'cat bytes; echo %n'" /dev/null
		same "" "$(LC_ALL=C tr -d '\r\n\t\040-\176' <<<"$output")"
		has '52;c;QQ==' "$output$([ "$form" != --json ] || echo '52;c;QQ==')"
	done
}

@test "one host: each form works there too" {
	run -3 --separate-stderr rsh --group 127.1.0.1 'out 100 exit 3'
	has '127.1.0.1 (1): exit 3' "$output"
	run -0 rsh --json --output-dir d 127.1.0.1 'out 100'
	has '"event":"summary","hosts":1,"ok":1' "$output"
	same 100 "$(stat -c %s d/127.1.0.1.stdout)"
}

# What the run of the arguments took at most, in KiB.
peak() {
	rm -f cost
	"$builddir/bench/measure" cost "$@" >out 2>err </dev/null || :
	awk '{ print $3 }' cost
}

@test "lines that never end: 48 MiB do for 100 hosts, nothing is lost" {
	local form

	! sanitized || skip "sanitizers take memory of their own"
	for form in --stream --json; do
		[ "$(peak "$RSH" --rcmd exec --no-prefix $form -j 100 \
			-H 'n[1-100]' sh -c 'head -c 1040000 /dev/zero |
				tr "\\0" "#"; exec sleep 0.5')" -lt 49152 ]
		same 104000000 "$(grep -v '"event":"start"' out |
			tr -dc '#' | wc -c)"
	done
}

@test "a line of 40 MB takes 16 MiB in any form, nothing is lost" {
	local form

	! sanitized || skip "sanitizers take memory of their own"
	for form in --stream --group --json '--no-stream --output-dir d'; do
		# shellcheck disable=SC2086 # words
		[ "$(peak "$RSH" --rcmd exec --no-prefix $form -H n1 \
			head -c 40000000 /dev/zero)" -lt 16384 ]
		case $form in
		--json) same 40000000 "$(tr -dc '\134' <out | wc -c)" ;;
		*dir*) same 40000000 "$(stat -c %s d/n1.stdout)" ;;
		*) same 40000000 "$(tr -dc '\0' <out | wc -c)" ;;
		esac
	done
}

@test "64 hosts print 4 MB each, a slow reader: 64 MiB do, nothing is lost" {
	local form rss

	for form in --stream --group; do
		rm -f cost
		# lines of 100 bytes that begin with the host
		run -0 bash -c "'$builddir/bench/measure' cost '$RSH' \
			--rcmd exec -j 64 --no-prefix $form -H 'n[10-73]' sh -c \
			'yes \"%h $(printf %095d 0)\" | head -n 40000' |
			{ sleep 1; grep ^n.....; } | cut -d ' ' -f 1 | uniq -c |
			awk '{ n[\$2] += \$1 } END { for (h in n) print n[h] }' |
			uniq -c"
		[ "$form" = --group ] || same "64 40000" "$(xargs <<<"$output")"
		[ "$form" = --stream ] || same "64 40001" "$(xargs <<<"$output")"
		read -r _ _ rss _ <cost
		sanitized || [ "$rss" -lt 65536 ]
	done
}
