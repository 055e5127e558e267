# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# The host's packages: installed when missing, never upgraded.

DEPS=(
	bc binutils bison busybox-static cpio fish flex gcc git kmod lz4 make
	libelf-dev libjson-c-dev libncurses-dev libnl-3-dev libnl-genl-3-dev
	libpcap-dev libsmartcols-dev mmdebstrap pkg-config procps
	python3-jsonschema python3-yaml qemu-system-x86 rsync shellcheck sparse
	squashfs-tools tmux tshark uidmap util-linux xz-utils zsh zstd
)

# The command prefix that gives apt its rights.
deps_as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	elif command -v sudo >/dev/null; then
		sudo "$@"
	else
		die "packages are missing and neither root nor sudo is at hand: run as root: $*"
	fi
}

deps_update() {
	[ -z "${DEPS_UPDATED:-}" ] || return 0
	say "reading apt's package lists"
	logged "$CACHE/update.log" deps_as_root apt-get -q update
	DEPS_UPDATED=1
}

deps_missing() {
	local name
	for name in "${DEPS[@]}"; do
		# shellcheck disable=SC2016
		case $(dpkg-query -W -f '${db:Status-Abbrev}' "$name" 2>/dev/null) in
		ii*) ;;
		*) printf '%s ' "$name" ;;
		esac
	done
}

deps_install() {
	local missing
	command -v apt-get >/dev/null ||
		die "the guest harness is made for Debian 12: apt-get was not found"
	missing=$(deps_missing)
	[ -n "$missing" ] || return 0
	cache_lock deps
	missing=$(deps_missing)
	[ -n "$missing" ] || return 0
	deps_update
	say "installing ${missing% }"
	# shellcheck disable=SC2086
	logged "$CACHE/install.log" deps_as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get -q -y --no-install-recommends install $missing
}
