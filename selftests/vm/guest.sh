# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# A guest: three read-only disks (root, kernel modules, payload), a console that
# goes to a log, and a second serial port that carries what the guest has to say.

GUEST_ARCH=amd64
GUEST_MEMORY=${CLOSEWATCH_GUEST_MEMORY:-1024}
GUEST_CPUS=${CLOSEWATCH_GUEST_CPUS:-2}

# How QEMU is told of the second port; its other end is the chardev "report".
GUEST_REPORT=(-serial chardev:report)

# guest_dir NAME: a fresh directory for one boot's payload and logs.
guest_dir() {
	local dir=$WORK/run/$1
	mkdir -p "$WORK/run"
	find "$WORK/run" -mindepth 1 -maxdepth 1 -mtime +1 -exec rm -rf {} +
	rm -rf "$dir"
	mkdir -p "$dir/payload/.guest"
	install -m 755 "$VM_DIR/guest/init" "$dir/payload/.guest/init"
	echo "$dir"
}

guest_kernel() {
	GUEST_ARCH=$(series_arch "$1")
	KERNEL=$("$VM_DIR/kernel" "$1")
	ROOT=$("$VM_DIR/root" "$GUEST_ARCH")
}

guest_images() {
	local dir=$1 boot
	logged "$dir/mksquashfs.log" mksquashfs "$dir/payload" "$dir/payload.sqfs" \
		-comp lz4 -all-root -noappend
	boot=$(mktemp -d "$dir/boot.XXXXXX")
	install -m 755 "$VM_DIR/guest/initramfs" "$boot/init"
	(cd "$boot" && echo init | cpio -o -H newc -R 0:0 --quiet) |
		cat "$KERNEL/initrd" - >"$dir/initrd"
	rm -rf "$boot"
}

# One host thread emulates all of the guest's CPUs: with one thread each, QEMU 7.2
# may go on running a translation of an instruction that another CPU has just
# replaced. Arming a probe replaces instructions; a guest CPU was seen to trap
# for ever at the start of a function whose breakpoint was gone from memory.
#
# Some machines offer KVM and hang under it: ask with a guest that ends at once.
guest_accel() {
	local dir=$1
	GUEST_ACCEL=tcg,thread=single
	[ "$GUEST_ARCH-${CLOSEWATCH_ACCEL:-tcg}" = amd64-kvm ] || return 0
	if timeout 30 qemu-system-x86_64 -accel kvm -cpu max -m 512 -nodefaults \
		-nic none -display none -no-reboot -serial "file:$dir/kvm.log" \
		-kernel "$KERNEL/vmlinuz" -initrd "$dir/initrd" \
		-append 'console=ttyS0 panic=-1 closewatch.probe' </dev/null \
		>"$dir/kvm.err" 2>&1 && grep -q 'initramfs: probe' "$dir/kvm.log"; then
		GUEST_ACCEL=kvm
	else
		say "KVM does not run this kernel here: emulating"
	fi
}

# The machine itself. arm64's has one serial port of its own; signatures of pointers
# in QEMU's own hash are emulated much faster.
guest_machine() {
	local append='loglevel=7 oops=panic panic=-1'
	if [ "$GUEST_ARCH" = arm64 ]; then
		QEMU=(qemu-system-aarch64 -M virt -cpu "max,pauth-impdef=on")
		QEMU+=(-append "console=ttyAMA0 GUEST_PORT=ttyS0 $append")
		GUEST_REPORT=(-device "pci-serial,chardev=report")
		return
	fi
	QEMU=(qemu-system-x86_64 -cpu max -append "console=ttyS0 tsc=reliable $append")
	# On the default machine the debug kernel waits half a minute for ACPI.
	[ "$(basename "$KERNEL")" != debug ] || QEMU+=(-M q35)
}

guest_command() {
	local dir=$1 disk
	guest_machine
	QEMU+=(
		-accel "$GUEST_ACCEL" -m "$GUEST_MEMORY" -smp "$GUEST_CPUS"
		-nodefaults -nic none -display none -no-reboot
		-kernel "$KERNEL/vmlinuz" -initrd "$dir/initrd"
	)
	for disk in "$ROOT" "$KERNEL/modules.sqfs" "$dir/payload.sqfs"; do
		QEMU+=(-drive "if=virtio,format=raw,readonly=on,file=$disk")
	done
	QEMU+=(-serial "file:$dir/console.log")
}

# guest_run DIR SECONDS FILTER...: run QEMU, the command, until it ends by itself
# (0) or its time is over (1). DIR/report has what the guest said; FILTER gets this
# as it comes.
guest_run() {
	local dir=$1 seconds=$2 status=0 pid viewer
	shift 2
	: >"$dir/report"
	timeout --foreground -k 5 "$seconds" "${QEMU[@]}" \
		-chardev "file,id=report,path=$dir/report" "${GUEST_REPORT[@]}" \
		</dev/null >"$dir/qemu.log" 2>&1 &
	pid=$!
	# shellcheck disable=SC2064
	trap "kill $pid 2>/dev/null || :" EXIT
	trap 'exit 130' INT TERM
	tail --pid="$pid" -s 0.2 -n +1 -f "$dir/report" 2>/dev/null | "$@" &
	viewer=$!
	wait "$pid" || status=$?
	wait "$viewer" || :
	trap - EXIT INT TERM
	[ "$status" != 124 ] || echo "# guest: time over after $seconds s" >>"$dir/report"
	return $((status != 0))
}

# guest_boot DIR SECONDS FILTER...: likewise, what guest_kernel chose with DIR's
# payload. DIR/console.log has the kernel's log.
guest_boot() {
	guest_images "$1"
	guest_accel "$1"
	guest_command "$1"
	guest_run "$@"
}

# All that the guest's program says, without what the guest says about it.
guest_says() { sed -u '/^# guest: /d'; }

# How the guest's own program ended; 125 when it never said.
guest_status() {
	local status
	status=$(sed -n 's/^# guest: exit \([0-9]*\)$/\1/p' "$1/report" | tail -n 1)
	echo "${status:-125}"
}

guest_logs() {
	local dir=$1
	tail -n 40 "$dir/console.log" | tr -d '\r' >&2
	[ ! -s "$dir/qemu.log" ] || cat "$dir/qemu.log" >&2
	say "the guest's console: $dir/console.log"
	say "what it reported: $dir/report"
}
