/* SPDX-License-Identifier: MIT */
/*
 * Names of a schema as names of C: each byte that can't stand in an identifier
 * becomes '_'.  Two that become one are found.
 */
#ifndef STELE_TOOLS_C_NAME_H
#define STELE_TOOLS_C_NAME_H

#include <stdio.h>

#include <stele/stele.h>

/* Whether a text can begin the names of a header: an identifier that is free. */
bool c_name_is_prefix(const char *text);

/*
 * PREFIX_PART or PREFIX_PART_PART, terminated; of the parts' names.  The caller
 * frees it; NULL: no memory.
 */
char *c_name_join(const char *prefix, struct stele_str first,
		  const struct stele_str *second);

/* The prefix that a path gives: its last part without suffix.  NULL: no memory. */
char *c_name_of_path(const char *path);

/* A text inside a string literal or a comment, pure ASCII. */
void c_name_print_text(FILE *out, const char *ptr, size_t len);

struct c_name {
	char *name; /* owned */
	char *means; /* owned: "field 'b' of 'a'" */
};

struct c_names {
	struct c_name *names;
	size_t nr;
};

/* Takes both; -ENOMEM where one of them is NULL or there is no room. */
int c_names_add(struct c_names *names, char *name, char *means);

/* Sorts; two that are the same, NULL: all differ. */
const struct c_name *c_names_twice(struct c_names *names);

void c_names_free(struct c_names *names);

#endif /* STELE_TOOLS_C_NAME_H */
