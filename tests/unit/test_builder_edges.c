// SPDX-License-Identifier: MIT
/*
 * Edges that a build reaches by size, nesting or chance: runs of text that are
 * full, handles that nobody gave out, and what keys find behind handles.
 */
#include <errno.h>
#include <stdlib.h>

#include "building.h"
#include "canonical.h"
#include "cells.h"
#include "random.h"

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

/* A RUN holds 65,536 bytes; the next text begins another. */
static void text_of_one_value_fills_several_runs(void **state)
{
	enum { NR = 200, LEN = 1000 };
	static char text[NR][LEN];
	static struct stele_cell cells[NR];
	struct stele_builder *b = begin("record R { v: list<str> }", NULL);
	struct stele_rows rows = STELE_ROWS_BEGIN;
	struct stele_value row, list, item;
	struct stele_segment *seg;

	(void)state;
	for (int i = 0; i < NR; i++) {
		memset(text[i], 'a' + i % 26, LEN);
		text[i][0] = (char)('0' + i / 26);
		cells[i] = stele_cell_str(text[i], LEN);
	}
	assert_int_equal(add_one(b, 0, stele_cell_list(cells, NR)), 0);
	seg = finish(b);
	row = next_row(seg, &rows);
	list = field(&row, 0);
	for (uint64_t i = 0; i < NR; i++) {
		assert_int_equal(stele_value_item(&list, i, &item), 0);
		assert_int_equal(item.len, LEN);
		assert_memory_equal(item.u.ptr, text[i], LEN);
	}
	stele_segment_close(seg);
}

static void handles_that_nobody_gave_out_are_refused(void **state)
{
	struct stele_builder *b = begin("record R { v: any }", NULL);
	struct random r = { 20261123 };

	(void)state;
	print_message("seed %llu\n", (unsigned long long)r.state);
	put(b, str("a text that is longer than eight bytes"));
	for (int i = 0; i < 1000; i++) {
		struct stele_handle handle = { random_u64(&r) };

		assert_int_equal(add_one(b, 0, stele_cell_ref(handle)),
				 -EINVAL);
	}
	stele_segment_close(finish(b));
}

/* Records of one declared type within each other. */
static void declared_values_have_one_depth_too(void **state)
{
	enum { MOST = 513 };
	static struct stele_cell cells[MOST + 1];
	struct stele_builder *b = begin("record N { next: N? }", NULL);
	struct stele_cell top;

	(void)state;
	cells[MOST] = stele_cell_of(STELE_TYPE_NULL);
	for (int i = MOST; i; i--)
		cells[i - 1] = record(0, &cells[i], 1);
	top = cells[0];
	assert_int_equal(stele_builder_add(b, 0, &top, 1, NULL, &err),
			 -STELE_E_LIMIT);
	assert_non_null(strstr(err.reason, "values nested deeper than 512"));
	assert_int_equal(stele_builder_add(b, 0, &cells[1], 1, NULL, &err), 0);
	stele_segment_close(finish(b));
}

static void item_of_a_list_of_references_is_no_more_unset(void **state)
{
	const struct stele_cell unset = stele_cell_of(STELE_TYPE_UNSET);
	const struct stele_cell cells[] = { stele_cell_u64(1),
					    stele_cell_list(&unset, 1) };
	struct stele_builder *b = begin(
		"record R { n: u64  l: list<ref t> }\ntable t: R(n)", NULL);

	(void)state;
	assert_int_equal(stele_builder_add(b, 0, cells, 2, NULL, &err),
			 -STELE_E_REQUIRED);
	assert_string_equal(err.reason, "field 'l': item 0: no value given");
	stele_segment_close(finish(b));
}

static void users_have_up_to_2_to_the_48_bytes(void **state)
{
	const struct stele_user most = { "U", 1, "", 1ull << 48 };
	struct stele_builder *b = begin("record R { v: any }", NULL);

	(void)state;
	assert_int_equal(add_one(b, 0, user(&most)), -STELE_E_LIMIT);
	assert_string_equal(err.reason,
			    "field 'v': more than 2^48 bytes in one value");
	stele_segment_close(finish(b));
}

/* --------------------------------------------------- keys behind handles */

static void key_field_behind_a_handle_may_be_nothing(void **state)
{
	const struct stele_cell nothing[] = { stele_cell_of(STELE_TYPE_NULL),
					      stele_cell_of(STELE_TYPE_UNSET) };
	const struct stele_cell something[] = { stele_cell_u64(7),
						stele_cell_u64(8) };
	struct stele_builder *b =
		begin("record M { n: u8?  o: u8 optional } record R { m: M }\n"
		      "table n: R(m.n) multi  table o: R(m.o) multi",
		      NULL);
	struct stele_map_info info = { .size = sizeof(info) };
	struct stele_segment *seg;

	(void)state;
	assert_int_equal(add_one(b, 1, put(b, record(0, nothing, 2))), 0);
	assert_int_equal(add_one(b, 1, put(b, record(0, something, 2))), 0);
	assert_int_equal(add_one(b, 1, record(0, something, 2)), 0);
	seg = finish(b);
	for (uint32_t t = 0; t < 2; t++) {
		assert_int_equal(
			stele_map_info(stele_segment_map_at(seg, t), &info), 0);
		assert_int_equal(info.nr_keys, 1);
		assert_int_equal(info.nr_values, 2);
	}
	stele_segment_close(seg);
}

static void numbers_behind_handles_are_keys_as_they_are_spelled(void **state)
{
	const struct stele_cell numbers[] = { decimal("-1.5"),
					      decimal("1e-400"),
					      decimal("Infinity"),
					      decimal("-Infinity"),
					      decimal("-0.1"),
					      bigint("-99999999999999999999"),
					      bigint("99999999999999999999"),
					      stele_cell_f64(0.1) };
	enum { NR = sizeof(numbers) / sizeof(*numbers) };
	struct stele_builder *b =
		begin("record R { v: any }\ntable t: R(v) multi", NULL);
	struct stele_map_info info = { .size = sizeof(info) };
	struct stele_segment *seg;

	(void)state;
	for (int i = 0; i < NR; i++) {
		if (add_one(b, 0, numbers[i]) ||
		    add_one(b, 0, put(b, numbers[i])))
			fail_msg("number %d: %s", i, err.reason);
	}
	assert_int_equal(add_one(b, 0, put(b, decimal("NaN"))), -STELE_E_RANGE);
	assert_string_equal(err.reason, "table 't': NaN cannot be a key");
	seg = finish(b);
	assert_int_equal(stele_map_info(stele_segment_map_at(seg, 0), &info),
			 0);
	assert_int_equal(info.nr_keys, NR);
	assert_int_equal(info.nr_values, 2 * NR);
	stele_segment_close(seg);
}

static void collection_behind_a_handle_may_be_too_long_for_a_key(void **state)
{
	static struct stele_cell items[STELE_CANONICAL_MAX + 1];
	struct stele_builder *b =
		begin("record R { v: any }\ntable t: R(v)", NULL);

	(void)state;
	for (uint64_t i = 0; i <= STELE_CANONICAL_MAX; i++)
		items[i] = stele_cell_u64(i);
	assert_int_equal(add_one(b, 0,
				 put(b, tuple(items, STELE_CANONICAL_MAX + 1))),
			 -STELE_E_LIMIT);
	assert_int_equal(add_one(b, 0, tuple(items, STELE_CANONICAL_MAX)),
			 -STELE_E_LIMIT);
	assert_int_equal(add_one(b, 0, put(b, tuple(items, 1))), 0);
	stele_segment_close(finish(b));
}

/* A reference by key leads somewhere only when the build ends. */
static void reference_by_key_is_no_part_of_a_key(void **state)
{
	const struct stele_cell one = stele_cell_u64(1);
	const struct stele_cell items[] = { one };
	const struct stele_cell fields[] = { one, tuple(items, 1), one };
	struct stele_builder *b =
		begin("record T { n: u64  l: tuple<ref t>  r: ref t }\n"
		      "record R { v: any }\ntable t: T(n)  table k: R(v)",
		      NULL);
	struct stele_handle handle;

	(void)state;
	assert_int_equal(stele_builder_add(b, 0, fields, 3, &handle, &err), 0);
	assert_int_equal(add_one(b, 1, stele_cell_ref(handle)), -STELE_E_TYPE);
	assert_string_equal(
		err.reason,
		"table 'k': a ref with a list, dict, array or reference by key in it cannot be a key");
	stele_segment_close(finish(b));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_of_one_value_fills_several_runs),
		cmocka_unit_test(handles_that_nobody_gave_out_are_refused),
		cmocka_unit_test(declared_values_have_one_depth_too),
		cmocka_unit_test(item_of_a_list_of_references_is_no_more_unset),
		cmocka_unit_test(users_have_up_to_2_to_the_48_bytes),
		cmocka_unit_test(key_field_behind_a_handle_may_be_nothing),
		cmocka_unit_test(
			numbers_behind_handles_are_keys_as_they_are_spelled),
		cmocka_unit_test(
			collection_behind_a_handle_may_be_too_long_for_a_key),
		cmocka_unit_test(reference_by_key_is_no_part_of_a_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
