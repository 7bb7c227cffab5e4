// SPDX-License-Identifier: MIT
/*
 * What the builder refuses: by its code, with a reason that names what and
 * where; limits by name.  What was refused leaves the build as it was.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "builder.h"
#include "building.h"
#include "canonical.h"
#include "map_probe.h"

static struct stele_error err;

static struct stele_cell bigint(const char *digits)
{
	struct stele_cell cell = stele_cell_of(STELE_TYPE_BIGINT);

	cell.u.ptr = digits;
	cell.len = strlen(digits);
	return cell;
}

static int add_one(struct stele_builder *b, struct stele_cell cell)
{
	return stele_builder_add(b, 0, &cell, 1, NULL, &err);
}

/* ---------------------------------------------------------------- handles */

static void handle_of_another_build_is_refused(void **state)
{
	struct stele_builder *a = begin(NULL, NULL);
	struct stele_builder *b = begin("record R { v: any }", NULL);
	struct stele_cell list = stele_cell_list(NULL, 0);
	struct stele_cell text = str("a string of some length");
	const struct stele_cell immediates[] = {
		stele_cell_i64(-7), stele_cell_f64(1.5), str("short"),
		stele_cell_of(STELE_TYPE_NULL), stele_cell_bool(true)
	};
	struct stele_handle of_list, of_text, of_scalar, none = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(immediates) / sizeof(*immediates); i++) {
		assert_int_equal(stele_builder_put(a, &immediates[i],
						   &of_scalar, &err),
				 0);
		assert_int_equal(add_one(b, stele_cell_ref(of_scalar)),
				 -EINVAL);
	}
	assert_int_equal(stele_builder_put(a, &list, &of_list, &err), 0);
	assert_int_equal(stele_builder_put(a, &text, &of_text, &err), 0);
	assert_int_equal(add_one(b, text), 0);
	assert_int_equal(add_one(b, stele_cell_ref(of_list)), -EINVAL);
	assert_string_equal(err.reason,
			    "field 'v': a handle that is not of this build");
	assert_int_equal(add_one(b, stele_cell_ref(of_text)), -EINVAL);
	assert_int_equal(add_one(b, stele_cell_ref(none)), -EINVAL);
	assert_int_equal(stele_builder_fill(b, of_list, NULL, 0, &err),
			 -STELE_E_STATE);
	stele_segment_close(finish(b));
	stele_segment_close(finish(a));
}

static void handle_must_be_of_the_declared_record(void **state)
{
	struct stele_builder *b = begin(
		"record A { n: u8 } record B { a: A } record C { r: ref t }\n"
		"table t: A(n)",
		NULL);
	struct stele_cell n = stele_cell_u64(1), cell;
	struct stele_handle list, nested;

	(void)state;
	cell = stele_cell_list(NULL, 0);
	assert_int_equal(stele_builder_put(b, &cell, &list, &err), 0);
	cell = stele_cell_of(STELE_TYPE_RECORD);
	cell.u.cells = &n;
	cell.len = 1;
	assert_int_equal(stele_builder_put(b, &cell, &nested, &err), 0);
	cell = stele_cell_ref(list);
	assert_int_equal(stele_builder_add(b, 1, &cell, 1, NULL, &err),
			 -STELE_E_TYPE);
	assert_string_equal(err.reason,
			    "field 'a': a handle that is no record of 'A'");
	cell = stele_cell_ref(nested);
	assert_int_equal(stele_builder_add(b, 1, &cell, 1, NULL, &err), 0);
	assert_int_equal(stele_builder_add(b, 2, &cell, 1, NULL, &err),
			 -STELE_E_TYPE);
	assert_string_equal(err.reason,
			    "field 'r': a handle that is no row of 'A'");
	stele_segment_close(finish(b));
}

/* ----------------------------------------------------------------- numbers */

static void bigint_cells_convert_where_they_are_equal(void **state)
{
	static const struct {
		unsigned field;
		const char *digits;
		int rc;
		const char *reason;
	} cases[] = {
		{ 0, "18446744073709551615", 0, NULL },
		{ 0, "18446744073709551616", -STELE_E_RANGE,
		  "field 'u': 18446744073709551616 does not fit u64" },
		{ 0, "-1", -STELE_E_RANGE, "field 'u': -1 does not fit u64" },
		{ 0, "12x", -STELE_E_TYPE,
		  "field 'u': an integer of other text than digits" },
		{ 1, "-9223372036854775808", 0, NULL },
		{ 1, "-9223372036854775809", -STELE_E_RANGE,
		  "field 'i': -9223372036854775809 does not fit i64" },
		{ 2, "100000000000000000000", 0, NULL },
		{ 2, "100000000000000000001", -STELE_E_RANGE,
		  "field 'd': 100000000000000000001 is no exact f64" },
		{ 2, "9007199254740993", -STELE_E_RANGE,
		  "field 'd': 9007199254740993 is no exact f64" },
		{ 3, "-1267650600228229401496703205376", 0, NULL },
		{ 3, "16777217", -STELE_E_RANGE,
		  "field 'f': 16777217 is no exact f32" },
		{ 3, "340282366920938463463374607431768211456", -STELE_E_RANGE,
		  "field 'f': 340282366920938463463374607431768211456 is no exact f32" },
		{ 4, "true", -STELE_E_TYPE,
		  "field 'b': bigint where bool is declared" },
	};
	struct stele_builder *b = begin(
		"record R { u: u64? i: i64? d: f64? f: f32? b: bool? }", NULL);
	struct stele_rows rows = STELE_ROWS_BEGIN;
	struct stele_segment *seg;
	struct stele_value row;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct stele_cell cells[5];

		for (unsigned k = 0; k < 5; k++)
			cells[k] = stele_cell_of(STELE_TYPE_NULL);
		cells[cases[i].field] = bigint(cases[i].digits);
		assert_int_equal(stele_builder_add(b, 0, cells, 5, NULL, &err),
				 cases[i].rc);
		if (cases[i].rc)
			assert_string_equal(err.reason, cases[i].reason);
	}
	seg = finish(b);
	row = next_row(seg, &rows);
	assert_true(field(&row, 0).u.u == UINT64_MAX);
	row = next_row(seg, &rows);
	assert_true(field(&row, 1).u.i == INT64_MIN);
	row = next_row(seg, &rows);
	assert_true(field(&row, 2).u.f == 1e20);
	row = next_row(seg, &rows);
	assert_true(field(&row, 3).u.f == -0x1p100);
	stele_segment_close(seg);
}

static void nan_is_no_key(void **state)
{
	struct stele_builder *b =
		begin("record R { v: any } record T { a: f64 b: u8 }\n"
		      "table by_v: R(v)\ntable by_ab: T(a, b)",
		      NULL);
	struct stele_cell pair[2] = { stele_cell_f64((double)NAN),
				      stele_cell_u64(1) };
	struct stele_cell dict = stele_cell_of(STELE_TYPE_DICT);

	(void)state;
	assert_int_equal(add_one(b, pair[0]), -STELE_E_RANGE);
	assert_string_equal(err.reason, "table 'by_v': NaN cannot be a key");
	assert_int_equal(stele_builder_add(b, 1, pair, 2, NULL, &err),
			 -STELE_E_RANGE);
	assert_string_equal(err.reason, "table 'by_ab': NaN cannot be a key");
	dict.u.cells = pair;
	dict.len = 1;
	assert_int_equal(add_one(b, dict), -STELE_E_RANGE);
	assert_string_equal(err.reason,
			    "field 'v': key 0: NaN cannot be a key");
	dict.len = 0;
	assert_int_equal(add_one(b, dict), -STELE_E_TYPE);
	assert_string_equal(err.reason, "table 'by_v': dict cannot be a key");
	stele_segment_close(finish(b));
}

/* -------------------------------------------------------------------- keys */

static void empty_key_of_an_integer_table_is_refused_alone(void **state)
{
	const uint64_t empty = stele_probe_empty_key(STELE_FMT_DEFAULT_SEED);
	struct stele_builder *b =
		begin("record R { n: u64 } table t: R(n)", NULL);
	struct stele_table_options o = { .size = sizeof(o),
					 .key = STELE_TYPE_U64,
					 .value = STELE_TYPE_ANY };
	struct stele_cell key = stele_cell_u64(empty), value;
	struct stele_build_stats stats = { .size = sizeof(stats) };
	struct stele_segment *seg;
	uint32_t any, raw;

	(void)state;
	assert_int_equal(add_one(b, key), -STELE_E_RANGE);
	assert_non_null(strstr(err.reason, "table 't': the key "));
	assert_int_equal(add_one(b, stele_cell_u64(empty + 1)), 0);
	assert_int_equal(stele_builder_table(b, "any", &o, &any, &err), 0);
	value = str("a value that would be an object of the heap");
	assert_int_equal(stele_builder_table_add(b, any, &key, &value, &err),
			 -STELE_E_RANGE);
	o.value = STELE_TYPE_U64;
	assert_int_equal(stele_builder_table(b, "raw", &o, &raw, &err), 0);
	assert_int_equal(stele_builder_table_add_u64(b, raw, empty, 7, &err),
			 -STELE_E_RANGE);
	assert_int_equal(
		stele_builder_table_add_u64(b, raw, empty + 1, 7, &err), 0);
	assert_int_equal(b->nr_objects, 1);
	stele_builder_stats(b, &stats);
	assert_int_equal(stats.nr_rows, 1);
	seg = finish(b);
	assert_non_null(stele_segment_map(seg, "raw"));
	stele_segment_close(seg);
}

static void key_may_be_a_default_of_a_nested_record(void **state)
{
	struct stele_builder *b = begin(
		"record M { k: str = \"the default key\" } record R { m: M }\n"
		"table t: R(m.k)",
		NULL);
	struct stele_cell m = stele_cell_of(STELE_TYPE_RECORD);
	struct stele_segment *seg;
	struct stele_value row;

	(void)state;
	assert_int_equal(stele_builder_add(b, 1, &m, 1, NULL, &err), 0);
	seg = finish(b);
	assert_int_equal(stele_map_get_str(stele_segment_map(seg, "t"),
					   "the default key", 15, &row),
			 0);
	stele_segment_close(seg);
}

/* Each row by value and by handle: both must come under one key. */
static void key_behind_a_handle_is_that_of_the_cell(void **state)
{
	struct stele_builder *b = begin(
		"record M { k: any optional b: bool? i: i8? f: f32? d: date? }\n"
		"record R { m: M }\n"
		"table t: R(m.k) multi\ntable b: R(m.b) multi\n"
		"table i: R(m.i) multi\ntable f: R(m.f) multi\n"
		"table d: R(m.d) multi\ntable all: R(m.b, m.i, m.f, m.d) multi",
		NULL);
	struct stele_cell keys[] = {
		stele_cell_of(STELE_TYPE_UNSET),
		stele_cell_of(STELE_TYPE_NULL),
		stele_cell_bool(false),
		stele_cell_i64(-5),
		stele_cell_i64(INT64_MIN),
		stele_cell_u64(UINT64_MAX),
		stele_cell_f64(0.25),
		stele_cell_f64(-0.0),
		stele_cell_f64((double)INFINITY),
		stele_cell_f64(5e-324),
		stele_cell_of(STELE_TYPE_DATE),
		stele_cell_of(STELE_TYPE_DATETIME),
		str(""),
		str("short"),
		str("an ASCII string"),
		str("a string, naïve"),
		stele_cell_of(STELE_TYPE_BYTES),
	};
	const size_t n = sizeof(keys) / sizeof(*keys);
	struct stele_segment *seg;

	(void)state;
	keys[n - 1].u.ptr = "\0\1\2\3\4\5\6\7\0";
	keys[n - 1].len = 9;
	for (size_t i = 0; i < n; i++) {
		struct stele_cell row = stele_cell_of(STELE_TYPE_RECORD);
		struct stele_cell m[5] = { keys[i], stele_cell_bool(i & 1),
					   stele_cell_i64(-(int)i),
					   stele_cell_f64((double)i / 4),
					   stele_cell_of(STELE_TYPE_DATE) };
		struct stele_handle handle;

		m[4].u.i = -(int)i;
		row.u.cells = m;
		row.len = 5;
		assert_int_equal(stele_builder_add(b, 1, &row, 1, NULL, &err),
				 0);
		assert_int_equal(stele_builder_put(b, &row, &handle, &err), 0);
		row = stele_cell_ref(handle);
		assert_int_equal(stele_builder_add(b, 1, &row, 1, NULL, &err),
				 0);
	}
	seg = finish(b);
	for (uint32_t t = 0; t < 6; t++) {
		static const uint64_t nr_keys[] = { 15, 2, 17, 17, 17, 17 };
		struct stele_map_info info = { .size = sizeof(info) };
		const struct stele_map *map = stele_segment_map_at(seg, t);

		assert_int_equal(stele_map_info(map, &info), 0);
		assert_int_equal(info.nr_keys, nr_keys[t]);
		assert_int_equal(info.nr_values, t ? 34 : 30);
	}
	stele_segment_close(seg);
}

static void key_in_a_record_that_is_not_filled_is_refused(void **state)
{
	struct stele_builder *b = begin(
		"record M { k: u8 } record R { m: M } table t: R(m.k)", NULL);
	struct stele_cell n = stele_cell_u64(3), m;
	struct stele_handle handle;

	(void)state;
	assert_int_equal(stele_builder_reserve_record(b, 0, &handle, &err), 0);
	m = stele_cell_ref(handle);
	assert_int_equal(stele_builder_add(b, 1, &m, 1, NULL, &err),
			 -STELE_E_STATE);
	assert_int_equal(stele_builder_fill(b, handle, &n, 1, &err), 0);
	assert_int_equal(stele_builder_add(b, 1, &m, 1, NULL, &err), 0);
	stele_segment_close(finish(b));
}

/* ------------------------------------------------------------------ places */

static void duplicate_key_names_both_rows(void **state)
{
	struct stele_builder *b = begin(
		"record O { x: u8 } record R { k: str? } table t: R(k)", NULL);
	static const char *const keys[] = { NULL, "a", "b", NULL, "a" };
	struct stele_cell cell = stele_cell_u64(0);

	(void)state;
	assert_int_equal(stele_builder_add(b, 0, &cell, 1, NULL, &err), 0);
	for (unsigned i = 0; i < 5; i++) {
		cell = keys[i] ? str(keys[i]) : stele_cell_of(STELE_TYPE_NULL);
		assert_int_equal(stele_builder_add(b, 1, &cell, 1, NULL, &err),
				 0);
	}
	assert_int_equal(stele_builder_finish(b, NULL, &err),
			 -STELE_E_DUPLICATE);
	assert_string_equal(err.reason,
			    "table 't': key 'a' of row 5 is that of row 2 too");
	stele_builder_free(b);
}

static void unresolved_reference_names_the_row_if_there_is_one(void **state)
{
	const char *schema = "record R { k: u32 r: ref t? } table t: R(k)";
	struct stele_cell row[2] = { stele_cell_u64(1),
				     stele_cell_of(STELE_TYPE_NULL) };
	struct stele_cell nested = stele_cell_of(STELE_TYPE_RECORD);
	struct stele_builder *b = begin(schema, NULL);
	struct stele_handle handle;

	(void)state;
	add(b, 0, row, 2);
	assert_int_equal(stele_builder_reserve_row(b, 0, &handle, &err), 0);
	row[0].u.u = 2;
	add(b, 0, row, 2);
	row[0].u.u = 3;
	row[1] = stele_cell_u64(77);
	assert_int_equal(stele_builder_fill(b, handle, row, 2, &err), 0);
	assert_int_equal(stele_builder_finish(b, NULL, &err),
			 -STELE_E_UNRESOLVED);
	assert_string_equal(err.reason, "row 1: no 77 in table 't'");
	stele_builder_free(b);

	b = begin(schema, NULL);
	nested.u.cells = row;
	nested.len = 2;
	assert_int_equal(stele_builder_put(b, &nested, &handle, &err), 0);
	assert_int_equal(stele_builder_finish(b, NULL, &err),
			 -STELE_E_UNRESOLVED);
	assert_string_equal(err.reason, "no 77 in table 't'");
	stele_builder_free(b);
}

static void deep_place_keeps_its_field_and_its_reason(void **state)
{
	struct stele_builder *b = begin("record R { v: any }", NULL);
	struct stele_cell cells[200];

	(void)state;
	cells[199] = stele_cell_str("\xff", 1);
	for (int i = 198; i >= 0; i--)
		cells[i] = stele_cell_list(&cells[i + 1], 1);
	assert_int_equal(add_one(b, cells[0]), -STELE_E_UTF8);
	assert_memory_equal(err.reason, "field 'v': ...", 14);
	assert_non_null(
		strstr(err.reason, "item 0: item 0: invalid UTF-8 at byte 0"));
	stele_segment_close(finish(b));
}

/* ------------------------------------------------------------------ limits */

static void counts_beyond_a_limit_are_refused_by_name(void **state)
{
	static const struct {
		enum stele_type type;
		uint64_t len;
		const char *reason;
	} cases[] = {
		{ STELE_TYPE_DICT, 1ull << 30,
		  "more than 1073741823 pairs in one dict" },
		{ STELE_TYPE_LIST, 1ull << 46,
		  "more than 2^45 items in one collection" },
		{ STELE_TYPE_ARRAY, 1ull << 46,
		  "more than 2^45 elements in one array" },
		{ STELE_TYPE_STR, 1ull << 49,
		  "a string of more than 2^48 bytes" },
		{ STELE_TYPE_BYTES, 1ull << 49,
		  "more than 2^48 bytes in one value" },
	};
	struct stele_builder *b = begin("record R { v: any }", NULL);
	struct stele_handle handle;
	struct stele_cell *many;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct stele_cell cell = stele_cell_of(cases[i].type);

		cell.element = STELE_TYPE_U8;
		cell.len = cases[i].len;
		assert_int_equal(add_one(b, cell), -STELE_E_LIMIT);
		assert_non_null(strstr(err.reason, cases[i].reason));
	}
	assert_int_equal(stele_builder_reserve_list(b, 1ull << 46, &handle,
						    &err),
			 -STELE_E_LIMIT);
	many = calloc(2, sizeof(*many));
	many[0] = stele_cell_of(STELE_TYPE_NULL);
	many[1] = many[0];
	assert_int_equal(stele_builder_add(b, 0, many, 2, NULL, &err),
			 -STELE_E_TYPE);
	assert_string_equal(err.reason,
			    "2 values for the 1 fields of a record");
	free(many);
	stele_segment_close(finish(b));
}

static void integers_have_up_to_100000_digits(void **state)
{
	struct stele_builder *b = begin("record R { v: any }", NULL);
	struct stele_rows rows = STELE_ROWS_BEGIN;
	char *digits = malloc(100002), *got = malloc(100002);
	struct stele_segment *seg;
	struct stele_value row, v;
	size_t len;

	(void)state;
	memset(digits, '9', 100001);
	digits[100001] = '\0';
	assert_int_equal(add_one(b, bigint(digits)), -STELE_E_LIMIT);
	assert_string_equal(err.reason,
			    "field 'v': an integer of more than 100000 digits");
	assert_int_equal(add_one(b, bigint(digits + 1)), 0);
	seg = finish(b);
	row = next_row(seg, &rows);
	v = field(&row, 0);
	assert_int_equal(stele_value_digits(&v, got, 100002, &len), 0);
	assert_string_equal(got, digits + 1);
	free(got);
	free(digits);
	stele_segment_close(seg);
}

static void every_way_in_has_one_depth(void **state)
{
	struct stele_builder *b = begin("record R { v: any }", NULL);
	struct stele_cell cells[513];
	struct stele_handle handle;

	(void)state;
	cells[512] = stele_cell_u64(1);
	for (int i = 511; i >= 0; i--)
		cells[i] = stele_cell_list(&cells[i + 1], 1);
	assert_int_equal(stele_builder_put(b, &cells[1], &handle, &err), 0);
	assert_int_equal(stele_builder_put(b, &cells[0], &handle, &err),
			 -STELE_E_LIMIT);
	assert_int_equal(add_one(b, cells[1]), 0);
	assert_int_equal(add_one(b, cells[0]), -STELE_E_LIMIT);
	assert_non_null(strstr(err.reason, "values nested deeper than 512"));
	stele_segment_close(finish(b));
}

static void names_have_up_to_65535_bytes(void **state)
{
	struct stele_table_options o = { .size = sizeof(o),
					 .key = STELE_TYPE_U64,
					 .value = STELE_TYPE_U64 };
	struct stele_builder *b = begin(NULL, NULL);
	struct stele_cell null = stele_cell_of(STELE_TYPE_NULL);
	char *name = malloc(65537);
	uint32_t table;

	(void)state;
	memset(name, 'n', 65536);
	name[65536] = '\0';
	assert_int_equal(stele_builder_root(b, name, &null, &err),
			 -STELE_E_LIMIT);
	assert_int_equal(stele_builder_table(b, name, &o, &table, &err),
			 -STELE_E_LIMIT);
	assert_int_equal(stele_builder_root(b, name + 1, &null, &err), 0);
	assert_int_equal(stele_builder_table(b, name + 1, &o, &table, &err), 0);
	assert_int_equal(stele_builder_root(b, name + 1, &null, &err),
			 -STELE_E_DUPLICATE);
	assert_int_equal(stele_builder_table(b, name + 1, &o, &table, &err),
			 -STELE_E_DUPLICATE);
	assert_int_equal(stele_builder_root(b, "", &null, &err),
			 -STELE_E_SCHEMA);
	assert_int_equal(stele_builder_table(b, "", &o, &table, &err),
			 -STELE_E_SCHEMA);
	assert_int_equal(stele_builder_root(b, "\xc0", &null, &err),
			 -STELE_E_UTF8);
	assert_int_equal(stele_builder_table(b, "\xc0", &o, &table, &err),
			 -STELE_E_UTF8);
	free(name);
	stele_segment_close(finish(b));
}

static void tables_beyond_65535_are_refused(void **state)
{
	struct stele_table_options o = { .size = sizeof(o),
					 .key = STELE_TYPE_U64,
					 .value = STELE_TYPE_U64 };
	struct stele_builder *b = begin(NULL, NULL);
	struct stele_build_table *tables;
	uint32_t table;

	(void)state;
	/* as many, without the memory that they would take */
	tables = calloc(STELE_MAX_TABLES, sizeof(*tables));
	for (uint32_t i = 0; i < STELE_MAX_TABLES; i++)
		tables[i].name = strdup("");
	b->tables = tables;
	b->nr_tables = STELE_MAX_TABLES;
	assert_int_equal(stele_builder_table(b, "one more", &o, &table, &err),
			 -STELE_E_LIMIT);
	assert_string_equal(err.reason, "more than 65535 tables");
	stele_builder_free(b);
}

static void objects_end_below_2_to_the_48(void **state)
{
	struct stele_builder *b = begin("record R { v: any }", NULL);
	struct stele_cell text = str("a string that takes some bytes");
	uint64_t room = (1ull << 48) - 32 - stele_output_tail(b->out);

	(void)state;
	if (stele_output_zeros(b->out, room)) {
		stele_builder_free(b);
		print_message("no file can be so large here\n");
		skip();
	}
	assert_int_equal(add_one(b, text), -STELE_E_LIMIT);
	assert_string_equal(err.reason,
			    "objects beyond 2^48 bytes of one segment");
	assert_int_equal(add_one(b, stele_cell_u64(1)), 0);
	stele_builder_free(b);
}

/* ----------------------------------------------------------------- options */

static void build_options_are_checked(void **state)
{
	struct {
		struct stele_build_options o;
		uint64_t later;
	} newer = { .o.size = sizeof(newer), .later = 1 };
	struct stele_build_options bad[] = {
		{ .size = 4 },
		{ .size = sizeof(*bad), .flags = 8 },
		{ .size = sizeof(*bad), .mode = 0644 },
		{ .size = sizeof(*bad), .mode = 0555 },
		{ .size = sizeof(*bad), .mode = 04444 },
		{ .size = sizeof(*bad), .share_log2 = 25 },
		{ .size = sizeof(*bad), .duplicates = 3 },
		{ .size = sizeof(*bad), .flags = STELE_BUILD_F_VERITY },
	};
	struct stele_builder *b;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		memset(&err, 0, sizeof(err));
		assert_int_equal(stele_builder_create_memfd("bad", NULL,
							    &bad[i], &b, &err),
				 -EINVAL);
		assert_true(err.reason[0]);
	}
	assert_int_equal(stele_builder_create_memfd("bad", NULL, &newer.o, &b,
						    &err),
			 -EINVAL);
	newer.later = 0;
	assert_int_equal(stele_builder_create_memfd("good", NULL, &newer.o, &b,
						    &err),
			 0);
	stele_segment_close(finish(b));
}

static void table_options_are_checked(void **state)
{
	const struct stele_table_options good = { .size = sizeof(good),
						  .key = STELE_TYPE_STR,
						  .value = STELE_TYPE_STR };
	struct stele_builder *b = begin("record R { n: u8 }", NULL);
	struct stele_table_options bad[9];
	uint32_t table;

	(void)state;
	for (unsigned i = 0; i < 9; i++)
		bad[i] = good;
	bad[0].size = 7;
	bad[1].key = STELE_TYPE_F64;
	bad[2].value = STELE_TYPE_LIST;
	bad[3].value = STELE_TYPE_RECORD;
	bad[3].record = 1;
	bad[4].multi = 2;
	bad[5].buckets = 2;
	bad[6].bucket_log2 = 5;
	bad[7].bucket_log2 = 16;
	bad[8].duplicates = 3;
	for (unsigned i = 0; i < 9; i++)
		assert_int_equal(stele_builder_table(b, "t", &bad[i], &table,
						     &err),
				 -EINVAL);
	assert_int_equal(stele_builder_table(b, "t", NULL, &table, &err),
			 -EINVAL);
	assert_int_equal(stele_builder_table(b, "t", &good, &table, &err), 0);
	stele_segment_close(finish(b));
}

/* ------------------------------------------------------------------- state */

static void canonical_key_has_up_to_65792_bytes(void **state)
{
	struct stele_builder *b = begin(NULL, NULL);
	struct stele_table_options o = { .size = sizeof(o),
					 .key = STELE_TYPE_ANY,
					 .value = STELE_TYPE_U64 };
	char *text = calloc(1, STELE_CANONICAL_MAX);
	struct stele_cell value = stele_cell_u64(1), key;
	struct stele_segment *seg;
	struct stele_value found;
	uint32_t t;

	(void)state;
	memset(text, 'k', STELE_CANONICAL_MAX);
	assert_int_equal(stele_builder_table(b, "t", &o, &t, &err), 0);
	key = stele_cell_str(text, STELE_CANONICAL_MAX);
	assert_int_equal(stele_builder_table_add(b, t, &key, &value, &err),
			 -STELE_E_LIMIT);
	key.len--;
	assert_int_equal(stele_builder_table_add(b, t, &key, &value, &err), 0);
	seg = finish(b);
	assert_int_equal(stele_map_get_str(stele_segment_map(seg, "t"), text,
					   STELE_CANONICAL_MAX - 1, &found),
			 0);
	assert_int_equal(found.u.u, 1);
	stele_segment_close(seg);
	free(text);
}

static void nothing_goes_in_after_the_end(void **state)
{
	struct stele_table_options o = { .size = sizeof(o),
					 .key = STELE_TYPE_U64,
					 .value = STELE_TYPE_U64 };
	struct stele_cell cell = stele_cell_u64(1);
	struct stele_handle handle = { 0 };

	(void)state;
	for (int failed = 0; failed < 2; failed++) {
		struct stele_builder *b =
			begin("record R { n: u8 } table t: R(n)", NULL);
		uint32_t table;

		assert_int_equal(stele_builder_table(b, "h", &o, &table, &err),
				 0);
		assert_int_equal(add_one(b, cell), 0);
		if (failed)
			assert_int_equal(add_one(b, cell), 0);
		assert_int_equal(stele_builder_finish(b, NULL, &err),
				 failed ? -STELE_E_DUPLICATE : 0);
		assert_int_equal(add_one(b, cell), -STELE_E_STATE);
		assert_string_equal(err.reason,
				    failed ? "the build has failed before" :
					     "the build is finished");
		assert_int_equal(stele_builder_put(b, &cell, &handle, &err),
				 -STELE_E_STATE);
		assert_int_equal(stele_builder_fill(b, handle, &cell, 1, &err),
				 -STELE_E_STATE);
		assert_int_equal(stele_builder_root(b, "r", &cell, &err),
				 -STELE_E_STATE);
		assert_int_equal(stele_builder_reserve_list(b, 1, &handle,
							    &err),
				 -STELE_E_STATE);
		assert_int_equal(stele_builder_table(b, "i", &o, &table, &err),
				 -STELE_E_STATE);
		assert_int_equal(stele_builder_table_add_u64(b, table, 1, 1,
							     &err),
				 -STELE_E_STATE);
		assert_int_equal(stele_builder_finish(b, NULL, &err),
				 -STELE_E_STATE);
		stele_builder_free(b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(handle_of_another_build_is_refused),
		cmocka_unit_test(handle_must_be_of_the_declared_record),
		cmocka_unit_test(bigint_cells_convert_where_they_are_equal),
		cmocka_unit_test(nan_is_no_key),
		cmocka_unit_test(
			empty_key_of_an_integer_table_is_refused_alone),
		cmocka_unit_test(key_may_be_a_default_of_a_nested_record),
		cmocka_unit_test(key_behind_a_handle_is_that_of_the_cell),
		cmocka_unit_test(key_in_a_record_that_is_not_filled_is_refused),
		cmocka_unit_test(duplicate_key_names_both_rows),
		cmocka_unit_test(
			unresolved_reference_names_the_row_if_there_is_one),
		cmocka_unit_test(deep_place_keeps_its_field_and_its_reason),
		cmocka_unit_test(counts_beyond_a_limit_are_refused_by_name),
		cmocka_unit_test(integers_have_up_to_100000_digits),
		cmocka_unit_test(every_way_in_has_one_depth),
		cmocka_unit_test(names_have_up_to_65535_bytes),
		cmocka_unit_test(tables_beyond_65535_are_refused),
		cmocka_unit_test(objects_end_below_2_to_the_48),
		cmocka_unit_test(build_options_are_checked),
		cmocka_unit_test(table_options_are_checked),
		cmocka_unit_test(canonical_key_has_up_to_65792_bytes),
		cmocka_unit_test(nothing_goes_in_after_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
