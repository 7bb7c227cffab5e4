/* SPDX-License-Identifier: MIT */
/*
 * Between the files that change images.
 */
#ifndef ALTER_PRIVATE_H
#define ALTER_PRIVATE_H

#include "alter.h"

/* alter_types.c: another schema of the same length. */
bool alter_types(const struct anatomy *a, struct specimen *work,
		 struct random *r);

/* alter_object.c */
bool alter_object(const struct anatomy *a, struct specimen *work,
		  struct random *r);
bool alter_key(const struct anatomy *a, struct specimen *work,
	       struct random *r);
bool alter_slot(const struct anatomy *a, struct specimen *work,
		struct random *r);

/* alter.c: set bytes to a value at the edge, a word to one that is nearly right. */
void alter_edge(const struct anatomy *a, struct specimen *work,
		struct random *r, uint64_t off, unsigned bytes);
void alter_some_word(const struct anatomy *a, struct specimen *work,
		     struct random *r, uint64_t off);

#endif /* ALTER_PRIVATE_H */
