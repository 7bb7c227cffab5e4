// SPDX-License-Identifier: MIT
/*
 * Same input, same bytes: whatever the threads, the memory and the home.  And
 * what is the same within the input is written once, by content or by handle.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "building.h"
#include "cells.h"
#include "folder.h"

static const char schema_text[] =
	"record Maker { name: str mail: str } "
	"record Item { id: u64 name: str group: str maker: Maker "
	"tags: list<str> sizes: dict<str, u32> next: weak by_name extra: any "
	"made: zoned price: decimal place: tuple<str, decimal> marks: set<u64> "
	"near: weak by_place }\n"
	"table by_id: Item(id)\n"
	"table by_name: Item(name)\n"
	"table by_group: Item(group) multi\n"
	"table by_both: Item(group, maker.name) multi\n"
	"table by_place: Item(place)\n"
	"table by_price: Item(price) multi\n"
	"table by_marks: Item(marks, made) multi\n";

#define NR_ROWS 20000u

static struct stele_cell print(char *to, size_t size, const char *what,
			       unsigned n)
{
	int len = snprintf(to, size, "%s %u", what, n);

	return stele_cell_str(to, (size_t)len);
}

/* The fields of the later types. */
static void add_typed(struct stele_builder *b, unsigned i,
		      struct stele_cell row[13])
{
	char text[3][64];
	struct stele_cell place[2], near[2], marks[12];

	row[8] = zoned(i * 1000000ll, (int)(i % 100) * 60);
	row[9] = print(text[0], 64, "", i % 1000);
	row[9].type = STELE_TYPE_DECIMAL;
	row[9].u.ptr = text[0] + 1; /* behind the space */
	row[9].len--;
	place[0] = print(text[1], 64, "street", i);
	place[1] = row[9];
	row[10] = tuple(place, 2);
	for (unsigned k = 0; k < 12; k++)
		marks[k] = stele_cell_u64((i % 50 + k * 5) % 12 * 1000);
	row[11] = set(marks, i % 13);
	near[0] = print(text[2], 64, "street", i * 7919 % (NR_ROWS + 100));
	near[1] = row[9];
	row[12] = tuple(near, 2);
	add(b, 1, row, 13);
}

static void add_row(struct stele_builder *b, unsigned i)
{
	char text[14][64];
	struct stele_cell maker[2], tags[3], sizes[4], row[13], extra[2];

	maker[0] = print(text[0], 64, "a maker of many things, the number",
			 i % 70);
	maker[1] = print(text[1], 64, "address", i % 70);
	for (unsigned k = 0; k < 3; k++)
		tags[k] = print(text[2 + k], 64, "tag", (i + k * k) % 50);
	for (unsigned k = 0; k < 2; k++) {
		sizes[2 * k] = print(text[5 + k], 64, "size", k);
		sizes[2 * k + 1] = stele_cell_u64(i % 3000);
	}
	extra[0] = stele_cell_f64(i / 7.0);
	extra[1] = print(text[7], 64, "ünïcode of some length", i % 999);
	row[0] = stele_cell_u64(i * 0x9e3779b97f4a7c15u);
	row[1] = print(text[8], 64, "item", i);
	row[2] = print(text[9], 64, "group", i % 313);
	row[3] = stele_cell_of(STELE_TYPE_RECORD);
	row[3].u.cells = maker;
	row[3].len = 2;
	row[4] = stele_cell_list(tags, 3);
	row[5] = stele_cell_of(STELE_TYPE_DICT);
	row[5].u.cells = sizes;
	row[5].len = 2;
	row[6] = print(text[10], 64, "item", i * 7919 % (NR_ROWS + 100));
	row[7] = stele_cell_list(extra, 2);
	add_typed(b, i, row);
}

/* The bytes of a whole image, malloced. */
static uint8_t *image(unsigned threads, uint64_t memory, bool memfd,
		      size_t *len, uint64_t *spilled)
{
	struct stele_build_options o = { .size = sizeof(o),
					 .threads = threads,
					 .memory_bytes = memory,
					 .flags = STELE_BUILD_F_NO_SYNC };
	struct stele_build_stats stats = { .size = sizeof(stats) };
	struct stele_schema *schema = parse(schema_text);
	struct stele_error err = { 0 };
	struct stele_builder *b;
	uint8_t *bytes;
	struct stat st;
	int fd;

	if (memfd)
		assert_int_equal(stele_builder_create_memfd("same", schema, &o,
							    &b, &err),
				 0);
	else
		assert_int_equal(stele_builder_create(at("same"), schema, &o,
						      &b, &err),
				 0);
	stele_schema_free(schema);
	for (unsigned i = 0; i < NR_ROWS; i++)
		add_row(b, i);
	if (stele_builder_finish(b, &fd, &err))
		fail_msg("%s", err.reason);
	stele_builder_stats(b, &stats);
	*spilled = stats.spilled_bytes;
	stele_builder_free(b);
	assert_int_equal(fstat(fd, &st), 0);
	*len = (size_t)st.st_size;
	bytes = malloc(*len);
	assert_int_equal(pread(fd, bytes, *len, 0), *len);
	close(fd);
	return bytes;
}

static void threads_memory_and_home_change_no_byte(void **state)
{
	static const struct {
		unsigned threads;
		uint64_t memory;
		bool memfd;
	} ways[] = {
		{ 2, 1, false },	  { 7, 64 << 10, true },
		{ 1, 64 << 10, false },	  { 2, 1ull << 30, true },
		{ 7, 1ull << 30, false }, { 1, 1, true },
	};
	size_t first_len, len;
	uint64_t spilled;
	uint8_t *first = image(1, 1ull << 30, true, &first_len, &spilled);

	(void)state;
	assert_int_equal(spilled, 0);
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		uint8_t *other = image(ways[i].threads, ways[i].memory,
				       ways[i].memfd, &len, &spilled);

		assert_int_equal(spilled > 0, ways[i].memory < 1 << 20);
		assert_int_equal(len, first_len);
		assert_int_equal(memcmp(first, other, len), 0);
		free(other);
	}
	free(first);
}

/* Far apart, so that what is compared is in the file only. */
static void equal_contents_are_found_again_across_the_file(void **state)
{
	static const size_t lengths[] = { 41,	1000, 1024, 5000,
					  8191, 8192, 70000 };
	const size_t n = sizeof(lengths) / sizeof(*lengths);
	struct stele_builder *b =
		begin("record R { s: str b: bytes l: list<u64> }", NULL);
	struct stele_rows rows = STELE_ROWS_BEGIN;
	char *text = malloc(70001), *filler = malloc(3 << 20);
	struct stele_cell items[100], cells[3];
	struct stele_segment *seg;
	const char *first[2 * 7];
	uint64_t list = 0;

	(void)state;
	for (size_t i = 0; i < 70001; i++)
		text[i] = (char)('a' + i % 23);
	for (unsigned i = 0; i < 100; i++)
		items[i] = stele_cell_u64(i);
	for (unsigned round = 0; round < 3; round++) {
		for (size_t i = 0; i < n; i++) {
			cells[0] = stele_cell_str(text, lengths[i]);
			cells[1] = stele_cell_str(text + 1, lengths[i]);
			cells[1].type = STELE_TYPE_BYTES;
			cells[2] = stele_cell_list(items, 100);
			add(b, 0, cells, 3);
		}
		memset(filler, 'f' + (int)round, 3 << 20);
		cells[0] = stele_cell_str(filler, 3 << 20);
		add(b, 0, cells, 3);
	}
	seg = finish(b);
	for (unsigned round = 0; round < 3; round++)
		for (size_t i = 0; i <= n; i++) {
			struct stele_value row = next_row(seg, &rows), v;

			v = field(&row, 2);
			list = list ? list : v.u.pos;
			assert_int_equal(v.u.pos, list);
			for (unsigned k = 0; i < n && k < 2; k++) {
				v = field(&row, k);
				assert_memory_equal(v.u.ptr, text + k,
						    lengths[i]);
				if (!round)
					first[2 * i + k] = v.u.ptr;
				assert_ptr_equal(v.u.ptr, first[2 * i + k]);
			}
		}
	free(filler);
	free(text);
	stele_segment_close(seg);
}

static void equal_nested_contents_share_without_identity(void **state)
{
	struct stele_builder *b = begin("record R { v: any }", NULL);
	struct stele_cell inner[2] = { str("an element of a list"),
				       stele_cell_f64(0.1) };
	struct stele_cell pairs[2], outer[2], dict;
	struct stele_rows rows = STELE_ROWS_BEGIN;
	struct stele_segment *seg;
	struct stele_value v[3], x, y;

	(void)state;
	dict = stele_cell_of(STELE_TYPE_DICT);
	pairs[0] = str("a key that is long");
	pairs[1] = stele_cell_list(inner, 2);
	dict.u.cells = pairs;
	dict.len = 1;
	outer[0] = dict;
	outer[1] = stele_cell_list(inner, 2);
	for (unsigned i = 0; i < 3; i++) {
		struct stele_cell cell = stele_cell_list(outer, 2);

		add(b, 0, &cell, 1);
	}
	seg = finish(b);
	for (unsigned i = 0; i < 3; i++) {
		struct stele_value row = next_row(seg, &rows);

		v[i] = field(&row, 0);
		assert_int_equal(v[i].u.pos, v[0].u.pos);
		assert_int_equal(v[i].flags & STELE_VALUE_F_IDENTITY, 0);
	}
	assert_int_equal(stele_value_item(&v[0], 0, &x), 0);
	assert_int_equal(stele_value_pair(&x, 0, &y, &x), 0);
	assert_int_equal(stele_value_item(&v[0], 1, &y), 0);
	assert_int_equal(x.u.pos, y.u.pos);
	assert_int_equal(x.flags & STELE_VALUE_F_IDENTITY, 0);
	stele_segment_close(seg);
}

/*
 * 60 lists, each twice in the next, are 2^60 lists as a tree: whoever prints
 * them stays linear by the flag that each object with a handle has.
 */
static void what_a_handle_refers_to_keeps_its_identity(void **state)
{
	struct stele_cell pair[2] = { stele_cell_u64(1), stele_cell_u64(1) };
	struct stele_builder *b = begin(NULL, NULL);
	struct stele_error err = { 0 };
	struct stele_handle handle, same[2];
	struct stele_segment *seg;
	struct stele_value v, w;

	(void)state;
	for (unsigned i = 0; i < 60; i++) {
		struct stele_cell list = stele_cell_list(pair, 2);

		assert_int_equal(stele_builder_put(b, &list, &handle, &err), 0);
		pair[0] = pair[1] = stele_cell_ref(handle);
	}
	assert_int_equal(stele_builder_root(b, "top", &pair[0], &err), 0);
	/* equal, and yet two */
	for (unsigned i = 0; i < 2; i++) {
		struct stele_cell list = stele_cell_list(pair, 1);

		assert_int_equal(stele_builder_put(b, &list, &same[i], &err),
				 0);
		pair[0] = stele_cell_ref(handle);
	}
	pair[0] = stele_cell_ref(same[0]);
	assert_int_equal(stele_builder_root(b, "x", &pair[0], &err), 0);
	pair[0] = stele_cell_ref(same[1]);
	assert_int_equal(stele_builder_root(b, "y", &pair[0], &err), 0);
	seg = finish(b);
	assert_int_equal(stele_segment_root(seg, "top", &v), 0);
	for (unsigned i = 0; i < 60; i++) {
		assert_int_equal(v.type, STELE_TYPE_LIST);
		assert_true(v.flags & STELE_VALUE_F_IDENTITY);
		assert_int_equal(stele_value_item(&v, 1, &w), 0);
		assert_int_equal(stele_value_item(&v, 0, &v), 0);
		assert_int_equal(v.u.pos, w.u.pos);
	}
	assert_int_equal(stele_segment_root(seg, "x", &v), 0);
	assert_int_equal(stele_segment_root(seg, "y", &w), 0);
	assert_true(v.u.pos != w.u.pos);
	stele_segment_close(seg);
}

static void refused_units_count_nothing_as_shared(void **state)
{
	struct stele_build_stats stats = { .size = sizeof(stats) };
	struct stele_builder *b = begin("record R { s: str n: u8 }", NULL);
	struct stele_error err = { 0 };
	struct stele_cell row[2] = { str("a string to be shared"),
				     stele_cell_u64(1) };

	(void)state;
	add(b, 0, row, 2);
	row[1].u.u = 256;
	assert_int_equal(stele_builder_add(b, 0, row, 2, NULL, &err),
			 -STELE_E_RANGE);
	stele_builder_stats(b, &stats);
	assert_int_equal(stats.nr_shared, 0);
	row[1].u.u = 2;
	add(b, 0, row, 2);
	stele_builder_stats(b, &stats);
	assert_int_equal(stats.nr_shared, 1);
	stele_segment_close(finish(b));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(threads_memory_and_home_change_no_byte),
		cmocka_unit_test(
			equal_contents_are_found_again_across_the_file),
		cmocka_unit_test(equal_nested_contents_share_without_identity),
		cmocka_unit_test(what_a_handle_refers_to_keeps_its_identity),
		cmocka_unit_test(refused_units_count_nothing_as_shared),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
