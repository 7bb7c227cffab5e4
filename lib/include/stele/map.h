/* SPDX-License-Identifier: MIT */
/*
 * Tables: from a key to a value, at one place in memory a lookup.
 *
 * A lookup returns 0, -STELE_E_ABSENT, -STELE_E_TYPE where the table has keys of
 * another type, -STELE_E_FORMAT on broken bytes.  It never allocates or writes.
 * Sources: separators after Gonnet and Larson, JACM 35(1), 1988; two candidate
 * lines of four for integers; for filters the ribbon of Dillinger and others, SEA
 * 2022; doc/FORMAT.md has all three to the byte.
 */
#ifndef STELE_MAP_H
#define STELE_MAP_H

#include <stele/record.h>

STELE_BEGIN_DECLS

enum stele_map_kind {
	STELE_MAP_BUCKET = 1,
	STELE_MAP_INTEGER = 2,
	STELE_MAP_FILTER = 3, /* keys not stored: true, or surely absent */
};

enum stele_key_type {
	STELE_KEY_STR = 1,
	STELE_KEY_BYTES = 2,
	STELE_KEY_I64 = 3,
	STELE_KEY_U64 = 4,
	STELE_KEY_CANONICAL = 5, /* any hashable values, one or several */
};

struct stele_map_info {
	size_t size; /* in: sizeof(struct stele_map_info) */
	struct stele_str name;
	enum stele_map_kind kind;
	enum stele_key_type key;
	enum stele_type value; /* RECORD where rows are referred to */
	bool multi;
	uint32_t record; /* schema record of the rows, UINT32_MAX: none */
	uint32_t table; /* the schema's table, UINT32_MAX: none */
	uint64_t nr_keys;
	uint64_t nr_values;
	uint64_t bucket_bytes; /* INTEGER: 64 */
	uint64_t nr_buckets;
	uint64_t index_bytes; /* separators and partitions, or parts */
	uint64_t data_bytes; /* buckets or lines, and overflow */
	uint64_t used_bytes; /* of data_bytes */
	uint32_t nr_partitions;
	uint32_t max_probe; /* the largest of all partitions */
	double fill; /* used part of buckets or lines; FILTER: keys a slot; 0..1 */
	uint32_t filter; /* FILTER: an absent key is found once in this many */
	uint32_t filter_bits; /* FILTER: columns, the most that a key has */
};

STELE_API int stele_map_info(const struct stele_map *map,
			     struct stele_map_info *info);

/*
 * The value under a key of a unique table.  A multi table: -STELE_E_TYPE, see
 * stele_map_find_*().  A filter answers BOOL true for each key it was given and,
 * wrongly, for one other in info.filter; it has no keys to go through.  get_str
 * serves BYTES keys too.  A number outside the domain of the table's keys is
 * absent.
 */
STELE_API int stele_map_get_str(const struct stele_map *map, const char *key,
				size_t len, struct stele_value *value);
STELE_API int stele_map_get_u64(const struct stele_map *map, uint64_t key,
				struct stele_value *value);
STELE_API int stele_map_get_i64(const struct stele_map *map, int64_t key,
				struct stele_value *value);
/*
 * Any key: nr values, one a key field.  Converts as the canonical encoding
 * does: 7, 7.0 and u8 7 are one key.  -STELE_E_LIMIT where the canonical
 * encoding of a key takes more than 64 KiB.
 */
STELE_API int stele_map_get(const struct stele_map *map,
			    const struct stele_value *key, uint32_t nr,
			    struct stele_value *value);

/*
 * n lookups together, staged so that their memory accesses overlap: about a
 * quarter of the time of n single ones.  Absent keys give STELE_TYPE_ABSENT.
 * Returns the first error; values are then undefined.
 */
STELE_API int stele_map_get_many_str(const struct stele_map *map,
				     const struct stele_str *keys, size_t n,
				     struct stele_value *values);
STELE_API int stele_map_get_many_u64(const struct stele_map *map,
				     const uint64_t *keys, size_t n,
				     struct stele_value *values);
STELE_API int stele_map_get_many_i64(const struct stele_map *map,
				     const int64_t *keys, size_t n,
				     struct stele_value *values);

/*
 * All values under one key, unique or multi; plain data of the caller's.  `len`
 * is what the image claims: in one that was not verified it may be any number,
 * so allocate nothing by it, and go on until stele_matches_next() says no.
 */
struct stele_matches {
	const struct stele_map *map;
	uint64_t len; /* values; a hint */
	uint64_t next; /* offset of the value that comes next */
	uint64_t end;
	uint64_t done; /* values taken */
};

STELE_API int stele_map_find_str(const struct stele_map *map, const char *key,
				 size_t len, struct stele_matches *matches);
STELE_API int stele_map_find_u64(const struct stele_map *map, uint64_t key,
				 struct stele_matches *matches);
STELE_API int stele_map_find_i64(const struct stele_map *map, int64_t key,
				 struct stele_matches *matches);
STELE_API int stele_map_find(const struct stele_map *map,
			     const struct stele_value *key, uint32_t nr,
			     struct stele_matches *matches);
/* By a canonical encoding, as stele_map_next() gives keys of such a table. */
STELE_API int stele_map_find_encoded(const struct stele_map *map,
				     const void *encoding, size_t len,
				     struct stele_matches *matches);
/* The next value in input order; -STELE_E_ABSENT behind the last. */
STELE_API int stele_matches_next(struct stele_matches *matches,
				 struct stele_value *value);

/* All keys in table order, with their values.  A filter: -STELE_E_TYPE. */
struct stele_cursor {
	uint64_t bucket;
	uint64_t entry;
};
#define STELE_CURSOR_BEGIN \
	{                  \
		0, 0       \
	}

/*
 * A key of several fields, or of a canonical table, comes as its canonical
 * encoding: type BYTES.  -STELE_E_ABSENT behind the last.
 */
STELE_API int stele_map_next(const struct stele_map *map,
			     struct stele_cursor *cursor,
			     struct stele_value *key,
			     struct stele_matches *matches);

/*
 * An encoded key taken apart: plain data of the caller's, which points into the
 * encoding.  Of several fields it is a TUPLE.
 *
 *	stele_map_next(map, &cursor, &encoded, &matches);
 *	stele_key_read(encoded.u.ptr, encoded.len, &key);
 *	while (!stele_key_next(&key, NULL, &part))
 *		...
 *
 * An encoding says what a key is equal to: an integer, whatever type it had, is
 * I64 where it fits, else U64, else BIGINT; another number that is a double is
 * F64, the rest DECIMAL; a ZONED has the offset 0; a row is a RECORD.
 */
struct stele_key {
	enum stele_type type; /* a scalar's, TUPLE, SET, RECORD or USER */
	uint32_t depth; /* 1, of a part one more than what it stands in; <= 65 */
	struct stele_value value; /* a scalar; it belongs to no segment */
	struct stele_str encoding; /* all of it: a key by itself */
	struct stele_str name; /* RECORD, USER */
	/* USER: its bytes; TUPLE, SET, RECORD: the parts not taken yet */
	struct stele_str bytes;
	/* TUPLE, SET: items; RECORD: fields that are set; <= encoding.len / 2 */
	uint64_t len;
	uint64_t done; /* parts taken */
};

/*
 * -STELE_E_FORMAT for bytes that are no encoding; what comes is inside them.
 * Text is not proved to be UTF-8 and times not to be in their range, as in all
 * values.  Never allocates; a walk over all parts takes linear time.
 */
STELE_API int stele_key_read(const void *encoding, size_t len,
			     struct stele_key *key);

/*
 * The next part of a TUPLE, a SET in its stored order, or a RECORD with the name
 * of the field (*name, may be NULL), shorter names first.  -STELE_E_ABSENT behind
 * the last; -STELE_E_TYPE: it has no parts; -STELE_E_FORMAT.
 */
STELE_API int stele_key_next(struct stele_key *key, struct stele_str *name,
			     struct stele_key *part);

STELE_END_DECLS

#endif /* STELE_MAP_H */
