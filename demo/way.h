/* SPDX-License-Identifier: MIT */
/*
 * A way of holding the packages: what each process does, in this order. There
 * are two, and the demo sets them side by side: way_segment.h, way_heap.h.
 */
#ifndef DEMO_WAY_H
#define DEMO_WAY_H

#include "questions.h"

struct way {
	const char *name;
	const char *title;
	void *(*open)(const char *segment);
	/* Where the segment is mapped; NULL: it is not. */
	const void *(*mapping)(const void *packages);
	void (*look_up)(const void *packages, const struct questions *questions,
			uint64_t nr, uint64_t seed, struct answer *answer);
	/* The same, many at once; NULL: there is no such way. */
	void (*look_up_many)(const void *packages,
			     const struct questions *questions, uint64_t nr,
			     uint64_t seed, struct answer *answer);
	/* All that a package depends on, itself included. */
	void (*close_over)(const void *packages, struct stele_str name,
			   struct answer *answer);
};

#endif
