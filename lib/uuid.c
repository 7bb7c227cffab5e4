// SPDX-License-Identifier: MIT
/*
 * The text of uuids: 16 bytes in hexadecimal digits, with a hyphen before bytes
 * 4, 6, 8 and 10.
 */
#include <stele/error.h>
#include <stele/text.h>
#include <string.h>

#define TEXT_LEN 36

static bool has_hyphen(int byte)
{
	return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

/* -1: none. */
static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

int stele_text_read_uuid(const char *text, size_t len, uint8_t uuid[16])
{
	uint8_t bytes[16];
	int i;

	if (len != TEXT_LEN)
		return -STELE_E_TYPE;
	for (i = 0; i < 16; i++) {
		int high, low;

		if (has_hyphen(i) && *text++ != '-')
			return -STELE_E_TYPE;
		high = digit_of(*text++);
		low = digit_of(*text++);
		if (high < 0 || low < 0)
			return -STELE_E_TYPE;
		bytes[i] = (uint8_t)(high << 4 | low);
	}
	memcpy(uuid, bytes, sizeof(bytes));
	return 0;
}

size_t stele_text_print_uuid(const uint8_t uuid[16],
			     char text[STELE_TEXT_BYTES])
{
	static const char digits[] = "0123456789abcdef";
	int i;

	for (i = 0; i < 16; i++) {
		if (has_hyphen(i))
			*text++ = '-';
		*text++ = digits[uuid[i] >> 4];
		*text++ = digits[uuid[i] & 15];
	}
	*text = '\0';
	return TEXT_LEN;
}
