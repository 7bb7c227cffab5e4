// SPDX-License-Identifier: MIT
/*
 * Union-find: keys are found by hashing, under a salt because an image chose
 * them; a class is a tree whose paths are halved by each walk over them.  Roots
 * are linked in the order of their numbers, which comes to the same as a random
 * order here: what is unlucky once is flat soon after.
 */
#include "classes.h"

#include <errno.h>
#include <stdlib.h>

#include "hash.h"
#include "salt.h"

/* The slot of a key: where it stands, or the free one where it belongs. */
static uint32_t *slot_of(const struct stele_classes *classes, uint64_t key)
{
	uint64_t mask = 2 * classes->room - 1;
	uint64_t at = stele_hash_u64(key, classes->salt);

	for (;; at++) {
		uint32_t *slot = &classes->slots[at & mask];

		if (!*slot || classes->nodes[*slot - 1].key == key)
			return slot;
	}
}

static int grow(struct stele_classes *classes)
{
	uint64_t room = classes->room ? 2 * classes->room : 1024;
	struct stele_class_node *nodes;
	uint32_t *slots;

	if (room > 1ull << 31)
		return -ENOMEM;
	nodes = realloc(classes->nodes, room * sizeof(*nodes));
	if (!nodes)
		return -ENOMEM;
	classes->nodes = nodes;
	slots = calloc(2 * room, sizeof(*slots));
	if (!slots)
		return -ENOMEM;
	if (!classes->room)
		classes->salt = stele_salt();
	free(classes->slots);
	classes->slots = slots;
	classes->room = room;
	for (uint64_t i = 0; i < classes->nr; i++)
		*slot_of(classes, nodes[i].key) = (uint32_t)i + 1;
	return 0;
}

static uint32_t node_of(struct stele_classes *classes, uint64_t key)
{
	uint32_t *slot = slot_of(classes, key);

	if (!*slot) {
		uint32_t number = (uint32_t)classes->nr++;

		classes->nodes[number] = (struct stele_class_node){
			.key = key,
			.parent = number,
		};
		*slot = number + 1;
	}
	return *slot - 1;
}

static uint32_t root_of(const struct stele_classes *classes, uint32_t number)
{
	struct stele_class_node *nodes = classes->nodes;

	while (nodes[number].parent != number) {
		nodes[number].parent = nodes[nodes[number].parent].parent;
		number = nodes[number].parent;
	}
	return number;
}

int stele_classes_join(struct stele_classes *classes, uint64_t a, uint64_t b,
		       bool *apart)
{
	uint32_t x, y;

	if (classes->nr + 2 > classes->room) {
		int rc = grow(classes);

		if (rc)
			return rc;
	}
	x = root_of(classes, node_of(classes, a));
	y = root_of(classes, node_of(classes, b));
	*apart = x != y;
	if (x < y)
		classes->nodes[y].parent = x;
	else
		classes->nodes[x].parent = y;
	return 0;
}

bool stele_classes_together(const struct stele_classes *classes, uint64_t a,
			    uint64_t b)
{
	uint32_t x, y;

	if (!classes->nr)
		return false;
	x = *slot_of(classes, a);
	y = *slot_of(classes, b);
	return x && y && root_of(classes, x - 1) == root_of(classes, y - 1);
}

uint32_t *stele_classes_note(const struct stele_classes *classes, uint64_t key)
{
	uint32_t number = classes->nr ? *slot_of(classes, key) : 0;

	return number ? &classes->nodes[number - 1].note : NULL;
}

void stele_classes_free(struct stele_classes *classes)
{
	free(classes->nodes);
	free(classes->slots);
	*classes = (struct stele_classes){ 0 };
}
