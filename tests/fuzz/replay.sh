#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Each fuzz target over its committed corpus, without a fuzzer: corpus/NAME is
# for fuzz_NAME.
set -euo pipefail
cd "$(dirname "$0")/../.."

for program in "${STELE_BUILD:-build}"/asan/tests/fuzz/fuzz_*; do
	name=${program##*/fuzz_}
	"$program" "tests/fuzz/corpus/$name"
done
