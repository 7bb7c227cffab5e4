/* SPDX-License-Identifier: MIT */
/*
 * Values that carry their type: JSON's own kinds as they are, others as an object
 * with "$type".  What "$id" and "$ref" make of an object is in shared.c.
 */
#include <math.h>
#include <string.h>

#include "number.h"
#include "rows.h"
#include "text_key.h"

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
	return shared_refer(rows, node, &tagged, false, trail, cell);
}

/* ------------------------------------------------------------ scalars */

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

/* The scalar type that "$type" names, UNSET for another. */
static enum stele_type scalar_type(const struct tagged *tagged)
{
	static const enum stele_type types[] = {
		STELE_TYPE_F64,	      STELE_TYPE_DATE, STELE_TYPE_DATETIME,
		STELE_TYPE_BYTES,     STELE_TYPE_TIME, STELE_TYPE_ZONED,
		STELE_TYPE_TIMEDELTA, STELE_TYPE_UUID, STELE_TYPE_DECIMAL,
	};

	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (is_word(tagged->type, stele_type_name(types[i])))
			return types[i];
	return STELE_TYPE_UNSET;
}

/* One member, "value". */
static int tagged_scalar(struct rows *rows, const struct json_node *object,
			 const struct tagged *tagged, enum stele_type type,
			 const struct trail *trail, struct stele_cell *cell)
{
	const struct json_node *value = member(tagged, "value");

	if (tagged->id || !value)
		return no_member(rows, object, tagged, "value", trail);
	if (type != STELE_TYPE_F64)
		return cell_scalar(rows, value, type, trail, cell);
	*cell = stele_cell_of(type);
	return cell_tagged_f64(rows, object, trail, &cell->u.f);
}

/* ----------------------------------------------- values that hold others */

/* The fixed-width T of "WORD<T>", UNSET for other text. */
static enum stele_type element_of(const struct json_node *type,
				  const char *word)
{
	size_t len = strlen(word);

	if (type->len <= len + 2 || memcmp(type->text, word, len) ||
	    type->text[len] != '<' || type->text[type->len - 1] != '>')
		return STELE_TYPE_UNSET;
	for (int t = STELE_TYPE_BOOL; t <= STELE_TYPE_USER; t++) {
		const char *name = stele_type_name((enum stele_type)t);

		if (stele_type_width((enum stele_type)t) &&
		    t != STELE_TYPE_ZONED &&
		    strlen(name) == type->len - len - 2 &&
		    !memcmp(name, type->text + len + 1, strlen(name)))
			return (enum stele_type)t;
	}
	return STELE_TYPE_UNSET;
}

/* What "$type" says, and the name of the member that has it, NULL: the whole. */
static const char *read_type(const struct json_node *type,
			     struct content *content)
{
	static const enum stele_type lists[] = { STELE_TYPE_LIST,
						 STELE_TYPE_TUPLE,
						 STELE_TYPE_SET };

	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
		if (is_word(type, stele_type_name(lists[i]))) {
			content->type = lists[i];
			return "items";
		}
	if (is_word(type, "dict")) {
		content->type = STELE_TYPE_DICT;
		return "pairs";
	}
	if (type->len > 5 && !memcmp(type->text, "user ", 5)) {
		content->type = STELE_TYPE_USER;
		content->name.ptr = type->text + 5;
		content->name.len = type->len - 5;
		return "value";
	}
	content->element = element_of(type, "array");
	content->type = STELE_TYPE_ARRAY;
	if (content->element != STELE_TYPE_UNSET)
		return "items";
	content->element = element_of(type, "ndarray");
	content->type = content->element == STELE_TYPE_UNSET ?
				STELE_TYPE_UNSET :
				STELE_TYPE_NDARRAY;
	return NULL;
}

static int unknown_type(struct rows *rows, const struct json_node *object,
			const struct json_node *type, const struct trail *trail)
{
	return rows_fail(rows, -STELE_E_TYPE, object, trail,
			 "unknown \"$type\" '%.*s'; a key of the data is "
			 "written \"$$type\"",
			 (int)(type->len < 60 ? type->len : 60), type->text);
}

/* What an object with members of ours is. */
static int read_content(struct rows *rows, const struct json_node *object,
			const struct tagged *tagged, const struct trail *trail,
			struct content *content)
{
	const char *name;
	int rc;

	memset(content, 0, sizeof(*content));
	content->type = STELE_TYPE_DICT;
	content->number = ROWS_NONE;
	content->node = object;
	if (!tagged->type)
		return 0;
	rc = tagged_named_record(rows, tagged->type, trail, &content->number);
	if (rc)
		return rc;
	if (content->number != ROWS_NONE) {
		content->type = STELE_TYPE_RECORD;
		return 0;
	}
	name = read_type(tagged->type, content);
	if (content->type == STELE_TYPE_UNSET)
		return unknown_type(rows, object, tagged->type, trail);
	if (!name)
		return 0;
	content->node = member(tagged, name);
	if (!content->node || (content->type != STELE_TYPE_USER &&
			       content->node->kind != JSON_ARRAY))
		return no_member(rows, object, tagged, name, trail);
	return 0;
}

/* A declared type as what an object says it is. */
static struct content of_declared(const struct rows *rows,
				  const struct json_node *node, uint32_t type)
{
	const struct stele_type_info *info = &rows->types[type].info;

	return (struct content){
		.type = info->type,
		.number = info->type == STELE_TYPE_RECORD ? info->record : type,
		.element = info->element,
		.name = info->name,
		.node = node,
	};
}

static bool is_same(const struct content *a, const struct content *b)
{
	return a->type == b->type && a->element == b->element &&
	       a->name.len == b->name.len &&
	       (!a->name.len ||
		!memcmp(a->name.ptr, b->name.ptr, a->name.len)) &&
	       (a->type != STELE_TYPE_RECORD || a->number == b->number);
}

static int other_type(struct rows *rows, const struct json_node *object,
		      const struct json_node *type,
		      const struct content *wanted, const struct trail *trail)
{
	struct stele_str name = wanted->name;

	if (wanted->type == STELE_TYPE_RECORD)
		name = rows->records[wanted->number].name;
	return rows_fail(rows, -STELE_E_TYPE, object, trail,
			 "\"$type\" '%.*s' where %s%s%.*s is declared",
			 (int)(type->len < 60 ? type->len : 60), type->text,
			 stele_type_name(wanted->type), name.len ? " " : "",
			 (int)(name.len < 60 ? name.len : 60), name.ptr);
}

/* An object with members of ours where `content` is declared. */
static int tagged_declared(struct rows *rows, const struct json_node *object,
			   struct content *content, const struct trail *trail,
			   struct stele_cell *cell)
{
	struct content said;
	struct tagged tagged;
	int rc = tagged_take_apart(rows, object, trail, &tagged);

	if (rc)
		return rc;
	if (tagged.ref)
		return shared_refer(rows, object, &tagged, true, trail, cell);
	if (tagged.type) {
		rc = read_content(rows, object, &tagged, trail, &said);
		if (rc)
			return rc;
		if (!is_same(&said, content))
			return other_type(rows, object, tagged.type, content,
					  trail);
		content->node = said.node;
	}
	if (tagged.id)
		return shared_define(rows, object, &tagged, content, trail,
				     cell);
	return content_cell(rows, content, trail, cell);
}

/* Whether the form of a declared type is an object. */
static bool is_object(const struct rows *rows, const struct content *content)
{
	uint32_t key;

	if (content->type != STELE_TYPE_DICT)
		return content->type == STELE_TYPE_RECORD;
	key = rows->types[content->number].info.key;
	return text_key_suits(rows->types[key].info.type);
}

int cell_content(struct rows *rows, const struct json_node *node, uint32_t type,
		 const struct trail *trail, struct stele_cell *cell)
{
	struct content content = of_declared(rows, node, type);
	struct json_node *parsed;
	int rc;

	/* base64 does not begin so, but an object that is shared does */
	if (node->kind == JSON_CELL && (content.type != STELE_TYPE_USER ||
					(node->len && *node->text == '{'))) {
		rc = cell_parse(rows, node, trail, &parsed);
		return rc ? rc : cell_content(rows, parsed, type, trail, cell);
	}
	if (node->kind == JSON_OBJECT && node->dollar)
		return tagged_declared(rows, node, &content, trail, cell);
	if (content.type != STELE_TYPE_USER &&
	    content.type != STELE_TYPE_NDARRAY &&
	    node->kind !=
		    (is_object(rows, &content) ? JSON_OBJECT : JSON_ARRAY))
		return cell_wrong_kind(rows, node, content.type, trail);
	return content_cell(rows, &content, trail, cell);
}

static int cell_tagged(struct rows *rows, const struct json_node *object,
		       const struct trail *trail, struct stele_cell *cell)
{
	enum stele_type scalar = STELE_TYPE_UNSET;
	struct content content;
	struct tagged tagged;
	int rc = tagged_take_apart(rows, object, trail, &tagged);

	if (rc)
		return rc;
	if (tagged.ref)
		return shared_refer(rows, object, &tagged, false, trail, cell);
	if (tagged.type)
		scalar = scalar_type(&tagged);
	if (scalar != STELE_TYPE_UNSET)
		return tagged_scalar(rows, object, &tagged, scalar, trail,
				     cell);
	rc = read_content(rows, object, &tagged, trail, &content);
	if (rc)
		return rc;
	if (tagged.id)
		return shared_define(rows, object, &tagged, &content, trail,
				     cell);
	return content_cell(rows, &content, trail, cell);
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

static int plain_content(struct rows *rows, const struct json_node *node,
			 enum stele_type type, const struct trail *trail,
			 struct stele_cell *cell)
{
	const struct content content = { .type = type,
					 .number = ROWS_NONE,
					 .node = node };

	return content_cell(rows, &content, trail, cell);
}

/*
 * A cell of CSV of any type is JSON where it begins as an array, object or string
 * does, or is a number or one of JSON's words; other text is a string.
 */
static int cell_of_csv(struct rows *rows, const struct json_node *node,
		       const struct trail *trail, struct stele_cell *cell)
{
	static const char *const words[] = { "null", "true", "false" };
	struct number number = { .kind = NUMBER_NONE };
	struct json_node *parsed;
	bool json = node->len && *node->text && strchr("[{\"", *node->text);
	int rc;

	for (size_t i = 0; !json && i < 3; i++)
		json = node->len == strlen(words[i]) &&
		       !memcmp(node->text, words[i], node->len);
	if (!json)
		number_read(node->text, node->len, &number);
	if (!json && number.kind == NUMBER_NONE) {
		*cell = stele_cell_str(node->text, node->len);
		return 0;
	}
	rc = cell_parse(rows, node, trail, &parsed);
	return rc ? rc : cell_any(rows, parsed, trail, cell);
}

int cell_any(struct rows *rows, const struct json_node *node,
	     const struct trail *trail, struct stele_cell *cell)
{
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
		*cell = stele_cell_str(node->text, node->len);
		return 0;
	case JSON_CELL:
		return cell_of_csv(rows, node, trail, cell);
	case JSON_ARRAY:
		return plain_content(rows, node, STELE_TYPE_LIST, trail, cell);
	case JSON_OBJECT:
		if (node->dollar)
			return cell_tagged(rows, node, trail, cell);
		return plain_content(rows, node, STELE_TYPE_DICT, trail, cell);
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
	return rows_lay(rows, row, record, cells, top);
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
