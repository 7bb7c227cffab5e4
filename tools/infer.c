/* SPDX-License-Identifier: MIT */
/*
 * From shapes to schema text.  A record's text names the records nested in it;
 * those wait in a queue and are printed behind it, each under a name that no
 * other has.
 */
#include "infer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "json_in.h"
#include "schema_name.h"
#include "shape.h"
#include "text_buffer.h"

#define MAX_FIELDS 65535
#define MAX_TYPE_DEPTH 60 /* of lists and dicts; the schema takes 64 */

struct named_shape {
	const char *name;
	struct shape *shape;
};

struct infer {
	struct shapes shapes;
	struct shape *row;
	uint64_t nr_rows;

	/* while printing */
	FILE *out;
	struct named_shape *records;
	size_t nr_records;
	size_t room;
	int rc;
};

struct infer *infer_create(void)
{
	struct infer *infer = calloc(1, sizeof(*infer));

	if (!infer)
		return NULL;
	infer->row = shape_create(&infer->shapes);
	if (infer->row)
		return infer;
	infer_free(infer);
	return NULL;
}

void infer_free(struct infer *infer)
{
	if (!infer)
		return;
	arena_free(&infer->shapes.arena);
	free(infer->records);
	free(infer);
}

uint64_t infer_nr_rows(const struct infer *infer)
{
	return infer->nr_rows;
}

static int fail(struct stele_error *err, int code, uint64_t offset,
		const char *reason)
{
	err->code = code;
	err->offset = offset;
	snprintf(err->reason, sizeof(err->reason), "%s", reason);
	return code;
}

/* A key that names no field; in nested objects it makes a dict of them. */
static const struct json_node *long_key(const struct json_node *row)
{
	const struct json_node *node = row->first;

	while (node && node->key.len <= SHAPE_MAX_NAME)
		node = node->next;
	return node;
}

int infer_row(struct infer *infer, const struct json_node *row,
	      struct stele_error *err)
{
	const struct json_node *where = row;
	int rc;

	if (row->kind != JSON_OBJECT)
		return fail(err, -STELE_E_SYNTAX, row->offset,
			    "a row must be an object");
	rc = shape_see_members(&infer->shapes, infer->row, row, &where);
	if (rc == -STELE_E_DUPLICATE) {
		fail(err, rc, where->offset, "");
		snprintf(err->reason, sizeof(err->reason),
			 "the key '%.*s' is in one object twice",
			 (int)(where->key.len < 100 ? where->key.len : 100),
			 where->key.ptr);
		return rc;
	}
	if (rc)
		return fail(err, rc, row->offset, strerror(-rc));
	where = long_key(row);
	if (where)
		return fail(err, -STELE_E_LIMIT, where->offset,
			    "a key of more than 65535 bytes");
	if (infer->row->nr_members > MAX_FIELDS)
		return fail(err, -STELE_E_LIMIT, row->offset,
			    "rows have more than 65535 different keys");
	infer->nr_rows++;
	return 0;
}

/*
 * The first name of a path into `to`, which has room for the whole; a quoted one
 * without its quotes.  Gives what comes behind it: '.' or the end.
 */
static const char *first_name(const char *path, const char *end, char *to,
			      size_t *len)
{
	bool quoted = path < end && *path == '"';

	*len = 0;
	for (path += quoted; path < end && *path != (quoted ? '"' : '.');
	     path++) {
		if (quoted && *path == '\\' && path + 1 < end)
			path++;
		to[(*len)++] = *path;
	}
	return quoted && path < end ? path + 1 : path;
}

int infer_field(struct infer *infer, const char *path, size_t len)
{
	struct shape *shape = infer->row;
	const char *end = path + len;
	char *room = malloc(len + 1);

	while (room) {
		struct stele_str name = { room, 0 };
		struct shape_member *member;

		path = first_name(path, end, room, &name.len);
		member = shape_member(&infer->shapes, shape, &name);
		if (!member)
			break;
		shape->nr_objects = 1;
		shape = member->shape;
		if (path == end) {
			shape->seen |= SHAPE_STR;
			shape->text = 0;
			free(room);
			return 0;
		}
		shape->seen |= SHAPE_OBJECT;
		member->nr = 1;
		path++;
	}
	free(room);
	return -ENOMEM;
}

/* -------------------------------------------------------------- types */

static const char *integer_type(const struct shape *shape)
{
	static const char *const is_unsigned[] = { "u8", "u16", "u32", "u64" };
	static const char *const is_signed[] = { "i8", "i16", "i32", "i64" };

	if (shape->big)
		return "bigint";
	for (unsigned i = 0; i < 4; i++) {
		uint64_t most = UINT64_MAX >> (64 - (8u << i));

		if (!shape->below && shape->above <= most)
			return is_unsigned[i];
		if (shape->below && shape->above <= most / 2 &&
		    shape->below <= most / 2 + 1)
			return is_signed[i];
	}
	return "bigint";
}

/* NULL: none holds them all. */
static const char *number_type(const struct shape *shape)
{
	if (!(shape->seen & SHAPE_F64))
		return integer_type(shape);
	return shape->big || shape->inexact ? NULL : "f64";
}

static const char *cell_type(const struct shape *shape)
{
	const char *type = NULL;

	if (shape->text & TEXT_BOOL)
		return "bool";
	if (shape->text & TEXT_DATE)
		return "date";
	if (shape->text & TEXT_DATETIME)
		return "datetime";
	if (shape->text & TEXT_INT)
		type = integer_type(shape);
	else if (shape->text & TEXT_F64 && !(shape->plain && shape->pointed))
		type = "f64";
	return type ? type : "str";
}

static const char *text_type(const struct shape *shape)
{
	if (shape->text & TEXT_DATE)
		return "date";
	return shape->text & TEXT_DATETIME ? "datetime" : "str";
}

/* The type of values that are all scalars; NULL where they are not. */
static const char *scalar_type(const struct shape *shape)
{
	const char *type;

	switch (shape->seen & ~SHAPE_NULL) {
	case SHAPE_BOOL:
		return "bool";
	case SHAPE_INT:
	case SHAPE_F64:
	case SHAPE_INT | SHAPE_F64:
		type = number_type(shape);
		return type ? type : "any";
	case SHAPE_STR:
		return text_type(shape);
	case SHAPE_CELL:
		return cell_type(shape);
	case SHAPE_LIST:
	case SHAPE_OBJECT:
		return NULL;
	default:
		return "any";
	}
}

static bool is_number_array(const struct shape *item)
{
	const char *type = number_type(item);

	return item->seen && !(item->seen & ~(SHAPE_INT | SHAPE_F64)) && type &&
	       strcmp(type, "bigint");
}

/* ------------------------------------------------------------ records */

static bool is_taken(const struct infer *infer, const char *name)
{
	for (size_t i = 0; i < infer->nr_records; i++)
		if (!strcmp(infer->records[i].name, name))
			return true;
	return false;
}

static const char *queue(struct infer *infer, const char *name,
			 struct shape *shape)
{
	struct named_shape *records = infer->records;

	if (infer->nr_records == infer->room) {
		infer->room = infer->room ? infer->room * 2 : 16;
		records = realloc(records, infer->room * sizeof(*records));
		if (!records) {
			infer->room = infer->nr_records;
			infer->rc = -ENOMEM;
			return NULL;
		}
		infer->records = records;
	}
	records[infer->nr_records].name = name;
	records[infer->nr_records++].shape = shape;
	return name;
}

/* A record's name from the field it is in: maintainer -> Maintainer. */
static const char *queue_record(struct infer *infer,
				const struct stele_str *field,
				struct shape *shape)
{
	size_t len = field->len < 40 ? field->len : 40;
	char *name = arena_take(&infer->shapes.arena, len + 32);

	if (!name) {
		infer->rc = -ENOMEM;
		return NULL;
	}
	len = schema_name_capital(name, field->ptr, len);
	for (unsigned i = 2; is_taken(infer, name); i++)
		snprintf(name + len, 32 - 1, "%u", i);
	return queue(infer, name, shape);
}

static void print_type(struct infer *infer, struct shape *shape,
		       const struct stele_str *field, unsigned depth);

/* A type within <>, with its '?'. */
static void print_inner(struct infer *infer, struct shape *shape,
			const struct stele_str *field, unsigned depth)
{
	print_type(infer, shape, field, depth + 1);
	if (shape->seen & SHAPE_NULL)
		fputc('?', infer->out);
}

static void print_object_type(struct infer *infer, struct shape *shape,
			      const struct stele_str *field, unsigned depth)
{
	const char *name;
	bool is_dict;
	int rc = shape_settle(&infer->shapes, shape, &is_dict);

	if (rc) {
		infer->rc = rc;
	} else if (is_dict) {
		fputs("dict<str, ", infer->out);
		print_inner(infer, shape->value, field, depth);
		fputc('>', infer->out);
	} else {
		name = queue_record(infer, field, shape);
		fputs(name ? name : "any", infer->out);
	}
}

static void print_type(struct infer *infer, struct shape *shape,
		       const struct stele_str *field, unsigned depth)
{
	const char *type = scalar_type(shape);

	if (!type && depth >= MAX_TYPE_DEPTH)
		type = "any";
	if (type) {
		fputs(type, infer->out);
	} else if (!(shape->seen & SHAPE_LIST)) {
		print_object_type(infer, shape, field, depth);
	} else if (is_number_array(shape->item)) {
		fprintf(infer->out, "array<%s>", number_type(shape->item));
	} else {
		fputs("list<", infer->out);
		print_inner(infer, shape->item, field, depth);
		fputc('>', infer->out);
	}
}

static void print_field(struct infer *infer, const struct shape *record,
			const struct shape_member *member)
{
	fputc('\t', infer->out);
	schema_name_print(infer->out, member->name.ptr, member->name.len);
	fputs(": ", infer->out);
	print_type(infer, member->shape, &member->name, 0);
	if (member->shape->seen & SHAPE_NULL)
		fputc('?', infer->out);
	if (member->nr < record->nr_objects)
		fputs(" optional", infer->out);
	fputc('\n', infer->out);
}

int infer_print(struct infer *infer, const char *name, char **text,
		struct stele_error *err)
{
	struct text_buffer buffer;
	size_t len;
	int rc;

	infer->nr_records = 0;
	infer->rc = 0;
	if (text_buffer_open(&buffer))
		return fail(err, -ENOMEM, UINT64_MAX, strerror(ENOMEM));
	infer->out = buffer.out;
	queue(infer, name, infer->row);
	for (size_t i = 0; i < infer->nr_records; i++) {
		struct named_shape record = infer->records[i];

		fputs("record ", infer->out);
		schema_name_print(infer->out, record.name, strlen(record.name));
		fputs(" {\n", infer->out);
		for (size_t j = 0; j < record.shape->nr_members; j++)
			print_field(infer, record.shape,
				    &record.shape->members[j]);
		fputs("}\n", infer->out);
	}
	fputs("rows ", infer->out);
	schema_name_print(infer->out, name, strlen(name));
	fputc('\n', infer->out);
	rc = text_buffer_close(&buffer, infer->rc ? NULL : text, &len);
	rc = infer->rc ? infer->rc : rc;
	return rc ? fail(err, rc, UINT64_MAX, strerror(-rc)) : 0;
}
