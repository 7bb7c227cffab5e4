// SPDX-License-Identifier: MIT
/*
 * Many lookups together: each goes through the same steps as a single one, but
 * between two steps of one lookup lie the steps of all others of its group, so
 * that what a step asks memory for is there when the next one needs it.
 *
 * Buckets: hash, separator; bucket's first line; the entry's lines; compare;
 * the record's head.  Lines: both lines; compare; the record's head.
 */
#include <string.h>

#include "filter.h"
#include "map.h"
#include "map_probe.h"
#include "segment.h"

#define GROUP STELE_FILTER_MANY

/* A lookup on its way. */
struct search {
	struct stele_place place;
	struct stele_entry entry;
	int rc;
};

static void set_absent(const struct stele_map *map, struct stele_value *value)
{
	*value = (struct stele_value){ .segment = map->segment,
				       .type = STELE_TYPE_ABSENT };
}

/* The result of one lookup: being absent is no error here. */
static int settle(const struct stele_map *map, int rc,
		  struct stele_value *value)
{
	if (rc != -STELE_E_ABSENT)
		return rc;
	set_absent(map, value);
	return 0;
}

/* Ask for what decoding a value will look at. */
static STELE_PREFETCHES void prefetch_value(const struct stele_map *map,
					    const struct stele_entry *e)
{
	uint64_t pos = 0;

	if (map->value_type != STELE_TYPE_RECORD ||
	    e->end - e->at < map->value_bytes)
		return;
	memcpy(&pos, e->at, map->value_bytes);
	if (pos < map->segment->len / 8)
		__builtin_prefetch(map->segment->base + pos * 8);
}

/* Values of entries that were found. */
static int take_values(const struct stele_map *map, struct search *s, size_t n,
		       struct stele_value *values)
{
	size_t i;
	int rc;

	for (i = 0; i < n; i++)
		if (!s[i].rc)
			prefetch_value(map, &s[i].entry);
	for (i = 0; i < n; i++) {
		rc = s[i].rc;
		if (!rc)
			rc = stele_entry_value(map, &s[i].entry, &values[i]);
		rc = settle(map, rc, &values[i]);
		if (rc)
			return rc;
	}
	return 0;
}

/* --------------------------------------------------------------- buckets */

/* Ask for the separator of a key's first probe. */
static STELE_PREFETCHES void prefetch_separator(const struct stele_map *map,
						uint64_t h)
{
	const struct stele_fmt_partition *p = stele_probe_partition(map, h);
	uint32_t signature;
	uint64_t bucket = p->first_bucket +
			  stele_probe_at(h, 0, p->nr_buckets, &signature);

	if (bucket < map->nr_buckets)
		__builtin_prefetch(map->separators + bucket);
}

/* Ask for the lines of the first entry whose tag is right. */
static STELE_PREFETCHES void prefetch_entry(const struct stele_map *map,
					    const struct stele_place *place)
{
	struct stele_bucket b = stele_bucket_at(map, place->bucket);
	uint32_t base, mask, offset;

	for (base = 0; base < b.count; base += STELE_PROBE_TAGS) {
		mask = stele_bucket_tags(&b, base, place->tag);
		if (!mask)
			continue;
		offset = stele_bucket_offset(&b, base + __builtin_ctz(mask)) &
			 ~STELE_FMT_BUCKET_OUT & (b.bytes - 1);
		__builtin_prefetch(b.at + offset);
		__builtin_prefetch(b.at + ((offset + 63) & (b.bytes - 1)));
		return;
	}
}

static int get_group(const struct stele_map *map, const struct stele_str *keys,
		     size_t n, struct stele_value *values)
{
	struct search s[GROUP];
	uint64_t hash[GROUP];
	size_t i;

	if (map->kind == STELE_FMT_TABLE_FILTER)
		return stele_filter_get_many(map, keys, n, values);
	for (i = 0; i < n; i++) {
		hash[i] = stele_hash_bytes(keys[i].ptr, keys[i].len, map->seed);
		prefetch_separator(map, hash[i]);
	}
	for (i = 0; i < n; i++) {
		s[i].rc = stele_probe_find(map, hash[i], keys[i].ptr,
					   keys[i].len, &s[i].place);
		if (!s[i].rc)
			__builtin_prefetch(s[i].place.bucket);
	}
	for (i = 0; i < n; i++)
		if (!s[i].rc)
			prefetch_entry(map, &s[i].place);
	for (i = 0; i < n; i++)
		if (!s[i].rc)
			s[i].rc = stele_bucket_search(map, &s[i].place,
						      keys[i].ptr, keys[i].len,
						      &s[i].entry);
	return take_values(map, s, n, values);
}

/* ----------------------------------------------------------------- lines */

static int get_group_of_words(const struct stele_map *map, const uint64_t *keys,
			      size_t n, struct stele_value *values)
{
	const struct stele_fmt_line *a[GROUP], *b[GROUP];
	struct search s[GROUP];
	const uint64_t *slot;
	size_t i;

	for (i = 0; i < n; i++) {
		stele_probe_pair(map, keys[i], &a[i], &b[i]);
		__builtin_prefetch(a[i]);
		__builtin_prefetch(b[i]);
	}
	for (i = 0; i < n; i++) {
		slot = stele_probe_slot(map, a[i], b[i], keys[i]);
		s[i].rc = slot ? 0 : -STELE_E_ABSENT;
		s[i].entry.at = (const uint8_t *)slot;
		s[i].entry.end = (const uint8_t *)(slot ? slot + 1 : NULL);
	}
	return take_values(map, s, n, values);
}

/* ----------------------------------------------------------------- calls */

static int all_absent(const struct stele_map *map, size_t n,
		      struct stele_value *values)
{
	size_t i;

	for (i = 0; i < n; i++)
		set_absent(map, &values[i]);
	return 0;
}

int stele_map_get_many_str(const struct stele_map *map,
			   const struct stele_str *keys, size_t n,
			   struct stele_value *values)
{
	size_t i, nr;
	int rc = 0;

	if (map->multi)
		return -STELE_E_TYPE;
	if (map->key_type > STELE_FMT_KEY_BYTES) {
		for (i = 0; i < n && !rc; i++)
			rc = settle(map,
				    stele_map_get_str(map, keys[i].ptr,
						      keys[i].len, &values[i]),
				    &values[i]);
		return rc;
	}
	if (!map->nr_partitions && !map->nr_filters)
		return all_absent(map, n, values);
	for (i = 0; i < n && !rc; i += nr) {
		nr = n - i < GROUP ? n - i : GROUP;
		rc = get_group(map, keys + i, nr, values + i);
	}
	return rc;
}

/* Keys of 8 bytes that need no converting. */
static int get_words(const struct stele_map *map, const uint64_t *keys,
		     size_t n, struct stele_value *values)
{
	struct stele_str strs[GROUP];
	size_t i, k, nr;
	int rc = 0;

	if (!map->nr_partitions && !map->nr_filters)
		return all_absent(map, n, values);
	for (i = 0; i < n && !rc; i += nr) {
		nr = n - i < GROUP ? n - i : GROUP;
		if (map->kind == STELE_FMT_TABLE_INTEGER) {
			rc = get_group_of_words(map, keys + i, nr, values + i);
			continue;
		}
		for (k = 0; k < nr; k++)
			strs[k] =
				(struct stele_str){ (const char *)&keys[i + k],
						    sizeof(*keys) };
		rc = get_group(map, strs, nr, values + i);
	}
	return rc;
}

int stele_map_get_many_u64(const struct stele_map *map, const uint64_t *keys,
			   size_t n, struct stele_value *values)
{
	size_t i;
	int rc = 0;

	if (map->multi)
		return -STELE_E_TYPE;
	if (map->key_type == STELE_FMT_KEY_U64)
		return get_words(map, keys, n, values);
	for (i = 0; i < n && !rc; i++)
		rc = settle(map, stele_map_get_u64(map, keys[i], &values[i]),
			    &values[i]);
	return rc;
}

int stele_map_get_many_i64(const struct stele_map *map, const int64_t *keys,
			   size_t n, struct stele_value *values)
{
	size_t i;
	int rc = 0;

	if (map->multi)
		return -STELE_E_TYPE;
	if (map->key_type == STELE_FMT_KEY_I64)
		return get_words(map, (const uint64_t *)keys, n, values);
	for (i = 0; i < n && !rc; i++)
		rc = settle(map, stele_map_get_i64(map, keys[i], &values[i]),
			    &values[i]);
	return rc;
}
