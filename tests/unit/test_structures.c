// SPDX-License-Identifier: MIT
/*
 * Structures as a program builds them: hierarchies, shared objects, cycles
 * through lists, dicts, records and references, and 40 levels that each hold
 * the next one twice.  Each is read back as it was built, verified, equal to
 * another build of its own, and no key unless it ends; none takes more than two
 * seconds.
 */
#include <errno.h>

#include "building.h"
#include "seconds.h"

#define SECONDS 2

enum { LIST, TUPLE, DICT, RECORD, NR_KINDS };

static const char schema_text[] =
	"record R { a: any, b: any optional }\n"
	"record N { name: str, next: ref by_name "
	"optional, friends: list<weak by_name> = [] }\n"
	"table by_name: N(name)\nrows R\n";

static struct stele_error err;

static int begin_test(void **state)
{
	(void)state;
	seconds_begin(SECONDS);
	return 0;
}

static int end_test(void **state)
{
	(void)state;
	seconds_end();
	return 0;
}

/* Two items as a value of that kind. */
static struct stele_cell pair_of(int kind, struct stele_cell cells[4],
				 struct stele_cell a, struct stele_cell b)
{
	static const enum stele_type types[] = { STELE_TYPE_LIST,
						 STELE_TYPE_TUPLE,
						 STELE_TYPE_DICT,
						 STELE_TYPE_RECORD };
	struct stele_cell cell = stele_cell_list(cells, 2);

	cell.type = (uint8_t)types[kind];
	if (kind == DICT) {
		cells[0] = str("a");
		cells[1] = a;
		cells[2] = str("b");
		cells[3] = b;
	} else {
		cells[0] = a;
		cells[1] = b;
	}
	return cell;
}

static struct stele_value item(const struct stele_value *v, uint64_t i)
{
	struct stele_value key, value;

	if (v->type == STELE_TYPE_RECORD)
		return field(v, (uint32_t)i);
	if (v->type == STELE_TYPE_DICT)
		assert_int_equal(stele_value_pair(v, i, &key, &value), 0);
	else
		assert_int_equal(stele_value_item(v, i, &value), 0);
	return value;
}

static struct stele_value root(const struct stele_segment *seg)
{
	struct stele_value value;

	assert_int_equal(stele_segment_root(seg, "root", &value), 0);
	return value;
}

static struct stele_segment *finish_root(struct stele_builder *b,
					 const struct stele_cell *cell)
{
	if (stele_builder_root(b, "root", cell, &err))
		fail_msg("%s", err.reason);
	return finish(b);
}

static void assert_same(const struct stele_value *a,
			const struct stele_value *b, bool expected)
{
	bool equal = !expected;

	assert_int_equal(stele_value_equal(a, b, &equal), 0);
	assert_int_equal(equal, expected);
	assert_int_equal(stele_value_equal(b, a, &equal), 0);
	assert_int_equal(equal, expected);
}

/* Of two builds; then both are gone. */
static void assert_builds_equal(struct stele_segment *a,
				struct stele_segment *b, bool expected)
{
	struct stele_value x = root(a), y = root(b);

	assert_same(&x, &y, expected);
	stele_segment_close(a);
	stele_segment_close(b);
}

/* --------------------------------------------------------- hierarchies */

/* 300 levels of all kinds in turn. */
static struct stele_segment *hierarchy(uint64_t leaf)
{
	struct stele_builder *b = begin(schema_text, NULL);
	static struct stele_cell cells[300][4];
	struct stele_cell at = stele_cell_u64(leaf);

	for (unsigned i = 0; i < 300; i++)
		at = pair_of((int)i % NR_KINDS, cells[i], at,
			     stele_cell_u64(i));
	return finish_root(b, &at);
}

static void hierarchies_are_read_as_they_were_built(void **state)
{
	struct stele_segment *seg = hierarchy(7);
	struct stele_value at = root(seg), number;

	(void)state;
	for (unsigned i = 300; i-- > 0;) {
		number = item(&at, 1);
		assert_int_equal(number.u.i, i);
		at = item(&at, 0);
	}
	assert_int_equal(at.u.i, 7);
	assert_builds_equal(hierarchy(7), seg, true);
	assert_builds_equal(hierarchy(7), hierarchy(8), false);
}

/* ------------------------------------------------------------- sharing */

static void what_is_shared_is_one_object(void **state)
{
	(void)state;
	for (int kind = 0; kind < NR_KINDS; kind++) {
		struct stele_builder *b = begin(schema_text, NULL);
		struct stele_cell one[4], two[4], cell;
		struct stele_value top, first, second;
		struct stele_handle handle;
		struct stele_segment *seg;

		cell = pair_of(kind, one, str("some text"), stele_cell_u64(1));
		assert_int_equal(stele_builder_put(b, &cell, &handle, &err), 0);
		cell = pair_of(LIST, two, stele_cell_ref(handle),
			       stele_cell_ref(handle));
		seg = finish_root(b, &cell);
		top = root(seg);
		first = item(&top, 0);
		second = item(&top, 1);
		assert_int_equal(first.u.pos, second.u.pos);
		assert_true(first.flags & STELE_VALUE_F_IDENTITY);
		assert_true(second.flags & STELE_VALUE_F_IDENTITY);
		assert_same(&first, &second, true);
		stele_segment_close(seg);
	}
}

/* Equal content may be one object too, but nobody meant it. */
static void equal_content_has_no_identity(void **state)
{
	struct stele_builder *b = begin(schema_text, NULL);
	struct stele_cell one[4], other[4], two[4], cell;
	struct stele_value top, first;
	struct stele_segment *seg;

	(void)state;
	cell = pair_of(LIST, two,
		       pair_of(LIST, one, str("some text"), stele_cell_u64(1)),
		       pair_of(LIST, other, str("some text"),
			       stele_cell_u64(1)));
	seg = finish_root(b, &cell);
	top = root(seg);
	first = item(&top, 0);
	assert_false(first.flags & STELE_VALUE_F_IDENTITY);
	stele_segment_close(seg);
}

/* -------------------------------------------------------------- cycles */

static struct stele_handle reserve(struct stele_builder *b, int kind)
{
	struct stele_handle handle;
	int rc;

	if (kind == LIST)
		rc = stele_builder_reserve_list(b, 2, &handle, &err);
	else if (kind == DICT)
		rc = stele_builder_reserve_dict(b, 2, &handle, &err);
	else
		rc = stele_builder_reserve_record(b, 0, &handle, &err);
	if (rc)
		fail_msg("%s", err.reason);
	return handle;
}

/* A ring of `nr` objects of these kinds in turn, each with a number. */
static struct stele_segment *ring(const int *kinds, unsigned nr_kinds,
				  unsigned nr, uint64_t number)
{
	struct stele_builder *b = begin(schema_text, NULL);
	struct stele_handle handles[12];
	struct stele_cell cells[4], top;

	for (unsigned i = 0; i < nr; i++)
		handles[i] = reserve(b, kinds[i % nr_kinds]);
	for (unsigned i = 0; i < nr; i++) {
		pair_of(kinds[i % nr_kinds], cells,
			stele_cell_ref(handles[(i + 1) % nr]),
			stele_cell_u64(number));
		if (stele_builder_fill(b, handles[i], cells, 2, &err))
			fail_msg("%s", err.reason);
	}
	top = stele_cell_ref(handles[0]);
	return finish_root(b, &top);
}

/* After that many steps the first object is there again, not before. */
static void assert_ring(const struct stele_segment *seg, unsigned nr)
{
	struct stele_value start = root(seg), at = start;

	for (unsigned i = 1; i <= nr; i++) {
		assert_true(at.flags & STELE_VALUE_F_IDENTITY);
		at = item(&at, 0);
		assert_int_equal(at.u.pos == start.u.pos, i == nr);
	}
}

static void cycles(const int *kinds, unsigned nr_kinds)
{
	struct stele_segment *once = ring(kinds, nr_kinds, nr_kinds, 1);
	struct stele_segment *thrice = ring(kinds, nr_kinds, 3 * nr_kinds, 1);
	struct stele_value value = root(once);
	uint64_t hash;
	int rc;

	assert_ring(once, nr_kinds);
	assert_ring(thrice, 3 * nr_kinds);
	rc = stele_value_hash(&value, 0, &hash);
	if (nr_kinds == 1 && kinds[0] == RECORD)
		assert_int_equal(rc, -STELE_E_LIMIT); /* leads into itself */
	else
		assert_int_equal(rc, -STELE_E_TYPE); /* has a list or dict */
	assert_builds_equal(once, thrice, true);
	assert_builds_equal(ring(kinds, nr_kinds, nr_kinds, 1),
			    ring(kinds, nr_kinds, nr_kinds, 2), false);
}

static void cycles_through_lists(void **state)
{
	(void)state;
	cycles((const int[]){ LIST }, 1);
}

static void cycles_through_dicts(void **state)
{
	(void)state;
	cycles((const int[]){ DICT }, 1);
}

static void cycles_through_records(void **state)
{
	(void)state;
	cycles((const int[]){ RECORD }, 1);
}

static void cycles_through_all_of_them(void **state)
{
	(void)state;
	cycles((const int[]){ LIST, DICT, RECORD, DICT }, 4);
}

static struct stele_segment *people(const char *friend)
{
	struct stele_builder *b = begin(schema_text, NULL);
	static const char *const names[] = { "ada", "ben", "cy" };

	for (unsigned i = 0; i < 3; i++) {
		struct stele_cell friends[2] = { str(names[i]), str(friend) };
		struct stele_cell row[3] = { str(names[i]),
					     str(names[(i + 1) % 3]),
					     stele_cell_list(friends, 2) };

		add(b, 1, row, 3);
	}
	return finish(b);
}

static struct stele_value person(const struct stele_segment *seg,
				 const char *name)
{
	struct stele_value row;

	assert_int_equal(stele_map_get_str(stele_segment_map(seg, "by_name"),
					   name, strlen(name), &row),
			 0);
	return row;
}

/* ada -> ben -> cy -> ada, and each has itself for a friend. */
static void cycles_through_references(void **state)
{
	struct stele_segment *a = people("ben"), *b = people("ben");
	struct stele_segment *c = people("cy");
	struct stele_value x = person(a, "ada"), y = person(b, "ada");
	struct stele_value z = person(c, "ada"), at = x, friends;
	uint64_t hash;

	(void)state;
	for (unsigned i = 1; i <= 3; i++) {
		at = field(&at, 1);
		assert_int_equal(at.type, STELE_TYPE_RECORD);
		assert_int_equal(at.u.pos == x.u.pos, i == 3);
	}
	friends = field(&x, 2);
	at = item(&friends, 0);
	assert_int_equal(at.u.pos, x.u.pos);
	assert_same(&x, &y, true);
	assert_same(&x, &z, false);
	/* by their names alone they differ, however long the way back is */
	at = person(b, "ben");
	assert_same(&x, &at, false);
	assert_true(stele_value_hash(&x, 0, &hash) < 0);
	stele_segment_close(a);
	stele_segment_close(b);
	stele_segment_close(c);
}

/* --------------------------------------------------------------- bombs */

/* 40 levels, each of which holds the next one twice: 2^40 ways to the leaf. */
static struct stele_segment *bomb(int kind, uint64_t leaf)
{
	struct stele_builder *b = begin(schema_text, NULL);
	struct stele_cell cells[4], at = stele_cell_u64(leaf), cell;
	struct stele_handle handle;

	for (unsigned i = 0; i < 40; i++) {
		cell = pair_of(kind, cells, at, at);
		if (stele_builder_put(b, &cell, &handle, &err))
			fail_msg("%s", err.reason);
		at = stele_cell_ref(handle);
	}
	return finish_root(b, &at);
}

static void bombs_take_linear_space_and_time(void **state)
{
	(void)state;
	for (int kind = 0; kind < NR_KINDS; kind++) {
		struct stele_segment_info info = { .size = sizeof(info) };
		struct stele_segment *seg = bomb(kind, 1);
		struct stele_value at = root(seg);
		uint64_t hash;
		int rc = stele_value_hash(&at, 0, &hash);

		assert_int_equal(rc, kind == LIST || kind == DICT ?
					     -STELE_E_TYPE :
					     -STELE_E_LIMIT);
		assert_int_equal(stele_segment_info(seg, &info), 0);
		assert_true(info.image_bytes < 32768);
		for (unsigned i = 0; i < 40; i++) {
			struct stele_value x = item(&at, 0), y = item(&at, 1);

			assert_int_equal(x.u.u, y.u.u);
			at = x;
		}
		assert_int_equal(at.u.i, 1);
		assert_builds_equal(seg, bomb(kind, 1), true);
		assert_builds_equal(bomb(kind, 1), bomb(kind, 2), false);
	}
}

/* What a key may take ends a search for one. */
static void a_bomb_is_no_key(void **state)
{
	struct stele_builder *b = begin(NULL, NULL);
	struct stele_cell cells[2] = { str("k"), stele_cell_u64(1) };
	struct stele_cell dict = stele_cell_of(STELE_TYPE_DICT);
	struct stele_segment *seg, *other = bomb(TUPLE, 1);
	struct stele_value value, found, key = root(other);

	(void)state;
	dict.u.cells = cells;
	dict.len = 1;
	seg = finish_root(b, &dict);
	value = root(seg);
	assert_int_equal(stele_value_find(&value, &key, &found),
			 -STELE_E_LIMIT);
	stele_segment_close(seg);
	stele_segment_close(other);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin_test, end_test)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(hierarchies_are_read_as_they_were_built),
		TEST(what_is_shared_is_one_object),
		TEST(equal_content_has_no_identity),
		TEST(cycles_through_lists),
		TEST(cycles_through_dicts),
		TEST(cycles_through_records),
		TEST(cycles_through_all_of_them),
		TEST(cycles_through_references),
		TEST(bombs_take_linear_space_and_time),
		TEST(a_bomb_is_no_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
