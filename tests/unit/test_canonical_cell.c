// SPDX-License-Identifier: MIT
/* Keys on their way in: what builders ask for beside the bytes of a cell. */
#include "keys.h"

#include <math.h>

#include "failing.h"

static int built(struct stele_buffer *out,
		 const struct stele_canonical_source *source, uint32_t type,
		 struct stele_cell cell)
{
	return stele_canonical_built(out, source, type, STELE_CANONICAL_DEPTH,
				     &cell);
}

static uint32_t field_type(const struct stele_schema *schema, uint32_t field)
{
	return schema->fields[field].type;
}

static void assert_same(struct stele_buffer *a, struct stele_buffer *b,
			bool same)
{
	assert_int_equal(a->len == b->len && !memcmp(a->ptr, b->ptr, a->len),
			 same);
	a->len = b->len = 0;
}

static void doubles_are_rounded_where_f32_is_declared(void **state)
{
	struct stele_schema *schema = parsed(
		"record R { f: f32 t: tuple<str, f32> s: set<f32> d: f64 }");
	struct stele_canonical_source source = { .schema = schema };
	double rounded = (double)(float)0.1;
	const struct stele_cell given[] = {
		stele_cell_f64(0.1),
		key_tuple(key_str("x"), stele_cell_f64(0.1)),
		key_set(stele_cell_f64(0.1)), stele_cell_f64(0.1)
	};
	const struct stele_cell stored[] = {
		stele_cell_f64(rounded),
		key_tuple(key_str("x"), stele_cell_f64(rounded)),
		key_set(stele_cell_f64(rounded)), stele_cell_f64(0.1)
	};
	struct stele_buffer a = { 0 }, b = { 0 };

	(void)state;
	for (uint32_t i = 0; i < 4; i++) {
		assert_int_equal(
			built(&a, &source, field_type(schema, i), given[i]), 0);
		assert_int_equal(built(&b, &source, STELE_FMT_NONE, stored[i]),
				 0);
		assert_same(&a, &b, true);
	}
	assert_int_equal(
		built(&a, &source, STELE_FMT_NONE, key_record(0, given, 4)), 0);
	assert_int_equal(built(&b, &source, STELE_FMT_NONE,
			       key_record(0, stored, 4)),
			 0);
	assert_same(&a, &b, true);
	/* two that are one once they are rounded */
	assert_int_equal(
		built(&a, &source, field_type(schema, 2),
		      key_set(stele_cell_f64(0.1), stele_cell_f64(rounded))),
		-STELE_E_DUPLICATE);
	stele_buffer_free(&a);
	stele_buffer_free(&b);
	stele_schema_free(schema);
}

static void unset_fields_have_their_default(void **state)
{
	struct stele_schema *schema =
		parsed("record R { a: u8 = 7 b: u8 optional c: u8 optional }");
	const struct stele_cell defaults[] = {
		stele_cell_u64(7), stele_cell_of(STELE_TYPE_UNSET),
		stele_cell_of(STELE_TYPE_UNSET)
	};
	struct stele_canonical_source source = { .schema = schema,
						 .defaults = defaults };
	const struct stele_cell given[] = { stele_cell_of(STELE_TYPE_UNSET),
					    stele_cell_i64(1) };
	struct stele_buffer out = { 0 };

	(void)state;
	assert_int_equal(built(&out, &source, STELE_FMT_NONE,
			       key_record(0, given, 2)),
			 0);
	assert_hex(out.ptr, out.len,
		   "420152"
		   "02"
		   "0161"
		   "03100107"
		   "0162"
		   "03100101");
	out.len = 0;
	assert_int_equal(built(&out, &source, STELE_FMT_NONE,
			       key_record(0, NULL, 0)),
			 0);
	assert_hex(out.ptr, out.len,
		   "420152010161"
		   "03100107");
	stele_buffer_free(&out);
	stele_schema_free(schema);
}

static void records_must_be_those_of_the_schema(void **state)
{
	static const struct stele_cell many[3];
	struct stele_schema *schema = parsed("record R { a: u8 optional }");
	struct stele_canonical_source source = { .schema = schema },
				      none = { 0 };
	struct stele_buffer out = { 0 };

	(void)state;
	assert_int_equal(built(&out, &source, STELE_FMT_NONE,
			       key_record(1, NULL, 0)),
			 -STELE_E_TYPE);
	assert_int_equal(built(&out, &source, STELE_FMT_NONE,
			       key_record(0, many, 2)),
			 -STELE_E_TYPE);
	assert_int_equal(built(&out, &none, STELE_FMT_NONE,
			       key_record(0, NULL, 0)),
			 -STELE_E_TYPE);
	stele_buffer_free(&out);
	stele_schema_free(schema);
}

static void reference_by_key_is_no_part_of_a_key(void **state)
{
	struct stele_schema *schema =
		parsed("record R { name: str up: ref t optional } "
		       "table t: R(name)");
	struct stele_canonical_source source = { .schema = schema };
	const struct stele_cell cells[] = { key_str("a"), key_str("b") };
	struct stele_buffer out = { 0 };

	(void)state;
	assert_int_equal(built(&out, &source, STELE_FMT_NONE,
			       key_record(0, cells, 2)),
			 -STELE_E_TYPE);
	assert_int_equal(built(&out, &source, STELE_FMT_NONE,
			       key_record(0, cells, 1)),
			 0);
	stele_buffer_free(&out);
	stele_schema_free(schema);
}

/* -------------------------------------------------------------- handles */

/* Handle n leads to a tuple of handle n - 1, handle 0 to 1, 99 to itself. */
static int follow(void *arg, struct stele_handle handle, unsigned depth,
		  struct stele_buffer *out)
{
	const struct stele_canonical_source *source = arg;
	struct stele_cell one = stele_cell_i64(1);
	struct stele_handle next = { handle.word == 99 ? 99 : handle.word - 1 };
	struct stele_cell item = stele_cell_ref(next);

	if (handle.word)
		one = key_collection(STELE_TYPE_TUPLE, &item, 1);
	return stele_canonical_built(out, source, STELE_FMT_NONE, depth, &one);
}

static void handles_are_what_they_lead_to(void **state)
{
	struct stele_canonical_source source = { .follow = follow,
						 .arg = &source };
	struct stele_cell cell = key_tuple(handmade_ref(2), handmade_ref(0));
	struct stele_buffer out = { 0 };

	(void)state;
	assert_int_equal(built(&out, &source, STELE_FMT_NONE, cell), 0);
	assert_hex(out.ptr, out.len,
		   "4002"
		   "09400106400103100101"
		   "03100101");
	out.len = 0;
	assert_int_equal(built(&out, &source, STELE_FMT_NONE,
			       handmade_ref(STELE_CANONICAL_DEPTH - 1)),
			 0);
	out.len = 0;
	assert_int_equal(built(&out, &source, STELE_FMT_NONE,
			       handmade_ref(STELE_CANONICAL_DEPTH)),
			 -STELE_E_LIMIT);
	assert_int_equal(built(&out, &source, STELE_FMT_NONE, handmade_ref(99)),
			 -STELE_E_LIMIT);
	source.follow = NULL;
	assert_int_equal(built(&out, &source, STELE_FMT_NONE, cell),
			 -STELE_E_TYPE);
	assert_int_equal(out.len, 0);
	stele_buffer_free(&out);
}

/* -------------------------------------------------------------- refusals */

static void refusals_leave_the_buffer_as_it_was(void **state)
{
	static const struct stele_user user = { "u", 1, "x", 1 };
	const struct {
		struct stele_cell cell;
		int code;
	} cases[] = {
		{ key_text(STELE_TYPE_BIGINT, "12x"), -STELE_E_TYPE },
		{ key_decimal("1.2.3"), -STELE_E_TYPE },
		{ key_decimal("NaN"), -STELE_E_RANGE },
		{ key_decimal("1E+1000001"), -STELE_E_RANGE },
		{ key_decimal("1E+100000"), -STELE_E_LIMIT },
		{ stele_cell_f64(NAN), -STELE_E_RANGE },
		{ stele_cell_of(STELE_TYPE_UNSET), -STELE_E_TYPE },
		{ stele_cell_list(NULL, 0), -STELE_E_TYPE },
		{ stele_cell_of(STELE_TYPE_DICT), -STELE_E_TYPE },
		{ stele_cell_of(STELE_TYPE_NDARRAY), -STELE_E_TYPE },
		{ key_set(key_user(&user), stele_cell_i64(1), key_user(&user)),
		  -STELE_E_DUPLICATE },
		{ key_set(key_decimal("0.50"), stele_cell_f64(0.5)),
		  -STELE_E_DUPLICATE },
	};
	struct stele_buffer out = { 0 };

	(void)state;
	assert_int_equal(stele_buffer_append(&out, "before", 6), 0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct stele_cell inside =
			key_tuple(stele_cell_i64(1), cases[i].cell);

		assert_int_equal(stele_canonical_cell(&out, &cases[i].cell),
				 cases[i].code);
		assert_int_equal(stele_canonical_cell(&out, &inside),
				 cases[i].code);
		assert_int_equal(out.len, 6);
		assert_memory_equal(out.ptr, "before", 6);
	}
	stele_buffer_free(&out);
}

/* A tree of cells in which each leads twice to the next is no endless walk. */
static void cells_that_share_cells_are_refused_in_no_time(void **state)
{
	struct stele_cell levels[40][2];
	struct stele_buffer out = { 0 };
	struct stele_cell top;

	(void)state;
	levels[0][0] = levels[0][1] = stele_cell_i64(1);
	for (int i = 1; i < 40; i++)
		levels[i][0] = levels[i][1] =
			key_collection(STELE_TYPE_TUPLE, levels[i - 1], 2);
	top = key_collection(STELE_TYPE_TUPLE, levels[39], 2);
	assert_int_equal(stele_canonical_cell(&out, &top), -STELE_E_LIMIT);
	stele_buffer_free(&out);
}

static void every_allocation_may_fail(void **state)
{
	const struct stele_cell cell = key_tuple(
		key_set(key_text(STELE_TYPE_BIGINT, "123456789012345678901"),
			key_set(stele_cell_i64(2), stele_cell_i64(1)),
			key_decimal("0.1")),
		handmade_ref(1));
	struct stele_canonical_source source = { .follow = follow,
						 .arg = &source };
	struct stele_buffer out = { 0 };
	long k;
	int rc;

	(void)state;
	if (!FAILING_ALLOCATION_WORKS) {
		print_message("the sanitizer owns the allocation calls\n");
		skip();
	}
	for (k = 1;; k++) {
		long held = failing.held;

		failing_begin(FAILING_ALLOCATION, k, ENOMEM);
		rc = built(&out, &source, STELE_FMT_NONE, cell);
		if (!failing_end())
			break;
		assert_int_equal(rc, -ENOMEM);
		assert_int_equal(out.len, 0);
		stele_buffer_free(&out);
		assert_int_equal(failing.held, held);
	}
	assert_int_equal(rc, 0);
	assert_true(k > 5);
	stele_buffer_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(doubles_are_rounded_where_f32_is_declared),
		cmocka_unit_test(unset_fields_have_their_default),
		cmocka_unit_test(records_must_be_those_of_the_schema),
		cmocka_unit_test(reference_by_key_is_no_part_of_a_key),
		cmocka_unit_test(handles_are_what_they_lead_to),
		cmocka_unit_test(refusals_leave_the_buffer_as_it_was),
		cmocka_unit_test(cells_that_share_cells_are_refused_in_no_time),
		cmocka_unit_test(every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
