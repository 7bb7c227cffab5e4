// SPDX-License-Identifier: MIT
/*
 * References by keys too long for a bucket: each leads to the row that has its
 * key, or stays the key where it is weak and no row has it.
 */
#include <stdio.h>
#include <stdlib.h>

#include "building.h"

#define NR_ROWS 400u
#define KEY_BYTES 9000u /* more than a quarter of the largest bucket */

/* The i-th key, of rows or of none. */
static struct stele_cell long_key(char key[KEY_BYTES], const char *of,
				  unsigned i)
{
	memset(key, 'k', KEY_BYTES);
	snprintf(key, 32, "%s %u", of, i);
	return stele_cell_str(key, KEY_BYTES);
}

static void add_rows(struct stele_builder *b)
{
	static char own[KEY_BYTES], next[KEY_BYTES], none[KEY_BYTES];

	for (unsigned i = 0; i < NR_ROWS; i++) {
		const struct stele_cell cells[] = {
			long_key(own, "row", i),
			long_key(next, "row", (i + 1) % NR_ROWS),
			long_key(none, "none", i),
		};

		add(b, 0, cells, 3);
	}
}

static void keys_out_of_line_lead_to_their_rows(void **state)
{
	struct stele_builder *b = begin("record R { key: str next: ref by_key "
					"other: weak by_key }\n"
					"table by_key: R(key)",
					NULL);
	struct stele_rows rows = STELE_ROWS_BEGIN;
	struct stele_build_stats stats = { .size = sizeof(stats) };
	struct stele_error err = { 0 };
	struct stele_segment *seg;
	static char key[KEY_BYTES];
	int fd;

	(void)state;
	add_rows(b);
	if (stele_builder_finish(b, &fd, &err))
		fail_msg("%s", err.reason);
	assert_int_equal(stele_builder_stats(b, &stats), 0);
	assert_int_equal(stats.nr_weak_absent, NR_ROWS);
	stele_builder_free(b);
	assert_int_equal(stele_segment_open_fd(fd, NULL, &seg, &err), 0);
	close(fd);
	if (stele_segment_verify(seg, NULL, &err))
		fail_msg("%s", err.reason);
	for (unsigned i = 0; i < NR_ROWS; i++) {
		struct stele_value row = next_row(seg, &rows);
		struct stele_value next = field(&row, 1);
		struct stele_value found = field(&next, 0);

		long_key(key, "row", (i + 1) % NR_ROWS);
		assert_int_equal(found.len, KEY_BYTES);
		assert_memory_equal(found.u.ptr, key, KEY_BYTES);
		long_key(key, "none", i);
		found = field(&row, 2);
		assert_int_equal(found.type, STELE_TYPE_STR);
		assert_int_equal(found.len, KEY_BYTES);
		assert_memory_equal(found.u.ptr, key, KEY_BYTES);
	}
	stele_segment_close(seg);
}

static void key_out_of_line_that_no_row_has_is_unresolved(void **state)
{
	struct stele_builder *b = begin(
		"record R { key: str next: ref by_key }\ntable by_key: R(key)",
		NULL);
	static char own[KEY_BYTES], none[KEY_BYTES];
	struct stele_error err = { 0 };
	int fd;

	(void)state;
	for (unsigned i = 0; i < 50; i++) {
		const struct stele_cell cells[] = {
			long_key(own, "row", i),
			i < 49 ? long_key(none, "row", i + 1) :
				 long_key(none, "none", i),
		};

		add(b, 0, cells, 2);
	}
	assert_int_equal(stele_builder_finish(b, &fd, &err),
			 -STELE_E_UNRESOLVED);
	assert_int_equal(err.nr_rows, 1);
	assert_int_equal(err.rows[0], 49);
	stele_builder_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_out_of_line_lead_to_their_rows),
		cmocka_unit_test(key_out_of_line_that_no_row_has_is_unresolved),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
