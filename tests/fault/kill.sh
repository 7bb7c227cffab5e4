#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# A build, and the publishing of a copy, killed at named points: before the k-th
# call of one system call.  The old file or the new one stands under the name,
# whole; what else is left, the next build takes for a dead maker's, and sweeps.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 1
# shellcheck source=tests/support/tap.sh
. tests/support/tap.sh
# shellcheck source=tests/support/fault.sh
. tests/support/fault.sh

build=${STELE_BUILD:-build}
stele=${STELE:-$build/stele}
folder=$work/folder
out=$folder/OUT.stele
named=50 more=10 size=4000
[ -z "${STELE_LONG-}" ] || named=200 more=100 size=60000
seed=20261123
echo "# seed $seed"
RANDOM=$seed

# What may be called last; others change nothing that is seen from outside.
calls=(openat pwrite pread ftruncate fchmod fsync linkat renameat2 renameat
	unlinkat flock mmap close)
# Short transfers make enough points of them.
common=(FAULT_SHORT=1)

case_build() {
	with_faults plain "${common[@]}" "$@" -- "$stele" build -o "$out" \
		--table by_name=name --memory 1 --threads 2 "$work/new.ndjson"
}

case_copy() {
	with_faults plain "${common[@]}" "$@" -- "$build/tests/fault/copy" \
		"$work/new.stele" "$out"
}

prepare() {	# fresh|old
	rm -rf "$folder"
	mkdir "$folder"
	[ "$1" = fresh ] || cp "$work/old.stele" "$out"
}

left_over() {
	find "$folder" -mindepth 1 ! -name OUT.stele -printf '%f\n'
}

# fresh|old: what is wrong in the folder of somebody who was killed
judge() {
	local what=$1 left
	if [ -e "$out" ]; then
		"$stele" verify "$out" 2>&1
		cmp -s "$out" "$work/new.stele" ||
			{ [ "$what" = old ] && cmp -s "$out" "$work/old.stele"; } ||
			echo "the file is neither the old one nor the new one"
	elif [ "$what" = old ]; then
		echo "the old file is gone"
	fi
	left=$(left_over)
	grep -qvE '^(\.OUT\.stele\.stele-tmp\.[0-9a-f]{16})?$' <<<"$left" &&
		echo "left behind: $left"
	[ -z "$left" ] || swept=$((swept + 1))
	"$stele" build -o "$out" --table by_name=name "$work/old.ndjson" \
		>/dev/null 2>&1 || echo "the next build fails"
	left=$(left_over)
	[ -z "$left" ] || echo "the next build leaves: $left"
}

# the counts "CALL N" of each call: so many points "CALL K", each call's first
# and last, then one by one from behind, since names come late
points() {
	awk -v want="$1" '
		{ name[NR] = $1; all[NR] = $2; last[NR] = $2 }
		function take(i, k) {
			if (k < 1 || k > all[i] || (i, k) in taken || want == 0)
				return 0
			taken[i, k] = 1
			want--
			print name[i], k
			return 1
		}
		END {
			for (i = 1; i <= NR; i++)
				take(i, 1)
			do {
				some = 0
				for (i = 1; i <= NR; i++)
					while (last[i] > 0 && !some_of[i]) {
						some_of[i] = take(i, last[i]--)
						some += some_of[i]
					}
				split("", some_of)
			} while (some && want)
		}'
}

# The same many, anywhere.
random_points() {
	local call n i
	mapfile -t lines
	for ((i = 0; i < $1; i++)); do
		read -r call n <<<"${lines[RANDOM % ${#lines[@]}]}"
		echo "$call $(((RANDOM << 15 | RANDOM) % n + 1))"
	done
}

# name, build|copy, fresh|old, VAR=VALUE...
kill_each() {
	local name=$1 run=case_$2 what=$3 call k status wrong='' killed=0 swept=0
	shift 3
	for call in "${calls[@]}"; do
		prepare "$what"
		"$run" "$@" "FAULT_ONLY=$call" FAULT_KILL=1000000000
		k=$(counted calls)
		[ "$k" = 0 ] || echo "$call $k"
	done >"$work/counts"
	{ points "$named" <"$work/counts"
	  random_points "$more" <"$work/counts"; } >"$work/points"
	while read -r call k; do
		prepare "$what"
		"$run" "$@" "FAULT_ONLY=$call" "FAULT_KILL=$k"
		status=$?
		[ "$status" != 137 ] || killed=$((killed + 1))
		judge "$what" >"$work/wrong"	# counts what it sweeps: no subshell
		wrong=$(<"$work/wrong")
		[ -z "$wrong" ] || break
	done <"$work/points"
	echo "# $name: $killed kills at $(tr '\n' ',' <"$work/counts") $swept swept"
	[ -n "$wrong" ] || [ "$killed" -ge $((named + more / 2)) ] ||
		wrong="only $killed kills"
	result "$([ -z "$wrong" ]; echo $?)" "$name" \
		< <(echo "before $call number $k: $wrong")
}

preload libfault
rows "$size" 1 >"$work/new.ndjson"
rows 30 100000 >"$work/old.ndjson"
for image in new old; do
	"$stele" build -o "$work/$image.stele" --table by_name=name --memory 1 \
		--threads 2 "$work/$image.ndjson" >/dev/null 2>"$work/stderr" ||
		{ result 1 builds_without_faults <"$work/stderr"; finish; exit 1; }
done
for what in fresh old; do
	kill_each "build_killed_at_${named}_points_$what" build "$what"
	kill_each "build_killed_at_${named}_points_without_tmpfile_$what" build \
		"$what" FAULT_LACKS=tmpfile,exchange
	kill_each "copy_killed_at_${named}_points_$what" copy "$what"
done
finish
