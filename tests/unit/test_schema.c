// SPDX-License-Identifier: MIT
/*
 * Schema text: what it means, how it is printed, and what is wrong with it, by
 * line and column.
 */
#include "schema_text.h"

#include <time.h>

#include "hash.h"
#include "schema_type.h"

/* The canonical text of a text. */
static void assert_prints(const char *text, const char *canonical)
{
	struct stele_schema *schema = parsed(text);
	char *out = printed(schema);

	assert_string_equal(out, canonical);
	assert_round_trip(schema);
	stele_schema_free(schema);
	free(out);
}

static const char every_type[] =
	"record All {\n"
	"\ta: bool\n\tb: i8\n\tc: i16\n\td: i32\n\te: i64\n"
	"\tf: u8\n\tg: u16\n\th: u32\n\ti: u64\n\tj: f32\n\tk: f64\n"
	"\tl: str\n\tm: bytes\n\tn: date\n\to: datetime\n\tp: any\n"
	"\tq: list<u8>\n\tr: list<str?>\n\ts: array<f32>\n"
	"\tt: dict<str, u8>\n\tu: dict<i64, list<any?>?>\n"
	"\tv: All\n\tw: ref by_b\n\tx: weak by_b\n"
	"\ty: list<list<weak by_b>>\n\tz: array<datetime>\n"
	"}\n"
	"\n"
	"table by_b: All(b)\n";

static void every_type_is_kept(void **state)
{
	(void)state;
	assert_prints(every_type, every_type);
}

/*
 * Types picked so that their hashes without a salt begin in one part of the
 * slots: then each addition passed half of all before it.
 */
static void types_picked_to_collide_cost_no_more(void **state)
{
	struct stele_fmt_type type = { .kind = STELE_TYPE_LIST };
	struct stele_type_set set = { 0 };
	const uint32_t nr = 60000, slots = 131072;
	uint32_t number, i = 0;
	clock_t begin = clock();

	(void)state;
	for (; i < nr; type.arg++) {
		if (stele_hash_bytes(&type, sizeof(type), 0) % slots > nr / 9)
			continue;
		assert_int_equal(stele_type_set_add(&set, &type, &number), 0);
		assert_int_equal(number, i++);
	}
	assert_int_equal(set.nr_slots, slots);
	stele_type_set_free(&set);
	assert_true(clock() - begin < CLOCKS_PER_SEC);
}

static void types_tell_what_they_are_made_of(void **state)
{
	static const uint8_t kinds[] = {
		STELE_TYPE_BOOL,   STELE_TYPE_I8,    STELE_TYPE_I16,
		STELE_TYPE_I32,	   STELE_TYPE_I64,   STELE_TYPE_U8,
		STELE_TYPE_U16,	   STELE_TYPE_U32,   STELE_TYPE_U64,
		STELE_TYPE_F32,	   STELE_TYPE_F64,   STELE_TYPE_STR,
		STELE_TYPE_BYTES,  STELE_TYPE_DATE,  STELE_TYPE_DATETIME,
		STELE_TYPE_ANY,	   STELE_TYPE_LIST,  STELE_TYPE_LIST,
		STELE_TYPE_ARRAY,  STELE_TYPE_DICT,  STELE_TYPE_DICT,
		STELE_TYPE_RECORD, STELE_TYPE_REF,   STELE_TYPE_REF,
		STELE_TYPE_LIST,   STELE_TYPE_ARRAY,
	};
	struct stele_schema *s = parsed(every_type);
	struct stele_field_info field;
	struct stele_type_info type;
	uint32_t i;

	(void)state;
	for (i = 0; i < 26; i++) {
		assert_int_equal(stele_schema_field(s, 0, i, &field), 0);
		assert_int_equal(stele_schema_type(s, field.type, &type), 0);
		assert_int_equal(type.type, kinds[i]);
		if (i == 17)
			assert_true(type.nullable_items);
		if (i == 18)
			assert_int_equal(type.element, STELE_TYPE_F32);
		if (i == 21)
			assert_int_equal(type.record, 0);
		if (i == 22 || i == 23) {
			assert_int_equal(type.table, 0);
			assert_int_equal(type.record, 0);
			assert_int_equal(type.weak, i == 23);
		}
		if (i != 20)
			continue;
		assert_true(type.nullable_items);
		assert_int_equal(stele_schema_type(s, type.key, &type), 0);
		assert_int_equal(type.type, STELE_TYPE_I64);
	}
	assert_int_equal(stele_schema_field(s, 0, 26, &field), -STELE_E_ABSENT);
	assert_int_equal(stele_schema_type(s, stele_schema_nr_types(s), &type),
			 -STELE_E_ABSENT);
	stele_schema_free(s);
}

static void equal_types_are_one(void **state)
{
	struct stele_schema *s = parsed("record A { a: list<list<u8>> b: "
					"list<u8> c: u8 d: list<u8?> }");

	(void)state;
	assert_int_equal(stele_schema_nr_types(s), 4);
	assert_round_trip(s);
	stele_schema_free(s);
}

static void fields_tell_all(void **state)
{
	struct stele_schema *s = parsed(
		"record A { a: u16? optional = 7 was b, c ## d\n e: u8 }");
	struct stele_field_info f;

	(void)state;
	assert_int_equal(stele_schema_field(s, 0, 0, &f), 0);
	assert_memory_equal(f.name.ptr, "a", 1);
	assert_memory_equal(f.fallback.ptr, "7", 1);
	assert_memory_equal(f.doc.ptr, "d", 1);
	assert_true(f.nullable && f.optional);
	assert_int_equal(s->fields[0].former.len, 4);
	assert_memory_equal(stele_schema_str(s, s->fields[0].former).ptr,
			    "b\nc\n", 4);
	assert_int_equal(stele_schema_field(s, 0, 1, &f), 0);
	assert_int_equal(f.fallback.len, 0);
	assert_false(f.nullable || f.optional);
	stele_schema_free(s);
}

static void names_are_found(void **state)
{
	struct stele_schema *s =
		parsed("record B { long: u8 b: A } record A { x: u8, y: str }\n"
		       "table t: B(b.y, long) multi table u: A(x)");
	struct stele_table_info t;
	uint32_t n;

	(void)state;
	assert_int_equal(stele_schema_find_record(s, "A", 1, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(stele_schema_find_field(s, 0, "b", 1, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(stele_schema_find_field(s, 0, "x", 1, &n),
			 -STELE_E_ABSENT);
	assert_int_equal(stele_schema_find_field(s, 2, "x", 1, &n),
			 -STELE_E_ABSENT);
	assert_int_equal(stele_schema_find_table(s, "u", 1, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(stele_schema_find_table(s, "B", 1, &n),
			 -STELE_E_ABSENT);
	assert_int_equal(stele_schema_table(s, 0, &t), 0);
	assert_true(t.multi);
	assert_int_equal(t.nr_keys, 2);
	assert_int_equal(t.record, 0);
	assert_int_equal(stele_schema_table_step(s, 0, 0, 0, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(stele_schema_table_step(s, 0, 0, 1, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(stele_schema_table_step(s, 0, 0, 2, &n),
			 -STELE_E_ABSENT);
	assert_int_equal(stele_schema_table_step(s, 0, 1, 0, &n), 0);
	assert_int_equal(n, 0);
	assert_int_equal(stele_schema_table_step(s, 0, 2, 0, &n),
			 -STELE_E_ABSENT);
	stele_schema_free(s);
}

static void rows_are_the_named_or_the_only_record(void **state)
{
	struct stele_schema *s = parsed("record A {} record B {} rows B");

	(void)state;
	assert_int_equal(stele_schema_rows(s), 1);
	assert_round_trip(s);
	stele_schema_free(s);
	s = parsed("record A {}");
	assert_int_equal(stele_schema_rows(s), 0);
	stele_schema_free(s);
	s = parsed("record A {} record B {}");
	assert_int_equal(stele_schema_rows(s), UINT32_MAX);
	stele_schema_free(s);
}

static void nothing_is_a_schema(void **state)
{
	struct stele_schema *s = parsed(" # only a comment"), *empty;
	char *text = printed(s);

	(void)state;
	assert_string_equal(text, "");
	assert_int_equal(stele_schema_nr_records(s), 0);
	assert_int_equal(stele_schema_empty(&empty), 0);
	assert_same_image(s, empty);
	assert_round_trip(s);
	free(text);
	stele_schema_free(empty);
	stele_schema_free(s);
	stele_schema_free(NULL);
}

static void words_of_the_grammar_are_names_too(void **state)
{
	(void)state;
	assert_prints(
		"record record { record: str table: u8? rows: u8 optional"
		" optional: u8 optional was: u8 was was was2: u8 was was2\n"
		"list: list<u8> ref: ref table weak: weak table str: str"
		" unique: u8, multi: u8 }"
		"table table: record(record) unique rows record",
		"record record {\n\trecord: str\n\ttable: u8?\n"
		"\trows: u8 optional\n\toptional: u8 optional\n"
		"\twas: u8 was was\n\twas2: u8 was was2\n"
		"\tlist: list<u8>\n\tref: ref table\n\tweak: weak table\n"
		"\tstr: str\n\tunique: u8\n\tmulti: u8\n}\n"
		"\ntable table: record(record)\n\nrows record\n");
}

static void a_name_with_a_colon_begins_a_field(void **state)
{
	(void)state;
	assert_prints("record A { a: u8 optional: u8 was: u8 "
		      "b: u8 was x, c: u8 was y, optional, d: u8 }",
		      "record A {\n\ta: u8\n\toptional: u8\n\twas: u8\n"
		      "\tb: u8 was x\n\tc: u8 was y, optional\n\td: u8\n}\n");
}

static void records_named_like_types_are_quoted_as_types(void **state)
{
	(void)state;
	assert_prints("record str { a: \"str\", b: str, c: list<\"set\"> }"
		      "record set {} table t: str(b)",
		      "record str {\n\ta: \"str\"\n\tb: str\n"
		      "\tc: list<\"set\">\n}\n\nrecord set {\n}\n"
		      "\ntable t: str(b)\n");
}

static void names_in_quotes_are_any_text(void **state)
{
	(void)state;
	assert_prints("record \"A\" { \"a b\": u8 \"\": u8 \"a\\u0000b\": u8 "
		      "\"\\u00e4\\/\": u8 \"\xc3\xa4\": u8 \"\\ud83d\\ude00\": "
		      "u8 \"1\": u8 \"-\": u8 \"a-1_\": u8 \"\\\"\\\\\\n\": u8 "
		      "\"\\u007f\\u0001\": u8 was \"old name\", \"\" }"
		      "record \"B b\" { a: A b: \"B b\" }"
		      "table \"t t\": \"B b\"(a.\"a b\", a.\"\")",
		      "record A {\n\t\"a b\": u8\n\t\"\": u8\n"
		      "\t\"a\\u0000b\": u8\n\t\"\xc3\xa4/\": u8\n"
		      "\t\"\xc3\xa4\": u8\n\t\"\xf0\x9f\x98\x80\": u8\n"
		      "\t\"1\": u8\n\t\"-\": u8\n\ta-1_: u8\n"
		      "\t\"\\\"\\\\\\n\": u8\n"
		      "\t\"\\u007f\\u0001\": u8 was \"old name\", \"\"\n}\n"
		      "\nrecord \"B b\" {\n\ta: A\n\tb: \"B b\"\n}\n"
		      "\ntable \"t t\": \"B b\"(a.\"a b\", a.\"\")\n");
}

static void documentation_is_kept_and_comments_are_not(void **state)
{
	(void)state;
	assert_prints("# gone\n## One\n##   two \r\n##\n### gone\n##four\n"
		      "record A { # gone\n"
		      "\t## above\n\ta: u8, ## behind\n\tb: u8 ## b\n"
		      "\t## c\n\tc: u8 } ## and A\n"
		      "## T\ntable t: A(a) ## t # t\n",
		      "## One\n##   two\n##\n## four\n## and A\n"
		      "record A {\n\t## above\n\t## behind\n\ta: u8\n"
		      "\t## b\n\tb: u8\n\t## c\n\tc: u8\n}\n"
		      "\n## T\n## t # t\ntable t: A(a)\n");
}

static void empty_lines_of_documentation_are_lines(void **state)
{
	(void)state;
	assert_prints("##\n##\nrecord A { a: u8 ##\n }",
		      "##\n##\nrecord A {\n\ta: u8\n}\n");
}

static void defaults_are_kept_canonically(void **state)
{
	(void)state;
	assert_prints(
		"record A { a: bool = true b: i8 = -128 c: u64 = "
		"18446744073709551615 d: i64 = -9223372036854775808\n"
		"e: i32 = -0 f: f64 = 1 g: f64 = 0.10 h: f64 = 1E+3 i: f64 = "
		"-0.0 j: f64 = 123456789012345678 k: f64 = 1e16 l: f64 = "
		"0.00001 m: f64 = 0.000001 n: f64 = 1.7976931348623157e308 o: "
		"f64 = 5e-324 p: f32 = 0.1 q: f32 = 16777217 r: f64 = 1e-400\n"
		"s: str = \"\\u0041\\n\" t: bytes = \"AAE=\" u: bytes = \"\" "
		"v: date = \"0001-01-01\" w: date = \"9999-12-31\"\n"
		"x: datetime = \"1970-01-01T00:00:00.000001\" y: datetime = "
		"\"1969-12-31T23:59:59.5\" z: datetime = "
		"\"2000-02-29T12:00:00.000000\"\n"
		"A: any = 1.50 B: any = -5 C: any = -0 D: any = "
		"18446744073709551616 E: any = [ ] F: any = { } G: any = \"x\" "
		"H: any = false I: any = null\n"
		"J: list<u8> = [] K: array<u8> = [ ] L: dict<str, u8> = {} "
		"M: A? = null N: str = \"\" O: f64 = 9007199254740993.0 }",
		"record A {\n\ta: bool = true\n\tb: i8 = -128\n"
		"\tc: u64 = 18446744073709551615\n"
		"\td: i64 = -9223372036854775808\n\te: i32 = 0\n"
		"\tf: f64 = 1.0\n\tg: f64 = 0.1\n\th: f64 = 1000.0\n"
		"\ti: f64 = -0.0\n\tj: f64 = 1.2345678901234568e17\n"
		"\tk: f64 = 1e16\n\tl: f64 = 0.00001\n\tm: f64 = 1e-6\n"
		"\tn: f64 = 1.7976931348623157e308\n\to: f64 = 5e-324\n"
		"\tp: f32 = 0.1\n\tq: f32 = 16777216.0\n\tr: f64 = 0.0\n"
		"\ts: str = \"A\\n\"\n\tt: bytes = \"AAE=\"\n"
		"\tu: bytes = \"\"\n\tv: date = \"0001-01-01\"\n"
		"\tw: date = \"9999-12-31\"\n"
		"\tx: datetime = \"1970-01-01T00:00:00.000001\"\n"
		"\ty: datetime = \"1969-12-31T23:59:59.500000\"\n"
		"\tz: datetime = \"2000-02-29T12:00:00\"\n"
		"\tA: any = 1.5\n\tB: any = -5\n\tC: any = -0.0\n"
		"\tD: any = 18446744073709551616\n\tE: any = []\n"
		"\tF: any = {}\n\tG: any = \"x\"\n\tH: any = false\n"
		"\tI: any = null\n\tJ: list<u8> = []\n\tK: array<u8> = []\n"
		"\tL: dict<str, u8> = {}\n\tM: A? = null\n\tN: str = \"\"\n"
		"\tO: f64 = 9007199254740992.0\n}\n");
}

static void declarations_come_in_any_order(void **state)
{
	(void)state;
	assert_prints("rows A table t: A(x) record A { b: B x: u8 r: ref u }"
		      "table u: B(y) record B { a: A y: u8 }",
		      "record A {\n\tb: B\n\tx: u8\n\tr: ref u\n}\n"
		      "\nrecord B {\n\ta: A\n\ty: u8\n}\n"
		      "\ntable t: A(x)\ntable u: B(y)\n\nrows A\n");
}

static void extension_adds_to_a_schema(void **state)
{
	struct stele_schema *base = parsed("record A { a: u8 b: str }\nrows A");
	static const char more[] = "table t: A(b) multi ## t\n";
	static const char bad[] = "\ntable t: A(c)";
	struct stele_schema *schema;
	struct stele_error err;
	char *text;

	(void)state;
	assert_int_equal(stele_schema_extend(base, more, sizeof(more) - 1,
					     &schema, &err),
			 0);
	text = printed(schema);
	assert_string_equal(text, "record A {\n\ta: u8\n\tb: str\n}\n\n"
				  "## t\ntable t: A(b) multi\n\nrows A\n");
	free(text);
	assert_round_trip(schema);
	stele_schema_free(schema);
	assert_int_equal(stele_schema_extend(base, bad, sizeof(bad) - 1,
					     &schema, &err),
			 -STELE_E_SCHEMA);
	assert_int_equal(err.line, 2);
	assert_int_equal(err.column, 12);
	assert_int_equal(stele_schema_extend(base, NULL, 0, &schema, &err), 0);
	assert_same_image(schema, base);
	stele_schema_free(schema);
	stele_schema_free(base);
}

static void clone_is_the_same(void **state)
{
	struct stele_schema *s = parsed(every_type), *copy;
	uint32_t n;

	(void)state;
	assert_int_equal(stele_schema_clone(s, &copy), 0);
	assert_same_image(s, copy);
	stele_schema_free(s);
	assert_int_equal(stele_schema_find_field(copy, 0, "z", 1, &n), 0);
	assert_int_equal(n, 25);
	stele_schema_free(copy);
}

static void print_tells_the_length_it_needs(void **state)
{
	struct stele_schema *s = parsed("record A { a: u8 }");
	char buf[64];
	size_t len, size;

	(void)state;
	for (size = 0; size < 26; size++) {
		memset(buf, 'x', sizeof(buf));
		assert_int_equal(stele_schema_print(s, buf, size, &len),
				 size > 20 ? 0 : -ENOSPC);
		assert_int_equal(len, 20);
		assert_int_equal(buf[size], 'x');
		if (size)
			assert_int_equal(strlen(buf),
					 size > 20 ? 20 : size - 1);
	}
	stele_schema_free(s);
}

/* -------------------------------------------------------------- errors */

struct mistake {
	const char *text;
	int code;
	uint32_t line;
	uint32_t column;
	const char *reason;
};

static const struct mistake mistakes[] = {
	{ "recrd A {}", STELE_E_SYNTAX, 1, 1,
	  "expected 'record', 'table' or 'rows', found 'recrd'" },
	{ "record {}", STELE_E_SYNTAX, 1, 8,
	  "expected the name of a record, found '{'" },
	{ "record A", STELE_E_SYNTAX, 1, 9, "expected '{', found the end" },
	{ "record A {\n a: u8\n", STELE_E_SYNTAX, 3, 1,
	  "expected a field or '}', found the end" },
	{ "record A { a u8 }", STELE_E_SYNTAX, 1, 14,
	  "expected ':' and the type of the field, found 'u8'" },
	{ "record A { a: }", STELE_E_SYNTAX, 1, 15,
	  "expected a type, found '}'" },
	{ "record A { a: u8,, b: u8 }", STELE_E_SYNTAX, 1, 18,
	  "expected a field or '}', found ','" },
	{ "record A { a: u23 }", STELE_E_SCHEMA, 1, 15, "unknown type 'u23'" },
	{ "record A { a: list<dict<str, B>> }", STELE_E_SCHEMA, 1, 30,
	  "unknown type 'B'" },
	{ "record A { a: list u8 }", STELE_E_SYNTAX, 1, 20,
	  "expected '<', found 'u8'" },
	{ "record A { a: list<u8 }", STELE_E_SYNTAX, 1, 23,
	  "expected '>', found '}'" },
	{ "record A { a: dict<str> }", STELE_E_SYNTAX, 1, 23,
	  "expected ',' and the type of the dict's values, found '>'" },
	{ "record A { a: u8\n\tb: dict<list<u8>, u8> }", STELE_E_SCHEMA, 2, 5,
	  "a key of a dict can't be of type list" },
	{ "record A { a: array<str> }", STELE_E_SYNTAX, 1, 21,
	  "expected a type of fixed width for an array, found 'str'" },
	{ "record A { a: array<u8?> }", STELE_E_SYNTAX, 1, 23,
	  "elements of an array are never null" },
	{ "record A { a: ref }", STELE_E_SYNTAX, 1, 19,
	  "expected the name of a table after 'ref', found '}'" },
	{ "record A { a: weak nowhere }", STELE_E_SCHEMA, 1, 20,
	  "a reference into table 'nowhere', which does not exist" },
	{ "record A { a: u8 b: list<ref t> } table t: A(a) multi",
	  STELE_E_SCHEMA, 1, 26,
	  "a reference into table 't', which is multi: a key is not one row" },
	{ "record A { a: u8 b: ref t } table t: A(a, a)", STELE_E_SCHEMA, 1, 21,
	  "a reference into table 't', whose key is 2 fields, not one" },
	{ "record A {}\nrecord B {}\nrecord A {}", STELE_E_SCHEMA, 3, 8,
	  "record 'A' is there twice" },
	{ "record Package { size: u8\nsize: u8\nsize: u8 }", STELE_E_SCHEMA, 2,
	  1, "field 'size' twice in record 'Package'" },
	{ "record A { b: u8 aa: u8 aa: u8 b: u8 }", STELE_E_SCHEMA, 1, 25,
	  "field 'aa' twice in record 'A'" },
	{ "record A { a: u8 }\ntable t: A(a)\n  table t: A(a)", STELE_E_SCHEMA,
	  3, 9, "table 't' is there twice" },
	{ "record \"\" { }", STELE_E_SCHEMA, 1, 8,
	  "a record with an empty name" },
	{ "record A { a: u8 } table \"\": A(a)", STELE_E_SCHEMA, 1, 26,
	  "a table with an empty name" },
	{ "record A { a: u8 was x b: u8\n was x }", STELE_E_SCHEMA, 2, 6,
	  "former name 'x' is there twice" },
	{ "record A { a: u8 was x, x }", STELE_E_SCHEMA, 1, 22,
	  "former name 'x' is there twice" },
	{ "record A { a: u8 was \"x\\ny\" }", STELE_E_SCHEMA, 1, 22,
	  "a former name with a line end in it" },
	{ "record A { a: u8 was }", STELE_E_SYNTAX, 1, 22,
	  "expected a former name, found '}'" },
	{ "record A { a: u8 }\ntable x: A(b)", STELE_E_SCHEMA, 2, 12,
	  "table 'x' is over record 'A', which has no field 'b'" },
	{ "table x: A(b)", STELE_E_SCHEMA, 1, 10,
	  "table 'x' is over record 'A', which does not exist" },
	{ "record A { a: u8 }\ntable x: A(a.b)", STELE_E_SCHEMA, 2, 12,
	  "the key of table 'x' goes through field 'a', a u8 and no nested "
	  "record" },
	{ "record A { a: list<u8> }\ntable x: A(a)", STELE_E_SCHEMA, 2, 12,
	  "field 'a', a key of table 'x', can't be of type list" },
	{ "record A { a: A b: array<u8> }\ntable x: A(a.b)", STELE_E_SCHEMA, 2,
	  14, "field 'b', a key of table 'x', can't be of type array" },
	{ "record A { a: u8 }\ntable x: A(a) clustered", STELE_E_SCHEMA, 2, 7,
	  "table 'x': clustered tables are not yet supported by this version" },
	{ "record A { a: u8 }\ntable x: A(a) unique multi", STELE_E_SYNTAX, 2,
	  22, "expected 'record', 'table' or 'rows', found 'multi'" },
	{ "record A { a: u8 }\ntable x: A()", STELE_E_SYNTAX, 2, 12,
	  "expected the name of a key field, found ')'" },
	{ "record A { a: u8 }\ntable x A(a)", STELE_E_SYNTAX, 2, 9,
	  "expected ':' and a record, found 'A'" },
	{ "rows A", STELE_E_SCHEMA, 1, 6,
	  "rows are of record 'A', which does not exist" },
	{ "record A {} rows A\nrows A", STELE_E_SCHEMA, 2, 1,
	  "the record of rows is named twice" },
	{ "record A { a: u8 = 300 }", STELE_E_SCHEMA, 1, 20,
	  "default 300 of field 'a' does not fit u8" },
	{ "record A { a: u8 = -1 }", STELE_E_SCHEMA, 1, 20,
	  "default -1 of field 'a' does not fit u8" },
	{ "record A { a: i8 = -129 }", STELE_E_SCHEMA, 1, 20,
	  "default -129 of field 'a' does not fit i8" },
	{ "record A { a: u64 = 18446744073709551616 }", STELE_E_SCHEMA, 1, 21,
	  "default 18446744073709551616 of field 'a' does not fit u64" },
	{ "record A { a: i64 = 9223372036854775808 }", STELE_E_SCHEMA, 1, 21,
	  "default 9223372036854775808 of field 'a' does not fit i64" },
	{ "record A { a: f64 = 1e400 }", STELE_E_SCHEMA, 1, 21,
	  "default 1e400 of field 'a' does not fit f64" },
	{ "record A { a: f32 = 3.4028236e38 }", STELE_E_SCHEMA, 1, 21,
	  "default 3.4028236e38 of field 'a' does not fit f32" },
	{ "record A { a: u8 = 1.0 }", STELE_E_SCHEMA, 1, 20,
	  "default 1.0 of field 'a' is not of type u8" },
	{ "record A { a: u8 = \"1\" }", STELE_E_SCHEMA, 1, 20,
	  "default \"1\" of field 'a' is not of type u8" },
	{ "record A { a: u8 = null }", STELE_E_SCHEMA, 1, 20,
	  "default null of field 'a' is not of type u8" },
	{ "record A { a: str = 1 }", STELE_E_SCHEMA, 1, 21,
	  "default 1 of field 'a' is not of type str" },
	{ "record A { a: bool = 0 }", STELE_E_SCHEMA, 1, 22,
	  "default 0 of field 'a' is not of type bool" },
	{ "record A { a: u8 = 01 }", STELE_E_SCHEMA, 1, 20,
	  "default 01 of field 'a' is no JSON literal" },
	{ "record A { a: f64 = 1. }", STELE_E_SCHEMA, 1, 21,
	  "default 1. of field 'a' is no JSON literal" },
	{ "record A { a: str = \"\\ud800\" }", STELE_E_SCHEMA, 1, 21,
	  "default \"\\ud800\" of field 'a' is no JSON literal" },
	{ "record A { a: f64 = NaN }", STELE_E_SYNTAX, 1, 21,
	  "expected true, false, null, a number, a string, [] or {}, found "
	  "'NaN'" },
	{ "record A { a: list<u8> = [1] }", STELE_E_SYNTAX, 1, 27,
	  "expected ']': a default list is empty, found '1'" },
	{ "record A { a: list<u8> = {} }", STELE_E_SCHEMA, 1, 26,
	  "default {} of field 'a' is not of type list" },
	{ "record A { a: A = {} }", STELE_E_SCHEMA, 1, 19,
	  "default {} of field 'a' is not of type record" },
	{ "record A { a: date = \"2023-02-29\" }", STELE_E_SCHEMA, 1, 22,
	  "default \"2023-02-29\" of field 'a' is not of type date" },
	{ "record A { a: date = \"0000-01-01\" }", STELE_E_SCHEMA, 1, 22,
	  "default \"0000-01-01\" of field 'a' is not of type date" },
	{ "record A { a: datetime = \"2023-01-01T24:00:00\" }", STELE_E_SCHEMA,
	  1, 26,
	  "default \"2023-01-01T24:00:00\" of field 'a' is not of type "
	  "datetime" },
	{ "record A { a: datetime = \"2023-01-01T00:00:60\" }", STELE_E_SCHEMA,
	  1, 26,
	  "default \"2023-01-01T00:00:60\" of field 'a' is not of type "
	  "datetime" },
	{ "record A { a: bytes = \"AAF=\" }", STELE_E_SCHEMA, 1, 23,
	  "default \"AAF=\" of field 'a' is not of type bytes" },
	{ "record A { \"a\\x\": u8 }", STELE_E_SYNTAX, 1, 14,
	  "not an escape, or half a surrogate pair" },
	{ "record A { \"\\ud800\\u0041\": u8 }", STELE_E_SYNTAX, 1, 13,
	  "not an escape, or half a surrogate pair" },
	{ "record A { \"a: u8 }\n", STELE_E_SYNTAX, 1, 12,
	  "a quote without its end on the line" },
	{ "record A { \"a\tb\": u8 }", STELE_E_SYNTAX, 1, 14,
	  "a control character within quotes: write \\u0009" },
	{ "record A { a: u8 ; }", STELE_E_SYNTAX, 1, 18,
	  "';' means nothing here" },
	{ "record A { \xc3\xa4: u8 }", STELE_E_SYNTAX, 1, 12,
	  "'\xc3\xa4' means nothing here" },
	{ "record A {\n\ta: u8 \x1b }", STELE_E_SYNTAX, 2, 8,
	  "control character 0x1b" },
	{ "record A {\n# \xff\n}", STELE_E_UTF8, 2, 3,
	  "byte 0xff is not UTF-8" },
	{ "record A {\n\ta: u8\n\t## lost\n}", STELE_E_SYNTAX, 3, 2,
	  "documentation of nothing: it stands above or behind a record, "
	  "field or table" },
	{ "record A {}\n## lost\n", STELE_E_SYNTAX, 2, 1,
	  "documentation of nothing: it stands above or behind a record, "
	  "field or table" },
	{ "record A {}\n## lost\nrows A", STELE_E_SYNTAX, 2, 1,
	  "documentation of nothing: it stands above or behind a record, "
	  "field or table" },
	{ "record A { a: list< ## lost\n u8> }", STELE_E_SYNTAX, 1, 21,
	  "expected a type, found documentation" },
};

static void mistakes_are_told_by_line_and_column(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(mistakes) / sizeof(*mistakes); i++) {
		const struct mistake *m = &mistakes[i];
		struct stele_schema *schema = NULL;
		struct stele_error err = { 0 };
		int rc = stele_schema_parse(m->text, strlen(m->text), &schema,
					    &err);

		if (rc != -m->code || err.code != rc || err.line != m->line ||
		    err.column != m->column || strcmp(err.reason, m->reason) ||
		    err.offset != UINT64_MAX || schema)
			fail_msg("%s\ngave %d at %u:%u: %s", m->text, rc,
				 err.line, err.column, err.reason);
		assert_int_equal(stele_schema_parse(m->text, strlen(m->text),
						    &schema, NULL),
				 rc);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_type_is_kept),
		cmocka_unit_test(types_picked_to_collide_cost_no_more),
		cmocka_unit_test(types_tell_what_they_are_made_of),
		cmocka_unit_test(equal_types_are_one),
		cmocka_unit_test(fields_tell_all),
		cmocka_unit_test(names_are_found),
		cmocka_unit_test(rows_are_the_named_or_the_only_record),
		cmocka_unit_test(nothing_is_a_schema),
		cmocka_unit_test(words_of_the_grammar_are_names_too),
		cmocka_unit_test(a_name_with_a_colon_begins_a_field),
		cmocka_unit_test(records_named_like_types_are_quoted_as_types),
		cmocka_unit_test(names_in_quotes_are_any_text),
		cmocka_unit_test(documentation_is_kept_and_comments_are_not),
		cmocka_unit_test(empty_lines_of_documentation_are_lines),
		cmocka_unit_test(defaults_are_kept_canonically),
		cmocka_unit_test(declarations_come_in_any_order),
		cmocka_unit_test(extension_adds_to_a_schema),
		cmocka_unit_test(clone_is_the_same),
		cmocka_unit_test(print_tells_the_length_it_needs),
		cmocka_unit_test(mistakes_are_told_by_line_and_column),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
