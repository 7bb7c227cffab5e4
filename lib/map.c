// SPDX-License-Identifier: MIT
/*
 * Tables as readers use them: checked once when the segment is opened, then
 * asked.  What a lookup does with memory is in map_probe.h; here is which of
 * its ways suits the table and the key.
 */
#include <errno.h>
#include <string.h>

#include "canonical.h"
#include "fail.h"
#include "filter.h"
#include "invariant.h"
#include "map.h"
#include "map_probe.h"
#include "segment.h"

#define likely(x) __builtin_expect(!!(x), 1)

/* ---------------------------------------------------------------- attach */

static bool is_integer_key(unsigned key_type)
{
	return key_type == STELE_FMT_KEY_I64 || key_type == STELE_FMT_KEY_U64;
}

static bool is_text(unsigned type)
{
	return type == STELE_TYPE_STR || type == STELE_TYPE_BYTES;
}

static bool value_bytes_fit(const struct stele_fmt_table *fmt)
{
	switch (fmt->value_type) {
	case STELE_TYPE_STR:
	case STELE_TYPE_BYTES:
		return fmt->value_bytes == 0;
	case STELE_TYPE_ANY:
		return fmt->value_bytes == 8;
	case STELE_TYPE_RECORD:
		return fmt->value_bytes <= 8 &&
		       fmt->value_bytes >=
			       (fmt->kind == STELE_FMT_TABLE_INTEGER ? 8 : 4);
	default:
		return stele_type_width(fmt->value_type) &&
		       fmt->value_bytes == stele_type_width(fmt->value_type);
	}
}

/* What only filters have, and what they have not. */
static bool is_filter(const struct stele_fmt_table *fmt)
{
	return fmt->filter >= STELE_FMT_FILTER_MIN &&
	       fmt->filter <= STELE_FMT_FILTER_MAX && !fmt->flags &&
	       fmt->value_type == STELE_TYPE_BOOL && !fmt->value_bytes &&
	       fmt->bucket_log2 == STELE_FMT_BUCKET_MIN_LOG2;
}

static int check_types(const struct stele_fmt_table *fmt, uint64_t off,
		       struct stele_error *err)
{
	bool integer = fmt->kind == STELE_FMT_TABLE_INTEGER;
	bool filter = fmt->kind == STELE_FMT_TABLE_FILTER;

	if (fmt->flags & STELE_FMT_TABLE_F_CLUSTERED)
		return stele_fail_at(
			err, -STELE_E_FEATURE, off, STELE_I_TABLE_KIND,
			"a table of a kind that this version lacks");
	if (fmt->flags & ~STELE_FMT_TABLE_F_ALL)
		return stele_broken(err, off, STELE_I_TABLE_FLAGS);
	if (fmt->kind < STELE_FMT_TABLE_BUCKET ||
	    fmt->kind > STELE_FMT_TABLE_FILTER ||
	    fmt->key_type < STELE_FMT_KEY_STR ||
	    fmt->key_type > STELE_FMT_KEY_CANONICAL ||
	    !(filter ? is_filter(fmt) : !fmt->filter && value_bytes_fit(fmt)) ||
	    fmt->bucket_log2 < STELE_FMT_BUCKET_MIN_LOG2 ||
	    fmt->bucket_log2 > STELE_FMT_BUCKET_MAX_LOG2)
		return stele_broken(err, off, STELE_I_TABLE_KIND);
	if (integer &&
	    (!is_integer_key(fmt->key_type) || is_text(fmt->value_type) ||
	     fmt->value_bytes > 8 || fmt->flags ||
	     fmt->bucket_log2 != STELE_FMT_BUCKET_MIN_LOG2))
		return stele_broken(err, off, STELE_I_TABLE_KIND);
	return 0;
}

/* nr pieces of `each` bytes at `at`, a multiple of align, inside [0, L). */
static bool holds(const struct stele_segment *segment, uint64_t at, uint64_t nr,
		  uint64_t each, uint64_t align)
{
	uint64_t len;

	return at % align == 0 && !__builtin_mul_overflow(nr, each, &len) &&
	       stele_inside(segment, at, len);
}

/* The index of a table: separators and partitions, or the parts of a filter. */
static bool holds_index(const struct stele_segment *segment,
			const struct stele_fmt_table *fmt)
{
	switch (fmt->kind) {
	case STELE_FMT_TABLE_BUCKET:
		return holds(segment, fmt->separators_off, fmt->nr_buckets, 1,
			     1) &&
		       holds(segment, fmt->partitions_off, fmt->nr_partitions,
			     sizeof(struct stele_fmt_partition), 8);
	case STELE_FMT_TABLE_FILTER:
		return holds(segment, fmt->partitions_off, fmt->nr_partitions,
			     sizeof(struct stele_fmt_filter), 8);
	default:
		return true;
	}
}

static int check_bounds(const struct stele_segment *segment,
			const struct stele_fmt_table *fmt, uint64_t off,
			struct stele_error *err)
{
	bool integer = fmt->kind == STELE_FMT_TABLE_INTEGER;

	if (!stele_inside(segment, fmt->name_off, fmt->name_len))
		return stele_broken(err, off, STELE_I_TABLE_NAME);
	if (!holds(segment, fmt->data_off, fmt->nr_buckets,
		   UINT64_C(1) << fmt->bucket_log2, 64) ||
	    !holds(segment, fmt->overflow_off, fmt->overflow_bytes, 1, 8) ||
	    (fmt->overflow_bytes && fmt->overflow_off < fmt->data_off) ||
	    !holds_index(segment, fmt))
		return stele_broken(err, off, STELE_I_TABLE_BOUNDS);
	if (!fmt->nr_partitions && fmt->nr_buckets)
		return stele_broken(err, off, STELE_I_TABLE_COUNT);
	if (!integer || !fmt->nr_partitions)
		return 0;
	if (fmt->nr_buckets % fmt->nr_partitions ||
	    fmt->nr_buckets / fmt->nr_partitions > STELE_FMT_GROUP_LINES ||
	    !fmt->nr_buckets)
		return stele_broken(err, off, STELE_I_LINE_GROUPS);
	return 0;
}

static int check_schema(const struct stele_segment *segment,
			const struct stele_fmt_table *fmt, uint64_t off,
			struct stele_error *err)
{
	const struct stele_fmt_schema_head *head = segment->schema->head;

	if ((fmt->record != STELE_FMT_NONE &&
	     fmt->record >= head->nr_records) ||
	    (fmt->decl != STELE_FMT_NONE && fmt->decl >= head->nr_tables))
		return stele_broken(err, off, STELE_I_TABLE_RECORD);
	return 0;
}

void stele_map_attach_raw(const struct stele_segment *segment,
			  const struct stele_fmt_table *fmt,
			  const uint8_t *data, const uint8_t *separators,
			  const void *partitions, struct stele_map *map)
{
	*map = (struct stele_map){
		.segment = segment,
		.data = data,
		.separators = separators,
		.partitions = partitions,
		.seed = fmt->seed,
		.nr_buckets = fmt->nr_buckets,
		.empty_key = fmt->empty_key,
		.nr_partitions = fmt->nr_partitions,
		.kind = (uint8_t)fmt->kind,
		.key_type = fmt->key_type,
		.value_type = fmt->value_type,
		.value_bytes = fmt->value_bytes,
		.bucket_log2 = fmt->bucket_log2,
		.multi = fmt->flags & STELE_FMT_TABLE_F_MULTI,
		.fmt = *fmt,
	};
	if (fmt->kind == STELE_FMT_TABLE_INTEGER && fmt->nr_partitions)
		map->group_lines = fmt->nr_buckets / fmt->nr_partitions;
	if (fmt->kind == STELE_FMT_TABLE_FILTER) {
		map->filters = (const void *)partitions;
		map->nr_filters = fmt->nr_partitions;
		map->nr_partitions = 0;
		map->columns = (uint8_t)stele_filter_columns(fmt->filter);
	}
}

int stele_map_attach(const struct stele_segment *segment,
		     const struct stele_fmt_table *fmt, uint64_t off,
		     struct stele_map *map, struct stele_error *err)
{
	const uint8_t *separators = NULL, *partitions = NULL;
	int rc = check_types(fmt, off, err);

	if (!rc)
		rc = check_bounds(segment, fmt, off, err);
	if (!rc)
		rc = check_schema(segment, fmt, off, err);
	if (rc)
		return rc;
	/* an integer table has no index, and what it says of one is no offset */
	if (fmt->kind == STELE_FMT_TABLE_BUCKET)
		separators = segment->base + fmt->separators_off;
	if (fmt->kind != STELE_FMT_TABLE_INTEGER)
		partitions = segment->base + fmt->partitions_off;
	stele_map_attach_raw(segment, fmt, segment->base + fmt->data_off,
			     separators, partitions, map);
	return 0;
}

/* ------------------------------------------------------------------ info */

static uint32_t largest_probe(const struct stele_map *map)
{
	uint32_t i, largest = 0;

	if (map->kind != STELE_FMT_TABLE_BUCKET)
		return 0;
	for (i = 0; i < map->nr_partitions; i++)
		if (map->partitions[i].max_probe > largest)
			largest = map->partitions[i].max_probe;
	return largest;
}

int stele_map_info(const struct stele_map *map, struct stele_map_info *result)
{
	const struct stele_fmt_table *fmt = &map->fmt;
	uint64_t bytes = fmt->nr_buckets << fmt->bucket_log2;
	struct stele_map_info info = {
		.size = result->size,
		.kind = (enum stele_map_kind)fmt->kind,
		.key = (enum stele_key_type)fmt->key_type,
		.value = (enum stele_type)fmt->value_type,
		.multi = map->multi,
		.record = fmt->record,
		.table = fmt->decl,
		.nr_keys = fmt->nr_keys,
		.nr_values = fmt->nr_values,
		.bucket_bytes = UINT64_C(1) << fmt->bucket_log2,
		.nr_buckets = fmt->nr_buckets,
		.data_bytes = bytes + fmt->overflow_bytes,
		.used_bytes = fmt->used_bytes + fmt->overflow_bytes,
		.nr_partitions = fmt->nr_partitions,
		.max_probe = largest_probe(map),
		.fill = bytes ? (double)fmt->used_bytes / (double)bytes : 0,
		.filter = fmt->filter,
	};

	if (result->size < sizeof(result->size))
		return -EINVAL;
	if (map->segment->base && fmt->name_len) {
		info.name.ptr =
			(const char *)map->segment->base + fmt->name_off;
		info.name.len = fmt->name_len;
	}
	if (fmt->kind == STELE_FMT_TABLE_BUCKET)
		info.index_bytes =
			fmt->nr_buckets +
			fmt->nr_partitions * sizeof(struct stele_fmt_partition);
	if (fmt->kind == STELE_FMT_TABLE_FILTER) {
		info.index_bytes =
			fmt->nr_partitions * sizeof(struct stele_fmt_filter);
		info.filter_bits = map->columns + 1u;
		info.fill = stele_filter_fill(map);
	}
	if (result->size > sizeof(info))
		memset((uint8_t *)result + sizeof(info), 0,
		       result->size - sizeof(info));
	memcpy(result, &info,
	       result->size < sizeof(info) ? result->size : sizeof(info));
	return 0;
}

/* ---------------------------------------------------------------- lookup */

/* A table of no partitions has no keys, or keeps none. */
static __attribute__((noinline)) int search_filter(const struct stele_map *map,
						   const void *key, size_t len,
						   struct stele_entry *e)
{
	e->at = e->end = map->data;
	return map->kind == STELE_FMT_TABLE_FILTER ?
		       stele_filter_get(map, key, len) :
		       -STELE_E_ABSENT;
}

/* The entry behind a key of a bucket table; an empty one in a filter. */
static inline int search(const struct stele_map *map, const void *key,
			 size_t len, struct stele_entry *e)
{
	struct stele_place place;
	int rc;

	if (!map->nr_partitions)
		return search_filter(map, key, len, e);
	rc = stele_probe_find(map, stele_hash_bytes(key, len, map->seed), key,
			      len, &place);
	if (rc)
		return rc;
	stele_probe_prefetch(map, &place);
	return stele_bucket_search(map, &place, key, len, e);
}

/* The slot of a key of an integer table; NULL: absent. */
static inline const uint64_t *search_lines(const struct stele_map *map,
					   uint64_t key)
{
	const struct stele_fmt_line *a, *b;

	if (!map->nr_partitions)
		return NULL;
	stele_probe_pair(map, key, &a, &b);
	return stele_probe_slot_alone(map, a, b, key);
}

/* The value behind a key of 8 bytes in a table of any kind. */
static int search_word(const struct stele_map *map, uint64_t key,
		       struct stele_entry *e)
{
	const uint64_t *slot;

	if (map->kind != STELE_FMT_TABLE_INTEGER)
		return search(map, &key, sizeof(key), e);
	slot = search_lines(map, key);
	if (!slot)
		return -STELE_E_ABSENT;
	e->at = (const uint8_t *)slot;
	e->end = e->at + sizeof(*slot);
	return 0;
}

/* A canonical key of one field or several; apart, so that its room on the stack
 * is not taken by other lookups. */
static __attribute__((noinline)) int
search_canonical(const struct stele_map *map, const struct stele_value *key,
		 uint32_t nr, struct stele_entry *e)
{
	uint8_t room[STELE_CANONICAL_MAX];
	size_t len;
	int rc = stele_canonical_key(room, sizeof(room), &len, key, nr);

	if (rc == -ENOSPC)
		return -STELE_E_LIMIT;
	return rc ? rc : search(map, room, len, e);
}

/*
 * An integer of any size, or a decimal, as a key of 8 bytes: what is larger has a
 * longer encoding, what is no integer another tag.
 */
static int key_big(const struct stele_map *map, const struct stele_value *key,
		   uint64_t *word)
{
	bool is_signed = map->key_type == STELE_FMT_KEY_I64;
	uint8_t room[10] = { 0 };
	size_t len;
	int rc = stele_canonical_value(room, sizeof(room), &len, key);

	if (rc || room[0] != 0x10)
		return rc == -STELE_E_FORMAT ? rc : -STELE_E_ABSENT;
	memset(room + len, 0, sizeof(room) - len);
	*word = stele_load_unaligned(room + 2);
	if (room[1])
		return *word >> 63 && is_signed ? -STELE_E_ABSENT : 0;
	if (!is_signed || *word > UINT64_C(1) << 63)
		return -STELE_E_ABSENT;
	*word = -*word;
	return 0;
}

/*
 * A number as a key of 8 bytes.  -STELE_E_ABSENT where the table's type has no
 * such number, -STELE_E_TYPE where it is none.
 */
static int key_word(const struct stele_map *map, const struct stele_value *key,
		    uint64_t *word)
{
	bool is_signed = map->key_type == STELE_FMT_KEY_I64;
	double f = key->u.f;

	switch (key->type) {
	case STELE_TYPE_I8:
	case STELE_TYPE_I16:
	case STELE_TYPE_I32:
	case STELE_TYPE_I64:
		*word = key->u.u;
		return key->u.i >= 0 || is_signed ? 0 : -STELE_E_ABSENT;
	case STELE_TYPE_U8:
	case STELE_TYPE_U16:
	case STELE_TYPE_U32:
	case STELE_TYPE_U64:
		*word = key->u.u;
		return key->u.i >= 0 || !is_signed ? 0 : -STELE_E_ABSENT;
	case STELE_TYPE_F32:
	case STELE_TYPE_F64:
		/* 2^63 and 2^64 are doubles: what is below them fits */
		if (!(f >= (is_signed ? -0x1p63 : 0) &&
		      f < (is_signed ? 0x1p63 : 0x1p64)))
			return -STELE_E_ABSENT;
		*word = is_signed ? (uint64_t)(int64_t)f : (uint64_t)f;
		return (is_signed ? (double)(int64_t)*word : (double)*word) ==
				       f ?
			       0 :
			       -STELE_E_ABSENT;
	case STELE_TYPE_BIGINT:
	case STELE_TYPE_DECIMAL:
		return key_big(map, key, word);
	default:
		return -STELE_E_TYPE;
	}
}

static int search_any(const struct stele_map *map,
		      const struct stele_value *key, uint32_t nr,
		      struct stele_entry *e)
{
	uint64_t word;
	int rc;

	if (map->key_type == STELE_FMT_KEY_CANONICAL)
		return search_canonical(map, key, nr, e);
	if (nr != 1)
		return -STELE_E_TYPE;
	switch (map->key_type) {
	case STELE_FMT_KEY_STR:
	case STELE_FMT_KEY_BYTES:
		if (key->type != (map->key_type == STELE_FMT_KEY_STR ?
					  STELE_TYPE_STR :
					  STELE_TYPE_BYTES))
			return -STELE_E_TYPE;
		return search(map, key->u.ptr, key->len, e);
	default:
		rc = key_word(map, key, &word);
		return rc ? rc : search_word(map, word, e);
	}
}

static int search_str(const struct stele_map *map, const char *key, size_t len,
		      struct stele_entry *e)
{
	if (likely(map->key_type <= STELE_FMT_KEY_BYTES))
		return search(map, key, len, e);
	return search_any(map,
			  &(struct stele_value){ .type = STELE_TYPE_STR,
						 .len = len,
						 .u.ptr = key },
			  1, e);
}

/* ------------------------------------------------------------ one value */

int stele_map_get_str(const struct stele_map *map, const char *key, size_t len,
		      struct stele_value *value)
{
	struct stele_entry e;
	int rc;

	if (map->multi)
		return -STELE_E_TYPE;
	rc = search_str(map, key, len, &e);
	return rc ? rc : stele_entry_value(map, &e, value);
}

/* Any table but an integer table of this type of key. */
static int get_number(const struct stele_map *map,
		      const struct stele_value *key, struct stele_value *value)
{
	struct stele_entry e;
	int rc;

	if (map->multi)
		return -STELE_E_TYPE;
	rc = search_any(map, key, 1, &e);
	return rc ? rc : stele_entry_value(map, &e, value);
}

static bool has_lines_of(const struct stele_map *map, unsigned key_type)
{
	return likely(map->kind == STELE_FMT_TABLE_INTEGER &&
		      map->key_type == key_type);
}

static int get_slot(const struct stele_map *map, uint64_t key,
		    struct stele_value *value)
{
	const uint64_t *slot = search_lines(map, key);

	return slot ? stele_slot_value(map, slot, value) : -STELE_E_ABSENT;
}

int stele_map_get_u64(const struct stele_map *map, uint64_t key,
		      struct stele_value *value)
{
	if (has_lines_of(map, STELE_FMT_KEY_U64))
		return get_slot(map, key, value);
	return get_number(map,
			  &(struct stele_value){ .type = STELE_TYPE_U64,
						 .u.u = key },
			  value);
}

int stele_map_get_i64(const struct stele_map *map, int64_t key,
		      struct stele_value *value)
{
	if (has_lines_of(map, STELE_FMT_KEY_I64))
		return get_slot(map, (uint64_t)key, value);
	return get_number(map,
			  &(struct stele_value){ .type = STELE_TYPE_I64,
						 .u.i = key },
			  value);
}

int stele_map_get(const struct stele_map *map, const struct stele_value *key,
		  uint32_t nr, struct stele_value *value)
{
	struct stele_entry e;
	int rc;

	if (map->multi)
		return -STELE_E_TYPE;
	rc = search_any(map, key, nr, &e);
	return rc ? rc : stele_entry_value(map, &e, value);
}

/* ------------------------------------------------------------ all values */

/* The values of an entry, its key taken. */
static int take_matches(const struct stele_map *map, struct stele_entry *e,
			struct stele_matches *matches)
{
	uint64_t len = 1;

	if (map->multi && !stele_entry_varint(e, &len))
		return -STELE_E_FORMAT;
	*matches = (struct stele_matches){
		.map = map,
		.len = len,
		.next = (uint64_t)(e->at - map->data),
		.end = (uint64_t)(e->end - map->data),
	};
	return 0;
}

int stele_map_find_str(const struct stele_map *map, const char *key, size_t len,
		       struct stele_matches *matches)
{
	struct stele_entry e;
	int rc = search_str(map, key, len, &e);

	return rc ? rc : take_matches(map, &e, matches);
}

int stele_map_find_u64(const struct stele_map *map, uint64_t key,
		       struct stele_matches *matches)
{
	struct stele_entry e;
	int rc = search_any(map,
			    &(struct stele_value){ .type = STELE_TYPE_U64,
						   .u.u = key },
			    1, &e);

	return rc ? rc : take_matches(map, &e, matches);
}

int stele_map_find_i64(const struct stele_map *map, int64_t key,
		       struct stele_matches *matches)
{
	struct stele_entry e;
	int rc = search_any(map,
			    &(struct stele_value){ .type = STELE_TYPE_I64,
						   .u.i = key },
			    1, &e);

	return rc ? rc : take_matches(map, &e, matches);
}

int stele_map_find(const struct stele_map *map, const struct stele_value *key,
		   uint32_t nr, struct stele_matches *matches)
{
	struct stele_entry e;
	int rc = search_any(map, key, nr, &e);

	return rc ? rc : take_matches(map, &e, matches);
}

int stele_map_find_encoded(const struct stele_map *map, const void *encoding,
			   size_t len, struct stele_matches *matches)
{
	struct stele_entry e;
	int rc = -STELE_E_TYPE;

	if (map->key_type == STELE_FMT_KEY_CANONICAL)
		rc = search(map, encoding, len, &e);
	return rc ? rc : take_matches(map, &e, matches);
}

int stele_matches_next(struct stele_matches *matches, struct stele_value *value)
{
	const struct stele_map *map = matches->map;
	struct stele_entry e;
	int rc;

	if (matches->done >= matches->len)
		return -STELE_E_ABSENT;
	e.at = map->data + matches->next;
	e.end = map->data + matches->end;
	rc = stele_entry_value(map, &e, value);
	if (rc)
		return rc;
	matches->next = (uint64_t)(e.at - map->data);
	matches->done++;
	return 0;
}

/* -------------------------------------------------------------- all keys */

static void key_value(const struct stele_map *map, const uint8_t *key,
		      uint64_t len, struct stele_value *value)
{
	*value = (struct stele_value){ .segment = map->segment };
	switch (map->key_type) {
	case STELE_FMT_KEY_I64:
	case STELE_FMT_KEY_U64:
		value->type = map->key_type == STELE_FMT_KEY_I64 ?
				      STELE_TYPE_I64 :
				      STELE_TYPE_U64;
		value->u.u = stele_load_unaligned(key);
		break;
	default:
		value->type = map->key_type == STELE_FMT_KEY_STR ?
				      STELE_TYPE_STR :
				      STELE_TYPE_BYTES;
		value->len = len;
		value->u.ptr = (const char *)key;
	}
}

/* The next used slot; -STELE_E_ABSENT behind the last. */
static int next_slot(const struct stele_map *map, struct stele_cursor *cursor,
		     const uint8_t **key, struct stele_entry *e)
{
	const struct stele_fmt_line *lines =
		(const struct stele_fmt_line *)(const void *)map->data;

	for (; cursor->bucket < map->nr_buckets; cursor->bucket++) {
		const struct stele_fmt_line *line = &lines[cursor->bucket];

		while (cursor->entry < STELE_FMT_LINE_SLOTS) {
			uint64_t slot = cursor->entry++;

			if (line->key[slot] == map->empty_key)
				continue;
			*key = (const uint8_t *)&line->key[slot];
			e->at = (const uint8_t *)&line->value[slot];
			e->end = e->at + 8;
			return 0;
		}
		cursor->entry = 0;
	}
	return -STELE_E_ABSENT;
}

/* The next entry, its key taken.  A broken one is passed over by the error. */
static int next_entry(const struct stele_map *map, struct stele_cursor *cursor,
		      const uint8_t **key, uint64_t *len, struct stele_entry *e)
{
	for (; cursor->bucket < map->nr_buckets; cursor->bucket++) {
		struct stele_bucket b = stele_bucket_at(
			map, map->data + (cursor->bucket << map->bucket_log2));

		if (cursor->entry < b.count) {
			uint32_t i = (uint32_t)cursor->entry++;

			return stele_bucket_entry(map, &b, i, NULL, e) &&
					       stele_entry_key(map, e, key,
							       len) ?
				       0 :
				       -STELE_E_FORMAT;
		}
		cursor->entry = 0;
	}
	return -STELE_E_ABSENT;
}

int stele_map_next(const struct stele_map *map, struct stele_cursor *cursor,
		   struct stele_value *key, struct stele_matches *matches)
{
	struct stele_entry e;
	const uint8_t *at;
	uint64_t len = 8;
	int rc;

	if (map->kind == STELE_FMT_TABLE_FILTER)
		return -STELE_E_TYPE;
	rc = map->kind == STELE_FMT_TABLE_INTEGER ?
		     next_slot(map, cursor, &at, &e) :
		     next_entry(map, cursor, &at, &len, &e);
	if (!rc)
		rc = take_matches(map, &e, matches);
	if (!rc)
		key_value(map, at, len, key);
	return rc;
}
