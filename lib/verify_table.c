// SPDX-License-Identifier: MIT
/*
 * Verifying tables: descriptors and names, that the parts of all tables fill
 * their sections, and keys and values by type.  Where entries lie is the
 * business of verify_bucket.c, verify_integer.c and verify_filter.c.
 */
#include <unistr.h>

#include "canonical.h"
#include "map_probe.h"
#include "verify.h"

static uint64_t descriptor_of(const struct stele_verify *v,
			      const struct stele_map *map)
{
	const struct stele_fmt_header *h = &v->seg->header;

	for (uint32_t i = 0; i < h->nr_sections; i++)
		if (h->section[i].kind == STELE_FMT_SECTION_TABLES)
			return h->section[i].off +
			       (uint64_t)(map - v->seg->maps) *
				       sizeof(struct stele_fmt_table);
	return 0;
}

static int broken(const struct stele_verify *v, const struct stele_map *map,
		  enum stele_invariant invariant)
{
	return stele_verify_broken(v, descriptor_of(v, map), invariant);
}

/* ---------------------------------------------------------- descriptors */

static int compare_names(const void *a, const void *b)
{
	const struct stele_str *x = a, *y = b;
	size_t shorter = x->len < y->len ? x->len : y->len;
	int c = memcmp(x->ptr, y->ptr, shorter);

	return c ? c : (x->len > y->len) - (x->len < y->len);
}

/* Names follow the descriptors and each other, and differ. */
static int verify_names(struct stele_verify *v,
			const struct stele_fmt_section *s)
{
	uint64_t next = s->off + s->nr_items * sizeof(struct stele_fmt_table);
	struct stele_str *names;
	int rc = 0;

	names = calloc(v->seg->nr_maps, sizeof(*names));
	if (!names)
		return stele_fail(v->err, -ENOMEM, "no memory for names");
	for (uint32_t i = 0; !rc && i < v->seg->nr_maps; i++) {
		const struct stele_fmt_table *fmt = &v->seg->maps[i].fmt;
		const uint8_t *name = v->seg->base + fmt->name_off;

		if (fmt->name_off != next || !fmt->name_len ||
		    u8_check(name, fmt->name_len))
			rc = broken(v, &v->seg->maps[i], STELE_I_TABLE_NAME);
		next += fmt->name_len;
		names[i].ptr = (const char *)name;
		names[i].len = fmt->name_len;
	}
	if (!rc && next != s->off + s->len)
		rc = stele_verify_broken(v, next, STELE_I_TABLE_NAME);
	if (!rc)
		qsort(names, v->seg->nr_maps, sizeof(*names), compare_names);
	for (uint32_t i = 1; !rc && i < v->seg->nr_maps; i++)
		if (!compare_names(&names[i - 1], &names[i]))
			rc = stele_verify_broken(v, s->off,
						 STELE_I_TABLE_UNIQUE);
	free(names);
	return rc;
}

/* The schema's tables come first, each under its number. */
static int verify_declaration(struct stele_verify *v, uint32_t i)
{
	const struct stele_map *map = &v->seg->maps[i];
	const struct stele_fmt_table *fmt = &map->fmt;
	const struct stele_fmt_decl *d;
	struct stele_str name;

	if (i >= v->schema->head->nr_tables) {
		bool rows = fmt->value_type == STELE_TYPE_RECORD;

		if (fmt->decl != STELE_FMT_NONE ||
		    rows != (fmt->record != STELE_FMT_NONE))
			return broken(v, map, STELE_I_TABLE_RECORD);
		return 0;
	}
	d = &v->schema->tables[i];
	name = stele_schema_str(v->schema, d->name);
	if (fmt->decl != i || fmt->record != d->record ||
	    fmt->filter != stele_decl_filter(d) ||
	    fmt->value_type !=
		    (fmt->filter ? STELE_TYPE_BOOL : STELE_TYPE_RECORD) ||
	    fmt->key_type != stele_schema_key_type(v->schema, i) ||
	    map->multi != !!(d->flags & STELE_FMT_DECL_F_MULTI) ||
	    fmt->name_len != name.len ||
	    memcmp(v->seg->base + fmt->name_off, name.ptr, name.len) != 0)
		return broken(v, map, STELE_I_TABLE_RECORD);
	return 0;
}

/* ---------------------------------------------------------------- space */

/* A run of bytes that a table has in a section. */
struct part {
	uint64_t off;
	uint64_t len;
	uint64_t align; /* it begins at the next multiple of this */
	uint64_t or_align; /* or of this */
};

static int compare_parts(const void *a, const void *b)
{
	const struct part *x = a, *y = b;

	return (x->off > y->off) - (x->off < y->off);
}

static void add_part(struct part *parts, size_t *n, struct part part)
{
	if (part.len)
		parts[(*n)++] = part;
}

static void add_data(struct part *parts, size_t *n,
		     const struct stele_fmt_table *t)
{
	add_part(parts, n,
		 (struct part){ t->data_off, t->nr_buckets << t->bucket_log2,
				STELE_FMT_BLOCK, STELE_FMT_EXTENT });
	add_part(parts, n,
		 (struct part){ t->overflow_off, t->overflow_bytes, 1, 1 });
}

static void add_index(struct part *parts, size_t *n,
		      const struct stele_fmt_table *t)
{
	uint64_t each = 0;

	if (t->kind == STELE_FMT_TABLE_BUCKET) {
		each = sizeof(struct stele_fmt_partition);
		add_part(parts, n,
			 (struct part){ t->separators_off, t->nr_buckets, 1,
					1 });
	} else if (t->kind == STELE_FMT_TABLE_FILTER) {
		each = sizeof(struct stele_fmt_filter);
	}
	add_part(parts, n,
		 (struct part){ t->partitions_off, t->nr_partitions * each, 64,
				64 });
}

/* The parts of all tables in sections of one kind, in the image's order. */
static size_t collect(const struct stele_verify *v, uint32_t kind,
		      struct part *parts)
{
	size_t n = 0;

	for (uint32_t i = 0; i < v->seg->nr_maps; i++) {
		const struct stele_fmt_table *t = &v->seg->maps[i].fmt;

		if (kind == STELE_FMT_SECTION_TABLE_DATA)
			add_data(parts, &n, t);
		else
			add_index(parts, &n, t);
	}
	qsort(parts, n, sizeof(*parts), compare_parts);
	return n;
}

/* Whether a part is the next behind `at`. */
static bool is_next(const struct part *p, uint64_t at)
{
	return p->off == ((at + p->align - 1) & ~(p->align - 1)) ||
	       p->off == ((at + p->or_align - 1) & ~(p->or_align - 1));
}

/* The parts from *i on that lie in a section, and the zeros between them. */
static int verify_section(struct stele_verify *v,
			  const struct stele_fmt_section *s,
			  const struct part *parts, size_t n, size_t *i)
{
	uint64_t at = s->off, end = s->off + s->len;

	for (; *i < n && parts[*i].off < end; ++*i) {
		const struct part *p = &parts[*i];

		if (!is_next(p, at) || p->len > end - p->off)
			return stele_verify_broken(v, p->off,
						   STELE_I_TABLE_SPACE);
		if (stele_verify_zeros(v, at, p->off) != p->off)
			return stele_verify_broken(v, at, STELE_I_TABLE_SPACE);
		at = p->off + p->len;
	}
	if (at != end)
		return stele_verify_broken(v, at, STELE_I_TABLE_SPACE);
	return 0;
}

static int verify_space(struct stele_verify *v, uint32_t kind)
{
	const struct stele_fmt_header *h = &v->seg->header;
	struct part *parts = calloc(2ull * v->seg->nr_maps + 1, sizeof(*parts));
	size_t n, i = 0;
	int rc = 0;

	if (!parts)
		return stele_fail(v->err, -ENOMEM, "no memory for tables");
	n = collect(v, kind, parts);
	for (uint32_t k = 0; !rc && k < h->nr_sections; k++) {
		const struct stele_fmt_section *s = &h->section[k];

		if (s->kind != kind)
			continue;
		if (s->nr_items != v->seg->nr_maps)
			rc = stele_verify_broken(v, s->off,
						 STELE_I_SECTION_ITEMS);
		else
			rc = verify_section(v, s, parts, n, &i);
	}
	if (!rc && i < n)
		rc = stele_verify_broken(v, parts[i].off, STELE_I_TABLE_SPACE);
	free(parts);
	return rc;
}

/* ------------------------------------------------------ keys and values */

int stele_verify_key(struct stele_verify *v, const struct stele_verify_entry *e)
{
	if (e->key_len > STELE_CANONICAL_MAX)
		return stele_verify_broken(v, e->at, STELE_I_ENTRY_KEY);
	switch (e->map->key_type) {
	case STELE_FMT_KEY_STR:
		if (u8_check(e->key, e->key_len))
			break;
		return 0;
	case STELE_FMT_KEY_CANONICAL:
		if (!stele_canonical_check(e->key, e->key_len))
			break;
		return 0;
	default:
		return 0;
	}
	return stele_verify_broken(v, e->at, STELE_I_ENTRY_KEY);
}

/* A row of the table's record; in a declared table, with this very key. */
static int verify_row(struct stele_verify *v,
		      const struct stele_verify_entry *e, const uint8_t *p,
		      uint64_t len)
{
	uint64_t pos = 0, head;
	bool found;
	int rc;

	memcpy(&pos, p, len < sizeof(pos) ? len : sizeof(pos));
	if (pos >> 61)
		return stele_verify_broken(v, e->at, STELE_I_ENTRY_ROW);
	pos *= 8;
	if (!stele_verify_is_start(v, pos))
		return stele_verify_broken(v, e->at, STELE_I_ENTRY_ROW);
	head = stele_load(v->seg, pos);
	if (STELE_FMT_HEAD_KIND(head) != STELE_FMT_KIND_RECORD ||
	    STELE_FMT_HEAD_COUNT(head) != e->map->fmt.record ||
	    !(STELE_FMT_HEAD_FLAGS(head) & STELE_FMT_OBJ_F_ROW))
		return stele_verify_broken(v, e->at, STELE_I_ENTRY_ROW);
	if (e->map->fmt.decl == STELE_FMT_NONE)
		return 0;
	rc = stele_verify_row_key(v, e->map->fmt.decl, e->map->key_type, pos,
				  &found);
	if (rc)
		return rc;
	if (!found || v->key.len != e->key_len ||
	    (e->key_len && memcmp(v->key.ptr, e->key, e->key_len) != 0))
		return stele_verify_broken(v, e->at, STELE_I_ENTRY_ROW_KEY);
	return 0;
}

static int verify_word(struct stele_verify *v,
		       const struct stele_verify_entry *e, const uint8_t *p)
{
	uint64_t word = stele_load_unaligned(p);

	if (word == STELE_FMT_UNSET)
		return stele_verify_broken(v, e->at, STELE_I_WORD_UNSET);
	return stele_verify_word(v, (uint64_t)(p - v->seg->base), word);
}

int stele_verify_value(struct stele_verify *v,
		       const struct stele_verify_entry *e, const uint8_t *p,
		       uint64_t len)
{
	unsigned type = e->map->value_type;
	size_t width = stele_type_width(type);

	switch (type) {
	case STELE_TYPE_RECORD:
		return verify_row(v, e, p, len);
	case STELE_TYPE_ANY:
		return verify_word(v, e, p);
	case STELE_TYPE_BYTES:
		return 0;
	case STELE_TYPE_STR:
		if (u8_check(p, len))
			return stele_verify_broken(v, e->at,
						   STELE_I_ENTRY_VALUE);
		return 0;
	}
	if (!stele_verify_raw(v, type, p))
		return stele_verify_broken(v, e->at, STELE_I_ENTRY_VALUE);
	for (; width < len; width++)
		if (p[width])
			return stele_verify_broken(v, e->at,
						   STELE_I_ENTRY_VALUE);
	return 0;
}

static bool has_key(const struct stele_map *map, const uint8_t *key, size_t len)
{
	const struct stele_fmt_line *a, *b;
	struct stele_place place;
	struct stele_entry entry;
	uint64_t integer;

	if (!map->nr_partitions)
		return false;
	if (map->kind == STELE_FMT_TABLE_INTEGER) {
		memcpy(&integer, key, sizeof(integer));
		stele_probe_pair(map, integer, &a, &b);
		return stele_probe_slot(map, a, b, integer) != NULL;
	}
	return !stele_probe_find(map, stele_hash_bytes(key, len, map->seed),
				 key, len, &place) &&
	       !stele_bucket_search(map, &place, key, len, &entry);
}

int stele_verify_spend_rows(struct stele_verify *v, const struct stele_map *map)
{
	uint64_t bytes = 0;

	for (uint32_t i = 0; i < v->seg->nr_heaps; i++)
		bytes += v->seg->heaps[i].len;
	return stele_verify_spend(v, descriptor_of(v, map),
				  bytes / STELE_CANONICAL_STEP);
}

/* Every key that a row has is in the table, by a lookup of each. */
static int verify_keys(struct stele_verify *v, const struct stele_map *map)
{
	struct stele_rows rows = STELE_ROWS_BEGIN;
	struct stele_value row;
	bool found;
	int rc = stele_verify_spend_rows(v, map);

	while (!rc && !stele_segment_next_row(v->seg, &rows, &row)) {
		if (row.record != map->fmt.record)
			continue;
		rc = stele_verify_row_key(v, map->fmt.decl, map->key_type,
					  row.u.pos, &found);
		if (!rc && found && !has_key(map, v->key.ptr, v->key.len))
			rc = stele_verify_broken(v, row.u.pos,
						 STELE_I_TABLE_ROWS);
	}
	return rc;
}

int stele_verify_counts(struct stele_verify *v, const struct stele_map *map,
			uint64_t nr_keys, uint64_t nr_values, uint64_t used)
{
	const struct stele_fmt_table *fmt = &map->fmt;
	uint64_t keyed;

	if (fmt->nr_keys != nr_keys || fmt->nr_values != nr_values)
		return broken(v, map, STELE_I_TABLE_COUNT);
	if (fmt->used_bytes != used)
		return broken(v, map, STELE_I_TABLE_USED);
	if (!nr_keys && fmt->nr_buckets)
		return broken(v, map, STELE_I_TABLE_ZERO);
	if (fmt->decl == STELE_FMT_NONE)
		return 0;
	/* a unique table may have left out rows, but of keys that it has */
	keyed = v->nr_keyed[fmt->decl];
	if (map->kind == STELE_FMT_TABLE_FILTER)
		return nr_keys > keyed ? broken(v, map, STELE_I_TABLE_ROWS) : 0;
	if (map->multi ? nr_values != keyed : nr_values > keyed)
		return broken(v, map, STELE_I_TABLE_ROWS);
	return nr_values == keyed ? 0 : verify_keys(v, map);
}

/* ---------------------------------------------------------------- tables */

/* A position divided by 8 takes four bytes, and more only where L is so long. */
static bool has_row_bytes(const struct stele_verify *v,
			  const struct stele_map *map)
{
	return map->kind != STELE_FMT_TABLE_BUCKET || !map->nr_partitions ||
	       map->value_type != STELE_TYPE_RECORD || map->value_bytes == 4 ||
	       v->seg->len / 8 >> (8 * (map->value_bytes - 1));
}

static int verify_table(struct stele_verify *v, uint32_t i)
{
	const struct stele_map *map = &v->seg->maps[i];
	uint64_t off = descriptor_of(v, map);
	int rc;

	/* what was opened is what lies there */
	if (memcmp(v->seg->base + off, &map->fmt, sizeof(map->fmt)) != 0)
		return broken(v, map, STELE_I_TABLE_KIND);
	if (!has_row_bytes(v, map))
		return broken(v, map, STELE_I_ROW_BYTES);
	rc = verify_declaration(v, i);
	if (rc)
		return rc;
	switch (map->kind) {
	case STELE_FMT_TABLE_INTEGER:
		return stele_verify_lines(v, map);
	case STELE_FMT_TABLE_FILTER:
		return stele_verify_filter(v, map);
	default:
		return stele_verify_buckets(v, map);
	}
}

int stele_verify_tables(struct stele_verify *v)
{
	const struct stele_fmt_header *h = &v->seg->header;
	int rc = 0;

	for (uint32_t i = 0; !rc && i < h->nr_sections; i++)
		if (h->section[i].kind == STELE_FMT_SECTION_TABLES)
			rc = verify_names(v, &h->section[i]);
	if (!rc)
		rc = verify_space(v, STELE_FMT_SECTION_TABLE_DATA);
	if (!rc)
		rc = verify_space(v, STELE_FMT_SECTION_TABLE_INDEX);
	if (!rc && v->seg->nr_maps < v->schema->head->nr_tables)
		rc = stele_verify_broken(
			v, offsetof(struct stele_fmt_header, nr_sections),
			STELE_I_TABLE_RECORD);
	for (uint32_t i = 0; !rc && i < v->seg->nr_maps; i++)
		rc = verify_table(v, i);
	return rc;
}
