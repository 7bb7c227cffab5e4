/* SPDX-License-Identifier: MIT */
/*
 * The canonical encoding of keys: equal keys are equal bytes.  doc/FORMAT.md has
 * the table and test vectors.
 *
 * A value is a tag byte and its bytes; where one stands inside another, its
 * length as varint comes before it.  Several key fields are a tuple.
 *
 *   0x01 null; 0x02 false; 0x03 true
 *   0x10 integer: sign byte (0 negative, 1 zero or positive), then the
 *        magnitude, little-endian, without leading zeros.  Numbers of equal
 *        value are equal: 7, 7u8, 7.0, BIGINT 7 and decimal 7.00 encode alike,
 *        -0.0 as 0.
 *   0x11 other finite doubles and infinities: 8 bytes of the double, NaN refused
 *   0x12 decimals that are neither integers nor doubles: sign byte, exponent of
 *        ten as int32, magnitude as of integers, not divisible by ten
 *   0x20 str: UTF-8 bytes; 0x21 bytes; 0x22 uuid: 16 bytes
 *   0x30 date: int32; 0x31 datetime, 0x32 time, 0x34 timedelta: int64,
 *        microseconds; 0x33 zoned: int64, the instant in UTC alone
 *   0x40 tuple: count as varint, the items
 *   0x41 set: count as varint, the items in ascending order of their bytes
 *   0x42 record: length of its schema's name as varint, the name, count of fields
 *        that are set as varint, and for each, in ascending order of names: length
 *        of the name as varint, the name, the value.  A reference counts as the
 *        row it leads to.
 *   0x43 user: length of the name as varint, the name, the bytes
 *
 * Names are in order where the shorter one comes first, and of equal length the
 * lesser bytes.
 *
 * A list, dict or array is no key (-STELE_E_TYPE), NaN neither (-STELE_E_RANGE).
 * A key that leads into itself, is more than STELE_CANONICAL_DEPTH values deep (of
 * several fields each counts by itself) or takes more than STELE_CANONICAL_MAX
 * bytes: -STELE_E_LIMIT; but a string, bytes or an integer by itself may be of any
 * length, for dicts and sets; tables refuse it.  A decimal that is an integer of
 * more than STELE_FMT_DECIMAL_MAX bytes is beyond the limit too.  So encoding,
 * hash and comparison take bounded time, whatever the bytes.
 *
 * canonical_cell.c encodes for builders, canonical.c for readers; what is no
 * collection and no decimal has its bytes from canonical_form.c.
 */
#ifndef STELE_CANONICAL_H
#define STELE_CANONICAL_H

#include <stele/builder.h>

#include "buffer.h"
#include "format.h"
#include "schema.h"

/* The longest key, in bytes: a lookup keeps it on its stack. */
#define STELE_CANONICAL_MAX 65792u
#define STELE_CANONICAL_DEPTH 64u
/* Values inside, fields of records, set or not, bytes of BIGINT and DECIMAL
 * magnitudes that are looked at for one key, and 64 bytes that are moved. */
#define STELE_CANONICAL_WORK 1048576u

/* ------------------------------------------------------------- builders */

/* What cells ask the builder for. */
struct stele_canonical_source {
	const struct stele_schema *schema; /* of RECORD cells; NULL: none */
	/* One a field of the schema, for cells that are UNSET; NULL: none. */
	const struct stele_cell *defaults;
	/*
	 * Append the encoding of what a handle leads to, up to `depth` values
	 * deep: stele_canonical_built() with that depth of a cell like it does.
	 * It leaves the buffer alone that the key goes to, and counts on in
	 * *work.  NULL: a handle in a key is -STELE_E_TYPE.
	 */
	int (*follow)(void *arg, struct stele_handle handle, unsigned depth,
		      struct stele_buffer *out);
	void *arg;
	/*
	 * What was looked at for the key so far, of STELE_CANONICAL_WORK; where
	 * follow or several fields have a part in it.  NULL: nothing.
	 */
	uint32_t *work;
};

/*
 * Append the encoding of a cell as it will be when it is laid down as that type
 * of the schema (an f64 that is declared f32 is rounded), or NONE.  depth:
 * STELE_CANONICAL_DEPTH.  -STELE_E_TYPE (also a reference by key), _RANGE (NaN,
 * a decimal's exponent), _LIMIT, _DUPLICATE (a set's item twice), -ENOMEM; on
 * failure nothing is appended.
 */
int stele_canonical_built(struct stele_buffer *out,
			  const struct stele_canonical_source *source,
			  uint32_t type, unsigned depth,
			  const struct stele_cell *cell);

/* The same of a cell without records, handles and a declared type. */
int stele_canonical_cell(struct stele_buffer *out,
			 const struct stele_cell *cell);

/* The order of a set's items: by bytes, then by length. */
static inline int stele_canonical_compare(const void *a, size_t a_len,
					  const void *b, size_t b_len)
{
	size_t len = a_len < b_len ? a_len : b_len;
	int order = len ? memcmp(a, b, len) : 0;

	return order ? order : (a_len > b_len) - (a_len < b_len);
}

/* -------------------------------------------------------------- readers */

/*
 * Encode without allocating: into buf, up to size bytes; a longer one gives
 * -ENOSPC and the length needed in *len.  Strings and bytes are copied.  As for
 * cells, and -STELE_E_FORMAT on broken bytes: a set out of order too, where the
 * encoding fits in buf.
 */
int stele_canonical_value(uint8_t *buf, size_t size, size_t *len,
			  const struct stele_value *value);

/* The key of a table: one value, or of several fields the tuple. */
int stele_canonical_key(uint8_t *buf, size_t size, size_t *len,
			const struct stele_value *fields, uint32_t nr);

/*
 * The same, and what it took, for who bounds the sum over many keys: values,
 * fields and bytes of magnitudes looked at, and STELE_CANONICAL_STEP bytes copied,
 * are a step each.  *steps is told on failure too.  No key of its own may be
 * beyond STELE_CANONICAL_MAX.
 */
#define STELE_CANONICAL_STEP 64u
int stele_canonical_counted(uint8_t *buf, size_t size, size_t *len,
			    const struct stele_value *fields, uint32_t nr,
			    uint64_t *steps);

/* The hash of indexes that are not salted: XXH3-64 of the encoding. */
int stele_canonical_hash(const struct stele_value *value, uint64_t seed,
			 uint64_t *hash);
/* The same of a string, without copying it. */
uint64_t stele_canonical_hash_str(const char *ptr, size_t len, uint64_t seed);

/* The hash of those that are: SipHash-2-4 under (salt, seed). */
uint64_t stele_canonical_hash_bytes_salted(const void *encoding, size_t len,
					   uint64_t salt, uint64_t seed);
int stele_canonical_hash_salted(const struct stele_value *value, uint64_t salt,
				uint64_t seed, uint64_t *hash);

/*
 * Whether two values are the same key, without encoding them: of two that can
 * be keys, whether their encodings are equal; false where one can't, as far as
 * it was looked at.
 */
bool stele_canonical_equal(const struct stele_value *a,
			   const struct stele_value *b);

/* --------------------------------------------------------------- checks */

/* Whether bytes are the encoding of one key or several, to the last byte. */
bool stele_canonical_check(const uint8_t *p, size_t len);

#endif /* STELE_CANONICAL_H */
