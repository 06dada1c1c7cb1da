# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# How contrib/check and ci/ run the tests of a build folder.

# What a test program may take before it is ended, seconds: far more than any
# does.  At a terminal Ctrl+C ends it, which does not reach a group of its own.
[ -t 0 ] || TEST_LIMIT='timeout -k 10 900'
export TEST_LIMIT

# The tests in the folder $1 whose last result was bad.
tests_failed() {
	find "$1" -name '*.trs' -exec \
		grep -lE '^:test-result: (FAIL|XPASS|ERROR)' {} + |
		sed 's/\.trs$//' | sort
}

# run_tests FOLDER JOBS ARGUMENT...: make check there.  Many tests look at a
# clock, and on a busy machine one may be late for no fault of the program: a
# test that fails is tried once more, with none beside it.  What it said
# first is shown, whatever comes of it.
run_tests() {
	(
		folder=$1
		shift
		find "$folder" -name '*.trs' -exec rm -f {} +
		make -C "$folder" -k -j "$@" check && exit
		again=$(tests_failed "$folder")
		[ -n "$again" ] || exit 1
		shift
		for test in $again; do
			printf '=== failed, and tried once more: %s\n' \
				"${test#"$folder"/}"
			cp "$test.log" "$test.first.log"
			grep -A 60 '^not ok' "$test.log" || tail -n 60 "$test.log"
		done
		make -C "$folder" -k -j1 recheck "$@"
	)
}
