// SPDX-License-Identifier: MIT
/*
 * Attaching to an image: header, sections and trailer are copied, and the copies
 * are checked, so that what was proved stays true however the image changes.
 * Then what an open segment offers at once: schema, roots, tables, rows.
 *
 * What is checked here is what costs the same for any size; every other byte is
 * checked where it is read, or by verify.
 */
#include <stdlib.h>
#include <string.h>

#include "digest.h"
#include "fail.h"
#include "hash.h"
#include "invariant.h"
#include "segment.h"

#define MAX_LENGTH (1ull << 62) /* no sum of offsets overflows below it */

typedef unsigned long long ull;

static uint64_t round_up(uint64_t n, uint64_t align)
{
	return (n + align - 1) & ~(align - 1);
}

static bool all_zero(const void *p, size_t len)
{
	const uint8_t *bytes = p;

	for (size_t i = 0; i < len; i++)
		if (bytes[i])
			return false;
	return true;
}

#define HEADER_AT(member) offsetof(struct stele_fmt_header, member)

/* ------------------------------------------------------------- header */

static uint64_t header_checksum(const struct stele_fmt_header *header)
{
	struct stele_fmt_header copy = *header;

	copy.checksum = 0;
	return stele_hash_bytes(&copy, sizeof(copy), 0);
}

static int truncated(struct stele_error *err, uint64_t have, uint64_t need)
{
	return stele_fail_at(err, -STELE_E_FORMAT, have,
			     STELE_I_TRAILER_PRESENT,
			     "truncated: %llu bytes where %s %llu", (ull)have,
			     need == STELE_FMT_BLOCK ? "the header alone has" :
						       "the segment has",
			     (ull)need);
}

/* Magic and version: what must hold before the rest has a meaning. */
static int load_header(struct stele_segment *seg, struct stele_error *err)
{
	struct stele_fmt_header *h = &seg->header;
	uint64_t have = seg->home_bytes;

	if (have < sizeof(h->magic) ||
	    memcmp(seg->base, STELE_FMT_MAGIC, sizeof(h->magic)) != 0)
		return stele_fail_at(err, -STELE_E_FORMAT, 0,
				     STELE_I_HEADER_MAGIC,
				     "not a segment: it begins otherwise");
	if (have < sizeof(*h))
		return truncated(err, have, sizeof(*h));
	memcpy(h, seg->base, sizeof(*h));
	if (h->major != STELE_FMT_MAJOR)
		return stele_fail_at(
			err, -STELE_E_VERSION, HEADER_AT(major),
			STELE_I_HEADER_MAJOR,
			"format version %u%s, this library reads %u%s",
			h->major & ~STELE_FMT_DEVELOPMENT,
			h->major & STELE_FMT_DEVELOPMENT ? " (development)" :
							   "",
			STELE_FMT_MAJOR & ~STELE_FMT_DEVELOPMENT,
			STELE_FMT_MAJOR & STELE_FMT_DEVELOPMENT ?
				" (development)" :
				"");
	if (h->header_bytes != STELE_FMT_BLOCK)
		return stele_broken(err, HEADER_AT(header_bytes),
				    STELE_I_HEADER_BYTES);
	if (h->checksum != header_checksum(h))
		return stele_broken(err, HEADER_AT(checksum),
				    STELE_I_HEADER_CHECKSUM);
	return 0;
}

static int check_features(const struct stele_fmt_header *h,
			  struct stele_error *err)
{
	uint64_t unknown = h->incompat & ~STELE_FMT_INCOMPAT_KNOWN;
	const char *name = "";

	if (!unknown)
		return 0;
	unknown &= -unknown;
	if (unknown == STELE_FMT_INCOMPAT_CLUSTERED)
		name = " (clustered tables)";
	else if (unknown == STELE_FMT_INCOMPAT_PATCH)
		name = " (a patch over another segment)";
	return stele_fail_at(err, -STELE_E_FEATURE, HEADER_AT(incompat),
			     STELE_I_HEADER_INCOMPAT,
			     "needs feature bit %d%s, unknown to this library",
			     __builtin_ctzll(unknown), name);
}

static int check_header(const struct stele_fmt_header *h,
			struct stele_error *err)
{
	bool paged = h->compat & STELE_FMT_COMPAT_PAGED;
	int rc;

	rc = check_features(h, err);
	if (rc)
		return rc;
	if (h->extra_heap)
		return stele_broken(err, HEADER_AT(extra_heap),
				    STELE_I_HEADER_ZERO);
	if (!all_zero(h->zero, sizeof(h->zero)))
		return stele_broken(err, HEADER_AT(zero), STELE_I_HEADER_ZERO);
	if (h->nr_sections > STELE_FMT_MAX_SECTIONS)
		return stele_broken(err, HEADER_AT(nr_sections),
				    STELE_I_HEADER_SECTIONS);
	if (h->share_log2 > 28)
		return stele_broken(err, HEADER_AT(share_log2),
				    STELE_I_HEADER_SHARE);
	if (paged ? h->granule_log2 < 12 || h->granule_log2 > 16 :
		    h->granule_log2 != 0)
		return stele_broken(err, HEADER_AT(granule_log2),
				    STELE_I_HEADER_GRANULE);
	if (h->len_bytes < STELE_FMT_BLOCK || h->len_bytes > MAX_LENGTH)
		return stele_broken(err, HEADER_AT(len_bytes),
				    STELE_I_HEADER_LENGTH);
	return 0;
}

/* ----------------------------------------------------------- sections */

static uint64_t section_at(uint32_t i)
{
	return HEADER_AT(section) + i * sizeof(struct stele_fmt_section);
}

/* A kind this library has no use for, which a feature bit tells it to skip. */
static bool announced(const struct stele_fmt_header *h, uint32_t kind)
{
	const uint64_t known = STELE_FMT_COMPAT_PAGED |
			       STELE_FMT_COMPAT_INTERPRETER |
			       STELE_FMT_COMPAT_LIVE;

	switch (kind) {
	case STELE_FMT_SECTION_INTERPRETER:
		return h->compat & STELE_FMT_COMPAT_INTERPRETER;
	case STELE_FMT_SECTION_LIVE:
		return h->compat & STELE_FMT_COMPAT_LIVE;
	default:
		return kind > STELE_FMT_SECTION_PATCH_BASE &&
		       h->compat & ~known;
	}
}

static bool is_known(uint32_t kind)
{
	return kind >= STELE_FMT_SECTION_HEAP &&
	       kind <= STELE_FMT_SECTION_SCHEMA;
}

static bool is_aligned(const struct stele_fmt_section *s, uint64_t end)
{
	if (s->kind != STELE_FMT_SECTION_TABLE_DATA)
		return s->off == round_up(end, 64);
	return s->off == round_up(end, STELE_FMT_BLOCK) ||
	       s->off == round_up(end, STELE_FMT_EXTENT);
}

static int check_section(const struct stele_fmt_header *h, uint32_t i,
			 uint64_t end, struct stele_error *err)
{
	const struct stele_fmt_section *s = &h->section[i];
	uint64_t at = section_at(i);

	if (!is_known(s->kind) && !announced(h, s->kind))
		return stele_fail_at(err, -STELE_E_FORMAT, at,
				     STELE_I_SECTION_KIND,
				     "section %u is of unknown kind %u", i,
				     s->kind);
	if (s->flags & ~STELE_FMT_SECTION_F_ALL)
		return stele_broken(err, at, STELE_I_SECTION_FLAGS);
	if (!all_zero(s->zero, sizeof(s->zero)))
		return stele_broken(err, at, STELE_I_SECTION_ZERO);
	if (!s->len || s->off < STELE_FMT_BLOCK || s->off > h->len_bytes ||
	    s->len > h->len_bytes - s->off)
		return stele_broken(err, at, STELE_I_SECTION_BOUNDS);
	if (s->off < end)
		return stele_broken(err, at, STELE_I_SECTION_ORDER);
	if (!is_aligned(s, end) ||
	    (s->kind == STELE_FMT_SECTION_HEAP && s->len % 8))
		return stele_broken(err, at, STELE_I_SECTION_ALIGN);
	return 0;
}

static int check_sections(struct stele_segment *seg, struct stele_error *err)
{
	const struct stele_fmt_header *h = &seg->header;
	uint64_t end = STELE_FMT_BLOCK;
	unsigned nr_schemas = 0, nr_tables = 0;
	uint32_t i;
	int rc;

	for (i = 0; i < h->nr_sections; i++) {
		const struct stele_fmt_section *s = &h->section[i];

		rc = check_section(h, i, end, err);
		if (rc)
			return rc;
		end = s->off + s->len;
		nr_schemas += s->kind == STELE_FMT_SECTION_SCHEMA;
		nr_tables += s->kind == STELE_FMT_SECTION_TABLES;
		if (nr_schemas > 1 || nr_tables > 1)
			return stele_broken(err, section_at(i),
					    STELE_I_SECTION_ONCE);
		if (s->kind == STELE_FMT_SECTION_HEAP) {
			seg->heaps[seg->nr_heaps].off = s->off;
			seg->heaps[seg->nr_heaps++].len = s->len;
		}
	}
	if (!all_zero(&h->section[i],
		      (STELE_FMT_MAX_SECTIONS - i) * sizeof(h->section[0])))
		return stele_broken(err, section_at(i), STELE_I_SECTION_ZERO);
	if (end != h->len_bytes)
		return stele_broken(err, HEADER_AT(len_bytes),
				    STELE_I_HEADER_LENGTH);
	return 0;
}

/* ------------------------------------------------------------ trailer */

static int check_trailer(struct stele_segment *seg, struct stele_error *err)
{
	struct stele_fmt_trailer *t = &seg->trailer;
	uint64_t tree = round_up(seg->len, STELE_FMT_BLOCK);
	uint64_t tree_bytes = stele_digest_tree_bytes(seg->len);
	uint64_t at = tree + tree_bytes;

	seg->image_bytes = at + sizeof(*t);
	if (seg->home_bytes < seg->image_bytes)
		return truncated(err, seg->home_bytes, seg->image_bytes);
	memcpy(t, seg->base + at, sizeof(*t));
	if (memcmp(t->magic, STELE_FMT_TRAILER_MAGIC, sizeof(t->magic)) != 0)
		return stele_broken(err, at, STELE_I_TRAILER_MAGIC);
	if (t->len_bytes != seg->len)
		return stele_broken(err, at, STELE_I_TRAILER_LENGTH);
	if (t->tree_off != tree || t->tree_bytes != tree_bytes)
		return stele_broken(err, at, STELE_I_TRAILER_TREE);
	return 0;
}

/* ----------------------------------------------------------- contents */

static const struct stele_fmt_section *
find_section(const struct stele_segment *seg, uint32_t kind)
{
	for (uint32_t i = 0; i < seg->header.nr_sections; i++)
		if (seg->header.section[i].kind == kind)
			return &seg->header.section[i];
	return NULL;
}

static int attach_schema(struct stele_segment *seg, struct stele_error *err)
{
	const struct stele_fmt_section *s =
		find_section(seg, STELE_FMT_SECTION_SCHEMA);
	int rc;

	if (s)
		return stele_schema_load(seg->base + s->off, s->len, s->off,
					 &seg->schema, err);
	rc = stele_schema_empty(&seg->schema);
	return rc ? stele_fail(err, rc, "no memory for the schema") : 0;
}

/* What a table of its kind and size has no use for is zero. */
static bool unused_is_zero(const struct stele_fmt_table *t)
{
	if (!all_zero(t->zero2, sizeof(t->zero2)) ||
	    (t->kind != STELE_FMT_TABLE_FILTER && t->filter) ||
	    (!t->overflow_bytes && t->overflow_off))
		return false;
	if (!t->nr_buckets &&
	    (t->data_off || t->separators_off || t->partitions_off))
		return false;
	if (t->kind == STELE_FMT_TABLE_INTEGER)
		return !t->separators_off && !t->partitions_off &&
		       !t->overflow_bytes;
	if (t->kind == STELE_FMT_TABLE_FILTER &&
	    (t->separators_off || t->overflow_bytes))
		return false;
	return !t->empty_key;
}

static int attach_table(struct stele_segment *seg,
			const struct stele_fmt_section *s, uint32_t i,
			struct stele_error *err)
{
	uint64_t off = s->off + i * sizeof(struct stele_fmt_table);
	uint64_t names = s->nr_items * sizeof(struct stele_fmt_table);
	struct stele_fmt_table fmt;

	memcpy(&fmt, seg->base + off, sizeof(fmt));
	if (fmt.name_off < s->off + names || fmt.name_off > s->off + s->len ||
	    fmt.name_len > s->off + s->len - fmt.name_off)
		return stele_broken(err, off, STELE_I_TABLE_NAME);
	if (!unused_is_zero(&fmt))
		return stele_broken(err, off, STELE_I_TABLE_ZERO);
	return stele_map_attach(seg, &fmt, off, &seg->maps[i], err);
}

static int attach_tables(struct stele_segment *seg, struct stele_error *err)
{
	const struct stele_fmt_section *s =
		find_section(seg, STELE_FMT_SECTION_TABLES);
	int rc;

	if (!s)
		return 0;
	if (!s->nr_items || s->nr_items > UINT32_MAX ||
	    s->nr_items > s->len / sizeof(struct stele_fmt_table))
		return stele_broken(err, s->off, STELE_I_SECTION_ITEMS);
	seg->maps = calloc(s->nr_items, sizeof(*seg->maps));
	if (!seg->maps)
		return stele_fail(err, -ENOMEM, "no memory for %llu tables",
				  (ull)s->nr_items);
	seg->nr_maps = (uint32_t)s->nr_items;
	for (uint32_t i = 0; i < seg->nr_maps; i++) {
		rc = attach_table(seg, s, i, err);
		if (rc)
			return rc;
	}
	return 0;
}

static int check_roots(const struct stele_segment *seg, struct stele_error *err)
{
	uint64_t pos = seg->header.roots, head, size;

	if (!pos)
		return 0;
	for (uint32_t i = 0; i < seg->nr_heaps; i++) {
		const struct stele_heap *heap = &seg->heaps[i];

		if (pos < heap->off || pos - heap->off >= heap->len)
			continue;
		if (pos % 8 || stele_object_size(seg, pos, &head, &size) ||
		    size > heap->off + heap->len - pos ||
		    STELE_FMT_HEAD_KIND(head) != STELE_FMT_KIND_DICT)
			break;
		return 0;
	}
	return stele_broken(err, HEADER_AT(roots), STELE_I_HEADER_ROOTS);
}

/* ----------------------------------------------------- attach, detach */

int stele_segment_attach(struct stele_segment *segment, const uint8_t *base,
			 uint64_t home_bytes, struct stele_error *err)
{
	int rc;

	segment->base = base;
	segment->home_bytes = home_bytes;
	segment->schema = NULL;
	segment->maps = NULL;
	segment->nr_maps = 0;
	segment->nr_heaps = 0;
	rc = load_header(segment, err);
	if (!rc)
		rc = check_header(&segment->header, err);
	if (rc)
		return rc;
	segment->len = segment->header.len_bytes;
	rc = check_trailer(segment, err);
	if (!rc)
		rc = check_sections(segment, err);
	if (!rc)
		rc = attach_schema(segment, err);
	if (!rc)
		rc = check_roots(segment, err);
	if (!rc)
		rc = attach_tables(segment, err);
	if (rc)
		stele_segment_detach(segment);
	return rc;
}

void stele_segment_detach(struct stele_segment *segment)
{
	stele_schema_free(segment->schema);
	free(segment->maps);
	segment->schema = NULL;
	segment->maps = NULL;
	segment->nr_maps = 0;
}

/* ------------------------------------------------------ what it offers */

const struct stele_schema *
stele_segment_schema(const struct stele_segment *segment)
{
	return segment->schema;
}

int stele_segment_roots(const struct stele_segment *segment,
			struct stele_value *roots)
{
	uint64_t word = segment->header.roots;

	return stele_value_decode(segment, word ? word : STELE_FMT_NULL, NULL,
				  roots);
}

int stele_segment_root(const struct stele_segment *segment, const char *name,
		       struct stele_value *value)
{
	struct stele_value roots;
	int rc;

	if (!segment->header.roots)
		return -STELE_E_ABSENT;
	rc = stele_segment_roots(segment, &roots);
	return rc ? rc :
		    stele_value_find_str(&roots, name, strlen(name), value);
}

const struct stele_map *stele_segment_map(const struct stele_segment *segment,
					  const char *name)
{
	size_t len = strlen(name);

	for (uint32_t i = 0; i < segment->nr_maps; i++) {
		const struct stele_fmt_table *fmt = &segment->maps[i].fmt;

		if (fmt->name_len == len &&
		    !memcmp(segment->base + fmt->name_off, name, len))
			return &segment->maps[i];
	}
	return NULL;
}

const struct stele_map *
stele_segment_map_at(const struct stele_segment *segment, uint32_t i)
{
	return i < segment->nr_maps ? &segment->maps[i] : NULL;
}

/* The next row in one heap section; *pos moves on behind it. */
static int next_row_in(const struct stele_segment *seg,
		       const struct stele_heap *heap, uint64_t *pos,
		       struct stele_value *row)
{
	while (*pos < heap->len) {
		uint64_t at = heap->off + *pos, head, size;
		int rc = stele_object_size(seg, at, &head, &size);

		if (rc)
			return rc;
		if (size > heap->len - *pos)
			return -STELE_E_FORMAT;
		*pos += size;
		if (STELE_FMT_HEAD_KIND(head) != STELE_FMT_KIND_RECORD ||
		    !(STELE_FMT_HEAD_FLAGS(head) & STELE_FMT_OBJ_F_ROW))
			continue;
		rc = stele_value_decode(seg, at, NULL, row);
		if (!rc && row->type != STELE_TYPE_RECORD)
			return -STELE_E_FORMAT; /* changed under our eyes */
		return rc;
	}
	return -STELE_E_ABSENT;
}

int stele_segment_next_row(const struct stele_segment *segment,
			   struct stele_rows *rows, struct stele_value *row)
{
	while (rows->section < segment->nr_heaps) {
		int rc = next_row_in(segment, &segment->heaps[rows->section],
				     &rows->pos, row);

		if (rc != -STELE_E_ABSENT)
			return rc;
		rows->section++;
		rows->pos = 0;
	}
	return -STELE_E_ABSENT;
}
