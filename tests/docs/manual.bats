#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # variables of bats and of make check
# The manual and the completion know the options that the program knows.

setup() {
	rsh=$builddir/rsh
	man=$srcdir/docs/man/rsh.1
}

# The examples of the manual, one a line.
examples() {
	sed -n '/^\.Sh EXAMPLES/,/^\.Sh SEE/s/^\.Dl \$ //p' "$man"
}

@test "every option stands in the manual, and no other" {
	"$srcdir/tools/check-options" "$rsh" "$man"
}

# What the tables of the differential tests give as reasons.
@test "each difference from ssh is explained" {
	local cases=$srcdir/tests/e2e reason n=0

	sed -n '/^\.Sh DIFFERENCES FROM SSH/,/^\.Sh EXAMPLES/p' "$man" |
		tr '\n' ' ' >"$BATS_TEST_TMPDIR/page"
	while IFS= read -r reason; do
		n=$((n + 1))
		grep -qF -- "$reason" "$BATS_TEST_TMPDIR/page" || {
			printf 'not explained: %s\n' "$reason"
			return 1
		}
	done < <(sed -n 's/^~.* ## //p' "$cases/sshopts.cases"
		sed -n "s/^[cn] [^ ]* '[^':]*: \([^']*\)'.*/\1/p" \
			"$cases/hostkeys.cases")
	[ "$n" -ge 60 ]
	# none without a reason
	[ "$(grep '^~' "$cases/sshopts.cases" | grep -cv ' ## .')" -eq 0 ]
}

@test "the manual of dshbak has its options" {
	ln -s "$rsh" "$BATS_TEST_TMPDIR/dshbak"
	"$srcdir/tools/check-options" "$BATS_TEST_TMPDIR/dshbak" \
		"$srcdir/docs/man/dshbak.1"
}

@test "the manual of pdsh has its options" {
	ln -s "$rsh" "$BATS_TEST_TMPDIR/pdsh"
	"$srcdir/tools/check-options" "$BATS_TEST_TMPDIR/pdsh" \
		"$srcdir/docs/man/pdsh.1"
}

@test "the completion offers the options of pdsh" {
	ln -s "$rsh" "$BATS_TEST_TMPDIR/pdsh"
	. "$srcdir/contrib/completion/rsh.bash"
	COMP_WORDS=("$BATS_TEST_TMPDIR/pdsh" -)
	COMP_CWORD=1
	_pdsh
	diff -u <("$BATS_TEST_TMPDIR/pdsh" --help=dump | cut -f 1 |
		sed 's/^/-/' | sort) \
		<(printf '%s\n' "${COMPREPLY[@]}" | sort)
}

@test "every key of the configuration stands in its manual, and no other" {
	"$srcdir/tools/check-keys" "$rsh" "$srcdir/docs/man/rsh_config.5"
}

@test "the completion offers every option" {
	cd "$builddir"
	. "$srcdir/contrib/completion/rsh.bash"
	COMP_WORDS=(./rsh -)
	COMP_CWORD=1
	_rsh
	diff -u <("$rsh" --help=dump | cut -f 1,2 | awk -F '\t' '
		$1 != "" { print "-" $1 }
		$2 != "" { print "--" $2 }' | sort) \
		<(printf '%s\n' "${COMPREPLY[@]}" | sort)
}

@test "the completion offers the options of hosts" {
	cd "$builddir"
	. "$srcdir/contrib/completion/rsh.bash"
	COMP_WORDS=(./rsh hosts --)
	COMP_CWORD=2
	_rsh
	diff -u <("$rsh" hosts --help=dump | cut -f 2 | sed 's/^/--/' | sort) \
		<(printf '%s\n' "${COMPREPLY[@]}" | sort)
}

@test "the completion knows the words of an option" {
	cd "$builddir"
	. "$srcdir/contrib/completion/rsh.bash"
	COMP_WORDS=(./rsh --exit-code ma)
	COMP_CWORD=2
	_rsh
	[ "${COMPREPLY[*]}" = "main-rank max" ]
}

# completed WORD...: what the last of these words may become, sorted.
completed() {
	COMP_WORDS=(./rsh "$@")
	COMP_CWORD=$#
	_rsh
	printf '%s\n' "${COMPREPLY[@]}" | sort | xargs
}

@test "the completion knows verbs, files, and what a verb refuses" {
	cd "$builddir"
	HOME=$BATS_TEST_TMPDIR
	. "$srcdir/contrib/completion/rsh.bash"
	[ "$(completed --view = a)" = "always auto" ]
	[ "$(completed --color =)" = "always auto never" ]
	[ "$(completed ping --exit-code ma)" = "main-rank max" ]
	[ "$(completed help int)" = interactive ]
	[ "$(completed dow)" = download ]
	[ -z "$(completed host dow)" ]
	[ "$(completed -O f)" = forward ]
	: >"$BATS_TEST_TMPDIR/some.file"
	[ "$(completed put "$BATS_TEST_TMPDIR/so")" = \
		"$BATS_TEST_TMPDIR/some.file" ]
	[ "$(completed -F "$BATS_TEST_TMPDIR/so")" = \
		"$BATS_TEST_TMPDIR/some.file" ]
	[ "$(completed shell --out)" = --output-dir ]
	[ -z "$(completed ping --out)" ]
	[[ $(completed --json "") != *some.file* ]]
}

@test "the completion knows the clusters of the configuration" {
	cd "$builddir"
	export HOME=$BATS_TEST_TMPDIR XDG_CONFIG_HOME=$BATS_TEST_TMPDIR/config
	mkdir -p "$XDG_CONFIG_HOME/rsh"
	cat >"$XDG_CONFIG_HOME/rsh/config.yaml" <<-'EOF'
		clusters:
		  gold: { nodes: [ n1 ] }
		  gone: { nodes: [ n2 ] }
		  blue: { nodes: [ n3 ] }
	EOF
	. "$srcdir/contrib/completion/rsh.bash"
	[ "$(completed --cluster "")" = "blue gold gone" ]
	[ "$(completed --cluster = go)" = "gold gone" ]
	[ "$(completed ping --cluster b)" = blue ]
	echo 'clusters: [' >"$XDG_CONFIG_HOME/rsh/config.yaml"
	[ -z "$(completed --cluster "" 2>&1)" ]
}

@test "the manual's example of --rcmd exec runs" {
	example=$(examples | grep -- '--rcmd exec')
	got=$(cd "$builddir" && PATH=.:$PATH eval "$example" | sort)
	diff -u - <(printf '%s\n' "$got") <<'EOF'
node1: 0 node1
node2: 1 node2
node3: 2 node3
EOF
}

@test "the options in the manual's examples exist" {
	known=$("$rsh" --help=dump | cut -f 1,2 | awk -F '\t' '
		$1 != "" { print "-" $1 }
		$2 != "" { print "--" $2 }')
	count=0
	for word in $(examples); do
		[[ $word == -[A-Za-z] || $word == --[a-z]* ]] || continue
		count=$((count + 1))
		grep -qxe "$word" <<<"$known" || {
			echo "no option $word"
			return 1
		}
	done
	[ "$count" -gt 5 ]
}

@test "the man page renders without a complaint" {
	command -v mandoc >/dev/null || skip "no mandoc"
	mandoc -T lint -W warning "$man"
}
