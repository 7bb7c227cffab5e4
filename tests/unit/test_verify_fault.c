// SPDX-License-Identifier: MIT
/*
 * Every allocation of opening and verifying fails once: the call says so, or does
 * without, as the C library's sorting can; and nothing of it is left.
 */
#include "failing.h"

#include "broken.h"
#include "judge.h"

/* Open and verify what is sealed, the k-th allocation failing; k 0: none. */
static int judge_with(long k, bool *reached)
{
	static struct stele_segment seg;
	int rc;

	memset(&seg, 0, sizeof(seg));
	memset(&err, 0, sizeof(err));
	if (k)
		failing_begin(FAILING_ALLOCATION, k, ENOMEM);
	rc = stele_segment_attach(&seg, w.im.bytes, w.im.home_bytes, &err);
	if (!rc) {
		rc = stele_segment_verify(&seg, NULL, &err);
		stele_segment_detach(&seg);
	}
	*reached = k && failing_end();
	return rc;
}

static void expect_each_to_be_told(void)
{
	bool reached = true;
	unsigned told = 0;
	long held, k;

	/* what a library keeps for good it has after that */
	if (judge_with(0, &reached))
		fail_msg("%u: %s", err.invariant, err.reason);
	if (!FAILING_ALLOCATION_WORKS)
		return; /* the sanitizer looks for leaks of success */
	for (k = 1;; k++) {
		int rc;

		held = failing.held;
		rc = judge_with(k, &reached);
		assert_int_equal(failing.held, held);
		if (!reached) {
			assert_int_equal(rc, 0);
			break;
		}
		if (rc && (rc != -ENOMEM || err.code != rc || !err.reason[0]))
			fail_msg("allocation %ld: %d, %s", k, rc, err.reason);
		told += rc != 0;
	}
	assert_true(told > 5);
}

static void verifying_everything_tells_of_each_failed_allocation(void **state)
{
	(void)state;
	expect_each_to_be_told();
}

/* Two fields with one list: it is remembered by which types it was seen. */
static void shared_lists_tell_of_each_failed_allocation(void **state)
{
	uint64_t item = STELE_FMT_NULL, words[2];

	(void)state;
	handmade_free(&w.im);
	handmade_begin(&w.im);
	handmade_section(&w.im, STELE_FMT_SECTION_HEAP);
	for (int i = 0; i < 3; i++)
		item = handmade_object(&w.im, HEAD(KIND(LIST), 0, 1), &item, 8);
	words[0] = words[1] = item;
	handmade_object(&w.im, HEAD(KIND(RECORD), 0, 0), words, 16);
	handmade_schema(&w.im, "record R { a: list<list<list<u8?>>>  "
			       "b: list<list<list<i8?>>> }\n");
	handmade_seal(&w.im);
	expect_each_to_be_told();
}

static void a_salted_index_tells_of_each_failed_allocation(void **state)
{
	(void)state;
	handmade_free(&w.im);
	handmade_begin(&w.im);
	assert_true(broken_INDEX_SALT(&w.im, 0));
	handmade_seal(&w.im);
	expect_each_to_be_told();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			verifying_everything_tells_of_each_failed_allocation),
		cmocka_unit_test(shared_lists_tell_of_each_failed_allocation),
		cmocka_unit_test(
			a_salted_index_tells_of_each_failed_allocation),
	};

	return cmocka_run_group_tests(tests, make_image, free_image);
}
