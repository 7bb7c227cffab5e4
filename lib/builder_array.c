// SPDX-License-Identifier: MIT
/*
 * Arrays: elements of one type, copied as they are once they are proved legal.
 *
 * An n-d array is laid down dense, whatever its strides are in the caller's
 * memory: the axes keep the order in which they lie there, so an array in
 * Fortran order stays in it; a stride of 0 stays 0, for one element; negative
 * ones turn round.  It is copied once, right to where it stays.
 */
#include "builder.h"
#include "calendar.h"

/* ------------------------------------------------------------- elements */

static int check_bools(const uint8_t *p, uint64_t len, struct stele_error *err)
{
	for (uint64_t i = 0; i < len; i++)
		if (p[i] > 1)
			return stele_fail(err, -STELE_E_RANGE,
					  "element %llu: %u is no bool",
					  (unsigned long long)i, p[i]);
	return 0;
}

static int check_times(unsigned element, const uint8_t *p, uint64_t len,
		       struct stele_error *err)
{
	size_t width = stele_type_width(element);

	for (uint64_t i = 0; i < len; i++) {
		struct stele_cell one = stele_cell_of(element), checked;
		int32_t days;

		if (width == sizeof(days)) {
			memcpy(&days, p + i * width, sizeof(days));
			one.u.i = days;
		} else {
			memcpy(&one.u.i, p + i * width, sizeof(one.u.i));
		}
		if (stele_calendar_fits(element, one.u.i))
			continue;
		return stele_fail_in(
			err, stele_lay_scalar(element, &one, &checked, err),
			"element %llu", (unsigned long long)i);
	}
	return 0;
}

/* Elements are legal: bools and the limits of times. */
static int check_elements(unsigned element, const void *p, uint64_t len,
			  struct stele_error *err)
{
	switch (element) {
	case STELE_TYPE_BOOL:
		return check_bools(p, len, err);
	case STELE_TYPE_DATE:
	case STELE_TYPE_DATETIME:
	case STELE_TYPE_TIME:
		return check_times(element, p, len, err);
	default:
		return 0;
	}
}

static int fail_element(const char *what, unsigned given, unsigned declared,
			struct stele_error *err)
{
	return stele_fail(err, -STELE_E_TYPE, "%s of %s where %s is declared",
			  what, stele_type_name(given),
			  stele_type_name(declared));
}

/* ------------------------------------------------------------ one axis */

static int lay_elements(struct stele_builder *b, unsigned element,
			const void *data, uint64_t len, unsigned flags,
			uint64_t *word)
{
	uint64_t bytes = len * stele_type_width(element);
	unsigned number = (unsigned)stele_element_of_type(element);

	return stele_stage_content(
		b,
		STELE_FMT_HEAD(STELE_FMT_KIND_ARRAY,
			       flags | number << STELE_FMT_OBJ_ELEM_SHIFT, len),
		NULL, data, bytes, bytes >= 64 ? 64 : 8, !flags, word);
}

/* From the items of a list. */
static int lay_items(struct stele_builder *b, unsigned element,
		     const struct stele_cell *cell, unsigned flags,
		     uint64_t *word, struct stele_error *err)
{
	size_t at, width = stele_type_width(element);
	int rc = stele_scratch_push(b, cell->len * width, &at);

	for (uint64_t i = 0; !rc && i < cell->len; i++) {
		struct stele_cell scalar;

		rc = stele_lay_scalar(element, &cell->u.cells[i], &scalar, err);
		if (rc)
			stele_fail_in(err, rc, "element %llu",
				      (unsigned long long)i);
		else
			stele_lay_raw(&scalar, b->scratch.ptr + at + i * width);
	}
	if (!rc)
		rc = lay_elements(b, element, b->scratch.ptr + at, cell->len,
				  flags, word);
	stele_scratch_pop(b, at);
	return rc;
}

int stele_lay_array(struct stele_builder *b, unsigned element,
		    const struct stele_cell *cell, unsigned flags,
		    uint64_t *word, struct stele_error *err)
{
	int rc;

	if (stele_element_of_type(element) < 0)
		return stele_fail(err, -STELE_E_TYPE, "no array of %s",
				  stele_type_name(element));
	if (cell->len > STELE_FMT_MAX_COUNT / 8)
		return stele_fail(err, -STELE_E_LIMIT,
				  "more than 2^45 elements in one array");
	if (cell->type == STELE_TYPE_LIST)
		return lay_items(b, element, cell, flags, word, err);
	if (cell->type != STELE_TYPE_ARRAY)
		return stele_fail_type(STELE_TYPE_ARRAY, cell, err);
	if (cell->element != element)
		return fail_element("array", cell->element, element, err);
	rc = check_elements(element, cell->u.ptr, cell->len, err);
	return rc ? rc :
		    lay_elements(b, element, cell->u.ptr, cell->len, flags,
				 word);
}

/* ------------------------------------------------------------ many axes */

/* An axis that reads more than one place. */
struct axis {
	uint64_t len;
	int64_t from; /* strides in the caller's memory and in ours */
	uint64_t to;
	unsigned number;
};

/* The copy of an array: its axes, the slowest first. */
struct layout {
	struct axis axes[STELE_NDARRAY_AXES];
	unsigned nr_axes;
	size_t width;
	uint64_t bytes; /* of the data */
};

static uint64_t distance(const struct axis *axis)
{
	return axis->from < 0 ? -(uint64_t)axis->from : (uint64_t)axis->from;
}

/* Behind those of larger strides; of equal ones the later axis is faster. */
static void insert_axis(struct layout *layout, struct axis axis)
{
	unsigned i = layout->nr_axes++;

	for (; i && distance(&layout->axes[i - 1]) < distance(&axis); i--)
		layout->axes[i] = layout->axes[i - 1];
	layout->axes[i] = axis;
}

/* Whether all axes are of some length, and the places they tell apart. */
static int measure(const struct stele_ndarray *array, struct layout *layout,
		   struct stele_error *err)
{
	uint64_t all = layout->width;
	bool empty = false, fits = true;

	for (uint32_t i = 0; i < array->nr_axes; i++)
		empty |= !array->shape[i];
	for (uint32_t i = 0; i < array->nr_axes; i++) {
		struct axis axis = { .len = array->shape[i],
				     .from = array->strides[i],
				     .number = i };

		if (axis.len)
			fits &= !__builtin_mul_overflow(all, axis.len, &all);
		if (!empty && axis.len > 1 && axis.from)
			insert_axis(layout, axis);
	}
	if (!fits || all > INT64_MAX)
		return stele_fail(err, -STELE_E_LIMIT,
				  "an array of 2^63 bytes or more");
	layout->bytes = empty ? 0 : layout->width;
	for (unsigned i = layout->nr_axes; i--;) {
		layout->axes[i].to = layout->bytes;
		layout->bytes *= layout->axes[i].len;
	}
	if (layout->bytes > STELE_FMT_MAX_COUNT)
		return stele_fail(err, -STELE_E_LIMIT,
				  "an array of more than 2^48 bytes");
	return 0;
}

/* Axes that lie as one in the caller's memory too become one. */
static void merge_axes(struct layout *layout)
{
	unsigned n = 0;

	for (unsigned i = 1; i < layout->nr_axes; i++) {
		struct axis *slow = &layout->axes[n];
		const struct axis *fast = &layout->axes[i];
		int64_t whole;

		if (__builtin_mul_overflow((int64_t)fast->len, fast->from,
					   &whole) ||
		    whole != slow->from) {
			layout->axes[++n] = *fast;
			continue;
		}
		slow->len *= fast->len;
		slow->from = fast->from;
		slow->to = fast->to;
	}
	if (layout->nr_axes)
		layout->nr_axes = n + 1;
}

/* Inlined with a width that is known, the copy is one load and one store. */
static inline void copy_spread(uint8_t *to, const uint8_t *from,
			       const struct axis *axis, size_t width)
{
	for (uint64_t i = 0; i < axis->len; i++)
		memcpy(to + i * width, from + (int64_t)i * axis->from, width);
}

/* The fastest axis. */
static void copy_line(uint8_t *to, const uint8_t *from, const struct axis *axis,
		      size_t width)
{
	if (axis->from == (int64_t)width) {
		memcpy(to, from, axis->len * width);
		return;
	}
	switch (width) {
	case 1:
		copy_spread(to, from, axis, 1);
		return;
	case 2:
		copy_spread(to, from, axis, 2);
		return;
	case 4:
		copy_spread(to, from, axis, 4);
		return;
	case 8:
		copy_spread(to, from, axis, 8);
		return;
	default:
		copy_spread(to, from, axis, width);
	}
}

/* Every element in our order; the index counts up like an odometer. */
static void copy_elements(uint8_t *to, const uint8_t *from,
			  const struct layout *layout)
{
	const struct axis one = { .len = 1, .from = (int64_t)layout->width };
	unsigned outer = layout->nr_axes ? layout->nr_axes - 1 : 0;
	const struct axis *line = layout->nr_axes ? &layout->axes[outer] : &one;
	const uint64_t line_bytes = line->len * layout->width;
	uint64_t index[STELE_NDARRAY_AXES] = { 0 }, off = 0;

	for (uint64_t done = 0; done < layout->bytes; done += line_bytes) {
		copy_line(to + done, from + (int64_t)off, line, layout->width);
		for (unsigned i = outer; i--;) {
			const struct axis *axis = &layout->axes[i];

			off += (uint64_t)axis->from;
			if (++index[i] < axis->len)
				break;
			off -= (uint64_t)axis->from * axis->len;
			index[i] = 0;
		}
	}
}

/* Head, shape and strides, as they stand before the data. */
static size_t describe(const struct stele_ndarray *array, unsigned flags,
		       const struct layout *layout,
		       uint64_t words[3 + 2 * STELE_NDARRAY_AXES])
{
	const struct stele_fmt_ndarray fixed = {
		.element = (uint8_t)stele_element_of_type(array->element),
		.data_bytes = layout->bytes,
	};
	const uint32_t n = array->nr_axes;

	words[0] = STELE_FMT_HEAD(STELE_FMT_KIND_NDARRAY, flags, n);
	memcpy(&words[1], &fixed, sizeof(fixed));
	memcpy(&words[3], array->shape, n * sizeof(*words));
	memset(&words[3 + n], 0, n * sizeof(*words));
	for (unsigned i = 0; i < layout->nr_axes; i++)
		words[3 + n + layout->axes[i].number] = layout->axes[i].to;
	return (3 + 2 * (size_t)n) * sizeof(*words);
}

static int check_ndarray(const struct stele_ndarray *array,
			 struct stele_error *err)
{
	if (stele_element_of_type(array->element) < 0)
		return stele_fail(err, -STELE_E_TYPE, "no array of %s",
				  stele_type_name(array->element));
	if (array->nr_axes > STELE_NDARRAY_AXES)
		return stele_fail(err, -STELE_E_LIMIT,
				  "an array of more than %d axes",
				  STELE_NDARRAY_AXES);
	return 0;
}

static int lay_ndarray(struct stele_builder *b,
		       const struct stele_ndarray *array, struct layout *layout,
		       unsigned flags, uint64_t *word, struct stele_error *err)
{
	uint64_t words[3 + 2 * STELE_NDARRAY_AXES], pos, data;
	size_t head = describe(array, flags, layout, words);
	struct stele_stage_mark mark;
	int rc;

	stele_stage_mark(b, &mark);
	/* where the object will begin, and so its data */
	pos = (b->stage.base + mark.len + 7) & ~7ull;
	data = stele_stage_data(pos, head - 8);
	rc = stele_stage_space(b, data - pos + layout->bytes, &pos);
	if (rc)
		return rc;
	*word = pos;
	memcpy(stele_stage_at(b, pos), words, head);
	merge_axes(layout);
	copy_elements(stele_stage_at(b, data), array->data, layout);
	rc = check_elements(array->element, stele_stage_at(b, data),
			    layout->bytes / layout->width, err);
	if (rc || flags)
		return rc;
	return stele_stage_unify(b, &mark, pos, head - 8, layout->bytes, word);
}

int stele_lay_ndarray(struct stele_builder *b, unsigned element,
		      const struct stele_cell *cell, unsigned flags,
		      uint64_t *word, struct stele_error *err)
{
	struct layout layout = { 0 };
	int rc;

	if (element != STELE_TYPE_ANY && cell->u.ndarray->element != element)
		return fail_element("ndarray", cell->u.ndarray->element,
				    element, err);
	rc = check_ndarray(cell->u.ndarray, err);
	if (rc)
		return rc;
	layout.width = stele_type_width(cell->u.ndarray->element);
	rc = measure(cell->u.ndarray, &layout, err);
	return rc ? rc :
		    lay_ndarray(b, cell->u.ndarray, &layout, flags, word, err);
}
