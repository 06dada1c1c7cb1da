# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What the tests of forwardings share: both ends of a connection, and a client
# that stays between them.  Loaded after rsh.bash.

fwdtool=$BATS_TEST_DIRNAME/../lib/fwdtool.py

setup() {
	command -v python3 >/dev/null || skip "no python3"
	cd "$BATS_TEST_TMPDIR" || return
	started=()
}

teardown() {
	[ "${#started[@]}" -eq 0 ] || kill "${started[@]}" 2>/dev/null || :
	wait
}

tool() {
	python3 "$fwdtool" "$@"
}

# Something that listens on $2, see fwdtool.py.  It is its own word that is
# waited for, not that of one before it.
serve() {
	: >served
	python3 "$fwdtool" "$@" >>served 2>&1 3>&- &
	started+=("$!")
	wait_until 20 grep -q ready served
}

# A client that stays until it is ended; its number is in $client.
client() {
	: >client.out
	: >client.err
	"$@" </dev/null >>client.out 2>>client.err 3>&- &
	client=$!
	started+=("$client")
}

end_client() {
	kill "$client"
	wait "$client" || :
}

# The client ends by itself, with the status $1.
ends_with() {
	local status=0

	wait "$client" || status=$?
	[ "$status" -eq "$1" ] || {
		echo "status $status:" "$(<client.err)"
		return 1
	}
}

listening() {
	[ -n "$(tool listens "$1")" ]
}
