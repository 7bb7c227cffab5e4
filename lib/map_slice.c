// SPDX-License-Identifier: MIT
/*
 * Dividing a spill by hash: in memory a list of pointers a slice, exactly as
 * long as the counts say; else a file in which each slice has its place, known
 * before the first byte is written, filled through a small buffer a slice.
 */
#include "map_slice.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "descriptor.h"

#define SCATTER_BYTES (16u << 20) /* of all buffers together */
#define SCATTER_MIN 4096u
#define SCATTER_MAX (256u << 10)
#define GATHER_AHEAD 16 /* entries between prefetch and use */

struct stele_slices {
	const struct stele_entry_form *form;
	struct stele_spill *spill;
	struct stele_slice_count *counts; /* a slice */
	uint64_t *first; /* a slice: of its pointers, or of its bytes */
	uint64_t nr;
	unsigned log2;
	const uint8_t **pointers; /* the spill is in memory */
	int fd; /* it is not */
};

/* ---------------------------------------------------------------- walk */

void stele_spill_walk_begin(struct stele_spill_walk *walk,
			    struct stele_spill *spill,
			    const struct stele_entry_form *form)
{
	memset(walk, 0, sizeof(*walk));
	stele_spill_rewind(spill, &walk->reader);
	walk->form = form;
}

void stele_spill_walk_end(struct stele_spill_walk *walk)
{
	stele_spill_done(&walk->reader);
}

/* Bytes that are needed before more can be told about the entry at p. */
static size_t needed(const struct stele_entry_form *form, const uint8_t *p,
		     size_t len)
{
	size_t at = 0;
	uint64_t part;
	int i;

	for (i = 0; i < 2; i++) {
		part = i ? form->value_bytes : 8;
		if (i ? form->value_varies : form->key_varies) {
			const uint8_t *number = p + at;

			do
				if (at == len)
					return at + 1;
			while (p[at++] & 0x80);
			stele_varint_get(number, &part);
		}
		at += part;
		if (at > len)
			return at;
	}
	return at;
}

int stele_spill_walk_next(struct stele_spill_walk *walk,
			  struct stele_spilled *entry)
{
	size_t want;
	int rc;

	while ((want = needed(walk->form, walk->p, walk->len)) > walk->len) {
		rc = stele_spill_next(&walk->reader, walk->used, want, &walk->p,
				      &walk->len);
		if (rc)
			return rc;
		walk->used = 0;
		if (!walk->len)
			return 0;
		if (walk->len < want)
			return -EIO;
	}
	stele_spilled_parse(walk->form, walk->p, entry);
	walk->p += want;
	walk->len -= want;
	walk->used += want;
	return 1;
}

/* ------------------------------------------------------------- scatter */

static uint64_t slice_of(const struct stele_slices *s, uint64_t hash)
{
	return s->log2 ? hash >> (64 - s->log2) : 0;
}

/* Where the bytes of an entry begin: before its length, if it has one. */
static const uint8_t *spilled_begin(const struct stele_entry_form *form,
				    const struct stele_spilled *e)
{
	return form->key_varies ? e->key - stele_varint_bytes(e->key_len) :
				  e->key;
}

static int scatter_pointers(struct stele_slices *s)
{
	struct stele_spill_walk walk;
	struct stele_spilled e;
	uint64_t *next, i;
	int rc;

	next = malloc(s->nr * sizeof(*next));
	if (!next)
		return -ENOMEM;
	memcpy(next, s->first, s->nr * sizeof(*next));
	stele_spill_walk_begin(&walk, s->spill, s->form);
	while ((rc = stele_spill_walk_next(&walk, &e)) > 0) {
		i = slice_of(s, stele_spilled_hash(s->form, &e));
		s->pointers[next[i]++] = spilled_begin(s->form, &e);
	}
	stele_spill_walk_end(&walk);
	free(next);
	return rc;
}

/* The buffers through which slices go to their places in the file. */
struct scatter {
	struct stele_slices *s;
	struct stele_budget *budget;
	uint8_t *room;
	size_t each; /* bytes of one buffer */
	uint64_t *next; /* where a slice's next byte goes in the file */
	size_t *len; /* bytes in a slice's buffer */
};

static int scatter_write(struct scatter *w, uint64_t i, const void *p,
			 size_t len)
{
	int rc = stele_fd_write(w->s->fd, w->next[i], p, len);

	w->next[i] += len;
	__atomic_fetch_add(&w->budget->spilled, len, __ATOMIC_RELAXED);
	return rc;
}

static int scatter_put(struct scatter *w, uint64_t i, const uint8_t *p,
		       size_t len)
{
	uint8_t *buffer = w->room + i * w->each;
	int rc = 0;

	if (len > w->each - w->len[i]) {
		rc = scatter_write(w, i, buffer, w->len[i]);
		w->len[i] = 0;
		if (!rc && len > w->each)
			return scatter_write(w, i, p, len);
	}
	if (rc)
		return rc;
	memcpy(buffer + w->len[i], p, len);
	w->len[i] += len;
	return 0;
}

static int scatter_all(struct scatter *w)
{
	struct stele_slices *s = w->s;
	struct stele_spill_walk walk;
	struct stele_spilled e;
	const uint8_t *begin;
	uint64_t i;
	int rc;

	stele_spill_walk_begin(&walk, s->spill, s->form);
	while ((rc = stele_spill_walk_next(&walk, &e)) > 0) {
		begin = spilled_begin(s->form, &e);
		rc = scatter_put(w,
				 slice_of(s, stele_spilled_hash(s->form, &e)),
				 begin, e.end - begin);
		if (rc)
			break;
	}
	stele_spill_walk_end(&walk);
	for (i = 0; i < s->nr && !rc; i++)
		rc = scatter_write(w, i, w->room + i * w->each, w->len[i]);
	return rc;
}

static int scatter_file(struct stele_slices *s, struct stele_output *out,
			struct stele_budget *budget)
{
	struct scatter w = { .s = s, .budget = budget };
	int rc = stele_output_temporary(out, &s->fd);

	if (rc)
		return rc;
	w.each = SCATTER_BYTES / s->nr;
	w.each = w.each < SCATTER_MIN ? SCATTER_MIN :
		 w.each > SCATTER_MAX ? SCATTER_MAX :
					w.each;
	w.room = malloc(s->nr * w.each);
	w.next = malloc(s->nr * sizeof(*w.next));
	w.len = calloc(s->nr, sizeof(*w.len));
	rc = -ENOMEM;
	if (w.room && w.next && w.len) {
		memcpy(w.next, s->first, s->nr * sizeof(*w.next));
		rc = scatter_all(&w);
	}
	free(w.room);
	free(w.next);
	free(w.len);
	return rc;
}

/* Sum the fine counts to those of the slices. */
static void sum_counts(struct stele_slices *s,
		       const struct stele_slice_count *fine)
{
	unsigned i, shift = STELE_SLICES_MAX_LOG2 - s->log2;

	for (i = 0; i < STELE_SLICES_MAX; i++) {
		s->counts[i >> shift].bytes += fine[i].bytes;
		s->counts[i >> shift].entries += fine[i].entries;
	}
}

static int divide(struct stele_slices *s, struct stele_output *out,
		  struct stele_budget *budget)
{
	bool memory = stele_spill_in_memory(s->spill);
	uint64_t i, at = 0;

	for (i = 0; i < s->nr; i++) {
		s->first[i] = at;
		at += memory ? s->counts[i].entries : s->counts[i].bytes;
	}
	if (s->nr == 1)
		return 0; /* the spill itself is the slice */
	if (!memory)
		return scatter_file(s, out, budget);
	s->pointers = malloc((at ? at : 1) * sizeof(*s->pointers));
	return s->pointers ? scatter_pointers(s) : -ENOMEM;
}

int stele_slices_create(struct stele_spill *spill,
			const struct stele_entry_form *form,
			const struct stele_slice_count *counts, unsigned log2,
			struct stele_output *out, struct stele_budget *budget,
			struct stele_slices **slices)
{
	struct stele_slices *s = calloc(1, sizeof(*s));
	int rc = -ENOMEM;

	if (!s)
		return -ENOMEM;
	s->fd = -1;
	s->form = form;
	s->spill = spill;
	s->log2 = log2;
	s->nr = UINT64_C(1) << log2;
	s->counts = calloc(s->nr, sizeof(*s->counts));
	s->first = calloc(s->nr, sizeof(*s->first));
	if (s->counts && s->first) {
		sum_counts(s, counts);
		rc = divide(s, out, budget);
	}
	if (rc) {
		stele_slices_free(s);
		return rc;
	}
	*slices = s;
	return 0;
}

void stele_slices_free(struct stele_slices *s)
{
	stele_fd_close(s->fd);
	free(s->pointers);
	free(s->counts);
	free(s->first);
	free(s);
}

/* ---------------------------------------------------------------- load */

static int load_spill(const struct stele_slices *s, struct stele_slice *slice)
{
	struct stele_spill_reader reader;
	uint64_t at = 0;
	const uint8_t *p;
	size_t len, used = 0;
	int rc;

	stele_spill_rewind(s->spill, &reader);
	while (!(rc = stele_spill_next(&reader, used, 1, &p, &len)) && len) {
		if (len > slice->len - at) {
			rc = -EIO;
			break;
		}
		memcpy(slice->bytes + at, p, len);
		at += len;
		used = len;
	}
	stele_spill_done(&reader);
	return rc ? rc : at == slice->len ? 0 : -EIO;
}

static void load_pointers(const struct stele_slices *s, uint64_t i,
			  struct stele_slice *slice)
{
	const uint8_t **pointers = s->pointers + s->first[i];
	uint8_t *to = slice->bytes;
	struct stele_spilled e;
	uint64_t k;

	for (k = 0; k < slice->entries; k++) {
		if (k + GATHER_AHEAD < slice->entries) {
			__builtin_prefetch(pointers[k + GATHER_AHEAD]);
			__builtin_prefetch(pointers[k + GATHER_AHEAD] + 64);
		}
		stele_spilled_parse(s->form, pointers[k], &e);
		memcpy(to, pointers[k], e.end - pointers[k]);
		to += e.end - pointers[k];
	}
}

int stele_slice_load(const struct stele_slices *s, uint64_t i,
		     struct stele_slice *slice)
{
	int rc = 0;

	slice->len = s->counts[i].bytes;
	slice->entries = s->counts[i].entries;
	if (slice->len > SIZE_MAX - 1)
		return -ENOMEM;
	slice->bytes = malloc(slice->len ? slice->len : 1);
	if (!slice->bytes)
		return -ENOMEM;
	if (s->nr == 1)
		rc = load_spill(s, slice);
	else if (s->pointers)
		load_pointers(s, i, slice);
	else
		rc = stele_fd_read(s->fd, s->first[i], slice->bytes,
				   slice->len);
	if (rc)
		stele_slice_free(slice);
	return rc;
}

void stele_slice_free(struct stele_slice *slice)
{
	free(slice->bytes);
	slice->bytes = NULL;
}
