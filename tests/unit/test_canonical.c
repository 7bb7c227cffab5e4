// SPDX-License-Identifier: MIT
/* The canonical encoding of keys: the vectors of doc/FORMAT.md. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "canonical.h"
#include "hash.h"
#include "random.h"

static struct stele_value value_of(unsigned type)
{
	struct stele_value v = { .type = (uint8_t)type };

	return v;
}

static struct stele_value int_value(int64_t i)
{
	struct stele_value v = value_of(STELE_TYPE_I64);

	v.u.i = i;
	return v;
}

static struct stele_value u64_value(uint64_t u)
{
	struct stele_value v = value_of(STELE_TYPE_U64);

	v.u.u = u;
	return v;
}

static struct stele_value f64_value(double f)
{
	struct stele_value v = value_of(STELE_TYPE_F64);

	v.u.f = f;
	return v;
}

static struct stele_value bool_value(bool b)
{
	struct stele_value v = value_of(STELE_TYPE_BOOL);

	v.u.b = b;
	return v;
}

static struct stele_value time_value(unsigned type, int64_t i)
{
	struct stele_value v = value_of(type);

	v.u.i = i;
	return v;
}

static struct stele_value run_value(unsigned type, const void *p, size_t len,
				    unsigned flags)
{
	struct stele_value v = value_of(type);

	v.u.ptr = p;
	v.len = len;
	v.flags = (uint8_t)flags;
	return v;
}

/* A hexadecimal encoding and how many bytes it is. */
static void encode(const struct stele_value *v, char *hex)
{
	uint8_t buf[300];
	size_t len;

	assert_int_equal(stele_canonical_value(buf, sizeof(buf), &len, v), 0);
	for (size_t i = 0; i < len; i++)
		sprintf(hex + 2 * i, "%02x", buf[i]);
	hex[2 * len] = '\0';
}

struct vector {
	struct stele_value value;
	struct stele_cell cell;
	const char *hex;
};

static struct stele_cell bigint_cell(const char *digits)
{
	struct stele_cell c = stele_cell_of(STELE_TYPE_BIGINT);

	c.u.ptr = digits;
	c.len = strlen(digits);
	return c;
}

static struct stele_cell time_cell(enum stele_type type, int64_t i)
{
	struct stele_cell c = stele_cell_of(type);

	c.u.i = i;
	return c;
}

static struct stele_cell bytes_cell(const char *p, size_t len)
{
	struct stele_cell c = stele_cell_str(p, len);

	c.type = STELE_TYPE_BYTES;
	return c;
}

static void value_and_cell_encode_as_the_vectors(void **state)
{
	static const uint8_t two_64[9] = { 0, 0, 0, 0, 0, 0, 0, 0, 1 };
	const struct vector vectors[] = {
		{ value_of(STELE_TYPE_NULL), stele_cell_of(STELE_TYPE_NULL),
		  "01" },
		{ bool_value(false), stele_cell_bool(false), "02" },
		{ bool_value(true), stele_cell_bool(true), "03" },
		{ int_value(0), stele_cell_i64(0), "1001" },
		{ f64_value(-0.0), stele_cell_f64(-0.0), "1001" },
		{ int_value(7), stele_cell_u64(7), "100107" },
		{ f64_value(7.0), stele_cell_f64(7.0), "100107" },
		{ int_value(-7), stele_cell_i64(-7), "100007" },
		{ int_value(256), stele_cell_i64(256), "10010001" },
		{ int_value(INT64_MIN), stele_cell_i64(INT64_MIN),
		  "10000000000000000080" },
		{ u64_value(UINT64_MAX), stele_cell_u64(UINT64_MAX),
		  "1001ffffffffffffffff" },
		{ run_value(STELE_TYPE_BIGINT, two_64, 9, 0),
		  bigint_cell("18446744073709551616"),
		  "1001000000000000000001" },
		{ f64_value(0x1p64), stele_cell_f64(0x1p64),
		  "1001000000000000000001" },
		{ run_value(STELE_TYPE_BIGINT, two_64, 9,
			    STELE_VALUE_F_NEGATIVE),
		  bigint_cell("-18446744073709551616"),
		  "1000000000000000000001" },
		{ f64_value(0.5), stele_cell_f64(0.5), "11000000000000e03f" },
		{ f64_value(-1.25), stele_cell_f64(-1.25),
		  "11000000000000f4bf" },
		{ f64_value(INFINITY), stele_cell_f64(INFINITY),
		  "11000000000000f07f" },
		{ f64_value(5e-324), stele_cell_f64(5e-324),
		  "110100000000000000" },
		{ run_value(STELE_TYPE_STR, "", 0, 0), stele_cell_str("", 0),
		  "20" },
		{ run_value(STELE_TYPE_STR, "caf\xc3\xa9", 5, 0),
		  stele_cell_str("caf\xc3\xa9", 5), "20636166c3a9" },
		{ run_value(STELE_TYPE_BYTES, "\0\xff", 2, 0),
		  bytes_cell("\0\xff", 2), "2100ff" },
		{ time_value(STELE_TYPE_DATE, -1),
		  time_cell(STELE_TYPE_DATE, -1), "30ffffffff" },
		{ time_value(STELE_TYPE_DATETIME, 1700000000000000),
		  time_cell(STELE_TYPE_DATETIME, 1700000000000000),
		  "3100401e18240a0600" },
	};
	char hex[700], of_cell[700];

	(void)state;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(*vectors); i++) {
		struct stele_buffer out = { 0 };

		encode(&vectors[i].value, hex);
		assert_string_equal(hex, vectors[i].hex);
		assert_int_equal(stele_canonical_cell(&out, &vectors[i].cell),
				 0);
		for (size_t k = 0; k < out.len; k++)
			sprintf(of_cell + 2 * k, "%02x", out.ptr[k]);
		of_cell[2 * out.len] = '\0';
		assert_string_equal(of_cell, vectors[i].hex);
		assert_true(stele_canonical_check(out.ptr, out.len));
		stele_buffer_free(&out);
	}
}

static void largest_double_is_an_integer_of_128_bytes(void **state)
{
	struct stele_value v = f64_value(1.7976931348623157e308);
	uint8_t buf[200];
	size_t len;

	(void)state;
	assert_int_equal(stele_canonical_value(buf, sizeof(buf), &len, &v), 0);
	assert_int_equal(len, 130);
	assert_int_equal(buf[129], 0xff);
	assert_int_equal(buf[123], 0xf8);
	assert_int_equal(buf[122], 0);
}

static void every_whole_double_is_the_integer_it_equals(void **state)
{
	(void)state;
	for (int power = 0; power < 63; power++) {
		double f =
			ldexp(1.0, power) + (power > 3 && power < 52 ? 5 : 0);
		struct stele_value a = f64_value(f), b = int_value((int64_t)f);
		char x[700], y[700];

		encode(&a, x);
		encode(&b, y);
		assert_string_equal(x, y);
		assert_true(stele_canonical_equal(&a, &b));
	}
}

static void nan_is_refused_as_out_of_range(void **state)
{
	struct stele_value v = f64_value(NAN);
	struct stele_cell c = stele_cell_f64(NAN);
	struct stele_buffer out = { 0 };
	uint8_t buf[16];
	uint64_t hash;
	size_t len;

	(void)state;
	assert_int_equal(stele_canonical_value(buf, sizeof(buf), &len, &v),
			 -STELE_E_RANGE);
	assert_int_equal(stele_canonical_hash(&v, 0, &hash), -STELE_E_RANGE);
	assert_int_equal(stele_canonical_cell(&out, &c), -STELE_E_RANGE);
	assert_false(stele_canonical_equal(&v, &v));
	assert_int_equal(out.len, 0);
}

static void what_is_no_key_is_refused_by_type(void **state)
{
	static const unsigned types[] = { STELE_TYPE_UNSET, STELE_TYPE_LIST,
					  STELE_TYPE_ARRAY, STELE_TYPE_DICT,
					  STELE_TYPE_NDARRAY };
	uint8_t buf[16];
	size_t len;

	(void)state;
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		struct stele_value v = value_of(types[i]);

		assert_int_equal(stele_canonical_value(buf, sizeof(buf), &len,
						       &v),
				 -STELE_E_TYPE);
	}
}

static void too_small_a_buffer_tells_the_length_needed(void **state)
{
	struct stele_value v = run_value(STELE_TYPE_STR, "abcdef", 6, 0);
	uint8_t buf[7];
	size_t len = 0;

	(void)state;
	assert_int_equal(stele_canonical_value(buf, 6, &len, &v), -ENOSPC);
	assert_int_equal(len, 7);
	assert_int_equal(stele_canonical_value(buf, 7, &len, &v), 0);
	assert_memory_equal(buf,
			    "\x20"
			    "abcdef",
			    7);
}

static void hash_is_that_of_the_encoding_at_every_length(void **state)
{
	static char text[1000];
	static uint8_t buf[1001];
	size_t len;

	(void)state;
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)('a' + i % 26);
	for (size_t n = 0; n <= sizeof(text); n += n < 300 ? 1 : 97) {
		struct stele_value v = run_value(STELE_TYPE_STR, text, n, 0);
		uint64_t hash, expect;

		assert_int_equal(
			stele_canonical_value(buf, sizeof(buf), &len, &v), 0);
		expect = XXH3_64bits_withSeed(buf, len, 42);
		assert_int_equal(stele_canonical_hash(&v, 42, &hash), 0);
		assert_true(hash == expect);
		assert_true(stele_canonical_hash_str(text, n, 42) == expect);
	}
}

static void bool_differs_from_integer_and_str_from_bytes(void **state)
{
	struct stele_value t = bool_value(true), one = int_value(1);
	struct stele_value s = run_value(STELE_TYPE_STR, "x", 1, 0);
	struct stele_value b = run_value(STELE_TYPE_BYTES, "x", 1, 0);

	(void)state;
	assert_false(stele_canonical_equal(&t, &one));
	assert_false(stele_canonical_equal(&s, &b));
	assert_false(stele_canonical_equal(&b, &s));
	assert_true(stele_canonical_equal(&s, &s));
}

static void digits_that_are_none_are_refused(void **state)
{
	struct stele_cell c = bigint_cell("12x");
	struct stele_buffer out = { 0 };

	(void)state;
	assert_int_equal(stele_canonical_cell(&out, &c), -STELE_E_TYPE);
	assert_int_equal(out.len, 0);
	stele_buffer_free(&out);
}

static bool check_copy(const uint8_t *p, size_t len)
{
	uint8_t *copy = malloc(len + !len);
	bool good;

	assert_non_null(copy);
	if (len)
		memcpy(copy, p, len);
	good = stele_canonical_check(copy, len);
	free(copy);
	return good;
}

static void other_bytes_are_no_encoding(void **state)
{
	static const struct {
		const char *bytes;
		size_t len;
		bool good;
	} cases[] = {
		{ "", 0, false },
		{ "\x01\0", 2, false },
		{ "\x10", 1, false },
		{ "\x10\0", 2, false }, /* minus zero */
		{ "\x10\2\1", 3, false },
		{ "\x10\1\1\0", 4, false }, /* a leading zero */
		{ "\x11\0\0\0\0\0\0\xf0\x3f", 9, false }, /* 1.0 */
		{ "\x11\0\0\0\0\0\0\xf8\x7f", 9, false }, /* NaN */
		{ "\x20\xff", 2, false },
		{ "\x30\0\0\0", 4, false },
		{ "\x31\0\0\0\0", 5, false },
		{ "\x30\xa0\xc0\x2c\0", 5, true }, /* 9999-12-31 */
		{ "\x30\xa1\xc0\x2c\0", 5, false },
		{ "\x31\0\0\0\0\0\0\0\x7f", 9, false },
		{ "\x32\xff\x5f\xd7\x1d\x14\0\0\0", 9, true }, /* 23:59:59 */
		{ "\x32\0\x60\xd7\x1d\x14\0\0\0", 9, false },
		{ "\x32\xff\xff\xff\xff\xff\xff\xff\xff", 9, false },
		{ "\x33\0\0\0\0\0\0\0\x80", 9, false },
		{ "\x34\0\0\0\0\0\0\0\x80", 9, true },
		{ "\x12", 1, false },
		{ "\x12\1\xff\xff\xff\xff\1", 7, true }, /* 0.1 */
		{ "\x12\2\xff\xff\xff\xff\1", 7, false },
		{ "\x12\1\xff\xff\xff\xff", 6, false }, /* zero */
		{ "\x12\1\xff\xff\xff\xff\1\0", 8, false },
		{ "\x12\1\xff\xff\xff\xff\12", 7, false }, /* 1 */
		{ "\x12\1\xff\xff\xff\xff\5", 7, false }, /* 0.5 */
		{ "\x12\1\xfe\xff\xff\xff\12", 7, false }, /* 0.10 */
		{ "\x12\1\0\0\0\0\1", 7, false },
		{ "\x12\1\xc0\xbd\xf0\xff\1", 7, true }, /* E-1000000 */
		{ "\x12\1\xbf\xbd\xf0\xff\1", 7, false },
		{ "\x22"
		  "0123456789abcdef",
		  17, true },
		{ "\x22"
		  "0123456789abcde",
		  16, false },
		{ "\x32\0\0\0\0\0\0\0\0", 9, true },
		{ "\x33\0\0\0\0\0\0\0", 8, false },
		{ "\x35\0\0\0\0\0\0\0\0", 9, false },
		{ "\x40\2\1\1\2\x20x", 7, true },
		{ "\x40\2\1\1\2\x20", 6, false },
		{ "\x40\2\1\1\2\x20x!", 8, false },
		{ "\x40\0", 2, true },
		{ "\x40", 1, false },
		{ "\x40\1\1\1", 4, true },
		{ "\x40\1\0", 3, false }, /* of nothing */
		{ "\x40\x82\0\1\1\1\1", 7, false }, /* a needless byte */
		{ "\x40\2\1\1\2\x40\0", 7, true },
		{ "\x40\2\1\1\1\x40", 6, false },
		{ "\x40\xff\xff\xff\xff\xff\xff\xff\xff\xff\1", 11, false },
		{ "\x41\2\1\1\2\x20x", 7, true },
		{ "\x41\2\2\x20x\1\1", 7, false }, /* out of order */
		{ "\x41\2\1\1\1\1", 6, false }, /* one twice */
		{ "\x41\2\2\x20x\3\x20xa", 9, true },
		{ "\x41\2\3\x20xa\2\x20x", 9, false },
		{ "\x42\1P\0", 4, true },
		{ "\x42\1P\1\1a\1\1", 8, true },
		{ "\x42\1P\2\1b\1\1\2aa\1\1", 13, true },
		{ "\x42\1P\2\2aa\1\1\1b\1\1", 13, false }, /* order */
		{ "\x42\1P\2\1a\1\1\1a\1\1", 12, false },
		{ "\x42\1P\1\1\xff\1\1", 8, false },
		{ "\x42\1\xff\0", 4, false },
		{ "\x42\1P\1\1a", 6, false },
		{ "\x42\1P\0\0", 5, false },
		{ "\x43\1u", 3, true },
		{ "\x43\1u\xff\0", 5, true },
		{ "\x43\0x", 3, false }, /* no name */
		{ "\x43\1\xff", 3, false },
		{ "\x43\2u", 3, false },
		{ "\x44", 1, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		/* in memory of just that length, for a checker of it */
		if (check_copy((const uint8_t *)cases[i].bytes, cases[i].len) !=
		    cases[i].good)
			fail_msg("case %zu", i);
}

static void encoding_that_is_too_long_is_none(void **state)
{
	uint8_t *p = calloc(1, STELE_CANONICAL_MAX + 1);

	(void)state;
	assert_non_null(p);
	p[0] = 0x21;
	assert_true(stele_canonical_check(p, STELE_CANONICAL_MAX));
	assert_false(stele_canonical_check(p, STELE_CANONICAL_MAX + 1));
	free(p);
}

/* Tuples of one in each other, around null. */
static void encoding_that_is_too_deep_is_none(void **state)
{
	uint8_t p[4 * STELE_CANONICAL_DEPTH], *at = p + sizeof(p);

	(void)state;
	*--at = 0x01;
	for (unsigned depth = 2; depth <= STELE_CANONICAL_DEPTH + 2; depth++) {
		size_t len = (size_t)(p + sizeof(p) - at);

		/* a length of two bytes from 128 on */
		if (len >= 128)
			*--at = (uint8_t)(len >> 7);
		*--at = (uint8_t)(len < 128 ? len : len | 0x80);
		*--at = 1;
		*--at = 0x40;
		/* of several fields each counts by itself */
		assert_int_equal(
			stele_canonical_check(at, (size_t)(p + sizeof(p) - at)),
			depth <= STELE_CANONICAL_DEPTH + 1);
	}
}

/* Whatever the bytes: no access outside, and what is good is said in one way. */
static void bytes_by_chance_are_checked_in_bounds(void **state)
{
	static const uint8_t tags[] = { 0x40, 0x41, 0x42, 0x43, 0x10, 0x12,
					0x20, 0x01, 0x00, 0x02, 0x03, 0x61 };
	struct random r = { 7 };
	unsigned nr_good = 0;

	(void)state;
	print_message("# seed %llu\n", (unsigned long long)r.state);
	for (int n = 0; n < 200000; n++) {
		uint8_t p[24];
		size_t len = random_below(&r, sizeof(p)) + 1;

		for (size_t i = 0; i < len; i++)
			p[i] = tags[random_below(&r, sizeof(tags))];
		nr_good += check_copy(p, len);
	}
	assert_true(nr_good > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(value_and_cell_encode_as_the_vectors),
		cmocka_unit_test(largest_double_is_an_integer_of_128_bytes),
		cmocka_unit_test(every_whole_double_is_the_integer_it_equals),
		cmocka_unit_test(nan_is_refused_as_out_of_range),
		cmocka_unit_test(what_is_no_key_is_refused_by_type),
		cmocka_unit_test(too_small_a_buffer_tells_the_length_needed),
		cmocka_unit_test(hash_is_that_of_the_encoding_at_every_length),
		cmocka_unit_test(bool_differs_from_integer_and_str_from_bytes),
		cmocka_unit_test(digits_that_are_none_are_refused),
		cmocka_unit_test(other_bytes_are_no_encoding),
		cmocka_unit_test(encoding_that_is_too_long_is_none),
		cmocka_unit_test(encoding_that_is_too_deep_is_none),
		cmocka_unit_test(bytes_by_chance_are_checked_in_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
