// SPDX-License-Identifier: MIT
/*
 * References by key.  While rows come in, a reference is a zero word and a note
 * (where, which table, which key); the notes are spilled in the order of their
 * positions.  When the tables stand, each key is looked up in them and the word
 * is patched.
 */
#include "builder.h"
#include "builder_lookup.h"

/* Absent weak keys stay as values; they are appended this many bytes a time. */
#define LATE_UNIT (1u << 20)

/* References lie in the order of their units: they are patched by the window. */
#define WINDOW (64u << 10)

/*
 * A note as it is spilled; the key as the table has it follows and, where it is
 * weak and its bytes don't tell how it was given, its packed cell.
 */
struct note {
	uint64_t at;
	uint64_t row; /* number of the row it came with, or NO_ROW */
	uint32_t table;
	uint8_t weak;
	uint8_t zero[3];
	uint64_t len;
	uint64_t packed;
};

/* The type of the keys by which a table's rows are referred to. */
static uint32_t type_of_key(const struct stele_builder *b, uint32_t table)
{
	return stele_schema_key(b->schema, table, 0);
}

/* The key as the table has it; of a plain one a cell of just that type. */
static int key_bytes(struct stele_builder *b, uint32_t table,
		     const struct stele_cell *cell, struct stele_str *key,
		     struct stele_error *err)
{
	unsigned kind = b->schema->types[type_of_key(b, table)].kind;
	bool ascii;
	int rc = 0;

	if ((kind == STELE_TYPE_STR || kind == STELE_TYPE_BYTES) &&
	    cell->type != kind)
		return stele_fail(err, -STELE_E_TYPE,
				  "%s where a key of type %s is meant",
				  stele_type_name(cell->type),
				  stele_type_name(kind));
	if (kind == STELE_TYPE_STR)
		rc = stele_check_text(cell->u.ptr, cell->len, &ascii, err);
	return rc ? rc :
		    stele_key_of_cell(b, b->tables[table].key_type,
				      type_of_key(b, table), cell, key, err);
}

int stele_ref_note(struct stele_builder *b, uint32_t type, size_t at,
		   const struct stele_cell *cell, struct stele_error *err)
{
	const struct stele_fmt_type *t = &b->schema->types[type];
	struct stele_pending p = { .at = at,
				   .table = t->arg2,
				   .open = true,
				   .weak = t->flags & STELE_FMT_TYPE_F_WEAK,
				   .key = b->pending_keys.len };
	size_t keys = b->keys.len;
	struct stele_str key;
	int rc;

	if (cell->type == STELE_TYPE_UNSET)
		return stele_fail(err, -STELE_E_REQUIRED, "no value given");
	rc = key_bytes(b, t->arg2, cell, &key, err);
	if (rc)
		return rc;
	p.len = key.len;
	rc = stele_buffer_append(&b->pending_keys, key.ptr, key.len);
	b->keys.len = keys;
	if (!rc && p.weak &&
	    b->tables[t->arg2].key_type == STELE_FMT_KEY_CANONICAL)
		rc = stele_cell_pack(&b->pending_keys, cell);
	p.packed = b->pending_keys.len - p.key - p.len;
	stele_scratch_set(b, at, STELE_WORD_PENDING);
	return rc ? rc : stele_buffer_append(&b->pending, &p, sizeof(p));
}

static struct stele_pending *pending(const struct stele_builder *b)
{
	return (struct stele_pending *)(void *)b->pending.ptr;
}

void stele_ref_place(struct stele_builder *b, size_t mark, size_t at,
		     uint64_t pos)
{
	struct stele_pending *p = pending(b);

	for (size_t i = mark; i < b->pending.len / sizeof(*p); i++)
		if (p[i].open) {
			p[i].at = p[i].at - at + pos;
			p[i].open = false;
		}
}

int stele_ref_commit(struct stele_builder *b, uint64_t row)
{
	struct stele_pending *p = pending(b);
	int rc = 0;

	if (b->pending.len && !b->refs)
		rc = stele_spill_create(b->out, &b->budget, &b->refs);
	for (size_t i = 0; !rc && i < b->pending.len / sizeof(*p); i++) {
		struct note note = { .at = p[i].at,
				     .row = row,
				     .table = p[i].table,
				     .weak = p[i].weak,
				     .len = p[i].len,
				     .packed = p[i].packed };
		uint64_t bytes = note.len + note.packed;

		rc = stele_spill_append(b->refs, &note, sizeof(note));
		if (!rc && bytes)
			rc = stele_spill_append(
				b->refs, b->pending_keys.ptr + p[i].key, bytes);
		b->nr_refs++;
	}
	return rc;
}

/* ------------------------------------------------------------ resolving */

struct resolver {
	struct stele_builder *b;
	struct stele_lookup *lookups; /* one a table */
	uint8_t *window; /* owned: the bytes from window_at on, patched */
	uint64_t window_at;
	size_t window_len; /* 0: none */
	struct stele_buffer packed; /* of the key at hand */
};

static int resolver_init(struct resolver *r, struct stele_builder *b)
{
	memset(r, 0, sizeof(*r));
	r->b = b;
	r->lookups = calloc(b->nr_tables, sizeof(*r->lookups));
	r->window = malloc(WINDOW);
	if (!r->lookups || !r->window)
		return -ENOMEM;
	for (uint32_t i = 0; i < b->nr_tables; i++)
		stele_lookup_init(&r->lookups[i], b->out, &b->tables[i].result);
	return 0;
}

static void resolver_free(struct resolver *r)
{
	for (uint32_t i = 0; r->lookups && i < r->b->nr_tables; i++)
		stele_lookup_free(&r->lookups[i]);
	free(r->lookups);
	free(r->window);
	stele_buffer_free(&r->packed);
}

static int flush_window(struct resolver *r)
{
	size_t len = r->window_len;

	r->window_len = 0;
	return len ? stele_output_patch(r->b->out, r->window_at, r->window,
					len) :
		     0;
}

/* What is in the window is in nobody's way: lookups read no references. */
static int patch(struct resolver *r, uint64_t at, uint64_t word)
{
	uint64_t left;
	int rc;

	if (!r->window_len || at < r->window_at ||
	    at + 8 > r->window_at + r->window_len) {
		rc = flush_window(r);
		if (rc)
			return rc;
		left = stele_output_tail(r->b->out) - at;
		left = left < WINDOW ? left : WINDOW;
		rc = stele_output_read(r->b->out, at, r->window, left);
		if (rc)
			return rc;
		r->window_at = at;
		r->window_len = left;
	}
	memcpy(r->window + (at - r->window_at), &word, sizeof(word));
	return 0;
}

/* A plain key as it was given; integers of the table's width. */
static struct stele_cell plain_cell(const struct resolver *r,
				    const struct note *note, const uint8_t *key)
{
	struct stele_cell cell;

	switch (r->b->tables[note->table].key_type) {
	case STELE_FMT_KEY_STR:
		return stele_cell_str((const char *)key, note->len);
	case STELE_FMT_KEY_I64:
		cell = stele_cell_i64(0);
		break;
	case STELE_FMT_KEY_U64:
		cell = stele_cell_u64(0);
		break;
	default: /* bytes, or as good as bytes */
		cell = stele_cell_of(STELE_TYPE_BYTES);
		cell.u.ptr = key;
		cell.len = note->len;
		return cell;
	}
	memcpy(&cell.u, key, sizeof(cell.u));
	return cell;
}

static int unresolved(const struct resolver *r, const struct note *note,
		      const struct stele_cell *cell, struct stele_error *err)
{
	const struct stele_build_table *t = &r->b->tables[note->table];
	uint32_t type = type_of_key(r->b, note->table);
	int rc;

	switch (t->key_type) {
	case STELE_FMT_KEY_STR:
		rc = stele_fail(err, -STELE_E_UNRESOLVED,
				"no '%.*s' in table '%.100s'",
				(int)(cell->len < 200 ? cell->len : 200),
				(const char *)cell->u.ptr, t->name);
		break;
	case STELE_FMT_KEY_I64:
		rc = stele_fail(err, -STELE_E_UNRESOLVED,
				"no %lld in table '%.100s'",
				(long long)cell->u.i, t->name);
		break;
	case STELE_FMT_KEY_U64:
		rc = stele_fail(err, -STELE_E_UNRESOLVED,
				"no %llu in table '%.100s'",
				(unsigned long long)cell->u.u, t->name);
		break;
	default:
		rc = stele_fail(err, -STELE_E_UNRESOLVED,
				"no such %s in table '%.100s'",
				stele_type_name(r->b->schema->types[type].kind),
				t->name);
	}
	if (note->row == STELE_NO_ROW)
		return rc;
	rc = stele_fail_in(err, rc, "row %llu", (unsigned long long)note->row);
	if (err) {
		err->rows[0] = note->row;
		err->nr_rows = 1;
	}
	return rc;
}

/* A weak key that no row has, as the value it is. */
static int lay_absent(struct resolver *r, const struct note *note,
		      const struct stele_cell *cell, const uint8_t *packed,
		      uint64_t *word, struct stele_error *err)
{
	struct stele_builder *b = r->b;

	b->stats.nr_weak_absent++;
	if (!note->packed)
		return stele_lay_any(b, cell, word, err);
	r->packed.len = 0;
	if (stele_buffer_append(&r->packed, packed, note->packed))
		return -ENOMEM;
	return stele_lay_typed(b, type_of_key(b, note->table), false,
			       stele_cell_unpack(r->packed.ptr), word, err);
}

static int resolve_one(struct resolver *r, const struct note *note,
		       const uint8_t *key, struct stele_error *err)
{
	struct stele_builder *b = r->b;
	struct stele_cell cell = plain_cell(r, note, key);
	uint64_t word;
	int rc;

	rc = stele_lookup_row(&r->lookups[note->table], key, note->len, &word);
	if (rc == -STELE_E_ABSENT) {
		if (!note->weak)
			return unresolved(r, note, &cell, err);
		rc = lay_absent(r, note, &cell, key + note->len, &word, err);
	}
	if (!rc)
		rc = patch(r, note->at, word);
	if (!rc && b->stage.bytes.len >= LATE_UNIT) {
		rc = stele_stage_commit(b, err);
		stele_stage_begin(b);
	}
	return rc;
}

int stele_ref_resolve(struct stele_builder *b, struct stele_error *err)
{
	struct stele_spill_reader reader;
	struct resolver r;
	struct note note;
	size_t len, used = 0;
	const uint8_t *p;
	uint64_t done = 0;
	int rc;

	if (!b->nr_refs)
		return 0;
	rc = resolver_init(&r, b);
	stele_stage_begin(b);
	stele_spill_rewind(b->refs, &reader);
	while (!rc) {
		rc = stele_spill_next(&reader, used, sizeof(note), &p, &len);
		if (rc || !len)
			break;
		memcpy(&note, p, sizeof(note));
		used = sizeof(note) + note.len + note.packed;
		rc = stele_spill_next(&reader, 0, used, &p, &len);
		if (!rc)
			rc = resolve_one(&r, &note, p + sizeof(note), err);
		if (!rc && done++ % 65536 == 0)
			rc = stele_builder_progress(b, STELE_PHASE_REFERENCES,
						    done, b->nr_refs);
	}
	if (!rc)
		rc = flush_window(&r);
	if (rc)
		stele_stage_rollback(b);
	else
		rc = stele_stage_commit(b, err);
	stele_spill_done(&reader);
	resolver_free(&r);
	return rc;
}
