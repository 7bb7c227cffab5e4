/* SPDX-License-Identifier: MIT */
/*
 * The encoding of a collection on its way: bytes behind each other in memory of
 * a given size, those that do not fit counted only.  What stands inside another
 * begins with its length, which is put in front once it is known; a byte is
 * kept for it, so that only what has 128 bytes or more moves.
 *
 * No encoding passes STELE_CANONICAL_MAX, which ends every walk, since each value
 * in it takes two bytes or more; what it may not show, `work` counts.
 */
#ifndef STELE_CANONICAL_PUT_H
#define STELE_CANONICAL_PUT_H

#include "canonical.h"
#include "canonical_form.h"
#include "decimal.h"

struct stele_put {
	uint8_t *buf;
	size_t size;
	size_t len; /* of all so far; beyond size: counted only */
	uint32_t work; /* up to STELE_CANONICAL_WORK */
};

/* -STELE_E_LIMIT. */
int stele_put_bytes(struct stele_put *put, const void *p, uint64_t len);
int stele_put_varint(struct stele_put *put, uint64_t n);

/* A collection's tag, and how many it has: refused early where they're too many. */
int stele_put_head(struct stele_put *put, uint8_t tag, uint64_t nr);

/* So many fields or bytes more are looked at.  -STELE_E_LIMIT. */
int stele_put_work(struct stele_put *put, uint64_t nr);

/* What comes between the two has its length in front of it. */
int stele_put_begin(struct stele_put *put, size_t *mark);
int stele_put_end(struct stele_put *put, size_t mark);

/* A name behind its length. */
int stele_put_name(struct stele_put *put, struct stele_str name);

int stele_put_form(struct stele_put *put, const struct stele_form *form);

/* A decimal but NaN; an infinite one has no exponent and no magnitude. */
int stele_put_decimal(struct stele_put *put, bool negative, bool infinite,
		      int32_t exponent, const uint8_t *magnitude, uint64_t len);

/* A record's tag, its name, and how many of its fields are set. */
int stele_put_record(struct stele_put *put, const struct stele_schema *schema,
		     uint32_t record, uint64_t nr_set);

int stele_put_user(struct stele_put *put, struct stele_str name,
		   struct stele_str bytes);

/*
 * Take a LEB128 number without needless bytes from [p, end); its bytes, 0: there
 * is none.
 */
size_t stele_varint_read(const uint8_t *p, const uint8_t *end, uint64_t *n);

#endif /* STELE_CANONICAL_PUT_H */
