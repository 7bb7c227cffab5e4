// SPDX-License-Identifier: MIT
/*
 * Whether two values are one key, side by side, without their encodings.  Sets
 * are in the order of their items' encodings, so equal ones are equal item by
 * item.
 *
 * A walk takes from its budget what each value's encoding has at least, so it
 * ends where no key would be as long, however values are shared.
 */
#include "canonical_put.h"
#include "equal.h"
#include "segment.h"

struct walk {
	uint64_t bytes; /* that the encodings may still have */
	uint64_t work; /* STELE_CANONICAL_WORK of both that is left */
};

static bool same(struct walk *walk, const struct stele_value *a,
		 const struct stele_value *b, unsigned depth);

static bool spend(uint64_t *budget, uint64_t amount)
{
	if (amount > *budget)
		return false;
	*budget -= amount;
	return true;
}

static bool spend_number(struct walk *walk, const struct stele_value *v)
{
	return (v->type != STELE_TYPE_BIGINT &&
		v->type != STELE_TYPE_DECIMAL) ||
	       spend(&walk->work, v->len);
}

static bool same_str(struct stele_str a, struct stele_str b)
{
	return a.len == b.len && (!a.len || !memcmp(a.ptr, b.ptr, a.len));
}

/* Apart, so that a walk's frames are small. */
static __attribute__((noinline)) bool same_forms(struct walk *walk,
						 const struct stele_value *a,
						 const struct stele_value *b)
{
	struct stele_form x, y;

	return spend_number(walk, a) && spend_number(walk, b) &&
	       !stele_form_of_value(&x, a) && !stele_form_of_value(&y, b) &&
	       spend(&walk->bytes, x.tail_len) && stele_form_equal(&x, &y);
}

/* Numbers, at least one of them a decimal: their encodings are short. */
static __attribute__((noinline)) bool same_numbers(struct walk *walk,
						   const struct stele_value *a,
						   const struct stele_value *b)
{
	uint8_t x[STELE_FMT_DECIMAL_MAX + 8], y[sizeof(x)];
	size_t x_len, y_len;

	return spend_number(walk, a) && spend_number(walk, b) &&
	       !stele_canonical_value(x, sizeof(x), &x_len, a) &&
	       !stele_canonical_value(y, sizeof(y), &y_len, b) &&
	       spend(&walk->bytes, x_len) && x_len == y_len &&
	       !memcmp(x, y, x_len);
}

static bool same_items(struct walk *walk, const struct stele_value *a,
		       const struct stele_value *b, unsigned depth)
{
	if (a->len != b->len || a->len > STELE_CANONICAL_MAX / 2)
		return false;
	for (uint64_t i = 0; i < a->len; i++) {
		struct stele_value x, y;

		if (stele_value_item(a, i, &x) || stele_value_item(b, i, &y) ||
		    !same(walk, &x, &y, depth))
			return false;
	}
	return true;
}

/* The fields of a record that are set, in order of their names. */
struct fields {
	struct stele_record record;
	const struct stele_named *names;
	uint32_t left;
};

static bool open_record(struct walk *walk, const struct stele_value *v,
			struct fields *fields, struct stele_str *name)
{
	const struct stele_schema *schema = v->segment->schema;

	fields->record = (struct stele_record){ v->segment, v->u.pos };
	fields->names = stele_schema_by_name(schema, v->record);
	fields->left = schema->records[v->record].nr_fields;
	*name = stele_schema_str(schema, schema->records[v->record].name);
	return spend(&walk->work, fields->left);
}

/* The next field that is set; UNSET at the end.  False: broken bytes. */
static bool next_field(struct fields *fields, struct stele_str *name,
		       struct stele_value *v)
{
	v->type = STELE_TYPE_UNSET;
	while (fields->left && v->type == STELE_TYPE_UNSET) {
		*name = fields->names->name;
		if (stele_record_get_at(fields->record, fields->names->number,
					v))
			return false;
		fields->names++;
		fields->left--;
	}
	return true;
}

static bool same_records(struct walk *walk, const struct stele_value *a,
			 const struct stele_value *b, unsigned depth)
{
	struct stele_str a_name, b_name;
	struct fields a_fields, b_fields;
	struct stele_value x, y;

	if (!open_record(walk, a, &a_fields, &a_name) ||
	    !open_record(walk, b, &b_fields, &b_name) ||
	    !spend(&walk->bytes, a_name.len) || !same_str(a_name, b_name))
		return false;
	for (;;) {
		if (!next_field(&a_fields, &a_name, &x) ||
		    !next_field(&b_fields, &b_name, &y))
			return false;
		if (x.type == STELE_TYPE_UNSET || y.type == STELE_TYPE_UNSET)
			return x.type == y.type;
		if (!spend(&walk->bytes, a_name.len) ||
		    !same_str(a_name, b_name) || !same(walk, &x, &y, depth))
			return false;
	}
}

static bool same_users(struct walk *walk, const struct stele_value *a,
		       const struct stele_value *b)
{
	struct stele_str a_name, b_name, x, y;

	return !stele_value_user(a, &a_name, &x) &&
	       !stele_value_user(b, &b_name, &y) &&
	       spend(&walk->bytes, a_name.len) && same_str(a_name, b_name) &&
	       spend(&walk->bytes, x.len) && same_str(x, y);
}

/* depth: of values that may still stand in each other here. */
static bool same(struct walk *walk, const struct stele_value *a,
		 const struct stele_value *b, unsigned depth)
{
	if (!depth || !spend(&walk->bytes, 2))
		return false;
	if (stele_form_has(a->type) && stele_form_has(b->type))
		return same_forms(walk, a, b);
	if (stele_type_is_number(a->type) && stele_type_is_number(b->type))
		return same_numbers(walk, a, b);
	if (a->type != b->type)
		return false;
	switch (a->type) {
	case STELE_TYPE_TUPLE:
	case STELE_TYPE_SET:
		return same_items(walk, a, b, depth - 1);
	case STELE_TYPE_RECORD:
		return same_records(walk, a, b, depth - 1);
	case STELE_TYPE_USER:
		return same_users(walk, a, b);
	default:
		return false;
	}
}

static bool same_scalars(const struct stele_value *a,
			 const struct stele_value *b)
{
	struct stele_form x, y;

	return !stele_form_of_value(&x, a) && !stele_form_of_value(&y, b) &&
	       stele_form_equal(&x, &y);
}

bool stele_canonical_equal(const struct stele_value *a,
			   const struct stele_value *b)
{
	struct walk walk = { STELE_CANONICAL_MAX, 2 * STELE_CANONICAL_WORK };

	if (a->type == STELE_TYPE_STR && b->type == STELE_TYPE_STR)
		return a->len == b->len &&
		       (!a->len || !memcmp(a->u.ptr, b->u.ptr, a->len));
	if (a->type == STELE_TYPE_STR || b->type == STELE_TYPE_STR)
		return false;
	if (stele_form_has(a->type) && stele_form_has(b->type))
		return same_scalars(a, b);
	return same(&walk, a, b, STELE_CANONICAL_DEPTH);
}
