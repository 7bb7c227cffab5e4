// SPDX-License-Identifier: MIT
/* An image with something of everything, by hand. */
#include "whole.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "handmade_table.h"
#include "handmade_value.h"
#include "word.h"

#define HEAD(kind, flags, count) \
	STELE_FMT_HEAD(STELE_FMT_KIND_##kind, flags, count)

static void die(const char *what)
{
	fprintf(stderr, "whole: %s\n", what);
	abort();
}

static const char *const names[WHOLE_ROWS] = { "one", "two", "three" };

/* --------------------------------------------------------------- objects */

static void make_scalars(struct handmade *im, struct whole_places *at)
{
	static char ascii[8192];
	static const uint8_t big[9] = { 0, 0, 0, 0, 0, 0, 0, 0, 1 };
	int64_t low = INT64_MIN;
	uint64_t high = UINT64_MAX;

	at->run = handmade_object(im, HEAD(RUN, 0, 21), "an ascii string inrun",
				  21);
	at->i64 = handmade_object(im, HEAD(I64, 0, 0), &low, 8);
	at->u64 = handmade_object(im, HEAD(U64, STELE_FMT_OBJ_F_IDENTITY, 0),
				  &high, 8);
	at->f64 = handmade_f64(im, 1e300);
	at->bigint = handmade_bigint(im, STELE_FMT_OBJ_F_NEGATIVE, big, 9);
	at->decimal = handmade_scaled(im, -150, -2);
	at->zoned = handmade_zoned(im, 1000000, -3600);
	at->timedelta = handmade_timedelta(im, INT64_MIN);
	at->uuid = handmade_uuid(im, "0123456789abcdef");
	at->user = handmade_user(im, handmade_text(im, "mine"), "bytes", 5);
	at->str = handmade_str(im, "caf\xc3\xa9 noir", 10);
	memset(ascii, 'x', sizeof(ascii));
	at->long_ascii = handmade_str(im, ascii, sizeof(ascii));
	at->bytes = handmade_object(im, HEAD(BYTES, 0, 9),
				    "\0\1\2\3\4\5\6\7\x8", 9);
}

static void make_arrays(struct handmade *im, struct whole_places *at)
{
	static const uint8_t bools[10] = { 0, 1, 1 };
	static const int32_t dates[3] = { -719162, 0, 2932896 };
	static const int64_t large[9] = { 1, -1, 2 };
	/* 2 x 3 in the order of Fortran, three times */
	static const uint64_t shape[3] = { 3, 2, 3 };
	static const int64_t strides[3] = { 0, 1, 2 };

	at->bools = handmade_array(im, STELE_FMT_ELEM_BOOL, 10, bools, 10);
	at->dates = handmade_array(im, STELE_FMT_ELEM_DATE, 3, dates, 12);
	at->ndarray = handmade_ndarray(im, STELE_FMT_ELEM_U8, 3, shape, strides,
				       "abcdef", 6);
	if (im->len % 64 == 56)
		handmade_items(im, STELE_FMT_KIND_LIST, NULL, 0);
	at->pad = im->len;
	at->array = handmade_array(im, STELE_FMT_ELEM_I64, 9, large, 72);
}

/* Every word that there is, in a list. */
static void make_words(struct handmade *im, struct whole_places *at)
{
	const uint64_t words[] = {
		STELE_FMT_NULL,
		STELE_FMT_TRUE,
		handmade_int(-1),
		stele_word_ascii(at->run + 8, 12),
		stele_word_ascii(at->run + 8 + 12, 9),
		at->i64,
		at->u64,
		at->f64,
		at->bigint,
		at->decimal,
		at->zoned,
		at->timedelta,
		at->uuid,
		at->user,
		at->str,
		at->long_ascii,
		at->bytes,
		at->array,
		at->ndarray,
		stele_word_calendar(STELE_FMT_CALENDAR_DATE, 19000),
		stele_word_calendar(STELE_FMT_CALENDAR_DATETIME, -1),
		stele_word_calendar(STELE_FMT_CALENDAR_TIME, 1),
		stele_word_calendar(STELE_FMT_CALENDAR_TIMEDELTA, -1),
		STELE_FMT_MINUS_ZERO,
	};
	const uint64_t n = sizeof(words) / sizeof(*words);

	at->list = handmade_object(im, HEAD(LIST, STELE_FMT_OBJ_F_IDENTITY, n),
				   words, 8 * n);
}

static void make_collections(struct handmade *im, struct whole_places *at)
{
	uint64_t words[2 * WHOLE_PAIRS];

	words[0] = handmade_text(im, "a");
	words[1] = at->list;
	words[2] = handmade_text(im, "b");
	words[3] = handmade_int(0);
	at->dict = handmade_dict(im, words, 2, 0);
	for (unsigned i = 0; i < WHOLE_PAIRS; i++) {
		words[2 * i] = handmade_int(i);
		words[2 * i + 1] = STELE_FMT_NULL;
	}
	at->indexed = handmade_dict(im, words, WHOLE_PAIRS, 0);
	for (unsigned i = 0; i < WHOLE_PAIRS; i++)
		words[i] = handmade_int(i);
	at->set = handmade_set(im, words, WHOLE_PAIRS, 0);
	at->ids = handmade_set(im, &at->uuid, 1, 0);
	words[0] = handmade_int(3);
	words[1] = handmade_f64(im, 0.5);
	words[0] = at->point =
		handmade_items(im, STELE_FMT_KIND_TUPLE, words, 2);
	words[1] = STELE_FMT_TRUE;
	handmade_dict(im, words, 1, 0);
	words[0] = handmade_text(im, "left");
	words[1] = STELE_FMT_NULL;
	at->tuple = handmade_items(im, STELE_FMT_KIND_TUPLE, words, 2);
	words[0] = at->tuple;
	words[1] = handmade_int(1);
	at->keyed = handmade_dict(im, words, 1, 0);
	at->empty = handmade_dict(im, words, 0, 0);
	words[0] = handmade_int(255);
	at->small = handmade_items(im, STELE_FMT_KIND_LIST, words, 1);
	words[0] = handmade_text(im, "k");
	words[1] = at->small;
	at->map = handmade_dict(im, words, 1, 0);
}

/* ------------------------------------------------------------------ rows */

static uint64_t offset_of(const struct whole *w, uint32_t record,
			  const char *name)
{
	uint32_t field;

	if (stele_schema_find_field(w->schema, record, name, strlen(name),
				    &field))
		die(name);
	return w->schema->fields[w->schema->records[record].first_field + field]
		.off;
}

uint64_t whole_field(const struct whole *w, uint64_t pos, const char *name)
{
	return pos + offset_of(w, 0, name);
}

static void set_field(struct whole *w, uint64_t pos, const char *name,
		      const void *value, size_t len)
{
	memcpy(w->im.bytes + whole_field(w, pos, name), value, len);
}

static void set_word(struct whole *w, uint64_t pos, const char *name,
		     uint64_t word)
{
	set_field(w, pos, name, &word, sizeof(word));
}

/* A row of everything, or of as little as may be. */
static void fill_row(struct whole *w, uint64_t pos, int i)
{
	static const struct stele_fmt_zoned when = { 5, 60, 0 };
	struct whole_places *at = &w->at;
	const uint64_t null = STELE_FMT_NULL;

	set_word(w, pos, "name", handmade_text(&w->im, names[i]));
	set_field(w, pos, "n", "\7", 2);
	set_field(w, pos, "on", "\1", 1);
	set_field(w, pos, "day", "\xfb\xff\xff\xff", 4);
	set_word(w, pos, "deps", at->deps[i]);
	set_word(w, pos, "any", i ? at->list : null);
	set_word(w, pos, "sub", i ? at->sub : null);
	set_word(w, pos, "map", i ? at->map : at->empty);
	set_word(w, pos, "arr", null);
	set_field(w, pos, "when", &when, sizeof(when));
	set_word(w, pos, "ids", i ? at->ids : null);
	set_word(w, pos, "pair", i ? at->tuple : null);
	set_word(w, pos, "big", i ? at->bigint : handmade_int(-7));
	set_word(w, pos, "price", i ? at->decimal : null);
	set_word(w, pos, "mine", i ? at->user : null);
	set_word(w, pos, "grid", i ? at->ndarray : null);
	set_word(w, pos, "by", i ? at->keyed : null);
}

static void make_rows(struct whole *w)
{
	static const uint8_t body[512];
	const struct stele_fmt_record *records = w->schema->records;
	struct whole_places *at = &w->at;
	struct handmade *im = &w->im;
	float x = 1.5f;
	uint64_t words[3];

	for (int i = 0; i < WHOLE_ROWS; i++)
		at->rows[i] = handmade_object(
			im, HEAD(RECORD, STELE_FMT_OBJ_F_ROW, 0), body,
			records[0].body_bytes - 8);
	at->sub = handmade_object(im, HEAD(RECORD, 0, 1), body,
				  records[1].body_bytes - 8);
	memcpy(im->bytes + at->sub + offset_of(w, 1, "x"), &x, 4);
	words[0] = at->rows[1];
	words[1] = handmade_text(im, "absent");
	words[2] = at->rows[0];
	for (int i = 0; i < WHOLE_ROWS; i++)
		at->deps[i] = handmade_items(im, STELE_FMT_KIND_LIST, words,
					     (uint64_t)i);
	for (int i = 0; i < WHOLE_ROWS; i++)
		fill_row(w, at->rows[i], i);
}

/* --------------------------------------------------------------- all of it */

static void make_tables(struct whole *w)
{
	struct handmade_table t[2];

	handmade_buckets(&t[0], "by_name", STELE_FMT_KEY_STR,
			 STELE_TYPE_RECORD);
	handmade_declare(&t[0], 0, 0);
	for (int i = 0; i < WHOLE_ROWS; i++)
		handmade_row(&t[0], names[i], strlen(names[i]), w->at.rows[i]);
	handmade_lines(&t[1], "lines", STELE_TYPE_U64, 1);
	handmade_slot(&t[1], 5, 50);
	handmade_slot(&t[1], 9, 90);
	handmade_tables(&w->im, t, 2);
	w->at.bucket = t[0].fmt.data_off;
	w->at.partition = t[0].fmt.partitions_off;
	w->at.separator = t[0].fmt.separators_off;
	w->at.lines = t[1].fmt.data_off;
	w->at.tables = t[0].at;
}

void whole_make(struct whole *w)
{
	struct stele_error err;
	uint64_t root[2];

	memset(w, 0, sizeof(*w));
	if (stele_schema_parse(WHOLE_SCHEMA, strlen(WHOLE_SCHEMA), &w->schema,
			       &err))
		die(err.reason);
	handmade_begin(&w->im);
	handmade_section(&w->im, STELE_FMT_SECTION_HEAP);
	make_scalars(&w->im, &w->at);
	make_arrays(&w->im, &w->at);
	make_words(&w->im, &w->at);
	make_collections(&w->im, &w->at);
	make_rows(w);
	root[0] = handmade_text(&w->im, "root");
	root[1] = w->at.dict;
	w->at.roots = handmade_dict(&w->im, root, 1, 0);
	w->im.header->roots = w->at.roots;
	make_tables(w);
	handmade_schema(&w->im, WHOLE_SCHEMA);
	handmade_seal(&w->im);
	w->good = w->im;
	w->good.bytes = malloc(w->im.home_bytes);
	if (!w->good.bytes)
		die("no memory");
	memcpy(w->good.bytes, w->im.bytes, w->im.home_bytes);
}

void whole_free(struct whole *w)
{
	stele_schema_free(w->schema);
	handmade_free(&w->im);
	free(w->good.bytes);
}

void whole_mend(struct whole *w)
{
	memcpy(w->im.bytes, w->good.bytes, w->good.home_bytes);
	w->im.len = w->good.len;
	w->im.home_bytes = w->good.home_bytes;
}
