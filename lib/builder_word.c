// SPDX-License-Identifier: MIT
/*
 * The words of what has no parts: immediates, and objects of numbers, text and
 * bytes.  Each value has one spelling; what is an object may be shared.
 */
#include <stdio.h>
#include <unistr.h>

#include "builder.h"
#include "decimal.h"
#include "word.h"

#define HEAD STELE_FMT_HEAD

/* ------------------------------------------------------- of fixed width */

/* A scalar that no word holds. */
static int lay_boxed(struct stele_builder *b, unsigned kind, const void *p,
		     uint64_t len, uint64_t *word)
{
	return stele_stage_content(b, HEAD(kind, 0, 0), NULL, p, len, 8, true,
				   word);
}

static int lay_timedelta(struct stele_builder *b, int64_t i, uint64_t *word)
{
	if (i < STELE_FMT_TIMEDELTA_MIN || i > STELE_FMT_TIMEDELTA_MAX)
		return lay_boxed(b, STELE_FMT_KIND_TIMEDELTA, &i, sizeof(i),
				 word);
	*word = stele_word_calendar(STELE_FMT_CALENDAR_TIMEDELTA, i);
	return 0;
}

static int lay_wide(struct stele_builder *b, unsigned kind,
		    const struct stele_cell *cell, uint64_t *word)
{
	uint8_t raw[16];

	stele_lay_raw(cell, raw);
	return lay_boxed(b, kind, raw, sizeof(raw), word);
}

int stele_lay_scalar_word(struct stele_builder *b,
			  const struct stele_cell *cell, uint64_t *word)
{
	switch (cell->type) {
	case STELE_TYPE_BOOL:
		*word = cell->u.b ? STELE_FMT_TRUE : STELE_FMT_FALSE;
		return 0;
	case STELE_TYPE_F32:
	case STELE_TYPE_F64:
		if (stele_word_f64(cell->u.f, word))
			return 0;
		return lay_boxed(b, STELE_FMT_KIND_F64, &cell->u.f, 8, word);
	case STELE_TYPE_DATE:
		*word = stele_word_calendar(STELE_FMT_CALENDAR_DATE, cell->u.i);
		return 0;
	case STELE_TYPE_DATETIME:
		*word = stele_word_calendar(STELE_FMT_CALENDAR_DATETIME,
					    cell->u.i);
		return 0;
	case STELE_TYPE_TIME:
		*word = stele_word_calendar(STELE_FMT_CALENDAR_TIME, cell->u.i);
		return 0;
	case STELE_TYPE_TIMEDELTA:
		return lay_timedelta(b, cell->u.i, word);
	case STELE_TYPE_ZONED:
		return lay_wide(b, STELE_FMT_KIND_ZONED, cell, word);
	case STELE_TYPE_UUID:
		return lay_wide(b, STELE_FMT_KIND_UUID, cell, word);
	}
	/* unsigned ones that fit in an int64 are the same bits */
	if (cell->type >= STELE_TYPE_U8 && cell->u.u > INT64_MAX)
		return lay_boxed(b, STELE_FMT_KIND_U64, &cell->u.u, 8, word);
	if (stele_word_int(cell->u.i, word))
		return 0;
	return lay_boxed(b, STELE_FMT_KIND_I64, &cell->u.i, 8, word);
}

/* -------------------------------------------------------------- numbers */

static int lay_large(struct stele_builder *b, const struct stele_cell *cell,
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
		rc = stele_lay_scalar_word(b, &small, word);
	else
		rc = stele_stage_content(
			b, HEAD(STELE_FMT_KIND_BIGINT, flags, m.len), NULL,
			m.ptr, m.len, 8, true, word);
out:
	stele_buffer_free(&m);
	return rc;
}

int stele_lay_bigint(struct stele_builder *b, const struct stele_cell *cell,
		     uint64_t *word, struct stele_error *err)
{
	if (cell->type == STELE_TYPE_BIGINT)
		return lay_large(b, cell, word, err);
	if (stele_type_is_integer(cell->type))
		return stele_lay_scalar_word(b, cell, word);
	return stele_fail_type(STELE_TYPE_BIGINT, cell, err);
}

/* Exponent and magnitude together, on top of scratch. */
static int stage_decimal(struct stele_builder *b, const struct stele_decimal *d,
			 const struct stele_buffer *m, uint64_t *word)
{
	unsigned flags = (d->negative ? STELE_FMT_OBJ_F_NEGATIVE : 0) |
			 (d->infinite ? STELE_FMT_OBJ_F_INFINITE : 0) |
			 (d->nan ? STELE_FMT_OBJ_F_NAN : 0);
	uint64_t len = sizeof(d->exponent) + m->len;
	size_t at;
	int rc = stele_scratch_push(b, len, &at);

	if (rc)
		return rc;
	memcpy(b->scratch.ptr + at, &d->exponent, sizeof(d->exponent));
	if (m->len)
		memcpy(b->scratch.ptr + at + sizeof(d->exponent), m->ptr,
		       m->len);
	rc = stele_stage_content(b, HEAD(STELE_FMT_KIND_DECIMAL, flags, m->len),
				 NULL, b->scratch.ptr + at, len, 8, true, word);
	stele_scratch_pop(b, at);
	return rc;
}

static int fail_decimal(int rc, struct stele_error *err)
{
	if (rc == -STELE_E_TYPE)
		return stele_fail(err, rc, "text that is no decimal");
	if (rc == -STELE_E_LIMIT)
		return stele_fail(err, rc, "a decimal of more than %u digits",
				  STELE_DECIMAL_MAX_DIGITS);
	if (rc == -STELE_E_RANGE)
		return stele_fail(err, rc,
				  "a decimal's exponent is not within %d..%d",
				  -STELE_FMT_DECIMAL_EXPONENT,
				  STELE_FMT_DECIMAL_EXPONENT);
	return rc;
}

int stele_lay_decimal(struct stele_builder *b, const struct stele_cell *cell,
		      uint64_t *word, struct stele_error *err)
{
	const char *text = cell->u.ptr;
	struct stele_buffer m = { 0 };
	struct stele_decimal d;
	size_t len = cell->len;
	char digits[24];
	int rc;

	if (stele_type_is_integer(cell->type)) {
		len = (size_t)snprintf(digits, sizeof(digits),
				       cell->type >= STELE_TYPE_U8 ? "%llu" :
								     "%lld",
				       (unsigned long long)cell->u.u);
		text = digits;
	} else if (cell->type != STELE_TYPE_DECIMAL &&
		   cell->type != STELE_TYPE_BIGINT) {
		return stele_fail_type(STELE_TYPE_DECIMAL, cell, err);
	}
	rc = stele_decimal_parse(text, len, &d, &m);
	rc = rc ? fail_decimal(rc, err) : stage_decimal(b, &d, &m, word);
	stele_buffer_free(&m);
	return rc;
}

/* ------------------------------------------------------- text and bytes */

int stele_lay_str(struct stele_builder *b, const char *p, uint64_t len,
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

static int check_bytes(uint64_t len, struct stele_error *err)
{
	if (len <= STELE_FMT_MAX_COUNT)
		return 0;
	return stele_fail(err, -STELE_E_LIMIT,
			  "more than 2^48 bytes in one value");
}

int stele_lay_bytes(struct stele_builder *b, const void *p, uint64_t len,
		    uint64_t *word, struct stele_error *err)
{
	int rc = check_bytes(len, err);

	if (rc || stele_word_short(STELE_FMT_TAG_BYTES, p, len, word))
		return rc;
	return stele_stage_content(b, HEAD(STELE_FMT_KIND_BYTES, 0, len), NULL,
				   p, len, 8, true, word);
}

int stele_lay_user(struct stele_builder *b, const struct stele_user *user,
		   unsigned flags, uint64_t *word, struct stele_error *err)
{
	struct stele_stage_mark mark;
	uint64_t name, pos;
	int rc = check_bytes(user->len, err);

	if (rc)
		return rc;
	if (!user->name_len || user->name_len > STELE_FMT_USER_NAME_MAX)
		return stele_fail(
			err, -STELE_E_LIMIT,
			"the name of a user's type is of %zu bytes, not 1..%u",
			user->name_len, STELE_FMT_USER_NAME_MAX);
	rc = stele_lay_str(b, user->name, user->name_len, &name, err);
	if (rc)
		return stele_fail_in(err, rc, "the name of a user's type");
	stele_stage_mark(b, &mark);
	rc = stele_stage_object(b, HEAD(STELE_FMT_KIND_USER, flags, user->len),
				&name, user->ptr, user->len, 8, &pos);
	*word = pos;
	if (rc || flags)
		return rc;
	return stele_stage_unify(b, &mark, pos, sizeof(name) + user->len, 0,
				 word);
}
