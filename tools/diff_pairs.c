/* SPDX-License-Identifier: MIT */
/*
 * Open addressing, at most half full.  Slots carry the number of their round,
 * so that beginning again costs nothing.
 */
#include "diff_pairs.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_ROOM 256u

void diff_pairs_begin(struct diff_pairs *pairs)
{
	pairs->round++;
	pairs->nr = 0;
	pairs->nr_fresh = 0;
}

static size_t place_of(uint64_t a, uint64_t b)
{
	uint64_t h = (a * 0x9e3779b97f4a7c15u ^ b) * 0xff51afd7ed558ccdu;

	return (size_t)(h >> 32);
}

static struct diff_pair *slot_of(const struct diff_pairs *pairs, uint64_t a,
				 uint64_t b)
{
	size_t i = place_of(a, b);
	struct diff_pair *pair;

	for (;; i++) {
		pair = &pairs->slots[i & (pairs->room - 1)];
		if (pair->round != pairs->round ||
		    (pair->pos[0] == a && pair->pos[1] == b))
			return pair;
	}
}

static int grow(struct diff_pairs *pairs)
{
	struct diff_pairs larger = *pairs;

	larger.room = pairs->room ? 2 * pairs->room : FIRST_ROOM;
	larger.slots = calloc(larger.room, sizeof(*larger.slots));
	if (!larger.slots)
		return -1;
	for (size_t i = 0; i < pairs->room; i++) {
		const struct diff_pair *pair = &pairs->slots[i];

		if (pair->round == pairs->round)
			*slot_of(&larger, pair->pos[0], pair->pos[1]) = *pair;
	}
	free(pairs->slots);
	*pairs = larger;
	return 0;
}

struct diff_pair *diff_pairs_meet(struct diff_pairs *pairs, uint64_t a,
				  uint64_t b)
{
	struct diff_pair *pair;

	if (2 * pairs->nr >= pairs->room && grow(pairs))
		return NULL;
	pair = slot_of(pairs, a, b);
	if (pair->round != pairs->round) {
		*pair = (struct diff_pair){ { a, b },
					    pairs->round,
					    DIFF_PAIR_NEW };
		pairs->nr++;
	}
	return pair;
}

bool diff_pairs_known(const struct diff_pairs *pairs, uint64_t a, uint64_t b,
		      bool *same)
{
	const struct diff_verdict *kept =
		&pairs->kept[place_of(a, b) % DIFF_PAIRS_KEPT];

	*same = kept->same;
	return kept->pos[0] == a && kept->pos[1] == b;
}

void diff_pairs_keep(struct diff_pairs *pairs, uint64_t a, uint64_t b,
		     bool same)
{
	pairs->kept[place_of(a, b) % DIFF_PAIRS_KEPT] =
		(struct diff_verdict){ { a, b }, same };
}

void diff_pairs_hope(struct diff_pairs *pairs, uint64_t a, uint64_t b)
{
	if (pairs->nr_fresh < DIFF_PAIRS_FRESH)
		pairs->fresh[pairs->nr_fresh++] =
			(struct diff_verdict){ { a, b }, true };
}

void diff_pairs_end_same(struct diff_pairs *pairs)
{
	for (unsigned i = 0; i < pairs->nr_fresh; i++)
		diff_pairs_keep(pairs, pairs->fresh[i].pos[0],
				pairs->fresh[i].pos[1], true);
	pairs->nr_fresh = 0;
}

void diff_pairs_free(struct diff_pairs *pairs)
{
	free(pairs->slots);
	memset(pairs, 0, sizeof(*pairs));
}
