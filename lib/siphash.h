/* SPDX-License-Identifier: MIT */
/*
 * SipHash-2-4: a hash that can't be predicted without its key. The last resort
 * of a table or an index whose keys collide under the plain hashes of hash.h.
 */
#ifndef STELE_SIPHASH_H
#define STELE_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

#define STELE_SIPHASH_KEY_BYTES 16

uint64_t stele_siphash(const void *p, size_t len,
		       const uint8_t key[STELE_SIPHASH_KEY_BYTES]);

/* In pieces, under the key whose halves, little-endian, are k0 and k1. */
struct stele_siphash {
	uint64_t v[4];
	uint64_t last; /* bytes that make no word yet */
	uint64_t len; /* of all bytes so far */
};

void stele_siphash_begin(struct stele_siphash *state, uint64_t k0, uint64_t k1);
void stele_siphash_add(struct stele_siphash *state, const void *p, size_t len);
uint64_t stele_siphash_end(struct stele_siphash *state);

#endif
