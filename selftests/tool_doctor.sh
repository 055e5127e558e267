#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# tool_doctor.sh: every probe is seen to fire, and one that does not is named. As root,
# with the module loaded; closewatch_mute.ko stands for a function that was inlined.

. "$(dirname "$0")/lib/tool.sh"
. "$HERE/lib/tap.sh"
MODULE=${CLOSEWATCH_MODULE:-}

# doctor ARGUMENT...: leaves $DIR/out, $DIR/err and STATUS.
doctor() {
	timeout "$LIMIT" closewatch doctor "$@" >"$DIR/out" 2>"$DIR/err" </dev/null
	STATUS=$?
	cat "$DIR/out" "$DIR/err"
}
judges() { jq -es "[.[] | select(.check == \"probe\")] | $1" "$DIR/out"; }
info() { closewatch info --json | jq -e "$1"; }

each_probe_fires() {
	doctor --json
	[ $STATUS = 0 ] && judges 'length >= 19 and all(.[]; .state == "ok")' &&
		judges 'any(.[]; .probe == "tcp_check_oom" and .at_return)' &&
		judges 'any(.[]; .probe == "__tcp_close" and (.at_return | not))'
}
those_that_fire_are_a_number() {
	doctor
	[ $STATUS = 0 ] && shows 'probes +([0-9]+) of \1 have fired' && ! shows '^[a-z]+ +probe '
}
# It would take connections of the trial over, and keep its namespace
a_policy_of_all_namespaces_is_kept_out() {
	local status before
	closewatch drain --all-netns --force >/dev/null || return
	# Orphans may keep namespaces of other tests, and their policies.
	before=$(info .policies)
	doctor --json
	[ $STATUS = 0 ] && judges 'any(.[]; .probe == "inet_release")' &&
		await info ".policies <= $before and .drains == 0"
	status=$?
	closewatch drain off --all-netns >/dev/null
	return $status
}

# Probes that have not fired yet; those that mute them must come later.
watch() {
	await info '.probes == 0' || return
	closewatch watch -e shared-close,fate >"$DIR/watch" 2>&1 &
	WATCH=$!
	PIDS+=("$WATCH")
	await info '.probes > 0'
}
mute() { insmod "${MODULE%/*}/closewatch_mute.ko" symbol="$1"; }

# doctor_of_silent SYMBOL ARGUMENT...
doctor_of_silent() {
	watch && mute "$1" || return
	doctor "${@:2}"
	rmmod closewatch_mute
	kill "$WATCH"
}
a_silent_one_is_named_with_what_goes_unseen() {
	doctor_of_silent tcp_abort &&
		[ $STATUS = 1 ] && shows 'MEND +probe +tcp_abort does not fire.*fate killed' &&
		shows 'hint: .*kprobes/list' && [ "$(grep -c MEND "$DIR/out")" = 1 ]
}
so_is_its_return() {
	doctor_of_silent tcp_disconnect --json &&
		[ $STATUS = 1 ] && judges '[.[] | select(.state == "mend")] |
			map(.probe) == ["tcp_disconnect", "tcp_disconnect"] and
			(map(.at_return) | sort) == [false, true]'
}
kprobes() { echo "$1" >/sys/kernel/debug/kprobes/enabled; }
blind() { closewatch stats --openmetrics | grep -x 'closewatch_blind 1'; }
a_module_that_sees_again_is_well_at_once() {
	watch && await kprobes 0 && await blind
	kprobes 1
	doctor
	kill "$WATCH"
	[ $STATUS = 0 ] && shows 'probes +.* have fired'
}
all_fire_again() { doctor && [ $STATUS = 0 ]; }

echo "TAP version 13"
for name in each_probe_fires those_that_fire_are_a_number a_policy_of_all_namespaces_is_kept_out; do
	tap_check "$name" "$name"
done
for name in a_silent_one_is_named_with_what_goes_unseen so_is_its_return; do
	if mute sk_stream_error 2>"$DIR/err"; then
		rmmod closewatch_mute
		tap_check "$name" "$name"
	else
		TAP_NUMBER=$((TAP_NUMBER + 1))
		echo "ok $TAP_NUMBER $name # SKIP kprobes here are breakpoints: $(tail -n 1 "$DIR/err")"
	fi
done
for name in a_module_that_sees_again_is_well_at_once all_fire_again; do
	tap_check "$name" "$name"
done
tap_end
