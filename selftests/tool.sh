#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# The utility as a person or a script meets it: exit codes, output, filters,
# refusals. As root, with the module loaded and `closewatch' in PATH.

. "$(dirname "$0")/lib/tool.sh"
needs python3 sysctl
needs_python jsonschema
MODULE=${CLOSEWATCH_MODULE:-}

# run ARGUMENT...: closewatch; leaves $DIR/out, $DIR/err and STATUS.
run() {
	timeout "$LIMIT" closewatch "$@" >"$DIR/out" 2>"$DIR/err" </dev/null
	STATUS=$?
	keep "$DIR/out"
}

lines() { wc -l <"$DIR/out"; }

# all_json FILTER: each line is an object of which the filter holds
all_json() {
	[ -s "$DIR/out" ] && jq -es "all(.[]; $1)" "$DIR/out" >"$DIR/jq" 2>&1
}

unloaded() { rmmod closewatch 2>/dev/null || [ ! -e /sys/module/closewatch ]; }

# The tests; each is a function whose name is its claim.

version_is_told() { run --version; [ $STATUS = 0 ] && shows '^closewatch [0-9]'; }

help_names_every_filter() {
	local option
	run --help
	[ $STATUS = 0 ] || return
	for option in -p -P -L -D -C -u -4 -6 --path --netns --json -c -d; do
		grep -qe "$option" "$DIR/out" || return
	done
}

# refused STATUS ARGUMENT...: that exit status, words on stderr, no output
refused() {
	local want=$1
	shift
	run "$@"
	[ "$STATUS" = "$want" ] && [ -s "$DIR/err" ] && [ ! -s "$DIR/out" ]
}

unknown_flag_is_wrong_usage() {
	refused 2 --frobnicate && says 'frobnicate' && refused 2 -Z
}
unknown_verb_is_wrong_usage() { refused 2 frobnicate && says 'frobnicate'; }
bad_port_is_wrong_usage() {
	refused 2 -P 0 && refused 2 -P 65536 && refused 2 -P http! &&
		refused 2 -L -1 && refused 2 -D '' && says 'port'
}
bad_pid_is_wrong_usage() {
	refused 2 -p 0 && refused 2 -p 12x && refused 2 -p -3
}
bad_path_is_wrong_usage() {
	refused 2 --path rst-nothing && says 'rst-nothing' &&
		refused 2 --path fin,
}
bad_user_is_wrong_usage() { refused 2 -u no-such-user && says 'no-such-user'; }
bad_name_is_wrong_usage() { refused 2 -C sixteen-letters-; }
bad_count_is_wrong_usage() {
	refused 2 -c 0 && refused 2 -c x && refused 2 -c -1
}
bad_duration_is_wrong_usage() {
	refused 2 -d 0x && refused 2 -d -1 && refused 2 -d ''
}
bad_netns_is_an_error() {
	run --netns no-such-namespace -c 1
	[ $STATUS != 0 ] && [ $STATUS -le 2 ] && says 'no-such-namespace'
}

watch_is_the_default_verb() {
	run -c 1 && shows 'fin' && cp "$DIR/out" "$DIR/first" || return
	run watch -c 1 && shows 'fin' && [ "$STATUS" = 0 ]
}

count_ends_it() {
	run -j -c 3
	[ $STATUS = 0 ] && [ "$(lines)" = 3 ]
}

duration_ends_it() {
	local start=$SECONDS
	run -d 1
	[ $STATUS = 0 ] && [ $((SECONDS - start)) -lt 30 ] && [ "$(lines)" -gt 1 ]
}

json_is_one_object_a_line() {
	run -j -c 20
	[ $STATUS = 0 ] && [ "$(lines)" = 20 ] &&
		all_json 'type == "object" and .event == "close"'
}

json_has_the_documented_shape() {
	run -j -c 5 -L "$PORT"
	all_json '(.time | test("^[0-9-]+T[0-9:]+[.][0-9]{9}Z$"))
		and (.seq, .netns, .cookie, .sent, .received, .acked | type == "string")
		and (.cpu, .unread, .unsent, .unacked, .pid, .tid, .uid | type == "number")
		and .family == "ipv4" and .local.addr == "127.0.0.1"
		and .local.port == '"$PORT"' and (.remote.port | type == "number")
		and .path == "fin" and .state == "ESTABLISHED"
		and .comm == "traffic" and .why == "close"'
}

each_line_leaves_at_once() {
	local line pid
	mkfifo "$DIR/pipe"
	timeout "$LIMIT" closewatch -j >"$DIR/pipe" 2>"$DIR/err" &
	pid=$!
	read -r line <"$DIR/pipe" && [ -n "$line" ]
	local status=$?
	wait "$pid"
	rm "$DIR/pipe"
	return $status
}

closed_pipe_ends_it() {
	local start=$SECONDS
	timeout "$LIMIT" closewatch -c 1000000 2>"$DIR/err" | head -n 1 >"$DIR/out"
	[ "${PIPESTATUS[0]}" != 124 ] && [ $((SECONDS - start)) -lt 30 ] &&
		[ -s "$DIR/out" ]
}

full_disk_is_an_error() {
	timeout "$LIMIT" closewatch -c 1000000 >/dev/full 2>"$DIR/err"
	STATUS=$?
	[ $STATUS = 1 ] && says 'space'
}

interrupt_ends_with_summary() {
	timeout --foreground -s INT 5 closewatch >"$DIR/out" 2>"$DIR/err"
	cat "$DIR/err" >>"$DIR/out"
	shows '[0-9]+ +fin|fin +[0-9]+' && shows 'lost'
}

exit_code_after_interrupt_is_zero() {
	: >"$DIR/out"
	closewatch >"$DIR/out" 2>"$DIR/err" &
	local pid=$!
	await test -s "$DIR/out"
	kill -INT "$pid"
	wait "$pid"
}

summary_keeps_out_of_json() {
	run -j -d 1
	[ $STATUS = 0 ] && all_json '.event'
}

# The kernel has counted what it does not send.
summary_counts_ends_without_a_line() {
	run -d 1
	! shows time-wait && says '^time-wait +[1-9]' && says '[1-9][0-9]* ends? without a line'
}
summary_of_a_filter_says_what_it_leaves_out() {
	run -d 1 -C traffic
	! says '^time-wait' && says 'what ended well, or another event reports, is left out'
}
chosen_types_are_shown_whatever_they_say() {
	run -c 2 -e fate
	[ $STATUS = 0 ] && shows 'time-wait|acked' && ! says 'ended well'
}

no_colour_into_a_pipe() { run -c 3 && shows fin && ! grep -q $'\033' "$DIR/out"; }
colour_on_demand() { run -c 3 --color=always && grep -q $'\033' "$DIR/out"; }

# only FILTER ARGUMENT...: some records, and the filter holds for each
only() {
	local filter=$1
	shift
	run -j -c 4 "$@"
	[ $STATUS = 0 ] && shows '"event":"close"' &&
		all_json ".event == \"lost\" or ($filter)"
}

# none ARGUMENT...: nothing while traffic goes on. Missed probe hits, which are
# nobody's, are told to every listener whatever its filter.
none() {
	run -j -d 0.7 "$@"
	[ $STATUS = 0 ] && ! grep -qv '"event":"lost".*"loss":"probe"' "$DIR/out"
}

filter_by_port() {
	only ".local.port == $PORT or .remote.port == $PORT" -P "$PORT" && none -P 1
}
filter_by_local_port() {
	only ".local.port == $PORT" -L "$PORT" && none -L 1
}
filter_by_remote_port() {
	only ".remote.port == $PORT" -D "$PORT" && none -D 1
}
filter_by_several_ports() {
	only ".local.port == $PORT" -L "1,$PORT" && only ".remote.port == $PORT" -D "1,$PORT-$PORT" &&
		only ".local.port == $PORT or .remote.port == $PORT" -P "1,$PORT" && none -L 1-3,5
}
filter_by_prefix() {
	only '.remote.addr == "127.0.0.1"' --remote-prefix 10.0.0.0/8,127.0.0.0/8 &&
		only '.local.addr == "127.0.0.1"' --local-prefix 127.0.0.1 && none --remote-prefix ::/0,10.0.0.0/8
}
filter_by_several_names() { only '.comm == "traffic"' -C x,traffic && none -C traffi,traffi2; }

CONTAINER=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
# in_cgroups COMMAND...: while the traffic is in a container
in_cgroups() {
	local status root=/sys/fs/cgroup
	mountpoint -q $root || mount -t cgroup2 none $root || return
	mkdir -p "$root/cw/docker-$CONTAINER.scope/inner" &&
		echo "${PIDS[0]}" >"$root/cw/docker-$CONTAINER.scope/inner/cgroup.procs" && "$@"
	status=$?
	echo "${PIDS[0]}" >"$root/cgroup.procs"
	rmdir "$root/cw/docker-$CONTAINER.scope/inner" "$root/cw/docker-$CONTAINER.scope" "$root/cw"
	return $status
}
by_cgroup() { only '.comm == "traffic"' --cgroup cw && none --cgroup "cw/docker-$CONTAINER.scope/inner" -C x; }
filter_by_cgroup_counts_those_below_it() { in_cgroups by_cgroup; }
by_container() {
	local other=fedcba9876543210
	only '.comm == "traffic"' --container "${CONTAINER:0:12}" && refused 2 --container "$other" && says 'does it run'
}
filter_by_container() { in_cgroups by_container; }

filter_by_pid() { only ".pid == ${PIDS[0]}" -p "${PIDS[0]}" && none -p $$; }
filter_by_comm() { only '.comm == "traffic"' -C traffic && none -C traffi; }
filter_by_user() { only '.uid == 0' -u root && none -u 65534; }
filter_by_family() { only '.family == "ipv4"' -4 && none -6; }
filter_by_path() {
	only '.path == "fin"' --path fin && none --path repair,rst-memory
}
filter_by_netns() {
	only ".netns == \"$(stat -Lc %i /proc/self/ns/net)\"" \
		--netns /proc/self/ns/net && none --netns 1
}
all_namespaces_at_once() {
	run -j -c 4 --netns all && [ $STATUS = 0 ]
}

info_tells_the_state() { run info; [ $STATUS = 0 ] && [ -s "$DIR/out" ]; }

unprivileged_user_is_told_what_to_do() {
	timeout "$LIMIT" setpriv --reuid=65534 --regid=65534 --clear-groups \
		closewatch -c 1 >"$DIR/out" 2>"$DIR/err"
	STATUS=$?
	[ $STATUS = 1 ] && says 'sudo|CAP_NET_ADMIN' && [ ! -s "$DIR/out" ]
}

ftrace_off() { sysctl -qw kernel.ftrace_enabled=0 2>/dev/null; }

# Refused while the probes of the test before are being disarmed
disabled_ftrace_is_noticed() {
	await ftrace_off || return
	run -c 1 -d 1
	local status=0
	says 'hint: .*ftrace_enabled' || status=1
	sysctl -qw kernel.ftrace_enabled=1
	return $status
}

missing_module_is_told_with_the_remedy() {
	await unloaded || return
	refused 1 -c 1 && says 'hint: .*(insmod|modprobe)'
	local status=$?
	insmod "$MODULE" && return $status
}

TESTS=(
	version_is_told help_names_every_filter
	unknown_flag_is_wrong_usage unknown_verb_is_wrong_usage
	bad_port_is_wrong_usage bad_pid_is_wrong_usage bad_path_is_wrong_usage
	bad_user_is_wrong_usage bad_name_is_wrong_usage
	bad_count_is_wrong_usage bad_duration_is_wrong_usage
	bad_netns_is_an_error
	watch_is_the_default_verb count_ends_it duration_ends_it
	json_is_one_object_a_line json_has_the_documented_shape
	each_line_leaves_at_once closed_pipe_ends_it full_disk_is_an_error
	interrupt_ends_with_summary exit_code_after_interrupt_is_zero
	summary_keeps_out_of_json summary_counts_ends_without_a_line
	summary_of_a_filter_says_what_it_leaves_out
	chosen_types_are_shown_whatever_they_say no_colour_into_a_pipe colour_on_demand
	filter_by_port filter_by_local_port filter_by_remote_port
	filter_by_several_ports filter_by_prefix filter_by_several_names
	filter_by_cgroup_counts_those_below_it filter_by_container
	filter_by_pid filter_by_comm filter_by_user filter_by_family
	filter_by_path filter_by_netns all_namespaces_at_once
	info_tells_the_state unprivileged_user_is_told_what_to_do
	disabled_ftrace_is_noticed missing_module_is_told_with_the_remedy
	records_are_as_the_schema_says
)

# skip_reason TEST: why it cannot be tried on this machine, if so
skip_reason() {
	case $1 in
	missing_module*)
		[ -r "$MODULE" ] || echo "CLOSEWATCH_MODULE does not name closewatch.ko" ;;
	disabled_ftrace*)
		[ -e /proc/sys/kernel/ftrace_enabled ] || echo "this kernel has no ftrace_enabled"
		[ "$(uname -m)" != aarch64 ] || echo "kprobes here do not depend on ftrace" ;;
	esac
}

report() {
	local number=$1 name=$2 reason
	reason=$(skip_reason "$name")
	if [ -n "$reason" ]; then
		echo "ok $number $name # SKIP $reason"
	elif "$name"; then
		echo "ok $number $name"
	else
		echo "# exit status ${STATUS:-none}; stdout, then stderr:"
		head -n 5 "$DIR/out" | sed 's/^/# /'
		head -n 5 "$DIR/err" | sed 's/^/# /'
		echo "not ok $number $name"
		return 1
	fi
}

start_traffic fin
failed=0
echo "TAP version 13"
echo "1..${#TESTS[@]}"
for i in "${!TESTS[@]}"; do
	report $((i + 1)) "${TESTS[i]}" || failed=1
done
exit $failed
