#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Shared and cyclic objects: "$id" once, then "$ref"; references by key.
# shellcheck disable=SC1091,SC2154,SC2016	# of tap; of keys with a dollar
. "$(dirname "$0")/tap"

refuses() {	# name, text in the message, rows, fields
	printf 'record R {\n%b\n}\n' "${4-a: any, b: any optional}" >r.schema
	printf '%b' "$3" >rows.ndjson
	rm -f y.stele
	fails "$1" 3 "$2" "$stele" build -o y.stele --schema r.schema rows.ndjson
	promise "${1}_leaves_nothing" test ! -e y.stele
}

two='a: any, b: any optional'
declared shared_list "$two" '{"a":{"$id":1,"$type":"list","items":[1,2]},"b":{"$ref":1}}\n'
declared shared_list_of_several_rows "$two" '{"a":{"$id":1,"$type":"list","items":[]}}\n{"a":[{"$ref":1},{"$ref":1}]}\n'
declared shared_dict "$two" '{"a":{"$id":1,"k":1},"b":[{"$ref":1}]}\n'
declared shared_dict_of_any_keys "$two" '{"a":{"$id":1,"$type":"dict","pairs":[[1,2]]},"b":{"$ref":1}}\n'
declared shared_array "$two" '{"a":{"$id":1,"$type":"array<u8>","items":[1,2]},"b":{"$ref":1}}\n'
declared shared_record "$two" '{"a":{"$id":1,"$type":"record R","a":1},"b":{"$ref":1}}\n'
declared shared_record_where_it_is_declared 'a: M, b: M\n}\nrecord M {\n x: u8\n}\nrows R\nrecord Z {\n' '{"a":{"$id":1,"x":1},"b":{"$ref":1}}\n'
declared list_in_itself "$two" '{"a":{"$id":1,"$type":"list","items":[{"$ref":1}]}}\n'
declared cycle_of_lists "$two" '{"a":{"$id":1,"$type":"list","items":[{"$id":2,"$type":"list","items":[{"$ref":1},{"$ref":2}]}]},"b":{"$ref":2}}\n'
declared cycle_of_records 'a: R optional\nb: u8' '{"a":{"$id":1,"a":{"$id":2,"a":{"$ref":1},"b":2},"b":1},"b":0}\n'
declared cycle_through_a_dict "$two" '{"a":{"$id":1,"$type":"list","items":[{"$id":2,"k":{"$ref":1}}]}}\n'
declared cycle_from_a_dict "$two" '{"a":{"$id":1,"k":{"$id":2,"$type":"list","items":[{"$ref":1}]}}}\n'
declared cycle_from_a_dict_to_a_record "$two" '{"a":{"$id":1,"k":{"$id":2,"$type":"record R","a":{"$ref":1}}}}\n'
declared what_waits_defines_others "$two" \
	'{"a":{"$id":1,"k":{"$id":2,"$type":"list","items":[{"$ref":1},{"$id":3,"$type":"list","items":[]},{"$id":4,"q":1}]},"m":{"$ref":3},"n":{"$ref":4}},"b":{"$ref":2}}\n'
declared dicts_within_what_waits "$two" \
	'{"a":{"$id":1,"k":{"$id":2,"$type":"list","items":[{"$id":3,"k":{"$id":4,"$type":"list","items":[{"$ref":1},{"$ref":3}]}}]}}}\n'
declared row_that_refers_to_itself "$two" '{"$id":1,"a":{"$ref":1}}\n'
declared rows_before "$two" '{"$id":1,"a":1}\n{"a":[{"$ref":1}]}\n'
declared rows_ahead "$two" '{"$id":1,"a":{"$ref":2,"$type":"record R"}}\n{"$id":2,"a":{"$ref":1}}\n'
declared rows_of_another_record 'a: any\n}\nrecord S {\n b: u8\n}\nrows R\nrecord T {\n' '{"a":1}\n{"$type":"record S","b":2}\n{"$id":1,"$type":"record S","b":3}\n{"a":{"$ref":1}}\n'

linear() {
	python3 -c '
import json
value = 1
for i in range(60):
    value = {"$id": i + 1, "$type": "list", "items": [value, {"$ref": i} if i else 0]}
print(json.dumps({"a": value}))' >rows.ndjson
	echo 'record R { a: any }' >r.schema
	"$stele" build -o x.stele --schema r.schema rows.ndjson && "$stele" dump x.stele >out.ndjson &&
		[ "$(stat -c %s out.ndjson)" -lt 10000 ]
}
promise what_is_shared_prints_once linear

refuses reference_to_nothing '/a: no "$id" 7 before this "$ref"' '{"a":{"$ref":7}}\n'
refuses reference_before_its_object 'no "$id" 1' '{"a":{"$ref":1},"b":{"$id":1,"$type":"list","items":[]}}\n'
refuses id_twice '"$id" 1 for another object before' '{"a":{"$id":1,"k":1}}\n{"a":{"$id":1,"k":1}}\n'
refuses id_twice_in_a_row '"$id" 1 for another object before' '{"a":{"$id":1,"k":1},"b":{"$id":1,"k":1}}\n'
refuses id_within_its_own '"$id" 1 for another object before' '{"a":{"$id":1,"k":{"$id":1}}}\n'
refuses id_that_is_text 'an id that is no integer from 1 on' '{"a":{"$id":"x","k":1}}\n'
refuses id_zero 'an id that is no integer from 1 on' '{"a":{"$id":0,"k":1}}\n'
refuses reference_with_members 'a "$ref" with further members' '{"a":{"$ref":1,"k":1}}\n'
refuses reference_of_an_unwary_schema 'an id that is no integer' '{"a":{"$ref":"#/definitions/x"}}\n'
refuses cycle_of_tuples_alone 'a cycle without a list, dict or record' '{"a":{"$id":1,"$type":"tuple","items":[{"$ref":1}]}}\n'
refuses cycle_of_tuples_in_a_list 'a cycle without a list, dict or record' '{"a":{"$id":1,"$type":"list","items":[{"$id":2,"$type":"tuple","items":[{"$ref":2}]}]}}\n'
refuses cycle_of_tuples_in_a_tuple 'a cycle without a list, dict or record' '{"a":{"$id":1,"$type":"tuple","items":[{"$id":2,"$type":"tuple","items":[{"$ref":1}]}]}}\n'
refuses row_that_is_a_reference 'a row is a record' '{"$id":1,"a":1}\n{"$ref":1}\n'
refuses row_ahead_that_never_comes 'never filled' '{"a":{"$ref":2,"$type":"record R"}}\n'
refuses unknown_type_name "unknown \"\$type\" 'frob'" '{"a":{"$type":"frob","value":1}}\n'
refuses type_that_is_no_text 'a "$type" that is no string' '{"a":{"$type":1}}\n'
refuses type_of_an_unknown_record "the schema has no record 'Q'" '{"a":{"$type":"record Q"}}\n'
refuses record_of_another_type "where record M is declared" '{"a":{"$type":"record R","x":1}}\n' 'a: M\n}\nrecord M {\n x: u8\n}\nrows R\nrecord Z {'
refuses value_without_its_member 'wants one further member, "value"' '{"a":{"$type":"date"}}\n'
refuses value_with_two_members 'wants one further member, "value"' '{"a":{"$type":"date","value":"2024-01-01","x":1}}\n'
refuses list_without_items 'wants one further member, "items"' '{"a":{"$type":"list","items":1}}\n'
refuses array_of_what_has_no_width "unknown \"\$type\" 'array<str>'" '{"a":{"$type":"array<str>","items":[]}}\n'
refuses pair_that_is_none '/a/1: a pair is [key, value]' '{"a":{"$type":"dict","pairs":[[1,2],[3]]}}\n'
refuses list_as_a_key 'list cannot be a key' '{"a":{"$type":"dict","pairs":[[[1],2]]}}\n'
refuses shared_type_twice 'twice' '{"a":{"$type":"list","$type":"list","items":[]}}\n'

# ---- references by key
cat >p.schema <<'S'
record P {
	name: str
	needs: list<weak by_name>
	best: ref by_name optional
	day: date
	before: weak by_day optional
}
table by_name: P(name)
table by_day: P(day)
S
keys='{"name":"a","needs":["b","c","none"],"best":"b","day":"2024-01-01","before":"2023-12-31"}\n{"name":"b","needs":["a","b"],"day":"2024-01-02","before":"2024-01-01"}\n{"name":"c","needs":[],"best":"a","day":"2024-01-03"}\n'
keeps references_print_as_their_keys "$keys" --schema p.schema
build "$keys" --schema p.schema
prints paths_follow_references '"c"' "$stele" get x.stele /by_name/b/needs/0/needs/1
prints paths_enter_references '"2024-01-02"' "$stele" get x.stele /by_name/a/best/day
prints absent_weak_key_is_a_key '"none"' "$stele" get x.stele /by_name/a/needs/2
finish
