// SPDX-License-Identifier: MIT
/* Broken lines of integer tables, and broken filters. */
#include <stdlib.h>
#include <string.h>

#include "broken.h"
#include "filter.h"
#include "map_probe.h"
#include "handmade_table.h"
#include "handmade_value.h"

static struct stele_fmt_table *descriptor(struct handmade *im,
					  const struct handmade_table *t)
{
	return (void *)(im->bytes + t->at);
}

/* One line with the keys 1 and 2. */
static struct stele_fmt_line *two_keys(struct handmade *im,
				       struct handmade_table *t)
{
	handmade_lines(t, "t", STELE_TYPE_U64, 1);
	handmade_slot(t, 1, 10);
	handmade_slot(t, 2, 20);
	handmade_tables(im, t, 1);
	return (void *)(im->bytes + t->fmt.data_off);
}

/* Two groups of a line, where there may be one of two; three of two lines. */
BROKEN(LINE_GROUPS)
{
	struct handmade_table t;

	handmade_lines(&t, "t", STELE_TYPE_U64, 2);
	handmade_slot(&t, 1, 10);
	t.fmt.nr_partitions = way == 0 ? 1 : way == 1 ? 2 : 3;
	handmade_tables(im, &t, 1);
	return way <= 2;
}

/* A key in a line that is none of its two, and one in both. */
BROKEN(LINE_PLACE)
{
	struct stele_fmt_line *lines;
	struct handmade_table t;
	uint32_t a, b, c = 0;
	uint64_t key = 1;

	do
		stele_probe_lines_of(stele_hash_u64(++key,
						    STELE_FMT_DEFAULT_SEED),
				     4, &a, &b);
	while (a == b);
	while (c == a || c == b)
		c++;
	handmade_lines(&t, "t", STELE_TYPE_U64, 4);
	handmade_slot(&t, key, 10);
	t.fmt.nr_keys += way == 2;
	t.fmt.nr_values += way == 2;
	t.fmt.used_bytes += way == 2 ? 16 : 0;
	handmade_tables(im, &t, 1);
	lines = (void *)(im->bytes + t.fmt.data_off);
	if (way == 1) {
		lines[c] = lines[a];
		lines[a] = lines[b];
	} else if (way == 2) {
		lines[b] = lines[a];
	}
	return way <= 2;
}

/* A value without a key; a free slot before a key. */
BROKEN(LINE_FREE)
{
	struct handmade_table t;
	struct stele_fmt_line *line = two_keys(im, &t);

	line->value[3] = way == 1;
	if (way == 2) {
		line->key[2] = line->key[1];
		line->value[2] = line->value[1];
		line->key[1] = t.fmt.empty_key;
		line->value[1] = 0;
	}
	return way <= 2;
}

BROKEN(LINE_ORDER)
{
	struct handmade_table t;
	struct stele_fmt_line *line = two_keys(im, &t);

	if (way == 1) {
		line->key[0] = 2;
		line->key[1] = 1;
	}
	return way <= 1;
}

BROKEN(LINE_EMPTY)
{
	struct handmade_table t;
	struct stele_fmt_line *line = two_keys(im, &t);

	if (way == 1) {
		line->key[2]++;
		line->key[3]++;
		descriptor(im, &t)->empty_key++;
	}
	return way <= 1;
}

/* --------------------------------------------------------------- filters */

BROKEN(FILTER_SHAPE)
{
	struct stele_fmt_filter *part;
	struct handmade_table t;

	handmade_filter(&t, "t", STELE_FMT_KEY_STR, 100, 1);
	handmade_tables(im, &t, 1);
	part = (void *)(im->bytes + t.fmt.partitions_off);
	part->nr_blocks += way == 1;
	part->low_blocks += way == 2;
	part->first_line += way == 3;
	/* behind the words of the last line */
	im->bytes[t.fmt.data_off + t.fmt.used_bytes] = way == 4;
	return way <= 4;
}

/* A filter that says no to a row's key. */
BROKEN(FILTER_KEYS)
{
	uint64_t word = handmade_text(im, "a");
	struct handmade_table t;

	handmade_section(im, STELE_FMT_SECTION_HEAP);
	handmade_object(im,
			STELE_FMT_HEAD(STELE_FMT_KIND_RECORD,
				       STELE_FMT_OBJ_F_ROW, 0),
			&word, 8);
	handmade_filter(&t, "t", STELE_FMT_KEY_STR, 100, 1);
	handmade_declare(&t, 0, 0);
	handmade_tables(im, &t, 1);
	handmade_schema(im, "record R { a: str }\n"
			    "table t: R(a) filter 1/100\n");
	/* the first slot of the first key lies in the first block */
	for (uint64_t i = 0; way == 1 && i < t.fmt.used_bytes; i++)
		im->bytes[t.fmt.data_off + i] = (uint8_t)stele_hash_u64(i, 1);
	return way <= 1;
}
