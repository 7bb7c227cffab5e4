/* SPDX-License-Identifier: MIT */
/*
 * The demo's one answer to every failure: say what could not be done, and end
 * with the status that the command `stele` gives for such a cause.
 */
#ifndef DEMO_DIE_H
#define DEMO_DIE_H

#include <stdio.h>
#include <stdlib.h>

#include <stele/error.h>

#define DEMO_USAGE 2
#define DEMO_BAD_INPUT 3
#define DEMO_SYSTEM 4

static inline void die(const char *what, int code)
{
	fprintf(stderr, "demo: %s: %s\n", what, stele_strerror(code));
	exit(code <= -STELE_E_FORMAT ? DEMO_BAD_INPUT : DEMO_SYSTEM);
}

/* For calls that give 0 or a negative code. */
static inline void must(int rc, const char *what)
{
	if (rc)
		die(what, rc);
}

static inline void *must_have(void *memory)
{
	if (!memory) {
		fputs("demo: out of memory\n", stderr);
		exit(DEMO_SYSTEM);
	}
	return memory;
}

#endif
