/* SPDX-License-Identifier: MIT */
/*
 * Filling struct stele_error: each call returns its code, so that a failure is
 * one statement: `return stele_fail(err, -EINVAL, "...")`.
 */
#ifndef STELE_FAIL_H
#define STELE_FAIL_H

#include <errno.h>
#include <stele/error.h>

/* err may be NULL.  The reason is one line and names what is wrong. */
int stele_fail(struct stele_error *err, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The same for bytes of an image: offset and number of the broken invariant. */
int stele_fail_at(struct stele_error *err, int code, uint64_t offset,
		  uint32_t invariant, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

/* The same for a place in a text. */
int stele_fail_text(struct stele_error *err, int code, uint32_t line,
		    uint32_t column, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

#endif /* STELE_FAIL_H */
