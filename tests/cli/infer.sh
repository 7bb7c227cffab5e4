#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# The schema inferred is the narrowest that holds all rows, and is reported.
# shellcheck disable=SC1091,SC2154,SC2016	# of tap; of keys with a dollar
. "$(dirname "$0")/tap"

# name, schema on one line, rows, options...: and all rows are in the segment
infers() {
	local name=$1 schema=$2 rows=$3
	shift 3
	build "$rows" "$@"
	prints "$name" "$schema" inferred
	prints "${name}_holds_all_rows" "$(grep -c . rows.ndjson)" sh -c "\"$stele\" dump x.stele | wc -l"
}

# name, type of the field a, values
field() {
	local rows='' name=$1 type=$2 value
	shift 2
	for value; do
		rows+="{\"a\":$value}\n"
	done
	infers "$name" "record Row { a: $type } rows Row" "$rows"
}

field u8_up_to_255 u8 0 255
field u16_from_256 u16 256
field u16_up_to_65535 u16 65535
field u32_from_65536 u32 65536
field u32_up_to_its_end u32 4294967295
field u64_from_there u64 4294967296
field u64_up_to_its_end u64 18446744073709551615
field bigint_from_2_to_the_64th bigint 18446744073709551616
field i8_down_to_its_end i8 -128 127
field i16_below_it i16 -129
field i16_for_128_with_negatives i16 -1 128
field i32_for_32768_with_negatives i32 -1 32768
field i64_for_2_to_the_31st_with_negatives i64 -1 2147483648
field i64_down_to_its_end i64 -9223372036854775808 9223372036854775807
field bigint_below_it bigint -9223372036854775809
field bigint_for_both_ends_of_64_bits bigint -1 9223372036854775808
field f64_for_fractions f64 1.5
field f64_for_exponents f64 1e2
field f64_for_integers_that_are_doubles f64 1.5 9007199254740992
field any_for_an_integer_that_is_no_double any 1.5 9007199254740993
field bool_for_bools bool true false
field str_for_strings str '"x"'
field date_for_dates date '"2024-02-29"' '"1999-12-31"'
field str_for_a_date_that_is_none str '"2024-02-29"' '"2023-02-29"'
field str_for_dates_and_others str '"2024-02-29"' '"x"'
field datetime_for_datetimes datetime '"2024-02-29T00:00:00"' '"2024-02-29T12:00:00.000001"'
field str_for_datetimes_that_print_otherwise str '"2024-02-29T12:00:00.500"'
field str_for_zones str '"2024-02-29T00:00:00Z"'
field str_for_dates_and_datetimes str '"2024-02-29"' '"2024-02-29T00:00:00"'
field nullable_for_null 'u8?' 1 null
field any_for_nulls_alone 'any?' null
field any_for_mixed_kinds any 1 '"x"'
field any_for_bool_and_number any true 1
field any_for_list_and_object any '[]' '{}'
field list_of_strings 'list<str>' '["x"]' '[]'
field list_of_nothing 'list<any>' '[]'
field list_with_nulls 'list<u8?>' '[1,null]'
field list_of_mixed_kinds 'list<any>' '[1,"x"]'
field array_of_narrow_numbers 'array<u8>' '[1,2]' '[]'
field array_of_wider_numbers 'array<i32>' '[1,-2]' '[40000]'
field array_of_doubles 'array<f64>' '[1,2.5]'
field list_of_integers_beyond_64_bits 'list<bigint>' '[1,99999999999999999999]'
field list_of_bools 'list<bool>' '[true]'
field list_of_lists 'list<array<u8>>' '[[1],[]]'
field dict_of_nothing 'dict<str, any>' '{}'
field any_for_tagged_values any '{"$type":"date","value":"2024-01-01"}'
infers missing_is_optional 'record Row { a: u8 optional b: u8 optional } rows Row' '{"a":1}\n{"b":1}\n'
infers missing_and_null 'record Row { b: u8 a: u8? optional } rows Row' '{"b":1}\n{"a":null,"b":1}\n{"a":5,"b":2}\n'
infers fields_in_the_order_they_come 'record Row { b: u8 a: u8 optional } rows Row' '{"b":1}\n{"a":1,"b":2}\n'
infers nested_objects_are_records 'record Row { m: M } record M { x: u8 y: str optional } rows Row' '{"m":{"x":1}}\n{"m":{"x":2,"y":"z"}}\n'
infers objects_in_lists 'record Row { l: list<L> } record L { x: u8 } rows Row' '{"l":[{"x":1},{"x":2}]}\n'
infers records_of_equal_names 'record Row { a: A b: B } record A { x: X } record B { x: X2 } record X { y: u8 } record X2 { z: u8 } rows Row' '{"a":{"x":{"y":1}},"b":{"x":{"z":1}}}\n'
infers names_are_quoted_where_they_must_be 'record Row { "a b": A_b "1": u8 "": u8 } record A_b { x: u8 } rows Row' '{"a b":{"x":1},"1":1,"":1}\n'
infers rows_are_called_as_asked 'record Package { a: u8 } rows Package' '{"a":1}\n' --record Package
infers an_empty_input 'record Row { } rows Row' ''

ids() {
	python3 -c '
for i in range(50):
    print("{\"m\":{%s}}" % ",".join("\"id%d\":%d" % (j, j) for j in range(i, i + 3)))'
}
infers many_names_each_in_few_objects_are_a_dict 'record Row { m: dict<str, u8> } rows Row' "$(ids)\n"
many_ids() {
	python3 -c '
for i in range(3000):
    print("{\"m\":{%s}}" % ",".join("\"%d\":{\"x\":%d}" % (j, j) for j in range(i * 30, i * 30 + 30)))' >rows.ndjson
	"$stele" build -o x.stele rows.ndjson 2>report && [ "$(inferred)" = 'record Row { m: dict<str, M> } record M { x: u32 } rows Row' ] &&
		"$stele" dump x.stele | cmp - rows.ndjson
}
promise names_without_end_are_a_dict many_ids
mixed_dicts() {
	python3 -c '
for i in range(200):
    print("{\"l\":[{%s},{}]}" % ",".join("\"%d\":[%d]" % (j, j) for j in range(i, i + 2)))' >rows.ndjson
	"$stele" build -o x.stele rows.ndjson 2>report && [ "$(inferred)" = 'record Row { l: list<dict<str, array<u8>>> } rows Row' ] &&
		"$stele" dump x.stele | cmp - rows.ndjson
}
promise dicts_in_lists mixed_dicts
reported() { [ "$(head -n 1 report)" = '# inferred from 1 rows' ] && sed 1d report >x.schema && "$stele" build -o y.stele --schema x.schema rows.ndjson && cmp x.stele y.stele; }
build '{"a":1,"m":{"x":[1]}}\n'
promise what_is_reported_is_a_schema_that_builds_the_same reported
quiet() { "$stele" build -o y.stele --schema x.schema rows.ndjson >out 2>&1 && [ ! -s out ]; }
promise with_a_schema_nothing_is_said quiet
keeps a_key_with_every_control_character '{"k\\u0001\\u001f\0177":"x"}\n'
keeps a_key_with_the_control_characters_of_c1 '{"k\0302\0205":1}\n'
keeps a_nested_key_with_a_delete '{"o":{"\0177":1}}\n'
finish
