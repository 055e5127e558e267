# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# A real server and its clients in two namespaces with a bad link between them,
# visited first without a policy and then with a drain. What was lost is what the
# clients did not get; RSTs are counted by tcpdump. closewatch's own word is the
# last thing that is asked.
#
# A scenario sets TITLE, LINK (netem's words), and with `tries' how many connections
# there will be, and defines
#	serve		start the server in $SERVER and wait until it listens on port 80
#	visit ADDRESS	let the clients come; sets SENT, the responses that the server
#			wrote, GOT, those that arrived complete, and CUT, the
#			connections that ended with an error
# and calls `scenario "$@"'. With the argument `rows' that prints the figures for
# a table instead of TAP.

set -u
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$HERE/../lib/tap.sh"
. "$HERE/../lib/await.sh"

DRAIN='--local-port 80'
SERVER=server-$$
CLIENT=client-$$
SERVER4=10.9.0.1
SERVER6=fd09::1
DIR=$(mktemp -d) || exit 1
chmod 755 "$DIR"
STARTED=()
TALLY=

# tries N: on a kernel that is slow for its checks, a part of them.
tries() {
	[ "${CLOSEWATCH_SERIES:-}" = debug ] && set -- $(($1 / 5))
	TRIES=${TRIES:-$1}
}

in_server() { ip netns exec "$SERVER" "$@"; }
in_client() { ip netns exec "$CLIENT" "$@"; }

fail() {
	echo "# $*" >&2
	exit 1
}

# start COMMAND...: in the background, for this half of the scenario
start() {
	"$@" </dev/null >>"$DIR/started.log" 2>&1 &
	STARTED+=($!)
}

stop_all() {
	local pid
	for pid in "${STARTED[@]}"; do
		kill -KILL "$pid" 2>/dev/null
		wait "$pid" 2>/dev/null
	done
	STARTED=()
}

# The children of a server that was killed live on, but not in its namespace.
network_down() {
	local ns
	for ns in "$SERVER" "$CLIENT"; do
		[ -e "/run/netns/$ns" ] || continue
		ip netns pids "$ns" | xargs -r kill -KILL 2>/dev/null
		ip netns del "$ns"
	done
}

clean_up() {
	[ "$BASHPID" = $$ ] || return
	stop_all
	network_down
	rm -rf "$DIR"
}
trap clean_up EXIT

# Neighbours are permanent: it is not ARP's losses that are measured. No end
# remembers what the connections before it met.
network_up() {
	ip netns add "$SERVER" && ip netns add "$CLIENT" &&
		ip -n "$SERVER" link add link0 address 02:00:00:00:00:01 type veth \
			peer name link0 address 02:00:00:00:00:02 netns "$CLIENT" &&
		end_up "$SERVER" 1 2 && end_up "$CLIENT" 2 1
}

end_up() {
	local ns=$1 own=$2 other=$3
	ip -n "$ns" -batch - <<-LINES &&
		link set lo up
		link set link0 up
		addr add 10.9.0.$own/24 dev link0
		addr add fd09::$own/64 dev link0 nodad
		neigh add 10.9.0.$other lladdr 02:00:00:00:00:0$other dev link0
		neigh add fd09::$other lladdr 02:00:00:00:00:0$other dev link0
	LINES
	ip netns exec "$ns" sysctl -qw net.ipv4.tcp_no_metrics_save=1 &&
		tc -n "$ns" qdisc add dev link0 root netem limit 20000 $LINK
}

# listening PORT SOCKETS: so many sockets listen there
listening() { [ "$(in_server ss -Htln "sport = :$1" | wc -l)" = "$2" ]; }

# No connection is left but in TIME_WAIT: nothing more will be sent.
settled() {
	[ -z "$(in_server ss -Htn state connected exclude time-wait "sport = :80")" ]
}

# RSTs that leave the server's port; netem has dropped its share before.
capture_begin() {
	local rst='tcp[13] & 4 != 0 or (ip6[6] = 6 and ip6[53] & 4 != 0)'
	in_server tcpdump -i link0 -Q out -nnl --immediate-mode "$rst" \
		>"$DIR/rst" 2>"$DIR/tcpdump.log" </dev/null &
	CAPTURE=$!
	STARTED+=("$CAPTURE")
	await grep -q 'listening on' "$DIR/tcpdump.log" || fail "no tcpdump: $(cat "$DIR/tcpdump.log")"
}

capture_end() {
	kill "$CAPTURE"
	wait "$CAPTURE"
	RSTS=$(wc -l <"$DIR/rst")
}

drains_over() { [ "$(in_server closewatch stats -j | jq .drains)" = 0 ]; }

# How often drains had which end, as closewatch has it
tally() {
	await drains_over || fail "drains remain: $(in_server closewatch drains)"
	TALLY=$(in_server closewatch stats -j | jq -r \
		'[.drain[], .refused[] | "\(.events) \(.outcome // .refusal)"] | join(", ")')
}

arm() {
	in_server closewatch drain $DRAIN >"$DIR/armed.log" 2>&1 ||
		fail "closewatch drain $DRAIN: $(cat "$DIR/armed.log")"
}

# half without|with ADDRESS: one server's life; sets SENT, GOT, CUT, RSTS.
half() {
	: >"$DIR/started.log"
	network_up || fail "no network"
	serve || fail "the server did not start: $(cat "$DIR/started.log")"
	[ "$1" = without ] || arm
	capture_begin
	visit "$2"
	await settled || fail "connections remain: $(in_server ss -Htn)"
	capture_end
	[ "$1" = without ] || tally
	stop_all
	network_down
}

# Claims of one family, from the figures of both halves
claim_loses() { echo "$1"; [ "$LOST_WITHOUT" -gt 0 ] && [ "$RSTS_WITHOUT" -gt 0 ]; }
claim_saves() { echo "$1"; [ "$SENT" -gt 0 ] && [ "$GOT" = "$SENT" ]; }
claim_tally() { echo "$1"; [ "$1" = "$TRIES delivered" ]; }
claim_clean() { echo "$1"; [ "$CUT" = 0 ] && [ "$RSTS" = 0 ]; }

family() {
	local name=$1 address=$2 without with
	half without "$address"
	LOST_WITHOUT=$((SENT - GOT))
	RSTS_WITHOUT=$RSTS
	without="$LOST_WITHOUT	$SENT	$CUT	$RSTS"
	half with "$address"
	with="$((SENT - GOT))	$SENT	$CUT	$RSTS"
	if [ "$OUTPUT" = rows ]; then
		echo "row	$TITLE	$name	$without	$with"
		return
	fi
	echo "# $name: lost, sent, connections cut, RSTs: without $without, with $with"
	tap_check "$name: without a policy responses are lost" claim_loses "$without"
	tap_check "$name: with the drain every response arrives" claim_saves "$with"
	tap_check "$name: with the drain no connection is cut" claim_clean "$with"
	tap_check "$name: closewatch tells of these drains and no other" claim_tally "$TALLY"
}

scenario() {
	OUTPUT=${1:-tap}
	[ "$OUTPUT" = rows ] || echo "TAP version 13"
	family IPv4 "$SERVER4"
	family IPv6 "$SERVER6"
	[ "$OUTPUT" = rows ] || tap_end
}
