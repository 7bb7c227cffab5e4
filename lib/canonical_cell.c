// SPDX-License-Identifier: MIT
/*
 * Keys as builders have them: encoding of cells as they will be laid down.  A
 * set's items come in any order and are sorted here.
 */
#include <stdlib.h>

#include "bigint.h"
#include "canonical_put.h"

struct walk {
	struct stele_put put;
	const struct stele_canonical_source *source;
};

static int put_cell(struct walk *walk, uint32_t type,
		    const struct stele_cell *cell, unsigned depth);

/* ---------------------------------------------------------------- types */

/* The declared type, NULL where none is or where the cell is of another. */
static const struct stele_fmt_type *declared(const struct walk *walk,
					     uint32_t type, unsigned kind)
{
	const struct stele_fmt_type *t;

	if (type == STELE_FMT_NONE)
		return NULL;
	t = &walk->source->schema->types[type];
	return t->kind == kind ? t : NULL;
}

static uint32_t item_type(const struct walk *walk,
			  const struct stele_fmt_type *t, uint64_t i)
{
	if (!t || i >= stele_type_nr_parts(t))
		return STELE_FMT_NONE;
	return stele_type_part(walk->source->schema, t, (uint32_t)i);
}

/* -------------------------------------------------------------- scalars */

static int put_bigint(struct stele_put *put, const struct stele_cell *cell)
{
	struct stele_buffer magnitude = { 0 };
	struct stele_form form;
	bool negative;
	int rc = stele_bigint_parse(cell->u.ptr, cell->len, &negative,
				    &magnitude);

	if (!rc)
		rc = stele_put_work(put, magnitude.len);
	if (!rc) {
		stele_form_integer(&form, negative, magnitude.ptr,
				   magnitude.len);
		rc = stele_put_form(put, &form);
	}
	stele_buffer_free(&magnitude);
	if (rc == -EINVAL)
		return -STELE_E_TYPE;
	return rc == -ERANGE ? -STELE_E_LIMIT : rc;
}

static int put_decimal(struct stele_put *put, const struct stele_cell *cell)
{
	struct stele_buffer magnitude = { 0 };
	struct stele_decimal d;
	int rc = stele_decimal_parse(cell->u.ptr, cell->len, &d, &magnitude);

	if (!rc && d.nan)
		rc = -STELE_E_RANGE;
	if (!rc)
		rc = stele_put_decimal(put, d.negative, d.infinite, d.exponent,
				       magnitude.ptr, magnitude.len);
	stele_buffer_free(&magnitude);
	return rc;
}

/* What has a form, as it will be stored: an f64 that is declared f32 is rounded. */
static int form_of(const struct walk *walk, uint32_t type,
		   const struct stele_cell *cell, struct stele_form *form)
{
	struct stele_cell single = *cell;

	if ((cell->type == STELE_TYPE_F32 || cell->type == STELE_TYPE_F64) &&
	    type != STELE_FMT_NONE &&
	    walk->source->schema->types[type].kind == STELE_TYPE_F32)
		single.u.f = (double)(float)cell->u.f;
	return stele_form_of_cell(form, &single);
}

static int put_scalar(struct walk *walk, uint32_t type,
		      const struct stele_cell *cell)
{
	struct stele_form form;
	int rc = form_of(walk, type, cell, &form);

	return rc ? rc : stele_put_form(&walk->put, &form);
}

static int put_user(struct stele_put *put, const struct stele_user *user)
{
	return stele_put_user(put,
			      (struct stele_str){ user->name, user->name_len },
			      (struct stele_str){ user->ptr, user->len });
}

/* What a handle leads to: the builder encodes it. */
static int put_handle(struct walk *walk, struct stele_handle handle,
		      unsigned depth)
{
	const struct stele_canonical_source *source = walk->source;
	struct stele_buffer out = { 0 };
	int rc = -STELE_E_TYPE;

	if (source->work)
		*source->work = walk->put.work;
	if (source->follow)
		rc = source->follow(source->arg, handle, depth, &out);
	if (source->work)
		walk->put.work = *source->work;
	if (!rc)
		rc = stele_put_bytes(&walk->put, out.ptr, out.len);
	stele_buffer_free(&out);
	return rc;
}

/* ---------------------------------------------------------- collections */

/* A cell behind the length of its encoding. */
static int put_inside(struct walk *walk, uint32_t type,
		      const struct stele_cell *cell, unsigned depth)
{
	size_t mark;
	int rc = stele_put_begin(&walk->put, &mark);

	if (!rc)
		rc = put_cell(walk, type, cell, depth);
	return rc ? rc : stele_put_end(&walk->put, mark);
}

static int put_tuple(struct walk *walk, const struct stele_fmt_type *t,
		     const struct stele_cell *cell, unsigned depth)
{
	int rc = stele_put_head(&walk->put, STELE_KEY_TAG_TUPLE, cell->len);

	for (uint64_t i = 0; !rc && i < cell->len; i++)
		rc = put_inside(walk, item_type(walk, t, i), &cell->u.cells[i],
				depth);
	return rc;
}

/* An item of a set, its length in front. */
struct item {
	const uint8_t *framed;
	const uint8_t *p;
	size_t len;
};

static int compare_items(const void *a, const void *b)
{
	const struct item *x = a, *y = b;

	return stele_canonical_compare(x->p, x->len, y->p, y->len);
}

/*
 * Sort nr items that lie behind each other in [from, len) of what was put; the
 * copy has room for them all.
 */
static int sort_items(struct stele_put *put, size_t from, struct item *items,
		      uint64_t nr, uint8_t *copy)
{
	const uint8_t *at = copy, *end = copy + (put->len - from);
	uint8_t *to = put->buf + from;

	memcpy(copy, to, put->len - from);
	for (uint64_t i = 0; i < nr; i++) {
		uint64_t len = 0;

		items[i].framed = at;
		items[i].p = at + stele_varint_read(at, end, &len);
		items[i].len = len;
		at = items[i].p + len;
	}
	qsort(items, nr, sizeof(*items), compare_items);
	for (uint64_t i = 0; i < nr; i++) {
		size_t len =
			(size_t)(items[i].p - items[i].framed) + items[i].len;

		if (i && !compare_items(&items[i - 1], &items[i]))
			return -STELE_E_DUPLICATE;
		memcpy(to, items[i].framed, len);
		to += len;
	}
	return 0;
}

static int put_set(struct walk *walk, const struct stele_fmt_type *t,
		   const struct stele_cell *cell, unsigned depth)
{
	struct stele_put *put = &walk->put;
	int rc = stele_put_head(put, STELE_KEY_TAG_SET, cell->len);
	uint32_t type = item_type(walk, t, 0);
	size_t from = put->len;
	struct item *items;

	for (uint64_t i = 0; !rc && i < cell->len; i++)
		rc = put_inside(walk, type, &cell->u.cells[i], depth);
	if (rc || cell->len < 2)
		return rc;
	items = malloc(cell->len * sizeof(*items) + (put->len - from));
	if (!items)
		return -ENOMEM;
	rc = sort_items(put, from, items, cell->len,
			(uint8_t *)(items + cell->len));
	free(items);
	return rc;
}

/* The cell of a field, with its default where it is unset. */
static const struct stele_cell *field_at(const struct walk *walk,
					 const struct stele_cell *record,
					 uint32_t field)
{
	static const struct stele_cell unset;
	const struct stele_canonical_source *source = walk->source;
	uint32_t number =
		source->schema->records[record->record].first_field + field;
	const struct stele_cell *cell =
		field < record->len ? &record->u.cells[field] : &unset;

	if (cell->type == STELE_TYPE_UNSET && source->defaults &&
	    source->schema->fields[number].flags & STELE_FMT_FIELD_F_DEFAULT)
		cell = &source->defaults[number];
	return cell;
}

static int put_field(struct walk *walk, const struct stele_cell *record,
		     const struct stele_named *field, unsigned depth)
{
	const struct stele_schema *schema = walk->source->schema;
	const struct stele_cell *cell = field_at(walk, record, field->number);
	uint32_t type =
		schema->fields[schema->records[record->record].first_field +
			       field->number]
			.type;
	int rc;

	if (cell->type == STELE_TYPE_UNSET)
		return 0;
	/* by its key: it leads to a row that is not known yet */
	if (schema->types[type].kind == STELE_TYPE_REF &&
	    cell->type != STELE_TYPE_REF && cell->type != STELE_TYPE_NULL)
		return -STELE_E_TYPE;
	rc = stele_put_name(&walk->put, field->name);
	return rc ? rc : put_inside(walk, type, cell, depth);
}

static int put_record(struct walk *walk, const struct stele_cell *cell,
		      unsigned depth)
{
	const struct stele_schema *schema = walk->source->schema;
	const struct stele_named *fields;
	uint64_t nr_set = 0;
	uint32_t nr;
	int rc;

	if (!schema || cell->record >= schema->head->nr_records ||
	    cell->len > schema->records[cell->record].nr_fields)
		return -STELE_E_TYPE;
	fields = stele_schema_by_name(schema, cell->record);
	nr = schema->records[cell->record].nr_fields;
	for (uint32_t i = 0; i < nr; i++)
		nr_set += field_at(walk, cell, i)->type != STELE_TYPE_UNSET;
	rc = stele_put_work(&walk->put, nr);
	if (!rc)
		rc = stele_put_record(&walk->put, schema, cell->record, nr_set);
	for (uint32_t i = 0; !rc && i < nr; i++)
		rc = put_field(walk, cell, &fields[i], depth);
	return rc;
}

/* depth: of values that may still stand in each other here. */
static int put_cell(struct walk *walk, uint32_t type,
		    const struct stele_cell *cell, unsigned depth)
{
	if (!depth)
		return -STELE_E_LIMIT;
	switch (cell->type) {
	case STELE_TYPE_TUPLE:
		return put_tuple(walk, declared(walk, type, cell->type), cell,
				 depth - 1);
	case STELE_TYPE_SET:
		return put_set(walk, declared(walk, type, cell->type), cell,
			       depth - 1);
	case STELE_TYPE_RECORD:
		return put_record(walk, cell, depth - 1);
	case STELE_TYPE_REF:
		return put_handle(walk, cell->u.handle, depth);
	case STELE_TYPE_USER:
		return put_user(&walk->put, cell->u.user);
	case STELE_TYPE_DECIMAL:
		return put_decimal(&walk->put, cell);
	case STELE_TYPE_BIGINT:
		return put_bigint(&walk->put, cell);
	default:
		return put_scalar(walk, type, cell);
	}
}

/* ---------------------------------------------------------------- calls */

/* By itself: a string or bytes of any length. */
static int append_scalar(struct stele_buffer *out, const struct walk *walk,
			 uint32_t type, const struct stele_cell *cell)
{
	struct stele_form form;
	int rc = form_of(walk, type, cell, &form);

	if (!rc)
		rc = stele_buffer_reserve(out, form.head_len + form.tail_len);
	if (!rc)
		rc = stele_buffer_append(out, form.head, form.head_len);
	return rc ? rc : stele_buffer_append(out, form.tail, form.tail_len);
}

int stele_canonical_built(struct stele_buffer *out,
			  const struct stele_canonical_source *source,
			  uint32_t type, unsigned depth,
			  const struct stele_cell *cell)
{
	struct walk walk = { .source = source };
	int rc;

	if (stele_form_has(cell->type) && cell->type != STELE_TYPE_BIGINT)
		return append_scalar(out, &walk, type, cell);
	rc = stele_buffer_reserve(out, STELE_CANONICAL_MAX);
	if (rc)
		return rc;
	if (source->work)
		walk.put.work = *source->work;
	walk.put.buf = out->ptr + out->len;
	walk.put.size = STELE_CANONICAL_MAX;
	rc = put_cell(&walk, type, cell, depth);
	if (source->work)
		*source->work = walk.put.work;
	if (!rc)
		out->len += walk.put.len;
	return rc;
}

int stele_canonical_cell(struct stele_buffer *out,
			 const struct stele_cell *cell)
{
	static const struct stele_canonical_source none;

	return stele_canonical_built(out, &none, STELE_FMT_NONE,
				     STELE_CANONICAL_DEPTH, cell);
}
