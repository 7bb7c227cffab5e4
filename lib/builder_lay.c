// SPDX-License-Identifier: MIT
/*
 * From cells to words: scalars checked against their type, objects laid down
 * bottom-up, so that an object's content is known when it is compared with what
 * was written before.
 */
#include <unistr.h>

#include "builder.h"
#include "word.h"

#define HEAD STELE_FMT_HEAD

/* ------------------------------------------------------------ scalars */

/* An integer that is no immediate, or a double. */
static int lay_boxed(struct stele_builder *b, unsigned kind, uint64_t bits,
		     uint64_t *word)
{
	return stele_stage_content(b, HEAD(kind, 0, 0), NULL, &bits, 8, 8, true,
				   word);
}

/* A scalar that was checked. */
static int lay_scalar_word(struct stele_builder *b,
			   const struct stele_cell *cell, uint64_t *word)
{
	uint64_t bits;

	switch (cell->type) {
	case STELE_TYPE_BOOL:
		*word = cell->u.b ? STELE_FMT_TRUE : STELE_FMT_FALSE;
		return 0;
	case STELE_TYPE_F32:
	case STELE_TYPE_F64:
		if (stele_word_f64(cell->u.f, word))
			return 0;
		memcpy(&bits, &cell->u.f, sizeof(bits));
		return lay_boxed(b, STELE_FMT_KIND_F64, bits, word);
	case STELE_TYPE_DATE:
		*word = stele_word_calendar(STELE_FMT_CALENDAR_DATE, cell->u.i);
		return 0;
	case STELE_TYPE_DATETIME:
		*word = stele_word_calendar(STELE_FMT_CALENDAR_DATETIME,
					    cell->u.i);
		return 0;
	}
	/* unsigned ones that fit in an int64 are the same bits */
	if (cell->type >= STELE_TYPE_U8 && cell->u.u > INT64_MAX)
		return lay_boxed(b, STELE_FMT_KIND_U64, cell->u.u, word);
	if (stele_word_int(cell->u.i, word))
		return 0;
	return lay_boxed(b, STELE_FMT_KIND_I64, cell->u.u, word);
}

static int lay_bigint(struct stele_builder *b, const struct stele_cell *cell,
		      uint64_t *word, struct stele_error *err)
{
	struct stele_buffer m = { 0 };
	struct stele_cell small;
	unsigned flags;
	bool negative;
	int rc;

	rc = stele_lay_magnitude(cell, &negative, &m, err);
	if (rc)
		goto out;
	flags = negative ? STELE_FMT_OBJ_F_NEGATIVE : 0;
	if (stele_small_integer(&m, negative, &small))
		rc = lay_scalar_word(b, &small, word);
	else
		rc = stele_stage_content(
			b, HEAD(STELE_FMT_KIND_BIGINT, flags, m.len), NULL,
			m.ptr, m.len, 8, true, word);
out:
	stele_buffer_free(&m);
	return rc;
}

static int lay_str(struct stele_builder *b, const char *p, uint64_t len,
		   uint64_t *word, struct stele_error *err)
{
	uint64_t points = len;
	bool ascii;
	int rc;

	if (len > STELE_FMT_MAX_COUNT)
		return stele_fail(err, -STELE_E_LIMIT,
				  "a string of more than 2^48 bytes");
	rc = stele_check_text(p, len, &ascii, err);
	if (rc)
		return rc;
	if (stele_word_short(STELE_FMT_TAG_STR, p, len, word))
		return 0;
	if (ascii && len <= STELE_FMT_ASCII_MAX)
		return stele_stage_ascii(b, p, len, word);
	if (!ascii)
		points = u8_mbsnlen((const uint8_t *)p, len);
	return stele_stage_content(b,
				   HEAD(STELE_FMT_KIND_STR,
					ascii ? STELE_FMT_OBJ_F_ASCII : 0, len),
				   &points, p, len, 8, true, word);
}

static int lay_bytes(struct stele_builder *b, const void *p, uint64_t len,
		     uint64_t *word, struct stele_error *err)
{
	if (len > STELE_FMT_MAX_COUNT)
		return stele_fail(err, -STELE_E_LIMIT,
				  "more than 2^48 bytes in one value");
	if (stele_word_short(STELE_FMT_TAG_BYTES, p, len, word))
		return 0;
	return stele_stage_content(b, HEAD(STELE_FMT_KIND_BYTES, 0, len), NULL,
				   p, len, 8, true, word);
}

/* ------------------------------------------------------------ scratch */

int stele_scratch_push(struct stele_builder *b, uint64_t bytes, size_t *at)
{
	*at = b->scratch.len;
	if (bytes > SIZE_MAX - 7)
		return -ENOMEM;
	return stele_buffer_zeros(&b->scratch, (bytes + 7) & ~(size_t)7);
}

void stele_scratch_pop(struct stele_builder *b, size_t at)
{
	b->scratch.len = at;
}

static void scratch_set(struct stele_builder *b, size_t at, uint64_t word)
{
	memcpy(b->scratch.ptr + at, &word, sizeof(word));
}

static size_t nr_pending(const struct stele_builder *b)
{
	return b->pending.len / sizeof(struct stele_pending);
}

/* ------------------------------------------------------------ objects */

int stele_lay_slot(struct stele_builder *b, uint32_t type, bool nullable,
		   const struct stele_cell *cell, size_t at,
		   struct stele_error *err)
{
	uint64_t word = 0;
	int rc;

	if (type == STELE_FMT_NONE)
		rc = stele_lay_any(b, cell, &word, err);
	else if (b->schema->types[type].kind == STELE_TYPE_REF &&
		 cell->type != STELE_TYPE_REF && cell->type != STELE_TYPE_NULL)
		return stele_ref_note(b, type, at, cell, err);
	else
		rc = stele_lay_typed(b, type, nullable, cell, &word, err);
	if (!rc)
		scratch_set(b, at, word);
	return rc;
}

int stele_lay_words(struct stele_builder *b, uint32_t type, bool nullable,
		    const struct stele_cell *cells, uint64_t len, size_t *at,
		    struct stele_error *err)
{
	int rc;

	if (len > STELE_FMT_MAX_COUNT / 8)
		return stele_fail(err, -STELE_E_LIMIT,
				  "more than 2^45 items in one list");
	rc = stele_scratch_push(b, len * 8, at);
	for (uint64_t i = 0; !rc && i < len; i++) {
		rc = stele_lay_slot(b, type, nullable, &cells[i], *at + i * 8,
				    err);
		if (rc)
			stele_fail_in(err, rc, "item %llu",
				      (unsigned long long)i);
	}
	return rc;
}

/*
 * The object whose payload is on top of scratch; takes it off.  One that holds
 * references still open is new by nature, since its words come later.
 */
static int lay_top(struct stele_builder *b, uint64_t head, size_t at,
		   uint64_t len, size_t mark, bool share, uint64_t *word)
{
	int rc;

	share = share && nr_pending(b) == mark;
	rc = stele_stage_content(b, head, NULL, b->scratch.ptr + at, len, 8,
				 share, word);
	if (!rc)
		stele_ref_place(b, mark, at, *word + 8);
	stele_scratch_pop(b, at);
	return rc;
}

static int lay_list(struct stele_builder *b, uint32_t item, bool nullable,
		    const struct stele_cell *cell, unsigned flags,
		    uint64_t *word, struct stele_error *err)
{
	size_t at, mark = nr_pending(b);
	int rc;

	rc = stele_lay_words(b, item, nullable, cell->u.cells, cell->len, &at,
			     err);
	if (rc)
		return rc;
	return lay_top(b, HEAD(STELE_FMT_KIND_LIST, flags, cell->len), at,
		       cell->len * 8, mark, !flags, word);
}

static int lay_dict(struct stele_builder *b, uint32_t key, uint32_t item,
		    bool nullable, const struct stele_cell *cell,
		    unsigned flags, uint64_t *word, struct stele_error *err)
{
	size_t at, mark = nr_pending(b);
	int rc;

	rc = stele_lay_dict(b, key, item, nullable, cell, &at, err);
	if (rc)
		return rc;
	return lay_top(b, HEAD(STELE_FMT_KIND_DICT, flags, cell->len), at,
		       b->scratch.len - at, mark, !flags, word);
}

static int lay_elements(struct stele_builder *b, unsigned element,
			const void *data, uint64_t len, unsigned flags,
			uint64_t *word)
{
	uint64_t bytes = len * stele_type_width(element);
	int number = stele_element_of_type(element);

	return stele_stage_content(
		b,
		HEAD(STELE_FMT_KIND_ARRAY,
		     flags | (unsigned)number << STELE_FMT_OBJ_ELEM_SHIFT, len),
		NULL, data, bytes, bytes >= 64 ? 64 : 8, !flags, word);
}

/* An ARRAY cell's elements are legal: bools and the calendar's limits. */
static int check_elements(const struct stele_cell *cell,
			  struct stele_error *err)
{
	const uint8_t *p = cell->u.ptr;
	struct stele_cell one = stele_cell_of(cell->element), out;

	if (cell->element != STELE_TYPE_BOOL &&
	    cell->element != STELE_TYPE_DATE &&
	    cell->element != STELE_TYPE_DATETIME)
		return 0;
	for (uint64_t i = 0; i < cell->len; i++) {
		if (cell->element == STELE_TYPE_BOOL) {
			if (p[i] > 1)
				return stele_fail(err, -STELE_E_RANGE,
						  "element %llu: %u is no bool",
						  (unsigned long long)i, p[i]);
			continue;
		}
		if (cell->element == STELE_TYPE_DATE) {
			int32_t days;

			memcpy(&days, p + i * 4, sizeof(days));
			one.u.i = days;
		} else {
			memcpy(&one.u.i, p + i * 8, 8);
		}
		if (stele_lay_scalar(cell->element, &one, &out, err))
			return stele_fail_in(err, -STELE_E_RANGE,
					     "element %llu",
					     (unsigned long long)i);
	}
	return 0;
}

static int lay_array(struct stele_builder *b, unsigned element,
		     const struct stele_cell *cell, unsigned flags,
		     uint64_t *word, struct stele_error *err)
{
	size_t at, width = stele_type_width(element);
	int rc = 0;

	if (stele_element_of_type(element) < 0)
		return stele_fail(err, -STELE_E_TYPE, "no array of %s",
				  stele_type_name(element));
	if (cell->len > STELE_FMT_MAX_COUNT / 8)
		return stele_fail(err, -STELE_E_LIMIT,
				  "more than 2^45 elements in one array");
	if (cell->type == STELE_TYPE_ARRAY) {
		if (cell->element != element)
			return stele_fail(err, -STELE_E_TYPE,
					  "array of %s where %s is declared",
					  stele_type_name(cell->element),
					  stele_type_name(element));
		rc = check_elements(cell, err);
		if (rc)
			return rc;
		return lay_elements(b, element, cell->u.ptr, cell->len, flags,
				    word);
	}
	if (cell->type != STELE_TYPE_LIST)
		return stele_fail_type(STELE_TYPE_ARRAY, cell, err);
	rc = stele_scratch_push(b, cell->len * width, &at);
	for (uint64_t i = 0; !rc && i < cell->len; i++) {
		struct stele_cell scalar;

		rc = stele_lay_scalar(element, &cell->u.cells[i], &scalar, err);
		if (rc)
			stele_fail_in(err, rc, "element %llu",
				      (unsigned long long)i);
		else
			stele_lay_raw(&scalar, b->scratch.ptr + at + i * width);
	}
	if (!rc)
		rc = lay_elements(b, element, b->scratch.ptr + at, cell->len,
				  flags, word);
	stele_scratch_pop(b, at);
	return rc;
}

/* ------------------------------------------------------------ records */

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
		scratch_set(b, at + f->off,
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
	uint64_t word = 0;
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
	if (kind == STELE_TYPE_REF && cell->type != STELE_TYPE_REF)
		return stele_ref_note(b, f->type, at + f->off, cell, err);
	rc = stele_lay_typed(b, f->type, false, cell, &word, err);
	if (!rc)
		scratch_set(b, at + f->off, word);
	return rc;
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
	scratch_set(b, at, HEAD(STELE_FMT_KIND_RECORD, flags, record));
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

static int lay_record(struct stele_builder *b, uint32_t record, unsigned flags,
		      const struct stele_cell *cell, uint64_t *word,
		      struct stele_error *err)
{
	size_t at, mark = nr_pending(b);
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
	rc = lay_top(b, head, at + 8, bytes - 8, mark, !flags, word);
	stele_scratch_pop(b, at);
	return rc;
}

int stele_lay_row(struct stele_builder *b, uint32_t record, unsigned flags,
		  const struct stele_cell *cells, uint64_t len, uint64_t *pos,
		  struct stele_error *err)
{
	uint32_t bytes = b->schema->records[record].body_bytes;
	size_t at, mark = nr_pending(b);
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

/* ---------------------------------------------------------- any value */

/*
 * The word that a handle stands for, -EINVAL where this builder did not give it
 * out; *head is of the object that it leads to, or 0.
 */
static int word_of_handle(struct stele_builder *b, struct stele_handle handle,
			  uint64_t *word, uint64_t *head)
{
	uint64_t w = *word = stele_handle_word(b, handle);
	uint64_t end = b->stage.base + b->stage.bytes.len;
	unsigned kind;
	int rc;

	*head = 0;
	switch (STELE_FMT_TAG(w)) {
	case STELE_FMT_TAG_REF:
		if (w < STELE_FMT_MIN_REF || w > end - 8)
			return -EINVAL;
		rc = stele_stage_read(b, w, head, sizeof(*head));
		kind = STELE_FMT_HEAD_KIND(*head);
		if (!rc &&
		    (kind < STELE_FMT_KIND_I64 || kind > STELE_FMT_KIND_RECORD))
			rc = -EINVAL;
		return rc;
	case STELE_FMT_TAG_ASCII:
		return w >> 16 < STELE_FMT_MIN_REF || w >> 16 > end ||
				       (w >> 3 & STELE_FMT_ASCII_MAX) >
					       end - (w >> 16) ?
			       -EINVAL :
			       0;
	case STELE_FMT_TAG_INT:
		if (w >> 3 >= b->immediates.len / sizeof(w))
			return -EINVAL;
		memcpy(word, b->immediates.ptr + (w >> 3) * sizeof(w),
		       sizeof(w));
		return 0;
	default:
		return -EINVAL;
	}
}

/* A handle's word; `record` not NONE: it must be that record. */
static int lay_handle(struct stele_builder *b, const struct stele_cell *cell,
		      uint32_t record, bool row, uint64_t *word,
		      struct stele_error *err)
{
	uint64_t w, head;
	int rc = word_of_handle(b, cell->u.handle, &w, &head);

	if (rc == -EINVAL)
		return stele_fail(err, rc,
				  "a handle that is not of this build");
	if (rc)
		return rc;
	if (record != STELE_FMT_NONE &&
	    (STELE_FMT_HEAD_KIND(head) != STELE_FMT_KIND_RECORD ||
	     STELE_FMT_HEAD_COUNT(head) != record ||
	     (row && !(STELE_FMT_HEAD_FLAGS(head) & STELE_FMT_OBJ_F_ROW))))
		return stele_fail(
			err, -STELE_E_TYPE, "a handle that is no %s of '%.*s'",
			row ? "row" : "record",
			STELE_SHOWN(stele_schema_str(
				b->schema, b->schema->records[record].name)));
	*word = w;
	return 0;
}

int stele_lay_row_handle(struct stele_builder *b, const struct stele_cell *cell,
			 uint32_t record, uint64_t *pos,
			 struct stele_error *err)
{
	if (cell->type != STELE_TYPE_REF)
		return stele_fail(err, -STELE_E_TYPE,
				  "%s where the handle of a row is meant",
				  stele_type_name(cell->type));
	return lay_handle(b, cell, record, true, pos, err);
}

static int lay_any(struct stele_builder *b, const struct stele_cell *cell,
		   unsigned flags, uint64_t *word, struct stele_error *err)
{
	struct stele_cell checked;
	int rc;

	switch (cell->type) {
	case STELE_TYPE_NULL:
		*word = STELE_FMT_NULL;
		return 0;
	case STELE_TYPE_BIGINT:
		return lay_bigint(b, cell, word, err);
	case STELE_TYPE_STR:
		return lay_str(b, cell->u.ptr, cell->len, word, err);
	case STELE_TYPE_BYTES:
		return lay_bytes(b, cell->u.ptr, cell->len, word, err);
	case STELE_TYPE_LIST:
		return lay_list(b, STELE_FMT_NONE, true, cell, flags, word,
				err);
	case STELE_TYPE_ARRAY:
		return lay_array(b, cell->element, cell, flags, word, err);
	case STELE_TYPE_DICT:
		return lay_dict(b, STELE_FMT_NONE, STELE_FMT_NONE, true, cell,
				flags, word, err);
	case STELE_TYPE_RECORD:
		return lay_record(b, cell->record, flags, cell, word, err);
	case STELE_TYPE_REF:
		return lay_handle(b, cell, STELE_FMT_NONE, false, word, err);
	default:
		if (!stele_type_width(cell->type))
			return stele_fail(err, -STELE_E_TYPE,
					  "a cell of type %s cannot stand here",
					  stele_type_name(cell->type));
		rc = stele_lay_scalar(cell->type, cell, &checked, err);
		return rc ? rc : lay_scalar_word(b, &checked, word);
	}
}

static int too_deep(struct stele_error *err)
{
	return stele_fail(err, -STELE_E_LIMIT, "values nested deeper than %u",
			  STELE_MAX_DEPTH);
}

int stele_lay_any(struct stele_builder *b, const struct stele_cell *cell,
		  uint64_t *word, struct stele_error *err)
{
	int rc;

	if (b->depth == STELE_MAX_DEPTH)
		return too_deep(err);
	b->depth++;
	rc = lay_any(b, cell, 0, word, err);
	b->depth--;
	return rc;
}

int stele_lay_identity(struct stele_builder *b, const struct stele_cell *cell,
		       uint64_t *word, struct stele_error *err)
{
	int rc;

	b->depth++;
	rc = lay_any(b, cell, STELE_FMT_OBJ_F_IDENTITY, word, err);
	b->depth--;
	return rc;
}

static int lay_typed(struct stele_builder *b, const struct stele_fmt_type *t,
		     const struct stele_cell *cell, uint64_t *word,
		     struct stele_error *err)
{
	bool nullable = t->flags & STELE_FMT_TYPE_F_NULLABLE;
	struct stele_cell scalar;
	int rc;

	switch (t->kind) {
	case STELE_TYPE_ANY:
		return lay_any(b, cell, 0, word, err);
	case STELE_TYPE_STR:
	case STELE_TYPE_BYTES:
		if (cell->type != t->kind)
			return stele_fail_type(t->kind, cell, err);
		return lay_any(b, cell, 0, word, err);
	case STELE_TYPE_LIST:
		if (cell->type != STELE_TYPE_LIST)
			return stele_fail_type(t->kind, cell, err);
		return lay_list(b, t->arg, nullable, cell, 0, word, err);
	case STELE_TYPE_ARRAY:
		return lay_array(b, (unsigned)stele_type_of_element(t->arg),
				 cell, 0, word, err);
	case STELE_TYPE_DICT:
		if (cell->type != STELE_TYPE_DICT)
			return stele_fail_type(t->kind, cell, err);
		return lay_dict(b, t->arg2, t->arg, nullable, cell, 0, word,
				err);
	case STELE_TYPE_RECORD:
		if (cell->type == STELE_TYPE_REF)
			return lay_handle(b, cell, t->arg, false, word, err);
		if (cell->type != STELE_TYPE_RECORD)
			return stele_fail_type(t->kind, cell, err);
		if (cell->record != t->arg)
			return stele_fail(
				err, -STELE_E_TYPE,
				"record %u where record %u is declared",
				cell->record, t->arg);
		return lay_record(b, t->arg, 0, cell, word, err);
	case STELE_TYPE_REF:
		return lay_handle(b, cell, t->arg, true, word, err);
	default:
		rc = stele_lay_scalar(t->kind, cell, &scalar, err);
		return rc ? rc : lay_scalar_word(b, &scalar, word);
	}
}

int stele_lay_typed(struct stele_builder *b, uint32_t type, bool nullable,
		    const struct stele_cell *cell, uint64_t *word,
		    struct stele_error *err)
{
	const struct stele_fmt_type *t = &b->schema->types[type];
	int rc;

	if (cell->type == STELE_TYPE_UNSET)
		return stele_fail(err, -STELE_E_REQUIRED, "no value given");
	if (cell->type == STELE_TYPE_NULL) {
		if (!nullable && t->kind != STELE_TYPE_ANY)
			return stele_fail(err, -STELE_E_TYPE,
					  "null where it is not allowed");
		*word = STELE_FMT_NULL;
		return 0;
	}
	if (b->depth == STELE_MAX_DEPTH)
		return too_deep(err);
	b->depth++;
	rc = lay_typed(b, t, cell, word, err);
	b->depth--;
	return rc;
}
