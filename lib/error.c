// SPDX-License-Identifier: MIT
/*
 * Errors in words: the fixed text of each code, and the filling of struct
 * stele_error.  A reason is always one line of valid UTF-8 without control
 * characters, whatever names and bytes went into it, so that it can be shown on
 * a terminal.
 */
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistr.h>

#include "fail.h"

#ifndef STELE_VERSION_STRING
#error "the version comes from VERSION, by the build"
#endif

const char *stele_version(void)
{
	return STELE_VERSION_STRING;
}

static const char *const texts[] = {
	[STELE_E_FORMAT - STELE_E_FORMAT] = "not a valid segment",
	[STELE_E_VERSION - STELE_E_FORMAT] = "unsupported format version",
	[STELE_E_FEATURE - STELE_E_FORMAT] = "unsupported feature",
	[STELE_E_TYPE - STELE_E_FORMAT] = "wrong type",
	[STELE_E_RANGE - STELE_E_FORMAT] = "number out of range",
	[STELE_E_SCHEMA - STELE_E_FORMAT] = "invalid schema",
	[STELE_E_DUPLICATE - STELE_E_FORMAT] = "duplicate key or name",
	[STELE_E_UNRESOLVED - STELE_E_FORMAT] = "reference to an absent key",
	[STELE_E_LIMIT - STELE_E_FORMAT] = "limit exceeded",
	[STELE_E_UTF8 - STELE_E_FORMAT] = "invalid UTF-8",
	[STELE_E_DIGEST - STELE_E_FORMAT] = "digest mismatch",
	[STELE_E_IDENTITY - STELE_E_FORMAT] = "not the expected segment",
	[STELE_E_OWNER - STELE_E_FORMAT] = "not the expected owner",
	[STELE_E_ABSENT - STELE_E_FORMAT] = "absent",
	[STELE_E_NULL - STELE_E_FORMAT] = "value is null",
	[STELE_E_UNSET - STELE_E_FORMAT] = "value is unset",
	[STELE_E_STATE - STELE_E_FORMAT] = "call out of order",
	[STELE_E_SYNTAX - STELE_E_FORMAT] = "syntax error",
	[STELE_E_REQUIRED - STELE_E_FORMAT] = "required field is missing",
};

const char *stele_strerror(int code)
{
	unsigned n;

	if (code >= 0)
		return code ? "unknown error" : "no error";
	/* negated as unsigned: INT_MIN has no positive counterpart */
	n = 0u - (unsigned)code;
	if (n < STELE_E_FORMAT)
		return strerror((int)n);
	n -= STELE_E_FORMAT;
	return n < sizeof(texts) / sizeof(*texts) ? texts[n] : "unknown error";
}

/* One line, printable, and cut between characters. */
static void clean(char *reason)
{
	size_t left = strlen(reason);
	char *p = reason;

	while (left) {
		const uint8_t *u = (const uint8_t *)p;
		ucs4_t c;
		int n = u8_mbtoucr(&c, u, left);

		if (n == -2) { /* the buffer ended within a character */
			*p = '\0';
			return;
		}
		if (n < 0 || c < 0x20 || (c >= 0x7f && c < 0xa0)) {
			memset(p, '?', n < 0 ? 1 : (size_t)n);
			n = n < 0 ? 1 : n;
		}
		p += n;
		left -= (size_t)n;
	}
}

static void fill(struct stele_error *err, int code, const char *format,
		 va_list ap)
{
	err->code = code;
	err->invariant = 0;
	err->line = 0;
	err->column = 0;
	err->offset = UINT64_MAX;
	err->nr_rows = 0;
	if (vsnprintf(err->reason, sizeof(err->reason), format, ap) < 0)
		strcpy(err->reason, "no memory to say why");
	clean(err->reason);
}

int stele_fail(struct stele_error *err, int code, const char *format, ...)
{
	va_list ap;

	if (!err)
		return code;
	va_start(ap, format);
	fill(err, code, format, ap);
	va_end(ap);
	return code;
}

int stele_fail_at(struct stele_error *err, int code, uint64_t offset,
		  uint32_t invariant, const char *format, ...)
{
	va_list ap;

	if (!err)
		return code;
	va_start(ap, format);
	fill(err, code, format, ap);
	va_end(ap);
	err->offset = offset;
	err->invariant = invariant;
	return code;
}

int stele_fail_text(struct stele_error *err, int code, uint32_t line,
		    uint32_t column, const char *format, ...)
{
	va_list ap;

	if (!err)
		return code;
	va_start(ap, format);
	fill(err, code, format, ap);
	va_end(ap);
	err->line = line;
	err->column = column;
	return code;
}
