// SPDX-License-Identifier: MIT
/*
 * Handles: given out for what was laid down, taken back as values.  Where a type
 * is declared, what a handle leads to is proved to be of it, down to the rows and
 * records in it.  What was proved is remembered, as much as there is room for, so
 * that an object that is given again costs nothing.
 */
#include "builder.h"
#include "hash.h"

int stele_handle_give(struct stele_builder *b, uint64_t word,
		      struct stele_handle *handle)
{
	uint64_t number = b->immediates.len / sizeof(word);
	int rc;

	if (stele_word_is_handle(word)) {
		*handle = stele_handle_of(b, word);
		return 0;
	}
	rc = stele_buffer_append(&b->immediates, &word, sizeof(word));
	if (!rc)
		*handle = stele_handle_of(b, number << 3 | STELE_FMT_TAG_INT);
	return rc;
}

/* -EINVAL where this builder did not give it out. */
static int check_word(struct stele_builder *b, uint64_t *word)
{
	uint64_t end = b->stage.base + b->stage.bytes.len, w = *word, head;
	unsigned type;
	int rc;

	switch (STELE_FMT_TAG(w)) {
	case STELE_FMT_TAG_REF:
		if (w < STELE_FMT_MIN_REF || w > end - 8)
			return -EINVAL;
		rc = stele_laid_type(b, w, &type, &head);
		return rc || type != STELE_TYPE_UNSET ? rc : -EINVAL;
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

int stele_handle_take(struct stele_builder *b, struct stele_handle handle,
		      uint64_t *word)
{
	*word = stele_handle_word(b, handle);
	return check_word(b, word);
}

int stele_lay_handle(struct stele_builder *b, const struct stele_cell *cell,
		     uint64_t *word, struct stele_error *err)
{
	int rc = stele_handle_take(b, cell->u.handle, word);

	if (rc == -EINVAL)
		return stele_fail(err, rc,
				  "a handle that is not of this build");
	return rc;
}

/* ------------------------------------------------------- rows and records */

/* Whether a word is a record of that number, and a row where one is asked for. */
static int check_record(struct stele_builder *b, uint64_t word, uint32_t record,
			bool row, struct stele_error *err)
{
	unsigned type;
	uint64_t head;
	int rc = stele_laid_type(b, word, &type, &head);

	if (rc || (type == STELE_TYPE_RECORD &&
		   STELE_FMT_HEAD_COUNT(head) == record &&
		   (!row || STELE_FMT_HEAD_FLAGS(head) & STELE_FMT_OBJ_F_ROW)))
		return rc;
	return stele_fail(err, -STELE_E_TYPE,
			  "a handle that is no %s of '%.*s'",
			  row ? "row" : "record",
			  STELE_SHOWN(stele_schema_str(
				  b->schema, b->schema->records[record].name)));
}

int stele_lay_row_handle(struct stele_builder *b, const struct stele_cell *cell,
			 uint32_t record, uint64_t *pos,
			 struct stele_error *err)
{
	int rc;

	if (cell->type != STELE_TYPE_REF)
		return stele_fail(err, -STELE_E_TYPE,
				  "%s where the handle of a row is meant",
				  stele_type_name(cell->type));
	rc = stele_lay_handle(b, cell, pos, err);
	return rc ? rc : check_record(b, *pos, record, true, err);
}

/* -------------------------------------------------------- declared types */

/* What is proved, and memory for the scalar at hand. */
struct proof {
	struct stele_builder *b;
	struct stele_laid laid;
	struct stele_error *err;
};

static int prove(struct proof *p, uint64_t word, uint32_t type, bool nullable);

static struct stele_proved *proved_slot(struct stele_builder *b, uint64_t pos,
					uint32_t type)
{
	return &b->proved[stele_hash_u64(pos, type) % STELE_PROVED];
}

static int mismatch(const struct proof *p, unsigned type, unsigned declared)
{
	return stele_fail(
		p->err, -STELE_E_TYPE,
		"the handle of a value of type %s where %s is declared",
		stele_type_name(type), stele_type_name(declared));
}

/* A scalar is what laying it down as the declared type would have made of it. */
static int prove_scalar(struct proof *p, uint64_t word, unsigned type,
			unsigned kind)
{
	bool integer = stele_type_is_integer(kind);
	struct stele_cell *cell = &p->laid.cell, checked;
	int rc;

	if (integer ? !stele_type_is_integer(type) :
		      type != (kind == STELE_TYPE_F32 ? STELE_TYPE_F64 : kind))
		return mismatch(p, type, kind);
	rc = stele_laid_word(p->b, word, &p->laid);
	if (!rc)
		rc = stele_lay_scalar(kind, cell, &checked, p->err);
	if (!rc && kind == STELE_TYPE_F32 && cell->u.f == cell->u.f &&
	    checked.u.f != cell->u.f)
		rc = stele_fail(p->err, -STELE_E_RANGE, "%.17g is no exact f32",
				cell->u.f);
	return rc;
}

static int prove_user(struct proof *p, uint64_t word,
		      const struct stele_fmt_type *t)
{
	struct stele_str name = { p->b->schema->pool + t->arg, t->arg2 };
	struct stele_laid given = { 0 };
	uint64_t name_word;
	int rc = stele_stage_read(p->b, word + 8, &name_word, 8);

	if (!rc)
		rc = stele_laid_word(p->b, name_word, &given);
	if (!rc && (given.cell.len != name.len ||
		    memcmp(given.cell.u.ptr, name.ptr, name.len)))
		rc = stele_fail(
			p->err, -STELE_E_TYPE,
			"the handle of a user '%.*s' where user '%.*s' is declared",
			(int)(given.cell.len < 80 ? given.cell.len : 80),
			(const char *)given.cell.u.ptr, STELE_SHOWN(name));
	stele_laid_free(&given);
	return rc;
}

static int prove_elements(struct proof *p, uint64_t word, uint64_t head,
			  const struct stele_fmt_type *t)
{
	struct stele_fmt_ndarray n;
	unsigned element;
	int rc = 0;

	if (t->kind == STELE_TYPE_ARRAY) {
		element = STELE_FMT_HEAD_FLAGS(head) >>
			  STELE_FMT_OBJ_ELEM_SHIFT;
	} else {
		rc = stele_stage_read(p->b, word + 8, &n, sizeof(n));
		element = n.element;
	}
	if (rc || element == t->arg)
		return rc;
	return stele_fail(p->err, -STELE_E_TYPE,
			  "the handle of an %s of %s where %s is declared",
			  stele_type_name(t->kind),
			  stele_type_name(stele_type_of_element(element)),
			  stele_type_name(stele_type_of_element(t->arg)));
}

/* The type of word i of a collection, and whether it may be null. */
static uint32_t type_of_item(const struct stele_builder *b,
			     const struct stele_fmt_type *t, uint64_t i,
			     bool *nullable)
{
	uint32_t step;

	*nullable = t->flags & STELE_FMT_TYPE_F_NULLABLE;
	if (t->kind == STELE_TYPE_TUPLE) {
		step = b->schema->steps[t->arg + i];
		*nullable = step & STELE_FMT_STEP_NULLABLE;
		return step & ~STELE_FMT_STEP_NULLABLE;
	}
	if (t->kind == STELE_TYPE_DICT && i % 2 == 0) {
		*nullable = false;
		return t->arg2;
	}
	return t->arg;
}

static int prove_words(struct proof *p, uint64_t pos, uint64_t nr,
		       const struct stele_fmt_type *t)
{
	uint64_t words[64];
	int rc = 0;

	for (uint64_t i = 0; !rc && i < nr; i++) {
		uint64_t left = nr - i, at = i % 64;
		uint32_t type;
		bool nullable;

		if (!at)
			rc = stele_stage_read(p->b, pos + 8 + 8 * i, words,
					      (left < 64 ? left : 64) * 8);
		if (rc)
			return rc;
		type = type_of_item(p->b, t, i, &nullable);
		rc = prove(p, words[at], type, nullable);
		if (rc)
			stele_fail_in(
				p->err, rc, "%s %llu",
				t->kind != STELE_TYPE_DICT ? "item" :
				i % 2			   ? "value" :
							     "key",
				(unsigned long long)(t->kind == STELE_TYPE_DICT ?
							     i / 2 :
							     i));
	}
	return rc;
}

static int prove_items(struct proof *p, uint64_t word, uint64_t head,
		       uint32_t type)
{
	const struct stele_fmt_type *t = &p->b->schema->types[type];
	struct stele_proved *slot = proved_slot(p->b, word, type);
	uint64_t nr = STELE_FMT_HEAD_COUNT(head);
	int rc;

	if (slot->pos == word && slot->type == type)
		return 0;
	if (stele_builder_unfilled(p->b, word))
		return stele_fail(
			p->err, -STELE_E_STATE,
			"the handle of a %s that is reserved and not filled yet",
			stele_type_name(t->kind));
	if (t->kind == STELE_TYPE_TUPLE && nr != t->arg2)
		return stele_fail(
			p->err, -STELE_E_TYPE,
			"the handle of a tuple of %llu items where %u are declared",
			(unsigned long long)nr, t->arg2);
	rc = prove_words(p, word, t->kind == STELE_TYPE_DICT ? 2 * nr : nr, t);
	if (!rc) {
		slot->pos = word;
		slot->type = type;
	}
	return rc;
}

static int prove(struct proof *p, uint64_t word, uint32_t type, bool nullable)
{
	const struct stele_fmt_type *t = &p->b->schema->types[type];
	unsigned given;
	uint64_t head;
	int rc;

	if (t->kind == STELE_TYPE_ANY || (nullable && word == STELE_FMT_NULL))
		return 0;
	if (t->kind == STELE_TYPE_RECORD || t->kind == STELE_TYPE_REF)
		return check_record(p->b, word, t->arg,
				    t->kind == STELE_TYPE_REF, p->err);
	rc = stele_laid_type(p->b, word, &given, &head);
	if (rc)
		return rc;
	if (!stele_type_is_word(t->kind))
		return prove_scalar(p, word, given, t->kind);
	if (given != t->kind &&
	    (t->kind != STELE_TYPE_BIGINT || !stele_type_is_integer(given)))
		return mismatch(p, given, t->kind);
	switch (t->kind) {
	case STELE_TYPE_LIST:
	case STELE_TYPE_TUPLE:
	case STELE_TYPE_SET:
	case STELE_TYPE_DICT:
		return prove_items(p, word, head, type);
	case STELE_TYPE_ARRAY:
	case STELE_TYPE_NDARRAY:
		return prove_elements(p, word, head, t);
	case STELE_TYPE_USER:
		return prove_user(p, word, t);
	default:
		return 0;
	}
}

int stele_lay_typed_handle(struct stele_builder *b, uint32_t type,
			   const struct stele_cell *cell, uint64_t *word,
			   struct stele_error *err)
{
	struct proof p = { .b = b, .err = err };
	int rc = stele_lay_handle(b, cell, word, err);

	if (!rc)
		rc = prove(&p, *word, type, false);
	stele_laid_free(&p.laid);
	return rc;
}
