// SPDX-License-Identifier: MIT
/*
 * SipHash-2-4 as Aumasson and Bernstein publish it ("SipHash: a fast
 * short-input PRF", INDOCRYPT 2012): four words keyed at the start, two rounds
 * for each eight bytes of input, the last eight holding what is left and the
 * length modulo 256, four rounds at the end. Words are little-endian.
 */
#include "siphash.h"

#include <endian.h>
#include <string.h>

static inline uint64_t load_le64(const uint8_t *p)
{
	uint64_t x;

	memcpy(&x, p, sizeof(x));
	return le64toh(x);
}

static inline uint64_t rotate_left(uint64_t x, unsigned int by)
{
	return x << by | x >> (64 - by);
}

static inline void sip_rounds(uint64_t v[4], unsigned int nr)
{
	while (nr--) {
		v[0] += v[1];
		v[2] += v[3];
		v[1] = rotate_left(v[1], 13) ^ v[0];
		v[3] = rotate_left(v[3], 16) ^ v[2];
		v[0] = rotate_left(v[0], 32);

		v[2] += v[1];
		v[0] += v[3];
		v[1] = rotate_left(v[1], 17) ^ v[2];
		v[3] = rotate_left(v[3], 21) ^ v[0];
		v[2] = rotate_left(v[2], 32);
	}
}

static inline void sip_word(uint64_t v[4], uint64_t word)
{
	v[3] ^= word;
	sip_rounds(v, 2);
	v[0] ^= word;
}

void stele_siphash_begin(struct stele_siphash *state, uint64_t k0, uint64_t k1)
{
	/* In ASCII: "somepseudorandomlygeneratedbytes". */
	state->v[0] = k0 ^ UINT64_C(0x736f6d6570736575);
	state->v[1] = k1 ^ UINT64_C(0x646f72616e646f6d);
	state->v[2] = k0 ^ UINT64_C(0x6c7967656e657261);
	state->v[3] = k1 ^ UINT64_C(0x7465646279746573);
	state->last = 0;
	state->len = 0;
}

/* One byte behind those that make no word yet. */
static inline void add_byte(struct stele_siphash *state, uint8_t byte)
{
	state->last |= (uint64_t)byte << (8 * (state->len % 8));
	if (++state->len % 8)
		return;
	sip_word(state->v, state->last);
	state->last = 0;
}

void stele_siphash_add(struct stele_siphash *state, const void *p, size_t len)
{
	const uint8_t *in = p;

	for (; len && state->len % 8; len--)
		add_byte(state, *in++);
	for (; len >= 8; len -= 8, in += 8, state->len += 8)
		sip_word(state->v, load_le64(in));
	while (len--)
		add_byte(state, *in++);
}

uint64_t stele_siphash_end(struct stele_siphash *state)
{
	uint64_t *v = state->v;

	sip_word(v, state->last | state->len << 56);
	v[2] ^= 0xff;
	sip_rounds(v, 4);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

uint64_t stele_siphash(const void *p, size_t len,
		       const uint8_t key[STELE_SIPHASH_KEY_BYTES])
{
	struct stele_siphash state;

	stele_siphash_begin(&state, load_le64(key), load_le64(key + 8));
	stele_siphash_add(&state, p, len);
	return stele_siphash_end(&state);
}
