/* SPDX-License-Identifier: MIT */
/*
 * A peer: one store under test, ours among them, behind five calls. Each is one
 * file, peer_*.c, which ends in its `struct peer`; bench.c lists them.
 *
 * The loops that are timed are here, inline, so that every store is asked in
 * the same way and a store that lives in headers is inlined as in a real
 * program:
 *
 *	dependent	the address of the next query is computed from the
 *			value just found, so that no two lookups overlap
 *	independent	the processor may overlap them as it likes
 *	batch		32 keys a call, for stores that have such a call
 *
 * All of a value is read, whatever its size: a lookup which only proves that
 * the key exists would be cheaper, and of less use.
 */
#ifndef BENCH_PEER_H
#define BENCH_PEER_H

#include "data.h"

#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

#define BENCH_BATCH 32

enum bench_mode {
	BENCH_DEPENDENT,
	BENCH_INDEPENDENT,
	BENCH_BATCHED,
};

struct peer_args {
	struct dataset set;
	const char *path; /* where the store lies, or is to be built */
	const char *home; /* "file", "memfd"; "heap" for stores in the heap */
	const char *page; /* asked for: "4K", "2M", "any"; smaps tells more */
	uint64_t bytes; /* size of the limit's arena */
	uint64_t bucket_bytes; /* of stele's string table, 0: its default */
};

struct peer {
	const char *name;
	void (*version)(char *to, size_t size);
	/* build takes the pairs in the order of their keys: sorted beforehand,
	 * which is not timed. */
	bool sorts;
	/* Builds at path, synced; NULL for a store which open builds. */
	void (*build)(const struct peer_args *args);
	/* A memfd is made by the first open and kept for the next ones. */
	void *(*open)(const struct peer_args *args);
	/* Brings everything into memory; NULL where reading all keys does. */
	void (*warm)(void *db);
	struct tally (*get)(void *db, const struct queries *q,
			    enum bench_mode mode);
	/* Bytes on disk, or in memory for a store without a file. */
	uint64_t (*bytes)(void *db, const struct peer_args *args);
	/* More to say about it, as members of a JSON object; may be NULL. */
	void (*shape)(void *db, char *to, size_t size);
	void (*close)(void *db);
};

/*
 * Finds one key: its value, which stays valid until the next call on db, or
 * NULL. An integer key is 8 bytes in native order.
 */
typedef const void *(*peer_find)(void *db, const void *key, size_t len);

#define AHEAD 16 /* queries */

#define BENCH_INLINE static inline __attribute__((always_inline))

BENCH_INLINE uint64_t value_sum(const void *value, enum bench_kind kind)
{
	uint64_t word[BENCH_STR_VALUE / 8];

	if (kind == BENCH_U64) {
		memcpy(word, value, sizeof(word[0]));
		return word[0];
	}
	memcpy(word, value, sizeof(word));
	return word[0] + word[1] + word[2] + word[3];
}

/* Zero, but the compiler doesn't know it: keeps the dependence in the code. */
BENCH_INLINE uint64_t opaque_zero(void)
{
	uint64_t zero = 0;

	__asm__ volatile("" : "+r"(zero));
	return zero;
}

/*
 * What a program asks for, it has at hand: without this, the dependence would
 * add a cache miss on the queries to each lookup.
 */
BENCH_INLINE void query_ahead(const struct queries *q, enum bench_kind kind,
			      uint64_t i)
{
	if (i + AHEAD >= q->count)
		return;
	if (kind == BENCH_U64) {
		__builtin_prefetch(&q->u64[i + AHEAD]);
	} else {
		__builtin_prefetch(&q->str[i + AHEAD]);
		__builtin_prefetch(&q->str[i + AHEAD].key[BENCH_KEY_MAX - 1]);
	}
}

BENCH_INLINE struct tally find_all(void *db, const struct queries *q,
				   uint64_t mask, enum bench_kind kind,
				   peer_find find)
{
	struct tally tally = { 0, 0 };
	uint64_t i, at, last = 0;

	for (i = 0; i < q->count; i++) {
		const void *value;

		query_ahead(q, kind, i);
		at = i + (last & mask);
		if (kind == BENCH_U64)
			value = find(db, &q->u64[at], sizeof(q->u64[at]));
		else
			value = find(db, q->str[at].key, q->str[at].len);
		last = 0;
		if (value) {
			last = value_sum(value, kind);
			tally.found++;
			tally.sum += last;
		}
	}
	return tally;
}

/* Both one-by-one modes; a peer passes its find, and has no other loop. */
BENCH_INLINE struct tally find_queries(void *db, const struct queries *q,
				       enum bench_mode mode,
				       enum bench_kind kind, peer_find find)
{
	if (mode == BENCH_DEPENDENT)
		return find_all(db, q, opaque_zero(), kind, find);
	/* A constant mask: the compiler drops the dependence. */
	return find_all(db, q, 0, kind, find);
}

uint64_t file_bytes(const char *path);
void file_sync(const char *path);

extern const struct peer peer_limit, peer_lmdb, peer_cdb, peer_rocksdb,
	peer_sqlite, peer_khash, peer_absl, peer_stele;

#ifdef __cplusplus
}
#endif

#endif
