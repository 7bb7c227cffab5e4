/* SPDX-License-Identifier: MIT */
/*
 * Values of a segment as text, stele-json(5): what is printed can be built again.
 */
#ifndef STELE_TOOLS_JSON_OUT_H
#define STELE_TOOLS_JSON_OUT_H

#include <stdio.h>
#include <stele/stele.h>

#include "idmap.h"

/* A value in 512 containers. */
#define JSON_OUT_MAX_DEPTH 513

struct json_record;

struct json_out {
	FILE *out;
	const struct stele_segment *segment;
	const struct stele_schema *schema;
	struct json_record *records; /* fields, once they are needed */
	uint32_t nr_records;
	struct idmap ids; /* by position: shared objects printed or named */
	uint64_t nr_ids;
	unsigned depth;
	uint64_t open[JSON_OUT_MAX_DEPTH + 1]; /* positions, by depth */
	struct stele_error *err; /* of the call at hand */
};

/* Prints to `out`, which outlives it.  -ENOMEM. */
int json_out_open(struct json_out *json, const struct stele_segment *segment,
		  FILE *out);
void json_out_close(struct json_out *json);

/*
 * The value as a document, without a line end.  `type` is an index of the
 * segment's schema, JSON_OUT_ANY: the value carries its type.  -STELE_E_FORMAT,
 * _UTF8 on broken bytes, _LIMIT beyond 512 levels, with the reason in *err.
 */
#define JSON_OUT_ANY UINT32_MAX
int json_out_value(struct json_out *json, const struct stele_value *value,
		   uint32_t type, struct stele_error *err);

/*
 * A row on a line of its own.  `record`: what rows are when they don't say,
 * UINT32_MAX: they all say.
 */
int json_out_row(struct json_out *json, const struct stele_value *row,
		 uint32_t record, struct stele_error *err);

/* Text as a JSON string. */
void json_out_string(FILE *out, const char *ptr, size_t len);

#endif /* STELE_TOOLS_JSON_OUT_H */
