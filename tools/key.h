/* SPDX-License-Identifier: MIT */
/*
 * Keys of a table as words of the command line: strings as typed, also where they
 * say a date, bytes (base64) or a whole number; other keys as JSON, and the keys
 * of a table over several fields as a JSON array.
 */
#ifndef STELE_TOOLS_KEY_H
#define STELE_TOOLS_KEY_H

#include <stele/stele.h>

#include "arena.h"

/*
 * Find what a word means in a table.  -STELE_E_ABSENT; -STELE_E_TYPE or _SYNTAX
 * where the word is no key of this table, with the reason in err;
 * -STELE_E_FORMAT; -ENOMEM.
 */
int key_find(const struct stele_segment *segment, const struct stele_map *map,
	     struct arena *arena, const char *text, size_t len,
	     struct stele_matches *matches, struct stele_error *err);

/*
 * The item of a dict under a key that the text means: a string, else a JSON
 * scalar.  Codes as above.
 */
int key_find_in_dict(const struct stele_value *dict, struct arena *arena,
		     const char *text, size_t len, struct stele_value *item);

#endif /* STELE_TOOLS_KEY_H */
