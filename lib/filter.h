/* SPDX-License-Identifier: MIT */
/*
 * Filters: how large the parts of one are, and whether a key is in it.  The
 * layout is described at struct stele_fmt_filter in format.h.
 *
 * Every key that was put in gives zero in all columns by construction; another
 * gives zero in c of them as often as c coins show heads.  A rate between two
 * powers of two comes from blocks of two kinds: the first ones of a part have
 * one column less than the rest.
 *
 * A lookup reads the words of two blocks that lie side by side, 2 c in all, and
 * stops at the first column that says no.  As everywhere, nothing in an image is
 * trusted: the run of words is proved to lie in the table's lines before.
 */
#ifndef STELE_FILTER_H
#define STELE_FILTER_H

#include "hash.h"
#include "map.h"

#define STELE_FILTER_BLOCK 64u /* slots */
#define STELE_FILTER_LINE 8u /* words */
/* Of one part; so the slots of its blocks have numbers of 32 bits. */
#define STELE_FILTER_MAX_KEYS (UINT32_C(1) << 31)

/* Columns of the first blocks of a part; the others have one more. */
static inline unsigned stele_filter_columns(uint32_t filter)
{
	return 63 - (unsigned)__builtin_clzll(UINT64_C(33) * filter / 32);
}

/*
 * Blocks of a part that has nr keys, in columns as above.  One that has none is
 * asked as any other, so it is as large as for one.
 */
static inline uint32_t stele_filter_blocks(uint64_t nr, unsigned columns)
{
	nr += !nr;
	return (uint32_t)((nr * (272 + columns + 1) + 16383) / 16384) + 1;
}

/* How many of these blocks have no more columns. */
static inline uint32_t stele_filter_low_blocks(uint32_t nr_blocks,
					       uint32_t filter)
{
	uint64_t rate = UINT64_C(33) * filter;
	uint64_t more = (UINT64_C(64) << stele_filter_columns(filter)) - rate;

	return (uint32_t)((nr_blocks - 1) * more / rate);
}

/* Words before a block. */
static inline uint64_t stele_filter_words(uint32_t block, uint32_t low_blocks,
					  unsigned columns)
{
	return (uint64_t)block * columns +
	       (block > low_blocks ? block - low_blocks : 0);
}

/* Where a hash lies in its part: the first slot of its 64. */
static inline uint32_t stele_filter_slot(uint64_t f, uint32_t nr_blocks)
{
	return stele_hash_range(f >> 32, STELE_FILTER_BLOCK * (nr_blocks - 1));
}

static inline uint64_t stele_filter_mask(uint64_t h, uint64_t seed)
{
	return stele_hash_u64(h, seed) | 1;
}

/* Whether a word has an odd number of ones. */
static inline bool stele_filter_odd(uint64_t x)
{
	return __builtin_parityll(x);
}

/* The words that say whether a key is there. */
struct stele_filter_place {
	const uint64_t *words; /* `columns` of a block, and as many of the next */
	uint64_t low; /* the mask's part in the block */
	uint64_t high; /* and in the next */
	uint32_t columns;
};

/* Of a hash; -STELE_E_ABSENT where there are no keys; -STELE_E_FORMAT. */
int stele_filter_find(const struct stele_map *map, uint64_t h,
		      struct stele_filter_place *place);
bool stele_filter_has(const struct stele_filter_place *place);

/* 0 or -STELE_E_ABSENT; -STELE_E_FORMAT. */
int stele_filter_get(const struct stele_map *map, const void *key, size_t len);

/* The same for up to STELE_FILTER_MANY keys, whose memory is asked for at once. */
#define STELE_FILTER_MANY 32u
int stele_filter_get_many(const struct stele_map *map,
			  const struct stele_str *keys, size_t n,
			  struct stele_value *values);

/* BOOL true, the value of each key. */
void stele_filter_value(const struct stele_map *map, struct stele_value *value);

/* Keys for each slot that one could begin in: near 1, minus the overhead. */
double stele_filter_fill(const struct stele_map *map);

#endif /* STELE_FILTER_H */
