// SPDX-License-Identifier: MIT
/*
 * Pairs and queries, computed from a seed. Both key functions are bijections
 * of the index, which is what makes "present" and "absent" known without a
 * table of keys.
 */
#include "data.h"
#include "die.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define GUARD_BYTES 65536
#define MASK48 ((1ull << 48) - 1)

/* In ASCII order, so that encoded keys sort as the numbers they encode. */
static const char alphabet[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_"
			       "abcdefghijklmnopqrstuvwxyz~";

/* Two letters for each 12 bits. */
static char letters[4096][2];

__attribute__((constructor)) static void letters_fill(void)
{
	int i;

	for (i = 0; i < 4096; i++) {
		letters[i][0] = alphabet[i >> 6];
		letters[i][1] = alphabet[i & 63];
	}
}

uint64_t dataset_key_u64(const struct dataset *set, uint64_t i)
{
	return bench_mix(i + set->seed * 0x9e3779b97f4a7c15);
}

uint64_t dataset_value_u64(const struct dataset *set, uint64_t i)
{
	return bench_mix(~i ^ set->seed << 40);
}

/* A bijection of 48 bits: the first eight letters of a string key. */
static uint64_t prefix48(const struct dataset *set, uint64_t i)
{
	uint64_t x = (i + set->seed * 0x9e3779b97f4b) & MASK48;

	x ^= x >> 24;
	x = x * 0x5851f42d4c95 & MASK48;
	x ^= x >> 25;
	x = x * 0x2545f4914f6d & MASK48;
	return x ^ x >> 24;
}

static void encode48(char *to, uint64_t bits)
{
	memcpy(to + 0, letters[bits >> 36 & 4095], 2);
	memcpy(to + 2, letters[bits >> 24 & 4095], 2);
	memcpy(to + 4, letters[bits >> 12 & 4095], 2);
	memcpy(to + 6, letters[bits & 4095], 2);
}

static size_t key_str_len(uint64_t prefix)
{
	return 8 + (bench_mix(prefix) >> 32) % 25;
}

size_t dataset_key_str(const struct dataset *set, uint64_t i, char *key)
{
	uint64_t prefix = prefix48(set, i);

	encode48(key, prefix);
	encode48(key + 8, bench_mix(prefix + 1));
	encode48(key + 16, bench_mix(prefix + 2));
	encode48(key + 24, bench_mix(prefix + 3));
	return key_str_len(prefix);
}

void dataset_value_str(const struct dataset *set, uint64_t i, uint64_t *words)
{
	uint64_t w = dataset_value_u64(set, i);
	int k;

	for (k = 0; k < BENCH_STR_VALUE / 8; k++)
		words[k] = w + k * 0xd1342543de82ef95;
}

size_t dataset_value_bytes(const struct dataset *set)
{
	return set->kind == BENCH_U64 ? 8 : BENCH_STR_VALUE;
}

uint64_t dataset_raw_bytes(const struct dataset *set)
{
	uint64_t bytes = 0, i;

	if (set->kind == BENCH_U64)
		return set->count * 16;
	for (i = 0; i < set->count; i++)
		bytes += key_str_len(prefix48(set, i)) + BENCH_STR_VALUE;
	return bytes;
}

struct ranked {
	uint64_t rank;
	uint32_t index;
};

static int ranked_compare(const void *a, const void *b)
{
	uint64_t x = ((const struct ranked *)a)->rank;
	uint64_t y = ((const struct ranked *)b)->rank;

	return (x > y) - (x < y);
}

const uint32_t *dataset_sorted(const struct dataset *set)
{
	static uint32_t *order;
	struct ranked *ranked;
	uint64_t i;

	if (order)
		return order;
	ranked = calloc(set->count, sizeof(*ranked));
	order = calloc(set->count, sizeof(*order));
	if (!ranked || !order)
		die("no memory to sort %llu keys",
		    (unsigned long long)set->count);
	for (i = 0; i < set->count; i++) {
		ranked[i].rank = set->kind == BENCH_U64 ?
					 dataset_key_u64(set, i) :
					 prefix48(set, i);
		ranked[i].index = i;
	}
	qsort(ranked, set->count, sizeof(*ranked), ranked_compare);
	for (i = 0; i < set->count; i++)
		order[i] = ranked[i].index;
	free(ranked);
	return order;
}

void queries_alloc(struct queries *q, enum bench_kind kind, uint64_t count)
{
	char *guarded;

	q->kind = kind;
	q->memory_bytes = count * (kind == BENCH_U64 ?
					   sizeof(uint64_t) :
					   sizeof(struct query_str));
	guarded = mmap(NULL, q->memory_bytes + 2 * GUARD_BYTES, PROT_NONE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	q->memory = guarded + GUARD_BYTES;
	if (guarded == MAP_FAILED ||
	    mprotect(q->memory, q->memory_bytes, PROT_READ | PROT_WRITE))
		die("no memory for %llu queries", (unsigned long long)count);
	madvise(q->memory, q->memory_bytes, MADV_HUGEPAGE);
}

static void query_set(struct queries *q, const struct dataset *set, uint64_t at,
		      uint64_t i)
{
	uint64_t words[BENCH_STR_VALUE / 8];
	bool present = i < set->count;

	if (q->kind == BENCH_U64) {
		q->u64[at] = dataset_key_u64(set, i);
		if (present)
			q->expected.sum += dataset_value_u64(set, i);
	} else {
		q->str[at].len = dataset_key_str(set, i, q->str[at].key);
		if (present) {
			dataset_value_str(set, i, words);
			q->expected.sum +=
				words[0] + words[1] + words[2] + words[3];
		}
	}
	q->expected.found += present;
}

void queries_random(struct queries *q, const struct dataset *set,
		    uint64_t count, uint64_t seed, bool absent)
{
	uint64_t at, i;

	q->count = count;
	q->seed = seed;
	q->expected = (struct tally){ 0, 0 };
	for (at = 0; at < count; at++) {
		i = bench_mix(bench_mix(seed) + at);
		i = (unsigned __int128)i * set->count >> 64;
		query_set(q, set, at, absent ? i + set->count : i);
	}
}

void queries_range(struct queries *q, const struct dataset *set, uint64_t first,
		   uint64_t count)
{
	uint64_t at;

	q->count = count;
	q->seed = first;
	q->expected = (struct tally){ 0, 0 };
	for (at = 0; at < count; at++)
		query_set(q, set, at, first + at);
}
