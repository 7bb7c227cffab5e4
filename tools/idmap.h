/* SPDX-License-Identifier: MIT */
/*
 * Shared objects by number: what a position in a segment is called in the text,
 * and which object of a build the "$id" of a text is.
 */
#ifndef STELE_TOOLS_IDMAP_H
#define STELE_TOOLS_IDMAP_H

#include <stddef.h>
#include <stdint.h>

struct id_entry {
	uint64_t key; /* > 0 */
	uint64_t value;
	uint64_t where; /* the owner's: where the text defines it */
	uint32_t state; /* the owner's; 0 when new */
	uint32_t record; /* the owner's */
};

/* Zero-initialised is empty. */
struct idmap {
	struct id_entry *slots;
	size_t room; /* a power of two */
	size_t nr;
};

/* The entry, or NULL.  Entries move when one is added. */
struct id_entry *idmap_find(const struct idmap *map, uint64_t key);

/* The entry, made when it is new.  NULL: no memory. */
struct id_entry *idmap_add(struct idmap *map, uint64_t key);

void idmap_free(struct idmap *map);

#endif /* STELE_TOOLS_IDMAP_H */
