#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154,SC2016 # bats; tokens are for ssh_config
# Keywords and letters of ssh: `rsh -G` against the real `ssh -G`.

bats_require_minimum_version 1.5.0
load ../lib/rsh.bash

setup_file() {
	env_clean
	unset FOO PORTX NO_SUCH_VARIABLE
}

setup() {
	ssh=$(command -v ssh)
	cd "$BATS_TEST_TMPDIR" || return
	n=0
	: >list
}

# The next case, as $2, which is as with ssh or, if $1 is a status, not; the
# words for both follow.  What they print is kept for compare().
ask_both() {
	local mark=$1 case=$2 status=0

	shift 2
	n=$((n + 1))
	printf '%s %s\n' "$mark" "$case" >>list
	"$ssh" -G "$@" </dev/null >"ssh.$n" 2>/dev/null || status=$?
	printf 'status %s\n' "$status" >>"ssh.$n"
	status=0
	"$RSH" -G "$@" </dev/null >"rsh.$n" 2>/dev/null || status=$?
	printf 'status %s\n' "$status" >>"rsh.$n"
}

# Tell which of all cases are not as they should be.  The lists of algorithms
# that are as without any line do not count.
compare() {
	"$ssh" -G -F none h true </dev/null >ssh.0 2>/dev/null
	"$RSH" -G -F none h true </dev/null >rsh.0
	awk '
	# The dump at `path` without defaults, or its status alone if it is bad.
	function dump(path, program, line, all, status) {
		all = ""
		while ((getline line <path) > 0) {
			if (line ~ /^status /)
				status = line
			else if (!((program, line) in defaults))
				all = all line "\n"
		}
		close(path)
		return status == "status 0" ? all status : status
	}
	function add_defaults(program, line) {
		while ((getline line <(program ".0")) > 0)
			if (line ~ /^(hostkeyalgorithms|kexalgorithms|macs) /)
				defaults[program, line]
	}
	BEGIN {
		add_defaults("ssh")
		add_defaults("rsh")
	}
	{
		want = dump("ssh." NR, "ssh")
		got = dump("rsh." NR, "rsh")
		status = got
		sub(/.*status /, "", status)
		if ($1 == "=" ? want == got : want != got && status == $1)
			next
		print FNR ": " $0 ": status " status
		print "ssh:\n" want "\nrsh:\n" got >("differ." NR)
		differ = 1
	}
	END {
		exit differ
	}' list
}

# A line of sshopts.cases: see there.
one_case() {
	local mark=${1%% *} what=${1#* } words

	what=${what%% ## *}
	case $mark in
	*'$') eval "words=(-F none $what)" ;;
	*)
		printf '%b\n' "$what" >config
		words=(-F config h true)
		;;
	esac
	mark=${mark#'~'}
	ask_both "${mark%'$'}" "$what" "${words[@]}"
}

# Each case whose number leaves $2 when divided by $1.
ask_cases() {
	local i=0 line

	while IFS= read -r line; do
		[[ $line == [=~]* ]] || continue
		i=$((i + 1))
		[ $((i % $1)) = "$2" ] || continue
		! sampled $((i / $1)) || one_case "$line"
	done <"$srcdir/tests/e2e/sshopts.cases"
}

cases() {
	quickly ask_cases "$@"
	enough "$(wc -l <list)" 150
	compare
}

# All $1 that sshconfig.awk has made of the seed $2, for one host or another.
ask_files() {
	local i hosts=(h x bob@h h.e.org)

	for ((i = 1; i <= $1; i++)); do
		ask_both '=' "seed $2 file $i" -F "$PWD/files/$i" "${hosts[i % 4]}" true
	done
}

@test "keywords and letters are as with ssh -G, part 1" {
	cases 4 0
}

@test "keywords and letters are as with ssh -G, part 2" {
	cases 4 1
}

@test "keywords and letters are as with ssh -G, part 3" {
	cases 4 2
}

@test "keywords and letters are as with ssh -G, part 4" {
	cases 4 3
}

# The keywords of the table that are of kind $1.
keywords() {
	sed -n "s/^{ $1(\"\([A-Za-z0-9]*\)\".*/\1/p" \
		"$srcdir/src/conf/sshopt_table.c"
}

# Tell the words in FILE $1 that are not in FILE $2.
missing() {
	tr -cs 'A-Za-z0-9' '\n' <"$2" | tr '[:upper:]' '[:lower:]' | sort -u >words
	tr '[:upper:]' '[:lower:]' <"$1" | sort -u | comm -23 - words
}

@test "every keyword of the table is in the cases and in the manual" {
	keywords VALUE >names
	[ "$(wc -l <names)" -ge 100 ]
	same "" "$(missing names "$srcdir/tests/e2e/sshopts.cases")"
	sed -n '/^\.Sh KEYWORDS/,/^\.Sh AUTH/p' "$srcdir/docs/man/rsh.1" >page
	same "" "$(missing names page)"
}

# RSH_TEST_SEED gives other files, RSH_TEST_FILES their number for each seed.
@test "random files are read as ssh reads them" {
	local bad seed count=$((${RSH_TEST_FILES:-67} / ${RSH_TEST_SAMPLE:-1}))

	for seed in ${RSH_TEST_SEED:-4711 77 2026}; do
		rm -rf files
		mkdir files
		awk -v n="$count" -v seed="$seed" -v dir="$PWD/files" \
			-f "$srcdir/tests/lib/sshconfig.awk"
		quickly ask_files "$count" "$seed"
		n=$((n + count))
		cat files/part* files/[1-9]* >"seed.$seed"
	done
	compare
	# Both kinds are among them, or nothing was shown.
	bad=$(grep -l '^status 255' rsh.[1-9]* | wc -l)
	[ "$bad" -gt $((n / 40)) ]
	[ "$bad" -lt $((n * 2 / 3)) ]
	# as are oddly written keywords
	grep -q '^=' seed.*
	grep -q '^"[A-Z]' seed.*
}

@test "every bad line is told with its file and line, and nothing is printed" {
	printf 'Port x\nUser a\nInclude %s/further\nNoSuch 1\n' "$PWD" >config
	printf '\nIPQoS x\n' >further
	run -255 --separate-stderr "$RSH" -G -F config h
	same "" "$output"
	has "config line 1: 'Port' must be a number" "$stderr"
	has "further line 2: 'IPQoS' must be" "$stderr"
	has "config line 4: unknown keyword 'NoSuch'" "$stderr"
	has "3 bad lines" "$stderr"
}

@test "what cannot be obeyed is shown, and ends a run before it starts" {
	printf '%s\n' 'Host a' 'MACs hmac-md5' \
		'Host b' 'RefuseConnection "in repair"' \
		'Host *' 'ProxyCommand touch ran' >config
	run -0 "$RSH" -G -F config a
	has "macs hmac-md5" "$output"
	run -255 "$RSH" -F config a true </dev/null
	has "a: config line 2: rsh has no algorithm of 'hmac-md5'" "$output"
	run -0 "$RSH" -G -F config b
	has "refuseconnection in repair" "$output"
	run -255 "$RSH" -F config -H c,b true </dev/null
	has "b: config line 4: the connection is refused: in repair" "$output"
	printf '%s\n' 'Host d' 'ProxyJump none' 'Host e' '' 'ProxyJump e' \
		'Host f' 'RemoteCommand touch ran' >config
	run -255 "$RSH" -F config -H c,e true </dev/null
	has "e: config line 5: jump host e: jump host e: the jump hosts lead in a loop" "$output"
	run -255 "$RSH" -F config f true </dev/null
	has "config line 7: a RemoteCommand and a command cannot be had together" "$output"
	[ ! -e ran ]
}

@test "a letter that has no effect is refused, but not for -G" {
	local letter

	for letter in -K '-w 1' '-I x'; do
		# shellcheck disable=SC2086 # two words
		run -0 "$RSH" $letter -G -F none h true
		# shellcheck disable=SC2086
		run -255 "$RSH" $letter -F none h true </dev/null
		has "has no effect" "$output"
	done
}

@test "-G is for one host" {
	run -0 "$RSH" -G -F none -H bob@n1:7
	has "host n1" "$output"
	has "user bob" "$output"
	has "port 7" "$output"
	run -255 "$RSH" -G -F none -H 'n[1-3]'
	same "rsh: -G is for one host, not for 3" "$output"
	run -255 "$RSH" -G
	has "no host named" "$output"
}

@test "newer keywords of ssh are known" {
	printf '%s\n' 'ChannelTimeout session=5m' 'Tag t' 'WarnWeakCrypto no' \
		'ObscureKeystrokeTiming interval:50' 'VersionAddendum x' >config
	run -0 "$RSH" -G -F config h
	for line in 'channeltimeout session=5m' 'tag t' 'warnweakcrypto no' \
		'obscurekeystroketiming interval:50' 'versionaddendum x'; do
		has "$line" "$output"
	done
	printf 'Match tagged t\nPort 7\n' >config
	run -0 "$RSH" -G -F config -P t h
	has "port 7" "$output"
	run -0 "$RSH" -G -F config h
	has "port 22" "$output"
}
