/* SPDX-License-Identifier: MIT */
/*
 * The index of a DICT: its size, and the search that readers and verify share.
 */
#ifndef STELE_DICT_H
#define STELE_DICT_H

#include <stele/value.h>

#include "format.h"

/* k of the 2^k slots: the least power of two >= 3/2 count; count <= DICT_MAX. */
static inline unsigned stele_dict_index_log2(uint64_t count)
{
	uint64_t need = count + (count + 1) / 2;

	return 64 - (unsigned)__builtin_clzll(need - 1);
}

/* Bytes of the index behind the pairs; also safe beyond DICT_MAX. */
static inline uint64_t stele_dict_index_bytes(uint64_t count)
{
	if (count <= STELE_FMT_DICT_LINEAR || count > STELE_FMT_DICT_MAX)
		return 0;
	return 4ull << stele_dict_index_log2(count);
}

/*
 * The number of the pair under a scalar key.  -STELE_E_ABSENT; -STELE_E_TYPE for
 * a key that is no scalar, -STELE_E_RANGE for NaN; -STELE_E_FORMAT.
 */
int stele_dict_search(const struct stele_value *dict,
		      const struct stele_value *key, uint64_t *pair);

#endif /* STELE_DICT_H */
