// SPDX-License-Identifier: MIT
/*
 * Fuzz target: bytes that may be the canonical encoding of a key.  What the check
 * accepts is taken apart here, as FORMAT.md has it, into cells, and these encode
 * to the same bytes: a key is said in one way.
 */
#include <string.h>

#include "arena.h"
#include "calendar.h"
#include "canonical.h"
#include "replay.h"

#define MAX_BYTES 8192u

struct reader {
	const uint8_t *p;
	const uint8_t *end;
	bool has_record; /* which no cell is without a schema */
	struct arena arena;
};

static void *take(struct reader *r, size_t n, size_t bytes)
{
	void *p = arena_items(&r->arena, n, bytes);

	if (!p)
		fuzz_fail("no memory");
	return p;
}

static uint64_t read_varint(struct reader *r)
{
	uint64_t n = 0;

	for (unsigned shift = 0; r->p < r->end && shift < 64; shift += 7) {
		n |= (uint64_t)(*r->p & 0x7f) << shift;
		if (*r->p++ < 0x80)
			break;
	}
	return n;
}

static struct reader read_run(struct reader *r)
{
	struct reader run = *r;
	uint64_t len = read_varint(r);

	if (len > (uint64_t)(r->end - r->p))
		fuzz_fail("the check accepts a length beyond the end");
	run.p = r->p;
	run.end = r->p += len;
	return run;
}

/* The text of a magnitude: numbers go into builders as digits. */
static void read_digits(struct reader *r, struct stele_cell *cell,
			bool negative, int32_t exponent)
{
	struct stele_value value = { .type = cell->type };
	size_t room;
	char *text;

	value.u.ptr = (const char *)r->p;
	value.len = (uint64_t)(r->end - r->p);
	value.exponent = exponent;
	value.flags = negative ? STELE_VALUE_F_NEGATIVE : 0;
	room = (size_t)value.len * 5 / 2 + 32;
	text = take(r, room, 1);
	if (stele_value_digits(&value, text, room, &cell->len))
		fuzz_fail("a number has no digits");
	cell->u.ptr = text;
}

static int64_t read_integer(const uint8_t *p, size_t len)
{
	int64_t i = 0;
	int32_t j;

	if (len == sizeof(j)) {
		memcpy(&j, p, sizeof(j));
		return j;
	}
	memcpy(&i, p, sizeof(i));
	return i;
}

static struct stele_cell read_value(struct reader *r);

static struct stele_cell read_items(struct reader *r, enum stele_type type)
{
	struct stele_cell cell = stele_cell_of(type), *items;

	cell.len = read_varint(r);
	if (cell.len > (uint64_t)(r->end - r->p))
		fuzz_fail("the check accepts more items than bytes");
	items = take(r, cell.len, sizeof(*items));
	for (uint64_t i = 0; i < cell.len; i++) {
		struct reader item = read_run(r);

		item.arena = r->arena;
		items[i] = read_value(&item);
		r->arena = item.arena;
		r->has_record |= item.has_record;
	}
	cell.u.cells = items;
	return cell;
}

static struct stele_cell read_user(struct reader *r)
{
	struct stele_cell cell = stele_cell_of(STELE_TYPE_USER);
	struct stele_user *user = take(r, 1, sizeof(*user));
	struct reader name = read_run(r);

	user->name = (const char *)name.p;
	user->name_len = (size_t)(name.end - name.p);
	user->ptr = r->p;
	user->len = (size_t)(r->end - r->p);
	cell.u.user = user;
	return cell;
}

static struct stele_cell read_number(struct reader *r, unsigned tag)
{
	struct stele_cell cell = stele_cell_of(STELE_TYPE_BIGINT);
	bool negative = !*r->p++;
	int32_t exponent = 0;

	if (tag == 0x12) {
		cell.type = STELE_TYPE_DECIMAL;
		exponent = (int32_t)read_integer(r->p, 4);
		r->p += 4;
	}
	read_digits(r, &cell, negative, exponent);
	return cell;
}

/* Of a tag and a value that is some bytes. */
static struct stele_cell read_plain(struct reader *r, unsigned tag)
{
	static const uint8_t types[256] = {
		[0x01] = STELE_TYPE_NULL,     [0x02] = STELE_TYPE_BOOL,
		[0x03] = STELE_TYPE_BOOL,     [0x11] = STELE_TYPE_F64,
		[0x20] = STELE_TYPE_STR,      [0x21] = STELE_TYPE_BYTES,
		[0x22] = STELE_TYPE_UUID,     [0x30] = STELE_TYPE_DATE,
		[0x31] = STELE_TYPE_DATETIME, [0x32] = STELE_TYPE_TIME,
		[0x33] = STELE_TYPE_ZONED,    [0x34] = STELE_TYPE_TIMEDELTA,
	};
	struct stele_cell cell = stele_cell_of(types[tag]);
	size_t len = (size_t)(r->end - r->p);

	switch (types[tag]) {
	case STELE_TYPE_UNSET:
		fuzz_fail("the check accepts tag 0x%02x", tag);
	case STELE_TYPE_NULL:
		break;
	case STELE_TYPE_BOOL:
		cell.u.b = tag == 0x03;
		break;
	case STELE_TYPE_F64:
		memcpy(&cell.u.f, r->p, sizeof(cell.u.f));
		break;
	case STELE_TYPE_STR:
	case STELE_TYPE_BYTES:
	case STELE_TYPE_UUID:
		cell.u.ptr = r->p;
		cell.len = len;
		break;
	default:
		cell.u.i = read_integer(r->p, len);
		if (!stele_calendar_fits(cell.type == STELE_TYPE_ZONED ?
						 STELE_TYPE_DATETIME :
						 cell.type,
					 cell.u.i))
			fuzz_fail("the check accepts a time out of range");
	}
	return cell;
}

static struct stele_cell read_value(struct reader *r)
{
	unsigned tag = *r->p++;

	switch (tag) {
	case 0x10:
	case 0x12:
		return read_number(r, tag);
	case 0x40:
		return read_items(r, STELE_TYPE_TUPLE);
	case 0x41:
		return read_items(r, STELE_TYPE_SET);
	case 0x42:
		r->has_record = true;
		return stele_cell_of(STELE_TYPE_NULL);
	case 0x43:
		return read_user(r);
	default:
		return read_plain(r, tag);
	}
}

/* Several key fields are a tuple, and each may be as deep as one alone. */
static void check_cell(const struct stele_cell *cell, const uint8_t *data,
		       size_t size)
{
	struct stele_buffer out = { 0 };
	int rc = stele_canonical_cell(&out, cell);

	if (rc == -STELE_E_LIMIT && cell->type == STELE_TYPE_TUPLE) {
		for (uint64_t i = 0; i < cell->len && rc; i++)
			rc = stele_canonical_cell(&out, &cell->u.cells[i]);
	} else if (rc) {
		fuzz_fail("what the check accepts is no key: %d", rc);
	} else if (out.len != size || memcmp(out.ptr, data, size) != 0) {
		fuzz_fail("the check accepts another spelling of a key");
	}
	stele_buffer_free(&out);
}

static void fuzz(const uint8_t *data, size_t size)
{
	struct reader r = { .p = data, .end = data + size };
	struct stele_cell cell;
	uint8_t *exact;

	if (!size || size > MAX_BYTES)
		return;
	exact = malloc(size);
	if (!exact)
		fuzz_fail("no memory");
	memcpy(exact, data, size);
	if (stele_canonical_check(exact, size)) {
		r.p = exact;
		r.end = exact + size;
		cell = read_value(&r);
		if (!r.has_record)
			check_cell(&cell, exact, size);
		arena_free(&r.arena);
	}
	free(exact);
}
