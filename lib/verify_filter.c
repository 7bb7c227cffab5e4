// SPDX-License-Identifier: MIT
/*
 * Verifying a filter: its parts have the blocks that their keys and the rate ask
 * for, one behind the other, and no byte of its lines is without an owner.  Which
 * keys it was given cannot be told from it; of a declared one they are those of
 * the rows, and each is asked for.
 */
#include "filter.h"
#include "verify.h"

static int broken_shape(const struct stele_verify *v,
			const struct stele_map *map, uint32_t i)
{
	return stele_verify_broken(v,
				   map->fmt.partitions_off +
					   i * sizeof(struct stele_fmt_filter),
				   STELE_I_FILTER_SHAPE);
}

/* Part i begins at line *line; *line is then where it ends. */
static int verify_part(struct stele_verify *v, const struct stele_map *map,
		       uint32_t i, uint64_t *line, uint64_t *used)
{
	struct stele_fmt_filter part = map->filters[i];
	uint64_t words, begin, end;

	if (part.first_line != *line || part.nr_keys > STELE_FILTER_MAX_KEYS ||
	    part.nr_blocks != stele_filter_blocks(part.nr_keys, map->columns) ||
	    part.low_blocks !=
		    stele_filter_low_blocks(part.nr_blocks, map->fmt.filter))
		return broken_shape(v, map, i);
	words = stele_filter_words(part.nr_blocks, part.low_blocks,
				   map->columns);
	*line += (words + STELE_FILTER_LINE - 1) / STELE_FILTER_LINE;
	if (*line > map->nr_buckets)
		return broken_shape(v, map, i);
	begin = map->fmt.data_off +
		part.first_line * sizeof(uint64_t) * STELE_FILTER_LINE +
		words * sizeof(uint64_t);
	end = map->fmt.data_off + *line * sizeof(uint64_t) * STELE_FILTER_LINE;
	if (stele_verify_zeros(v, begin, end) != end)
		return stele_verify_broken(v, begin, STELE_I_FILTER_SHAPE);
	*used += words * sizeof(uint64_t);
	return stele_verify_progress(v, words * sizeof(uint64_t));
}

/* Every key that a row has is found. */
static int verify_rows(struct stele_verify *v, const struct stele_map *map)
{
	struct stele_rows rows = STELE_ROWS_BEGIN;
	struct stele_value row;
	bool found;
	int rc = stele_verify_spend_rows(v, map);

	while (!rc && !stele_segment_next_row(v->seg, &rows, &row)) {
		if (row.record != map->fmt.record)
			continue;
		rc = stele_verify_row_key(v, map->fmt.decl, map->key_type,
					  row.u.pos, &found);
		if (!rc && found &&
		    stele_filter_get(map, v->key.ptr, v->key.len))
			rc = stele_verify_broken(v, row.u.pos,
						 STELE_I_FILTER_KEYS);
	}
	return rc;
}

int stele_verify_filter(struct stele_verify *v, const struct stele_map *map)
{
	uint64_t line = 0, used = 0, keys = 0;
	int rc = 0;

	for (uint32_t i = 0; !rc && i < map->nr_filters; i++) {
		rc = verify_part(v, map, i, &line, &used);
		keys += map->filters[i].nr_keys;
	}
	if (!rc && line != map->nr_buckets)
		rc = stele_verify_broken(v, map->fmt.partitions_off,
					 STELE_I_FILTER_SHAPE);
	if (!rc && map->fmt.decl != STELE_FMT_NONE)
		rc = verify_rows(v, map);
	return rc ? rc : stele_verify_counts(v, map, keys, keys, used);
}
