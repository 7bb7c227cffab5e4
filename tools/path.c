/* SPDX-License-Identifier: MIT */
/*
 * One step after the other, from the segment to a table or root, to a value, to
 * the values in it.
 */
#include "path.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "number.h"

struct walk {
	const struct stele_segment *segment;
	const struct stele_schema *schema;
	struct keys *keys;
	struct path *path;
	struct stele_error *err;
	struct stele_str step; /* decoded, terminated */
};

static int fail(struct walk *walk, int code, const char *reason)
{
	walk->err->code = code;
	walk->err->offset = UINT64_MAX;
	snprintf(walk->err->reason, sizeof(walk->err->reason), "'%.*s': %s",
		 (int)(walk->step.len < 100 ? walk->step.len : 100),
		 walk->step.ptr, reason);
	return code;
}

/* What a call of the library answered for the step at hand. */
static int answer(struct walk *walk, int code, const char *absent)
{
	if (!code)
		return 0;
	return fail(walk, code,
		    code == -STELE_E_ABSENT ? absent : stele_strerror(code));
}

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 32;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Decode the step up to `end` into the arena. */
static int decode(struct walk *walk, const char *p, const char *end)
{
	char *out = arena_take(&walk->keys->arena, (size_t)(end - p) + 1);

	walk->step.ptr = p;
	walk->step.len = (size_t)(end - p);
	if (!out)
		return fail(walk, -ENOMEM, strerror(ENOMEM));
	for (size_t n = 0;; n++) {
		if (p == end) {
			out[n] = '\0';
			walk->step.ptr = out;
			walk->step.len = n;
			return 0;
		}
		if (*p != '%') {
			out[n] = *p++;
			continue;
		}
		if (end - p < 3 || hex(p[1]) < 0 || hex(p[2]) < 0)
			return fail(walk, -STELE_E_SYNTAX,
				    "a '%' without two hexadecimal digits");
		out[n] = (char)(hex(p[1]) << 4 | hex(p[2]));
		p += 3;
	}
}

/* ------------------------------------------------------- from outside */

static int enter(struct walk *walk)
{
	struct path *path = walk->path;

	/* names hold no NUL; a step that does names nothing */
	if (memchr(walk->step.ptr, '\0', walk->step.len))
		return fail(walk, -STELE_E_ABSENT, "no such table or root");
	path->map = stele_segment_map(walk->segment, walk->step.ptr);
	if (path->map) {
		path->kind = PATH_TABLE;
		return 0;
	}
	path->kind = PATH_VALUE;
	path->type = UINT32_MAX;
	return answer(walk,
		      stele_segment_root(walk->segment, walk->step.ptr,
					 &path->value),
		      "no such table or root");
}

static int find_key(struct walk *walk)
{
	struct path *path = walk->path;
	struct stele_map_info info = { .size = sizeof(info) };
	int rc;

	path->type = UINT32_MAX;
	rc = key_find(walk->keys, path->map, walk->step.ptr, walk->step.len,
		      &path->matches, walk->err);
	if (rc == -STELE_E_ABSENT)
		return fail(walk, rc, "no such key");
	if (!rc)
		rc = stele_map_info(path->map, &info);
	if (rc)
		return rc;
	path->kind = PATH_MATCHES;
	if (info.multi)
		return 0;
	path->kind = PATH_VALUE;
	return answer(walk, stele_matches_next(&path->matches, &path->value),
		      "no such key");
}

/* A number from 0 on, in some of the step. */
static int read_number(struct walk *walk, const char *text, size_t len,
		       uint64_t *index)
{
	struct number number;

	number_read(text, len, &number);
	if (number.kind != NUMBER_U64)
		return fail(walk, -STELE_E_ABSENT, "no number of an item");
	*index = number.u;
	return 0;
}

static int read_index(struct walk *walk, uint64_t *index)
{
	return read_number(walk, walk->step.ptr, walk->step.len, index);
}

static int choose_match(struct walk *walk)
{
	struct path *path = walk->path;
	uint64_t index;
	int rc = read_index(walk, &index);

	if (rc)
		return rc;
	path->kind = PATH_VALUE;
	rc = index < path->matches.len ? 0 : -STELE_E_ABSENT;
	for (uint64_t i = 0; !rc && i <= index; i++)
		rc = stele_matches_next(&path->matches, &path->value);
	return answer(walk, rc, "the key has fewer values");
}

/* ------------------------------------------------------- into a value */

static int enter_record(struct walk *walk)
{
	struct stele_value *value = &walk->path->value;
	struct stele_field_info info;
	struct stele_record record;
	uint32_t number = value->record, field;
	int rc;

	rc = stele_schema_find_field(walk->schema, number, walk->step.ptr,
				     walk->step.len, &field);
	if (!rc)
		rc = stele_schema_field(walk->schema, number, field, &info);
	if (rc)
		return answer(walk, rc, "no such field");
	rc = stele_value_record(value, &record);
	if (!rc)
		rc = stele_record_get_at(record, field, value);
	if (!rc && value->type == STELE_TYPE_UNSET)
		rc = -STELE_E_ABSENT;
	walk->path->type = info.type;
	return answer(walk, rc, "the field is not set");
}

/* What is declared for a value of that type; false: nothing. */
static bool declared(const struct walk *walk, enum stele_type type,
		     struct stele_type_info *info)
{
	return !stele_schema_type(walk->schema, walk->path->type, info) &&
	       info->type == type;
}

/* The type of item i of a list, tuple or set. */
static uint32_t item_type(const struct walk *walk, enum stele_type type,
			  uint64_t i)
{
	struct stele_type_info info;
	uint32_t item = UINT32_MAX;
	bool nullable;

	if (type == STELE_TYPE_ARRAY || !declared(walk, type, &info))
		return UINT32_MAX;
	if (type != STELE_TYPE_TUPLE)
		return info.item;
	if (stele_schema_tuple_item(walk->schema, walk->path->type, (uint32_t)i,
				    &item, &nullable))
		return UINT32_MAX;
	return item;
}

static int enter_items(struct walk *walk)
{
	struct path *path = walk->path;
	struct stele_value list = path->value;
	uint64_t index;
	int rc = read_index(walk, &index);

	if (rc)
		return rc;
	rc = stele_value_item(&list, index, &path->value);
	path->type = rc ? UINT32_MAX : item_type(walk, list.type, index);
	return answer(walk, rc, "there are fewer items");
}

/* The index of each axis, with ',' between them. */
static int enter_ndarray(struct walk *walk)
{
	struct stele_value array = walk->path->value;
	uint64_t index[STELE_NDARRAY_AXES];
	const char *p = walk->step.ptr;
	int rc;

	for (uint64_t i = 0; i < array.len && i < STELE_NDARRAY_AXES; i++) {
		bool last = i + 1 == array.len;
		size_t len = last ? strlen(p) : strcspn(p, ",");

		rc = read_number(walk, p, len, &index[i]);
		if (rc)
			return rc;
		p += len + !last;
	}
	rc = array.len || !*p ? 0 : -STELE_E_ABSENT;
	if (!rc)
		rc = stele_ndarray_at(&array, index, &walk->path->value);
	walk->path->type = UINT32_MAX;
	return answer(walk, rc, "the array has no such element");
}

static int enter_dict(struct walk *walk)
{
	struct path *path = walk->path;
	struct stele_value dict = path->value;
	struct stele_type_info info;
	bool known = declared(walk, STELE_TYPE_DICT, &info);
	int rc = key_find_in_dict(walk->keys, &dict,
				  known ? info.key : UINT32_MAX, walk->step.ptr,
				  walk->step.len, &path->value, walk->err);

	path->type = known ? info.item : UINT32_MAX;
	return rc == -STELE_E_ABSENT ? fail(walk, rc, "no such key") : rc;
}

static int enter_value(struct walk *walk)
{
	switch (walk->path->value.type) {
	case STELE_TYPE_RECORD:
		return enter_record(walk);
	case STELE_TYPE_LIST:
	case STELE_TYPE_TUPLE:
	case STELE_TYPE_SET:
	case STELE_TYPE_ARRAY:
		return enter_items(walk);
	case STELE_TYPE_NDARRAY:
		return enter_ndarray(walk);
	case STELE_TYPE_DICT:
		return enter_dict(walk);
	default:
		return fail(walk, -STELE_E_ABSENT,
			    "the value before is a scalar");
	}
}

static int step(struct walk *walk)
{
	switch (walk->path->kind) {
	case PATH_SEGMENT:
		return enter(walk);
	case PATH_TABLE:
		return find_key(walk);
	case PATH_MATCHES:
		return choose_match(walk);
	default:
		return enter_value(walk);
	}
}

int path_follow(struct keys *keys, const char *text, struct path *path,
		struct stele_error *err)
{
	struct walk walk = { .segment = keys->segment,
			     .schema = stele_segment_schema(keys->segment),
			     .keys = keys,
			     .path = path,
			     .err = err };
	int rc;

	memset(path, 0, sizeof(*path));
	path->kind = PATH_SEGMENT;
	path->type = UINT32_MAX;
	if (!*++text) /* "/" alone */
		return 0;
	for (;; text++) {
		const char *end = strchrnul(text, '/');

		rc = decode(&walk, text, end);
		if (!rc)
			rc = step(&walk);
		if (rc || !*end)
			return rc;
		text = end;
	}
}
