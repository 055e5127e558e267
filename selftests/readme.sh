#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# readme.sh: the commands of README.md, as they stand there, answer the questions
# beside them when there is traffic to ask about. As root, with the module loaded and
# `closewatch' in PATH.

. "$(dirname "$0")/lib/tool.sh"
. "$HERE/lib/tap.sh"
needs curl diff nc nginx python3 ss tc
needs_netem
. "$HERE/demo/scenes.sh"

README=$HERE/readme.md
own_cgroup "docker-3f4a99c0e1b2$(printf '%052d' 0).scope"

# A line for each command of a block behind a mark: what it answers, and the command.
commands() {
	awk '/^<!-- tested -->$/ { marked = 1; next }
		/^```/ { inside = marked && !inside; marked = inside; next }
		inside && match($0, / +# /) {
			print substr($0, RSTART + RLENGTH) "\t" substr($0, 1, RSTART - 1)
		}' "$README"
}
command_for() {
	commands | awk -F '\t' -v question="$1" '$1 == question { print $2; n++ } END { exit n != 1 }'
}

# Without sudo a command has to do without any rights.
as_typed() {
	# shellcheck disable=SC2317
	sudo() { exec "$@"; }
	# shellcheck disable=SC2317
	closewatch() {
		exec setpriv --reuid=65534 --regid=65534 --clear-groups closewatch "$@"
	}
	eval "$1"
}
listened() { closewatch info -j | jq -e '.listeners > 0' >/dev/null; }

# ask QUESTION [TRAFFIC]: what the command says of TRAFFIC until Ctrl-C, or by itself
ask() {
	local command pid status
	command=$(command_for "$1") || { echo "README.md has no command, or two, for this"; return 1; }
	(as_typed "$command") >"$DIR/out" 2>&1 </dev/null &
	pid=$!
	[ -z "${2:-}" ] || { await listened && "$2" && kill -INT "$pid"; } || kill -KILL "$pid"
	wait "$pid"
	status=$?
	release
	echo "\$ $command"
	cat "$DIR/out"
	return $status
}
# answers QUESTION TRAFFIC PATTERN...: each is in what the command says
answers() {
	local pattern
	ask "$1" "$2" || return
	for pattern in "${@:3}"; do
		shows "$pattern" || { echo "nothing like: $pattern"; return 1; }
	done
}

# hold SCRIPT: what it makes stays open until the command has ended
hold() {
	rm -f "$DIR/made"
	python3 -c "$PRELUDE$1
open('$DIR/made', 'w')
signal.pause()" >/dev/null &
	HELD=$!
	disown
	await test -e "$DIR/made"
}
release() {
	[ -n "${HELD:-}" ] || return 0
	kill -KILL "$HELD" 2>/dev/null
	HELD=
}

# Traffic

# As often as it takes to find the process of one while the host is busy
peer_resets() {
	hold "
open('$GROUP/cgroup.procs', 'w').write(str(os.getpid()))
open('$DIR/made', 'w')
kept = []
while True:
    c, a = pair(80)
    kept.append(a)
    linger(c, 0)
    c.close()
    time.sleep(.2)" && await shows ' reset .* python3\['
}
resets_a_peer() {
	python "
c, a = pair(80)
c.send(b'unread')
a.recv(6, socket.MSG_PEEK)
a.close()"
}
close_on_three_ports() {
	python "
for port in 80, 443, 8080:
    c, a = pair(port)
    a.close()
    c.close()"
}
leak() {
	hold "
c, a = pair(80)
c.close()
a.recv(1)"
}
leak_for_long() { leak && await shows close-wait; }
# A server that is told to end, with a client that it serves and two in its queue
deploy() {
	hold "
l = listen(80)
c = [socket.create_connection(l.getsockname()) for i in range(3)]
a = l.accept()[0]
server = os.fork()
if not server:
    signal.pause()
a.close()
l.close()
os.kill(server, signal.SIGTERM)
os.wait()"
}

# Over a link on which nothing is acknowledged at once. The whole response is read:
# a client that closes before sends RST itself.
upload() {
	python "
import http.client
c = http.client.HTTPConnection('127.0.0.1', 80)
try:
    c.request('PUT', '/', body=bytes(500000))
    r = c.getresponse()
    r.read()
    print(r.status)
except Exception as e:
    print(repr(e))" >"$DIR/client"
}
no_drain() { [ -z "$(closewatch drains -H)" ]; }
upload_drained() { upload && await no_drain; }
refuse_uploads() {
	python3 -c "
import http.server
class Handler(http.server.BaseHTTPRequestHandler):
    def do_PUT(self):
        self.send_error(413)
http.server.HTTPServer(('127.0.0.1', 80), Handler).serve_forever()" >/dev/null 2>&1 &
	SERVER=$!
	PIDS+=("$SERVER")
	disown
	await listening 80 && tc qdisc add dev lo root netem delay 10ms
}

# What was recorded just now, as if it had happened when it was last 02:14
at_0214() {
	local night
	night=$(date +%Y-%m-%d -d '130 minutes ago')
	sed -i -E "s/(\"time\":\")[^\"]*:[0-9]{2}([.][0-9]+Z)/\1${night}T02:14:07\2/" "$1" &&
		mv "$1" "${1%/*}/closewatch-${night//-/}T021400Z-0.ndjson"
}

got_413() { grep -x 413 "$DIR/client" || { cat "$DIR/client"; false; }; }
lacks() { ! shows "$1"; }

# check QUESTION TRAFFIC PATTERN...
check() {
	ASKED+=("$1")
	tap_check "$1" answers "$@"
}
ASKED=()
every_command_is_asked() { diff <(commands | cut -f 1 | sort) <(printf '%s\n' "${ASKED[@]}" | sort); }

export TZ=UTC
modprobe -qa sch_netem
mount -t tmpfs tmpfs /var/log || exit 1
echo "TAP version 13"
check 'who here is being reset?' peer_resets '^[0-9:.]+ reset +127\.0\.0\.1:80 .* python3\['
check 'which container?' peer_resets '^[0-9:.]+ reset .* 3f4a99c0e1b2 '
check 'this container only' peer_resets '^[0-9:.]+ reset +127\.0\.0\.1:80 '
check 'two ports at once' close_on_three_ports ' fin +127\.0\.0\.1:80 ' ' fin +127\.0\.0\.1:443 '
tap_check 'two ports are not three' lacks ':8080'
leak
check 'what is stuck in CLOSE_WAIT?' '' 'CLOSE_WAIT 127\.0\.0\.1:80 .* python3\[[0-9]+\] fd'
release
check 'RSTs by port?' resets_a_peer '^80 +[0-9]+ +1 '
check 'by program?' resets_a_peer '^python3 +[0-9]+ +1 '
check 'by peer?' resets_a_peer '^127\.0\.0\.1 +[0-9]+ +1 '
check 'keep what happens for later' resets_a_peer 'recording into /var/log/closewatch'
at_0214 /var/log/closewatch/closewatch-*.ndjson
check 'what happened at 02:14?' '' '^02:14:07\.[0-9]+ rst-unread +127\.0\.0\.1:80 .*python3\['
cp -r /var/log/closewatch /var/log/theirs
check 'who ended it, we or they?' '' '^02:14:07.* A sent RST first \(rst-unread, .*; B sent 6 B, A received all and read 0 B, 6 B unread'
check 'what does this word mean?' '' 'The peer sent data after this side had closed'

check 'why does it reset my clients?' resets_a_peer ' rst-unread +127\.0\.0\.1:80 ' '^ +remedy:? '
check 'who resets me, and what it had been sent' peer_resets ' reset +127\.0\.0\.1:80 ' '^ +remedy:? '
check 'who has not closed 10 s after the peer?' leak_for_long ' close-wait +127\.0\.0\.1:80 .* python3\['
check 'what does a restart cut off?' deploy ' listener +127\.0\.0\.1:80 .* signal +15 +2 ' \
	' (fin|rst-[a-z0-9]+) +127\.0\.0\.1:80 .* signal +15 '
check 'which close() waits, and how long?' linger_in_vain ' linger-wait +127\.0\.0\.1:4002 ' \
	'SO_LINGER made close\(\) wait for '

refuse_uploads
check 'would a drain help?' upload '^80 +listener .* closewatch drain --local-port 80$'
check 'try it' '' '^policy [0-9]+: when any TCP socket with local port 80'
check 'and compare' upload_drained '^80 +[1-9][0-9]* of .* 0 of .* B at risk +1: 1 ended well'
tap_check 'the client has its 413' got_413
check 'did the drain help?' '' '^saved: +1$'
check 'undo one drain' '' '^policy [0-9]+ is removed'
tap_check 'every command is asked' every_command_is_asked
tap_end
