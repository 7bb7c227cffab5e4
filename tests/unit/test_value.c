// SPDX-License-Identifier: MIT
/* Value words and objects, decoded; and that no word leads a reader outside. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "canonical.h"
#include "value_image.h"
#include "word.h"

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

static void calendar_words_decode(void **state)
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
	v = decoded(stele_word_calendar(STELE_FMT_CALENDAR_TIME, 86399999999));
	assert_true(v.type == STELE_TYPE_TIME && v.u.i == 86399999999);
	v = decoded(stele_word_calendar(STELE_FMT_CALENDAR_TIMEDELTA,
					STELE_FMT_TIMEDELTA_MIN));
	assert_true(v.type == STELE_TYPE_TIMEDELTA &&
		    v.u.i == STELE_FMT_TIMEDELTA_MIN);
	v = decoded(stele_word_calendar(STELE_FMT_CALENDAR_TIMEDELTA,
					STELE_FMT_TIMEDELTA_MAX));
	assert_true(v.type == STELE_TYPE_TIMEDELTA &&
		    v.u.i == STELE_FMT_TIMEDELTA_MAX);
}

static void long_timedeltas_and_zoned_datetimes_are_objects(void **state)
{
	uint64_t delta, zoned;
	struct stele_value v;

	(void)state;
	delta = handmade_timedelta(&im, INT64_MIN);
	zoned = handmade_zoned(&im, -62135596800000000, -86399);
	open_image();
	v = decoded(delta);
	assert_true(v.type == STELE_TYPE_TIMEDELTA && v.u.i == INT64_MIN);
	assert_int_equal(v.len, 0);
	v = decoded(zoned);
	assert_int_equal(v.type, STELE_TYPE_ZONED);
	assert_true(v.u.i == -62135596800000000 && v.offset == -86399);
	assert_int_equal(v.len, 0);
}

static void a_uuid_is_sixteen_bytes_where_they_lie(void **state)
{
	struct stele_value v;
	uint64_t pos;

	(void)state;
	pos = handmade_uuid(&im, "0123456789abcde\xff");
	open_image();
	v = decoded(pos);
	assert_int_equal(v.type, STELE_TYPE_UUID);
	assert_int_equal(v.len, 16);
	assert_ptr_equal(v.u.ptr, seg.base + pos + 8);
	assert_memory_equal(v.u.ptr, "0123456789abcde\xff", 16);
}

static void decimals_keep_sign_exponent_and_digits(void **state)
{
	uint64_t pos[4];
	struct stele_value v;

	(void)state;
	pos[0] = handmade_scaled(&im, -150, -2);
	pos[1] = handmade_scaled(&im, 0, 1000000);
	pos[2] = handmade_decimal(
		&im, STELE_FMT_OBJ_F_INFINITE | STELE_FMT_OBJ_F_NEGATIVE, 0, "",
		0);
	pos[3] = handmade_decimal(&im, STELE_FMT_OBJ_F_NAN, 0, "", 0);
	open_image();
	v = decoded(pos[0]);
	assert_int_equal(v.type, STELE_TYPE_DECIMAL);
	assert_int_equal(v.flags, STELE_VALUE_F_NEGATIVE);
	assert_int_equal(v.exponent, -2);
	assert_int_equal(v.len, 1);
	assert_int_equal((uint8_t)v.u.ptr[0], 150);
	v = decoded(pos[1]);
	assert_int_equal(v.exponent, 1000000);
	assert_int_equal(v.len, 0);
	assert_int_equal(decoded(pos[2]).flags,
			 STELE_VALUE_F_INFINITE | STELE_VALUE_F_NEGATIVE);
	assert_int_equal(decoded(pos[3]).flags, STELE_VALUE_F_NAN);
}

static void decimals_beyond_their_limits_are_broken(void **state)
{
	static uint8_t magnitude[STELE_FMT_DECIMAL_MAX + 1];
	struct stele_value v;
	uint64_t pos[5];

	(void)state;
	memset(magnitude, 1, sizeof(magnitude));
	pos[0] = handmade_decimal(&im, 0, 1000001, "\1", 1);
	pos[1] = handmade_decimal(&im, 0, -1000001, "\1", 1);
	pos[2] = handmade_decimal(&im, 0, INT32_MIN, "\1", 1);
	pos[3] = handmade_decimal(&im, 0, 0, magnitude, sizeof(magnitude));
	pos[4] = handmade_decimal(&im, 0, -1000000, magnitude,
				  sizeof(magnitude) - 1);
	open_image();
	for (int i = 0; i < 4; i++)
		assert_int_equal(decode(pos[i], &v), -STELE_E_FORMAT);
	assert_int_equal(decoded(pos[4]).len, STELE_FMT_DECIMAL_MAX);
}

/* What a flag contradicts does not reach a caller. */
static void a_decimal_that_is_no_number_has_no_digits(void **state)
{
	struct stele_value v;
	uint64_t pos;

	(void)state;
	pos = handmade_decimal(&im, STELE_FMT_OBJ_F_NAN, INT32_MAX, "123", 3);
	open_image();
	v = decoded(pos);
	assert_int_equal(v.flags, STELE_VALUE_F_NAN);
	assert_int_equal(v.len, 0);
	assert_int_equal(v.exponent, 0);
}

static void user_values_give_name_and_bytes(void **state)
{
	struct stele_value v, item;
	struct stele_str name, bytes;
	uint64_t a, b, c;

	(void)state;
	a = handmade_user(&im, handmade_text(&im, "color"), "\xff\0\x80", 3);
	b = handmade_text(&im, "a name of some length");
	b = handmade_user(&im, b, "", 0);
	c = handmade_text(&im, "");
	c = handmade_user(&im, c, "x", 1);
	open_image();
	v = decoded(a);
	assert_int_equal(v.type, STELE_TYPE_USER);
	assert_int_equal(v.len, 3);
	assert_int_equal(stele_value_user(&v, &name, &bytes), 0);
	assert_int_equal(name.len, 5);
	assert_memory_equal(name.ptr, "color", 5);
	assert_int_equal(bytes.len, 3);
	assert_memory_equal(bytes.ptr, "\xff\0\x80", 3);
	v = decoded(b);
	assert_int_equal(stele_value_user(&v, &name, &bytes), 0);
	assert_int_equal(name.len, 21);
	assert_int_equal(bytes.len, 0);
	v = decoded(c);
	assert_int_equal(stele_value_user(&v, &name, &bytes), -STELE_E_FORMAT);
	reopen_with(a + 8, handmade_int(5));
	v = decoded(a);
	assert_int_equal(stele_value_user(&v, &name, &bytes), -STELE_E_FORMAT);
	reopen_with(a + 8, 1ull << 62);
	v = decoded(a);
	assert_int_equal(stele_value_user(&v, &name, &bytes), -STELE_E_FORMAT);
	assert_int_equal(stele_value_item(&v, 0, &item), -STELE_E_TYPE);
	v.type = STELE_TYPE_BYTES;
	assert_int_equal(stele_value_user(&v, &name, &bytes), -STELE_E_TYPE);
}

static void a_user_name_beyond_its_limit_is_broken(void **state)
{
	static char text[65536];
	struct stele_value v;
	struct stele_str name, bytes;
	uint64_t a, b;

	(void)state;
	memset(text, 'n', sizeof(text));
	a = handmade_user(&im, handmade_str(&im, text, 65535), "x", 1);
	b = handmade_user(&im, handmade_str(&im, text, 65536), "x", 1);
	open_image();
	v = decoded(a);
	assert_int_equal(stele_value_user(&v, &name, &bytes), 0);
	assert_int_equal(name.len, 65535);
	v = decoded(b);
	assert_int_equal(stele_value_user(&v, &name, &bytes), -STELE_E_FORMAT);
}

static void tuples_and_sets_give_each_item_and_none_beyond(void **state)
{
	uint64_t words[] = { handmade_int(7), handmade_int(-1),
			     STELE_FMT_NULL };
	struct stele_value v, item;
	uint64_t tuple, set;

	(void)state;
	tuple = handmade_items(&im, KIND(TUPLE), words, 3);
	set = handmade_set(&im, words, 3, 0);
	open_image();
	v = decoded(tuple);
	assert_int_equal(v.type, STELE_TYPE_TUPLE);
	assert_int_equal(v.len, 3);
	assert_int_equal(stele_value_item(&v, 1, &item), 0);
	assert_true(item.u.i == -1);
	assert_int_equal(stele_value_item(&v, 3, &item), -STELE_E_ABSENT);
	v = decoded(set);
	assert_int_equal(v.type, STELE_TYPE_SET);
	assert_int_equal(v.len, 3);
	/* in the order of their encodings: null, -1, 7 */
	assert_int_equal(stele_value_item(&v, 0, &item), 0);
	assert_int_equal(item.type, STELE_TYPE_NULL);
	assert_int_equal(stele_value_item(&v, 2, &item), 0);
	assert_true(item.u.i == 7);
	assert_int_equal(stele_value_item(&v, 3, &item), -STELE_E_ABSENT);
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
	static const uint8_t zoned[16] = { 1, [8] = 0xf0, 0xf1, 0xff, 0xff };
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
	stele_value_raw(&seg, STELE_TYPE_TIME, ff, &v);
	assert_true(v.type == STELE_TYPE_TIME && v.u.i == -1);
	stele_value_raw(&seg, STELE_TYPE_TIMEDELTA, ff, &v);
	assert_true(v.type == STELE_TYPE_TIMEDELTA && v.u.i == -1);
	stele_value_raw(&seg, STELE_TYPE_ZONED, zoned, &v);
	assert_true(v.type == STELE_TYPE_ZONED && v.u.i == 1 &&
		    v.offset == -3600);
	stele_value_raw(&seg, STELE_TYPE_UUID, zoned, &v);
	assert_true(v.type == STELE_TYPE_UUID && v.len == 16);
	assert_ptr_equal(v.u.ptr, zoned);
	stele_value_raw(&seg, STELE_TYPE_BOOL, ff, &v);
	assert_true(v.type == STELE_TYPE_BOOL && v.u.b);
	stele_value_raw(&seg, STELE_TYPE_F32, "\0\0\xc0\x3f", &v);
	assert_true(v.type == STELE_TYPE_F32 && v.u.f == 1.5);
	stele_value_raw(&seg, STELE_TYPE_F64, "\0\0\0\0\0\0\xf8\x3f", &v);
	assert_true(v.type == STELE_TYPE_F64 && v.u.f == 1.5);
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
		KIND(RUN),  KIND(BIGINT), KIND(STR),	 KIND(BYTES),
		KIND(LIST), KIND(DICT),	  KIND(ARRAY),	 KIND(TUPLE),
		KIND(SET),  KIND(USER),	  KIND(DECIMAL), KIND(NDARRAY),
	};
	static const uint64_t counts[] = { 32, 1 << 20, STELE_FMT_DICT_MAX,
					   STELE_FMT_DICT_MAX + 1,
					   STELE_FMT_MAX_COUNT };
	static const unsigned flags[] = { 0x40, 0x10, 0xf0 };
	struct stele_value v;
	uint64_t pos, head, size;

	(void)state;
	pos = object(KIND(I64), 0, 0, "12345678", 8);
	open_image();
	for (size_t k = 0; k < sizeof(kinds) / sizeof(*kinds); k++)
		for (size_t c = 0; c < 15; c++) {
			reopen_with(pos, HEAD(kinds[k], flags[c % 3],
					      counts[c / 3]));
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

/* The object is the last: the smallest that its kind can be, less a word. */
static void objects_that_end_too_early_are_refused(void **state)
{
	static const struct {
		unsigned kind;
		uint64_t count, bytes;
	} cases[] = {
		{ KIND(I64), 0, 16 },	       { KIND(U64), 0, 16 },
		{ KIND(F64), 0, 16 },	       { KIND(TIMEDELTA), 0, 16 },
		{ KIND(ZONED), 0, 24 },	       { KIND(UUID), 0, 24 },
		{ KIND(DECIMAL), 0, 16 },      { KIND(DECIMAL), 5, 24 },
		{ KIND(USER), 0, 16 },	       { KIND(USER), 1, 24 },
		{ KIND(TUPLE), 2, 24 },	       { KIND(SET), 8, 72 },
		{ KIND(SET), 9, 8 + 72 + 64 }, { KIND(DICT), 9, 8 + 144 + 64 },
	};
	static const uint8_t zeros[256];
	struct stele_value v;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		uint64_t pos;

		for (uint64_t less = 0; less <= 8; less += 8) {
			handmade_free(&im);
			begin(NULL);
			pos = object(cases[i].kind, 0, cases[i].count, zeros,
				     cases[i].bytes - 8 - less);
			open_image();
			assert_int_equal(decode(pos, &v),
					 less ? -STELE_E_FORMAT : 0);
			handmade_close(&im, &seg);
		}
	}
}

/* In a segment of a terabyte, of which the head alone is touched. */
static void collections_have_fewer_than_2_to_the_30_keys(void **state)
{
	static const unsigned kinds[] = { KIND(DICT), KIND(SET) };
	static const uint64_t bytes[] = { 16, 8 };
	uint64_t image[2] = { 0 }, head, size;
	struct stele_segment huge = { .base = (const uint8_t *)image,
				      .len = 1ull << 40 };

	(void)state;
	object(KIND(LIST), 0, 0, NULL, 0);
	open_image();
	for (int i = 0; i < 2; i++) {
		image[1] = HEAD(kinds[i], 0, STELE_FMT_DICT_MAX);
		assert_int_equal(stele_object_size(&huge, 8, &head, &size), 0);
		assert_true(size ==
			    8 + bytes[i] * STELE_FMT_DICT_MAX + (4ull << 31));
		image[1] = HEAD(kinds[i], 0, STELE_FMT_DICT_MAX + 1);
		assert_int_equal(stele_object_size(&huge, 8, &head, &size),
				 -STELE_E_FORMAT);
	}
}

/* A salt is eight bytes more, where there is an index. */
static void salted_indexes_take_a_word_more(void **state)
{
	static const uint8_t zeros[256];
	uint64_t few, nine, head, size;

	(void)state;
	few = object(KIND(SET), STELE_FMT_OBJ_F_SALTED, 8, zeros, 64);
	nine = object(KIND(SET), STELE_FMT_OBJ_F_SALTED, 9, zeros, 144);
	open_image();
	assert_int_equal(stele_object_size(&seg, few, &head, &size), 0);
	assert_int_equal(size, 72);
	assert_int_equal(stele_object_size(&seg, nine, &head, &size), 0);
	assert_int_equal(size, 152);
	assert_int_equal(decoded(nine).flags, STELE_VALUE_F_SALTED);
}

static void unknown_kinds_are_broken(void **state)
{
	struct stele_value v;
	uint64_t pos;

	(void)state;
	pos = object(KIND(LIST), 0, 0, NULL, 0);
	for (int i = 0; i < 16; i++)
		handmade_word(&im, 0);
	open_image();
	for (unsigned kind = 0; kind < 256; kind++) {
		bool known = kind >= KIND(I64) && kind <= KIND(USER) &&
			     kind != KIND(RECORD) && kind != 16;

		reopen_with(pos, HEAD(kind, 0, kind ? 0 : 1));
		if (decode(pos, &v) != (known ? 0 : -STELE_E_FORMAT))
			fail_msg("kind %u", kind);
	}
}

/* All that a value can be asked; what it is does not matter. */
static void ask(const struct stele_value *v)
{
	struct stele_value item, key;
	struct stele_str name, bytes;
	struct stele_ndarray array;
	uint64_t n, index[STELE_NDARRAY_AXES] = { 0 };
	const void *p;
	bool equal;

	stele_value_hash(v, 1, &n);
	stele_value_equal(v, v, &equal);
	if (v->type == STELE_TYPE_STR)
		stele_value_code_points(v, &n);
	stele_value_item(v, 0, &item);
	stele_value_item(v, v->len - 1, &item);
	stele_value_elements(v, &p);
	stele_value_pair(v, 0, &key, &item);
	stele_value_find_str(v, "k3", 2, &item);
	stele_value_find(v, v, &item);
	stele_value_contains(v, v);
	if (!stele_value_ndarray(v, &array))
		stele_ndarray_at(v, index, &item);
	if (!stele_value_user(v, &name, &bytes))
		assert_true(!memchr(bytes.ptr, 1, bytes.len) || bytes.len);
}

/* Whatever the word, a reader stays inside: ASan is the judge. */
static void no_word_leads_outside(void **state)
{
	uint64_t x = 88172645463325252ull, words[40];
	struct stele_value v, set;

	(void)state;
	print_message("seed %llu\n", (unsigned long long)x);
	for (int i = 0; i < 40; i++)
		words[i] = handmade_int(i);
	handmade_dict(&im, words, 20, 0);
	words[0] = handmade_set(&im, words, 40, 99);
	handmade_items(&im, KIND(LIST), words, 2);
	handmade_scaled(&im, 15, -1);
	handmade_ndarray(&im, STELE_FMT_ELEM_U8, 1, (uint64_t[]){ 3 },
			 (int64_t[]){ 1 }, "abc", 3);
	handmade_user(&im, handmade_text(&im, "user"), "bytes", 5);
	open_image();
	set = decoded(words[0]);
	for (int i = 0; i < 300000; i++) {
		bool equal;

		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		if (decode(i & 1 ? x : x % (seg.len + 4096), &v))
			continue;
		ask(&v);
		if (i % 16 == 0)
			stele_value_equal(&v, &set, &equal);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(constants_are_their_values),
		TEST(integers_decode_at_their_limits),
		TEST(doubles_decode_to_the_same_bits),
		TEST(strings_and_bytes_of_every_spelling_decode),
		TEST(calendar_words_decode),
		TEST(long_timedeltas_and_zoned_datetimes_are_objects),
		TEST(a_uuid_is_sixteen_bytes_where_they_lie),
		TEST(decimals_keep_sign_exponent_and_digits),
		TEST(decimals_beyond_their_limits_are_broken),
		TEST(a_decimal_that_is_no_number_has_no_digits),
		TEST(user_values_give_name_and_bytes),
		TEST(a_user_name_beyond_its_limit_is_broken),
		TEST(tuples_and_sets_give_each_item_and_none_beyond),
		TEST(big_integers_print_their_digits),
		cmocka_unit_test(digits_of_any_length_come_back),
		TEST(lists_give_each_item_and_none_beyond),
		TEST(arrays_give_elements_and_a_pointer_to_all),
		TEST(a_large_array_out_of_line_with_64_gives_no_pointer),
		TEST(raw_elements_are_of_their_type),
		TEST(code_points_are_counted_and_wrong_text_refused),
		TEST(heads_that_reach_beyond_the_end_are_refused),
		TEST(objects_that_end_too_early_are_refused),
		TEST(collections_have_fewer_than_2_to_the_30_keys),
		TEST(salted_indexes_take_a_word_more),
		TEST(unknown_kinds_are_broken),
		TEST(no_word_leads_outside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
