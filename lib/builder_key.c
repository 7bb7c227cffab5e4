// SPDX-License-Identifier: MIT
/*
 * The keys of rows.  A path leads through the cells of nested records; where one
 * was given by its handle, it goes on through the bytes laid down before.
 */
#include "builder.h"
#include "canonical.h"

unsigned stele_key_field_kind(const struct stele_schema *schema,
			      uint32_t table, uint32_t k)
{
	const struct stele_fmt_decl *decl = &schema->tables[table];
	const uint32_t *steps = schema->steps + decl->first_step;
	uint32_t record = decl->record;

	while (k--)
		steps += 1 + steps[0];
	for (uint32_t i = 1;; i++) {
		uint32_t field = schema->records[record].first_field + steps[i];
		const struct stele_fmt_type *t =
			&schema->types[schema->fields[field].type];

		if (i == steps[0])
			return t->kind;
		record = t->arg;
	}
}

static uint8_t key_type_of_kind(unsigned kind)
{
	if (kind == STELE_TYPE_STR)
		return STELE_FMT_KEY_STR;
	if (kind == STELE_TYPE_BYTES)
		return STELE_FMT_KEY_BYTES;
	if (kind >= STELE_TYPE_I8 && kind <= STELE_TYPE_I64)
		return STELE_FMT_KEY_I64;
	if (kind >= STELE_TYPE_U8 && kind <= STELE_TYPE_U64)
		return STELE_FMT_KEY_U64;
	return STELE_FMT_KEY_CANONICAL;
}

uint8_t stele_key_type_of(const struct stele_schema *schema, uint32_t table)
{
	if (schema->tables[table].nr_keys != 1)
		return STELE_FMT_KEY_CANONICAL;
	return key_type_of_kind(stele_key_field_kind(schema, table, 0));
}

/* ------------------------------------------- fields of what is laid down */

/* A value word as a cell; the bytes of a long one go to readback. */
static int cell_of_word(struct stele_builder *b, uint64_t word,
			struct stele_cell *cell, struct stele_error *err)
{
	uint64_t head, off, len;
	int rc;

	*cell = stele_cell_of(STELE_TYPE_STR);
	if (word == STELE_FMT_UNSET || word == STELE_FMT_NULL) {
		cell->type = word == STELE_FMT_NULL ? STELE_TYPE_NULL :
						      STELE_TYPE_UNSET;
		return 0;
	}
	if (STELE_FMT_TAG(word) == STELE_FMT_TAG_STR ||
	    STELE_FMT_TAG(word) == STELE_FMT_TAG_BYTES) {
		if (STELE_FMT_TAG(word) == STELE_FMT_TAG_BYTES)
			cell->type = STELE_TYPE_BYTES;
		word = word >> 8 << 8 | (word >> 3 & 7);
		b->readback.len = 0;
		cell->len = word & 7;
		rc = stele_buffer_append(&b->readback, &word, sizeof(word));
		cell->u.ptr = b->readback.ptr + 1;
		return rc;
	}
	if (STELE_FMT_TAG(word) == STELE_FMT_TAG_ASCII) {
		off = word >> 16;
		len = word >> 3 & STELE_FMT_ASCII_MAX;
	} else if (STELE_FMT_TAG(word) == STELE_FMT_TAG_REF &&
		   word >= STELE_FMT_MIN_REF) {
		rc = stele_stage_read(b, word, &head, sizeof(head));
		if (rc)
			return rc;
		len = STELE_FMT_HEAD_COUNT(head);
		if (STELE_FMT_HEAD_KIND(head) == STELE_FMT_KIND_STR) {
			off = word + 16;
		} else if (STELE_FMT_HEAD_KIND(head) == STELE_FMT_KIND_BYTES) {
			off = word + 8;
			cell->type = STELE_TYPE_BYTES;
		} else {
			return stele_fail(err, -STELE_E_TYPE,
					  "a collection as a key");
		}
	} else {
		return stele_fail(err, -STELE_E_TYPE,
				  "a key of type any behind a handle");
	}
	b->readback.len = 0;
	rc = stele_buffer_reserve(&b->readback, len);
	if (rc)
		return rc;
	cell->u.ptr = b->readback.ptr;
	cell->len = len;
	return stele_stage_read(b, off, b->readback.ptr, len);
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
		if (kind == STELE_TYPE_RECORD && word >= STELE_FMT_MIN_REF) {
			*cell = stele_cell_of(STELE_TYPE_REF);
			cell->u.handle.word = word;
			return 0;
		}
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

/* Follow one path to its cell, NULL or UNSET where it breaks off. */
static int follow(struct stele_builder *b, const uint32_t *steps,
		  uint32_t record, const struct stele_cell *cells, uint64_t len,
		  struct stele_cell *key, struct stele_error *err)
{
	for (uint32_t i = 1;; i++) {
		uint32_t number =
			b->schema->records[record].first_field + steps[i];
		int rc;

		if (cells) {
			*key = *stele_cell_at(b, record, cells, len, steps[i]);
		} else {
			rc = cell_of_field(b, len, record, steps[i], key, err);
			if (rc)
				return rc;
		}
		if (i == steps[0] || key->type == STELE_TYPE_NULL ||
		    key->type == STELE_TYPE_UNSET)
			return 0;
		record = b->schema->types[b->schema->fields[number].type].arg;
		if (key->type == STELE_TYPE_RECORD) {
			cells = key->u.cells;
			len = key->len;
			continue;
		}
		/* by handle: from here on `len` is the position */
		cells = NULL;
		len = key->u.handle.word;
		if (stele_builder_unfilled(b, len))
			return stele_fail(
				err, -STELE_E_STATE,
				"the key lies in a record that is reserved and not filled yet");
	}
}

/* ------------------------------------------------------------ key bytes */

/* A scalar's bytes for a plain key type; they lie in *hold or in the cell. */
static int plain_key(uint8_t key_type, const struct stele_cell *cell,
		     struct stele_builder *b, struct stele_str *key,
		     struct stele_error *err)
{
	struct stele_cell scalar;
	unsigned kind;
	int rc;

	if (key_type == STELE_FMT_KEY_STR || key_type == STELE_FMT_KEY_BYTES) {
		kind = key_type == STELE_FMT_KEY_STR ? STELE_TYPE_STR :
						       STELE_TYPE_BYTES;
		if (cell->type != kind)
			return stele_fail(err, -STELE_E_TYPE,
					  "%s where the key is %s",
					  stele_type_name(cell->type),
					  stele_type_name(kind));
		key->ptr = cell->u.ptr;
		key->len = cell->len;
		return 0;
	}
	kind = key_type == STELE_FMT_KEY_I64 ? STELE_TYPE_I64 : STELE_TYPE_U64;
	rc = stele_lay_scalar(kind, cell, &scalar, err);
	if (rc)
		return rc;
	b->keys.len = 0;
	rc = stele_buffer_append(&b->keys, &scalar.u.u, 8);
	key->ptr = (const char *)b->keys.ptr;
	key->len = 8;
	return rc;
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

static int canonical(struct stele_buffer *out, const struct stele_cell *cell,
		     struct stele_error *err)
{
	int rc = stele_canonical_cell(out, cell);

	if (rc == -STELE_E_RANGE)
		return stele_fail(err, rc, "NaN cannot be a key");
	if (rc == -STELE_E_TYPE)
		return stele_fail(err, rc, "%s cannot be a key",
				  stele_type_name(cell->type));
	return rc;
}

int stele_key_of_cell(struct stele_builder *b,
		      const struct stele_build_table *table,
		      const struct stele_cell *cell, struct stele_str *key,
		      struct stele_error *err)
{
	int rc;

	if (table->key_type != STELE_FMT_KEY_CANONICAL)
		return plain_key(table->key_type, cell, b, key, err);
	b->keys.len = 0;
	rc = canonical(&b->keys, cell, err);
	key->ptr = (const char *)b->keys.ptr;
	key->len = b->keys.len;
	return rc;
}

/* A tuple: each encoding behind its length, put together at the end of keys. */
static int tuple(struct stele_builder *b, const struct stele_fmt_decl *decl,
		 const struct stele_cell *cells, uint64_t len, bool *found,
		 struct stele_str *key, struct stele_error *err)
{
	const uint32_t *steps = b->schema->steps + decl->first_step;
	struct stele_buffer one = { 0 };
	uint8_t tag = 0x40;
	int rc;

	b->keys.len = 0;
	rc = stele_buffer_append(&b->keys, &tag, 1);
	if (!rc)
		rc = varint(&b->keys, decl->nr_keys);
	*found = true;
	for (uint32_t k = 0; !rc && k < decl->nr_keys; k++) {
		struct stele_cell cell;

		rc = follow(b, steps, decl->record, cells, len, &cell, err);
		steps += 1 + steps[0];
		if (rc)
			break;
		if (cell.type == STELE_TYPE_NULL ||
		    cell.type == STELE_TYPE_UNSET) {
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
	key->ptr = (const char *)b->keys.ptr;
	key->len = b->keys.len;
	return rc;
}

int stele_key_of_row(struct stele_builder *b,
		     const struct stele_build_table *table,
		     const struct stele_cell *cells, uint64_t len, bool *found,
		     struct stele_str *key, struct stele_error *err)
{
	const struct stele_fmt_decl *decl = &b->schema->tables[table->decl];
	static const struct stele_cell none;
	struct stele_cell cell;
	int rc;

	if (!cells)
		cells = &none;

	if (decl->nr_keys > 1) {
		rc = tuple(b, decl, cells, len, found, key, err);
	} else {
		rc = follow(b, b->schema->steps + decl->first_step,
			    decl->record, cells, len, &cell, err);
		*found = !rc && cell.type != STELE_TYPE_NULL &&
			 cell.type != STELE_TYPE_UNSET;
		if (*found)
			rc = stele_key_of_cell(b, table, &cell, key, err);
	}
	if (rc)
		stele_fail_in(err, "table '%s'", table->name);
	return rc;
}
