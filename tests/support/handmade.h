/* SPDX-License-Identifier: MIT */
/*
 * Images made by hand, in memory: tests of readers say byte for byte what they
 * read, and do not depend on the builder.
 *
 *	struct handmade im;
 *	handmade_begin(&im);
 *	handmade_section(&im, STELE_FMT_SECTION_HEAP);
 *	pos = handmade_object(&im, STELE_FMT_HEAD(STELE_FMT_KIND_BYTES, 0, 9),
 *			      "123456789", 9);
 *	handmade_seal(&im);
 *	handmade_open(&im, &seg, &err);
 *
 * A test may patch any byte behind handmade_seal() and seal again, so that only
 * what it broke is broken.  Failures of the helper itself end the program.
 */
#ifndef HANDMADE_H
#define HANDMADE_H

#include "segment.h"

#define HANDMADE_ROOM (256u << 20) /* of addresses, not of memory */

struct handmade {
	uint8_t *bytes; /* HANDMADE_ROOM, zero where nothing was put */
	struct stele_fmt_header *header; /* at bytes */
	uint64_t len; /* where the next byte goes; once sealed: L */
	uint64_t home_bytes; /* once sealed */
	uint8_t *home; /* the copy of exactly home_bytes that is open */
};

void handmade_begin(struct handmade *im);
void handmade_free(struct handmade *im);

/* End the section at hand and begin one, at its next possible offset. */
struct stele_fmt_section *handmade_section(struct handmade *im, uint32_t kind);

/* Append bytes, zeros up to a multiple, or a word; gives their offset. */
uint64_t handmade_append(struct handmade *im, const void *p, uint64_t len);
void handmade_align(struct handmade *im, uint64_t align);
uint64_t handmade_word(struct handmade *im, uint64_t word);

/* An object with its fill, counted in its section; ROW ones as rows too. */
uint64_t handmade_object(struct handmade *im, uint64_t head,
			 const void *payload, uint64_t len);

/* The schema section of a text. */
void handmade_schema(struct handmade *im, const char *text);

/* Load and store a word of the image. */
uint64_t handmade_get(const struct handmade *im, uint64_t off);
void handmade_put(struct handmade *im, uint64_t off, uint64_t word);

/*
 * Set lengths, checksum, tree and trailer.  Repeated, it leaves lengths as they
 * are, wrong or right, and signs what is there.
 */
void handmade_seal(struct handmade *im);
/* Tree and trailer alone, whatever the header says. */
void handmade_sign(struct handmade *im);

/*
 * Attach to a copy in exactly as much memory as the image has, so that a checker
 * of memory sees every byte read outside.  handmade_close() detaches.
 */
int handmade_open(struct handmade *im, struct stele_segment *seg,
		  struct stele_error *err);
/* The same of the first `bytes` only. */
int handmade_open_cut(struct handmade *im, uint64_t bytes,
		      struct stele_segment *seg, struct stele_error *err);
void handmade_close(struct handmade *im, struct stele_segment *seg);

#endif /* HANDMADE_H */
