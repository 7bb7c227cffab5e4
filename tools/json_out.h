/* SPDX-License-Identifier: MIT */
/*
 * Values of a segment as text, stele-json(5): what is printed can be built again.
 *
 * json_out.c has strings, scalars and sharing, json_record.c records and
 * references, json_content.c what else holds values.
 */
#ifndef STELE_TOOLS_JSON_OUT_H
#define STELE_TOOLS_JSON_OUT_H

#include <stdio.h>
#include <stele/stele.h>

#include "idmap.h"

/* A value in 512 containers. */
#define JSON_OUT_MAX_DEPTH 513

struct json_field {
	struct stele_field field;
	struct stele_field_info info;
};

struct json_record {
	struct stele_record_info info;
	struct json_field *fields; /* NULL: not read yet */
};

struct json_out {
	FILE *out;
	const struct stele_segment *segment;
	const struct stele_schema *schema;
	struct json_record *records; /* fields, once they are needed */
	uint32_t nr_records;
	struct idmap ids; /* by position: shared objects printed or named */
	uint64_t nr_ids;
	bool no_limit; /* the caller's: print whatever it takes */
	bool alone; /* the caller's: documents share no ids and no stock */
	uint64_t left; /* of what may be printed: values, and 8 bytes each */
	unsigned depth;
	bool untyped; /* in a shared object, which is built without its type */
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
 * _UTF8 on broken bytes, _LIMIT beyond 512 levels, and where a segment would
 * print far more than its size because objects stand in many places without
 * being shared; the reason in *err.
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

/*
 * The key that a reference prints as: of the row it leads to, or that of none.
 * `type` is that of the field, and becomes the key's.  -STELE_E_ABSENT: the row
 * has no key.
 */
int json_out_key(struct json_out *json, const struct stele_value *ref,
		 uint32_t *type, struct stele_value *key,
		 struct stele_error *err);

/* ------------------------------------------------- between the files */

int json_fail(struct json_out *json, int code, const char *reason);
/* The library's refusal of the value at hand. */
int json_refused(struct json_out *json, int code);

/* The value of a declared type, or JSON_OUT_ANY. */
int json_value(struct json_out *json, const struct stele_value *value,
	       uint32_t type);

/* Another document begins. */
void json_begin(struct json_out *json, struct stele_error *err);

/* A value of so many bytes is going to be printed. */
int json_spend(struct json_out *json, uint64_t bytes);
int json_spend_value(struct json_out *json, const struct stele_value *value);

/* A scalar that is no str; `says`: its type is needed to read it back. */
int json_scalar(struct json_out *json, const struct stele_value *value,
		bool says);

/* A string without its quotes. */
void json_escaped(FILE *out, const char *ptr, size_t len);
/* "name": with the '$' that a name like ours gets. */
void json_name(struct json_out *json, struct stele_str name);

/*
 * What stands in front of an object that is shared: *id > 0 for the first time,
 * *done when a reference is all.  A row is printed on its own line only.
 */
int json_identity(struct json_out *json, const struct stele_value *value,
		  bool own_line, uint64_t *id, bool *done);

/* The fields of a schema record. */
int json_fields(struct json_out *json, uint32_t number,
		struct json_record **out);

/* json_record.c; `says`: the record's name is needed to read it back. */
int json_record(struct json_out *json, const struct stele_value *value,
		bool says, bool own_line);
/* A reference prints as the key of the row it leads to. */
int json_ref(struct json_out *json, const struct stele_value *value,
	     uint32_t type);

/*
 * json_content.c: a value that holds others, where `type`, NULL: none, of that
 * number is declared.
 */
int json_content(struct json_out *json, const struct stele_value *value,
		 const struct stele_type_info *type, uint32_t number);

#endif /* STELE_TOOLS_JSON_OUT_H */
