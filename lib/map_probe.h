/* SPDX-License-Identifier: MIT */
/*
 * Where a key is: from its hash to the one bucket, and from a bucket to the one
 * entry; for integer tables, to the two lines.  Inline, because this is what a
 * lookup does; map.c, map_many.c and the makers of tables share it.
 *
 * Nothing in an image is trusted: every number that is read from it is held
 * against the bounds that stele_map_attach() proved, and then used from a
 * register.  No function here writes to anything but its result.
 *
 * Comparing many bytes at once is behind two function pointers, set once when
 * the library is loaded; every machine has the scalar way.
 */
#ifndef STELE_MAP_PROBE_H
#define STELE_MAP_PROBE_H

#include <string.h>

#include "hash.h"
#include "map.h"
#include "segment.h"

#define STELE_PROBE_TAGS 32u /* compared by one call */
#define STELE_PROBE_LINES 16u /* of a bucket, asked for at once */

/* One way of comparing; the ways differ in nothing but speed. */
struct stele_probe_way {
	const char *name;
	/* Bit i: tags[i] == tag; 32 bytes are read. */
	uint32_t (*tags)(const uint8_t *tags, uint8_t tag);
	/* Bits 0..3: slots of a, bits 4..7: slots of b that hold key. */
	uint32_t (*lines)(const struct stele_fmt_line *a,
			  const struct stele_fmt_line *b, uint64_t key);
};

/* The way in use: the best one of this machine. */
extern struct stele_probe_way stele_probe;

/* The i-th way that this machine can go, slowest first; NULL beyond. */
const struct stele_probe_way *stele_probe_way(unsigned i);

/* The hash of a key in a partition whose plain hashes collide. */
uint64_t stele_probe_rehash(uint64_t seed, unsigned kind, unsigned counter,
			    const void *key, size_t len);

/* The key that marks free slots of an integer table of this seed. */
static inline uint64_t stele_probe_empty_key(uint64_t seed)
{
	return stele_hash_u64(seed ^ UINT64_C(0x656d707479), seed);
}

/* Probe i of hash h among nr buckets. */
static inline uint32_t stele_probe_at(uint64_t h, uint32_t i, uint32_t nr,
				      uint32_t *signature)
{
	uint64_t g = stele_hash_remix(h, i);

	*signature = (uint32_t)(g & 0xffff) * 255 >> 16;
	return stele_hash_range(g >> 32, nr);
}

/* The two lines of hash h in a group of nr lines. */
static inline void stele_probe_lines_of(uint64_t h, uint32_t nr, uint32_t *a,
					uint32_t *b)
{
	uint64_t g = stele_hash_remix(h, 0);

	*a = stele_hash_range(g >> 32, nr);
	*b = stele_hash_range((uint32_t)g, nr);
}

/* ------------------------------------------------------ bucket tables */

/* The only bucket that may hold a key. */
struct stele_place {
	const uint8_t *bucket;
	uint64_t hash; /* under the partition's hash */
	uint8_t tag;
	uint8_t signature;
	uint8_t separator; /* above the signature */
};

static inline const struct stele_fmt_partition *
stele_probe_partition(const struct stele_map *map, uint64_t h)
{
	return map->partitions + stele_hash_range(h >> 32, map->nr_partitions);
}

/*
 * The number of the bucket of a key whose hash under the table's seed is h; the
 * table has a partition.  -STELE_E_ABSENT without having touched a bucket; of
 * *place the bucket itself is not set.
 */
static inline int stele_probe_number(const struct stele_map *map, uint64_t h,
				     const void *key, size_t len,
				     uint64_t *number,
				     struct stele_place *place)
{
	const uint64_t *p = (const void *)stele_probe_partition(map, h);
	uint64_t first = __atomic_load_n(&p[0], __ATOMIC_RELAXED);
	uint64_t rest = __atomic_load_n(&p[1], __ATOMIC_RELAXED);
	uint32_t i, last = rest >> 32 & 0xff, signature;
	uint64_t bucket;
	uint8_t separator;

	if (__builtin_expect(rest >> 40 != 0, 0))
		h = stele_probe_rehash(map->seed, rest >> 40 & 0xff, rest >> 48,
				       key, len);
	for (i = 0; i <= last; i++) {
		bucket = first + stele_probe_at(h, i, rest, &signature);
		if (__builtin_expect(bucket >= map->nr_buckets, 0))
			return -STELE_E_FORMAT;
		separator = __atomic_load_n(&map->separators[bucket],
					    __ATOMIC_RELAXED);
		if (signature < separator) {
			*number = bucket;
			place->hash = h;
			place->tag = (uint8_t)h;
			place->signature = (uint8_t)signature;
			place->separator = separator;
			return 0;
		}
	}
	return -STELE_E_ABSENT;
}

/* The bucket itself. */
static inline int stele_probe_find(const struct stele_map *map, uint64_t h,
				   const void *key, size_t len,
				   struct stele_place *place)
{
	uint64_t number;
	int rc = stele_probe_number(map, h, key, len, &number, place);

	if (!rc)
		place->bucket = map->data + (number << map->bucket_log2);
	return rc;
}

/*
 * A function that does nothing but prefetch has to be inlined by force: gcc 12
 * takes a call of it for one without effect, and drops it.
 */
#define STELE_PREFETCHES inline __attribute__((always_inline))

/*
 * Ask for a bucket, all lines at once.  Of a large one ask for the lines of
 * tags and offsets, and for those where an entry of this signature should be:
 * entries are ordered by signature, and signatures below the separator are
 * equally frequent.
 */
static STELE_PREFETCHES void
stele_probe_prefetch(const struct stele_map *map,
		     const struct stele_place *place)
{
	const uint8_t *p = place->bucket;
	uint32_t lines = 1u << (map->bucket_log2 - 6), i, from;

	if (__builtin_expect(lines <= STELE_PROBE_LINES, 1)) {
		for (i = 0; i < lines; i++)
			__builtin_prefetch(p + 64 * (size_t)i);
		return;
	}
	for (i = 0; i < STELE_PROBE_LINES / 4; i++)
		__builtin_prefetch(p + 64 * (size_t)i);
	from = i + (lines - i) * place->signature / place->separator;
	from = from > lines - 8 ? lines - 12 : from > 8 ? from - 4 : 4;
	for (i = 0; i < STELE_PROBE_LINES * 3 / 4; i++)
		__builtin_prefetch(p + 64 * (size_t)(from + i));
}

/* An entry, or what is left of it, inside the table's bytes. */
struct stele_entry {
	const uint8_t *at;
	const uint8_t *end; /* nothing of the entry lies here or behind */
};

/*
 * Take a LEB128 number of at most 64 bits from an entry; false where it does
 * not end in it.
 */
static inline bool stele_entry_varint(struct stele_entry *e, uint64_t *value)
{
	unsigned shift = 0;
	uint8_t byte;

	*value = 0;
	do {
		if (e->at == e->end || shift > 63)
			return false;
		byte = *e->at++;
		*value |= (uint64_t)(byte & 0x7f) << shift;
		shift += 7;
	} while (byte & 0x80);
	return true;
}

/* Take `len` bytes from an entry; false where it has fewer. */
static inline bool stele_entry_take(struct stele_entry *e, uint64_t len,
				    const uint8_t **p)
{
	if (len > (uint64_t)(e->end - e->at))
		return false;
	*p = e->at;
	e->at += len;
	return true;
}

/* Take the key of an entry. */
static inline bool stele_entry_key(const struct stele_map *map,
				   struct stele_entry *e, const uint8_t **key,
				   uint64_t *len)
{
	*len = 8;
	if (map->key_type != STELE_FMT_KEY_I64 &&
	    map->key_type != STELE_FMT_KEY_U64 && !stele_entry_varint(e, len))
		return false;
	return stele_entry_take(e, *len, key);
}

/* Whether two runs of bytes are equal: most keys are a few words. */
static inline bool stele_entry_equal(const uint8_t *a, const uint8_t *b,
				     size_t len)
{
	if (len < 8 || len > 64) /* b may be NULL where there is nothing */
		return !len || memcmp(a, b, len) == 0;
	for (; len > 8; a += 8, b += 8, len -= 8)
		if (stele_load_unaligned(a) != stele_load_unaligned(b))
			return false;
	return stele_load_unaligned(a + len - 8) ==
	       stele_load_unaligned(b + len - 8);
}

/* Tags and offsets of a bucket, clipped to it. */
struct stele_bucket {
	const uint8_t *at;
	uint32_t bytes;
	uint32_t count;
};

static inline struct stele_bucket stele_bucket_at(const struct stele_map *map,
						  const uint8_t *at)
{
	struct stele_bucket b = { at, 1u << map->bucket_log2, 0 };
	uint16_t count = __atomic_load_n((const uint16_t *)(const void *)at,
					 __ATOMIC_RELAXED);

	b.count = count;
	if (__builtin_expect(2 + 3 * b.count > b.bytes, 0))
		b.count = (b.bytes - 2) / 3;
	return b;
}

static inline uint32_t stele_bucket_offset(const struct stele_bucket *b,
					   uint32_t i)
{
	uint16_t offset;

	memcpy(&offset, b->at + 2 + b->count + 2 * (size_t)i, sizeof(offset));
	return offset;
}

/*
 * Entry i of a bucket.  `hash` NULL: any; else an entry out of line is only
 * looked at where it has this hash.  False where there is none to look at.
 */
static inline bool stele_bucket_entry(const struct stele_map *map,
				      const struct stele_bucket *b, uint32_t i,
				      const uint64_t *hash,
				      struct stele_entry *e)
{
	uint32_t offset = stele_bucket_offset(b, i);
	struct stele_fmt_overflow out;

	e->end = b->at + b->bytes;
	if (__builtin_expect(!(offset & STELE_FMT_BUCKET_OUT), 1)) {
		e->at = b->at + offset;
		return offset < b->bytes;
	}
	offset &= ~STELE_FMT_BUCKET_OUT;
	if (offset + sizeof(out) > b->bytes)
		return false;
	memcpy(&out, b->at + offset, sizeof(out));
	if (hash && out.hash != *hash)
		return false;
	/* no entry is empty: where there is no run, nothing is inside it */
	if (!out.len || out.off < map->fmt.overflow_off ||
	    out.len > map->fmt.overflow_bytes ||
	    out.off - map->fmt.overflow_off > map->fmt.overflow_bytes - out.len)
		return false;
	e->at = map->data + (out.off - map->fmt.data_off);
	e->end = e->at + out.len;
	return true;
}

/* Bit i: entry base + i has the tag. */
static inline uint32_t stele_bucket_tags(const struct stele_bucket *b,
					 uint32_t base, uint8_t tag)
{
	uint32_t mask = stele_probe.tags(b->at + 2 + base, tag);

	if (b->count - base < STELE_PROBE_TAGS)
		mask &= (1u << (b->count - base)) - 1;
	return mask;
}

/*
 * The entry of a key in its bucket: *e is what follows the key.
 * -STELE_E_ABSENT; broken entries are not equal to any key.
 */
static inline int stele_bucket_search(const struct stele_map *map,
				      const struct stele_place *place,
				      const void *key, size_t len,
				      struct stele_entry *e)
{
	struct stele_bucket b = stele_bucket_at(map, place->bucket);
	uint32_t base, mask;
	const uint8_t *stored;
	uint64_t stored_len;

	for (base = 0; base < b.count; base += STELE_PROBE_TAGS)
		for (mask = stele_bucket_tags(&b, base, place->tag); mask;
		     mask &= mask - 1)
			if (stele_bucket_entry(map, &b,
					       base + __builtin_ctz(mask),
					       &place->hash, e) &&
			    stele_entry_key(map, e, &stored, &stored_len) &&
			    stored_len == len &&
			    stele_entry_equal(stored, key, len))
				return 0;
	return -STELE_E_ABSENT;
}

/* ----------------------------------------------------- integer tables */

/* The two lines that may hold a key; the table has a group. */
static inline void stele_probe_pair(const struct stele_map *map, uint64_t key,
				    const struct stele_fmt_line **a,
				    const struct stele_fmt_line **b)
{
	uint64_t h = stele_hash_u64(key, map->seed);
	const struct stele_fmt_line *group =
		(const struct stele_fmt_line *)(const void *)map->data +
		stele_hash_range(h >> 32, map->nr_partitions) *
			map->group_lines;
	uint32_t i, j;

	stele_probe_lines_of(h, map->group_lines, &i, &j);
	*a = group + i;
	*b = group + j;
}

/*
 * The value under a key in its two lines, NULL: absent.  For lookups of which
 * many wait at once: which of the lines has the key is as good as random, so no
 * branch asks for it, for a processor goes on only as long as it guesses right.
 */
static inline const uint64_t *stele_probe_slot(const struct stele_map *map,
					       const struct stele_fmt_line *a,
					       const struct stele_fmt_line *b,
					       uint64_t key)
{
	uint32_t mask = stele_probe.lines(a, b, key);
	uint64_t second = -(uint64_t) !(mask & 0xf);
	uint64_t at = ((uintptr_t)a & ~second) | ((uintptr_t)b & second);

	if (!mask || key == map->empty_key)
		return NULL;
	return ((const struct stele_fmt_line *)(uintptr_t)at)->value +
	       (__builtin_ctz(mask) & (STELE_FMT_LINE_SLOTS - 1));
}

/* Bit i: slot i of a line has the key. */
static inline uint32_t stele_probe_line(const struct stele_fmt_line *line,
					uint64_t key)
{
	return (uint32_t)(line->key[0] == key) |
	       (uint32_t)(line->key[1] == key) << 1 |
	       (uint32_t)(line->key[2] == key) << 2 |
	       (uint32_t)(line->key[3] == key) << 3;
}

/*
 * The same for one lookup whose value is waited for: it goes on as soon as the
 * line that has the key is there, where stele_probe_slot() waits for both.
 */
static inline const uint64_t *
stele_probe_slot_alone(const struct stele_map *map,
		       const struct stele_fmt_line *a,
		       const struct stele_fmt_line *b, uint64_t key)
{
	uint32_t mask;

	__builtin_prefetch(b);
	mask = stele_probe_line(a, key);
	if (!mask) {
		a = b;
		mask = stele_probe_line(a, key);
	}
	if (!mask || key == map->empty_key)
		return NULL;
	return a->value + __builtin_ctz(mask);
}

/* ------------------------------------------------------------- values */

int stele_entry_value_slow(const struct stele_map *map, struct stele_entry *e,
			   struct stele_value *value);

/* The value in the slot of a line. */
static inline int stele_slot_value(const struct stele_map *map,
				   const uint64_t *slot,
				   struct stele_value *value)
{
	struct stele_entry e;

	if (__builtin_expect(map->value_type == STELE_TYPE_U64, 1)) {
		*value = (struct stele_value){ .segment = map->segment,
					       .type = STELE_TYPE_U64,
					       .u.u = *slot };
		return 0;
	}
	e.at = (const uint8_t *)slot;
	e.end = e.at + sizeof(*slot);
	return stele_entry_value_slow(map, &e, value);
}

/* Take one value from an entry.  -STELE_E_FORMAT. */
static inline int stele_entry_value(const struct stele_map *map,
				    struct stele_entry *e,
				    struct stele_value *value)
{
	uint64_t len;

	switch (map->value_type) {
	case STELE_TYPE_U64:
		if (e->end - e->at < 8)
			return -STELE_E_FORMAT;
		*value = (struct stele_value){
			.segment = map->segment,
			.type = STELE_TYPE_U64,
			.u.u = stele_load_unaligned(e->at),
		};
		e->at += 8;
		return 0;
	case STELE_TYPE_STR:
	case STELE_TYPE_BYTES:
		if (!stele_entry_varint(e, &len) ||
		    len > (uint64_t)(e->end - e->at))
			return -STELE_E_FORMAT;
		*value = (struct stele_value){
			.segment = map->segment,
			.type = map->value_type,
			.len = len,
			.u.ptr = (const char *)e->at,
		};
		e->at += len;
		return 0;
	default:
		return stele_entry_value_slow(map, e, value);
	}
}

#endif /* STELE_MAP_PROBE_H */
