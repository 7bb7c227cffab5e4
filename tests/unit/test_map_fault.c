// SPDX-License-Identifier: MIT
/*
 * Each system call and each allocation of building a table fails once: the
 * build says so, and what it held is freed as ever.
 */
#include "table.h"

#include <stdio.h>

#include "failing.h"

struct shape {
	unsigned key_type;
	unsigned value_type;
	uint64_t entries;
	size_t value_bytes;
	uint64_t budget;
	unsigned threads;
	uint32_t filter;
	unsigned step; /* every so-manieth call fails */
};

/* 30 entries of 300 KiB are two partitions, all of them out of line. */
static const struct shape shapes[] = {
	{ STELE_FMT_KEY_STR, STELE_TYPE_U64, 3, 8, 1 << 20, 1, 0, 1 },
	{ STELE_FMT_KEY_STR, STELE_TYPE_BYTES, 500, 300, 1000, 1, 0, 1 },
	{ STELE_FMT_KEY_STR, STELE_TYPE_BYTES, 30, 300 << 10, 1 << 20, 1, 0,
	  5 },
	{ STELE_FMT_KEY_STR, STELE_TYPE_BYTES, 30, 300 << 10, 1 << 30, 2, 0,
	  3 },
	{ STELE_FMT_KEY_U64, STELE_TYPE_U64, 400, 8, 1000, 1, 0, 1 },
	{ STELE_FMT_KEY_STR, STELE_TYPE_BOOL, 1000, 1, 1000, 1, 100, 1 },
};
#define NR_SHAPES (sizeof(shapes) / sizeof(*shapes))

static const uint8_t zeros[300 << 10];

static int add_all(struct stele_map_build *build, const struct shape *shape,
		   struct stele_error *err)
{
	char key[24];
	uint64_t i;
	int rc = 0;

	for (i = 0; i < shape->entries && !rc; i++) {
		snprintf(key, sizeof(key), "%08llu", (unsigned long long)i);
		rc = stele_map_build_add(build, key, 8, zeros,
					 shape->value_bytes, err);
		if (rc)
			assert_int_equal(err->code, rc);
	}
	return rc;
}

static int build(const struct shape *shape)
{
	struct stele_map_build_options options = {
		.name = "t",
		.key_type = (uint8_t)shape->key_type,
		.value_type = (uint8_t)shape->value_type,
		.filter = shape->filter,
		.seed = STELE_FMT_DEFAULT_SEED,
	};
	struct stele_budget budget = { .left = shape->budget };
	struct stele_map_build_result result = { .nr_replaced = 0 };
	struct stele_map_build *b = NULL;
	struct stele_output *out = NULL;
	struct stele_error err = { 0 };
	int rc = stele_output_create_memfd("t", &out, &err);

	if (!rc)
		rc = stele_map_build_create(&options, out, &budget, &b);
	if (!rc)
		rc = add_all(b, shape, &err);
	if (!rc) {
		rc = stele_map_build_finish(b, shape->threads, NULL, NULL,
					    &result, &err);
		assert_int_equal(err.code, rc);
		if (rc)
			assert_null(result.index.ptr);
	}
	stele_map_build_free(b);
	stele_buffer_free(&result.index);
	stele_output_free(out);
	assert_int_equal(budget.left, shape->budget);
	return rc;
}

static void every_call_fails_once(enum failing_what what, int error)
{
	const struct shape *shape;
	bool failed;
	long k;
	int rc;

	for (shape = shapes; shape < shapes + NR_SHAPES; shape++) {
		assert_int_equal(build(shape), 0);
		for (k = 1;; k += shape->step) {
			failing_begin(what, k, error);
			rc = build(shape);
			failed = failing_end();
			if (!failed)
				break;
			/* a crew of fewer threads, or a spill in a file, is
			 * no failure */
			if (rc)
				assert_int_equal(rc, -error);
		}
		assert_int_equal(rc, 0);
		print_message("# up to %ld calls\n", k - 1);
	}
}

static void every_system_call_may_fail(void **state)
{
	(void)state;
	every_call_fails_once(FAILING_IO, ENOSPC);
}

static void every_allocation_may_fail(void **state)
{
	(void)state;
	if (!FAILING_ALLOCATION_WORKS) {
		print_message("# allocations cannot be made to fail here\n");
		skip();
	}
	every_call_fails_once(FAILING_ALLOCATION, ENOMEM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_system_call_may_fail),
		cmocka_unit_test(every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
