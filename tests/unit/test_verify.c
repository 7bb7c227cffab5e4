// SPDX-License-Identifier: MIT
/*
 * Verifying: a good image with something of everything is accepted; each
 * invariant, broken alone and signed anew, is refused under its number; and no
 * flipped byte goes unseen or leads a reader outside.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "dict.h"
#include "digest.h"
#include "handmade.h"
#include "invariant.h"
#include "map_probe.h"
#include "canonical.h"
#include "word.h"

#define HEAD STELE_FMT_HEAD
#define KIND(name) STELE_FMT_KIND_##name
#define ROW STELE_FMT_OBJ_F_ROW
#define ELEMENT(name) (STELE_FMT_ELEM_##name << STELE_FMT_OBJ_ELEM_SHIFT)

#define SCHEMA                                                           \
	"record P { name: str  n: u16?  on: bool? optional  day: date  " \
	"deps: list<weak by_name>  any: any?  sub: S?  map: dict<str, "  \
	"list<u8>>  arr: array<i16>? }\n"                                \
	"record S { x: f32  s: str optional }\n"                         \
	"table by_name: P(name)\n"                                       \
	"rows P\n"

#define NR_ROWS 3
#define NR_PAIRS 9

/* Where things are, for breaking them. */
static struct {
	uint64_t run, i64, u64, f64, bigint, str, long_ascii, bytes, list;
	uint64_t array, bools, dates, dict, indexed, sub, empty, small, pad;
	uint64_t rows[NR_ROWS], deps[NR_ROWS], map;
	uint64_t roots, lines, bucket, partition, separator, tables;
	uint32_t body_bytes;
} at;

static struct handmade im, good;
static struct stele_segment seg;
static struct stele_error err;
static struct stele_schema *schema;

/* ------------------------------------------------------- a good image */

static uint64_t object(unsigned kind, unsigned flags, uint64_t count,
		       const void *payload, uint64_t len)
{
	return handmade_object(&im, HEAD(kind, flags, count), payload, len);
}

static uint64_t text(const char *s)
{
	uint64_t word = 0;

	assert_true(stele_word_short(STELE_FMT_TAG_STR, s, strlen(s), &word));
	return word;
}

static uint64_t number(int64_t i)
{
	uint64_t word = 0;

	assert_true(stele_word_int(i, &word));
	return word;
}

static void make_scalars(void)
{
	static char ascii[16 + 8192];
	uint64_t low = (uint64_t)INT64_MIN, high = UINT64_MAX;
	double large = 1e300;
	uint8_t big[9] = { 0, 0, 0, 0, 0, 0, 0, 0, 1 };
	struct {
		uint64_t points;
		char text[10];
	} str = { 9, "caf\xc3\xa9 noir" };

	at.run = object(KIND(RUN), 0, 21, "an ascii string inrun", 21);
	at.i64 = object(KIND(I64), 0, 0, &low, 8);
	at.u64 = object(KIND(U64), STELE_FMT_OBJ_F_IDENTITY, 0, &high, 8);
	at.f64 = object(KIND(F64), 0, 0, &large, 8);
	at.bigint = object(KIND(BIGINT), STELE_FMT_OBJ_F_NEGATIVE, 9, big, 9);
	at.str = object(KIND(STR), 0, 10, &str, 18);
	memset(ascii + 8, 'x', 8192);
	memcpy(ascii, &(uint64_t){ 8192 }, 8);
	at.long_ascii =
		object(KIND(STR), STELE_FMT_OBJ_F_ASCII, 8192, ascii, 8200);
	at.bytes = object(KIND(BYTES), 0, 9, "\0\1\2\3\4\5\6\7\x8", 9);
}

static void make_arrays(void)
{
	static const uint8_t bools[10] = { 0, 1, 1 };
	static const int32_t dates[3] = { -719162, 0, 2932896 };
	static const int64_t large[9] = { 1, -1, 2 };

	at.bools = object(KIND(ARRAY), ELEMENT(BOOL), 10, bools, 10);
	at.dates = object(KIND(ARRAY), ELEMENT(DATE), 3, dates, 12);
	at.pad = im.len;
	if (im.len % 64 == 56)
		object(KIND(LIST), 0, 0, NULL, 0);
	at.pad = im.len;
	while (im.len % 64 != 56)
		handmade_word(&im, 0);
	at.array = object(KIND(ARRAY), ELEMENT(I64), 9, large, 72);
}

/* A dict with an index: key i is the integer i, in a word. */
static uint64_t make_indexed(void)
{
	uint64_t payload[2 * NR_PAIRS + 8] = { 0 }, h;
	uint32_t *index = (uint32_t *)&payload[2 * NR_PAIRS];

	for (unsigned i = 0; i < NR_PAIRS; i++) {
		struct stele_value key = { .type = STELE_TYPE_I64, .u.i = i };
		uint32_t slot;

		assert_int_equal(
			stele_canonical_hash(&key, STELE_FMT_DEFAULT_SEED, &h),
			0);
		slot = (uint32_t)(h >> 32) & 15;
		while (index[slot])
			slot = (slot + 1) & 15;
		index[slot] = ((uint32_t)h & ~15u) | (i + 1);
		payload[2 * i] = number(i);
		payload[2 * i + 1] = STELE_FMT_NULL;
	}
	assert_int_equal(stele_dict_index_bytes(NR_PAIRS), 64);
	return object(KIND(DICT), 0, NR_PAIRS, payload, sizeof(payload));
}

static void set_field(uint64_t pos, uint32_t record, const char *name,
		      uint64_t value)
{
	uint32_t field;
	const struct stele_fmt_field *f;
	size_t width;

	assert_int_equal(stele_schema_find_field(schema, record, name,
						 strlen(name), &field),
			 0);
	f = &schema->fields[schema->records[record].first_field + field];
	width = stele_type_width(schema->types[f->type].kind);
	memcpy(im.bytes + pos + f->off, &value, width ? width : 8);
}

static uint64_t field_at(uint64_t pos, const char *name)
{
	uint32_t field;

	assert_int_equal(stele_schema_find_field(schema, 0, name, strlen(name),
						 &field),
			 0);
	return pos + schema->fields[field].off;
}

static void make_rows(void)
{
	static const char *const names[NR_ROWS] = { "one", "two", "three" };
	static const uint8_t body[256];
	uint64_t words[3];

	for (int i = 0; i < NR_ROWS; i++)
		at.rows[i] =
			object(KIND(RECORD), ROW, 0, body, at.body_bytes - 8);
	at.sub = object(KIND(RECORD), 0, 1, body,
			schema->records[1].body_bytes - 8);
	set_field(at.sub, 1, "x", 0x3fc00000);
	set_field(at.sub, 1, "s", STELE_FMT_UNSET);
	words[0] = at.rows[1];
	words[1] = text("absent");
	words[2] = at.rows[0];
	for (int i = 0; i < NR_ROWS; i++)
		at.deps[i] = object(KIND(LIST), 0, (uint64_t)i, words,
				    8 * (uint64_t)i);
	words[0] = number(255);
	at.small = object(KIND(LIST), 0, 1, words, 8);
	words[0] = text("k");
	words[1] = at.small;
	at.map = object(KIND(DICT), 0, 1, words, 16);
	at.empty = object(KIND(DICT), 0, 0, NULL, 0);
	for (int i = 0; i < NR_ROWS; i++) {
		set_field(at.rows[i], 0, "name", text(names[i]));
		set_field(at.rows[i], 0, "n", 7);
		set_field(at.rows[i], 0, "on", 1);
		set_field(at.rows[i], 0, "day", (uint64_t)-5);
		set_field(at.rows[i], 0, "deps", at.deps[i]);
		set_field(at.rows[i], 0, "any", i ? at.list : STELE_FMT_NULL);
		set_field(at.rows[i], 0, "sub", i ? at.sub : STELE_FMT_NULL);
		set_field(at.rows[i], 0, "map", i ? at.map : at.empty);
		set_field(at.rows[i], 0, "arr", STELE_FMT_NULL);
	}
}

static void make_heap(void)
{
	uint64_t words[20] = { STELE_FMT_NULL, STELE_FMT_TRUE, number(-1) };
	uint64_t n = 3;

	handmade_section(&im, STELE_FMT_SECTION_HEAP);
	make_scalars();
	make_arrays();
	words[n++] = stele_word_ascii(at.run + 8, 12);
	words[n++] = stele_word_ascii(at.run + 8 + 12, 9);
	words[n++] = at.i64;
	words[n++] = at.u64;
	words[n++] = at.f64;
	words[n++] = at.bigint;
	words[n++] = at.str;
	words[n++] = at.long_ascii;
	words[n++] = at.bytes;
	words[n++] = at.array;
	words[n++] = stele_word_calendar(STELE_FMT_CALENDAR_DATE, 19000);
	words[n++] = stele_word_calendar(STELE_FMT_CALENDAR_DATETIME, -1);
	words[n++] = STELE_FMT_MINUS_ZERO;
	at.list = object(KIND(LIST), STELE_FMT_OBJ_F_IDENTITY, n, words, 8 * n);
	words[0] = text("a");
	words[1] = at.list;
	words[2] = text("b");
	words[3] = number(0);
	at.dict = object(KIND(DICT), 0, 2, words, 32);
	at.indexed = make_indexed();
	make_rows();
	words[0] = text("root");
	words[1] = at.dict;
	at.roots = object(KIND(DICT), 0, 1, words, 16);
	im.header->roots = at.roots;
}

/* An entry of the bucket: key as STR, value a row in four bytes. */
struct entry {
	uint64_t hash;
	uint32_t signature;
	uint8_t bytes[16];
	uint64_t len;
};

static int by_place(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->signature != y->signature)
		return x->signature < y->signature ? -1 : 1;
	return x->hash < y->hash ? -1 : x->hash > y->hash;
}

static uint64_t put_bucket(uint8_t *to)
{
	static const char *const names[NR_ROWS] = { "one", "two", "three" };
	struct entry e[NR_ROWS] = { 0 };
	uint16_t next = 2 + 3 * NR_ROWS, count = NR_ROWS;

	for (int i = 0; i < NR_ROWS; i++) {
		uint32_t eighth = (uint32_t)(at.rows[i] / 8);
		uint64_t len = strlen(names[i]);

		e[i].hash =
			stele_hash_bytes(names[i], len, STELE_FMT_DEFAULT_SEED);
		stele_probe_at(e[i].hash, 0, 1, &e[i].signature);
		e[i].bytes[0] = (uint8_t)len;
		memcpy(e[i].bytes + 1, names[i], len);
		memcpy(e[i].bytes + 1 + len, &eighth, 4);
		e[i].len = 1 + len + 4;
	}
	qsort(e, NR_ROWS, sizeof(*e), by_place);
	memcpy(to, &count, 2);
	for (int i = 0; i < NR_ROWS; i++) {
		to[2 + i] = (uint8_t)e[i].hash;
		memcpy(to + 2 + NR_ROWS + 2 * i, &next, 2);
		memcpy(to + next, e[i].bytes, e[i].len);
		next = (uint16_t)(next + e[i].len);
	}
	return next;
}

static void make_tables(void)
{
	struct stele_fmt_table bucket = {
		.kind = STELE_FMT_TABLE_BUCKET,
		.key_type = STELE_FMT_KEY_STR,
		.value_type = STELE_TYPE_RECORD,
		.value_bytes = 4,
		.bucket_log2 = 6,
		.name_len = 7,
		.nr_keys = NR_ROWS,
		.nr_values = NR_ROWS,
		.seed = STELE_FMT_DEFAULT_SEED,
		.nr_buckets = 1,
		.nr_partitions = 1,
	};
	struct stele_fmt_table lines = {
		.kind = STELE_FMT_TABLE_INTEGER,
		.key_type = STELE_FMT_KEY_U64,
		.value_type = STELE_TYPE_U64,
		.value_bytes = 8,
		.bucket_log2 = 6,
		.record = STELE_FMT_NONE,
		.decl = STELE_FMT_NONE,
		.name_len = 5,
		.nr_keys = 2,
		.nr_values = 2,
		.seed = STELE_FMT_DEFAULT_SEED,
		.nr_buckets = 1,
		.nr_partitions = 1,
		.empty_key = stele_probe_empty_key(STELE_FMT_DEFAULT_SEED),
		.used_bytes = 32,
	};
	struct stele_fmt_line line = {
		{ 5, 9, lines.empty_key, lines.empty_key }, { 50, 90, 0, 0 }
	};
	struct stele_fmt_partition partition = { .nr_buckets = 1 };
	uint8_t bytes[64] = { 0 };

	handmade_section(&im, STELE_FMT_SECTION_TABLE_DATA)->nr_items = 2;
	bucket.used_bytes = put_bucket(bytes);
	at.bucket = bucket.data_off = handmade_append(&im, bytes, 64);
	handmade_align(&im, 4096);
	at.lines = lines.data_off = handmade_append(&im, &line, 64);
	handmade_section(&im, STELE_FMT_SECTION_TABLE_INDEX)->nr_items = 2;
	at.partition = bucket.partitions_off =
		handmade_append(&im, &partition, sizeof(partition));
	at.separator = bucket.separators_off = handmade_append(&im, "\xff", 1);
	handmade_section(&im, STELE_FMT_SECTION_TABLES)->nr_items = 2;
	bucket.name_off = im.len + 2 * sizeof(bucket);
	lines.name_off = bucket.name_off + 7;
	at.tables = handmade_append(&im, &bucket, sizeof(bucket));
	handmade_append(&im, &lines, sizeof(lines));
	handmade_append(&im,
			"by_name"
			"lines",
			12);
}

static int make_image(void **state)
{
	(void)state;
	if (stele_schema_parse(SCHEMA, strlen(SCHEMA), &schema, &err))
		fail_msg("%s", err.reason);
	at.body_bytes = schema->records[0].body_bytes;
	handmade_begin(&im);
	make_heap();
	make_tables();
	handmade_schema(&im, SCHEMA);
	handmade_seal(&im);
	good = im;
	good.bytes = malloc(im.home_bytes);
	memcpy(good.bytes, im.bytes, im.home_bytes);
	return 0;
}

static int free_image(void **state)
{
	(void)state;
	stele_schema_free(schema);
	handmade_free(&im);
	free(good.bytes);
	return 0;
}

/* ------------------------------------------------------------- judging */

static int open_and_verify(void)
{
	int rc;

	memset(&err, 0, sizeof(err));
	rc = handmade_open(&im, &seg, &err);
	if (!rc) {
		rc = stele_segment_verify(&seg, NULL, &err);
		handmade_close(&im, &seg);
	}
	return rc;
}

static void mend(void)
{
	memcpy(im.bytes, good.bytes, good.home_bytes);
	im.len = good.len;
	im.home_bytes = good.home_bytes;
}

static void expect_at(const char *where, int code, uint32_t invariant)
{
	int rc;

	handmade_seal(&im);
	rc = open_and_verify();
	mend();
	if (rc != code || err.invariant != invariant)
		fail_msg("%s: %d, invariant %u, not %d and %u: %s", where, rc,
			 err.invariant, code, invariant, err.reason);
}

#define STRING(line) #line
#define WHERE(line) "line " STRING(line)
#define expect(name) expect_at(WHERE(__LINE__), -STELE_E_FORMAT, STELE_I_##name)

static void put(uint64_t off, uint64_t word)
{
	handmade_put(&im, off, word);
}

/* ---------------------------------------------------------------- tests */

static void a_good_image_is_accepted(void **state)
{
	(void)state;
	if (open_and_verify())
		fail_msg("invariant %u at %llu: %s", err.invariant,
			 (unsigned long long)err.offset, err.reason);
}

static void heads_are_proved(void **state)
{
	(void)state;
	put(at.i64, HEAD(99, 0, 0));
	expect(OBJECT_KIND);
	put(at.i64, HEAD(KIND(DECIMAL), 0, 0));
	expect_at("decimal", -STELE_E_FEATURE, STELE_I_OBJECT_KIND);
	put(at.i64, HEAD(KIND(I64), 4, 0));
	expect(OBJECT_FLAGS);
	put(at.run, HEAD(KIND(RUN), 1, 21));
	expect(OBJECT_FLAGS);
	put(at.bytes, HEAD(KIND(BYTES), 0, 1 << 30));
	expect(OBJECT_BOUNDS);
	put(at.roots, HEAD(KIND(BYTES), 0, 17));
	im.header->roots = at.dict;
	expect(OBJECT_BOUNDS);
	put(at.pad, 1ull << 16);
	expect(OBJECT_PAD);
	put(at.i64, HEAD(KIND(I64), 0, 1));
	expect(OBJECT_COUNT);
	put(at.sub, HEAD(KIND(RECORD), 0, 2));
	expect(RECORD_SCHEMA);
	im.header->section[0].nr_items++;
	expect(SECTION_ITEMS);
	im.header->nr_rows++;
	expect(HEADER_ROWS);
	put(at.bools, HEAD(KIND(ARRAY), 0xd0, 10));
	expect(ARRAY_ELEMENT);
}

static void padding_stands_before_an_aligned_array_only(void **state)
{
	(void)state;
	/* two objects of 16 bytes become padding */
	put(at.i64, 0);
	put(at.i64 + 8, 0);
	expect(OBJECT_PAD);
	/* the last object does */
	memset(im.bytes + at.roots, 0, 24);
	im.header->roots = 0;
	im.header->section[0].nr_items--;
	expect(OBJECT_PAD);
	/* an array too small to be aligned: 9 bytes, where there were 9 words */
	assert_int_not_equal(at.pad, at.array);
	put(at.array, HEAD(KIND(ARRAY), ELEMENT(U8), 9));
	memset(im.bytes + at.array + 8, 0, 72);
	for (uint64_t pos = at.array + 24; pos < at.array + 80; pos += 8) {
		put(pos, HEAD(KIND(LIST), 0, 0));
		im.header->section[0].nr_items++;
	}
	expect(OBJECT_PAD);
}

static void fill_behind_objects_is_zero(void **state)
{
	static uint64_t *const objects[] = { &at.run, &at.bytes, &at.bigint,
					     &at.bools };
	static const uint64_t ends[] = { 8 + 21, 8 + 9, 8 + 9, 8 + 10 };

	(void)state;
	for (int i = 0; i < 4; i++) {
		im.bytes[*objects[i] + ends[i]] = 1;
		expect(OBJECT_FILL);
	}
	im.bytes[at.str + 16 + 10] = 1;
	expect(OBJECT_FILL);
	im.bytes[at.dates + 8 + 12] = 1;
	expect(OBJECT_FILL);
}

static void scalars_have_one_spelling(void **state)
{
	double small = 1.5;

	(void)state;
	im.bytes[at.run + 8 + 3] = 0x80;
	expect(RUN_BYTES);
	put(at.i64 + 8, 5);
	expect(NUMBER_SPELLING);
	put(at.u64 + 8, INT64_MAX);
	expect(NUMBER_SPELLING);
	memcpy(im.bytes + at.f64 + 8, &small, 8);
	expect(NUMBER_SPELLING);
	put(at.f64 + 8, 0x7ff8000000000000);
	expect(NUMBER_SPELLING);
	im.bytes[at.bigint + 8 + 8] = 0;
	expect(NUMBER_SPELLING);
	put(at.bytes, HEAD(KIND(BYTES), 0, 7));
	put(at.bytes + 16, 0);
	im.bytes[at.bytes + 15] = 0;
	expect(OBJECT_PAD); /* what is left of it is padding */
	im.bytes[at.str + 16 + 3] = 'e';
	im.bytes[at.str + 16 + 4] = 'e';
	expect(STR_SPELLING);
	put(at.long_ascii, HEAD(KIND(STR), 0, 8192));
	expect(STR_ASCII);
	put(at.str, HEAD(KIND(STR), STELE_FMT_OBJ_F_ASCII, 10));
	expect(STR_ASCII);
	im.bytes[at.str + 16 + 4] = 'x';
	expect(STR_UTF8);
	put(at.str + 8, 10);
	expect(STR_COUNT);
	/* the long string becomes objects of other kinds */
	put(at.long_ascii, HEAD(KIND(BIGINT), 0, 8200));
	put(at.list + 8, at.long_ascii);
	handmade_seal(&im);
	assert_int_equal(open_and_verify(), 0);
	mend();
	put(at.bytes, HEAD(KIND(BIGINT), STELE_FMT_OBJ_F_NEGATIVE, 8));
	put(at.bytes + 8, 1ull << 63);
	put(at.bytes + 16, HEAD(KIND(LIST), 0, 0));
	im.header->section[0].nr_items++;
	expect(NUMBER_SPELLING);
	put(at.bytes, HEAD(KIND(BYTES), 0, 7));
	im.bytes[at.bytes + 15] = 0;
	put(at.bytes + 16, HEAD(KIND(LIST), 0, 0));
	im.header->section[0].nr_items++;
	expect(BYTES_SPELLING);
}

static void arrays_are_proved(void **state)
{
	(void)state;
	im.bytes[at.bools + 8 + 4] = 2;
	expect(ARRAY_VALUE);
	put(at.dates + 8, 0x7fffffff);
	expect(ARRAY_VALUE);
	/* the array's padding comes behind another object */
	put(at.array, HEAD(KIND(ARRAY), ELEMENT(I64), 8));
	put(at.array + 72, 0);
	expect(OBJECT_PAD);
	put(at.bytes, HEAD(KIND(ARRAY), ELEMENT(U8), 9));
	put(at.list + 8, at.bytes);
	handmade_seal(&im);
	assert_int_equal(open_and_verify(), 0);
	mend();
	put(at.long_ascii, HEAD(KIND(ARRAY), ELEMENT(U8), 8200));
	expect(ARRAY_ALIGN);
}

static void words_are_proved(void **state)
{
	uint64_t at_word;

	(void)state;
	at_word = at.list + 8;
	put(at_word, 72);
	expect(WORD_CONSTANT);
	put(at_word, STELE_FMT_UNSET);
	expect(WORD_UNSET);
	put(at_word, at.i64 + 8);
	expect(WORD_TARGET);
	put(at_word, at.pad);
	expect(WORD_TARGET);
	put(at_word, at.bucket);
	expect(WORD_TARGET);
	put(at_word, UINT64_MAX & ~7ull);
	expect(WORD_TARGET);
	put(at_word, at.run);
	expect(WORD_KIND);
	put(at_word, text("ab") | 1ull << 40);
	expect(WORD_SHORT);
	put(at_word, text("ab") | 1 << 6);
	expect(WORD_SHORT);
	put(at_word, text("\xc3\x28"));
	expect(STR_UTF8);
	put(at_word, stele_word_calendar(2, 0));
	expect(WORD_CALENDAR);
	put(at_word, stele_word_calendar(STELE_FMT_CALENDAR_DATE, 2932897));
	expect(WORD_CALENDAR);
	put(at_word, stele_word_calendar(STELE_FMT_CALENDAR_DATETIME,
					 -62135596800000001ll));
	expect(WORD_CALENDAR);
	put(at_word, stele_word_ascii(at.run + 8, 7));
	expect(WORD_ASCII);
	put(at_word, stele_word_ascii(at.run + 8, 22));
	expect(WORD_ASCII);
	put(at_word, stele_word_ascii(at.run + 4, 8));
	expect(WORD_ASCII);
	put(at_word, stele_word_ascii(at.long_ascii + 16, 8));
	expect(WORD_ASCII);
	put(at_word, stele_word_ascii(at.bucket, 8));
	expect(WORD_ASCII);
	put(at_word, stele_word_ascii(16, 8));
	expect(WORD_ASCII);
	put(at_word, stele_word_ascii(STELE_FMT_ASCII_MAX_OFF, 8191));
	expect(WORD_ASCII);
}

/* The slot where the search for the pair that slot `i` names begins. */
static uint32_t home_of(const uint32_t *slots, uint32_t i)
{
	struct stele_value key = { .type = STELE_TYPE_I64,
				   .u.i = (slots[i] & 15) - 1 };
	uint64_t hash;

	assert_int_equal(
		stele_canonical_hash(&key, STELE_FMT_DEFAULT_SEED, &hash), 0);
	return (uint32_t)(hash >> 32) & 15;
}

/* Two pairs whose searches meet change places: a search finds both still. */
static void pairs_enter_an_index_in_order(void **state)
{
	uint64_t index = at.indexed + 8 + 16 * NR_PAIRS;
	uint32_t *slots = (uint32_t *)(void *)(im.bytes + index), i = 1, slot;

	(void)state;
	while (i < 16 && (!slots[i] || home_of(slots, i) == i))
		i++;
	assert_in_range(i, 1, 15);
	slot = slots[i];
	slots[i] = slots[i - 1];
	slots[i - 1] = slot;
	expect(DICT_INDEX);
}

static void dicts_are_proved(void **state)
{
	uint64_t index = at.indexed + 8 + 16 * NR_PAIRS;
	uint32_t *slots = (uint32_t *)(void *)(im.bytes + index), i = 0;

	(void)state;
	put(at.dict + 8, at.list);
	expect(DICT_KEY);
	put(at.dict + 8, STELE_FMT_NAN);
	expect(DICT_KEY);
	put(at.dict + 8, STELE_FMT_UNSET);
	expect(WORD_UNSET);
	put(at.dict + 24, text("a"));
	expect(DICT_UNIQUE);
	put(at.indexed + 8, number(100));
	expect(DICT_INDEX);
	put(at.indexed + 8, number(8));
	expect(DICT_UNIQUE);
	while (!slots[i])
		i++;
	slots[i] ^= 0x100;
	expect(DICT_INDEX);
	slots[i] = 0;
	expect(DICT_INDEX);
	for (i = 0; slots[i];)
		i++;
	slots[i] = 1;
	expect(DICT_INDEX);
	put(at.roots + 8, number(1));
	expect(HEADER_ROOT_NAME);
	put(at.roots + 8, text(""));
	expect(HEADER_ROOT_NAME);
}

static void record_bodies_are_proved(void **state)
{
	const struct stele_fmt_record *r = &schema->records[0];
	uint64_t row = at.rows[1];

	(void)state;
	put(field_at(row, "name"), STELE_FMT_NULL);
	expect(FIELD_NULL);
	put(field_at(row, "name"), STELE_FMT_UNSET);
	expect(FIELD_UNSET);
	put(field_at(row, "name"), number(1));
	expect(FIELD_TYPE);
	im.bytes[field_at(row, "on")] = 2;
	expect(FIELD_BOOL);
	memcpy(im.bytes + field_at(row, "day"), "\xff\xff\xff\x7f", 4);
	expect(FIELD_TIME);
	im.bytes[row + r->null_off] |= 1;
	expect(RECORD_ABSENT);
	im.bytes[row + r->unset_off] |= 1;
	expect(RECORD_ABSENT);
	im.bytes[row + r->null_off] |= 1;
	memset(im.bytes + field_at(row, "n"), 0, 2);
	handmade_seal(&im);
	assert_int_equal(open_and_verify(), 0);
	mend();
	im.bytes[row + r->null_off] |= 4;
	expect(RECORD_GAP);
	im.bytes[row + r->null_off] |= 2;
	im.bytes[row + r->unset_off] |= 1;
	im.bytes[field_at(row, "on")] = 0;
	expect(RECORD_BITS);
	im.bytes[row + r->unset_off] |= 0x80;
	expect(RECORD_GAP);
	if (r->unset_off + 1 < r->body_bytes) {
		im.bytes[row + r->body_bytes - 1] = 1;
		expect(RECORD_GAP);
	}
	put(field_at(row, "sub"), row);
	expect(FIELD_RECORD);
	put(field_at(row, "sub"), at.list);
	expect(FIELD_RECORD);
	put(field_at(row, "map"), at.list);
	expect(FIELD_TYPE);
	put(field_at(row, "arr"), at.array);
	expect(FIELD_TYPE);
	put(field_at(row, "any"), at.run);
	expect(WORD_KIND);
}

static void items_are_of_their_declared_type(void **state)
{
	(void)state;
	put(at.small + 8, number(256));
	expect(FIELD_TYPE);
	put(at.small + 8, number(-1));
	expect(FIELD_TYPE);
	put(at.small + 8, STELE_FMT_NULL);
	expect(FIELD_NULL);
	put(at.map + 8, number(3));
	expect(FIELD_TYPE);
	put(at.map + 16, at.bools);
	expect(FIELD_TYPE);
	put(at.deps[2] + 8, at.sub);
	expect(FIELD_REF);
	put(at.deps[2] + 8, number(4));
	expect(FIELD_REF);
	put(at.deps[2] + 8, STELE_FMT_NULL);
	expect(FIELD_NULL);
	put(at.rows[2], HEAD(KIND(RECORD), 0, 0));
	im.header->nr_rows--;
	put(at.deps[1] + 8, at.rows[2]);
	expect(FIELD_REF);
}

static void buckets_are_proved(void **state)
{
	struct stele_fmt_table *t = (void *)(im.bytes + at.tables);
	uint8_t *b = im.bytes + at.bucket;

	(void)state;
	b[0] = 60;
	expect(BUCKET_BOUNDS);
	b[2] ^= 1;
	expect(BUCKET_TAG);
	b[2 + NR_ROWS]++;
	expect(BUCKET_PACKED);
	b[63] = 1;
	expect(BUCKET_PACKED);
	b[11 + 1] ^= 1;
	expect(BUCKET_TAG); /* another key has another hash */
	b[11] = 120;
	expect(ENTRY_LENGTH);
	memset(b + 11, 0xff, 53);
	expect(ENTRY_LENGTH);
	im.bytes[at.separator] = 0;
	expect(BUCKET_PLACE);
	t->nr_keys++;
	t->nr_values++;
	expect(TABLE_COUNT);
	t->used_bytes++;
	expect(TABLE_USED);
	im.bytes[at.partition + 12] = 1;
	expect(PARTITION_PROBE);
	im.bytes[at.partition + 12] = 65;
	expect(PARTITION_PROBE);
	im.bytes[at.partition + 13] = 2;
	expect(PARTITION_HASH);
	im.bytes[at.partition]++;
	expect(PARTITION_ORDER);
	im.bytes[at.partition + 8] = 2;
	expect(PARTITION_ORDER);
}

static void rows_of_a_table_have_its_keys(void **state)
{
	uint8_t *b = im.bytes + at.bucket;
	uint64_t first = 11 + 1 + b[11];
	uint32_t value;

	(void)state;
	memcpy(&value, b + first, 4);
	value++;
	memcpy(b + first, &value, 4);
	expect(ENTRY_ROW);
	value = (uint32_t)(at.sub / 8);
	memcpy(b + first, &value, 4);
	expect(ENTRY_ROW);
	memcpy(&value, b + first, 4);
	value = (uint32_t)(at.rows[value == at.rows[0] / 8] / 8);
	memcpy(b + first, &value, 4);
	expect(ENTRY_ROW_KEY);
	/* a weak key that is not absent */
	put(at.deps[2] + 16, text("one"));
	expect(FIELD_REF);
	/* a row whose key the table has not: its name is another's */
	put(field_at(at.rows[2], "name"), text("four"));
	expect(ENTRY_ROW_KEY);
}

static void lines_are_proved(void **state)
{
	struct stele_fmt_line *line = (void *)(im.bytes + at.lines);
	struct stele_fmt_table *t = (void *)(im.bytes + at.tables);
	uint64_t empty = line->key[3];

	(void)state;
	line->value[3] = 1;
	expect(LINE_FREE);
	line->key[1] = empty;
	line->value[1] = 0;
	line->key[2] = 7;
	expect(LINE_FREE);
	line->key[1] = 5;
	expect(LINE_PLACE);
	line->key[0] = 9;
	line->key[1] = 5;
	expect(LINE_ORDER);
	line->key[1] = empty;
	line->value[1] = 0;
	expect(TABLE_COUNT);
	/* lines for no key at all */
	line->key[0] = line->key[1] = empty;
	line->value[0] = line->value[1] = 0;
	t[1].nr_keys = t[1].nr_values = t[1].used_bytes = 0;
	expect(TABLE_ZERO);
	t[1].empty_key++;
	expect(LINE_EMPTY);
}

/* 40 ways from each of 16 levels to the next: 40^16 paths, 17 lists. */
static void shared_lists_are_walked_once_a_type(void **state)
{
	static const char *const tails[] = { "u8", "u16" };
	uint64_t words[40], word = number(200), body[2] = { 0 };
	char schema_text[512];

	(void)state;
	for (int bad = 0; bad < 2; bad++) {
		handmade_free(&im);
		handmade_begin(&im);
		handmade_section(&im, STELE_FMT_SECTION_HEAP);
		word = number(bad ? 256 : 255);
		for (int level = 0; level < 17; level++) {
			for (int i = 0; i < 40; i++)
				words[i] = word;
			word = object(KIND(LIST), 0, 40, words, 320);
		}
		body[0] = body[1] = word;
		object(KIND(RECORD), 0, 0, body, 16);
		strcpy(schema_text, "record R {");
		for (int field = 0; field < 2; field++) {
			strcat(schema_text, field ? " b: " : " a: ");
			for (int i = 0; i < 17; i++)
				strcat(schema_text, "list<");
			strcat(schema_text, tails[!field]);
			for (int i = 0; i < 17; i++)
				strcat(schema_text, ">");
		}
		strcat(schema_text, " }\n");
		handmade_schema(&im, schema_text);
		handmade_seal(&im);
		assert_int_equal(open_and_verify(), bad ? -STELE_E_FORMAT : 0);
		assert_int_equal(err.invariant, bad ? STELE_I_FIELD_TYPE : 0);
	}
	mend();
}

/* Lists of one null each where their positions' hashes begin close together. */
static uint64_t *crowded_lists(uint64_t nr, uint64_t slots)
{
	uint64_t *words = malloc(nr * sizeof(*words)), null = STELE_FMT_NULL, n;

	assert_non_null(words);
	for (n = 0; n < nr;)
		if (stele_hash_u64(im.len, 2) % slots < nr / 9)
			words[n++] = object(KIND(LIST), 0, 1, &null, 8);
		else
			object(KIND(LIST), 0, 0, NULL, 0);
	return words;
}

/* Reached by three ways each, all have to be remembered. */
static void lists_placed_to_collide_cost_no_more(void **state)
{
	const uint64_t nr = 130000;
	uint64_t *words, body;
	clock_t begin;

	(void)state;
	handmade_free(&im);
	handmade_begin(&im);
	handmade_section(&im, STELE_FMT_SECTION_HEAP);
	words = crowded_lists(nr, 262144);
	for (int i = 0; i < 3; i++) {
		body = object(KIND(LIST), 0, nr, words, 8 * nr);
		object(KIND(RECORD), 0, 0, &body, 8);
	}
	free(words);
	handmade_schema(&im, "record R { a: list<list<list<u8>?>> }\n");
	handmade_seal(&im);
	begin = clock();
	assert_int_equal(open_and_verify(), 0);
	assert_true(clock() - begin < 2 * CLOCKS_PER_SEC);
	mend();
}

static void a_declared_table_must_be_there(void **state)
{
	(void)state;
	handmade_free(&im);
	handmade_begin(&im);
	handmade_schema(&im, SCHEMA);
	handmade_seal(&im);
	assert_int_equal(open_and_verify(), -STELE_E_FORMAT);
	assert_int_equal(err.invariant, STELE_I_TABLE_RECORD);
	mend();
}

static void descriptors_are_proved(void **state)
{
	struct stele_fmt_table *t = (void *)(im.bytes + at.tables);

	(void)state;
	t[1].name_len = 4;
	expect(TABLE_NAME);
	t[0].name_off++;
	expect(TABLE_NAME);
	t[0].name_off = UINT64_MAX;
	expect(TABLE_NAME);
	im.bytes[t[1].name_off] = 0xff;
	expect(TABLE_NAME);
	t[1].name_off = 8;
	expect(TABLE_NAME);
	t[1].decl = 0;
	expect(TABLE_RECORD);
	t[1].zero2[47] = 1;
	expect(TABLE_ZERO);
	t[1].separators_off = 1ull << 63;
	expect(TABLE_ZERO);
	t[0].empty_key = 1;
	expect(TABLE_ZERO);
	t[0].overflow_off = 4096;
	expect(TABLE_ZERO);
	t[0].decl = STELE_FMT_NONE;
	expect(TABLE_RECORD);
	im.bytes[t[0].name_off] ^= 1;
	expect(TABLE_RECORD);
	im.bytes[at.bucket + 100] = 1;
	expect(TABLE_SPACE);
	im.header->section[1].nr_items = 1;
	expect(SECTION_ITEMS);
	im.header->section[4].nr_items = 1;
	expect(SECTION_ITEMS);
	im.header->section[3].nr_items = 0;
	expect(SECTION_ITEMS);
	im.header->section[3].nr_items = 1ull << 60;
	expect(SECTION_ITEMS);
	im.header->section[2].len += 8;
	expect(TABLE_SPACE);
}

static void bytes_that_nobody_owns_are_zero(void **state)
{
	(void)state;
	im.bytes[im.header->section[1].off - 1] = 1;
	expect(SECTION_GAP);
	im.bytes[im.len] = 1;
	expect(TRAILER_PADDING);
	im.bytes[im.home_bytes] = 1;
	im.home_bytes++;
	assert_int_equal(open_and_verify(), -STELE_E_FORMAT);
	assert_int_equal(err.invariant, STELE_I_TRAILER_TAIL);
	assert_int_equal(err.offset, im.home_bytes - 1);
	mend();
	im.bytes[im.home_bytes] = 0;
}

static void digests_are_proved(void **state)
{
	uint64_t tree = (im.len + 4095) & ~4095ull;

	(void)state;
	im.bytes[at.bytes + 8]++;
	assert_int_equal(open_and_verify(), -STELE_E_DIGEST);
	assert_int_equal(err.invariant, STELE_I_DIGEST_DATA);
	assert_int_equal(err.offset, at.bytes & ~4095ull);
	mend();
	im.bytes[tree]++;
	assert_int_equal(open_and_verify(), -STELE_E_DIGEST);
	assert_int_equal(err.invariant, STELE_I_DIGEST_IDENTITY);
	mend();
	im.bytes[im.home_bytes - 1]++;
	assert_int_equal(open_and_verify(), -STELE_E_DIGEST);
	assert_int_equal(err.invariant, STELE_I_DIGEST_IDENTITY);
	mend();
}

static int stop_soon(void *arg, uint64_t done, uint64_t all)
{
	unsigned *calls = arg;

	assert_true(done <= all);
	return ++*calls == 1;
}

static int count_calls(void *arg, uint64_t done, uint64_t all)
{
	uint64_t *last = arg;

	assert_true(done >= *last && done <= all);
	*last = done == all ? UINT64_MAX : done;
	return 0;
}

/* Beyond 64 MiB the data is proved by pieces: the first, the last, the rest. */
static void digests_of_large_segments_are_proved(void **state)
{
	const uint64_t len = 129ull << 20;
	static const uint64_t offsets[] = { 8192, (64ull << 20) - 1,
					    (64ull << 20) + 5, 129ull << 20 };
	struct handmade large;
	uint64_t last = 0;
	struct stele_verify_options options = { .size = sizeof(options),
						.threads = 2,
						.progress = count_calls,
						.arg = &last };
	uint64_t pos;

	(void)state;
	handmade_begin(&large);
	handmade_section(&large, STELE_FMT_SECTION_HEAP);
	pos = handmade_object(&large, HEAD(KIND(BYTES), 0, len), NULL, 0);
	large.len += len;
	handmade_seal(&large);
	memset(&seg, 0, sizeof(seg));
	assert_int_equal(stele_segment_attach(&seg, large.bytes,
					      large.home_bytes, &err),
			 0);
	if (stele_segment_verify(&seg, &options, &err))
		fail_msg("%u: %s", err.invariant, err.reason);
	assert_true(last == UINT64_MAX);
	for (int i = 0; i < 4; i++) {
		large.bytes[pos + offsets[i]] ^= 1;
		assert_int_equal(stele_segment_verify(&seg, NULL, &err),
				 -STELE_E_DIGEST);
		assert_int_equal(err.invariant, STELE_I_DIGEST_DATA);
		assert_int_equal(err.offset, (pos + offsets[i]) & ~4095ull);
		large.bytes[pos + offsets[i]] ^= 1;
	}
	/* a leaf block of the tree */
	large.bytes[large.home_bytes - 4096] ^= 1;
	assert_int_equal(stele_segment_verify(&seg, NULL, &err),
			 -STELE_E_DIGEST);
	assert_int_equal(err.invariant, STELE_I_DIGEST_TREE);
	stele_segment_detach(&seg);
	handmade_free(&large);
}

/* Everything a reader can ask of a value, as deep as it is small. */
static void read_all(const struct stele_value *v, int depth)
{
	struct stele_value key, item;
	struct stele_record record;
	const void *p;
	char digits[64];
	uint64_t points;
	size_t len;

	if (v->type == STELE_TYPE_STR)
		stele_value_code_points(v, &points);
	stele_value_digits(v, digits, sizeof(digits), &len);
	if (!stele_value_elements(v, &p) && v->len)
		assert_true(((const volatile char *)p)[0] ||
			    !((const volatile char *)p)[0]);
	if (depth == 0)
		return;
	for (uint64_t i = 0; i < v->len && i < 20; i++)
		if (!stele_value_item(v, i, &item))
			read_all(&item, depth - 1);
	for (uint64_t i = 0; i < v->len && i < 20; i++)
		if (!stele_value_pair(v, i, &key, &item)) {
			read_all(&item, depth - 1);
			stele_value_find(v, &key, &item);
		}
	if (stele_value_record(v, &record))
		return;
	for (uint32_t i = 0; i < 12; i++)
		if (!stele_record_get_at(record, i, &item))
			read_all(&item, depth - 1);
}

static void read_tables(void)
{
	struct stele_value v, key;

	for (uint32_t i = 0; stele_segment_map_at(&seg, i); i++) {
		const struct stele_map *map = stele_segment_map_at(&seg, i);
		struct stele_cursor cursor = STELE_CURSOR_BEGIN;
		struct stele_matches matches;

		if (!stele_map_get_str(map, "two", 3, &v))
			read_all(&v, 3);
		if (!stele_map_get_u64(map, 5, &v))
			read_all(&v, 3);
		for (int n = 0;
		     n < 100 && !stele_map_next(map, &cursor, &key, &matches);
		     n++)
			if (!stele_matches_next(&matches, &v))
				read_all(&v, 2);
	}
}

static void read_segment(void)
{
	struct stele_rows rows = STELE_ROWS_BEGIN;
	struct stele_value v;

	if (!stele_segment_roots(&seg, &v))
		read_all(&v, 4);
	stele_segment_root(&seg, "root", &v);
	stele_segment_map(&seg, "by_name");
	for (int n = 0; n < 20 && !stele_segment_next_row(&seg, &rows, &v); n++)
		read_all(&v, 4);
	read_tables();
}

/* The long run of one letter in the image tells nothing more, so skip it. */
static bool is_dull(uint64_t i)
{
	return i > at.long_ascii + 32 && i < at.bytes - 8;
}

static void no_flipped_byte_goes_unseen(void **state)
{
	(void)state;
	for (uint64_t i = 0; i < im.home_bytes; i++) {
		if (is_dull(i) || (i > 512 && i < 4096 && i % 7))
			continue;
		im.bytes[i] ^= (uint8_t)(1 << i % 8);
		if (!open_and_verify())
			fail_msg("byte %llu flipped unseen",
				 (unsigned long long)i);
		im.bytes[i] = good.bytes[i];
	}
}

/* Signed anew a flipped byte may be legal; reading it must be harmless. */
static void no_flipped_byte_leads_outside(void **state)
{
	unsigned refused = 0, all = 0;

	(void)state;
	for (uint64_t i = 4096; i < im.len; i++) {
		if (is_dull(i))
			continue;
		for (int bit = 0; bit < 8; bit += 1 + (i & 1) * 3) {
			im.bytes[i] = good.bytes[i] ^ (uint8_t)(1 << bit);
			if (!handmade_open(&im, &seg, &err)) {
				read_segment();
				refused += stele_segment_verify(&seg, NULL,
								&err) != 0;
				handmade_close(&im, &seg);
			} else {
				refused++;
			}
			all++;
		}
		im.bytes[i] = good.bytes[i];
	}
	assert_int_equal(refused, all);
}

static void no_signed_flip_crashes_verify(void **state)
{
	(void)state;
	for (uint64_t i = 4096; i < im.len; i += 1 + i % 3) {
		if (is_dull(i))
			continue;
		im.bytes[i] ^= 1 << i % 8;
		handmade_seal(&im);
		open_and_verify();
		im.bytes[i] = good.bytes[i];
	}
	mend();
}

static void progress_rises_to_all_and_can_end_it(void **state)
{
	unsigned calls = 0;
	uint64_t last = 0;
	struct stele_verify_options options = { .size = sizeof(options),
						.progress = stop_soon,
						.arg = &calls };

	(void)state;
	assert_int_equal(handmade_open(&im, &seg, &err), 0);
	assert_int_equal(stele_segment_verify(&seg, &options, &err),
			 -ECANCELED);
	assert_int_equal(calls, 1);
	options.progress = count_calls;
	options.arg = &last;
	assert_int_equal(stele_segment_verify(&seg, &options, &err), 0);
	assert_true(last == UINT64_MAX);
	options.zero = 1;
	assert_int_equal(stele_segment_verify(&seg, &options, &err), -EINVAL);
	handmade_close(&im, &seg);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_image_is_accepted),
		cmocka_unit_test(heads_are_proved),
		cmocka_unit_test(padding_stands_before_an_aligned_array_only),
		cmocka_unit_test(fill_behind_objects_is_zero),
		cmocka_unit_test(scalars_have_one_spelling),
		cmocka_unit_test(arrays_are_proved),
		cmocka_unit_test(words_are_proved),
		cmocka_unit_test(dicts_are_proved),
		cmocka_unit_test(pairs_enter_an_index_in_order),
		cmocka_unit_test(record_bodies_are_proved),
		cmocka_unit_test(items_are_of_their_declared_type),
		cmocka_unit_test(buckets_are_proved),
		cmocka_unit_test(rows_of_a_table_have_its_keys),
		cmocka_unit_test(lines_are_proved),
		cmocka_unit_test(shared_lists_are_walked_once_a_type),
		cmocka_unit_test(lists_placed_to_collide_cost_no_more),
		cmocka_unit_test(a_declared_table_must_be_there),
		cmocka_unit_test(descriptors_are_proved),
		cmocka_unit_test(bytes_that_nobody_owns_are_zero),
		cmocka_unit_test(digests_are_proved),
		cmocka_unit_test(digests_of_large_segments_are_proved),
		cmocka_unit_test(progress_rises_to_all_and_can_end_it),
		cmocka_unit_test(no_flipped_byte_goes_unseen),
		cmocka_unit_test(no_flipped_byte_leads_outside),
		cmocka_unit_test(no_signed_flip_crashes_verify),
	};

	return cmocka_run_group_tests(tests, make_image, free_image);
}
