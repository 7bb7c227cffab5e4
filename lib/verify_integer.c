// SPDX-License-Identifier: MIT
/*
 * Verifying an integer table: each key is in one of its two lines and only
 * there, keys of a line ascend, and free slots are empty and come last.
 */
#include "map_probe.h"
#include "verify.h"

static uint64_t offset_of(const struct stele_map *map, const void *p)
{
	return map->fmt.data_off + (uint64_t)((const uint8_t *)p - map->data);
}

/* How many slots of a line hold a key. */
static unsigned slots_with(const struct stele_fmt_line *line, uint64_t key)
{
	unsigned n = 0;

	for (unsigned i = 0; i < STELE_FMT_LINE_SLOTS; i++)
		n += line->key[i] == key;
	return n;
}

static int verify_slot(struct stele_verify *v, const struct stele_map *map,
		       const struct stele_fmt_line *line, unsigned i)
{
	const struct stele_fmt_line *a, *b;
	struct stele_verify_entry e = {
		.map = map,
		.at = offset_of(map, &line->key[i]),
		.key = (const uint8_t *)&line->key[i],
		.key_len = 8,
	};
	unsigned n;

	stele_probe_pair(map, line->key[i], &a, &b);
	n = slots_with(a, line->key[i]);
	if (b != a)
		n += slots_with(b, line->key[i]);
	if ((line != a && line != b) || n != 1)
		return stele_verify_broken(v, e.at, STELE_I_LINE_PLACE);
	return stele_verify_value(v, &e, (const uint8_t *)&line->value[i], 8);
}

static int verify_line(struct stele_verify *v, const struct stele_map *map,
		       const struct stele_fmt_line *line, uint64_t *used)
{
	bool free_seen = false;
	int rc = 0;

	for (unsigned i = 0; !rc && i < STELE_FMT_LINE_SLOTS; i++) {
		if (line->key[i] == map->empty_key) {
			free_seen = true;
			if (!line->value[i])
				continue;
			return stele_verify_broken(
				v, offset_of(map, &line->value[i]),
				STELE_I_LINE_FREE);
		}
		if (free_seen)
			return stele_verify_broken(
				v, offset_of(map, &line->key[i]),
				STELE_I_LINE_FREE);
		if (i && line->key[i - 1] >= line->key[i])
			return stele_verify_broken(
				v, offset_of(map, &line->key[i]),
				STELE_I_LINE_ORDER);
		++*used;
		rc = verify_slot(v, map, line, i);
	}
	return rc;
}

int stele_verify_lines(struct stele_verify *v, const struct stele_map *map)
{
	const struct stele_fmt_line *lines = (const void *)map->data;
	uint64_t used = 0;
	int rc = 0;

	if (map->nr_partitions &&
	    (map->group_lines * map->nr_partitions != map->nr_buckets ||
	     (map->nr_partitions > 1 &&
	      map->group_lines != STELE_FMT_GROUP_LINES)))
		return stele_verify_broken(v, map->fmt.data_off,
					   STELE_I_LINE_GROUPS);
	if (map->empty_key != stele_probe_empty_key(map->seed))
		return stele_verify_broken(v, map->fmt.data_off,
					   STELE_I_LINE_EMPTY);
	for (uint64_t i = 0; !rc && i < map->nr_buckets; i++) {
		rc = verify_line(v, map, &lines[i], &used);
		if (!rc && i % 65536 == 65535)
			rc = stele_verify_progress(v, 65536 * sizeof(*lines));
	}
	return rc ? rc : stele_verify_counts(v, map, used, used, 16 * used);
}
