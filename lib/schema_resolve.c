// SPDX-License-Identifier: MIT
/*
 * From a draft to a schema: names become numbers, types are numbered, strings
 * are put in their order, defaults spelled canonically; then the image is
 * checked, laid out and fingerprinted.  Also the public calls that make schemas
 * of text.
 *
 * The form of the image is in schema_load.c.
 */
#include "literal.h"
#include "schema_check.h"
#include "schema_layout.h"
#include "schema_text.h"
#include "schema_type.h"

struct resolve {
	const struct stele_draft *draft;
	/* the draft's arrays */
	const struct stele_draft_record *records;
	const struct stele_draft_field *fields;
	const struct stele_draft_type *types;
	const struct stele_draft_item *items;
	const struct stele_draft_table *tables;
	const struct stele_draft_step *steps;
	uint32_t nr_records;
	uint32_t nr_fields;
	uint32_t nr_tables;
	uint32_t nr_steps;
	/* as in struct stele_schema: records, tables, fields of each record */
	struct stele_named *names;
	/* what is being made */
	struct stele_type_set set;
	struct stele_buffer type_marks; /* struct stele_mark, of each type */
	struct stele_buffer tuple_steps; /* of the types in their order */
	struct stele_buffer user_names; /* likewise */
	struct stele_buffer
		open_steps; /* of tuples not all of whose items are met */
	uint32_t *field_types;
	uint32_t *step_fields; /* the image's steps */
	struct stele_buffer image;
	struct stele_buffer pool;
};

#define FAIL(r, mark, ...)                                             \
	stele_fail_text((r)->draft->err, -STELE_E_SCHEMA, (mark).line, \
			(mark).column, __VA_ARGS__)

static int out_of_memory(const struct resolve *r)
{
	return stele_fail(r->draft->err, -ENOMEM, "out of memory");
}

static struct stele_str str_of(const struct resolve *r,
			       const struct stele_draft_name *name)
{
	return stele_draft_str(r->draft, name->str);
}

/* --------------------------------------------------------------- names */

static int collect_names(struct resolve *r)
{
	struct stele_named *at;
	uint32_t i, k;

	at = calloc((size_t)r->nr_records + r->nr_tables + r->nr_fields + 1,
		    sizeof(*at));
	if (!at)
		return out_of_memory(r);
	r->names = at;
	for (i = 0; i < r->nr_records; i++, at++) {
		at->name = str_of(r, &r->records[i].name);
		at->number = i;
	}
	for (i = 0; i < r->nr_tables; i++, at++) {
		at->name = str_of(r, &r->tables[i].name);
		at->number = i;
	}
	stele_names_sort(r->names, r->nr_records);
	stele_names_sort(r->names + r->nr_records, r->nr_tables);
	for (i = 0; i < r->nr_records; i++) {
		struct stele_named *first = at;

		for (k = 0; k < r->records[i].nr_fields; k++, at++) {
			at->name = str_of(
				r,
				&r->fields[r->records[i].first_field + k].name);
			at->number = k;
		}
		stele_names_sort(first, r->records[i].nr_fields);
	}
	return 0;
}

static int find_record(const struct resolve *r, struct stele_str name,
		       uint32_t *record)
{
	return stele_names_find(r->names, r->nr_records, name.ptr, name.len,
				record);
}

static int find_field(const struct resolve *r, uint32_t record,
		      struct stele_str name, uint32_t *field)
{
	return stele_names_find(r->names + r->nr_records + r->nr_tables +
					r->records[record].first_field,
				r->records[record].nr_fields, name.ptr,
				name.len, field);
}

/* The record a table is over. */
static int record_of_table(const struct resolve *r, uint32_t table,
			   uint32_t *record)
{
	const struct stele_draft_table *t = &r->tables[table];
	struct stele_str name = str_of(r, &t->record);

	if (!find_record(r, name, record))
		return 0;
	return FAIL(r, t->record.mark,
		    "table '%.*s' is over record '%.*s', which does not exist",
		    STELE_SHOWN(str_of(r, &t->name)), STELE_SHOWN(name));
}

/* --------------------------------------------------------------- types */

static int resolve_target(const struct resolve *r,
			  const struct stele_draft_type *draft,
			  struct stele_fmt_type *type)
{
	struct stele_str name = str_of(r, &draft->name);

	if (draft->kind == STELE_TYPE_RECORD) {
		if (!find_record(r, name, &type->arg))
			return 0;
		return FAIL(r, draft->name.mark, "unknown type '%.*s'",
			    STELE_SHOWN(name));
	}
	if (!stele_names_find(r->names + r->nr_records, r->nr_tables, name.ptr,
			      name.len, &type->arg2))
		return record_of_table(r, type->arg2, &type->arg);
	return FAIL(r, draft->name.mark,
		    "a reference into table '%.*s', which does not exist",
		    STELE_SHOWN(name));
}

static int resolve_type(struct resolve *r, uint32_t index, uint32_t *number);

/* The steps become the last, once those of tuples within are there. */
static int resolve_tuple(struct resolve *r,
			 const struct stele_draft_type *draft,
			 struct stele_fmt_type *type)
{
	size_t before = r->open_steps.len, len;
	uint32_t at, step;
	int rc;

	for (at = draft->item; at != STELE_FMT_NONE; at = r->items[at].next) {
		rc = resolve_type(r, r->items[at].type, &step);
		if (rc)
			return rc;
		if (r->items[at].nullable)
			step |= STELE_FMT_STEP_NULLABLE;
		if (stele_buffer_append(&r->open_steps, &step, sizeof(step)))
			return out_of_memory(r);
	}
	len = r->open_steps.len - before;
	type->arg = (uint32_t)(r->tuple_steps.len / sizeof(step));
	type->arg2 = (uint32_t)(len / sizeof(step));
	if (len && stele_buffer_append(&r->tuple_steps,
				       r->open_steps.ptr + before, len))
		return out_of_memory(r);
	r->open_steps.len = before;
	return 0;
}

static int resolve_user(struct resolve *r, const struct stele_draft_type *draft,
			struct stele_fmt_type *type)
{
	struct stele_str name = str_of(r, &draft->name);

	type->arg = (uint32_t)r->user_names.len;
	type->arg2 = (uint32_t)name.len;
	/* so that an empty name has an address until it is refused */
	if (stele_buffer_reserve(&r->user_names, name.len + 1) ||
	    stele_buffer_append(&r->user_names, name.ptr, name.len))
		return out_of_memory(r);
	return 0;
}

/* Number a type; what a known one has as steps or name goes again. */
static int number_type(struct resolve *r, const struct stele_draft_type *draft,
		       const struct stele_fmt_type *type, uint32_t *number)
{
	uint32_t before = stele_type_set_nr(&r->set);

	r->set.steps = (const void *)r->tuple_steps.ptr;
	r->set.names = (const void *)r->user_names.ptr;
	if (stele_type_set_add(&r->set, type, number))
		return out_of_memory(r);
	if (*number == before) {
		if (stele_buffer_append(&r->type_marks, &draft->mark,
					sizeof(draft->mark)))
			return out_of_memory(r);
	} else if (type->kind == STELE_TYPE_TUPLE) {
		r->tuple_steps.len = type->arg * sizeof(uint32_t);
	} else if (type->kind == STELE_TYPE_USER) {
		r->user_names.len = type->arg;
	}
	return 0;
}

/* Number a type, what it is made of first. */
static int resolve_type(struct resolve *r, uint32_t index, uint32_t *number)
{
	const struct stele_draft_type *draft = &r->types[index];
	struct stele_fmt_type type = { .kind = draft->kind,
				       .flags = draft->flags };
	int rc = 0;

	switch (draft->kind) {
	case STELE_TYPE_DICT:
		rc = resolve_type(r, draft->key, &type.arg2);
		if (rc)
			return rc;
		/* fall through */
	case STELE_TYPE_LIST:
	case STELE_TYPE_SET:
		rc = resolve_type(r, draft->item, &type.arg);
		break;
	case STELE_TYPE_TUPLE:
		rc = resolve_tuple(r, draft, &type);
		break;
	case STELE_TYPE_ARRAY:
	case STELE_TYPE_NDARRAY:
		type.arg = draft->element;
		break;
	case STELE_TYPE_USER:
		rc = resolve_user(r, draft, &type);
		break;
	case STELE_TYPE_RECORD:
	case STELE_TYPE_REF:
		rc = resolve_target(r, draft, &type);
		break;
	}
	return rc ? rc : number_type(r, draft, &type, number);
}

static int resolve_types(struct resolve *r)
{
	uint32_t i;
	int rc = 0;

	r->field_types =
		calloc((size_t)r->nr_fields + 1, sizeof(*r->field_types));
	if (!r->field_types)
		return out_of_memory(r);
	for (i = 0; i < r->nr_fields && !rc; i++)
		rc = resolve_type(r, r->fields[i].type, &r->field_types[i]);
	return rc;
}

static const struct stele_fmt_type *type_of(const struct resolve *r,
					    uint32_t field)
{
	return (const struct stele_fmt_type *)(const void *)r->set.types.ptr +
	       r->field_types[field];
}

/* -------------------------------------------------------------- tables */

/* One path from step `at` on; gives how many entries it takes. */
static int resolve_path(struct resolve *r, uint32_t table, uint32_t record,
			uint32_t at, uint32_t *taken)
{
	uint32_t nr = r->steps[at].nr, i;

	r->step_fields[at] = nr;
	*taken = nr + 1;
	for (i = 1; i <= nr; i++) {
		const struct stele_draft_name *step = &r->steps[at + i].name;
		const struct stele_fmt_type *type;

		if (find_field(r, record, str_of(r, step),
			       &r->step_fields[at + i]))
			return FAIL(
				r, step->mark,
				"table '%.*s' is over record '%.*s', which has no field '%.*s'",
				STELE_SHOWN(str_of(r, &r->tables[table].name)),
				STELE_SHOWN(
					str_of(r, &r->records[record].name)),
				STELE_SHOWN(str_of(r, step)));
		type = type_of(r, r->records[record].first_field +
					  r->step_fields[at + i]);
		if (i < nr && type->kind != STELE_TYPE_RECORD)
			return FAIL(
				r, step->mark,
				"the key of table '%.*s' goes through field '%.*s', a %s and no nested record",
				STELE_SHOWN(str_of(r, &r->tables[table].name)),
				STELE_SHOWN(str_of(r, step)),
				stele_type_name(type->kind));
		record = type->arg;
	}
	return 0;
}

static int resolve_tables(struct resolve *r)
{
	uint32_t record, step = 0, taken, i, k;
	int rc = 0;

	r->step_fields =
		calloc((size_t)r->nr_steps + 1, sizeof(*r->step_fields));
	if (!r->step_fields)
		return out_of_memory(r);
	for (i = 0; i < r->nr_tables && !rc; i++) {
		rc = record_of_table(r, i, &record);
		for (k = 0; k < r->tables[i].nr_keys && !rc; k++) {
			rc = resolve_path(r, i, record, step, &taken);
			step += taken;
		}
	}
	return rc;
}

/* --------------------------------------------------------------- image */

static int put_string(struct resolve *r, const void *p, size_t len,
		      struct stele_fmt_str *str)
{
	str->off = len ? (uint32_t)r->pool.len : 0;
	str->len = (uint32_t)len;
	if (r->pool.len + len > UINT32_MAX)
		return stele_fail(
			r->draft->err, -STELE_E_LIMIT,
			"names and texts of a schema are longer than %u bytes",
			UINT32_MAX);
	return stele_buffer_append(&r->pool, p, len) ? out_of_memory(r) : 0;
}

static int put_draft_string(struct resolve *r, struct stele_fmt_str from,
			    struct stele_fmt_str *str)
{
	struct stele_str s = stele_draft_str(r->draft, from);

	return put_string(r, s.ptr, s.len, str);
}

static int fail_literal(const struct resolve *r,
			const struct stele_draft_field *draft, int code,
			const struct stele_fmt_type *type)
{
	struct stele_str text = stele_draft_str(r->draft, draft->value);
	struct stele_str field = str_of(r, &draft->name);

	if (code == -STELE_E_SYNTAX)
		return FAIL(r, draft->value_mark,
			    "default %.*s of field '%.*s' is no JSON literal",
			    STELE_SHOWN(text), STELE_SHOWN(field));
	return FAIL(r, draft->value_mark, "default %.*s of field '%.*s' %s %s",
		    STELE_SHOWN(text), STELE_SHOWN(field),
		    code == -STELE_E_RANGE ? "does not fit" : "is not of type",
		    stele_type_name(type->kind));
}

/* The canonical text of a default. */
static int put_value(struct resolve *r, const struct stele_draft_field *draft,
		     const struct stele_fmt_type *type,
		     struct stele_fmt_str *str)
{
	struct stele_str literal = stele_draft_str(r->draft, draft->value);
	struct stele_buffer bytes = { 0 }, text = { 0 };
	struct stele_text_buffer out;
	struct stele_cell cell;
	int rc;

	if (!(draft->flags & STELE_FMT_FIELD_F_DEFAULT))
		return 0;
	stele_text_buffer_init(&out, &text);
	rc = stele_literal_read(type, draft->flags & STELE_FMT_FIELD_F_NULLABLE,
				literal.ptr, literal.len, &bytes, &cell);
	if (!rc) {
		stele_literal_print(type, &cell, bytes.ptr, &out.text);
		rc = out.rc;
	}
	if (rc == -ENOMEM)
		out_of_memory(r);
	else if (rc)
		rc = fail_literal(r, draft, rc, type);
	else
		rc = put_string(r, text.ptr, text.len, str);
	stele_buffer_free(&bytes);
	stele_buffer_free(&text);
	return rc;
}

static int put_field(struct resolve *r, uint32_t index,
		     struct stele_fmt_field *field)
{
	const struct stele_draft_field *draft = &r->fields[index];
	int rc;

	field->type = r->field_types[index];
	field->flags = draft->flags;
	rc = put_draft_string(r, draft->name.str, &field->name);
	if (!rc)
		rc = put_draft_string(r, draft->doc, &field->doc);
	if (!rc)
		rc = put_draft_string(r, draft->former, &field->former);
	return rc ? rc : put_value(r, draft, type_of(r, index), &field->value);
}

static int put_record(struct resolve *r, uint32_t index,
		      struct stele_fmt_record *record,
		      struct stele_fmt_field *fields)
{
	const struct stele_draft_record *draft = &r->records[index];
	uint32_t i;
	int rc;

	record->first_field = draft->first_field;
	record->nr_fields = draft->nr_fields;
	rc = put_draft_string(r, draft->name.str, &record->name);
	if (!rc)
		rc = put_draft_string(r, draft->doc, &record->doc);
	for (i = 0; i < draft->nr_fields && !rc; i++)
		rc = put_field(r, draft->first_field + i,
			       &fields[draft->first_field + i]);
	return rc;
}

static int put_table(struct resolve *r, uint32_t index,
		     struct stele_fmt_decl *table)
{
	const struct stele_draft_table *draft = &r->tables[index];
	int rc;

	table->flags = draft->flags;
	table->first_step = draft->first_step;
	table->nr_keys = draft->nr_keys;
	rc = record_of_table(r, index, &table->record);
	if (!rc)
		rc = put_draft_string(r, draft->name.str, &table->name);
	return rc ? rc : put_draft_string(r, draft->doc, &table->doc);
}

/* Steps and names have their places behind those of the tables. */
static int put_types(struct resolve *r, struct stele_fmt_type *types)
{
	struct stele_fmt_str name;
	uint32_t i;
	int rc = 0;

	for (i = 0; i < stele_type_set_nr(&r->set) && !rc; i++) {
		if (types[i].kind == STELE_TYPE_TUPLE)
			types[i].arg += r->nr_steps;
		if (types[i].kind != STELE_TYPE_USER)
			continue;
		rc = put_string(r, r->user_names.ptr + types[i].arg,
				types[i].arg2, &name);
		types[i].arg = name.off;
	}
	return rc;
}

static int put_head(const struct resolve *r, struct stele_fmt_schema_head *head)
{
	const struct stele_draft_name *rows = &r->draft->rows;
	struct stele_str name = str_of(r, rows);

	head->nr_records = r->nr_records;
	head->nr_fields = r->nr_fields;
	head->nr_types = stele_type_set_nr(&r->set);
	head->nr_tables = r->nr_tables;
	head->nr_steps =
		r->nr_steps + (uint32_t)(r->tuple_steps.len / sizeof(uint32_t));
	head->root_record = STELE_FMT_NONE;
	if (!rows->mark.line || !find_record(r, name, &head->root_record))
		return 0;
	return FAIL(r, rows->mark,
		    "rows are of record '%.*s', which does not exist",
		    STELE_SHOWN(name));
}

/* The arrays in place, then strings behind them. */
static int put_image(struct resolve *r)
{
	struct stele_fmt_schema_head head = { 0 };
	struct stele_schema s;
	uint32_t i;
	int rc;

	rc = put_head(r, &head);
	if (rc)
		return rc;
	stele_schema_point(&s, (uint8_t *)&head, sizeof(head));
	if (stele_buffer_zeros(&r->image,
			       (size_t)((const uint8_t *)s.pool - s.image)))
		return out_of_memory(r);
	memcpy(r->image.ptr, &head, sizeof(head));
	stele_schema_point(&s, r->image.ptr, r->image.len);
	memcpy((void *)s.steps, r->step_fields, r->nr_steps * sizeof(*s.steps));
	if (r->tuple_steps.len)
		memcpy((void *)(s.steps + r->nr_steps), r->tuple_steps.ptr,
		       r->tuple_steps.len);
	if (r->set.types.len)
		memcpy((void *)s.types, r->set.types.ptr, r->set.types.len);
	for (i = 0; i < r->nr_records && !rc; i++)
		rc = put_record(r, i, (struct stele_fmt_record *)&s.records[i],
				(struct stele_fmt_field *)s.fields);
	for (i = 0; i < r->nr_tables && !rc; i++)
		rc = put_table(r, i, (struct stele_fmt_decl *)&s.tables[i]);
	if (!rc)
		rc = put_types(r, (struct stele_fmt_type *)s.types);
	if (rc)
		return rc;
	((struct stele_fmt_schema_head *)(void *)r->image.ptr)->pool_bytes =
		(uint32_t)r->pool.len;
	if (stele_buffer_append(&r->image, r->pool.ptr, r->pool.len))
		return out_of_memory(r);
	return 0;
}

/* --------------------------------------------------------------- check */

static struct stele_mark mark_at(const struct resolve *r,
				 const struct stele_schema_place *place)
{
	switch (place->part) {
	case STELE_SCHEMA_RECORD:
		return r->records[place->index].name.mark;
	case STELE_SCHEMA_FIELD:
		return r->fields[place->index].name.mark;
	case STELE_SCHEMA_FORMER:
		return r->fields[place->index].former_mark;
	case STELE_SCHEMA_VALUE:
		return r->fields[place->index].value_mark;
	case STELE_SCHEMA_TYPE:
		return ((const struct stele_mark *)(const void *)
				r->type_marks.ptr)[place->index];
	case STELE_SCHEMA_TABLE:
		return r->tables[place->index].name.mark;
	default:
		return r->steps[place->index].name.mark;
	}
}

static int check(const struct resolve *r, const struct stele_schema *s)
{
	struct stele_schema_place place;
	int rc = stele_schema_check(s, &place, r->draft->err);

	if (rc && rc != -ENOMEM && r->draft->err) {
		struct stele_mark mark = mark_at(r, &place);

		r->draft->err->line = mark.line;
		r->draft->err->column = mark.column;
	}
	return rc;
}

/* The image becomes the schema's. */
static int make(struct resolve *r, struct stele_schema **schema)
{
	struct stele_schema *s = calloc(1, sizeof(*s));
	uint32_t i;
	int rc;

	if (!s)
		return out_of_memory(r);
	stele_schema_point(s, r->image.ptr, r->image.len);
	memset(&r->image, 0, sizeof(r->image));
	rc = stele_schema_index(s) ? out_of_memory(r) : check(r, s);
	for (i = 0; i < s->head->nr_records && !rc; i++)
		stele_schema_lay_out((struct stele_fmt_record *)&s->records[i],
				     (struct stele_fmt_field *)s->fields +
					     s->records[i].first_field,
				     s->types);
	if (!rc &&
	    stele_schema_fingerprint(s, (struct stele_fmt_record *)s->records))
		rc = out_of_memory(r);
	if (rc)
		stele_schema_free(s);
	else
		*schema = s;
	return rc;
}

static void begin(struct resolve *r, const struct stele_draft *draft)
{
	r->draft = draft;
	r->records = (const void *)draft->records.ptr;
	r->fields = (const void *)draft->fields.ptr;
	r->types = (const void *)draft->types.ptr;
	r->items = (const void *)draft->items.ptr;
	r->tables = (const void *)draft->tables.ptr;
	r->steps = (const void *)draft->steps.ptr;
	r->nr_records = (uint32_t)(draft->records.len / sizeof(*r->records));
	r->nr_fields = (uint32_t)(draft->fields.len / sizeof(*r->fields));
	r->nr_tables = (uint32_t)(draft->tables.len / sizeof(*r->tables));
	r->nr_steps = (uint32_t)(draft->steps.len / sizeof(*r->steps));
}

int stele_draft_resolve(const struct stele_draft *draft,
			struct stele_schema **schema)
{
	struct resolve r = { 0 };
	int rc;

	begin(&r, draft);
	rc = collect_names(&r);
	if (!rc)
		rc = resolve_types(&r);
	if (!rc)
		rc = resolve_tables(&r);
	if (!rc)
		rc = put_image(&r);
	if (!rc)
		rc = make(&r, schema);
	stele_buffer_free(&r.image);
	stele_buffer_free(&r.pool);
	stele_buffer_free(&r.type_marks);
	stele_buffer_free(&r.tuple_steps);
	stele_buffer_free(&r.user_names);
	stele_buffer_free(&r.open_steps);
	stele_type_set_free(&r.set);
	free(r.field_types);
	free(r.step_fields);
	free(r.names);
	return rc;
}

/* --------------------------------------------------------- public calls */

int stele_schema_parse(const char *text, size_t len,
		       struct stele_schema **schema, struct stele_error *err)
{
	struct stele_draft draft = { .err = err };
	int rc;

	rc = stele_draft_read(&draft, text, len);
	if (!rc)
		rc = stele_draft_resolve(&draft, schema);
	stele_draft_free(&draft);
	return rc;
}

int stele_schema_extend(const struct stele_schema *base, const char *text,
			size_t len, struct stele_schema **schema,
			struct stele_error *err)
{
	struct stele_draft draft = { .err = err };
	size_t size = 0;
	char *before;
	int rc;

	stele_schema_print(base, NULL, 0, &size);
	before = malloc(size + 1);
	if (!before)
		return stele_fail(err, -ENOMEM, "out of memory");
	stele_schema_print(base, before, size + 1, &size);
	rc = stele_draft_read(&draft, before, size);
	if (!rc)
		rc = stele_draft_read(&draft, text, len);
	if (!rc)
		rc = stele_draft_resolve(&draft, schema);
	stele_draft_free(&draft);
	free(before);
	return rc;
}
