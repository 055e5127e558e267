#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Each allocation of the module fails at least once, while sockets close: in a
# load and in each request one by one; then all that is asked for at a place that
# has not failed yet, in whatever context; then at random, under traffic. Which
# have failed is read in the stacks that the kernel logs, and where the module
# allocates in closewatch.sites. Probes are not disarmed meanwhile: without memory
# that fails for good.

cd "$(dirname "$0")" || exit
DEBUG=/sys/kernel/debug
SITES=/payload/closewatch.sites
CLOSES=${HARD_CLOSES:-100}
KINDS=(failslab fail_page_alloc)
DIR=$(mktemp -d) || exit
NUMBER=0
FAILED=0

[ -d $DEBUG/failslab ] || { echo "1..0 # SKIP this kernel cannot inject faults"; exit 4; }

# result STATUS CLAIM
result() {
	NUMBER=$((NUMBER + 1))
	[ "$1" = 0 ] || FAILED=1
	[ "$1" = 0 ] || printf 'not '
	echo "ok $NUMBER $2"
}

set_all() {
	local kind
	for kind in "${KINDS[@]}"; do
		[ ! -e "$DEBUG/$kind/$1" ] || echo "$2" >"$DEBUG/$kind/$1"
	done
}

# among START END: fail only what is asked for beneath a return to in between.
among() {
	set_all require-start "$(printf '0x%x' "$1")"
	set_all require-end "$(printf '0x%x' "$2")"
}

among_module() {
	local start size
	start=$(cat /sys/module/closewatch/sections/.text)
	size=$(awk '$1 == "closewatch" { print $2 }' /proc/modules)
	among "$start" $((start + size))
}

# Where functions of the kernel begin and end, in their order. To read all of
# kallsyms takes the debug kernel minutes.
extents() {
	awk -v names="$*" '
		BEGIN { n = split(names, list); for (i in list) asked[list[i]] }
		last { print last, "0x" $1; last = ""; n-- }
		!n { exit }
		$3 in asked { last = "0x" $1 }' /proc/kallsyms
}

# but START END: let that succeed.
but() {
	set_all reject-start "$1"
	set_all reject-end "$2"
}

# among_place SECTION+OFFSET: false if it is of the init functions.
among_place() {
	local start
	case $1 in .text+*) ;; *) return 1 ;; esac
	start=$(cat /sys/module/closewatch/sections/.text)
	among $((start + ${1#*+})) $((start + ${1#*+} + 1))
}

prepare() {
	local file value
	dmesg -n 4	# stacks stay off the console; faults() reads them
	while read -r file value; do
		set_all "$file" "$value"
	done <<-SETTINGS
		probability 0
		interval 1
		times -1
		verbose 2
		task-filter N
		ignore-gfp-wait N
		ignore-gfp-highmem N
		cache-filter N
		min-order 0
		stacktrace-depth 32
	SETTINGS
	dmesg -W >"$DIR/log" &
	READER=$!
}

finish() {
	set_all probability 0
	dmesg -n 7
	kill "$READER"
	rm -rf "$DIR"
}

# What was logged up to now has been read.
log_read() {
	local mark="faults.sh: mark $((++MARK))"
	echo "$mark" >/dev/kmsg
	until grep -qF "$mark" "$DIR/log"; do sleep 0.1; done
}

# The module's innermost frame of each stack that an injected fault logged.
failed_places() {
	log_read
	sed -E 's/^\[[^]]*\] *//' "$DIR/log" | awk '
		/^FAULT_INJECTION: forcing/ { wanted = 1 }
		wanted && /^[a-zA-Z_][^ ]*\+0x.* \[closewatch\]/ {
			sub(/\/.*/, "")
			print
			wanted = 0
		}'
}

never_failed() {
	failed_places >"$DIR/failed"
	awk 'NR == FNR { failed[$1] = 1; next } !($1 in failed)' "$DIR/failed" $SITES
}

each_place() {
	local place at status=0
	while read -r place _ at; do
		among_place "$at" || continue
		timeout 120 ./faults site && continue
		echo "# without $place"
		status=1
	done < <(never_failed)
	return $status
}

# While memory fails at random, connections close, listeners and policies come.
under_load() {
	local kind pids=() pid status=0 served=0 refused=0
	closewatch drain -L 1-65535 --total 2 >/dev/null
	closewatch -j >"$DIR/events" 2>/dev/null &
	pid=$!
	until closewatch info -j | grep -q '"listeners": *1\b'; do sleep 0.1; done
	set_all probability "$1"
	for kind in fin rst-unread rst-linger0; do
		timeout 200 ../traffic $kind "$CLOSES" >/dev/null &
		pids+=($!)
	done
	while kill -0 "${pids[@]}" 2>/dev/null; do
		timeout 20 closewatch -c 1 -d 1 >/dev/null 2>&1 &&
			timeout 20 closewatch drain -L 9 >/dev/null 2>&1 &&
			served=$((served + 1)) || refused=$((refused + 1))
	done
	for kind in "${pids[@]}"; do wait "$kind" || status=1; done
	set_all probability 0
	kill "$pid"
	wait "$pid"
	closewatch drain off --netns all >/dev/null || status=1
	echo "# amount: $1 % of memory: $((3 * CLOSES)) closes, $(wc -l <"$DIR/events") events, utility served $served, refused $refused"
	return $status
}

every_place() {
	local missing
	missing=$(never_failed)
	echo "# amount: $(wc -l <"$DIR/failed") faults at $(sort -u "$DIR/failed" | wc -l) places; $(wc -l <$SITES) calls of allocators, of which $(grep -c . <<<"$missing") never failed"
	awk 'NF { print "# never failed: " $0 }' <<<"$missing"
	[ -s $SITES ] && [ -z "$missing" ]
}

# Whatever else is in the log goes to the console, where the verdict looks.
faults() {
	local found
	found=$(grep -E 'WARNING: |BUG: |KASAN: |UBSAN: |Oops|ODEBUG|suspicious RCU|inconsistent lock|INFO: |refcount_t: ' \
		"$DIR/log")
	[ -z "$found" ] || printf '%s\n' "$found" | head -n 50 | tee /dev/kmsg | sed 's/^/# /'
	[ -z "$found" ]
}

echo "KTAP version 1"
echo "1..6"
prepare
trap finish EXIT
# shellcheck disable=SC2046
set -- $(extents do_one_initcall sysfs_slab_add tcp_send_fin)
# Wherever the module will lie; but the hundred files that sysfs has for a cache.
among "$1" "$2"
but "$3" "$4"
timeout 400 ./faults load
result $? each_allocation_of_a_load_fails
# A FIN that finds no memory is lost (fin-lost), and the peer waits on.
among_module
but "$5" "$6"
timeout 400 ./faults nth
result $? each_allocation_of_a_request_fails
each_place
result $? each_place_fails_and_is_mended
among_module
under_load 20
result $? closes_go_through_with_20_percent_failing
every_place
result $? every_allocation_has_failed
faults
result $? nothing_else_in_the_log
exit $FAILED
