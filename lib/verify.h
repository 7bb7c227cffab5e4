/* SPDX-License-Identifier: MIT */
/*
 * Verifying: every numbered invariant of invariant.h, every byte of the image.
 *
 * Order: digest (after it the bytes are those that were sealed), then what lies
 * between the sections, then the heap in two passes over its objects - where
 * they begin, then what is in them; a third one over dicts and sets where keys
 * are made of other objects - and the tables entry by entry.  Objects are
 * visited, not paths, so time is linear and nothing recurses but into a key.
 *
 * What is shared is looked at from several places: a key by each that it stands
 * in, a list under each type that is declared for it.  What that takes beyond
 * the size is counted in steps, of some ten nanoseconds each, and an image that
 * asks for more than STELE_VERIFY_STEPS a byte is refused: so time is bounded by
 * the size, whoever made the image.
 *
 * Memory: a bit for each 8 bytes of heap says where objects begin; a bit for
 * each 16 bytes which collections were seen with a declared type; a hash for
 * each key of a salted index, one index at a time; a byte for each bucket of a
 * partition.
 *
 * Each function returns 0 or an error that is filled in.
 */
#ifndef STELE_VERIFY_H
#define STELE_VERIFY_H

#include "buffer.h"
#include "invariant.h"
#include "segment.h"

#define STELE_VERIFY_STEPS 32u

/* (position, type) pairs; open addressing, at most half full. */
struct stele_typed_set {
	struct stele_typed {
		uint64_t pos; /* 0: free */
		uint64_t type;
	} * slots;
	uint64_t nr_slots; /* 0 or a power of two */
	uint64_t used;
	uint64_t salt; /* of the hashes, once there are slots */
};

struct stele_verify {
	const struct stele_segment *seg;
	const struct stele_schema *schema;
	struct stele_error *err;
	struct stele_verify_options options;
	uint64_t done; /* bytes, of twice L: digest and structure */
	uint64_t steps; /* of STELE_VERIFY_STEPS a byte */

	uint64_t *starts; /* one bit an aligned word of all heaps */
	uint64_t *typed; /* one bit two words; NULL: no type has items */
	uint64_t first_bit[STELE_FMT_MAX_SECTIONS]; /* of a heap */
	struct stele_typed_set again;
	struct stele_buffer walk; /* of verify_typed.c */
	struct stele_buffer key; /* of verify_row.c */
	uint8_t *encodings; /* room for two, of verify_index.c */
	bool nested_keys; /* some keys are made of other objects */

	uint64_t run_begin; /* payload of the RUN that was hit last */
	uint64_t run_end;

	uint64_t nr_rows;
	uint64_t *nr_keyed; /* by declared table: rows that have a key */
	uint32_t *first_table; /* by record: the number of a declaration plus 1 */
	uint32_t *next_table; /* by declaration: of the next one, 0: none */
};

static inline int stele_verify_broken(const struct stele_verify *v,
				      uint64_t offset,
				      enum stele_invariant invariant)
{
	return stele_broken(v->err, offset, invariant);
}

/* Tell that `bytes` more are done.  -ECANCELED. */
int stele_verify_progress(struct stele_verify *v, uint64_t bytes);

/* Steps are taken at the offset.  -STELE_E_LIMIT. */
int stele_verify_spend(struct stele_verify *v, uint64_t at, uint64_t steps);

/* The first byte that is not zero in [off, end), else `end`. */
uint64_t stele_verify_zeros(const struct stele_verify *v, uint64_t off,
			    uint64_t end);

/* ------------------------------------------------------ verify_digest.c */

int stele_verify_digest(struct stele_verify *v);

/* -------------------------------------------------------- verify_heap.c */

/* Allocate the bitmaps and mark where objects begin. */
int stele_verify_mark(struct stele_verify *v);
int stele_verify_objects(struct stele_verify *v);

/* Whether an object begins at pos; only after marking. */
bool stele_verify_is_start(const struct stele_verify *v, uint64_t pos);
/* The heap that holds a position, and its bit in `starts`; NULL: none does. */
const struct stele_heap *stele_verify_bit(const struct stele_verify *v,
					  uint64_t pos, uint64_t *bit);

/* `nr` words at pos, none of them unset. */
int stele_verify_words(struct stele_verify *v, uint64_t pos, uint64_t nr);

/* ------------------------------------------------------ verify_scalar.c */

/* What is in an object that is one scalar, or in a RUN. */
int stele_verify_scalar(struct stele_verify *v, uint64_t pos, uint64_t head);

/* Whether the bytes of a type that has a width are a value of it. */
bool stele_verify_raw(const struct stele_verify *v, unsigned type,
		      const uint8_t *p);

/* ------------------------------------------------------- verify_array.c */

/* An ARRAY or NDARRAY. */
int stele_verify_array(struct stele_verify *v, uint64_t pos, uint64_t head);

/* ------------------------------------------------------- verify_index.c */

/*
 * The keys and the index of a DICT or SET whose words are proved; nested: of one
 * that has keys made of other objects, which are proved, and of no other one.
 */
int stele_verify_index(struct stele_verify *v, uint64_t pos, bool nested);

/* -------------------------------------------------------- verify_word.c */

/*
 * A value word at `at` is spelled as it must be and leads to an object.  UNSET
 * passes: where it may stand is the caller's to say.
 */
int stele_verify_word(struct stele_verify *v, uint64_t at, uint64_t word);

/* ------------------------------------------------------- verify_typed.c */

/* A word that passed stele_verify_word() is of a declared type, items too. */
int stele_verify_typed(struct stele_verify *v, uint64_t at, uint64_t word,
		       uint32_t type, bool nullable);

/* ------------------------------------------------------ verify_record.c */

int stele_verify_record(struct stele_verify *v, uint64_t pos, uint32_t record);

/* --------------------------------------------------------- verify_row.c */

/*
 * The key that a row has in a declared table, as a bucket keeps it; *found false
 * where a field of it is null or unset.  In v->key until the next call.
 */
int stele_verify_row_key(struct stele_verify *v, uint32_t decl,
			 unsigned key_type, uint64_t pos, bool *found);

/* Count what it takes to look for a key that the word at `at` is. */
int stele_verify_key_steps(struct stele_verify *v, uint64_t at,
			   const struct stele_value *key);

/* The rows that `nr` values of `width` bytes at p lead to differ. */
int stele_verify_rows_differ(struct stele_verify *v, uint64_t at,
			     const uint8_t *p, uint64_t nr, unsigned width);

/* Count a row with the declared tables in which it has a key. */
int stele_verify_row_keys(struct stele_verify *v, uint64_t pos,
			  uint32_t record);

/* ------------------------------------------------------- verify_table.c */

int stele_verify_tables(struct stele_verify *v);

/* A key of a table and, for errors, the offset of its entry. */
struct stele_verify_entry {
	const struct stele_map *map;
	uint64_t at;
	const uint8_t *key;
	uint64_t key_len;
};

/* A key is well-formed, as its table's type has it. */
int stele_verify_key(struct stele_verify *v,
		     const struct stele_verify_entry *e);

/* One value under a key: `len` bytes at p. */
int stele_verify_value(struct stele_verify *v,
		       const struct stele_verify_entry *e, const uint8_t *p,
		       uint64_t len);

/* Count what a walk over all rows takes, for a table that needs one. */
int stele_verify_spend_rows(struct stele_verify *v,
			    const struct stele_map *map);

/* What was counted is what the descriptor says. */
int stele_verify_counts(struct stele_verify *v, const struct stele_map *map,
			uint64_t nr_keys, uint64_t nr_values, uint64_t used);

/* ------------- verify_bucket.c, verify_integer.c and verify_filter.c */

int stele_verify_buckets(struct stele_verify *v, const struct stele_map *map);
int stele_verify_lines(struct stele_verify *v, const struct stele_map *map);
int stele_verify_filter(struct stele_verify *v, const struct stele_map *map);

#endif /* STELE_VERIFY_H */
