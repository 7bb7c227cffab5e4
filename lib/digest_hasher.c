// SPDX-License-Identifier: MIT
/*
 * SHA-256 as the digest has it: of one block, padded with zeros, and of the
 * descriptor that makes a root an identity. All that this library wants of
 * OpenSSL's digests, but for schemas' fingerprints, is called here.
 */
#include "digest_hasher.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/evp.h>

#define DESCRIPTOR_BYTES 256

const uint8_t stele_zero_block[STELE_DIGEST_BLOCK_BYTES];

struct stele_digest_hasher {
	EVP_MD_CTX *ctx;
};

void stele_crypto_begin(void)
{
	ERR_set_mark();
}

int stele_crypto_end(int err)
{
	ERR_pop_to_mark();
	return err;
}

/*
 * Looked up once a process, since looking up costs more than hashing a block;
 * OpenSSL frees it at exit. Not pthread_once(): a failure may be passing.
 */
static int sha256_get(const EVP_MD **out)
{
	static EVP_MD *sha256;
	EVP_MD *md = __atomic_load_n(&sha256, __ATOMIC_ACQUIRE);
	EVP_MD *fetched;

	if (!md) {
		fetched = EVP_MD_fetch(NULL, "SHA2-256", NULL);
		if (!fetched)
			return -ENOTSUP;
		/* Acquire on failure: the winner's release is the partner. */
		if (__atomic_compare_exchange_n(&sha256, &md, fetched, false,
						__ATOMIC_ACQ_REL,
						__ATOMIC_ACQUIRE))
			md = fetched;
		else
			EVP_MD_free(fetched);
	}
	*out = md;
	return 0;
}

static int hasher_new(struct stele_digest_hasher **hasher)
{
	struct stele_digest_hasher *h;
	const EVP_MD *md;
	int err;

	err = sha256_get(&md);
	if (err)
		return err;
	h = malloc(sizeof(*h));
	if (!h)
		return -ENOMEM;
	h->ctx = EVP_MD_CTX_new();
	if (!h->ctx)
		goto err_free;
	if (!EVP_DigestInit_ex2(h->ctx, md, NULL))
		goto err_free_ctx;
	*hasher = h;
	return 0;

err_free_ctx:
	EVP_MD_CTX_free(h->ctx);
err_free:
	free(h);
	return -ENOMEM;
}

int stele_digest_hasher_new(struct stele_digest_hasher **hasher)
{
	stele_crypto_begin();
	return stele_crypto_end(hasher_new(hasher));
}

void stele_digest_hasher_free(struct stele_digest_hasher *hasher)
{
	if (!hasher)
		return;
	EVP_MD_CTX_free(hasher->ctx);
	free(hasher);
}

int stele_hasher_begin(struct stele_digest_hasher *hasher)
{
	return EVP_DigestInit_ex2(hasher->ctx, NULL, NULL) ? 0 : -ENOMEM;
}

int stele_hasher_feed(struct stele_digest_hasher *hasher, const void *p,
		      size_t len)
{
	return EVP_DigestUpdate(hasher->ctx, p, len) ? 0 : -ENOMEM;
}

int stele_hasher_end(struct stele_digest_hasher *hasher, uint8_t *out)
{
	return EVP_DigestFinal_ex(hasher->ctx, out, NULL) ? 0 : -ENOMEM;
}

int stele_hasher_block(struct stele_digest_hasher *hasher, const void *p,
		       size_t len, uint8_t *out)
{
	int err;

	err = stele_hasher_begin(hasher);
	if (!err)
		err = stele_hasher_feed(hasher, p, len);
	if (!err && len < STELE_DIGEST_BLOCK_BYTES)
		err = stele_hasher_feed(hasher, stele_zero_block,
					STELE_DIGEST_BLOCK_BYTES - len);
	if (!err)
		err = stele_hasher_end(hasher, out);
	return err;
}

int stele_hasher_check(struct stele_digest_hasher *hasher, const void *block,
		       size_t len, const uint8_t *expect)
{
	uint8_t hash[STELE_DIGEST_BYTES];
	int err;

	err = stele_hasher_block(hasher, block, len, hash);
	if (err)
		return err;
	return memcmp(hash, expect, STELE_DIGEST_BYTES) ? -EBADMSG : 0;
}

int stele_digest_check_block(struct stele_digest_hasher *hasher,
			     const void *block, size_t len,
			     const uint8_t *expect)
{
	stele_crypto_begin();
	return stele_crypto_end(stele_hasher_check(hasher, block, len, expect));
}

/* struct fsverity_descriptor of the kernel's uapi, with no salt. */
int stele_hasher_descriptor(struct stele_digest_hasher *hasher, uint64_t len,
			    const uint8_t *root, uint8_t *identity)
{
	uint8_t descriptor[DESCRIPTOR_BYTES] = {
		[0] = 1, /* version */
		[1] = 1, /* SHA-256 */
		[2] = 12, /* log2 of the block size */
	};
	unsigned int i;
	int err;

	for (i = 0; i < 8; i++)
		descriptor[8 + i] = len >> (8 * i);
	memcpy(descriptor + 16, root, STELE_DIGEST_BYTES);
	err = stele_hasher_begin(hasher);
	if (!err)
		err = stele_hasher_feed(hasher, descriptor, sizeof(descriptor));
	if (!err)
		err = stele_hasher_end(hasher, identity);
	return err;
}

int stele_digest_identity(uint64_t len, const uint8_t *root, uint8_t *identity)
{
	struct stele_digest_hasher *hasher;
	int err;

	err = stele_digest_hasher_new(&hasher);
	if (err)
		return err;
	stele_crypto_begin();
	err = stele_crypto_end(
		stele_hasher_descriptor(hasher, len, root, identity));
	stele_digest_hasher_free(hasher);
	return err;
}
