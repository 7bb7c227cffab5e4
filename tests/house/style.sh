#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Layout, spelling, scripts, man pages, licence lines and who includes whom.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/support/tap.sh
. tests/support/tap.sh

each() {	# kind, command...: the command over all files of the kind
	local kind=$1
	shift
	tests/house/sources "$kind" | xargs -r -0 "$@"
}

words='te,nd'	# a,b,c: what codespell takes for mistakes, and is none

laid_out() {
	local files
	files=$(each c clang-format --dry-run 2>&1 | sed -n 's/^\([^:]*\):.*: warning: .*/\1/p' | uniq -c)
	[ -z "$files" ] || { echo "lines that differ, by file; \`make format\` rewrites them:"; echo "$files"; return 1; }
}

licence_lines() {
	local without
	without=$(each text grep -L 'SPDX-License-Identifier: ' |
		grep -E '\.(c|h|cc|py|sh|md|map|in|list|[1-9])$|^\./(Makefile|\.ci/|setup/|tests/run|tests/suites)' || true)
	echo "$without"
	[ -z "$without" ]
}

# tools, demo, examples and bench know public headers only.
public_headers_only() {
	! grep -nE '#include "(\.\./)*lib/|#include "\.\./' -r tools demo doc/examples tests/bench \
		--include='*.[ch]' --include='*.cc' 2>/dev/null
}

marks() {
	local word='TO''DO|FIX''ME|XX''X'
	! each c grep -nHE "\b($word)\b"
}

promise c_is_laid_out_by_clang_format laid_out
promise words_are_spelled_right each text codespell --ignore-words-list "$words"
promise scripts_pass_shellcheck each sh shellcheck -x
[ ! -e tools/completion/stele ] ||
	promise completion_passes_shellcheck shellcheck -s bash tools/completion/stele
promise man_pages_pass_mandoc each man mandoc -T lint -W warning
promise files_open_with_a_licence_line licence_lines
promise programs_include_public_headers_only public_headers_only
promise nothing_is_marked_as_unfinished marks
finish
