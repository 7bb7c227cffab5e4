/* SPDX-License-Identifier: MIT */
/*
 * Values of declared types: the text must be of the type's kind and the value
 * must fit it, exactly.  A cell of CSV is the text of a scalar, and JSON where
 * something else is declared.
 */
#include <errno.h>
#include <math.h>
#include <stele/text.h>
#include <string.h>

#include "base64.h"
#include "key_maker.h"
#include "number.h"
#include "rows.h"

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

int cell_wrong_kind(struct rows *rows, const struct json_node *node,
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

/* "NaN", "inf" and "-inf" of a cell. */
static bool is_no_number(const struct json_node *node, double *f)
{
	*f = NAN;
	if (node->len == 3 && !memcmp(node->text, "NaN", 3))
		return true;
	*f = node->len == 4 ? -INFINITY : INFINITY;
	return (node->len == 3 && !memcmp(node->text, "inf", 3)) ||
	       (node->len == 4 && !memcmp(node->text, "-inf", 4));
}

static int read_number(struct rows *rows, const struct json_node *node,
		       enum stele_type type, const struct trail *trail,
		       struct number *number)
{
	if (node->kind != JSON_NUMBER && node->kind != JSON_CELL)
		return cell_wrong_kind(rows, node, type, trail);
	number_read(node->text, node->len, number);
	if (number->kind != NUMBER_NONE)
		return 0;
	return rows_fail(rows, -STELE_E_TYPE, node, trail,
			 "'%.*s' where %s is declared", shown(node), node->text,
			 stele_type_name(type));
}

static int no_integer(struct rows *rows, const struct json_node *node,
		      enum stele_type type, const struct trail *trail)
{
	return rows_fail(rows, -STELE_E_TYPE, node, trail,
			 "%.*s, a number with a fraction or exponent, where "
			 "%s is declared",
			 shown(node), node->text, stele_type_name(type));
}

static int set_number(struct rows *rows, const struct json_node *node,
		      enum stele_type type, const struct trail *trail,
		      struct stele_cell *cell)
{
	bool is_float = type == STELE_TYPE_F32 || type == STELE_TYPE_F64;
	struct number number;
	int rc;

	if (is_float && node->kind == JSON_CELL &&
	    is_no_number(node, &number.f)) {
		*cell = stele_cell_of(type);
		cell->u.f = number.f;
		return 0;
	}
	rc = read_number(rows, node, type, trail, &number);
	if (rc)
		return rc;
	if (is_float)
		return set_float(rows, node, &number, type, trail, cell);
	if (number.kind >= NUMBER_F64 && !is_minus_zero(node))
		return no_integer(rows, node, type, trail);
	if (number.kind == NUMBER_F64)
		number.kind = NUMBER_U64;
	return set_integer(rows, node, &number, type, trail, cell);
}

/* An integer of any size: its digits. */
static int set_bigint(struct rows *rows, const struct json_node *node,
		      const struct trail *trail, struct stele_cell *cell)
{
	struct number number;
	int rc = read_number(rows, node, STELE_TYPE_BIGINT, trail, &number);

	if (rc)
		return rc;
	*cell = stele_cell_of(STELE_TYPE_BIGINT);
	cell->u.ptr = node->text;
	cell->len = node->len;
	if (is_minus_zero(node))
		*cell = stele_cell_u64(0);
	else if (number.kind >= NUMBER_F64)
		return no_integer(rows, node, STELE_TYPE_BIGINT, trail);
	return 0;
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
		return cell_wrong_kind(rows, node, STELE_TYPE_BOOL, trail);
	*cell = stele_cell_bool(is_true);
	return 0;
}

/* Text with every digit that was given, or a number, which has them too. */
static int set_decimal(struct rows *rows, const struct json_node *node,
		       const struct trail *trail, struct stele_cell *cell)
{
	if (!is_text(node) && node->kind != JSON_NUMBER)
		return cell_wrong_kind(rows, node, STELE_TYPE_DECIMAL, trail);
	*cell = stele_cell_of(STELE_TYPE_DECIMAL);
	cell->u.ptr = node->text;
	cell->len = node->len;
	return 0;
}

static int read_uuid(struct rows *rows, const struct json_node *node,
		     struct stele_cell *cell)
{
	uint8_t *bytes = arena_take(rows->arena, 16);

	if (!bytes)
		return rows_no_memory(rows);
	cell->u.ptr = bytes;
	cell->len = 16;
	return stele_text_read_uuid(node->text, node->len, bytes);
}

static int read_text(struct rows *rows, const struct json_node *node,
		     struct stele_cell *cell)
{
	switch (cell->type) {
	case STELE_TYPE_DATE:
		return stele_text_read_date(node->text, node->len, &cell->u.i);
	case STELE_TYPE_DATETIME:
		return stele_text_read_datetime(node->text, node->len,
						&cell->u.i);
	case STELE_TYPE_TIME:
		return stele_text_read_time(node->text, node->len, &cell->u.i);
	case STELE_TYPE_ZONED:
		return stele_text_read_zoned(node->text, node->len, &cell->u.i,
					     &cell->offset);
	case STELE_TYPE_TIMEDELTA:
		return stele_text_read_timedelta(node->text, node->len,
						 &cell->u.i);
	default:
		return read_uuid(rows, node, cell);
	}
}

/* A time or uuid. */
static int set_text(struct rows *rows, const struct json_node *node,
		    enum stele_type type, const struct trail *trail,
		    struct stele_cell *cell)
{
	static const char *const forms[] = {
		[STELE_TYPE_DATE] = "YYYY-MM-DD",
		[STELE_TYPE_DATETIME] = "YYYY-MM-DDTHH:MM:SS[.ffffff]",
		[STELE_TYPE_TIME] = "HH:MM:SS[.ffffff]",
		[STELE_TYPE_ZONED] = "YYYY-MM-DDTHH:MM:SS[.ffffff]+HH:MM[:SS]",
		[STELE_TYPE_TIMEDELTA] = "[-]P1DT2H3M4.000005S",
		[STELE_TYPE_UUID] = "123e4567-e89b-12d3-a456-426614174000",
	};
	int rc;

	if (!is_text(node))
		return cell_wrong_kind(rows, node, type, trail);
	*cell = stele_cell_of(type);
	rc = read_text(rows, node, cell);
	if (!rc || rc == -ENOMEM)
		return rc;
	return rows_fail(rows, -STELE_E_SYNTAX, node, trail,
			 "'%.*s' is no %s, which is written %s", shown(node),
			 node->text, stele_type_name(type), forms[type]);
}

static int set_f64(struct rows *rows, const struct json_node *node,
		   enum stele_type type, const struct trail *trail,
		   struct stele_cell *cell)
{
	if (node->kind != JSON_OBJECT || !node->dollar)
		return set_number(rows, node, type, trail, cell);
	*cell = stele_cell_of(type);
	return cell_tagged_f64(rows, node, trail, &cell->u.f);
}

static int set_str(struct rows *rows, const struct json_node *node,
		   const struct trail *trail, struct stele_cell *cell)
{
	if (!is_text(node))
		return cell_wrong_kind(rows, node, STELE_TYPE_STR, trail);
	*cell = stele_cell_str(node->text, node->len);
	return 0;
}

int cell_scalar(struct rows *rows, const struct json_node *node,
		enum stele_type type, const struct trail *trail,
		struct stele_cell *cell)
{
	switch (type) {
	case STELE_TYPE_STR:
		return set_str(rows, node, trail, cell);
	case STELE_TYPE_BYTES:
		return cell_bytes(rows, node, trail, cell);
	case STELE_TYPE_BOOL:
		return set_bool(rows, node, trail, cell);
	case STELE_TYPE_F32:
	case STELE_TYPE_F64:
		return set_f64(rows, node, type, trail, cell);
	case STELE_TYPE_BIGINT:
		return set_bigint(rows, node, trail, cell);
	case STELE_TYPE_DECIMAL:
		return set_decimal(rows, node, trail, cell);
	case STELE_TYPE_DATE:
	case STELE_TYPE_DATETIME:
	case STELE_TYPE_TIME:
	case STELE_TYPE_ZONED:
	case STELE_TYPE_TIMEDELTA:
	case STELE_TYPE_UUID:
		return set_text(rows, node, type, trail, cell);
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
		return cell_wrong_kind(rows, node, STELE_TYPE_BYTES, trail);
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
	} else if (element == STELE_TYPE_UUID) {
		memcpy(at, cell.u.ptr, 16);
	} else {
		/* little-endian: the low bytes are the narrower value */
		memcpy(at, &cell.u, stele_type_width(element));
	}
	return 0;
}

/* ------------------------------------------------------- cells of CSV */

int cell_parse(struct rows *rows, const struct json_node *cell,
	       const struct trail *trail, struct json_node **node)
{
	char *text = arena_take(rows->arena, cell->len + 1);
	struct stele_error why;
	int rc;

	if (!rows->parser)
		rows->parser = json_parser_create();
	if (!text || !rows->parser)
		return rows_no_memory(rows);
	memcpy(text, cell->text, cell->len);
	text[cell->len] = '\n';
	rc = json_parse(rows->parser, rows->arena, text, cell->len,
			cell->offset, node, &why);
	if (rc == -ENOMEM)
		return rows_no_memory(rows);
	if (rc)
		return rows_fail(rows, rc, cell, trail,
				 "the cell is no JSON: %.200s", why.reason);
	if (!*node)
		return rows_fail(rows, -STELE_E_SYNTAX, cell, trail,
				 "the cell is no JSON: it has no value");
	(*node)->key = cell->key;
	return 0;
}

/*
 * Where null is allowed, the word says it; text that is this word behind any
 * number of '\\' is written with one more.  True: it is null.
 */
static bool unescape_null(struct json_node *cell)
{
	const char *p = cell->text;
	size_t len = cell->len;

	if (len < 4 || memcmp(p + len - 4, "null", 4))
		return false;
	if (len == 4)
		return true;
	for (size_t i = 0; i < len - 4; i++)
		if (p[i] != '\\')
			return false;
	cell->text++;
	cell->len--;
	return false;
}

/* -------------------------------------------------------------- types */

static int set_ref(struct rows *rows, const struct json_node *node,
		   const struct rows_type *type, const struct trail *trail,
		   struct stele_cell *cell)
{
	bool found;
	int rc = cell_ref(rows, node, trail, cell, &found);

	if (rc || found)
		return rc;
	if (rows->untyped)
		return rows_fail(rows, -STELE_E_TYPE, node, trail,
				 "a key where a shared object refers to a row: "
				 "a \"$ref\" does");
	rc = cell_typed(rows, node, type->key, false, trail, cell);
	/* a key has what it refers to in it */
	return rc || rows->builder ? rc :
				     key_maker_refer(rows, &type->info, cell);
}

static int set_type(struct rows *rows, const struct json_node *node,
		    uint32_t number, const struct trail *trail,
		    struct stele_cell *cell)
{
	const struct rows_type *type = &rows->types[number];

	switch (type->info.type) {
	case STELE_TYPE_LIST:
	case STELE_TYPE_ARRAY:
	case STELE_TYPE_DICT:
	case STELE_TYPE_RECORD:
	case STELE_TYPE_TUPLE:
	case STELE_TYPE_SET:
	case STELE_TYPE_NDARRAY:
	case STELE_TYPE_USER:
		return cell_content(rows, node, number, trail, cell);
	case STELE_TYPE_REF:
		return set_ref(rows, node, type, trail, cell);
	case STELE_TYPE_ANY:
		return cell_any(rows, node, trail, cell);
	default:
		return cell_scalar(rows, node, type->info.type, trail, cell);
	}
}

int cell_typed(struct rows *rows, const struct json_node *node, uint32_t type,
	       bool nullable, const struct trail *trail,
	       struct stele_cell *cell)
{
	struct json_node text;
	bool null = node->kind == JSON_NULL;

	if (rows->types[type].info.type == STELE_TYPE_ANY)
		return cell_any(rows, node, trail, cell);
	if (nullable && node->kind == JSON_CELL) {
		text = *node;
		null = unescape_null(&text);
		node = &text;
	}
	if (!null)
		return set_type(rows, node, type, trail, cell);
	if (!nullable)
		return rows_fail(rows, -STELE_E_TYPE, node, trail,
				 "null where it is not allowed");
	*cell = stele_cell_of(STELE_TYPE_NULL);
	return 0;
}

int cell_value(struct rows *rows, const struct json_node *node, uint32_t type,
	       bool nullable, const struct trail *trail,
	       struct stele_cell *cell)
{
	if (type == ROWS_NONE)
		return cell_any(rows, node, trail, cell);
	return cell_typed(rows, node, type, nullable, trail, cell);
}
