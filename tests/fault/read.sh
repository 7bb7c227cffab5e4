#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Every command that reads a segment, and publishing one to memory, while each
# allocation and each system call fails once: it ends as ever, or by status 4 and
# a message, and what it printed is never taken for all of it.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/support/tap.sh
. tests/support/tap.sh
# shellcheck source=tests/support/fault.sh
. tests/support/fault.sh

build=${STELE_BUILD:-build}
stele=${STELE:-$build/stele}
copy=$build/tests/fault/copy
seg=$work/all.stele

schema='record Maker { name: str since: time? }
record Row { id: u64 name: str maker: Maker tags: list<str> price: decimal?
	when: zoned? more: any up: ref by_id? size: dict<str, u32>
	grid: ndarray<f32>? mark: user<mark>? }
table by_id: Row(id)
table by_name: Row(name)
table by_maker: Row(maker.name) multi
table by_two: Row(id, name)
table seen: Row(name) filter 1/100
rows Row
'

all_rows() {	# how many
	awk -v n="$1" 'BEGIN {
		for (i = 0; i < n; i++) {
			printf "{\"id\":%d,\"name\":\"row-%d\"," \
			       "\"maker\":{\"name\":\"maker-%d\",\"since\":\"12:30:00\"}," \
			       "\"tags\":[\"one\",\"a tag longer than eight bytes\"]," \
			       "\"price\":\"%d.50\",\"when\":\"2026-11-23T12:00:00+01:00\"," \
			       "\"up\":%s,\"grid\":[[1,2],[3,%d]],\"mark\":\"bWFyaw==\"," \
			       "\"size\":{", i, i, i % 7, i * 1000003, \
			       i ? i - 1 : "null", i
			for (k = 0; k < 10; k++)
				printf "%s\"size-%d\":%d", k ? "," : "", k, i * k
			printf "},\"more\":{\"$type\":\"tuple\",\"items\":[" \
			       "{\"$type\":\"decimal\",\"value\":\"%d.25\"}," \
			       "123456789012345678901234567890,{\"a\":[null,true]}]}}\n", i
		}
	}'
}

# What is printed, but for the pages that happen to be there.
printed() {
	grep -vE '^(page|huge|resident) bytes' "$work/stdout" |
		sed -E 's/"(page|huge|resident)_bytes":[0-9]+,//g'
}

# how to run, VAR=VALUE..., --, program, argument...; with the program of asan
run() {
	local words=("$@") i
	for i in "${!words[@]}"; do
		[ "$1" = asan ] || break
		case ${words[i]} in
		"$stele") words[i]=$build/asan/stele ;;
		"$copy") words[i]=$build/asan/tests/fault/copy ;;
		esac
	done
	with_faults "${words[@]}"
}

# name, how to run, kind, stride, VAR=VALUE..., --, program, argument...
fail_each() {
	local name=$1 with=$2 kind=$3 stride=$4 k status wrong='' failed=0 hit=0
	shift 4
	run "$with" "$@" || wrong="fails without a fault"
	printed >"$work/expected"
	for ((k = 1; ; k += stride)); do
		[ -z "$wrong" ] || break
		run "$with" "FAULT_$kind=$k" "$@"
		status=$?
		happened || break
		hit=$((hit + 1))
		[ "$status" = 0 ] || failed=$((failed + 1))
		wrong=$(judge_end "$status")
		[ "$status" != 0 ] || cmp -s <(printed) "$work/expected" ||
			wrong="done, but the output is another"
	done
	echo "# $name: $hit faults, $failed failures"
	result "$([ -z "$wrong" ]; echo $?)" "$name" \
		< <(echo "k = $k: $wrong"; head -n 20 "$work/stderr")
}

# name, program, argument...: by every kind of fault
fail_all() {
	local name=$1 error
	shift
	fail_each "each_failing_allocation_of_$name" plain ALLOC 1 -- "$@"
	for error in EIO=5 EINTR=4 EMFILE=24; do
		fail_each "each_${error%=*}_of_$name" plain IO 1 \
			"FAULT_ERRNO=${error#*=}" -- "$@"
	done
	fail_each "each_failing_call_among_short_ones_of_$name" plain IO 1 \
		FAULT_SHORT=1 -- "$@"
	[ ! -x "$build/asan/stele" ] ||
		fail_each "each_failing_call_asan_of_$name" asan IO 1 -- "$@"
}

# name, argument...: standard output takes no more after some bytes
cut_off() {
	local name=$1 wrong='' status kib bytes
	shift
	"$stele" "$@" >/dev/full 2>"$work/stderr"
	status=$?
	wrong=$(judge_end "$status")
	[ "$status" = 4 ] || wrong+=" nothing was written, and the status is $status"
	"$stele" "$@" >"$work/whole"
	bytes=$(stat -c %s "$work/whole")
	for ((kib = 1; kib * 1024 < bytes; kib += 1 + kib / 2)); do
		# A write is short there, and the next one fails.
		(trap '' XFSZ; ulimit -f "$kib"
		 exec "$stele" "$@" >"$work/part" 2>"$work/stderr")
		status=$?
		[ "$status" = 4 ] && grep -q 'standard output' "$work/stderr" ||
			wrong+=" status $status after $kib KiB of $bytes bytes"
	done
	(trap '' PIPE; "$stele" "$@" 2>"$work/stderr"; echo $? >"$work/status") | :
	status=$(<"$work/status")
	[ "$status" = 4 ] || [ "$bytes" -lt 65536 ] ||
		wrong+=" status $status where nobody reads"
	result "$([ -z "$wrong" ]; echo $?)" "what_is_cut_off_is_told_by_$name" \
		<<<"$wrong"
}

preload libfault
printf '%s' "$schema" >"$work/all.schema"
all_rows 30 >"$work/all.ndjson"
if ! "$stele" build -o "$seg" --schema "$work/all.schema" "$work/all.ndjson" \
	>/dev/null 2>"$work/stderr"; then
	result 1 builds_without_faults <"$work/stderr"
	finish
	exit 1
fi

fail_all verify "$stele" verify "$seg"
fail_all dump "$stele" dump "$seg"
fail_all dump_csv "$stele" dump --csv "$seg"
fail_all dump_table "$stele" dump "$seg" by_maker
fail_all get "$stele" get "$seg" by_two '[7,"row-7"]'
fail_all get_path "$stele" get "$seg" /by_name/row-3/up/more
fail_all get_by_filter "$stele" get "$seg" seen row-3
fail_all info "$stele" info "$seg"
fail_all info_json "$stele" info --json "$seg"
fail_all ls "$stele" ls "$seg" /by_id
fail_all schema "$stele" schema "$seg"
fail_all schema_text "$stele" schema "$work/all.schema"
fail_all schema_header "$stele" schema --header "$seg"
fail_all schema_check "$stele" schema --check "$seg" "$work/all.schema"
tac "$work/all.ndjson" >"$work/other.ndjson"
"$stele" build -o "$work/other.stele" --no-share --schema "$work/all.schema" \
	"$work/other.ndjson" >/dev/null 2>&1
fail_all diff "$stele" diff "$seg" "$work/other.stele"
# rows that differ, some without a key; 1 is the status of a diff that is done
sed 's/"tags":\["one"/"tags":["two"/' "$work/other.ndjson" >"$work/differs.ndjson"
sed 's/table by_name: /table by_other: /; s/up: ref by_id/up: any/; s/by_id/by_number/' \
	"$work/all.schema" >"$work/differs.schema"
"$stele" build -o "$work/differs.stele" --schema "$work/differs.schema" \
	"$work/differs.ndjson" >/dev/null 2>&1
for with in plain asan; do
	[ $with = plain ] || [ -x "$build/asan/stele" ] || continue
	kind=ALLOC
	[ $with = plain ] || kind=IO
	# shellcheck disable=SC2016	# the inner shell expands it
	fail_each "each_fault_${with}_of_a_diff_of_others" $with $kind 1 \
		FAULT_PROGRAM=stele -- sh -c '"$@"; s=$?; [ $s != 1 ] || s=0; exit $s' sh \
		"$stele" diff "$seg" "$work/differs.stele"
done
fail_all publishing_to_memory "$copy" "$seg" -
export STELE_PATH=$work/nowhere:$work
fail_all finding_a_name "$stele" ls all
if command -v valgrind >/dev/null; then
	fail_each some_failing_allocations_memcheck_of_dump memcheck ALLOC 23 -- \
		"$stele" dump "$seg"
	fail_each some_failing_allocations_memcheck_of_verify memcheck ALLOC 7 -- \
		"$stele" verify "$seg"
fi

all_rows 2000 >"$work/all.ndjson"
"$stele" build -o "$seg" --schema "$work/all.schema" "$work/all.ndjson" \
	>/dev/null 2>&1
fail_all verify_by_threads "$stele" verify --threads 3 "$seg"
cut_off dump dump "$seg"
cut_off dump_csv dump --csv "$seg"
cut_off ls ls "$seg" /by_id
cut_off get get "$seg" by_id $(seq 0 99)
cut_off info info "$seg"
cut_off schema schema "$seg"
finish
