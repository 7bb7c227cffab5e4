// SPDX-License-Identifier: MIT
/*
 * A partition is tried with as many buckets as its sizes should need, then with
 * 3 % more, until its entries have places.  What more buckets cannot cure (keys
 * of one hash that fill more than a bucket, or a hash that an adversary has
 * tuned to) a new hash does: two other seeds, then SipHash.
 */
#include "bucket_build.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "bucket_place.h"

/*
 * Part of the room that entries fill: 1 - LOSS - SLOPE * s, s = the mean size
 * of the entry that a byte belongs to, in buckets.  Fitted to trials with sizes
 * from 8 to 1000 bytes: about 2 % below what can be placed at all, where most
 * keys are still in their first probe.
 */
#define LOSS 0.02
#define SLOPE 0.55
#define LEAST_FILL 0.5

#define MAX_GROWTHS 12u /* by 3 % each, before the hash is changed */
#define XXH3_TRIALS 3u
#define TRIALS 6u

#define HEAD_BYTES 2u /* the count */
#define SLOT_BYTES 3u /* tag and offset of an entry */

struct building {
	const struct stele_bucket_table *table;
	struct stele_bucket_part *part;
	struct stele_entries entries;
	uint16_t *cost; /* an entry's bytes in a bucket, tag and offset too */
	uint64_t sum; /* of all costs */
	double squares;
	bool lone;
	uint32_t inline_max;
};

static uint32_t room_of(unsigned bucket_log2)
{
	return (1u << bucket_log2) - HEAD_BYTES;
}

/* -EAGAIN: entries of one hash fill more than a bucket. */
static int weigh(struct building *b, bool lone)
{
	const struct stele_entries *e = &b->entries;
	uint32_t k, room = room_of(b->table->bucket_log2), alike = 0;

	b->lone = lone;
	b->inline_max = stele_bucket_inline_max(b->table->bucket_log2, lone);
	b->sum = 0;
	b->squares = 0;
	for (k = 0; k < e->nr; k++) {
		uint64_t bytes = stele_entry_bytes(e, k);
		uint32_t cost = SLOT_BYTES +
				(bytes <= b->inline_max ?
					 bytes :
					 sizeof(struct stele_fmt_overflow));

		b->cost[k] = cost;
		b->sum += cost;
		b->squares += (double)cost * cost;
		alike = k && e->hash[k] == e->hash[k - 1] ? alike + cost : cost;
		if (alike > room)
			return -EAGAIN;
	}
	return 0;
}

static uint64_t buckets_needed(const struct building *b)
{
	double room = room_of(b->table->bucket_log2), fill;

	if (!b->sum)
		return 1;
	fill = 1 - LOSS - SLOPE * b->squares / (double)b->sum / room;
	if (fill < LEAST_FILL)
		fill = LEAST_FILL;
	return (uint64_t)((double)b->sum / room / fill) + 1;
}

/* -EAGAIN: tags tell too little.  Where they do, a placement stays. */
static int check_tags(struct stele_placement *p)
{
	if (!stele_placement_is_crowded(p))
		return 0;
	stele_placement_free(p);
	return -EAGAIN;
}

/* Place the entries under the hash at hand.  -EAGAIN: it takes another. */
static int place(struct building *b, bool only, struct stele_placement *p)
{
	uint64_t nr = buckets_needed(b);
	unsigned trial;
	int rc = -EAGAIN;

	if (only && nr < 2)
		nr = 2; /* a table of one bucket has other rules */
	for (trial = 0; trial <= MAX_GROWTHS && rc == -EAGAIN; trial++) {
		if (nr > UINT32_MAX)
			return -STELE_E_LIMIT;
		*p = (struct stele_placement){
			.hash = b->entries.hash,
			.cost = b->cost,
			.nr_entries = b->entries.nr,
			.nr_buckets = (uint32_t)nr,
			.room = room_of(b->table->bucket_log2),
		};
		rc = stele_bucket_place(p);
		b->part->replaced |= trial > 0;
		nr += nr * 3 / 100 + 1;
	}
	return rc ? rc : check_tags(p);
}

/* ------------------------------------------------------------- writing */

static int write_out_of_line(struct building *b, uint32_t entry, uint8_t *to)
{
	struct stele_buffer *overflow = &b->part->overflow;
	struct stele_fmt_overflow out = {
		.hash = b->entries.hash[entry],
		.off = overflow->len,
		.len = stele_entry_bytes(&b->entries, entry),
	};
	uint64_t at =
		to + offsetof(struct stele_fmt_overflow, off) - b->part->data;
	int rc = stele_buffer_reserve(overflow, out.len + 7);

	if (!rc)
		rc = stele_buffer_append(&b->part->references, &at, sizeof(at));
	if (rc)
		return rc;
	stele_entry_write(&b->entries, entry, overflow->ptr + overflow->len);
	overflow->len += out.len;
	memcpy(to, &out, sizeof(out));
	return stele_buffer_zeros(overflow, -overflow->len & 7);
}

static int write_bucket(struct building *b, const struct stele_placement *p,
			uint32_t bucket)
{
	uint32_t count = stele_placement_count(p, bucket);
	uint8_t *at = b->part->data + ((size_t)bucket << b->part->bucket_log2);
	uint8_t *tags = at + HEAD_BYTES, *offsets = tags + count;
	uint8_t *to = offsets + 2 * (size_t)count;
	uint32_t i, entry;
	int rc = 0;

	memcpy(at, &(uint16_t){ (uint16_t)count }, 2);
	for (i = 0; i < count && !rc; i++) {
		uint16_t offset = (uint16_t)(to - at);

		entry = stele_placement_entry(p, bucket, i);
		tags[i] = (uint8_t)b->entries.hash[entry];
		if (stele_entry_bytes(&b->entries, entry) <= b->inline_max) {
			to = stele_entry_write(&b->entries, entry, to);
		} else {
			rc = write_out_of_line(b, entry, to);
			to += sizeof(struct stele_fmt_overflow);
			offset |= STELE_FMT_BUCKET_OUT;
		}
		memcpy(offsets + 2 * (size_t)i, &offset, sizeof(offset));
	}
	return rc;
}

static int write_buckets(struct building *b, struct stele_placement *p)
{
	struct stele_bucket_part *part = b->part;
	uint32_t bucket;
	int rc = 0;

	part->fmt.nr_buckets = p->nr_buckets;
	part->fmt.max_probe = p->max_probe;
	part->bucket_log2 = b->table->bucket_log2;
	part->data_bytes = (uint64_t)p->nr_buckets << part->bucket_log2;
	part->used_bytes = b->sum + (uint64_t)HEAD_BYTES * p->nr_buckets;
	part->separators = p->separators;
	p->separators = NULL; /* the part's now */
	part->data = calloc(p->nr_buckets, (size_t)1 << part->bucket_log2);
	if (!part->data)
		return -ENOMEM;
	for (bucket = 0; bucket < p->nr_buckets && !rc; bucket++)
		rc = write_bucket(b, p, bucket);
	return rc;
}

/* Signatures order a lone bucket's entries as any other's. */
static int order_lone(struct building *b, struct stele_placement *p)
{
	p->nr_buckets = 1;
	p->room = room_of(b->part->bucket_log2);
	p->hash = b->entries.hash;
	p->cost = b->cost;
	p->nr_entries = b->entries.nr;
	return stele_bucket_place(p);
}

static int write_lone(struct building *b)
{
	struct stele_bucket_part *part = b->part;
	struct stele_placement p;
	int rc;

	part->bucket_log2 = STELE_FMT_BUCKET_MIN_LOG2;
	while (room_of(part->bucket_log2) < b->sum)
		part->bucket_log2++;
	rc = order_lone(b, &p);
	if (!rc)
		rc = check_tags(&p);
	if (rc)
		return rc;
	part->fmt.nr_buckets = 1;
	part->data_bytes = UINT64_C(1) << part->bucket_log2;
	part->used_bytes = b->sum + HEAD_BYTES;
	part->separators = p.separators;
	p.separators = NULL;
	part->data = calloc(1, part->data_bytes);
	rc = part->data ? write_bucket(b, &p, 0) : -ENOMEM;
	stele_placement_free(&p);
	return rc;
}

/* ------------------------------------------------------------ building */

static int build(struct building *b, bool only)
{
	struct stele_placement p;
	int rc = -EAGAIN;

	b->cost = malloc((b->entries.nr + (size_t)1) * sizeof(*b->cost));
	if (!b->cost)
		return -ENOMEM;
	if (only) {
		rc = weigh(b, true);
		if (!rc && b->sum <= room_of(b->table->bucket_log2))
			return write_lone(b);
	}
	rc = weigh(b, false);
	if (rc)
		return rc;
	rc = place(b, only, &p);
	if (rc)
		return rc;
	rc = write_buckets(b, &p);
	stele_placement_free(&p);
	return rc;
}

/* One hash after the other. */
static int try_hash(struct building *b, const struct stele_slice *slice,
		    bool only, unsigned trial)
{
	struct stele_fmt_partition *fmt = &b->part->fmt;
	int rc;

	fmt->hash = STELE_FMT_HASH_XXH3;
	fmt->counter = (uint16_t)trial;
	if (trial >= XXH3_TRIALS) {
		/* who would tune keys to it has to know them all before */
		fmt->hash = STELE_FMT_HASH_SIPHASH;
		fmt->counter = (uint16_t)stele_hash_bytes(slice->bytes,
							  slice->len, trial);
	}
	rc = stele_entries_make(&b->entries, b->table, slice, fmt->hash,
				fmt->counter);
	if (!rc)
		rc = build(b, only);
	if (rc == -STELE_E_DUPLICATE &&
	    stele_buffer_append(&b->part->duplicate, b->entries.duplicate.ptr,
				b->entries.duplicate.len))
		rc = -ENOMEM;
	b->part->nr_keys = b->entries.nr;
	b->part->nr_values = b->table->multi ? b->entries.nr_items :
					       b->entries.nr;
	b->part->nr_duplicates = b->entries.nr_duplicates;
	free(b->cost);
	b->cost = NULL;
	stele_entries_free(&b->entries);
	return rc;
}

int stele_bucket_build(const struct stele_bucket_table *table,
		       const struct stele_slice *slice, bool only,
		       struct stele_bucket_part *part)
{
	struct building b = { .table = table, .part = part };
	unsigned trial;
	int rc = -EAGAIN;

	memset(part, 0, sizeof(*part));
	for (trial = table->first_trial; trial < TRIALS && rc == -EAGAIN;
	     trial++)
		rc = try_hash(&b, slice, only, trial);
	return rc == -EAGAIN ? -STELE_E_LIMIT : rc;
}

void stele_bucket_part_free(struct stele_bucket_part *part)
{
	free(part->data);
	free(part->separators);
	stele_buffer_free(&part->overflow);
	stele_buffer_free(&part->references);
	stele_buffer_free(&part->duplicate);
}
