/* SPDX-License-Identifier: MIT */
/*
 * Defaults of fields: a JSON literal as a cell and as its one canonical text.
 *
 * What a type takes: bool true and false; integers an integer that fits; f32
 * and f64 any finite number; str a string; bytes a string of base64; date
 * "YYYY-MM-DD"; datetime "YYYY-MM-DDTHH:MM:SS" and up to six digits of a
 * second's fraction, both of the years 1 to 9999; list and array []; dict {};
 * any a bool, number, string, [], {} or null; whatever is nullable null.
 */
#ifndef STELE_LITERAL_H
#define STELE_LITERAL_H

#include <stele/builder.h>

#include "buffer.h"
#include "format.h"
#include "text.h"

/*
 * The cell of a literal for a field of that type.  The content of STR, BYTES
 * and BIGINT is appended to *bytes, which may move: their u.u is the offset in
 * it, and the caller sets u.ptr when it appends no more.
 *
 * -STELE_E_SYNTAX: no JSON literal; -STELE_E_TYPE: not of this type;
 * -STELE_E_RANGE: a number that does not fit; -ENOMEM.
 */
int stele_literal_read(const struct stele_fmt_type *type, bool nullable,
		       const char *text, size_t len, struct stele_buffer *bytes,
		       struct stele_cell *cell);

/*
 * The canonical text of what _read gave (u.u still an offset in bytes): numbers
 * with the fewest digits that read back the same, in the notation of 1.0, 0.001
 * and 1e16; strings as stele_text_quoted() has them; six digits of fraction or
 * none.
 */
void stele_literal_print(const struct stele_fmt_type *type,
			 const struct stele_cell *cell, const uint8_t *bytes,
			 struct stele_text *out);

#endif /* STELE_LITERAL_H */
