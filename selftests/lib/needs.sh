# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What a machine must have for a test: kselftest counts an exit status of 4 as a skip.

skip_all() {
	echo "TAP version 13"
	echo "1..0 # SKIP $*"
	exit 4
}

# needs COMMAND...: these, and root, of the initial user namespace, and the module
needs() {
	local name
	[ "$(id -u) $(stat -Lc %i /proc/self/ns/user)" = "0 4026531837" ] ||
		skip_all "needs root of the initial user namespace"
	[ -e /sys/module/closewatch/initstate ] || skip_all "closewatch.ko is not loaded"
	for name; do
		type -P "$name" >/dev/null || skip_all "needs $name"
	done
}

needs_python() {
	python3 -c "import $1" 2>/dev/null || skip_all "needs Python's $1"
}

needs_netem() {
	unshare -n tc qdisc add dev lo root netem 2>/dev/null || skip_all "needs CONFIG_NET_SCH_NETEM"
}

needs_veth() {
	unshare -n ip link add type veth 2>/dev/null || skip_all "needs CONFIG_VETH"
}

# To load it anew
needs_module_file() {
	[ -r "${CLOSEWATCH_MODULE:-}" ] || skip_all "CLOSEWATCH_MODULE does not name closewatch.ko"
}
