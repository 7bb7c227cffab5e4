/* SPDX-License-Identifier: MIT */
/*
 * One image put to the test: opened, verified and walked, whatever its bytes.
 */
#ifndef TRIAL_H
#define TRIAL_H

#include <stele/stele.h>

struct trial {
	int opened; /* what opening returned */
	int verified; /* what verifying returned, where it was opened */
	uint64_t calls; /* of the walk */
	uint64_t refused; /* calls that met broken bytes */
	/* what must not be, NULL: nothing; rc belongs to it */
	const char *fault;
	int rc;
};

#define TRIAL_F_BOUNDS 1u /* under ASan: nothing behind L may be touched */

/*
 * `len` bytes at a multiple of 64.  `steps` is for walk_segment(); a verified
 * image is walked ten times as far.
 */
void trial_run(struct trial *t, const uint8_t *bytes, size_t len,
	       uint64_t steps, unsigned flags);

/*
 * Say on standard error which trial it was when a sanitizer, a signal or more
 * than two seconds of time end the program.
 */
void trial_guard(void (*tell)(void));
/* A trial begins: its two seconds too. */
void trial_begin(void);

#endif /* TRIAL_H */
