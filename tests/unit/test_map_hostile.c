// SPDX-License-Identifier: MIT
/*
 * Lookups in bytes that nobody would have written: refused when the table is
 * attached, or an answer from within the image.
 */
#include "tables.h"

#include "hash.h"
#include "invariant.h"

static int attach(const struct table *t, struct stele_fmt_table fmt,
		  uint32_t *invariant)
{
	struct stele_error err = { 0 };
	struct stele_map map;
	int rc = stele_map_attach(&t->segment, &fmt, 4242, &map, &err);

	*invariant = err.invariant;
	if (rc)
		assert_int_equal(err.offset, 4242);
	return rc;
}

/* Change one field of a good descriptor. */
#define REFUSES(t, field, value, code, number)                        \
	do {                                                          \
		struct stele_fmt_table fmt_ = (t)->result.fmt;        \
		uint32_t invariant_;                                  \
                                                                      \
		fmt_.field = (value);                                 \
		assert_int_equal(attach(t, fmt_, &invariant_), code); \
		assert_int_equal(invariant_, number);                 \
	} while (0)

static void attach_refuses_bucket_tables_out_of_bounds(void **state)
{
	struct table t;
	uint64_t len;

	(void)state;
	build_text(&t, STELE_TYPE_U64, 0);
	len = t.segment.len;
	REFUSES(&t, kind, 9, -STELE_E_FORMAT, STELE_I_TABLE_KIND);
	REFUSES(&t, kind, STELE_FMT_TABLE_FILTER, -STELE_E_FORMAT,
		STELE_I_TABLE_KIND);
	REFUSES(&t, filter, 100, -STELE_E_FORMAT, STELE_I_TABLE_KIND);
	REFUSES(&t, flags, STELE_FMT_TABLE_F_CLUSTERED, -STELE_E_FEATURE,
		STELE_I_TABLE_KIND);
	REFUSES(&t, flags, 4, -STELE_E_FORMAT, STELE_I_TABLE_FLAGS);
	REFUSES(&t, key_type, 0, -STELE_E_FORMAT, STELE_I_TABLE_KIND);
	REFUSES(&t, key_type, 6, -STELE_E_FORMAT, STELE_I_TABLE_KIND);
	REFUSES(&t, value_type, STELE_TYPE_LIST, -STELE_E_FORMAT,
		STELE_I_TABLE_KIND);
	REFUSES(&t, value_bytes, 7, -STELE_E_FORMAT, STELE_I_TABLE_KIND);
	REFUSES(&t, bucket_log2, 5, -STELE_E_FORMAT, STELE_I_TABLE_KIND);
	REFUSES(&t, bucket_log2, 16, -STELE_E_FORMAT, STELE_I_TABLE_KIND);
	REFUSES(&t, data_off, len, -STELE_E_FORMAT, STELE_I_TABLE_BOUNDS);
	REFUSES(&t, data_off, 4097, -STELE_E_FORMAT, STELE_I_TABLE_BOUNDS);
	REFUSES(&t, data_off, UINT64_MAX & ~UINT64_C(63), -STELE_E_FORMAT,
		STELE_I_TABLE_BOUNDS);
	REFUSES(&t, nr_buckets, UINT64_C(1) << 60, -STELE_E_FORMAT,
		STELE_I_TABLE_BOUNDS);
	REFUSES(&t, separators_off, len, -STELE_E_FORMAT, STELE_I_TABLE_BOUNDS);
	REFUSES(&t, partitions_off, len & ~UINT64_C(7), -STELE_E_FORMAT,
		STELE_I_TABLE_BOUNDS);
	REFUSES(&t, partitions_off, t.result.fmt.partitions_off + 4,
		-STELE_E_FORMAT, STELE_I_TABLE_BOUNDS);
	REFUSES(&t, nr_partitions, UINT32_MAX, -STELE_E_FORMAT,
		STELE_I_TABLE_BOUNDS);
	REFUSES(&t, nr_partitions, 0, -STELE_E_FORMAT, STELE_I_TABLE_COUNT);
	REFUSES(&t, overflow_bytes, len + 8, -STELE_E_FORMAT,
		STELE_I_TABLE_BOUNDS);
	REFUSES(&t, name_off, len + 1, -STELE_E_FORMAT, STELE_I_TABLE_NAME);
	REFUSES(&t, record, 0, -STELE_E_FORMAT, STELE_I_TABLE_RECORD);
	REFUSES(&t, decl, 0, -STELE_E_FORMAT, STELE_I_TABLE_RECORD);
	table_end(&t);
}

static void attach_refuses_integer_tables_out_of_bounds(void **state)
{
	struct table t;

	(void)state;
	build_words(&t, STELE_FMT_KEY_U64, false);
	REFUSES(&t, key_type, STELE_FMT_KEY_STR, -STELE_E_FORMAT,
		STELE_I_TABLE_KIND);
	REFUSES(&t, flags, STELE_FMT_TABLE_F_MULTI, -STELE_E_FORMAT,
		STELE_I_TABLE_KIND);
	REFUSES(&t, nr_buckets, t.result.fmt.nr_buckets + 1, -STELE_E_FORMAT,
		STELE_I_TABLE_BOUNDS);
	REFUSES(&t, nr_buckets, 0, -STELE_E_FORMAT, STELE_I_LINE_GROUPS);
	REFUSES(&t, nr_partitions, t.result.fmt.nr_buckets + 1, -STELE_E_FORMAT,
		STELE_I_LINE_GROUPS);
	REFUSES(&t, nr_partitions, 0, -STELE_E_FORMAT, STELE_I_TABLE_COUNT);
	table_end(&t);
}

/* A lookup may say anything, but it must say it within the bytes. */
static void look_at_everything(const struct stele_map *map, uint64_t seed)
{
	struct stele_cursor cursor = STELE_CURSOR_BEGIN;
	struct stele_matches matches;
	struct stele_value key, value;
	volatile char last;
	char name[80];
	uint64_t i;
	int rc;

	for (i = 0; i < 200; i++) {
		size_t len = text_key(next_random(&seed) % N, name);

		if (map->key_type == STELE_FMT_KEY_STR)
			rc = stele_map_find_str(map, name, len, &matches);
		else
			rc = stele_map_find_u64(
				map, next_random(&seed) % N * 1000003,
				&matches);
		while (!rc) {
			rc = stele_matches_next(&matches, &value);
			if (!rc && value.type == STELE_TYPE_STR && value.len)
				last = value.u.ptr[value.len - 1];
		}
	}
	(void)last;
	/* broken entries are passed over, so this ends */
	while ((rc = stele_map_next(map, &cursor, &key, &matches)) !=
	       -STELE_E_ABSENT)
		while (!rc)
			rc = stele_matches_next(&matches, &value);
}

static void mutate(struct table *t, uint64_t from, uint64_t seed)
{
	const uint8_t edges[] = { 0, 1, 0x7f, 0x80, 0xfe, 0xff };
	uint64_t rounds, k, at;
	uint8_t *good = malloc(t->segment.len);

	assert_non_null(good);
	memcpy(good, t->image, t->segment.len);
	for (rounds = 0; rounds < 150; rounds++) {
		for (k = 0; k < 1 + rounds * 4; k++) {
			at = from +
			     next_random(&seed) % (t->segment.len - from);
			t->image[at] = next_random(&seed) & 1 ?
					       edges[next_random(&seed) % 6] :
					       (uint8_t)next_random(&seed);
		}
		look_at_everything(&t->map, seed);
		memcpy(t->image, good, t->segment.len);
	}
	free(good);
}

static void hostile_buckets_lead_nowhere(void **state)
{
	struct stele_map_build_options o =
		options(STELE_FMT_KEY_STR, STELE_TYPE_STR);
	char key[80], value[600];
	struct table t;
	uint64_t i;

	(void)state;
	memset(value, 'v', sizeof(value));
	o.multi = true;
	table_begin(&t, &o, PLENTY);
	for (i = 0; i < N; i++)
		table_add(&t, key, text_key(i % 2000, key), value,
			  i % 20 ? i % 30 : 600);
	table_finish(&t, 1);
	assert_true(t.map.fmt.overflow_bytes > 0);
	mutate(&t, STELE_FMT_BLOCK, print_seed(521288629));
	/* the index alone */
	mutate(&t, t.result.fmt.partitions_off, print_seed(5783321));
	table_end(&t);
}

static void hostile_lines_lead_nowhere(void **state)
{
	struct table t;

	(void)state;
	build_words(&t, STELE_FMT_KEY_U64, false);
	mutate(&t, STELE_FMT_BLOCK, print_seed(6615241));
	table_end(&t);
}

/* One bucket whose bytes are given. */
static void with_bucket(struct table *t, const void *bytes, size_t len)
{
	uint64_t value = 5;
	struct stele_map_build_options o =
		options(STELE_FMT_KEY_STR, STELE_TYPE_STR);

	table_begin(t, &o, PLENTY);
	table_add(t, "k", 1, &value, sizeof(value));
	table_finish(t, 1);
	memcpy(t->image + t->map.fmt.data_off, bytes, len);
}

static void a_value_that_leaves_its_bucket_is_broken(void **state)
{
	uint8_t tag = (uint8_t)stele_hash_bytes("k", 1, SEED);
	uint8_t bytes[] = { 1, 0, tag, 5, 0, 1, 'k', 56 };
	struct stele_value value;
	struct table t;

	(void)state;
	with_bucket(&t, bytes, sizeof(bytes));
	assert_int_equal(stele_map_get_str(&t.map, "k", 1, &value), 0);
	assert_int_equal(value.len, 56);
	table_end(&t);
	bytes[7] = 57;
	with_bucket(&t, bytes, sizeof(bytes));
	assert_int_equal(stele_map_get_str(&t.map, "k", 1, &value),
			 -STELE_E_FORMAT);
	table_end(&t);
	bytes[3] = 64; /* the entry begins behind the bucket */
	with_bucket(&t, bytes, sizeof(bytes));
	assert_int_equal(stele_map_get_str(&t.map, "k", 1, &value),
			 -STELE_E_ABSENT);
	table_end(&t);
}

static void a_count_beyond_the_bucket_is_clipped(void **state)
{
	uint8_t tag = (uint8_t)stele_hash_bytes("k", 1, SEED), bytes[64];
	struct stele_cursor cursor = STELE_CURSOR_BEGIN;
	struct stele_matches matches;
	struct stele_value value;
	struct table t;

	(void)state;
	memset(bytes, tag, sizeof(bytes));
	bytes[0] = bytes[1] = 0xff;
	with_bucket(&t, bytes, sizeof(bytes));
	(void)stele_map_get_str(&t.map, "k", 1, &value);
	while (stele_map_next(&t.map, &cursor, &value, &matches) !=
	       -STELE_E_ABSENT)
		;
	assert_true(cursor.bucket == 1);
	table_end(&t);
}

static void an_entry_out_of_line_lies_in_the_overflow_run(void **state)
{
	uint8_t tag = (uint8_t)stele_hash_bytes("k", 1, SEED);
	struct stele_fmt_overflow out = {
		.hash = stele_hash_bytes("k", 1, SEED),
		.off = STELE_FMT_BLOCK,
		.len = 8,
	};
	uint8_t bytes[64] = { 1, 0, tag, 5, 0x80 };
	struct stele_value value;
	struct table t;

	(void)state;
	/* where there is no such run */
	memcpy(bytes + 5, &out, sizeof(out));
	with_bucket(&t, bytes, sizeof(bytes));
	assert_int_equal(stele_map_get_str(&t.map, "k", 1, &value),
			 -STELE_E_ABSENT);
	table_end(&t);
	/* where what says so is cut off by the bucket */
	bytes[3] = 63;
	with_bucket(&t, bytes, sizeof(bytes));
	assert_int_equal(stele_map_get_str(&t.map, "k", 1, &value),
			 -STELE_E_ABSENT);
	table_end(&t);
}

static void a_position_of_no_record_is_broken(void **state)
{
	static uint64_t positions[N];
	struct stele_value value;
	struct table t;

	(void)state;
	build_rows(&t, STELE_FMT_KEY_U64, positions);
	assert_int_equal(stele_map_get_u64(&t.map, 0, &value), 0);
	/* a list without items */
	*(uint64_t *)(void *)(t.image + positions[0]) =
		STELE_FMT_HEAD(STELE_FMT_KIND_LIST, 0, 0);
	assert_int_equal(stele_map_get_u64(&t.map, 0, &value), -STELE_E_FORMAT);
	table_end(&t);
}

static void a_negative_number_is_no_large_one(void **state)
{
	struct stele_map_build_options o =
		options(STELE_FMT_KEY_U64, STELE_TYPE_U64);
	uint64_t key = UINT64_MAX;
	struct stele_value value;
	struct table t;

	(void)state;
	table_begin(&t, &o, PLENTY);
	table_add(&t, &key, sizeof(key), &key, sizeof(key));
	table_finish(&t, 1);
	assert_int_equal(stele_map_get_u64(&t.map, UINT64_MAX, &value), 0);
	assert_int_equal(stele_map_get_i64(&t.map, -1, &value),
			 -STELE_E_ABSENT);
	table_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(attach_refuses_bucket_tables_out_of_bounds),
		cmocka_unit_test(attach_refuses_integer_tables_out_of_bounds),
		cmocka_unit_test(hostile_buckets_lead_nowhere),
		cmocka_unit_test(hostile_lines_lead_nowhere),
		cmocka_unit_test(a_value_that_leaves_its_bucket_is_broken),
		cmocka_unit_test(a_count_beyond_the_bucket_is_clipped),
		cmocka_unit_test(an_entry_out_of_line_lies_in_the_overflow_run),
		cmocka_unit_test(a_position_of_no_record_is_broken),
		cmocka_unit_test(a_negative_number_is_no_large_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
