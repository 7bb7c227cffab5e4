// SPDX-License-Identifier: MIT
/*
 * Verifying a bucket table: every entry is where a lookup of its key ends, in
 * the order that makes the bytes of a bucket one and only one, and no byte of a
 * bucket is without an owner.
 */
#include "map_probe.h"
#include "verify.h"

struct walk {
	struct stele_verify *v;
	const struct stele_map *map;
	const struct stele_fmt_partition *partition;
	uint32_t number; /* of the partition */
	uint32_t max_probe; /* reached in it */
	uint64_t bucket;
	/* a bucket of the partition: the least signature that went on, or 255 */
	struct stele_buffer least;
	uint64_t nr_keys;
	uint64_t nr_values;
	uint64_t used;
	uint64_t overflow; /* where the next out-of-line entry lies */

	/* the entry before, in this bucket */
	const uint8_t *key; /* NULL: none */
	uint64_t key_len;
	uint64_t hash;
	uint32_t signature;
};

static uint64_t offset_of(const struct stele_map *map, const uint8_t *p)
{
	return map->fmt.data_off + (uint64_t)(p - map->data);
}

static int broken(const struct walk *w, const uint8_t *p,
		  enum stele_invariant invariant)
{
	return stele_verify_broken(w->v, offset_of(w->map, p), invariant);
}

/* ---------------------------------------------------------------- entry */

/* The hash of a key in its partition; false where it belongs to another. */
static bool hash_in(const struct walk *w, const uint8_t *key, uint64_t len,
		    uint64_t *hash)
{
	const struct stele_fmt_partition *p = w->partition;
	uint64_t h = stele_hash_bytes(key, len, w->map->seed);
	uint32_t number = stele_hash_range(h >> 32, w->map->nr_partitions);

	if (p->hash != STELE_FMT_HASH_XXH3 || p->counter)
		h = stele_probe_rehash(w->map->seed, p->hash, p->counter, key,
				       len);
	*hash = h;
	return number == w->number;
}

/* Whether a lookup of this hash ends in the bucket; its probe and signature. */
static bool leads_here(struct walk *w, uint64_t hash, uint32_t *signature)
{
	for (uint32_t i = 0; i <= w->partition->max_probe; i++) {
		uint64_t at = stele_probe_at(hash, i, w->partition->nr_buckets,
					     signature);
		uint64_t bucket = w->partition->first_bucket + at;

		if (*signature >= w->map->separators[bucket]) {
			if (*signature < w->least.ptr[at])
				w->least.ptr[at] = (uint8_t)*signature;
			continue;
		}
		if (i > w->max_probe)
			w->max_probe = i;
		return bucket == w->bucket;
	}
	return false;
}

/* Whether an entry comes behind the one before it, which it replaces. */
static bool in_order(struct walk *w, uint32_t signature, uint64_t hash,
		     const uint8_t *key, uint64_t len)
{
	bool ordered = !w->key || w->signature < signature;
	uint64_t shorter = len < w->key_len ? len : w->key_len;
	int c;

	if (!ordered && w->signature == signature) {
		ordered = w->hash < hash;
		if (w->hash == hash) {
			c = memcmp(w->key, key, shorter);
			ordered = c < 0 || (!c && w->key_len < len);
		}
	}
	w->signature = signature;
	w->hash = hash;
	w->key = key;
	w->key_len = len;
	return ordered;
}

/* A varint without needless bytes. */
static int take_varint(struct walk *w, struct stele_entry *e, uint64_t *value)
{
	const uint8_t *begin = e->at;

	if (!stele_entry_varint(e, value))
		return broken(w, begin, STELE_I_ENTRY_LENGTH);
	if ((e->at - begin > 1 && !e->at[-1]) ||
	    (e->at - begin == 10 && e->at[-1] > 1))
		return broken(w, begin, STELE_I_ENTRY_VARINT);
	return 0;
}

static bool varies(unsigned type)
{
	return type == STELE_TYPE_STR || type == STELE_TYPE_BYTES;
}

static int verify_values(struct walk *w, struct stele_entry *e,
			 const struct stele_verify_entry *entry)
{
	uint64_t nr = 1, len = w->map->value_bytes;
	const uint8_t *p, *first;
	int rc = 0;

	if (w->map->multi)
		rc = take_varint(w, e, &nr);
	if (!rc && !nr)
		return broken(w, e->at, STELE_I_ENTRY_LENGTH);
	first = e->at;
	for (uint64_t i = 0; !rc && i < nr; i++) {
		if (varies(w->map->value_type))
			rc = take_varint(w, e, &len);
		if (!rc && !stele_entry_take(e, len, &p))
			return broken(w, e->at, STELE_I_ENTRY_LENGTH);
		if (!rc)
			rc = stele_verify_value(w->v, entry, p, len);
	}
	w->nr_values += nr;
	if (!rc && w->map->fmt.decl != STELE_FMT_NONE)
		rc = stele_verify_rows_differ(w->v, entry->at, first, nr,
					      w->map->value_bytes);
	return rc;
}

/* The bytes [e->at, ...) of an entry; e->at ends behind them. */
static int verify_entry(struct walk *w, struct stele_entry *e, uint8_t tag,
			const uint64_t *stored_hash)
{
	struct stele_verify_entry entry = { .map = w->map,
					    .at = offset_of(w->map, e->at) };
	uint32_t signature;
	uint64_t hash;
	int rc = 0;

	entry.key_len = 8;
	if (w->map->key_type != STELE_FMT_KEY_I64 &&
	    w->map->key_type != STELE_FMT_KEY_U64)
		rc = take_varint(w, e, &entry.key_len);
	if (rc)
		return rc;
	if (!stele_entry_take(e, entry.key_len, &entry.key))
		return broken(w, e->at, STELE_I_ENTRY_LENGTH);
	if (!hash_in(w, entry.key, entry.key_len, &hash) ||
	    !leads_here(w, hash, &signature))
		return broken(w, entry.key, STELE_I_BUCKET_PLACE);
	if (tag != (uint8_t)hash)
		return broken(w, entry.key, STELE_I_BUCKET_TAG);
	if (stored_hash && *stored_hash != hash)
		return broken(w, entry.key, STELE_I_ENTRY_OUT);
	if (!in_order(w, signature, hash, entry.key, entry.key_len))
		return broken(w, entry.key, STELE_I_BUCKET_ORDER);
	rc = stele_verify_key(w->v, &entry);
	if (!rc)
		rc = verify_values(w, e, &entry);
	w->nr_keys++;
	return rc;
}

/* --------------------------------------------------------------- bucket */

/* The longest entry in line: a lone bucket is as small as its entries allow. */
static uint64_t longest(const struct stele_map *map)
{
	return 1ull << ((map->nr_buckets == 1 ? STELE_FMT_BUCKET_MAX_LOG2 :
						map->bucket_log2) -
			2);
}

/* An entry out of line: the bucket holds its place, the overflow run itself. */
static int verify_out(struct walk *w, const uint8_t *at, uint8_t tag)
{
	const struct stele_fmt_table *fmt = &w->map->fmt;
	struct stele_fmt_overflow out;
	struct stele_entry e;
	uint64_t zero;
	int rc;

	memcpy(&out, at, sizeof(out));
	if (out.off != w->overflow || out.len <= longest(w->map) ||
	    out.len > ((fmt->overflow_off + fmt->overflow_bytes - out.off) &
		       ~7ull))
		return broken(w, at, STELE_I_ENTRY_OUT);
	w->overflow += (out.len + 7) & ~7ull;
	zero = stele_verify_zeros(w->v, out.off + out.len, w->overflow);
	if (zero != w->overflow)
		return stele_verify_broken(w->v, zero, STELE_I_ENTRY_OUT);
	e.at = w->map->data + (out.off - fmt->data_off);
	e.end = e.at + out.len;
	rc = verify_entry(w, &e, tag, &out.hash);
	if (!rc && e.at != e.end)
		return broken(w, e.at, STELE_I_ENTRY_LENGTH);
	return rc;
}

/* Entry i, which must begin at *next of the bucket. */
static int verify_at(struct walk *w, const struct stele_bucket *b, uint32_t i,
		     uint32_t *next)
{
	uint32_t offset = stele_bucket_offset(b, i);
	bool out = offset & STELE_FMT_BUCKET_OUT;
	const uint8_t *at = b->at + *next;
	struct stele_entry e = { at, b->at + b->bytes };
	int rc;

	if ((offset & ~STELE_FMT_BUCKET_OUT) != *next)
		return broken(w, b->at, STELE_I_BUCKET_PACKED);
	if (out) {
		if (b->bytes - *next < sizeof(struct stele_fmt_overflow))
			return broken(w, b->at, STELE_I_BUCKET_BOUNDS);
		*next += sizeof(struct stele_fmt_overflow);
		return verify_out(w, at, b->at[2 + i]);
	}
	rc = verify_entry(w, &e, b->at[2 + i], NULL);
	if (!rc && (uint64_t)(e.at - at) > longest(w->map))
		return broken(w, at, STELE_I_ENTRY_OUT);
	*next = (uint32_t)(e.at - b->at);
	return rc;
}

static int verify_bucket(struct walk *w)
{
	const uint8_t *at = w->map->data + (w->bucket << w->map->bucket_log2);
	struct stele_bucket b = stele_bucket_at(w->map, at);
	uint64_t end = offset_of(w->map, at) + b.bytes, zero;
	uint32_t next;
	uint16_t count;
	int rc = 0;

	memcpy(&count, at, sizeof(count));
	if (count != b.count)
		return broken(w, at, STELE_I_BUCKET_BOUNDS);
	next = 2 + 3 * b.count;
	w->key = NULL;
	for (uint32_t i = 0; !rc && i < b.count; i++)
		rc = verify_at(w, &b, i, &next);
	if (rc)
		return rc;
	w->used += next;
	zero = stele_verify_zeros(w->v, offset_of(w->map, at) + next, end);
	if (zero != end)
		return stele_verify_broken(w->v, zero, STELE_I_BUCKET_PACKED);
	return 0;
}

/* ------------------------------------------------------------ partitions */

/* A separator is no higher than what went on, and sank for that only. */
static int verify_separators(struct walk *w)
{
	const struct stele_fmt_partition *p = w->partition;
	const uint8_t *separators = w->map->separators + p->first_bucket;

	for (uint32_t i = 0; i < p->nr_buckets; i++)
		if (separators[i] != w->least.ptr[i])
			return stele_verify_broken(w->v,
						   w->map->fmt.separators_off +
							   p->first_bucket + i,
						   STELE_I_SEPARATOR_LEAST);
	return 0;
}

static int verify_partition(struct walk *w, uint64_t *first)
{
	const struct stele_fmt_partition *p = w->partition;
	uint64_t at = w->map->fmt.partitions_off + w->number * sizeof(*p);
	int rc = 0;

	if (p->first_bucket != *first || !p->nr_buckets ||
	    p->nr_buckets > w->map->nr_buckets - *first)
		return stele_verify_broken(w->v, at, STELE_I_PARTITION_ORDER);
	if (p->max_probe > STELE_FMT_MAX_PROBE)
		return stele_verify_broken(w->v, at, STELE_I_PARTITION_PROBE);
	if (p->hash > STELE_FMT_HASH_SIPHASH)
		return stele_verify_broken(w->v, at, STELE_I_PARTITION_HASH);
	w->max_probe = 0;
	w->least.len = 0;
	if (stele_buffer_reserve(&w->least, p->nr_buckets))
		return stele_fail(w->v->err, -ENOMEM, "no memory for a table");
	memset(w->least.ptr, 255, p->nr_buckets);
	for (uint32_t i = 0; !rc && i < p->nr_buckets; i++) {
		w->bucket = *first + i;
		rc = verify_bucket(w);
	}
	if (!rc && w->max_probe != p->max_probe)
		rc = stele_verify_broken(w->v, at, STELE_I_PARTITION_PROBE);
	if (!rc)
		rc = verify_separators(w);
	*first += p->nr_buckets;
	if (!rc)
		rc = stele_verify_progress(
			w->v, (uint64_t)p->nr_buckets << w->map->bucket_log2);
	return rc;
}

int stele_verify_buckets(struct stele_verify *v, const struct stele_map *map)
{
	const struct stele_fmt_table *fmt = &map->fmt;
	struct walk w = { .v = v, .map = map, .overflow = fmt->overflow_off };
	struct stele_fmt_partition partition;
	uint64_t first = 0;
	int rc = 0;

	for (; !rc && w.number < map->nr_partitions; w.number++) {
		/* a copy, so that what is proved of it stays true */
		partition = map->partitions[w.number];
		w.partition = &partition;
		rc = verify_partition(&w, &first);
	}
	stele_buffer_free(&w.least);
	if (rc)
		return rc;
	if (first != map->nr_buckets)
		return stele_verify_broken(v, fmt->partitions_off,
					   STELE_I_PARTITION_ORDER);
	if (w.overflow != fmt->overflow_off + fmt->overflow_bytes)
		return stele_verify_broken(v, fmt->overflow_off,
					   STELE_I_ENTRY_OUT);
	return stele_verify_counts(v, map, w.nr_keys, w.nr_values, w.used);
}
