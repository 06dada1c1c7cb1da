#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2001,SC2016,SC2030,SC2031,SC2154 # remote shells, bats
# rsh's own configuration, as a user meets it.

bats_require_minimum_version 1.5.0
load ../lib/rsh.bash

setup_file() {
	fleet_start 3
}

teardown_file() {
	fleet_stop
}

setup() {
	yaml=$XDG_CONFIG_HOME/rsh/config.yaml
	mkdir -p "${yaml%/*}"
	rm -f "$yaml"
	cd "$BATS_TEST_TMPDIR" || return
	me=$(id -un)
}

teardown() {
	rm -f "$yaml"
}

# The lines of `rsh config` that begin with a word, origins behind " <- ".
says() {
	run -0 --separate-stderr "$RSH" config "${@:2}"
	grep -E "^ *($1):" <<<"$output" |
		sed -E 's/^ *//; s/ +# / <- /'
}

@test "a cluster is run on, by both of its names" {
	cat >"$yaml" <<-'EOF2'
		clusters:
		  fleet:
		    nodes:
		      - node[01-02]
		      - host: node03
	EOF2
	run -0 rsh --cluster fleet 'echo $((6 * 7))'
	same "$(printf 'node0%d: 42\n' 1 2 3)" "$(sort <<<"$output")"
	run -0 rsh -H '@fleet,-node02' echo hi
	same "$(printf 'node0%d: hi\n' 1 3)" "$(sort <<<"$output")"
	run -0 rsh -H @cluster:fleet --exclude node01 true
	run -0 rsh -H @yaml:fleet true
	run -255 --separate-stderr rsh --cluster fleets true
	has "did you mean '@fleet'?" "$stderr"
	run -255 --separate-stderr rsh --cluster a,b true
	has "--cluster: bad name of a group 'a,b'" "$stderr"
}

@test "a group names hosts and clusters, and loops are refused" {
	cat >"$yaml" <<-'EOF2'
		clusters:
		  c: { nodes: [ n1, n2 ], user: bob }
		  me: { nodes: [ '@us' ] }
		  us: { nodes: [ '@me' ] }
		groups:
		  g: '@c,x[1-2]'
		  h: [ '@g', y ]
	EOF2
	run -0 rsh --rcmd exec -H @h echo %u
	same "$(printf '%s\n' "n1: bob" "n2: bob" "x1: $me" "x2: $me" "y: $me")" \
		"$(sort <<<"$output")"
	run -255 --separate-stderr rsh --rcmd exec -H @me true
	has "$yaml:3:18: " "$stderr"
	has "the cluster 'me' contains itself" "$stderr"
	for list in @us @cluster:us '@*' 'x*'; do
		run -255 --separate-stderr "$RSH" hosts "$list"
		has "contains itself" "$stderr"
	done
}

@test "each level outranks the next, for user and port" {
	cat >"$yaml" <<-'EOF2'
		defaults:
		  user: d
		  port: 1
		clusters:
		  c:
		    nodes:
		      - a
		      - { host: b, user: n, port: 3 }
		      - s@c:4
		      - { host: e, user: "" }
		    user: c
		    port: 2
	EOF2
	printf 'Host *\nUser file\nPort 99\n' >ssh_config
	who() {
		"$RSH" -F ssh_config -G "$@" | grep -E '^(user|port) ' | paste -sd' '
	}
	same "user d port 1" "$(who z)"
	same "user d port 1" "$(who a)"
	same "user x port 1" "$(who x@z)"
	same "user d port 8" "$(who ssh://z:8)"
	same "user l port 1" "$(who -l l z)"
	same "user d port 7" "$(who -p 7 z)"
	same "user o port 6" "$(who -o User=o -o Port=6 z)"
	same "user file port 99" "$(who --config none z)"
	one() {
		who -H @c --filter "$@"
	}
	same "user c port 2" "$(one a)"
	same "user n port 3" "$(one b)"
	same "user s port 4" "$(one 's@c:4')"
	same "user file port 2" "$(one e)"
	for host in a b 's@c:4' e; do
		same "user l port 7" "$(one "$host" -l l -p 7)"
		same "user o port 6" "$(one "$host" -o User=o -o Port=6)"
	done
}

@test "the login of a cluster is used, and its key" {
	cat >"$yaml" <<-'EOF2'
		clusters:
		  bad: { nodes: [ node01 ], port: 1 }
		  good: { nodes: [ 'node[01-02]' ], server_alive_interval: 0 }
	EOF2
	run -255 --separate-stderr rsh --cluster bad true
	has "Connection refused" "$stderr"
	run -0 rsh --cluster good true
	run -255 --separate-stderr rsh -H @bad,@good true
	has "1 of 2 failed: connect: node01" "$stderr"
}

@test "options of defaults count unless they are typed" {
	cat >"$yaml" <<-'EOF2'
		defaults:
		  rcmd: exec
		  prefix: false
		  exit_code: max
		  exclude: [ a3, 'a[4-5]' ]
		  parallel: 1
	EOF2
	run -5 --separate-stderr rsh -H 'a[1-5]' sh -c 'echo %h; [ %h = a1 ] || exit 5'
	same "$(printf 'a1\na2')" "$output"
	run -0 rsh --exit-code main-rank --prefix -H 'a[1-2]' \
		sh -c '[ %h = a1 ] || exit 5'
	run -0 rsh --exclude a1 -H 'a[1-3]' echo %h
	same "$(printf 'a2\na3')" "$output"
	printf 'defaults: { rcmd: exec, group: true }\n' >"$yaml"
	run -0 rsh -H 'a[1-2]' echo same
	has 'a[1-2] (2)' "$output"
	run -0 rsh --stream -H 'a[1-2]' echo same
	same "$(printf 'a1: same\na2: same')" "$(sort <<<"$output")"
	run -0 rsh --json -H 'a[1-2]' echo same
	has '"event":"summary"' "$output"
	# a file of its own takes nothing's place
	printf 'defaults: { rcmd: exec, group: true, diff: true }\n' >"$yaml"
	run -0 rsh --json="$BATS_TEST_TMPDIR/json" -H 'a[1-2]' echo same
	has 'a[1-2] (2)' "$output"
	has '"event":"summary"' "$(cat "$BATS_TEST_TMPDIR/json")"
	run -0 rsh --json=- -H 'a[1-2]' echo same
	has '"event":"summary"' "$output"
	run -0 rsh --no-group -H a1 echo same
	same "a1: same" "$output"
	run -0 rsh --stream -H a1 echo same
	same "a1: same" "$output"
	printf 'defaults: { rcmd: exec, fail_fast: "150%%" }\n' >"$yaml"
	run -255 --separate-stderr rsh -H a true
	same "rsh: $yaml:1:36: bad value '150%' for '--fail-fast': expected a number of hosts, or of percent from 1% to 100%" \
		"$stderr"
}

@test "the limit of a node outranks that of its cluster" {
	cat >"$yaml" <<-'EOF2'
		defaults: { timeout: 1h, rcmd: exec }
		clusters:
		  c:
		    timeout: 300ms
		    nodes: [ a, { host: b, timeout: 0 } ]
	EOF2
	run --separate-stderr rsh --exit-code all -H @c sleep 0.8
	same 1 "$status"
	has "timeout: a" "$stderr"
	has "1 of 2 failed" "$stderr"
	run -0 rsh --exit-code all -u 0 -H @c sleep 0.8
}

@test "sessions at once are those of the cluster that takes least" {
	cat >"$yaml" <<-'EOF2'
		defaults: { rcmd: exec }
		clusters:
		  one: { nodes: [ 'a[1-4]' ], parallel: 1 }
		  two: { nodes: [ 'b[1-4]' ], parallel: 2 }
	EOF2
	count() {
		cat >count <<-'EOF2'
			mkdir "in.$1"
			set -- in.*
			echo $# >>most
			sleep 0.1
			rmdir "in.$0"
		EOF2
		rm -f most
		run -0 rsh "$@" sh -c '. ./count' %h %h
		sort -n most | tail -n 1
	}
	same 1 "$(count -H @one)"
	same 1 "$(count -H @two,@one)"
	[ "$(count -H @two)" -le 2 ]
	[ "$(count -j 4 -H @one)" -gt 1 ]
}

@test "a jump host is never left out, nor told to ssh in part" {
	cat >"$yaml" <<-'EOF2'
		defaults: { jump_host: "@hop" }
		clusters:
		  direct: { nodes: [ node01, { host: node02, jump_host: x } ], jump_host: "" }
		  own: { nodes: [ { host: node03, jump_host: { host: h, ssh_key: k } } ] }
	EOF2
	run -255 --separate-stderr rsh node01 true
	has 'rsh: jump host hop: could not resolve' "$stderr"
	run -0 --separate-stderr rsh --cluster direct true
	has 'node02: jump host x: could not resolve' "$stderr"
	run -0 rsh -H @direct --filter node01 true
	run -255 --separate-stderr rsh --ssh-program ssh --cluster own true
	has "$yaml:4: a jump host's own 'ssh_key' cannot be told to 'ssh'" "$stderr"
	cat >"$BATS_FILE_TMPDIR/bin/words" <<-'EOF2'
		#!/bin/sh
		printf '%s\n' "$@" >words
		exit 255
	EOF2
	chmod +x "$BATS_FILE_TMPDIR/bin/words"
	run -255 rsh --ssh-program words --cluster direct -H node03 \
		--filter node02 true
	grep -qx 'ProxyJump=x' words
}

@test "what is wrong stops the run, with its place" {
	check() {
		cat >"$yaml"
		run -255 --separate-stderr rsh --rcmd exec -H a echo no
		same "" "$output"
		same "rsh: $yaml:$1" "$stderr"
	}
	check "2:3: unknown key 'parallels', did you mean 'parallel'?" \
		<<<$'defaults:\n  parallels: 3'
	check "2:13: bad value '0' for 'parallel': expected a number from 1 to 1000000" \
		<<<$'defaults:\n  parallel: 0'
	check "1:18: bad value for 'user': expected a single value, not a list" \
		<<<'defaults: {user: [a]}'
	check "2:9: the variable 'RSH_TEST_NOPE' is not set; set it, or write \${RSH_TEST_NOPE:-text}" \
		<<<$'defaults:\n  user: ${RSH_TEST_NOPE}'
	printf 'defaults: [\n' >"$yaml"
	run -255 --separate-stderr rsh --rcmd exec -H a echo no
	has "rsh: $yaml:2:1: " "$stderr"
	run -255 --separate-stderr rsh config
	has "rsh: $yaml:2:1: " "$stderr"
	run -0 rsh --config none --rcmd exec -H a echo yes
	run -255 --separate-stderr rsh --config ./none-there --rcmd exec -H a true
	same "rsh: cannot read './none-there': no such file" "$stderr"
}

@test "variables are replaced; a cluster that lacks one fails when used" {
	cat >"$yaml" <<-'EOF2'
		clusters:
		  set: { nodes: [ "${RSH_TEST_NODES}", "${RSH_TEST_NO:-n9}" ], user: $$x }
		  unset: { nodes: [ "$RSH_TEST_NO" ] }
	EOF2
	export RSH_TEST_NODES='n[1-2]'
	run -255 --separate-stderr rsh --rcmd exec --cluster set echo %h
	has "$yaml:2:70: bad value '\$x' for 'user'" "$stderr"
	sed -i 's/\$\$x/x/' "$yaml"
	run -0 rsh --rcmd exec --cluster set echo %u
	same "$(printf 'n%d: x\n' 1 2 9)" "$(sort <<<"$output")"
	run -255 --separate-stderr rsh --rcmd exec --cluster unset true
	has "$yaml:3:21: the variable 'RSH_TEST_NO' is not set" "$stderr"
}

@test "a file that others may write to is refused, as is one in this folder" {
	echo 'groups: { g: a }' >"$yaml"
	run -0 rsh --rcmd exec -H @g true
	for mode in 0664 0646; do
		chmod "$mode" "$yaml"
		run -255 --separate-stderr rsh --rcmd exec -H @g true
		same "rsh: bad owner or permissions on '$yaml'" "$stderr"
	done
	rm "$yaml"
	mkdir -p rsh .config/rsh
	for file in config.yaml rsh/config.yaml .config/rsh/config.yaml; do
		echo 'not: a file' >"$file"
	done
	run -0 env XDG_CONFIG_HOME=. HOME=. "$RSH" --rcmd exec -H a true
	run -0 env XDG_CONFIG_HOME= "$RSH" --rcmd exec -H a true
	run -0 env -u XDG_CONFIG_HOME -u HOME "$RSH" --rcmd exec -H a true
}

@test "under the name of ssh there is no such file" {
	echo 'defaults: { user: other, port: 1 }' >"$yaml"
	ln -sf "$RSH" "$BATS_TEST_TMPDIR/ssh"
	run -0 "$BATS_TEST_TMPDIR/ssh" -F none -G h
	has "port 22" "$output"
	run -255 "$BATS_TEST_TMPDIR/ssh" -F none --config "$yaml" -G h
}

@test "rsh config tells what counts and where it was said" {
	cat >"$yaml" <<-'EOF2'
		defaults:
		  user: d
		  parallel: 9
		clusters:
		  c:
		    nodes: [ a, { host: b, port: 3 } ]
		    user: c
	EOF2
	printf 'Host a\nUser file\nHostName a.example\nConnectTimeout 4\n' \
		>ssh_config
	same "$(cat <<-EOF2
		user: d <- $yaml:2
		parallel: 9 <- $yaml:3
		connecting: 64 <- built-in
		user: c <- $yaml:7
	EOF2
	)" "$(says 'user|parallel|connecting')"
	same "$(printf '%s <- command line\n' 'user: me' 'parallel: 3')" \
		"$(says 'user|parallel' -j 3 -l me | head -n 2)"
	same "$(cat <<-EOF2
		host: a
		user: d <- $yaml:2
		hostname: a.example <- ssh_config line 3
		port: 22 <- built-in
		connecttimeout: 4 <- ssh_config line 4
		timeout: 0 <- built-in
		parallel: 9 <- $yaml:3
	EOF2
	)" "$(says '.*' -F ssh_config a)"
	same "$(cat <<-EOF2
		host: b
		cluster: c <- $yaml:6
		user: c <- $yaml:7
		hostname: b <- built-in
		port: 3 <- $yaml:6
		connecttimeout: 5 <- command line
		timeout: 7s <- command line
		parallel: 9 <- $yaml:3
	EOF2
	)" "$(says '.*' -F ssh_config -o ConnectTimeout=5 -u 7 --cluster c b)"
	run -255 --separate-stderr "$RSH" config --cluster c z
	same "rsh: the host 'z' is none of the list" "$stderr"
	run -255 --separate-stderr "$RSH" config a b
	has "'rsh config' is for one host, and 'b' is another one" "$stderr"
}

@test "what rsh config prints is a configuration that says the same" {
	cat >"$yaml" <<-'EOF2'
		defaults: { user: d, jump_host: { host: h, ssh_key: "a: b" },
		            progress: { a: '(?<done>\d) of (?<total>\d)$$' } }
		clusters:
		  c: { nodes: [ "a[1-2]", { host: b, user: "" } ],
		       interactive: { prompt_format: "]$ ", colors: { a: red } } }
		groups: { g: "@c,-a1" }
		interactive: { keybindings: { quit: "'x" }, broadcast_prefix: "!a " }
	EOF2
	run -0 --separate-stderr "$RSH" config
	bare() {
		sed 's/ *# .*//' <<<"$output"
	}
	first=$(bare)
	printf '%s\n' "$output" >again.yaml
	run -0 --separate-stderr "$RSH" config --config again.yaml
	same "$first" "$(bare)"
}

@test "the example is a configuration, as it is and with all of it in effect" {
	run -0 --separate-stderr "$RSH" config --example
	printf '%s\n' "$output" >as-it-is.yaml
	run -0 --separate-stderr "$RSH" config --config as-it-is.yaml
	same "$("$RSH" config --config none)" "$output"
	sed 's/^# //' as-it-is.yaml >all.yaml
	run -0 --separate-stderr "$RSH" config --config all.yaml
	[[ $output != *built-in* ]]
	# Every key of the table is in it.
	"$RSH" config --keys | cut -f 2 | sort -u | while read -r key; do
		grep -qE "^ *(- )?$key:" all.yaml || {
			echo "no '$key'"
			exit 1
		}
	done
}

@test "the default in the table is the program's" {
	"$RSH" config --config none >shown
	"$RSH" config --keys | awk -F '\t' '$6 != "" && $5 != "" { print $2, $5 }' |
		while read -r key value; do
			grep -qE "^  $key: $value +# built-in$" shown || {
				echo "$key is not '$value'"
				exit 1
			}
		done
}

@test "Backend.AI: the cluster is used when no hosts are named" {
	export BACKENDAI_CLUSTER_HOSTS=main1,sub1,sub2
	run -255 --separate-stderr rsh --rcmd exec echo hi
	has "cannot run 'hi'" "$stderr"
	export BACKENDAI_CLUSTER_HOST=sub1
	run -0 rsh --rcmd exec echo %h
	same "$(printf '%s: %s\n' main1 main1 sub1 sub1 sub2 sub2)" \
		"$(sort <<<"$output")"
	export BACKENDAI_CLUSTER_ROLE=sub
	run -0 rsh --rcmd exec echo hi
	same "$(printf '%s: hi\n' sub1 sub2)" "$(sort <<<"$output")"
	export BACKENDAI_CLUSTER_ROLE=main BACKENDAI_CLUSTER_HOST=sub2
	run -3 rsh --rcmd exec sh -c '[ %h = sub2 ] && exit 3; exit 4'
	printf '#!/bin/sh\n' >x
	chmod +x x
	run -0 rsh --rcmd exec ./x
	for host in main1 localhost u@x x:1 '[::1]' db.example.com; do
		run -0 rsh -G "$host"
		has "user " "$output"
	done
	run -0 rsh --rcmd exec -H a echo hi
	same "a: hi" "$output"
	run -0 "$RSH" config --cluster backendai sub1
	has "port: 2200" "$output"
	has "# BACKENDAI_CLUSTER_HOSTS" "$output"
	echo 'clusters: { backendai: { nodes: [ mine ] } }' >"$yaml"
	run -0 rsh --rcmd exec echo hi
	same "mine: hi" "$output"
}

@test "without a file one look is all it costs" {
	command -v strace >/dev/null || skip "no strace"
	# no process has two tracers
	ASAN_OPTIONS=detect_leaks=0 run -0 strace -f -e trace=file -o trace \
		"$RSH" --rcmd exec -H a true
	same 2 "$(grep -c 'rsh/config.yaml' trace)"
}
