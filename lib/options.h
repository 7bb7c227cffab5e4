/* SPDX-License-Identifier: MIT */
/*
 * Options structs of any age: each begins with its size, and what this library
 * does not know of it must be zero.
 */
#ifndef STELE_OPTIONS_H
#define STELE_OPTIONS_H

#include <string.h>

#include "fail.h"

/* Copy what is known of *from (may be NULL) over the defaults in *to. */
static inline int stele_options_read(void *to, size_t room, const void *from,
				     struct stele_error *err)
{
	size_t size;

	if (!from)
		return 0;
	memcpy(&size, from, sizeof(size));
	if (size < sizeof(size))
		return stele_fail(err, -EINVAL,
				  "options: size %zu is too small for one",
				  size);
	for (size_t i = room; i < size; i++)
		if (((const uint8_t *)from)[i])
			return stele_fail(
				err, -EINVAL,
				"options: byte %zu is of a later version", i);
	memcpy(to, from, size < room ? size : room);
	return 0;
}

#endif /* STELE_OPTIONS_H */
