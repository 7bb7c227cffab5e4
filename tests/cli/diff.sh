#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# stele diff: schemas, tables, roots and rows, as text and as JSON.
# shellcheck disable=SC1091,SC2154,SC2016	# of tap; of keys with a dollar
here=$(realpath "$(dirname "$0")/../..")
. "$(dirname "$0")/tap"

# name, what diff prints (nothing: exit 0, else 1), options and segments...
differ() {
	local name=$1 status=0 code differs
	: >expected
	[ -z "$2" ] || printf '%s\n' "$2" >expected
	differs=$((${#2} > 0))
	shift 2
	"$stele" diff "$@" >actual 2>log
	code=$?
	[ $code -eq $differs ] || status=1
	[ ! -s log ] || status=1
	diff -u expected actual >>log || status=1
	result $status "$name" < <(echo "exit $code"; cat log)
}

# file, schema, rows with escapes, options...
make() {
	local file=$1
	printf '%s\n' "$2" >"$file.schema"
	printf '%b' "$3" >"$file.ndjson"
	rm -f "$file.stele"
	shift 3
	"$stele" build -o "$file.stele" --schema "$file.schema" "$@" "$file.ndjson"
}

# name, what diff prints, fields, old rows, new rows: of a record without a table
lone() {
	make a "record R { $3 }" "$4"
	make b "record R { $3 }" "$5"
	differ "$1" "$2" a.stele b.stele
}

# name, what diff prints, type, old value, new value: in a row that has a key
value() {
	make a "record R { n: u8, v: $3 optional } table by_n: R(n)" \
		"{\"n\":1${4:+,\"v\":$4}}\n"
	make b "record R { n: u8, v: $3 optional } table by_n: R(n)" \
		"{\"n\":1${5:+,\"v\":$5}}\n"
	differ "$1" "$2" a.stele b.stele
}

# ---- schemas

make old '## a thing
record R {
	n: u32
	size: u32                 ## bytes
	title: str?
	was: u8
	gone: str optional
	opt: u8 = 3
	kept: list<M> = []
}
record M { a: u8 }
record Old { x: u8 }
table by_n: R(n)
table by_title: R(title) multi
table maybe: R(n) filter 1/100
table size: R(size) multi
rows R' ''
make new 'record M { a: u8 }
record R {
	kept: list<M> = []
	n: u64
	size: u64?
	title: str? optional     ## for people
	now: u8 was was
	added: u8 optional
	opt: u8 = 4
}
record New { x: u8 }
## of all
table by_n: R(n)
table by_title: R(title, n) multi
table maybe: R(n) filter 1/1000
table "by size": R(size) multi
rows M' ''
schema='- record R: doc: a thing
~ field R.n: type: u32 -> u64
~ field R.size: type: u32 -> u64?
- field R.size: doc: bytes
~ field R.title: type: str? -> str? optional
+ field R.title: doc: for people
~ field R.now: name: was -> now
+ field R.added: u8 optional
~ field R.opt: default: 3 -> 4
- field R.gone: str optional
+ record New
- record Old
~ schema: rows: R -> M'
tables='+ table by_n: doc: of all
~ table by_title: declared: R(title) multi -> R(title, n) multi
~ table by_title: key: str -> canonical
~ table maybe: declared: R(n) filter 1/100 -> R(n) filter 1/1000
- table size: R(size) multi
+ table "by size": R(size) multi'
differ schemas_and_tables_are_told "$schema
$tables" old.stele new.stele
differ schema_alone "$schema" --schema old.stele new.stele
differ tables_alone "$tables" --tables old.stele new.stele
differ rows_alone '' --rows old.stele new.stele
differ sections_add_up "$schema
$tables" --tables --schema old.stele new.stele
differ facts_as_json '{"change":"removed","kind":"record","record":"R","what":"doc","old":"a thing"}
{"change":"changed","kind":"field","record":"R","field":"n","what":"type","old":"u32","new":"u64"}
{"change":"changed","kind":"field","record":"R","field":"size","what":"type","old":"u32","new":"u64?"}
{"change":"removed","kind":"field","record":"R","field":"size","what":"doc","old":"bytes"}
{"change":"changed","kind":"field","record":"R","field":"title","what":"type","old":"str?","new":"str? optional"}
{"change":"added","kind":"field","record":"R","field":"title","what":"doc","new":"for people"}
{"change":"changed","kind":"field","record":"R","field":"now","what":"name","old":"was","new":"now"}
{"change":"added","kind":"field","record":"R","field":"added","new":"u8 optional"}
{"change":"changed","kind":"field","record":"R","field":"opt","what":"default","old":"3","new":"4"}
{"change":"removed","kind":"field","record":"R","field":"gone","old":"str optional"}
{"change":"added","kind":"record","record":"New"}
{"change":"removed","kind":"record","record":"Old"}
{"change":"changed","kind":"schema","what":"rows","old":"R","new":"M"}
{"change":"added","kind":"table","table":"by_n","what":"doc","new":"of all"}
{"change":"changed","kind":"table","table":"by_title","what":"declared","old":"R(title) multi","new":"R(title, n) multi"}
{"change":"changed","kind":"table","table":"by_title","what":"key","old":"str","new":"canonical"}
{"change":"changed","kind":"table","table":"maybe","what":"declared","old":"R(n) filter 1/100","new":"R(n) filter 1/1000"}
{"change":"removed","kind":"table","table":"size","old":"R(size) multi"}
{"change":"added","kind":"table","table":"by size","new":"R(size) multi"}' --json old.stele new.stele
make a 'record R { a: u8, b: u8 }' ''
make b 'record R { c: u8 was a, b }' ''
differ two_former_names '~ field R.c: former names: both stored '"'a' and 'b'"' can be it, by former names' a.stele b.stele
make a 'record R { n: u8, a: u8, b: u8 } table by_n: R(n)' '{"n":1,"a":2,"b":3}\n'
make b 'record R { n: u8, c: u8 was a, b } table by_n: R(n)' '{"n":1,"c":2}\n'
differ which_are_not_matched '- row R 1.a: 2
- row R 1.b: 3
+ row R 1.c: 2' --rows a.stele b.stele

# ---- rows with a key

table='record R { name: str, size: u32 optional, needs: list<weak by_name> = [], m: M optional }
record M { a: u8, b: any optional }
table by_name: R(name)
rows R'
make a "$table" '{"name":"a","size":1,"needs":["b","none"]}\n{"name":"b","size":2}\n{"name":"c d","size":3,"m":{"a":1,"b":[1,2]}}\n'
make b "$table" '{"name":"c d","size":4,"m":{"a":1,"b":[1,3]}}\n{"name":"a","size":1,"needs":["b","none"]}\n{"name":"new","size":2}\n'
differ rows_are_matched_by_key '- row R b
~ row R "c d".size: 3 -> 4
~ row R "c d".m.b[1]: 2 -> 3
+ row R new' a.stele b.stele
differ rows_as_json '{"change":"removed","kind":"row","record":"R","key":"b"}
{"change":"changed","kind":"row","record":"R","key":"c d","path":["size"],"old":3,"new":4}
{"change":"changed","kind":"row","record":"R","key":"c d","path":["m","b",1],"old":2,"new":3}
{"change":"added","kind":"row","record":"R","key":"new"}' --json a.stele b.stele
differ the_other_way_round '~ row R "c d".size: 4 -> 3
~ row R "c d".m.b[1]: 3 -> 2
- row R new
+ row R b' b.stele a.stele
differ a_segment_and_itself '' a.stele a.stele

make b "$table" '{"name":"c d","size":3,"m":{"a":1,"b":[1,2]}}\n{"name":"b","size":2}\n{"name":"a","size":1,"needs":["b","none"]}\n'
differ order_of_rows_does_not_count '' a.stele b.stele
make b 'record M { b: any?, more: u8 optional, a: u32 }
record R { m: M optional, needs: list<weak by_name> = [], size: u64, name: str }
table by_name: R(name)
rows R' '{"name":"a","size":1,"needs":["b","none"]}\n{"name":"b","size":2}\n{"name":"c d","size":3,"m":{"a":1,"b":[1,2]}}\n'
differ wider_types_and_other_layouts_are_no_difference_of_rows '' --rows a.stele b.stele
make b 'record R { title: str was name, bytes: u32 optional was size, needs: list<weak by_name> = [], m: M optional }
record M { b: u8 was a, c: any optional was b }
table by_name: R(title)
rows R' '{"title":"a","bytes":1,"needs":["b","none"]}\n{"title":"b","bytes":2}\n{"title":"c d","bytes":7,"m":{"b":1,"c":[1,9]}}\n'
differ renamed_fields_are_followed '~ row R "c d".size: 3 -> 7
~ row R "c d".m.b[1]: 2 -> 9' --rows a.stele b.stele

# a reference is the key it leads to
make a "$table" '{"name":"a","size":1,"needs":["b"]}\n{"name":"b","size":2}\n{"name":"c"}\n'
make b "$table" '{"name":"a","size":1,"needs":["b"]}\n{"name":"b","size":9}\n{"name":"c"}\n'
differ what_is_referred_to_does_not_count '~ row R b.size: 2 -> 9' a.stele b.stele
make b "$table" '{"name":"a","size":1,"needs":["c","x"]}\n{"name":"b","size":2}\n{"name":"c"}\n'
differ references_differ_by_key '~ row R a.needs[0]: "b" -> "c"
+ row R a.needs[1]: "x"' a.stele b.stele

# keys of several fields, through records, of other types
two='record R { d: date, m: M, v: u8 } record M { id: uuid, t: tuple<u8, str> }
table two: R(d, m.t)
table by_id: R(m.id)
rows R'
id=123e4567-e89b-12d3-a456-42661417400
make a "$two" "{\"d\":\"2024-02-29\",\"m\":{\"id\":\"${id}0\",\"t\":[1,\"x\"]},\"v\":1}\n"
make b "$two" "{\"d\":\"2024-02-29\",\"m\":{\"id\":\"${id}1\",\"t\":[1,\"x\"]},\"v\":2}\n"
differ key_of_two_fields "~ row R [\"2024-02-29\", [1,\"x\"]].m.id: \"${id}0\" -> \"${id}1\"
~ row R [\"2024-02-29\", [1,\"x\"]].v: 1 -> 2" a.stele b.stele
differ key_of_two_fields_as_json "{\"change\":\"changed\",\"kind\":\"row\",\"record\":\"R\",\"key\":[\"2024-02-29\",[1,\"x\"]],\"path\":[\"m\",\"id\"],\"old\":\"${id}0\",\"new\":\"${id}1\"}
{\"change\":\"changed\",\"kind\":\"row\",\"record\":\"R\",\"key\":[\"2024-02-29\",[1,\"x\"]],\"path\":[\"v\"],\"old\":1,\"new\":2}" --json a.stele b.stele
make b "${two/table two*by_id/table by_id}" "{\"d\":\"2024-02-28\",\"m\":{\"id\":\"${id}0\",\"t\":[1,\"x\"]},\"v\":1}\n"
differ the_table_is_one_that_both_have "~ row R \"${id}0\".d: \"2024-02-29\" -> \"2024-02-28\"" --rows a.stele b.stele

# rows that the table does not lead to
keyed='record R { n: u8?, v: u8 } table by_n: R(n)'
make a "$keyed" '{"n":1,"v":1}\n{"n":1,"v":2}\n{"n":null,"v":3}\n{"n":null,"v":4}\n' --on-duplicate first
make b "$keyed" '{"n":null,"v":4}\n{"n":1,"v":1}\n{"n":1,"v":5}\n{"n":null,"v":3}\n{"n":null,"v":3}\n' --on-duplicate first
differ rows_without_a_key_go_by_content '- row R {"n":1,"v":2}
+ row R {"n":1,"v":5}
+ row R {"n":null,"v":3}' --rows a.stele b.stele
differ rows_without_a_key_as_json '{"change":"removed","kind":"row","record":"R","old":{"n":1,"v":2}}
{"change":"added","kind":"row","record":"R","new":{"n":1,"v":5}}
{"change":"added","kind":"row","record":"R","new":{"n":null,"v":3}}' --rows --json a.stele b.stele

# records of one side
make a 'record R { n: u8 } record S { k: str } table by_k: S(k) rows R' '{"n":1}\n{"$type":"record S","k":"x"}\n'
make b 'record R { n: u8 } record T { n: u8 } rows R' '{"n":1}\n{"$type":"record T","n":1}\n'
differ rows_of_a_record_that_went '- row S x
+ row T {"n":1}' --rows a.stele b.stele

# ---- rows without a key

lone heaps_of_rows_without_order '' 'a: u8, b: any optional' \
	'{"a":1}\n{"a":2,"b":[1,{"x":1,"y":2}]}\n{"a":1}\n' '{"a":1}\n{"a":1}\n{"a":2,"b":[1,{"y":2,"x":1.0}]}\n'
make a 'record R { a: u8, b: u8, old: u8 optional } rows R' '{"a":1,"b":2}\n{"a":2,"b":1}\n{"a":3,"b":1,"old":7}\n'
make b 'record S { x: u8 } record R { b: u8, new: u8 optional was old, c: u8 was a } rows R' '{"c":2,"b":1}\n{"c":3,"b":1,"new":7}\n{"c":1,"b":3}\n'
differ heaps_of_other_layouts '- row R {"a":1,"b":2}
+ row R {"b":3,"c":1}' --rows a.stele b.stele
lone each_row_counts '- row R {"a":1}
+ row R {"a":2}
+ row R {"a":2}' 'a: u8' '{"a":1}\n{"a":1}\n{"a":2}\n' '{"a":2}\n{"a":1}\n{"a":2}\n{"a":2}\n'
lone content_of_every_type '' 'a: list<any>' \
	'{"a":[1,7.5,-0.0,{"$type":"f64","value":"NaN"},{"$type":"decimal","value":"1.5"},{"$type":"set","items":[1,2]},{"$type":"ndarray<f32>","shape":[2,2],"items":[1,2,3,0]},{"$type":"array<f64>","items":[0,1]},{"$type":"user U","value":"AAE="},{"$type":"bytes","value":"AA=="},{"$type":"tuple","items":[null,true]},{"$type":"zoned","value":"2024-01-01T01:00:00+01:00"},99999999999999999999]}\n' \
	'{"a":[1.0,{"$type":"decimal","value":"7.50"},0.0,{"$type":"f64","value":"NaN"},{"$type":"decimal","value":"1.500"},{"$type":"set","items":[2,1.0]},{"$type":"ndarray<f32>","shape":[2,2],"items":[1,2,3,-0.0]},{"$type":"array<f64>","items":[-0.0,1]},{"$type":"user U","value":"AAE="},{"$type":"bytes","value":"AA=="},{"$type":"tuple","items":[null,true]},{"$type":"zoned","value":"2024-01-01T00:00:00+00:00"},{"$type":"decimal","value":"99999999999999999999.0"}]}\n'
many() {	# rows without a key, most of them alike in what is hashed
	python3 -c '
import json
for i in range(1, 60): print(json.dumps({"a": [0] * 5000 + [i] + [0] * 5000}))' >a.ndjson
	sed 's/ 7,/ 700,/' a.ndjson | sort -R --random-source=a.ndjson >b.ndjson
	echo 'record R { a: list<u16> }' >r.schema
	"$stele" build -o a.stele --schema r.schema a.ndjson && "$stele" build -o b.stele --schema r.schema b.ndjson || return
	{ "$stele" diff --json a.stele b.stele || :; } | jq -c '[.change, (.old // .new).a[5000]]' | diff -u - <(printf '["removed",7]\n["added",700]\n')
}
promise long_rows_that_differ_in_the_middle many
too_many() {
	python3 -c '
import json
for i in range(300): print(json.dumps({"a": [0] * 5000 + [i] + [0] * 5000}))' >a.ndjson
	sed 's/ 0,/ 1,/4500' a.ndjson >b.ndjson
	"$stele" build -o a.stele --schema r.schema a.ndjson && "$stele" build -o b.stele --schema r.schema b.ndjson || return
	"$stele" diff a.stele b.stele >out 2>message
	[ $? -eq 3 ] && [ ! -s out ] && grep -F 'too many rows without a key are alike to be told apart' message
}
promise too_many_rows_that_are_alike_are_refused_by_name too_many

# ---- values

value numbers_go_by_value '' any 7 7.0
value other_numbers_differ '~ row R 1.v: 7 -> 7.5' any 7 7.5
value a_decimal_has_no_scale_here '' decimal '"1.5"' '"1.50"'
value decimals_that_differ '~ row R 1.v: "1.5" -> "1.51"' decimal '"1.5"' '"1.51"'
value nan_is_itself '' f64 '{"$type":"f64","value":"NaN"}' '{"$type":"f64","value":"NaN"}'
value nan_is_nothing_else '~ row R 1.v: {"$type":"f64","value":"NaN"} -> 0.5' f64 '{"$type":"f64","value":"NaN"}' 0.5
value minus_zero_is_zero '' f64 -0.0 0.0
value zoned_go_by_instant '' zoned '"2024-01-01T01:00:00+01:00"' '"2024-01-01T00:00:00+00:00"'
value what_comes '+ row R 1.v: 7' u8 '' 7
value what_goes '- row R 1.v: null' 'u8?' null ''
value null_and_not '~ row R 1.v: null -> 0' 'u8?' null 0
value a_bool_is_no_number '~ row R 1.v: true -> 1' any true 1
make a 'record R { n: u8, v: list<u8> } table by_n: R(n)' '{"n":1,"v":[1,2]}\n'
make b 'record R { n: u8, v: array<u8> } table by_n: R(n)' '{"n":1,"v":[1,2]}\n'
differ what_prints_alike_says_its_types '~ row R 1.v: list [1,2] -> array<u8> [1,2]' --rows a.stele b.stele
value arrays_of_other_elements '~ row R 1.v: {"$type":"array<u8>","items":[1,2]} -> {"$type":"array<u16>","items":[1,2]}' any '{"$type":"array<u8>","items":[1,2]}' '{"$type":"array<u16>","items":[1,2]}'
value an_array_element_by_element '~ row R 1.v[1]: 2 -> 5
~ row R 1.v[2]: 3 -> 4' 'array<u8>' '[1,2,3]' '[1,5,4]'
value an_array_that_grew '+ row R 1.v[1]: 9' 'array<u8>' '[1,2,3]' '[1,9,2,3]'
value arrays_of_axes_as_a_whole '~ row R 1.v: {"shape":[2],"items":[1,2]} -> {"shape":[2],"items":[1,3]}' 'ndarray<u8>' '{"shape":[2],"items":[1,2]}' '{"shape":[2],"items":[1,3]}'
value items_put_in_between '+ row R 1.v[1]: "new"
+ row R 1.v[2]: "two"' 'list<str>' '["a","b","c"]' '["a","new","two","b","c"]'
value items_taken_out '- row R 1.v[1]: [2]' any '[[1],[2],[3]]' '[[1],[3]]'
value items_of_equal_lists '~ row R 1.v[0]: "b" -> "c"
~ row R 1.v[1]: "c" -> "b"' 'list<str>' '["b","c"]' '["c","b"]'
value tuples_by_item '~ row R 1.v[1]: "x" -> "y"' 'tuple<u8, str>' '[1,"x"]' '[1,"y"]'
value sets_by_item '- row R 1.v{"b"}
+ row R 1.v{"c"}' 'set<str>' '["a","b"]' '["c","a"]'
value dicts_by_key '~ row R 1.v.a: 1 -> 2
- row R 1.v["b c"]: 2
+ row R 1.v.d: 3' 'dict<str, u8>' '{"a":1,"b c":2,"e":5}' '{"e":5,"d":3,"a":2}'
value dicts_of_other_keys '~ row R 1.v["2024-01-01"]: 1 -> 2' 'dict<date, u8>' '[["2024-01-01",1],["2024-01-02",1]]' '[["2024-01-02",1],["2024-01-01",2]]'
value dicts_of_any_keys '~ row R 1.v[7].x[0]: 1 -> 2' any '{"$type":"dict","pairs":[[7,{"x":[1]}]]}' '{"$type":"dict","pairs":[[7.0,{"x":[2]}]]}'
value user_types '~ row R 1.v: "AAE=" -> "AAI="' 'user<U>' '"AAE="' '"AAI="'
value shared_objects_are_told_of_once '~ row R 1.v[0].k: 1 -> 2' any '[{"$id":1,"k":1},{"$ref":1}]' '[{"$id":1,"k":2},{"$ref":1}]'
value equal_content_in_each_place '~ row R 1.v[0].k: 1 -> 2
~ row R 1.v[1].k: 1 -> 2' any '[{"k":1},{"k":1}]' '[{"k":2},{"k":2}]'
value sharing_itself_is_no_difference '' any '[{"$id":1,"k":1},{"$ref":1}]' '[{"k":1},{"k":1}]'
value control_characters_are_not_obeyed '~ row R 1.v: "\u001b[1m" -> "\u009b"' str '"\\u001b[1m"' '"\\u009b"'

long=$(printf 'x%.0s' {1..300})
value long_texts_are_cut '~ row R 1.v: "a" -> "'"${long:0:159}..." str '"a"' "\"$long\""
value long_texts_show_where_they_differ "~ row R 1.v: ...${long:0:40}1${long:0:119}... -> ...${long:0:40}2${long:0:119}..." str "\"${long}1$long\"" "\"${long}2$long\""
huge() {
	make a 'record R { n: u8, v: any } table by_n: R(n)' '{"n":1,"v":0}\n'
	python3 -c 'print("{\"n\":1,\"v\":[%s]}" % ",".join(map(str, range(100000))))' >b.ndjson
	"$stele" build -o b.stele --schema a.schema b.ndjson || return
	"$stele" diff a.stele b.stele >out
	[ $? -eq 1 ] && [ "$(stat -c %s out)" -lt 250 ] || return
	"$stele" diff --json a.stele b.stele >out
	[ $? -eq 1 ] && [ "$(jq -r .new_cut out | cut -c1-8)" = '[0,1,2,3' ] && [ "$(jq .old out)" = 0 ]
}
promise json_says_what_it_cut huge

# ---- tables by hand, roots

gcc -Wall -Wextra -Werror -I"$here/lib/include" "$here/tests/cli/diff_tables.c" -o diff_tables \
	"$(dirname "$stele")/libstele.a" -lcrypto -lunistring -lpthread \
	${LDLIBS:+"$LDLIBS"}
promise tables_by_hand_are_made sh -c './diff_tables a.stele 1 && ./diff_tables b.stele 2'
entries='~ entry names list[1]: "y" -> "z"
- entry names old: "value"
~ entry names same: 7.5 -> 7.0
+ entry names new: "value"
- entry numbers 5: 5
~ entry numbers 9: 9 -> 90
+ entry numbers 6: 6
~ table many: values: 2 -> 3
~ entry many k[1]: "b" -> "B"
+ entry many k[2]: "c"
- entry any {"$type":"tuple","items":["x","y"]}: 1
~ entry any 7: 2 -> 3
+ entry any {"$type":"tuple","items":["x","z"]}: 1
~ table kind: kind: integer -> bucket
~ table kind: key: u64 -> str'
roots='~ root config[1]: "y" -> "z"
- root a-root: "x"
+ root ["b root"]: "x"'
differ entries_and_roots "$entries
$roots" a.stele b.stele
differ roots_alone "$roots" --roots a.stele b.stele
entries_as_json() {
	"$stele" diff --json a.stele b.stele >all
	[ $? -eq 1 ] && jq -es length all && sed -n '1p;8p;10p;16p' all | diff -u - <(echo '{"change":"changed","kind":"entry","table":"names","key":"list","path":[1],"old":"y","new":"z"}
{"change":"changed","kind":"table","table":"many","what":"values","old":2,"new":3}
{"change":"added","kind":"entry","table":"many","key":"k","path":[2],"new":"c"}
{"change":"changed","kind":"root","path":["config",1],"old":"y","new":"z"}')
}
promise entries_as_json entries_as_json
cp a.stele c.stele
differ equal_tables_and_roots '' a.stele c.stele

# ---- the command

both() {
	make a 'record R { n: u8, v: u8 } table by_n: R(n)' "$(for i in 1 2 3 4; do printf '{"n":%d,"v":1}\\n' $i; done)"
	make b 'record R { n: u8, v: u8 } table by_n: R(n)' "$(for i in 1 2 3 4; do printf '{"n":%d,"v":2}\\n' $i; done)"
}
both
quiet() {
	"$stele" diff "$1" a.stele b.stele >out 2>&1
	[ $? -eq 1 ] && [ ! -s out ] && "$stele" diff "$1" a.stele a.stele
}
promise quiet_says_it_by_the_exit_code quiet --quiet
promise quiet_in_short quiet -q
limited() {
	"$stele" diff --limit 2 a.stele b.stele >out 2>message
	[ $? -eq 1 ] && printf '~ row R 1.v: 1 -> 2\n~ row R 2.v: 1 -> 2\n' | diff -u - out &&
		grep -qx 'stele: diff: there are more than 2 differences' message
}
promise limit_says_that_there_is_more limited
differ limit_that_is_enough "$(for i in 1 2 3 4; do echo "~ row R $i.v: 1 -> 2"; done)" --limit 4 a.stele b.stele
fails no_limit 2 'a number from 1 on' "$stele" diff --limit 0 a.stele b.stele
fails one_operand 2 'A and B are wanted' "$stele" diff a.stele
fails three_operands 2 'A and B are wanted' "$stele" diff a.stele b.stele a.stele
fails unknown_option 2 "unknown option '--frob'" "$stele" diff --frob a.stele b.stele
fails no_such_segment 4 'none.stele' "$stele" diff a.stele none.stele
fails no_segment 3 'a.schema' "$stele" diff ./a.schema a.stele
full() {
	"$stele" diff a.stele b.stele >/dev/full 2>message
	[ $? -eq 4 ] && grep -q 'standard output' message
}
promise lost_output_is_told full
packages() {
	python3 -c '
import json
for i in range(60000): print(json.dumps({"name": "package-%d" % i, "size": i, "depends": [["package-%d" % (i * j % 60000)] for j in range(i % 9)], "m": {"name": "maintainer %d" % (i % 500)}}))' >a.ndjson
	sed '100s/"size": 99/"size": 7/; 200d' a.ndjson >b.ndjson
	echo 'record P { name: str, size: u32, depends: list<list<weak by_name>>, m: M }
record M { name: str }
table by_name: P(name)
table by_m: P(m.name) multi
rows P' >p.schema
	"$stele" build -o a.stele --schema p.schema a.ndjson && "$stele" build -o b.stele --schema p.schema b.ndjson || return
	(
		ulimit -t 2
		"$stele" diff --rows a.stele b.stele
	) >out
	diff -u - out <<-E
	~ row P package-99.size: 99 -> 7
	- row P package-199
	E
}
promise sixty_thousand_rows_in_two_seconds packages
finish
