# shellcheck shell=sh
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2154 # top is set by who sources this
# What contrib/demo, contrib/check and ci/ share.  Source it with $top set to
# the top of the checkout.
#
# packages.txt lists what building and testing take, packages-ci.txt what
# linting and comparing take besides; one Debian package a line.

say() {
	printf '%s\n' "$*" >&2
}

die() {
	say "${0##*/}: $*"
	exit 1
}

# Print the packages of the lists $@ that are not installed.
packages_missing() {
	cat "$@" | while read -r pkg; do
		state=$(dpkg-query -W -f '${db:Status-Status}' "$pkg" \
			2>/dev/null) || :
		[ "$state" = installed ] || printf '%s\n' "$pkg"
	done
}

# Run a command as root.
as_root() {
	if [ "$(id -u)" -eq 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo -- "$@"
	else
		die "run this as root first, or install sudo: $*"
	fi
}

# Install what is missing of the lists $@.  An ssh server that comes in this
# way is not started: nothing here needs port 22.  NO_INSTALL=1 skips it all.
packages_install() {
	[ -z "${NO_INSTALL-}" ] || return 0
	command -v apt-get >/dev/null || die "no apt-get here. Install what" \
		"these Debian packages hold, then run 'NO_INSTALL=1 $0':" \
		"$(cat "$@" | tr '\n' ' ')"
	missing=$(packages_missing "$@" | tr '\n' ' ')
	[ -n "$missing" ] || return 0
	say "installing: $missing"
	# shellcheck disable=SC2016,SC2086 # inner shell; a list of words
	as_root sh -c '
		export DEBIAN_FRONTEND=noninteractive
		policy=/usr/sbin/policy-rc.d
		if [ ! -e "$policy" ]; then
			trap "rm -f $policy" EXIT
			trap "exit 1" HUP INT TERM
			printf "#!/bin/sh\nexit 101\n" >"$policy"
			chmod 755 "$policy"
		fi
		apt-get -q install -y --no-install-recommends "$@" ||
		{ apt-get -q update &&
		  apt-get -q install -y --no-install-recommends "$@"; }
	' sh $missing >&2 || die "apt-get could not install: $missing"
}

# Run a command with its output in the log; show the end of that if it fails.
quietly() {
	"$@" >>"$build/build.log" 2>&1 || {
		tail -n 40 "$build/build.log" >&2
		die "failed: $* (all of it: $build/build.log)"
	}
}

# Set src and build: beside the sources where we may write there, else a copy
# of them and the build in a folder for temporary files.
build_where() {
	src=$top
	build=${RSH_BUILD:-$top/build}
	[ -w "$top" ] && return 0
	cache=${RSH_BUILD:-${TMPDIR:-/tmp}/rsh-build-$(id -u)}
	build=$cache/build
	src=$cache/src
	[ -d "$cache" ] || mkdir -m 700 "$cache" || exit
	[ -O "$cache" ] ||
		die "'$cache' is not ours; set RSH_BUILD to another folder"
	mkdir -p "$src"
	(cd "$top" && tar -cf - --exclude=./.git --exclude='./build*' .) |
		(cd "$src" && tar -xf - && chmod -R u+w .)
	"$top/tools/version" >"$src/.version"
}

# Build the program, out of tree, in $build.
build_rsh() {
	build_where
	mkdir -p "$build"
	: >"$build/build.log"
	if [ ! -x "$src/configure" ] || [ ! -e "$src/build-aux/tap-driver.sh" ]
	then
		say "autoreconf in $src"
		(cd "$src" && quietly autoreconf -fi) || exit
	fi
	if [ ! -e "$build/config.status" ]; then
		say "configure in $build"
		(cd "$build" && quietly "$src/configure") || exit
	fi
	say "make in $build"
	quietly make -C "$build" -j "$(nproc)" all
}
