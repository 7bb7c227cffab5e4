// SPDX-License-Identifier: MIT
/*
 * Walking a schema: every index it gives is one it takes, every name is found,
 * and what is printed parses to the same text.
 */
#include "walk.h"

#include <stdio.h>
#include <string.h>

#define TEXT_ROOM 65536u
#define MAX_NAME 256u

static void walk_names(struct walk *w, const struct stele_str *name,
		       const struct stele_str *doc)
{
	walk_touch(w, name->ptr, name->len);
	walk_touch(w, doc->ptr, doc->len);
}

static void same_number(struct walk *w, int rc, uint32_t found, uint32_t number,
			const char *what)
{
	w->calls++;
	if (rc || found != number)
		walk_fault(w, rc, what);
}

/* The way of programs: both names, and any type. */
static void resolve(struct walk *w, const struct stele_schema *schema,
		    uint32_t record, const struct stele_str *field)
{
	struct stele_record_info info;
	struct stele_field resolved;
	char names[2][MAX_NAME];

	if (stele_schema_record(schema, record, &info) ||
	    info.name.len >= MAX_NAME || field->len >= MAX_NAME)
		return;
	snprintf(names[0], MAX_NAME, "%.*s", (int)info.name.len, info.name.ptr);
	snprintf(names[1], MAX_NAME, "%.*s", (int)field->len, field->ptr);
	if (strlen(names[0]) != info.name.len || strlen(names[1]) != field->len)
		return;
	if (!walk_called(w,
			 stele_field_resolve(w->segment, names[0], names[1],
					     STELE_TYPE_ANY, &resolved, NULL),
			 "stele_field_resolve"))
		walk_fault(w, 0, "stele_field_resolve");
}

static void walk_fields(struct walk *w, const struct stele_schema *schema,
			uint32_t record, uint32_t nr)
{
	struct stele_field_info info;
	uint32_t number = 0;
	int rc;

	for (uint32_t i = 0; i < nr && walk_goes_on(w); i++) {
		rc = stele_schema_field(schema, record, i, &info);
		if (!walk_called(w, rc, "stele_schema_field"))
			continue;
		walk_names(w, &info.name, &info.doc);
		walk_touch(w, info.fallback.ptr, info.fallback.len);
		rc = stele_schema_find_field(schema, record, info.name.ptr,
					     info.name.len, &number);
		same_number(w, rc, number, i, "stele_schema_find_field");
		resolve(w, schema, record, &info.name);
	}
}

static void walk_records(struct walk *w, const struct stele_schema *schema)
{
	uint32_t nr = stele_schema_nr_records(schema), number = 0;
	struct stele_record_info info;
	int rc;

	for (uint32_t i = 0; i < nr && walk_goes_on(w); i++) {
		rc = stele_schema_record(schema, i, &info);
		if (!walk_called(w, rc, "stele_schema_record"))
			continue;
		walk_names(w, &info.name, &info.doc);
		rc = stele_schema_find_record(schema, info.name.ptr,
					      info.name.len, &number);
		same_number(w, rc, number, i, "stele_schema_find_record");
		walk_fields(w, schema, i, info.nr_fields);
	}
}

static void walk_steps(struct walk *w, const struct stele_schema *schema,
		       uint32_t table, uint32_t nr_keys)
{
	uint32_t field;

	for (uint32_t k = 0; k <= nr_keys && walk_goes_on(w); k++)
		for (uint32_t s = 0; walk_goes_on(w); s++)
			if (!walk_called(w,
					 stele_schema_table_step(schema, table,
								 k, s, &field),
					 "stele_schema_table_step"))
				break;
}

static void walk_tables(struct walk *w, const struct stele_schema *schema)
{
	uint32_t nr = stele_schema_nr_tables(schema), number = 0;
	struct stele_table_info info;
	int rc;

	for (uint32_t i = 0; i < nr && walk_goes_on(w); i++) {
		rc = stele_schema_table(schema, i, &info);
		if (!walk_called(w, rc, "stele_schema_table"))
			continue;
		walk_names(w, &info.name, &info.doc);
		rc = stele_schema_find_table(schema, info.name.ptr,
					     info.name.len, &number);
		same_number(w, rc, number, i, "stele_schema_find_table");
		walk_steps(w, schema, i, info.nr_keys);
	}
}

static void walk_types(struct walk *w, const struct stele_schema *schema)
{
	uint32_t nr = stele_schema_nr_types(schema);
	struct stele_type_info info;

	for (uint32_t i = 0; i < nr && walk_goes_on(w); i++)
		walk_called(w, stele_schema_type(schema, i, &info),
			    "stele_schema_type");
}

/* Opening has checked the schema: it prints and parses, verified or not. */
static void walk_text(struct walk *w, const struct stele_schema *schema)
{
	static _Thread_local char text[TEXT_ROOM], again[TEXT_ROOM];
	struct stele_schema *parsed;
	size_t len, len_again;
	int rc;

	rc = stele_schema_print(schema, text, sizeof(text), &len);
	if (!walk_called(w, rc, "stele_schema_print"))
		return;
	rc = stele_schema_parse(text, len, &parsed, NULL);
	if (rc) {
		walk_fault(w, rc, "stele_schema_parse of what was printed");
		return;
	}
	rc = stele_schema_print(parsed, again, sizeof(again), &len_again);
	if (rc || len != len_again || memcmp(text, again, len) != 0)
		walk_fault(w, rc, "the text of a schema changes");
	stele_schema_free(parsed);
}

void walk_schema(struct walk *w)
{
	const struct stele_schema *schema = stele_segment_schema(w->segment);

	walk_records(w, schema);
	walk_tables(w, schema);
	walk_types(w, schema);
	w->sum += stele_schema_rows(schema);
	walk_text(w, schema);
}
