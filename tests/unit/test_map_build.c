// SPDX-License-Identifier: MIT
/*
 * Tables hold what was put in: of any size, kind and duplicate policy, with the
 * same bytes whatever the memory and threads.  The model is arithmetic: key and
 * value of entry i are functions of i.
 */
#include "table.h"

#include <errno.h>
#include <stdio.h>

#include "map_probe.h"

#define PLENTY (UINT64_C(1) << 30)
#define SEED STELE_FMT_DEFAULT_SEED

static uint64_t mix(uint64_t x)
{
	x ^= x >> 31;
	x *= UINT64_C(0x7fb5d329728ea185);
	x ^= x >> 27;
	x *= UINT64_C(0x81dadef4bc2dd44d);
	return x ^ x >> 33;
}

/* A different key for every i, of 2 to 36 bytes. */
static size_t text_key(uint64_t i, char *key)
{
	return (size_t)sprintf(key, "%.*s.%llx", (int)(mix(i) % 20),
			       "packages of all kind", (unsigned long long)i);
}

static struct stele_map_build_options text_table(void)
{
	return (struct stele_map_build_options){
		.name = "t",
		.key_type = STELE_FMT_KEY_STR,
		.value_type = STELE_TYPE_U64,
		.seed = SEED,
	};
}

static struct stele_map_build_options integer_table(void)
{
	struct stele_map_build_options o = text_table();

	o.key_type = STELE_FMT_KEY_U64;
	return o;
}

static uint64_t get_text(struct table *t, uint64_t i)
{
	struct stele_value value;
	char key[64];

	assert_int_equal(
		stele_map_get_str(&t->map, key, text_key(i, key), &value), 0);
	assert_int_equal(value.type, STELE_TYPE_U64);
	return value.u.u;
}

/* Every key is met once by a cursor; how many there are. */
static uint64_t walk(const struct stele_map *map)
{
	struct stele_cursor cursor = STELE_CURSOR_BEGIN;
	struct stele_matches matches;
	struct stele_value key, value;
	uint64_t n = 0, sum = 0;
	int rc;

	while (!(rc = stele_map_next(map, &cursor, &key, &matches))) {
		while (!(rc = stele_matches_next(&matches, &value)))
			sum++;
		assert_int_equal(rc, -STELE_E_ABSENT);
		n++;
	}
	assert_int_equal(rc, -STELE_E_ABSENT);
	assert_int_equal(n, map->fmt.nr_keys);
	assert_int_equal(sum, map->fmt.nr_values);
	return n;
}

static const uint64_t sizes[] = { 0, 1, 2, 3, 4, 5, 10, 17, 100, 1000, 300000 };
#define NR_SIZES (sizeof(sizes) / sizeof(*sizes))

static void build_text(struct table *t, const struct stele_map_build_options *o,
		       uint64_t n, uint64_t budget, unsigned threads)
{
	char key[64];
	uint64_t i, value;

	table_begin(t, o, budget);
	for (i = 0; i < n; i++) {
		value = mix(~i);
		table_add(t, key, text_key(i, key), &value, sizeof(value));
	}
	table_finish(t, threads);
}

static void text_tables_hold_what_was_put_in(void **state)
{
	struct stele_map_build_options o = text_table();
	struct stele_value value;
	struct table t;
	char key[64];
	uint64_t i;
	size_t s;

	(void)state;
	for (s = 0; s < NR_SIZES; s++) {
		build_text(&t, &o, sizes[s], PLENTY, 2);
		assert_int_equal(walk(&t.map), sizes[s]);
		for (i = 0; i < sizes[s]; i++)
			assert_int_equal(get_text(&t, i), mix(~i));
		for (; i < sizes[s] + 1000; i++)
			assert_int_equal(stele_map_get_str(&t.map, key,
							   text_key(i, key),
							   &value),
					 -STELE_E_ABSENT);
		table_end(&t);
	}
}

static void build_integers(struct table *t,
			   const struct stele_map_build_options *o, uint64_t n,
			   uint64_t budget, unsigned threads)
{
	uint64_t i, key, value;

	table_begin(t, o, budget);
	for (i = 0; i < n; i++) {
		key = mix(i);
		value = mix(~i);
		table_add(t, &key, sizeof(key), &value, sizeof(value));
	}
	table_finish(t, threads);
}

static void check_integers(struct table *t, uint64_t n)
{
	struct stele_value value;
	uint64_t i;

	assert_int_equal(walk(&t->map), n);
	for (i = 0; i < n; i++) {
		assert_int_equal(stele_map_get_u64(&t->map, mix(i), &value), 0);
		assert_int_equal(value.u.u, mix(~i));
	}
	for (; i < n + 1000; i++)
		assert_int_equal(stele_map_get_u64(&t->map, mix(i), &value),
				 -STELE_E_ABSENT);
	if (t->map.kind == STELE_FMT_TABLE_INTEGER)
		assert_int_equal(stele_map_get_u64(&t->map, t->map.empty_key,
						   &value),
				 -STELE_E_ABSENT);
}

static void integer_tables_hold_what_was_put_in(void **state)
{
	struct stele_map_build_options o = integer_table();
	struct table t;
	size_t s;

	(void)state;
	for (s = 0; s < NR_SIZES; s++) {
		build_integers(&t, &o, sizes[s], PLENTY, 2);
		assert_int_equal(t.map.kind, STELE_FMT_TABLE_INTEGER);
		check_integers(&t, sizes[s]);
		if (sizes[s] > 1000)
			assert_true(t.map.nr_buckets * 4 * 9 / 10 >= sizes[s]);
		table_end(&t);
	}
}

static void integer_keys_fit_in_bucket_tables(void **state)
{
	struct stele_map_build_options o = integer_table();
	struct table t;
	size_t s;

	(void)state;
	o.buckets = true;
	for (s = 0; s < NR_SIZES; s++) {
		build_integers(&t, &o, sizes[s], PLENTY, 2);
		assert_int_equal(t.map.kind, STELE_FMT_TABLE_BUCKET);
		check_integers(&t, sizes[s]);
		table_end(&t);
	}
}

/* ------------------------------------------------------------- the bytes */

static void assert_same_image(const struct table *a, const struct table *b)
{
	assert_int_equal(a->segment.len, b->segment.len);
	assert_memory_equal(a->image, b->image, a->segment.len);
	assert_memory_equal(&a->result.fmt, &b->result.fmt,
			    sizeof(a->result.fmt));
}

static void bytes_do_not_depend_on_memory_and_threads(void **state)
{
	struct stele_map_build_options o = text_table();
	struct table a, b;

	(void)state;
	build_text(&a, &o, 700000, PLENTY, 1);
	assert_true(a.map.nr_partitions > 1);
	build_text(&b, &o, 700000, 100000, 3);
	assert_true(b.budget.spilled > 0);
	assert_same_image(&a, &b);
	table_end(&b);
	table_end(&a);
	o = integer_table();
	build_integers(&a, &o, 4096 * 4 * 36, PLENTY, 1);
	assert_true(a.map.nr_partitions > 1);
	build_integers(&b, &o, 4096 * 4 * 36, 100000, 3);
	assert_true(b.budget.spilled > 0);
	assert_same_image(&a, &b);
	table_end(&b);
	table_end(&a);
}

static void text_tables_do_not_depend_on_the_order(void **state)
{
	struct stele_map_build_options o = text_table();
	struct table a, b;
	char key[64];
	uint64_t i, value;

	(void)state;
	build_text(&a, &o, 5000, PLENTY, 1);
	table_begin(&b, &o, PLENTY);
	for (i = 5000; i--;) {
		value = mix(~i);
		table_add(&b, key, text_key(i, key), &value, sizeof(value));
	}
	table_finish(&b, 1);
	assert_same_image(&a, &b);
	table_end(&b);
	table_end(&a);
}

/* No bucket, and no group of lines, lies in two extents. */
static void data_never_cross_an_extent(void **state)
{
	static const uint8_t zeros[STELE_FMT_EXTENT - 8192];
	struct stele_map_build_options o = text_table();
	uint8_t value[6000] = { 1 };
	struct table t;
	char key[64];
	uint64_t i;

	(void)state;
	o.value_type = STELE_TYPE_BYTES;
	table_begin(&t, &o, PLENTY);
	assert_int_equal(stele_output_append(t.out, zeros, sizeof(zeros)), 0);
	for (i = 0; i < 20; i++)
		table_add(&t, key, text_key(i, key), value, sizeof(value));
	table_finish(&t, 1);
	assert_int_equal(t.map.bucket_log2, 15);
	assert_int_equal(t.map.fmt.data_off, STELE_FMT_EXTENT);
	assert_int_equal(walk(&t.map), 20);
	table_end(&t);
}

/* --------------------------------------------------------------- sizes */

/* One table of 1 KiB buckets whose entry `big` has entries of so many bytes. */
static void build_with_big(struct table *t, size_t bytes)
{
	struct stele_map_build_options o = text_table();
	uint8_t value[70000] = { 0 };
	uint64_t i;
	char key[64];

	o.value_type = STELE_TYPE_BYTES;
	o.bucket_log2 = 10;
	table_begin(t, &o, PLENTY);
	for (i = 0; i < 400; i++)
		table_add(t, key, text_key(i, key), value, i % 60);
	/* 1 + 3 of key, 2 of length */
	memset(value, 0xa5, sizeof(value));
	table_add(t, "BIG", 3, value, bytes - 6);
	table_finish(t, 1);
}

static void a_quarter_bucket_is_the_most_in_line(void **state)
{
	struct stele_value value;
	struct table t;

	(void)state;
	build_with_big(&t, 256);
	assert_int_equal(t.map.fmt.overflow_bytes, 0);
	assert_int_equal(stele_map_get_str(&t.map, "BIG", 3, &value), 0);
	assert_int_equal(value.len, 250);
	table_end(&t);
	build_with_big(&t, 257);
	assert_int_equal(t.map.fmt.overflow_bytes, 264);
	assert_int_equal(stele_map_get_str(&t.map, "BIG", 3, &value), 0);
	assert_int_equal(value.len, 251);
	assert_int_equal((uint8_t)value.u.ptr[250], 0xa5);
	assert_int_equal(walk(&t.map), 401);
	table_end(&t);
}

static void a_small_table_is_one_bucket_of_the_size_needed(void **state)
{
	struct stele_map_build_options o = text_table();
	struct table t;
	uint64_t value = 7;

	(void)state;
	table_begin(&t, &o, PLENTY);
	table_add(&t, "k", 1, &value, sizeof(value));
	table_finish(&t, 1);
	assert_int_equal(t.map.nr_buckets, 1);
	assert_int_equal(t.map.bucket_log2, 6);
	assert_int_equal(t.map.fmt.used_bytes, 2 + 3 + 10);
	table_end(&t);
	build_text(&t, &o, 30, PLENTY, 1);
	assert_int_equal(t.map.nr_buckets, 1);
	assert_int_equal(t.map.bucket_log2, 10);
	table_end(&t);
	build_text(&t, &o, 100, PLENTY, 1);
	assert_true(t.map.nr_buckets > 1);
	table_end(&t);
}

static void an_empty_table_is_nothing(void **state)
{
	struct stele_map_build_options o = text_table();
	struct stele_value value;
	struct table t;

	(void)state;
	build_text(&t, &o, 0, PLENTY, 1);
	assert_int_equal(t.result.index.len, 0);
	assert_int_equal(t.map.fmt.nr_buckets, 0);
	assert_int_equal(t.map.fmt.nr_partitions, 0);
	assert_int_equal(t.segment.len, STELE_FMT_BLOCK);
	assert_int_equal(stele_map_get_str(&t.map, "", 0, &value),
			 -STELE_E_ABSENT);
	table_end(&t);
}

static void keys_of_64_kib_and_of_nothing_are_keys(void **state)
{
	struct stele_map_build_options o = text_table();
	struct stele_value value;
	struct table t;
	char *key = malloc(65536);
	uint64_t i;

	(void)state;
	assert_non_null(key);
	memset(key, 'k', 65536);
	table_begin(&t, &o, PLENTY);
	for (i = 0; i < 50; i++) {
		key[65535] = (char)i;
		table_add(&t, key, i == 7 ? 0 : 65536, &i, sizeof(i));
	}
	table_finish(&t, 1);
	for (i = 0; i < 50; i++) {
		key[65535] = (char)i;
		assert_int_equal(stele_map_get_str(&t.map, key,
						   i == 7 ? 0 : 65536, &value),
				 0);
		assert_int_equal(value.u.u, i);
	}
	key[65535] = 'x';
	assert_int_equal(stele_map_get_str(&t.map, key, 65536, &value),
			 -STELE_E_ABSENT);
	assert_int_equal(walk(&t.map), 50);
	table_end(&t);
	free(key);
}

static void mixed_sizes_find_places(void **state)
{
	struct stele_map_build_options o = text_table();
	uint8_t *value = malloc(40000);
	struct stele_value found;
	struct table t;
	char key[64];
	uint64_t i, len;

	(void)state;
	assert_non_null(value);
	o.value_type = STELE_TYPE_STR;
	table_begin(&t, &o, 1 << 20);
	for (i = 0; i < 20000; i++) {
		len = mix(i) % (i % 100 ? i % 10 ? 60 : 900 : 40000);
		memset(value, (int)i, len);
		table_add(&t, key, text_key(i, key), value, len);
	}
	table_finish(&t, 2);
	for (i = 0; i < 20000; i++) {
		len = mix(i) % (i % 100 ? i % 10 ? 60 : 900 : 40000);
		assert_int_equal(stele_map_get_str(&t.map, key,
						   text_key(i, key), &found),
				 0);
		assert_int_equal(found.len, len);
		if (len)
			assert_int_equal((uint8_t)found.u.ptr[len - 1],
					 (uint8_t)i);
	}
	assert_int_equal(walk(&t.map), 20000);
	table_end(&t);
	free(value);
}

/* Entries out of line of several partitions are one run behind the buckets. */
static void every_partition_has_entries_out_of_line(void **state)
{
	struct stele_map_build_options o = text_table();
	uint8_t *value = malloc(100000);
	struct stele_value found;
	struct table t;
	char key[64];
	uint64_t i;

	(void)state;
	assert_non_null(value);
	o.value_type = STELE_TYPE_BYTES;
	table_begin(&t, &o, 1 << 20);
	for (i = 0; i < 200; i++) {
		memset(value, (int)i, 100000);
		table_add(&t, key, text_key(i, key), value, 100000 - i);
	}
	free(value);
	table_finish(&t, 2);
	assert_int_equal(t.map.nr_partitions, 4);
	for (i = 0; i < 200; i++) {
		assert_int_equal(stele_map_get_str(&t.map, key,
						   text_key(i, key), &found),
				 0);
		assert_int_equal(found.len, 100000 - i);
		assert_int_equal((uint8_t)found.u.ptr[0], i);
		assert_int_equal((uint8_t)found.u.ptr[found.len - 1], i);
	}
	assert_int_equal(walk(&t.map), 200);
	table_end(&t);
}

/* --------------------------------------------------------------- multi */

static void a_key_has_100000_values_in_input_order(void **state)
{
	struct stele_map_build_options o = text_table();
	struct stele_matches matches;
	struct stele_value value;
	struct table t;
	char key[64];
	uint64_t i;

	(void)state;
	o.multi = true;
	table_begin(&t, &o, PLENTY);
	for (i = 0; i < 100000; i++) {
		table_add(&t, "many", 4, &i, sizeof(i));
		table_add(&t, key, text_key(i % 500, key), &i, sizeof(i));
	}
	table_finish(&t, 1);
	assert_int_equal(t.map.fmt.nr_keys, 501);
	assert_int_equal(t.map.fmt.nr_values, 200000);
	assert_int_equal(stele_map_find_str(&t.map, "many", 4, &matches), 0);
	assert_int_equal(matches.len, 100000);
	for (i = 0; i < 100000; i++) {
		assert_int_equal(stele_matches_next(&matches, &value), 0);
		assert_int_equal(value.u.u, i);
	}
	assert_int_equal(stele_matches_next(&matches, &value), -STELE_E_ABSENT);
	assert_int_equal(stele_map_find_str(&t.map, key, text_key(17, key),
					    &matches),
			 0);
	assert_int_equal(matches.len, 200);
	assert_int_equal(stele_matches_next(&matches, &value), 0);
	assert_int_equal(value.u.u, 17);
	assert_int_equal(stele_map_get_str(&t.map, "many", 4, &value),
			 -STELE_E_TYPE);
	assert_int_equal(walk(&t.map), 501);
	table_end(&t);
}

/* ---------------------------------------------------------- duplicates */

/* Keys 0..n-1 but for key 3, which comes again as entry n. */
static int build_twice(struct table *t, struct stele_map_build_options *o,
		       uint64_t n)
{
	bool integer = o->key_type != STELE_FMT_KEY_STR;
	char key[64];
	uint64_t i, word, value;

	table_begin(t, o, PLENTY);
	for (i = 0; i <= n; i++) {
		word = mix(i % n == 0 ? 3 : i);
		value = i;
		if (integer)
			table_add(t, &word, sizeof(word), &value,
				  sizeof(value));
		else
			table_add(t, key, text_key(i % n == 0 ? 3 : i, key),
				  &value, sizeof(value));
	}
	return table_try_finish(t, 1);
}

static uint64_t value_of_3(struct table *t)
{
	struct stele_value value;

	table_read(t);
	if (t->map.key_type == STELE_FMT_KEY_STR)
		return get_text(t, 3);
	assert_int_equal(stele_map_get_u64(&t->map, mix(3), &value), 0);
	return value.u.u;
}

static void duplicates_follow_the_policy(struct stele_map_build_options o)
{
	struct table t;

	o.duplicates = STELE_DUPLICATES_FIRST;
	assert_int_equal(build_twice(&t, &o, 2000), 0);
	assert_int_equal(t.result.nr_duplicates, 2);
	assert_int_equal(t.result.fmt.nr_keys, 1999);
	assert_int_equal(value_of_3(&t), 0);
	assert_int_equal(walk(&t.map), 1999);
	table_end(&t);
	o.duplicates = STELE_DUPLICATES_LAST;
	assert_int_equal(build_twice(&t, &o, 2000), 0);
	assert_int_equal(value_of_3(&t), 2000);
	table_end(&t);
	o.duplicates = STELE_DUPLICATES_ERROR;
	assert_int_equal(build_twice(&t, &o, 2000), -STELE_E_DUPLICATE);
	assert_int_equal(t.err.code, -STELE_E_DUPLICATE);
	assert_non_null(strstr(t.err.reason, "entry 3 "));
	assert_non_null(strstr(t.err.reason, "entry 0 "));
	assert_null(t.result.index.ptr);
	table_end(&t);
}

static void duplicate_text_follows_the_policy(void **state)
{
	(void)state;
	duplicates_follow_the_policy(text_table());
}

static void duplicate_integers_follow_the_policy(void **state)
{
	(void)state;
	duplicates_follow_the_policy(integer_table());
}

static void dropped_integers_take_no_space(void **state)
{
	struct stele_map_build_options o = integer_table();
	struct table t;
	uint64_t i, key;

	(void)state;
	o.duplicates = STELE_DUPLICATES_LAST;
	table_begin(&t, &o, PLENTY);
	for (i = 0; i < 200000; i++) {
		key = mix(i % 1000);
		table_add(&t, &key, sizeof(key), &i, sizeof(i));
	}
	table_finish(&t, 1);
	assert_int_equal(t.map.fmt.nr_keys, 1000);
	assert_true(t.map.nr_buckets <= 279);
	table_end(&t);
}

/* -------------------------------------------------------------- refusals */

static void the_empty_key_is_refused(void **state)
{
	struct stele_map_build_options o = integer_table();
	uint64_t key = stele_probe_empty_key(SEED), value = 1;
	struct table t;

	(void)state;
	table_begin(&t, &o, PLENTY);
	assert_int_equal(stele_map_build_add(t.build, &key, 8, &value, 8,
					     &t.err),
			 -STELE_E_RANGE);
	key++;
	table_add(&t, &key, sizeof(key), &value, sizeof(value));
	table_finish(&t, 1);
	assert_int_equal(walk(&t.map), 1);
	table_end(&t);
}

static void a_value_of_another_width_is_refused(void **state)
{
	struct stele_map_build_options o = text_table();
	struct table t;

	(void)state;
	table_begin(&t, &o, PLENTY);
	assert_int_equal(stele_map_build_add(t.build, "k", 1, "1234", 4,
					     &t.err),
			 -EINVAL);
	table_end(&t);
}

static int cancel(void *arg, uint64_t done, uint64_t all)
{
	(void)arg;
	assert_true(done <= all);
	return 1;
}

static void progress_can_cancel(void **state)
{
	struct stele_map_build_options o = text_table();
	struct table t;
	uint64_t value = 1;

	(void)state;
	table_begin(&t, &o, PLENTY);
	table_add(&t, "k", 1, &value, sizeof(value));
	assert_int_equal(stele_map_build_finish(t.build, 1, cancel, NULL,
						&t.result, &t.err),
			 -ECANCELED);
	table_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_tables_hold_what_was_put_in),
		cmocka_unit_test(integer_tables_hold_what_was_put_in),
		cmocka_unit_test(integer_keys_fit_in_bucket_tables),
		cmocka_unit_test(bytes_do_not_depend_on_memory_and_threads),
		cmocka_unit_test(text_tables_do_not_depend_on_the_order),
		cmocka_unit_test(data_never_cross_an_extent),
		cmocka_unit_test(a_quarter_bucket_is_the_most_in_line),
		cmocka_unit_test(
			a_small_table_is_one_bucket_of_the_size_needed),
		cmocka_unit_test(an_empty_table_is_nothing),
		cmocka_unit_test(keys_of_64_kib_and_of_nothing_are_keys),
		cmocka_unit_test(mixed_sizes_find_places),
		cmocka_unit_test(every_partition_has_entries_out_of_line),
		cmocka_unit_test(a_key_has_100000_values_in_input_order),
		cmocka_unit_test(duplicate_text_follows_the_policy),
		cmocka_unit_test(duplicate_integers_follow_the_policy),
		cmocka_unit_test(dropped_integers_take_no_space),
		cmocka_unit_test(the_empty_key_is_refused),
		cmocka_unit_test(a_value_of_another_width_is_refused),
		cmocka_unit_test(progress_can_cancel),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
