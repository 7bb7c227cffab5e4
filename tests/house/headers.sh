#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Each public header compiles with nothing before it, in C11 and in C++17, by
# gcc and by clang, without a warning and without our feature macros; and the
# headers declare exactly the functions which the shared library exports.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/support/tap.sh
. tests/support/tap.sh

shopt -s nullglob
headers=(lib/include/stele/*.h)
library=${STELE_BUILD:-build}/libstele.so

compiles() {	# language, compiler and its standard, header
	echo "#include <stele/${3##*/}>" |
		$2 -x "$1" - -fsyntax-only -Wall -Wextra -Wpedantic -Werror -Ilib/include >"$work/log" 2>&1
}

for header in "${headers[@]}"; do
	for with in 'c gcc -std=c11' 'c clang -std=c11' 'c++ g++ -std=c++17' 'c++ clang++ -std=c++17'; do
		read -r language compiler <<<"$with"
		status=0
		compiles "$language" "$compiler" "$header" || status=1
		result "$status" "${header##*/}_compiles_alone_by_${compiler// /_}" <"$work/log"
	done
done

# gcc writes down every function it saw declared: `extern` and `static` apart.
if [ ${#headers[@]} -gt 0 ] && [ -e "$library" ]; then
	printf '#include <stele/%s>\n' "${headers[@]##*/}" >"$work/all.c"
	gcc -std=gnu11 -fsyntax-only -Ilib/include -aux-info "$work/functions" "$work/all.c"
	sed -nE 's|^/\* lib/include/stele/.*\*/ extern [^(]*\b(stele_[a-z0-9_]+) \(.*|\1|p' "$work/functions" |
		sort -u >"$work/declared"
	nm -D --defined-only "$library" | awk '$2 ~ /[TW]/ { sub(/@.*/, "", $3); print $3 }' |
		sort -u >"$work/exported"
	status=0
	diff --label declared --label exported -u "$work/declared" "$work/exported" >"$work/log" || status=1
	result "$status" declared_functions_are_those_exported <"$work/log"
fi
finish
