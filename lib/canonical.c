// SPDX-License-Identifier: MIT
/*
 * The canonical encoding of keys.  A scalar is first seen as a *form*: a few
 * bytes of head and a run of bytes behind them, which lies in the value itself
 * or in the form.  Encoding, hash and comparison are three uses of a form.
 *
 * Numbers of equal value have one form: a double without a fraction is an
 * integer, with as many bytes of magnitude as its exponent asks for.
 */
#include <string.h>

#include <unistr.h>

#include "bigint.h"
#include "canonical.h"
#include "hash.h"

enum {
	TAG_NULL = 0x01,
	TAG_FALSE = 0x02,
	TAG_TRUE = 0x03,
	TAG_INTEGER = 0x10,
	TAG_FLOAT = 0x11,
	TAG_STR = 0x20,
	TAG_BYTES = 0x21,
	TAG_DATE = 0x30,
	TAG_DATETIME = 0x31,
	TAG_TUPLE = 0x40,
};

#define FORM_BYTES 128u /* the magnitude of the largest double */
#define ONE_SHOT 256u /* encodings up to this are hashed in one piece */

struct form {
	uint8_t head[2];
	unsigned head_len;
	const uint8_t *tail; /* into the value, or into own */
	uint64_t tail_len;
	uint8_t own[FORM_BYTES];
};

static void set_tag(struct form *form, uint8_t tag)
{
	form->head[0] = tag;
	form->head_len = 1;
	form->tail = form->own;
	form->tail_len = 0;
}

/* Little-endian bytes as they stand in memory. */
static void set_fixed(struct form *form, uint8_t tag, const void *p, size_t len)
{
	set_tag(form, tag);
	memcpy(form->own, p, len);
	form->tail_len = len;
}

static void set_run(struct form *form, uint8_t tag, const void *p, uint64_t len)
{
	set_tag(form, tag);
	form->tail = p;
	form->tail_len = len;
}

static void set_magnitude(struct form *form, bool negative, const uint8_t *p,
			  uint64_t len)
{
	while (len && !p[len - 1])
		len--;
	form->head[0] = TAG_INTEGER;
	form->head[1] = !negative || !len;
	form->head_len = 2;
	form->tail = p;
	form->tail_len = len;
}

static void set_u64(struct form *form, bool negative, uint64_t magnitude)
{
	memcpy(form->own, &magnitude, sizeof(magnitude));
	set_magnitude(form, negative, form->own, sizeof(magnitude));
}

static void set_i64(struct form *form, int64_t i)
{
	set_u64(form, i < 0, i < 0 ? -(uint64_t)i : (uint64_t)i);
}

/* A finite double >= 1 without a fraction: mantissa and power of two. */
static void set_whole(struct form *form, bool negative, uint64_t mantissa,
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
	       byte + 8 <= FORM_BYTES ? 8 : FORM_BYTES - byte);
	set_magnitude(form, negative, form->own, FORM_BYTES);
}

static int set_double(struct form *form, double f)
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
		set_fixed(form, TAG_FLOAT, &bits, sizeof(bits));
		return 0;
	}
	set_whole(form, bits >> 63, mantissa, exponent);
	return 0;
}

/* What value and cell have in common: the scalars of up to 64 bits. */
static int set_small(struct form *form, unsigned type, bool b, int64_t i,
		     uint64_t u, double f)
{
	int32_t days = (int32_t)i;

	switch (type) {
	case STELE_TYPE_NULL:
		set_tag(form, TAG_NULL);
		return 0;
	case STELE_TYPE_BOOL:
		set_tag(form, b ? TAG_TRUE : TAG_FALSE);
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
		return set_double(form, f);
	case STELE_TYPE_DATE:
		if (i != days)
			return -STELE_E_RANGE;
		set_fixed(form, TAG_DATE, &days, sizeof(days));
		return 0;
	case STELE_TYPE_DATETIME:
		set_fixed(form, TAG_DATETIME, &i, sizeof(i));
		return 0;
	default:
		return -STELE_E_TYPE;
	}
}

static int set_value(struct form *form, const struct stele_value *v)
{
	switch (v->type) {
	case STELE_TYPE_STR:
		set_run(form, TAG_STR, v->u.ptr, v->len);
		return 0;
	case STELE_TYPE_BYTES:
		set_run(form, TAG_BYTES, v->u.ptr, v->len);
		return 0;
	case STELE_TYPE_BIGINT:
		set_magnitude(form, v->flags & STELE_VALUE_F_NEGATIVE,
			      (const uint8_t *)v->u.ptr, v->len);
		return 0;
	default:
		return set_small(form, v->type,
				 v->type == STELE_TYPE_BOOL && v->u.b, v->u.i,
				 v->u.u, v->u.f);
	}
}

static int append(struct stele_buffer *out, const struct form *form)
{
	int rc = stele_buffer_reserve(out, form->head_len + form->tail_len);

	if (rc)
		return rc;
	stele_buffer_append(out, form->head, form->head_len);
	return stele_buffer_append(out, form->tail, form->tail_len);
}

int stele_canonical_cell(struct stele_buffer *out,
			 const struct stele_cell *cell)
{
	struct stele_buffer magnitude = { 0 };
	struct form form;
	bool negative;
	int rc = 0;

	switch (cell->type) {
	case STELE_TYPE_STR:
		set_run(&form, TAG_STR, cell->u.ptr, cell->len);
		break;
	case STELE_TYPE_BYTES:
		set_run(&form, TAG_BYTES, cell->u.ptr, cell->len);
		break;
	case STELE_TYPE_BIGINT:
		rc = stele_bigint_parse(cell->u.ptr, cell->len, &negative,
					&magnitude);
		if (rc)
			break;
		set_magnitude(&form, negative, magnitude.ptr, magnitude.len);
		break;
	default:
		rc = set_small(&form, cell->type,
			       cell->type == STELE_TYPE_BOOL && cell->u.b,
			       cell->u.i, cell->u.u, cell->u.f);
	}
	if (!rc)
		rc = append(out, &form);
	stele_buffer_free(&magnitude);
	if (rc == -EINVAL)
		return -STELE_E_TYPE;
	return rc == -ERANGE ? -STELE_E_LIMIT : rc;
}

int stele_canonical_value(uint8_t *buf, size_t size, size_t *len,
			  const struct stele_value *value)
{
	struct form form;
	int rc = set_value(&form, value);

	if (rc)
		return rc;
	*len = form.head_len + form.tail_len;
	if (*len > size)
		return -ENOSPC;
	memcpy(buf, form.head, form.head_len);
	if (form.tail_len)
		memcpy(buf + form.head_len, form.tail, form.tail_len);
	return 0;
}

static uint64_t hash_form(const struct form *form, uint64_t seed)
{
	uint8_t small[ONE_SHOT];
	XXH3_state_t state;

	if (form->head_len + form->tail_len <= sizeof(small)) {
		memcpy(small, form->head, form->head_len);
		if (form->tail_len)
			memcpy(small + form->head_len, form->tail,
			       form->tail_len);
		return stele_hash_bytes(small, form->head_len + form->tail_len,
					seed);
	}
	memset(&state, 0, sizeof(state)); /* reset looks at the old seed */
	XXH3_64bits_reset_withSeed(&state, seed);
	XXH3_64bits_update(&state, form->head, form->head_len);
	XXH3_64bits_update(&state, form->tail, form->tail_len);
	return XXH3_64bits_digest(&state);
}

int stele_canonical_hash(const struct stele_value *value, uint64_t seed,
			 uint64_t *hash)
{
	struct form form;
	int rc = set_value(&form, value);

	if (!rc)
		*hash = hash_form(&form, seed);
	return rc;
}

uint64_t stele_canonical_hash_str(const char *ptr, size_t len, uint64_t seed)
{
	struct form form;

	set_run(&form, TAG_STR, ptr, len);
	return hash_form(&form, seed);
}

bool stele_canonical_equal(const struct stele_value *a,
			   const struct stele_value *b)
{
	struct form x, y;

	if (a->type == STELE_TYPE_STR && b->type == STELE_TYPE_STR)
		return a->len == b->len &&
		       (!a->len || !memcmp(a->u.ptr, b->u.ptr, a->len));
	if (a->type == STELE_TYPE_STR || b->type == STELE_TYPE_STR)
		return false;
	if (set_value(&x, a) || set_value(&y, b))
		return false;
	return x.head_len == y.head_len && x.tail_len == y.tail_len &&
	       !memcmp(x.head, y.head, x.head_len) &&
	       (!x.tail_len || !memcmp(x.tail, y.tail, x.tail_len));
}

/* --------------------------------------------------------------- checking */

/* A double that is no integer, so spelled by its bytes. */
static bool is_float(const uint8_t *bytes)
{
	struct form form;
	double f;

	memcpy(&f, bytes, sizeof(f));
	return !set_double(&form, f) && form.head[0] == TAG_FLOAT;
}

static bool check_one(const uint8_t *p, uint64_t len)
{
	switch (len ? p[0] : 0) {
	case TAG_NULL:
	case TAG_FALSE:
	case TAG_TRUE:
		return len == 1;
	case TAG_INTEGER:
		return len == 2 ? p[1] == 1 :
				  len > 2 && p[1] <= 1 && p[len - 1] != 0;
	case TAG_FLOAT:
		return len == 9 && is_float(p + 1);
	case TAG_STR:
		return !u8_check(p + 1, len - 1);
	case TAG_BYTES:
		return true;
	case TAG_DATE:
		return len == 5;
	case TAG_DATETIME:
		return len == 9;
	default:
		return false;
	}
}

/* Take a LEB128 number without needless bytes. */
static bool take_varint(const uint8_t **p, const uint8_t *end, uint64_t *n)
{
	unsigned shift = 0;
	uint8_t byte;

	*n = 0;
	do {
		if (*p == end || shift > 56)
			return false;
		byte = *(*p)++;
		*n |= (uint64_t)(byte & 0x7f) << shift;
		shift += 7;
	} while (byte & 0x80);
	return byte || shift == 7;
}

bool stele_canonical_check(const uint8_t *p, size_t len)
{
	const uint8_t *end = p + len;
	uint64_t nr, one;

	if (!len || *p != TAG_TUPLE)
		return check_one(p, len);
	p++;
	if (!take_varint(&p, end, &nr) || nr < 2)
		return false;
	for (; nr; nr--) {
		if (!take_varint(&p, end, &one) || one > (size_t)(end - p) ||
		    !check_one(p, one))
			return false;
		p += one;
	}
	return p == end;
}
