#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A worker of nginx is killed (as the OOM killer would) when it has written a
# response to each client, and waits for an upstream server to make the next. The
# clients are slow and have begun to take the responses; requests that the worker
# has not read lie in its sockets.
. "$(dirname "$0")/lib/server.sh"
needs nc nginx pkill

TITLE='nginx, worker ended by SIGKILL; responses of 80 kB in flight'
LINK='delay 50ms loss 2%'
tries 30

# Its log has a line for each response that it has handed to the kernel in full;
# the send buffer takes a whole one.
serve() {
	head -c 80000 /dev/zero >"$DIR/page"
	cat >"$DIR/nginx.conf" <<-CONF
		daemon off;
		worker_processes 1;
		pid $DIR/nginx.pid;
		error_log $DIR/error.log;
		events { worker_connections 1024; }
		http {
			log_format status '\$status';
			access_log $DIR/access.log status;
			server {
				listen 80 sndbuf=200k;
				listen [::]:80 sndbuf=200k;
				root $DIR;
				location = /never { proxy_pass http://127.0.0.1:81; }
			}
		}
	CONF
	rm -f "$DIR/access.log"
	start in_server nc -lk 127.0.0.1 81
	start in_server nginx -e "$DIR/error.log" -c "$DIR/nginx.conf"
	await listening 80 2 && await listening 81 1
}

all_answered() { [ "$(grep -c '^200$' "$DIR/access.log")" = "$TRIES" ]; }

# Each connection has bytes unread and bytes unacknowledged.
all_in_flight() {
	[ "$(in_server ss -Htn state established sport = :80 |
		awk '$1 > 0 && $2 > 0' | wc -l)" = "$TRIES" ]
}

visit() {
	local connections responses bytes eof reset stuck client
	ip netns exec "$CLIENT" "$HERE/pipeline" -h "$1" 80 "$TRIES" "$TRIES" \
		'/page' '/never' '/page*60' >"$DIR/client" &
	client=$!
	STARTED+=("$client")
	await all_answered || fail "nginx did not answer everybody"
	await all_in_flight || fail "not all is in flight: $(in_server ss -Htn)"
	pkill -KILL -P "$(cat "$DIR/nginx.pid")"
	kill -USR1 "$client"
	wait "$client"
	eval "$(cat "$DIR/client")"
	SENT=$TRIES
	GOT=$responses
	CUT=$((reset + stuck))
}

scenario "$@"
