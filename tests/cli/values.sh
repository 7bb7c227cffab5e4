#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# What goes in comes out: value for value, row for row, byte for byte of text;
# and what comes out can be built again.
# shellcheck disable=SC1091,SC2154,SC2016	# of tap; of commands in quotes
. "$(dirname "$0")/tap"

# name, rows, printed, options...
becomes() {
	local name=$1 rows=$2 printed=$3
	shift 3
	build "$rows" "$@"
	prints "$name" "$printed" "$stele" dump x.stele
}

# ---- numbers
keeps integer_of_30_digits '{"a":123456789012345678901234567890}\n{"a":-123456789012345678901234567890}\n'
keeps integers_around_64_bits '{"a":18446744073709551615}\n{"a":18446744073709551616}\n{"a":-9223372036854775808}\n{"a":-9223372036854775809}\n'
keeps integers_around_the_immediate_range '{"a":1152921504606846975}\n{"a":1152921504606846976}\n{"a":-1152921504606846976}\n{"a":-1152921504606846977}\n{"a":"x"}\n'
keeps u64_bounds '{"a":0}\n{"a":18446744073709551615}\n'
keeps i64_bounds '{"a":-9223372036854775808}\n{"a":9223372036854775807}\n'
keeps integer_of_5000_digits "{\"a\":1$(printf '%05000d' 7)}\n"
becomes minus_zero_is_a_double '{"a":-0}\n{"a":1}\n' $'{"a":-0.0}\n{"a":1.0}'
becomes minus_zero_is_a_double_in_any '{"a":-0}\n{"a":"x"}\n' $'{"a":-0.0}\n{"a":"x"}'
echo 'record R { a: i8 }' >r.schema
becomes minus_zero_is_zero_where_integers_are_declared '{"a":-0}\n' '{"a":0}' --schema r.schema
keeps minus_zero_point_zero '{"a":-0.0}\n'
keeps doubles '{"a":0.1}\n{"a":1e+300}\n{"a":5e-324}\n{"a":1.7976931348623157e+308}\n{"a":2.2250738585072014e-308}\n{"a":0.30000000000000004}\n{"a":1.0}\n' 2>/dev/null
becomes numbers_by_their_value '{"a":1E5}\n{"a":1e+05}\n{"a":100000.00}\n{"a":3.14159265358979323846264338327950288}\n{"a":1000000000000000000000000000e-27}\n' \
	$'{"a":100000.0}\n{"a":100000.0}\n{"a":100000.0}\n{"a":3.141592653589793}\n{"a":1.0}'
declared all_integer_types 'a: i8, b: i16, c: i32, d: i64, e: u8, f: u16, g: u32, h: u64' \
	'{"a":-128,"b":-32768,"c":-2147483648,"d":-9223372036854775808,"e":255,"f":65535,"g":4294967295,"h":18446744073709551615}\n{"a":127,"b":32767,"c":2147483647,"d":9223372036854775807,"e":0,"f":0,"g":0,"h":0}\n'
declared floats_of_32_bits 'a: f32' '{"a":0.1}\n{"a":3.4028235e+38}\n{"a":1e-45}\n{"a":16777216.0}\n'
declared floats_that_are_no_numbers 'a: f64\nb: any' \
	'{"a":{"$type":"f64","value":"NaN"},"b":{"$type":"f64","value":"NaN"}}\n{"a":{"$type":"f64","value":"inf"},"b":{"$type":"f64","value":"-inf"}}\n'
random_doubles() {
	python3 -c '
import random, struct
random.seed(20240229)
print("# seed 20240229", file=__import__("sys").stderr)
for _ in range(20000):
    f = struct.unpack("<d", random.randbytes(8))[0]
    if f == f and abs(f) != float("inf"):
        print("{\"a\":%r}" % f)' >rows.ndjson
	"$stele" build -o x.stele rows.ndjson && "$stele" dump x.stele | python3 -c '
import json, struct, sys
bits = lambda line: struct.pack("<d", json.loads(line)["a"])
n = 0
for a, b in zip(open("rows.ndjson"), sys.stdin, strict=True):
    assert bits(a) == bits(b), (a, b)
    # as short as Python prints it
    assert len(b) <= len(a) + 4, (a, b)
    n += 1
assert n > 19000'
}
promise random_doubles_are_exact random_doubles

# ---- text
keeps text_byte_for_byte '{"a":"\\"\\\\/\\b\\f\\n\\r\\t\\u0000\\u001f\0177é€𝄞"}\n{"a":""}\n'
becomes escapes_that_json_does_not_demand '{"a":"\\u00e9\\/\\ud834\\udd1e\\u0041"}\n' '{"a":"é/𝄞A"}'
keeps keys_with_nul_are_two_keys '{"m":{"a\\u0000b":1,"a\\u0000c":2}}\n'
keeps keys_with_nul_in_rows '{"a\\u0000b":1,"a\\u0000c":2}\n'
keeps empty_key '{"":1}\n'
keeps keys_of_all_sorts '{"a b":1,"record":2,"é":3,"\\"":4,"any":5,"1":6,"-":7}\n'
keeps text_of_each_small_length '{"a":["","1","12","123","1234","12345","123456","1234567","12345678","123456789"]}\n'
keeps long_text "{\"a\":\"$(printf '%070000d' 1)\"}\n"
keeps equal_texts '{"a":"some longer text","b":"some longer text"}\n{"a":"some longer text","b":"some longer text"}\n'

# ---- missing, null, empty
keeps missing_stays_missing_and_null_null '{"a":null,"b":1}\n{"b":null}\n{"a":"x"}\n{}\n'
keeps nested_missing_and_null '{"m":{"x":null}}\n{"m":{}}\n{"m":{"x":1}}\n{"m":null}\n{}\n'
keeps nothing_at_all '{}\n{}\n'
keeps empty_collections '{"a":[],"b":{},"c":[[]],"d":[{}]}\n'
keeps lists_with_nulls '{"a":[1,null,3]}\n{"a":[null]}\n'
keeps values_of_any_type '{"a":[1,"x",null,true,2.5,{"k":[{}]},[]]}\n{"a":{"b":false}}\n'
keeps lists_of_lists '{"a":[[1,2],[],[3]]}\n'
keeps order_of_dict_keys '{"a":1}\n{"a":{"z":1,"a":2,"m":3,"z2":4,"q":5,"r":6,"s":7,"t":8,"u":9,"v":10}}\n'
becomes fields_print_in_their_order '{"a":1,"b":2}\n{"b":3,"a":4}\n' $'{"a":1,"b":2}\n{"a":4,"b":3}'
: >empty
prints empty_input_is_a_valid_segment '' sh -c '"$0" build -o e.stele --table t=name,a.b empty 2>/dev/null && "$0" verify e.stele && "$0" dump e.stele; echo' "$stele"
prints empty_input_takes_quoted_paths_of_tables '' sh -c '"$0" build -o q.stele --table '"'"'t="a.b","c,d":multi'"'"' --table '"'"'u="e\\"f".g'"'"' empty 2>/dev/null && "$0" verify q.stele && "$0" dump q.stele; echo' "$stele"
becomes blank_lines_are_no_rows '\n{"a":1}\n  \t\r\n\n{"a":2}' $'{"a":1}\n{"a":2}'
becomes defaults_fill_what_is_missing '{}\n{"a":7}\n' $'{"a":5,"b":"x"}\n{"a":7,"b":"x"}' --schema <(echo 'record R { a: u8 = 5, b: str = "x" }')

# ---- calendar, bytes, arrays, dicts
keeps dates '{"a":"0001-01-01"}\n{"a":"9999-12-31"}\n{"a":"2000-02-29"}\n{"a":"1900-02-28"}\n{"a":"1970-01-01"}\n{"a":"1969-12-31"}\n'
keeps datetimes '{"a":"0001-01-01T00:00:00"}\n{"a":"9999-12-31T23:59:59.999999"}\n{"a":"1969-12-31T23:59:59.000001"}\n'
all_days() {
	python3 -c '
import datetime
day = datetime.date(1, 1, 1)
while day.year < 9999:
    print("{\"a\":\"%s\"}" % day.isoformat())
    day += datetime.timedelta(days=37)' >rows.ndjson
	"$stele" build -o x.stele rows.ndjson 2>report && grep -q 'a: date' report &&
		"$stele" dump x.stele | cmp - rows.ndjson
}
promise days_of_all_years all_days
declared dates_as_the_schema_has_them 'a: date\nb: datetime\nc: any' \
	'{"a":"2024-02-29","b":"2024-02-29T12:34:56.789000","c":{"$type":"date","value":"2024-02-29"}}\n{"a":"1600-01-01","b":"1600-01-01T00:00:00","c":{"$type":"datetime","value":"2024-02-29T00:00:01"}}\n'
declared bytes_are_base64 'a: bytes\nb: any' \
	'{"a":"","b":{"$type":"bytes","value":""}}\n{"a":"AA==","b":{"$type":"bytes","value":"/+8="}}\n{"a":"AAEC","b":1}\n{"a":"AAECAwQFBgcICQoLDA0ODw==","b":2}\n'
declared arrays 'a: array<u8>, b: array<f32>, c: array<bool>, d: array<datetime>, e: array<i64>' \
	'{"a":[0,255],"b":[0.1,-0.0],"c":[true,false],"d":["2024-01-01T00:00:00"],"e":[-9223372036854775808]}\n{"a":[],"b":[],"c":[],"d":[],"e":[]}\n'
declared arrays_in_any 'a: any' \
	'{"a":{"$type":"array<u16>","items":[1,65535]}}\n{"a":[{"$type":"array<date>","items":["2024-01-01"]}]}\n{"a":{"$type":"array<f64>","items":[1.0]}}\n'
declared dicts_with_integer_keys 'a: dict<i64, str>\nb: dict<u8, list<u8?>>' \
	'{"a":{"-5":"x","7":"y"},"b":{"255":[1,null]}}\n{"a":{},"b":{}}\n'
declared dicts_of_any_keys 'a: any' \
	'{"a":{"$type":"dict","pairs":[[1,"x"],["1","y"],[true,null],[{"$type":"date","value":"2024-01-01"},[]]]}}\n'
declared records_in_any 'a: any\nb: u8 optional' \
	'{"a":{"$type":"record R","a":1,"b":2}}\n{"a":[{"$type":"record R","a":null}]}\n'
keeps keys_that_are_our_words '{"$$id":1,"$$type":"x","$$ref":2,"$$$id":3,"$other":4,"$":5,"$$":6}\n'
declared keys_that_are_our_words_in_dicts 'a: any\nb: dict<str, u8>' '{"a":{"$$type":"date","$$id":1},"b":{"$$ref":1,"$x":2}}\n'

# ---- many rows
real_rows() {
	python3 -c '
import json, random
random.seed(7)
def value(depth):
    kind = random.randrange(10 if depth < 3 else 7)
    if kind == 0: return None
    if kind == 1: return random.choice([True, False])
    if kind == 2: return random.randrange(-10**random.randrange(1, 30), 10**random.randrange(1, 30))
    if kind == 3: return random.uniform(-1e9, 1e9)
    if kind < 7: return "".join(random.choice("abé€𝄞\"\\\n$") for _ in range(random.randrange(12)))
    if kind == 7: return [value(depth + 1) for _ in range(random.randrange(5))]
    return {"k%d" % random.randrange(30): value(depth + 1) for _ in range(random.randrange(14))}
for i in range(3000):
    row = {"f%d" % j: value(0) for j in range(random.randrange(6))}
    row["n"] = i
    print(json.dumps(row, ensure_ascii=random.random() < 0.5))' >rows.ndjson
	"$stele" build -o x.stele --table by_n=n rows.ndjson && "$stele" verify x.stele &&
		"$stele" dump x.stele | python3 -c '
import json, sys
for a, b in zip(open("rows.ndjson"), sys.stdin, strict=True):
    assert json.loads(a) == json.loads(b), (a, b)'
}
promise random_rows_are_equal_value_for_value real_rows
same_bytes() {
	"$stele" build -o x.stele --table by_n=n rows.ndjson 2>/dev/null &&
		"$stele" build -o y.stele --table by_n=n --threads 1 --memory 1 - <rows.ndjson 2>/dev/null &&
		cmp x.stele y.stele &&
		"$stele" build -o y.stele --table by_n=n < <(cat rows.ndjson) 2>/dev/null &&
		cmp x.stele y.stele
}
promise same_input_same_bytes_whatever_the_way same_bytes
mark() { printf '\357\273\277{"a":1}\n{"a":2}\n' >rows.ndjson; "$stele" build -o x.stele rows.ndjson 2>report && [ "$("$stele" dump x.stele)" = $'{"a":1}\n{"a":2}' ]; }
promise byte_order_mark_is_dropped mark
mark_place() { printf '\357\273\277{"a":NaN}\n' >rows.ndjson; "$stele" build -o x.stele rows.ndjson 2>report; grep -q 'rows.ndjson:1: offset 8: ' report; }
promise offsets_count_the_byte_order_mark mark_place
finish
