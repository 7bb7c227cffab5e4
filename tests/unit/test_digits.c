// SPDX-License-Identifier: MIT
/* Numbers as text: every digit, and how much room that takes. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <stele/value.h>

#include "bigint.h"
#include "decimal.h"

static struct stele_value number(unsigned type, uint64_t bits)
{
	struct stele_value v = { .type = (uint8_t)type };

	v.u.u = bits;
	return v;
}

/* The text, in memory of just that size; smaller sizes tell how long it is. */
static void assert_digits(const struct stele_value *v, const char *expect)
{
	size_t whole = strlen(expect), len, step = whole / 97 + 1;

	for (size_t size = 0; size <= whole + 1; size++) {
		char *buf = malloc(size + !size);

		assert_non_null(buf);
		len = SIZE_MAX;
		assert_int_equal(stele_value_digits(v, buf, size, &len),
				 size > whole ? 0 : -ENOSPC);
		assert_int_equal(len, whole);
		if (size > whole)
			assert_string_equal(buf, expect);
		free(buf);
		if (size + step < whole)
			size += step - 1;
	}
}

static void assert_bigint(const char *text)
{
	struct stele_value v = number(STELE_TYPE_BIGINT, 0);
	struct stele_buffer m = { 0 };
	bool negative;

	assert_int_equal(stele_bigint_parse(text, strlen(text), &negative, &m),
			 0);
	v.flags = negative ? STELE_VALUE_F_NEGATIVE : 0;
	v.u.ptr = (const char *)m.ptr;
	v.len = m.len;
	assert_digits(&v, text);
	stele_buffer_free(&m);
}

static void assert_decimal(const char *text, const char *expect)
{
	struct stele_value v = number(STELE_TYPE_DECIMAL, 0);
	struct stele_buffer m = { 0 };
	struct stele_decimal d;

	assert_int_equal(stele_decimal_parse(text, strlen(text), &d, &m), 0);
	v.flags = (uint8_t)((d.negative ? STELE_VALUE_F_NEGATIVE : 0) |
			    (d.infinite ? STELE_VALUE_F_INFINITE : 0) |
			    (d.nan ? STELE_VALUE_F_NAN : 0));
	v.exponent = d.exponent;
	v.u.ptr = (const char *)m.ptr;
	v.len = m.len;
	assert_digits(&v, expect);
	/* what value.h promises to be enough */
	assert_true((double)strlen(expect) + 1 <= 2.41 * (double)m.len + 16);
	stele_buffer_free(&m);
}

static void small_integers_print_all_their_range(void **state)
{
	const struct {
		struct stele_value value;
		const char *text;
	} cases[] = {
		{ number(STELE_TYPE_I64, 0), "0" },
		{ number(STELE_TYPE_I64, 1ull << 63), "-9223372036854775808" },
		{ number(STELE_TYPE_I8, UINT64_MAX), "-1" },
		{ number(STELE_TYPE_U8, 255), "255" },
		{ number(STELE_TYPE_U64, UINT64_MAX), "18446744073709551615" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_digits(&cases[i].value, cases[i].text);
}

static void big_integers_print_every_digit(void **state)
{
	char *text = malloc(2002);

	(void)state;
	assert_non_null(text);
	assert_bigint("0");
	assert_bigint("-7");
	assert_bigint("999999999");
	assert_bigint("1000000000");
	assert_bigint("18446744073709551616");
	assert_bigint("-340282366920938463463374607431768211456");
	for (size_t n = 1; n <= 2000; n += n < 40 ? 1 : 391) {
		memset(text, '0', n);
		text[0] = '1';
		text[n] = '\0';
		assert_bigint(text);
		memset(text, '9', n);
		assert_bigint(text);
	}
	free(text);
}

static void decimals_print_as_they_were_given(void **state)
{
	static const char *const texts[] = {
		"0",
		"-0",
		"0.00",
		"-0.0",
		"1.50",
		"1.5",
		"-1.50",
		"150",
		"0.001",
		"0.000001",
		"-0.0000012",
		"1E+3",
		"1.50E+3",
		"-1.2345E+10",
		"1E-7",
		"1.0E-7",
		"1.23E-1000",
		"0E+2",
		"0E-7",
		"0E-1000000",
		"-0E-1000000",
		"0E+1000000",
		"1E-1000000",
		"-2.55E-999998",
		"9.99E+1000002",
		"Infinity",
		"-Infinity",
		"NaN",
		"123456789012345678901234567890.12345678901234567890",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		assert_decimal(texts[i], texts[i]);
	assert_decimal("1500E-3", "1.500");
	assert_decimal(".5", "0.5");
	assert_decimal("5.", "5");
	assert_decimal("0.0000001", "1E-7");
	assert_decimal("0.0000000", "0E-7");
	assert_decimal("+0007.0", "7.0");
	assert_decimal("inf", "Infinity");
}

static void longest_decimal_prints_in_its_room(void **state)
{
	char *text = malloc(10020);

	(void)state;
	assert_non_null(text);
	memset(text, '9', 10001);
	text[1] = '.';
	strcpy(text + 10001, "E+10000");
	assert_decimal(text, text);
	text[0] = '-';
	memset(text + 1, '9', 10000);
	text[10001] = '\0';
	assert_decimal(text, text);
	free(text);
}

/* Bytes of an image may say more than a maker can. */
static void largest_magnitude_prints_whatever_its_exponent(void **state)
{
	static const int32_t exponents[] = { INT32_MIN, -10008, -10007,
					     -10002,	-10001, -1,
					     0,		1,	INT32_MAX };
	struct stele_value v = number(STELE_TYPE_DECIMAL, 0);
	char *ones = malloc(STELE_FMT_DECIMAL_MAX + 1), *buf = malloc(11000);
	size_t len;

	(void)state;
	assert_non_null(ones);
	assert_non_null(buf);
	memset(ones, 0xff, STELE_FMT_DECIMAL_MAX + 1);
	v.u.ptr = ones;
	v.len = STELE_FMT_DECIMAL_MAX;
	for (size_t i = 0; i < sizeof(exponents) / sizeof(*exponents); i++) {
		v.exponent = exponents[i];
		assert_int_equal(stele_value_digits(&v, buf, 11000, &len), 0);
		assert_int_equal(strlen(buf), len);
		assert_in_range(len, 10002, 10015);
	}
	v.len++;
	assert_int_equal(stele_value_digits(&v, buf, 11000, &len),
			 -STELE_E_LIMIT);
	free(buf);
	free(ones);
}

static void others_are_no_digits(void **state)
{
	static const unsigned types[] = { STELE_TYPE_NULL, STELE_TYPE_BOOL,
					  STELE_TYPE_F64, STELE_TYPE_STR,
					  STELE_TYPE_TIME };
	char buf[8];
	size_t len;

	(void)state;
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		struct stele_value v = number(types[i], 1);

		assert_int_equal(stele_value_digits(&v, buf, 8, &len),
				 -STELE_E_TYPE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(small_integers_print_all_their_range),
		cmocka_unit_test(big_integers_print_every_digit),
		cmocka_unit_test(decimals_print_as_they_were_given),
		cmocka_unit_test(longest_decimal_prints_in_its_room),
		cmocka_unit_test(
			largest_magnitude_prints_whatever_its_exponent),
		cmocka_unit_test(others_are_no_digits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
