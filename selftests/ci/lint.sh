#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What can be said of the tree without running it: compilers' and sparse's
# warnings, checkpatch, the rules on who may include and call what.
. "$(dirname "$0")/../vm/common.sh"
. "$TOP/selftests/lib/tap.sh"

# Pipes end in a search whose failure is what is hoped for.
set +o pipefail

# checkpatch types that are left out, each with its reason. In the module:
IGNORE_MODULE=(
	# Only compat/ may look at the version; a rule below holds it to that.
	LINUX_VERSION_CODE
	# Two constants to it: LINUX_VERSION_CODE and KERNEL_VERSION().
	CONSTANT_COMPARISON
	# kmalloc_obj() came with 7.0.
	ALLOC_WITH_SIZEOF
	# A macro that is a row of a switch ends it.
	TRAILING_SEMICOLON
)
# In headers of tracepoints, whose macros are no C:
IGNORE_TRACE=(
	COMPLEX_MACRO
	PARENTHESIS_ALIGNMENT
	OPEN_ENDED_LINE
)
# In programs:
IGNORE_USER=(
	# User space has none of these of the kernel's.
	PREFER_KERNEL_TYPES
	PREFER_DEFINED_ATTRIBUTE_MACRO
	ARRAY_SIZE
	STRCPY
	# Functions there return exit codes and errno as user space has it.
	USE_NEGATIVE_ERRNO
	# The C library's and the language's own names: PRIu64, _Static_assert.
	CAMELCASE
	# Sentences for people are longer than a line.
	SPLIT_STRING
	# A macro that is a row of a table, or a fixture of kselftest_harness,
	# is not an expression: it cannot be bracketed or evaluated twice.
	COMPLEX_MACRO
	MACRO_ARG_REUSE
	MACRO_ARG_PRECEDENCE
	MULTISTATEMENT_MACRO_USE_DO_WHILE
)

tracked() {
	cd "$TOP"
	if [ -e .git ]; then
		git ls-files -co --exclude-standard -- "$@" |
			while read -r file; do [ ! -e "$file" ] || echo "$file"; done
	else
		find "$@" -type f
	fi
}

sources_of() { tracked "$1" | grep -E '\.[ch]$' | grep -Ev '\.mod\.c$|_gen\.|/uapi/'; }

# No output of the search means that the rule is kept.
nothing() {
	local found
	found=$(cat)
	[ -z "$found" ] || { printf '%s\n' "$found"; return 1; }
}

# All objects anew: a warning shows only when its file is compiled.
module_warnings() {
	local dir=$WORK/build/lint
	rm -rf "$dir"
	BUILD_NAME=lint "$VM_DIR/build" 6.1 W=1 C=2 CHECK="sparse -Wno-shift-count-negative" \
		>/dev/null || return 1
	grep -hE 'warning:|error:' "$dir.log" "$dir-kmod.log" 2>/dev/null | nothing
}

clang_warnings() {
	local dir=$WORK/build/lint-clang
	rm -rf "$dir"
	BUILD_CC=clang BUILD_NAME=lint-clang "$VM_DIR/build" 6.1 W=1 >/dev/null || return 1
	grep -hE 'warning:|error:' "$dir.log" "$dir-kmod.log" | nothing
}

utility_warnings() {
	local dir=$WORK/lint-userspace
	rm -rf "$dir"
	mkdir -p "$dir"
	cp -r "$TOP/userspace" "$TOP/module" "$dir/"
	make -C "$dir/userspace" clean >/dev/null
	make -C "$dir/userspace" CFLAGS='-O2 -g -Wformat=2 -Wshadow -Wstrict-prototypes'
}

# As utility_warnings left it: full RELRO, PIE, and the checked functions of
# libc and of the compiler.
utility_hardened() {
	local file=$WORK/lint-userspace/userspace/closewatch found want status=0
	found=$(readelf -W -h -l -d --dyn-syms "$file")
	for want in '\bDYN\b' GNU_RELRO 'FLAGS.*NOW' __stack_chk_fail __snprintf_chk; do
		grep -qE "$want" <<<"$found" && continue
		echo "$want is missing"
		status=1
	done
	return "$status"
}

# checkpatch_but TYPES FILE...
checkpatch_but() {
	local source
	source=$("$VM_DIR/source")
	perl "$source/scripts/checkpatch.pl" --no-tree --strict --terse --no-summary \
		--show-types --ignore "$1" -f "${@:2}"
}

is_trace='/trace_[a-z]*\.h$'
checkpatch() {
	local ignore files status=0
	if [ "$1" = module ]; then
		ignore=$(IFS=,; echo "${IGNORE_MODULE[*]}")
	else
		ignore=$(IFS=,; echo "${IGNORE_USER[*]}")
	fi
	mapfile -t files < <(sources_of "$1" | grep -v "$is_trace")
	[ ${#files[@]} -gt 0 ] || { echo "no C files in $1"; return 1; }
	cd "$TOP"
	checkpatch_but "$ignore" "${files[@]}" || status=1
	mapfile -t files < <(sources_of "$1" | grep "$is_trace")
	[ ${#files[@]} = 0 ] || checkpatch_but "$(IFS=,; echo "$ignore,${IGNORE_TRACE[*]}")" \
		"${files[@]}" || status=1
	rm -f .checkpatch-camelcase.*
	return "$status"
}

generic_netlink_users() {
	cd "$TOP/module"
	grep -rlE '#include.*(net/genetlink|netlink/gen|"gen)\.h' . |
		grep -vE '^\./(netlink/.*|core/(listener|encode)\.c)$' | nothing
}

version_readers() {
	cd "$TOP/module"
	grep -rnE 'LINUX_VERSION_CODE|KERNEL_VERSION' --include='*.[ch]' . |
		grep -v '^\./compat/' | nothing
}

# With PREEMPT_RT they leave preemption on: the owner can be kept from its CPU by
# one who spins for the lock.
raw_locks_of_softirq() {
	cd "$TOP/module"
	grep -rnE '\braw_spin_(un|try)?lock_bh\(' --include='*.[ch]' . | nothing
}

socket_users() {
	local call='socket|connect|bind|listen|accept4?|send(to|msg)?|recv(from|msg)?'
	call+='|[gs]etsockopt|nl_(socket|connect|send|recv|wait|close)[a-z_]*'
	call+='|genl_(connect|send|ctrl)[a-z_]*'
	cd "$TOP"
	# Words in comments and messages are not calls.
	sources_of userspace | grep -vE '/(tests|netlink)/|/host/(journal|service)\.c$' | while read -r file; do
		sed -E 's/"([^"\\]|\\.)*"/""/g; s,^[[:space:]]*/?\*.*,,' "$file" |
			grep -nE "(^|[^a-z_.>])($call)\\(" | sed "s,^,$file:,"
	done | nothing
}

units() {
	cd "$TOP"
	selftests/ci/units "$@"
}

# Only a unit test may include what it tests.
included_sources() {
	cd "$TOP"
	{ sources_of module; sources_of userspace; } | grep -v /tests/ |
		xargs grep -nE '#include ".*\.c"' | nothing
}

# A function is what stands between braces in the first column.
long_functions() {
	sources_of "$1" | (cd "$TOP" && xargs awk '
		FNR == 1 { start = 0 }
		/^{/ { start = FNR }
		/^}/ && start {
			if (FNR - start - 1 > 60)
				print FILENAME ":" start ": " FNR - start - 1 " lines"
			start = 0
		}') | nothing
}

without_licence() {
	tracked . | grep -E '\.([ch]|sh|awk)$|/Kbuild$|^Kbuild$|Makefile$' |
		while read -r file; do
			head -n 3 "$TOP/$file" | grep -q SPDX-License-Identifier || echo "$file"
		done | nothing
}

shell_scripts() {
	local files
	mapfile -t files < <(tracked selftests .ci | while read -r file; do
		head -n 1 "$TOP/$file" | grep -qaE '^#!.*\b(ba)?sh\b' && echo "$file"
	done)
	cd "$TOP"
	shellcheck -x -P SCRIPTDIR -S warning -e SC1090,SC1091,SC2034 \
		"${files[@]}" selftests/{field,lib,vm}/*.sh
}

lacking_options() {
	grep -vxFf <(sed -n 's/^\(CONFIG_[A-Z0-9_]*\)=[ym]$/\1=y\n\1=m/p' \
		"$("$VM_DIR/kernel" 6.1)/build/.config") "$TOP/selftests/config" | nothing
}

"$VM_DIR/deps"
echo "TAP version 13"
tap_check "module: no warning from gcc W=1 and sparse on 6.1" module_warnings
tap_check "module: no warning from clang W=1 on 6.1" clang_warnings
tap_check "userspace: no warning" utility_warnings
tap_check "userspace: hardened" utility_hardened
for part in module userspace selftests; do
	tap_check "$part: checkpatch --strict" checkpatch "$part"
	tap_check "$part: includes have no cycle" units circles "$part"
	tap_check "$part: each header declares its own unit" units headers "$part"
done
tap_check "Documentation: checkpatch --strict" checkpatch Documentation
for part in module userspace; do
	tap_check "$part: no function beyond 60 lines" long_functions "$part"
done
tap_check "module: only netlink, encode and listener see generic netlink" generic_netlink_users
tap_check "module: only compat/ knows the kernel's version" version_readers
tap_check "module: raw locks keep interrupts off, not softirqs" raw_locks_of_softirq
tap_check "userspace: only netlink/, journal and service touch sockets" socket_users
tap_check "module: no static name or tag stands twice" units names module
tap_check "each file stands in a room, and includes what that may" units rooms module userspace selftests
tap_check "units: circles, headers and rooms are found" "$TOP/selftests/ci/units-test"
tap_check "selftests: the guest's kernel has what config lists" lacking_options
tap_check "no source includes another" included_sources
tap_check "every source names its licence" without_licence
tap_check "shell: no warning from shellcheck" shell_scripts
tap_end
