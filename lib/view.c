// SPDX-License-Identifier: MIT
/*
 * Opening a view and resolving its fields.
 */
#include "compat_report.h"
#include "fail.h"
#include "view.h"

/* ------------------------------------------------------------- opening */

static struct stele_str record_name(const struct stele_view *view,
				    uint32_t record)
{
	return stele_schema_str(view->schema,
				view->schema->records[record].name);
}

/* Say why a field is refused. */
static int refuse(const struct stele_compat *c, uint32_t record, uint32_t field,
		  const struct stele_judgement *j, struct stele_error *err)
{
	const struct stele_fmt_field *own =
		stele_field_at(c->reader, record, field);
	struct stele_str name =
		stele_schema_str(c->reader, c->reader->records[record].name);
	struct stele_finding f = { 0 };
	struct stele_buffer stored = { 0 }, reader = { 0 }, reason = { 0 };
	struct stele_text_buffer text;
	int rc = j->code;

	f.record = record;
	f.field = field;
	f.stored_record = c->records[record];
	f.name = stele_schema_str(c->reader, own->name);
	stele_text_buffer_init(&text, &reader);
	stele_compat_print_type(&text.text, c->reader, own);
	f.reader_type.ptr = (const char *)reader.ptr;
	f.reader_type.len = reader.len;
	if (j->is_stored) {
		f.stored_field = c->matches[own - c->reader->fields].field;
		text.buffer = &stored;
		stele_compat_print_type(&text.text, c->stored,
					stele_field_at(c->stored,
						       f.stored_record,
						       f.stored_field));
		f.stored_type.ptr = (const char *)stored.ptr;
		f.stored_type.len = stored.len;
	}
	text.buffer = &reason;
	stele_compat_explain(c, &f, j, &text);
	rc = text.rc ? stele_fail(err, text.rc, "out of memory") :
		       stele_fail(err, rc, "field '%.*s' of '%.*s': %.*s",
				  STELE_SHOWN(f.name), STELE_SHOWN(name),
				  (int)reason.len, (const char *)reason.ptr);
	stele_buffer_free(&reason);
	stele_buffer_free(&reader);
	stele_buffer_free(&stored);
	return rc;
}

static int open_field(struct stele_view *view, struct stele_compat *c,
		      uint32_t record, uint32_t field, struct stele_error *err)
{
	uint32_t at = view->schema->records[record].first_field + field;
	struct stele_view_field *own = &view->fields[at];
	const struct stele_fmt_field *fmt = &view->schema->fields[at];
	uint32_t stored = view->stored[record];
	int rc = stele_compat_field(c, record, field, &own->judgement);

	if (rc)
		return stele_fail(err, rc, "out of memory");
	if (own->judgement.verdict == STELE_VERDICT_REFUSE)
		return refuse(c, record, field, &own->judgement, err);
	own->view = view;
	own->type = fmt->type;
	own->nullable = fmt->flags & STELE_FMT_FIELD_F_NULLABLE;
	if (own->judgement.is_stored) {
		stele_field_place(view->segment->schema, stored,
				  c->matches[at].field, &own->stored);
	} else {
		own->stored.record = stored;
		own->stored.body_bytes =
			view->segment->schema->records[stored].body_bytes;
	}
	return 0;
}

/* A record that is not stored: nothing is of it. */
static void open_absent(struct stele_view *view, uint32_t record)
{
	const struct stele_fmt_record *r = &view->schema->records[record];

	for (uint32_t i = 0; i < r->nr_fields; i++) {
		struct stele_view_field *own =
			&view->fields[r->first_field + i];

		own->view = view;
		own->stored.record = STELE_FMT_NONE;
		own->stored.body_bytes = 8;
	}
}

/* Whether a field lies where the reader's schema would have it, and as what. */
static bool lies_same(const struct stele_view *view,
		      const struct stele_compat *c,
		      const struct stele_fmt_field *r, uint32_t stored)
{
	const struct stele_fmt_field *s;
	const struct stele_view_field *own =
		&view->fields[r - view->schema->fields];

	if (own->judgement.verdict != STELE_VERDICT_SAME ||
	    !own->judgement.is_stored)
		return false;
	s = stele_field_at(c->stored, stored,
			   c->matches[r - view->schema->fields].field);
	return s->off == r->off && s->null_bit == r->null_bit &&
	       s->unset_bit == r->unset_bit &&
	       c->stored->types[s->type].kind == c->reader->types[r->type].kind;
}

static bool is_laid_out(const struct stele_view *view,
			const struct stele_compat *c, uint32_t record)
{
	const struct stele_fmt_record *r = &view->schema->records[record];
	const struct stele_fmt_record *s =
		&c->stored->records[view->stored[record]];
	bool same = s->nr_fields == r->nr_fields &&
		    s->body_bytes == r->body_bytes &&
		    s->null_off == r->null_off && s->unset_off == r->unset_off;

	for (uint32_t i = 0; same && i < r->nr_fields; i++)
		same = lies_same(view, c,
				 &view->schema->fields[r->first_field + i],
				 view->stored[record]);
	return same;
}

static int open_records(struct stele_view *view, struct stele_compat *c,
			struct stele_error *err)
{
	uint32_t nr = view->schema->head->nr_records, i, k;
	int rc = 0;

	for (i = 0; !rc && i < nr; i++) {
		view->stored[i] = c->records[i];
		if (c->records[i] == STELE_FMT_NONE) {
			open_absent(view, i);
			continue;
		}
		view->readers[c->records[i]] = i;
		for (k = 0; !rc && k < view->schema->records[i].nr_fields; k++)
			rc = open_field(view, c, i, k, err);
		if (!rc)
			view->is_laid_out[i] = is_laid_out(view, c, i);
	}
	return rc;
}

/* Room for all; which the caller frees in any case. */
static int allocate(struct stele_view *view, const struct stele_schema *reader)
{
	uint32_t nr_stored = view->segment->schema->head->nr_records, i;
	uint32_t nr = reader->head->nr_records;
	uint32_t nr_fields = reader->head->nr_fields;

	if (stele_schema_clone(reader, &view->schema))
		return -ENOMEM;
	view->readers =
		calloc(nr_stored ? nr_stored : 1, sizeof(*view->readers));
	view->stored = calloc(nr ? nr : 1, sizeof(*view->stored));
	view->is_laid_out = calloc(nr ? nr : 1, sizeof(*view->is_laid_out));
	view->fields = calloc(nr_fields ? nr_fields : 1, sizeof(*view->fields));
	if (!view->readers || !view->stored || !view->is_laid_out ||
	    !view->fields)
		return -ENOMEM;
	for (i = 0; i < nr_stored; i++)
		view->readers[i] = STELE_FMT_NONE;
	return 0;
}

/* What can't be refused any more. */
static int open_rest(struct stele_view *view, struct stele_compat *c,
		     struct stele_error *err)
{
	int rc = stele_view_maps(view, c);

	if (!rc)
		rc = stele_view_defaults(view);
	return rc ? stele_fail(err, rc, "%s", stele_strerror(rc)) : 0;
}

int stele_view_open(const struct stele_segment *segment,
		    const struct stele_schema *reader, struct stele_view **view,
		    struct stele_error *err)
{
	struct stele_view *v = calloc(1, sizeof(*v));
	struct stele_compat compat;
	int rc;

	if (!v)
		return stele_fail(err, -ENOMEM, "out of memory");
	v->segment = segment;
	rc = allocate(v, reader);
	if (rc) {
		stele_view_close(v);
		return stele_fail(err, rc, "out of memory");
	}
	rc = stele_compat_begin(&compat, segment->schema, v->schema);
	if (rc)
		stele_fail(err, rc, "out of memory");
	else
		rc = open_records(v, &compat, err);
	if (!rc)
		rc = open_rest(v, &compat, err);
	stele_compat_end(&compat);
	if (rc)
		stele_view_close(v);
	else
		*view = v;
	return rc;
}

void stele_view_close(struct stele_view *view)
{
	if (!view)
		return;
	stele_buffer_free(&view->bytes);
	free(view->maps);
	free(view->fields);
	free(view->is_laid_out);
	free(view->stored);
	free(view->readers);
	stele_schema_free(view->schema);
	free(view);
}

const struct stele_schema *stele_view_schema(const struct stele_view *view)
{
	return view->schema;
}

/* -------------------------------------------------------------- fields */

/* Whether a getter for `asked` can read what is stored, as it is. */
static bool reads_stored(const struct stele_view_field *own, unsigned asked)
{
	const struct stele_judgement *j = &own->judgement;

	if (!j->is_stored ||
	    (j->may_be_unset && j->nothing != STELE_NOTHING_UNSET &&
	     j->nothing != STELE_NOTHING_NONE))
		return false;
	/* these getters tell null and unset by errors, as the view would */
	if (stele_getter_of(asked) != STELE_TYPE_UNSET)
		return j->type != STELE_VERDICT_CHECK ||
		       own->stored.stored == STELE_TYPE_REF;
	/* the key of an absent row comes in its type, as stele_view_value() has it */
	return j->verdict == STELE_VERDICT_SAME &&
	       own->stored.stored != STELE_TYPE_REF;
}

int stele_view_field_at(const struct stele_view *view, uint32_t record,
			uint32_t field, enum stele_type asked,
			struct stele_field *resolved, struct stele_error *err)
{
	const struct stele_view_field *own;
	struct stele_str r, f;
	unsigned kind;

	if (record >= view->schema->head->nr_records)
		return stele_fail(err, -STELE_E_ABSENT,
				  "the schema has no record %u", record);
	r = record_name(view, record);
	if (field >= view->schema->records[record].nr_fields)
		return stele_fail(err, -STELE_E_ABSENT,
				  "record '%.*s' has no field %u",
				  STELE_SHOWN(r), field);
	own = &view->fields[view->schema->records[record].first_field + field];
	f = stele_schema_str(view->schema,
			     stele_field_at(view->schema, record, field)->name);
	kind = view->schema
		       ->types[stele_field_at(view->schema, record, field)->type]
		       .kind;
	if (!stele_type_holds(asked, kind))
		return stele_fail(err, -STELE_E_TYPE,
				  "field '%.*s' of '%.*s' is %s, not %s",
				  STELE_SHOWN(f), STELE_SHOWN(r),
				  stele_type_name(kind),
				  stele_type_name(asked));
	*resolved = own->stored;
	resolved->asked = (uint8_t)stele_getter_of(asked);
	if (!reads_stored(own, asked)) {
		stele_view_bar(resolved);
		resolved->view = own;
	}
	return 0;
}

int stele_view_field(const struct stele_view *view, const char *record,
		     const char *field, enum stele_type asked,
		     struct stele_field *resolved, struct stele_error *err)
{
	uint32_t r, f;

	if (stele_schema_find_record(view->schema, record, strlen(record), &r))
		return stele_fail(err, -STELE_E_ABSENT,
				  "the schema has no record '%s'", record);
	if (stele_schema_find_field(view->schema, r, field, strlen(field), &f))
		return stele_fail(err, -STELE_E_ABSENT,
				  "record '%s' has no field '%s'", record,
				  field);
	return stele_view_field_at(view, r, f, asked, resolved, err);
}

int stele_view_layout(const struct stele_view *view, uint32_t record,
		      const unsigned char fingerprint[16],
		      struct stele_layout *layout)
{
	const struct stele_segment *segment = view->segment;
	const struct stele_fmt_record *r;

	if (record >= view->schema->head->nr_records)
		return -STELE_E_ABSENT;
	r = &view->schema->records[record];
	memset(layout, 0, sizeof(*layout));
	layout->base = segment->base;
	layout->len = segment->len;
	if (!view->is_laid_out[record] || segment->len < r->body_bytes ||
	    memcmp(r->fingerprint, fingerprint, sizeof(r->fingerprint)))
		return 0;
	layout->end = segment->len - r->body_bytes + 1;
	layout->head = STELE_FMT_HEAD(STELE_FMT_KIND_RECORD, 0,
				      (uint64_t)view->stored[record]);
	return 0;
}
