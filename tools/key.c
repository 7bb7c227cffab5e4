/* SPDX-License-Identifier: MIT */
/*
 * From text to cells, by the rules for rows; from cells to values that are
 * compared with keys.  The schema says of which types the fields are; a table that
 * was filled by hand takes any value.
 */
#include "key.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "key_type.h"

struct question {
	struct keys *keys;
	const char *text;
	size_t len;
	struct stele_error *err;
};

static int fail(const struct question *q, int code, const char *reason)
{
	char wanted[STELE_ERROR_REASON_BYTES];

	snprintf(wanted, sizeof(wanted), "%s", reason);
	q->err->code = code;
	q->err->offset = UINT64_MAX;
	snprintf(q->err->reason, sizeof(q->err->reason),
		 "'%.*s' is no key: %.240s", (int)(q->len < 100 ? q->len : 100),
		 q->text, wanted);
	return code;
}

static int no_memory(const struct question *q)
{
	q->err->code = -ENOMEM;
	snprintf(q->err->reason, sizeof(q->err->reason), "%s",
		 strerror(ENOMEM));
	return -ENOMEM;
}

void keys_open(struct keys *keys, const struct stele_segment *segment)
{
	memset(keys, 0, sizeof(*keys));
	keys->segment = keys->maker.segment = segment;
}

void keys_reset(struct keys *keys)
{
	key_maker_reset(&keys->maker);
	arena_reset(&keys->arena);
}

void keys_close(struct keys *keys)
{
	keys_reset(keys);
	rows_free(keys->rows);
	json_parser_free(keys->parser);
	arena_free(&keys->arena);
}

/* ------------------------------------------------------- text to cells */

static int need_rows(const struct question *q)
{
	struct keys *keys = q->keys;
	int rc = 0;

	if (!keys->rows)
		rc = rows_create(NULL, stele_segment_schema(keys->segment),
				 ROWS_NONE, &keys->rows);
	if (rc)
		return rc == -ENOMEM ? no_memory(q) :
				       fail(q, rc, stele_strerror(rc));
	keys->rows->maker = &keys->maker;
	rows_begin(keys->rows, &keys->arena, q->err);
	return 0;
}

static int parse(const struct question *q, struct json_node **node)
{
	char *line = arena_take(&q->keys->arena, q->len + 1);
	struct stele_error why;
	int rc = -ENOMEM;

	if (!q->keys->parser)
		q->keys->parser = json_parser_create();
	if (line && q->keys->parser) {
		memcpy(line, q->text, q->len);
		line[q->len] = '\n'; /* ends a number */
		rc = json_parse(q->keys->parser, &q->keys->arena, line, q->len,
				0, node, &why);
	}
	if (rc == -ENOMEM)
		return no_memory(q);
	if (!rc && *node)
		return 0;
	json_parser_free(q->keys->parser); /* of no use after an error */
	q->keys->parser = NULL;
	return fail(q, -STELE_E_SYNTAX, "JSON is wanted for keys of this type");
}

static bool is_number(enum stele_type type)
{
	return type >= STELE_TYPE_I8 && type <= STELE_TYPE_F64;
}

/* The float that a text of its digits stands for, as in rows. */
static void round_to_float(struct stele_cell *cell)
{
	float f = (float)cell->u.f;

	if (cell->type == STELE_TYPE_F64 && isfinite(f) && f != 0)
		cell->u.f = (double)f;
}

/*
 * Numbers are read whatever their size: 7.0 finds 7, and one that the type does
 * not hold is no key that is there.
 */
static int map_node(const struct question *q, const struct json_node *node,
		    const struct key_type *type, const struct trail *trail,
		    struct stele_cell *cell)
{
	struct rows *rows = q->keys->rows;
	char reason[STELE_ERROR_REASON_BYTES];
	int rc;

	if (is_number(type->type) && node->kind == JSON_NUMBER)
		rc = cell_any(rows, node, trail, cell);
	else if (type->number != ROWS_NONE)
		rc = cell_typed(rows, node, type->number, false, trail, cell);
	else if (type->type == STELE_TYPE_ANY)
		rc = cell_any(rows, node, trail, cell);
	else
		rc = cell_scalar(rows, node, type->type, trail, cell);
	if (!rc && type->type == STELE_TYPE_F32)
		round_to_float(cell);
	if (rc == -STELE_E_RANGE)
		return -STELE_E_ABSENT;
	if (!rc || rc == -ENOMEM || rc == -STELE_E_ABSENT)
		return rc;
	memcpy(reason, q->err->reason, sizeof(reason));
	return fail(q, rc, reason);
}

static int read_one(const struct question *q, const struct key_type *type,
		    struct stele_cell *cell)
{
	const struct trail top = { NULL, { NULL, 0 }, 0 };
	struct json_node text = { .kind = JSON_CELL,
				  .text = q->text,
				  .len = q->len };
	struct json_node *node = &text;
	int rc;

	if (type->type == STELE_TYPE_STR) {
		*cell = stele_cell_str(q->text, q->len);
		return 0;
	}
	rc = need_rows(q);
	if (!rc && !key_type_is_text(type->type))
		rc = parse(q, &node);
	return rc ? rc : map_node(q, node, type, &top, cell);
}

static int read_several(const struct question *q, const struct key_type *types,
			uint32_t nr, struct stele_cell *cells)
{
	const struct trail top = { NULL, { NULL, 0 }, 0 };
	struct trail inner = { &top, { NULL, 0 }, 0 };
	struct json_node *list = NULL, *node;
	int rc = need_rows(q);

	if (!rc)
		rc = parse(q, &list);
	if (rc)
		return rc;
	if (list->kind != JSON_ARRAY || list->len != nr)
		return fail(q, -STELE_E_TYPE,
			    "a JSON array with one item a key field is wanted");
	for (node = list->first; !rc && node; node = node->next) {
		rc = map_node(q, node, &types[inner.index], &inner,
			      &cells[inner.index]);
		inner.index++;
	}
	return rc;
}

static int set_values(const struct question *q, const struct stele_cell *cells,
		      uint32_t nr, struct stele_value *values)
{
	char reason[STELE_ERROR_REASON_BYTES];
	int rc = key_maker_values(&q->keys->maker, cells, nr, values, q->err);

	if (!rc)
		return 0;
	memcpy(reason, q->err->reason, sizeof(reason));
	return fail(q, rc, reason);
}

/* ------------------------------------------------------------- tables */

static int ask(const struct question *q, const struct stele_map *map,
	       const struct stele_value *values, uint32_t nr,
	       struct stele_matches *matches)
{
	int rc = stele_map_find(map, values, nr, matches);

	if (rc == -STELE_E_TYPE)
		return fail(q, rc, "the table has keys of another type");
	if (rc && rc != -STELE_E_ABSENT)
		return fail(q, rc, stele_strerror(rc));
	return rc;
}

int key_find(struct keys *keys, const struct stele_map *map, const char *text,
	     size_t len, struct stele_matches *matches, struct stele_error *err)
{
	const struct question q = { keys, text, len, err };
	struct stele_value *values;
	struct stele_cell *cells;
	struct key_types types;
	int rc;

	key_maker_reset(&keys->maker); /* of a step before */
	rc = key_types_read(stele_segment_schema(keys->segment), map,
			    &keys->arena, &types);

	if (rc)
		return rc == -ENOMEM ? no_memory(&q) :
				       fail(&q, rc, stele_strerror(rc));
	cells = arena_items(&keys->arena, types.nr, sizeof(*cells));
	values = arena_items(&keys->arena, types.nr, sizeof(*values));
	if (!cells || !values)
		return no_memory(&q);
	rc = types.nr > 1 ? read_several(&q, types.of, types.nr, cells) :
			    read_one(&q, types.of, cells);
	if (!rc)
		rc = set_values(&q, cells, types.nr, values);
	return rc ? rc : ask(&q, map, values, types.nr, matches);
}

/* -------------------------------------------------------------- dicts */

int key_find_in_dict(struct keys *keys, const struct stele_value *dict,
		     uint32_t number, const char *text, size_t len,
		     struct stele_value *item, struct stele_error *err)
{
	const struct question q = { keys, text, len, err };
	const struct key_type type =
		key_type_of(stele_segment_schema(keys->segment), number);
	struct stele_value key;
	struct stele_cell cell;
	int rc = -STELE_E_ABSENT;

	key_maker_reset(&keys->maker);
	if (number == ROWS_NONE)
		rc = stele_value_find_str(dict, text, len, item);
	if (rc != -STELE_E_ABSENT)
		return rc ? fail(&q, rc, stele_strerror(rc)) : 0;
	rc = read_one(&q, &type, &cell);
	if (rc == -STELE_E_SYNTAX && number == ROWS_NONE)
		return -STELE_E_ABSENT;
	if (!rc)
		rc = set_values(&q, &cell, 1, &key);
	if (rc)
		return rc;
	rc = stele_value_find(dict, &key, item);
	return rc && rc != -STELE_E_ABSENT ? fail(&q, rc, stele_strerror(rc)) :
					     rc;
}
