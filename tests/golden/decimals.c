// SPDX-License-Identifier: MIT
/*
 * What the library makes of decimals, for run-decimal to compare with another's
 * arithmetic: a line of text in, a line out with the encoding as a key (or why
 * there is none) and the text that is printed of it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "canonical.h"
#include "decimal.h"

static uint8_t of_cell[STELE_CANONICAL_MAX], of_value[STELE_CANONICAL_MAX];
static char text[2 * STELE_DECIMAL_MAX_DIGITS];

static const char *code_name(int rc)
{
	switch (rc) {
	case -STELE_E_TYPE:
		return "type";
	case -STELE_E_RANGE:
		return "range";
	case -STELE_E_LIMIT:
		return "limit";
	default:
		return "failed";
	}
}

static struct stele_value value_of(const struct stele_decimal *d,
				   const struct stele_buffer *magnitude)
{
	struct stele_value v = { .type = STELE_TYPE_DECIMAL };

	v.flags = (uint8_t)((d->negative ? STELE_VALUE_F_NEGATIVE : 0) |
			    (d->infinite ? STELE_VALUE_F_INFINITE : 0) |
			    (d->nan ? STELE_VALUE_F_NAN : 0));
	v.exponent = d->exponent;
	v.u.ptr = (const char *)magnitude->ptr;
	v.len = magnitude->len;
	return v;
}

/* The encoding that builders and readers agree on, and what check says. */
static void print_encoding(const char *line, size_t len,
			   const struct stele_value *v)
{
	struct stele_cell cell = stele_cell_str(line, len);
	struct stele_buffer out = { of_cell, 0, sizeof(of_cell) };
	size_t value_len = 0;
	int rc, value_rc;

	cell.type = STELE_TYPE_DECIMAL;
	rc = stele_canonical_cell(&out, &cell);
	value_rc = stele_canonical_value(of_value, sizeof(of_value), &value_len,
					 v);
	if (rc || value_rc) {
		printf("%s", rc == value_rc ? code_name(rc) : "differ");
		return;
	}
	if (value_len != out.len || memcmp(of_value, of_cell, out.len) ||
	    !stele_canonical_check(of_value, value_len)) {
		printf("differ");
		return;
	}
	for (size_t i = 0; i < value_len; i++)
		printf("%02x", of_value[i]);
}

static void print(const char *line, size_t len)
{
	struct stele_buffer magnitude = { 0 };
	struct stele_decimal decimal;
	struct stele_value v;
	size_t text_len;
	int rc = stele_decimal_parse(line, len, &decimal, &magnitude);

	if (rc) {
		printf("%s\n", code_name(rc));
	} else {
		v = value_of(&decimal, &magnitude);
		print_encoding(line, len, &v);
		rc = stele_value_digits(&v, text, sizeof(text), &text_len);
		printf(" %s\n", rc ? "failed" : text);
	}
	stele_buffer_free(&magnitude);
}

int main(void)
{
	char *line = NULL;
	size_t room = 0;
	ssize_t len;

	while ((len = getline(&line, &room, stdin)) > 0)
		print(line, (size_t)len - (line[len - 1] == '\n'));
	free(line);
	return ferror(stdin) || fflush(stdout) ? 1 : 0;
}
