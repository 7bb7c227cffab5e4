/* SPDX-License-Identifier: MIT */
/*
 * Random programs for a builder and the plain model of what they build: types
 * and cells by chance, all repeated by a seed, and values compared with cells.
 *
 * model_random.c makes; model_compare.c compares.  Memory is of one program:
 * model_begin() takes it back.
 */
#ifndef MODEL_H
#define MODEL_H

#include <stele/stele.h>

#include "random.h"

/* Values that are given by their handles: laid down or reserved first. */
#define MODEL_SHARED 12u

struct model_shared {
	struct stele_cell cell;
	struct stele_handle handle;
	bool reserved; /* filled at the end of the program */
	bool seen; /* compared; it lies at pos */
	uint64_t pos;
};

struct model {
	struct random random;
	struct model_shared shared[MODEL_SHARED];
	unsigned nr_shared;
	struct {
		uint64_t indexed_dicts, indexed_sets, handles, cycles;
	} seen;
};

/* A type of the schema: parts of LIST, SET, TUPLE; of DICT the key, the item. */
#define MODEL_PARTS 3u

struct model_type {
	enum stele_type type;
	enum stele_type element; /* ARRAY, NDARRAY */
	unsigned nr_parts;
	struct model_type *parts[MODEL_PARTS];
	bool nullable[MODEL_PARTS];
};

/* A new program; and all memory to the system. */
void model_begin(struct model *m, uint64_t seed);
void model_free(void);
void *model_take(size_t bytes);

static inline unsigned model_below(struct model *m, unsigned n)
{
	return (unsigned)random_below(&m->random, n);
}

/* The record of index 1, of which any value can be. */
#define MODEL_RECORD "record S { a: any optional b: decimal? c: u16 }\n"
#define MODEL_RECORD_NUMBER 1u

/* A type for a field, and its words. */
struct model_type *model_random_type(struct model *m, unsigned depth);
size_t model_print_type(const struct model_type *type, char *text, size_t size);

struct stele_cell model_random_str(struct model *m);
struct stele_cell model_random_any(struct model *m, unsigned depth);
struct stele_cell model_random_cell(struct model *m,
				    const struct model_type *type);
/* One of many values that can be keys, all different by their number. */
struct stele_cell model_key(struct model *m, unsigned number);

/* Lay down or reserve what is given by handles from now on; fill it. */
void model_share(struct model *m, struct stele_builder *b);
void model_fill(struct model *m, struct stele_builder *b);

/* The test ends where a value is not what the cell said. */
void model_compare(struct model *m, const struct stele_cell *cell,
		   const struct stele_value *value);

#endif /* MODEL_H */
