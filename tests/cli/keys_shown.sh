#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# Keys as `ls` and `dump TABLE` print them: what is printed, put behind `get` or
# into a path, finds what it stands beside.
# shellcheck disable=SC1091,SC2154,SC2016	# of tap; of keys with a dollar
images=$(realpath "$(dirname "$0")/../golden/images")
. "$(dirname "$0")/tap"

ls_() { "$stele" ls x.stele "$@"; }
get() { "$stele" get x.stele "$@"; }

# image, table: each key that is listed has so many values
finds_again() {
	local line word nr got
	"$stele" ls "$1" "/$2" >keys || return 1
	while IFS= read -r line; do
		word=${line%$'\t'*}
		nr=${line##*$'\t'}
		got=$("$stele" get "$1" "$2" "$word" | wc -l)
		[ "$got" = "$nr" ] || { echo "$word: $got values, not $nr"; return 1; }
	done <keys
}

# image: all tables but filters, of which there are so many
all_find_again() {	# image
	local kind name rest
	"$stele" ls "$1" | grep -v '	filter	' >tables
	while IFS=$'\t' read -r kind name rest; do
		[ "$kind" != table ] || finds_again "$1" "$name" || { echo "$1 $name $rest"; return 1; }
	done <tables
}

# The names of `ls --json` as they are written there.
names() {
	ls_ --json "$1" | sed 's/^{"kind":"[a-z]*","name":\(.*\),"[a-z]*":[^:]*}$/\1/'
}

# name, type, two values as JSON, their words, the same as JSON: keys of a type
shown() {
	local name=$1 status=0
	cat >r.schema <<S
record R { k: $2, n: u8 }
record P { x: f32, y: decimal?, z: set<date> optional }
rows R
table t: R(k)
table several: R(n, k)
S
	{
		build "{\"k\":$3,\"n\":1}\n{\"k\":$4,\"n\":2}\n" --schema r.schema || cat report
		printf '%s\t1\n' "$5" "$6" | sort >wanted
		ls_ /t | sort | diff wanted - || status=1
		printf '%s\n' "$7" "$8" | sort >wanted
		names /t | sort | diff wanted - || status=1
		printf '[1,%s]\n[2,%s]\n' "$7" "$8" | sort >wanted
		names /several | sort | diff wanted - || status=1
		all_find_again x.stele || status=1
		[ "$(get t "$5" | sed 's/.*"n"://')" = '1}' ] || status=1
		[ "$(get t "$6" | sed 's/.*"n"://')" = '2}' ] || status=1
	} >log 2>&1
	result $status "$name" <log
}

q() { printf '"%s"' "$1"; }
both() { shown "$1" "$2" "$3" "$4" "$3" "$4" "$3" "$4"; }
text() { shown "$1" "$2" "$(q "$3")" "$(q "$4")" "$3" "$4" "$(q "$3")" "$(q "$4")"; }

# ---- each type alone, and in a table over two fields
text strings str apt 'a b'
both integers u16 7 65535
both negative_integers i64 -9223372036854775808 -1
both bigints bigint 18446744073709551616 -7
both bools bool true false
both doubles f64 0.1 -2.5
both doubles_that_are_integers f64 7.0 1e+300
shown doubles_that_are_no_numbers f64 '{"$type":"f64","value":"inf"}' '{"$type":"f64","value":"-inf"}' \
	'{"$type":"f64","value":"inf"}' '{"$type":"f64","value":"-inf"}' \
	'{"$type":"f64","value":"inf"}' '{"$type":"f64","value":"-inf"}'
both floats f32 0.1 16777216.0
text decimals decimal 1.5 -1E-7
shown decimals_without_their_zeros decimal '"7.00"' '"-0.50"' 7 -0.5 '"7"' '"-0.5"'
text decimals_that_are_large decimal 1000000000000000000000 Infinity
text decimals_that_are_doubles decimal 0.1000000000000000055511151231257827021181583404541015625 -1.125
text dates date 2024-02-29 0001-01-01
text datetimes datetime 2024-02-29T12:00:00 9999-12-31T23:59:59.999999
text times time 00:00:00 10:00:00.500000
shown zoned_in_utc zoned '"2024-01-01T01:00:00+01:00"' '"2024-01-01T00:00:00.000001+00:00"' \
	2024-01-01T00:00:00+00:00 2024-01-01T00:00:00.000001+00:00 \
	'"2024-01-01T00:00:00+00:00"' '"2024-01-01T00:00:00.000001+00:00"'
text timedeltas timedelta -P1DT1S PT0S
text uuids uuid 123e4567-e89b-12d3-a456-426614174000 00000000-0000-0000-0000-000000000000
text bytes_as_base64 bytes AAE= ''
text users_as_base64 'user<U>' AAE= ''
both tuples 'tuple<f32, decimal?, tuple<bool>, bytes>' '[0.1,"1.5",[true],"AAE="]' '[2.0,null,[false],""]'
both tuples_of_nothing 'tuple<tuple<>, tuple<>?>' '[[],[]]' '[[],null]'
both sets 'set<uuid>' '["00000000-0000-0000-0000-000000000000","123e4567-e89b-12d3-a456-426614174000"]' '[]'
both records P '{"x":0.1,"y":"0.1","z":["2024-01-01"]}' '{"x":-3.0,"y":null}'
both any_that_is_text any '"text"' '"1"'
both any_that_is_a_number any 1 18446744073709551616
both any_that_is_a_word any true 0.5
both any_that_says_its_type any '{"$type":"date","value":"2024-01-01"}' '{"$type":"bytes","value":"AAE="}'
both any_that_is_a_decimal any '{"$type":"decimal","value":"0.1"}' 0.1
both any_that_is_a_collection any \
	'{"$type":"tuple","items":[1,{"$type":"set","items":[{"$type":"uuid","value":"00000000-0000-0000-0000-000000000000"}]}]}' \
	'{"$type":"user U","value":"AAE="}'
both any_that_is_a_record any '{"$type":"record P","x":0.1,"y":"2"}' '{"$type":"tuple","items":[]}'

# ---- names that need care
text text_that_looks_like_json str '[1,2]' null
cat >r.schema <<'S'
record R { k: Q, s: str }
record Q { "$id": u8, "a b": u8 optional }
table t: R(k)
table s: R(s)
S
build '{"k":{"$$id":1,"a b":2},"s":"tab\\there \\u0085"}\n' --schema r.schema || cat report
prints field_names_like_ours '{"$$id":1,"a b":2}	1' ls_ /t
promise such_a_key_is_found_again finds_again x.stele t
prints control_characters_are_escaped 'tab\u0009here \u0085	1' ls_ /s
prints the_same_as_json '"tab\there '$'\u0085''"' names /s

# ---- tables filled by hand
for image in "$images"/*.stele; do
	[ ! -e "${image%.stele}.refused" ] || continue
	promise "keys_of_image_$(basename "$image" .stele)_are_found_again" all_find_again "$image"
done
"$stele" dump "$images/canonical.stele" any >pairs
prints pairs_of_a_canonical_table '{"key":"seven","value":null}' grep 'key":"seven' pairs
prints pairs_with_a_key_that_says_its_type '{"key":{"$type":"bytes","value":"c2V2ZW4="},"value":true}' grep 'true}' pairs
"$stele" dump --csv "$images/canonical.stele" any >pairs
prints csv_has_the_word_of_get '"""seven""",null' grep '^"""seven' pairs
prints csv_has_numbers_plainly 7.5,-100000 grep ^7.5 pairs

# ---- paths through dicts
cat >r.schema <<'S'
record R { n: u8, dates: dict<date, u8>, pairs: dict<tuple<u8, str>, u8>, words: dict<str, u8>, any: dict<any, u8>, free: any, f: dict<f32, u8> }
table t: R(n)
S
build '{"n":1,"dates":[["2024-01-01",1]],"pairs":[[[1,"k"],2]],"words":{"a/b%":3},"any":[["x",4]],"free":{"$type":"dict","pairs":[["y",5],[{"$type":"date","value":"2024-01-01"},6]]},"f":[[0.1,7]]}\n' --schema r.schema || cat report
step_of() { ls_ "/t/1/$1" | cut -f1; }
encoded() { sed 's/%/%25/g; s,/,%2F,g'; }
prints date_of_a_dict 2024-01-01 step_of dates
prints tuple_of_a_dict '[1,"k"]' step_of pairs
prints text_of_a_dict 'a/b%' step_of words
prints any_of_a_dict '"x"' step_of any
prints mixed_keys_of_a_dict $'y\n{"$type":"date","value":"2024-01-01"}' step_of free
prints declared_key_of_a_dict_as_json '"2024-01-01"' names /t/1/dates
steps_lead_on() {
	local field
	for field in dates pairs words any free f; do
		ls_ "/t/1/$field" | cut -f1 | encoded | while IFS= read -r step; do get "/t/1/$field/$step" || return 1; done
	done >found
	diff <(printf '%s\n' 1 2 3 4 5 6 7) found
}
promise steps_lead_to_their_items steps_lead_on

# ---- references
cat >r.schema <<'S'
record Person { name: str, boss: ref by_name optional, at: Place }
record Place { city: str, mayor: weak by_name? }
record Pair { a: ref by_name, b: ref by_serial, f: f32 }
record Group { who: Pair, all: set<Pair>, n: u8 }
record Thing { serial: bigint, of: tuple<u8, decimal> }
table by_name: Person(name)
table by_at: Person(at) multi
table by_serial: Thing(serial)
table by_pair: Group(who)
table by_all: Group(all, n)
rows Group
S
build '{"$id":1,"$type":"record Person","name":"ada","at":{"city":"x","mayor":null}}\n{"$id":2,"$type":"record Person","name":"bob","boss":{"$ref":1},"at":{"city":"y","mayor":{"$ref":1}}}\n{"$id":3,"$type":"record Person","name":"eve","at":{"city":"y","mayor":{"$ref":2}}}\n{"$id":4,"$type":"record Thing","serial":99999999999999999999,"of":[1,"1.50"]}\n{"who":{"a":{"$ref":3},"b":{"$ref":4},"f":0.1},"all":[{"a":{"$ref":3},"b":{"$ref":4},"f":0.1}],"n":1}\n' --schema r.schema || cat report
pair='{"a":"eve","b":99999999999999999999,"f":0.1}'
prints reference_as_the_key_of_its_row "$pair	1" ls_ /by_pair
prints reference_to_a_row_with_references '{"city":"y","mayor":"bob"}' sh -c '"$0" ls x.stele /by_at | cut -f1 | grep bob' "$stele"
promise references_find_their_rows all_find_again x.stele
absent_row() { get by_pair "${pair/eve/zoe}" 2>&1; [ $? -eq 1 ]; }
promise reference_to_no_row_is_absent absent_row
other_row() { get by_pair "${pair/eve/bob}" 2>&1; [ $? -eq 1 ]; }
promise reference_to_another_row_is_absent other_row
fails reference_by_a_key_of_another_type 3 'is no key' get by_pair "${pair/\"eve\"/7}"
build '{"$type":"record Person","name":"ada","boss":"ada","at":{"city":"x","mayor":null}}\n{"$type":"record Thing","serial":7,"of":[1,"1"]}\n' --schema r.schema || cat report
fails reference_that_leads_into_itself 3 'leads into itself' get by_pair '{"a":"ada","b":7,"f":0.1}'
finish
