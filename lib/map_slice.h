/* SPDX-License-Identifier: MIT */
/*
 * The entries of one table on their way from the spill to their places: how an
 * entry lies in the spill, and the spill divided by hash into slices, each of
 * which fits in memory and is built by itself.
 *
 * Slice i of 2^k has the entries whose hash begins with the k bits i, in input
 * order.  So what a slice holds depends on the entries alone, not on the memory
 * at hand: where the spill is in memory a slice is gathered by pointers, else
 * all entries are first written to a second file, slice by slice.
 */
#ifndef STELE_MAP_SLICE_H
#define STELE_MAP_SLICE_H

#include "format.h"
#include "hash.h"
#include "spill.h"

/*
 * How entries lie in the spill: [varint key length] key [varint value length]
 * value; the lengths only where they vary.  That is how an entry lies in a
 * bucket too, but for multi tables and RECORD values.
 */
struct stele_entry_form {
	bool key_varies;
	bool value_varies;
	bool integer; /* hashed as an integer of 8 bytes */
	bool hashed; /* the key is a hash by itself */
	uint8_t value_bytes; /* where it does not vary */
	uint64_t seed;
};

#define STELE_VARINT_BYTES 10 /* at most */

/* Write a LEB128 number; how many bytes it took. */
static inline size_t stele_varint_put(uint8_t *p, uint64_t value)
{
	size_t n = 0;

	for (; value > 0x7f; value >>= 7)
		p[n++] = (uint8_t)(value | 0x80);
	p[n++] = (uint8_t)value;
	return n;
}

static inline size_t stele_varint_bytes(uint64_t value)
{
	size_t n = 1;

	for (; value > 0x7f; value >>= 7)
		n++;
	return n;
}

/* One entry as it lies in the spill; our own bytes, so not checked. */
struct stele_spilled {
	const uint8_t *key;
	uint64_t key_len;
	const uint8_t *tail; /* behind the key: [length] value */
	const uint8_t *value;
	uint64_t value_len;
	const uint8_t *end;
};

static inline const uint8_t *stele_varint_get(const uint8_t *p, uint64_t *value)
{
	unsigned shift = 7;

	*value = *p & 0x7f;
	while (*p++ & 0x80) {
		*value |= (uint64_t)(*p & 0x7f) << shift;
		shift += 7;
	}
	return p;
}

static inline void stele_spilled_parse(const struct stele_entry_form *form,
				       const uint8_t *p,
				       struct stele_spilled *s)
{
	s->key_len = 8;
	if (form->key_varies)
		p = stele_varint_get(p, &s->key_len);
	s->key = p;
	s->tail = p += s->key_len;
	s->value_len = form->value_bytes;
	if (form->value_varies)
		p = stele_varint_get(p, &s->value_len);
	s->value = p;
	s->end = p + s->value_len;
}

/* What an entry takes in the spill. */
static inline uint64_t stele_spilled_bytes(const struct stele_entry_form *form,
					   const struct stele_spilled *s)
{
	return (uint64_t)(s->end - s->key) +
	       (form->key_varies ? stele_varint_bytes(s->key_len) : 0);
}

static inline uint64_t stele_spilled_hash(const struct stele_entry_form *form,
					  const struct stele_spilled *s)
{
	uint64_t key;

	if (!form->integer && !form->hashed)
		return stele_hash_bytes(s->key, s->key_len, form->seed);
	memcpy(&key, s->key, sizeof(key));
	return form->hashed ? key : stele_hash_u64(key, form->seed);
}

/* Going through a spill entry by entry. */
struct stele_spill_walk {
	struct stele_spill_reader reader;
	const struct stele_entry_form *form;
	const uint8_t *p; /* where the next entry is */
	size_t len;
	size_t used;
};

void stele_spill_walk_begin(struct stele_spill_walk *walk,
			    struct stele_spill *spill,
			    const struct stele_entry_form *form);
/* 1 and the next entry, valid until the next call; 0: the end; or an error. */
int stele_spill_walk_next(struct stele_spill_walk *walk,
			  struct stele_spilled *entry);
void stele_spill_walk_end(struct stele_spill_walk *walk);

/* Entries by the upper bits of their hash, counted while they come. */
#define STELE_SLICES_MAX_LOG2 12u
#define STELE_SLICES_MAX (1u << STELE_SLICES_MAX_LOG2)

struct stele_slice_count {
	uint64_t bytes;
	uint64_t entries;
};

static inline void stele_slice_add(struct stele_slice_count *counts,
				   uint64_t hash, uint64_t bytes)
{
	struct stele_slice_count *c =
		&counts[hash >> (64 - STELE_SLICES_MAX_LOG2)];

	c->bytes += bytes;
	c->entries++;
}

struct stele_slices;

/*
 * Divide a spill into 2^log2 slices.  counts: STELE_SLICES_MAX of them, under
 * the form's seed.  Spill, form and output outlive the slices.
 */
int stele_slices_create(struct stele_spill *spill,
			const struct stele_entry_form *form,
			const struct stele_slice_count *counts, unsigned log2,
			struct stele_output *out, struct stele_budget *budget,
			struct stele_slices **slices);
void stele_slices_free(struct stele_slices *slices);

/* The entries of one slice, one behind the other, in input order. */
struct stele_slice {
	uint8_t *bytes; /* owned */
	uint64_t len;
	uint64_t entries;
};

/* Any number of threads may load at once.  -ENOMEM, -EIO, ... */
int stele_slice_load(const struct stele_slices *slices, uint64_t i,
		     struct stele_slice *slice);
void stele_slice_free(struct stele_slice *slice);

#endif /* STELE_MAP_SLICE_H */
