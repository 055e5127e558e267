#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What programs of this version say where the loaded module is older or newer. As root;
# closewatch_version.ko stands for such modules, so closewatch.ko is unloaded meanwhile.

. "$(dirname "$0")/lib/tool.sh"
. "$HERE/lib/tap.sh"
needs python3
needs_module_file
VERSIONED=$HERE/kmod/closewatch_version.ko
[ -r "$VERSIONED" ] || VERSIONED=${CLOSEWATCH_MODULE%/*}/closewatch_version.ko
[ -r "$VERSIONED" ] || skip_all "closewatch_version.ko is not here"
OURS=$(sed -n 's/^version: //p' "$HERE/closewatch.yaml")
OLD=$((OURS - 1))
NEW=$((OURS + 1))

# says_of_version VERSION WORDS COMMAND...: with a module of it, and ends with 1
says_of_version() {
	local version=$1 words=$2 status
	shift 2
	insmod "$VERSIONED" version="$version" || return
	timeout "$LIMIT" "$@" >"$DIR/out" 2>"$DIR/err" </dev/null
	status=$?
	rmmod closewatch_version
	cat "$DIR/out" "$DIR/err"
	[ $status = 1 ] && cat "$DIR/out" "$DIR/err" | grep -qE -- "$words"
}

a_module_that_is_older_is_named_so() {
	says_of_version $OLD "module is older than this program.* $OLD .* $OURS" closewatch -c 1 &&
		says 'hint: .*rmmod closewatch'
}
a_module_that_is_newer_is_named_so() {
	says_of_version $NEW "module is newer than this program.* $NEW .* $OURS" closewatch -c 1 &&
		says 'hint: ' && ! says 'rmmod'
}
each_verb_compares_before_it_asks() {
	local verb
	for verb in info list drains stats 'drain --local-port 1' 'drain off' "record $DIR" advise; do
		# shellcheck disable=SC2086
		says_of_version $NEW 'newer than this program' closewatch $verb || return
	done
}
a_request_that_a_module_of_the_version_lacks_is_named_so() {
	says_of_version "$OURS" 'older than this program: it does not know' closewatch info
}
the_examples_compare_too() {
	says_of_version $NEW "speaks version $NEW, this program $OURS" "$HERE/closes" &&
		says_of_version $OLD "speaks version $OLD, this program $OURS" \
			"$HERE/closes.py"
}

unloaded() { rmmod closewatch 2>/dev/null || [ ! -e /sys/module/closewatch ]; }

echo "TAP version 13"
await unloaded || exit
for claim in a_module_that_is_older_is_named_so a_module_that_is_newer_is_named_so \
	each_verb_compares_before_it_asks \
	a_request_that_a_module_of_the_version_lacks_is_named_so the_examples_compare_too; do
	tap_check "$claim" "$claim"
done
insmod "$CLOSEWATCH_MODULE" || exit
tap_end
