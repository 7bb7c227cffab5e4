/* SPDX-License-Identifier: MIT */
/*
 * Fields of records: resolved once by name, then read at constant offsets.
 *
 *	struct stele_field size;
 *	stele_field_resolve(seg, "Package", "size", STELE_TYPE_U64, &size, &err);
 *	...
 *	uint64_t bytes;
 *	int rc = stele_record_get_u64(rec, &size, &bytes);
 *
 * A getter returns 0, -STELE_E_NULL, -STELE_E_UNSET, -STELE_E_TYPE where the
 * record is of another schema than the field, -STELE_E_FORMAT on broken bytes.
 * Cost: one or two accesses to the record, no call into the schema.
 *
 * A reader with a schema of its own goes by view.h.  Next: map.h.
 */
#ifndef STELE_RECORD_H
#define STELE_RECORD_H

#include <stele/segment.h>

STELE_BEGIN_DECLS

struct stele_view_field;

/*
 * A resolved field: plain data of the caller's, valid while the segment, or the
 * view that gave it, is open.  Its members are the library's.  ABI: 40 bytes.
 */
struct stele_field {
	uint32_t record; /* index of the stored record */
	uint32_t offset;
	uint32_t body_bytes;
	uint32_t null_at; /* byte of the null bit in the body, 0: none */
	uint32_t unset_at;
	uint8_t null_mask;
	uint8_t unset_mask;
	uint8_t stored; /* enum stele_type in the segment */
	uint8_t asked; /* enum stele_type of the getter */
	uint32_t field; /* number in the record */
	uint8_t shift_left; /* a raw field's place in its aligned word: */
	uint8_t shift_right; /* word << left >> right is its value */
	uint8_t words; /* 0: a value word; 1: inside one word; 2: is two */
	uint8_t zero;
	/* how a view reads it; NULL: as it is stored */
	const struct stele_view_field *view;
};

/*
 * Resolve a field by names for getters of the type asked: the stored type, or
 * one that doc/FORMAT.md lists as converted from it (u8 for u64; i8..u32 for
 * i64; f32 and small integers for f64).  STELE_TYPE_ANY suits every field and
 * stele_record_get() only, which gives the value as it is stored.
 * -STELE_E_ABSENT; -STELE_E_TYPE, the reason naming both types.
 */
STELE_API int stele_field_resolve(const struct stele_segment *segment,
				  const char *record, const char *field,
				  enum stele_type asked,
				  struct stele_field *resolved,
				  struct stele_error *err);

/* The same by numbers of the stored schema. */
STELE_API int stele_field_resolve_at(const struct stele_segment *segment,
				     uint32_t record, uint32_t field,
				     enum stele_type asked,
				     struct stele_field *resolved,
				     struct stele_error *err);

STELE_API int stele_record_get_bool(struct stele_record record,
				    const struct stele_field *field,
				    bool *value);
STELE_API int stele_record_get_i64(struct stele_record record,
				   const struct stele_field *field,
				   int64_t *value);
STELE_API int stele_record_get_u64(struct stele_record record,
				   const struct stele_field *field,
				   uint64_t *value);
STELE_API int stele_record_get_f64(struct stele_record record,
				   const struct stele_field *field,
				   double *value);
/* DATE: days; DATETIME, TIME, TIMEDELTA: microseconds. */
STELE_API int stele_record_get_time(struct stele_record record,
				    const struct stele_field *field,
				    int64_t *value);
/* ZONED: the instant as a datetime in UTC; seconds east of UTC. */
STELE_API int stele_record_get_zoned(struct stele_record record,
				     const struct stele_field *field,
				     int64_t *utc, int32_t *offset);
STELE_API int stele_record_get_uuid(struct stele_record record,
				    const struct stele_field *field,
				    uint8_t uuid[16]);
/* STR and BYTES; the bytes lie in the segment. */
STELE_API int stele_record_get_str(struct stele_record record,
				   const struct stele_field *field,
				   struct stele_str *value);
/* RECORD and REF; -STELE_E_ABSENT for a weak REF whose key was absent. */
STELE_API int stele_record_get_record(struct stele_record record,
				      const struct stele_field *field,
				      struct stele_record *value);
/*
 * Any field: the value, also UNSET and NULL, which are values here.  A REF is a
 * RECORD, or its key where it is weak and was absent.
 */
STELE_API int stele_record_get(struct stele_record record,
			       const struct stele_field *field,
			       struct stele_value *value);

/* By number in its own schema: the slow, general way.  -STELE_E_ABSENT. */
STELE_API int stele_record_get_at(struct stele_record record, uint32_t field,
				  struct stele_value *value);

/* The index of the record's schema. */
STELE_API int stele_record_schema(struct stele_record record, uint32_t *index);

STELE_END_DECLS

#endif /* STELE_RECORD_H */
