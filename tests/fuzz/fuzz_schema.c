// SPDX-License-Identifier: MIT
/*
 * Fuzz target: the text of a schema.  What parses prints to a text that parses
 * and prints the same, and its image loads; what does not is refused with a
 * place in the text.
 */
#include <string.h>

#include "reparse.h"

#define MAX_BYTES (1u << 16)

static void check_refusal(const char *text, size_t size, int rc,
			  const struct stele_error *err)
{
	size_t lines = 1;

	for (size_t i = 0; i < size; i++)
		lines += text[i] == '\n';
	if (err->code != rc || !err->reason[0])
		fuzz_fail("a refusal without a reason");
	if (strchr(err->reason, '\n'))
		fuzz_fail("a reason of several lines");
	if (!err->line || !err->column || err->line > lines)
		fuzz_fail("a refusal without a place in the text");
}

static void check_image(const struct stele_schema *schema)
{
	struct stele_schema *loaded;
	struct stele_error err = { 0 };

	if (stele_schema_load(schema->image, schema->image_bytes, 0, &loaded,
			      &err))
		fuzz_fail("%s\nthe image of a text does not load", err.reason);
	stele_schema_free(loaded);
}

/* A text that is cut in two at a line: the second part extends the first. */
static void check_extension(const struct stele_schema *whole, const char *text,
			    size_t size)
{
	const char *cut =
		size ? memchr(text + size / 2, '\n', size - size / 2) : NULL;
	struct stele_schema *base, *extended;
	struct stele_error err = { 0 };
	size_t len, len_again, at;
	char *first, *second;

	if (!cut)
		return;
	at = (size_t)(cut + 1 - text);
	if (stele_schema_parse(text, at, &base, &err))
		return; /* it needs what comes later */
	if (stele_schema_extend(base, text + at, size - at, &extended, &err))
		fuzz_fail("%u:%u: %s\nthe parts don't make the whole", err.line,
			  err.column, err.reason);
	first = schema_print(whole, &len);
	second = schema_print(extended, &len_again);
	if (len != len_again || memcmp(first, second, len) != 0)
		fuzz_fail("%s\n%s\nthe parts make another schema", first,
			  second);
	free(second);
	free(first);
	stele_schema_free(extended);
	stele_schema_free(base);
}

static void fuzz(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct stele_error err = { 0 };
	struct stele_schema *schema;
	int rc;

	if (size > MAX_BYTES)
		return;
	rc = stele_schema_parse(text, size, &schema, &err);
	if (rc) {
		check_refusal(text, size, rc, &err);
		return;
	}
	check_image(schema);
	schema_reparse(schema, true);
	check_extension(schema, text, size);
	stele_schema_free(schema);
}
