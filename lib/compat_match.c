// SPDX-License-Identifier: MIT
/*
 * Which stored field a reader's field is.
 *
 * A field is the one of its name.  Else it is the one that it says it was, or
 * that says it was this one, unless that has a namesake of its own; two such
 * candidates leave it open.
 *
 * Fields may hand their names on: where a became b and b became c, or a and b
 * changed places, a namesake is another field.  It shows: the reader's b says
 * that it was a, which the segment has and whose b does not say so; and the
 * stored b is claimed by a field of the reader that says that it was b.  Then
 * both go by their former names.  The same holds with the sides exchanged, for
 * an old reader of a newer segment.
 */
#include "compat.h"

/* The names of one side's record. */
struct side {
	const struct stele_schema *schema;
	uint32_t record;
	struct stele_named *former; /* sorted; numbers are fields' */
	uint32_t nr_former;
};

static struct stele_str name_of(const struct side *side, uint32_t field)
{
	return stele_schema_str(
		side->schema,
		stele_field_at(side->schema, side->record, field)->name);
}

/* The field that has a name now; NONE. */
static uint32_t find_name(const struct side *side, struct stele_str name)
{
	uint32_t field;

	if (stele_schema_find_field(side->schema, side->record, name.ptr,
				    name.len, &field))
		return STELE_FMT_NONE;
	return field;
}

/* The field that once had a name; NONE. */
static uint32_t find_former(const struct side *side, struct stele_str name)
{
	uint32_t field;

	if (stele_names_find(side->former, side->nr_former, name.ptr, name.len,
			     &field))
		return STELE_FMT_NONE;
	return field;
}

/* The next of the former names in *left; false behind the last. */
static bool next_former(struct stele_str *left, struct stele_str *name)
{
	const char *stop;

	if (!left->len)
		return false;
	stop = memchr(left->ptr, '\n', left->len);
	name->ptr = left->ptr;
	name->len = (size_t)(stop - left->ptr);
	left->ptr = stop + 1;
	left->len -= name->len + 1;
	return true;
}

static struct stele_str former_of(const struct side *side, uint32_t field)
{
	return stele_schema_str(
		side->schema,
		stele_field_at(side->schema, side->record, field)->former);
}

static int begin_side(struct side *side, const struct stele_schema *schema,
		      uint32_t record)
{
	uint32_t nr_fields = schema->records[record].nr_fields, nr = 0, i;
	struct stele_str left, name;

	side->schema = schema;
	side->record = record;
	for (i = 0; i < nr_fields; i++)
		for (left = former_of(side, i); next_former(&left, &name);)
			nr++;
	side->former = calloc(nr ? nr : 1, sizeof(*side->former));
	if (!side->former)
		return -ENOMEM;
	for (i = 0; i < nr_fields; i++) {
		for (left = former_of(side, i); next_former(&left, &name);) {
			side->former[side->nr_former].name = name;
			side->former[side->nr_former++].number = i;
		}
	}
	stele_names_sort(side->former, nr);
	return 0;
}

/* ---------------------------------------------------------- namesakes */

/*
 * Whether field `f` of one side was renamed to what it is called while the other
 * side's namesake `g` kept its name, and that one is someone else's as well.
 */
static bool took_its_name(const struct side *one, uint32_t f,
			  const struct side *other, uint32_t g)
{
	struct stele_str left = former_of(one, f), was;
	uint32_t heir = find_former(one, name_of(one, f));

	if (heir == STELE_FMT_NONE || heir == f)
		return false;
	while (next_former(&left, &was))
		if (find_name(other, was) != STELE_FMT_NONE &&
		    find_former(other, was) != g)
			return true;
	return false;
}

/* The stored field of the same name that is the same field; NONE. */
static uint32_t namesake(const struct side *stored, const struct side *reader,
			 uint32_t field)
{
	uint32_t same = find_name(stored, name_of(reader, field));

	if (same == STELE_FMT_NONE ||
	    took_its_name(reader, field, stored, same) ||
	    took_its_name(stored, same, reader, field))
		return STELE_FMT_NONE;
	return same;
}

/* Whether a stored field is the reader's of the same name. */
static bool has_namesake(const struct side *stored, const struct side *reader,
			 uint32_t field)
{
	uint32_t same = find_name(reader, name_of(stored, field));

	return same != STELE_FMT_NONE &&
	       namesake(stored, reader, same) == field;
}

/* ----------------------------------------------------------- renamed */

static void add_candidate(const struct side *stored, const struct side *reader,
			  uint32_t field, struct stele_match *match)
{
	if (field == STELE_FMT_NONE || field == match->field ||
	    has_namesake(stored, reader, field))
		return;
	if (match->field == STELE_FMT_NONE)
		match->field = field;
	else
		match->other = field;
}

static void match_field(const struct side *stored, const struct side *reader,
			uint32_t field, struct stele_match *match)
{
	struct stele_str left = former_of(reader, field), was;

	match->other = STELE_FMT_NONE;
	match->field = namesake(stored, reader, field);
	if (match->field != STELE_FMT_NONE)
		return;
	while (next_former(&left, &was))
		add_candidate(stored, reader, find_name(stored, was), match);
	add_candidate(stored, reader,
		      find_former(stored, name_of(reader, field)), match);
}

/*
 * Two fields of the reader may claim one that is stored, by a former name of
 * either side: then neither has it.  `claims` has an entry a stored field.
 */
static void refuse_shared(struct stele_match *matches, uint32_t nr,
			  uint32_t *claims)
{
	uint32_t i;

	for (i = 0; i < nr; i++)
		if (matches[i].field != STELE_FMT_NONE)
			claims[matches[i].field]++;
	for (i = 0; i < nr; i++)
		if (matches[i].field != STELE_FMT_NONE &&
		    matches[i].other == STELE_FMT_NONE &&
		    claims[matches[i].field] > 1)
			matches[i].other = matches[i].field;
}

int stele_compat_match(const struct stele_schema *stored,
		       uint32_t stored_record,
		       const struct stele_schema *reader, uint32_t record,
		       struct stele_match *matches)
{
	uint32_t nr_stored = stored->records[stored_record].nr_fields;
	uint32_t nr = reader->records[record].nr_fields, i;
	struct side s = { 0 }, r = { 0 };
	uint32_t *claims = calloc(nr_stored ? nr_stored : 1, sizeof(*claims));
	int rc = claims ? 0 : -ENOMEM;

	if (!rc)
		rc = begin_side(&s, stored, stored_record);
	if (!rc)
		rc = begin_side(&r, reader, record);
	for (i = 0; !rc && i < nr; i++)
		match_field(&s, &r, i, &matches[i]);
	if (!rc)
		refuse_shared(matches, nr, claims);
	free(r.former);
	free(s.former);
	free(claims);
	return rc;
}
