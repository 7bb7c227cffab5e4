// SPDX-License-Identifier: MIT
/* absl::flat_hash_map: integers to integers, in the heap. */
#include "die.h"
#include "peer.h"

#include <absl/base/config.h>
#include <absl/container/flat_hash_map.h>
#include <cstdio>

using pairs = absl::flat_hash_map<uint64_t, uint64_t>;

static void absl_version(char *to, size_t size)
{
#ifdef ABSL_LTS_RELEASE_VERSION
	snprintf(to, size, "%d.%d", ABSL_LTS_RELEASE_VERSION,
		 ABSL_LTS_RELEASE_PATCH_LEVEL);
#else
	snprintf(to, size, "unknown");
#endif
}

static void *absl_open(const struct peer_args *args)
{
	const struct dataset *set = &args->set;
	pairs *map = new pairs;

	if (set->kind != BENCH_U64)
		die("absl: integers only");
	map->reserve(set->count);
	for (uint64_t i = 0; i < set->count; i++)
		map->emplace(dataset_key_u64(set, i),
			     dataset_value_u64(set, i));
	return map;
}

BENCH_INLINE const void *absl_find(void *opaque, const void *key, size_t len)
{
	pairs *map = static_cast<pairs *>(opaque);
	uint64_t k;

	memcpy(&k, key, len);
	auto at = map->find(k);
	return at == map->end() ? nullptr : &at->second;
}

static struct tally absl_get(void *db, const struct queries *q,
			     enum bench_mode mode)
{
	return find_queries(db, q, mode, BENCH_U64, absl_find);
}

/* A control byte and a pair for each slot. */
static uint64_t absl_bytes(void *opaque, const struct peer_args *)
{
	return static_cast<pairs *>(opaque)->capacity() * 17;
}

static void absl_close(void *opaque)
{
	delete static_cast<pairs *>(opaque);
}

extern "C" const struct peer peer_absl = {
	/* name */ "absl",
	/* version */ absl_version,
	/* sorts */ false,
	/* build */ nullptr,
	/* open */ absl_open,
	/* warm */ nullptr,
	/* get */ absl_get,
	/* bytes */ absl_bytes,
	/* shape */ nullptr,
	/* close */ absl_close,
};
