#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# In a guest with the module loaded: real servers and clients close connections
# in every common way, and closewatch says what became of each. Ends with an
# error if a way is not told as it should be.
set -euo pipefail
. "$(dirname "$0")/../lib/await.sh"
. "$(dirname "$0")/scenes.sh"

DIR=$(mktemp -d)
WATCHED=$DIR/watched
SHOWN=0
STARTED=()

cleanup() {
	local pid
	for pid in "${STARTED[@]}"; do
		kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null || :
	done
	rm -rf "$DIR"
}
trap cleanup EXIT

say() {
	printf '\n\033[1m== %s\033[0m\n' "$*"
}

fail() {
	echo "demo: $*" >&2
	exit 1
}

# The lines that came since the last look.
fresh() {
	tail -n +$((SHOWN + 1)) "$WATCHED"
}

told() {
	fresh | sed 's/\x1b\[[0-9;]*m//g' | grep -qE "$1"
}

# show PATTERN: wait for a line like it, then print all that is new.
show() {
	await told "$1" || {
		fresh
		fail "closewatch did not tell of '$1'"
	}
	fresh
	SHOWN=$(wc -l <"$WATCHED")
}

start_watch() {
	COLUMNS=100 closewatch watch --color=always >"$WATCHED" 2>"$DIR/summary" &
	WATCH=$!
	STARTED+=("$WATCH")
	await grep -q PATH "$WATCHED" || fail "closewatch did not start: $(cat "$DIR/summary")"
	fresh
	SHOWN=$(wc -l <"$WATCHED")
}

main() {
	say "nginx serves; closewatch watches"
	start_nginx
	start_watch

	say "curl fetches a small file: FIN alone"
	fetch_small
	show 'fin +127.0.0.1:80'

	say "curl fetches 3 MB slowly: nginx closes, its FIN waits behind data"
	fetch_slowly
	show 'fin-behind-data +127.0.0.1:80'

	say "a client 10 ms away pipelines 400 requests, nginx closes after 10: RST, for the rest is unread"
	tc qdisc add dev lo root netem delay 10ms
	pipeline
	show 'rst-unread +127.0.0.1:81'

	say "the same with a policy: closewatch drain --local-port 81"
	closewatch drain --local-port 81
	pipeline
	show 'drain-end +127.0.0.1:81'
	tc qdisc del dev lo root

	say "nginx is told to drop a request (return 444): SO_LINGER with zero time, RST"
	drop_request
	show 'rst-linger0 +127.0.0.1:80'

	say "a program lingers up to 5 s; its peer takes the data: acknowledged"
	linger_until_acked
	show 'fin.*127.0.0.1:4001'

	say "a program lingers 1 s; its peer reads nothing: the time runs out"
	linger_in_vain
	show 'fin-behind-data +127.0.0.1:4002'

	say "a listener is closed with two connections that nobody accepted"
	close_listener
	show 'listener +127.0.0.1:4003'

	say "bash exits with a connection open: the kernel closes for it"
	exit_connected
	show 'bash\['

	say "Ctrl-C: the summary"
	kill -INT "$WATCH"
	wait "$WATCH" || :
	fresh
	cat "$DIR/summary"

	say "closewatch stats: what the drain saved"
	closewatch stats | sed -n '/^saved/p; /^DRAIN  /,/^$/p'
	closewatch drain off
}

main
