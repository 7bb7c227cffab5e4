// SPDX-License-Identifier: MIT
/*
 * Searching the keys of a DICT or SET: a line of up to 8, else through the
 * index.  The sizes that decoding has proved bound every step, so a wrong index
 * costs a miss, never an access outside.
 *
 * A search ends after INDEX_STEPS slots, for no key lies farther than that: keys
 * that were picked to meet in one slot were given other hashes by a salt.
 */
#include <string.h>

#include "canonical.h"
#include "index.h"
#include "segment.h"

int stele_index_key(const struct stele_value *collection, uint64_t i,
		    struct stele_value *key)
{
	const struct stele_segment *seg = collection->segment;
	uint64_t pos = stele_index_key_at(collection, i);

	return stele_value_decode(seg, stele_load(seg, pos), seg->base + pos,
				  key);
}

int stele_index_hash(const struct stele_value *collection,
		     const struct stele_value *key, uint64_t *hash)
{
	const struct stele_segment *seg = collection->segment;
	uint64_t seed = seg->header.hash_seed, salt;

	if (!(collection->flags & STELE_VALUE_F_SALTED)) {
		if (key->type != STELE_TYPE_STR)
			return stele_canonical_hash(key, seed, hash);
		*hash = stele_canonical_hash_str(key->u.ptr, key->len, seed);
		return 0;
	}
	salt = stele_load(seg, stele_index_slots_at(collection) - 8);
	return stele_canonical_hash_salted(key, salt, seed, hash);
}

/* Most keys are strings: they need no canonical form. */
static inline bool same_key(const struct stele_value *a,
			    const struct stele_value *b)
{
	if (b->type != STELE_TYPE_STR)
		return stele_canonical_equal(a, b);
	return a->type == STELE_TYPE_STR && a->len == b->len &&
	       (!a->len || !memcmp(a->u.ptr, b->u.ptr, a->len));
}

/* Whether key i is the one; 0, -STELE_E_ABSENT or another error. */
static int compare_key(const struct stele_value *collection, uint64_t i,
		       const struct stele_value *key)
{
	struct stele_value candidate;
	int rc = stele_index_key(collection, i, &candidate);

	if (rc)
		return rc;
	return same_key(&candidate, key) ? 0 : -STELE_E_ABSENT;
}

static int search_line(const struct stele_value *collection,
		       const struct stele_value *key, uint64_t *number)
{
	int rc = -STELE_E_ABSENT;

	for (uint64_t i = 0; i < collection->len; i++) {
		rc = compare_key(collection, i, key);
		if (!rc)
			*number = i;
		if (rc != -STELE_E_ABSENT)
			break;
	}
	return rc;
}

static int search_slots(const struct stele_value *collection,
			const struct stele_value *key, uint64_t hash,
			uint64_t *number)
{
	uint32_t mask = (1u << stele_index_log2(collection->len)) - 1;
	bool whole = mask < STELE_FMT_INDEX_STEPS;
	uint32_t steps = whole ? mask + 1 : STELE_FMT_INDEX_STEPS;
	const uint8_t *slots =
		collection->segment->base + stele_index_slots_at(collection);

	for (uint32_t at = (uint32_t)(hash >> 32); steps; steps--, at++) {
		uint32_t slot = __atomic_load_n(
			(const uint32_t *)(const void *)slots + (at & mask),
			__ATOMIC_RELAXED);
		uint64_t i;
		int rc;

		if (!slot)
			return -STELE_E_ABSENT;
		if ((slot ^ (uint32_t)hash) & ~mask)
			continue;
		i = (slot & mask) - 1ull;
		if (i >= collection->len)
			return -STELE_E_FORMAT;
		rc = compare_key(collection, i, key);
		if (!rc)
			*number = i;
		if (rc != -STELE_E_ABSENT)
			return rc;
	}
	return whole ? -STELE_E_FORMAT : -STELE_E_ABSENT;
}

int stele_index_search(const struct stele_value *collection,
		       const struct stele_value *key, uint64_t *number)
{
	uint64_t hash;
	size_t len;
	int rc;

	if (collection->len <= STELE_FMT_DICT_LINEAR) {
		if (key->type != STELE_TYPE_STR) {
			rc = stele_canonical_value(NULL, 0, &len, key);
			if (rc && rc != -ENOSPC)
				return rc;
		}
		return search_line(collection, key, number);
	}
	rc = stele_index_hash(collection, key, &hash);
	return rc ? rc : search_slots(collection, key, hash, number);
}
