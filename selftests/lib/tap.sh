# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# TAP, written and read. One result for each check, and what a check says is
# shown only when it failed.

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

tap_skip() {
	TAP_NUMBER=$((TAP_NUMBER + 1))
	echo "ok $TAP_NUMBER $1 # SKIP $2"
}

tap_end() {
	echo "1..$TAP_NUMBER"
	return $((TAP_FAILED > 0))
}

# Read TAP of any depth: pass on results, and the diagnostics of what failed. As
# they come: some awks read a pipe in blocks.
tap_results() {
	local line kept=
	while IFS= read -r line; do
		case ${line#"${line%%[! ]*}"} in
		'#  RUN '*) kept=$line ;;
		'#'*) kept+=${kept:+$'\n'}$line ;;
		'ok '* | 'Bail out!'*) kept= && printf '%s\n' "$line" ;;
		'not ok '*) printf '%s\n' "$kept" "$line" && kept= ;;
		esac
	done
}
