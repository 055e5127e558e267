#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# tool_pending.sh: connections that have not ended, as `pending' lists them: against
# what was done to each socket, and against ss; and those that stay in CLOSE_WAIT, as
# `watch' tells of them. As root, with the module loaded and `closewatch' in PATH.

. "$(dirname "$0")/lib/tool.sh"
. "$HERE/lib/tap.sh"
needs diff python3 ss tc
needs_python jsonschema
needs_netem

# A socket of ours in each state. Each function prints what it has made, as JSON, and
# a function is called by its name on a line of standard input.
cat >"$DIR/scene.py" <<'PYTHON'
import json, socket, sys, threading, time
l = socket.socket()
l.bind(("127.0.0.1", 0))
l.listen(8)
kept, doomed, spare = [], [], []
FIN_WAIT2, TIMEWAIT = "05", "03"
talking = True

def connect():
    kept.append(socket.create_connection(l.getsockname()))
    return kept[-1]
def pair():
    c = connect()
    kept.append(l.accept()[0])
    return c, kept[-1]
def full():
    c, a = pair()
    a.setblocking(False)
    try:
        while True:
            a.send(bytes(65536))
    except BlockingIOError:
        return c, a
def ended(make=pair):
    c, a = make()
    c.shutdown(socket.SHUT_WR)
    a.setblocking(True)
    a.recv(1)
    return c, a
def tcp_timer(local, remote):
    while True:
        for row in open("/proc/net/tcp").read().splitlines()[1:]:
            f = row.split()
            if f[3] == FIN_WAIT2 and f[1:3] == ["0100007F:%04X" % p for p in (local, remote)]:
                return f[5].split(":")[0]
def made(name, c, a, state, waits, unread=0):
    fd = a.fileno() if a else -1
    print(json.dumps({"name": name, "want": {
        "remote": c.getsockname()[1], "state": state, "waits_for": waits,
        "unread": unread, "fd": fd if fd >= 0 else None}}))

# The kernel keeps a minisock for a minute. Where the peer's acknowledgment meets the
# last lines of close() it keeps the socket itself instead, with a timer (R2').
def minisock():
    while True:
        c, a = pair()
        a.close()
        if tcp_timer(l.getsockname()[1], c.getsockname()[1]) == TIMEWAIT:
            return made("closed", c, a, "FIN_WAIT2", "fin", None)

def states():
    made("EOF read", *ended(), "CLOSE_WAIT", "close")
    c, a = pair()
    c.shutdown(socket.SHUT_WR)
    made("EOF unread", c, a, "CLOSE_WAIT", "read")
    c, a = pair()
    c.send(b"12345")
    c.shutdown(socket.SHUT_WR)
    made("data unread", c, a, "CLOSE_WAIT", "read", 5)
    made("EOF read, data unacknowledged", *ended(full), "CLOSE_WAIT", "data-ack")
    c, a = full()
    a.shutdown(socket.SHUT_WR)
    made("shut behind data", c, a, "FIN_WAIT1", "data-ack")
    c, a = full()
    a.close()
    made("closed behind data", c, a, "FIN_WAIT1", "data-ack")
    c, a = pair()
    a.shutdown(socket.SHUT_WR)
    c.send(b"123")
    made("shut", c, a, "FIN_WAIT2", "fin", 3)
    c, a = ended(full)
    a.shutdown(socket.SHUT_WR)
    made("EOF read, shut", c, a, "LAST_ACK", "data-ack")
    c, a = ended(full)
    a.close()
    made("EOF read, closed", c, a, "LAST_ACK", "data-ack")
    c, a = full()
    a.shutdown(socket.SHUT_WR)
    c.shutdown(socket.SHUT_WR)
    made("both shut", c, a, "CLOSING", "data-ack")
    doomed.extend([ended(), pair()])
    spare.extend(pair() for _ in range(4))
    c = connect()
    c.shutdown(socket.SHUT_WR)
    made("not accepted", c, None, "CLOSE_WAIT", "accept")
def lose():
    (c, a), (d, b) = doomed
    a.close()
    made("FIN lost, closed", c, a, "LAST_ACK", "fin-ack")
    b.shutdown(socket.SHUT_WR)
    made("FIN lost, shut", d, b, "FIN_WAIT1", "fin-ack")

# What was never accepted is first in the queue: no more are accepted.
def stay():
    before = time.time()
    c, a = ended(spare.pop)
    print(json.dumps({"remote": c.getsockname()[1], "before": before,
        "fd": a.fileno()}))
    return a
def talk():
    def send(a):
        while talking:
            a.send(b"x")
            time.sleep(0.02)
    global talker
    talker = threading.Thread(target=send, args=[stay()], daemon=True)
    talker.start()
def hush():
    global talking
    talking = False
    talker.join()
def answer():
    stay().close()
def port():
    print(l.getsockname()[1])

for line in sys.stdin:
    globals()[line.strip()]()
    print("done", flush=True)
PYTHON

# scene FUNCTION: what it prints goes to $DIR/made
scene() {
	local line
	: >"$DIR/made"
	echo "$1" >&"${SCENE[1]}"
	while read -r line <&"${SCENE[0]}" && [ "$line" != 'done' ]; do
		echo "$line" >>"$DIR/made"
	done
	[ "$line" = 'done' ]
}

# run ARGUMENT...: closewatch; leaves $DIR/out, $DIR/err and STATUS.
run() {
	timeout "$LIMIT" closewatch "$@" >"$DIR/out" 2>"$DIR/err" </dev/null
	STATUS=$?
	[ $STATUS = 0 ] || cat "$DIR/err"
	return $STATUS
}

pending() { run pending -j -L "$PORT" "$@"; }

# is ROW: one socket is as it was made
is() {
	pending || return
	jq -es --argjson made "$1" '$made.want as $want |
		map(select(.remote.port == $want.remote) | { remote: .remote.port,
			state, waits_for, unread, fd: .owners[0].fd }) as $is |
		$is, $want, $is == [$want]' "$DIR/out"
}

comes_to_be() { await is "$1" || is "$1"; }

# each_is: every socket in $DIR/made
each_is() {
	local row
	while read -r row; do
		tap_check "$(jq -r '"\(.name): \(.want.state), waits for \(.want.waits_for)"' \
			<<<"$row")" comes_to_be "$row"
	done <"$DIR/made"
}

# Lines of both: state, remote port, bytes unread, bytes unacknowledged, owners. The
# queues that ss shows count a FIN as 1.
of_ss() {
	ss -Htanp "sport = :$PORT" | jq -Rrn '
		def less(fin): if fin and . > 0 then . - 1 else . end;
		{ "CLOSE-WAIT": "CLOSE_WAIT", "FIN-WAIT-1": "FIN_WAIT1",
		  "FIN-WAIT-2": "FIN_WAIT2", "LAST-ACK": "LAST_ACK",
		  "CLOSING": "CLOSING" } as $names |
		inputs | . as $line | [splits(" +")] | $names[.[0]] as $state |
		select($state) |
		"\($state) \(.[4] | sub(".*:"; "")) \(.[1] | tonumber |
			less($state | IN("CLOSE_WAIT", "LAST_ACK", "CLOSING"))) \(.[2] | tonumber |
			less($state | IN("FIN_WAIT1", "LAST_ACK", "CLOSING"))) \([$line |
			scan("pid=(\\d+),fd=(\\d+)") | join("/")] | sort | join(" "))"' | sort
}
of_pending() {
	pending && jq -r '"\(.state) \(.remote.port) \(.unread // 0) \((.unsent // 0) +
		(.unacked // 0)) \([.owners[] | "\(.pid)/\(.fd)"] | sort | join(" "))"' \
		"$DIR/out" | sort
}

agree() { diff <(of_ss) <(of_pending); }
agrees_with_ss() {
	[ "$(of_ss | wc -l)" -ge "$1" ] && await agree && return
	agree
	false
}

# The first is older than what was made after it, and all younger than the script.
an_age_grows_and_is_not_overstated() {
	await aged && pending &&
		jq -es --argjson limit $(($(date +%s%3N) - STARTED)) '
			all(.[]; .age_ms == null or .age_ms <= $limit)' "$DIR/out"
}
aged() {
	pending && jq -es 'map(select(.waits_for == "close").age_ms) |
		length > 0 and all(. >= 1000)' "$DIR/out"
}

# count ARGUMENT...: of the sockets that match
count() { run pending -j "$@" && wc -l <"$DIR/out"; }
matches() { [ "$(count -L "$PORT" "$@")" -gt 0 ] || { echo "$* matches none"; false; }; }
no_match() { [ "$(count -L "$PORT" "$@")" = 0 ] || { echo "$* matches"; false; }; }
each_option_matches() {
	local remote group
	pending && remote=$(jq -s '.[0].remote.port' "$DIR/out") &&
		group=$(jq -rs '.[0].cgroup' "$DIR/out") &&
		[ "$(count -L "$PORT" -D "$remote")" = 1 ] &&
		[ "$(count -P "$remote")" -ge 1 ] && [ "$(count -L 1)" = 0 ] &&
		no_match -D 1 && matches -p "$SCENE_PID" && no_match -p $$ &&
		matches -C python3 && no_match -C python && matches -u root &&
		no_match -u 65534 && matches -4 && no_match -6 &&
		matches --cgroup "$group" && no_match --cgroup 987654321 &&
		matches --netns "$SCENE_PID" && no_match --netns 1
}
an_owner_is_wanted_by_no_orphan() {
	pending -p "$SCENE_PID" && jq -es --argjson pid "$SCENE_PID" \
		'length > 0 and all(.owners | any(.pid == $pid))' "$DIR/out"
}

user_without_rights_is_told() {
	setpriv --reuid=65534 --regid=65534 --clear-groups \
		closewatch pending -L "$PORT" >"$DIR/out" 2>"$DIR/err" &&
		shows CLOSE_WAIT && ! shows python3 && says 'hint: run it with sudo'
}

text_has_a_line_a_socket_and_a_summary() {
	run pending -L "$PORT" && cat "$DIR/out" &&
		shows '^ +AGE STATE +LOCAL' &&
		shows 'CLOSE_WAIT .* python3\[[0-9]+\] fd [0-9]+ .*has read EOF and has not closed' &&
		says '^[0-9]+ sockets? in CLOSE_WAIT of python3\[' &&
		says '^  remedy: leaked descriptors'
}

# Nothing but the FIN is unacknowledged: how long it has been sent again is known.
a_lost_fin_ages() {
	await lost_aged || { cat "$DIR/out"; false; }
}
lost_aged() {
	pending && jq -es 'map(select(.waits_for == "fin-ack")) | length == 2 and
		all(.retransmits > 0 and .age_ms > 0 and .timer == "retransmit")' \
		"$DIR/out"
}

# watch OUTPUT ARGUMENT...: WATCHES are the pids
watch() {
	local output=$1
	shift
	closewatch -e lost --close-wait 1 -j -L "$PORT" "$@" >"$output" 2>"$output.err" &
	WATCHES+=($!)
	PIDS+=($!)
}

# told FILTER: it holds for the events; $made has the stays that were made meanwhile
told() {
	jq -es --slurpfile made "$DIR/stays" "map(select(.event == \"close-wait\")) | $1" \
		"$DIR/watched"
}
make_stay() { scene "$1" && cat "$DIR/made" >>"$DIR/stays"; }
told_all_old() {
	pending && jq -s '[.[] | select(.state == "CLOSE_WAIT").remote.port] | sort' \
		"$DIR/out" >"$DIR/old" &&
		told "map(.remote.port) | sort == $(cat "$DIR/old")"
}
told_last() { told 'any(.remote.port == $made[-1].remote)'; }

# One that is answered, one whose peer goes on to acknowledge, and two that idle, the
# second of which begins when the first is told.
long_stays_are_told_once_and_not_before() {
	WATCHES=()
	: >"$DIR/stays"
	watch "$DIR/watched"
	watch "$DIR/foreign" -p $$
	await told_all_old && make_stay answer && make_stay talk && await told_last &&
		make_stay stay && await told_last && make_stay stay && await told_last &&
		kill -INT "${WATCHES[@]}" && wait "${WATCHES[@]}" || return
	keep "$DIR/watched"
	jq -c . "$DIR/watched"
	[ ! -s "$DIR/foreign" ] && told '(map(.remote.port) | length == (unique | length)) and
		all(.state == "CLOSE_WAIT" and .age_ms >= 1000) and
		all($made[0].remote != .remote.port) and
		([.[] as $event | $made[] | select(.remote == $event.remote.port) |
			$event.owners[0].pid == '"$SCENE_PID"' and .fd == $event.owners[0].fd and
			($event.time | (sub("[.].*"; "Z") | fromdate) +
				(sub(".*[.]"; "0.") | rtrimstr("Z") | tonumber)) >= .before + 1] |
			length == 3 and all)'
}
summary_counts_long_stays() {
	grep -x "close-wait: $(wc -l <"$DIR/watched")" "$DIR/watched.err"
}

STARTED=$(date +%s%3N)
coproc SCENE { exec python3 -u "$DIR/scene.py"; }
PIDS+=("$SCENE_PID")
disown
scene port && PORT=$(cat "$DIR/made") || exit 1

echo "TAP version 13"
scene minisock || exit 1
each_is
scene states || exit 1
each_is
tap_check 'states, queues and owners are those of ss' agrees_with_ss 12
for claim in an_age_grows_and_is_not_overstated each_option_matches \
	an_owner_is_wanted_by_no_orphan user_without_rights_is_told \
	text_has_a_line_a_socket_and_a_summary \
	long_stays_are_told_once_and_not_before summary_counts_long_stays; do
	tap_check "$claim" "$claim"
done
scene hush || exit 1
tc qdisc add dev lo root netem loss 100% || exit 1
scene lose || exit 1
each_is
tap_check 'states, queues and owners are those of ss after a loss' agrees_with_ss 14
tap_check a_lost_fin_ages a_lost_fin_ages
tap_check records_are_as_the_schema_says records_are_as_the_schema_says
tap_end
