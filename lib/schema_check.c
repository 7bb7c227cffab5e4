// SPDX-License-Identifier: MIT
/*
 * The rules of schemas that do not depend on how one was written: names are
 * UTF-8, of bounded length and there once; types are made of what they may be
 * made of; references lead to a unique table over one key; keys can be keys;
 * defaults fit and are spelled canonically.
 */
#include <stdio.h>
#include <unistr.h>

#include "fail.h"
#include "literal.h"
#include "schema_check.h"

/* What follows of a type from those it is made of. */
struct type_note {
	uint8_t depth; /* 1: made of no other */
	uint8_t unkeyable; /* the kind in it that no key has, UNSET: none */
	uint32_t parts; /* as STELE_MAX_TYPE_PARTS counts them, or more */
};

struct check {
	const struct stele_schema *s;
	struct type_note *notes; /* of each type */
	struct stele_schema_place *place;
	struct stele_error *err;
};

/* Where what is checked next lies. */
static void at(struct check *c, enum stele_schema_part part, uint32_t index)
{
	c->place->part = part;
	c->place->index = index;
}

/* --------------------------------------------------------------- names */

static int check_name(const struct check *c, const char *what,
		      struct stele_str name)
{
	if (name.len > STELE_MAX_NAME_BYTES)
		return stele_fail(
			c->err, -STELE_E_LIMIT,
			"the name of %s '%.*s...' has %zu bytes, more than %u",
			what, STELE_SHOWN(name), name.len,
			STELE_MAX_NAME_BYTES);
	if (u8_check((const uint8_t *)name.ptr, name.len))
		return stele_fail(c->err, -STELE_E_UTF8,
				  "the name of %s '%.*s' is not UTF-8", what,
				  STELE_SHOWN(name));
	return 0;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Lines as the parser leaves them: printable, nothing blank at their ends. */
static int check_doc(const struct check *c, struct stele_str doc)
{
	size_t i;

	if (u8_check((const uint8_t *)doc.ptr, doc.len))
		return stele_fail(c->err, -STELE_E_UTF8,
				  "documentation is not UTF-8");
	for (i = 0; i < doc.len; i++) {
		unsigned char b = (unsigned char)doc.ptr[i];
		bool ends = i + 1 == doc.len || doc.ptr[i + 1] == '\n';

		if ((b < 0x20 && b != '\t' && b != '\n') || b == 0x7f ||
		    (ends && is_blank(doc.ptr[i])))
			return stele_fail(
				c->err, -STELE_E_SCHEMA,
				"documentation with a control character or blanks at the end of a line");
	}
	return 0;
}

static int check_twice(struct check *c, enum stele_schema_part part,
		       const char *what, const struct stele_named *names,
		       uint32_t nr)
{
	const struct stele_named *twice = stele_names_twice(names, nr);

	if (!twice)
		return 0;
	at(c, part, twice->number);
	return stele_fail(c->err, -STELE_E_SCHEMA, "%s '%.*s' is there twice",
			  what, STELE_SHOWN(twice->name));
}

/* --------------------------------------------------------------- types */

static bool is_keyable(unsigned kind)
{
	return kind != STELE_TYPE_LIST && kind != STELE_TYPE_ARRAY &&
	       kind != STELE_TYPE_DICT && kind != STELE_TYPE_NDARRAY &&
	       kind != STELE_TYPE_REF;
}

/* Types stand after what they are made of; so no note is looked for twice. */
static void note_type(struct check *c, uint32_t index)
{
	const struct stele_fmt_type *type = &c->s->types[index];
	struct type_note note = { 1, STELE_TYPE_UNSET, 0 };
	uint32_t nr = stele_type_nr_parts(type), i;
	uint64_t parts = nr;

	if (!is_keyable(type->kind))
		note.unkeyable = type->kind;
	if (type->kind == STELE_TYPE_USER)
		parts = type->arg2 / 8;
	for (i = 0; i < nr; i++) {
		const struct type_note *part =
			&c->notes[stele_type_part(c->s, type, i)];

		if (part->depth >= note.depth && part->depth < UINT8_MAX)
			note.depth = part->depth + 1;
		if (!note.unkeyable)
			note.unkeyable = part->unkeyable;
		parts += part->parts;
	}
	note.parts = parts < UINT32_MAX ? (uint32_t)parts : UINT32_MAX;
	c->notes[index] = note;
}

/* `what` needs a type that can be a key. */
static int check_keyable(const struct check *c, uint32_t type, const char *what)
{
	unsigned kind = c->s->types[type].kind;
	unsigned unkeyable = c->notes[type].unkeyable;

	if (!unkeyable)
		return 0;
	if (kind == unkeyable)
		return stele_fail(c->err, -STELE_E_SCHEMA,
				  "%s can't be of type %s", what,
				  stele_type_name(kind));
	return stele_fail(c->err, -STELE_E_SCHEMA,
			  "%s can't be of type %s with a %s in it", what,
			  stele_type_name(kind), stele_type_name(unkeyable));
}

static int check_user(struct check *c, const struct stele_fmt_type *type)
{
	struct stele_str name = stele_schema_user(c->s, type);

	if (!name.len)
		return stele_fail(c->err, -STELE_E_SCHEMA,
				  "a user's type with an empty name");
	return check_name(c, "user type", name);
}

static int check_ref(struct check *c, const struct stele_fmt_type *type)
{
	const struct stele_fmt_decl *table = &c->s->tables[type->arg2];
	struct stele_str name = stele_schema_str(c->s, table->name);

	if (table->flags & STELE_FMT_DECL_F_MULTI)
		return stele_fail(
			c->err, -STELE_E_SCHEMA,
			"a reference into table '%.*s', which is multi: a key is not one row",
			STELE_SHOWN(name));
	if (table->flags & STELE_FMT_DECL_F_FILTER)
		return stele_fail(
			c->err, -STELE_E_SCHEMA,
			"a reference into table '%.*s', which is a filter: it has no rows",
			STELE_SHOWN(name));
	if (table->nr_keys != 1)
		return stele_fail(
			c->err, -STELE_E_SCHEMA,
			"a reference into table '%.*s', whose key is %u fields, not one",
			STELE_SHOWN(name), table->nr_keys);
	if (table->record != type->arg)
		return stele_fail(
			c->err, -STELE_E_SCHEMA,
			"a reference into table '%.*s' names another record than the table",
			STELE_SHOWN(name));
	return 0;
}

static int check_type(struct check *c, uint32_t index)
{
	const struct stele_fmt_type *type = &c->s->types[index];

	at(c, STELE_SCHEMA_TYPE, index);
	note_type(c, index);
	if (c->notes[index].depth > STELE_MAX_TYPE_DEPTH)
		return stele_fail(c->err, -STELE_E_LIMIT,
				  "types are nested deeper than %u",
				  STELE_MAX_TYPE_DEPTH);
	switch (type->kind) {
	case STELE_TYPE_DICT:
		return check_keyable(c, type->arg2, "a key of a dict");
	case STELE_TYPE_SET:
		return check_keyable(c, type->arg, "an item of a set");
	case STELE_TYPE_USER:
		return check_user(c, type);
	case STELE_TYPE_REF:
		return check_ref(c, type);
	default:
		return 0;
	}
}

/* A small image may have types that would be written at any length. */
static int check_parts(struct check *c)
{
	uint64_t parts = 0;
	uint32_t i;

	for (i = 0; i < c->s->head->nr_fields; i++) {
		parts += c->notes[c->s->fields[i].type].parts;
		if (parts <= STELE_MAX_TYPE_PARTS)
			continue;
		at(c, STELE_SCHEMA_TYPE, c->s->fields[i].type);
		return stele_fail(
			c->err, -STELE_E_LIMIT,
			"the types of fields have more than %u types within them",
			STELE_MAX_TYPE_PARTS);
	}
	return 0;
}

/* ------------------------------------------------------------- records */

static int check_value(struct check *c, const struct stele_fmt_field *field)
{
	struct stele_str value = stele_schema_str(c->s, field->value);
	const struct stele_fmt_type *type = &c->s->types[field->type];
	struct stele_buffer bytes = { 0 }, text = { 0 };
	struct stele_text_buffer out;
	struct stele_cell cell;
	bool same = false;
	int rc;

	if (u8_check((const uint8_t *)value.ptr, value.len))
		return stele_fail(c->err, -STELE_E_UTF8,
				  "a default is not UTF-8");
	rc = stele_literal_read(type, field->flags & STELE_FMT_FIELD_F_NULLABLE,
				value.ptr, value.len, &bytes, &cell);
	if (!rc) {
		stele_text_buffer_init(&out, &text);
		stele_literal_print(type, &cell, bytes.ptr, &out.text);
		rc = out.rc;
		same = !rc && text.len == value.len &&
		       !memcmp(text.ptr, value.ptr, text.len);
	}
	stele_buffer_free(&bytes);
	stele_buffer_free(&text);
	if (rc == -ENOMEM)
		return stele_fail(c->err, rc, "out of memory");
	if (!same)
		return stele_fail(
			c->err, -STELE_E_SCHEMA,
			"default %.*s of field '%.*s' is not the canonical text of a %s",
			STELE_SHOWN(value),
			STELE_SHOWN(stele_schema_str(c->s, field->name)),
			stele_type_name(type->kind));
	return 0;
}

static int check_field(struct check *c, uint32_t index)
{
	const struct stele_fmt_field *field = &c->s->fields[index];
	struct stele_str former = stele_schema_str(c->s, field->former);
	int rc;

	at(c, STELE_SCHEMA_FIELD, index);
	rc = check_name(c, "field", stele_schema_str(c->s, field->name));
	if (!rc)
		rc = check_doc(c, stele_schema_str(c->s, field->doc));
	if (rc)
		return rc;
	at(c, STELE_SCHEMA_FORMER, index);
	if (former.len && former.ptr[former.len - 1] != '\n')
		return stele_fail(c->err, -STELE_E_SCHEMA,
				  "former names without an end");
	if (!(field->flags & STELE_FMT_FIELD_F_DEFAULT))
		return 0;
	at(c, STELE_SCHEMA_VALUE, index);
	return check_value(c, field);
}

static size_t count_former(const struct stele_schema *s,
			   const struct stele_fmt_record *record)
{
	size_t nr = 0;
	uint32_t i, k;

	for (i = 0; i < record->nr_fields; i++) {
		struct stele_str former = stele_schema_str(
			s, s->fields[record->first_field + i].former);

		for (k = 0; k < former.len; k++)
			nr += former.ptr[k] == '\n';
	}
	return nr;
}

/* All former names of a record with the numbers of their fields. */
static int split_former(struct check *c, const struct stele_fmt_record *record,
			struct stele_named *names)
{
	uint32_t i;
	int rc;

	for (i = record->first_field;
	     i < record->first_field + record->nr_fields; i++) {
		struct stele_str left =
			stele_schema_str(c->s, c->s->fields[i].former);

		at(c, STELE_SCHEMA_FORMER, i);
		while (left.len) {
			const char *stop = memchr(left.ptr, '\n', left.len);

			names->name.ptr = left.ptr;
			names->name.len = (size_t)(stop - left.ptr);
			names->number = i;
			rc = check_name(c, "former field", names->name);
			if (rc)
				return rc;
			left.len -= names->name.len + 1;
			left.ptr = stop + 1;
			names++;
		}
	}
	return 0;
}

/* A stored field must find its successor without a choice. */
static int check_former(struct check *c, const struct stele_fmt_record *record)
{
	size_t nr = count_former(c->s, record);
	struct stele_named *names;
	int rc;

	if (!nr)
		return 0;
	names = calloc(nr, sizeof(*names));
	if (!names)
		return stele_fail(c->err, -ENOMEM, "out of memory");
	rc = split_former(c, record, names);
	if (!rc) {
		stele_names_sort(names, (uint32_t)nr);
		rc = check_twice(c, STELE_SCHEMA_FORMER, "former name", names,
				 (uint32_t)nr);
	}
	free(names);
	return rc;
}

static int check_fields_once(struct check *c, uint32_t index)
{
	const struct stele_fmt_record *record = &c->s->records[index];
	const struct stele_fmt_schema_head *head = c->s->head;
	const struct stele_named *twice =
		stele_names_twice(c->s->names + head->nr_records +
					  head->nr_tables + record->first_field,
				  record->nr_fields);

	if (!twice)
		return 0;
	at(c, STELE_SCHEMA_FIELD, record->first_field + twice->number);
	return stele_fail(c->err, -STELE_E_SCHEMA,
			  "field '%.*s' twice in record '%.*s'",
			  STELE_SHOWN(twice->name),
			  STELE_SHOWN(stele_schema_str(c->s, record->name)));
}

static int check_record(struct check *c, uint32_t index)
{
	const struct stele_fmt_record *record = &c->s->records[index];
	struct stele_str name = stele_schema_str(c->s, record->name);
	uint32_t i;
	int rc;

	at(c, STELE_SCHEMA_RECORD, index);
	rc = check_name(c, "record", name);
	if (!rc)
		rc = check_doc(c, stele_schema_str(c->s, record->doc));
	if (rc)
		return rc;
	if (!name.len)
		return stele_fail(c->err, -STELE_E_SCHEMA,
				  "a record with an empty name");
	if (record->nr_fields > STELE_MAX_FIELDS)
		return stele_fail(c->err, -STELE_E_LIMIT,
				  "record '%.*s' has %u fields, more than %u",
				  STELE_SHOWN(name), record->nr_fields,
				  STELE_MAX_FIELDS);
	for (i = 0; i < record->nr_fields && !rc; i++)
		rc = check_field(c, record->first_field + i);
	if (!rc)
		rc = check_fields_once(c, index);
	return rc ? rc : check_former(c, record);
}

/* -------------------------------------------------------------- tables */

/* One key path from step *at on; *at goes behind it. */
static int check_path(struct check *c, const struct stele_fmt_decl *table,
		      uint32_t *step)
{
	const struct stele_schema *s = c->s;
	uint32_t nr = s->steps[*step], record = table->record, i;
	const struct stele_fmt_field *field = NULL;
	char what[256]; /* two names of up to 80 bytes */

	at(c, STELE_SCHEMA_STEP, *step);
	if (nr > STELE_MAX_KEY_STEPS)
		return stele_fail(
			c->err, -STELE_E_LIMIT,
			"a key of table '%.*s' has %u steps, more than %u",
			STELE_SHOWN(stele_schema_str(s, table->name)), nr,
			STELE_MAX_KEY_STEPS);
	for (i = 1; i <= nr; i++) {
		field = &s->fields[s->records[record].first_field +
				   s->steps[*step + i]];
		record = s->types[field->type].arg;
	}
	*step += nr;
	at(c, STELE_SCHEMA_STEP, *step);
	++*step;
	snprintf(what, sizeof(what), "field '%.*s', a key of table '%.*s',",
		 STELE_SHOWN(stele_schema_str(s, field->name)),
		 STELE_SHOWN(stele_schema_str(s, table->name)));
	return check_keyable(c, field->type, what);
}

static int check_table(struct check *c, uint32_t index)
{
	const struct stele_fmt_decl *table = &c->s->tables[index];
	struct stele_str name = stele_schema_str(c->s, table->name);
	uint32_t step = table->first_step, i;
	int rc;

	at(c, STELE_SCHEMA_TABLE, index);
	rc = check_name(c, "table", name);
	if (!rc)
		rc = check_doc(c, stele_schema_str(c->s, table->doc));
	if (rc)
		return rc;
	if (!name.len)
		return stele_fail(c->err, -STELE_E_SCHEMA,
				  "a table with an empty name");
	if (table->flags & STELE_FMT_DECL_F_CLUSTERED)
		return stele_fail(
			c->err, -STELE_E_SCHEMA,
			"table '%.*s': clustered tables are not yet supported by this version",
			STELE_SHOWN(name));
	if (table->nr_keys > STELE_MAX_KEY_PATHS)
		return stele_fail(
			c->err, -STELE_E_LIMIT,
			"the key of table '%.*s' is %u fields, more than %u",
			STELE_SHOWN(name), table->nr_keys, STELE_MAX_KEY_PATHS);
	for (i = 0; i < table->nr_keys && !rc; i++)
		rc = check_path(c, table, &step);
	return rc;
}

int stele_schema_check(const struct stele_schema *schema,
		       struct stele_schema_place *place,
		       struct stele_error *err)
{
	const struct stele_fmt_schema_head *head = schema->head;
	struct check c = { schema, NULL, place, err };
	uint32_t i;
	int rc;

	c.notes = calloc((size_t)head->nr_types + 1, sizeof(*c.notes));
	if (!c.notes)
		return stele_fail(err, -ENOMEM, "out of memory");
	rc = check_twice(&c, STELE_SCHEMA_RECORD, "record", schema->names,
			 head->nr_records);
	if (!rc)
		rc = check_twice(&c, STELE_SCHEMA_TABLE, "table",
				 schema->names + head->nr_records,
				 head->nr_tables);
	for (i = 0; i < head->nr_types && !rc; i++)
		rc = check_type(&c, i);
	if (!rc)
		rc = check_parts(&c);
	for (i = 0; i < head->nr_records && !rc; i++)
		rc = check_record(&c, i);
	for (i = 0; i < head->nr_tables && !rc; i++)
		rc = check_table(&c, i);
	free(c.notes);
	return rc;
}
