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

#endif /* ALTER_PRIVATE_H */
