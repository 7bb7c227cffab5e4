/* SPDX-License-Identifier: MIT */
/*
 * The builder's inside.  builder.c has the calls and the life of a build,
 * builder_reserve.c those for cycles; builder_stage.c the bytes of the unit at
 * hand.  From cells to words: builder_lay.c by type, builder_scalar.c what is of
 * fixed width, builder_word.c what has no parts, builder_array.c,
 * builder_record.c, builder_dict.c with builder_index.c, builder_handle.c what
 * was built before.  builder_key.c finds the keys of a row, builder_laid.c reads
 * again what they ask for; builder_ref.c has references by key, builder_lookup.c
 * looks them up, builder_pack.c keeps their cells; builder_seal.c makes the image
 * whole.
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

/* What stands for a reference by key until its row is known; no value. */
#define STELE_WORD_PENDING (STELE_FMT_MAX_CONSTANT + 8)

/* A reference by key in the unit at hand. */
struct stele_pending {
	uint64_t at; /* position of its word; while open: place in scratch */
	uint32_t table;
	bool open;
	bool weak;
	size_t key; /* in pending_keys */
	uint64_t len;
	uint64_t packed; /* bytes of a cell that follow the key */
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
	/* A DICT with an index: behind it is an empty TUPLE, which nothing refers
	 * to and which gives way to a salt. */
	bool spare;
};

/* An object that is of a type of the schema; pos 0: none. */
struct stele_proved {
	uint64_t pos;
	uint32_t type;
};
#define STELE_PROVED 1024u

struct stele_build_table {
	char *name; /* owned */
	size_t name_len;
	uint32_t decl; /* the schema's, else STELE_FMT_NONE */
	uint32_t record; /* of RECORD values, else STELE_FMT_NONE */
	uint8_t key_type; /* enum stele_fmt_key */
	uint8_t value_type; /* enum stele_type */
	uint32_t filter; /* not 0: a filter, which has but keys */
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
	uint32_t key_work; /* what the key at hand took, of CANONICAL_WORK */
	struct stele_buffer row_keys; /* struct stele_row_key */
	struct stele_buffer pending; /* struct stele_pending */
	struct stele_buffer pending_keys;
	uint64_t nr_keyless; /* tables that the row at hand has no key for */
	unsigned depth;

	struct stele_budget budget;
	struct stele_spill *refs; /* references by key of all units */
	uint64_t nr_refs;
	struct stele_buffer reserved; /* struct stele_reserved, ascending */
	struct stele_buffer immediates; /* words that handles stand for */
	struct stele_proved proved[STELE_PROVED];
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
int stele_unit_check_record(const struct stele_builder *b, uint32_t record,
			    struct stele_error *err);
/* Codes of ours are the caller's mistakes; the system's are the end. */
bool stele_unit_is_fatal(int rc);

/* A reason for what ends the build: the name, and the code in words. */
int stele_builder_fail(const struct stele_builder *b, int rc,
		       struct stele_error *err);

/* ---------------------------------------------------- builder_reserve.c */

/* The note of a reserved object that still waits for its values, or NULL. */
struct stele_reserved *stele_builder_unfilled(const struct stele_builder *b,
					      uint64_t pos);

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

/* `bytes` zero bytes at a multiple of 8, for an object whose bytes come later. */
int stele_stage_space(struct stele_builder *b, uint64_t bytes, uint64_t *pos);
static inline uint8_t *stele_stage_at(const struct stele_builder *b,
				      uint64_t pos)
{
	return b->stage.bytes.ptr + (pos - b->stage.base);
}

/* Where the unit is, and back to there. */
struct stele_stage_mark {
	size_t len;
	size_t run;
	uint64_t run_head;
	uint64_t nr_objects;
	struct stele_share_mark share;
};
void stele_stage_mark(const struct stele_builder *b,
		      struct stele_stage_mark *mark);
void stele_stage_reset(struct stele_builder *b,
		       const struct stele_stage_mark *mark);

/* Where data begins that lies at a multiple of 64 behind `front` bytes. */
static inline uint64_t stele_stage_data(uint64_t pos, uint64_t front)
{
	return (pos + 8 + front + 63) & ~63ull;
}

/*
 * The object at pos, the last of the stage, laid down since mark, stays or gives
 * way to an equal one that the sharing rule remembers.  Its payload is `front`
 * bytes and data_len bytes at stele_stage_data().
 */
int stele_stage_unify(struct stele_builder *b,
		      const struct stele_stage_mark *mark, uint64_t pos,
		      uint64_t front, uint64_t data_len, uint64_t *word);

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

/* The word of a value with an identity of its own. */
int stele_lay_identity(struct stele_builder *b, const struct stele_cell *cell,
		       uint64_t *word, struct stele_error *err);

/*
 * A value into the word at `at` in scratch: typed or (NONE) of any type, by its
 * key where it is a reference.
 */
int stele_lay_slot(struct stele_builder *b, uint32_t type, bool nullable,
		   const struct stele_cell *cell, size_t at,
		   struct stele_error *err);

/*
 * The words of `len` items on top of scratch, typed or (NONE) of any type.
 * stele_scratch_pop() takes them off again.
 */
int stele_lay_words(struct stele_builder *b, uint32_t type, bool nullable,
		    const struct stele_cell *cells, uint64_t len, size_t *at,
		    struct stele_error *err);

/*
 * The object whose payload is on top of scratch; takes it off.  One that holds
 * references noted since `mark` and still open is new by nature, since its words
 * come later.
 */
int stele_lay_top(struct stele_builder *b, uint64_t head, size_t at,
		  uint64_t len, size_t mark, bool share, uint64_t *word);

int stele_scratch_push(struct stele_builder *b, uint64_t bytes, size_t *at);
void stele_scratch_pop(struct stele_builder *b, size_t at);
static inline void stele_scratch_set(struct stele_builder *b, size_t at,
				     uint64_t word)
{
	memcpy(b->scratch.ptr + at, &word, sizeof(word));
}

/* ----------------------------------------------------- builder_record.c */

/*
 * The body of a record at `at` in scratch, where zeros of its size stand.
 * References that stay open point into scratch.
 */
int stele_lay_body(struct stele_builder *b, uint32_t record, unsigned flags,
		   const struct stele_cell *cells, uint64_t len, size_t at,
		   struct stele_error *err);

/* A nested record; a row, first of its unit. */
int stele_lay_record(struct stele_builder *b, uint32_t record, unsigned flags,
		     const struct stele_cell *cell, uint64_t *word,
		     struct stele_error *err);
int stele_lay_row(struct stele_builder *b, uint32_t record, unsigned flags,
		  const struct stele_cell *cells, uint64_t len, uint64_t *pos,
		  struct stele_error *err);

/* The cell of a field, with its default where it is unset. */
const struct stele_cell *stele_cell_at(const struct stele_builder *b,
				       uint32_t record,
				       const struct stele_cell *cells,
				       uint64_t len, uint32_t field);

/* ------------------------------------------------------ builder_array.c */

/* element: the declared type of the elements; ANY, of an NDARRAY: its own. */
int stele_lay_array(struct stele_builder *b, unsigned element,
		    const struct stele_cell *cell, unsigned flags,
		    uint64_t *word, struct stele_error *err);
int stele_lay_ndarray(struct stele_builder *b, unsigned element,
		      const struct stele_cell *cell, unsigned flags,
		      uint64_t *word, struct stele_error *err);

/* ----------------------------------------------------- builder_scalar.c */

static inline bool stele_type_is_integer(unsigned type)
{
	return type >= STELE_TYPE_I8 && type <= STELE_TYPE_U64;
}

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

/* ------------------------------------------------------- builder_word.c */

/* Of a scalar that was checked. */
int stele_lay_scalar_word(struct stele_builder *b,
			  const struct stele_cell *cell, uint64_t *word);
/* Of a BIGINT or DECIMAL, also from an integer of another type. */
int stele_lay_bigint(struct stele_builder *b, const struct stele_cell *cell,
		     uint64_t *word, struct stele_error *err);
int stele_lay_decimal(struct stele_builder *b, const struct stele_cell *cell,
		      uint64_t *word, struct stele_error *err);
int stele_lay_str(struct stele_builder *b, const char *p, uint64_t len,
		  uint64_t *word, struct stele_error *err);
int stele_lay_bytes(struct stele_builder *b, const void *p, uint64_t len,
		    uint64_t *word, struct stele_error *err);
int stele_lay_user(struct stele_builder *b, const struct stele_user *user,
		   unsigned flags, uint64_t *word, struct stele_error *err);

/* ------------------------------------------------------- builder_dict.c */

/*
 * The words of a DICT or SET cell and its index on top of scratch; key type and
 * item type as in the schema, or NONE.  *flags: of the head, whether it is SALTED.
 */
int stele_lay_dict(struct stele_builder *b, uint32_t key_type,
		   uint32_t item_type, bool nullable,
		   const struct stele_cell *cell, size_t *at, unsigned *flags,
		   struct stele_error *err);
int stele_lay_set(struct stele_builder *b, uint32_t item_type, bool nullable,
		  const struct stele_cell *cell, size_t *at, unsigned *flags,
		  struct stele_error *err);

/* ------------------------------------------------------ builder_index.c */

/* Where the encoding of a key lies in b->keys, and its hash in an index. */
struct stele_build_key {
	size_t off;
	size_t len;
	uint64_t hash; /* 0 where there is no index */
	uint64_t number; /* among the cells */
};

/* Encode every step-th cell, appended to keys. */
int stele_keys_encode(struct stele_builder *b, uint32_t type,
		      const struct stele_cell *cells, unsigned step,
		      uint64_t nr, struct stele_build_key *keys,
		      struct stele_error *err);
/*
 * The index of keys, if there are enough of them, on top of scratch, right
 * behind what is there.  -STELE_E_DUPLICATE: keys[*twice] was there before.
 */
int stele_keys_index(struct stele_builder *b, struct stele_build_key *keys,
		     uint64_t nr, unsigned *flags, size_t *twice,
		     struct stele_error *err);

/* ----------------------------------------------------- builder_handle.c */

/* Whether a word leads somewhere, so that it can be a handle. */
static inline bool stele_word_is_handle(uint64_t word)
{
	return (STELE_FMT_TAG(word) == STELE_FMT_TAG_REF &&
		word >= STELE_FMT_MIN_REF) ||
	       STELE_FMT_TAG(word) == STELE_FMT_TAG_ASCII;
}

/*
 * A handle for a word.  Positions are salted, so that another builder knows
 * them for foreign; for an immediate the salted number of its word in
 * `immediates` stands, as an integer word.  -ENOMEM.
 */
int stele_handle_give(struct stele_builder *b, uint64_t word,
		      struct stele_handle *handle);
/* Its word; -EINVAL where this builder did not give it out. */
int stele_handle_take(struct stele_builder *b, struct stele_handle handle,
		      uint64_t *word);

/* The word of a handle: as it is, of a row of a record, of a declared type. */
int stele_lay_handle(struct stele_builder *b, const struct stele_cell *cell,
		     uint64_t *word, struct stele_error *err);
int stele_lay_row_handle(struct stele_builder *b, const struct stele_cell *cell,
			 uint32_t record, uint64_t *pos,
			 struct stele_error *err);
int stele_lay_typed_handle(struct stele_builder *b, uint32_t type,
			   const struct stele_cell *cell, uint64_t *word,
			   struct stele_error *err);

/* ------------------------------------------------------- builder_laid.c */

/*
 * A value that was laid down, as a cell.  Objects below it are handles; of a
 * list, dict or array there is the type alone.  Zeros at first, freed at last,
 * it may be read into again and again.
 */
struct stele_laid {
	struct stele_cell cell;
	struct stele_user user;
	struct stele_buffer bytes;
	struct stele_buffer cells;
};

void stele_laid_free(struct stele_laid *laid);

/*
 * -STELE_E_STATE where a record is not filled yet, -STELE_E_TYPE where it refers
 * by a key, -STELE_E_LIMIT where there are more items than a key can have.
 */
int stele_laid_word(struct stele_builder *b, uint64_t word,
		    struct stele_laid *laid);
/* A field of the record at pos. */
int stele_laid_field(struct stele_builder *b, uint64_t pos, uint32_t record,
		     uint32_t field, struct stele_laid *laid);

/* The type alone, UNSET: no value; and the head of an object, or 0. */
int stele_laid_type(struct stele_builder *b, uint64_t word, unsigned *type,
		    uint64_t *head);

/* -------------------------------------------------------- builder_key.c */

/* Find the keys of a row for all its tables; they stay in row_keys. */
int stele_keys_of_row(struct stele_builder *b, uint32_t record,
		      const struct stele_cell *cells, uint64_t len,
		      struct stele_error *err);
/*
 * The bytes of a key that no row has, appended to keys; in a table of canonical
 * keys it is of a type of the schema or NONE.
 */
int stele_key_of_cell(struct stele_builder *b, uint8_t key_type, uint32_t type,
		      const struct stele_cell *cell, struct stele_str *key,
		      struct stele_error *err);
/* The canonical encoding of a cell as that type, or NONE, appended to keys. */
int stele_key_encode(struct stele_builder *b, uint32_t type,
		     const struct stele_cell *cell, struct stele_error *err);
/* Why a cell can't be a key. */
int stele_fail_key(int rc, const struct stele_cell *cell,
		   struct stele_error *err);

/* ------------------------------------------------------- builder_pack.c */

/* Append a copy of a cell that can be a key, with all that it points to. */
int stele_cell_pack(struct stele_buffer *out, const struct stele_cell *cell);
/* The cell, once; `packed` is at a multiple of 8. */
const struct stele_cell *stele_cell_unpack(uint8_t *packed);

/* -------------------------------------------------------- builder_ref.c */

static inline size_t stele_nr_pending(const struct stele_builder *b)
{
	return b->pending.len / sizeof(struct stele_pending);
}

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
