/* SPDX-License-Identifier: MIT */
/* Parts of equality that need no walk: numbers, and which fields to compare. */
#ifndef STELE_EQUAL_H
#define STELE_EQUAL_H

#include <stele/value.h>

/* Whether values of a type are numbers, which are equal across types. */
bool stele_type_is_number(unsigned type);

/* Whether two numbers are equal; NaN is.  Uses 41 KiB of stack. */
bool stele_number_equal(const struct stele_value *a,
			const struct stele_value *b);

/* What is known of two schema records, one of each side. */
enum stele_kinship {
	STELE_KIN_NONE, /* other names: no record of one equals one of the other */
	STELE_KIN_ALIKE, /* the same fields in the same order */
	STELE_KIN_NAMED, /* else */
};

#define STELE_KIN_PLACES 16u

/* The pairs of schema records that were met last.  Zero-initialised: none. */
struct stele_kin {
	struct {
		uint32_t record[2]; /* of the first plus one; of the second */
		enum stele_kinship kinship;
	} places[STELE_KIN_PLACES];
};

enum stele_kinship stele_kin_of(struct stele_kin *kin,
				const struct stele_value *a,
				const struct stele_value *b);

/* The fields of a record's schema. */
uint32_t stele_record_nr_fields(const struct stele_value *record);

/* How many fields of a record are set. */
int stele_record_nr_set(const struct stele_value *record, uint32_t *nr);

/*
 * Field i of the one with fewer fields of two that are ALIKE or NAMED, and the
 * field of that name of the other, UNSET where there is none.
 */
int stele_record_fields(const struct stele_value *a,
			const struct stele_value *b, enum stele_kinship kinship,
			uint32_t i, struct stele_value *x,
			struct stele_value *y);

#endif /* STELE_EQUAL_H */
