#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# stele get with keys of every type, as they are written on the command line; and
# filters.
# shellcheck disable=SC1091,SC2154,SC2016	# of tap; of keys with a dollar
. "$(dirname "$0")/tap"

get() { "$stele" get x.stele "$@"; }
absent() {	# name, arguments...: silently
	local name=$1 status=0 code
	shift
	get "$@" >actual 2>message
	code=$?
	[ $code -eq 1 ] && [ ! -s actual ] && [ ! -s message ] || status=1
	result $status "$name" < <(echo "exit $code"; cat message actual)
}

cat >r.schema <<'S'
record R {
	n: u8
	dec: decimal
	big: bigint
	time: time
	zoned: zoned
	delta: timedelta
	uuid: uuid
	user: user<U>
	tuple: tuple<u8, str?, tuple<i8>>
	set: set<str>
	rec: M
	any: any
	in: N
	bytes: bytes
	dict: dict<tuple<u8, str>, u8>
	dates: dict<date, list<u8>>
	free: any
	nd: ndarray<u8>
}
record M { x: u8, y: str optional, z: set<u8> optional }
record N { deep: tuple<date, u8> }
rows R
table by_n: R(n)
table by_dec: R(dec)
table by_big: R(big)
table by_time: R(time)
table by_zoned: R(zoned)
table by_delta: R(delta)
table by_uuid: R(uuid)
table by_user: R(user)
table by_tuple: R(tuple)
table by_set: R(set)
table by_rec: R(rec)
table by_any: R(any)
table by_deep: R(in.deep)
table by_several: R(dec, uuid, tuple, bytes, n)
table by_two: R(set, rec) multi
S
u=123e4567-e89b-12d3-a456-426614174000
row1="{\"n\":1,\"dec\":\"1.50\",\"big\":99999999999999999999,\"time\":\"10:00:00.500000\",\"zoned\":\"2024-01-01T01:00:00+01:00\",\"delta\":\"-P1DT1S\",\"uuid\":\"$u\",\"user\":\"AAE=\",\"tuple\":[1,\"x\",[-1]],\"set\":[\"a\",\"b\"],\"rec\":{\"x\":1,\"y\":\"q\"},\"any\":{\"\$type\":\"tuple\",\"items\":[1,{\"\$type\":\"date\",\"value\":\"2024-01-01\"}]},\"in\":{\"deep\":[\"2024-02-29\",7]},\"bytes\":\"AAE=\",\"dict\":[[[1,\"k\"],11]],\"dates\":[[\"2024-01-01\",[5,6]]],\"free\":{\"\$type\":\"dict\",\"pairs\":[[\"1\",\"text\"],[1,\"one\"],[{\"\$type\":\"tuple\",\"items\":[1]},\"tuple\"],[true,\"yes\"]]},\"nd\":{\"shape\":[2,3],\"items\":[1,2,3,4,5,6]}}"
row2="{\"n\":2,\"dec\":\"NaN\",\"big\":-5,\"time\":\"00:00:00\",\"zoned\":\"1970-01-01T00:00:00+00:00\",\"delta\":\"PT0S\",\"uuid\":\"00000000-0000-0000-0000-000000000000\",\"user\":\"\",\"tuple\":[2,null,[0]],\"set\":[],\"rec\":{\"x\":2,\"z\":[3,4]},\"any\":\"text\",\"in\":{\"deep\":[\"1970-01-01\",0]},\"bytes\":\"\",\"dict\":[],\"dates\":[],\"free\":{\"\$type\":\"set\",\"items\":[7]},\"nd\":{\"shape\":[],\"items\":[9]}}"
row2=${row2/NaN/2}
build "$row1\n$row2\n" --schema r.schema || cat report

prints decimal "$row1" get by_dec 1.50
prints decimal_of_equal_value "$row1" get by_dec 1.5
prints decimal_with_an_exponent "$row1" get by_dec 15E-1
prints bigint "$row1" get by_big 99999999999999999999
prints bigint_that_is_small "$row2" get by_big -5
prints time "$row1" get by_time 10:00:00.5
prints zoned "$row1" get by_zoned 2024-01-01T01:00:00+01:00
prints zoned_of_the_same_instant "$row1" get by_zoned 2024-01-01T00:00:00Z
prints timedelta "$row1" get by_delta -P1DT1S
prints uuid "$row1" get by_uuid "$u"
prints uuid_in_upper_case "$row1" get by_uuid "${u^^}"
prints user_as_base64 "$row1" get by_user AAE=
prints empty_user "$row2" get by_user ''
prints tuple_as_json "$row1" get by_tuple '[1,"x",[-1]]'
prints tuple_with_null "$row2" get by_tuple '[2, null, [0]]'
prints set_in_any_order "$row1" get by_set '["b","a"]'
prints empty_set "$row2" get by_set '[]'
prints record_as_json "$row1" get by_rec '{"y":"q","x":1}'
prints record_with_a_set "$row2" get by_rec '{"x":2,"z":[4,3]}'
prints any_that_is_text "$row2" get by_any '"text"'
prints any_with_its_type "$row1" get by_any '{"$type":"tuple","items":[1.0,{"$type":"date","value":"2024-01-01"}]}'
prints key_at_the_end_of_a_path "$row1" get by_deep '["2024-02-29",7]'
prints several_fields "$row1" get by_several "[\"1.5\",\"$u\",[1,\"x\",[-1]],\"AAE=\",1]"
prints several_composite_fields "$row2" get by_two '[[],{"z":[3,4],"x":2}]'
prints several_keys $'1\n2' sh -c '"$0" get x.stele by_tuple "[1,\"x\",[-1]]" "[2,null,[0]]" | jq .n' "$stele"
prints path_with_a_composite_key 1 get '/by_tuple/[1,"x",[-1]]/n'
prints path_into_a_tuple '"x"' get /by_n/1/tuple/1
prints path_into_a_set '"b"' get /by_n/1/set/1
prints path_into_a_dict_of_tuples 11 get '/by_n/1/dict/[1,"k"]'
prints path_into_a_dict_of_dates 6 get /by_n/1/dates/2024-01-01/1
prints path_to_text_before_other_keys '"text"' get /by_n/1/free/1
prints path_to_a_tuple_in_any '"tuple"' get '/by_n/1/free/{"$type":"tuple","items":[1]}'
prints path_to_a_bool_in_any '"yes"' get /by_n/1/free/true
prints path_into_several_axes 6 get /by_n/1/nd/1,2
prints path_into_no_axis 9 get /by_n/2/nd/
prints declared_type_of_an_item '"2024-02-29"' get /by_n/1/in/deep/0
prints ls_of_a_tuple $'0\tu8\n1\tstr\n2\ttuple' sh -c '"$0" ls x.stele /by_n/1/tuple | sed "s/i64/u8/"' "$stele"
absent absent_decimal by_dec 1.51
absent absent_tuple by_tuple '[1,"y",[-1]]'
absent item_beyond_its_type by_tuple '[256,"x",[-1]]'
absent absent_record by_rec '{"x":1}'
absent absent_set by_set '["a"]'
absent absent_uuid by_uuid 00000000-0000-0000-0000-000000000001
absent absent_of_several by_several "[\"1.5\",\"$u\",[1,\"x\",[-2]],\"AAE=\",1]"
absent element_beyond_an_axis /by_n/1/nd/2,0
absent index_of_too_few_axes /by_n/1/nd/1
absent absent_dict_key '/by_n/1/dict/[2,"k"]'
fails tuple_of_too_few 3 'is no key: 2 items where a tuple of 3 is declared' get by_tuple '[1,"x"]'
fails item_of_another_type 3 "is no key: /2/0: a string where i8 is declared" get by_tuple '[1,"x",["y"]]'
fails unknown_field_of_a_record 3 "record 'M' has no such field" get by_rec '{"q":1}'
fails set_with_an_item_twice 3 'twice' get by_set '["a","a"]'
fails decimal_that_is_none 3 "'abc' is no key" get by_dec abc
fails uuid_that_is_none 3 "'x' is no uuid" get by_uuid x
fails key_that_is_no_json 3 'JSON is wanted' get by_tuple '(1)'
fails list_in_any 3 'is no key' get by_any '[1]'
fails shared_object_in_a_key 3 'a "$id" in a key' get by_any '{"$id":1,"$type":"tuple","items":[]}'
fails reference_in_a_key 3 'no "$id" 1' get by_any '{"$ref":1}'
fails dict_key_of_another_type 3 "where u8 is declared" get '/by_n/1/dict/["x","k"]'

# ---- filters
cat >f.schema <<'S'
record R { name: str, at: tuple<u8, u8>, n: u32 }
table names: R(name) filter 1/1000
table places: R(at) filter 1/65536
table numbers: R(n) filter 1/256
table both: R(name, n) filter 1/4096
rows R
S
build "$(for i in $(seq 100); do printf '{"name":"row %d","at":[%d,1],"n":%d}\\n' "$i" "$i" "$i"; done)" --schema f.schema || cat report
prints filter_says_true true get names 'row 7'
prints filter_of_tuples true get places '[7,1]'
prints filter_of_numbers true get numbers 7
prints filter_of_several_fields true get both '["row 7",7]'
prints path_to_a_filter true get /names/row%201
absent absent_from_a_filter names 'no such row'
absent absent_tuple_from_a_filter places '[200,200]'
fails dump_of_a_filter 3 "table 'names' is a filter, which does not have its keys" "$stele" dump x.stele names
fails ls_of_a_filter 3 'the table is a filter' "$stele" ls x.stele /names
prints ls_tells_of_filters 'table	names	str	filter	100	100	R' sh -c '"$0" ls x.stele | head -n 1' "$stele"
prints ls_as_json_tells_of_filters true sh -c '"$0" ls --json x.stele | head -n 1 | jq .filter' "$stele"
by_option() { "$stele" build -o y.stele --table 't=name:filter 1/100' rows.ndjson 2>report && [ "$("$stele" get y.stele t 'row 1')" = true ] && "$stele" schema y.stele | grep -q 'filter 1/100'; }
promise filter_of_the_command_line by_option
finish
