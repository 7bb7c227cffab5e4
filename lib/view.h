/* SPDX-License-Identifier: MIT */
/*
 * A view as the library holds it, and how getters read through one.
 *
 * A field that is read as it is stored needs no view.  The others have a `view`
 * of their own, and are placed so that no record passes a getter's first checks
 * (stele_view_bar()): getters need not ask which sort of field theirs is, and
 * come here when those fail.
 */
#ifndef STELE_VIEW_PRIVATE_H
#define STELE_VIEW_PRIVATE_H

#include <stele/view.h>

#include "buffer.h"
#include "compat.h"
#include "record.h"

/* A field of the reader's. */
struct stele_view_field {
	const struct stele_view *view;
	struct stele_field stored; /* of a missing one: its record alone */
	struct stele_judgement judgement;
	uint32_t type; /* of the reader's schema */
	bool nullable;
	struct stele_value fallback; /* the default, where there is one */
};

/* A table of the reader's. */
struct stele_view_map {
	const struct stele_map *map;
	int code; /* why it is none, 0: it is one */
};

struct stele_view {
	const struct stele_segment *segment;
	struct stele_schema *schema; /* the reader's; owned */
	uint32_t *readers; /* of stored records: the reader's number, NONE */
	uint32_t *stored; /* of the reader's: the stored number, NONE */
	bool *is_laid_out; /* of the reader's: the stored body is as theirs */
	struct stele_view_field *fields; /* as the reader's array of fields */
	struct stele_view_map *maps; /* of the reader's tables */
	struct stele_buffer bytes; /* of defaults */
};

/* view_default.c: read the default of each field that has one.  -ENOMEM. */
int stele_view_defaults(struct stele_view *view);

/* view_map.c: find each table that is not refused.  -ENOMEM. */
int stele_view_maps(struct stele_view *view, struct stele_compat *compat);

/* Make a field one that only its view reads. */
void stele_view_bar(struct stele_field *field);

/*
 * view_read.c: what getters answer by a field's view.  Scalar: null and unset are
 * errors; else they are values where the reader's schema has them.
 */
int stele_view_read(struct stele_record record, const struct stele_field *field,
		    struct stele_value *value);
int stele_view_scalar(struct stele_record record,
		      const struct stele_field *field,
		      struct stele_value *value);

#endif /* STELE_VIEW_PRIVATE_H */
