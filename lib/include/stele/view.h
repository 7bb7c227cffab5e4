/* SPDX-License-Identifier: MIT */
/*
 * Views: a segment read by a schema that is not quite the stored one.
 *
 *	struct stele_view *view;
 *	struct stele_field size;
 *	stele_view_open(seg, my_schema, &view, &err);
 *	stele_view_field(view, "Package", "size", STELE_TYPE_U64, &size, &err);
 *	...
 *	rc = stele_record_get_u64(rec, &size, &bytes);
 *
 * A record matches the stored one of its name.  A field matches by its name
 * first, then by former names of either side; fields that handed their names on
 * are told by their former names; two candidates are an error.  What is stored
 * is converted where no value is lost, and checked value by value where some fit
 * and some don't; all else is refused when the view is opened.  Every pair of
 * types is in doc/FORMAT.md.  What the reader's schema leaves out is not looked
 * at.
 *
 * A field that is not stored, and one that is unset in a record, is the reader's
 * default; else unset, where the reader's field is optional; else null, where it
 * is nullable.
 *
 * Opening allocates; reading doesn't, and is for any number of threads.
 *
 * Next: builder.h.
 */
#ifndef STELE_VIEW_H
#define STELE_VIEW_H

#include <stele/map.h>

STELE_BEGIN_DECLS

enum stele_verdict {
	STELE_VERDICT_SAME = 0, /* read as it is */
	STELE_VERDICT_CONVERT = 1, /* always read, but not as it is */
	STELE_VERDICT_CHECK = 2, /* some values are read, others an error */
	STELE_VERDICT_REFUSE = 3,
};

/* "same", "convert", "check", "refuse"; static. */
STELE_API const char *stele_verdict_name(enum stele_verdict verdict);

enum stele_finding_kind {
	STELE_FINDING_RECORD = 1, /* its verdict is the worst of its fields' */
	STELE_FINDING_FIELD = 2,
	STELE_FINDING_TABLE = 3,
};

/*
 * What a reader sees of one thing.  Numbers are UINT32_MAX where a side does not
 * have it.  Strings are for the time of the call; names are the reader's, or the
 * stored ones where the reader has none.
 */
struct stele_finding {
	enum stele_finding_kind kind;
	enum stele_verdict verdict;
	int code; /* REFUSE: -STELE_E_TYPE, _REQUIRED, _SCHEMA, _ABSENT */
	uint32_t record; /* of the reader; of a FIELD too */
	uint32_t field; /* FIELD: of the reader */
	uint32_t table; /* TABLE: of the reader */
	uint32_t stored_record;
	uint32_t stored_field;
	uint32_t stored_table;
	struct stele_str record_name; /* of a FIELD and TABLE too */
	struct stele_str name; /* FIELD, TABLE */
	struct stele_str stored_type; /* FIELD: as schemas write it */
	struct stele_str reader_type;
	struct stele_str reason; /* a text; empty where there is none to give */
};

/*
 * Compare two schemas, no segment at hand: the reader's records, each followed
 * by its fields and by stored ones that are not read; stored records that are
 * not read; the reader's tables.  A table is refused where lookups by it would
 * find something else or nothing.  Ends with what `found` returned where that
 * is not 0.  -ENOMEM.
 */
STELE_API int stele_schema_compare(
	const struct stele_schema *stored, const struct stele_schema *reader,
	int (*found)(void *arg, const struct stele_finding *finding),
	void *arg);

struct stele_view;

/*
 * Resolve every record of the reader's schema, which is copied, against the
 * stored one.  The first that is refused: -STELE_E_TYPE, -STELE_E_REQUIRED (a
 * field that nothing can stand for) or -STELE_E_SCHEMA (two candidates), the
 * reason naming record, field and both types.  Tables don't count.  A record
 * that is not stored is no error: nothing is of it.  -ENOMEM.
 */
STELE_API int stele_view_open(const struct stele_segment *segment,
			      const struct stele_schema *reader,
			      struct stele_view **view,
			      struct stele_error *err);
/* Ends every field of the view; before the segment is closed.  NULL is fine. */
STELE_API void stele_view_close(struct stele_view *view);

/* The reader's schema; the view's. */
STELE_API const struct stele_schema *
stele_view_schema(const struct stele_view *view);

/*
 * As stele_field_resolve(), by names or numbers of the reader's schema: for
 * getters of the reader's type or one that holds it, STELE_TYPE_ANY for
 * stele_record_get() alone.  Getters then say further:
 *
 *   -STELE_E_NULL, -STELE_E_UNSET  it is, in this record, also where the
 *       reader's schema has none
 *   -STELE_E_TYPE, -STELE_E_RANGE  `any` is stored, and is of another type in
 *       this record, or a number that does not fit
 *   -STELE_E_ABSENT  a weak reference whose key was absent
 *
 * stele_record_get() gives what stele_view_value() does where the field was
 * asked for as STELE_TYPE_ANY.  Cost: that of a stored field where it is one of
 * the same type, or a narrower number; else a decoded value.
 */
STELE_API int stele_view_field(const struct stele_view *view,
			       const char *record, const char *field,
			       enum stele_type asked,
			       struct stele_field *resolved,
			       struct stele_error *err);
STELE_API int stele_view_field_at(const struct stele_view *view,
				  uint32_t record, uint32_t field,
				  enum stele_type asked,
				  struct stele_field *resolved,
				  struct stele_error *err);

/*
 * Which record of the reader's a stored one is: -STELE_E_ABSENT where it has
 * none of the name; -STELE_E_FORMAT.
 */
STELE_API int stele_view_record(const struct stele_view *view,
				struct stele_record record, uint32_t *index);

/* A field by its number in the reader's record, as stele_record_get_at(). */
STELE_API int stele_view_get(const struct stele_view *view,
			     struct stele_record record, uint32_t field,
			     struct stele_value *value);

/*
 * A stored value as one of a type of the reader's schema: for what is inside
 * lists, tuples, sets and dicts, whose items stele_value_item() and others give
 * as they are stored.  Numbers come in the reader's type; `any` as a dynamic
 * value; bigint and decimal as I64 or U64 where they are such integers; a list
 * may come as an ARRAY; a reference as the RECORD it leads to.  What is inside a
 * value is looked at when it is asked for.
 *
 * -STELE_E_NULL for a null where `nullable` is false; -STELE_E_UNSET;
 * -STELE_E_TYPE; -STELE_E_RANGE for a number that does not fit; -STELE_E_ABSENT
 * for a key in the place of a row.
 */
STELE_API int stele_view_value(const struct stele_view *view, uint32_t type,
			       bool nullable, const struct stele_value *stored,
			       struct stele_value *value);

/*
 * The stored table that a table of the reader's schema is, by its number; the
 * segment's.  -STELE_E_ABSENT where there is none; -STELE_E_TYPE where lookups
 * would find something else, as stele_schema_compare() has it.
 */
STELE_API int stele_view_map(const struct stele_view *view, uint32_t table,
			     const struct stele_map **map,
			     struct stele_error *err);

/* ------------------------------------------------- for generated getters */

/*
 * Where a record's body lies as the reader's schema has it, a getter can have
 * its offsets from the compiler, as those of `stele schema --header` do.  Plain
 * data of the caller's, valid while the segment is open.
 */
struct stele_layout {
	const unsigned char *base; /* of the segment */
	uint64_t end; /* positions below it have room for a body; 0: none has */
	uint64_t head; /* of the record, without flags */
	uint64_t len; /* of the segment */
};

/*
 * The layout of a reader's record.  `end` is 0 unless `fingerprint` is that of
 * the reader's record and the stored descriptor is the same field by field.
 */
STELE_API int stele_view_layout(const struct stele_view *view, uint32_t record,
				const unsigned char fingerprint[16],
				struct stele_layout *layout);

/* Eight bytes of a body, loaded once; off is a multiple of 8. */
static inline uint64_t stele_layout_load(const struct stele_layout *layout,
					 uint64_t pos, uint64_t off)
{
	return __atomic_load_n(
		(const uint64_t *)(const void *)(layout->base + pos + off),
		__ATOMIC_RELAXED);
}

/* A bit of a body, counted from its first byte's lowest. */
static inline bool stele_layout_bit(const struct stele_layout *layout,
				    uint64_t pos, uint64_t bit)
{
	return __atomic_load_n(layout->base + pos + bit / 8,
			       __ATOMIC_RELAXED) >>
		       bit % 8 &
	       1;
}

/* Whether a body of this layout lies there. */
static inline bool stele_layout_holds(const struct stele_layout *layout,
				      struct stele_record record)
{
	return __builtin_expect(
		record.pos < layout->end &&
			(stele_layout_load(layout, record.pos, 0) &
			 0xffffffffffff00ffull) == layout->head,
		1);
}

/* A string that is a word, in one of its two common forms. */
static inline bool stele_layout_str(const struct stele_layout *layout,
				    uint64_t pos, uint64_t off,
				    struct stele_str *value)
{
	uint64_t word = stele_layout_load(layout, pos, off);
	uint64_t at = word >> 16, len = word >> 3 & 8191;

	if ((word & 7) == 7 && at <= layout->len && len <= layout->len - at) {
		value->ptr = (const char *)layout->base + at;
		value->len = (size_t)len;
		return true;
	}
	if ((word & 7) != 2)
		return false;
	value->ptr = (const char *)layout->base + pos + off + 1;
	value->len = word >> 3 & 7;
	return true;
}

STELE_END_DECLS

#endif /* STELE_VIEW_H */
