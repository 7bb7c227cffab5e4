/* SPDX-License-Identifier: MIT */
/*
 * Cells of all types that <stele/builder.h> has no function for.
 */
#ifndef CELLS_H
#define CELLS_H

#include <stele/builder.h>
#include <string.h>

/* DATE: days; DATETIME, TIME, TIMEDELTA: microseconds. */
static inline struct stele_cell micros(enum stele_type type, int64_t i)
{
	struct stele_cell c = stele_cell_of(type);

	c.u.i = i;
	return c;
}

static inline struct stele_cell zoned(int64_t utc, int32_t offset)
{
	struct stele_cell c = stele_cell_of(STELE_TYPE_ZONED);

	c.u.i = utc;
	c.offset = offset;
	return c;
}

static inline struct stele_cell pointing(enum stele_type type, const void *p,
					 uint64_t len)
{
	struct stele_cell c = stele_cell_of(type);

	c.u.ptr = p;
	c.len = len;
	return c;
}

static inline struct stele_cell uuid(const void *bytes)
{
	return pointing(STELE_TYPE_UUID, bytes, 0);
}

static inline struct stele_cell decimal(const char *text)
{
	return pointing(STELE_TYPE_DECIMAL, text, strlen(text));
}

static inline struct stele_cell bigint(const char *digits)
{
	return pointing(STELE_TYPE_BIGINT, digits, strlen(digits));
}

static inline struct stele_cell array(enum stele_type element, const void *p,
				      uint64_t len)
{
	struct stele_cell c = pointing(STELE_TYPE_ARRAY, p, len);

	c.element = (uint8_t)element;
	return c;
}

static inline struct stele_cell tuple(const struct stele_cell *items,
				      uint64_t len)
{
	return pointing(STELE_TYPE_TUPLE, items, len);
}

static inline struct stele_cell set(const struct stele_cell *items,
				    uint64_t len)
{
	return pointing(STELE_TYPE_SET, items, len);
}

/* len pairs: key, value, key, ... */
static inline struct stele_cell dict(const struct stele_cell *pairs,
				     uint64_t len)
{
	return pointing(STELE_TYPE_DICT, pairs, len);
}

static inline struct stele_cell
record(uint32_t number, const struct stele_cell *fields, uint64_t len)
{
	struct stele_cell c = pointing(STELE_TYPE_RECORD, fields, len);

	c.record = number;
	return c;
}

static inline struct stele_cell user(const struct stele_user *user)
{
	return pointing(STELE_TYPE_USER, user, 0);
}

static inline struct stele_cell ndarray(const struct stele_ndarray *array)
{
	return pointing(STELE_TYPE_NDARRAY, array, 0);
}

#endif /* CELLS_H */
