/* SPDX-License-Identifier: MIT */
/*
 * Keys as words of the command line: strings, bytes (base64), times, uuids,
 * decimals and user types (base64) as typed, also where they say something else;
 * other keys as JSON, in the form that stele-json(5) has for their declared type;
 * the keys of a table over several fields as a JSON array.
 */
#ifndef STELE_TOOLS_KEY_H
#define STELE_TOOLS_KEY_H

#include <stele/stele.h>

#include "key_maker.h"

/* Stays where it is. */
struct keys {
	const struct stele_segment *segment;
	struct key_maker maker;
	struct arena arena; /* of the key at hand, and what a path leads to */
	struct rows *rows; /* maps text to cells; NULL: not needed yet */
	struct json_parser *parser;
};

void keys_open(struct keys *keys, const struct stele_segment *segment);

/* The next question: what was asked before is gone. */
void keys_reset(struct keys *keys);
void keys_close(struct keys *keys);

/*
 * Find what a word means in a table.  -STELE_E_ABSENT; -STELE_E_TYPE or _SYNTAX
 * where the word is no key of this table, with the reason in err;
 * -STELE_E_FORMAT; -ENOMEM.
 */
int key_find(struct keys *keys, const struct stele_map *map, const char *text,
	     size_t len, struct stele_matches *matches,
	     struct stele_error *err);

/*
 * The item of a dict under a key that the text means: of the declared type of
 * its keys; UINT32_MAX: a string, else any value as JSON.  Codes as above.
 */
int key_find_in_dict(struct keys *keys, const struct stele_value *dict,
		     uint32_t type, const char *text, size_t len,
		     struct stele_value *item, struct stele_error *err);

#endif /* STELE_TOOLS_KEY_H */
