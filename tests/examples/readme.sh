#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# What README.md shows is so: its commands print what stands below them, its
# C code is a part of an example, and what it links to is there.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/support/tap.sh
. tests/support/tap.sh

top=$PWD
PATH=$(realpath "${STELE_BUILD:-build}"):$PATH

# The first block in a language under a heading.
block() {	# heading, language
	awk -v heading="## $1" -v fence="\`\`\`$2" '
		/^## / { here = $0 == heading }
		inside && /^```$/ { exit }
		inside { print }
		here && !inside && /^```/ { if (!other && $0 == fence) inside = 1; else other = !other }
	' README.md
}

commands_print_what_is_shown() {
	local line
	block 'Use it' '' >"$work/shown"
	cd "$work"
	sed -n '/^\$ cat rows.ndjson$/,/^\$ stele build/p' shown | grep '^{' >rows.ndjson
	sed -n 's/^\$ //p' shown | while IFS= read -r line; do
		printf '$ %s\n' "$line"
		eval "$line" 2>/dev/null
	done >printed
	cd "$top"
	diff -u "$work/shown" "$work/printed"
}

code_is_of_an_example() {
	local shown
	shown=$(block 'Use it' c)
	[ -n "$shown" ] && [[ $(cat doc/examples/get.c) == *"$shown"* ]]
}

links_lead_somewhere() {
	local link status=0
	while IFS= read -r link; do
		[ -e "$link" ] || [ -e "doc/$link" ] || { echo "$link"; status=1; }
	done < <(grep -ohE '\]\([^)#:]+\)' README.md doc/*.md | sed 's/^](//; s/)$//' | sort -u)
	return "$status"
}

promise commands_print_what_is_shown commands_print_what_is_shown
promise code_is_of_an_example code_is_of_an_example
promise links_lead_somewhere links_lead_somewhere
finish
