/* SPDX-License-Identifier: MIT */
/*
 * Placing integer keys in lines of four: each key has two candidate lines in
 * its group, and moves to the other one where its line is wanted (Pagh and
 * Rodler, "Cuckoo hashing", 2001; buckets of four after Dietzfelbinger and
 * Weidling, 2005).  At most 0.90 full, where a walk is a few steps; the limit is
 * 0.98.
 */
#ifndef STELE_INTEGER_BUILD_H
#define STELE_INTEGER_BUILD_H

#include <stele/builder.h>

#include "map_slice.h"

#define STELE_LINE_FILL 0.90

/* What all slices of one table share. */
struct stele_integer_table {
	const struct stele_entry_form *form;
	enum stele_duplicates duplicates;
	uint64_t seed;
	uint64_t empty_key;
	uint64_t nr_groups;
	uint32_t group_lines;
	uint32_t slice_groups; /* groups of every slice */
};

/* The groups of one slice. */
struct stele_integer_part {
	struct stele_fmt_line *lines; /* owned */
	uint64_t nr_lines;
	uint64_t nr_keys;
	uint64_t nr_duplicates; /* entries that another one replaced */
	uint64_t duplicate; /* -STELE_E_DUPLICATE: the key */
};

/*
 * Place the entries of slice i.  -EAGAIN: they do not fit into so many lines
 * under this seed; -STELE_E_DUPLICATE; -ENOMEM.
 */
int stele_integer_build(const struct stele_integer_table *t,
			const struct stele_slice *slice, uint64_t i,
			struct stele_integer_part *part);
void stele_integer_part_free(struct stele_integer_part *part);

#endif /* STELE_INTEGER_BUILD_H */
