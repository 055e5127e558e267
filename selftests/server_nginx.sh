#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# nginx closes after keepalive_requests, while its client has pipelined more.
. "$(dirname "$0")/lib/server.sh"
needs nginx

TITLE='nginx, closing after `keepalive_requests 100`; 120 pipelined'
LINK='delay 50ms loss 2%'
tries 100

# Its log has a line for each response that it has handed to the kernel in full.
serve() {
	head -c 1000 /dev/zero >"$DIR/page"
	cat >"$DIR/nginx.conf" <<-CONF
		daemon off;
		worker_processes 1;
		pid $DIR/nginx.pid;
		error_log $DIR/error.log;
		events { worker_connections 1024; }
		http {
			log_format status '\$status';
			access_log $DIR/access.log status;
			lingering_close off;
			keepalive_requests 100;
			server {
				listen 80;
				listen [::]:80;
				root $DIR;
			}
		}
	CONF
	rm -f "$DIR/access.log"
	start in_server nginx -e "$DIR/error.log" -c "$DIR/nginx.conf"
	await listening 80 2
}

visit() {
	local connections responses bytes eof reset stuck
	in_client "$HERE/pipeline" "$1" 80 "$TRIES" 20 '/page*120' >"$DIR/client" ||
		fail "the client failed"
	eval "$(cat "$DIR/client")"
	SENT=$(grep -c '^200$' "$DIR/access.log")
	GOT=$responses
	CUT=$((reset + stuck))
}

scenario "$@"
