/* SPDX-License-Identifier: MIT */
/*
 * Cells laid down by hand, as objects of an image made by hand: readers are
 * tested with nested values that are easy to write and did not go through the
 * builder.  Types that words and objects have by themselves; of records, those
 * whose fields are all of type any.
 */
#ifndef HANDMADE_CELL_H
#define HANDMADE_CELL_H

#include <stele/builder.h>

#include "handmade.h"
#include "schema.h"

/* The word of a cell; a REF cell's handle is a word already. */
uint64_t handmade_cell(struct handmade *im, const struct stele_schema *schema,
		       const struct stele_cell *cell);

/* A cell that stands for a word laid down before. */
static inline struct stele_cell handmade_ref(uint64_t word)
{
	struct stele_handle handle = { word };

	return stele_cell_ref(handle);
}

#endif /* HANDMADE_CELL_H */
