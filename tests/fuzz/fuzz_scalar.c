// SPDX-License-Identifier: MIT
/*
 * Fuzz target: texts of scalars; the first byte says of which.  What is read
 * prints, and what was printed reads as the same and prints the same.
 */
#include <string.h>

#include <stele/text.h>

#include "base64.h"
#include "decimal.h"
#include "number.h"
#include "replay.h"

#define MAX_BYTES 12000u

struct scalar {
	int64_t i;
	int32_t offset;
	uint8_t uuid[16];
};

static int read_scalar(unsigned kind, const char *text, size_t len,
		       struct scalar *s)
{
	memset(s, 0, sizeof(*s));
	switch (kind) {
	case 0:
		return stele_text_read_date(text, len, &s->i);
	case 1:
		return stele_text_read_datetime(text, len, &s->i);
	case 2:
		return stele_text_read_time(text, len, &s->i);
	case 3:
		return stele_text_read_zoned(text, len, &s->i, &s->offset);
	case 4:
		return stele_text_read_timedelta(text, len, &s->i);
	default:
		return stele_text_read_uuid(text, len, s->uuid);
	}
}

static size_t print_scalar(unsigned kind, const struct scalar *s,
			   char text[STELE_TEXT_BYTES])
{
	switch (kind) {
	case 0:
		return stele_text_print_date(s->i, text);
	case 1:
		return stele_text_print_datetime(s->i, text);
	case 2:
		return stele_text_print_time(s->i, text);
	case 3:
		return stele_text_print_zoned(s->i, s->offset, text);
	case 4:
		return stele_text_print_timedelta(s->i, text);
	default:
		return stele_text_print_uuid(s->uuid, text);
	}
}

static void check_printed(unsigned kind, const struct scalar *s)
{
	char text[STELE_TEXT_BYTES], again[STELE_TEXT_BYTES];
	size_t len = print_scalar(kind, s, text), len_again;
	struct scalar other;

	if (!len || len >= sizeof(text) || strlen(text) != len)
		fuzz_fail("what was read does not print");
	if (read_scalar(kind, text, len, &other) ||
	    memcmp(&other, s, sizeof(other)) != 0)
		fuzz_fail("'%s' reads as something else", text);
	len_again = print_scalar(kind, &other, again);
	if (len != len_again || memcmp(text, again, len) != 0)
		fuzz_fail("'%s' prints as '%s'", text, again);
}

/* Any bytes as a value: what is out of range does not print. */
static void print_any(unsigned kind, const uint8_t *data, size_t size)
{
	char text[STELE_TEXT_BYTES];
	struct scalar s = { 0 };

	memcpy(&s.i, data, size < 8 ? size : 8);
	if (size > 8)
		memcpy(&s.offset, data + 8, size < 12 ? size - 8 : 4);
	memcpy(s.uuid, data, size < 16 ? size : 16);
	if (print_scalar(kind, &s, text)) {
		if (kind == 5)
			s.i = s.offset = 0;
		else
			memset(s.uuid, 0, sizeof(s.uuid));
		if (kind != 3)
			s.offset = 0;
		check_printed(kind, &s);
	}
}

static void check_calendar(unsigned kind, const uint8_t *data, size_t size)
{
	struct scalar s;

	print_any(kind, data, size);
	if (!read_scalar(kind, (const char *)data, size, &s))
		check_printed(kind, &s);
}

static int read_decimal(const char *text, size_t len, struct stele_decimal *d,
			struct stele_buffer *magnitude)
{
	memset(d, 0, sizeof(*d));
	return stele_decimal_parse(text, len, d, magnitude);
}

static void check_decimal(const char *data, size_t size)
{
	struct stele_buffer magnitude = { 0 }, again = { 0 };
	struct stele_value value = { .type = STELE_TYPE_DECIMAL };
	struct stele_decimal d, other;
	char *text;
	size_t room, len;

	if (read_decimal(data, size, &d, &magnitude)) {
		stele_buffer_free(&magnitude);
		return;
	}
	value.u.ptr = (const char *)magnitude.ptr;
	value.len = magnitude.len;
	value.exponent = d.exponent;
	value.flags = (d.negative ? STELE_VALUE_F_NEGATIVE : 0) |
		      (d.infinite ? STELE_VALUE_F_INFINITE : 0) |
		      (d.nan ? STELE_VALUE_F_NAN : 0);
	room = (size_t)value.len * 5 / 2 + 32;
	text = malloc(room);
	if (!text || stele_value_digits(&value, text, room, &len))
		fuzz_fail("a decimal does not print");
	if (read_decimal(text, len, &other, &again) ||
	    d.negative != other.negative || d.exponent != other.exponent ||
	    d.infinite != other.infinite || d.nan != other.nan ||
	    magnitude.len != again.len ||
	    (again.len && memcmp(magnitude.ptr, again.ptr, again.len) != 0))
		fuzz_fail("'%.100s' reads as something else", text);
	free(text);
	stele_buffer_free(&again);
	stele_buffer_free(&magnitude);
}

/* `text` has a byte behind it that is in no number. */
static void check_number(const char *text, size_t size)
{
	char printed[NUMBER_TEXT_BYTES];
	struct number n, again;
	size_t len;

	number_read(text, size, &n);
	if (n.kind != NUMBER_F64)
		return;
	len = number_print_f64(n.f, printed);
	if (!len || len >= sizeof(printed))
		fuzz_fail("a double does not print");
	number_read(printed, len, &again);
	if (again.kind != NUMBER_F64 ||
	    memcmp(&again.f, &n.f, sizeof(n.f)) != 0)
		fuzz_fail("'%s' reads as something else", printed);
}

static void check_base64(const char *text, size_t size)
{
	size_t room = base64_room(size), len;
	uint8_t *bytes = malloc(room + !room);

	if (!bytes)
		fuzz_fail("no memory");
	if (base64_read(text, size, bytes, &len)) {
		if (len > room || (len + 2) / 3 * 4 != size)
			fuzz_fail("base64 of another length");
		for (size_t i = 0; i < len; i += 3) {
			char four[4];

			base64_print(bytes + i, len - i < 3 ? len - i : 3,
				     four);
			if (memcmp(four, text + i / 3 * 4, 4) != 0)
				fuzz_fail("another spelling of base64");
		}
	}
	free(bytes);
}

static void fuzz(const uint8_t *data, size_t size)
{
	char *text;

	if (!size || size > MAX_BYTES)
		return;
	/* a newline behind it, and not a byte more */
	text = malloc(size);
	if (!text)
		fuzz_fail("no memory");
	memcpy(text, data + 1, size - 1);
	text[size - 1] = '\n';
	switch (*data % 9) {
	case 6:
		check_decimal(text, size - 1);
		break;
	case 7:
		check_number(text, size - 1);
		break;
	case 8:
		check_base64(text, size - 1);
		break;
	default:
		check_calendar(*data % 9, (const uint8_t *)text, size - 1);
	}
	free(text);
}
