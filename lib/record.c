// SPDX-License-Identifier: MIT
/*
 * Fields of records.  Resolving finds a field once and writes down all that a
 * getter needs; a getter then proves that the record lies inside and is of the
 * field's schema record, and loads one word.
 *
 * A raw field of up to 8 bytes is never split between two aligned words (the
 * schema's layout is checked at open), so its word is loaded whole and shifted
 * into place: no switch over widths, and no torn value where bytes change
 * meanwhile.  Wider ones are two words.
 *
 * A field that a view reads fails the first checks of each getter, which then
 * leaves it to the view.
 */
#include <string.h>

#include "fail.h"
#include "view.h"

#define unlikely(x) __builtin_expect(!!(x), 0)

/* ---------------------------------------------------------- resolving */

unsigned stele_getter_of(unsigned type)
{
	switch (type) {
	case STELE_TYPE_I8:
	case STELE_TYPE_I16:
	case STELE_TYPE_I32:
	case STELE_TYPE_I64:
		return STELE_TYPE_I64;
	case STELE_TYPE_U8:
	case STELE_TYPE_U16:
	case STELE_TYPE_U32:
	case STELE_TYPE_U64:
		return STELE_TYPE_U64;
	case STELE_TYPE_F32:
	case STELE_TYPE_F64:
		return STELE_TYPE_F64;
	case STELE_TYPE_DATE:
	case STELE_TYPE_DATETIME:
	case STELE_TYPE_TIME:
	case STELE_TYPE_TIMEDELTA:
		return STELE_TYPE_DATETIME;
	case STELE_TYPE_STR:
	case STELE_TYPE_BYTES:
		return STELE_TYPE_STR;
	case STELE_TYPE_RECORD:
	case STELE_TYPE_REF:
		return STELE_TYPE_RECORD;
	case STELE_TYPE_BOOL:
	case STELE_TYPE_ZONED:
	case STELE_TYPE_UUID:
		return type;
	default:
		return STELE_TYPE_UNSET;
	}
}

bool stele_type_holds(unsigned asked, unsigned stored)
{
	return asked == STELE_TYPE_ANY ||
	       stele_compat_kind(stored, asked) <= STELE_VERDICT_CONVERT;
}

void stele_field_place(const struct stele_schema *schema, uint32_t record,
		       uint32_t field, struct stele_field *out)
{
	const struct stele_fmt_record *r = &schema->records[record];
	const struct stele_fmt_field *f =
		&schema->fields[r->first_field + field];
	unsigned width;

	memset(out, 0, sizeof(*out));
	out->record = record;
	out->field = field;
	out->offset = f->off;
	out->body_bytes = r->body_bytes;
	out->stored = schema->types[f->type].kind;
	if (r->null_off && f->null_bit != STELE_FMT_NONE) {
		out->null_at = r->null_off + f->null_bit / 8;
		out->null_mask = (uint8_t)(1u << f->null_bit % 8);
	}
	if (r->unset_off && f->unset_bit != STELE_FMT_NONE) {
		out->unset_at = r->unset_off + f->unset_bit / 8;
		out->unset_mask = (uint8_t)(1u << f->unset_bit % 8);
	}
	width = 8 * (unsigned)stele_type_width(out->stored);
	out->words = (uint8_t)((width + 63) / 64);
	if (out->words == 1) {
		out->shift_left = (uint8_t)(64 - width - 8 * (f->off & 7));
		out->shift_right = (uint8_t)(64 - width);
	}
}

int stele_field_resolve_at(const struct stele_segment *segment, uint32_t record,
			   uint32_t field, enum stele_type asked,
			   struct stele_field *resolved,
			   struct stele_error *err)
{
	const struct stele_schema *schema = segment->schema;
	struct stele_str r, f;
	struct stele_field out;

	if (record >= schema->head->nr_records)
		return stele_fail(err, -STELE_E_ABSENT,
				  "the segment has no record %u", record);
	r = stele_schema_str(schema, schema->records[record].name);
	if (field >= schema->records[record].nr_fields)
		return stele_fail(err, -STELE_E_ABSENT,
				  "record '%.*s' has no field %u", (int)r.len,
				  r.ptr, field);
	stele_field_place(schema, record, field, &out);
	f = stele_schema_str(
		schema,
		schema->fields[schema->records[record].first_field + field]
			.name);
	if (!stele_type_holds(asked, out.stored))
		return stele_fail(err, -STELE_E_TYPE,
				  "field '%.*s' of '%.*s' is %s, not %s",
				  (int)f.len, f.ptr, (int)r.len, r.ptr,
				  stele_type_name(out.stored),
				  stele_type_name(asked));
	out.asked = (uint8_t)stele_getter_of(asked);
	*resolved = out;
	return 0;
}

int stele_field_resolve(const struct stele_segment *segment, const char *record,
			const char *field, enum stele_type asked,
			struct stele_field *resolved, struct stele_error *err)
{
	uint32_t r, f;

	if (stele_schema_find_record(segment->schema, record, strlen(record),
				     &r))
		return stele_fail(err, -STELE_E_ABSENT,
				  "the segment has no record '%s'", record);
	if (stele_schema_find_field(segment->schema, r, field, strlen(field),
				    &f))
		return stele_fail(err, -STELE_E_ABSENT,
				  "record '%s' has no field '%s'", record,
				  field);
	return stele_field_resolve_at(segment, r, f, asked, resolved, err);
}

/* ------------------------------------------------------------ reading */

static int nothing(struct stele_record record, const struct stele_field *field)
{
	const uint8_t *body = record.segment->base + record.pos;

	if (field->unset_mask &&
	    __atomic_load_n(body + field->unset_at, __ATOMIC_RELAXED) &
		    field->unset_mask)
		return -STELE_E_UNSET;
	if (field->null_mask &&
	    __atomic_load_n(body + field->null_at, __ATOMIC_RELAXED) &
		    field->null_mask)
		return -STELE_E_NULL;
	return 0;
}

/* The record is of the field's schema, and the field is there. */
static inline int enter(struct stele_record record,
			const struct stele_field *field)
{
	int rc = stele_record_enter(record, field);

	if (unlikely(rc))
		return rc;
	if (unlikely(field->null_mask | field->unset_mask))
		return nothing(record, field);
	return 0;
}

/* A raw field at the top of its word. */
static inline uint64_t load_top(struct stele_record record,
				const struct stele_field *field)
{
	return stele_load(record.segment, record.pos + (field->offset & ~7u))
	       << field->shift_left;
}

static inline bool is_signed(unsigned type)
{
	return type <= STELE_TYPE_I64 || type >= STELE_TYPE_F32;
}

/* A raw integer field, extended as its stored type says. */
static inline uint64_t load_integer(struct stele_record record,
				    const struct stele_field *field)
{
	uint64_t top = load_top(record, field);

	if (is_signed(field->stored))
		return (uint64_t)((int64_t)top >> field->shift_right);
	return top >> field->shift_right;
}

/* ---------------------------------------------- getters through views */

/* These take over where `rc` ended a getter. */

static __attribute__((noinline)) int view_bool(struct stele_record record,
					       const struct stele_field *field,
					       int rc, bool *b)
{
	struct stele_value value;

	if (!field->view)
		return rc;
	rc = stele_view_scalar(record, field, &value);
	if (!rc)
		*b = value.u.b;
	return rc;
}

/* A number of up to 64 bits. */
static __attribute__((noinline)) int
view_number(struct stele_record record, const struct stele_field *field, int rc,
	    uint64_t *bits)
{
	struct stele_value value;

	if (!field->view)
		return rc;
	rc = stele_view_scalar(record, field, &value);
	if (!rc)
		*bits = value.u.u;
	return rc;
}

static __attribute__((noinline)) int view_f64(struct stele_record record,
					      const struct stele_field *field,
					      int rc, double *f)
{
	struct stele_value value;

	if (!field->view)
		return rc;
	rc = stele_view_scalar(record, field, &value);
	if (rc)
		return rc;
	if (value.type >= STELE_TYPE_F32)
		*f = value.u.f;
	else if (is_signed(value.type))
		*f = (double)value.u.i;
	else
		*f = (double)value.u.u;
	return 0;
}

static __attribute__((noinline)) int view_str(struct stele_record record,
					      const struct stele_field *field,
					      int rc, struct stele_str *str)
{
	struct stele_value value;

	if (!field->view)
		return rc;
	rc = stele_view_scalar(record, field, &value);
	if (!rc) {
		str->ptr = value.u.ptr;
		str->len = value.len;
	}
	return rc;
}

static __attribute__((noinline)) int
view_record(struct stele_record record, const struct stele_field *field, int rc,
	    struct stele_record *target)
{
	struct stele_value value;

	if (!field->view)
		return rc;
	rc = stele_view_scalar(record, field, &value);
	if (!rc && stele_value_record(&value, target))
		rc = -STELE_E_ABSENT; /* the key of a weak reference */
	return rc;
}

/* ------------------------------------------------------------ getters */

int stele_record_get_bool(struct stele_record record,
			  const struct stele_field *field, bool *value)
{
	int rc;

	if (unlikely(field->asked != STELE_TYPE_BOOL))
		return -STELE_E_TYPE;
	rc = enter(record, field);
	if (unlikely(rc))
		return view_bool(record, field, rc, value);
	*value = load_top(record, field) >> 56 != 0;
	return 0;
}

int stele_record_get_i64(struct stele_record record,
			 const struct stele_field *field, int64_t *value)
{
	int rc;

	if (unlikely(field->asked != STELE_TYPE_I64))
		return -STELE_E_TYPE;
	rc = enter(record, field);
	if (unlikely(rc))
		return view_number(record, field, rc, (uint64_t *)value);
	*value = (int64_t)load_integer(record, field);
	return 0;
}

int stele_record_get_u64(struct stele_record record,
			 const struct stele_field *field, uint64_t *value)
{
	int rc;

	if (unlikely(field->asked != STELE_TYPE_U64))
		return -STELE_E_TYPE;
	rc = enter(record, field);
	if (unlikely(rc))
		return view_number(record, field, rc, value);
	*value = load_top(record, field) >> field->shift_right;
	return 0;
}

int stele_record_get_f64(struct stele_record record,
			 const struct stele_field *field, double *value)
{
	uint64_t bits;
	uint32_t half;
	float narrow;
	int rc;

	if (unlikely(field->asked != STELE_TYPE_F64))
		return -STELE_E_TYPE;
	rc = enter(record, field);
	if (unlikely(rc))
		return view_f64(record, field, rc, value);
	bits = load_integer(record, field);
	if (field->stored == STELE_TYPE_F64) {
		memcpy(value, &bits, sizeof(*value));
	} else if (field->stored == STELE_TYPE_F32) {
		half = (uint32_t)bits;
		memcpy(&narrow, &half, sizeof(narrow));
		*value = (double)narrow;
	} else {
		*value = (double)(int64_t)bits; /* at most 32 bits */
	}
	return 0;
}

int stele_record_get_time(struct stele_record record,
			  const struct stele_field *field, int64_t *value)
{
	int rc;

	if (unlikely(field->asked != STELE_TYPE_DATETIME))
		return -STELE_E_TYPE;
	rc = enter(record, field);
	if (unlikely(rc))
		return view_number(record, field, rc, (uint64_t *)value);
	*value = (int64_t)load_integer(record, field);
	return 0;
}

int stele_record_get_zoned(struct stele_record record,
			   const struct stele_field *field, int64_t *utc,
			   int32_t *offset)
{
	struct stele_value value;
	int rc;

	if (unlikely(field->asked != STELE_TYPE_ZONED))
		return -STELE_E_TYPE;
	rc = enter(record, field);
	if (!rc) {
		*utc = (int64_t)stele_load(record.segment,
					   record.pos + field->offset);
		*offset = (int32_t)stele_load(record.segment,
					      record.pos + field->offset + 8);
		return 0;
	}
	if (field->view)
		rc = stele_view_scalar(record, field, &value);
	if (!rc) {
		*utc = value.u.i;
		*offset = value.offset;
	}
	return rc;
}

int stele_record_get_uuid(struct stele_record record,
			  const struct stele_field *field, uint8_t uuid[16])
{
	struct stele_value value;
	uint64_t words[2];
	int rc;

	if (unlikely(field->asked != STELE_TYPE_UUID))
		return -STELE_E_TYPE;
	rc = enter(record, field);
	if (!rc) {
		words[0] =
			stele_load(record.segment, record.pos + field->offset);
		words[1] = stele_load(record.segment,
				      record.pos + field->offset + 8);
		memcpy(uuid, words, sizeof(words));
		return 0;
	}
	if (field->view)
		rc = stele_view_scalar(record, field, &value);
	if (!rc)
		memcpy(uuid, value.u.ptr, 16);
	return rc;
}

/* A word field that is no value of its type: null, unset or broken. */
static int no_value(uint64_t word)
{
	if (word == STELE_FMT_NULL)
		return -STELE_E_NULL;
	return word == STELE_FMT_UNSET ? -STELE_E_UNSET : -STELE_E_FORMAT;
}

/* Strings and bytes that are objects of their own; all that is none. */
static int get_long(const struct stele_segment *seg,
		    const struct stele_field *field, uint64_t word,
		    const void *at, struct stele_str *value)
{
	struct stele_value decoded;
	int rc = stele_value_decode(seg, word, at, &decoded);

	if (rc)
		return rc;
	if (unlikely(decoded.type != field->stored))
		return no_value(word);
	value->ptr = decoded.u.ptr;
	value->len = decoded.len;
	return 0;
}

int stele_record_get_str(struct stele_record record,
			 const struct stele_field *field,
			 struct stele_str *value)
{
	const struct stele_segment *seg = record.segment;
	uint64_t word, off, len;
	const uint8_t *at;
	int rc;

	if (unlikely(field->asked != STELE_TYPE_STR))
		return -STELE_E_TYPE;
	rc = enter(record, field);
	if (unlikely(rc))
		return view_str(record, field, rc, value);
	at = seg->base + record.pos + field->offset;
	word = stele_load(seg, record.pos + field->offset);
	if (field->stored != STELE_TYPE_STR)
		return get_long(seg, field, word, at, value);
	if (STELE_FMT_TAG(word) == STELE_FMT_TAG_ASCII) {
		off = word >> 16;
		len = word >> 3 & STELE_FMT_ASCII_MAX;
		if (unlikely(!stele_inside(seg, off, len)))
			return -STELE_E_FORMAT;
		value->ptr = (const char *)seg->base + off;
		value->len = len;
		return 0;
	}
	if (STELE_FMT_TAG(word) == STELE_FMT_TAG_STR) {
		value->ptr = (const char *)at + 1;
		value->len = word >> 3 & 7;
		return 0;
	}
	return get_long(seg, field, word, at, value);
}

int stele_record_get_record(struct stele_record record,
			    const struct stele_field *field,
			    struct stele_record *value)
{
	const struct stele_segment *seg = record.segment;
	struct stele_value decoded;
	uint64_t word;
	int rc;

	if (unlikely(field->asked != STELE_TYPE_RECORD))
		return -STELE_E_TYPE;
	rc = enter(record, field);
	if (unlikely(rc))
		return view_record(record, field, rc, value);
	word = stele_load(seg, record.pos + field->offset);
	rc = stele_value_decode(
		seg, word, seg->base + record.pos + field->offset, &decoded);
	if (rc)
		return rc;
	if (unlikely(decoded.type != STELE_TYPE_RECORD)) {
		rc = no_value(word);
		return rc == -STELE_E_FORMAT &&
				       field->stored == STELE_TYPE_REF ?
			       -STELE_E_ABSENT :
			       rc;
	}
	value->segment = seg;
	value->pos = decoded.u.pos;
	return 0;
}

/* What there is where `rc` says that there is no field to load. */
static __attribute__((noinline)) int
get_nothing(struct stele_record record, const struct stele_field *field, int rc,
	    struct stele_value *value)
{
	if (field->view)
		return stele_view_read(record, field, value);
	if (rc != -STELE_E_NULL && rc != -STELE_E_UNSET)
		return rc;
	memset(value, 0, sizeof(*value));
	value->segment = record.segment;
	value->type = rc == -STELE_E_NULL ? STELE_TYPE_NULL : STELE_TYPE_UNSET;
	return 0;
}

int stele_record_get(struct stele_record record,
		     const struct stele_field *field, struct stele_value *value)
{
	const struct stele_segment *seg = record.segment;
	const uint8_t *at;
	uint64_t word;
	int rc;

	rc = enter(record, field);
	if (unlikely(rc))
		return get_nothing(record, field, rc, value);
	if (field->words == 1) {
		word = load_integer(record, field);
		stele_value_raw(seg, field->stored, &word, value);
		return 0;
	}
	at = seg->base + record.pos + field->offset;
	if (unlikely(field->words)) {
		stele_value_raw(seg, field->stored, at, value);
		return 0;
	}
	word = stele_load(seg, record.pos + field->offset);
	return stele_value_decode(seg, word, at, value);
}

int stele_record_schema(struct stele_record record, uint32_t *index)
{
	uint64_t head;

	if (!stele_inside(record.segment, record.pos, 8))
		return -STELE_E_FORMAT;
	head = stele_load(record.segment, record.pos);
	if (STELE_FMT_HEAD_KIND(head) != STELE_FMT_KIND_RECORD ||
	    STELE_FMT_HEAD_COUNT(head) >=
		    record.segment->schema->head->nr_records)
		return -STELE_E_FORMAT;
	*index = (uint32_t)STELE_FMT_HEAD_COUNT(head);
	return 0;
}

int stele_record_get_at(struct stele_record record, uint32_t field,
			struct stele_value *value)
{
	const struct stele_schema *schema = record.segment->schema;
	struct stele_field resolved;
	uint32_t index;
	int rc;

	rc = stele_record_schema(record, &index);
	if (rc)
		return rc;
	if (field >= schema->records[index].nr_fields)
		return -STELE_E_ABSENT;
	stele_field_place(schema, index, field, &resolved);
	return stele_record_get(record, &resolved, value);
}
