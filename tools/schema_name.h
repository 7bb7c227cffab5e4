/* SPDX-License-Identifier: MIT */
/*
 * Names in schema text: plain where they can be, else quoted as JSON strings.
 */
#ifndef STELE_TOOLS_SCHEMA_NAME_H
#define STELE_TOOLS_SCHEMA_NAME_H

#include <stdbool.h>
#include <stdio.h>

/* Whether a name stands in schema text without quotes. */
bool schema_name_is_plain(const char *ptr, size_t len);

/* Print a name, quoted where it must be.  ptr is UTF-8. */
void schema_name_print(FILE *out, const char *ptr, size_t len);

/*
 * A record's name made of a field's: letters, digits and '_', a capital first;
 * terminated.  `name` has room for len + 2.  Returns its length.
 */
size_t schema_name_capital(char *name, const char *ptr, size_t len);

#endif /* STELE_TOOLS_SCHEMA_NAME_H */
