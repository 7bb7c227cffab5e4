// SPDX-License-Identifier: MIT
/*
 * Fuzz target: the text of a schema.  What parses prints to a text that parses
 * and prints the same; what does not is refused with a place in the text.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <stele/schema.h>

#include "replay.h"

#define MAX_BYTES (1u << 16)

static void fail(const char *why)
{
	fprintf(stderr, "%s\n", why);
	abort();
}

static char *print(const struct stele_schema *schema, size_t *len)
{
	char *text;

	if (stele_schema_print(schema, NULL, 0, len) != -ENOSPC)
		fail("printing into nothing succeeds");
	text = malloc(*len + 1);
	if (!text)
		fail("no memory");
	if (stele_schema_print(schema, text, *len + 1, len))
		fail("printing fails");
	return text;
}

static void check_refusal(const char *text, size_t size, int rc,
			  const struct stele_error *err)
{
	size_t lines = 1;

	for (size_t i = 0; i < size; i++)
		lines += text[i] == '\n';
	if (err->code != rc || !err->reason[0])
		fail("a refusal without a reason");
	if (strchr(err->reason, '\n'))
		fail("a reason of several lines");
	if (!err->line || !err->column || err->line > lines)
		fail("a refusal without a place in the text");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct stele_schema *schema, *again;
	struct stele_error err = { 0 };
	size_t len, len_again;
	char *first, *second;
	int rc;

	if (size > MAX_BYTES)
		return 0;
	rc = stele_schema_parse(text, size, &schema, &err);
	if (rc) {
		check_refusal(text, size, rc, &err);
		return 0;
	}
	first = print(schema, &len);
	if (stele_schema_parse(first, len, &again, &err)) {
		fprintf(stderr, "%u:%u: %s\n%s\n", err.line, err.column,
			err.reason, first);
		fail("what was printed does not parse");
	}
	second = print(again, &len_again);
	if (len != len_again || memcmp(first, second, len) != 0)
		fail("what was printed changes");
	free(first);
	free(second);
	stele_schema_free(again);
	stele_schema_free(schema);
	return 0;
}
