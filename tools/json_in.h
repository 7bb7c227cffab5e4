/* SPDX-License-Identifier: MIT */
/*
 * JSON text to a tree: number text and strings exactly as written, keys with
 * their length.  What JSON forbids is refused: lone surrogates, NaN, a key twice
 * (by json_check_keys()), nesting beyond JSON_MAX_DEPTH.
 */
#ifndef STELE_TOOLS_JSON_IN_H
#define STELE_TOOLS_JSON_IN_H

#include <stele/schema.h>

#include "arena.h"

/* A value of a row that is 512 deep may take three levels for each. */
#define JSON_MAX_DEPTH 2048u

enum json_kind {
	JSON_NULL,
	JSON_FALSE,
	JSON_TRUE,
	JSON_NUMBER, /* text */
	JSON_STRING, /* text, decoded */
	JSON_ARRAY, /* first; len items */
	JSON_OBJECT, /* first; len members */
	JSON_CELL, /* text that says no type: a cell of CSV */
};

/* ptr points into the parsed text or the arena; nothing is terminated. */
struct json_node {
	enum json_kind kind;
	bool dollar; /* OBJECT: a key begins with '$' */
	uint64_t len; /* bytes, items or members */
	union {
		const char *text;
		struct json_node *first;
	};
	struct json_node *next; /* in its array or object */
	struct stele_str key; /* in an object */
	uint64_t offset; /* in the text */
};

struct json_parser;

/* NULL: no memory. */
struct json_parser *json_parser_create(void);
void json_parser_free(struct json_parser *parser);

/*
 * Parse one value.  text[len] is '\n'; the text outlives the tree, whose offsets
 * count from `base`.  *root is NULL where there is only space.  -STELE_E_SYNTAX,
 * _LIMIT with err->offset in the text; -ENOMEM.  After an error the parser can
 * only be freed.
 */
int json_parse(struct json_parser *parser, struct arena *arena,
	       const char *text, size_t len, uint64_t base,
	       struct json_node **root, struct stele_error *err);

/*
 * A key of the object that is there twice, or NULL; `no_memory` is set where
 * that could not be found out.
 */
const struct json_node *json_check_keys(struct arena *arena,
					const struct json_node *object,
					bool *no_memory);

#endif /* STELE_TOOLS_JSON_IN_H */
