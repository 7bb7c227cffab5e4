/* SPDX-License-Identifier: MIT */
/*
 * Schemas in tests: parse, print, and compare in one line.
 */
#ifndef STELE_TEST_SCHEMA_TEXT_H
#define STELE_TEST_SCHEMA_TEXT_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "schema.h"

/* The schema of a text that is right. */
static inline struct stele_schema *parsed(const char *text)
{
	struct stele_schema *schema = NULL;
	struct stele_error err;
	int rc = stele_schema_parse(text, strlen(text), &schema, &err);

	if (rc)
		fail_msg("%u:%u: %s\n%s", err.line, err.column, err.reason,
			 text);
	return schema;
}

/* The text of a schema; the caller frees it. */
static inline char *printed(const struct stele_schema *schema)
{
	size_t len;
	char *text;

	assert_int_equal(stele_schema_print(schema, NULL, 0, &len), -ENOSPC);
	text = malloc(len + 1);
	assert_non_null(text);
	assert_int_equal(stele_schema_print(schema, text, len + 1, &len), 0);
	assert_int_equal(strlen(text), len);
	return text;
}

static inline void assert_same_image(const struct stele_schema *a,
				     const struct stele_schema *b)
{
	assert_int_equal(a->image_bytes, b->image_bytes);
	assert_memory_equal(a->image, b->image, a->image_bytes);
}

/* text -> image -> text -> image, and image -> load -> image. */
static inline void assert_round_trip(const struct stele_schema *schema)
{
	struct stele_schema *again, *loaded;
	struct stele_error err;
	char *text = printed(schema);

	again = parsed(text);
	assert_same_image(schema, again);
	if (stele_schema_load(schema->image, schema->image_bytes, 0, &loaded,
			      &err))
		fail_msg("%s\n%s", err.reason, text);
	assert_same_image(schema, loaded);
	stele_schema_free(again);
	stele_schema_free(loaded);
	free(text);
}

#endif /* STELE_TEST_SCHEMA_TEXT_H */
