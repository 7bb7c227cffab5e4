// SPDX-License-Identifier: MIT
/*
 * Decimals: from text to magnitude, and to the class that a key knows them by.
 * tests/golden/run-decimal compares thousands with another's arithmetic; here
 * are those it agreed on that stand for a rule, and each limit.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <stele/error.h>

#include "bigint.h"
#include "decimal.h"

static struct stele_buffer magnitude;

static int parse(const char *text, struct stele_decimal *d)
{
	return stele_decimal_parse(text, strlen(text), d, &magnitude);
}

static void assert_magnitude(const char *digits)
{
	struct stele_buffer expect = { 0 };
	bool negative;

	assert_int_equal(stele_bigint_parse(digits, strlen(digits), &negative,
					    &expect),
			 0);
	assert_int_equal(magnitude.len, expect.len);
	assert_memory_equal(magnitude.ptr, expect.ptr, expect.len);
	stele_buffer_free(&expect);
}

static void text_gives_sign_digits_and_exponent(void **state)
{
	static const struct {
		const char *text;
		bool negative;
		const char *digits;
		int32_t exponent;
	} cases[] = {
		{ "1.50", false, "150", -2 },
		{ "-1.50", true, "150", -2 },
		{ "+7", false, "7", 0 },
		{ "007", false, "7", 0 },
		{ ".5", false, "5", -1 },
		{ "5.", false, "5", 0 },
		{ "0.00", false, "0", -2 },
		{ "-0", true, "0", 0 },
		{ "-0.0e3", true, "0", 2 },
		{ "1E+3", false, "1", 3 },
		{ "1e3", false, "1", 3 },
		{ "12.34E-5", false, "1234", -7 },
		{ "123456789012345678901234567890.123", false,
		  "123456789012345678901234567890123", -3 },
		{ "1E0000000000000000000000001", false, "1", 1 },
		{ "1E+1000000", false, "1", 1000000 },
		{ "1E-1000000", false, "1", -1000000 },
		{ "1.0E-999999", false, "10", -1000000 },
		{ "0.1E+1000001", false, "1", 1000000 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct stele_decimal d;

		assert_int_equal(parse(cases[i].text, &d), 0);
		assert_int_equal(d.negative, cases[i].negative);
		assert_int_equal(d.exponent, cases[i].exponent);
		assert_false(d.nan || d.infinite);
		assert_magnitude(cases[i].digits);
	}
}

static void what_is_no_number_has_no_digits(void **state)
{
	static const struct {
		const char *text;
		bool negative, infinite, nan;
	} cases[] = {
		{ "Infinity", false, true, false },
		{ "-inf", true, true, false },
		{ "+INF", false, true, false },
		{ "NaN", false, false, true },
		{ "nan", false, false, true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct stele_decimal d;

		assert_int_equal(parse("1E+7", &d), 0);
		assert_int_equal(parse(cases[i].text, &d), 0);
		assert_int_equal(d.negative, cases[i].negative);
		assert_int_equal(d.infinite, cases[i].infinite);
		assert_int_equal(d.nan, cases[i].nan);
		assert_int_equal(d.exponent, 0);
		assert_int_equal(magnitude.len, 0);
	}
}

static void other_text_is_refused(void **state)
{
	static const struct {
		const char *text;
		int code;
	} cases[] = {
		{ "", -STELE_E_TYPE },
		{ "+", -STELE_E_TYPE },
		{ ".", -STELE_E_TYPE },
		{ "-.", -STELE_E_TYPE },
		{ "E5", -STELE_E_TYPE },
		{ "1E", -STELE_E_TYPE },
		{ "1E-", -STELE_E_TYPE },
		{ "1E1.", -STELE_E_TYPE },
		{ "1.2.3", -STELE_E_TYPE },
		{ "--1", -STELE_E_TYPE },
		{ " 1", -STELE_E_TYPE },
		{ "1 ", -STELE_E_TYPE },
		{ "1x", -STELE_E_TYPE },
		{ "-NaN", -STELE_E_TYPE },
		{ "NaN1", -STELE_E_TYPE },
		{ "infinite", -STELE_E_TYPE },
		{ "infinity0", -STELE_E_TYPE },
		{ "1E+1000001", -STELE_E_RANGE },
		{ "1E-1000001", -STELE_E_RANGE },
		{ "1.5E-1000000", -STELE_E_RANGE },
		{ "0E+1000001", -STELE_E_RANGE },
		{ "1E+18446744073709551617", -STELE_E_RANGE },
		{ "1E-99999999999999999999999999", -STELE_E_RANGE },
	};
	struct stele_decimal d;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (parse(cases[i].text, &d) != cases[i].code)
			fail_msg("'%s'", cases[i].text);
	/* a zero byte is no end of text */
	assert_int_equal(stele_decimal_parse("1\0", 2, &d, &magnitude),
			 -STELE_E_TYPE);
}

static void decimal_has_up_to_10000_digits(void **state)
{
	char *text = malloc(40000);
	struct stele_decimal d;

	(void)state;
	assert_non_null(text);
	/* zeros in front, before and behind the point, are none */
	memset(text, '0', 40000);
	text[10000] = '.';
	memset(text + 20000, '9', 10001);
	assert_int_equal(stele_decimal_parse(text, 30000, &d, &magnitude), 0);
	assert_int_equal(d.exponent, -19999);
	assert_int_equal(magnitude.len, STELE_FMT_DECIMAL_MAX);
	assert_int_equal(stele_decimal_parse(text, 30001, &d, &magnitude),
			 -STELE_E_LIMIT);
	/* zeros behind are */
	text[0] = '1';
	assert_int_equal(stele_decimal_parse(text, 10000, &d, &magnitude), 0);
	assert_int_equal(stele_decimal_parse(text, 10002, &d, &magnitude),
			 -STELE_E_LIMIT);
	free(text);
}

/* ----------------------------------------------------------------- size */

static int normalise(const char *text, struct stele_decimal_size *size)
{
	struct stele_decimal d;

	assert_int_equal(parse(text, &d), 0);
	return stele_decimal_normalise(d.exponent, magnitude.ptr, magnitude.len,
				       size);
}

static void classes_are_integer_double_and_other(void **state)
{
	static const struct {
		const char *text;
		enum stele_decimal_class class;
		const char *digits; /* of the magnitude */
		int32_t exponent;
		double f;
	} cases[] = {
		{ "0", STELE_DECIMAL_INTEGER, "0", 0, 0 },
		{ "0E-1000000", STELE_DECIMAL_INTEGER, "0", 0, 0 },
		{ "0E+1000000", STELE_DECIMAL_INTEGER, "0", 0, 0 },
		{ "7.00", STELE_DECIMAL_INTEGER, "7", 0, 0 },
		{ "70E-1", STELE_DECIMAL_INTEGER, "7", 0, 0 },
		{ "1200", STELE_DECIMAL_INTEGER, "1200", 0, 0 },
		{ "1E+3", STELE_DECIMAL_INTEGER, "1000", 0, 0 },
		{ "12E+25", STELE_DECIMAL_INTEGER,
		  "120000000000000000000000000", 0, 0 },
		{ "0.5", STELE_DECIMAL_DOUBLE, NULL, 0, 0.5 },
		{ "0.50", STELE_DECIMAL_DOUBLE, NULL, 0, 0.5 },
		{ "2.5", STELE_DECIMAL_DOUBLE, NULL, 0, 2.5 },
		{ "4503599627370495.5", STELE_DECIMAL_DOUBLE, NULL, 0,
		  4503599627370495.5 },
		{ "4503599627370496.5", STELE_DECIMAL_OTHER,
		  "45035996273704965", -1, 0 },
		{ "0.1", STELE_DECIMAL_OTHER, "1", -1, 0 },
		{ "0.100", STELE_DECIMAL_OTHER, "1", -1, 0 },
		{ "0.2", STELE_DECIMAL_OTHER, "2", -1, 0 },
		{ "1.50E-5", STELE_DECIMAL_OTHER, "15", -6, 0 },
		{ "5E-324", STELE_DECIMAL_OTHER, "5", -324, 0 },
		{ "1E-1074", STELE_DECIMAL_OTHER, "1", -1074, 0 },
		{ "1E-1000000", STELE_DECIMAL_OTHER, "1", -1000000, 0 },
		{ "0.1000000000000000055511151231257827021181583404541015625",
		  STELE_DECIMAL_DOUBLE, NULL, 0, 0.1 },
		{ "0.1000000000000000055511151231257827021181583404541015626",
		  STELE_DECIMAL_OTHER,
		  "1000000000000000055511151231257827021181583404541015626",
		  -55, 0 },
	};
	struct stele_decimal_size size;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		assert_int_equal(normalise(cases[i].text, &size), 0);
		assert_int_equal(size.class, cases[i].class);
		if (size.class == STELE_DECIMAL_DOUBLE) {
			assert_true(size.f == cases[i].f);
			continue;
		}
		magnitude.len = 0;
		assert_int_equal(stele_buffer_append(&magnitude, size.magnitude,
						     size.len),
				 0);
		assert_magnitude(cases[i].digits);
		if (size.class == STELE_DECIMAL_OTHER)
			assert_int_equal(size.exponent, cases[i].exponent);
	}
}

/* The least double is 5^1074 * 10^-1074; half of it is none. */
static void doubles_end_where_their_bits_do(void **state)
{
	struct stele_decimal_size size;
	uint8_t five[400] = { 1 };

	(void)state;
	for (int i = 0; i < 1074; i++) {
		unsigned carry = 0;

		for (size_t k = 0; k < sizeof(five); k++) {
			carry += five[k] * 5u;
			five[k] = (uint8_t)carry;
			carry >>= 8;
		}
	}
	assert_int_equal(stele_decimal_normalise(-1074, five, 312, &size), 0);
	assert_int_equal(size.class, STELE_DECIMAL_DOUBLE);
	assert_true(size.f == 0x1p-1074);
	five[0] += 10;
	assert_int_equal(stele_decimal_normalise(-1074, five, 312, &size), 0);
	assert_int_equal(size.class, STELE_DECIMAL_OTHER);
	five[0] -= 10;
	assert_int_equal(stele_decimal_normalise(-1075, five, 312, &size), 0);
	assert_int_equal(size.class, STELE_DECIMAL_OTHER);
	assert_int_equal(size.len, 312);
}

static void integer_has_up_to_4153_bytes(void **state)
{
	struct stele_decimal_size size;
	uint8_t ones[STELE_FMT_DECIMAL_MAX + 1];

	(void)state;
	assert_int_equal(normalise("1E+10001", &size), 0);
	assert_int_equal(size.len, STELE_FMT_DECIMAL_MAX);
	assert_int_equal(normalise("1E+10002", &size), -STELE_E_LIMIT);
	assert_int_equal(normalise("1E+1000000", &size), -STELE_E_LIMIT);
	memset(ones, 0xff, sizeof(ones));
	assert_int_equal(
		stele_decimal_normalise(0, ones, sizeof(ones) - 1, &size), 0);
	assert_int_equal(size.len, sizeof(ones) - 1);
	assert_int_equal(stele_decimal_normalise(1, ones, sizeof(ones) - 1,
						 &size),
			 -STELE_E_LIMIT);
	assert_int_equal(stele_decimal_normalise(0, ones, sizeof(ones), &size),
			 -STELE_E_LIMIT);
	/* a broken image may say more than there is memory for */
	assert_int_equal(stele_decimal_normalise(0, ones, UINT64_MAX, &size),
			 -STELE_E_LIMIT);
}

static void zeros_at_the_end_of_a_magnitude_are_nothing(void **state)
{
	static const uint8_t seven[5000] = { 70 };
	struct stele_decimal_size size;

	(void)state;
	assert_int_equal(stele_decimal_normalise(-1, seven,
						 STELE_FMT_DECIMAL_MAX, &size),
			 0);
	assert_int_equal(size.class, STELE_DECIMAL_INTEGER);
	assert_int_equal(size.len, 1);
	assert_int_equal(size.magnitude[0], 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_gives_sign_digits_and_exponent),
		cmocka_unit_test(what_is_no_number_has_no_digits),
		cmocka_unit_test(other_text_is_refused),
		cmocka_unit_test(decimal_has_up_to_10000_digits),
		cmocka_unit_test(classes_are_integer_double_and_other),
		cmocka_unit_test(doubles_end_where_their_bits_do),
		cmocka_unit_test(integer_has_up_to_4153_bytes),
		cmocka_unit_test(zeros_at_the_end_of_a_magnitude_are_nothing),
	};
	int rc = cmocka_run_group_tests(tests, NULL, NULL);

	stele_buffer_free(&magnitude);
	return rc;
}
