/* SPDX-License-Identifier: MIT */
/*
 * What two segments have in difference: the first is what was, the second what
 * is.
 *
 * diff.c has the command and both sides, diff_schema.c schemas, diff_table.c
 * tables, diff_row.c rows with a key, diff_content.c rows without, diff_value.c
 * what is in values, diff_pairs.c which pairs of them were met, diff_line.c the
 * lines.
 *
 * Functions return 0 to go on, DIFF_STOP when enough is known, or a negative
 * code with the reason in diff.err.
 */
#ifndef STELE_TOOLS_DIFF_H
#define STELE_TOOLS_DIFF_H

#include <string.h>

#include "command.h"
#include "diff_pairs.h"
#include "key_out.h"
#include "progress.h"
#include "text_buffer.h"

#define DIFF_STOP 1
#define DIFF_NONE UINT32_MAX
#define DIFF_MAX_KEYS 255u /* fields of a table's key */

enum diff_change {
	DIFF_REMOVED = '-',
	DIFF_ADDED = '+',
	DIFF_CHANGED = '~',
};

struct diff_field {
	struct stele_field_info info;
	struct stele_field get; /* as it is stored */
	uint32_t other; /* the field that it is on the other side, DIFF_NONE */
};

struct diff_record {
	struct stele_record_info info;
	struct diff_field *fields;
	uint32_t other; /* the record that it is on the other side, DIFF_NONE */
	/* the first unique table over its rows that both sides have, or where
	 * the record is on this side alone, that this one has */
	const struct stele_map *map; /* NULL: none */
	uint32_t table;
	uint32_t nr_keys;
};

/* A value with the type that its schema has for it, JSON_OUT_ANY: none. */
struct diff_value {
	struct stele_value value;
	unsigned side;
	uint32_t type;
};

struct diff_side {
	const char *word; /* as the user named it */
	struct stele_segment *segment;
	const struct stele_schema *schema;
	struct stele_segment_info info;
	struct diff_record *records;
	uint32_t nr_records;
	struct json_out json;
	const struct key_types *types; /* of the keys that entries are under */
	struct diff_value key[DIFF_MAX_KEYS]; /* of what a reference leads to */
	struct stele_value asked[DIFF_MAX_KEYS]; /* the key of a lookup */
};

/* The way from a row, root or entry to what is in it. */
enum diff_step {
	DIFF_FIELD, /* name */
	DIFF_INDEX, /* index */
	DIFF_KEY, /* key, of a dict */
	DIFF_ITEM, /* key, an item of a set */
};

struct diff_path {
	const struct diff_path *up; /* NULL: the first step */
	enum diff_step step;
	struct stele_str name;
	uint64_t index;
	const struct diff_value *key;
};

/* Where the values at hand are. */
struct diff_place {
	const char *kind; /* "row", "root", "entry" */
	struct stele_str name; /* of the record or table; ptr NULL: none */
	const struct diff_value *keys;
	uint32_t nr_keys;
	bool is_content; /* a row that no key tells: it says what it is */
};

struct diff {
	const struct command *command;
	struct diff_side sides[2];
	bool as_json;
	bool quiet;
	uint64_t limit; /* lines; 0: all */
	uint64_t nr_found;
	bool cut; /* there are more than `limit` */
	unsigned silent; /* only whether there is a difference counts */
	struct diff_place place;
	struct diff_value key[DIFF_MAX_KEYS]; /* of the row at hand */
	struct diff_pairs pairs;
	uint64_t left; /* pairs that rows may have beyond what each may */
	uint64_t again; /* pairs that may be told of a second time */
	unsigned nr_whole; /* pairs compared without a look inside */
	unsigned depth;
	bool has_unkeyed; /* rows that diff_content() is for */
	struct diff_heap *heap; /* diff_content.c's */
	struct text_buffer texts[2];
	struct text_buffer line; /* at hand */
	struct text_buffer name; /* in it */
	struct progress progress;
	const struct diff_side *at; /* the side that the error is of */
	struct stele_error err;
};

/* A call of the library for that side failed.  Returns the code. */
int diff_fail(struct diff *diff, unsigned side, int code);
int diff_fail_by(struct diff *diff, unsigned side, int code,
		 const char *reason);

static inline bool diff_same(struct stele_str a, struct stele_str b)
{
	return a.len == b.len && (!a.len || !memcmp(a.ptr, b.ptr, a.len));
}

/* ---------------------------------------------------------- diff_line.c */

/*
 * A difference in what describes the data.  `what` of a thing is meant, NULL:
 * all of it; of `names` there are none, one or two (a record, and its field).
 */
struct diff_subject {
	const char *kind; /* "record", "field", "table", "schema" */
	struct stele_str names[2]; /* ptr NULL: none */
	const char *what;
	bool is_number;
};

/* ptr NULL: there is none. */
int diff_fact(struct diff *diff, enum diff_change change,
	      const struct diff_subject *subject, struct stele_str old,
	      struct stele_str now);
/* Of texts that may be empty, which is to have none. */
int diff_fact_change(struct diff *diff, const struct diff_subject *subject,
		     struct stele_str old, struct stele_str now);
int diff_fact_text(struct diff *diff, const struct diff_subject *subject,
		   const char *old, const char *now);
int diff_fact_number(struct diff *diff, struct diff_subject *subject,
		     uint64_t old, uint64_t now);

/* A difference in the values at diff->place; NULL: there is none. */
int diff_found(struct diff *diff, enum diff_change change,
	       const struct diff_path *path, const struct diff_value *old,
	       const struct diff_value *now);

/* --------------------------------------------------------- diff_value.c */

/* All differences of two values.  The pairs met before are forgotten. */
int diff_values(struct diff *diff, const struct diff_value *a,
		const struct diff_value *b, const struct diff_path *path);
/* The same of two rows, field by field. */
int diff_rows_of(struct diff *diff, const struct stele_value *a,
		 const struct stele_value *b);
/* Whether two rows have the same content. */
int diff_rows_same(struct diff *diff, const struct stele_value *a,
		   const struct stele_value *b, bool *same);

/* What a value holds, with the types that are declared. */
int diff_item_of(struct diff *diff, const struct diff_value *list, uint64_t i,
		 struct diff_value *item);
/* UNSET where `field` is DIFF_NONE. */
int diff_field_of(struct diff *diff, const struct diff_value *record,
		  uint32_t field, struct diff_value *value);
/* Sets all but the values. */
int diff_dict_types(struct diff *diff, const struct diff_value *dict,
		    struct diff_value *key, struct diff_value *item);
/* The key that a reference by key is, into the side's; *nr 0: it is none. */
int diff_ref_key(struct diff *diff, const struct diff_value *ref, uint32_t *nr);

/* ----------------------------------------------------------- the sections */

/* diff_schema.c: what records and fields are on the other side. */
int diff_match(struct diff *diff);
int diff_schema(struct diff *diff);

/* diff_table.c: tables and what was put into them by hand; the roots. */
int diff_tables(struct diff *diff);
int diff_roots(struct diff *diff);

/* diff_row.c: the tables whose keys tell rows apart; the rows. */
void diff_choose_tables(struct diff *diff);
int diff_rows(struct diff *diff);

int diff_each_row(struct diff *diff, unsigned side,
		  int (*call)(struct diff *diff, unsigned side,
			      const struct stele_value *row));

/*
 * The key of a row in the table of its record: its nr_keys values.
 * -STELE_E_ABSENT: it has none, or the table has another row under it.
 */
int diff_row_key(struct diff *diff, unsigned side,
		 const struct stele_value *row, struct diff_value *key);

/* diff_content.c: rows that no key tells apart. */
struct diff_heap;
int diff_content(struct diff *diff);

#endif /* STELE_TOOLS_DIFF_H */
