#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# haproxy refuses an upload when it has read the header, and closes at once; curl
# is still sending 20 MB. (nginx discards a body that it refuses, even with
# lingering_close off.) The error page is one with a picture or two in it.
. "$(dirname "$0")/lib/server.sh"
needs curl haproxy

TITLE='haproxy, early 413 with a page of 40 kB; curl uploads 20 MB'
LINK='delay 50ms loss 2%'
tries 30

# Its log has the status of each response; of two threads one would drop lines that
# it cannot write at once.
serve() {
	head -c 40000 /dev/zero >"$DIR/page"
	cat >"$DIR/haproxy.cfg" <<-CONF
		global
		    log stdout format raw local0
		    tune.bufsize 65536
		    nbthread 1
		defaults
		    mode http
		    timeout client 30s
		    timeout server 30s
		    timeout connect 30s
		frontend uploads
		    bind :80
		    bind :::80 v6only
		    log global
		    log-format status=%ST
		    http-request return status 413 content-type text/html file $DIR/page if { req.hdr_val(content-length) gt 1000000 }
	CONF
	start in_server haproxy -f "$DIR/haproxy.cfg"
	await listening 80 2
}

# Whatever curl says of a try, one is good that read the whole 413.
visit() {
	[ -e "$DIR/upload" ] || head -c 20000000 /dev/zero >"$DIR/upload"
	[[ $1 != *:* ]] || set -- "[$1]"
	in_client curl -sZ --parallel-immediate --parallel-max 10 -m 50 -H Expect: \
		-o /dev/null -T "$DIR/upload" -w '%{http_code} %{exitcode} %{errormsg}\n' \
		"http://$1/[1-$TRIES]" 2>"$DIR/progress" >"$DIR/client"
	SENT=$(grep -c '^status=413' "$DIR/started.log")
	GOT=$(grep -c '^413 0' "$DIR/client")
	CUT=$(grep -vc ' 0 *$' "$DIR/client")
}

scenario "$@"
