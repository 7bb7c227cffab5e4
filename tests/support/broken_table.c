// SPDX-License-Identifier: MIT
/* Broken tables: descriptors, keys and values, and the rows they are for. */
#include <stdlib.h>
#include <string.h>

#include "broken.h"
#include "calendar.h"
#include "canonical.h"
#include "handmade_table.h"
#include "handmade_value.h"

#define ROW STELE_FMT_OBJ_F_ROW

static struct stele_fmt_table *descriptor(struct handmade *im,
					  const struct handmade_table *t)
{
	return (void *)(im->bytes + t->at);
}

/* A table of one key, "a", and a byte. */
static void one_key(struct handmade *im, struct handmade_table *t)
{
	handmade_buckets(t, "t", STELE_FMT_KEY_STR, STELE_TYPE_U8);
	handmade_entry(t, "a", 1, "\1", 1);
	handmade_tables(im, t, 1);
}

/* ----------------------------------------------------------- descriptors */

BROKEN(TABLE_KIND)
{
	struct stele_fmt_table *d;
	struct handmade_table t;

	one_key(im, &t);
	d = descriptor(im, &t);
	d->kind = way == 1 ? 4 : d->kind;
	d->key_type = way == 2 ? 6 : d->key_type;
	d->value_type = way == 3 ? STELE_TYPE_LIST : d->value_type;
	d->value_bytes = way == 4 ? 2 : d->value_bytes;
	d->bucket_log2 = way == 5 ? 5 : d->bucket_log2;
	return way <= 5;
}

BROKEN(TABLE_FLAGS)
{
	struct handmade_table t;

	one_key(im, &t);
	descriptor(im, &t)->flags = way == 1 ? 4 : 0;
	return way <= 1;
}

BROKEN(TABLE_ZERO)
{
	struct handmade_table t;

	one_key(im, &t);
	descriptor(im, &t)->empty_key = way == 1;
	descriptor(im, &t)->zero2[47] = way == 2;
	descriptor(im, &t)->overflow_off = way == 3 ? 4096 : 0;
	return way <= 3;
}

BROKEN(TABLE_NAME)
{
	struct handmade_table t;

	handmade_buckets(&t, way == 1 ? "\xff" : "t", STELE_FMT_KEY_STR,
			 STELE_TYPE_U8);
	handmade_tables(im, &t, 1);
	descriptor(im, &t)->name_len -= way == 2;
	im->len += way == 3; /* a byte behind the names */
	return way <= 3;
}

BROKEN(TABLE_UNIQUE)
{
	struct handmade_table t[2];

	handmade_buckets(&t[0], "t", STELE_FMT_KEY_STR, STELE_TYPE_U8);
	handmade_buckets(&t[1], way == 1 ? "t" : "u", STELE_FMT_KEY_STR,
			 STELE_TYPE_U8);
	handmade_tables(im, t, 2);
	return way <= 1;
}

/* A declared table that is not, that is another, or that has another key. */
BROKEN(TABLE_RECORD)
{
	struct handmade_table t;

	handmade_buckets(&t, way == 1 ? "u" : "t",
			 way == 2 ? STELE_FMT_KEY_BYTES : STELE_FMT_KEY_STR,
			 STELE_TYPE_RECORD);
	handmade_declare(&t, 0, 0);
	if (way == 3)
		t.fmt.decl = STELE_FMT_NONE;
	if (way == 4)
		t.fmt.record = 1;
	if (way != 5)
		handmade_tables(im, &t, 1);
	handmade_schema(im, "record R { a: str }\ntable t: R(a)\n");
	return way <= 5;
}

BROKEN(TABLE_BOUNDS)
{
	struct stele_fmt_table *d;
	struct handmade_table t;

	one_key(im, &t);
	d = descriptor(im, &t);
	d->data_off = way == 1 ? 1ull << 61 : d->data_off;
	d->nr_buckets = way == 2 ? 1ull << 60 : 1;
	d->partitions_off += way == 3;
	d->separators_off = way == 4 ? im->len : d->separators_off;
	return way <= 4;
}

/* A gap of zeros, larger than any alignment; a byte in one; a part too early. */
BROKEN(TABLE_SPACE)
{
	struct handmade_table t[2];

	handmade_buckets(&t[0], "t", STELE_FMT_KEY_STR, STELE_TYPE_U8);
	handmade_entry(&t[0], "a", 1, "\1", 1);
	handmade_buckets(&t[1], "u", STELE_FMT_KEY_STR, STELE_TYPE_U8);
	handmade_entry(&t[1], "a", 1, "\1", 1);
	handmade_tables(im, t, 2);
	if (way == 1) { /* the second bucket a block further on */
		uint64_t off = t[1].fmt.data_off;

		memmove(im->bytes + off + 4096, im->bytes + off, im->len - off);
		memset(im->bytes + off, 0, 4096);
		im->len += 4096;
		for (uint32_t i = 1; i < im->header->nr_sections; i++)
			im->header->section[i].off += 4096;
		im->header->section[0].len += 4096;
		for (int i = 0; i < 2; i++) {
			struct stele_fmt_table *d;

			t[i].at += 4096;
			d = descriptor(im, &t[i]);
			d->data_off += i ? 4096 : 0;
			d->partitions_off += 4096;
			d->separators_off += 4096;
			d->name_off += 4096;
		}
	} else if (way == 2) {
		im->bytes[t[0].fmt.data_off + 64] = 1;
	} else if (way == 3) { /* both have one bucket */
		descriptor(im, &t[1])->data_off = t[0].fmt.data_off;
	}
	return way <= 3;
}

BROKEN(TABLE_COUNT)
{
	struct handmade_table t;

	one_key(im, &t);
	descriptor(im, &t)->nr_keys += way == 1;
	descriptor(im, &t)->nr_values += way == 2;
	return way <= 2;
}

BROKEN(TABLE_USED)
{
	struct handmade_table t;

	one_key(im, &t);
	descriptor(im, &t)->used_bytes += way == 1;
	return way <= 1;
}

/* ------------------------------------------------------- keys and values */

BROKEN(ENTRY_KEY)
{
	static char large[STELE_CANONICAL_MAX + 2];
	struct handmade_table t[2];

	large[STELE_CANONICAL_MAX] = 1;
	handmade_buckets(&t[0], "t", STELE_FMT_KEY_STR, STELE_TYPE_BYTES);
	handmade_entry(&t[0], way == 1 ? "\xff" : "a", 1, "\0", 1);
	handmade_entry(&t[0], large, STELE_CANONICAL_MAX + (way == 2), "\0", 1);
	handmade_buckets(&t[1], "u", STELE_FMT_KEY_CANONICAL, STELE_TYPE_BYTES);
	/* the integer 1, with a leading zero */
	handmade_entry(&t[1], "\x10\1\1\0", way == 3 ? 4 : 3, "\0", 1);
	handmade_tables(im, t, 2);
	return way <= 3;
}

BROKEN(ENTRY_VALUE)
{
	struct handmade_table t[3];
	struct stele_fmt_zoned zoned = { 0, 0, way == 3 };
	uint64_t value = way == 4 ? 256 : 255;

	handmade_buckets(&t[0], "t", STELE_FMT_KEY_STR, STELE_TYPE_BOOL);
	handmade_entry(&t[0], "a", 1, way == 1 ? "\2" : "\1", 1);
	handmade_buckets(&t[1], "u", STELE_FMT_KEY_STR,
			 way == 3 ? STELE_TYPE_ZONED : STELE_TYPE_STR);
	if (way == 3)
		handmade_entry(&t[1], "a", 1, &zoned, sizeof(zoned));
	else
		handmade_entry(&t[1], "a", 1, way == 2 ? "\1\xff" : "\1a", 2);
	handmade_lines(&t[2], "v", STELE_TYPE_U8, 1);
	handmade_slot(&t[2], 1, value);
	handmade_tables(im, t, 3);
	return way <= 4;
}

/* ------------------------------------------------------------------ rows */

/* A row of R, whose key is a short string; of 16 bytes. */
static uint64_t add_row(struct handmade *im, unsigned flags, uint32_t record,
			const char *key)
{
	uint64_t word = handmade_text(im, key);

	return handmade_object(
		im, STELE_FMT_HEAD(STELE_FMT_KIND_RECORD, flags, record), &word,
		8);
}

static void seal_rows(struct handmade *im, struct handmade_table *t, bool multi)
{
	handmade_tables(im, t, 1);
	handmade_schema(im, multi ? "record R { a: str? }\n"
				    "record S { a: str? }\n"
				    "table t: R(a) multi\n" :
				    "record R { a: str? }\n"
				    "record S { a: str? }\n"
				    "table t: R(a)\n");
}

static void begin_rows(struct handmade *im, struct handmade_table *t)
{
	handmade_section(im, STELE_FMT_SECTION_HEAP);
	handmade_buckets(t, "t", STELE_FMT_KEY_STR, STELE_TYPE_RECORD);
	handmade_declare(t, 0, 0);
}

/* A record that is no row, a row of another record, no position. */
BROKEN(ENTRY_ROW)
{
	struct handmade_table t;
	uint64_t row, nested, other;

	begin_rows(im, &t);
	row = add_row(im, ROW, 0, "a");
	nested = add_row(im, 0, 0, "a");
	other = add_row(im, ROW, 1, "a");
	handmade_row(&t, "a", 1,
		     way == 0 ? row :
		     way == 1 ? nested :
		     way == 2 ? other :
				row + 8);
	seal_rows(im, &t, false);
	return way <= 3;
}

BROKEN(ENTRY_ROW_KEY)
{
	struct handmade_table t;

	begin_rows(im, &t);
	handmade_row(&t, "a", 1, add_row(im, ROW, 0, way == 1 ? "b" : "a"));
	seal_rows(im, &t, false);
	return way <= 1;
}

/* Of two rows of other keys; of two of one, both of which a multi table has. */
BROKEN(TABLE_ROWS)
{
	uint8_t rest[5] = { 1 };
	struct handmade_table t;
	uint32_t eighth;
	uint64_t row;

	begin_rows(im, &t);
	row = add_row(im, ROW, 0, "a");
	add_row(im, ROW, 0, way == 1 ? "b" : "a");
	eighth = (uint32_t)(row / 8);
	memcpy(rest + 1, &eighth, 4);
	if (way == 2) {
		t.fmt.flags = STELE_FMT_TABLE_F_MULTI;
		handmade_entry(&t, "a", 1, rest, 5);
	} else {
		handmade_row(&t, "a", 1, row);
	}
	seal_rows(im, &t, way == 2);
	return way <= 2;
}

/* A key of two rows, which are one. */
BROKEN(ENTRY_ROW_TWICE)
{
	struct handmade_table t;
	uint64_t a, b;
	uint32_t rows[2];
	uint8_t rest[9] = { 2 };

	begin_rows(im, &t);
	t.fmt.flags = STELE_FMT_TABLE_F_MULTI;
	a = add_row(im, ROW, 0, "a");
	b = add_row(im, ROW, 0, "a");
	rows[0] = (uint32_t)(a / 8);
	rows[1] = (uint32_t)((way == 1 ? a : b) / 8);
	memcpy(rest + 1, rows, 8);
	handmade_entry(&t, "a", 1, rest, 9);
	t.fmt.nr_values = 2;
	seal_rows(im, &t, true);
	return way <= 1;
}

/* Five bytes where L asks for four. */
BROKEN(ROW_BYTES)
{
	struct handmade_table t;
	uint8_t value[5] = { 0 };
	uint32_t eighth;

	begin_rows(im, &t);
	eighth = (uint32_t)(add_row(im, ROW, 0, "a") / 8);
	memcpy(value, &eighth, 4);
	t.fmt.value_bytes = way == 1 ? 5 : 4;
	handmade_entry(&t, "a", 1, value, t.fmt.value_bytes);
	seal_rows(im, &t, false);
	return way <= 1;
}
