// SPDX-License-Identifier: MIT
/*
 * Fuzz target: the image of a schema, as it stands in a segment.  What loads
 * prints to a text that parses, and what that makes prints the same.
 */
#include <string.h>

#include "reparse.h"

#define MAX_BYTES (1u << 16)

static void fuzz(const uint8_t *data, size_t size)
{
	struct stele_error err = { 0 };
	struct stele_schema *schema;
	void *image;
	int rc;

	if (size > MAX_BYTES)
		return;
	/* at a multiple of 64, as a section is, and not a byte more */
	if (posix_memalign(&image, 64, size + !size))
		fuzz_fail("no memory");
	if (size)
		memcpy(image, data, size);
	rc = stele_schema_load(image, size, 0, &schema, &err);
	if (!rc) {
		schema_reparse(schema, false);
		stele_schema_free(schema);
	} else if (err.code != rc || !err.reason[0]) {
		fuzz_fail("a refusal without a reason");
	}
	free(image);
}
