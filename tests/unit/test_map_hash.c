// SPDX-License-Identifier: MIT
/*
 * Keys that somebody has tuned to the hash: tables are built all the same, under
 * another hash, and looked up in.
 */
#include "tables.h"

#include "bucket_build.h"
#include "map_probe.h"

static uint64_t unshift(uint64_t x, unsigned by)
{
	uint64_t y = x;
	unsigned i;

	for (i = by; i < 64; i += by)
		y = x ^ y >> by;
	return y;
}

static uint64_t inverse(uint64_t odd)
{
	uint64_t x = odd;
	int i;

	for (i = 0; i < 6; i++)
		x *= 2 - odd * x;
	return x;
}

/* The key whose hash gives the word g for probe 0. */
static uint64_t key_of(uint64_t g, uint64_t seed)
{
	uint64_t x = (g ^ g >> 32) * inverse(UINT64_C(0xd1342543de82ef95));

	x = unshift(x, 27);
	x *= inverse(UINT64_C(0x1c69b3f74ac4ae35));
	x = unshift(x, 33);
	x *= inverse(UINT64_C(0x3c79ac492ba7b653));
	x = unshift(x, 27);
	return x ^ seed;
}

static void integers_tuned_to_the_seed_get_another(void **state)
{
	struct stele_map_build_options o =
		options(STELE_FMT_KEY_U64, STELE_TYPE_U64);
	struct stele_value value;
	struct table t;
	uint64_t i, key;

	(void)state;
	table_begin(&t, &o, PLENTY);
	for (i = 0; i < 50; i++) {
		key = key_of(i << 32 | i << 8, SEED);
		table_add(&t, &key, sizeof(key), &i, sizeof(i));
	}
	table_finish(&t, 1);
	assert_int_equal(t.result.nr_rehashed, 1);
	assert_int_not_equal(t.map.seed, SEED);
	for (i = 0; i < 50; i++) {
		assert_int_equal(stele_map_get_u64(
					 &t.map, key_of(i << 32 | i << 8, SEED),
					 &value),
				 0);
		assert_int_equal(value.u.u, i);
	}
	table_end(&t);
}

/* Tuned to the last of the groups: those before it were written, and are again. */
static void what_was_written_under_the_old_seed_is_written_over(void **state)
{
	enum { NR = 700000, NR_TUNED = 50 };
	struct stele_map_build_options o =
		options(STELE_FMT_KEY_U64, STELE_TYPE_U64);
	uint64_t tuned[NR_TUNED], i = 0, n = 0;
	struct stele_value value;
	struct table t;

	(void)state;
	table_begin(&t, &o, PLENTY);
	for (; n < NR_TUNED; i++) {
		uint64_t key = key_of(i << 32 | (i & 0xff) << 8, SEED);

		if (stele_hash_u64(key, SEED) >> 56 != 0xff)
			continue;
		tuned[n++] = key;
		table_add(&t, &key, sizeof(key), &n, sizeof(n));
	}
	for (i = 1; i <= NR; i++)
		table_add(&t, &i, sizeof(i), &i, sizeof(i));
	table_finish(&t, 1);
	assert_true(t.map.nr_partitions > 1);
	assert_int_equal(t.result.nr_rehashed, 1);
	for (i = 0; i < NR_TUNED; i++) {
		assert_int_equal(stele_map_get_u64(&t.map, tuned[i], &value),
				 0);
		assert_int_equal(value.u.u, i + 1);
	}
	for (i = 1; i <= NR; i++) {
		assert_int_equal(stele_map_get_u64(&t.map, i, &value), 0);
		assert_int_equal(value.u.u, i);
	}
	table_end(&t);
}

/*
 * XXH3 multiplies words of keys of 32 bytes that are xored with the seed: where
 * the first factor is zero, the second may be anything.
 */
static void colliding_key(uint64_t i, uint64_t factor, uint8_t *key)
{
	memset(key, 0, 32);
	memcpy(key, &factor, sizeof(factor));
	memcpy(key + 8, &i, sizeof(i));
}

/* The word that makes the first factor zero. */
static uint64_t zero_factor(uint64_t seed)
{
	uint64_t word;

	memcpy(&word, XXH3_kSecret, sizeof(word));
	return word + seed;
}

static void keys_of_one_hash_get_another_hash(void **state)
{
	struct stele_map_build_options o =
		options(STELE_FMT_KEY_BYTES, STELE_TYPE_U64);
	uint64_t i, factor = zero_factor(SEED), hash = 0;
	struct stele_value value;
	struct table t;
	uint8_t key[32];

	(void)state;
	table_begin(&t, &o, PLENTY);
	for (i = 0; i < 1000; i++) {
		colliding_key(i, factor, key);
		if (!i)
			hash = stele_hash_bytes(key, 32, SEED);
		assert_int_equal(stele_hash_bytes(key, 32, SEED), hash);
		table_add(&t, key, sizeof(key), &i, sizeof(i));
	}
	table_finish(&t, 1);
	assert_int_equal(t.result.nr_rehashed, 1);
	assert_int_equal(t.map.partitions[0].counter, 1);
	for (i = 0; i < 1000; i++) {
		colliding_key(i, factor, key);
		assert_int_equal(
			stele_map_get_str(&t.map, (char *)key, 32, &value), 0);
		assert_int_equal(value.u.u, i);
	}
	colliding_key(i, factor, key);
	assert_int_equal(stele_map_get_str(&t.map, (char *)key, 32, &value),
			 -STELE_E_ABSENT);
	table_end(&t);
}

/* One partition under a hash that it would not choose by itself. */
static void build_under(unsigned trial, const struct stele_entry_form *form,
			const struct stele_slice *slice,
			struct stele_bucket_part *part,
			struct stele_fmt_table *fmt)
{
	struct stele_bucket_table table = {
		.form = form,
		.value_bytes = 8,
		.bucket_log2 = 10,
		.first_trial = (uint8_t)trial,
	};

	assert_int_equal(stele_bucket_build(&table, slice, true, part), 0);
	*fmt = (struct stele_fmt_table){
		.kind = STELE_FMT_TABLE_BUCKET,
		.key_type = STELE_FMT_KEY_STR,
		.value_type = STELE_TYPE_U64,
		.value_bytes = 8,
		.bucket_log2 = part->bucket_log2,
		.seed = form->seed,
		.nr_buckets = part->fmt.nr_buckets,
		.nr_partitions = 1,
	};
}

static void every_hash_leads_to_its_keys(void **state)
{
	struct stele_entry_form form = { .key_varies = true,
					 .value_bytes = 8,
					 .seed = SEED };
	struct stele_slice slice = { .bytes = malloc(1000 * 80),
				     .entries = 1000 };
	struct stele_segment segment = { .len = 0 };
	struct stele_bucket_part part;
	struct stele_fmt_table fmt;
	struct stele_value value;
	struct stele_map map;
	unsigned trial;
	uint64_t i;
	char key[64];

	(void)state;
	assert_non_null(slice.bytes);
	for (i = 0; i < 1000; i++) {
		size_t len = text_key(i, key);

		slice.bytes[slice.len++] = (uint8_t)len;
		memcpy(slice.bytes + slice.len, key, len);
		memcpy(slice.bytes + slice.len + len, &i, sizeof(i));
		slice.len += len + sizeof(i);
	}
	for (trial = 0; trial < 6; trial++) {
		build_under(trial, &form, &slice, &part, &fmt);
		assert_int_equal(part.fmt.hash, trial > 2);
		stele_map_attach_raw(&segment, &fmt, part.data, part.separators,
				     &part.fmt, &map);
		for (i = 0; i < 1000; i++) {
			assert_int_equal(stele_map_get_str(&map, key,
							   text_key(i, key),
							   &value),
					 0);
			assert_int_equal(value.u.u, i);
		}
		stele_bucket_part_free(&part);
	}
	free(slice.bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(integers_tuned_to_the_seed_get_another),
		cmocka_unit_test(
			what_was_written_under_the_old_seed_is_written_over),
		cmocka_unit_test(keys_of_one_hash_get_another_hash),
		cmocka_unit_test(every_hash_leads_to_its_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
