/* SPDX-License-Identifier: MIT */
/*
 * Values as a reader meets them: one struct with the type at run time, by value,
 * never allocated; and the collections that a value may be.
 *
 * A value is valid as long as its segment is open.  Its bytes lie in the
 * segment: ptr is not terminated.
 *
 * Next: segment.h for readers, builder.h for makers.
 */
#ifndef STELE_VALUE_H
#define STELE_VALUE_H

#include <stele/schema.h>

STELE_BEGIN_DECLS

struct stele_segment;

/* ABI: 32 bytes. */
struct stele_value {
	const struct stele_segment *segment;
	uint8_t type; /* enum stele_type */
	uint8_t element; /* ARRAY, NDARRAY: enum stele_type of its elements */
	uint8_t flags; /* STELE_VALUE_F_... */
	uint8_t zero;
	union {
		uint32_t record; /* RECORD: index of its schema record */
		int32_t exponent; /* DECIMAL: of ten */
		int32_t offset; /* ZONED: seconds east of UTC */
	};
	/* STR, BYTES, UUID, USER: bytes; BIGINT, DECIMAL: bytes of magnitude;
	 * LIST, TUPLE, SET, ARRAY: items; NDARRAY: axes; DICT: pairs */
	uint64_t len;
	union {
		bool b;
		/* I64 (all signed and immediate integers), DATE, DATETIME,
		 * TIME, TIMEDELTA; ZONED: the instant, as a DATETIME in UTC */
		int64_t i;
		uint64_t u; /* U64: above INT64_MAX; unsigned fields always */
		double f; /* F32 and F64 */
		/* STR, BYTES, UUID; BIGINT, DECIMAL: magnitude, little-endian */
		const char *ptr;
		/* LIST, TUPLE, SET, ARRAY, NDARRAY, DICT, RECORD, USER: position
		 * of the head */
		uint64_t pos;
	} u;
};

#define STELE_VALUE_F_ASCII 1u /* STR: claimed to be ASCII; a hint */
#define STELE_VALUE_F_NEGATIVE 2u /* BIGINT, DECIMAL */
#define STELE_VALUE_F_IDENTITY 4u /* the maker shared the object on purpose */
#define STELE_VALUE_F_ROW 8u /* RECORD: a row, not a nested record */
#define STELE_VALUE_F_INFINITE 16u /* DECIMAL */
#define STELE_VALUE_F_NAN 32u /* DECIMAL */
#define STELE_VALUE_F_SALTED 64u /* DICT, SET: how it is searched */

/*
 * Dynamic integers are I64 where they fit, else U64, else BIGINT; dynamic
 * floats are F64.  Fields of static type give the type of the schema.
 */

/* A record: (segment, position). */
struct stele_record {
	const struct stele_segment *segment;
	uint64_t pos;
};

/* The record behind a value of type RECORD; -STELE_E_TYPE for others. */
STELE_API int stele_value_record(const struct stele_value *value,
				 struct stele_record *record);

/*
 * Item i of a LIST, TUPLE, SET or ARRAY.  -STELE_E_ABSENT beyond the end,
 * -STELE_E_TYPE, -STELE_E_FORMAT where the bytes are broken.  Cost: one access.
 */
STELE_API int stele_value_item(const struct stele_value *value, uint64_t i,
			       struct stele_value *item);

/*
 * The elements of an ARRAY, all inside the segment; aligned to 64 bytes where
 * there are 64 bytes or more.  value->len elements of value->element.
 */
STELE_API int stele_value_elements(const struct stele_value *value,
				   const void **elements);

/* Pair i of a DICT, in the order it was built. */
STELE_API int stele_value_pair(const struct stele_value *value, uint64_t i,
			       struct stele_value *key,
			       struct stele_value *item);

/*
 * The item of a DICT under a key that is a string or any hashable value.
 * -STELE_E_ABSENT.  -STELE_E_TYPE for a key that can't be one (a list, dict or
 * array, or one inside it), -STELE_E_RANGE for NaN, -STELE_E_LIMIT for one that
 * leads into itself, is more than 64 levels deep or takes more than 64 KiB.
 * Cost: up to 8 compares, or one hash and about two accesses.
 */
STELE_API int stele_value_find_str(const struct stele_value *dict,
				   const char *key, size_t len,
				   struct stele_value *item);
STELE_API int stele_value_find(const struct stele_value *dict,
			       const struct stele_value *key,
			       struct stele_value *item);

/* Whether a SET has an item: 0 or -STELE_E_ABSENT; errors and cost as above. */
STELE_API int stele_value_contains(const struct stele_value *set,
				   const struct stele_value *item);

#define STELE_NDARRAY_AXES 32

/* Elements of one type along axes; those of a value lie in its segment. */
struct stele_ndarray {
	const void *data; /* the element of index 0, 0, ... */
	uint8_t element; /* enum stele_type */
	uint8_t zero[3];
	uint32_t nr_axes; /* 0: one element */
	uint64_t shape[STELE_NDARRAY_AXES];
	int64_t strides[STELE_NDARRAY_AXES]; /* in bytes */
};

/*
 * The NDARRAY of a value; every element that shape and strides reach is proved
 * to lie in the segment.  Data is aligned to 64 bytes; strides are >= 0, and 0
 * where one element stands for a whole axis.  The element's width times all
 * lengths but 0 is below 2^63.  A broken one: -STELE_E_FORMAT.
 */
STELE_API int stele_value_ndarray(const struct stele_value *value,
				  struct stele_ndarray *array);

/* The element at an index of nr_axes numbers; -STELE_E_ABSENT beyond an axis. */
STELE_API int stele_ndarray_at(const struct stele_value *value,
			       const uint64_t *index,
			       struct stele_value *element);

/* The name of a USER value's type, and its bytes. */
STELE_API int stele_value_user(const struct stele_value *value,
			       struct stele_str *name, struct stele_str *bytes);

/*
 * Whether two values, of one segment or two, are equal: numbers by value (7,
 * 7.0 and decimal 7.00 are), zoned datetimes by instant, lists and tuples item
 * by item and never one the other, arrays by element type, shape, strides and
 * elements, dicts and sets in any order, records by the names of record and
 * fields.  NaN equals itself.  Shared and cyclic values are equal where no
 * path tells them apart (Adams and Dybvig, "Efficient nondestructive equality
 * checking for trees and graphs", ICFP 2008).
 *
 * A field that is unset counts as one that the schema does not have; it differs
 * from null.
 *
 * Time is linear in the objects compared.  Allocates beyond some hundred
 * objects, about as much as their heads and words take: -ENOMEM.
 * -STELE_E_FORMAT on broken bytes.  Uses 48 KiB of stack.
 */
STELE_API int stele_value_equal(const struct stele_value *a,
				const struct stele_value *b, bool *equal);

/*
 * A hash for tables of the caller's: equal values of any segments that can be
 * keys hash alike.  Errors as stele_value_find()'s for keys.  The result is part
 * of the format: XXH3-64, under that seed, of the canonical encoding.
 */
STELE_API int stele_value_hash(const struct stele_value *value, uint64_t seed,
			       uint64_t *hash);

/*
 * Whether the bytes of a STR are UTF-8 and how many code points they are.
 * -STELE_E_UTF8 else.  Cost: linear.
 */
STELE_API int stele_value_code_points(const struct stele_value *value,
				      uint64_t *code_points);

/*
 * The text of any integer or DECIMAL value, terminated.  A decimal's has each
 * digit it was given, in the spelling of to-scientific-string of the General
 * Decimal Arithmetic Specification 1.70: "1.50", "1E+3", "Infinity", "NaN".
 * *len is its length without terminator, also with -ENOSPC where size is too
 * small; 2.41 x len + 16 bytes are enough for len magnitude bytes.
 * -STELE_E_LIMIT beyond 100,000 digits.  Uses 41 KiB of stack.
 */
STELE_API int stele_value_digits(const struct stele_value *value, char *buf,
				 size_t size, size_t *len);

STELE_END_DECLS

#endif /* STELE_VALUE_H */
