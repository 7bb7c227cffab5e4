/* SPDX-License-Identifier: MIT */
/*
 * Names in order: numbers found by name, and a name that stands twice.
 *
 * The order is by length, then by bytes, then by number; so equal names stand
 * together, the first one given first.
 */
#ifndef STELE_SCHEMA_NAMES_H
#define STELE_SCHEMA_NAMES_H

#include <stele/schema.h>

struct stele_named {
	struct stele_str name;
	uint32_t number;
};

int stele_names_compare(struct stele_str a, struct stele_str b);

void stele_names_sort(struct stele_named *names, uint32_t nr);

/* The first number of a name among sorted ones; -STELE_E_ABSENT. */
int stele_names_find(const struct stele_named *names, uint32_t nr,
		     const char *name, size_t len, uint32_t *number);

/*
 * The least place of the later of two equal ones in sorted names, NULL: none.
 */
const struct stele_named *stele_names_twice(const struct stele_named *names,
					    uint32_t nr);

/* Whether a name is written as it is: [A-Za-z_][A-Za-z0-9_-]*. */
bool stele_name_is_plain(struct stele_str name);

#endif /* STELE_SCHEMA_NAMES_H */
