#!/usr/bin/env bats
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # variables of bats and of make check
# Messages go through gettext: a made-up language, which puts [[ ]] around each
# message, shows which do and that nothing else is touched.

setup_file() {
	local locale=$builddir/tests/docs/locale po=$BATS_FILE_TMPDIR
	local folder=$locale/en@pseudo/LC_MESSAGES

	command -v msgfilter >/dev/null || skip "no gettext tools"
	mkdir -p "$folder" "$locale/de/LC_MESSAGES"
	cd "$srcdir" || return
	grep -v '^#' po/POTFILES.in >"$po/files"
	xgettext -f "$po/files" -o "$po/rsh.pot" --from-code=UTF-8 \
		--keyword=_ --keyword=N_ --keyword=ngettext:1,2
	msginit --no-translator -l en.UTF-8 -i "$po/rsh.pot" -o "$po/en.po"
	# shellcheck disable=SC2016 # an address of sed
	msgfilter --keep-header -i "$po/en.po" -o "$po/pseudo.po" \
		sed -e '1s/^/[[/' -e '$s/$/]]/'
	msgfmt -c -o "$folder/rsh.mo" "$po/pseudo.po"
	msgfmt -c -o "$locale/de/LC_MESSAGES/rsh.mo" po/de.po
}

setup() {
	bats_require_minimum_version 1.5.0
	export LC_ALL=C.UTF-8 LANGUAGE=en@pseudo
	rsh=$builddir/tests/docs/rsh
}

@test "an error is translated, what the user typed is not" {
	run --separate-stderr -255 "$rsh" --rcmd nonsense -H a true
	[ "$output" = "" ]
	[[ $stderr == "rsh: [["*"'nonsense'"*"]]" ]]
}

@test "every text of --help is translated" {
	LC_ALL=C "$rsh" --help=dump | cut -f 4 | sort -u \
		>"$BATS_TEST_TMPDIR/plain"
	"$rsh" --help | tr -s ' \n' '  ' >"$BATS_TEST_TMPDIR/help"
	while read -r text; do
		[ -z "$text" ] || grep -qF "[[$text]]" "$BATS_TEST_TMPDIR/help" ||
			{
				echo "not translated: $text"
				return 1
			}
	done <"$BATS_TEST_TMPDIR/plain"
}

@test "labels and output are not translated" {
	run --separate-stderr -0 "$rsh" --rcmd exec -H a echo hello
	[ "$output" = "a: hello" ]
	[ "$stderr" = "" ]
}

@test "classes in the summary stay words for programs" {
	run --separate-stderr -1 "$rsh" --rcmd exec -H a,b false
	[[ $stderr == *"exit 1: "* ]]
}

@test "without a language messages are plain" {
	LC_ALL=C run --separate-stderr -255 "$rsh" --rcmd nonsense -H a true
	[[ $stderr != *"[["* && $stderr == *"'nonsense'"* ]]
}

@test "German is there" {
	LANGUAGE=de run --separate-stderr -255 "$rsh" --rcmd nonsense -H a true
	[[ $stderr == "rsh: "*"unbekannt"*"'nonsense'"* ]]
}
