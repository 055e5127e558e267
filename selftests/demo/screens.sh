#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# In a guest: what closewatch shows of real servers and clients on a terminal of tmux,
# for svg.py. As root, with tmux and `closewatch' in PATH.
set -euo pipefail
. "$(dirname "$0")/../lib/await.sh"
. "$(dirname "$0")/scenes.sh"

export LC_ALL=C.UTF-8 TERM=linux
DIR=$(mktemp -d)
STARTED=()

cleanup() {
	terminal kill-server 2>/dev/null || :
	[ ${#STARTED[@]} = 0 ] || kill "${STARTED[@]}" 2>/dev/null || :
	rm -rf "$DIR"
}
trap cleanup EXIT

fail() {
	echo "screens: $*" >&2
	exit 1
}

terminal() { tmux -u -f /dev/null -S "$DIR/tmux" "$@"; }
shown() { terminal capture-pane -p | grep -qE "$1"; }
await_screen() { await shown "$1" || fail "no screen has '$1': $(terminal capture-pane -p)"; }
listened() { closewatch info -j | jq -e '.listeners > 0'; }

# screen NAME COLUMNSxLINES KEYS COMMAND {TRAFFIC PATTERN}...: what COMMAND shows of
# each TRAFFIC, when PATTERN is there; KEYS are typed after the last.
screen() {
	local name=$1 size=$2 keys=$3 command=$4
	shift 4
	terminal new-session -d -x "${size%x*}" -y "${size#*x}" "
		trap : INT
		printf '$ sudo %s\n' '$command'
		$command
		exec sleep 1000"
	await listened || fail "$command does not listen"
	while [ $# -gt 0 ]; do
		$1 >"$DIR/said" 2>&1
		[ $# -gt 2 ] || [ -z "$keys" ] || terminal send-keys "$keys"
		await_screen "$2"
		shift 2
	done
	echo "# screen $name $size"
	terminal capture-pane -e -p
	terminal kill-server
	await unlistened
}
unlistened() { ! listened; }

slowly() {
	tc qdisc add dev lo root netem delay 10ms
	"$@"
	tc qdisc del dev lo root
}
pipeline_slowly() { slowly pipeline; }
pipeline_often() {
	slowly eval 'pipeline; pipeline; pipeline'
	drop_request
	linger_in_vain
}
pipeline_drained() {
	closewatch drain --local-port 81
	pipeline_slowly
	closewatch drain off
}

insmod "$CLOSEWATCH_MODULE"
start_nginx >/dev/null

screen watch 110x40 '' 'closewatch -L 80,81,4002,4003' \
	fetch_small ' fin +127.0.0.1:80' \
	fetch_slowly 'fin-behind-data +127.0.0.1:80' \
	pipeline_slowly 'rst-unread +127.0.0.1:81' \
	pipeline_drained 'drain-end +127.0.0.1:81' \
	drop_request 'rst-linger0 +127.0.0.1:80' \
	linger_in_vain 'fin-behind-data +127.0.0.1:4002' \
	close_listener 'listener +127.0.0.1:4003'
screen advise 100x40 C-c 'closewatch advise' \
	pipeline_often 'closewatch drain --local-port 81'
screen top 100x16 '' 'closewatch top' \
	pipeline_often 'rst-unread +nginx' \
	fetch_small 'linger-wait +python3|^fin +nginx'

cleanup
STARTED=()
rmmod closewatch
