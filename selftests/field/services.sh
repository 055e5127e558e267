#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# services.sh [NAME...]: checks of health, and services that turn a client away.
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# netty/netty#6029, logstash-input-tcp#167, haproxy/haproxy#560: a checker of health
# ends its checks by SO_LINGER 0, and the service logs an error for each. The
# setting goes to haproxy's `http-check connect'.
serve_check() {
	LINGER=${1:-}
	cat >"$DIR/checked.py" <<-'PYTHON'
		import socketserver
		class Handler(socketserver.BaseRequestHandler):
		    def handle(self):
		        try:
		            while self.request.recv(100):
		                self.request.sendall(b'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
		            print('closed', flush=True)
		        except OSError as e:
		            print(e.strerror, flush=True)
		socketserver.ThreadingTCPServer(('', 8005), Handler).serve_forever()
	PYTHON
	start in_server python3 "$DIR/checked.py"
	await listening 8005 1
}

# checks N: the service has seen so many.
checks() { [ "$(grep -cE 'reset|closed' "$DIR/started.log")" -ge "$1" ]; }

# check_by LINES: haproxy checks port 8005 or 8006 until its service has seen enough.
check_by() {
	local pid
	cat >"$DIR/haproxy.cfg" <<-CONF
		defaults
		    mode ${2:-http}
		    timeout connect 30s
		    timeout client 30s
		    timeout server 30s
		listen l
		    bind unix@$DIR/haproxy.socket
		$1
	CONF
	ip netns exec "$CLIENT" haproxy -f "$DIR/haproxy.cfg" -d >"$DIR/haproxy.log" 2>&1 &
	pid=$!
	await checks 4 || cat "$DIR/haproxy.log"
	kill "$pid"
	wait "$pid"
	grep -E 'reset|closed' "$DIR/started.log"
}

visit_check() {
	check_by "    option httpchk
    http-check connect $LINGER
    http-check send meth GET uri /
    server a $SERVER4:8005 check inter 2s"
}

true_of_check() {
	cat <<-'END'
		port 8005
		server received: The peer's host aborted: .* or asked for it, .* => Look on the peer's host
		server peer-reset: The peer's host aborted: .* => Look on the peer's host
		server? none: There was nothing left to shut.* => None is needed
		server already-closed: The peer's RST came before close\(\)
		client rst-linger0: The program set SO_LINGER with zero time, which asks for an abort. => Remove that setsockopt\(\) unless the abort is wanted
		client aborted: .* => See the close event with the same cookie
		client? already-closed: The socket had no peer.* => None is needed if it was not to be connected
	END
}

mended_check() { saw closed && ! saw 'reset by peer'; }

checks_of_health_that_reset_are_told_as_such() {
	seen check && saw 'reset by peer' && only_truths check && no_drain_is_offered &&
		also_seen server '.kind == "health-check" and .where == "10.9.0.2"' &&
		also_seen client '.kind == "linger0" and .where == "haproxy"' &&
		mended_by check linger
}

# haproxy/haproxy#70: a check that ends in order, with the words of the protocol. The
# server's part of it is played.
serve_pgsql() {
	cat >"$DIR/pgsql.py" <<-'PYTHON'
		import socket, struct
		l = socket.create_server(('', 8006))
		while True:
		    s, _ = l.accept()
		    n, = struct.unpack('!I', s.recv(4, socket.MSG_WAITALL))
		    s.recv(n - 4, socket.MSG_WAITALL)
		    s.sendall(b'R' + struct.pack('!II', 8, 0))
		    try: print('closed after', s.recv(100), flush=True)
		    except OSError as e: print(e.strerror, flush=True)
		    s.close()
	PYTHON
	start in_server python3 "$DIR/pgsql.py"
	await listening 8006 1
}

visit_pgsql() {
	check_by "    option pgsql-check user postgres
    server a $SERVER4:8006 check inter 2s" tcp
}

true_of_pgsql() {
	cat <<-'END'
		port 8006
		server fin: An orderly close: .* => None is needed
		server acked: The peer closed first
		client fin: An orderly close: .* => None is needed
		client time-wait: Both sides sent FIN .* => None is needed
		client? already-closed: The socket had no peer.* => None is needed if it was not to be connected
	END
}

mended_pgsql() { saw '^closed after' && ! saw reset; }

orderly_checks_need_no_remedy() {
	seen pgsql && mended_pgsql && only_truths pgsql && no_drain_is_offered
}

# nmap/nmap#2510, moby/moby#27539: a relay ends both ways at the client's EOF. The
# setting is a relay that does not.
serve_relay() {
	cat >"$DIR/answer.sh" <<-'SHELL'
		#!/bin/bash
		n=$(wc -c)
		sleep 0.3
		head -c 200000 /dev/zero
		echo "got $n"
	SHELL
	chmod +x "$DIR/answer.sh"
	if [ "${1:-ncat}" = ncat ]; then
		start in_server ncat -4 -l -k 8007 -e "$DIR/answer.sh"
	else
		start in_server socat -t 50 TCP4-LISTEN:8007,fork,reuseaddr EXEC:"$DIR/answer.sh"
	fi
	await listening 8007 1
}

visit_relay() {
	in_client python3 - "$SERVER4" <<-'PYTHON'
		import socket, sys
		s = socket.create_connection((sys.argv[1], 8007))
		s.settimeout(50)
		s.sendall(bytes(5000))
		s.shutdown(socket.SHUT_WR)
		n = 0
		try:
		    while b := s.recv(65536): n += len(b)
		    print('EOF after', n)
		except OSError as e: print(e.strerror, 'after', n)
	PYTHON
}

true_of_relay() {
	cat <<-'END'
		port 8007
		server fin: .* => .*some relays end both ways at their client's EOF
		server? shared-close: .* keeps the socket open.* => None is needed where it is shared on purpose
		server acked: The peer closed first
		client fin: An orderly close: .* => None is needed
		client time-wait: Both sides sent FIN .* => None is needed
		client already-closed: Both sides sent FIN .* => None is needed
	END
}

mended_relay() { saw '^EOF after 200009$'; }

a_relay_that_ends_at_eof_has_sent_no_answer() {
	seen relay && saw '^EOF after 0$' && only_truths relay && no_drain_is_offered &&
		mended_by relay socat
}

# hold PORT: a connection that says nothing takes a place at the server.
hold() {
	start in_client bash -c "exec 9<>/dev/tcp/$SERVER4/$1; ${2:-:}; exec sleep 1000"
	await held "$1"
}
held() { [ -n "$(in_server ss -Htn state established "sport = :$1")" ]; }

# NixOS/infra#352, go-gitea/gitea#21732: more than MaxStartups. The client speaks when
# the server has sent FIN and before that arrives.
serve_sshd() {
	STARTUPS=${1:-1}
	mkdir -p /run/sshd
	start in_server /usr/sbin/sshd -D -e -p 8008 -o ListenAddress=0.0.0.0 -o UsePAM=no \
		-o MaxStartups="$STARTUPS" -o HostKey=/etc/ssh/ssh_host_ed25519_key
	await listening 8008 1 && hold 8008
}

visit_sshd() {
	cat >"$DIR/proxy" <<-SHELL
		trap '' HUP
		exec 9<>/dev/tcp/$SERVER4/8008
		until [ $STARTUPS != 1 ] || ip netns exec $SERVER \\
			ss -Htn state fin-wait-1 'sport = :8008' | grep -q .; do :; done
		cat <&9 & exec cat >&9
	SHELL
	delayed 5s in_client ssh -v -o ProxyCommand="bash $DIR/proxy" \
		-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null \
		-o BatchMode=yes root@sshd true 2>&1 |
		grep -E 'Exceeded|reset|losed|Permission denied'
}

true_of_sshd() {
	cat <<-'END'
		port 8008
		server fin: An orderly close: .* => .* see the fate with the same cookie
		server rst-late-data: The program sent 22 B and closed before it had read anything of this client.* => .*MaxStartups.* lets none of them in
		server (late-data|time-wait): .* => .*same cookie
		server? late-segment: The peer went on sending until it saw
		server? shared-close: .* keeps the socket open.* => None is needed where it is shared on purpose
		client peer-reset: The peer had sent its FIN before: data of ours reached it after its program had closed.* => .*look on its host
		client? received: The peer had sent its FIN before: data of ours reached it after its program had closed.* => .*look on its host
		client? fin: The pro(cess ended with the connection open|gram was killed by SIGHUP)
		client? already-closed: The peer's RST came before close\(\)
		client? shared-close: .* keeps the socket open.* => None is needed where it is shared on purpose
	END
}

mended_sshd() { saw 'Permission denied'; }

# The notice of its limit is read without a drain, and is all that is read with one.
a_client_turned_away_by_sshd_is_no_case_for_a_drain() {
	seen sshd && saw 'Exceeded MaxStartups' && only_truths sshd && no_drain_is_offered &&
		also_seen server '.kind == "turned-away" and .where == "port 8008"' &&
		drained sshd && saw 'Exceeded MaxStartups' && ! mended_sshd &&
		mended_by sshd 10
}

# An rsync daemon at its limit says so, and the client reads it.
serve_rsync() {
	mkdir -p "$DIR/module"
	echo file >"$DIR/module/file"
	cat >"$DIR/rsyncd.conf" <<-CONF
		use chroot = no
		lock file = $DIR/rsyncd.lock
		log file = $DIR/rsyncd.log
		[m]
		path = $DIR/module
		max connections = ${1:-1}
		uid = root
		gid = root
	CONF
	start in_server rsync --daemon --no-detach --config="$DIR/rsyncd.conf" --port=8009 --address=0.0.0.0
	rm -f "$DIR/held"
	await listening 8009 1 &&
		hold 8009 "printf '@RSYNCD: 31.0\nm\n' >&9; grep -q OK <&9; >$DIR/held" &&
		await test -e "$DIR/held"
}

visit_rsync() {
	rm -f "$DIR/copy"
	in_client rsync "rsync://$SERVER4:8009/m/file" "$DIR/copy" || :
	[ ! -e "$DIR/copy" ] || cat "$DIR/copy"
}

true_of_rsync() {
	cat <<-'END'
		port 8009
		server fin: The process ended with the connection open.* => None is needed if the program was done; else look at its exit code and its log
		server time-wait: Both sides sent FIN .* => None is needed
		server? shared-close: .* keeps the socket open.* => None is needed where it is shared on purpose
		client fin: The process ended with the connection open.* => None is needed if the program was done; else look at its exit code
		client acked: The peer closed first
		client? shared-close: .* keeps the socket open.* => None is needed where it is shared on purpose
	END
}

mended_rsync() { saw '^file$'; }

an_rsync_client_at_the_limit_is_told_in_order() {
	seen rsync && saw '@ERROR: max connections' && only_truths rsync && no_drain_is_offered &&
		mended_by rsync 2
}

HELD["sshd"]=2
HELD["rsync"]=2
CASES+=(check pgsql relay sshd rsync)
TESTS=(
	checks_of_health_that_reset_are_told_as_such orderly_checks_need_no_remedy
	a_relay_that_ends_at_eof_has_sent_no_answer
	a_client_turned_away_by_sshd_is_no_case_for_a_drain
	an_rsync_client_at_the_limit_is_told_in_order
)
[ "$0" != "${BASH_SOURCE[0]}" ] || run_tests "${@:-${TESTS[@]}}"
