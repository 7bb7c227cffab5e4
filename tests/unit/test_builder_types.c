// SPDX-License-Identifier: MIT
/*
 * Values of the later types as the builder lays them down: in bodies, as words,
 * in arrays and tables; their ranges, and what is refused by which words.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "builder.h"
#include "building.h"
#include "cells.h"

static struct stele_error err;

static int add_one(struct stele_builder *b, struct stele_cell cell)
{
	return stele_builder_add(b, 0, &cell, 1, NULL, &err);
}

static void put_root(struct stele_builder *b, const char *name,
		     struct stele_cell cell)
{
	if (stele_builder_root(b, name, &cell, &err))
		fail_msg("root: %s", err.reason);
}

static struct stele_value item(const struct stele_value *v, uint64_t i)
{
	struct stele_value value;

	assert_int_equal(stele_value_item(v, i, &value), 0);
	return value;
}

#define MIN_US INT64_C(-62135596800000000)
#define MAX_US INT64_C(253402300799999999)
#define DAY_US INT64_C(86400000000)

/* ---------------------------------------------------------- fixed width */

static const char fixed_schema[] =
	"record R { flag: bool t: time? d: timedelta? z: zoned? optional\n"
	"	u: uuid? b: u8 }\n";

static void assert_fixed(const struct stele_value *row,
			 const struct stele_cell *cells)
{
	struct stele_value v = field(row, 1);

	assert_int_equal(v.type, STELE_TYPE_TIME);
	assert_int_equal(v.u.i, cells[1].u.i);
	v = field(row, 2);
	assert_int_equal(v.type, STELE_TYPE_TIMEDELTA);
	assert_true(v.u.i == cells[2].u.i);
	v = field(row, 3);
	assert_int_equal(v.type, STELE_TYPE_ZONED);
	assert_true(v.u.i == cells[3].u.i);
	assert_int_equal(v.offset, cells[3].offset);
	v = field(row, 4);
	assert_int_equal(v.type, STELE_TYPE_UUID);
	assert_memory_equal(v.u.ptr, cells[4].u.ptr, 16);
}

static void types_of_fixed_width_lie_raw_in_the_body(void **state)
{
	const struct stele_cell rows[3][6] = {
		{ stele_cell_bool(true), micros(STELE_TYPE_TIME, 0),
		  micros(STELE_TYPE_TIMEDELTA, INT64_MIN), zoned(MIN_US, 86399),
		  uuid("\0\1\2\3\4\5\6\7\0\1\2\3\4\5\6\377"),
		  stele_cell_u64(1) },
		{ stele_cell_bool(false), micros(STELE_TYPE_TIME, DAY_US - 1),
		  micros(STELE_TYPE_TIMEDELTA, INT64_MAX),
		  zoned(MAX_US, -86399), uuid("0123456789abcdef"),
		  stele_cell_u64(2) },
		{ stele_cell_bool(false), stele_cell_of(STELE_TYPE_NULL),
		  stele_cell_of(STELE_TYPE_NULL),
		  stele_cell_of(STELE_TYPE_UNSET),
		  stele_cell_of(STELE_TYPE_NULL), stele_cell_u64(3) },
	};
	struct stele_builder *b = begin(fixed_schema, NULL);
	struct stele_rows at = STELE_ROWS_BEGIN;
	struct stele_segment *seg;
	struct stele_value row;

	(void)state;
	for (unsigned i = 0; i < 3; i++)
		add(b, 0, rows[i], 6);
	/* head, two of 16 at a multiple of 8, two of 8, two of 1, two bitmaps */
	assert_int_equal(b->schema->records[0].body_bytes, 64);
	assert_int_equal(b->nr_objects, 3);
	seg = finish(b);
	for (unsigned i = 0; i < 2; i++) {
		row = next_row(seg, &at);
		assert_fixed(&row, rows[i]);
	}
	row = next_row(seg, &at);
	for (unsigned i = 1; i < 5; i++)
		assert_int_equal(field(&row, i).type,
				 i == 3 ? STELE_TYPE_UNSET : STELE_TYPE_NULL);
	stele_segment_close(seg);
}

static void times_are_words_as_far_as_they_fit(void **state)
{
	static const struct {
		int64_t us;
		unsigned nr_objects;
	} cases[] = {
		{ 0, 0 },
		{ -1, 0 },
		{ STELE_FMT_TIMEDELTA_MIN, 0 },
		{ STELE_FMT_TIMEDELTA_MAX, 0 },
		{ STELE_FMT_TIMEDELTA_MIN - 1, 1 },
		{ STELE_FMT_TIMEDELTA_MAX + 1, 1 },
		{ INT64_MIN, 1 },
		{ INT64_MAX, 1 },
	};
	const size_t n = sizeof(cases) / sizeof(*cases);
	struct stele_builder *b = begin("record R { v: any }", NULL);
	struct stele_rows at = STELE_ROWS_BEGIN;
	struct stele_segment *seg;

	(void)state;
	for (size_t i = 0; i < n; i++) {
		uint64_t before = b->nr_objects;

		assert_int_equal(
			add_one(b, micros(STELE_TYPE_TIMEDELTA, cases[i].us)),
			0);
		assert_int_equal(b->nr_objects - before,
				 1 + cases[i].nr_objects);
	}
	assert_int_equal(add_one(b, micros(STELE_TYPE_TIME, DAY_US - 1)), 0);
	seg = finish(b);
	for (size_t i = 0; i <= n; i++) {
		struct stele_value row = next_row(seg, &at);
		struct stele_value v = field(&row, 0);

		assert_int_equal(v.type, i < n ? STELE_TYPE_TIMEDELTA :
						 STELE_TYPE_TIME);
		assert_true(v.u.i == (i < n ? cases[i].us : DAY_US - 1));
	}
	stele_segment_close(seg);
}

static void times_out_of_range_are_refused_everywhere(void **state)
{
	static const int64_t bad_times[2] = { 5, DAY_US };
	const struct {
		struct stele_cell cell;
		const char *reason;
	} cases[] = {
		{ micros(STELE_TYPE_TIME, -1), "-1 is no time of a day" },
		{ micros(STELE_TYPE_TIME, DAY_US),
		  "86400000000 is no time of a day" },
		{ zoned(MIN_US, -1),
		  "-62135596800000000 at -1 seconds east is no zoned of the years 1 to 9999" },
		{ zoned(MAX_US, 1),
		  "253402300799999999 at 1 seconds east is no zoned of the years 1 to 9999" },
		{ zoned(0, 86400),
		  "0 at 86400 seconds east is no zoned of the years 1 to 9999" },
		{ zoned(INT64_MAX, 86399),
		  "9223372036854775807 at 86399 seconds east is no zoned of the years 1 to 9999" },
		{ zoned(INT64_MIN, -86399),
		  "-9223372036854775808 at -86399 seconds east is no zoned of the years 1 to 9999" },
		{ array(STELE_TYPE_TIME, bad_times, 2),
		  "element 1: 86400000000 is no time of a day" },
	};
	struct stele_builder *b = begin(
		"record R { v: any } record F { t: time? z: zoned? a: array<time>? }",
		NULL);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct stele_cell cells[3] = {
			stele_cell_of(STELE_TYPE_NULL),
			stele_cell_of(STELE_TYPE_NULL),
			stele_cell_of(STELE_TYPE_NULL),
		};
		unsigned at = cases[i].cell.type == STELE_TYPE_TIME  ? 0 :
			      cases[i].cell.type == STELE_TYPE_ZONED ? 1 :
								       2;
		char reason[160];

		assert_int_equal(add_one(b, cases[i].cell), -STELE_E_RANGE);
		snprintf(reason, sizeof(reason), "field 'v': %s",
			 cases[i].reason);
		assert_string_equal(err.reason, reason);
		cells[at] = cases[i].cell;
		assert_int_equal(stele_builder_add(b, 1, cells, 3, NULL, &err),
				 -STELE_E_RANGE);
		snprintf(reason, sizeof(reason), "field '%c': %s", "tza"[at],
			 cases[i].reason);
		assert_string_equal(err.reason, reason);
	}
	stele_segment_close(finish(b));
}

static void arrays_have_times_and_uuids(void **state)
{
	static const int64_t times[9] = { 0, 1, DAY_US - 1 };
	static const int64_t spans[2] = { INT64_MIN, INT64_MAX };
	const struct stele_cell ids[2] = { uuid("0123456789abcdef"),
					   uuid("fedcba9876543210") };
	struct stele_builder *b =
		begin("record R { u: array<uuid> v: any }", NULL);
	struct stele_rows at = STELE_ROWS_BEGIN;
	struct stele_cell row[2];
	struct stele_segment *seg;
	struct stele_value v, values;
	const void *p;

	(void)state;
	row[0] = stele_cell_list(ids, 2);
	row[1] = array(STELE_TYPE_TIME, times, 9);
	add(b, 0, row, 2);
	row[0] = array(STELE_TYPE_UUID, "0123456789abcdeffedcba9876543210", 2);
	row[1] = array(STELE_TYPE_TIMEDELTA, spans, 2);
	add(b, 0, row, 2);
	row[1] = array(STELE_TYPE_ZONED, NULL, 0);
	assert_int_equal(stele_builder_add(b, 0, row, 2, NULL, &err),
			 -STELE_E_TYPE);
	assert_string_equal(err.reason, "field 'v': no array of zoned");
	seg = finish(b);
	for (unsigned i = 0; i < 2; i++) {
		values = next_row(seg, &at);
		v = field(&values, 0);
		assert_int_equal(v.element, STELE_TYPE_UUID);
		assert_int_equal(stele_value_elements(&v, &p), 0);
		assert_memory_equal(p, "0123456789abcdeffedcba9876543210", 32);
		v = field(&values, 1);
		assert_int_equal(stele_value_elements(&v, &p), 0);
		assert_memory_equal(p, i ? (const void *)spans : times,
				    i ? sizeof(spans) : sizeof(times));
	}
	stele_segment_close(seg);
}

static void tables_have_values_of_16_bytes(void **state)
{
	struct stele_table_options o = { .size = sizeof(o),
					 .key = STELE_TYPE_U64,
					 .value = STELE_TYPE_UUID };
	struct stele_builder *b = begin(NULL, NULL);
	const struct stele_cell values[2] = { uuid("0123456789abcdef"),
					      zoned(-7, -3600) };
	struct stele_cell key = stele_cell_u64(5);
	struct stele_segment *seg;
	struct stele_value v;
	uint32_t t;

	(void)state;
	assert_int_equal(stele_builder_table(b, "u", &o, &t, &err), 0);
	assert_int_equal(stele_builder_table_add(b, t, &key, &values[0], &err),
			 0);
	assert_int_equal(stele_builder_table_add(b, t, &key, &values[1], &err),
			 -STELE_E_TYPE);
	assert_string_equal(err.reason,
			    "table 'u': value: zoned where uuid is declared");
	o.value = STELE_TYPE_ZONED;
	assert_int_equal(stele_builder_table(b, "z", &o, &t, &err), 0);
	assert_int_equal(stele_builder_table_add(b, t, &key, &values[1], &err),
			 0);
	seg = finish(b);
	assert_int_equal(stele_map_get_u64(stele_segment_map(seg, "u"), 5, &v),
			 0);
	assert_int_equal(v.type, STELE_TYPE_UUID);
	assert_memory_equal(v.u.ptr, values[0].u.ptr, 16);
	assert_int_equal(stele_map_get_u64(stele_segment_map(seg, "z"), 5, &v),
			 0);
	assert_int_equal(v.type, STELE_TYPE_ZONED);
	assert_int_equal(v.u.i, -7);
	assert_int_equal(v.offset, -3600);
	stele_segment_close(seg);
}

/* --------------------------------------------------------------- numbers */

static void assert_digits(const struct stele_value *v, unsigned type,
			  const char *digits)
{
	char text[64];
	size_t len;

	assert_int_equal(v->type, type);
	assert_int_equal(stele_value_digits(v, text, sizeof(text), &len), 0);
	assert_string_equal(text, digits);
}

static void decimal_keeps_each_digit_it_was_given(void **state)
{
	static const char *const cases[][2] = {
		{ "1.50", "1.50" },
		{ "-0", "-0" },
		{ "0.00", "0.00" },
		{ "1E+3", "1E+3" },
		{ "-Infinity", "-Infinity" },
		{ "nan", "NaN" },
		{ "+007", "7" },
		{ "1e-1000000", "1E-1000000" },
	};
	const size_t n = sizeof(cases) / sizeof(*cases);
	struct stele_builder *b = begin("record R { d: decimal v: any }", NULL);
	struct stele_rows at = STELE_ROWS_BEGIN;
	struct stele_segment *seg;

	(void)state;
	for (size_t i = 0; i < n; i++) {
		const struct stele_cell row[2] = { decimal(cases[i][0]),
						   decimal(cases[i][0]) };

		add(b, 0, row, 2);
	}
	seg = finish(b);
	for (size_t i = 0; i < n; i++) {
		struct stele_value row = next_row(seg, &at);

		for (unsigned k = 0; k < 2; k++) {
			struct stele_value v = field(&row, k);

			assert_digits(&v, STELE_TYPE_DECIMAL, cases[i][1]);
		}
	}
	stele_segment_close(seg);
}

static void decimals_beyond_a_limit_are_refused(void **state)
{
	struct stele_builder *b = begin("record R { d: decimal }", NULL);
	char *digits = malloc(10002);

	(void)state;
	assert_non_null(digits);
	memset(digits, '9', 10001);
	digits[10001] = '\0';
	assert_int_equal(add_one(b, decimal(digits)), -STELE_E_LIMIT);
	assert_string_equal(err.reason,
			    "field 'd': a decimal of more than 10000 digits");
	assert_int_equal(add_one(b, decimal(digits + 1)), 0);
	assert_int_equal(add_one(b, decimal("1e1000001")), -STELE_E_RANGE);
	assert_string_equal(
		err.reason,
		"field 'd': a decimal's exponent is not within -1000000..1000000");
	assert_int_equal(add_one(b, decimal("1.5.")), -STELE_E_TYPE);
	assert_string_equal(err.reason, "field 'd': text that is no decimal");
	assert_int_equal(add_one(b, stele_cell_f64(0.5)), -STELE_E_TYPE);
	assert_string_equal(err.reason,
			    "field 'd': f64 where decimal is declared");
	stele_segment_close(finish(b));
	free(digits);
}

static void declared_bigint_and_decimal_take_any_integer(void **state)
{
	const struct stele_cell cells[] = {
		stele_cell_i64(-7),	    stele_cell_u64(UINT64_MAX),
		stele_cell_i64(INT64_MIN),  bigint("-18446744073709551616"),
		stele_cell_u64(1ull << 60),
	};
	static const char *const digits[] = { "-7", "18446744073709551615",
					      "-9223372036854775808",
					      "-18446744073709551616",
					      "1152921504606846976" };
	static const uint8_t types[] = { STELE_TYPE_I64, STELE_TYPE_U64,
					 STELE_TYPE_I64, STELE_TYPE_BIGINT,
					 STELE_TYPE_I64 };
	const size_t n = sizeof(cells) / sizeof(*cells);
	struct stele_builder *b = begin(
		"record R { b: bigint d: decimal l: list<bigint> }", NULL);
	struct stele_rows at = STELE_ROWS_BEGIN;
	struct stele_segment *seg;

	(void)state;
	for (size_t i = 0; i < n; i++) {
		const struct stele_cell row[] = {
			cells[i], cells[i], stele_cell_list(&cells[i], 1)
		};

		add(b, 0, row, 3);
	}
	assert_int_equal(add_one(b, stele_cell_bool(true)), -STELE_E_TYPE);
	assert_string_equal(err.reason,
			    "field 'b': bool where bigint is declared");
	seg = finish(b);
	for (size_t i = 0; i < n; i++) {
		struct stele_value row = next_row(seg, &at);
		struct stele_value v = field(&row, 0), list = field(&row, 2);

		assert_digits(&v, types[i], digits[i]);
		v = item(&list, 0);
		assert_digits(&v, types[i], digits[i]);
		v = field(&row, 1);
		assert_digits(&v, STELE_TYPE_DECIMAL, digits[i]);
	}
	stele_segment_close(seg);
}

/* ---------------------------------------------------------- collections */

static void tuple_items_are_each_of_their_type(void **state)
{
	struct stele_builder *b =
		begin("record R { t: tuple<str, u8?, list<tuple<>>> }", NULL);
	struct stele_rows at = STELE_ROWS_BEGIN;
	const struct stele_cell none = tuple(NULL, 0);
	struct stele_cell items[3] = { str("a"), stele_cell_of(STELE_TYPE_NULL),
				       stele_cell_list(&none, 1) };
	struct stele_segment *seg;
	struct stele_value row, t, v;

	(void)state;
	assert_int_equal(add_one(b, tuple(items, 3)), 0);
	assert_int_equal(add_one(b, tuple(items, 2)), -STELE_E_TYPE);
	assert_string_equal(
		err.reason,
		"field 't': a tuple of 2 items where 3 are declared");
	assert_int_equal(add_one(b, stele_cell_list(items, 3)), -STELE_E_TYPE);
	assert_string_equal(err.reason,
			    "field 't': list where tuple is declared");
	items[1] = stele_cell_u64(256);
	assert_int_equal(add_one(b, tuple(items, 3)), -STELE_E_RANGE);
	assert_string_equal(err.reason,
			    "field 't': item 1: 256 does not fit u8");
	items[0] = stele_cell_of(STELE_TYPE_NULL);
	assert_int_equal(add_one(b, tuple(items, 3)), -STELE_E_TYPE);
	assert_string_equal(err.reason,
			    "field 't': item 0: null where it is not allowed");
	seg = finish(b);
	row = next_row(seg, &at);
	t = field(&row, 0);
	assert_int_equal(t.type, STELE_TYPE_TUPLE);
	assert_int_equal(t.len, 3);
	v = item(&t, 0);
	assert_str(&v, "a");
	assert_int_equal(item(&t, 1).type, STELE_TYPE_NULL);
	v = item(&t, 2);
	v = item(&v, 0);
	assert_int_equal(v.type, STELE_TYPE_TUPLE);
	assert_int_equal(v.len, 0);
	stele_segment_close(seg);
}

/* Integers come before strings, shorter magnitudes first. */
static void set_is_in_order_whatever_order_it_was_given_in(void **state)
{
	struct stele_cell items[20],
		few[3] = { str("b"), stele_cell_i64(1), str("a") };
	struct stele_builder *b = begin(NULL, NULL);
	struct stele_segment *seg;
	struct stele_value roots, s, v;
	const uint64_t n = sizeof(items) / sizeof(*items);

	(void)state;
	for (uint64_t i = 0; i < n; i++)
		items[i] = stele_cell_u64(i * 7 % n);
	put_root(b, "many", set(items, n));
	put_root(b, "few", set(few, 3));
	put_root(b, "none", set(NULL, 0));
	seg = finish(b);
	assert_int_equal(stele_segment_roots(seg, &roots), 0);
	assert_int_equal(stele_value_find_str(&roots, "many", 4, &s), 0);
	assert_int_equal(s.type, STELE_TYPE_SET);
	assert_int_equal(s.len, n);
	for (uint64_t i = 0; i < n; i++) {
		v = item(&s, i);
		assert_int_equal(v.u.u, i);
		assert_int_equal(stele_value_contains(&s, &v), 0);
	}
	v.u.i = (int64_t)n;
	assert_int_equal(stele_value_contains(&s, &v), -STELE_E_ABSENT);
	assert_int_equal(stele_value_find_str(&roots, "few", 3, &s), 0);
	assert_int_equal(item(&s, 0).u.i, 1);
	v = item(&s, 1);
	assert_str(&v, "a");
	assert_int_equal(stele_value_find_str(&roots, "none", 4, &s), 0);
	assert_int_equal(s.len, 0);
	stele_segment_close(seg);
}

static void set_with_an_item_twice_is_refused(void **state)
{
	struct stele_builder *b = begin(
		"record R { s: set<decimal?> } record A { v: any }", NULL);
	struct stele_cell items[12] = { decimal("1.0"), decimal("2"),
					stele_cell_u64(1) };
	struct stele_cell any, list = stele_cell_list(NULL, 0);

	(void)state;
	assert_int_equal(add_one(b, set(items, 3)), -STELE_E_DUPLICATE);
	assert_string_equal(err.reason, "field 's': the item 1 is there twice");
	items[2] = stele_cell_of(STELE_TYPE_NULL);
	assert_int_equal(add_one(b, set(items, 3)), 0);
	items[1] = items[2];
	assert_int_equal(add_one(b, set(items, 3)), -STELE_E_DUPLICATE);
	assert_string_equal(err.reason,
			    "field 's': one item of type null is there twice");
	for (unsigned i = 0; i < 12; i++)
		items[i] = str(i % 11 ? &"abcdefghijkl"[i] : "k");
	any = set(items, 12);
	assert_int_equal(stele_builder_add(b, 1, &any, 1, NULL, &err),
			 -STELE_E_DUPLICATE);
	assert_string_equal(err.reason,
			    "field 'v': the item 'k' is there twice");
	items[0] = tuple(&list, 1);
	any = set(items, 1);
	assert_int_equal(stele_builder_add(b, 1, &any, 1, NULL, &err),
			 -STELE_E_TYPE);
	assert_string_equal(
		err.reason,
		"field 'v': item 0: a tuple with a list, dict, array or reference by key in it cannot be a key");
	assert_int_equal(add_one(b, decimal("1")), -STELE_E_TYPE);
	assert_string_equal(err.reason,
			    "field 's': decimal where set is declared");
	stele_segment_close(finish(b));
}

static void users_have_a_name_that_may_be_declared(void **state)
{
	struct stele_builder *b =
		begin("record R { p: user<Point> v: any }", NULL);
	struct stele_user point = { "Point", 5, "\1\2\3", 3 };
	struct stele_user empty = { "a name of some length", 21, NULL, 0 };
	struct stele_user bad = point;
	struct stele_cell row[2] = { user(&point), user(&empty) };
	struct stele_rows at = STELE_ROWS_BEGIN;
	struct stele_str name, bytes;
	struct stele_segment *seg;
	struct stele_value v;

	(void)state;
	add(b, 0, row, 2);
	row[0] = row[1];
	assert_int_equal(stele_builder_add(b, 0, row, 2, NULL, &err),
			 -STELE_E_TYPE);
	assert_string_equal(
		err.reason,
		"field 'p': user 'a name of some length' where user 'Point' is declared");
	row[0] = user(&point);
	row[1] = user(&bad);
	bad.name_len = 0;
	assert_int_equal(stele_builder_add(b, 0, row, 2, NULL, &err),
			 -STELE_E_LIMIT);
	assert_string_equal(
		err.reason,
		"field 'v': the name of a user's type is of 0 bytes, not 1..65535");
	bad.name_len = 65536;
	assert_int_equal(stele_builder_add(b, 0, row, 2, NULL, &err),
			 -STELE_E_LIMIT);
	bad = (struct stele_user){ "a\xff", 2, NULL, 0 };
	assert_int_equal(stele_builder_add(b, 0, row, 2, NULL, &err),
			 -STELE_E_UTF8);
	assert_string_equal(
		err.reason,
		"field 'v': the name of a user's type: invalid UTF-8 at byte 1");
	seg = finish(b);
	v = next_row(seg, &at);
	v = field(&v, 0);
	assert_int_equal(stele_value_user(&v, &name, &bytes), 0);
	assert_int_equal(name.len, 5);
	assert_memory_equal(name.ptr, "Point", 5);
	assert_int_equal(bytes.len, 3);
	assert_memory_equal(bytes.ptr, "\1\2\3", 3);
	stele_segment_close(seg);
}

static void equal_values_of_every_kind_are_one_object(void **state)
{
	static const int64_t numbers[6] = { 1, 2, 3, 4, 5, 6 };
	const struct stele_user point = { "Point", 5,
					  "bytes, and more of them than a slot "
					  "of the cache holds",
					  54 };
	const struct stele_ndarray grid = { .data = numbers,
					    .element = STELE_TYPE_I64,
					    .nr_axes = 2,
					    .shape = { 2, 3 },
					    .strides = { 24, 8 } };
	const struct stele_cell parts[2] = { stele_cell_i64(1), str("two") };
	const struct stele_cell kinds[] = {
		decimal("3.1415926535897932384626433832795"),
		zoned(5, 60),
		uuid("0123456789abcdef"),
		micros(STELE_TYPE_TIMEDELTA, INT64_MAX),
		tuple(parts, 2),
		set(parts, 2),
		user(&point),
		ndarray(&grid),
	};
	struct stele_build_stats stats = { .size = sizeof(stats) };
	struct stele_builder *b = begin("record R { v: any }", NULL);

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		uint64_t before = b->nr_objects, shared;

		assert_int_equal(add_one(b, kinds[i]), 0);
		assert_true(b->nr_objects >= before + 2);
		before = b->nr_objects;
		assert_int_equal(stele_builder_stats(b, &stats), 0);
		shared = stats.nr_shared;
		assert_int_equal(add_one(b, kinds[i]), 0);
		assert_int_equal(b->nr_objects, before + 1);
		assert_int_equal(stele_builder_stats(b, &stats), 0);
		assert_int_equal(stats.nr_shared, shared + 1);
	}
	stele_segment_close(finish(b));
}

static void defaults_of_every_type_stand_for_what_is_unset(void **state)
{
	struct stele_builder *b = begin(
		"record R { n: u8 b: bigint = 18446744073709551616\n"
		"	d: decimal = \"1.50\" t: time = \"01:00:00\"\n"
		"	z: zoned = \"1970-01-01T01:00:00+01:00\"\n"
		"	p: timedelta = \"PT1S\" s: set<u8> = []\n"
		"	u: uuid = \"30313233-3435-3637-3839-616263646566\" }",
		NULL);
	struct stele_rows at = STELE_ROWS_BEGIN;
	struct stele_segment *seg;
	struct stele_value row, v;

	(void)state;
	assert_int_equal(add_one(b, stele_cell_u64(1)), 0);
	seg = finish(b);
	row = next_row(seg, &at);
	v = field(&row, 1);
	assert_digits(&v, STELE_TYPE_BIGINT, "18446744073709551616");
	v = field(&row, 2);
	assert_digits(&v, STELE_TYPE_DECIMAL, "1.50");
	assert_int_equal(field(&row, 3).u.i, INT64_C(3600000000));
	v = field(&row, 4);
	assert_int_equal(v.u.i, 0);
	assert_int_equal(v.offset, 3600);
	assert_int_equal(field(&row, 5).u.i, 1000000);
	v = field(&row, 6);
	assert_int_equal(v.type, STELE_TYPE_SET);
	assert_int_equal(v.len, 0);
	assert_memory_equal(field(&row, 7).u.ptr, "0123456789abcdef", 16);
	stele_segment_close(seg);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(types_of_fixed_width_lie_raw_in_the_body),
		cmocka_unit_test(times_are_words_as_far_as_they_fit),
		cmocka_unit_test(times_out_of_range_are_refused_everywhere),
		cmocka_unit_test(arrays_have_times_and_uuids),
		cmocka_unit_test(tables_have_values_of_16_bytes),
		cmocka_unit_test(decimal_keeps_each_digit_it_was_given),
		cmocka_unit_test(decimals_beyond_a_limit_are_refused),
		cmocka_unit_test(declared_bigint_and_decimal_take_any_integer),
		cmocka_unit_test(tuple_items_are_each_of_their_type),
		cmocka_unit_test(
			set_is_in_order_whatever_order_it_was_given_in),
		cmocka_unit_test(set_with_an_item_twice_is_refused),
		cmocka_unit_test(users_have_a_name_that_may_be_declared),
		cmocka_unit_test(equal_values_of_every_kind_are_one_object),
		cmocka_unit_test(
			defaults_of_every_type_stand_for_what_is_unset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
