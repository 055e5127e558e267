#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# check.sh [unit|lint|metrics|hard [SERIES]|field|install|clang|kselftest|SERIES...]:
# everything that can be checked without the host's kernel. Without an argument: lint,
# the spec's output, unit tests, installation, metrics, the verdict's own test and the
# selftests on 6.1. Its last line says how many tests passed and failed.
#
# hard attacks the module on 6.1 and on the debug kernel: HARD_MESSAGES requests,
# HARD_PEERS hostile peers, HARD_SECONDS of sets and as many of storm, SEED. An
# emulated debug kernel gets fewer peers and seconds, unless they are given. What
# was tried stands in lines that begin with "# amount:". With a SERIES it attacks
# on that one alone.
#
# field rebuilds public bug reports with the servers and clients that they are about,
# in a guest that has these.
#
# clang builds the module with clang for a kernel that gcc has built, and runs what
# rests on the compiler: the jump at the end of a close in place of tcp_close(), probes
# of the module's own functions, unloading.
#
# SERIES... runs the selftests on each and ends with a table of them.
. "$(dirname "$0")/../vm/common.sh"
. "$TOP/selftests/lib/tap.sh"

STATUS=0
LAST=
RESULTS=$(mktemp)
trap 'rm -f "$RESULTS"' EXIT

# step TITLE COMMAND...: one that fails without saying which test did is a
# failed test itself, and so is one that ran none. LAST says how it went.
step() {
	local title=$1 status=0 out
	shift
	out=$(mktemp)
	echo "# $title"
	"$@" | tee "$out" || status=1
	if ! grep -qE '^ *ok ' "$out"; then
		status=1
		echo "not ok $title: no test ran" | tee -a "$out"
	elif [ "$status" != 0 ] && ! grep -qE '^ *not ok ' "$out"; then
		echo "not ok $title: it ended with an error" | tee -a "$out"
	fi
	LAST=$(totals <"$out")
	grep -E '^ *(not )?ok ' "$out" >>"$RESULTS" || :
	rm -f "$out"
	[ "$status" = 0 ] || STATUS=1
}

# Count the leaves of TAP: a result that closes a deeper plan stands for that one's.
totals() {
	awk '/^ *(not )?ok / {
		match($0, /^ */)
		nested = depth > RLENGTH
		depth = RLENGTH
		if (nested || toupper($0) ~ /# *SKIP/)
			next
		if ($1 == "ok")
			passed++
		else
			failed++
	}
	END { print passed + 0 " passed, " failed + 0 " failed" }'
}

unit_tests() {
	local source
	source=$("$VM_DIR/source")
	logged "$WORK/unit-build.log" make -j "$(nproc)" -C "$TOP/userspace" \
		KSELFTEST="$source/tools/testing/selftests" all || return 1
	make -j "$(nproc)" -s -C "$TOP/userspace" \
		KSELFTEST="$source/tools/testing/selftests" check | tap_results
}

# Whatever must be fetched or made is, before a check hides who waits for it.
prepare() {
	"$VM_DIR/deps"
	"$VM_DIR/source" >/dev/null
	case $1 in unit | metrics) return ;; esac
	"$VM_DIR/kernel" 6.1 >/dev/null
	[ "$1" = lint ] || "$VM_DIR/root" >/dev/null
}

# hard SERIES PEERS SECONDS: all that the programs print, with time for them. One
# guest: each of them wants the machine for itself.
hard() {
	V=1 CLOSEWATCH_GUESTS=1 CLOSEWATCH_GUEST_MEMORY=2048 SUITE_SECONDS=86400 \
		GUEST_TEST_SECONDS=43200 SEED=${SEED:-$RANDOM} \
		HARD_PEERS=${HARD_PEERS:-$2} HARD_SECONDS=${HARD_SECONDS:-$3} \
		HARD_MESSAGES=${HARD_MESSAGES:-1000000} \
		"$VM_DIR/run-suite" "$1" hard/fuzz hard/hostile hard/sets hard/storm.sh "${@:4}"
}

field() {
	local names
	names=$(cd "$TOP/selftests" && find field -name '*.sh' ! -name common.sh | sort)
	# shellcheck disable=SC2086
	GUEST_PACKAGES=$TOP/selftests/field/packages SUITE_SECONDS=7200 \
		GUEST_TEST_SECONDS=3000 "$VM_DIR/run-suite" 6.1 $names
}

kernels() {
	local series start rows=()
	for series in "$@"; do
		start=$SECONDS
		step "selftests on $series" "$VM_DIR/run-suite" "$series"
		rows+=("$(printf '# %-12s%-28s%-26s%4d min' "$series" \
			"$(cat "$CACHE/kernel/$series/version")" "$LAST" \
			$(((SECONDS - start + 30) / 60)))")
	done
	printf '%s\n' "${rows[@]}"
}

main() {
	prepare "${1:-all}"
	case ${1:-all} in
	unit)
		step "unit tests" unit_tests
		step "the contract's own test" "$TOP/selftests/ci/contract-test"
		step "installation" "$TOP/selftests/ci/install-test"
		;;
	lint) step lint "$TOP/selftests/ci/lint.sh" ;;
	metrics) step metrics "$TOP/selftests/ci/metrics.sh" ;;
	hard)
		if [ -n "${2:-}" ]; then
			step "attacks on $2" hard "$2" 300 60
		else
			step "attacks on 6.1" hard 6.1 2000 300
			step "attacks on the debug kernel" hard debug 300 60 hard/faults.sh
		fi
		;;
	field) step "public bug reports" field ;;
	kselftest)
		step "run_tests" "$VM_DIR/kselftest" 6.1 here
		step "in a kernel's tree, and installed" "$VM_DIR/kselftest" 6.1 tree
		;;
	clang)
		step "selftests on 6.1, built with clang" env BUILD_CC=clang CLOSEWATCH_GUESTS=1 \
			"$VM_DIR/run-suite" 6.1 close_fin drain_path drain_action \
			safety_canary safety_unload tool_doctor.sh
		;;
	install)
		step "packages" "$TOP/selftests/install/check"
		step "Secure Boot" "$VM_DIR/signed"
		;;
	all)
		step lint "$TOP/selftests/ci/lint.sh"
		step "spec" "$TOP/selftests/ci/spec.sh" check
		step "unit tests" unit_tests
		step "the contract's own test" "$TOP/selftests/ci/contract-test"
		step "installation" "$TOP/selftests/ci/install-test"
		step metrics "$TOP/selftests/ci/metrics.sh"
		step "the verdict's own test" "$VM_DIR/verdict-test"
		step "selftests on 6.1" "$VM_DIR/run-suite" 6.1
		;;
	*) kernels "$@" ;;
	esac
	totals <"$RESULTS"
	return "$STATUS"
}

main "$@"
