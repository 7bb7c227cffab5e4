/* SPDX-License-Identifier: MIT */
/*
 * The hashes of the format, inline because every lookup starts here.
 *
 * A key becomes 64 bits: bytes by XXH3-64, integers by a bijective mixer of
 * two multiplications, so that two integers never collide in full. For each
 * probe i those bits are remixed into 64 others that tell nothing about the
 * bits of another probe. Of a remixed word the upper half chooses a place by
 * stele_hash_range(), the lower half gives signatures and tags.
 *
 * All of it is part of the format: test vectors are in doc/FORMAT.md, and
 * tests/unit/test_hash.c holds the code against them. Nothing here resists an
 * adversary who picks keys; siphash.h does.
 */
#ifndef STELE_HASH_H
#define STELE_HASH_H

#include <stddef.h>
#include <stdint.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

static inline uint64_t stele_hash_bytes(const void *p, size_t len,
					uint64_t seed)
{
	return XXH3_64bits_withSeed(p, len, seed);
}

/*
 * "Moremur": shifts and multipliers by Pelle Evensen, "Stronger, better,
 * morer, Moremur; a better Murmur3-type mixer", mostlymangling.blogspot.com,
 * December 2019. Of MurmurHash3's shape, and closer to a random permutation
 * than MurmurHash3's and SplitMix64's finalizers.
 */
static inline uint64_t stele_hash_u64(uint64_t key, uint64_t seed)
{
	uint64_t x = key ^ seed;

	x ^= x >> 27;
	x *= UINT64_C(0x3c79ac492ba7b653);
	x ^= x >> 33;
	x *= UINT64_C(0x1c69b3f74ac4ae35);
	x ^= x >> 27;
	return x;
}

/*
 * The bits of @h for probe @i. Each probe has a multiplier of its own, which
 * does not wait for @h: one multiplication and one shift lie on the path. The
 * multipliers are joined by xor, for if they were evenly spaced, the places of
 * three probes would lie in a line; and a common multiplier after mixing @i
 * into @h leaves pairs of probes correlated where the top of @h is fixed, as
 * it is within a partition.
 *
 * The first constant is 2^64 by the golden ratio. The second is from Steele
 * and Vigna, "Computationally easy, spectrally good multipliers for
 * congruential pseudorandom number generators", 2021, table for 2^64.
 */
static inline uint64_t stele_hash_remix(uint64_t h, uint32_t i)
{
	uint64_t multiplier = i * UINT64_C(0x9e3779b97f4a7c15) ^
			      UINT64_C(0xd1342543de82ef95);
	uint64_t x = h * (multiplier | 1);

	return x ^ x >> 32;
}

/*
 * [0, 2^32) onto [0, n), evenly but for one part in 2^32 / n: Lemire, "Fast
 * random integer generation in an interval", ACM TOMACS 29(1), 2019. Uses the
 * upper bits of @x most.
 */
static inline uint32_t stele_hash_range(uint32_t x, uint32_t n)
{
	return (uint64_t)x * n >> 32;
}

#endif
