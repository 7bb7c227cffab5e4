/* SPDX-License-Identifier: MIT */
/*
 * Keys in tests: cells in one line, one image around their values, and their
 * encodings as text.
 */
#ifndef STELE_TEST_KEYS_H
#define STELE_TEST_KEYS_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "canonical.h"
#include "handmade_cell.h"
#include "schema_text.h"

static inline struct stele_cell key_run(enum stele_type type, const void *p,
					size_t len)
{
	struct stele_cell c = stele_cell_of(type);

	c.u.ptr = p;
	c.len = len;
	return c;
}

static inline struct stele_cell key_text(enum stele_type type, const char *text)
{
	return key_run(type, text, strlen(text));
}

static inline struct stele_cell key_str(const char *text)
{
	return key_text(STELE_TYPE_STR, text);
}

static inline struct stele_cell key_decimal(const char *text)
{
	return key_text(STELE_TYPE_DECIMAL, text);
}

static inline struct stele_cell key_count(enum stele_type type, int64_t i)
{
	struct stele_cell c = stele_cell_of(type);

	c.u.i = i;
	return c;
}

static inline struct stele_cell key_user(const struct stele_user *user)
{
	struct stele_cell c = stele_cell_of(STELE_TYPE_USER);

	c.u.user = user;
	return c;
}

static inline struct stele_cell
key_collection(enum stele_type type, const struct stele_cell *cells, size_t len)
{
	struct stele_cell c = stele_cell_of(type);

	c.u.cells = cells;
	c.len = len;
	return c;
}

#define KEY_ITEMS(...)                                         \
	(const struct stele_cell[]){ __VA_ARGS__ },            \
		sizeof((struct stele_cell[]){ __VA_ARGS__ }) / \
			sizeof(struct stele_cell)
#define key_tuple(...) key_collection(STELE_TYPE_TUPLE, KEY_ITEMS(__VA_ARGS__))
#define key_set(...) key_collection(STELE_TYPE_SET, KEY_ITEMS(__VA_ARGS__))

static inline struct stele_cell
key_record(uint32_t record, const struct stele_cell *cells, size_t len)
{
	struct stele_cell c = key_collection(STELE_TYPE_RECORD, cells, len);

	c.record = record;
	return c;
}

/* ------------------------------------------------------------ encodings */

/* The encoding of a cell, or why it has none. */
static inline int key_encode(const struct stele_schema *schema,
			     const struct stele_cell *cell,
			     struct stele_buffer *out)
{
	struct stele_canonical_source source = { .schema = schema };

	out->len = 0;
	return stele_canonical_built(out, &source, STELE_FMT_NONE,
				     STELE_CANONICAL_DEPTH, cell);
}

static inline void assert_hex(const uint8_t *p, size_t len, const char *hex)
{
	char *text = malloc(2 * len + 1);

	assert_non_null(text);
	for (size_t i = 0; i < len; i++)
		sprintf(text + 2 * i, "%02x", p[i]);
	text[2 * len] = '\0';
	assert_string_equal(text, hex);
	free(text);
}

/* ---------------------------------------------------------------- image */

/* One image that values lie in: begun, filled, opened, asked, ended. */
struct keys {
	struct handmade im;
	struct stele_segment seg;
	struct stele_schema *schema;
};

static inline void keys_begin(struct keys *k, const char *schema)
{
	handmade_begin(&k->im);
	handmade_section(&k->im, STELE_FMT_SECTION_HEAP);
	handmade_object(&k->im, STELE_FMT_HEAD(STELE_FMT_KIND_BYTES, 0, 8),
			"no value", 8); /* a section is never empty */
	k->schema = parsed(schema);
	k->seg.base = NULL;
}

static inline uint64_t keys_add(struct keys *k, const struct stele_cell *cell)
{
	return handmade_cell(&k->im, k->schema, cell);
}

static inline void keys_open(struct keys *k, const char *schema)
{
	struct stele_error err;

	handmade_schema(&k->im, schema);
	handmade_seal(&k->im);
	assert_int_equal(handmade_open(&k->im, &k->seg, &err), 0);
}

/* The value of a word; short strings have their bytes in *word. */
static inline struct stele_value keys_value(const struct keys *k,
					    const uint64_t *word)
{
	struct stele_value v;

	assert_int_equal(stele_value_decode(&k->seg, *word, word, &v), 0);
	return v;
}

static inline void keys_end(struct keys *k)
{
	if (k->seg.base)
		handmade_close(&k->im, &k->seg);
	stele_schema_free(k->schema);
	handmade_free(&k->im);
}

#endif /* STELE_TEST_KEYS_H */
