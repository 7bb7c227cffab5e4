// SPDX-License-Identifier: MIT
/* The pairs of a DICT: by number, in the order they were given, and by key. */
#include <string.h>

#include "index.h"
#include "segment.h"

/* The word behind the key of a pair that there is. */
static int item_of(const struct stele_value *dict, uint64_t i,
		   struct stele_value *item)
{
	const struct stele_segment *seg = dict->segment;
	uint64_t pos = stele_index_key_at(dict, i) + 8;

	return stele_value_decode(seg, stele_load(seg, pos), seg->base + pos,
				  item);
}

int stele_value_pair(const struct stele_value *value, uint64_t i,
		     struct stele_value *key, struct stele_value *item)
{
	struct stele_value k;
	int rc;

	if (value->type != STELE_TYPE_DICT)
		return -STELE_E_TYPE;
	if (i >= value->len)
		return -STELE_E_ABSENT;
	rc = stele_index_key(value, i, &k);
	if (!rc)
		rc = item_of(value, i, item);
	if (!rc)
		*key = k;
	return rc;
}

int stele_value_find(const struct stele_value *dict,
		     const struct stele_value *key, struct stele_value *item)
{
	uint64_t pair;
	int rc;

	if (dict->type != STELE_TYPE_DICT)
		return -STELE_E_TYPE;
	rc = stele_index_search(dict, key, &pair);
	return rc ? rc : item_of(dict, pair, item);
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
