#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# For HARD_SECONDS, and until each loop has acted, everything at once that may meet
# the module: loads and unloads, namespaces, tenants, listeners that are killed,
# CPUs that go, tracers on the same functions, policies that come and go, sockets
# destroyed and misused while they are closed. HARD_LOOPS names some of the loops,
# if not all. Afterwards the module works, goes, and leaves nothing behind.

cd "$(dirname "$0")" || exit
SECONDS_LONG=${HARD_SECONDS:-150}
SEED=${SEED:-$RANDOM}
RANDOM=$SEED
TRACING=/sys/kernel/tracing
FTRACE=/proc/sys/kernel/ftrace_enabled
CPU=/sys/devices/system/cpu/cpu1/online
FUNCTIONS=(tcp_close __tcp_close tcp_send_fin inet_release inet_shutdown
	tcp_shutdown tcp_time_wait tcp_reset tcp_disconnect)
DIR=$(mktemp -d) || exit
END=$((SECONDS + SECONDS_LONG))
LAST=$((SECONDS + 5 * SECONDS_LONG))	# a busy host slows the loops down
ALL="unload namespace tenant listener cpu ftrace_off function_tracer \
kprobe_events policies drain_off destroy memory"
read -ra NAMES <<<"${HARD_LOOPS:-$ALL} stress1 stress2 stress3 stress4"
LOOPS=()
LOADED=4
NUMBER=0
FAILED=0

# result STATUS CLAIM
result() {
	NUMBER=$((NUMBER + 1))
	[ "$1" = 0 ] || FAILED=1
	[ "$1" = 0 ] || printf 'not '
	echo "ok $NUMBER $2"
}

over() {
	local acted=("$DIR"/*.acted)
	[ $SECONDS -ge $LAST ] ||
		{ [ $SECONDS -ge $END ] && [ ${#acted[@]} = ${#NAMES[@]} ]; }
}

# again NAME: call the function of that name, without a number, until the storm is
# over; count how often it succeeded.
again() {
	local name=$1 n=0 bad=0
	until over; do
		if ${name%[0-9]}; then
			n=$((n + 1))
			: >"$DIR/$name.acted"
		else
			bad=$((bad + 1))
		fi
	done >"$DIR/$name.log" 2>&1
	echo "$n $bad" >"$DIR/$name"
}

pause() { sleep "$1.$((RANDOM % 9 + 1))"; }
watch() { timeout "$1" closewatch "${@:2}"; }

# Loaded for longer than the last unload took, or the rest would meet no module.
unload() {
	local status=0 began
	pause $LOADED
	began=$SECONDS
	timeout 100 rmmod closewatch || status=1
	pause 0
	insmod "$CLOSEWATCH_MODULE"
	LOADED=$((4 + SECONDS - began))
	return $status
}

namespace() {
	local name=n$((RANDOM % 4))
	ip netns add $name || return
	ip -n $name link set lo up
	timeout 20 ip netns exec $name closewatch drain -L 1-65535 --total 2
	timeout 20 ip netns exec $name ./stress 1 "$RANDOM"
	timeout 5 ip netns exec $name closewatch -c 3 &
	ip netns del $name
}

tenant() {
	timeout 30 setpriv --reuid 65534 --regid 65534 --clear-groups unshare -Urn bash -c "
		ip link set lo up
		closewatch drain --force --total 2
		closewatch -j >/dev/null & ./stress 2 $RANDOM"
}

listener() {
	closewatch -aj >/dev/null &
	pause 0
	kill -9 $! && ! wait $!
}

cpu() {
	echo 0 >$CPU || return
	pause 0
	echo 1 >$CPU
	pause 0
}

# Before 6.12, ftrace that is turned off between a kprobe event and the function
# tracer on one function may warn and disable itself, without this module too.
# There each of these loops waits for the others, so that such a warning is ours.
apart() {
	case $(uname -r) in
	5.* | 6.[0-9].*) (flock 9 && "$@") 9>"$DIR/.tracing" ;;
	*) "$@" ;;
	esac
}

ftrace_off_and_on() {
	echo 0 >$FTRACE || return
	pause 0
	echo 1 >$FTRACE
}

ftrace_off() {
	apart ftrace_off_and_on || return
	pause 2
}

function_tracer_and_nop() {
	echo function >$TRACING/current_tracer || return
	pause 1
	echo nop >$TRACING/current_tracer
}

function_tracer() { apart function_tracer_and_nop; }

kprobe_events_on_and_off() {
	local f
	for f in "${FUNCTIONS[@]}"; do
		echo "p:hard/$f $f" >>$TRACING/kprobe_events || return
	done
	echo 1 >$TRACING/events/hard/enable
	pause 1
	echo 0 >$TRACING/events/hard/enable
	for f in "${FUNCTIONS[@]}"; do
		echo "-:hard/$f" >>$TRACING/kprobe_events
	done
}

kprobe_events() { apart kprobe_events_on_and_off; }

policies() {
	local kinds=("drain --force --idle 1 --total 3" "linger --local-port 1-30000 1"
		"drain --local-port 1-65535 --even-linger0 --priority 5") status=0
	# shellcheck disable=SC2086
	watch 20 ${kinds[RANDOM % 3]} || status=1
	pause 0
	watch 20 flush || status=1
	return $status
}

drain_off() {
	pause 1
	watch 60 drain off
}

destroy() {
	local state
	for state in fin-wait-1 fin-wait-2 close-wait last-ack; do
		ss -K -t state $state
	done >/dev/null
	pause 0
}

memory() {
	local old
	old=$(cat /proc/sys/net/ipv4/tcp_mem)
	echo 1 2 2000 >/proc/sys/net/ipv4/tcp_mem
	pause 0
	echo "$old" >/proc/sys/net/ipv4/tcp_mem
	pause 3
}

stress() { nice ./stress 10 "$SEED${name#stress}$n"; }

begin() {
	local i
	# Loaded while a socket is locked, it makes kernels before 6.4 deadlock with
	# IPV6_ADDRFORM, which takes the rtnl before the socket.
	modprobe tls 2>/dev/null
	# Where the last probe goes while ftrace is off, the function's record keeps a
	# flag, over which ftrace stumbles and dies when the next tracer stops: with or
	# without this module. With one probe that stays, switching ftrace on clears it.
	echo 'p:keeper/stays orderly_poweroff' >>$TRACING/kprobe_events
	echo 1 >$TRACING/events/keeper/enable
	for i in "${FUNCTIONS[@]}"; do
		echo "$i" >>$TRACING/set_ftrace_filter
	done
	for i in "${NAMES[@]}"; do
		again "$i" &
		LOOPS+=($!)
	done
	until over; do
		sleep 1
	done
}

# Each ends by itself; one that does not is shown where it waits.
all_end() {
	local pid status=0
	for pid in "${LOOPS[@]}"; do
		timeout 300 tail --pid="$pid" -f /dev/null && continue
		status=1
		ps -eo pid,stat,wchan:30,args | grep -v '\]$' | sed 's/^/# /'
		echo w >/proc/sysrq-trigger
		break
	done
	result $status "every_loop_ends"
}

all_acted() {
	local file status=0 n bad
	echo "# amount: seed $SEED, $SECONDS s; failures in brackets"
	for file in "$DIR"/*; do
		case $file in
		*.log | *.acted) continue ;;
		esac
		read -r n bad <"$file"
		echo "# amount: ${file##*/} $n ($bad)"
		[ "$n" -gt 0 ] && continue
		status=1
		tail -n 3 "$DIR/${file##*/}.log" | sed 's/^/# /'
	done
	awk '{ n += $1 } END { print "# amount: " n " sockets closed in use" }' \
		"$DIR"/stress*.log
	result $status "every_loop_acted"
}

restore() {
	echo 1 >$FTRACE
	echo 1 >$CPU
	echo nop >$TRACING/current_tracer
	echo >$TRACING/set_ftrace_filter
	grep -q '^closewatch ' /proc/modules || insmod "$CLOSEWATCH_MODULE"
	watch 60 drain off --netns all >/dev/null
}

works() {
	local events
	../traffic fin >/dev/null &
	events=$(watch 60 -j -c 3 | grep -c '"event"')
	kill $!
	[ "$events" = 3 ]
	result $? "closes_are_seen_as_before"
}

# A probe that cannot be unregistered pins the module, which must say so.
unloads() {
	local stuck
	stuck=$(closewatch info | grep -iE 'stuck *:? *[1-9]')
	if [ -n "$stuck" ]; then
		echo "# $stuck"
		! rmmod closewatch 2>/dev/null
	else
		timeout 120 rmmod closewatch
	fi
	result $? "unloads_or_says_why_not"
	echo 0 >$TRACING/events/keeper/enable
	echo '-:keeper/stays' >>$TRACING/kprobe_events
	[ -n "$stuck" ] || ! grep -q . /sys/kernel/debug/kprobes/list
	result $? "no_kprobe_is_left"
	sed 's/^/# /' /sys/kernel/debug/kprobes/list
}

shopt -s nullglob
echo "KTAP version 1"
echo "1..5"
trap 'rm -rf "$DIR"' EXIT
begin
all_end
all_acted
restore
works
unloads
grep -q '^closewatch ' /proc/modules || insmod "$CLOSEWATCH_MODULE"
exit $FAILED
