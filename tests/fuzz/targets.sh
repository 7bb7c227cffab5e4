#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Each fuzz target with its fuzzer, from the committed corpus on: a few runs of a
# fixed seed, which show that the targets work; `make fuzz` looks for more.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=tests/support/tap.sh
. tests/support/tap.sh

seed=20261123
runs=100
[ -z "${STELE_LONG-}" ] || runs=20000
echo "# seed $seed, $runs runs each"

# More runs than inputs, coverage that grows, no crash.
fuzzed() {	# name
	local program=${STELE_BUILD:-build}/fuzz/tests/fuzz/fuzz_$1 corpus=tests/fuzz/corpus/$1
	local all=$((runs + $(find "$corpus" -type f | wc -l)))
	mkdir -p "$work/$1"
	"$program" -runs="$all" -seed=$seed -timeout=60 -print_final_stats=1 \
		-artifact_prefix="$work/" "$work/$1" "$corpus" || {
		base64 -w 0 "$work"/{crash,leak,oom,timeout}-* 2>/dev/null
		return 1
	}
}

for source in tests/fuzz/fuzz_*.c; do
	name=${source##*/fuzz_}
	name=${name%.c}
	promise "fuzz_${name}_keeps_its_promises_for_${runs}_runs" fuzzed "$name"
	sed -n "s/^#.* cov: \([0-9]*\) ft: \([0-9]*\).*/# $name: \1 edges, \2 features/p" "$work/log" | tail -n 1
done
finish
