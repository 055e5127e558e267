#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The clients of Documentation/examples, as a reader would run them. As root, with the
# module loaded.

. "$(dirname "$0")/lib/tool.sh"
. "$HERE/lib/tap.sh"
needs python3
CLIENT=

stop() { kill "$CLIENT" && wait "$CLIENT" 2>/dev/null; CLIENT=; }
listens() { closewatch info -j | jq -e '.listeners == 1'; }
# began COMMAND...: a client whose output is $DIR/out, once the module sends it events
began() {
	"$@" >"$DIR/out" 2>"$DIR/err" &
	CLIENT=$!
	PIDS+=("$CLIENT")
	await listens || cat "$DIR/err"
}
seen() { grep -qE "^$1 127\.0\.0\.1:$PORT 127\.0\.0\.1:[0-9]+ traffic\$" "$DIR/out"; }

# prints_each_path COMMAND...: the path of closes on a port, and of no other's
prints_each_path() {
	local path status=0
	for path in fin rst-unread rst-linger0; do
		start_traffic "$path"
		began "$@" "$PORT" && await seen "$path" || status=1
		stop
		kill "${PIDS[0]}"
		PIDS=()
		grep -vE "^$path 127\.0\.0\.1:$PORT " "$DIR/out" && status=1
		cat "$DIR/err"
	done
	return $status
}
the_c_client_prints_each_path() { prints_each_path "$HERE/closes"; }
the_python_client_prints_each_path() { prints_each_path "$HERE/closes.py"; }

# without_rights COMMAND...: it says so and ends
without_rights() {
	! timeout "$LIMIT" setpriv --reuid=65534 --regid=65534 --clear-groups "$@" 2>"$DIR/err" &&
		says 'not permitted'
}
they_say_what_the_kernel_refuses() {
	without_rights "$HERE/closes" && without_rights "$HERE/closes.py"
}

echo "TAP version 13"
for claim in the_c_client_prints_each_path the_python_client_prints_each_path \
	they_say_what_the_kernel_refuses; do
	tap_check "$claim" "$claim"
done
tap_end
