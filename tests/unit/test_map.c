// SPDX-License-Identifier: MIT
/*
 * Lookups: keys of every type and their conversions, values of every type, many
 * at once.
 */
#include "tables.h"

#include "canonical.h"

#include <errno.h>

static void buckets_of_every_size_are_searched(void **state)
{
	struct stele_value value;
	struct table t;
	char key[80];
	unsigned log2;
	uint64_t i;

	(void)state;
	for (log2 = STELE_FMT_BUCKET_MIN_LOG2;
	     log2 <= STELE_FMT_BUCKET_MAX_LOG2; log2++) {
		build_text(&t, STELE_TYPE_U64, log2);
		assert_int_equal(t.map.bucket_log2, log2);
		for (i = 0; i < 2 * N; i++)
			assert_int_equal(stele_map_get_str(&t.map, key,
							   text_key(i, key),
							   &value),
					 i < N ? 0 : -STELE_E_ABSENT);
		table_end(&t);
	}
}

/* ------------------------------------------------------------------ keys */

static struct stele_value number(unsigned type, uint64_t bits)
{
	return (struct stele_value){ .type = (uint8_t)type, .u.u = bits };
}

static struct stele_value real(double f)
{
	return (struct stele_value){ .type = STELE_TYPE_F64, .u.f = f };
}

static struct stele_value text(const char *s)
{
	return (struct stele_value){ .type = STELE_TYPE_STR,
				     .len = strlen(s),
				     .u.ptr = s };
}

static int get(const struct table *t, struct stele_value key)
{
	struct stele_value value;

	return stele_map_get(&t->map, &key, 1, &value);
}

/* magnitude * 10^exponent */
static struct stele_value decimal(const char *magnitude, size_t len,
				  int32_t exponent, unsigned flags)
{
	return (struct stele_value){ .type = STELE_TYPE_DECIMAL,
				     .flags = (uint8_t)flags,
				     .len = len,
				     .exponent = exponent,
				     .u.ptr = magnitude };
}

/* The table has the keys -1000003, 0 and 1000003, but no others near them. */
static void big_numbers_are_keys_where_they_fit(const struct table *t)
{
	struct stele_value big = decimal("\x43\x42\x0f", 3, 0, 0);

	assert_int_equal(get(t, big), 0);
	big.type = STELE_TYPE_BIGINT;
	assert_int_equal(get(t, big), 0);
	big.flags = STELE_VALUE_F_NEGATIVE;
	assert_int_equal(get(t, big), t->map.key_type == STELE_FMT_KEY_I64 ?
					      0 :
					      -STELE_E_ABSENT);
	/* 10000030 * 10^-1, 10000035 * 10^-1, 10^18, 10^19, 2^64 */
	assert_int_equal(get(t, decimal("\x9e\x96\x98", 3, -1, 0)), 0);
	assert_int_equal(get(t, decimal("\xa3\x96\x98", 3, -1, 0)),
			 -STELE_E_ABSENT);
	assert_int_equal(get(t, decimal("\1", 1, 18, 0)), -STELE_E_ABSENT);
	assert_int_equal(get(t, decimal("\1", 1, 19, 0)), -STELE_E_ABSENT);
	assert_int_equal(get(t, decimal("\0\0\0\0\0\0\0\0\1", 9, 0, 0)),
			 -STELE_E_ABSENT);
	assert_int_equal(get(t, decimal("\1", 1, 1000000, 0)), -STELE_E_ABSENT);
	assert_int_equal(get(t, decimal("", 0, 0, STELE_VALUE_F_NAN)),
			 -STELE_E_ABSENT);
	assert_int_equal(get(t, decimal("", 0, 0, 0)), 0);
}

static void equal_numbers_are_one_key(bool buckets)
{
	struct stele_value value;
	struct table t;

	build_words(&t, STELE_FMT_KEY_I64, buckets);
	assert_int_equal(stele_map_get_i64(&t.map, -1000003, &value), 0);
	assert_int_equal(value.u.u, (N / 2 - 1) * 3);
	assert_int_equal(stele_map_get_u64(&t.map, 1000003, &value), 0);
	assert_int_equal(stele_map_get_u64(&t.map, -(uint64_t)1000003, &value),
			 -STELE_E_ABSENT);
	assert_int_equal(get(&t, number(STELE_TYPE_U32, 1000003)), 0);
	assert_int_equal(get(&t, real(-1000003.0)), 0);
	assert_int_equal(get(&t, real(-1000003.5)), -STELE_E_ABSENT);
	assert_int_equal(get(&t, real(0x1p63)), -STELE_E_ABSENT);
	assert_int_equal(get(&t, real(__builtin_nan(""))), -STELE_E_ABSENT);
	assert_int_equal(get(&t, number(STELE_TYPE_BOOL, 0)), -STELE_E_TYPE);
	assert_int_equal(get(&t, number(STELE_TYPE_NULL, 0)), -STELE_E_TYPE);
	assert_int_equal(get(&t, text("0")), -STELE_E_TYPE);
	big_numbers_are_keys_where_they_fit(&t);
	assert_int_equal(stele_map_get_str(&t.map, "0", 1, &value),
			 -STELE_E_TYPE);
	table_end(&t);
	build_words(&t, STELE_FMT_KEY_U64, buckets);
	assert_int_equal(stele_map_get_i64(&t.map, 1000003, &value), 0);
	assert_int_equal(stele_map_get_i64(&t.map, -1, &value),
			 -STELE_E_ABSENT);
	assert_int_equal(get(&t, real(0)), 0);
	assert_int_equal(get(&t, real(-1)), -STELE_E_ABSENT);
	assert_int_equal(get(&t, real(0x1p64)), -STELE_E_ABSENT);
	big_numbers_are_keys_where_they_fit(&t);
	table_end(&t);
}

static void equal_numbers_are_one_key_of_lines(void **state)
{
	(void)state;
	equal_numbers_are_one_key(false);
}

static void equal_numbers_are_one_key_of_buckets(void **state)
{
	(void)state;
	equal_numbers_are_one_key(true);
}

static void text_is_no_number_and_no_bytes(void **state)
{
	struct stele_value value, bytes = text("a.0");
	struct table t;

	(void)state;
	build_text(&t, STELE_TYPE_U64, 0);
	bytes.type = STELE_TYPE_BYTES;
	assert_int_equal(get(&t, bytes), -STELE_E_TYPE);
	assert_int_equal(get(&t, text(".0")), 0);
	assert_int_equal(stele_map_get_u64(&t.map, 0, &value), -STELE_E_TYPE);
	assert_int_equal(stele_map_get_i64(&t.map, 0, &value), -STELE_E_TYPE);
	assert_int_equal(stele_map_get(&t.map, (struct stele_value[2]){ bytes },
				       2, &value),
			 -STELE_E_TYPE);
	table_end(&t);
}

static void add_canonical(struct table *t, const char *bytes, size_t len,
			  uint64_t value)
{
	table_add(t, bytes, len, &value, sizeof(value));
}

static void canonical_keys_are_scalars_and_tuples(void **state)
{
	struct stele_map_build_options o =
		options(STELE_FMT_KEY_CANONICAL, STELE_TYPE_U64);
	struct stele_value pair[2] = { text("ab"), number(STELE_TYPE_U8, 7) };
	struct stele_value value, *long_key = pair;
	char *big = calloc(1, STELE_CANONICAL_MAX);
	struct table t;

	(void)state;
	assert_non_null(big);
	table_begin(&t, &o, PLENTY);
	add_canonical(&t, "\x20name", 5, 1);
	add_canonical(&t, "\x10\x01\x07", 3, 2);
	add_canonical(&t,
		      "\x40\x02\x03\x20"
		      "ab\x03\x10\x01\x07",
		      10, 3);
	table_finish(&t, 1);
	assert_int_equal(stele_map_get_str(&t.map, "name", 4, &value), 0);
	assert_int_equal(value.u.u, 1);
	assert_int_equal(stele_map_get_i64(&t.map, 7, &value), 0);
	assert_int_equal(value.u.u, 2);
	assert_int_equal(get(&t, real(7)), 0);
	assert_int_equal(stele_map_get(&t.map, pair, 2, &value), 0);
	assert_int_equal(value.u.u, 3);
	pair[1].u.u = 8;
	assert_int_equal(stele_map_get(&t.map, pair, 2, &value),
			 -STELE_E_ABSENT);
	long_key->u.ptr = big;
	long_key->len = STELE_CANONICAL_MAX - 1;
	assert_int_equal(stele_map_get(&t.map, long_key, 1, &value),
			 -STELE_E_ABSENT);
	long_key->len = STELE_CANONICAL_MAX;
	assert_int_equal(stele_map_get(&t.map, long_key, 1, &value),
			 -STELE_E_LIMIT);
	assert_int_equal(stele_map_get(&t.map, long_key, 2, &value),
			 -STELE_E_LIMIT);
	table_end(&t);
	free(big);
}

/* ---------------------------------------------------------------- values */

static void check_raw(unsigned key_type, unsigned type, const void *raw,
		      size_t width)
{
	struct stele_map_build_options o = options(key_type, type);
	struct stele_value value, expect;
	uint64_t key = 77;
	struct table t;

	/* a line has room for 8 bytes */
	table_begin(&t, &o, PLENTY);
	table_add(&t, &key, sizeof(key), raw, width);
	table_finish(&t, 1);
	assert_int_equal(t.map.value_bytes, width);
	stele_value_raw(&t.segment, type, raw, &expect);
	assert_int_equal(key_type == STELE_FMT_KEY_U64 ?
				 stele_map_get_u64(&t.map, key, &value) :
				 stele_map_get_str(&t.map, (char *)&key, 8,
						   &value),
			 0);
	if (type == STELE_TYPE_UUID) {
		assert_memory_equal(value.u.ptr, raw, width);
		value.u.ptr = expect.u.ptr;
	}
	assert_memory_equal(&value, &expect, sizeof(value));
	table_end(&t);
}

static void raw_values_come_back_as_their_type(void **state)
{
	static const uint8_t raw[16] = { 1, 0x80, 0xff, 0x82, 3,
					 4, 5,	  0xc6, 7,    8 };
	unsigned type;

	(void)state;
	for (type = STELE_TYPE_BOOL; type <= STELE_TYPE_USER; type++) {
		if (!stele_type_width(type))
			continue;
		check_raw(STELE_FMT_KEY_U64, type, raw, stele_type_width(type));
		check_raw(STELE_FMT_KEY_BYTES, type, raw,
			  stele_type_width(type));
	}
}

static void words_come_back_as_values(void **state)
{
	struct stele_map_build_options o =
		options(STELE_FMT_KEY_STR, STELE_TYPE_ANY);
	uint64_t word = (uint64_t)-5 << 3 | STELE_FMT_TAG_INT;
	struct stele_value value;
	struct table t;

	(void)state;
	table_begin(&t, &o, PLENTY);
	table_add(&t, "int", 3, &word, sizeof(word));
	memcpy(&word,
	       "\x1a"
	       "abc\0\0\0\0",
	       8);
	table_add(&t, "text", 4, &word, sizeof(word));
	table_finish(&t, 1);
	assert_int_equal(stele_map_get_str(&t.map, "int", 3, &value), 0);
	assert_int_equal(value.type, STELE_TYPE_I64);
	assert_int_equal(value.u.i, -5);
	assert_int_equal(stele_map_get_str(&t.map, "text", 4, &value), 0);
	assert_int_equal(value.type, STELE_TYPE_STR);
	assert_int_equal(value.len, 3);
	assert_memory_equal(value.u.ptr, "abc", 3);
	table_end(&t);
}

static void positions_come_back_as_records(void **state)
{
	static uint64_t positions[N];
	struct stele_value value, values[N / 10];
	uint64_t keys[N / 10], i;
	struct table t;
	unsigned kind;

	(void)state;
	for (kind = STELE_FMT_KEY_BYTES; kind <= STELE_FMT_KEY_U64; kind += 2) {
		build_rows(&t, kind, positions);
		assert_int_equal(t.map.value_bytes,
				 kind == STELE_FMT_KEY_U64 ? 8 : 4);
		for (i = 0; i < N; i++) {
			keys[0] = i * 1000003;
			assert_int_equal(
				kind == STELE_FMT_KEY_U64 ?
					stele_map_get_u64(&t.map, keys[0],
							  &value) :
					stele_map_get_str(&t.map, (char *)keys,
							  8, &value),
				0);
			assert_int_equal(value.type, STELE_TYPE_RECORD);
			assert_int_equal(value.u.pos, positions[i]);
		}
		for (i = 0; i < N / 10; i++)
			keys[i] = i * 9 * 1000003;
		if (kind == STELE_FMT_KEY_U64) {
			assert_int_equal(stele_map_get_many_u64(&t.map, keys,
								N / 10, values),
					 0);
			for (i = 0; i < N / 10; i++)
				assert_int_equal(values[i].u.pos,
						 positions[i * 9]);
		}
		table_end(&t);
	}
}

/* ------------------------------------------------------------------ many */

static void many_are_what_single_ones_are(void **state)
{
	static const size_t counts[] = { 0, 1, 31, 32, 33, 100, 1000 };
	struct stele_str keys[1000];
	struct stele_value values[1000], value;
	static char room[1000][80];
	struct table t;
	size_t c, i;

	(void)state;
	build_text(&t, STELE_TYPE_U64, 0);
	for (i = 0; i < 1000; i++) {
		keys[i].len = text_key(i * 10, room[i]);
		keys[i].ptr = room[i];
	}
	for (c = 0; c < sizeof(counts) / sizeof(*counts); c++) {
		memset(values, 0xee, sizeof(values));
		assert_int_equal(stele_map_get_many_str(&t.map, keys, counts[c],
							values),
				 0);
		for (i = 0; i < counts[c]; i++) {
			if (stele_map_get_str(&t.map, keys[i].ptr, keys[i].len,
					      &value))
				assert_int_equal(values[i].type,
						 STELE_TYPE_ABSENT);
			else
				assert_memory_equal(&values[i], &value,
						    sizeof(value));
		}
	}
	table_end(&t);
}

static void many_integers(unsigned key_type, bool buckets)
{
	struct stele_value values[200];
	uint64_t u[200];
	int64_t s[200];
	struct table t;
	unsigned i;

	build_words(&t, key_type, buckets);
	for (i = 0; i < 200; i++) {
		u[i] = i * 50 * UINT64_C(1000003);
		s[i] = (int64_t)i * 50 * 1000003;
	}
	assert_int_equal(stele_map_get_many_u64(&t.map, u, 200, values), 0);
	for (i = 0; i < 200; i++) {
		uint64_t at = i * 50;

		if (key_type == STELE_FMT_KEY_I64)
			at += N / 2;
		assert_int_equal(values[i].type,
				 at < N ? STELE_TYPE_U64 : STELE_TYPE_ABSENT);
		if (at < N)
			assert_int_equal(values[i].u.u, at * 3);
	}
	assert_int_equal(stele_map_get_many_i64(&t.map, s, 200, values), 0);
	assert_int_equal(values[7].u.u,
			 (350 + (key_type == STELE_FMT_KEY_I64 ? N / 2 : 0)) *
				 3);
	table_end(&t);
}

static void many_integers_are_converted(void **state)
{
	(void)state;
	many_integers(STELE_FMT_KEY_U64, false);
	many_integers(STELE_FMT_KEY_U64, true);
	many_integers(STELE_FMT_KEY_I64, false);
	many_integers(STELE_FMT_KEY_I64, true);
}

/* ------------------------------------------------------------------ info */

static void info_tells_the_shape(void **state)
{
	struct stele_map_info info = { .size = sizeof(info) };
	struct table t;

	(void)state;
	build_text(&t, STELE_TYPE_U64, 10);
	assert_int_equal(stele_map_info(&t.map, &info), 0);
	assert_int_equal(info.kind, STELE_MAP_BUCKET);
	assert_int_equal(info.nr_keys, N);
	assert_int_equal(info.bucket_bytes, 1024);
	assert_int_equal(info.index_bytes, info.nr_buckets + 16);
	assert_true(info.fill > 0.9 && info.fill < 1);
	assert_int_equal(info.data_bytes, info.nr_buckets * 1024);
	info.size = 4;
	assert_int_equal(stele_map_info(&t.map, &info), -EINVAL);
	table_end(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(buckets_of_every_size_are_searched),
		cmocka_unit_test(equal_numbers_are_one_key_of_lines),
		cmocka_unit_test(equal_numbers_are_one_key_of_buckets),
		cmocka_unit_test(text_is_no_number_and_no_bytes),
		cmocka_unit_test(canonical_keys_are_scalars_and_tuples),
		cmocka_unit_test(raw_values_come_back_as_their_type),
		cmocka_unit_test(words_come_back_as_values),
		cmocka_unit_test(positions_come_back_as_records),
		cmocka_unit_test(many_are_what_single_ones_are),
		cmocka_unit_test(many_integers_are_converted),
		cmocka_unit_test(info_tells_the_shape),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
