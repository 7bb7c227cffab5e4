// SPDX-License-Identifier: MIT
/*
 * Types and cells by chance: every type that there is, at every size that takes
 * another road.
 */
#include "model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHUNK_BYTES ((size_t)8 << 20)
#define MAX_CHUNKS 64u

static uint8_t *chunks[MAX_CHUNKS];
static unsigned chunk;
static size_t chunk_used;

void *model_take(size_t bytes)
{
	void *p;

	bytes = (bytes + 15) & ~(size_t)15;
	if (bytes > CHUNK_BYTES - chunk_used) {
		chunk++;
		chunk_used = 0;
	}
	if (bytes > CHUNK_BYTES || chunk == MAX_CHUNKS)
		abort();
	if (!chunks[chunk])
		chunks[chunk] = malloc(CHUNK_BYTES);
	if (!chunks[chunk])
		abort();
	p = chunks[chunk] + chunk_used;
	chunk_used += bytes;
	return p;
}

void model_begin(struct model *m, uint64_t seed)
{
	chunk = 0;
	chunk_used = 0;
	m->random.state = seed;
	m->nr_shared = 0;
}

void model_free(void)
{
	for (unsigned i = 0; i < MAX_CHUNKS; i++) {
		free(chunks[i]);
		chunks[i] = NULL;
	}
}

static struct stele_cell *take_cells(size_t n)
{
	return model_take((n + 1) * sizeof(struct stele_cell));
}

/* -------------------------------------------------------------- scalars */

/* Any number of bits, so that all sizes come. */
static uint64_t random_bits(struct model *m)
{
	unsigned bits = model_below(m, 65);

	return bits ? random_u64(&m->random) >> (64 - bits) : 0;
}

static size_t random_len(struct model *m)
{
	switch (model_below(m, 12)) {
	case 0:
		return 0;
	case 1:
		return model_below(m, 3000);
	case 2:
		return 8185 + model_below(m, 12);
	default:
		return model_below(m, 24);
	}
}

struct stele_cell model_random_str(struct model *m)
{
	static const char *const pieces[] = { "a",  "Z", "0",  " ", "\"",
					      "\n", "é", "漢", "😀", "~" };
	size_t len = random_len(m);
	char *p = model_take(len + 8);
	size_t at = 0;
	bool ascii = model_below(m, 2);

	while (at < len) {
		const char *piece = pieces[model_below(m, ascii ? 6 : 10)];

		memcpy(p + at, piece, strlen(piece));
		at += strlen(piece);
	}
	return stele_cell_str(p, at);
}

static double random_f64(struct model *m)
{
	uint64_t bits;
	double f;

	switch (model_below(m, 4)) {
	case 0:
		return (double)(int64_t)random_bits(m);
	case 1:
		return (double)model_below(m, 1000) / 8;
	default:
		bits = random_u64(&m->random);
		memcpy(&f, &bits, sizeof(f));
		return f == f ? f : 0.5;
	}
}

static struct stele_cell random_integer(struct model *m, enum stele_type type)
{
	unsigned width = (unsigned)stele_type_width(type) * 8;
	struct stele_cell c = stele_cell_of(type);
	uint64_t bits = random_bits(m);

	if (type >= STELE_TYPE_U8)
		c.u.u = width == 64 ? bits : bits & ((1ull << width) - 1);
	else
		c.u.i = (int64_t)(bits << (64 - width)) >> (64 - width);
	return c;
}

/* Digits that no word has; of a decimal as they will be printed. */
static struct stele_cell random_digits(struct model *m, enum stele_type type)
{
	static const size_t lengths[] = { 20, 25, 40, 300 };
	size_t len = lengths[model_below(m, 4)], at = 0;
	char *p = model_take(len + 24);
	struct stele_cell c;
	int exponent = (int)model_below(m, 800000) + 1000;

	if (model_below(m, 2))
		p[at++] = '-';
	p[at++] = (char)('2' + model_below(m, 8));
	if (type == STELE_TYPE_DECIMAL)
		p[at++] = '.';
	for (size_t i = 1; i < len; i++)
		p[at++] = (char)('0' + model_below(m, 10));
	if (type == STELE_TYPE_DECIMAL)
		at += (size_t)snprintf(p + at, 24, "E%+d",
				       model_below(m, 2) ? exponent :
							   -exponent);
	c = stele_cell_str(p, at);
	c.type = (uint8_t)type;
	return c;
}

/* Spelled as it will be printed. */
static struct stele_cell random_decimal(struct model *m)
{
	static const char *const some[] = { "0",	 "-0",
					    "0.00",	 "1.50",
					    "-Infinity", "NaN",
					    "1E+3",	 "123456789.000001" };
	struct stele_cell c;

	if (!model_below(m, 4))
		return random_digits(m, STELE_TYPE_DECIMAL);
	c = stele_cell_of(STELE_TYPE_DECIMAL);
	c.u.ptr = some[model_below(m, 8)];
	c.len = strlen(c.u.ptr);
	return c;
}

static struct stele_cell random_time(struct model *m, enum stele_type type)
{
	struct stele_cell c = stele_cell_of(type);
	uint64_t bits = random_u64(&m->random);

	switch (type) {
	case STELE_TYPE_DATE:
		c.u.i = (int64_t)(bits % 3652059) - 719162;
		return c;
	case STELE_TYPE_TIME:
		c.u.i = (int64_t)(bits % 86400000000u);
		return c;
	case STELE_TYPE_TIMEDELTA:
		c.u.i = (int64_t)random_bits(m) * (bits % 2 ? 1 : -1);
		return c;
	case STELE_TYPE_DATETIME:
		c.u.i = (int64_t)(bits % 315537897600000000u) -
			62135596800000000;
		return c;
	default:
		c.offset = (int32_t)model_below(m, 172799) - 86399;
		c.u.i = (int64_t)(bits % 315537724800000000u) -
			62135510400000000;
		return c;
	}
}

static struct stele_cell random_raw(struct model *m, enum stele_type type,
				    size_t len)
{
	struct stele_cell c = stele_cell_of(type);
	uint8_t *p = model_take(len + 8);

	for (size_t i = 0; i < len; i++)
		p[i] = (uint8_t)random_u64(&m->random);
	c.u.ptr = p;
	c.len = len;
	return c;
}

static struct stele_cell random_user(struct model *m)
{
	static const char *const names[] = { "Point", "a type of some length" };
	struct stele_cell bytes =
		random_raw(m, STELE_TYPE_BYTES, random_len(m));
	struct stele_user *user = model_take(sizeof(*user));
	struct stele_cell c = stele_cell_of(STELE_TYPE_USER);

	user->name = names[model_below(m, 2)];
	user->name_len = strlen(user->name);
	user->ptr = bytes.u.ptr;
	user->len = bytes.len;
	c.u.user = user;
	return c;
}

static struct stele_cell random_scalar(struct model *m, enum stele_type type)
{
	struct stele_cell c = stele_cell_of(type);

	switch (type) {
	case STELE_TYPE_BOOL:
		c.u.b = model_below(m, 2);
		return c;
	case STELE_TYPE_F32:
		c.u.f = (float)model_below(m, 100000) / 3.0f;
		return c;
	case STELE_TYPE_F64:
		c.u.f = random_f64(m);
		return c;
	case STELE_TYPE_STR:
		return model_random_str(m);
	case STELE_TYPE_BYTES:
		return random_raw(m, type, random_len(m));
	case STELE_TYPE_UUID:
		return random_raw(m, type, 16);
	case STELE_TYPE_BIGINT:
		return random_digits(m, type);
	case STELE_TYPE_DECIMAL:
		return random_decimal(m);
	case STELE_TYPE_USER:
		return random_user(m);
	case STELE_TYPE_DATE:
	case STELE_TYPE_DATETIME:
	case STELE_TYPE_TIME:
	case STELE_TYPE_TIMEDELTA:
	case STELE_TYPE_ZONED:
		return random_time(m, type);
	default:
		return random_integer(m, type);
	}
}

/* --------------------------------------------------------------- arrays */

static const uint8_t elements[] = { STELE_TYPE_U16, STELE_TYPE_I64,
				    STELE_TYPE_TIMEDELTA, STELE_TYPE_UUID };

static struct stele_cell random_array(struct model *m, enum stele_type element)
{
	size_t len = model_below(m, 100);
	struct stele_cell c = random_raw(m, STELE_TYPE_ARRAY,
					 len * stele_type_width(element));

	c.element = (uint8_t)element;
	c.len = len;
	return c;
}

/* Axes in any order, turned round, or of one place. */
static struct stele_cell random_ndarray(struct model *m,
					enum stele_type element)
{
	struct stele_ndarray *a = model_take(sizeof(*a));
	struct stele_cell c = stele_cell_of(STELE_TYPE_NDARRAY);
	int64_t next = (int64_t)stele_type_width(element), first = 0;
	struct stele_cell bytes;

	memset(a, 0, sizeof(*a));
	a->element = (uint8_t)element;
	a->nr_axes = model_below(m, 4);
	for (uint32_t i = 0; i < a->nr_axes; i++) {
		uint32_t at = i;

		a->shape[i] = model_below(m, 12) ? 1 + model_below(m, 6) : 0;
		a->strides[i] = next;
		next *= a->shape[i] ? (int64_t)a->shape[i] : 1;
		if (!model_below(m, 5))
			a->strides[i] = 0;
		if (!model_below(m, 4) && a->shape[i]) {
			first += (int64_t)(a->shape[i] - 1) * a->strides[i];
			a->strides[i] = -a->strides[i];
		}
		at = model_below(m, i + 1);
		if (at != i) {
			uint64_t len = a->shape[i];
			int64_t stride = a->strides[i];

			a->shape[i] = a->shape[at];
			a->strides[i] = a->strides[at];
			a->shape[at] = len;
			a->strides[at] = stride;
		}
	}
	bytes = random_raw(m, STELE_TYPE_BYTES, (size_t)next);
	a->data = (const uint8_t *)bytes.u.ptr + first;
	c.u.ndarray = a;
	return c;
}

/* ---------------------------------------------------------- collections */

static struct stele_cell collection(enum stele_type type,
				    const struct stele_cell *cells, size_t len)
{
	struct stele_cell c = stele_cell_list(cells, len);

	c.type = (uint8_t)type;
	return c;
}

static struct stele_cell random_items(struct model *m, enum stele_type type,
				      unsigned depth)
{
	size_t len = model_below(m, 6);
	struct stele_cell *cells = take_cells(len);

	for (size_t i = 0; i < len; i++)
		cells[i] = model_random_any(m, depth - 1);
	return collection(type, cells, len);
}

static size_t random_nr_keys(struct model *m, unsigned depth)
{
	static const unsigned lengths[] = { 0, 1, 3, 8, 9, 16, 40 };

	return lengths[model_below(m, depth > 1 ? 4 : 7)];
}

static struct stele_cell random_set(struct model *m, unsigned depth)
{
	size_t len = random_nr_keys(m, depth);
	unsigned first = model_below(m, 50);
	struct stele_cell *cells = take_cells(len);

	for (size_t i = 0; i < len; i++)
		/* no length has the factor 7 */
		cells[i] = model_key(m, first + (unsigned)(i * 7 % len));
	m->seen.indexed_sets += len > 8;
	return collection(STELE_TYPE_SET, cells, len);
}

static struct stele_cell random_dict(struct model *m, unsigned depth)
{
	size_t len = random_nr_keys(m, depth);
	struct stele_cell *cells = take_cells(2 * len);

	for (size_t i = 0; i < len; i++) {
		cells[2 * i] = model_key(m, (unsigned)i);
		cells[2 * i + 1] = model_random_any(m, depth - 1);
	}
	m->seen.indexed_dicts += len > 8;
	return collection(STELE_TYPE_DICT, cells, len);
}

static struct stele_cell random_record(struct model *m, unsigned depth)
{
	struct stele_cell *cells = take_cells(3), c;

	cells[0] = model_below(m, 3) ? model_random_any(m, depth - 1) :
				       stele_cell_of(STELE_TYPE_UNSET);
	cells[1] = model_below(m, 3) ? random_decimal(m) :
				       stele_cell_of(STELE_TYPE_NULL);
	cells[2] = random_integer(m, STELE_TYPE_U16);
	c = collection(STELE_TYPE_RECORD, cells, 3);
	c.record = MODEL_RECORD_NUMBER;
	return c;
}

/* ------------------------------------------------------------ any value */

struct stele_cell model_random_any(struct model *m, unsigned depth)
{
	static const enum stele_type scalars[] = {
		STELE_TYPE_BOOL, STELE_TYPE_I64,       STELE_TYPE_U64,
		STELE_TYPE_F64,	 STELE_TYPE_DATE,      STELE_TYPE_DATETIME,
		STELE_TYPE_STR,	 STELE_TYPE_STR,       STELE_TYPE_BYTES,
		STELE_TYPE_TIME, STELE_TYPE_TIMEDELTA, STELE_TYPE_ZONED,
		STELE_TYPE_UUID, STELE_TYPE_BIGINT,    STELE_TYPE_DECIMAL,
		STELE_TYPE_USER,
	};
	unsigned nr_scalars = sizeof(scalars) / sizeof(*scalars);
	unsigned kind = model_below(m, nr_scalars + (depth ? 9 : 2));

	if (kind < nr_scalars)
		return random_scalar(m, scalars[kind]);
	switch (kind - nr_scalars) {
	case 0:
		return stele_cell_of(STELE_TYPE_NULL);
	case 1:
		if (!m->nr_shared)
			return stele_cell_of(STELE_TYPE_NULL);
		m->seen.handles++;
		return stele_cell_ref(
			m->shared[model_below(m, m->nr_shared)].handle);
	case 2:
		return random_items(m, STELE_TYPE_LIST, depth);
	case 3:
		return random_items(m, STELE_TYPE_TUPLE, depth);
	case 4:
		return random_dict(m, depth);
	case 5:
		return random_set(m, depth);
	case 6:
		return random_record(m, depth);
	case 7:
		return random_ndarray(m, elements[model_below(m, 4)]);
	default:
		return random_array(m, elements[model_below(m, 4)]);
	}
}

/* ----------------------------------------------------------------- keys */

static struct stele_cell text_key(unsigned number, const char *format,
				  enum stele_type type)
{
	char *text = model_take(48);
	int len = snprintf(text, 48, format, number);
	struct stele_cell c = stele_cell_str(text, (size_t)len);

	c.type = (uint8_t)type;
	return c;
}

static struct stele_cell nested_key(unsigned number, enum stele_type type)
{
	struct stele_cell *cells = take_cells(3), c;

	cells[0] = text_key(number, "%u", STELE_TYPE_STR);
	cells[1] = text_key(number, "%u.250", STELE_TYPE_DECIMAL);
	cells[2] = stele_cell_u64(number);
	c = collection(type, cells, 3);
	c.record = type == STELE_TYPE_RECORD ? MODEL_RECORD_NUMBER : 0;
	return c;
}

static struct stele_cell user_key(unsigned number)
{
	struct stele_user *user = model_take(sizeof(*user));
	struct stele_cell c = text_key(number, "%u", STELE_TYPE_BYTES);

	*user = (struct stele_user){ "Key", 3, c.u.ptr, c.len };
	c = stele_cell_of(STELE_TYPE_USER);
	c.u.user = user;
	return c;
}

struct stele_cell model_key(struct model *m, unsigned number)
{
	struct stele_cell c = stele_cell_i64((int64_t)number - 5);

	switch (model_below(m, 14)) {
	case 0:
		return text_key(number, "1.%08uE+300", STELE_TYPE_DECIMAL);
	case 1:
		return text_key(number, "%u.250", STELE_TYPE_DECIMAL);
	case 2:
		return text_key(number, "1234567890123456789%u0",
				STELE_TYPE_BIGINT);
	case 3:
		return text_key(number, "%08u, a uuid......", STELE_TYPE_UUID);
	case 4:
		c.type = STELE_TYPE_TIME;
		c.u.i += 5;
		return c;
	case 5:
		c.type = STELE_TYPE_TIMEDELTA;
		return c;
	case 6:
		c.type = STELE_TYPE_ZONED;
		c.offset = 60 * (int32_t)model_below(m, 5);
		return c;
	case 7:
		return nested_key(number, STELE_TYPE_TUPLE);
	case 8:
		return nested_key(number, STELE_TYPE_SET);
	case 9:
		return nested_key(number, STELE_TYPE_RECORD);
	case 10:
		return user_key(number);
	case 11:
		return text_key(number, "%u key of a dict", STELE_TYPE_STR);
	case 12:
		return text_key(number, "%u", STELE_TYPE_STR);
	default:
		return c;
	}
}

/* ---------------------------------------------------------------- types */

struct model_type *model_random_type(struct model *m, unsigned depth)
{
	static const enum stele_type leaves[] = {
		STELE_TYPE_BOOL,    STELE_TYPE_I8,	  STELE_TYPE_I16,
		STELE_TYPE_I32,	    STELE_TYPE_I64,	  STELE_TYPE_U8,
		STELE_TYPE_U16,	    STELE_TYPE_U32,	  STELE_TYPE_U64,
		STELE_TYPE_F32,	    STELE_TYPE_F64,	  STELE_TYPE_DATE,
		STELE_TYPE_STR,	    STELE_TYPE_BYTES,	  STELE_TYPE_DATETIME,
		STELE_TYPE_ANY,	    STELE_TYPE_ANY,	  STELE_TYPE_TIME,
		STELE_TYPE_ZONED,   STELE_TYPE_TIMEDELTA, STELE_TYPE_UUID,
		STELE_TYPE_DECIMAL, STELE_TYPE_BIGINT,	  STELE_TYPE_ARRAY,
		STELE_TYPE_NDARRAY,
	};
	static const enum stele_type nodes[] = { STELE_TYPE_LIST,
						 STELE_TYPE_TUPLE,
						 STELE_TYPE_DICT };
	struct model_type *t = model_take(sizeof(*t));

	memset(t, 0, sizeof(*t));
	t->element = elements[model_below(m, 4)];
	if (!depth || model_below(m, 3)) {
		t->type =
			leaves[model_below(m, sizeof(leaves) / sizeof(*leaves))];
		return t;
	}
	t->type = nodes[model_below(m, 3)];
	t->nr_parts = t->type == STELE_TYPE_LIST ? 1 :
		      t->type == STELE_TYPE_DICT ? 2 :
						   model_below(m, 4);
	for (unsigned i = 0; i < t->nr_parts; i++) {
		t->parts[i] = model_random_type(m, depth - 1);
		t->nullable[i] = model_below(m, 2) &&
				 t->parts[i]->type != STELE_TYPE_ANY;
	}
	if (t->type == STELE_TYPE_DICT) {
		t->parts[0]->type = STELE_TYPE_U32;
		t->parts[0]->nr_parts = 0;
		t->nullable[0] = false;
	}
	return t;
}

size_t model_print_type(const struct model_type *t, char *text, size_t size)
{
	const char *name = stele_type_name(t->type);
	size_t at;

	if (t->type == STELE_TYPE_ARRAY || t->type == STELE_TYPE_NDARRAY)
		return (size_t)snprintf(text, size, "%s<%s>", name,
					stele_type_name(t->element));
	at = (size_t)snprintf(text, size, "%s", name);
	if (!t->nr_parts && t->type != STELE_TYPE_TUPLE)
		return at;
	at += (size_t)snprintf(text + at, size - at, "<");
	for (unsigned i = 0; i < t->nr_parts; i++) {
		at += (size_t)snprintf(text + at, size - at, "%s",
				       i ? ", " : "");
		at += model_print_type(t->parts[i], text + at, size - at);
		at += (size_t)snprintf(text + at, size - at, "%s",
				       t->nullable[i] ? "?" : "");
	}
	return at + (size_t)snprintf(text + at, size - at, ">");
}

static struct stele_cell part(struct model *m, const struct model_type *t,
			      unsigned i)
{
	if (t->nullable[i] && !model_below(m, 4))
		return stele_cell_of(STELE_TYPE_NULL);
	return model_random_cell(m, t->parts[i]);
}

struct stele_cell model_random_cell(struct model *m, const struct model_type *t)
{
	bool dict = t->type == STELE_TYPE_DICT;
	struct stele_cell *cells;
	size_t len;

	switch (t->type) {
	case STELE_TYPE_ANY:
		return model_random_any(m, 3);
	case STELE_TYPE_ARRAY:
		return random_array(m, t->element);
	case STELE_TYPE_NDARRAY:
		return random_ndarray(m, t->element);
	case STELE_TYPE_LIST:
	case STELE_TYPE_TUPLE:
	case STELE_TYPE_DICT:
		len = t->type == STELE_TYPE_TUPLE ? t->nr_parts :
						    model_below(m, 12);
		cells = take_cells(len * (dict ? 2 : 1));
		for (unsigned i = 0; i < len; i++) {
			if (dict)
				cells[2 * i] = stele_cell_u64(i * 1000);
			cells[dict ? 2 * i + 1 : i] = part(
				m, t, t->type == STELE_TYPE_TUPLE ? i : dict);
		}
		m->seen.indexed_dicts += dict && len > 8;
		return collection(t->type, cells, len);
	default:
		return random_scalar(m, t->type);
	}
}

/* -------------------------------------------------------------- handles */

static void fail(const struct stele_error *err)
{
	fprintf(stderr, "model: %s\n", err->reason);
	abort();
}

/* Reserve what can be; the content comes later, and may refer to it. */
static int reserve(struct model *m, struct stele_builder *b,
		   struct model_shared *s, struct stele_error *err)
{
	size_t len = random_nr_keys(m, 0);

	s->reserved = true;
	switch (model_below(m, 3)) {
	case 0:
		s->cell = collection(STELE_TYPE_LIST, NULL, len);
		return stele_builder_reserve_list(b, len, &s->handle, err);
	case 1:
		s->cell = collection(STELE_TYPE_DICT, NULL, len);
		m->seen.indexed_dicts += len > 8;
		return stele_builder_reserve_dict(b, len, &s->handle, err);
	default:
		s->cell = collection(STELE_TYPE_RECORD, NULL, 3);
		s->cell.record = MODEL_RECORD_NUMBER;
		return stele_builder_reserve_record(b, MODEL_RECORD_NUMBER,
						    &s->handle, err);
	}
}

void model_share(struct model *m, struct stele_builder *b)
{
	unsigned n = model_below(m, 3) ? 0 : model_below(m, MODEL_SHARED);
	struct stele_error err = { .reason = "" };

	while (m->nr_shared < n) {
		struct model_shared *s = &m->shared[m->nr_shared];
		int rc;

		memset(s, 0, sizeof(*s));
		if (model_below(m, 2)) {
			rc = reserve(m, b, s, &err);
		} else {
			s->cell = model_random_any(m, 2);
			rc = stele_builder_put(b, &s->cell, &s->handle, &err);
		}
		if (rc)
			fail(&err);
		m->nr_shared++;
	}
}

void model_fill(struct model *m, struct stele_builder *b)
{
	struct stele_error err = { .reason = "" };

	for (unsigned i = 0; i < m->nr_shared; i++) {
		struct model_shared *s = &m->shared[i];
		size_t step = s->cell.type == STELE_TYPE_DICT ? 2 : 1;
		struct stele_cell *cells;

		if (!s->reserved)
			continue;
		if (s->cell.type == STELE_TYPE_RECORD) {
			s->cell = random_record(m, 2);
		} else {
			cells = take_cells(s->cell.len * step);
			for (unsigned k = 0; k < s->cell.len; k++) {
				if (step == 2)
					cells[2 * k] = model_key(m, k);
				cells[step * k + step - 1] =
					model_random_any(m, 1);
			}
			s->cell.u.cells = cells;
		}
		m->seen.cycles++;
		if (stele_builder_fill(b, s->handle, s->cell.u.cells,
				       s->cell.len, &err))
			fail(&err);
	}
}
