// SPDX-License-Identifier: MIT
/*
 * Solving a part: each key is an equation, the sum of some of 64 successive
 * slots is zero; one column after the other gets a solution by chance.
 *
 * Equations are taken by ascending slot and brought to a form in which each
 * begins at another slot ("on the fly" elimination), for which a row of 64 bits
 * a slot is enough.  An equation that becomes empty says nothing new, and all
 * right sides are zero, so this cannot fail.  Then slots are filled from the last
 * to the first: at the beginning of an equation with what makes it true, at
 * others with a bit that depends on its place alone.  The solution depends on
 * the set of equations, not on their order.
 *
 * Where some stretch of slots is crowded by chance or by an adversary, all its
 * solutions are zero, and any key there is found.  How many strange keys follow
 * from the equations is therefore measured, with one in each slot; where they
 * would be more than a small part of the rate, slots are given out anew.
 */
#include "filter_build.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "filter.h"

#define MAX_TRIALS 16u
/* Strange keys that follow from the others may be so small a part of the rate. */
#define DEPENDENT_PART 64u

struct building {
	uint64_t *hash; /* of the keys, ascending, each once */
	uint64_t nr;
	uint64_t *row; /* a slot: the equation that begins there, 0: none */
	uint64_t nr_slots;
	uint64_t seed;
	unsigned common_bits;
	unsigned columns; /* of low blocks */
	struct stele_fmt_filter *fmt;
};

/* ---------------------------------------------------------------- hashes */

/* By the eight bits from `shift` on, stable; false where all are alike. */
static bool sort_by_byte(const uint64_t *from, uint64_t *to, uint64_t nr,
			 unsigned shift)
{
	uint64_t ends[257] = { 0 }, i;

	for (i = 0; i < nr; i++)
		ends[(from[i] >> shift & 255) + 1]++;
	for (i = 0; i < 256; i++) {
		if (ends[i + 1] == nr)
			return false;
		ends[i + 1] += ends[i];
	}
	for (i = 0; i < nr; i++)
		to[ends[from[i] >> shift & 255]++] = from[i];
	return true;
}

/* The hashes of a slice, ascending, each once; -ENOMEM. */
static int read_hashes(struct building *b, const struct stele_slice *slice)
{
	size_t n = slice->entries, i;
	uint64_t *room = malloc((n + 1) * sizeof(*room)), *sorted;
	unsigned shift;

	b->hash = malloc((n + 1) * sizeof(*b->hash));
	if (!b->hash || !room) {
		free(room);
		return -ENOMEM;
	}
	memcpy(b->hash, slice->bytes, n * sizeof(*b->hash));
	for (shift = 0; shift < 64; shift += 8) {
		if (!sort_by_byte(b->hash, room, n, shift))
			continue;
		sorted = room;
		room = b->hash;
		b->hash = sorted;
	}
	free(room);
	for (i = 0; i < n; i++)
		if (!i || b->hash[i] != b->hash[i - 1])
			b->hash[b->nr++] = b->hash[i];
	return 0;
}

/* ------------------------------------------------------------- equations */

/* Bring an equation to the first slot where none begins; false: it is empty. */
static bool reduce(const struct building *b, uint32_t *slot, uint64_t *mask)
{
	unsigned skip;

	while (b->row[*slot]) {
		*mask ^= b->row[*slot];
		if (!*mask)
			return false;
		skip = (unsigned)__builtin_ctzll(*mask);
		*mask >>= skip;
		*slot += skip;
	}
	return true;
}

static void take_equations(struct building *b)
{
	uint32_t counter = b->fmt->counter, slot;
	uint64_t i, h, mask;

	memset(b->row, 0, b->nr_slots * sizeof(*b->row));
	for (i = 0; i < b->nr; i++) {
		h = b->hash[i];
		slot = stele_filter_slot(counter ? stele_hash_u64(h, counter) :
						   h << b->common_bits,
					 b->fmt->nr_blocks);
		mask = stele_filter_mask(h, b->seed);
		if (reduce(b, &slot, &mask))
			b->row[slot] = mask;
	}
}

/* Whether too many keys that are not there follow from those that are. */
static bool is_crowded(const struct building *b)
{
	uint32_t starts = STELE_FILTER_BLOCK * (b->fmt->nr_blocks - 1);
	uint64_t found = 0, mask;
	uint32_t i, slot;

	for (i = 0; i < starts; i++) {
		slot = i;
		mask = stele_hash_u64(i, ~b->seed) | 1;
		found += !reduce(b, &slot, &mask);
	}
	return found * DEPENDENT_PART << (b->columns + 1) > starts;
}

/* -------------------------------------------------------------- solution */

/*
 * Bits for slots that no equation gives.  Those of one block and column are one
 * word, so that bytes depend on nothing else.
 */
static uint64_t chance(const struct building *b, uint32_t block, unsigned i)
{
	return stele_hash_u64((uint64_t)block << 8 | i, b->seed);
}

/*
 * The word of a column of a block, from that of the block behind it: from slot
 * to slot, `bits` has the one at hand and the 63 after it, the nearest lowest.
 */
static uint64_t solve(const struct building *b, uint32_t block, unsigned i,
		      uint64_t bits)
{
	const uint64_t *row = b->row + (uint64_t)block * STELE_FILTER_BLOCK;
	uint64_t free_bits = chance(b, block, i);
	unsigned slot = STELE_FILTER_BLOCK;

	while (slot--) {
		bits <<= 1;
		bits |= row[slot] ? stele_filter_odd(bits & row[slot]) :
				    free_bits >> slot & 1;
	}
	return bits;
}

static int write_words(struct building *b, struct stele_filter_part *part)
{
	uint32_t block = b->fmt->nr_blocks, low = b->fmt->low_blocks;
	uint64_t nr = stele_filter_words(block, low, b->columns);
	uint64_t after[32] = { 0 }, *to;
	unsigned columns, i;

	part->used_bytes = nr * sizeof(*part->words);
	part->nr_words = (nr + STELE_FILTER_LINE - 1) &
			 ~(STELE_FILTER_LINE - 1);
	part->words = calloc(part->nr_words, sizeof(*part->words));
	if (!part->words)
		return -ENOMEM;
	while (block--) {
		to = part->words + stele_filter_words(block, low, b->columns);
		columns = b->columns + (block >= low);
		for (i = 0; i < columns; i++)
			to[i] = after[i] = solve(b, block, i, after[i]);
	}
	return 0;
}

/* -------------------------------------------------------------- building */

/* -STELE_E_LIMIT: there is a crowd wherever slots are given out. */
static int place(struct building *b)
{
	for (; b->fmt->counter < MAX_TRIALS; b->fmt->counter++) {
		take_equations(b);
		if (!is_crowded(b))
			return 0;
	}
	return -STELE_E_LIMIT;
}

int stele_filter_build(const struct stele_slice *slice, uint32_t filter,
		       uint64_t seed, unsigned common_bits,
		       struct stele_filter_part *part)
{
	struct building b = {
		.seed = seed,
		.common_bits = common_bits,
		.columns = stele_filter_columns(filter),
		.fmt = &part->fmt,
	};
	int rc;

	memset(part, 0, sizeof(*part));
	part->nr_entries = slice->entries;
	if (slice->entries >= STELE_FILTER_MAX_KEYS)
		return -STELE_E_LIMIT;
	rc = read_hashes(&b, slice);
	if (!rc) {
		part->fmt.nr_keys = (uint32_t)b.nr;
		part->fmt.nr_blocks = stele_filter_blocks(b.nr, b.columns);
		part->fmt.low_blocks =
			stele_filter_low_blocks(part->fmt.nr_blocks, filter);
		b.nr_slots = (uint64_t)STELE_FILTER_BLOCK * part->fmt.nr_blocks;
		b.row = malloc(b.nr_slots * sizeof(*b.row));
		rc = b.row ? place(&b) : -ENOMEM;
	}
	if (!rc)
		rc = write_words(&b, part);
	free(b.hash);
	free(b.row);
	return rc;
}

void stele_filter_part_free(struct stele_filter_part *part)
{
	free(part->words);
	part->words = NULL;
}
