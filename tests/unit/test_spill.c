// SPDX-License-Identifier: MIT
/*
 * Spills give back what they were given, whatever of it is in memory.  Spills
 * and temporary files beside a file, and their failures: test_output.c.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "spill.h"

#define MIB ((size_t)1 << 20)

static struct stele_output *begin(void)
{
	struct stele_output *out = NULL;

	assert_int_equal(stele_output_create_memfd("test", &out, NULL), 0);
	return out;
}

/* Bytes that tell their place. */
static void pattern(uint8_t *p, uint64_t off, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		p[i] = (uint8_t)((off + i) * 2654435761u >> 13);
}

static uint32_t next_random(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(*seed >> 33);
}

static uint64_t print_seed(uint64_t seed)
{
	print_message("# seed %llu\n", (unsigned long long)seed);
	return seed;
}

static void check_stream(struct stele_spill *spill, uint64_t bytes,
			 uint64_t seed)
{
	struct stele_spill_reader reader;
	uint8_t *expect = malloc(2 * MIB);
	uint64_t off = 0;
	size_t used = 0;

	stele_spill_rewind(spill, &reader);
	for (;;) {
		size_t want = next_random(&seed) %
			      (next_random(&seed) % 8 ? 100 : 2 * MIB);
		const uint8_t *p;
		size_t len;

		assert_int_equal(
			stele_spill_next(&reader, used, want, &p, &len), 0);
		off += used;
		if (!len)
			break;
		if (len < want)
			assert_int_equal(len, bytes - off);
		assert_true(len <= bytes - off);
		used = len < 2 * MIB ? len : 2 * MIB;
		pattern(expect, off, used);
		assert_memory_equal(p, expect, used);
		if (next_random(&seed) % 4)
			used = want < len && want ? want : len;
		if (used > 2 * MIB)
			used = 2 * MIB;
	}
	assert_int_equal(off, bytes);
	stele_spill_done(&reader);
	free(expect);
}

static struct stele_spill *fill_spill(struct stele_output *out,
				      struct stele_budget *budget,
				      uint64_t bytes, uint64_t seed)
{
	struct stele_spill *spill;
	uint8_t *part = malloc(MIB);
	uint64_t off = 0;

	assert_int_equal(stele_spill_create(out, budget, &spill), 0);
	while (off < bytes) {
		size_t len = next_random(&seed) %
			     (next_random(&seed) % 64 ? 200 : MIB);

		if (len > bytes - off)
			len = bytes - off;
		pattern(part, off, len);
		assert_int_equal(stele_spill_append(spill, part, len), 0);
		off += len;
	}
	assert_int_equal(stele_spill_bytes(spill), bytes);
	free(part);
	return spill;
}

static void spill_reads_back_what_was_written(void **state)
{
	static const uint64_t budgets[] = {
		0, 1, 4096, 70000, 3 << 20, 1 << 30
	};
	struct stele_output *out = begin();
	uint64_t bytes = 5 * MIB + 13;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(budgets) / sizeof(*budgets); i++) {
		struct stele_budget budget = { budgets[i], 0 };
		struct stele_spill *spill =
			fill_spill(out, &budget, bytes, print_seed(3 + i));

		assert_true(bytes < budgets[i] || budget.spilled);
		assert_true(budget.spilled <= bytes);
		check_stream(spill, bytes, 5);
		check_stream(spill, bytes, 6);
		stele_spill_free(spill);
		assert_int_equal(budget.left, budgets[i]);
	}
	stele_output_free(out);
}

static void spills_share_one_budget(void **state)
{
	struct stele_output *out = begin();
	struct stele_budget budget = { MIB, 0 };
	struct stele_spill *a, *b;

	(void)state;
	a = fill_spill(out, &budget, MIB * 3 / 4, 1);
	b = fill_spill(out, &budget, MIB * 3 / 4, 2);
	assert_true(budget.spilled > 0 && budget.spilled <= MIB * 3 / 4);
	check_stream(a, MIB * 3 / 4, 3);
	check_stream(b, MIB * 3 / 4, 4);
	stele_spill_free(a);
	stele_spill_free(b);
	assert_int_equal(budget.left, MIB);
	stele_output_free(out);
}

static void empty_spill_ends_at_once(void **state)
{
	struct stele_output *out = begin();
	struct stele_budget budget = { 0, 0 };
	struct stele_spill *spill = fill_spill(out, &budget, 0, 0);

	(void)state;
	check_stream(spill, 0, 1);
	stele_spill_free(spill);
	stele_spill_free(NULL);
	stele_output_free(out);
}

static void *read_in_thread(void *spill)
{
	check_stream(spill, 2 * MIB, (uintptr_t)pthread_self());
	return NULL;
}

static void spill_has_many_readers_at_once(void **state)
{
	struct stele_output *out = begin();
	struct stele_budget budget = { 50000, 0 };
	struct stele_spill *spill = fill_spill(out, &budget, 2 * MIB, 9);
	pthread_t threads[4];
	int i;

	(void)state;
	for (i = 0; i < 4; i++)
		assert_int_equal(pthread_create(&threads[i], NULL,
						read_in_thread, spill),
				 0);
	for (i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	stele_spill_free(spill);
	stele_output_free(out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(spill_reads_back_what_was_written),
		cmocka_unit_test(spills_share_one_budget),
		cmocka_unit_test(empty_spill_ends_at_once),
		cmocka_unit_test(spill_has_many_readers_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
