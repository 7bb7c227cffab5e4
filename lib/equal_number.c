// SPDX-License-Identifier: MIT
/*
 * Equality of numbers.  Integers of any size, decimals and doubles are all
 * magnitudes times a power of two and one of ten, and are compared as such,
 * exactly and without the limits that keys have.
 *
 * m * 10^d is n only where their factors of two are as many, and then what is
 * left of m, times 5^d, is what is left of n.  So the product is never longer
 * than n, and of numbers that differ few are multiplied at all.
 */
#include <string.h>

#include "equal.h"
#include "format.h"

#define FIVES 27u /* the most whose power has 64 bits */
#define FIVE_TO_27 7450580596923828125u

struct scaled {
	bool negative;
	int32_t exponent; /* of ten */
	int64_t twos; /* exponent of two, those of the magnitude included */
	uint64_t shift; /* of the magnitude, that makes it odd */
	const uint8_t *ptr; /* little-endian; no zeros at the end */
	uint64_t len;
	uint64_t small; /* where the magnitude is not in the image */
};

bool stele_type_is_number(unsigned type)
{
	return (type >= STELE_TYPE_I8 && type <= STELE_TYPE_F64) ||
	       type == STELE_TYPE_BIGINT || type == STELE_TYPE_DECIMAL;
}

static bool is_double(const struct stele_value *v)
{
	return v->type == STELE_TYPE_F32 || v->type == STELE_TYPE_F64;
}

static bool is_nan(const struct stele_value *v)
{
	return is_double(v) ? v->u.f != v->u.f :
			      v->type == STELE_TYPE_DECIMAL &&
				      v->flags & STELE_VALUE_F_NAN;
}

/* 1, -1, or 0 for what is no infinity. */
static int infinity(const struct stele_value *v)
{
	if (is_double(v))
		return (v->u.f == __builtin_inf()) -
		       (v->u.f == -__builtin_inf());
	if (v->type != STELE_TYPE_DECIMAL ||
	    !(v->flags & STELE_VALUE_F_INFINITE))
		return 0;
	return v->flags & STELE_VALUE_F_NEGATIVE ? -1 : 1;
}

/* ------------------------------------------------------------ one form */

static void scale_double(double f, struct scaled *s)
{
	uint64_t bits;
	int exponent;

	memcpy(&bits, &f, sizeof(bits));
	exponent = (int)(bits >> 52 & 0x7ff);
	s->small = bits & ((1ull << 52) - 1);
	if (exponent)
		s->small |= 1ull << 52;
	s->negative = bits >> 63;
	s->twos = (exponent ? exponent : 1) - 1075;
}

/* A number that is finite. */
static void scale(const struct stele_value *v, struct scaled *s)
{
	memset(s, 0, sizeof(*s));
	s->ptr = (const uint8_t *)&s->small;
	s->len = sizeof(s->small);
	if (v->type == STELE_TYPE_BIGINT || v->type == STELE_TYPE_DECIMAL) {
		s->negative = v->flags & STELE_VALUE_F_NEGATIVE;
		s->exponent = v->type == STELE_TYPE_DECIMAL ? v->exponent : 0;
		s->ptr = (const uint8_t *)v->u.ptr;
		s->len = v->len;
	} else if (is_double(v)) {
		scale_double(v->u.f, s);
	} else {
		s->negative = v->type <= STELE_TYPE_I64 && v->u.i < 0;
		s->small = s->negative ? -v->u.u : v->u.u;
	}
	while (s->len && !s->ptr[s->len - 1])
		s->len--;
	while (s->shift / 8 < s->len && !s->ptr[s->shift / 8])
		s->shift += 8;
	if (s->shift / 8 < s->len)
		s->shift +=
			(unsigned)__builtin_ctz(s->ptr[s->shift / 8] | 0x100u);
	s->twos += (int64_t)s->shift;
}

/* Limbs of the odd part, and limb i of it. */
static uint64_t nr_limbs(const struct scaled *s)
{
	return (s->len - s->shift / 8 + 7) / 8;
}

static uint64_t limb(const struct scaled *s, uint64_t i)
{
	uint64_t at = s->shift / 8 + 8 * i, left = s->len - at, low = 0;
	unsigned bits = s->shift % 8;

	memcpy(&low, s->ptr + at, left < 8 ? left : 8);
	if (!bits || left <= 8)
		return low >> bits;
	return low >> bits | (uint64_t)s->ptr[at + 8] << (64 - bits);
}

/* --------------------------------------------------------- comparing them */

/* limbs = limbs * factor; false where that takes more than room limbs. */
static bool multiply(uint64_t *limbs, uint64_t *nr, uint64_t room,
		     uint64_t factor)
{
	unsigned __int128 carry = 0;

	for (uint64_t i = 0; i < *nr; i++) {
		carry += (unsigned __int128)limbs[i] * factor;
		limbs[i] = (uint64_t)carry;
		carry >>= 64;
	}
	if (!carry)
		return true;
	if (*nr == room)
		return false;
	limbs[(*nr)++] = (uint64_t)carry;
	return true;
}

/* Whether the odd part of m times 5^d is that of n; neither is zero. */
static bool is_product(const struct scaled *m, const struct scaled *n,
		       uint64_t d)
{
	uint64_t limbs[STELE_FMT_BIGINT_MAX / 8 + 2];
	uint64_t room = nr_limbs(n), nr = nr_limbs(m), i;

	if (n->len > STELE_FMT_BIGINT_MAX || nr > room + 1)
		return false;
	for (i = 0; i < nr; i++)
		limbs[i] = limb(m, i);
	if (!limbs[nr - 1]) /* by the shift, at most once */
		nr--;
	if (nr > room)
		return false;
	for (; d >= FIVES; d -= FIVES)
		if (!multiply(limbs, &nr, room, FIVE_TO_27))
			return false;
	for (; d; d--)
		if (!multiply(limbs, &nr, room, 5))
			return false;
	for (i = 0; i < room; i++)
		if (limb(n, i) != (i < nr ? limbs[i] : 0))
			return false;
	return true;
}

static bool scaled_equal(const struct scaled *x, const struct scaled *y)
{
	int64_t d = (int64_t)x->exponent - y->exponent;

	if (!x->len || !y->len)
		return x->len == y->len;
	if (x->negative != y->negative ||
	    x->twos + x->exponent != y->twos + y->exponent)
		return false;
	if (!d && x->shift == y->shift)
		return x->len == y->len && !memcmp(x->ptr, y->ptr, x->len);
	return d > 0 ? is_product(x, y, (uint64_t)d) :
		       is_product(y, x, (uint64_t)-d);
}

bool stele_number_equal(const struct stele_value *a,
			const struct stele_value *b)
{
	struct scaled x, y;

	if (is_nan(a) || is_nan(b))
		return is_nan(a) && is_nan(b);
	if (infinity(a) || infinity(b))
		return infinity(a) == infinity(b);
	scale(a, &x);
	scale(b, &y);
	return scaled_equal(&x, &y);
}
