# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# What a guest is given: the module of its kernel, the utility, the selftests. The
# latter two are built for GUEST_ARCH, which guest_kernel sets.
. "$VM_DIR/cross.sh"

# payload_module SERIES DIR
payload_module() {
	local built
	built=$("$VM_DIR/build" "$1")
	find "$built" -name '*.ko' -exec cp {} "$2/payload/" \;
	[ -e "$2/payload/closewatch.ko" ] || die "the build left no closewatch.ko in $built"
	# hard/faults.sh needs a kernel that can inject faults, which is of amd64.
	[ "$GUEST_ARCH" != amd64 ] || "$TOP/selftests/hard/sites.sh" \
		"$2/payload/closewatch.ko" >"$2/payload/closewatch.sites"
}

# For another machine it is built elsewhere.
utility_dir() {
	if [ "$GUEST_ARCH" = amd64 ]; then
		echo "$TOP/userspace"
	else
		echo "$WORK/$GUEST_ARCH/userspace"
	fi
}

# A subshell holds the lock: two runs at once must not build in one place.
payload_utility() (
	place=$(utility_dir)
	target=all
	cache_lock "$(basename "$WORK")-userspace"
	if [ "$GUEST_ARCH" != amd64 ]; then
		mkdir -p "$WORK/$GUEST_ARCH"
		rsync -a --exclude=/userspace/build --exclude=/userspace/closewatch \
			"$TOP/userspace" "$TOP/module" "$WORK/$GUEST_ARCH/"
		target=closewatch
	fi
	logged "$1/userspace.log" cross_make "$GUEST_ARCH" -j "$(nproc)" -C "$place" "$target"
	cp "$place/closewatch" "$1/payload/"
)

# Where selftests are built, one place a machine
selftests_dir() {
	if [ "$GUEST_ARCH" = amd64 ]; then
		echo "$WORK/selftests"
	else
		echo "$WORK/$GUEST_ARCH/selftests"
	fi
}

# selftests_make LOG TARGET...: all, or files below selftests_dir
selftests_make() (
	log=$1
	shift
	place=$(selftests_dir)
	source=$("$VM_DIR/source")
	cache_lock "$(basename "$WORK")-selftests"
	mkdir -p "$place"
	logged "$log" cross_make "$GUEST_ARCH" -j "$(nproc)" -C "$TOP/selftests" \
		OUTPUT="$place" KSELFTEST="$source/tools/testing/selftests" "$@"
)

# The tree's selftests as they are, programs built where they are asked for; and as
# kselftest installs them.
payload_selftests() (
	dir=$1
	source=$("$VM_DIR/source")
	selftests_make "$dir/selftests.log" KDIR= INSTALL_PATH="$dir/payload/kselftest" install
	rsync -a --exclude=/vm --exclude='*.[cho]' --exclude='*.ko' "$TOP/selftests/" \
		"$dir/payload/selftests"
	rsync -a --exclude='*.[oa]' "$(selftests_dir)/" "$dir/payload/selftests"
	rsync -a "$source/tools/net/ynl/pyynl" "$dir/payload/ynl/"
)

# payload_packetdrill DIR: of an unpacked source, which no Debian suite has, and the
# scripts of the kernel's selftests.
payload_packetdrill() {
	local build=$WORK/packetdrill dir=$1
	rsync -a "$PACKETDRILL/gtests" "$build/"
	(cd "$build/gtests/net/packetdrill" && ./configure && logged "$dir/packetdrill.log" make packetdrill)
	cp "$build/gtests/net/packetdrill/packetdrill" "$dir/payload/"
	rsync -aL "$build"/gtests/net/{common,tcp} \
		"$("$VM_DIR/source")/tools/testing/selftests/net/packetdrill" \
		"$dir/payload/packetdrill-scripts"
}

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
