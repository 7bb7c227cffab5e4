// SPDX-License-Identifier: MIT
/* What the builder of one table refuses of its caller. */
#include "table.h"

#include <errno.h>

static const struct stele_map_build_options good = {
	.name = "t",
	.key_type = STELE_FMT_KEY_U64,
	.value_type = STELE_TYPE_RECORD,
	.buckets = true,
	.seed = STELE_FMT_DEFAULT_SEED,
};

static void options_out_of_range_are_refused(void **state)
{
	struct stele_map_build_options bad[9];
	struct stele_budget budget = { .left = 1 << 20 };
	struct stele_map_build *build = NULL;
	struct stele_output *out;

	(void)state;
	for (int i = 0; i < 9; i++)
		bad[i] = good;
	bad[0].key_type = 0;
	bad[1].key_type = STELE_FMT_KEY_CANONICAL + 1;
	bad[2].value_type = STELE_TYPE_LIST;
	bad[3].value_type = STELE_TYPE_NULL;
	bad[4].bucket_log2 = STELE_FMT_BUCKET_MIN_LOG2 - 1;
	bad[5].bucket_log2 = STELE_FMT_BUCKET_MAX_LOG2 + 1;
	bad[6].duplicates = STELE_DUPLICATES_LAST + 1;
	bad[7].filter = STELE_FMT_FILTER_MIN;
	bad[8].filter = 1;
	assert_int_equal(stele_output_create_memfd("t", &out, NULL), 0);
	for (int i = 0; i < 9; i++)
		assert_int_equal(stele_map_build_create(&bad[i], out, &budget,
							&build),
				 -EINVAL);
	assert_null(build);
	stele_output_free(out);
}

static void keys_and_values_have_their_width(void **state)
{
	uint64_t pos = 4096, odd = 4097, key = 1;
	struct table t;

	(void)state;
	table_begin(&t, &good, 1 << 20);
	assert_int_equal(stele_map_build_add(t.build, &key, 7, &pos, 8, &t.err),
			 -EINVAL);
	assert_string_equal(t.err.reason, "table 't': a key of a wrong width");
	assert_int_equal(stele_map_build_add(t.build, &key, 8, &pos, 7, &t.err),
			 -EINVAL);
	assert_string_equal(t.err.reason,
			    "table 't': a value of a wrong width");
	assert_int_equal(stele_map_build_add(t.build, &key, 8, &odd, 8, &t.err),
			 -EINVAL);
	assert_string_equal(t.err.reason, "table 't': not a position");
	table_end(&t);
}

static void buffers_end_where_memory_does(void **state)
{
	struct stele_buffer buffer = { 0 };
	volatile size_t most = SIZE_MAX; /* unknown to the compiler */

	(void)state;
	assert_int_equal(stele_buffer_append(&buffer, "x", 1), 0);
	assert_int_equal(stele_buffer_reserve(&buffer, most), -ENOMEM);
	assert_int_equal(stele_buffer_reserve(&buffer, most / 2 + 1), -ENOMEM);
	assert_int_equal(buffer.len, 1);
	stele_buffer_free(&buffer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_out_of_range_are_refused),
		cmocka_unit_test(keys_and_values_have_their_width),
		cmocka_unit_test(buffers_end_where_memory_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
