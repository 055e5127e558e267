# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Two hosts as namespaces of the script's own, $SERVER and $CLIENT, with a link
# between them as bad as $LINK says in netem's words; $DIR for its files.

. "$(dirname "${BASH_SOURCE[0]}")/await.sh"

SERVER=server-$$
CLIENT=client-$$
SERVER4=10.9.0.1
SERVER6=fd09::1
DIR=$(mktemp -d) || exit 1
chmod 755 "$DIR"
STARTED=()
NAMESPACES=("$SERVER" "$CLIENT")

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
	for ns in "${NAMESPACES[@]}"; do
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
