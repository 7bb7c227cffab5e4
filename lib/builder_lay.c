// SPDX-License-Identifier: MIT
/*
 * From cells to words: what is of a declared type is checked against it, and
 * objects are laid down bottom-up, so that an object's content is known when it
 * is compared with what was written before.
 */
#include "builder.h"

#define HEAD STELE_FMT_HEAD

/* ------------------------------------------------------------ scratch */

int stele_scratch_push(struct stele_builder *b, uint64_t bytes, size_t *at)
{
	*at = b->scratch.len;
	return stele_buffer_zeros(&b->scratch, (bytes + 7) & ~(size_t)7);
}

void stele_scratch_pop(struct stele_builder *b, size_t at)
{
	b->scratch.len = at;
}

/* -------------------------------------------------------------- words */

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
		stele_scratch_set(b, at, word);
	return rc;
}

int stele_lay_words(struct stele_builder *b, uint32_t type, bool nullable,
		    const struct stele_cell *cells, uint64_t len, size_t *at,
		    struct stele_error *err)
{
	int rc;

	if (len > STELE_FMT_MAX_COUNT / 8)
		return stele_fail(err, -STELE_E_LIMIT,
				  "more than 2^45 items in one collection");
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

/* Those of a tuple, each of its own type. */
static int lay_steps(struct stele_builder *b, const struct stele_fmt_type *t,
		     const struct stele_cell *cell, size_t *at,
		     struct stele_error *err)
{
	const uint32_t *steps = b->schema->steps + t->arg;
	int rc;

	if (cell->len != t->arg2)
		return stele_fail(err, -STELE_E_TYPE,
				  "a tuple of %llu items where %u are declared",
				  (unsigned long long)cell->len, t->arg2);
	rc = stele_scratch_push(b, cell->len * 8, at);
	for (uint32_t i = 0; !rc && i < t->arg2; i++) {
		rc = stele_lay_slot(b, steps[i] & ~STELE_FMT_STEP_NULLABLE,
				    steps[i] & STELE_FMT_STEP_NULLABLE,
				    &cell->u.cells[i], *at + i * 8, err);
		if (rc)
			stele_fail_in(err, rc, "item %u", i);
	}
	return rc;
}

/* ------------------------------------------------------------ objects */

int stele_lay_top(struct stele_builder *b, uint64_t head, size_t at,
		  uint64_t len, size_t mark, bool share, uint64_t *word)
{
	int rc;

	share = share && stele_nr_pending(b) == mark;
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
	size_t at, mark = stele_nr_pending(b);
	int rc;

	rc = stele_lay_words(b, item, nullable, cell->u.cells, cell->len, &at,
			     err);
	if (rc)
		return rc;
	return stele_lay_top(b, HEAD(STELE_FMT_KIND_LIST, flags, cell->len), at,
			     cell->len * 8, mark, !flags, word);
}

/* t NULL: of any types. */
static int lay_tuple(struct stele_builder *b, const struct stele_fmt_type *t,
		     const struct stele_cell *cell, unsigned flags,
		     uint64_t *word, struct stele_error *err)
{
	size_t at, mark = stele_nr_pending(b);
	int rc;

	rc = t ? lay_steps(b, t, cell, &at, err) :
		 stele_lay_words(b, STELE_FMT_NONE, true, cell->u.cells,
				 cell->len, &at, err);
	if (rc)
		return rc;
	return stele_lay_top(b, HEAD(STELE_FMT_KIND_TUPLE, flags, cell->len),
			     at, cell->len * 8, mark, !flags, word);
}

/* A DICT or SET, whose index may be salted; the item's type is NONE or t's. */
static int lay_keyed(struct stele_builder *b, const struct stele_fmt_type *t,
		     const struct stele_cell *cell, unsigned flags,
		     uint64_t *word, struct stele_error *err)
{
	bool dict = cell->type == STELE_TYPE_DICT;
	uint32_t item = t ? t->arg : STELE_FMT_NONE;
	bool nullable = !t || t->flags & STELE_FMT_TYPE_F_NULLABLE;
	size_t at, mark = stele_nr_pending(b);
	unsigned index;
	int rc;

	rc = dict ? stele_lay_dict(b, t ? t->arg2 : STELE_FMT_NONE, item,
				   nullable, cell, &at, &index, err) :
		    stele_lay_set(b, item, nullable, cell, &at, &index, err);
	if (rc)
		return rc;
	return stele_lay_top(b,
			     HEAD(dict ? STELE_FMT_KIND_DICT :
					 STELE_FMT_KIND_SET,
				  flags | index, cell->len),
			     at, b->scratch.len - at, mark, !flags, word);
}

/* ---------------------------------------------------------- any value */

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
		return stele_lay_bigint(b, cell, word, err);
	case STELE_TYPE_DECIMAL:
		return stele_lay_decimal(b, cell, word, err);
	case STELE_TYPE_STR:
		return stele_lay_str(b, cell->u.ptr, cell->len, word, err);
	case STELE_TYPE_BYTES:
		return stele_lay_bytes(b, cell->u.ptr, cell->len, word, err);
	case STELE_TYPE_LIST:
		return lay_list(b, STELE_FMT_NONE, true, cell, flags, word,
				err);
	case STELE_TYPE_TUPLE:
		return lay_tuple(b, NULL, cell, flags, word, err);
	case STELE_TYPE_DICT:
	case STELE_TYPE_SET:
		return lay_keyed(b, NULL, cell, flags, word, err);
	case STELE_TYPE_ARRAY:
		return stele_lay_array(b, cell->element, cell, flags, word,
				       err);
	case STELE_TYPE_NDARRAY:
		return stele_lay_ndarray(b, STELE_TYPE_ANY, cell, flags, word,
					 err);
	case STELE_TYPE_RECORD:
		return stele_lay_record(b, cell->record, flags, cell, word,
					err);
	case STELE_TYPE_USER:
		return stele_lay_user(b, cell->u.user, flags, word, err);
	case STELE_TYPE_REF:
		return stele_lay_handle(b, cell, word, err);
	default:
		if (!stele_type_width(cell->type))
			return stele_fail(err, -STELE_E_TYPE,
					  "a cell of type %s cannot stand here",
					  stele_type_name(cell->type));
		rc = stele_lay_scalar(cell->type, cell, &checked, err);
		return rc ? rc : stele_lay_scalar_word(b, &checked, word);
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

/* -------------------------------------------------------- declared types */

static int lay_declared_user(struct stele_builder *b,
			     const struct stele_fmt_type *t,
			     const struct stele_cell *cell, uint64_t *word,
			     struct stele_error *err)
{
	const struct stele_user *user = cell->u.user;
	struct stele_str name = { b->schema->pool + t->arg, t->arg2 };

	if (user->name_len == name.len &&
	    !memcmp(user->name, name.ptr, name.len))
		return stele_lay_user(b, user, 0, word, err);
	return stele_fail(err, -STELE_E_TYPE,
			  "user '%.*s' where user '%.*s' is declared",
			  (int)(user->name_len < 80 ? user->name_len : 80),
			  user->name, STELE_SHOWN(name));
}

/* What is no REF, and of exactly the declared type. */
static int lay_same(struct stele_builder *b, const struct stele_fmt_type *t,
		    const struct stele_cell *cell, uint64_t *word,
		    struct stele_error *err)
{
	switch (t->kind) {
	case STELE_TYPE_LIST:
		return lay_list(b, t->arg, t->flags & STELE_FMT_TYPE_F_NULLABLE,
				cell, 0, word, err);
	case STELE_TYPE_TUPLE:
		return lay_tuple(b, t, cell, 0, word, err);
	case STELE_TYPE_DICT:
	case STELE_TYPE_SET:
		return lay_keyed(b, t, cell, 0, word, err);
	case STELE_TYPE_NDARRAY:
		return stele_lay_ndarray(
			b, (unsigned)stele_type_of_element(t->arg), cell, 0,
			word, err);
	case STELE_TYPE_USER:
		return lay_declared_user(b, t, cell, word, err);
	case STELE_TYPE_RECORD:
		if (cell->record != t->arg)
			return stele_fail(
				err, -STELE_E_TYPE,
				"record %u where record %u is declared",
				cell->record, t->arg);
		return stele_lay_record(b, t->arg, 0, cell, word, err);
	default: /* STR, BYTES */
		return lay_any(b, cell, 0, word, err);
	}
}

static int lay_typed(struct stele_builder *b, uint32_t type,
		     const struct stele_cell *cell, uint64_t *word,
		     struct stele_error *err)
{
	const struct stele_fmt_type *t = &b->schema->types[type];
	struct stele_cell scalar;
	int rc;

	if (t->kind == STELE_TYPE_ANY)
		return lay_any(b, cell, 0, word, err);
	if (t->kind == STELE_TYPE_REF)
		return stele_lay_row_handle(b, cell, t->arg, word, err);
	if (!stele_type_is_word(t->kind)) {
		rc = stele_lay_scalar(t->kind, cell, &scalar, err);
		return rc ? rc : stele_lay_scalar_word(b, &scalar, word);
	}
	if (cell->type == STELE_TYPE_REF)
		return stele_lay_typed_handle(b, type, cell, word, err);
	switch (t->kind) {
	case STELE_TYPE_BIGINT:
		return stele_lay_bigint(b, cell, word, err);
	case STELE_TYPE_DECIMAL:
		return stele_lay_decimal(b, cell, word, err);
	case STELE_TYPE_ARRAY:
		return stele_lay_array(b,
				       (unsigned)stele_type_of_element(t->arg),
				       cell, 0, word, err);
	default:
		if (cell->type != t->kind)
			return stele_fail_type(t->kind, cell, err);
		return lay_same(b, t, cell, word, err);
	}
}

int stele_lay_typed(struct stele_builder *b, uint32_t type, bool nullable,
		    const struct stele_cell *cell, uint64_t *word,
		    struct stele_error *err)
{
	int rc;

	if (cell->type == STELE_TYPE_UNSET)
		return stele_fail(err, -STELE_E_REQUIRED, "no value given");
	if (cell->type == STELE_TYPE_NULL) {
		if (!nullable && b->schema->types[type].kind != STELE_TYPE_ANY)
			return stele_fail(err, -STELE_E_TYPE,
					  "null where it is not allowed");
		*word = STELE_FMT_NULL;
		return 0;
	}
	if (b->depth == STELE_MAX_DEPTH)
		return too_deep(err);
	b->depth++;
	rc = lay_typed(b, type, cell, word, err);
	b->depth--;
	return rc;
}
