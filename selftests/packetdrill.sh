#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# packetdrill.sh [SCRIPT...]: packetdrill's scripts that end connections, its own and
# those of the kernel's selftests, come to the same verdict without the module and
# watched by it, and each connection that they end is told. PACKETDRILL_SCRIPTS is a
# folder with the kernel's net/packetdrill and packetdrill's gtests/net/{common,tcp}. As root,
# with packetdrill and `closewatch' in PATH, and CLOSEWATCH_MODULE.

HERE=$(cd "$(dirname "$0")" && pwd)
. "$HERE/lib/needs.sh"
needs closewatch ip jq python3 sysctl tc unshare packetdrill
needs_module_file
SCRIPTS=${PACKETDRILL_SCRIPTS:-$HERE/../packetdrill-scripts}
[ -e "$SCRIPTS/packetdrill/ksft_runner.sh" ] ||
	skip_all "PACKETDRILL_SCRIPTS does not name a folder with scripts"
. "$HERE/lib/await.sh"
. "$HERE/lib/tap.sh"
TRACING=/sys/kernel/tracing
STATES=$TRACING/events/sock/inet_sock_set_state/enable
[ -e "$STATES" ] || skip_all "needs CONFIG_FTRACE"
modprobe -q tun
[ -c /dev/net/tun ] || skip_all "needs CONFIG_TUN"
DIR=$(mktemp -d) || exit 1
trap '[ "$BASHPID" != $$ ] || { echo 0 >"$STATES"; kill "$WATCH" 2>/dev/null; rm -rf "$DIR"; }' EXIT
WATCH=
WIDE=40000	# microseconds that a slow machine may be late

# How the kernel's runner calls it for each family
declare -A ip_args
eval "$(sed -n '/^declare -A ip_args/,/^)/p' "$SCRIPTS/packetdrill/ksft_runner.sh")"

chosen() {
	cd "$SCRIPTS" && find . -name '*.pkt' | sort |
		grep -E '[-_/](closed?|shutdown|fin|rst|reset|user[-_]timeout)[-_./]'
}
families() { sed -n 's/^--ip_version=//p' "$SCRIPTS/$1" | grep . || printf '%s\n' ipv4 ipv6 ipv4-mapped-ipv6; }

# passes SCRIPT FAMILY [AGAIN]: three tries, as the clock of an emulated machine jumps
passes() {
	local try
	for try in 1 2 3; do
		# shellcheck disable=SC2086
		(cd "$SCRIPTS/$(dirname "$1")" && exec unshare -n packetdrill ${ip_args[$2]} \
			--tolerance_usecs=$WIDE "$(basename "$1")") >"$DIR/said" 2>&1 && return
		[ -z "${3:-}" ] || "$3" || return
	done
	return 1
}

# The connections whose state became CLOSE, and those of which an end is told
ended() {
	sed -nE 's/.* sport=([0-9]+) dport=([1-9][0-9]*) .* oldstate=TCP_([A-Z_0-9]+) newstate=TCP_CLOSE$/\1 \2 \3/p' \
		"$TRACING/trace" | grep -vE ' (LISTEN|CLOSE)$' | cut -d ' ' -f 1,2 | sort
}
told() {
	tail -n "+$((SEEN + 1))" "$DIR/events" | jq -r 'select(.event == "fate") |
		"\(.local.port) \(.remote.port)"' | sort
}
all_are_told() { diff <(ended) <(told); }
count() { SEEN=$(wc -l <"$DIR/events"); echo >"$TRACING/trace"; }

without() {
	local script family
	for script in "${CHOSEN[@]}"; do
		for family in $(families "$script"); do
			passes "$script" "$family" && echo "$script $family"
		done
	done >"$DIR/passed"
}

most_pass() {
	local all
	all=$(for script in "${CHOSEN[@]}"; do families "$script"; done | wc -l)
	echo "$(wc -l <"$DIR/passed") of $all"
	head "$DIR/said"
	[ "$(wc -l <"$DIR/passed")" -gt $((all / 2)) ]
}
# One verdict for each family, and the events behind each that passes
agrees() {
	local family status=0
	for family in $(families "$1"); do
		count
		if grep -qxF "$1 $family" "$DIR/passed"; then
			passes "$1" "$family" count || { cat "$DIR/said"; echo "$family fails"; status=1; }
			await all_are_told || { all_are_told; status=1; }
		else
			! passes "$1" "$family" || { echo "$family passes"; status=1; }
		fi
	done 2>&1
	return $status
}

unloaded() { rmmod closewatch || [ ! -e /sys/module/closewatch ]; }
listening() { closewatch info -j | jq -e '.listeners == 1'; }

mapfile -t CHOSEN < <(if [ $# = 0 ]; then chosen; else printf '%s\n' "$@"; fi)
await unloaded || exit 1
without
insmod "$CLOSEWATCH_MODULE" || exit 1
closewatch -j -a --netns all >"$DIR/events" &
WATCH=$!
await listening || exit 1
echo 1 >"$STATES"
echo "TAP version 13"
echo "# $(wc -l <"$DIR/passed") pass without the module"
tap_check most_pass_without_the_module most_pass
for script in "${CHOSEN[@]}"; do
	tap_check "${script#./}" agrees "$script"
done
tap_end
