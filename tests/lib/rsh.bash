# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What every bats file loads: a clean environment, a fleet of real or of
# simulated nodes, and a few ways to compare.
#
# `rsh` and `ssh` in the tests are wrappers that give -F with the fleet's
# ssh_config.  By hand, from the build folder: bats SRC/tests/e2e/fanout.bats

# shellcheck source=tests/lib/sshd.bash
. "${BASH_SOURCE[0]%/*}/sshd.bash"
# shellcheck source=tests/lib/scaled.bash
. "${BASH_SOURCE[0]%/*}/scaled.bash"

builddir=${builddir:-$PWD}
RSH=${RSH:-$builddir/rsh}
export builddir RSH

# Nothing of the user's may leak in.
env_clean() {
	local var

	for var in SSH_AUTH_SOCK NO_COLOR CLICOLOR_FORCE CI FANOUT WCOLL \
		DISPLAY WAYLAND_DISPLAY SSH_ASKPASS SSH_ASKPASS_REQUIRE \
		RSH_SSH_PROGRAM \
		BACKENDAI_CLUSTER_HOST BACKENDAI_CLUSTER_HOSTS \
		BACKENDAI_CLUSTER_ROLE SLURM_JOB_NODELIST PBS_NODEFILE; do
		unset "$var"
	done
	export LC_ALL=C TERM=xterm SHELL=/bin/sh HOME=$BATS_FILE_TMPDIR/home
	export XDG_CONFIG_HOME=$HOME/.config
	mkdir -p "$HOME" "$BATS_FILE_TMPDIR/bin"
	export PATH=$BATS_FILE_TMPDIR/bin:$PATH
}

# Let the tests' $1 be the program $2 with -F $3.
wrap() {
	printf '#!/bin/sh\nexec %s -F %s "$@"\n' "$2" "$3" \
		>"$BATS_FILE_TMPDIR/bin/$1"
	chmod +x "$BATS_FILE_TMPDIR/bin/$1"
}

# $1 real nodes.  For setup_file; sets $fleet to their folder.
fleet_start() {
	export fleet=$BATS_FILE_TMPDIR/fleet

	env_clean
	wrap ssh "$(command -v ssh)" "$fleet/ssh_config"
	wrap rsh "$RSH" "$fleet/ssh_config"
	sshd_start "$fleet" "$1"
}

# For teardown_file.
fleet_stop() {
	sshd_stop "$fleet"
}

# Simulated nodes on the addresses $1; what follows goes to scaled.  The names
# of hosts are their addresses.  For setup_file; sets $scaled.
sim_start() {
	export scaled=$BATS_FILE_TMPDIR/scaled

	env_clean
	wrap ssh "$(command -v ssh)" "$scaled/ssh_config"
	wrap rsh "$RSH" "$scaled/ssh_config"
	scaled_start "$scaled" "$@"
}

# For teardown_file.
sim_stop() {
	scaled_stop "$scaled"
}

# Wait up to $1 seconds until a command succeeds.
wait_until() {
	local end=$((SECONDS + $1 + 1))

	shift
	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || return 1
		sleep 0.05
	done
}

# What was interrupted once is ended by `$1`, which sends Ctrl+C, twice within
# 1 s: where much runs the first may be older by now, so there are more of them,
# until `$2` says that all is over.  Whoever comes after it heeds none.
interrupt_until_over() {
	local presses over

	read -ra presses <<<"$1"
	read -ra over <<<"$2"
	for _ in {1..5}; do
		"${presses[@]}"
		wait_until 5 "${over[@]}" && return
		"${presses[@]}"
	done
	return 1
}

# Skip a test of tiles where there can be none.
need_tiles() {
	command -v tmux >/dev/null || skip "no tmux"
	run "$builddir/rsh" shell --tiled -F "$fleet/ssh_config" node01 </dev/null
	# shellcheck disable=SC2154 # run sets it
	[[ $output != *libtsm* ]] || skip "built without libtsm"
}

# Whether the program is built with a sanitizer.
sanitized() {
	grep -q '^#define SANITIZED 1' "$builddir/config.h"
}

# Whether case $1 of many of one kind is to be tried: one in RSH_TEST_SAMPLE,
# or all.
sampled() {
	[ $(($1 % ${RSH_TEST_SAMPLE:-1})) -eq 0 ]
}

# At least $2 of the cases were tried, of which there are $1, or as many as
# belong to a sample.
enough() {
	[ "$1" -ge $(($2 / ${RSH_TEST_SAMPLE:-1})) ] && [ "$1" -gt 0 ]
}

# Run a function without what bats does for each command, which takes longer
# than most cases of a table.
quickly() (
	trap - DEBUG ERR
	set +eET
	"$@"
)

# Compare two texts, showing how they differ.
same() {
	diff -u --label expected --label got <(printf '%s\n' "$1") \
		<(printf '%s\n' "$2")
}

# $1 must be in the text $2.
has() {
	[[ $2 == *"$1"* ]] || {
		printf 'no "%s" in:\n%s\n' "$1" "$2"
		return 1
	}
}
