/* SPDX-License-Identifier: MIT */
/*
 * The pairs that every store in the bench holds, and the queries put to it.
 *
 * Nothing is stored: the i-th pair is computed from (seed, i), so that any
 * process can check any answer. Keys are distinct by construction: an index
 * below `count` names a key that is present, an index in [count, 2 * count) one
 * that is absent.
 *
 *	integers	a full-range u64 key, a full-range u64 value
 *	strings		a key of 8 to 32 ASCII letters, a value of 32 bytes
 *
 * Next: peer.h, what is done with them.
 */
#ifndef BENCH_DATA_H
#define BENCH_DATA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define BENCH_KEY_MAX 32
#define BENCH_STR_VALUE 32

enum bench_kind {
	BENCH_U64,
	BENCH_STR,
};

struct dataset {
	enum bench_kind kind;
	uint64_t count;
	uint64_t seed;
};

/* One query; the key lies behind its length, as a caller would have it. */
struct query_str {
	uint64_t len;
	char key[BENCH_KEY_MAX];
};

/* Words of 32-byte values are added up; so are u64 values. */
struct tally {
	uint64_t found;
	uint64_t sum;
};

/* A run of queries, and what a right answer to all of them adds up to. */
struct queries {
	enum bench_kind kind;
	uint64_t count;
	uint64_t seed;
	union {
		uint64_t *u64;
		struct query_str *str;
		void *memory;
	};
	size_t memory_bytes;
	struct tally expected;
};

/* The finalizer of splitmix64: a bijection of 64 bits. */
static inline uint64_t bench_mix(uint64_t x)
{
	x ^= x >> 30;
	x *= 0xbf58476d1ce4e5b9;
	x ^= x >> 27;
	x *= 0x94d049bb133111eb;
	return x ^ x >> 31;
}

uint64_t dataset_key_u64(const struct dataset *set, uint64_t i);
uint64_t dataset_value_u64(const struct dataset *set, uint64_t i);
/* Writes at most BENCH_KEY_MAX bytes, returns how many count. */
size_t dataset_key_str(const struct dataset *set, uint64_t i, char *key);
void dataset_value_str(const struct dataset *set, uint64_t i, uint64_t *words);
size_t dataset_value_bytes(const struct dataset *set);
/* Key and value bytes of all pairs, without any framing. */
uint64_t dataset_raw_bytes(const struct dataset *set);

/*
 * The indexes of all pairs in the order of their keys, for stores that take
 * sorted input. Sorted once and kept; free() is not the caller's.
 */
const uint32_t *dataset_sorted(const struct dataset *set);

/*
 * Room for count queries, on huge pages where there are any, in a mapping that
 * no neighbour is merged with.
 */
void queries_alloc(struct queries *q, enum bench_kind kind, uint64_t count);
void queries_random(struct queries *q, const struct dataset *set,
		    uint64_t count, uint64_t seed, bool absent);
/* The pairs first, first + 1, ... */
void queries_range(struct queries *q, const struct dataset *set, uint64_t first,
		   uint64_t count);

#ifdef __cplusplus
}
#endif

#endif
