// SPDX-License-Identifier: MIT
/* Cells laid down by hand. */
#include "handmade_cell.h"

#include <stdio.h>
#include <stdlib.h>

#include "bigint.h"
#include "canonical.h"
#include "decimal.h"
#include "handmade_value.h"
#include "word.h"

#define HEAD STELE_FMT_HEAD

static void die(const char *what)
{
	fprintf(stderr, "handmade: %s\n", what);
	abort();
}

static uint64_t number(struct handmade *im, const struct stele_cell *cell)
{
	bool big = cell->type >= STELE_TYPE_U8 && cell->u.u > INT64_MAX;
	uint64_t word;

	if (cell->type == STELE_TYPE_F32 || cell->type == STELE_TYPE_F64)
		return handmade_f64(im, cell->u.f);
	if (!big && stele_word_int(cell->u.i, &word))
		return word;
	return handmade_object(
		im, HEAD(big ? STELE_FMT_KIND_U64 : STELE_FMT_KIND_I64, 0, 0),
		&cell->u.u, 8);
}

static uint64_t bigint(struct handmade *im, const struct stele_cell *cell)
{
	struct stele_buffer magnitude = { 0 };
	bool negative;
	uint64_t pos;

	if (stele_bigint_parse(cell->u.ptr, cell->len, &negative, &magnitude))
		die("no integer");
	pos = handmade_bigint(im, negative ? STELE_FMT_OBJ_F_NEGATIVE : 0,
			      magnitude.ptr, magnitude.len);
	stele_buffer_free(&magnitude);
	return pos;
}

static uint64_t decimal(struct handmade *im, const struct stele_cell *cell)
{
	struct stele_buffer magnitude = { 0 };
	struct stele_decimal d;
	uint64_t pos;

	if (stele_decimal_parse(cell->u.ptr, cell->len, &d, &magnitude))
		die("no decimal");
	pos = handmade_decimal(
		im,
		(d.negative ? STELE_FMT_OBJ_F_NEGATIVE : 0) |
			(d.infinite ? STELE_FMT_OBJ_F_INFINITE : 0) |
			(d.nan ? STELE_FMT_OBJ_F_NAN : 0),
		d.exponent, magnitude.len ? (const void *)magnitude.ptr : "",
		magnitude.len);
	stele_buffer_free(&magnitude);
	return pos;
}

static uint64_t bytes(struct handmade *im, const struct stele_cell *cell)
{
	uint64_t word;

	if (stele_word_short(STELE_FMT_TAG_BYTES, cell->u.ptr, cell->len,
			     &word))
		return word;
	return handmade_object(im, HEAD(STELE_FMT_KIND_BYTES, 0, cell->len),
			       cell->u.ptr, cell->len);
}

static uint64_t timedelta(struct handmade *im, const struct stele_cell *cell)
{
	if (cell->u.i < STELE_FMT_TIMEDELTA_MIN ||
	    cell->u.i > STELE_FMT_TIMEDELTA_MAX)
		return handmade_timedelta(im, cell->u.i);
	return stele_word_calendar(STELE_FMT_CALENDAR_TIMEDELTA, cell->u.i);
}

static uint64_t user(struct handmade *im, const struct stele_user *u)
{
	return handmade_user(im, handmade_str(im, u->name, u->name_len), u->ptr,
			     u->len);
}

/* ---------------------------------------------------------- collections */

static uint64_t items(struct handmade *im, const struct stele_schema *schema,
		      unsigned kind, const struct stele_cell *cells,
		      uint64_t len)
{
	uint64_t *words = calloc(len + 1, sizeof(*words)), pos;

	if (!words)
		die("no memory");
	for (uint64_t i = 0; i < len; i++)
		words[i] = handmade_cell(im, schema, &cells[i]);
	pos = handmade_items(im, kind, words, len);
	free(words);
	return pos;
}

struct sortable {
	struct stele_cell cell;
	struct stele_buffer key;
};

static int compare(const void *a, const void *b)
{
	const struct sortable *x = a, *y = b;

	return stele_canonical_compare(x->key.ptr, x->key.len, y->key.ptr,
				       y->key.len);
}

/* In order, without an index: up to DICT_LINEAR items are found by readers. */
static uint64_t set(struct handmade *im, const struct stele_schema *schema,
		    const struct stele_cell *cell)
{
	struct stele_canonical_source source = { .schema = schema };
	struct sortable *s = calloc(cell->len + 1, sizeof(*s));
	struct stele_cell *sorted = calloc(cell->len + 1, sizeof(*sorted));
	uint64_t pos;

	if (!s || !sorted)
		die("no memory");
	for (uint64_t i = 0; i < cell->len; i++) {
		s[i].cell = cell->u.cells[i];
		if (stele_canonical_built(&s[i].key, &source, STELE_FMT_NONE,
					  STELE_CANONICAL_DEPTH, &s[i].cell))
			die("no item of a set");
	}
	qsort(s, cell->len, sizeof(*s), compare);
	for (uint64_t i = 0; i < cell->len; i++) {
		sorted[i] = s[i].cell;
		stele_buffer_free(&s[i].key);
	}
	pos = items(im, schema, STELE_FMT_KIND_SET, sorted, cell->len);
	free(sorted);
	free(s);
	return pos;
}

static uint64_t record(struct handmade *im, const struct stele_schema *schema,
		       const struct stele_cell *cell)
{
	static const struct stele_cell unset;
	const struct stele_fmt_record *r = &schema->records[cell->record];
	uint8_t *body = calloc(1, r->body_bytes);
	uint64_t pos;

	if (!body)
		die("no memory");
	for (uint32_t i = 0; i < r->nr_fields; i++) {
		const struct stele_fmt_field *f =
			&schema->fields[r->first_field + i];
		uint64_t word = handmade_cell(
			im, schema, i < cell->len ? &cell->u.cells[i] : &unset);

		if (schema->types[f->type].kind != STELE_TYPE_ANY)
			die("a field that is not of type any");
		memcpy(body + f->off, &word, sizeof(word));
	}
	pos = handmade_object(im, HEAD(STELE_FMT_KIND_RECORD, 0, cell->record),
			      body + 8, r->body_bytes - 8);
	free(body);
	return pos;
}

uint64_t handmade_cell(struct handmade *im, const struct stele_schema *schema,
		       const struct stele_cell *cell)
{
	switch (cell->type) {
	case STELE_TYPE_UNSET:
		return STELE_FMT_UNSET;
	case STELE_TYPE_NULL:
		return STELE_FMT_NULL;
	case STELE_TYPE_BOOL:
		return cell->u.b ? STELE_FMT_TRUE : STELE_FMT_FALSE;
	case STELE_TYPE_BIGINT:
		return bigint(im, cell);
	case STELE_TYPE_DECIMAL:
		return decimal(im, cell);
	case STELE_TYPE_STR:
		return handmade_str(im, cell->u.ptr, cell->len);
	case STELE_TYPE_BYTES:
		return bytes(im, cell);
	case STELE_TYPE_DATE:
		return stele_word_calendar(STELE_FMT_CALENDAR_DATE, cell->u.i);
	case STELE_TYPE_DATETIME:
		return stele_word_calendar(STELE_FMT_CALENDAR_DATETIME,
					   cell->u.i);
	case STELE_TYPE_TIME:
		return stele_word_calendar(STELE_FMT_CALENDAR_TIME, cell->u.i);
	case STELE_TYPE_ZONED:
		return handmade_zoned(im, cell->u.i, cell->offset);
	case STELE_TYPE_TIMEDELTA:
		return timedelta(im, cell);
	case STELE_TYPE_UUID:
		return handmade_uuid(im, cell->u.ptr);
	case STELE_TYPE_LIST:
		return items(im, schema, STELE_FMT_KIND_LIST, cell->u.cells,
			     cell->len);
	case STELE_TYPE_TUPLE:
		return items(im, schema, STELE_FMT_KIND_TUPLE, cell->u.cells,
			     cell->len);
	case STELE_TYPE_SET:
		return set(im, schema, cell);
	case STELE_TYPE_RECORD:
		return record(im, schema, cell);
	case STELE_TYPE_USER:
		return user(im, cell->u.user);
	case STELE_TYPE_REF:
		return cell->u.handle.word;
	default:
		if (!stele_type_width(cell->type))
			die("a cell of another type");
		return number(im, cell);
	}
}
