// SPDX-License-Identifier: MIT
/*
 * Values against the cells they were made of, through the public calls alone.
 */
#include "model.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static bool is_integer(unsigned type)
{
	return type >= STELE_TYPE_I8 && type <= STELE_TYPE_U64;
}

static bool same_integer(const struct stele_cell *c,
			 const struct stele_value *v)
{
	if (!is_integer(v->type))
		return false;
	if (c->type < STELE_TYPE_U8 && c->u.i < 0)
		return v->type < STELE_TYPE_U8 && v->u.i == c->u.i;
	return v->u.u == c->u.u && (v->type >= STELE_TYPE_U8 || v->u.i >= 0);
}

/* Cells are spelled as values print. */
static bool same_digits(const struct stele_cell *c, const struct stele_value *v)
{
	char digits[700];
	size_t len;

	return !stele_value_digits(v, digits, sizeof(digits), &len) &&
	       len == c->len && !memcmp(digits, c->u.ptr, len);
}

static bool same_user(const struct stele_user *user,
		      const struct stele_value *v)
{
	struct stele_str name, bytes;

	return !stele_value_user(v, &name, &bytes) &&
	       name.len == user->name_len && bytes.len == user->len &&
	       !memcmp(name.ptr, user->name, name.len) &&
	       (!bytes.len || !memcmp(bytes.ptr, user->ptr, bytes.len));
}

/* What has no parts. */
static bool same_scalar(const struct stele_cell *c, const struct stele_value *v)
{
	if (is_integer(c->type))
		return same_integer(c, v);
	if (c->type == STELE_TYPE_F32 || c->type == STELE_TYPE_F64)
		return (v->type == STELE_TYPE_F32 ||
			v->type == STELE_TYPE_F64) &&
		       !memcmp(&c->u.f, &v->u.f, 8);
	if (c->type != v->type)
		return false;
	switch (c->type) {
	case STELE_TYPE_BOOL:
		return c->u.b == v->u.b;
	case STELE_TYPE_DATE:
	case STELE_TYPE_DATETIME:
	case STELE_TYPE_TIME:
	case STELE_TYPE_TIMEDELTA:
		return c->u.i == v->u.i;
	case STELE_TYPE_ZONED:
		return c->u.i == v->u.i && c->offset == v->offset;
	case STELE_TYPE_UUID:
		return v->len == 16 && !memcmp(c->u.ptr, v->u.ptr, 16);
	case STELE_TYPE_STR:
	case STELE_TYPE_BYTES:
		return v->len == c->len &&
		       (!v->len || !memcmp(v->u.ptr, c->u.ptr, c->len));
	case STELE_TYPE_BIGINT:
	case STELE_TYPE_DECIMAL:
		return same_digits(c, v);
	case STELE_TYPE_USER:
		return same_user(c->u.user, v);
	default: /* NULL, UNSET */
		return true;
	}
}

/* ----------------------------------------------------------------- keys */

static bool same_key(const struct stele_cell *c, const struct stele_value *v);

static struct stele_value item_of(const struct stele_value *v, uint64_t i)
{
	struct stele_value item;

	assert_int_equal(stele_value_item(v, i, &item), 0);
	return item;
}

static bool set_has(const struct stele_value *set, const struct stele_cell *c)
{
	for (uint64_t i = 0; i < set->len; i++) {
		struct stele_value item = item_of(set, i);

		if (same_key(c, &item))
			return true;
	}
	return false;
}

static struct stele_value field_of(const struct stele_value *v, uint32_t i)
{
	struct stele_record record;
	struct stele_value field;

	assert_int_equal(stele_value_record(v, &record), 0);
	assert_int_equal(stele_record_get_at(record, i, &field), 0);
	return field;
}

static bool same_key(const struct stele_cell *c, const struct stele_value *v)
{
	if (c->type != STELE_TYPE_TUPLE && c->type != STELE_TYPE_SET &&
	    c->type != STELE_TYPE_RECORD)
		return same_scalar(c, v);
	if (c->type != v->type ||
	    (v->len != c->len && c->type != STELE_TYPE_RECORD))
		return false;
	for (uint32_t i = 0; i < c->len; i++) {
		const struct stele_cell *part = &c->u.cells[i];
		struct stele_value item;

		if (c->type == STELE_TYPE_SET) {
			if (!set_has(v, part))
				return false;
			continue;
		}
		item = c->type == STELE_TYPE_TUPLE ? item_of(v, i) :
						     field_of(v, i);
		if (!same_key(part, &item))
			return false;
	}
	return true;
}

static void compare_set(const struct stele_cell *c, const struct stele_value *v)
{
	struct stele_value none = { .type = STELE_TYPE_TIME, .u.i = -1 };

	for (uint64_t i = 0; i < c->len; i++) {
		struct stele_value item = item_of(v, i);

		assert_true(set_has(v, &c->u.cells[i]));
		assert_int_equal(stele_value_contains(v, &item), 0);
	}
	assert_int_equal(stele_value_contains(v, &none), -STELE_E_ABSENT);
}

static void compare_dict(struct model *m, const struct stele_cell *c,
			 const struct stele_value *v)
{
	struct stele_value key, item;

	for (uint64_t i = 0; i < c->len; i++) {
		const struct stele_cell *k = &c->u.cells[2 * i];

		assert_int_equal(stele_value_pair(v, i, &key, &item), 0);
		assert_true(same_key(k, &key));
		model_compare(m, k + 1, &item);
		if (k->type == STELE_TYPE_STR)
			assert_int_equal(stele_value_find_str(v, k->u.ptr,
							      k->len, &item),
					 0);
		else
			assert_int_equal(stele_value_find(v, &key, &item), 0);
		model_compare(m, k + 1, &item);
	}
	assert_int_equal(stele_value_find_str(v, "none", 4, &item),
			 -STELE_E_ABSENT);
}

/* --------------------------------------------------------------- arrays */

static void compare_ndarray(const struct stele_ndarray *in,
			    const struct stele_value *v)
{
	size_t width = stele_type_width(in->element);
	uint64_t index[STELE_NDARRAY_AXES] = { 0 };
	struct stele_ndarray out;
	uint32_t i = in->nr_axes;

	assert_int_equal(stele_value_ndarray(v, &out), 0);
	assert_int_equal(out.element, in->element);
	assert_int_equal(out.nr_axes, in->nr_axes);
	for (i = 0; i < in->nr_axes; i++)
		assert_true(out.shape[i] == in->shape[i]);
	for (i = 0; i < in->nr_axes; i++)
		if (!in->shape[i])
			return;
	do {
		const uint8_t *p = in->data, *q = out.data;

		for (i = 0; i < in->nr_axes; i++) {
			p += (int64_t)index[i] * in->strides[i];
			q += (int64_t)index[i] * out.strides[i];
		}
		assert_memory_equal(p, q, width);
		while (i && ++index[i - 1] == in->shape[i - 1])
			index[--i] = 0;
	} while (i);
}

static void compare_array(const struct stele_cell *c,
			  const struct stele_value *v)
{
	const void *p;

	assert_int_equal(v->element, c->element);
	assert_int_equal(v->len, c->len);
	assert_int_equal(stele_value_elements(v, &p), 0);
	assert_memory_equal(p, c->u.ptr, c->len * stele_type_width(c->element));
}

/* ---------------------------------------------------------------- parts */

/* An object is compared once, and lies at one place. */
static void compare_shared(struct model *m, const struct stele_cell *c,
			   const struct stele_value *v)
{
	struct model_shared *s = m->shared;

	while (s->handle.word != c->u.handle.word)
		s++;
	assert_true(s < m->shared + m->nr_shared);
	switch (s->cell.type) {
	case STELE_TYPE_LIST:
	case STELE_TYPE_TUPLE:
	case STELE_TYPE_SET:
	case STELE_TYPE_DICT:
	case STELE_TYPE_RECORD:
	case STELE_TYPE_ARRAY:
	case STELE_TYPE_NDARRAY:
	case STELE_TYPE_USER:
		assert_int_equal(v->type, s->cell.type);
		assert_true(v->flags & STELE_VALUE_F_IDENTITY);
		if (s->seen) {
			assert_true(v->u.pos == s->pos);
			return;
		}
		s->seen = true;
		s->pos = v->u.pos;
	}
	model_compare(m, &s->cell, v);
}

void model_compare(struct model *m, const struct stele_cell *c,
		   const struct stele_value *v)
{
	struct stele_value part;

	if (c->type == STELE_TYPE_REF) {
		compare_shared(m, c, v);
		return;
	}
	if (c->type < STELE_TYPE_LIST || c->type >= STELE_TYPE_DECIMAL) {
		if (!same_scalar(c, v))
			fail_msg("%s where the cell is %s",
				 stele_type_name(v->type),
				 stele_type_name(c->type));
		return;
	}
	assert_int_equal(v->type, c->type);
	if (c->type == STELE_TYPE_NDARRAY) {
		compare_ndarray(c->u.ndarray, v);
		return;
	}
	if (c->type == STELE_TYPE_ARRAY) {
		compare_array(c, v);
		return;
	}
	if (c->type == STELE_TYPE_RECORD) {
		for (uint32_t i = 0; i < c->len; i++) {
			part = field_of(v, i);
			model_compare(m, &c->u.cells[i], &part);
		}
		return;
	}
	assert_int_equal(v->len, c->len);
	if (c->type == STELE_TYPE_DICT) {
		compare_dict(m, c, v);
	} else if (c->type == STELE_TYPE_SET) {
		compare_set(c, v);
	} else {
		for (uint64_t i = 0; i < c->len; i++) {
			part = item_of(v, i);
			model_compare(m, &c->u.cells[i], &part);
		}
		assert_int_equal(stele_value_item(v, c->len, &part),
				 -STELE_E_ABSENT);
	}
}
