# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# A real sshd as a fleet of nodes, for the tests and contrib/demo.
#
#	sshd_start DIR COUNT    nodes node01 .. nodeCOUNT, everything in DIR
#	sshd_stop DIR           stop the servers and all that ran on the nodes
#
# Works as root and as an ordinary user, on addresses of 127.2/16 only.  DIR
# gets ssh_config, known_hosts, id (the client's key) and host keys; HOME is
# not touched.  With libnss-wrapper the nodes have /bin/sh and an empty home,
# which makes a login twenty times cheaper than through somebody's .bashrc.

# How many addresses one sshd can listen on: it stops at 16.
sshd_per_server=16

sshd_die() {
	printf 'sshd fixture: %s\n' "$*" >&2
	return 1
}

# The server may be nowhere in the PATH of an ordinary user.
sshd_program() {
	PATH="$PATH:/usr/sbin:/sbin:/usr/local/sbin" command -v sshd
}

# The library that lets us have a passwd file of our own, if it is there.
sshd_nss_wrapper() {
	local lib

	for lib in /usr/lib/*/libnss_wrapper.so /usr/lib64/libnss_wrapper.so \
		/usr/lib/libnss_wrapper.so; do
		if [ -e "$lib" ]; then
			printf '%s\n' "$lib"
			return
		fi
	done
}

# The system's sftp-server, if there is one.
sshd_sftp_server() {
	local dir

	for dir in /usr/lib/openssh /usr/libexec/openssh /usr/lib/ssh \
		/usr/libexec; do
		if [ -x "$dir/sftp-server" ]; then
			printf '%s\n' "$dir/sftp-server"
			return
		fi
	done
	return 1
}

# What speaks SFTP: not sshd itself where that has a library loaded that lists
# each folder twice.
sshd_sftp_default() {
	if [ -z "$(sshd_nss_wrapper)" ] || ! sshd_sftp_server; then
		echo internal-sftp
	fi
}

# Address number $1, counted from 1.
node_addr() {
	printf '127.2.%d.%d\n' $((($1 - 1) / 250)) $((($1 - 1) % 250 + 1))
}

# Name of node $1 of $2.
node_name() {
	local width=${#2}

	[ "$width" -ge 2 ] || width=2
	printf 'node%0*d\n' "$width" "$1"
}

sshd_make_keys() {
	local dir=$1 key

	for key in hostkey otherkey id; do
		[ -e "$dir/$key" ] || ssh-keygen -q -t ed25519 -N '' -C '' \
			-f "$dir/$key" </dev/null || return
	done
	cp "$dir/id.pub" "$dir/authorized_keys"
}

# passwd and group as the nodes see them.
sshd_make_users() {
	local dir=$1

	mkdir -p "$dir/home"
	{
		printf '%s:x:%d:%d::%s:/bin/sh\n' "$(id -un)" "$(id -u)" \
			"$(id -g)" "$dir/home"
		getent passwd sshd || printf 'sshd:x:65533:65534::/:/bin/false\n'
	} >"$dir/passwd"
	getent group >"$dir/group" || :
}

# sshd_config of the server with the addresses $3 .. $4; $sshd_more is added,
# and $sshd_env to the environment of the commands; $sshd_sftp speaks SFTP.
sshd_make_config() {
	local dir=$1 port=$2 first=$3 last=$4 i

	cat <<-EOF
		Port $port
		HostKey $dir/hostkey
		AuthorizedKeysFile $dir/authorized_keys
		PidFile none
		StrictModes no
		UsePAM no
		UseDNS no
		PermitRootLogin yes
		PasswordAuthentication no
		KbdInteractiveAuthentication no
		MaxStartups 1000
		MaxSessions 100
		PrintMotd no
		PrintLastLog no
		AcceptEnv *
		SetEnv RSH_TEST_SSHD=$dir ${sshd_env-}
		Subsystem sftp ${sshd_sftp-$(sshd_sftp_default)}
	EOF
	for ((i = first; i <= last; i++)); do
		printf 'ListenAddress %s\n' "$(node_addr "$i")"
	done
	printf '%s\n' "${sshd_more-}"
}

# ssh_config and known_hosts for $3 nodes on port $2.
sshd_make_client() {
	local dir=$1 port=$2 count=$3 i key

	read -r key <"$dir/hostkey.pub"
	for ((i = 1; i <= count; i++)); do
		printf '[%s]:%d %s\n' "$(node_addr "$i")" "$port" "$key"
	done >"$dir/known_hosts"
	{
		for ((i = 1; i <= count; i++)); do
			printf 'Host %s\n\tHostName %s\n' \
				"$(node_name "$i" "$count")" "$(node_addr "$i")"
		done
		cat <<-EOF
			Host *
				Port $port
				User $(id -un)
				IdentityFile $dir/id
				IdentitiesOnly yes
				IdentityAgent none
				UserKnownHostsFile $dir/known_hosts
				GlobalKnownHostsFile /dev/null
				StrictHostKeyChecking yes
				BatchMode yes
				KexAlgorithms curve25519-sha256
		EOF
	} >"$dir/ssh_config"
}

# Wait until the log $2 of process $1 tells of $3 listening sockets.
sshd_wait() {
	local pid=$1 log=$2 want=$3 tries have

	for ((tries = 0; tries < 200; tries++)); do
		have=$(grep -c '^Server listening on' "$log") || :
		[ "$have" -lt "$want" ] || return 0
		! grep -q 'Address already in use' "$log" || return 1
		kill -0 "$pid" 2>/dev/null || return 1
		sleep 0.05
	done
	return 1
}

# The environment of the servers in the folder $1, a variable a line.
sshd_environment() {
	local lib

	lib=$(sshd_nss_wrapper)
	[ -z "$lib" ] || printf '%s\n' "LD_PRELOAD=$lib" \
		"NSS_WRAPPER_PASSWD=$1/passwd" "NSS_WRAPPER_GROUP=$1/group"
}

# A ProxyCommand that is the server of the first node in folder $1.
sshd_as_command() {
	local env=()

	mapfile -t env < <(sshd_environment "$1")
	printf 'env %s\n' "${env[*]} $(sshd_program) -i -f $1/sshd_config.1"
}

# One server: addresses $3 to $4 on port $2.
sshd_start_one() {
	local dir=$1 port=$2 first=$3 last=$4 conf=$1/sshd_config.$3 log=$1/log.$3
	local program env=()

	program=$(sshd_program) || sshd_die "no sshd here" || return
	sshd_make_config "$dir" "$port" "$first" "$last" >"$conf"
	mapfile -t env < <(sshd_environment "$dir")
	: >"$log"
	# -r: a connection does not begin with the program and its keys anew
	env "${env[@]}" "$program" -r -D -e -f "$conf" </dev/null >/dev/null \
		2>"$log" 3>&- &
	printf '%d\n' $! >>"$dir/pids"
	sshd_wait $! "$log" $((last - first + 1))
}

# All servers on one port.
sshd_start_all() {
	local dir=$1 port=$2 count=$3 first last

	: >"$dir/pids"
	for ((first = 1; first <= count; first = last + 1)); do
		last=$((first + sshd_per_server - 1))
		[ "$last" -le "$count" ] || last=$count
		sshd_start_one "$dir" "$port" "$first" "$last" || return
	done
}

# Start $2 nodes in the folder $1.  Clients take their own ports from 32768
# up, so a port below cannot be lost to one of them.
sshd_start() {
	local dir=$1 count=$2 try port

	mkdir -p "$dir" && chmod 700 "$dir" || return
	[ "$(id -u)" -ne 0 ] || mkdir -p /run/sshd || return
	sshd_make_keys "$dir" && sshd_make_users "$dir" || return
	for ((try = 0; try < 20; try++)); do
		port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
		if sshd_start_all "$dir" "$port" "$count"; then
			sshd_make_client "$dir" "$port" "$count"
			return
		fi
		sshd_stop "$dir"
	done
	sshd_die "cannot start: $(cat "$dir"/log.*)"
}

# The processes that the nodes of folder $1 run now.
sshd_commands() {
	local environ pid

	for environ in /proc/[0-9]*/environ; do
		if grep -qzxF "RSH_TEST_SSHD=$1" "$environ" 2>/dev/null; then
			pid=${environ#/proc/}
			printf '%d\n' "${pid%/environ}"
		fi
	done
}

# $1 and all that descend from it.
sshd_tree() {
	local child

	printf '%d\n' "$1"
	for child in $(ps -o pid= --ppid "$1"); do
		sshd_tree "$child"
	done
}

# Stop what was started in folder $1; harmless when nothing was.
sshd_stop() {
	local dir=$1 pid victims=()

	[ -e "$dir/pids" ] || return 0
	while read -r pid; do
		# stopped, so that no new ones come while we look
		kill -STOP "$pid" 2>/dev/null || :
		mapfile -t -O "${#victims[@]}" victims < <(sshd_tree "$pid")
	done <"$dir/pids"
	mapfile -t -O "${#victims[@]}" victims < <(sshd_commands "$dir")
	[ "${#victims[@]}" -eq 0 ] || kill -KILL "${victims[@]}" 2>/dev/null || :
	while read -r pid; do
		wait "$pid" 2>/dev/null || :
	done <"$dir/pids"
	rm -f "$dir/pids"
}
