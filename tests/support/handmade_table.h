/* SPDX-License-Identifier: MIT */
/*
 * Tables in images made by hand, each as small as can be: one bucket, some lines
 * in one group, or one part of a filter.
 *
 *	struct handmade_table t;
 *	handmade_buckets(&t, "by_name", STELE_FMT_KEY_STR, STELE_TYPE_U8);
 *	handmade_entry(&t, "apt", 3, &value, 1);
 *	handmade_tables(&im, &t, 1);
 *
 * Behind handmade_tables() `fmt` says where the parts lie.
 */
#ifndef HANDMADE_TABLE_H
#define HANDMADE_TABLE_H

#include "handmade.h"

#define HANDMADE_ENTRIES 16u
#define HANDMADE_LINES 8u

struct handmade_entry {
	uint64_t hash;
	uint32_t signature;
	uint8_t *bytes;
	uint64_t len;
};

struct handmade_table {
	const char *name;
	struct stele_fmt_table fmt;
	uint64_t at; /* of the descriptor */
	uint32_t nr_entries;
	struct handmade_entry entries[HANDMADE_ENTRIES];
	struct stele_fmt_line lines[HANDMADE_LINES];
};

/* A table without keys.  Flags, record and decl are the caller's to set. */
void handmade_buckets(struct handmade_table *t, const char *name,
		      unsigned key_type, unsigned value_type);
void handmade_lines(struct handmade_table *t, const char *name,
		    unsigned value_type, uint32_t nr_lines);
/* That says yes to every key; so it has any. */
void handmade_filter(struct handmade_table *t, const char *name,
		     unsigned key_type, uint32_t rate, uint32_t nr_keys);

/* The rows of a record, as the schema's table number `decl` has them. */
void handmade_declare(struct handmade_table *t, uint32_t decl, uint32_t record);

/* A key with all that stands behind it; its length is written where it is due. */
void handmade_entry(struct handmade_table *t, const void *key, uint64_t len,
		    const void *rest, uint64_t rest_len);
/* The same of a row. */
void handmade_row(struct handmade_table *t, const void *key, uint64_t len,
		  uint64_t row);

/* A key of lines, in the first of its two that has room. */
void handmade_slot(struct handmade_table *t, uint64_t key, uint64_t value);

/* The sections of all tables, with names. */
void handmade_tables(struct handmade *im, struct handmade_table *tables,
		     uint32_t nr);

#endif /* HANDMADE_TABLE_H */
