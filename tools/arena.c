/* SPDX-License-Identifier: MIT */
/*
 * A list of blocks; the pointer moves through them in order.  A reset goes back
 * to the first block and keeps the others, so that the arena is as large as the
 * largest row was.
 */
#include "arena.h"

#include <stdlib.h>
#include <string.h>

#define ARENA_BLOCK_BYTES ((size_t)256 << 10)

struct arena_block {
	struct arena_block *next;
	size_t room;
	char bytes[];
};

static void arena_use(struct arena *arena, struct arena_block *block)
{
	arena->block = block;
	arena->at = block->bytes;
	arena->end = block->bytes + block->room;
}

void *arena_grow(struct arena *arena, size_t bytes)
{
	struct arena_block *last = arena->block, *block;
	size_t room = ARENA_BLOCK_BYTES;

	if (bytes > SIZE_MAX / 2)
		return NULL;
	block = last ? last->next : arena->first;
	if (!block || block->room < bytes) {
		if (room < bytes)
			room = (bytes + 7) & ~(size_t)7;
		block = malloc(sizeof(*block) + room);
		if (!block)
			return NULL;
		block->room = room;
		block->next = last ? last->next : arena->first;
		if (last)
			last->next = block;
		else
			arena->first = block;
	}
	arena_use(arena, block);
	return arena_take(arena, bytes);
}

void *arena_items(struct arena *arena, size_t n, size_t bytes)
{
	size_t all;

	if (__builtin_mul_overflow(n, bytes, &all))
		return NULL;
	return arena_take(arena, all);
}

char *arena_copy(struct arena *arena, const char *ptr, size_t len)
{
	char *copy = len < SIZE_MAX ? arena_take(arena, len + 1) : NULL;

	if (!copy)
		return NULL;
	if (len)
		memcpy(copy, ptr, len);
	copy[len] = '\0';
	return copy;
}

void arena_reset(struct arena *arena)
{
	if (arena->first)
		arena_use(arena, arena->first);
}

void arena_free(struct arena *arena)
{
	struct arena_block *block = arena->first, *next;

	for (; block; block = next) {
		next = block->next;
		free(block);
	}
	memset(arena, 0, sizeof(*arena));
}
