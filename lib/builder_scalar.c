// SPDX-License-Identifier: MIT
/*
 * Scalars on their way in: whether a cell's number, bool or date fits a declared
 * type, and its raw bytes; whether text is text.  Nothing is rounded or cut but
 * f64 into f32, which is what f32 means.
 */
#include <float.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistr.h>

#include "bigint.h"
#include "builder.h"
#include "calendar.h"

int stele_fail_in(struct stele_error *err, int rc, const char *format, ...)
{
	char place[160], reason[sizeof(err->reason)];
	size_t len, room;
	va_list args;

	if (!err || stele_unit_is_fatal(rc))
		return rc;
	va_start(args, format);
	vsnprintf(place, sizeof(place), format, args);
	va_end(args);
	memcpy(reason, err->reason, sizeof(reason));
	len = strlen(reason);
	/* of deep places the outermost and the reason are kept */
	room = sizeof(reason) - strlen(place) - sizeof(": ...");
	if (len > room)
		return stele_fail(err, rc, "%s: ...%s", place,
				  reason + len - room);
	return stele_fail(err, rc, "%s: %s", place, reason);
}

/* ---------------------------------------------------------------- text */

static bool is_ascii(const uint8_t *p, uint64_t len)
{
	uint64_t bits = 0, word;

	if (len < sizeof(word)) {
		while (len--)
			bits |= *p++;
		return !(bits & 0x80);
	}
	for (; len > sizeof(word); p += 8, len -= 8) {
		memcpy(&word, p, sizeof(word));
		bits |= word;
	}
	/* the last ones, some of them again */
	memcpy(&word, p + len - sizeof(word), sizeof(word));
	return !((bits | word) & 0x8080808080808080ull);
}

int stele_check_text(const void *text, uint64_t len, bool *ascii,
		     struct stele_error *err)
{
	const uint8_t *bad;

	*ascii = is_ascii(text, len);
	bad = *ascii ? NULL : u8_check(text, len);
	if (!bad)
		return 0;
	return stele_fail(err, -STELE_E_UTF8, "invalid UTF-8 at byte %zu",
			  (size_t)(bad - (const uint8_t *)text));
}

/* ------------------------------------------------------------- numbers */

static bool is_signed(unsigned kind)
{
	return kind >= STELE_TYPE_I8 && kind <= STELE_TYPE_I64;
}

static bool is_unsigned(unsigned kind)
{
	return kind >= STELE_TYPE_U8 && kind <= STELE_TYPE_U64;
}

int stele_fail_type(unsigned kind, const struct stele_cell *cell,
		    struct stele_error *err)
{
	return stele_fail(err, -STELE_E_TYPE, "%s where %s is declared",
			  stele_type_name(cell->type), stele_type_name(kind));
}

/* The digits of a BIGINT in a message. */
#define SHOWN(cell)                                 \
	(int)((cell)->len < 60 ? (cell)->len : 60), \
		(const char *)(cell)->u.ptr, (cell)->len < 60 ? "" : "..."

int stele_lay_magnitude(const struct stele_cell *cell, bool *negative,
			struct stele_buffer *magnitude, struct stele_error *err)
{
	int rc =
		stele_bigint_parse(cell->u.ptr, cell->len, negative, magnitude);

	if (rc == -EINVAL)
		return stele_fail(err, -STELE_E_TYPE,
				  "an integer of other text than digits");
	if (rc == -ERANGE)
		return stele_fail(err, -STELE_E_LIMIT,
				  "an integer of more than %u digits",
				  STELE_BIGINT_MAX_DIGITS);
	return rc;
}

bool stele_small_integer(const struct stele_buffer *m, bool negative,
			 struct stele_cell *small)
{
	uint64_t low = 0;

	if (m->len > sizeof(low))
		return false;
	if (m->len)
		memcpy(&low, m->ptr, m->len);
	if (negative && low > 1ull << 63)
		return false;
	*small = negative ? stele_cell_i64((int64_t)-low) : stele_cell_u64(low);
	return true;
}

static int to_integer(unsigned kind, const struct stele_cell *cell,
		      struct stele_cell *out, struct stele_error *err)
{
	bool negative = is_signed(cell->type) && cell->u.i < 0;
	unsigned bits = (unsigned)stele_type_width(kind) * 8;

	if (!is_signed(cell->type) && !is_unsigned(cell->type))
		return stele_fail_type(kind, cell, err);
	if (is_unsigned(kind)) {
		if (!negative && (bits == 64 || cell->u.u >> bits == 0)) {
			out->u.u = cell->u.u;
			return 0;
		}
	} else if (negative) {
		if (cell->u.i >= INT64_MIN >> (64 - bits)) {
			out->u.i = cell->u.i;
			return 0;
		}
	} else if (cell->u.u <= (uint64_t)INT64_MAX >> (64 - bits)) {
		out->u.i = (int64_t)cell->u.u;
		return 0;
	}
	if (negative)
		return stele_fail(err, -STELE_E_RANGE, "%lld does not fit %s",
				  (long long)cell->u.i, stele_type_name(kind));
	return stele_fail(err, -STELE_E_RANGE, "%llu does not fit %s",
			  (unsigned long long)cell->u.u, stele_type_name(kind));
}

static int inexact(unsigned kind, const struct stele_cell *cell,
		   struct stele_error *err)
{
	if (is_signed(cell->type))
		return stele_fail(err, -STELE_E_RANGE, "%lld is no exact %s",
				  (long long)cell->u.i, stele_type_name(kind));
	return stele_fail(err, -STELE_E_RANGE, "%llu is no exact %s",
			  (unsigned long long)cell->u.u, stele_type_name(kind));
}

/* Integers become floats only where the float is equal. */
static int to_float(unsigned kind, const struct stele_cell *cell,
		    struct stele_cell *out, struct stele_error *err)
{
	bool exact = true, single = kind == STELE_TYPE_F32;
	double f;

	if (is_signed(cell->type)) {
		f = (double)cell->u.i;
		exact = f < 0x1p63 && (int64_t)f == cell->u.i;
	} else if (is_unsigned(cell->type)) {
		f = (double)cell->u.u;
		exact = f < 0x1p64 && (uint64_t)f == cell->u.u;
	} else if (cell->type == STELE_TYPE_F32 ||
		   cell->type == STELE_TYPE_F64) {
		out->u.f = single ? (double)(float)cell->u.f : cell->u.f;
		if (isfinite(cell->u.f) && !isfinite(out->u.f))
			return stele_fail(err, -STELE_E_RANGE,
					  "%.17g does not fit f32", cell->u.f);
		return 0;
	} else {
		return stele_fail_type(kind, cell, err);
	}
	if (!exact || (single && (double)(float)f != f))
		return inexact(kind, cell, err);
	out->u.f = f;
	return 0;
}

/* Bits from the highest that is set to the lowest; *low: zeros below them. */
static uint64_t significant_bits(const struct stele_buffer *m, uint64_t *low)
{
	size_t i = 0, top = m->len - 1;

	while (!m->ptr[i])
		i++;
	*low = 8 * i + (unsigned)__builtin_ctz(m->ptr[i]);
	return 8 * top + 32 - (unsigned)__builtin_clz(m->ptr[top]) - *low;
}

/* A magnitude of more than 8 bytes as a float; false where none is equal. */
static bool large_float(const struct stele_buffer *m, bool negative,
			bool single, double *f)
{
	uint64_t low, bits = significant_bits(m, &low), mantissa = 0;

	if (bits > (single ? FLT_MANT_DIG : DBL_MANT_DIG) ||
	    low + bits > (single ? FLT_MAX_EXP : DBL_MAX_EXP))
		return false;
	for (uint64_t i = low; i < low + bits; i++)
		mantissa |= (uint64_t)(m->ptr[i / 8] >> i % 8 & 1) << (i - low);
	*f = ldexp((double)mantissa, (int)low);
	if (negative)
		*f = -*f;
	return true;
}

static int from_bigint(unsigned kind, const struct stele_cell *cell,
		       struct stele_cell *out, struct stele_error *err)
{
	bool is_float = kind == STELE_TYPE_F32 || kind == STELE_TYPE_F64;
	struct stele_buffer m = { 0 };
	struct stele_cell small;
	bool negative;
	int rc = stele_lay_magnitude(cell, &negative, &m, err);

	if (rc)
		goto out;
	if (stele_small_integer(&m, negative, &small))
		rc = is_float ? to_float(kind, &small, out, err) :
				to_integer(kind, &small, out, err);
	else if (!is_float)
		rc = stele_fail(err, -STELE_E_RANGE, "%.*s%s does not fit %s",
				SHOWN(cell), stele_type_name(kind));
	else if (!large_float(&m, negative, kind == STELE_TYPE_F32, &out->u.f))
		rc = stele_fail(err, -STELE_E_RANGE, "%.*s%s is no exact %s",
				SHOWN(cell), stele_type_name(kind));
out:
	stele_buffer_free(&m);
	return rc;
}

/* -------------------------------------------------- times and identifiers */

static int check_time(unsigned kind, const struct stele_cell *cell,
		      struct stele_error *err)
{
	if (kind == STELE_TYPE_ZONED) {
		if (stele_zoned_fits(cell->u.i, cell->offset))
			return 0;
		return stele_fail(
			err, -STELE_E_RANGE,
			"%lld at %d seconds east is no zoned of the years 1 to 9999",
			(long long)cell->u.i, cell->offset);
	}
	if (stele_calendar_fits(kind, cell->u.i))
		return 0;
	if (kind == STELE_TYPE_TIME)
		return stele_fail(err, -STELE_E_RANGE,
				  "%lld is no time of a day",
				  (long long)cell->u.i);
	return stele_fail(err, -STELE_E_RANGE,
			  "%lld is no %s of the years 1 to 9999",
			  (long long)cell->u.i, stele_type_name(kind));
}

int stele_lay_scalar(unsigned kind, const struct stele_cell *cell,
		     struct stele_cell *out, struct stele_error *err)
{
	bool integer = stele_type_is_integer(kind);

	*out = stele_cell_of(kind);
	if (cell->type == STELE_TYPE_BIGINT &&
	    (integer || kind == STELE_TYPE_F32 || kind == STELE_TYPE_F64))
		return from_bigint(kind, cell, out, err);
	if (integer)
		return to_integer(kind, cell, out, err);
	if (kind == STELE_TYPE_F32 || kind == STELE_TYPE_F64)
		return to_float(kind, cell, out, err);
	if (cell->type != kind)
		return stele_fail_type(kind, cell, err);
	if (kind == STELE_TYPE_BOOL) {
		out->u.b = cell->u.b;
		return 0;
	}
	if (kind == STELE_TYPE_UUID) {
		out->u.ptr = cell->u.ptr;
		return 0;
	}
	out->u.i = cell->u.i;
	out->offset = kind == STELE_TYPE_ZONED ? cell->offset : 0;
	return check_time(kind, cell, err);
}

/* The two scalars of 16 bytes. */
static void lay_wide(const struct stele_cell *scalar, void *raw)
{
	struct stele_fmt_zoned zoned = { .utc = scalar->u.i,
					 .offset = scalar->offset };

	memcpy(raw,
	       scalar->type == STELE_TYPE_ZONED ? (const void *)&zoned :
						  scalar->u.ptr,
	       16);
}

void stele_lay_raw(const struct stele_cell *scalar, void *raw)
{
	float f;

	switch (stele_type_width(scalar->type)) {
	case 1:
		*(uint8_t *)raw = scalar->type == STELE_TYPE_BOOL ?
					  scalar->u.b :
					  (uint8_t)scalar->u.u;
		return;
	case 2:
		memcpy(raw, &scalar->u, 2);
		return;
	case 4:
		if (scalar->type == STELE_TYPE_F32) {
			f = (float)scalar->u.f;
			memcpy(raw, &f, sizeof(f));
		} else {
			memcpy(raw, &scalar->u, 4);
		}
		return;
	case 8:
		memcpy(raw, &scalar->u, 8);
		return;
	default:
		lay_wide(scalar, raw);
	}
}
