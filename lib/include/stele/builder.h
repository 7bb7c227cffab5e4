/* SPDX-License-Identifier: MIT */
/*
 * Building a segment: rows and objects in, one sealed image out, written once
 * and in order, never held whole in memory.
 *
 *	struct stele_builder *b;
 *	stele_builder_create("packages.stele", schema, NULL, &b, &err);
 *	struct stele_cell row[] = {
 *		stele_cell_str("firefox-esr", 11),
 *		stele_cell_u64(61440000),
 *	};
 *	stele_builder_add(b, package, row, 2, NULL, &err);
 *	stele_builder_finish(b, NULL, &err);
 *	stele_builder_free(b);
 *
 * Values go in as cells: a tree in the caller's memory that is read during the
 * call only.  Tables of the schema fill themselves from the rows; further ones
 * are filled by hand.  The same input and options give the same bytes, whatever
 * the memory and the number of threads.  A build that fails, is freed or killed
 * before the end of stele_builder_finish() leaves nothing behind, and an
 * existing file of that name stays as it was.
 *
 * Next: publish.h.
 */
#ifndef STELE_BUILDER_H
#define STELE_BUILDER_H

#include <stele/value.h>

STELE_BEGIN_DECLS

struct stele_builder;

/*
 * An object that was built, to be referred to again; of one builder only, which
 * refuses those of others by -EINVAL.  The word means nothing to anybody else.
 */
struct stele_handle {
	uint64_t word;
};

/* Bytes under the name of a type of the user's; 1..65,535 bytes of UTF-8. */
struct stele_user {
	const char *name;
	size_t name_len;
	const void *ptr;
	size_t len;
};

/*
 * One value on its way in.  `type` says which member counts:
 * UNSET, NULL: none; BOOL b; I8..I64, DATE, DATETIME, TIME, TIMEDELTA: i; U8..U64:
 * u; F32, F64: f; ZONED: i, the instant in UTC, and offset; STR, BYTES: ptr, len
 * bytes; UUID: ptr, 16 bytes; BIGINT: ptr, len decimal digits with a sign or
 * none; DECIMAL: ptr, len bytes of its text, up to 10,000 digits and an exponent
 * of -1,000,000..1,000,000, "Infinity" and "NaN" too; LIST, TUPLE: cells, len
 * items; SET: the same, none twice; DICT: cells, len pairs (key, value, key, ...);
 * RECORD: cells, len fields, of the schema's record `record`; ARRAY: ptr, len
 * elements of type `element`; NDARRAY: ndarray, whose strides may be negative,
 * 0 or anything else that reads inside the caller's memory; USER: user; REF:
 * handle, an object made before.
 *
 * A field that is a reference by key takes a REF, or the key itself.  Any other
 * field but those of fixed width takes a REF of what is of its type.
 */
struct stele_cell {
	uint8_t type; /* enum stele_type */
	uint8_t element; /* ARRAY: enum stele_type */
	uint16_t zero;
	union {
		uint32_t record; /* RECORD */
		int32_t offset; /* ZONED: seconds east of UTC, within a day */
	};
	uint64_t len;
	union {
		bool b;
		int64_t i;
		uint64_t u;
		double f;
		const void *ptr;
		const struct stele_cell *cells;
		const struct stele_ndarray *ndarray;
		const struct stele_user *user;
		struct stele_handle handle;
	} u;
};

static inline struct stele_cell stele_cell_of(enum stele_type type)
{
	struct stele_cell c = { (uint8_t)type, 0, 0, { 0 }, 0, { false } };

	return c;
}

static inline struct stele_cell stele_cell_i64(int64_t i)
{
	struct stele_cell c = stele_cell_of(STELE_TYPE_I64);

	c.u.i = i;
	return c;
}

static inline struct stele_cell stele_cell_u64(uint64_t u)
{
	struct stele_cell c = stele_cell_of(STELE_TYPE_U64);

	c.u.u = u;
	return c;
}

static inline struct stele_cell stele_cell_f64(double f)
{
	struct stele_cell c = stele_cell_of(STELE_TYPE_F64);

	c.u.f = f;
	return c;
}

static inline struct stele_cell stele_cell_bool(bool b)
{
	struct stele_cell c = stele_cell_of(STELE_TYPE_BOOL);

	c.u.b = b;
	return c;
}

static inline struct stele_cell stele_cell_str(const char *ptr, size_t len)
{
	struct stele_cell c = stele_cell_of(STELE_TYPE_STR);

	c.u.ptr = ptr;
	c.len = len;
	return c;
}

static inline struct stele_cell stele_cell_list(const struct stele_cell *cells,
						size_t len)
{
	struct stele_cell c = stele_cell_of(STELE_TYPE_LIST);

	c.u.cells = cells;
	c.len = len;
	return c;
}

static inline struct stele_cell stele_cell_ref(struct stele_handle handle)
{
	struct stele_cell c = stele_cell_of(STELE_TYPE_REF);

	c.u.handle = handle;
	return c;
}

#define STELE_BUILD_F_VERITY (1u << 0) /* fs-verity on the file, or fail */
#define STELE_BUILD_F_NO_REPLACE (1u << 1) /* -EEXIST where the file is */
#define STELE_BUILD_F_NO_SYNC \
	(1u << 2) /* the caller does without a crash-safe file */
/* NO_REPLACE and NO_SYNC, and the mode, mean nothing to a memfd; VERITY: -EINVAL. */
#define STELE_BUILD_F_ALL 7u

enum stele_duplicates {
	STELE_DUPLICATES_ERROR = 0,
	STELE_DUPLICATES_FIRST = 1, /* the first of equal keys counts */
	STELE_DUPLICATES_LAST = 2,
};

enum stele_phase {
	STELE_PHASE_ROWS = 1,
	STELE_PHASE_TABLES = 2,
	STELE_PHASE_REFERENCES = 3,
	STELE_PHASE_DIGEST = 4,
	STELE_PHASE_SYNC = 5,
};

struct stele_build_options {
	size_t size;
	uint32_t flags; /* STELE_BUILD_F_... */
	uint32_t threads; /* 0: one a core */
	uint64_t memory_bytes; /* keys held before they spill to disk; 0: 1 GiB */
	uint64_t hash_seed; /* 0: the format's constant */
	uint32_t share_log2; /* content sharing remembers 2^k values; 0: 16;
			      * up to 24; STELE_SHARE_NONE: no sharing */
	uint32_t mode; /* of the file; 0: 0444 less umask; write bits: -EINVAL */
	enum stele_duplicates duplicates; /* of the schema's tables; the first
					   * of equal keys is that of the row
					   * that was added or filled first */
	/* Called now and then by finish; non-zero ends it with -ECANCELED. */
	int (*progress)(void *arg, enum stele_phase phase, uint64_t done,
			uint64_t all);
	void *arg;
};
#define STELE_SHARE_NONE 0xffffffffu

/*
 * Begin a build for a file, or for a memfd (name is shown in /proc).  The
 * schema is copied; NULL: no records, roots and tables by hand only.
 * -ENOENT, -EACCES, -EROFS, ... name the folder; -EINVAL for options.
 */
STELE_API int stele_builder_create(const char *path,
				   const struct stele_schema *schema,
				   const struct stele_build_options *options,
				   struct stele_builder **builder,
				   struct stele_error *err);
STELE_API int
stele_builder_create_memfd(const char *name, const struct stele_schema *schema,
			   const struct stele_build_options *options,
			   struct stele_builder **builder,
			   struct stele_error *err);

/*
 * Add a row: `len` cells, one a field in the schema's order; missing ones at the
 * end count as UNSET.  UNSET in a field with a default gives the default.
 * *handle (may be NULL) refers to the row; asking for one marks the row as
 * shared on purpose.
 *
 * -STELE_E_TYPE, _RANGE, _UTF8, _REQUIRED, _LIMIT, _DUPLICATE (a key twice in a
 * dict, an item in a set), _STATE (a key in a record that is reserved and not
 * filled, or a list or dict like that where a type is declared) and -EINVAL (a
 * handle of another build) name the field or table; the row is then left out
 * whole and the builder goes on.  -ENOSPC, -EIO, -ENOMEM, ... end the build.
 */
STELE_API int stele_builder_add(struct stele_builder *builder, uint32_t record,
				const struct stele_cell *cells, size_t len,
				struct stele_handle *handle,
				struct stele_error *err);

/* Lay down one value that is no row; scalars too.  Shared on purpose. */
STELE_API int stele_builder_put(struct stele_builder *builder,
				const struct stele_cell *cell,
				struct stele_handle *handle,
				struct stele_error *err);

/*
 * Cycles: reserve a row, a record, a list of len items or a dict of len pairs now,
 * refer to it by its handle, fill it later, once, with that len; a dict with its
 * pairs' cells: key, value, key, ...  finish: -STELE_E_STATE where one stayed
 * empty.
 */
STELE_API int stele_builder_reserve_row(struct stele_builder *builder,
					uint32_t record,
					struct stele_handle *handle,
					struct stele_error *err);
STELE_API int stele_builder_reserve_record(struct stele_builder *builder,
					   uint32_t record,
					   struct stele_handle *handle,
					   struct stele_error *err);
STELE_API int stele_builder_reserve_list(struct stele_builder *builder,
					 uint64_t len,
					 struct stele_handle *handle,
					 struct stele_error *err);
STELE_API int stele_builder_reserve_dict(struct stele_builder *builder,
					 uint64_t len,
					 struct stele_handle *handle,
					 struct stele_error *err);
STELE_API int stele_builder_fill(struct stele_builder *builder,
				 struct stele_handle handle,
				 const struct stele_cell *cells, size_t len,
				 struct stele_error *err);

/*
 * Name a root.  -STELE_E_DUPLICATE for a name twice; _UTF8; an empty name:
 * _SCHEMA; one of more than 65,535 bytes: _LIMIT.
 */
STELE_API int stele_builder_root(struct stele_builder *builder,
				 const char *name,
				 const struct stele_cell *cell,
				 struct stele_error *err);

struct stele_table_options {
	size_t size;
	enum stele_type key; /* STR, BYTES, I64, U64, or ANY: canonical */
	enum stele_type value; /* a raw type, STR, BYTES, RECORD (rows), ANY */
	uint32_t record; /* RECORD: of which schema record */
	uint32_t multi; /* 1: a key may have several values */
	uint32_t buckets; /* 1: bucket table also for integer keys */
	uint32_t bucket_log2; /* 0: chosen from the entries */
	enum stele_duplicates duplicates;
	uint64_t hash_seed; /* 0: the builder's */
	/* A filter: keys are not stored, and one that was not added is found
	 * once in this many, 2..2^24-1; 0: none.  The value must be BOOL. */
	uint32_t filter;
	uint32_t zero;
};

/*
 * A table to be filled by hand.  *table counts from 0 behind the schema's
 * tables.  Names as of roots; -EINVAL for options, which must be given.
 */
STELE_API int stele_builder_table(struct stele_builder *builder,
				  const char *name,
				  const struct stele_table_options *options,
				  uint32_t *table, struct stele_error *err);
STELE_API int stele_builder_table_add(struct stele_builder *builder,
				      uint32_t table,
				      const struct stele_cell *key,
				      const struct stele_cell *value,
				      struct stele_error *err);
/* The quick ways into a table of raw u64 values. */
STELE_API int stele_builder_table_add_u64(struct stele_builder *builder,
					  uint32_t table, uint64_t key,
					  uint64_t value,
					  struct stele_error *err);

/*
 * Build the tables, resolve references, compute the digest, seal, and give the
 * name in one step.  *fd (may be NULL): a read-only descriptor of the finished
 * segment, close-on-exec; of a memfd this is the only way to it.
 *
 * -STELE_E_DUPLICATE and _UNRESOLVED name the rows, counted from 0 in the order
 * they were added or reserved; -ECANCELED; errors of the system.  After any of
 * these and after success the builder can only be freed; -STELE_E_STATE where a
 * reserved object is not filled changes nothing.
 */
STELE_API int stele_builder_finish(struct stele_builder *builder, int *fd,
				   struct stele_error *err);

/* Abandons a build that was not finished.  NULL is fine. */
STELE_API void stele_builder_free(struct stele_builder *builder);

/* What the build did; grows with the library: size as in the options. */
struct stele_build_stats {
	size_t size;
	uint64_t nr_rows;
	uint64_t nr_shared; /* values that an equal one stood for */
	uint64_t nr_weak_absent; /* weak references whose key is absent */
	uint64_t nr_skipped_keys; /* rows without a key, by table in sum */
	uint64_t nr_duplicates; /* entries dropped by FIRST or LAST */
	uint64_t heap_bytes;
	uint64_t table_bytes;
	uint64_t spilled_bytes; /* written to temporary files */
	uint64_t nr_replaced_partitions; /* partitions placed more than once */
	uint64_t nr_rehashed_partitions; /* whose hash was changed */
};
STELE_API int stele_builder_stats(const struct stele_builder *builder,
				  struct stele_build_stats *stats);

STELE_END_DECLS

#endif /* STELE_BUILDER_H */
