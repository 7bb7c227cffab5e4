/* SPDX-License-Identifier: MIT */
/*
 * Schema text as tokens.  Blanks, line ends and comments separate tokens and
 * mean nothing else, but for documentation, which is a token a line.  A lexer
 * is a plain value: a copy of it looks ahead.
 */
#ifndef STELE_SCHEMA_LEX_H
#define STELE_SCHEMA_LEX_H

#include <stele/error.h>
#include <stele/schema.h>

enum stele_token_kind {
	STELE_TOKEN_END,
	STELE_TOKEN_NAME, /* [A-Za-z_][A-Za-z0-9_-]* */
	STELE_TOKEN_QUOTED, /* its text is what stands between the quotes */
	STELE_TOKEN_NUMBER, /* begins like one; literal.c says what it is */
	STELE_TOKEN_DOC, /* the line's text, without ## and blanks around */
	STELE_TOKEN_MARK, /* one of { } : , ( ) < > ? = . [ ] / */
};

struct stele_token {
	enum stele_token_kind kind;
	struct stele_str text; /* in the schema's text */
	uint32_t line; /* from 1 */
	uint32_t column; /* from 1, in bytes */
};

struct stele_lexer {
	const char *at;
	const char *end;
	const char *line_start;
	uint32_t line;
};

/*
 * -STELE_E_LIMIT, _UTF8, _SYNTAX (control characters) for the text as a whole.
 */
int stele_lexer_begin(struct stele_lexer *lexer, const char *text, size_t len,
		      struct stele_error *err);

/* The next token; END again and again.  -STELE_E_SYNTAX. */
int stele_lexer_next(struct stele_lexer *lexer, struct stele_token *token,
		     struct stele_error *err);

#endif /* STELE_SCHEMA_LEX_H */
