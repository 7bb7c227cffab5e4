// SPDX-License-Identifier: MIT
/*
 * N-d arrays on their way in: any strides of the caller's memory give a dense
 * array that reads the same, in an order of the axes that is part of the format.
 * The seed of the random ones is fixed.
 */
#include <stdio.h>
#include <stdlib.h>

#include "builder.h"
#include "building.h"
#include "cells.h"
#include "random.h"

#define SEED UINT64_C(0x6e64617272617931)

static struct stele_error err;

/* One array through a segment and back; the segment is the caller's to close. */
static struct stele_segment *round_trip(const struct stele_ndarray *in,
					struct stele_value *value,
					struct stele_ndarray *out)
{
	struct stele_builder *b = begin(NULL, NULL);
	const struct stele_cell cell = ndarray(in);
	struct stele_segment *seg;
	struct stele_value roots;

	if (stele_builder_root(b, "a", &cell, &err))
		fail_msg("%s", err.reason);
	seg = finish(b);
	assert_int_equal(stele_segment_roots(seg, &roots), 0);
	assert_int_equal(stele_value_find_str(&roots, "a", 1, value), 0);
	assert_int_equal(value->type, STELE_TYPE_NDARRAY);
	assert_int_equal(value->len, in->nr_axes);
	assert_int_equal(stele_value_ndarray(value, out), 0);
	assert_int_equal(out->element, in->element);
	assert_int_equal(out->nr_axes, in->nr_axes);
	assert_memory_equal(out->shape, in->shape,
			    in->nr_axes * sizeof(*in->shape));
	assert_int_equal((uintptr_t)out->data % 64, 0);
	return seg;
}

static void assert_strides(const struct stele_ndarray *in,
			   const int64_t *expected)
{
	struct stele_ndarray out;
	struct stele_value value;

	stele_segment_close(round_trip(in, &value, &out));
	for (uint32_t i = 0; i < in->nr_axes; i++)
		assert_int_equal(out.strides[i], expected[i]);
}

static void strides_keep_the_order_in_which_axes_lie(void **state)
{
	static const int32_t room[64];
	static const struct {
		int64_t from[3], to[3];
	} cases[] = {
		{ { 48, 16, 4 }, { 48, 16, 4 } }, /* C */
		{ { 4, 8, 24 }, { 4, 8, 24 } }, /* Fortran */
		{ { 4, 40, 12 }, { 4, 32, 8 } }, /* holes */
		{ { 48, 0, 4 }, { 16, 0, 4 } }, /* one row for all */
		{ { 0, 0, 0 }, { 0, 0, 0 } },
		{ { -48, -16, -4 }, { 48, 16, 4 } },
		{ { 4, 4, 4 }, { 48, 16, 4 } }, /* overlap */
		{ { 4, -24, 8 }, { 4, 32, 8 } },
	};
	struct stele_ndarray in = { .element = STELE_TYPE_I32,
				    .nr_axes = 3,
				    .shape = { 2, 3, 4 } };

	(void)state;
	in.data = room + 32; /* none reads 128 bytes away from there */
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		memcpy(in.strides, cases[i].from, sizeof(cases[i].from));
		assert_strides(&in, cases[i].to);
	}
}

static void axes_of_one_and_arrays_of_none_have_no_strides(void **state)
{
	static const uint8_t room[64];
	struct stele_ndarray in = { .data = room,
				    .element = STELE_TYPE_U8,
				    .nr_axes = 3,
				    .shape = { 1, 5, 1 },
				    .strides = { 77, 2, -9 } };
	struct stele_ndarray out;
	struct stele_value value, element;
	const uint64_t index[3] = { 0, 0, 0 };
	struct stele_segment *seg;

	(void)state;
	assert_strides(&in, (int64_t[]){ 0, 1, 0 });
	in.shape[2] = 0;
	in.data = NULL;
	assert_strides(&in, (int64_t[]){ 0, 0, 0 });
	in = (struct stele_ndarray){ .data = "x", .element = STELE_TYPE_U8 };
	stele_segment_close(round_trip(&in, &value, &out));
	in.nr_axes = 1;
	in.shape[0] = INT64_MAX; /* of one element */
	seg = round_trip(&in, &value, &out);
	assert_int_equal(stele_ndarray_at(&value, index, &element), 0);
	assert_int_equal(element.u.u, 'x');
	stele_segment_close(seg);
}

/* ---------------------------------------------------------------- random */

static const uint8_t elements[] = { STELE_TYPE_U8, STELE_TYPE_I16,
				    STELE_TYPE_F32, STELE_TYPE_TIMEDELTA,
				    STELE_TYPE_UUID };

/* Strides whose reads stay within `bytes` either way of the middle. */
static void random_array(struct random *r, struct stele_ndarray *a,
			 const uint8_t *room, size_t bytes)
{
	size_t width, left;

	memset(a, 0, sizeof(*a));
	a->element = elements[random_below(r, sizeof(elements))];
	width = stele_type_width(a->element);
	a->nr_axes = (uint32_t)random_below(r, 6);
	left = bytes / 2 - width;
	a->data = room + bytes / 2;
	for (uint32_t i = 0; i < a->nr_axes; i++) {
		uint64_t len = random_below(r, 6), most;

		a->shape[i] = random_below(r, 40) ? 1 + len : len;
		most = a->shape[i] > 1 ? left / 6 / (a->shape[i] - 1) : 300;
		a->strides[i] = (int64_t)random_below(r, most + 1);
		if (random_below(r, 2)) /* as arrays are, of whole elements */
			a->strides[i] -= a->strides[i] % (int64_t)width;
		if (!random_below(r, 6))
			a->strides[i] = 0;
		if (!random_below(r, 3))
			a->strides[i] = -a->strides[i];
	}
}

static void assert_same_elements(const struct stele_ndarray *in,
				 const struct stele_ndarray *out)
{
	size_t width = stele_type_width(in->element);
	uint64_t index[STELE_NDARRAY_AXES] = { 0 };

	for (uint32_t i = 0; i < in->nr_axes; i++)
		if (!in->shape[i])
			return;
	for (;;) {
		const uint8_t *p = in->data, *q = out->data;
		uint32_t i = in->nr_axes;

		for (uint32_t k = 0; k < in->nr_axes; k++) {
			p += (int64_t)index[k] * in->strides[k];
			q += (int64_t)index[k] * out->strides[k];
		}
		assert_memory_equal(p, q, width);
		while (i && ++index[i - 1] == in->shape[i - 1])
			index[--i] = 0;
		if (!i)
			return;
	}
}

/* Stored strides are those of a dense array, in some order. */
static void assert_dense(const struct stele_ndarray *a)
{
	uint64_t next = stele_type_width(a->element);
	uint32_t found;

	do {
		found = 0;
		for (uint32_t i = 0; !found && i < a->nr_axes; i++)
			if (a->shape[i] > 1 && (uint64_t)a->strides[i] == next)
				found = i + 1;
		if (found)
			next *= a->shape[found - 1];
	} while (found);
	for (uint32_t i = 0; i < a->nr_axes; i++)
		assert_true(a->strides[i] == 0 ||
			    (uint64_t)a->strides[i] < next);
}

static void random_strides_read_as_they_did(void **state)
{
	enum { BYTES = 8192 };
	struct random r = { SEED };
	uint8_t *room = malloc(BYTES);

	(void)state;
	assert_non_null(room);
	for (size_t i = 0; i < BYTES; i++)
		room[i] = (uint8_t)random_u64(&r);
	for (unsigned i = 0; i < 2000; i++) {
		struct stele_ndarray in, out;
		struct stele_value value;
		struct stele_segment *seg;

		random_array(&r, &in, room, BYTES);
		seg = round_trip(&in, &value, &out);
		assert_dense(&out);
		assert_same_elements(&in, &out);
		stele_segment_close(seg);
	}
	free(room);
}

/* --------------------------------------------------------------- refused */

static int add_one(struct stele_builder *b, const struct stele_ndarray *a)
{
	const struct stele_cell cell = ndarray(a);

	return stele_builder_add(b, 0, &cell, 1, NULL, &err);
}

static void what_is_no_array_is_refused_by_name(void **state)
{
	static const uint8_t bools[4] = { 1, 0, 2, 1 };
	struct stele_builder *b =
		begin("record R { v: any } record F { a: ndarray<f32> }", NULL);
	struct stele_ndarray a = { .data = bools,
				   .element = STELE_TYPE_BOOL,
				   .nr_axes = 2,
				   .shape = { 2, 2 },
				   .strides = { 1, 2 } };
	struct stele_cell cell;

	(void)state;
	/* in the order in which they will lie */
	assert_int_equal(add_one(b, &a), -STELE_E_RANGE);
	assert_string_equal(err.reason, "field 'v': element 2: 2 is no bool");
	assert_int_equal(b->nr_objects, 0);
	a.element = STELE_TYPE_ZONED;
	assert_int_equal(add_one(b, &a), -STELE_E_TYPE);
	assert_string_equal(err.reason, "field 'v': no array of zoned");
	a.element = STELE_TYPE_U8;
	a.nr_axes = 33;
	assert_int_equal(add_one(b, &a), -STELE_E_LIMIT);
	assert_string_equal(err.reason,
			    "field 'v': an array of more than 32 axes");
	a.nr_axes = 2;
	a.shape[1] = 1ull << 32;
	for (unsigned log2 = 31; log2 < 33; log2++) {
		a.shape[0] = 1ull << log2;
		assert_int_equal(add_one(b, &a), -STELE_E_LIMIT);
		assert_string_equal(
			err.reason,
			"field 'v': an array of 2^63 bytes or more");
	}
	a.shape[0] = 1ull << 17;
	assert_int_equal(add_one(b, &a), -STELE_E_LIMIT);
	assert_string_equal(err.reason,
			    "field 'v': an array of more than 2^48 bytes");
	cell = ndarray(&a);
	assert_int_equal(stele_builder_add(b, 1, &cell, 1, NULL, &err),
			 -STELE_E_TYPE);
	assert_string_equal(err.reason,
			    "field 'a': ndarray of u8 where f32 is declared");
	cell = stele_cell_list(NULL, 0);
	assert_int_equal(stele_builder_add(b, 1, &cell, 1, NULL, &err),
			 -STELE_E_TYPE);
	assert_string_equal(err.reason,
			    "field 'a': list where ndarray is declared");
	stele_segment_close(finish(b));
}

/* Equal arrays are one, wherever the zeros before their data end. */
static void equal_arrays_are_shared_across_alignments(void **state)
{
	static const double data[2][2] = { { 1, 2 }, { 3, 4 } };
	struct stele_build_stats stats = { .size = sizeof(stats) };
	struct stele_ndarray a = { .data = data,
				   .element = STELE_TYPE_F64,
				   .nr_axes = 2,
				   .shape = { 2, 2 },
				   .strides = { 16, 8 } };
	struct stele_builder *b = begin("record R { v: any }", NULL);
	uint64_t heap = 0;

	(void)state;
	for (unsigned i = 0; i < 9; i++) {
		assert_int_equal(add_one(b, &a), 0);
		assert_int_equal(stele_builder_stats(b, &stats), 0);
		assert_int_equal(stats.nr_shared, i);
		assert_true(i < 2 || stele_output_tail(b->out) == heap + 16);
		heap = stele_output_tail(b->out);
	}
	a.strides[0] = 8;
	a.strides[1] = 16;
	assert_int_equal(add_one(b, &a), 0);
	assert_int_equal(stele_builder_stats(b, &stats), 0);
	assert_int_equal(stats.nr_shared, 8);
	stele_segment_close(finish(b));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(strides_keep_the_order_in_which_axes_lie),
		cmocka_unit_test(
			axes_of_one_and_arrays_of_none_have_no_strides),
		cmocka_unit_test(random_strides_read_as_they_did),
		cmocka_unit_test(what_is_no_array_is_refused_by_name),
		cmocka_unit_test(equal_arrays_are_shared_across_alignments),
	};

	printf("# seed %llx\n", (unsigned long long)SEED);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
