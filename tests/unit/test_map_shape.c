// SPDX-License-Identifier: MIT
/*
 * Tables of every shape: no entry, one, ten; entries of one size and of very
 * different ones; long keys; long lists of values.  Whatever the shape, all keys
 * are found, and buckets are as full as the design says.
 */
#include "tables.h"

#include "canonical.h"
#include "random.h"

/* Bytes of the table itself: its data and what finds a bucket in it. */
static uint64_t table_bytes(const struct table *t)
{
	struct stele_map_info info = { .size = sizeof(info) };

	assert_int_equal(stele_map_info(&t->map, &info), 0);
	return info.data_bytes + info.index_bytes;
}

static double fill_of(const struct table *t)
{
	struct stele_map_info info = { .size = sizeof(info) };

	assert_int_equal(stele_map_info(&t->map, &info), 0);
	return info.fill;
}

/* ------------------------------------------------------------ few entries */

static void few_entries_take_some_hundred_bytes(void **state)
{
	static const struct {
		uint64_t entries;
		uint64_t bytes;
	} most[] = { { 0, 0 }, { 1, 64 + 17 }, { 10, 512 + 17 } };
	struct stele_map_build_options o =
		options(STELE_FMT_KEY_STR, STELE_TYPE_U64);
	struct stele_value value;
	struct table t;
	char key[80];
	uint64_t i;
	size_t k;

	(void)state;
	for (k = 0; k < 3; k++) {
		table_begin(&t, &o, PLENTY);
		for (i = 0; i < most[k].entries; i++)
			table_add(&t, key, text_key(i, key), &i, sizeof(i));
		table_finish(&t, 1);
		assert_true(table_bytes(&t) <= most[k].bytes);
		for (i = 0; i < most[k].entries; i++) {
			assert_int_equal(stele_map_get_str(&t.map, key,
							   text_key(i, key),
							   &value),
					 0);
			assert_int_equal(value.u.u, i);
		}
		assert_int_equal(stele_map_get_str(&t.map, "none", 4, &value),
				 -STELE_E_ABSENT);
		table_end(&t);
	}
}

static void few_integers_take_a_few_lines(void **state)
{
	static const uint64_t lines[11] = { 0, 1, 1, 1, 1, 2, 2, 2, 3, 3, 3 };
	struct stele_map_build_options o =
		options(STELE_FMT_KEY_U64, STELE_TYPE_U64);
	struct stele_value value;
	struct table t;
	uint64_t n, i;

	(void)state;
	for (n = 0; n <= 10; n++) {
		table_begin(&t, &o, PLENTY);
		for (i = 0; i < n; i++)
			table_add(&t, &i, sizeof(i), &i, sizeof(i));
		table_finish(&t, 1);
		/* what a walk cannot place gets one more line, or two */
		assert_true(t.map.nr_buckets >= lines[n]);
		assert_true(t.map.nr_buckets <= lines[n] + 2);
		for (i = 0; i < n; i++)
			assert_int_equal(stele_map_get_u64(&t.map, i, &value),
					 0);
		assert_int_equal(stele_map_get_u64(&t.map, n, &value),
				 -STELE_E_ABSENT);
		table_end(&t);
	}
}

/* ------------------------------------------------------------------ sizes */

/* Bytes of the value of entry i. */
typedef size_t size_fn(struct random *random);

static size_t small(struct random *random)
{
	(void)random;
	return 32;
}

static size_t middling(struct random *random)
{
	return 170 + random_below(random, 400);
}

/* Nine of ten small, the tenth at most a quarter bucket of 4 KiB. */
static size_t two_humps(struct random *random)
{
	return random_below(random, 10) ? 10 + random_below(random, 20) :
					  700 + random_below(random, 300);
}

/* Twice as long is half as frequent, from 16 bytes to 128 KiB. */
static size_t heavy_tail(struct random *random)
{
	unsigned log2 = (unsigned)__builtin_ctzll(random_u64(random) | 1 << 13);

	return (16u << log2) + random_below(random, 16u << log2);
}

static size_t wide(struct random *random)
{
	return 8 + random_below(random, 1000);
}

struct mixture {
	const char *name;
	size_fn *size;
	uint64_t entries;
	unsigned bucket_log2; /* 0: chosen */
	unsigned chosen; /* what it is then */
	double fill; /* at least */
};

/* Fills as of the design, whose prototype is SEGMENT.md's source. */
static const struct mixture mixtures[] = {
	{ "small, 1 KiB", small, 100000, 0, 10, 0.92 },
	{ "small, 4 KiB", small, 100000, 12, 12, 0.97 },
	{ "200 to 600 B, 4 KiB", middling, 20000, 0, 12, 0.92 },
	{ "two humps", two_humps, 40000, 0, 12, 0.85 },
	{ "wide", wide, 20000, 0, 13, 0.85 },
	{ "heavy tail", heavy_tail, 40000, 0, 13, 0.85 },
};
#define NR_MIXTURES (sizeof(mixtures) / sizeof(*mixtures))

static uint8_t room[512 << 10];

static void build_mixture(struct table *t, const struct mixture *m,
			  uint64_t seed)
{
	struct stele_map_build_options o =
		options(STELE_FMT_KEY_STR, STELE_TYPE_BYTES);
	struct random random = { seed };
	char key[80];
	uint64_t i;

	o.bucket_log2 = (uint8_t)m->bucket_log2;
	table_begin(t, &o, PLENTY);
	for (i = 0; i < m->entries; i++) {
		size_t len = m->size(&random);

		memcpy(room, &i, sizeof(i));
		table_add(t, key, text_key(i, key), room, len);
	}
	table_finish(t, 1);
}

static void check_mixture(const struct table *t, const struct mixture *m,
			  uint64_t seed)
{
	struct random random = { seed };
	struct stele_value value;
	char key[80];
	uint64_t i;

	for (i = 0; i < m->entries; i++) {
		assert_int_equal(stele_map_get_str(&t->map, key,
						   text_key(i, key), &value),
				 0);
		assert_int_equal(value.len, m->size(&random));
		assert_memory_equal(value.u.ptr, &i,
				    value.len < 8 ? value.len : 8);
	}
}

static void buckets_are_as_full_as_the_design_says(void **state)
{
	uint64_t seed = print_seed(2718);
	struct table t;
	size_t k;

	(void)state;
	for (k = 0; k < NR_MIXTURES; k++) {
		const struct mixture *m = &mixtures[k];

		build_mixture(&t, m, seed);
		print_message("# %s: %.4f of buckets of %u bytes, %llu bytes "
			      "out of line\n",
			      m->name, fill_of(&t), 1u << t.map.bucket_log2,
			      (unsigned long long)t.map.fmt.overflow_bytes);
		assert_int_equal(t.map.bucket_log2, m->chosen);
		assert_true(fill_of(&t) >= m->fill);
		check_mixture(&t, m, seed);
		table_end(&t);
	}
}

/* Entries of exactly a quarter bucket lie in it, one byte more lies outside. */
static void all_of_a_quarter_bucket(unsigned log2, size_t more, bool out)
{
	struct stele_map_build_options o =
		options(STELE_FMT_KEY_U64, STELE_TYPE_BYTES);
	size_t len = ((size_t)1 << log2) / 4 - 8 - (log2 < 10 ? 1 : 2) + more;
	struct stele_value value;
	struct table t;
	uint64_t i;

	o.bucket_log2 = (uint8_t)log2;
	table_begin(&t, &o, PLENTY);
	for (i = 0; i < 3000; i++) {
		memcpy(room, &i, sizeof(i));
		table_add(&t, &i, sizeof(i), room, len);
	}
	table_finish(&t, 1);
	if (out)
		assert_int_equal(t.map.fmt.overflow_bytes,
				 3000 * ((((size_t)1 << log2) / 4 + 8) & ~7u));
	else
		assert_int_equal(t.map.fmt.overflow_bytes, 0);
	for (i = 0; i < 3000; i++) {
		assert_int_equal(stele_map_get_u64(&t.map, i, &value), 0);
		assert_int_equal(value.len, len);
		assert_memory_equal(value.u.ptr, &i, sizeof(i));
	}
	table_end(&t);
}

static void entries_of_a_quarter_bucket_lie_in_it(void **state)
{
	unsigned log2;

	(void)state;
	for (log2 = 9; log2 <= 14; log2++) {
		all_of_a_quarter_bucket(log2, 0, false);
		all_of_a_quarter_bucket(log2, 1, true);
	}
}

/* -------------------------------------------------------------- long keys */

#define LONG_KEY 65536u

static void fill_long_key(uint8_t *key, uint64_t i, unsigned tag)
{
	memset(key, 'k', LONG_KEY + 1);
	key[0] = (uint8_t)tag;
	memcpy(key + LONG_KEY - 7, &i, 7);
}

/* As bytes, or text; of a canonical table with its tag before it. */
static void long_keys_are_found_in(unsigned key_type, unsigned tag)
{
	struct stele_map_build_options o = options(key_type, STELE_TYPE_U64);
	size_t head = tag ? 1 : 0;
	struct stele_value value, key;
	struct table t;
	uint64_t i;

	table_begin(&t, &o, PLENTY);
	for (i = 0; i < 100; i++) {
		fill_long_key(room, i, tag);
		table_add(&t, room, LONG_KEY + head, &i, sizeof(i));
	}
	table_finish(&t, 1);
	for (i = 0; i < 102; i++) {
		fill_long_key(room, i, tag);
		key = (struct stele_value){
			.type = tag == 0x20 || key_type == STELE_FMT_KEY_STR ?
					STELE_TYPE_STR :
					STELE_TYPE_BYTES,
			.len = LONG_KEY,
			.u.ptr = (char *)room + head
		};
		assert_int_equal(stele_map_get(&t.map, &key, 1, &value),
				 i < 100 ? 0 : -STELE_E_ABSENT);
		assert_true(i >= 100 || value.u.u == i);
		key.len--;
		assert_int_equal(stele_map_get(&t.map, &key, 1, &value),
				 -STELE_E_ABSENT);
	}
	table_end(&t);
}

static void keys_of_64_kib_are_found(void **state)
{
	(void)state;
	long_keys_are_found_in(STELE_FMT_KEY_STR, 0);
	long_keys_are_found_in(STELE_FMT_KEY_BYTES, 0);
	long_keys_are_found_in(STELE_FMT_KEY_CANONICAL, 0x20);
	long_keys_are_found_in(STELE_FMT_KEY_CANONICAL, 0x21);
}

/* ------------------------------------------------------------- long lists */

#define MANY 1000000u

static void a_million_values_are_under_one_key(void **state)
{
	struct stele_map_build_options o =
		options(STELE_FMT_KEY_STR, STELE_TYPE_U32);
	struct stele_matches m;
	struct stele_value value;
	struct table t;
	uint32_t i;

	(void)state;
	o.multi = true;
	table_begin(&t, &o, PLENTY);
	for (i = 0; i < MANY; i++) {
		table_add(&t, "all", 3, &i, sizeof(i));
		if (i < 10)
			table_add(&t, "few", 3, &i, sizeof(i));
	}
	table_finish(&t, 1);
	assert_int_equal(t.map.fmt.nr_keys, 2);
	assert_int_equal(t.map.fmt.nr_values, MANY + 10);
	assert_int_equal(stele_map_find_str(&t.map, "all", 3, &m), 0);
	assert_int_equal(m.len, MANY);
	for (i = 0; i < MANY; i++) {
		assert_int_equal(stele_matches_next(&m, &value), 0);
		assert_int_equal(value.u.u, i);
	}
	assert_int_equal(stele_matches_next(&m, &value), -STELE_E_ABSENT);
	/* they are one entry out of line, not a large bucket */
	assert_true(table_bytes(&t) < 4 * MANY + 4096);
	table_end(&t);
}

/* Values come in rounds, so those of a key are far from each other in the input. */
static void a_million_keys_have_one_to_three_values(void **state)
{
	struct stele_map_build_options o =
		options(STELE_FMT_KEY_U64, STELE_TYPE_U32);
	struct stele_matches m;
	struct stele_value value;
	struct table t;
	uint64_t i;
	uint32_t k;

	(void)state;
	o.multi = true;
	table_begin(&t, &o, PLENTY);
	for (k = 0; k < 3; k++)
		for (i = 0; i < MANY; i++)
			if (i % 3 >= k)
				table_add(&t, &i, sizeof(i), &k, sizeof(k));
	table_finish(&t, 2);
	assert_int_equal(t.map.fmt.nr_keys, MANY);
	assert_true(fill_of(&t) >= 0.92);
	for (i = 0; i < MANY; i++) {
		assert_int_equal(stele_map_find_u64(&t.map, i, &m), 0);
		assert_int_equal(m.len, i % 3 + 1);
		for (k = 0; k <= i % 3; k++) {
			assert_int_equal(stele_matches_next(&m, &value), 0);
			assert_int_equal(value.u.u, k);
		}
	}
	table_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(few_entries_take_some_hundred_bytes),
		cmocka_unit_test(few_integers_take_a_few_lines),
		cmocka_unit_test(buckets_are_as_full_as_the_design_says),
		cmocka_unit_test(entries_of_a_quarter_bucket_lie_in_it),
		cmocka_unit_test(keys_of_64_kib_are_found),
		cmocka_unit_test(a_million_values_are_under_one_key),
		cmocka_unit_test(a_million_keys_have_one_to_three_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
