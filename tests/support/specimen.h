/* SPDX-License-Identifier: MIT */
/*
 * An image in plain memory that a test may change, and the sealing of it anew,
 * so that a change is not merely found to break a checksum.
 */
#ifndef SPECIMEN_H
#define SPECIMEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "format.h"

struct specimen {
	uint8_t *bytes; /* owned; aligned to 64 */
	size_t len; /* of the image: what a home would have */
	size_t room; /* of `bytes` */
};

/* Room for `room` bytes (a multiple of 64), all zero; or the program ends. */
void specimen_alloc(struct specimen *specimen, size_t room);
void specimen_free(struct specimen *specimen);

/* What a descriptor holds, with nothing to spare. */
void specimen_read(struct specimen *specimen, int fd);

/* The same bytes in the same room as another. */
void specimen_copy(struct specimen *specimen, const struct specimen *from);

static inline struct stele_fmt_header *
specimen_header(const struct specimen *specimen)
{
	return (struct stele_fmt_header *)(void *)specimen->bytes;
}

/* Make the header's checksum right. */
void specimen_sign_header(struct specimen *specimen);

/*
 * Make checksum, digest tree and trailer right for the L that the header tells.
 * False where that L cannot be: the image is then as it was.
 */
bool specimen_sign(struct specimen *specimen);

#endif /* SPECIMEN_H */
