/* SPDX-License-Identifier: MIT */
/*
 * Segments with a bit of everything: each sample is small and shows one corner
 * of the format.  tests/golden keeps their images; tests/fuzz changes them.
 */
#ifndef SAMPLE_H
#define SAMPLE_H

#include <stele/stele.h>

#include "specimen.h"

struct sample {
	const char *name;
	const char *schema; /* text, NULL: none */
	int (*fill)(struct stele_builder *b, struct stele_error *err);
	struct stele_build_options options; /* size 0: the defaults */
};

/* Small ones, for images that are kept. */
extern const struct sample samples[];
extern const size_t nr_samples;

/* Larger ones: many buckets, partitions, lines, probes. */
extern const struct sample large_samples[];
extern const size_t nr_large_samples;

/* Build one in memory; or the program ends. */
void sample_build(const struct sample *sample, struct specimen *specimen);

#endif /* SAMPLE_H */
