# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# One TAP result for each check: what it says is shown only when it fails.

TAP_NUMBER=0
TAP_FAILED=0

# tap_check CLAIM COMMAND...
tap_check() {
	local claim=$1 said status=0
	shift
	said=$("$@" 2>&1) || status=1
	TAP_NUMBER=$((TAP_NUMBER + 1))
	if [ "$status" = 0 ]; then
		echo "ok $TAP_NUMBER $claim"
		return
	fi
	TAP_FAILED=$((TAP_FAILED + 1))
	[ -z "$said" ] || printf '%s\n' "$said" | tail -n 40 | sed 's/^/# /'
	echo "not ok $TAP_NUMBER $claim"
}

tap_end() {
	echo "1..$TAP_NUMBER"
	return $((TAP_FAILED > 0))
}
