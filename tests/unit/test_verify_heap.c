// SPDX-License-Identifier: MIT
/*
 * Verifying objects and words, in ways beyond those that tests/support has for
 * each invariant: what one change makes of its neighbours.
 */
#include "handmade_value.h"
#include "judge.h"
#include "ndarray.h"
#include "word.h"

/* A head that says another thing than it did. */
static void heads_are_proved(void **state)
{
	(void)state;
	put(w.at.i64, HEAD(99, 0, 0));
	expect(OBJECT_KIND);
	put(w.at.bytes, HEAD(KIND(BYTES), 0, 1 << 30));
	expect(OBJECT_BOUNDS);
	put(w.at.roots, HEAD(KIND(BYTES), 0, 17));
	w.im.header->roots = w.at.dict;
	expect(OBJECT_BOUNDS);
	put(w.at.pad, 1ull << 16);
	expect(OBJECT_PAD);
	put(w.at.ndarray + 16, 1ull << 40);
	expect(OBJECT_BOUNDS);
	put(w.at.set, HEAD(KIND(SET), 0, STELE_FMT_DICT_MAX + 1));
	expect(OBJECT_BOUNDS);
	put(w.at.decimal, HEAD(KIND(DECIMAL), 0, UINT64_MAX >> 16));
	expect(OBJECT_COUNT);
}

static void padding_stands_before_an_aligned_array_only(void **state)
{
	(void)state;
	/* two objects of 16 bytes become padding */
	put(w.at.i64, 0);
	put(w.at.i64 + 8, 0);
	expect(OBJECT_PAD);
	/* the last object does */
	memset(w.im.bytes + w.at.roots, 0, 24);
	w.im.header->roots = 0;
	w.im.header->section[0].nr_items--;
	expect(OBJECT_PAD);
	/* an array too small to be aligned: 9 bytes, where there were 9 words */
	assert_int_not_equal(w.at.pad, w.at.array);
	put(w.at.array, HEAD(KIND(ARRAY), ELEMENT(U8), 9));
	memset(w.im.bytes + w.at.array + 8, 0, 72);
	for (uint64_t pos = w.at.array + 24; pos < w.at.array + 80; pos += 8) {
		put(pos, HEAD(KIND(LIST), 0, 0));
		w.im.header->section[0].nr_items++;
	}
	expect(OBJECT_PAD);
}

/* The long string becomes objects of other kinds; bytes become numbers. */
static void scalars_have_one_spelling(void **state)
{
	(void)state;
	put(w.at.f64 + 8, 0x7ff8000000000000);
	expect(NUMBER_SPELLING);
	put(w.at.long_ascii, HEAD(KIND(STR), 0, 8192));
	expect(STR_ASCII);
	put(w.at.long_ascii, HEAD(KIND(BIGINT), 0, 8200));
	put(w.at.list + 8, w.at.long_ascii);
	expect_good();
	put(w.at.bytes, HEAD(KIND(BIGINT), STELE_FMT_OBJ_F_NEGATIVE, 8));
	put(w.at.bytes + 8, 1ull << 63);
	put(w.at.bytes + 16, HEAD(KIND(LIST), 0, 0));
	w.im.header->section[0].nr_items++;
	expect(NUMBER_SPELLING);
	put(w.at.bytes, HEAD(KIND(BYTES), 0, 7));
	put(w.at.bytes + 16, 0);
	w.im.bytes[w.at.bytes + 15] = 0;
	expect(OBJECT_PAD); /* what is left of it is padding */
}

static void arrays_are_proved(void **state)
{
	(void)state;
	/* the array's padding comes behind another object */
	put(w.at.array, HEAD(KIND(ARRAY), ELEMENT(I64), 8));
	put(w.at.array + 72, 0);
	expect(OBJECT_PAD);
	put(w.at.bytes, HEAD(KIND(ARRAY), ELEMENT(U8), 9));
	put(w.at.list + 8, w.at.bytes);
	expect_good();
	put(w.at.long_ascii, HEAD(KIND(ARRAY), ELEMENT(U8), 8200));
	expect(ARRAY_ALIGN);
	/* rows of two elements, where there were columns of three */
	put(stele_ndarray_stride_at(w.at.ndarray, 3, 1), 3);
	put(stele_ndarray_stride_at(w.at.ndarray, 3, 2), 1);
	expect_good();
}

static void words_lead_to_what_they_may(void **state)
{
	const uint64_t word = w.at.list + 8;

	(void)state;
	put(word, w.at.pad);
	expect(WORD_TARGET);
	put(word, w.at.bucket);
	expect(WORD_TARGET);
	put(word, stele_word_ascii(w.at.long_ascii + 16, 8));
	expect(WORD_ASCII);
	put(word, stele_word_ascii(w.at.bucket, 8));
	expect(WORD_ASCII);
	put(word, stele_word_ascii(STELE_FMT_ASCII_MAX_OFF, 8191));
	expect(WORD_ASCII);
}

/* What a key leads to is judged where it lies, before the key. */
static void keys_are_proved_once_their_parts_are(void **state)
{
	(void)state;
	put(w.at.point + 8, 72);
	expect(WORD_CONSTANT);
	put(w.at.point + 8, w.at.list);
	expect(WORD_KEY);
	put(w.at.point + 8, w.at.point);
	expect(WORD_KEY);
	put(w.at.dict + 8, w.at.user);
	expect_good();
	put(w.at.dict + 24, handmade_text(&w.im, "a"));
	expect(DICT_UNIQUE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(heads_are_proved),
		cmocka_unit_test(padding_stands_before_an_aligned_array_only),
		cmocka_unit_test(scalars_have_one_spelling),
		cmocka_unit_test(arrays_are_proved),
		cmocka_unit_test(words_lead_to_what_they_may),
		cmocka_unit_test(keys_are_proved_once_their_parts_are),
	};

	return cmocka_run_group_tests(tests, make_image, free_image);
}
