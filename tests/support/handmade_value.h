/* SPDX-License-Identifier: MIT */
/*
 * Values in images made by hand: each call lays an object at the end of the image
 * and gives its word, which is its position.  Behind a SCHEMA section they may
 * hold records; a key of a dict or set may not.
 */
#ifndef HANDMADE_VALUE_H
#define HANDMADE_VALUE_H

#include "handmade.h"

/* Any words: tags and objects of one line. */
uint64_t handmade_int(int64_t i); /* of 61 bits */
uint64_t handmade_str(struct handmade *im, const char *text, uint64_t len);
uint64_t handmade_text(struct handmade *im, const char *text);
/* ASCII of 8..8191 bytes in a RUN of its own. */
uint64_t handmade_ascii(struct handmade *im, const char *text, uint64_t len);
uint64_t handmade_f64(struct handmade *im, double f);
uint64_t handmade_zoned(struct handmade *im, int64_t utc, int32_t offset);
uint64_t handmade_uuid(struct handmade *im, const char bytes[16]);
uint64_t handmade_timedelta(struct handmade *im, int64_t us);
uint64_t handmade_user(struct handmade *im, uint64_t name, const void *p,
		       uint64_t len);

/* Magnitudes as they stand in memory; flags: STELE_FMT_OBJ_F_... */
uint64_t handmade_bigint(struct handmade *im, unsigned flags, const void *p,
			 uint64_t len);
uint64_t handmade_decimal(struct handmade *im, unsigned flags, int32_t exponent,
			  const void *p, uint64_t len);
/* A decimal of a small coefficient. */
uint64_t handmade_scaled(struct handmade *im, int64_t coefficient,
			 int32_t exponent);

/* kind: STELE_FMT_KIND_LIST or _TUPLE. */
uint64_t handmade_items(struct handmade *im, unsigned kind,
			const uint64_t *words, uint64_t nr);

/*
 * A DICT of nr pairs in the order given, or a SET of nr items, which are put
 * into their order; with the index that belongs to it, under a salt where it is
 * not 0.
 */
uint64_t handmade_dict(struct handmade *im, const uint64_t *words, uint64_t nr,
		       uint64_t salt);
uint64_t handmade_set(struct handmade *im, const uint64_t *words, uint64_t nr,
		      uint64_t salt);

/* element: enum stele_fmt_elem; the data is `bytes` long. */
uint64_t handmade_array(struct handmade *im, unsigned element, uint64_t nr,
			const void *p, uint64_t bytes);
uint64_t handmade_ndarray(struct handmade *im, unsigned element,
			  uint32_t nr_axes, const uint64_t *shape,
			  const int64_t *strides, const void *p,
			  uint64_t bytes);

#endif /* HANDMADE_VALUE_H */
