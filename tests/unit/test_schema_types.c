// SPDX-License-Identifier: MIT
/*
 * Types that are made of others or have a width of 16 bytes, and filters: their
 * text, what they tell of themselves, and what can't be.
 */
#include "schema_text.h"

#include "buffer.h"

static void assert_canonical(const char *text)
{
	struct stele_schema *schema = parsed(text);
	char *out = printed(schema);

	assert_string_equal(out, text);
	assert_round_trip(schema);
	stele_schema_free(schema);
	free(out);
}

static const char every_type[] =
	"record All {\n"
	"\ta: bigint\n\tb: decimal?\n\tc: time\n\td: zoned? optional\n"
	"\te: timedelta\n\tf: uuid\n\tg: set<str?>\n\th: set<tuple<>>\n"
	"\ti: tuple<u8, str?, tuple<uuid>, tuple<uuid>>\n"
	"\tj: ndarray<f32>\n\tk: ndarray<uuid>\n\tl: array<timedelta>\n"
	"\tm: user<Color>\n\tn: user<\"a b\">\n"
	"\to: dict<tuple<zoned, decimal?>, user<Color>?>\n"
	"\tp: dict<All, u8>\n\tq: dict<set<any>, list<set<bool>>>\n"
	"\tr: tuple<ref by_c?, weak by_c, All?>\n\ts: set<All>\n"
	"\tt: dict<f64, bytes>\n\tu: user<\"\\n\">\n"
	"}\n"
	"\n"
	"table by_c: All(c)\n";

static void every_type_is_kept(void **state)
{
	(void)state;
	assert_canonical(every_type);
}

static void type_of(const struct stele_schema *s, uint32_t field,
		    struct stele_type_info *type)
{
	struct stele_field_info info;

	assert_int_equal(stele_schema_field(s, 0, field, &info), 0);
	assert_int_equal(stele_schema_type(s, info.type, type), 0);
}

static void types_tell_what_they_are_made_of(void **state)
{
	static const uint8_t kinds[] = {
		STELE_TYPE_BIGINT,  STELE_TYPE_DECIMAL,	  STELE_TYPE_TIME,
		STELE_TYPE_ZONED,   STELE_TYPE_TIMEDELTA, STELE_TYPE_UUID,
		STELE_TYPE_SET,	    STELE_TYPE_SET,	  STELE_TYPE_TUPLE,
		STELE_TYPE_NDARRAY, STELE_TYPE_NDARRAY,	  STELE_TYPE_ARRAY,
		STELE_TYPE_USER,    STELE_TYPE_USER,	  STELE_TYPE_DICT,
		STELE_TYPE_DICT,    STELE_TYPE_DICT,	  STELE_TYPE_TUPLE,
		STELE_TYPE_SET,	    STELE_TYPE_DICT,	  STELE_TYPE_USER,
	};
	struct stele_schema *s = parsed(every_type);
	struct stele_type_info type, item;
	uint32_t i;

	(void)state;
	for (i = 0; i < sizeof(kinds); i++) {
		type_of(s, i, &type);
		assert_int_equal(type.type, kinds[i]);
	}
	type_of(s, 6, &type);
	assert_true(type.nullable_items);
	assert_int_equal(stele_schema_type(s, type.item, &item), 0);
	assert_int_equal(item.type, STELE_TYPE_STR);
	type_of(s, 7, &type);
	assert_false(type.nullable_items);
	assert_int_equal(stele_schema_type(s, type.item, &item), 0);
	assert_int_equal(item.nr_items, 0);
	type_of(s, 9, &type);
	assert_int_equal(type.element, STELE_TYPE_F32);
	type_of(s, 10, &type);
	assert_int_equal(type.element, STELE_TYPE_UUID);
	type_of(s, 11, &type);
	assert_int_equal(type.element, STELE_TYPE_TIMEDELTA);
	type_of(s, 12, &type);
	assert_int_equal(type.name.len, 5);
	assert_memory_equal(type.name.ptr, "Color", 5);
	type_of(s, 13, &type);
	assert_int_equal(type.name.len, 3);
	assert_memory_equal(type.name.ptr, "a b", 3);
	type_of(s, 14, &type);
	assert_true(type.nullable_items);
	assert_int_equal(stele_schema_type(s, type.key, &item), 0);
	assert_int_equal(item.type, STELE_TYPE_TUPLE);
	assert_int_equal(item.nr_items, 2);
	stele_schema_free(s);
}

static void tuples_tell_their_items(void **state)
{
	static const struct {
		uint8_t type;
		bool nullable;
	} items[] = {
		{ STELE_TYPE_U8, false },
		{ STELE_TYPE_STR, true },
		{ STELE_TYPE_TUPLE, false },
		{ STELE_TYPE_TUPLE, false },
	};
	struct stele_schema *s = parsed(every_type);
	struct stele_field_info field;
	struct stele_type_info type;
	uint32_t item[4], i;
	bool nullable;

	(void)state;
	assert_int_equal(stele_schema_field(s, 0, 8, &field), 0);
	assert_int_equal(stele_schema_type(s, field.type, &type), 0);
	assert_int_equal(type.nr_items, 4);
	for (i = 0; i < 4; i++) {
		assert_int_equal(stele_schema_tuple_item(s, field.type, i,
							 &item[i], &nullable),
				 0);
		assert_int_equal(nullable, items[i].nullable);
		assert_int_equal(stele_schema_type(s, item[i], &type), 0);
		assert_int_equal(type.type, items[i].type);
	}
	assert_int_equal(item[2], item[3]);
	assert_int_equal(stele_schema_tuple_item(s, field.type, 4, item,
						 &nullable),
			 -STELE_E_ABSENT);
	assert_int_equal(stele_schema_tuple_item(s, item[0], 0, item,
						 &nullable),
			 -STELE_E_TYPE);
	assert_int_equal(stele_schema_tuple_item(s, stele_schema_nr_types(s), 0,
						 item, &nullable),
			 -STELE_E_ABSENT);
	stele_schema_free(s);
}

static void equal_types_are_one(void **state)
{
	struct stele_schema *s = parsed(
		"record A { a: tuple<u8, tuple<u8?>> b: tuple<u8?> c: tuple<u8> "
		"d: tuple<u8, tuple<u8?>> e: user<x> f: list<user<x>> "
		"g: user<y> h: tuple<> i: tuple<> j: set<u8> k: list<u8> }");

	(void)state;
	/* u8, tuple<u8?>, a, tuple<u8>, x, list<x>, y, tuple<>, set, list */
	assert_int_equal(stele_schema_nr_types(s), 10);
	assert_int_equal(s->head->nr_steps, 4);
	assert_round_trip(s);
	stele_schema_free(s);
}

static void widths_and_elements_agree(void **state)
{
	unsigned i, nr_elements = 0;

	(void)state;
	for (i = 0; i < 300; i++) {
		size_t width = stele_type_width(i);
		int element = stele_element_of_type(i);

		assert_int_equal(stele_type_is_word(i), width == 0);
		if (element < 0)
			continue;
		assert_true(width);
		assert_int_equal(stele_type_of_element((unsigned)element), i);
		nr_elements++;
	}
	assert_int_equal(nr_elements, STELE_FMT_ELEM_UUID + 1);
	assert_int_equal(stele_type_of_element(STELE_FMT_ELEM_UUID + 1), -1);
	assert_int_equal(stele_type_width(STELE_TYPE_ZONED), 16);
	assert_int_equal(stele_type_width(STELE_TYPE_TIME), 8);
	assert_int_equal(stele_type_width(STELE_TYPE_BIGINT), 0);
	assert_string_equal(stele_type_name(STELE_TYPE_USER), "user");
	assert_string_equal(stele_type_name(STELE_TYPE_USER + 1),
			    "unknown type");
}

static void wide_fields_lie_first(void **state)
{
	static const uint32_t offsets[] = { 64, 40, 8, 65, 48, 24, 56 };
	struct stele_schema *s = parsed(
		"record A { a: u8? b: time c: uuid? d: bool e: timedelta? "
		"optional f: zoned optional g: bigint? }");
	uint32_t i;

	(void)state;
	for (i = 0; i < 7; i++)
		assert_int_equal(s->fields[i].off, offsets[i]);
	assert_int_equal(s->fields[2].null_bit, 1);
	assert_int_equal(s->fields[4].null_bit, 2);
	assert_int_equal(s->fields[5].unset_bit, 1);
	assert_int_equal(s->fields[6].null_bit, STELE_FMT_NONE);
	assert_int_equal(s->records[0].null_off, 66);
	assert_int_equal(s->records[0].unset_off, 67);
	assert_int_equal(s->records[0].body_bytes, 72);
	stele_schema_free(s);
}

static void defaults_are_kept_canonically(void **state)
{
	static const char text[] =
		"record A { a: bigint = -0 b: bigint = 18446744073709551616 "
		"c: bigint = -170141183460469231731687303715884105728 "
		"d: decimal = \"1.50\" e: decimal = 1.50 f: decimal = 1e3 "
		"g: decimal = -0.0 h: decimal = \"1E-7\" "
		"i: decimal = \"+00.10\" j: decimal = \"infinity\" "
		"k: decimal = \"nan\" l: decimal = 0.000001\n"
		"m: time = \"00:00:00\" n: time = \"23:59:59.9\" "
		"o: zoned = \"2024-02-29T12:00:00Z\" "
		"p: zoned = \"2024-02-29T12:00:00.000001-05:30:15\" "
		"q: timedelta = \"PT36H\" r: timedelta = \"-P1DT0.5S\" "
		"s: timedelta = \"PT0S\" "
		"t: uuid = \"123E4567-E89B-12D3-A456-426614174000\" "
		"u: set<u8> = [ ] v: tuple<u8>? = null w: ndarray<u8>? = null "
		"x: user<U>? = null y: uuid? = null }";
	struct stele_schema *s = parsed(text);
	char *out = printed(s);

	(void)state;
	assert_string_equal(
		out,
		"record A {\n\ta: bigint = 0\n"
		"\tb: bigint = 18446744073709551616\n"
		"\tc: bigint = -170141183460469231731687303715884105728\n"
		"\td: decimal = \"1.50\"\n\te: decimal = \"1.50\"\n"
		"\tf: decimal = \"1E+3\"\n\tg: decimal = \"-0.0\"\n"
		"\th: decimal = \"1E-7\"\n\ti: decimal = \"0.10\"\n"
		"\tj: decimal = \"Infinity\"\n\tk: decimal = \"NaN\"\n"
		"\tl: decimal = \"0.000001\"\n"
		"\tm: time = \"00:00:00\"\n\tn: time = \"23:59:59.900000\"\n"
		"\to: zoned = \"2024-02-29T12:00:00+00:00\"\n"
		"\tp: zoned = \"2024-02-29T12:00:00.000001-05:30:15\"\n"
		"\tq: timedelta = \"P1DT12H\"\n"
		"\tr: timedelta = \"-P1DT0.500000S\"\n"
		"\ts: timedelta = \"PT0S\"\n"
		"\tt: uuid = \"123e4567-e89b-12d3-a456-426614174000\"\n"
		"\tu: set<u8> = []\n\tv: tuple<u8>? = null\n"
		"\tw: ndarray<u8>? = null\n\tx: user<U>? = null\n"
		"\ty: uuid? = null\n}\n");
	assert_round_trip(s);
	stele_schema_free(s);
	free(out);
}

static void names_may_be_swapped(void **state)
{
	(void)state;
	assert_canonical("record A {\n\ta: u8 was b\n\tb: u8 was a\n}\n");
	assert_canonical("record A {\n\ta: u8 was a, b\n\tb: u8\n}\n");
}

/* -------------------------------------------------------------- tables */

static void filters_keep_their_rate(void **state)
{
	static const char text[] = "record A {\n\tfilter: u8\n}\n\n"
				   "table t: A(filter) filter 1/2\n"
				   "table u: A(filter) filter 1/16777215\n"
				   "table filter: A(filter)\n";
	struct stele_schema *s = parsed(text);
	struct stele_table_info t;

	(void)state;
	assert_canonical(text);
	assert_int_equal(stele_schema_table(s, 0, &t), 0);
	assert_int_equal(t.filter, 2);
	assert_false(t.multi);
	assert_int_equal(stele_schema_table(s, 1, &t), 0);
	assert_int_equal(t.filter, 16777215);
	assert_int_equal(stele_schema_table(s, 2, &t), 0);
	assert_int_equal(t.filter, 0);
	stele_schema_free(s);
}

static void keys_end_in_whatever_can_be_a_key(void **state)
{
	static const char text[] =
		"record A {\n\ta: A\n\tb: tuple<set<u8>, A>\n\tc: set<any>\n"
		"\td: decimal\n\te: user<U>\n\tf: zoned\n\tg: any\n"
		"\th: bigint\n}\n\n"
		"table a: A(a)\ntable b: A(a.b) multi\n"
		"table c: A(c) filter 1/256\ntable d: A(d, e, f, g, h)\n";
	struct stele_schema *s = parsed(text);
	uint32_t i;

	(void)state;
	assert_canonical(text);
	for (i = 0; i < 4; i++)
		assert_int_equal(stele_schema_key_type(s, i),
				 STELE_FMT_KEY_CANONICAL);
	stele_schema_free(s);
}

/* ---------------------------------------------------------- fingerprints */

static void fingerprint_of(const char *text, char hex[33])
{
	struct stele_schema *s = parsed(text);
	int i;

	for (i = 0; i < 16; i++)
		sprintf(hex + 2 * i, "%02x", s->records[0].fingerprint[i]);
	stele_schema_free(s);
}

static void assert_fingerprints(const char *a, const char *b, bool same)
{
	char x[33], y[33];

	fingerprint_of(a, x);
	fingerprint_of(b, y);
	if ((strcmp(x, y) == 0) != same)
		fail_msg("%s\n%s\n%s %s", a, b, x, y);
}

/* By the rule in schema_fingerprint.c, with sha256sum. */
static void fingerprints_are_those_of_the_rule(void **state)
{
	char hex[33];

	(void)state;
	fingerprint_of("record A { a: tuple<u8?, user<x>, A> "
		       "b: dict<tuple<>, ndarray<f64>?> c: set<zoned> }",
		       hex);
	assert_string_equal(hex, "563bb02ca86ffd90178eeaf90b336775");
}

static void fingerprints_see_what_is_within(void **state)
{
	(void)state;
	assert_fingerprints("record A { a: tuple<u8, u8> }",
			    "record A { a: tuple<u8, u8?> }", false);
	assert_fingerprints("record A { a: user<x> }",
			    "record A { a: user<y> }", false);
	assert_fingerprints("record A { a: user<x> }",
			    "record A { a: user<\"x\"> }", true);
	assert_fingerprints("record A { a: set<u8> }",
			    "record A { a: list<u8> }", false);
	assert_fingerprints("record A { a: tuple<u8, B> } record B { b: u8 }",
			    "record A { a: tuple<u8, B> } record B { b: i8 }",
			    false);
	assert_fingerprints("record A { a: dict<B, u8> } record B { b: u8 }",
			    "record A { a: dict<B, u8> } record B { b: i8 }",
			    false);
	assert_fingerprints(
		"record A { a: set<B> c: C } record B { b: C } record C { x: u8 }",
		"record A { a: set<B> c: C } record B { b: C } record C { x: i8 }",
		false);
	/* a circle through a tuple, a set and a key */
	assert_fingerprints(
		"record A { a: tuple<u8, B> } record B { b: set<C> } "
		"record C { c: dict<A, u8> }",
		"record A { a: tuple<u8, B> } record C { c: dict<A, u8> } "
		"record B { b: set<C> }",
		true);
	assert_fingerprints("record A { a: u8 } table t: A(a)",
			    "record A { a: u8 } table t: A(a) filter 1/9",
			    true);
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
	{ "record A { a: tuple }", STELE_E_SYNTAX, 1, 21,
	  "expected '<', found '}'" },
	{ "record A { a: tuple<u8 u8> }", STELE_E_SYNTAX, 1, 24,
	  "expected ',' or '>', found 'u8'" },
	{ "record A { a: tuple<u8,> }", STELE_E_SYNTAX, 1, 24,
	  "expected a type, found '>'" },
	{ "record A { a: tuple<u8?,?> }", STELE_E_SYNTAX, 1, 25,
	  "expected a type, found '?'" },
	{ "record A { a: tuple<B> }", STELE_E_SCHEMA, 1, 21,
	  "unknown type 'B'" },
	{ "record A { a: set<u8, u8> }", STELE_E_SYNTAX, 1, 21,
	  "expected '>', found ','" },
	{ "record A { a: set<> }", STELE_E_SYNTAX, 1, 19,
	  "expected a type, found '>'" },
	{ "record A { a: ndarray<str> }", STELE_E_SYNTAX, 1, 23,
	  "expected a type of fixed width for an array, found 'str'" },
	{ "record A { a: ndarray<zoned> }", STELE_E_SYNTAX, 1, 23,
	  "expected a type of fixed width for an array, found 'zoned'" },
	{ "record A { a: array<bigint> }", STELE_E_SYNTAX, 1, 21,
	  "expected a type of fixed width for an array, found 'bigint'" },
	{ "record A { a: user }", STELE_E_SYNTAX, 1, 20,
	  "expected '<', found '}'" },
	{ "record A { a: user<7> }", STELE_E_SYNTAX, 1, 20,
	  "expected the name of a user's type, found '7'" },
	{ "record A { a: user<\"\"> }", STELE_E_SCHEMA, 1, 15,
	  "a user's type with an empty name" },
	{ "record A { a: dict<tuple<u8, tuple<ref t>>, u8> b: u8 } "
	  "table t: A(b)",
	  STELE_E_SCHEMA, 1, 15,
	  "a key of a dict can't be of type tuple with a ref in it" },
	{ "record A { a: set<dict<str, u8>> }", STELE_E_SCHEMA, 1, 15,
	  "an item of a set can't be of type dict" },
	{ "record A { a: set<tuple<u8, ndarray<u8>>> }", STELE_E_SCHEMA, 1, 15,
	  "an item of a set can't be of type tuple with a ndarray in it" },
	{ "record A { a: tuple<list<u8>> }\ntable t: A(a)", STELE_E_SCHEMA, 2,
	  12,
	  "field 'a', a key of table 't', can't be of type tuple with a list in it" },
	{ "record A { a: weak t b: u8 } table t: A(b) table u: A(a)",
	  STELE_E_SCHEMA, 1, 55,
	  "field 'a', a key of table 'u', can't be of type ref" },
	{ "record A { a: u8 b: weak t } table t: A(a) filter 1/7",
	  STELE_E_SCHEMA, 1, 21,
	  "a reference into table 't', which is a filter: it has no rows" },
	{ "record A { a: u8 } table t: A(a) filter", STELE_E_SYNTAX, 1, 40,
	  "expected '1/N' after 'filter', found the end" },
	{ "record A { a: u8 } table t: A(a) filter 2/7", STELE_E_SYNTAX, 1, 41,
	  "expected '1/N' after 'filter', found '2'" },
	{ "record A { a: u8 } table t: A(a) filter 1 7", STELE_E_SYNTAX, 1, 43,
	  "expected '/' and a number, found '7'" },
	{ "record A { a: u8 } table t: A(a) filter 1/1e2", STELE_E_SYNTAX, 1,
	  43, "expected a number, found '1e2'" },
	{ "record A { a: u8 } table t: A(a) filter 1/02", STELE_E_SYNTAX, 1, 43,
	  "expected a number, found '02'" },
	{ "record A { a: u8 } table t: A(a) filter 1/1", STELE_E_SCHEMA, 1, 43,
	  "a filter is wrong once in 2 to 16777215 times, not in 1" },
	{ "record A { a: u8 } table t: A(a) filter 1/16777216", STELE_E_SCHEMA,
	  1, 43,
	  "a filter is wrong once in 2 to 16777215 times, not in 16777216" },
	{ "record A { a: u8 } table t: A(a) multi filter 1/2", STELE_E_SYNTAX,
	  1, 40, "expected 'record', 'table' or 'rows', found 'filter'" },
	{ "record A { a: tuple<> = [] }", STELE_E_SCHEMA, 1, 25,
	  "default [] of field 'a' is not of type tuple" },
	{ "record A { a: ndarray<u8> = [] }", STELE_E_SCHEMA, 1, 29,
	  "default [] of field 'a' is not of type ndarray" },
	{ "record A { a: user<U> = \"\" }", STELE_E_SCHEMA, 1, 25,
	  "default \"\" of field 'a' is not of type user" },
	{ "record A { a: bigint = 1.0 }", STELE_E_SCHEMA, 1, 24,
	  "default 1.0 of field 'a' is not of type bigint" },
	{ "record A { a: decimal = \"1,5\" }", STELE_E_SCHEMA, 1, 25,
	  "default \"1,5\" of field 'a' is not of type decimal" },
	{ "record A { a: decimal = 1e1000001 }", STELE_E_SCHEMA, 1, 25,
	  "default 1e1000001 of field 'a' does not fit decimal" },
	{ "record A { a: decimal = 01 }", STELE_E_SCHEMA, 1, 25,
	  "default 01 of field 'a' is no JSON literal" },
	{ "record A { a: time = \"24:00:00\" }", STELE_E_SCHEMA, 1, 22,
	  "default \"24:00:00\" of field 'a' is not of type time" },
	{ "record A { a: zoned = \"2024-01-01T00:00:00\" }", STELE_E_SCHEMA, 1,
	  23,
	  "default \"2024-01-01T00:00:00\" of field 'a' is not of type zoned" },
	{ "record A { a: zoned = \"0001-01-01T00:00:00+00:01\" }",
	  STELE_E_SCHEMA, 1, 23,
	  "default \"0001-01-01T00:00:00+00:01\" of field 'a' does not fit "
	  "zoned" },
	{ "record A { a: timedelta = \"P200000000D\" }", STELE_E_SCHEMA, 1, 27,
	  "default \"P200000000D\" of field 'a' does not fit timedelta" },
	{ "record A { a: uuid = \"123e4567e89b12d3a456426614174000\" }",
	  STELE_E_SCHEMA, 1, 22,
	  "default \"123e4567e89b12d3a456426614174000\" of field 'a' is not "
	  "of type uuid" },
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
		    schema)
			fail_msg("%s\ngave %d at %u:%u: %s", m->text, rc,
				 err.line, err.column, err.reason);
	}
}

/* -------------------------------------------------------------- limits */

static int parse_buffer(struct stele_buffer *text, struct stele_schema **schema,
			struct stele_error *err)
{
	int rc = stele_schema_parse((const char *)text->ptr, text->len, schema,
				    err);

	stele_buffer_free(text);
	return rc;
}

static void repeat(struct stele_buffer *text, const char *piece, unsigned times)
{
	for (; times; times--)
		assert_int_equal(
			stele_buffer_append(text, piece, strlen(piece)), 0);
}

static int parse_nested(unsigned depth, struct stele_schema **schema,
			struct stele_error *err)
{
	struct stele_buffer text = { 0 };

	repeat(&text, "record A {\na: ", 1);
	repeat(&text, "tuple<u8, ", depth - 1);
	repeat(&text, "u8", 1);
	repeat(&text, ">", depth - 1);
	repeat(&text, "}", 1);
	return parse_buffer(&text, schema, err);
}

static void tuples_nest_up_to_64_deep(void **state)
{
	struct stele_schema *schema;
	struct stele_error err;

	(void)state;
	assert_int_equal(parse_nested(64, &schema, &err), 0);
	assert_round_trip(schema);
	stele_schema_free(schema);
	assert_int_equal(parse_nested(65, &schema, &err), -STELE_E_LIMIT);
	assert_string_equal(err.reason, "types are nested deeper than 64");
	assert_int_equal(parse_nested(100000, &schema, &err), -STELE_E_LIMIT);
}

static int parse_user(unsigned len, struct stele_schema **schema,
		      struct stele_error *err)
{
	struct stele_buffer text = { 0 };

	repeat(&text, "record A { a: user<", 1);
	repeat(&text, "n", len);
	repeat(&text, "> }", 1);
	return parse_buffer(&text, schema, err);
}

static void names_of_user_types_have_up_to_65535_bytes(void **state)
{
	struct stele_schema *schema;
	struct stele_error err;

	(void)state;
	assert_int_equal(parse_user(65535, &schema, &err), 0);
	assert_round_trip(schema);
	stele_schema_free(schema);
	assert_int_equal(parse_user(65536, &schema, &err), -STELE_E_LIMIT);
	assert_int_equal(err.column, 15);
	assert_non_null(strstr(err.reason, "has 65536 bytes, more than 65535"));
}

static int parse_number(const char *type, unsigned digits,
			struct stele_schema **schema, struct stele_error *err)
{
	struct stele_buffer text = { 0 };

	repeat(&text, "record A { a: ", 1);
	repeat(&text, type, 1);
	repeat(&text, " = -", 1);
	repeat(&text, "7", digits);
	repeat(&text, " }", 1);
	return parse_buffer(&text, schema, err);
}

static void defaults_have_up_to_as_many_digits_as_values(void **state)
{
	static const struct {
		const char *type;
		unsigned digits;
	} most[] = {
		{ "bigint", 100000 },
		{ "any", 100000 },
		{ "decimal", 10000 },
	};
	struct stele_schema *schema;
	struct stele_error err;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(most) / sizeof(*most); i++) {
		assert_int_equal(parse_number(most[i].type, most[i].digits,
					      &schema, &err),
				 0);
		assert_round_trip(schema);
		stele_schema_free(schema);
		assert_int_equal(parse_number(most[i].type, most[i].digits + 1,
					      &schema, &err),
				 -STELE_E_SCHEMA);
		assert_non_null(
			strstr(err.reason, "of field 'a' does not fit"));
	}
}

static void a_tuple_has_any_number_of_items(void **state)
{
	struct stele_buffer text = { 0 };
	struct stele_schema *schema;
	struct stele_error err;

	(void)state;
	repeat(&text, "record A { a: tuple<u8", 1);
	repeat(&text, ", str?", 99999);
	repeat(&text, "> }", 1);
	assert_int_equal(parse_buffer(&text, &schema, &err), 0);
	assert_int_equal(schema->types[2].arg2, 100000);
	assert_round_trip(schema);
	stele_schema_free(schema);
}

/*
 * The schema image of depth types, each a tuple of the one before twice, and a
 * field of the last: bytes grow by the depth, the text by its power.
 */
static int load_bomb(uint32_t depth, struct stele_error *err)
{
	struct stele_schema *seed = parsed("record A { a: tuple<u8, u8> }");
	const struct stele_fmt_schema_head *from = seed->head;
	struct stele_fmt_schema_head head = *from;
	struct stele_buffer image = { 0 };
	struct stele_fmt_field field = seed->fields[0];
	struct stele_schema *schema;
	uint32_t i;
	int rc;

	head.nr_types = depth + 1;
	head.nr_steps = 2 * depth;
	field.type = depth;
	rc = stele_buffer_append(&image, &head, sizeof(head)) |
	     stele_buffer_append(&image, seed->records,
				 sizeof(*seed->records)) |
	     stele_buffer_append(&image, &field, sizeof(field)) |
	     stele_buffer_append(&image, seed->types, sizeof(*seed->types));
	for (i = 0; i < depth; i++) {
		struct stele_fmt_type type = { .kind = STELE_TYPE_TUPLE,
					       .arg = 2 * i,
					       .arg2 = 2 };

		rc |= stele_buffer_append(&image, &type, sizeof(type));
	}
	for (i = 0; i < 2 * depth; i++) {
		uint32_t step = i / 2;

		rc |= stele_buffer_append(&image, &step, sizeof(step));
	}
	rc |= stele_buffer_append(&image, seed->pool, head.pool_bytes);
	assert_int_equal(rc, 0);
	rc = stele_schema_load(image.ptr, image.len, 0, &schema, err);
	assert_int_not_equal(rc, 0);
	stele_buffer_free(&image);
	stele_schema_free(seed);
	return rc;
}

static void types_that_would_fill_the_world_are_refused(void **state)
{
	struct stele_error err;

	(void)state;
	/* 2^24 - 2 types within, and the fingerprint of another record */
	assert_int_equal(load_bomb(23, &err), -STELE_E_FORMAT);
	assert_string_equal(err.reason, "schema: fingerprint of a record");
	assert_int_equal(load_bomb(24, &err), -STELE_E_FORMAT);
	assert_string_equal(
		err.reason,
		"schema: the types of fields have more than 16777216 types "
		"within them");
	assert_int_equal(load_bomb(63, &err), -STELE_E_FORMAT);
	assert_int_equal(load_bomb(64, &err), -STELE_E_FORMAT);
	assert_int_equal(load_bomb(100000, &err), -STELE_E_FORMAT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_type_is_kept),
		cmocka_unit_test(types_tell_what_they_are_made_of),
		cmocka_unit_test(tuples_tell_their_items),
		cmocka_unit_test(equal_types_are_one),
		cmocka_unit_test(widths_and_elements_agree),
		cmocka_unit_test(wide_fields_lie_first),
		cmocka_unit_test(defaults_are_kept_canonically),
		cmocka_unit_test(names_may_be_swapped),
		cmocka_unit_test(filters_keep_their_rate),
		cmocka_unit_test(keys_end_in_whatever_can_be_a_key),
		cmocka_unit_test(fingerprints_are_those_of_the_rule),
		cmocka_unit_test(fingerprints_see_what_is_within),
		cmocka_unit_test(mistakes_are_told_by_line_and_column),
		cmocka_unit_test(tuples_nest_up_to_64_deep),
		cmocka_unit_test(names_of_user_types_have_up_to_65535_bytes),
		cmocka_unit_test(defaults_have_up_to_as_many_digits_as_values),
		cmocka_unit_test(a_tuple_has_any_number_of_items),
		cmocka_unit_test(types_that_would_fill_the_world_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
