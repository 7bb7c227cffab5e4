/* SPDX-License-Identifier: MIT */
/*
 * Errors: the codes beside errno, and the struct that says where and why.
 *
 * Next: schema.h.
 */
#ifndef STELE_ERROR_H
#define STELE_ERROR_H

#include <stele/api.h>

STELE_BEGIN_DECLS

/* Codes stand above every errno and keep their numbers for good. */
enum {
	STELE_E_FORMAT = 5001, /* not a segment, or a broken one */
	STELE_E_VERSION = 5002, /* a major format version we do not read */
	STELE_E_FEATURE = 5003, /* needs a feature we do not have */
	STELE_E_TYPE = 5004, /* of another type than asked or declared */
	STELE_E_RANGE = 5005, /* a number that does not fit */
	STELE_E_SCHEMA = 5006, /* schema text or names that make no sense */
	STELE_E_DUPLICATE = 5007, /* a key or a name twice */
	STELE_E_UNRESOLVED = 5008, /* a strict reference to an absent key */
	STELE_E_LIMIT = 5009, /* beyond a limit that the reason names */
	STELE_E_UTF8 = 5010, /* bytes that are not UTF-8 */
	STELE_E_DIGEST = 5011, /* bytes that differ from the digest tree */
	STELE_E_IDENTITY = 5012, /* not the segment that was expected */
	STELE_E_OWNER = 5013, /* not the owner that was expected */
	STELE_E_ABSENT = 5014, /* no such key, name, field or step */
	STELE_E_NULL = 5015, /* the field or value is null */
	STELE_E_UNSET = 5016, /* the field is unset */
	STELE_E_STATE = 5017, /* a call out of order */
	STELE_E_SYNTAX = 5018, /* text that does not parse */
	STELE_E_REQUIRED = 5019, /* a required field is missing */
};

#define STELE_ERROR_REASON_BYTES 400

/* Filled on failure by calls that take one; untouched on success. */
struct stele_error {
	int code; /* what the call returned, negative */
	uint32_t invariant; /* number in doc/FORMAT.md, 0: none applies */
	uint32_t line; /* of a text, from 1; 0: none applies */
	uint32_t column; /* in bytes, from 1 */
	uint64_t offset; /* in the segment or input, UINT64_MAX: none applies */
	char reason[STELE_ERROR_REASON_BYTES]; /* one line, names included */
	uint64_t rows[2]; /* of a build, that the reason names, in its order */
	uint32_t nr_rows; /* of them; 0: none applies */
	uint32_t zero;
};

/*
 * A short fixed text for a negative code of ours or of the system; static or
 * thread-local, never NULL.
 */
STELE_API const char *stele_strerror(int code);

STELE_END_DECLS

#endif /* STELE_ERROR_H */
