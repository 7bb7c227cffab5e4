// SPDX-License-Identifier: MIT
/*
 * Prints what doc/FORMAT.md lists of pairs of types, as the library judges them.
 *
 * usage: compat kinds|parts
 */
#include <stdio.h>
#include <string.h>

#include "evolution.h"

static const char marks[] = { '=', '+', '?', '.' };

static void print_kinds(void)
{
	printf("%-13s", "");
	for (int r = STELE_TYPE_BOOL; r <= STELE_TYPE_USER; r++)
		printf(" %2d", r);
	printf("\n");
	for (int s = STELE_TYPE_BOOL; s <= STELE_TYPE_USER; s++) {
		printf("%2d %-10s", s, stele_type_name((enum stele_type)s));
		for (int r = STELE_TYPE_BOOL; r <= STELE_TYPE_USER; r++)
			printf("  %c",
			       marks[evolution_verdict(
				       evolution_types[s - STELE_TYPE_BOOL],
				       evolution_types[r - STELE_TYPE_BOOL])]);
		printf("\n");
	}
}

static void print_parts(void)
{
	for (size_t i = 0; i < nr_evolution_pairs; i++) {
		const struct evolution_pair *pair = &evolution_pairs[i];

		printf("%s -> %s: %s\n", pair->stored, pair->reader,
		       stele_verdict_name(
			       evolution_verdict(pair->stored, pair->reader)));
	}
}

int main(int argc, char **argv)
{
	const char *what = argc == 2 ? argv[1] : "";

	if (!strcmp(what, "kinds")) {
		print_kinds();
	} else if (!strcmp(what, "parts")) {
		print_parts();
	} else {
		fputs("usage: compat kinds|parts\n", stderr);
		return 2;
	}
	return 0;
}
