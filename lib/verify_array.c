// SPDX-License-Identifier: MIT
/*
 * Verifying arrays: raw elements are values of their type, and lie where they
 * may be read in place.  An array along axes has one spelling: axes that repeat
 * the same elements have stride 0, the others are laid out without a gap.
 */
#include "ndarray.h"
#include "verify.h"

/* `bytes` of elements that begin at `data`. */
static int verify_elements(struct stele_verify *v, unsigned type, uint64_t data,
			   uint64_t bytes)
{
	uint64_t width = stele_type_width(type), end = data + bytes;

	if (type != STELE_TYPE_BOOL && type != STELE_TYPE_DATE &&
	    type != STELE_TYPE_DATETIME && type != STELE_TYPE_TIME)
		return 0;
	for (; data < end; data += width)
		if (!stele_verify_raw(v, type, v->seg->base + data))
			return stele_verify_broken(v, data,
						   STELE_I_ARRAY_VALUE);
	return 0;
}

static int verify_array(struct stele_verify *v, uint64_t pos, uint64_t head)
{
	int type = stele_type_of_element(STELE_FMT_HEAD_FLAGS(head) >>
					 STELE_FMT_OBJ_ELEM_SHIFT);
	uint64_t bytes = STELE_FMT_HEAD_COUNT(head) * stele_type_width(type);

	if (bytes >= 64 && (pos + 8) % 64)
		return stele_verify_broken(v, pos, STELE_I_ARRAY_ALIGN);
	return verify_elements(v, (unsigned)type, pos + 8, bytes);
}

/* The axis whose stride is the least above `stride`; -1: none. */
static int next_axis(const struct stele_ndarray *a, int64_t stride)
{
	int next = -1;

	for (uint32_t i = 0; i < a->nr_axes; i++)
		if (a->strides[i] > stride &&
		    (next < 0 || a->strides[i] < a->strides[next]))
			next = (int)i;
	return next;
}

/*
 * Whether strides are as they must be, and the data as long.  Axes of different
 * strides can't be of the same one, since each is longer than 1.
 */
static bool is_dense(const struct stele_ndarray *a, uint64_t data_bytes)
{
	uint64_t dense = stele_type_width(a->element);
	uint32_t nr = 0, with_stride = 0;
	bool empty = false;
	int axis = -1;

	for (uint32_t i = 0; i < a->nr_axes; i++) {
		empty |= !a->shape[i];
		with_stride += a->strides[i] != 0;
		if (a->strides[i] && a->shape[i] < 2)
			return false;
	}
	if (empty)
		return !with_stride && !data_bytes;
	while ((axis = next_axis(a, axis < 0 ? 0 : a->strides[axis])) >= 0) {
		if ((uint64_t)a->strides[axis] != dense ||
		    __builtin_mul_overflow(dense, a->shape[axis], &dense))
			return false;
		nr++;
	}
	return nr == with_stride && dense == data_bytes;
}

static void read_axes(const struct stele_verify *v, uint64_t pos,
		      struct stele_ndarray *a)
{
	for (uint32_t i = 0; i < a->nr_axes; i++) {
		a->shape[i] =
			stele_load(v->seg, stele_ndarray_shape_at(pos, i));
		a->strides[i] = (int64_t)stele_load(
			v->seg, stele_ndarray_stride_at(pos, a->nr_axes, i));
	}
}

static int verify_ndarray(struct stele_verify *v, uint64_t pos, uint64_t head)
{
	struct stele_ndarray a = { .nr_axes = STELE_FMT_HEAD_COUNT(head) };
	uint64_t data = stele_ndarray_data_at(pos, a.nr_axes), zero;
	uint64_t ends = stele_ndarray_shape_at(pos, 2 * a.nr_axes);
	struct stele_fmt_ndarray fmt;
	uint64_t extent;
	int type;

	memcpy(&fmt, v->seg->base + pos + 8, sizeof(fmt));
	type = stele_type_of_element(fmt.element);
	if (type < 0)
		return stele_verify_broken(v, pos, STELE_I_ARRAY_ELEMENT);
	zero = stele_verify_zeros(v, pos + 9, pos + 16);
	if (zero == pos + 16)
		zero = stele_verify_zeros(v, ends, data);
	if (zero != data)
		return stele_verify_broken(v, zero, STELE_I_OBJECT_FILL);
	a.element = (uint8_t)type;
	read_axes(v, pos, &a);
	/* the bytes may have changed since the object's size was computed */
	if (stele_ndarray_extent(&a, &extent) ||
	    !is_dense(&a, fmt.data_bytes) ||
	    !stele_inside(v->seg, data, fmt.data_bytes))
		return stele_verify_broken(v, pos, STELE_I_NDARRAY_SHAPE);
	return verify_elements(v, (unsigned)type, data, fmt.data_bytes);
}

int stele_verify_array(struct stele_verify *v, uint64_t pos, uint64_t head)
{
	return STELE_FMT_HEAD_KIND(head) == STELE_FMT_KIND_ARRAY ?
		       verify_array(v, pos, head) :
		       verify_ndarray(v, pos, head);
}
