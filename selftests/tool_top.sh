#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# tool_top.sh: `top' of live traffic, on a terminal of tmux: rows, the connections of
# one, and a drain that is armed where that is confirmed. As root, with the module
# loaded and `closewatch' and tmux in PATH.

. "$(dirname "$0")/lib/tool.sh"
. "$HERE/lib/tap.sh"
needs pgrep python3 tc tmux
needs_netem

export LC_ALL=C.UTF-8 TERM=linux
terminal() { tmux -u -f /dev/null -S "$DIR/tmux" "$@"; }
screen() { terminal capture-pane -p >"$DIR/out" && shows "$1"; }
type_keys() { terminal send-keys "$@"; }
await_screen() {
	await screen "$1" || {
		cat "$DIR/out"
		return 1
	}
}
trap '[ "$BASHPID" != $$ ] || terminal kill-server 2>/dev/null; clean_up' EXIT
# start ARGUMENT...: top, and what its exit code was
start() {
	local how=(new-session -d -x 100 -y 30)
	terminal has-session 2>/dev/null && how=(respawn-pane -k)
	terminal "${how[@]}" "closewatch top $* 2>$DIR/err; echo exit code \$?; exec sleep 1000"
}

# Over a link on which nothing is acknowledged at once, a server that leaves data unread
# where a response is under way.
resets_responses() {
	exec python3 - <<'PYTHON'
import select, socket
l = socket.socket()
l.bind(("127.0.0.1", 4004))
l.listen(8)
while True:
    c = socket.create_connection(l.getsockname())
    a = l.accept()[0]
    c.send(b"abc")
    select.select([a], [], [])
    a.send(b"x" * 1000)
    a.close()
    try:
        while c.recv(4096):
            pass
    except ConnectionResetError:
        pass
    c.close()
PYTHON
}

# A drain that lasts: its peer neither reads nor closes.
is_drained() {
	exec python3 - <<'PYTHON'
import select, signal, socket
l = socket.socket()
l.bind(("127.0.0.1", 4005))
l.listen(8)
c = socket.create_connection(l.getsockname())
a = l.accept()[0]
c.send(b"abc")
select.select([a], [], [])
a.close()
signal.pause()
PYTHON
}

rows_are_of_what_closes_now() {
	start -L 4004 --sort unread && await_screen '^rst-unread +python3 +[0-9.]+ +[1-9]' &&
		type_keys g && await_screen 'by path, sorted' && type_keys g g g g &&
		await_screen '^rst-unread +4004 +[0-9.]+ +[1-9][0-9]* +[1-9]'
}
the_last_connections_of_a_row_are_shown() {
	type_keys Enter && await_screen '^rst-unread 4004: the last events' &&
		await_screen ' 127\.0\.0\.1:[0-9]+ +3 +0 +1000 python3\[' &&
		type_keys Enter && await_screen '127\.0\.0\.1:4004 → 127\.0\.0\.1:' &&
		await_screen 'closewatch drain --local-port 4004$' && type_keys Escape &&
		await_screen 'the newest first' && type_keys Escape && await_screen 'by path and port'
}
no_policy() { [ "$(closewatch list -j | wc -l)" = 0 ]; }
nothing_is_armed_before_it_is_confirmed() {
	type_keys d && await_screen 'Arm this drain\?' && screen '^4004 +listener .*drain --local-port 4004' &&
		no_policy && type_keys n && await_screen 'by path and port' && no_policy
}
what_is_confirmed_is_armed() {
	type_keys d && await_screen 'Arm this drain\?' && type_keys y &&
		await_screen '^policy [0-9]+: ' && screen '^closewatch del [0-9]+ removes it' &&
		closewatch list -j | jq -es 'length == 1 and (.[0] | .action == "drain" and .local_port == 4004)' &&
		type_keys Escape && await_screen '^drain +4004 +[0-9.]+ +[1-9]'
}
quitting_ends_it_and_leaves_the_policy() {
	type_keys q && await_screen '^exit code 0$' && closewatch list | grep -q 4004 &&
		await no_listener && closewatch drain off
}
running_drains_are_listed() {
	local pid status=0
	closewatch drain --local-port 4005 --idle 60 && start -L 4005 && await_screen 'drains: 0$' || return
	is_drained >/dev/null 2>&1 &
	pid=$!
	await_screen 'drains: 1, 3 B discarded$' && type_keys w && await_screen '^running drains: 1$' &&
		screen ' 127\.0\.0\.1:4005 -> 127\.0\.0\.1:' && type_keys q &&
		await_screen '^exit code 0$' || status=1
	kill "$pid"
	closewatch drain off && return "$status"
}
no_listener() { closewatch info -j | jq -e '.listeners == 0'; }

plain_tables_are_printed_without_a_terminal() {
	timeout "$LIMIT" closewatch top -c 2 -L 4004 >"$DIR/out" 2>"$DIR/err" </dev/null &&
		[ "$(grep -c '^PATH ' "$DIR/out")" = 2 ] && shows '^rst-unread +python3 '
}
dropped() { closewatch info -j | jq -r .lost_socket; }
# Until the socket of a reader that is stopped has no room for more
flood() {
	local before
	before=$(dropped)
	while [ "$(dropped)" = "$before" ]; do
		python3 -c 'import socket
for _ in range(5000):
    socket.socket().close()' || return
	done
}
losses_are_shown() {
	local pid
	start -C python3 && await_screen ' closes; RSTs' && pid=$(pgrep -x closewatch) &&
		kill -STOP "$pid" && flood && kill -CONT "$pid" &&
		await_screen '^LOST: [0-9]+ events at most' && type_keys q && await_screen '^exit code 0$'
}
a_terminal_that_is_gone_ends_it() {
	start && await_screen ' closes; RSTs' && terminal kill-server && await no_listener
}

tc qdisc add dev lo root netem delay 20ms || exit 1
resets_responses &
PIDS+=($!)

echo "TAP version 13"
for claim in rows_are_of_what_closes_now the_last_connections_of_a_row_are_shown \
	nothing_is_armed_before_it_is_confirmed what_is_confirmed_is_armed \
	quitting_ends_it_and_leaves_the_policy running_drains_are_listed \
	plain_tables_are_printed_without_a_terminal losses_are_shown \
	a_terminal_that_is_gone_ends_it; do
	tap_check "$claim" "$claim"
done
tap_end
