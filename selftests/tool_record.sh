#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# tool_record.sh: what `record' writes, shown again: as watch showed it live, after a
# crash, and what happened in a span of time. As root, with the module loaded and
# `closewatch' in PATH.

. "$(dirname "$0")/lib/tool.sh"
. "$HERE/lib/tap.sh"
needs diff python3
needs_python jsonschema

REC=$DIR/rec

# run ARGUMENT...: closewatch; leaves $DIR/out, $DIR/err and STATUS.
run() {
	timeout "$LIMIT" closewatch "$@" >"$DIR/out" 2>"$DIR/err" </dev/null
	STATUS=$?
	[ $STATUS = 0 ] || cat "$DIR/err"
	return $STATUS
}

# As a user without any rights reads it.
replay() {
	timeout "$LIMIT" setpriv --reuid=65534 --regid=65534 --clear-groups \
		closewatch "$@" >"$DIR/out" 2>"$DIR/err" </dev/null
	STATUS=$?
	keep "$DIR/out"
	[ $STATUS = 0 ] || cat "$DIR/err"
	return $STATUS
}

files() { printf '%s\n' "$1"/closewatch-*.ndjson | sort -V; }
# Less what is there only for a replay with another choice of columns.
plain() { sed -E 's/,"(netns_name|cgroup_path)":"[^"]*"//g; s/,"listening":true//'; }
records() { files "$1" | xargs cat | grep -v '"event":"recording"'; }
readable() { chmod -R a+rX "$DIR"; }

# start ARGUMENT...: record; RECORDER is its pid. It says so once it is subscribed.
start() {
	closewatch record "$@" 2>"$DIR/said" &
	RECORDER=$!
	PIDS+=("$RECORDER")
	disown
	await grep -q 'recording into' "$DIR/said"
}
ended() { ! kill -0 "$RECORDER" 2>/dev/null; }
# stop SIGNAL: and wait for its end
stop() {
	kill "-$1" "$RECORDER" && await ended
}

recorded() { [ "$(records "$REC" | wc -l)" -ge "$1" ]; }

# Both see the same events, if both are there from the first to the last: so each
# begins before any traffic and ends after all of it. A filter leaves nothing else.
live_and_recorded() {
	local port=$1
	shift
	closewatch -L "$port" -q "$@" >"$DIR/live.text" 2>"$DIR/live.err" &
	PIDS+=($!)
	closewatch -L "$port" -q -j "$@" >"$DIR/live.json" 2>>"$DIR/live.err" &
	PIDS+=($!)
	closewatch -L "$port" "${CHOSEN[@]}" "$@" >"$DIR/live.chosen" 2>"$DIR/live.said" &
	echo $! >"$DIR/chooser"
	PIDS+=($!)
	start -L "$port" "$@" "$REC" && await listeners 4
}
CHOSEN=(-o "time,cgroup,container,proc,pair,path,age,note" -t rfc3339 --group-by port)
listeners() { closewatch info -j | jq -e ".listeners == $1"; }

# Closes of several paths, with their ends, of a server on a port of its own.
make_closes() {
	python3 - "$1" <<'PYTHON'
import socket, struct, sys
l = socket.socket()
l.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
l.bind(("127.0.0.1", int(sys.argv[1])))
l.listen(8)
def pair():
    c = socket.create_connection(l.getsockname())
    return c, l.accept()[0]
for i in range(20):
    c, a = pair()
    a.send(b"answer")
    if i % 4 == 1:
        c.send(b"unread")
    if i % 4 == 2:
        a.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    if i % 4 == 3:
        a.shutdown(socket.SHUT_WR)
        a.dup().close()
    a.close()
    c.close()
l.close()
PYTHON
}
# But for who else held a socket when its event was read: each looks by itself.
unheld() {
	sed -E '/"shared-close"/s/,"holders":\{[^]]*\]\}//; s/(keeps? the socket open); .*/\1/' "$1"
}
same() { diff <(unheld "$1") <(unheld "$2"); }
same_lines() { [ "$(wc -l <"$DIR/live.json")" -ge 40 ] && recorded "$(wc -l <"$DIR/live.json")"; }

live_events_are_recorded() {
	live_and_recorded 7001 -a && make_closes 7001 && await same_lines && stop TERM &&
		same <(records "$REC" | plain) "$DIR/live.json"
}

# Between CPUs the order of two listeners' events is that of one worker: the same.
a_replay_prints_what_watch_printed() {
	readable
	replay -a -q -r "$REC" && same "$DIR/live.text" "$DIR/out" &&
		replay -a -q -j -r "$REC" && same "$DIR/live.json" "$DIR/out"
}
# The table of the summary's beginning.
groups() { awk '!NF && n++ { exit } 1' "$1"; }
a_replay_shows_what_is_chosen_as_watch_did() {
	kill -INT "$(cat "$DIR/chooser")" && await grep -q 'events shown' "$DIR/live.said" &&
		replay -a "${CHOSEN[@]}" -r "$REC" &&
		same "$DIR/live.chosen" "$DIR/out" && shows ' /[^ ]* +- +python3\[' &&
		diff <(groups "$DIR/live.said") <(groups "$DIR/err") && says '^7001 +21 +[1-9]'
}
each_type_that_was_made_is_there() {
	[ "$(records "$REC" | jq -r .event | sort -u | tr '\n' ' ')" = \
		'close fate shared-close shutdown ' ]
}
quiet_ends_are_left_out_as_live() {
	replay -j -q -r "$REC" &&
		! jq -e 'select(.event == "fate" and .verdict == "delivered")' "$DIR/out" &&
		jq -es 'any(.path == "rst-unread")' "$DIR/out" >/dev/null
}
filters_apply_to_a_replay() {
	replay -q -j -r "$REC" --path rst-unread && [ "$(wc -l <"$DIR/out")" = 5 ] &&
		replay -q -j -r "$REC" --path rst-unread -L 7002 && [ ! -s "$DIR/out" ] &&
		replay -q -j -r "$REC" -C python3 -e close && [ -s "$DIR/out" ]
}
a_header_says_what_recorded_it() {
	head -n 1 "$(files "$REC")" | jq -e --arg kernel "$(uname -r)" \
		--arg boot "$(cat /proc/sys/kernel/random/boot_id)" \
		'.event == "recording" and .kernel == $kernel and .boot_id == $boot and
			.protocol >= 2 and .all and (.version | length > 0) and
			(.clock_offset_ns | tonumber > 0)'
}
standard_input_is_read() {
	records "$REC" | plain | closewatch -r - -a -q -j 2>"$DIR/err" >"$DIR/out" &&
		same "$DIR/out" "$DIR/live.json"
}

# A replay can ask no /proc, so the recorder has. On a busy host its search can take
# too long, and find nobody.
an_rst_is_recorded_with_the_process_that_it_met() {
	start -e reset -P 7003 -C python3,other -c 1 "$DIR/rst" && python3 - "$RECORDER" <<'PYTHON' || return
import os, socket, struct, sys, time
l = socket.create_server(("127.0.0.1", 7003))
kept = []
while os.path.exists("/proc/" + sys.argv[1]):
    kept.append(socket.create_connection(l.getsockname()))
    a = l.accept()[0]
    a.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    a.close()
    time.sleep(.2)
PYTHON
	readable
	replay -q -j -r "$DIR/rst" -C python3 &&
		jq -es 'length == 1 and .[0].inode > 0 and
			[.[0].holders.processes[].pid] == [.[0].pid]' "$DIR/out" &&
		diff <(records "$DIR/rst" | plain) "$DIR/out" &&
		replay -q -j -r "$DIR/rst" -C other && [ ! -s "$DIR/out" ]
}

# What is torn by a crash is the end of the last file; all before it is there.
a_kill_loses_no_whole_record() {
	local before
	start -a -L 7001 "$REC" && make_closes 7001 && await recorded 80 || return
	before=$(records "$REC" | wc -l)
	stop KILL && [ "$(files "$REC" | wc -l)" = 2 ] &&
		printf '{"event":"close","ti' >>"$(files "$REC" | tail -n 1)" &&
		readable && replay -a -q -j -r "$REC" &&
		[ "$(wc -l <"$DIR/out")" = "$before" ] &&
		says "$(files "$REC" | tail -n 1):[0-9]+: skipped: the file ends in the middle"
}
a_later_recorder_goes_on_behind_it() {
	start -a -L 7001 "$REC" && make_closes 7001 && await recorded 120 && stop INT &&
		readable && replay -a -q -j -r "$REC" && [ "$(files "$REC" | wc -l)" = 3 ] &&
		jq -es 'length >= 120 and (map(select(.event == "close") | .time) | . == sort)' "$DIR/out"
}

# As if the second of three recordings was made at 02:14.
what_happened_at_0214() {
	local day file
	day=$(date -u +%Y-%m-%d -d yesterday)
	mkdir "$DIR/night"
	for file in 01:50 02:14 02:40; do
		{
			echo '{"event":"recording","all":true}'
			records "$REC" | head -n 40 |
				sed -E "s/(\"time\":\")[^\"]*:[0-9]{2}([.][0-9]+Z)/\1${day}T$file:07\2/"
		} >"$DIR/night/closewatch-${day//-/}T${file/:/}00Z-0.ndjson"
	done
	readable
	TZ=UTC replay -a -q -j -r "$DIR/night" --since "$day 02:10" --until 02:20 &&
		[ "$(wc -l <"$DIR/out")" = 40 ] &&
		jq -es 'all(.time | test("T02:14:07"))' "$DIR/out" &&
		TZ=UTC replay -r "$DIR/night" --since "${day}T02:10:00Z" --until "$day 02:20" \
			--path rst-unread && shows '^02:14:07[.][0-9]+ rst-unread .*python3\[' &&
		says '^rst-unread +[0-9]+'
}

# A disk of its own, which is full for a while.
a_full_disk_is_told_and_what_is_missing_is_counted() {
	mkdir "$DIR/disk" && mount -t tmpfs -o size=96k tmpfs "$DIR/disk" || return
	start -a -L 7001 --max-size 64K --keep 1M "$DIR/disk/rec" &&
		dd if=/dev/zero of="$DIR/disk/full" bs=4k status=none 2>/dev/null
	until [ -s "$DIR/told" ]; do
		make_closes 7001
		grep 'cannot write .*: No space left' "$DIR/said" >"$DIR/told" ||
			! ended || return
	done
	rm "$DIR/disk/full"
	await grep -q 'the recording goes on' "$DIR/said" && stop TERM || return
	readable
	keep "$DIR"/disk/rec/*
	replay -a -q -j -r "$DIR/disk/rec" && jq -es 'length > 20' "$DIR/out" &&
		! says skipped
	local status=$?
	umount "$DIR/disk"
	return $status
}

# Records of loss may be among what was not written, and are no events.
what_a_full_disk_did_not_take_is_not_called_recorded() {
	local said written status
	mkdir "$DIR/full" && mount -t tmpfs -o size=32k tmpfs "$DIR/full" || return
	start -a -L 7001 "$DIR/full/rec"
	until grep -q 'cannot write .*: No space left' "$DIR/said"; do
		make_closes 7001
		! ended || return
	done
	make_closes 7001
	stop INT
	cat "$DIR/said"
	said=$(sed -n 's/ events recorded; .*//p' "$DIR/said")
	written=$(records "$DIR/full/rec" | grep -vc '"event":"lost"')
	[ "$written" -gt 0 ] && [ "$said" -le "$written" ] && [ "$said" -ge $((written - 4)) ] &&
		grep -q 'events could not be written into .*: No space left' "$DIR/said"
	status=$?
	umount "$DIR/full"
	return $status
}

all_files_stay_within_a_bound() {
	local last
	start -a -L 7001 --max-size 16K --keep 64K -c 400 "$DIR/small" || return
	until ended; do make_closes 7001; done
	[ "$(files "$DIR/small" | wc -l)" -le 5 ] &&
		[ "$(cat "$DIR"/small/* | wc -c)" -le 65536 ] &&
		for last in $(files "$DIR/small"); do
			head -n 1 "$last" | jq -e '.event == "recording"' || return
			jq -es 'length > 1' "$last" || return
		done
}

a_folder_that_cannot_be_written_is_refused() {
	! run record /proc/sys && says 'cannot write into /proc/sys' &&
		! run record "$DIR/no/such" && says 'cannot make the folder'
}

files_and_lines_are_as_the_schema_says() {
	keep "$DIR/live.json" "$REC"/* "$DIR"/{rst,small}/*
	grep -q '"event":"recording"' "$DIR/records" && records_are_as_the_schema_says
}

echo "TAP version 13"
for claim in live_events_are_recorded a_replay_prints_what_watch_printed \
	a_replay_shows_what_is_chosen_as_watch_did \
	each_type_that_was_made_is_there quiet_ends_are_left_out_as_live \
	filters_apply_to_a_replay a_header_says_what_recorded_it standard_input_is_read \
	an_rst_is_recorded_with_the_process_that_it_met \
	a_kill_loses_no_whole_record a_later_recorder_goes_on_behind_it \
	what_happened_at_0214 a_full_disk_is_told_and_what_is_missing_is_counted \
	what_a_full_disk_did_not_take_is_not_called_recorded \
	all_files_stay_within_a_bound a_folder_that_cannot_be_written_is_refused \
	files_and_lines_are_as_the_schema_says; do
	tap_check "$claim" "$claim"
done
tap_end
