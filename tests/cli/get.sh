#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# stele get and stele ls: keys of all types, paths, absent things.
# shellcheck disable=SC1091,SC2154,SC2016	# of tap; of keys with a dollar
. "$(dirname "$0")/tap"

cat >r.schema <<'S'
record R {
	name: str
	n: i32
	u: u64
	day: date
	f: f64
	ok: bool optional
	m: M optional
	raw: bytes
	tags: list<str> optional
	counts: dict<i16, str> optional
	any: any optional
	nums: array<u8> optional
	"a/b%": str optional
}
record M { name: str, when: datetime optional }
table by_name: R(name)
table by_n: R(n)
table by_u: R(u)
table by_day: R(day)
table by_f: R(f)
table by_ok: R(ok) multi
table by_m: R(m.name) multi
table by_raw: R(raw)
table by_both: R(name, n)
S
build '{"name":"x","n":-5,"u":18446744073709551615,"day":"2024-01-01","f":1.5,"ok":true,"m":{"name":"p","when":"2024-01-01T10:00:00"},"raw":"AAE=","tags":["t0","t1"],"counts":{"-3":"minus","4":"plus"},"any":{"k":[1,{"$type":"date","value":"2024-05-06"}],"":"empty","5":"five"},"nums":[7,8],"a/b%":"odd"}\n{"name":"y/z","n":5,"u":0,"day":"2024-01-02","f":2.0,"ok":true,"m":{"name":"p"},"raw":""}\n{"name":"","n":0,"u":1,"day":"2024-01-03","f":-1.0,"raw":"AAA="}\n' --schema r.schema || cat report
y='{"name":"y/z","n":5,"u":0,"day":"2024-01-02","f":2.0,"ok":true,"m":{"name":"p"},"raw":""}'
e='{"name":"","n":0,"u":1,"day":"2024-01-03","f":-1.0,"raw":"AAA="}'

get() { "$stele" get x.stele "$@"; }
absent() {	# name, arguments...: silently
	local name=$1 status=0 code
	shift
	get "$@" >actual 2>message
	code=$?
	[ $code -eq 1 ] && [ ! -s actual ] && [ ! -s message ] || status=1
	result $status "$name" < <(echo "exit $code"; cat message actual)
}

prints str_as_typed "$y" get by_name y/z
prints empty_str "$e" get by_name ''
prints integer "$y" get by_n 5
prints negative_integer_is_no_option '-5' get /by_n/-5/n
prints negative_integer_as_a_key '1' sh -c '"$0" get x.stele by_n -5 | wc -l' "$stele"
prints negative_integer_behind_two_dashes '1' sh -c '"$0" get x.stele by_n -- -5 | wc -l' "$stele"
prints u64_to_its_end '18446744073709551615' get /by_u/18446744073709551615/u
prints date_as_typed "$y" get by_day 2024-01-02
prints double "$y" get by_f 2.0
prints integer_for_a_double "$y" get by_f 2
prints bytes_are_base64 "$e" get by_raw AAA=
prints several_fields_are_an_array "$y" get by_both '["y/z",5]'
prints several_values_of_a_key 2 sh -c '"$0" get x.stele by_ok true | wc -l' "$stele"
prints several_keys "$y"$'\n'"$e" get by_name y/z ''
absent absent_str by_name nothing
absent absent_integer by_n 6
absent integer_beyond_the_type by_n 99999999999999999999999
absent negative_for_unsigned by_u -1
absent absent_of_several_fields by_both '["y/z",6]'
absent absent_step /by_name/x/tags/2
absent field_that_is_not_set /by_name/y%2fz/tags
absent unknown_field /by_name/x/zzz
absent step_into_a_scalar /by_n/5/n/0
absent absent_table_of_a_path /nothing/x
absent absent_value_of_several /by_m/p/2
absent index_with_a_sign /by_name/x/tags/-1
absent index_that_is_none /by_name/x/tags/0x1

some_absent() { get by_name y/z nothing '' >actual 2>message; [ $? -eq 1 ] && [ "$(wc -l <actual)" = 2 ] && grep -qx 'stele: get: nothing: no such key' message; }
promise of_several_keys_the_absent_are_named some_absent
fails absent_table 1 "no table 'nope'" get nope x
fails key_that_is_no_json 3 "'abc' is no key" get by_n abc
fails key_that_is_no_date 3 "'x' is no key: 'x' is no date" get by_day x
fails key_that_is_no_base64 3 "'*' is no key: text that is no base64" get by_raw '*'
fails key_of_too_few_fields 3 'a JSON array with one item a key field' get by_both '["x"]'
fails key_of_another_type 3 'is no key' get by_n '"x"'
fails bad_escape 3 "a '%' without two hexadecimal digits" get /by_name/%zz
fails path_to_a_table 2 'no value' get /by_name
fails path_without_its_slash 2 'is no path' get /by_name/x by_name/x

prints path_to_a_row "$y" get /by_name/y%2Fz
prints path_to_the_empty_key "$e" get /by_name/
prints path_to_a_record '{"name":"p","when":"2024-01-01T10:00:00"}' get /by_name/x/m
prints path_to_a_field '"2024-01-01T10:00:00"' get /by_name/x/m/when
prints path_to_an_item '"t1"' get /by_name/x/tags/1
prints path_to_an_element '8' get /by_name/x/nums/1
prints path_to_a_dict_item '"minus"' get /by_name/x/counts/-3
prints path_into_any '{"$type":"date","value":"2024-05-06"}' get /by_name/x/any/k/1
prints path_to_a_key_of_digits '"five"' get /by_name/x/any/5
prints path_to_an_empty_dict_key '"empty"' get /by_name/x/any/
prints path_with_escapes '"odd"' get /by_name/x/a%2Fb%25
prints path_to_one_of_several "$y" get /by_m/p/1
prints path_behind_one_of_several '"y/z"' get /by_m/p/1/name
prints path_to_all_of_several 2 sh -c '"$0" get x.stele /by_m/p | wc -l' "$stele"
prints several_paths $'5\n0' get /by_n/5/n /by_n/0/n

ls_() { "$stele" ls "$@"; }
prints ls_of_a_segment $'table\tby_name\tstr\tunique\t3\t3\tR
table\tby_n\ti64\tunique\t3\t3\tR
table\tby_u\tu64\tunique\t3\t3\tR
table\tby_day\tcanonical\tunique\t3\t3\tR
table\tby_f\tcanonical\tunique\t3\t3\tR
table\tby_ok\tcanonical\tmulti\t1\t2\tR
table\tby_m\tstr\tmulti\t1\t2\tR
table\tby_raw\tbytes\tunique\t3\t3\tR
table\tby_both\tcanonical\tunique\t3\t3\tR
rows\t3' ls_ x.stele
prints ls_as_json '{"kind":"table","name":"by_name","key":"str","multi":false,"keys":3,"values":3,"of":"R"}' sh -c '"$0" ls --json x.stele | head -n 1' "$stele"
all_json() { "$stele" ls --json x.stele "$@" | jq -es 'length > 0' >/dev/null; }
promise ls_as_json_is_json all_json
promise ls_of_a_row_as_json_is_json all_json /by_name/x
promise ls_of_keys_as_json_is_json all_json /by_day
prints ls_of_a_table $'\t1\nx\t1\ny/z\t1' sh -c '"$0" ls x.stele /by_name | LC_ALL=C sort' "$stele"
prints ls_of_integer_keys $'-5\t1\n0\t1\n5\t1' sh -c '"$0" ls x.stele /by_n | sort -n' "$stele"
prints ls_of_a_key_with_several_values $'0\trecord\n1\trecord' ls_ x.stele /by_m/p
prints ls_of_a_record $'name\tstr\nwhen\tdatetime' ls_ x.stele /by_name/x/m
prints ls_of_a_list $'0\tstr\n1\tstr' ls_ x.stele /by_name/x/tags
prints ls_of_a_dict $'-3\tstr\n4\tstr' ls_ x.stele /by_name/x/counts
prints ls_of_a_scalar 'i32' ls_ x.stele /by_n/5/n
fails ls_of_an_absent_step 1 "'q': no such field" ls_ x.stele /by_name/x/q
prints dump_of_a_table 3 sh -c '"$0" dump x.stele by_day | wc -l' "$stele"
prints dump_of_a_table_has_its_values $'"x"\n"y/z"' sh -c '"$0" dump x.stele by_ok | jq .name' "$stele"
fails dump_of_an_absent_table 1 "no table 'q'" "$stele" dump x.stele q
finish
