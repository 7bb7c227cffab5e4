// SPDX-License-Identifier: MIT
/*
 * Cells that don't fit where they stand: refused by code, and by words that name
 * the place and both types; the build goes on.  Numbers that fit exactly.
 */
#include <errno.h>
#include <stdlib.h>

#include "building.h"
#include "cells.h"

static struct stele_error err;

static void reason_is(int rc, int code, const char *reason)
{
	assert_int_equal(rc, code);
	assert_int_equal(err.code, code);
	assert_string_equal(err.reason, reason);
}

/* Each of one field in a record of its own, by number. */
static const char fields[] =
	"record U { v: u64? } record F { v: f64? } record S { v: f32? }\n"
	"record B { v: bytes? } record A { v: array<u8>? }\n"
	"record N { v: ndarray<u8>? } record D { v: dict<i64, u8>? }\n"
	"record M { v: U? } record T { v: datetime? } record Y { v: date? }\n"
	"record L { v: list<M>? } record V { v: any }\n"
	"record K { v: str } record R { v: ref k? } record W { v: weak k? }\n"
	"record I { v: i64 } record J { v: weak i? }\n"
	"record E { v: dict<str, u8>? } record P { v: tuple<u8, str?> }\n"
	"table k: K(v)  table i: I(v)\n";

enum { U, F, S, B, A, N, D, M, T, Y, L, V, K, R, W, I, J, E, P };

static int add_one(struct stele_builder *b, uint32_t record,
		   struct stele_cell cell)
{
	return stele_builder_add(b, record, &cell, 1, NULL, &err);
}

static void cells_of_other_types_are_refused_with_both_names(void **state)
{
	static const uint16_t wide[1];
	const struct stele_cell unset = stele_cell_of(STELE_TYPE_UNSET);
	const struct stele_cell text = str("x"), one = stele_cell_u64(1);
	const struct stele_cell pair[] = { text, one },
				bad = record(U, &text, 1);
	const struct stele_cell nested = record(M, &bad, 1);
	const struct {
		uint32_t record;
		struct stele_cell cell;
		const char *reason;
	} cases[] = {
		{ U, text, "field 'v': str where u64 is declared" },
		{ U, stele_cell_bool(true),
		  "field 'v': bool where u64 is declared" },
		{ F, text, "field 'v': str where f64 is declared" },
		{ B, text, "field 'v': str where bytes is declared" },
		{ A, text, "field 'v': str where array is declared" },
		{ A, array(STELE_TYPE_U16, wide, 1),
		  "field 'v': array of u16 where u8 is declared" },
		{ A, stele_cell_list(pair, 2),
		  "field 'v': element 0: str where u8 is declared" },
		{ N, text, "field 'v': str where ndarray is declared" },
		{ D, dict(pair, 1),
		  "field 'v': key 0: str where i64 is declared" },
		{ M, record(F, &one, 1),
		  "field 'v': record 1 where record 0 is declared" },
		{ M, bad, "field 'v': field 'v': str where u64 is declared" },
		{ L, stele_cell_list(&nested, 1),
		  "field 'v': item 0: field 'v': field 'v': str where u64 is declared" },
		{ V, nested,
		  "field 'v': field 'v': field 'v': str where u64 is declared" },
		{ V, stele_cell_list(&unset, 1),
		  "field 'v': item 0: a cell of type unset cannot stand here" },
		{ R, one, "field 'v': u64 where a key of type str is meant" },
		{ W, one, "field 'v': u64 where a key of type str is meant" },
		{ J, text, "field 'v': str where i64 is declared" },
	};
	struct stele_builder *b = begin(fields, NULL);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		reason_is(add_one(b, cases[i].record, cases[i].cell),
			  -STELE_E_TYPE, cases[i].reason);
	stele_segment_close(finish(b));
}

static void what_is_declared_can_not_be_unset(void **state)
{
	const struct stele_cell unset = stele_cell_of(STELE_TYPE_UNSET);
	const struct stele_cell items[] = { stele_cell_u64(1), unset };
	struct stele_builder *b = begin(fields, NULL);

	(void)state;
	reason_is(add_one(b, L, stele_cell_list(&unset, 1)), -STELE_E_REQUIRED,
		  "field 'v': item 0: no value given");
	reason_is(add_one(b, P, tuple(items, 2)), -STELE_E_REQUIRED,
		  "field 'v': item 1: no value given");
	reason_is(add_one(b, R, unset), -STELE_E_REQUIRED,
		  "field 'v': required and not given");
	stele_segment_close(finish(b));
}

static void records_that_are_not_in_the_schema_are_refused(void **state)
{
	const char reason[] = "record 99 is not in the schema";
	struct stele_builder *b = begin("record R { v: any }", NULL);
	struct stele_handle handle;

	(void)state;
	reason_is(add_one(b, 99, stele_cell_u64(1)), -EINVAL, reason);
	reason_is(stele_builder_reserve_record(b, 99, &handle, &err), -EINVAL,
		  reason);
	reason_is(stele_builder_reserve_row(b, 99, &handle, &err), -EINVAL,
		  reason);
	reason_is(add_one(b, 0, record(99, NULL, 0)), -EINVAL,
		  "field 'v': record 99 is not in the schema");
	stele_segment_close(finish(b));
}

static void integers_are_floats_where_they_are_exact(void **state)
{
	static const struct {
		uint32_t record;
		int64_t i;
		const char *reason;
	} cases[] = {
		{ F, -9007199254740992, NULL },
		{ F, INT64_MIN, NULL },
		{ F, -9007199254740993,
		  "field 'v': -9007199254740993 is no exact f64" },
		{ F, INT64_MAX,
		  "field 'v': 9223372036854775807 is no exact f64" },
		{ S, -16777216, NULL },
		{ S, 16777217, "field 'v': 16777217 is no exact f32" },
	};
	struct stele_builder *b = begin(fields, NULL);
	struct stele_rows rows = STELE_ROWS_BEGIN;
	struct stele_segment *seg;
	struct stele_value row;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		int rc =
			add_one(b, cases[i].record, stele_cell_i64(cases[i].i));

		if (cases[i].reason)
			reason_is(rc, -STELE_E_RANGE, cases[i].reason);
		else
			assert_int_equal(rc, 0);
	}
	seg = finish(b);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		if (cases[i].reason)
			continue;
		row = next_row(seg, &rows);
		assert_true(field(&row, 0).u.f == (double)cases[i].i);
	}
	stele_segment_close(seg);
}

static void days_and_instants_lie_within_years_1_to_9999(void **state)
{
	struct stele_builder *b = begin(fields, NULL);

	(void)state;
	reason_is(add_one(b, Y, micros(STELE_TYPE_DATE, 2932897)),
		  -STELE_E_RANGE,
		  "field 'v': 2932897 is no date of the years 1 to 9999");
	assert_int_equal(add_one(b, Y, micros(STELE_TYPE_DATE, 2932896)), 0);
	reason_is(
		add_one(b, T, micros(STELE_TYPE_DATETIME, INT64_MIN)),
		-STELE_E_RANGE,
		"field 'v': -9223372036854775808 is no datetime of the years 1 to 9999");
	stele_segment_close(finish(b));
}

static void keys_that_are_there_twice_are_named(void **state)
{
	const struct stele_cell v = stele_cell_u64(1);
	const struct {
		struct stele_cell key;
		const char *reason;
	} cases[] = {
		{ str("k"), "field 'v': the key 'k' is there twice" },
		{ stele_cell_i64(-5), "field 'v': the key -5 is there twice" },
		{ stele_cell_u64(5), "field 'v': the key 5 is there twice" },
		{ stele_cell_f64(.5),
		  "field 'v': one key of type f64 is there twice" },
	};
	struct stele_builder *b = begin(fields, NULL);

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct stele_cell pairs[] = { cases[i].key, v,
						    cases[i].key, v };

		reason_is(add_one(b, V, dict(pairs, 2)), -STELE_E_DUPLICATE,
			  cases[i].reason);
	}
	stele_segment_close(finish(b));
}

static void values_of_a_dict_are_named_by_their_key_or_number(void **state)
{
	const struct stele_cell bad = str("x");
	const struct stele_cell named[] = { str("k"), bad };
	const struct stele_cell counted[] = { stele_cell_i64(7),
					      stele_cell_u64(7),
					      stele_cell_i64(8), bad };
	struct stele_builder *b = begin(fields, NULL);

	(void)state;
	reason_is(add_one(b, E, dict(named, 1)), -STELE_E_TYPE,
		  "field 'v': 'k': str where u8 is declared");
	reason_is(add_one(b, D, dict(counted, 2)), -STELE_E_TYPE,
		  "field 'v': value 1: str where u8 is declared");
	stele_segment_close(finish(b));
}

static void reserved_objects_are_filled_by_as_many_as_they_have(void **state)
{
	const struct stele_cell cells[] = { stele_cell_u64(1),
					    stele_cell_u64(2),
					    stele_cell_u64(3),
					    stele_cell_u64(4) };
	struct stele_builder *b = begin(NULL, NULL);
	struct stele_handle list, dict;

	(void)state;
	assert_int_equal(stele_builder_reserve_list(b, 1, &list, &err), 0);
	assert_int_equal(stele_builder_reserve_dict(b, 1, &dict, &err), 0);
	reason_is(stele_builder_fill(b, list, cells, 2, &err), -STELE_E_TYPE,
		  "2 items for a list reserved for 1");
	reason_is(stele_builder_fill(b, dict, cells, 2, &err), -STELE_E_TYPE,
		  "2 pairs for a dict reserved for 1");
	assert_int_equal(stele_builder_fill(b, list, cells, 1, &err), 0);
	assert_int_equal(stele_builder_fill(b, dict, cells, 1, &err), 0);
	stele_segment_close(finish(b));
}

/* -------------------------------------------------------- tables by hand */

static uint32_t table(struct stele_builder *b, const char *name,
		      enum stele_type key, enum stele_type value)
{
	struct stele_table_options o = { .size = sizeof(o),
					 .key = (uint8_t)key,
					 .value = (uint8_t)value };
	uint32_t number;

	if (stele_builder_table(b, name, &o, &number, &err))
		fail_msg("%s", err.reason);
	return number;
}

static int add_pair(struct stele_builder *b, uint32_t t, struct stele_cell key,
		    struct stele_cell value)
{
	return stele_builder_table_add(b, t, &key, &value, &err);
}

static void tables_by_hand_refuse_other_types(void **state)
{
	struct stele_builder *b =
		begin("record R { v: u8 }\ntable d: R(v)", NULL);
	const struct stele_cell one = stele_cell_u64(1), x = str("x");
	uint32_t rows = table(b, "rows", STELE_TYPE_STR, STELE_TYPE_RECORD);
	uint32_t texts = table(b, "texts", STELE_TYPE_BYTES, STELE_TYPE_STR);
	uint32_t numbers = table(b, "numbers", STELE_TYPE_U64, STELE_TYPE_U64);

	(void)state;
	reason_is(
		add_pair(b, rows, x, one), -STELE_E_TYPE,
		"table 'rows': value: u64 where the handle of a row is meant");
	reason_is(add_pair(b, texts, x, x), -STELE_E_TYPE,
		  "table 'texts': key: str where bytes is declared");
	reason_is(add_pair(b, texts, pointing(STELE_TYPE_BYTES, "k", 1), one),
		  -STELE_E_TYPE,
		  "table 'texts': value: u64 where str is declared");
	reason_is(add_pair(b, 0, one, one), -EINVAL,
		  "table 0 is not one to be filled by hand");
	reason_is(add_pair(b, 99, one, one), -EINVAL,
		  "table 99 is not one to be filled by hand");
	reason_is(stele_builder_table_add_u64(b, 0, 1, 1, &err), -EINVAL,
		  "table 0 is not one to be filled by hand");
	reason_is(stele_builder_table_add_u64(b, texts, 1, 1, &err),
		  -STELE_E_TYPE, "table 'texts' is not one from u64 to u64");
	assert_int_equal(stele_builder_table_add_u64(b, numbers, 1, 2, &err),
			 0);
	stele_segment_close(finish(b));
}

static void a_key_may_not_have_an_item_twice_or_a_stranger(void **state)
{
	const struct stele_cell twice[] = { stele_cell_u64(1),
					    stele_cell_i64(1) };
	const struct stele_cell one = stele_cell_u64(1);
	const struct stele_cell items[] = { set(twice, 2) };
	struct stele_builder *b = begin(NULL, NULL), *a = begin(NULL, NULL);
	uint32_t any = table(b, "any", STELE_TYPE_ANY, STELE_TYPE_U64);
	struct stele_cell list = stele_cell_list(NULL, 0);
	struct stele_handle stranger;

	(void)state;
	reason_is(add_pair(b, any, set(twice, 2), one), -STELE_E_DUPLICATE,
		  "table 'any': key: the item 1 is there twice");
	reason_is(add_pair(b, any, tuple(items, 1), one), -STELE_E_DUPLICATE,
		  "table 'any': key: item 0: the item 1 is there twice");
	assert_int_equal(stele_builder_put(a, &list, &stranger, &err), 0);
	reason_is(add_pair(b, any, stele_cell_ref(stranger), one), -EINVAL,
		  "table 'any': key: a handle that is not of this build");
	stele_segment_close(finish(b));
	stele_builder_free(a);
}

/* ----------------------------------------------------------------- figures */

static void stats_are_as_long_as_the_caller_says(void **state)
{
	struct {
		struct stele_build_stats stats;
		uint64_t later;
	} longer = { .stats.size = sizeof(longer), .later = 7 };
	struct stele_build_stats shorter = { .size = 3 };
	struct stele_builder *b = begin("record R { v: u8 }", NULL);

	(void)state;
	assert_int_equal(add_one(b, 0, stele_cell_u64(1)), 0);
	assert_int_equal(stele_builder_stats(b, &longer.stats), 0);
	assert_int_equal(longer.stats.size, sizeof(longer));
	assert_int_equal(longer.stats.nr_rows, 1);
	assert_int_equal(longer.later, 0);
	assert_int_equal(stele_builder_stats(b, &shorter), -EINVAL);
	shorter.size = offsetof(struct stele_build_stats, nr_rows) + 8;
	shorter.spilled_bytes = 9;
	assert_int_equal(stele_builder_stats(b, &shorter), 0);
	assert_int_equal(shorter.nr_rows, 1);
	assert_int_equal(shorter.spilled_bytes, 9);
	stele_builder_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			cells_of_other_types_are_refused_with_both_names),
		cmocka_unit_test(what_is_declared_can_not_be_unset),
		cmocka_unit_test(
			records_that_are_not_in_the_schema_are_refused),
		cmocka_unit_test(integers_are_floats_where_they_are_exact),
		cmocka_unit_test(days_and_instants_lie_within_years_1_to_9999),
		cmocka_unit_test(keys_that_are_there_twice_are_named),
		cmocka_unit_test(
			values_of_a_dict_are_named_by_their_key_or_number),
		cmocka_unit_test(
			reserved_objects_are_filled_by_as_many_as_they_have),
		cmocka_unit_test(tables_by_hand_refuse_other_types),
		cmocka_unit_test(
			a_key_may_not_have_an_item_twice_or_a_stranger),
		cmocka_unit_test(stats_are_as_long_as_the_caller_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
