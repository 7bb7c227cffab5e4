// SPDX-License-Identifier: MIT
/*
 * The keys that rows have by the schema's declarations, for comparing them with
 * what the tables hold.  A path goes through nested records; the schema's check
 * has proved that its steps exist.
 */
#include "canonical.h"
#include "verify.h"

#define TAG_TUPLE 0x40

/* The value at the end of a path; NULL or UNSET where it breaks off. */
static int follow(struct stele_verify *v, uint64_t pos, const uint32_t *steps,
		  struct stele_value *value)
{
	struct stele_record record = { v->seg, pos };

	for (uint32_t i = 1; i <= steps[0]; i++) {
		int rc = stele_record_get_at(record, steps[i], value);

		if (rc)
			return stele_verify_broken(v, record.pos,
						   STELE_I_FIELD_TYPE);
		if (i == steps[0] || value->type != STELE_TYPE_RECORD)
			break;
		record.pos = value->u.pos;
	}
	return 0;
}

static int no_memory(struct stele_verify *v)
{
	return stele_fail(v->err, -ENOMEM, "no memory for a key");
}

static int append_varint(struct stele_verify *v, uint64_t n)
{
	uint8_t bytes[10];
	size_t len = 0;

	for (; n >= 0x80; n >>= 7)
		bytes[len++] = (uint8_t)(n | 0x80);
	bytes[len++] = (uint8_t)n;
	return stele_buffer_append(&v->key, bytes, len) ? no_memory(v) : 0;
}

static int append_canonical(struct stele_verify *v, uint64_t pos,
			    const struct stele_value *value, bool framed)
{
	size_t len;
	int rc = stele_canonical_value(NULL, 0, &len, value);

	if (rc != -ENOSPC)
		return stele_verify_broken(v, pos, STELE_I_ENTRY_ROW_KEY);
	rc = framed ? append_varint(v, len) : 0;
	if (rc)
		return rc;
	if (stele_buffer_reserve(&v->key, len))
		return no_memory(v);
	rc = stele_canonical_value(v->key.ptr + v->key.len, len, &len, value);
	if (rc)
		return stele_verify_broken(v, pos, STELE_I_ENTRY_ROW_KEY);
	v->key.len += len;
	return 0;
}

static int append_plain(struct stele_verify *v, uint64_t pos, unsigned key_type,
			const struct stele_value *value)
{
	bool text = key_type == STELE_FMT_KEY_STR ||
		    key_type == STELE_FMT_KEY_BYTES;

	if (key_type == STELE_FMT_KEY_CANONICAL)
		return append_canonical(v, pos, value, false);
	if (text !=
	    (value->type == STELE_TYPE_STR || value->type == STELE_TYPE_BYTES))
		return stele_verify_broken(v, pos, STELE_I_FIELD_TYPE);
	if (text ? stele_buffer_append(&v->key, value->u.ptr, value->len) :
		   stele_buffer_append(&v->key, &value->u.u, 8))
		return no_memory(v);
	return 0;
}

int stele_verify_row_key(struct stele_verify *v, uint32_t decl,
			 unsigned key_type, uint64_t pos, bool *found)
{
	const struct stele_fmt_decl *d = &v->schema->tables[decl];
	const uint32_t *steps = v->schema->steps + d->first_step;
	uint8_t tag = TAG_TUPLE;
	struct stele_value value;
	int rc = 0;

	v->key.len = 0;
	*found = true;
	if (d->nr_keys > 1) {
		if (stele_buffer_append(&v->key, &tag, 1))
			return no_memory(v);
		rc = append_varint(v, d->nr_keys);
	}
	for (uint32_t k = 0; !rc && k < d->nr_keys; k++) {
		rc = follow(v, pos, steps, &value);
		steps += 1 + steps[0];
		if (rc)
			break;
		if (value.type == STELE_TYPE_NULL ||
		    value.type == STELE_TYPE_UNSET) {
			*found = false;
			return 0;
		}
		rc = d->nr_keys > 1 ? append_canonical(v, pos, &value, true) :
				      append_plain(v, pos, key_type, &value);
	}
	return rc;
}

int stele_verify_row_keys(struct stele_verify *v, uint64_t pos, uint32_t record)
{
	const struct stele_schema *schema = v->schema;
	bool found;
	int rc = 0;

	for (uint32_t i = 0; !rc && i < schema->head->nr_tables; i++) {
		if (schema->tables[i].record != record)
			continue;
		rc = stele_verify_row_key(v, i, STELE_FMT_KEY_CANONICAL, pos,
					  &found);
		v->nr_keyed[i] += !rc && found;
	}
	return rc;
}

static uint64_t position_at(const uint8_t *p, uint64_t i, unsigned width)
{
	uint64_t eighth = 0;

	memcpy(&eighth, p + i * width, width);
	return eighth;
}

static int compare_positions(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Rows that were reserved and filled later are out of order: sort them. */
int stele_verify_rows_differ(struct stele_verify *v, uint64_t at,
			     const uint8_t *p, uint64_t nr, unsigned width)
{
	uint64_t *sorted, i = 1;

	while (i < nr &&
	       position_at(p, i - 1, width) < position_at(p, i, width))
		i++;
	if (i >= nr)
		return 0;
	v->key.len = 0;
	if (stele_buffer_reserve(&v->key, nr * sizeof(*sorted)))
		return no_memory(v);
	sorted = (uint64_t *)(void *)v->key.ptr;
	for (i = 0; i < nr; i++)
		sorted[i] = position_at(p, i, width);
	qsort(sorted, nr, sizeof(*sorted), compare_positions);
	for (i = 1; i < nr; i++)
		if (sorted[i - 1] == sorted[i])
			return stele_verify_broken(v, at,
						   STELE_I_ENTRY_ROW_TWICE);
	return 0;
}
