#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# In a guest with the module loaded: real servers and clients close connections
# in every common way, and closewatch says what became of each. Ends with an
# error if a way is not told as it should be.
set -euo pipefail
. "$(dirname "$0")/../lib/await.sh"

DIR=$(mktemp -d)
WATCHED=$DIR/watched
SHOWN=0
STARTED=()

cleanup() {
	local pid
	for pid in "${STARTED[@]}"; do
		kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null || :
	done
	rm -rf "$DIR"
}
trap cleanup EXIT

say() {
	printf '\n\033[1m== %s\033[0m\n' "$*"
}

fail() {
	echo "demo: $*" >&2
	exit 1
}

listening() {
	[ -n "$(ss -Htln "sport = :$1")" ]
}

# The lines that came since the last look.
fresh() {
	tail -n +$((SHOWN + 1)) "$WATCHED"
}

told() {
	fresh | sed 's/\x1b\[[0-9;]*m//g' | grep -qE "$1"
}

# show PATTERN: wait for a line like it, then print all that is new.
show() {
	await told "$1" || {
		fresh
		fail "closewatch did not tell of '$1'"
	}
	fresh
	SHOWN=$(wc -l <"$WATCHED")
}

start_nginx() {
	head -c 3000000 /dev/zero >"$DIR/big"
	echo hello >"$DIR/small"
	cat >"$DIR/nginx.conf" <<-CONF
		worker_processes 1;
		daemon off;
		pid $DIR/nginx.pid;
		error_log $DIR/error.log;
		events { }
		http {
			access_log off;
			keepalive_timeout 0;
			lingering_close off;
			reset_timedout_connection on;
			server {
				listen 80;
				root $DIR;
				location = /drop { return 444; }
			}
			server {
				listen 81;
				root $DIR;
				keepalive_timeout 60;
				keepalive_requests 10;
			}
		}
	CONF
	chmod 755 "$DIR"
	nginx -e "$DIR/error.log" -c "$DIR/nginx.conf" &
	STARTED+=($!)
	await listening 80 || fail "nginx does not listen: $(cat "$DIR/error.log")"
}

start_watch() {
	COLUMNS=100 closewatch watch --color=always >"$WATCHED" 2>"$DIR/summary" &
	WATCH=$!
	STARTED+=("$WATCH")
	await grep -q PATH "$WATCHED" || fail "closewatch did not start: $(cat "$DIR/summary")"
	fresh
	SHOWN=$(wc -l <"$WATCHED")
}

# python SCRIPT: the few ways for which no common program is at hand.
python() {
	timeout 60 python3 -c "
import os, socket, struct, sys
def listen(port):
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(('127.0.0.1', port))
    s.listen(8)
    return s
def linger(s, seconds):
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, seconds))
$1"
}

# 400 requests at once to the server that closes after 10.
pipeline() {
	printf 'GET /small HTTP/1.1\r\nHost: demo\r\n\r\n%.0s' $(seq 400) |
		timeout 60 nc 127.0.0.1 81 |
		awk '/^hello/ { n++ }
			END { print "(nginx wrote 10 answers, the client got " n + 0 ")" }'
}

main() {
	say "nginx serves; closewatch watches"
	start_nginx
	start_watch

	say "curl fetches a small file: FIN alone"
	curl -so /dev/null http://127.0.0.1/small
	show 'fin +127.0.0.1:80'

	say "curl fetches 3 MB slowly: nginx closes, its FIN waits behind data"
	curl -so /dev/null --limit-rate 1M http://127.0.0.1/big
	show 'fin-behind-data +127.0.0.1:80'

	say "a client 10 ms away pipelines 400 requests, nginx closes after 10: RST, for the rest is unread"
	tc qdisc add dev lo root netem delay 10ms
	pipeline
	show 'rst-unread +127.0.0.1:81'

	say "the same with a policy: closewatch drain --local-port 81"
	closewatch drain --local-port 81
	pipeline
	show 'drain-end +127.0.0.1:81'
	tc qdisc del dev lo root

	say "nginx is told to drop a request (return 444): SO_LINGER with zero time, RST"
	curl -sS http://127.0.0.1/drop || :
	show 'rst-linger0 +127.0.0.1:80'

	say "a program lingers up to 5 s; its peer takes the data: acknowledged"
	python "
l = listen(4001)
c = socket.create_connection(('127.0.0.1', 4001))
a = l.accept()[0]
linger(a, 5)
a.send(b'last words')
a.close()
c.recv(99)"
	show 'fin.*127.0.0.1:4001'

	say "a program lingers 1 s; its peer reads nothing: the time runs out"
	python "
l = listen(4002)
c = socket.socket()
c.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
c.connect(('127.0.0.1', 4002))
a = l.accept()[0]
linger(a, 1)
a.setblocking(False)
try:
    while True: a.send(bytes(65536))
except BlockingIOError:
    pass
a.close()"
	show 'fin-behind-data +127.0.0.1:4002'

	say "a listener is closed with two connections that nobody accepted"
	python "
l = listen(4003)
c = [socket.create_connection(('127.0.0.1', 4003)) for i in range(2)]
l.close()"
	show 'listener +127.0.0.1:4003'

	say "bash exits with a connection open: the kernel closes for it"
	# shellcheck disable=SC2016
	bash -c 'exec 3<>/dev/tcp/127.0.0.1/80; exit'
	show 'bash\['

	say "Ctrl-C: the summary"
	kill -INT "$WATCH"
	wait "$WATCH" || :
	fresh
	cat "$DIR/summary"

	say "closewatch stats: what the drain saved"
	closewatch stats | sed -n '/^saved/p; /^DRAIN  /,/^$/p'
	closewatch drain off
}

main
