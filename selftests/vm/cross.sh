# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Programs of another machine: how they are built here, and how they run here.
. "$VM_DIR/deps.sh"
. "$VM_DIR/apt.sh"

CROSS_PREFIX=aarch64-linux-gnu

cross_deps() {
	[ "$1" = amd64 ] ||
		"$VM_DIR/deps" arch-test gcc-12-aarch64-linux-gnu gcc-aarch64-linux-gnu \
			qemu-system-arm qemu-user-static
}

make_sysroot() {
	apt_state bookworm arm64 || return 1
	# shellcheck disable=SC2046
	apt_unpack "$1" $(apt_resolve libc6-dev libjson-c-dev libncurses-dev \
		libnl-genl-3-dev libpcap-dev)
}

# What programs are built against; its path.
cross_sysroot() (
	dir=$CACHE/sysroot/arm64
	cache_lock sysroot-arm64
	[ -d "$dir" ] || cache_make "$dir" make_sysroot
	echo "$dir"
)

# cross_make ARCHITECTURE ARGUMENT...: make, for programs of that machine
cross_make() {
	local arch=$1 root
	shift
	if [ "$arch" = amd64 ]; then
		make "$@"
		return
	fi
	root=$(cross_sysroot)
	PKG_CONFIG_SYSROOT_DIR=$root \
		PKG_CONFIG_LIBDIR=$root/usr/lib/$CROSS_PREFIX/pkgconfig:$root/usr/share/pkgconfig \
		make CC="$CROSS_PREFIX-gcc --sysroot=$root" AR=$CROSS_PREFIX-ar KHDR_INCLUDES= "$@"
}

# cross_objdump SERIES ARGUMENT...
cross_objdump() {
	local prefix=
	[ "$(series_arch "$1")" = amd64 ] || prefix=$CROSS_PREFIX-
	shift
	"${prefix}objdump" "$@"
}

# Run a command where the kernel passes programs of arm64 to QEMU. Debian's package
# arranges that where systemd runs; elsewhere it needs a user namespace, which has
# formats of its own since 6.7.
cross_run() {
	if arch-test -n arm64 >/dev/null; then
		"$@"
		return
	fi
	# shellcheck disable=SC2016
	mmdebstrap --unshare-helper bash -euc '
		mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc
		cat /usr/lib/binfmt.d/qemu-aarch64.conf >/proc/sys/fs/binfmt_misc/register
		exec "$@"' - "$@"
}
