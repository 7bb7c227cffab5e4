/* SPDX-License-Identifier: MIT */
/*
 * The *form* of a scalar: a few bytes of head and a run of bytes behind them,
 * which lies in the value itself or in the form.  Encoding, hash and comparison
 * are three uses of it.
 *
 * Numbers of equal value have one form: a double without a fraction is an
 * integer, with as many bytes of magnitude as its exponent asks for.
 */
#ifndef STELE_CANONICAL_FORM_H
#define STELE_CANONICAL_FORM_H

#include <string.h>

#include <stele/builder.h>

enum {
	STELE_KEY_TAG_NULL = 0x01,
	STELE_KEY_TAG_FALSE = 0x02,
	STELE_KEY_TAG_TRUE = 0x03,
	STELE_KEY_TAG_INTEGER = 0x10,
	STELE_KEY_TAG_FLOAT = 0x11,
	STELE_KEY_TAG_DECIMAL = 0x12,
	STELE_KEY_TAG_STR = 0x20,
	STELE_KEY_TAG_BYTES = 0x21,
	STELE_KEY_TAG_UUID = 0x22,
	STELE_KEY_TAG_DATE = 0x30,
	STELE_KEY_TAG_DATETIME = 0x31,
	STELE_KEY_TAG_TIME = 0x32,
	STELE_KEY_TAG_ZONED = 0x33,
	STELE_KEY_TAG_TIMEDELTA = 0x34,
	STELE_KEY_TAG_TUPLE = 0x40,
	STELE_KEY_TAG_SET = 0x41,
	STELE_KEY_TAG_RECORD = 0x42,
	STELE_KEY_TAG_USER = 0x43,
};

#define STELE_FORM_BYTES 128u /* the magnitude of the largest double */

struct stele_form {
	uint8_t head[2];
	unsigned head_len;
	const uint8_t *tail; /* into the value, or into own */
	uint64_t tail_len;
	uint8_t own[STELE_FORM_BYTES];
};

/* Whether values and cells of this type have a form: scalars but decimals. */
static inline bool stele_form_has(unsigned type)
{
	switch (type) {
	case STELE_TYPE_LIST:
	case STELE_TYPE_ARRAY:
	case STELE_TYPE_DICT:
	case STELE_TYPE_RECORD:
	case STELE_TYPE_REF:
	case STELE_TYPE_TUPLE:
	case STELE_TYPE_SET:
	case STELE_TYPE_NDARRAY:
	case STELE_TYPE_DECIMAL:
	case STELE_TYPE_USER:
		return false;
	default:
		return true;
	}
}

/* -STELE_E_TYPE for what has none, -STELE_E_RANGE for NaN. */
int stele_form_of_value(struct stele_form *form, const struct stele_value *v);

/* The same of a cell, but a BIGINT, whose magnitude is to be made first. */
int stele_form_of_cell(struct stele_form *form, const struct stele_cell *cell);

/* An integer of any size; leading zeros are left out. */
void stele_form_integer(struct stele_form *form, bool negative,
			const uint8_t *magnitude, uint64_t len);

/* -STELE_E_RANGE for NaN. */
int stele_form_double(struct stele_form *form, double f);

/* A string: inline, because most lookups begin with one. */
static inline void stele_form_str(struct stele_form *form, const void *p,
				  uint64_t len)
{
	form->head[0] = STELE_KEY_TAG_STR;
	form->head_len = 1;
	form->tail = p;
	form->tail_len = len;
}

static inline bool stele_form_equal(const struct stele_form *a,
				    const struct stele_form *b)
{
	return a->head_len == b->head_len && a->tail_len == b->tail_len &&
	       !memcmp(a->head, b->head, a->head_len) &&
	       (!a->tail_len || !memcmp(a->tail, b->tail, a->tail_len));
}

#endif /* STELE_CANONICAL_FORM_H */
