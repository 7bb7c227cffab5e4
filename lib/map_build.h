/* SPDX-License-Identifier: MIT */
/*
 * Building one table: entries come in input order and are spilled; finish places
 * them partition by partition, in parallel, and appends the data to the output.
 */
#ifndef STELE_MAP_BUILD_H
#define STELE_MAP_BUILD_H

#include "buffer.h"
#include "format.h"
#include "spill.h"

struct stele_map_build;

struct stele_map_build_options {
	const char *name; /* for errors; outlives the build */
	uint8_t key_type; /* enum stele_fmt_key */
	uint8_t value_type; /* enum stele_type: raw, STR, BYTES, ANY, RECORD */
	bool multi;
	bool buckets; /* bucket table also for integer keys */
	uint8_t bucket_log2; /* 0: chosen */
	uint32_t filter; /* not 0: a filter of this rate, whose values are BOOL */
	enum stele_duplicates duplicates;
	uint64_t seed;
	/*
	 * RECORD values, may be NULL: the number of the row at a position, by
	 * which errors name it; false where it cannot be told.
	 */
	bool (*row)(void *arg, uint64_t pos, uint64_t *number);
	void *arg;
};

int stele_map_build_create(const struct stele_map_build_options *options,
			   struct stele_output *out,
			   struct stele_budget *budget,
			   struct stele_map_build **build);

/*
 * One entry.  key: its bytes (8 for integers); value: raw bytes of the fixed
 * width, the bytes of STR and BYTES, a value word for ANY, a position for
 * RECORD (8 bytes); of a filter none is looked at.  Refuses the empty key of an
 * integer table: -STELE_E_RANGE.
 */
int stele_map_build_add(struct stele_map_build *build, const void *key,
			size_t key_len, const void *value, size_t value_len,
			struct stele_error *err);

/* The same refusals before anything else is done for an entry. */
int stele_map_build_check(const struct stele_map_build *build, const void *key,
			  size_t key_len, struct stele_error *err);

struct stele_map_build_result {
	struct stele_fmt_table
		fmt; /* offsets of the index are relative to `index` */
	struct stele_buffer
		index; /* partitions (at 0), then separators; the caller's */
	uint64_t nr_duplicates;
	uint64_t nr_replaced;
	uint64_t nr_rehashed;
};

/*
 * Place all entries.  The data (2 MiB-aligned where larger than that, else
 * 4 KiB) and the overflow run go to the output's tail.  -STELE_E_DUPLICATE names
 * key and both entries by their number in input order, from 0, or both rows.
 */
int stele_map_build_finish(struct stele_map_build *build, unsigned threads,
			   int (*progress)(void *arg, uint64_t done,
					   uint64_t all),
			   void *arg, struct stele_map_build_result *result,
			   struct stele_error *err);
void stele_map_build_free(struct stele_map_build *build);

#endif /* STELE_MAP_BUILD_H */
