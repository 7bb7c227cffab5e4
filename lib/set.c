// SPDX-License-Identifier: MIT
/* Membership in a SET.  Its items in order are value.c's. */
#include "index.h"

int stele_value_contains(const struct stele_value *set,
			 const struct stele_value *item)
{
	uint64_t number;

	if (set->type != STELE_TYPE_SET)
		return -STELE_E_TYPE;
	return stele_index_search(set, item, &number);
}
