// SPDX-License-Identifier: MIT
/*
 * Handles where a type is declared: what they lead to is proved to be of it, in
 * time linear in what there is; cycles through every kind that can be in one.
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

static struct stele_cell put(struct stele_builder *b, struct stele_cell cell)
{
	struct stele_handle handle;

	if (stele_builder_put(b, &cell, &handle, &err))
		fail_msg("put: %s", err.reason);
	return stele_cell_ref(handle);
}

static void handle_of_the_declared_type_is_taken(void **state)
{
	static const double elements[2] = { 1, 2 };
	const struct stele_cell n[2] = { stele_cell_i64(200),
					 stele_cell_u64(3) };
	const struct stele_cell none = stele_cell_of(STELE_TYPE_NULL);
	const struct stele_cell texts[2] = { str("a"), none };
	const struct stele_cell mixed[2] = { str("a"), stele_cell_list(n, 2) };
	const struct stele_cell pairs[2] = { stele_cell_i64(-1),
					     tuple(mixed, 2) };
	const struct stele_ndarray scalar = { .data = elements,
					      .element = STELE_TYPE_F64 };
	const struct stele_user point = { "Point", 5, "xy", 2 };
	const struct {
		const char *type;
		struct stele_cell cell;
	} cases[] = {
		{ "list<u8>", stele_cell_list(n, 2) },
		{ "list<bigint>", stele_cell_list(n, 2) },
		{ "list<any>", stele_cell_list(mixed, 2) },
		{ "list<str?>", stele_cell_list(texts, 2) },
		{ "set<u64>", set(n, 2) },
		{ "tuple<str, list<u16>>", tuple(mixed, 2) },
		{ "tuple<any, str?>", tuple(texts, 2) },
		{ "dict<i8, tuple<str, list<i32>>>", dict(pairs, 1) },
		{ "array<f64>", array(STELE_TYPE_F64, elements, 2) },
		{ "ndarray<f64>", ndarray(&scalar) },
		{ "user<Point>", user(&point) },
		{ "decimal", decimal("1.50") },
		{ "bigint", bigint("18446744073709551616") },
		{ "bigint", stele_cell_i64(-1) },
		{ "str", str("short") },
		{ "str", str("an ASCII string") },
		{ "str", str("a string, naïve") },
		{ "bytes", pointing(STELE_TYPE_BYTES, "0123456789", 10) },
		{ "list<f32>", stele_cell_list(NULL, 0) },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct stele_rows rows = STELE_ROWS_BEGIN;
		struct stele_value row, v, w;
		struct stele_segment *seg;
		struct stele_builder *b;
		struct stele_cell ref;
		char schema[80];
		bool equal;

		snprintf(schema, sizeof(schema), "record R { v: %s }",
			 cases[i].type);
		b = begin(schema, NULL);
		ref = put(b, cases[i].cell);
		if (add_one(b, cases[i].cell) || add_one(b, ref) ||
		    add_one(b, ref))
			fail_msg("%s: %s", schema, err.reason);
		seg = finish(b);
		row = next_row(seg, &rows);
		v = field(&row, 0);
		row = next_row(seg, &rows);
		w = field(&row, 0);
		assert_int_equal(stele_value_equal(&v, &w, &equal), 0);
		assert_true(equal);
		stele_segment_close(seg);
	}
}

static void handle_of_another_type_is_refused_with_its_place(void **state)
{
	static const double elements[2] = { 1, 2 };
	const struct stele_cell n[2] = { stele_cell_i64(1),
					 stele_cell_i64(256) };
	const struct stele_cell f[1] = { stele_cell_f64(0.1) };
	const struct stele_cell big[1] = { stele_cell_f64(1e300) };
	const struct stele_cell none[1] = { stele_cell_of(STELE_TYPE_NULL) };
	const struct stele_cell lists[2] = { stele_cell_list(n, 1),
					     stele_cell_list(n, 2) };
	const struct stele_cell pairs[2] = { str("k"), str("text") };
	const struct stele_ndarray scalar = { .data = elements,
					      .element = STELE_TYPE_F64 };
	const struct stele_user point = { "Point", 5, "xy", 2 };
	const struct {
		const char *type;
		struct stele_cell cell;
		int rc;
		const char *reason;
	} cases[] = {
		{ "list<u8>", tuple(n, 1), -STELE_E_TYPE,
		  "the handle of a value of type tuple where list is declared" },
		{ "list<u8>", stele_cell_list(n, 2), -STELE_E_RANGE,
		  "item 1: 256 does not fit u8" },
		{ "list<f32>", stele_cell_list(f, 1), -STELE_E_RANGE,
		  "item 0: 0.10000000000000001 is no exact f32" },
		{ "list<f32>", stele_cell_list(big, 1), -STELE_E_RANGE,
		  "item 0: 1.0000000000000001e+300 does not fit f32" },
		{ "list<f64>", stele_cell_list(n, 1), -STELE_E_TYPE,
		  "item 0: the handle of a value of type i64 where f64 is declared" },
		{ "list<bool>", stele_cell_list(n, 1), -STELE_E_TYPE,
		  "item 0: the handle of a value of type i64 where bool is declared" },
		{ "list<str>", stele_cell_list(none, 1), -STELE_E_TYPE,
		  "item 0: the handle of a value of type null where str is declared" },
		{ "list<list<u8>>", stele_cell_list(lists, 2), -STELE_E_RANGE,
		  "item 1: item 1: 256 does not fit u8" },
		{ "tuple<u8>", tuple(n, 2), -STELE_E_TYPE,
		  "the handle of a tuple of 2 items where 1 are declared" },
		{ "dict<u8, str>", dict(pairs, 1), -STELE_E_TYPE,
		  "key 0: the handle of a value of type str where u8 is declared" },
		{ "dict<str, u8>", dict(pairs, 1), -STELE_E_TYPE,
		  "value 0: the handle of a value of type str where u8 is declared" },
		{ "array<f32>", array(STELE_TYPE_F64, elements, 2),
		  -STELE_E_TYPE,
		  "the handle of an array of f64 where f32 is declared" },
		{ "ndarray<i64>", ndarray(&scalar), -STELE_E_TYPE,
		  "the handle of an ndarray of f64 where i64 is declared" },
		{ "user<Line>", user(&point), -STELE_E_TYPE,
		  "the handle of a user 'Point' where user 'Line' is declared" },
		{ "decimal", stele_cell_i64(1), -STELE_E_TYPE,
		  "the handle of a value of type i64 where decimal is declared" },
		{ "list<R>", stele_cell_list(n, 1), -STELE_E_TYPE,
		  "item 0: a handle that is no record of 'R'" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct stele_builder *b;
		struct stele_cell ref;
		char text[160];

		snprintf(text, sizeof(text), "record R { v: %s }",
			 cases[i].type);
		b = begin(text, NULL);
		ref = put(b, cases[i].cell);
		assert_int_equal(add_one(b, ref), cases[i].rc);
		snprintf(text, sizeof(text), "field 'v': %s", cases[i].reason);
		assert_string_equal(err.reason, text);
		/* nor is it taken the second time */
		assert_int_equal(add_one(b, ref), cases[i].rc);
		stele_segment_close(finish(b));
	}
}

static void reserved_list_is_of_no_type_until_it_is_filled(void **state)
{
	struct stele_builder *b = begin("record R { v: list<u8> }", NULL);
	const struct stele_cell n = stele_cell_u64(1);
	struct stele_handle handle;

	(void)state;
	assert_int_equal(stele_builder_reserve_list(b, 1, &handle, &err), 0);
	assert_int_equal(add_one(b, stele_cell_ref(handle)), -STELE_E_STATE);
	assert_string_equal(
		err.reason,
		"field 'v': the handle of a list that is reserved and not filled yet");
	assert_int_equal(stele_builder_fill(b, handle, &n, 1, &err), 0);
	assert_int_equal(add_one(b, stele_cell_ref(handle)), 0);
	stele_segment_close(finish(b));
}

/* 2^40 paths, 40 lists. */
static void proof_visits_what_is_shared_once(void **state)
{
	struct stele_builder *b;
	struct stele_cell list = stele_cell_list(NULL, 0), two[2];
	char schema[512] = "record R { v: ";

	(void)state;
	for (unsigned i = 0; i < 41; i++)
		strcat(schema, "list<");
	strcat(schema, "u8");
	for (unsigned i = 0; i < 41; i++)
		strcat(schema, ">");
	strcat(schema, " }");
	b = begin(schema, NULL);
	for (unsigned i = 0; i < 40; i++) {
		two[0] = two[1] = put(b, list);
		list = stele_cell_list(two, 2);
	}
	list = put(b, list);
	assert_int_equal(add_one(b, list), 0);
	stele_segment_close(finish(b));
}

/* ---------------------------------------------------------------- cycles */

static struct stele_value found(const struct stele_value *dict, const char *key)
{
	struct stele_value v;

	assert_int_equal(stele_value_find_str(dict, key, strlen(key), &v), 0);
	return v;
}

/* dict -> tuple -> list -> record -> dict, and the dict in itself. */
static void cycle_goes_through_dict_tuple_list_and_record(void **state)
{
	struct stele_builder *b = begin("record R { v: any }", NULL);
	struct stele_handle d, l, r;
	struct stele_cell cells[22], in_list, in_tuple;
	struct stele_segment *seg;
	struct stele_value roots, dict, v;

	(void)state;
	assert_int_equal(stele_builder_reserve_dict(b, 11, &d, &err), 0);
	assert_int_equal(stele_builder_reserve_list(b, 1, &l, &err), 0);
	assert_int_equal(stele_builder_reserve_record(b, 0, &r, &err), 0);
	in_list = stele_cell_ref(r);
	in_tuple = stele_cell_ref(l);
	for (unsigned i = 0; i < 11; i++) {
		cells[2 * i] = str(&"abcdefghijklmn"[i]);
		cells[2 * i + 1] = stele_cell_ref(d);
	}
	cells[1] = tuple(&in_tuple, 1);
	assert_int_equal(stele_builder_fill(b, d, cells, 10, &err),
			 -STELE_E_TYPE);
	assert_string_equal(err.reason, "10 pairs for a dict reserved for 11");
	cells[20] = cells[0];
	assert_int_equal(stele_builder_fill(b, d, cells, 11, &err),
			 -STELE_E_DUPLICATE);
	assert_string_equal(err.reason,
			    "the key 'abcdefghijklmn' is there twice");
	cells[20] = str("k");
	assert_int_equal(stele_builder_fill(b, d, cells, 11, &err), 0);
	assert_int_equal(stele_builder_fill(b, d, cells, 11, &err),
			 -STELE_E_STATE);
	assert_int_equal(stele_builder_fill(b, l, &in_list, 1, &err), 0);
	cells[0] = stele_cell_ref(d);
	assert_int_equal(stele_builder_fill(b, r, cells, 1, &err), 0);
	assert_int_equal(stele_builder_root(b, "d", cells, &err), 0);
	seg = finish(b);
	assert_int_equal(stele_segment_roots(seg, &roots), 0);
	dict = found(&roots, "d");
	assert_int_equal(dict.len, 11);
	assert_true(dict.flags & STELE_VALUE_F_IDENTITY);
	assert_true(found(&dict, "k").u.pos == dict.u.pos);
	v = found(&dict, "abcdefghijklmn");
	assert_int_equal(v.type, STELE_TYPE_TUPLE);
	assert_int_equal(stele_value_item(&v, 0, &v), 0);
	assert_int_equal(v.type, STELE_TYPE_LIST);
	assert_int_equal(stele_value_item(&v, 0, &v), 0);
	v = field(&v, 0);
	assert_true(v.u.pos == dict.u.pos);
	stele_segment_close(seg);
}

static void reserved_dict_of_every_size_is_found_again(void **state)
{
	static const unsigned sizes[] = { 0, 1, 8, 9, 10, 11, 300 };
	struct stele_builder *b = begin(NULL, NULL);
	struct stele_handle handles[7];
	struct stele_cell *cells = calloc(600, sizeof(*cells)), ref;
	struct stele_segment *seg;
	struct stele_value roots, d, key, v;

	(void)state;
	assert_non_null(cells);
	assert_int_equal(stele_builder_reserve_dict(b, 1ull << 30, &handles[0],
						    &err),
			 -STELE_E_LIMIT);
	for (unsigned s = 0; s < 7; s++)
		assert_int_equal(stele_builder_reserve_dict(b, sizes[s],
							    &handles[s], &err),
				 0);
	for (unsigned s = 0; s < 7; s++) {
		char name[2] = { (char)('a' + s), 0 };

		for (unsigned i = 0; i < sizes[s]; i++) {
			cells[2 * i] = stele_cell_u64(i);
			cells[2 * i + 1] = stele_cell_ref(handles[s]);
		}
		assert_int_equal(stele_builder_fill(b, handles[s], cells,
						    sizes[s], &err),
				 0);
		ref = stele_cell_ref(handles[s]);
		assert_int_equal(stele_builder_root(b, name, &ref, &err), 0);
	}
	seg = finish(b);
	assert_int_equal(stele_segment_roots(seg, &roots), 0);
	for (unsigned s = 0; s < 7; s++) {
		char name[2] = { (char)('a' + s), 0 };

		d = found(&roots, name);
		assert_int_equal(d.len, sizes[s]);
		for (unsigned i = 0; i < sizes[s]; i++) {
			assert_int_equal(stele_value_pair(&d, i, &key, &v), 0);
			assert_int_equal(stele_value_find(&d, &key, &v), 0);
			assert_true(v.u.pos == d.u.pos);
		}
	}
	stele_segment_close(seg);
	free(cells);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(handle_of_the_declared_type_is_taken),
		cmocka_unit_test(
			handle_of_another_type_is_refused_with_its_place),
		cmocka_unit_test(
			reserved_list_is_of_no_type_until_it_is_filled),
		cmocka_unit_test(proof_visits_what_is_shared_once),
		cmocka_unit_test(cycle_goes_through_dict_tuple_list_and_record),
		cmocka_unit_test(reserved_dict_of_every_size_is_found_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
