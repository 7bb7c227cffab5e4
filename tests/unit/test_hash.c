// SPDX-License-Identifier: MIT
/*
 * The hashes give the numbers written down in FORMAT.md, and those numbers do
 * what the tables rely on: each input bit moves each output bit half of the
 * time, and places and signatures of different probes know nothing of each
 * other, whether keys are consecutive, alike, or of one partition.
 *
 * Bounds are on standard deviations: a sound hash passes one statistic at six
 * of them but once in 500 million runs. STELE_TEST_SEED repeats a run.
 */
#include "hash.h"
#include "siphash.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#define ARRAY_LEN(a) (sizeof(a) / sizeof((a)[0]))

#define MAX_DEVIATIONS 6.0

static uint64_t seed;

/*
 * Vectors
 */

/* Byte i of the input is i mod 251. */
static const struct {
	size_t len;
	uint64_t seed, hash;
} bytes_vectors[] = {
	{ 0, UINT64_C(0x0000000000000000), UINT64_C(0x2d06800538d394c2) },
	{ 1, UINT64_C(0x0000000000000000), UINT64_C(0xc44bdff4074eecdb) },
	{ 3, UINT64_C(0x0000000000000000), UINT64_C(0x5f4299fc161c9cbb) },
	{ 4, UINT64_C(0x0000000000000000), UINT64_C(0x60dab036a58211f2) },
	{ 8, UINT64_C(0x0000000000000000), UINT64_C(0x3a1c2d7c85af88f8) },
	{ 9, UINT64_C(0x0000000000000000), UINT64_C(0xe9612598145bb9dc) },
	{ 16, UINT64_C(0x0000000000000000), UINT64_C(0x8355e3a6f61770db) },
	{ 17, UINT64_C(0x0000000000000000), UINT64_C(0x9ef341a99de37328) },
	{ 128, UINT64_C(0x0000000000000000), UINT64_C(0x85c6174c7ff4c46b) },
	{ 129, UINT64_C(0x0000000000000000), UINT64_C(0xec7642b431ba3e5a) },
	{ 240, UINT64_C(0x0000000000000000), UINT64_C(0x375a384d957fe865) },
	{ 241, UINT64_C(0x0000000000000000), UINT64_C(0x02e8cd95421c6d02) },
	{ 1024, UINT64_C(0x0000000000000000), UINT64_C(0xe5d78bafa45b2aa5) },
	{ 1025, UINT64_C(0x0000000000000000), UINT64_C(0xe95c42288f28186e) },
	{ 4096, UINT64_C(0x0000000000000000), UINT64_C(0x7135ffa504f1bc71) },
	{ 0, UINT64_C(0x0123456789abcdef), UINT64_C(0xcc1ca35a1b089c5c) },
	{ 1, UINT64_C(0x0123456789abcdef), UINT64_C(0xd5dd68911c7f195d) },
	{ 3, UINT64_C(0x0123456789abcdef), UINT64_C(0x6db0802353336496) },
	{ 4, UINT64_C(0x0123456789abcdef), UINT64_C(0xbb981e431fa9e4e3) },
	{ 8, UINT64_C(0x0123456789abcdef), UINT64_C(0xd204fc26419c7d22) },
	{ 9, UINT64_C(0x0123456789abcdef), UINT64_C(0xd813523b210d751b) },
	{ 16, UINT64_C(0x0123456789abcdef), UINT64_C(0x1dca78f4947ed52c) },
	{ 17, UINT64_C(0x0123456789abcdef), UINT64_C(0xebce4845f0c75f02) },
	{ 128, UINT64_C(0x0123456789abcdef), UINT64_C(0xde26ec476dc43954) },
	{ 129, UINT64_C(0x0123456789abcdef), UINT64_C(0x75bc8ed192c9cc73) },
	{ 240, UINT64_C(0x0123456789abcdef), UINT64_C(0x4b1593ee9603224a) },
	{ 241, UINT64_C(0x0123456789abcdef), UINT64_C(0xace3afe84c9adf7c) },
	{ 1024, UINT64_C(0x0123456789abcdef), UINT64_C(0xdb9e8db63b13c98e) },
	{ 1025, UINT64_C(0x0123456789abcdef), UINT64_C(0x7d6ae2cda98e43c8) },
	{ 4096, UINT64_C(0x0123456789abcdef), UINT64_C(0x1d9c372ee81ca59c) },
};

static void bytes_hash_to_the_vectors(void **state)
{
	uint8_t in[4096];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(in); i++)
		in[i] = i % 251;
	for (i = 0; i < ARRAY_LEN(bytes_vectors); i++)
		assert_int_equal(stele_hash_bytes(in, bytes_vectors[i].len,
						  bytes_vectors[i].seed),
				 bytes_vectors[i].hash);
}

static const struct {
	uint64_t key, seed, hash;
} u64_vectors[] = {
	{ UINT64_C(0x0000000000000000), UINT64_C(0x0000000000000000),
	  UINT64_C(0x0000000000000000) },
	{ UINT64_C(0x0000000000000001), UINT64_C(0x0000000000000000),
	  UINT64_C(0x3c02aa47758292bd) },
	{ UINT64_C(0x0000000000000002), UINT64_C(0x0000000000000000),
	  UINT64_C(0x946f086bbb956c5d) },
	{ UINT64_C(0x000000000000002a), UINT64_C(0x0000000000000000),
	  UINT64_C(0x2cb4a7ee46cb76cc) },
	{ UINT64_C(0x7fffffffffffffff), UINT64_C(0x0000000000000000),
	  UINT64_C(0x0f05debe36cd6172) },
	{ UINT64_C(0x8000000000000000), UINT64_C(0x0000000000000000),
	  UINT64_C(0x965c78486206422d) },
	{ UINT64_C(0xffffffffffffffff), UINT64_C(0x0000000000000000),
	  UINT64_C(0x78a9666a39c1a1b5) },
	{ UINT64_C(0x0123456789abcdef), UINT64_C(0x0000000000000000),
	  UINT64_C(0x6d97305f56288c62) },
	{ UINT64_C(0x0000000000000000), UINT64_C(0x0123456789abcdef),
	  UINT64_C(0x6d97305f56288c62) },
	{ UINT64_C(0x0000000000000001), UINT64_C(0x0123456789abcdef),
	  UINT64_C(0xc740c005afdb48b9) },
	{ UINT64_C(0x0000000000000002), UINT64_C(0x0123456789abcdef),
	  UINT64_C(0x1411857eb6fbdfd5) },
	{ UINT64_C(0x000000000000002a), UINT64_C(0x0123456789abcdef),
	  UINT64_C(0x887733dd17043422) },
	{ UINT64_C(0x7fffffffffffffff), UINT64_C(0x0123456789abcdef),
	  UINT64_C(0x94de50d487113495) },
	{ UINT64_C(0x8000000000000000), UINT64_C(0x0123456789abcdef),
	  UINT64_C(0x48ea7e130a593604) },
	{ UINT64_C(0xffffffffffffffff), UINT64_C(0x0123456789abcdef),
	  UINT64_C(0xeabc2124cf06757d) },
	{ UINT64_C(0x0123456789abcdef), UINT64_C(0x0123456789abcdef),
	  UINT64_C(0x0000000000000000) },
};

static void integers_hash_to_the_vectors(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(u64_vectors); i++)
		assert_int_equal(stele_hash_u64(u64_vectors[i].key,
						u64_vectors[i].seed),
				 u64_vectors[i].hash);
}

static const struct {
	uint64_t h;
	uint32_t i;
	uint64_t remixed;
} remix_vectors[] = {
	{ UINT64_C(0x0000000000000001), 0, UINT64_C(0xd13425430fb6cad6) },
	{ UINT64_C(0x0000000000000001), 1, UINT64_C(0x4f035cfaeecbcf7b) },
	{ UINT64_C(0x0000000000000001), 2, UINT64_C(0xed5ad631cd4cc18e) },
	{ UINT64_C(0x0000000000000001), 63, UINT64_C(0x3e92d1e5b344b75a) },
	{ UINT64_C(0x0000000000000001), 64, UINT64_C(0x5cea4b1c50f7a1c9) },
	{ UINT64_C(0x0123456789abcdef), 0, UINT64_C(0x6f90652b340e9830) },
	{ UINT64_C(0x0123456789abcdef), 1, UINT64_C(0x84af075cbc240533) },
	{ UINT64_C(0x0123456789abcdef), 2, UINT64_C(0x8db698de348f868f) },
	{ UINT64_C(0x0123456789abcdef), 63, UINT64_C(0xb07614ef4473cbbe) },
	{ UINT64_C(0x0123456789abcdef), 64, UINT64_C(0x6b8d943e75cc59e5) },
	{ UINT64_C(0xffffffffffffffff), 0, UINT64_C(0x2ecbdabc0fb6cad7) },
	{ UINT64_C(0xffffffffffffffff), 1, UINT64_C(0xb0fca305eecbcf7a) },
	{ UINT64_C(0xffffffffffffffff), 2, UINT64_C(0x12a529cecd4cc18f) },
	{ UINT64_C(0xffffffffffffffff), 63, UINT64_C(0xc16d2e1ab344b75b) },
	{ UINT64_C(0xffffffffffffffff), 64, UINT64_C(0xa315b4e350f7a1c8) },
};

static void probes_remix_to_the_vectors(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(remix_vectors); i++)
		assert_int_equal(stele_hash_remix(remix_vectors[i].h,
						  remix_vectors[i].i),
				 remix_vectors[i].remixed);
}

static const struct {
	uint32_t x, n, place;
} range_vectors[] = {
	{ 0, 1, 0 },
	{ 0, 0, 0 },
	{ UINT32_MAX, 0, 0 },
	{ UINT32_MAX, 1, 0 },
	{ 0x7fffffff, 2, 0 },
	{ 0x80000000, 2, 1 },
	{ 0x01010101, 255, 0 },
	{ 0x01010102, 255, 1 },
	{ UINT32_MAX, 255, 254 },
	{ UINT32_MAX, UINT32_MAX, UINT32_MAX - 1 },
	{ 0x12345678, 1000003, 71111 },
};

static void ranges_are_as_in_the_vectors(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_LEN(range_vectors); i++)
		assert_int_equal(stele_hash_range(range_vectors[i].x,
						  range_vectors[i].n),
				 range_vectors[i].place);
}

/*
 * From the reference implementation of SipHash's authors: key 00 01 .. 0f, of
 * input 00 01 02 ... the first n bytes, read as little-endian.
 */
static const uint64_t siphash_vectors[64] = {
	UINT64_C(0x726fdb47dd0e0e31), UINT64_C(0x74f839c593dc67fd),
	UINT64_C(0x0d6c8009d9a94f5a), UINT64_C(0x85676696d7fb7e2d),
	UINT64_C(0xcf2794e0277187b7), UINT64_C(0x18765564cd99a68d),
	UINT64_C(0xcbc9466e58fee3ce), UINT64_C(0xab0200f58b01d137),
	UINT64_C(0x93f5f5799a932462), UINT64_C(0x9e0082df0ba9e4b0),
	UINT64_C(0x7a5dbbc594ddb9f3), UINT64_C(0xf4b32f46226bada7),
	UINT64_C(0x751e8fbc860ee5fb), UINT64_C(0x14ea5627c0843d90),
	UINT64_C(0xf723ca908e7af2ee), UINT64_C(0xa129ca6149be45e5),
	UINT64_C(0x3f2acc7f57c29bdb), UINT64_C(0x699ae9f52cbe4794),
	UINT64_C(0x4bc1b3f0968dd39c), UINT64_C(0xbb6dc91da77961bd),
	UINT64_C(0xbed65cf21aa2ee98), UINT64_C(0xd0f2cbb02e3b67c7),
	UINT64_C(0x93536795e3a33e88), UINT64_C(0xa80c038ccd5ccec8),
	UINT64_C(0xb8ad50c6f649af94), UINT64_C(0xbce192de8a85b8ea),
	UINT64_C(0x17d835b85bbb15f3), UINT64_C(0x2f2e6163076bcfad),
	UINT64_C(0xde4daaaca71dc9a5), UINT64_C(0xa6a2506687956571),
	UINT64_C(0xad87a3535c49ef28), UINT64_C(0x32d892fad841c342),
	UINT64_C(0x7127512f72f27cce), UINT64_C(0xa7f32346f95978e3),
	UINT64_C(0x12e0b01abb051238), UINT64_C(0x15e034d40fa197ae),
	UINT64_C(0x314dffbe0815a3b4), UINT64_C(0x027990f029623981),
	UINT64_C(0xcadcd4e59ef40c4d), UINT64_C(0x9abfd8766a33735c),
	UINT64_C(0x0e3ea96b5304a7d0), UINT64_C(0xad0c42d6fc585992),
	UINT64_C(0x187306c89bc215a9), UINT64_C(0xd4a60abcf3792b95),
	UINT64_C(0xf935451de4f21df2), UINT64_C(0xa9538f0419755787),
	UINT64_C(0xdb9acddff56ca510), UINT64_C(0xd06c98cd5c0975eb),
	UINT64_C(0xe612a3cb9ecba951), UINT64_C(0xc766e62cfcadaf96),
	UINT64_C(0xee64435a9752fe72), UINT64_C(0xa192d576b245165a),
	UINT64_C(0x0a8787bf8ecb74b2), UINT64_C(0x81b3e73d20b49b6f),
	UINT64_C(0x7fa8220ba3b2ecea), UINT64_C(0x245731c13ca42499),
	UINT64_C(0xb78dbfaf3a8d83bd), UINT64_C(0xea1ad565322a1a0b),
	UINT64_C(0x60e61c23a3795013), UINT64_C(0x6606d7e446282b93),
	UINT64_C(0x6ca4ecb15c5f91e1), UINT64_C(0x9f626da15c9625f3),
	UINT64_C(0xe51b38608ef25f57), UINT64_C(0x958a324ceb064572),
};

static void siphash_gives_the_official_vectors(void **state)
{
	uint8_t key[STELE_SIPHASH_KEY_BYTES], in[64 + 1];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(key); i++)
		key[i] = i;
	for (i = 0; i < 64; i++)
		in[1 + i] = i;
	/* The input is not aligned. */
	for (i = 0; i < 64; i++)
		assert_int_equal(stele_siphash(in + 1, i, key),
				 siphash_vectors[i]);
}

/* In two pieces, cut anywhere, and byte by byte. */
static void siphash_in_pieces_is_that_of_the_whole(void **state)
{
	const uint64_t words[2] = { UINT64_C(0x0123456789abcdef),
				    UINT64_C(0xfedcba9876543210) };
	struct stele_siphash s;
	uint8_t in[70];
	size_t len, cut;

	(void)state;
	for (len = 0; len < sizeof(in); len++)
		in[len] = (uint8_t)(len * 37);
	for (len = 0; len <= sizeof(in); len++) {
		uint64_t whole = stele_siphash(in, len, (const void *)words);

		for (cut = 0; cut <= len; cut++) {
			stele_siphash_begin(&s, words[0], words[1]);
			stele_siphash_add(&s, in, cut);
			stele_siphash_add(&s, in + cut, len - cut);
			assert_int_equal(stele_siphash_end(&s), whole);
		}
		stele_siphash_begin(&s, words[0], words[1]);
		for (cut = 0; cut < len; cut++)
			stele_siphash_add(&s, in + cut, 1);
		assert_int_equal(stele_siphash_end(&s), whole);
	}
}

static void siphash_depends_on_every_bit_of_its_key(void **state)
{
	uint8_t key[STELE_SIPHASH_KEY_BYTES] = { 0 };
	uint64_t base = stele_siphash("stele", 5, key);
	size_t bit;

	(void)state;
	for (bit = 0; bit < 8 * sizeof(key); bit++) {
		key[bit / 8] ^= 1 << bit % 8;
		assert_int_not_equal(stele_siphash("stele", 5, key), base);
		key[bit / 8] ^= 1 << bit % 8;
	}
}

/* The length counts modulo 256; what differs by 256 zeros still differs. */
static void siphash_tells_lengths_apart(void **state)
{
	static const uint8_t zeros[600];
	static const uint8_t key[STELE_SIPHASH_KEY_BYTES];
	size_t len;

	(void)state;
	for (len = 1; len < sizeof(zeros); len++)
		assert_int_not_equal(stele_siphash(zeros, len, key),
				     stele_siphash(zeros, len - 1, key));
	for (len = 256; len < sizeof(zeros); len++)
		assert_int_not_equal(stele_siphash(zeros, len, key),
				     stele_siphash(zeros, len - 256, key));
}

/*
 * Statistics
 */

/* A generator which shares no constant with what is tested. */
static uint64_t random_u64(void)
{
	static uint64_t counter;
	uint8_t key[STELE_SIPHASH_KEY_BYTES] = { 0 };

	memcpy(key, &seed, sizeof(seed));
	counter++;
	return stele_siphash(&counter, sizeof(counter), key);
}

/* |value - mean| <= MAX_DEVIATIONS * sqrt(variance), without libm. */
static void assert_near(double value, double mean, double variance,
			const char *what)
{
	double squares = (value - mean) * (value - mean) / variance;

	if (squares > MAX_DEVIATIONS * MAX_DEVIATIONS)
		fail_msg("%s: %.0f where %.0f was expected: %.1f variances",
			 what, value, mean, squares);
}

#define AVALANCHE_KEYS 65536

/* How often each output bit changes with input bit @in. */
static void assert_bit_avalanches(const uint64_t *keys, unsigned int in,
				  uint64_t hash_seed)
{
	unsigned int changes[64] = { 0 }, out;
	uint64_t diff;
	char what[64];
	size_t i;

	for (i = 0; i < AVALANCHE_KEYS; i++) {
		diff = stele_hash_u64(keys[i], hash_seed) ^
		       stele_hash_u64(keys[i] ^ UINT64_C(1) << in, hash_seed);
		for (out = 0; out < 64; out++)
			changes[out] += diff >> out & 1;
	}
	for (out = 0; out < 64; out++) {
		snprintf(what, sizeof(what), "bit %u by bit %u", out, in);
		assert_near(changes[out], AVALANCHE_KEYS / 2.0,
			    AVALANCHE_KEYS / 4.0, what);
	}
}

static void each_bit_of_an_integer_moves_each_bit_of_its_hash(void **state)
{
	uint64_t *keys = malloc(AVALANCHE_KEYS * sizeof(*keys));
	uint64_t hash_seed = random_u64();
	unsigned int in;
	size_t i;

	(void)state;
	assert_non_null(keys);
	for (i = 0; i < AVALANCHE_KEYS; i++)
		keys[i] = random_u64();
	for (in = 0; in < 64; in++)
		assert_bit_avalanches(keys, in, hash_seed);
	free(keys);
}

/* Both factors odd, both shifts invertible: so the inverse exists. */
static uint64_t unhash_u64(uint64_t x, uint64_t hash_seed)
{
	x ^= x >> 27 ^ x >> 54;
	x *= UINT64_C(0xc47c8f6b6bafb41d);
	x ^= x >> 33;
	x *= UINT64_C(0xc09c5fe5bd6dfddb);
	x ^= x >> 27 ^ x >> 54;
	return x ^ hash_seed;
}

static void no_two_integers_hash_alike(void **state)
{
	uint64_t key, hash_seed;
	size_t i;

	(void)state;
	for (i = 0; i < 100000; i++) {
		key = random_u64();
		hash_seed = random_u64();
		assert_int_equal(unhash_u64(stele_hash_u64(key, hash_seed),
					    hash_seed),
				 key);
	}
}

#define NR_HASHES ((size_t)1 << 20)

static uint64_t hashes[NR_HASHES];

static void hash_consecutive_integers(void)
{
	uint64_t hash_seed = random_u64(), first = random_u64();
	size_t i;

	for (i = 0; i < NR_HASHES; i++)
		hashes[i] = stele_hash_u64(first + i, hash_seed);
}

/* Only the top bits of the key differ. */
static void hash_high_integers(void)
{
	uint64_t hash_seed = random_u64();
	size_t i;

	for (i = 0; i < NR_HASHES; i++)
		hashes[i] = stele_hash_u64((uint64_t)i << 44, hash_seed);
}

static void hash_numbered_strings(void)
{
	uint64_t hash_seed = random_u64();
	/* Room for all that gcc -O3 warns XXH3 might read of a short key. */
	char key[256];
	size_t i;

	for (i = 0; i < NR_HASHES; i++)
		hashes[i] = stele_hash_bytes(key, sprintf(key, "user:%zu", i),
					     hash_seed);
}

/* The top of the hash chose the partition and is the same for all. */
static void hash_within_one_partition(void)
{
	uint64_t partition = random_u64() << 52;
	size_t i;

	hash_consecutive_integers();
	for (i = 0; i < NR_HASHES; i++)
		hashes[i] = hashes[i] >> 12 | partition;
}

static const struct {
	const char *name;
	void (*fill)(void);
} sources[] = {
	{ "consecutive integers", hash_consecutive_integers },
	{ "high integers", hash_high_integers },
	{ "numbered strings", hash_numbered_strings },
	{ "one partition", hash_within_one_partition },
};

/* What is taken of a remixed word: each gives a number below 251. */
#define NR_VALUES 251

static uint32_t take_place(uint64_t x)
{
	return stele_hash_range(x >> 32, NR_VALUES);
}

static uint32_t take_signature(uint64_t x)
{
	return stele_hash_range((uint32_t)x, NR_VALUES);
}

static uint32_t take_tag(uint64_t x)
{
	return (x & 0xffff) % NR_VALUES;
}

static const struct {
	const char *name;
	uint32_t (*take)(uint64_t x);
} uses[] = {
	{ "place", take_place },
	{ "signature", take_signature },
	{ "tag", take_tag },
};

/*
 * Chi-square over all pairs of values: has one degree of freedom less than
 * there are cells, and so many is its mean, twice as many its variance.
 */
static void assert_independent(size_t use_a, uint32_t probe_a, size_t use_b,
			       uint32_t probe_b, const char *source)
{
	static uint32_t cells[NR_VALUES][NR_VALUES];
	const double expected = (double)NR_HASHES / (NR_VALUES * NR_VALUES);
	const double freedom = NR_VALUES * NR_VALUES - 1;
	double sum = 0, d;
	char what[128];
	uint32_t a, b;
	size_t i;

	memset(cells, 0, sizeof(cells));
	for (i = 0; i < NR_HASHES; i++) {
		a = uses[use_a].take(stele_hash_remix(hashes[i], probe_a));
		b = uses[use_b].take(stele_hash_remix(hashes[i], probe_b));
		cells[a][b]++;
	}
	for (a = 0; a < NR_VALUES; a++) {
		for (b = 0; b < NR_VALUES; b++) {
			d = cells[a][b] - expected;
			sum += d * d / expected;
		}
	}
	snprintf(what, sizeof(what), "%s: %s %u, %s %u", source,
		 uses[use_a].name, probe_a, uses[use_b].name, probe_b);
	assert_near(sum, freedom, 2 * freedom, what);
}

static void what_is_taken_of_one_probe_is_independent(void **state)
{
	static const uint32_t probes[] = { 0, 1, 2, 7, 64 };
	size_t source, p;

	(void)state;
	for (source = 0; source < ARRAY_LEN(sources); source++) {
		sources[source].fill();
		for (p = 0; p < ARRAY_LEN(probes); p++) {
			assert_independent(0, probes[p], 1, probes[p],
					   sources[source].name);
			assert_independent(0, probes[p], 2, probes[p],
					   sources[source].name);
			assert_independent(1, probes[p], 2, probes[p],
					   sources[source].name);
		}
	}
}

/* 12 and 36 were correlated when all probes shared one multiplier. */
static void probes_are_independent(void **state)
{
	static const uint32_t probes[] = { 0, 1, 2, 3, 8, 12, 36, 64 };
	size_t source, i, j;

	(void)state;
	for (source = 0; source < ARRAY_LEN(sources); source++) {
		sources[source].fill();
		for (i = 0; i < ARRAY_LEN(probes); i++) {
			for (j = 0; j < i; j++) {
				assert_independent(0, probes[j], 0, probes[i],
						   sources[source].name);
				assert_independent(1, probes[j], 1, probes[i],
						   sources[source].name);
				assert_independent(0, probes[j], 1, probes[i],
						   sources[source].name);
			}
		}
	}
}

/* The place of @h in one of 1 << (24 / @nr) for each of @nr probes, joined. */
static uint64_t joint_place(uint64_t h, const uint32_t *probes, size_t nr)
{
	unsigned int bits = 24 / nr;
	uint64_t place = 0;
	size_t i;

	for (i = 0; i < nr; i++)
		place = place << bits |
			stele_hash_range(stele_hash_remix(h, probes[i]) >> 32,
					 1u << bits);
	return place;
}

/*
 * Keys that share their places in all of @nr probes, 2^24 places together: as
 * many pairs as among random numbers of 24 bits. Probes that follow from one
 * another, or lie in a line, would give many more.
 */
static void assert_few_share(const uint32_t *probes, size_t nr,
			     const char *source)
{
	static uint8_t keys[1 << 24];
	const double n = NR_HASHES;
	const double expected = n * (n - 1) / 2 / (1 << 24);
	uint64_t pairs = 0;
	char what[128];
	size_t i;

	memset(keys, 0, sizeof(keys));
	for (i = 0; i < NR_HASHES; i++)
		pairs += keys[joint_place(hashes[i], probes, nr)]++;
	snprintf(what, sizeof(what), "%s: pairs in %zu probes from %u on",
		 source, nr, probes[0]);
	assert_near(pairs, expected, expected, what);
}

static void keys_that_meet_once_part_at_the_next_probe(void **state)
{
	static const uint32_t twos[][2] = { { 0, 1 }, { 1, 2 }, { 0, 2 } };
	static const uint32_t threes[][3] = {
		{ 0, 1, 2 }, { 1, 2, 3 }, { 0, 2, 4 }, { 1, 3, 5 }
	};
	static const uint32_t six[] = { 0, 1, 2, 3, 4, 5 };
	size_t source, i;

	(void)state;
	for (source = 0; source < ARRAY_LEN(sources); source++) {
		sources[source].fill();
		for (i = 0; i < ARRAY_LEN(twos); i++)
			assert_few_share(twos[i], 2, sources[source].name);
		for (i = 0; i < ARRAY_LEN(threes); i++)
			assert_few_share(threes[i], 3, sources[source].name);
		assert_few_share(six, 6, sources[source].name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_hash_to_the_vectors),
		cmocka_unit_test(integers_hash_to_the_vectors),
		cmocka_unit_test(probes_remix_to_the_vectors),
		cmocka_unit_test(ranges_are_as_in_the_vectors),
		cmocka_unit_test(siphash_gives_the_official_vectors),
		cmocka_unit_test(siphash_in_pieces_is_that_of_the_whole),
		cmocka_unit_test(siphash_depends_on_every_bit_of_its_key),
		cmocka_unit_test(siphash_tells_lengths_apart),
		cmocka_unit_test(
			each_bit_of_an_integer_moves_each_bit_of_its_hash),
		cmocka_unit_test(no_two_integers_hash_alike),
		cmocka_unit_test(what_is_taken_of_one_probe_is_independent),
		cmocka_unit_test(probes_are_independent),
		cmocka_unit_test(keys_that_meet_once_part_at_the_next_probe),
	};
	const char *given = getenv("STELE_TEST_SEED");

	seed = given ? strtoull(given, NULL, 0) :
		       (uint64_t)time(NULL) << 20 ^ getpid();
	print_message("STELE_TEST_SEED=%#llx\n", (unsigned long long)seed);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
