// SPDX-License-Identifier: MIT
/*
 * Searching a DICT: a line of up to 8 keys, else through the index.  The sizes
 * that decoding has proved bound every step, so a wrong index costs a miss or
 * one walk over it, never an access outside.
 */
#include <string.h>

#include "canonical.h"
#include "dict.h"
#include "segment.h"

static int key_at(const struct stele_value *dict, uint64_t i,
		  struct stele_value *key)
{
	const struct stele_segment *seg = dict->segment;
	uint64_t pos = dict->u.pos + 8 + 16 * i;

	return stele_value_decode(seg, stele_load(seg, pos), seg->base + pos,
				  key);
}

static int search_line(const struct stele_value *dict,
		       const struct stele_value *key, uint64_t *pair)
{
	struct stele_value candidate;
	int rc;

	for (uint64_t i = 0; i < dict->len; i++) {
		rc = key_at(dict, i, &candidate);
		if (rc)
			return rc;
		if (stele_canonical_equal(&candidate, key)) {
			*pair = i;
			return 0;
		}
	}
	return -STELE_E_ABSENT;
}

static int search_index(const struct stele_value *dict,
			const struct stele_value *key, uint64_t hash,
			uint64_t *pair)
{
	unsigned k = stele_dict_index_log2(dict->len);
	uint32_t mask = (uint32_t)((1ull << k) - 1);
	uint64_t index = dict->u.pos + 8 + 16 * dict->len;
	uint32_t at = (uint32_t)(hash >> 32);
	struct stele_value candidate;

	for (uint64_t n = 0; n <= mask; n++, at++) {
		uint64_t pos = index + 4ull * (at & mask), i;
		uint32_t slot = __atomic_load_n(
			(const uint32_t *)(const void *)(dict->segment->base +
							 pos),
			__ATOMIC_RELAXED);
		int rc;

		if (!slot)
			return -STELE_E_ABSENT;
		if ((slot ^ (uint32_t)hash) & ~mask)
			continue;
		i = (slot & mask) - 1ull;
		if (i >= dict->len)
			return -STELE_E_FORMAT;
		rc = key_at(dict, i, &candidate);
		if (rc)
			return rc;
		if (stele_canonical_equal(&candidate, key)) {
			*pair = i;
			return 0;
		}
	}
	return -STELE_E_FORMAT;
}

int stele_dict_search(const struct stele_value *dict,
		      const struct stele_value *key, uint64_t *pair)
{
	uint64_t hash;
	size_t len;
	int rc;

	if (dict->len <= STELE_FMT_DICT_LINEAR) {
		rc = stele_canonical_value(NULL, 0, &len, key);
		return rc && rc != -ENOSPC ? rc : search_line(dict, key, pair);
	}
	rc = stele_canonical_hash(key, dict->segment->header.hash_seed, &hash);
	return rc ? rc : search_index(dict, key, hash, pair);
}

int stele_value_find(const struct stele_value *dict,
		     const struct stele_value *key, struct stele_value *item)
{
	const struct stele_segment *seg = dict->segment;
	uint64_t pair, pos;
	int rc;

	if (dict->type != STELE_TYPE_DICT)
		return -STELE_E_TYPE;
	rc = stele_dict_search(dict, key, &pair);
	if (rc)
		return rc;
	pos = dict->u.pos + 16 + 16 * pair;
	return stele_value_decode(seg, stele_load(seg, pos), seg->base + pos,
				  item);
}

int stele_value_find_str(const struct stele_value *dict, const char *key,
			 size_t len, struct stele_value *item)
{
	struct stele_value value;

	memset(&value, 0, sizeof(value));
	value.segment = dict->segment;
	value.type = STELE_TYPE_STR;
	value.len = len;
	value.u.ptr = key;
	return stele_value_find(dict, &value, item);
}
