/* SPDX-License-Identifier: MIT */
/*
 * CSV (RFC 4180) to trees of the same form as JSON's: a row is an object whose
 * keys are the header's names and whose values are cells, text without a type.
 * An empty cell is left out; a quoted empty one is the empty text.  Spaces
 * belong to the text; lines without a cell are skipped.
 */
#ifndef STELE_TOOLS_CSV_IN_H
#define STELE_TOOLS_CSV_IN_H

#include "json_in.h"

struct csv_reader;

/* NULL: no memory. */
struct csv_reader *csv_reader_create(void);
void csv_reader_free(struct csv_reader *reader);

/* The next line is the first, a header. */
int csv_rewind(struct csv_reader *reader);

/*
 * Take a line with its newline: a row may need several lines, and a line may
 * end several rows.  -STELE_E_SYNTAX, _DUPLICATE, with err->offset in the line;
 * -ENOMEM.
 */
int csv_read(struct csv_reader *reader, struct arena *arena, const char *text,
	     size_t len, struct stele_error *err);

/* There is no more.  -STELE_E_SYNTAX where a quote is still open. */
int csv_end(struct csv_reader *reader, struct arena *arena,
	    struct stele_error *err);

/* The next whole row, or NULL. */
struct json_node *csv_next(struct csv_reader *reader);

/* Whether a row has begun and not ended. */
bool csv_is_inside(const struct csv_reader *reader);

#endif /* STELE_TOOLS_CSV_IN_H */
