#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# The overview page tells of every function that a public header declares and
# of every error code, each with its number.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/support/tap.sh
. tests/support/tap.sh

page=doc/man/libstele.3

# name: what the headers have is in $work/declared, the page's in $work/told
same() {
	promise "$1" diff --label declared --label told -u "$work/declared" "$work/told"
}

printf '#include <stele/stele.h>\n' >"$work/all.c"
gcc -std=gnu11 -fsyntax-only -Ilib/include -aux-info "$work/functions" "$work/all.c"
sed -nE 's|^/\* lib/include/stele/.*\*/ [^(]*\b(stele_[a-z0-9_]+) \(.*|\1|p' "$work/functions" |
	sort -u >"$work/declared"
sed -nE 's|^\.BR (stele_[a-z0-9_]+) \(\).*|\1|p' "$page" | sort -u >"$work/told"
same libstele_3_tells_of_every_function

sed -nE 's|^\t(STELE_E_[A-Z0-9]+) = ([0-9]+),.*|\1 \2|p' lib/include/stele/error.h |
	sort >"$work/declared"
sed -nE 's|^\.BR (STELE_E_[A-Z0-9]+) " \(([0-9]+)\)"|\1 \2|p' "$page" | sort >"$work/told"
same libstele_3_lists_every_error
finish
