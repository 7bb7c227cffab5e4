/* SPDX-License-Identifier: MIT */
/*
 * Types as words of the text, and the types of a schema while they are
 * numbered: each distinct type has one number, in the order in which they are
 * first met: fields in order, and of a type the key first, then the item or the
 * items in order, then the type itself.
 */
#ifndef STELE_SCHEMA_TYPE_H
#define STELE_SCHEMA_TYPE_H

#include "buffer.h"
#include "schema.h"

/*
 * The kind a bare word in the place of a type stands for ("ref" and "weak":
 * REF); -1: a record's name.
 */
int stele_type_of_word(struct stele_str word);

struct stele_type_set {
	struct stele_buffer types; /* struct stele_fmt_type */
	/* the caller's: what the arg of a TUPLE and of a USER counts in */
	const uint32_t *steps;
	const char *names;
	uint32_t *slots; /* number plus one, 0: free */
	size_t nr_slots; /* a power of two, at most half of them taken */
	uint64_t salt; /* of the hashes, once there are slots */
};

/*
 * The number of a type, which is new where *number is the count before. -ENOMEM
 */
int stele_type_set_add(struct stele_type_set *set,
		       const struct stele_fmt_type *type, uint32_t *number);
void stele_type_set_free(struct stele_type_set *set);

static inline uint32_t stele_type_set_nr(const struct stele_type_set *set)
{
	return (uint32_t)(set->types.len / sizeof(struct stele_fmt_type));
}

#endif /* STELE_SCHEMA_TYPE_H */
