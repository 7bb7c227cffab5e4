// SPDX-License-Identifier: MIT
/*
 * Keys of every type that can be one: of rows, by cells and behind handles; by
 * hand; in dicts and sets; and references by them, strict and weak.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "builder.h"
#include "building.h"
#include "canonical.h"
#include "cells.h"

static struct stele_error err;

static struct stele_cell put(struct stele_builder *b, struct stele_cell cell)
{
	struct stele_handle handle;

	if (stele_builder_put(b, &cell, &handle, &err))
		fail_msg("put: %s", err.reason);
	return stele_cell_ref(handle);
}

static int add_one(struct stele_builder *b, uint32_t record,
		   struct stele_cell cell)
{
	return stele_builder_add(b, record, &cell, 1, NULL, &err);
}

/* Keys of all kinds, no two equal; parts[] must outlive them. */
#define NR_KEYS 14u
static const struct stele_user point = { "Point", 5, "xy", 2 };
static struct stele_cell parts[4];

static void make_keys(struct stele_cell keys[NR_KEYS])
{
	unsigned n = 0;

	parts[0] = str("part");
	parts[1] = decimal("2.50");
	parts[2] = tuple(parts, 2);
	parts[3] = stele_cell_of(STELE_TYPE_NULL);
	keys[n++] = decimal("0.1");
	keys[n++] = decimal("1E+3");
	keys[n++] = bigint("123456789012345678901234567890");
	keys[n++] = micros(STELE_TYPE_TIME, 5);
	keys[n++] = micros(STELE_TYPE_TIMEDELTA, 5);
	keys[n++] = micros(STELE_TYPE_TIMEDELTA, INT64_MIN);
	keys[n++] = zoned(5, 3600);
	keys[n++] = uuid("0123456789abcdef");
	keys[n++] = user(&point);
	keys[n++] = tuple(parts, 4);
	keys[n++] = tuple(NULL, 0);
	keys[n++] = set(parts, 3);
	keys[n++] = set(NULL, 0);
	keys[n++] = record(0, parts, 1);
	assert_int_equal(n, NR_KEYS);
}

static const char any_schema[] =
	"record K { v: any } record M { k: any } record R { m: M }\n"
	"table by_key: M(k) multi table by_path: R(m.k) multi\n"
	"table by_both: R(m.k, m.k) multi\n";

/* Each key in a cell, behind a handle, and in a record behind a handle. */
static void key_is_the_same_in_a_cell_and_behind_a_handle(void **state)
{
	struct stele_cell keys[NR_KEYS];
	struct stele_builder *b = begin(any_schema, NULL);
	struct stele_map_info info = { .size = sizeof(info) };
	struct stele_segment *seg;

	(void)state;
	make_keys(keys);
	for (unsigned i = 0; i < NR_KEYS; i++) {
		struct stele_cell ref = put(b, keys[i]), m;

		assert_int_equal(add_one(b, 1, keys[i]), 0);
		assert_int_equal(add_one(b, 1, ref), 0);
		assert_int_equal(add_one(b, 2, record(1, &keys[i], 1)), 0);
		assert_int_equal(add_one(b, 2, record(1, &ref, 1)), 0);
		m = put(b, record(1, &keys[i], 1));
		assert_int_equal(add_one(b, 2, m), 0);
	}
	seg = finish(b);
	for (uint32_t t = 0; t < 3; t++) {
		assert_int_equal(
			stele_map_info(stele_segment_map_at(seg, t), &info), 0);
		assert_int_equal(info.nr_keys, NR_KEYS);
		assert_int_equal(info.nr_values, NR_KEYS * (t ? 3 : 2));
	}
	stele_segment_close(seg);
}

static void row_is_found_under_a_key_read_from_the_segment(void **state)
{
	struct stele_cell keys[NR_KEYS];
	struct stele_builder *b = begin(
		"record K { v: any } record M { k: any } table by_key: M(k)",
		NULL);
	struct stele_rows rows = STELE_ROWS_BEGIN;
	struct stele_segment *seg;

	(void)state;
	make_keys(keys);
	for (unsigned i = 0; i < NR_KEYS; i++)
		assert_int_equal(add_one(b, 1, keys[i]), 0);
	seg = finish(b);
	for (unsigned i = 0; i < NR_KEYS; i++) {
		struct stele_value row = next_row(seg, &rows), key, found;

		key = field(&row, 0);
		assert_int_equal(key.type, keys[i].type);
		assert_int_equal(stele_map_get(stele_segment_map(seg, "by_key"),
					       &key, 1, &found),
				 0);
		assert_true(found.u.pos == row.u.pos);
	}
	stele_segment_close(seg);
}

static void dict_and_set_have_keys_of_every_kind(void **state)
{
	struct stele_cell keys[NR_KEYS], pairs[2 * NR_KEYS], cell;
	struct stele_builder *b = begin(NULL, NULL);
	struct stele_segment *seg;
	struct stele_value roots, d, s, key, v;

	(void)state;
	make_keys(keys);
	keys[NR_KEYS - 1] = str("there are no records here");
	for (unsigned i = 0; i < NR_KEYS; i++) {
		pairs[2 * i] = i % 2 ? put(b, keys[i]) : keys[i];
		pairs[2 * i + 1] = stele_cell_u64(i);
	}
	cell = dict(pairs, NR_KEYS);
	assert_int_equal(stele_builder_root(b, "d", &cell, &err), 0);
	for (unsigned i = 0; i < NR_KEYS; i++)
		keys[i] = pairs[2 * i];
	cell = set(keys, NR_KEYS);
	assert_int_equal(stele_builder_root(b, "s", &cell, &err), 0);
	keys[1] = decimal("1000.0"); /* 1E+3 */
	keys[0] = put(b, decimal("1000"));
	cell = set(keys, 2);
	assert_int_equal(stele_builder_root(b, "e", &cell, &err),
			 -STELE_E_DUPLICATE);
	seg = finish(b);
	assert_int_equal(stele_segment_roots(seg, &roots), 0);
	assert_int_equal(stele_value_find_str(&roots, "d", 1, &d), 0);
	assert_int_equal(stele_value_find_str(&roots, "s", 1, &s), 0);
	for (unsigned i = 0; i < NR_KEYS; i++) {
		assert_int_equal(stele_value_pair(&d, i, &key, &v), 0);
		assert_int_equal(stele_value_find(&d, &key, &v), 0);
		assert_int_equal(v.u.u, i);
		assert_int_equal(stele_value_contains(&s, &key), 0);
	}
	stele_segment_close(seg);
}

/* ------------------------------------------------------------ what is none */

static void what_can_be_no_key_is_refused_and_nothing_stays(void **state)
{
	struct stele_builder *b =
		begin("record K { r: ref t } record M { k: any }\n"
		      "record T { n: u8 } record N { k: K optional }\n"
		      "table t: T(n) table by_key: M(k) table by_record: N(k)",
		      NULL);
	const struct stele_cell list = stele_cell_list(NULL, 0);
	const struct stele_cell nan = decimal("NaN");
	const struct stele_cell n = stele_cell_u64(1);
	const struct stele_cell twice[2] = { n, decimal("1.0") };
	struct stele_cell deep[66], m;
	struct stele_handle open;
	const struct {
		struct stele_cell cell;
		int rc;
		const char *reason;
	} cases[] = {
		{ list, -STELE_E_TYPE, "list cannot be a key" },
		{ put(b, list), -STELE_E_TYPE,
		  "a ref with a list, dict, array or reference by key in it cannot be a key" },
		{ tuple(&list, 1), -STELE_E_TYPE,
		  "a tuple with a list, dict, array or reference by key in it cannot be a key" },
		{ nan, -STELE_E_RANGE, "NaN cannot be a key" },
		{ tuple(&nan, 1), -STELE_E_RANGE, "NaN cannot be a key" },
		{ record(0, &n, 1), -STELE_E_TYPE,
		  "a record with a list, dict, array or reference by key in it cannot be a key" },
		{ put(b, record(0, &n, 1)), -STELE_E_TYPE,
		  "a ref with a list, dict, array or reference by key in it cannot be a key" },
		{ tuple(deep, 1), -STELE_E_LIMIT,
		  "a key of more than 65792 bytes in canonical form, deeper than 64, or of too many values and digits" },
	};
	uint64_t before;

	(void)state;
	for (unsigned i = 0; i < 65; i++)
		deep[i] = tuple(&deep[i + 1], 1);
	deep[65] = n;
	assert_int_equal(add_one(b, 2, n), 0);
	before = b->nr_objects;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char reason[160];

		assert_int_equal(add_one(b, 1, cases[i].cell), cases[i].rc);
		snprintf(reason, sizeof(reason), "table 'by_key': %s",
			 cases[i].reason);
		assert_string_equal(err.reason, reason);
	}
	assert_int_equal(add_one(b, 1, set(twice, 2)), -STELE_E_DUPLICATE);
	m = record(0, &n, 1);
	assert_int_equal(add_one(b, 3, m), -STELE_E_TYPE);
	assert_int_equal(stele_builder_reserve_record(b, 0, &open, &err), 0);
	assert_int_equal(add_one(b, 1, stele_cell_ref(open)), -STELE_E_STATE);
	assert_string_equal(
		err.reason,
		"table 'by_key': the key lies in a record that is reserved and not filled yet");
	assert_int_equal(stele_builder_fill(b, open, &n, 1, &err), 0);
	assert_int_equal(b->nr_objects, before + 1);
	assert_int_equal(add_one(b, 1, n), 0);
	stele_segment_close(finish(b));
}

/*
 * 1.000...: short as a key, but as many digits to look at for whoever reads it.
 * So much is refused, however it is given, that a reader would not look at.
 */
static void what_a_key_takes_is_counted_in_all_its_parts(void **state)
{
	enum { DIGITS = 9600, HALF = 140 };
	struct stele_builder *b =
		begin("record R { a: any b: any } table t: R(a, b)", NULL);
	struct stele_cell items[2 * HALF], row[2], whole, item, handle;
	char digits[DIGITS + 1];

	(void)state;
	memset(digits, '0', DIGITS);
	memcpy(digits, "1.", 2);
	digits[DIGITS] = 0;
	handle = put(b, decimal(digits));
	for (unsigned i = 0; i < 2 * HALF; i++)
		items[i] = i % 2 ? handle : decimal(digits);
	row[0] = row[1] = tuple(items, HALF);
	assert_int_equal(stele_builder_add(b, 0, row, 2, NULL, &err),
			 -STELE_E_LIMIT);
	whole = tuple(items, 2 * HALF);
	item = set(&whole, 1);
	assert_int_equal(stele_builder_root(b, "r", &item, &err),
			 -STELE_E_LIMIT);
	row[0] = row[1] = tuple(items, 10);
	assert_int_equal(stele_builder_add(b, 0, row, 2, NULL, &err), 0);
	stele_segment_close(finish(b));
}

/* --------------------------------------------------------- tables by hand */

static void table_by_hand_has_keys_of_every_kind_and_keeps_none(void **state)
{
	struct stele_table_options o = { .size = sizeof(o),
					 .key = STELE_TYPE_ANY,
					 .value = STELE_TYPE_ANY };
	struct stele_builder *b = begin(any_schema, NULL);
	struct stele_cell keys[NR_KEYS], text = str("\xff"), bad, value;
	struct stele_rows rows = STELE_ROWS_BEGIN;
	const struct stele_map *map;
	struct stele_segment *seg;
	uint32_t t;

	(void)state;
	make_keys(keys);
	assert_int_equal(stele_builder_table(b, "t", &o, &t, &err), 0);
	for (unsigned i = 0; i < NR_KEYS; i++) {
		uint64_t before = b->nr_objects;

		value = str("a value of the heap, told by its first letter");
		value.u.ptr = (const char *)value.u.ptr + i;
		value.len -= i;
		assert_int_equal(stele_builder_table_add(b, t, &keys[i], &value,
							 &err),
				 0);
		/* a run with the value, and nothing of the key */
		assert_int_equal(b->nr_objects, before + 1);
	}
	bad = tuple(&text, 1);
	assert_int_equal(stele_builder_table_add(b, t, &bad, &value, &err),
			 -STELE_E_UTF8);
	assert_string_equal(err.reason,
			    "table 't': key: item 0: invalid UTF-8 at byte 0");
	for (unsigned i = 0; i < NR_KEYS; i++)
		assert_int_equal(add_one(b, 1, keys[i]), 0);
	seg = finish(b);
	map = stele_segment_map(seg, "t");
	for (unsigned i = 0; i < NR_KEYS; i++) {
		struct stele_value row = next_row(seg, &rows), key, found;

		key = field(&row, 0);
		assert_int_equal(stele_map_get(map, &key, 1, &found), 0);
		assert_int_equal(found.len, 45 - i);
	}
	stele_segment_close(seg);
}

/* ------------------------------------------------------------- references */

static void row_is_referred_to_by_a_key_of_every_kind(void **state)
{
	static const char *const types[] = {
		"decimal",  "bigint", "time",	     "timedelta",
		"zoned",    "uuid",   "user<Point>", "tuple<str, decimal>",
		"set<any>", "K",      "f64",	     "bool",
		"date",	    "bytes",  "i8",	     "any",
	};
	struct stele_cell n = stele_cell_u64(7);
	const struct stele_cell pair[2] = { str("a part of some length"),
					    decimal("2.50") };
	const struct stele_cell keys[] = {
		decimal("1.50"),
		bigint("123456789012345678901234567890"),
		micros(STELE_TYPE_TIME, 5),
		micros(STELE_TYPE_TIMEDELTA, INT64_MIN),
		zoned(5, -7200),
		uuid("0123456789abcdef"),
		user(&point),
		tuple(pair, 2),
		set(pair, 2),
		record(0, &n, 1),
		stele_cell_f64(0.5),
		stele_cell_bool(true),
		micros(STELE_TYPE_DATE, 9),
		pointing(STELE_TYPE_BYTES, "\0\1", 2),
		stele_cell_i64(-5),
		tuple(pair, 2),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		const struct stele_cell null = stele_cell_of(STELE_TYPE_NULL);
		const struct stele_cell refs[3][2] = { { keys[i], keys[i] },
						       { keys[i], null },
						       { null, keys[i] } };
		struct stele_rows rows = STELE_ROWS_BEGIN;
		struct stele_value row, v, w;
		struct stele_segment *seg;
		struct stele_builder *b;
		char schema[200];
		bool equal;
		unsigned k;

		snprintf(schema, sizeof(schema),
			 "record K { n: u8 } record T { k: %s }\n"
			 "record R { r: ref t? w: weak t? } table t: T(k)",
			 types[i]);
		/* the row is there: both lead to it */
		b = begin(schema, NULL);
		for (k = 0; k < 3; k++)
			add(b, 2, refs[k], 2);
		assert_int_equal(add_one(b, 1, keys[i]), 0);
		seg = finish(b);
		row = next_row(seg, &rows);
		v = field(&row, 0);
		w = field(&row, 1);
		assert_int_equal(v.type, STELE_TYPE_RECORD);
		assert_true(v.u.pos == w.u.pos);
		v = field(&v, 0);
		stele_segment_close(seg);
		/* it is absent: the weak key stays, as it was given */
		b = begin(schema, NULL);
		add(b, 2, refs[2], 2);
		seg = finish(b);
		rows = (struct stele_rows)STELE_ROWS_BEGIN;
		row = next_row(seg, &rows);
		v = field(&row, 1);
		stele_segment_close(seg);
		b = begin(schema, NULL);
		add(b, 2, refs[2], 2);
		assert_int_equal(stele_builder_root(b, "k", &keys[i], &err), 0);
		seg = finish(b);
		rows = (struct stele_rows)STELE_ROWS_BEGIN;
		row = next_row(seg, &rows);
		v = field(&row, 1);
		assert_int_equal(stele_segment_roots(seg, &w), 0);
		assert_int_equal(stele_value_find_str(&w, "k", 1, &w), 0);
		assert_int_equal(v.type, w.type);
		assert_int_equal(stele_value_equal(&v, &w, &equal), 0);
		assert_true(equal);
		if (v.type == STELE_TYPE_DECIMAL) /* 1.50 and no 1.5 */
			assert_int_equal(v.exponent, -2);
		stele_segment_close(seg);
		/* the strict one is unresolved */
		b = begin(schema, NULL);
		add(b, 2, refs[1], 2);
		assert_int_equal(stele_builder_finish(b, NULL, &err),
				 -STELE_E_UNRESOLVED);
		assert_memory_equal(err.reason, "row 0: no ", 10);
		stele_builder_free(b);
	}
}

static void reference_by_a_key_of_another_type_is_refused(void **state)
{
	struct stele_builder *b =
		begin("record T { k: tuple<str, u8> } record R { r: weak t }\n"
		      "table t: T(k)",
		      NULL);
	struct stele_cell items[2] = { str("a"), stele_cell_u64(300) };
	uint64_t before = b->nr_objects;

	(void)state;
	assert_int_equal(add_one(b, 1, str("a")), -STELE_E_TYPE);
	assert_string_equal(err.reason,
			    "field 'r': str where tuple is declared");
	assert_int_equal(add_one(b, 1, tuple(items, 2)), -STELE_E_RANGE);
	assert_string_equal(err.reason,
			    "field 'r': item 1: 300 does not fit u8");
	assert_int_equal(b->nr_objects, before);
	assert_int_equal(b->nr_refs, 0);
	items[1] = stele_cell_u64(255);
	assert_int_equal(add_one(b, 1, tuple(items, 2)), 0);
	assert_int_equal(b->nr_objects, before + 1);
	stele_segment_close(finish(b));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(key_is_the_same_in_a_cell_and_behind_a_handle),
		cmocka_unit_test(
			row_is_found_under_a_key_read_from_the_segment),
		cmocka_unit_test(dict_and_set_have_keys_of_every_kind),
		cmocka_unit_test(
			what_can_be_no_key_is_refused_and_nothing_stays),
		cmocka_unit_test(
			table_by_hand_has_keys_of_every_kind_and_keeps_none),
		cmocka_unit_test(what_a_key_takes_is_counted_in_all_its_parts),
		cmocka_unit_test(row_is_referred_to_by_a_key_of_every_kind),
		cmocka_unit_test(reference_by_a_key_of_another_type_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
