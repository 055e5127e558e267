# SPDX-License-Identifier: GPL-2.0
#
# bash -u offers.bash FILE LINE...: what the completion in FILE offers behind each
# LINE, sorted, a line each.
. "$1"
shift
complete -p closewatch >/dev/null || exit 1
for line; do
	# As bash splits it
	read -ra COMP_WORDS <<<"${line/=/ = }"
	COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
	_closewatch
	printf '%s\n' "${COMPREPLY[@]}" | LC_ALL=C sort | xargs
done
