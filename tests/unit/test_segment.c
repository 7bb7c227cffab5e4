// SPDX-License-Identifier: MIT
/*
 * Attaching: each broken field of header, sections and trailer is refused under
 * its own invariant, what is newer but compatible is read, and every cut of an
 * image is told from a whole one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "handmade.h"
#include "invariant.h"
#include "word.h"

#define HEAD STELE_FMT_HEAD
#define KIND(name) STELE_FMT_KIND_##name

static struct handmade im;
static struct stele_segment seg;
static struct stele_error err;
static uint64_t roots, list;

/* A heap with a list, three rows and a dict of roots; a schema. */
static void make_image(void)
{
	uint64_t words[2] = { STELE_FMT_TRUE, STELE_FMT_NULL };
	uint64_t pair[2];

	handmade_begin(&im);
	handmade_section(&im, STELE_FMT_SECTION_HEAP);
	list = handmade_object(&im, HEAD(KIND(LIST), 0, 2), words, 16);
	for (uint64_t i = 0; i < 3; i++) {
		uint64_t body[2] = { i };

		stele_word_short(STELE_FMT_TAG_STR, "row", 3, &body[1]);
		handmade_object(&im, HEAD(KIND(RECORD), STELE_FMT_OBJ_F_ROW, 0),
				body, 16);
	}
	stele_word_short(STELE_FMT_TAG_STR, "all", 3, &pair[0]);
	pair[1] = list;
	roots = handmade_object(&im, HEAD(KIND(DICT), 0, 1), pair, 16);
	im.header->roots = roots;
	handmade_schema(&im, "record R { n: u64  s: str }\nrows R\n");
	handmade_seal(&im);
}

static int setup(void **state)
{
	(void)state;
	make_image();
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	handmade_close(&im, &seg);
	handmade_free(&im);
	return 0;
}

static void assert_opens(void)
{
	int rc = handmade_open(&im, &seg, &err);

	if (rc)
		fail_msg("%d: %s", rc, err.reason);
}

static void assert_refused(int code, uint32_t invariant)
{
	int rc;

	memset(&err, 0, sizeof(err));
	rc = handmade_open(&im, &seg, &err);
	if (rc != code || err.code != code || err.invariant != invariant)
		fail_msg("%d, invariant %u, not %d and %u: %s", rc,
			 err.invariant, code, invariant, err.reason);
	assert_null(seg.schema);
	assert_null(seg.maps);
	assert_true(err.reason[0]);
}

/* Signed anew, so that nothing but the change is wrong. */
static void assert_broken(uint32_t invariant)
{
	handmade_seal(&im);
	assert_refused(-STELE_E_FORMAT, invariant);
}

static void a_good_image_opens_and_offers_what_it_has(void **state)
{
	struct stele_rows rows = STELE_ROWS_BEGIN;
	struct stele_value v, item;
	struct stele_record record;
	struct stele_field n;
	uint64_t u;

	(void)state;
	assert_opens();
	assert_int_equal(seg.image_bytes, im.home_bytes);
	assert_int_equal(stele_segment_roots(&seg, &v), 0);
	assert_int_equal(v.type, STELE_TYPE_DICT);
	assert_int_equal(stele_segment_root(&seg, "all", &v), 0);
	assert_true(v.type == STELE_TYPE_LIST && v.u.pos == list);
	assert_int_equal(stele_segment_root(&seg, "none", &v), -STELE_E_ABSENT);
	assert_int_equal(stele_field_resolve(&seg, "R", "n", STELE_TYPE_U64, &n,
					     &err),
			 0);
	for (uint64_t i = 0; i < 3; i++) {
		assert_int_equal(stele_segment_next_row(&seg, &rows, &v), 0);
		assert_int_equal(stele_value_record(&v, &record), 0);
		assert_int_equal(stele_record_get_u64(record, &n, &u), 0);
		assert_int_equal(u, i);
		assert_int_equal(stele_record_get_at(record, 1, &item), 0);
		assert_memory_equal(item.u.ptr, "row", 3);
	}
	assert_int_equal(stele_segment_next_row(&seg, &rows, &v),
			 -STELE_E_ABSENT);
	assert_int_equal(stele_segment_next_row(&seg, &rows, &v),
			 -STELE_E_ABSENT);
	assert_null(stele_segment_map(&seg, "by_n"));
	assert_null(stele_segment_map_at(&seg, 0));
}

static void a_header_alone_is_an_empty_segment(void **state)
{
	struct stele_rows rows = STELE_ROWS_BEGIN;
	struct stele_value v;

	(void)state;
	handmade_free(&im);
	handmade_begin(&im);
	handmade_seal(&im);
	assert_opens();
	assert_int_equal(seg.len, 4096);
	assert_int_equal(stele_segment_roots(&seg, &v), 0);
	assert_int_equal(v.type, STELE_TYPE_NULL);
	assert_int_equal(stele_segment_root(&seg, "x", &v), -STELE_E_ABSENT);
	assert_int_equal(stele_segment_next_row(&seg, &rows, &v),
			 -STELE_E_ABSENT);
	assert_int_equal(stele_segment_verify(&seg, NULL, &err), 0);
}

static void other_magic_is_not_a_segment(void **state)
{
	(void)state;
	im.bytes[1] ^= 1;
	assert_broken(STELE_I_HEADER_MAGIC);
}

static void another_major_is_refused_as_a_version(void **state)
{
	(void)state;
	im.header->major++;
	handmade_seal(&im);
	assert_refused(-STELE_E_VERSION, STELE_I_HEADER_MAJOR);
	im.header->major = 1;
	handmade_seal(&im);
	assert_refused(-STELE_E_VERSION, STELE_I_HEADER_MAJOR);
}

static void a_newer_minor_is_read(void **state)
{
	(void)state;
	im.header->minor = STELE_FMT_MINOR + 7;
	handmade_seal(&im);
	assert_opens();
}

static void a_wrong_checksum_is_refused(void **state)
{
	(void)state;
	im.header->checksum ^= 1;
	assert_refused(-STELE_E_FORMAT, STELE_I_HEADER_CHECKSUM);
}

static void incompatible_features_are_named(void **state)
{
	(void)state;
	for (int bit = 0; bit < 64; bit++) {
		char text[16];

		im.header->incompat = 1ull << bit;
		handmade_seal(&im);
		assert_refused(-STELE_E_FEATURE, STELE_I_HEADER_INCOMPAT);
		sprintf(text, "bit %d", bit);
		assert_non_null(strstr(err.reason, text));
	}
}

static void unknown_compatible_features_are_ignored(void **state)
{
	(void)state;
	im.header->compat = 1ull << 40;
	handmade_seal(&im);
	assert_opens();
}

static void header_fields_out_of_range_are_refused(void **state)
{
	struct stele_fmt_header *h = im.header, good = *h;

	(void)state;
	h->header_bytes = 8192;
	assert_broken(STELE_I_HEADER_BYTES);
	*h = good;
	h->extra_heap = 1;
	assert_broken(STELE_I_HEADER_ZERO);
	*h = good;
	h->zero[169] = 1;
	assert_broken(STELE_I_HEADER_ZERO);
	*h = good;
	h->nr_sections = 61;
	assert_broken(STELE_I_HEADER_SECTIONS);
	*h = good;
	h->share_log2 = 29;
	assert_broken(STELE_I_HEADER_SHARE);
	*h = good;
	h->granule_log2 = 12;
	assert_broken(STELE_I_HEADER_GRANULE);
	h->compat = STELE_FMT_COMPAT_PAGED;
	handmade_seal(&im);
	assert_opens();
	handmade_close(&im, &seg);
	h->granule_log2 = 17;
	assert_broken(STELE_I_HEADER_GRANULE);
	*h = good;
	h->len_bytes = 4095;
	assert_broken(STELE_I_HEADER_LENGTH);
	h->len_bytes = UINT64_MAX;
	assert_broken(STELE_I_HEADER_LENGTH);
}

static void roots_must_be_a_dict_of_the_heap(void **state)
{
	static const uint64_t offsets[] = { 8, 1, 4, UINT64_MAX - 7 };

	(void)state;
	im.header->roots = list;
	assert_broken(STELE_I_HEADER_ROOTS);
	for (size_t i = 0; i < 4; i++) {
		im.header->roots = roots + offsets[i];
		assert_broken(STELE_I_HEADER_ROOTS);
	}
	im.header->roots = 8;
	assert_broken(STELE_I_HEADER_ROOTS);
	im.header->roots = roots;
	handmade_put(&im, roots, HEAD(KIND(DICT), 0, 1000));
	assert_broken(STELE_I_HEADER_ROOTS);
}

static void section_fields_out_of_range_are_refused(void **state)
{
	struct stele_fmt_section *s = im.header->section;
	struct stele_fmt_header good = *im.header;

	(void)state;
	s[0].kind = 0;
	assert_broken(STELE_I_SECTION_KIND);
	s[0].kind = STELE_FMT_SECTION_LIVE;
	assert_broken(STELE_I_SECTION_KIND);
	s[0].kind = 99;
	assert_broken(STELE_I_SECTION_KIND);
	*im.header = good;
	s[0].flags = 2;
	assert_broken(STELE_I_SECTION_FLAGS);
	*im.header = good;
	s[0].zero[31] = 1;
	assert_broken(STELE_I_SECTION_ZERO);
	*im.header = good;
	s[2].nr_items = 1;
	assert_broken(STELE_I_SECTION_ZERO);
	*im.header = good;
	s[0].len = 0;
	assert_broken(STELE_I_SECTION_BOUNDS);
	s[0].len = UINT64_MAX;
	assert_broken(STELE_I_SECTION_BOUNDS);
	s[0].off = 64;
	assert_broken(STELE_I_SECTION_BOUNDS);
	s[0].off = UINT64_MAX - 63;
	assert_broken(STELE_I_SECTION_BOUNDS);
	*im.header = good;
	s[1].off = s[0].off;
	assert_broken(STELE_I_SECTION_ORDER);
	*im.header = good;
	s[1].off += 64;
	s[1].len -= 64;
	assert_broken(STELE_I_SECTION_ALIGN);
	*im.header = good;
	s[0].len -= 4;
	assert_broken(STELE_I_SECTION_ALIGN);
	*im.header = good;
	s[1].len -= 1;
	assert_broken(STELE_I_HEADER_LENGTH);
}

static void a_second_schema_is_refused(void **state)
{
	(void)state;
	im.home_bytes = 0;
	handmade_schema(&im, "record Q { n: u64 }\n");
	assert_broken(STELE_I_SECTION_ONCE);
}

/* An interpreter's section behind the rest, with and without its bit. */
static void a_section_of_a_compatible_feature_is_skipped(void **state)
{
	static const struct {
		uint32_t kind;
		uint64_t compat;
		bool opens;
	} cases[] = {
		{ STELE_FMT_SECTION_INTERPRETER, STELE_FMT_COMPAT_INTERPRETER,
		  true },
		{ STELE_FMT_SECTION_INTERPRETER, STELE_FMT_COMPAT_LIVE, false },
		{ STELE_FMT_SECTION_LIVE, STELE_FMT_COMPAT_LIVE, true },
		{ STELE_FMT_SECTION_LIVE, 0, false },
		{ 40, 1ull << 33, true },
		{ 40, STELE_FMT_COMPAT_LIVE, false },
		{ STELE_FMT_SECTION_PATCH_BASE, 1ull << 33, false },
		{ 6, 1ull << 33, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct stele_value v;

		handmade_free(&im);
		make_image();
		im.home_bytes = 0;
		handmade_section(&im, cases[i].kind)->nr_items = 3;
		handmade_append(&im, "what this is nobody knows", 25);
		im.header->compat = cases[i].compat;
		if (!cases[i].opens) {
			assert_broken(STELE_I_SECTION_KIND);
			continue;
		}
		handmade_seal(&im);
		assert_opens();
		assert_int_equal(stele_segment_root(&seg, "all", &v), 0);
		assert_int_equal(stele_segment_verify(&seg, NULL, &err), 0);
		handmade_close(&im, &seg);
	}
}

static void trailer_fields_that_differ_are_refused(void **state)
{
	uint64_t at = im.home_bytes - sizeof(struct stele_fmt_trailer);
	struct stele_fmt_trailer *t = (void *)(im.bytes + at);
	struct stele_fmt_trailer good = *t;

	(void)state;
	t->magic[7] ^= 1;
	assert_refused(-STELE_E_FORMAT, STELE_I_TRAILER_MAGIC);
	*t = good;
	t->len_bytes++;
	assert_refused(-STELE_E_FORMAT, STELE_I_TRAILER_LENGTH);
	*t = good;
	t->tree_off += 4096;
	assert_refused(-STELE_E_FORMAT, STELE_I_TRAILER_TREE);
	*t = good;
	t->tree_bytes = 0;
	assert_refused(-STELE_E_FORMAT, STELE_I_TRAILER_TREE);
	assert_int_equal(err.offset, at);
}

static void cuts_say_how_long_the_image_should_be(void **state)
{
	char text[32];

	(void)state;
	handmade_free(&im);
	handmade_begin(&im);
	handmade_section(&im, STELE_FMT_SECTION_HEAP);
	for (int i = 0; i < 2000; i++)
		handmade_object(&im, HEAD(KIND(LIST), 0, 0), NULL, 0);
	handmade_seal(&im);
	sprintf(text, "%llu", (unsigned long long)im.home_bytes);
	for (uint64_t n = 0; n < im.home_bytes; n += n % 4096 == 1 ? 4095 : 1) {
		int rc = handmade_open_cut(&im, n, &seg, &err);

		assert_int_equal(rc, -STELE_E_FORMAT);
		assert_int_equal(err.invariant,
				 n < 8 ? STELE_I_HEADER_MAGIC :
					 STELE_I_TRAILER_PRESENT);
		if (n >= 4096)
			assert_non_null(strstr(err.reason, text));
	}
	for (uint64_t n = 9; n < im.home_bytes; n += 613) {
		assert_int_equal(handmade_open_cut(&im, n, &seg, &err),
				 -STELE_E_FORMAT);
		assert_int_equal(err.invariant, STELE_I_TRAILER_PRESENT);
		assert_int_equal(err.offset, n);
	}
	assert_int_equal(handmade_open_cut(&im, im.home_bytes, &seg, &err), 0);
}

static void a_home_longer_than_its_image_opens(void **state)
{
	(void)state;
	im.home_bytes += 5000;
	assert_opens();
	assert_int_equal(seg.image_bytes, im.home_bytes - 5000);
	assert_int_equal(stele_segment_verify(&seg, NULL, &err), 0);
}

static void an_err_of_null_is_as_good(void **state)
{
	(void)state;
	im.bytes[0] ^= 1;
	assert_int_equal(handmade_open(&im, &seg, NULL), -STELE_E_FORMAT);
}

/* ------------------------------------------------------------- records */

#define WIDE                                                                   \
	"record W { a: i8  b: u16?  c: i32 optional  d: f32  e: f64  f: bool?" \
	"  g: str?  h: date  i: datetime  j: i64  k: u8 optional  l: W2? }\n"  \
	"record W2 { x: u32 }\n"

static uint64_t wide; /* a value in each field; behind it none in any */
static struct stele_schema *schema_of_wide;

static const struct stele_fmt_field *find_field(const char *name)
{
	uint32_t field;

	assert_int_equal(
		stele_schema_find_field(schema_of_wide, 0, name, 1, &field), 0);
	return &schema_of_wide->fields[field];
}

static void set_raw(uint64_t pos, const char *name, const void *p, size_t len)
{
	memcpy(im.bytes + pos + find_field(name)->off, p, len);
}

static void set_bit(uint64_t pos, const char *name, bool null)
{
	const struct stele_fmt_record *r = &schema_of_wide->records[0];
	const struct stele_fmt_field *f = find_field(name);
	uint32_t bit = null ? f->null_bit : f->unset_bit;

	im.bytes[pos + (null ? r->null_off : r->unset_off) + bit / 8] |=
		(uint8_t)(1u << bit % 8);
}

static void set_values(uint64_t pos, uint64_t nested)
{
	uint64_t minus = UINT64_MAX, least = (uint64_t)INT64_MIN, word;

	stele_word_short(STELE_FMT_TAG_STR, "text", 4, &word);
	set_raw(pos, "a", "\xfb", 1);
	set_raw(pos, "b", "\xff\xff", 2);
	set_raw(pos, "c", "\0\0\0\x80", 4);
	set_raw(pos, "d", "\0\0\xc0\x3f", 4);
	set_raw(pos, "e", "\0\0\0\0\0\0\xf8\xbf", 8);
	set_raw(pos, "f", "\1", 1);
	set_raw(pos, "g", &word, 8);
	set_raw(pos, "h", &minus, 4);
	set_raw(pos, "i", &minus, 8);
	set_raw(pos, "j", &least, 8);
	set_raw(pos, "k", "\xc8", 1);
	set_raw(pos, "l", &nested, 8);
}

static void set_nothings(uint64_t pos)
{
	uint64_t null = STELE_FMT_NULL;

	set_bit(pos, "b", true);
	set_bit(pos, "f", true);
	set_bit(pos, "c", false);
	set_bit(pos, "k", false);
	set_raw(pos, "g", &null, 8);
	set_raw(pos, "l", &null, 8);
}

static void make_wide(void)
{
	static const uint8_t body[200];
	static const uint8_t seven[8] = { 7 };
	uint64_t head = HEAD(KIND(RECORD), STELE_FMT_OBJ_F_ROW, 0), nested;
	uint32_t bytes;

	assert_int_equal(stele_schema_parse(WIDE, strlen(WIDE), &schema_of_wide,
					    &err),
			 0);
	bytes = schema_of_wide->records[0].body_bytes;
	assert_true(bytes < sizeof(body));
	handmade_free(&im);
	handmade_begin(&im);
	handmade_section(&im, STELE_FMT_SECTION_HEAP);
	nested = handmade_object(&im, HEAD(KIND(RECORD), 0, 1), seven, 8);
	wide = handmade_object(&im, head, body, bytes - 8);
	handmade_object(&im, head, body, bytes - 8);
	set_values(wide, nested);
	set_nothings(wide + bytes);
	handmade_schema(&im, WIDE);
	handmade_seal(&im);
	stele_schema_free(schema_of_wide);
	assert_opens();
}

static struct stele_field field_of(const char *name, enum stele_type asked)
{
	struct stele_field field;
	int rc = stele_field_resolve(&seg, "W", name, asked, &field, &err);

	if (rc)
		fail_msg("%s: %d: %s", name, rc, err.reason);
	return field;
}

static void getters_give_every_type_and_its_wider_ones(void **state)
{
	struct stele_record w, nested;
	struct stele_field f;
	struct stele_str str;
	int64_t i;
	uint64_t u;
	double d;
	bool b;

	(void)state;
	make_wide();
	w.segment = &seg;
	w.pos = wide;
	f = field_of("a", STELE_TYPE_I8);
	assert_int_equal(stele_record_get_i64(w, &f, &i), 0);
	assert_int_equal(i, -5);
	f = field_of("a", STELE_TYPE_I64);
	assert_int_equal(stele_record_get_i64(w, &f, &i), 0);
	assert_int_equal(i, -5);
	f = field_of("a", STELE_TYPE_F64);
	assert_int_equal(stele_record_get_f64(w, &f, &d), 0);
	assert_true(d == -5);
	f = field_of("b", STELE_TYPE_U64);
	assert_int_equal(stele_record_get_u64(w, &f, &u), 0);
	assert_int_equal(u, 0xffff);
	f = field_of("b", STELE_TYPE_I64);
	assert_int_equal(stele_record_get_i64(w, &f, &i), 0);
	assert_int_equal(i, 0xffff);
	f = field_of("c", STELE_TYPE_I32);
	assert_int_equal(stele_record_get_i64(w, &f, &i), 0);
	assert_true(i == INT32_MIN);
	f = field_of("d", STELE_TYPE_F64);
	assert_int_equal(stele_record_get_f64(w, &f, &d), 0);
	assert_true(d == 1.5);
	f = field_of("e", STELE_TYPE_F64);
	assert_int_equal(stele_record_get_f64(w, &f, &d), 0);
	assert_true(d == -1.5);
	f = field_of("f", STELE_TYPE_BOOL);
	assert_int_equal(stele_record_get_bool(w, &f, &b), 0);
	assert_true(b);
	f = field_of("g", STELE_TYPE_STR);
	assert_int_equal(stele_record_get_str(w, &f, &str), 0);
	assert_int_equal(str.len, 4);
	assert_memory_equal(str.ptr, "text", 4);
	f = field_of("h", STELE_TYPE_DATE);
	assert_int_equal(stele_record_get_time(w, &f, &i), 0);
	assert_int_equal(i, -1);
	f = field_of("i", STELE_TYPE_DATETIME);
	assert_int_equal(stele_record_get_time(w, &f, &i), 0);
	assert_int_equal(i, -1);
	f = field_of("j", STELE_TYPE_I64);
	assert_int_equal(stele_record_get_i64(w, &f, &i), 0);
	assert_true(i == INT64_MIN);
	f = field_of("k", STELE_TYPE_U8);
	assert_int_equal(stele_record_get_u64(w, &f, &u), 0);
	assert_int_equal(u, 200);
	f = field_of("l", STELE_TYPE_RECORD);
	assert_int_equal(stele_record_get_record(w, &f, &nested), 0);
	/* a field of one record asked of another */
	assert_int_equal(stele_record_get_record(nested, &f, &nested),
			 -STELE_E_TYPE);
}

static void getters_tell_null_from_unset(void **state)
{
	struct stele_record w;
	struct stele_field f;
	struct stele_str str;
	struct stele_value v;
	int64_t i;
	uint64_t u;
	bool b;

	(void)state;
	make_wide();
	w.segment = &seg;
	w.pos = wide + seg.schema->records[0].body_bytes;
	f = field_of("b", STELE_TYPE_U16);
	assert_int_equal(stele_record_get_u64(w, &f, &u), -STELE_E_NULL);
	assert_int_equal(stele_record_get(w, &f, &v), 0);
	assert_int_equal(v.type, STELE_TYPE_NULL);
	f = field_of("f", STELE_TYPE_BOOL);
	assert_int_equal(stele_record_get_bool(w, &f, &b), -STELE_E_NULL);
	f = field_of("c", STELE_TYPE_I32);
	assert_int_equal(stele_record_get_i64(w, &f, &i), -STELE_E_UNSET);
	assert_int_equal(stele_record_get(w, &f, &v), 0);
	assert_int_equal(v.type, STELE_TYPE_UNSET);
	f = field_of("k", STELE_TYPE_U8);
	assert_int_equal(stele_record_get_u64(w, &f, &u), -STELE_E_UNSET);
	f = field_of("g", STELE_TYPE_STR);
	assert_int_equal(stele_record_get_str(w, &f, &str), -STELE_E_NULL);
	f = field_of("l", STELE_TYPE_RECORD);
	assert_int_equal(stele_record_get_record(w, &f, &w), -STELE_E_NULL);
	assert_int_equal(stele_segment_verify(&seg, NULL, &err), 0);
}

static void fields_resolve_to_types_that_hold_them_only(void **state)
{
	static const struct {
		const char *field;
		enum stele_type asked;
	} wrong[] = {
		{ "a", STELE_TYPE_U64 }, { "b", STELE_TYPE_I16 },
		{ "j", STELE_TYPE_F64 }, { "e", STELE_TYPE_F32 },
		{ "e", STELE_TYPE_I64 }, { "g", STELE_TYPE_BYTES },
		{ "h", STELE_TYPE_I32 }, { "h", STELE_TYPE_DATETIME },
		{ "f", STELE_TYPE_U8 },	 { "c", STELE_TYPE_F32 },
		{ "l", STELE_TYPE_STR }, { "k", STELE_TYPE_I8 },
	};
	struct stele_field f;
	struct stele_record w;
	uint64_t u;

	(void)state;
	make_wide();
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++) {
		assert_int_equal(stele_field_resolve(&seg, "W", wrong[i].field,
						     wrong[i].asked, &f, &err),
				 -STELE_E_TYPE);
		assert_non_null(
			strstr(err.reason, stele_type_name(wrong[i].asked)));
	}
	assert_int_equal(stele_field_resolve(&seg, "W", "z", STELE_TYPE_ANY, &f,
					     &err),
			 -STELE_E_ABSENT);
	assert_int_equal(stele_field_resolve(&seg, "V", "a", STELE_TYPE_ANY, &f,
					     &err),
			 -STELE_E_ABSENT);
	f = field_of("k", STELE_TYPE_ANY);
	w.segment = &seg;
	w.pos = wide;
	assert_int_equal(stele_record_get_u64(w, &f, &u), -STELE_E_TYPE);
}

static void records_that_are_none_are_refused(void **state)
{
	struct stele_field f;
	struct stele_record w = { &seg, 0 };
	struct stele_value v;
	uint32_t schema;
	int64_t i;

	(void)state;
	make_wide();
	f = field_of("j", STELE_TYPE_I64);
	w.pos = seg.len & ~7ull;
	assert_int_equal(stele_record_get_i64(w, &f, &i), -STELE_E_FORMAT);
	w.pos = UINT64_MAX & ~7ull;
	assert_int_equal(stele_record_get_i64(w, &f, &i), -STELE_E_FORMAT);
	assert_int_equal(stele_record_schema(w, &schema), -STELE_E_FORMAT);
	w.pos = 0;
	assert_int_equal(stele_record_get_i64(w, &f, &i), -STELE_E_FORMAT);
	assert_int_equal(stele_record_get_at(w, 0, &v), -STELE_E_FORMAT);
	w.pos = wide;
	assert_int_equal(stele_record_get_at(w, 12, &v), -STELE_E_ABSENT);
	assert_int_equal(stele_record_schema(w, &schema), 0);
	assert_int_equal(schema, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_good_image_opens_and_offers_what_it_has),
		TEST(a_header_alone_is_an_empty_segment),
		TEST(other_magic_is_not_a_segment),
		TEST(another_major_is_refused_as_a_version),
		TEST(a_newer_minor_is_read),
		TEST(a_wrong_checksum_is_refused),
		TEST(incompatible_features_are_named),
		TEST(unknown_compatible_features_are_ignored),
		TEST(header_fields_out_of_range_are_refused),
		TEST(roots_must_be_a_dict_of_the_heap),
		TEST(section_fields_out_of_range_are_refused),
		TEST(a_second_schema_is_refused),
		TEST(a_section_of_a_compatible_feature_is_skipped),
		TEST(trailer_fields_that_differ_are_refused),
		TEST(cuts_say_how_long_the_image_should_be),
		TEST(a_home_longer_than_its_image_opens),
		TEST(an_err_of_null_is_as_good),
		TEST(getters_give_every_type_and_its_wider_ones),
		TEST(getters_tell_null_from_unset),
		TEST(fields_resolve_to_types_that_hold_them_only),
		TEST(records_that_are_none_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
