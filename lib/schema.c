// SPDX-License-Identifier: MIT
/*
 * A schema as an object: its life, and what it tells of itself.
 *
 * A schema is immutable once made.  Its image was proved by schema_check.c,
 * whether it came from a text or from a segment, so nothing here checks more
 * than the caller's indexes.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "schema.h"

/* ---------------------------------------------------------------- life */

void stele_schema_point(struct stele_schema *schema, uint8_t *image,
			size_t image_bytes)
{
	const struct stele_fmt_schema_head *head = (const void *)image;

	schema->image = image;
	schema->image_bytes = image_bytes;
	schema->head = head;
	schema->records = (const void *)(head + 1);
	schema->fields = (const void *)(schema->records + head->nr_records);
	schema->types = (const void *)(schema->fields + head->nr_fields);
	schema->tables = (const void *)(schema->types + head->nr_types);
	schema->steps = (const void *)(schema->tables + head->nr_tables);
	schema->pool = (const void *)(schema->steps + head->nr_steps);
}

static void name(struct stele_named *named, const struct stele_schema *s,
		 struct stele_fmt_str str, uint32_t number)
{
	named->name = stele_schema_str(s, str);
	named->number = number;
}

int stele_schema_index(struct stele_schema *schema)
{
	const struct stele_fmt_schema_head *head = schema->head;
	struct stele_named *at;
	uint32_t i, k;

	at = calloc((size_t)head->nr_records + head->nr_tables +
			    head->nr_fields + 1,
		    sizeof(*at));
	if (!at)
		return -ENOMEM;
	schema->names = at;
	for (i = 0; i < head->nr_records; i++)
		name(at++, schema, schema->records[i].name, i);
	stele_names_sort(schema->names, head->nr_records);
	for (i = 0; i < head->nr_tables; i++)
		name(at++, schema, schema->tables[i].name, i);
	stele_names_sort(schema->names + head->nr_records, head->nr_tables);
	for (i = 0; i < head->nr_records; i++) {
		const struct stele_fmt_record *record = &schema->records[i];

		for (k = 0; k < record->nr_fields; k++)
			name(at++, schema,
			     schema->fields[record->first_field + k].name, k);
		stele_names_sort(stele_schema_by_name(schema, i),
				 record->nr_fields);
	}
	return 0;
}

void stele_schema_free(struct stele_schema *schema)
{
	if (!schema)
		return;
	free(schema->names);
	free(schema->image);
	free(schema);
}

int stele_schema_clone(const struct stele_schema *schema,
		       struct stele_schema **copy)
{
	struct stele_schema *s = calloc(1, sizeof(*s));
	uint8_t *image = malloc(schema->image_bytes);
	int rc;

	if (!s || !image) {
		free(image);
		free(s);
		return -ENOMEM;
	}
	memcpy(image, schema->image, schema->image_bytes);
	stele_schema_point(s, image, schema->image_bytes);
	rc = stele_schema_index(s);
	if (rc) {
		stele_schema_free(s);
		return rc;
	}
	*copy = s;
	return 0;
}

int stele_schema_empty(struct stele_schema **schema)
{
	struct stele_fmt_schema_head head = { .root_record = STELE_FMT_NONE };
	struct stele_schema nothing = { 0 };

	stele_schema_point(&nothing, (uint8_t *)&head, sizeof(head));
	return stele_schema_clone(&nothing, schema);
}

/* ------------------------------------------------------- introspection */

uint32_t stele_schema_nr_records(const struct stele_schema *schema)
{
	return schema->head->nr_records;
}

uint32_t stele_schema_nr_tables(const struct stele_schema *schema)
{
	return schema->head->nr_tables;
}

uint32_t stele_schema_nr_types(const struct stele_schema *schema)
{
	return schema->head->nr_types;
}

uint32_t stele_schema_rows(const struct stele_schema *schema)
{
	if (schema->head->root_record != STELE_FMT_NONE)
		return schema->head->root_record;
	return schema->head->nr_records == 1 ? 0 : UINT32_MAX;
}

int stele_schema_record(const struct stele_schema *schema, uint32_t record,
			struct stele_record_info *info)
{
	const struct stele_fmt_record *r;

	if (record >= schema->head->nr_records)
		return -STELE_E_ABSENT;
	r = &schema->records[record];
	info->name = stele_schema_str(schema, r->name);
	info->doc = stele_schema_str(schema, r->doc);
	info->nr_fields = r->nr_fields;
	info->body_bytes = r->body_bytes;
	memcpy(info->fingerprint, r->fingerprint, sizeof(info->fingerprint));
	return 0;
}

/* A bit of a bitmap, counted from the body's first. */
static uint32_t bit_of_body(uint32_t off, uint32_t bit)
{
	return bit == STELE_FMT_NONE ? UINT32_MAX : 8 * off + bit;
}

int stele_schema_field(const struct stele_schema *schema, uint32_t record,
		       uint32_t field, struct stele_field_info *info)
{
	const struct stele_fmt_record *r;
	const struct stele_fmt_field *f;

	if (record >= schema->head->nr_records ||
	    field >= schema->records[record].nr_fields)
		return -STELE_E_ABSENT;
	r = &schema->records[record];
	f = &schema->fields[r->first_field + field];
	info->name = stele_schema_str(schema, f->name);
	info->doc = stele_schema_str(schema, f->doc);
	info->fallback = stele_schema_str(schema, f->value);
	info->type = f->type;
	info->offset = f->off;
	info->null_bit = bit_of_body(r->null_off, f->null_bit);
	info->unset_bit = bit_of_body(r->unset_off, f->unset_bit);
	info->nullable = f->flags & STELE_FMT_FIELD_F_NULLABLE;
	info->optional = f->flags & STELE_FMT_FIELD_F_OPTIONAL;
	return 0;
}

int stele_schema_type(const struct stele_schema *schema, uint32_t type,
		      struct stele_type_info *info)
{
	const struct stele_fmt_type *t;

	if (type >= schema->head->nr_types)
		return -STELE_E_ABSENT;
	t = &schema->types[type];
	info->type = t->kind;
	info->nullable_items = t->flags & STELE_FMT_TYPE_F_NULLABLE;
	info->weak = t->flags & STELE_FMT_TYPE_F_WEAK;
	info->element = STELE_TYPE_UNSET;
	info->item = info->key = info->record = info->table = UINT32_MAX;
	info->nr_items = 0;
	info->name.ptr = schema->pool;
	info->name.len = 0;
	switch (t->kind) {
	case STELE_TYPE_ARRAY:
	case STELE_TYPE_NDARRAY:
		info->element = stele_type_of_element(t->arg);
		break;
	case STELE_TYPE_DICT:
		info->key = t->arg2;
		info->item = t->arg;
		break;
	case STELE_TYPE_LIST:
	case STELE_TYPE_SET:
		info->item = t->arg;
		break;
	case STELE_TYPE_TUPLE:
		info->nr_items = t->arg2;
		break;
	case STELE_TYPE_USER:
		info->name = stele_schema_user(schema, t);
		break;
	case STELE_TYPE_REF:
		info->table = t->arg2;
		info->record = t->arg;
		break;
	case STELE_TYPE_RECORD:
		info->record = t->arg;
		break;
	}
	return 0;
}

int stele_schema_tuple_item(const struct stele_schema *schema, uint32_t type,
			    uint32_t i, uint32_t *item, bool *nullable)
{
	const struct stele_fmt_type *t;
	uint32_t step;

	if (type >= schema->head->nr_types)
		return -STELE_E_ABSENT;
	t = &schema->types[type];
	if (t->kind != STELE_TYPE_TUPLE)
		return -STELE_E_TYPE;
	if (i >= t->arg2)
		return -STELE_E_ABSENT;
	step = schema->steps[t->arg + i];
	*item = step & ~STELE_FMT_STEP_NULLABLE;
	*nullable = step & STELE_FMT_STEP_NULLABLE;
	return 0;
}

int stele_schema_table(const struct stele_schema *schema, uint32_t table,
		       struct stele_table_info *info)
{
	const struct stele_fmt_decl *t;

	if (table >= schema->head->nr_tables)
		return -STELE_E_ABSENT;
	t = &schema->tables[table];
	info->name = stele_schema_str(schema, t->name);
	info->doc = stele_schema_str(schema, t->doc);
	info->record = t->record;
	info->nr_keys = t->nr_keys;
	info->filter = stele_decl_filter(t);
	info->multi = t->flags & STELE_FMT_DECL_F_MULTI;
	return 0;
}

int stele_schema_table_step(const struct stele_schema *schema, uint32_t table,
			    uint32_t key, uint32_t step, uint32_t *field)
{
	const uint32_t *path;

	if (table >= schema->head->nr_tables ||
	    key >= schema->tables[table].nr_keys)
		return -STELE_E_ABSENT;
	path = schema->steps + schema->tables[table].first_step;
	while (key--)
		path += *path + 1;
	if (step >= *path)
		return -STELE_E_ABSENT;
	*field = path[1 + step];
	return 0;
}

int stele_schema_find_record(const struct stele_schema *schema,
			     const char *name, size_t len, uint32_t *record)
{
	return stele_names_find(schema->names, schema->head->nr_records, name,
				len, record);
}

int stele_schema_find_field(const struct stele_schema *schema, uint32_t record,
			    const char *name, size_t len, uint32_t *field)
{
	if (record >= schema->head->nr_records)
		return -STELE_E_ABSENT;
	return stele_names_find(stele_schema_by_name(schema, record),
				schema->records[record].nr_fields, name, len,
				field);
}

int stele_schema_find_table(const struct stele_schema *schema, const char *name,
			    size_t len, uint32_t *table)
{
	return stele_names_find(schema->names + schema->head->nr_records,
				schema->head->nr_tables, name, len, table);
}

uint32_t stele_type_nr_parts(const struct stele_fmt_type *type)
{
	switch (type->kind) {
	case STELE_TYPE_LIST:
	case STELE_TYPE_SET:
		return 1;
	case STELE_TYPE_DICT:
		return 2;
	case STELE_TYPE_TUPLE:
		return type->arg2;
	default:
		return 0;
	}
}

uint32_t stele_type_part(const struct stele_schema *schema,
			 const struct stele_fmt_type *type, uint32_t i)
{
	if (type->kind == STELE_TYPE_TUPLE)
		return schema->steps[type->arg + i] & ~STELE_FMT_STEP_NULLABLE;
	return type->kind == STELE_TYPE_DICT && i == 0 ? type->arg2 : type->arg;
}

/* ---------------------------------------------------------------- keys */

const uint32_t *stele_schema_path(const struct stele_schema *schema,
				  uint32_t table, uint32_t k)
{
	const uint32_t *steps =
		schema->steps + schema->tables[table].first_step;

	while (k--)
		steps += 1 + steps[0];
	return steps;
}

uint32_t stele_schema_key(const struct stele_schema *schema, uint32_t table,
			  uint32_t k)
{
	const uint32_t *steps = stele_schema_path(schema, table, k);
	uint32_t record = schema->tables[table].record, type = 0;

	for (uint32_t i = 1; i <= steps[0]; i++) {
		uint32_t field = schema->records[record].first_field + steps[i];

		type = schema->fields[field].type;
		record = schema->types[type].arg;
	}
	return type;
}

unsigned stele_schema_key_type(const struct stele_schema *schema,
			       uint32_t table)
{
	unsigned kind;

	if (schema->tables[table].nr_keys != 1)
		return STELE_FMT_KEY_CANONICAL;
	kind = schema->types[stele_schema_key(schema, table, 0)].kind;
	if (kind == STELE_TYPE_STR)
		return STELE_FMT_KEY_STR;
	if (kind == STELE_TYPE_BYTES)
		return STELE_FMT_KEY_BYTES;
	if (kind >= STELE_TYPE_I8 && kind <= STELE_TYPE_I64)
		return STELE_FMT_KEY_I64;
	if (kind >= STELE_TYPE_U8 && kind <= STELE_TYPE_U64)
		return STELE_FMT_KEY_U64;
	return STELE_FMT_KEY_CANONICAL;
}
