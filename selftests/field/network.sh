#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# network.sh [NAME...]: connects that fail, a NAT that forgets, closes that stall or
# do not come.
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# The commonest of all: nothing listens on port 8010, a firewall rejects 8011 and
# drops 8012. The setting opens all three.
serve_refused() {
	in_server nft flush ruleset
	if [ "${1:-}" = open ]; then
		for port in 8010 8011 8012; do
			start in_server python3 -m http.server $port --directory "$DIR"
			await listening $port 1
		done
		return
	fi
	in_server nft -f - <<-NFT
		table inet f {
			chain i {
				type filter hook input priority 0
				tcp dport 8011 reject with tcp reset
				tcp dport 8012 drop
			}
		}
	NFT
}

visit_refused() {
	local port
	for port in 8010 8011 8012; do
		in_client curl -sS -m 3 -o /dev/null -w "$port: %{exitcode}\n" "http://$SERVER4:$port/"
	done
	:
}

true_of_refused() {
	cat <<-'END'
		port 8010 801[0-2]
		server no-listener: The peer wants to connect, and nothing listens on the port. => If a service should be there, start it
		client received: The peer's host answered our SYN with RST: .* => Look there with ss -ltn
		client already-closed: .*RST
		client syn-sent: The program gave up while connect\(\) was under way. => .* a firewall that drops
	END
}

mended_refused() { saw_times 3 ': 0$'; }

three_ways_to_be_refused_are_told_apart() {
	seen refused && saw '^8010: 7$' && saw '^8011: 7$' && saw '^8012: 28$' &&
		only_truths refused && no_drain_is_offered &&
		! grep '^server 801[12] ' "$DIR/said" &&
		also_seen client '.kind == "refused-connect" and .count == "2"' &&
		mended_by refused open
}

# 3proxy/3proxy#1263, aspnet/KestrelHttpServer#1785: the program never closes. The
# setting is one that does.
serve_leak() {
	cat >"$DIR/leak.py" <<-'PYTHON'
		import socket, sys
		l = socket.create_server(('', 8013))
		kept = []
		while True:
		    s, _ = l.accept()
		    s.recv(500)
		    s.sendall(b'HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nok\n')
		    kept.append(s) if sys.argv[1] == 'keep' else s.close()
	PYTHON
	start in_server python3 "$DIR/leak.py" "${1:-keep}"
	await listening 8013 1
}

visit_leak() {
	local _
	in_client sysctl -qw net.ipv4.tcp_fin_timeout=2
	for _ in 1 2 3; do
		in_client curl -sS -m 50 "http://$SERVER4:8013/"
	done
	await client_gone
	in_client sysctl -qw net.ipv4.tcp_fin_timeout=60
	in_server ss -Htn state close-wait sport = :8013 | wc -l
	in_server closewatch pending
}
client_gone() { [ -z "$(in_client ss -Htn state connected exclude time-wait dport = :8013)" ]; }

true_of_leak() {
	cat <<-'END'
		port 8013
		client fin: An orderly close: .* => .* see the fate with the same cookie
		client fin-wait2-timeout: The peer acknowledged our FIN and never sent its own.* => Look why the peer's program does not close: it may leak descriptors
	END
}

mended_leak() { saw '^0$'; }

what_is_never_closed_is_pending() {
	seen leak && saw '^3$' && saw 'CLOSE.WAIT.* python3' && only_truths leak &&
		no_drain_is_offered && mended_by leak close
}

# EternalTerminal#792, rmqtt#386, grizzly#547: SO_LINGER stalls an event loop. The
# setting is its time.
serve_linger() {
	cat >"$DIR/loop.py" <<-'PYTHON'
		import selectors, socket, struct, sys
		l = socket.create_server(('', 8014))
		sel = selectors.DefaultSelector()
		sel.register(l, 1)
		while True:
		    for key, _ in sel.select():
		        if key.fileobj is l:
		            s, _ = l.accept()
		            s.setblocking(False)
		            if int(sys.argv[1]):
		                s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, int(sys.argv[1])))
		            sel.register(s, 1)
		            continue
		        s = key.fileobj
		        q = s.recv(500)
		        sel.unregister(s)
		        s.send(b'HTTP/1.0 200 OK\r\n\r\n' + (bytes(9000000) if b'big' in q else b'ok\n'))
		        s.close()
	PYTHON
	start in_server python3 "$DIR/loop.py" "${1:-50}"
	await listening 8014 1
}

# Nobody reads the big answer until another client has asked for a small one.
visit_linger() {
	in_client python3 - "$SERVER4" <<-'PYTHON'
		import socket, subprocess, sys
		s = socket.socket()
		s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
		s.connect((sys.argv[1], 8014))
		s.sendall(b'GET /big HTTP/1.0\r\n\r\n')
		n = len(s.recv(1))
		r = subprocess.run(['curl', '-sS', '-m', '4', f'http://{sys.argv[1]}:8014/small'], capture_output=True)
		print('another client:', (r.stdout or r.stderr).decode())
		while b := s.recv(65536): n += len(b)
		print('EOF after', n)
	PYTHON
}

true_of_linger() {
	cat <<-'END'
		port 8014
		server linger-wait: SO_LINGER makes close\(\) wait.* => In an event loop turn SO_LINGER off
		server fin-behind-data: SO_LINGER made close\(\) wait .* => In an event loop turn SO_LINGER off.* a drain lets close\(\) return at once
		server fin: An orderly close
		server time-wait: Both sides sent FIN .* => None is needed
		server received: The peer's host aborted: its program closed before it had read all .* => Look on the peer's host
		server peer-reset: The peer had sent its FIN before: data of ours reached it after its program had closed.* => .*look on its host
		client fin: An orderly close
		client acked: The peer closed first .* => None is needed
		client? shared-close: .* keeps the socket open
		client rst-late-data: The program closed .* after its request, before any of the answer had come.* => .*look why the peer was so late
		client (time-wait|late-data): .* => .*same cookie
		client? late-segment: The peer went on sending until it saw
	END
}

mended_linger() { saw '^another client: ok$' && saw '^EOF after [0-9]{5}'; }

a_close_that_stalls_an_event_loop_is_named() {
	seen linger && saw '^another client: .*timed out' && only_truths linger && no_drain_is_offered &&
		also_seen server '.kind == "linger-stall" and .where == "port 8014"' &&
		mended_by linger 0 && drained linger && mended_linger
}

# kubernetes/kubernetes#74839, #117924: conntrack calls a segment INVALID, it is not
# un-NATed, and the host itself answers with RST. The server is a node that forwards
# to a pod, and the pod sends a segment out of the window.
POD=pod-$$
NAMESPACES+=("$POD")
serve_nat() {
	modprobe -a nf_conntrack nft_chain_nat nft_nat nft_masq
	[ ! -e "/run/netns/$POD" ] || { ip -n "$SERVER" link del pod0; ip netns del "$POD"; }
	ip netns add "$POD"
	ip -n "$SERVER" link add pod0 type veth peer name pod0 netns "$POD"
	ip -n "$SERVER" addr add 10.8.0.1/24 dev pod0
	ip -n "$SERVER" link set pod0 up
	ip -n "$POD" addr add 10.8.0.2/24 dev pod0
	ip -n "$POD" link set pod0 up
	ip -n "$POD" route add default via 10.8.0.1
	ip -n "$CLIENT" route replace 10.96.0.0/16 via "$SERVER4"
	in_server nft flush ruleset
	in_server nft -f - <<-NFT
		table ip nat {
			chain pre {
				type nat hook prerouting priority -100
				ip daddr 10.96.0.1 tcp dport 8015 dnat to 10.8.0.2:8015
			}
			chain post {
				type nat hook postrouting priority 100
				oifname "pod0" masquerade
			}
		}
	NFT
	in_server sysctl -qw net.ipv4.ip_forward=1 "net.netfilter.nf_conntrack_tcp_be_liberal=${1:-0}"
	cat >"$DIR/pod.py" <<-'PYTHON'
		import socket, struct, sys
		def checksum(b):
		    b += b'\0' * (len(b) % 2)
		    t = sum(struct.unpack('!%dH' % (len(b) // 2), b))
		    t = (t >> 16) + (t & 0xffff)
		    return ~(t + (t >> 16)) & 0xffff
		def numbers(s):
		    TCP_REPAIR, TCP_REPAIR_QUEUE, TCP_QUEUE_SEQ = 19, 20, 21
		    s.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, 1)
		    for queue in 2, 1:
		        s.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR_QUEUE, queue)
		        yield s.getsockopt(socket.IPPROTO_TCP, TCP_QUEUE_SEQ) & 0xffffffff
		    s.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, -1)
		def stray(s):
		    (src, sport), (dst, dport) = s.getsockname(), s.getpeername()
		    sent, received = numbers(s)
		    tcp = struct.pack('!HHIIBBHHH', sport, dport, sent + (1 << 24) & 0xffffffff, received, 5 << 4, 0x10, 500, 0, 0) + b'stray'
		    pseudo = socket.inet_aton(src) + socket.inet_aton(dst) + struct.pack('!BBH', 0, 6, len(tcp))
		    tcp = tcp[:16] + struct.pack('!H', checksum(pseudo + tcp)) + tcp[18:]
		    socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_TCP).sendto(tcp, (dst, 0))
		l = socket.create_server(('', 8015))
		s, _ = l.accept()
		s.recv(100)
		s.sendall(b'A' * 1000)
		s.recv(100)
		stray(s)
		s.settimeout(2)
		try: s.recv(100)
		except OSError as e: print('pod:', e.strerror or e, flush=True)
		try: s.sendall(b'B' * 1000)
		except OSError as e: print('pod:', e.strerror, flush=True)
		s.close()
	PYTHON
	start ip netns exec "$POD" python3 "$DIR/pod.py"
	await pod_listens
}
pod_listens() { [ -n "$(ip netns exec "$POD" ss -Htln)" ]; }

visit_nat() {
	in_client python3 - 10.96.0.1 <<-'PYTHON'
		import socket, sys
		s = socket.create_connection((sys.argv[1], 8015))
		s.settimeout(5)
		n = 0
		try:
		    s.sendall(b'q')
		    while b := s.recv(4096):
		        n += len(b)
		        if n == 1000: s.sendall(b'more')
		    print('EOF after', n)
		except OSError as e: print(e, 'after', n)
	PYTHON
	cat "$DIR/started.log"
}

true_of_nat() {
	cat <<-'END'
		port 8015
		server no-socket: .* this host forwards it and its NAT did not know the segment.* => .*be_liberal
		client received: The peer's host aborted: .* or the host no longer knows the connection.* => Look on the peer's host
		client peer-reset: The peer's host aborted: .* or the host no longer knows the connection.* => Look on the peer's host
		client already-closed: The peer's RST came before close\(\)
	END
}

mended_nat() { saw '^EOF after 2000$'; }

an_rst_by_a_host_that_forwards_names_conntrack() {
	seen nat && saw 'after 1000' && saw '^pod: .*reset' && only_truths nat &&
		no_drain_is_offered && mended_by nat 1
}

HELD["leak"]=3
CASES+=(refused leak linger nat)
TESTS=(
	three_ways_to_be_refused_are_told_apart what_is_never_closed_is_pending
	a_close_that_stalls_an_event_loop_is_named
	an_rst_by_a_host_that_forwards_names_conntrack
)
[ "$0" != "${BASH_SOURCE[0]}" ] || run_tests "${@:-${TESTS[@]}}"
