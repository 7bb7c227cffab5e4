/* SPDX-License-Identifier: MIT */
/*
 * A row goes from one segment to the other as its text, by the ways that there
 * are: it is mapped as the key was, and what it refers to is added before it.
 */
#include "key_maker.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "json_out.h"
#include "text_buffer.h"

#define MAX_DEPTH 64u /* of values in a key */

static int fail(struct stele_error *err, int code, const char *reason)
{
	err->code = code;
	err->offset = UINT64_MAX;
	snprintf(err->reason, sizeof(err->reason), "%s", reason);
	return code;
}

static int need_builder(struct key_maker *maker, struct stele_error *err)
{
	struct stele_build_options options = {
		.size = sizeof(options),
		.threads = 1,
		.duplicates = STELE_DUPLICATES_FIRST,
	};

	if (maker->builder)
		return 0;
	return stele_builder_create_memfd("stele-key",
					  stele_segment_schema(maker->segment),
					  &options, &maker->builder, err);
}

void key_maker_reset(struct key_maker *maker)
{
	stele_builder_free(maker->builder);
	stele_segment_close(maker->made);
	idmap_free(&maker->rows);
	*maker = (struct key_maker){ .segment = maker->segment };
}

/* --------------------------------------------------------------- values */

/* False for what only a segment can hold. */
static bool set_value(const struct stele_cell *cell, struct stele_value *value)
{
	if (!stele_type_width(cell->type) && cell->type != STELE_TYPE_NULL &&
	    cell->type != STELE_TYPE_STR && cell->type != STELE_TYPE_BYTES)
		return false;
	memset(value, 0, sizeof(*value));
	value->type = cell->type;
	value->len = cell->len;
	memcpy(&value->u, &cell->u, sizeof(value->u));
	if (cell->type == STELE_TYPE_ZONED)
		value->offset = cell->offset;
	return true;
}

/* A segment with one root, a list of the cells. */
static int make_segment(struct key_maker *maker, const struct stele_cell *cells,
			uint32_t nr, struct stele_error *err)
{
	struct stele_cell list = stele_cell_list(cells, nr);
	int fd = -1, rc = need_builder(maker, err);

	if (!rc)
		rc = stele_builder_root(maker->builder, "key", &list, err);
	if (!rc)
		rc = stele_builder_finish(maker->builder, &fd, err);
	if (rc)
		return rc;
	rc = stele_segment_open_fd(fd, NULL, &maker->made, err);
	close(fd);
	return rc;
}

int key_maker_values(struct key_maker *maker, const struct stele_cell *cells,
		     uint32_t nr, struct stele_value *values,
		     struct stele_error *err)
{
	struct stele_value list;
	uint32_t i;
	int rc;

	for (i = 0; i < nr && set_value(&cells[i], &values[i]); i++)
		;
	if (i == nr)
		return 0;
	rc = make_segment(maker, cells, nr, err);
	if (rc)
		return rc;
	rc = stele_segment_root(maker->made, "key", &list);
	for (i = 0; !rc && i < nr; i++)
		rc = stele_value_item(&list, i, &values[i]);
	return rc ? fail(err, rc, stele_strerror(rc)) : 0;
}

/* ----------------------------------------------------------------- rows */

static int find_row(const struct key_maker *maker, uint32_t table,
		    const struct stele_cell *key, struct stele_value *row,
		    struct stele_error *err)
{
	const struct stele_map *map =
		stele_segment_map_at(maker->segment, table);
	struct key_maker inner = { .segment = maker->segment };
	struct stele_matches matches;
	struct stele_value value;
	int rc = key_maker_values(&inner, key, 1, &value, err);

	if (!rc) {
		rc = stele_map_find(map, &value, 1, &matches);
		if (!rc)
			rc = stele_matches_next(&matches, row);
		if (rc)
			fail(err, rc, stele_strerror(rc));
	}
	key_maker_reset(&inner);
	return rc;
}

/* The text of a row as a cell, in the arena. */
static int print_row(struct rows *rows, const struct stele_value *row,
		     struct json_node *cell)
{
	struct text_buffer buffer;
	struct json_out json;
	char *text = NULL;
	int rc;

	if (text_buffer_open(&buffer))
		return rows_no_memory(rows);
	rc = json_out_open(&json, rows->maker->segment, buffer.out);
	if (!rc)
		rc = json_out_row(&json, row, row->record, rows->err);
	json_out_close(&json);
	if (!rc)
		rc = text_buffer_flush(&buffer);
	if (!rc) {
		text = arena_copy(rows->arena, buffer.text, buffer.len);
		*cell = (struct json_node){ .kind = JSON_CELL,
					    .text = text,
					    .len = buffer.len };
		rc = text ? 0 : -ENOMEM;
	}
	text_buffer_close(&buffer, NULL, NULL);
	return rc == -ENOMEM ? rows_no_memory(rows) : rc;
}

static int add_row(struct rows *rows, const struct stele_value *row,
		   struct stele_handle *handle)
{
	const struct trail top = { NULL, { NULL, 0 }, 0 };
	struct key_maker *maker = rows->maker;
	struct json_node cell, *object;
	struct stele_cell *cells;
	int rc;

	if (maker->depth == MAX_DEPTH)
		return fail(rows->err, -STELE_E_LIMIT,
			    "a reference that leads into itself, or deeper "
			    "than a key goes");
	maker->depth++;
	rc = print_row(rows, row, &cell);
	if (!rc)
		rc = cell_parse(rows, &cell, &top, &object);
	if (!rc)
		rc = rows_fields(rows, object, row->record, &top, &cells);
	if (!rc)
		rc = need_builder(maker, rows->err);
	if (!rc)
		rc = stele_builder_add(maker->builder, row->record, cells,
				       rows->records[row->record].nr_fields,
				       handle, rows->err);
	maker->depth--;
	return rc;
}

int key_maker_refer(struct rows *rows, const struct stele_type_info *ref,
		    struct stele_cell *cell)
{
	struct key_maker *maker = rows->maker;
	const struct id_entry *known;
	struct id_entry *entry;
	struct stele_handle handle;
	struct stele_value row;
	int rc = find_row(maker, ref->table, cell, &row, rows->err);

	if (rc == -STELE_E_ABSENT && ref->weak)
		return 0; /* the key itself is what counts */
	if (!rc &&
	    (row.type != STELE_TYPE_RECORD || row.record >= rows->nr_records))
		rc = fail(rows->err, -STELE_E_FORMAT,
			  "a table that does not lead to rows");
	if (rc)
		return rc;
	known = idmap_find(&maker->rows, row.u.pos);
	if (!known) {
		rc = add_row(rows, &row, &handle);
		if (rc)
			return rc;
		entry = idmap_add(&maker->rows, row.u.pos);
		if (!entry)
			return rows_no_memory(rows);
		entry->value = handle.word;
		known = entry;
	}
	handle.word = known->value;
	*cell = stele_cell_ref(handle);
	return 0;
}
