# SPDX-License-Identifier: MIT
#
# Sourced, after tap.sh, by shell suites that run programs with the libraries of
# tests/fault/preload: libfault makes calls fail or be the last one.
# shellcheck shell=bash

asan_library=$("${CC:-gcc}" -print-file-name=libasan.so)

# name: the preload library in $work
preload() {
	"${CC:-gcc}" -std=gnu11 -D_GNU_SOURCE -O1 -fno-builtin -fPIC -shared \
		-o "$work/$1.so" "tests/fault/preload/$1.c" -ldl && return
	echo "1..0 # cannot build tests/fault/preload/$1.c"
	exit 1
}

# plain|asan|memcheck, VAR=VALUE..., --, program, argument...: with faults; what
# it prints is in $work/stdout and $work/stderr
with_faults() {
	local with=$1 preloaded=$work/libfault.so tool=() variables=()
	shift
	while [ "$1" != -- ]; do
		variables+=("$1")
		shift
	done
	case $with in
	# The sanitizer must come first, so its allocations cannot be failed.
	asan) preloaded="$asan_library $preloaded" ;;
	# By itself valgrind would take the place of the library's malloc() too.
	memcheck) tool=(valgrind -q --trace-children=yes --leak-check=full
			--soname-synonyms=somalloc=nouserintercepts
			--errors-for-leak-kinds=definite --error-exitcode=126) ;;
	esac
	# The shell tells of a kill on its own stderr.
	{
		"${tool[@]}" env LD_PRELOAD="$preloaded" FAULT_COUNT="$work/count" \
			FAULT_PROGRAM="${2##*/}" "${variables[@]}" "${@:2}" \
			>"$work/stdout" 2>"$work/stderr" </dev/null
	} 2>/dev/null
}

happened() {	# the fault
	[ "$(od -An -tu8 -j16 -N8 "$work/count" | tr -d ' ')" = 1 ]
}

counted() {	# allocations|calls
	local at=0
	[ "$1" = allocations ] || at=8
	od -An -tu8 -j$at -N8 "$work/count" | tr -d ' '
}

# status: what is wrong with the way in which a program that was hit has ended
judge_end() {
	if [ "$1" -ge 126 ] ||
	   grep -qE 'Sanitizer|runtime error|^==[0-9]+==' "$work/stderr"; then
		echo "status $1"
	elif [ "$1" != 0 ] && [ "$1" != 4 ]; then
		echo "status $1, where the system failed"
	elif [ "$1" = 4 ] && ! grep -q '^stele: .' "$work/stderr"; then
		echo "status 4 without a message"
	fi
}

rows() {	# how many, first number: NDJSON
	awk -v n="$1" -v first="$2" 'BEGIN {
		for (i = first; i < first + n; i++)
			printf "{\"name\":\"row-%d\",\"size\":%d,\"ratio\":%.3f," \
			       "\"tags\":[\"t%d\",\"a tag longer than eight bytes\"]}\n",
			       i, i * 1000003, i / 7, i % 5
	}'
}
