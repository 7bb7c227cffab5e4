// SPDX-License-Identifier: MIT
/*
 * All values of a key, found by a key of every type; the calls of a segment whose
 * tables are empty; and how a key that is there twice is told.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "building.h"
#include "cells.h"

static struct stele_error err;

static void is_count(struct stele_matches *matches, int rc, uint64_t count)
{
	struct stele_value v;
	uint64_t n = 0;

	assert_int_equal(rc, count ? 0 : -STELE_E_ABSENT);
	if (!count)
		return;
	assert_int_equal(matches->len, count);
	while (!(rc = stele_matches_next(matches, &v)))
		n++;
	assert_int_equal(rc, -STELE_E_ABSENT);
	assert_int_equal(n, count);
}

static void keys_of_every_type_have_all_their_values(void **state)
{
	static const uint8_t encoded[] = { 0x20, 'a' };
	struct stele_builder *b = begin("record R { i: i64  u: u64  a: any }\n"
					"table i: R(i) multi\n"
					"table u: R(u) multi\n"
					"table a: R(a) multi\n",
					NULL);
	const struct stele_map *i, *u, *a;
	struct stele_matches m;
	struct stele_segment *seg;

	(void)state;
	for (int k = 0; k < 6; k++) {
		const struct stele_cell cells[] = {
			stele_cell_i64(-1 - k % 2), stele_cell_u64(k % 3),
			k < 4 ? str("a") : stele_cell_i64(-5)
		};

		add(b, 0, cells, 3);
	}
	seg = finish(b);
	i = stele_segment_map(seg, "i");
	u = stele_segment_map(seg, "u");
	a = stele_segment_map(seg, "a");
	is_count(&m, stele_map_find_i64(i, -2, &m), 3);
	is_count(&m, stele_map_find_i64(i, 1, &m), 0);
	is_count(&m, stele_map_find_u64(i, UINT64_MAX, &m), 0);
	is_count(&m, stele_map_find_i64(u, 2, &m), 2);
	is_count(&m, stele_map_find_i64(u, -1, &m), 0);
	is_count(&m, stele_map_find_u64(u, 1, &m), 2);
	is_count(&m, stele_map_find_i64(a, -5, &m), 2);
	is_count(&m, stele_map_find_str(a, "a", 1, &m), 4);
	is_count(&m, stele_map_find_encoded(a, encoded, 2, &m), 4);
	is_count(&m, stele_map_find_encoded(a, encoded, 1, &m), 0);
	assert_int_equal(stele_map_find_encoded(u, encoded, 2, &m),
			 -STELE_E_TYPE);
	stele_segment_close(seg);
}

static void one_value_is_not_asked_of_a_table_of_many(void **state)
{
	struct stele_builder *b = begin("record R { u: u64 }\n"
					"table u: R(u) multi",
					NULL);
	const struct stele_cell one = stele_cell_u64(1);
	struct stele_segment *seg;
	struct stele_value v;

	(void)state;
	add(b, 0, &one, 1);
	seg = finish(b);
	assert_int_equal(stele_map_get_u64(stele_segment_map(seg, "u"), 1, &v),
			 -STELE_E_TYPE);
	assert_int_equal(stele_map_get_i64(stele_segment_map(seg, "u"), 1, &v),
			 -STELE_E_TYPE);
	stele_segment_close(seg);
}

static void nothing_is_found_in_an_empty_table(void **state)
{
	static const char *const names[] = { "s", "u", "a", "f" };
	const struct stele_str keys[] = { { "a", 1 }, { "", 0 } };
	const uint64_t numbers[] = { 1, 2 };
	struct stele_segment *seg =
		finish(begin("record R { s: str  u: u64  a: any }\n"
			     "table s: R(s)  table u: R(u)  table a: R(a)\n"
			     "table f: R(s) filter 1/8",
			     NULL));
	struct stele_value v[2];

	(void)state;
	for (int i = 0; i < 4; i++) {
		const struct stele_map *map = stele_segment_map(seg, names[i]);

		if (i == 1) {
			assert_int_equal(stele_map_get_u64(map, 1, v),
					 -STELE_E_ABSENT);
			assert_int_equal(
				stele_map_get_many_u64(map, numbers, 2, v), 0);
		} else {
			assert_int_equal(stele_map_get_str(map, "a", 1, v),
					 -STELE_E_ABSENT);
			assert_int_equal(
				stele_map_get_many_str(map, keys, 2, v), 0);
		}
		assert_int_equal(v[0].type, STELE_TYPE_ABSENT);
		assert_int_equal(v[1].type, STELE_TYPE_ABSENT);
		assert_string_equal(stele_type_name(v[0].type), "absent");
	}
	stele_segment_close(seg);
}

static void info_is_as_long_as_the_caller_says(void **state)
{
	struct {
		struct stele_map_info info;
		uint64_t later;
	} longer = { .info.size = sizeof(longer), .later = 7 };
	struct stele_segment *seg =
		finish(begin("record R { s: str } table s: R(s)", NULL));

	(void)state;
	assert_int_equal(
		stele_map_info(stele_segment_map(seg, "s"), &longer.info), 0);
	assert_int_equal(longer.later, 0);
	stele_segment_close(seg);
}

static void a_key_that_is_there_twice_is_told_as_it_is_written(void **state)
{
	const struct {
		enum stele_type type;
		struct stele_cell key;
		const char *reason;
	} cases[] = {
		{ STELE_TYPE_STR, str("a\tk\xc3\xa9y"),
		  "key 'a\\x09k\xc3\xa9y'" },
		{ STELE_TYPE_BYTES, pointing(STELE_TYPE_BYTES, "\1\xff", 2),
		  "key '01ff'" },
		{ STELE_TYPE_U64, stele_cell_u64(UINT64_MAX - 1),
		  "key '18446744073709551614'" },
		{ STELE_TYPE_I64, stele_cell_i64(-7), "key '-7'" },
		{ STELE_TYPE_ANY, str("text"), "key 'text'" },
		{ STELE_TYPE_ANY, stele_cell_i64(7), "key '100107'" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct stele_table_options o = { .size = sizeof(o),
						 .key = (uint8_t)cases[i].type,
						 .value = STELE_TYPE_U64 };
		struct stele_cell one = stele_cell_u64(1);
		struct stele_builder *b = begin(NULL, NULL);
		char reason[200];
		uint32_t t;
		int fd;

		assert_int_equal(stele_builder_table(b, "t", &o, &t, &err), 0);
		for (int k = 0; k < 2; k++)
			assert_int_equal(stele_builder_table_add(b, t,
								 &cases[i].key,
								 &one, &err),
					 0);
		assert_int_equal(stele_builder_finish(b, &fd, &err),
				 -STELE_E_DUPLICATE);
		snprintf(reason, sizeof(reason),
			 "table 't': %s of entry 1 is that of entry 0 too",
			 cases[i].reason);
		assert_string_equal(err.reason, reason);
		stele_builder_free(b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_of_every_type_have_all_their_values),
		cmocka_unit_test(one_value_is_not_asked_of_a_table_of_many),
		cmocka_unit_test(nothing_is_found_in_an_empty_table),
		cmocka_unit_test(info_is_as_long_as_the_caller_says),
		cmocka_unit_test(
			a_key_that_is_there_twice_is_told_as_it_is_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
