/* SPDX-License-Identifier: MIT */
/*
 * A growable run of bytes.  Zero-initialised is empty; growth doubles; failing
 * to grow leaves it as it was.
 */
#ifndef STELE_BUFFER_H
#define STELE_BUFFER_H

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct stele_buffer {
	uint8_t *ptr;
	size_t len;
	size_t room;
};

/* Room for `more` bytes behind len.  -ENOMEM. */
static inline int stele_buffer_reserve(struct stele_buffer *b, size_t more)
{
	size_t need, room;
	uint8_t *ptr;

	if (__builtin_add_overflow(b->len, more, &need))
		return -ENOMEM;
	if (need <= b->room)
		return 0;
	room = b->room ? b->room : 256;
	while (room < need)
		if (__builtin_mul_overflow(room, (size_t)2, &room))
			return -ENOMEM;
	ptr = realloc(b->ptr, room);
	if (!ptr)
		return -ENOMEM;
	b->ptr = ptr;
	b->room = room;
	return 0;
}

static inline int stele_buffer_append(struct stele_buffer *b, const void *p,
				      size_t len)
{
	int rc = stele_buffer_reserve(b, len);

	if (rc)
		return rc;
	if (len)
		memcpy(b->ptr + b->len, p, len);
	b->len += len;
	return 0;
}

/* `len` zero bytes. */
static inline int stele_buffer_zeros(struct stele_buffer *b, size_t len)
{
	int rc = stele_buffer_reserve(b, len);

	if (rc)
		return rc;
	if (len)
		memset(b->ptr + b->len, 0, len);
	b->len += len;
	return 0;
}

static inline void stele_buffer_free(struct stele_buffer *b)
{
	free(b->ptr);
	b->ptr = NULL;
	b->len = 0;
	b->room = 0;
}

#endif /* STELE_BUFFER_H */
