// SPDX-License-Identifier: MIT
/*
 * Fuzz target: the text form of values, in rows whose schema has every type:
 * declared ones, and under `any` those that carry their type, shared and cyclic.
 */
#include "ingest.h"
#include "typed.h"

#define MAX_BYTES (1u << 14)

static void fuzz(const uint8_t *data, size_t size)
{
	if (size <= MAX_BYTES)
		ingest(data, size, SOURCE_NDJSON, typed_schema());
}
