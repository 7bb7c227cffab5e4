// SPDX-License-Identifier: MIT
/*
 * Samples of values: every type as a field and as a value that carries its type,
 * dicts with an index and without, objects that are shared and go in circles.
 */
#include "sample_fill.h"

#include <math.h>
#include <string.h>

/* --------------------------------------------------------------- empty */

int sample_fill_empty(struct stele_builder *b, struct stele_error *err)
{
	(void)b;
	(void)err;
	return 0;
}

/* ---------------------------------------------------- fields of all types */

const char sample_fields_schema[] =
	"## every type a field can have\n"
	"record Every {\n"
	"	name: str\n"
	"	a_bool: bool\n"
	"	an_i8: i8, an_i16: i16, an_i32: i32, an_i64: i64\n"
	"	a_u8: u8, a_u16: u16, a_u32: u32, a_u64: u64\n"
	"	an_f32: f32, an_f64: f64\n"
	"	a_date: date, a_datetime: datetime\n"
	"	some_bytes: bytes\n"
	"	a_list: list<list<u16>?>\n"
	"	an_array: array<i16>\n"
	"	a_dict: dict<str, f64>\n"
	"	inner: Inner\n"
	"	anything: any\n"
	"}\n"
	"record Inner { x: i32  y: i32? }\n"
	"table by_name: Every(name)\n"
	"rows Every\n";

static struct stele_cell integer(enum stele_type type, int64_t i)
{
	struct stele_cell c = stele_cell_of(type);

	c.u.i = i;
	return c;
}

static struct stele_cell f32(float f)
{
	struct stele_cell c = stele_cell_of(STELE_TYPE_F32);

	c.u.f = (double)f;
	return c;
}

/* A row; `which` 0: small values, 1: the least, 2: the greatest. */
static int add_every(struct stele_builder *b, const char *name, int which,
		     const struct stele_cell *anything, struct stele_error *err)
{
	static const int16_t elements[40] = { 1, -1, 300, INT16_MIN };
	static const int64_t i8s[] = { 1, INT8_MIN, INT8_MAX };
	static const int64_t i16s[] = { 2, INT16_MIN, INT16_MAX };
	static const int64_t i32s[] = { 3, INT32_MIN, INT32_MAX };
	static const int64_t i64s[] = { 4, INT64_MIN, INT64_MAX };
	static const int64_t days[] = { 20000, -719162, 2932896 };
	static const int64_t micros[] = { 1728000000123456, -62135596800000000,
					  253402300799999999 };
	static const char *const bytes[] = { "\x01\x02", "",
					     "\x00\xff twelve" };
	const struct stele_cell numbers[] = { integer(STELE_TYPE_U16, 7),
					      integer(STELE_TYPE_U16, 65535) };
	const struct stele_cell lists[] = {
		stele_cell_list(numbers, 2),
		stele_cell_of(STELE_TYPE_NULL),
		stele_cell_list(NULL, 0),
	};
	const struct stele_cell pairs[] = { sample_str("pi"),
					    stele_cell_f64(3.14159),
					    sample_str("a key of some length"),
					    stele_cell_f64(1e300) };
	const struct stele_cell inner[] = {
		integer(STELE_TYPE_I32, which),
		which ? integer(STELE_TYPE_I32, -which) :
			stele_cell_of(STELE_TYPE_NULL)
	};
	const struct stele_cell row[] = {
		sample_str(name),
		stele_cell_bool(which == 2),
		integer(STELE_TYPE_I8, i8s[which]),
		integer(STELE_TYPE_I16, i16s[which]),
		integer(STELE_TYPE_I32, i32s[which]),
		integer(STELE_TYPE_I64, i64s[which]),
		integer(STELE_TYPE_U8, which == 2 ? UINT8_MAX : which),
		integer(STELE_TYPE_U16, which == 2 ? UINT16_MAX : which),
		integer(STELE_TYPE_U32,
			which == 2 ? (int64_t)UINT32_MAX : which),
		integer(STELE_TYPE_U64, which == 2 ? -1 : which),
		f32(which ? 3.4e38f : 0.5f),
		stele_cell_f64(which ? -1.7976931348623157e308 : -0.0),
		integer(STELE_TYPE_DATE, days[which]),
		integer(STELE_TYPE_DATETIME, micros[which]),
		sample_bytes(bytes[which],
			     which == 2 ? 9 : strlen(bytes[which])),
		stele_cell_list(lists, which == 1 ? 0 : 3),
		sample_array(STELE_TYPE_I16, elements, which == 2 ? 40 : 3),
		sample_dict(pairs, which == 1 ? 0 : 2),
		sample_record(1, inner, 2),
		*anything,
	};

	return stele_builder_add(b, 0, row, sizeof(row) / sizeof(*row), NULL,
				 err);
}

int sample_fill_fields(struct stele_builder *b, struct stele_error *err)
{
	const struct stele_cell mixed[] = { stele_cell_i64(-5),
					    sample_str("text"),
					    stele_cell_of(STELE_TYPE_NULL) };
	struct stele_cell anything = sample_str("any value");
	int rc;

	rc = add_every(b, "small", 0, &anything, err);
	anything = stele_cell_list(mixed, 3);
	if (!rc)
		rc = add_every(b, "the least", 1, &anything, err);
	anything = stele_cell_u64(UINT64_MAX);
	if (!rc)
		rc = add_every(b, "the greatest \xe2\x82\xac", 2, &anything,
			       err);
	return rc;
}

/* ----------------------------------------- values that carry their type */

static int root(struct stele_builder *b, const char *name,
		struct stele_cell cell, struct stele_error *err)
{
	return stele_builder_root(b, name, &cell, err);
}

static int add_numbers(struct stele_builder *b, struct stele_error *err)
{
	struct stele_cell big = stele_cell_of(STELE_TYPE_BIGINT);
	const struct stele_cell numbers[] = {
		stele_cell_i64(0),
		stele_cell_i64(-1),
		stele_cell_i64((1ll << 60) - 1),
		stele_cell_i64(1ll << 60),
		stele_cell_i64(INT64_MIN),
		stele_cell_u64(UINT64_MAX),
		stele_cell_f64(0.5),
		stele_cell_f64(-0.0),
		stele_cell_f64(1e-200),
		stele_cell_f64(INFINITY),
		stele_cell_f64(NAN),
		integer(STELE_TYPE_DATE, -1),
		integer(STELE_TYPE_DATETIME, 86399999999),
		stele_cell_bool(true),
		stele_cell_bool(false),
		stele_cell_of(STELE_TYPE_NULL),
	};
	int rc;

	rc = root(b, "numbers",
		  stele_cell_list(numbers, sizeof(numbers) / sizeof(*numbers)),
		  err);
	big.u.ptr = "-123456789012345678901234567890";
	big.len = 31;
	return rc ? rc : root(b, "big", big, err);
}

static int add_texts(struct stele_builder *b, struct stele_error *err)
{
	static char ascii[8200], wide[90];
	struct stele_cell texts[] = {
		sample_str(""),
		sample_str("seven b"),
		sample_str("eight by"),
		sample_str("\xc3\xa9t\xc3\xa9"),
		stele_cell_str(wide, sizeof(wide)),
		stele_cell_str(ascii, sizeof(ascii)),
		stele_cell_str("nul\0inside", 10),
		sample_bytes("\xff\x00\x80", 3),
		sample_bytes("more than seven bytes \xff", 23),
	};

	for (size_t i = 0; i < sizeof(ascii); i++)
		ascii[i] = (char)('a' + i % 25);
	for (size_t i = 0; i < sizeof(wide); i += 3)
		memcpy(wide + i, "\xe6\xbc\xa2", 3);
	return root(b, "texts",
		    stele_cell_list(texts, sizeof(texts) / sizeof(*texts)),
		    err);
}

static int add_arrays(struct stele_builder *b, struct stele_error *err)
{
	static const uint8_t bools[3] = { 1, 0, 1 };
	static const int8_t i8s[2] = { -128, 127 };
	static const int16_t i16s[1] = { -2 };
	static const int32_t i32s[20] = { 1, 2, -3 };
	static const int64_t i64s[8] = { INT64_MAX };
	static const uint16_t u16s[5] = { 65535 };
	static const uint64_t u64s[2] = { UINT64_MAX, 1 };
	static const float f32s[3] = { 1.5f, -0.25f, 0 };
	static const double f64s[9] = { 1e300, -2.5 };
	const struct stele_cell arrays[] = {
		sample_array(STELE_TYPE_BOOL, bools, 3),
		sample_array(STELE_TYPE_I8, i8s, 2),
		sample_array(STELE_TYPE_I16, i16s, 1),
		sample_array(STELE_TYPE_I32, i32s, 20),
		sample_array(STELE_TYPE_I64, i64s, 8),
		sample_array(STELE_TYPE_U8, bools, 0),
		sample_array(STELE_TYPE_U16, u16s, 5),
		sample_array(STELE_TYPE_U32, i32s, 2),
		sample_array(STELE_TYPE_U64, u64s, 2),
		sample_array(STELE_TYPE_F32, f32s, 3),
		sample_array(STELE_TYPE_F64, f64s, 9),
		sample_array(STELE_TYPE_DATE, i32s, 3),
		sample_array(STELE_TYPE_DATETIME, u64s + 1, 1),
	};

	return root(b, "arrays",
		    stele_cell_list(arrays, sizeof(arrays) / sizeof(*arrays)),
		    err);
}

int sample_fill_values(struct stele_builder *b, struct stele_error *err)
{
	int rc = add_numbers(b, err);

	if (!rc)
		rc = add_texts(b, err);
	if (!rc)
		rc = add_arrays(b, err);
	return rc;
}

/* --------------------------------------------- null, unset and defaults */

const char sample_nullable_schema[] =
	"record R {\n"
	"	id: u32\n"
	"	text: str?\n"
	"	note: str optional\n"
	"	both: i64? optional ## null or unset or a number\n"
	"	flag: bool = true\n"
	"	word: str = \"a default of some length\"\n"
	"	tags: list<str> = []\n"
	"	ratio: f64? optional = 0.5\n"
	"}\n";

int sample_fill_nullable(struct stele_builder *b, struct stele_error *err)
{
	const struct stele_cell null = stele_cell_of(STELE_TYPE_NULL);
	const struct stele_cell unset = stele_cell_of(STELE_TYPE_UNSET);
	const struct stele_cell tag = sample_str("tag");
	const struct stele_cell rows[4][8] = {
		{ stele_cell_u64(1), sample_str("text"), sample_str("note"),
		  stele_cell_i64(-7), stele_cell_bool(false),
		  sample_str("word"), stele_cell_list(&tag, 1),
		  stele_cell_f64(0.25) },
		{ stele_cell_u64(2), null, unset, null, unset, unset, unset,
		  unset },
		{ stele_cell_u64(3), null, sample_str(""), unset,
		  stele_cell_bool(true), sample_str(""),
		  stele_cell_list(NULL, 0), null },
		{ stele_cell_u64(4), sample_str("the rest is missing") },
	};
	int rc = 0;

	for (size_t i = 0; i < 4 && !rc; i++)
		rc = stele_builder_add(b, 0, rows[i], i == 3 ? 2 : 8, NULL,
				       err);
	return rc;
}

/* ---------------------------------------------------------------- dicts */

int sample_fill_dict(struct stele_builder *b, struct stele_error *err)
{
	static char names[40][24];
	struct stele_cell pairs[84], mixed[] = {
		stele_cell_i64(-3),	     sample_str("an integer"),
		stele_cell_bool(true),	     sample_str("a bool"),
		integer(STELE_TYPE_DATE, 9), sample_str("a date"),
		sample_bytes("\x01", 1),     sample_str("bytes"),
		stele_cell_f64(0.75),	     sample_str("a double"),
	};
	size_t n = 0;
	int rc;

	for (size_t i = 0; i < 40; i++) {
		for (size_t k = 0; k <= i % 12; k++)
			names[i][k] = (char)('a' + (i + k) % 26);
		names[i][i % 12 + 1] = (char)('0' + i / 10);
		names[i][i % 12 + 2] = (char)('0' + i % 10);
		pairs[n++] = sample_str(names[i]);
		pairs[n++] = stele_cell_i64((int64_t)i);
	}
	pairs[n++] = stele_cell_i64(7);
	pairs[n++] = sample_str("seven");
	pairs[n++] = stele_cell_bool(false);
	pairs[n++] = sample_dict(mixed, 5);
	rc = root(b, "indexed", sample_dict(pairs, n / 2), err);
	if (!rc)
		rc = root(b, "eight", sample_dict(pairs, 8), err);
	if (!rc)
		rc = root(b, "mixed", sample_dict(mixed, 5), err);
	return rc ? rc : root(b, "none", sample_dict(NULL, 0), err);
}

/* --------------------------------------------------------------- cycles */

const char sample_cycle_schema[] =
	"record Person { name: str  friend: Person?  likes: any optional }\n"
	"table by_name: Person(name)\n";

/* Two people who are friends, a list that holds itself, one that is shared. */
int sample_fill_cycle(struct stele_builder *b, struct stele_error *err)
{
	struct stele_handle ada, bob, list, shared;
	struct stele_cell cells[3], items[2];
	int rc;

	items[0] = sample_str("tea");
	items[1] = sample_str("a longer word");
	cells[0] = stele_cell_list(items, 2);
	rc = stele_builder_put(b, &cells[0], &shared, err);
	if (!rc)
		rc = stele_builder_reserve_row(b, 0, &ada, err);
	if (!rc)
		rc = stele_builder_reserve_list(b, 2, &list, err);
	if (rc)
		return rc;
	cells[0] = sample_str("Bob");
	cells[1] = stele_cell_ref(ada);
	cells[2] = stele_cell_ref(shared);
	rc = stele_builder_add(b, 0, cells, 3, &bob, err);
	if (rc)
		return rc;
	cells[0] = sample_str("Ada");
	cells[1] = stele_cell_ref(bob);
	cells[2] = stele_cell_ref(list);
	rc = stele_builder_fill(b, ada, cells, 3, err);
	items[0] = stele_cell_ref(list);
	items[1] = stele_cell_ref(shared);
	if (!rc)
		rc = stele_builder_fill(b, list, items, 2, err);
	cells[0] = sample_str("Cy");
	cells[1] = stele_cell_of(STELE_TYPE_NULL);
	if (!rc)
		rc = stele_builder_add(b, 0, cells, 2, NULL, err);
	return rc ? rc : root(b, "first", stele_cell_ref(ada), err);
}
