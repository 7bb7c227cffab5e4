/* SPDX-License-Identifier: MIT */
/*
 * Pairs of objects, one of each side, that were met while two rows are
 * compared: so cycles end, and what is shared is looked at once.
 */
#ifndef STELE_TOOLS_DIFF_PAIRS_H
#define STELE_TOOLS_DIFF_PAIRS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum diff_pair_state {
	DIFF_PAIR_NEW,
	DIFF_PAIR_OPEN, /* being compared */
	DIFF_PAIR_SAME,
	DIFF_PAIR_DIFFERS, /* nobody was told of it */
	DIFF_PAIR_TOLD,
};

struct diff_pair {
	uint64_t pos[2];
	uint64_t round; /* of another one: a free slot */
	enum diff_pair_state state;
};

#define DIFF_PAIRS_KEPT 1024u
#define DIFF_PAIRS_FRESH 32u

/* What is known of a pair for good; both positions 0: nothing. */
struct diff_verdict {
	uint64_t pos[2];
	bool same;
};

/* Zero-initialised; then begun. */
struct diff_pairs {
	struct diff_pair *slots;
	size_t room; /* a power of two */
	size_t nr;
	uint64_t round;
	/* the same if the whole round ends so */
	struct diff_verdict fresh[DIFF_PAIRS_FRESH];
	unsigned nr_fresh;
	struct diff_verdict kept[DIFF_PAIRS_KEPT]; /* the last of each place */
};

/* Forget all pairs but what is known for good. */
void diff_pairs_begin(struct diff_pairs *pairs);
/* Nothing of the round differs. */
void diff_pairs_end_same(struct diff_pairs *pairs);

/* The pair, new where it was not met; until the next.  NULL: no memory. */
struct diff_pair *diff_pairs_meet(struct diff_pairs *pairs, uint64_t a,
				  uint64_t b);

/*
 * Large objects that stand in many rows: what is known of two across rounds.
 * False: nothing.
 */
bool diff_pairs_known(const struct diff_pairs *pairs, uint64_t a, uint64_t b,
		      bool *same);
void diff_pairs_keep(struct diff_pairs *pairs, uint64_t a, uint64_t b,
		     bool same);
/* They are the same where nothing of the round differs. */
void diff_pairs_hope(struct diff_pairs *pairs, uint64_t a, uint64_t b);

void diff_pairs_free(struct diff_pairs *pairs);

#endif /* STELE_TOOLS_DIFF_PAIRS_H */
