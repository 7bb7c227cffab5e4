// SPDX-License-Identifier: MIT
/*
 * The keys that rows have by the schema's declarations, for comparing them with
 * what the tables hold.  A path goes through nested records; the schema's check
 * has proved that its steps exist.
 */
#include "canonical.h"
#include "verify.h"

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

/* One key field, or several, canonically. */
static int append_canonical(struct stele_verify *v, uint64_t pos,
			    const struct stele_value *fields, uint32_t nr)
{
	uint64_t steps;
	size_t len;
	int rc;

	if (stele_buffer_reserve(&v->key, STELE_CANONICAL_MAX))
		return no_memory(v);
	rc = stele_canonical_counted(v->key.ptr, STELE_CANONICAL_MAX, &len,
				     fields, nr, &steps);
	if (rc)
		return stele_verify_broken(v, pos, STELE_I_WORD_KEY);
	v->key.len = len;
	return stele_verify_spend(v, pos, steps);
}

static int append_plain(struct stele_verify *v, uint64_t pos, unsigned key_type,
			const struct stele_value *value)
{
	bool text = key_type == STELE_FMT_KEY_STR ||
		    key_type == STELE_FMT_KEY_BYTES;

	if (key_type == STELE_FMT_KEY_CANONICAL)
		return append_canonical(v, pos, value, 1);
	if (text !=
	    (value->type == STELE_TYPE_STR || value->type == STELE_TYPE_BYTES))
		return stele_verify_broken(v, pos, STELE_I_FIELD_TYPE);
	if (text ? stele_buffer_append(&v->key, value->u.ptr, value->len) :
		   stele_buffer_append(&v->key, &value->u.u, 8))
		return no_memory(v);
	return stele_verify_spend(v, pos, v->key.len / STELE_CANONICAL_STEP);
}

/* The key fields of a row; *found false where one is null or unset. */
static int key_fields(struct stele_verify *v, uint32_t decl, uint64_t pos,
		      struct stele_value *fields, bool *found)
{
	const struct stele_fmt_decl *d = &v->schema->tables[decl];
	const uint32_t *steps = v->schema->steps + d->first_step;
	int rc = 0;

	*found = true;
	for (uint32_t k = 0; !rc && *found && k < d->nr_keys; k++) {
		rc = follow(v, pos, steps, &fields[k]);
		if (!rc)
			rc = stele_verify_spend(v, pos, steps[0]);
		steps += 1 + steps[0];
		*found = !rc && fields[k].type != STELE_TYPE_NULL &&
			 fields[k].type != STELE_TYPE_UNSET;
	}
	return rc;
}

int stele_verify_row_key(struct stele_verify *v, uint32_t decl,
			 unsigned key_type, uint64_t pos, bool *found)
{
	uint32_t nr = v->schema->tables[decl].nr_keys;
	struct stele_value fields[STELE_MAX_KEY_PATHS];
	int rc = key_fields(v, decl, pos, fields, found);

	v->key.len = 0;
	if (rc || !*found)
		return rc;
	return nr > 1 ? append_canonical(v, pos, fields, nr) :
			append_plain(v, pos, key_type, fields);
}

int stele_verify_key_steps(struct stele_verify *v, uint64_t at,
			   const struct stele_value *key)
{
	v->key.len = 0;
	if (key->type == STELE_TYPE_STR || key->type == STELE_TYPE_BYTES)
		return stele_verify_spend(v, at,
					  key->len / STELE_CANONICAL_STEP);
	return append_canonical(v, at, key, 1);
}

int stele_verify_row_keys(struct stele_verify *v, uint64_t pos, uint32_t record)
{
	struct stele_value fields[STELE_MAX_KEY_PATHS];
	bool found;
	int rc = 0;

	for (uint32_t i = v->first_table[record]; !rc && i;
	     i = v->next_table[i - 1]) {
		rc = key_fields(v, i - 1, pos, fields, &found);
		v->nr_keyed[i - 1] += !rc && found;
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
