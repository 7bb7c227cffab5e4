/* SPDX-License-Identifier: MIT */
/*
 * Elements are loaded once each, at any alignment; whether a time is in its range
 * is found out where it is printed.
 */
#include "element.h"

#include <string.h>

static int64_t widened(enum stele_type type, int64_t raw)
{
	unsigned shift = 64 - 8 * (unsigned)stele_type_width(type);

	return (int64_t)((uint64_t)raw << shift) >> shift;
}

void element_read(const struct stele_segment *segment, enum stele_type type,
		  const char *at, struct stele_value *value)
{
	float f;

	memset(value, 0, sizeof(*value));
	value->segment = segment;
	value->type = (uint8_t)type;
	switch (type) {
	case STELE_TYPE_UUID:
		value->u.ptr = at;
		value->len = 16;
		return;
	case STELE_TYPE_F32:
		memcpy(&f, at, sizeof(f));
		value->u.f = (double)f;
		return;
	case STELE_TYPE_I8:
	case STELE_TYPE_I16:
	case STELE_TYPE_I32:
	case STELE_TYPE_DATE:
		memcpy(&value->u, at, stele_type_width(type));
		value->u.i = widened(type, value->u.i);
		return;
	case STELE_TYPE_BOOL:
		value->u.b = *at != 0;
		return;
	default:
		memcpy(&value->u, at, stele_type_width(type));
	}
}
