// SPDX-License-Identifier: MIT
/*
 * Verifying that values are of the types a schema declares, items of items
 * included.  Types are finite trees (the schema's check proves that an item's
 * type has a smaller number), so a walk is as deep as types are nested.
 *
 * Equal lists are shared, so one may be reached many times.  Reached first it
 * gets a bit; reached again with a bit, it is looked up under (position, type)
 * and walked only if it is new there, for which steps are counted.  So each is
 * walked at most once more than it has declared types, and only what is shared
 * costs memory; short ones of scalars are just walked.
 */
#include "canonical.h"
#include "hash.h"
#include "salt.h"
#include "verify.h"

#define SHORT_ITEMS 32u

/* A list, dict, set or tuple on the way down. */
struct frame {
	uint64_t pos;
	uint64_t len; /* words */
	uint64_t next; /* word */
	uint32_t type;
	uint32_t zero;
};

/* --------------------------------------------------------------- memory */

static struct stele_typed *find_slot(const struct stele_typed_set *set,
				     uint64_t pos, uint64_t type)
{
	const struct stele_typed wanted = { pos, type };
	uint64_t i = stele_hash_bytes(&wanted, sizeof(wanted), set->salt);

	for (;; i++) {
		struct stele_typed *slot = &set->slots[i & (set->nr_slots - 1)];

		if (!slot->pos || (slot->pos == pos && slot->type == type))
			return slot;
	}
}

static int grow(struct stele_typed_set *set)
{
	struct stele_typed_set larger = *set;

	larger.nr_slots = set->nr_slots ? 2 * set->nr_slots : 64;
	if (!set->nr_slots)
		larger.salt = stele_salt();
	larger.slots = calloc(larger.nr_slots, sizeof(*larger.slots));
	if (!larger.slots)
		return -ENOMEM;
	for (uint64_t i = 0; i < set->nr_slots; i++) {
		const struct stele_typed *old = &set->slots[i];

		if (old->pos)
			*find_slot(&larger, old->pos, old->type) = *old;
	}
	free(set->slots);
	*set = larger;
	return 0;
}

/* Note that a frame's words are walked now; *known: that they were before. */
static int remember(struct stele_verify *v, const struct frame *f, uint64_t at,
		    bool *known)
{
	uint64_t bit = 0, mask;
	struct stele_typed *slot;

	stele_verify_bit(v, f->pos, &bit);
	mask = 1ull << (bit / 2 % 64);
	*known = false;
	if (!(v->typed[bit / 128] & mask)) {
		v->typed[bit / 128] |= mask;
		return 0;
	}
	if (2 * (v->again.used + 1) > v->again.nr_slots && grow(&v->again))
		return stele_fail(v->err, -ENOMEM,
				  "no memory for verifying shared lists");
	slot = find_slot(&v->again, f->pos, f->type);
	*known = slot->pos != 0;
	if (*known)
		return 0;
	slot->pos = f->pos;
	slot->type = f->type;
	v->again.used++;
	return stele_verify_spend(v, at, f->len);
}

/* --------------------------------------------------------------- scalars */

static bool fits_integer(unsigned kind, const struct stele_value *value)
{
	unsigned bits = 8 * (unsigned)stele_type_width(kind);
	bool is_signed = kind <= STELE_TYPE_I64;

	if (value->type == STELE_TYPE_U64)
		return kind == STELE_TYPE_U64;
	if (value->type != STELE_TYPE_I64)
		return false;
	if (is_signed)
		return value->u.i >= INT64_MIN >> (64 - bits) &&
		       value->u.i <= INT64_MAX >> (64 - bits);
	return value->u.i >= 0 && (bits == 64 || value->u.u >> bits == 0);
}

static bool fits_scalar(unsigned kind, const struct stele_value *value)
{
	if (kind >= STELE_TYPE_I8 && kind <= STELE_TYPE_U64)
		return fits_integer(kind, value);
	if (kind == STELE_TYPE_F32)
		return value->type == STELE_TYPE_F64 &&
		       (value->u.f != value->u.f ||
			(double)(float)value->u.f == value->u.f);
	if (kind == STELE_TYPE_BIGINT)
		return value->type == STELE_TYPE_I64 ||
		       value->type == STELE_TYPE_U64 ||
		       value->type == STELE_TYPE_BIGINT;
	return value->type == kind;
}

/* A value of the user's type of that name. */
static int verify_user(struct stele_verify *v, uint64_t at,
		       const struct stele_fmt_type *t,
		       const struct stele_value *value)
{
	struct stele_str want = stele_schema_user(v->schema, t), name, bytes;

	if (value->type != STELE_TYPE_USER ||
	    stele_value_user(value, &name, &bytes) || name.len != want.len ||
	    memcmp(name.ptr, want.ptr, want.len) != 0)
		return stele_verify_broken(v, at, STELE_I_FIELD_TYPE);
	return stele_verify_spend(v, at, want.len / STELE_CANONICAL_STEP);
}

/* --------------------------------------------------------------- the walk */

static int verify_one(struct stele_verify *v, uint64_t at, uint64_t word,
		      uint32_t type, bool nullable);

/* A weak key that is absent. */
static int verify_weak(struct stele_verify *v, uint64_t at, uint64_t word,
		       uint32_t table, const struct stele_value *value)
{
	uint32_t type = stele_schema_key(v->schema, table, 0);
	unsigned kind = v->schema->types[type].kind;
	struct stele_value row;
	int rc;

	if (kind != STELE_TYPE_ANY && !fits_scalar(kind, value))
		return stele_verify_broken(v, at, STELE_I_FIELD_REF);
	rc = stele_verify_key_steps(v, at, value);
	if (rc)
		return rc;
	/* a table that is broken is told of later */
	if (!stele_map_get(&v->seg->maps[table], value, 1, &row))
		return stele_verify_broken(v, at, STELE_I_FIELD_REF);
	return verify_one(v, at, word, type, false);
}

/* A row of the table's record; where it is weak, else a key that is absent. */
static int verify_ref(struct stele_verify *v, uint64_t at, uint64_t word,
		      const struct stele_fmt_type *t,
		      const struct stele_value *value)
{
	if (value->type == STELE_TYPE_RECORD && value->record == t->arg &&
	    value->flags & STELE_VALUE_F_ROW)
		return 0;
	if (!(t->flags & STELE_FMT_TYPE_F_WEAK) ||
	    v->schema->tables[t->arg2].nr_keys != 1 ||
	    t->arg2 >= v->seg->nr_maps)
		return stele_verify_broken(v, at, STELE_I_FIELD_REF);
	return verify_weak(v, at, word, t->arg2, value);
}

/* Whether all that a type is made of are scalars. */
static bool is_flat(const struct stele_schema *schema,
		    const struct stele_fmt_type *t)
{
	for (uint32_t i = 0; i < stele_type_nr_parts(t); i++)
		if (stele_type_nr_parts(
			    &schema->types[stele_type_part(schema, t, i)]))
			return false;
	return true;
}

/* Begin to walk a collection, unless it was walked before. */
static int enter(struct stele_verify *v, uint64_t at,
		 const struct stele_value *value, uint32_t type)
{
	const struct stele_fmt_type *t = &v->schema->types[type];
	bool known = false;
	struct frame frame = {
		.pos = value->u.pos,
		.len = t->kind == STELE_TYPE_DICT ? 2 * value->len : value->len,
		.type = type,
	};
	int rc = 0;

	if (value->type != t->kind || (t->kind == STELE_TYPE_TUPLE &&
				       value->len != stele_type_nr_parts(t)))
		return stele_verify_broken(v, at, STELE_I_FIELD_TYPE);
	if (!frame.len)
		return 0;
	if (frame.len > SHORT_ITEMS || !is_flat(v->schema, t))
		rc = remember(v, &frame, at, &known);
	if (rc || known)
		return rc;
	if (stele_buffer_append(&v->walk, &frame, sizeof(frame)))
		return stele_fail(v->err, -ENOMEM,
				  "no memory for verifying nested lists");
	return 0;
}

/* One word; a collection is put on the way instead of being walked. */
static int verify_one(struct stele_verify *v, uint64_t at, uint64_t word,
		      uint32_t type, bool nullable)
{
	const struct stele_fmt_type *t = &v->schema->types[type];
	struct stele_value value;

	if (t->kind == STELE_TYPE_ANY)
		return 0;
	if (word == STELE_FMT_NULL)
		return nullable ?
			       0 :
			       stele_verify_broken(v, at, STELE_I_FIELD_NULL);
	if (stele_value_decode(v->seg, word, v->seg->base + at, &value))
		return stele_verify_broken(v, at, STELE_I_WORD_TARGET);
	switch (t->kind) {
	case STELE_TYPE_LIST:
	case STELE_TYPE_DICT:
	case STELE_TYPE_SET:
	case STELE_TYPE_TUPLE:
		return enter(v, at, &value, type);
	case STELE_TYPE_ARRAY:
	case STELE_TYPE_NDARRAY:
		if (value.type != t->kind ||
		    value.element != stele_type_of_element(t->arg))
			break;
		return 0;
	case STELE_TYPE_USER:
		return verify_user(v, at, t, &value);
	case STELE_TYPE_RECORD:
		if (value.type != t->kind || value.record != t->arg)
			return stele_verify_broken(v, at, STELE_I_FIELD_RECORD);
		return 0;
	case STELE_TYPE_REF:
		return verify_ref(v, at, word, t, &value);
	default:
		if (!fits_scalar(t->kind, &value))
			break;
		return 0;
	}
	return stele_verify_broken(v, at, STELE_I_FIELD_TYPE);
}

/* The type of word `i` of a collection, and whether it may be null. */
static uint32_t type_of(const struct stele_verify *v,
			const struct stele_fmt_type *t, uint64_t i,
			bool *nullable)
{
	uint64_t part = i;

	*nullable = t->flags & STELE_FMT_TYPE_F_NULLABLE;
	if (t->kind == STELE_TYPE_TUPLE)
		*nullable = v->schema->steps[t->arg + i] &
			    STELE_FMT_STEP_NULLABLE;
	else if (t->kind == STELE_TYPE_DICT)
		part = i % 2;
	else
		part = 0;
	if (t->kind == STELE_TYPE_DICT && !part)
		*nullable = false; /* of a key */
	return stele_type_part(v->schema, t, (uint32_t)part);
}

/* The next word of the frame on top. */
static int step(struct stele_verify *v)
{
	struct frame *f = (struct frame *)(void *)(v->walk.ptr + v->walk.len -
						   sizeof(*f));
	const struct stele_fmt_type *t = &v->schema->types[f->type];
	uint64_t at = f->pos + 8 + 8 * f->next;
	uint32_t type;
	bool nullable;

	if (f->next == f->len) {
		v->walk.len -= sizeof(*f);
		return 0;
	}
	type = type_of(v, t, f->next++, &nullable);
	return verify_one(v, at, stele_load(v->seg, at), type, nullable);
}

int stele_verify_typed(struct stele_verify *v, uint64_t at, uint64_t word,
		       uint32_t type, bool nullable)
{
	int rc;

	v->walk.len = 0;
	rc = verify_one(v, at, word, type, nullable);
	while (!rc && v->walk.len)
		rc = step(v);
	return rc;
}
