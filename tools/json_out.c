/* SPDX-License-Identifier: MIT */
/*
 * Printing by the type at run time; the schema's type only decides whether that
 * type has to be said.  A value is said to be shared by its IDENTITY flag; its
 * position is the key under which its id is known.
 *
 * Bytes of the segment are not trusted: depth is bounded, strings are checked.
 */
#include "json_out.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "calendar.h"
#include "number.h"
#include "text_key.h"

enum {
	ID_NAMED = 1, /* a row, by a reference before its line */
	ID_PRINTED = 2,
};

struct json_record {
	struct stele_record_info info;
	struct json_field *fields; /* NULL: not read yet */
};

struct json_field {
	struct stele_field field;
	struct stele_field_info info;
};

static int print_value(struct json_out *json, const struct stele_value *value,
		       uint32_t type);

static int fail(struct json_out *json, int code, const char *reason)
{
	json->err->code = code;
	json->err->offset = UINT64_MAX;
	snprintf(json->err->reason, sizeof(json->err->reason), "%s", reason);
	return code;
}

/* The library's refusal of the value at hand. */
static int refused(struct json_out *json, int code)
{
	return fail(json, code, stele_strerror(code));
}

int json_out_open(struct json_out *json, const struct stele_segment *segment,
		  FILE *out)
{
	memset(json, 0, sizeof(*json));
	json->out = out;
	json->segment = segment;
	json->schema = stele_segment_schema(segment);
	json->nr_records = stele_schema_nr_records(json->schema);
	json->records = calloc(json->nr_records + 1ul, sizeof(*json->records));
	return json->records ? 0 : -ENOMEM;
}

void json_out_close(struct json_out *json)
{
	for (uint32_t i = 0; json->records && i < json->nr_records; i++)
		free(json->records[i].fields);
	free(json->records);
	idmap_free(&json->ids);
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

static void print_escaped(FILE *out, const char *ptr, size_t len)
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
	print_escaped(out, ptr, len);
	putc_unlocked('"', out);
}

static int print_str(struct json_out *json, const struct stele_value *value)
{
	uint64_t points;
	int rc = stele_value_code_points(value, &points);

	if (rc)
		return refused(json, rc);
	json_out_string(json->out, value->u.ptr, value->len);
	return 0;
}

/* A key of an object, with the ':' behind it. */
static int print_key(struct json_out *json, const struct stele_value *key)
{
	struct stele_str name = { key->u.ptr, key->len };
	uint64_t points;
	int rc = stele_value_code_points(key, &points);

	if (rc)
		return refused(json, rc);
	fputs_unlocked(text_key_escapes(name) ? "\"$" : "\"", json->out);
	print_escaped(json->out, name.ptr, name.len);
	fputs_unlocked("\":", json->out);
	return 0;
}

static void print_tagged(struct json_out *json, const char *type,
			 const char *text)
{
	fprintf(json->out, "{\"$type\":\"%s\",\"value\":\"%s\"}", type, text);
}

static void print_float(struct json_out *json, const struct stele_value *value)
{
	char text[NUMBER_TEXT_BYTES];
	double f = value->u.f;

	if (isnan(f)) {
		print_tagged(json, "f64", "NaN");
	} else if (isinf(f)) {
		print_tagged(json, "f64", f < 0 ? "-inf" : "inf");
	} else {
		if (value->type == STELE_TYPE_F32)
			number_print_f32((float)f, text);
		else
			number_print_f64(f, text);
		fputs_unlocked(text, json->out);
	}
}

static int print_calendar(struct json_out *json,
			  const struct stele_value *value, bool tagged)
{
	char text[CALENDAR_TEXT_BYTES];
	size_t len;

	if (value->type == STELE_TYPE_DATE)
		len = calendar_print_date(value->u.i, text);
	else
		len = calendar_print_datetime(value->u.i, text);
	if (!len)
		return fail(json, -STELE_E_FORMAT,
			    "a date outside of the years 1 to 9999");
	if (tagged)
		print_tagged(json, stele_type_name(value->type), text);
	else
		json_out_string(json->out, text, len);
	return 0;
}

static void print_bytes(struct json_out *json, const struct stele_value *value,
			bool tagged)
{
	const uint8_t *p = (const uint8_t *)value->u.ptr;
	char text[4];

	fputs_unlocked(tagged ? "{\"$type\":\"bytes\",\"value\":\"" : "\"",
		       json->out);
	for (uint64_t i = 0; i < value->len; i += 3) {
		base64_print(p + i, value->len - i, text);
		fwrite_unlocked(text, 1, sizeof(text), json->out);
	}
	fputs_unlocked(tagged ? "\"}" : "\"", json->out);
}

static int print_bigint(struct json_out *json, const struct stele_value *value)
{
	size_t room = value->len / 2 * 5 + 16, len;
	char *text = malloc(room);
	int rc;

	if (!text)
		return refused(json, -ENOMEM);
	rc = stele_value_digits(value, text, room, &len);
	if (!rc)
		fwrite_unlocked(text, 1, len, json->out);
	free(text);
	return rc ? refused(json, rc) : 0;
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
			return refused(json, rc);
		fputs_unlocked(",\"$type\":\"record ", json->out);
		print_escaped(json->out, record.name.ptr, record.name.len);
		putc_unlocked('"', json->out);
	}
	putc_unlocked('}', json->out);
	return 0;
}

/*
 * What stands in front of an object that is shared: *id > 0 for the first time,
 * *done when a reference is all.  A row is printed on its own line only.
 */
static int print_identity(struct json_out *json,
			  const struct stele_value *value, bool own_line,
			  uint64_t *id, bool *done)
{
	bool other_row = value->flags & STELE_VALUE_F_ROW && !own_line;
	struct id_entry *entry;

	*id = 0;
	*done = false;
	if (!(value->flags & STELE_VALUE_F_IDENTITY) && !other_row)
		return 0;
	entry = idmap_add(&json->ids, value->u.pos);
	if (!entry)
		return refused(json, -ENOMEM);
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

/* ------------------------------------------------------------ records */

static int read_fields(struct json_out *json, uint32_t number,
		       struct json_record **out)
{
	struct json_record *record = &json->records[number];
	struct stele_error err;
	int rc = 0;

	if (number >= json->nr_records)
		return refused(json, -STELE_E_FORMAT);
	*out = record;
	if (record->fields)
		return 0;
	rc = stele_schema_record(json->schema, number, &record->info);
	if (rc)
		return refused(json, rc);
	record->fields =
		calloc(record->info.nr_fields + 1ul, sizeof(*record->fields));
	if (!record->fields)
		return refused(json, -ENOMEM);
	for (uint32_t i = 0; !rc && i < record->info.nr_fields; i++) {
		rc = stele_schema_field(json->schema, number, i,
					&record->fields[i].info);
		if (!rc)
			rc = stele_field_resolve_at(json->segment, number, i,
						    STELE_TYPE_ANY,
						    &record->fields[i].field,
						    &err);
	}
	if (!rc)
		return 0;
	free(record->fields);
	record->fields = NULL;
	return refused(json, rc);
}

static void print_name(struct json_out *json, struct stele_str name)
{
	fputs_unlocked(text_key_escapes(name) ? "\"$" : "\"", json->out);
	print_escaped(json->out, name.ptr, name.len);
	fputs_unlocked("\":", json->out);
}

/* The fields that are set; `before` goes in front of the first. */
static int print_fields(struct json_out *json, const struct stele_value *value,
			const struct json_record *record, const char *before)
{
	struct stele_record proxy;
	struct stele_value field;
	int rc = stele_value_record(value, &proxy);

	if (rc)
		return refused(json, rc);
	for (uint32_t i = 0; i < record->info.nr_fields; i++) {
		rc = stele_record_get(proxy, &record->fields[i].field, &field);
		if (rc)
			return refused(json, rc);
		if (field.type == STELE_TYPE_UNSET)
			continue;
		fputs_unlocked(before, json->out);
		before = ",";
		print_name(json, record->fields[i].info.name);
		rc = print_value(json, &field, record->fields[i].info.type);
		if (rc)
			return rc;
	}
	return 0;
}

/* `says`: the record's name is needed to read it back. */
static int print_record(struct json_out *json, const struct stele_value *value,
			bool says, bool own_line)
{
	struct json_record *record;
	const char *before = "";
	uint64_t id;
	bool done;
	int rc = read_fields(json, value->record, &record);

	if (!rc)
		rc = print_identity(json, value, own_line, &id, &done);
	if (rc || done)
		return rc;
	putc_unlocked('{', json->out);
	if (id) {
		fprintf(json->out, "\"$id\":%llu", (unsigned long long)id);
		before = ",";
	}
	if (says) {
		fprintf(json->out, "%s\"$type\":\"record ", before);
		print_escaped(json->out, record->info.name.ptr,
			      record->info.name.len);
		putc_unlocked('"', json->out);
		before = ",";
	}
	rc = print_fields(json, value, record, before);
	putc_unlocked('}', json->out);
	return rc;
}

/* Field number `step` on the way to a table's key; NULL: none, or broken. */
static const struct json_field *key_field(struct json_out *json, uint32_t table,
					  uint32_t step, uint32_t record)
{
	struct json_record *fields;
	uint32_t field;

	if (stele_schema_table_step(json->schema, table, 0, step, &field) ||
	    read_fields(json, record, &fields) ||
	    field >= fields->info.nr_fields)
		return NULL;
	return &fields->fields[field];
}

/* The type of a table's key; JSON_OUT_ANY where it has none. */
static uint32_t key_type(struct json_out *json, uint32_t table, uint32_t record)
{
	const struct json_field *field;
	struct stele_type_info info;
	uint32_t type = JSON_OUT_ANY;

	for (uint32_t step = 0;; step++) {
		field = key_field(json, table, step, record);
		if (!field)
			return type;
		type = field->info.type;
		if (stele_schema_type(json->schema, type, &info))
			return JSON_OUT_ANY;
		record = info.record;
	}
}

/* The key of a row in a table; -STELE_E_ABSENT: it has none. */
static int key_of(struct json_out *json, const struct stele_value *row,
		  uint32_t table, struct stele_value *key)
{
	const struct json_field *field;
	struct stele_record proxy;
	int rc;

	*key = *row;
	for (uint32_t step = 0; key->type == STELE_TYPE_RECORD; step++) {
		field = key_field(json, table, step, key->record);
		if (!field)
			return -STELE_E_ABSENT;
		rc = stele_value_record(key, &proxy);
		if (!rc)
			rc = stele_record_get(proxy, &field->field, key);
		if (rc)
			return refused(json, rc);
	}
	return key->type == STELE_TYPE_UNSET || key->type == STELE_TYPE_NULL ?
		       -STELE_E_ABSENT :
		       0;
}

/* A reference prints as the key of the row it leads to. */
static int print_row_ref(struct json_out *json, const struct stele_value *value,
			 const struct stele_type_info *type)
{
	uint32_t number = key_type(json, type->table, type->record);
	struct stele_value key;
	int rc;

	if (value->type != STELE_TYPE_RECORD) /* a weak one's absent key */
		return print_value(json, value, number);
	rc = key_of(json, value, type->table, &key);
	if (rc == -STELE_E_ABSENT)
		return print_record(json, value, true, false);
	return rc ? rc : print_value(json, &key, number);
}

/* -------------------------------------------------------- collections */

static int print_items(struct json_out *json, const struct stele_value *value,
		       uint32_t type)
{
	struct stele_value item;
	int rc;

	putc_unlocked('[', json->out);
	for (uint64_t i = 0; i < value->len; i++) {
		if (i)
			putc_unlocked(',', json->out);
		rc = stele_value_item(value, i, &item);
		if (rc)
			return refused(json, rc);
		rc = print_value(json, &item, type);
		if (rc)
			return rc;
	}
	putc_unlocked(']', json->out);
	return 0;
}

static int print_list(struct json_out *json, const struct stele_value *value,
		      uint32_t item)
{
	uint64_t id;
	bool done;
	int rc = print_identity(json, value, false, &id, &done);

	if (rc || done)
		return rc;
	if (!id)
		return print_items(json, value, item);
	fprintf(json->out, "{\"$id\":%llu,\"$type\":\"list\",\"items\":",
		(unsigned long long)id);
	rc = print_items(json, value, item);
	putc_unlocked('}', json->out);
	return rc;
}

/* The type index of a fixed-width type in the schema does not matter here. */
static int print_elements(struct json_out *json,
			  const struct stele_value *value)
{
	struct stele_value item;
	int rc = 0;

	putc_unlocked('[', json->out);
	for (uint64_t i = 0; !rc && i < value->len; i++) {
		if (i)
			putc_unlocked(',', json->out);
		rc = stele_value_item(value, i, &item);
		if (rc)
			return refused(json, rc);
		if (item.type == STELE_TYPE_DATE ||
		    item.type == STELE_TYPE_DATETIME)
			rc = print_calendar(json, &item, false);
		else
			rc = print_value(json, &item, JSON_OUT_ANY);
	}
	putc_unlocked(']', json->out);
	return rc;
}

static int print_array(struct json_out *json, const struct stele_value *value,
		       bool tagged)
{
	uint64_t id;
	bool done;
	int rc = print_identity(json, value, false, &id, &done);

	if (rc || done)
		return rc;
	if (!id && !tagged)
		return print_elements(json, value);
	putc_unlocked('{', json->out);
	if (id)
		fprintf(json->out, "\"$id\":%llu,", (unsigned long long)id);
	fprintf(json->out, "\"$type\":\"array<%s>\",\"items\":",
		stele_type_name(value->element));
	rc = print_elements(json, value);
	putc_unlocked('}', json->out);
	return rc;
}

/* Integers as keys of a declared dict are text. */
static int print_pair(struct json_out *json, const struct stele_value *key,
		      const struct stele_value *item, uint32_t type)
{
	int rc;

	if (key->type == STELE_TYPE_STR) {
		rc = print_key(json, key);
	} else {
		putc_unlocked('"', json->out);
		rc = print_value(json, key, JSON_OUT_ANY);
		fputs_unlocked("\":", json->out);
	}
	return rc ? rc : print_value(json, item, type);
}

static int print_members(struct json_out *json, const struct stele_value *dict,
			 uint32_t type, const char *before)
{
	struct stele_value key, item;
	int rc = 0;

	for (uint64_t i = 0; !rc && i < dict->len; i++) {
		rc = stele_value_pair(dict, i, &key, &item);
		if (rc)
			return refused(json, rc);
		fputs_unlocked(before, json->out);
		before = ",";
		rc = print_pair(json, &key, &item, type);
	}
	return rc;
}

static int has_text_keys(struct json_out *json, const struct stele_value *dict,
			 bool *all)
{
	struct stele_value key, item;
	int rc;

	*all = true;
	for (uint64_t i = 0; *all && i < dict->len; i++) {
		rc = stele_value_pair(dict, i, &key, &item);
		if (rc)
			return refused(json, rc);
		*all = key.type == STELE_TYPE_STR;
	}
	return 0;
}

static int print_pairs(struct json_out *json, const struct stele_value *dict)
{
	struct stele_value key, item;
	int rc = 0;

	fputs_unlocked("\"$type\":\"dict\",\"pairs\":[", json->out);
	for (uint64_t i = 0; !rc && i < dict->len; i++) {
		rc = stele_value_pair(dict, i, &key, &item);
		if (rc)
			return refused(json, rc);
		fputs_unlocked(i ? ",[" : "[", json->out);
		rc = print_value(json, &key, JSON_OUT_ANY);
		putc_unlocked(',', json->out);
		if (!rc)
			rc = print_value(json, &item, JSON_OUT_ANY);
		putc_unlocked(']', json->out);
	}
	putc_unlocked(']', json->out);
	return rc;
}

/* `declared` NULL: keys and items carry their types. */
static int print_dict(struct json_out *json, const struct stele_value *value,
		      const struct stele_type_info *declared)
{
	bool done, as_object = true;
	uint64_t id;
	int rc = print_identity(json, value, false, &id, &done);

	if (rc || done)
		return rc;
	if (!declared)
		rc = has_text_keys(json, value, &as_object);
	if (rc)
		return rc;
	putc_unlocked('{', json->out);
	if (id)
		fprintf(json->out, "\"$id\":%llu%s", (unsigned long long)id,
			as_object ? "" : ",");
	if (as_object)
		rc = print_members(json, value,
				   declared ? declared->item : JSON_OUT_ANY,
				   id ? "," : "");
	else
		rc = print_pairs(json, value);
	putc_unlocked('}', json->out);
	return rc;
}

/* --------------------------------------------------------------- value */

static int print_typed(struct json_out *json, const struct stele_value *value,
		       const struct stele_type_info *type)
{
	bool any = !type || type->type == STELE_TYPE_ANY;

	switch (value->type) {
	case STELE_TYPE_NULL:
		fputs_unlocked("null", json->out);
		return 0;
	case STELE_TYPE_BOOL:
		fputs_unlocked(value->u.b ? "true" : "false", json->out);
		return 0;
	case STELE_TYPE_I8:
	case STELE_TYPE_I16:
	case STELE_TYPE_I32:
	case STELE_TYPE_I64:
		fprintf(json->out, "%lld", (long long)value->u.i);
		return 0;
	case STELE_TYPE_U8:
	case STELE_TYPE_U16:
	case STELE_TYPE_U32:
	case STELE_TYPE_U64:
		fprintf(json->out, "%llu", (unsigned long long)value->u.u);
		return 0;
	case STELE_TYPE_F32:
	case STELE_TYPE_F64:
		print_float(json, value);
		return 0;
	case STELE_TYPE_DATE:
	case STELE_TYPE_DATETIME:
		return print_calendar(json, value, any);
	case STELE_TYPE_BIGINT:
		return print_bigint(json, value);
	case STELE_TYPE_STR:
		return print_str(json, value);
	case STELE_TYPE_BYTES:
		print_bytes(json, value, any);
		return 0;
	case STELE_TYPE_LIST:
		return print_list(json, value,
				  type && type->type == STELE_TYPE_LIST ?
					  type->item :
					  JSON_OUT_ANY);
	case STELE_TYPE_ARRAY:
		return print_array(json, value, any);
	case STELE_TYPE_DICT:
		return print_dict(json, value,
				  type && type->type == STELE_TYPE_DICT ? type :
									  NULL);
	case STELE_TYPE_RECORD:
		return print_record(json, value,
				    !type || type->type != STELE_TYPE_RECORD,
				    false);
	default:
		return fail(json, -STELE_E_FORMAT, "a value of unknown type");
	}
}

/*
 * Whether the object lies in itself.  Where that is meant it is shared, and has
 * printed as a reference; in broken bytes it would print without end.
 */
static bool is_within_itself(struct json_out *json,
			     const struct stele_value *value)
{
	bool holds_others = value->type == STELE_TYPE_LIST ||
			    value->type == STELE_TYPE_DICT ||
			    value->type == STELE_TYPE_RECORD;

	json->open[json->depth] = holds_others ? value->u.pos : 0;
	if (!holds_others ||
	    value->flags & (STELE_VALUE_F_IDENTITY | STELE_VALUE_F_ROW))
		return false;
	for (unsigned i = 1; i < json->depth; i++)
		if (json->open[i] == value->u.pos)
			return true;
	return false;
}

static int print_value(struct json_out *json, const struct stele_value *value,
		       uint32_t number)
{
	struct stele_type_info type;
	int rc = 0;

	if (number != JSON_OUT_ANY)
		rc = stele_schema_type(json->schema, number, &type);
	if (rc)
		return refused(json, rc);
	if (++json->depth > JSON_OUT_MAX_DEPTH)
		rc = fail(json, -STELE_E_LIMIT,
			  "values nested deeper than 512 levels");
	else if (is_within_itself(json, value))
		rc = fail(json, -STELE_E_FORMAT,
			  "an object that lies in itself");
	else if (number != JSON_OUT_ANY && type.type == STELE_TYPE_REF &&
		 value->type != STELE_TYPE_NULL)
		rc = print_row_ref(json, value, &type);
	else
		rc = print_typed(json, value,
				 number == JSON_OUT_ANY ? NULL : &type);
	json->depth--;
	return rc;
}

int json_out_value(struct json_out *json, const struct stele_value *value,
		   uint32_t type, struct stele_error *err)
{
	json->err = err;
	json->depth = 0;
	return print_value(json, value, type);
}

int json_out_row(struct json_out *json, const struct stele_value *row,
		 uint32_t record, struct stele_error *err)
{
	int rc;

	json->err = err;
	json->depth = 0;
	if (row->type != STELE_TYPE_RECORD)
		return refused(json, -STELE_E_FORMAT);
	rc = print_record(json, row, row->record != record, true);
	putc_unlocked('\n', json->out);
	return rc;
}
