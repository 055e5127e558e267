# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Packages of any Debian release through a private apt state. Nothing below
# /etc/apt is changed and nothing is installed: packages are downloaded and
# unpacked. Archive addresses are those that apt is configured with.

# apt_uri ORIGIN_LABEL: the archive's address, by the label its Release carries.
apt_uri() {
	# shellcheck disable=SC2016
	apt-get indextargets --format '$(REPO_URI) $(LABEL)' 2>/dev/null |
		sed -n "s, $1\$,,p" | sort -u | head -n 1
}

apt_find_archives() {
	local tried=
	while :; do
		APT_MAIN=$(apt_uri Debian)
		APT_SECURITY=$(apt_uri Debian-Security)
		[ -n "$APT_MAIN" ] && break
		[ -z "$tried" ] || die "apt has no Debian archive configured: add one to /etc/apt/sources.list"
		tried=1
		deps_update
	done
	# A mirror keeps both side by side; an archive without one is seldom.
	: "${APT_SECURITY:=${APT_MAIN/\/debian\///debian-security/}}"
}

# The sources of a release, one line each.
apt_sources() {
	local signed=
	[ -e /usr/share/keyrings/debian-archive-keyring.gpg ] &&
		signed=' [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg]'
	printf 'deb%s %s %s main\n' "$signed" "$APT_MAIN" "$1"
	[ "$1" = sid ] || printf 'deb%s %s %s-security main\n' "$signed" "$APT_SECURITY" "$1"
	[ "$1" != trixie ] || printf 'deb%s %s trixie-backports main\n' "$signed" "$APT_MAIN"
}

# apt_state RELEASE [ARCHITECTURE]: choose that release for apt_get and apt_cache,
# with lists not older than a day. An unreachable archive is no failure while old
# lists are there to serve. Beside packages of another architecture there are those
# of amd64, as NAME:amd64.
apt_state() {
	local arch=${2:-amd64} name=$1 dir
	[ "$arch" = amd64 ] || name+=-$arch
	dir=$CACHE/apt/$name
	cache_lock "apt-$name"
	mkdir -p "$dir/lists/partial" "$dir/cache/archives/partial"
	: >"$dir/status"
	APT_OPTIONS=(
		-o "Dir::State=$dir"
		-o "Dir::State::lists=$dir/lists"
		-o "Dir::State::status=$dir/status"
		-o "Dir::Cache=$dir/cache"
		-o "Dir::Etc::SourceList=$dir/sources.list"
		-o "Dir::Etc::SourceParts=/dev/null"
		-o "Dir::Etc::Preferences=/dev/null"
		-o "Dir::Etc::PreferencesParts=/dev/null"
		-o "Acquire::Check-Valid-Until=false"
		-o "Acquire::Languages=none"
		-o "APT::Architecture=$arch"
		-o "APT::Sandbox::User="
	)
	[ "$arch" = amd64 ] ||
		APT_OPTIONS+=(-o "APT::Architectures::=$arch" -o "APT::Architectures::=amd64")
	older_than "$dir/updated" 1 || return 0
	apt_find_archives
	apt_sources "$1" >"$dir/sources.list"
	say "reading the package lists of Debian $1"
	if logged "$dir/update.log" apt-get "${APT_OPTIONS[@]}" \
		-o APT::Update::Error-Mode=any update; then
		touch "$dir/updated"
	elif [ -e "$dir/updated" ]; then
		say "going on with the lists read before"
	else
		return 1
	fi
}

apt_cache() { apt-cache "${APT_OPTIONS[@]}" "$@"; }

apt_exists() { apt_cache show "$1" >/dev/null 2>&1; }

# apt_closure PATTERN PACKAGE...: the packages, and those they depend on whose
# names match the pattern.
apt_closure() {
	local pattern=$1 name seen=' '
	shift
	while [ $# -gt 0 ]; do
		name=$1
		shift
		case $seen in *" $name "*) continue ;; esac
		apt_exists "$name" || return 1
		seen+="$name "
		# shellcheck disable=SC2046
		set -- "$@" $(apt_cache show --no-all-versions "$name" |
			sed -n 's/^Depends: //p' | tr ',|' '\n\n' |
			sed 's/^ *//; s/[ :(].*//' | grep -E "$pattern" || :)
	done
	printf '%s\n' "$seen"
}

# apt_resolve PACKAGE...: the packages and all that they depend on.
apt_resolve() {
	apt-get "${APT_OPTIONS[@]}" --simulate --no-install-recommends install "$@" |
		sed -n 's/^Inst \([^ ]*\) .*/\1/p'
}

# apt_unpack DIR PACKAGE...: download and unpack below DIR.
apt_unpack() {
	local dir=$1 debs
	shift
	debs=$(mktemp -d "$CACHE/debs.XXXXXX")
	(
		cd "$debs"
		logged "$CACHE/download.log" apt-get "${APT_OPTIONS[@]}" download "$@"
		for deb in *.deb; do
			dpkg-deb -x "$deb" "$dir"
		done
	) || { rm -rf "$debs"; return 1; }
	rm -rf "$debs"
}
