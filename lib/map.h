/* SPDX-License-Identifier: MIT */
/*
 * A table as the reader holds it: its descriptor, checked and copied at open,
 * with addresses in place of offsets.
 */
#ifndef STELE_MAP_PRIVATE_H
#define STELE_MAP_PRIVATE_H

#include <stele/map.h>

#include "format.h"

struct stele_segment;

struct stele_map {
	const struct stele_segment *segment;
	const uint8_t *data; /* buckets or lines */
	const uint8_t *separators;
	const struct stele_fmt_partition *partitions;
	const struct stele_fmt_filter *filters;
	uint64_t seed;
	uint64_t nr_buckets; /* or lines */
	uint64_t empty_key;
	uint64_t group_lines;
	uint32_t nr_partitions; /* or groups; 0: no key is stored */
	uint32_t nr_filters; /* parts of a filter */
	uint8_t kind;
	uint8_t key_type;
	uint8_t value_type;
	uint8_t value_bytes;
	uint8_t bucket_log2;
	uint8_t columns; /* FILTER: of the first blocks of a part */
	bool multi;
	struct stele_fmt_table fmt;
};

/*
 * Check a descriptor against the bounds of its segment (base, len and schema
 * must be set) and fill *map.  `off` is where the descriptor lies, for errors.
 */
int stele_map_attach(const struct stele_segment *segment,
		     const struct stele_fmt_table *fmt, uint64_t off,
		     struct stele_map *map, struct stele_error *err);

/*
 * The same over memory that is not yet an image: the builder resolves
 * references by key through the lookup that readers use.
 */
void stele_map_attach_raw(const struct stele_segment *segment,
			  const struct stele_fmt_table *fmt,
			  const uint8_t *data, const uint8_t *separators,
			  const void *partitions, struct stele_map *map);

#endif /* STELE_MAP_PRIVATE_H */
