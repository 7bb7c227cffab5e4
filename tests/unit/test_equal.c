// SPDX-License-Identifier: MIT
/*
 * Equality and hash of values of all types, in one segment and across two.
 * test_equal_graph.c has what is shared, cyclic or deep.
 */
#include <math.h>
#include <string.h>

#include "random.h"
#include "two_sides.h"
#include "word.h"

/* ------------------------------------------------------ values of all types */

#define MAX_WORDS 128u

struct words {
	uint64_t word[MAX_WORDS];
	int class[MAX_WORDS]; /* equal where these are */
	unsigned nr;
};

static void add(struct words *w, int class, uint64_t word)
{
	w->word[w->nr] = word;
	w->class[w->nr++] = class;
}

static void add_numbers(struct handmade *im, struct words *w)
{
	static const uint8_t two_63[8] = { [7] = 0x80 };
	static const uint8_t two_100[13] = { [12] = 0x10 };
	static const uint8_t ten_20[9] = { 0,	 0,    0x10, 0x63, 0x2d,
					   0x5e, 0xc7, 0x6b, 0x05 };
	static const uint8_t padded[3] = { 7, 0, 0 };
	uint64_t big = 1ull << 63;

	add(w, 1, handmade_int(7));
	add(w, 1, handmade_f64(im, 7));
	add(w, 1, handmade_scaled(im, 7, 0));
	add(w, 1, handmade_scaled(im, 700, -2));
	add(w, 1, handmade_bigint(im, 0, padded, 3));
	add(w, 2, handmade_int(-7));
	add(w, 2, handmade_scaled(im, -70, -1));
	add(w, 3, handmade_int(0));
	add(w, 3, STELE_FMT_ZERO);
	add(w, 3, STELE_FMT_MINUS_ZERO);
	add(w, 3, handmade_scaled(im, 0, 5));
	add(w, 3, handmade_decimal(im, STELE_FMT_OBJ_F_NEGATIVE, -3, "", 0));
	add(w, 4, STELE_FMT_NAN);
	add(w, 4, handmade_decimal(im, STELE_FMT_OBJ_F_NAN, 0, "", 0));
	add(w, 5, STELE_FMT_INF);
	add(w, 5, handmade_decimal(im, STELE_FMT_OBJ_F_INFINITE, 0, "", 0));
	add(w, 6, STELE_FMT_MINUS_INF);
	add(w, 6,
	    handmade_decimal(
		    im, STELE_FMT_OBJ_F_INFINITE | STELE_FMT_OBJ_F_NEGATIVE, 0,
		    "", 0));
	add(w, 7, handmade_f64(im, 0.1));
	add(w, 8, handmade_scaled(im, 1, -1));
	add(w, 8, handmade_scaled(im, 100, -3));
	add(w, 9, handmade_f64(im, 0.5));
	add(w, 9, handmade_scaled(im, 50, -2));
	add(w, 10, handmade_object(im, HEAD(KIND(U64), 0, 0), &big, 8));
	add(w, 10, handmade_f64(im, 0x1p63));
	add(w, 10, handmade_bigint(im, 0, two_63, 8));
	add(w, 11, handmade_object(im, HEAD(KIND(I64), 0, 0), &big, 8));
	add(w, 11, handmade_f64(im, -0x1p63));
	add(w, 12, handmade_bigint(im, 0, two_100, 13));
	add(w, 12, handmade_f64(im, 0x1p100));
	add(w, 13, handmade_bigint(im, 0, ten_20, 9));
	add(w, 13, handmade_scaled(im, 1, 20));
	add(w, 13, handmade_scaled(im, 100000, 15));
	add(w, 13, handmade_f64(im, 1e20));
	add(w, 14, handmade_bigint(im, STELE_FMT_OBJ_F_NEGATIVE, ten_20, 9));
	add(w, 18, handmade_f64(im, 0x1p-1074));
	add(w, 19, handmade_f64(im, 1e300));
	add(w, 15, handmade_scaled(im, 1, 1000000));
	add(w, 15, handmade_scaled(im, 1000, 999997));
	add(w, 16, handmade_scaled(im, 1, -1000000));
	add(w, 17, handmade_scaled(im, 10, -1000000));
}

static void add_leaves(struct handmade *im, struct words *w)
{
	static const char uuid[16] = "0123456789abcde";
	static const char other[16] = "0123456789abcdf";
	uint64_t color, short_name = handmade_text(im, "c");

	add(w, 20, STELE_FMT_NULL);
	add(w, 21, STELE_FMT_UNSET);
	add(w, 22, STELE_FMT_TRUE);
	add(w, 23, STELE_FMT_FALSE);
	add(w, 24, handmade_text(im, "7"));
	add(w, 25, 0x3700 | 1 << 3 | STELE_FMT_TAG_BYTES);
	add(w, 26, handmade_text(im, "a string of some length"));
	add(w, 26, handmade_text(im, "a string of some length"));
	add(w, 27, handmade_text(im, "a string of some lengtH"));
	add(w, 28,
	    handmade_object(im, HEAD(KIND(BYTES), 0, 23),
			    "a string of some length", 23));
	add(w, 29, stele_word_calendar(STELE_FMT_CALENDAR_DATE, 7));
	add(w, 30, stele_word_calendar(STELE_FMT_CALENDAR_DATETIME, 7));
	add(w, 31, stele_word_calendar(STELE_FMT_CALENDAR_TIME, 7));
	add(w, 32, stele_word_calendar(STELE_FMT_CALENDAR_TIMEDELTA, 7));
	add(w, 32, handmade_timedelta(im, 7));
	add(w, 33, handmade_zoned(im, 7, 0));
	add(w, 33, handmade_zoned(im, 7, 3600));
	add(w, 34, handmade_zoned(im, 8, 0));
	add(w, 35, handmade_uuid(im, uuid));
	add(w, 35, handmade_uuid(im, uuid));
	add(w, 36, handmade_uuid(im, other));
	color = handmade_text(im, "color of the sky");
	add(w, 37, handmade_user(im, color, "blue", 4));
	color = handmade_text(im, "color of the sky");
	add(w, 37, handmade_user(im, color, "blue", 4));
	add(w, 38, handmade_user(im, color, "grey", 4));
	add(w, 39, handmade_user(im, short_name, "blue", 4));
}

static void add_arrays(struct handmade *im, struct words *w)
{
	static const double f[] = { 0.0, NAN, 1 }, g[] = { -0.0, NAN, 1 };
	static const double h[] = { 0.0, NAN, NAN };
	static const float f32[] = { 0.0f, NAN }, g32[] = { -0.0f, NAN };
	static const int64_t i[] = { 7, 8, 9, 10, 11, 12 };
	static const uint64_t wide[] = { 2, 3 }, tall[] = { 3, 2 };
	static const int64_t c_wide[] = { 24, 8 }, f_wide[] = { 8, 16 };
	static const int64_t c_tall[] = { 16, 8 };
	static const uint64_t one[] = { 6 };
	static const int64_t stride[] = { 8 };

	add(w, 50, handmade_array(im, STELE_FMT_ELEM_I64, 6, i, 48));
	add(w, 50, handmade_array(im, STELE_FMT_ELEM_I64, 6, i, 48));
	add(w, 51, handmade_array(im, STELE_FMT_ELEM_U64, 6, i, 48));
	add(w, 52, handmade_array(im, STELE_FMT_ELEM_I64, 5, i, 40));
	add(w, 53, handmade_array(im, STELE_FMT_ELEM_F64, 3, f, 24));
	add(w, 53, handmade_array(im, STELE_FMT_ELEM_F64, 3, g, 24));
	add(w, 54, handmade_array(im, STELE_FMT_ELEM_F64, 3, h, 24));
	add(w, 55, handmade_array(im, STELE_FMT_ELEM_F32, 2, f32, 8));
	add(w, 55, handmade_array(im, STELE_FMT_ELEM_F32, 2, g32, 8));
	add(w, 56,
	    handmade_ndarray(im, STELE_FMT_ELEM_I64, 2, wide, c_wide, i, 48));
	add(w, 56,
	    handmade_ndarray(im, STELE_FMT_ELEM_I64, 2, wide, c_wide, i, 48));
	add(w, 57,
	    handmade_ndarray(im, STELE_FMT_ELEM_I64, 2, wide, f_wide, i, 48));
	add(w, 58,
	    handmade_ndarray(im, STELE_FMT_ELEM_I64, 2, tall, c_tall, i, 48));
	add(w, 59,
	    handmade_ndarray(im, STELE_FMT_ELEM_I64, 1, one, stride, i, 48));
	add(w, 60,
	    handmade_ndarray(im, STELE_FMT_ELEM_U64, 1, one, stride, i, 48));
}

static void add_collections(struct handmade *im, struct words *w)
{
	uint64_t seven[] = { handmade_int(7), STELE_FMT_NULL };
	uint64_t also[] = { handmade_scaled(im, 70, -1), STELE_FMT_NULL };
	uint64_t swapped[] = { STELE_FMT_NULL, handmade_int(7) };
	uint64_t longer[] = { handmade_int(7), STELE_FMT_NULL, STELE_FMT_NULL };

	for (int i = 0; i < 2; i++) {
		unsigned kind = i ? KIND(TUPLE) : KIND(LIST);

		add(w, 70 + i, handmade_items(im, kind, seven, 2));
		add(w, 70 + i, handmade_items(im, kind, also, 2));
		add(w, 72 + i, handmade_items(im, kind, swapped, 2));
		add(w, 74 + i, handmade_items(im, kind, longer, 3));
		add(w, 76 + i, handmade_items(im, kind, NULL, 0));
	}
	add(w, 78, handmade_set(im, seven, 2, 0));
	add(w, 78, handmade_set(im, also, 2, 0));
	add(w, 78, handmade_set(im, swapped, 2, 0));
	add(w, 79, handmade_set(im, seven, 1, 0));
	add(w, 80, handmade_set(im, NULL, 0, 0));
	add(w, 81, handmade_dict(im, seven, 1, 0));
	add(w, 81, handmade_dict(im, also, 1, 0));
	add(w, 82, handmade_dict(im, swapped, 1, 0));
	add(w, 83, handmade_dict(im, NULL, 0, 0));
}

static void add_all(struct side *s, struct words *w)
{
	memset(w, 0, sizeof(*w));
	add_numbers(&s->im, w);
	add_leaves(&s->im, w);
	add_arrays(&s->im, w);
	add_collections(&s->im, w);
}

static void values_are_equal_by_what_they_are(void **state)
{
	struct words x, y;

	(void)state;
	add_all(&left, &x);
	add_all(&right, &y);
	open_both();
	for (unsigned i = 0; i < x.nr; i++)
		for (unsigned j = 0; j < x.nr; j++) {
			bool expect = x.class[i] == x.class[j];

			if (same(&left, x.word[i], &left, x.word[j]) !=
				    expect ||
			    same(&left, x.word[i], &right, y.word[j]) != expect)
				fail_msg("%u (class %d) and %u (class %d)", i,
					 x.class[i], j, x.class[j]);
		}
}

static void equal_keys_of_two_segments_hash_alike(void **state)
{
	struct words x, y;
	unsigned keys = 0;

	(void)state;
	add_all(&left, &x);
	add_all(&right, &y);
	open_both();
	for (unsigned i = 0; i < x.nr; i++)
		for (unsigned j = 0; j < y.nr; j++) {
			struct stele_value a = value_of(&left, &x.word[i]);
			struct stele_value b = value_of(&right, &y.word[j]);
			uint64_t h, k;

			if (stele_value_hash(&a, 1, &h) ||
			    stele_value_hash(&b, 1, &k))
				continue;
			keys++;
			if ((h == k) != (x.class[i] == y.class[j]))
				fail_msg("%u and %u", i, j);
			assert_int_equal(stele_value_hash(&a, 2, &k), 0);
			assert_true(h != k);
		}
	assert_true(keys > 2000);
}

static void what_is_no_key_has_no_hash(void **state)
{
	uint64_t words[4], h;
	static const int codes[] = { -STELE_E_TYPE, -STELE_E_TYPE,
				     -STELE_E_RANGE, -STELE_E_LIMIT };

	(void)state;
	words[0] = list(&left, NULL, 0);
	words[1] = handmade_items(&left.im, KIND(TUPLE), words, 1);
	words[2] = STELE_FMT_NAN;
	words[3] = left.im.len;
	handmade_items(&left.im, KIND(TUPLE), &words[3], 1);
	list(&right, NULL, 0);
	open_both();
	for (int i = 0; i < 4; i++) {
		struct stele_value v = value_of(&left, &words[i]);

		assert_int_equal(stele_value_hash(&v, 0, &h), codes[i]);
	}
}

/* ------------------------------------------------------- numbers of any size */

static size_t multiply_add(uint8_t *p, size_t len, unsigned by, unsigned more)
{
	for (size_t i = 0; i < len; i++) {
		more += p[i] * by;
		p[i] = (uint8_t)more;
		more >>= 8;
	}
	if (more)
		p[len++] = (uint8_t)more;
	return len;
}

/* c * 10^zeros as a BIGINT is the decimal of that exponent, and no neighbour. */
static void decimals_equal_integers_of_any_size(void **state)
{
	static const struct {
		unsigned coefficient, zeros;
	} cases[] = { { 1, 1 },	    { 3, 12 },	      { 7, 13 },
		      { 9, 14 },    { 10, 5 },	      { 255, 26 },
		      { 1, 9999 },  { 40960, 10000 }, { 12345, 30000 },
		      { 10, 65000 } };
	static uint8_t m[STELE_FMT_BIGINT_MAX + 8];
	uint64_t big[10], less[10], more[10], dec[10], neg[10], off[10];

	(void)state;
	for (int i = 0; i < 10; i++) {
		size_t len = 1;

		m[0] = 0;
		len = multiply_add(m, len, 0, cases[i].coefficient);
		if (cases[i].coefficient > 255) {
			m[0] = cases[i].coefficient & 0xff;
			m[1] = (uint8_t)(cases[i].coefficient >> 8);
			len = 2;
		}
		for (unsigned z = 0; z < cases[i].zeros; z++)
			len = multiply_add(m, len, 10, 0);
		big[i] = handmade_bigint(&left.im, 0, m, len);
		m[0] ^= 1;
		more[i] = handmade_bigint(&left.im, 0, m, len);
		m[0] ^= 1;
		m[len - 1] ^= 1;
		less[i] = handmade_bigint(&left.im, 0, m, len);
		dec[i] = handmade_scaled(&right.im, cases[i].coefficient,
					 (int32_t)cases[i].zeros);
		neg[i] = handmade_scaled(&right.im,
					 -(int64_t)cases[i].coefficient,
					 (int32_t)cases[i].zeros);
		off[i] = handmade_scaled(&right.im, cases[i].coefficient,
					 (int32_t)cases[i].zeros + 1);
	}
	open_both();
	for (int i = 0; i < 10; i++) {
		if (!same(&left, big[i], &right, dec[i]))
			fail_msg("%u * 10^%u", cases[i].coefficient,
				 cases[i].zeros);
		assert_false(same(&left, more[i], &right, dec[i]));
		assert_false(same(&left, less[i], &right, dec[i]));
		assert_false(same(&left, big[i], &right, neg[i]));
		assert_false(same(&left, big[i], &right, off[i]));
	}
}

/* The magnitude of p times factor^n. */
static size_t power(uint8_t *p, size_t len, unsigned factor, unsigned n)
{
	while (n--)
		len = multiply_add(p, len, factor, 0);
	while (len && !p[len - 1])
		len--;
	return len;
}

/* m * 10^z in three spellings, and a neighbour of each that has a bit else. */
static void spellings_of_one_number_are_equal(void **state)
{
	enum { ROUNDS = 1500 };
	static uint64_t big[ROUNDS], dec[ROUNDS], more[ROUNDS], off[ROUNDS];
	struct random r = { 20240229 };
	uint8_t m[200];

	(void)state;
	print_message("seed %llu\n", (unsigned long long)r.state);
	for (int k = 0; k < ROUNDS; k++) {
		unsigned z = (unsigned)(random_u64(&r) % 60);
		unsigned more_z = (unsigned)(random_u64(&r) % 40);
		size_t len = 1 + random_u64(&r) % 40, n;

		memset(m, 0, sizeof(m));
		for (size_t i = 0; i < len; i++)
			m[i] = (uint8_t)random_u64(&r);
		m[random_u64(&r) % len] |= 1;
		n = power(m, len, 1, 0);
		dec[k] = handmade_decimal(&right.im, 0, (int32_t)z, m, n);
		n = power(m, n, 10, z);
		big[k] = handmade_bigint(&left.im, 0, m, n);
		m[random_u64(&r) % n] ^= (uint8_t)(1 << random_u64(&r) % 8);
		off[k] = handmade_bigint(&left.im, 0, m, n);
		memset(m, 0, sizeof(m));
		memcpy(m, right.im.bytes + dec[k] + 12, 40);
		n = power(m,
			  STELE_FMT_HEAD_COUNT(handmade_get(&right.im, dec[k])),
			  10, more_z);
		more[k] = handmade_decimal(&right.im, 0,
					   (int32_t)z - (int)more_z, m, n);
	}
	open_both();
	for (int k = 0; k < ROUNDS; k++) {
		assert_true(same(&left, big[k], &right, dec[k]));
		assert_true(same(&left, big[k], &right, more[k]));
		assert_true(same(&right, dec[k], &right, more[k]));
		assert_false(same(&left, off[k], &right, dec[k]));
		assert_false(same(&left, off[k], &right, more[k]));
	}
}

/* A double is m * 2^p, and for p below 0 also m * 5^-p * 10^p. */
static void doubles_equal_their_decimals_to_the_last_digit(void **state)
{
	enum { ROUNDS = 1000 };
	static uint64_t doubles[ROUNDS], dec[ROUNDS], off[ROUNDS];
	struct random r = { 20240301 };
	static uint8_t m[400];

	(void)state;
	print_message("seed %llu\n", (unsigned long long)r.state);
	for (int k = 0; k < ROUNDS; k++) {
		int e = (int)(random_u64(&r) % (k % 2 ? 40 : 1900)) -
			(k % 2 ? 20 : 1000);
		uint64_t mantissa = random_u64(&r) >> 11 | 1;
		double f = ldexp((double)mantissa, e);
		size_t n;

		memset(m, 0, sizeof(m));
		memcpy(m, &mantissa, 8);
		n = power(m, 8, e < 0 ? 5 : 2, (unsigned)(e < 0 ? -e : e));
		doubles[k] = handmade_f64(&left.im, f);
		dec[k] = handmade_decimal(&right.im, 0, e < 0 ? e : 0, m, n);
		m[n / 2] ^= 1;
		off[k] = handmade_decimal(&right.im, 0, e < 0 ? e : 0, m, n);
	}
	open_both();
	for (int k = 0; k < ROUNDS; k++) {
		assert_true(same(&left, doubles[k], &right, dec[k]));
		assert_false(same(&left, doubles[k], &right, off[k]));
	}
}

/* Looking at one takes as long as it is, so that must have an end. */
static void magnitudes_beyond_the_format_are_broken(void **state)
{
	static uint8_t m[STELE_FMT_BIGINT_MAX + 1];
	uint64_t a, b, c, d, broken;
	struct stele_value v;

	(void)state;
	memset(m + 25000, 1, sizeof(m) - 25000);
	a = handmade_bigint(&left.im, 0, m, sizeof(m) - 1);
	b = handmade_bigint(&right.im, 0, m, sizeof(m) - 1);
	c = handmade_scaled(&right.im, 3, 10);
	broken = handmade_bigint(&left.im, 0, m, sizeof(m));
	d = handmade_scaled(&right.im, 1, 8 * 25000); /* as many twos */
	open_both();
	assert_true(same(&left, a, &right, b));
	assert_false(same(&left, a, &right, c));
	assert_false(same(&left, a, &right, d));
	assert_int_equal(stele_value_decode(&left.seg, broken, NULL, &v),
			 -STELE_E_FORMAT);
}

/* ----------------------------------------------------------- dicts and sets */

static void dicts_are_equal_in_any_order(void **state)
{
	static const unsigned sizes[] = { 2, 8, 9, 300 };
	uint64_t pairs[600], turned[600], a[4], b[4], c[4], d[4], e[4];

	(void)state;
	for (int i = 0; i < 4; i++) {
		unsigned n = sizes[i];

		for (unsigned k = 0; k < n; k++) {
			pairs[2 * k] = handmade_int(k);
			pairs[2 * k + 1] = handmade_int(-(int64_t)k);
			turned[2 * (n - 1 - k)] = pairs[2 * k];
			turned[2 * (n - 1 - k) + 1] = pairs[2 * k + 1];
		}
		a[i] = handmade_dict(&left.im, pairs, n, 0);
		b[i] = handmade_dict(&right.im, turned, n, n > 8 ? 3 : 0);
		turned[1] = handmade_int(1);
		c[i] = handmade_dict(&right.im, turned, n, 0);
		turned[0] = handmade_int(1000);
		d[i] = handmade_dict(&right.im, turned, n, 0);
		e[i] = handmade_dict(&right.im, pairs, n - 1, 0);
	}
	open_both();
	for (int i = 0; i < 4; i++) {
		assert_true(same(&left, a[i], &right, b[i]));
		assert_false(same(&left, a[i], &right, c[i]));
		assert_false(same(&left, a[i], &right, d[i]));
		assert_false(same(&left, a[i], &right, e[i]));
	}
}

/* A key that is none: of a dict that no builder makes. */
static void a_dict_with_a_list_as_key_is_broken(void **state)
{
	uint64_t pair[2], a, b;
	struct stele_value x, y;
	bool equal;

	(void)state;
	pair[0] = list(&left, NULL, 0);
	pair[1] = STELE_FMT_NULL;
	a = handmade_object(&left.im, HEAD(KIND(DICT), 0, 1), pair, 16);
	pair[0] = list(&right, NULL, 0);
	b = handmade_object(&right.im, HEAD(KIND(DICT), 0, 1), pair, 16);
	open_both();
	x = value_of(&left, &a);
	y = value_of(&right, &b);
	assert_int_equal(stele_value_equal(&x, &y, &equal), -STELE_E_FORMAT);
}

static void sets_are_equal_item_by_item(void **state)
{
	uint64_t items[40], a, b, c;

	(void)state;
	for (int i = 0; i < 40; i++)
		items[i] = handmade_int(i);
	a = handmade_set(&left.im, items, 40, 0);
	items[0] = handmade_int(39);
	items[39] = handmade_int(0);
	b = handmade_set(&right.im, items, 40, 9);
	items[3] = handmade_int(99);
	c = handmade_set(&right.im, items, 40, 0);
	open_both();
	assert_true(same(&left, a, &right, b));
	assert_false(same(&left, a, &right, c));
}

/* ------------------------------------------------------------------ records */

static const char schema_a[] =
	"record P { x: any optional  y: any?  n: u8? optional }\n"
	"record Other { x: any optional  y: any?  n: u8? optional }\n"
	"record None { }\n";
static const char schema_b[] =
	"record None { }\n"
	"record P { n: i64? optional  z: any optional  y: any?  x: any }\n";

/* Bodies by hand: words first, then n, its bits of null and unset. */
static uint64_t p_of_a(uint32_t record, uint64_t x, uint64_t y, int n)
{
	uint64_t body[3] = { x, y, 0 };

	if (n >= 0)
		body[2] = (uint64_t)n;
	else
		body[2] = n == -1 ? 1 << 8 : 1 << 16;
	return handmade_object(&left.im, HEAD(KIND(RECORD), 0, record), body,
			       sizeof(body));
}

static uint64_t p_of_b(uint64_t x, uint64_t y, uint64_t z, int n)
{
	uint64_t body[5] = { n >= 0 ? (uint64_t)n : 0, z, y, x,
			     n == -1 ? 1 :
			     n == -2 ? 1 << 8 :
				       0 };

	return handmade_object(&right.im, HEAD(KIND(RECORD), 0, 1), body,
			       sizeof(body));
}

static void records_are_equal_by_names_of_what_is_set(void **state)
{
	uint64_t all, other, no_x, null_n, no_n, none;
	uint64_t b_all, b_y, b_no_x, b_z, b_null_n, b_no_n, b_null_x, b_none;

	(void)state;
	begin_with(schema_a, schema_b);
	all = p_of_a(0, T, N, 7);
	other = p_of_a(1, T, N, 7);
	no_x = p_of_a(0, U, N, 7);
	null_n = p_of_a(0, T, N, -1);
	no_n = p_of_a(0, T, N, -2);
	none = handmade_object(&left.im, HEAD(KIND(RECORD), 0, 2), NULL, 0);
	b_all = p_of_b(T, N, U, 7);
	b_y = p_of_b(T, T, U, 7);
	b_no_x = p_of_b(U, N, U, 7);
	b_z = p_of_b(T, N, N, 7);
	b_null_n = p_of_b(T, N, U, -1);
	b_no_n = p_of_b(T, N, U, -2);
	b_null_x = p_of_b(N, N, U, 7);
	b_none = handmade_object(&right.im, HEAD(KIND(RECORD), 0, 0), NULL, 0);
	open_both();
	assert_true(same(&left, all, &right, b_all));
	assert_false(same(&left, other, &right, b_all));
	assert_false(same(&left, all, &left, other));
	assert_false(same(&left, all, &right, b_y));
	assert_false(same(&left, all, &right, b_z));
	assert_true(same(&left, no_x, &right, b_no_x));
	assert_false(same(&left, no_x, &right, b_null_x));
	assert_false(same(&left, no_x, &left, all));
	assert_true(same(&left, null_n, &right, b_null_n));
	assert_true(same(&left, no_n, &right, b_no_n));
	assert_false(same(&left, null_n, &right, b_no_n));
	assert_false(same(&left, no_n, &left, null_n));
	assert_true(same(&left, none, &right, b_none));
	assert_false(same(&left, none, &right, b_all));
}

static void as_many_fields_need_not_be_the_same(void **state)
{
	uint64_t a, b;

	(void)state;
	begin_with(schema_a, schema_b);
	a = p_of_a(0, T, N, 7);
	b = p_of_b(U, N, T, 7);
	open_both();
	assert_false(same(&left, a, &right, b));
}

static void broken_bytes_are_an_error_and_no_answer(void **state)
{
	uint64_t words[2] = { handmade_int(1), 1ull << 60 }, a, b;
	struct stele_value x, y;
	bool equal;

	(void)state;
	a = list(&left, words, 2);
	b = list(&right, words, 2);
	open_both();
	x = value_of(&left, &a);
	y = value_of(&right, &b);
	assert_int_equal(stele_value_equal(&x, &y, &equal), -STELE_E_FORMAT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(values_are_equal_by_what_they_are),
		TEST(equal_keys_of_two_segments_hash_alike),
		TEST(what_is_no_key_has_no_hash),
		TEST(decimals_equal_integers_of_any_size),
		TEST(spellings_of_one_number_are_equal),
		TEST(doubles_equal_their_decimals_to_the_last_digit),
		TEST(magnitudes_beyond_the_format_are_broken),
		TEST(dicts_are_equal_in_any_order),
		TEST(a_dict_with_a_list_as_key_is_broken),
		TEST(sets_are_equal_item_by_item),
		TEST(records_are_equal_by_names_of_what_is_set),
		TEST(as_many_fields_need_not_be_the_same),
		TEST(broken_bytes_are_an_error_and_no_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
