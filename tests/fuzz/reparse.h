/* SPDX-License-Identifier: MIT */
/*
 * What holds for every schema, wherever it comes from: it prints to a text that
 * makes a schema which prints the same.
 */
#ifndef REPARSE_H
#define REPARSE_H

#include <errno.h>
#include <string.h>

#include "replay.h"
#include "schema.h"

static char *schema_print(const struct stele_schema *schema, size_t *len)
{
	char *text;

	if (stele_schema_print(schema, NULL, 0, len) != -ENOSPC)
		fuzz_fail("printing into nothing succeeds");
	text = malloc(*len + 1);
	if (!text || stele_schema_print(schema, text, *len + 1, len))
		fuzz_fail("printing fails");
	return text;
}

/*
 * What a schema prints to makes a schema that prints the same; of one that came
 * from a text, with the same image.  Types of others may be in another order.
 */
static void schema_reparse(const struct stele_schema *schema, bool from_text)
{
	struct stele_error err = { 0 };
	struct stele_schema *again;
	size_t len, len_again;
	char *first = schema_print(schema, &len), *second;

	if (stele_schema_parse(first, len, &again, &err))
		fuzz_fail("%s\n%u:%u: %s\nwhat was printed does not parse",
			  first, err.line, err.column, err.reason);
	second = schema_print(again, &len_again);
	if (len != len_again || memcmp(first, second, len) != 0)
		fuzz_fail("%s\n%s\nwhat was printed changes", first, second);
	if (from_text &&
	    (schema->image_bytes != again->image_bytes ||
	     memcmp(schema->image, again->image, again->image_bytes) != 0))
		fuzz_fail("%s\nwhat was printed means something else", first);
	free(second);
	free(first);
	stele_schema_free(again);
}

#endif /* REPARSE_H */
