/* SPDX-License-Identifier: MIT */
/*
 * Building one part of a filter from the hashes of its keys.
 */
#ifndef STELE_FILTER_BUILD_H
#define STELE_FILTER_BUILD_H

#include "format.h"
#include "map_slice.h"

struct stele_filter_part {
	struct stele_fmt_filter fmt; /* first_line is not known here */
	uint64_t *words; /* owned */
	uint64_t nr_words; /* a multiple of a line */
	uint64_t used_bytes; /* of them by columns */
	uint64_t nr_entries; /* of the slice, equal keys too */
};

/*
 * Build the part of a slice whose keys are hashes.  No order of keys and no
 * repeated one changes a byte.  -STELE_E_LIMIT; -ENOMEM.
 */
int stele_filter_build(const struct stele_slice *slice, uint32_t filter,
		       uint64_t seed, unsigned common_bits,
		       struct stele_filter_part *part);
void stele_filter_part_free(struct stele_filter_part *part);

#endif /* STELE_FILTER_BUILD_H */
