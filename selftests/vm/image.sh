# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The first file system of a guest, for Debian's kernels and our own.

# What the initramfs must load to find its root, by any name a series gives it.
BOOT_MODULES='virtio_pci virtio_blk squashfs overlay'

# The modules of a tree that are needed to load the named ones, in load order.
module_order() {
	local dir=$1
	shift
	awk -v want="$*" '
		function plain(path) {
			sub(/.*\//, "", path); sub(/\.ko.*/, "", path)
			gsub(/-/, "_", path)
			return path
		}
		function visit(name,   i, n, part) {
			if (seen[name]++ || !(name in line))
				return
			n = split(line[name], part, " ")
			for (i = n; i > 1; i--)
				visit(plain(part[i]))
			print part[1]
		}
		{ path = $1; sub(/:$/, "", path); $1 = path; line[plain(path)] = $0 }
		END { n = split(want, name, " "); for (i = 1; i <= n; i++) visit(name[i]) }
	' "$dir/modules.dep"
}

# make_initrd MODULES OUT [BUSYBOX]
make_initrd() {
	local modules=$1 out=$2 busybox=${3:-} root path
	[ -n "$busybox" ] ||
		busybox=$(dpkg -L busybox-static | grep -E '/bin/busybox$' | head -n 1)
	root=$(mktemp -d "$CACHE/initrd.XXXXXX")
	mkdir -p "$root"/{bin,dev,proc,mnt,modules}
	cp "$busybox" "$root/bin/busybox"
	: >"$root/modules/order"
	# shellcheck disable=SC2086
	for path in $(module_order "$modules" $BOOT_MODULES); do
		case $path in
		*.xz) xz -dc "$modules/$path" ;;
		*.zst) zstd -qdc "$modules/$path" ;;
		*) cat "$modules/$path" ;;
		esac >"$root/modules/$(basename "${path%.ko*}").ko"
		echo "$(basename "${path%.ko*}").ko" >>"$root/modules/order"
	done
	(cd "$root" && find . | LC_ALL=C sort | cpio -o -H newc -R 0:0 --quiet) >"$out"
	rm -rf "$root"
}
