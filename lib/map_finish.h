/* SPDX-License-Identifier: MIT */
/*
 * What map_build.c collects and map_finish.c makes a table of.
 */
#ifndef STELE_MAP_FINISH_H
#define STELE_MAP_FINISH_H

#include "map_build.h"
#include "map_slice.h"

/* The least bucket that is chosen by itself, and how many choices there are. */
#define STELE_DEFAULT_MIN_LOG2 10u
#define STELE_SIZE_CLASSES \
	(STELE_FMT_BUCKET_MAX_LOG2 - STELE_DEFAULT_MIN_LOG2 + 2)

struct stele_map_build {
	struct stele_map_build_options options;
	struct stele_entry_form form;
	struct stele_output *out;
	struct stele_budget *budget;
	struct stele_spill *spill;
	struct stele_buffer stage; /* entries on their way to the spill */
	struct stele_slice_count *counts;
	uint64_t nr_entries;
	/* entries by the least bucket a quarter of which holds them; the last:
	 * none does */
	uint64_t size_class[STELE_SIZE_CLASSES];
	uint64_t fold; /* of all hashes: new seeds come from it */
	uint64_t largest; /* RECORD: position / 8 */
	uint64_t empty_key;
	bool integer_table;
	uint8_t width; /* of a value on its way in; 0: varies */
};

/* -STELE_E_DUPLICATE, with a reason that names the key and both entries. */
int stele_map_report_duplicate(const struct stele_map_build *b,
			       const uint8_t *key, size_t len,
			       struct stele_error *err);

#endif /* STELE_MAP_FINISH_H */
