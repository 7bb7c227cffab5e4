/* SPDX-License-Identifier: MIT */
/*
 * Schemas: what records and fields are on the other side, as a reader with the
 * second schema sees them in the first: a record is the one of its name, a
 * field that of its name or of a former one.
 */
#include "diff.h"

static int match(void *arg, const struct stele_finding *f)
{
	struct diff *diff = arg;
	struct diff_record *old, *now;

	if (f->record == UINT32_MAX || f->stored_record == UINT32_MAX)
		return 0;
	old = &diff->sides[0].records[f->stored_record];
	now = &diff->sides[1].records[f->record];
	if (f->kind == STELE_FINDING_RECORD) {
		old->other = f->record;
		now->other = f->stored_record;
	}
	if (f->kind == STELE_FINDING_FIELD && f->code != -STELE_E_SCHEMA &&
	    f->field != UINT32_MAX && f->stored_field != UINT32_MAX) {
		old->fields[f->stored_field].other = f->field;
		now->fields[f->field].other = f->stored_field;
	}
	return 0;
}

int diff_match(struct diff *diff)
{
	int rc = stele_schema_compare(diff->sides[0].schema,
				      diff->sides[1].schema, match, diff);

	return rc ? diff_fail(diff, 0, rc) : 0;
}

/* -------------------------------------------------------------- records */

static int changed(struct diff *diff, struct diff_subject *subject,
		   const char *what, struct stele_str old, struct stele_str now)
{
	subject->what = what;
	return diff_fact_change(diff, subject, old, now);
}

static int record_found(struct diff *diff, const struct stele_finding *f)
{
	struct diff_subject subject = { .kind = "record",
					.names = { f->record_name } };
	const struct stele_str none = { NULL, 0 };

	if (f->record == UINT32_MAX)
		return diff_fact(diff, DIFF_REMOVED, &subject, none, none);
	if (f->stored_record == UINT32_MAX)
		return diff_fact(diff, DIFF_ADDED, &subject, none, none);
	return changed(diff, &subject, "doc",
		       diff->sides[0].records[f->stored_record].info.doc,
		       diff->sides[1].records[f->record].info.doc);
}

static int field_found(struct diff *diff, const struct stele_finding *f)
{
	struct diff_subject subject = { .kind = "field",
					.names = { f->record_name, f->name } };
	const struct stele_str none = { NULL, 0 };
	const struct stele_field_info *old, *now;
	int rc;

	if (f->code == -STELE_E_SCHEMA) {
		subject.what = "former names";
		return diff_fact(diff, DIFF_CHANGED, &subject, none, f->reason);
	}
	if (f->field == UINT32_MAX)
		return diff_fact(diff, DIFF_REMOVED, &subject, f->stored_type,
				 none);
	if (f->stored_field == UINT32_MAX)
		return diff_fact(diff, DIFF_ADDED, &subject, none,
				 f->reader_type);
	old = &diff->sides[0]
		       .records[f->stored_record]
		       .fields[f->stored_field]
		       .info;
	now = &diff->sides[1].records[f->record].fields[f->field].info;
	rc = changed(diff, &subject, "name", old->name, now->name);
	if (!rc)
		rc = changed(diff, &subject, "type", f->stored_type,
			     f->reader_type);
	if (!rc)
		rc = changed(diff, &subject, "default", old->fallback,
			     now->fallback);
	return rc ? rc : changed(diff, &subject, "doc", old->doc, now->doc);
}

static int found(void *arg, const struct stele_finding *f)
{
	struct diff *diff = arg;

	switch (f->kind) {
	case STELE_FINDING_RECORD:
		return record_found(diff, f);
	case STELE_FINDING_FIELD:
		return field_found(diff, f);
	default: /* diff_table.c has the tables as they are stored */
		return 0;
	}
}

static struct stele_str rows_of(const struct diff_side *side)
{
	uint32_t record = stele_schema_rows(side->schema);

	if (record >= side->nr_records)
		return (struct stele_str){ NULL, 0 };
	return side->records[record].info.name;
}

int diff_schema(struct diff *diff)
{
	struct diff_subject subject = { .kind = "schema" };
	int rc = stele_schema_compare(diff->sides[0].schema,
				      diff->sides[1].schema, found, diff);

	if (rc < 0)
		return diff_fail(diff, 0, rc);
	return rc ? rc :
		    changed(diff, &subject, "rows", rows_of(&diff->sides[0]),
			    rows_of(&diff->sides[1]));
}
