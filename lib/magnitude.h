/* SPDX-License-Identifier: MIT */
/*
 * Magnitudes of any size: little-endian bytes, taken a word at a time by plain
 * schoolbook steps.  Inline, because a constant divisor makes the step fast.
 */
#ifndef STELE_MAGNITUDE_H
#define STELE_MAGNITUDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Without the zeros at its end. */
static inline size_t stele_magnitude_trim(const uint8_t *m, size_t len)
{
	while (len && !m[len - 1])
		len--;
	return len;
}

/* Bits up to the highest that is set; the last byte is not zero. */
static inline size_t stele_magnitude_bits(const uint8_t *m, size_t len)
{
	return len ? 8 * len + 24 - (size_t)__builtin_clz(m[len - 1]) : 0;
}

/* m = m * factor + add over len bytes, a multiple of 8; gives what is carried. */
static inline uint64_t stele_magnitude_multiply(uint8_t *m, size_t len,
						uint64_t factor, uint64_t add)
{
	unsigned __int128 carry = add;
	uint64_t word;

	for (size_t i = 0; i < len; i += sizeof(word)) {
		memcpy(&word, m + i, sizeof(word));
		carry += (unsigned __int128)word * factor;
		word = (uint64_t)carry;
		memcpy(m + i, &word, sizeof(word));
		carry >>= 64;
	}
	return (uint64_t)carry;
}

/* m /= divisor over len bytes, a multiple of 4; gives the rest. */
static inline uint32_t stele_magnitude_divide(uint8_t *m, size_t len,
					      uint32_t divisor)
{
	uint64_t rest = 0;
	uint32_t word;

	for (size_t i = len; i; i -= sizeof(word)) {
		memcpy(&word, m + i - sizeof(word), sizeof(word));
		rest = rest << 32 | word;
		word = (uint32_t)(rest / divisor);
		rest %= divisor;
		memcpy(m + i - sizeof(word), &word, sizeof(word));
	}
	return (uint32_t)rest;
}

/* x such that odd * x is 1 modulo 2^64: each step doubles the bits that are right. */
static inline uint64_t stele_magnitude_inverse(uint64_t odd)
{
	uint64_t x = odd; /* right in three bits */

	for (int i = 0; i < 5; i++)
		x *= 2 - odd * x;
	return x;
}

/*
 * quotient = m / odd over len bytes, a multiple of 8, where that leaves no rest;
 * else false, and the quotient is nothing.  From the low end, without a division:
 * each word of the quotient is what makes the word of m right (Jebelean, "An
 * algorithm for exact division", J. Symbolic Computation 15(2), 1993).
 */
static inline bool stele_magnitude_divide_exact(const uint8_t *m, size_t len,
						uint64_t odd, uint64_t inverse,
						uint8_t *quotient)
{
	uint64_t carry = 0, word, borrow;

	for (size_t i = 0; i < len; i += sizeof(word)) {
		memcpy(&word, m + i, sizeof(word));
		borrow = word < carry;
		word = (word - carry) * inverse;
		memcpy(quotient + i, &word, sizeof(word));
		carry = borrow +
			(uint64_t)((unsigned __int128)word * odd >> 64);
	}
	return !carry;
}

/* m >>= bits over len bytes, a multiple of 8. */
static inline void stele_magnitude_shift(uint8_t *m, size_t len, size_t bits)
{
	size_t bytes = bits / 64 * 8, i;
	unsigned by = bits % 64;
	uint64_t low, high;

	for (i = 0; i + bytes < len; i += sizeof(low)) {
		memcpy(&low, m + i + bytes, sizeof(low));
		low >>= by;
		if (by && i + bytes + 8 < len) {
			memcpy(&high, m + i + bytes + 8, sizeof(high));
			low |= high << (64 - by);
		}
		memcpy(m + i, &low, sizeof(low));
	}
	memset(m + i, 0, len - i);
}

#endif /* STELE_MAGNITUDE_H */
