// SPDX-License-Identifier: MIT
/*
 * Layouts of record bodies and fingerprints.
 */
#include "schema_text.h"

#include "buffer.h"

static void append(struct stele_buffer *text, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void append(struct stele_buffer *text, const char *format, ...)
{
	char piece[256];
	va_list ap;

	va_start(ap, format);
	vsnprintf(piece, sizeof(piece), format, ap);
	va_end(ap);
	assert_int_equal(stele_buffer_append(text, piece, strlen(piece)), 0);
}

static const char *const kinds[] = { "u8", "str", "u16", "i64", "f32", "date" };
static const uint32_t widths[] = { 1, 8, 2, 8, 4, 4 };

/*
 * A record of n fields of all widths, each third nullable, each fifth optional.
 */
static struct stele_schema *mixed(uint32_t n)
{
	struct stele_buffer text = { 0 };
	struct stele_schema *schema = NULL;
	struct stele_error err;
	uint32_t i;

	append(&text, "record A {\n");
	for (i = 0; i < n; i++)
		append(&text, "f%u: %s%s%s\n", i, kinds[i % 6],
		       i % 3 == 0 ? "?" : "", i % 5 == 0 ? " optional" : "");
	append(&text, "}\n");
	if (stele_schema_parse((const char *)text.ptr, text.len, &schema, &err))
		fail_msg("%s", err.reason);
	stele_buffer_free(&text);
	return schema;
}

/* The body as the rule has it, byte by byte, without the code's own means. */
static void assert_laid_out(const struct stele_schema *s, uint32_t n)
{
	const struct stele_fmt_record *r = &s->records[0];
	uint32_t off = 8, nulls = 0, unsets = 0, width, i;

	for (width = 8; width; width /= 2)
		for (i = 0; i < n; i++)
			if (widths[i % 6] == width) {
				assert_int_equal(s->fields[i].off, off);
				off += width;
			}
	for (i = 0; i < n; i++) {
		bool raw = i % 6 != 1;
		uint32_t null = STELE_FMT_NONE, unset = STELE_FMT_NONE;

		if (raw && i % 3 == 0)
			null = nulls++;
		if (raw && i % 5 == 0)
			unset = unsets++;
		assert_int_equal(s->fields[i].null_bit, null);
		assert_int_equal(s->fields[i].unset_bit, unset);
	}
	assert_int_equal(r->null_off, nulls ? off : 0);
	off += (nulls + 7) / 8;
	assert_int_equal(r->unset_off, unsets ? off : 0);
	off += (unsets + 7) / 8;
	assert_int_equal(r->body_bytes, (off + 7) / 8 * 8);
	assert_int_equal(r->nr_fields, n);
}

static void bodies_are_widest_first_with_bitmaps_behind(void **state)
{
	static const uint32_t counts[] = { 0,  1,  7,  8,    9,
					   63, 64, 65, 1000, 65535 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(counts) / sizeof(*counts); i++) {
		struct stele_schema *s = mixed(counts[i]);

		assert_laid_out(s, counts[i]);
		assert_round_trip(s);
		stele_schema_free(s);
	}
}

static void an_empty_record_is_its_head(void **state)
{
	struct stele_schema *s = parsed("record A {}");

	(void)state;
	assert_int_equal(s->records[0].body_bytes, 8);
	stele_schema_free(s);
}

static void words_have_no_bits(void **state)
{
	struct stele_schema *s = parsed(
		"record A { a: str? optional b: list<u8>? c: any? optional "
		"d: A? optional e: array<u8>? f: bytes? g: dict<str, u8>? }");
	uint32_t i;

	(void)state;
	for (i = 0; i < 7; i++) {
		assert_int_equal(s->fields[i].null_bit, STELE_FMT_NONE);
		assert_int_equal(s->fields[i].unset_bit, STELE_FMT_NONE);
		assert_int_equal(s->fields[i].off, 8 + 8 * i);
	}
	assert_int_equal(s->records[0].null_off, 0);
	assert_int_equal(s->records[0].unset_off, 0);
	assert_int_equal(s->records[0].body_bytes, 64);
	stele_schema_free(s);
}

static void a_field_more_than_there_may_be_is_refused(void **state)
{
	struct stele_buffer text = { 0 };
	struct stele_schema *schema;
	struct stele_error err;
	uint32_t i;

	(void)state;
	append(&text, "record Big {\n");
	for (i = 0; i < 65536; i++)
		append(&text, "f%u: u8\n", i);
	append(&text, "}\n");
	assert_int_equal(stele_schema_parse((const char *)text.ptr, text.len,
					    &schema, &err),
			 -STELE_E_LIMIT);
	assert_string_equal(err.reason,
			    "record 'Big' has 65536 fields, more than 65535");
	assert_int_equal(err.line, 1);
	assert_int_equal(err.column, 8);
	stele_buffer_free(&text);
}

/* ---------------------------------------------------------------- limits */

static int parse_nested(unsigned depth, struct stele_schema **schema,
			struct stele_error *err)
{
	struct stele_buffer text = { 0 };
	unsigned i;
	int rc;

	append(&text, "record A {\na: ");
	for (i = 1; i < depth; i++)
		append(&text, "list<");
	append(&text, "u8");
	for (i = 1; i < depth; i++)
		append(&text, ">");
	append(&text, "}");
	rc = stele_schema_parse((const char *)text.ptr, text.len, schema, err);
	stele_buffer_free(&text);
	return rc;
}

static void types_nest_up_to_64_deep(void **state)
{
	struct stele_schema *schema;
	struct stele_error err;

	(void)state;
	assert_int_equal(parse_nested(64, &schema, &err), 0);
	assert_int_equal(stele_schema_nr_types(schema), 64);
	assert_round_trip(schema);
	stele_schema_free(schema);
	assert_int_equal(parse_nested(65, &schema, &err), -STELE_E_LIMIT);
	assert_string_equal(err.reason, "types are nested deeper than 64");
	assert_int_equal(err.line, 2);
	assert_int_equal(err.column, 4 + 64 * 5);
	assert_int_equal(parse_nested(100000, &schema, &err), -STELE_E_LIMIT);
}

static int parse_named(const char *before, size_t len, const char *behind,
		       struct stele_schema **schema, struct stele_error *err)
{
	struct stele_buffer text = { 0 };
	int rc;

	append(&text, "%s", before);
	for (; len; len--)
		append(&text, "n");
	append(&text, "%s", behind);
	rc = stele_schema_parse((const char *)text.ptr, text.len, schema, err);
	stele_buffer_free(&text);
	return rc;
}

static void names_have_up_to_65535_bytes(void **state)
{
	static const struct {
		const char *before, *behind;
		uint32_t column;
	} kinds[] = {
		{ "record ", "{}", 8 },
		{ "record A {", ": u8 }", 11 },
		{ "record A { a: u8 was ", "}", 22 },
		{ "record A { a: u8 } table ", ": A(a)", 26 },
	};
	struct stele_schema *schema;
	struct stele_error err;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		assert_int_equal(parse_named(kinds[i].before, 65535,
					     kinds[i].behind, &schema, &err),
				 0);
		assert_round_trip(schema);
		stele_schema_free(schema);
		assert_int_equal(parse_named(kinds[i].before, 65536,
					     kinds[i].behind, &schema, &err),
				 -STELE_E_LIMIT);
		assert_int_equal(err.column, kinds[i].column);
		assert_non_null(
			strstr(err.reason, "has 65536 bytes, more than 65535"));
	}
}

static int parse_key(unsigned paths, unsigned steps,
		     struct stele_schema **schema, struct stele_error *err)
{
	struct stele_buffer text = { 0 };
	unsigned i, k;
	int rc;

	append(&text, "record A { a: A b: u8 }\ntable t: A(");
	for (i = 0; i < paths; i++) {
		append(&text, i ? "," : "");
		for (k = 1; k < steps; k++)
			append(&text, "a.");
		append(&text, "b");
	}
	append(&text, ")");
	rc = stele_schema_parse((const char *)text.ptr, text.len, schema, err);
	stele_buffer_free(&text);
	return rc;
}

static void keys_have_up_to_255_paths_of_64_steps(void **state)
{
	struct stele_schema *schema;
	struct stele_error err;

	(void)state;
	assert_int_equal(parse_key(255, 64, &schema, &err), 0);
	assert_round_trip(schema);
	stele_schema_free(schema);
	assert_int_equal(parse_key(256, 1, &schema, &err), -STELE_E_LIMIT);
	assert_string_equal(
		err.reason,
		"the key of table 't' is 256 fields, more than 255");
	assert_int_equal(err.column, 7);
	assert_int_equal(parse_key(1, 65, &schema, &err), -STELE_E_LIMIT);
	assert_string_equal(err.reason,
			    "a key of table 't' has 65 steps, more than 64");
	assert_int_equal(err.column, 12);
}

/* ---------------------------------------------------------- fingerprints */

static void fingerprint_of(const char *text, const char *record, char hex[33])
{
	struct stele_schema *s = parsed(text);
	struct stele_record_info info;
	uint32_t number;
	int i;

	assert_int_equal(stele_schema_find_record(s, record, strlen(record),
						  &number),
			 0);
	assert_int_equal(stele_schema_record(s, number, &info), 0);
	for (i = 0; i < 16; i++)
		sprintf(hex + 2 * i, "%02x", info.fingerprint[i]);
	stele_schema_free(s);
}

static void assert_fingerprints(const char *a, const char *b, bool same)
{
	char x[33], y[33];

	fingerprint_of(a, "A", x);
	fingerprint_of(b, "A", y);
	if ((strcmp(x, y) == 0) != same)
		fail_msg("%s\n%s\n%s %s", a, b, x, y);
}

/*
 * By the rule in schema_fingerprint.c, with sha256sum: of
 * 'stele layout 1\nrecord "A"\n\t"a": u8? optional\n0\n', and so on.
 */
static void fingerprints_are_those_of_the_rule(void **state)
{
	char hex[33];

	(void)state;
	fingerprint_of("record A { a: u8? optional = 3 was b ## d\n }", "A",
		       hex);
	assert_string_equal(hex, "a16262a028abbd253b1ed19e158d1a0b");
	fingerprint_of("record B { a: list<A?> } record A {}", "B", hex);
	assert_string_equal(hex, "851a07783c8ca43fa1616e4df732496f");
	fingerprint_of("record BB { a: A } record A { b: BB? \n"
		       "r: weak t k: dict<str, array<u8>> c: C x: u8 }\n"
		       "record C {} table t: BB(a.x)",
		       "BB", hex);
	assert_string_equal(hex, "5cd1b158851493e3101ca1d282c696ac");
}

static void fingerprints_see_layout_and_nothing_else(void **state)
{
	static const char base[] = "record A { a: u8 b: str }";

	(void)state;
	assert_fingerprints(base,
			    "## d\nrecord A { a: u8 = 1 was c ## d\n"
			    "b: str } record B {} table t: A(a) rows A",
			    true);
	assert_fingerprints(base, "record B {} record A { a: u8 b: str }",
			    true);
	assert_fingerprints(base, "record A { b: str a: u8 }", false);
	assert_fingerprints(base, "record A { a: u8? b: str }", false);
	assert_fingerprints(base, "record A { a: u8 b: str optional }", false);
	assert_fingerprints(base, "record A { a: i8 b: str }", false);
	assert_fingerprints(base, "record A { a: u8 c: str }", false);
	assert_fingerprints("record A { a: list<u8> }",
			    "record A { a: list<u8?> }", false);
}

static void fingerprints_include_what_is_referred_to(void **state)
{
	(void)state;
	assert_fingerprints("record A { b: list<B> } record B { c: u8 }",
			    "record A { b: list<B> } record B { c: u16 }",
			    false);
	assert_fingerprints("record A { b: B } record B { c: u8 d: C }"
			    "record C { e: u8 }",
			    "record A { b: B } record B { c: u8 d: C }"
			    "record C { e: i8 }",
			    false);
	assert_fingerprints(
		"record A { b: weak t } record B { c: u8 d: u8 } table t: B(c)",
		"record A { b: weak t } record B { c: u8 d: u8 } table t: B(d)",
		false);
	assert_fingerprints(
		"record A { b: weak t } record B { c: u8 d: u8 } table t: B(c)",
		"record A { b: weak u } record B { c: u8 d: u8 } table u: B(c)",
		true);
	assert_fingerprints(
		"record A { b: weak t } record B { c: u8 } table t: B(c)",
		"record A { b: ref t } record B { c: u8 } table t: B(c)",
		false);
}

static void fingerprints_of_circles_depend_on_all_of_it(void **state)
{
	char a[33], b[33];

	(void)state;
	/* in whatever order they are declared and met */
	assert_fingerprints("record A { b: B } record B { c: C } "
			    "record C { a: A x: u8 }",
			    "record C { a: A x: u8 } record A { b: B } "
			    "record B { c: C }",
			    true);
	assert_fingerprints("record A { b: B } record B { c: C } "
			    "record C { a: A x: u8 }",
			    "record A { b: B } record B { c: C } "
			    "record C { a: A x: u16 }",
			    false);
	fingerprint_of("record A { x: B } record B { x: A }", "A", a);
	fingerprint_of("record A { x: B } record B { x: A }", "B", b);
	assert_string_not_equal(a, b);
}

static void chains_of_records_need_no_stack(void **state)
{
	struct stele_buffer text = { 0 };
	struct stele_schema *schema;
	struct stele_error err;
	uint32_t i;

	(void)state;
	for (i = 0; i < 50000; i++)
		append(&text, "record R%u { next: R%u }\n", i, (i + 1) % 50000);
	if (stele_schema_parse((const char *)text.ptr, text.len, &schema, &err))
		fail_msg("%s", err.reason);
	assert_round_trip(schema);
	stele_schema_free(schema);
	stele_buffer_free(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bodies_are_widest_first_with_bitmaps_behind),
		cmocka_unit_test(an_empty_record_is_its_head),
		cmocka_unit_test(words_have_no_bits),
		cmocka_unit_test(a_field_more_than_there_may_be_is_refused),
		cmocka_unit_test(types_nest_up_to_64_deep),
		cmocka_unit_test(names_have_up_to_65535_bytes),
		cmocka_unit_test(keys_have_up_to_255_paths_of_64_steps),
		cmocka_unit_test(fingerprints_are_those_of_the_rule),
		cmocka_unit_test(fingerprints_see_layout_and_nothing_else),
		cmocka_unit_test(fingerprints_include_what_is_referred_to),
		cmocka_unit_test(fingerprints_of_circles_depend_on_all_of_it),
		cmocka_unit_test(chains_of_records_need_no_stack),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
