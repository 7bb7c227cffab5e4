// SPDX-License-Identifier: MIT
/*
 * Items as records of a segment, in two ways: `stele` by the library's getters
 * and fields resolved by name, `made` by the inline getters that `stele schema
 * --header` writes for record.schema.
 */
#include "items.h"
#include "die.h"

#include <stdio.h>
#include <stdlib.h>

#include <stele/stele.h>

#include "record.h" /* made of record.schema */

struct records {
	struct stele_segment *segment;
	const struct stele_map *by_id;
	struct stele_field size, count, name;
	struct record made;
	struct stele_record at_hand[ITEMS_AT_HAND];
};

static void check(int rc, const struct stele_error *err, const char *what)
{
	if (rc)
		die("stele: %s: %s: %s", what, stele_strerror(rc),
		    err ? err->reason : "");
}

static void version(char *to, size_t size)
{
	snprintf(to, size, "%s", stele_version());
}

static struct stele_schema *read_schema(const char *path)
{
	struct stele_error err = { 0 };
	struct stele_schema *schema;
	FILE *file = fopen(path, "r");
	char text[4096];
	size_t len;

	if (!file)
		die("stele: no %s", path);
	len = fread(text, 1, sizeof(text), file);
	fclose(file);
	check(stele_schema_parse(text, len, &schema, &err), &err, path);
	return schema;
}

static void add(struct stele_builder *builder, const struct items *items,
		uint64_t i)
{
	struct stele_error err = { 0 };
	char name[BENCH_KEY_MAX];
	struct item item;

	item_make(items, i, name, &item);
	struct stele_cell cells[] = {
		stele_cell_u64(item.id),
		stele_cell_u64(item.size),
		stele_cell_f64(item.score),
		stele_cell_u64(item.count),
		stele_cell_of(STELE_TYPE_DATE),
		stele_cell_u64(item.kind),
		stele_cell_bool(item.done),
		stele_cell_str(item.name, item.name_len),
	};

	cells[4].u.i = item.day;
	check(stele_builder_add(builder, 0, cells,
				sizeof(cells) / sizeof(*cells), NULL, &err),
	      &err, "add");
}

static void build(const struct items *items)
{
	struct stele_schema *schema = read_schema(items->schema);
	struct stele_error err = { 0 };
	struct stele_builder *builder;
	uint64_t i;

	check(stele_builder_create(items->path, schema, NULL, &builder, &err),
	      &err, items->path);
	for (i = 0; i < items->set.count; i++)
		add(builder, items, i);
	check(stele_builder_finish(builder, NULL, &err), &err, "finish");
	stele_builder_free(builder);
	stele_schema_free(schema);
}

static void resolve(struct records *db, const char *name, enum stele_type type,
		    struct stele_field *field)
{
	struct stele_error err = { 0 };

	check(stele_field_resolve(db->segment, "Item", name, type, field, &err),
	      &err, name);
}

static void *open_records(const struct items *items)
{
	struct records *db = calloc(1, sizeof(*db));
	struct stele_error err = { 0 };
	struct stele_value value;
	uint64_t i;

	if (!db)
		die("stele: no memory");
	check(stele_segment_open(items->path, NULL, &db->segment, &err), &err,
	      items->path);
	check(record_open(&db->made, db->segment, &err), &err, "view");
	db->by_id = stele_segment_map(db->segment, "by_id");
	resolve(db, "size", STELE_TYPE_U64, &db->size);
	resolve(db, "count", STELE_TYPE_U32, &db->count);
	resolve(db, "name", STELE_TYPE_STR, &db->name);
	for (i = 0; i < ITEMS_AT_HAND; i++) {
		check(stele_map_get_u64(db->by_id,
					item_id(items, item_at_hand(items, i)),
					&value),
		      NULL, "get");
		check(stele_value_record(&value, &db->at_hand[i]), NULL, "row");
	}
	return db;
}

/* ---- the same loops over both ways */

#define WAY static inline __attribute__((always_inline))

WAY uint64_t size_of(const struct records *db, struct stele_record r, bool made)
{
	uint64_t size;

	check(made ? record_Item_size(&db->made, r, &size) :
		     stele_record_get_u64(r, &db->size, &size),
	      NULL, "size");
	return size;
}

WAY uint64_t count_of(const struct records *db, struct stele_record r,
		      bool made)
{
	uint64_t count;

	check(made ? record_Item_count(&db->made, r, &count) :
		     stele_record_get_u64(r, &db->count, &count),
	      NULL, "count");
	return count;
}

WAY uint64_t name_of(const struct records *db, struct stele_record r, bool made)
{
	struct stele_str name;

	check(made ? record_Item_name(&db->made, r, &name) :
		     stele_record_get_str(r, &db->name, &name),
	      NULL, "name");
	return name_sum(name.ptr, name.len);
}

WAY uint64_t read_u64(const struct records *db, uint64_t count, bool made)
{
	uint64_t i, sum = 0;

	for (i = 0; i < count; i++)
		sum += size_of(db, db->at_hand[i % ITEMS_AT_HAND], made);
	return sum;
}

WAY uint64_t read_str(const struct records *db, uint64_t count, bool made)
{
	uint64_t i, sum = 0;

	for (i = 0; i < count; i++)
		sum += name_of(db, db->at_hand[i % ITEMS_AT_HAND], made);
	return sum;
}

WAY uint64_t scan(const struct records *db, bool made)
{
	struct stele_rows rows = STELE_ROWS_BEGIN;
	struct stele_record record;
	struct stele_value row;
	uint64_t sum = 0;

	while (!stele_segment_next_row(db->segment, &rows, &row)) {
		check(stele_value_record(&row, &record), NULL, "row");
		sum += size_of(db, record, made);
	}
	return sum;
}

WAY uint64_t lookup(const struct records *db, const uint64_t *ids,
		    uint64_t count, bool made)
{
	struct stele_record record;
	struct stele_value value;
	uint64_t i, sum = 0;

	for (i = 0; i < count; i++) {
		if (made) {
			check(record_by_id(&db->made, ids[i], &record), NULL,
			      "get");
		} else {
			check(stele_map_get_u64(db->by_id, ids[i], &value),
			      NULL, "get");
			check(stele_value_record(&value, &record), NULL, "row");
		}
		sum += size_of(db, record, made) + count_of(db, record, made) +
		       name_of(db, record, made);
	}
	return sum;
}

static uint64_t getter_u64(void *db, uint64_t count)
{
	return read_u64(db, count, false);
}

static uint64_t getter_str(void *db, uint64_t count)
{
	return read_str(db, count, false);
}

static uint64_t getter_scan(void *db)
{
	return scan(db, false);
}

static uint64_t getter_lookup(void *db, const uint64_t *ids, uint64_t count)
{
	return lookup(db, ids, count, false);
}

static uint64_t made_u64(void *db, uint64_t count)
{
	return read_u64(db, count, true);
}

static uint64_t made_str(void *db, uint64_t count)
{
	return read_str(db, count, true);
}

static uint64_t made_scan(void *db)
{
	return scan(db, true);
}

static uint64_t made_lookup(void *db, const uint64_t *ids, uint64_t count)
{
	return lookup(db, ids, count, true);
}

const struct items_peer items_stele = {
	.name = "stele",
	.version = version,
	.build = build,
	.open = open_records,
	.u64 = getter_u64,
	.str = getter_str,
	.scan = getter_scan,
	.lookup = getter_lookup,
};

const struct items_peer items_made = {
	.name = "made",
	.version = version,
	.build = build,
	.open = open_records,
	.u64 = made_u64,
	.str = made_str,
	.scan = made_scan,
	.lookup = made_lookup,
};
