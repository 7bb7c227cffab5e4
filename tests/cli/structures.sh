#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Hierarchies, shared objects, cycles and bombs through the command: what was one
# object stays one from build to dump to build, and nothing that a segment can
# hold keeps dump, get, ls, diff or verify busy.  bombs.sh has more for dump.
# shellcheck disable=SC1091,SC2154,SC2016	# of tap; of keys with a dollar
. "$(dirname "$0")/tap"

# name, command...: in two seconds of the processor
within() {
	local name=$1
	shift
	soon() (
		ulimit -t 2
		"$@"
	)
	promise "$name" soon "$@"
}

# rows, options...: what is built of what is printed is the same segment
round() {
	local rows=$1
	shift
	build "$rows" "$@" && "$stele" verify x.stele && "$stele" dump x.stele >first.ndjson &&
		"$stele" build -o y.stele "$@" first.ndjson && cmp x.stele y.stele &&
		"$stele" diff x.stele y.stele
}

# ---- from build to dump to build

cat >r.schema <<'S'
record R { n: u32, a: any optional, child: R optional, next: ref by_n optional, friends: list<weak by_n> = [] }
record S { b: any optional }
table by_n: R(n)
rows R
S
deep=$(python3 -c '
value = "7"
for i in range(120):
    value = ["[%s,%d]", "{\"k\":%s,\"i\":%d}", "{\"$type\":\"tuple\",\"items\":[%s,%d]}", "{\"$type\":\"record S\",\"b\":[%s,%d]}"][i % 4] % (value, i)
print(value)')
within hierarchy_of_all_kinds round "{\"n\":1,\"a\":$deep}\\n" --schema r.schema
within hierarchy_of_records round "$(python3 -c '
row = "{\"n\":0}"
for i in range(1, 400): row = "{\"n\":%d,\"child\":%s}" % (i, row)
print(row)')\\n" --schema r.schema
within shared_lists_dicts_and_records round '{"n":1,"a":[{"$id":1,"$type":"list","items":[1]},{"$id":2,"k":[{"$ref":1}]},{"$id":3,"$type":"record S","b":{"$ref":2}},{"$ref":1},{"$ref":2},{"$ref":3}]}\n{"n":2,"a":[{"$ref":3},{"$ref":1}]}\n' --schema r.schema
within cycle_of_lists round '{"n":1,"a":{"$id":1,"$type":"list","items":[{"$id":2,"$type":"list","items":[{"$ref":1},{"$ref":2}]}]}}\n' --schema r.schema
within cycle_of_dicts round '{"n":1,"a":{"$id":1,"k":{"$id":2,"k":{"$ref":1},"me":{"$ref":2}}}}\n' --schema r.schema
within cycle_of_records round '{"n":1,"child":{"$id":1,"n":2,"child":{"$id":2,"n":3,"child":{"$ref":1}}}}\n' --schema r.schema
within cycle_of_references round '{"n":1,"next":2,"friends":[1,2,3,9]}\n{"n":2,"next":3}\n{"n":3,"next":1,"friends":[3]}\n' --schema r.schema
within cycle_of_rows_that_are_shared round '{"$id":1,"n":1,"a":[{"$ref":2,"$type":"record R"},{"$ref":1}]}\n{"$id":2,"n":2,"a":{"k":{"$ref":1}}}\n' --schema r.schema
within cycle_of_all_of_them round '{"n":1,"a":{"$id":1,"k":{"$id":2,"$type":"list","items":[{"$id":3,"$type":"record S","b":{"$id":4,"$type":"tuple","items":[{"$ref":1},{"$ref":2},{"$ref":3}]}}]}}}\n' --schema r.schema

# ---- diff of cycles

cycle() {	# file, number
	build "{\"n\":1,\"a\":{\"\$id\":1,\"k\":{\"\$id\":2,\"\$type\":\"list\",\"items\":[{\"\$ref\":1},{\"\$id\":3,\"\$type\":\"record S\",\"b\":[$2,{\"\$ref\":2}]}]}}}\\n" --schema r.schema &&
		mv -f x.stele "$1"
}
found() {	# exit code, what it prints, files...
	local code=$1 got
	printf '%s' "$2" >expected
	shift 2
	"$stele" diff "$@" >out 2>message
	got=$?
	cat message
	[ $got -eq "$code" ] && diff -u expected out
}
cycle a.stele 1
cycle b.stele 2
within cycles_that_differ_in_one_place found 1 '~ row R 1.a.k[1].b[0]: 1 -> 2
' a.stele b.stele
# the same cycle, twice around
build '{"n":1,"a":{"$id":1,"$type":"list","items":[{"$ref":1}]}}\n' --schema r.schema && mv -f x.stele a.stele
build '{"n":1,"a":{"$id":1,"$type":"list","items":[{"$id":2,"$type":"list","items":[{"$ref":1}]}]}}\n' --schema r.schema && mv -f x.stele b.stele
within cycles_of_other_lengths_that_no_path_tells_apart found 0 '' a.stele b.stele
python3 -c '
def ring(n):
    value = "{\"$ref\":1}"
    for i in range(n, 0, -1):
        value = "{\"$id\":%d,\"$type\":\"list\",\"items\":[%s]}" % (i, value)
    return "{\"n\":1,\"a\":%s}" % value
print(ring(211), file=open("a.ndjson", "w"))
print(ring(199), file=open("b.ndjson", "w"))'
"$stele" build -o a.stele --schema r.schema a.ndjson && "$stele" build -o b.stele --schema r.schema b.ndjson
within rings_that_meet_in_all_pairs found 0 '' a.stele b.stele
# without a key rows are told apart by a hash, which must end too
echo 'record R { a: any }' >lone.schema
round_and_round() {
	build "$1" --schema lone.schema && mv -f x.stele a.stele && build "$2" --schema lone.schema && mv -f x.stele b.stele && found "$3" "$4" a.stele b.stele
}
within cycles_in_rows_without_a_key round_and_round '{"a":{"$id":1,"$type":"list","items":[{"$ref":1}]}}\n' '{"a":{"$id":1,"$type":"list","items":[{"$id":2,"$type":"list","items":[{"$ref":1}]}]}}\n' 0 ''
within cycles_in_rows_without_a_key_that_differ round_and_round '{"a":{"$id":1,"k":{"$ref":1}}}\n' '{"a":{"$id":1,"q":{"$ref":1}}}\n' 1 '- row R {"a":{"$id":1,"k":{"$ref":1}}}
+ row R {"a":{"$id":1,"q":{"$ref":1}}}
'

chains() {	# deeper than what may print
	python3 -c '
import sys
print("{\"n\":1,\"a\":[%s]}" % ",".join("[%d,%d]" % (i, i + 10000) for i in range(3000)))' >x.ndjson
	"$stele" build -o x.stele --schema r.schema x.ndjson || return
	patch a.stele 1 'for this, after in zip(lists, lists[1:]): put(this + 8, after)'
	patch b.stele 2 'for this, after in zip(lists, lists[1:]): put(this + 8, after)
put(lists[-1] + 16, 1 | 7 << 3)'
}

# file, a number for its identity, Python code: a copy of x.stele with changes,
# with `lists`: positions of those of two items; `tuples`; `put(at, word)`
patch() {
	rm -f "$1"
	python3 -c '
import struct, sys
data = bytearray(open("x.stele", "rb").read())
of_kind = lambda kind: [at for at in range(4096, len(data) - 8, 8)
    if struct.unpack_from("<Q", data, at)[0] & ~0xff00 == kind | 2 << 16]
lists, tuples = of_kind(8), of_kind(12)
def put(at, word):
    struct.pack_into("<Q", data, at, word)
exec(sys.argv[3])
data[-1] = int(sys.argv[2])
open(sys.argv[1], "wb").write(data)' "$@"
}
chains
# each list stands in the list of all, too
chained() {
	local tail
	tail=$(printf '[0]%.0s' {1..500})
	"$stele" diff a.stele b.stele >out
	[ $? -eq 1 ] && [ "$(wc -l <out)" -eq 3000 ] && grep -qF "~ row R 1.a[0]$tail" out &&
		tail -n 1 out | diff -u - <(echo '~ row R 1.a[2999]: [2999,12999] -> [2999,7]')
}
within chains_deeper_than_diff_goes chained

# ---- the bomb of 40 levels

python3 -c '
def bomb(leaf):
    value = str(leaf)
    for i in range(40):
        value = "{\"$id\":%d,\"$type\":\"list\",\"items\":[%s,%s]}" % (i + 1, value, "{\"$ref\":%d}" % i if i else leaf)
    return "{\"n\":1,\"a\":%s}" % value
print(bomb(1), file=open("a.ndjson", "w"))
print(bomb(2), file=open("b.ndjson", "w"))'
"$stele" build -o a.stele --schema r.schema a.ndjson && "$stele" build -o b.stele --schema r.schema b.ndjson
linear() {	# bytes, command...
	local most=$1
	shift
	"$@" >out && [ "$(stat -c %s out)" -lt "$most" ]
}
within bomb_of_shared_lists_in_dump linear 3000 "$stele" dump a.stele
within bomb_of_shared_lists_in_get linear 3000 "$stele" get a.stele by_n 1
within bomb_of_shared_lists_in_a_path linear 3000 "$stele" get a.stele /by_n/1/a/0/1
within bomb_of_shared_lists_in_ls linear 100 "$stele" ls a.stele /by_n/1/a
within bomb_of_shared_lists_in_verify "$stele" verify a.stele
cp a.stele x.stele
patch c.stele 1 ''
within bomb_of_shared_lists_and_itself found 0 '' a.stele c.stele
zeros=$(printf '[0]%.0s' {1..39})
within bomb_of_shared_lists_that_differ found 1 "~ row R 1.a${zeros}[0]: 1 -> 2
~ row R 1.a${zeros}[1]: 1 -> 2
" a.stele b.stele
build "$(python3 -c 'print("{\"n\":1,\"a\":[" + ",".join("[%d,%d]" % (i, i + 1000) for i in range(40)) + "]}")')\\n" --schema r.schema
bomb='for this, after in zip(lists, lists[1:]):
    put(this + 8, after)
    put(this + 16, after)
'
patch a.stele 1 "$bomb"
patch b.stele 2 "$bomb"
patch c.stele 3 "${bomb}put(lists[-1] + 8, 1 | 7 << 3)"
within bomb_that_nobody_shared_and_itself found 0 '' a.stele b.stele
bounded() {	# as many lines as a small segment may print
	"$stele" diff "$@" a.stele c.stele >out
	[ $? -eq 1 ] && [ "$(wc -l <out)" -gt 1 ] && [ "$(wc -l <out)" -lt 10000 ]
}
within bomb_that_nobody_shared_and_differs bounded
within bomb_that_nobody_shared_and_differs_as_json bounded --json
within bomb_in_rows_without_a_key bounded --rows

# ---- what lies in itself, and nobody meant it

build '{"n":1,"a":[[1,2],[3,4]]}\n' --schema r.schema
loop='put(lists[0] + 8, lists[1]); put(lists[1] + 8, lists[0])'
patch a.stele 1 "$loop"
patch b.stele 2 "$loop"
patch c.stele 3 "$loop; put(lists[1] + 16, 1 | 9 << 3)"
patch d.stele 4 ''
within lists_in_each_other found 0 '' a.stele b.stele
within lists_in_each_other_that_differ found 1 '~ row R 1.a[0][0][1]: 4 -> 9
~ row R 1.a[1][1]: 4 -> 9
' a.stele c.stele
ends() {	# exit code, text in the message, command...
	local code=$1 text=$2 got
	shift 2
	"$@" >out 2>message
	got=$?
	cat out message
	[ $got -eq "$code" ] && [ "$(wc -l <out)" -lt 3 ] && grep -qF "$text" message
}
within lists_in_each_other_do_not_print ends 3 'an object that lies in itself' "$stele" diff a.stele d.stele

build '{"n":1,"a":{"$type":"dict","pairs":[[{"$type":"tuple","items":[1,2]},5]]}}\n{"n":2,"a":{"$type":"set","items":[{"$type":"tuple","items":[3,4]}]}}\n' --schema r.schema
cycle='put(tuples[0] + 8, tuples[0])'
patch a.stele 1 "$cycle"
patch b.stele 2 "$cycle"
patch c.stele 3 ''
key="a dict or set has a key that can't be one, or leads into itself"
within key_cycle_in_both ends 3 "$key" "$stele" diff a.stele b.stele
within key_cycle_in_the_first ends 3 "$key" "$stele" diff a.stele c.stele
within key_cycle_in_the_second ends 3 "$key" "$stele" diff c.stele a.stele
within key_cycle_in_dump sh -c '"$0" dump a.stele >out 2>message; [ $? -eq 3 ] && grep -q "an object that lies in itself" message' "$stele"
within key_cycle_in_get sh -c '"$0" get a.stele by_n 1 >out 2>message; [ $? -eq 3 ] && grep -q "an object that lies in itself" message' "$stele"
missing() {
	"$stele" get a.stele /by_n/1/a/x >out 2>&1
	[ $? -eq 1 ] && [ ! -s out ]
}
within key_cycle_in_a_path missing
within key_cycle_in_verify ends 3 '' "$stele" verify a.stele
patch a.stele 1 'put(tuples[1] + 8, tuples[1])'
within key_cycle_in_a_set ends 3 "$key" "$stele" diff a.stele c.stele

echo 'record R { k: K, n: u8 }
record K { x: u8, r: weak by_k optional }
table by_k: R(k)
rows R' >k.schema
build '{"k":{"x":1},"n":1}\n' --schema k.schema
rows='record = lambda number, flags: [at for at in range(4096, len(data) - 8, 8)
    if struct.unpack_from("<Q", data, at)[0] == 11 | flags << 8 | number << 16]
row, key = record(0, 2)[0], record(1, 0)[0]
put(key + 8, row)
put(key + 16, 1)'
patch a.stele 1 "$rows"
patch b.stele 2 "$rows"
patch c.stele 3 ''
within row_that_its_own_key_refers_to found 0 '' a.stele b.stele
within row_that_its_own_key_refers_to_and_one_that_has_none ends 3 'an object that lies in itself' "$stele" diff --rows a.stele c.stele
finish
