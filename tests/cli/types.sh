#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Every type, declared and carrying its type, alone and nested: it prints as it
# was written, and what is printed builds the same segment.
# shellcheck disable=SC1091,SC2154,SC2016	# of tap; of keys with a dollar
. "$(dirname "$0")/tap"

# name, rows, printed, fields: other spellings of what prints in one way
spelled() {
	printf 'record R {\n%b\n}\n' "$4" >r.schema
	build "$2" --schema r.schema
	prints "$1" "$3" "$stele" dump x.stele
}

# name, text in the message, value, type
refuses() {
	printf 'record R { a: %b }\n' "$4" >r.schema
	printf '{"a":%s}\n' "$3" >rows.ndjson
	rm -f y.stele
	fails "$1" 3 "$2" "$stele" build -o y.stele --schema r.schema rows.ndjson
}

u1=00000000-0000-0000-0000-000000000001
u2=123e4567-e89b-12d3-a456-426614174000

# ---- declared
declared bigints 'a: bigint\nb: bigint? optional' \
	'{"a":0,"b":-1}\n{"a":123456789012345678901234567890,"b":null}\n{"a":-18446744073709551616}\n{"a":-9223372036854775808,"b":18446744073709551615}\n'
declared decimals 'a: decimal\nb: decimal? optional' \
	'{"a":"1.50","b":"1.5"}\n{"a":"0","b":"-0"}\n{"a":"0.00","b":null}\n{"a":"1E+3"}\n{"a":"1E-1000000","b":"-Infinity"}\n{"a":"NaN"}\n{"a":"12345678901234567890.123456789"}\n'
declared decimal_of_10000_digits 'a: decimal' "{\"a\":\"1.$(printf '%09999d' 5)\"}\n"
declared times 'a: time\nb: time? optional' '{"a":"00:00:00","b":"23:59:59.999999"}\n{"a":"12:30:05.500000","b":null}\n{"a":"00:00:00.000001"}\n'
declared zoned_datetimes 'a: zoned\nb: zoned? optional' \
	'{"a":"2024-02-29T12:34:56+01:00","b":"2024-02-29T12:34:56.000001-05:30"}\n{"a":"0001-01-01T00:00:00+00:00","b":null}\n{"a":"9999-12-31T23:59:59.999999+00:00"}\n{"a":"1970-01-01T00:00:00+12:34:56"}\n{"a":"0001-01-01T10:00:00+10:00"}\n'
declared timedeltas 'a: timedelta\nb: timedelta? optional' \
	'{"a":"PT0S","b":"P1DT2H3M4.000005S"}\n{"a":"-P1D","b":null}\n{"a":"PT0.000001S"}\n{"a":"-PT0.500000S"}\n{"a":"P106751991DT4H54.775807S"}\n{"a":"-P106751991DT4H54.775808S"}\n'
declared uuids 'a: uuid\nb: uuid? optional' "{\"a\":\"$u1\",\"b\":\"$u2\"}\n{\"a\":\"$u2\",\"b\":null}\n{\"a\":\"ffffffff-ffff-ffff-ffff-ffffffffffff\"}\n"
declared users 'a: user<"money.v1">\nb: user<"a b">? optional' '{"a":"AAEC","b":""}\n{"a":"","b":null}\n{"a":"AAECAwQFBgcICQoLDA0ODw=="}\n'
declared tuples 'a: tuple<u8, str?, tuple<>>\nb: tuple<list<u8>>? optional' '{"a":[1,"x",[]],"b":[[1,2]]}\n{"a":[255,null,[]],"b":null}\n'
declared sets 'a: set<str>\nb: set<u16>? optional' '{"a":[],"b":[]}\n{"a":["","x","xy"],"b":[0,256,1]}\n{"a":["k"],"b":null}\n'
declared set_of_many 'a: set<u32>' "{\"a\":[$(seq -s, 1 200)]}\n"
declared sets_of_all_scalars 'a: set<uuid>, b: set<zoned>, c: set<decimal>, d: set<time>, e: set<timedelta>, f: set<bytes>, g: set<bool>, h: set<date>, i: set<any>, j: set<bigint>' \
	"{\"a\":[\"$u1\",\"$u2\"],\"b\":[\"2024-01-01T00:00:00+01:00\"],\"c\":[\"1.50\"],\"d\":[\"10:00:00\"],\"e\":[\"PT1S\"],\"f\":[\"AAE=\"],\"g\":[false,true],\"h\":[\"2024-01-01\"],\"i\":[null,true,7,\"x\"],\"j\":[5]}\n"
declared sets_of_composites 'a: set<tuple<u8, str>>, b: set<M>, c: set<set<u8>>, d: set<user<U>>\n}\nrecord M {\n x: u8, y: str optional\n}\nrows R\nrecord Z {\n' \
	'{"a":[[1,"x"],[2,"a"]],"b":[{"x":1},{"x":1,"y":"z"}],"c":[[],[1]],"d":["AA==","AQ=="]}\n'
declared ndarrays 'a: ndarray<f32>\nb: ndarray<u8>? optional' \
	'{"a":{"shape":[2,3],"items":[1.0,2.0,3.0,4.0,5.0,6.0]},"b":{"shape":[],"items":[7]}}\n{"a":{"shape":[0],"items":[]},"b":null}\n{"a":{"shape":[1],"items":[0.1]},"b":{"shape":[3,0,2],"items":[]}}\n{"a":{"shape":[1,2,1],"items":[{"$type":"f64","value":"NaN"},{"$type":"f64","value":"-inf"}]}}\n'
declared ndarrays_in_other_layouts 'a: ndarray<i32>' \
	'{"a":{"shape":[2,3],"items":[1,4,2,5,3,6],"strides":[4,8]}}\n{"a":{"shape":[1000,2],"items":[1,2],"strides":[0,4]}}\n{"a":{"shape":[2,3,4],"items":[1,2,3,4,5,6,7,8],"strides":[16,0,4]}}\n{"a":{"shape":[5],"items":[9],"strides":[0]}}\n'
declared ndarrays_of_each_element 'a: ndarray<bool>, b: ndarray<i8>, c: ndarray<i16>, d: ndarray<i64>, e: ndarray<u16>, f: ndarray<u32>, g: ndarray<u64>, h: ndarray<f64>, i: ndarray<date>, j: ndarray<datetime>, k: ndarray<time>, l: ndarray<timedelta>, m: ndarray<uuid>' \
	"{\"a\":{\"shape\":[2],\"items\":[true,false]},\"b\":{\"shape\":[1],\"items\":[-128]},\"c\":{\"shape\":[1],\"items\":[-32768]},\"d\":{\"shape\":[1],\"items\":[-9223372036854775808]},\"e\":{\"shape\":[1],\"items\":[65535]},\"f\":{\"shape\":[1],\"items\":[4294967295]},\"g\":{\"shape\":[1],\"items\":[18446744073709551615]},\"h\":{\"shape\":[1],\"items\":[-0.0]},\"i\":{\"shape\":[1],\"items\":[\"1969-12-31\"]},\"j\":{\"shape\":[1],\"items\":[\"2024-01-01T00:00:00.500000\"]},\"k\":{\"shape\":[1],\"items\":[\"23:59:59\"]},\"l\":{\"shape\":[1],\"items\":[\"-PT1S\"]},\"m\":{\"shape\":[1,1],\"items\":[\"$u2\"]}}\n"
declared arrays_of_new_elements 'a: array<time>, b: array<timedelta>, c: array<uuid>' \
	"{\"a\":[\"00:00:00\",\"10:00:00\"],\"b\":[\"P1D\"],\"c\":[\"$u1\",\"$u2\"]}\n{\"a\":[],\"b\":[],\"c\":[]}\n"
declared lists_of_new_types 'a: list<decimal?>, b: list<zoned>, c: list<user<U>>, d: list<tuple<u8>>, e: list<ndarray<u8>>, f: list<bigint>, g: list<uuid?>' \
	"{\"a\":[\"1.0\",null],\"b\":[\"2024-01-01T00:00:00+00:00\"],\"c\":[\"AA==\"],\"d\":[[1],[2]],\"e\":[{\"shape\":[2],\"items\":[1,2]}],\"f\":[1,99999999999999999999],\"g\":[null,\"$u1\"]}\n"
declared floats_inside_others_with_the_digits_of_their_type 'a: list<f32?>, b: set<f32>, c: tuple<f32, f64>, d: dict<f32, f32>, e: list<f64>' \
	'{"a":[0.1,null,1.1805916e+21],"b":[0.5,0.1],"c":[0.1,0.1],"d":[[0.1,0.2]],"e":[0.10000000149011612]}\n'
declared dicts_of_all_keys 'a: dict<bigint, u8>, b: dict<tuple<u8, str>, str?>, c: dict<date, u8>, d: dict<bool, u8>, e: dict<uuid, u8>, f: dict<set<u8>, u8>, g: dict<M, u8>, h: dict<decimal, u8>, i: dict<any, u8>, j: dict<f64, u8>, k: dict<bytes, u8>, l: dict<zoned, u8>\n}\nrecord M {\n x: u8\n}\nrows R\nrecord Z {\n' \
	"{\"a\":{\"-1\":1,\"99999999999999999999\":2},\"b\":[[[1,\"x\"],\"y\"],[[2,\"\"],null]],\"c\":[[\"2024-01-01\",1]],\"d\":[[true,1],[false,0]],\"e\":[[\"$u1\",1]],\"f\":[[[1,2],1],[[],0]],\"g\":[[{\"x\":1},1]],\"h\":[[\"1.50\",1]],\"i\":[[\"x\",1],[{\"\$type\":\"tuple\",\"items\":[]},2],[null,3]],\"j\":[[1.5,1]],\"k\":[[\"AA==\",1]],\"l\":[[\"2024-01-01T00:00:00+00:00\",1]]}\n" 2>/dev/null
declared fields_of_16_bytes_among_others 'a: bool, b: uuid optional, c: u8? optional, d: zoned? optional, e: str, f: time optional, g: timedelta? optional' \
	"{\"a\":true,\"b\":\"$u1\",\"c\":1,\"d\":\"2024-01-01T00:00:00+00:00\",\"e\":\"x\",\"f\":\"10:00:00\",\"g\":\"PT1S\"}\n{\"a\":false,\"d\":null,\"e\":\"\"}\n{\"a\":true,\"c\":null,\"e\":\"\",\"g\":null}\n"
declared defaults_of_new_types 'a: u8' '{"a":1}\n'
spelled defaults_fill_what_is_missing '{}\n' \
	"{\"a\":\"1.50\",\"b\":7,\"c\":\"10:00:00\",\"d\":\"2024-01-01T00:00:00+01:00\",\"e\":\"PT1S\",\"f\":\"$u1\",\"g\":[]}" \
	"a: decimal = \"1.50\", b: bigint = 7, c: time = \"10:00:00\", d: zoned = \"2024-01-01T00:00:00+01:00\", e: timedelta = \"PT1S\", f: uuid = \"$u1\", g: set<u8> = []"

# ---- carrying their type
any='a: any\nb: any optional'
declared decimals_in_any "$any" '{"a":{"$type":"decimal","value":"1.50"}}\n{"a":[{"$type":"decimal","value":"NaN"}],"b":{"$type":"decimal","value":"-0.0"}}\n'
declared times_in_any "$any" '{"a":{"$type":"time","value":"10:00:00"},"b":{"$type":"timedelta","value":"-P1DT1S"}}\n{"a":{"$type":"timedelta","value":"P106751991DT4H54.775807S"},"b":{"$type":"zoned","value":"2024-01-01T00:00:00.250000-11:30"}}\n'
declared uuids_in_any "$any" "{\"a\":{\"\$type\":\"uuid\",\"value\":\"$u2\"},\"b\":[{\"\$type\":\"uuid\",\"value\":\"$u2\"}]}\n"
declared tuples_in_any "$any" '{"a":{"$type":"tuple","items":[]}}\n{"a":{"$type":"tuple","items":[1,"x",[{"$type":"tuple","items":[null]}]]}}\n'
declared sets_in_any "$any" '{"a":{"$type":"set","items":[]}}\n{"a":{"$type":"set","items":[1,2,"x"]},"b":{"$type":"set","items":[{"$type":"tuple","items":[1]},{"$type":"set","items":[]}]}}\n'
declared ndarrays_in_any "$any" '{"a":{"$type":"ndarray<f32>","shape":[2,2],"items":[1.0,2.0,3.0,4.0]}}\n{"a":[{"$type":"ndarray<u16>","shape":[2,2],"items":[1,3,2,4],"strides":[2,4]}]}\n'
declared users_in_any "$any" '{"a":{"$type":"user money.v1","value":"AAEC"},"b":{"$type":"user é \\"x\\"","value":""}}\n'
declared arrays_of_new_elements_in_any "$any" "{\"a\":{\"\$type\":\"array<uuid>\",\"items\":[\"$u1\"]},\"b\":{\"\$type\":\"array<time>\",\"items\":[\"10:00:00\"]}}\n"
declared floats_of_all_kinds_in_any "$any" '{"a":[{"$type":"f64","value":"NaN"},{"$type":"f64","value":"inf"},{"$type":"f64","value":"-inf"},-0.0,0.0],"b":{"$type":"tuple","items":[-0.0]}}\n'
declared dicts_of_composite_keys_in_any "$any" \
	"{\"a\":{\"\$type\":\"dict\",\"pairs\":[[{\"\$type\":\"tuple\",\"items\":[1,\"x\"]},1],[{\"\$type\":\"uuid\",\"value\":\"$u1\"},2],[{\"\$type\":\"record R\",\"a\":1},3],[{\"\$type\":\"set\",\"items\":[1]},4],[null,5],[1.5,6],[{\"\$type\":\"decimal\",\"value\":\"0.1\"},7],[{\"\$type\":\"zoned\",\"value\":\"2024-01-01T00:00:00+00:00\"},8],[{\"\$type\":\"user U\",\"value\":\"AA==\"},9],[false,10]]}}\n"
declared wide_integers_in_any "$any" '{"a":{"$type":"tuple","items":[18446744073709551616,-18446744073709551616]}}\n'

# ---- shared and cyclic
declared shared_tuple "$any" '{"a":{"$id":1,"$type":"tuple","items":[1,[2]]},"b":{"$ref":1}}\n'
declared shared_set "$any" '{"a":{"$id":1,"$type":"set","items":[1,2]},"b":[{"$ref":1}]}\n'
declared shared_ndarray "$any" '{"a":{"$id":1,"$type":"ndarray<u8>","shape":[2],"items":[1,2]},"b":{"$ref":1}}\n'
declared shared_user "$any" '{"a":{"$id":1,"$type":"user U","value":"AA=="},"b":{"$ref":1}}\n'
declared dict_in_itself "$any" '{"a":{"$id":1,"k":{"$ref":1}}}\n'
declared dict_of_any_keys_in_itself "$any" '{"a":{"$id":1,"$type":"dict","pairs":[[1,{"$ref":1}],[{"$type":"tuple","items":[]},2]]}}\n'
declared cycle_of_dicts "$any" '{"a":{"$id":1,"k":{"$id":2,"l":{"$ref":1},"m":{"$ref":2}}},"b":{"$ref":2}}\n'
declared cycle_through_a_tuple "$any" '{"a":{"$id":1,"$type":"tuple","items":[{"$id":2,"$type":"list","items":[{"$ref":1}]}]},"b":{"$ref":2}}\n'
declared cycle_from_a_list_through_a_tuple "$any" '{"a":{"$id":1,"$type":"list","items":[{"$type":"tuple","items":[{"$ref":1}]}]}}\n'
declared cycle_through_tuples_in_tuples "$any" '{"a":{"$id":1,"$type":"tuple","items":[{"$id":2,"k":{"$id":3,"$type":"tuple","items":[{"$ref":1}]}}]},"b":{"$ref":3}}\n'
declared tuples_that_wait_within_others "$any" '{"a":{"$id":1,"$type":"tuple","items":[{"$id":2,"$type":"tuple","items":[{"$id":3,"$type":"list","items":[{"$id":4,"$type":"tuple","items":[{"$ref":2}]}]}]},{"$ref":4}]}}\n'
declared cycle_through_a_tuple_and_a_row "$any" '{"$id":1,"a":{"$type":"tuple","items":[{"$ref":1}]}}\n'
declared shared_where_it_is_declared 'a: list<u8>, b: list<u8>, c: dict<str, u8>, d: dict<str, u8>, e: tuple<u8>, f: tuple<u8>, g: set<u8>, h: set<u8>, i: ndarray<u8>, j: ndarray<u8>, k: array<u8>, l: array<u8>, m: user<U>, n: user<U>, o: dict<bool, u8>, p: dict<bool, u8>' \
	'{"a":{"$id":1,"$type":"list","items":[1]},"b":{"$ref":1},"c":{"$id":2,"k":1},"d":{"$ref":2},"e":{"$id":3,"$type":"tuple","items":[1]},"f":{"$ref":3},"g":{"$id":4,"$type":"set","items":[1]},"h":{"$ref":4},"i":{"$id":5,"$type":"ndarray<u8>","shape":[1],"items":[1]},"j":{"$ref":5},"k":{"$id":6,"$type":"array<u8>","items":[1]},"l":{"$ref":6},"m":{"$id":7,"$type":"user U","value":"AA=="},"n":{"$ref":7},"o":{"$id":8,"$type":"dict","pairs":[[true,1]]},"p":{"$ref":8}}\n'
declared cycle_of_declared_lists 'kids: list<R>, n: u8 optional' '{"kids":{"$id":1,"$type":"list","items":[{"$id":2,"kids":{"$ref":1}}]}}\n{"kids":{"$ref":1}}\n'
declared cycle_of_declared_lists_and_a_row 'kids: list<R>, n: u8 optional' '{"$id":1,"kids":{"$id":2,"$type":"list","items":[{"$ref":1},{"$id":3,"kids":{"$ref":2}}]}}\n'
declared cycle_of_declared_dicts 'm: dict<str, M>, n: dict<str, M> optional\n}\nrecord M {\n d: dict<str, M> optional, l: list<M> optional, x: u8\n}\nrows R\nrecord Z {\n' \
	'{"m":{"$id":1,"k":{"$id":2,"d":{"$ref":1},"l":{"$id":3,"$type":"list","items":[{"$id":4,"l":{"$ref":3},"x":3},{"$ref":2}]},"x":1}},"n":{"$ref":1}}\n'
declared shared_list_of_references 'name: str, needs: list<ref by_name>\n}\ntable by_name: R(name)\nrows R\nrecord Z {\n' \
	'{"$id":1,"name":"a","needs":["b"]}\n{"name":"b","needs":{"$id":2,"$type":"list","items":[{"$ref":1}]}}\n{"name":"c","needs":{"$ref":2}}\n'
declared reference_by_a_composite_key 'at: tuple<u8, u8>, of: M, to: ref by_at optional, weak: weak by_at optional, rec: ref by_rec optional\n}\nrecord M {\n x: u8, y: str\n}\ntable by_at: R(at)\ntable by_rec: R(of)\nrows R\nrecord Z {\n' \
	'{"at":[1,1],"of":{"x":1,"y":"q"},"to":[2,2],"weak":[9,9]}\n{"at":[2,2],"of":{"x":2,"y":"r"},"to":[1,1],"weak":[1,1],"rec":{"x":1,"y":"q"}}\n'

# ---- all of them, at random
random_values() {
	python3 - 2000 5 <<'P' >rows.ndjson
import json, random, sys
nr, seed = int(sys.argv[1]), int(sys.argv[2])
print("# seed %d" % seed, file=sys.stderr)
random.seed(seed)
R, ids, nr_ids = random.randrange, [], 0
def said(kind, value): return {"$type": kind, "value": value}
def text(): return "".join(random.choice("ab é€$\\\"\n") for _ in range(R(9)))
def when(): return "%04d-%02d-%02dT%02d:%02d:%02d" % (R(2, 9999), R(1, 13), R(1, 29), R(24), R(60), R(60))
def scalar():
    return [lambda: None, lambda: random.random() < 0.5, lambda: R(-10 ** R(1, 40), 10 ** R(1, 40)), lambda: random.uniform(-1e9, 1e9),
            text, lambda: said("decimal", "%d.%0*dE%d" % (R(-99, 99), R(1, 9), R(9), R(-40, 40))), lambda: said("date", when()[:10]),
            lambda: said("datetime", when()), lambda: said("time", when()[11:] + ".%06d" % R(1, 10 ** 6)),
            lambda: said("zoned", when() + "%+03d:%02d" % (R(-12, 13), R(60))), lambda: said("timedelta", "PT%dS" % R(10 ** 10)),
            lambda: said("uuid", "%08x-0000-4000-8000-%012x" % (R(1 << 32), R(1 << 48))), lambda: said("bytes", "AA" + "AA" * R(3) * 2 + "AA"),
            lambda: said("user U%d" % R(3), "AQID")][R(14)]()
def key(depth=0):
    kind = R(8) if depth < 3 else 0
    if kind == 6: return {"$type": "tuple", "items": [key(depth + 1) for _ in range(R(4))]}
    if kind == 7: return {"$type": "record K", "k": key(depth + 1)}
    return scalar()
def ndarray():
    shape = [R(1, 4) for _ in range(R(4))]
    array, n = {"$type": "ndarray<i16>", "shape": shape}, 1
    strides = [0] * len(shape)
    for axis in random.sample(range(len(shape)), len(shape)):
        if shape[axis] > 1 and random.random() < 0.8:
            strides[axis] = 2 * n
            n *= shape[axis]
    array["items"] = [R(-32768, 32768) for _ in range(n)]
    array["strides"] = strides
    return array
def once(keys):
    return list({json.dumps(k, sort_keys=True): k for k in keys}.values())
def value(depth=0):
    global nr_ids
    kind = R(11) if depth < 5 else 0
    if kind < 4: return scalar()
    if kind == 4: return ndarray()
    if kind == 5 and ids: return {"$ref": random.choice(ids)}
    shared = random.random() < 0.3
    made = {}
    if shared:
        nr_ids += 1
        mine = made["$id"] = nr_ids
        if kind in (6, 8, 10): ids.append(mine)	# may lie in itself
    if kind == 6: made.update({"$type": "list", "items": [value(depth + 1) for _ in range(R(5))]})
    elif kind == 7: made.update({"$type": "tuple", "items": [value(depth + 1) for _ in range(R(5))]})
    elif kind == 8: made.update({"$type": "dict", "pairs": [[k, value(depth + 1)] for k in once([R(1000) for _ in range(R(12))])]})
    elif kind == 9: made.update({"$type": "set", "items": once([[R(1000), said("date", when()[:10])][R(2)] for _ in range(R(12))])})
    elif kind == 10: made.update({"$type": "record R", "a": value(depth + 1)})
    else: made.update({"$type": "array<u8>", "items": [R(256) for _ in range(R(80))]})
    if shared and mine not in ids: ids.append(mine)
    return made
for i in range(nr):
    ids = ids[-20:]
    print(json.dumps({"a": value(), "n": i, "k": key()}))
P
	echo 'record R { a: any, n: u32 optional, k: any optional } record K { k: any } rows R' >r.schema
	"$stele" build -o x.stele --schema r.schema rows.ndjson && "$stele" verify x.stele && "$stele" dump x.stele >first.ndjson &&
		"$stele" build -o y.stele --schema r.schema first.ndjson && "$stele" dump y.stele | diff first.ndjson - && cmp x.stele y.stele &&
		"$stele" dump --csv x.stele >x.csv && "$stele" build -o z.stele --schema r.schema x.csv && cmp x.stele z.stele
}
promise random_values_of_all_types random_values

# ---- depth: 512 arrays and objects with the row's, whatever they are written as
deep() { python3 -c 'import sys; n = int(sys.argv[1]); print("{\"a\":" + sys.argv[2] * n + "1" + sys.argv[3] * n + "}")' "$@"; }
for kind in 'lists [ ]' 'dicts {"k": }' 'tuples {"$type":"tuple","items":[ ]}' 'pairs {"$type":"dict","pairs":[[1, ]]}' 'mixed [{"k": }]'; do
	read -r name open close <<<"$kind"
	levels=511
	[ "$name" != mixed ] || levels=255
	declared "deep_$name" "$any" "$(deep $levels "$open" "$close")\n"
done
refuses deeper_than_that 'nested deeper than 512 arrays and objects' "$(python3 -c 'print("{\"$type\":\"tuple\",\"items\":[" * 512 + "]}" * 512)')" any
refuses deeper_than_any_value 'nested deeper than 2048' "$(python3 -c 'print("[" * 3000 + "]" * 3000)')" any

# ---- other spellings
spelled decimal_from_a_number '{"a":1.50}\n{"a":100}\n{"a":-0}\n{"a":1e3}\n' $'{"a":"1.50"}\n{"a":"100"}\n{"a":"-0"}\n{"a":"1E+3"}' 'a: decimal'
spelled bigint_of_minus_zero '{"a":-0}\n' '{"a":0}' 'a: bigint'
spelled short_fractions '{"a":"2024-01-01T00:00:00.5","b":"10:00:00.25"}\n{"a":"2024-01-01T00:00:00.0","b":"10:00:00.123"}\n' \
	$'{"a":"2024-01-01T00:00:00.500000","b":"10:00:00.250000"}\n{"a":"2024-01-01T00:00:00","b":"10:00:00.123000"}' 'a: datetime, b: time'
spelled zone_z '{"a":"2024-01-01T00:00:00Z"}\n' '{"a":"2024-01-01T00:00:00+00:00"}' 'a: zoned'
spelled timedelta_of_many_hours '{"a":"PT36H"}\n{"a":"P1DT24H60M60S"}\n' $'{"a":"P1DT12H"}\n{"a":"P2DT1H1M"}' 'a: timedelta'
spelled uuid_of_any_case "{\"a\":\"${u2^^}\"}\n" "{\"a\":\"$u2\"}" 'a: uuid'
spelled set_in_another_order '{"a":[3,1,2]}\n' '{"a":[1,2,3]}' 'a: set<u8>'
spelled ndarray_as_arrays_in_arrays '{"a":[[1,2,3],[4,5,6]]}\n{"a":[]}\n{"a":[[],[]]}\n' \
	$'{"a":{"shape":[2,3],"items":[1,2,3,4,5,6]}}\n{"a":{"shape":[0],"items":[]}}\n{"a":{"shape":[2,0],"items":[]}}' 'a: ndarray<u8>'
spelled ndarray_of_needless_strides '{"a":{"shape":[2,2],"strides":[2,1],"items":[1,2,3,4]}}\n{"a":{"shape":[1,2],"strides":[7,2],"items":[1,9,2]}}\n' \
	$'{"a":{"shape":[2,2],"items":[1,2,3,4]}}\n{"a":{"shape":[1,2],"items":[1,2]}}' 'a: ndarray<u8>'
spelled types_said_where_they_are_declared '{"a":{"$type":"tuple","items":[1]},"b":{"$type":"dict","pairs":[["k",1]]},"c":{"$type":"user U","value":"AA=="}}\n' \
	'{"a":[1],"b":{"k":1},"c":"AA=="}' 'a: tuple<u8>, b: dict<str, u8>, c: user<U>'

# ---- refused
refuses decimal_that_is_none "field 'a': text that is no decimal" '"abc"' decimal
refuses decimal_of_too_many_digits "field 'a': a decimal" "\"1$(printf '%010000d' 5)\"" decimal
refuses decimal_of_too_large_an_exponent "field 'a': a decimal's exponent" '"1E+1000001"' decimal
refuses bigint_with_a_fraction '/a: 1.0, a number with a fraction or exponent, where bigint is declared' 1.0 bigint
refuses bigint_as_text '/a: a string where bigint is declared' '"1"' bigint
refuses time_that_is_none "/a: '24:00:00' is no time, which is written HH:MM:SS" '"24:00:00"' time
refuses zoned_without_zone "/a: '2024-01-01T00:00:00' is no zoned" '"2024-01-01T00:00:00"' zoned
refuses zoned_beyond_the_years "/a: '0001-01-01T00:00:00+01:00' is no zoned" '"0001-01-01T00:00:00+01:00"' zoned
refuses timedelta_that_is_none "/a: 'P1Y' is no timedelta" '"P1Y"' timedelta
refuses timedelta_beyond_64_bits "/a: 'P106751992D' is no timedelta" '"P106751992D"' timedelta
refuses uuid_that_is_none "/a: '123e4567' is no uuid" '"123e4567"' uuid
refuses fraction_of_seven_digits "is no datetime" '"2024-01-01T00:00:00.1234567"' datetime
refuses user_that_is_no_base64 '/a: text that is no base64' '"?"' 'user<U>'
refuses tuple_of_too_few '/a: 1 items where a tuple of 2 is declared' '[1]' 'tuple<u8, u8>'
refuses item_of_a_tuple '/a/1: a string where u8 is declared' '[1,"x"]' 'tuple<u8, u8>'
refuses null_in_a_tuple '/a/0: null where it is not allowed' '[null]' 'tuple<u8>'
refuses item_of_a_set '/a/1: 300 does not fit u8' '[1,300]' 'set<u8>'
refuses item_of_a_set_twice 'twice' '[1,2,1]' 'set<u8>'
refuses nan_in_a_set "field 'a': item 0: NaN cannot be a key" '[{"$type":"f64","value":"NaN"}]' 'set<f64>'
refuses list_in_a_set "field 'a': item 0: list cannot be a key" '{"$type":"set","items":[[1]]}' any
refuses key_twice_in_pairs 'twice' '[[true,1],[true,2]]' 'dict<bool, u8>'
refuses object_where_pairs_are_declared '/a: an object where dict is declared' '{"true":1}' 'dict<bool, u8>'
refuses pairs_where_an_object_is_declared '/a: an array where dict is declared' '[["k",1]]' 'dict<str, u8>'
refuses items_fewer_than_the_shape '"items" are not as many as the shape has' '{"shape":[2,2],"items":[1]}' 'ndarray<u8>'
refuses shape_that_is_none '"shape" is an array of up to 32 lengths' '{"shape":[-1],"items":[]}' 'ndarray<u8>'
refuses shape_beyond_memory 'more elements than fit memory' '{"shape":[4294967296,4294967296],"items":[]}' 'ndarray<u8>'
refuses strides_beyond_the_items 'do not lead to the last item' '{"shape":[2,2],"strides":[8,1],"items":[1,2,3]}' 'ndarray<u8>'
refuses strides_that_miss_items 'do not lead to the last item' '{"shape":[2],"strides":[1],"items":[1,2,3]}' 'ndarray<u8>'
refuses strides_below_zero 'no multiple' '{"shape":[2],"strides":[-1],"items":[1,2]}' 'ndarray<u8>'
refuses strides_between_elements 'no multiple' '{"shape":[2],"strides":[1],"items":[1,2]}' 'ndarray<u16>'
refuses ragged_arrays '/a/1: an ndarray'"'"'s axis has the same length everywhere' '[[1,2],[3]]' 'ndarray<u8>'
refuses element_of_nested_arrays '/a/1/0: 300 does not fit u8' '[[1],[300]]' 'ndarray<u8>'
refuses arrays_beyond_32_axes 'more than 32 axes' "$(printf '[%.0s' {1..33})$(printf ']%.0s' {1..33})" 'ndarray<u8>'
refuses ndarray_with_another_member 'an ndarray has "shape"' '{"shape":[1],"items":[1],"x":1}' 'ndarray<u8>'
refuses type_of_another_tuple "where tuple is declared" '{"$type":"list","items":[1]}' 'tuple<u8>'
refuses type_of_another_element "where ndarray is declared" '{"$type":"ndarray<u8>","shape":[1],"items":[1]}' 'ndarray<u16>'
refuses type_of_another_user "\"\$type\" 'user V' where user U is declared" '{"$type":"user V","value":""}' 'user<U>'
refuses ndarray_of_what_has_no_width "unknown \"\$type\" 'ndarray<str>'" '{"$type":"ndarray<str>","shape":[0],"items":[]}' any
refuses array_of_zoned "unknown \"\$type\" 'array<zoned>'" '{"$type":"array<zoned>","items":[]}' any
refuses user_without_a_name "unknown \"\$type\" 'user '" '{"$type":"user ","value":""}' any
refuses cycle_of_a_declared_list_alone 'reserved and not filled yet' '{"$id":1,"$type":"list","items":[{"a":{"$ref":1}}]}' 'list<R>'
refuses shared_list_of_keys 'a key where a shared object refers to a row' '{"$id":1,"$type":"list","items":["x"]}' 'list<weak t>, n: str optional }\ntable t: R(n)\nrows R\nrecord Z {'
finish
