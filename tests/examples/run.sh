#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Every program of doc/examples runs and prints what stands in NAME.out beside
# this script; and where a document shows one, it shows the file as it is.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/support/tap.sh
. tests/support/tap.sh

build=${STELE_BUILD:-build}

runs() {	# name, arguments...
	local name=$1 status=0
	shift
	"$build/doc/examples/$name" "$@" >"$work/out" 2>"$work/log" || status=$?
	if [ "$status" -ne 0 ]; then
		echo "ended with status $status" >>"$work/log"
		return 1
	fi
	diff -u "tests/examples/$name.out" "$work/out" >>"$work/log"
}

is_run() {
	local status=0
	runs "$@" || status=1
	result "$status" "${1}_prints_what_it_promises" <"$work/log"
}

# A page's copy of an example stands between `.EX` and `.EE`, behind a comment
# that names the file, and leaves out the file's first comments.
shown_in_page() {	# page, example
	local status=0
	sed -n "\\|^\\.\\\\\" doc/examples/$2\$|,/^\\.EE/p" "doc/man/$1" |
		sed -e '1,/^\.EX/d' -e '/^\.EE/d' -e 's/\\e/\\/g' -e 's/^\\&//' >"$work/shown"
	sed -n '/^#include/,$p' "doc/examples/$2" >"$work/file"
	diff -u "$work/file" "$work/shown" >"$work/log" || status=1
	result "$status" "${1}_shows_$2_as_it_is" <"$work/log"
}

for source in doc/examples/*.c; do
	name=${source##*/}
	name=${name%.c}
	case $name in
	get) is_run get "$work/packages.stele" dpkg ;;
	build) is_run build "$work/packages.stele" ;;
	*) is_run "$name" ;;
	esac
done
shown_in_page libstele.3 build.c
shown_in_page libstele.3 get.c
finish
