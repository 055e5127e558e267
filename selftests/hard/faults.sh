#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Each allocation of the module fails at least once. First one by one, in each
# thing that a program can ask for and in a load; then at random, in what runs by
# itself while connections close; and where memory is asked for twice, both times.
# Which have failed is read in the stacks that
# the kernel logs; where the module allocates is in closewatch.sites. HARD_THINGS
# names what is tried one by one, if not everything.

cd "$(dirname "$0")" || exit
DEBUG=/sys/kernel/debug
SITES=/payload/closewatch.sites
CLOSES=${HARD_CLOSES:-100}
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

# among START END: fail only what is called, near or far, by code between these.
among() {
	local kind
	for kind in failslab fail_page_alloc; do
		echo "$1" >$DEBUG/$kind/require-start
		echo "$2" >$DEBUG/$kind/require-end
	done
}

among_module() {
	local start
	start=$(cat /sys/module/closewatch/sections/.text)
	among "$start" "$(printf '0x%x' $((start + $(awk '$1 == "closewatch" { print $2 }' /proc/modules))))"
}

# Also what the init functions call, wherever the module comes to lie.
among_load() {
	# shellcheck disable=SC2046
	among $(grep -A 1 -w do_one_initcall <(sort /proc/kallsyms) | sed 's/ .*//; s/^/0x/')
}

prepare() {
	local kind file
	dmesg -n 4	# stacks stay off the console; faults() reads them
	for kind in failslab fail_page_alloc; do
		while read -r file value; do
			[ ! -e "$DEBUG/$kind/$file" ] || echo "$value" >"$DEBUG/$kind/$file"
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
	done
	dmesg -W >"$DIR/log" &
	READER=$!
}

at_random() { echo "$2" >"$DEBUG/$1/probability"; }

finish() {
	at_random failslab 0
	at_random fail_page_alloc 0
	dmesg -n 7
	kill "$READER"
	rm -rf "$DIR"
}

# The module's innermost frame of each stack that an injected fault logged.
failed_sites() {
	sed -E 's/^\[[^]]*\] *//' "$DIR/log" | awk '
		/^FAULT_INJECTION: forcing/ { wanted = 1 }
		wanted && /^[a-zA-Z_][^ ]*\+0x.* \[closewatch\]/ {
			sub(/\/.*/, "")
			print
			wanted = 0
		}' | sort | uniq -c
}

# Whatever else is in the log goes to the console, where the verdict looks.
faults() {
	local found
	found=$(grep -E 'WARNING:|BUG|KASAN|UBSAN|Oops|possible|suspicious|inconsistent|INFO:|refcount_t' \
		"$DIR/log")
	[ -z "$found" ] || printf '%s\n' "$found" | head -n 50 | tee /dev/kmsg | sed 's/^/# /'
	[ -z "$found" ]
}

one_by_one() {
	local thing
	for thing in "${THINGS[@]}"; do
		if [ "$thing" = load ]; then among_load; else among_module; fi
		timeout 7200 ./faults "$thing"
		result $? "each_allocation_of_${thing//-/_}_fails"
	done
}

# While memory fails at random: connections close, listeners and policies come.
under_load() {
	local kind pids=() pid status=0 served=0 refused=0
	closewatch drain -L 1-65535 --total 2 >/dev/null
	closewatch -j >"$DIR/events" 2>/dev/null &
	pid=$!
	sleep 2
	at_random "$1" "$2"
	for kind in fin rst-unread rst-linger0; do
		timeout 300 ../traffic $kind "$CLOSES" >/dev/null &
		pids+=($!)
	done
	while kill -0 "${pids[@]}" 2>/dev/null; do
		timeout 20 closewatch -c 1 -d 1 >/dev/null 2>&1 &&
			timeout 20 closewatch drain -L 9 >/dev/null 2>&1 &&
			served=$((served + 1)) || refused=$((refused + 1))
	done
	for kind in "${pids[@]}"; do wait "$kind" || status=1; done
	at_random "$1" 0
	kill "$pid"
	wait "$pid"
	closewatch drain off --netns all >/dev/null || status=1
	echo "# amount: $1 at $2 %: $((3 * CLOSES)) closes, $(wc -l <"$DIR/events") events, utility served $served, refused $refused"
	result $status "closes_go_through_with_$1_at_$2_percent"
}

never_failed() {
	local failed
	sleep 2		# dmesg reads what is left
	failed=$(failed_sites)
	while read -r place callee; do
		grep -qF " $place" <<<"$failed" || echo "$place $callee"
	done <$SITES
}

disarmed() { closewatch info -j | grep -qE '"probes": *0\b'; }

# kvmalloc() and xarrays ask a second time, and are silent on the first. All that
# such a function asks for fails, when nothing is armed yet that might not go.
everything_in() {
	# shellcheck disable=SC2046
	among $(grep -A 1 -w "$1" <(sort /proc/kallsyms) | head -n 2 | sed 's/ .*//; s/^/0x/')
	until disarmed; do sleep 1; done
	at_random failslab 100
	timeout 20 closewatch -c 1 -d 1 >/dev/null 2>&1
	timeout 20 closewatch drain -L 9 >/dev/null 2>&1
	at_random failslab 0
	closewatch drain off --netns all >/dev/null
}

every_site() {
	local missing failed place
	for place in $(never_failed | sed 's/+.*//' | sort -u); do
		everything_in "$place"
	done
	missing=$(never_failed)
	failed=$(failed_sites)
	echo "# amount: $(awk '{ n += $1 } END { print n + 0 }' <<<"$failed") faults injected at $(wc -l <<<"$failed") places; $(wc -l <$SITES) calls of allocators, of which $(grep -c . <<<"$missing") never failed"
	[ -z "$missing" ] || sed 's/^/# never failed: /' <<<"$missing"
	[ -s $SITES ] && [ -z "$missing" ]
	result $? every_allocation_has_failed
}

works_again() {
	closewatch -j -c 3 -d 60 >"$DIR/events" &
	timeout 60 ../traffic fin >/dev/null &
	wait %closewatch
	kill %timeout
	[ "$(grep -c '"event"' "$DIR/events")" = 3 ]
	result $? it_works_again
}

# shellcheck disable=SC2206
THINGS=(${HARD_THINGS:-$(./faults)})
echo "KTAP version 1"
echo "1..$((${#THINGS[@]} + 6))"
prepare
trap finish EXIT
one_by_one
among_module
under_load failslab 10
under_load failslab 50
under_load fail_page_alloc 40
every_site
works_again
faults
result $? nothing_else_in_the_log
exit $FAILED
