# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# For tests of the utility: namespaces of the script's own, with no traffic but
# what it makes, $DIR for its files, and what the utility says and shows there.

HERE=$(cd "$(dirname "$0")" && pwd)
. "$HERE/lib/needs.sh"
needs closewatch ip jq setpriv timeout unshare
if [ -z "${CLOSEWATCH_TOOL_INSIDE:-}" ]; then
	CLOSEWATCH_TOOL_INSIDE=1 exec unshare -nm "$0" "$@"
fi
. "$HERE/lib/await.sh"
. "$HERE/lib/records.sh"
LIMIT=60
ip link set lo up || exit 1
DIR=$(mktemp -d) || exit 1
PIDS=()
GROUP=

# own_cgroup PATH: GROUP, below the root of all; it goes when the script does.
own_cgroup() {
	GROUP=/sys/fs/cgroup/$1
	mkdir -p "$GROUP" || exit 1
}
# It is busy until its last process is gone.
is_empty() { ! grep -q . "$GROUP/cgroup.procs"; }

# A child that dies before its exec must not take all along.
clean_up() {
	[ "$BASHPID" = $$ ] || return
	[ ${#PIDS[@]} = 0 ] || kill -KILL "${PIDS[@]}" 2>/dev/null
	closewatch drain off --all-netns >/dev/null 2>&1
	[ -z "$GROUP" ] || { await is_empty && (cd /sys/fs/cgroup && rmdir -p "${GROUP#/sys/fs/cgroup/}"); }
	umount "$DIR/cgroup" 2>/dev/null
	rm -rf "$DIR"
}
trap clean_up EXIT

# start_traffic ARGUMENT...: for as long as the script runs; PORT is its port.
start_traffic() {
	mkfifo "$DIR/port"
	"$HERE/traffic" "$@" >"$DIR/port" &
	PIDS+=($!)
	read -r PORT <"$DIR/port"
	rm "$DIR/port"
}

says() { grep -qiE -e "$1" "$DIR/err"; }
shows() { grep -qE -e "$1" "$DIR/out"; }
