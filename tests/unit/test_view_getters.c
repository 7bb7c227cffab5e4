// SPDX-License-Identifier: MIT
/*
 * Typed getters through a view: what is stored as another type, what is not
 * stored at all; and the stored tables that a reader's tables are.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cells.h"
#include "pair.h"

static struct pair p;
static struct stele_error err;

static int end(void **state)
{
	(void)state;
	pair_end(&p);
	return 0;
}

static void add(uint32_t record, const struct stele_cell *cells, size_t len)
{
	if (stele_builder_add(p.builder, record, cells, len, NULL, &err))
		fail_msg("%s", err.reason);
}

static void opens(const char *reader)
{
	if (pair_open(&p, reader, &err))
		fail_msg("%s", err.reason);
}

static struct stele_field field(const char *name, enum stele_type asked)
{
	struct stele_field f;

	if (stele_view_field(p.view, "R", name, asked, &f, &err))
		fail_msg("%s", err.reason);
	return f;
}

static double f64(const char *name)
{
	struct stele_field f = field(name, STELE_TYPE_F64);
	double value = 0;

	assert_int_equal(stele_record_get_f64(pair_row(&p, 0), &f, &value), 0);
	return value;
}

/* ---------------------------------------------------------------- getters */

static void numbers_are_read_as_floats(void **state)
{
	const struct stele_cell cells[] = { stele_cell_i64(-5),
					    stele_cell_u64(4000000000),
					    stele_cell_f64(.25),
					    stele_cell_of(STELE_TYPE_NULL) };
	struct stele_field f;
	double value;

	(void)state;
	pair_begin(&p, "record R { i: i32  u: u32  f: f32  n: i8? }");
	add(0, cells, 4);
	pair_seal(&p);
	opens("record R { i: f64  u: f64  f: f64  n: f64?  d: i32 = -7  e: u8 = 7"
	      "  g: f64 = 0.5  m: f64? }");
	assert_true(f64("i") == -5 && f64("u") == 4000000000 &&
		    f64("f") == .25);
	assert_true(f64("d") == -7 && f64("e") == 7 && f64("g") == .5);
	f = field("n", STELE_TYPE_F64);
	assert_int_equal(stele_record_get_f64(pair_row(&p, 0), &f, &value),
			 -STELE_E_NULL);
	f = field("m", STELE_TYPE_F64);
	assert_int_equal(stele_record_get_f64(pair_row(&p, 0), &f, &value),
			 -STELE_E_NULL);
}

static void wide_fields_that_are_missing_are_their_defaults(void **state)
{
	static const uint8_t uuid[16] = { 1, 2, [15] = 3 };
	const struct stele_cell one = stele_cell_u64(1);
	struct stele_field f;
	int32_t offset = 0;
	int64_t utc = 0;
	uint8_t out[16];

	(void)state;
	pair_begin(&p, "record R { a: u8 }");
	add(0, &one, 1);
	pair_seal(&p);
	opens("record R { a: u8\n"
	      "z: zoned = \"1970-01-01T01:00:00+01:00\"\n"
	      "u: uuid = \"01020000-0000-0000-0000-000000000003\"\n"
	      "t: time = \"00:00:01\"\n"
	      "nz: zoned?  nu: uuid? }");
	f = field("z", STELE_TYPE_ZONED);
	assert_int_equal(
		stele_record_get_zoned(pair_row(&p, 0), &f, &utc, &offset), 0);
	assert_true(utc == 0 && offset == 3600);
	f = field("u", STELE_TYPE_UUID);
	assert_int_equal(stele_record_get_uuid(pair_row(&p, 0), &f, out), 0);
	assert_memory_equal(out, uuid, 16);
	f = field("t", STELE_TYPE_TIME);
	assert_int_equal(stele_record_get_time(pair_row(&p, 0), &f, &utc), 0);
	assert_true(utc == 1000000);
	f = field("nz", STELE_TYPE_ZONED);
	assert_int_equal(stele_record_get_zoned(pair_row(&p, 0), &f, &utc,
						&offset),
			 -STELE_E_NULL);
	f = field("nu", STELE_TYPE_UUID);
	assert_int_equal(stele_record_get_uuid(pair_row(&p, 0), &f, out),
			 -STELE_E_NULL);
}

static void records_are_read_through_references_that_changed(void **state)
{
	const struct stele_cell a = stele_cell_str("a", 1);
	const struct stele_cell b = stele_cell_str("b", 1);
	const struct stele_cell rows[2][3] = { { a, b, a }, { b, b, a } };
	struct stele_record target;
	struct stele_field f;

	(void)state;
	pair_begin(&p, "record R { key: str  r: ref k  w: weak k }\n"
		       "table k: R(key)");
	add(0, rows[0], 3);
	add(0, rows[1], 3);
	pair_seal(&p);
	opens("record R { key: str  r: weak k  w: ref k  m: R? }\n"
	      "table k: R(key)");
	f = field("r", STELE_TYPE_RECORD);
	assert_int_equal(stele_record_get_record(pair_row(&p, 0), &f, &target),
			 0);
	assert_true(target.pos == pair_row(&p, 1).pos);
	f = field("w", STELE_TYPE_RECORD);
	assert_int_equal(stele_record_get_record(pair_row(&p, 0), &f, &target),
			 0);
	assert_true(target.pos == pair_row(&p, 0).pos);
	f = field("m", STELE_TYPE_RECORD);
	assert_int_equal(stele_record_get_record(pair_row(&p, 0), &f, &target),
			 -STELE_E_NULL);
}

static void getters_by_the_stored_schema_refuse_other_records(void **state)
{
	const struct stele_cell cells[] = { stele_cell_f64(1),
					    stele_cell_str("s", 1) };
	const struct stele_cell one = stele_cell_u64(1);
	struct stele_record other;
	struct stele_field f, s;
	struct stele_str str;
	double value;

	(void)state;
	pair_begin(&p, "record R { f: f64  s: str }  record S { x: u8 }\n"
		       "rows R");
	add(0, cells, 2);
	add(1, &one, 1);
	pair_seal(&p);
	other = pair_row(&p, 1);
	assert_int_equal(stele_field_resolve(p.segment, "R", "f",
					     STELE_TYPE_F64, &f, &err),
			 0);
	assert_int_equal(stele_field_resolve(p.segment, "R", "s",
					     STELE_TYPE_STR, &s, &err),
			 0);
	assert_int_equal(stele_record_get_f64(other, &f, &value),
			 -STELE_E_TYPE);
	assert_int_equal(stele_record_get_str(other, &s, &str), -STELE_E_TYPE);
}

static void records_that_are_broken_are_refused(void **state)
{
	const struct stele_value unset = { .type = STELE_TYPE_UNSET };
	const struct stele_value absent = { .type = STELE_TYPE_ABSENT };
	const struct stele_cell one = stele_cell_u64(1);
	struct stele_record outside;
	struct stele_value value;
	struct stele_field f;
	uint32_t number;

	(void)state;
	pair_begin(&p, "record R { a: u8 }");
	add(0, &one, 1);
	pair_seal(&p);
	opens("record R { a: u16 }");
	outside = pair_row(&p, 0);
	outside.pos = UINT64_MAX - 7;
	f = field("a", STELE_TYPE_ANY);
	assert_int_equal(stele_record_get(outside, &f, &value),
			 -STELE_E_FORMAT);
	assert_int_equal(stele_view_get(p.view, outside, 0, &value),
			 -STELE_E_FORMAT);
	assert_int_equal(stele_view_record(p.view, outside, &number),
			 -STELE_E_FORMAT);
	assert_int_equal(stele_view_value(p.view, 0, true, &unset, &value),
			 -STELE_E_UNSET);
	assert_int_equal(stele_view_value(p.view, 0, true, &absent, &value),
			 -STELE_E_TYPE);
	assert_int_equal(stele_view_value(p.view, 99, true, &unset, &value),
			 -STELE_E_ABSENT);
}

static void key_in_the_place_of_a_row_is_no_record(void **state)
{
	const struct stele_cell a = stele_cell_str("a", 1);
	const struct stele_cell none = stele_cell_str("none", 4);
	const struct stele_cell list = stele_cell_list(&a, 1);
	const struct stele_cell rows[3][3] = {
		{ a, a, a },
		{ none, none, stele_cell_str("b", 1) },
		{ list, a, stele_cell_str("c", 1) },
	};
	struct stele_record target;
	struct stele_field f;

	(void)state;
	pair_begin(&p, "record R { v: any  w: weak k  key: str }\n"
		       "table k: R(key)");
	for (int i = 0; i < 3; i++)
		add(0, rows[i], 3);
	pair_seal(&p);
	opens("record R { v: ref k  w: weak k?  key: str }\n"
	      "table k: R(key)");
	f = field("w", STELE_TYPE_RECORD);
	assert_int_equal(stele_record_get_record(pair_row(&p, 0), &f, &target),
			 0);
	assert_int_equal(stele_record_get_record(pair_row(&p, 1), &f, &target),
			 -STELE_E_ABSENT);
	f = field("v", STELE_TYPE_RECORD);
	assert_int_equal(stele_record_get_record(pair_row(&p, 0), &f, &target),
			 -STELE_E_TYPE);
	assert_int_equal(stele_record_get_record(pair_row(&p, 2), &f, &target),
			 -STELE_E_TYPE);
	opens("record R { v: weak k  key: str }\ntable k: R(key)");
	f = field("v", STELE_TYPE_RECORD);
	assert_int_equal(stele_record_get_record(pair_row(&p, 1), &f, &target),
			 -STELE_E_ABSENT);
}

/* More pairs of types than a first table of them has room for. */
static void many_types_are_compared_once_each(void **state)
{
	enum { NR = 200 };
	static struct stele_cell cells[NR], items[NR];
	char *stored, *reader, *s, *r;

	(void)state;
	stored = s = malloc(NR * 2048);
	reader = r = malloc(NR * 2048);
	s += sprintf(s, "record R {");
	r += sprintf(r, "record R {");
	for (int i = 0; i < NR; i++) {
		s += sprintf(s, " f%d: tuple<u8", i);
		r += sprintf(r, " f%d: tuple<u16", i);
		for (int k = 0; k < i; k++) {
			s += sprintf(s, ",u8");
			r += sprintf(r, ",u16");
		}
		s += sprintf(s, ">");
		r += sprintf(r, ">");
		items[i] = stele_cell_u64((uint64_t)i);
		cells[i] = tuple(items, (uint64_t)i + 1);
	}
	strcpy(s, " }");
	strcpy(r, " }");
	pair_begin(&p, stored);
	add(0, cells, NR);
	pair_seal(&p);
	opens(reader);
	for (int i = 0; i < NR; i++) {
		struct stele_value v, item;
		char name[16];
		struct stele_field f;

		snprintf(name, sizeof(name), "f%d", i);
		f = field(name, STELE_TYPE_ANY);
		assert_int_equal(stele_record_get(pair_row(&p, 0), &f, &v), 0);
		assert_int_equal(v.len, i + 1);
		assert_int_equal(stele_value_item(&v, (uint64_t)i, &item), 0);
		assert_int_equal(item.u.u, i);
	}
	free(stored);
	free(reader);
}

/* ----------------------------------------------------------------- tables */

static void a_stored_table_is_found_unless_it_is_another(void **state)
{
	static const struct {
		const char *name;
		int code;
		const char *reason;
	} cases[] = {
		{ "same", 0, NULL },
		{ "gone", -STELE_E_ABSENT, "the segment has no table 'gone'" },
		{ "moved", -STELE_E_TYPE,
		  "table 'moved' of the segment is another" },
		{ "sieve", -STELE_E_TYPE,
		  "table 'sieve' of the segment is another" },
		{ "sieved", -STELE_E_TYPE,
		  "table 'sieved' of the segment is another" },
		{ "several", -STELE_E_TYPE,
		  "table 'several' of the segment is another" },
		{ "rekeyed", -STELE_E_TYPE,
		  "table 'rekeyed' of the segment is another" },
	};
	const struct stele_cell cells[] = { stele_cell_u64(1),
					    stele_cell_u64(2) };
	const struct stele_map *map;
	struct stele_value row;
	uint32_t number;

	(void)state;
	pair_begin(&p, "record R { a: u8  b: u8 } record S { a: u8  b: u8 }\n"
		       "rows R  table same: R(a)  table moved: S(a)\n"
		       "table sieve: R(a) filter 1/8  table sieved: R(a)\n"
		       "table several: R(a) multi  table rekeyed: R(a)");
	add(0, cells, 2);
	pair_seal(&p);
	opens("record R { a: u8  b: u8 } record S { a: u8  b: u8 }\n"
	      "rows R  table same: R(a)  table moved: R(a)\n"
	      "table sieve: R(a)  table sieved: R(a) filter 1/8\n"
	      "table several: R(a)  table rekeyed: R(b)  table gone: R(a)");
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_int_equal(
			stele_schema_find_table(p.reader, cases[i].name,
						strlen(cases[i].name), &number),
			0);
		assert_int_equal(stele_view_map(p.view, number, &map, &err),
				 cases[i].code);
		if (cases[i].code)
			assert_string_equal(err.reason, cases[i].reason);
		else
			assert_int_equal(stele_map_get_u64(map, 1, &row), 0);
	}
	assert_int_equal(stele_view_map(p.view, 99, &map, &err),
			 -STELE_E_ABSENT);
	assert_string_equal(err.reason, "the schema has no table 99");
}

#define TEST(name) cmocka_unit_test_teardown(name, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(numbers_are_read_as_floats),
		TEST(wide_fields_that_are_missing_are_their_defaults),
		TEST(records_are_read_through_references_that_changed),
		TEST(getters_by_the_stored_schema_refuse_other_records),
		TEST(records_that_are_broken_are_refused),
		TEST(key_in_the_place_of_a_row_is_no_record),
		TEST(many_types_are_compared_once_each),
		TEST(a_stored_table_is_found_unless_it_is_another),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
