/* SPDX-License-Identifier: MIT */
/*
 * Names in schema text; stele-schema(5) has the rules.
 */
#include "schema_name.h"

static bool is_letter(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

bool schema_name_is_plain(const char *ptr, size_t len)
{
	if (!len || !is_letter(ptr[0]))
		return false;
	for (size_t i = 1; i < len; i++)
		if (!is_letter(ptr[i]) && !is_digit(ptr[i]) && ptr[i] != '-')
			return false;
	return true;
}

void schema_name_print(FILE *out, const char *ptr, size_t len)
{
	if (schema_name_is_plain(ptr, len)) {
		fwrite(ptr, 1, len, out);
		return;
	}
	fputc('"', out);
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)ptr[i];

		if (c < 0x20 || c == 0x7f)
			fprintf(out, "\\u%04x", c);
		else if (c == '"' || c == '\\')
			fprintf(out, "\\%c", c);
		else
			fputc(c, out);
	}
	fputc('"', out);
}

size_t schema_name_capital(char *name, const char *ptr, size_t len)
{
	size_t n = 0;

	if (!len || !is_letter(ptr[0]) || ptr[0] == '_')
		name[n++] = 'R';
	for (size_t i = 0; i < len; i++)
		name[n++] = is_letter(ptr[i]) || is_digit(ptr[i]) ? ptr[i] :
								    '_';
	if (name[0] >= 'a' && name[0] <= 'z')
		name[0] = (char)(name[0] - 'a' + 'A');
	name[n] = '\0';
	return n;
}
