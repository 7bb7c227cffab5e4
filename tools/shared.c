/* SPDX-License-Identifier: MIT */
/*
 * Objects that are shared: "$id" where one is defined, "$ref" where it is meant.
 *
 * A shared list, dict or record is reserved when its "$id" is met, so that what is
 * in it may refer to it.  Others, as a tuple, can be referred to only when they
 * have been laid down; so can a list or dict where one is declared, since its type
 * is proved there.  A list, dict or record that refers to what it lies in so has
 * to wait: it is mapped again, and filled, as soon as that is laid down.  The
 * objects defined in it are known by then by where they stand in the input; those
 * that could not be laid down the first time begin again.
 */
#include "number.h"
#include "rows.h"

enum id_state {
	ID_NEW,
	ID_RESERVED_ROW, /* by a "$ref" before its row */
	ID_OPEN, /* what is in it is being laid down */
	ID_RESERVED, /* a list or dict that is not filled yet */
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

/*
 * Begin an object.  `again`: it was laid down before, as part of one that had to
 * wait, and *cell refers to it.
 */
static int begin(struct rows *rows, const struct json_node *object,
		 const struct tagged *tagged, const struct trail *trail,
		 uint64_t *id, bool *again, struct stele_cell *cell)
{
	uint64_t where = rows->offset + object->offset;
	struct id_entry *entry;
	int rc = read_id(rows, tagged->id, trail, id);

	if (rc)
		return rc;
	if (!rows->builder)
		return rows_fail(rows, -STELE_E_TYPE, object, trail,
				 "a \"$id\" in a key");
	entry = idmap_add(&rows->ids, *id);
	if (!entry)
		return rows_no_memory(rows);
	*again = entry->state >= ID_RESERVED && entry->where == where;
	if (*again) {
		set_handle(cell, entry->value);
		return 0;
	}
	if (entry->state != ID_NEW &&
	    !(entry->state == ID_OPEN && entry->where == where))
		return rows_fail(rows, -STELE_E_DUPLICATE, object, trail,
				 "\"$id\" %llu for another object before",
				 (unsigned long long)*id);
	entry->state = ID_OPEN;
	entry->where = where;
	return 0;
}

/* It is laid down or reserved: *cell refers to it from now on. */
static void know(struct rows *rows, uint64_t id, enum id_state state,
		 struct stele_handle handle, struct stele_cell *cell)
{
	struct id_entry *entry = idmap_find(&rows->ids, id);

	entry->value = handle.word;
	entry->state = state;
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
	entry->where = rows->nr_rows++;
	*cell = stele_cell_ref(handle);
	return 0;
}

int shared_refer(struct rows *rows, const struct json_node *node,
		 const struct tagged *tagged, bool declared,
		 const struct trail *trail, struct stele_cell *cell)
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
	if (!entry && record != ROWS_NONE && rows->builder)
		return refer_ahead(rows, node, id, record, trail, cell);
	if (!entry)
		return rows_fail(rows, -STELE_E_UNRESOLVED, node, trail,
				 "no \"$id\" %llu before this \"$ref\"",
				 (unsigned long long)id);
	if (entry->state == ID_OPEN ||
	    (entry->state == ID_RESERVED && declared && !rows->untyped)) {
		rows->met_open = true;
		*cell = stele_cell_of(STELE_TYPE_NULL);
		return 0;
	}
	set_handle(cell, entry->value);
	return 0;
}

/* ------------------------------------- what is reserved and filled later */

static int wait(struct rows *rows, const struct content *content, uint64_t id)
{
	struct rows_unfilled *unfilled;

	unfilled = arena_take(rows->arena, sizeof(*unfilled));
	if (!unfilled)
		return rows_no_memory(rows);
	unfilled->next = rows->unfilled;
	unfilled->content = *content;
	unfilled->id = id;
	rows->unfilled = unfilled;
	return 0;
}

/* Fill now, or later where something in it is not laid down yet. */
static int fill(struct rows *rows, const struct content *content, uint64_t id,
		const struct trail *trail)
{
	struct stele_handle handle = { idmap_find(&rows->ids, id)->value };
	bool met_open = rows->met_open, untyped = rows->untyped;
	struct stele_cell *cells;
	size_t len;
	int rc;

	rows->met_open = false;
	rows->untyped = true;
	rc = content_cells(rows, content, trail, &cells, &len);
	if (!rc && rows->met_open) {
		rc = wait(rows, content, id);
	} else if (!rc) {
		rc = stele_builder_fill(rows->builder, handle, cells, len,
					rows->err);
		rc = rc ? rows_refused(rows, rc, content->node, trail) : 0;
		idmap_find(&rows->ids, id)->state = ID_KNOWN;
	}
	rows->met_open = met_open;
	rows->untyped = untyped;
	return rc;
}

/* Fill what has begun to wait since `until` did. */
static int fill_waiting(struct rows *rows, const struct rows_unfilled *until)
{
	const struct trail top = { NULL, { NULL, 0 }, 0 };
	struct rows_unfilled *unfilled = rows->unfilled;
	int rc = 0;

	rows->unfilled = (struct rows_unfilled *)(uintptr_t)until;
	for (; !rc && unfilled != until; unfilled = unfilled->next)
		rc = fill(rows, &unfilled->content, unfilled->id, &top);
	return rc;
}

/* ------------------------------------------------------------ objects */

static int reserve(struct rows *rows, const struct content *content,
		   struct stele_handle *handle, enum id_state *state)
{
	*state = ID_RESERVED;
	switch (content->type) {
	case STELE_TYPE_LIST:
		return stele_builder_reserve_list(
			rows->builder, content->node->len, handle, rows->err);
	case STELE_TYPE_DICT:
		return stele_builder_reserve_dict(rows->builder,
						  content_nr_pairs(content),
						  handle, rows->err);
	default:
		*state = ID_KNOWN; /* and its type too */
		return stele_builder_reserve_record(
			rows->builder, content->number, handle, rows->err);
	}
}

/* One that is laid down whole, or not at all as long as it waits for itself. */
static int put(struct rows *rows, const struct content *content,
	       const struct trail *trail, uint64_t id, struct stele_cell *cell)
{
	const struct rows_unfilled *waiting = rows->unfilled;
	bool met_open = rows->met_open;
	struct stele_handle handle;
	int rc;

	rows->met_open = false;
	rc = content_cell(rows, content, trail, cell);
	if (rc || rows->met_open)
		return rc;
	rows->met_open = met_open;
	rc = stele_builder_put(rows->builder, cell, &handle, rows->err);
	if (rc)
		return rows_refused(rows, rc, content->node, trail);
	know(rows, id, ID_KNOWN, handle, cell);
	return fill_waiting(rows, waiting);
}

/* One that is known before what is in it. */
static int reserve_and_fill(struct rows *rows, const struct content *content,
			    const struct trail *trail, uint64_t id,
			    struct stele_cell *cell)
{
	const struct rows_unfilled *waiting = rows->unfilled;
	struct stele_handle handle;
	enum id_state state;
	int rc = reserve(rows, content, &handle, &state);

	if (rc)
		return rows_refused(rows, rc, content->node, trail);
	know(rows, id, state, handle, cell);
	rc = fill(rows, content, id, trail);
	if (rc || state == ID_KNOWN)
		return rc;
	/* what is in it may have waited for this */
	if (idmap_find(&rows->ids, id)->state != ID_KNOWN)
		return 0;
	return fill_waiting(rows, waiting);
}

int shared_define(struct rows *rows, const struct json_node *object,
		  const struct tagged *tagged, const struct content *content,
		  const struct trail *trail, struct stele_cell *cell)
{
	bool untyped = rows->untyped, again;
	uint64_t id;
	int rc = begin(rows, object, tagged, trail, &id, &again, cell);

	if (rc || again)
		return rc;
	rows->untyped = true;
	if (content->type == STELE_TYPE_LIST ||
	    content->type == STELE_TYPE_DICT ||
	    content->type == STELE_TYPE_RECORD)
		rc = reserve_and_fill(rows, content, trail, id, cell);
	else
		rc = put(rows, content, trail, id, cell);
	rows->untyped = untyped;
	return rc;
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
	rows->number = entry->where;
	return 0;
}

int shared_fill_row(struct rows *rows, const struct json_node *row,
		    const struct tagged *tagged, uint32_t record,
		    const struct trail *top)
{
	const struct content content = { .type = STELE_TYPE_RECORD,
					 .number = record,
					 .node = row };
	struct stele_handle handle;
	struct stele_cell itself;
	uint64_t id;
	bool again;
	int rc = read_id(rows, tagged->id, top, &id);

	if (!rc)
		rc = take_reserved(rows, row, id, record, top, &handle);
	if (rc == -STELE_E_ABSENT) {
		rc = begin(rows, row, tagged, top, &id, &again, &itself);
		if (rc)
			return rc;
		rc = stele_builder_reserve_row(rows->builder, record, &handle,
					       rows->err);
		if (rc)
			return rows_refused(rows, rc, row, top);
		rows->number = rows->nr_rows++;
	}
	if (rc)
		return rc;
	know(rows, id, ID_KNOWN, handle, &itself);
	rows->depth = 0; /* the content is the row */
	return fill(rows, &content, id, top);
}

int shared_finish_row(struct rows *rows)
{
	const struct trail top = { NULL, { NULL, 0 }, 0 };
	int rc = fill_waiting(rows, NULL);

	if (rc || !rows->unfilled)
		return rc;
	return rows_fail(rows, -STELE_E_UNRESOLVED,
			 rows->unfilled->content.node, &top,
			 "a cycle without a list, dict or record that has an "
			 "\"$id\"");
}
