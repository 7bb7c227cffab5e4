// SPDX-License-Identifier: MIT
/* Value words and objects, decoded; and that no word leads a reader outside. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "canonical.h"
#include "dict.h"
#include "handmade.h"
#include "word.h"

#define HEAD STELE_FMT_HEAD
#define KIND(name) STELE_FMT_KIND_##name

static struct handmade im;
static struct stele_segment seg;

static void open_image(void)
{
	struct stele_error err = { 0 };
	int rc;

	handmade_seal(&im);
	rc = handmade_open(&im, &seg, &err);
	if (rc)
		fail_msg("%d: %s", rc, err.reason);
}

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
	handmade_close(&im, &seg);
	handmade_free(&im);
	return 0;
}

static int decode(uint64_t word, struct stele_value *v)
{
	static uint64_t at;

	at = word;
	return stele_value_decode(&seg, word, &at, v);
}

static struct stele_value decoded(uint64_t word)
{
	struct stele_value v = { 0 };
	int rc = decode(word, &v);

	if (rc)
		fail_msg("word %llx: %d", (unsigned long long)word, rc);
	return v;
}

static uint64_t object(unsigned kind, unsigned flags, uint64_t count,
		       const void *payload, uint64_t len)
{
	return handmade_object(&im, HEAD(kind, flags, count), payload, len);
}

static void constants_are_their_values(void **state)
{
	struct stele_value v;

	(void)state;
	object(KIND(LIST), 0, 0, NULL, 0);
	open_image();
	assert_int_equal(decoded(STELE_FMT_UNSET).type, STELE_TYPE_UNSET);
	assert_int_equal(decoded(STELE_FMT_NULL).type, STELE_TYPE_NULL);
	v = decoded(STELE_FMT_FALSE);
	assert_true(v.type == STELE_TYPE_BOOL && !v.u.b);
	v = decoded(STELE_FMT_TRUE);
	assert_true(v.type == STELE_TYPE_BOOL && v.u.b);
	v = decoded(STELE_FMT_ZERO);
	assert_true(v.type == STELE_TYPE_F64 && v.u.f == 0 && !signbit(v.u.f));
	v = decoded(STELE_FMT_MINUS_ZERO);
	assert_true(v.type == STELE_TYPE_F64 && v.u.f == 0 && signbit(v.u.f));
	assert_true(decoded(STELE_FMT_INF).u.f == INFINITY);
	assert_true(decoded(STELE_FMT_MINUS_INF).u.f == -INFINITY);
	assert_true(isnan(decoded(STELE_FMT_NAN).u.f));
	for (uint64_t word = 72; word < 4096; word += 8)
		assert_int_equal(decode(word, &v), -STELE_E_FORMAT);
}

static void integers_decode_at_their_limits(void **state)
{
	static const int64_t immediate[] = { 0, 1, -1, STELE_FMT_INT_MIN,
					     STELE_FMT_INT_MAX };
	uint64_t big = UINT64_MAX, low = (uint64_t)INT64_MIN, i64, u64;
	uint64_t word = 0;
	struct stele_value v;

	(void)state;
	i64 = object(KIND(I64), 0, 0, &low, 8);
	u64 = object(KIND(U64), 0, 0, &big, 8);
	open_image();
	for (size_t i = 0; i < sizeof(immediate) / 8; i++) {
		assert_true(stele_word_int(immediate[i], &word));
		v = decoded(word);
		assert_int_equal(v.type, STELE_TYPE_I64);
		assert_true(v.u.i == immediate[i]);
	}
	v = decoded(i64);
	assert_true(v.type == STELE_TYPE_I64 && v.u.i == INT64_MIN);
	v = decoded(u64);
	assert_true(v.type == STELE_TYPE_U64 && v.u.u == UINT64_MAX);
}

static void doubles_decode_to_the_same_bits(void **state)
{
	static const double values[] = { 1.0,	    -1.5,  3.141592653589793,
					 1e-76,	    -1e77, 0x1p-255,
					 -0x1.8p256 };
	double boxed = 1e300;
	uint64_t pos, word = 0;
	struct stele_value v;

	(void)state;
	pos = object(KIND(F64), 0, 0, &boxed, 8);
	open_image();
	for (size_t i = 0; i < sizeof(values) / 8; i++) {
		assert_true(stele_word_f64(values[i], &word));
		v = decoded(word);
		assert_int_equal(v.type, STELE_TYPE_F64);
		assert_memory_equal(&v.u.f, &values[i], 8);
	}
	v = decoded(pos);
	assert_int_equal(v.type, STELE_TYPE_F64);
	assert_memory_equal(&v.u.f, &boxed, 8);
}

static void strings_and_bytes_of_every_spelling_decode(void **state)
{
	struct {
		uint64_t points;
		char text[9];
	} str = { 8, "caf\xc3\xa9 au" };
	uint64_t run, pos, bytes, word;
	struct stele_value v;
	char big[9] = "\0\1\2\3\4\5\6\7";

	(void)state;
	run = object(KIND(RUN), 0, 19, "hello worldsecond !", 19);
	pos = object(KIND(STR), STELE_FMT_OBJ_F_IDENTITY, 8, &str, 16);
	bytes = object(KIND(BYTES), 0, 8, big, 8);
	open_image();
	v = decoded(stele_word_ascii(run + 8 + 11, 8));
	assert_int_equal(v.type, STELE_TYPE_STR);
	assert_int_equal(v.flags, STELE_VALUE_F_ASCII);
	assert_int_equal(v.len, 8);
	assert_memory_equal(v.u.ptr, "second !", 8);
	v = decoded(pos);
	assert_int_equal(v.type, STELE_TYPE_STR);
	assert_int_equal(v.flags, STELE_VALUE_F_IDENTITY);
	assert_int_equal(v.len, 8);
	assert_memory_equal(v.u.ptr, str.text, 8);
	v = decoded(bytes);
	assert_int_equal(v.type, STELE_TYPE_BYTES);
	assert_int_equal(v.len, 8);
	assert_memory_equal(v.u.ptr, big, 8);
	for (unsigned n = 0; n <= 7; n++) {
		assert_true(stele_word_short(STELE_FMT_TAG_STR, "abcdefg", n,
					     &word));
		v = decoded(word);
		assert_int_equal(v.type, STELE_TYPE_STR);
		assert_int_equal(v.len, n);
		assert_int_equal(v.flags, STELE_VALUE_F_ASCII);
		assert_memory_equal(v.u.ptr, "abcdefg", n);
	}
	assert_true(stele_word_short(STELE_FMT_TAG_STR, "\xc3\xa9", 2, &word));
	assert_int_equal(decoded(word).flags, 0);
	assert_true(stele_word_short(STELE_FMT_TAG_BYTES, "\0\0", 2, &word));
	v = decoded(word);
	assert_int_equal(v.type, STELE_TYPE_BYTES);
	assert_int_equal(v.len, 2);
}

static void dates_and_datetimes_decode(void **state)
{
	struct stele_value v;

	(void)state;
	object(KIND(LIST), 0, 0, NULL, 0);
	open_image();
	v = decoded(stele_word_calendar(STELE_FMT_CALENDAR_DATE, -719162));
	assert_true(v.type == STELE_TYPE_DATE && v.u.i == -719162);
	v = decoded(stele_word_calendar(STELE_FMT_CALENDAR_DATETIME,
					253402300799999999ll));
	assert_true(v.type == STELE_TYPE_DATETIME &&
		    v.u.i == 253402300799999999ll);
	assert_int_equal(decode(stele_word_calendar(2, 0), &v),
			 -STELE_E_FEATURE);
}

static void big_integers_print_their_digits(void **state)
{
	static const uint8_t ten_30[13] = { 0,	  0,	0,    0x40, 0xea,
					    0xed, 0x74, 0x46, 0xd0, 0x9c,
					    0x2c, 0x9f, 0x0c };
	struct stele_value v;
	char buf[40];
	uint64_t pos;
	size_t len;

	(void)state;
	pos = object(KIND(BIGINT), STELE_FMT_OBJ_F_NEGATIVE, 13, ten_30, 13);
	open_image();
	v = decoded(pos);
	assert_int_equal(v.type, STELE_TYPE_BIGINT);
	assert_int_equal(v.flags, STELE_VALUE_F_NEGATIVE);
	assert_int_equal(stele_value_digits(&v, buf, sizeof(buf), &len), 0);
	assert_string_equal(buf, "-1000000000000000000000000000000");
	assert_int_equal(len, 32);
	len = 0;
	assert_int_equal(stele_value_digits(&v, buf, 32, &len), -ENOSPC);
	assert_int_equal(len, 32);
	assert_int_equal(stele_value_digits(&v, buf, 33, &len), 0);
	for (size_t size = 0; size < 32; size++) {
		char *exact = malloc(size + 1);

		assert_int_equal(stele_value_digits(&v, exact, size, &len),
				 -ENOSPC);
		assert_int_equal(len, 32);
		free(exact);
	}
	v.type = STELE_TYPE_U64;
	v.u.u = UINT64_MAX;
	assert_int_equal(stele_value_digits(&v, buf, sizeof(buf), &len), 0);
	assert_string_equal(buf, "18446744073709551615");
	assert_int_equal(stele_value_digits(&v, buf, 20, &len), -ENOSPC);
	v.type = STELE_TYPE_STR;
	assert_int_equal(stele_value_digits(&v, buf, sizeof(buf), &len),
			 -STELE_E_TYPE);
	v.type = STELE_TYPE_BIGINT;
	v.len = STELE_FMT_BIGINT_MAX + 1;
	assert_int_equal(stele_value_digits(&v, buf, sizeof(buf), &len),
			 -STELE_E_LIMIT);
}

/* Digits go to a magnitude by the builder's way, and come back. */
static void digits_of_any_length_come_back(void **state)
{
	unsigned seed = 20240117;
	char text[1301], back[1310];

	(void)state;
	print_message("seed %u\n", seed);
	for (int round = 0; round < 60; round++) {
		size_t n = 20 + (size_t)round * 21, len;
		struct stele_cell cell = stele_cell_of(STELE_TYPE_BIGINT);
		struct stele_buffer out = { 0 };
		struct stele_value v = { .type = STELE_TYPE_BIGINT };

		for (size_t i = 0; i < n; i++) {
			seed = seed * 1103515245 + 12345;
			text[i] = (char)('0' + (seed >> 16) % 10);
		}
		text[0] = '9';
		text[n] = '\0';
		cell.u.ptr = text;
		cell.len = n;
		assert_int_equal(stele_canonical_cell(&out, &cell), 0);
		v.u.ptr = (const char *)out.ptr + 2;
		v.len = out.len - 2;
		assert_int_equal(
			stele_value_digits(&v, back, sizeof(back), &len), 0);
		assert_string_equal(back, text);
		assert_int_equal(len, n);
		stele_buffer_free(&out);
	}
}

static void lists_give_each_item_and_none_beyond(void **state)
{
	uint64_t words[3] = { STELE_FMT_TRUE, 0, STELE_FMT_NULL }, pos;
	struct stele_value list, item;

	(void)state;
	stele_word_short(STELE_FMT_TAG_STR, "abc", 3, &words[1]);
	pos = object(KIND(LIST), 0, 3, words, 24);
	open_image();
	list = decoded(pos);
	assert_int_equal(list.type, STELE_TYPE_LIST);
	assert_int_equal(list.len, 3);
	assert_int_equal(stele_value_item(&list, 1, &item), 0);
	assert_int_equal(item.type, STELE_TYPE_STR);
	/* the bytes lie in the list, not in a copy */
	assert_ptr_equal(item.u.ptr, seg.base + pos + 16 + 1);
	assert_int_equal(stele_value_item(&list, 3, &item), -STELE_E_ABSENT);
	assert_int_equal(stele_value_item(&list, UINT64_MAX, &item),
			 -STELE_E_ABSENT);
	assert_int_equal(stele_value_item(&item, 0, &item), -STELE_E_TYPE);
}

static void arrays_give_elements_and_a_pointer_to_all(void **state)
{
	int16_t small[3] = { 1, -2, 300 };
	double large[8] = { 0.5, 1, 2, 3, 4, 5, 6, 7 };
	struct stele_value v, item;
	const void *elements;
	uint64_t a, b;

	(void)state;
	a = object(KIND(ARRAY), STELE_FMT_ELEM_I16 << STELE_FMT_OBJ_ELEM_SHIFT,
		   3, small, 6);
	while (im.len % 64 != 56)
		handmade_word(&im, 0);
	b = object(KIND(ARRAY), STELE_FMT_ELEM_F64 << STELE_FMT_OBJ_ELEM_SHIFT,
		   8, large, 64);
	open_image();
	v = decoded(a);
	assert_int_equal(v.type, STELE_TYPE_ARRAY);
	assert_int_equal(v.element, STELE_TYPE_I16);
	assert_int_equal(stele_value_item(&v, 1, &item), 0);
	assert_true(item.type == STELE_TYPE_I16 && item.u.i == -2);
	assert_int_equal(stele_value_item(&v, 3, &item), -STELE_E_ABSENT);
	v = decoded(b);
	assert_int_equal(stele_value_elements(&v, &elements), 0);
	assert_int_equal((uintptr_t)elements % 64, 0);
	assert_memory_equal(elements, large, 64);
}

static void a_large_array_out_of_line_with_64_gives_no_pointer(void **state)
{
	double large[8] = { 0 };
	struct stele_value v;
	const void *elements;
	uint64_t pos;

	(void)state;
	pos = object(KIND(ARRAY),
		     STELE_FMT_ELEM_F64 << STELE_FMT_OBJ_ELEM_SHIFT, 8, large,
		     64);
	open_image();
	v = decoded(pos);
	assert_int_equal(stele_value_elements(&v, &elements), -STELE_E_FORMAT);
}

/* Every raw type reads its width, sign and member. */
static void raw_elements_are_of_their_type(void **state)
{
	static const uint8_t ff[8] = { 0xff, 0xff, 0xff, 0xff,
				       0xff, 0xff, 0xff, 0xff };
	struct stele_value v;

	(void)state;
	object(KIND(LIST), 0, 0, NULL, 0);
	open_image();
	for (unsigned t = STELE_TYPE_I8; t <= STELE_TYPE_I64; t++) {
		stele_value_raw(&seg, t, ff, &v);
		assert_true(v.type == t && v.u.i == -1);
	}
	for (unsigned t = STELE_TYPE_U8; t <= STELE_TYPE_U64; t++) {
		stele_value_raw(&seg, t, ff, &v);
		assert_true(v.u.u ==
			    UINT64_MAX >> (64 - 8 * stele_type_width(t)));
	}
	stele_value_raw(&seg, STELE_TYPE_DATE, ff, &v);
	assert_true(v.type == STELE_TYPE_DATE && v.u.i == -1);
	stele_value_raw(&seg, STELE_TYPE_DATETIME, ff, &v);
	assert_true(v.type == STELE_TYPE_DATETIME && v.u.i == -1);
	stele_value_raw(&seg, STELE_TYPE_BOOL, ff, &v);
	assert_true(v.type == STELE_TYPE_BOOL && v.u.b);
	stele_value_raw(&seg, STELE_TYPE_F32, "\0\0\xc0\x3f", &v);
	assert_true(v.type == STELE_TYPE_F32 && v.u.f == 1.5);
	stele_value_raw(&seg, STELE_TYPE_F64, "\0\0\0\0\0\0\xf8\x3f", &v);
	assert_true(v.type == STELE_TYPE_F64 && v.u.f == 1.5);
}

/* A dict of n string keys "k0".. to their numbers, index and all. */
static uint64_t make_dict(unsigned n)
{
	static uint64_t payload[4096];
	uint64_t bytes = stele_dict_index_bytes(n);
	uint32_t *index = (uint32_t *)&payload[2 * n];
	uint32_t mask = bytes ? (uint32_t)(bytes / 4 - 1) : 0;

	memset(payload, 0, sizeof(payload));
	for (unsigned i = 0; i < n; i++) {
		char key[16];
		int len = sprintf(key, "k%u", i);
		uint64_t h = stele_canonical_hash_str(key, (size_t)len,
						      STELE_FMT_DEFAULT_SEED);
		uint32_t slot = (uint32_t)(h >> 32) & mask;

		stele_word_short(STELE_FMT_TAG_STR, key, (uint64_t)len,
				 &payload[2 * i]);
		stele_word_int(i, &payload[2 * i + 1]);
		if (!bytes)
			continue;
		while (index[slot])
			slot = (slot + 1) & mask;
		index[slot] = ((uint32_t)h & ~mask) | (i + 1);
	}
	return object(KIND(DICT), 0, n, payload, 16 * n + bytes);
}

static void dicts_of_every_size_find_their_keys(void **state)
{
	static const unsigned sizes[] = { 0, 1, 7, 8, 9, 10, 11, 42, 43, 500 };
	uint64_t pos[10];

	(void)state;
	for (int i = 0; i < 10; i++)
		pos[i] = make_dict(sizes[i]);
	open_image();
	for (int i = 0; i < 10; i++) {
		struct stele_value dict = decoded(pos[i]), item, key;
		char name[16];

		assert_int_equal(dict.len, sizes[i]);
		for (unsigned k = 0; k < sizes[i]; k++) {
			int len = sprintf(name, "k%u", k);

			assert_int_equal(stele_value_find_str(&dict, name,
							      (size_t)len,
							      &item),
					 0);
			assert_true(item.type == STELE_TYPE_I64 &&
				    item.u.i == k);
			assert_int_equal(
				stele_value_pair(&dict, k, &key, &item), 0);
			assert_memory_equal(key.u.ptr, name, (size_t)len);
		}
		assert_int_equal(stele_value_find_str(&dict, "nope", 4, &item),
				 -STELE_E_ABSENT);
		assert_int_equal(stele_value_pair(&dict, sizes[i], &key, &item),
				 -STELE_E_ABSENT);
	}
}

static void a_dict_finds_numbers_by_value_and_refuses_no_keys(void **state)
{
	uint64_t words[4], pos;
	struct stele_value dict, key = { .type = STELE_TYPE_F64 }, item;

	(void)state;
	stele_word_int(7, &words[0]);
	words[1] = STELE_FMT_TRUE;
	words[2] = STELE_FMT_NULL;
	words[3] = STELE_FMT_FALSE;
	pos = object(KIND(DICT), 0, 2, words, 32);
	open_image();
	dict = decoded(pos);
	key.u.f = 7.0;
	assert_int_equal(stele_value_find(&dict, &key, &item), 0);
	assert_true(item.type == STELE_TYPE_BOOL && item.u.b);
	key.type = STELE_TYPE_NULL;
	assert_int_equal(stele_value_find(&dict, &key, &item), 0);
	key.type = STELE_TYPE_F64;
	key.u.f = NAN;
	assert_int_equal(stele_value_find(&dict, &key, &item), -STELE_E_RANGE);
	assert_int_equal(stele_value_find(&dict, &dict, &item), -STELE_E_TYPE);
	assert_int_equal(stele_value_find(&item, &key, &item), -STELE_E_TYPE);
}

static void code_points_are_counted_and_wrong_text_refused(void **state)
{
	struct stele_value v = { .type = STELE_TYPE_STR };
	uint64_t points = 0;

	(void)state;
	object(KIND(LIST), 0, 0, NULL, 0);
	open_image();
	v.u.ptr = "a\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80";
	v.len = 10;
	assert_int_equal(stele_value_code_points(&v, &points), 0);
	assert_int_equal(points, 4);
	v.len = 9;
	assert_int_equal(stele_value_code_points(&v, &points), -STELE_E_UTF8);
	v.u.ptr = "\xed\xa0\x80"; /* a surrogate */
	v.len = 3;
	assert_int_equal(stele_value_code_points(&v, &points), -STELE_E_UTF8);
	v.type = STELE_TYPE_BYTES;
	assert_int_equal(stele_value_code_points(&v, &points), -STELE_E_TYPE);
}

static void heads_that_reach_beyond_the_end_are_refused(void **state)
{
	static const unsigned kinds[] = {
		KIND(RUN),  KIND(BIGINT), KIND(STR),   KIND(BYTES),
		KIND(LIST), KIND(DICT),	  KIND(ARRAY),
	};
	static const uint64_t counts[] = { 3, 1 << 20, STELE_FMT_DICT_MAX,
					   STELE_FMT_MAX_COUNT };
	struct stele_value v;
	uint64_t pos, head, size;

	(void)state;
	pos = object(KIND(I64), 0, 0, "12345678", 8);
	open_image();
	for (size_t k = 0; k < sizeof(kinds) / sizeof(*kinds); k++)
		for (size_t c = 0; c < 4; c++) {
			uint64_t count = counts[c] < 20 ? 20 : counts[c];

			handmade_put(&im, pos, HEAD(kinds[k], 0x40, count));
			handmade_close(&im, &seg);
			open_image();
			assert_int_equal(stele_object_size(&seg, pos, &head,
							   &size),
					 -STELE_E_FORMAT);
			assert_int_equal(decode(pos, &v), -STELE_E_FORMAT);
		}
	assert_int_equal(decode(seg.len & ~7ull, &v), -STELE_E_FORMAT);
	assert_int_equal(decode(1ull << 63, &v), -STELE_E_FORMAT);
	assert_int_equal(decode(UINT64_MAX & ~7ull, &v), -STELE_E_FORMAT);
	assert_int_equal(decode(stele_word_ascii(seg.len - 7, 8), &v),
			 -STELE_E_FORMAT);
	assert_int_equal(decode(stele_word_ascii(STELE_FMT_ASCII_MAX_OFF, 8),
				&v),
			 -STELE_E_FORMAT);
}

static void kinds_to_come_are_features_and_others_broken(void **state)
{
	struct stele_value v;
	uint64_t pos;

	(void)state;
	pos = object(KIND(LIST), 0, 0, NULL, 0);
	open_image();
	for (unsigned kind = 0; kind < 256; kind++) {
		int rc;

		handmade_put(&im, pos, HEAD(kind, 0, kind ? 0 : 1));
		handmade_close(&im, &seg);
		open_image();
		rc = decode(pos, &v);
		if (kind > KIND(RECORD) && kind <= KIND(USER))
			assert_int_equal(rc, -STELE_E_FEATURE);
		else if (kind > KIND(USER) || kind <= KIND(RUN) ||
			 kind == KIND(RECORD))
			assert_int_equal(rc, -STELE_E_FORMAT);
	}
}

/* Whatever the word, a reader stays inside: ASan is the judge. */
static void no_word_leads_outside(void **state)
{
	uint64_t x = 88172645463325252ull;
	struct stele_value v, item;

	(void)state;
	print_message("seed %llu\n", (unsigned long long)x);
	make_dict(20);
	object(KIND(LIST), 0, 2, "\x01\0\0\0\0\0\0\0\x01\0\0\0\0\0\0", 16);
	open_image();
	for (int i = 0; i < 300000; i++) {
		uint64_t word, points;
		const void *p;

		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		word = i & 1 ? x : x % (seg.len + 4096);
		if (decode(word, &v))
			continue;
		if (v.type == STELE_TYPE_STR) {
			stele_value_code_points(&v, &points);
			continue;
		}
		stele_value_item(&v, 0, &item);
		stele_value_item(&v, v.len - 1, &item);
		stele_value_elements(&v, &p);
		stele_value_find_str(&v, "k3", 2, &item);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(constants_are_their_values),
		TEST(integers_decode_at_their_limits),
		TEST(doubles_decode_to_the_same_bits),
		TEST(strings_and_bytes_of_every_spelling_decode),
		TEST(dates_and_datetimes_decode),
		TEST(big_integers_print_their_digits),
		cmocka_unit_test(digits_of_any_length_come_back),
		TEST(lists_give_each_item_and_none_beyond),
		TEST(arrays_give_elements_and_a_pointer_to_all),
		TEST(a_large_array_out_of_line_with_64_gives_no_pointer),
		TEST(raw_elements_are_of_their_type),
		TEST(dicts_of_every_size_find_their_keys),
		TEST(a_dict_finds_numbers_by_value_and_refuses_no_keys),
		TEST(code_points_are_counted_and_wrong_text_refused),
		TEST(heads_that_reach_beyond_the_end_are_refused),
		TEST(kinds_to_come_are_features_and_others_broken),
		TEST(no_word_leads_outside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
