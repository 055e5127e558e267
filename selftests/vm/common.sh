# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What every part of the guest harness shares: where things are, how they are
# said, and how an entry of the cache comes into being all at once or not at all.

set -euo pipefail
umask 022

# What a caller's make was told is not meant for the builds in here, and their
# messages are looked through for English words.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
export LC_ALL=C.UTF-8

VM_DIR=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
TOP=$(cd "$VM_DIR/../.." && pwd)
CACHE=${CLOSEWATCH_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/closewatch}
SERIES_ALL=(5.10 6.1 6.12 7.2 6.1-rt 6.12-rt 6.1-arm64 6.12-arm64)
SERIES_OWN=(debug small)
mkdir -p "$CACHE"
CACHE=$(cd "$CACHE" && pwd)

# Objects and logs of this checkout; two checkouts never share them.
WORK=$CACHE/trees/$(basename "$TOP")-$(printf %s "$TOP" | sha1sum | cut -c1-8)
mkdir -p "$WORK"

export VM_DIR TOP CACHE WORK

say() { printf 'closewatch: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

# Run a command with its output in a log; show the log's end if it fails.
logged() {
	local log=$1
	shift
	if ! "$@" >"$log" 2>&1; then
		tail -n 40 "$log" >&2
		say "failed: $*"
		say "the whole log: $log"
		return 1
	fi
}

# Hold the named lock until this shell ends: two runs at once wait for each
# other's downloads instead of doing them twice.
cache_lock() {
	local fd
	mkdir -p "$CACHE/locks"
	exec {fd}>"$CACHE/locks/$1"
	flock "$fd"
}

# cache_make PATH COMMAND...: run COMMAND with the name of a fresh directory as
# its last argument, and rename that to PATH only when it succeeded.
cache_make() {
	local path=$1 tmp
	shift
	mkdir -p "$(dirname "$path")"
	tmp=$(mktemp -d "$path.part.XXXXXX")
	chmod 755 "$tmp"
	if ! "$@" "$tmp"; then
		rm -rf "$tmp"
		return 1
	fi
	rm -rf "$path"
	mv "$tmp" "$path"
}

# Is the file missing or older than the given number of days?
older_than() { [ -z "$(find "$1" -maxdepth 0 -mtime "-$2" 2>/dev/null)" ]; }

# The machine that a series is for, as Debian calls it.
series_arch() {
	case $1 in
	*-arm64) echo arm64 ;;
	*) echo amd64 ;;
	esac
}

series_check() {
	local s
	for s in "${SERIES_ALL[@]}" "${SERIES_OWN[@]}"; do
		[ "$s" = "$1" ] && return 0
	done
	die "no kernel series '$1': choose one of ${SERIES_ALL[*]} ${SERIES_OWN[*]}"
}
