// SPDX-License-Identifier: MIT
/* khash, the hash table of klib: integers to integers, in the heap. */
#include "die.h"
#include "peer.h"

#include <htslib/khash.h>
#include <stdio.h>

KHASH_MAP_INIT_INT64(pairs, uint64_t)

static void khash_version(char *to, size_t size)
{
	snprintf(to, size, "%s", AC_VERSION_KHASH_H);
}

static void *khash_open(const struct peer_args *args)
{
	const struct dataset *set = &args->set;
	khash_t(pairs) *map = kh_init(pairs);
	khint_t at;
	uint64_t i;
	int absent;

	if (set->kind != BENCH_U64)
		die("khash: integers only");
	/* Filled to 0.77 at most; the next power of two is taken. */
	if (kh_resize(pairs, map, set->count * 4 / 3 + 1))
		die("khash: no memory");
	for (i = 0; i < set->count; i++) {
		at = kh_put(pairs, map, dataset_key_u64(set, i), &absent);
		if (absent <= 0)
			die("khash: cannot add a pair");
		kh_value(map, at) = dataset_value_u64(set, i);
	}
	return map;
}

BENCH_INLINE const void *khash_find(void *opaque, const void *key, size_t len)
{
	khash_t(pairs) *map = opaque;
	uint64_t k;
	khint_t at;

	memcpy(&k, key, len);
	at = kh_get(pairs, map, k);
	return at == kh_end(map) ? NULL : &kh_value(map, at);
}

static struct tally khash_get(void *db, const struct queries *q,
			      enum bench_mode mode)
{
	return find_queries(db, q, mode, BENCH_U64, khash_find);
}

/* Flags are two bits a slot. */
static uint64_t khash_bytes(void *opaque, const struct peer_args *args)
{
	khash_t(pairs) *map = opaque;

	(void)args;
	return kh_n_buckets(map) * 16ull + kh_n_buckets(map) / 4;
}

static void khash_close(void *map)
{
	kh_destroy(pairs, map);
}

const struct peer peer_khash = {
	.name = "khash",
	.version = khash_version,
	.open = khash_open,
	.get = khash_get,
	.bytes = khash_bytes,
	.close = khash_close,
};
