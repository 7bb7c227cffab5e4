// SPDX-License-Identifier: MIT
/* N-d arrays: shapes, strides, and that no shape leads outside. */
#include <stdio.h>
#include <string.h>

#include "ndarray.h"
#include "value_image.h"

static const int32_t numbers[24] = { 0,	 1,  2,	 3,  4,	 5,  6,	 7,
				     8,	 9,  10, 11, 12, 13, 14, 15,
				     16, 17, 18, 19, 20, 21, 22, 23 };

/* An array of i32 with the first `nr` numbers. */
static uint64_t make(uint32_t nr_axes, const uint64_t *shape,
		     const int64_t *strides, uint64_t nr)
{
	return handmade_ndarray(&im, STELE_FMT_ELEM_I32, nr_axes, shape,
				strides, numbers, 4 * nr);
}

static void a_dense_array_gives_shape_strides_and_elements(void **state)
{
	static const uint64_t shape[] = { 2, 3, 4 };
	static const int64_t strides[] = { 48, 16, 4 };
	struct stele_value v, element;
	struct stele_ndarray array;
	uint64_t pos, index[3], n = 0;

	(void)state;
	pos = make(3, shape, strides, 24);
	open_image();
	v = decoded(pos);
	assert_int_equal(v.type, STELE_TYPE_NDARRAY);
	assert_int_equal(v.element, STELE_TYPE_I32);
	assert_int_equal(v.len, 3);
	assert_int_equal(stele_value_ndarray(&v, &array), 0);
	assert_int_equal((uintptr_t)array.data % 64, 0);
	assert_memory_equal(array.data, numbers, sizeof(numbers));
	assert_int_equal(array.element, STELE_TYPE_I32);
	assert_int_equal(array.nr_axes, 3);
	assert_memory_equal(array.shape, shape, sizeof(shape));
	assert_memory_equal(array.strides, strides, sizeof(strides));
	for (index[0] = 0; index[0] < 2; index[0]++)
		for (index[1] = 0; index[1] < 3; index[1]++)
			for (index[2] = 0; index[2] < 4; index[2]++, n++) {
				assert_int_equal(stele_ndarray_at(&v, index,
								  &element),
						 0);
				assert_int_equal(element.type, STELE_TYPE_I32);
				assert_true(element.u.i == (int64_t)n);
			}
}

static void axes_may_lie_in_any_order(void **state)
{
	static const uint64_t shape[] = { 2, 3 };
	static const int64_t fortran[] = { 4, 8 };
	uint64_t pos, index[2] = { 1, 2 };
	struct stele_value v, element;

	(void)state;
	pos = make(2, shape, fortran, 6);
	open_image();
	v = decoded(pos);
	assert_int_equal(stele_ndarray_at(&v, index, &element), 0);
	assert_true(element.u.i == 5);
	index[0] = 0;
	assert_int_equal(stele_ndarray_at(&v, index, &element), 0);
	assert_true(element.u.i == 4);
}

/* A stride of 0 stands for a whole axis, as long as the bytes can be counted. */
static void one_element_may_stand_for_an_axis(void **state)
{
	static const uint64_t shape[] = { (1ull << 60) - 1, 2 };
	static const int64_t strides[] = { 0, 4 };
	uint64_t pos, index[2] = { (1ull << 60) - 2, 1 };
	struct stele_value v, element;

	(void)state;
	pos = make(2, shape, strides, 2);
	open_image();
	v = decoded(pos);
	assert_int_equal(stele_ndarray_at(&v, index, &element), 0);
	assert_true(element.u.i == 1);
	index[0]++;
	assert_int_equal(stele_ndarray_at(&v, index, &element),
			 -STELE_E_ABSENT);
	index[0] = 0;
	index[1] = 2;
	assert_int_equal(stele_ndarray_at(&v, index, &element),
			 -STELE_E_ABSENT);
}

static void no_axis_is_one_element_and_an_empty_axis_none(void **state)
{
	static const uint64_t empty[] = { 3, 0, INT64_MAX / 12 };
	static const int64_t zero[] = { 0, 0, 0 };
	uint64_t scalar, none, index[3] = { 0 };
	struct stele_value v, element;
	struct stele_ndarray array;

	(void)state;
	scalar = make(0, NULL, NULL, 1);
	none = make(3, empty, zero, 0);
	open_image();
	v = decoded(scalar);
	assert_int_equal(v.len, 0);
	assert_int_equal(stele_ndarray_at(&v, NULL, &element), 0);
	assert_true(element.u.i == 0);
	v = decoded(none);
	assert_int_equal(stele_value_ndarray(&v, &array), 0);
	assert_memory_equal(array.shape, empty, sizeof(empty));
	assert_int_equal(stele_ndarray_at(&v, index, &element),
			 -STELE_E_ABSENT);
}

static void an_array_may_have_32_axes_and_not_33(void **state)
{
	uint64_t shape[33], index[33] = { 0 }, most, more;
	int64_t strides[33] = { 0 };
	struct stele_value v, element;
	struct stele_ndarray array;

	(void)state;
	for (int i = 0; i < 33; i++)
		shape[i] = 1;
	most = make(32, shape, strides, 1);
	more = make(33, shape, strides, 1);
	open_image();
	v = decoded(most);
	assert_int_equal(stele_value_ndarray(&v, &array), 0);
	assert_int_equal(array.nr_axes, STELE_NDARRAY_AXES);
	assert_int_equal(stele_ndarray_at(&v, index, &element), 0);
	assert_int_equal(decode(more, &v), -STELE_E_FORMAT);
}

static void elements_of_every_type_are_read(void **state)
{
	static const uint64_t shape[] = { 2 };
	uint64_t pos[16], index = 1;
	int64_t stride;

	(void)state;
	for (unsigned e = 0; e < 16; e++) {
		stride = (int64_t)stele_type_width(stele_type_of_element(e));
		pos[e] = handmade_ndarray(&im, e, 1, shape, &stride, numbers,
					  2 * (uint64_t)stride);
	}
	open_image();
	for (unsigned e = 0; e < 16; e++) {
		struct stele_value v = decoded(pos[e]), element;

		assert_int_equal(v.element, stele_type_of_element(e));
		assert_int_equal(stele_ndarray_at(&v, &index, &element), 0);
		assert_int_equal(element.type, v.element);
	}
}

static void others_are_no_arrays_along_axes(void **state)
{
	uint64_t list = handmade_items(&im, KIND(LIST), NULL, 0), index = 0;
	struct stele_value v, element;
	struct stele_ndarray array;
	const void *elements;
	uint64_t pos;

	(void)state;
	pos = make(0, NULL, NULL, 1);
	open_image();
	v = decoded(list);
	assert_int_equal(stele_value_ndarray(&v, &array), -STELE_E_TYPE);
	assert_int_equal(stele_ndarray_at(&v, &index, &element), -STELE_E_TYPE);
	v = decoded(pos);
	assert_int_equal(stele_value_elements(&v, &elements), -STELE_E_TYPE);
	assert_int_equal(stele_value_item(&v, 0, &element), -STELE_E_TYPE);
}

/* ------------------------------------------------------------ wrong bytes */

/*
 * Each field of the payload at edge values: an array that is given out has its
 * extreme elements inside, which ASan watches.
 */
static void no_head_leads_outside(void **state)
{
	static const uint64_t shape[] = { 3, 4 };
	static const int64_t strides[] = { 16, 4 };
	static const uint64_t edges[] = {
		0,
		1,
		2,
		3,
		4,
		5,
		8,
		12,
		16,
		47,
		48,
		49,
		63,
		64,
		4096,
		1ull << 31,
		1ull << 32,
		1ull << 61,
		1ull << 62,
		(1ull << 62) + 1,
		1ull << 63,
		INT64_MAX,
		UINT64_MAX - 63,
		UINT64_MAX - 15,
		UINT64_MAX - 3,
		UINT64_MAX,
	};
	uint64_t pos = make(2, shape, strides, 12), good[6], given = 0;

	(void)state;
	for (int i = 0; i < 6; i++)
		good[i] = handmade_get(&im, pos + 8 + 8 * (uint64_t)i);
	open_image();
	for (unsigned i = 0; i < 36; i++)
		for (unsigned j = 0; j < 26 * 26; j++) {
			uint64_t a = pos + 8 + 8 * (i % 6);
			uint64_t b = pos + 8 + 8 * (i / 6);
			struct stele_ndarray array;
			struct stele_value v, element;
			uint64_t index[2], hash;
			bool equal;

			memcpy(im.home + a, &edges[j % 26], 8);
			memcpy(im.home + b, &edges[j / 26], 8);
			if (!decode(pos, &v)) {
				stele_value_equal(&v, &v, &equal);
				stele_value_hash(&v, 0, &hash);
				if (!stele_value_ndarray(&v, &array)) {
					index[0] = array.shape[0] - 1;
					index[1] = array.shape[1] - 1;
					given += !stele_ndarray_at(&v, index,
								   &element);
				}
			}
			memcpy(im.home + a, &good[i % 6], 8);
			memcpy(im.home + b, &good[i / 6], 8);
		}
	assert_true(given > 1000);
}

static void broken(uint64_t off, uint64_t word, uint64_t pos)
{
	uint64_t good = handmade_get(&im, off), index[2] = { 0 };
	struct stele_value v, element;
	struct stele_ndarray array;
	int rc;

	reopen_with(off, word);
	rc = decode(pos, &v);
	if (!rc)
		rc = stele_value_ndarray(&v, &array);
	assert_int_equal(rc, -STELE_E_FORMAT);
	rc = decode(pos, &v);
	if (!rc)
		rc = stele_ndarray_at(&v, index, &element);
	assert_int_equal(rc, -STELE_E_FORMAT);
	reopen_with(off, good);
}

/* Who copies an array has as much room as its shape says. */
static void shapes_of_too_many_bytes_are_broken(void **state)
{
	static const uint64_t shape[] = { 2, 3, 1 };
	static const int64_t strides[] = { 4, 0, 0 };
	uint64_t pos = make(3, shape, strides, 2);
	uint64_t repeated = stele_ndarray_shape_at(pos, 1);

	(void)state;
	open_image();
	broken(repeated, 1ull << 60, pos); /* 2^63 bytes */
	broken(repeated, 1ull << 61, pos); /* 2^64 bytes */
	broken(repeated, (1ull << 61) + 1, pos);
	broken(repeated, UINT64_MAX, pos);
	reopen_with(stele_ndarray_shape_at(pos, 2), 0); /* and no elements */
	broken(repeated, 1ull << 60, pos);
}

static void shapes_that_reach_beyond_the_data_are_broken(void **state)
{
	static const uint64_t shape[] = { 3, 4 };
	static const int64_t strides[] = { 16, 4 };
	uint64_t pos = make(2, shape, strides, 12);
	uint64_t element = pos + 8, bytes = pos + 16;
	uint64_t rows = stele_ndarray_shape_at(pos, 0);
	uint64_t along = stele_ndarray_stride_at(pos, 2, 0);
	struct stele_ndarray array;
	struct stele_value v;

	(void)state;
	object(KIND(BYTES), 0, 64, numbers, 64);
	open_image();
	broken(element, 16, pos); /* unknown */
	broken(element, STELE_FMT_ELEM_I64, pos); /* wider */
	broken(bytes, 47, pos);
	broken(bytes, 1ull << 40, pos);
	broken(bytes, UINT64_MAX, pos);
	broken(rows, 4, pos);
	broken(rows, UINT64_MAX, pos);
	broken(rows, (1ull << 60) + 1, pos); /* times the stride: 16 */
	broken(along, 20, pos);
	broken(along, 14, pos); /* no multiple of the width */
	broken(along, (uint64_t)-16, pos);
	broken(along, 1ull << 63, pos);
	reopen_with(rows, 1);
	broken(along, (uint64_t)-16, pos); /* reaches nothing else */
	reopen_with(bytes, UINT64_MAX);
	assert_int_equal(decode(pos, &v), -STELE_E_FORMAT);
	reopen_with(bytes, 64); /* more than needed is for verify to see */
	v = decoded(pos);
	assert_int_equal(stele_value_ndarray(&v, &array), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_dense_array_gives_shape_strides_and_elements),
		TEST(axes_may_lie_in_any_order),
		TEST(one_element_may_stand_for_an_axis),
		TEST(no_axis_is_one_element_and_an_empty_axis_none),
		TEST(an_array_may_have_32_axes_and_not_33),
		TEST(elements_of_every_type_are_read),
		TEST(others_are_no_arrays_along_axes),
		TEST(no_head_leads_outside),
		TEST(shapes_that_reach_beyond_the_data_are_broken),
		TEST(shapes_of_too_many_bytes_are_broken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
