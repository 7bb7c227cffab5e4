/* SPDX-License-Identifier: MIT */
/*
 * The tables that tests of lookups ask: N entries of text or of integers, key i
 * of which has the value 3 i, or a row.
 */
#ifndef TABLES_H
#define TABLES_H

#include <stdio.h>

#include "table.h"

#define PLENTY (UINT64_C(1) << 30)
#define SEED STELE_FMT_DEFAULT_SEED
#define N 5000u

static inline uint64_t next_random(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

static inline uint64_t print_seed(uint64_t seed)
{
	print_message("# seed %llu\n", (unsigned long long)seed);
	return seed;
}

static inline struct stele_map_build_options options(unsigned key,
						     unsigned value)
{
	return (struct stele_map_build_options){
		.name = "t",
		.key_type = (uint8_t)key,
		.value_type = (uint8_t)value,
		.seed = SEED,
	};
}

static inline size_t text_key(uint64_t i, char *key)
{
	return (size_t)sprintf(key, "%.*s.%llu", (int)(i * 7 % 40),
			       "a key is up to forty bytes long, or less",
			       (unsigned long long)i);
}

/* Text keys; buckets of 2^log2, 0: chosen. */
static inline void build_text(struct table *t, unsigned value_type,
			      unsigned log2)
{
	struct stele_map_build_options o =
		options(STELE_FMT_KEY_STR, value_type);
	uint64_t i, value;
	char key[80];

	o.bucket_log2 = (uint8_t)log2;
	table_begin(t, &o, PLENTY);
	for (i = 0; i < N; i++) {
		value = i * 3;
		table_add(t, key, text_key(i, key), &value, sizeof(value));
	}
	table_finish(t, 1);
}

static inline void build_words(struct table *t, unsigned key_type, bool buckets)
{
	struct stele_map_build_options o = options(key_type, STELE_TYPE_U64);
	uint64_t i, key, value;

	o.buckets = buckets;
	table_begin(t, &o, PLENTY);
	for (i = 0; i < N; i++) {
		key = (i - N / 2) * 1000003;
		if (key_type == STELE_FMT_KEY_U64)
			key = i * 1000003;
		value = i * 3;
		table_add(t, &key, sizeof(key), &value, sizeof(value));
	}
	table_finish(t, 1);
}

/* Rows of one record lie at the image's beginning; positions lead to them. */
static inline void build_rows(struct table *t, unsigned key_type,
			      uint64_t *positions)
{
	static const char schema[] = "record R { a: u64 }\n";
	struct stele_map_build_options o = options(key_type, STELE_TYPE_RECORD);
	uint64_t i, key,
		row[2] = { STELE_FMT_HEAD(STELE_FMT_KIND_RECORD,
					  STELE_FMT_OBJ_F_ROW, 0) };

	table_begin(t, &o, PLENTY);
	for (i = 0; i < N; i++) {
		positions[i] = stele_output_tail(t->out);
		row[1] = i;
		assert_int_equal(stele_output_append(t->out, row, sizeof(row)),
				 0);
		key = i * 1000003;
		table_add(t, &key, sizeof(key), &positions[i],
			  sizeof(positions[i]));
	}
	table_finish(t, 1);
	stele_schema_free(t->segment.schema);
	assert_int_equal(stele_schema_parse(schema, sizeof(schema) - 1,
					    &t->segment.schema, NULL),
			 0);
}

#endif /* TABLES_H */
