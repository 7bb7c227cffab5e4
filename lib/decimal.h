/* SPDX-License-Identifier: MIT */
/*
 * Decimals: from text to sign, exponent and magnitude, and to the one form in
 * which equal numbers are equal as keys.  digits.c prints them.
 */
#ifndef STELE_DECIMAL_H
#define STELE_DECIMAL_H

#include <stdbool.h>

#include "buffer.h"
#include "format.h"

#define STELE_DECIMAL_MAX_DIGITS 10000u

struct stele_decimal {
	bool negative; /* also of zero and infinity */
	bool infinite;
	bool nan;
	int32_t exponent; /* 0 of what is no number */
};

/*
 * Parse a numeric string of the General Decimal Arithmetic Specification 1.70:
 * an optional sign; digits with a point among, before or behind them or none;
 * an optional exponent; or Infinity, Inf or NaN, in letters of either case.  The
 * magnitude, as of stele_bigint_parse(), takes the place of what *magnitude held.
 * NaN has no sign and no digits.
 *
 * -STELE_E_TYPE for other text, -STELE_E_LIMIT beyond MAX_DIGITS (zeros in front
 * don't count), -STELE_E_RANGE for an exponent beyond STELE_FMT_DECIMAL_EXPONENT,
 * -ENOMEM.
 */
int stele_decimal_parse(const char *text, size_t len,
			struct stele_decimal *decimal,
			struct stele_buffer *magnitude);

enum stele_decimal_class {
	STELE_DECIMAL_INTEGER,
	STELE_DECIMAL_DOUBLE, /* exactly one, and no integer */
	STELE_DECIMAL_OTHER, /* not divisible by ten, the exponent below 0 */
};

/* The size of a decimal that is finite, its sign aside. */
struct stele_decimal_size {
	enum stele_decimal_class class;
	int32_t exponent; /* OTHER */
	double f; /* DOUBLE */
	size_t len; /* INTEGER, OTHER: bytes of magnitude, the last not zero */
	/* and room for one word of carry */
	uint8_t magnitude[(STELE_FMT_DECIMAL_MAX + 7) / 8 * 8 + 8];
};

/*
 * What magnitude * 10^exponent is, never allocating.  -STELE_E_LIMIT where it
 * is an integer of more than STELE_FMT_DECIMAL_MAX bytes, or has more itself.
 * Quadratic.
 */
int stele_decimal_normalise(int32_t exponent, const uint8_t *magnitude,
			    uint64_t len, struct stele_decimal_size *size);

#endif /* STELE_DECIMAL_H */
