/* SPDX-License-Identifier: MIT */
/*
 * Keys as an adversary picks them who knows the seed: the hash is run backwards,
 * so for any hash at all there is a key.  Of 8 bytes for XXH3-64, whose path for
 * 4..8 bytes is one to one; integers for stele_hash_u64(), which is so too.
 */
#ifndef CRAFTED_H
#define CRAFTED_H

#include <string.h>

#include "hash.h"

/* y = x ^ x >> by, backwards. */
static inline uint64_t crafted_unshift(uint64_t y, unsigned by)
{
	uint64_t x = y;
	unsigned i;

	for (i = by; i < 64; i += by)
		x = y ^ x >> by;
	return x;
}

/* The factor that undoes an odd one. */
static inline uint64_t crafted_inverse(uint64_t odd)
{
	uint64_t x = odd;
	int i;

	for (i = 0; i < 6; i++)
		x *= 2 - odd * x;
	return x;
}

/* The integer whose stele_hash_u64() is h. */
static inline uint64_t crafted_u64(uint64_t h, uint64_t seed)
{
	uint64_t x = crafted_unshift(h, 27);

	x *= crafted_inverse(UINT64_C(0x1c69b3f74ac4ae35));
	x = crafted_unshift(x, 33);
	x *= crafted_inverse(UINT64_C(0x3c79ac492ba7b653));
	x = crafted_unshift(x, 27);
	return x ^ seed;
}

static inline uint64_t crafted_rotate(uint64_t x, unsigned by)
{
	return x << by | x >> (64 - by);
}

static inline uint64_t crafted_word(size_t at)
{
	uint64_t word;

	memcpy(&word, XXH3_kSecret + at, sizeof(word));
	return word;
}

/*
 * The 8 bytes whose stele_hash_bytes() is h, as a little-endian word.  Three
 * rotations under xor are a polynomial p over GF(2) modulo x^64 + 1, and p^64 = 1.
 */
static inline uint64_t crafted_bytes(uint64_t h, uint64_t seed)
{
	uint64_t factor = crafted_inverse(UINT64_C(0x9fb21c651e98df25));
	uint64_t flip, x = crafted_unshift(h, 28);
	int i;

	x *= factor;
	x ^= (x >> 35) + 8;
	x *= factor;
	for (i = 0; i < 63; i++)
		x ^= crafted_rotate(x, 49) ^ crafted_rotate(x, 24);
	seed ^= (uint64_t)__builtin_bswap32((uint32_t)seed) << 32;
	flip = (crafted_word(8) ^ crafted_word(16)) - seed;
	x ^= flip;
	return crafted_rotate(x, 32);
}

#endif /* CRAFTED_H */
