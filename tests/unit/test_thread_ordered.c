// SPDX-License-Identifier: MIT
/*
 * Pieces made by any number of threads are taken in order, once each; the first
 * failure in that order is the result, and nothing is lost.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "ordered.h"

#define PIECES 300u
#define NONE UINT64_MAX

static const unsigned crews[] = { 0, 1, 2, 3, 8, 1000 };
#define NR_CREWS (sizeof(crews) / sizeof(*crews))

struct job {
	uint64_t make_fails; /* piece */
	uint64_t take_fails;
	uint64_t taken; /* the caller's thread only */
	uint64_t made; /* atomic */
	uint64_t dropped; /* atomic */
};

struct piece {
	struct job *job;
	uint64_t number;
};

static int make(void *arg, uint64_t i, void **result)
{
	struct job *job = arg;
	struct piece *piece;

	/* some take longer than those behind them; the failing one does */
	if (i % 17 == 0 || i == job->make_fails)
		usleep(500);
	if (i == job->make_fails || i == job->make_fails + 1)
		return -(int)(1000 + i);
	piece = malloc(sizeof(*piece));
	if (!piece)
		abort();
	piece->job = job;
	piece->number = i;
	__atomic_fetch_add(&job->made, 1, __ATOMIC_RELAXED);
	*result = piece;
	return 0;
}

static int take(void *arg, uint64_t i, void *result)
{
	struct job *job = arg;
	struct piece *piece = result;

	assert_int_equal(piece->number, i);
	assert_int_equal(job->taken, i);
	job->taken++;
	return i == job->take_fails ? -77 : 0;
}

static void drop(void *result)
{
	struct piece *piece = result;

	__atomic_fetch_add(&piece->job->dropped, 1, __ATOMIC_RELAXED);
	free(piece);
}

static int run(struct job *job, unsigned threads)
{
	struct stele_ordered o = { make, take, drop, job };
	int rc = stele_ordered_run(&o, PIECES, threads);

	assert_int_equal(job->made, job->dropped);
	return rc;
}

static void pieces_are_taken_in_order(void **state)
{
	size_t c;

	(void)state;
	for (c = 0; c < NR_CREWS; c++) {
		struct job job = { NONE - 1, NONE, 0, 0, 0 };

		assert_int_equal(run(&job, crews[c]), 0);
		assert_int_equal(job.taken, PIECES);
	}
}

static void the_first_failure_in_order_is_the_result(void **state)
{
	size_t c;

	(void)state;
	for (c = 0; c < NR_CREWS; c++) {
		struct job job = { 40, NONE, 0, 0, 0 };

		assert_int_equal(run(&job, crews[c]), -1040);
		assert_int_equal(job.taken, 40);
	}
}

static void a_failing_taker_ends_it(void **state)
{
	size_t c;

	(void)state;
	for (c = 0; c < NR_CREWS; c++) {
		struct job job = { NONE - 1, 20, 0, 0, 0 };

		assert_int_equal(run(&job, crews[c]), -77);
		assert_int_equal(job.taken, 21);
		assert_true(job.made <= 21 + 2 * 256 + 2);
	}
}

static void nothing_to_do_is_done(void **state)
{
	struct job job = { NONE - 1, NONE, 0, 0, 0 };
	struct stele_ordered o = { make, take, drop, &job };

	(void)state;
	assert_int_equal(stele_ordered_run(&o, 0, 4), 0);
	assert_int_equal(job.made, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_are_taken_in_order),
		cmocka_unit_test(the_first_failure_in_order_is_the_result),
		cmocka_unit_test(a_failing_taker_ends_it),
		cmocka_unit_test(nothing_to_do_is_done),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
