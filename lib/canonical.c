// SPDX-License-Identifier: MIT
/*
 * Keys as readers have them: encoding and hash of values.  A scalar is hashed
 * where it lies; a collection or decimal is encoded on the stack first.
 */
#include <errno.h>

#include "canonical_put.h"
#include "hash.h"
#include "segment.h"
#include "siphash.h"

#define ONE_SHOT 256u /* encodings up to this are hashed in one piece */

/* ------------------------------------------------------------- encoding */

static int put_value(struct stele_put *put, const struct stele_value *v,
		     unsigned depth);

/* Apart, so that a walk's frames are small. */
static __attribute__((noinline)) int put_scalar(struct stele_put *put,
						const struct stele_value *v)
{
	struct stele_form form;
	int rc = v->type == STELE_TYPE_BIGINT ? stele_put_work(put, v->len) : 0;

	if (!rc)
		rc = stele_form_of_value(&form, v);
	return rc ? rc : stele_put_form(put, &form);
}

static int put_decimal(struct stele_put *put, const struct stele_value *v)
{
	if (v->flags & STELE_VALUE_F_NAN)
		return -STELE_E_RANGE;
	return stele_put_decimal(put, v->flags & STELE_VALUE_F_NEGATIVE,
				 v->flags & STELE_VALUE_F_INFINITE, v->exponent,
				 (const uint8_t *)v->u.ptr, v->len);
}

/* A value behind its length. */
static int put_inside(struct stele_put *put, const struct stele_value *v,
		      unsigned depth)
{
	size_t mark;
	int rc = stele_put_begin(put, &mark);

	if (!rc)
		rc = put_value(put, v, depth);
	return rc ? rc : stele_put_end(put, mark);
}

static int put_tuple(struct stele_put *put, const struct stele_value *v,
		     unsigned depth)
{
	int rc = stele_put_head(put, STELE_KEY_TAG_TUPLE, v->len);

	for (uint64_t i = 0; !rc && i < v->len; i++) {
		struct stele_value item;

		rc = stele_value_item(v, i, &item);
		if (!rc)
			rc = put_inside(put, &item, depth);
	}
	return rc;
}

/* Whether the items at two places, each behind its length, ascend. */
static bool ascend(const struct stele_put *put, size_t a, size_t b)
{
	uint64_t a_len = 0, b_len = 0;
	const uint8_t *p, *q;

	if (put->len > put->size)
		return true; /* not written, so not compared */
	p = put->buf + a;
	q = put->buf + b;
	p += stele_varint_read(p, q, &a_len);
	q += stele_varint_read(q, put->buf + put->len, &b_len);
	return stele_canonical_compare(p, a_len, q, b_len) < 0;
}

static int put_set(struct stele_put *put, const struct stele_value *v,
		   unsigned depth)
{
	int rc = stele_put_head(put, STELE_KEY_TAG_SET, v->len);
	size_t before = 0;

	for (uint64_t i = 0; !rc && i < v->len; i++) {
		struct stele_value item;
		size_t at = put->len;

		rc = stele_value_item(v, i, &item);
		if (!rc)
			rc = put_inside(put, &item, depth);
		if (!rc && i && !ascend(put, before, at))
			rc = -STELE_E_FORMAT;
		before = at;
	}
	return rc;
}

/* A field behind its name; nothing of one that is not set. */
static int put_field(struct stele_put *put, struct stele_record record,
		     const struct stele_named *field, unsigned depth)
{
	struct stele_value v;
	int rc = stele_record_get_at(record, field->number, &v);

	if (rc || v.type == STELE_TYPE_UNSET)
		return rc;
	rc = stele_put_name(put, field->name);
	return rc ? rc : put_inside(put, &v, depth);
}

static int count_fields(struct stele_record record, uint32_t nr, uint64_t *set)
{
	*set = 0;
	for (uint32_t i = 0; i < nr; i++) {
		struct stele_value v;
		int rc = stele_record_get_at(record, i, &v);

		if (rc)
			return rc;
		*set += v.type != STELE_TYPE_UNSET;
	}
	return 0;
}

static int put_record(struct stele_put *put, const struct stele_value *v,
		      unsigned depth)
{
	const struct stele_schema *schema = v->segment->schema;
	const struct stele_named *fields =
		stele_schema_by_name(schema, v->record);
	uint32_t nr = schema->records[v->record].nr_fields;
	struct stele_record record = { v->segment, v->u.pos };
	uint64_t set;
	int rc = stele_put_work(put, nr);

	if (!rc)
		rc = count_fields(record, nr, &set);
	if (!rc)
		rc = stele_put_record(put, schema, v->record, set);
	for (uint32_t i = 0; !rc && i < nr; i++)
		rc = put_field(put, record, &fields[i], depth);
	return rc;
}

static int put_user(struct stele_put *put, const struct stele_value *v)
{
	struct stele_str name, bytes;
	int rc = stele_value_user(v, &name, &bytes);

	return rc ? rc : stele_put_user(put, name, bytes);
}

/* depth: of values that may still stand in each other here. */
static int put_value(struct stele_put *put, const struct stele_value *v,
		     unsigned depth)
{
	if (!depth)
		return -STELE_E_LIMIT;
	switch (v->type) {
	case STELE_TYPE_TUPLE:
		return put_tuple(put, v, depth - 1);
	case STELE_TYPE_SET:
		return put_set(put, v, depth - 1);
	case STELE_TYPE_RECORD:
		return put_record(put, v, depth - 1);
	case STELE_TYPE_USER:
		return put_user(put, v);
	case STELE_TYPE_DECIMAL:
		return put_decimal(put, v);
	default:
		return put_scalar(put, v);
	}
}

static int encode_form(uint8_t *buf, size_t size, size_t *len,
		       const struct stele_value *value)
{
	struct stele_form form;
	int rc = stele_form_of_value(&form, value);

	if (rc)
		return rc;
	*len = form.head_len + form.tail_len;
	if (*len > size)
		return -ENOSPC;
	memcpy(buf, form.head, form.head_len);
	if (form.tail_len)
		memcpy(buf + form.head_len, form.tail, form.tail_len);
	return 0;
}

int stele_canonical_value(uint8_t *buf, size_t size, size_t *len,
			  const struct stele_value *value)
{
	struct stele_put put = { buf, size, 0, 0 };
	int rc;

	if (stele_form_has(value->type))
		return encode_form(buf, size, len, value);
	rc = put_value(&put, value, STELE_CANONICAL_DEPTH);
	if (rc)
		return rc;
	*len = put.len;
	return put.len > size ? -ENOSPC : 0;
}

int stele_canonical_key(uint8_t *buf, size_t size, size_t *len,
			const struct stele_value *fields, uint32_t nr)
{
	uint64_t steps;

	if (nr == 1)
		return stele_canonical_value(buf, size, len, fields);
	return stele_canonical_counted(buf, size, len, fields, nr, &steps);
}

int stele_canonical_counted(uint8_t *buf, size_t size, size_t *len,
			    const struct stele_value *fields, uint32_t nr,
			    uint64_t *steps)
{
	struct stele_put put = { buf, size, 0, 0 };
	int rc;

	if (nr == 1) {
		rc = put_value(&put, fields, STELE_CANONICAL_DEPTH);
	} else {
		rc = stele_put_head(&put, STELE_KEY_TAG_TUPLE, nr);
		for (uint32_t i = 0; !rc && i < nr; i++)
			rc = put_inside(&put, &fields[i],
					STELE_CANONICAL_DEPTH);
	}
	*steps = 1 + put.work + put.len / STELE_CANONICAL_STEP;
	if (rc)
		return rc;
	*len = put.len;
	return put.len > size ? -ENOSPC : 0;
}

/* ----------------------------------------------------------------- hash */

static uint64_t hash_form(const struct stele_form *form, uint64_t seed)
{
	uint8_t small[ONE_SHOT];
	XXH3_state_t state;

	if (form->head_len + form->tail_len <= sizeof(small)) {
		memcpy(small, form->head, form->head_len);
		if (form->tail_len)
			memcpy(small + form->head_len, form->tail,
			       form->tail_len);
		return stele_hash_bytes(small, form->head_len + form->tail_len,
					seed);
	}
	memset(&state, 0, sizeof(state)); /* reset looks at the old seed */
	XXH3_64bits_reset_withSeed(&state, seed);
	XXH3_64bits_update(&state, form->head, form->head_len);
	XXH3_64bits_update(&state, form->tail, form->tail_len);
	return XXH3_64bits_digest(&state);
}

/* Apart, so that its room on the stack is not taken by scalars. */
static __attribute__((noinline)) int
hash_encoded(const struct stele_value *value, const uint64_t *salt,
	     uint64_t seed, uint64_t *hash)
{
	uint8_t buf[STELE_CANONICAL_MAX];
	size_t len;
	int rc = stele_canonical_value(buf, sizeof(buf), &len, value);

	if (rc)
		return rc;
	*hash = salt ? stele_canonical_hash_bytes_salted(buf, len, *salt,
							 seed) :
		       stele_hash_bytes(buf, len, seed);
	return 0;
}

int stele_canonical_hash(const struct stele_value *value, uint64_t seed,
			 uint64_t *hash)
{
	struct stele_form form;
	int rc;

	if (!stele_form_has(value->type))
		return hash_encoded(value, NULL, seed, hash);
	rc = stele_form_of_value(&form, value);
	if (!rc)
		*hash = hash_form(&form, seed);
	return rc;
}

uint64_t stele_canonical_hash_str(const char *ptr, size_t len, uint64_t seed)
{
	struct stele_form form;

	stele_form_str(&form, ptr, len);
	return hash_form(&form, seed);
}

uint64_t stele_canonical_hash_bytes_salted(const void *encoding, size_t len,
					   uint64_t salt, uint64_t seed)
{
	struct stele_siphash state;

	stele_siphash_begin(&state, salt, seed);
	stele_siphash_add(&state, encoding, len);
	return stele_siphash_end(&state);
}

int stele_canonical_hash_salted(const struct stele_value *value, uint64_t salt,
				uint64_t seed, uint64_t *hash)
{
	struct stele_siphash state;
	struct stele_form form;
	int rc;

	if (!stele_form_has(value->type))
		return hash_encoded(value, &salt, seed, hash);
	rc = stele_form_of_value(&form, value);
	if (rc)
		return rc;
	stele_siphash_begin(&state, salt, seed);
	stele_siphash_add(&state, form.head, form.head_len);
	stele_siphash_add(&state, form.tail, form.tail_len);
	*hash = stele_siphash_end(&state);
	return 0;
}
