# SPDX-License-Identifier: GPL-2.0
#
# fish --no-config offers.fish FILE LINE...: as offers.bash.
source $argv[1]
for line in $argv[2..]
	complete -C $line | string replace -r '\t.*' '' | string replace -r '.*=' '' |
		LC_ALL=C sort | xargs
end
