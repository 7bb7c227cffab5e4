/* SPDX-License-Identifier: MIT */
/*
 * A number for the hash tables in memory whose keys an image or a text chose:
 * who made it cannot have picked keys that meet in one slot.  Nothing that is
 * written or given back may depend on it.
 */
#ifndef STELE_SALT_H
#define STELE_SALT_H

#include <stdint.h>

/* Another one each time; cannot fail. */
uint64_t stele_salt(void);

#endif /* STELE_SALT_H */
