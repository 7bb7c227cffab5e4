// SPDX-License-Identifier: MIT
/*
 * One change at a time.  Where things lie is taken from the whole image, so that
 * a second change finds its place though a first one has broken what leads there.
 */
#include "alter.h"

#include <string.h>

#include "alter_private.h"

const char *const alter_names[NR_ALTER] = {
	"bytes",     "header",	  "section", "trailer", "schema",  "types",
	"head",	     "word",	  "object",  "key",	"slot",	   "table",
	"partition", "separator", "bucket",  "line",	"overflow"
};

struct field {
	uint16_t off;
	uint16_t bytes;
};

#define FIELD(type, member)                                   \
	{                                                     \
		offsetof(struct type, member),                \
			sizeof(((struct type *)NULL)->member) \
	}
#define NR(list) (sizeof(list) / sizeof((list)[0]))

/* ---------------------------------------------------------- edge values */

static uint64_t edge(const struct anatomy *a, struct random *r, uint64_t old,
		     unsigned bits)
{
	switch (random_below(r, 20)) {
	case 0:
		return 0;
	case 1:
		return 1;
	case 2:
		return UINT64_MAX;
	case 3:
		return UINT64_MAX >> (65 - bits); /* the greatest signed */
	case 4:
		return 1ull << (bits - 1); /* the least signed */
	case 5:
		return old + 1;
	case 6:
		return old - 1;
	case 7:
		return old + 8;
	case 8:
		return old - 8;
	case 9:
		return old + a->len;
	case 10:
		return old - a->len;
	case 11:
		return a->len;
	case 12:
		return a->len - 1 - random_below(r, 64);
	case 13:
		return old ^ 1ull << random_below(r, bits);
	case 14:
		return 2 * old;
	case 15:
		return a->image->len;
	case 16:
		return a->nr_objects ?
			       a->objects[random_below(r, a->nr_objects)] :
			       4096;
	case 17:
		return old ^ 0x80ull << 8 * random_below(r, bits / 8);
	case 18:
		return random_u64(r) >> random_below(r, 64);
	default:
		return random_below(r, 64);
	}
}

void alter_edge(const struct anatomy *a, struct specimen *work,
		struct random *r, uint64_t off, unsigned bytes)
{
	uint64_t value = 0;

	if (off + bytes > work->len)
		return;
	memcpy(&value, work->bytes + off, bytes);
	value = edge(a, r, value, 8 * bytes);
	memcpy(work->bytes + off, &value, bytes);
}

static void set_field(const struct anatomy *a, struct specimen *work,
		      struct random *r, uint64_t off,
		      const struct field *fields, size_t nr)
{
	const struct field *f = &fields[random_below(r, nr)];

	alter_edge(a, work, r, off + f->off, f->bytes);
}

static bool alter_bytes(struct specimen *work, struct random *r)
{
	/* seldom in the header, most of which is reserved */
	uint64_t first = random_below(r, 8) ? STELE_FMT_BLOCK : 0;
	uint64_t room = work->len - first, near = random_below(r, room);
	uint64_t n = 1 + random_below(r, 8);

	for (uint64_t i = 0; i < n; i++) {
		uint64_t at = random_below(r, 3) ? random_below(r, room) :
						   near + random_below(r, 16);

		work->bytes[first + at % room] = (uint8_t)random_u64(r);
	}
	return true;
}

/* ------------------------------------------ header, sections and trailer */

static bool alter_header(const struct anatomy *a, struct specimen *work,
			 struct random *r)
{
	static const struct field fields[] = {
		FIELD(stele_fmt_header, magic),
		FIELD(stele_fmt_header, major),
		FIELD(stele_fmt_header, minor),
		FIELD(stele_fmt_header, header_bytes),
		FIELD(stele_fmt_header, incompat),
		FIELD(stele_fmt_header, compat),
		FIELD(stele_fmt_header, len_bytes),
		FIELD(stele_fmt_header, hash_seed),
		FIELD(stele_fmt_header, roots),
		FIELD(stele_fmt_header, nr_rows),
		FIELD(stele_fmt_header, extra_heap),
		FIELD(stele_fmt_header, nr_sections),
		FIELD(stele_fmt_header, share_log2),
		FIELD(stele_fmt_header, granule_log2),
		{ offsetof(struct stele_fmt_header, zero) + 7, 8 },
		FIELD(stele_fmt_header, checksum),
	};

	set_field(a, work, r, 0, fields, NR(fields));
	return true;
}

static bool alter_section(const struct anatomy *a, struct specimen *work,
			  struct random *r)
{
	static const struct field fields[] = {
		FIELD(stele_fmt_section, kind),
		FIELD(stele_fmt_section, flags),
		FIELD(stele_fmt_section, off),
		FIELD(stele_fmt_section, len),
		FIELD(stele_fmt_section, nr_items),
		{ offsetof(struct stele_fmt_section, zero), 8 },
	};
	uint64_t i = random_below(r, a->nr_sections + 1);

	set_field(a, work, r,
		  offsetof(struct stele_fmt_header, section) +
			  i * sizeof(struct stele_fmt_section),
		  fields, NR(fields));
	return true;
}

static bool alter_trailer(const struct anatomy *a, struct specimen *work,
			  struct random *r)
{
	static const struct field fields[] = {
		FIELD(stele_fmt_trailer, magic),
		FIELD(stele_fmt_trailer, len_bytes),
		FIELD(stele_fmt_trailer, tree_off),
		FIELD(stele_fmt_trailer, tree_bytes),
		{ offsetof(struct stele_fmt_trailer, identity) + 8, 8 },
	};
	uint64_t trailer = work->len - sizeof(struct stele_fmt_trailer);

	if (random_below(r, 2))
		set_field(a, work, r, trailer, fields, NR(fields));
	else
		alter_edge(a, work, r,
			   a->len + random_below(r, work->len - a->len - 8), 8);
	return true;
}

/* ------------------------------------------------------ schema and heap */

static bool alter_schema(const struct anatomy *a, struct specimen *work,
			 struct random *r)
{
	uint64_t at;

	if (!a->schema)
		return false;
	at = random_below(r, 4) ? random_below(r, a->schema->len / 4) * 4 :
				  random_below(r, 8) * 4;
	alter_edge(a, work, r, a->schema->off + at, random_below(r, 8) ? 4 : 1);
	return true;
}

static bool alter_head(const struct anatomy *a, struct specimen *work,
		       struct random *r)
{
	uint64_t pos;

	if (!a->nr_objects)
		return false;
	pos = a->objects[random_below(r, a->nr_objects)];
	switch (random_below(r, 4)) {
	case 0: /* another kind */
		work->bytes[pos] = (uint8_t)random_below(r, 22);
		break;
	case 1: /* other flags */
		work->bytes[pos + 1] ^= (uint8_t)(1u << random_below(r, 8));
		break;
	case 2:
		alter_edge(a, work, r, pos + 2, 6);
		break;
	default:
		alter_edge(a, work, r, pos, 8);
	}
	return true;
}

/* A word of each tag, right or nearly so. */
static uint64_t some_word(const struct anatomy *a, struct random *r,
			  uint64_t old)
{
	uint64_t object = a->objects[random_below(r, a->nr_objects)];
	uint64_t bits = random_u64(r) >> random_below(r, 64);

	switch (random_below(r, 9)) {
	case 0:
		return object;
	case 1:
		return object + 8;
	case 2:
		return 8 * random_below(r, 12); /* the constants, and beyond */
	case 3: /* short strings and bytes */
		return (bits & ~7ull) | (random_below(r, 2) ? 2 : 5);
	case 4: /* tag 7: near an object, of any length */
		return (object + random_below(r, 24)) << 16 |
		       (random_below(r, 2) ? bits & 0xfff8 : old & 0xfff8) | 7;
	case 5: /* calendar */
		return (bits & ~7ull) | 6;
	case 6:
		return (bits & ~7ull) | random_below(r, 8);
	default:
		return edge(a, r, old, 64);
	}
}

void alter_some_word(const struct anatomy *a, struct specimen *work,
		     struct random *r, uint64_t off)
{
	uint64_t word;

	memcpy(&word, work->bytes + off, sizeof(word));
	word = some_word(a, r, word);
	memcpy(work->bytes + off, &word, sizeof(word));
}

static bool alter_word(const struct anatomy *a, struct specimen *work,
		       struct random *r)
{
	uint64_t pos;

	if (!a->nr_objects)
		return false;
	pos = a->objects[random_below(r, a->nr_objects)];
	pos += 8 * random_below(r, random_below(r, 4) ? 8 : 64);
	if (pos + 8 <= a->heap->off + a->heap->len)
		alter_some_word(a, work, r, pos);
	return true;
}

/* --------------------------------------------------------------- tables */

static const struct field table_fields[] = {
	FIELD(stele_fmt_table, kind),
	FIELD(stele_fmt_table, flags),
	FIELD(stele_fmt_table, key_type),
	FIELD(stele_fmt_table, value_type),
	FIELD(stele_fmt_table, value_bytes),
	FIELD(stele_fmt_table, bucket_log2),
	FIELD(stele_fmt_table, record),
	FIELD(stele_fmt_table, decl),
	FIELD(stele_fmt_table, name_len),
	FIELD(stele_fmt_table, name_off),
	FIELD(stele_fmt_table, nr_keys),
	FIELD(stele_fmt_table, nr_values),
	FIELD(stele_fmt_table, seed),
	FIELD(stele_fmt_table, data_off),
	FIELD(stele_fmt_table, nr_buckets),
	FIELD(stele_fmt_table, separators_off),
	FIELD(stele_fmt_table, partitions_off),
	FIELD(stele_fmt_table, nr_partitions),
	FIELD(stele_fmt_table, filter),
	FIELD(stele_fmt_table, overflow_off),
	FIELD(stele_fmt_table, overflow_bytes),
	FIELD(stele_fmt_table, empty_key),
	FIELD(stele_fmt_table, used_bytes),
	{ offsetof(struct stele_fmt_table, zero2) + 8, 8 },
};

static void alter_partition(const struct anatomy *a, struct specimen *work,
			    struct random *r, const struct stele_fmt_table *t)
{
	static const struct field fields[] = {
		FIELD(stele_fmt_partition, first_bucket),
		FIELD(stele_fmt_partition, nr_buckets),
		FIELD(stele_fmt_partition, max_probe),
		FIELD(stele_fmt_partition, hash),
		FIELD(stele_fmt_partition, counter),
	};
	static const struct field of_filters[] = {
		FIELD(stele_fmt_filter, first_line),
		FIELD(stele_fmt_filter, nr_blocks),
		FIELD(stele_fmt_filter, low_blocks),
		FIELD(stele_fmt_filter, nr_keys),
		FIELD(stele_fmt_filter, counter),
	};
	uint64_t i = random_below(r, t->nr_partitions);

	if (t->kind == STELE_FMT_TABLE_FILTER)
		set_field(a, work, r,
			  t->partitions_off +
				  i * sizeof(struct stele_fmt_filter),
			  of_filters, NR(of_filters));
	else
		set_field(a, work, r,
			  t->partitions_off +
				  i * sizeof(struct stele_fmt_partition),
			  fields, NR(fields));
}

/* Count, tag, offset or a byte of an entry: lengths are among them. */
static void alter_bucket(const struct anatomy *a, struct specimen *work,
			 struct random *r, const struct stele_fmt_table *t)
{
	uint64_t bytes = 1ull << t->bucket_log2;
	uint64_t at = t->data_off + random_below(r, t->nr_buckets) * bytes;
	uint16_t count, entry;
	uint64_t i;

	memcpy(&count, a->image->bytes + at, sizeof(count));
	i = random_below(r, count + 1u);
	memcpy(&entry, a->image->bytes + at + 2 + count + 2 * i, sizeof(entry));
	entry &= (uint16_t)(bytes - 1);
	switch (random_below(r, 5)) {
	case 0:
		alter_edge(a, work, r, at, 2);
		break;
	case 1:
		alter_edge(a, work, r, at + 2 + i, 1);
		break;
	case 2:
		alter_edge(a, work, r, at + 2 + count + 2 * i, 2);
		break;
	case 3: /* the entry's first bytes */
		alter_edge(a, work, r, at + entry + random_below(r, 4), 1);
		break;
	default:
		alter_edge(a, work, r, at + entry + random_below(r, 64),
			   random_below(r, 2) ? 1 : 8);
	}
}

/* The place of an out-of-line entry as a bucket tells it, or the entry. */
static void alter_overflow(const struct anatomy *a, struct specimen *work,
			   struct random *r, const struct stele_fmt_table *t)
{
	uint64_t bytes = 1ull << t->bucket_log2;
	uint64_t at = t->data_off + random_below(r, t->nr_buckets) * bytes;
	uint16_t count, offset;

	memcpy(&count, a->image->bytes + at, sizeof(count));
	for (uint32_t i = 0; i < count; i++) {
		memcpy(&offset, a->image->bytes + at + 2 + count + 2 * i,
		       sizeof(offset));
		if (offset & STELE_FMT_BUCKET_OUT && random_below(r, 2)) {
			offset &= (uint16_t)~STELE_FMT_BUCKET_OUT;
			alter_edge(a, work, r,
				   at + offset + 8 * random_below(r, 3), 8);
			return;
		}
	}
	alter_edge(a, work, r,
		   t->overflow_off + random_below(r, t->overflow_bytes), 1);
}

static void alter_line(const struct anatomy *a, struct specimen *work,
		       struct random *r, const struct stele_fmt_table *t)
{
	uint64_t line = t->data_off + 64 * random_below(r, t->nr_buckets);
	uint64_t slot = random_below(r, 8), other = random_below(r, 8);

	if (random_below(r, 3))
		alter_edge(a, work, r, line + 8 * slot, 8);
	else
		memcpy(work->bytes + line + 8 * slot,
		       a->image->bytes + line + 8 * other, 8);
}

/* Whether a table has something of the kind. */
static bool has(const struct stele_fmt_table *t, enum alter_kind kind)
{
	if (!t->nr_buckets)
		return false;
	switch (t->kind) {
	case STELE_FMT_TABLE_INTEGER:
		return kind == ALTER_LINE;
	case STELE_FMT_TABLE_FILTER:
		return kind == ALTER_LINE || kind == ALTER_PARTITION;
	default:
		return kind != ALTER_LINE &&
		       (kind != ALTER_OVERFLOW || t->overflow_bytes);
	}
}

static bool alter_table(const struct anatomy *a, struct specimen *work,
			struct random *r, enum alter_kind kind)
{
	const struct stele_fmt_table *t;
	uint64_t i;

	if (!a->tables)
		return false;
	i = random_below(r, a->tables->nr_items);
	t = anatomy_table(a, i);
	if (kind == ALTER_TABLE) {
		set_field(a, work, r, a->tables->off + i * sizeof(*t),
			  table_fields, NR(table_fields));
		return true;
	}
	if (!has(t, kind))
		return false;
	switch (kind) {
	case ALTER_PARTITION:
		alter_partition(a, work, r, t);
		break;
	case ALTER_SEPARATOR:
		alter_edge(a, work, r,
			   t->separators_off + random_below(r, t->nr_buckets),
			   1);
		break;
	case ALTER_BUCKET:
		alter_bucket(a, work, r, t);
		break;
	case ALTER_OVERFLOW:
		alter_overflow(a, work, r, t);
		break;
	default:
		alter_line(a, work, r, t);
	}
	return true;
}

bool alter(const struct anatomy *a, struct specimen *work, struct random *r,
	   enum alter_kind kind)
{
	switch (kind) {
	case ALTER_BYTES:
		return alter_bytes(work, r);
	case ALTER_HEADER:
		return alter_header(a, work, r);
	case ALTER_SECTION:
		return alter_section(a, work, r);
	case ALTER_TRAILER:
		return alter_trailer(a, work, r);
	case ALTER_SCHEMA:
		return alter_schema(a, work, r);
	case ALTER_TYPES:
		return alter_types(a, work, r);
	case ALTER_HEAD:
		return alter_head(a, work, r);
	case ALTER_WORD:
		return alter_word(a, work, r);
	case ALTER_OBJECT:
		return alter_object(a, work, r);
	case ALTER_KEY:
		return alter_key(a, work, r);
	case ALTER_SLOT:
		return alter_slot(a, work, r);
	default:
		return alter_table(a, work, r, kind);
	}
}
