/* SPDX-License-Identifier: MIT */
/*
 * Arrays of several axes: {"shape": [...], "items": [...]}, the items flat in
 * C order; with "strides" the items as they lie in memory; or arrays in arrays,
 * as deep as there are axes.
 */
#include <string.h>

#include "number.h"
#include "rows.h"
#include "text_key.h"

struct axes {
	struct rows *rows;
	const struct json_node *node; /* the whole, for messages */
	const struct trail *trail;
	struct stele_ndarray *array;
	size_t width;
};

static int fail(const struct axes *a, int code, const char *reason)
{
	return rows_fail(a->rows, code, a->node, a->trail, "%s", reason);
}

/* The strides of a dense array in C order; *nr counts its elements. */
static int dense(const struct axes *a, uint64_t *nr)
{
	struct stele_ndarray *array = a->array;
	uint64_t bytes = a->width;

	*nr = 0;
	for (uint32_t i = 0; i < array->nr_axes; i++)
		if (!array->shape[i])
			return 0;
	for (uint32_t i = array->nr_axes; i-- > 0;) {
		array->strides[i] = (int64_t)bytes;
		if (__builtin_mul_overflow(bytes, array->shape[i], &bytes) ||
		    bytes > INT64_MAX)
			return fail(a, -STELE_E_LIMIT,
				    "the shape has more elements than fit "
				    "memory");
	}
	*nr = bytes / a->width;
	return 0;
}

/* The elements of `list` behind each other. */
static int read_items(const struct axes *a, const struct json_node *list,
		      const struct trail *trail, char *at)
{
	struct trail inner = { trail, { NULL, 0 }, 0 };
	const struct json_node *node = list->first;
	int rc = 0;

	for (; !rc && node; node = node->next) {
		rc = cell_element(a->rows, node, a->array->element, &inner,
				  at + inner.index * a->width);
		inner.index++;
	}
	return rc;
}

/* ---------------------------------------------------- shape and items */

static int read_shape(const struct axes *a, const struct json_node *list)
{
	const struct json_node *node;
	struct number number;

	if (list->kind != JSON_ARRAY || list->len > STELE_NDARRAY_AXES)
		return fail(a, -STELE_E_TYPE,
			    "\"shape\" is an array of up to 32 lengths");
	for (node = list->first; node; node = node->next) {
		number.kind = NUMBER_NONE;
		if (node->kind == JSON_NUMBER)
			number_read(node->text, node->len, &number);
		if (number.kind != NUMBER_U64 || number.u > INT64_MAX)
			return fail(a, -STELE_E_TYPE,
				    "\"shape\" is an array of up to 32 "
				    "lengths");
		a->array->shape[a->array->nr_axes++] = number.u;
	}
	return 0;
}

/* Strides under which the last element is the last of the `nr` items. */
static int read_strides(const struct axes *a, const struct json_node *list,
			uint64_t nr)
{
	const struct json_node *node = list->first;
	uint64_t last = 0, step;
	struct number number;

	if (list->kind != JSON_ARRAY || list->len != a->array->nr_axes)
		return fail(a, -STELE_E_TYPE,
			    "\"strides\" is an array of a number for each "
			    "axis");
	for (uint32_t i = 0; node; node = node->next, i++) {
		number.kind = NUMBER_NONE;
		if (node->kind == JSON_NUMBER)
			number_read(node->text, node->len, &number);
		if (number.kind != NUMBER_U64 || number.u > INT64_MAX ||
		    number.u % a->width)
			return fail(a, -STELE_E_TYPE,
				    "a stride that is no multiple of the "
				    "element's bytes");
		a->array->strides[i] = (int64_t)number.u;
		if (a->array->shape[i] < 2)
			continue;
		if (__builtin_mul_overflow(number.u / a->width,
					   a->array->shape[i] - 1, &step) ||
		    __builtin_add_overflow(last, step, &last))
			last = UINT64_MAX;
	}
	if (nr && last != nr - 1)
		return fail(a, -STELE_E_RANGE,
			    "shape and strides do not lead to the last item");
	return 0;
}

struct members {
	const struct json_node *shape;
	const struct json_node *items;
	const struct json_node *strides;
};

static const struct json_node **member(struct members *m, struct stele_str key)
{
	if (key.len == 5 && !memcmp(key.ptr, "shape", 5))
		return &m->shape;
	if (key.len == 5 && !memcmp(key.ptr, "items", 5))
		return &m->items;
	if (key.len == 7 && !memcmp(key.ptr, "strides", 7))
		return &m->strides;
	return NULL;
}

static int take_members(const struct axes *a, struct members *m)
{
	const struct json_node *node = a->node->first, **slot;

	memset(m, 0, sizeof(*m));
	for (; node; node = node->next) {
		struct stele_str key = node->key;

		if (text_key_read(&key) != TEXT_KEY_DATA)
			continue;
		slot = member(m, key);
		if (!slot || *slot)
			break;
		*slot = node;
	}
	if (node || !m->shape || !m->items || m->items->kind != JSON_ARRAY)
		return fail(a, -STELE_E_SYNTAX,
			    "an ndarray has \"shape\", an array \"items\", and "
			    "it may have \"strides\"");
	return 0;
}

static int read_object(const struct axes *a)
{
	struct trail inner = { a->trail, { "items", 5 }, 0 };
	struct members m;
	uint64_t nr;
	char *data;
	int rc = take_members(a, &m);

	if (!rc)
		rc = read_shape(a, m.shape);
	if (!rc)
		rc = dense(a, &nr);
	if (!rc && m.strides)
		rc = read_strides(a, m.strides, nr ? m.items->len : 0);
	if (rc)
		return rc;
	if (m.strides ? !m.items->len != !nr : m.items->len != nr)
		return fail(a, -STELE_E_TYPE,
			    "\"items\" are not as many as the shape has");
	data = arena_items(a->rows->arena, m.items->len, a->width);
	if (!data)
		return rows_no_memory(a->rows);
	a->array->data = data;
	return read_items(a, m.items, &inner, data);
}

/* ---------------------------------------------------- arrays in arrays */

static int find_shape(const struct axes *a)
{
	const struct json_node *node = a->node;

	for (; node && node->kind == JSON_ARRAY; node = node->first) {
		if (a->array->nr_axes == STELE_NDARRAY_AXES)
			return fail(a, -STELE_E_LIMIT,
				    "an ndarray of more than 32 axes");
		a->array->shape[a->array->nr_axes++] = node->len;
	}
	return 0;
}

static int read_nested(const struct axes *a, const struct json_node *list,
		       const struct trail *trail, uint32_t axis, char **at)
{
	struct trail inner = { trail, { NULL, 0 }, 0 };
	const struct json_node *node;
	int rc = 0;

	if (list->kind != JSON_ARRAY || list->len != a->array->shape[axis])
		return rows_fail(a->rows, -STELE_E_TYPE, list, trail,
				 "an ndarray's axis has the same length "
				 "everywhere");
	if (axis + 1 == a->array->nr_axes) {
		rc = read_items(a, list, trail, *at);
		*at += list->len * a->width;
		return rc;
	}
	for (node = list->first; !rc && node; node = node->next) {
		rc = read_nested(a, node, &inner, axis + 1, at);
		inner.index++;
	}
	return rc;
}

static int read_arrays(const struct axes *a)
{
	uint64_t nr;
	char *data;
	int rc = find_shape(a);

	if (!rc)
		rc = dense(a, &nr);
	if (rc)
		return rc;
	data = arena_items(a->rows->arena, nr, a->width);
	if (!data)
		return rows_no_memory(a->rows);
	a->array->data = data;
	return read_nested(a, a->node, a->trail, 0, &data);
}

int ndarray_cell(struct rows *rows, const struct json_node *node,
		 enum stele_type element, const struct trail *trail,
		 struct stele_cell *cell)
{
	struct axes a = { .rows = rows,
			  .node = node,
			  .trail = trail,
			  .width = stele_type_width(element) };

	if (node->kind != JSON_OBJECT && node->kind != JSON_ARRAY)
		return cell_wrong_kind(rows, node, STELE_TYPE_NDARRAY, trail);
	a.array = arena_take(rows->arena, sizeof(*a.array));
	if (!a.array)
		return rows_no_memory(rows);
	memset(a.array, 0, sizeof(*a.array));
	a.array->element = (uint8_t)element;
	*cell = stele_cell_of(STELE_TYPE_NDARRAY);
	cell->u.ndarray = a.array;
	return node->kind == JSON_OBJECT ? read_object(&a) : read_arrays(&a);
}
