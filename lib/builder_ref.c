// SPDX-License-Identifier: MIT
/*
 * References by key.  While rows come in, a reference is a zero word and a note
 * (where, which table, which key); the notes are spilled in the order of their
 * positions.  When the tables stand, each key is looked up as a reader would
 * and the word is patched.
 */
#include <sys/mman.h>

#include "builder.h"
#include "segment.h"

/* Absent weak keys stay as values; they are appended this many bytes a time. */
#define LATE_UNIT (1u << 20)

/* References lie in the order of their units: they are patched by the window. */
#define WINDOW (64u << 10)

/* A note as it is spilled; the key's bytes follow. */
struct note {
	uint64_t at;
	uint64_t row; /* number of the row it came with, or NO_ROW */
	uint32_t table;
	uint8_t weak;
	uint8_t type;
	uint16_t zero;
	uint64_t len;
};

int stele_ref_note(struct stele_builder *b, uint32_t type, size_t at,
		   const struct stele_cell *cell, struct stele_error *err)
{
	const struct stele_fmt_type *t = &b->schema->types[type];
	unsigned kind =
		b->schema->types[stele_schema_key(b->schema, t->arg2, 0)].kind;
	struct stele_pending p = { .at = at,
				   .table = t->arg2,
				   .open = true,
				   .weak = t->flags & STELE_FMT_TYPE_F_WEAK,
				   .type = (uint8_t)kind,
				   .key = b->pending_keys.len };
	struct stele_cell scalar;
	uint64_t word;
	bool ascii;
	int rc;

	if (cell->type == STELE_TYPE_UNSET)
		return stele_fail(err, -STELE_E_REQUIRED, "no value given");
	if (kind == STELE_TYPE_STR || kind == STELE_TYPE_BYTES) {
		if (cell->type != kind)
			return stele_fail(err, -STELE_E_TYPE,
					  "%s where a key of type %s is meant",
					  stele_type_name(cell->type),
					  stele_type_name(kind));
		rc = kind == STELE_TYPE_STR ?
			     stele_check_text(cell->u.ptr, cell->len, &ascii,
					      err) :
			     0;
		p.len = cell->len;
		if (!rc)
			rc = stele_buffer_append(&b->pending_keys, cell->u.ptr,
						 cell->len);
	} else if (stele_type_width(kind)) {
		rc = stele_lay_scalar(kind, cell, &scalar, err);
		if (rc)
			return rc;
		memcpy(&word, &scalar.u, sizeof(word));
		p.len = sizeof(word);
		rc = stele_buffer_append(&b->pending_keys, &word, sizeof(word));
	} else {
		return stele_fail(err, -STELE_E_TYPE,
				  "no reference by a key of type %s",
				  stele_type_name(kind));
	}
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
				     .type = p[i].type,
				     .len = p[i].len };

		rc = stele_spill_append(b->refs, &note, sizeof(note));
		if (!rc && p[i].len)
			rc = stele_spill_append(b->refs,
						b->pending_keys.ptr + p[i].key,
						p[i].len);
		b->nr_refs++;
	}
	return rc;
}

/* ------------------------------------------------------------ resolving */

struct resolver {
	struct stele_builder *b;
	struct stele_segment view; /* what is written so far, mapped */
	struct stele_map *maps; /* one a table */
	uint8_t *window; /* owned: the bytes from window_at on, patched */
	uint64_t window_at;
	size_t window_len; /* 0: none */
};

static int resolver_init(struct resolver *r, struct stele_builder *b)
{
	uint64_t len = stele_output_tail(b->out);
	void *base;
	int rc;

	memset(r, 0, sizeof(*r));
	r->b = b;
	rc = stele_output_flush(b->out);
	if (rc)
		return rc;
	base = mmap(NULL, len, PROT_READ, MAP_SHARED, stele_output_fd(b->out),
		    0);
	if (base == MAP_FAILED)
		return -errno;
	r->view.base = base;
	r->view.len = len;
	r->view.schema = b->schema;
	r->maps = calloc(b->nr_tables, sizeof(*r->maps));
	r->window = malloc(WINDOW);
	if (!r->maps || !r->window)
		return -ENOMEM;
	for (uint32_t i = 0; i < b->nr_tables; i++) {
		static const uint8_t none[1];
		const struct stele_map_build_result *t = &b->tables[i].result;
		const uint8_t *index = t->index.ptr ? t->index.ptr : none;

		stele_map_attach_raw(
			&r->view, &t->fmt, r->view.base + t->fmt.data_off,
			index + t->fmt.separators_off,
			(const struct stele_fmt_partition
				 *)(const void *)(index +
						  t->fmt.partitions_off),
			&r->maps[i]);
	}
	return 0;
}

static void resolver_free(struct resolver *r)
{
	if (r->view.base)
		munmap((void *)(uintptr_t)r->view.base, r->view.len);
	free(r->maps);
	free(r->window);
}

static int flush_window(struct resolver *r)
{
	size_t len = r->window_len;

	r->window_len = 0;
	return len ? stele_output_patch(r->b->out, r->window_at, r->window,
					len) :
		     0;
}

/*
 * Patch a word below the view's end.  The map of the view and the writes meet in
 * the page cache; what is in the window is in nobody's way, since lookups read
 * the tables and no references.
 */
static int patch(struct resolver *r, uint64_t at, uint64_t word)
{
	int rc;

	if (!r->window_len || at < r->window_at ||
	    at + 8 > r->window_at + r->window_len) {
		rc = flush_window(r);
		if (rc)
			return rc;
		r->window_at = at;
		r->window_len = WINDOW < r->view.len - at ?
					WINDOW :
					(size_t)(r->view.len - at);
		memcpy(r->window, r->view.base + at, r->window_len);
	}
	memcpy(r->window + (at - r->window_at), &word, sizeof(word));
	return 0;
}

static struct stele_cell key_cell(const struct note *note, const uint8_t *key)
{
	struct stele_cell cell = stele_cell_of(note->type);

	if (note->type == STELE_TYPE_STR || note->type == STELE_TYPE_BYTES) {
		cell.u.ptr = key;
		cell.len = note->len;
	} else {
		memcpy(&cell.u, key, sizeof(cell.u));
	}
	return cell;
}

static int look_up(const struct resolver *r, const struct note *note,
		   const struct stele_cell *cell, uint64_t *pos)
{
	struct stele_value key = { .segment = &r->view,
				   .type = cell->type,
				   .len = cell->len };
	struct stele_value found;
	int rc;

	memcpy(&key.u, &cell->u, sizeof(key.u));
	rc = stele_map_get(&r->maps[note->table], &key, 1, &found);
	if (!rc)
		*pos = found.u.pos;
	return rc;
}

static int unresolved(const struct resolver *r, const struct note *note,
		      const struct stele_cell *cell, struct stele_error *err)
{
	const char *table = r->b->tables[note->table].name;
	int rc;

	if (cell->type == STELE_TYPE_STR)
		rc = stele_fail(err, -STELE_E_UNRESOLVED,
				"no '%.*s' in table '%.100s'",
				(int)(cell->len < 200 ? cell->len : 200),
				(const char *)cell->u.ptr, table);
	else if (cell->type >= STELE_TYPE_I8 && cell->type <= STELE_TYPE_I64)
		rc = stele_fail(err, -STELE_E_UNRESOLVED,
				"no %lld in table '%.100s'",
				(long long)cell->u.i, table);
	else if (cell->type >= STELE_TYPE_U8 && cell->type <= STELE_TYPE_U64)
		rc = stele_fail(err, -STELE_E_UNRESOLVED,
				"no %llu in table '%.100s'",
				(unsigned long long)cell->u.u, table);
	else
		rc = stele_fail(err, -STELE_E_UNRESOLVED,
				"no such %s in table '%.100s'",
				stele_type_name(cell->type), table);
	if (note->row == STELE_NO_ROW)
		return rc;
	return stele_fail_in(err, rc, "row %llu",
			     (unsigned long long)note->row);
}

static int resolve_one(struct resolver *r, const struct note *note,
		       const uint8_t *key, struct stele_error *err)
{
	struct stele_builder *b = r->b;
	struct stele_cell cell = key_cell(note, key);
	uint64_t word;
	int rc;

	rc = look_up(r, note, &cell, &word);
	if (rc == -STELE_E_ABSENT) {
		if (!note->weak)
			return unresolved(r, note, &cell, err);
		b->stats.nr_weak_absent++;
		rc = stele_lay_any(b, &cell, &word, err);
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
		rc = stele_spill_next(&reader, 0, sizeof(note) + note.len, &p,
				      &len);
		if (!rc)
			rc = resolve_one(&r, &note, p + sizeof(note), err);
		used = sizeof(note) + note.len;
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
