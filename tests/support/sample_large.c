// SPDX-License-Identifier: MIT
/*
 * Samples too large to be kept: tables of many buckets with probes beyond the
 * first, integer tables of several groups of lines, long lists and dicts.
 */
#include "sample_fill.h"

#include <stdio.h>

#define PACKAGES 1500u
#define KEYS 20000u

int sample_fill_many_packages(struct stele_builder *b, struct stele_error *err)
{
	char name[64], who[32], what[16];
	int rc = 0;

	for (unsigned i = 0; i < PACKAGES && !rc; i++) {
		struct stele_cell maintainer[2], row[4];

		snprintf(name, sizeof(name), "package-%u-%.*s", i * 7919,
			 (int)(i % 30), "with a name of varied length..");
		snprintf(who, sizeof(who), "Maintainer %u", i % 97);
		snprintf(what, sizeof(what), "s%u", i % 11);
		maintainer[0] = sample_str(who);
		maintainer[1] = i % 5 ? sample_str("someone@example.org") :
					stele_cell_of(STELE_TYPE_NULL);
		row[0] = sample_str(name);
		row[1] = stele_cell_u64(i * 12345ull);
		row[2] = i % 4 ? sample_str(what) :
				 stele_cell_of(STELE_TYPE_NULL);
		row[3] = sample_record(1, maintainer, 2);
		rc = stele_builder_add(b, 0, row, 4, NULL, err);
	}
	return rc;
}

int sample_fill_many_keys(struct stele_builder *b, struct stele_error *err)
{
	static struct stele_cell pairs[2 * 2000], items[3000];
	struct stele_table_options o = { .size = sizeof(o),
					 .key = STELE_TYPE_U64,
					 .value = STELE_TYPE_U64 };
	struct stele_cell cell;
	uint32_t numbers;
	int rc;

	rc = stele_builder_table(b, "numbers", &o, &numbers, err);
	for (uint64_t i = 0; i < KEYS && !rc; i++)
		rc = stele_builder_table_add_u64(
			b, numbers, i * 0x9e3779b97f4a7c15u, i, err);
	for (size_t i = 0; i < 3000; i++)
		items[i] = stele_cell_f64((double)i / 3);
	for (size_t i = 0; i < 2000; i++) {
		pairs[2 * i] = stele_cell_i64((int64_t)(i * i));
		pairs[2 * i + 1] = i % 100 ? stele_cell_bool(i % 2) :
					     stele_cell_list(items, i);
	}
	cell = sample_dict(pairs, 2000);
	if (!rc)
		rc = stele_builder_root(b, "pairs", &cell, err);
	cell = stele_cell_list(items, 3000);
	return rc ? rc : stele_builder_root(b, "items", &cell, err);
}
