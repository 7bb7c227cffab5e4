/* SPDX-License-Identifier: MIT */
/*
 * Values that hold others, to cells in the arena.  One way serves both a declared
 * type and a value that carries its type: where nothing is declared, what is in
 * the value carries its type too.
 */
#include <string.h>

#include "base64.h"
#include "rows.h"
#include "text_key.h"

static const struct stele_type_info *declared(const struct rows *rows,
					      const struct content *content)
{
	if (content->number == ROWS_NONE)
		return NULL;
	return &rows->types[content->number].info;
}

/* ------------------------------------------------------------- items */

/* The type of item i. */
static int item_type(const struct rows *rows, const struct content *content,
		     uint64_t i, uint32_t *type, bool *nullable)
{
	const struct stele_type_info *info = declared(rows, content);

	*type = ROWS_NONE;
	*nullable = true;
	if (!info)
		return 0;
	if (info->type == STELE_TYPE_TUPLE)
		return stele_schema_tuple_item(rows->schema, content->number,
					       (uint32_t)i, type, nullable);
	*type = info->item;
	*nullable = info->nullable_items;
	return 0;
}

/* Of a list, tuple or set. */
static int item_cells(struct rows *rows, const struct content *content,
		      const struct trail *trail, struct stele_cell **out,
		      size_t *len)
{
	const struct stele_type_info *info = declared(rows, content);
	const struct json_node *list = content->node, *node;
	struct trail inner = { trail, { NULL, 0 }, 0 };
	struct stele_cell *cells;
	bool nullable;
	uint32_t type;
	int rc = 0;

	if (list->kind != JSON_ARRAY)
		return cell_wrong_kind(rows, list, content->type, trail);
	if (info && info->type == STELE_TYPE_TUPLE &&
	    list->len != info->nr_items)
		return rows_fail(rows, -STELE_E_TYPE, list, trail,
				 "%llu items where a tuple of %u is declared",
				 (unsigned long long)list->len, info->nr_items);
	cells = arena_items(rows->arena, list->len, sizeof(*cells));
	if (!cells)
		return rows_no_memory(rows);
	for (node = list->first; !rc && node; node = node->next) {
		rc = item_type(rows, content, inner.index, &type, &nullable);
		if (!rc)
			rc = cell_value(rows, node, type, nullable, &inner,
					&cells[inner.index]);
		inner.index++;
	}
	*out = cells;
	*len = list->len;
	return rc;
}

/* ------------------------------------------------------------- dicts */

/* A key as the name of a member: text, or the digits of an integer. */
static int member_key(struct rows *rows, const struct json_node *node,
		      const struct stele_type_info *info,
		      const struct trail *trail, struct stele_cell *cell)
{
	struct json_node text = *node;

	if (!info || rows->types[info->key].info.type == STELE_TYPE_STR) {
		*cell = stele_cell_str(trail->key.ptr, trail->key.len);
		return 0;
	}
	text.kind = JSON_CELL;
	text.text = trail->key.ptr;
	text.len = trail->key.len;
	return cell_typed(rows, &text, info->key, false, trail, cell);
}

static int check_keys(struct rows *rows, const struct json_node *object,
		      const struct trail *trail)
{
	bool no_memory;
	const struct json_node *node =
		json_check_keys(rows->arena, object, &no_memory);
	struct trail inner = { trail, { NULL, 0 }, 0 };

	if (no_memory)
		return rows_no_memory(rows);
	if (!node)
		return 0;
	inner.key = node->key;
	return rows_fail(rows, -STELE_E_DUPLICATE, node, &inner,
			 "the key is in the object twice");
}

/* The members of an object that are data. */
static int member_cells(struct rows *rows, const struct content *content,
			const struct trail *trail, struct stele_cell *cells,
			size_t *len)
{
	const struct stele_type_info *info = declared(rows, content);
	const struct json_node *node;
	int rc = check_keys(rows, content->node, trail);

	for (node = content->node->first; !rc && node; node = node->next) {
		struct trail inner = { trail, node->key, 0 };

		if (text_key_read(&inner.key) != TEXT_KEY_DATA)
			continue;
		rc = member_key(rows, node, info, &inner, cells);
		if (!rc)
			rc = cell_value(rows, node,
					info ? info->item : ROWS_NONE,
					info && info->nullable_items, &inner,
					cells + 1);
		cells += 2;
		++*len;
	}
	return rc;
}

/* [[key, value], ...] */
static int pair_cells(struct rows *rows, const struct content *content,
		      const struct trail *trail, struct stele_cell *cells,
		      size_t *len)
{
	const struct stele_type_info *info = declared(rows, content);
	struct trail inner = { trail, { NULL, 0 }, 0 };
	const struct json_node *pair = content->node->first;
	int rc = 0;

	for (; !rc && pair; pair = pair->next) {
		if (pair->kind != JSON_ARRAY || pair->len != 2)
			return rows_fail(rows, -STELE_E_SYNTAX, pair, &inner,
					 "a pair is [key, value]");
		rc = cell_value(rows, pair->first, info ? info->key : ROWS_NONE,
				false, &inner, cells);
		if (!rc)
			rc = cell_value(rows, pair->first->next,
					info ? info->item : ROWS_NONE,
					info && info->nullable_items, &inner,
					cells + 1);
		cells += 2;
		inner.index++;
	}
	*len = inner.index;
	return rc;
}

uint64_t content_nr_pairs(const struct content *content)
{
	const struct json_node *node = content->node->first;
	uint64_t nr = 0;

	if (!content->node->dollar)
		return content->node->len;
	for (; node; node = node->next) {
		struct stele_str key = node->key;

		nr += text_key_read(&key) == TEXT_KEY_DATA;
	}
	return nr;
}

static int dict_cells(struct rows *rows, const struct content *content,
		      const struct trail *trail, struct stele_cell **out,
		      size_t *len)
{
	const struct stele_type_info *info = declared(rows, content);
	const struct json_node *node = content->node;

	if (node->kind != JSON_ARRAY &&
	    (node->kind != JSON_OBJECT ||
	     (info && !text_key_suits(rows->types[info->key].info.type))))
		return cell_wrong_kind(rows, node, STELE_TYPE_DICT, trail);
	*out = arena_items(rows->arena, node->len * 2, sizeof(**out));
	*len = 0;
	if (!*out)
		return rows_no_memory(rows);
	return node->kind == JSON_ARRAY ?
		       pair_cells(rows, content, trail, *out, len) :
		       member_cells(rows, content, trail, *out, len);
}

/* ----------------------------------------------- what cells are part of */

static int too_deep(struct rows *rows, const struct content *content)
{
	const struct trail top = { NULL, { NULL, 0 }, 0 };

	return rows_fail(rows, -STELE_E_LIMIT, content->node, &top,
			 "nested deeper than %u arrays and objects",
			 ROWS_MAX_DEPTH);
}

int content_cells(struct rows *rows, const struct content *content,
		  const struct trail *trail, struct stele_cell **cells,
		  size_t *len)
{
	bool untyped = rows->untyped;
	int rc;

	if (rows->depth == ROWS_MAX_DEPTH)
		return too_deep(rows, content);
	rows->depth++;
	switch (content->type) {
	case STELE_TYPE_RECORD:
		rows->untyped = false; /* its fields are typed */
		*len = rows->records[content->number].nr_fields;
		rc = rows_fields(rows, content->node, content->number, trail,
				 cells);
		break;
	case STELE_TYPE_DICT:
		rc = dict_cells(rows, content, trail, cells, len);
		break;
	default:
		rc = item_cells(rows, content, trail, cells, len);
	}
	rows->untyped = untyped;
	rows->depth--;
	return rc;
}

static int array_cell(struct rows *rows, const struct content *content,
		      const struct trail *trail, struct stele_cell *cell)
{
	struct trail inner = { trail, { NULL, 0 }, 0 };
	size_t width = stele_type_width(content->element);
	const struct json_node *list = content->node, *node;
	char *data;
	int rc = 0;

	if (list->kind != JSON_ARRAY)
		return cell_wrong_kind(rows, list, STELE_TYPE_ARRAY, trail);
	data = arena_items(rows->arena, list->len, width);
	if (!data)
		return rows_no_memory(rows);
	for (node = list->first; !rc && node; node = node->next) {
		rc = cell_element(rows, node, content->element, &inner,
				  data + inner.index * width);
		inner.index++;
	}
	*cell = stele_cell_of(STELE_TYPE_ARRAY);
	cell->element = (uint8_t)content->element;
	cell->u.ptr = data;
	cell->len = list->len;
	return rc;
}

static int user_cell(struct rows *rows, const struct content *content,
		     const struct trail *trail, struct stele_cell *cell)
{
	struct stele_user *user = arena_take(rows->arena, sizeof(*user));
	struct stele_cell bytes;
	int rc;

	if (!user)
		return rows_no_memory(rows);
	rc = cell_bytes(rows, content->node, trail, &bytes);
	if (rc)
		return rc;
	user->name = content->name.ptr;
	user->name_len = content->name.len;
	user->ptr = bytes.u.ptr;
	user->len = bytes.len;
	*cell = stele_cell_of(STELE_TYPE_USER);
	cell->u.user = user;
	return 0;
}

int content_cell(struct rows *rows, const struct content *content,
		 const struct trail *trail, struct stele_cell *cell)
{
	struct stele_cell *cells;
	size_t len;
	int rc;

	switch (content->type) {
	case STELE_TYPE_ARRAY:
		return array_cell(rows, content, trail, cell);
	case STELE_TYPE_NDARRAY:
		return ndarray_cell(rows, content->node, content->element,
				    trail, cell);
	case STELE_TYPE_USER:
		return user_cell(rows, content, trail, cell);
	default:
		rc = content_cells(rows, content, trail, &cells, &len);
		if (rc)
			return rc;
		*cell = stele_cell_of(content->type);
		if (content->type == STELE_TYPE_RECORD)
			cell->record = content->number;
		cell->u.cells = cells;
		cell->len = len;
		return 0;
	}
}
