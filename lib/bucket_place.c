// SPDX-License-Identifier: MIT
/*
 * Placing the entries of a partition.  What an entry's step touches is kept
 * small: its hash, its size, the bucket's separator and the bucket's row.
 *
 * A row is one word `bytes used | count << 16`, then the entries as words
 * `signature << 24 | number`, ascending, so that those which have to go are at
 * the end.
 */
#include "bucket_place.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"
#include "map_probe.h"

/* Steps an entry, in the mean, before we believe that it won't end. */
#define MAX_STEPS 48

struct placing {
	struct stele_placement *p;
	uint8_t *probe; /* an entry: the probe it is at */
	uint32_t *stack; /* entries that look for a place */
	uint32_t depth;
	uint64_t steps;
};

/* The longest row: entries of the least size, and the one that is too many. */
static uint32_t row_words(const struct stele_placement *p)
{
	uint32_t i, least = p->room;

	for (i = 0; i < p->nr_entries; i++)
		if (p->cost[i] < least)
			least = p->cost[i];
	return 2 + p->room / (least ? least : 1);
}

/* Drop the entries of the largest signature from a row that overflows. */
static void evict(struct placing *s, uint32_t bucket, uint32_t *row,
		  uint32_t used, uint32_t count)
{
	uint32_t top = row[count] >> 24, entry;

	do {
		entry = row[count--] & 0xffffff;
		used -= s->p->cost[entry];
		s->probe[entry]++;
		s->stack[s->depth++] = entry;
	} while (count && row[count] >> 24 == top);
	s->p->separators[bucket] = top;
	row[0] = used | count << 16;
}

static void put(struct placing *s, uint32_t bucket, uint32_t signature,
		uint32_t entry)
{
	struct stele_placement *p = s->p;
	uint32_t *row = p->rows + (size_t)bucket * p->stride;
	uint32_t word = signature << 24 | entry;
	uint32_t used = (row[0] & 0xffff) + p->cost[entry];
	uint32_t count = row[0] >> 16, k;

	for (k = count++; k && row[k] > word; k--)
		row[k + 1] = row[k];
	row[k + 1] = word;
	row[0] = used | count << 16;
	while (used > p->room) {
		evict(s, bucket, row, used, count);
		used = row[0] & 0xffff;
		count = row[0] >> 16;
	}
}

/* Find a place for an entry from its probe on.  -EAGAIN: there is none. */
static int settle(struct placing *s, uint32_t entry)
{
	struct stele_placement *p = s->p;
	uint32_t bucket, signature;

	for (; s->probe[entry] <= STELE_FMT_MAX_PROBE; s->probe[entry]++) {
		s->steps++;
		bucket = stele_probe_at(p->hash[entry], s->probe[entry],
					p->nr_buckets, &signature);
		if (signature < p->separators[bucket]) {
			put(s, bucket, signature, entry);
			return 0;
		}
	}
	return -EAGAIN;
}

static int settle_all(struct placing *s)
{
	uint64_t most = (uint64_t)MAX_STEPS * s->p->nr_entries + 4096;
	uint32_t i;
	int rc = 0;

	for (i = 0; i < s->p->nr_entries && !rc; i++)
		rc = settle(s, i);
	while (!rc && s->depth)
		rc = s->steps > most ? -EAGAIN :
				       settle(s, s->stack[--s->depth]);
	return rc;
}

static uint8_t largest_probe(const struct placing *s)
{
	uint8_t largest = 0;
	uint32_t i;

	for (i = 0; i < s->p->nr_entries; i++)
		if (s->probe[i] > largest)
			largest = s->probe[i];
	return largest;
}

int stele_bucket_place(struct stele_placement *p)
{
	struct placing s = { .p = p };
	size_t n = p->nr_entries ? p->nr_entries : 1;
	int rc = -ENOMEM;

	p->stride = row_words(p);
	p->separators = malloc(p->nr_buckets);
	p->rows = calloc(p->nr_buckets, p->stride * sizeof(*p->rows));
	s.probe = calloc(n, sizeof(*s.probe));
	s.stack = malloc(n * sizeof(*s.stack));
	if (p->separators && p->rows && s.probe && s.stack) {
		memset(p->separators, 255, p->nr_buckets);
		rc = settle_all(&s);
		p->max_probe = largest_probe(&s);
	}
	free(s.probe);
	free(s.stack);
	if (rc)
		stele_placement_free(p);
	return rc;
}

/*
 * By chance a tag is had by count / 256; that it is by this many happens less
 * often than once in 10^12 buckets of any count.
 */
static uint32_t most_alike(uint32_t count)
{
	return 24 + count / 64;
}

bool stele_placement_is_crowded(const struct stele_placement *p)
{
	uint32_t bucket, i, count, most;

	for (bucket = 0; bucket < p->nr_buckets; bucket++) {
		uint16_t alike[256] = { 0 };

		count = stele_placement_count(p, bucket);
		most = most_alike(count);
		if (count <= most)
			continue;
		for (i = 0; i < count; i++) {
			uint32_t entry = stele_placement_entry(p, bucket, i);

			if (++alike[(uint8_t)p->hash[entry]] > most)
				return true;
		}
	}
	return false;
}

void stele_placement_free(struct stele_placement *p)
{
	free(p->separators);
	free(p->rows);
	p->separators = NULL;
	p->rows = NULL;
}
