/* SPDX-License-Identifier: MIT */
/*
 * Changing an image: random bytes, or one field of one structure set to a value
 * at the edge of something.
 */
#ifndef ALTER_H
#define ALTER_H

#include "anatomy.h"
#include "random.h"

enum alter_kind {
	ALTER_BYTES,
	ALTER_HEADER,
	ALTER_SECTION,
	ALTER_TRAILER,
	ALTER_SCHEMA,
	ALTER_TYPES, /* a whole schema that declares others */
	ALTER_HEAD,
	ALTER_WORD,
	ALTER_OBJECT, /* what only objects of its kind have */
	ALTER_KEY, /* of a DICT or SET */
	ALTER_SLOT, /* of its index, or the salt */
	ALTER_TABLE,
	ALTER_PARTITION,
	ALTER_SEPARATOR,
	ALTER_BUCKET,
	ALTER_LINE,
	ALTER_OVERFLOW,
	NR_ALTER
};

/* "bytes", "header", ... */
extern const char *const alter_names[NR_ALTER];

/*
 * Change `work`, which is a copy of the image of `a` or was one; false where
 * the image has nothing of the kind.
 */
bool alter(const struct anatomy *a, struct specimen *work, struct random *r,
	   enum alter_kind kind);

#endif /* ALTER_H */
