#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# spec.sh write|check: generate from the netlink spec the uapi header, policies
# and op table in module/, the words in userspace/ and of our tracepoints, and in
# Documentation/ Wireshark's dissector, the JSON schema of events and the page about the
# protocol, or tell whether those there are the spec's. selftests/ci/promised has what the
# version of the spec promises, which no later one may take back.
. "$(dirname "$0")/../vm/common.sh"
. "$TOP/selftests/lib/tap.sh"

SPEC=Documentation/netlink/specs/closewatch.yaml

# The generator finds schemas beside the spec, and the top of a kernel tree by
# a file MAINTAINERS, without which it never ends.
generate() {
	local source=$1 dir=$2 run
	mkdir -p "$dir/tree/${SPEC%/*}" "$dir/module/uapi/linux" "$dir/module/netlink" \
		"$dir/module/core" \
		"$dir/userspace/base" "$dir/Documentation/netlink" "$dir/selftests/ci"
	touch "$dir/tree/MAINTAINERS"
	cp "$source"/Documentation/netlink/*.yaml "$dir/tree/Documentation/netlink/"
	cp "$TOP/$SPEC" "$dir/tree/$SPEC"
	run=(timeout 60 /usr/bin/python3 "$source/tools/net/ynl/pyynl/ynl_gen_c.py"
		--spec "$dir/tree/$SPEC")
	"${run[@]}" --mode uapi --header -o "$dir/module/uapi/linux/closewatch.h" &&
		"${run[@]}" --mode kernel --header -o "$dir/module/netlink/gen.h" &&
		"${run[@]}" --mode kernel --source -o "$dir/module/netlink/gen.c" &&
		/usr/bin/python3 "$TOP/selftests/ci/structs.py" "$dir/tree/$SPEC" \
			"$dir/module/uapi/linux/closewatch.h" &&
		/usr/bin/python3 -B "$TOP/selftests/ci/names.py" "$dir/tree/$SPEC" \
			"$dir/userspace/base" &&
		/usr/bin/python3 "$TOP/selftests/ci/trace_names.py" "$dir/tree/$SPEC" \
			"$dir/module/core/trace_names.h" &&
		/usr/bin/python3 "$TOP/selftests/ci/lua.py" "$dir/tree/$SPEC" \
			"$dir/Documentation/netlink/closewatch.lua" &&
		/usr/bin/python3 -B "$TOP/selftests/ci/schema.py" "$dir/tree/$SPEC" \
			"$dir/Documentation/netlink/closewatch.schema.json" &&
		/usr/bin/python3 "$TOP/selftests/ci/protocol.py" "$dir/tree/$SPEC" \
			"$dir/Documentation/protocol.rst" &&
		/usr/bin/python3 "$TOP/selftests/ci/contract.py" "$dir/tree/$SPEC" \
			"$TOP/selftests/ci/promised" "$dir/selftests/ci/promised" &&
		sed -i 's|tools/net/ynl/ynl-regen.sh|make spec|' "$dir"/module/netlink/gen.[ch] \
			"$dir/module/uapi/linux/closewatch.h"
}

main() {
	local verb=$1 source file
	"$VM_DIR/deps"
	source=$("$VM_DIR/source")
	DIR=$(mktemp -d)
	trap 'rm -rf "$DIR"' EXIT
	generate "$source" "$DIR" || die "the spec generator failed"
	for file in module/uapi/linux/closewatch.h module/netlink/gen.h module/netlink/gen.c \
		module/core/trace_names.h userspace/base/names_gen.h userspace/base/names_gen.c \
		Documentation/netlink/closewatch.lua \
		Documentation/netlink/closewatch.schema.json Documentation/protocol.rst \
		selftests/ci/promised; do
		if [ "$verb" = write ]; then
			cmp -s "$DIR/$file" "$TOP/$file" && continue
			cp "$DIR/$file" "$TOP/$file"
			say "wrote $file"
		else
			tap_check "spec: $file is what the spec generates" \
				diff -u "$TOP/$file" "$DIR/$file"
		fi
	done
	[ "$verb" = write ] || tap_end
}

case ${1:-} in
write | check) main "$1" ;;
*) die "usage: spec.sh write|check" ;;
esac
