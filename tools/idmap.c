/* SPDX-License-Identifier: MIT */
/*
 * Open addressing, at most half full; a key of 0 is a free slot.
 */
#include "idmap.h"

#include <stdlib.h>
#include <string.h>

static size_t slot_of(const struct id_entry *slots, size_t room, uint64_t key)
{
	size_t i = (size_t)((key * 0x9e3779b97f4a7c15ull) >> 32) & (room - 1);

	while (slots[i].key && slots[i].key != key)
		i = (i + 1) & (room - 1);
	return i;
}

struct id_entry *idmap_find(const struct idmap *map, uint64_t key)
{
	struct id_entry *entry;

	if (!map->room)
		return NULL;
	entry = &map->slots[slot_of(map->slots, map->room, key)];
	return entry->key ? entry : NULL;
}

static int grow(struct idmap *map)
{
	size_t room = map->room ? map->room * 2 : 64;
	struct id_entry *slots = calloc(room, sizeof(*slots));

	if (!slots)
		return -1;
	for (size_t i = 0; i < map->room; i++)
		if (map->slots[i].key)
			slots[slot_of(slots, room, map->slots[i].key)] =
				map->slots[i];
	free(map->slots);
	map->slots = slots;
	map->room = room;
	return 0;
}

struct id_entry *idmap_add(struct idmap *map, uint64_t key)
{
	struct id_entry *entry;

	if (map->nr * 2 >= map->room && grow(map))
		return NULL;
	entry = &map->slots[slot_of(map->slots, map->room, key)];
	if (!entry->key) {
		entry->key = key;
		map->nr++;
	}
	return entry;
}

void idmap_free(struct idmap *map)
{
	free(map->slots);
	memset(map, 0, sizeof(*map));
}
