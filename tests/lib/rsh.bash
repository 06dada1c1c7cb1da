# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What every bats file loads: a clean environment, a fleet of real or of
# simulated nodes, and a few ways to compare.
#
# `rsh` and `ssh` in the tests are wrappers that give -F with the fleet's
# ssh_config.  By hand, from the build folder: bats SRC/tests/e2e/fanout.bats

# shellcheck source=tests/lib/sshd.bash
. "${BASH_SOURCE[0]%/*}/sshd.bash"

builddir=${builddir:-$PWD}
RSH=${RSH:-$builddir/rsh}
export builddir RSH

# Nothing of the user's may leak in.
env_clean() {
	local var

	for var in SSH_AUTH_SOCK NO_COLOR CLICOLOR_FORCE CI FANOUT WCOLL \
		DISPLAY BACKENDAI_CLUSTER_HOST BACKENDAI_CLUSTER_HOSTS \
		BACKENDAI_CLUSTER_ROLE SLURM_JOB_NODELIST PBS_NODEFILE; do
		unset "$var"
	done
	export LC_ALL=C TERM=xterm HOME=$BATS_FILE_TMPDIR/home
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
# of hosts are their addresses.
scaled_start() {
	local range=$1 port key tries

	shift
	export scaled=$BATS_FILE_TMPDIR/scaled
	env_clean
	mkdir -p "$scaled"
	sshd_make_keys "$scaled"
	"$builddir/tests/scale/scaled" -a "$range" -k "$scaled/hostkey" "$@" \
		</dev/null >"$scaled/out" 2>"$scaled/log" 3>&- &
	printf '%d\n' $! >"$scaled/pid"
	for ((tries = 0; tries < 200; tries++)); do
		! read -r _ port <"$scaled/out" || break
		read -r -t 0.05 <> <(:) || :
	done
	if [ -z "$port" ]; then
		cat "$scaled/log" >&2
		return 1
	fi
	read -r key <"$scaled/hostkey.pub"
	printf '[127.*]:%d %s\n' "$port" "$key" >"$scaled/known_hosts"
	cat >"$scaled/ssh_config" <<-EOF
		Host *
			Port $port
			User test
			IdentityFile $scaled/id
			IdentitiesOnly yes
			IdentityAgent none
			UserKnownHostsFile $scaled/known_hosts
			GlobalKnownHostsFile /dev/null
			StrictHostKeyChecking yes
			BatchMode yes
	EOF
	wrap ssh "$(command -v ssh)" "$scaled/ssh_config"
	wrap rsh "$RSH" "$scaled/ssh_config"
}

scaled_stop() {
	local pid

	[ -e "$scaled/pid" ] || return 0
	read -r pid <"$scaled/pid"
	kill -TERM "$pid" 2>/dev/null || :
	wait "$pid" 2>/dev/null || :
	rm -f "$scaled/pid"
}

# What scaled counted so far: the number called $1.
scaled_count() {
	local pid lines tries

	read -r pid <"$scaled/pid"
	lines=$(wc -l <"$scaled/out")
	kill -USR1 "$pid"
	for ((tries = 0; tries < 200; tries++)); do
		[ "$(wc -l <"$scaled/out")" -eq "$lines" ] || break
		read -r -t 0.02 <> <(:) || :
	done
	tail -n 1 "$scaled/out" | sed "s/.*$1=\([0-9]*\).*/\1/"
}

# Wait up to $1 seconds until a command succeeds.
wait_until() {
	local end=$((SECONDS + $1 + 1))

	shift
	until "$@"; do
		[ "$SECONDS" -lt "$end" ] || return 1
		read -r -t 0.05 <> <(:) || :
	done
}

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
