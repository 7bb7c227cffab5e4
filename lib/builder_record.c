// SPDX-License-Identifier: MIT
/*
 * Records on their way in: each field's cell, or its default, checked and put to
 * its place in the body; what is unset or null says so as its type asks for.
 */
#include "builder.h"

const struct stele_cell *stele_cell_at(const struct stele_builder *b,
				       uint32_t record,
				       const struct stele_cell *cells,
				       uint64_t len, uint32_t field)
{
	static const struct stele_cell unset;
	uint32_t number = b->schema->records[record].first_field + field;
	const struct stele_fmt_field *f = &b->schema->fields[number];
	const struct stele_cell *cell = field < len ? &cells[field] : &unset;

	if (cell->type == STELE_TYPE_UNSET &&
	    f->flags & STELE_FMT_FIELD_F_DEFAULT)
		cell = &b->defaults[number];
	return cell;
}

/* Unset or null: whether the field may be, and how it says so. */
static int lay_nothing(struct stele_builder *b,
		       const struct stele_fmt_record *r,
		       const struct stele_fmt_field *f,
		       const struct stele_cell *cell, size_t at,
		       struct stele_error *err)
{
	bool null = cell->type == STELE_TYPE_NULL;
	unsigned kind = b->schema->types[f->type].kind;
	uint32_t bit = null ? f->null_bit : f->unset_bit;

	if (null && !(f->flags & STELE_FMT_FIELD_F_NULLABLE) &&
	    kind != STELE_TYPE_ANY)
		return stele_fail(err, -STELE_E_TYPE,
				  "null where it is not allowed");
	if (!null && !(f->flags & STELE_FMT_FIELD_F_OPTIONAL))
		return stele_fail(err, -STELE_E_REQUIRED,
				  "required and not given");
	if (stele_type_is_word(kind))
		stele_scratch_set(b, at + f->off,
				  null ? STELE_FMT_NULL : STELE_FMT_UNSET);
	else
		b->scratch.ptr[at + (null ? r->null_off : r->unset_off) +
			       bit / 8] |= (uint8_t)(1u << bit % 8);
	return 0;
}

static int lay_field(struct stele_builder *b, const struct stele_fmt_record *r,
		     const struct stele_fmt_field *f,
		     const struct stele_cell *cell, size_t at,
		     struct stele_error *err)
{
	unsigned kind = b->schema->types[f->type].kind;
	int rc;

	if (cell->type == STELE_TYPE_UNSET || cell->type == STELE_TYPE_NULL)
		return lay_nothing(b, r, f, cell, at, err);
	if (!stele_type_is_word(kind)) {
		struct stele_cell scalar;

		rc = stele_lay_scalar(kind, cell, &scalar, err);
		if (!rc)
			stele_lay_raw(&scalar, b->scratch.ptr + at + f->off);
		return rc;
	}
	return stele_lay_slot(b, f->type, false, cell, at + f->off, err);
}

int stele_lay_body(struct stele_builder *b, uint32_t record, unsigned flags,
		   const struct stele_cell *cells, uint64_t len, size_t at,
		   struct stele_error *err)
{
	const struct stele_fmt_record *r = &b->schema->records[record];

	if (len > r->nr_fields)
		return stele_fail(err, -STELE_E_TYPE,
				  "%llu values for the %u fields of a record",
				  (unsigned long long)len, r->nr_fields);
	stele_scratch_set(b, at,
			  STELE_FMT_HEAD(STELE_FMT_KIND_RECORD, flags, record));
	for (uint32_t i = 0; i < r->nr_fields; i++) {
		const struct stele_fmt_field *f =
			&b->schema->fields[r->first_field + i];
		int rc = lay_field(b, r, f,
				   stele_cell_at(b, record, cells, len, i), at,
				   err);

		if (rc) {
			struct stele_str name =
				stele_schema_str(b->schema, f->name);

			return stele_fail_in(err, rc, "field '%.*s'",
					     STELE_SHOWN(name));
		}
	}
	return 0;
}

int stele_lay_record(struct stele_builder *b, uint32_t record, unsigned flags,
		     const struct stele_cell *cell, uint64_t *word,
		     struct stele_error *err)
{
	size_t at, mark = stele_nr_pending(b);
	uint32_t bytes;
	uint64_t head;
	int rc;

	if (record >= b->schema->head->nr_records)
		return stele_fail(err, -EINVAL,
				  "record %u is not in the schema", record);
	bytes = b->schema->records[record].body_bytes;
	rc = stele_scratch_push(b, bytes, &at);
	if (!rc)
		rc = stele_lay_body(b, record, flags, cell->u.cells, cell->len,
				    at, err);
	if (rc)
		return rc;
	/* the payload is the body behind its head; references count from it */
	memcpy(&head, b->scratch.ptr + at, sizeof(head));
	rc = stele_lay_top(b, head, at + 8, bytes - 8, mark, !flags, word);
	stele_scratch_pop(b, at);
	return rc;
}

int stele_lay_row(struct stele_builder *b, uint32_t record, unsigned flags,
		  const struct stele_cell *cells, uint64_t len, uint64_t *pos,
		  struct stele_error *err)
{
	uint32_t bytes = b->schema->records[record].body_bytes;
	size_t at, mark = stele_nr_pending(b);
	int rc;

	/* the row's body comes first and what it owns behind it */
	rc = stele_scratch_push(b, bytes, &at);
	if (!rc)
		rc = stele_stage_space(b, bytes, pos);
	if (!rc)
		rc = stele_lay_body(b, record, flags, cells, len, at, err);
	if (rc)
		return rc;
	memcpy(b->stage.bytes.ptr + (*pos - b->stage.base), b->scratch.ptr + at,
	       bytes);
	stele_ref_place(b, mark, at, *pos);
	stele_scratch_pop(b, at);
	return 0;
}
