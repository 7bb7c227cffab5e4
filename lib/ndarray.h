/* SPDX-License-Identifier: MIT */
/*
 * Where the parts of an NDARRAY lie, for readers, makers and verify: behind the
 * head struct stele_fmt_ndarray, the shape, the strides, zeros and the data.
 */
#ifndef STELE_NDARRAY_H
#define STELE_NDARRAY_H

#include <stele/value.h>

#include "format.h"

/* Position of the length of an axis of the array at pos; then of its stride. */
static inline uint64_t stele_ndarray_shape_at(uint64_t pos, uint32_t axis)
{
	return pos + 8 + sizeof(struct stele_fmt_ndarray) + 8ull * axis;
}

static inline uint64_t stele_ndarray_stride_at(uint64_t pos, uint32_t nr_axes,
					       uint32_t axis)
{
	return stele_ndarray_shape_at(pos, nr_axes + axis);
}

/* Position of the data, also where there is none. */
static inline uint64_t stele_ndarray_data_at(uint64_t pos, uint32_t nr_axes)
{
	return (stele_ndarray_shape_at(pos, 2 * nr_axes) + 63) & ~63ull;
}

/*
 * Bytes from the first element to the end of the last one that shape and
 * strides reach, 0 where an axis has no length; strides are >= 0 and multiples
 * of the element's width.  -STELE_E_FORMAT where they are not, or where all the
 * elements, each counted as often as an index leads to it, are 2^63 bytes or
 * more; lengths of 0 aside.
 */
int stele_ndarray_extent(const struct stele_ndarray *array, uint64_t *bytes);

#endif /* STELE_NDARRAY_H */
