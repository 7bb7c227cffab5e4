/* SPDX-License-Identifier: MIT */
/*
 * Values that carry their type: JSON's own kinds as they are, others as an object
 * with "$type".  What "$id" and "$ref" make of an object is in shared.c.
 */
#include <math.h>
#include <string.h>

#include "calendar.h"
#include "number.h"
#include "rows.h"
#include "text_key.h"

static int cell_dict(struct rows *rows, const struct json_node *object,
		     const struct trail *trail, struct stele_cell *cell);

/* ------------------------------------------------------ taking apart */

static bool is_word(const struct json_node *node, const char *word)
{
	return node->kind == JSON_STRING && node->len == strlen(word) &&
	       !memcmp(node->text, word, node->len);
}

int tagged_take_apart(struct rows *rows, const struct json_node *object,
		      const struct trail *trail, struct tagged *tagged)
{
	const struct json_node *node, **slot;
	struct stele_str key;

	memset(tagged, 0, sizeof(*tagged));
	for (node = object->first; node; node = node->next) {
		key = node->key;
		switch (text_key_read(&key)) {
		case TEXT_KEY_TYPE:
			slot = &tagged->type;
			break;
		case TEXT_KEY_ID:
			slot = &tagged->id;
			break;
		case TEXT_KEY_REF:
			slot = &tagged->ref;
			break;
		default:
			tagged->other = node;
			tagged->nr_others++;
			continue;
		}
		if (*slot)
			return rows_fail(rows, -STELE_E_DUPLICATE, node, trail,
					 "the key is in the object twice");
		*slot = node;
	}
	if (tagged->ref && (tagged->id || tagged->nr_others))
		return rows_fail(rows, -STELE_E_SYNTAX, object, trail,
				 "a \"$ref\" with further members; a key of "
				 "the data is written \"$$ref\"");
	if (tagged->type && tagged->type->kind != JSON_STRING)
		return rows_fail(rows, -STELE_E_SYNTAX, object, trail,
				 "a \"$type\" that is no string; a key of the "
				 "data is written \"$$type\"");
	return 0;
}

/* The record of a "$type" that says "record NAME"; ROWS_NONE: it is another. */
int tagged_named_record(struct rows *rows, const struct json_node *type,
			const struct trail *trail, uint32_t *record)
{
	static const char word[] = "record ";
	size_t len = sizeof(word) - 1;

	*record = ROWS_NONE;
	if (!type || type->len <= len || memcmp(type->text, word, len))
		return 0;
	if (stele_schema_find_record(rows->schema, type->text + len,
				     type->len - len, record))
		return rows_fail(rows, -STELE_E_SCHEMA, type, trail,
				 "the schema has no record '%.*s'",
				 (int)(type->len - len < 100 ? type->len - len :
							       100),
				 type->text + len);
	return 0;
}

int cell_ref(struct rows *rows, const struct json_node *node,
	     const struct trail *trail, struct stele_cell *cell, bool *found)
{
	struct tagged tagged;
	int rc;

	*found = false;
	if (node->kind != JSON_OBJECT || !node->dollar)
		return 0;
	rc = tagged_take_apart(rows, node, trail, &tagged);
	if (rc || !tagged.ref)
		return rc;
	*found = true;
	return shared_refer(rows, node, &tagged, trail, cell);
}

/* The member "items" of an object that says it is a list or an array. */
static const struct json_node *items_of(const struct tagged *tagged)
{
	const struct json_node *node = tagged->other;

	if (tagged->nr_others == 1 && node->kind == JSON_ARRAY &&
	    node->key.len == 5 && !memcmp(node->key.ptr, "items", 5))
		return node;
	return NULL;
}

/* ------------------------------------------------------------ records */

int cell_items(struct rows *rows, const struct json_node *list,
	       const struct trail *trail, struct stele_cell **out)
{
	struct trail inner = { trail, { NULL, 0 }, 0 };
	const struct json_node *node;
	struct stele_cell *cells;
	int rc = 0;

	cells = arena_items(rows->arena, list->len, sizeof(*cells));
	if (!cells)
		return rows_no_memory(rows);
	for (node = list->first; !rc && node; node = node->next)
		rc = cell_any(rows, node, &inner, &cells[inner.index++]);
	*out = cells;
	return rc;
}

static int plain_record(struct rows *rows, const struct json_node *object,
			uint32_t record, const struct trail *trail,
			struct stele_cell *cell)
{
	struct stele_cell *cells;
	int rc = rows_fields(rows, object, record, trail, &cells);

	if (rc)
		return rc;
	*cell = stele_cell_of(STELE_TYPE_RECORD);
	cell->record = record;
	cell->u.cells = cells;
	cell->len = rows->records[record].nr_fields;
	return 0;
}

static int tagged_record(struct rows *rows, const struct json_node *object,
			 const struct tagged *tagged, uint32_t record,
			 const struct trail *trail, struct stele_cell *cell)
{
	uint64_t id;
	bool again;
	int rc;

	if (!tagged->id)
		return plain_record(rows, object, record, trail, cell);
	rc = shared_define(rows, object, tagged, trail, &id, &again, cell);
	if (rc || again)
		return rc;
	return shared_reserve(rows, object, record, trail, id, cell);
}

int cell_record(struct rows *rows, const struct json_node *node,
		uint32_t record, const struct trail *trail,
		struct stele_cell *cell)
{
	struct tagged tagged;
	uint32_t named;
	int rc;

	if (!node->dollar)
		return plain_record(rows, node, record, trail, cell);
	rc = tagged_take_apart(rows, node, trail, &tagged);
	if (rc)
		return rc;
	if (tagged.ref)
		return shared_refer(rows, node, &tagged, trail, cell);
	rc = tagged_named_record(rows, tagged.type, trail, &named);
	if (rc)
		return rc;
	if (tagged.type && named != record)
		return rows_fail(rows, -STELE_E_TYPE, node, trail,
				 "\"$type\" '%.*s' where record %.*s is "
				 "declared",
				 (int)tagged.type->len, tagged.type->text,
				 (int)rows->records[record].name.len,
				 rows->records[record].name.ptr);
	return tagged_record(rows, node, &tagged, record, trail, cell);
}

/* --------------------------------------- values that carry their type */

static const struct json_node *member(const struct tagged *tagged,
				      const char *name)
{
	const struct json_node *node = tagged->other;
	size_t len = strlen(name);

	if (tagged->nr_others != 1 || node->key.len != len ||
	    memcmp(node->key.ptr, name, len))
		return NULL;
	return node;
}

static int no_member(struct rows *rows, const struct json_node *object,
		     const struct tagged *tagged, const char *name,
		     const struct trail *trail)
{
	return rows_fail(rows, -STELE_E_SYNTAX, object, trail,
			 "\"$type\" '%.*s' wants one further member, \"%s\"",
			 (int)tagged->type->len, tagged->type->text, name);
}

static int read_f64(struct rows *rows, const struct json_node *value,
		    const struct trail *trail, double *f)
{
	struct stele_cell cell;
	int rc;

	if (is_word(value, "NaN")) {
		*f = NAN;
	} else if (is_word(value, "inf")) {
		*f = INFINITY;
	} else if (is_word(value, "-inf")) {
		*f = -INFINITY;
	} else {
		rc = cell_scalar(rows, value, STELE_TYPE_F64, trail, &cell);
		if (rc)
			return rc;
		*f = cell.u.f;
	}
	return 0;
}

int cell_tagged_f64(struct rows *rows, const struct json_node *node,
		    const struct trail *trail, double *f)
{
	const struct json_node *value;
	struct tagged tagged;
	int rc = tagged_take_apart(rows, node, trail, &tagged);

	if (rc)
		return rc;
	if (!tagged.type || !is_word(tagged.type, "f64") || tagged.id)
		return rows_fail(rows, -STELE_E_TYPE, node, trail,
				 "an object where a float is declared");
	value = member(&tagged, "value");
	if (!value || value->kind == JSON_OBJECT)
		return no_member(rows, node, &tagged, "value", trail);
	return read_f64(rows, value, trail, f);
}

/* date, datetime, bytes and f64: one member, "value". */
static int tagged_scalar(struct rows *rows, const struct json_node *object,
			 const struct tagged *tagged, enum stele_type type,
			 const struct trail *trail, struct stele_cell *cell)
{
	const struct json_node *value = member(tagged, "value");

	if (tagged->id || !value)
		return no_member(rows, object, tagged, "value", trail);
	if (type == STELE_TYPE_BYTES)
		return cell_bytes(rows, value, trail, cell);
	if (type == STELE_TYPE_F64) {
		*cell = stele_cell_of(type);
		return cell_tagged_f64(rows, object, trail, &cell->u.f);
	}
	return cell_scalar(rows, value, type, trail, cell);
}

/* The element type that "array<T>" names, UNSET for other text. */
static enum stele_type array_element(const struct json_node *type)
{
	static const char word[] = "array<";
	size_t len = sizeof(word) - 1;

	if (type->len <= len + 1 || memcmp(type->text, word, len) ||
	    type->text[type->len - 1] != '>')
		return STELE_TYPE_UNSET;
	for (int t = STELE_TYPE_BOOL; t <= STELE_TYPE_DATETIME; t++) {
		const char *name = stele_type_name((enum stele_type)t);

		if (strlen(name) == type->len - len - 1 &&
		    !memcmp(name, type->text + len, strlen(name)))
			return (enum stele_type)t;
	}
	return STELE_TYPE_UNSET;
}

/* "pairs": [[key, value], ...] */
static int pairs_cells(struct rows *rows, const struct json_node *pairs,
		       const struct trail *trail, struct stele_cell *cell)
{
	struct trail inner = { trail, { NULL, 0 }, 0 };
	const struct json_node *pair;
	struct stele_cell *cells;
	int rc = 0;

	cells = arena_items(rows->arena, pairs->len * 2, sizeof(*cells));
	if (!cells)
		return rows_no_memory(rows);
	*cell = stele_cell_of(STELE_TYPE_DICT);
	cell->u.cells = cells;
	cell->len = pairs->len;
	for (pair = pairs->first; !rc && pair; pair = pair->next) {
		if (pair->kind != JSON_ARRAY || pair->len != 2)
			return rows_fail(rows, -STELE_E_SYNTAX, pair, &inner,
					 "a pair is [key, value]");
		rc = cell_any(rows, pair->first, &inner, &cells[0]);
		if (!rc)
			rc = cell_any(rows, pair->first->next, &inner,
				      &cells[1]);
		cells += 2;
		inner.index++;
	}
	return rc;
}

/* An array, or a dict in either spelling, without its id. */
static int tagged_content(struct rows *rows, const struct json_node *object,
			  const struct tagged *tagged,
			  const struct trail *trail, struct stele_cell *cell)
{
	const struct json_node *node;
	enum stele_type element;

	if (!tagged->type)
		return cell_dict(rows, object, trail, cell);
	if (is_word(tagged->type, "dict")) {
		node = member(tagged, "pairs");
		if (!node || node->kind != JSON_ARRAY)
			return no_member(rows, object, tagged, "pairs", trail);
		return pairs_cells(rows, node, trail, cell);
	}
	element = array_element(tagged->type);
	if (element == STELE_TYPE_UNSET)
		return rows_fail(
			rows, -STELE_E_TYPE, object, trail,
			"unknown \"$type\" '%.*s'; a key of the data "
			"is written \"$$type\"",
			(int)(tagged->type->len < 60 ? tagged->type->len : 60),
			tagged->type->text);
	node = items_of(tagged);
	if (!node)
		return no_member(rows, object, tagged, "items", trail);
	return cell_array(rows, node, element, trail, cell);
}

/* The same with its id: laid down as an object of its own. */
static int shared_content(struct rows *rows, const struct json_node *object,
			  const struct tagged *tagged,
			  const struct trail *trail, struct stele_cell *cell)
{
	struct stele_handle handle;
	bool met_open = rows->met_open, again;
	uint64_t id;
	int rc = shared_define(rows, object, tagged, trail, &id, &again, cell);

	if (rc || again)
		return rc;
	rows->met_open = false;
	rc = tagged_content(rows, object, tagged, trail, cell);
	if (rc)
		return rc;
	if (rows->met_open)
		return rows_fail(rows, -STELE_E_UNRESOLVED, object, trail,
				 "a cycle of dicts without a list or record");
	rows->met_open = met_open;
	rc = stele_builder_put(rows->builder, cell, &handle, rows->err);
	if (rc)
		return rows_refused(rows, rc, object, trail);
	shared_know(rows, id, handle, cell);
	return 0;
}

static int tagged_list(struct rows *rows, const struct json_node *object,
		       const struct tagged *tagged, const struct trail *trail,
		       struct stele_cell *cell)
{
	const struct json_node *items = items_of(tagged);
	struct stele_cell *cells;
	uint64_t id;
	bool again;
	int rc;

	if (!items)
		return no_member(rows, object, tagged, "items", trail);
	if (!tagged->id) {
		rc = cell_items(rows, items, trail, &cells);
		*cell = stele_cell_list(cells, items->len);
		return rc;
	}
	rc = shared_define(rows, object, tagged, trail, &id, &again, cell);
	if (rc || again)
		return rc;
	return shared_reserve(rows, items, ROWS_NONE, trail, id, cell);
}

static int cell_tagged(struct rows *rows, const struct json_node *object,
		       const struct trail *trail, struct stele_cell *cell)
{
	static const enum stele_type scalars[] = { STELE_TYPE_DATE,
						   STELE_TYPE_DATETIME,
						   STELE_TYPE_BYTES,
						   STELE_TYPE_F64 };
	struct tagged tagged;
	uint32_t record;
	int rc = tagged_take_apart(rows, object, trail, &tagged);

	if (!rc)
		rc = tagged_named_record(rows, tagged.type, trail, &record);
	if (rc)
		return rc;
	if (tagged.ref)
		return shared_refer(rows, object, &tagged, trail, cell);
	if (record != ROWS_NONE)
		return tagged_record(rows, object, &tagged, record, trail,
				     cell);
	if (tagged.type && is_word(tagged.type, "list"))
		return tagged_list(rows, object, &tagged, trail, cell);
	for (size_t i = 0; tagged.type && i < 4; i++)
		if (is_word(tagged.type, stele_type_name(scalars[i])))
			return tagged_scalar(rows, object, &tagged, scalars[i],
					     trail, cell);
	if (tagged.id)
		return shared_content(rows, object, &tagged, trail, cell);
	return tagged_content(rows, object, &tagged, trail, cell);
}

/* ------------------------------------------------------ JSON's values */

static int cell_number(struct rows *rows, const struct json_node *node,
		       const struct trail *trail, struct stele_cell *cell)
{
	struct number number;

	number_read(node->text, node->len, &number);
	switch (number.kind) {
	case NUMBER_U64:
		*cell = stele_cell_u64(number.u);
		return 0;
	case NUMBER_I64:
		*cell = stele_cell_i64(number.i);
		return 0;
	case NUMBER_BIG:
		*cell = stele_cell_of(STELE_TYPE_BIGINT);
		cell->u.ptr = node->text;
		cell->len = node->len;
		return 0;
	case NUMBER_F64:
		*cell = stele_cell_f64(number.f);
		return 0;
	default:
		return cell_scalar(rows, node, STELE_TYPE_F64, trail, cell);
	}
}

/* The members of an object that are data, as pairs. */
static int cell_dict(struct rows *rows, const struct json_node *object,
		     const struct trail *trail, struct stele_cell *cell)
{
	const struct json_node *node;
	struct stele_cell *cells;
	bool no_memory;
	int rc;

	node = json_check_keys(rows->arena, object, &no_memory);
	cells = arena_items(rows->arena, object->len * 2, sizeof(*cells));
	if (no_memory || !cells)
		return rows_no_memory(rows);
	*cell = stele_cell_of(STELE_TYPE_DICT);
	cell->u.cells = cells;
	if (node) {
		struct trail inner = { trail, node->key, 0 };

		return rows_fail(rows, -STELE_E_DUPLICATE, node, &inner,
				 "the key is in the object twice");
	}
	for (node = object->first; node; node = node->next) {
		struct trail inner = { trail, node->key, 0 };

		if (text_key_read(&inner.key) != TEXT_KEY_DATA)
			continue;
		cells[0] = stele_cell_str(inner.key.ptr, inner.key.len);
		rc = cell_any(rows, node, &inner, &cells[1]);
		if (rc)
			return rc;
		cells += 2;
		cell->len++;
	}
	return 0;
}

int cell_any(struct rows *rows, const struct json_node *node,
	     const struct trail *trail, struct stele_cell *cell)
{
	struct stele_cell *cells;
	int rc;

	switch (node->kind) {
	case JSON_NULL:
		*cell = stele_cell_of(STELE_TYPE_NULL);
		return 0;
	case JSON_FALSE:
	case JSON_TRUE:
		*cell = stele_cell_bool(node->kind == JSON_TRUE);
		return 0;
	case JSON_NUMBER:
		return cell_number(rows, node, trail, cell);
	case JSON_STRING:
	case JSON_CELL:
		*cell = stele_cell_str(node->text, node->len);
		return 0;
	case JSON_ARRAY:
		rc = cell_items(rows, node, trail, &cells);
		if (!rc)
			*cell = stele_cell_list(cells, node->len);
		return rc;
	case JSON_OBJECT:
		if (node->dollar)
			return cell_tagged(rows, node, trail, cell);
		return cell_dict(rows, node, trail, cell);
	}
	return 0;
}

/* --------------------------------------------------------------- rows */

static int add_row(struct rows *rows, const struct json_node *row,
		   uint32_t record, const struct trail *top)
{
	struct stele_cell *cells;
	int rc = rows_fields(rows, row, record, top, &cells);

	if (rc)
		return rc;
	rc = stele_builder_add(rows->builder, record, cells,
			       rows->records[record].nr_fields, NULL,
			       rows->err);
	return rc ? rows_refused(rows, rc, row, top) : 0;
}

int tagged_row(struct rows *rows, const struct json_node *row)
{
	const struct trail top = { NULL, { NULL, 0 }, 0 };
	struct tagged tagged;
	uint32_t record;
	int rc = tagged_take_apart(rows, row, &top, &tagged);

	if (!rc)
		rc = tagged_named_record(rows, tagged.type, &top, &record);
	if (rc)
		return rc;
	if (tagged.ref || (tagged.type && record == ROWS_NONE))
		return rows_fail(rows, -STELE_E_TYPE, row, &top,
				 "a row is a record, not a \"$ref\" or another "
				 "\"$type\"");
	if (!tagged.type)
		record = rows->record;
	if (record == ROWS_NONE)
		return rows_fail(
			rows, -STELE_E_SCHEMA, row, &top,
			"the schema does not say which record rows are; "
			"--record does");
	if (tagged.id)
		return shared_fill_row(rows, row, &tagged, record, &top);
	return add_row(rows, row, record, &top);
}
