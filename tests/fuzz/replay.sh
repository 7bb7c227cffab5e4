#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Each fuzz target over its committed corpus, without a fuzzer: corpus/NAME is
# for fuzz_NAME.
set -euo pipefail
cd "$(dirname "$0")/../.."

for source in tests/fuzz/fuzz_*.c; do
	name=${source##*/fuzz_}
	name=${name%.c}
	"${STELE_BUILD:-build}/asan/tests/fuzz/fuzz_$name" "tests/fuzz/corpus/$name"
done
