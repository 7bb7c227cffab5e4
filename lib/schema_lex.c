// SPDX-License-Identifier: MIT
/*
 * Cutting schema text into tokens.
 */
#include <string.h>
#include <unistr.h>

#include "fail.h"
#include "schema.h"
#include "schema_lex.h"

/* The line and column of a byte of the text. */
static void locate(const char *text, const char *at, uint32_t *line,
		   uint32_t *column)
{
	const char *start = text, *stop;

	*line = 1;
	while ((stop = memchr(start, '\n', (size_t)(at - start)))) {
		start = stop + 1;
		++*line;
	}
	*column = (uint32_t)(at - start) + 1;
}

static const char *find_control(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') ||
		    c == 0x7f)
			return text + i;
	}
	return NULL;
}

int stele_lexer_begin(struct stele_lexer *lexer, const char *text, size_t len,
		      struct stele_error *err)
{
	const char *bad;
	uint32_t line, column;

	if (len > UINT32_MAX / 2)
		return stele_fail(
			err, -STELE_E_LIMIT,
			"a schema text of %zu bytes is longer than %u", len,
			UINT32_MAX / 2);
	if (!len)
		text = "";
	bad = (const char *)u8_check((const uint8_t *)text, len);
	if (bad) {
		locate(text, bad, &line, &column);
		return stele_fail_text(err, -STELE_E_UTF8, line, column,
				       "byte 0x%02x is not UTF-8",
				       (unsigned char)*bad);
	}
	bad = find_control(text, len);
	if (bad) {
		locate(text, bad, &line, &column);
		return stele_fail_text(err, -STELE_E_SYNTAX, line, column,
				       "control character 0x%02x",
				       (unsigned char)*bad);
	}
	lexer->at = lexer->line_start = text;
	lexer->end = text + len;
	lexer->line = 1;
	return 0;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static bool is_name_start(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_name_part(char c)
{
	return is_name_start(c) || is_digit(c) || c == '-';
}

/* Of a number or of what is mistaken for one. */
static bool is_number_part(char c)
{
	return is_name_part(c) || c == '+' || c == '.';
}

/* Two number signs, not more: more are a comment that draws a line. */
static bool is_doc(const struct stele_lexer *lexer)
{
	const char *p = lexer->at;
	size_t left = (size_t)(lexer->end - p);

	return left >= 2 && p[1] == '#' && (left == 2 || p[2] != '#');
}

static const char *line_end(const struct stele_lexer *lexer)
{
	const char *stop =
		memchr(lexer->at, '\n', (size_t)(lexer->end - lexer->at));

	return stop ? stop : lexer->end;
}

static void skip(struct stele_lexer *lexer)
{
	while (lexer->at < lexer->end) {
		if (*lexer->at == '\n') {
			lexer->line_start = ++lexer->at;
			lexer->line++;
		} else if (is_blank(*lexer->at)) {
			lexer->at++;
		} else if (*lexer->at == '#' && !is_doc(lexer)) {
			lexer->at = line_end(lexer);
		} else {
			break;
		}
	}
}

static void lex_doc(struct stele_lexer *lexer, struct stele_token *token)
{
	const char *from = lexer->at + 2, *stop = line_end(lexer);

	lexer->at = stop;
	if (from < stop && is_blank(*from))
		from++;
	while (from < stop && is_blank(stop[-1]))
		stop--;
	token->kind = STELE_TOKEN_DOC;
	token->text.ptr = from;
	token->text.len = (size_t)(stop - from);
}

static int lex_quoted(struct stele_lexer *lexer, struct stele_token *token,
		      struct stele_error *err)
{
	const char *p = lexer->at + 1;

	token->kind = STELE_TOKEN_QUOTED;
	token->text.ptr = p;
	for (; p < lexer->end && *p != '"' && *p != '\n'; p++) {
		if ((unsigned char)*p < 0x20)
			return stele_fail_text(
				err, -STELE_E_SYNTAX, lexer->line,
				(uint32_t)(p - lexer->line_start) + 1,
				"a control character within quotes: write \\u%04x",
				(unsigned char)*p);
		if (*p == '\\' && p + 1 < lexer->end && p[1] != '\n')
			p++;
	}
	if (p >= lexer->end || *p != '"')
		return stele_fail_text(err, -STELE_E_SYNTAX, token->line,
				       token->column,
				       "a quote without its end on the line");
	token->text.len = (size_t)(p - token->text.ptr);
	lexer->at = p + 1;
	return 0;
}

static void lex_run(struct stele_lexer *lexer, struct stele_token *token,
		    bool (*is_part)(char))
{
	const char *p = lexer->at;

	while (p < lexer->end && is_part(*p))
		p++;
	token->text.ptr = lexer->at;
	token->text.len = (size_t)(p - lexer->at);
	lexer->at = p;
}

/* The bytes of the character at `at`, for a message. */
static size_t character_len(const struct stele_lexer *lexer)
{
	int n = u8_mblen((const uint8_t *)lexer->at,
			 (size_t)(lexer->end - lexer->at));

	return n > 0 ? (size_t)n : 1;
}

int stele_lexer_next(struct stele_lexer *lexer, struct stele_token *token,
		     struct stele_error *err)
{
	char c;

	skip(lexer);
	token->line = lexer->line;
	token->column = (uint32_t)(lexer->at - lexer->line_start) + 1;
	token->text.ptr = lexer->at;
	token->text.len = 0;
	token->kind = STELE_TOKEN_END;
	if (lexer->at == lexer->end)
		return 0;
	c = *lexer->at;
	if (c == '#') {
		lex_doc(lexer, token);
	} else if (c == '"') {
		return lex_quoted(lexer, token, err);
	} else if (is_name_start(c)) {
		token->kind = STELE_TOKEN_NAME;
		lex_run(lexer, token, is_name_part);
	} else if (is_digit(c) || c == '-') {
		token->kind = STELE_TOKEN_NUMBER;
		lex_run(lexer, token, is_number_part);
	} else if (strchr("{}:,()<>?=.[]/", c)) {
		token->kind = STELE_TOKEN_MARK;
		token->text.len = 1;
		lexer->at++;
	} else {
		token->text.len = character_len(lexer);
		return stele_fail_text(err, -STELE_E_SYNTAX, token->line,
				       token->column,
				       "'%.*s' means nothing here",
				       STELE_SHOWN(token->text));
	}
	return 0;
}
