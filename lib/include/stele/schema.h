/* SPDX-License-Identifier: MIT */
/*
 * Schemas: which fields the records of a segment have, and which tables stand
 * over them.  A schema is parsed from text (stele-schema(5)) or stands in a
 * segment; it is immutable once made.
 *
 *	record Package {
 *		name: str
 *		size: u64?               ## bytes of the archive
 *		priority: str = "optional"
 *		section: str optional
 *		maintainer: Maintainer
 *		depends: list<list<weak by_name>>
 *	}
 *	record Maintainer { name: str  email: str? }
 *	table by_name: Package(name)
 *	table by_maintainer: Package(maintainer.name) multi
 *	rows Package
 *
 * Reading order: schema -> builder -> segment -> record, map.  Next: value.h.
 */
#ifndef STELE_SCHEMA_H
#define STELE_SCHEMA_H

#include <stele/error.h>

STELE_BEGIN_DECLS

/* Types of fields and values; the numbers stand in segments. */
enum stele_type {
	STELE_TYPE_UNSET = 0,
	STELE_TYPE_NULL = 1,
	STELE_TYPE_BOOL = 2,
	STELE_TYPE_I8 = 3,
	STELE_TYPE_I16 = 4,
	STELE_TYPE_I32 = 5,
	STELE_TYPE_I64 = 6,
	STELE_TYPE_U8 = 7,
	STELE_TYPE_U16 = 8,
	STELE_TYPE_U32 = 9,
	STELE_TYPE_U64 = 10,
	STELE_TYPE_F32 = 11,
	STELE_TYPE_F64 = 12,
	STELE_TYPE_DATE =
		13, /* int32 days from 1970-01-01, proleptic Gregorian */
	STELE_TYPE_DATETIME =
		14, /* int64 microseconds from 1970-01-01T00:00:00 */
	STELE_TYPE_BIGINT = 15, /* an integer beyond 64 bits */
	STELE_TYPE_STR = 16, /* UTF-8 */
	STELE_TYPE_BYTES = 17,
	STELE_TYPE_LIST = 18,
	STELE_TYPE_ARRAY = 19, /* elements of one fixed-width type */
	STELE_TYPE_DICT = 20,
	STELE_TYPE_RECORD = 21,
	STELE_TYPE_REF = 22, /* a field that refers to a row by its key */
	STELE_TYPE_ANY = 23, /* a field whose values carry their type */
	STELE_TYPE_TUPLE = 24, /* as a list, but a key where its items are */
	STELE_TYPE_SET = 25, /* each item once, found by value */
	STELE_TYPE_NDARRAY = 26, /* elements of one type along axes */
	STELE_TYPE_DECIMAL = 27, /* as given: 1.50 is no 1.5 but equals it */
	STELE_TYPE_TIME = 28, /* int64 microseconds of a day, 0..86399999999 */
	STELE_TYPE_ZONED = 29, /* datetime with its offset from UTC; 16 bytes */
	STELE_TYPE_TIMEDELTA = 30, /* int64 microseconds */
	STELE_TYPE_UUID = 31, /* 16 bytes, in the order of its text */
	STELE_TYPE_USER = 32, /* bytes under the name of a type of the user's */
	STELE_TYPE_ABSENT = 64, /* only in results: no such key */
};

/* "u64", "list", ...; "unknown type" for other numbers; static. */
STELE_API const char *stele_type_name(enum stele_type type);

/*
 * Bytes of a raw value: 1..8 for BOOL..DATETIME, TIME and TIMEDELTA, 16 for
 * ZONED and UUID; 0 for the others, which are value words.
 */
STELE_API size_t stele_type_width(enum stele_type type);

struct stele_schema;

/*
 * Parse a text of len bytes (no terminator needed).  Errors carry line, column
 * and reason.  The schema is the caller's: stele_schema_free().
 */
STELE_API int stele_schema_parse(const char *text, size_t len,
				 struct stele_schema **schema,
				 struct stele_error *err);
STELE_API void stele_schema_free(struct stele_schema *schema);

/*
 * A new schema: the declarations of another, then those of a further text, e.g.
 * "table by_size: Package(size) multi".  Errors as stele_schema_parse(), lines
 * counted in the further text.
 */
STELE_API int stele_schema_extend(const struct stele_schema *base,
				  const char *text, size_t len,
				  struct stele_schema **schema,
				  struct stele_error *err);

/*
 * Print the canonical text into buf (up to size bytes, terminated where size
 * > 0) and store the whole length without terminator in *len.  -ENOSPC when it
 * did not fit.
 */
STELE_API int stele_schema_print(const struct stele_schema *schema, char *buf,
				 size_t size, size_t *len);

/* A run of bytes that belongs to its schema or segment; not terminated. */
struct stele_str {
	const char *ptr;
	size_t len;
};

/* What a type is made of.  Indexes count records, tables and types from 0. */
struct stele_type_info {
	enum stele_type type;
	bool nullable_items; /* LIST, SET, DICT */
	bool weak; /* REF: an absent key stays a key */
	enum stele_type element; /* ARRAY, NDARRAY */
	uint32_t item; /* LIST, SET, DICT: type index of items or values */
	uint32_t key; /* DICT: type index of keys */
	uint32_t record; /* RECORD, REF: record index */
	uint32_t table; /* REF: table index */
	uint32_t nr_items; /* TUPLE: see stele_schema_tuple_item() */
	struct stele_str name; /* USER */
};

struct stele_field_info {
	struct stele_str name;
	struct stele_str doc;
	struct stele_str fallback; /* the default as JSON text, len 0: none */
	uint32_t type; /* type index */
	uint32_t offset; /* bytes from the record's head */
	/* of the body, from its first byte's lowest; UINT32_MAX: none */
	uint32_t null_bit;
	uint32_t unset_bit;
	bool nullable;
	bool optional;
};

struct stele_record_info {
	struct stele_str name;
	struct stele_str doc;
	uint32_t nr_fields;
	uint32_t body_bytes; /* fixed part, head included */
	uint8_t fingerprint[16];
};

struct stele_table_info {
	struct stele_str name;
	struct stele_str doc;
	uint32_t record;
	uint32_t nr_keys;
	uint32_t filter; /* one false answer in this many; 0: no filter */
	bool multi;
};

STELE_API uint32_t stele_schema_nr_records(const struct stele_schema *schema);
STELE_API uint32_t stele_schema_nr_tables(const struct stele_schema *schema);
STELE_API uint32_t stele_schema_nr_types(const struct stele_schema *schema);

/*
 * The record that rows are by default: the one named as such, else the only one
 * there is; UINT32_MAX where there is neither.
 */
STELE_API uint32_t stele_schema_rows(const struct stele_schema *schema);

/* -STELE_E_ABSENT beyond the last index. */
STELE_API int stele_schema_record(const struct stele_schema *schema,
				  uint32_t record,
				  struct stele_record_info *info);
STELE_API int stele_schema_field(const struct stele_schema *schema,
				 uint32_t record, uint32_t field,
				 struct stele_field_info *info);
STELE_API int stele_schema_type(const struct stele_schema *schema,
				uint32_t type, struct stele_type_info *info);
/* Item i of a tuple type; -STELE_E_TYPE for others, -STELE_E_ABSENT beyond it. */
STELE_API int stele_schema_tuple_item(const struct stele_schema *schema,
				      uint32_t type, uint32_t i, uint32_t *item,
				      bool *nullable);
STELE_API int stele_schema_table(const struct stele_schema *schema,
				 uint32_t table, struct stele_table_info *info);
/*
 * One step of the path of a table's key: a field number in the record that the
 * step before leads to.  -STELE_E_ABSENT behind the last step or key.
 */
STELE_API int stele_schema_table_step(const struct stele_schema *schema,
				      uint32_t table, uint32_t key,
				      uint32_t step, uint32_t *field);

/* Numbers by name; -STELE_E_ABSENT. */
STELE_API int stele_schema_find_record(const struct stele_schema *schema,
				       const char *name, size_t len,
				       uint32_t *record);
STELE_API int stele_schema_find_field(const struct stele_schema *schema,
				      uint32_t record, const char *name,
				      size_t len, uint32_t *field);
STELE_API int stele_schema_find_table(const struct stele_schema *schema,
				      const char *name, size_t len,
				      uint32_t *table);

STELE_END_DECLS

#endif /* STELE_SCHEMA_H */
