#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Images that would print without end, or nearly so: each ends soon, by name.
# shellcheck disable=SC1091,SC2154,SC2016	# of tap; of commands in quotes
. "$(dirname "$0")/tap"

# A copy of x.stele in which the n-th two-item list is changed by Python code
# with `lists`, `rows`, `records`: positions; `put(at, word)`.
patch() {
	rm -f bomb.stele
	python3 -c '
import struct, sys
data = bytearray(open("x.stele", "rb").read())
words = lambda head, mask=0xffffffffffffffff: [
    at for at in range(4096, len(data) - 8, 8)
    if struct.unpack_from("<Q", data, at)[0] & mask == head]
lists = words(8 | 2 << 16, ~0xff00 & 0xffffffffffffffff)
record = lambda number, flags: words(11 | flags << 8 | number << 16)
def put(at, word):
    struct.pack_into("<Q", data, at, word)
exec(sys.argv[1])
open("bomb.stele", "wb").write(data)' "$1"
}

# name, text in the message, command...: soon, with this error, little printed
ends() {
	local name=$1 text=$2
	shift 2
	soon() {
		local code
		timeout 60 "$@" >out 2>message
		code=$?
		echo "exit $code, $(stat -c %s out) bytes"
		head -c 300 message
		[ "$code" -eq 3 ] && grep -qF "$text" message && grep -q '^stele: ' message &&
			[ "$(stat -c %s out)" -lt 300000000 ]
	}
	promise "$name" soon "$@"
	rm -f out
}
limit='it prints far more than the segment has'

# 40 lists, each of which has the next one twice
echo 'record R { n: u8, a: any }
table by_n: R(n)' >r.schema
build "$(python3 -c 'print("{\"n\":1,\"a\":[" + ",".join("[%d,%d]" % (i, i + 1000) for i in range(40)) + "]}")')\n" --schema r.schema
patch '
for this, after in zip(lists, lists[1:]):
    put(this + 8, after)
    put(this + 16, after)'
promise forty_lists_are_there test "$("$stele" get x.stele /by_n/1/a | jq length)" = 40
ends dag_of_40_levels_in_dump "$limit" "$stele" dump bomb.stele
ends dag_of_40_levels_in_csv "$limit" "$stele" dump --csv bomb.stele
ends dag_of_40_levels_in_a_table "$limit" "$stele" dump bomb.stele by_n
ends dag_of_40_levels_in_get "$limit" "$stele" get bomb.stele by_n 1
ends dag_of_40_levels_in_a_path "$limit" "$stele" get bomb.stele /by_n/1/a
prints ls_does_not_enter 'n	u8
a	list' "$stele" ls bomb.stele /by_n/1
prints a_path_into_it_ends '[39,1039]' sh -c '"$0" get bomb.stele /by_n/1/a/39' "$stele"
build "$(python3 -c 'print("{\"n\":1,\"a\":[" + ",".join("[%d,%d]" % (i, i + 1000) for i in range(23)) + "]}")')\n" --schema r.schema
patch '
for this, after in zip(lists, lists[1:]):
    put(this + 8, after)
    put(this + 16, after)'
ends dag_of_23_levels "$limit" "$stele" dump bomb.stele
prints no_limit_prints_it_all 1 sh -c '"$0" dump --no-limit bomb.stele | wc -l' "$stele"
prints no_limit_prints_it_all_in_get 1 sh -c '"$0" get --no-limit bomb.stele by_n 1 | wc -l' "$stele"

# many rows that print as much as one may
build "$(python3 -c 'print("{\"n\":1,\"a\":[" + ",".join("[%d,%d]" % (i, i + 1000) for i in range(15)) + "]}")
for i in range(2, 200): print("{\"n\":%d,\"a\":[\"%d\",\"x\"]}" % (i, i))')\n" --schema r.schema
patch '
for this, after in zip(lists[:14], lists[1:15]):
    put(this + 8, after)
    put(this + 16, after)
for row in record(0, 2)[1:]:
    put(row + 8, lists[0])'
promise rows_that_share_within_reason_print "$stele" dump bomb.stele
rm -f actual log

# what is content-shared by the builder prints, however often it comes
content() {
	python3 -c '
item = "[" + ",".join("\"some text that is longer %d\"" % i for i in range(100)) + "]"
for i in range(3000): print("{\"n\":%d,\"a\":[%s,%s,%s]}" % (i % 256, item, item, item))' >rows.ndjson
	echo 'record R { n: u8, a: any }' >s.schema
	"$stele" build -o x.stele --schema s.schema rows.ndjson && "$stele" dump x.stele | cmp - rows.ndjson &&
		[ $((2 * $(stat -c %s x.stele))) -lt "$(stat -c %s rows.ndjson)" ]
}
promise equal_content_in_each_row_prints content
large() {
	python3 -c '
item = "[" + ",".join("\"some text that is longer %d\"" % i for i in range(1000)) + "]"
print("{\"n\":1,\"a\":[%s]}" % ",".join([item] * 3000))' >rows.ndjson
	"$stele" build -o x.stele --schema s.schema rows.ndjson && "$stele" dump x.stele | cmp - rows.ndjson
}
promise equal_content_in_a_large_row_prints large
rm -f rows.ndjson

# a row whose key refers to the row itself
echo 'record R { k: K, n: u8 }
record K { x: u8, r: weak by_k optional }
table by_k: R(k)
rows R' >k.schema
build '{"k":{"x":1},"n":1}\n' --schema k.schema
patch '
row, key = record(0, 2)[0], record(1, 0)[0]
put(key + 8, row)
put(key + 16, 1)'
ends key_cycle_in_dump 'an object that lies in itself' "$stele" dump bomb.stele
ends key_cycle_in_csv 'an object that lies in itself' "$stele" dump --csv bomb.stele

# lists in each other without being shared
build '{"n":1,"a":[[1,2],[3,4]]}\n' --schema r.schema
patch '
put(lists[0] + 8, lists[1])
put(lists[1] + 8, lists[0])'
ends cycle_of_lists_that_are_not_shared 'an object that lies in itself' "$stele" dump bomb.stele
ends cycle_of_lists_in_get 'an object that lies in itself' "$stele" get bomb.stele by_n 1
patch '
put(lists[0] + 8, lists[0])
put(lists[0], 12 | 2 << 16)'
ends tuple_in_itself 'an object that lies in itself' "$stele" dump bomb.stele

# strides that lead to few elements, of which the shape would make many
echo 'record R { a: ndarray<u8> }' >nd.schema
build '{"a":{"shape":[100,2],"items":['"$(seq -s, 200)"'],"strides":[1,100]}}\n' --schema nd.schema
patch '
at = words(14 | 2 << 16, 0xffffffffffff00ff)[0]
put(at + 24 + 8, 100)
put(at + 40, 1)
put(at + 48, 1)'
ends strides_that_overlap 'an ndarray of which the strides do not lead to its data' "$stele" dump bomb.stele

# a chain of lists deeper than any value may be
build "$(python3 -c 'print("{\"n\":1,\"a\":[" + ",".join("[%d,%d]" % (i, i + 5000) for i in range(2000)) + "]}")')\n" --schema r.schema
patch '
for this, after in zip(lists, lists[1:]):
    put(this + 8, after)'
ends chain_of_2000_lists 'values nested deeper than 512 levels' "$stele" dump bomb.stele
finish
