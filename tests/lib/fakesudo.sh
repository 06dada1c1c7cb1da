#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What sudo -S does, to the byte, for tests that must not need root.  How this
# node behaves stands in $RSH_TEST_SSHD/sudo/ADDRESS, a word a line:
#
#	nopasswd   ask nothing
#	tty        want a terminal (requiretty)
#	absent     there is none
#	denied     let nothing run, whatever the password
#	once       ask once only (passwd_tries)
#
# What it is told is noted in ADDRESS.told.
set -u
# shellcheck disable=SC2086 # "client port server port"
set -- "$(printf '%s\n' $SSH_CONNECTION | sed -n 3p)" "$@"
conf=$RSH_TEST_SSHD/sudo/$1
shift
if [ "$#" -le 4 ] || [ "$1 $2 $4" != "-S -p --" ]; then
	echo "usage: sudo -S -p PROMPT -- COMMAND" >&2
	exit 1
fi
prompt=$3
shift 4

is() {
	grep -qx "$1" "$conf" 2>/dev/null
}

if is absent; then
	echo "sh: 1: sudo: not found" >&2
	exit 127
fi
if is tty && ! [ -t 0 ]; then
	echo "sudo: sorry, you must have a tty to run sudo" >&2
	exit 1
fi
! is nopasswd || exec "$@"
tries=3
! is once || tries=1
[ ! -t 0 ] || stty -echo
try=0
while [ "$try" -lt "$tries" ]; do
	printf '%s' "$prompt" >&2
	IFS= read -r answer || {
		echo >&2
		echo "sudo: no password was provided" >&2
		break
	}
	[ ! -t 0 ] || echo >&2
	printf '%s\n' "$answer" >>"$conf.told"
	if [ "$answer" = "open sesame" ]; then
		is denied || exec "$@"
		echo "tester is not in the sudoers file." >&2
		exit 1
	fi
	try=$((try + 1))
	[ "$try" -eq "$tries" ] || echo "Sorry, try again." >&2
done
echo "sudo: $try incorrect password attempts" >&2
exit 1
