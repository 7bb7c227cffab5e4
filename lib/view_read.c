// SPDX-License-Identifier: MIT
/*
 * Values through a view: what is stored becomes one of the reader's type, or an
 * error.  The stored type is not asked for: a value tells its own, and whether
 * any of its kind can come to the reader's was settled when the view was opened.
 * So what stands inside of any, of lists and dicts goes the same way as fields,
 * and broken bytes find an error here.
 *
 * Nothing inside a value is looked at.
 */
#include "view.h"

void stele_view_bar(struct stele_field *field)
{
	/* the byte with the head's kind, which is never 0 */
	field->null_at = 0;
	field->null_mask = 0xff;
	field->unset_mask = 0;
}

/* ------------------------------------------------------------- numbers */

static bool is_signed_integer(unsigned type)
{
	return type >= STELE_TYPE_I8 && type <= STELE_TYPE_I64;
}

static bool is_integer(unsigned type)
{
	return type >= STELE_TYPE_I8 && type <= STELE_TYPE_U64;
}

static int to_integer(unsigned type, struct stele_value *value)
{
	bool is_negative = is_signed_integer(value->type) && value->u.i < 0;
	unsigned bits = 8 * (unsigned)stele_type_width(type);
	uint64_t most;

	if (value->type == STELE_TYPE_BIGINT)
		return -STELE_E_RANGE;
	if (!is_integer(value->type))
		return -STELE_E_TYPE;
	most = UINT64_MAX >> (64 - bits + is_signed_integer(type));
	if (is_negative ? !is_signed_integer(type) || ~value->u.u > most :
			  value->u.u > most)
		return -STELE_E_RANGE;
	value->type = (uint8_t)type;
	return 0;
}

/* An integer that the float holds, or one of its own kind. */
static int to_float(unsigned type, struct stele_value *value)
{
	bool narrow = type == STELE_TYPE_F32;
	uint64_t exact = narrow ? 1ull << 24 : 1ull << 53;
	double f;

	if (value->type == STELE_TYPE_F64 || value->type == STELE_TYPE_F32) {
		f = value->u.f;
		if (narrow && f == f && (double)(float)f != f)
			return -STELE_E_RANGE;
	} else if (value->type == STELE_TYPE_BIGINT) {
		return -STELE_E_RANGE;
	} else if (!is_integer(value->type)) {
		return -STELE_E_TYPE;
	} else if (is_signed_integer(value->type) && value->u.i < 0) {
		if (0 - value->u.u > exact)
			return -STELE_E_RANGE;
		f = (double)value->u.i;
	} else {
		if (value->u.u > exact)
			return -STELE_E_RANGE;
		f = (double)value->u.u;
	}
	value->type = (uint8_t)type;
	value->u.f = f;
	return 0;
}

/* Numbers as dynamic values have them. */
static void to_dynamic(struct stele_value *value)
{
	if (is_signed_integer(value->type))
		value->type = STELE_TYPE_I64;
	else if (is_integer(value->type))
		value->type = value->u.u > INT64_MAX ? STELE_TYPE_U64 :
						       STELE_TYPE_I64;
	else if (value->type == STELE_TYPE_F32)
		value->type = STELE_TYPE_F64;
}

static int to_wide(unsigned type, struct stele_value *value)
{
	if (value->type == type || value->type == STELE_TYPE_BIGINT)
		return 0;
	if (!is_integer(value->type))
		return -STELE_E_TYPE;
	to_dynamic(value);
	return 0;
}

/* ---------------------------------------------------------- composites */

/* What is no row, where one should be: the key of one that is absent, or not. */
static int to_key(const struct stele_view *view,
		  const struct stele_fmt_type *type, struct stele_value *value)
{
	if (type->kind == STELE_TYPE_REF && type->flags & STELE_FMT_TYPE_F_WEAK)
		return stele_view_value(
			view, stele_schema_key(view->schema, type->arg2, 0),
			false, value, value);
	switch (value->type) {
	case STELE_TYPE_LIST:
	case STELE_TYPE_ARRAY:
	case STELE_TYPE_NDARRAY:
	case STELE_TYPE_DICT:
		return -STELE_E_TYPE;
	default:
		return -STELE_E_ABSENT;
	}
}

static int to_record(const struct stele_view *view,
		     const struct stele_fmt_type *type,
		     struct stele_value *value)
{
	if (value->type != STELE_TYPE_RECORD)
		return to_key(view, type, value);
	return view->readers[value->record] == type->arg ? 0 : -STELE_E_TYPE;
}

static int to_user(const struct stele_view *view,
		   const struct stele_fmt_type *type,
		   const struct stele_value *value)
{
	struct stele_str own = { view->schema->pool + type->arg, type->arg2 };
	struct stele_str name, bytes;
	int rc = stele_value_user(value, &name, &bytes);

	if (rc)
		return rc;
	return stele_names_compare(own, name) ? -STELE_E_TYPE : 0;
}

/* A value that is neither null nor unset. */
static int convert(const struct stele_view *view,
		   const struct stele_fmt_type *type, struct stele_value *value)
{
	switch (type->kind) {
	case STELE_TYPE_I8:
	case STELE_TYPE_I16:
	case STELE_TYPE_I32:
	case STELE_TYPE_I64:
	case STELE_TYPE_U8:
	case STELE_TYPE_U16:
	case STELE_TYPE_U32:
	case STELE_TYPE_U64:
		return to_integer(type->kind, value);
	case STELE_TYPE_F32:
	case STELE_TYPE_F64:
		return to_float(type->kind, value);
	case STELE_TYPE_BIGINT:
	case STELE_TYPE_DECIMAL:
		return to_wide(type->kind, value);
	case STELE_TYPE_ANY:
		to_dynamic(value);
		return 0;
	case STELE_TYPE_LIST:
		return value->type == STELE_TYPE_LIST ||
				       value->type == STELE_TYPE_ARRAY ?
			       0 :
			       -STELE_E_TYPE;
	case STELE_TYPE_RECORD:
	case STELE_TYPE_REF:
		return to_record(view, type, value);
	}
	if (value->type != type->kind)
		return -STELE_E_TYPE;
	switch (type->kind) {
	case STELE_TYPE_ARRAY:
	case STELE_TYPE_NDARRAY:
		return value->element == (unsigned)stele_type_of_element(
						 type->arg) ?
			       0 :
			       -STELE_E_TYPE;
	case STELE_TYPE_TUPLE:
		return value->len == type->arg2 ? 0 : -STELE_E_TYPE;
	case STELE_TYPE_USER:
		return to_user(view, type, value);
	default:
		return 0;
	}
}

int stele_view_value(const struct stele_view *view, uint32_t type,
		     bool nullable, const struct stele_value *stored,
		     struct stele_value *value)
{
	struct stele_value v = *stored;
	const struct stele_fmt_type *t;
	int rc = 0;

	if (type >= view->schema->head->nr_types)
		return -STELE_E_ABSENT;
	t = &view->schema->types[type];
	if (v.type == STELE_TYPE_UNSET)
		return -STELE_E_UNSET;
	if (v.type == STELE_TYPE_NULL)
		rc = nullable || t->kind == STELE_TYPE_ANY ? 0 : -STELE_E_NULL;
	else
		rc = convert(view, t, &v);
	if (!rc)
		*value = v;
	return rc;
}

/* -------------------------------------------------------------- fields */

/* What the reader has for nothing. */
static int nothing(const struct stele_view_field *own,
		   struct stele_value *value)
{
	switch (own->judgement.nothing) {
	case STELE_NOTHING_DEFAULT:
		*value = own->fallback;
		return 0;
	case STELE_NOTHING_UNSET:
	case STELE_NOTHING_NULL:
		memset(value, 0, sizeof(*value));
		value->segment = own->view->segment;
		value->type = own->judgement.nothing == STELE_NOTHING_UNSET ?
				      STELE_TYPE_UNSET :
				      STELE_TYPE_NULL;
		return 0;
	default:
		return -STELE_E_UNSET;
	}
}

int stele_view_read(struct stele_record record, const struct stele_field *field,
		    struct stele_value *value)
{
	const struct stele_view_field *own = field->view;
	struct stele_value v;
	int rc;

	if (!own->judgement.is_stored) {
		rc = stele_record_enter(record, &own->stored);
		return rc ? rc : nothing(own, value);
	}
	rc = stele_record_get(record, &own->stored, &v);
	if (rc)
		return rc;
	if (v.type == STELE_TYPE_UNSET)
		return nothing(own, value);
	rc = stele_view_value(own->view, own->type, own->nullable, &v, value);
	/* only a reference may stand for a row by its key */
	if (rc == -STELE_E_ABSENT && own->stored.stored == STELE_TYPE_ANY)
		rc = -STELE_E_TYPE;
	return rc;
}

int stele_view_scalar(struct stele_record record,
		      const struct stele_field *field,
		      struct stele_value *value)
{
	struct stele_value v;
	int rc = stele_view_read(record, field, &v);

	if (rc)
		return rc;
	if (v.type == STELE_TYPE_NULL)
		return -STELE_E_NULL;
	if (v.type == STELE_TYPE_UNSET)
		return -STELE_E_UNSET;
	*value = v;
	return 0;
}

int stele_view_get(const struct stele_view *view, struct stele_record record,
		   uint32_t field, struct stele_value *value)
{
	struct stele_field resolved = { 0 };
	uint32_t index;
	int rc = stele_view_record(view, record, &index);

	if (rc)
		return rc;
	if (field >= view->schema->records[index].nr_fields)
		return -STELE_E_ABSENT;
	resolved.view =
		&view->fields[view->schema->records[index].first_field + field];
	return stele_view_read(record, &resolved, value);
}

int stele_view_record(const struct stele_view *view, struct stele_record record,
		      uint32_t *index)
{
	uint32_t stored;
	int rc = stele_record_schema(record, &stored);

	if (rc)
		return rc;
	if (view->readers[stored] == STELE_FMT_NONE)
		return -STELE_E_ABSENT;
	*index = view->readers[stored];
	return 0;
}
