// SPDX-License-Identifier: MIT
/*
 * Views of records: which field is which, what stands for one that is not
 * there, and what getters say.  Types pair by pair are test_compat.c's.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "pair.h"

static struct pair p;

static int end(void **state)
{
	(void)state;
	pair_end(&p);
	return 0;
}

static struct stele_cell str(const char *text)
{
	return stele_cell_str(text, strlen(text));
}

/* A segment of one row. */
static void store(const char *schema, const struct stele_cell *cells,
		  size_t len)
{
	struct stele_error err = { 0 };

	pair_begin(&p, schema);
	if (stele_builder_add(p.builder, 0, cells, len, NULL, &err))
		fail_msg("%s", err.reason);
	pair_seal(&p);
}

static void opens(const char *reader)
{
	struct stele_error err = { 0 };
	int rc = pair_open(&p, reader, &err);

	if (rc)
		fail_msg("%d: %s", rc, err.reason);
}

static void refuses(const char *reader, int code, const char *reason)
{
	struct stele_error err = { 0 };

	assert_int_equal(pair_open(&p, reader, &err), code);
	assert_int_equal(err.code, code);
	assert_string_equal(err.reason, reason);
}

static struct stele_field field(const char *name, enum stele_type asked)
{
	struct stele_error err = { 0 };
	struct stele_field f;

	if (stele_view_field(p.view, "R", name, asked, &f, &err))
		fail_msg("%s", err.reason);
	return f;
}

static int get_u64(const char *name, uint64_t *value)
{
	struct stele_field f = field(name, STELE_TYPE_U64);

	return stele_record_get_u64(pair_row(&p, 0), &f, value);
}

static void is_u64(const char *name, uint64_t expected)
{
	uint64_t value = ~expected;

	assert_int_equal(get_u64(name, &value), 0);
	assert_true(value == expected);
}

static void is_str(const char *name, const char *expected)
{
	struct stele_field f = field(name, STELE_TYPE_STR);
	struct stele_str value;

	assert_int_equal(stele_record_get_str(pair_row(&p, 0), &f, &value), 0);
	assert_int_equal(value.len, strlen(expected));
	assert_memory_equal(value.ptr, expected, value.len);
}

static void is_type(const char *name, enum stele_type type)
{
	struct stele_field f = field(name, STELE_TYPE_ANY);
	struct stele_value value;

	assert_int_equal(stele_record_get(pair_row(&p, 0), &f, &value), 0);
	assert_int_equal(value.type, type);
}

/* ---------------------------------------------------------------- names */

static void the_same_schema_reads_everything_as_it_is(void **state)
{
	const struct stele_cell cells[] = { stele_cell_u64(7), str("seven") };
	struct stele_field f;

	(void)state;
	store("record R { a: u8  b: str }", cells, 2);
	opens("record R { a: u8  b: str }");
	is_u64("a", 7);
	is_str("b", "seven");
	f = field("a", STELE_TYPE_U64);
	assert_null(f.view);
}

static void fields_are_found_in_any_order(void **state)
{
	const struct stele_cell cells[] = { stele_cell_u64(1),
					    stele_cell_u64(2),
					    stele_cell_u64(3) };

	(void)state;
	store("record R { a: u8  b: u8  c: u8 }", cells, 3);
	opens("record R { c: u8  a: u8  b: u8 }");
	is_u64("a", 1);
	is_u64("b", 2);
	is_u64("c", 3);
}

static void removed_fields_are_not_looked_at(void **state)
{
	const struct stele_cell cells[] = { stele_cell_u64(1), str("x") };

	(void)state;
	store("record R { a: u8  b: str }", cells, 2);
	opens("record R { a: u8 }");
	is_u64("a", 1);
}

static void renamed_fields_are_found_by_former_names_of_the_reader(void **state)
{
	const struct stele_cell cells[] = { stele_cell_u64(1) };

	(void)state;
	store("record R { a: u8 }", cells, 1);
	opens("record R { c: u8 was b, a }");
	is_u64("c", 1);
}

static void renamed_fields_are_found_by_former_names_stored(void **state)
{
	const struct stele_cell cells[] = { stele_cell_u64(1) };

	(void)state;
	store("record R { c: u8 was b, a }", cells, 1);
	opens("record R { a: u8 }");
	is_u64("a", 1);
}

static void a_name_goes_before_a_former_name(void **state)
{
	const struct stele_cell cells[] = { stele_cell_u64(1),
					    stele_cell_u64(2) };

	(void)state;
	store("record R { a: u8  b: u8 }", cells, 2);
	opens("record R { b: u8 was a }");
	is_u64("b", 2);
}

static void a_field_with_a_namesake_is_no_candidate(void **state)
{
	const struct stele_cell cells[] = { stele_cell_u64(1) };

	(void)state;
	store("record R { a: u8 }", cells, 1);
	opens("record R { a: u8  b: u8? was a }");
	is_u64("a", 1);
	is_type("b", STELE_TYPE_NULL);
}

static void names_that_changed_places_are_told_by_former_names(void **state)
{
	const struct stele_cell cells[] = { stele_cell_u64(1), str("two") };

	(void)state;
	store("record R { a: u8  b: str }", cells, 2);
	opens("record R { a: str was b  b: u8 was a }");
	is_str("a", "two");
	is_u64("b", 1);
	/* who knows of the exchange finds each where it is */
	pair_end(&p);
	store("record R { a: u8 was b  b: str was a }", cells, 2);
	opens("record R { a: u8 was b  b: str was a }");
	is_u64("a", 1);
	is_str("b", "two");
	/* and an old reader of the new segment */
	opens("record R { a: str  b: u8 }");
	is_str("a", "two");
	is_u64("b", 1);
}

static void names_that_went_round_are_told_by_former_names(void **state)
{
	const struct stele_cell cells[] = { stele_cell_u64(1),
					    stele_cell_u64(2),
					    stele_cell_u64(3) };

	(void)state;
	store("record R { a: u8  b: u8  c: u8 }", cells, 3);
	opens("record R { a: u8 was c  b: u8 was a  c: u8 was b }");
	is_u64("a", 3);
	is_u64("b", 1);
	is_u64("c", 2);
}

static void names_that_were_handed_on_are_told_by_former_names(void **state)
{
	const struct stele_cell cells[] = { stele_cell_u64(1),
					    stele_cell_u64(2) };

	(void)state;
	store("record R { a: u8  b: u8 }", cells, 2);
	opens("record R { b: u8 was a  c: u8 was b }");
	is_u64("b", 1);
	is_u64("c", 2);
	pair_end(&p);
	store("record R { b: u8 was a  c: u8 was b }", cells, 2);
	opens("record R { a: u8  b: u8 }");
	is_u64("a", 1);
	is_u64("b", 2);
}

static void two_candidates_are_refused_by_name(void **state)
{
	const struct stele_cell cells[] = { stele_cell_u64(1),
					    stele_cell_u64(2) };

	(void)state;
	store("record R { a: u8  b: u8 }", cells, 2);
	refuses("record R { c: u8 was a, b }", -STELE_E_SCHEMA,
		"field 'c' of 'R': both stored 'a' and 'b' can be it, by former names");
	pair_end(&p);
	store("record R { a: u8 was c  b: u8 }", cells, 2);
	refuses("record R { c: u8 was b }", -STELE_E_SCHEMA,
		"field 'c' of 'R': both stored 'b' and 'a' can be it, by former names");
}

static void two_claims_of_one_field_are_refused_by_name(void **state)
{
	const struct stele_cell cells[] = { stele_cell_u64(1) };

	(void)state;
	store("record R { a: u8 was c }", cells, 1);
	refuses("record R { b: u8? was a  c: u8? }", -STELE_E_SCHEMA,
		"field 'b' of 'R': stored 'a' is claimed by another field too, by former names");
}

/* -------------------------------------------------------------- nothing */

static void a_missing_field_is_its_default(void **state)
{
	static const char reader[] =
		"record R { a: u8  n: u16 = 500  i: i64 = -5  f: f64 = 1.5 "
		"g: f32 = 0.5 b: bool = true  s: str = \"text of a default\" "
		"x: bytes = \"AAEC\" d: date = \"1970-01-03\" "
		"t: datetime = \"1970-01-01T00:00:01\" l: list<u8> = [] "
		"m: dict<str, u8> = {}  y: array<u16> = [] "
		"z: any = 12345678901234567890  o: u8 optional = 9 "
		"e: u8? = null }";
	const struct stele_cell cells[] = { stele_cell_u64(1) };
	struct stele_value value, item;
	struct stele_field f;
	struct stele_record row;
	int64_t i = 0;
	double d = 0;
	bool b = false;

	(void)state;
	store("record R { a: u8 }", cells, 1);
	opens(reader);
	row = pair_row(&p, 0);
	is_u64("n", 500);
	is_u64("o", 9);
	f = field("i", STELE_TYPE_I64);
	assert_int_equal(stele_record_get_i64(row, &f, &i), 0);
	assert_true(i == -5);
	f = field("n", STELE_TYPE_F64);
	assert_int_equal(stele_record_get_f64(row, &f, &d), 0);
	assert_true(d == 500);
	f = field("f", STELE_TYPE_F64);
	assert_int_equal(stele_record_get_f64(row, &f, &d), 0);
	assert_true(d == 1.5);
	f = field("g", STELE_TYPE_F64);
	assert_int_equal(stele_record_get_f64(row, &f, &d), 0);
	assert_true(d == 0.5);
	f = field("b", STELE_TYPE_BOOL);
	assert_int_equal(stele_record_get_bool(row, &f, &b), 0);
	assert_true(b);
	is_str("s", "text of a default");
	f = field("d", STELE_TYPE_DATE);
	assert_int_equal(stele_record_get_time(row, &f, &i), 0);
	assert_true(i == 2);
	f = field("t", STELE_TYPE_DATETIME);
	assert_int_equal(stele_record_get_time(row, &f, &i), 0);
	assert_true(i == 1000000);
	f = field("x", STELE_TYPE_ANY);
	assert_int_equal(stele_record_get(row, &f, &value), 0);
	assert_true(value.type == STELE_TYPE_BYTES && value.len == 3);
	assert_memory_equal(value.u.ptr, "\0\1\2", 3);
	f = field("z", STELE_TYPE_ANY);
	assert_int_equal(stele_record_get(row, &f, &value), 0);
	assert_true(value.type == STELE_TYPE_U64 &&
		    value.u.u == 12345678901234567890u);
	f = field("l", STELE_TYPE_ANY);
	assert_int_equal(stele_record_get(row, &f, &value), 0);
	assert_true(value.type == STELE_TYPE_LIST && !value.len);
	assert_int_equal(stele_value_item(&value, 0, &item), -STELE_E_ABSENT);
	f = field("m", STELE_TYPE_ANY);
	assert_int_equal(stele_record_get(row, &f, &value), 0);
	assert_true(value.type == STELE_TYPE_DICT && !value.len);
	assert_int_equal(stele_value_find_str(&value, "k", 1, &item),
			 -STELE_E_ABSENT);
	f = field("y", STELE_TYPE_ANY);
	assert_int_equal(stele_record_get(row, &f, &value), 0);
	assert_true(value.type == STELE_TYPE_ARRAY && !value.len &&
		    value.element == STELE_TYPE_U16);
	is_type("e", STELE_TYPE_NULL);
}

static void a_missing_field_is_unset_before_it_is_null(void **state)
{
	const struct stele_cell cells[] = { stele_cell_u64(1) };
	uint64_t value;

	(void)state;
	store("record R { a: u8 }", cells, 1);
	opens("record R { a: u8  o: u8? optional  n: u8?  y: any }");
	is_type("o", STELE_TYPE_UNSET);
	is_type("n", STELE_TYPE_NULL);
	is_type("y", STELE_TYPE_NULL);
	assert_int_equal(get_u64("o", &value), -STELE_E_UNSET);
	assert_int_equal(get_u64("n", &value), -STELE_E_NULL);
}

static void a_missing_field_that_has_to_be_is_refused(void **state)
{
	const struct stele_cell cells[] = { stele_cell_u64(1) };

	(void)state;
	store("record R { a: u8 }", cells, 1);
	refuses("record R { a: u8  b: u8 }", -STELE_E_REQUIRED,
		"field 'b' of 'R': required, and not stored");
}

static void what_is_missing_is_asked_of_its_own_record_only(void **state)
{
	const struct stele_cell cells[] = { stele_cell_u64(1) };
	struct stele_record record;
	struct stele_field f;
	uint64_t value;

	(void)state;
	store("record R { a: u8 } record S { a: u8 } rows R", cells, 1);
	opens("record R { a: u8 } record S { a: u8  n: u64 = 5 }");
	if (stele_view_field(p.view, "S", "n", STELE_TYPE_U64, &f, NULL))
		fail();
	assert_int_equal(stele_record_get_u64(pair_row(&p, 0), &f, &value),
			 -STELE_E_TYPE);
	record = pair_row(&p, 0);
	record.pos = UINT64_MAX - 7;
	assert_int_equal(stele_record_get_u64(record, &f, &value),
			 -STELE_E_FORMAT);
}

static void unset_is_as_a_missing_field(void **state)
{
	const struct stele_cell cells[] = { stele_cell_of(STELE_TYPE_UNSET) };
	uint64_t value;

	(void)state;
	store("record R { a: u8 optional }", cells, 1);
	opens("record R { a: u8 optional }");
	assert_int_equal(get_u64("a", &value), -STELE_E_UNSET);
	is_type("a", STELE_TYPE_UNSET);
	opens("record R { a: u8 = 4 }");
	is_u64("a", 4);
	opens("record R { a: u8? }");
	assert_int_equal(get_u64("a", &value), -STELE_E_NULL);
	is_type("a", STELE_TYPE_NULL);
	opens("record R { a: u8 }");
	assert_int_equal(get_u64("a", &value), -STELE_E_UNSET);
}

static void null_is_never_the_default(void **state)
{
	const struct stele_cell cells[] = { stele_cell_of(STELE_TYPE_NULL),
					    stele_cell_of(STELE_TYPE_NULL) };
	struct stele_value generic;
	struct stele_str text;
	struct stele_field f;
	uint64_t value;

	(void)state;
	store("record R { a: u8?  s: str? }", cells, 2);
	opens("record R { a: u8 = 4  s: str }");
	assert_int_equal(get_u64("a", &value), -STELE_E_NULL);
	f = field("a", STELE_TYPE_ANY);
	assert_int_equal(stele_record_get(pair_row(&p, 0), &f, &generic),
			 -STELE_E_NULL);
	f = field("s", STELE_TYPE_STR);
	assert_int_equal(stele_record_get_str(pair_row(&p, 0), &f, &text),
			 -STELE_E_NULL);
}

/* -------------------------------------------------------------- records */

static void records_that_lead_to_each_other_are_read(void **state)
{
	static const char stored[] =
		"record R { n: u8  next: S? } record S { n: u8  back: R? }"
		"rows R";
	static const char reader[] =
		"record S { m: u64 was n  back: R? }"
		"record R { next: S?  n: i32  extra: str = \"x\" } rows R";
	struct stele_cell inner[] = { stele_cell_u64(2),
				      stele_cell_of(STELE_TYPE_NULL) };
	struct stele_cell row[] = { stele_cell_u64(1),
				    stele_cell_of(STELE_TYPE_RECORD) };
	struct stele_record record, next;
	struct stele_field f;
	uint64_t m = 0;
	uint32_t index;
	int64_t n = 0;

	(void)state;
	row[1].record = 1;
	row[1].u.cells = inner;
	row[1].len = 2;
	store(stored, row, 2);
	opens(reader);
	record = pair_row(&p, 0);
	assert_int_equal(stele_view_record(p.view, record, &index), 0);
	assert_int_equal(index, 1);
	f = field("n", STELE_TYPE_I64);
	assert_int_equal(stele_record_get_i64(record, &f, &n), 0);
	assert_true(n == 1);
	f = field("next", STELE_TYPE_RECORD);
	assert_int_equal(stele_record_get_record(record, &f, &next), 0);
	assert_int_equal(stele_view_record(p.view, next, &index), 0);
	assert_int_equal(index, 0);
	if (stele_view_field(p.view, "S", "m", STELE_TYPE_U64, &f, NULL))
		fail();
	assert_int_equal(stele_record_get_u64(next, &f, &m), 0);
	assert_true(m == 2);
}

static void a_refusal_in_a_nested_record_is_the_views(void **state)
{
	struct stele_cell inner[] = { stele_cell_u64(2) };
	struct stele_cell row[] = { stele_cell_of(STELE_TYPE_RECORD) };

	(void)state;
	row[0].record = 1;
	row[0].u.cells = inner;
	row[0].len = 1;
	store("record R { s: S } record S { n: u16 } rows R", row, 1);
	refuses("record R { s: S } record S { n: u8 }", -STELE_E_TYPE,
		"field 'n' of 'S': u16 is stored, which is not read as u8");
}

static void a_record_that_is_not_stored_is_no_error(void **state)
{
	const struct stele_cell cells[] = { stele_cell_u64(1) };
	struct stele_field f;
	uint64_t value;

	(void)state;
	store("record R { a: u8 }", cells, 1);
	opens("record R { a: u8  t: T? } record T { n: u64 } rows R");
	if (stele_view_field(p.view, "T", "n", STELE_TYPE_U64, &f, NULL))
		fail();
	assert_int_equal(stele_record_get_u64(pair_row(&p, 0), &f, &value),
			 -STELE_E_TYPE);
	is_type("t", STELE_TYPE_NULL);
}

static void stored_records_the_reader_lacks_have_no_number(void **state)
{
	const struct stele_cell cells[] = { stele_cell_u64(1) };
	uint32_t index;

	(void)state;
	store("record R { a: u8 }", cells, 1);
	opens("record T { n: u64 }");
	assert_int_equal(stele_view_record(p.view, pair_row(&p, 0), &index),
			 -STELE_E_ABSENT);
}

/* -------------------------------------------------------------- getters */

static void fields_are_asked_for_by_the_readers_type(void **state)
{
	const struct stele_cell cells[] = { stele_cell_u64(1) };
	struct stele_error err;
	struct stele_field f;

	(void)state;
	store("record R { a: u8 }", cells, 1);
	opens("record R { a: u32 }");
	assert_int_equal(stele_view_field(p.view, "R", "a", STELE_TYPE_U8, &f,
					  &err),
			 -STELE_E_TYPE);
	assert_string_equal(err.reason, "field 'a' of 'R' is u32, not u8");
	assert_int_equal(stele_view_field(p.view, "R", "b", STELE_TYPE_U8, &f,
					  &err),
			 -STELE_E_ABSENT);
	assert_int_equal(stele_view_field(p.view, "T", "b", STELE_TYPE_U8, &f,
					  &err),
			 -STELE_E_ABSENT);
	assert_int_equal(stele_view_field_at(p.view, 1, 0, STELE_TYPE_U8, &f,
					     &err),
			 -STELE_E_ABSENT);
	assert_int_equal(stele_view_field_at(p.view, 0, 1, STELE_TYPE_U8, &f,
					     &err),
			 -STELE_E_ABSENT);
}

static void the_key_of_an_absent_row_has_one_type_whoever_asks(void **state)
{
	static const char schema[] = "record R { a: u32, b: weak by_a }\n"
				     "table by_a: R(a)";
	const struct stele_cell cells[] = { stele_cell_u64(1),
					    stele_cell_u64(7) };
	struct stele_value value, other;
	struct stele_field f;

	(void)state;
	store(schema, cells, 2);
	opens(schema);
	f = field("b", STELE_TYPE_ANY);
	assert_int_equal(stele_record_get(pair_row(&p, 0), &f, &value), 0);
	assert_int_equal(stele_view_get(p.view, pair_row(&p, 0), 1, &other), 0);
	assert_int_equal(value.type, STELE_TYPE_U32);
	assert_int_equal(other.type, STELE_TYPE_U32);
	assert_true(value.u.u == 7 && other.u.u == 7);
}

static void getters_of_another_type_are_refused(void **state)
{
	const struct stele_cell cells[] = { stele_cell_u64(1) };
	struct stele_field f;
	struct stele_str text;

	(void)state;
	store("record R { a: u8 }", cells, 1);
	opens("record R { b: u32 = 5 }");
	f = field("b", STELE_TYPE_U32);
	assert_int_equal(stele_record_get_str(pair_row(&p, 0), &f, &text),
			 -STELE_E_TYPE);
}

static void view_get_is_by_the_readers_numbers(void **state)
{
	const struct stele_cell cells[] = { stele_cell_u64(1), str("s") };
	struct stele_value value;

	(void)state;
	store("record R { a: u8  b: str }", cells, 2);
	opens("record R { b: str  a: u64  c: i8 = -1 }");
	assert_int_equal(stele_view_get(p.view, pair_row(&p, 0), 1, &value), 0);
	assert_true(value.type == STELE_TYPE_U64 && value.u.u == 1);
	assert_int_equal(stele_view_get(p.view, pair_row(&p, 0), 2, &value), 0);
	assert_true(value.type == STELE_TYPE_I8 && value.u.i == -1);
	assert_int_equal(stele_view_get(p.view, pair_row(&p, 0), 3, &value),
			 -STELE_E_ABSENT);
}

/* -------------------------------------------------------------- layouts */

static struct stele_layout layout_of(const char *name)
{
	const struct stele_schema *schema = stele_view_schema(p.view);
	struct stele_record_info info;
	struct stele_layout layout;
	uint32_t record;

	assert_int_equal(stele_schema_find_record(schema, name, strlen(name),
						  &record),
			 0);
	assert_int_equal(stele_schema_record(schema, record, &info), 0);
	assert_int_equal(stele_view_layout(p.view, record, info.fingerprint,
					   &layout),
			 0);
	return layout;
}

static void layouts_agree_only_where_every_field_does(void **state)
{
	static const char *const others[] = {
		"record R { a: u8  b: u16 }", /* converted */
		"record R { a: u8? b: u8 }", /* a bit more */
		"record R { b: u8  a: u8 }", /* another order */
		"record R { a: u8 }", /* one less */
		"record R { a: u8  b: u8  c: u8 = 1 }", /* one more */
	};
	const struct stele_cell cells[] = { stele_cell_u64(1),
					    stele_cell_u64(2) };
	const unsigned char wrong[16] = { 0 };
	struct stele_layout layout;

	(void)state;
	store("record R { a: u8  b: u8 } record S { a: u8 } rows R", cells, 2);
	opens("record S { a: u8 } record R { a: u8  b: u8 }");
	layout = layout_of("R");
	assert_true(layout.end > 0);
	assert_true(stele_layout_holds(&layout, pair_row(&p, 0)));
	assert_int_equal(stele_layout_load(&layout, pair_row(&p, 0).pos, 8) &
				 0xffff,
			 0x0201);
	layout = layout_of("S");
	assert_false(stele_layout_holds(&layout, pair_row(&p, 0)));
	assert_int_equal(stele_view_layout(p.view, 1, wrong, &layout), 0);
	assert_true(layout.end == 0);
	assert_int_equal(stele_view_layout(p.view, 2, wrong, &layout),
			 -STELE_E_ABSENT);
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		opens(others[i]);
		layout = layout_of("R");
		assert_true(layout.end == 0);
	}
}

/* Bodies of one size, their fields in the same places: the bitmaps differ. */
static void layouts_agree_only_where_bits_do(void **state)
{
	const struct stele_cell cells[] = { stele_cell_u64(1),
					    stele_cell_u64(2) };

	(void)state;
	store("record R { a: u8?  b: u8 }", cells, 2);
	opens("record R { a: u8?  b: u8 }");
	assert_true(layout_of("R").end > 0);
	opens("record R { a: u8?  b: u8? }");
	assert_true(layout_of("R").end == 0);
	pair_end(&p);
	store("record R { a: u8 optional  b: u8 }", cells, 2);
	opens("record R { a: u8 optional  b: u8 }");
	assert_true(layout_of("R").end > 0);
	opens("record R { a: u8 optional  b: u8 optional }");
	assert_true(layout_of("R").end == 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, end)
	const struct CMUnitTest tests[] = {
		TEST(the_same_schema_reads_everything_as_it_is),
		TEST(fields_are_found_in_any_order),
		TEST(removed_fields_are_not_looked_at),
		TEST(renamed_fields_are_found_by_former_names_of_the_reader),
		TEST(renamed_fields_are_found_by_former_names_stored),
		TEST(a_name_goes_before_a_former_name),
		TEST(a_field_with_a_namesake_is_no_candidate),
		TEST(names_that_changed_places_are_told_by_former_names),
		TEST(names_that_went_round_are_told_by_former_names),
		TEST(names_that_were_handed_on_are_told_by_former_names),
		TEST(two_candidates_are_refused_by_name),
		TEST(two_claims_of_one_field_are_refused_by_name),
		TEST(a_missing_field_is_its_default),
		TEST(a_missing_field_is_unset_before_it_is_null),
		TEST(a_missing_field_that_has_to_be_is_refused),
		TEST(what_is_missing_is_asked_of_its_own_record_only),
		TEST(unset_is_as_a_missing_field),
		TEST(null_is_never_the_default),
		TEST(records_that_lead_to_each_other_are_read),
		TEST(a_refusal_in_a_nested_record_is_the_views),
		TEST(a_record_that_is_not_stored_is_no_error),
		TEST(stored_records_the_reader_lacks_have_no_number),
		TEST(fields_are_asked_for_by_the_readers_type),
		TEST(the_key_of_an_absent_row_has_one_type_whoever_asks),
		TEST(getters_of_another_type_are_refused),
		TEST(view_get_is_by_the_readers_numbers),
		TEST(layouts_agree_only_where_every_field_does),
		TEST(layouts_agree_only_where_bits_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
