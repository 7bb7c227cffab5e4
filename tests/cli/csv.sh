#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# CSV: cells are text; a column has the narrowest type that gives the same text.
# shellcheck disable=SC1091,SC2154,SC2016	# of tap; of keys with a dollar
. "$(dirname "$0")/tap"

csv() {	# text, options...
	local text=$1
	shift
	rm -f x.stele
	printf '%b' "$text" >rows.csv
	"$stele" build -o x.stele "$@" rows.csv 2>report
}
reads() {	# name, text, printed, options...
	local name=$1 text=$2 printed=$3
	shift 3
	csv "$text" "$@"
	prints "$name" "$printed" "$stele" dump x.stele
}
column() {	# name, type, cells...
	local name=$1 type=$2 text='a,b\n' cell
	shift 2
	for cell; do
		text+="$cell,x\n"
	done
	csv "$text"
	prints "$name" "record Row { a: $type b: str } rows Row" inferred
}
refuses() {	# name, text in the message, text
	printf '%b' "$3" >rows.csv
	rm -f y.stele
	fails "$1" 3 "$2" "$stele" build -o y.stele rows.csv
	promise "${1}_leaves_nothing" test ! -e y.stele
}

reads header_gives_the_fields 'name,size\nfoo,1\nbar,2\n' $'{"name":"foo","size":1}\n{"name":"bar","size":2}'
reads last_line_without_newline 'a\n1\n2' $'{"a":1}\n{"a":2}'
reads carriage_returns 'a,b\r\n1,x\r\n2,y\r\n' $'{"a":1,"b":"x"}\n{"a":2,"b":"y"}'
reads quoted_cells 'a,b\n"x,y","say ""hi"""\n' '{"a":"x,y","b":"say \"hi\""}'
reads newline_in_a_cell 'a,b\n"x\ny",1\nz,2\n' $'{"a":"x\\ny","b":1}\n{"a":"z","b":2}'
reads spaces_belong_to_the_text 'a,b\n x , y\n' '{"a":" x ","b":" y"}'
reads empty_cell_is_missing 'a,b\n,1\nx,\n' $'{"b":1}\n{"a":"x"}'
reads quoted_empty_cell_is_the_empty_text 'a,b\n"",1\n' '{"a":"","b":1}'
reads byte_order_mark_is_dropped '\0357\0273\0277a\n1\n' '{"a":1}'
reads lines_without_a_cell_are_skipped 'a\n1\n\n2\n' $'{"a":1}\n{"a":2}'
reads text_of_all_sorts 'a\né€𝄞\n"\t\\"\n' $'{"a":"é€𝄞"}\n{"a":"\\t\\\\"}'
reads keys_of_the_header_are_data '$id,$type\n1,x\n' '{"$$id":1,"$$type":"x"}'

column integers u8 1 255
column integers_below_zero i16 -129 5
column leading_zeros_are_text str 007
column plus_sign_is_text str +1
column minus_zero_is_text str -0
column doubles f64 1.5 -0.25 1e+300
column doubles_and_integers f64 1.5 2
column doubles_that_print_otherwise_are_text str 1.5 1.50
column one_and_one_point_zero_are_text str 1 1.0
column points_are_doubles f64 1.0 2.5
column exponents_that_print_otherwise_are_text str 1e5
column integers_beyond_64_bits bigint 18446744073709551616 -1
column bools bool true false
column other_words_for_bools_are_text str True
column dates date 2024-02-29
column datetimes datetime 2024-02-29T10:00:00
column numbers_and_words_are_text str 1 x
column nan_is_text str NaN

echo 'record R { a: u8, b: f64 optional, c: bool optional, d: bytes optional, e: any optional, f: str? optional }' >r.schema
reads cells_by_the_schema 'a,b,c,d,e,f\n1,2,true,AAE=,5,6\n' '{"a":1,"b":2.0,"c":true,"d":"AAE=","e":5,"f":"6"}' --schema r.schema
printf 'a\n1\n300\n' >rows.csv
fails cell_that_does_not_fit 3 'rows.csv:3: offset 4: /a: 300 does not fit u8' "$stele" build -o y.stele --schema r.schema rows.csv
printf 'a\n1\nx\n' >rows.csv
fails cell_that_is_no_number 3 "rows.csv:3: offset 4: /a: 'x' where u8 is declared" "$stele" build -o y.stele --schema r.schema rows.csv
printf 'b\n1\n' >rows.csv
fails required_column_that_is_missing 3 "rows.csv:2: offset 2: the required field 'a' is missing" "$stele" build -o y.stele --schema r.schema rows.csv
echo 'record R { a: list<u8> }' >l.schema
printf 'a\n1\n' >rows.csv
fails lists_are_json 3 'rows.csv:2: offset 2: /a: a number where list is declared' "$stele" build -o y.stele --schema l.schema rows.csv

refuses too_few_cells 'rows.csv:3: offset 8: 1 cells where the header has 2' 'a,b\n1,2\n3\n'
refuses too_many_cells 'rows.csv:2: offset 4: 3 cells where the header has 2' 'a,b\n1,2,3\n'
refuses name_twice_in_the_header "the header has the name 'a' twice" 'a,b,a\n1,2,3\n'
refuses quote_that_is_not_closed 'a quote that is misplaced or not closed' 'a\n"x\ny\n'
refuses quote_within_a_cell 'rows.csv:2: offset 3: a quote that is misplaced' 'a\nx"y\n'
refuses invalid_utf8 'rows.csv:3: offset 4: bytes that are not UTF-8' 'a\n1\n\0377\n'
: >rows.csv
promise empty_file_is_an_empty_segment "$stele" build -o x.stele rows.csv
prints format_by_option '{"a":1}' sh -c "printf 'a\n1\n' | \"$stele\" build -o x.stele --format csv - 2>/dev/null && \"$stele\" dump x.stele"
finish
