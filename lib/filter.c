// SPDX-License-Identifier: MIT
/*
 * Asking a filter: from the hash to the part, its slot and the words of two
 * blocks.  The words of a column are apart by the columns of the first block,
 * so that a key of a low block needs no more than its own columns of the next.
 */
#include "filter.h"

#include "segment.h"

static uint64_t load(const uint64_t *p)
{
	return __atomic_load_n(p, __ATOMIC_RELAXED);
}

/* The slot of a hash among the words that begin at *first. */
static uint32_t slot_of(const struct stele_map *map, uint64_t h,
			uint32_t *low_blocks, uint64_t *first)
{
	unsigned __int128 x = (unsigned __int128)h * map->nr_filters;
	const uint64_t *part = (const void *)&map->filters[(uint64_t)(x >> 64)];
	uint64_t blocks = load(&part[1]);
	uint32_t counter = (uint32_t)(load(&part[2]) >> 32);
	uint64_t f = counter ? stele_hash_u64(h, counter) : (uint64_t)x;

	*first = load(&part[0]);
	*low_blocks = (uint32_t)(blocks >> 32);
	return stele_filter_slot(f, (uint32_t)blocks);
}

int stele_filter_find(const struct stele_map *map, uint64_t h,
		      struct stele_filter_place *place)
{
	uint64_t mask = stele_filter_mask(h, map->seed), first, at, end;
	uint32_t low_blocks, slot, block, shift;

	if (!map->nr_filters)
		return -STELE_E_ABSENT;
	slot = slot_of(map, h, &low_blocks, &first);
	if (first >= map->nr_buckets)
		return -STELE_E_FORMAT;
	block = slot / STELE_FILTER_BLOCK;
	shift = slot % STELE_FILTER_BLOCK;
	place->columns = map->columns + (block >= low_blocks);
	at = first * STELE_FILTER_LINE +
	     stele_filter_words(block, low_blocks, map->columns);
	end = at + 2 * place->columns;
	if (end > map->nr_buckets * STELE_FILTER_LINE)
		return -STELE_E_FORMAT;
	place->words = (const uint64_t *)(const void *)map->data + at;
	place->low = mask << shift;
	place->high = mask >> 1 >> (STELE_FILTER_BLOCK - 1 - shift);
	return 0;
}

bool stele_filter_has(const struct stele_filter_place *place)
{
	const uint64_t *low = place->words, *high = low + place->columns;
	uint32_t i;

	for (i = 0; i < place->columns; i++)
		if (stele_filter_odd((load(&low[i]) & place->low) ^
				     (load(&high[i]) & place->high)))
			return false;
	return true;
}

/* Forced inline, for gcc 12 drops a call that only prefetches. */
static inline __attribute__((always_inline)) void
ask(const struct stele_filter_place *place)
{
	const uint64_t *end = place->words + 2 * place->columns, *p;

	for (p = place->words; p < end; p += STELE_FILTER_LINE)
		__builtin_prefetch(p);
	__builtin_prefetch(end - 1);
}

int stele_filter_get(const struct stele_map *map, const void *key, size_t len)
{
	struct stele_filter_place place;
	int rc = stele_filter_find(map, stele_hash_bytes(key, len, map->seed),
				   &place);

	if (rc)
		return rc;
	ask(&place);
	return stele_filter_has(&place) ? 0 : -STELE_E_ABSENT;
}

void stele_filter_value(const struct stele_map *map, struct stele_value *value)
{
	*value = (struct stele_value){ .segment = map->segment,
				       .type = STELE_TYPE_BOOL,
				       .u.b = true };
}

int stele_filter_get_many(const struct stele_map *map,
			  const struct stele_str *keys, size_t n,
			  struct stele_value *values)
{
	struct stele_filter_place place[STELE_FILTER_MANY];
	int rc[STELE_FILTER_MANY];
	size_t i;

	for (i = 0; i < n; i++) {
		rc[i] = stele_filter_find(
			map,
			stele_hash_bytes(keys[i].ptr, keys[i].len, map->seed),
			&place[i]);
		if (!rc[i])
			ask(&place[i]);
	}
	for (i = 0; i < n; i++) {
		if (rc[i] == -STELE_E_FORMAT)
			return rc[i];
		stele_filter_value(map, &values[i]);
		if (rc[i] || !stele_filter_has(&place[i]))
			values[i] = (struct stele_value){
				.segment = map->segment,
				.type = STELE_TYPE_ABSENT
			};
	}
	return 0;
}

double stele_filter_fill(const struct stele_map *map)
{
	uint64_t slots = 0;
	uint32_t i;

	for (i = 0; i < map->nr_filters; i++)
		slots += STELE_FILTER_BLOCK *
			 (uint64_t)map->filters[i].nr_blocks;
	return slots ? (double)map->fmt.nr_keys / (double)slots : 0;
}
