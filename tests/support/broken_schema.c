// SPDX-License-Identifier: MIT
/* Broken schemas, in an image of the schema alone. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "broken.h"
#include "handmade_table.h"

/* Pointers into the image. */
struct parts {
	struct stele_fmt_section *section;
	struct stele_fmt_schema_head *head;
	struct stele_fmt_record *records;
	struct stele_fmt_field *fields;
	struct stele_fmt_type *types;
	struct stele_fmt_decl *tables;
	uint32_t *steps;
	uint8_t *pool;
};

static struct parts parts_of(struct handmade *im)
{
	struct parts p = {
		.section = &im->header->section[im->header->nr_sections - 1],
	};

	p.head = (void *)(im->bytes + p.section->off);
	p.records = (void *)(p.head + 1);
	p.fields = (void *)(p.records + p.head->nr_records);
	p.types = (void *)(p.fields + p.head->nr_fields);
	p.tables = (void *)(p.types + p.head->nr_types);
	p.steps = (void *)(p.tables + p.head->nr_tables);
	p.pool = (void *)(p.steps + p.head->nr_steps);
	return p;
}

static struct parts schema(struct handmade *im, const char *text)
{
	handmade_schema(im, text);
	return parts_of(im);
}

BROKEN(SCHEMA_SIZE)
{
	struct parts p = schema(im, "record R { a: u8 }\n");

	p.head->pool_bytes += way == 1;
	handmade_append(im, "", way == 2);
	return way <= 2;
}

BROKEN(SCHEMA_ZERO)
{
	struct parts p = schema(im, "record R { a: u8 }\n");

	p.head->zero = way == 1;
	p.records[0].zero = way == 2;
	p.fields[0].zero = way == 3;
	return way <= 3;
}

BROKEN(SCHEMA_INDEX)
{
	struct parts p = schema(im, "record R { a: u8 }\nrows R\n");

	p.fields[0].type = way == 1;
	p.head->root_record = way == 2;
	p.records[0].first_field = way == 3;
	return way <= 3;
}

/* In documentation, on which nothing depends. */
BROKEN(SCHEMA_STRING)
{
	struct parts p = schema(im, "## d\nrecord R { a: u8 }\n");

	p.pool[p.records[0].doc.off] = way == 1 ? 0xff : 'd';
	p.records[0].doc.off += way == 2;
	return way <= 2;
}

/* Two former names become one. */
BROKEN(SCHEMA_NAME)
{
	struct parts p = schema(im, "record R { a: u8 was x  b: u8 was y }\n");

	p.pool[p.fields[1].former.off] = way == 1 ? 'x' : 'y';
	return way <= 1;
}

/* A kind of type that is none; items that are behind their list. */
BROKEN(SCHEMA_TYPE)
{
	struct parts p = schema(im, "record R { a: list<u8> }\n");

	p.types[0].kind = way == 1 ? 99 : STELE_TYPE_U8;
	p.types[1].arg = way == 2;
	p.types[0].arg = way == 3;
	return way <= 3;
}

BROKEN(SCHEMA_LAYOUT)
{
	struct parts p = schema(im, "record R { a: u8 }\n");

	p.fields[0].off += way == 1;
	p.records[0].body_bytes += way == 2 ? 8 : 0;
	return way <= 2;
}

BROKEN(SCHEMA_FINGERPRINT)
{
	schema(im, "record R { }\n").records[0].fingerprint[15] ^= way == 1;
	return way <= 1;
}

/* The key is a list. */
BROKEN(SCHEMA_TABLE)
{
	struct handmade_table t;
	struct parts p;

	handmade_buckets(&t, "t", STELE_FMT_KEY_STR, STELE_TYPE_RECORD);
	handmade_declare(&t, 0, 0);
	handmade_tables(im, &t, 1);
	p = schema(im, "record R { a: str  b: list<str> }\n"
		       "table t: R(a)\n");
	p.steps[1] = way == 1;
	return way <= 1;
}

BROKEN(SCHEMA_FLAGS)
{
	struct parts p = schema(im, "record R { a: u8 }\n");

	p.fields[0].flags |= way == 1 ? 8 : 0;
	return way <= 1;
}

/* A number that is none, and one that has a needless digit. */
BROKEN(SCHEMA_DEFAULT)
{
	struct parts p = schema(im, "record R { a: u8 = 17 }\n");

	p.pool[p.fields[0].value.off] = way == 1 ? 'x' : way == 2 ? '0' : '1';
	return way <= 2;
}
