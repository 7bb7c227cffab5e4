/* SPDX-License-Identifier: MIT */
/*
 * Making value words: each function says whether a value is an immediate, and
 * if so its one spelling.  Reading them is value.c's.
 */
#ifndef STELE_WORD_H
#define STELE_WORD_H

#include <stdbool.h>
#include <string.h>

#include "format.h"

static inline bool stele_word_int(int64_t i, uint64_t *word)
{
	if (i < STELE_FMT_INT_MIN || i > STELE_FMT_INT_MAX)
		return false;
	*word = (uint64_t)i << 3 | STELE_FMT_TAG_INT;
	return true;
}

/* Rotated by 4, the three bits below the sign of the exponent are the tag. */
static inline bool stele_word_f64(double f, uint64_t *word)
{
	uint64_t bits;

	memcpy(&bits, &f, sizeof(bits));
	if (f != f)
		*word = STELE_FMT_NAN;
	else if (bits == 0)
		*word = STELE_FMT_ZERO;
	else if (bits == 1ull << 63)
		*word = STELE_FMT_MINUS_ZERO;
	else if (bits == 0x7ffull << 52)
		*word = STELE_FMT_INF;
	else if (bits == 0xfffull << 52)
		*word = STELE_FMT_MINUS_INF;
	else {
		uint64_t rotated = bits << 4 | bits >> 60;

		if (STELE_FMT_TAG(rotated) != STELE_FMT_TAG_F64_LOW &&
		    STELE_FMT_TAG(rotated) != STELE_FMT_TAG_F64_HIGH)
			return false;
		*word = rotated;
	}
	return true;
}

/* tag: STELE_FMT_TAG_STR or _BYTES. */
static inline bool stele_word_short(unsigned tag, const void *p, uint64_t len,
				    uint64_t *word)
{
	uint64_t bytes = 0;

	if (len > STELE_FMT_SHORT_MAX)
		return false;
	if (len)
		memcpy(&bytes, p, len);
	*word = bytes << 8 | len << 3 | tag;
	return true;
}

/* kind: STELE_FMT_CALENDAR_...; every legal date and datetime fits. */
static inline uint64_t stele_word_calendar(unsigned kind, int64_t count)
{
	return (uint64_t)count << 5 | kind << 3 | STELE_FMT_TAG_CALENDAR;
}

/* off <= STELE_FMT_ASCII_MAX_OFF; len 8..8191. */
static inline uint64_t stele_word_ascii(uint64_t off, uint64_t len)
{
	return off << 16 | len << 3 | STELE_FMT_TAG_ASCII;
}

#endif /* STELE_WORD_H */
