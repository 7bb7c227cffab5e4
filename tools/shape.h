/* SPDX-License-Identifier: MIT */
/*
 * The shape of all values seen at one place of the rows: which kinds there were,
 * how large the numbers, and the shapes of items and members.  Enough to name
 * the narrowest type that holds them all, and no more: its size does not grow
 * with the number of rows.
 */
#ifndef STELE_TOOLS_SHAPE_H
#define STELE_TOOLS_SHAPE_H

#include <stele/schema.h>

#include "arena.h"
#include "json_in.h"

/* What was seen. */
#define SHAPE_NULL (1u << 0)
#define SHAPE_BOOL (1u << 1)
#define SHAPE_INT (1u << 2)
#define SHAPE_F64 (1u << 3)
#define SHAPE_STR (1u << 4)
#define SHAPE_LIST (1u << 5)
#define SHAPE_OBJECT (1u << 6)
#define SHAPE_TAGGED (1u << 7) /* an object of stele-json(5)'s own */
#define SHAPE_CELL (1u << 8) /* text without a type */

/* What all strings or cells have been so far. */
#define TEXT_DATE (1u << 0)
#define TEXT_DATETIME (1u << 1)
#define TEXT_BOOL (1u << 2)
#define TEXT_INT (1u << 3)
#define TEXT_F64 (1u << 4) /* the shortest text of a double, or an integer */
#define TEXT_ALL 31u

#define SHAPE_MAX_NAME 65535u /* bytes of a field's name */

struct shape;

struct shape_member {
	struct stele_str name;
	struct shape *shape;
	uint64_t nr; /* objects that have it */
	uint64_t last; /* the number of the last such object */
};

struct shape {
	uint32_t seen; /* SHAPE_... */
	uint32_t text; /* TEXT_... */
	/* integers */
	uint64_t above; /* the largest from 0 on */
	uint64_t below; /* the magnitude of the least below 0 */
	bool big; /* one is beyond 64 bits */
	bool inexact; /* one is no double */
	/* cells: of texts like 1 and 1.0 at one place the type loses which */
	bool plain; /* 1 */
	bool pointed; /* 1.0 */
	struct shape *item; /* of lists */
	/* members of objects, in the order they came */
	struct shape_member *members;
	size_t nr_members;
	size_t room;
	uint32_t *slots; /* member number + 1 by hash of its name */
	size_t nr_slots;
	uint64_t nr_objects;
	struct shape *value; /* of a dict, once it is one */
};

/* All shapes live here until the end. */
struct shapes {
	struct arena arena;
	uint64_t nr_objects; /* counts all objects seen */
};

struct shape *shape_create(struct shapes *shapes);

/*
 * See a value.  -STELE_E_DUPLICATE with the member in *where; -ENOMEM.
 */
int shape_see(struct shapes *shapes, struct shape *shape,
	      const struct json_node *node, const struct json_node **where);

/* The members of an object, but those of stele-json(5)'s own at a row's top. */
int shape_see_members(struct shapes *shapes, struct shape *shape,
		      const struct json_node *object,
		      const struct json_node **where);

/* The member of that name, made when it is new; NULL: no memory. */
struct shape_member *shape_member(struct shapes *shapes, struct shape *shape,
				  const struct stele_str *name);

/*
 * Whether the objects are dicts: many names, each in few objects.  Makes `value`
 * the shape of all members together.  -ENOMEM.
 */
int shape_settle(struct shapes *shapes, struct shape *shape, bool *is_dict);

#endif /* STELE_TOOLS_SHAPE_H */
