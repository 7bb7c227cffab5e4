// SPDX-License-Identifier: MIT
/*
 * Integers as decimal digits.  A magnitude beyond 64 bits is divided by 10^9
 * again and again, in a scratch copy on the stack: readers do not allocate.
 * Quadratic, which the limit of the format bounds.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <stele/error.h>
#include <stele/value.h>

#include "format.h"

#define CHUNK 1000000000u
#define CHUNK_DIGITS 9

/* words[0..n) /= 10^9; gives the rest and drops leading zeros from *n. */
static uint32_t divide(uint32_t *words, size_t *n)
{
	uint64_t rest = 0;

	for (size_t i = *n; i-- > 0;) {
		rest = rest << 32 | words[i];
		words[i] = (uint32_t)(rest / CHUNK);
		rest %= CHUNK;
	}
	while (*n && !words[*n - 1])
		--*n;
	return (uint32_t)rest;
}

/*
 * The digits of a magnitude, written from the end of [buf, end) backwards; NULL
 * where they do not fit.
 */
static char *print_backwards(uint32_t *words, size_t n, char *buf, char *end)
{
	while (n) {
		uint32_t rest = divide(words, &n);

		for (int i = 0; i < CHUNK_DIGITS && (n || rest); i++) {
			if (end == buf)
				return NULL;
			*--end = (char)('0' + rest % 10);
			rest /= 10;
		}
	}
	return end;
}

/* How many digits a magnitude has; words are used up. */
static size_t count_digits(uint32_t *words, size_t n)
{
	size_t digits = 0;

	while (n) {
		uint32_t rest = divide(words, &n);

		if (n)
			digits += CHUNK_DIGITS;
		else
			for (; rest; rest /= 10)
				digits++;
	}
	return digits;
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

static int print_big(const struct stele_value *v, uint32_t *words, size_t n,
		     char *buf, size_t size, size_t *len)
{
	bool negative = v->flags & STELE_VALUE_F_NEGATIVE;
	char *first, *end = buf + size;

	memset(words, 0, n * 4);
	if (v->len)
		memcpy(words, v->u.ptr, v->len);
	while (n && !words[n - 1])
		n--;
	if (!n) {
		*len = 1;
		if (size < 2)
			return -ENOSPC;
		memcpy(buf, "0", 2);
		return 0;
	}
	first = size > (size_t)negative + 1 ?
			print_backwards(words, n, buf + negative, end - 1) :
			NULL;
	if (!first) {
		memcpy(words, v->u.ptr, v->len);
		*len = negative + count_digits(words, n);
		return -ENOSPC;
	}
	*len = (size_t)(end - 1 - first) + negative;
	memmove(buf + negative, first, *len - negative);
	if (negative)
		buf[0] = '-';
	buf[*len] = '\0';
	return 0;
}

int stele_value_digits(const struct stele_value *value, char *buf, size_t size,
		       size_t *len)
{
	uint32_t words[STELE_FMT_BIGINT_MAX / 4 + 1];

	if (value->type >= STELE_TYPE_I8 && value->type <= STELE_TYPE_U64)
		return print_small(value, buf, size, len);
	if (value->type != STELE_TYPE_BIGINT)
		return -STELE_E_TYPE;
	if (value->len > STELE_FMT_BIGINT_MAX)
		return -STELE_E_LIMIT;
	return print_big(value, words, value->len / 4 + 1, buf, size, len);
}
