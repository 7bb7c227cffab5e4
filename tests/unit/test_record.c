// SPDX-License-Identifier: MIT
/* Getters of fields, as they are stored: every type, and what is no value. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "pair.h"

static const char schema[] =
	"record R {\n"
	"\tt: time?  d: timedelta  z: zoned?  u: uuid optional\n"
	"\tb: bigint  p: decimal  tu: tuple<u8, str>  s: set<u8>\n"
	"\tn: ndarray<f64>  m: user<Money>  by: bytes  day: date  ok: bool\n"
	"}\n"
	"record S { x: u8 }\n"
	"rows R\n";

static struct pair p;
static struct stele_record all; /* every field has a value */
static struct stele_record none; /* null or unset, where it may be */
static const uint8_t uuid[16] = { 0x12, 0x3e, 1, 2, 3, [15] = 0xff };

static struct stele_cell text_cell(enum stele_type type, const char *text)
{
	struct stele_cell c = stele_cell_str(text, strlen(text));

	c.type = (uint8_t)type;
	return c;
}

static struct stele_cell count_cell(enum stele_type type, int64_t count)
{
	struct stele_cell c = stele_cell_i64(count);

	c.type = (uint8_t)type;
	return c;
}

static struct stele_cell items_cell(enum stele_type type,
				    const struct stele_cell *cells, size_t len)
{
	struct stele_cell c = stele_cell_list(cells, len);

	c.type = (uint8_t)type;
	return c;
}

static void add(const struct stele_cell *cells, uint32_t record, size_t len)
{
	struct stele_error err = { 0 };

	if (stele_builder_add(p.builder, record, cells, len, NULL, &err))
		fail_msg("%s", err.reason);
}

static int begin(void **state)
{
	static const double elements[] = { 1, 2, 3, 4 };
	static const struct stele_ndarray array = {
		.data = elements,
		.element = STELE_TYPE_F64,
		.nr_axes = 2,
		.shape = { 2, 2 },
		.strides = { 16, 8 },
	};
	static const struct stele_user money = { "Money", 5, "12", 2 };
	struct stele_cell pair[] = { stele_cell_u64(7),
				     stele_cell_str("x", 1) };
	struct stele_cell cells[] = {
		count_cell(STELE_TYPE_TIME, 86399999999),
		count_cell(STELE_TYPE_TIMEDELTA, INT64_MIN),
		count_cell(STELE_TYPE_ZONED, 1700000000000000),
		stele_cell_of(STELE_TYPE_UUID),
		text_cell(STELE_TYPE_BIGINT, "-5"),
		text_cell(STELE_TYPE_DECIMAL, "-1.50"),
		items_cell(STELE_TYPE_TUPLE, pair, 2),
		items_cell(STELE_TYPE_SET, pair, 1),
		stele_cell_of(STELE_TYPE_NDARRAY),
		stele_cell_of(STELE_TYPE_USER),
		text_cell(STELE_TYPE_BYTES, "raw"),
		count_cell(STELE_TYPE_DATE, -1),
		stele_cell_bool(true),
	};
	const size_t len = sizeof(cells) / sizeof(*cells);

	(void)state;
	cells[2].offset = -19800;
	cells[3].u.ptr = uuid;
	cells[8].u.ndarray = &array;
	cells[9].u.user = &money;
	pair_begin(&p, schema);
	add(cells, 0, len);
	cells[0] = cells[2] = stele_cell_of(STELE_TYPE_NULL);
	cells[3] = stele_cell_of(STELE_TYPE_UNSET);
	add(cells, 0, len);
	add(pair, 1, 1);
	pair_seal(&p);
	all = pair_row(&p, 0);
	none = pair_row(&p, 1);
	return 0;
}

static int end(void **state)
{
	(void)state;
	pair_end(&p);
	return 0;
}

static struct stele_field field(const char *name, enum stele_type asked)
{
	struct stele_error err = { 0 };
	struct stele_field f;

	if (stele_field_resolve(p.segment, "R", name, asked, &f, &err))
		fail_msg("%s", err.reason);
	return f;
}

static struct stele_value get(const char *name)
{
	struct stele_field f = field(name, STELE_TYPE_ANY);
	struct stele_value value;

	assert_int_equal(stele_record_get(all, &f, &value), 0);
	return value;
}

static void times_are_read_whole(void **state)
{
	struct stele_field f;
	int64_t us = 0;

	(void)state;
	f = field("t", STELE_TYPE_TIME);
	assert_int_equal(stele_record_get_time(all, &f, &us), 0);
	assert_true(us == 86399999999);
	assert_int_equal(stele_record_get_time(none, &f, &us), -STELE_E_NULL);
	f = field("d", STELE_TYPE_TIMEDELTA);
	assert_int_equal(stele_record_get_time(all, &f, &us), 0);
	assert_true(us == INT64_MIN);
	f = field("day", STELE_TYPE_DATE);
	assert_int_equal(stele_record_get_time(all, &f, &us), 0);
	assert_true(us == -1);
	assert_int_equal(get("t").type, STELE_TYPE_TIME);
	assert_int_equal(get("d").type, STELE_TYPE_TIMEDELTA);
}

static void zoned_is_an_instant_and_an_offset(void **state)
{
	struct stele_field f = field("z", STELE_TYPE_ZONED);
	struct stele_value value = get("z");
	int32_t offset = 0;
	int64_t utc = 0;

	(void)state;
	assert_int_equal(stele_record_get_zoned(all, &f, &utc, &offset), 0);
	assert_true(utc == 1700000000000000 && offset == -19800);
	assert_true(value.type == STELE_TYPE_ZONED && value.u.i == utc &&
		    value.offset == offset);
	assert_int_equal(stele_record_get_zoned(none, &f, &utc, &offset),
			 -STELE_E_NULL);
}

static void uuid_is_its_bytes(void **state)
{
	struct stele_field f = field("u", STELE_TYPE_UUID);
	struct stele_value value = get("u");
	uint8_t out[16] = { 0 };

	(void)state;
	assert_int_equal(stele_record_get_uuid(all, &f, out), 0);
	assert_memory_equal(out, uuid, 16);
	assert_true(value.type == STELE_TYPE_UUID && value.len == 16);
	assert_memory_equal(value.u.ptr, uuid, 16);
	assert_int_equal(stele_record_get_uuid(none, &f, out), -STELE_E_UNSET);
}

static void words_come_as_values(void **state)
{
	struct stele_value value;
	char text[32];
	size_t len;

	(void)state;
	value = get("b");
	assert_true(value.type == STELE_TYPE_I64 && value.u.i == -5);
	value = get("p");
	assert_int_equal(value.type, STELE_TYPE_DECIMAL);
	assert_int_equal(stele_value_digits(&value, text, sizeof(text), &len),
			 0);
	assert_string_equal(text, "-1.50");
	assert_true(get("tu").type == STELE_TYPE_TUPLE && get("tu").len == 2);
	assert_true(get("s").type == STELE_TYPE_SET && get("s").len == 1);
	assert_true(get("n").type == STELE_TYPE_NDARRAY && get("n").len == 2);
	assert_int_equal(get("m").type, STELE_TYPE_USER);
}

static void getters_refuse_fields_of_other_types(void **state)
{
	struct stele_field z = field("z", STELE_TYPE_ZONED);
	struct stele_field t = field("t", STELE_TYPE_TIME);
	struct stele_field any = field("z", STELE_TYPE_ANY);
	int32_t offset;
	uint8_t out[16];
	int64_t us;

	(void)state;
	assert_int_equal(stele_record_get_time(all, &z, &us), -STELE_E_TYPE);
	assert_int_equal(stele_record_get_uuid(all, &z, out), -STELE_E_TYPE);
	assert_int_equal(stele_record_get_zoned(all, &t, &us, &offset),
			 -STELE_E_TYPE);
	assert_int_equal(stele_record_get_zoned(all, &any, &us, &offset),
			 -STELE_E_TYPE);
}

static void getters_refuse_records_of_other_schemas(void **state)
{
	struct stele_record other = pair_row(&p, 2), outside = all;
	struct stele_field z = field("z", STELE_TYPE_ZONED);
	struct stele_field u = field("u", STELE_TYPE_UUID);
	struct stele_value value;
	int32_t offset;
	uint8_t out[16];
	int64_t us;

	(void)state;
	outside.pos = UINT64_MAX - 15;
	assert_int_equal(stele_record_get_zoned(other, &z, &us, &offset),
			 -STELE_E_TYPE);
	assert_int_equal(stele_record_get_uuid(other, &u, out), -STELE_E_TYPE);
	assert_int_equal(stele_record_get(other, &u, &value), -STELE_E_TYPE);
	assert_int_equal(stele_record_get_zoned(outside, &z, &us, &offset),
			 -STELE_E_FORMAT);
	assert_int_equal(stele_record_get_uuid(outside, &u, out),
			 -STELE_E_FORMAT);
	assert_int_equal(stele_record_get(outside, &u, &value),
			 -STELE_E_FORMAT);
}

static void types_that_lose_something_are_refused_with_both_names(void **state)
{
	struct stele_error err;
	struct stele_field f;

	(void)state;
	assert_int_equal(stele_field_resolve(p.segment, "R", "z",
					     STELE_TYPE_DATETIME, &f, &err),
			 -STELE_E_TYPE);
	assert_string_equal(err.reason,
			    "field 'z' of 'R' is zoned, not datetime");
	assert_int_equal(stele_field_resolve(p.segment, "R", "by",
					     STELE_TYPE_STR, &f, &err),
			 -STELE_E_TYPE);
	assert_string_equal(err.reason, "field 'by' of 'R' is bytes, not str");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(times_are_read_whole),
		cmocka_unit_test(zoned_is_an_instant_and_an_offset),
		cmocka_unit_test(uuid_is_its_bytes),
		cmocka_unit_test(words_come_as_values),
		cmocka_unit_test(getters_refuse_fields_of_other_types),
		cmocka_unit_test(getters_refuse_records_of_other_schemas),
		cmocka_unit_test(
			types_that_lose_something_are_refused_with_both_names),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
