/* SPDX-License-Identifier: MIT */
/*
 * Going through an open segment with every reading call of the library, for as
 * many steps as are given, and touching what the calls hand out, so that a
 * sanitizer sees an access outside.  What comes back is not compared with
 * anything: the bytes may be hostile.  `strict` says that they were verified;
 * then no call may find them broken, and what is listed can be looked up.
 *
 * Nothing here recurses deeper than WALK_DEPTH, or allocates but for
 * stele_value_equal().
 */
#ifndef WALK_H
#define WALK_H

#include <stele/stele.h>

#define WALK_DEPTH 12u

struct walk {
	const struct stele_segment *segment;
	bool strict;
	uint64_t steps; /* left in the part at hand */
	uint64_t calls; /* made in all */
	uint64_t refused; /* of them, by bytes that are broken */
	uint64_t sum; /* of the bytes that were touched */
	struct stele_value before; /* one that was met, to be compared */
	const char *fault; /* strict: the first call that failed, else NULL */
	int fault_code;
};

/*
 * Everything: schema, roots, rows, tables.  Each part gets `steps` of its own,
 * so that one which goes in circles leaves enough for the others.
 */
void walk_segment(struct walk *w, uint64_t steps);

/* ---------------------------------------------------------- its parts */

/* Count a call; whether it succeeded. */
bool walk_called(struct walk *w, int rc, const char *what);
/* A strict walk must not come here. */
void walk_fault(struct walk *w, int rc, const char *what);
static inline bool walk_goes_on(const struct walk *w)
{
	return w->steps > 0;
}

/* Touch a run of bytes that a call handed out. */
void walk_touch(struct walk *w, const void *p, uint64_t len);

void walk_value(struct walk *w, const struct stele_value *value,
		unsigned depth);
void walk_schema(struct walk *w);
void walk_map(struct walk *w, const struct stele_map *map);
void walk_view(struct walk *w);

#endif /* WALK_H */
