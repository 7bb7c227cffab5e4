/* SPDX-License-Identifier: MIT */
/*
 * Encodings from their front: bytes that are left, and what is taken from them.
 * Nothing is taken where it is not all there.
 */
#ifndef STELE_CANONICAL_TAKE_H
#define STELE_CANONICAL_TAKE_H

#include "canonical_put.h"

struct stele_rest {
	const uint8_t *p;
	const uint8_t *end;
};

static inline uint64_t stele_rest_len(const struct stele_rest *rest)
{
	return (uint64_t)(rest->end - rest->p);
}

static inline bool stele_take_varint(struct stele_rest *rest, uint64_t *n)
{
	size_t len = stele_varint_read(rest->p, rest->end, n);

	rest->p += len;
	return len != 0;
}

/* Bytes behind their length. */
static inline bool stele_take_run(struct stele_rest *rest,
				  struct stele_rest *run)
{
	struct stele_rest left = *rest;
	uint64_t len;

	if (!stele_take_varint(&left, &len) || len > stele_rest_len(&left))
		return false;
	run->p = left.p;
	run->end = rest->p = left.p + len;
	return true;
}

#endif /* STELE_CANONICAL_TAKE_H */
