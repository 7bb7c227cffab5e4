/* SPDX-License-Identifier: MIT */
/*
 * The canonical encoding of keys: equal keys are equal bytes.  doc/FORMAT.md has
 * the table and test vectors.
 *
 * One key is a tag byte and its bytes; several are a tuple: 0x40, count as
 * varint, then each encoding behind its length as varint.
 *
 *   0x01 null; 0x02 false; 0x03 true
 *   0x10 integer: sign byte (0 negative, 1 zero or positive), then the
 *        magnitude, little-endian, without leading zeros.  Numbers of equal
 *        value are equal: 7, 7u8, 7.0 and BIGINT 7 encode alike, -0.0 as 0.
 *   0x11 other finite doubles and infinities: 8 bytes of the double, NaN refused
 *   0x20 str: UTF-8 bytes; 0x21 bytes
 *   0x30 date: int32; 0x31 datetime: int64, microseconds
 *   0x12, 0x22.., 0x32.., 0x40..: reserved for decimal, uuid, time, timedelta,
 *        zoned datetime, tuple, set, record, user types
 */
#ifndef STELE_CANONICAL_H
#define STELE_CANONICAL_H

#include <stele/builder.h>

#include "buffer.h"

/* The longest key of a table, in bytes: a lookup keeps it on its stack. */
#define STELE_CANONICAL_MAX 16384u

/* Append the encoding of one scalar.  -STELE_E_TYPE, -STELE_E_RANGE (NaN), -ENOMEM. */
int stele_canonical_cell(struct stele_buffer *out,
			 const struct stele_cell *cell);

/*
 * The same for readers, without allocating: into buf, up to size bytes; a
 * longer one gives -ENOSPC and the length needed in *len.  Strings and bytes
 * are copied.
 */
int stele_canonical_value(uint8_t *buf, size_t size, size_t *len,
			  const struct stele_value *value);

/* The hash that dict indexes use: XXH3-64 of the encoding, streaming. */
int stele_canonical_hash(const struct stele_value *value, uint64_t seed,
			 uint64_t *hash);
/* The same of a string, without copying it. */
uint64_t stele_canonical_hash_str(const char *ptr, size_t len, uint64_t seed);

/* Whether bytes are the encoding of one key or several, to the last byte. */
bool stele_canonical_check(const uint8_t *p, size_t len);

/* Whether two scalar values are the same key. */
bool stele_canonical_equal(const struct stele_value *a,
			   const struct stele_value *b);

#endif /* STELE_CANONICAL_H */
