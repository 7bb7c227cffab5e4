// SPDX-License-Identifier: MIT
/*
 * Value words and the objects behind them: decoding, sizes, items.
 *
 * The access rule lives here.  A word or head is loaded once; what is computed
 * from it is proved to lie in [0, L) before anything there is touched; and what
 * was proved is kept in struct stele_value, so that items need no second look at
 * a head that may have changed meanwhile.  Decoding is lenient where that is
 * harmless (it accepts other than the one spelling); verify is not.
 */
#include <string.h>

#include <unistr.h>

#include "index.h"
#include "ndarray.h"
#include "segment.h"

#define likely(x) __builtin_expect(!!(x), 1)

/* ------------------------------------------------------------ objects */

/* Bytes of an NDARRAY at pos; they may be any number. */
static int ndarray_bytes(const struct stele_segment *seg, uint64_t pos,
			 uint64_t nr_axes, uint64_t *bytes)
{
	uint64_t data;

	if (nr_axes > STELE_FMT_NDARRAY_AXES ||
	    !stele_inside(seg, pos, 8 + sizeof(struct stele_fmt_ndarray)))
		return -STELE_E_FORMAT;
	data = stele_load(
		seg, pos + 8 + offsetof(struct stele_fmt_ndarray, data_bytes));
	*bytes = stele_ndarray_data_at(pos, (uint32_t)nr_axes) - pos;
	if (data > seg->len)
		return -STELE_E_FORMAT;
	*bytes += data;
	return 0;
}

static int index_bytes(uint64_t head, uint64_t step, uint64_t *bytes)
{
	uint64_t count = STELE_FMT_HEAD_COUNT(head);
	bool salted = STELE_FMT_HEAD_FLAGS(head) & STELE_FMT_OBJ_F_SALTED;

	*bytes = 8 + step * count + stele_index_bytes(count, salted);
	return count > STELE_FMT_DICT_MAX ? -STELE_E_FORMAT : 0;
}

/* Of the kinds that are met less often. */
static int rare_bytes(const struct stele_segment *seg, uint64_t pos,
		      uint64_t head, uint64_t *bytes)
{
	uint64_t count = STELE_FMT_HEAD_COUNT(head);

	switch (STELE_FMT_HEAD_KIND(head)) {
	case STELE_FMT_KIND_PAD:
		*bytes = 8;
		return head ? -STELE_E_FORMAT : 0;
	case STELE_FMT_KIND_DICT:
		return index_bytes(head, 16, bytes);
	case STELE_FMT_KIND_SET:
		return index_bytes(head, 8, bytes);
	case STELE_FMT_KIND_NDARRAY:
		return ndarray_bytes(seg, pos, count, bytes);
	case STELE_FMT_KIND_BIGINT:
		*bytes = 8 + count;
		return count > STELE_FMT_BIGINT_MAX ? -STELE_E_FORMAT : 0;
	case STELE_FMT_KIND_DECIMAL:
		*bytes = 12 + count;
		return count > STELE_FMT_DECIMAL_MAX ? -STELE_E_FORMAT : 0;
	case STELE_FMT_KIND_TIMEDELTA:
		*bytes = 16;
		return 0;
	case STELE_FMT_KIND_ZONED:
	case STELE_FMT_KIND_UUID:
		*bytes = 24;
		return 0;
	case STELE_FMT_KIND_USER:
		*bytes = 16 + count;
		return 0;
	default:
		return -STELE_E_FORMAT;
	}
}

/* Bytes of the object with this head, without its fill. */
static int object_bytes(const struct stele_segment *seg, uint64_t pos,
			uint64_t head, uint64_t *bytes)
{
	uint64_t count = STELE_FMT_HEAD_COUNT(head);
	int element;

	switch (STELE_FMT_HEAD_KIND(head)) {
	case STELE_FMT_KIND_RUN:
	case STELE_FMT_KIND_BYTES:
		*bytes = 8 + count;
		return 0;
	case STELE_FMT_KIND_I64:
	case STELE_FMT_KIND_U64:
	case STELE_FMT_KIND_F64:
		*bytes = 16;
		return 0;
	case STELE_FMT_KIND_STR:
		*bytes = 16 + count;
		return 0;
	case STELE_FMT_KIND_LIST:
	case STELE_FMT_KIND_TUPLE:
		*bytes = 8 + 8 * count;
		return 0;
	case STELE_FMT_KIND_ARRAY:
		element = stele_type_of_element(STELE_FMT_HEAD_FLAGS(head) >>
						STELE_FMT_OBJ_ELEM_SHIFT);
		*bytes = 8 + count * stele_type_width(element);
		return 0;
	case STELE_FMT_KIND_RECORD:
		if (count >= seg->schema->head->nr_records)
			return -STELE_E_FORMAT;
		*bytes = seg->schema->records[count].body_bytes;
		return 0;
	default:
		return rare_bytes(seg, pos, head, bytes);
	}
}

int stele_object_size(const struct stele_segment *seg, uint64_t pos,
		      uint64_t *head, uint64_t *size)
{
	uint64_t bytes;
	int rc;

	if (!stele_inside(seg, pos, 8))
		return -STELE_E_FORMAT;
	*head = stele_load(seg, pos);
	rc = object_bytes(seg, pos, *head, &bytes);
	if (rc)
		return rc;
	*size = (bytes + 7) & ~7ull;
	return stele_inside(seg, pos, *size) ? 0 : -STELE_E_FORMAT;
}

static const char *text_at(const struct stele_segment *seg, uint64_t off)
{
	return (const char *)seg->base + off;
}

static int fill_decimal(const struct stele_segment *seg, uint64_t payload,
			unsigned flags, struct stele_value *value)
{
	int32_t exponent = (int32_t)(uint32_t)stele_load(seg, payload);

	value->type = STELE_TYPE_DECIMAL;
	if (flags & STELE_FMT_OBJ_F_NEGATIVE)
		value->flags |= STELE_VALUE_F_NEGATIVE;
	value->u.ptr = text_at(seg, payload + 4);
	if (flags & (STELE_FMT_OBJ_F_INFINITE | STELE_FMT_OBJ_F_NAN)) {
		value->flags |= flags & STELE_FMT_OBJ_F_NAN ?
					STELE_VALUE_F_NAN :
					STELE_VALUE_F_INFINITE;
		value->len = 0;
		return 0;
	}
	value->exponent = exponent;
	return exponent > STELE_FMT_DECIMAL_EXPONENT ||
			       exponent < -STELE_FMT_DECIMAL_EXPONENT ?
		       -STELE_E_FORMAT :
		       0;
}

static int fill_ndarray(const struct stele_segment *seg, uint64_t pos,
			struct stele_value *value)
{
	int element = stele_type_of_element((uint8_t)stele_load(
		seg, pos + 8 + offsetof(struct stele_fmt_ndarray, element)));

	value->type = STELE_TYPE_NDARRAY;
	value->element = (uint8_t)element;
	return element < 0 ? -STELE_E_FORMAT : 0;
}

/* The kinds that are met less often. */
static int fill_rare(const struct stele_segment *seg, uint64_t pos,
		     uint64_t head, struct stele_value *value)
{
	unsigned flags = STELE_FMT_HEAD_FLAGS(head);
	uint64_t payload = pos + 8;

	switch (STELE_FMT_HEAD_KIND(head)) {
	case STELE_FMT_KIND_BIGINT:
		value->type = STELE_TYPE_BIGINT;
		if (flags & STELE_FMT_OBJ_F_NEGATIVE)
			value->flags |= STELE_VALUE_F_NEGATIVE;
		value->u.ptr = text_at(seg, payload);
		return 0;
	case STELE_FMT_KIND_DECIMAL:
		return fill_decimal(seg, payload, flags, value);
	case STELE_FMT_KIND_NDARRAY:
		return fill_ndarray(seg, pos, value);
	case STELE_FMT_KIND_ZONED:
		value->type = STELE_TYPE_ZONED;
		value->len = 0;
		value->u.u = stele_load(seg, payload);
		value->offset = (int32_t)(uint32_t)stele_load(seg, payload + 8);
		return 0;
	case STELE_FMT_KIND_TIMEDELTA:
		value->type = STELE_TYPE_TIMEDELTA;
		value->len = 0;
		value->u.u = stele_load(seg, payload);
		return 0;
	case STELE_FMT_KIND_UUID:
		value->type = STELE_TYPE_UUID;
		value->len = 16;
		value->u.ptr = text_at(seg, payload);
		return 0;
	case STELE_FMT_KIND_USER:
		value->type = STELE_TYPE_USER;
		return 0;
	default: /* RUN, padding: no value is one */
		return -STELE_E_FORMAT;
	}
}

/* Fill in what an object is; its bytes are inside. */
static int fill_object(const struct stele_segment *seg, uint64_t pos,
		       uint64_t head, struct stele_value *value)
{
	unsigned flags = STELE_FMT_HEAD_FLAGS(head);
	uint64_t payload = pos + 8;

	value->len = STELE_FMT_HEAD_COUNT(head);
	if (flags & STELE_FMT_OBJ_F_IDENTITY)
		value->flags |= STELE_VALUE_F_IDENTITY;
	value->u.pos = pos;
	switch (STELE_FMT_HEAD_KIND(head)) {
	case STELE_FMT_KIND_I64:
		value->type = STELE_TYPE_I64;
		value->u.u = stele_load(seg, payload);
		return 0;
	case STELE_FMT_KIND_U64:
		value->type = STELE_TYPE_U64;
		value->u.u = stele_load(seg, payload);
		return 0;
	case STELE_FMT_KIND_F64:
		value->type = STELE_TYPE_F64;
		value->u.u = stele_load(seg, payload);
		return 0;
	case STELE_FMT_KIND_STR:
		value->type = STELE_TYPE_STR;
		if (flags & STELE_FMT_OBJ_F_ASCII)
			value->flags |= STELE_VALUE_F_ASCII;
		value->u.ptr = text_at(seg, payload + 8);
		return 0;
	case STELE_FMT_KIND_BYTES:
		value->type = STELE_TYPE_BYTES;
		value->u.ptr = text_at(seg, payload);
		return 0;
	case STELE_FMT_KIND_LIST:
		value->type = STELE_TYPE_LIST;
		return 0;
	case STELE_FMT_KIND_TUPLE:
		value->type = STELE_TYPE_TUPLE;
		return 0;
	case STELE_FMT_KIND_DICT:
	case STELE_FMT_KIND_SET:
		value->type = STELE_FMT_HEAD_KIND(head) == STELE_FMT_KIND_SET ?
				      STELE_TYPE_SET :
				      STELE_TYPE_DICT;
		if (flags & STELE_FMT_OBJ_F_SALTED)
			value->flags |= STELE_VALUE_F_SALTED;
		return 0;
	case STELE_FMT_KIND_ARRAY:
		value->type = STELE_TYPE_ARRAY;
		value->element = (uint8_t)stele_type_of_element(
			flags >> STELE_FMT_OBJ_ELEM_SHIFT);
		return 0;
	default:
		return fill_rare(seg, pos, head, value);
	}
}

static int decode_object(const struct stele_segment *seg, uint64_t pos,
			 struct stele_value *value)
{
	uint64_t head, size;
	int rc = stele_object_size(seg, pos, &head, &size);

	if (rc)
		return rc;
	if (likely(STELE_FMT_HEAD_KIND(head) == STELE_FMT_KIND_RECORD)) {
		value->type = STELE_TYPE_RECORD;
		if (STELE_FMT_HEAD_FLAGS(head) & STELE_FMT_OBJ_F_IDENTITY)
			value->flags |= STELE_VALUE_F_IDENTITY;
		if (STELE_FMT_HEAD_FLAGS(head) & STELE_FMT_OBJ_F_ROW)
			value->flags |= STELE_VALUE_F_ROW;
		value->record = (uint32_t)STELE_FMT_HEAD_COUNT(head);
		value->u.pos = pos;
		return 0;
	}
	return fill_object(seg, pos, head, value);
}

/* -------------------------------------------------------------- words */

static int decode_constant(uint64_t word, struct stele_value *value)
{
	static const double doubles[] = { 0.0, -0.0, __builtin_inf(),
					  -__builtin_inf(), __builtin_nan("") };

	if (word > STELE_FMT_MAX_CONSTANT)
		return -STELE_E_FORMAT;
	switch (word) {
	case STELE_FMT_UNSET:
		value->type = STELE_TYPE_UNSET;
		return 0;
	case STELE_FMT_NULL:
		value->type = STELE_TYPE_NULL;
		return 0;
	case STELE_FMT_FALSE:
	case STELE_FMT_TRUE:
		value->type = STELE_TYPE_BOOL;
		value->u.b = word == STELE_FMT_TRUE;
		return 0;
	default:
		value->type = STELE_TYPE_F64;
		value->u.f = doubles[(word - STELE_FMT_ZERO) / 8];
		return 0;
	}
}

static void decode_short(uint64_t word, const void *at,
			 struct stele_value *value)
{
	bool str = STELE_FMT_TAG(word) == STELE_FMT_TAG_STR;

	value->type = str ? STELE_TYPE_STR : STELE_TYPE_BYTES;
	value->len = word >> 3 & 7;
	value->u.ptr = (const char *)at + 1;
	if (str && !(word & 0x8080808080808000ull))
		value->flags = STELE_VALUE_F_ASCII;
}

static void decode_calendar(uint64_t word, struct stele_value *value)
{
	static const uint8_t types[] = {
		[STELE_FMT_CALENDAR_DATE] = STELE_TYPE_DATE,
		[STELE_FMT_CALENDAR_DATETIME] = STELE_TYPE_DATETIME,
		[STELE_FMT_CALENDAR_TIME] = STELE_TYPE_TIME,
		[STELE_FMT_CALENDAR_TIMEDELTA] = STELE_TYPE_TIMEDELTA,
	};

	value->type = types[word >> 3 & 3];
	value->u.i = (int64_t)word >> 5;
}

static int decode_ascii(const struct stele_segment *seg, uint64_t word,
			struct stele_value *value)
{
	uint64_t len = word >> 3 & STELE_FMT_ASCII_MAX;
	uint64_t off = word >> 16;

	if (!stele_inside(seg, off, len))
		return -STELE_E_FORMAT;
	value->type = STELE_TYPE_STR;
	value->flags = STELE_VALUE_F_ASCII;
	value->len = len;
	value->u.ptr = text_at(seg, off);
	return 0;
}

static void reset(const struct stele_segment *seg, struct stele_value *value)
{
	memset(value, 0, sizeof(*value));
	value->segment = seg;
}

int stele_value_decode(const struct stele_segment *seg, uint64_t word,
		       const void *at, struct stele_value *value)
{
	struct stele_value v;
	int rc = 0;

	reset(seg, &v);
	switch (STELE_FMT_TAG(word)) {
	case STELE_FMT_TAG_REF:
		rc = word < STELE_FMT_MIN_REF ? decode_constant(word, &v) :
						decode_object(seg, word, &v);
		break;
	case STELE_FMT_TAG_INT:
		v.type = STELE_TYPE_I64;
		v.u.i = (int64_t)word >> 3;
		break;
	case STELE_FMT_TAG_F64_LOW:
	case STELE_FMT_TAG_F64_HIGH:
		v.type = STELE_TYPE_F64;
		v.u.u = word >> 4 | word << 60;
		break;
	case STELE_FMT_TAG_STR:
	case STELE_FMT_TAG_BYTES:
		decode_short(word, at, &v);
		break;
	case STELE_FMT_TAG_CALENDAR:
		decode_calendar(word, &v);
		break;
	case STELE_FMT_TAG_ASCII:
		rc = decode_ascii(seg, word, &v);
		break;
	}
	if (!rc)
		*value = v;
	return rc;
}

#define RAW(ctype, member)                     \
	do {                                   \
		ctype raw;                     \
		memcpy(&raw, at, sizeof(raw)); \
		value->u.member = raw;         \
	} while (0)

static void raw_zoned(const void *at, struct stele_value *value)
{
	struct stele_fmt_zoned raw;

	memcpy(&raw, at, sizeof(raw));
	value->offset = raw.offset;
	value->u.i = raw.utc;
}

void stele_value_raw(const struct stele_segment *seg, unsigned type,
		     const void *at, struct stele_value *value)
{
	reset(seg, value);
	value->type = (uint8_t)type;
	switch (type) {
	case STELE_TYPE_BOOL:
		value->u.b = *(const uint8_t *)at != 0;
		break;
	case STELE_TYPE_I8:
		RAW(int8_t, i);
		break;
	case STELE_TYPE_I16:
		RAW(int16_t, i);
		break;
	case STELE_TYPE_I32:
	case STELE_TYPE_DATE:
		RAW(int32_t, i);
		break;
	case STELE_TYPE_I64:
	case STELE_TYPE_DATETIME:
	case STELE_TYPE_TIME:
	case STELE_TYPE_TIMEDELTA:
		RAW(int64_t, i);
		break;
	case STELE_TYPE_U8:
		RAW(uint8_t, u);
		break;
	case STELE_TYPE_U16:
		RAW(uint16_t, u);
		break;
	case STELE_TYPE_U32:
		RAW(uint32_t, u);
		break;
	case STELE_TYPE_U64:
		RAW(uint64_t, u);
		break;
	case STELE_TYPE_F32:
		RAW(float, f);
		break;
	case STELE_TYPE_F64:
		RAW(double, f);
		break;
	case STELE_TYPE_ZONED:
		raw_zoned(at, value);
		break;
	case STELE_TYPE_UUID:
		value->len = 16;
		value->u.ptr = at;
		break;
	}
}

/* ---------------------------------------------------------- composite */

int stele_value_record(const struct stele_value *value,
		       struct stele_record *record)
{
	if (value->type != STELE_TYPE_RECORD)
		return -STELE_E_TYPE;
	record->segment = value->segment;
	record->pos = value->u.pos;
	return 0;
}

int stele_value_item(const struct stele_value *value, uint64_t i,
		     struct stele_value *item)
{
	const struct stele_segment *seg = value->segment;
	uint64_t pos = value->u.pos + 8;

	if (likely(value->type == STELE_TYPE_LIST) ||
	    value->type == STELE_TYPE_TUPLE || value->type == STELE_TYPE_SET) {
		if (i >= value->len)
			return -STELE_E_ABSENT;
		pos += 8 * i;
		return stele_value_decode(seg, stele_load(seg, pos),
					  seg->base + pos, item);
	}
	if (value->type != STELE_TYPE_ARRAY)
		return -STELE_E_TYPE;
	if (i >= value->len)
		return -STELE_E_ABSENT;
	stele_value_raw(seg, value->element,
			seg->base + pos + i * stele_type_width(value->element),
			item);
	return 0;
}

int stele_value_elements(const struct stele_value *value, const void **elements)
{
	uint64_t pos = value->u.pos + 8;

	if (value->type != STELE_TYPE_ARRAY)
		return -STELE_E_TYPE;
	if (value->len * stele_type_width(value->element) >= 64 && pos % 64)
		return -STELE_E_FORMAT;
	*elements = value->segment->base + pos;
	return 0;
}

int stele_value_code_points(const struct stele_value *value,
			    uint64_t *code_points)
{
	const uint8_t *text = (const uint8_t *)value->u.ptr;
	uint64_t points = 0;

	if (value->type != STELE_TYPE_STR)
		return -STELE_E_TYPE;
	if (u8_check(text, value->len))
		return -STELE_E_UTF8;
	for (uint64_t i = 0; i < value->len; i++)
		points += (text[i] & 0xc0) != 0x80;
	*code_points = points;
	return 0;
}
