/* SPDX-License-Identifier: MIT */
/*
 * What the keys of a table are: of the types of its fields, or of one where it
 * was filled by hand.  key.c reads keys by them, key_out.c prints them.
 */
#ifndef STELE_TOOLS_KEY_TYPE_H
#define STELE_TOOLS_KEY_TYPE_H

#include <stele/stele.h>

#include "arena.h"

#define KEY_TYPE_NONE UINT32_MAX

struct key_type {
	uint32_t number; /* in the schema, KEY_TYPE_NONE: it has none */
	enum stele_type type;
};

struct key_types {
	struct key_type *of; /* in the arena, one a key field */
	uint32_t nr;
	bool encoded; /* stele_map_next() gives encodings */
};

/* -ENOMEM; errors of stele_map_info(). */
int key_types_read(const struct stele_schema *schema,
		   const struct stele_map *map, struct arena *arena,
		   struct key_types *types);

/* The type that a schema has under a number, ANY where there is none. */
struct key_type key_type_of(const struct stele_schema *schema, uint32_t number);

/* Types whose keys are written as their text alone. */
bool key_type_is_text(enum stele_type type);

#endif /* STELE_TOOLS_KEY_TYPE_H */
