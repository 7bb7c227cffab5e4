// SPDX-License-Identifier: MIT
/*
 * Getters of fields that are words: strings and bytes of every length, nested
 * records and references; null, and what is no value of its type.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cells.h"
#include "handmade_value.h"
#include "pair.h"
#include "word.h"

static struct pair p;

static int end(void **state)
{
	(void)state;
	pair_end(&p);
	return 0;
}

static void add(uint32_t record, const struct stele_cell *cells, size_t len)
{
	struct stele_error err = { 0 };

	if (stele_builder_add(p.builder, record, cells, len, NULL, &err))
		fail_msg("%s", err.reason);
}

static struct stele_field resolve(const struct stele_segment *segment,
				  const char *record, const char *name,
				  enum stele_type asked)
{
	struct stele_error err = { 0 };
	struct stele_field f;

	if (stele_field_resolve(segment, record, name, asked, &f, &err))
		fail_msg("%s", err.reason);
	return f;
}

static struct stele_field field(const char *name, enum stele_type asked)
{
	return resolve(p.segment, "R", name, asked);
}

/* As ASCII, as what is not, and as bytes. */
static void strings_of_every_length_are_read_whole(void **state)
{
	static const size_t lens[] = {
		0, 1, 6, 7, 8, 40, 100, 8191, 8192, 20000
	};
	enum { NR = sizeof(lens) / sizeof(*lens), MOST = 20000 };
	char *ascii = malloc(MOST), *other = malloc(MOST + 2);
	struct stele_field f[3];

	(void)state;
	memset(ascii, 'a', MOST);
	memset(other, 'a', MOST + 2);
	memcpy(other, "\xc3\xa9", 2);
	pair_begin(&p, "record R { s: str  t: str  b: bytes? }");
	for (int i = 0; i < NR; i++) {
		const struct stele_cell cells[] = {
			stele_cell_str(ascii, lens[i]),
			stele_cell_str(other, lens[i] + 2),
			pointing(STELE_TYPE_BYTES, other, lens[i]),
		};

		add(0, cells, 3);
	}
	pair_seal(&p);
	f[0] = field("s", STELE_TYPE_STR);
	f[1] = field("t", STELE_TYPE_STR);
	f[2] = field("b", STELE_TYPE_BYTES);
	for (unsigned i = 0; i < NR; i++)
		for (int k = 0; k < 3; k++) {
			size_t len = lens[i] + (k == 1 ? 2 : 0);
			struct stele_str str;

			assert_int_equal(stele_record_get_str(pair_row(&p, i),
							      &f[k], &str),
					 0);
			assert_int_equal(str.len, len);
			assert_memory_equal(str.ptr, k ? other : ascii, len);
		}
	free(ascii);
	free(other);
}

/* Three rows: all there; null and unset; a weak reference to no row. */
static void begin_nothing(void)
{
	const struct stele_cell key = stele_cell_str("k", 1);
	const struct stele_cell null = stele_cell_of(STELE_TYPE_NULL);
	const struct stele_cell unset = stele_cell_of(STELE_TYPE_UNSET);
	const struct stele_cell rows[3][6] = {
		{ key, key, key, record(1, &key, 1), key, key },
		{ stele_cell_str("none", 4), null, unset, null, null, key },
		{ stele_cell_str("absent", 6), null, key, null,
		  stele_cell_str("nobody", 6), key },
	};

	pair_begin(&p, "record R { key: str  s: str?  t: str optional  m: M?"
		       "  w: weak k?  r: ref k }\n"
		       "record M { name: str }\nrows R\ntable k: R(key)");
	for (int i = 0; i < 3; i++)
		add(0, rows[i], 6);
	pair_seal(&p);
}

static void strings_that_are_not_there_say_so(void **state)
{
	static const char *const names[] = { "s", "t" };
	static const int codes[] = { -STELE_E_NULL, -STELE_E_UNSET };
	struct stele_record target;
	struct stele_str str;

	(void)state;
	begin_nothing();
	for (int i = 0; i < 2; i++) {
		struct stele_field f = field(names[i], STELE_TYPE_STR);

		assert_int_equal(
			stele_record_get_str(pair_row(&p, 0), &f, &str), 0);
		assert_int_equal(stele_record_get_str(pair_row(&p, 1), &f,
						      &str),
				 codes[i]);
		assert_int_equal(stele_record_get_record(pair_row(&p, 0), &f,
							 &target),
				 -STELE_E_TYPE);
	}
}

static void records_that_are_not_there_say_so(void **state)
{
	static const struct {
		const char *name;
		int codes[3];
	} cases[] = {
		{ "m", { 0, -STELE_E_NULL, -STELE_E_NULL } },
		{ "w", { 0, -STELE_E_NULL, -STELE_E_ABSENT } },
		{ "r", { 0, 0, 0 } },
	};
	struct stele_record target = { 0 };
	struct stele_str str;

	(void)state;
	begin_nothing();
	for (int i = 0; i < 3; i++) {
		struct stele_field f = field(cases[i].name, STELE_TYPE_RECORD);

		for (unsigned k = 0; k < 3; k++)
			assert_int_equal(stele_record_get_record(
						 pair_row(&p, k), &f, &target),
					 cases[i].codes[k]);
		assert_int_equal(stele_record_get_str(pair_row(&p, 0), &f,
						      &str),
				 -STELE_E_TYPE);
	}
	assert_true(target.pos == pair_row(&p, 0).pos);
}

static void numbers_of_no_record_and_no_field_are_absent(void **state)
{
	const struct stele_value seven = { .type = STELE_TYPE_U64, .u.u = 7 };
	struct stele_record record;
	struct stele_error err;
	struct stele_field f;

	(void)state;
	pair_begin(&p, "record R { a: u8 }");
	pair_seal(&p);
	assert_int_equal(stele_field_resolve_at(p.segment, 1, 0, STELE_TYPE_ANY,
						&f, &err),
			 -STELE_E_ABSENT);
	assert_string_equal(err.reason, "the segment has no record 1");
	assert_int_equal(stele_field_resolve_at(p.segment, 0, 1, STELE_TYPE_ANY,
						&f, &err),
			 -STELE_E_ABSENT);
	assert_string_equal(err.reason, "record 'R' has no field 1");
	assert_int_equal(stele_value_record(&seven, &record), -STELE_E_TYPE);
}

/* Words by hand: behind the end, of another type, of no type at all. */
static void broken_words_are_no_values(void **state)
{
	struct stele_error err = { 0 };
	struct stele_segment seg;
	struct stele_field s, r, b;
	struct stele_record record;
	struct handmade im;
	uint64_t good, rows[4];
	struct stele_str str;

	(void)state;
	handmade_begin(&im);
	handmade_schema(&im, "record R { s: str  r: ref k  b: bytes }\n"
			     "table k: R(s)");
	handmade_section(&im, STELE_FMT_SECTION_HEAP);
	good = handmade_ascii(&im, "a string", 8);
	for (int i = 0; i < 4; i++) {
		const uint64_t far = 1ull << 40;
		const uint64_t words[4][3] = {
			{ good, 0, good },
			{ stele_word_ascii(far, 8), far, far },
			{ handmade_int(7), handmade_int(7), handmade_int(7) },
			{ far, 0, far },
		};
		uint64_t body[3];

		memcpy(body, words[i], sizeof(body));
		rows[i] =
			handmade_object(&im,
					STELE_FMT_HEAD(STELE_FMT_KIND_RECORD,
						       STELE_FMT_OBJ_F_ROW, 0),
					body, sizeof(body));
	}
	handmade_seal(&im);
	if (handmade_open(&im, &seg, &err))
		fail_msg("%s", err.reason);
	s = resolve(&seg, "R", "s", STELE_TYPE_STR);
	r = resolve(&seg, "R", "r", STELE_TYPE_RECORD);
	b = resolve(&seg, "R", "b", STELE_TYPE_BYTES);
	for (int i = 0; i < 4; i++) {
		struct stele_record row = { .segment = &seg, .pos = rows[i] };

		assert_int_equal(stele_record_get_str(row, &s, &str),
				 i ? -STELE_E_FORMAT : 0);
		assert_int_equal(stele_record_get_str(row, &b, &str),
				 -STELE_E_FORMAT);
		if (i == 1)
			assert_int_equal(stele_record_get_record(row, &r,
								 &record),
					 -STELE_E_FORMAT);
	}
	handmade_close(&im, &seg);
	handmade_free(&im);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(
			strings_of_every_length_are_read_whole, end),
		cmocka_unit_test_teardown(strings_that_are_not_there_say_so,
					  end),
		cmocka_unit_test_teardown(records_that_are_not_there_say_so,
					  end),
		cmocka_unit_test_teardown(
			numbers_of_no_record_and_no_field_are_absent, end),
		cmocka_unit_test(broken_words_are_no_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
