// SPDX-License-Identifier: MIT
/*
 * What becomes of a stored type under a reader's: the table of all pairs of
 * kinds, and the walk through what types are made of.
 *
 * The rules behind the table.  Converted is what loses nothing and stays what it
 * is: integers into wider ones, into floats that hold each of them, into bigint
 * and decimal; f32 into f64; bigint into decimal; the elements of an array one by
 * one as the items of a list; the row behind a reference into the record that it
 * is; and all into any.  What a reader may point at is never converted: elements
 * of arrays stay of their type.  A date is no datetime, nor is text bytes.  Out
 * of any comes what is there, value by value.
 *
 * A pair of types is looked at once, for types may share their parts.
 */
#include "compat.h"
#include "hash.h"

#define NR_KINDS (STELE_TYPE_USER - STELE_TYPE_BOOL + 1)

/*
 * Rows are stored, columns read, both from bool on: = same, + converted, ~
 * checked, . refused.
 */
/* clang-format off */
static const char table[NR_KINDS][NR_KINDS + 1] = {
	/* bool      */ "=....................+.........",
	/* i8        */ ".=+++....++..+.......+...+.....",
	/* i16       */ "..=++....++..+.......+...+.....",
	/* i32       */ "...=+.....+..+.......+...+.....",
	/* i64       */ "....=........+.......+...+.....",
	/* u8        */ "..+++=+++++..+.......+...+.....",
	/* u16       */ "...++.=++++..+.......+...+.....",
	/* u32       */ "....+..=+.+..+.......+...+.....",
	/* u64       */ "........=....+.......+...+.....",
	/* f32       */ ".........=+..........+.........",
	/* f64       */ "..........=..........+.........",
	/* date      */ "...........=.........+.........",
	/* datetime  */ "............=........+.........",
	/* bigint    */ ".............=.......+...+.....",
	/* str       */ "..............=......+.........",
	/* bytes     */ "...............=.....+.........",
	/* list      */ "................=....+.........",
	/* array     */ "................+=...+.........",
	/* dict      */ "..................=..+.........",
	/* record    */ "...................=.+.........",
	/* ref       */ "...................+=+.........",
	/* any       */ "~~~~~~~~~~~~~~~~~~~~~=~~~~~~~~~",
	/* tuple     */ ".....................+=........",
	/* set       */ ".....................+.=.......",
	/* ndarray   */ ".....................+..=......",
	/* decimal   */ ".....................+...=.....",
	/* time      */ ".....................+....=....",
	/* zoned     */ ".....................+.....=...",
	/* timedelta */ ".....................+......=..",
	/* uuid      */ ".....................+.......=.",
	/* user      */ ".....................+........=",
};
/* clang-format on */

enum stele_verdict stele_compat_kind(unsigned stored, unsigned reader)
{
	stored -= STELE_TYPE_BOOL;
	reader -= STELE_TYPE_BOOL;
	if (stored >= NR_KINDS || reader >= NR_KINDS)
		return STELE_VERDICT_REFUSE;
	switch (table[stored][reader]) {
	case '=':
		return STELE_VERDICT_SAME;
	case '+':
		return STELE_VERDICT_CONVERT;
	case '~':
		return STELE_VERDICT_CHECK;
	default:
		return STELE_VERDICT_REFUSE;
	}
}

/* ------------------------------------------------------ pairs of types */

struct pair {
	uint32_t stored;
	uint32_t reader;
	uint32_t verdict; /* plus one; 0: the slot is free */
};

struct stele_pair_set {
	struct pair *slots; /* a power of two, at most half of them taken */
	size_t nr_slots;
	size_t nr;
};

static struct pair *slot_of(const struct stele_pair_set *set, uint32_t stored,
			    uint32_t reader)
{
	size_t at = stele_hash_u64((uint64_t)stored << 32 | reader, 0);

	for (;; at++) {
		struct pair *pair = &set->slots[at & (set->nr_slots - 1)];

		if (!pair->verdict ||
		    (pair->stored == stored && pair->reader == reader))
			return pair;
	}
}

static int grow(struct stele_pair_set *set)
{
	struct stele_pair_set larger = *set;

	larger.nr_slots = set->nr_slots ? 2 * set->nr_slots : 64;
	larger.slots = calloc(larger.nr_slots, sizeof(*larger.slots));
	if (!larger.slots)
		return -ENOMEM;
	for (size_t i = 0; i < set->nr_slots; i++)
		if (set->slots[i].verdict)
			*slot_of(&larger, set->slots[i].stored,
				 set->slots[i].reader) = set->slots[i];
	free(set->slots);
	*set = larger;
	return 0;
}

static int remember(struct stele_compat *c, uint32_t stored, uint32_t reader,
		    enum stele_verdict verdict)
{
	struct stele_pair_set *set = c->pairs;
	struct pair *slot;
	int rc;

	if (!set) {
		set = c->pairs = calloc(1, sizeof(*set));
		if (!set)
			return -ENOMEM;
	}
	if (2 * (set->nr + 1) > set->nr_slots) {
		rc = grow(set);
		if (rc)
			return rc;
	}
	slot = slot_of(set, stored, reader);
	slot->stored = stored;
	slot->reader = reader;
	slot->verdict = (uint32_t)verdict + 1;
	set->nr++;
	return 0;
}

static bool recall(const struct stele_compat *c, uint32_t stored,
		   uint32_t reader, enum stele_verdict *verdict)
{
	const struct pair *slot;

	if (!c->pairs)
		return false;
	slot = slot_of(c->pairs, stored, reader);
	if (!slot->verdict)
		return false;
	*verdict = (enum stele_verdict)(slot->verdict - 1);
	return true;
}

void stele_pair_set_free(struct stele_pair_set *set)
{
	if (set)
		free(set->slots);
	free(set);
}

/* --------------------------------------------- what types are made of */

static void worsen(enum stele_verdict *verdict, enum stele_verdict other)
{
	if (other > *verdict)
		*verdict = other;
}

/* A part that may be null in the segment, the reader's or not. */
static int part(struct stele_compat *c, uint32_t stored, bool stored_null,
		uint32_t reader, bool reader_null, enum stele_verdict *verdict)
{
	enum stele_verdict own;
	int rc = stele_compat_type(c, stored, reader, &own);

	if (rc)
		return rc;
	worsen(verdict, own);
	if (stored_null && !reader_null &&
	    c->reader->types[reader].kind != STELE_TYPE_ANY)
		worsen(verdict, STELE_VERDICT_CHECK);
	return 0;
}

static int items(struct stele_compat *c, const struct stele_fmt_type *s,
		 const struct stele_fmt_type *r, enum stele_verdict *verdict)
{
	return part(c, s->arg, s->flags & STELE_FMT_TYPE_F_NULLABLE, r->arg,
		    r->flags & STELE_FMT_TYPE_F_NULLABLE, verdict);
}

static int tuple(struct stele_compat *c, const struct stele_fmt_type *s,
		 const struct stele_fmt_type *r, enum stele_verdict *verdict)
{
	int rc = 0;

	if (s->arg2 != r->arg2)
		worsen(verdict, STELE_VERDICT_REFUSE);
	for (uint32_t i = 0;
	     !rc && i < s->arg2 && *verdict < STELE_VERDICT_REFUSE; i++) {
		uint32_t from = c->stored->steps[s->arg + i];
		uint32_t to = c->reader->steps[r->arg + i];

		rc = part(c, from & ~STELE_FMT_STEP_NULLABLE,
			  from & STELE_FMT_STEP_NULLABLE,
			  to & ~STELE_FMT_STEP_NULLABLE,
			  to & STELE_FMT_STEP_NULLABLE, verdict);
	}
	return rc;
}

static bool is_same_record(const struct stele_compat *c,
			   const struct stele_fmt_type *s,
			   const struct stele_fmt_type *r)
{
	return !stele_names_compare(
		stele_schema_str(c->stored, c->stored->records[s->arg].name),
		stele_schema_str(c->reader, c->reader->records[r->arg].name));
}

/*
 * REF or RECORD from REF.  Where a weak one's key was absent there is the key: no
 * row, and a value of the key's type for another weak one.
 */
static int reference(struct stele_compat *c, const struct stele_fmt_type *s,
		     const struct stele_fmt_type *r,
		     enum stele_verdict *verdict)
{
	enum stele_verdict key = STELE_VERDICT_SAME;
	int rc = 0;

	if (!(s->flags & STELE_FMT_TYPE_F_WEAK)) {
		/* a row of the table now as ever */
	} else if (r->kind != STELE_TYPE_REF ||
		   !(r->flags & STELE_FMT_TYPE_F_WEAK)) {
		key = STELE_VERDICT_CHECK;
	} else {
		rc = stele_compat_type(c,
				       stele_schema_key(c->stored, s->arg2, 0),
				       stele_schema_key(c->reader, r->arg2, 0),
				       &key);
		if (key > STELE_VERDICT_CHECK)
			key = STELE_VERDICT_CHECK;
	}
	worsen(verdict, key);
	return rc;
}

static bool is_same_user(const struct stele_compat *c,
			 const struct stele_fmt_type *s,
			 const struct stele_fmt_type *r)
{
	struct stele_str a = { c->stored->pool + s->arg, s->arg2 };
	struct stele_str b = { c->reader->pool + r->arg, r->arg2 };

	return !stele_names_compare(a, b);
}

/* What the parts of two types, whose kinds go together, make of the verdict. */
static int parts(struct stele_compat *c, const struct stele_fmt_type *s,
		 const struct stele_fmt_type *r, enum stele_verdict *verdict)
{
	int rc;

	switch (s->kind) {
	case STELE_TYPE_LIST:
	case STELE_TYPE_SET:
		return items(c, s, r, verdict);
	case STELE_TYPE_DICT:
		rc = part(c, s->arg2, false, r->arg2, false, verdict);
		return rc ? rc : items(c, s, r, verdict);
	case STELE_TYPE_ARRAY:
		if (r->kind == STELE_TYPE_LIST)
			worsen(verdict, stele_compat_kind(
						stele_type_of_element(s->arg),
						c->reader->types[r->arg].kind));
		else if (s->arg != r->arg)
			worsen(verdict, STELE_VERDICT_REFUSE);
		return 0;
	case STELE_TYPE_NDARRAY:
		if (s->arg != r->arg)
			worsen(verdict, STELE_VERDICT_REFUSE);
		return 0;
	case STELE_TYPE_TUPLE:
		return tuple(c, s, r, verdict);
	case STELE_TYPE_RECORD:
	case STELE_TYPE_REF:
		if (!is_same_record(c, s, r))
			worsen(verdict, STELE_VERDICT_REFUSE);
		return s->kind == STELE_TYPE_REF ? reference(c, s, r, verdict) :
						   0;
	case STELE_TYPE_USER:
		if (!is_same_user(c, s, r))
			worsen(verdict, STELE_VERDICT_REFUSE);
		return 0;
	default:
		return 0;
	}
}

int stele_compat_type(struct stele_compat *compat, uint32_t stored,
		      uint32_t reader, enum stele_verdict *verdict)
{
	const struct stele_fmt_type *s = &compat->stored->types[stored];
	const struct stele_fmt_type *r = &compat->reader->types[reader];
	int rc;

	*verdict = stele_compat_kind(s->kind, r->kind);
	/* any takes each whole and gives whatever is in it */
	if (*verdict == STELE_VERDICT_REFUSE || s->kind == STELE_TYPE_ANY ||
	    r->kind == STELE_TYPE_ANY || !stele_type_is_word(s->kind))
		return 0;
	if (recall(compat, stored, reader, verdict))
		return 0;
	rc = parts(compat, s, r, verdict);
	return rc ? rc : remember(compat, stored, reader, *verdict);
}
