/* SPDX-License-Identifier: MIT */
/*
 * The text of scalars, without quotes: what stands in a cell of CSV and, between
 * quotes where it is no number, in JSON.
 */
#ifndef STELE_TOOLS_SCALAR_OUT_H
#define STELE_TOOLS_SCALAR_OUT_H

#include <stdio.h>
#include <stele/value.h>

/* Whether the type is a scalar other than str. */
bool scalar_is(enum stele_type type);

/* Whether the text is a number or word of JSON, NaN and infinities too. */
bool scalar_is_plain(enum stele_type type);

/*
 * Bytes are base64, also those of a USER, which is no scalar.  -STELE_E_FORMAT
 * where a time is out of its range; -ENOMEM.
 */
int scalar_print(FILE *out, const struct stele_value *value);

/* Bytes as base64. */
void scalar_print_bytes(FILE *out, const char *ptr, size_t len);

#endif /* STELE_TOOLS_SCALAR_OUT_H */
