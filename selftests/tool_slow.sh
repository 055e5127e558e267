#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# tool_slow.sh: a reader that does not keep up: what was recorded is shown or counted
# as lost, to the last event, and Ctrl-C still gets the kernel's own count. As root,
# with the module loaded and `closewatch' in PATH.

. "$(dirname "$0")/lib/tool.sh"
. "$HERE/lib/tap.sh"
needs python3
FLOOD=5000

info() { closewatch info -j | jq -r ".$1"; }
listening() { [ "$(info listeners)" -gt 0 ]; }

# watch OUTPUT: WATCH is its pid, CLOSES how many there were for it
watch() {
	closewatch -j -C python3 >"$1" 2>"$DIR/err" &
	WATCH=$!
	PIDS+=("$WATCH")
	CLOSES=0
	await listening
}

flood() {
	python3 -c "
import socket
for _ in range($FLOOD):
    socket.socket().close()" && CLOSES=$((CLOSES + FLOOD))
}

# Until it has no room for more, on the ring or in its socket
fill() {
	local before
	before=$(info lost_socket)
	while [ "$(info lost_socket)" = "$before" ]; do flood || return; done
}

# figure WORDS: the number before them in the summary, or 0
figure() { grep -oE "[0-9]+ $1" "$DIR/err" | grep -oE '^[0-9]+' || echo 0; }

# Hits missed may have been closes, or may not.
all_is_accounted_for() {
	local told
	told=$(($(figure delivered) + $(figure lost)))
	cat "$DIR/err"
	[ "$(figure lost)" -gt 0 ] && [ $told -le $CLOSES ] &&
		[ $((told + $(figure 'more for missed'))) -ge $CLOSES ]
}

ends_with() {
	kill -INT "$WATCH" && kill -CONT "$WATCH"
	wait "$WATCH"
	[ $? = "$1" ]
}

stopped_reader_accounts_for_all() {
	watch "$DIR/out" && kill -STOP "$WATCH" && fill && ends_with 0 && all_is_accounted_for &&
		keep <(head -n 100 "$DIR/out") &&
		[ "$(grep -c '"event":"close"' "$DIR/out")" = "$(figure delivered)" ] &&
		[ "$(figure 'events shown')" = "$(figure delivered)" ]
}

# What the summary counts as shown, and at most a part of a line more
all_is_taken() { [ "$(grep -c '}$' "$DIR/taken")" = "$(figure 'events shown')" ]; }

# It takes a page now and then, and would take minutes for what waits.
slow_output_ends_with_the_kernels_count() {
	local status
	mkfifo "$DIR/pipe"
	while head -c 4096 >>"$DIR/taken" && sleep 0.2; do :; done <"$DIR/pipe" &
	PIDS+=($!)
	watch "$DIR/pipe" && fill && ends_with 1 && says 'too slow' && all_is_accounted_for &&
		await all_is_taken && [ $(($(figure 'events shown') + $(figure 'of them not written'))) = \
			"$(figure delivered)" ]
	status=$?
	keep <(head -n 100 "$DIR/taken")
	kill "${PIDS[-1]}" "${PIDS[-2]}" 2>/dev/null
	return $status
}

echo "TAP version 13"
for name in stopped_reader_accounts_for_all slow_output_ends_with_the_kernels_count \
	records_are_as_the_schema_says; do
	tap_check "$name" "$name"
done
tap_end
