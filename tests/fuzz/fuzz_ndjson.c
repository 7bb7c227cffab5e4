// SPDX-License-Identifier: MIT
/*
 * Fuzz target: rows of NDJSON, whose schema is inferred.
 */
#include "ingest.h"

#define MAX_BYTES (1u << 14)

static void fuzz(const uint8_t *data, size_t size)
{
	if (size <= MAX_BYTES)
		ingest_inferred(data, size, SOURCE_NDJSON);
}
