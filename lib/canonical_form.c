// SPDX-License-Identifier: MIT
/* Scalars as forms. */
#include <string.h>

#include "canonical_form.h"

static void set_tag(struct stele_form *form, uint8_t tag)
{
	form->head[0] = tag;
	form->head_len = 1;
	form->tail = form->own;
	form->tail_len = 0;
}

/* Little-endian bytes as they stand in memory. */
static void set_fixed(struct stele_form *form, uint8_t tag, const void *p,
		      size_t len)
{
	set_tag(form, tag);
	memcpy(form->own, p, len);
	form->tail_len = len;
}

static void set_run(struct stele_form *form, uint8_t tag, const void *p,
		    uint64_t len)
{
	set_tag(form, tag);
	form->tail = p;
	form->tail_len = len;
}

void stele_form_integer(struct stele_form *form, bool negative,
			const uint8_t *magnitude, uint64_t len)
{
	while (len && !magnitude[len - 1])
		len--;
	form->head[0] = STELE_KEY_TAG_INTEGER;
	form->head[1] = !negative || !len;
	form->head_len = 2;
	form->tail = magnitude;
	form->tail_len = len;
}

static void set_u64(struct stele_form *form, bool negative, uint64_t magnitude)
{
	memcpy(form->own, &magnitude, sizeof(magnitude));
	stele_form_integer(form, negative, form->own, sizeof(magnitude));
}

static void set_i64(struct stele_form *form, int64_t i)
{
	set_u64(form, i < 0, i < 0 ? -(uint64_t)i : (uint64_t)i);
}

/* A finite double >= 1 without a fraction: mantissa and power of two. */
static void set_whole(struct stele_form *form, bool negative, uint64_t mantissa,
		      int power)
{
	unsigned byte, bit;

	if (power <= 0) {
		set_u64(form, negative, mantissa >> -power);
		return;
	}
	byte = (unsigned)power / 8;
	bit = (unsigned)power % 8;
	memset(form->own, 0, sizeof(form->own));
	/* 53 bits shifted by up to 7: one word at the byte of the power */
	mantissa <<= bit;
	memcpy(form->own + byte, &mantissa,
	       byte + 8 <= sizeof(form->own) ? 8 : sizeof(form->own) - byte);
	stele_form_integer(form, negative, form->own, sizeof(form->own));
}

int stele_form_double(struct stele_form *form, double f)
{
	uint64_t bits, mantissa;
	int exponent;

	memcpy(&bits, &f, sizeof(bits));
	exponent = (int)(bits >> 52 & 0x7ff);
	mantissa = (bits & ((1ull << 52) - 1)) | 1ull << 52;
	if (f != f)
		return -STELE_E_RANGE;
	if (f == 0) {
		set_u64(form, false, 0);
		return 0;
	}
	exponent -= 1075; /* f = mantissa * 2^exponent */
	if (exponent > 971 || exponent < -52 ||
	    (exponent < 0 && mantissa & ((1ull << -exponent) - 1))) {
		set_fixed(form, STELE_KEY_TAG_FLOAT, &bits, sizeof(bits));
		return 0;
	}
	set_whole(form, bits >> 63, mantissa, exponent);
	return 0;
}

/* The tag of what is counted from somewhere; 0: another type. */
static uint8_t tag_of_time(unsigned type)
{
	switch (type) {
	case STELE_TYPE_DATETIME:
		return STELE_KEY_TAG_DATETIME;
	case STELE_TYPE_TIME:
		return STELE_KEY_TAG_TIME;
	case STELE_TYPE_ZONED:
		return STELE_KEY_TAG_ZONED;
	case STELE_TYPE_TIMEDELTA:
		return STELE_KEY_TAG_TIMEDELTA;
	default:
		return 0;
	}
}

/* What value and cell have in common: the scalars of up to 64 bits. */
static int set_small(struct stele_form *form, unsigned type, bool b, int64_t i,
		     uint64_t u, double f)
{
	int32_t days = (int32_t)i;

	switch (type) {
	case STELE_TYPE_NULL:
		set_tag(form, STELE_KEY_TAG_NULL);
		return 0;
	case STELE_TYPE_BOOL:
		set_tag(form, b ? STELE_KEY_TAG_TRUE : STELE_KEY_TAG_FALSE);
		return 0;
	case STELE_TYPE_I8:
	case STELE_TYPE_I16:
	case STELE_TYPE_I32:
	case STELE_TYPE_I64:
		set_i64(form, i);
		return 0;
	case STELE_TYPE_U8:
	case STELE_TYPE_U16:
	case STELE_TYPE_U32:
	case STELE_TYPE_U64:
		set_u64(form, false, u);
		return 0;
	case STELE_TYPE_F32:
	case STELE_TYPE_F64:
		return stele_form_double(form, f);
	case STELE_TYPE_DATE:
		if (i != days)
			return -STELE_E_RANGE;
		set_fixed(form, STELE_KEY_TAG_DATE, &days, sizeof(days));
		return 0;
	default:
		if (!tag_of_time(type))
			return -STELE_E_TYPE;
		set_fixed(form, tag_of_time(type), &i, sizeof(i));
		return 0;
	}
}

int stele_form_of_value(struct stele_form *form, const struct stele_value *v)
{
	switch (v->type) {
	case STELE_TYPE_STR:
		set_run(form, STELE_KEY_TAG_STR, v->u.ptr, v->len);
		return 0;
	case STELE_TYPE_BYTES:
		set_run(form, STELE_KEY_TAG_BYTES, v->u.ptr, v->len);
		return 0;
	case STELE_TYPE_UUID:
		set_run(form, STELE_KEY_TAG_UUID, v->u.ptr, 16);
		return 0;
	case STELE_TYPE_BIGINT:
		stele_form_integer(form, v->flags & STELE_VALUE_F_NEGATIVE,
				   (const uint8_t *)v->u.ptr, v->len);
		return 0;
	default:
		return set_small(form, v->type,
				 v->type == STELE_TYPE_BOOL && v->u.b, v->u.i,
				 v->u.u, v->u.f);
	}
}

int stele_form_of_cell(struct stele_form *form, const struct stele_cell *cell)
{
	switch (cell->type) {
	case STELE_TYPE_STR:
		set_run(form, STELE_KEY_TAG_STR, cell->u.ptr, cell->len);
		return 0;
	case STELE_TYPE_BYTES:
		set_run(form, STELE_KEY_TAG_BYTES, cell->u.ptr, cell->len);
		return 0;
	case STELE_TYPE_UUID:
		set_run(form, STELE_KEY_TAG_UUID, cell->u.ptr, 16);
		return 0;
	default:
		return set_small(form, cell->type,
				 cell->type == STELE_TYPE_BOOL && cell->u.b,
				 cell->u.i, cell->u.u, cell->u.f);
	}
}
