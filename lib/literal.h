/* SPDX-License-Identifier: MIT */
/*
 * Defaults of fields: a JSON literal as a cell and as its one canonical text.
 *
 * What a type takes: bool true and false; integers an integer that fits, bigint
 * any up to 100,000 digits; f32 and f64 any finite number; decimal a number or a
 * string of one; str a string; bytes a string of base64; date, datetime, time,
 * zoned, timedelta and uuid a string of <stele/text.h>; list, set and array [];
 * dict {}; any a bool, number, string, [], {} or null; whatever is nullable null.
 */
#ifndef STELE_LITERAL_H
#define STELE_LITERAL_H

#include <stele/builder.h>

#include "buffer.h"
#include "format.h"
#include "text.h"

/*
 * The cell of a literal for a field of that type.  The content of STR, BYTES,
 * UUID, BIGINT and DECIMAL is appended to *bytes, which may move: their u.u is
 * the offset in it, and the caller sets u.ptr when it appends no more.
 *
 * -STELE_E_SYNTAX: no JSON literal; -STELE_E_TYPE: not of this type;
 * -STELE_E_RANGE: a number that does not fit; -ENOMEM.
 */
int stele_literal_read(const struct stele_fmt_type *type, bool nullable,
		       const char *text, size_t len, struct stele_buffer *bytes,
		       struct stele_cell *cell);

static inline bool stele_literal_has_bytes(const struct stele_cell *cell)
{
	return cell->type == STELE_TYPE_STR || cell->type == STELE_TYPE_BYTES ||
	       cell->type == STELE_TYPE_UUID ||
	       cell->type == STELE_TYPE_BIGINT ||
	       cell->type == STELE_TYPE_DECIMAL;
}

/*
 * The canonical text of what _read gave (u.u still an offset in bytes): numbers
 * with the fewest digits that read back the same, in the notation of 1.0, 0.001
 * and 1e16; decimals with the digits they were given, as stele_value_digits()
 * has them; strings as stele_text_quoted() has them; the rest as <stele/text.h>.
 */
void stele_literal_print(const struct stele_fmt_type *type,
			 const struct stele_cell *cell, const uint8_t *bytes,
			 struct stele_text *out);

#endif /* STELE_LITERAL_H */
