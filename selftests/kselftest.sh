#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# kselftest.sh: the selftests as `make install' lays them out and the kernel's runner
# runs them; and what lacks is a reason to skip, never to pass. CLOSEWATCH_INSTALLED
# names the folder of run_kselftest.sh. As root, with the module loaded.

HERE=$(cd "$(dirname "$0")" && pwd)
. "$HERE/lib/needs.sh"
needs setpriv
needs_module_file
[ -x "${CLOSEWATCH_INSTALLED:-}/run_kselftest.sh" ] ||
	skip_all "CLOSEWATCH_INSTALLED does not name an installed collection"
. "$HERE/lib/await.sh"
. "$HERE/lib/tap.sh"
COLLECTION=$(sed -n '1s/:.*//p' "$CLOSEWATCH_INSTALLED/kselftest-list.txt")
DIR=$(mktemp -d) || exit 1
trap 'rm -rf "$DIR"' EXIT
cd "$CLOSEWATCH_INSTALLED/$COLLECTION" || exit 1

programs() { sed 's/.*://' "$CLOSEWATCH_INSTALLED/kselftest-list.txt"; }

three_programs_run_by_the_runner() {
	local name tests=() n=0 status
	for name in close_connect stats contract_ynl.py; do
		tests+=(-t "$COLLECTION:$name")
		echo "ok $((n += 1)) selftests: $COLLECTION: $name"
	done >"$DIR/want"
	"$CLOSEWATCH_INSTALLED/run_kselftest.sh" "${tests[@]}" >"$DIR/out" 2>&1
	status=$?
	grep -E '^(not )?ok ' "$DIR/out" | diff "$DIR/want" - || { cat "$DIR/out"; return 1; }
	grep -x '1\.\.3' "$DIR/out" && grep -x "# timeout set to $(sed 's/timeout=//' settings)" "$DIR/out" &&
		return $status
}

# skips PROGRAM WORDS: with status 4 and a reason, which has these
skips() {
	local said status
	said=$("./$1" 2>&1 </dev/null)
	status=$?
	[ $status = 4 ] && grep -qE "# SKIP .*($2)" <<<"$said" ||
		{ echo "$1 ends with $status"; tail -n 3 <<<"$said"; false; }
}
# all_skip WORDS PROGRAM...
all_skip() {
	local name status=0
	for name in "${@:2}"; do
		skips "$name" "$1" || status=1
	done
	return $status
}
unloaded() { rmmod closewatch || [ ! -e /sys/module/closewatch ]; }
without_the_module_every_program_skips() {
	local status
	# shellcheck disable=SC2046
	await unloaded && all_skip 'is not loaded' $(programs)
	status=$?
	insmod "$CLOSEWATCH_MODULE" && return $status
}
# Of each kind one: what looks for the module looks for rights before
nobody_skips() {
	export -f all_skip skips
	setpriv --reuid=65534 --regid=65534 --clear-groups bash -c 'all_skip "needs root" \
		close_fin truth tool.sh server_nginx.sh repeat.sh contract_ynl.py'
}

# The last that it names
needed() { sed -n 's/^needs .*\<\([^ ]*\)$/\1/p' "$1"; }
without_a_command_that_it_needs_a_script_skips() {
	local script name status=0
	# shellcheck disable=SC2086
	mkdir "$DIR/bin" && find ${PATH//:/ } -maxdepth 1 -executable ! -type d \
		-exec ln -sf -t "$DIR/bin" {} + || return
	for script in *.sh; do
		for name in $(needed "$script"); do
			mv "$DIR/bin/$name" "$DIR/hidden"
			PATH=$DIR/bin skips "$script" "needs $name" || status=1
			mv "$DIR/hidden" "$DIR/bin/$name"
		done
	done
	return $status
}

# Programs all of whose tests load a module
without_a_module_s_file_what_loads_it_skips() {
	CLOSEWATCH_MODULE='' all_skip 'CLOSEWATCH_MODULE|is not here' close_fault fate_begun \
		fate_fault fuzz iface_unload safety_share safety_stuck sets
}

echo "TAP version 13"
for claim in three_programs_run_by_the_runner nobody_skips \
	without_the_module_every_program_skips \
	without_a_command_that_it_needs_a_script_skips \
	without_a_module_s_file_what_loads_it_skips; do
	tap_check "$claim" "$claim"
done
tap_end
