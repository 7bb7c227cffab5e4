/* SPDX-License-Identifier: MIT */
/*
 * Memory that is given back all at once: what one row of input needs is taken
 * from here by moving a pointer, and the next row starts over.  Blocks stay with
 * the arena, so that reading rows of like size allocates nothing.
 */
#ifndef STELE_TOOLS_ARENA_H
#define STELE_TOOLS_ARENA_H

#include <stddef.h>
#include <stdint.h>

struct arena_block;

struct arena {
	char *at; /* next free byte, a multiple of 8 */
	char *end;
	struct arena_block *block; /* the one in use */
	struct arena_block *first;
};

/* The slow way of arena_take(): another block. */
void *arena_grow(struct arena *arena, size_t bytes);

/* `bytes` bytes at a multiple of 8, not cleared.  NULL: no memory. */
static inline void *arena_take(struct arena *arena, size_t bytes)
{
	size_t need = (bytes + 7) & ~(size_t)7;
	char *at = arena->at;

	if (!at || need < bytes || need > (size_t)(arena->end - at))
		return arena_grow(arena, bytes);
	arena->at = at + need;
	return at;
}

/* The same for n items; NULL also where n * bytes overflows. */
void *arena_items(struct arena *arena, size_t n, size_t bytes);

/* A copy of len bytes, terminated. */
char *arena_copy(struct arena *arena, const char *ptr, size_t len);

/* Everything taken so far is free again. */
void arena_reset(struct arena *arena);

void arena_free(struct arena *arena);

#endif /* STELE_TOOLS_ARENA_H */
