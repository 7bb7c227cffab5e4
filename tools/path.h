/* SPDX-License-Identifier: MIT */
/*
 * Paths into a segment: /TABLE/KEY/FIELD/INDEX/..., or /ROOT/...; steps are
 * percent-encoded where they hold a '/' or '%'.  A table goes before a root of the
 * same name.  Behind the key of a table with several values a key comes the
 * number of the value, from 0.  A step into an array of several axes has an index
 * for each, with ',' between them.
 */
#ifndef STELE_TOOLS_PATH_H
#define STELE_TOOLS_PATH_H

#include <stele/stele.h>

#include "key.h"

enum path_kind {
	PATH_SEGMENT, /* "/" */
	PATH_TABLE, /* map */
	PATH_MATCHES, /* map, matches: all values of a key */
	PATH_VALUE, /* value, type */
};

struct path {
	enum path_kind kind;
	const struct stele_map *map;
	struct stele_matches matches;
	struct stele_value value;
	uint32_t type; /* index in the schema, UINT32_MAX: any */
};

/*
 * Follow a path; what it leads to is there until keys_reset().  -STELE_E_ABSENT with the step in err's reason; -STELE_E_SYNTAX
 * for a bad percent escape; the codes of key_find(); -STELE_E_FORMAT.
 */
int path_follow(struct keys *keys, const char *text, struct path *path,
		struct stele_error *err);

#endif /* STELE_TOOLS_PATH_H */
