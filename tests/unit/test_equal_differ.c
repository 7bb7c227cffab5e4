// SPDX-License-Identifier: MIT
/*
 * Equality of what looks alike until late: numbers of as many factors of two,
 * floats by value, long runs that differ in their last byte, dicts and records
 * that hold the same under other keys and names.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "two_sides.h"

static void a_number_with_as_many_twos_is_another(void **state)
{
	static const uint8_t odd[9] = { 1, [8] = 1 }; /* 2^64 + 1 */
	const struct {
		int64_t coefficient;
		int32_t zeros;
		int64_t other;
	} cases[] = {
		{ 1, 3, 1ll << 3 },
		{ 1, 30, 1ll << 30 },
		{ 1, 59, 1ll << 59 },
	};
	uint64_t a[3], b[3], c, d;

	(void)state;
	for (int i = 0; i < 3; i++) {
		a[i] = handmade_scaled(&left.im, cases[i].coefficient,
				       cases[i].zeros);
		b[i] = handmade_int(cases[i].other);
	}
	c = handmade_decimal(&left.im, 0, 3, odd, sizeof(odd));
	d = handmade_int(8);
	list(&right, NULL, 0); /* an image has a section */
	open_both();
	for (int i = 0; i < 3; i++)
		assert_false(same(&left, a[i], &right, b[i]));
	assert_false(same(&left, c, &right, d));
}

/* Each element of one against the same one of the other. */
static void floats_in_arrays_are_equal_by_value(void **state)
{
	const float nan = __builtin_nanf("1"), other_nan = __builtin_nanf("2");
	const float x[] = { 1, nan, 0.f }, y[] = { 1, other_nan, -0.f };
	const float z[] = { 1, 1, 0 }, w[] = { 2, nan, 0 };
	const double dx[] = { 1, nan, 0. }, dy[] = { 1, other_nan, -0. };
	const double dz[] = { 1, 1, 0 }, dw[] = { 2, nan, 0 };
	const void *data[] = { x, y, z, w, dx, dy, dz, dw };
	uint64_t a[8], b[8];

	(void)state;
	for (int i = 0; i < 8; i++) {
		unsigned element = i < 4 ? STELE_FMT_ELEM_F32 :
					   STELE_FMT_ELEM_F64;
		uint64_t bytes = i < 4 ? sizeof(x) : sizeof(dx);

		a[i] = handmade_array(&left.im, element, 3, data[i], bytes);
		b[i] = handmade_array(&right.im, element, 3, data[i], bytes);
	}
	open_both();
	for (int i = 0; i < 8; i++)
		for (int k = 0; k < 8; k++)
			assert_int_equal(same(&left, a[i], &right, b[k]),
					 i == k ||
						 (i % 4 < 2 && i / 2 == k / 2));
}

/* As many references to one word, and at the end one to another. */
static uint64_t many(struct side *s, uint64_t one, uint64_t last)
{
	uint64_t refs[400];

	for (int i = 0; i < 400; i++)
		refs[i] = i < 399 ? one : last;
	return list(s, refs, 400);
}

/* More pairs than are compared before pairs known to be equal are noted. */
static void what_is_long_may_differ_in_its_last_byte(void **state)
{
	enum { LEN = 10000 };
	static char run[LEN];
	uint64_t a[3], b[3], c[3];

	(void)state;
	memset(run, 1, LEN);
	for (int i = 0; i < 3; i++) {
		struct side *s = i ? &right : &left;
		uint64_t text, number, floats, other[3],
			*lists = i == 0 ? a :
				 i == 1 ? b :
					  c;

		text = handmade_str(&s->im, run, LEN);
		number = handmade_bigint(&s->im, 0, run, 100);
		floats = handmade_array(&s->im, STELE_FMT_ELEM_F32, LEN / 4,
					run, LEN);
		run[LEN - 1] += i == 2;
		run[99] += i == 2;
		other[0] = handmade_str(&s->im, run, LEN);
		other[1] = handmade_bigint(&s->im, 0, run, 100);
		other[2] = handmade_array(&s->im, STELE_FMT_ELEM_F32, LEN / 4,
					  run, LEN);
		lists[0] = many(s, text, other[0]);
		lists[1] = many(s, number, other[1]);
		lists[2] = many(s, floats, other[2]);
	}
	open_both();
	for (int i = 0; i < 3; i++) {
		assert_true(same(&left, a[i], &right, b[i]));
		assert_false(same(&left, a[i], &right, c[i]));
	}
}

/* n becomes n * 10^zeros, little-endian; its length. */
static size_t scale(uint8_t *n, size_t len, int zeros)
{
	while (zeros--) {
		unsigned carry = 0;

		for (size_t i = 0; i < len; i++) {
			carry += n[i] * 10u;
			n[i] = (uint8_t)carry;
			carry >>= 8;
		}
		if (carry)
			n[len++] = (uint8_t)carry;
	}
	return len;
}

/* A long number that is met again in ever shorter spellings. */
static void spellings_of_a_number_are_equal_however_often(void **state)
{
	uint8_t whole[500] = { 7 }, part[500] = { 7 };
	size_t whole_len = scale(whole, 1, 1000), part_len = scale(part, 1, 90);
	uint64_t number, longer, shorter, other, a, b, c;

	(void)state;
	number = handmade_bigint(&left.im, 0, whole, whole_len);
	longer = handmade_decimal(&right.im, 0, 910, part, part_len);
	shorter = handmade_scaled(&right.im, 7, 1000);
	other = handmade_scaled(&right.im, 70, 1000);
	a = many(&left, number, number);
	b = many(&right, longer, shorter);
	c = many(&right, longer, other);
	open_both();
	assert_true(same(&left, a, &right, b));
	assert_false(same(&left, a, &right, c));
}

static void dicts_with_keys_of_text_are_equal_in_any_order(void **state)
{
	enum { LEN = 20000 };
	static char one[LEN], two[LEN];
	uint64_t pairs[4], turned[4], a, b, c;

	(void)state;
	memset(one, 'a', LEN);
	memset(two, 'a', LEN - 1);
	pairs[0] = handmade_str(&left.im, one, LEN);
	pairs[2] = handmade_str(&left.im, two, LEN - 1);
	turned[2] = handmade_str(&right.im, one, LEN);
	turned[0] = handmade_str(&right.im, two, LEN - 1);
	pairs[1] = turned[3] = handmade_int(1);
	pairs[3] = turned[1] = handmade_int(2);
	a = handmade_dict(&left.im, pairs, 2, 0);
	b = handmade_dict(&right.im, turned, 2, 0);
	turned[1] = handmade_int(1);
	c = handmade_dict(&right.im, turned, 2, 0);
	open_both();
	assert_true(same(&left, a, &right, b));
	assert_false(same(&left, a, &right, c));
}

static void records_are_unequal_by_the_names_of_their_fields(void **state)
{
	static const uint64_t both[] = { T, N }, one[] = { T, U };
	uint64_t a, b, c, d, e;

	(void)state;
	begin_with("record P { x: any optional  y: any optional }",
		   "record P { x: any optional  z: any optional }");
	a = handmade_object(&left.im, HEAD(KIND(RECORD), 0, 0), both, 16);
	b = handmade_object(&right.im, HEAD(KIND(RECORD), 0, 0), both, 16);
	c = handmade_object(&left.im, HEAD(KIND(RECORD), 0, 0), one, 16);
	d = handmade_object(&right.im, HEAD(KIND(RECORD), 0, 0), one, 16);
	e = handmade_object(&right.im, HEAD(KIND(RECORD), 0, 0), one, 16);
	open_both();
	assert_false(same(&left, a, &right, b));
	assert_true(same(&left, c, &right, d));
	assert_true(same(&right, d, &right, e));
	assert_false(same(&left, a, &right, d));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_number_with_as_many_twos_is_another),
		TEST(floats_in_arrays_are_equal_by_value),
		TEST(what_is_long_may_differ_in_its_last_byte),
		TEST(spellings_of_a_number_are_equal_however_often),
		TEST(dicts_with_keys_of_text_are_equal_in_any_order),
		TEST(records_are_unequal_by_the_names_of_their_fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
