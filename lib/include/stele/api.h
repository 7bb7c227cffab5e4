/* SPDX-License-Identifier: MIT */
/*
 * What every public header needs: visibility and the rules they share.
 *
 * Conventions of the whole library
 *
 * - A function that can fail returns int: zero, or a negative code: -errno of
 *   the system or -STELE_E_... of <stele/error.h>.  Objects come back through
 *   the last pointer arguments, which are written on success only.
 * - `struct stele_error *err` may be NULL; else it says where and why.
 * - Options structs begin with `size` = sizeof of the struct; NULL means the
 *   defaults, and bytes this library does not know must be zero.
 * - Nothing here prints, exits or installs a signal handler.
 * - Reading functions never lock or write shared memory, nor allocate, but for
 *   stele_value_equal().  They may be called from any number of threads and
 *   after fork().
 * - Making functions (builder, schema) serve one thread at a time an object.
 *
 * Next: error.h.
 */
#ifndef STELE_API_H
#define STELE_API_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define STELE_API __attribute__((visibility("default")))
#else
#define STELE_API
#endif

#ifdef __cplusplus
#define STELE_BEGIN_DECLS extern "C" {
#define STELE_END_DECLS }
#else
#define STELE_BEGIN_DECLS
#define STELE_END_DECLS
#endif

STELE_BEGIN_DECLS

/* The library's version, as "0.1.0"; static, never NULL. */
STELE_API const char *stele_version(void);

STELE_END_DECLS

#endif /* STELE_API_H */
