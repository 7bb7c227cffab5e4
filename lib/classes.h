/* SPDX-License-Identifier: MIT */
/*
 * Classes of things that are equal, or are taken to be until one turns out not
 * to be: union-find over numbers of the caller's.  Memory is 24 bytes a number
 * and up to twice that while it grows.
 */
#ifndef STELE_CLASSES_H
#define STELE_CLASSES_H

#include <stdbool.h>
#include <stdint.h>

struct stele_class_node {
	uint64_t key;
	uint32_t parent; /* number of a node of its class; its own: the root */
	uint32_t note; /* the caller's */
};

/* Zero-initialised is empty. */
struct stele_classes {
	struct stele_class_node *nodes;
	uint32_t *slots; /* number of a node plus one, 0: free */
	uint64_t nr;
	uint64_t room; /* of nodes; there are twice as many slots */
	uint64_t salt;
};

/* Put two keys into one class; *apart: they were not.  -ENOMEM. */
int stele_classes_join(struct stele_classes *classes, uint64_t a, uint64_t b,
		       bool *apart);

/* Whether two keys are in one class; of one that was never joined, no. */
bool stele_classes_together(const struct stele_classes *classes, uint64_t a,
			    uint64_t b);

/* A place for 32 bits of the caller's beside a key, at first 0; NULL: never joined. */
uint32_t *stele_classes_note(const struct stele_classes *classes, uint64_t key);

void stele_classes_free(struct stele_classes *classes);

#endif /* STELE_CLASSES_H */
