# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash

# await COMMAND...: until it succeeds; guests are slow, so the limit is wide. Not
# by `read -t', whose alarm has been seen to come late and to end the shell.
await() {
	local end=$((SECONDS + 60))
	until "$@" >/dev/null; do
		[ "$SECONDS" -lt "$end" ] || { echo "# $* did not come true" >&2; return 1; }
		sleep 0.05
	done
}
