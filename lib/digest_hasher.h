/* SPDX-License-Identifier: MIT */
/*
 * Hashing one block after the other with one SHA-256 context; what digest.c, the
 * only caller but for the errors' queue, builds trees of. All may fail for want
 * of memory: -ENOMEM.
 */
#ifndef STELE_DIGEST_HASHER_H
#define STELE_DIGEST_HASHER_H

#include "digest.h"

extern const uint8_t stele_zero_block[STELE_DIGEST_BLOCK_BYTES];

/*
 * Why a call of OpenSSL has failed stands in a queue of the thread, which is the
 * caller's: what was added from begin to end is taken out again. End gives back
 * what it is given. Threads of our own take their queue with them.
 */
void stele_crypto_begin(void);
int stele_crypto_end(int err);

/* A hash in steps. Begin forgets what a failure may have left half hashed. */
int stele_hasher_begin(struct stele_digest_hasher *hasher);
int stele_hasher_feed(struct stele_digest_hasher *hasher, const void *p,
		      size_t len);
int stele_hasher_end(struct stele_digest_hasher *hasher, uint8_t *out);

/* The hash of a block; less than one is padded with zeros. */
int stele_hasher_block(struct stele_digest_hasher *hasher, const void *p,
		       size_t len, uint8_t *out);
/* stele_digest_check_block() between begin and end of the caller's. */
int stele_hasher_check(struct stele_digest_hasher *hasher, const void *block,
		       size_t len, const uint8_t *expect);
/* The identity of @len bytes under a root. */
int stele_hasher_descriptor(struct stele_digest_hasher *hasher, uint64_t len,
			    const uint8_t *root, uint8_t *identity);

#endif /* STELE_DIGEST_HASHER_H */
