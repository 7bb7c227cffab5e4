// SPDX-License-Identifier: MIT
/* Broken buckets: where entries lie, in what order, of how many bytes. */
#include <stdlib.h>
#include <string.h>

#include "broken.h"
#include "handmade_table.h"

#define LONG 9000u /* of an entry that is out of line */

/* A table of one bucket, whose keys are "a" and "b" and values a byte. */
static uint8_t *two_keys(struct handmade *im, struct handmade_table *t)
{
	handmade_buckets(t, "t", STELE_FMT_KEY_STR, STELE_TYPE_U8);
	handmade_entry(t, "a", 1, "\1", 1);
	handmade_entry(t, "b", 1, "\2", 1);
	handmade_tables(im, t, 1);
	return im->bytes + t->fmt.data_off;
}

static struct stele_fmt_partition *partition(struct handmade *im,
					     const struct handmade_table *t)
{
	return (void *)(im->bytes + t->fmt.partitions_off);
}

BROKEN(PARTITION_ORDER)
{
	struct handmade_table t;

	two_keys(im, &t);
	partition(im, &t)->first_bucket = way == 1;
	partition(im, &t)->nr_buckets = way == 2 ? 0 : way == 3 ? 2 : 1;
	return way <= 3;
}

BROKEN(PARTITION_PROBE)
{
	struct handmade_table t;

	two_keys(im, &t);
	partition(im, &t)->max_probe = way == 1 ? 1 : way == 2 ? 65 : 0;
	return way <= 2;
}

BROKEN(PARTITION_HASH)
{
	struct handmade_table t;

	two_keys(im, &t);
	partition(im, &t)->hash = way == 1 ? 2 : 0;
	return way <= 1;
}

BROKEN(BUCKET_BOUNDS)
{
	struct handmade_table t;
	uint8_t *b = two_keys(im, &t);

	b[0] = way == 1 ? 60 : 2;
	return way <= 1;
}

/* An offset, and a byte behind the entries. */
BROKEN(BUCKET_PACKED)
{
	struct handmade_table t;
	uint8_t *b = two_keys(im, &t);

	b[4] += way == 1;
	b[63] = way == 2;
	return way <= 2;
}

/* The separator sends the keys on, to where there is nothing. */
BROKEN(BUCKET_PLACE)
{
	struct handmade_table t;

	two_keys(im, &t);
	im->bytes[t.fmt.separators_off] = way == 1 ? 0 : 255;
	return way <= 1;
}

BROKEN(BUCKET_TAG)
{
	struct handmade_table t;
	uint8_t *b = two_keys(im, &t);

	b[2] ^= way == 1;
	return way <= 1;
}

/* The entries, of three bytes each, and their tags change places. */
BROKEN(BUCKET_ORDER)
{
	struct handmade_table t;
	uint8_t *b = two_keys(im, &t), hold[4] = { b[2], b[8], b[9], b[10] };

	if (way == 1) {
		b[2] = b[3];
		b[3] = hold[0];
		memmove(b + 8, b + 11, 3);
		memcpy(b + 11, hold + 1, 3);
	}
	return way <= 1;
}

/* Its one key goes nowhere else, so the separator has no cause to sink. */
BROKEN(SEPARATOR_LEAST)
{
	struct handmade_table t;

	handmade_buckets(&t, "t", STELE_FMT_KEY_STR, STELE_TYPE_U8);
	handmade_entry(&t, "a", 1, "\1", 1);
	handmade_tables(im, &t, 1);
	if (way == 1)
		im->bytes[t.fmt.separators_off] =
			(uint8_t)(t.entries[0].signature + 1);
	return way <= 1;
}

/* --------------------------------------------------------------- entries */

/* A value that is longer than the bucket; no value where one has to be. */
BROKEN(ENTRY_LENGTH)
{
	struct handmade_table t[2];

	handmade_buckets(&t[0], "t", STELE_FMT_KEY_STR, STELE_TYPE_STR);
	handmade_entry(&t[0], "a", 1, "\1b", 2);
	handmade_buckets(&t[1], "u", STELE_FMT_KEY_STR, STELE_TYPE_U8);
	t[1].fmt.flags = STELE_FMT_TABLE_F_MULTI;
	handmade_entry(&t[1], "a", 1, "\1b", 2);
	handmade_tables(im, t, 2);
	im->bytes[t[0].fmt.data_off + 5 + 2] = way == 1 ? 100 : 1;
	im->bytes[t[1].fmt.data_off + 5 + 2] = way == 2 ? 0 : 1;
	return way <= 2;
}

/* The length of a value takes a byte more than it needs. */
BROKEN(ENTRY_VARINT)
{
	struct handmade_table t;

	handmade_buckets(&t, "t", STELE_FMT_KEY_STR, STELE_TYPE_STR);
	if (way == 1)
		handmade_entry(&t, "a", 1, "\x81\0b", 3);
	else
		handmade_entry(&t, "a", 1, "\1b", 2);
	handmade_tables(im, &t, 1);
	return way <= 1;
}

/* What a bucket says of an entry out of line: its hash, its place; its fill. */
BROKEN(ENTRY_OUT)
{
	static uint8_t value[LONG + 2] = { LONG % 128 + 128, LONG / 128 };
	struct stele_fmt_overflow out;
	struct handmade_table t;
	uint8_t *lead;

	handmade_buckets(&t, "t", STELE_FMT_KEY_STR, STELE_TYPE_BYTES);
	handmade_entry(&t, "a", 1, value, sizeof(value));
	handmade_tables(im, &t, 1);
	lead = im->bytes + t.fmt.data_off + 5;
	memcpy(&out, lead, sizeof(out));
	out.hash += way == 1;
	out.off += way == 2 ? 8 : 0;
	out.len = way == 3 ? 100 : out.len; /* which would fit in line */
	memcpy(lead, &out, sizeof(out));
	im->bytes[out.off + LONG + 4] = way == 4;
	return way <= 4;
}
