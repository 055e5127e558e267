# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Public bug reports, rebuilt with the servers and clients that they are about, on
# two hosts 5 ms apart. A program here holds a few cases. A case has a port of its
# own and consists of
#	serve_CASE [REMEDY]	start the server, with the remedy to try
#	visit_CASE		let the client come; prints what its user sees
#	mended_CASE		does the user see what was wanted?
#	true_of_CASE		its port, and what is to be said of it and nothing else: a
#				host, and "path, fate, kind of RST or event: cause =>
#				remedy" as a regular expression; after "host?" it need
#				not be said
# and of a test, a function whose name is its claim.

[ -z "${SERVER:-}" ] || return 0
set -u
FIELD=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$FIELD/../lib/tap.sh"
. "$FIELD/../lib/hosts.sh"
. "$FIELD/../lib/records.sh"

LINK='delay 5ms'
# Sockets that a case leaves connected, on both hosts
declare -A HELD=()
CASES=()

# of HOST: its namespace
of() { [ "$1" = server ] && echo "$SERVER" || echo "$CLIENT"; }

# What is said on a host, as true_of_CASE judges it.
said() {
	jq -r --arg host "$1" 'select(.diag) | "\($host) \(
		[.local.port, .remote.port | select((. // 0) > 0)] | min // "-") \(
		if .event == "reset" then .reset_kind else .path // .fate // .event end): \(
		.diag.cause) => \(.diag.remedy)"' "$DIR/$1.events"
}

all_listen() { [ "$(closewatch info -j | jq .listeners)" = "${#WATCHERS[@]}" ]; }

watch_begin() {
	local host
	WATCHERS=()
	for host in server client; do
		ip netns exec "$(of $host)" closewatch -j -a --diag \
			>"$DIR/$host.events" 2>"$DIR/$host.errors" &
		WATCHERS+=($!)
		ip netns exec "$(of $host)" closewatch advise -j \
			>"$DIR/$host.advice" 2>>"$DIR/$host.errors" &
		WATCHERS+=($!)
	done
	await all_listen
}

watch_end() {
	local status=0 pid
	kill -INT "${WATCHERS[@]}"
	for pid in "${WATCHERS[@]}"; do
		wait "$pid" || status=1
	done
	{ said server; said client; } >"$DIR/said"
	keep "$DIR"/{server,client}.events
	cat "$DIR"/{server,client}.errors "$DIR"/{server,client}.advice
	sort "$DIR/said" | uniq -c
	return $status
}

port_of() { "true_of_$1" | sed -n '1s/port \([0-9]*\).*/\1/p'; }

# settled CASE: no other connection of its port is left, but in TIME_WAIT.
settled() {
	local port
	port=$(port_of "$1")
	[ "$({
		in_server ss -Htn state connected exclude time-wait "sport = :$port"
		in_client ss -Htn state connected exclude time-wait "dport = :$port"
	} | wc -l)" = "${HELD[$1]:-0}" ]
}

pids() {
	local ns
	for ns in "${NAMESPACES[@]}"; do
		[ ! -e "/run/netns/$ns" ] || ip netns pids "$ns"
	done
}
nothing_runs() { [ -z "$(pids)" ]; }

# Nothing of a case outlives it.
stop() {
	pids | xargs -r kill -KILL
	await nothing_runs
}

# visited CASE [REMEDY]: what the user sees is in $DIR/seen then.
visited() {
	: >"$DIR/started.log"
	"serve_$1" ${2+"$2"} && "visit_$1" >"$DIR/seen" 2>&1
	local status=$?
	cat "$DIR/seen"
	return $status
}

# delayed TIME COMMAND...: what the server sends meanwhile takes so long.
delayed() {
	local status time=$1
	shift
	tc -n "$SERVER" qdisc change dev link0 root netem limit 20000 delay "$time" || return
	"$@"
	status=$?
	tc -n "$SERVER" qdisc change dev link0 root netem limit 20000 $LINK
	return $status
}

# seen CASE: the same while both hosts are watched, and then advised.
seen() {
	local status
	watch_begin && visited "$1" && await settled "$1"
	status=$?
	watch_end || status=1
	cat "$DIR/started.log"
	return $status
}

saw() { grep -qE "$1" "$DIR/seen" || { echo "not seen: $1"; return 1; }; }
saw_times() { [ "$(grep -cE "$2" "$DIR/seen")" = "$1" ] || { echo "not seen $1 times: $2"; return 1; }; }

# mended_by CASE REMEDY
mended_by() {
	stop
	visited "$@" && "mended_$1"
}

# drained CASE: visited with a drain on its port, and no other remedy.
drained() {
	local status
	stop
	in_server closewatch drain --local-port "$(port_of "$1")" && visited "$1"
	status=$?
	stop
	in_server closewatch drain off || status=1
	return $status
}

# Patterns of said()'s lines
truths() {
	local port
	port=$("true_of_$1" | sed -n '1s/.* //p')
	"true_of_$1" | sed -E "1d; s/^([a-z]*\??) /\1 ($port|-) /"
}

# only_truths CASE...: no line on either host says anything else, each truth is told.
only_truths() {
	local name pattern status=0
	for name; do truths "$name"; done >"$DIR/truths"
	! grep -vEf <(sed -E 's/^([a-z]*)\??/^\1/' "$DIR/truths") "$DIR/said" || status=1
	while read -r pattern; do
		grep -qE "^$pattern" "$DIR/said" || { echo "not said: $pattern"; status=1; }
	done < <(grep -v '^[a-z]*?' "$DIR/truths")
	return $status
}

advised() { jq -e "$2" "$DIR/$1.advice" >/dev/null || { echo "not advised on the $1: $2"; return 1; }; }
also_seen() { advised "$1" "any(.seen[]; $2)"; }

# offers HOST N: so many drains are offered there; where there is none, in no line.
offers() {
	advised "$1" "[.ports[], .programs[]] | length == $2" || return
	[ "$2" != 0 ] || ! grep "^$1 .*closewatch drain --" "$DIR/said"
}
no_drain_is_offered() { offers server 0 && offers client 0; }

begin() {
	modprobe -qa sch_netem
	echo "TAP version 13"
	network_up || fail "no network"
	# Of a namespace that had the same number
	rm -rf /run/closewatch
}

run_tests() {
	local name
	begin
	for name in "$@"; do
		tap_check "$name" "$name"
		sort "$DIR/said" | uniq -c | sed 's/^/# /'
		stop
	done
	tap_check records_are_as_the_schema_says records_are_as_the_schema_says
	tap_end
}
