// SPDX-License-Identifier: MIT
/*
 * What was laid down before, as cells again: for keys that lie behind a handle.
 * One level is read at a time; what lies below is given by its handle.
 */
#include <math.h>

#include "builder.h"
#include "canonical.h"

void stele_laid_free(struct stele_laid *laid)
{
	stele_buffer_free(&laid->bytes);
	stele_buffer_free(&laid->cells);
}

/* Memory for what the cell points to, in place of what was there. */
static int hold(struct stele_laid *laid, uint64_t bytes, uint64_t nr_cells)
{
	int rc;

	laid->bytes.len = 0;
	laid->cells.len = 0;
	/* also nothing has an address */
	rc = stele_buffer_reserve(&laid->bytes, bytes + 1);
	if (!rc)
		rc = stele_buffer_zeros(&laid->cells,
					nr_cells * sizeof(laid->cell));
	return rc;
}

static int read_bytes(struct stele_builder *b, uint64_t off, uint64_t len,
		      struct stele_laid *laid)
{
	int rc = hold(laid, len, 0);

	laid->cell.u.ptr = laid->bytes.ptr;
	laid->cell.len = len;
	return rc ? rc : stele_stage_read(b, off, laid->bytes.ptr, len);
}

static struct stele_cell *cells_of(const struct stele_laid *laid)
{
	return (struct stele_cell *)(void *)laid->cells.ptr;
}

/* ---------------------------------------------------------------- words */

static void cell_of_constant(uint64_t word, struct stele_cell *cell)
{
	static const double floats[] = { 0.0, -0.0, INFINITY, -INFINITY, NAN };

	*cell = stele_cell_f64(0);
	if (word >= STELE_FMT_ZERO && word <= STELE_FMT_MAX_CONSTANT) {
		cell->u.f = floats[(word - STELE_FMT_ZERO) / 8];
	} else if (word == STELE_FMT_FALSE || word == STELE_FMT_TRUE) {
		*cell = stele_cell_bool(word == STELE_FMT_TRUE);
	} else {
		cell->type = word == STELE_FMT_NULL ? STELE_TYPE_NULL :
						      STELE_TYPE_UNSET;
	}
}

static void cell_of_calendar(uint64_t word, struct stele_cell *cell)
{
	static const uint8_t types[] = {
		[STELE_FMT_CALENDAR_DATE] = STELE_TYPE_DATE,
		[STELE_FMT_CALENDAR_DATETIME] = STELE_TYPE_DATETIME,
		[STELE_FMT_CALENDAR_TIME] = STELE_TYPE_TIME,
		[STELE_FMT_CALENDAR_TIMEDELTA] = STELE_TYPE_TIMEDELTA,
	};

	*cell = stele_cell_of(types[word >> 3 & 3]);
	cell->u.i = (int64_t)word >> 5;
}

/* A word that stays where it is: its short string is read from there. */
static void cell_of_word(const struct stele_builder *b, const uint64_t *at,
			 struct stele_cell *cell)
{
	uint64_t bits, word = *at;
	unsigned tag = STELE_FMT_TAG(word);

	if (stele_word_is_handle(word)) {
		*cell = stele_cell_ref(stele_handle_of(b, word));
		return;
	}
	switch (tag) {
	case STELE_FMT_TAG_REF:
		cell_of_constant(word, cell);
		return;
	case STELE_FMT_TAG_INT:
		*cell = stele_cell_i64((int64_t)word >> 3);
		return;
	case STELE_FMT_TAG_STR:
	case STELE_FMT_TAG_BYTES:
		*cell = stele_cell_of(tag == STELE_FMT_TAG_STR ?
					      STELE_TYPE_STR :
					      STELE_TYPE_BYTES);
		cell->len = word >> 3 & 7;
		cell->u.ptr = (const uint8_t *)at + 1;
		return;
	case STELE_FMT_TAG_CALENDAR:
		cell_of_calendar(word, cell);
		return;
	default:
		bits = word >> 4 | word << 60;
		*cell = stele_cell_f64(0);
		memcpy(&cell->u.f, &bits, sizeof(bits));
	}
}

/* --------------------------------------------------------------- fields */

static bool has_bit(const uint8_t *body, uint32_t off, uint32_t bit)
{
	return bit != STELE_FMT_NONE && body[off + bit / 8] >> bit % 8 & 1;
}

static void cell_of_raw(unsigned kind, const uint8_t *p,
			struct stele_cell *cell)
{
	unsigned width = (unsigned)stele_type_width(kind);
	struct stele_fmt_zoned zoned;
	uint64_t bits = 0;
	float single;

	*cell = stele_cell_of(kind);
	if (kind == STELE_TYPE_UUID) {
		cell->u.ptr = p;
	} else if (kind == STELE_TYPE_ZONED) {
		memcpy(&zoned, p, sizeof(zoned));
		cell->u.i = zoned.utc;
		cell->offset = zoned.offset;
	} else if (kind == STELE_TYPE_F32) {
		memcpy(&single, p, sizeof(single));
		cell->u.f = single;
	} else {
		memcpy(&bits, p, width);
		if ((kind >= STELE_TYPE_I8 && kind <= STELE_TYPE_I64) ||
		    kind == STELE_TYPE_DATE)
			cell->u.i = (int64_t)(bits << (64 - 8 * width)) >>
				    (64 - 8 * width);
		else
			memcpy(&cell->u, &bits, sizeof(bits));
	}
}

/* A field of a body that stays where it is. */
static int cell_of_field(const struct stele_builder *b, const uint8_t *body,
			 const struct stele_fmt_record *r,
			 const struct stele_fmt_field *f,
			 struct stele_cell *cell)
{
	unsigned kind = b->schema->types[f->type].kind;
	const uint64_t *word = (const uint64_t *)(const void *)(body + f->off);

	if (stele_type_is_word(kind)) {
		if (*word == STELE_WORD_PENDING)
			return -STELE_E_TYPE;
		cell_of_word(b, word, cell);
	} else if (has_bit(body, r->null_off, f->null_bit)) {
		*cell = stele_cell_of(STELE_TYPE_NULL);
	} else if (has_bit(body, r->unset_off, f->unset_bit)) {
		*cell = stele_cell_of(STELE_TYPE_UNSET);
	} else {
		cell_of_raw(kind, body + f->off, cell);
	}
	return 0;
}

int stele_laid_field(struct stele_builder *b, uint64_t pos, uint32_t record,
		     uint32_t field, struct stele_laid *laid)
{
	const struct stele_fmt_record *r = &b->schema->records[record];
	int rc = read_bytes(b, pos, r->body_bytes, laid);

	return rc ? rc :
		    cell_of_field(b, laid->bytes.ptr, r,
				  &b->schema->fields[r->first_field + field],
				  &laid->cell);
}

static int read_record(struct stele_builder *b, uint64_t pos, uint32_t record,
		       struct stele_laid *laid)
{
	const struct stele_fmt_record *r = &b->schema->records[record];
	int rc;

	if (stele_builder_unfilled(b, pos))
		return -STELE_E_STATE;
	rc = hold(laid, r->body_bytes, r->nr_fields);
	if (!rc)
		rc = stele_stage_read(b, pos, laid->bytes.ptr, r->body_bytes);
	for (uint32_t i = 0; !rc && i < r->nr_fields; i++)
		rc = cell_of_field(b, laid->bytes.ptr, r,
				   &b->schema->fields[r->first_field + i],
				   &cells_of(laid)[i]);
	laid->cell.record = record;
	laid->cell.u.cells = cells_of(laid);
	laid->cell.len = r->nr_fields;
	return rc;
}

/* -------------------------------------------------------------- objects */

/* A magnitude as the digits that a cell has. */
static int read_digits(struct stele_builder *b, uint64_t pos, uint64_t head,
		       struct stele_laid *laid)
{
	unsigned flags = STELE_FMT_HEAD_FLAGS(head);
	uint64_t len = STELE_FMT_HEAD_COUNT(head);
	struct stele_value value = { .type = laid->cell.type, .len = len };
	size_t room = (size_t)(len * 5 / 2) + 32, nr = 0;
	uint8_t *at;
	int rc = hold(laid, room + len, 0);

	if (rc)
		return rc;
	at = laid->bytes.ptr + room;
	value.u.ptr = (const char *)at;
	if (flags & STELE_FMT_OBJ_F_NEGATIVE)
		value.flags |= STELE_VALUE_F_NEGATIVE;
	pos += 8;
	if (laid->cell.type == STELE_TYPE_DECIMAL) {
		if (flags & STELE_FMT_OBJ_F_INFINITE)
			value.flags |= STELE_VALUE_F_INFINITE;
		if (flags & STELE_FMT_OBJ_F_NAN)
			value.flags |= STELE_VALUE_F_NAN;
		rc = stele_stage_read(b, pos, &value.exponent, 4);
		pos += 4;
	}
	if (!rc)
		rc = stele_stage_read(b, pos, at, len);
	if (!rc)
		rc = stele_value_digits(&value, (char *)laid->bytes.ptr, room,
					&nr);
	laid->cell.u.ptr = laid->bytes.ptr;
	laid->cell.len = nr;
	return rc;
}

static int read_items(struct stele_builder *b, uint64_t pos, uint64_t len,
		      struct stele_laid *laid)
{
	const uint64_t *words;
	int rc;

	/* one that is longer is no key in any case */
	if (len > STELE_CANONICAL_MAX)
		return -STELE_E_LIMIT;
	rc = read_bytes(b, pos + 8, len * 8, laid);
	if (!rc)
		rc = stele_buffer_zeros(&laid->cells, len * sizeof(laid->cell));
	if (rc)
		return rc;
	words = (const uint64_t *)(const void *)laid->bytes.ptr;
	for (uint64_t i = 0; i < len; i++) {
		if (words[i] == STELE_WORD_PENDING)
			return -STELE_E_TYPE;
		cell_of_word(b, &words[i], &cells_of(laid)[i]);
	}
	laid->cell.u.cells = cells_of(laid);
	laid->cell.len = len;
	return 0;
}

/* The name's text lies behind the bytes. */
static int read_user(struct stele_builder *b, uint64_t pos, uint64_t len,
		     struct stele_laid *laid)
{
	struct stele_laid name = { 0 };
	uint64_t word;
	int rc = stele_stage_read(b, pos + 8, &word, sizeof(word));

	if (!rc)
		rc = stele_laid_word(b, word, &name);
	if (!rc)
		rc = hold(laid, len + name.cell.len, 0);
	if (!rc)
		rc = stele_stage_read(b, pos + 16, laid->bytes.ptr, len);
	if (!rc) {
		memcpy(laid->bytes.ptr + len, name.cell.u.ptr, name.cell.len);
		laid->user.name = (const char *)laid->bytes.ptr + len;
		laid->user.name_len = name.cell.len;
		laid->user.ptr = laid->bytes.ptr;
		laid->user.len = len;
		laid->cell.u.user = &laid->user;
	}
	stele_laid_free(&name);
	return rc;
}

/* The type of the value that a head stands for; lists and the like: none. */
static const uint8_t types[] = {
	[STELE_FMT_KIND_I64] = STELE_TYPE_I64,
	[STELE_FMT_KIND_U64] = STELE_TYPE_U64,
	[STELE_FMT_KIND_F64] = STELE_TYPE_F64,
	[STELE_FMT_KIND_BIGINT] = STELE_TYPE_BIGINT,
	[STELE_FMT_KIND_STR] = STELE_TYPE_STR,
	[STELE_FMT_KIND_BYTES] = STELE_TYPE_BYTES,
	[STELE_FMT_KIND_LIST] = STELE_TYPE_LIST,
	[STELE_FMT_KIND_DICT] = STELE_TYPE_DICT,
	[STELE_FMT_KIND_ARRAY] = STELE_TYPE_ARRAY,
	[STELE_FMT_KIND_RECORD] = STELE_TYPE_RECORD,
	[STELE_FMT_KIND_TUPLE] = STELE_TYPE_TUPLE,
	[STELE_FMT_KIND_SET] = STELE_TYPE_SET,
	[STELE_FMT_KIND_NDARRAY] = STELE_TYPE_NDARRAY,
	[STELE_FMT_KIND_DECIMAL] = STELE_TYPE_DECIMAL,
	[STELE_FMT_KIND_ZONED] = STELE_TYPE_ZONED,
	[STELE_FMT_KIND_TIMEDELTA] = STELE_TYPE_TIMEDELTA,
	[STELE_FMT_KIND_UUID] = STELE_TYPE_UUID,
	[STELE_FMT_KIND_USER] = STELE_TYPE_USER,
};

static unsigned type_of_head(uint64_t head)
{
	unsigned kind = STELE_FMT_HEAD_KIND(head);

	return kind < sizeof(types) ? types[kind] : STELE_TYPE_UNSET;
}

int stele_laid_type(struct stele_builder *b, uint64_t word, unsigned *type,
		    uint64_t *head)
{
	struct stele_cell cell;
	int rc;

	*head = 0;
	if (STELE_FMT_TAG(word) == STELE_FMT_TAG_ASCII) {
		*type = STELE_TYPE_STR;
		return 0;
	}
	if (stele_word_is_handle(word)) {
		rc = stele_stage_read(b, word, head, sizeof(*head));
		*type = type_of_head(*head);
		return rc;
	}
	cell_of_word(b, &word, &cell);
	*type = cell.type;
	return 0;
}

static int read_object(struct stele_builder *b, uint64_t pos,
		       struct stele_laid *laid)
{
	uint64_t head, len;
	int rc = stele_stage_read(b, pos, &head, sizeof(head));

	if (rc)
		return rc;
	laid->cell = stele_cell_of(type_of_head(head));
	len = STELE_FMT_HEAD_COUNT(head);
	switch (laid->cell.type) {
	case STELE_TYPE_STR:
		return read_bytes(b, pos + 16, len, laid);
	case STELE_TYPE_BYTES:
		return read_bytes(b, pos + 8, len, laid);
	case STELE_TYPE_I64:
	case STELE_TYPE_U64:
	case STELE_TYPE_F64:
	case STELE_TYPE_TIMEDELTA:
		return stele_stage_read(b, pos + 8, &laid->cell.u, 8);
	case STELE_TYPE_UUID:
	case STELE_TYPE_ZONED:
		rc = read_bytes(b, pos + 8, 16, laid);
		if (!rc)
			cell_of_raw(laid->cell.type, laid->bytes.ptr,
				    &laid->cell);
		return rc;
	case STELE_TYPE_BIGINT:
	case STELE_TYPE_DECIMAL:
		return read_digits(b, pos, head, laid);
	case STELE_TYPE_TUPLE:
	case STELE_TYPE_SET:
		return read_items(b, pos, len, laid);
	case STELE_TYPE_RECORD:
		return read_record(b, pos, (uint32_t)len, laid);
	case STELE_TYPE_USER:
		return read_user(b, pos, len, laid);
	default: /* no key, whatever is in it */
		return 0;
	}
}

int stele_laid_word(struct stele_builder *b, uint64_t word,
		    struct stele_laid *laid)
{
	int rc;

	if (STELE_FMT_TAG(word) == STELE_FMT_TAG_ASCII) {
		laid->cell = stele_cell_of(STELE_TYPE_STR);
		return read_bytes(b, word >> 16,
				  word >> 3 & STELE_FMT_ASCII_MAX, laid);
	}
	if (stele_word_is_handle(word))
		return read_object(b, word, laid);
	rc = hold(laid, sizeof(word), 0);
	if (rc)
		return rc;
	memcpy(laid->bytes.ptr, &word, sizeof(word));
	cell_of_word(b, (const uint64_t *)(const void *)laid->bytes.ptr,
		     &laid->cell);
	return 0;
}
