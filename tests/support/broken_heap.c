// SPDX-License-Identifier: MIT
/*
 * Broken objects and value words: a heap of the object alone, or of a list with
 * the word in it.
 */
#include <string.h>

#include "broken.h"
#include "calendar.h"
#include "handmade_value.h"
#include "ndarray.h"
#include "word.h"

#define HEAD(kind, flags, count) \
	STELE_FMT_HEAD(STELE_FMT_KIND_##kind, flags, count)
#define FLAG(name) STELE_FMT_OBJ_F_##name
#define NR(list) (sizeof(list) / sizeof((list)[0]))

static void heap(struct handmade *im)
{
	handmade_section(im, STELE_FMT_SECTION_HEAP);
}

static uint64_t list(struct handmade *im, uint64_t word)
{
	return handmade_items(im, STELE_FMT_KIND_LIST, &word, 1);
}

/* Words one of which is the way's, in a list. */
static bool word_of(struct handmade *im, const uint64_t *words, size_t nr,
		    unsigned way)
{
	if (way < nr)
		list(im, words[way]);
	return way < nr;
}

/* ----------------------------------------------------------------- heads */

BROKEN(OBJECT_KIND)
{
	static const unsigned kinds[] = { STELE_FMT_KIND_LIST, 16, 21, 255 };

	heap(im);
	if (way < NR(kinds))
		handmade_items(im, kinds[way], NULL, 0);
	return way < NR(kinds);
}

BROKEN(OBJECT_FLAGS)
{
	heap(im);
	handmade_object(im, HEAD(LIST, way == 1 ? FLAG(ROW) : 0, 0), NULL, 0);
	handmade_object(im, HEAD(RUN, way == 2 ? FLAG(IDENTITY) : 0, 8),
			"12345678", 8);
	handmade_object(im, HEAD(UUID, way == 3 ? 0x10 : 0, 0),
			"0123456789abcdef", 16);
	return way <= 3;
}

/* An object that is longer than its heap, though not than the image. */
BROKEN(OBJECT_BOUNDS)
{
	heap(im);
	handmade_object(im, HEAD(LIST, 0, way == 1 ? 16 : 0), NULL, 0);
	heap(im);
	for (int i = 0; i < 16; i++)
		handmade_items(im, STELE_FMT_KIND_LIST, NULL, 0);
	return way <= 1;
}

BROKEN(OBJECT_FILL)
{
	uint64_t three = 3, bytes, array, zoned;
	int64_t stride = 1;

	heap(im);
	bytes = handmade_object(im, HEAD(BYTES, 0, 9), "123456789", 9);
	im->bytes[bytes + 8 + 9] = way == 1;
	bytes = handmade_decimal(im, 0, 0, "1", 1);
	im->bytes[bytes + 8 + 5] = way == 2;
	bytes = handmade_user(im, handmade_text(im, "u"), "1", 1);
	im->bytes[bytes + 16 + 1] = way == 3;
	array = handmade_ndarray(im, STELE_FMT_ELEM_U8, 1, &three, &stride,
				 "abc", 3);
	im->bytes[im->len - 1] = way == 4; /* behind the data */
	im->bytes[array + 9] = way == 5; /* behind the element type */
	im->bytes[stele_ndarray_shape_at(array, 2)] = way ==
						      6; /* before the data */
	zoned = handmade_zoned(im, 0, 0);
	im->bytes[zoned + 8 + 12] = way == 7;
	return way <= 7;
}

BROKEN(OBJECT_PAD)
{
	static const char bytes[64];

	heap(im);
	if (way == 2)
		for (int i = 0; i < 8; i++) /* one more than it takes */
			handmade_word(im, 0);
	handmade_array(im, STELE_FMT_ELEM_U8, 64, bytes, 64);
	if (way == 1)
		handmade_word(im, 0);
	return way <= 2;
}

BROKEN(OBJECT_COUNT)
{
	static const char bytes[8 + 16 * (STELE_FMT_NDARRAY_AXES + 1) + 128];
	int64_t least = INT64_MIN;

	heap(im);
	handmade_object(im, HEAD(I64, 0, way == 1), &least, 8);
	handmade_object(im, HEAD(UUID, 0, way == 2), bytes, 16);
	if (way == 3)
		handmade_object(im, HEAD(NDARRAY, 0, 33), bytes, sizeof(bytes));
	if (way == 4)
		handmade_object(im, HEAD(DECIMAL, 0, STELE_FMT_DECIMAL_MAX + 1),
				bytes, 8);
	return way <= 4;
}

/* ------------------------------------------------------ text and numbers */

BROKEN(RUN_BYTES)
{
	static const char *const runs[] = { "12345678", "1234567",
					    "1234567\x80" };

	heap(im);
	if (way < NR(runs))
		handmade_object(im, HEAD(RUN, 0, strlen(runs[way])), runs[way],
				strlen(runs[way]));
	return way < NR(runs);
}

BROKEN(NUMBER_SPELLING)
{
	static const uint8_t big[9] = { 0, 0, 0, 0, 0, 0, 0, 0x80, 1 };
	int64_t low = way == 1 ? STELE_FMT_INT_MIN : INT64_MIN;
	uint64_t high = way == 2 ? INT64_MAX : UINT64_MAX;
	double f = way == 3 ? 1.5 : 1e300;
	int64_t us = way == 4 ? STELE_FMT_TIMEDELTA_MAX : INT64_MAX;

	heap(im);
	handmade_object(im, HEAD(I64, 0, 0), &low, 8);
	handmade_object(im, HEAD(U64, 0, 0), &high, 8);
	handmade_object(im, HEAD(F64, 0, 0), &f, 8);
	handmade_timedelta(im, us);
	/* -2^63 needs no BIGINT */
	handmade_bigint(im, FLAG(NEGATIVE), big, way == 5 ? 8 : 9);
	return way <= 5;
}

BROKEN(STR_SPELLING)
{
	heap(im);
	if (way == 1) /* is a tag-7 word */
		handmade_str(im, "12345678", 8);
	else
		handmade_str(im, "1234567\xc3\xa9", 9);
	if (way == 2) { /* is a short one */
		uint64_t text[2] = { 4, 0xa9c3616161 };

		handmade_object(im, HEAD(STR, 0, 5), text, 13);
	}
	return way <= 2;
}

BROKEN(STR_UTF8)
{
	heap(im);
	handmade_str(im, way == 1 ? "1234567\xa9\xc3" : "1234567\xc3\xa9", 9);
	list(im, way == 2 ? handmade_text(im, "\xff") : handmade_text(im, "a"));
	return way <= 2;
}

BROKEN(STR_COUNT)
{
	uint64_t pos;

	heap(im);
	pos = handmade_str(im, "1234567\xc3\xa9", 9);
	im->bytes[pos + 8] += way == 1;
	return way <= 1;
}

BROKEN(STR_ASCII)
{
	uint64_t pos;

	heap(im);
	pos = handmade_str(im, "1234567\xc3\xa9", 9);
	im->bytes[pos + 1] |= way == 1 ? FLAG(ASCII) : 0;
	return way <= 1;
}

BROKEN(BYTES_SPELLING)
{
	heap(im);
	handmade_object(im, HEAD(BYTES, 0, way == 1 ? 7 : 8), "12345678",
			way == 1 ? 7 : 8);
	return way <= 1;
}

BROKEN(DECIMAL_SPELLING)
{
	static uint8_t most[STELE_FMT_DECIMAL_MAX] = { 0 };

	most[STELE_FMT_DECIMAL_MAX - 1] = way == 7 ? 10 : 9;
	heap(im);
	handmade_decimal(im, 0, 0, "\1\0", way == 1 ? 2 : 1);
	handmade_decimal(im, FLAG(NAN) | (way == 2 ? FLAG(NEGATIVE) : 0), 0, "",
			 0);
	handmade_decimal(im, FLAG(INFINITE) | (way == 3 ? FLAG(NAN) : 0),
			 way == 4, "\1", way == 5);
	handmade_decimal(im, 0, STELE_FMT_DECIMAL_EXPONENT + (way == 6 ? 1 : 0),
			 "\1", 1);
	handmade_decimal(im, 0, 0, most, sizeof(most)); /* 10,000 digits */
	return way <= 7;
}

BROKEN(ZONED_RANGE)
{
	int64_t last = STELE_DATETIME_MAX;

	heap(im);
	handmade_zoned(im, last + (way == 1), 0);
	handmade_zoned(im, 0, way == 2 ? 86400 : -86399);
	/* of the year 10000 where it is */
	handmade_zoned(im, last, way == 3 ? 1 : -1);
	return way <= 3;
}

BROKEN(USER_NAME)
{
	uint64_t names[4];

	heap(im);
	names[0] = handmade_text(im, "u");
	names[1] = handmade_text(im, "");
	names[2] = handmade_int(1);
	names[3] = STELE_FMT_NULL;
	if (way < NR(names))
		handmade_user(im, names[way], "", 0);
	return way < NR(names);
}

/* ---------------------------------------------------------------- arrays */

/* An array along one axis, of an element's number. */
BROKEN(ARRAY_ELEMENT)
{
	uint64_t pos;

	heap(im);
	pos = handmade_ndarray(im, STELE_FMT_ELEM_U8, 0, NULL, NULL, "", 1);
	im->bytes[pos + 8] = way == 1 ? 16 : STELE_FMT_ELEM_U8;
	return way <= 1;
}

BROKEN(ARRAY_ALIGN)
{
	static const char bytes[64];

	heap(im);
	if (way == 1)
		handmade_object(
			im,
			HEAD(ARRAY,
			     STELE_FMT_ELEM_U8 << STELE_FMT_OBJ_ELEM_SHIFT, 64),
			bytes, 64);
	else
		handmade_array(im, STELE_FMT_ELEM_U8, 64, bytes, 64);
	return way <= 1;
}

BROKEN(ARRAY_VALUE)
{
	int64_t us = STELE_DAY_US - (way == 2 ? 0 : 1);
	int32_t days = STELE_DATE_MAX + (way == 3);
	uint64_t one = 1;
	int64_t zero = 0;

	heap(im);
	handmade_array(im, STELE_FMT_ELEM_BOOL, 1, way == 1 ? "\2" : "\1", 1);
	handmade_array(im, STELE_FMT_ELEM_TIME, 1, &us, 8);
	handmade_ndarray(im, STELE_FMT_ELEM_DATE, 1, &one, &zero, &days, 4);
	return way <= 3;
}

BROKEN(NDARRAY_SHAPE)
{
	static const char data[64];
	/* of bytes, 2 x 3 in the order of Fortran, repeated 5 times */
	uint64_t shape[4] = { 2, 3, 5, 1 };
	int64_t strides[4] = { 1, 2, 0, 0 };
	uint64_t bytes = 6, none = 0;
	int64_t zero = 0;

	if (way == 1)
		bytes = 7;
	else if (way == 2)
		bytes = 5;
	else if (way == 3)
		strides[1] = 1; /* overlapping */
	else if (way == 4)
		strides[0] = -1;
	else if (way == 5)
		strides[3] = 6; /* of an axis of length 1 */
	else if (way == 6)
		strides[1] = 3; /* with a gap */
	else if (way == 7)
		shape[1] = UINT64_MAX / 2 + 2; /* that comes around to 2 */
	else if (way == 10)
		shape[2] = UINT64_C(1) << 61; /* repeated too often to count */
	heap(im);
	handmade_ndarray(im, STELE_FMT_ELEM_U8, 4, shape, strides, data, bytes);
	if (way == 8)
		zero = 1; /* of an array without elements */
	handmade_ndarray(im, STELE_FMT_ELEM_U8, 1, &none, &zero, data,
			 way == 9);
	return way <= 10;
}

/* ----------------------------------------------------------------- words */

BROKEN(WORD_CONSTANT)
{
	static const uint64_t words[] = { STELE_FMT_NAN, 72, 4088 };

	heap(im);
	return word_of(im, words, NR(words), way);
}

BROKEN(WORD_TARGET)
{
	uint64_t pos, words[5];

	heap(im);
	pos = handmade_int(0);
	pos = list(im, pos);
	words[0] = pos;
	words[1] = pos + 8;
	words[2] = im->len + 16; /* behind the list itself */
	words[3] = UINT64_MAX & ~7ull;
	words[4] = STELE_FMT_MIN_REF + (1ull << 40);
	return word_of(im, words, NR(words), way);
}

BROKEN(WORD_KIND)
{
	uint64_t words[2];

	heap(im);
	words[1] = handmade_object(im, HEAD(RUN, 0, 8), "12345678", 8);
	words[0] = stele_word_ascii(words[1] + 8, 8);
	return word_of(im, words, NR(words), way);
}

BROKEN(WORD_SHORT)
{
	uint64_t ab = handmade_text(im, "ab");
	uint64_t words[] = { ab, ab | 1ull << 40, ab | 1 << 6 };

	heap(im);
	return word_of(im, words, NR(words), way);
}

BROKEN(WORD_CALENDAR)
{
#define WORD(kind, count) stele_word_calendar(STELE_FMT_CALENDAR_##kind, count)
	const uint64_t words[] = {
		WORD(TIMEDELTA, STELE_FMT_TIMEDELTA_MIN),
		WORD(DATE, STELE_DATE_MAX + 1),
		WORD(DATETIME, STELE_DATETIME_MIN - 1),
		WORD(TIME, STELE_DAY_US),
		WORD(TIME, -1),
	};

	heap(im);
	return word_of(im, words, NR(words), way);
}

BROKEN(WORD_ASCII)
{
	uint64_t run, bytes, words[6];

	heap(im);
	run = handmade_object(im, HEAD(RUN, 0, 16), "12345678abcdefgh", 16);
	bytes = handmade_object(im, HEAD(BYTES, 0, 8), "12345678", 8);
	words[0] = stele_word_ascii(run + 8, 16);
	words[1] = stele_word_ascii(run + 8, 7);
	words[2] = stele_word_ascii(run + 9, 16);
	words[3] = stele_word_ascii(run + 4, 8);
	words[4] = stele_word_ascii(bytes + 8, 8);
	words[5] = stele_word_ascii(16, 8);
	return word_of(im, words, NR(words), way);
}

BROKEN(WORD_UNSET)
{
	uint64_t word = way == 1 ? STELE_FMT_UNSET : STELE_FMT_NULL;

	heap(im);
	list(im, word);
	word = way == 2 ? STELE_FMT_UNSET : STELE_FMT_NULL;
	handmade_items(im, STELE_FMT_KIND_TUPLE, &word, 1);
	return way <= 2;
}
