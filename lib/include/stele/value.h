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
	uint8_t element; /* ARRAY: enum stele_type of its elements */
	uint8_t flags; /* STELE_VALUE_F_... */
	uint8_t zero;
	uint32_t record; /* RECORD: index of its schema record */
	uint64_t len; /* STR, BYTES, BIGINT: bytes; LIST, ARRAY: items; DICT: pairs */
	union {
		bool b;
		int64_t i; /* I64 (all signed and immediate integers), DATE, DATETIME */
		uint64_t u; /* U64: above INT64_MAX; unsigned fields always */
		double f; /* F32 and F64 */
		const char
			*ptr; /* STR, BYTES; BIGINT: magnitude, little-endian */
		uint64_t pos; /* LIST, ARRAY, DICT, RECORD: position of the head */
	} u;
};

#define STELE_VALUE_F_ASCII 1u /* STR: claimed to be ASCII; a hint */
#define STELE_VALUE_F_NEGATIVE 2u /* BIGINT */
#define STELE_VALUE_F_IDENTITY 4u /* the maker shared the object on purpose */
#define STELE_VALUE_F_ROW 8u /* RECORD: a row, not a nested record */

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
 * Item i of a LIST or ARRAY.  -STELE_E_ABSENT beyond the end, -STELE_E_TYPE,
 * -STELE_E_FORMAT where the bytes are broken.  Cost: one access.
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
 * The item of a DICT under a key that is a string or any scalar value.
 * -STELE_E_ABSENT.  Cost: up to 8 compares, or one hash and about two accesses.
 */
STELE_API int stele_value_find_str(const struct stele_value *dict,
				   const char *key, size_t len,
				   struct stele_value *item);
STELE_API int stele_value_find(const struct stele_value *dict,
			       const struct stele_value *key,
			       struct stele_value *item);

/*
 * Whether the bytes of a STR are UTF-8 and how many code points they are.
 * -STELE_E_UTF8 else.  Cost: linear.
 */
STELE_API int stele_value_code_points(const struct stele_value *value,
				      uint64_t *code_points);

/*
 * The decimal digits of any integer value, sign included, terminated.  *len is
 * their length without terminator, also with -ENOSPC where size is too small;
 * 2.41 x len + 3 bytes are enough for a BIGINT of len magnitude bytes.
 * -STELE_E_LIMIT beyond 100,000 digits.  Uses 41 KiB of stack.
 */
STELE_API int stele_value_digits(const struct stele_value *value, char *buf,
				 size_t size, size_t *len);

STELE_END_DECLS

#endif /* STELE_VALUE_H */
