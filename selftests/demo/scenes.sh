# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Ways in which real servers and clients end connections, a function each. $DIR is
# for their files; what is started is added to STARTED.

listening() {
	[ -n "$(ss -Htln "sport = :$1")" ]
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

# The few ways for which no common program is at hand.
PRELUDE="
import os, signal, socket, struct, sys, time
def listen(port):
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(('127.0.0.1', port))
    s.listen(8)
    return s
def pair(port):
    l = listen(port)
    return socket.create_connection(l.getsockname()), l.accept()[0]
def linger(s, seconds):
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, seconds))
"
python() { timeout 60 python3 -c "$PRELUDE$1"; }

# 400 requests at once to the server that closes after 10.
pipeline() {
	printf 'GET /small HTTP/1.1\r\nHost: demo\r\n\r\n%.0s' $(seq 400) |
		timeout 60 nc 127.0.0.1 81 |
		awk '/^hello/ { n++ }
			END { print "(nginx wrote 10 answers, the client got " n + 0 ")" }'
}

fetch_small() {
	curl -so /dev/null http://127.0.0.1/small
}

fetch_slowly() {
	curl -so /dev/null --limit-rate 1M http://127.0.0.1/big
}

drop_request() {
	curl -sS http://127.0.0.1/drop || :
}

linger_until_acked() {
	python "
c, a = pair(4001)
linger(a, 5)
a.send(b'last words')
a.close()
c.recv(99)"
}

linger_in_vain() {
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
}

close_listener() {
	python "
l = listen(4003)
c = [socket.create_connection(('127.0.0.1', 4003)) for i in range(2)]
l.close()"
}

exit_connected() {
	# shellcheck disable=SC2016
	bash -c 'exec 3<>/dev/tcp/127.0.0.1/80; exit'
}
