/* SPDX-License-Identifier: MIT */
/*
 * What getters do before they read, and placing a field for them.
 */
#ifndef STELE_RECORD_PRIVATE_H
#define STELE_RECORD_PRIVATE_H

#include <stele/record.h>

#include "segment.h"

/* All bits of a head but the flags. */
#define STELE_HEAD_ID 0xffffffffffff00ffull

/* What getters need to know of a stored field; `asked` is left to the caller. */
void stele_field_place(const struct stele_schema *schema, uint32_t record,
		       uint32_t field, struct stele_field *out);

/* The getter that serves a type asked; UNSET: none but stele_record_get(). */
unsigned stele_getter_of(unsigned type);

/* Whether every value of `stored` is one of `asked`. */
bool stele_type_holds(unsigned asked, unsigned stored);

/* The record lies inside and is of the field's schema. */
static inline int stele_record_enter(struct stele_record record,
				     const struct stele_field *field)
{
	uint64_t head;

	if (__builtin_expect(!stele_inside(record.segment, record.pos,
					   field->body_bytes),
			     0))
		return -STELE_E_FORMAT;
	head = stele_load(record.segment, record.pos) & STELE_HEAD_ID;
	if (__builtin_expect(head != STELE_FMT_HEAD(STELE_FMT_KIND_RECORD, 0,
						    field->record),
			     0))
		return STELE_FMT_HEAD_KIND(head) == STELE_FMT_KIND_RECORD ?
			       -STELE_E_TYPE :
			       -STELE_E_FORMAT;
	return 0;
}

#endif /* STELE_RECORD_PRIVATE_H */
