// SPDX-License-Identifier: MIT
/*
 * Integers and decimals as text.  A magnitude beyond 64 bits is divided by 10^9
 * again and again, in a scratch copy on the stack: readers do not allocate.
 * Quadratic, which the limits of the format bound.
 *
 * A decimal's text is its digits with a point in or before them where that takes
 * at most six zeros in front, else with one digit before the point and an
 * exponent.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <stele/error.h>
#include <stele/value.h>

#include "format.h"
#include "magnitude.h"

#define CHUNK 1000000000u
#define CHUNK_DIGITS 9
/* Of a decimal's magnitude, whatever its bytes say. */
#define DECIMAL_DIGITS (STELE_FMT_DECIMAL_MAX * 241u / 100u + 3u)

/* m /= 10^9 over *len bytes; drops the zeros at its end. */
static uint32_t divide(uint8_t *m, size_t *len)
{
	uint32_t rest = stele_magnitude_divide(m, *len, CHUNK);

	while (*len && !(m[*len - 1] | m[*len - 2] | m[*len - 3] | m[*len - 4]))
		*len -= 4;
	return rest;
}

/*
 * The digits of a magnitude, written from the end of [buf, end) backwards; NULL
 * where they do not fit.  Zero has none.
 */
static char *print_backwards(uint8_t *m, size_t len, char *buf, char *end)
{
	while (len) {
		uint32_t rest = divide(m, &len);

		for (int i = 0; i < CHUNK_DIGITS && (len || rest); i++) {
			if (end == buf)
				return NULL;
			*--end = (char)('0' + rest % 10);
			rest /= 10;
		}
	}
	return end;
}

/* How many digits a magnitude has; it is used up. */
static size_t count_digits(uint8_t *m, size_t len)
{
	size_t digits = 0;

	while (len) {
		uint32_t rest = divide(m, &len);

		if (len)
			digits += CHUNK_DIGITS;
		else
			for (; rest; rest /= 10)
				digits++;
	}
	return digits;
}

/* A value's magnitude in whole words of 4 bytes; gives how many bytes. */
static size_t copy(const struct stele_value *v, uint8_t *m)
{
	size_t len = stele_magnitude_trim((const uint8_t *)v->u.ptr, v->len);

	memset(m + len, 0, -len % 4);
	if (len)
		memcpy(m, v->u.ptr, len);
	return len + -len % 4;
}

static int print_small(const struct stele_value *v, char *buf, size_t size,
		       size_t *len)
{
	bool is_signed = v->type >= STELE_TYPE_I8 && v->type <= STELE_TYPE_I64;
	char text[24];
	int n;

	n = is_signed ?
		    snprintf(text, sizeof(text), "%lld", (long long)v->u.i) :
		    snprintf(text, sizeof(text), "%llu",
			     (unsigned long long)v->u.u);
	*len = (size_t)n;
	if (*len >= size)
		return -ENOSPC;
	memcpy(buf, text, *len + 1);
	return 0;
}

static int print_big(const struct stele_value *v, char *buf, size_t size,
		     size_t *len)
{
	bool negative = v->flags & STELE_VALUE_F_NEGATIVE;
	uint8_t m[STELE_FMT_BIGINT_MAX + 3];
	char *first, *end = buf + size;
	size_t bytes;

	if (v->len > STELE_FMT_BIGINT_MAX)
		return -STELE_E_LIMIT;
	bytes = copy(v, m);
	if (!bytes) {
		*len = 1;
		if (size < 2)
			return -ENOSPC;
		memcpy(buf, "0", 2);
		return 0;
	}
	first = size > (size_t)negative + 1 ?
			print_backwards(m, bytes, buf + negative, end - 1) :
			NULL;
	if (!first) {
		*len = negative + count_digits(m, copy(v, m));
		return -ENOSPC;
	}
	*len = (size_t)(end - 1 - first) + negative;
	memmove(buf + negative, first, *len - negative);
	if (negative)
		buf[0] = '-';
	buf[*len] = '\0';
	return 0;
}

/* ------------------------------------------------------------- decimals */

/* Text that is counted whole, and written as far as there is room. */
struct sink {
	char *buf;
	size_t size;
	size_t len;
};

static void put(struct sink *sink, const char *p, size_t len)
{
	if (sink->len < sink->size)
		memcpy(sink->buf + sink->len, p,
		       len < sink->size - sink->len ? len :
						      sink->size - sink->len);
	sink->len += len;
}

/* Digits with a point before the last `fraction` of them. */
static void put_plain(struct sink *sink, const char *digits, size_t nr,
		      size_t fraction)
{
	size_t whole = nr > fraction ? nr - fraction : 0;

	if (whole)
		put(sink, digits, whole);
	else
		put(sink, "0", 1);
	if (!fraction)
		return;
	put(sink, ".", 1);
	for (size_t i = nr; i < fraction; i++)
		put(sink, "0", 1);
	put(sink, digits + whole, nr - whole);
}

/* One digit before the point, and the exponent that this takes. */
static void put_scientific(struct sink *sink, const char *digits, size_t nr,
			   int64_t exponent)
{
	char text[32];

	put(sink, digits, 1);
	if (nr > 1) {
		put(sink, ".", 1);
		put(sink, digits + 1, nr - 1);
	}
	put(sink, text,
	    (size_t)snprintf(text, sizeof(text), "E%+lld",
			     (long long)exponent));
}

static void put_decimal(struct sink *sink, const struct stele_value *v)
{
	char digits[DECIMAL_DIGITS], *end = digits + sizeof(digits), *first;
	uint8_t m[STELE_FMT_DECIMAL_MAX + 3];
	int64_t adjusted;
	size_t nr;

	first = print_backwards(m, copy(v, m), digits, end);
	if (first == end)
		*--first = '0';
	nr = (size_t)(end - first);
	adjusted = (int64_t)v->exponent + (int64_t)nr - 1;
	if (v->exponent <= 0 && adjusted >= -6)
		put_plain(sink, first, nr, (size_t)(-(int64_t)v->exponent));
	else
		put_scientific(sink, first, nr, adjusted);
}

static int print_decimal(const struct stele_value *v, char *buf, size_t size,
			 size_t *len)
{
	struct sink sink = { buf, size, 0 };

	if (v->len > STELE_FMT_DECIMAL_MAX)
		return -STELE_E_LIMIT;
	if (v->flags & STELE_VALUE_F_NEGATIVE)
		put(&sink, "-", 1);
	if (v->flags & STELE_VALUE_F_NAN)
		put(&sink, "NaN", 3);
	else if (v->flags & STELE_VALUE_F_INFINITE)
		put(&sink, "Infinity", 8);
	else
		put_decimal(&sink, v);
	*len = sink.len;
	put(&sink, "", 1);
	return sink.len > size ? -ENOSPC : 0;
}

int stele_value_digits(const struct stele_value *value, char *buf, size_t size,
		       size_t *len)
{
	if (value->type >= STELE_TYPE_I8 && value->type <= STELE_TYPE_U64)
		return print_small(value, buf, size, len);
	if (value->type == STELE_TYPE_BIGINT)
		return print_big(value, buf, size, len);
	if (value->type == STELE_TYPE_DECIMAL)
		return print_decimal(value, buf, size, len);
	return -STELE_E_TYPE;
}
