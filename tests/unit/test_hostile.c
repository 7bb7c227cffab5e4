// SPDX-License-Identifier: MIT
/*
 * What changed images have found: each test is one image that once did harm,
 * made from a sample by the one change that matters.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "anatomy.h"
#include "invariant.h"
#include "sample.h"
#include "segment.h"

static void build(const char *name, struct specimen *s, struct anatomy *a)
{
	for (size_t i = 0; i < nr_samples; i++)
		if (!strcmp(samples[i].name, name))
			sample_build(&samples[i], s);
	anatomy_of(a, s);
}

static void done(struct specimen *s, struct anatomy *a)
{
	anatomy_free(a);
	specimen_free(s);
}

/* The descriptor of the first table of a kind, to be changed. */
static struct stele_fmt_table *table_of(const struct anatomy *a, uint32_t kind,
					uint32_t *number)
{
	for (uint32_t i = 0; i < a->tables->nr_items; i++)
		if (anatomy_table(a, i)->kind == kind) {
			*number = i;
			return (struct stele_fmt_table *)anatomy_table(a, i);
		}
	fail_msg("no such table");
	return NULL;
}

static void open_image(struct stele_segment *seg, struct specimen *s)
{
	struct stele_error err = { 0 };

	memset(seg, 0, sizeof(*seg));
	assert_true(specimen_sign(s));
	if (stele_segment_attach(seg, s->bytes, s->len, &err))
		fail_msg("%s", err.reason);
}

static void verify_finds(const struct stele_segment *seg, uint32_t invariant,
			 uint64_t offset)
{
	struct stele_error err = { 0 };

	assert_int_equal(stele_segment_verify(seg, NULL, &err),
			 -STELE_E_FORMAT);
	assert_int_equal(err.invariant, invariant);
	assert_int_equal(err.offset, offset);
}

/* Its offsets became pointers, without a look at them. */
static void integer_table_with_an_index_is_refused(void **unused)
{
	struct stele_segment seg = { 0 };
	struct stele_error err = { 0 };
	struct stele_fmt_table *t;
	struct specimen s;
	struct anatomy a;
	uint32_t number;

	(void)unused;
	build("integers", &s, &a);
	t = table_of(&a, STELE_FMT_TABLE_INTEGER, &number);
	t->separators_off = 0x9300000000000000;
	assert_true(specimen_sign(&s));
	assert_int_equal(stele_segment_attach(&seg, s.bytes, s.len, &err),
			 -STELE_E_FORMAT);
	assert_int_equal(err.invariant, STELE_I_TABLE_ZERO);
	done(&s, &a);
}

/* Eight times the number is the position of a row, but for the carry. */
static void row_number_beyond_2_to_the_61_is_broken(void **unused)
{
	struct stele_cursor cursor = STELE_CURSOR_BEGIN;
	struct stele_segment seg;
	struct stele_matches matches;
	struct stele_fmt_line *line;
	struct stele_fmt_table *t;
	struct stele_value key;
	struct specimen s;
	struct anatomy a;
	uint32_t number;

	(void)unused;
	build("packages", &s, &a);
	t = table_of(&a, STELE_FMT_TABLE_INTEGER, &number);
	line = (struct stele_fmt_line *)(void *)(s.bytes + t->data_off);
	while (line->key[0] == t->empty_key)
		line++;
	line->value[0] |= 1ull << 63;
	open_image(&seg, &s);
	verify_finds(&seg, STELE_I_ENTRY_ROW,
		     (uint64_t)((uint8_t *)line->key - s.bytes));
	assert_int_equal(stele_map_next(stele_segment_map_at(&seg, number),
					&cursor, &key, &matches),
			 0);
	assert_int_equal(stele_matches_next(&matches, &key), -STELE_E_FORMAT);
	stele_segment_detach(&seg);
	done(&s, &a);
}

/* It lay at offset 0, before the table, though it has no bytes to touch. */
static void entry_out_of_line_where_nothing_is_so_is_broken(void **unused)
{
	struct stele_cursor cursor = STELE_CURSOR_BEGIN;
	struct stele_segment seg;
	struct stele_matches matches;
	struct stele_fmt_table *t;
	struct stele_value key;
	struct specimen s;
	struct anatomy a;
	uint16_t count, offset;
	uint32_t number;
	uint8_t *bucket;

	(void)unused;
	build("packages", &s, &a);
	t = table_of(&a, STELE_FMT_TABLE_BUCKET, &number);
	assert_int_equal(t->overflow_bytes, 0);
	bucket = s.bytes + t->data_off;
	memcpy(&count, bucket, sizeof(count));
	assert_true(count > 0);
	memcpy(&offset, bucket + 2 + count, sizeof(offset));
	memset(bucket + offset, 0, sizeof(struct stele_fmt_overflow));
	offset |= STELE_FMT_BUCKET_OUT;
	memcpy(bucket + 2 + count, &offset, sizeof(offset));
	open_image(&seg, &s);
	assert_int_equal(stele_map_next(stele_segment_map_at(&seg, number),
					&cursor, &key, &matches),
			 -STELE_E_FORMAT);
	stele_segment_detach(&seg);
	done(&s, &a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(integer_table_with_an_index_is_refused),
		cmocka_unit_test(row_number_beyond_2_to_the_61_is_broken),
		cmocka_unit_test(
			entry_out_of_line_where_nothing_is_so_is_broken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
