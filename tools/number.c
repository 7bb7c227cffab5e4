/* SPDX-License-Identifier: MIT */
/*
 * Reading and printing numbers.  The command never calls setlocale(), so strtod()
 * and printf() know the point and nothing else.
 *
 * A decimal of up to 19 digits whose digits are below 2^53 and whose power of
 * ten is at most 22 is one exact multiplication or division of doubles; strtod()
 * reads the rest.  (W. D. Clinger, "How to read floating point numbers
 * accurately", PLDI 1990.)
 */
#include "number.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A number taken apart; digits beyond the 19th are not in `digits`. */
struct decimal {
	bool negative;
	bool integer; /* neither fraction nor exponent */
	bool whole; /* all digits are in `digits` */
	bool zero; /* all of them are 0 */
	uint64_t digits;
	int scale; /* value = digits * 10^scale, if whole and small_scale */
	bool small_scale;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static const char *read_digits(const char *p, const char *end, unsigned *nr,
			       struct decimal *d)
{
	for (; p < end && is_digit(*p); p++) {
		unsigned digit = (unsigned)(*p - '0');

		d->zero = d->zero && !digit;
		if (*nr || digit)
			(*nr)++;
		if (*nr > 19)
			d->whole = false;
		else
			d->digits = d->digits * 10 + digit;
	}
	return p;
}

/* The exponent; `small_scale` false where it is too far for the quick way. */
static const char *read_exponent(const char *p, const char *end,
				 struct decimal *d)
{
	bool negative = false;
	const char *first;
	int n = 0;

	if (p < end && (*p == '-' || *p == '+'))
		negative = *p++ == '-';
	for (first = p; p < end && is_digit(*p); p++)
		if (n < 10000)
			n = n * 10 + (*p - '0');
	if (p == first)
		return NULL;
	d->small_scale = n < 1000;
	d->scale += negative ? -n : n;
	return p;
}

/* False where the text is no number of JSON. */
static bool take_apart(const char *p, size_t len, struct decimal *d)
{
	const char *end = p + len, *first;
	unsigned nr = 0;

	*d = (struct decimal){ .integer = true,
			       .whole = true,
			       .zero = true,
			       .small_scale = true };
	if (p < end && *p == '-') {
		d->negative = true;
		p++;
	}
	first = p;
	p = read_digits(p, end, &nr, d);
	if (p == first || (*first == '0' && p - first > 1))
		return false;
	if (p < end && *p == '.') {
		d->integer = false;
		first = ++p;
		p = read_digits(p, end, &nr, d);
		if (p == first)
			return false;
		if (p - first < 1000)
			d->scale = -(int)(p - first);
		else
			d->small_scale = false;
	}
	if (p < end && (*p == 'e' || *p == 'E')) {
		bool small = d->small_scale;

		d->integer = false;
		p = read_exponent(p + 1, end, d);
		if (!p)
			return false;
		d->small_scale = d->small_scale && small;
	}
	return p == end;
}

static double to_f64(const struct decimal *d, const char *text)
{
	static const double power[] = { 1e0,  1e1,  1e2,  1e3,	1e4,  1e5,
					1e6,  1e7,  1e8,  1e9,	1e10, 1e11,
					1e12, 1e13, 1e14, 1e15, 1e16, 1e17,
					1e18, 1e19, 1e20, 1e21, 1e22 };
	double f = (double)d->digits;

	if (!d->whole || d->digits > 1ull << 53 || !d->small_scale ||
	    d->scale < -22 || d->scale > 22)
		return strtod(text, NULL);
	f = d->scale < 0 ? f / power[-d->scale] : f * power[d->scale];
	return d->negative ? -f : f;
}

/* Whether a double of at least 2^64 is equal to the integer in the text. */
static bool is_exactly(double f, const char *text, size_t len)
{
	char digits[400];
	int n = snprintf(digits, sizeof(digits), "%.0f", f);

	return n > 0 && (size_t)n == len && !memcmp(digits, text, len);
}

static void read_integer(const struct decimal *d, const char *text, size_t len,
			 struct number *number)
{
	uint64_t u = d->digits;
	bool fits = d->whole;

	/* a 20th digit may still fit */
	if (!fits && len - d->negative == 20 && text[d->negative] == '1') {
		unsigned last = (unsigned)(text[len - 1] - '0');

		fits = !__builtin_mul_overflow(u, 10ull, &u) &&
		       !__builtin_add_overflow(u, (uint64_t)last, &u);
	}
	if (!fits || (d->negative && u > 1ull << 63)) {
		number->kind = NUMBER_BIG;
		number->f = strtod(text, NULL);
		number->exact = isfinite(number->f) &&
				is_exactly(number->f, text, len);
		return;
	}
	number->kind = d->negative ? NUMBER_I64 : NUMBER_U64;
	number->u = u;
	number->i = d->negative ? (int64_t)-u : (int64_t)u;
	number->f = d->negative ? (double)number->i : (double)u;
	number->exact = fabs(number->f) < 0x1p64 &&
			(uint64_t)fabs(number->f) == u;
}

void number_read(const char *text, size_t len, struct number *number)
{
	struct decimal d;

	memset(number, 0, sizeof(*number));
	number->kind = NUMBER_NONE;
	if (!take_apart(text, len, &d))
		return;
	if (d.integer && !(d.zero && d.negative)) {
		read_integer(&d, text, len, number);
		return;
	}
	number->kind = NUMBER_F64;
	number->f = to_f64(&d, text);
	if (isinf(number->f))
		number->kind = NUMBER_HUGE;
	else if (number->f == 0 && !d.zero)
		number->kind = NUMBER_TINY;
}

/* "1" and "1e+20" become "1.0" and "1e+20": a text that reads as a double. */
static size_t finish(char *text, size_t len)
{
	if (strcspn(text, ".e") == len) {
		memcpy(text + len, ".0", 3);
		len += 2;
	}
	return len;
}

size_t number_print_f64(double f, char text[NUMBER_TEXT_BYTES])
{
	int precision = fabs(f) < 0x1p-1022 ? 1 : 15, n;

	do {
		n = snprintf(text, NUMBER_TEXT_BYTES, "%.*g", precision, f);
	} while (precision++ < 17 && strtod(text, NULL) != f);
	return finish(text, (size_t)n);
}

size_t number_print_f32(float f, char text[NUMBER_TEXT_BYTES])
{
	int precision = fabsf(f) < 0x1p-126f ? 1 : 6, n;

	do {
		n = snprintf(text, NUMBER_TEXT_BYTES, "%.*g", precision,
			     (double)f);
	} while (precision++ < 9 && strtof(text, NULL) != f);
	return finish(text, (size_t)n);
}
