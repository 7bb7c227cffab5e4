// SPDX-License-Identifier: MIT
/*
 * The keys of rows.  A path leads through the cells of nested records; where one
 * was given by its handle, it goes on through the bytes laid down before.
 */
#include <math.h>

#include "builder.h"
#include "canonical.h"

/* ------------------------------------------- fields of what is laid down */

/* The bytes of a string that were laid down, as a cell; they go to readback. */
static int cell_of_bytes(struct stele_builder *b, unsigned type, uint64_t off,
			 uint64_t len, struct stele_cell *cell)
{
	int rc;

	b->readback.len = 0;
	rc = stele_buffer_reserve(&b->readback, len);
	if (rc)
		return rc;
	*cell = stele_cell_of(type);
	cell->u.ptr = b->readback.ptr;
	cell->len = len;
	return stele_stage_read(b, off, b->readback.ptr, len);
}

/* An integer or double of 64 bits. */
static int cell_of_number(struct stele_builder *b, unsigned type, uint64_t pos,
			  struct stele_cell *cell)
{
	*cell = stele_cell_of(type);
	return stele_stage_read(b, pos + 8, &cell->u, 8);
}

static int cell_of_object(struct stele_builder *b, uint64_t pos,
			  struct stele_cell *cell, struct stele_error *err)
{
	uint64_t head, len;
	int rc = stele_stage_read(b, pos, &head, sizeof(head));

	if (rc)
		return rc;
	len = STELE_FMT_HEAD_COUNT(head);
	switch (STELE_FMT_HEAD_KIND(head)) {
	case STELE_FMT_KIND_STR:
		return cell_of_bytes(b, STELE_TYPE_STR, pos + 16, len, cell);
	case STELE_FMT_KIND_BYTES:
		return cell_of_bytes(b, STELE_TYPE_BYTES, pos + 8, len, cell);
	case STELE_FMT_KIND_I64:
		return cell_of_number(b, STELE_TYPE_I64, pos, cell);
	case STELE_FMT_KIND_U64:
		return cell_of_number(b, STELE_TYPE_U64, pos, cell);
	case STELE_FMT_KIND_F64:
		return cell_of_number(b, STELE_TYPE_F64, pos, cell);
	case STELE_FMT_KIND_RECORD:
		*cell = stele_cell_of(STELE_TYPE_REF);
		cell->u.handle = stele_handle_of(b, pos);
		return 0;
	case STELE_FMT_KIND_BIGINT:
		return stele_fail(
			err, -STELE_E_TYPE,
			"an integer beyond 64 bits, in a record given by its handle, cannot be a key");
	default:
		return stele_fail(err, -STELE_E_TYPE,
				  "a collection cannot be a key");
	}
}

static void cell_of_constant(uint64_t word, struct stele_cell *cell)
{
	static const double floats[] = { 0.0, -0.0, INFINITY, -INFINITY, NAN };

	*cell = stele_cell_of(STELE_TYPE_F64);
	if (word >= STELE_FMT_ZERO) {
		cell->u.f = floats[(word - STELE_FMT_ZERO) / 8];
	} else if (word >= STELE_FMT_FALSE) {
		*cell = stele_cell_bool(word == STELE_FMT_TRUE);
	} else {
		cell->type = word == STELE_FMT_NULL ? STELE_TYPE_NULL :
						      STELE_TYPE_UNSET;
	}
}

/* A value word of ours as a cell; bytes of a string go to readback. */
static int cell_of_word(struct stele_builder *b, uint64_t word,
			struct stele_cell *cell, struct stele_error *err)
{
	unsigned tag = STELE_FMT_TAG(word);
	uint64_t bits;

	switch (tag) {
	case STELE_FMT_TAG_REF:
		if (word >= STELE_FMT_MIN_REF)
			return cell_of_object(b, word, cell, err);
		cell_of_constant(word, cell);
		return 0;
	case STELE_FMT_TAG_INT:
		*cell = stele_cell_i64((int64_t)word >> 3);
		return 0;
	case STELE_FMT_TAG_STR:
	case STELE_FMT_TAG_BYTES:
		*cell = stele_cell_of(tag == STELE_FMT_TAG_STR ?
					      STELE_TYPE_STR :
					      STELE_TYPE_BYTES);
		cell->len = word >> 3 & 7;
		b->readback.len = 0;
		cell->u.ptr = NULL;
		if (stele_buffer_append(&b->readback, &word, sizeof(word)))
			return -ENOMEM;
		cell->u.ptr = b->readback.ptr + 1;
		return 0;
	case STELE_FMT_TAG_CALENDAR:
		*cell = stele_cell_of(word >> 3 & 3 ? STELE_TYPE_DATETIME :
						      STELE_TYPE_DATE);
		cell->u.i = (int64_t)word >> 5;
		return 0;
	case STELE_FMT_TAG_ASCII:
		return cell_of_bytes(b, STELE_TYPE_STR, word >> 16,
				     word >> 3 & STELE_FMT_ASCII_MAX, cell);
	default:
		bits = word >> 4 | word << 60;
		*cell = stele_cell_f64(0);
		memcpy(&cell->u.f, &bits, sizeof(bits));
		return 0;
	}
}

static bool has_bit(const uint8_t *body, uint32_t off, uint32_t bit)
{
	return bit != STELE_FMT_NONE && body[off + bit / 8] >> bit % 8 & 1;
}

/* Field `field` of the record at pos. */
static int cell_of_field(struct stele_builder *b, uint64_t pos, uint32_t record,
			 uint32_t field, struct stele_cell *cell,
			 struct stele_error *err)
{
	const struct stele_fmt_record *r = &b->schema->records[record];
	const struct stele_fmt_field *f =
		&b->schema->fields[r->first_field + field];
	unsigned kind = b->schema->types[f->type].kind;
	const uint8_t *body;
	uint64_t word = 0;
	int rc;

	b->readback.len = 0;
	rc = stele_buffer_reserve(&b->readback, r->body_bytes);
	if (!rc)
		rc = stele_stage_read(b, pos, b->readback.ptr, r->body_bytes);
	if (rc)
		return rc;
	body = b->readback.ptr;
	if (stele_type_is_word(kind)) {
		memcpy(&word, body + f->off, sizeof(word));
		return cell_of_word(b, word, cell, err);
	}
	*cell = stele_cell_of(kind);
	if (has_bit(body, r->null_off, f->null_bit)) {
		cell->type = STELE_TYPE_NULL;
	} else if (has_bit(body, r->unset_off, f->unset_bit)) {
		cell->type = STELE_TYPE_UNSET;
	} else if (kind >= STELE_TYPE_I8 && kind <= STELE_TYPE_I64) {
		unsigned shift = 64 - 8 * (unsigned)stele_type_width(kind);

		memcpy(&word, body + f->off, stele_type_width(kind));
		cell->u.i = (int64_t)(word << shift) >> shift;
	} else if (kind == STELE_TYPE_F32) {
		float value;

		memcpy(&value, body + f->off, sizeof(value));
		cell->u.f = value;
	} else if (kind == STELE_TYPE_DATE) {
		int32_t days;

		memcpy(&days, body + f->off, sizeof(days));
		cell->u.i = days;
	} else {
		memcpy(&cell->u, body + f->off, stele_type_width(kind));
	}
	return 0;
}

/* --------------------------------------------------------------- paths */

/* A record on the way: cells, or behind a handle what was laid down. */
struct place {
	const struct stele_cell *cells;
	uint64_t len;
	uint64_t pos; /* 0: cells */
};

/* Follow one path to its cell, NULL or UNSET where it breaks off. */
static int follow(struct stele_builder *b, const uint32_t *steps,
		  uint32_t record, struct place at, struct stele_cell *key,
		  struct stele_error *err)
{
	for (uint32_t i = 1;; i++) {
		uint32_t number =
			b->schema->records[record].first_field + steps[i];
		int rc = 0;

		if (at.pos)
			rc = cell_of_field(b, at.pos, record, steps[i], key,
					   err);
		else
			*key = *stele_cell_at(b, record, at.cells, at.len,
					      steps[i]);
		if (rc || i == steps[0] || key->type == STELE_TYPE_NULL ||
		    key->type == STELE_TYPE_UNSET)
			return rc;
		record = b->schema->types[b->schema->fields[number].type].arg;
		at.pos = 0;
		if (key->type == STELE_TYPE_RECORD) {
			at.cells = key->u.cells;
			at.len = key->len;
			continue;
		}
		at.pos = stele_handle_word(b, key->u.handle);
		if (stele_builder_unfilled(b, at.pos))
			return stele_fail(
				err, -STELE_E_STATE,
				"the key lies in a record that is reserved and not filled yet");
	}
}

/* ------------------------------------------------------------ key bytes */

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

static int varint(struct stele_buffer *out, uint64_t n)
{
	uint8_t bytes[10];
	size_t len = 0;

	for (; n >= 0x80; n >>= 7)
		bytes[len++] = (uint8_t)(n | 0x80);
	bytes[len++] = (uint8_t)n;
	return stele_buffer_append(out, bytes, len);
}

static int check_length(size_t len, struct stele_error *err)
{
	if (len <= STELE_CANONICAL_MAX)
		return 0;
	return stele_fail(err, -STELE_E_LIMIT,
			  "a key of %zu bytes in canonical form, above %u", len,
			  STELE_CANONICAL_MAX);
}

static int canonical(struct stele_buffer *out, const struct stele_cell *cell,
		     struct stele_error *err)
{
	size_t before = out->len;
	int rc = stele_canonical_cell(out, cell);

	if (!rc)
		return check_length(out->len - before, err);
	if (rc == -STELE_E_RANGE)
		return stele_fail(err, rc, "NaN cannot be a key");
	if (rc == -STELE_E_TYPE)
		return stele_fail(err, rc, "%s cannot be a key",
				  stele_type_name(cell->type));
	if (rc == -STELE_E_LIMIT)
		return stele_fail(err, rc, "a key of too many digits");
	return rc;
}

static int append_key(struct stele_builder *b, uint8_t key_type,
		      const struct stele_cell *cell, struct stele_error *err)
{
	if (key_type == STELE_FMT_KEY_CANONICAL)
		return canonical(&b->keys, cell, err);
	return plain_key(b, key_type, cell, err);
}

int stele_key_of_cell(struct stele_builder *b,
		      const struct stele_build_table *table,
		      const struct stele_cell *cell, struct stele_str *key,
		      struct stele_error *err)
{
	int rc;

	b->keys.len = 0;
	rc = append_key(b, table->key_type, cell, err);
	key->ptr = (const char *)b->keys.ptr;
	key->len = b->keys.len;
	return rc;
}

/* ------------------------------------------------------------ a row's keys */

static bool is_nothing(const struct stele_cell *cell)
{
	return cell->type == STELE_TYPE_NULL || cell->type == STELE_TYPE_UNSET;
}

/* A tuple, appended to keys: each encoding behind its length. */
static int tuple(struct stele_builder *b, const struct stele_fmt_decl *decl,
		 struct place row, bool *found, struct stele_error *err)
{
	const uint32_t *steps = b->schema->steps + decl->first_step;
	struct stele_buffer one = { 0 };
	size_t before = b->keys.len;
	uint8_t tag = 0x40;
	int rc;

	rc = stele_buffer_append(&b->keys, &tag, 1);
	if (!rc)
		rc = varint(&b->keys, decl->nr_keys);
	*found = true;
	for (uint32_t k = 0; !rc && *found && k < decl->nr_keys; k++) {
		struct stele_cell cell;

		rc = follow(b, steps, decl->record, row, &cell, err);
		steps += 1 + steps[0];
		if (rc || is_nothing(&cell)) {
			*found = false;
			break;
		}
		one.len = 0;
		rc = canonical(&one, &cell, err);
		if (!rc)
			rc = varint(&b->keys, one.len);
		if (!rc)
			rc = stele_buffer_append(&b->keys, one.ptr, one.len);
	}
	stele_buffer_free(&one);
	return rc ? rc : check_length(b->keys.len - before, err);
}

/* The key for one table, appended to keys: not found where a part is missing. */
static int key_of_row(struct stele_builder *b,
		      const struct stele_build_table *table, struct place row,
		      bool *found, struct stele_error *err)
{
	const struct stele_fmt_decl *decl = &b->schema->tables[table->decl];
	struct stele_cell cell;
	int rc;

	if (decl->nr_keys > 1)
		return tuple(b, decl, row, found, err);
	rc = follow(b, b->schema->steps + decl->first_step, decl->record, row,
		    &cell, err);
	*found = !rc && !is_nothing(&cell);
	return *found ? append_key(b, table->key_type, &cell, err) : rc;
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
