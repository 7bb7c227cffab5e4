/* SPDX-License-Identifier: MIT */
/*
 * Bytes as text: base64 of RFC 4648, with padding and without line breaks.  Text
 * of another spelling of the same bytes is refused.
 */
#ifndef STELE_TOOLS_BASE64_H
#define STELE_TOOLS_BASE64_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Room for the bytes of len characters. */
static inline size_t base64_room(size_t len)
{
	return len / 4 * 3;
}

/* False where the text is no base64; *len is the number of bytes. */
bool base64_read(const char *text, size_t text_len, uint8_t *bytes,
		 size_t *len);

/* The four characters of 1 to 3 bytes. */
void base64_print(const uint8_t *bytes, size_t len, char text[4]);

#endif /* STELE_TOOLS_BASE64_H */
