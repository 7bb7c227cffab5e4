// SPDX-License-Identifier: MIT
/* The content-sharing cache; share.h says the rule. */
#include "share.h"

struct undo {
	uint64_t slot;
	struct stele_share_slot old;
};

int stele_share_init(struct stele_share *share, unsigned log2)
{
	memset(share, 0, sizeof(*share));
	share->log2 = log2;
	if (!log2)
		return 0;
	share->slots = calloc((size_t)1 << log2, sizeof(*share->slots));
	return share->slots ? 0 : -ENOMEM;
}

void stele_share_free(struct stele_share *share)
{
	free(share->slots);
	share->slots = NULL;
	stele_buffer_free(&share->undo);
}

struct stele_share_slot *stele_share_find(const struct stele_share *share,
					  uint64_t hash, uint64_t head,
					  const void *payload, uint64_t len,
					  bool *candidate)
{
	struct stele_share_slot *slot;

	*candidate = false;
	slot = &share->slots[hash >> (64 - share->log2)];
	*candidate = slot->head == head && slot->hash == hash &&
		     (!payload || !len || len > STELE_SHARE_INLINE ||
		      !memcmp(slot->payload, payload, len));
	return slot;
}

int stele_share_take(struct stele_share *share, struct stele_share_slot *slot,
		     uint64_t hash, uint64_t head, const void *payload,
		     uint64_t len, uint64_t word)
{
	struct undo undo = { (uint64_t)(slot - share->slots), *slot };
	int rc = stele_buffer_append(&share->undo, &undo, sizeof(undo));

	if (rc)
		return rc;
	slot->hash = hash;
	slot->head = head;
	slot->word = word;
	if (payload && len && len <= STELE_SHARE_INLINE)
		memcpy(slot->payload, payload, len);
	return 0;
}

void stele_share_commit(struct stele_share *share)
{
	share->undo.len = 0;
	share->nr_committed = share->nr_shared;
}

struct stele_share_mark stele_share_mark(const struct stele_share *share)
{
	struct stele_share_mark mark = {
		share->undo.len, share->nr_shared - share->nr_committed
	};

	return mark;
}

void stele_share_rollback(struct stele_share *share,
			  struct stele_share_mark mark)
{
	struct undo undo;

	while (share->undo.len > mark.undo) {
		share->undo.len -= sizeof(undo);
		memcpy(&undo, share->undo.ptr + share->undo.len, sizeof(undo));
		share->slots[undo.slot] = undo.old;
	}
	share->nr_shared = share->nr_committed + mark.nr_shared;
}
