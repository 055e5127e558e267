#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# policy_apply.sh [NAME...]: files of policies become the kernel's rules as a whole
# or not at all, and the kernel's rules become files. All tests, or those named. As
# root, with the module loaded and `closewatch' in PATH.

. "$(dirname "$0")/lib/tool.sh"
. "$HERE/lib/tap.sh"
needs nsenter

MAX_UID=/sys/module/closewatch/parameters/policies_max_uid

# run ARGUMENT...: closewatch; leaves $DIR/out, $DIR/err and STATUS.
run() {
	timeout "$LIMIT" closewatch "$@" >"$DIR/out" 2>"$DIR/err" </dev/null
	STATUS=$?
	echo "# closewatch $*: $STATUS"
	head -n 8 "$DIR/out" "$DIR/err"
	return $STATUS
}

json() { jq -es "$1" "$DIR/out" >/dev/null; }

# file NAME LINE...: one of the folder's
file() {
	local name=$1
	shift
	printf '%s\n' "$@" >"$DIR/set/$name"
}

apply() { run apply "$@" "$DIR/set"; }

# What is installed, but for the time that it has left; without hits, too, where
# the traffic meets a rule
rules() { closewatch list -j 2>/dev/null | jq -cS 'del(.expires_ms, .netns_name)'; }

unhit() { rules | jq -cS 'del(.hits)'; }

fresh() {
	rm -rf "$DIR/set" && mkdir "$DIR/set"
	closewatch drain off >/dev/null
}

# changes ADDED REMOVED KEPT: of the last apply
changes() {
	shows "^$1 added, $2 removed, $3 kept" || {
		echo "not $1 added, $2 removed, $3 kept"
		return 1
	}
}

# refused STATUS PATTERN: the last apply, and nothing has changed since BEFORE
refused() {
	[ "$STATUS" = "$1" ] && says "$2" && [ "$(rules)" = "$BEFORE" ]
}

# The tests; each is a function whose name is its claim.

a_set_is_installed_and_told() {
	file web.conf '# the front' '' 'drain --local-port 80,443 --idle 2  # both' \
		'linger 5 --comm "a b" --priority 7'
	apply && changes 3 0 0 && shows '^\+ [0-9]+: drain --local-port 443 --idle 2$' &&
		shows "^\\+ [0-9]+: linger 5 --comm 'a b' --priority 7\$" &&
		run list -j && json 'map(.local_port // 0) == [0, 80, 443]'
}

a_set_that_is_there_makes_no_difference() {
	file a.conf 'drain -L 80' 'leave -L 81'
	apply && BEFORE=$(rules) && apply && changes 0 0 2 && shows '^= [0-9]+: drain --local-port 80$' &&
		[ "$(rules)" = "$BEFORE" ]
}

# Neither has a condition that the other has not; the first in order counts.
a_set_that_is_there_keeps_its_place_among_rules_for_all() {
	local initial=(nsenter --net=/proc/1/ns/net closewatch) status
	file a.conf 'leave -L 80'
	apply && "${initial[@]}" drain -L 80 --all-netns && apply && changes 0 0 1 && run list -j &&
		json 'map(.action) == ["leave", "drain"]'
	status=$?
	"${initial[@]}" drain off --all-netns >/dev/null
	return $status
}

what_is_in_no_file_is_removed() {
	local id
	closewatch reset -L 9 >/dev/null && file a.conf 'drain -L 80' && apply && changes 1 1 0 &&
		shows '^- [0-9]+: reset --local-port 9$' && id=$(rules | jq .id) &&
		file a.conf 'drain -L 80' 'drain -L 81' && apply && changes 1 0 1 &&
		[ "$(rules | jq 'select(.local_port == 80).id')" = "$id" ] &&
		rm "$DIR/set/a.conf" && apply && changes 0 2 0 && [ -z "$(rules)" ]
}

files_are_taken_in_the_order_of_their_names() {
	file b.conf 'drain -L 3'
	file a.conf 'drain -L 1' 'drain -L 2'
	file c.conf~ 'nonsense'
	file .d.conf 'nonsense'
	apply && run list -j && json 'map(.local_port) == [1, 2, 3]'
}

rules_that_are_kept_are_tried_in_the_new_order() {
	local ids
	file a.conf 'drain -L 1' 'drain -L 2'
	apply && ids=$(rules | jq -c .id | sort) &&
		file a.conf 'drain -L 2' 'leave -L 3' 'drain -L 1' && apply && changes 1 0 2 &&
		run list -j && json 'map(.local_port) == [2, 3, 1]' &&
		[ "$(rules | jq -c 'select(.local_port != 3).id' | sort)" = "$ids" ]
}

nothing_changes_if_the_kernel_refuses_the_last_rule() {
	file a.conf 'drain -L 80' 'leave -L 81'
	apply && BEFORE=$(rules) || return
	file a.conf 'drain -L 80'
	file b.conf 'reset -L 82' '' 'drain -L 83 --total 100000'
	apply
	refused 1 'set/b.conf:3: --total: ' && says 'drain_total_max' || return
	apply --dry-run
	refused 1 'set/b.conf:3: --total: '
}

nothing_changes_if_a_line_is_wrong() {
	local line
	file a.conf 'drain -L 80'
	apply && BEFORE=$(rules) || return
	for line in 'drain -L 80 --nonsense' 'drain -L 0' 'drian -L 80' 'drain' 'drain -L 80 --expire 5' \
		'drain off' "drain -C 'a" 'drain -L $PORT' 'linger -L 80' 'drain --pid 1 --fd 3' \
		'drain -L 80 --netns 1'; do
		file b.conf '# one' "$line"
		apply
		refused 2 'set/b.conf:2: ' || return
	done
}

a_dry_run_changes_nothing_and_says_what_would() {
	file a.conf 'drain -L 80' 'leave -L 81'
	apply && BEFORE=$(rules) && file a.conf 'drain -L 80' 'reset -L 82' && apply --dry-run &&
		changes 1 1 1 && shows '^\+ reset --local-port 82$' && shows 'nothing was changed' &&
		[ "$(rules)" = "$BEFORE" ]
}

changes_are_told_in_json() {
	file a.conf 'drain -L 80' '' 'leave -L 81'
	apply && file a.conf '' 'drain -L 80' && apply -j && json "length == 3 and
		(.[0] | .change == \"kept\" and .file == \"$DIR/set/a.conf\" and .line == 2 and .local_port == 80) and
		(.[1] | .change == \"removed\" and .action == \"leave\" and .id > 0) and
		(.[2] | .added == 0 and .removed == 1 and .kept == 1 and .dry_run == false)"
}

what_is_saved_makes_no_difference() {
	file a.conf 'drain -L 80-90 --idle 0.25 --total 7.05 --bytes 3M --even-linger0 --even-oom --dry-run' \
		"linger 9 --remote-prefix 2001:db8::/33,10.0.0.0/8 -C 'it'\\''s #1' -u 33 --priority 0" \
		'reset -6 -L 7 --cgroup 4711' 'leave --force --priority 4294967295' "drain -4 -C '\$x'"
	apply && changes 6 0 0 && BEFORE=$(unhit) && run save || return
	cp "$DIR/out" "$DIR/saved"
	run apply "$DIR/saved" && changes 0 0 6 && [ "$(unhit)" = "$BEFORE" ] && run save && cmp "$DIR/out" "$DIR/saved" &&
		closewatch flush >/dev/null && run apply "$DIR/saved" && changes 6 0 0 &&
		[ "$(unhit | jq -cS 'del(.id)')" = "$(jq -cS 'del(.id)' <<<"$BEFORE")" ]
}

a_cgroup_is_saved_by_its_path() {
	local root=/sys/fs/cgroup
	mountpoint -q "$root" || mount -t cgroup2 none "$root" || return
	mkdir -p "$root/closewatch-web" && file a.conf "drain --cgroup $root/closewatch-web" && apply && run save &&
		shows "^drain --cgroup $root/closewatch-web\$"
	local status=$?
	rmdir "$root/closewatch-web"
	return $status
}

policies_that_do_not_stay_are_left_alone() {
	run drain -L 80 --expire 600 && file a.conf 'leave -L 80' && apply && changes 1 0 0 && run list -j &&
		json 'map(.action) == ["leave", "drain"]' && rm "$DIR/set/a.conf" && apply && changes 0 1 0 &&
		run list -j && json 'map(.action) == ["drain"]' && run save && [ ! -s "$DIR/out" ] && says 'it expires'
}

rules_for_all_namespaces_are_of_the_initial_set() {
	local initial=(nsenter --net=/proc/1/ns/net closewatch)
	file a.conf 'drain -L 80 --all-netns'
	BEFORE=$(rules)
	apply
	refused 1 'set/a.conf:1: --all-netns: .*the set of the initial one' || return
	file b.conf 'leave -L 81'
	"${initial[@]}" apply "$DIR/set" && "${initial[@]}" save | grep -qx 'drain --local-port 80 --all-netns' &&
		rm "$DIR/set/a.conf" && apply && changes 1 0 0 && run save && [ "$(cat "$DIR/out")" = 'leave --local-port 81' ] &&
		"${initial[@]}" apply --dry-run "$DIR/set" | grep -qE '^- [0-9]+: drain .*--all-netns$'
	local status=$?
	"${initial[@]}" drain off --all-netns >/dev/null
	return $status
}

# many N: rules
many() { seq -f 'leave -L 9 --priority %g' "$1" >"$DIR/set/many.conf"; }

more_rules_than_the_kernel_has_room_for_are_refused() {
	many 1024 && apply && changes 1024 0 0 && BEFORE=$(rules) && apply && changes 0 0 1024 && many 1025 || return
	apply
	refused 1 '1024 rules' || return
	many 2049
	apply
	refused 2 'many.conf:2049: .*2048'
}

a_user_is_charged_for_the_difference_alone() {
	local before status
	before=$(cat $MAX_UID)
	file a.conf 'drain -L 1' 'drain -L 2'
	apply && echo 2 >$MAX_UID && file a.conf 'drain -L 3' 'drain -L 4' && apply && changes 2 2 0 &&
		BEFORE=$(rules) && file a.conf 'drain -L 3' 'drain -L 4' 'drain -L 5' && { apply; refused 1 policies_max_uid; } &&
		file a.conf 'drain -L 3' && apply && file a.conf 'drain -L 3' 'drain -L 6' && apply && changes 1 0 1
	status=$?
	echo "$before" >$MAX_UID
	return $status
}

hits() { rules | jq "select($1).hits | tonumber"; }

hit() { [ "$(hits ".priority == $1")" -gt "${2:-0}" ]; }

hits_are_kept() {
	local before
	file a.conf "drain --dry-run -L $PORT --priority 1"
	apply && await hit 1 50 && kill -STOP "${PIDS[0]}" && before=$(hits .priority==1) && file b.conf 'leave -L 1' &&
		apply && apply && [ "$(hits .priority==1)" = "$before" ]
	local status=$?
	kill -CONT "${PIDS[0]}"
	return $status
}

# The rule behind is never met, whichever of the two before it is installed.
a_close_meets_the_set_before_or_the_set_after() {
	local i
	for i in 1 2; do
		file "$i" "leave --dry-run -L $PORT-$((PORT + i)) --priority $i" "leave --dry-run -L $PORT --priority 9"
	done
	for i in {1..20}; do
		closewatch apply "$DIR/set/$((i % 2 + 1))" >/dev/null && await hit $((i % 2 + 1)) || return
	done
	[ "$(hits .priority==9)" = 0 ]
}

TESTS=(
	a_set_is_installed_and_told a_set_that_is_there_makes_no_difference
	a_set_that_is_there_keeps_its_place_among_rules_for_all
	what_is_in_no_file_is_removed files_are_taken_in_the_order_of_their_names
	rules_that_are_kept_are_tried_in_the_new_order
	nothing_changes_if_the_kernel_refuses_the_last_rule
	nothing_changes_if_a_line_is_wrong a_dry_run_changes_nothing_and_says_what_would
	changes_are_told_in_json what_is_saved_makes_no_difference
	a_cgroup_is_saved_by_its_path policies_that_do_not_stay_are_left_alone
	rules_for_all_namespaces_are_of_the_initial_set
	more_rules_than_the_kernel_has_room_for_are_refused
	a_user_is_charged_for_the_difference_alone hits_are_kept
	a_close_meets_the_set_before_or_the_set_after
)

start_traffic fin
echo "TAP version 13"
[ $# = 0 ] || TESTS=("$@")
for name in "${TESTS[@]}"; do
	fresh
	tap_check "$name" "$name"
done
tap_end
