/* SPDX-License-Identifier: MIT */
/*
 * The keys of a DICT or SET and the index behind them: sizes, and the search
 * that readers and verify share.  A collection is a decoded value of one of the
 * two types.
 */
#ifndef STELE_INDEX_H
#define STELE_INDEX_H

#include <stele/value.h>

#include "format.h"

/* k of the 2^k slots: the least power of two >= 3/2 count; count <= DICT_MAX. */
static inline unsigned stele_index_log2(uint64_t count)
{
	uint64_t need = count + (count + 1) / 2;

	return 64 - (unsigned)__builtin_clzll(need - 1);
}

/* Bytes of the slots, without a salt; also safe beyond DICT_MAX. */
static inline uint64_t stele_index_slot_bytes(uint64_t count)
{
	if (count <= STELE_FMT_DICT_LINEAR || count > STELE_FMT_DICT_MAX)
		return 0;
	return 4ull << stele_index_log2(count);
}

/* Bytes behind the pairs or items: salt and slots. */
static inline uint64_t stele_index_bytes(uint64_t count, bool salted)
{
	uint64_t slots = stele_index_slot_bytes(count);

	return slots ? slots + (salted ? 8 : 0) : 0;
}

/* Position of the key word of pair i, or of item i. */
static inline uint64_t stele_index_key_at(const struct stele_value *collection,
					  uint64_t i)
{
	uint64_t step = collection->type == STELE_TYPE_DICT ? 16 : 8;

	return collection->u.pos + 8 + step * i;
}

/* Position of the first slot; there are more than DICT_LINEAR keys. */
static inline uint64_t
stele_index_slots_at(const struct stele_value *collection)
{
	return stele_index_key_at(collection, collection->len) +
	       (collection->flags & STELE_VALUE_F_SALTED ? 8 : 0);
}

/* Key i. */
int stele_index_key(const struct stele_value *collection, uint64_t i,
		    struct stele_value *key);

/* The hash by which an index with slots finds a key.  Errors as below. */
int stele_index_hash(const struct stele_value *collection,
		     const struct stele_value *key, uint64_t *hash);

/*
 * The number of the pair or item under a key.  -STELE_E_ABSENT: none in
 * INDEX_STEPS steps; -STELE_E_TYPE, _RANGE and _LIMIT for what can't be a key;
 * -STELE_E_FORMAT.
 */
int stele_index_search(const struct stele_value *collection,
		       const struct stele_value *key, uint64_t *number);

#endif /* STELE_INDEX_H */
