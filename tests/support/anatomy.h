/* SPDX-License-Identifier: MIT */
/*
 * Where things lie in an image that is whole: sections, objects, tables.  For
 * tests that change one thing and no other.
 */
#ifndef ANATOMY_H
#define ANATOMY_H

#include "specimen.h"

struct anatomy {
	const struct specimen *image;
	uint64_t len; /* L */
	uint32_t nr_sections;
	const struct stele_fmt_section *heap; /* the first; NULL: none */
	const struct stele_fmt_section *schema;
	const struct stele_fmt_section *tables;
	uint64_t *objects; /* owned: positions of heads */
	size_t nr_objects;
	uint64_t *shaped; /* owned: of objects with more to them than words */
	size_t nr_shaped;
	uint64_t *collections; /* owned: of DICTs and SETs that have a key */
	size_t nr_collections;
	uint64_t *indexes; /* owned: of those with an index */
	size_t nr_indexes;
};

/* The image outlives the anatomy.  Ends the program where it is not whole. */
void anatomy_of(struct anatomy *a, const struct specimen *image);
void anatomy_free(struct anatomy *a);

/* Table i of the image, which has one. */
const struct stele_fmt_table *anatomy_table(const struct anatomy *a,
					    uint64_t i);

#endif /* ANATOMY_H */
