/* SPDX-License-Identifier: MIT */
/*
 * SipHash-2-4: a hash that can't be predicted without its key. The last resort
 * of a table whose keys collide under the plain hashes of hash.h.
 */
#ifndef STELE_SIPHASH_H
#define STELE_SIPHASH_H

#include <stddef.h>
#include <stdint.h>

#define STELE_SIPHASH_KEY_BYTES 16

uint64_t stele_siphash(const void *p, size_t len,
		       const uint8_t key[STELE_SIPHASH_KEY_BYTES]);

#endif
