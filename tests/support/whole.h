/* SPDX-License-Identifier: MIT */
/*
 * An image made by hand that has something of everything: an object of each
 * kind, a word of each tag, fields and items of many types, a table of buckets
 * and one of lines.  For tests of verifying, which change a place and look.
 */
#ifndef WHOLE_H
#define WHOLE_H

#include "handmade.h"
#include "schema.h"

#define WHOLE_ROWS 3
#define WHOLE_PAIRS 9 /* of the dict that has an index, and items of the set */

#define WHOLE_SCHEMA                                                          \
	"record P { name: str  n: u16?  on: bool? optional  day: date  "      \
	"deps: list<weak by_name>  any: any?  sub: S?  map: dict<str, "       \
	"list<u8>>  arr: array<i16>?  when: zoned?  ids: set<uuid>?  "        \
	"pair: tuple<str, u8?>?  big: bigint  price: decimal?  mine: "        \
	"user<mine>?  grid: ndarray<u8>?  by: dict<tuple<str, u8?>, u8>? }\n" \
	"record S { x: f32  s: str optional }\n"                              \
	"table by_name: P(name)\n"                                            \
	"rows P\n"

/* Positions and offsets. */
struct whole_places {
	uint64_t run, i64, u64, f64, bigint, decimal, zoned, timedelta, uuid;
	uint64_t user, str, long_ascii, bytes, list, tuple, set, ids;
	uint64_t pad; /* the words of padding before the array */
	uint64_t array, bools, dates, ndarray;
	uint64_t dict, indexed, keyed; /* with tuples for keys */
	uint64_t point; /* a tuple that is a key of no declared type */
	uint64_t rows[WHOLE_ROWS], deps[WHOLE_ROWS];
	uint64_t sub, empty, small, map, roots;
	uint64_t bucket, partition, separator, lines, tables;
};

struct whole {
	struct handmade im; /* to be changed */
	struct handmade good; /* its bytes and lengths, once sealed */
	struct stele_schema *schema;
	struct whole_places at;
};

void whole_make(struct whole *w);
void whole_free(struct whole *w);

/* Undo all changes. */
void whole_mend(struct whole *w);

/* Where a field of P lies in the record at pos. */
uint64_t whole_field(const struct whole *w, uint64_t pos, const char *name);

#endif /* WHOLE_H */
