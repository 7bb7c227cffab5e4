/* SPDX-License-Identifier: MIT */
/*
 * Records: the fields that are set, under their names; and references, which
 * print as the key of the row they lead to.
 */
#include <errno.h>
#include <stdlib.h>

#include "json_out.h"

int json_fields(struct json_out *json, uint32_t number,
		struct json_record **out)
{
	struct json_record *record = &json->records[number];
	struct stele_error err;
	int rc = 0;

	if (number >= json->nr_records)
		return json_refused(json, -STELE_E_FORMAT);
	*out = record;
	if (record->fields)
		return 0;
	rc = stele_schema_record(json->schema, number, &record->info);
	if (rc)
		return json_refused(json, rc);
	record->fields =
		calloc(record->info.nr_fields + 1ul, sizeof(*record->fields));
	if (!record->fields)
		return json_refused(json, -ENOMEM);
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
	return json_refused(json, rc);
}

/* The fields that are set; `before` goes in front of the first. */
static int print_fields(struct json_out *json, const struct stele_value *value,
			const struct json_record *record, const char *before)
{
	bool untyped = json->untyped;
	struct stele_record proxy;
	struct stele_value field;
	int rc = stele_value_record(value, &proxy);

	if (rc)
		return json_refused(json, rc);
	json->untyped = false;
	for (uint32_t i = 0; i < record->info.nr_fields; i++) {
		rc = stele_record_get(proxy, &record->fields[i].field, &field);
		if (rc)
			return json_refused(json, rc);
		if (field.type == STELE_TYPE_UNSET)
			continue;
		fputs_unlocked(before, json->out);
		before = ",";
		json_name(json, record->fields[i].info.name);
		rc = json_value(json, &field, record->fields[i].info.type);
		if (rc)
			return rc;
	}
	json->untyped = untyped;
	return 0;
}

int json_record(struct json_out *json, const struct stele_value *value,
		bool says, bool own_line)
{
	struct json_record *record;
	const char *before = "";
	uint64_t id;
	bool done;
	int rc = json_fields(json, value->record, &record);

	if (!rc)
		rc = json_identity(json, value, own_line, &id, &done);
	if (rc || done)
		return rc;
	putc_unlocked('{', json->out);
	if (id) {
		fprintf(json->out, "\"$id\":%llu", (unsigned long long)id);
		before = ",";
	}
	if (says) {
		fprintf(json->out, "%s\"$type\":\"record ", before);
		json_escaped(json->out, record->info.name.ptr,
			     record->info.name.len);
		putc_unlocked('"', json->out);
		before = ",";
	}
	rc = print_fields(json, value, record, before);
	putc_unlocked('}', json->out);
	return rc;
}

/* ---------------------------------------------------------- references */

/*
 * Follow a step of the path to a table's key, in the schema and, where it is not
 * NULL, in a value.  -STELE_E_ABSENT: there is no further step, or nothing there.
 */
static int step(struct json_out *json, uint32_t table, uint32_t number,
		uint32_t *record, uint32_t *type, struct stele_value *key)
{
	const struct json_field *at;
	struct json_record *fields;
	struct stele_type_info info;
	struct stele_record proxy;
	uint32_t field;
	int rc =
		stele_schema_table_step(json->schema, table, 0, number, &field);

	if (rc)
		return rc;
	rc = json_fields(json, *record, &fields);
	if (rc)
		return rc;
	if (field >= fields->info.nr_fields)
		return json_refused(json, -STELE_E_FORMAT);
	at = &fields->fields[field];
	*type = at->info.type;
	rc = stele_schema_type(json->schema, *type, &info);
	*record = info.record;
	if (!rc && key->type != STELE_TYPE_NULL)
		rc = stele_value_record(key, &proxy);
	if (!rc && key->type != STELE_TYPE_NULL)
		rc = stele_record_get(proxy, &at->field, key);
	if (!rc && key->type == STELE_TYPE_UNSET)
		key->type = STELE_TYPE_NULL;
	return rc ? json_refused(json, rc) : 0;
}

/* As json_out_key(). */
static int find_key(struct json_out *json, const struct stele_value *ref,
		    uint32_t *type, struct stele_value *key)
{
	bool is_row = ref->type == STELE_TYPE_RECORD &&
		      ref->flags & STELE_VALUE_F_ROW;
	struct stele_value row = { .type = STELE_TYPE_NULL };
	struct stele_type_info info;
	uint32_t record;
	int rc = stele_schema_type(json->schema, *type, &info);

	if (rc)
		return json_refused(json, rc);
	record = info.record;
	if (is_row)
		row = *ref;
	for (uint32_t i = 0; !rc; i++)
		rc = step(json, info.table, i, &record, type, &row);
	if (rc != -STELE_E_ABSENT)
		return rc;
	*key = is_row ? row : *ref; /* that of a weak one that was absent */
	return key->type == STELE_TYPE_NULL ? -STELE_E_ABSENT : 0;
}

int json_out_key(struct json_out *json, const struct stele_value *ref,
		 uint32_t *type, struct stele_value *key,
		 struct stele_error *err)
{
	json->err = err;
	return find_key(json, ref, type, key);
}

int json_ref(struct json_out *json, const struct stele_value *value,
	     uint32_t type)
{
	struct stele_value key;
	int rc;

	/* in what is built without a type a key would be no reference */
	if (json->untyped && value->type == STELE_TYPE_RECORD &&
	    value->flags & STELE_VALUE_F_ROW)
		return json_record(json, value, true, false);
	rc = find_key(json, value, &type, &key);
	if (rc == -STELE_E_ABSENT)
		return json_record(json, value, true, false);
	return rc ? rc : json_value(json, &key, type);
}
