/* SPDX-License-Identifier: MIT */
/*
 * Rows as CSV (RFC 4180): a line of names, then a line a row.  Scalars of declared
 * types are their text, all else is JSON.  stele(1) has the rules; csv_in.h and
 * cell.c read them.
 */
#ifndef STELE_TOOLS_CSV_OUT_H
#define STELE_TOOLS_CSV_OUT_H

#include "json_out.h"
#include "key_type.h"
#include "text_buffer.h"

struct csv_out {
	struct json_out json; /* prints into the cell */
	FILE *out;
	struct text_buffer cell; /* at hand */
	struct stele_error *err; /* of the call at hand */
};

/* Prints to `out`; both outlive and stay where they are.  -ENOMEM. */
int csv_out_open(struct csv_out *csv, const struct stele_segment *segment,
		 FILE *out);
void csv_out_close(struct csv_out *csv);

/* The line of names of a schema record. */
int csv_out_header(struct csv_out *csv, uint32_t record,
		   struct stele_error *err);

/*
 * A row of that record.  -STELE_E_TYPE: it is of another, or shared, which only
 * JSON can say, or no field of a record of one is set; codes of json_out_value().
 */
int csv_out_row(struct csv_out *csv, const struct stele_value *row,
		uint32_t record, struct stele_error *err);

/*
 * A line of a key and a value that is no row, after one of their names.  The key
 * is the word that 'stele get' takes.
 */
void csv_out_pair_header(struct csv_out *csv);
int csv_out_pair(struct csv_out *csv, const struct key_types *types,
		 const struct stele_value *key, const struct stele_value *value,
		 struct stele_error *err);

#endif /* STELE_TOOLS_CSV_OUT_H */
