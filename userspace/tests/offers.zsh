# SPDX-License-Identifier: GPL-2.0
#
# zsh -f offers.zsh FILE LINE...: as offers.bash. FILE is named _closewatch. Only a
# line editor completes, so one runs on a terminal here: its Tab inserts all that is
# offered, and Ctrl-T tells the line.
zmodload zsh/zpty
dir=${1:h} all= n=0
shift
cat >$dir/rc <<END
unset zle_bracketed_paste
fpath=($dir \$fpath)
autoload -U compinit
compinit -u -D
zstyle ':completion:all:*' insert yes
zstyle ':completion:all:*' completer _all_matches _complete
zle -C all complete-word _generic
bindkey '^I' all
tell() {
	print -r -- "\$BUFFER" >>$dir/told
	BUFFER=
}
zle -N tell
bindkey '^T' tell
print rea''dy
END
: >$dir/told
zpty shell TERM=dumb zsh -f -i
zpty -w shell ". $dir/rc"
until [[ $all == *ready* ]]; do
	zpty -r shell part || exit 1
	all+=$part
done
for line; do
	zpty -n -w shell $line$'\t\x14'
	(( ++n ))
	# What it shows is read, or it would wait.
	until [[ $(wc -l <$dir/told) -ge n ]]; do
		zpty -rt shell part || sleep .01
	done
	told=$(tail -n 1 $dir/told)
	# Nothing is offered: nothing has changed.
	[[ $told != $line ]] || told=
	for word in ${=told#${line% *}}; do
		word=${word%[,=]}
		print -r -- ${word##*=}
	done | LC_ALL=C sort | xargs
done
