#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Bad input: a message with file, line or offset and the reason, the exit code,
# and nothing left behind.
# shellcheck disable=SC1091,SC2154,SC2016	# of tap; of commands in quotes
. "$(dirname "$0")/tap"

# name, exit code, text in the message, rows, options...
refuses() {
	local name=$1 code=$2 text=$3 rows=$4
	shift 4
	rm -rf out rows.ndjson
	mkdir out
	printf '%b' "$rows" >rows.ndjson
	fails "$name" "$code" "$text" "$stele" build -o out/x.stele "$@" rows.ndjson
	left=$(ls -A out)
	result "$([ -z "$left" ]; echo $?)" "${name}_leaves_nothing" <<<"$left"
}

cat >small.schema <<'S'
record R {
	a: u8
	b: i8 optional
	c: f32 optional
	d: date optional
	e: datetime optional
	f: bytes optional
	g: list<str> optional
	h: array<u16> optional
	i: dict<str, u8> optional
	j: dict<i8, str> optional
	k: N optional
	l: str?  optional
	m: bool optional
	n: weak by_a optional
}
record N { x: u8 }
table by_a: R(a)
rows R
S
typed() {	# name, text in the message, members
	refuses "$1" 3 "$2" "{\"a\":1}\n{\"a\":2,$3}\n" --schema small.schema
}

# ---- JSON
refuses key_twice_in_an_object 3 'rows.ndjson:1: offset 11: ' '{"a":1,"a":2}\n'
refuses key_twice_in_a_row_with_schema 3 'rows.ndjson:1: offset 11: /a: ' '{"a":1,"a":2}\n' --schema small.schema
refuses key_twice_in_a_nested_object 3 'rows.ndjson:1: offset 22: ' '{"a":{"k":1,"j":1,"k":2}}\n'
echo 'record R { a: any }' >any.schema
refuses key_twice_in_any 3 'offset 22: /a/k: the key is in the object twice' '{"a":{"k":1,"j":1,"k":2}}\n' --schema any.schema
refuses key_twice_among_many 3 '/a/k0: the key is in the object twice' "$(python3 -c 'print("{\"a\":{" + ",".join("\"k%d\":1" % (i % 99) for i in range(100)) + "}}")')" --schema any.schema
refuses key_twice_by_escape 3 'twice' '{"a":1,"\\u0061":2}\n'
refuses lone_high_surrogate 3 'rows.ndjson:2: offset 16: a lone surrogate' '{"a":"x"}\n{"a":"\\ud800"}\n'
refuses lone_low_surrogate 3 'a lone surrogate' '{"a":"\\udc00"}\n'
refuses high_surrogate_before_no_low_one 3 'a lone surrogate' '{"a":"\\ud800\\u0041"}\n'
refuses lone_surrogate_in_a_key 3 'a lone surrogate' '{"\\udfff":1}\n'
refuses nan 3 'rows.ndjson:1: offset 5: invalid' '{"a":NaN}\n'
refuses infinity 3 'rows.ndjson:1: offset 5: invalid' '{"a":Infinity}\n'
refuses number_beyond_doubles 3 '/a: 1e400 does not fit f64' '{"a":1e400}\n'
refuses number_beyond_doubles_in_any 3 '/a: 1e400 does not fit f64' '{"a":1e400}\n{"a":"x"}\n'
refuses number_below_doubles 3 '/a: 1e-400 does not fit f64' '{"a":1e-400}\n'
refuses number_with_leading_zero 3 'rows.ndjson:1: ' '{"a":01}\n'
refuses number_without_fraction_digits 3 'rows.ndjson:1: ' '{"a":1.}\n'
refuses malformed_json 3 'rows.ndjson:2: offset 17: ' '{"a":1}\n{"a":[1,2}\n'
refuses unended_string 3 'rows.ndjson:1: ' '{"a":"x\n'
refuses control_character_in_a_string 3 'rows.ndjson:1: ' '{"a":"\001"}\n'
refuses row_that_does_not_end_on_its_line 3 'rows.ndjson:1: offset 6: the value does not end on its line' '{"a":1\n}\n'
refuses several_rows_on_a_line 3 'rows.ndjson:1: offset 8: more than one value on a line' '{"a":1} {"a":2}\n'
refuses row_that_is_a_list 3 'a row must be an object' '[1]\n'
refuses row_that_is_a_number 3 'a row must be an object' '1\n'
refuses rest_of_a_cut_file 3 'rows.ndjson:2: offset 13: ' '{"a":1}\n{"a":'

refuses overlong_utf8 3 'rows.ndjson:1: offset 6: bytes that are not UTF-8' '{"a":"\0300\0200"}\n'
refuses overlong_utf8_of_three_bytes 3 'not UTF-8' '{"a":"\0340\0200\0200"}\n'
refuses overlong_utf8_of_four_bytes 3 'not UTF-8' '{"a":"\0360\0200\0200\0200"}\n'
refuses surrogate_in_utf8 3 'not UTF-8' '{"a":"\0355\0240\0200"}\n'
refuses utf8_beyond_unicode 3 'not UTF-8' '{"a":"\0364\0220\0200\0200"}\n'
refuses cut_utf8 3 'not UTF-8' '{"a":"12345678\0303"}\n'
refuses lone_continuation_byte 3 'rows.ndjson:2: offset 14: ' '{"a":1}\n{"b":"\0200"}\n'

deep() { python3 -c "print('{\"a\":' + '['*$1 + ']'*$1 + '}')"; }
refuses nesting_beyond_512 3 'rows.ndjson:1: offset 516: nested deeper than 512' "$(deep 512)"
promise nesting_of_512 build "$(deep 511)"
prints nesting_of_512_prints "$(deep 511)" "$stele" dump x.stele

long_key() { python3 -c 'print("{\"a\":1}\n{\"a\":2,\"%s\":1}" % ("k" * 65536))'; }
refuses key_longer_than_a_name 3 'rows.ndjson:2: offset 65554: a key of more than 65535 bytes' "$(long_key)"
long_nested_key() { build "$(long_key | sed 's/.*/{"m":&}/')\n" && "$stele" dump x.stele | cmp - rows.ndjson; }
promise longer_key_in_a_nested_object_makes_a_dict long_nested_key

# ---- types
typed number_above_its_field 'rows.ndjson:2: offset 19: /b: 128 does not fit i8' '"b":128'
typed number_below_its_field '/b: -129 does not fit i8' '"b":-129'
typed number_of_30_digits_in_a_small_field '/b: 123456789012345678901234567890 does not fit i8' '"b":123456789012345678901234567890'
typed fraction_where_an_integer_is_declared '/b: 1.0, a number with a fraction' '"b":1.0'
typed float_beyond_f32 '/c: 1e39 does not fit f32' '"c":1e39'
typed integer_that_is_no_f32 '/c: the integer 16777217 does not fit f32 exactly' '"c":16777217'
typed date_that_is_none "/d: '2023-02-29' is no date" '"d":"2023-02-29"'
typed datetime_that_is_none "/e: '2023-02-28 00:00:00' is no datetime" '"e":"2023-02-28 00:00:00"'
typed bytes_that_are_no_base64 '/f: text that is no base64' '"f":"abc"'
typed bytes_with_unused_bits '/f: text that is no base64' '"f":"AB=="'
typed number_where_a_list_is_declared '/g: a number where list is declared' '"g":1'
typed item_of_another_type '/g/1: a number where str is declared' '"g":["x",2]'
typed item_that_is_null '/g/0: null where it is not allowed' '"g":[null]'
typed element_that_does_not_fit '/h/2: 65536 does not fit u16' '"h":[1,2,65536]'
typed value_of_a_dict_that_does_not_fit '/i/x: 256 does not fit u8' '"i":{"x":256}'
typed key_of_a_dict_that_is_no_integer "/j/x: 'x' where i8 is declared" '"j":{"x":"y"}'
typed key_of_a_dict_that_does_not_fit '/j/200: 200 does not fit i8' '"j":{"200":"y"}'
typed field_of_a_nested_record '/k/x: -1 does not fit u8' '"k":{"x":-1}'
typed required_field_of_a_nested_record "/k: the required field 'x' is missing" '"k":{}'
typed unknown_field_of_a_nested_record "/k/y: record 'N' has no such field" '"k":{"x":1,"y":1}'
typed string_where_a_record_is_declared '/k: a string where record is declared' '"k":"x"'
typed null_where_it_is_not_allowed '/b: null where it is not allowed' '"b":null'
typed string_where_a_bool_is_declared '/m: a string where bool is declared' '"m":"true"'
typed key_of_a_reference_that_does_not_fit '/n: 256 does not fit u8' '"n":256'
refuses missing_required_field 3 "rows.ndjson:1: offset 0: the required field 'a' is missing" '{}\n' --schema small.schema
refuses unknown_field 3 "/z: record 'R' has no such field" '{"z":1}\n' --schema small.schema

# ---- keys and references
refuses table_key_twice 3 "rows.ndjson:5: table 't': key 'x' of row 2 is that of row 0 too (line 2)" '\n{"a":"x"}\n{"a":"y"}\n\n{"a":"x"}\n' --table t=a
refuses strict_reference_to_an_absent_key 3 "rows.ndjson:1: row 0: no 2 in table 'by_a'" '{"a":1,"n":2}\n' --schema <(sed 's/weak/ref/' small.schema)

lines_of_csv() {
	printf 'a,b\n"x\ny",1\n"z\n\n",2\n"x\ny",3\n' >rows.csv
	! "$stele" build -o y.stele --table t=a rows.csv 2>message && grep -q 'rows.csv:7: .* of row 2 is that of row 0 too (line 2)' message
}
promise duplicates_of_csv_tell_the_lines_where_rows_begin lines_of_csv
lines_of_rows_ahead() {
	printf '{"$id":1,"a":1,"n":{"$ref":2,"$type":"record Q"}}\n{"a":2}\n\n{"$id":2,"a":3}\n{"a":3}\n' >rows.ndjson
	echo 'record Q { a: u8, n: any optional } table t: Q(a)' >ahead.schema
	! "$stele" build -o y.stele --schema ahead.schema rows.ndjson 2>message && grep -q 'rows.ndjson:5: .* (line 4)' message
}
promise duplicates_of_rows_that_were_named_ahead lines_of_rows_ahead

# ---- schemas
fails schema_without_end 3 '/dev/zero: a schema of more than 67108864 bytes' "$stele" build -o y.stele --schema /dev/zero /dev/null
schema() {	# name, text in the message, text
	printf '%b' "$3" >bad.schema
	refuses "$1" 3 "bad.schema:$2" '{}\n' --schema bad.schema
}
schema schema_with_unknown_type "1:15: " 'record R { a: u23 }\n'
schema schema_with_a_field_twice "2:2: " 'record R { a: u8\n a: u8 }\n'
schema schema_with_a_record_twice "2:8: " 'record R { a: u8 }\nrecord R { a: u8 }\n'
schema schema_that_does_not_parse "1:" 'record R [\n'
refuses table_over_an_unknown_field 3 'zz' '{"a":1}\n' --table t=zz
refuses table_twice 3 "'t'" '{"a":1}\n' --table t=a --table t=a
refuses unknown_record 3 "the schema has no record 'Q'" '{"a":1}\n' --schema small.schema --record Q
printf 'record A { a: u8 }\nrecord B { a: u8 }\n' >two.schema
refuses rows_of_no_record 3 'does not say which record rows are' '{"a":1}\n' --schema two.schema
promise record_says_what_rows_are build '{"a":1}\n' --schema two.schema --record B

# ---- files
fails absent_input 4 'absent.ndjson: No such file or directory' "$stele" build -o y.stele absent.ndjson
fails input_that_is_a_folder 4 'Is a directory' "$stele" build -o y.stele .
fails absent_schema 4 'absent.schema: No such file or directory' "$stele" build -o y.stele --schema absent.schema /dev/null
fails output_in_an_absent_folder 4 'absent/y.stele' "$stele" build -o absent/y.stele --schema small.schema /dev/null
fails output_that_is_a_folder 4 'out' "$stele" build -o out --schema small.schema /dev/null
promise no_file_is_left test ! -e y.stele

build '{"a":1}\n' 2>/dev/null
cp x.stele before.stele
refuses_again() { ! "$stele" build -o x.stele <<<'{"a":' 2>/dev/null && cmp x.stele before.stele; }
promise a_failed_build_keeps_the_file_that_was_there refuses_again

if [ "$(id -u)" -eq 0 ] && unshare -m true 2>/dev/null; then
	full_disk() {
		unshare -m sh -c '
			mkdir -p disk && mount -t tmpfs -o size=64k none disk || exit 9
			python3 -c "
for i in range(5000): print(\"{\\\"a\\\":\\\"%040d\\\"}\" % i)" |
				"$0" build -o disk/x.stele --table t=a 2>message
			[ $? -eq 4 ] && [ -z "$(ls -A disk)" ] && grep -q "No space left on device" message ||
				{ cat message; ls -lA disk; exit 1; }' "$stele"
	}
	promise full_disk_leaves_nothing full_disk
else
	skip full_disk_leaves_nothing "needs a mount of its own"
fi
fails full_standard_output 4 'standard output: No space left on device' sh -c '"$0" dump x.stele >/dev/full' "$stele"

# ---- segments
fails file_that_is_no_segment 3 'rows.ndjson' "$stele" info ./rows.ndjson
head -c 5000 before.stele >cut.stele
fails truncated_segment 3 'cut.stele' "$stele" info cut.stele
head -c 100 before.stele >tiny.stele
fails segment_cut_in_its_header 3 'tiny.stele' "$stele" dump tiny.stele
: >empty.stele
fails empty_file 3 'empty.stele' "$stele" dump empty.stele
fails absent_segment 4 'absent.stele' "$stele" dump absent.stele

flip() {	# offset: another value in the byte there, of flipped.stele
	local byte
	byte=$(od -An -tu1 -j "$1" -N 1 before.stele)
	rm -f flipped.stele
	cp before.stele flipped.stele
	chmod u+w flipped.stele
	# shellcheck disable=SC2059
	printf "\\x$(printf %x $((byte ^ 0x55)))" |
		dd of=flipped.stele bs=1 seek="$1" conv=notrunc status=none
}
promise verify_accepts_a_whole_segment "$stele" verify before.stele
all_found() {
	local size at code
	size=$(stat -c %s before.stele)
	for at in 8 9 60 300 4096 4104 4110 5000 $((size - 60)) $((size - 30)) $((size - 1)); do
		flip "$at"
		"$stele" verify flipped.stele 2>message
		code=$?
		if [ "$code" -ne 3 ] || ! grep -q '^stele: verify: ' message; then
			echo "byte $at: exit $code"
			cat message
			return 1
		fi
	done
}
promise verify_finds_a_flipped_byte all_found
all_survived() {
	local size at code
	size=$(stat -c %s before.stele)
	for ((at = 0; at < size; at += 97)); do
		flip "$at"
		for what in dump 'get by_a 1' 'ls' 'info' 'schema'; do
			# shellcheck disable=SC2086
			"$stele" ${what%% *} flipped.stele ${what#"${what%% *}"} >/dev/null 2>&1
			code=$?
			[ "$code" -le 4 ] || { echo "byte $at, $what: exit $code"; return 1; }
		done
	done
}
promise readers_survive_a_flipped_byte all_survived

# A list of two items that both become the list: without end, if it printed.
in_itself() {
	build '{"a":[["a long text"],["another long text"]]}\n' --schema any.schema &&
		python3 -c '
import struct
data = bytearray(open("x.stele", "rb").read())
at = next(i for i in range(4096, len(data), 8) if data[i:i + 8] == struct.pack("<Q", 8 | 2 << 16))
struct.pack_into("<QQ", data, at + 8, at, at)
open("looped.stele", "wb").write(data)' &&
		! timeout 10 "$stele" dump looped.stele >/dev/null 2>message &&
		grep -q 'an object that lies in itself' message
}
promise list_in_itself_does_not_print_without_end in_itself
mkdir -p folder
fails schema_that_is_a_folder 4 'folder: Is a directory' "$stele" build -o x.stele --schema folder rows.ndjson
# ---- a terminal obeys control characters: no message has them
raw() { printf '%b' "$1" >rows.ndjson; "$stele" build -o x.stele rows.ndjson 2>message; grep '^stele: ' message >last; ! LC_ALL=C grep -q $'[\e\x7f\xc2]' last && grep -qF "$2" last; }
promise message_shows_control_characters_of_a_key raw '{"a\\u001b[31m":1e400}\n' '/a\u001b[31m: 1e400'
promise message_shows_control_characters_of_c1 raw '{"a\\u009b":1e400}\n' '/a\u009b: 1e400'
finish
