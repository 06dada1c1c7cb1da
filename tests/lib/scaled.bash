# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # builddir is set by who sources this
# Simulated nodes: scaled with its keys, known_hosts and ssh_config in a folder.
# Needs $builddir and sshd.bash.
#
#	scaled_start DIR RANGE [ARGUMENTS OF SCALED]...
#	scaled_stop DIR

scaled_start() {
	local dir=$1 range=$2 pid port='' tries

	shift 2
	mkdir -p "$dir"
	sshd_make_keys "$dir"
	: >"$dir/out"
	"$builddir/tests/scale/scaled" -a "$range" -k "$dir/hostkey" "$@" \
		</dev/null >"$dir/out" 2>"$dir/log" 3>&- &
	pid=$!
	printf '%d\n' "$pid" >"$dir/pid"
	for ((tries = 0; tries < 400; tries++)); do
		! read -r _ port <"$dir/out" || break
		kill -0 "$pid" 2>/dev/null || break
		sleep 0.05
	done
	if [ -z "$port" ]; then
		cat "$dir/log" >&2
		return 1
	fi
	scaled_make_client "$dir" "$port"
}

# Every node has the same key, so one line of known_hosts is enough.
scaled_make_client() {
	local dir=$1 port=$2 key

	read -r key <"$dir/hostkey.pub"
	printf '[127.*]:%d %s\n' "$port" "$key" >"$dir/known_hosts"
	cat >"$dir/ssh_config" <<-EOF
		Host *
			Port $port
			User test
			IdentityFile $dir/id
			IdentitiesOnly yes
			IdentityAgent none
			UserKnownHostsFile $dir/known_hosts
			GlobalKnownHostsFile /dev/null
			StrictHostKeyChecking yes
			BatchMode yes
			KexAlgorithms curve25519-sha256
	EOF
}

scaled_stop() {
	local pid

	[ -e "$1/pid" ] || return 0
	read -r pid <"$1/pid"
	kill -TERM "$pid" 2>/dev/null || :
	wait "$pid" 2>/dev/null || :
	rm -f "$1/pid"
}

# What the scaled of folder $1 counted so far: the number called $2.
scaled_count() {
	local pid lines tries

	read -r pid <"$1/pid"
	lines=$(wc -l <"$1/out")
	kill -USR1 "$pid"
	for ((tries = 0; tries < 200; tries++)); do
		[ "$(wc -l <"$1/out")" -eq "$lines" ] || break
		sleep 0.02
	done
	tail -n 1 "$1/out" | sed "s/.*$2=\([0-9]*\).*/\1/"
}

# The first $1 addresses of 127.1.0.1 and up, one a line.
scaled_hosts() {
	awk -v n="$1" 'BEGIN {
		for (i = 0; i < n; i++)
			printf "127.1.%d.%d\n", i / 250, i % 250 + 1
	}'
}
