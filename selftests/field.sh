#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# field.sh [NAME...]: the smallest inputs of public bug reports, with what the
# utility must say of each: the true cause, a remedy that helps, and a drain only
# where that mends it. All tests, or those named. As root, with the module loaded
# and `closewatch' in PATH.

. "$(dirname "$0")/lib/tool.sh"
. "$HERE/lib/tap.sh"
needs python3 tc
needs_python jsonschema
needs_netem

PRELUDE='
import json, os, signal, socket, struct, subprocess, sys, threading, time
signal.alarm(60)
def pair(port):
    l = socket.create_server(("127.0.0.1", port))
    c = socket.create_connection(("127.0.0.1", port))
    return c, l.accept()[0]
def linger0(s):
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
def reads(c):
    n = 0
    try:
        while b := c.recv(4096): n += len(b)
        print("client reads", n, "eof", flush=True)
    except OSError as e: print("client reads", n, e.strerror, flush=True)
'

both_listen() { closewatch info -j | jq -e '.listeners >= 2' >/dev/null; }

# seen SCRIPT: its events are in $DIR/out, the advice in $DIR/advice, what it
# printed itself in $DIR/said.
seen() {
	local watch advise status
	closewatch -j -a --diag >"$DIR/out" 2>"$DIR/err" &
	watch=$!
	closewatch advise -j >"$DIR/advice" 2>>"$DIR/err" &
	advise=$!
	await both_listen && python3 -c "$PRELUDE$1" >"$DIR/said"
	status=$?
	kill -INT $watch $advise
	wait $watch || status=1
	wait $advise || status=1
	keep "$DIR/out"
	cat "$DIR/said" "$DIR/err" "$DIR/advice"
	jq -c 'select(.diag) | [.event, .path, .fate, .diag]' "$DIR/out"
	return $status
}

# Over a link on which nothing is acknowledged at once
slowly() {
	local status
	tc qdisc add dev lo root netem delay 20ms || return
	"$@"
	status=$?
	tc qdisc del dev lo root
	return $status
}

# told FILTER: of one event at least
told() { jq -es "any(.[]; $1)" "$DIR/out"; }
advised() { jq -e "$1" "$DIR/advice"; }
no_drain_is_offered() {
	advised '.ports == [] and .programs == []' &&
		! told '(.diag.remedy // "") | test("closewatch drain --")'
}

# The tests; each is a function whose name is its claim.

a_request_on_an_idle_connection_is_no_case_for_a_drain() {
	seen '
c, s = pair(8082)
c.sendall(b"GET / HTTP/1.1\r\n\r\n"); s.recv(100); s.sendall(b"ok"); c.recv(10); time.sleep(.3)
s.close()
c.sendall(b"POST /pay HTTP/1.1\r\n\r\n")
reads(c)' && no_drain_is_offered &&
		told '.fate == "rst-late-data" and (.since_sent_ns | tonumber) >= 250000000
			and (.diag.cause | startswith("The peer reused a connection which we closed as idle after"))
			and (.diag.cause | test("its request came .* after our FIN, which its TCP had acknowledged"))
			and (.diag.remedy | test("keep-alive timeout"))' &&
		told '.event == "reset" and .reset_kind == "received" and .state == "CLOSE_WAIT"
			and (.diag.cause | test("^The peer had closed( \\(its FIN came .* before or earlier\\))?, and its TCP "))' &&
		advised '[.seen[] | [.kind, .where, .count]] == [["idle-race", "port 8082", "1"],
			["late-write", "127.0.0.1 port 8082", "1"]]'
}

a_killed_program_is_the_cause() {
	seen '
c, s = pair(8083)
c.sendall(b"request")
r, w = os.pipe()
p = os.fork()
if not p:
    s.recv(100); s.sendall(b"x" * 500); os.write(w, b"!"); signal.pause()
s.close(); os.read(r, 1); os.kill(p, signal.SIGKILL); os.wait()
reads(c)' && grep -q 'client reads 500 eof' "$DIR/said" && no_drain_is_offered &&
		told '.event == "close" and .path == "fin" and .why == "signal" and .signal == 9
			and (.diag.cause | startswith("The program was killed by SIGKILL;"))
			and (.diag.cause | test("sent 500 B, received 7 B"))
			and (.diag.remedy | startswith("None is needed") | not)' &&
		advised 'any(.seen[]; .kind == "process-death" and .where == "python3 by SIGKILL")'
}

an_abort_that_was_asked_for_is_not_drained() {
	slowly seen '
c, s = pair(8085)
c.sendall(b"x" * 5000)
while len(s.recv(5000, socket.MSG_PEEK)) < 5000: pass
s.sendall(b"y" * 900); linger0(s); s.close()
reads(c)' && no_drain_is_offered &&
		told '.path == "rst-unread" and .unacked == 900
			and (.diag.cause | test("had set SO_LINGER with zero time"))' &&
		advised '.rsts == "0" and any(.seen[]; .kind == "linger0")'
}

a_socket_without_a_peer_is_told_as_such() {
	seen '
socket.socket().close()
socket.socket(socket.AF_INET6).close()
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.close()
s = socket.socket()
try: s.connect(("127.0.0.1", 9))
except OSError as e: print(e)
s.close()' && no_drain_is_offered &&
		jq -es '[.[] | select(.path == "already-closed")] | length == 4
			and all(.[]; .diag.cause | startswith("The socket had no peer:"))' "$DIR/out" &&
		told '.event == "reset" and .reset_kind == "received" and (.diag.cause | test("answered our SYN with RST"))' &&
		advised 'any(.seen[]; .kind == "refused-connect" and .where == "127.0.0.1 port 9")'
}

# Its client reads all 22 bytes, as those of 13 of 13 reports did.
what_is_in_flight_is_not_lost() {
	slowly seen '
c, s = pair(8084)
c.sendall(b"SSH-2.0-client of 41 bytes .............\r\n"); s.sendall(b"Exceeded MaxStartups\r\n"); s.close()
reads(c)' && grep -q 'client reads 22 ' "$DIR/said" &&
		told '.fate == "rst-late-data" and .verdict == "unknown" and .lost_bytes == "0" and .unacked == 22' &&
		! told '.verdict == "lost" or .verdict == "delivered" and .local.port == 8084'
}

what_was_never_sent_is_lost() {
	seen '
c, s = pair(8086)
c.sendall(b"x"); s.recv(1, socket.MSG_PEEK); s.setblocking(False)
try:
    while True: s.send(b"y" * 65536)
except BlockingIOError: pass
s.close()
reads(c)' &&
		told '.fate == "aborted" and .verdict == "lost" and .unsent > 0
			and (.lost_bytes | tonumber) == .unsent'
}

a_program_that_had_sent_nothing_has_no_answer_at_risk() {
	seen '
c, s = pair(8087)
c.sendall(b"x" * 30000); s.recv(1000); s.close()
reads(c)' && no_drain_is_offered &&
		told '.path == "rst-unread" and (.diag.cause | test("no answer was at risk"))' &&
		advised '.rsts == "1" and .responses == "0" and any(.seen[]; .kind == "no-answer")'
}

EARLY_ANSWER='
c, s = pair(8088)
c.sendall(b"x" * 5000); s.recv(100); s.sendall(b"z" * 4000); s.close()
reads(c)'

an_answer_in_flight_is_a_case_for_a_drain_which_is_compared_then() {
	local command
	slowly seen "$EARLY_ANSWER" || return
	told '.path == "rst-unread" and .unacked == 4000
		and (.diag.remedy | endswith("closewatch drain --local-port 8088"))' &&
		command=$(jq -r '.ports[0].command' "$DIR/advice") &&
		advised '.ports[0] | .responses == "1" and .bytes_at_risk == "4000" and .never_sent == "0"
			and (.cannot_mend | test("never wrote"))' && $command && slowly seen "$EARLY_ANSWER" &&
		grep -q 'client reads 4000 eof' "$DIR/said" &&
		advised '.ports == [] and (.compared | length) == 1 and (.compared[0] | .port == 8088
			and .before.rsts == "1" and .before.bytes_at_risk == "4000"
			and .now.rsts == "0" and .drained == "1" and .delivered_bytes == "4000")'
}

a_drain_that_was_refused_is_not_advised_again() {
	closewatch drain -L 8089 >/dev/null && slowly seen '
c, s = pair(8089)
s.setsockopt(socket.IPPROTO_TCP, socket.TCP_LINGER2, -1)
c.sendall(b"x" * 5000); s.recv(100); s.sendall(b"z" * 4000); s.close()
reads(c)' && told '.refusal == "linger2"' && told '.path == "rst-unread"' && no_drain_is_offered &&
		advised 'any(.seen[]; .kind == "refused-drain" and .count == "1" and (.where | test("TCP_LINGER2")))'
}

close_that_waits_for_so_linger_is_named() {
	slowly seen '
c, s = pair(8090)
s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 1)); s.setblocking(False)
try:
    while True: s.send(b"y" * 65536)
except BlockingIOError: pass
s.close(); reads(c)' && no_drain_is_offered &&
		told '.event == "close" and .linger.outcome == "timeout"
			and (.diag.cause | test("^SO_LINGER made close\\(\\) wait for (99[0-9](\\.[0-9])? ms|1\\.)"))' &&
		advised 'any(.seen[]; .kind == "linger-stall" and .where == "port 8090")'
}

resets_by_one_peer_may_be_checks_of_health() {
	seen '
l = socket.create_server(("127.0.0.1", 8091))
for i in range(4):
    c = socket.create_connection(("127.0.0.1", 8091)); s = l.accept()[0]
    c.sendall(b"GET"); s.recv(10); linger0(c); c.close()
    try: s.recv(10)
    except OSError as e: print(e)
    s.close()' && no_drain_is_offered &&
		advised 'any(.seen[]; .kind == "health-check" and .where == "127.0.0.1" and .count == "4")
			and any(.seen[]; .kind == "linger0" and .count == "4")'
}

# Most: where the events came in one message
a_close_after_an_rst_names_it_and_the_cause_comes_first() {
	seen '
for i in range(20):
    c, s = pair(8092); linger0(c); c.close(); reads(s); s.close()' && jq -es '[.[] | select(.path == "already-closed")] | length == 20
			and all(.[]; .ended_by == "peer-reset" and (.since_ended_ns | tonumber) > 0
				and (.diag.cause | startswith("The peer\u0027s RST came before close()")))' "$DIR/out" &&
		jq -es '[.[] | select(.event == "close" or .event == "reset") | .path // .event]
			| indices(["rst-linger0", "reset"]) | length > 10' "$DIR/out"
}

# A search of /proc that takes too long on a busy host finds nobody, and others rest.
# Who asks for another sees none but where the search was given up.
an_rst_is_found_by_the_process_that_has_its_socket() {
	seen '
def watch(*what): return subprocess.Popen(["closewatch", "-j", "-q", "-e", "reset", *what], stdout=subprocess.PIPE)
def listeners(): return json.loads(subprocess.run(["closewatch", "info", "-j"], capture_output=True).stdout)["listeners"]
found = [watch(*who) for who in ((), ("-p", str(os.getpid())), ("-C", "python3"), ("-u", "0"))]
other = watch("-C", "nobody")
while listeners() < 7: time.sleep(.05)
fds, seen = {}, [None] * len(found)
def read(i):
    for line in found[i].stdout:
        e = json.loads(line)
        if e.get("holders", {}).get("processes"):
            seen[i] = [e["pid"] == os.getpid(), e["comm"], [p["fd"] == fds[e["remote"]["port"]][1].fileno() for p in e["holders"]["processes"]]]
            return
for i in range(len(found)): threading.Thread(target=read, args=(i,), daemon=True).start()
while not all(seen):
    c, s = pair(8093)
    fds[c.getsockname()[1]] = c, s
    linger0(c); c.close()
    time.sleep(.2)
for w in found: w.kill()
for owner in seen: print("owner", *owner, flush=True)
other.send_signal(signal.SIGINT)
others = map(json.loads, other.stdout)
print("other", [e for e in others if e["holders"]["complete"]], flush=True)' &&
		[ "$(grep -c '^owner True python3 \[True\]$' "$DIR/said")" = 4 ] &&
		grep -qxF 'other []' "$DIR/said"
}

check() {
	closewatch drain off >/dev/null
	tap_check "$1" "$1"
}

TESTS=(
	a_request_on_an_idle_connection_is_no_case_for_a_drain
	a_killed_program_is_the_cause an_abort_that_was_asked_for_is_not_drained
	a_socket_without_a_peer_is_told_as_such what_is_in_flight_is_not_lost
	what_was_never_sent_is_lost
	a_program_that_had_sent_nothing_has_no_answer_at_risk
	an_answer_in_flight_is_a_case_for_a_drain_which_is_compared_then
	a_drain_that_was_refused_is_not_advised_again
	close_that_waits_for_so_linger_is_named
	resets_by_one_peer_may_be_checks_of_health
	a_close_after_an_rst_names_it_and_the_cause_comes_first
	an_rst_is_found_by_the_process_that_has_its_socket
	records_are_as_the_schema_says
)

modprobe -qa sch_netem
echo "TAP version 13"
[ $# = 0 ] || TESTS=("$@")
for name in "${TESTS[@]}"; do
	check "$name"
done
tap_end
