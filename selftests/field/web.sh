#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# web.sh [NAME...]: servers of web applications that give up a request.
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# unbit/uwsgi#1831: a header beyond buffer-size
serve_uwsgi() {
	cat >"$DIR/short.py" <<-'PYTHON'
		def application(env, start):
		    start('200 OK', [('Content-Type', 'text/plain')])
		    return [b'ok\n']
	PYTHON
	start in_server uwsgi --plugin python3 --http-socket :8001 \
		--wsgi-file "$DIR/short.py" --buffer-size "${1:-4096}"
	await listening 8001 1
}

visit_uwsgi() {
	in_client curl -sS -m 50 -w '%{http_code} of a long URL\n' \
		"http://$SERVER4:8001/$(head -c 10000 /dev/zero | tr '\0' x)" || :
}

true_of_uwsgi() {
	cat <<-'END'
		port 8001
		server rst-unread: .* had sent nothing itself.* => .*size of a header.* A drain would only
		server aborted: .* => See the close event with the same cookie
		client received: The peer's host aborted: its program closed before it had read all .* => Look on the peer's host
		client peer-reset: The peer's host aborted: .* => Look on the peer's host
		client already-closed: .*RST
	END
}

mended_uwsgi() { saw '^200'; }

a_header_beyond_the_limit_is_no_case_for_a_drain() {
	seen uwsgi && saw 'reset by peer' && only_truths uwsgi && no_drain_is_offered &&
		also_seen server '.kind == "no-answer" and .where == "port 8001"' &&
		mended_by uwsgi 65535
}

# pallets/werkzeug#2051: a 413 before the body is read, and a client that reads no
# answer before it has sent everything
serve_early() {
	cat >"$DIR/early.py" <<-'PYTHON'
		def application(env, start):
		    body = b'too large\n' * 400
		    start('413 Request Entity Too Large', [('Content-Length', str(len(body))), ('Connection', 'close')])
		    return [body]
	PYTHON
	start in_server gunicorn --chdir "$DIR" -b :8002 early:application
	await listening 8002 1
}

visit_early() {
	in_client python3 - "$SERVER4" 8002 <<-'PYTHON'
		import http.client, sys
		for _ in range(3):
		    client = http.client.HTTPConnection(sys.argv[1], int(sys.argv[2]), timeout=50)
		    try:
		        client.request('POST', '/', body=bytes(8000000))
		        answer = client.getresponse()
		        print(answer.status, len(answer.read()))
		    except OSError as e:
		        print(e.strerror)
		    client.close()
	PYTHON
}

# It closes between two segments of the body now and then: FIN, and then the RST.
true_of_early() {
	cat <<-'END'
		port 8002
		server (rst-unread|rst-late-data): The p(rogram closed before it had read all|eer sent data after this side had closed).* => Read until EOF.*closewatch drain --local-port 8002
		server? aborted: .* => See the close event with the same cookie
		server? fin: An orderly close: .* => .* see the fate with the same cookie
		server? (late-data|time-wait): .* => .*same cookie
		server? late-segment: The peer went on sending until it saw
		client received: The peer('s host aborted: its program closed before it had read all .* => Look on the peer's host| had closed .* answers with RST what we wrote after that.* => Read what the peer had sent| had sent its FIN before: .* => .*look on its host)
		client peer-reset: The peer('s host aborted: .* => Look on the peer's host| had sent its FIN before: .* => .*look on its host)
		client? peer-reset: The connection had ended before the program wrote.* => Stop writing at the first error
		client already-closed: The peer's RST came before close\(\)
	END
}

mended_early() { saw_times 3 '^413 4000$'; }

an_early_answer_is_mended_by_the_drain_that_is_offered() {
	local status
	seen early && saw 'Broken pipe|reset by peer' && only_truths early &&
		offers server 1 && offers client 0 || return
	stop
	# shellcheck disable=SC2046
	in_server $(jq -r '.ports[0].command' "$DIR/server.advice") && seen early &&
		mended_early && no_drain_is_offered &&
		advised server '.compared[0].delivered == "3"'
	status=$?
	in_server closewatch drain off
	return $status
}

# benoitc/gunicorn#2236, #3136: a worker that is over its time limit
serve_crash() {
	cat >"$DIR/slow.py" <<-'PYTHON'
		import time
		def application(env, start):
		    start('200 OK', [('Content-Length', '1000')])
		    yield b'x' * 500
		    time.sleep(5)
		    yield b'y' * 500
	PYTHON
	start in_server gunicorn --chdir "$DIR" -b :8003 -t "${1:-1}" slow:application
	await listening 8003 1
}

visit_crash() {
	in_client curl -sS -m 50 -o "$DIR/got" -w '%{http_code} %{size_download}\n' \
		"http://$SERVER4:8003/" || :
}

true_of_crash() {
	cat <<-'END'
		port 8003
		server fin: An orderly close: .* => .*whether the program had written it
		server time-wait: Both sides sent FIN .* => None is needed
		server? shared-close: .* keeps the socket open
		client fin: An orderly close
		client acked: The peer closed first and acknowledged our FIN
	END
}

mended_crash() { saw '^200 1000$'; }

a_worker_over_its_time_limit_truncates_its_answer() {
	seen crash && saw '^200 500$' && only_truths crash && no_drain_is_offered &&
		mended_by crash 60
}

# nodejs/node#17749: the idle timer closes as a request is on its way. The client
# sends it when the server has sent FIN and before that arrives.
serve_node() {
	cat >"$DIR/server.js" <<-'NODE'
		const s = require('http').createServer((q, r) => {
			q.resume();
			q.on('end', () => r.end('ok\n'));
		});
		s.keepAliveTimeout = Number(process.argv[2]);
		s.listen(8004);
	NODE
	start in_server node "$DIR/server.js" "${1:-1000}"
	await listening 8004 1
}

in_fin_wait() { [ -n "$(in_server ss -Htn state fin-wait-1 sport = :8004)" ]; }
idle() { ps -C node -o args= | grep -q ' 1000$' && await in_fin_wait || sleep 2; }

visit_node() {
	cat >"$DIR/post.py" <<-'PYTHON'
		import socket, sys
		s = socket.create_connection((sys.argv[1], 8004))
		s.settimeout(50)
		for _ in range(2):
		    try:
		        s.sendall(b'POST /api HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi')
		        print(s.recv(4096)[:15].decode() or 'EOF without an answer', flush=True)
		    except OSError as e:
		        print(e.strerror, flush=True)
		    sys.stdin.readline()
	PYTHON
	rm -f "$DIR/go" "$DIR/posts"
	mkfifo "$DIR/go"
	in_client python3 "$DIR/post.py" "$SERVER4" <"$DIR/go" >"$DIR/posts" &
	exec 9>"$DIR/go"
	await grep -q . "$DIR/posts" && tc -n "$SERVER" qdisc change dev link0 root netem delay 2s
	idle
	echo >&9
	exec 9>&-
	wait $!
	tc -n "$SERVER" qdisc change dev link0 root netem limit 20000 $LINK
	cat "$DIR/posts"
}

true_of_node() {
	cat <<-'END'
		port 8004
		server fin: An orderly close
		server rst-late-data: The peer reused a connection which we closed as idle.* => .*keep-alive timeout
		server late-data: The peer sent data after this side had closed.* => .*same cookie
		server? late-segment: The peer went on sending until it saw
		client fin: An orderly close: .* => .* see the fate with the same cookie
		client peer-reset: The peer had sent its FIN before: data of ours reached it after its program had closed.* => .*look on its host
	END
}

mended_node() { saw_times 2 '200 OK'; }

a_request_on_what_node_closed_as_idle_is_no_case_for_a_drain() {
	seen node && saw 'EOF without|reset' && only_truths node && no_drain_is_offered &&
		also_seen server '.kind == "idle-race" and .where == "port 8004"' &&
		mended_by node 60000
}

CASES+=(uwsgi early crash node)
TESTS=(
	a_header_beyond_the_limit_is_no_case_for_a_drain
	an_early_answer_is_mended_by_the_drain_that_is_offered
	a_worker_over_its_time_limit_truncates_its_answer
	a_request_on_what_node_closed_as_idle_is_no_case_for_a_drain
)
[ "$0" != "${BASH_SOURCE[0]}" ] || run_tests "${@:-${TESTS[@]}}"
