/* SPDX-License-Identifier: MIT */
/*
 * Looking up rows in the finished tables of a build, by reading the output: with
 * a mapping a disk that fails would be a signal, not an error.
 */
#ifndef STELE_BUILDER_LOOKUP_H
#define STELE_BUILDER_LOOKUP_H

#include "buffer.h"
#include "map.h"
#include "map_build.h"

struct stele_lookup {
	struct stele_output *out;
	struct stele_map map; /* without data */
	struct stele_buffer bucket; /* the one at hand */
	uint64_t number; /* its number */
	struct stele_buffer run; /* an entry out of line */
};

/* Output and table outlive the lookup, which has no memory yet. */
void stele_lookup_init(struct stele_lookup *lookup, struct stele_output *out,
		       const struct stele_map_build_result *table);
void stele_lookup_free(struct stele_lookup *lookup);

/*
 * The position of the row under a key, as the table has it.  -STELE_E_ABSENT,
 * -ENOMEM, what reading says.
 */
int stele_lookup_row(struct stele_lookup *lookup, const void *key, size_t len,
		     uint64_t *pos);

#endif /* STELE_BUILDER_LOOKUP_H */
