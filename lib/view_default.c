// SPDX-License-Identifier: MIT
/*
 * Defaults of the reader's fields as values, for records that have none of the
 * field.  Their bytes are the view's; an empty list or dict needs no place in
 * the segment, for no reader looks behind its length.
 */
#include "bigint.h"
#include "decimal.h"
#include "literal.h"
#include "view.h"

/* A magnitude goes where the view keeps bytes. */
static int keep(struct stele_view *view, const struct stele_buffer *magnitude,
		struct stele_value *value)
{
	value->len = magnitude->len;
	value->u.u = view->bytes.len;
	return stele_buffer_append(&view->bytes, magnitude->ptr,
				   magnitude->len);
}

static int read_bigint(struct stele_view *view, const struct stele_cell *cell,
		       struct stele_value *value)
{
	const char *text = (const char *)view->bytes.ptr + cell->u.u;
	struct stele_buffer magnitude = { 0 };
	bool negative;
	int rc = stele_bigint_parse(text, cell->len, &negative, &magnitude);

	if (!rc) {
		value->flags = negative ? STELE_VALUE_F_NEGATIVE : 0;
		rc = keep(view, &magnitude, value);
	}
	stele_buffer_free(&magnitude);
	return rc;
}

static int read_decimal(struct stele_view *view, const struct stele_cell *cell,
			struct stele_value *value)
{
	const char *text = (const char *)view->bytes.ptr + cell->u.u;
	struct stele_buffer magnitude = { 0 };
	struct stele_decimal decimal;
	int rc = stele_decimal_parse(text, cell->len, &decimal, &magnitude);

	if (!rc) {
		value->exponent = decimal.exponent;
		value->flags = (decimal.negative ? STELE_VALUE_F_NEGATIVE : 0) |
			       (decimal.infinite ? STELE_VALUE_F_INFINITE : 0) |
			       (decimal.nan ? STELE_VALUE_F_NAN : 0);
		rc = keep(view, &magnitude, value);
	}
	stele_buffer_free(&magnitude);
	return rc;
}

static int value_of(struct stele_view *view, const struct stele_cell *cell,
		    struct stele_value *value)
{
	memset(value, 0, sizeof(*value));
	value->segment = view->segment;
	value->type = cell->type;
	value->element = cell->element;
	value->len = cell->len;
	switch (cell->type) {
	case STELE_TYPE_BIGINT:
		return read_bigint(view, cell, value);
	case STELE_TYPE_DECIMAL:
		return read_decimal(view, cell, value);
	case STELE_TYPE_ZONED:
		value->offset = cell->offset;
		break;
	}
	value->u.u = cell->u.u;
	if (cell->type == STELE_TYPE_BOOL)
		value->u.b = cell->u.b;
	return 0;
}

/* As literal.c gives the bytes of these, their place in view->bytes. */
static bool has_bytes(const struct stele_value *value)
{
	return value->type == STELE_TYPE_STR ||
	       value->type == STELE_TYPE_BYTES ||
	       value->type == STELE_TYPE_UUID ||
	       value->type == STELE_TYPE_BIGINT ||
	       value->type == STELE_TYPE_DECIMAL;
}

static int read_default(struct stele_view *view,
			const struct stele_fmt_field *field,
			struct stele_value *value)
{
	struct stele_str text = stele_schema_str(view->schema, field->value);
	struct stele_cell cell;
	int rc;

	rc = stele_literal_read(&view->schema->types[field->type],
				field->flags & STELE_FMT_FIELD_F_NULLABLE,
				text.ptr, text.len, &view->bytes, &cell);
	if (!rc)
		rc = value_of(view, &cell, value);
	return rc ? rc :
		    stele_view_value(view, field->type,
				     field->flags & STELE_FMT_FIELD_F_NULLABLE,
				     value, value);
}

int stele_view_defaults(struct stele_view *view)
{
	uint32_t nr = view->schema->head->nr_fields, i;
	int rc = 0;

	for (i = 0; !rc && i < nr; i++)
		if (view->schema->fields[i].flags & STELE_FMT_FIELD_F_DEFAULT)
			rc = read_default(view, &view->schema->fields[i],
					  &view->fields[i].fallback);
	/* the bytes move no more */
	for (i = 0; !rc && i < nr; i++) {
		struct stele_value *value = &view->fields[i].fallback;

		if (has_bytes(value))
			value->u.ptr =
				(const char *)view->bytes.ptr + value->u.u;
	}
	return rc;
}
