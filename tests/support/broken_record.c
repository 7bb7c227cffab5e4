// SPDX-License-Identifier: MIT
/* Broken records: a row or two of a record of few fields. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "broken.h"
#include "calendar.h"
#include "handmade_table.h"
#include "handmade_value.h"
#include "schema.h"

/*
 * A record of the schema's number 0, whose body is these bytes but for the
 * head, and zeros.
 */
static uint64_t record(struct handmade *im, const char *text, unsigned flags,
		       const void *body, uint64_t len)
{
	struct stele_schema *schema;
	struct stele_error err;
	uint8_t bytes[256] = { 0 };
	uint64_t pos;

	if (stele_schema_parse(text, strlen(text), &schema, &err)) {
		fprintf(stderr, "broken: %s\n", err.reason);
		abort();
	}
	memcpy(bytes, body, len);
	pos = handmade_object(im,
			      STELE_FMT_HEAD(STELE_FMT_KIND_RECORD, flags, 0),
			      bytes, schema->records[0].body_bytes - 8);
	stele_schema_free(schema);
	return pos;
}

/* An image of one record alone. */
static bool image(struct handmade *im, const char *text, const void *body,
		  uint64_t len)
{
	handmade_section(im, STELE_FMT_SECTION_HEAP);
	record(im, text, 0, body, len);
	handmade_schema(im, text);
	return true;
}

static bool image_of_word(struct handmade *im, const char *text, uint64_t word)
{
	return image(im, text, &word, sizeof(word));
}

BROKEN(RECORD_SCHEMA)
{
	handmade_section(im, STELE_FMT_SECTION_HEAP);
	handmade_object(im, STELE_FMT_HEAD(STELE_FMT_KIND_RECORD, 0, way == 1),
			NULL, 0);
	handmade_schema(im, "record R { }\n");
	return way <= 1;
}

/* Behind a byte of value: bitmaps of one bit, then nobody's. */
BROKEN(RECORD_GAP)
{
	uint8_t body[8] = { 1 };

	body[1] = way == 1 ? 2 : 0;
	body[2] = way == 2 ? 2 : 0;
	body[7] = way == 3;
	return image(im, "record R { a: u8? optional }\n", body, 8) && way <= 3;
}

BROKEN(RECORD_BITS)
{
	uint8_t body[3] = { 0, way == 1, 1 };

	return image(im, "record R { a: u8? optional }\n", body, 3) && way <= 1;
}

BROKEN(RECORD_ABSENT)
{
	uint8_t body[3] = { way != 0, way == 1, way != 1 };

	return image(im, "record R { a: u8? optional }\n", body, 3) && way <= 2;
}

/* One item, which is of none of the types that take small integers. */
static uint64_t one(struct handmade *im, unsigned kind)
{
	uint64_t words[2] = { handmade_int(256), handmade_int(256) };

	switch (kind) {
	case STELE_FMT_KIND_DICT:
		return handmade_dict(im, words, 1, 0);
	case STELE_FMT_KIND_SET:
		return handmade_set(im, words, 1, 0);
	default:
		return handmade_items(im, kind, words, 1);
	}
}

/* A word that is not of the type of that number below. */
static uint64_t other_word(struct handmade *im, unsigned way)
{
	switch (way) {
	case 0:
		return handmade_text(im, "a");
	case 1:
		return handmade_f64(im, 1.5);
	case 2:
	case 3:
	case 4:
		return one(im, STELE_FMT_KIND_LIST);
	case 5:
		return one(im, STELE_FMT_KIND_SET);
	case 6:
	case 7:
		return one(im, STELE_FMT_KIND_TUPLE);
	case 8:
	case 9:
		return one(im, STELE_FMT_KIND_DICT);
	case 10:
		return handmade_array(im, STELE_FMT_ELEM_I8, 1, "a", 1);
	case 11:
		return handmade_ndarray(im, STELE_FMT_ELEM_I8, 0, NULL, NULL,
					"a", 1);
	case 12:
		return handmade_user(im, handmade_text(im, "b"), "", 0);
	case 13:
		return handmade_f64(im, 7);
	default:
		return handmade_int(7);
	}
}

/* Fields, items and keys with words of another type. */
BROKEN(FIELD_TYPE)
{
	static const char *const types[] = {
		"str",
		"str",
		"list<u8>",
		"list<uuid>",
		"tuple<u16>",
		"set<i8>",
		"tuple<u8>",
		"tuple<>",
		"dict<u16, str>",
		"dict<str, u16>",
		"array<u8>",
		"ndarray<u8>",
		"user<a>",
		"bigint",
		"decimal",
	};
	char text[64];
	uint64_t word;

	if (way >= sizeof(types) / sizeof(*types))
		return false;
	sprintf(text, "record R { a: %s }\n", types[way]);
	handmade_section(im, STELE_FMT_SECTION_HEAP);
	word = other_word(im, way);
	record(im, text, 0, &word, 8);
	handmade_schema(im, text);
	return true;
}

BROKEN(FIELD_NULL)
{
	uint64_t words[2] = { STELE_FMT_NULL, STELE_FMT_NULL };
	const char *text = "record R { a: tuple<str, str?> }\n";

	if (way == 1)
		return image_of_word(im, text, STELE_FMT_NULL);
	handmade_section(im, STELE_FMT_SECTION_HEAP);
	words[0] = way == 2 ? STELE_FMT_NULL : handmade_text(im, "a");
	words[0] = handmade_items(im, STELE_FMT_KIND_TUPLE, words, 2);
	record(im, text, 0, words, 8);
	handmade_schema(im, text);
	return way <= 2;
}

BROKEN(FIELD_UNSET)
{
	uint64_t word = way == 1 ? STELE_FMT_UNSET : handmade_text(im, "a");

	return image_of_word(im, "record R { a: str }\n", word) && way <= 1;
}

BROKEN(FIELD_BOOL)
{
	uint8_t body = way == 1 ? 2 : 1;

	return image(im, "record R { a: bool }\n", &body, 1) && way <= 1;
}

BROKEN(FIELD_TIME)
{
	struct {
		struct stele_fmt_zoned zoned;
		int64_t time;
		int32_t date;
	} body = { .zoned = { 0, 0, 0 } };

	body.zoned.zero = way == 1;
	body.zoned.offset = way == 2 ? 86400 : 86399;
	body.time = way == 3 ? STELE_DAY_US : 0;
	body.date = way == 4 ? STELE_DATE_MIN - 1 : STELE_DATE_MIN;
	return image(im, "record R { a: date  b: time  c: zoned }\n", &body,
		     28) &&
	       way <= 4;
}

/* A record in a record: of the one that is declared, or of the other. */
BROKEN(FIELD_RECORD)
{
	const char *text = "record R { a: S? }\nrecord S { }\n";
	uint64_t word;

	handmade_section(im, STELE_FMT_SECTION_HEAP);
	word = handmade_object(im, STELE_FMT_HEAD(STELE_FMT_KIND_RECORD, 0, 1),
			       NULL, 0);
	if (way == 1) {
		word = STELE_FMT_NULL;
		word = record(im, text, 0, &word, 8);
	}
	record(im, text, 0, &word, 8);
	handmade_schema(im, text);
	return way <= 1;
}

/* Rows "a" and, if that is no row, "b"; each refers to a. */
BROKEN(FIELD_REF)
{
	const char *text = "record R { k: str  r: weak t? }\n"
			   "table t: R(k)\n";
	unsigned flags = way == 1 ? 0 : STELE_FMT_OBJ_F_ROW;
	uint64_t body[2] = { 0, STELE_FMT_NULL }, a, b;
	struct handmade_table t;

	handmade_section(im, STELE_FMT_SECTION_HEAP);
	body[0] = handmade_text(im, "b");
	b = record(im, text, flags, body, 16);
	body[0] = handmade_text(im, "a");
	body[1] = way == 2 ? handmade_text(im, "b") :
		  way == 3 ? handmade_int(1) :
		  way == 4 ? handmade_text(im, "absent") :
			     b;
	a = record(im, text, STELE_FMT_OBJ_F_ROW, body, 16);
	if (way == 4) /* which is no reference, where it is not weak */
		text = "record R { k: str  r: ref t? }\n"
		       "table t: R(k)\n";
	handmade_buckets(&t, "t", STELE_FMT_KEY_STR, STELE_TYPE_RECORD);
	handmade_declare(&t, 0, 0);
	handmade_row(&t, "a", 1, a);
	if (flags)
		handmade_row(&t, "b", 1, b);
	handmade_tables(im, &t, 1);
	handmade_schema(im, text);
	return way <= 4;
}
