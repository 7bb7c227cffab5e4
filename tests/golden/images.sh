#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# The images in images/ against what they were when they were committed:
#
#   NAME.stele     the image; the program `make` builds the same bytes again
#   NAME.ndjson    its rows, as `stele dump` prints them
#   NAME.queries   lines "$ get ..." and "$ dump ...", each with what is printed
#   NAME.refused   instead of these: why it cannot be opened
#
# usage: images.sh [--update]    --update writes all of them instead
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/support/tap.sh
. tests/support/tap.sh

build=$(realpath "${STELE_BUILD:-build}")
stele=$(realpath "${STELE:-$build/stele}")
cd tests/golden/images

# The queries of an image with the answers of today, and their statuses but 0.
answers() {	# name
	local line
	while IFS= read -r line; do
		[ "${line:0:2}" = '$ ' ] || continue
		printf '%s\n' "$line"
		read -ra words <<<"${line:2}"
		"$stele" "${words[0]}" "$1.stele" "${words[@]:1}" 2>/dev/null || echo "exit $?"
	done <"$1.queries"
}

# Why an image is refused, without the name of the command and the file.
refusal() {	# command, name
	local status=0
	"$stele" "$1" "$2.stele" >"$work/out" 2>"$work/err" || status=$?
	[ ! -s "$work/out" ] || { echo "printed something"; return 1; }
	sed "s/.*$2\.stele: //" "$work/err"
	echo "exit $status"
}

reads() { "$stele" verify "$1.stele" && "$stele" dump "$1.stele" | diff "$1.ndjson" -; }
answers_as_before() { answers "$1" | diff "$1.queries" -; }
refuses() {
	refusal dump "$1" | diff "$1.refused" - && refusal verify "$1" | diff "$1.refused" -
}

update() {
	local name
	rm -f ./*.stele
	"$build/tests/golden/make" .
	for name in $("$build/tests/golden/make"); do
		if [ -e "$name.refused" ]; then
			refusal dump "$name" >"$work/refused"
			mv "$work/refused" "$name.refused"
			continue
		fi
		"$stele" dump "$name.stele" >"$name.ndjson"
		[ -e "$name.queries" ] || continue
		answers "$name" >"$work/queries"
		mv "$work/queries" "$name.queries"
	done
}

check() {
	local name
	mkdir "$work/again"
	promise images_can_be_built "$build/tests/golden/make" "$work/again"
	promise all_images_are_kept diff <("$build/tests/golden/make" | sort) \
		<(printf '%s\n' *.stele | sed 's/\.stele$//' | sort)
	for name in *.stele; do
		name=${name%.stele}
		promise "${name}_is_built_to_the_same_bytes" cmp "$name.stele" "$work/again/$name.stele"
		if [ -e "$name.refused" ]; then
			promise "${name}_is_refused" refuses "$name"
			continue
		fi
		promise "${name}_reads" reads "$name"
		[ ! -e "$name.queries" ] || promise "${name}_answers" answers_as_before "$name"
	done
	finish
}

if [ "${1-}" = --update ]; then
	update
else
	check
fi
