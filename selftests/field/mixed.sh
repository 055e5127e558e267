#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# mixed.sh: all cases together, one watch and one advice on each host. Then each case
# has a drain on its port, offered or not: the figures say how often that is what the
# user wanted.
FIELD=$(cd "$(dirname "$0")" && pwd)
. "$FIELD/web.sh"
. "$FIELD/services.sh"
. "$FIELD/network.sh"

# What a user got without any remedy, no drain can mend.
every_case_happens() {
	local name status=0
	: >"$DIR/content"
	watch_begin || return
	for name in "${CASES[@]}"; do
		visited "$name" && await settled "$name" || { echo "not visited: $name"; status=1; }
		! "mended_$name" >/dev/null || echo "$name" >>"$DIR/content"
	done
	watch_end && return $status
}

no_line_of_a_mixed_run_sends_the_reader_the_wrong_way() { only_truths "${CASES[@]}"; }

what_else_was_seen_has_a_remedy() {
	advised server '[.seen[].kind] | sort == ["health-check", "idle-race", "linger-stall", "no-answer",
		"process-death", "turned-away"]' &&
		advised client '[.seen[].kind] - ["late-write"] | sort == ["gave-up", "linger0", "refused-connect"]'
}

# As a command, or as the way out where the program cannot be changed
offered() {
	local port
	port=$(port_of "$1")
	advised server "any(.ports[]; .port == $port) or
		any(.seen[]; .where == \"port $port\" and (.remedy | test(\"a drain lets close\")))" >/dev/null
}

# mends CASE: what a drain on its port does
mends() {
	if ! drained "$1" >"$DIR/log" 2>&1; then
		echo unknown
	elif ! grep -qx "$1" "$DIR/content" && "mended_$1" >/dev/null; then
		echo yes
	else
		echo no
	fi
}

agree() { [ "$1" = "$2" ] || { cat "$DIR/log" && return 1; }; }

# offer CASE: a row of the table
MADE=0 HELPED=0 MISSED=0
offer() {
	local offered=no mends
	! offered "$1" || offered=yes
	mends=$(mends "$1")
	case $offered,$mends in
	yes,*) MADE=$((MADE + 1)) ;;&
	yes,yes) HELPED=$((HELPED + 1)) ;;
	no,yes) MISSED=$((MISSED + 1)) ;;
	esac
	tap_check "$1: a drain is offered: $offered; it mends what the user sees: $mends" \
		agree "$offered" "$mends"
}

# Programs are advised of by name, and none is here.
only_ports_are_offered() {
	advised server '.programs == []' && advised client '.programs == [] and .ports == []'
}

begin
tap_check every_case_happens every_case_happens
sort "$DIR/said" | uniq -c | sed 's/^/# /'
for name in no_line_of_a_mixed_run_sends_the_reader_the_wrong_way \
	what_else_was_seen_has_a_remedy only_ports_are_offered; do
	tap_check "$name" "$name"
done
stop
for name in "${CASES[@]}"; do
	offer "$name"
done
tap_check "offers: made $MADE, helped $HELPED, useless $((MADE - HELPED)), missed $MISSED" \
	[ "$MADE,$MISSED" = "$HELPED,0" ]
tap_end
