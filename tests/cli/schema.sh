#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
#
# stele schema: printing, what a reader sees of another schema, and headers that
# compilers take and that read segments of their own and of an older schema.
# shellcheck disable=SC1091,SC2154,SC2016	# of tap; of scripts for sh
. "$(dirname "$0")/tap"
here=$OLDPWD

# ---- text

cat >plain.schema <<'S'
table by_a : R ( a )
record R { a : u8, b : str = "x" }	## of R
S
canonical='record R {
	a: u8
	## of R
	b: str = "x"
}

table by_a: R(a)'
canonical_text() { [ "$("$stele" schema "$1" | grep -v '##')" = "$(grep -v '##' <<<"$canonical")" ]; }
promise a_schema_file_is_printed_in_canonical_form canonical_text plain.schema
build '{"a":1}\n' --schema plain.schema
promise a_segment_prints_the_same_as_its_file cmp <("$stele" schema x.stele) <("$stele" schema plain.schema)

fails a_schema_file_that_is_not_there 4 'none.schema' "$stele" schema none.schema
echo 'record R { a: u9 }' >bad.schema
fails a_place_in_a_bad_schema_file 3 'bad.schema:1:15: ' "$stele" schema bad.schema
fails two_words_for_one 2 'SCHEMA is wanted' "$stele" schema plain.schema plain.schema
fails one_word_for_two 2 'OLD and NEW are wanted' "$stele" schema --check plain.schema
fails json_alone 2 '--json is for --check' "$stele" schema --json plain.schema
fails prefix_alone 2 '--prefix is for --header' "$stele" schema --prefix x plain.schema
fails check_and_header 2 'two requests' "$stele" schema --check --header plain.schema plain.schema
ln -s /dev/zero endless.schema
fails a_schema_without_an_end 3 'a schema of more than' "$stele" schema endless.schema

# ---- check

cat >old.schema <<'S'
record R {
	same: str
	wide: u8
	maybe: u8?
	old: u8
	first: u8
	second: str
	gone: str
	any: any
	left: u8 optional
}
record Dropped { a: u8 }
table by_same: R(same)
table by_wide: R(wide) multi
rows R
S
cat >new.schema <<'S'
record R {
	same: str
	wide: u32
	maybe: u8
	"new name": u8 was old
	first: str was second
	second: u8 was first
	any: u8
	left: u8 = 3
	added: u8 = 4
	extra: u8 optional
}
record Added { a: u8 }
table by_same: R(same)
table by_wide: R(wide) multi
rows R
S
prints check_says_what_each_field_becomes 'record R: check
	same: same
	wide: convert: u8 becomes u32
	maybe: check: null is an error
	"new name": same: stored as '\''old'\''
	first: same: stored as '\''second'\''
	second: same: stored as '\''first'\''
	any: check: not each any is u8
	left: convert: unset is the default 3
	added: convert: not stored: the default 4
	extra: convert: not stored: unset
	gone: same: not read
record Added: same: not stored: there are none
record Dropped: same: not read
table by_same: same
table by_wide: convert: its keys are of another type' "$stele" schema --check old.schema new.schema
prints check_of_a_schema_with_itself_is_the_same 0 \
	sh -c '"$0" schema --check old.schema old.schema | grep -vc ": same$"; true' "$stele"
prints check_takes_segments 'record R: same
	a: same
	b: same
table by_a: same' "$stele" schema --check x.stele x.stele

# name, stored and reader's fields of K, the verdict of a table over a K
key_check() {
	printf 'record R { k: K }\nrecord K { %s }\ntable t: R(k)\nrows R\n' \
		"$2" >k1.schema
	printf 'record R { k: K }\nrecord K { %s }\ntable t: R(k)\nrows R\n' \
		"$3" >k2.schema
	prints "$1" "table t: $4" sh -c \
		'"$0" schema --check k1.schema k2.schema | tail -n 1' "$stele"
}
other='refuse: its keys are records of other fields'
key_check key_of_wider_fields 'a: u8' 'a: i64' same
key_check key_of_an_unset_field_more 'a: u8' 'a: u8, b: u8 optional' same
key_check key_of_a_renamed_field 'a: u8' 'b: u8 was a' "$other"
key_check key_of_a_default_more 'a: u8' 'a: u8, b: u8 = 5' "$other"
key_check key_of_a_default_for_unset 'a: u8 optional' 'a: u8 = 5' "$other"
key_check key_of_a_field_less 'a: u8, b: u8' 'a: u8' "$other"
key_check key_of_tuples_of_changed_records \
	'a: tuple<set<M>> } record M { x: u8' \
	'a: tuple<set<M>> } record M { y: u8 was x' "$other"
key_check key_that_leads_into_itself 'a: u8, k: K optional' \
	'a: u16, k: K optional' same
echo 'record R { a: u8 optional } table t: R(a) multi' >k1.schema
echo 'record R { a: u8 = 1 } table t: R(a) multi' >k2.schema
prints key_that_has_a_default 'table t: refuse: its key has a default, and rows without are not in it' \
	sh -c '"$0" schema --check k1.schema k2.schema | tail -n 1' "$stele"
echo 'record R { a: u8 } table t: R(a)' >k1.schema
echo 'record R { a: str } table t: R(a)' >k2.schema
prints key_of_a_type_that_is_refused 'table t: refuse: its keys are of another type' \
	sh -c '"$0" schema --check k1.schema k2.schema | tail -n 1' "$stele"

cat >refused.schema <<'S'
record R { same: bytes  wide: u8  need: u8  two: u8 was old, gone }
table by_same: R(wide)
table by_wide: R(wide)
table none: R(wide)
rows R
S
refused() {	# options, what
	"$stele" schema --check "$@" old.schema refused.schema >actual
	[ $? -eq 1 ] && diff -u expected actual
}
cat >expected <<'E'
record R: refuse
	same: refuse: str is stored, which is not read as bytes
	wide: same
	need: refuse: required, and not stored
	two: refuse: both stored 'old' and 'gone' can be it, by former names
	maybe: same: not read
	first: same: not read
	second: same: not read
	any: same: not read
	left: same: not read
record Dropped: same: not read
table by_same: refuse: its keys are other fields
table by_wide: refuse: a key may have several rows
table none: refuse: not stored
E
promise refusals_have_exit_code_1 refused
cat >expected <<'E'
{"verdict":"refuse","record":"R"}
{"verdict":"refuse","record":"R","field":"same","stored":"str","reader":"bytes","reason":"str is stored, which is not read as bytes"}
{"verdict":"same","record":"R","field":"wide","stored":"u8","reader":"u8"}
{"verdict":"refuse","record":"R","field":"need","reader":"u8","reason":"required, and not stored"}
E
refused_as_json() {
	"$stele" schema --check --json old.schema refused.schema >all
	[ $? -eq 1 ] && head -n 4 all | diff -u expected - && tail -n 1 all |
		diff -u - <(echo '{"verdict":"refuse","record":"R","table":"none","reason":"not stored"}')
}
promise check_as_json_is_an_object_a_line refused_as_json

# ---- header

cat >now.schema <<'S'
## A "package", as \ it is */ now.
record Package {
	name: str
	size: u64?
	prio: u8 optional
	ratio: f32
	big: f64
	id: uuid
	when: zoned
	day: date
	at: datetime?
	t: time
	d: timedelta
	ok: bool
	neg: i16
	section: str optional was "old section"
	maintainer: Maintainer
	depends: list<list<weak by_name>> = []
	"odd-name*/": str = "a ??/ default"
	price: decimal
}
record Maintainer { name: str, email: str? }
record None { int: i64 }
table by_name: Package(name)
table by_maintainer: Package(maintainer.name) multi
table by_both: Package(name, neg)
table by_id: Package(id)
table maybe: Package(name) filter 1/1000
rows Package
S
cat >then.schema <<'S'
record Maintainer { name: str }
record Package {
	price: u32
	"old section": str?
	name: str
	size: u8
	dropped: str
	ratio: u8
	big: f32
	ok: any
	id: uuid
	when: zoned
	day: date
	at: datetime
	t: time
	d: timedelta
	neg: i8
	maintainer: Maintainer
}
table by_name: Package(name)
table by_both: Package(name, neg)
rows Package
S
both='"id":"123e4567-e89b-12d3-a456-426614174000","when":"2024-02-29T12:00:00+01:00","day":"1970-01-02","t":"00:00:01","d":"-PT1S"'
cat >now.ndjson <<N
{"name":"apt","size":1424920,"prio":3,"ratio":0.5,"big":1e300,$both,"at":"1970-01-01T00:00:01","ok":true,"neg":-2,"section":"admin","maintainer":{"name":"Anna","email":"anna@example.org"},"price":"1.50"}
{"name":"a name of more than seven bytes","size":null,"ratio":0.25,"big":-1,"id":"ffffffff-ffff-ffff-ffff-ffffffffffff","when":"2024-02-29T12:00:00+01:00","day":"1969-12-31","t":"00:00:00","d":"PT0S","at":null,"ok":false,"neg":7,"maintainer":{"name":"Anna","email":null},"price":"-2E+3","odd-name*/":"not ASCII: é"}
N
cat >then.ndjson <<N
{"price":12,"old section":"admin","name":"apt","size":200,"dropped":"x","ratio":2,"big":0.5,"ok":true,$both,"at":"1970-01-01T00:00:01","neg":-2,"maintainer":{"name":"Anna"}}
{"price":0,"old section":null,"name":"dpkg","size":0,"dropped":"x","ratio":0,"big":0.5,"ok":"yes","id":"ffffffff-ffff-ffff-ffff-ffffffffffff","when":"2024-02-29T12:00:00+01:00","day":"1970-01-02","t":"00:00:01","d":"PT0S","at":"1970-01-01T00:00:01","neg":-2,"maintainer":{"name":"Anna"}}
N
"$stele" build -o now.stele --schema now.schema now.ndjson || cat report
"$stele" build -o then.stele --schema then.schema then.ndjson || cat report

cat >now.expected <<'E'
 name=apt section=admin odd=a ??/ default size=1424920 prio=3 neg=-2 ratio=0.5 big=1e+300 day=1 at=1000000 t=1000000 d=-1000000 ok=1 when=1709204400000000+3600 id=12..00 price=1.50 maintainer=Anna email=anna@example.org
 name=a name of more than seven bytes section:value is unset odd=not ASCII: é size:value is null prio:value is unset neg=7 ratio=0.25 big=-1 day=-1 at:value is null t=0 d=0 ok=0 when=1709204400000000+3600 id=ff..ff price=-2E+3 maintainer=Anna email:value is null
by_name apt: 0
by_name none: -5014
by_both: 0
by_id: 0
maybe apt: 0
by_maintainer: 0, 2 rows
laid out: 1
E
cat >then.expected <<'E'
 name=apt section=admin odd=a ??/ default size=200 prio:value is unset neg=-2 ratio=2 big=0.5 day=1 at=1000000 t=1000000 d=-1000000 ok=1 when=1709204400000000+3600 id=12..00 price=12 maintainer=Anna email:value is null
 name=dpkg section:value is null odd=a ??/ default size=0 prio:value is unset neg=-2 ratio=0 big=0.5 day=1 at=1000000 t=1000000 d=0 ok:wrong type when=1709204400000000+3600 id=ff..ff price=0 maintainer=Anna email:value is null
by_name apt: 0
by_name none: -5014
by_both: 0
by_id: -5006
maybe apt: -5006
by_maintainer: -5006, 0 rows
laid out: 0
E

compiles() {	# language, compiler and options
	$2 -x "$1" -Wall -Wextra -Werror -I. -I"$here/lib/include" \
		-c "$here/tests/cli/schema_header.c" -o user.o &&
		${2%% *} -o user user.o "$(dirname "$stele")/libstele.a" -lcrypto -lunistring -lpthread \
		${LDLIBS:+"$LDLIBS"}
}
reads() {
	./user "./$1.stele" | diff -u "$1.expected" -
}
promise header_is_made sh -c '"$0" schema --header now.schema >now.h' "$stele"
promise header_of_a_segment_is_that_of_its_schema \
	cmp now.h <("$stele" schema --header now.stele)
for with in 'c gcc -std=c11' 'c gcc -std=c11 -O2' 'c clang -std=c11' 'c++ g++ -std=c++17' 'c++ g++ -std=c++17 -O2' 'c++ clang++ -std=c++17'; do
	read -r language compiler <<<"$with"
	promise "header_compiles_by_${compiler// /_}" compiles "$language" "$compiler"
	promise "${compiler// /_}_reads_its_own_layout" reads now
	promise "${compiler// /_}_reads_an_older_layout" reads 'then'
done
prefixed() {
	"$stele" schema --header --prefix pkg2 now.schema | sed 's/pkg2/now/g' | cmp - now.h
}
promise prefix_is_what_names_begin_with prefixed
for prefix in int class '2x' 'a-b' stele stele_x '' _x; do
	fails "prefix_'$prefix'_is_refused" 2 "can't begin names of C" "$stele" schema --header --prefix "$prefix" now.schema
done

collides() {	# name, schema, message
	echo "$2" >clash.schema
	fails "$1" 3 "$3" "$stele" schema --header clash.schema
}
collides fields_of_one_name_in_c_are_refused 'record R { a-b: u8  a_b: u8 }' \
	"field 'a-b' of 'R' and field 'a_b' of 'R' would both be clash_R_a_b in C"
collides fields_of_two_records_too 'record R { a_b: u8 } record R_a { b: u8 }' \
	"would both be clash_R_a_b in C"
collides a_table_called_as_a_getter 'record R { a: u8 } table R_a: R(a)' \
	"would both be clash_R_a in C"
collides a_table_called_open 'record R { a: u8 } table open: R(a)' \
	"would both be clash_open in C"

for text in '' 'record R { }' 'record R { a: u8 }' 'record "\u202e*/ \\" { "//": u8  "": str  "é\"\n": list<u8> }'; do
	printf '%s\n' "$text" >odd.schema
	alone() {
		"$stele" schema --header odd.schema >odd.h &&
			! LC_ALL=C grep -q '[^ -~	]' odd.h &&
			for compiler in 'gcc -std=c11 -x c' 'clang -std=c11 -x c' 'g++ -std=c++17 -x c++'; do
				echo '#include "odd.h"' | $compiler -Wall -Wextra -Wpedantic -Wconversion -Werror -I. -I"$here/lib/include" -fsyntax-only - || return 1
			done
	}
	promise "header_of_'${text//[^a-zA-Z0-9 ]/.}'_compiles" alone
done
{
	echo 'record R {'
	for i in $(seq 300); do
		for type in u8 i64? f32 'bool optional' 'str? optional' zoned; do
			echo "f${i}_${type//[^a-z0-9]/_}: $type"
		done
	done
	echo '}'
} >odd.schema
promise header_of_1800_fields_compiles alone
finish
