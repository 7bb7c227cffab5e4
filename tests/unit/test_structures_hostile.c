// SPDX-License-Identifier: MIT
/*
 * Structures that no program builds: objects that lie in themselves or stand in
 * 2^40 places without being shared, keys that lead into themselves.  Reading,
 * equality, hash, searches and verify end within two seconds, with what is
 * true or with an error that has a name.
 */
#include "invariant.h"
#include "seconds.h"
#include "two_sides.h"

static int begin_test(void **state)
{
	seconds_begin(2);
	return begin(state);
}

static int end_test(void **state)
{
	seconds_end();
	return end(state);
}

/* The image is whole but for this invariant; 0: verify has no objection. */
static void assert_verified(const struct side *s, uint32_t invariant)
{
	struct stele_error err = { 0 };
	int rc = stele_segment_verify(&s->seg, NULL, &err);

	assert_int_equal(err.invariant, invariant);
	assert_int_equal(rc, invariant ? -STELE_E_FORMAT : 0);
}

static int hash_of(const struct side *s, uint64_t word)
{
	struct stele_value v = value_of(s, &word);
	uint64_t hash;

	return stele_value_hash(&v, 0, &hash);
}

static int equal(const struct side *s, uint64_t a, const struct side *t,
		 uint64_t b)
{
	struct stele_value x = value_of(s, &a), y = value_of(t, &b);
	bool same = false;
	int rc = stele_value_equal(&x, &y, &same);

	return rc ? rc : same;
}

/* An object of two words, of which the first leads `bytes` further. */
static uint64_t leads(struct side *s, unsigned kind, int64_t bytes)
{
	uint64_t words[2] = { s->im.len + (uint64_t)bytes, handmade_int(1) };

	return handmade_items(&s->im, kind, words, 2);
}

/* -------------------------------------------------------- list cycles */

static void lists_in_themselves(void **state)
{
	uint64_t a, b, c;

	(void)state;
	a = leads(&left, KIND(LIST), 0);
	b = leads(&right, KIND(LIST), 24);
	c = leads(&right, KIND(LIST), -24);
	open_both();
	assert_int_equal(equal(&left, a, &right, b), 1);
	assert_int_equal(equal(&right, b, &right, c), 1);
	assert_int_equal(hash_of(&left, a), -STELE_E_TYPE);
	assert_verified(&left, 0);
	assert_verified(&right, 0);
}

static void tuples_in_themselves_are_no_key(void **state)
{
	uint64_t a, b;

	(void)state;
	a = leads(&left, KIND(TUPLE), 0);
	b = leads(&right, KIND(TUPLE), 24);
	leads(&right, KIND(TUPLE), -24);
	open_both();
	assert_int_equal(equal(&left, a, &right, b), 1);
	assert_int_equal(hash_of(&left, a), -STELE_E_LIMIT);
	assert_verified(&left, 0);
}

/* ---------------------------------------------------------- key cycles */

/* A dict of one pair, or a set, whose key is a tuple that leads to itself. */
static uint64_t key_cycle(struct side *s, unsigned kind)
{
	uint64_t words[2] = { leads(s, KIND(TUPLE), 0), N };

	return handmade_object(&s->im, HEAD(kind, 0, 1), words,
			       kind == KIND(DICT) ? 16 : 8);
}

/* The tuple holds the dict whose key it is. */
static uint64_t dict_in_its_key(struct side *s)
{
	uint64_t words[2] = { leads(s, KIND(TUPLE), 24), N };

	return handmade_object(&s->im, HEAD(KIND(DICT), 0, 1), words, 16);
}

static void a_dict_under_a_key_cycle(void **state)
{
	struct stele_value dict, key, item, found;
	uint64_t a, b;

	(void)state;
	a = key_cycle(&left, KIND(DICT));
	b = key_cycle(&right, KIND(DICT));
	open_both();
	dict = value_of(&left, &a);
	assert_int_equal(stele_value_pair(&dict, 0, &key, &item), 0);
	assert_int_equal(stele_value_find(&dict, &key, &found), -STELE_E_LIMIT);
	assert_int_equal(stele_value_find_str(&dict, "x", 1, &found),
			 -STELE_E_ABSENT);
	assert_int_equal(equal(&left, a, &right, b), -STELE_E_FORMAT);
	assert_int_equal(hash_of(&left, a), -STELE_E_TYPE);
	assert_verified(&left, STELE_I_WORD_KEY);
}

static void a_dict_inside_its_own_key(void **state)
{
	struct stele_value dict, key, item, found;
	uint64_t a, b;

	(void)state;
	a = dict_in_its_key(&left);
	b = dict_in_its_key(&right);
	open_both();
	dict = value_of(&left, &a);
	assert_int_equal(stele_value_pair(&dict, 0, &key, &item), 0);
	assert_int_equal(stele_value_find(&dict, &key, &found), -STELE_E_TYPE);
	assert_int_equal(equal(&left, a, &right, b), -STELE_E_FORMAT);
	assert_verified(&left, STELE_I_WORD_KEY);
}

static void a_set_with_a_key_cycle(void **state)
{
	struct stele_value set, item;
	uint64_t a, b;

	(void)state;
	a = key_cycle(&left, KIND(SET));
	b = key_cycle(&right, KIND(SET));
	open_both();
	set = value_of(&left, &a);
	assert_int_equal(stele_value_item(&set, 0, &item), 0);
	assert_int_equal(stele_value_contains(&set, &item), -STELE_E_LIMIT);
	/* sets are in one order, so their items are compared as values are */
	assert_int_equal(equal(&left, a, &right, b), 1);
	assert_int_equal(hash_of(&left, a), -STELE_E_LIMIT);
	assert_verified(&left, STELE_I_WORD_KEY);
}

static void a_record_that_is_its_own_key(void **state)
{
	static const char schema[] = "record R { next: any }\n";
	uint64_t words[2] = { 0, N }, a;
	struct stele_value dict, key, item, found;

	(void)state;
	begin_with(schema, schema);
	words[0] = left.im.len;
	handmade_object(&left.im, HEAD(KIND(RECORD), 0, 0), words, 8);
	a = handmade_object(&left.im, HEAD(KIND(DICT), 0, 1), words, 16);
	open_side(&left);
	dict = value_of(&left, &a);
	assert_int_equal(stele_value_pair(&dict, 0, &key, &item), 0);
	assert_int_equal(key.type, STELE_TYPE_RECORD);
	assert_int_equal(stele_value_find(&dict, &key, &found), -STELE_E_LIMIT);
	assert_verified(&left, STELE_I_WORD_KEY);
}

/* --------------------------------------------------------------- bombs */

/* 40 levels, each of which has the one before twice, none of them shared. */
static uint64_t bomb(struct side *s, unsigned kind, uint64_t leaf)
{
	uint64_t words[4] = { leaf, leaf };

	for (unsigned i = 0; i < 40; i++) {
		if (kind == KIND(DICT)) {
			uint64_t pairs[] = { handmade_int(1), words[0],
					     handmade_int(2), words[0] };

			words[0] = handmade_dict(&s->im, pairs, 2, 0);
		} else {
			words[0] = handmade_items(&s->im, kind, words, 2);
		}
		words[1] = words[0];
	}
	return words[0];
}

static void bombs_that_nobody_shared(void **state)
{
	static const unsigned kinds[] = { KIND(LIST), KIND(TUPLE), KIND(DICT) };
	uint64_t a[3], b[3], c[3];

	(void)state;
	for (unsigned i = 0; i < 3; i++) {
		a[i] = bomb(&left, kinds[i], handmade_int(1));
		b[i] = bomb(&right, kinds[i], handmade_int(1));
		c[i] = bomb(&right, kinds[i], handmade_int(2));
	}
	open_both();
	for (unsigned i = 0; i < 3; i++) {
		assert_int_equal(equal(&left, a[i], &right, b[i]), 1);
		assert_int_equal(equal(&left, a[i], &right, c[i]), 0);
		assert_int_equal(hash_of(&left, a[i]), kinds[i] == KIND(TUPLE) ?
							       -STELE_E_LIMIT :
							       -STELE_E_TYPE);
	}
	assert_verified(&left, 0);
}

static void a_dict_under_a_bomb(void **state)
{
	uint64_t words[2] = { 0, N }, a;
	struct stele_value dict, key, item, found;

	(void)state;
	words[0] = bomb(&left, KIND(TUPLE), N);
	a = handmade_object(&left.im, HEAD(KIND(DICT), 0, 1), words, 16);
	open_side(&left);
	dict = value_of(&left, &a);
	assert_int_equal(stele_value_pair(&dict, 0, &key, &item), 0);
	assert_int_equal(stele_value_find(&dict, &key, &found), -STELE_E_LIMIT);
	assert_verified(&left, STELE_I_WORD_KEY);
}

#undef TEST
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin_test, end_test)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(lists_in_themselves),
		TEST(tuples_in_themselves_are_no_key),
		TEST(a_dict_under_a_key_cycle),
		TEST(a_dict_inside_its_own_key),
		TEST(a_set_with_a_key_cycle),
		TEST(a_record_that_is_its_own_key),
		TEST(bombs_that_nobody_shared),
		TEST(a_dict_under_a_bomb),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
