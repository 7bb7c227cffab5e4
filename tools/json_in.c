/* SPDX-License-Identifier: MIT */
/*
 * The tree is built in the callbacks of yajl's event parser.
 *
 * yajl decodes a lone surrogate to '?' and does not say so, hence surrogates are
 * looked for in the text before.  It does not look at what its allocator
 * returns either: ours leaves the parser by longjmp() and keeps all blocks in a
 * list, from which they are freed.
 */
#include "json_in.h"

#include <errno.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yajl/yajl_parse.h>

/* In front of each of yajl's blocks; keeps their alignment. */
struct yajl_block {
	struct yajl_block *next;
	struct yajl_block *previous;
};

struct json_parser {
	yajl_handle yajl;
	struct yajl_block blocks; /* head of a ring */
	jmp_buf no_memory;

	/* the text at hand */
	struct arena *arena;
	const char *text;
	size_t len;
	uint64_t base; /* of offsets */
	struct json_node *root;
	struct json_node **link; /* where the next node goes */
	struct stele_str key; /* of the next member */
	unsigned depth;
	struct json_node *open[JSON_MAX_DEPTH];
	struct stele_error *err;
};

/* ------------------------------------------------------ yajl's memory */

static void *take_block(void *ctx, size_t bytes)
{
	struct json_parser *p = ctx;
	struct yajl_block *block = malloc(sizeof(*block) + bytes);

	if (!block)
		longjmp(p->no_memory, 1);
	block->next = p->blocks.next;
	block->previous = &p->blocks;
	block->next->previous = block;
	p->blocks.next = block;
	return block + 1;
}

static void give_block(void *ctx, void *ptr)
{
	struct yajl_block *block = ptr;

	(void)ctx;
	if (!block)
		return;
	block--;
	block->previous->next = block->next;
	block->next->previous = block->previous;
	free(block);
}

static void *resize_block(void *ctx, void *ptr, size_t bytes)
{
	struct json_parser *p = ctx;
	struct yajl_block *block = ptr;

	if (!block)
		return take_block(ctx, bytes);
	block = realloc(block - 1, sizeof(*block) + bytes);
	if (!block)
		longjmp(p->no_memory, 1);
	block->previous->next = block;
	block->next->previous = block;
	return block + 1;
}

/* ---------------------------------------------------------- callbacks */

static int refuse(struct json_parser *p, int code, const char *reason)
{
	p->err->code = code;
	p->err->offset = yajl_get_bytes_consumed(p->yajl) - 1;
	snprintf(p->err->reason, sizeof(p->err->reason), "%s", reason);
	return 0;
}

static bool is_inside(const struct json_parser *p, const char *ptr)
{
	return ptr >= p->text && ptr <= p->text + p->len;
}

/* Another node, linked into its parent; `bytes` of the text end with it. */
static struct json_node *add_node(struct json_parser *p, enum json_kind kind,
				  size_t bytes)
{
	struct json_node *node;

	if (!p->depth && p->root) {
		refuse(p, -STELE_E_SYNTAX, "more than one value on a line");
		return NULL;
	}
	node = arena_take(p->arena, sizeof(*node));
	if (!node)
		longjmp(p->no_memory, 1);
	node->kind = kind;
	node->dollar = false;
	node->len = 0;
	node->text = NULL;
	node->next = NULL;
	node->key = p->key;
	node->offset = p->base + yajl_get_bytes_consumed(p->yajl) - bytes;
	if (p->depth)
		p->open[p->depth - 1]->len++;
	*p->link = node;
	p->link = &node->next;
	return node;
}

/* Text of the line stays where it is; yajl's own is copied. */
static const char *keep(struct json_parser *p, const char *ptr, size_t len)
{
	if (is_inside(p, ptr))
		return ptr;
	ptr = arena_copy(p->arena, ptr, len);
	if (!ptr)
		longjmp(p->no_memory, 1);
	return ptr;
}

static int on_null(void *ctx)
{
	return add_node(ctx, JSON_NULL, 4) != NULL;
}

static int on_bool(void *ctx, int value)
{
	return add_node(ctx, value ? JSON_TRUE : JSON_FALSE, value ? 4 : 5) !=
	       NULL;
}

static int on_number(void *ctx, const char *text, size_t len)
{
	struct json_parser *p = ctx;
	struct json_node *node = add_node(p, JSON_NUMBER, len);

	if (!node)
		return 0;
	node->text = keep(p, text, len);
	node->len = len;
	return 1;
}

static int on_string(void *ctx, const unsigned char *text, size_t len)
{
	struct json_parser *p = ctx;
	struct json_node *node = add_node(p, JSON_STRING, 1);

	if (!node)
		return 0;
	if (is_inside(p, (const char *)text))
		node->offset -= len + 1;
	node->text = keep(p, (const char *)text, len);
	node->len = len;
	return 1;
}

static int open_container(struct json_parser *p, enum json_kind kind)
{
	struct json_node *node;

	if (p->depth == JSON_MAX_DEPTH)
		return refuse(p, -STELE_E_LIMIT,
			      "nested deeper than 2048 arrays and objects");
	node = add_node(p, kind, 1);
	if (!node)
		return 0;
	p->open[p->depth++] = node;
	p->link = &node->first;
	return 1;
}

static int close_container(void *ctx)
{
	struct json_parser *p = ctx;
	struct json_node *node = p->open[--p->depth];

	p->link = &node->next;
	p->key = (struct stele_str){ NULL, 0 };
	return 1;
}

static int on_start_array(void *ctx)
{
	struct json_parser *p = ctx;
	int go_on = open_container(p, JSON_ARRAY);

	p->key = (struct stele_str){ NULL, 0 };
	return go_on;
}

static int on_start_object(void *ctx)
{
	return open_container(ctx, JSON_OBJECT);
}

static int on_key(void *ctx, const unsigned char *text, size_t len)
{
	struct json_parser *p = ctx;

	p->key.ptr = keep(p, (const char *)text, len);
	p->key.len = len;
	if (len && *text == '$')
		p->open[p->depth - 1]->dollar = true;
	return 1;
}

static const yajl_callbacks callbacks = {
	.yajl_null = on_null,
	.yajl_boolean = on_bool,
	.yajl_number = on_number,
	.yajl_string = on_string,
	.yajl_start_map = on_start_object,
	.yajl_map_key = on_key,
	.yajl_end_map = close_container,
	.yajl_start_array = on_start_array,
	.yajl_end_array = close_container,
};

/* ------------------------------------------------------------- parser */

static bool start_yajl(struct json_parser *p)
{
	yajl_alloc_funcs memory = { take_block, resize_block, give_block, p };

	if (setjmp(p->no_memory))
		return false;
	p->yajl = yajl_alloc(&callbacks, &memory, p);
	/* UTF-8 was checked where the lines came from */
	yajl_config(p->yajl, yajl_dont_validate_strings, 1);
	yajl_config(p->yajl, yajl_allow_multiple_values, 1);
	return true;
}

struct json_parser *json_parser_create(void)
{
	struct json_parser *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->blocks.next = p->blocks.previous = &p->blocks;
	if (start_yajl(p))
		return p;
	json_parser_free(p);
	return NULL;
}

void json_parser_free(struct json_parser *p)
{
	struct yajl_block *block, *next;

	if (!p)
		return;
	for (block = p->blocks.next; block != &p->blocks; block = next) {
		next = block->next;
		free(block);
	}
	free(p);
}

/* The code unit of "\uXXXX" at p, or -1. */
static int code_unit(const char *p, const char *end)
{
	int unit = 0;

	if (end - p < 6 || p[0] != '\\' || p[1] != 'u')
		return -1;
	for (int i = 2; i < 6; i++) {
		char c = p[i];

		if (c >= '0' && c <= '9')
			unit = unit * 16 + (c - '0');
		else if ((c | 32) >= 'a' && (c | 32) <= 'f')
			unit = unit * 16 + ((c | 32) - 'a' + 10);
		else
			return -1;
	}
	return unit;
}

/* The first escape that is half of a pair, or NULL. */
static const char *lone_surrogate(const char *text, size_t len)
{
	const char *end = text + len, *p = memchr(text, '\\', len);

	while (p && end - p >= 2) {
		int unit = code_unit(p, end), low;

		if (unit >= 0xd800 && unit <= 0xdbff) {
			low = code_unit(p + 6, end);
			if (low < 0xdc00 || low > 0xdfff)
				return p;
			p += 12;
		} else if (unit >= 0xdc00 && unit <= 0xdfff) {
			return p;
		} else {
			p += 2;
		}
		p = memchr(p, '\\', (size_t)(end - p));
	}
	return NULL;
}

/* yajl's words, without its prefix and line end. */
static void copy_reason(struct json_parser *p)
{
	unsigned char *text = yajl_get_error(p->yajl, 0, NULL, 0);
	const char *reason = (const char *)text, *after;

	after = strstr(reason, "error: ");
	if (after)
		reason = after + 7;
	refuse(p, -STELE_E_SYNTAX, reason);
	p->err->reason[strcspn(p->err->reason, "\n")] = '\0';
	yajl_free_error(p->yajl, text);
}

static int run_parser(struct json_parser *p)
{
	yajl_status status;

	if (setjmp(p->no_memory)) {
		snprintf(p->err->reason, sizeof(p->err->reason), "%s",
			 strerror(ENOMEM));
		return -ENOMEM;
	}
	/* the newline ends a number */
	status =
		yajl_parse(p->yajl, (const unsigned char *)p->text, p->len + 1);
	if (status == yajl_status_error)
		copy_reason(p);
	else if (status == yajl_status_ok && p->depth)
		refuse(p, -STELE_E_SYNTAX,
		       "the value does not end on its line");
	return p->err->code;
}

int json_parse(struct json_parser *p, struct arena *arena, const char *text,
	       size_t len, uint64_t base, struct json_node **root,
	       struct stele_error *err)
{
	const char *lone = lone_surrogate(text, len);
	int rc;

	err->code = 0;
	err->offset = UINT64_MAX;
	p->arena = arena;
	p->text = text;
	p->len = len;
	p->base = base;
	p->root = NULL;
	p->link = &p->root;
	p->key = (struct stele_str){ NULL, 0 };
	p->depth = 0;
	p->err = err;
	if (lone) {
		err->code = -STELE_E_SYNTAX;
		err->offset = (uint64_t)(lone - text);
		snprintf(err->reason, sizeof(err->reason),
			 "a lone surrogate: half of a pair of \\u escapes");
		return err->code;
	}
	rc = run_parser(p);
	if (!rc)
		*root = p->root;
	return rc;
}

/* --------------------------------------------------------------- keys */

#define FEW_KEYS 8

static bool same_key(const struct json_node *a, const struct json_node *b)
{
	return a->key.len == b->key.len &&
	       !memcmp(a->key.ptr, b->key.ptr, a->key.len);
}

static const struct json_node *check_few(const struct json_node *object)
{
	const struct json_node *a, *b;

	for (a = object->first; a; a = a->next)
		for (b = object->first; b != a; b = b->next)
			if (same_key(a, b))
				return a;
	return NULL;
}

static size_t hash_key(const struct stele_str *key)
{
	uint64_t h = 0xcbf29ce484222325ull;

	for (size_t i = 0; i < key->len; i++)
		h = (h ^ (unsigned char)key->ptr[i]) * 0x100000001b3ull;
	return (size_t)(h ^ h >> 32);
}

const struct json_node *json_check_keys(struct arena *arena,
					const struct json_node *object,
					bool *no_memory)
{
	const struct json_node **slots, *node;
	size_t room = 32, i;

	*no_memory = false;
	if (object->len <= FEW_KEYS)
		return check_few(object);
	while (room < object->len * 2)
		room *= 2;
	slots = arena_items(arena, room, sizeof(*slots));
	if (!slots) {
		*no_memory = true;
		return NULL;
	}
	memset(slots, 0, room * sizeof(*slots));
	for (node = object->first; node; node = node->next) {
		i = hash_key(&node->key) & (room - 1);
		for (; slots[i]; i = (i + 1) & (room - 1))
			if (same_key(slots[i], node))
				return node;
		slots[i] = node;
	}
	return NULL;
}
