/* SPDX-License-Identifier: MIT */
/*
 * Records under test: the same items in every store, and four things that a
 * program does with them.
 *
 *	u64, str	one field of an item at hand: ITEMS_AT_HAND of them, in
 *			the processor's cache, again and again
 *	scan		one field of all items
 *	lookup		an item by its id, and three of its fields
 *
 * As in data.h, nothing is stored: item i is computed from (seed, i).  Each
 * store is one file, items_*.c, which ends in its `struct items_peer`; items.c
 * lists them, and checks what they add up.
 */
#ifndef BENCH_ITEMS_H
#define BENCH_ITEMS_H

#include "data.h"

#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ITEMS_AT_HAND 1024u

/* As a program has it in memory. */
struct item {
	uint64_t id;
	uint64_t size;
	double score;
	const char *name;
	uint32_t name_len; /* 8 to 32 */
	uint32_t count;
	int32_t day;
	uint8_t kind;
	bool done;
};

struct items {
	struct dataset set;
	const char *path;
	const char *schema; /* path of record.schema */
};

/* The name goes to `name`, of BENCH_KEY_MAX bytes. */
void item_make(const struct items *items, uint64_t i, char *name,
	       struct item *item);
/* The number of the i-th item at hand. */
uint64_t item_at_hand(const struct items *items, uint64_t i);
static inline uint64_t item_id(const struct items *items, uint64_t i)
{
	return dataset_key_u64(&items->set, i);
}

/* What counts of a string: its length, and bytes that must be read. */
static inline uint64_t name_sum(const char *name, uint64_t len)
{
	return len + (uint8_t)name[0] + (uint8_t)name[len - 1];
}

/*
 * A store.  Each call but the first four adds up what it read: `size` or
 * name_sum(); a lookup size, count and name_sum().  NULL: it has no such way.
 */
struct items_peer {
	const char *name;
	void (*version)(char *to, size_t size);
	void (*build)(const struct items *items); /* NULL: open does */
	void *(*open)(const struct items *items);
	uint64_t (*u64)(void *db, uint64_t count);
	uint64_t (*str)(void *db, uint64_t count);
	uint64_t (*scan)(void *db);
	uint64_t (*lookup)(void *db, const uint64_t *ids, uint64_t count);
};

extern const struct items_peer items_struct, items_stele, items_made,
	items_flatbuffers, items_lmdb, items_sqlite;

/* The command loop of a store of items; see items.c. */
int items_main(const char *store, const struct items *items);

#ifdef __cplusplus
}
#endif

#endif
