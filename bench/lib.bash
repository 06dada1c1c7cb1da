# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What the measurements share.  Run them from the build folder or with
# builddir set; RSH is the program to measure.

builddir=${builddir:-$PWD}
RSH=${RSH:-$builddir/rsh}
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# shellcheck source=tests/lib/sshd.bash
. "$top/tests/lib/sshd.bash"
# shellcheck source=tests/lib/scaled.bash
. "$top/tests/lib/scaled.bash"

if [ ! -x "$builddir/bench/measure" ]; then
	printf '%s: build first, then run this from the build folder\n' \
		"${0##*/}" >&2
	exit
fi
unset SSH_AUTH_SOCK DISPLAY
export LC_ALL=C
work=$(mktemp -d "${TMPDIR:-/tmp}/rsh-bench.XXXXXX")
scaled=$work/scaled
relay_pid=

# shellcheck disable=SC2317 # called by the trap
bench_finish() {
	[ -z "$relay_pid" ] || kill "$relay_pid" 2>/dev/null
	scaled_stop "$scaled"
	rm -rf "$work"
}
trap bench_finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# A relay from $1 to $2, both at port $3 there, that delays what passes by half
# of $delay each way; sets $relay_port, that of $1.
relay_start() {
	local tries

	relay_port=
	: >"$work/relay"
	# shellcheck disable=SC2154 # of who calls
	"$builddir/tests/lib/delayrelay" "$1" "$2" "$3" $((delay / 2)) \
		>"$work/relay" &
	relay_pid=$!
	# shellcheck disable=SC2034 # of who calls
	for ((tries = 0; tries < 100; tries++)); do
		! read -r _ relay_port <"$work/relay" || return 0
		sleep 0.05
	done
	return 1
}

have() {
	command -v "$1" >/dev/null
}

# Run one of the tools on the hosts listed in file $2 with the command $3..,
# all at once as far as the tool can.  Output goes to $work/out.
tool_run() {
	local tool=$1 hosts=$2 config=$scaled/ssh_config n

	shift 2
	n=$(wc -l <"$hosts")
	case $tool in
	rsh)
		set -- "$RSH" -F "$config" -j "$n" -H "^$hosts" "$*"
		;;
	rsh-dir)
		set -- "$RSH" -F "$config" -j "$n" -H "^$hosts" --no-stream \
			--output-dir "$work/dir" "$*"
		;;
	rsh-*)
		set -- "$RSH" -F "$config" -j "$n" -H "^$hosts" \
			"--${tool#rsh-}" "$*"
		;;
	ssh)
		set -- xargs -a "$hosts" -P 64 -I'{}' ssh -F "$config" \
			'{}' "$*"
		;;
	pdsh)
		set -- env PDSH_SSH_ARGS_APPEND="-F $config" pdsh -R ssh \
			-f 64 -w "^$hosts" "$*"
		;;
	pssh)
		set -- parallel-ssh -i -t 0 -p 64 -h "$hosts" -x "-F $config" \
			"$*"
		;;
	clush-b)
		set -- clush -b -f 64 -o "-F $config" --hostfile "$hosts" "$*"
		;;
	clush)
		set -- clush -f 64 -o "-F $config" --hostfile "$hosts" "$*"
		;;
	esac
	"$builddir/bench/measure" "$work/cost" "$@" </dev/null >"$work/out" \
		2>"$work/err"
}

# The same $1 times; prints the medians "CPU_MS WALL_MS PEAK_KIB STATUS".
tool_cost() {
	local repeats=$1 i

	shift
	rm -f "$work/cost"
	for ((i = 0; i < repeats; i++)); do
		tool_run "$@" || :
	done
	for i in 1 2 3 4; do
		cut -d ' ' -f "$i" "$work/cost" | sort -n |
			sed -n "$((repeats / 2 + 1))p"
	done | paste -s -d ' '
}
