// SPDX-License-Identifier: MIT
/*
 * Equality of what is shared, cyclic, long or deep: linear time, no deep stack,
 * memory only where there is much, and none of it lost.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "failing.h"
#include "two_sides.h"

/* -------------------------------------------------------- shared and cyclic */

static void
lists_that_hold_themselves_are_equal_where_no_path_differs(void **state)
{
	uint64_t a, b[2], c[2], words[2];

	(void)state;
	words[0] = left.im.len;
	words[1] = handmade_int(1);
	a = list(&left, words, 2); /* a = [a, 1] */
	words[0] = right.im.len + 24;
	b[0] = list(&right, words, 2); /* b0 = [b1, 1], b1 = [b0, 1] */
	words[0] = b[0];
	b[1] = list(&right, words, 2);
	words[0] = right.im.len + 24;
	c[0] = list(&right, words, 2); /* the same, but c1 = [c0, 2] */
	words[0] = c[0];
	words[1] = handmade_int(2);
	c[1] = list(&right, words, 2);
	open_both();
	assert_true(same(&left, a, &left, a));
	assert_true(same(&left, a, &right, b[0]));
	assert_true(same(&right, b[0], &right, b[1]));
	assert_false(same(&left, a, &right, c[0]));
	assert_false(same(&right, b[0], &right, c[0]));
	assert_false(same(&right, c[0], &right, c[1]));
}

/* Rows that refer to each other in a ring, twice as long on one side. */
static void rings_of_records_are_equal_whatever_their_length(void **state)
{
	static const char schema[] = "record R { next: any }\n";
	uint64_t a[3], b[2], c[2];

	(void)state;
	begin_with(schema, schema);
	for (uint64_t i = 0; i < 3; i++) {
		a[i] = left.im.len + (i == 2 ? -32ll : 16);
		a[i] = handmade_object(&left.im, HEAD(KIND(RECORD), 0, 0),
				       &a[i], 8);
	}
	for (uint64_t i = 0; i < 2; i++) {
		b[i] = right.im.len + (i == 1 ? -16ll : 16);
		b[i] = handmade_object(&right.im, HEAD(KIND(RECORD), 0, 0),
				       &b[i], 8);
	}
	c[0] = N;
	c[1] = handmade_object(&right.im, HEAD(KIND(RECORD), 0, 0), c, 8);
	c[0] = handmade_object(&right.im, HEAD(KIND(RECORD), 0, 0), &c[1], 8);
	open_both();
	for (int i = 0; i < 3; i++)
		for (int j = 0; j < 2; j++) {
			assert_true(same(&left, a[i], &right, b[j]));
			assert_true(same(&left, a[i], &left, a[j]));
			assert_false(same(&left, a[i], &right, c[j]));
		}
}

/* 100,000 small records against one of 60,000 fields, all but one unset. */
static void a_wide_record_is_looked_through_once(void **state)
{
	enum { WIDE = 60000, NR = 100000 };
	static char wide[WIDE * 24 + 64];
	static uint64_t body[WIDE], refs[NR];
	uint64_t one, a, b;
	size_t len;

	(void)state;
	len = (size_t)sprintf(wide, "record R { a: any ");
	for (int i = 1; i < WIDE; i++)
		len += (size_t)sprintf(wide + len, "f%d: any optional\n", i);
	memcpy(wide + len, "}", 2);
	begin_with(wide, "record R { a: any  b: any optional }");
	body[0] = T;
	one = handmade_object(&left.im, HEAD(KIND(RECORD), 0, 0), body,
			      sizeof(body));
	for (int i = 0; i < NR; i++)
		refs[i] = one;
	a = list(&left, refs, NR);
	for (int i = 0; i < NR; i++)
		refs[i] = handmade_object(&right.im, HEAD(KIND(RECORD), 0, 0),
					  body, 16);
	b = list(&right, refs, NR);
	open_both();
	alarm(SECONDS);
	assert_true(same(&left, a, &right, b));
	alarm(0);
}

/* x0 = leaf; each next holds the one before twice: 2^40 paths. */
static uint64_t bomb(struct side *s, unsigned kind, uint64_t leaf)
{
	uint64_t words[4] = { leaf, leaf };

	for (int i = 0; i < 40; i++) {
		uint64_t x = words[0];

		if (kind == KIND(DICT)) {
			uint64_t pairs[] = { handmade_int(1), x,
					     handmade_int(2), x };

			x = handmade_dict(&s->im, pairs, 2, 0);
		} else {
			x = handmade_items(&s->im, kind, words, 2);
		}
		words[0] = words[1] = x;
	}
	return words[0];
}

static void bombs_of_shared_objects_take_linear_time(void **state)
{
	static const unsigned kinds[] = { KIND(LIST), KIND(TUPLE), KIND(DICT) };
	uint64_t a[3], b[3], c[3];

	(void)state;
	for (int i = 0; i < 3; i++) {
		a[i] = bomb(&left, kinds[i], N);
		b[i] = bomb(&right, kinds[i], N);
		c[i] = bomb(&right, kinds[i], T);
	}
	open_both();
	alarm(SECONDS);
	for (int i = 0; i < 3; i++) {
		assert_true(same(&left, a[i], &right, b[i]));
		assert_false(same(&left, a[i], &right, c[i]));
	}
	alarm(0);
}

/* Ten times a little-endian number. */
static size_t times_ten(uint8_t *p, size_t len)
{
	unsigned carry = 0;

	for (size_t i = 0; i < len; i++) {
		carry += p[i] * 10u;
		p[i] = (uint8_t)carry;
		carry >>= 8;
	}
	if (carry)
		p[len++] = (uint8_t)carry;
	return len;
}

/* 1,000,000 references to one long string, number or array on either side. */
static void long_runs_are_compared_once(void **state)
{
	enum { NR = 1000000, LEN = 1 << 20, ZEROS = 30000 };
	static uint64_t refs[NR];
	static char run[LEN], tens[ZEROS] = { 1 };
	size_t nr_tens = 1;
	uint64_t a[4], b[4];

	(void)state;
	memset(run, 1, sizeof(run));
	for (int i = 0; i < ZEROS; i++)
		nr_tens = times_ten((uint8_t *)tens, nr_tens);
	for (int i = 0; i < 8; i++) {
		struct side *s = i % 2 ? &right : &left;
		uint64_t *list_of = i % 2 ? b : a, one = 0;
		static const uint64_t shape[] = { LEN / 8 };
		static const int64_t stride[] = { 8 };

		if (i / 2 == 0)
			one = handmade_str(&s->im, run, LEN);
		else if (i / 2 == 1)
			one = handmade_array(&s->im, STELE_FMT_ELEM_F64,
					     LEN / 8, run, LEN);
		else if (i / 2 == 2)
			one = handmade_ndarray(&s->im, STELE_FMT_ELEM_U64, 1,
					       shape, stride, run, LEN);
		else if (i % 2)
			one = handmade_bigint(&s->im, 0, tens, nr_tens);
		else
			one = handmade_scaled(&s->im, 1, ZEROS);
		for (int r = 0; r < NR; r++)
			refs[r] = one;
		list_of[i / 2] = list(s, refs, NR);
	}
	open_both();
	alarm(SECONDS);
	for (int i = 0; i < 4; i++)
		assert_true(same(&left, a[i], &right, b[i]));
	alarm(0);
}

/*
 * A decimal 1.000... beside what else is 1: words, and objects of their own of a
 * digit or some more; in turns.
 */
static void a_long_number_is_gone_through_once(void **state)
{
	enum { NR = 300000, ZEROS = 9500 };
	static uint64_t refs[NR];
	static uint8_t tens[ZEROS] = { 1 };
	size_t nr_tens = 1;
	uint64_t a, b, c;

	(void)state;
	for (int i = 0; i < 40; i++)
		nr_tens = times_ten(tens, nr_tens);
	for (int r = 0; r < NR; r++)
		refs[r] = r % 3 == 0 ? handmade_int(1) :
			  r % 3 == 1 ? handmade_f64(&right.im, 1) :
				       handmade_scaled(&right.im, 10, -1);
	for (int r = 100; r < NR; r += 100)
		refs[r] = handmade_decimal(&right.im, 0, -40, tens, nr_tens);
	b = list(&right, refs, NR);
	refs[NR - 1] = handmade_int(2);
	c = list(&right, refs, NR);
	for (int i = 40; i < ZEROS; i++)
		nr_tens = times_ten(tens, nr_tens);
	refs[0] = handmade_decimal(&left.im, 0, -ZEROS, tens, nr_tens);
	for (int r = 1; r < NR; r++)
		refs[r] = refs[0];
	a = list(&left, refs, NR);
	open_both();
	alarm(SECONDS);
	assert_true(same(&left, a, &right, b));
	assert_false(same(&left, a, &right, c));
	alarm(0);
}

/* [[[...]]], and [[[..., 1], 1], 1], whose frames stay. */
static uint64_t nest(struct side *s, unsigned depth, unsigned width,
		     uint64_t leaf)
{
	uint64_t words[2] = { leaf, handmade_int(1) };

	for (unsigned i = 0; i < depth; i++)
		words[0] = list(s, words, width);
	return words[0];
}

static void deep_nesting_needs_no_deep_stack(void **state)
{
	enum { DEEP = 1000000 };
	uint64_t a[2], b[2], c[2];

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		a[i] = nest(&left, DEEP, i + 1, N);
		b[i] = nest(&right, DEEP, i + 1, N);
		c[i] = nest(&right, DEEP, i + 1, T);
	}
	open_both();
	for (int i = 0; i < 2; i++) {
		assert_true(same(&left, a[i], &right, b[i]));
		assert_false(same(&left, a[i], &right, c[i]));
	}
}

/* --------------------------------------------------------------- refusals */

static void each_allocation_that_fails_is_told(void **state)
{
	uint64_t a, b;
	struct stele_value x, y;
	long k;
	int rc;

	(void)state;
	if (!FAILING_ALLOCATION_WORKS) {
		print_message("the sanitizer owns the allocation calls\n");
		skip();
	}
	a = nest(&left, 5000, 2, N);
	b = nest(&right, 5000, 2, N);
	open_both();
	x = value_of(&left, &a);
	y = value_of(&right, &b);
	for (k = 1;; k++) {
		long held = failing.held;
		bool equal = false;

		failing_begin(FAILING_ALLOCATION, k, ENOMEM);
		rc = stele_value_equal(&x, &y, &equal);
		if (!failing_end())
			break;
		assert_int_equal(failing.held, held);
		assert_int_equal(rc, -ENOMEM);
		assert_false(equal);
	}
	assert_int_equal(rc, 0);
	assert_true(k > 5);
}

static void some_hundred_objects_need_no_memory(void **state)
{
	uint64_t a = nest(&left, 250, 2, N), b = nest(&right, 250, 2, N);
	struct stele_value x, y;
	bool equal = false;

	(void)state;
	open_both();
	x = value_of(&left, &a);
	y = value_of(&right, &b);
	failing_begin(FAILING_ALLOCATION, 1, ENOMEM);
	assert_int_equal(stele_value_equal(&x, &y, &equal), 0);
	assert_false(failing_end());
	assert_true(equal);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(rings_of_records_are_equal_whatever_their_length),
		TEST(a_wide_record_is_looked_through_once),
		TEST(lists_that_hold_themselves_are_equal_where_no_path_differs),
		TEST(bombs_of_shared_objects_take_linear_time),
		TEST(long_runs_are_compared_once),
		TEST(a_long_number_is_gone_through_once),
		TEST(deep_nesting_needs_no_deep_stack),
		TEST(each_allocation_that_fails_is_told),
		TEST(some_hundred_objects_need_no_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
