// SPDX-License-Identifier: MIT
/*
 * Every pair of types: built as the one, read as the other.  Values are made by
 * the stored type, in four shapes; the last has null, unset, an absent key or
 * another type wherever the stored type lets it.  What is converted is compared
 * with what is stored, value by value, as deep as it goes.
 */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "evolution.h"
#include "pair.h"

enum shape { MILD, LEAST, MOST, ODD, NR_SHAPES };

#define ROW 0u /* record numbers in evolution schemas */
#define NR_A_ROWS 1u

static struct pair p;
static struct stele_handle row_of_a;

static int end(void **state)
{
	(void)state;
	pair_end(&p);
	return 0;
}

/* ------------------------------------------------------- making values */

static struct stele_cell pool[256];
static size_t nr_pool;

static struct stele_cell *take(size_t nr)
{
	struct stele_cell *cells = pool + nr_pool;

	nr_pool += nr;
	assert_true(nr_pool <= sizeof(pool) / sizeof(*pool));
	return cells;
}

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

static struct stele_cell integer_cell(enum stele_type type, enum shape shape)
{
	unsigned bits = 8 * (unsigned)stele_type_width(type);

	if (shape == MILD)
		return stele_cell_i64(1);
	if (type >= STELE_TYPE_U8)
		return stele_cell_u64(
			shape == LEAST ? 0 : UINT64_MAX >> (64 - bits));
	return stele_cell_i64(shape == LEAST ?
				      -(int64_t)(INT64_MAX >> (64 - bits)) - 1 :
				      INT64_MAX >> (64 - bits));
}

static struct stele_cell time_cell(enum stele_type type, enum shape shape)
{
	static const int64_t counts[][3] = {
		[STELE_TYPE_DATE] = { 1, -719162, 2932896 },
		[STELE_TYPE_DATETIME] = { 1, -62135596800000000,
					  253402300799999999 },
		[STELE_TYPE_TIME] = { 1, 0, 86399999999 },
		[STELE_TYPE_ZONED] = { 1, -62135596800000000 + 86399000000,
				       253402300799999999 - 86399000000 },
		[STELE_TYPE_TIMEDELTA] = { 1, INT64_MIN, INT64_MAX },
	};
	static const int32_t offsets[] = { 3600, -86399, 86399 };
	struct stele_cell c = count_cell(type, counts[type][shape]);

	if (type == STELE_TYPE_ZONED)
		c.offset = offsets[shape];
	return c;
}

static struct stele_cell scalar_cell(enum stele_type type, enum shape shape)
{
	static const char *const bigints[] = {
		"1", "-123456789012345678901234567890", "18446744073709551616"
	};
	static const char *const decimals[] = { "1.50", "-0.00", "1E+20" };
	static const char *const texts[] = { "x", "",
					     "na\xc3\xafve and long enough" };
	static const double floats[] = { 1.5, -FLT_MAX, INFINITY };
	static const double doubles[] = { 1.5, -DBL_MAX, -0.0 };
	static const uint8_t uuid[16] = { 1, 2, 3, [15] = 255 };
	struct stele_cell c;

	if (shape == ODD)
		shape = MILD;
	switch (type) {
	case STELE_TYPE_BOOL:
		return stele_cell_bool(shape != LEAST);
	case STELE_TYPE_F32:
		return stele_cell_f64(floats[shape]);
	case STELE_TYPE_F64:
		return stele_cell_f64(doubles[shape]);
	case STELE_TYPE_STR:
	case STELE_TYPE_BYTES:
		return text_cell(type, texts[shape]);
	case STELE_TYPE_BIGINT:
		return text_cell(type, bigints[shape]);
	case STELE_TYPE_DECIMAL:
		return text_cell(type, decimals[shape]);
	case STELE_TYPE_UUID:
		c = stele_cell_of(type);
		c.u.ptr = uuid;
		return c;
	default:
		return type <= STELE_TYPE_U64 ? integer_cell(type, shape) :
						time_cell(type, shape);
	}
}

static struct stele_cell elements_cell(const struct stele_type_info *type,
				       enum shape shape)
{
	static const uint8_t bytes[256] = { 1 };
	static struct stele_ndarray array;
	struct stele_cell c = stele_cell_of(type->type);

	c.element = (uint8_t)type->element;
	if (type->type == STELE_TYPE_ARRAY) {
		c.u.ptr = bytes;
		c.len = shape == LEAST ? 0 : shape == MOST ? 9 : 1;
		return c;
	}
	memset(&array, 0, sizeof(array));
	array.data = bytes;
	array.element = (uint8_t)type->element;
	array.nr_axes = 2;
	array.shape[0] = 2;
	array.shape[1] = 3;
	array.strides[1] = (int64_t)stele_type_width(type->element);
	array.strides[0] = 3 * array.strides[1];
	c.u.ndarray = &array;
	return c;
}

/* What a value is made for: the stored type, and the reader's beside it. */
struct want {
	uint32_t stored;
	uint32_t reader; /* UINT32_MAX: as the stored one */
	bool nullable;
};

static struct stele_cell make(const struct want *w, enum shape shape);

static struct stele_type_info info_of(const struct stele_schema *schema,
				      uint32_t type)
{
	struct stele_type_info info = { 0 };

	if (type != UINT32_MAX)
		assert_int_equal(stele_schema_type(schema, type, &info), 0);
	return info;
}

/* The reader's part of the same place, where it has such. */
static uint32_t beside(uint32_t reader, bool key)
{
	struct stele_type_info info = info_of(p.reader, reader);

	return key ? info.key : info.type ? info.item : UINT32_MAX;
}

static struct stele_cell make_items(const struct want *w, enum shape shape)
{
	struct stele_type_info type = info_of(p.stored, w->stored);
	struct want item = { type.item, beside(w->reader, false),
			     type.nullable_items };
	struct want key = { type.key, beside(w->reader, true), false };
	bool dict = type.type == STELE_TYPE_DICT;
	struct stele_cell c = stele_cell_of(type.type), *cells = take(4), *at;

	at = cells;
	for (int i = LEAST; i <= MOST; i++) {
		if (shape == MOST && dict)
			*at++ = make(&key, (enum shape)i);
		if (shape == MOST)
			*at++ = make(&item, (enum shape)i);
	}
	if ((shape == MILD || shape == ODD) && dict)
		*at++ = make(&key, shape);
	if (shape == MILD || shape == ODD)
		*at++ = make(&item, shape);
	c.u.cells = cells;
	c.len = (uint64_t)(at - cells) / (dict ? 2 : 1);
	return c;
}

static struct stele_cell make_tuple(const struct want *w, enum shape shape)
{
	struct stele_type_info type = info_of(p.stored, w->stored);
	struct stele_type_info reader = info_of(p.reader, w->reader);
	struct stele_cell c = stele_cell_of(STELE_TYPE_TUPLE);
	struct stele_cell *cells = take(type.nr_items);

	for (uint32_t i = 0; i < type.nr_items; i++) {
		struct want item = { 0, UINT32_MAX, false };
		bool nullable;

		assert_int_equal(stele_schema_tuple_item(p.stored, w->stored, i,
							 &item.stored,
							 &item.nullable),
				 0);
		if (reader.type == STELE_TYPE_TUPLE)
			stele_schema_tuple_item(p.reader, w->reader, i,
						&item.reader, &nullable);
		cells[i] = make(&item, shape);
	}
	c.u.cells = cells;
	c.len = type.nr_items;
	return c;
}

static struct stele_cell make_reference(const struct stele_type_info *type,
					enum shape shape)
{
	struct stele_table_info table;

	if (!type->weak || shape != ODD)
		return stele_cell_ref(row_of_a);
	stele_schema_table(p.stored, type->table, &table);
	return table.name.len == strlen("by_n") && table.name.ptr[3] == 'n' ?
		       stele_cell_str("no such key", 11) :
		       stele_cell_u64(999);
}

static struct stele_cell make_record(uint32_t record)
{
	struct stele_cell c = stele_cell_of(STELE_TYPE_RECORD);
	struct stele_cell *cells = take(2);

	cells[0] = stele_cell_str("nested", 6);
	cells[1] = stele_cell_u64(77);
	c.record = record;
	c.u.cells = cells;
	c.len = record == 1 ? 2 : 1;
	return c;
}

/* `any`: as the reader would have it, or not. */
static struct stele_cell make_any(const struct want *w, enum shape shape)
{
	struct stele_type_info wanted = info_of(p.reader, w->reader);
	const struct stele_schema *stored = p.stored;
	struct want other = { w->reader, w->reader, false };
	struct stele_cell c;

	if (wanted.type == STELE_TYPE_ANY || !wanted.type)
		return stele_cell_i64(5);
	if (shape == ODD)
		return wanted.type == STELE_TYPE_BOOL ? stele_cell_str("x", 1) :
							stele_cell_bool(true);
	p.stored = p.reader;
	c = make(&other, shape);
	p.stored = (struct stele_schema *)stored;
	return c;
}

static struct stele_cell make(const struct want *w, enum shape shape)
{
	static const struct stele_user money = { "Money", 5, "12 EUR", 6 };
	struct stele_type_info type = info_of(p.stored, w->stored);
	struct stele_cell c;

	if (shape == ODD && w->nullable)
		return stele_cell_of(STELE_TYPE_NULL);
	switch (type.type) {
	case STELE_TYPE_LIST:
	case STELE_TYPE_SET:
	case STELE_TYPE_DICT:
		return make_items(w, shape);
	case STELE_TYPE_ARRAY:
	case STELE_TYPE_NDARRAY:
		return elements_cell(&type, shape);
	case STELE_TYPE_TUPLE:
		return make_tuple(w, shape);
	case STELE_TYPE_RECORD:
		return make_record(type.record);
	case STELE_TYPE_REF:
		return make_reference(&type, shape);
	case STELE_TYPE_ANY:
		return make_any(w, shape);
	case STELE_TYPE_USER:
		c = stele_cell_of(STELE_TYPE_USER);
		c.u.user = &money;
		return c;
	default:
		return scalar_cell(type.type, shape);
	}
}

/* ------------------------------------------------------ building a pair */

static void add_row(enum shape shape)
{
	struct stele_field_info stored, reader;
	struct stele_error err = { 0 };
	struct stele_cell cell;
	struct want w;

	nr_pool = 0;
	stele_schema_field(p.stored, ROW, 0, &stored);
	stele_schema_field(p.reader, ROW, 0, &reader);
	w.stored = stored.type;
	w.reader = reader.type;
	w.nullable = stored.nullable;
	cell = make(&w, shape);
	if (shape == ODD && stored.optional && !stored.nullable)
		cell = stele_cell_of(STELE_TYPE_UNSET);
	if (stele_builder_add(p.builder, ROW, &cell, 1, NULL, &err))
		fail_msg("row %d: %s", shape, err.reason);
}

/* A segment with a row of each shape, behind the one of A. */
static void build(const char *stored, const char *reader)
{
	const struct stele_cell a[] = { stele_cell_str("key", 3),
					stele_cell_u64(1) };
	char text[EVOLUTION_TEXT];
	struct stele_error err = { 0 };

	evolution_schema(text, stored);
	pair_begin(&p, text);
	evolution_schema(text, reader);
	p.reader = pair_parse(text);
	if (stele_builder_add(p.builder, 1, a, 2, &row_of_a, &err))
		fail_msg("%s", err.reason);
	for (int i = 0; i < NR_SHAPES; i++)
		add_row((enum shape)i);
	pair_seal(&p);
}

/* -------------------------------------------------------------- reading */

static bool is_integer(unsigned type)
{
	return type == STELE_TYPE_I64 || type == STELE_TYPE_U64 ||
	       type == STELE_TYPE_BIGINT;
}

/* Whether a value can be one of a reader's type. */
static bool is_of(enum stele_type reader, const struct stele_value *value)
{
	switch (reader) {
	case STELE_TYPE_BIGINT:
		return is_integer(value->type);
	case STELE_TYPE_DECIMAL:
		return is_integer(value->type) ||
		       value->type == STELE_TYPE_DECIMAL;
	case STELE_TYPE_LIST:
		return value->type == STELE_TYPE_LIST ||
		       value->type == STELE_TYPE_ARRAY;
	case STELE_TYPE_ANY:
		return value->type != STELE_TYPE_F32 &&
		       (value->type < STELE_TYPE_I8 ||
			value->type > STELE_TYPE_U32 ||
			value->type == STELE_TYPE_I64);
	case STELE_TYPE_REF:
		return true; /* a row or a key */
	default:
		return value->type == reader;
	}
}

static int read_deep(const struct stele_value *stored, uint32_t type,
		     bool nullable);

static int read_pairs(const struct stele_value *value,
		      const struct stele_type_info *type)
{
	struct stele_value key, item;
	int rc = 0;

	for (uint64_t i = 0; !rc && i < value->len; i++) {
		assert_int_equal(stele_value_pair(value, i, &key, &item), 0);
		rc = read_deep(&key, type->key, false);
		if (!rc)
			rc = read_deep(&item, type->item, type->nullable_items);
	}
	return rc;
}

static int read_items(const struct stele_value *value, uint32_t type,
		      const struct stele_type_info *info)
{
	struct stele_value item;
	int rc = 0;

	for (uint64_t i = 0; !rc && i < value->len; i++) {
		bool nullable = info->nullable_items;
		uint32_t part = info->item;

		if (info->type == STELE_TYPE_TUPLE)
			stele_schema_tuple_item(p.reader, type, (uint32_t)i,
						&part, &nullable);
		assert_int_equal(stele_value_item(value, i, &item), 0);
		rc = read_deep(&item, part, nullable);
	}
	return rc;
}

/* What is inside a value that was read; the first error. */
static int read_inside(const struct stele_value *value, uint32_t type)
{
	struct stele_type_info info = info_of(p.reader, type);

	switch (info.type) {
	case STELE_TYPE_DICT:
		return read_pairs(value, &info);
	case STELE_TYPE_LIST:
	case STELE_TYPE_SET:
	case STELE_TYPE_TUPLE:
		return read_items(value, type, &info);
	default:
		return 0;
	}
}

static void assert_same(const struct stele_value *stored,
			const struct stele_value *value, uint32_t type)
{
	struct stele_type_info info = info_of(p.reader, type);
	bool equal = false;

	assert_true(value->type == STELE_TYPE_NULL || is_of(info.type, value));
	assert_int_equal(stele_value_equal(stored, value, &equal), 0);
	assert_true(equal);
}

static int read_deep(const struct stele_value *stored, uint32_t type,
		     bool nullable)
{
	struct stele_value value;
	int rc = stele_view_value(p.view, type, nullable, stored, &value);

	if (rc)
		return rc;
	assert_same(stored, &value, type);
	return value.type == STELE_TYPE_NULL ? 0 : read_inside(&value, type);
}

static struct stele_record row_of(enum shape shape)
{
	return pair_row(&p, NR_A_ROWS + (unsigned)shape);
}

/* The getters of single types say what the generic one does. */
static void read_typed(struct stele_record row, enum stele_type type,
		       const struct stele_value *value)
{
	struct stele_error err = { 0 };
	struct stele_field f;
	uint64_t u = 0;
	int64_t i = 0;
	double d = 0;
	bool b = false;

	if (type > STELE_TYPE_DATETIME || value->type == STELE_TYPE_NULL ||
	    value->type == STELE_TYPE_UNSET)
		return;
	assert_int_equal(stele_view_field(p.view, "R", "f", type, &f, &err), 0);
	if (type == STELE_TYPE_BOOL) {
		assert_int_equal(stele_record_get_bool(row, &f, &b), 0);
		assert_true(b == value->u.b);
	} else if (type <= STELE_TYPE_I64) {
		assert_int_equal(stele_record_get_i64(row, &f, &i), 0);
		assert_true(i == value->u.i);
	} else if (type <= STELE_TYPE_U64) {
		assert_int_equal(stele_record_get_u64(row, &f, &u), 0);
		assert_true(u == value->u.u);
	} else if (type <= STELE_TYPE_F64) {
		assert_int_equal(stele_record_get_f64(row, &f, &d), 0);
		assert_memory_equal(&d, &value->u.f, sizeof(d));
	} else {
		assert_int_equal(stele_record_get_time(row, &f, &i), 0);
		assert_true(i == value->u.i);
	}
}

/* Whether all of a row is read as the reader has it; the first error. */
static int read_row(enum shape shape)
{
	struct stele_field_info info;
	struct stele_value stored, value;
	struct stele_record row = row_of(shape);
	struct stele_error err = { 0 };
	struct stele_field f;
	int rc;

	stele_schema_field(p.reader, ROW, 0, &info);
	assert_int_equal(stele_view_field(p.view, "R", "f", STELE_TYPE_ANY, &f,
					  &err),
			 0);
	rc = stele_record_get(row, &f, &value);
	if (rc)
		return rc;
	assert_int_equal(stele_record_get_at(row, 0, &stored), 0);
	read_typed(row, info_of(p.reader, info.type).type, &value);
	if (stored.type == STELE_TYPE_UNSET)
		return 0; /* test_view.c has what becomes of it */
	assert_same(&stored, &value, info.type);
	return value.type == STELE_TYPE_NULL ? 0 :
					       read_inside(&value, info.type);
}

static bool is_verdict_of_a_record(int rc)
{
	return rc == -STELE_E_NULL || rc == -STELE_E_UNSET ||
	       rc == -STELE_E_TYPE || rc == -STELE_E_ABSENT;
}

/* ---------------------------------------------------------------- pairs */

static void assert_refused(const char *stored, const char *reader)
{
	struct stele_error err = { 0 };
	char text[EVOLUTION_TEXT], expected[EVOLUTION_TEXT];

	evolution_schema(text, reader);
	assert_int_equal(pair_open(&p, text, &err), -STELE_E_TYPE);
	snprintf(expected, sizeof(expected),
		 "field 'f' of 'R': %s is stored, which is not read as %s",
		 stored, reader);
	assert_string_equal(err.reason, expected);
}

static void hold(const char *stored, const char *reader,
		 enum stele_verdict verdict)
{
	struct stele_error err = { 0 };
	char text[EVOLUTION_TEXT];
	int rc;

	if (evolution_verdict(stored, reader) != verdict)
		fail_msg("%s as %s: not %s", stored, reader,
			 stele_verdict_name(verdict));
	build(stored, reader);
	if (verdict == STELE_VERDICT_REFUSE) {
		assert_refused(stored, reader);
		pair_end(&p);
		return;
	}
	evolution_schema(text, reader);
	if (pair_open(&p, text, &err))
		fail_msg("%s as %s: %s", stored, reader, err.reason);
	for (int i = 0; i < NR_SHAPES; i++) {
		rc = read_row((enum shape)i);
		if (i == ODD && verdict == STELE_VERDICT_CHECK) {
			if (!is_verdict_of_a_record(rc))
				fail_msg("%s as %s: %d where none fits", stored,
					 reader, rc);
		} else if (rc) {
			fail_msg("%s as %s: row %d: %d", stored, reader, i, rc);
		}
	}
	pair_end(&p);
}

static void every_pair_of_kinds_is_read_as_its_verdict_says(void **state)
{
	unsigned counts[4] = { 0 };

	(void)state;
	for (size_t s = 0; s < EVOLUTION_KINDS; s++) {
		for (size_t r = 0; r < EVOLUTION_KINDS; r++) {
			enum stele_verdict verdict = evolution_verdict(
				evolution_types[s], evolution_types[r]);

			hold(evolution_types[s], evolution_types[r], verdict);
			counts[verdict]++;
		}
	}
	/* as many of each as doc/FORMAT.md lists */
	assert_int_equal(counts[STELE_VERDICT_SAME], 31);
	assert_int_equal(counts[STELE_VERDICT_CHECK], 30);
	assert_int_equal(counts[STELE_VERDICT_CONVERT], 78);
	assert_int_equal(counts[STELE_VERDICT_REFUSE], 822);
}

static void verdicts_are_the_worst_of_all_parts(void **state)
{
	(void)state;
	for (size_t i = 0; i < nr_evolution_pairs; i++)
		hold(evolution_pairs[i].stored, evolution_pairs[i].reader,
		     evolution_pairs[i].verdict);
}

/* ------------------------------------------------------ out of any, alone */

static int read_any(struct stele_cell cell, const char *type)
{
	char text[EVOLUTION_TEXT];
	struct stele_error err = { 0 };
	struct stele_value value;
	struct stele_field f;
	int rc;

	evolution_schema(text, "any");
	pair_begin(&p, text);
	if (stele_builder_add(p.builder, ROW, &cell, 1, NULL, &err))
		fail_msg("%s", err.reason);
	pair_seal(&p);
	evolution_schema(text, type);
	if (pair_open(&p, text, &err))
		fail_msg("%s", err.reason);
	assert_int_equal(stele_view_field(p.view, "R", "f", STELE_TYPE_ANY, &f,
					  &err),
			 0);
	rc = stele_record_get(pair_row(&p, 0), &f, &value);
	pair_end(&p);
	return rc;
}

static void numbers_out_of_any_have_to_fit(void **state)
{
	const struct {
		struct stele_cell cell;
		const char *type;
		int rc;
	} cases[] = {
		{ stele_cell_i64(127), "i8", 0 },
		{ stele_cell_i64(128), "i8", -STELE_E_RANGE },
		{ stele_cell_i64(-128), "i8", 0 },
		{ stele_cell_i64(-129), "i8", -STELE_E_RANGE },
		{ stele_cell_i64(-1), "u64", -STELE_E_RANGE },
		{ stele_cell_u64(UINT64_MAX), "u64", 0 },
		{ stele_cell_u64(UINT64_MAX), "i64", -STELE_E_RANGE },
		{ stele_cell_i64(INT64_MIN), "i64", 0 },
		{ text_cell(STELE_TYPE_BIGINT, "18446744073709551616"), "u64",
		  -STELE_E_RANGE },
		{ text_cell(STELE_TYPE_BIGINT, "18446744073709551616"), "f64",
		  -STELE_E_RANGE },
		{ stele_cell_i64(1ll << 53), "f64", 0 },
		{ stele_cell_i64((1ll << 53) + 1), "f64", -STELE_E_RANGE },
		{ stele_cell_i64(-(1ll << 53)), "f64", 0 },
		{ stele_cell_i64(-(1ll << 53) - 1), "f64", -STELE_E_RANGE },
		{ stele_cell_i64(1 << 24), "f32", 0 },
		{ stele_cell_i64((1 << 24) + 1), "f32", -STELE_E_RANGE },
		{ stele_cell_f64(0.5), "f32", 0 },
		{ stele_cell_f64(0.1), "f32", -STELE_E_RANGE },
		{ stele_cell_f64(NAN), "f32", 0 },
		{ stele_cell_f64(1.0), "i64", -STELE_E_TYPE },
		{ stele_cell_bool(true), "u8", -STELE_E_TYPE },
		{ stele_cell_f64(1.0), "decimal", -STELE_E_TYPE },
		{ stele_cell_i64(1), "decimal", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		if (read_any(cases[i].cell, cases[i].type) != cases[i].rc)
			fail_msg("case %zu", i);
}

static void what_is_read_as_any_is_a_dynamic_value(void **state)
{
	struct stele_error err = { 0 };
	struct stele_value value;
	struct stele_cell cell = stele_cell_u64(200);
	char text[EVOLUTION_TEXT];
	struct stele_field f;

	(void)state;
	evolution_schema(text, "u8");
	pair_begin(&p, text);
	assert_int_equal(
		stele_builder_add(p.builder, ROW, &cell, 1, NULL, &err), 0);
	pair_seal(&p);
	evolution_schema(text, "any");
	assert_int_equal(pair_open(&p, text, &err), 0);
	assert_int_equal(stele_view_field(p.view, "R", "f", STELE_TYPE_ANY, &f,
					  &err),
			 0);
	assert_int_equal(stele_record_get(pair_row(&p, 0), &f, &value), 0);
	assert_true(value.type == STELE_TYPE_I64 && value.u.i == 200);
}

static void types_the_schema_does_not_have_are_absent(void **state)
{
	struct stele_value value = { 0 };

	(void)state;
	build("u8", "u8");
	assert_int_equal(stele_view_open(p.segment, p.reader, &p.view, NULL),
			 0);
	value.type = STELE_TYPE_I64;
	assert_int_equal(stele_view_value(p.view,
					  stele_schema_nr_types(p.reader),
					  false, &value, &value),
			 -STELE_E_ABSENT);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_teardown(name, end)
	const struct CMUnitTest tests[] = {
		TEST(every_pair_of_kinds_is_read_as_its_verdict_says),
		TEST(verdicts_are_the_worst_of_all_parts),
		TEST(numbers_out_of_any_have_to_fit),
		TEST(what_is_read_as_any_is_a_dynamic_value),
		TEST(types_the_schema_does_not_have_are_absent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
