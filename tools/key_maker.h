/* SPDX-License-Identifier: MIT */
/*
 * Cells as values that keys are compared with.  A scalar is one by itself; what
 * has several parts lies in a segment by nature, so a small one is built for it.
 * A reference counts as its row, which goes there too: it is written as the key
 * of a row in the segment that is asked, as in rows.
 */
#ifndef STELE_TOOLS_KEY_MAKER_H
#define STELE_TOOLS_KEY_MAKER_H

#include "rows.h"

/* For one question; zero-initialised but for the segment. */
struct key_maker {
	const struct stele_segment *segment; /* is asked */
	struct stele_builder *builder; /* of its schema; NULL: not needed yet */
	struct idmap rows; /* handles in the build by position in the segment */
	unsigned depth; /* rows that are being added */
	struct stele_segment *made;
};

/*
 * The values of cells, valid until the reset: codes of the builder, with the
 * reason in err.
 */
int key_maker_values(struct key_maker *maker, const struct stele_cell *cells,
		     uint32_t nr, struct stele_value *values,
		     struct stele_error *err);

void key_maker_reset(struct key_maker *maker);

/*
 * *cell, the key of a row of rows->maker's segment, becomes that row.
 * -STELE_E_ABSENT: there is no such row, and the reference is strict;
 * -STELE_E_LIMIT: rows that refer to each other deeper than a key goes.
 */
int key_maker_refer(struct rows *rows, const struct stele_type_info *ref,
		    struct stele_cell *cell);

#endif /* STELE_TOOLS_KEY_MAKER_H */
