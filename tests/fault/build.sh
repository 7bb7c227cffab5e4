#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# A small build in which each allocation and each system call fails once, and
# one that is killed at 50 points.  A failed build says why, and the folder is
# as it was; a build that got over the failure made the right bytes; a killed
# one leaves the old file or the new one, and the next build clears up.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1

build=${STELE_BUILD:-build}
stele=${STELE:-$build/stele}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
folder=$work/folder
n=0

report() {	# name, what went wrong
	n=$((n + 1))
	if [ -z "$2" ]; then
		echo "ok $n - $1"
	else
		echo "not ok $n - $1"
		printf '# %s\n' "${2//$'\n'/$'\n# '}"
	fi
}

rows() {	# how many, first number
	awk -v n="$1" -v first="$2" 'BEGIN {
		for (i = first; i < first + n; i++)
			printf "{\"name\":\"row-%d\",\"size\":%d,\"ratio\":%.3f," \
			       "\"tags\":[\"t%d\",\"a tag longer than eight bytes\"]}\n",
			       i, i * 1000003, i / 7, i % 5
	}'
}

# plain|asan|memcheck, input, VAR=VALUE...: the build, with faults
run_build() {
	local with=$1 input=$2 program=$stele preload=$work/libfault.so tool=()
	shift 2
	case $with in
	# The sanitizer must come first, so its allocations cannot be failed.
	asan) program=$build/asan/stele preload="$asan_library $preload" ;;
	# By itself valgrind would take the place of the library's malloc() too.
	memcheck) tool=(valgrind -q --trace-children=yes --leak-check=full
			--soname-synonyms=somalloc=nouserintercepts
			--errors-for-leak-kinds=definite --error-exitcode=126) ;;
	esac
	# The shell tells of a kill on its own stderr.
	{
		"${tool[@]}" env LD_PRELOAD="$preload" FAULT_COUNT="$work/count" \
			FAULT_PROGRAM="${program##*/}" "$@" \
			"$program" build -o "$folder/OUT.stele" \
			--table by_name=name "$input" \
			>/dev/null 2>"$work/stderr" </dev/null
	} 2>/dev/null
}

happened() {
	[ "$(od -An -tu8 -j16 -N8 "$work/count" | tr -d ' ')" = 1 ]
}

counted() {	# 0 allocations, 1 system calls
	od -An -tu8 -j$((8 * $1)) -N8 "$work/count" | tr -d ' '
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
	if [ "$status" -ge 126 ] ||
	   grep -qE 'Sanitizer|runtime error|^==[0-9]+==' "$work/stderr"; then
		echo "status $status"
		return
	fi
	if [ "$status" = 0 ]; then
		cmp -s "$folder/OUT.stele" "$work/new.stele" ||
			echo "done, but the file is wrong"
	else
		grep -q '^stele: .' "$work/stderr" || echo "status $status without a message"
		if [ "$what" = old ]; then
			cmp -s "$folder/OUT.stele" "$work/old.stele" ||
				echo "the old file has changed"
		elif [ -e "$folder/OUT.stele" ]; then
			echo "a file is there"
		fi
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
		run_build "$with" "$work/new.ndjson" "FAULT_$kind=$k" "$@"
		status=$?
		happened || break
		hit=$((hit + 1))
		[ "$status" = 0 ] || failed=$((failed + 1))
		wrong=$(judge "$what" "$status")
		if [ -n "$wrong" ]; then
			report "$name" "k = $k: $wrong"$'\n'"$(head -n 20 "$work/stderr")"
			return
		fi
	done
	echo "# $name: $hit faults, $failed of them failed the build"
	[ "$failed" -gt 0 ] && wrong='' || wrong='no fault has failed the build'
	report "$name" "$wrong"
}

# fresh|old: what is wrong after the k-th call was a kill
judge_kill() {
	local what=$1 out=$folder/OUT.stele more
	if [ -e "$out" ]; then
		"$stele" verify "$out" >/dev/null 2>&1 || echo "verify refuses the file"
		cmp -s "$out" "$work/large.stele" ||
			{ [ "$what" = old ] && cmp -s "$out" "$work/old.stele"; } ||
			echo "the file is neither the old one nor the new one"
	elif [ "$what" = old ]; then
		echo "the old file is gone"
	fi
	more=$(left_over)
	[[ -z $more || $more =~ ^\.OUT\.stele\.stele-tmp\.[0-9a-f]{16}$ ]] ||
		echo "left behind: $more"
	"$stele" build -o "$out" --table by_name=name "$work/new.ndjson" >/dev/null 2>&1 ||
		echo "the next build fails"
	more=$(left_over)
	[ -z "$more" ] || echo "the next build leaves: $more"
}

# 50 of so many calls: the last 25, and 25 evenly among the others
points() {
	awk -v all="$1" 'BEGIN {
		rest = all - 25
		early = rest < 25 ? rest : 25
		for (i = 0; i < early; i++)
			print 1 + int(i * rest / early)
		for (i = rest > 0 ? rest : 0; i < all; i++)
			print i + 1
	}'
}

# name, fresh|old: kill at 50 points; short transfers make enough of them
kill_each() {
	local name=$1 what=$2 all k status wrong='' killed=0
	prepare "$what"
	run_build plain "$work/large.ndjson" FAULT_SHORT=1
	all=$(counted 1)
	while read -r k; do
		prepare "$what"
		run_build plain "$work/large.ndjson" "FAULT_KILL=$k" FAULT_SHORT=1
		status=$?
		[ "$status" = 137 ] && killed=$((killed + 1))
		wrong=$(judge_kill "$what")
		[ -z "$wrong" ] || { wrong="killed at call $k of $all: $wrong"; break; }
	done < <(points "$all")
	echo "# $name: killed at $killed points of $all"
	[ -n "$wrong" ] || [ "$killed" -ge 50 ] || wrong="only $killed points"
	report "$name" "$wrong"
}

if ! "${CC:-gcc}" -std=gnu11 -D_GNU_SOURCE -O1 -fno-builtin -fPIC -shared \
	-o "$work/libfault.so" tests/fault/preload/libfault.c -ldl; then
	echo "1..0 # cannot build the fault library"
	exit 1
fi
rows 40 1 >"$work/new.ndjson"
rows 30 1000 >"$work/old.ndjson"
rows 8000 1 >"$work/large.ndjson"
for image in new old large; do
	if ! "$stele" build -o "$work/$image.stele" --table by_name=name \
		"$work/$image.ndjson" >/dev/null 2>"$work/stderr"; then
		cat "$work/stderr"
		echo "not ok 1 - builds_without_faults"
		echo "1..1"
		exit 1
	fi
done

for what in fresh old; do
	fail_each "each_failing_call_EIO_$what" plain "$what" IO 1 FAULT_ERRNO=5
	fail_each "each_failing_call_ENOSPC_$what" plain "$what" IO 1 FAULT_ERRNO=28
	kill_each "killed_at_50_points_$what" "$what"
done
fail_each each_interrupted_call plain old IO 1 FAULT_ERRNO=4
fail_each each_failing_call_among_short_ones plain old IO 1 FAULT_SHORT=1
fail_each each_failing_allocation plain old ALLOC 1
asan_library=$("${CC:-gcc}" -print-file-name=libasan.so)
if [ -x "$build/asan/stele" ]; then
	fail_each each_failing_call_asan asan old IO 1
fi
if command -v valgrind >/dev/null; then
	fail_each some_failing_allocations_memcheck memcheck fresh ALLOC 11
fi
echo "1..$n"
