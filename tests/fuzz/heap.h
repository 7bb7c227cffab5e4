/* SPDX-License-Identifier: MIT */
/*
 * An image around the bytes of a heap: a header, the heap at 4096, a schema with
 * fields of every type, all sealed.  The first object is the roots where it is a
 * DICT.  Inputs thus hold objects and nothing else, at positions that stay.
 */
#ifndef HEAP_H
#define HEAP_H

#include <string.h>

#include "replay.h"
#include "schema.h"
#include "segment.h"
#include "specimen.h"

#define HEAP_MAX (1u << 15)
#define HEAP_BEGIN STELE_FMT_BLOCK

static const char heap_schema_text[] =
	"record All {\n"
	"	b: bool?  i: i8  l: i64? optional  u: u16  w: u64 optional\n"
	"	half: f32  f: f64?  day: date?  at: datetime optional\n"
	"	clock: time?  zone: zoned?  span: timedelta optional\n"
	"	id: uuid?  big: bigint?  price: decimal? optional\n"
	"	text: str?  raw: bytes?  any: any? optional\n"
	"	words: list<str?>?  grid: ndarray<f32>?  row: array<u16>?\n"
	"	ids: array<uuid>?  pair: tuple<u8, str?>?  bag: set<any>?\n"
	"	map: dict<any, any?>?  sizes: dict<str, u32>?\n"
	"	money: user<Money>?  other: Other? optional\n"
	"	up: ref by_name?  near: list<weak by_name>?\n"
	"}\n"
	"record Other { name: str  next: Other? }\n"
	"record Nothing { }\n"
	"table by_name: Other(name)\n"
	"rows All\n";

/* Parsed once. */
static const struct stele_schema *heap_schema(void)
{
	static struct stele_schema *schema;

	if (!schema &&
	    stele_schema_parse(heap_schema_text, sizeof(heap_schema_text) - 1,
			       &schema, NULL))
		fuzz_fail("the schema does not parse");
	return schema;
}

/* Whatever reads objects needs of a segment that is not whole yet. */
static struct stele_segment heap_peek(const struct specimen *s, uint64_t len)
{
	struct stele_segment seg;

	memset(&seg, 0, sizeof(seg));
	seg.base = s->bytes;
	seg.len = HEAP_BEGIN + len;
	seg.header = *specimen_header(s);
	seg.schema = (struct stele_schema *)(uintptr_t)heap_schema();
	return seg;
}

/* Count the objects and find the roots, as far as the heads can be read. */
static void heap_count(struct specimen *s, struct stele_fmt_section *heap)
{
	struct stele_fmt_header *header = specimen_header(s);
	struct stele_segment seg = heap_peek(s, heap->len);
	uint64_t pos = HEAP_BEGIN, head, size;

	for (; pos < seg.len; pos += size) {
		if (stele_object_size(&seg, pos, &head, &size))
			return;
		heap->nr_items += STELE_FMT_HEAD_KIND(head) != 0;
		if (STELE_FMT_HEAD_KIND(head) == STELE_FMT_KIND_RECORD)
			header->nr_rows += (STELE_FMT_HEAD_FLAGS(head) &
					    STELE_FMT_OBJ_F_ROW) != 0;
		if (pos == HEAP_BEGIN &&
		    STELE_FMT_HEAD_KIND(head) == STELE_FMT_KIND_DICT)
			header->roots = pos;
	}
}

/* The heap is filled up to a multiple of 8. */
static void heap_image(struct specimen *s, const uint8_t *data, size_t size)
{
	const struct stele_schema *schema = heap_schema();
	uint64_t len = (size + 7) & ~(uint64_t)7, at, end;
	struct stele_fmt_section *section;
	struct stele_fmt_header *header;

	at = (HEAP_BEGIN + len + 63) & ~(uint64_t)63;
	end = at + schema->image_bytes;
	specimen_alloc(s, ((end + 4095) & ~(uint64_t)4095) + 2 * 4096);
	header = specimen_header(s);
	memcpy(header->magic, STELE_FMT_MAGIC, sizeof(header->magic));
	header->major = STELE_FMT_MAJOR;
	header->header_bytes = STELE_FMT_BLOCK;
	header->hash_seed = STELE_FMT_DEFAULT_SEED;
	header->len_bytes = end;
	section = header->section;
	if (len) {
		memcpy(s->bytes + HEAP_BEGIN, data, size);
		section->kind = STELE_FMT_SECTION_HEAP;
		section->off = HEAP_BEGIN;
		section->len = len;
		heap_count(s, section++);
	}
	section->kind = STELE_FMT_SECTION_SCHEMA;
	section->flags = STELE_FMT_SECTION_F_HOT;
	section->off = at;
	section->len = schema->image_bytes;
	section->nr_items = schema->head->nr_records;
	header->nr_sections = (uint32_t)(section + 1 - header->section);
	memcpy(s->bytes + at, schema->image, schema->image_bytes);
	if (!specimen_sign(s))
		fuzz_fail("an image can't be sealed");
}

#endif /* HEAP_H */
