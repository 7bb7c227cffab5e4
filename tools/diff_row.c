/* SPDX-License-Identifier: MIT */
/*
 * Rows: each of the first segment is looked up in the second by its key, then
 * each of the second in the first; nothing is kept of them.  A row that no key
 * leads to, as its record has no unique table on both sides, or its own table
 * has another row under that key, is for diff_content.c.
 */
#include "diff.h"

/* ---------------------------------------------------------------- keys */

/* A value of the key, by the steps of its path. */
static int follow(struct diff *diff, unsigned side,
		  const struct stele_value *row, uint32_t k,
		  struct diff_value *key)
{
	const struct diff_side *of = &diff->sides[side];
	uint32_t table = of->records[row->record].table, field;
	struct stele_record proxy;

	key->value = *row;
	key->side = side;
	key->type = JSON_OUT_ANY;
	for (uint32_t step = 0;; step++) {
		const struct diff_record *at;
		int rc = stele_schema_table_step(of->schema, table, k, step,
						 &field);

		if (rc == -STELE_E_ABSENT)
			return 0;
		/* a weak reference to nothing leads nowhere */
		if (!rc && stele_value_record(&key->value, &proxy))
			return -STELE_E_ABSENT;
		if (rc || key->value.record >= of->nr_records)
			return diff_fail(diff, side, -STELE_E_FORMAT);
		at = &of->records[key->value.record];
		if (field >= at->info.nr_fields)
			return diff_fail(diff, side, -STELE_E_FORMAT);
		key->type = at->fields[field].info.type;
		rc = stele_record_get(proxy, &at->fields[field].get,
				      &key->value);
		if (rc)
			return diff_fail(diff, side, rc);
		if (key->value.type == STELE_TYPE_UNSET ||
		    key->value.type == STELE_TYPE_NULL)
			return -STELE_E_ABSENT;
	}
}

/* The row under a key in the table of a side's record. */
static int look_up(struct diff *diff, unsigned side, uint32_t record,
		   const struct diff_value *key, struct stele_value *row)
{
	struct diff_side *of = &diff->sides[side];
	const struct diff_record *at = &of->records[record];
	int rc;

	for (uint32_t k = 0; k < at->nr_keys; k++)
		of->asked[k] = key[k].value;
	rc = stele_map_get(at->map, of->asked, at->nr_keys, row);
	/* what can't be a key of that table is none that it has */
	if (rc == -STELE_E_TYPE || rc == -STELE_E_RANGE || rc == -STELE_E_LIMIT)
		return -STELE_E_ABSENT;
	return rc && rc != -STELE_E_ABSENT ? diff_fail(diff, side, rc) : rc;
}

int diff_row_key(struct diff *diff, unsigned side,
		 const struct stele_value *row, struct diff_value *key)
{
	const struct diff_side *of = &diff->sides[side];
	struct stele_value found;
	int rc = 0;

	if (row->record >= of->nr_records)
		return diff_fail(diff, side, -STELE_E_FORMAT);
	if (!of->records[row->record].map)
		return -STELE_E_ABSENT;
	for (uint32_t k = 0; !rc && k < of->records[row->record].nr_keys; k++)
		rc = follow(diff, side, row, k, &key[k]);
	if (!rc)
		rc = look_up(diff, side, row->record, key, &found);
	if (!rc && found.u.pos != row->u.pos)
		return -STELE_E_ABSENT;
	return rc;
}

/* -------------------------------------------------------------- tables */

/* Whether the keys of a unique table tell rows apart. */
static const struct stele_map *table_map(const struct diff_side *side,
					 uint32_t table,
					 struct stele_table_info *info)
{
	struct stele_map_info map = { .size = sizeof(map) };

	if (stele_schema_table(side->schema, table, info) || info->multi ||
	    info->filter || info->nr_keys > DIFF_MAX_KEYS)
		return NULL;
	for (uint32_t i = 0; i < side->info.nr_maps; i++) {
		const struct stele_map *at =
			stele_segment_map_at(side->segment, i);

		if (at && !stele_map_info(at, &map) && map.table == table)
			return at;
	}
	return NULL;
}

static void choose(struct diff_record *record, uint32_t table,
		   const struct stele_map *map,
		   const struct stele_table_info *info)
{
	record->map = map;
	record->table = table;
	record->nr_keys = info->nr_keys;
}

/* The table of that number becomes its record's, if it has none yet. */
static void consider(struct diff *diff, unsigned side, uint32_t table)
{
	struct diff_side *own = &diff->sides[side];
	struct diff_side *other = &diff->sides[!side];
	const struct stele_map *map, *twin;
	struct stele_table_info info, twin_info;
	struct diff_record *record;
	uint32_t twin_table;

	map = table_map(own, table, &info);
	if (!map)
		return;
	record = &own->records[info.record];
	if (record->map)
		return;
	if (record->other == DIFF_NONE) {
		choose(record, table, map, &info);
		return;
	}
	if (stele_schema_find_table(other->schema, info.name.ptr, info.name.len,
				    &twin_table))
		return;
	twin = table_map(other, twin_table, &twin_info);
	if (!twin || twin_info.record != record->other ||
	    twin_info.nr_keys != info.nr_keys)
		return;
	choose(record, table, map, &info);
	choose(&other->records[record->other], twin_table, twin, &twin_info);
}

void diff_choose_tables(struct diff *diff)
{
	for (unsigned side = 0; side < 2; side++) {
		uint32_t nr = stele_schema_nr_tables(diff->sides[side].schema);

		for (uint32_t t = 0; t < nr; t++)
			consider(diff, side, t);
	}
}

/* ---------------------------------------------------------------- rows */

/* A row with a key, of that side. */
static int keyed(struct diff *diff, unsigned side,
		 const struct stele_value *row)
{
	const struct diff_record *record =
		&diff->sides[side].records[row->record];
	struct stele_value other;
	int rc = -STELE_E_ABSENT;

	diff->place = (struct diff_place){ "row", record->info.name, diff->key,
					   record->nr_keys, false };
	if (record->other != DIFF_NONE)
		rc = look_up(diff, !side, record->other, diff->key, &other);
	if (rc == -STELE_E_ABSENT)
		return diff_found(diff, side ? DIFF_ADDED : DIFF_REMOVED, NULL,
				  NULL, NULL);
	return rc || side ? rc : diff_rows_of(diff, row, &other);
}

int diff_each_row(struct diff *diff, unsigned side,
		  int (*call)(struct diff *diff, unsigned side,
			      const struct stele_value *row))
{
	static const char *const steps[] = { "first", "second" };
	struct diff_side *of = &diff->sides[side];
	struct stele_rows rows = STELE_ROWS_BEGIN;
	struct stele_value row;
	uint64_t done = 0;
	int rc;

	while (!(rc = stele_segment_next_row(of->segment, &rows, &row))) {
		if (!(done++ & 1023))
			progress_step(&diff->progress, steps[side], done,
				      of->info.nr_rows);
		rc = call(diff, side, &row);
		if (rc)
			return rc;
	}
	return rc == -STELE_E_ABSENT ? 0 : diff_fail(diff, side, rc);
}

static int one_row(struct diff *diff, unsigned side,
		   const struct stele_value *row)
{
	int rc = diff_row_key(diff, side, row, diff->key);

	if (!rc)
		return keyed(diff, side, row);
	if (rc != -STELE_E_ABSENT)
		return rc;
	diff->has_unkeyed = true;
	return 0;
}

int diff_rows(struct diff *diff)
{
	int rc = diff_each_row(diff, 0, one_row);

	if (!rc)
		rc = diff_each_row(diff, 1, one_row);
	if (!rc && diff->has_unkeyed)
		rc = diff_content(diff);
	progress_end(&diff->progress);
	return rc;
}
