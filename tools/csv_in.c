/* SPDX-License-Identifier: MIT */
/*
 * libcsv finds the cells; its callbacks gather them in a list and, at the end of
 * a row, give them the header's names.
 */
#include "csv_in.h"

#include <csv.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text_key.h"

struct csv_reader {
	struct csv_parser csv;
	struct arena names; /* of the header */
	struct stele_str *header; /* in names */
	size_t nr_header;

	struct arena *arena;
	struct json_node *cells; /* of the row that has begun */
	struct json_node **link;
	size_t nr_cells;
	uint64_t offset; /* of the next cell, quotes not counted */
	struct json_node *rows; /* whole, in order */
	struct json_node **rows_link;
	struct stele_error *err;
	int rc; /* of a callback */
};

static int not_space(unsigned char c)
{
	(void)c;
	return 0;
}

static void start_row(struct csv_reader *r)
{
	r->cells = NULL;
	r->link = &r->cells;
	r->nr_cells = 0;
	r->offset = 0;
}

static int start_csv(struct csv_reader *r)
{
	if (csv_init(&r->csv, CSV_STRICT | CSV_STRICT_FINI | CSV_EMPTY_IS_NULL))
		return -ENOMEM;
	csv_set_space_func(&r->csv, not_space);
	csv_set_blk_size(&r->csv, 4096);
	r->nr_header = 0;
	r->header = NULL;
	r->rows = NULL;
	r->rows_link = &r->rows;
	r->rc = 0;
	start_row(r);
	arena_reset(&r->names);
	return 0;
}

struct csv_reader *csv_reader_create(void)
{
	struct csv_reader *r = calloc(1, sizeof(*r));

	if (r && start_csv(r)) {
		free(r);
		r = NULL;
	}
	return r;
}

void csv_reader_free(struct csv_reader *r)
{
	if (!r)
		return;
	csv_free(&r->csv);
	arena_free(&r->names);
	free(r);
}

int csv_rewind(struct csv_reader *r)
{
	csv_free(&r->csv);
	return start_csv(r);
}

static void refuse(struct csv_reader *r, int code, const char *reason)
{
	if (r->rc)
		return;
	r->rc = r->err->code = code;
	r->err->offset = 0;
	snprintf(r->err->reason, sizeof(r->err->reason), "%s", reason);
}

static void on_cell(void *text, size_t len, void *ctx)
{
	struct csv_reader *r = ctx;
	struct arena *arena = r->header ? r->arena : &r->names;
	struct json_node *node;

	if (r->rc)
		return;
	node = arena_take(arena, sizeof(*node));
	if (node) {
		memset(node, 0, sizeof(*node));
		node->kind = text ? JSON_CELL : JSON_NULL;
		node->len = len;
		node->text = arena_copy(arena, text, len);
		node->offset = r->offset;
	}
	if (!node || !node->text) {
		refuse(r, -ENOMEM, strerror(ENOMEM));
		return;
	}
	*r->link = node;
	r->link = &node->next;
	r->offset += len + 1;
	r->nr_cells++;
}

/* All names are data: those that are our words get the '$' of stele-json(5). */
static bool name_of(struct csv_reader *r, const struct json_node *cell,
		    struct stele_str *name)
{
	char *escaped;

	name->ptr = cell->text;
	name->len = cell->len;
	if (!text_key_escapes(*name))
		return true;
	escaped = arena_take(&r->names, name->len + 1);
	if (!escaped) {
		refuse(r, -ENOMEM, strerror(ENOMEM));
		return false;
	}
	*escaped = '$';
	memcpy(escaped + 1, name->ptr, name->len);
	name->ptr = escaped;
	name->len++;
	return true;
}

/* The first row: its cells are the names. */
static void take_header(struct csv_reader *r)
{
	struct json_node row = { .kind = JSON_OBJECT, .len = r->nr_cells };
	const struct json_node *twice;
	struct json_node *cell;
	bool no_memory;

	r->header = arena_items(&r->names, r->nr_cells, sizeof(*r->header));
	if (!r->header) {
		refuse(r, -ENOMEM, strerror(ENOMEM));
		return;
	}
	for (cell = r->cells; cell; cell = cell->next) {
		if (!name_of(r, cell, &cell->key))
			return;
		r->header[r->nr_header++] = cell->key;
	}
	row.first = r->cells;
	twice = json_check_keys(&r->names, &row, &no_memory);
	if (no_memory)
		refuse(r, -ENOMEM, strerror(ENOMEM));
	if (!twice)
		return;
	refuse(r, -STELE_E_DUPLICATE, "");
	snprintf(r->err->reason, sizeof(r->err->reason),
		 "the header has the name '%.*s' twice",
		 (int)(twice->key.len < 100 ? twice->key.len : 100),
		 twice->key.ptr);
}

/* Name the cells and leave the empty ones out. */
static void name_cells(struct csv_reader *r, struct json_node *row)
{
	struct json_node **link = &row->first, *cell = r->cells;

	for (size_t i = 0; cell; cell = cell->next, i++) {
		if (cell->kind == JSON_NULL)
			continue;
		cell->key = r->header[i];
		*link = cell;
		link = &cell->next;
		row->len++;
	}
	*link = NULL;
}

static void take_row(struct csv_reader *r)
{
	struct json_node *row;

	if (r->nr_cells != r->nr_header) {
		refuse(r, -STELE_E_SYNTAX, "");
		snprintf(r->err->reason, sizeof(r->err->reason),
			 "%zu cells where the header has %zu", r->nr_cells,
			 r->nr_header);
		return;
	}
	row = arena_take(r->arena, sizeof(*row));
	if (!row) {
		refuse(r, -ENOMEM, strerror(ENOMEM));
		return;
	}
	memset(row, 0, sizeof(*row));
	row->kind = JSON_OBJECT;
	name_cells(r, row);
	*r->rows_link = row;
	r->rows_link = &row->next;
}

static void on_row(int end, void *ctx)
{
	struct csv_reader *r = ctx;

	(void)end;
	if (r->rc)
		return;
	if (r->header)
		take_row(r);
	else
		take_header(r);
	start_row(r);
}

static int result(struct csv_reader *r, bool ok, uint64_t offset)
{
	if (ok || r->rc)
		return r->rc;
	if (csv_error(&r->csv) == CSV_EPARSE)
		refuse(r, -STELE_E_SYNTAX,
		       "a quote that is misplaced or not closed");
	else
		refuse(r, -ENOMEM, strerror(ENOMEM));
	r->err->offset = offset;
	return r->rc;
}

int csv_read(struct csv_reader *r, struct arena *arena, const char *text,
	     size_t len, struct stele_error *err)
{
	size_t done;

	r->arena = arena;
	r->err = err;
	done = csv_parse(&r->csv, text, len, on_cell, on_row, r);
	return result(r, done == len, done);
}

int csv_end(struct csv_reader *r, struct arena *arena, struct stele_error *err)
{
	r->arena = arena;
	r->err = err;
	return result(r, !csv_fini(&r->csv, on_cell, on_row, r), 0);
}

struct json_node *csv_next(struct csv_reader *r)
{
	struct json_node *row = r->rows;

	if (!row)
		return NULL;
	r->rows = row->next;
	if (!r->rows)
		r->rows_link = &r->rows;
	row->next = NULL;
	return row;
}

bool csv_is_inside(const struct csv_reader *r)
{
	return r->cells || r->csv.entry_pos || r->csv.quoted;
}
