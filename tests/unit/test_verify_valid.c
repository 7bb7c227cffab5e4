// SPDX-License-Identifier: MIT
/*
 * What a build may hold is accepted, where verifying it takes a way of its own:
 * numbers at the edge of their type in lists, weak keys of each type, rows of
 * several records beside tables and filters, tables by hand over rows, a salt for
 * keys that are tuples, tables of many lines.  finish() verifies each of them.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "building.h"
#include "canonical.h"
#include "cells.h"
#include "hash.h"
#include "index.h"
#include "segment.h"

static struct stele_error err;

static void numbers_in_lists_reach_to_the_edge_of_their_type(void **state)
{
	const struct stele_cell u64s[] = { stele_cell_u64(UINT64_MAX),
					   stele_cell_u64(0) };
	const struct stele_cell i64s[] = { stele_cell_i64(INT64_MIN),
					   stele_cell_i64(INT64_MAX) };
	const struct stele_cell i8s[] = { stele_cell_i64(-128),
					  stele_cell_i64(127) };
	const struct stele_cell f32s[] = { stele_cell_f64(0.25),
					   stele_cell_f64(NAN) };
	const struct stele_cell big[] = { bigint("18446744073709551615"),
					  bigint("-9223372036854775809") };
	const struct stele_cell cells[] = { stele_cell_list(u64s, 2),
					    stele_cell_list(i64s, 2),
					    stele_cell_list(i8s, 2),
					    stele_cell_list(f32s, 2),
					    stele_cell_list(big, 2) };
	struct stele_builder *b =
		begin("record R { u: list<u64>  i: list<i64>  s: list<i8>\n"
		      "f: list<f32>  b: list<bigint> }",
		      NULL);
	struct stele_rows rows = STELE_ROWS_BEGIN;
	struct stele_value row, list, item;
	struct stele_segment *seg;

	(void)state;
	add(b, 0, cells, 5);
	seg = finish(b);
	row = next_row(seg, &rows);
	list = field(&row, 0);
	assert_int_equal(stele_value_item(&list, 0, &item), 0);
	assert_true(item.type == STELE_TYPE_U64 && item.u.u == UINT64_MAX);
	list = field(&row, 4);
	assert_int_equal(stele_value_item(&list, 1, &item), 0);
	assert_true(item.type == STELE_TYPE_BIGINT && item.len == 8);
	stele_segment_close(seg);
}

static void weak_keys_of_every_type_stay_where_no_row_has_them(void **state)
{
	const struct stele_cell own[] = { stele_cell_u64(1), stele_cell_i64(1),
					  stele_cell_f64(1), stele_cell_f64(1),
					  bigint("1") };
	const struct stele_cell absent[] = {
		stele_cell_u64(UINT64_MAX), stele_cell_i64(INT64_MIN),
		stele_cell_f64(0.25), stele_cell_f64(0.1),
		bigint("-1000000000000000000000")
	};
	struct stele_cell cells[10];
	struct stele_builder *b = begin(
		"record R { u: u64  i: i64  f: f32  d: f64  b: bigint\n"
		"wu: weak u  wi: weak i  wf: weak f  wd: weak d  wb: weak b }\n"
		"table u: R(u)  table i: R(i)  table f: R(f)  table d: R(d)\n"
		"table b: R(b)",
		NULL);
	struct stele_rows rows = STELE_ROWS_BEGIN;
	struct stele_segment *seg;
	struct stele_value row;

	(void)state;
	memcpy(cells, own, sizeof(own));
	memcpy(cells + 5, absent, sizeof(absent));
	add(b, 0, cells, 10);
	seg = finish(b);
	row = next_row(seg, &rows);
	assert_true(field(&row, 5).u.u == UINT64_MAX);
	assert_true(field(&row, 6).u.i == INT64_MIN);
	assert_true(field(&row, 7).u.f == 0.25);
	assert_true(field(&row, 8).u.f == 0.1);
	assert_int_equal(field(&row, 9).type, STELE_TYPE_BIGINT);
	stele_segment_close(seg);
}

/* Every key twice: each row is looked up, for one of two was dropped. */
static void tables_pass_over_rows_of_other_records(void **state)
{
	const struct stele_build_options first = {
		.size = sizeof(first), .duplicates = STELE_DUPLICATES_FIRST
	};
	struct stele_builder *b = begin(
		"record A { n: u64  s: str } record B { n: u64  s: str }\n"
		"table a: A(n)  table b: B(s)  table f: A(s) filter 1/16\n"
		"table g: B(s) filter 1/16",
		&first);
	struct stele_segment *seg;

	(void)state;
	for (uint64_t i = 0; i < 200; i++) {
		char text[24];
		struct stele_cell cells[2] = { stele_cell_u64(i % 100) };

		snprintf(text, sizeof(text), "row %u", (unsigned)i % 100);
		cells[1] = str(text);
		add(b, i % 2, cells, 2);
	}
	seg = finish(b);
	assert_int_equal(seg->nr_maps, 4);
	stele_segment_close(seg);
}

static void tables_by_hand_lead_to_rows_by_any_key(void **state)
{
	struct stele_table_options o = { .size = sizeof(o),
					 .key = STELE_TYPE_STR,
					 .value = STELE_TYPE_RECORD };
	struct stele_builder *b = begin("record R { n: u64 }", NULL);
	struct stele_cell n = stele_cell_u64(7), key = str("seven"), row;
	struct stele_segment *seg;
	struct stele_handle handle;
	struct stele_value found;
	uint32_t t;

	(void)state;
	assert_int_equal(stele_builder_table(b, "t", &o, &t, &err), 0);
	assert_int_equal(stele_builder_add(b, 0, &n, 1, &handle, &err), 0);
	row = stele_cell_ref(handle);
	assert_int_equal(stele_builder_table_add(b, t, &key, &row, &err), 0);
	seg = finish(b);
	assert_int_equal(stele_map_get_str(stele_segment_map(seg, "t"), "seven",
					   5, &found),
			 0);
	assert_true(field(&found, 0).u.u == 7);
	stele_segment_close(seg);
}

/* The canonical hash of the tuple of one integer. */
static uint64_t hash_of_tuple(uint64_t u)
{
	uint8_t bytes[16] = { 0x40, 1, 0, 0x10, 1 };
	unsigned len = 5;

	for (; u; u >>= 8)
		bytes[len++] = (uint8_t)u;
	bytes[2] = (uint8_t)(len - 3);
	return stele_hash_bytes(bytes, len, STELE_FMT_DEFAULT_SEED);
}

static void tuples_that_crowd_get_a_salt(void **state)
{
	enum { NR = 300 };
	static struct stele_cell numbers[NR], tuples[NR];
	uint64_t mask = (1ull << stele_index_log2(NR)) - 1, u = 0;
	struct stele_builder *b = begin(NULL, NULL);
	struct stele_value roots, v;
	struct stele_segment *seg;
	struct stele_cell all;

	(void)state;
	for (int i = 0; i < NR; u++) {
		if (hash_of_tuple(u) >> 32 & mask)
			continue;
		numbers[i] = stele_cell_u64(u);
		tuples[i] = tuple(&numbers[i], 1);
		i++;
	}
	all = set(tuples, NR);
	assert_int_equal(stele_builder_root(b, "r", &all, &err), 0);
	seg = finish(b);
	assert_int_equal(stele_segment_roots(seg, &roots), 0);
	assert_int_equal(stele_value_find_str(&roots, "r", 1, &v), 0);
	assert_int_equal(v.len, NR);
	assert_true(v.flags & STELE_VALUE_F_SALTED);
	stele_segment_close(seg);
}

static void equal_values_may_be_written_each_by_itself(void **state)
{
	const struct stele_build_options none = {
		.size = sizeof(none), .share_log2 = STELE_SHARE_NONE
	};
	static const struct stele_user who = { "Who", 3, "some bytes", 10 };
	const struct stele_ndarray grid = { .data = "abc",
					    .element = STELE_TYPE_U8,
					    .nr_axes = 1,
					    .shape = { 3 },
					    .strides = { 1 } };
	const struct stele_cell text = str("more than eight bytes of ASCII");
	const struct stele_cell cells[] = {
		text, stele_cell_list(&text, 1), user(&who), ndarray(&grid),
		pointing(STELE_TYPE_BYTES, "some more bytes", 15)
	};
	struct stele_builder *b = begin(
		"record R { v: any  w: any  x: any  y: any  z: any }", &none);
	struct stele_build_stats stats = { .size = sizeof(stats) };
	struct stele_rows rows = STELE_ROWS_BEGIN;
	struct stele_value row[2], v[2];
	struct stele_segment *seg;
	bool equal = false;

	(void)state;
	add(b, 0, cells, 5);
	add(b, 0, cells, 5);
	assert_int_equal(stele_builder_stats(b, &stats), 0);
	assert_int_equal(stats.nr_shared, 0);
	seg = finish(b);
	row[0] = next_row(seg, &rows);
	row[1] = next_row(seg, &rows);
	assert_int_equal(stele_value_equal(&row[0], &row[1], &equal), 0);
	assert_true(equal);
	for (int i = 0; i < 2; i++)
		v[i] = field(&row[i], 1);
	assert_true(v[0].u.pos != v[1].u.pos);
	stele_segment_close(seg);
}

static int count(void *arg, uint64_t done, uint64_t all)
{
	(void)done;
	(void)all;
	++*(unsigned *)arg;
	return 0;
}

static int cancel(void *arg, uint64_t done, uint64_t all)
{
	(void)done;
	(void)all;
	return !--*(unsigned *)arg;
}

/* More lines and objects than are verified between two calls for progress. */
static void what_is_large_tells_its_progress(void **state)
{
	struct stele_table_options o = { .size = sizeof(o),
					 .key = STELE_TYPE_U64,
					 .value = STELE_TYPE_U64 };
	unsigned calls = 0, k;
	struct stele_verify_options v = { .size = sizeof(v),
					  .threads = 1,
					  .progress = count,
					  .arg = &calls };
	struct stele_builder *b = begin(NULL, NULL);
	struct stele_segment *seg;
	struct stele_cell cell = { .type = STELE_TYPE_BYTES, .len = 20 << 20 };
	struct stele_handle handle;
	uint32_t t;

	(void)state;
	cell.u.ptr = calloc(1, cell.len);
	for (int i = 0; i < 3; i++, cell.len--)
		assert_int_equal(stele_builder_put(b, &cell, &handle, &err), 0);
	free((void *)(uintptr_t)cell.u.ptr);
	assert_int_equal(stele_builder_table(b, "t", &o, &t, &err), 0);
	for (uint64_t i = 1; i <= 500000; i++)
		assert_int_equal(stele_builder_table_add_u64(b, t, i, i, &err),
				 0);
	seg = finish(b);
	assert_int_equal(stele_segment_verify(seg, &v, &err), 0);
	assert_true(calls > 2);
	v.size = 3;
	assert_int_equal(stele_segment_verify(seg, &v, &err), -EINVAL);
	v.size = sizeof(v);
	v.progress = cancel;
	for (unsigned i = 1; i <= calls; i++) {
		k = i;
		v.arg = &k;
		assert_int_equal(stele_segment_verify(seg, &v, &err),
				 -ECANCELED);
	}
	stele_segment_close(seg);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			numbers_in_lists_reach_to_the_edge_of_their_type),
		cmocka_unit_test(
			weak_keys_of_every_type_stay_where_no_row_has_them),
		cmocka_unit_test(tables_pass_over_rows_of_other_records),
		cmocka_unit_test(tables_by_hand_lead_to_rows_by_any_key),
		cmocka_unit_test(tuples_that_crowd_get_a_salt),
		cmocka_unit_test(equal_values_may_be_written_each_by_itself),
		cmocka_unit_test(what_is_large_tells_its_progress),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
