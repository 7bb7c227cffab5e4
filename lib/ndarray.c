// SPDX-License-Identifier: MIT
/*
 * Arrays along axes.  Shape and strides are copied once; what they reach is
 * computed from the copy, with overflow checks, and proved to lie in the data
 * before a pointer is handed out, so that a caller who stays in the shape stays
 * in the segment.  Strides are not proved to be those of a dense array: verify
 * does that.
 */
#include <string.h>

#include "ndarray.h"
#include "segment.h"

int stele_ndarray_extent(const struct stele_ndarray *array, uint64_t *bytes)
{
	uint64_t width = stele_type_width(array->element), last = 0, along;
	uint64_t all = width;
	bool empty = false;

	for (uint32_t i = 0; i < array->nr_axes; i++) {
		uint64_t len = array->shape[i];
		int64_t stride = array->strides[i];

		if (stride < 0 || (uint64_t)stride % width)
			return -STELE_E_FORMAT;
		if (!len)
			empty = true;
		else if (__builtin_mul_overflow(all, len, &all) ||
			 __builtin_mul_overflow(len - 1, (uint64_t)stride,
						&along) ||
			 __builtin_add_overflow(last, along, &last))
			return -STELE_E_FORMAT;
	}
	if (all > INT64_MAX || __builtin_add_overflow(last, width, &last))
		return -STELE_E_FORMAT;
	*bytes = empty ? 0 : last;
	return 0;
}

int stele_value_ndarray(const struct stele_value *value,
			struct stele_ndarray *array)
{
	const struct stele_segment *seg = value->segment;
	uint32_t nr_axes = (uint32_t)value->len;
	uint64_t pos = value->u.pos, data, data_bytes, extent;
	int rc;

	if (value->type != STELE_TYPE_NDARRAY)
		return -STELE_E_TYPE;
	memset(array, 0, sizeof(*array));
	array->element = value->element;
	array->nr_axes = nr_axes;
	for (uint32_t i = 0; i < nr_axes; i++) {
		array->shape[i] =
			stele_load(seg, stele_ndarray_shape_at(pos, i));
		array->strides[i] = (int64_t)stele_load(
			seg, stele_ndarray_stride_at(pos, nr_axes, i));
	}
	rc = stele_ndarray_extent(array, &extent);
	if (rc)
		return rc;
	data = stele_ndarray_data_at(pos, nr_axes);
	data_bytes = stele_load(
		seg, pos + 8 + offsetof(struct stele_fmt_ndarray, data_bytes));
	if (extent > data_bytes || !stele_inside(seg, data, data_bytes))
		return -STELE_E_FORMAT;
	array->data = seg->base + data;
	return 0;
}

int stele_ndarray_at(const struct stele_value *value, const uint64_t *index,
		     struct stele_value *element)
{
	struct stele_ndarray array;
	uint64_t off = 0;
	int rc = stele_value_ndarray(value, &array);

	if (rc)
		return rc;
	for (uint32_t i = 0; i < array.nr_axes; i++)
		if (index[i] >= array.shape[i])
			return -STELE_E_ABSENT;
	for (uint32_t i = 0; i < array.nr_axes; i++)
		off += index[i] * (uint64_t)array.strides[i];
	stele_value_raw(value->segment, array.element,
			(const uint8_t *)array.data + off, element);
	return 0;
}
