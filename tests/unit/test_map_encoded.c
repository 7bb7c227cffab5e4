// SPDX-License-Identifier: MIT
/*
 * Keys as a canonical table gives them lead back to their values, in that table
 * and in another: nobody has to know what they were.
 */
#include "building.h"
#include "cells.h"

#define NR_KEYS 500u

/* Numbers, texts and tuples in turn; from `first` on, under their number. */
static struct stele_segment *build(unsigned first, bool multi)
{
	const struct stele_table_options options = { .size = sizeof(options),
						     .key = STELE_TYPE_ANY,
						     .value = STELE_TYPE_U64,
						     .multi = multi };
	struct stele_builder *b = begin(NULL, NULL);
	struct stele_error err = { 0 };
	uint32_t table;

	if (stele_builder_table(b, "t", &options, &table, &err))
		fail_msg("%s", err.reason);
	for (unsigned i = first; i < first + NR_KEYS; i++) {
		struct stele_cell items[2] = { stele_cell_u64(i), str("x") };
		struct stele_cell key = items[0], value = stele_cell_u64(i);

		if (i % 3 == 1)
			key = tuple(items, 2);
		if (i % 3 == 2)
			key = str("some text");
		if (i % 3 == 2 && !multi)
			continue;
		if (stele_builder_table_add(b, table, &key, &value, &err))
			fail_msg("%s", err.reason);
	}
	return finish(b);
}

static void each_key_that_next_gives_is_found(void **state)
{
	(void)state;
	for (int multi = 0; multi < 2; multi++) {
		struct stele_segment *seg = build(0, multi);
		const struct stele_map *map = stele_segment_map(seg, "t");
		struct stele_cursor cursor = STELE_CURSOR_BEGIN;
		struct stele_matches own, found;
		struct stele_value key, a, b;
		unsigned nr = 0;

		while (!stele_map_next(map, &cursor, &key, &own)) {
			assert_int_equal(key.type, STELE_TYPE_BYTES);
			assert_int_equal(stele_map_find_encoded(map, key.u.ptr,
								key.len,
								&found),
					 0);
			assert_int_equal(found.len, own.len);
			while (!stele_matches_next(&own, &a)) {
				assert_int_equal(stele_matches_next(&found, &b),
						 0);
				assert_int_equal(a.u.u, b.u.u);
				nr++;
			}
			assert_int_equal(stele_matches_next(&found, &b),
					 -STELE_E_ABSENT);
		}
		assert_int_equal(nr, multi ? NR_KEYS : NR_KEYS - NR_KEYS / 3);
		stele_segment_close(seg);
	}
}

static void keys_of_another_table_are_found_where_they_are_there(void **state)
{
	struct stele_segment *a = build(0, false), *b = build(250, false);
	const struct stele_map *map = stele_segment_map(a, "t");
	const struct stele_map *other = stele_segment_map(b, "t");
	struct stele_cursor cursor = STELE_CURSOR_BEGIN;
	struct stele_matches own, found;
	struct stele_value key, value;

	(void)state;
	while (!stele_map_next(map, &cursor, &key, &own)) {
		assert_int_equal(stele_matches_next(&own, &value), 0);
		assert_int_equal(stele_map_find_encoded(other, key.u.ptr,
							key.len, &found),
				 value.u.u < 250 ? -STELE_E_ABSENT : 0);
	}
	stele_segment_close(a);
	stele_segment_close(b);
}

static void bytes_that_are_no_encoding_are_absent(void **state)
{
	struct stele_segment *seg = build(0, false);
	const struct stele_map *map = stele_segment_map(seg, "t");
	struct stele_matches found;

	(void)state;
	assert_int_equal(stele_map_find_encoded(map, "\xff\xff", 2, &found),
			 -STELE_E_ABSENT);
	assert_int_equal(stele_map_find_encoded(map, "", 0, &found),
			 -STELE_E_ABSENT);
	stele_segment_close(seg);
}

static void tables_of_plain_keys_have_no_encodings(void **state)
{
	struct stele_builder *b =
		begin("record R { n: u8 } table by_n: R(n)", NULL);
	struct stele_cell n = stele_cell_u64(1);
	struct stele_matches found;
	struct stele_segment *seg;

	(void)state;
	add(b, 0, &n, 1);
	seg = finish(b);
	assert_int_equal(stele_map_find_encoded(stele_segment_map(seg, "by_n"),
						"\x10\x01\x01", 3, &found),
			 -STELE_E_TYPE);
	stele_segment_close(seg);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_key_that_next_gives_is_found),
		cmocka_unit_test(
			keys_of_another_table_are_found_where_they_are_there),
		cmocka_unit_test(bytes_that_are_no_encoding_are_absent),
		cmocka_unit_test(tables_of_plain_keys_have_no_encodings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
