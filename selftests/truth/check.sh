#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# check.sh SERIES N [SEED]: the randomised truth test in a guest, with as many
# connections as asked. Without a seed it takes one and says which.
. "$(dirname "$0")/../vm/common.sh"
. "$VM_DIR/payload.sh"

main() {
	local series=$1 n=$2 seed=${3:-} truth
	[ -n "$seed" ] || seed=$((RANDOM << 15 | RANDOM))
	GUEST_ARCH=$(series_arch "$series")
	"$VM_DIR/deps"
	cross_deps "$GUEST_ARCH"
	truth=$(selftests_dir)/truth/truth
	DIR=$(mktemp -d)
	trap 'rm -rf "$DIR"' EXIT
	selftests_make "$DIR/log" "$truth"
	cat >"$DIR/run" <<-GUEST
		#!/bin/bash
		insmod "\$CLOSEWATCH_MODULE" || exit
		/payload/truth -s $seed -n $n
		status=\$?
		rmmod closewatch || exit
		exit \$status
	GUEST
	say "$n connections, seed $seed"
	# A batch of 50 takes some 7 s; a busy machine needs its time.
	TRY_SECONDS=$((120 + n * 6 / 10)) "$VM_DIR/try" "$series" "$DIR/run" "$truth"
}

[ $# -ge 2 ] || die "usage: check.sh SERIES N [SEED]"
main "$@"
