// SPDX-License-Identifier: MIT
/*
 * Samples of the types that came with the second half of the format: as fields
 * and as values that carry their type, as keys of rows, dicts and sets, as
 * references; and indexes that need a salt.
 */
#include "sample_fill.h"

#include <errno.h>

#include "format.h"

/* ---------------------------------------------------------------- cells */

static struct stele_cell text_of(enum stele_type type, const char *text)
{
	struct stele_cell c = sample_str(text);

	c.type = (uint8_t)type;
	return c;
}

static struct stele_cell decimal(const char *text)
{
	return text_of(STELE_TYPE_DECIMAL, text);
}

static struct stele_cell micros(enum stele_type type, int64_t us)
{
	struct stele_cell c = stele_cell_of(type);

	c.u.i = us;
	return c;
}

static struct stele_cell zoned(int64_t us, int32_t offset)
{
	struct stele_cell c = micros(STELE_TYPE_ZONED, us);

	c.offset = offset;
	return c;
}

static struct stele_cell collection(enum stele_type type,
				    const struct stele_cell *items, size_t len)
{
	struct stele_cell c = stele_cell_list(items, len);

	c.type = (uint8_t)type;
	return c;
}

static struct stele_cell tuple(const struct stele_cell *items, size_t len)
{
	return collection(STELE_TYPE_TUPLE, items, len);
}

static struct stele_cell set(const struct stele_cell *items, size_t len)
{
	return collection(STELE_TYPE_SET, items, len);
}

static struct stele_cell user(const struct stele_user *user)
{
	struct stele_cell c = stele_cell_of(STELE_TYPE_USER);

	c.u.user = user;
	return c;
}

static struct stele_cell ndarray(const struct stele_ndarray *array)
{
	struct stele_cell c = stele_cell_of(STELE_TYPE_NDARRAY);

	c.u.ndarray = array;
	return c;
}

static int root(struct stele_builder *b, const char *name,
		struct stele_cell cell, struct stele_error *err)
{
	return stele_builder_root(b, name, &cell, err);
}

/* --------------------------------------------------------------- fields */

const char sample_types_schema[] =
	"record Every {\n"
	"	name: str\n"
	"	amount: decimal  count: bigint\n"
	"	at: time  lasts: timedelta  begins: zoned  id: uuid\n"
	"	pair: tuple<str, i32?>  parts: set<u16>\n"
	"	grid: ndarray<f32>  where: user<Point>\n"
	"	prices: dict<tuple<str, u8>, decimal?>\n"
	"	note: decimal? optional  then: zoned? optional\n"
	"	mark: uuid? optional\n"
	"}\n"
	"table by_id: Every(id)\n"
	"rows Every\n";

static const float numbers[6] = { 1, 2.5f, -3, 4, 5, 6 };
static const struct stele_user origin = { "Point", 5, "\0\0", 2 };
static const struct stele_user far_away = { "Point", 5,
					    "\x7f\xff\xff\xff and the rest",
					    17 };

static int add_every(struct stele_builder *b, const char *name,
		     const struct stele_cell *scalars,
		     const struct stele_ndarray *grid,
		     const struct stele_user *where, bool full,
		     struct stele_error *err)
{
	const struct stele_cell null = stele_cell_of(STELE_TYPE_NULL);
	const struct stele_cell pair[2] = { sample_str(name),
					    full ? stele_cell_i64(INT32_MIN) :
						   null };
	const struct stele_cell key[2] = { sample_str("kg"),
					   stele_cell_u64(7) };
	const struct stele_cell other[2] = { sample_str("a piece"),
					     stele_cell_u64(255) };
	const struct stele_cell prices[4] = { tuple(key, 2), decimal("0.10"),
					      tuple(other, 2), null };
	struct stele_cell parts[12], row[15];

	for (unsigned i = 0; i < 12; i++)
		parts[i] = stele_cell_u64((i * 5 + 3) % 12 * 5000);
	row[0] = sample_str(name);
	memcpy(&row[1], scalars, 6 * sizeof(*scalars));
	row[7] = tuple(pair, 2);
	row[8] = set(parts, full ? 12 : 3);
	row[9] = ndarray(grid);
	row[10] = user(where);
	row[11] = sample_dict(prices, full ? 2 : 0);
	row[12] = full ? scalars[0] : null;
	row[13] = full ? scalars[4] : stele_cell_of(STELE_TYPE_UNSET);
	row[14] = full ? scalars[5] : null;
	return stele_builder_add(b, 0, row, 15, NULL, err);
}

static int add_rows(struct stele_builder *b, struct stele_error *err)
{
	const struct stele_ndarray dense = {
		numbers, STELE_TYPE_F32, { 0 }, 2, { 2, 3 }, { 12, 4 }
	};
	const struct stele_ndarray turned = {
		numbers, STELE_TYPE_F32, { 0 }, 2, { 3, 2 }, { 4, 12 }
	};
	struct stele_cell least[6] = {
		decimal("-0.00"),
		text_of(STELE_TYPE_BIGINT, "-340282366920938463463374607431"),
		micros(STELE_TYPE_TIME, 0),
		micros(STELE_TYPE_TIMEDELTA, INT64_MIN),
		zoned(-62135596800000000, 86399),
		text_of(STELE_TYPE_UUID, "0123456789abcdef"),
	};
	struct stele_cell greatest[6] = {
		decimal("1.50"),
		stele_cell_u64(UINT64_MAX),
		micros(STELE_TYPE_TIME, 86399999999),
		micros(STELE_TYPE_TIMEDELTA, INT64_MAX),
		zoned(253402300799999999, -86399),
		text_of(STELE_TYPE_UUID, "\xff\xfe\xfd\xfc yes, a uuid"),
	};
	int rc = add_every(b, "least", least, &dense, &origin, false, err);

	return rc ? rc :
		    add_every(b, "greatest", greatest, &turned, &far_away, true,
			      err);
}

/* ----------------------------------------- values that carry their type */

static int add_scalars(struct stele_builder *b, struct stele_error *err)
{
	const struct stele_cell scalars[] = {
		decimal("0.1"),
		decimal("1E+400"),
		decimal("-Infinity"),
		decimal("NaN"),
		decimal("1234567890123456789012345678901234567890.12345"),
		micros(STELE_TYPE_TIME, 3723000004),
		micros(STELE_TYPE_TIMEDELTA, -90061000001),
		micros(STELE_TYPE_TIMEDELTA, INT64_MAX),
		zoned(1728000000123456, 19800),
		text_of(STELE_TYPE_UUID, "0123456789abcdef"),
		user(&origin),
		user(&far_away),
	};

	return root(b, "scalars",
		    stele_cell_list(scalars,
				    sizeof(scalars) / sizeof(*scalars)),
		    err);
}

static int add_arrays(struct stele_builder *b, struct stele_error *err)
{
	static const int64_t times[9] = { 0, 1, 86399999999 };
	static const struct stele_ndarray arrays[] = {
		{ numbers, STELE_TYPE_F32, { 0 }, 2, { 2, 3 }, { 12, 4 } },
		{ numbers, STELE_TYPE_F32, { 0 }, 2, { 3, 2 }, { 4, 12 } },
		{ numbers + 5, STELE_TYPE_F32, { 0 }, 1, { 6 }, { -4 } },
		{ numbers, STELE_TYPE_F32, { 0 }, 3, { 2, 4, 1 }, { 4, 0, 7 } },
		{ numbers, STELE_TYPE_F32, { 0 }, 0, { 0 }, { 0 } },
		{ NULL, STELE_TYPE_BOOL, { 0 }, 2, { 0, 5 }, { 5, 1 } },
		{ times, STELE_TYPE_TIME, { 0 }, 1, { 3 }, { 8 } },
	};
	struct stele_cell cells[9];

	for (unsigned i = 0; i < 7; i++)
		cells[i] = ndarray(&arrays[i]);
	cells[7] = sample_array(STELE_TYPE_TIME, times, 9);
	cells[8] = sample_array(STELE_TYPE_UUID, "0123456789abcdef", 1);
	return root(b, "arrays", stele_cell_list(cells, 9), err);
}

static int add_collections(struct stele_builder *b, struct stele_error *err)
{
	struct stele_cell items[12], mixed[6], nested[2], all[5];
	unsigned i;

	for (i = 0; i < 12; i++)
		items[i] = stele_cell_i64((int64_t)(i * 7 % 12) - 6);
	mixed[0] = decimal("2.50");
	mixed[1] = sample_str("a string");
	mixed[2] = stele_cell_of(STELE_TYPE_NULL);
	mixed[3] = tuple(items, 2);
	mixed[4] = set(items + 2, 3);
	mixed[5] = user(&origin);
	nested[0] = tuple(NULL, 0);
	nested[1] = stele_cell_list(items, 1);
	all[0] = tuple(nested, 2);
	all[1] = set(items, 12);
	all[2] = set(mixed, 6);
	all[3] = set(NULL, 0);
	all[4] = sample_dict(mixed, 3);
	return root(b, "collections", stele_cell_list(all, 5), err);
}

/* A dict that holds itself, and one with an index. */
static int add_cycle(struct stele_builder *b, struct stele_error *err)
{
	struct stele_cell few[4], many[18];
	struct stele_handle self, index;
	int rc = stele_builder_reserve_dict(b, 2, &self, err);

	if (!rc)
		rc = stele_builder_reserve_dict(b, 9, &index, err);
	if (rc)
		return rc;
	few[0] = sample_str("self");
	few[1] = stele_cell_ref(self);
	few[2] = sample_str("index");
	few[3] = stele_cell_ref(index);
	for (unsigned i = 0; i < 9; i++) {
		many[2 * i] = stele_cell_u64(i * i);
		many[2 * i + 1] = stele_cell_ref(self);
	}
	rc = stele_builder_fill(b, self, few, 2, err);
	if (!rc)
		rc = stele_builder_fill(b, index, many, 9, err);
	return rc ? rc : root(b, "cycle", stele_cell_ref(self), err);
}

int sample_fill_types(struct stele_builder *b, struct stele_error *err)
{
	int rc = add_rows(b, err);

	if (!rc)
		rc = add_scalars(b, err);
	if (!rc)
		rc = add_arrays(b, err);
	if (!rc)
		rc = add_collections(b, err);
	return rc ? rc : add_cycle(b, err);
}

/* ----------------------------------------------------------------- keys */

const char sample_keys_schema[] =
	"record Place { city: str  zone: i8? }\n"
	"record Event {\n"
	"	key: tuple<str, decimal>  place: Place  tags: set<str>\n"
	"	at: zoned  id: uuid  span: timedelta  hour: time\n"
	"	kind: user<Kind>  price: decimal  serial: bigint\n"
	"	after: ref by_key?  before: weak by_key?\n"
	"}\n"
	"table by_key: Event(key)\n"
	"table by_place: Event(place) multi\n"
	"table by_tags: Event(tags) multi\n"
	"table by_at: Event(at)\n"
	"table by_id: Event(id)\n"
	"table by_span: Event(span) multi\n"
	"table by_hour: Event(hour) multi\n"
	"table by_kind: Event(kind) multi\n"
	"table by_price: Event(price) multi\n"
	"table by_serial: Event(serial)\n"
	"table by_all: Event(place, tags, price)\n"
	"rows Event\n";

static void key_of_event(unsigned i, struct stele_cell key[2])
{
	static const char *const names[] = { "fair", "a concert", "market" };
	static const char *const prices[] = { "9.50", "10", "1E+2", "0.1" };

	key[0] = sample_str(names[i % 3]);
	key[1] = decimal(prices[i % 4]);
}

static int add_event(struct stele_builder *b, unsigned i,
		     struct stele_error *err)
{
	static const struct stele_user kinds[] = { { "Kind", 4, "", 0 },
						   { "Kind", 4, "once", 4 } };
	char id[17] = "0123456789abcdef";
	struct stele_cell key[2], after[2], before[2], place[2], tags[2];
	struct stele_cell row[12];

	id[15] = (char)i;
	key_of_event(i, key);
	key_of_event(i + 1, after);
	key_of_event(i + 7, before); /* of the last ones there is none */
	before[0] = sample_str(i % 2 ? "fair" : "gone");
	place[0] = sample_str(i % 2 ? "Lund" :
				      "Qu\xc3\xa9"
				      "bec");
	place[1] = i % 3 ? stele_cell_i64(1 - (int)i % 3) :
			   stele_cell_of(STELE_TYPE_NULL);
	tags[0] = sample_str(i % 2 ? "music" : "food and more");
	tags[1] = sample_str("art");
	row[0] = tuple(key, 2);
	row[1] = sample_record(0, place, 2);
	row[2] = set(tags, i % 3);
	row[3] = zoned(1728000000000000 + i * 3600000000ll, (int)i * 900);
	row[4] = text_of(STELE_TYPE_UUID, id);
	row[5] = micros(STELE_TYPE_TIMEDELTA, i % 2 ? INT64_MAX : -1);
	row[6] = micros(STELE_TYPE_TIME, i % 4 * 3600000000ll);
	row[7] = user(&kinds[i % 2]);
	row[8] = key[1];
	row[9] = i % 2 ? text_of(STELE_TYPE_BIGINT,
				 &"9999999999999999999999999999"[i]) :
			 stele_cell_u64(i);
	row[10] = i < 7 ? tuple(after, 2) : stele_cell_of(STELE_TYPE_NULL);
	row[11] = tuple(before, 2);
	return stele_builder_add(b, 1, row, 12, NULL, err);
}

/* A table by hand under keys of every kind. */
static int add_by_hand(struct stele_builder *b, struct stele_error *err)
{
	struct stele_table_options o = { .size = sizeof(o),
					 .key = STELE_TYPE_ANY,
					 .value = STELE_TYPE_ZONED };
	const struct stele_cell place[2] = { sample_str("Lund"),
					     stele_cell_i64(1) };
	struct stele_cell keys[5], parts[2];
	uint32_t table;
	int rc = stele_builder_table(b, "by hand", &o, &table, err);

	key_of_event(0, parts);
	keys[0] = tuple(parts, 2);
	keys[1] = set(parts, 2);
	keys[2] = sample_record(0, place, 2);
	keys[3] = user(&origin);
	keys[4] = micros(STELE_TYPE_TIME, 5);
	for (unsigned i = 0; i < 5 && !rc; i++) {
		const struct stele_cell value = zoned(i, 0);

		rc = stele_builder_table_add(b, table, &keys[i], &value, err);
	}
	return rc;
}

int sample_fill_keys(struct stele_builder *b, struct stele_error *err)
{
	int rc = 0;

	for (unsigned i = 0; i < 8 && !rc; i++)
		rc = add_event(b, i, err);
	return rc ? rc : add_by_hand(b, err);
}

/* ----------------------------------------------------------------- salt */

/* Strings whose searches begin at one slot of an index of that many. */
#define NR_CROWDED 260u
#define CROWDED_SLOTS 512u

static int crowd(struct stele_cell *cells, char names[][8])
{
	unsigned n = 0;

	for (unsigned i = 0; n < NR_CROWDED; i++) {
		struct stele_value v = { .type = STELE_TYPE_STR, .len = 6 };
		uint64_t hash;

		for (unsigned k = 0; k < 6; k++)
			names[n][k] = (char)('a' + (i >> 4 * k) % 16);
		v.u.ptr = names[n];
		if (stele_value_hash(&v, STELE_FMT_DEFAULT_SEED, &hash))
			return -EINVAL;
		if (hash >> 32 & (CROWDED_SLOTS - 1))
			continue;
		cells[n] = stele_cell_str(names[n], 6);
		n++;
	}
	return 0;
}

int sample_fill_salted(struct stele_builder *b, struct stele_error *err)
{
	static char names[NR_CROWDED][8];
	static struct stele_cell cells[NR_CROWDED], pairs[2 * NR_CROWDED];
	struct stele_handle reserved;
	int rc = crowd(cells, names);

	for (unsigned i = 0; i < NR_CROWDED; i++) {
		pairs[2 * i] = cells[i];
		pairs[2 * i + 1] = stele_cell_u64(i);
	}
	if (!rc)
		rc = root(b, "dict", sample_dict(pairs, NR_CROWDED), err);
	if (!rc)
		rc = root(b, "set", set(cells, NR_CROWDED), err);
	if (!rc)
		rc = stele_builder_reserve_dict(b, NR_CROWDED, &reserved, err);
	if (!rc)
		rc = stele_builder_fill(b, reserved, pairs, NR_CROWDED, err);
	return rc ? rc : root(b, "reserved", stele_cell_ref(reserved), err);
}
