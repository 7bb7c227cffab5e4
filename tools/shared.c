/* SPDX-License-Identifier: MIT */
/*
 * Objects that are shared: "$id" where one is defined, "$ref" where it is meant.
 *
 * A shared list or record is reserved when its "$id" is met, so that what is in
 * it may refer to it.  A shared dict or array can be referred to only when it has
 * been laid down.  A list or record inside of such a dict that refers to it has to
 * wait: it is mapped again, and filled, behind the row (shared_finish_row()).
 * The objects defined in it are known by then by where they stand in the input.
 */
#include "number.h"
#include "rows.h"

enum id_state {
	ID_NEW,
	ID_RESERVED_ROW, /* by a "$ref" before its row */
	ID_OPEN, /* what is in it is being laid down */
	ID_KNOWN,
};

static int read_id(struct rows *rows, const struct json_node *node,
		   const struct trail *trail, uint64_t *id)
{
	struct number number = { .kind = NUMBER_NONE };

	if (node->kind == JSON_NUMBER)
		number_read(node->text, node->len, &number);
	if (number.kind != NUMBER_U64 || !number.u)
		return rows_fail(rows, -STELE_E_SYNTAX, node, trail,
				 "an id that is no integer from 1 on; a key of "
				 "the data is written \"$%.*s\"",
				 (int)node->key.len, node->key.ptr);
	*id = number.u;
	return 0;
}

static void set_handle(struct stele_cell *cell, uint64_t word)
{
	struct stele_handle handle = { word };

	*cell = stele_cell_ref(handle);
}

int shared_define(struct rows *rows, const struct json_node *object,
		  const struct tagged *tagged, const struct trail *trail,
		  uint64_t *id, bool *again, struct stele_cell *cell)
{
	uint64_t where = rows->offset + object->offset;
	struct id_entry *entry;
	int rc = read_id(rows, tagged->id, trail, id);

	if (rc)
		return rc;
	entry = idmap_add(&rows->ids, *id);
	if (!entry)
		return rows_no_memory(rows);
	*again = entry->state == ID_KNOWN && entry->where == where;
	if (*again) {
		set_handle(cell, entry->value);
		return 0;
	}
	if (entry->state != ID_NEW)
		return rows_fail(rows, -STELE_E_DUPLICATE, object, trail,
				 "\"$id\" %llu for another object before",
				 (unsigned long long)*id);
	entry->state = ID_OPEN;
	entry->where = where;
	return 0;
}

void shared_know(struct rows *rows, uint64_t id, struct stele_handle handle,
		 struct stele_cell *cell)
{
	struct id_entry *entry = idmap_find(&rows->ids, id);

	entry->value = handle.word;
	entry->state = ID_KNOWN;
	*cell = stele_cell_ref(handle);
}

/* The row of a record that is named before it comes. */
static int refer_ahead(struct rows *rows, const struct json_node *node,
		       uint64_t id, uint32_t record, const struct trail *trail,
		       struct stele_cell *cell)
{
	struct stele_handle handle;
	struct id_entry *entry;
	int rc = stele_builder_reserve_row(rows->builder, record, &handle,
					   rows->err);

	if (rc)
		return rows_refused(rows, rc, node, trail);
	entry = idmap_add(&rows->ids, id);
	if (!entry)
		return rows_no_memory(rows);
	entry->state = ID_RESERVED_ROW;
	entry->value = handle.word;
	entry->record = record;
	*cell = stele_cell_ref(handle);
	return 0;
}

int shared_refer(struct rows *rows, const struct json_node *node,
		 const struct tagged *tagged, const struct trail *trail,
		 struct stele_cell *cell)
{
	const struct id_entry *entry;
	uint32_t record;
	uint64_t id;
	int rc = read_id(rows, tagged->ref, trail, &id);

	if (!rc)
		rc = tagged_named_record(rows, tagged->type, trail, &record);
	if (rc)
		return rc;
	entry = idmap_find(&rows->ids, id);
	if (!entry && record != ROWS_NONE)
		return refer_ahead(rows, node, id, record, trail, cell);
	if (!entry)
		return rows_fail(rows, -STELE_E_UNRESOLVED, node, trail,
				 "no \"$id\" %llu before this \"$ref\"",
				 (unsigned long long)id);
	if (entry->state == ID_OPEN) {
		rows->met_open = true;
		*cell = stele_cell_of(STELE_TYPE_NULL);
		return 0;
	}
	set_handle(cell, entry->value);
	return 0;
}

/* ----------------------------------------------------- lists and records */

/* The cells of a reserved object. */
static int contents(struct rows *rows, const struct json_node *object,
		    uint32_t record, const struct trail *trail,
		    struct stele_cell **cells, size_t *len)
{
	if (record != ROWS_NONE) {
		*len = rows->records[record].nr_fields;
		return rows_fields(rows, object, record, trail, cells);
	}
	*len = object->len;
	return cell_items(rows, object, trail, cells);
}

static int wait_for_row(struct rows *rows, const struct json_node *object,
			struct stele_handle handle, uint32_t record)
{
	struct rows_unfilled *unfilled;

	unfilled = arena_take(rows->arena, sizeof(*unfilled));
	if (!unfilled)
		return rows_no_memory(rows);
	unfilled->next = rows->unfilled;
	unfilled->node = object;
	unfilled->handle = handle;
	unfilled->record = record;
	rows->unfilled = unfilled;
	return 0;
}

/* Fill now, or behind the row where something in it is not laid down yet. */
static int fill(struct rows *rows, const struct json_node *object,
		struct stele_handle handle, uint32_t record,
		const struct trail *trail)
{
	bool met_open = rows->met_open;
	struct stele_cell *cells;
	size_t len;
	int rc;

	rows->met_open = false;
	rc = contents(rows, object, record, trail, &cells, &len);
	if (!rc && rows->met_open) {
		rc = wait_for_row(rows, object, handle, record);
	} else if (!rc) {
		rc = stele_builder_fill(rows->builder, handle, cells, len,
					rows->err);
		rc = rc ? rows_refused(rows, rc, object, trail) : 0;
	}
	rows->met_open = met_open;
	return rc;
}

int shared_reserve(struct rows *rows, const struct json_node *object,
		   uint32_t record, const struct trail *trail, uint64_t id,
		   struct stele_cell *cell)
{
	struct stele_handle handle;
	int rc;

	if (record == ROWS_NONE)
		rc = stele_builder_reserve_list(rows->builder, object->len,
						&handle, rows->err);
	else
		rc = stele_builder_reserve_record(rows->builder, record,
						  &handle, rows->err);
	if (rc)
		return rows_refused(rows, rc, object, trail);
	shared_know(rows, id, handle, cell);
	return fill(rows, object, handle, record, trail);
}

/* --------------------------------------------------------------- rows */

/* The row that a "$ref" before has reserved, if one has. */
static int take_reserved(struct rows *rows, const struct json_node *row,
			 uint64_t id, uint32_t record, const struct trail *top,
			 struct stele_handle *handle)
{
	struct id_entry *entry = idmap_find(&rows->ids, id);

	if (!entry || entry->state != ID_RESERVED_ROW)
		return -STELE_E_ABSENT;
	if (entry->record != record)
		return rows_fail(rows, -STELE_E_TYPE, row, top,
				 "row %llu is of another record than its "
				 "\"$ref\" said",
				 (unsigned long long)id);
	handle->word = entry->value;
	return 0;
}

int shared_fill_row(struct rows *rows, const struct json_node *row,
		    const struct tagged *tagged, uint32_t record,
		    const struct trail *top)
{
	struct stele_handle handle;
	struct stele_cell itself;
	uint64_t id;
	bool again;
	int rc = read_id(rows, tagged->id, top, &id);

	if (!rc)
		rc = take_reserved(rows, row, id, record, top, &handle);
	if (rc == -STELE_E_ABSENT) {
		rc = shared_define(rows, row, tagged, top, &id, &again,
				   &itself);
		if (rc)
			return rc;
		rc = stele_builder_reserve_row(rows->builder, record, &handle,
					       rows->err);
		if (rc)
			return rows_refused(rows, rc, row, top);
	}
	if (rc)
		return rc;
	shared_know(rows, id, handle, &itself);
	return fill(rows, row, handle, record, top);
}

int shared_finish_row(struct rows *rows)
{
	const struct trail top = { NULL, { NULL, 0 }, 0 };
	struct rows_unfilled *unfilled = rows->unfilled;
	int rc = 0;

	for (; !rc && unfilled; unfilled = unfilled->next) {
		rows->met_open = false;
		rc = fill(rows, unfilled->node, unfilled->handle,
			  unfilled->record, &top);
	}
	return rc;
}
