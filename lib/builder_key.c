// SPDX-License-Identifier: MIT
/*
 * Keys: the canonical encodings of cells, and the keys that a row has in its
 * tables.  A path leads through the cells of nested records; where one was given
 * by its handle, it goes on through the bytes laid down before.
 */
#include "builder.h"
#include "canonical_put.h"

/* ------------------------------------------------------------ encodings */

/* What a handle in a key leads to. */
static int follow_handle(void *arg, struct stele_handle handle, unsigned depth,
			 struct stele_buffer *out);

static struct stele_canonical_source source_of(struct stele_builder *b)
{
	struct stele_canonical_source source = { .schema = b->schema,
						 .defaults = b->defaults,
						 .follow = follow_handle,
						 .arg = b,
						 .work = &b->key_work };

	return source;
}

static int follow_handle(void *arg, struct stele_handle handle, unsigned depth,
			 struct stele_buffer *out)
{
	struct stele_builder *b = arg;
	struct stele_canonical_source source = source_of(b);
	struct stele_laid laid = { 0 };
	uint64_t word;
	int rc = stele_handle_take(b, handle, &word);

	if (!rc)
		rc = stele_laid_word(b, word, &laid);
	if (!rc)
		rc = stele_canonical_built(out, &source, STELE_FMT_NONE, depth,
					   &laid.cell);
	stele_laid_free(&laid);
	return rc;
}

static bool has_parts(unsigned type)
{
	return type == STELE_TYPE_TUPLE || type == STELE_TYPE_SET ||
	       type == STELE_TYPE_RECORD || type == STELE_TYPE_REF;
}

int stele_fail_key(int rc, const struct stele_cell *cell,
		   struct stele_error *err)
{
	const char *name = stele_type_name(cell->type);

	switch (rc) {
	case -STELE_E_RANGE:
		return stele_fail(err, rc, "NaN cannot be a key");
	case -STELE_E_TYPE:
		if (!has_parts(cell->type))
			return stele_fail(err, rc, "%s cannot be a key", name);
		return stele_fail(
			err, rc,
			"a %s with a list, dict, array or reference by key in it cannot be a key",
			name);
	case -STELE_E_LIMIT:
		return stele_fail(
			err, rc,
			"a key of more than %u bytes in canonical form, deeper than %u, or of too many values and digits",
			STELE_CANONICAL_MAX, STELE_CANONICAL_DEPTH);
	case -STELE_E_STATE:
		return stele_fail(
			err, rc,
			"the key lies in a record that is reserved and not filled yet");
	default:
		return rc;
	}
}

/* A key, or one of its fields. */
static int encode(struct stele_builder *b, uint32_t type,
		  const struct stele_cell *cell, struct stele_error *err)
{
	struct stele_canonical_source source = source_of(b);
	int rc = stele_canonical_built(&b->keys, &source, type,
				       STELE_CANONICAL_DEPTH, cell);

	return rc ? stele_fail_key(rc, cell, err) : 0;
}

int stele_key_encode(struct stele_builder *b, uint32_t type,
		     const struct stele_cell *cell, struct stele_error *err)
{
	b->key_work = 0;
	return encode(b, type, cell, err);
}

static int check_length(size_t len, struct stele_error *err)
{
	if (len <= STELE_CANONICAL_MAX)
		return 0;
	return stele_fail(err, -STELE_E_LIMIT,
			  "a key of %zu bytes in canonical form, above %u", len,
			  STELE_CANONICAL_MAX);
}

/* The key of a table whose keys are of any type, appended to keys. */
static int canonical(struct stele_builder *b, uint32_t type,
		     const struct stele_cell *cell, struct stele_error *err)
{
	size_t before = b->keys.len;
	int rc = stele_key_encode(b, type, cell, err);

	return rc ? rc : check_length(b->keys.len - before, err);
}

/* A scalar's bytes for a plain key type, appended to keys. */
static int plain_key(struct stele_builder *b, uint8_t key_type,
		     const struct stele_cell *cell, struct stele_error *err)
{
	struct stele_cell scalar;
	unsigned kind;
	int rc;

	if (key_type == STELE_FMT_KEY_STR || key_type == STELE_FMT_KEY_BYTES) {
		kind = key_type == STELE_FMT_KEY_STR ? STELE_TYPE_STR :
						       STELE_TYPE_BYTES;
		if (cell->type != kind)
			return stele_fail_type(kind, cell, err);
		/* also an empty key has an address */
		rc = stele_buffer_reserve(&b->keys, cell->len + 1);
		return rc ? rc :
			    stele_buffer_append(&b->keys, cell->u.ptr,
						cell->len);
	}
	kind = key_type == STELE_FMT_KEY_I64 ? STELE_TYPE_I64 : STELE_TYPE_U64;
	rc = stele_lay_scalar(kind, cell, &scalar, err);
	return rc ? rc :
		    stele_buffer_append(&b->keys, &scalar.u.u,
					sizeof(scalar.u.u));
}

/* A key that no row has is checked by laying it down for a moment. */
static int check_cell(struct stele_builder *b, uint32_t type,
		      const struct stele_cell *cell, struct stele_error *err)
{
	struct stele_stage_mark mark;
	uint64_t word;
	int rc;

	stele_stage_mark(b, &mark);
	rc = type == STELE_FMT_NONE ?
		     stele_lay_any(b, cell, &word, err) :
		     stele_lay_typed(b, type, false, cell, &word, err);
	stele_stage_reset(b, &mark);
	return rc;
}

int stele_key_of_cell(struct stele_builder *b, uint8_t key_type, uint32_t type,
		      const struct stele_cell *cell, struct stele_str *key,
		      struct stele_error *err)
{
	size_t before = b->keys.len;
	int rc;

	if (key_type != STELE_FMT_KEY_CANONICAL) {
		rc = plain_key(b, key_type, cell, err);
	} else {
		rc = check_cell(b, type, cell, err);
		if (!rc)
			rc = canonical(b, type, cell, err);
	}
	key->ptr = (const char *)b->keys.ptr + before;
	key->len = b->keys.len - before;
	return rc;
}

/* ------------------------------------------------------------ a row's keys */

/* A record on the way: cells, or behind a handle what was laid down. */
struct place {
	const struct stele_cell *cells;
	uint64_t len;
	uint64_t pos; /* 0: cells */
};

/* The nested record that a path leads through. */
static int enter(struct stele_builder *b, const struct stele_cell *cell,
		 struct place *at, struct stele_error *err)
{
	at->pos = 0;
	if (cell->type == STELE_TYPE_RECORD) {
		at->cells = cell->u.cells;
		at->len = cell->len;
		return 0;
	}
	at->pos = stele_handle_word(b, cell->u.handle);
	return stele_builder_unfilled(b, at->pos) ?
		       stele_fail_key(-STELE_E_STATE, cell, err) :
		       0;
}

/*
 * Follow one path to its cell, NULL or UNSET where it breaks off, and the type
 * that is declared for it.
 */
static int follow(struct stele_builder *b, const uint32_t *steps,
		  uint32_t record, struct place at, struct stele_laid *key,
		  uint32_t *type, struct stele_error *err)
{
	for (uint32_t i = 1;; i++) {
		uint32_t number =
			b->schema->records[record].first_field + steps[i];
		int rc = 0;

		*type = b->schema->fields[number].type;
		if (at.pos)
			rc = stele_fail_key(stele_laid_field(b, at.pos, record,
							     steps[i], key),
					    &key->cell, err);
		else
			key->cell = *stele_cell_at(b, record, at.cells, at.len,
						   steps[i]);
		if (rc || i == steps[0] || key->cell.type == STELE_TYPE_NULL ||
		    key->cell.type == STELE_TYPE_UNSET)
			return rc;
		record = b->schema->types[*type].arg;
		rc = enter(b, &key->cell, &at, err);
		if (rc)
			return rc;
	}
}

static bool is_nothing(const struct stele_laid *key)
{
	return key->cell.type == STELE_TYPE_NULL ||
	       key->cell.type == STELE_TYPE_UNSET;
}

/* One of several fields, its encoding behind its length. */
static int append_part(struct stele_builder *b, uint32_t type,
		       const struct stele_cell *cell, struct stele_error *err)
{
	uint8_t head[10];
	struct stele_put put = { .buf = head, .size = sizeof(head) };
	size_t at = b->keys.len, len;
	int rc = encode(b, type, cell, err);

	len = b->keys.len - at;
	if (!rc)
		rc = check_length(len, err);
	if (rc)
		return rc;
	stele_put_varint(&put, len);
	/* as a reader counts what stands inside another */
	put.work = b->key_work;
	if (stele_put_work(&put,
			   put.len > 1 ? 1 + len / STELE_CANONICAL_STEP : 1))
		return stele_fail_key(-STELE_E_LIMIT, cell, err);
	b->key_work = put.work;
	rc = stele_buffer_zeros(&b->keys, put.len);
	if (rc)
		return rc;
	memmove(b->keys.ptr + at + put.len, b->keys.ptr + at, len);
	memcpy(b->keys.ptr + at, head, put.len);
	return 0;
}

/* A key of several fields, appended to keys. */
static int append_fields(struct stele_builder *b,
			 const struct stele_fmt_decl *decl, struct place row,
			 struct stele_laid *key, bool *found,
			 struct stele_error *err)
{
	const uint32_t *steps = b->schema->steps + decl->first_step;
	uint8_t head[11];
	struct stele_put put = { .buf = head, .size = sizeof(head) };
	size_t before = b->keys.len;
	uint32_t type;
	int rc;

	b->key_work = 0;
	stele_put_head(&put, STELE_KEY_TAG_TUPLE, decl->nr_keys);
	rc = stele_buffer_append(&b->keys, head, put.len);
	*found = true;
	for (uint32_t k = 0; !rc && *found && k < decl->nr_keys; k++) {
		rc = follow(b, steps, decl->record, row, key, &type, err);
		steps += 1 + steps[0];
		*found = !rc && !is_nothing(key);
		if (*found)
			rc = append_part(b, type, &key->cell, err);
	}
	return rc ? rc : check_length(b->keys.len - before, err);
}

/* A key of one field, appended to keys. */
static int append_field(struct stele_builder *b,
			const struct stele_build_table *table,
			const struct stele_fmt_decl *decl, struct place row,
			struct stele_laid *key, bool *found,
			struct stele_error *err)
{
	uint64_t word;
	uint32_t type;
	int rc = follow(b, b->schema->steps + decl->first_step, decl->record,
			row, key, &type, err);

	*found = !rc && !is_nothing(key);
	if (!*found)
		return rc;
	if (table->key_type == STELE_FMT_KEY_CANONICAL)
		return canonical(b, type, &key->cell, err);
	if (key->cell.type == STELE_TYPE_REF) {
		rc = stele_handle_take(b, key->cell.u.handle, &word);
		if (!rc)
			rc = stele_laid_word(b, word, key);
	}
	return rc ? rc : plain_key(b, table->key_type, &key->cell, err);
}

/* The key for one table, appended to keys: not found where a part is missing. */
static int key_of_row(struct stele_builder *b,
		      const struct stele_build_table *table, struct place row,
		      bool *found, struct stele_error *err)
{
	const struct stele_fmt_decl *decl = &b->schema->tables[table->decl];
	struct stele_laid key = { 0 };
	int rc;

	rc = decl->nr_keys > 1 ?
		     append_fields(b, decl, row, &key, found, err) :
		     append_field(b, table, decl, row, &key, found, err);
	stele_laid_free(&key);
	return rc;
}

int stele_keys_of_row(struct stele_builder *b, uint32_t record,
		      const struct stele_cell *cells, uint64_t len,
		      struct stele_error *err)
{
	struct place row = { cells, len, 0 };
	int rc = 0;

	b->keys.len = 0;
	b->row_keys.len = 0;
	for (uint32_t i = 0; !rc && i < b->schema->head->nr_tables; i++) {
		const struct stele_build_table *table = &b->tables[i];
		struct stele_row_key key = { .table = i, .key = b->keys.len };
		bool found;

		if (b->schema->tables[i].record != record)
			continue;
		rc = key_of_row(b, table, row, &found, err);
		if (!rc && !found) {
			b->keys.len = key.key;
			b->nr_keyless++;
			continue;
		}
		key.len = b->keys.len - key.key;
		if (rc)
			return stele_fail_in(err, rc, "table '%.100s'",
					     table->name);
		rc = stele_map_build_check(table->build, b->keys.ptr + key.key,
					   key.len, err);
		if (!rc)
			rc = stele_buffer_append(&b->row_keys, &key,
						 sizeof(key));
	}
	return rc;
}
