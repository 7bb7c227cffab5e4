/* SPDX-License-Identifier: MIT */
/*
 * The content-sharing rule: a direct-mapped cache of 2^k values.  The slot of a
 * value is the top k bits of its content hash; a value whose slot holds an equal
 * one is not written again; any other takes the slot.  So what is shared depends
 * on the input order and k alone, never on memory or threads.
 *
 * A content is (head, payload), the head without flags of its place.  Payloads
 * up to 40 bytes are compared in the slot; longer ones, and those that are given
 * as NULL, by the caller, against what it has written.
 */
#ifndef STELE_SHARE_H
#define STELE_SHARE_H

#include <stdbool.h>

#include "buffer.h"
#include "format.h"

#define STELE_SHARE_INLINE 40u

struct stele_share_slot {
	uint64_t hash;
	uint64_t head; /* 0: free */
	uint64_t word;
	uint8_t payload[STELE_SHARE_INLINE];
};
static_assert(sizeof(struct stele_share_slot) == 64, "one line");

struct stele_share {
	struct stele_share_slot *slots; /* NULL: no sharing */
	unsigned log2;
	struct stele_buffer undo; /* of the unit at hand */
	uint64_t nr_shared; /* values that an equal one stood for */
	uint64_t nr_committed; /* of them without the unit at hand */
};

/* log2 0: no sharing.  -ENOMEM. */
int stele_share_init(struct stele_share *share, unsigned log2);
void stele_share_free(struct stele_share *share);

/*
 * The slot of a content and whether it may hold an equal one: head and hash are
 * equal, and the payload too where it is short.  Not without sharing.
 */
struct stele_share_slot *stele_share_find(const struct stele_share *share,
					  uint64_t hash, uint64_t head,
					  const void *payload, uint64_t len,
					  bool *candidate);

/* Take the slot for a value just written.  -ENOMEM. */
int stele_share_take(struct stele_share *share, struct stele_share_slot *slot,
		     uint64_t hash, uint64_t head, const void *payload,
		     uint64_t len, uint64_t word);

/* The unit's values stay. */
void stele_share_commit(struct stele_share *share);

/* How much the unit has shared, and back to that; zeros: the unit never was. */
struct stele_share_mark {
	size_t undo;
	uint64_t nr_shared; /* by the unit */
};
struct stele_share_mark stele_share_mark(const struct stele_share *share);
void stele_share_rollback(struct stele_share *share,
			  struct stele_share_mark mark);

#endif /* STELE_SHARE_H */
