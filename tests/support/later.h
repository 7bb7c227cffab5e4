/* SPDX-License-Identifier: MIT */
/*
 * Images as later versions of the format will make them, patched from a sample:
 * with sections and features that this version skips, and with such as it must
 * refuse.
 */
#ifndef LATER_H
#define LATER_H

#include "specimen.h"

struct later {
	const char *name;
	const char *sample; /* which one it is made from */
	void (*change)(struct specimen *specimen);
};

extern const struct later laters[];
extern const size_t nr_laters;

void later_build(const struct later *later, struct specimen *specimen);

#endif /* LATER_H */
