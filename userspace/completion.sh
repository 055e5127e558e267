#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
#
# completion.sh bash|zsh|fish PROGRAM: print the completion of that shell, from the
# program's own tables of verbs, options and words.
set -eu
shell=$1
program=$2

# words KIND: those of an enum of the spec
words() {
	"$program" explain | awk -v kind="$1" '$2 == kind { printf "%s%s", sep, $1; sep = " " }'
}

# A line a verb: "verb NAME ARGUMENT"; then its options: "option NAME LETTER VALUE WORDS".
# Both are separated by tabs.
tables() {
	"$program" help --list-verbs | while read -r verb; do
		"$program" "$verb" --list-options | awk -v verb="$verb" '
			NR == 1 { print "verb\t" verb "\t" $0; next }
			{ print "option\t" $0 }'
	done
}

tables | awk -F '\t' -v shell="$shell" -v program=closewatch \
	-v verbs="$("$program" help --list-verbs | tr '\n' ' ')" \
	-v path="$(words path)" -v event="$(words event-type)" \
	-v column="$("$program" watch --list-fields | awk 'NR > 1 { print $1 }' | tr '\n' ' ')" \
	-v word="$("$program" explain | awk 'NR > 1 { print $1 }' | sort -u | tr '\n' ' ')" '

# What completes the value of an option: the same option means the same everywhere.
function kind(name, value) {
	if (name == "path" || name == "event")
		return name
	if (name == "output")
		return "column"
	if (value == "USER")
		return "user"
	if (value == "PID")
		return "pid"
	if (value ~ /^NAME\|PID\|PATH/)
		return "netns"
	if (value == "PATH|ID")
		return "cgroup"
	if (value ~ /^[a-z0-9]+([|][a-z0-9]+)+$/)
		return value
	return value ~ /FILE|DIR/ ? "file" : "none"
}

# The words that such a value may be
function choice(k) {
	gsub(/[|]/, " ", k)
	return k
}

# The words that can stand for themselves; a slash: files
function argument(doc) {
	if (doc == "[VERB]")
		return verbs
	if (doc == "[WORD]")
		return word
	if (doc ~ /DIR|FILE/)
		return "/"
	return doc ~ /^[a-z]+$/ ? doc : ""
}

function quoted(s) {
	gsub(/\047/, "\047\\\047\047", s)
	return "\047" s "\047"
}

# --- bash ---

function bash_verb() {
	if (verb != "")
		printf "\t%s)\n\t\toptions=%s\n\t\targuments=%s ;;\n", verb,
			quoted(names), quoted(takes)
	names = ""
}

function bash_option(name, letter, value) {
	names = names (names == "" ? "" : " ") "--" name (letter == "" ? "" : " -" letter)
	if (value == "" || value ~ /^=/ || seen[name]++)
		return
	of[kind(name, value)] = of[kind(name, value)] "|--" name (letter == "" ? "" : "|-" letter)
}

function bash_kind(k, command) {
	if (k in of)
		printf "\t%s)\n\t\t%s\n\t\treturn ;;\n", substr(of[k], 2), command
}

function bash_end(    k) {
	bash_verb()
	print "\tesac\n\tcase $previous in"
	bash_kind("path", "_closewatch_list " quoted(path))
	bash_kind("event", "_closewatch_list " quoted(event))
	bash_kind("column", "_closewatch_list " quoted(column))
	for (k in of)
		if (k ~ /[|]/)
			bash_kind(k, "_closewatch_words " quoted(choice(k)))
	bash_kind("user", "mapfile -t COMPREPLY < <(compgen -u -- \"$current\")")
	bash_kind("pid", "_closewatch_words \"$(cd /proc && echo [0-9]*)\"")
	bash_kind("netns", "_closewatch_words \"all $(ls /run/netns 2>/dev/null)\"")
	bash_kind("cgroup", "mapfile -t COMPREPLY < <(cd /sys/fs/cgroup && compgen -d -- \"$current\")")
	bash_kind("file", "mapfile -t COMPREPLY < <(compgen -f -- \"$current\")")
	bash_kind("none", "COMPREPLY=()")
	print "\tesac"
	print "\tif [[ $current == -* ]]; then"
	print "\t\t_closewatch_words \"$options\""
	print "\telif ((COMP_CWORD == 1)); then"
	print "\t\t_closewatch_words " quoted(verbs)
	print "\telif [[ $arguments == / ]]; then"
	print "\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$current\")"
	print "\telse"
	print "\t\t_closewatch_words \"$arguments\""
	print "\tfi\n}\ncomplete -F _closewatch " program
}

function bash_begin() {
	print "# bash completion of " program "; made by completion.sh"
	print "_closewatch_words() { mapfile -t COMPREPLY < <(compgen -W \"$1\" -- \"$current\"); }\n"
	print "# Of a list with commas, the last"
	print "_closewatch_list() {"
	print "\tlocal before= last=${current##*,}"
	print "\t[[ $current == +* ]] && before=+"
	print "\t[[ $current == *,* ]] && before=${current%,*},"
	print "\tmapfile -t COMPREPLY < <(compgen -P \"$before\" -W \"$1\" -- \"${last#+}\")"
	print "}\n"
	print "_closewatch() {"
	print "\tlocal current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}"
	print "\tlocal verb=watch options= arguments="
	print "\t# --option=value is three words to bash."
	print "\t[[ $current != = ]] || current="
	print "\t[[ $previous != = ]] || previous=${COMP_WORDS[COMP_CWORD - 2]}"
	print "\t[[ ${COMP_WORDS[COMP_CWORD]} != = ]] || previous=${COMP_WORDS[COMP_CWORD - 1]}"
	print "\t((COMP_CWORD < 2)) || [[ ${COMP_WORDS[1]} == -* ]] || verb=${COMP_WORDS[1]}"
	print "\tcase $verb in"
}

# --- zsh ---

function zsh_words(s) {
	gsub(/\[|\]|:|\\/, "\\\\&", s)
	return s
}

function zsh_values(k) {
	if (k == "path")
		return "_values -s , path " path
	if (k == "event")
		return "_values -s , event " event
	if (k == "column")
		return "{compset -P +; _values -s , column " column "}"
	if (k ~ /[|]/)
		return "(" choice(k) ")"
	if (k == "user")
		return "_users"
	if (k == "pid")
		return "_pids"
	if (k == "netns")
		return "(all ${(f)\"$(ls /run/netns 2>/dev/null)\"})"
	if (k == "cgroup")
		return "_files -W /sys/fs/cgroup -/"
	return k == "file" ? "_files" : " "
}

function zsh_verb(    what) {
	what = takes == "/" ? "_files" : "(" takes ")"
	if (verb != "")
		print "\t\t" (takes == "" ? "" : quoted("*:argument:" what) " ") "&& return ;;"
}

function zsh_option(name, letter, value, doc,    spec, optional) {
	optional = sub(/^=/, "", value)
	spec = "[" zsh_words(doc) "]"
	if (value != "")
		spec = spec (optional ? "::" : ":") zsh_words(value) ":" zsh_values(kind(name, value))
	if (letter != "")
		print "\t\t" quoted("*-" letter (value == "" || optional ? "" : "+") spec) " \\"
	print "\t\t" quoted("*--" name (value == "" ? "" : "=" (optional ? "-" : "")) spec) " \\"
}

# --- fish ---

# With a plus, too
function fish_columns(    all) {
	all = column
	gsub(/[^ ]+/, "+&", all)
	return column all
}

function fish_option(name, letter, value, doc,    line, k) {
	line = verb == "watch" ? "__closewatch_watches" : \
		quoted("__fish_seen_subcommand_from " verb)
	line = "complete -c " program " -n " line " -l " name
	if (letter != "")
		line = line " -s " letter
	if (value != "" && value !~ /^=/) {
		k = kind(name, value)
		line = line (k == "file" ? " -r -F" : " -x")
		if (k == "path" || k == "event" || k == "column")
			line = line " -a " quoted("(__fish_append , " \
				(k == "path" ? path : k == "event" ? event : fish_columns()) ")")
		else if (k ~ /[|]/)
			line = line " -a " quoted(choice(k))
		else if (k == "user")
			line = line " -a \047(__fish_complete_users)\047"
		else if (k == "pid")
			line = line " -a \047(__fish_complete_pids)\047"
		else if (k == "netns")
			line = line " -a \047all (ls /run/netns 2>/dev/null)\047"
	}
	print line " -d " quoted(doc)
}

BEGIN {
	others = verbs
	sub(/watch /, "", others)
	if (shell == "bash")
		bash_begin()
	if (shell == "zsh") {
		print "#compdef " program "\n# made by completion.sh"
		print "local verb=watch"
		print "if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then"
		print "\tcompadd " verbs
		print "\treturn\nfi"
		print "if [[ $words[2] != -* ]]; then"
		print "\tverb=$words[2]\n\tshift words\n\t(( CURRENT-- ))\nfi"
		print "case $verb in"
	}
	if (shell == "fish") {
		print "# fish completion of " program "; made by completion.sh"
		print "function __closewatch_watches"
		print "\tnot __fish_seen_subcommand_from " others
		print "end"
		print "complete -c " program " -f"
		print "complete -c " program " -n __fish_use_subcommand -a " quoted(verbs)
	}
}

$1 == "verb" {
	if (shell == "bash")
		bash_verb()
	if (shell == "zsh")
		zsh_verb()
	verb = $2
	takes = argument($3)
	if (shell == "zsh")
		print verb ")\n\t_arguments -s \\"
	if (shell == "fish" && takes != "")
		print "complete -c " program " -n " quoted("__fish_seen_subcommand_from " verb) \
			(takes == "/" ? " -F" : " -a " quoted(takes))
}

$1 == "option" && shell == "bash" { bash_option($2, $3, $4) }
$1 == "option" && shell == "zsh" { zsh_option($2, $3, $4, $5) }
$1 == "option" && shell == "fish" { fish_option($2, $3, $4, $5) }

END {
	if (shell == "bash")
		bash_end()
	if (shell == "zsh") {
		zsh_verb()
		print "esac"
	}
}'
