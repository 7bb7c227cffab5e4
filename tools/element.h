/* SPDX-License-Identifier: MIT */
/*
 * Raw elements of arrays as values.
 */
#ifndef STELE_TOOLS_ELEMENT_H
#define STELE_TOOLS_ELEMENT_H

#include <stele/value.h>

/* The element of a fixed-width type at `at`, a place in the segment. */
void element_read(const struct stele_segment *segment, enum stele_type type,
		  const char *at, struct stele_value *value);

#endif /* STELE_TOOLS_ELEMENT_H */
