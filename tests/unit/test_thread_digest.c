// SPDX-License-Identifier: MIT
/*
 * The digest by many threads: same bytes as by one, the lowest fault of
 * several, and builders side by side, the first of which look SHA-256 up at
 * once. Run under ThreadSanitizer as well.
 */
#include "digest.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define BLOCK STELE_DIGEST_BLOCK_BYTES
#define DATA_BYTES (9u * 1024 * 1024 + 12345)
#define CHUNK_BYTES (1024 * 1024) /* what a thread draws in digest.c */
#define NR_BUILDERS 4

static uint8_t data[DATA_BYTES];

struct builder {
	pthread_t thread;
	unsigned int nr_threads;
	int err;
	struct stele_digest digest;
	uint8_t tree[DATA_BYTES / 64];
};

static struct builder builders[NR_BUILDERS];

static int memory_write(void *tree, const void *buf, size_t len,
			uint64_t tree_offset)
{
	memcpy((uint8_t *)tree + tree_offset, buf, len);
	return 0;
}

static void *build(void *arg)
{
	struct builder *builder = arg;
	struct stele_digest_sink sink = { memory_write, builder->tree };

	builder->err = stele_digest_build(data, DATA_BYTES, builder->nr_threads,
					  &sink, &builder->digest);
	return NULL;
}

static void builders_side_by_side_agree(void **state)
{
	uint64_t tree_bytes = stele_digest_tree_bytes(DATA_BYTES);
	uint32_t x = 1;
	int i;

	(void)state;
	for (i = 0; i < (int)DATA_BYTES; i++)
		data[i] = (x = x * 1664525 + 1013904223) >> 24;
	assert_true(tree_bytes <= sizeof(builders[0].tree));
	for (i = 0; i < NR_BUILDERS; i++) {
		builders[i].nr_threads = 1 + i;
		assert_int_equal(pthread_create(&builders[i].thread, NULL,
						build, &builders[i]),
				 0);
	}
	for (i = 0; i < NR_BUILDERS; i++)
		pthread_join(builders[i].thread, NULL);
	for (i = 0; i < NR_BUILDERS; i++) {
		assert_int_equal(builders[i].err, 0);
		assert_memory_equal(&builders[i].digest, &builders[0].digest,
				    sizeof(builders[0].digest));
		assert_memory_equal(builders[i].tree, builders[0].tree,
				    tree_bytes);
	}
}

static void the_lowest_of_many_faults_is_found(void **state)
{
	static const unsigned int bad[] = { 2300, 1900, 1100, 700, 513, 512 };
	struct stele_digest_fault fault;
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		data[bad[i] * BLOCK + i] ^= 0x80;
		assert_int_equal(
			stele_digest_check(data, DATA_BYTES, builders[0].tree,
					   &builders[0].digest, 4, &fault),
			-EBADMSG);
		assert_int_equal(fault.part, STELE_DIGEST_PART_DATA);
		assert_int_equal(fault.offset, (uint64_t)bad[i] * BLOCK);
	}
}

/* A chunk drawn later, faulty at its end, is often done with later. */
static void a_later_report_does_not_hide_a_lower_fault(void **state)
{
	struct stele_digest_fault fault;
	int i;

	(void)state;
	for (i = 0; i < 200; i++) {
		data[CHUNK_BYTES / 2] ^= 1;
		data[2 * CHUNK_BYTES - 1] ^= 1;
		assert_int_equal(
			stele_digest_check(data, DATA_BYTES, builders[0].tree,
					   &builders[0].digest, 4, &fault),
			-EBADMSG);
		data[CHUNK_BYTES / 2] ^= 1;
		data[2 * CHUNK_BYTES - 1] ^= 1;
		assert_int_equal(fault.part, STELE_DIGEST_PART_DATA);
		assert_int_equal(fault.offset, CHUNK_BYTES / 2);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(builders_side_by_side_agree),
		cmocka_unit_test(a_later_report_does_not_hide_a_lower_fault),
		cmocka_unit_test(the_lowest_of_many_faults_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
