#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# run.sh FOLDER TEST...: run test programs, as one KTAP report. Fails when a
# program fails, ends early or reports nothing.
dir=$1
shift
failed=0
n=0

export ASAN_OPTIONS=detect_leaks=1:abort_on_error=0
export CLOSEWATCH="$dir/closewatch"
log=$(mktemp) || exit 1
trap 'rm -f "$log"' EXIT

echo "KTAP version 1"
echo "1..$#"
for t; do
	n=$((n + 1))
	timeout 120 "$dir/$t" >"$log" 2>&1
	status=$?
	sed 's/^/  /' "$log"
	# The plan inside must be there, and every line of it ok.
	plan=$(sed -n 's/^1\.\.\([0-9]\{1,\}\)$/\1/p' "$log" | head -n 1)
	ok=$(grep -c '^ok ' "$log")
	if [ $status = 0 ] && [ "${plan:-0}" -gt 0 ] && [ "$ok" = "$plan" ]; then
		echo "ok $n $t"
	else
		echo "not ok $n $t # exit $status, $ok of ${plan:-no} tests ok"
		failed=1
	fi
done
exit $failed
