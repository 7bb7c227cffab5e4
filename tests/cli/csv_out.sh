#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# What is dumped as CSV can be built again, to an equal segment.
# shellcheck disable=SC1091,SC2154,SC2016	# of tap; of keys with a dollar
. "$(dirname "$0")/tap"

# name, fields, rows: as CSV and back; the text is in x.csv
returns() {
	printf 'record R {\n%b\n}\n' "$2" >r.schema
	printf '%b' "$3" >rows.ndjson
	both() {
		"$stele" build -o x.stele --schema r.schema rows.ndjson &&
			"$stele" dump --csv x.stele >x.csv &&
			"$stele" build -o y.stele --schema r.schema x.csv &&
			"$stele" dump y.stele | diff rows.ndjson - && cmp x.stele y.stele
	}
	promise "$1" both
}
# name, CSV: what the last one was
text() { prints "$1" "$2" cat x.csv; }

# name, text in the message, fields, rows
refuses() {
	printf 'record R {\n%b\n}\n' "$3" >r.schema
	printf '%b' "$4" >rows.ndjson
	"$stele" build -o x.stele --schema r.schema rows.ndjson
	no_csv() {
		"$stele" dump --csv x.stele >x.csv 2>message
		[ $? -eq 3 ] && grep -qF "$1" message
	}
	promise "$1" no_csv "$2"
}

returns scalars 'a: u8, b: i64, c: f64, d: bool, e: str, f: bytes, g: date, h: datetime, i: f32' \
	'{"a":1,"b":-5,"c":1.5,"d":true,"e":"x","f":"AAE=","g":"2024-01-01","h":"2024-01-01T10:00:00.500000","i":0.1}\n{"a":255,"b":0,"c":-0.0,"d":false,"e":"","f":"","g":"0001-01-01","h":"1969-12-31T23:59:59","i":1.0}\n'
text scalars_are_their_text $'a,b,c,d,e,f,g,h,i\n1,-5,1.5,true,x,AAE=,2024-01-01,2024-01-01T10:00:00.500000,0.1\n255,0,-0.0,false,"","",0001-01-01,1969-12-31T23:59:59,1.0'
returns floats_that_are_no_numbers 'a: f64, b: f32' '{"a":{"$type":"f64","value":"NaN"},"b":{"$type":"f64","value":"inf"}}\n{"a":{"$type":"f64","value":"-inf"},"b":{"$type":"f64","value":"NaN"}}\n'
text floats_that_are_no_numbers_are_words $'a,b\nNaN,inf\n-inf,NaN'
returns new_scalars 'a: decimal, b: bigint, c: time, d: zoned, e: timedelta, f: uuid, g: user<U>' \
	'{"a":"1.50","b":99999999999999999999,"c":"10:00:00","d":"2024-01-01T00:00:00+01:00","e":"-P1DT1S","f":"123e4567-e89b-12d3-a456-426614174000","g":"AAE="}\n{"a":"NaN","b":-1,"c":"00:00:00","d":"2024-01-01T00:00:00+00:00","e":"PT0S","f":"00000000-0000-0000-0000-000000000000","g":""}\n'
returns unset_and_null 'a: u8? optional, b: str? optional, c: bytes? optional, d: any optional, e: list<u8>? optional, z: u8' \
	'{"z":1}\n{"a":null,"b":null,"c":null,"d":null,"e":null,"z":2}\n{"a":1,"b":"","c":"","d":"","e":[],"z":3}\n{"b":"null","c":"null","d":"null","z":4}\n{"b":"\\\\null","d":"\\\\null","z":5}\n{"b":"\\\\\\\\null","z":6}\n{"b":"x null","d":"x null","z":7}\n{"b":"\\\\x","z":8}\n'
text null_is_a_word $'a,b,c,d,e,z\n,,,,,1\nnull,null,null,null,null,2\n1,"","","""""",[],3\n,\\null,\\null,"""null""",,4\n,\\\\null,,"""\\\\null""",,5\n,\\\\\\null,,,,6\n,x null,,"""x null""",,7\n,\\x,,,,8'
returns text_that_needs_quotes 'a: str, b: str' '{"a":"a,b","b":"say \\"hi\\""}\n{"a":"line\\nline","b":"\\r"}\n{"a":"\\r\\n","b":" x "}\n{"a":"007","b":"1.50"}\n{"a":"true","b":"null"}\n{"a":"\\"","b":"\\"\\""}\n{"a":"é€𝄞\\u0000\\t","b":"'"'"'"}\n{"a":"\357\273\277x","b":"[1"}\n'
returns values_of_any_type 'a: any, z: u8' \
	'{"a":5,"z":1}\n{"a":"5","z":2}\n{"a":"x","z":3}\n{"a":1.5,"z":4}\n{"a":true,"z":5}\n{"a":"true","z":6}\n{"a":[1,"x,\\"y\\"\\n"],"z":7}\n{"a":{"k":{"$type":"date","value":"2024-01-01"}},"z":8}\n{"a":"[1","z":9}\n{"a":"{\\"x\\":1}","z":10}\n{"a":99999999999999999999,"z":11}\n{"a":-0.0,"z":12}\n{"a":"","z":13}\n'
returns composite_values 'a: list<str>, b: M, c: dict<str, u8>, d: array<u8>, e: tuple<u8, str>, f: set<u8>, g: ndarray<u8>, h: dict<date, u8>\n}\nrecord M {\n x: u8, y: str optional\n}\nrows R\nrecord Z {\n' \
	'{"a":["x","y,\\"z\\""],"b":{"x":1,"y":"\\n"},"c":{"k":1},"d":[1,2],"e":[1,"x"],"f":[1,2],"g":{"shape":[2],"items":[1,2]},"h":[["2024-01-01",1]]}\n{"a":[],"b":{"x":2},"c":{},"d":[],"e":[0,""],"f":[],"g":{"shape":[],"items":[1]},"h":[]}\n'
returns shared_values 'a: any, b: any optional' '{"a":{"$id":1,"$type":"list","items":[1]},"b":{"$ref":1}}\n{"a":{"$id":2,"$type":"list","items":[{"$ref":2},{"$ref":1}]},"b":{"$id":3,"k":1}}\n{"a":{"$id":4,"$type":"tuple","items":[{"$id":5,"k":{"$ref":4}}]}}\n'
returns names_of_all_sorts '"a b": u8, "$id": u8, "x,y": u8, "": u8, "q\\"": u8, "1": u8' '{"a b":1,"$$id":2,"x,y":3,"":4,"q\\"":5,"1":6}\n'
text names_are_quoted_where_they_must_be $'a b,$id,"x,y","","q""",1\n1,2,3,4,5,6'
returns references 'name: str\nneeds: list<weak by_name>\nbest: ref by_name optional\n}\ntable by_name: R(name)\nrows R\nrecord Z {\n' \
	'{"name":"a","needs":["b","none"],"best":"b"}\n{"name":"null","needs":[],"best":"null"}\n{"name":"b","needs":["a"]}\n'
returns nothing_but_names 'a: u8, b: str' ''
text nothing_but_names_are_names 'a,b'
id_of_a_cell_twice() {
	printf 'a,b\n"{""$id"":1,""k"":1}","{""$id"":1,""k"":1}"\n' >rows.csv
	echo 'record R { a: any, b: any }' >r.schema
	! "$stele" build -o y.stele --schema r.schema rows.csv 2>message && grep -q 'for another object before' message
}
promise an_id_is_of_one_cell id_of_a_cell_twice
printf 'a\n1\n\n[1\n' >rows.csv
echo 'record R { a: any }' >r.schema
fails cell_that_is_no_json 3 'rows.csv:4: offset 5: /a: the cell is no JSON' "$stele" build -o y.stele --schema r.schema rows.csv
cells_of_any() {
	printf 'a\nplain text\n5\n1.50\nnull\n"""x"""\n007\n' >rows.csv
	"$stele" build -o y.stele --schema r.schema rows.csv &&
		[ "$("$stele" dump y.stele)" = $'{"a":"plain text"}\n{"a":5}\n{"a":1.5}\n{"a":null}\n{"a":"x"}\n{"a":"007"}' ]
}
promise text_that_is_no_json_is_a_string_in_any cells_of_any

refuses rows_that_are_shared 'a row that is shared' 'a: any, b: u8 optional' '{"$id":1,"a":1}\n'
refuses rows_of_several_records 'rows of several records' 'a: any, b: u8 optional\n}\nrecord S {\n x: u8, y: u8\n}\nrows R\nrecord Z {\n' '{"a":1}\n{"$type":"record S","x":1,"y":2}\n'
refuses rows_without_a_cell 'a row without a cell' 'a: u8 optional' '{}\n'

tables() {
	printf '{"n":2,"s":"x"}\n{"n":1,"s":"y"}\n' >rows.ndjson
	"$stele" build -o t.stele --table by_n=n rows.ndjson 2>message &&
		[ "$("$stele" dump --csv t.stele by_n | sort)" = $'1,y\n2,x\nn,s' ]
}
promise rows_of_a_table tables
inferred_again() { "$stele" dump --csv t.stele >t.csv && "$stele" build -o u.stele t.csv 2>report && "$stele" dump u.stele | diff rows.ndjson -; }
promise csv_without_a_schema inferred_again
random_rows() {
	python3 -c '
import json, random
random.seed(11)
pieces = ["null", "\\", "\"", ",", "\n", "\r", " ", "x", "1", "{", "[", "é", "\0", "true"]
text = lambda: "".join(random.choice(pieces) for _ in range(random.randrange(5)))
def value(depth):
    kind = random.randrange(8)
    if kind == 0: return None
    if kind == 1: return random.choice([True, False])
    if kind == 2: return random.randrange(-10**25, 10**25)
    if kind == 3: return random.uniform(-1e9, 1e9)
    if kind < 6 or depth: return text()
    if kind == 6: return [value(1) for _ in range(random.randrange(4))]
    return {text(): value(1) for _ in range(random.randrange(4))}
print("# seed 11", file=__import__("sys").stderr)
for i in range(3000):
    row = {"z": i}
    if random.random() < 0.8: row["a"] = value(0)
    if random.random() < 0.8: row["s"] = text()
    if random.random() < 0.8: row["n"] = None if random.random() < 0.3 else text()
    print(json.dumps(row, ensure_ascii=False))' >rows.ndjson
	echo 'record R { z: u32, a: any optional, s: str optional, n: str? optional }' >r.schema
	"$stele" build -o x.stele --schema r.schema rows.ndjson && "$stele" dump --csv x.stele >x.csv &&
		"$stele" build -o y.stele --schema r.schema x.csv && cmp x.stele y.stele && python3 -c '
import csv, json, sys
csv.field_size_limit(10**9)
rows = [json.loads(line) for line in open("rows.ndjson")]
read = list(csv.reader(open("x.csv", newline="")))
assert len(read) == len(rows) + 1
for row, cells in zip(rows, read[1:]):
    assert cells[2] == row.get("s", ""), (row, cells)'
}
promise random_rows_return random_rows
finish
