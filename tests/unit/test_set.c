// SPDX-License-Identifier: MIT
/* Sets: their items in order, and membership. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "canonical.h"
#include "index.h"
#include "value_image.h"
#include "word.h"

static uint64_t make_set(unsigned n, uint64_t salt)
{
	uint64_t words[600];

	for (unsigned i = 0; i < n; i++)
		words[i] = handmade_int(3 * (int64_t)i - 300);
	return handmade_set(&im, words, n, salt);
}

static void check_set(uint64_t pos, unsigned n)
{
	struct stele_value set = decoded(pos), item;

	assert_int_equal(set.type, STELE_TYPE_SET);
	assert_int_equal(set.len, n);
	for (unsigned i = 0; i < n; i++) {
		assert_int_equal(stele_value_item(&set, i, &item), 0);
		assert_int_equal(stele_value_contains(&set, &item), 0);
		item.u.i++;
		assert_int_equal(stele_value_contains(&set, &item),
				 -STELE_E_ABSENT);
		item.type = STELE_TYPE_F64;
		item.u.f = 3.0 * (double)i - 300;
		assert_int_equal(stele_value_contains(&set, &item), 0);
	}
}

static void sets_of_every_size_contain_their_items(void **state)
{
	static const unsigned sizes[] = { 0, 1, 7, 8, 9, 10, 11, 42, 43, 500 };
	uint64_t plain[10], salted[10];

	(void)state;
	for (int i = 0; i < 10; i++) {
		plain[i] = make_set(sizes[i], 0);
		salted[i] = make_set(sizes[i], sizes[i] > 8 ? 1ull << 63 : 0);
	}
	open_image();
	for (int i = 0; i < 10; i++) {
		check_set(plain[i], sizes[i]);
		check_set(salted[i], sizes[i]);
	}
}

/* Another salt gives other hashes: then nothing is where it is looked for. */
static void a_salt_decides_where_items_are(void **state)
{
	uint64_t pos = make_set(500, 77);
	struct stele_value set, item;
	unsigned found = 0;

	(void)state;
	open_image();
	reopen_with(pos + 8 + 8 * 500, 78);
	set = decoded(pos);
	for (unsigned i = 0; i < 500; i++) {
		assert_int_equal(stele_value_item(&set, i, &item), 0);
		found += !stele_value_contains(&set, &item);
	}
	assert_true(found < 50);
}

static void sets_of_sets_contain_equal_sets(void **state)
{
	uint64_t words[12], inner, outer, same, other;
	struct stele_value v, item;

	(void)state;
	for (int i = 0; i < 12; i++)
		words[i] = handmade_int(i);
	inner = handmade_set(&im, words, 12, 0);
	outer = handmade_set(&im, &inner, 1, 0);
	same = handmade_set(&im, words, 12, 5);
	other = handmade_set(&im, words, 11, 0);
	open_image();
	v = decoded(outer);
	item = decoded(same);
	assert_int_equal(stele_value_contains(&v, &item), 0);
	item = decoded(other);
	assert_int_equal(stele_value_contains(&v, &item), -STELE_E_ABSENT);
}

static void what_is_no_set_or_no_item_is_refused(void **state)
{
	uint64_t list = handmade_items(&im, KIND(LIST), NULL, 0);
	uint64_t few = make_set(3, 0), many = make_set(30, 0);
	struct stele_value v, item;

	(void)state;
	open_image();
	for (int i = 0; i < 2; i++) {
		v = decoded(i ? many : few);
		item = decoded(list);
		assert_int_equal(stele_value_contains(&v, &item),
				 -STELE_E_TYPE);
		assert_int_equal(stele_value_contains(&item, &v),
				 -STELE_E_TYPE);
		item = decoded(STELE_FMT_UNSET);
		assert_int_equal(stele_value_contains(&v, &item),
				 -STELE_E_TYPE);
		item = decoded(STELE_FMT_NAN);
		assert_int_equal(stele_value_contains(&v, &item),
				 -STELE_E_RANGE);
	}
	assert_int_equal(stele_value_pair(&v, 0, &item, &item), -STELE_E_TYPE);
	assert_int_equal(stele_value_find_str(&v, "a", 1, &item),
			 -STELE_E_TYPE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(sets_of_every_size_contain_their_items),
		TEST(a_salt_decides_where_items_are),
		TEST(sets_of_sets_contain_equal_sets),
		TEST(what_is_no_set_or_no_item_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
