// SPDX-License-Identifier: MIT
/*
 * Sinks of text, and strings in quotes.
 */
#include <stdio.h>
#include <unistr.h>

#include <stele/error.h>

#include "text.h"

static void put_fixed(struct stele_text *text, const char *p, size_t len)
{
	struct stele_text_fixed *t = (struct stele_text_fixed *)text;

	if (t->len < t->size && len) {
		size_t room = t->size - t->len;

		memcpy(t->buf + t->len, p, len < room ? len : room);
	}
	t->len += len;
}

void stele_text_fixed_init(struct stele_text_fixed *text, char *buf,
			   size_t size)
{
	text->text.put = put_fixed;
	text->buf = buf;
	text->size = size;
	text->len = 0;
}

static void put_buffer(struct stele_text *text, const char *p, size_t len)
{
	struct stele_text_buffer *t = (struct stele_text_buffer *)text;

	if (!t->rc)
		t->rc = stele_buffer_append(t->buffer, p, len);
}

void stele_text_buffer_init(struct stele_text_buffer *text,
			    struct stele_buffer *buffer)
{
	text->text.put = put_buffer;
	text->buffer = buffer;
	text->rc = 0;
}

void stele_text_number(struct stele_text *text, uint64_t n)
{
	char digits[24];

	snprintf(digits, sizeof(digits), "%llu", (unsigned long long)n);
	stele_text_put(text, digits);
}

static const char short_escapes[] = "\"\"\\\\//\bb\ff\nn\rr\tt";

/* The letter behind the backslash, 0: no short escape. */
static char escape_of(char c)
{
	size_t i;

	for (i = 0; short_escapes[i]; i += 2)
		if (short_escapes[i] == c && c != '/')
			return short_escapes[i + 1];
	return 0;
}

void stele_text_quoted(struct stele_text *text, const char *p, size_t len)
{
	size_t from = 0, i;

	stele_text_put(text, "\"");
	for (i = 0; i < len; i++) {
		unsigned char c = (unsigned char)p[i];
		char escape[8] = { '\\', escape_of(p[i]), 0 };

		if (c >= 0x20 && c != 0x7f && !escape[1])
			continue;
		if (!escape[1])
			snprintf(escape, sizeof(escape), "\\u%04x", c);
		text->put(text, p + from, i - from);
		stele_text_put(text, escape);
		from = i + 1;
	}
	text->put(text, p + from, len - from);
	stele_text_put(text, "\"");
}

/* Four hexadecimal digits at p, -1 where there are none. */
static int hex4(const char *p, size_t len)
{
	int value = 0;
	int i;

	if (len < 4)
		return -1;
	for (i = 0; i < 4; i++) {
		int digit;

		if (p[i] >= '0' && p[i] <= '9')
			digit = p[i] - '0';
		else if (p[i] >= 'a' && p[i] <= 'f')
			digit = p[i] - 'a' + 10;
		else if (p[i] >= 'A' && p[i] <= 'F')
			digit = p[i] - 'A' + 10;
		else
			return -1;
		value = value << 4 | digit;
	}
	return value;
}

/*
 * The code point of an escape that begins with \u at p, a pair of surrogates
 * being one; *used bytes.  -1: no such, or half a pair.
 */
static int32_t unicode_escape(const char *p, size_t len, size_t *used)
{
	int high = hex4(p + 2, len - 2), low;

	*used = 6;
	if (high < 0xd800 || high > 0xdfff)
		return high;
	if (high > 0xdbff || len < 12 || p[6] != '\\' || p[7] != 'u')
		return -1;
	low = hex4(p + 8, len - 8);
	if (low < 0xdc00 || low > 0xdfff)
		return -1;
	*used = 12;
	return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
}

/* The escape at p, where a backslash stands; *used 0: there is no such. */
static int unescape(struct stele_buffer *out, const char *p, size_t len,
		    size_t *used)
{
	uint8_t utf8[6];
	int32_t c;
	size_t i;
	int n;

	*used = 0;
	if (len < 2)
		return 0;
	if (p[1] == 'u') {
		size_t taken;

		c = unicode_escape(p, len, &taken);
		if (c < 0)
			return 0;
		*used = taken;
		n = u8_uctomb(utf8, (ucs4_t)c, sizeof(utf8));
		return stele_buffer_append(out, utf8, (size_t)n);
	}
	for (i = 0; short_escapes[i]; i += 2) {
		if (short_escapes[i + 1] == p[1]) {
			*used = 2;
			return stele_buffer_append(out, &short_escapes[i], 1);
		}
	}
	return 0;
}

int stele_text_unquote(struct stele_buffer *out, const char *p, size_t len,
		       size_t *bad)
{
	size_t i = 0;

	while (i < len) {
		const char *escape = memchr(p + i, '\\', len - i);
		size_t plain = escape ? (size_t)(escape - p) - i : len - i;
		size_t used;
		int rc;

		rc = stele_buffer_append(out, p + i, plain);
		if (rc)
			return rc;
		i += plain;
		if (i == len)
			break;
		rc = unescape(out, p + i, len - i, &used);
		if (rc)
			return rc;
		if (!used) {
			*bad = i;
			return -STELE_E_SYNTAX;
		}
		i += used;
	}
	return 0;
}
