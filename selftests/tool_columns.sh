#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# tool_columns.sh: what this host calls the cgroups and network namespaces of events,
# in the columns of `watch'. As root, with the module loaded and `closewatch' in PATH.

. "$(dirname "$0")/lib/tool.sh"
. "$HERE/lib/tap.sh"
needs python3
needs_python jsonschema

ID=$(printf '%064d' 4711)
POD=01234567-89ab-cdef-0123-456789abcdef
own_cgroup "kubepods-pod${POD//-/_}.slice/docker-$ID.scope"

# run ARGUMENT...: closewatch; leaves $DIR/out.
run() {
	timeout "$LIMIT" closewatch "$@" >"$DIR/out" 2>"$DIR/err" </dev/null || {
		cat "$DIR/err"
		return 1
	}
	keep "$DIR/out"
}

chosen_columns_are_all_that_a_line_has() {
	run -H -c 1 -L "$PORT" -o comm,local,fate,unread &&
		shows "^traffic +127.0.0.1:$PORT +- +0$"
}
chosen_members_are_all_that_json_has() {
	run -j -c 1 -L "$PORT" -o path,pid &&
		jq -e 'keys == ["event", "path", "pid"]' "$DIR/out"
}
a_container_and_its_pod_are_named() {
	run -H -c 1 -L "$PORT" -o container,pod,cgroup &&
		shows "^${ID:0:12} $POD ${GROUP#/sys/fs/cgroup}$" &&
		run -j -c 1 -L "$PORT" &&
		jq -e --arg id "$ID" --arg pod "$POD" \
			'.container == $id and .pod == $pod' "$DIR/out"
}
# A slow host may find neither in the 20 ms that a name is looked for.
named_is_shown_by_its_name() {
	run -H -c 1 --netns blue -o netns && shows '^blue$' &&
		run -j -c 1 --netns blue && jq -e '.netns_name == "blue"' "$DIR/out"
}
nameless_is_shown_by_its_process() {
	run -H -c 1 --netns "$NAMELESS" -o netns && shows "^$NAMELESS$"
}
a_namespace_is_named_as_netns_takes_it() {
	await named_is_shown_by_its_name && await nameless_is_shown_by_its_process
}
# libc's frames may end at its system call.
calls_that_led_to_a_close_are_told() {
	run --stack -c 1 -e close -L "$PORT" &&
		shows '^ +kernel: .* < inet_release < ' &&
		shows '^ +program: [a-z0-9.]+[+]0x[0-9a-f]+' &&
		run --stack -j -c 5 -e close -L "$PORT" &&
		jq -es 'all(.stack | (.kernel | test("inet_release")) and (.program | test("[+]0x")))' "$DIR/out"
}
ip netns add blue && ip -n blue link set lo up || exit 1
ip netns exec blue "$HERE/traffic" fin >/dev/null 2>&1 &
PIDS+=($!)
unshare -n sh -c "ip link set lo up; exec '$HERE/traffic' fin" >/dev/null 2>&1 &
NAMELESS=$!
PIDS+=("$NAMELESS")
start_traffic fin
echo "${PIDS[-1]}" >"$GROUP/cgroup.procs" || exit 1

echo "TAP version 13"
for claim in chosen_columns_are_all_that_a_line_has chosen_members_are_all_that_json_has \
	a_container_and_its_pod_are_named a_namespace_is_named_as_netns_takes_it \
	calls_that_led_to_a_close_are_told records_are_as_the_schema_says; do
	tap_check "$claim" "$claim"
done
tap_end
