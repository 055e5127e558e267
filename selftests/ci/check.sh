#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# check.sh [unit|lint|hard|SERIES...]: everything that can be checked without the
# host's kernel. Without an argument: lint, the spec's output, unit tests, the
# verdict's own test and the selftests on 6.1. Its last line says how many tests
# passed and failed.
#
# hard attacks the module on 6.1 and on the debug kernel: HARD_MESSAGES requests,
# HARD_PEERS hostile peers, HARD_SECONDS of storm, SEED. An emulated debug kernel
# gets fewer peers and seconds, unless they are given. What was tried stands in
# lines that begin with "# amount:".
. "$(dirname "$0")/../vm/common.sh"
. "$TOP/selftests/lib/tap.sh"

STATUS=0
RESULTS=$(mktemp)
trap 'rm -f "$RESULTS"' EXIT

# step TITLE COMMAND...: one that fails without saying which test did is a
# failed test itself, and so is one that ran none.
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
	grep -E '^ *(not )?ok ' "$out" >>"$RESULTS" || :
	rm -f "$out"
	[ "$status" = 0 ] || STATUS=1
}

# Count leaves: a result that closes a deeper plan stands for that one's.
totals() {
	awk '{
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
	END { print passed + 0 " passed, " failed + 0 " failed" }' "$RESULTS"
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
	[ "$1" = unit ] || "$VM_DIR/kernel" 6.1 >/dev/null
	[ "$1" = unit ] || [ "$1" = lint ] || "$VM_DIR/root" >/dev/null
}

# hard SERIES PEERS SECONDS: all that the programs print, with time for them. One
# guest: each of them wants the machine for itself.
hard() {
	V=1 CLOSEWATCH_GUESTS=1 CLOSEWATCH_GUEST_MEMORY=2048 SUITE_SECONDS=86400 \
		GUEST_TEST_SECONDS=43200 SEED=${SEED:-$RANDOM} \
		HARD_PEERS=${HARD_PEERS:-$2} HARD_SECONDS=${HARD_SECONDS:-$3} \
		HARD_MESSAGES=${HARD_MESSAGES:-1000000} \
		"$VM_DIR/run-suite" "$1" hard/fuzz hard/hostile hard/storm.sh "${@:4}"
}

main() {
	local series
	prepare "${1:-all}"
	case ${1:-all} in
	unit) step "unit tests" unit_tests ;;
	lint) step lint "$TOP/selftests/ci/lint.sh" ;;
	hard)
		step "attacks on 6.1" hard 6.1 2000 300
		step "attacks on the debug kernel" hard debug 300 60 hard/faults.sh
		;;
	all)
		step lint "$TOP/selftests/ci/lint.sh"
		step "spec" "$TOP/selftests/ci/spec.sh" check
		step "unit tests" unit_tests
		step "the verdict's own test" "$VM_DIR/verdict-test"
		step "selftests on 6.1" "$VM_DIR/run-suite" 6.1
		;;
	*)
		for series in "$@"; do
			step "selftests on $series" "$VM_DIR/run-suite" "$series"
		done
		;;
	esac
	totals
	return "$STATUS"
}

main "$@"
