#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# tool_policy.sh [NAME...]: policies, drains and advice as a person or a script
# meets them: selectors, lists, refusals, and what the peers see. All tests, or
# those named. As root, with the module loaded and `closewatch' in PATH.

. "$(dirname "$0")/lib/tool.sh"
. "$HERE/lib/tap.sh"
needs diff nginx python3 ss tc
needs_python jsonschema
needs_netem

# run ARGUMENT...: closewatch; leaves $DIR/out, $DIR/err and STATUS.
run() {
	timeout "$LIMIT" closewatch "$@" >"$DIR/out" 2>"$DIR/err" </dev/null
	STATUS=$?
	keep "$DIR/out"
	echo "# closewatch $*: $STATUS"
	head -n 4 "$DIR/out" "$DIR/err"
	return $STATUS
}

# json FILTER: of all records as one array
json() { jq -es "$1" "$DIR/out"; }

lines() { wc -l <"$DIR/out"; }

# hits ID COUNT: that policy was hit so often
hits() { run list -j --all-netns && json "any(.[]; .id == $1 and (.hits | tonumber) >= $2)"; }

# add VERB ARGUMENT...: ID is the new policy
add() {
	run "$@" -j || return
	ID=$(jq .id "$DIR/out")
}

fresh() { closewatch drain off >/dev/null; }

# A connection with both ends in one process, which closes the accepted end
# with 3 bytes unread when told. Then the other end tells what it sees.
# start_pair [FAMILY [PORT]]
start_pair() {
	coproc PAIR { exec python3 -uc '
import select, signal, socket, sys
signal.alarm(60)
family, address = {"4": (socket.AF_INET, "127.0.0.1"), "6": (socket.AF_INET6, "::1"),
	"mapped": (socket.AF_INET6, "::")}[sys.argv[1]]
l = socket.socket(family)
l.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
l.bind((address, int(sys.argv[2])))
l.listen(1)
c = socket.create_connection(("127.0.0.1" if sys.argv[1] == "mapped" else address,
	l.getsockname()[1]))
a = l.accept()[0]
u = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
c.send(b"abc")
select.select([a], [], [])
print(a.getsockname()[1], c.getsockname()[1], a.fileno(), l.fileno(), u.fileno())
sys.stdin.readline()
a.send(b"x" * 1000)
a.close()
got = 0
try:
    while True:
        n = len(c.recv(4096))
        if not n:
            break
        got += n
    print(got, "eof")
except ConnectionResetError:
    print(got, "reset")
sys.stdin.readline()' "${1:-4}" "${2:-0}"; }
	read -r OURS THEIRS FD LISTENER_FD UDP_FD <&"${PAIR[0]}"
}

# What the peer saw of the close
pair_closes() {
	local seen
	echo >&"${PAIR[1]}"
	read -r seen <&"${PAIR[0]}"
	echo "the peer saw: $seen"
	[ "$seen" = "$1" ]
}

pair_ends() {
	local pid=$PAIR_PID status
	echo >&"${PAIR[1]}"
	wait "$pid"
	status=$?
	echo "the pair ended with $status"
	return $status
}

# The tests; each is a function whose name is its claim.

a_rule_says_what_it_will_do() {
	run drain -L 80 && shows '^policy [0-9]+: when any TCP socket with local port 80, ' &&
		shows 'RST after 5 s without progress, 10 s in all, or 16 MiB$' &&
		run drain -L 80 --idle 2 --total 4.5 --bytes 64K --expire 100 --dry-run &&
		shows '^policy [0-9]+: dry run.*2 s without progress, 4.5 s in all, or 64 KiB.*in 100 s$'
}

list_shows_what_was_asked_for() {
	add linger 7 -L 80-90 --remote-prefix 2001:db8::/32 -C 'a b' -u 33 -6 --priority 5 &&
		add drain -L 80 --even-linger0 && run list &&
		shows '^ID|^ +ID' &&
		shows "linger +5 +0 +never +[^ ]+ +--ipv6 --local-port 80-90 --remote-prefix 2001:db8::/32 --comm 'a b' --user 33 +7 s" &&
		shows 'drain +1000 .* --local-port 80 .*16 MiB, even with SO_LINGER 0' &&
		run list -j && json '.[0] | .action == "linger" and .priority == 5 and .hits == "0"
			and .local_port == 80 and .local_port_last == 90 and .remote_addr == "2001:db8::"
			and .remote_prefix == 32 and .comm == "a b" and .uid == 33 and .family == "ipv6"
			and .linger_seconds == 7 and .dry_run == false' &&
		json '.[1] | .idle_ms == 5000 and .total_ms == 10000 and .bytes == "16777216"
			and .even_linger0'
}

list_is_in_the_order_of_priority() {
	add drain -L 1 && add drain -L 2 --priority 7 && add leave -L 3 --priority 0 &&
		add reset -L 4 && run list -j && json 'map(.local_port) == [3, 2, 1, 4]'
}

# matches ARGUMENT...: traffic hits it
matches() {
	local status
	add drain "$@" && await hits "$ID" 1
	status=$?
	run del "$ID" && return $status
}

# avoid ARGUMENT...: a rule that traffic is not to hit; AVOIDED are their ids
avoid() { add drain "$@" --priority 1 && AVOIDED+=${AVOIDED:+, }$ID; }

select_by_local_port() { matches -L "$PORT"; }
select_by_range_of_ports() { matches -L 1024-65535; }
select_by_remote_prefix() {
	matches --remote-prefix 127.0.0.0/8 && matches --remote-prefix 127.0.0.1 &&
		matches --remote-prefix ::ffff:127.0.0.0/104
}
select_by_name() { matches -C traffic; }
select_by_user() { matches -u root && matches --uid 0; }
select_by_family() { matches -4; }
select_all_by_force() { matches --force; }
select_by_netns() { matches -L "$PORT" --netns /proc/self/ns/net && matches -L "$PORT" --all-netns; }
conditions_are_all_to_hold() { matches -4 -C traffic -u 0 -L "$PORT"; }
select_by_cgroup() {
	local id
	cgroups && echo "${PIDS[1]}" >"$DIR/cgroup/traffic/cgroup.procs" &&
		matches --cgroup "$DIR/cgroup/traffic" && run -j -c 1 -L "$PORT" &&
		id=$(jq -r .cgroup "$DIR/out") && matches --cgroup "$id"
}

# one_of FILTER: there is one such rule, and it is hit
one_of() {
	closewatch list -j | jq -es "map(select($1)) | length == 1 and (.[0].hits | tonumber) > 0" >/dev/null
}
several_ports_make_a_rule_each() {
	run drain -L "1,$PORT,8000-8100" -C x,traffic -j && json 'map([.local_port, .local_port_last, .comm])
		== [[1, null, "x"], ['"$PORT"', null, "x"], [8000, 8100, "x"],
			[1, null, "traffic"], ['"$PORT"', null, "traffic"], [8000, 8100, "traffic"]]' &&
		await one_of ".local_port == $PORT and .comm == \"traffic\"" && run list -j &&
		json 'map(select(.hits != "0")) | length == 1'
}
several_prefixes_make_a_rule_each() {
	run drain --remote-prefix 10.0.0.0/8,127.0.0.0/8 -j && json 'length == 2' &&
		await one_of '.remote_addr == "127.0.0.0"'
}

LIMIT_OF_POLICIES=/sys/module/closewatch/parameters/policies_max_uid
of_rules_that_cannot_all_be_added_none_is_left() {
	local before status
	before=$(cat "$LIMIT_OF_POLICIES") && echo 2 >"$LIMIT_OF_POLICIES" || return
	run drain -L 80,443,8080
	status=$STATUS
	echo "$before" >"$LIMIT_OF_POLICIES"
	[ "$status" = 1 ] && says 'the kernel refused adding the policy' && [ ! -s "$DIR/out" ] && no_policies
}

list_shows_what_concerns_the_conditions() {
	add drain -L 80-90 && add leave -C nginx && add drain -L 22 && run list -L 85 -j &&
		json 'map(.local_port) == [80, null]' && run list -L 22 -C sshd -j && json 'map(.local_port) == [22]' &&
		run list -L 1 -C x -j && [ ! -s "$DIR/out" ]
}

off_undoes_the_drain_with_these_conditions() {
	local one
	add drain -L 80 && one=$ID && add drain -L 80 -C nginx && add linger 5 -L 80 && add drain -L 443 &&
		run drain off -L 80 && shows "^policy $one is removed, which was for any TCP socket with local port 80, in this" &&
		[ "$(lines)" = 1 ] && run list -j && json 'map([.action, .local_port, .comm])
			== [["drain", 80, "nginx"], ["linger", 80, null], ["drain", 443, null]]' &&
		run drain off -L 443 -j && json 'map([.local_port, .removed]) == [[443, true]]' || return
	run drain off -L 8080
	[ $STATUS = 1 ] && says 'no drain has exactly these conditions' && says 'closewatch list' && run list -j && json 'length == 2'
}
off_undoes_several_at_once() {
	run drain -L 80,443,8000-8100 && add drain -L 22 && run drain off -L 443,80,8000-8100 &&
		[ "$(lines)" = 3 ] && run list -j && json 'map(.local_port) == [22]'
}
# It ends as if nothing had happened.
off_of_one_leaves_its_drains() {
	start_pair && add drain -C python3 && pair_closes '1000 eof' && run drain off -C python3 && no_policies &&
		run drains -j && json 'length == 1'
	local status=$?
	pair_ends && await no_drains && return $status
}

cgroups() {
	mkdir -p "$DIR/cgroup" && { mountpoint -q "$DIR/cgroup" || mount -t cgroup2 none "$DIR/cgroup"; } &&
		mkdir -p "$DIR/cgroup/traffic"
}
a_rule_is_for_one_cgroup() {
	local status
	cgroups && mkdir -p "$DIR/cgroup/several/inner" || return
	run drain --cgroup "$DIR/cgroup/several"
	status=$STATUS
	rmdir "$DIR/cgroup/several/inner" "$DIR/cgroup/several"
	[ "$status" = 2 ] && says 'are 2 cgroups, and a policy.s rule is for one' && no_policies
}

# All of them stand before a rule for everything, which is hit meanwhile.
a_rule_is_not_hit_by_what_it_does_not_name() {
	local AVOIDED
	avoid -L 1 && avoid -L 1-1023 && avoid --remote-prefix 10.0.0.0/8 && avoid --remote-prefix ::/0 &&
		avoid -C traffi && avoid -u 65534 && avoid -6 && avoid --cgroup 1234567890123 &&
		avoid -4 -C traffic -L 1 && avoid -L "$PORT" --netns /proc/1/ns/net &&
		add leave --force && await hits "$ID" 6 && run list -j --all-netns &&
		json "map(select(.id | IN($AVOIDED))) | length == 10 and all(.[]; .hits == \"0\")"
}

a_drain_ends_well_and_is_told() {
	add drain -L "$PORT" && run -j -c 3 -e drain-end -L "$PORT" &&
		json 'all(.[]; .event == "drain-end" and .drain_outcome == "delivered" and .policy_id == '"$ID"'
			and .action == "drain" and .comm == "traffic" and .discarded == "3"
			and (.response_bytes, .response_acked, .drain_ns | type == "string")
			and (.saved | type == "boolean"))' &&
		says 'delivered +3 ' && run -c 2 -e drain-end --diag && shows 'drain-end .* delivered: both FINs' &&
		shows 'remedy: None is needed'
}

closes_are_told_as_drained() {
	add drain -L "$PORT" && run -j -c 3 -e close -L "$PORT" && json 'all(.[]; .path == "drain")'
}

# The RSTs that the kernel counts for unread data
rsts() { awk '/^TcpExt:/ { if (n++) print $at; else for (i = 1; i <= NF; i++) if ($i == "TCPAbortOnClose") at = i }' /proc/net/netstat; }

no_rst_is_sent_any_more() {
	local before
	add drain -L "$PORT" && await hits "$ID" 1 && before=$(rsts) && await hits "$ID" 10 &&
		echo "RSTs: $before, then $(rsts)" && [ "$(rsts)" = "$before" ]
}

one_socket_by_process_and_descriptor() {
	start_pair && run drain --pid "$PAIR_PID" --fd "$FD" && shows '^policy [0-9]+: when that one socket' &&
		run list && shows ' socket [0-9]+ ' && pair_closes '1000 eof' &&
		run drains -j && json 'length == 1 and .[0].local.port == '"$OURS"' and .[0].pid == '"$PAIR_PID"'
			and .[0].discarded == "3" and .[0].response_acked == .[0].response_bytes' &&
		run drains && shows "127.0.0.1:$OURS -> 127.0.0.1:$THEIRS +3 +(before the close|([0-9]+) of \\2) +[0-9]+ python3.$PAIR_PID.\$" &&
		pair_ends && await no_drains && await no_policies
}

no_drains() { run drains -j && [ ! -s "$DIR/out" ]; }
no_policies() { run list -j && [ ! -s "$DIR/out" ] && says "no policies"; }

without_a_policy_the_peer_is_reset() { start_pair && pair_closes '1000 reset' && pair_ends; }

# by_ends FAMILY LOCAL REMOTE: addresses as --socket has them
by_ends() {
	start_pair "$1" && run drain --socket "$2:$OURS $3:$THEIRS" && pair_closes '1000 eof' && pair_ends
}
one_socket_by_its_ends() { by_ends 4 127.0.0.1 127.0.0.1; }
one_socket_by_its_ends_over_ipv6() { by_ends 6 '[::1]' '[::1]'; }
one_socket_by_its_ends_over_v4mapped() {
	by_ends mapped 127.0.0.1 127.0.0.1 && by_ends mapped '[::ffff:127.0.0.1]' '[::ffff:127.0.0.1]'
}

# A policy of one socket does not touch another of the same program.
one_socket_is_that_one() {
	start_pair && run drain --socket "127.0.0.1:$THEIRS 127.0.0.1:$OURS" && pair_closes '1000 reset' && pair_ends
}

sockets_that_are_not_there_are_told() {
	start_pair
	run drain --socket "127.0.0.1:1 127.0.0.1:$OURS"
	[ $STATUS = 1 ] && says 'no connection has these ends' && says 'ss -tn' || return
	run drain --socket "127.0.0.1:$OURS 127.0.0.1:2"
	[ $STATUS = 1 ] && says 'no connection has these ends' || return
	run drain --pid 4194304 --fd 3
	[ $STATUS = 1 ] && says 'no process has the id 4194304' || return
	run drain --pid "$PAIR_PID" --fd 999
	[ $STATUS = 1 ] && says 'has no descriptor 999' || return
	run drain --pid "$PAIR_PID" --fd 0
	[ $STATUS = 1 ] && says 'is no socket' || return
	run drain --pid "$PAIR_PID" --fd "$UDP_FD"
	[ $STATUS = 1 ] && says 'UDP' || return
	run drain --pid "$PAIR_PID" --fd "$LISTENER_FD"
	[ $STATUS = 1 ] && says 'listener' || return
	pair_closes '1000 reset' && pair_ends
}

bad_words_are_wrong_usage() {
	local words
	for words in 'drain' 'drain -L 0' 'drain -L 90-80' 'drain -L x' 'drain --remote-prefix 10.0.0.1/8' \
		'drain -C sixteen-letters-' 'drain -u no-such-user' 'drain -L 80 --bytes 0' 'drain --pid 1' \
		'drain --socket 1.2.3.4:5' 'drain off --dry-run' 'drain -P 80' 'linger -L 80' 'linger 0 -L 80' 'linger 3601 -L 80' \
		'reset --idle 5 -L 80' 'del' 'del 0' 'list x' 'drains -c 3' 'advise -c 0'; do
		# shellcheck disable=SC2086
		run $words
		[ $STATUS = 2 ] && [ -s "$DIR/err" ] && [ ! -s "$DIR/out" ] || return
	done
}

what_the_kernel_refuses_is_told_with_the_reason() {
	run drain -L 80 --total 3600
	[ $STATUS = 1 ] && says 'drain_total_max allows 30 s' || return
	run del 4000000000
	[ $STATUS = 1 ] && says 'no policy 4000000000'
}

del_removes_those_named() {
	local first
	add drain -L 1 && first=$ID && add drain -L 2 && add drain -L 3 && run del "$first" "$ID" &&
		run list -j && json 'map(.local_port) == [2]'
}
flush_removes_all() { add drain -L 1 && add leave -L 2 && run flush && shows '^2 policies of this' && no_policies; }
rules_for_all_network_namespaces_are_left_and_told() {
	add drain -L 80 --all-netns && run flush && shows "^but: .* closewatch del $ID$" &&
		run drain off && shows "^ +but .* closewatch del $ID$" && run del "$ID" &&
		shows "^policy $ID is removed" && no_policies
}
expired_ones_go_by_themselves() {
	add drain -L 1 --expire 0.5 && await no_policies && add drain -L 1 --expire 100 && run list -j &&
		json '.[0].expires_ms | tonumber | . > 50000 and . <= 100000'
}

# outcome NAME: how many drains ended so
outcome() { closewatch stats -j | jq "[.drain[] | select(.outcome == \"$1\") | .events | tonumber] | add // 0"; }

# ended NAME COUNT: that or more; a drain is counted just after it leaves the list
ended() { [ "$(outcome "$1")" -ge "$2" ]; }

off_ends_drains_and_removes_policies_at_once() {
	local before
	before=$(outcome flushed)
	start_pair && add drain -C python3 && pair_closes '1000 eof' && run drains -j && json 'length == 1' &&
		run drain off && shows 'the drains of this network namespace are over and its policies removed' &&
		no_drains && no_policies && [ "$(outcome flushed)" = $((before + 1)) ]
	local status=$?
	pair_ends
	return $status
}

a_limit_that_is_refused_is_named_by_its_option() {
	run drain -L 80 --total 100
	[ $STATUS = 1 ] && says '--total is 100 s, and the module.s parameter drain_total_max allows 30 s' &&
		says 'hint: echo 100 \| sudo tee /sys/module/closewatch/parameters/drain_total_max' &&
		run drain -L 80 --idle 20 && shows 'but --idle never acts'
}

the_limits_of_a_policy_end_a_drain() {
	local before
	before=$(outcome idle-timeout)
	start_pair && add drain -C python3 --idle 0.2 && pair_closes '1000 eof' && await no_drains &&
		await ended idle-timeout $((before + 1)) && pair_ends
}

linger_is_forced() {
	kill -CONT "$FIN" && add linger 5 -L "$FIN_PORT" && run -j -c 2 -e close -L "$FIN_PORT" &&
		json 'all(.[]; .linger.on and .linger.seconds == 5)'
}
reset_is_forced() {
	kill -CONT "$FIN" && add reset -L "$FIN_PORT" && run -j -c 2 -e close -L "$FIN_PORT" && json 'all(.[]; .path == "rst-linger0")'
}
leave_exempts() {
	local id
	add leave -L "$PORT" --priority 1 && id=$ID && add drain -L "$PORT" --priority 2 && await hits "$id" 5 &&
		run list -j && json 'any(.[]; .action == "drain" and .hits == "0")' &&
		run -j -c 2 -e close -L "$PORT" && json 'all(.[]; .path == "rst-unread")'
}

dry_run_only_tells() {
	add drain -L "$PORT" --dry-run && run -j -c 4 -e policy,close -L "$PORT" &&
		json 'any(.[]; .event == "policy") and all(.[]; .event != "policy"
			or (.policy_id == '"$ID"' and .action == "drain" and .dry_run))
			and all(.[]; .event != "close" or .path == "rst-unread")' &&
		run -c 1 -e policy && shows "policy $ID \(dry run\) would drain this close" && run list && shows 'drain \(dry run\)'
}

# Some time after the last policy has gone
nothing_is_armed() { run info -j && json '.[0] | .policies == 0 and .drains == 0 and .policy_armed == false'; }

info_counts_policies_and_drains() {
	run drain off --all-netns && shows 'of all network namespaces' && await nothing_is_armed &&
		add drain -L 1 && run info -j && json '.[0] | .policies == 1 and .policy_armed' && run info &&
		shows '^policies: +1$'
}

nobody_listens() { run info -j && json '.[0].listeners == 0'; }

stats_count_drains_with_nobody_listening() {
	local before
	kill "$KEEPER"
	await nobody_listens && before=$(outcome delivered) && add drain -L "$PORT" && await ended delivered $((before + 5)) && run stats && shows '^DRAIN  ' && shows '^saved: '
}

drains_reconcile_with_the_kernels_counters() { add drain -L "$PORT" && run stats --reconcile -d 1; }

drains_are_shown_again_and_again() {
	start_pair && add drain -C python3 && pair_closes '1000 eof' && run drains --watch=0.2 -c 3 -j &&
		json 'map(.reading) == [1, 2, 3] and ([.[].drain_ns | tonumber] | . == sort)'
	local status=$?
	pair_ends
	return $status
}

an_unprivileged_user_is_told_what_to_do() {
	local verb
	for verb in 'drain -L 80' 'drain off' 'reset -L 80' 'list' 'flush' 'del 1' 'drains' 'advise -c 1'; do
		# shellcheck disable=SC2086
		timeout "$LIMIT" setpriv --reuid=65534 --regid=65534 --clear-groups \
			closewatch $verb >"$DIR/out" 2>"$DIR/err"
		STATUS=$?
		echo "closewatch $verb: $STATUS" && cat "$DIR/err"
		[ $STATUS = 1 ] && says 'CAP_NET_ADMIN' && says 'sudo' && [ ! -s "$DIR/out" ] || return
	done
}

somebody_listens() { run info -j && json '.[0].listeners > 1'; }

# Over a link on which nothing is acknowledged at once
slowly() {
	local status
	tc qdisc add dev lo root netem delay 30ms || return
	"$@"
	status=$?
	tc qdisc del dev lo root
	return $status
}

nothing_is_drained() { run info -j && json '.[0].drains == 0'; }

# The pair closes with 1000 bytes in flight, and its peer sees $1, while
# closewatch $2... watches, until the drain has ended, too.
pair_meanwhile() {
	local watcher status sees=$1
	shift
	start_pair 4 4004
	closewatch "$@" >"$DIR/kept" 2>"$DIR/err" &
	watcher=$!
	await somebody_listens && pair_closes "$sees" && pair_ends && await nothing_is_drained
	status=$?
	kill -INT "$watcher" 2>/dev/null
	wait "$watcher" || status=1
	mv "$DIR/kept" "$DIR/out"
	cat "$DIR/out"
	return $status
}

advice_names_the_port_of_the_server() {
	slowly pair_meanwhile '1000 reset' advise -j && json '.[0] | (.ports | length) == 1 and .programs == []
		and (.ports[0] | .port == 4004 and .seen_as == "listener" and .responses == "1"
		and .bytes_at_risk == "1000" and .command == "closewatch drain --local-port 4004")' &&
		slowly pair_meanwhile '1000 reset' advise &&
		shows 'a drain could have delivered up to 1000 B of ours' &&
		shows '^4004 +listener .* closewatch drain --local-port 4004$' && shows 'cannot mend: what the program never wrote'
}

advice_can_be_followed() {
	local command
	slowly pair_meanwhile '1000 reset' advise -j && command=$(jq -r '.ports[0].command' "$DIR/out") &&
		echo "$command" && $command && slowly pair_meanwhile '1000 eof' advise -j &&
		json '.[0] | .responses == "0" and .ports == [] and .drained == "1" and .compared[0].delivered_bytes == "1000"' &&
		slowly pair_meanwhile '1000 eof' advise && shows 'nothing to type; 1 close is drained already'
}

advice_names_a_dry_run_that_is_there() {
	add drain -L 4004 --dry-run && slowly pair_meanwhile '1000 reset' advise -j &&
		json ".[0].ports[0] | .policy_id == $ID and .dry_run and .action == \"drain\""
}

# The other traffic is reset with nothing of ours under way.
a_reset_alone_is_no_reason_for_a_drain() {
	run advise -j -c 20 && json '.[0] | (.rsts | tonumber) > 0 and .responses == "0" and .ports == []
		and any(.seen[]; .kind == "no-answer")' &&
		run advise -c 20 && shows 'nothing to type$' && shows '^WHAT ELSE WAS SEEN' && shows 'remedy: Look in the program'
}

advice_is_of_what_is_asked_for() {
	run advise -j -c 5 -L "1,$PORT" -C traffic && json '.[0].closes | tonumber >= 5' &&
		run advise -j -d 0.7 -L 1-3 && json '.[0].closes == "0"'
}

stats_are_of_what_is_asked_for() {
	run stats -w0.5 -c 2 -j -L "1,$PORT" && json '[.[].close[] | .events | tonumber] | add > 0' &&
		run stats -w0.5 -c 2 -j -L 1-3 && json 'map(.close) | flatten == []'
}

# elsewhere ARGUMENT...: closewatch, in a network namespace without traffic
elsewhere() {
	timeout "$LIMIT" unshare -n closewatch "$@" >"$DIR/out" 2>"$DIR/err"
	STATUS=$?
	cat "$DIR/out" "$DIR/err"
	return $STATUS
}
another_namespace_can_be_asked_about() {
	local here
	here=$(stat -Lc %i /proc/self/ns/net)
	elsewhere stats -j --netns $$ && json ".[0].netns == \"$here\"" && elsewhere stats -j &&
		json ".[0].netns != \"$here\"" && elsewhere advise -j -c 3 --netns $$ &&
		json '.[0].closes | tonumber >= 3'
}

the_remedy_names_the_command() {
	slowly pair_meanwhile '1000 reset' -c 1 --path rst-unread -L 4004 --diag -j &&
		json '.[0].diag.remedy | endswith(": closewatch drain --local-port 4004")'
}

a_rule_that_never_acts_is_told() {
	local first
	add drain -L 80 && first=$ID && run drain -L 80 --total 20 &&
		shows "policy $first is tried first and matches all of it" && run drain -L 81 -j &&
		json '.[0] | has("shadowed_by") | not' && run list && shows "never acts: policy $first takes all" &&
		run drain -L 80 --priority 1 --dry-run -j &&
		json ".[0] | (has(\"shadowed_by\") | not) and any(.shadows[]; .id == $first)"
}

where_nothing_is_reset_there_is_nothing_to_type() {
	unshare -n bash -c 'ip link set lo up
		traffic=$1
		"$traffic" fin >/dev/null &
		timeout 60 closewatch advise -c 20
		status=$?
		kill $!
		exit $status' -- "$HERE/traffic" >"$DIR/out" 2>"$DIR/err"
	STATUS=$?
	cat "$DIR/out" "$DIR/err"
	[ $STATUS = 0 ] && shows 'that a drain could have delivered: nothing to type'
}

# check NAME: its claim, with nothing left of the one before, and with the
# second traffic at rest, for an emulated machine has no time to spare
check() {
	fresh
	kill -STOP "$FIN"
	tap_check "$1" "$1"
}

TESTS=(
	a_rule_says_what_it_will_do list_shows_what_was_asked_for
	list_is_in_the_order_of_priority select_by_local_port
	select_by_range_of_ports select_by_remote_prefix select_by_name
	select_by_user select_by_family select_all_by_force select_by_netns
	conditions_are_all_to_hold select_by_cgroup
	several_ports_make_a_rule_each several_prefixes_make_a_rule_each
	of_rules_that_cannot_all_be_added_none_is_left
	list_shows_what_concerns_the_conditions
	off_undoes_the_drain_with_these_conditions off_undoes_several_at_once
	off_of_one_leaves_its_drains a_rule_is_for_one_cgroup
	a_rule_is_not_hit_by_what_it_does_not_name a_drain_ends_well_and_is_told
	closes_are_told_as_drained no_rst_is_sent_any_more
	one_socket_by_process_and_descriptor without_a_policy_the_peer_is_reset
	one_socket_by_its_ends one_socket_by_its_ends_over_ipv6
	one_socket_by_its_ends_over_v4mapped one_socket_is_that_one
	sockets_that_are_not_there_are_told bad_words_are_wrong_usage
	what_the_kernel_refuses_is_told_with_the_reason del_removes_those_named
	flush_removes_all rules_for_all_network_namespaces_are_left_and_told
	expired_ones_go_by_themselves
	off_ends_drains_and_removes_policies_at_once
	a_limit_that_is_refused_is_named_by_its_option
	the_limits_of_a_policy_end_a_drain linger_is_forced reset_is_forced
	leave_exempts dry_run_only_tells drains_reconcile_with_the_kernels_counters
	drains_are_shown_again_and_again an_unprivileged_user_is_told_what_to_do
	advice_names_the_port_of_the_server advice_can_be_followed
	advice_names_a_dry_run_that_is_there
	a_reset_alone_is_no_reason_for_a_drain the_remedy_names_the_command
	advice_is_of_what_is_asked_for stats_are_of_what_is_asked_for another_namespace_can_be_asked_about
	a_rule_that_never_acts_is_told
	where_nothing_is_reset_there_is_nothing_to_type
	info_counts_policies_and_drains stats_count_drains_with_nobody_listening
	records_are_as_the_schema_says
)

start_traffic fin
FIN_PORT=$PORT
FIN=${PIDS[0]}
start_traffic rst-unread
# These keep the probes armed from test to test, which saves half of the time.
closewatch watch -q --netns /proc/1/ns/net -P 1 >/dev/null 2>&1 &
KEEPER=$!
PIDS+=("$KEEPER")
closewatch drain -L 1 --dry-run --netns /proc/1/ns/net >/dev/null
echo "TAP version 13"
[ $# = 0 ] || TESTS=("$@")
for name in "${TESTS[@]}"; do
	check "$name"
done
tap_end
