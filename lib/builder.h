/* SPDX-License-Identifier: MIT */
/*
 * The builder's inside.  builder.c has the calls and the life of a build;
 * builder_stage.c the bytes of the unit at hand; builder_lay.c turns cells into
 * words and objects; builder_dict.c dicts; builder_key.c finds the keys of a
 * row; builder_ref.c references by key; builder_seal.c makes the image whole.
 *
 * A *unit* is what one call lays down: a row with all that it alone owns, or one
 * value.  It is staged in memory at the position it will have, and then either
 * appended to the output or dropped as if it had never been.
 */
#ifndef STELE_BUILDER_PRIVATE_H
#define STELE_BUILDER_PRIVATE_H

#include <stele/builder.h>

#include "buffer.h"
#include "fail.h"
#include "map_build.h"
#include "output.h"
#include "schema.h"
#include "share.h"
#include "spill.h"

#define STELE_MAX_DEPTH 512u /* of cells within cells */
#define STELE_MAX_TABLES 65535u
#define STELE_MAX_NAME 65535u /* bytes of a root's or table's name */

struct stele_stage {
	struct stele_buffer bytes;
	uint64_t base; /* position of the first byte */
	size_t run; /* where the open RUN's head is, SIZE_MAX: none is open */
	uint64_t nr_objects;
};

/* Pages of the output that were read back: page n is in slot n mod PAGES. */
#define STELE_STAGE_PAGE 1024u
#define STELE_STAGE_PAGES 4096u

struct stele_stage_pages {
	uint8_t *bytes; /* owned; NULL until one is read */
	uint64_t number[STELE_STAGE_PAGES]; /* 0, the header's: none */
};

/* A reference by key in the unit at hand. */
struct stele_pending {
	uint64_t at; /* position of its word; while open: place in scratch */
	uint32_t table;
	bool open;
	bool weak;
	uint8_t type; /* of the key: I64, U64, STR, ... */
	size_t key; /* in pending_keys */
	uint64_t len;
};

/* A key of the row at hand. */
struct stele_row_key {
	uint32_t table;
	size_t key; /* in keys */
	size_t len;
};

#define STELE_NO_ROW UINT64_MAX

/* An object that was reserved. */
struct stele_reserved {
	uint64_t pos;
	uint64_t row; /* its number, NO_ROW: no row */
	bool filled;
};

struct stele_build_table {
	char *name; /* owned */
	size_t name_len;
	uint32_t decl; /* the schema's, else STELE_FMT_NONE */
	uint32_t record; /* of RECORD values, else STELE_FMT_NONE */
	uint8_t key_type; /* enum stele_fmt_key */
	uint8_t value_type; /* enum stele_type */
	struct stele_map_build *build;
	struct stele_map_build_result result; /* once built */
};

enum stele_build_state {
	STELE_BUILD_OPEN,
	STELE_BUILD_FAILED,
	STELE_BUILD_FINISHED,
};

struct stele_builder {
	char *name; /* owned: the file or memfd, for messages */
	uint64_t salt; /* of handles, so that others' are known */
	struct stele_output *out;
	struct stele_schema *schema; /* never NULL */
	struct stele_build_options options; /* defaults filled in */
	enum stele_build_state state;

	struct stele_stage stage;
	struct stele_stage_pages pages;
	struct stele_share share;
	struct stele_buffer scratch; /* a stack of bodies and words, 8-aligned */
	struct stele_buffer keys; /* canonical encodings, keys of the row */
	struct stele_buffer row_keys; /* struct stele_row_key */
	struct stele_buffer readback;
	struct stele_buffer pending; /* struct stele_pending */
	struct stele_buffer pending_keys;
	uint64_t nr_keyless; /* tables that the row at hand has no key for */
	unsigned depth;

	struct stele_budget budget;
	struct stele_spill *refs; /* references by key of all units */
	uint64_t nr_refs;
	struct stele_buffer reserved; /* struct stele_reserved, ascending */
	struct stele_buffer immediates; /* words that handles stand for */
	uint64_t nr_unfilled;
	uint64_t nr_objects; /* in the heap section at hand */
	struct stele_buffer roots; /* struct stele_build_root */

	struct stele_build_table *tables;
	uint32_t nr_tables;

	struct stele_cell *defaults; /* one a schema field */
	struct stele_buffer default_bytes;

	struct stele_build_stats stats;
};

struct stele_build_root {
	char *name; /* owned */
	size_t len;
	uint64_t hash; /* of the name */
	uint64_t word;
};

/* ------------------------------------------------------------ builder.c */

/* The note of a reserved object that still waits for its values, or NULL. */
struct stele_reserved *stele_builder_unfilled(const struct stele_builder *b,
					      uint64_t pos);

/*
 * A handle for a word.  Positions are salted, so that another builder knows
 * them for foreign; for an immediate the salted number of its word in
 * `immediates` stands, as an integer word.  -ENOMEM.
 */
int stele_handle_give(struct stele_builder *b, uint64_t word,
		      struct stele_handle *handle);

/* A position as a handle of this builder, and what a handle holds. */
static inline struct stele_handle stele_handle_of(const struct stele_builder *b,
						  uint64_t word)
{
	struct stele_handle handle = { word ^ b->salt };

	return handle;
}

static inline uint64_t stele_handle_word(const struct stele_builder *b,
					 struct stele_handle handle)
{
	return handle.word ^ b->salt;
}

/* The options' progress call, with -ECANCELED for a wish to stop. */
int stele_builder_progress(const struct stele_builder *b,
			   enum stele_phase phase, uint64_t done, uint64_t all);

/*
 * A unit's life: begin checks the state; commit keeps it, with references that
 * came with row `row` (or NO_ROW); drop undoes it, and ends the build for errors
 * of the system; fail ends the build for what cannot be undone.
 */
int stele_unit_begin(struct stele_builder *b, struct stele_error *err);
int stele_unit_commit(struct stele_builder *b, uint64_t row,
		      struct stele_error *err);
int stele_unit_drop(struct stele_builder *b, int rc, struct stele_error *err);
int stele_unit_fail(struct stele_builder *b, int rc, struct stele_error *err);
/* Codes of ours are the caller's mistakes; the system's are the end. */
bool stele_unit_is_fatal(int rc);

/* A reason for what ends the build: the name, and the code in words. */
int stele_builder_fail(const struct stele_builder *b, int rc,
		       struct stele_error *err);

/* ------------------------------------------------------ builder_table.c */

/* The schema's tables come first, under the schema's numbers. */
int stele_tables_declare(struct stele_builder *b, struct stele_error *err);

/* Give the row at pos to its tables, under the keys that were found. */
int stele_tables_add_row(struct stele_builder *b, uint64_t pos,
			 struct stele_error *err);

/* ------------------------------------------------------ builder_stage.c */

/* Begin a unit at the output's tail. */
void stele_stage_begin(struct stele_builder *b);

/*
 * Append an object whole: head, `prefix` words of 8 bytes, payload.  Its data
 * (behind the prefix) comes to a multiple of `align`.  -ENOMEM.
 */
int stele_stage_object(struct stele_builder *b, uint64_t head,
		       const uint64_t *prefix, const void *payload,
		       uint64_t len, unsigned align, uint64_t *pos);

/* Append a string to the open run, or open one; gives the bytes' offset. */
int stele_stage_run(struct stele_builder *b, const void *p, size_t len,
		    uint64_t *off);

/*
 * A value by its content: an equal one that the sharing rule remembers, or new
 * bytes.  `share` false: always new.
 */
int stele_stage_content(struct stele_builder *b, uint64_t head,
			const uint64_t *prefix, const void *payload,
			uint64_t len, unsigned align, bool share,
			uint64_t *word);
int stele_stage_ascii(struct stele_builder *b, const char *p, size_t len,
		      uint64_t *word);

/* `bytes` zero bytes at a multiple of 8, for a row whose body comes later. */
int stele_stage_space(struct stele_builder *b, uint32_t bytes, uint64_t *pos);

/* Bytes that were laid down, in this unit or before: read, rewritten. */
int stele_stage_read(struct stele_builder *b, uint64_t pos, void *p,
		     size_t len);
int stele_stage_patch(struct stele_builder *b, uint64_t pos, const void *p,
		      size_t len);

/* The unit is appended, or dropped.  -STELE_E_LIMIT: no offset reaches it. */
int stele_stage_commit(struct stele_builder *b, struct stele_error *err);
void stele_stage_rollback(struct stele_builder *b);

/* -------------------------------------------------------- builder_lay.c */

/* The word of a value of any type. */
int stele_lay_any(struct stele_builder *b, const struct stele_cell *cell,
		  uint64_t *word, struct stele_error *err);

/* The word of a value that must be of a type of the schema. */
int stele_lay_typed(struct stele_builder *b, uint32_t type, bool nullable,
		    const struct stele_cell *cell, uint64_t *word,
		    struct stele_error *err);

/*
 * The body of a record at `at` in scratch, where zeros of its size stand.
 * References that stay open point into scratch.
 */
int stele_lay_body(struct stele_builder *b, uint32_t record, unsigned flags,
		   const struct stele_cell *cells, uint64_t len, size_t at,
		   struct stele_error *err);

/* An object with an identity of its own: a row (first of its unit), a value. */
int stele_lay_row(struct stele_builder *b, uint32_t record, unsigned flags,
		  const struct stele_cell *cells, uint64_t len, uint64_t *pos,
		  struct stele_error *err);
int stele_lay_identity(struct stele_builder *b, const struct stele_cell *cell,
		       uint64_t *word, struct stele_error *err);

/*
 * A value into the word at `at` in scratch: typed or (NONE) of any type, by its
 * key where it is a reference.
 */
int stele_lay_slot(struct stele_builder *b, uint32_t type, bool nullable,
		   const struct stele_cell *cell, size_t at,
		   struct stele_error *err);

/* The position of a row of that record, given by its handle. */
int stele_lay_row_handle(struct stele_builder *b, const struct stele_cell *cell,
			 uint32_t record, uint64_t *pos,
			 struct stele_error *err);

/*
 * The words of `len` items on top of scratch, typed or (NONE) of any type.
 * stele_scratch_pop() takes them off again.
 */
int stele_lay_words(struct stele_builder *b, uint32_t type, bool nullable,
		    const struct stele_cell *cells, uint64_t len, size_t *at,
		    struct stele_error *err);

int stele_scratch_push(struct stele_builder *b, uint64_t bytes, size_t *at);
void stele_scratch_pop(struct stele_builder *b, size_t at);

/* ------------------------------------------------------ builder_scalar.c */

/* Convert to a raw type: checked, `out` of exactly that type. */
int stele_lay_scalar(unsigned kind, const struct stele_cell *cell,
		     struct stele_cell *out, struct stele_error *err);
/* A magnitude as an I64 or U64 cell; false where it fits neither. */
bool stele_small_integer(const struct stele_buffer *magnitude, bool negative,
			 struct stele_cell *small);
/* The bytes of a scalar. */
void stele_lay_raw(const struct stele_cell *scalar, void *raw);

/* "str where u8 is declared" */
int stele_fail_type(unsigned kind, const struct stele_cell *cell,
		    struct stele_error *err);

/*
 * "field 'depends': item 3: ..." in front of the reason that came with rc, which
 * it gives back.  Errors of the system have no place in the data.
 */
int stele_fail_in(struct stele_error *err, int rc, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Whether text is UTF-8, and of ASCII alone.  -STELE_E_UTF8. */
int stele_check_text(const void *text, uint64_t len, bool *ascii,
		     struct stele_error *err);

/* The magnitude of a BIGINT cell.  -STELE_E_TYPE, -STELE_E_LIMIT, -ENOMEM. */
int stele_lay_magnitude(const struct stele_cell *cell, bool *negative,
			struct stele_buffer *magnitude,
			struct stele_error *err);

/* ------------------------------------------------------- builder_dict.c */

/*
 * The pairs of a DICT cell and its index on top of scratch; key type and item
 * type as in the schema, or NONE.
 */
int stele_lay_dict(struct stele_builder *b, uint32_t key_type,
		   uint32_t item_type, bool nullable,
		   const struct stele_cell *cell, size_t *at,
		   struct stele_error *err);

/* -------------------------------------------------------- builder_key.c */

/* Find the keys of a row for all its tables; they stay in row_keys. */
int stele_keys_of_row(struct stele_builder *b, uint32_t record,
		      const struct stele_cell *cells, uint64_t len,
		      struct stele_error *err);
/* The bytes of a key cell given by hand. */
int stele_key_of_cell(struct stele_builder *b,
		      const struct stele_build_table *table,
		      const struct stele_cell *cell, struct stele_str *key,
		      struct stele_error *err);
/* The cell of a field, with its default where it is unset. */
const struct stele_cell *stele_cell_at(const struct stele_builder *b,
				       uint32_t record,
				       const struct stele_cell *cells,
				       uint64_t len, uint32_t field);

/* -------------------------------------------------------- builder_ref.c */

/* Note a reference by key whose word is at `at` in scratch. */
int stele_ref_note(struct stele_builder *b, uint32_t type, size_t at,
		   const struct stele_cell *cell, struct stele_error *err);
/* Those noted since `mark` and still open lie in the object at pos. */
void stele_ref_place(struct stele_builder *b, size_t mark, size_t at,
		     uint64_t pos);
/* Keep the unit's references for later. */
int stele_ref_commit(struct stele_builder *b, uint64_t row);
/* Resolve all, once the tables are built.  Absent weak keys are staged. */
int stele_ref_resolve(struct stele_builder *b, struct stele_error *err);

/* ------------------------------------------------------- builder_seal.c */

int stele_builder_seal(struct stele_builder *b, int *fd,
		       struct stele_error *err);

#endif /* STELE_BUILDER_PRIVATE_H */
