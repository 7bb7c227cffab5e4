#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# The golden suites with the programs of build/arm64: images that another
# architecture builds are the same bytes, and those of x86-64 read the same.
set -euo pipefail
cd "$(dirname "$0")/../.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for program in stele tests/golden/{make,vectors,compat,decimals}; do
	mkdir -p "$(dirname "$work/$program")"
	printf '#!/bin/sh\nexec "%s" "%s" "$@"\n' "$PWD/tests/reach/emulate" \
		"$PWD/build/arm64/$program" >"$work/$program"
	chmod +x "$work/$program"
done
export STELE_BUILD=$work STELE=$work/stele
status=0
tests/golden/images.sh || status=1
tests/golden/run-format || status=1
tests/golden/run-decimal || status=1
exit "$status"
