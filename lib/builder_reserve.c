// SPDX-License-Identifier: MIT
/*
 * Objects that are reserved now, so that others can refer to them, and filled
 * later: their bytes lie in the output as zeros behind a head, and are patched.
 */
#include "builder.h"
#include "index.h"

struct stele_reserved *stele_builder_unfilled(const struct stele_builder *b,
					      uint64_t pos)
{
	struct stele_reserved *all = (void *)b->reserved.ptr;
	size_t low = 0, high = b->reserved.len / sizeof(*all);

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (all[mid].pos < pos)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == b->reserved.len / sizeof(*all) || all[low].pos != pos ||
	    all[low].filled)
		return NULL;
	return &all[low];
}

/* ------------------------------------------------------------- reserve */

static int reserve(struct stele_builder *b, uint64_t head, uint64_t bytes,
		   struct stele_reserved note, struct stele_handle *handle,
		   struct stele_error *err)
{
	const uint64_t tuple = STELE_FMT_HEAD(STELE_FMT_KIND_TUPLE, 0, 0);
	uint64_t pos;
	size_t at;
	int rc;

	rc = stele_scratch_push(b, bytes, &at);
	if (!rc)
		rc = stele_stage_object(b, head, NULL, b->scratch.ptr + at,
					bytes, 8, &note.pos);
	if (!rc && note.spare)
		rc = stele_stage_object(b, tuple, NULL, NULL, 0, 8, &pos);
	if (!rc)
		rc = stele_buffer_reserve(&b->reserved, sizeof(note));
	if (rc)
		return stele_unit_drop(b, rc, err);
	rc = stele_unit_commit(b, STELE_NO_ROW, err);
	if (rc)
		return rc;
	stele_buffer_append(&b->reserved, &note, sizeof(note));
	b->nr_unfilled++;
	*handle = stele_handle_of(b, note.pos);
	return 0;
}

static int reserve_record(struct stele_builder *b, uint32_t record,
			  unsigned flags, uint64_t row,
			  struct stele_handle *handle, struct stele_error *err)
{
	int rc = stele_unit_begin(b, err);

	if (!rc)
		rc = stele_unit_check_record(b, record, err);
	if (rc)
		return rc;
	return reserve(b, STELE_FMT_HEAD(STELE_FMT_KIND_RECORD, flags, record),
		       b->schema->records[record].body_bytes - 8,
		       (struct stele_reserved){ .row = row }, handle, err);
}

int stele_builder_reserve_row(struct stele_builder *b, uint32_t record,
			      struct stele_handle *handle,
			      struct stele_error *err)
{
	int rc = reserve_record(b, record,
				STELE_FMT_OBJ_F_ROW | STELE_FMT_OBJ_F_IDENTITY,
				b->stats.nr_rows, handle, err);

	if (!rc)
		b->stats.nr_rows++;
	return rc;
}

int stele_builder_reserve_record(struct stele_builder *b, uint32_t record,
				 struct stele_handle *handle,
				 struct stele_error *err)
{
	return reserve_record(b, record, STELE_FMT_OBJ_F_IDENTITY, STELE_NO_ROW,
			      handle, err);
}

int stele_builder_reserve_list(struct stele_builder *b, uint64_t len,
			       struct stele_handle *handle,
			       struct stele_error *err)
{
	int rc = stele_unit_begin(b, err);

	if (rc)
		return rc;
	if (len > STELE_FMT_MAX_COUNT / 8)
		return stele_fail(err, -STELE_E_LIMIT,
				  "more than 2^45 items in one list");
	return reserve(b,
		       STELE_FMT_HEAD(STELE_FMT_KIND_LIST,
				      STELE_FMT_OBJ_F_IDENTITY, len),
		       len * 8, (struct stele_reserved){ .row = STELE_NO_ROW },
		       handle, err);
}

int stele_builder_reserve_dict(struct stele_builder *b, uint64_t len,
			       struct stele_handle *handle,
			       struct stele_error *err)
{
	struct stele_reserved note = { .row = STELE_NO_ROW,
				       .spare = len > STELE_FMT_DICT_LINEAR };
	int rc = stele_unit_begin(b, err);

	if (rc)
		return rc;
	if (len > STELE_FMT_DICT_MAX)
		return stele_fail(err, -STELE_E_LIMIT,
				  "more than %llu pairs in one dict",
				  (unsigned long long)STELE_FMT_DICT_MAX);
	return reserve(b,
		       STELE_FMT_HEAD(STELE_FMT_KIND_DICT,
				      STELE_FMT_OBJ_F_IDENTITY, len),
		       len * 16 + stele_index_bytes(len, false), note, handle,
		       err);
}

/* ---------------------------------------------------------------- fill */

static int fail_len(size_t len, uint64_t head, const char *items,
		    const char *collection, struct stele_error *err)
{
	return stele_fail(err, -STELE_E_TYPE,
			  "%zu %s for a %s reserved for %llu", len, items,
			  collection,
			  (unsigned long long)STELE_FMT_HEAD_COUNT(head));
}

/* The items or pairs of a reserved object, whose head is in scratch. */
static int fill_items(struct stele_builder *b, uint64_t head, size_t head_at,
		      const struct stele_cell *cells, size_t len,
		      struct stele_error *err)
{
	struct stele_cell dict = stele_cell_of(STELE_TYPE_DICT);
	bool fits = len == STELE_FMT_HEAD_COUNT(head);
	unsigned flags;
	size_t at;
	int rc;

	if (STELE_FMT_HEAD_KIND(head) == STELE_FMT_KIND_LIST)
		return fits ? stele_lay_words(b, STELE_FMT_NONE, true, cells,
					      len, &at, err) :
			      fail_len(len, head, "items", "list", err);
	if (!fits)
		return fail_len(len, head, "pairs", "dict", err);
	dict.u.cells = cells;
	dict.len = len;
	rc = stele_lay_dict(b, STELE_FMT_NONE, STELE_FMT_NONE, true, &dict, &at,
			    &flags, err);
	if (!rc)
		stele_scratch_set(b, head_at, head | (uint64_t)flags << 8);
	return rc;
}

/* Lay down what a reserved object owns; its own bytes wait in scratch. */
static int fill_unit(struct stele_builder *b, uint64_t pos, uint64_t head,
		     const struct stele_cell *cells, size_t len, size_t *at,
		     uint64_t *bytes, struct stele_error *err)
{
	bool record = STELE_FMT_HEAD_KIND(head) == STELE_FMT_KIND_RECORD;
	uint32_t number = (uint32_t)STELE_FMT_HEAD_COUNT(head);
	int rc;

	*bytes = record ? b->schema->records[number].body_bytes : sizeof(head);
	rc = stele_scratch_push(b, *bytes, at);
	if (rc)
		return rc;
	if (record) {
		rc = stele_lay_body(b, number, STELE_FMT_HEAD_FLAGS(head),
				    cells, len, *at, err);
	} else {
		stele_scratch_set(b, *at, head);
		rc = fill_items(b, head, *at, cells, len, err);
		*bytes = b->scratch.len - *at;
	}
	if (!rc)
		stele_ref_place(b, 0, *at, pos);
	return rc;
}

int stele_builder_fill(struct stele_builder *b, struct stele_handle handle,
		       const struct stele_cell *cells, size_t len,
		       struct stele_error *err)
{
	uint64_t head, filled, bytes = 0, pos = stele_handle_word(b, handle);
	struct stele_reserved *note;
	size_t at;
	int rc = stele_unit_begin(b, err);

	if (rc)
		return rc;
	note = stele_builder_unfilled(b, pos);
	if (!note)
		return stele_fail(
			err, -STELE_E_STATE,
			"a handle that was not reserved, or filled before");
	rc = stele_stage_read(b, pos, &head, sizeof(head));
	if (rc)
		return stele_unit_fail(b, rc, err);
	rc = fill_unit(b, pos, head, cells, len, &at, &bytes, err);
	if (!rc && note->row != STELE_NO_ROW)
		rc = stele_keys_of_row(b, (uint32_t)STELE_FMT_HEAD_COUNT(head),
				       cells, len, err);
	if (rc)
		return stele_unit_drop(b, rc, err);
	rc = stele_unit_commit(b, note->row, err);
	if (rc)
		return rc;
	memcpy(&filled, b->scratch.ptr + at, sizeof(filled));
	if (filled != head && note->spare)
		b->nr_objects--; /* the salt took its place */
	rc = stele_stage_patch(b, pos, b->scratch.ptr + at, bytes);
	if (!rc)
		rc = stele_tables_add_row(b, pos, err);
	if (rc)
		return stele_unit_fail(b, rc, err);
	note->filled = true;
	b->nr_unfilled--;
	return 0;
}
