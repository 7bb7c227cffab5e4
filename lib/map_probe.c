// SPDX-License-Identifier: MIT
/*
 * The ways of comparing tags and keys, and which of them this machine goes; the
 * hash of partitions whose keys collide; values of types that are too seldom
 * for their decoding to be worth inlining.
 */
#include "map_probe.h"

#include <endian.h>

#include "filter.h"
#include "map_probe_avx2.h"
#include "siphash.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#elif defined(__ARM_NEON) && defined(__aarch64__)
#include <arm_neon.h>
#endif

/* Eight tags a word: a byte of `x` is zero where the tag is equal. */
static uint32_t tags_scalar(const uint8_t *tags, uint8_t tag)
{
	const uint64_t low = UINT64_C(0x7f7f7f7f7f7f7f7f);
	uint64_t x, zero;
	uint32_t mask = 0;
	unsigned i;

	for (i = 0; i < STELE_PROBE_TAGS; i += 8) {
		x = le64toh(stele_load_unaligned(tags + i)) ^
		    tag * UINT64_C(0x0101010101010101);
		/* exact: no carry goes from one byte into the next */
		zero = ~(((x & low) + low) | x | low);
		/* the high bit of byte j comes to bit 56 + j */
		mask |= (uint32_t)((zero >> 7) * UINT64_C(0x0102040810204080) >>
				   56)
			<< i;
	}
	return mask;
}

static uint32_t lines_scalar(const struct stele_fmt_line *a,
			     const struct stele_fmt_line *b, uint64_t key)
{
	uint32_t mask = 0;
	unsigned i;

	for (i = 0; i < STELE_FMT_LINE_SLOTS; i++) {
		mask |= (uint32_t)(a->key[i] == key) << i;
		mask |= (uint32_t)(b->key[i] == key)
			<< (i + STELE_FMT_LINE_SLOTS);
	}
	return mask;
}

static const struct stele_probe_way scalar = {
	.name = "scalar",
	.tags = tags_scalar,
	.lines = lines_scalar,
};

#if defined(__SSE2__)
static uint32_t tags_sse2(const uint8_t *tags, uint8_t tag)
{
	const __m128i *p = (const __m128i *)(const void *)tags;
	__m128i want = _mm_set1_epi8((char)tag);
	__m128i low = _mm_cmpeq_epi8(_mm_loadu_si128(p), want);
	__m128i high = _mm_cmpeq_epi8(_mm_loadu_si128(p + 1), want);

	return (uint32_t)_mm_movemask_epi8(low) |
	       (uint32_t)_mm_movemask_epi8(high) << 16;
}

/* SSE2 compares 32 bits: a key is equal where both of its halves are. */
static uint32_t line_sse2(const uint64_t *keys, __m128i want)
{
	const __m128i *p = (const __m128i *)(const void *)keys;
	__m128i x = _mm_cmpeq_epi32(_mm_loadu_si128(p), want);
	__m128i y = _mm_cmpeq_epi32(_mm_loadu_si128(p + 1), want);

	x = _mm_and_si128(x, _mm_shuffle_epi32(x, 0xb1));
	y = _mm_and_si128(y, _mm_shuffle_epi32(y, 0xb1));
	return (uint32_t)_mm_movemask_pd(_mm_castsi128_pd(x)) |
	       (uint32_t)_mm_movemask_pd(_mm_castsi128_pd(y)) << 2;
}

static uint32_t lines_sse2(const struct stele_fmt_line *a,
			   const struct stele_fmt_line *b, uint64_t key)
{
	__m128i want = _mm_set1_epi64x((long long)key);

	return line_sse2(a->key, want) | line_sse2(b->key, want) << 4;
}

static const struct stele_probe_way vector = {
	.name = "sse2",
	.tags = tags_sse2,
	.lines = lines_sse2,
};
#elif defined(__ARM_NEON) && defined(__aarch64__)
/* Keep bit i mod 8 of byte i, and add bytes up: a mask of 16 bits. */
static uint32_t mask_neon(uint8x16_t equal)
{
	static const uint8_t bits[16] = { 1, 2, 4, 8, 16, 32, 64, 128,
					  1, 2, 4, 8, 16, 32, 64, 128 };
	uint8x16_t kept = vandq_u8(equal, vld1q_u8(bits));

	return vaddv_u8(vget_low_u8(kept)) |
	       (uint32_t)vaddv_u8(vget_high_u8(kept)) << 8;
}

static uint32_t tags_neon(const uint8_t *tags, uint8_t tag)
{
	uint8x16_t want = vdupq_n_u8(tag);

	return mask_neon(vceqq_u8(vld1q_u8(tags), want)) |
	       mask_neon(vceqq_u8(vld1q_u8(tags + 16), want)) << 16;
}

static uint32_t line_neon(const uint64_t *keys, uint64x2_t want)
{
	uint32x2_t low = vmovn_u64(vceqq_u64(vld1q_u64(keys), want));
	uint32x2_t high = vmovn_u64(vceqq_u64(vld1q_u64(keys + 2), want));
	static const uint32_t bits[4] = { 1, 2, 4, 8 };

	return vaddvq_u32(vandq_u32(vcombine_u32(low, high), vld1q_u32(bits)));
}

static uint32_t lines_neon(const struct stele_fmt_line *a,
			   const struct stele_fmt_line *b, uint64_t key)
{
	uint64x2_t want = vdupq_n_u64(key);

	return line_neon(a->key, want) | line_neon(b->key, want) << 4;
}

static const struct stele_probe_way vector = {
	.name = "neon",
	.tags = tags_neon,
	.lines = lines_neon,
};
#else
#define vector scalar
#endif

/* Until the constructor has run, other constructors' lookups go slowly. */
struct stele_probe_way stele_probe = {
	.name = "scalar",
	.tags = tags_scalar,
	.lines = lines_scalar,
};

const struct stele_probe_way *stele_probe_way(unsigned i)
{
	const struct stele_probe_way *ways[4];
	unsigned nr = 0;

	ways[nr++] = &scalar;
	if (&vector != &scalar)
		ways[nr++] = &vector;
#if defined(__x86_64__) || defined(__i386__)
	if (__builtin_cpu_supports("avx2"))
		ways[nr++] = &stele_probe_avx2;
#endif
	return i < nr ? ways[i] : NULL;
}

__attribute__((constructor)) static void choose_way(void)
{
	const struct stele_probe_way *way;
	unsigned i;

#if defined(__x86_64__) || defined(__i386__)
	__builtin_cpu_init();
#endif
	for (i = 0; (way = stele_probe_way(i)); i++)
		stele_probe = *way;
}

uint64_t stele_probe_rehash(uint64_t seed, unsigned kind, unsigned counter,
			    const void *key, size_t len)
{
	uint64_t words[2] = { htole64(seed), htole64(counter) };

	if (kind == STELE_FMT_HASH_SIPHASH)
		return stele_siphash(key, len, (const uint8_t *)words);
	return stele_hash_bytes(key, len,
				seed + counter * UINT64_C(0x9e3779b97f4a7c15));
}

/* A row's position, in as few bytes as the table has for it. */
static int entry_record(const struct stele_map *map, const uint8_t *at,
			struct stele_value *value)
{
	uint64_t eighth = 0;
	int rc;

	memcpy(&eighth, at, map->value_bytes);
	if (eighth < STELE_FMT_MIN_REF / 8 || eighth > UINT64_MAX / 8)
		return -STELE_E_FORMAT;
	rc = stele_value_decode(map->segment, eighth * 8, at, value);
	if (!rc && value->type != STELE_TYPE_RECORD)
		rc = -STELE_E_FORMAT;
	return rc;
}

int stele_entry_value_slow(const struct stele_map *map, struct stele_entry *e,
			   struct stele_value *value)
{
	const uint8_t *at;

	if (map->kind == STELE_FMT_TABLE_FILTER) {
		stele_filter_value(map, value);
		return 0;
	}
	if (!stele_entry_take(e, map->value_bytes, &at))
		return -STELE_E_FORMAT;
	if (map->value_type == STELE_TYPE_RECORD)
		return entry_record(map, at, value);
	if (map->value_type == STELE_TYPE_ANY)
		return stele_value_decode(map->segment,
					  stele_load_unaligned(at), at, value);
	stele_value_raw(map->segment, map->value_type, at, value);
	return 0;
}
