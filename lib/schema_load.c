// SPDX-License-Identifier: MIT
/*
 * A schema from the bytes of a segment.
 *
 * Exactly the images that the parser makes are accepted.  Their form:
 *
 * - head, records, fields, types, tables, steps, strings, and nothing behind;
 * - records, their fields, and the paths of tables follow each other without
 *   gaps, as do strings, in this order: of each record its name, documentation,
 *   then of each of its fields name, documentation, former names, default; of
 *   each table name and documentation, of each user type its name.  An empty
 *   string has offset 0;
 * - types are numbered as schema_type.h says, each there once, each used;
 * - steps of tuples follow those of tables in the order of the types;
 * - unused members, flags and arguments are zero.
 *
 * Then come the rules of schema_check.c, and layout and fingerprints are made
 * anew and compared.  All of it is linear in the image but for sorting names.
 */
#include "invariant.h"
#include "schema_check.h"
#include "schema_layout.h"
#include "schema_type.h"

struct load {
	struct stele_schema *s;
	struct stele_error *err;
	uint64_t offset; /* of the image in its segment */
	uint32_t pool; /* how far strings are accounted for */
	uint32_t nr_types; /* types met so far */
};

static int broken(const struct load *load, const void *where,
		  enum stele_invariant invariant, const char *why)
{
	uint64_t at = (uint64_t)((const uint8_t *)where - load->s->image);

	return stele_fail_at(load->err, -STELE_E_FORMAT, load->offset + at,
			     invariant, "schema: %s", why);
}

/* -------------------------------------------------------------- counts */

static uint64_t bytes_of(const struct stele_fmt_schema_head *head)
{
	return sizeof(*head) +
	       (uint64_t)head->nr_records * sizeof(struct stele_fmt_record) +
	       (uint64_t)head->nr_fields * sizeof(struct stele_fmt_field) +
	       (uint64_t)head->nr_types * sizeof(struct stele_fmt_type) +
	       (uint64_t)head->nr_tables * sizeof(struct stele_fmt_decl) +
	       (uint64_t)head->nr_steps * sizeof(uint32_t) + head->pool_bytes;
}

/* ------------------------------------------------------------- strings */

static int tile_range(struct load *load, const void *where, uint32_t off,
		      uint32_t len)
{
	if (off != (len ? load->pool : 0) ||
	    len > load->s->head->pool_bytes - load->pool)
		return broken(load, where, STELE_I_SCHEMA_STRING,
			      "a string is not where it belongs");
	load->pool += len;
	return 0;
}

static int tile(struct load *load, const struct stele_fmt_str *str)
{
	return tile_range(load, str, str->off, str->len);
}

static int tile_strings(struct load *load)
{
	const struct stele_schema *s = load->s;
	const struct stele_fmt_field *field = s->fields;
	uint32_t i, k;
	int rc = 0;

	for (i = 0; i < s->head->nr_records && !rc; i++) {
		rc = tile(load, &s->records[i].name);
		if (!rc)
			rc = tile(load, &s->records[i].doc);
		for (k = s->records[i].nr_fields; k && !rc; k--, field++) {
			rc = tile(load, &field->name);
			if (!rc)
				rc = tile(load, &field->doc);
			if (!rc)
				rc = tile(load, &field->former);
			if (!rc)
				rc = tile(load, &field->value);
		}
	}
	for (i = 0; i < s->head->nr_tables && !rc; i++) {
		rc = tile(load, &s->tables[i].name);
		if (!rc)
			rc = tile(load, &s->tables[i].doc);
	}
	for (i = 0; i < s->head->nr_types && !rc; i++)
		if (s->types[i].kind == STELE_TYPE_USER)
			rc = tile_range(load, &s->types[i], s->types[i].arg,
					s->types[i].arg2);
	if (!rc && load->pool != s->head->pool_bytes)
		rc = broken(load, s->pool + load->pool, STELE_I_SCHEMA_STRING,
			    "unused string bytes");
	return rc;
}

/* --------------------------------------------------- records and fields */

static int shape_records(struct load *load)
{
	const struct stele_schema *s = load->s;
	uint32_t first = 0, i;

	for (i = 0; i < s->head->nr_records; i++) {
		const struct stele_fmt_record *record = &s->records[i];

		if (record->first_field != first)
			return broken(load, record, STELE_I_SCHEMA_INDEX,
				      "fields do not follow");
		if (record->nr_fields > s->head->nr_fields - first)
			return broken(load, record, STELE_I_SCHEMA_INDEX,
				      "too many fields");
		if (record->zero)
			return broken(load, record, STELE_I_SCHEMA_ZERO,
				      "non-zero padding");
		first += record->nr_fields;
	}
	if (first != s->head->nr_fields)
		return broken(load, &s->fields[first], STELE_I_SCHEMA_INDEX,
			      "unused fields");
	return 0;
}

static int shape_fields(struct load *load)
{
	const struct stele_schema *s = load->s;
	uint32_t i;

	for (i = 0; i < s->head->nr_fields; i++) {
		const struct stele_fmt_field *field = &s->fields[i];
		bool value = field->flags & STELE_FMT_FIELD_F_DEFAULT;

		if (field->zero)
			return broken(load, field, STELE_I_SCHEMA_ZERO,
				      "non-zero padding");
		if (field->flags & ~STELE_FMT_FIELD_F_ALL)
			return broken(load, field, STELE_I_SCHEMA_FLAGS,
				      "unknown field flags");
		if (value != (field->value.len != 0))
			return broken(load, field, STELE_I_SCHEMA_DEFAULT,
				      "default without text");
		if (field->type >= s->head->nr_types)
			return broken(load, field, STELE_I_SCHEMA_INDEX,
				      "no such type");
	}
	return 0;
}

/* --------------------------------------------------------------- types */

/* What a type of each kind may have beside its kind. */
static bool is_shaped(const struct stele_schema *s, uint32_t index)
{
	const struct stele_fmt_type *type = &s->types[index];

	if (type->zero || type->zero2)
		return false;
	switch (type->kind) {
	case STELE_TYPE_LIST:
	case STELE_TYPE_SET:
		return !(type->flags & ~STELE_FMT_TYPE_F_NULLABLE) &&
		       type->arg < index && !type->arg2;
	case STELE_TYPE_DICT:
		return !(type->flags & ~STELE_FMT_TYPE_F_NULLABLE) &&
		       type->arg < index && type->arg2 < index;
	case STELE_TYPE_TUPLE: /* shape_tuples() and tile_strings() go on */
	case STELE_TYPE_USER:
		return !type->flags;
	case STELE_TYPE_ARRAY:
	case STELE_TYPE_NDARRAY:
		return !type->flags && !type->arg2 &&
		       stele_type_of_element(type->arg) >= 0;
	case STELE_TYPE_RECORD:
		return !type->flags && !type->arg2 &&
		       type->arg < s->head->nr_records;
	case STELE_TYPE_REF:
		return !(type->flags & ~STELE_FMT_TYPE_F_WEAK) &&
		       type->arg < s->head->nr_records &&
		       type->arg2 < s->head->nr_tables;
	case STELE_TYPE_STR:
	case STELE_TYPE_BYTES:
	case STELE_TYPE_BIGINT:
	case STELE_TYPE_DECIMAL:
	case STELE_TYPE_ANY:
		return !type->flags && !type->arg && !type->arg2;
	default:
		return stele_type_width(type->kind) && !type->flags &&
		       !type->arg && !type->arg2;
	}
}

static int shape_types(struct load *load)
{
	const struct stele_schema *s = load->s;
	uint32_t i;

	for (i = 0; i < s->head->nr_types; i++)
		if (!is_shaped(s, i))
			return broken(load, &s->types[i], STELE_I_SCHEMA_TYPE,
				      "no such type");
	return 0;
}

/* -------------------------------------------------------------- tables */

/*
 * A path of a table's key from step `at` on: each step a field, all but the
 * last a nested record.  Gives how many entries it takes, 0: broken.
 */
static uint32_t shape_path(const struct stele_schema *s, uint32_t record,
			   uint32_t at)
{
	uint32_t left = s->head->nr_steps - at, nr, i;

	if (!left)
		return 0;
	nr = s->steps[at];
	if (!nr || nr > left - 1)
		return 0;
	for (i = 1; i <= nr; i++) {
		uint32_t number = s->steps[at + i];
		const struct stele_fmt_type *type;

		if (number >= s->records[record].nr_fields)
			return 0;
		number += s->records[record].first_field;
		type = &s->types[s->fields[number].type];
		if (i < nr && type->kind != STELE_TYPE_RECORD)
			return 0;
		record = type->arg;
	}
	return nr + 1;
}

static bool has_table_flags(const struct stele_fmt_decl *table)
{
	uint32_t flags = table->flags & ((1u << STELE_FMT_DECL_RATE_SHIFT) - 1);
	uint32_t rate = table->flags >> STELE_FMT_DECL_RATE_SHIFT;

	if (flags & STELE_FMT_DECL_F_FILTER)
		return flags == STELE_FMT_DECL_F_FILTER &&
		       rate >= STELE_MIN_FILTER;
	return !(flags & ~STELE_FMT_DECL_F_ALL) && !rate;
}

/* Gives how many steps the tables take. */
static int shape_tables(struct load *load, uint32_t *steps)
{
	const struct stele_schema *s = load->s;
	uint32_t step = 0, i, k;

	for (i = 0; i < s->head->nr_tables; i++) {
		const struct stele_fmt_decl *table = &s->tables[i];

		if (!has_table_flags(table))
			return broken(load, table, STELE_I_SCHEMA_FLAGS,
				      "unknown table flags");
		if (table->record >= s->head->nr_records)
			return broken(load, table, STELE_I_SCHEMA_INDEX,
				      "no such record");
		if (table->first_step != step || !table->nr_keys)
			return broken(load, table, STELE_I_SCHEMA_INDEX,
				      "keys do not follow");
		for (k = 0; k < table->nr_keys; k++) {
			uint32_t taken = shape_path(s, table->record, step);

			if (!taken)
				return broken(load, table, STELE_I_SCHEMA_TABLE,
					      "no such key");
			step += taken;
		}
	}
	*steps = step;
	if (s->head->root_record != STELE_FMT_NONE &&
	    s->head->root_record >= s->head->nr_records)
		return broken(load, s->head, STELE_I_SCHEMA_INDEX,
			      "no such record of rows");
	return 0;
}

/* The steps of tuples, behind those of tables, are all the rest. */
static int shape_tuples(struct load *load, uint32_t step)
{
	const struct stele_schema *s = load->s;
	uint32_t i, k;

	for (i = 0; i < s->head->nr_types; i++) {
		const struct stele_fmt_type *type = &s->types[i];

		if (type->kind != STELE_TYPE_TUPLE)
			continue;
		if (type->arg != step || type->arg2 > s->head->nr_steps - step)
			return broken(load, type, STELE_I_SCHEMA_INDEX,
				      "items of tuples do not follow");
		step += type->arg2;
		for (k = 0; k < type->arg2; k++)
			if (stele_type_part(s, type, k) >= i)
				return broken(load, type, STELE_I_SCHEMA_TYPE,
					      "no such type");
	}
	if (step != s->head->nr_steps)
		return broken(load, &s->steps[step], STELE_I_SCHEMA_INDEX,
			      "unused steps");
	return 0;
}

/* ------------------------------------------------------ order of types */

/*
 * Meet a type and what it is made of; false where its number is not the next.
 * What it is made of stands before it, so this ends.
 */
static bool meet_type(struct load *load, uint32_t index)
{
	struct {
		uint32_t type;
		uint32_t part;
	} open[STELE_MAX_TYPE_DEPTH];
	unsigned depth = 0;

	while (depth || index >= load->nr_types) {
		const struct stele_fmt_type *type;

		if (index >= load->nr_types) { /* what it is made of is first */
			if (depth == STELE_MAX_TYPE_DEPTH)
				return false;
			open[depth].type = index;
			open[depth++].part = 0;
		}
		type = &load->s->types[open[depth - 1].type];
		if (open[depth - 1].part < stele_type_nr_parts(type)) {
			index = stele_type_part(load->s, type,
						open[depth - 1].part++);
			continue;
		}
		index = open[--depth].type;
		if (index != load->nr_types)
			return false;
		load->nr_types++;
	}
	return true;
}

static int number_types(struct load *load)
{
	const struct stele_schema *s = load->s;
	struct stele_type_set set = { .steps = s->steps, .names = s->pool };
	uint32_t number, i;
	int rc = 0;

	for (i = 0; i < s->head->nr_types && !rc; i++) {
		rc = stele_type_set_add(&set, &s->types[i], &number);
		if (rc)
			rc = stele_fail(load->err, rc, "out of memory");
		else if (number != i)
			rc = broken(load, &s->types[i], STELE_I_SCHEMA_TYPE,
				    "a type twice");
	}
	stele_type_set_free(&set);
	for (i = 0; i < s->head->nr_fields && !rc; i++)
		if (!meet_type(load, s->fields[i].type))
			rc = broken(load, &s->fields[i], STELE_I_SCHEMA_TYPE,
				    "types are not in order");
	if (!rc && load->nr_types != s->head->nr_types)
		rc = broken(load, &s->types[load->nr_types],
			    STELE_I_SCHEMA_TYPE, "an unused type");
	return rc;
}

/* ------------------------------------------------------- what follows */

/* Layout and fingerprints made anew in a copy must come out the same. */
static int compare_layout(struct load *load)
{
	const struct stele_schema *s = load->s;
	size_t records = s->head->nr_records * sizeof(*s->records);
	size_t fields = s->head->nr_fields * sizeof(*s->fields);
	uint8_t *copy = malloc(records + fields + 1);
	struct stele_fmt_record *record = (void *)copy;
	struct stele_fmt_field *field;
	uint32_t i;
	int rc;

	if (!copy)
		return stele_fail(load->err, -ENOMEM, "out of memory");
	field = (void *)(copy + records);
	memcpy(copy, s->records, records + fields);
	for (i = 0; i < s->head->nr_records; i++)
		stele_schema_lay_out(&record[i], field + record[i].first_field,
				     s->types);
	rc = stele_schema_fingerprint(s, record);
	if (rc)
		rc = stele_fail(load->err, rc, "out of memory");
	for (i = 0; i < s->head->nr_records && !rc; i++)
		if (memcmp(&record[i], &s->records[i],
			   offsetof(struct stele_fmt_record, fingerprint)))
			rc = broken(load, &s->records[i], STELE_I_SCHEMA_LAYOUT,
				    "layout of a record");
	for (i = 0; i < s->head->nr_records && !rc; i++)
		if (memcmp(record[i].fingerprint, s->records[i].fingerprint,
			   sizeof(record->fingerprint)))
			rc = broken(load, s->records[i].fingerprint,
				    STELE_I_SCHEMA_FINGERPRINT,
				    "fingerprint of a record");
	for (i = 0; i < s->head->nr_fields && !rc; i++)
		if (memcmp(&field[i], &s->fields[i], sizeof(*field)))
			rc = broken(load, &s->fields[i], STELE_I_SCHEMA_LAYOUT,
				    "layout of a field");
	free(copy);
	return rc;
}

/* Where a rule of schema_check.c is broken, and the number of the rule. */
static const void *part_at(const struct stele_schema *s,
			   const struct stele_schema_place *place,
			   enum stele_invariant *invariant)
{
	switch (place->part) {
	case STELE_SCHEMA_RECORD:
		*invariant = STELE_I_SCHEMA_NAME;
		return &s->records[place->index];
	case STELE_SCHEMA_TYPE:
		*invariant = STELE_I_SCHEMA_TYPE;
		return &s->types[place->index];
	case STELE_SCHEMA_TABLE:
		*invariant = STELE_I_SCHEMA_TABLE;
		return &s->tables[place->index];
	case STELE_SCHEMA_STEP:
		*invariant = STELE_I_SCHEMA_TABLE;
		return &s->steps[place->index];
	default:
		*invariant = place->part == STELE_SCHEMA_VALUE ?
				     STELE_I_SCHEMA_DEFAULT :
				     STELE_I_SCHEMA_NAME;
		return &s->fields[place->index];
	}
}

static int check_rules(struct load *load)
{
	struct stele_schema_place place;
	enum stele_invariant invariant;
	struct stele_error why;
	const void *where;
	int rc;

	rc = stele_schema_index(load->s);
	if (rc)
		return stele_fail(load->err, rc, "out of memory");
	rc = stele_schema_check(load->s, &place, &why);
	if (rc == -ENOMEM)
		return stele_fail(load->err, rc, "out of memory");
	if (!rc)
		return 0;
	where = part_at(load->s, &place, &invariant);
	if (rc == -STELE_E_UTF8)
		invariant = STELE_I_SCHEMA_STRING;
	return broken(load, where, invariant, why.reason);
}

static int load_image(struct load *load, size_t len)
{
	struct stele_schema *s = load->s;
	const struct stele_fmt_schema_head *head = (const void *)s->image;
	uint32_t steps = 0;
	int rc;

	if (bytes_of(head) != len)
		return broken(load, head, STELE_I_SCHEMA_SIZE,
			      "counts do not match its length");
	stele_schema_point(s, s->image, len);
	if (head->zero)
		return broken(load, &head->zero, STELE_I_SCHEMA_ZERO,
			      "non-zero padding");
	rc = shape_records(load);
	if (!rc)
		rc = tile_strings(load);
	if (!rc)
		rc = shape_fields(load);
	if (!rc)
		rc = shape_types(load);
	if (!rc)
		rc = shape_tables(load, &steps);
	if (!rc)
		rc = shape_tuples(load, steps);
	if (!rc)
		rc = number_types(load);
	if (!rc)
		rc = check_rules(load);
	return rc ? rc : compare_layout(load);
}

int stele_schema_load(const void *image, size_t len, uint64_t offset,
		      struct stele_schema **schema, struct stele_error *err)
{
	struct load load = { .err = err, .offset = offset };
	int rc;

	if (len < sizeof(struct stele_fmt_schema_head))
		return stele_fail_at(err, -STELE_E_FORMAT, offset,
				     STELE_I_SCHEMA_SIZE,
				     "schema: %zu bytes are less than its head",
				     len);
	load.s = calloc(1, sizeof(*load.s));
	if (load.s)
		load.s->image = malloc(len);
	if (!load.s || !load.s->image) {
		stele_schema_free(load.s);
		return stele_fail(err, -ENOMEM, "out of memory");
	}
	/* checked and used is the copy: the segment's bytes may change */
	memcpy(load.s->image, image, len);
	rc = load_image(&load, len);
	if (rc) {
		stele_schema_free(load.s);
		return rc;
	}
	*schema = load.s;
	return 0;
}
