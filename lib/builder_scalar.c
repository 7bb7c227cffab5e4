// SPDX-License-Identifier: MIT
/*
 * Scalars on their way in: whether a cell's number, bool or date fits a declared
 * type, and its raw bytes.  Nothing is rounded or cut but f64 into f32, which is
 * what f32 means.
 */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "builder.h"

/* 0001-01-01 and 9999-12-31, as days and microseconds from 1970. */
#define MIN_DATE (-719162)
#define MAX_DATE 2932896
#define MIN_DATETIME (-62135596800000000ll)
#define MAX_DATETIME 253402300799999999ll

void stele_fail_in(struct stele_error *err, const char *format, ...)
{
	const size_t size = sizeof(err->reason);
	char place[160];
	size_t n, keep;
	va_list args;

	if (!err)
		return;
	va_start(args, format);
	vsnprintf(place, sizeof(place) - 2, format, args);
	va_end(args);
	strcat(place, ": ");
	n = strlen(place);
	keep = strnlen(err->reason, size - 1 - n);
	memmove(err->reason + n, err->reason, keep);
	memcpy(err->reason, place, n);
	err->reason[n + keep] = '\0';
}

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

static int to_integer(unsigned kind, const struct stele_cell *cell,
		      struct stele_cell *out, struct stele_error *err)
{
	bool negative = is_signed(cell->type) && cell->u.i < 0;
	unsigned bits = (unsigned)stele_type_width(kind) * 8;

	if (cell->type == STELE_TYPE_BIGINT)
		return stele_fail(err, -STELE_E_RANGE, "%.*s does not fit %s",
				  (int)(cell->len < 60 ? cell->len : 60),
				  (const char *)cell->u.ptr,
				  stele_type_name(kind));
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

/* Integers become floats only where the float is equal. */
static int to_float(unsigned kind, const struct stele_cell *cell,
		    struct stele_cell *out, struct stele_error *err)
{
	double f;
	bool exact = true;

	if (is_signed(cell->type)) {
		f = (double)cell->u.i;
		exact = f < 0x1p63 && (int64_t)f == cell->u.i;
	} else if (is_unsigned(cell->type)) {
		f = (double)cell->u.u;
		exact = f < 0x1p64 && (uint64_t)f == cell->u.u;
	} else if (cell->type == STELE_TYPE_F32 ||
		   cell->type == STELE_TYPE_F64) {
		f = cell->u.f;
	} else if (cell->type == STELE_TYPE_BIGINT) {
		return stele_fail(err, -STELE_E_RANGE,
				  "%.*s is no exact %s",
				  (int)(cell->len < 60 ? cell->len : 60),
				  (const char *)cell->u.ptr,
				  stele_type_name(kind));
	} else {
		return stele_fail_type(kind, cell, err);
	}
	if (kind == STELE_TYPE_F32) {
		if (isfinite(f) && !isfinite((float)f))
			return stele_fail(err, -STELE_E_RANGE,
					  "%.17g does not fit f32", f);
		if (cell->type != STELE_TYPE_F64 &&
		    cell->type != STELE_TYPE_F32)
			exact = exact && (double)(float)f == f;
		f = (double)(float)f;
	}
	if (!exact)
		return stele_fail(err, -STELE_E_RANGE,
				  "the integer %.17g is no exact %s", f,
				  stele_type_name(kind));
	out->u.f = f;
	return 0;
}

int stele_lay_scalar(unsigned kind, const struct stele_cell *cell,
		     struct stele_cell *out, struct stele_error *err)
{
	*out = stele_cell_of(kind);
	if (is_signed(kind) || is_unsigned(kind))
		return to_integer(kind, cell, out, err);
	if (kind == STELE_TYPE_F32 || kind == STELE_TYPE_F64)
		return to_float(kind, cell, out, err);
	if (cell->type != kind)
		return stele_fail_type(kind, cell, err);
	if (kind == STELE_TYPE_BOOL) {
		out->u.b = cell->u.b;
		return 0;
	}
	out->u.i = cell->u.i;
	if (kind == STELE_TYPE_DATE ?
		    cell->u.i < MIN_DATE || cell->u.i > MAX_DATE :
		    cell->u.i < MIN_DATETIME || cell->u.i > MAX_DATETIME)
		return stele_fail(err, -STELE_E_RANGE,
				  "%lld is no %s of the years 1 to 9999",
				  (long long)cell->u.i, stele_type_name(kind));
	return 0;
}

void stele_lay_raw(const struct stele_cell *scalar, void *raw)
{
	if (scalar->type == STELE_TYPE_F32) {
		float f = (float)scalar->u.f;

		memcpy(raw, &f, sizeof(f));
	} else if (scalar->type == STELE_TYPE_BOOL) {
		*(uint8_t *)raw = scalar->u.b;
	} else {
		memcpy(raw, &scalar->u, stele_type_width(scalar->type));
	}
}
