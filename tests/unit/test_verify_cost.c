// SPDX-License-Identifier: MIT
/*
 * What verifying takes is bounded by the size, however values are shared: lists
 * under many types, keys that have much in common, hashes that were picked.  An
 * image that asks for more is refused as beyond a limit, one that does not is
 * accepted.
 */
#include <time.h>

#include "handmade_value.h"
#include "hash.h"
#include "judge.h"

#define SECONDS 20

static struct handmade im;

static int begin(void **state)
{
	(void)state;
	handmade_begin(&im);
	handmade_section(&im, STELE_FMT_SECTION_HEAP);
	return 0;
}

static int end(void **state)
{
	(void)state;
	handmade_free(&im);
	return 0;
}

/* In a time that is long, but not for what would take minutes. */
static void expect_within(int rc, uint32_t invariant)
{
	clock_t since = clock();
	int got;

	handmade_seal(&im);
	got = judge(&im);
	if (got != rc || err.invariant != invariant)
		fail_msg("%d, invariant %u: %s", got, err.invariant,
			 err.reason);
	assert_true(clock() - since < (clock_t)(SECONDS * CLOCKS_PER_SEC));
}

static uint64_t list(const uint64_t *words, uint64_t nr)
{
	return handmade_items(&im, STELE_FMT_KIND_LIST, words, nr);
}

static uint64_t record(const uint64_t *words, uint64_t nr)
{
	return handmade_object(&im, HEAD(KIND(RECORD), 0, 0), words, 8 * nr);
}

/* ----------------------------------------------------------------- lists */

/* 40 ways from each of 17 levels to the next: 40^17 paths, 17 lists. */
static void shared_lists(int64_t leaf)
{
	uint64_t words[40], word = handmade_int(leaf), body[2];
	char text[512] = "record R {";

	for (int level = 0; level < 17; level++) {
		for (int i = 0; i < 40; i++)
			words[i] = word;
		word = list(words, 40);
	}
	body[0] = body[1] = word;
	record(body, 2);
	for (int field = 0; field < 2; field++) {
		strcat(text, field ? " b: " : " a: ");
		for (int i = 0; i < 17; i++)
			strcat(text, "list<");
		strcat(text, field ? "u8" : "u16");
		for (int i = 0; i < 17; i++)
			strcat(text, ">");
	}
	strcat(text, " }\n");
	handmade_schema(&im, text);
}

static void shared_lists_are_walked_once_a_type(void **state)
{
	(void)state;
	shared_lists(255);
	expect_within(0, 0);
}

static void what_is_wrong_in_shared_lists_is_found(void **state)
{
	(void)state;
	shared_lists(256);
	expect_within(-STELE_E_FORMAT, STELE_I_FIELD_TYPE);
}

/* Lists of one null each where their positions' hashes begin close together. */
static uint64_t *crowded_lists(uint64_t nr, uint64_t slots)
{
	uint64_t *words = malloc(nr * sizeof(*words)), null = STELE_FMT_NULL, n;

	assert_non_null(words);
	for (n = 0; n < nr;)
		if (stele_hash_u64(im.len, 2) % slots < nr / 9)
			words[n++] = list(&null, 1);
		else
			list(NULL, 0);
	return words;
}

/* Reached by three ways each, all have to be remembered. */
static void lists_placed_to_collide_cost_no_more(void **state)
{
	const uint64_t nr = 130000;
	uint64_t *words, body;

	(void)state;
	words = crowded_lists(nr, 262144);
	for (int i = 0; i < 3; i++) {
		body = list(words, nr);
		record(&body, 1);
	}
	free(words);
	handmade_schema(&im, "record R { a: list<list<list<u8>?>> }\n");
	expect_within(0, 0);
}

/* One long list, which is of as many types as there are fields. */
static void a_list_of_too_many_types_is_beyond_the_limit(void **state)
{
	const unsigned types = 3000;
	char *text = malloc(64 * types), *p = text;
	uint64_t body[3000], *nulls = calloc(1 << 15, sizeof(*nulls));

	(void)state;
	assert_true(text && nulls);
	for (unsigned i = 0; i < 1 << 15; i++)
		nulls[i] = STELE_FMT_NULL;
	body[0] = list(nulls, 1 << 15);
	for (unsigned i = 1; i < types; i++)
		body[i] = body[0];
	record(body, types);
	p += sprintf(p, "record R {");
	for (unsigned i = 0; i < types; i++)
		p += sprintf(p, " f%u: list<R%u?>", i, i);
	p += sprintf(p, " }\n");
	for (unsigned i = 0; i < types; i++)
		p += sprintf(p, "record R%u { }\n", i);
	handmade_schema(&im, text);
	free(text);
	free(nulls);
	expect_within(-STELE_E_LIMIT, 0);
}

/* ------------------------------------------------------------------ keys */

/* `nr` dicts of one pair, whose key is a tuple of a number and of `shared`. */
static void keys_with(uint64_t shared, unsigned nr)
{
	uint64_t pair[2] = { 0, STELE_FMT_NULL }, items[2] = { 0, shared };

	for (unsigned i = 0; i < nr; i++) {
		items[0] = handmade_int(i);
		pair[0] = handmade_items(&im, STELE_FMT_KIND_TUPLE, items, 2);
		handmade_object(&im, HEAD(KIND(DICT), 0, 1), pair, 16);
	}
}

static void keys_may_share_what_is_long(void **state)
{
	static char text[60000];

	(void)state;
	memset(text, 'x', sizeof(text));
	keys_with(handmade_str(&im, text, sizeof(text)), 4000);
	expect_within(0, 0);
}

static void keys_that_share_too_many_values_are_beyond_the_limit(void **state)
{
	static uint64_t words[16000];

	(void)state;
	for (unsigned i = 0; i < 16000; i++)
		words[i] = handmade_int(1);
	keys_with(handmade_items(&im, STELE_FMT_KIND_TUPLE, words, 16000),
		  2000);
	expect_within(-STELE_E_LIMIT, 0);
}

/* Each level of the bomb holds the one before twice. */
static void a_bomb_of_tuples_is_no_key(void **state)
{
	uint64_t words[2];

	(void)state;
	words[0] = handmade_int(1);
	for (int level = 0; level < 40; level++) {
		words[1] = words[0];
		words[0] = handmade_items(&im, STELE_FMT_KIND_TUPLE, words, 2);
	}
	keys_with(words[0], 2);
	expect_within(-STELE_E_FORMAT, STELE_I_WORD_KEY);
}

/* Decimals whose value takes long to find. */
static void keys_that_share_long_decimals_are_beyond_the_limit(void **state)
{
	static uint8_t magnitude[4000];
	uint64_t words[12];

	(void)state;
	memset(magnitude, 0x5a, sizeof(magnitude));
	for (int i = 0; i < 12; i++)
		words[i] = handmade_decimal(&im, 0, -9000 - i, magnitude,
					    sizeof(magnitude));
	keys_with(handmade_items(&im, STELE_FMT_KIND_TUPLE, words, 12), 4000);
	expect_within(-STELE_E_LIMIT, 0);
}

/* One long string is the key of many dicts, beside another of its length. */
static void a_long_string_in_many_dicts_is_beyond_the_limit(void **state)
{
	const uint64_t len = 1 << 18;
	char *text = malloc(len);
	uint64_t words[4] = { 0, STELE_FMT_NULL, 0, STELE_FMT_NULL };

	(void)state;
	assert_non_null(text);
	memset(text, 'x', len);
	words[0] = handmade_str(&im, text, len);
	text[len - 1] = 'y';
	words[2] = handmade_str(&im, text, len);
	free(text);
	for (unsigned i = 0; i < 4000; i++)
		handmade_object(&im, HEAD(KIND(DICT), 0, 2), words, 32);
	expect_within(-STELE_E_LIMIT, 0);
}

/* Looking for the last digit of this one takes long, and nothing is left. */
static void a_long_number_of_zeros_in_many_dicts_is_refused(void **state)
{
	const uint64_t len = 8 << 20, nr = 200000;
	uint64_t pair[2] = { 0, STELE_FMT_NULL };
	uint8_t *zeros = calloc(1, len);

	(void)state;
	assert_non_null(zeros);
	pair[0] = im.len + 24 * nr;
	for (unsigned i = 0; i < nr; i++)
		handmade_object(&im, HEAD(KIND(DICT), 0, 1), pair, 16);
	assert_int_equal(handmade_object(&im, HEAD(KIND(BIGINT), 0, len), zeros,
					 len),
			 pair[0]);
	free(zeros);
	expect_within(-STELE_E_FORMAT, STELE_I_OBJECT_COUNT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(shared_lists_are_walked_once_a_type),
		TEST(what_is_wrong_in_shared_lists_is_found),
		TEST(lists_placed_to_collide_cost_no_more),
		TEST(a_list_of_too_many_types_is_beyond_the_limit),
		TEST(keys_may_share_what_is_long),
		TEST(keys_that_share_too_many_values_are_beyond_the_limit),
		TEST(a_bomb_of_tuples_is_no_key),
		TEST(keys_that_share_long_decimals_are_beyond_the_limit),
		TEST(a_long_string_in_many_dicts_is_beyond_the_limit),
		TEST(a_long_number_of_zeros_in_many_dicts_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
