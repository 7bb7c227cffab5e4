// SPDX-License-Identifier: MIT
/*
 * Encodings of keys taken apart: each call reads the head of one value and
 * proves where its bytes end, so a walk takes time in proportion to the bytes it
 * is shown and goes no deeper than a key does.  What only canonical_check.c asks
 * for (order, UTF-8, digits that could be left out) is not asked for here.
 */
#include <stele/map.h>

#include "canonical_take.h"

/* Of several fields each is as deep as a key may be. */
#define MOST_DEPTH (STELE_CANONICAL_DEPTH + 1)

/* -------------------------------------------------------------- scalars */

static int set_integer(struct stele_value *v, struct stele_rest bytes)
{
	bool negative;
	uint64_t len, u = 0;

	if (bytes.p == bytes.end || *bytes.p > 1)
		return -STELE_E_FORMAT;
	negative = !*bytes.p++;
	len = stele_rest_len(&bytes);
	if (len ? !bytes.end[-1] : negative)
		return -STELE_E_FORMAT;
	if (len <= sizeof(u))
		memcpy(&u, bytes.p, len);
	if (len > sizeof(u) || (negative && u > 1ull << 63)) {
		v->type = STELE_TYPE_BIGINT;
		v->flags = negative ? STELE_VALUE_F_NEGATIVE : 0;
		v->len = len;
		v->u.ptr = (const char *)bytes.p;
		return 0;
	}
	v->u.u = negative ? -u : u;
	v->type = !negative && u > INT64_MAX ? STELE_TYPE_U64 : STELE_TYPE_I64;
	return 0;
}

static int set_decimal(struct stele_value *v, struct stele_rest bytes)
{
	uint64_t len = stele_rest_len(&bytes);

	if (len < 6 || len > 5 + STELE_FMT_DECIMAL_MAX || *bytes.p > 1 ||
	    !bytes.end[-1])
		return -STELE_E_FORMAT;
	v->type = STELE_TYPE_DECIMAL;
	v->flags = *bytes.p ? 0 : STELE_VALUE_F_NEGATIVE;
	memcpy(&v->exponent, bytes.p + 1, sizeof(v->exponent));
	v->len = len - 5;
	v->u.ptr = (const char *)bytes.p + 5;
	return v->exponent < 0 && v->exponent >= -STELE_FMT_DECIMAL_EXPONENT ?
		       0 :
		       -STELE_E_FORMAT;
}

static int set_double(struct stele_value *v, struct stele_rest bytes)
{
	struct stele_form form;

	if (stele_rest_len(&bytes) != sizeof(v->u.f))
		return -STELE_E_FORMAT;
	v->type = STELE_TYPE_F64;
	memcpy(&v->u.f, bytes.p, sizeof(v->u.f));
	/* neither NaN nor an integer, which has another tag */
	return !stele_form_double(&form, v->u.f) &&
			       form.head[0] == STELE_KEY_TAG_FLOAT ?
		       0 :
		       -STELE_E_FORMAT;
}

/* Bytes that are the value, `len` of them, 0: any number. */
static int set_run(struct stele_value *v, enum stele_type type,
		   struct stele_rest bytes, uint64_t len)
{
	v->type = (uint8_t)type;
	v->len = stele_rest_len(&bytes);
	v->u.ptr = (const char *)bytes.p;
	return !len || v->len == len ? 0 : -STELE_E_FORMAT;
}

/* What is counted from somewhere. */
static int set_count(struct stele_value *v, enum stele_type type,
		     struct stele_rest bytes)
{
	v->type = (uint8_t)type;
	if (stele_rest_len(&bytes) != sizeof(v->u.i))
		return -STELE_E_FORMAT;
	memcpy(&v->u.i, bytes.p, sizeof(v->u.i));
	return 0;
}

static int set_date(struct stele_value *v, struct stele_rest bytes)
{
	int32_t days;

	if (stele_rest_len(&bytes) != sizeof(days))
		return -STELE_E_FORMAT;
	v->type = STELE_TYPE_DATE;
	memcpy(&days, bytes.p, sizeof(days));
	v->u.i = days;
	return 0;
}

static int set_word(struct stele_value *v, enum stele_type type,
		    struct stele_rest bytes)
{
	v->type = (uint8_t)type;
	return bytes.p == bytes.end ? 0 : -STELE_E_FORMAT;
}

static int set_scalar(struct stele_value *v, uint8_t tag,
		      struct stele_rest bytes)
{
	switch (tag) {
	case STELE_KEY_TAG_NULL:
		return set_word(v, STELE_TYPE_NULL, bytes);
	case STELE_KEY_TAG_FALSE:
		return set_word(v, STELE_TYPE_BOOL, bytes);
	case STELE_KEY_TAG_TRUE:
		v->u.b = true;
		return set_word(v, STELE_TYPE_BOOL, bytes);
	case STELE_KEY_TAG_INTEGER:
		return set_integer(v, bytes);
	case STELE_KEY_TAG_FLOAT:
		return set_double(v, bytes);
	case STELE_KEY_TAG_DECIMAL:
		return set_decimal(v, bytes);
	case STELE_KEY_TAG_STR:
		return set_run(v, STELE_TYPE_STR, bytes, 0);
	case STELE_KEY_TAG_BYTES:
		return set_run(v, STELE_TYPE_BYTES, bytes, 0);
	case STELE_KEY_TAG_UUID:
		return set_run(v, STELE_TYPE_UUID, bytes, 16);
	case STELE_KEY_TAG_DATE:
		return set_date(v, bytes);
	case STELE_KEY_TAG_DATETIME:
		return set_count(v, STELE_TYPE_DATETIME, bytes);
	case STELE_KEY_TAG_TIME:
		return set_count(v, STELE_TYPE_TIME, bytes);
	case STELE_KEY_TAG_ZONED:
		return set_count(v, STELE_TYPE_ZONED, bytes);
	case STELE_KEY_TAG_TIMEDELTA:
		return set_count(v, STELE_TYPE_TIMEDELTA, bytes);
	default:
		return -STELE_E_FORMAT;
	}
}

/* ---------------------------------------------- what others stand in */

static struct stele_str str_of(struct stele_rest run)
{
	return (struct stele_str){ (const char *)run.p,
				   (size_t)stele_rest_len(&run) };
}

static bool take_name(struct stele_rest *rest, struct stele_str *name)
{
	struct stele_rest run;

	if (!stele_take_run(rest, &run))
		return false;
	*name = str_of(run);
	return true;
}

/* How many parts follow, each of so many bytes or more. */
static int set_parts(struct stele_key *key, struct stele_rest rest,
		     unsigned least)
{
	if (!stele_take_varint(&rest, &key->len) ||
	    key->len > stele_rest_len(&rest) / least)
		return -STELE_E_FORMAT;
	key->bytes = str_of(rest);
	return 0;
}

static int set_user(struct stele_key *key, struct stele_rest rest)
{
	if (!take_name(&rest, &key->name) || !key->name.len ||
	    key->name.len > STELE_FMT_USER_NAME_MAX)
		return -STELE_E_FORMAT;
	key->bytes = str_of(rest);
	return 0;
}

static int read_value(struct stele_rest value, uint32_t depth,
		      struct stele_key *key)
{
	uint8_t tag;
	int rc;

	memset(key, 0, sizeof(*key));
	if (value.p == value.end || depth > MOST_DEPTH)
		return -STELE_E_FORMAT;
	key->depth = depth;
	key->encoding = str_of(value);
	tag = *value.p++;
	switch (tag) {
	case STELE_KEY_TAG_TUPLE:
		key->type = STELE_TYPE_TUPLE;
		return set_parts(key, value, 2);
	case STELE_KEY_TAG_SET:
		key->type = STELE_TYPE_SET;
		return set_parts(key, value, 2);
	case STELE_KEY_TAG_RECORD:
		key->type = STELE_TYPE_RECORD;
		return take_name(&value, &key->name) ?
			       set_parts(key, value, 3) :
			       -STELE_E_FORMAT;
	case STELE_KEY_TAG_USER:
		key->type = STELE_TYPE_USER;
		return set_user(key, value);
	default:
		rc = set_scalar(&key->value, tag, value);
		key->type = (enum stele_type)key->value.type;
		return rc;
	}
}

int stele_key_read(const void *encoding, size_t len, struct stele_key *key)
{
	const uint8_t *p = encoding;

	if (len > STELE_CANONICAL_MAX)
		return -STELE_E_FORMAT;
	return read_value((struct stele_rest){ p, p + len }, 1, key);
}

int stele_key_next(struct stele_key *key, struct stele_str *name,
		   struct stele_key *part)
{
	const uint8_t *p = (const uint8_t *)key->bytes.ptr;
	struct stele_rest rest = { p, p + key->bytes.len }, run;
	struct stele_str of = { NULL, 0 };
	int rc;

	if (key->type != STELE_TYPE_TUPLE && key->type != STELE_TYPE_SET &&
	    key->type != STELE_TYPE_RECORD)
		return -STELE_E_TYPE;
	if (key->done == key->len)
		return key->bytes.len ? -STELE_E_FORMAT : -STELE_E_ABSENT;
	if (key->type == STELE_TYPE_RECORD && !take_name(&rest, &of))
		return -STELE_E_FORMAT;
	if (!stele_take_run(&rest, &run))
		return -STELE_E_FORMAT;
	rc = read_value(run, key->depth + 1, part);
	if (rc)
		return rc;
	if (name)
		*name = of;
	key->bytes = str_of(rest);
	key->done++;
	return 0;
}
