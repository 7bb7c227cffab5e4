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

struct sip_state {
	uint64_t v0, v1, v2, v3;
};

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

static inline void sip_rounds(struct sip_state *s, unsigned int nr)
{
	while (nr--) {
		s->v0 += s->v1;
		s->v2 += s->v3;
		s->v1 = rotate_left(s->v1, 13) ^ s->v0;
		s->v3 = rotate_left(s->v3, 16) ^ s->v2;
		s->v0 = rotate_left(s->v0, 32);

		s->v2 += s->v1;
		s->v0 += s->v3;
		s->v1 = rotate_left(s->v1, 17) ^ s->v2;
		s->v3 = rotate_left(s->v3, 21) ^ s->v0;
		s->v2 = rotate_left(s->v2, 32);
	}
}

static inline void sip_word(struct sip_state *s, uint64_t word)
{
	s->v3 ^= word;
	sip_rounds(s, 2);
	s->v0 ^= word;
}

uint64_t stele_siphash(const void *p, size_t len,
		       const uint8_t key[STELE_SIPHASH_KEY_BYTES])
{
	const uint64_t k0 = load_le64(key);
	const uint64_t k1 = load_le64(key + 8);
	/* In ASCII: "somepseudorandomlygeneratedbytes". */
	struct sip_state s = {
		.v0 = k0 ^ UINT64_C(0x736f6d6570736575),
		.v1 = k1 ^ UINT64_C(0x646f72616e646f6d),
		.v2 = k0 ^ UINT64_C(0x6c7967656e657261),
		.v3 = k1 ^ UINT64_C(0x7465646279746573),
	};
	const uint8_t *in = p;
	size_t left = len;
	uint64_t last = (uint64_t)len << 56;

	for (; left >= 8; left -= 8, in += 8)
		sip_word(&s, load_le64(in));
	while (left--)
		last |= (uint64_t)in[left] << (8 * left);
	sip_word(&s, last);

	s.v2 ^= 0xff;
	sip_rounds(&s, 4);
	return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}
