// SPDX-License-Identifier: MIT
/* Dicts found by keys of every kind, in lines, indexes and salted indexes. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "canonical.h"
#include "index.h"
#include "value_image.h"
#include "word.h"

/* A dict of n string keys "k0".. to their numbers. */
static uint64_t make_dict(unsigned n, uint64_t salt)
{
	static uint64_t words[2000];
	char key[16];

	for (unsigned i = 0; i < n; i++) {
		sprintf(key, "k%u", i);
		words[2 * i] = handmade_text(&im, key);
		words[2 * i + 1] = handmade_int(i);
	}
	return handmade_dict(&im, words, n, salt);
}

static void check_dict(uint64_t pos, unsigned n)
{
	struct stele_value dict = decoded(pos), item, key;
	char name[16];

	assert_int_equal(dict.len, n);
	for (unsigned k = 0; k < n; k++) {
		int len = sprintf(name, "k%u", k);

		assert_int_equal(stele_value_find_str(&dict, name, (size_t)len,
						      &item),
				 0);
		assert_true(item.type == STELE_TYPE_I64 && item.u.i == k);
		assert_int_equal(stele_value_pair(&dict, k, &key, &item), 0);
		assert_memory_equal(key.u.ptr, name, (size_t)len);
		assert_int_equal(stele_value_find(&dict, &key, &item), 0);
		assert_true(item.u.i == k);
	}
	assert_int_equal(stele_value_find_str(&dict, "nope", 4, &item),
			 -STELE_E_ABSENT);
	assert_int_equal(stele_value_pair(&dict, n, &key, &item),
			 -STELE_E_ABSENT);
}

static void dicts_of_every_size_find_their_keys(void **state)
{
	static const unsigned sizes[] = { 0, 1, 7, 8, 9, 10, 11, 42, 43, 500 };
	uint64_t plain[10], salted[10];

	(void)state;
	for (int i = 0; i < 10; i++) {
		plain[i] = make_dict(sizes[i], 0);
		salted[i] = make_dict(sizes[i], sizes[i] > 8 ? 12345 : 0);
	}
	open_image();
	for (int i = 0; i < 10; i++) {
		check_dict(plain[i], sizes[i]);
		check_dict(salted[i], sizes[i]);
	}
}

static void numbers_are_found_by_value(void **state)
{
	uint64_t words[] = { handmade_int(7), STELE_FMT_TRUE, STELE_FMT_NULL,
			     STELE_FMT_FALSE };
	struct stele_value dict, key = { .type = STELE_TYPE_F64 }, item;
	uint64_t pos, seven, half;

	(void)state;
	pos = handmade_dict(&im, words, 2, 0);
	seven = handmade_scaled(&im, 700, -2);
	half = handmade_scaled(&im, 75, -1);
	open_image();
	dict = decoded(pos);
	key.u.f = 7.0;
	assert_int_equal(stele_value_find(&dict, &key, &item), 0);
	assert_true(item.type == STELE_TYPE_BOOL && item.u.b);
	key = decoded(seven);
	assert_int_equal(stele_value_find(&dict, &key, &item), 0);
	key = decoded(half);
	assert_int_equal(stele_value_find(&dict, &key, &item), -STELE_E_ABSENT);
	key.type = STELE_TYPE_NULL;
	assert_int_equal(stele_value_find(&dict, &key, &item), 0);
	/* true is no 1 and a time no number */
	key.type = STELE_TYPE_BOOL;
	key.u.b = true;
	assert_int_equal(stele_value_find(&dict, &key, &item), -STELE_E_ABSENT);
	key.type = STELE_TYPE_TIMEDELTA;
	key.u.i = 7;
	assert_int_equal(stele_value_find(&dict, &key, &item), -STELE_E_ABSENT);
}

/* One key of each kind; variant makes others of the same kind. */
static unsigned make_keys(uint64_t *words, int variant)
{
	uint64_t inner[2] = { handmade_int(variant), STELE_FMT_NULL };
	char uuid[16] = "0123456789abcde";
	uint64_t tuple, set, name;
	unsigned n = 0;

	uuid[15] = (char)variant;
	words[n++] = handmade_int(variant);
	words[n++] = handmade_f64(&im, variant + 0.25);
	words[n++] = handmade_scaled(&im, 10 * variant + 1, -3);
	words[n++] = stele_word_calendar(STELE_FMT_CALENDAR_DATE, variant);
	words[n++] = stele_word_calendar(STELE_FMT_CALENDAR_DATETIME, variant);
	words[n++] = stele_word_calendar(STELE_FMT_CALENDAR_TIME, variant);
	words[n++] = stele_word_calendar(STELE_FMT_CALENDAR_TIMEDELTA, variant);
	words[n++] = handmade_timedelta(&im, INT64_MAX - variant);
	words[n++] = handmade_zoned(&im, variant, 3600);
	words[n++] = handmade_uuid(&im, uuid);
	tuple = handmade_items(&im, KIND(TUPLE), inner, 2);
	words[n++] = tuple;
	set = handmade_set(&im, inner, 2, 0);
	words[n++] = set;
	inner[1] = tuple;
	words[n++] = handmade_items(&im, KIND(TUPLE), inner, 2);
	inner[1] = set;
	words[n++] = handmade_items(&im, KIND(TUPLE), inner, 2);
	words[n++] = handmade_set(&im, inner, 2, 0);
	name = handmade_text(&im, "color");
	words[n++] = handmade_user(&im, name, uuid, 16);
	return n;
}

static void check_keys(uint64_t pos, const uint64_t *mine,
		       const uint64_t *others, unsigned n)
{
	struct stele_value dict = decoded(pos), item;

	for (unsigned i = 0; i < n; i++) {
		struct stele_value key = decoded(mine[i]);

		if (stele_value_find(&dict, &key, &item) || item.u.i != i)
			fail_msg("key %u, type %u", i, key.type);
		key = decoded(others[i]);
		if (stele_value_find(&dict, &key, &item) != -STELE_E_ABSENT)
			fail_msg("other key %u, type %u", i, key.type);
	}
}

static void keys_of_every_type_are_found_by_value(void **state)
{
	uint64_t words[32], mine[32], others[32], pairs[64], few[2], all[2];
	unsigned n;

	(void)state;
	n = make_keys(words, 5);
	for (unsigned i = 0; i < n; i++) {
		pairs[2 * i] = words[i];
		pairs[2 * i + 1] = handmade_int(i);
	}
	few[0] = handmade_dict(&im, pairs, 8, 0);
	all[0] = handmade_dict(&im, pairs, n, 0);
	all[1] = handmade_dict(&im, pairs, n, ~0ull);
	for (unsigned i = 8; i < n; i++) {
		pairs[2 * (i - 8)] = words[i];
		pairs[2 * (i - 8) + 1] = handmade_int(i - 8);
	}
	few[1] = handmade_dict(&im, pairs, n - 8, 0);
	make_keys(mine, 5); /* equal ones that are other objects */
	make_keys(others, 6);
	open_image();
	check_keys(few[0], mine, others, 8);
	check_keys(few[1], mine + 8, others + 8, n - 8);
	check_keys(all[0], mine, others, n);
	check_keys(all[1], mine, others, n);
}

static void a_zoned_key_is_found_by_its_instant(void **state)
{
	uint64_t pair[2], pos, same, other;
	struct stele_value dict, key, item;

	(void)state;
	pair[0] = handmade_zoned(&im, 1000000, 3600);
	pair[1] = STELE_FMT_TRUE;
	pos = handmade_dict(&im, pair, 1, 0);
	same = handmade_zoned(&im, 1000000, -7200);
	other = handmade_zoned(&im, 1000001, 3600);
	open_image();
	dict = decoded(pos);
	key = decoded(same);
	assert_int_equal(stele_value_find(&dict, &key, &item), 0);
	key = decoded(other);
	assert_int_equal(stele_value_find(&dict, &key, &item), -STELE_E_ABSENT);
}

/* A tuple that holds itself, 65 in each other, 2^40 of 40, and 70,000 bytes. */
static void what_cannot_be_a_key_is_refused_by_name(void **state)
{
	static char text[70000];
	uint64_t words[18] = { 0 }, self, deep, bomb, large, list, nan, dict[2];
	struct stele_value v, key, item;

	(void)state;
	for (unsigned i = 0; i < 9; i++)
		words[2 * i] = words[2 * i + 1] = handmade_int(i);
	dict[0] = handmade_dict(&im, words, 1, 0);
	dict[1] = handmade_dict(&im, words, 9, 0);
	words[0] = im.len;
	self = handmade_items(&im, KIND(TUPLE), words, 1);
	deep = STELE_FMT_NULL;
	for (unsigned i = 0; i <= STELE_CANONICAL_DEPTH; i++)
		deep = handmade_items(&im, KIND(TUPLE), &deep, 1);
	words[0] = words[1] = STELE_FMT_NULL;
	for (unsigned i = 0; i < 40; i++)
		words[0] = words[1] =
			handmade_items(&im, KIND(TUPLE), words, 2);
	bomb = words[0];
	large = handmade_str(&im, text, sizeof(text));
	large = handmade_items(&im, KIND(TUPLE), &large, 1);
	list = handmade_items(&im, KIND(LIST), NULL, 0);
	list = handmade_items(&im, KIND(TUPLE), &list, 1);
	nan = STELE_FMT_NAN;
	nan = handmade_items(&im, KIND(TUPLE), &nan, 1);
	open_image();
	for (int i = 0; i < 2; i++) {
		v = decoded(dict[i]);
		key = decoded(self);
		assert_int_equal(stele_value_find(&v, &key, &item),
				 -STELE_E_LIMIT);
		key = decoded(deep);
		assert_int_equal(stele_value_find(&v, &key, &item),
				 -STELE_E_LIMIT);
		key = decoded(bomb);
		assert_int_equal(stele_value_find(&v, &key, &item),
				 -STELE_E_LIMIT);
		key = decoded(large);
		assert_int_equal(stele_value_find(&v, &key, &item),
				 -STELE_E_LIMIT);
		key = decoded(list);
		assert_int_equal(stele_value_find(&v, &key, &item),
				 -STELE_E_TYPE);
		key = decoded(nan);
		assert_int_equal(stele_value_find(&v, &key, &item),
				 -STELE_E_RANGE);
		key = decoded(STELE_FMT_NAN);
		assert_int_equal(stele_value_find(&v, &key, &item),
				 -STELE_E_RANGE);
		assert_int_equal(stele_value_find(&v, &v, &item),
				 -STELE_E_TYPE);
		key = decoded(handmade_int(0));
		assert_int_equal(stele_value_find(&key, &key, &item),
				 -STELE_E_TYPE);
		assert_int_equal(stele_value_find_str(&key, "k", 1, &item),
				 -STELE_E_TYPE);
	}
}

/* ------------------------------------------------------------ wrong bytes */

/* Write to slot i of the index of a dict of n pairs. */
static void put_slot(uint64_t pos, uint64_t n, uint64_t i, uint32_t slot)
{
	memcpy(im.bytes + pos + 8 + 16 * n + 4 * i, &slot, 4);
}

static void a_slot_beyond_the_pairs_is_broken(void **state)
{
	uint64_t pos = make_dict(20, 0), hash;
	struct stele_value dict, item;

	(void)state;
	hash = stele_canonical_hash_str("k3", 2, STELE_FMT_DEFAULT_SEED);
	for (uint64_t i = 0; i < 32; i++)
		put_slot(pos, 20, i, 0);
	put_slot(pos, 20, hash >> 32 & 31, ((uint32_t)hash & ~31u) | 21);
	open_image();
	dict = decoded(pos);
	assert_int_equal(stele_value_find_str(&dict, "k3", 2, &item),
			 -STELE_E_FORMAT);
}

static void a_small_index_without_a_free_slot_is_broken(void **state)
{
	uint64_t pos = make_dict(20, 0);
	struct stele_value dict, item;

	(void)state;
	for (uint64_t i = 0; i < 32; i++)
		put_slot(pos, 20, i, 31);
	open_image();
	dict = decoded(pos);
	assert_int_equal(stele_value_find_str(&dict, "k3", 2, &item),
			 -STELE_E_FORMAT);
}

/* A large index that is full: a search ends after its steps. */
static void a_search_takes_256_steps_at_most(void **state)
{
	enum { NR = 1000, SLOTS = 2048 };
	uint64_t pos = make_dict(NR, 0), hash;
	struct stele_value dict, item;
	uint32_t mask = SLOTS - 1, at;

	(void)state;
	hash = stele_canonical_hash_str("k7", 2, STELE_FMT_DEFAULT_SEED);
	at = (uint32_t)(hash >> 32);
	/* each slot another pair of another hash, but for the one that fits */
	for (uint32_t i = 0; i < SLOTS; i++)
		put_slot(pos, NR, i, ((uint32_t)~hash & ~mask) | 1);
	put_slot(pos, NR, (at + 255) & mask, ((uint32_t)hash & ~mask) | 8);
	open_image();
	dict = decoded(pos);
	assert_int_equal(stele_value_find_str(&dict, "k7", 2, &item), 0);
	assert_true(item.u.i == 7);
	handmade_close(&im, &seg);
	put_slot(pos, NR, (at + 255) & mask, 1);
	put_slot(pos, NR, (at + 256) & mask, ((uint32_t)hash & ~mask) | 8);
	open_image();
	dict = decoded(pos);
	assert_int_equal(stele_value_find_str(&dict, "k7", 2, &item),
			 -STELE_E_ABSENT);
}

static void a_key_whose_bytes_are_broken_is_an_error(void **state)
{
	uint64_t pos = make_dict(3, 0);
	struct stele_value dict, key, item;

	(void)state;
	open_image();
	reopen_with(pos + 8, 1ull << 60);
	dict = decoded(pos);
	assert_int_equal(stele_value_find_str(&dict, "k2", 2, &item),
			 -STELE_E_FORMAT);
	assert_int_equal(stele_value_pair(&dict, 0, &key, &item),
			 -STELE_E_FORMAT);
	assert_int_equal(stele_value_pair(&dict, 1, &key, &item), 0);
	key = item;
	assert_int_equal(stele_value_pair(&key, 0, &key, &item), -STELE_E_TYPE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(dicts_of_every_size_find_their_keys),
		TEST(numbers_are_found_by_value),
		TEST(keys_of_every_type_are_found_by_value),
		TEST(a_zoned_key_is_found_by_its_instant),
		TEST(what_cannot_be_a_key_is_refused_by_name),
		TEST(a_slot_beyond_the_pairs_is_broken),
		TEST(a_small_index_without_a_free_slot_is_broken),
		TEST(a_search_takes_256_steps_at_most),
		TEST(a_key_whose_bytes_are_broken_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
