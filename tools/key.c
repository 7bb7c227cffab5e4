/* SPDX-License-Identifier: MIT */
/*
 * From text to a value that is compared with keys.  The schema says of which
 * types the fields are; a table that was filled by hand takes any scalar.
 */
#include "key.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base64.h"
#include "calendar.h"
#include "json_in.h"
#include "number.h"

static int fail(struct stele_error *err, int code, const char *text, size_t len,
		const char *wanted)
{
	err->code = code;
	err->offset = UINT64_MAX;
	snprintf(err->reason, sizeof(err->reason), "'%.*s' is no key: %s",
		 (int)(len < 100 ? len : 100), text, wanted);
	return code;
}

static int no_memory(struct stele_error *err)
{
	err->code = -ENOMEM;
	snprintf(err->reason, sizeof(err->reason), "%s", strerror(ENOMEM));
	return -ENOMEM;
}

/* Text that can be parsed: with the newline that ends it. */
static const char *as_line(struct arena *arena, const char *text, size_t len)
{
	char *line = arena_take(arena, len + 2);

	if (!line)
		return NULL;
	memcpy(line, text, len);
	memcpy(line + len, "\n", 2);
	return line;
}

static int parse(struct arena *arena, const char *text, size_t len,
		 struct json_node **node, struct stele_error *err)
{
	struct json_parser *parser = json_parser_create();
	const char *line = as_line(arena, text, len);
	struct stele_error why;
	int rc = -ENOMEM;

	if (parser && line)
		rc = json_parse(parser, arena, line, len, node, &why);
	json_parser_free(parser);
	if (rc == -ENOMEM)
		return no_memory(err);
	if (rc || !*node)
		return fail(err, -STELE_E_SYNTAX, text, len,
			    "JSON is wanted for keys of this type");
	return 0;
}

/* ------------------------------------------------------------- values */

static void set_str(struct stele_value *value, enum stele_type type,
		    const void *ptr, size_t len)
{
	memset(value, 0, sizeof(*value));
	value->type = (uint8_t)type;
	value->u.ptr = ptr;
	value->len = len;
}

/* The magnitude of decimal digits, little-endian. */
static int set_big(struct stele_value *value, struct arena *arena,
		   const char *text, size_t len)
{
	uint8_t *bytes = arena_take(arena, len);
	bool negative = *text == '-';
	size_t nr = 0;

	if (!bytes)
		return -ENOMEM;
	for (size_t i = negative; i < len; i++) {
		unsigned carry = (unsigned)(text[i] - '0');

		for (size_t j = 0; j < nr; j++) {
			carry += bytes[j] * 10u;
			bytes[j] = (uint8_t)carry;
			carry >>= 8;
		}
		if (carry)
			bytes[nr++] = (uint8_t)carry;
	}
	set_str(value, STELE_TYPE_BIGINT, bytes, nr);
	value->flags = negative ? STELE_VALUE_F_NEGATIVE : 0;
	return 0;
}

static int set_number(struct stele_value *value, struct arena *arena,
		      const char *text, size_t len)
{
	struct number number;

	memset(value, 0, sizeof(*value));
	number_read(text, len, &number);
	switch (number.kind) {
	case NUMBER_U64:
		value->type = number.u > INT64_MAX ? STELE_TYPE_U64 :
						     STELE_TYPE_I64;
		value->u.u = number.u;
		return 0;
	case NUMBER_I64:
		value->type = STELE_TYPE_I64;
		value->u.i = number.i;
		return 0;
	case NUMBER_BIG:
		return set_big(value, arena, text, len);
	case NUMBER_F64:
		value->type = STELE_TYPE_F64;
		value->u.f = number.f;
		return 0;
	default:
		return -STELE_E_RANGE;
	}
}

static bool is_scalar(const struct json_node *node)
{
	return node->kind != JSON_ARRAY && node->kind != JSON_OBJECT;
}

/* A JSON scalar as it is. */
static int set_scalar(struct stele_value *value, struct arena *arena,
		      const struct json_node *node)
{
	memset(value, 0, sizeof(*value));
	switch (node->kind) {
	case JSON_NULL:
		value->type = STELE_TYPE_NULL;
		return 0;
	case JSON_FALSE:
	case JSON_TRUE:
		value->type = STELE_TYPE_BOOL;
		value->u.b = node->kind == JSON_TRUE;
		return 0;
	case JSON_NUMBER:
		return set_number(value, arena, node->text, node->len);
	case JSON_STRING:
		set_str(value, STELE_TYPE_STR, node->text, node->len);
		return 0;
	default:
		return -STELE_E_TYPE;
	}
}

/* Text of a type that is written as text.  False: it is none. */
static bool set_text(struct stele_value *value, struct arena *arena,
		     enum stele_type type, const char *text, size_t len)
{
	uint8_t *bytes;
	size_t nr;

	switch (type) {
	case STELE_TYPE_DATE:
	case STELE_TYPE_DATETIME:
		set_str(value, type, NULL, 0);
		return type == STELE_TYPE_DATE ?
			       calendar_read_date(text, len, &value->u.i) :
			       calendar_read_datetime(text, len, &value->u.i);
	case STELE_TYPE_BYTES:
		bytes = arena_take(arena, base64_room(len));
		if (!bytes || !base64_read(text, len, bytes, &nr))
			return false;
		set_str(value, type, bytes, nr);
		return true;
	default:
		set_str(value, STELE_TYPE_STR, text, len);
		return true;
	}
}

static bool is_text(enum stele_type type)
{
	return type == STELE_TYPE_STR || type == STELE_TYPE_BYTES ||
	       type == STELE_TYPE_DATE || type == STELE_TYPE_DATETIME;
}

/* --------------------------------------------------------------- keys */

/* The type of the k-th key field of a declared table. */
static enum stele_type field_type(const struct stele_schema *schema,
				  const struct stele_table_info *table,
				  uint32_t number, uint32_t k)
{
	struct stele_type_info type = { .type = STELE_TYPE_ANY };
	uint32_t record = table->record, step, field;
	struct stele_field_info info;

	for (step = 0;
	     !stele_schema_table_step(schema, number, k, step, &field);
	     step++) {
		if (stele_schema_field(schema, record, field, &info) ||
		    stele_schema_type(schema, info.type, &type))
			return STELE_TYPE_ANY;
		record = type.record;
	}
	return type.type;
}

static int read_one(struct arena *arena, enum stele_type type, const char *text,
		    size_t len, struct stele_value *value,
		    struct stele_error *err)
{
	struct json_node *node = NULL;
	int rc;

	if (is_text(type)) {
		if (set_text(value, arena, type, text, len))
			return 0;
		return fail(err, -STELE_E_TYPE, text, len,
			    stele_type_name(type));
	}
	rc = parse(arena, text, len, &node, err);
	if (rc)
		return rc;
	rc = set_scalar(value, arena, node);
	if (rc == -ENOMEM)
		return no_memory(err);
	return rc ? fail(err, rc, text, len, "a JSON scalar is wanted") : 0;
}

static int read_several(struct arena *arena, const struct stele_schema *schema,
			const struct stele_table_info *table, uint32_t number,
			const char *text, size_t len,
			struct stele_value *values, struct stele_error *err)
{
	struct json_node *list = NULL, *node;
	uint32_t k = 0;
	int rc = parse(arena, text, len, &list, err);

	if (rc)
		return rc;
	if (list->kind != JSON_ARRAY || list->len != table->nr_keys)
		return fail(err, -STELE_E_TYPE, text, len,
			    "a JSON array with one item a key field is wanted");
	for (node = list->first; node; node = node->next, k++) {
		enum stele_type type = field_type(schema, table, number, k);
		bool good = is_scalar(node);

		if (good && node->kind == JSON_STRING && is_text(type))
			good = set_text(&values[k], arena, type, node->text,
					node->len);
		else if (good)
			good = !set_scalar(&values[k], arena, node);
		if (!good)
			return fail(err, -STELE_E_TYPE, text, len,
				    stele_type_name(type));
	}
	return 0;
}

/* The type that single keys of a table have. */
static enum stele_type key_type(const struct stele_segment *segment,
				const struct stele_map_info *info)
{
	struct stele_table_info table;
	const struct stele_schema *schema = stele_segment_schema(segment);

	switch (info->key) {
	case STELE_KEY_STR:
		return STELE_TYPE_STR;
	case STELE_KEY_BYTES:
		return STELE_TYPE_BYTES;
	case STELE_KEY_I64:
		return STELE_TYPE_I64;
	case STELE_KEY_U64:
		return STELE_TYPE_U64;
	default:
		if (stele_schema_table(schema, info->table, &table))
			return STELE_TYPE_ANY;
		return field_type(schema, &table, info->table, 0);
	}
}

int key_find(const struct stele_segment *segment, const struct stele_map *map,
	     struct arena *arena, const char *text, size_t len,
	     struct stele_matches *matches, struct stele_error *err)
{
	struct stele_map_info info = { .size = sizeof(info) };
	const struct stele_schema *schema = stele_segment_schema(segment);
	struct stele_table_info table = { .nr_keys = 1 };
	struct stele_value *values;
	int rc = stele_map_info(map, &info);

	if (rc)
		return fail(err, rc, text, len, stele_strerror(rc));
	if (stele_schema_table(schema, info.table, &table))
		table.nr_keys = 1;
	values = arena_items(arena, table.nr_keys, sizeof(*values));
	if (!values)
		return no_memory(err);
	if (table.nr_keys > 1)
		rc = read_several(arena, schema, &table, info.table, text, len,
				  values, err);
	else
		rc = read_one(arena, key_type(segment, &info), text, len,
			      values, err);
	if (rc)
		return rc;
	rc = stele_map_find(map, values, table.nr_keys, matches);
	if (rc == -STELE_E_TYPE)
		return fail(err, rc, text, len,
			    "the table has keys of another type");
	if (rc && rc != -STELE_E_ABSENT)
		snprintf(err->reason, sizeof(err->reason), "%s",
			 stele_strerror(rc));
	return rc;
}

int key_find_in_dict(const struct stele_value *dict, struct arena *arena,
		     const char *text, size_t len, struct stele_value *item)
{
	struct json_node *node = NULL;
	struct stele_value key;
	struct stele_error ignored;
	int rc = stele_value_find_str(dict, text, len, item);

	if (rc != -STELE_E_ABSENT || parse(arena, text, len, &node, &ignored) ||
	    set_scalar(&key, arena, node))
		return rc;
	return stele_value_find(dict, &key, item);
}
