#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2016,SC2154,SC2030,SC2031 # $x is for others; bats
# Groups of hosts, against nodeattr of genders and nodeset of ClusterShell.

bats_require_minimum_version 1.5.0
load ../lib/rsh.bash

setup() {
	env_clean
	cd "$BATS_TEST_TMPDIR" || return
	HOME=$PWD/home
	export HOME CLUSTERSHELL_CFGDIR=$PWD/cs DSHGROUP_PATH=$PWD/dsh
	export PDSH_GENDERS_FILE=$PWD/genders
	unset XDG_CONFIG_HOME PDSH_GENDERS_DIR SLURM_NODELIST
	mkdir -p home/.dsh/group dsh cs bin
	PATH=$PWD/bin:$PATH
}

ask() {
	timeout 20 "$builddir/tests/lib/askgroups"
}

# One question of two or three words.
one() {
	local IFS=$'\t'
	printf '%s\n' "$*" | ask
}

# The hosts that rsh runs on, in its own order.
runs_on() {
	timeout 20 "$RSH" --rcmd exec --no-prefix --parallel 1 "$@" echo %h |
		paste -sd, -
}

# A program $1 that is the shell text $2.
program() {
	printf '#!/bin/sh\n%s\n' "$2" >"bin/$1"
	chmod +x "bin/$1"
}

@test "a group is looked for in dsh, ClusterShell, genders, in this order" {
	echo 'd1' >home/.dsh/group/one
	echo 'd2' >dsh/one
	echo '@one,d[3-4]' >dsh/two
	printf '[Main]\ndefault: my\nautodir: $CFGDIR\n' >cs/groups.conf
	printf 'my: {one: c1, two: c2, three: "c[3-4]"}\nx: {a: x1}\n' >cs/a.yaml
	printf 'g[1-3] one,two,three,four\n' >genders
	[ "$(runs_on -H @one)" = d1 ]
	[ "$(runs_on -H @two)" = d1,d3,d4 ]
	[ "$(runs_on -H @three)" = c3,c4 ]
	[ "$(runs_on -H '@four,-g2')" = g1,g3 ]
	[ "$(runs_on -H '@x:a,@genders:one!g3')" = x1,g1,g2 ]
	[ "$(runs_on -H '@*' --exclude @genders:one)" = d1,d3,d4,c1,c2,c3,c4 ]
	[ "$(runs_on -H 'c*' --filter 'c[1-3]')" = c1,c2,c3 ]
	[ "$(one names '')" = one,two,three,four ]
	[[ $(one sources) = dsh,my,genders,netgroup,* ]]
}

@test "an unknown group starts nothing and names the nearest" {
	echo d1 >dsh/webs
	printf 'g1 compute\n' >genders
	run -255 --separate-stderr "$RSH" --rcmd exec -H '@compuet' true
	[ -z "$output" ]
	[[ $stderr = *"unknown group '@compuet': asked yaml, dsh, "*"genders, netgroup; did you mean '@compute'?" ]]
	run -255 --separate-stderr "$RSH" --rcmd exec -H '@dhs:webs' true
	[[ $stderr = *"unknown source of groups 'dhs': there are yaml, dsh, "*"; did you mean 'dsh'?" ]]
	printf 'n1\nn[9-1]\n' >dsh/bad
	run -255 --separate-stderr "$RSH" --rcmd exec -H '@bad' true
	[[ $stderr = *"$PWD/dsh/bad:2: bad host list 'n[9-1]': column 5: "* ]]
}

@test "the name of a group is no path and no text for a shell" {
	echo secret >secret
	printf '[Main]\ndefault: sh\n[sh]\nmap: echo "$GROUP" >>ran; echo h1\n' \
		>cs/groups.conf
	for name in ../secret ..  . /etc/passwd 'a;touch x' '$(touch x)' '`touch x`' \
		"a'b" 'a"b' 'a|b' 'a>b' 'a\b' 'a/b' '-e' '#a' '~root' '{a}'; do
		run ! "$RSH" --rcmd exec -H "@$name" true
		run ! "$RSH" --rcmd exec -H "@sh:$name" true
	done
	[ ! -e cs/ran ]
	[ "$(one list @sh:ok-1.x+y=z)" = h1 ]
	[ "$(cat cs/ran)" = ok-1.x+y=z ]
}

@test "commands of a file that everyone may write to do not run" {
	printf '[Main]\ndefault: sh\n[sh]\nmap: touch ran; echo h1\n' \
		>cs/groups.conf
	chmod o+w cs/groups.conf
	[[ $(one list @any) = *"everyone may write to it"* ]]
	[ ! -e cs/ran ]
	chmod o-w cs/groups.conf
	[ "$(one list @any)" = h1 ]
}

@test "the current folder is never where groups come from" {
	mkdir -p .dsh/group .config/clustershell
	echo here >.dsh/group/here
	printf '[Main]\ndefault: sh\n[sh]\nmap: touch ran; echo h1\n' \
		>.config/clustershell/groups.conf
	unset CLUSTERSHELL_CFGDIR
	for home in . "" .config/..; do
		run -255 --separate-stderr env HOME="$home" "$RSH" hosts @here
		[[ $stderr = *"unknown group '@here'"* ]]
	done
	run -255 env XDG_CONFIG_HOME=.config "$RSH" hosts @any
	[ ! -e .config/clustershell/ran ]
}

@test "a command has no input, runs in its folder and is run once a group" {
	printf '[sh]\nmap: cat; echo run >>ran; echo h$GROUP; pwd >&2\n' \
		>cs/groups.conf
	run -0 --separate-stderr ask < <(printf 'list\t@sh:1,@sh:1,@sh:2\n%.0s' 1 2 3)
	[ "$output" = $'h1,h2\nh1,h2\nh1,h2' ]
	[ "$stderr" = "$PWD/cs"$'\n'"$PWD/cs" ]
	[ "$(grep -c run cs/ran)" -eq 2 ]
}

@test "the hosts of a job are those of the environment" {
	printf 'n1\nn1\nn2\n' >nodes
	printf 'n1 4 q@n1 UNDEFINED\nn3 2 q@n3 UNDEFINED\n' >pe
	[ "$(SLURM_JOB_NODELIST='n[1-2,05]' runs_on -H @slurm)" = n1,n2,n05 ]
	[ "$(PBS_NODEFILE=$PWD/nodes runs_on -H @pbs)" = n1,n2 ]
	[ "$(PE_HOSTFILE=$PWD/pe runs_on -H @sge)" = n1,n3 ]
	[ "$(LSB_MCPU_HOSTS='a 2 b 4' runs_on -H @lsf)" = a,b ]
	[ "$(LSB_HOSTS='a a b' runs_on -H @lsf:*)" = a,b ]
	[ "$(HYDRA_HOST_FILE=$PWD/nodes runs_on -H '@pmi,-n1')" = n2 ]
	run -255 --separate-stderr "$RSH" --rcmd exec -H @slurm true
	[[ $stderr = *"not set: SLURM_JOB_NODELIST, SLURM_NODELIST" ]]
	# A group of that name comes first.
	echo g1 >dsh/slurm
	[ "$(SLURM_JOB_NODELIST=n1 runs_on -H @slurm)" = g1 ]
}

@test "Slurm is asked by its commands" {
	program squeue 'case "$*" in
		"-h -j 12 -o %N") echo "n[1-2]" ;;
		"-h -t R -o %N") printf "n[1-2]\nn7\n" ;;
		*) echo "squeue: error: Invalid job id" >&2; exit 1 ;;
	esac'
	program sinfo 'case "$*" in
		"-h -p debug -o %N") echo "n[1-3]" ;;
		"-h -o %f %N") printf "gpu,ib n1\nib n[2-3]\n" ;;
	esac'
	[ "$(runs_on -H @slurmjob:12)" = n1,n2 ]
	[ "$(runs_on -H '@slurmjob:*')" = n1,n2,n7 ]
	[ "$(runs_on -H '@slurmpart:debug&@slurmfeature:ib,-n1')" = n2,n3 ]
	[[ $(one list @slurmjob:13 2>/dev/null) = *"'squeue' ended with status 1" ]]
	[[ $(one list @slurmpart:none) = *"unknown group '@slurmpart:none'" ]]
}

@test "no environment, no home: only what the system has" {
	echo d1 >dsh/web
	run -0 env -i DSHGROUP_PATH="$PWD/dsh" "$builddir/tests/lib/askgroups" \
		< <(printf 'list\t@dsh:web\n')
	[ "$output" = d1 ]
}

# Files of seven attributes for forty nodes, from the seed $1.
random_genders() {
	awk -v seed="$1" 'BEGIN {
		srand(seed)
		for (i = 1; i <= 40; i++) {
			text = ""
			for (a = 0; a < 7; a++) {
				if (rand() < 0.5)
					continue
				text = text (text == "" ? "" : ",") "at" a
				if (a % 2)
					text = text "=" (rand() < 0.3 ? \
						"x%n" : int(rand() * 3))
			}
			if (text != "")
				print "n" i " " text
			if (i % 7 == 0)
				printf "  n%d,m%d\tk%d,v=%%%%%d # c\n", \
					i, i, i % 3, i
		}
		print "# hosts in ranges"
		print "n[1-40] all,p-q,idx=%n"
		print "r[01-12],s3 rack"
	}'
}

# Queries of one to five attributes, from the seed $1.
random_queries() {
	awk -v seed="$1" 'function term(    r, a) {
		r = rand()
		a = int(rand() * 8)
		if (r < 0.1) return "k" a % 4
		if (r < 0.2) return "rack"
		if (r < 0.3) return "idx=n" a
		if (r < 0.5 && a % 2) return "at" a "=" int(rand() * 3)
		return "at" a
	}
	BEGIN {
		srand(seed)
		split("|| && --", op, " ")
		for (i = 0; i < 60; i++) {
			q = ""
			n = 1 + int(rand() * 5)
			for (t = 0; t < n; t++) {
				one = term()
				if (rand() < 0.2)
					one = "~" one
				if (rand() < 0.2)
					one = "(" one op[1 + int(rand() * 3)] term() ")"
				q = q (t ? (rand() < 0.2 ? " " : "") op[1 + \
					int(rand() * 3)] : "") one
			}
			print q
		}
	}'
}

# What nodeattr refuses or skips and we read, or the other way round:
#	!a	it passes over what it does not know, and takes this for "a"
#	=4	it is an attribute without a name, which no node has
#	k=(a)	parentheses are no part of a value, to both
#	w=a+b@c	an "@" is part of a value to us only
odd_queries() {
	printf '%s\n' 'at1' '~at1' '~~at1' ' at1 ' 'at1=' 'at1=9' 'nosuch' \
		'~nosuch' 'nosuch||at1' 'p-q' 'at1&&' '||at1' '(at1' 'at1)' '()' \
		'at1 at2' 'at1,at2' 'at1||(at2' '((at1))' 'at1&at2' 'at1|at2' \
		'at1-at2' '~(at1||at2)' 'k=(a)' '\at1' 'idx=%n' 'v=%7'
}

# Sort the names in each line, which have commas between.
each_sorted() {
	awk -F, '{ print NR "\t"; for (i = 1; i <= NF; i++) print NR "\t" $i }' |
		sort -k1,1n -k2 | awk -F'\t' '
		$1 != nr { if (NR > 1) print line; nr = $1; line = sep = "" }
		$2 != "" { line = line sep $2; sep = "," }
		END { print line }'
}

@test "queries of genders stand for what nodeattr says" {
	command -v nodeattr >/dev/null || skip "no nodeattr"
	local seed query text
	for seed in 1 2; do
		random_genders $seed >genders
		{
			random_queries $seed
			odd_queries
		} >queries
		while IFS= read -r query; do
			case $query in
			'\at1') echo ;; # to nodeattr, the same as "at1"
			*)
				text=$(nodeattr -f genders -c "$query" \
					2>/dev/null) || text=error
				echo "$text"
				;;
			esac
		done <queries | each_sorted >want
		sed 's/^/query\t/' queries | ask | sed 's/^error:.*/error/' |
			each_sorted >got
		same "$(paste queries want)" "$(paste queries got)"
		[ "$(wc -l <want)" -eq 87 ]
	done
}

@test "nodes and values of genders are those of nodeattr" {
	command -v nodeattr >/dev/null || skip "no nodeattr"
	local node attr want
	random_genders 3 >genders
	same "$(nodeattr -f genders -n -A | sort)" \
		"$(one query '' | tr , '\n' | sort)"
	same "$(nodeattr -f genders -l | sort)" \
		"$(one names genders | tr , '\n' | sort)"
	for node in n1 n7 n14 m14 r01 s3; do
		for attr in at1 at2 v idx k1 nosuch; do
			if nodeattr -f genders -v "$node" "$attr" >value 2>/dev/null; then
				want=$(cat value)
				echo "${want:-+}" >>want
			else
				echo - >>want
			fi
			printf 'value\t%s\t%s\n' "$node" "$attr" >>questions
		done
	done
	same "$(cat want)" "$(ask <questions)"
}

@test "genders files are refused where nodeattr refuses them" {
	command -v nodeattr >/dev/null || skip "no nodeattr"
	local text
	for text in 'n1 a\nn1 a\n' 'n1 a, b\n' 'n1 a,,b\n' 'n1 a=\n' 'n1 =b\n' \
		'n1 a,\n' 'n1 "a b"\n' 'n[1-2] a\nn2 a=1\n' 'n1 a b\n'; do
		printf '%b' "$text" >genders
		run ! nodeattr -f genders -A
		[[ $(one query '') = "error: $PWD/genders:"* ]]
	done
	for text in 'n1\n' '\n#\n n1\ta\t\n' 'n1 a#b\n' 'n1 a=b=c\n' 'n1 a\r\n' \
		'n1,n2,n[3-4] a\n' 'n[01-03] a' 'n1 a%n,b=%%,c=%\n'; do
		printf '%b' "$text" >genders
		same "$(nodeattr -f genders -n -A | sort)" \
			"$(one query '' | tr , '\n' | sort)"
		same "$(nodeattr -f genders -l | sort)" \
			"$(one names genders | tr , '\n' | sort)"
	done
}

# The Python that has the module; the first in PATH may be another.
python_of_nodeset() {
	local python
	for python in python3 /usr/bin/python3; do
		if "$python" -c 'import ClusterShell' 2>/dev/null; then
			echo "$python"
			return
		fi
	done
	return 1
}

# The lists on standard input as nodeset says: names with commas, sorted.
nodeset_says() {
	"$(python_of_nodeset)" -c '
import sys
from ClusterShell.NodeSet import NodeSet
for line in sys.stdin:
    try:
        print(",".join(sorted(NodeSet(line.rstrip("\n")))))
    except Exception:
        print("error")
'
}

@test "groups of ClusterShell stand for what nodeset says" {
	python_of_nodeset || skip "no ClusterShell"
	printf '%s\n' '[Main]' 'default: roles' 'confdir: $CFGDIR/conf.d' \
		"autodir: \"\$CFGDIR/y d\" \$CFGDIR/none" '' '[flat]' \
		"map: sed -n 's/^\$GROUP:\\(.*\\)/\\1/p' \$CFGDIR/flat" \
		"list: sed -n 's/^\\([^:]*\\):.*/\\1/p' flat" \
		'[shell,sh2]' 'map: case $GROUP in a) echo $SOURCE-n[1-3];;' \
		'     b) echo n7 n8; echo "n9";;' '   *) exit 1;; esac' \
		'all = echo "s[1-9]"' 'list : echo a b' 'cache_time: 1' \
		>cs/groups.conf
	printf 'web: n[1-4]\ndb: n5,n6\nref: @web,n9\nout: @roles:adm,@db\n' >cs/flat
	mkdir cs/conf.d 'cs/y d'
	printf '[deep]\nmap: cat $CFGDIR/../flat.$GROUP\n' >cs/conf.d/d.conf
	echo 'z[1-2]' >cs/flat.z
	cat >'cs/y d/a.yaml' <<-'END'
		roles:
		    adm: 'example0'
		    io: '@racks:rack2,example2'
		    compute: '@racks:rack[3-4]'
		    gpu: '@racks:rack4'
		    most: '@io,@compute!@gpu'
		    all: '@io,@compute'
		racks:
		    rack1: 'example[0,2]'
		    rack2: 'example[4-5]'
		    rack3: 'example[32-59]'
		    rack4: 'example[56-59]'
		    old: '@rack[1,3]'
		    two: '@rack1,@rack2 @rack4'
		    list:
		        - 'example[200-205]'  # a comment
		        - example245
		        - 'example300,example[401-406]'
		    some: "@rack3&@rack4"
		    other: |
		        a1
		        a2
		cpu: {ivy: 'example[32-63]', hsw: '@roles:compute!@ivy', x: '@racks:rack3^@racks:rack4'}
	END
	# Where nodeset has an empty set without a word, an error is ours:
	# unknown groups.
	cat >lists <<-'END'
		@adm
		@io
		@compute
		@gpu
		@most
		@all
		@*
		@roles:*
		@racks:rack1
		@racks:rack[1-2]
		@racks:rack[1,4]
		@racks:old
		@racks:two
		@racks:list
		@racks:some
		@racks:other
		@cpu:ivy
		@cpu:hsw
		@cpu:x
		@racks:rack3!@racks:rack4
		@racks:rack3&@cpu:ivy
		@racks:rack3^@cpu:ivy
		@io,n1,@adm
		@compute!example40
		@flat:web
		@flat:db
		@flat:ref
		@flat:out
		@flat:web!@flat:ref
		@shell:a
		@shell:b
		@sh2:a
		@shell:*
		@shell:a,@sh2:a
		@shell:nosuch
		@deep:z
		@deep:nosuch
		@nosource:x
		@@
		@@racks
		@@flat
		@@shell
		example4*
		example[32-33]*
		@cpu:hsw,@cpu:ivy
		@racks:list&example[201-300]
	END
	sed 's/^/list\t/' lists | ask 2>/dev/null | sed 's/^error:.*/error/' |
		each_sorted >got
	nodeset_says <lists 2>/dev/null | each_sorted >want
	same "$(paste lists want)" "$(paste lists got)"
	[ "$(wc -l <want)" -eq 46 ]
	# All of a source without "all" are, to nodeset, the texts of its groups
	# one after the other, so that an operator in one is applied to those
	# before it.  To us they are the hosts of all groups.
	[ "$(one list '@cpu:*')" = "$(one list '@cpu:ivy,@cpu:hsw,@cpu:x')" ]
}
