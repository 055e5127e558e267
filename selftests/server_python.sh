#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Python's http.server refuses an upload before it has read it; the client is
# Python's http.client, which reads no answer until it has sent everything.
. "$(dirname "$0")/lib/server.sh"
needs python3

TITLE='python3 http.server, early 413; http.client uploads 500 kB'
LINK='delay 10ms loss 2%'
tries 20

# It logs each response to stderr.
serve() {
	cat >"$DIR/server.py" <<-'PYTHON'
		import http.server, socket
		class Handler(http.server.BaseHTTPRequestHandler):
		    protocol_version = 'HTTP/1.1'
		    def do_PUT(self):
		        self.send_error(413)
		        self.close_connection = True
		class Server(http.server.ThreadingHTTPServer):
		    address_family = socket.AF_INET6
		    request_queue_size = 128
		Server(('::', 80), Handler).serve_forever()
	PYTHON
	start in_server python3 "$DIR/server.py"
	await listening 80 1
}

visit() {
	cat >"$DIR/client.py" <<-'PYTHON'
		import concurrent.futures, http.client, sys
		def visit(_):
		    client = http.client.HTTPConnection(sys.argv[1], 80, timeout=50)
		    try:
		        client.request('PUT', '/', body=bytes(500000))
		        answer = client.getresponse()
		        answer.read()
		        return str(answer.status)
		    except Exception as e:
		        return repr(e)
		    finally:
		        client.close()
		with concurrent.futures.ThreadPoolExecutor(10) as pool:
		    for said in pool.map(visit, range(int(sys.argv[2]))):
		        print(said)
	PYTHON
	in_client python3 "$DIR/client.py" "$1" "$TRIES" >"$DIR/client"
	SENT=$(grep -c '" 413 -$' "$DIR/started.log")
	GOT=$(grep -c '^413$' "$DIR/client")
	CUT=$(grep -vc '^413$' "$DIR/client")
}

scenario "$@"
