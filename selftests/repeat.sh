#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Repeated runs agree: the path programs, CLOSEWATCH_REPEAT times each, on one
# flavour of address. Each run must pass, and what the events said of each
# close must be the same in all.
#
# A listener of our own keeps the probes armed from test to test, which makes
# this three times as fast. Left out are the tests that need them disarmed, and
# those that take a second by the clock.

HERE=$(cd "$(dirname "$0")" && pwd)
. "$HERE/lib/needs.sh"
needs closewatch diff
REPEAT=${CLOSEWATCH_REPEAT:-3}
PROGRAMS=(close_fin close_rst close_already close_listener close_linger
	close_memory close_owner close_fault)
DIR=$(mktemp -d) || exit 1
SKIP=(-V ipv6 -V v4mapped -V client
	-T no_age_for_a_connection_older_than_the_probes
	-T exec_waits_for_linger -T nonblocking_socket_waits_too
	-T waits_at_least_as_long_as_it_is_kept_waiting)

# once PROGRAM FILE: what a run said that no clock has a part in
once() {
	(cd "$HERE" && "./$1" "${SKIP[@]}") >"$DIR/all" 2>&1
	local status=$?
	grep -E '^(not ok|ok|# essence)' "$DIR/all" >"$2"
	return $status
}

agrees() {
	local program=$1 run
	for ((run = 1; run <= REPEAT; run++)); do
		if ! once "$program" "$DIR/run"; then
			echo "# run $run failed:"
			grep -E '^(not ok|# disagree|# .*Expected)' "$DIR/all" | sed 's/^/# /'
			return 1
		fi
		[ "$run" != 1 ] || mv "$DIR/run" "$DIR/first"
		[ "$run" = 1 ] && continue
		diff "$DIR/first" "$DIR/run" | sed 's/^/# /'
		[ "${PIPESTATUS[0]}" = 0 ] || return 1
	done
	grep -q '^# essence' "$DIR/first"
}

closewatch -c 4294967295 >/dev/null 2>&1 &
LISTENER=$!
trap '[ "$BASHPID" != $$ ] || { kill "$LISTENER"; rm -rf "$DIR"; }' EXIT

failed=0
echo "TAP version 13"
echo "1..${#PROGRAMS[@]}"
for i in "${!PROGRAMS[@]}"; do
	if agrees "${PROGRAMS[i]}"; then
		echo "ok $((i + 1)) ${PROGRAMS[i]}_agrees_in_$REPEAT""_runs"
	else
		echo "not ok $((i + 1)) ${PROGRAMS[i]}_agrees_in_$REPEAT""_runs"
		failed=1
	fi
done
exit $failed
