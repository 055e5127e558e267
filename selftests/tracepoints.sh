#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# tracepoints.sh: our own tracepoints, in tracefs and as perf, trace-cmd and bpftrace
# read them. As root, with the module loaded, `closewatch' in PATH and
# CLOSEWATCH_MODULE.

. "$(dirname "$0")/lib/tool.sh"
. "$HERE/lib/tap.sh"
needs diff python3
needs_module_file

TRACING=/sys/kernel/tracing
EVENTS=$TRACING/events/closewatch
N=20
[ -e "$TRACING/trace" ] || mount -t tracefs tracefs "$TRACING" || skip_all "needs CONFIG_FTRACE"

stop_tracing() { [ ! -e "$EVENTS/enable" ] || echo 0 >"$EVENTS/enable"; }
trap '[ "$BASHPID" != $$ ] || stop_tracing; clean_up' EXIT

info() { [ "$(closewatch info -j | jq "$1")" = "$2" ]; }
listening() { info .listeners "$1"; }
idle() { listening 0 && info .probes 0; }
begin() { echo 1 >"$EVENTS/enable" && await listening 1 && echo >"$TRACING/trace"; }
end() { stop_tracing && await idle; }
traffic() { "$HERE/traffic" "$@" >/dev/null; }

# traced EVENT FIELD: those of our namespace, as "PORT PORT FIELD", whatever the order
NETNS=$(stat -Lc %i /proc/self/ns/net)
traced() { sed -n "s/.* $1: .* netns=$NETNS .* sport=\([0-9]*\) .*dport=\([0-9]*\) .*$2=\([^ ]*\) .*/\1 \2 \3/p" \
	"$TRACING/trace" | sort; }
heard() { jq -r "select(.event == \"$1\") | \"\(.local.port) \(.remote.port // 0) \(.$2)\"" \
	"$DIR/heard" | sort; }
# same COUNT EVENT FIELD
same() {
	[ "$(heard "${@:2}" | wc -l)" = "$1" ] && diff <(heard "${@:2}") <(traced "${@:2}")
}

nobody_uses_them_and_no_probe_is_armed() { await idle; }

they_say_what_a_listener_hears() {
	local kind
	begin || return
	closewatch -j -a -e close,fate >"$DIR/heard" 2>"$DIR/err" &
	PIDS+=($!)
	await listening 2 || return
	for kind in fin rst-unread rst-linger0; do
		traffic $kind $N || return
	done
	# Both sides of each, and the listener of each kind
	await same $((6 * N + 3)) close path
	kill -INT "${PIDS[-1]}" && wait "${PIDS[-1]}"
	same $((6 * N + 3)) close path && same $((6 * N)) fate fate && end
}

they_need_no_listener() {
	begin && traffic fin $N && await count $((2 * N)) fate fate && end
}
count() { [ "$(traced "${@:2}" | wc -l)" -ge "$1" ]; }

a_drain_begins_and_ends() {
	begin && closewatch drain -C traffic >/dev/null && traffic rst-unread $N &&
		await count $N drain outcome && closewatch drain off && end &&
		grep -q ' drain: .* begin policy=[1-9]' "$TRACING/trace" &&
		grep -q ' drain: .* end policy=[1-9][0-9]* outcome=[a-z]' "$TRACING/trace"
}

one_in_use_is_no_reason_to_keep_the_module() {
	begin && rmmod closewatch && insmod "$CLOSEWATCH_MODULE" && idle &&
		begin && traffic fin $N && await count $N close path && end
}

enabled_and_disabled_in_a_row() {
	local i
	for i in {1..50}; do
		echo 1 >"$EVENTS/close/enable" && echo 1 >"$EVENTS/fate/enable" &&
			echo 0 >"$EVENTS/close/enable" || return
		[ $((i % 10)) != 0 ] || traffic fin 1
		echo 0 >"$EVENTS/fate/enable"
	done
	await idle
}

# count_as_nobody ID: whether perf lets a user without rights count a tracepoint's hits
count_as_nobody() {
	setpriv --reuid=65534 --regid=65534 --clear-groups python3 - "$1" <<-'PYTHON'
		import ctypes, os, struct, sys
		TRACEPOINT, EXCLUDE_KERNEL = 2, 1 << 5
		PERF_EVENT_OPEN = 298 if os.uname().machine == "x86_64" else 241
		attr = struct.pack("=IIQQQQQ", TRACEPOINT, 112, int(sys.argv[1]), 0, 0, 0, EXCLUDE_KERNEL)
		libc = ctypes.CDLL(None, use_errno=True)
		fd = libc.syscall(PERF_EVENT_OPEN, attr.ljust(112, b"\0"), 0, -1, -1, 0)
		sys.exit(os.strerror(ctypes.get_errno()) if fd < 0 else 0)
	PYTHON
}
# Those of the kernel's own he may count
who_may_not_trace_arms_no_probe() {
	local event paranoid=/proc/sys/kernel/perf_event_paranoid before status=0
	before=$(cat $paranoid)
	echo 1 >$paranoid
	count_as_nobody "$(cat "$TRACING/events/sock/inet_sock_set_state/id")" || status=1
	for event in close fate drain; do
		! count_as_nobody "$(cat "$EVENTS/$event/id")" || status=1
	done
	echo "$before" >$paranoid
	[ $status = 0 ] && idle
}

# with TOOL COMMAND...: traffic while the tool runs, which ends by SIGINT
with() {
	"$@" >"$DIR/out" 2>"$DIR/err" &
	PIDS+=($!)
	await listening 1 && traffic rst-unread $N
	kill -INT "${PIDS[-1]}" && wait "${PIDS[-1]}"
	await idle
}

perf_records_them() {
	with perf record -q -a -o "$DIR/perf.data" -e closewatch:close
	perf script -i "$DIR/perf.data" >"$DIR/out" 2>"$DIR/err"
	[ "$(grep -c 'closewatch:close: .* comm=traffic .* path=rst-unread' "$DIR/out")" = $N ] ||
		{ cat "$DIR/err" "$DIR/out"; false; }
}
trace_cmd_records_them() {
	with trace-cmd record -q -o "$DIR/trace.dat" -e closewatch:close
	trace-cmd report -i "$DIR/trace.dat" >"$DIR/out" 2>"$DIR/err"
	[ "$(grep -c ' close: .* comm=traffic .* path=rst-unread' "$DIR/out")" = $N ] ||
		{ cat "$DIR/err" "$DIR/out"; false; }
}
# rst-unread is 9 in <linux/closewatch.h>.
bpftrace_counts_them() {
	with bpftrace -e 'tracepoint:closewatch:close /args->path == 9/ { @[comm] = count(); }'
	grep -qx "@\[traffic\]: $N" "$DIR/out" || { cat "$DIR/err" "$DIR/out"; false; }
}

echo "TAP version 13"
for claim in nobody_uses_them_and_no_probe_is_armed they_say_what_a_listener_hears \
	they_need_no_listener a_drain_begins_and_ends \
	who_may_not_trace_arms_no_probe \
	one_in_use_is_no_reason_to_keep_the_module enabled_and_disabled_in_a_row; do
	tap_check "$claim" "$claim"
done
# by COMMAND CLAIM
by() {
	if type -P "$1" >/dev/null; then
		tap_check "$2" "$2"
	else
		tap_skip "$2" "needs $1"
	fi
}
by perf perf_records_them
by trace-cmd trace_cmd_records_them
# It wants a kernel's headers, or BTF that it can read, for the fields of any tracepoint.
bpftrace_reads_fields() {
	bpftrace -e 'tracepoint:sock:inet_sock_set_state /args->newstate == 99/ { exit(); }
		interval:ms:1 { exit(); }' >/dev/null 2>&1
}
if bpftrace_reads_fields; then
	tap_check bpftrace_counts_them bpftrace_counts_them
else
	tap_skip bpftrace_counts_them 'bpftrace reads no fields here'
fi
tap_end
