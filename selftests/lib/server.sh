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
HERE=$(cd "$(dirname "$0")" && pwd)
. "$HERE/lib/needs.sh"
needs closewatch ip jq ss sysctl tc tcpdump
needs_veth
needs_netem
. "$HERE/lib/tap.sh"
. "$HERE/lib/hosts.sh"

DRAIN='--local-port 80'
TALLY=

# tries N: on a kernel that is slow for its checks, a part of them.
tries() {
	[ "${CLOSEWATCH_SERIES:-}" = debug ] && set -- $(($1 / 5))
	TRIES=${TRIES:-$1}
}

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
