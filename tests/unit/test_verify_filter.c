// SPDX-License-Identifier: MIT
/*
 * Filters in a whole image: declared ones fill themselves from rows, others by
 * hand; both are accepted by verify, and each way in which one can be wrong,
 * signed anew, is refused under its invariant.
 */
#include "building.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "invariant.h"
#include "segment.h"
#include "specimen.h"

#define SCHEMA                                      \
	"record P { name: str  n: i32?  sub: S }\n" \
	"record S { x: u8 }\n"                      \
	"table by_name: P(name)\n"                  \
	"table names: P(name) filter 1/100\n"       \
	"table numbers: P(n) filter 1/3\n"          \
	"table both: P(n, sub.x) filter 1/1000\n"

enum { BY_NAME, NAMES, NUMBERS, BOTH, BY_HAND, EMPTY };

#define ROWS 500

static struct specimen good, im;
static struct stele_error err;

static size_t name_of(int i, char *name)
{
	return (size_t)sprintf(name, "name %d", i);
}

static void add_row(struct stele_builder *b, int i)
{
	struct stele_cell sub = stele_cell_u64((uint64_t)i % 3), row[3];
	char name[32];

	row[0] = stele_cell_str(name, name_of(i, name));
	row[1] = i % 5 ? stele_cell_i64(-i / 2) :
			 stele_cell_of(STELE_TYPE_NULL);
	row[2] = stele_cell_of(STELE_TYPE_RECORD);
	row[2].record = 1;
	row[2].u.cells = &sub;
	row[2].len = 1;
	add(b, 0, row, 3);
}

static uint32_t add_filter(struct stele_builder *b, const char *name,
			   enum stele_type key, uint32_t rate)
{
	struct stele_table_options o = { .size = sizeof(o),
					 .key = key,
					 .value = STELE_TYPE_BOOL,
					 .filter = rate };
	uint32_t table;

	if (stele_builder_table(b, name, &o, &table, &err))
		fail_msg("%s", err.reason);
	return table;
}

static int build(void **state)
{
	struct stele_builder *b = begin(SCHEMA, NULL);
	struct stele_cell yes = stele_cell_bool(true), key;
	uint32_t table;
	int fd, i;

	(void)state;
	for (i = 0; i < ROWS; i++)
		add_row(b, i);
	table = add_filter(b, "by hand", STELE_TYPE_ANY, 50);
	add_filter(b, "empty", STELE_TYPE_U64, 2);
	for (i = 0; i < 300; i++) {
		key = stele_cell_f64(i / 2.0);
		assert_int_equal(
			stele_builder_table_add(b, table, &key, &yes, &err), 0);
	}
	if (stele_builder_finish(b, &fd, &err))
		fail_msg("%s", err.reason);
	stele_builder_free(b);
	specimen_read(&good, fd);
	close(fd);
	specimen_copy(&im, &good);
	return 0;
}

static int unbuild(void **state)
{
	(void)state;
	specimen_free(&good);
	specimen_free(&im);
	return 0;
}

static void expect_at(int line, uint32_t invariant)
{
	struct stele_segment seg = { 0 };
	int rc;

	memset(&err, 0, sizeof(err));
	assert_true(specimen_sign(&im));
	rc = stele_segment_attach(&seg, im.bytes, im.len, &err);
	if (!rc) {
		rc = stele_segment_verify(&seg, NULL, &err);
		stele_segment_detach(&seg);
	}
	memcpy(im.bytes, good.bytes, good.len);
	if (rc != (invariant ? -STELE_E_FORMAT : 0) ||
	    err.invariant != invariant)
		fail_msg("line %d: %d, invariant %u, not %u: %s", line, rc,
			 err.invariant, invariant, err.reason);
}

#define expect(name) expect_at(__LINE__, STELE_I_##name)

static struct stele_fmt_table *table_of(unsigned i)
{
	const struct stele_fmt_header *h = specimen_header(&im);

	for (uint32_t k = 0; k < h->nr_sections; k++)
		if (h->section[k].kind == STELE_FMT_SECTION_TABLES)
			return (struct stele_fmt_table
					*)(void *)(im.bytes +
						   h->section[k].off) +
			       i;
	fail_msg("no tables");
	return NULL;
}

static struct stele_fmt_filter *part_of(unsigned i)
{
	return (void *)(im.bytes + table_of(i)->partitions_off);
}

static void every_filter_of_a_build_is_right(void **state)
{
	struct stele_map_info info = { .size = sizeof(info) };
	struct stele_segment seg = { 0 };
	struct stele_value key, value;
	const struct stele_map *map;
	char name[32];
	int i;

	(void)state;
	expect_at(__LINE__, 0);
	assert_int_equal(stele_segment_attach(&seg, im.bytes, im.len, &err), 0);
	map = stele_segment_map(&seg, "names");
	assert_int_equal(stele_map_info(map, &info), 0);
	assert_int_equal(info.kind, STELE_MAP_FILTER);
	assert_int_equal(info.filter, 100);
	assert_int_equal(info.filter_bits, 7);
	assert_int_equal(info.nr_keys, ROWS);
	assert_int_equal(info.nr_values, ROWS);
	assert_int_equal(info.record, 0);
	assert_int_equal(info.table, NAMES);
	for (i = 0; i < ROWS; i++)
		assert_int_equal(stele_map_get_str(map, name, name_of(i, name),
						   &value),
				 0);
	map = stele_segment_map(&seg, "numbers");
	for (i = 0; i < ROWS; i++)
		assert_int_equal(
			stele_map_get_i64(map, i % 5 ? -i / 2 : 0, &value), 0);
	/* 7, 7.0: one key */
	map = stele_segment_map(&seg, "by hand");
	for (i = 0; i < 150; i++)
		assert_int_equal(stele_map_get_u64(map, (uint64_t)i, &value),
				 0);
	key = (struct stele_value){ .type = STELE_TYPE_F64, .u.f = 12.5 };
	assert_int_equal(stele_map_get(map, &key, 1, &value), 0);
	map = stele_segment_map(&seg, "empty");
	assert_int_equal(stele_map_get_u64(map, 1, &value), -STELE_E_ABSENT);
	stele_segment_detach(&seg);
}

static void options_of_filters_are_checked(void **state)
{
	struct stele_builder *b = begin(NULL, NULL);
	struct stele_cell no = stele_cell_bool(false);
	struct stele_cell key = stele_cell_u64(1);
	struct stele_table_options o;
	uint32_t table;

	(void)state;
#define REFUSED(member, bad)                                                \
	do {                                                                \
		o = (struct stele_table_options){ .size = sizeof(o),        \
						  .key = STELE_TYPE_U64,    \
						  .value = STELE_TYPE_BOOL, \
						  .filter = 10 };           \
		o.member = (bad);                                           \
		assert_int_equal(stele_builder_table(b, "f", &o, &table,    \
						     &err),                 \
				 -EINVAL);                                  \
	} while (0)
	REFUSED(filter, 1);
	REFUSED(filter, 1u << 24);
	REFUSED(value, STELE_TYPE_U64);
	REFUSED(multi, 1);
	REFUSED(buckets, 1);
	REFUSED(bucket_log2, 10);
	REFUSED(zero, 1);
	table = add_filter(b, "f", STELE_TYPE_U64, 10);
	assert_int_equal(stele_builder_table_add(b, table, &key, &no, &err),
			 -STELE_E_RANGE);
	assert_non_null(strstr(err.reason, "table 'f': value: false"));
	key = stele_cell_u64(2);
	assert_int_equal(stele_builder_table_add(b, table, &key, &key, &err),
			 -STELE_E_TYPE);
	stele_builder_free(b);
}

static void wrong_descriptors_are_refused(void **state)
{
	(void)state;
	table_of(NAMES)->nr_keys--;
	expect(TABLE_COUNT);
	table_of(NAMES)->nr_values--;
	expect(TABLE_COUNT);
	table_of(NAMES)->used_bytes -= 8;
	expect(TABLE_USED);
	table_of(NAMES)->filter = 101;
	expect(TABLE_RECORD);
	table_of(BY_HAND)->filter = 500;
	expect(FILTER_SHAPE);
	table_of(NAMES)->value_type = STELE_TYPE_RECORD;
	expect(TABLE_KIND);
	table_of(NAMES)->separators_off = table_of(NAMES)->partitions_off;
	expect(TABLE_ZERO);
	table_of(NAMES)->empty_key = 1;
	expect(TABLE_ZERO);
	table_of(BY_NAME)->filter = 100;
	expect(TABLE_ZERO);
	table_of(EMPTY)->partitions_off = table_of(NAMES)->partitions_off;
	expect(TABLE_ZERO);
}

static void parts_have_the_shape_of_their_keys(void **state)
{
	(void)state;
	part_of(BY_HAND)->first_line = 1;
	expect(FILTER_SHAPE);
	part_of(BY_HAND)->nr_blocks++;
	expect(FILTER_SHAPE);
	part_of(BY_HAND)->low_blocks++;
	expect(FILTER_SHAPE);
	part_of(BY_HAND)->nr_keys += 1000;
	expect(FILTER_SHAPE);
	part_of(BY_HAND)->nr_keys--;
	expect(TABLE_COUNT);
	table_of(BY_HAND)->nr_buckets--;
	expect(TABLE_SPACE);
}

static void what_fills_the_last_line_is_zero(void **state)
{
	const struct stele_fmt_table *t = table_of(NAMES);

	(void)state;
	assert_int_not_equal(t->used_bytes % 64, 0);
	im.bytes[t->data_off + t->used_bytes] = 1;
	expect(FILTER_SHAPE);
}

static void a_declared_filter_has_the_keys_of_its_rows(void **state)
{
	struct stele_fmt_table *t;
	unsigned i;

	(void)state;
	for (i = NAMES; i <= BOTH; i++) {
		t = table_of(i);
		memset(im.bytes + t->data_off, 0x5a, t->used_bytes);
		expect(FILTER_KEYS);
		part_of(i)->counter = 7;
		expect(FILTER_KEYS);
	}
	/* of one by hand nobody knows them */
	t = table_of(BY_HAND);
	memset(im.bytes + t->data_off, 0x5a, t->used_bytes);
	expect_at(__LINE__, 0);
}

static void more_keys_than_rows_are_refused(void **state)
{
	(void)state;
	/* one more needs no other shape */
	part_of(NAMES)->nr_keys++;
	table_of(NAMES)->nr_keys++;
	table_of(NAMES)->nr_values++;
	expect(TABLE_ROWS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_filter_of_a_build_is_right),
		cmocka_unit_test(options_of_filters_are_checked),
		cmocka_unit_test(wrong_descriptors_are_refused),
		cmocka_unit_test(parts_have_the_shape_of_their_keys),
		cmocka_unit_test(what_fills_the_last_line_is_zero),
		cmocka_unit_test(a_declared_filter_has_the_keys_of_its_rows),
		cmocka_unit_test(more_keys_than_rows_are_refused),
	};

	return cmocka_run_group_tests(tests, build, unbuild);
}
