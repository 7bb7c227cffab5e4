/* SPDX-License-Identifier: MIT */
/*
 * Printing by the type at run time; the schema's type only decides whether that
 * type has to be said.  A value is said to be shared by its IDENTITY flag; its
 * position is the key under which its id is known.
 *
 * Bytes of the segment are not trusted: depth is bounded, strings are checked,
 * and so is how much is printed.  Equal content stands in a segment once and
 * prints as often as it was given, so that a document may be larger than its
 * segment; but one that lists itself forty times over must not print without
 * end.  Each document may print 2^16 values, or 8 bytes in place of one; what is
 * beyond comes from a stock of 2^24 and as many as the segment has bytes.
 */
#include "json_out.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "scalar_out.h"
#include "text_key.h"

#define DOCUMENT_VALUES ((uint64_t)1 << 16)
#define STOCK_VALUES ((uint64_t)1 << 24)

enum {
	ID_NAMED = 1, /* a row, by a reference before its line */
	ID_PRINTED = 2,
};

int json_fail(struct json_out *json, int code, const char *reason)
{
	json->err->code = code;
	json->err->offset = UINT64_MAX;
	snprintf(json->err->reason, sizeof(json->err->reason), "%s", reason);
	return code;
}

int json_refused(struct json_out *json, int code)
{
	return json_fail(json, code, stele_strerror(code));
}

int json_out_open(struct json_out *json, const struct stele_segment *segment,
		  FILE *out)
{
	struct stele_segment_info info = { .size = sizeof(info) };

	memset(json, 0, sizeof(*json));
	json->out = out;
	json->segment = segment;
	json->schema = stele_segment_schema(segment);
	json->nr_records = stele_schema_nr_records(json->schema);
	json->records = calloc(json->nr_records + 1ul, sizeof(*json->records));
	if (!stele_segment_info(segment, &info))
		json->left = info.len_bytes;
	json->left += STOCK_VALUES;
	return json->records ? 0 : -ENOMEM;
}

void json_out_close(struct json_out *json)
{
	for (uint32_t i = 0; json->records && i < json->nr_records; i++)
		free(json->records[i].fields);
	free(json->records);
	idmap_free(&json->ids);
}

int json_spend(struct json_out *json, uint64_t bytes)
{
	uint64_t cost = bytes / 8 + 1;

	if (json->no_limit)
		return 0;
	if (cost > json->left)
		return json_fail(json, -STELE_E_LIMIT,
				 "it prints far more than the segment has, as "
				 "objects stand in many places without being "
				 "shared; --no-limit prints it all");
	json->left -= cost;
	return 0;
}

/* ------------------------------------------------------------ scalars */

static bool is_plain(unsigned char c)
{
	return c >= 0x20 && c != '"' && c != '\\';
}

static void print_escape(FILE *out, unsigned char c)
{
	static const char from[] = "\"\\\b\f\n\r\t";
	static const char to[] = "\"\\bfnrt";
	const char *at = c ? strchr(from, c) : NULL;

	if (at)
		fprintf(out, "\\%c", to[at - from]);
	else
		fprintf(out, "\\u%04x", c);
}

void json_escaped(FILE *out, const char *ptr, size_t len)
{
	size_t from = 0, i;

	for (i = 0; i < len; i++) {
		if (is_plain((unsigned char)ptr[i]))
			continue;
		fwrite_unlocked(ptr + from, 1, i - from, out);
		print_escape(out, (unsigned char)ptr[i]);
		from = i + 1;
	}
	fwrite_unlocked(ptr + from, 1, len - from, out);
}

void json_out_string(FILE *out, const char *ptr, size_t len)
{
	putc_unlocked('"', out);
	json_escaped(out, ptr, len);
	putc_unlocked('"', out);
}

void json_name(struct json_out *json, struct stele_str name)
{
	fputs_unlocked(text_key_escapes(name) ? "\"$" : "\"", json->out);
	json_escaped(json->out, name.ptr, name.len);
	fputs_unlocked("\":", json->out);
}

static int print_str(struct json_out *json, const struct stele_value *value)
{
	uint64_t points;
	int rc = stele_value_code_points(value, &points);

	if (rc)
		return json_refused(json, rc);
	json_out_string(json->out, value->u.ptr, value->len);
	return 0;
}

static bool is_no_number(const struct stele_value *value)
{
	return (value->type == STELE_TYPE_F32 ||
		value->type == STELE_TYPE_F64) &&
	       !isfinite(value->u.f);
}

int json_scalar(struct json_out *json, const struct stele_value *value,
		bool says)
{
	bool plain = scalar_is_plain(value->type);
	bool no_number = plain && is_no_number(value);
	const char *end = "";
	int rc;

	if (no_number || (says && !plain)) {
		fprintf(json->out, "{\"$type\":\"%s\",\"value\":",
			no_number ? "f64" : stele_type_name(value->type));
		end = "}";
	}
	if (no_number || !plain)
		putc_unlocked('"', json->out);
	rc = scalar_print(json->out, value);
	if (no_number || !plain)
		putc_unlocked('"', json->out);
	fputs_unlocked(end, json->out);
	if (rc != -STELE_E_FORMAT)
		return rc ? json_refused(json, rc) : 0;
	json_fail(json, rc, "");
	snprintf(json->err->reason, sizeof(json->err->reason),
		 "a %s that is out of its range", stele_type_name(value->type));
	return rc;
}

/* ------------------------------------------------------------- shared */

static int print_ref(struct json_out *json, const struct id_entry *entry,
		     const struct stele_value *value)
{
	struct stele_record_info record;
	int rc;

	fprintf(json->out, "{\"$ref\":%llu", (unsigned long long)entry->value);
	/* a row that comes later: say what it will be */
	if (entry->state == ID_NAMED) {
		rc = stele_schema_record(json->schema, value->record, &record);
		if (rc)
			return json_refused(json, rc);
		fputs_unlocked(",\"$type\":\"record ", json->out);
		json_escaped(json->out, record.name.ptr, record.name.len);
		putc_unlocked('"', json->out);
	}
	putc_unlocked('}', json->out);
	return 0;
}

int json_identity(struct json_out *json, const struct stele_value *value,
		  bool own_line, uint64_t *id, bool *done)
{
	bool other_row = value->flags & STELE_VALUE_F_ROW && !own_line;
	struct id_entry *entry;

	*id = 0;
	*done = false;
	if (!(value->flags & STELE_VALUE_F_IDENTITY) && !other_row)
		return 0;
	entry = idmap_add(&json->ids, value->u.pos);
	if (!entry)
		return json_refused(json, -ENOMEM);
	if (!entry->value)
		entry->value = ++json->nr_ids;
	if (entry->state == ID_PRINTED || other_row) {
		if (!entry->state)
			entry->state = ID_NAMED;
		*done = true;
		return print_ref(json, entry, value);
	}
	entry->state = ID_PRINTED;
	*id = entry->value;
	return 0;
}

/* -------------------------------------------------------------- values */

static bool holds_others(enum stele_type type)
{
	return type == STELE_TYPE_LIST || type == STELE_TYPE_DICT ||
	       type == STELE_TYPE_TUPLE || type == STELE_TYPE_SET ||
	       type == STELE_TYPE_RECORD;
}

/*
 * Whether the object lies in itself.  Where that is meant it is shared, and has
 * printed as a reference; in broken bytes it would print without end.
 */
static bool is_within_itself(struct json_out *json,
			     const struct stele_value *value, bool is_ref)
{
	/* what prints for a reference is a value of its own */
	bool holds = !is_ref && holds_others(value->type);

	json->open[json->depth] = holds ? value->u.pos : 0;
	if (!holds ||
	    value->flags & (STELE_VALUE_F_IDENTITY | STELE_VALUE_F_ROW))
		return false;
	for (unsigned i = 1; i < json->depth; i++)
		if (json->open[i] == value->u.pos)
			return true;
	return false;
}

/* Items that are declared f32 are kept as the doubles that they are. */
static int print_scalar(struct json_out *json, const struct stele_value *value,
			const struct stele_type_info *type)
{
	struct stele_value narrow = *value;

	if (type && type->type == STELE_TYPE_F32 &&
	    value->type == STELE_TYPE_F64 &&
	    (double)(float)value->u.f == value->u.f)
		narrow.type = STELE_TYPE_F32;
	return json_scalar(json, &narrow, !type || type->type != value->type);
}

static int print_typed(struct json_out *json, const struct stele_value *value,
		       const struct stele_type_info *type, uint32_t number)
{
	if (value->type == STELE_TYPE_NULL) {
		fputs_unlocked("null", json->out);
		return 0;
	}
	if (value->type == STELE_TYPE_STR)
		return print_str(json, value);
	if (scalar_is(value->type))
		return print_scalar(json, value, type);
	if (value->type == STELE_TYPE_RECORD)
		return json_record(json, value,
				   !type || type->type != STELE_TYPE_RECORD,
				   false);
	return json_content(json, value, type, number);
}

int json_spend_value(struct json_out *json, const struct stele_value *value)
{
	switch (value->type) {
	case STELE_TYPE_STR:
	case STELE_TYPE_BYTES:
	case STELE_TYPE_BIGINT:
	case STELE_TYPE_DECIMAL:
	case STELE_TYPE_USER:
		return json_spend(json, value->len);
	default: /* what is in others counts itself */
		return json_spend(json, 0);
	}
}

int json_value(struct json_out *json, const struct stele_value *value,
	       uint32_t number)
{
	bool any = number == JSON_OUT_ANY, is_ref = false;
	struct stele_type_info type;
	int rc = json_spend_value(json, value);

	if (rc)
		return rc;
	if (!any) {
		rc = stele_schema_type(json->schema, number, &type);
		if (rc)
			return json_refused(json, rc);
		is_ref = type.type == STELE_TYPE_REF &&
			 value->type != STELE_TYPE_NULL;
	}
	if (++json->depth > JSON_OUT_MAX_DEPTH)
		rc = json_fail(json, -STELE_E_LIMIT,
			       "values nested deeper than 512 levels");
	else if (is_within_itself(json, value, is_ref))
		rc = json_fail(json, -STELE_E_FORMAT,
			       "an object that lies in itself");
	else if (is_ref)
		rc = json_ref(json, value, number);
	else
		rc = print_typed(json, value, any ? NULL : &type, number);
	json->depth--;
	return rc;
}

void json_begin(struct json_out *json, struct stele_error *err)
{
	json->err = err;
	json->depth = 0;
	json->untyped = false;
	if (json->alone) {
		idmap_free(&json->ids);
		json->nr_ids = 0;
		json->left = 0;
	}
	if (json->left < UINT64_MAX - DOCUMENT_VALUES)
		json->left += DOCUMENT_VALUES;
}

int json_out_value(struct json_out *json, const struct stele_value *value,
		   uint32_t type, struct stele_error *err)
{
	json_begin(json, err);
	return json_value(json, value, type);
}

int json_out_row(struct json_out *json, const struct stele_value *row,
		 uint32_t record, struct stele_error *err)
{
	int rc;

	json_begin(json, err);
	if (row->type != STELE_TYPE_RECORD)
		return json_refused(json, -STELE_E_FORMAT);
	rc = json_record(json, row, row->record != record, true);
	putc_unlocked('\n', json->out);
	return rc;
}
