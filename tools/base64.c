/* SPDX-License-Identifier: MIT */
/*
 * Base64 by groups: three bytes are four characters.
 */
#include "base64.h"

static const char alphabet[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static int value_of(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/* One group; the bytes it gives, 0 where it is wrong. */
static unsigned read_group(const char *text, bool last, uint8_t *bytes)
{
	unsigned nr = 3, bits = 0;

	if (last && text[3] == '=')
		nr = text[2] == '=' ? 1 : 2;
	for (unsigned i = 0; i < 4; i++) {
		int value = i <= nr ? value_of(text[i]) : 0;

		if (value < 0)
			return 0;
		bits = bits << 6 | (unsigned)value;
	}
	/* bits that stand for no byte are 0 */
	if (nr < 3 && bits & ((1u << (24 - 8 * nr)) - 1))
		return 0;
	for (unsigned i = 0; i < nr; i++)
		bytes[i] = (uint8_t)(bits >> (16 - 8 * i));
	return nr;
}

bool base64_read(const char *text, size_t text_len, uint8_t *bytes, size_t *len)
{
	*len = 0;
	if (text_len % 4)
		return false;
	for (size_t at = 0; at < text_len; at += 4) {
		unsigned nr =
			read_group(text + at, at + 4 == text_len, bytes + *len);

		if (!nr)
			return false;
		*len += nr;
	}
	return true;
}

void base64_print(const uint8_t *bytes, size_t len, char text[4])
{
	unsigned bits = (unsigned)bytes[0] << 16;

	if (len > 1)
		bits |= (unsigned)bytes[1] << 8;
	if (len > 2)
		bits |= bytes[2];
	for (unsigned i = 0; i < 4; i++)
		text[i] = i <= len ? alphabet[bits >> (18 - 6 * i) & 63] : '=';
}
