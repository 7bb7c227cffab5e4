// SPDX-License-Identifier: MIT
/* Tables in images made by hand. */
#include "handmade_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "filter.h"
#include "hash.h"
#include "map_probe.h"

#define LONGEST (1u << (STELE_FMT_BUCKET_MAX_LOG2 - 2))

static void die(const char *what)
{
	fprintf(stderr, "handmade: %s\n", what);
	abort();
}

/* ------------------------------------------------------------ beginnings */

static void begin(struct handmade_table *t, const char *name, unsigned kind,
		  unsigned key_type, unsigned value_type)
{
	memset(t, 0, sizeof(*t));
	t->name = name;
	t->fmt.kind = kind;
	t->fmt.key_type = (uint8_t)key_type;
	t->fmt.value_type = (uint8_t)value_type;
	t->fmt.value_bytes = (uint8_t)stele_type_width(value_type);
	t->fmt.bucket_log2 = STELE_FMT_BUCKET_MIN_LOG2;
	t->fmt.record = STELE_FMT_NONE;
	t->fmt.decl = STELE_FMT_NONE;
	t->fmt.seed = STELE_FMT_DEFAULT_SEED;
}

void handmade_buckets(struct handmade_table *t, const char *name,
		      unsigned key_type, unsigned value_type)
{
	begin(t, name, STELE_FMT_TABLE_BUCKET, key_type, value_type);
	if (value_type == STELE_TYPE_RECORD)
		t->fmt.value_bytes = 4;
	if (value_type == STELE_TYPE_ANY)
		t->fmt.value_bytes = 8;
}

void handmade_lines(struct handmade_table *t, const char *name,
		    unsigned value_type, uint32_t nr_lines)
{
	begin(t, name, STELE_FMT_TABLE_INTEGER, STELE_FMT_KEY_U64, value_type);
	if (!t->fmt.value_bytes)
		t->fmt.value_bytes = 8;
	t->fmt.nr_buckets = nr_lines;
	t->fmt.nr_partitions = nr_lines != 0;
	t->fmt.empty_key = stele_probe_empty_key(t->fmt.seed);
	for (uint32_t i = 0; i < nr_lines; i++)
		for (unsigned k = 0; k < STELE_FMT_LINE_SLOTS; k++)
			t->lines[i].key[k] = t->fmt.empty_key;
}

void handmade_filter(struct handmade_table *t, const char *name,
		     unsigned key_type, uint32_t rate, uint32_t nr_keys)
{
	unsigned columns = stele_filter_columns(rate);
	uint32_t blocks = stele_filter_blocks(nr_keys, columns);

	begin(t, name, STELE_FMT_TABLE_FILTER, key_type, STELE_TYPE_BOOL);
	t->fmt.value_bytes = 0;
	t->fmt.filter = rate;
	t->fmt.nr_keys = t->fmt.nr_values = nr_keys;
	t->fmt.nr_partitions = 1;
	t->fmt.used_bytes =
		8 * stele_filter_words(blocks,
				       stele_filter_low_blocks(blocks, rate),
				       columns);
	t->fmt.nr_buckets = (t->fmt.used_bytes + 63) / 64;
}

void handmade_declare(struct handmade_table *t, uint32_t decl, uint32_t record)
{
	t->fmt.decl = decl;
	t->fmt.record = record;
}

/* --------------------------------------------------------------- entries */

void handmade_entry(struct handmade_table *t, const void *key, uint64_t len,
		    const void *rest, uint64_t rest_len)
{
	struct handmade_entry *e = &t->entries[t->nr_entries++];
	bool framed = t->fmt.key_type != STELE_FMT_KEY_I64 &&
		      t->fmt.key_type != STELE_FMT_KEY_U64;
	uint64_t n = len;

	e->bytes = malloc(10 + len + rest_len);
	if (t->nr_entries > HANDMADE_ENTRIES || !e->bytes)
		die("no room for an entry");
	for (; framed && n >= 0x80; n >>= 7)
		e->bytes[e->len++] = (uint8_t)(n | 0x80);
	if (framed)
		e->bytes[e->len++] = (uint8_t)n;
	if (len)
		memcpy(e->bytes + e->len, key, len);
	if (rest_len)
		memcpy(e->bytes + e->len + len, rest, rest_len);
	e->len += len + rest_len;
	e->hash = stele_hash_bytes(key, len, t->fmt.seed);
	stele_probe_at(e->hash, 0, 1, &e->signature);
	t->fmt.nr_keys++;
	t->fmt.nr_values++;
}

void handmade_row(struct handmade_table *t, const void *key, uint64_t len,
		  uint64_t row)
{
	uint32_t eighth = (uint32_t)(row / 8);

	handmade_entry(t, key, len, &eighth, sizeof(eighth));
}

/* The slot of a line where a key belongs, what is behind it moved on. */
static unsigned slot_of(struct stele_fmt_line *line, uint64_t empty,
			uint64_t key)
{
	unsigned i = STELE_FMT_LINE_SLOTS - 1;

	for (; i && (line->key[i - 1] == empty || line->key[i - 1] > key);
	     i--) {
		line->key[i] = line->key[i - 1];
		line->value[i] = line->value[i - 1];
	}
	return i;
}

void handmade_slot(struct handmade_table *t, uint64_t key, uint64_t value)
{
	uint64_t h = stele_hash_u64(key, t->fmt.seed);
	uint32_t a, b;
	unsigned slot;

	stele_probe_lines_of(h, (uint32_t)t->fmt.nr_buckets, &a, &b);
	if (t->lines[a].key[3] != t->fmt.empty_key)
		a = b;
	if (t->lines[a].key[3] != t->fmt.empty_key)
		die("no room for a key");
	slot = slot_of(&t->lines[a], t->fmt.empty_key, key);
	t->lines[a].key[slot] = key;
	t->lines[a].value[slot] = value;
	t->fmt.nr_keys++;
	t->fmt.nr_values++;
	t->fmt.used_bytes += 16;
}

/* ------------------------------------------------------------------ data */

static int by_place(const void *a, const void *b)
{
	const struct handmade_entry *x = a, *y = b;

	if (x->signature != y->signature)
		return x->signature < y->signature ? -1 : 1;
	return x->hash < y->hash ? -1 : x->hash > y->hash;
}

/* Bytes of the bucket that an entry takes. */
static uint64_t taken(const struct handmade_entry *e)
{
	return 3 +
	       (e->len > LONGEST ? sizeof(struct stele_fmt_overflow) : e->len);
}

/* The entries out of line, behind the bucket. */
static void put_overflow(struct handmade *im, struct handmade_table *t)
{
	uint64_t at = t->fmt.data_off + (1ull << t->fmt.bucket_log2);

	for (uint32_t i = 0; i < t->nr_entries; i++) {
		const struct handmade_entry *e = &t->entries[i];

		if (e->len <= LONGEST)
			continue;
		t->fmt.overflow_off = at;
		handmade_append(im, e->bytes, e->len);
		handmade_align(im, 8);
	}
	t->fmt.overflow_bytes = im->len - at;
}

static void put_bucket(struct handmade *im, struct handmade_table *t)
{
	uint64_t used = 2, next = 2 + 3 * t->nr_entries, end, out;
	uint8_t *b = im->bytes + im->len;

	qsort(t->entries, t->nr_entries, sizeof(*t->entries), by_place);
	for (uint32_t i = 0; i < t->nr_entries; i++)
		used += taken(&t->entries[i]);
	while (used > 1u << t->fmt.bucket_log2)
		t->fmt.bucket_log2++;
	out = end = im->len + (1ull << t->fmt.bucket_log2);
	memcpy(b, &t->nr_entries, 2);
	for (uint32_t i = 0; i < t->nr_entries; i++) {
		const struct handmade_entry *e = &t->entries[i];
		struct stele_fmt_overflow lead = { e->hash, out, e->len };
		bool far = e->len > LONGEST;
		uint16_t off =
			(uint16_t)(next | (far ? STELE_FMT_BUCKET_OUT : 0));

		b[2 + i] = (uint8_t)e->hash;
		memcpy(b + 2 + t->nr_entries + 2 * i, &off, 2);
		memcpy(b + next, far ? (void *)&lead : e->bytes, taken(e) - 3);
		next += taken(e) - 3;
		out += far ? (e->len + 7) & ~7ull : 0;
	}
	t->fmt.nr_buckets = t->fmt.nr_partitions = 1;
	t->fmt.used_bytes = used;
	im->len = end;
	put_overflow(im, t);
}

static void put_data(struct handmade *im, struct handmade_table *t)
{
	if (!t->nr_entries && !t->fmt.nr_buckets)
		return;
	handmade_align(im, STELE_FMT_BLOCK);
	t->fmt.data_off = im->len;
	if (t->fmt.kind == STELE_FMT_TABLE_BUCKET)
		put_bucket(im, t);
	else
		handmade_append(im, t->lines, 64 * t->fmt.nr_buckets);
	for (uint32_t i = 0; i < t->nr_entries; i++)
		free(t->entries[i].bytes);
}

/* ----------------------------------------------------------------- index */

static void put_index(struct handmade *im, struct handmade_table *t)
{
	struct stele_fmt_partition partition = { .nr_buckets = 1 };
	unsigned columns = 0;
	struct stele_fmt_filter part = { .nr_keys = (uint32_t)t->fmt.nr_keys };

	if (!t->fmt.nr_partitions || t->fmt.kind == STELE_FMT_TABLE_INTEGER)
		return;
	handmade_align(im, 64);
	t->fmt.partitions_off = im->len;
	if (t->fmt.kind == STELE_FMT_TABLE_BUCKET) {
		handmade_append(im, &partition, sizeof(partition));
		t->fmt.separators_off = handmade_append(im, "\xff", 1);
		return;
	}
	columns = stele_filter_columns(t->fmt.filter);
	part.nr_blocks = stele_filter_blocks(t->fmt.nr_keys, columns);
	part.low_blocks =
		stele_filter_low_blocks(part.nr_blocks, t->fmt.filter);
	handmade_append(im, &part, sizeof(part));
}

static bool has_data(const struct handmade_table *t)
{
	return t->fmt.nr_buckets || t->nr_entries;
}

static bool has_index(const struct handmade_table *t)
{
	return t->fmt.kind != STELE_FMT_TABLE_INTEGER && has_data(t);
}

void handmade_tables(struct handmade *im, struct handmade_table *tables,
		     uint32_t nr)
{
	bool data = false, index = false;
	uint64_t name;

	for (uint32_t i = 0; i < nr; i++) {
		data |= has_data(&tables[i]);
		index |= has_index(&tables[i]);
	}
	if (data)
		handmade_section(im, STELE_FMT_SECTION_TABLE_DATA)->nr_items =
			nr;
	for (uint32_t i = 0; i < nr; i++)
		put_data(im, &tables[i]);
	if (index)
		handmade_section(im, STELE_FMT_SECTION_TABLE_INDEX)->nr_items =
			nr;
	for (uint32_t i = 0; i < nr; i++)
		put_index(im, &tables[i]);
	handmade_section(im, STELE_FMT_SECTION_TABLES)->nr_items = nr;
	name = im->len + nr * sizeof(struct stele_fmt_table);
	for (uint32_t i = 0; i < nr; i++) {
		tables[i].fmt.name_off = name;
		tables[i].fmt.name_len = (uint32_t)strlen(tables[i].name);
		name += tables[i].fmt.name_len;
		tables[i].at = handmade_append(im, &tables[i].fmt,
					       sizeof(tables[i].fmt));
	}
	for (uint32_t i = 0; i < nr; i++)
		handmade_append(im, tables[i].name, tables[i].fmt.name_len);
}
