/* SPDX-License-Identifier: MIT */
/*
 * Which entry goes into which bucket of a partition: hashes and sizes in,
 * separators and a list of entries a bucket out; knows no keys.
 *
 * Gonnet and Larson's rule ("External hashing with limited internal storage",
 * JACM 35(1), 1988): an entry lies in the first probe whose signature is below
 * the bucket's separator.  All separators begin at 255, above every signature.
 * An entry is put into its bucket; where that overflows, the separator sinks to
 * the largest signature in it, and all entries with that signature go on to
 * their next probes.  Separators only sink, so what was passed over once stays
 * passed over, and the rule holds for every entry at any time.
 */
#ifndef STELE_BUCKET_PLACE_H
#define STELE_BUCKET_PLACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Entries of one partition: their number has to fit in a slot beside 8 bits. */
#define STELE_PLACE_MAX_ENTRIES ((1u << 24) - 1)

struct stele_placement {
	/* in */
	const uint64_t *hash;
	const uint16_t *cost; /* bytes of a bucket that an entry takes */
	uint32_t nr_entries;
	uint32_t nr_buckets;
	uint32_t room; /* bytes of a bucket; >= every cost */
	/* out */
	uint8_t *separators; /* nr_buckets of them; owned */
	uint32_t *rows; /* owned */
	uint32_t stride; /* words of a row */
	uint8_t max_probe;
};

/*
 * Place all entries.  -EAGAIN: not in so few buckets, free nothing and give
 * more; -ENOMEM.  The same input gives the same places.
 */
int stele_bucket_place(struct stele_placement *p);
void stele_placement_free(struct stele_placement *p);

/*
 * Whether so many entries of one bucket have one tag that nobody can have meant
 * well: a lookup compares the keys of all of them.
 */
bool stele_placement_is_crowded(const struct stele_placement *p);

/* The entries of a bucket, ordered by signature, then by number. */
static inline uint32_t stele_placement_count(const struct stele_placement *p,
					     uint32_t bucket)
{
	return p->rows[(size_t)bucket * p->stride] >> 16;
}

static inline uint32_t stele_placement_entry(const struct stele_placement *p,
					     uint32_t bucket, uint32_t i)
{
	return p->rows[(size_t)bucket * p->stride + 1 + i] & 0xffffff;
}

#endif /* STELE_BUCKET_PLACE_H */
