// SPDX-License-Identifier: MIT
/*
 * Samples of tables: of all kinds of keys and values, unique and multi, filled
 * from rows and by hand, with entries in line and out of line.
 */
#include "sample_fill.h"

#include <stdio.h>

/* ------------------------------------------------- tables over the rows */

const char sample_package_schema[] =
	"record Package {\n"
	"	name: str\n"
	"	size: u64\n"
	"	section: str?\n"
	"	maintainer: Maintainer\n"
	"}\n"
	"record Maintainer { name: str  email: str? }\n"
	"## one package a name\n"
	"table by_name: Package(name)\n"
	"table by_maintainer: Package(maintainer.name) multi\n"
	"table by_section: Package(section) multi\n"
	"table by_size: Package(size) multi\n"
	"table by_id: Package(size)\n"
	"rows Package\n";

int sample_fill_packages(struct stele_builder *b, struct stele_error *err)
{
	static const char *const names[] = { "apt",  "bash",  "coreutils",
					     "dpkg", "libc6", "perl-base",
					     "sed",  "tar" };
	static const char *const sections[] = { "admin", "shells", "utils",
						NULL };
	int rc = 0;

	for (size_t i = 0; i < 8 && !rc; i++) {
		const char *section = sections[i % 4];
		const struct stele_cell maintainer[] = {
			sample_str(i % 3 ? "The maintainers of several" :
					   "One"),
			i % 2 ? stele_cell_of(STELE_TYPE_NULL) :
				sample_str("one@example.org"),
		};
		const struct stele_cell row[] = {
			sample_str(names[i]),
			stele_cell_u64(1000 + 37 * i),
			section ? sample_str(section) :
				  stele_cell_of(STELE_TYPE_NULL),
			sample_record(1, maintainer, 2),
		};

		rc = stele_builder_add(b, 0, row, 4, NULL, err);
	}
	return rc;
}

/* -------------------------------------------------------- integer keys */

static int table(struct stele_builder *b, const char *name, enum stele_type key,
		 enum stele_type value, uint32_t flags, uint32_t *number,
		 struct stele_error *err)
{
	struct stele_table_options o = { .size = sizeof(o),
					 .key = key,
					 .value = value,
					 .multi = flags & 1,
					 .buckets = flags >> 1 & 1,
					 .duplicates = STELE_DUPLICATES_LAST };

	return stele_builder_table(b, name, &o, number, err);
}

int sample_fill_integers(struct stele_builder *b, struct stele_error *err)
{
	uint32_t u64s, i64s, buckets, words, multi;
	int rc;

	rc = table(b, "u64", STELE_TYPE_U64, STELE_TYPE_U64, 0, &u64s, err);
	if (!rc)
		rc = table(b, "i64", STELE_TYPE_I64, STELE_TYPE_F64, 0, &i64s,
			   err);
	if (!rc)
		rc = table(b, "buckets", STELE_TYPE_U64, STELE_TYPE_U32, 2,
			   &buckets, err);
	if (!rc)
		rc = table(b, "words", STELE_TYPE_U64, STELE_TYPE_ANY, 0,
			   &words, err);
	if (!rc)
		rc = table(b, "multi", STELE_TYPE_I64, STELE_TYPE_DATE, 1,
			   &multi, err);
	for (uint64_t i = 0; i < 30 && !rc; i++) {
		struct stele_cell u = stele_cell_u64(i * i * i * 1000003);
		struct stele_cell s = stele_cell_i64((int64_t)(i * i) - 200);
		struct stele_cell f = stele_cell_f64((double)i / 4);
		struct stele_cell k = stele_cell_i64((int64_t)i % 7 - 3);
		struct stele_cell n = stele_cell_of(STELE_TYPE_U32);
		struct stele_cell d = stele_cell_of(STELE_TYPE_DATE);

		n.u.u = i;
		d.u.i = (int64_t)i;
		rc = stele_builder_table_add_u64(b, u64s, u.u.u, ~i, err);
		if (!rc)
			rc = stele_builder_table_add(b, i64s, &s, &f, err);
		if (!rc)
			rc = stele_builder_table_add(b, buckets, &u, &n, err);
		if (!rc)
			rc = stele_builder_table_add(b, words, &u,
						     i % 3 ? &f : &s, err);
		if (!rc)
			rc = stele_builder_table_add(b, multi, &k, &d, err);
	}
	return rc;
}

/* --------------------------------------------------------- out of line */

int sample_fill_out_of_line(struct stele_builder *b, struct stele_error *err)
{
	static char text[9000];
	uint32_t lone, many;
	int rc;

	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)('a' + i % 23);
	rc = table(b, "lone", STELE_TYPE_STR, STELE_TYPE_STR, 0, &lone, err);
	if (!rc) {
		struct stele_table_options o = { .size = sizeof(o),
						 .key = STELE_TYPE_STR,
						 .value = STELE_TYPE_BYTES,
						 .multi = 1,
						 .bucket_log2 = 10 };

		rc = stele_builder_table(b, "many", &o, &many, err);
	}
	for (size_t i = 0; i < 12 && !rc; i++) {
		struct stele_cell key = stele_cell_str(text, 1 + 34 * i);
		struct stele_cell value =
			stele_cell_str(text, i % 6 ? 10 * i : 300);

		rc = stele_builder_table_add(b, lone, &key, &value, err);
		key.len = 20 + i % 8;
		value.type = STELE_TYPE_BYTES;
		if (!rc)
			rc = stele_builder_table_add(b, many, &key, &value,
						     err);
	}
	if (!rc) {
		struct stele_cell key = sample_str("long");
		struct stele_cell value = stele_cell_str(text, sizeof(text));

		rc = stele_builder_table_add(b, lone, &key, &value, err);
	}
	return rc;
}

/* ------------------------------------------------------ canonical keys */

const char sample_canonical_schema[] =
	"record Reading { station: str  day: date  value: f64 }\n"
	"table by_place_and_day: Reading(station, day)\n"
	"table by_day: Reading(day) multi\n";

int sample_fill_canonical(struct stele_builder *b, struct stele_error *err)
{
	static const char *const stations[] = { "north", "south",
						"a station by the sea" };
	const struct stele_cell keys[] = {
		stele_cell_i64(7),	 stele_cell_f64(7.5),
		stele_cell_bool(true),	 stele_cell_of(STELE_TYPE_NULL),
		sample_str("seven"),	 sample_bytes("seven", 5),
		stele_cell_i64(-100000), stele_cell_u64(UINT64_MAX),
	};
	uint32_t any;
	int rc = 0;

	for (int i = 0; i < 9 && !rc; i++) {
		struct stele_cell row[3] = { sample_str(stations[i % 3]),
					     stele_cell_of(STELE_TYPE_DATE),
					     stele_cell_f64(i * 1.5) };

		row[1].u.i = 19000 + i / 3;
		rc = stele_builder_add(b, 0, row, 3, NULL, err);
	}
	if (!rc)
		rc = table(b, "any", STELE_TYPE_ANY, STELE_TYPE_ANY, 0, &any,
			   err);
	for (size_t i = 0; i < 8 && !rc; i++)
		rc = stele_builder_table_add(b, any, &keys[i], &keys[7 - i],
					     err);
	return rc;
}

/* ------------------------------------------------------ weak references */

const char sample_weak_schema[] = "record Package {\n"
				  "	name: str\n"
				  "	depends: list<list<weak by_name>>\n"
				  "	replaces: weak by_name?\n"
				  "	source: ref by_name optional\n"
				  "}\n"
				  "table by_name: Package(name)\n";

/* Absent keys, too long for a word, become a heap of their own at the end. */
int sample_fill_weak(struct stele_builder *b, struct stele_error *err)
{
	static const char *const names[] = { "apt", "libc6", "a long name" };
	static const char *const targets[] = {
		"libc6",
		"absent",
		"an absent name, too long for a word",
		"apt",
		"a long name",
		"absent \xc3\xa9t\xc3\xa9, and rather long"
	};
	int rc = 0;

	for (size_t i = 0; i < 3 && !rc; i++) {
		struct stele_cell keys[6], lists[3], row[4];

		for (size_t k = 0; k < 6; k++)
			keys[k] = sample_str(targets[(i + k) % 6]);
		lists[0] = stele_cell_list(keys, 2);
		lists[1] = stele_cell_list(keys + 2, 3);
		lists[2] = stele_cell_list(keys, i);
		row[0] = sample_str(names[i]);
		row[1] = stele_cell_list(lists, 3);
		row[2] = i ? keys[5] : stele_cell_of(STELE_TYPE_NULL);
		row[3] = i ? sample_str("apt") :
			     stele_cell_of(STELE_TYPE_UNSET);
		rc = stele_builder_add(b, 0, row, 4, NULL, err);
	}
	return rc;
}

/* ----------------------------------------- every type of key and of value */

int sample_fill_tables(struct stele_builder *b, struct stele_error *err)
{
	static const uint8_t key_types[] = { STELE_TYPE_STR, STELE_TYPE_BYTES,
					     STELE_TYPE_I64, STELE_TYPE_U64 };
	static const char *const keys[] = { "one", "two", "three", "four" };
	struct stele_cell key, value;
	uint32_t number;
	char name[32];
	int rc = 0;

	for (unsigned v = STELE_TYPE_BOOL; v <= STELE_TYPE_DATETIME && !rc;
	     v++) {
		unsigned k = key_types[v % 4];

		snprintf(name, sizeof(name), "%s to %s", stele_type_name(k),
			 stele_type_name(v));
		rc = table(b, name, k, v, v & 3, &number, err);
		for (unsigned i = 0; i < 4 && !rc; i++) {
			key = sample_str(keys[i]);
			key.type = (uint8_t)k;
			if (k == STELE_TYPE_I64 || k == STELE_TYPE_U64) {
				key.u.u = i * 1000;
				key.len = 0;
			}
			value = stele_cell_of(v);
			value.u.u = i & 1;
			if (v == STELE_TYPE_F32 || v == STELE_TYPE_F64)
				value.u.f = i / 4.0;
			rc = stele_builder_table_add(b, number, &key, &value,
						     err);
		}
	}
	if (!rc)
		rc = table(b, "none", STELE_TYPE_STR, STELE_TYPE_STR, 0,
			   &number, err);
	return rc ? rc :
		    table(b, "no integers", STELE_TYPE_U64, STELE_TYPE_U64, 0,
			  &number, err);
}

/* ------------------------------------------------------------- filters */

const char sample_filters_schema[] =
	"record Word { word: str  length: u32  where: str? }\n"
	"table words: Word(word) filter 1/100\n"
	"table lengths: Word(length) filter 1/2\n"
	"table both: Word(where, length) filter 1/1000\n"
	"rows Word\n";

int sample_fill_filters(struct stele_builder *b, struct stele_error *err)
{
	struct stele_table_options o = { .size = sizeof(o),
					 .key = STELE_TYPE_I64,
					 .value = STELE_TYPE_BOOL,
					 .filter = 65536 };
	struct stele_cell yes = stele_cell_bool(true), key;
	uint32_t table;
	char word[24];
	int rc = stele_builder_table(b, "squares", &o, &table, err);

	for (int i = 0; i < 100 && !rc; i++) {
		const struct stele_cell row[] = {
			stele_cell_str(word,
				       (size_t)snprintf(word, sizeof(word),
							"word %d", i)),
			stele_cell_u64((uint64_t)i % 20),
			i % 3 ? sample_str("here") :
				stele_cell_of(STELE_TYPE_NULL),
		};

		rc = stele_builder_add(b, 0, row, 3, NULL, err);
		key = stele_cell_i64(-i * i);
		if (!rc)
			rc = stele_builder_table_add(b, table, &key, &yes, err);
	}
	return rc;
}
