// SPDX-License-Identifier: MIT
/*
 * The canonical text of a schema: records in order, tables, then the record
 * that rows are, with documentation above what it is about.  The parser makes
 * the same image of it again, byte for byte.
 */
#include <errno.h>

#include "schema_print.h"
#include "schema_type.h"

static void print_name(struct stele_text *out, struct stele_str name)
{
	if (stele_name_is_plain(name))
		out->put(out, name.ptr, name.len);
	else
		stele_text_quoted(out, name.ptr, name.len);
}

static void print_tuple(struct stele_type_printer *printer,
			const struct stele_fmt_type *type)
{
	const uint32_t *step = printer->schema->steps + type->arg;
	uint32_t i;

	stele_text_put(printer->out, "tuple<");
	for (i = 0; i < type->arg2; i++, step++) {
		stele_text_put(printer->out, i ? ", " : "");
		stele_type_print(printer, *step & ~STELE_FMT_STEP_NULLABLE);
		if (*step & STELE_FMT_STEP_NULLABLE)
			stele_text_put(printer->out, "?");
	}
	stele_text_put(printer->out, ">");
}

void stele_type_print(struct stele_type_printer *printer, uint32_t type)
{
	const struct stele_fmt_type *t = &printer->schema->types[type];
	const char *question = t->flags & STELE_FMT_TYPE_F_NULLABLE ? "?" : "";
	struct stele_text *out = printer->out;

	switch (t->kind) {
	case STELE_TYPE_LIST:
	case STELE_TYPE_SET:
	case STELE_TYPE_DICT:
		stele_text_put(out, stele_type_name(t->kind));
		stele_text_put(out, "<");
		if (t->kind == STELE_TYPE_DICT) {
			stele_type_print(printer, t->arg2);
			stele_text_put(out, ", ");
		}
		stele_type_print(printer, t->arg);
		stele_text_put(out, question);
		stele_text_put(out, ">");
		break;
	case STELE_TYPE_TUPLE:
		print_tuple(printer, t);
		break;
	case STELE_TYPE_USER:
		stele_text_put(out, "user<");
		printer->target(printer, t);
		stele_text_put(out, ">");
		break;
	case STELE_TYPE_ARRAY:
	case STELE_TYPE_NDARRAY:
		stele_text_put(out, stele_type_name(t->kind));
		stele_text_put(out, "<");
		stele_text_put(out,
			       stele_type_name(stele_type_of_element(t->arg)));
		stele_text_put(out, ">");
		break;
	case STELE_TYPE_REF:
		stele_text_put(out, t->flags & STELE_FMT_TYPE_F_WEAK ? "weak " :
								       "ref ");
		printer->target(printer, t);
		break;
	case STELE_TYPE_RECORD:
		printer->target(printer, t);
		break;
	default:
		stele_text_put(out, stele_type_name(t->kind));
	}
}

/* By name; a record in quotes where it is called like a type. */
static void print_target(struct stele_type_printer *printer,
			 const struct stele_fmt_type *type)
{
	const struct stele_schema *s = printer->schema;
	struct stele_str name;

	if (type->kind == STELE_TYPE_REF) {
		print_name(printer->out,
			   stele_schema_str(s, s->tables[type->arg2].name));
		return;
	}
	if (type->kind == STELE_TYPE_USER) {
		print_name(printer->out, stele_schema_user(s, type));
		return;
	}
	name = stele_schema_str(s, s->records[type->arg].name);
	if (stele_type_of_word(name) >= 0)
		stele_text_quoted(printer->out, name.ptr, name.len);
	else
		print_name(printer->out, name);
}

void stele_type_put(struct stele_text *out, const struct stele_schema *schema,
		    uint32_t type)
{
	struct stele_type_printer printer = { out, schema, print_target };

	stele_type_print(&printer, type);
}

static void print_doc(struct stele_text *out, struct stele_str doc,
		      const char *indent)
{
	const char *p = doc.ptr, *end = doc.ptr + doc.len;

	while (doc.len) {
		const char *stop = memchr(p, '\n', (size_t)(end - p));
		size_t len = (size_t)((stop ? stop : end) - p);

		stele_text_put(out, indent);
		stele_text_put(out, len ? "## " : "##");
		out->put(out, p, len);
		stele_text_put(out, "\n");
		if (!stop)
			break;
		p = stop + 1;
	}
}

static void print_former(struct stele_text *out, struct stele_str former)
{
	const char *p = former.ptr, *end = former.ptr + former.len;
	const char *before = " was ";

	while (p < end) {
		const char *stop = memchr(p, '\n', (size_t)(end - p));
		struct stele_str name = { p, (size_t)(stop - p) };

		stele_text_put(out, before);
		print_name(out, name);
		before = ", ";
		p = stop + 1;
	}
}

static void print_field(struct stele_text *out, const struct stele_schema *s,
			const struct stele_fmt_field *field)
{
	struct stele_str value = stele_schema_str(s, field->value);

	print_doc(out, stele_schema_str(s, field->doc), "\t");
	stele_text_put(out, "\t");
	print_name(out, stele_schema_str(s, field->name));
	stele_text_put(out, ": ");
	stele_type_put(out, s, field->type);
	if (field->flags & STELE_FMT_FIELD_F_NULLABLE)
		stele_text_put(out, "?");
	if (field->flags & STELE_FMT_FIELD_F_OPTIONAL)
		stele_text_put(out, " optional");
	if (field->flags & STELE_FMT_FIELD_F_DEFAULT) {
		stele_text_put(out, " = ");
		out->put(out, value.ptr, value.len);
	}
	print_former(out, stele_schema_str(s, field->former));
	stele_text_put(out, "\n");
}

static void print_record(struct stele_text *out, const struct stele_schema *s,
			 const struct stele_fmt_record *record)
{
	uint32_t i;

	print_doc(out, stele_schema_str(s, record->doc), "");
	stele_text_put(out, "record ");
	print_name(out, stele_schema_str(s, record->name));
	stele_text_put(out, " {\n");
	for (i = 0; i < record->nr_fields; i++)
		print_field(out, s, &s->fields[record->first_field + i]);
	stele_text_put(out, "}\n");
}

/* One key path; gives where the next begins. */
static const uint32_t *print_path(struct stele_text *out,
				  const struct stele_schema *s, uint32_t record,
				  const uint32_t *path)
{
	uint32_t nr = *path++;

	while (nr--) {
		const struct stele_fmt_field *field =
			&s->fields[s->records[record].first_field + *path++];

		print_name(out, stele_schema_str(s, field->name));
		if (nr) {
			stele_text_put(out, ".");
			record = s->types[field->type].arg;
		}
	}
	return path;
}

static void print_table(struct stele_text *out, const struct stele_schema *s,
			const struct stele_fmt_decl *table)
{
	const uint32_t *path = s->steps + table->first_step;
	uint32_t i;

	print_doc(out, stele_schema_str(s, table->doc), "");
	stele_text_put(out, "table ");
	print_name(out, stele_schema_str(s, table->name));
	stele_text_put(out, ": ");
	print_name(out, stele_schema_str(s, s->records[table->record].name));
	for (i = 0; i < table->nr_keys; i++) {
		stele_text_put(out, i ? ", " : "(");
		path = print_path(out, s, table->record, path);
	}
	stele_text_put(out, ")");
	if (table->flags & STELE_FMT_DECL_F_MULTI)
		stele_text_put(out, " multi");
	if (table->flags & STELE_FMT_DECL_F_FILTER) {
		stele_text_put(out, " filter 1/");
		stele_text_number(out, stele_decl_filter(table));
	}
	stele_text_put(out, "\n");
}

static void print_schema(struct stele_text *out, const struct stele_schema *s)
{
	const struct stele_fmt_schema_head *head = s->head;
	uint32_t i;

	for (i = 0; i < head->nr_records; i++) {
		stele_text_put(out, i ? "\n" : "");
		print_record(out, s, &s->records[i]);
	}
	for (i = 0; i < head->nr_tables; i++) {
		stele_text_put(out, i ? "" : "\n");
		print_table(out, s, &s->tables[i]);
	}
	if (head->root_record == STELE_FMT_NONE)
		return;
	stele_text_put(out, "\nrows ");
	print_name(out,
		   stele_schema_str(s, s->records[head->root_record].name));
	stele_text_put(out, "\n");
}

int stele_schema_print(const struct stele_schema *schema, char *buf,
		       size_t size, size_t *len)
{
	struct stele_text_fixed text;

	stele_text_fixed_init(&text, buf, size);
	print_schema(&text.text, schema);
	if (size)
		buf[text.len < size ? text.len : size - 1] = '\0';
	if (len)
		*len = text.len;
	return text.len < size ? 0 : -ENOSPC;
}
