# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What a guest is given: the module of its kernel, the utility, the selftests.

# payload_module SERIES DIR
payload_module() {
	local built
	built=$("$VM_DIR/build" "$1")
	find "$built" -name '*.ko' -exec cp {} "$2/payload/" \;
	[ -e "$2/payload/closewatch.ko" ] || die "the build left no closewatch.ko in $built"
	"$TOP/selftests/hard/sites.sh" "$2/payload/closewatch.ko" >"$2/payload/closewatch.sites"
}

# A subshell holds the lock: two runs at once must not build in one place.
payload_utility() (
	cache_lock "$(basename "$WORK")-userspace"
	logged "$1/userspace.log" make -j "$(nproc)" -C "$TOP/userspace"
	cp "$TOP/userspace/closewatch" "$1/payload/"
)

# The tree's selftests as they are, programs built where they are asked for.
payload_selftests() (
	dir=$1
	cache_lock "$(basename "$WORK")-selftests"
	source=$("$VM_DIR/source")
	mkdir -p "$WORK/selftests"
	logged "$dir/selftests.log" make -j "$(nproc)" -C "$TOP/selftests" OUTPUT="$WORK/selftests" \
		KSELFTEST="$source/tools/testing/selftests" all
	rsync -a --exclude=/vm --exclude='*.[cho]' "$TOP/selftests/" "$dir/payload/selftests"
	rsync -a --exclude='*.[oa]' "$WORK/selftests/" "$dir/payload/selftests"
)

# payload_environment DIR NAME=VALUE...: variables for the guest's program.
payload_environment() {
	local dir=$1 pair
	shift
	for pair in "$@"; do
		printf 'export %s=%q\n' "${pair%%=*}" "${pair#*=}"
	done >>"$dir/payload/.guest/environment"
}

# Lines and columns of the host's terminal; one that nobody looks at has none.
payload_size() {
	local size
	size=$(stty size </dev/tty 2>/dev/null || :)
	case $size in '' | '0 '* | *' 0') size='24 80' ;; esac
	echo "$size"
}

# How the host's terminal looks, for programs that draw on it.
payload_terminal() {
	local size
	if [ -t 1 ]; then
		size=$(payload_size)
		payload_environment "$1" "TERM=${TERM:-linux}" \
			"LINES=${size% *}" "COLUMNS=${size#* }"
	else
		payload_environment "$1" TERM=dumb NO_COLOR=1
	fi
}
