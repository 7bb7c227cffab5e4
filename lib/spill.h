/* SPDX-License-Identifier: MIT */
/*
 * A stream of bytes that is written once and read back in order: in memory up
 * to a budget that several spills share, behind that in an unnamed file.  One
 * thread appends; after that any number may read, each with its own reader.
 */
#ifndef STELE_SPILL_H
#define STELE_SPILL_H

#include "output.h"

struct stele_budget {
	uint64_t left; /* bytes that may still be held in memory */
	uint64_t spilled; /* bytes written to temporary files so far */
};

struct stele_spill;

/*
 * budget and out outlive the spill; both may be used by several threads at once
 * with spills of their own.  -ENOMEM.
 */
int stele_spill_create(struct stele_output *out, struct stele_budget *budget,
		       struct stele_spill **spill);
int stele_spill_append(struct stele_spill *spill, const void *p, size_t len);
uint64_t stele_spill_bytes(const struct stele_spill *spill);

/*
 * Read in order from the beginning; may be repeated.  next gives the largest run
 * at hand, at least `want` bytes unless the stream ends before; len 0: the end.
 * The run is valid until the next call; consumed bytes are told by `used` of the
 * following call.  No append is split between two runs.
 */
struct stele_spill_reader {
	struct stele_spill *spill;
	uint64_t off;
	uint8_t *window; /* owned: file part */
	size_t window_room;
	uint64_t window_off;
	size_t window_len;
};
void stele_spill_rewind(struct stele_spill *spill,
			struct stele_spill_reader *reader);
int stele_spill_next(struct stele_spill_reader *reader, size_t used,
		     size_t want, const uint8_t **p, size_t *len);
void stele_spill_done(struct stele_spill_reader *reader);

/*
 * Whether nothing went to a file: then every run stays valid, and where it is,
 * until the next append.
 */
bool stele_spill_in_memory(const struct stele_spill *spill);

void stele_spill_free(struct stele_spill *spill);

#endif /* STELE_SPILL_H */
