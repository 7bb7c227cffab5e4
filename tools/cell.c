/* SPDX-License-Identifier: MIT */
/*
 * Values of declared types: the text must be of the type's kind and the value
 * must fit it, exactly.
 */
#include <math.h>
#include <string.h>

#include "base64.h"
#include "calendar.h"
#include "number.h"
#include "rows.h"
#include "text_key.h"

static const char *kind_name(const struct json_node *node)
{
	static const char *const names[] = {
		[JSON_NULL] = "null",	     [JSON_FALSE] = "false",
		[JSON_TRUE] = "true",	     [JSON_NUMBER] = "a number",
		[JSON_STRING] = "a string",  [JSON_ARRAY] = "an array",
		[JSON_OBJECT] = "an object", [JSON_CELL] = "a cell",
	};

	return names[node->kind];
}

static int wrong_kind(struct rows *rows, const struct json_node *node,
		      enum stele_type type, const struct trail *trail)
{
	return rows_fail(rows, -STELE_E_TYPE, node, trail,
			 "%s where %s is declared", kind_name(node),
			 stele_type_name(type));
}

/* How much of a text a message shows. */
static int shown(const struct json_node *node)
{
	return node->len < 60 ? (int)node->len : 60;
}

static bool is_text(const struct json_node *node)
{
	return node->kind == JSON_STRING || node->kind == JSON_CELL;
}

static bool is_signed(enum stele_type type)
{
	return type >= STELE_TYPE_I8 && type <= STELE_TYPE_I64;
}

/* ------------------------------------------------------------ numbers */

static int set_integer(struct rows *rows, const struct json_node *node,
		       const struct number *number, enum stele_type type,
		       const struct trail *trail, struct stele_cell *cell)
{
	unsigned bits = (unsigned)stele_type_width(type) * 8;
	uint64_t most = UINT64_MAX >> (64 - bits);
	bool fits;

	*cell = stele_cell_of(type);
	if (is_signed(type)) {
		most /= 2;
		cell->u.i = number->i;
		fits = number->kind == NUMBER_U64 ?
			       number->u <= most :
			       number->kind == NUMBER_I64 &&
				       number->i >= -(int64_t)most - 1;
	} else {
		cell->u.u = number->u;
		fits = number->kind == NUMBER_U64 && number->u <= most;
	}
	if (fits)
		return 0;
	return rows_fail(rows, -STELE_E_RANGE, node, trail,
			 "%.*s does not fit %s", shown(node), node->text,
			 stele_type_name(type));
}

/* -0 is 0 where integers are declared. */
static bool is_minus_zero(const struct json_node *node)
{
	return node->len == 2 && !memcmp(node->text, "-0", 2);
}

static int set_float(struct rows *rows, const struct json_node *node,
		     const struct number *number, enum stele_type type,
		     const struct trail *trail, struct stele_cell *cell)
{
	bool is_integer = number->kind <= NUMBER_BIG;

	*cell = stele_cell_of(type);
	cell->u.f = number->f;
	if (is_integer && (!number->exact || (type == STELE_TYPE_F32 &&
					      (float)number->f != number->f)))
		return rows_fail(rows, -STELE_E_RANGE, node, trail,
				 "the integer %.*s does not fit %s exactly",
				 shown(node), node->text,
				 stele_type_name(type));
	if (number->kind == NUMBER_HUGE || number->kind == NUMBER_TINY ||
	    (type == STELE_TYPE_F32 &&
	     (isinf((float)number->f) ||
	      ((float)number->f == 0 && number->f != 0))))
		return rows_fail(rows, -STELE_E_RANGE, node, trail,
				 "%.*s does not fit %s", shown(node),
				 node->text, stele_type_name(type));
	return 0;
}

static int set_number(struct rows *rows, const struct json_node *node,
		      enum stele_type type, const struct trail *trail,
		      struct stele_cell *cell)
{
	struct number number;

	if (node->kind != JSON_NUMBER && node->kind != JSON_CELL)
		return wrong_kind(rows, node, type, trail);
	number_read(node->text, node->len, &number);
	if (number.kind == NUMBER_NONE)
		return rows_fail(rows, -STELE_E_TYPE, node, trail,
				 "'%.*s' where %s is declared", shown(node),
				 node->text, stele_type_name(type));
	if (type == STELE_TYPE_F32 || type == STELE_TYPE_F64)
		return set_float(rows, node, &number, type, trail, cell);
	if (number.kind >= NUMBER_F64 && !is_minus_zero(node))
		return rows_fail(rows, -STELE_E_TYPE, node, trail,
				 "%.*s, a number with a fraction or exponent, "
				 "where %s is declared",
				 shown(node), node->text,
				 stele_type_name(type));
	if (number.kind == NUMBER_F64)
		number.kind = NUMBER_U64;
	return set_integer(rows, node, &number, type, trail, cell);
}

/* ------------------------------------------------------------ scalars */

static int set_bool(struct rows *rows, const struct json_node *node,
		    const struct trail *trail, struct stele_cell *cell)
{
	bool is_true = node->kind == JSON_TRUE, is_false;

	is_false = node->kind == JSON_FALSE;
	if (node->kind == JSON_CELL) {
		is_true = node->len == 4 && !memcmp(node->text, "true", 4);
		is_false = node->len == 5 && !memcmp(node->text, "false", 5);
	}
	if (!is_true && !is_false)
		return wrong_kind(rows, node, STELE_TYPE_BOOL, trail);
	*cell = stele_cell_bool(is_true);
	return 0;
}

static int set_calendar(struct rows *rows, const struct json_node *node,
			enum stele_type type, const struct trail *trail,
			struct stele_cell *cell)
{
	bool good;

	if (!is_text(node))
		return wrong_kind(rows, node, type, trail);
	*cell = stele_cell_of(type);
	if (type == STELE_TYPE_DATE)
		good = calendar_read_date(node->text, node->len, &cell->u.i);
	else
		good = calendar_read_datetime(node->text, node->len,
					      &cell->u.i);
	if (good)
		return 0;
	return rows_fail(rows, -STELE_E_RANGE, node, trail,
			 "'%.*s' is no %s, which is written %s", shown(node),
			 node->text, stele_type_name(type),
			 type == STELE_TYPE_DATE ?
				 "YYYY-MM-DD" :
				 "YYYY-MM-DDTHH:MM:SS[.ffffff]");
}

int cell_scalar(struct rows *rows, const struct json_node *node,
		enum stele_type type, const struct trail *trail,
		struct stele_cell *cell)
{
	int rc;

	switch (type) {
	case STELE_TYPE_BOOL:
		return set_bool(rows, node, trail, cell);
	case STELE_TYPE_DATE:
	case STELE_TYPE_DATETIME:
		return set_calendar(rows, node, type, trail, cell);
	case STELE_TYPE_F32:
	case STELE_TYPE_F64:
		if (node->kind == JSON_OBJECT && node->dollar) {
			*cell = stele_cell_of(type);
			rc = cell_tagged_f64(rows, node, trail, &cell->u.f);
			return rc;
		}
		return set_number(rows, node, type, trail, cell);
	default:
		return set_number(rows, node, type, trail, cell);
	}
}

int cell_bytes(struct rows *rows, const struct json_node *node,
	       const struct trail *trail, struct stele_cell *cell)
{
	size_t len;
	uint8_t *bytes;

	if (!is_text(node))
		return wrong_kind(rows, node, STELE_TYPE_BYTES, trail);
	bytes = arena_take(rows->arena, base64_room(node->len));
	if (!bytes)
		return rows_no_memory(rows);
	if (!base64_read(node->text, node->len, bytes, &len))
		return rows_fail(rows, -STELE_E_SYNTAX, node, trail,
				 "text that is no base64 where bytes is "
				 "declared");
	*cell = stele_cell_of(STELE_TYPE_BYTES);
	cell->u.ptr = bytes;
	cell->len = len;
	return 0;
}

static int set_str(struct rows *rows, const struct json_node *node,
		   const struct trail *trail, struct stele_cell *cell)
{
	if (!is_text(node))
		return wrong_kind(rows, node, STELE_TYPE_STR, trail);
	*cell = stele_cell_str(node->text, node->len);
	return 0;
}

/* -------------------------------------------------------- collections */

static int set_list(struct rows *rows, const struct json_node *list,
		    const struct stele_type_info *type,
		    const struct trail *trail, struct stele_cell *cell)
{
	struct trail inner = { trail, { NULL, 0 }, 0 };
	const struct json_node *node;
	struct stele_cell *cells;
	int rc;

	if (list->kind != JSON_ARRAY)
		return wrong_kind(rows, list, STELE_TYPE_LIST, trail);
	cells = arena_items(rows->arena, list->len, sizeof(*cells));
	if (!cells)
		return rows_no_memory(rows);
	*cell = stele_cell_list(cells, list->len);
	for (node = list->first; node; node = node->next) {
		rc = cell_typed(rows, node, type->item, type->nullable_items,
				&inner, &cells[inner.index]);
		if (rc)
			return rc;
		inner.index++;
	}
	return 0;
}

int cell_element(struct rows *rows, const struct json_node *node,
		 enum stele_type element, const struct trail *trail, char *at)
{
	struct stele_cell cell;
	float f;
	int rc = cell_scalar(rows, node, element, trail, &cell);

	if (rc)
		return rc;
	if (element == STELE_TYPE_F32) {
		f = (float)cell.u.f;
		memcpy(at, &f, sizeof(f));
	} else {
		/* little-endian: the low bytes are the narrower value */
		memcpy(at, &cell.u, stele_type_width(element));
	}
	return 0;
}

int cell_array(struct rows *rows, const struct json_node *list,
	       enum stele_type element, const struct trail *trail,
	       struct stele_cell *cell)
{
	struct trail inner = { trail, { NULL, 0 }, 0 };
	size_t width = stele_type_width(element);
	const struct json_node *node;
	char *data;
	int rc;

	if (list->kind != JSON_ARRAY)
		return wrong_kind(rows, list, STELE_TYPE_ARRAY, trail);
	data = arena_items(rows->arena, list->len, width);
	if (!data)
		return rows_no_memory(rows);
	for (node = list->first; node; node = node->next) {
		rc = cell_element(rows, node, element, &inner,
				  data + inner.index * width);
		if (rc)
			return rc;
		inner.index++;
	}
	*cell = stele_cell_of(STELE_TYPE_ARRAY);
	cell->element = (uint8_t)element;
	cell->u.ptr = data;
	cell->len = list->len;
	return 0;
}

/* The key of a declared dict: text, or the digits of an integer. */
static int set_key(struct rows *rows, const struct json_node *node,
		   enum stele_type type, const struct trail *trail,
		   struct stele_cell *cell)
{
	struct json_node text = *node;
	struct stele_str key = node->key;

	if (type == STELE_TYPE_STR) {
		if (text_key_read(&key) != TEXT_KEY_DATA)
			return rows_fail(rows, -STELE_E_TYPE, node, trail,
					 "a key of the data is written with "
					 "one '$' more");
		*cell = stele_cell_str(key.ptr, key.len);
		return 0;
	}
	text.kind = JSON_CELL;
	text.text = key.ptr;
	text.len = key.len;
	return cell_scalar(rows, &text, type, trail, cell);
}

static int set_dict(struct rows *rows, const struct json_node *object,
		    const struct stele_type_info *type,
		    const struct trail *trail, struct stele_cell *cell)
{
	enum stele_type key = rows->types[type->key].info.type;
	const struct json_node *node;
	struct stele_cell *cells;
	bool no_memory;
	int rc = 0;

	if (object->kind != JSON_OBJECT)
		return wrong_kind(rows, object, STELE_TYPE_DICT, trail);
	node = json_check_keys(rows->arena, object, &no_memory);
	cells = arena_items(rows->arena, object->len * 2, sizeof(*cells));
	if (no_memory || !cells)
		return rows_no_memory(rows);
	if (node) {
		struct trail inner = { trail, node->key, 0 };

		return rows_fail(rows, -STELE_E_DUPLICATE, node, &inner,
				 "the key is in the object twice");
	}
	*cell = stele_cell_of(STELE_TYPE_DICT);
	cell->u.cells = cells;
	cell->len = object->len;
	for (node = object->first; !rc && node; node = node->next, cells += 2) {
		struct trail inner = { trail, node->key, 0 };

		rc = set_key(rows, node, key, &inner, &cells[0]);
		if (!rc)
			rc = cell_typed(rows, node, type->item,
					type->nullable_items, &inner,
					&cells[1]);
	}
	return rc;
}

static int set_ref(struct rows *rows, const struct json_node *node,
		   const struct rows_type *type, const struct trail *trail,
		   struct stele_cell *cell)
{
	bool found;
	int rc = cell_ref(rows, node, trail, cell, &found);

	if (rc || found)
		return rc;
	return cell_typed(rows, node, type->key, false, trail, cell);
}

int cell_typed(struct rows *rows, const struct json_node *node, uint32_t number,
	       bool nullable, const struct trail *trail,
	       struct stele_cell *cell)
{
	const struct rows_type *type = &rows->types[number];

	if (node->kind == JSON_NULL && type->info.type != STELE_TYPE_ANY) {
		if (!nullable)
			return rows_fail(rows, -STELE_E_TYPE, node, trail,
					 "null where it is not allowed");
		*cell = stele_cell_of(STELE_TYPE_NULL);
		return 0;
	}
	switch (type->info.type) {
	case STELE_TYPE_STR:
		return set_str(rows, node, trail, cell);
	case STELE_TYPE_BYTES:
		return cell_bytes(rows, node, trail, cell);
	case STELE_TYPE_LIST:
		return set_list(rows, node, &type->info, trail, cell);
	case STELE_TYPE_ARRAY:
		return cell_array(rows, node, type->info.element, trail, cell);
	case STELE_TYPE_DICT:
		return set_dict(rows, node, &type->info, trail, cell);
	case STELE_TYPE_RECORD:
		if (node->kind != JSON_OBJECT)
			return wrong_kind(rows, node, STELE_TYPE_RECORD, trail);
		return cell_record(rows, node, type->info.record, trail, cell);
	case STELE_TYPE_REF:
		return set_ref(rows, node, type, trail, cell);
	case STELE_TYPE_ANY:
		return cell_any(rows, node, trail, cell);
	default:
		return cell_scalar(rows, node, type->info.type, trail, cell);
	}
}
