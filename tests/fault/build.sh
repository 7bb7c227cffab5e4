#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# A small build in which each allocation and each system call fails once.  A
# failed build says why, and the folder is as it was; a build that got over the
# failure made the right bytes.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/support/tap.sh
. tests/support/tap.sh
# shellcheck source=tests/support/fault.sh
. tests/support/fault.sh

build=${STELE_BUILD:-build}
stele=${STELE:-$build/stele}
folder=$work/folder
options=(--table by_name=name --memory 1 --threads 2)

# plain|asan|memcheck, VAR=VALUE...: the build, with faults
run_build() {
	local program=$stele
	[ "$1" != asan ] || program=$build/asan/stele
	with_faults "$@" -- "$program" build -o "$folder/OUT.stele" "${options[@]}" \
		"$work/new.ndjson"
}

left_over() {	# what is in the folder beside the output
	find "$folder" -mindepth 1 ! -name OUT.stele -printf '%f\n'
}

prepare() {	# fresh|old
	rm -rf "$folder"
	mkdir "$folder"
	[ "$1" = fresh ] || cp "$work/old.stele" "$folder/OUT.stele"
}

# fresh|old, status: what is wrong after a build that was hit, if anything
judge() {
	local what=$1 status=$2 more
	judge_end "$status"
	if [ "$status" = 0 ]; then
		cmp -s "$folder/OUT.stele" "$work/new.stele" ||
			echo "done, but the file is wrong"
	elif [ "$what" = old ]; then
		cmp -s "$folder/OUT.stele" "$work/old.stele" ||
			echo "the old file has changed"
	elif [ -e "$folder/OUT.stele" ]; then
		echo "a file is there"
	fi
	more=$(left_over)
	[ -z "$more" ] || echo "left behind: $more"
}

# name, how to run, fresh|old, kind, stride, VAR=VALUE...: fail each k-th of a kind
fail_each() {
	local name=$1 with=$2 what=$3 kind=$4 stride=$5 k status wrong failed=0 hit=0
	shift 5
	for ((k = 1; ; k += stride)); do
		prepare "$what"
		run_build "$with" "FAULT_$kind=$k" "$@"
		status=$?
		happened || break
		hit=$((hit + 1))
		[ "$status" = 0 ] || failed=$((failed + 1))
		wrong=$(judge "$what" "$status")
		[ -z "$wrong" ] || break
	done
	echo "# $name: $hit faults, $failed of them failed the build"
	[ -n "$wrong" ] || [ "$failed" -gt 0 ] || wrong='no fault has failed the build'
	result "$([ -z "$wrong" ]; echo $?)" "$name" \
		< <(echo "k = $k: $wrong"; head -n 20 "$work/stderr")
}

preload libfault
rows 40 1 >"$work/new.ndjson"
rows 30 1000 >"$work/old.ndjson"
for image in new old; do
	"$stele" build -o "$work/$image.stele" "${options[@]}" \
		"$work/$image.ndjson" >/dev/null 2>"$work/stderr" ||
		{ result 1 builds_without_faults <"$work/stderr"; finish; exit 1; }
done

for what in fresh old; do
	for error in EIO=5 ENOSPC=28 ENOMEM=12 EMFILE=24; do
		fail_each "each_failing_call_${error%=*}_$what" plain "$what" IO 1 \
			"FAULT_ERRNO=${error#*=}"
	done
	fail_each "each_failing_call_without_tmpfile_$what" plain "$what" IO 1 \
		FAULT_LACKS=tmpfile,exchange
done
fail_each each_interrupted_call plain old IO 1 FAULT_ERRNO=4
fail_each each_failing_call_among_short_ones plain old IO 1 FAULT_SHORT=1
fail_each each_failing_allocation plain old ALLOC 1
if [ -x "$build/asan/stele" ]; then
	fail_each each_failing_call_asan asan old IO 1
fi
if command -v valgrind >/dev/null; then
	fail_each some_failing_allocations_memcheck memcheck fresh ALLOC 11
fi
finish
