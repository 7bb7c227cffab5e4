// SPDX-License-Identifier: MIT
/*
 * The builder, seen through the reader: what goes in as cells comes out as
 * values; refusals leave the build as it was; the same input gives the same bytes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "building.h"

/* ----------------------------------------------------------------- tests */

static void empty_build_is_a_valid_segment(void **state)
{
	struct stele_segment *seg = finish(begin(NULL, NULL));
	struct stele_rows rows = STELE_ROWS_BEGIN;
	struct stele_value row;

	(void)state;
	assert_int_equal(stele_segment_next_row(seg, &rows, &row),
			 -STELE_E_ABSENT);
	stele_segment_close(seg);
}

static void fields_of_every_type_come_back(void **state)
{
	struct stele_builder *b = begin(
		"record R { a: bool b: i8 c: i64 d: u64 e: f32 f: f64 g: str "
		"h: bytes i: date j: datetime k: any l: u16? m: str optional }",
		NULL);
	struct stele_cell row[13] = {
		stele_cell_bool(true),
		stele_cell_i64(-128),
		stele_cell_i64(INT64_MIN),
		stele_cell_u64(UINT64_MAX),
		stele_cell_f64(0.1),
		stele_cell_f64(5e-324),
		str("longer than eight bytes"),
		stele_cell_of(STELE_TYPE_BYTES),
		stele_cell_of(STELE_TYPE_DATE),
		stele_cell_of(STELE_TYPE_DATETIME),
		stele_cell_f64(-0.0),
		stele_cell_of(STELE_TYPE_NULL),
	};
	struct stele_rows rows = STELE_ROWS_BEGIN;
	struct stele_segment *seg;
	struct stele_value r, v;

	(void)state;
	row[7].u.ptr = "\0\1\2";
	row[7].len = 3;
	row[8].u.i = -719162;
	row[9].u.i = 253402300799999999;
	add(b, 0, row, 13);
	seg = finish(b);
	r = next_row(seg, &rows);
	v = field(&r, 0);
	assert_true(v.type == STELE_TYPE_BOOL && v.u.b);
	assert_true(field(&r, 1).u.i == -128);
	assert_true(field(&r, 2).u.i == INT64_MIN);
	assert_true(field(&r, 3).u.u == UINT64_MAX);
	assert_true(field(&r, 4).u.f == (double)0.1f);
	assert_true(field(&r, 5).u.f == 5e-324);
	v = field(&r, 6);
	assert_str(&v, "longer than eight bytes");
	v = field(&r, 7);
	assert_int_equal(v.type, STELE_TYPE_BYTES);
	assert_memory_equal(v.u.ptr, "\0\1\2", 3);
	assert_int_equal(field(&r, 8).u.i, -719162);
	assert_int_equal(field(&r, 9).u.i, 253402300799999999);
	v = field(&r, 10);
	assert_true(v.type == STELE_TYPE_F64 && v.u.f == 0 && 1 / v.u.f < 0);
	assert_int_equal(field(&r, 11).type, STELE_TYPE_NULL);
	assert_int_equal(field(&r, 12).type, STELE_TYPE_UNSET);
	stele_segment_close(seg);
}

/* Values on each side of every border between two spellings. */
static void dynamic_values_keep_type_and_value_at_borders(void **state)
{
	static const int64_t ints[] = { 0,
					1,
					-1,
					(1ll << 60) - 1,
					1ll << 60,
					-(1ll << 60),
					-(1ll << 60) - 1,
					INT64_MAX,
					INT64_MIN };
	static const double floats[] = { 0.0,	   -0.0,     1.5,     0x1p-255,
					 0x1p-256, 0x1p256,  0x1p257, 5e-324,
					 1.7e308,  -1.7e308, -3.25 };
	static const size_t lengths[] = { 0, 1, 6, 7, 8, 9, 8191, 8192, 70000 };
	struct stele_builder *b = begin("record R { v: any }", NULL);
	struct stele_rows rows = STELE_ROWS_BEGIN;
	struct stele_segment *seg;
	char *text = malloc(70000);
	struct stele_cell cell;

	(void)state;
	for (size_t i = 0; i < 70000; i++)
		text[i] = (char)('a' + i % 26);
	for (size_t i = 0; i < sizeof(ints) / sizeof(*ints); i++) {
		cell = stele_cell_i64(ints[i]);
		add(b, 0, &cell, 1);
	}
	for (size_t i = 0; i < sizeof(floats) / sizeof(*floats); i++) {
		cell = stele_cell_f64(floats[i]);
		add(b, 0, &cell, 1);
	}
	for (size_t i = 0; i < sizeof(lengths) / sizeof(*lengths); i++) {
		cell = stele_cell_str(text, lengths[i]);
		add(b, 0, &cell, 1);
		cell.type = STELE_TYPE_BYTES;
		add(b, 0, &cell, 1);
	}
	seg = finish(b);
	for (size_t i = 0; i < sizeof(ints) / sizeof(*ints); i++) {
		struct stele_value row = next_row(seg, &rows), v;

		v = field(&row, 0);
		assert_int_equal(v.type, STELE_TYPE_I64);
		assert_true(v.u.i == ints[i]);
	}
	for (size_t i = 0; i < sizeof(floats) / sizeof(*floats); i++) {
		struct stele_value row = next_row(seg, &rows), v;

		v = field(&row, 0);
		assert_int_equal(v.type, STELE_TYPE_F64);
		assert_memory_equal(&v.u.f, &floats[i], 8);
	}
	for (size_t i = 0; i < 2 * sizeof(lengths) / sizeof(*lengths); i++) {
		struct stele_value row = next_row(seg, &rows), v;

		v = field(&row, 0);
		assert_int_equal(v.type,
				 i % 2 ? STELE_TYPE_BYTES : STELE_TYPE_STR);
		assert_int_equal(v.len, lengths[i / 2]);
		assert_memory_equal(v.u.ptr, text, v.len);
	}
	free(text);
	stele_segment_close(seg);
}

static void equal_content_is_written_once_and_shares_no_identity(void **state)
{
	struct stele_build_stats stats = { .size = sizeof(stats) };
	struct stele_builder *b = begin(
		"record M { name: str mail: str } record P { id: u32 m: M }",
		NULL);
	struct stele_cell m[2] = { str("Debian QA Group"),
				   str("packages@qa.example") };
	struct stele_cell p[2] = { stele_cell_u64(0),
				   stele_cell_of(STELE_TYPE_RECORD) };
	struct stele_rows rows = STELE_ROWS_BEGIN;
	struct stele_segment *seg;
	uint64_t first = 0;

	(void)state;
	p[1].record = 0;
	p[1].u.cells = m;
	p[1].len = 2;
	for (unsigned i = 0; i < 100; i++) {
		p[0].u.u = i;
		add(b, 1, p, 2);
	}
	stele_builder_stats(b, &stats);
	assert_int_equal(stats.nr_shared, 99 * 3);
	seg = finish(b);
	for (unsigned i = 0; i < 100; i++) {
		struct stele_value row = next_row(seg, &rows), v;

		v = field(&row, 1);
		assert_int_equal(v.type, STELE_TYPE_RECORD);
		assert_int_equal(v.flags & STELE_VALUE_F_IDENTITY, 0);
		if (!i)
			first = v.u.pos;
		assert_int_equal(v.u.pos, first);
	}
	stele_segment_close(seg);
}

static void refused_row_leaves_no_trace(void **state)
{
	const char *schema =
		"record R { name: str n: u8 } table by_name: R(name)";
	struct stele_cell good[2] = { str("a name of some length"),
				      stele_cell_u64(255) };
	struct stele_cell bad[2] = { str("another name, also long"),
				     stele_cell_u64(256) };
	struct stele_error err;
	uint8_t identity[2][32];

	(void)state;
	for (int round = 0; round < 2; round++) {
		struct stele_builder *b = begin(schema, NULL);
		struct stele_segment_info info = { .size = sizeof(info) };
		struct stele_segment *seg;

		add(b, 0, good, 2);
		if (round) {
			assert_int_equal(stele_builder_add(b, 0, bad, 2, NULL,
							   &err),
					 -STELE_E_RANGE);
			assert_string_equal(err.reason,
					    "field 'n': 256 does not fit u8");
		}
		seg = finish(b);
		assert_int_equal(stele_segment_info(seg, &info), 0);
		memcpy(identity[round], info.identity, 32);
		stele_segment_close(seg);
	}
	assert_memory_equal(identity[0], identity[1], 32);
}

static void refusals_name_the_place(void **state)
{
	struct stele_builder *b = begin(
		"record R { s: str l: list<u8> d: dict<str, i16> r: str? }",
		NULL);
	struct stele_cell items[2] = { stele_cell_u64(1), stele_cell_i64(-1) };
	struct stele_cell pairs[4] = { str("k"), stele_cell_u64(1), str("k"),
				       stele_cell_u64(2) };
	struct stele_cell row[4] = { str("x"), stele_cell_list(items, 1),
				     stele_cell_of(STELE_TYPE_DICT), str("y") };
	struct stele_error err;

	(void)state;
	row[2].u.cells = pairs;
	row[2].len = 1;
	row[1].len = 2;
	assert_int_equal(stele_builder_add(b, 0, row, 4, NULL, &err),
			 -STELE_E_RANGE);
	assert_string_equal(err.reason,
			    "field 'l': item 1: -1 does not fit u8");
	row[1].len = 1;
	row[2].len = 2;
	assert_int_equal(stele_builder_add(b, 0, row, 4, NULL, &err),
			 -STELE_E_DUPLICATE);
	assert_string_equal(err.reason,
			    "field 'd': the key 'k' is there twice");
	row[2].len = 1;
	row[0] = stele_cell_str("\xff", 1);
	assert_int_equal(stele_builder_add(b, 0, row, 4, NULL, &err),
			 -STELE_E_UTF8);
	row[0] = stele_cell_of(STELE_TYPE_NULL);
	assert_int_equal(stele_builder_add(b, 0, row, 4, NULL, &err),
			 -STELE_E_TYPE);
	row[0] = str("x");
	assert_int_equal(stele_builder_add(b, 0, row, 2, NULL, &err),
			 -STELE_E_REQUIRED);
	assert_string_equal(err.reason, "field 'd': required and not given");
	add(b, 0, row, 4);
	stele_segment_close(finish(b));
}

static void weak_references_resolve_or_stay_keys(void **state)
{
	struct stele_builder *b =
		begin("record P { name: str deps: list<weak by_name> }\n"
		      "table by_name: P(name)",
		      NULL);
	struct stele_cell deps[2] = { str("second-package"),
				      str("a-virtual-package") };
	struct stele_cell row[2] = { str("first-package"),
				     stele_cell_list(deps, 2) };
	struct stele_rows rows = STELE_ROWS_BEGIN;
	struct stele_segment *seg;
	struct stele_value r1, r2, list, v;

	(void)state;
	add(b, 0, row, 2);
	row[0] = str("second-package");
	deps[0] = str("first-package");
	add(b, 0, row, 2);
	seg = finish(b);
	r1 = next_row(seg, &rows);
	r2 = next_row(seg, &rows);
	list = field(&r1, 1);
	assert_int_equal(stele_value_item(&list, 0, &v), 0);
	assert_int_equal(v.type, STELE_TYPE_RECORD);
	assert_int_equal(v.u.pos, r2.u.pos);
	assert_int_equal(stele_value_item(&list, 1, &v), 0);
	assert_str(&v, "a-virtual-package");
	list = field(&r2, 1);
	assert_int_equal(stele_value_item(&list, 0, &v), 0);
	assert_int_equal(v.u.pos, r1.u.pos);
	stele_segment_close(seg);
}

static void strict_reference_to_an_absent_key_is_refused_by_row(void **state)
{
	struct stele_builder *b =
		begin("record P { name: str up: ref by_name optional }\n"
		      "table by_name: P(name)",
		      NULL);
	struct stele_cell row[2] = { str("x"), str("nobody") };
	struct stele_error err;

	(void)state;
	add(b, 0, row, 1);
	row[0] = str("y");
	add(b, 0, row, 2);
	assert_int_equal(stele_builder_finish(b, NULL, &err),
			 -STELE_E_UNRESOLVED);
	assert_string_equal(err.reason,
			    "row 1: no 'nobody' in table 'by_name'");
	stele_builder_free(b);
}

static void duplicate_keys_follow_the_policy(void **state)
{
	static const int expected[] = { -1, 1, 3 };
	const char *schema = "record R { k: str n: u32 } table t: R(k)";

	(void)state;
	for (int policy = 0; policy < 3; policy++) {
		struct stele_build_options o = { .size = sizeof(o),
						 .duplicates = policy };
		struct stele_builder *b = begin(schema, &o);
		struct stele_error err = { 0 };
		struct stele_segment *seg;
		struct stele_value row;

		for (unsigned i = 0; i < 4; i++) {
			struct stele_cell cells[2] = { str(i == 0 ? "other" :
								    "same"),
						       stele_cell_u64(i) };

			add(b, 0, cells, 2);
		}
		if (!policy) {
			assert_int_equal(stele_builder_finish(b, NULL, &err),
					 -STELE_E_DUPLICATE);
			assert_non_null(strstr(err.reason, "same"));
			stele_builder_free(b);
			continue;
		}
		seg = finish(b);
		assert_int_equal(stele_map_get_str(stele_segment_map(seg, "t"),
						   "same", 4, &row),
				 0);
		assert_int_equal(field(&row, 1).u.u, expected[policy]);
		stele_segment_close(seg);
	}
}

static void multi_table_by_a_nested_field_of_shared_records(void **state)
{
	struct stele_builder *b =
		begin("record M { name: str } record P { id: u32 m: M }\n"
		      "table by_m: P(m.name) multi",
		      NULL);
	struct stele_cell m = str("maintainer of several");
	struct stele_cell by_value = stele_cell_of(STELE_TYPE_RECORD);
	struct stele_error err = { 0 };
	struct stele_handle handle;
	struct stele_matches matches;
	struct stele_segment *seg;
	struct stele_value row;

	(void)state;
	by_value.u.cells = &m;
	by_value.len = 1;
	assert_int_equal(stele_builder_put(b, &by_value, &handle, &err), 0);
	for (unsigned i = 0; i < 10; i++) {
		struct stele_cell cells[2] = { stele_cell_u64(i),
					       i % 2 ? by_value :
						       stele_cell_ref(handle) };

		add(b, 1, cells, 2);
	}
	seg = finish(b);
	assert_int_equal(stele_map_find_str(stele_segment_map(seg, "by_m"),
					    m.u.ptr, m.len, &matches),
			 0);
	assert_int_equal(matches.len, 10);
	for (unsigned i = 0; i < 10; i++) {
		assert_int_equal(stele_matches_next(&matches, &row), 0);
		assert_int_equal(field(&row, 0).u.u, i);
	}
	assert_int_equal(stele_matches_next(&matches, &row), -STELE_E_ABSENT);
	stele_segment_close(seg);
}

static void cycles_through_reserved_objects(void **state)
{
	struct stele_builder *b = begin("record N { next: any }", NULL);
	struct stele_error err = { 0 };
	struct stele_handle list, record;
	struct stele_cell cell;
	struct stele_segment *seg;
	struct stele_value v, w;

	(void)state;
	assert_int_equal(stele_builder_reserve_list(b, 1, &list, &err), 0);
	assert_int_equal(stele_builder_reserve_record(b, 0, &record, &err), 0);
	cell = stele_cell_ref(record);
	assert_int_equal(stele_builder_fill(b, list, &cell, 1, &err), 0);
	assert_int_equal(stele_builder_fill(b, list, &cell, 1, &err),
			 -STELE_E_STATE);
	cell = stele_cell_ref(list);
	assert_int_equal(stele_builder_root(b, "loop", &cell, &err), 0);
	assert_int_equal(stele_builder_finish(b, NULL, &err), -STELE_E_STATE);
	assert_int_equal(stele_builder_fill(b, record, &cell, 1, &err), 0);
	seg = finish(b);
	assert_int_equal(stele_segment_root(seg, "loop", &v), 0);
	assert_true(v.flags & STELE_VALUE_F_IDENTITY);
	assert_int_equal(stele_value_item(&v, 0, &w), 0);
	w = field(&w, 0);
	assert_int_equal(w.u.pos, v.u.pos);
	stele_segment_close(seg);
}

static void dicts_of_all_sizes_find_their_keys_in_order(void **state)
{
	static const unsigned sizes[] = { 0, 1, 7, 8, 9, 10, 11, 100, 5000 };
	struct stele_builder *b = begin(NULL, NULL);
	struct stele_error err = { 0 };
	struct stele_segment *seg;
	char name[16], (*keys)[16] = malloc(5000 * 16);
	struct stele_cell *pairs = calloc(10000, sizeof(*pairs));

	(void)state;
	for (unsigned i = 0; i < 5000; i++) {
		snprintf(keys[i], 16, "key-%u", i * 7919);
		pairs[2 * i] = i % 3 ? str(keys[i]) : stele_cell_i64(-(int)i);
		pairs[2 * i + 1] = stele_cell_u64(i);
	}
	for (size_t s = 0; s < sizeof(sizes) / sizeof(*sizes); s++) {
		struct stele_cell dict = stele_cell_of(STELE_TYPE_DICT);

		dict.u.cells = pairs;
		dict.len = sizes[s];
		snprintf(name, sizeof(name), "%u", sizes[s]);
		assert_int_equal(stele_builder_root(b, name, &dict, &err), 0);
	}
	seg = finish(b);
	for (size_t s = 0; s < sizeof(sizes) / sizeof(*sizes); s++) {
		struct stele_value dict, key, item;

		snprintf(name, sizeof(name), "%u", sizes[s]);
		assert_int_equal(stele_segment_root(seg, name, &dict), 0);
		assert_int_equal(dict.len, sizes[s]);
		for (unsigned i = 0; i < sizes[s]; i++) {
			assert_int_equal(
				stele_value_pair(&dict, i, &key, &item), 0);
			assert_int_equal(item.u.i, i);
			assert_int_equal(stele_value_find(&dict, &key, &item),
					 0);
			assert_int_equal(item.u.i, i);
		}
		assert_int_equal(stele_value_find_str(&dict, "absent", 6,
						      &item),
				 -STELE_E_ABSENT);
	}
	free(keys);
	free(pairs);
	stele_segment_close(seg);
}

static void arrays_lie_aligned_and_bigints_exact(void **state)
{
	struct stele_builder *b = begin(NULL, NULL);
	struct stele_cell array = stele_cell_of(STELE_TYPE_ARRAY);
	struct stele_cell big = stele_cell_of(STELE_TYPE_BIGINT);
	const char *digits = "-123456789012345678901234567890";
	struct stele_error err = { 0 };
	struct stele_segment *seg;
	struct stele_value v;
	const void *elements;
	float data[100];
	char buf[64];
	size_t len;

	(void)state;
	for (int i = 0; i < 100; i++)
		data[i] = (float)i / 3;
	array.element = STELE_TYPE_F32;
	array.u.ptr = data;
	array.len = 100;
	assert_int_equal(stele_builder_root(b, "array", &array, &err), 0);
	big.u.ptr = digits;
	big.len = strlen(digits);
	assert_int_equal(stele_builder_root(b, "big", &big, &err), 0);
	seg = finish(b);
	assert_int_equal(stele_segment_root(seg, "array", &v), 0);
	assert_int_equal(v.len, 100);
	assert_int_equal(stele_value_elements(&v, &elements), 0);
	assert_int_equal((uintptr_t)elements % 64, 0);
	assert_memory_equal(elements, data, sizeof(data));
	assert_int_equal(stele_segment_root(seg, "big", &v), 0);
	assert_int_equal(stele_value_digits(&v, buf, sizeof(buf), &len), 0);
	assert_string_equal(buf, digits);
	stele_segment_close(seg);
}

static void defaults_stand_in_for_unset_fields(void **state)
{
	struct stele_builder *b = begin(
		"record R { a: u8 = 7 b: str = \"a default text\" c: any = 1.5 "
		"d: date = \"2020-02-29\" e: list<str> = [] }",
		NULL);
	struct stele_rows rows = STELE_ROWS_BEGIN;
	struct stele_segment *seg;
	struct stele_value r, v;

	(void)state;
	add(b, 0, NULL, 0);
	seg = finish(b);
	r = next_row(seg, &rows);
	assert_int_equal(field(&r, 0).u.u, 7);
	v = field(&r, 1);
	assert_str(&v, "a default text");
	assert_true(field(&r, 2).u.f == 1.5);
	assert_int_equal(field(&r, 3).u.i, 18321);
	v = field(&r, 4);
	assert_true(v.type == STELE_TYPE_LIST && v.len == 0);
	stele_segment_close(seg);
}

static void nesting_is_bounded(void **state)
{
	struct stele_builder *b = begin(NULL, NULL);
	struct stele_cell cells[600];
	struct stele_error err = { 0 };

	(void)state;
	cells[599] = stele_cell_u64(1);
	for (int i = 598; i >= 0; i--)
		cells[i] = stele_cell_list(&cells[i + 1], 1);
	assert_int_equal(stele_builder_root(b, "deep", &cells[599 - 511], &err),
			 0);
	assert_int_equal(stele_builder_root(b, "deeper", &cells[599 - 512],
					    &err),
			 -STELE_E_LIMIT);
	stele_segment_close(finish(b));
}

static void tables_by_hand_of_every_value_kind(void **state)
{
	struct stele_builder *b = begin(NULL, NULL);
	struct stele_table_options o = { .size = sizeof(o) };
	static const enum stele_type values[] = {
		STELE_TYPE_U64, STELE_TYPE_STR, STELE_TYPE_ANY, STELE_TYPE_F32
	};
	struct stele_error err = { 0 };
	struct stele_segment *seg;
	char name[32];
	uint32_t t;

	(void)state;
	for (unsigned v = 0; v < 4; v++)
		for (unsigned k = 0; k < 2; k++) {
			o.key = k ? STELE_TYPE_STR : STELE_TYPE_U64;
			o.value = values[v];
			snprintf(name, sizeof(name), "t%u%u", v, k);
			assert_int_equal(
				stele_builder_table(b, name, &o, &t, &err), 0);
			for (unsigned i = 0; i < 1000; i++) {
				struct stele_cell key, value;

				snprintf(name, sizeof(name), "key %u", i);
				key = k ? str(name) : stele_cell_u64(i);
				value = values[v] == STELE_TYPE_STR ?
						str(name) :
						stele_cell_u64(i);
				assert_int_equal(
					stele_builder_table_add(b, t, &key,
								&value, &err),
					0);
			}
		}
	seg = finish(b);
	for (unsigned v = 0; v < 4; v++)
		for (unsigned i = 0; i < 1000; i++) {
			struct stele_value got;

			snprintf(name, sizeof(name), "t%u0", v);
			assert_int_equal(
				stele_map_get_u64(stele_segment_map(seg, name),
						  i, &got),
				0);
			if (values[v] == STELE_TYPE_F32)
				assert_true(got.u.f == i);
			else if (values[v] != STELE_TYPE_STR)
				assert_true(got.u.u == i);
			snprintf(name, sizeof(name), "t%u1", v);
			{
				const struct stele_map *map =
					stele_segment_map(seg, name);

				snprintf(name, sizeof(name), "key %u", i);
				assert_int_equal(stele_map_get_str(map, name,
								   strlen(name),
								   &got),
						 0);
				if (values[v] == STELE_TYPE_STR)
					assert_str(&got, name);
			}
		}
	stele_segment_close(seg);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(empty_build_is_a_valid_segment),
		cmocka_unit_test(fields_of_every_type_come_back),
		cmocka_unit_test(dynamic_values_keep_type_and_value_at_borders),
		cmocka_unit_test(
			equal_content_is_written_once_and_shares_no_identity),
		cmocka_unit_test(refused_row_leaves_no_trace),
		cmocka_unit_test(refusals_name_the_place),
		cmocka_unit_test(weak_references_resolve_or_stay_keys),
		cmocka_unit_test(
			strict_reference_to_an_absent_key_is_refused_by_row),
		cmocka_unit_test(duplicate_keys_follow_the_policy),
		cmocka_unit_test(
			multi_table_by_a_nested_field_of_shared_records),
		cmocka_unit_test(cycles_through_reserved_objects),
		cmocka_unit_test(dicts_of_all_sizes_find_their_keys_in_order),
		cmocka_unit_test(arrays_lie_aligned_and_bigints_exact),
		cmocka_unit_test(defaults_stand_in_for_unset_fields),
		cmocka_unit_test(nesting_is_bounded),
		cmocka_unit_test(tables_by_hand_of_every_value_kind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
