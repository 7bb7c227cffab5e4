// SPDX-License-Identifier: MIT
/*
 * Keys that crowd: those whose hashes begin their searches at one slot, found by
 * trying, get a salt; every other dict and set gets none.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "builder.h"
#include "building.h"
#include "canonical.h"
#include "cells.h"
#include "index.h"

#define NR 300u /* more than one slot's search may take */

static struct stele_error err;

/* Integers that all begin at slot 0 of an index of NR keys. */
static void crowd(struct stele_cell *cells, unsigned nr, unsigned step)
{
	uint64_t mask = (1ull << stele_index_log2(NR)) - 1, hash;
	struct stele_value v = { .type = STELE_TYPE_U64 };

	for (unsigned i = 0; i < nr; v.u.u++) {
		assert_int_equal(
			stele_canonical_hash(&v, STELE_FMT_DEFAULT_SEED, &hash),
			0);
		if (hash >> 32 & mask)
			continue;
		cells[step * i++] = stele_cell_u64(v.u.u);
	}
}

static struct stele_value root_of(const struct stele_segment *seg)
{
	struct stele_value roots, v;

	assert_int_equal(stele_segment_roots(seg, &roots), 0);
	assert_int_equal(stele_value_find_str(&roots, "r", 1, &v), 0);
	return v;
}

static void put_root(struct stele_builder *b, struct stele_cell cell)
{
	if (stele_builder_root(b, "r", &cell, &err))
		fail_msg("root: %s", err.reason);
}

static void assert_all_there(const struct stele_value *dict,
			     const struct stele_cell *cells)
{
	struct stele_value key = { .type = STELE_TYPE_U64 }, v;

	assert_int_equal(dict->len, NR);
	for (unsigned i = 0; i < NR; i++) {
		key.u.u = cells[2 * i].u.u;
		assert_int_equal(stele_value_find(dict, &key, &v), 0);
		assert_int_equal(v.u.u, i);
	}
	key.u.u = UINT64_MAX;
	assert_int_equal(stele_value_find(dict, &key, &v), -STELE_E_ABSENT);
}

static void crowded_keys_of_a_dict_get_a_salt(void **state)
{
	struct stele_cell cells[2 * NR];
	struct stele_builder *b = begin(NULL, NULL);
	struct stele_segment *seg;
	struct stele_value v;

	(void)state;
	crowd(cells, NR, 2);
	for (unsigned i = 0; i < NR; i++)
		cells[2 * i + 1] = stele_cell_u64(i);
	put_root(b, dict(cells, NR));
	seg = finish(b);
	v = root_of(seg);
	assert_true(v.flags & STELE_VALUE_F_SALTED);
	assert_all_there(&v, cells);
	stele_segment_close(seg);
}

static void crowded_keys_of_a_reserved_dict_get_one_too(void **state)
{
	struct stele_cell cells[2 * NR];
	struct stele_builder *b = begin(NULL, NULL);
	struct stele_handle handle;
	struct stele_segment *seg;
	struct stele_value v;

	(void)state;
	crowd(cells, NR, 2);
	for (unsigned i = 0; i < NR; i++)
		cells[2 * i + 1] = stele_cell_u64(i);
	assert_int_equal(stele_builder_reserve_dict(b, NR, &handle, &err), 0);
	put_root(b, stele_cell_ref(handle));
	assert_int_equal(stele_builder_fill(b, handle, cells, NR, &err), 0);
	assert_int_equal(b->nr_objects, 1);
	seg = finish(b);
	v = root_of(seg);
	assert_true(v.flags & STELE_VALUE_F_SALTED);
	assert_all_there(&v, cells);
	stele_segment_close(seg);
}

static void crowded_items_of_a_set_get_a_salt(void **state)
{
	struct stele_cell cells[NR];
	struct stele_builder *b = begin(NULL, NULL);
	struct stele_value v, item = { .type = STELE_TYPE_U64 };
	struct stele_segment *seg;

	(void)state;
	crowd(cells, NR, 1);
	put_root(b, set(cells, NR));
	seg = finish(b);
	v = root_of(seg);
	assert_true(v.flags & STELE_VALUE_F_SALTED);
	for (unsigned i = 0; i < NR; i++) {
		item.u.u = cells[i].u.u;
		assert_int_equal(stele_value_contains(&v, &item), 0);
	}
	stele_segment_close(seg);
}

static void key_twice_among_crowded_ones_is_refused(void **state)
{
	struct stele_cell cells[2 * NR];
	struct stele_builder *b = begin("record R { v: any }", NULL);
	struct stele_cell cell = dict(cells, NR);
	char reason[80];

	(void)state;
	crowd(cells, NR, 2);
	for (unsigned i = 0; i < NR; i++)
		cells[2 * i + 1] = stele_cell_u64(i);
	cells[2 * NR - 2] = cells[2 * NR - 4];
	assert_int_equal(stele_builder_add(b, 0, &cell, 1, NULL, &err),
			 -STELE_E_DUPLICATE);
	snprintf(reason, sizeof(reason),
		 "field 'v': the key %llu is there twice",
		 (unsigned long long)cells[2 * NR - 2].u.u);
	assert_string_equal(err.reason, reason);
	stele_segment_close(finish(b));
}

/* At the highest load, 2/3 of the slots. */
static void keys_by_chance_need_no_salt(void **state)
{
	enum { MANY = 174762 };
	struct stele_cell *cells = calloc(2 * MANY, sizeof(*cells));
	struct stele_builder *b = begin(NULL, NULL);
	struct stele_segment *seg;

	(void)state;
	assert_non_null(cells);
	for (unsigned i = 0; i < MANY; i++)
		cells[2 * i] = cells[2 * i + 1] = stele_cell_u64(i);
	put_root(b, dict(cells, MANY));
	seg = finish(b);
	assert_false(root_of(seg).flags & STELE_VALUE_F_SALTED);
	stele_segment_close(seg);
	free(cells);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(crowded_keys_of_a_dict_get_a_salt),
		cmocka_unit_test(crowded_keys_of_a_reserved_dict_get_one_too),
		cmocka_unit_test(crowded_items_of_a_set_get_a_salt),
		cmocka_unit_test(key_twice_among_crowded_ones_is_refused),
		cmocka_unit_test(keys_by_chance_need_no_salt),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
