// SPDX-License-Identifier: MIT
/*
 * Fuzz target: rows of CSV, first with the schema that is inferred, then with one
 * that declares cells of every type.
 */
#include "ingest.h"
#include "typed.h"

#define MAX_BYTES (1u << 14)

static void fuzz(const uint8_t *data, size_t size)
{
	if (size > MAX_BYTES)
		return;
	ingest_inferred(data, size, SOURCE_CSV);
	ingest(data, size, SOURCE_CSV, typed_schema());
}
