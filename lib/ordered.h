/* SPDX-License-Identifier: MIT */
/*
 * Work in numbered pieces: made by several threads, taken in order by the
 * caller's.  What is made ahead is bounded, so memory is.
 */
#ifndef STELE_ORDERED_H
#define STELE_ORDERED_H

#include <stdint.h>

struct stele_ordered {
	/* In any thread: make piece i.  0 and *result, or an error. */
	int (*make)(void *arg, uint64_t i, void **result);
	/* In the caller's thread, in order; then drop frees the result. */
	int (*take)(void *arg, uint64_t i, void *result);
	/* Free a result, taken or not. */
	void (*drop)(void *result);
	void *arg;
};

/*
 * Make and take n pieces by `threads` threads; where the system grants fewer,
 * fewer do the work.  The first error in the order of the pieces ends it and is
 * returned, so the result does not depend on the number of threads.
 */
int stele_ordered_run(const struct stele_ordered *o, uint64_t n,
		      unsigned threads);

#endif /* STELE_ORDERED_H */
