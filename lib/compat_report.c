// SPDX-License-Identifier: MIT
/*
 * Comparing two schemas for people: each record, field and table with its
 * verdict and why.
 */
#include <stdarg.h>
#include <stdio.h>

#include "compat.h"
#include "compat_report.h"
#include "schema_print.h"

const char *stele_verdict_name(enum stele_verdict verdict)
{
	static const char *const names[] = { "same", "convert", "check",
					     "refuse" };

	return (unsigned)verdict < 4 ? names[verdict] : "unknown verdict";
}

/* -------------------------------------------------------------- reasons */

/* A further clause of a reason. */
static void say(struct stele_text_buffer *text, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static void say(struct stele_text_buffer *text, const char *format, ...)
{
	char clause[512];
	va_list ap;

	va_start(ap, format);
	vsnprintf(clause, sizeof(clause), format, ap);
	va_end(ap);
	if (text->buffer->len)
		stele_text_put(&text->text, "; ");
	stele_text_put(&text->text, clause);
}

static struct stele_str field_name(const struct stele_schema *schema,
				   uint32_t record, uint32_t field)
{
	return stele_schema_str(schema,
				stele_field_at(schema, record, field)->name);
}

/* "unset is ..." and the like. */
static void say_nothing(struct stele_text_buffer *text, const char *subject,
			const struct stele_schema *reader,
			const struct stele_fmt_field *field,
			enum stele_nothing nothing)
{
	struct stele_str value = stele_schema_str(reader, field->value);

	switch (nothing) {
	case STELE_NOTHING_DEFAULT:
		say(text, "%s the default %.*s", subject, STELE_SHOWN(value));
		break;
	case STELE_NOTHING_UNSET:
		say(text, "%s unset", subject);
		break;
	case STELE_NOTHING_NULL:
		say(text, "%s null", subject);
		break;
	case STELE_NOTHING_NONE:
		say(text, "%s an error", subject);
		break;
	}
}

static void say_type(struct stele_text_buffer *text,
		     const struct stele_judgement *j,
		     struct stele_str stored_type, struct stele_str reader_type)
{
	switch (j->type) {
	case STELE_VERDICT_SAME:
		break;
	case STELE_VERDICT_CONVERT:
		say(text, "%.*s becomes %.*s", STELE_SHOWN(stored_type),
		    STELE_SHOWN(reader_type));
		break;
	case STELE_VERDICT_CHECK:
		say(text, "not each %.*s is %.*s", STELE_SHOWN(stored_type),
		    STELE_SHOWN(reader_type));
		break;
	case STELE_VERDICT_REFUSE:
		say(text, "%.*s is stored, which is not read as %.*s",
		    STELE_SHOWN(stored_type), STELE_SHOWN(reader_type));
		break;
	}
}

static void say_stored(struct stele_text_buffer *text,
		       const struct stele_compat *c,
		       const struct stele_finding *f,
		       const struct stele_judgement *j)
{
	const struct stele_fmt_field *r =
		stele_field_at(c->reader, f->record, f->field);
	struct stele_str name =
		field_name(c->stored, f->stored_record, f->stored_field);

	if (stele_names_compare(name, f->name))
		say(text, "stored as '%.*s'", STELE_SHOWN(name));
	say_type(text, j, f->stored_type, f->reader_type);
	if (j->type == STELE_VERDICT_REFUSE)
		return;
	if (j->checks_null)
		say(text, "null is an error");
	if (j->may_be_unset && j->nothing != STELE_NOTHING_UNSET)
		say_nothing(text, "unset is", c->reader, r, j->nothing);
}

void stele_compat_explain(const struct stele_compat *c,
			  const struct stele_finding *f,
			  const struct stele_judgement *j,
			  struct stele_text_buffer *text)
{
	const struct stele_fmt_field *r =
		stele_field_at(c->reader, f->record, f->field);
	const struct stele_match *match = &c->matches[r - c->reader->fields];

	if (j->code == -STELE_E_REQUIRED) {
		say(text, "required, and not stored");
	} else if (j->code == -STELE_E_SCHEMA && match->other == match->field) {
		say(text,
		    "stored '%.*s' is claimed by another field too, by former names",
		    STELE_SHOWN(field_name(c->stored, f->stored_record,
					   match->field)));
	} else if (j->code == -STELE_E_SCHEMA) {
		say(text,
		    "both stored '%.*s' and '%.*s' can be it, by former names",
		    STELE_SHOWN(field_name(c->stored, f->stored_record,
					   match->field)),
		    STELE_SHOWN(field_name(c->stored, f->stored_record,
					   match->other)));
	} else if (!j->is_stored) {
		say_nothing(text, "not stored:", c->reader, r, j->nothing);
	} else {
		say_stored(text, c, f, j);
	}
}

/* --------------------------------------------------------------- types */

void stele_compat_print_type(struct stele_text *out,
			     const struct stele_schema *schema,
			     const struct stele_fmt_field *field)
{
	stele_type_put(out, schema, field->type);
	if (field->flags & STELE_FMT_FIELD_F_NULLABLE)
		stele_text_put(out, "?");
	if (field->flags & STELE_FMT_FIELD_F_OPTIONAL)
		stele_text_put(out, " optional");
}

static struct stele_str whole(const struct stele_buffer *buffer)
{
	struct stele_str str = { (const char *)buffer->ptr, buffer->len };

	if (!str.len)
		str.ptr = "";
	return str;
}

/* ------------------------------------------------------------- findings */

struct report {
	struct stele_compat compat;
	int (*found)(void *arg, const struct stele_finding *finding);
	void *arg;
	struct stele_buffer stored_type;
	struct stele_buffer reader_type;
	struct stele_buffer reason;
};

static void begin_finding(struct report *r, struct stele_finding *f,
			  enum stele_finding_kind kind)
{
	memset(f, 0, sizeof(*f));
	f->kind = kind;
	f->record = f->field = f->table = UINT32_MAX;
	f->stored_record = f->stored_field = f->stored_table = UINT32_MAX;
	r->stored_type.len = 0;
	r->reader_type.len = 0;
	r->reason.len = 0;
}

static int end_finding(struct report *r, struct stele_finding *f)
{
	f->stored_type = whole(&r->stored_type);
	f->reader_type = whole(&r->reader_type);
	f->reason = whole(&r->reason);
	return r->found(r->arg, f);
}

static int put_reason(struct report *r, const char *reason)
{
	return stele_buffer_append(&r->reason, reason, strlen(reason));
}

static int put_type(struct stele_buffer *buffer,
		    const struct stele_schema *schema,
		    const struct stele_fmt_field *field)
{
	struct stele_text_buffer text;

	stele_text_buffer_init(&text, buffer);
	stele_compat_print_type(&text.text, schema, field);
	return text.rc;
}

static int report_field(struct report *r, uint32_t record, uint32_t field)
{
	struct stele_compat *c = &r->compat;
	const struct stele_fmt_field *own =
		stele_field_at(c->reader, record, field);
	struct stele_text_buffer text;
	struct stele_judgement j;
	struct stele_finding f;
	int rc = stele_compat_field(c, record, field, &j);

	if (rc)
		return rc;
	begin_finding(r, &f, STELE_FINDING_FIELD);
	f.verdict = j.verdict;
	f.code = j.code;
	f.record = record;
	f.field = field;
	f.stored_record = c->records[record];
	f.record_name =
		stele_schema_str(c->reader, c->reader->records[record].name);
	f.name = stele_schema_str(c->reader, own->name);
	rc = put_type(&r->reader_type, c->reader, own);
	if (!rc && j.is_stored) {
		f.stored_field = c->matches[own - c->reader->fields].field;
		rc = put_type(&r->stored_type, c->stored,
			      stele_field_at(c->stored, f.stored_record,
					     f.stored_field));
	}
	if (rc)
		return rc;
	f.stored_type = whole(&r->stored_type);
	f.reader_type = whole(&r->reader_type);
	stele_text_buffer_init(&text, &r->reason);
	stele_compat_explain(c, &f, &j, &text);
	return text.rc ? text.rc : end_finding(r, &f);
}

/* A stored field that no field of the reader's is. */
static int report_unread(struct report *r, uint32_t record, uint32_t field)
{
	struct stele_compat *c = &r->compat;
	struct stele_finding f;
	int rc;

	begin_finding(r, &f, STELE_FINDING_FIELD);
	f.record = record;
	f.stored_record = c->records[record];
	f.stored_field = field;
	f.record_name =
		stele_schema_str(c->reader, c->reader->records[record].name);
	f.name = field_name(c->stored, f.stored_record, field);
	rc = put_type(&r->stored_type, c->stored,
		      stele_field_at(c->stored, f.stored_record, field));
	if (!rc)
		rc = put_reason(r, "not read");
	return rc ? rc : end_finding(r, &f);
}

static int report_unread_fields(struct report *r, uint32_t record)
{
	struct stele_compat *c = &r->compat;
	const struct stele_fmt_record *own = &c->reader->records[record];
	uint32_t nr = c->stored->records[c->records[record]].nr_fields, i;
	bool *is_read = calloc(nr ? nr : 1, sizeof(*is_read));
	int rc = 0;

	if (!is_read)
		return -ENOMEM;
	for (i = 0; i < own->nr_fields; i++) {
		const struct stele_match *match =
			&c->matches[own->first_field + i];

		if (match->field != STELE_FMT_NONE)
			is_read[match->field] = true;
		if (match->other != STELE_FMT_NONE)
			is_read[match->other] = true;
	}
	for (i = 0; !rc && i < nr; i++)
		if (!is_read[i])
			rc = report_unread(r, record, i);
	free(is_read);
	return rc;
}

static int report_record(struct report *r, uint32_t record)
{
	struct stele_compat *c = &r->compat;
	const struct stele_fmt_record *own = &c->reader->records[record];
	bool is_stored = c->records[record] != STELE_FMT_NONE;
	struct stele_judgement j;
	struct stele_finding f;
	uint32_t i;
	int rc = 0;

	begin_finding(r, &f, STELE_FINDING_RECORD);
	f.record = record;
	f.stored_record = c->records[record];
	f.record_name = stele_schema_str(c->reader, own->name);
	for (i = 0; is_stored && !rc && i < own->nr_fields; i++) {
		rc = stele_compat_field(c, record, i, &j);
		if (!rc && j.verdict > f.verdict) {
			f.verdict = j.verdict;
			f.code = j.code;
		}
	}
	if (!rc && !is_stored)
		rc = put_reason(r, "not stored: there are none");
	if (!rc)
		rc = end_finding(r, &f);
	if (!is_stored)
		return rc;
	for (i = 0; !rc && i < own->nr_fields; i++)
		rc = report_field(r, record, i);
	return rc ? rc : report_unread_fields(r, record);
}

/* Stored records that the reader does not have. */
static int report_unread_records(struct report *r)
{
	const struct stele_schema *stored = r->compat.stored;
	struct stele_finding f;
	uint32_t i, own;
	int rc = 0;

	for (i = 0; !rc && i < stored->head->nr_records; i++) {
		struct stele_str name =
			stele_schema_str(stored, stored->records[i].name);

		if (!stele_schema_find_record(r->compat.reader, name.ptr,
					      name.len, &own))
			continue;
		begin_finding(r, &f, STELE_FINDING_RECORD);
		f.stored_record = i;
		f.record_name = name;
		rc = put_reason(r, "not read");
		if (!rc)
			rc = end_finding(r, &f);
	}
	return rc;
}

static int report_table(struct report *r, uint32_t table)
{
	struct stele_compat *c = &r->compat;
	const struct stele_fmt_decl *own = &c->reader->tables[table];
	struct stele_text_buffer text;
	struct stele_finding f;
	int rc;

	begin_finding(r, &f, STELE_FINDING_TABLE);
	f.table = table;
	f.record_name = stele_schema_str(c->reader,
					 c->reader->records[own->record].name);
	f.name = stele_schema_str(c->reader, own->name);
	stele_text_buffer_init(&text, &r->reason);
	rc = stele_compat_table(c, &f, &text.text);
	if (!rc)
		rc = text.rc;
	return rc ? rc : end_finding(r, &f);
}

int stele_schema_compare(
	const struct stele_schema *stored, const struct stele_schema *reader,
	int (*found)(void *arg, const struct stele_finding *finding), void *arg)
{
	struct report r = { .found = found, .arg = arg };
	uint32_t i;
	int rc = stele_compat_begin(&r.compat, stored, reader);

	for (i = 0; !rc && i < reader->head->nr_records; i++)
		rc = report_record(&r, i);
	if (!rc)
		rc = report_unread_records(&r);
	for (i = 0; !rc && i < reader->head->nr_tables; i++)
		rc = report_table(&r, i);
	stele_buffer_free(&r.reason);
	stele_buffer_free(&r.reader_type);
	stele_buffer_free(&r.stored_type);
	stele_compat_end(&r.compat);
	return rc;
}
