/* SPDX-License-Identifier: MIT */
/*
 * What has been seen: 64-bit numbers, none of them 0, each with a pointer of
 * the caller's. It marks what a walk of a cyclic graph has reached, and finds
 * the copy of a record that several records share. Open addressing, at most
 * half full.
 */
#ifndef DEMO_SEEN_H
#define DEMO_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "die.h"

struct seen_slot {
	uint64_t number; /* 0: free */
	void *pointer;
};

struct seen {
	struct seen_slot *slots;
	size_t room; /* a power of two, or 0 */
	size_t nr;
};

static struct seen_slot *seen_slot(const struct seen *seen, uint64_t number)
{
	size_t i = number * UINT64_C(0x9e3779b97f4a7c15) >> 32;

	for (;; i++) {
		struct seen_slot *slot = &seen->slots[i & (seen->room - 1)];

		if (!slot->number || slot->number == number)
			return slot;
	}
}

static void seen_grow(struct seen *seen)
{
	struct seen old = *seen;

	seen->room = old.room ? old.room * 2 : 1024;
	seen->slots = must_have(calloc(seen->room, sizeof(*seen->slots)));
	for (size_t i = 0; i < old.room; i++)
		if (old.slots[i].number)
			*seen_slot(seen, old.slots[i].number) = old.slots[i];
	free(old.slots);
}

/* The pointer kept with a number; *is_new: it is seen for the first time. */
static void **seen_add(struct seen *seen, uint64_t number, bool *is_new)
{
	struct seen_slot *slot;

	if (seen->nr * 2 >= seen->room)
		seen_grow(seen);
	slot = seen_slot(seen, number);
	*is_new = !slot->number;
	seen->nr += *is_new;
	slot->number = number;
	return &slot->pointer;
}

static void seen_free(struct seen *seen)
{
	free(seen->slots);
}

#endif
