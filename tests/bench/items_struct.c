// SPDX-License-Identifier: MIT
/*
 * Items as C structs in one array, names behind them: what no store can be
 * quicker than.  Lookups are not its work.
 */
#include "items.h"
#include "die.h"

#include <stdio.h>
#include <stdlib.h>

struct structs {
	struct item *items;
	char (*names)[BENCH_KEY_MAX];
	uint64_t count;
	const struct item *at_hand[ITEMS_AT_HAND];
};

static void version(char *to, size_t size)
{
	snprintf(to, size, "%s", __VERSION__);
}

static void *open_structs(const struct items *items)
{
	struct structs *db = calloc(1, sizeof(*db));
	uint64_t i;

	if (!db)
		die("struct: no memory");
	db->count = items->set.count;
	db->items = calloc(db->count, sizeof(*db->items));
	db->names = calloc(db->count, sizeof(*db->names));
	if (!db->items || !db->names)
		die("struct: no memory");
	for (i = 0; i < db->count; i++)
		item_make(items, i, db->names[i], &db->items[i]);
	for (i = 0; i < ITEMS_AT_HAND; i++)
		db->at_hand[i] = &db->items[item_at_hand(items, i)];
	return db;
}

static uint64_t read_u64(void *opaque, uint64_t count)
{
	const struct structs *db = opaque;
	uint64_t i, sum = 0;

	for (i = 0; i < count; i++)
		sum += db->at_hand[i % ITEMS_AT_HAND]->size;
	return sum;
}

static uint64_t read_str(void *opaque, uint64_t count)
{
	const struct structs *db = opaque;
	const struct item *item;
	uint64_t i, sum = 0;

	for (i = 0; i < count; i++) {
		item = db->at_hand[i % ITEMS_AT_HAND];
		sum += name_sum(item->name, item->name_len);
	}
	return sum;
}

static uint64_t scan(void *opaque)
{
	const struct structs *db = opaque;
	uint64_t i, sum = 0;

	for (i = 0; i < db->count; i++)
		sum += db->items[i].size;
	return sum;
}

const struct items_peer items_struct = {
	.name = "struct",
	.version = version,
	.open = open_structs,
	.u64 = read_u64,
	.str = read_str,
	.scan = scan,
};
