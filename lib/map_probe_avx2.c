// SPDX-License-Identifier: MIT
/*
 * Comparing 32 tags or 4 keys by one instruction.  Compiled with -mavx2, which
 * the rest of the library is not; so nothing here may be called before
 * map_probe.c has asked the machine.
 */
#include "map_probe.h"

#include <immintrin.h>

#include "map_probe_avx2.h"

static uint32_t tags_avx2(const uint8_t *tags, uint8_t tag)
{
	__m256i have = _mm256_loadu_si256((const __m256i *)(const void *)tags);

	return (uint32_t)_mm256_movemask_epi8(
		_mm256_cmpeq_epi8(have, _mm256_set1_epi8((char)tag)));
}

static uint32_t line_avx2(const uint64_t *keys, __m256i want)
{
	__m256i have = _mm256_loadu_si256((const __m256i *)(const void *)keys);

	return (uint32_t)_mm256_movemask_pd(
		_mm256_castsi256_pd(_mm256_cmpeq_epi64(have, want)));
}

static uint32_t lines_avx2(const struct stele_fmt_line *a,
			   const struct stele_fmt_line *b, uint64_t key)
{
	__m256i want = _mm256_set1_epi64x((long long)key);

	return line_avx2(a->key, want) | line_avx2(b->key, want) << 4;
}

const struct stele_probe_way stele_probe_avx2 = {
	.name = "avx2",
	.tags = tags_avx2,
	.lines = lines_avx2,
};
