/* SPDX-License-Identifier: MIT */
/*
 * Text on its way out, and quoted strings both ways.
 *
 * A writer of text puts pieces into a sink and is never told of a failure; who
 * owns the sink asks it at the end.  Strings are quoted as in JSON, with one
 * spelling each: escaped are quote, backslash and control characters only.
 */
#ifndef STELE_TEXT_H
#define STELE_TEXT_H

#include "buffer.h"

struct stele_text {
	void (*put)(struct stele_text *text, const char *p, size_t len);
};

/* Into memory of a given size: what fits is kept, all is counted. */
struct stele_text_fixed {
	struct stele_text text;
	char *buf;
	size_t size;
	size_t len;
};

/* Into a growing buffer; rc becomes -ENOMEM once and stays. */
struct stele_text_buffer {
	struct stele_text text;
	struct stele_buffer *buffer;
	int rc;
};

void stele_text_fixed_init(struct stele_text_fixed *text, char *buf,
			   size_t size);
void stele_text_buffer_init(struct stele_text_buffer *text,
			    struct stele_buffer *buffer);

static inline void stele_text_put(struct stele_text *text, const char *s)
{
	text->put(text, s, strlen(s));
}

/* Decimal digits. */
void stele_text_number(struct stele_text *text, uint64_t n);

/* The string with its quotes.  p is valid UTF-8. */
void stele_text_quoted(struct stele_text *text, const char *p, size_t len);

/*
 * Append what the text between two quotes means.  -STELE_E_SYNTAX with the
 * offset of a bad escape in *bad; -ENOMEM.  What is appended of valid UTF-8 is
 * such.
 */
int stele_text_unquote(struct stele_buffer *out, const char *p, size_t len,
		       size_t *bad);

#endif /* STELE_TEXT_H */
