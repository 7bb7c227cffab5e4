/* SPDX-License-Identifier: MIT */
/*
 * Types as they may be stored and as they may be read: one of each kind, for
 * every pair of kinds, and pairs whose verdict is that of their parts.  FORMAT.md
 * lists what the library says to them; test_compat.c holds it to that.
 */
#ifndef EVOLUTION_H
#define EVOLUTION_H

#include <stele/stele.h>

#define EVOLUTION_KINDS (STELE_TYPE_USER - STELE_TYPE_BOOL + 1)
#define EVOLUTION_TEXT 400 /* bytes of a schema */

/* The type of each kind, from bool on. */
extern const char *const evolution_types[EVOLUTION_KINDS];

struct evolution_pair {
	const char *stored;
	const char *reader;
	enum stele_verdict verdict;
};

extern const struct evolution_pair evolution_pairs[];
extern const size_t nr_evolution_pairs;

/* A schema whose record R, number 0, has a field f of a type. */
void evolution_schema(char text[EVOLUTION_TEXT], const char *type);

/* What comparing says of f, as a text: "convert", ... */
enum stele_verdict evolution_verdict(const char *stored, const char *reader);

#endif /* EVOLUTION_H */
