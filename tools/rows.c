/* SPDX-License-Identifier: MIT */
/*
 * The schema turned into tables for mapping, and the members of an object into
 * the cells of a record.  A member is most often the field behind the one
 * before; else it is found by the hash of its name.
 */
#include "rows.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text_key.h"

/* ------------------------------------------------------------- errors */

/* "/depends/0: " as far as there is room. */
static size_t print_trail(char *text, size_t room, const struct trail *trail)
{
	size_t len = trail->up ? print_trail(text, room, trail->up) : 0;
	int n;

	if (len >= room)
		return len;
	if (!trail->up)
		return 0;
	if (trail->key.ptr)
		n = snprintf(text + len, room - len, "/%.*s",
			     (int)(trail->key.len < 60 ? trail->key.len : 60),
			     trail->key.ptr);
	else
		n = snprintf(text + len, room - len, "/%llu",
			     (unsigned long long)trail->index);
	return len + (size_t)n;
}

int rows_fail(struct rows *rows, int code, const struct json_node *node,
	      const struct trail *trail, const char *format, ...)
{
	char *reason = rows->err->reason;
	size_t room = sizeof(rows->err->reason), len;
	va_list args;

	len = print_trail(reason, room / 2, trail);
	if (len >= room / 2)
		len = room / 2 - 1;
	if (len)
		len += (size_t)snprintf(reason + len, room - len, ": ");
	va_start(args, format);
	vsnprintf(reason + len, room - len, format, args);
	va_end(args);
	rows->err->code = code;
	rows->err->offset = node->offset;
	return code;
}

int rows_no_memory(struct rows *rows)
{
	rows->err->code = -ENOMEM;
	snprintf(rows->err->reason, sizeof(rows->err->reason), "%s",
		 strerror(ENOMEM));
	return -ENOMEM;
}

int rows_refused(struct rows *rows, int code, const struct json_node *node,
		 const struct trail *trail)
{
	char reason[STELE_ERROR_REASON_BYTES];

	if (code > -STELE_E_FORMAT)
		return code;
	memcpy(reason, rows->err->reason, sizeof(reason));
	return rows_fail(rows, code, node, trail, "%s", reason);
}

/* ------------------------------------------------------------- schema */

static uint32_t hash_name(struct stele_str name)
{
	uint32_t h = 0x811c9dc5;

	for (size_t i = 0; i < name.len; i++)
		h = (h ^ (unsigned char)name.ptr[i]) * 0x01000193;
	return h ^ h >> 15;
}

static bool same(struct stele_str a, struct stele_str b)
{
	return a.len == b.len && !memcmp(a.ptr, b.ptr, a.len);
}

static int index_fields(struct rows_record *record)
{
	uint32_t room = 4;

	while (room < record->nr_fields * 2)
		room *= 2;
	record->slots = calloc(room, sizeof(*record->slots));
	if (!record->slots)
		return -ENOMEM;
	record->mask = room - 1;
	for (uint32_t i = 0; i < record->nr_fields; i++) {
		uint32_t at = hash_name(record->fields[i].name) & record->mask;

		while (record->slots[at])
			at = (at + 1) & record->mask;
		record->slots[at] = i + 1;
	}
	return 0;
}

static int read_record(struct rows *rows, uint32_t number)
{
	struct rows_record *record = &rows->records[number];
	struct stele_record_info info;
	int rc = stele_schema_record(rows->schema, number, &info);

	if (rc)
		return rc;
	record->name = info.name;
	record->nr_fields = info.nr_fields;
	record->fields = calloc(info.nr_fields + 1, sizeof(*record->fields));
	if (!record->fields)
		return -ENOMEM;
	for (uint32_t i = 0; i < info.nr_fields; i++) {
		struct stele_field_info field;

		rc = stele_schema_field(rows->schema, number, i, &field);
		if (rc)
			return rc;
		record->fields[i].name = field.name;
		record->fields[i].type = field.type;
		record->fields[i].nullable = field.nullable;
		record->fields[i].required = !field.optional &&
					     !field.fallback.len;
	}
	return index_fields(record);
}

/* The type of the one field that is the key of a reference's table. */
static int key_type(struct rows *rows, struct rows_type *type)
{
	struct stele_table_info table;
	uint32_t record, field, step;
	int rc;

	rc = stele_schema_table(rows->schema, type->info.table, &table);
	if (rc)
		return rc;
	record = table.record;
	for (step = 0;; step++) {
		rc = stele_schema_table_step(rows->schema, type->info.table, 0,
					     step, &field);
		if (rc == -STELE_E_ABSENT && step)
			return 0;
		if (rc || record >= rows->nr_records ||
		    field >= rows->records[record].nr_fields)
			return -STELE_E_SCHEMA;
		type->key = rows->records[record].fields[field].type;
		record = rows->types[type->key].info.record;
	}
}

static int read_schema(struct rows *rows)
{
	int rc = 0;

	for (uint32_t i = 0; !rc && i < rows->nr_types; i++)
		rc = stele_schema_type(rows->schema, i, &rows->types[i].info);
	for (uint32_t i = 0; !rc && i < rows->nr_records; i++)
		rc = read_record(rows, i);
	for (uint32_t i = 0; !rc && i < rows->nr_types; i++)
		if (rows->types[i].info.type == STELE_TYPE_REF)
			rc = key_type(rows, &rows->types[i]);
	return rc;
}

int rows_create(struct stele_builder *builder,
		const struct stele_schema *schema, uint32_t record,
		struct rows **out)
{
	struct rows *rows = calloc(1, sizeof(*rows));
	int rc;

	if (!rows)
		return -ENOMEM;
	rows->builder = builder;
	rows->schema = schema;
	rows->record = record;
	rows->nr_records = stele_schema_nr_records(schema);
	rows->nr_types = stele_schema_nr_types(schema);
	rows->records = calloc(rows->nr_records + 1ul, sizeof(*rows->records));
	rows->types = calloc(rows->nr_types + 1ul, sizeof(*rows->types));
	rc = rows->records && rows->types ? read_schema(rows) : -ENOMEM;
	if (rc)
		rows_free(rows);
	else
		*out = rows;
	return rc;
}

void rows_free(struct rows *rows)
{
	if (!rows)
		return;
	for (uint32_t i = 0; rows->records && i < rows->nr_records; i++) {
		free(rows->records[i].fields);
		free(rows->records[i].slots);
	}
	free(rows->records);
	free(rows->types);
	json_parser_free(rows->parser);
	idmap_free(&rows->ids);
	free(rows);
}

/* ------------------------------------------------------------ records */

/* `guess` is tried first.  nr_fields: none of that name. */
static uint32_t find_field(const struct rows_record *record,
			   struct stele_str name, uint32_t guess)
{
	uint32_t at, field;

	if (guess < record->nr_fields && same(record->fields[guess].name, name))
		return guess;
	for (at = hash_name(name) & record->mask; record->slots[at];
	     at = (at + 1) & record->mask) {
		field = record->slots[at] - 1;
		if (same(record->fields[field].name, name))
			return field;
	}
	return record->nr_fields;
}

static int set_fields(struct rows *rows, const struct json_node *object,
		      const struct rows_record *record,
		      const struct trail *trail, struct stele_cell *cells)
{
	const struct json_node *node;
	uint32_t field = UINT32_MAX;
	int rc;

	for (node = object->first; node; node = node->next) {
		struct trail inner = { trail, node->key, 0 };

		if (text_key_read(&inner.key) != TEXT_KEY_DATA)
			continue;
		field = find_field(record, inner.key, field + 1);
		if (field == record->nr_fields)
			return rows_fail(rows, -STELE_E_SCHEMA, node, &inner,
					 "record '%.*s' has no such field",
					 (int)record->name.len,
					 record->name.ptr);
		if (cells[field].type != STELE_TYPE_UNSET)
			return rows_fail(rows, -STELE_E_DUPLICATE, node, &inner,
					 "the key is in the object twice");
		rc = cell_typed(rows, node, record->fields[field].type,
				record->fields[field].nullable, &inner,
				&cells[field]);
		if (rc)
			return rc;
	}
	return 0;
}

int rows_fields(struct rows *rows, const struct json_node *object,
		uint32_t number, const struct trail *trail,
		struct stele_cell **out)
{
	const struct rows_record *record = &rows->records[number];
	struct stele_cell *cells;
	int rc;

	cells = arena_items(rows->arena, record->nr_fields, sizeof(*cells));
	if (!cells)
		return rows_no_memory(rows);
	memset(cells, 0, record->nr_fields * sizeof(*cells));
	rc = set_fields(rows, object, record, trail, cells);
	if (rc)
		return rc;
	for (uint32_t i = 0; i < record->nr_fields; i++) {
		struct stele_str name = record->fields[i].name;

		if (cells[i].type == STELE_TYPE_UNSET &&
		    record->fields[i].required)
			return rows_fail(rows, -STELE_E_REQUIRED, object, trail,
					 "the required field '%.*s' is missing",
					 (int)(name.len < 100 ? name.len : 100),
					 name.ptr);
	}
	*out = cells;
	return 0;
}

int rows_lay(struct rows *rows, const struct json_node *row, uint32_t record,
	     const struct stele_cell *cells, const struct trail *top)
{
	int rc;

	if (rows->met_open)
		return rows_fail(rows, -STELE_E_UNRESOLVED, row, top,
				 "a cycle without a list, dict or record that "
				 "has an \"$id\"");
	rc = stele_builder_add(rows->builder, record, cells,
			       rows->records[record].nr_fields, NULL,
			       rows->err);
	if (rc)
		return rows_refused(rows, rc, row, top);
	rows->number = rows->nr_rows++;
	return 0;
}

static int add_plain(struct rows *rows, const struct json_node *row,
		     const struct trail *top)
{
	struct stele_cell *cells;
	int rc;

	if (rows->record == ROWS_NONE)
		return rows_fail(rows, -STELE_E_SCHEMA, row, top,
				 "the schema does not say which record rows "
				 "are; --record does");
	rc = rows_fields(rows, row, rows->record, top, &cells);
	return rc ? rc : rows_lay(rows, row, rows->record, cells, top);
}

void rows_begin(struct rows *rows, struct arena *arena, struct stele_error *err)
{
	rows->arena = arena;
	rows->offset = 0;
	rows->err = err;
	rows->unfilled = NULL;
	rows->met_open = false;
	rows->depth = 0;
	rows->untyped = false;
}

int rows_add(struct rows *rows, struct arena *arena,
	     const struct json_node *row, uint64_t offset,
	     struct stele_error *err)
{
	const struct trail top = { NULL, { NULL, 0 }, 0 };
	int rc;

	rows_begin(rows, arena, err);
	rows->offset = offset;
	rows->depth = 1;
	if (row->kind != JSON_OBJECT)
		return rows_fail(rows, -STELE_E_SYNTAX, row, &top,
				 "a row must be an object");
	rc = row->dollar ? tagged_row(rows, row) : add_plain(rows, row, &top);
	return rc || !rows->unfilled ? rc : shared_finish_row(rows);
}
