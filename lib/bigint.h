/* SPDX-License-Identifier: MIT */
/*
 * Integers of any size on their way in: decimal digits to a magnitude.
 */
#ifndef STELE_BIGINT_H
#define STELE_BIGINT_H

#include <stdbool.h>

#include "buffer.h"

#define STELE_BIGINT_MAX_DIGITS 100000u

/*
 * Parse an optional sign and 1..MAX_DIGITS digits into a little-endian magnitude
 * without leading zeros (zero: no bytes), in place of what *magnitude held.
 * -EINVAL for other text, -ERANGE beyond the limit, -ENOMEM.  Quadratic.
 */
int stele_bigint_parse(const char *text, size_t len, bool *negative,
		       struct stele_buffer *magnitude);

/*
 * Digits behind those that a magnitude has: magnitude * 10^len + digits.  It
 * has whole words of 8 bytes meanwhile; stele_magnitude_trim() ends it.  -EINVAL,
 * -ENOMEM.
 */
int stele_bigint_append(struct stele_buffer *magnitude, const char *digits,
			size_t len);

#endif /* STELE_BIGINT_H */
