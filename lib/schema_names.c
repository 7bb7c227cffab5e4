// SPDX-License-Identifier: MIT
/*
 * Names in order.
 */
#include <stdlib.h>
#include <string.h>

#include "schema_names.h"

int stele_names_compare(struct stele_str a, struct stele_str b)
{
	if (a.len != b.len)
		return a.len < b.len ? -1 : 1;
	return a.len ? memcmp(a.ptr, b.ptr, a.len) : 0;
}

static int compare(const void *pa, const void *pb)
{
	const struct stele_named *a = pa, *b = pb;
	int order = stele_names_compare(a->name, b->name);

	if (order)
		return order;
	return a->number < b->number ? -1 : a->number > b->number;
}

void stele_names_sort(struct stele_named *names, uint32_t nr)
{
	if (nr > 1)
		qsort(names, nr, sizeof(*names), compare);
}

int stele_names_find(const struct stele_named *names, uint32_t nr,
		     const char *name, size_t len, uint32_t *number)
{
	struct stele_str wanted = { name, len };
	uint32_t low = 0, high = nr;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (stele_names_compare(names[mid].name, wanted) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == nr || stele_names_compare(names[low].name, wanted))
		return -STELE_E_ABSENT;
	*number = names[low].number;
	return 0;
}

const struct stele_named *stele_names_twice(const struct stele_named *names,
					    uint32_t nr)
{
	const struct stele_named *twice = NULL;
	uint32_t i;

	for (i = 1; i < nr; i++)
		if (stele_names_compare(names[i - 1].name, names[i].name) ==
			    0 &&
		    (!twice || names[i].number < twice->number))
			twice = &names[i];
	return twice;
}

bool stele_name_is_plain(struct stele_str name)
{
	size_t i;

	for (i = 0; i < name.len; i++) {
		char c = name.ptr[i];

		if ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
		    c == '_')
			continue;
		if (i == 0 || ((c < '0' || c > '9') && c != '-'))
			return false;
	}
	return name.len != 0;
}
