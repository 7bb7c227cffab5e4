// SPDX-License-Identifier: MIT
/*
 * Each system call and each allocation of a small build fails once, whatever it
 * is for, and each call for progress cancels once.  The build says so by its
 * code and names its file; it can be freed; no file, descriptor or memory is
 * left.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <stele/stele.h>

#include "failing.h"
#include "folder.h"
#include "format.h"

static const char schema_text[] =
	"record M { name: str } record R { id: u64 name: str m: M "
	"deps: list<weak by_name> up: ref by_id? any: any }\n"
	"record T { key: tuple<str, decimal> parts: set<str> grid: ndarray<u8>\n"
	"who: user<Who> list: list<str> at: zoned other: weak by_key? }\n"
	"table by_id: R(id)\ntable by_name: R(name)\n"
	"table by_m: R(m.name) multi\ntable by_two: R(id, name)\n"
	"table by_key: T(key)\ntable by_parts: T(parts, who, at) multi\n";

#define NR_ROWS 40u

static struct stele_schema *schema;

/* The values are longer than a page and lie far apart, to be read again. */
static char long_text[20000];

static int add_row(struct stele_builder *b, unsigned i, struct stele_error *err)
{
	struct stele_cell row[6], deps[2], pairs[20], m;
	char name[2][40], maker[40], keys[10][8];

	for (unsigned k = 0; k < 2; k++) {
		snprintf(name[k], sizeof(name[k]), "%s number %u",
			 k ? "absent row" : "row", k ? i % 7 : i);
		deps[k] = stele_cell_str(name[k], strlen(name[k]));
	}
	snprintf(maker, sizeof(maker), "the maker of a fifth, %u", i % 5);
	m = stele_cell_str(maker, strlen(maker));
	for (unsigned k = 0; k < 10; k++) {
		snprintf(keys[k], sizeof(keys[k]), "key %u", k);
		pairs[2 * k] = stele_cell_str(keys[k], strlen(keys[k]));
		pairs[2 * k + 1] = stele_cell_str(long_text, 3000 + i % 3);
	}
	row[0] = stele_cell_u64(i);
	row[1] = stele_cell_str(name[0], strlen(name[0]));
	row[2] = stele_cell_of(STELE_TYPE_RECORD);
	row[2].u.cells = &m;
	row[2].len = 1;
	row[3] = stele_cell_list(deps, 2);
	row[4] = i ? stele_cell_u64(i - 1) : stele_cell_of(STELE_TYPE_NULL);
	row[5] = stele_cell_of(STELE_TYPE_DICT);
	row[5].u.cells = pairs;
	row[5].len = 10;
	return stele_builder_add(b, 1, row, 6, NULL, err);
}

static int add_hand_table(struct stele_builder *b, struct stele_error *err)
{
	struct stele_table_options o = { .size = sizeof(o),
					 .key = STELE_TYPE_STR,
					 .value = STELE_TYPE_ANY };
	struct stele_cell key = stele_cell_str("a key", 5);
	struct stele_cell value = stele_cell_str(long_text, 9000);
	uint32_t table;
	int rc = stele_builder_table(b, "by_hand", &o, &table, err);

	if (!rc)
		rc = stele_builder_table_add(b, table, &key, &value, err);
	o.key = STELE_TYPE_ANY;
	if (!rc)
		rc = stele_builder_table(b, "by_any", &o, &table, err);
	key = stele_cell_list(&value, 1);
	key.type = STELE_TYPE_TUPLE;
	return rc ? rc : stele_builder_table_add(b, table, &key, &value, err);
}

static int add_cycle(struct stele_builder *b, struct stele_error *err)
{
	struct stele_cell cell = stele_cell_str(long_text, 12000), items[2];
	struct stele_handle list, text;
	int rc = stele_builder_reserve_list(b, 2, &list, err);

	if (rc)
		return rc;
	rc = stele_builder_put(b, &cell, &text, err);
	if (rc)
		return rc;
	items[0] = stele_cell_ref(list);
	items[1] = stele_cell_ref(text);
	rc = stele_builder_fill(b, list, items, 2, err);
	return rc ? rc : stele_builder_root(b, "cycle", &items[0], err);
}

/* Searches of NR_CROWDED keys that begin at one slot. */
#define NR_CROWDED 260u
static struct stele_cell crowded[NR_CROWDED];

static int crowd(void)
{
	struct stele_value v = { .type = STELE_TYPE_U64 };
	uint64_t hash;
	unsigned n = 0;

	for (; n < NR_CROWDED; v.u.u++) {
		if (stele_value_hash(&v, STELE_FMT_DEFAULT_SEED, &hash))
			return -1;
		if (!(hash >> 32 & 511))
			crowded[n++] = stele_cell_u64(v.u.u);
	}
	return 0;
}

/* A row of the later types; its list is given by its handle. */
static int add_typed(struct stele_builder *b, unsigned i,
		     struct stele_handle list, struct stele_error *err)
{
	static const struct stele_user who = { "Who", 3, long_text, 100 };
	static const struct stele_ndarray grid = {
		.data = long_text,
		.element = STELE_TYPE_U8,
		.nr_axes = 2,
		.shape = { 30, 40 },
		.strides = { 1, 100 },
	};
	struct stele_cell key[2], other[2], row[7], items[10];
	char text[10][40];

	for (unsigned k = 0; k < 10; k++) {
		snprintf(text[k], sizeof(text[k]), "item %u of the set", k);
		items[k] = stele_cell_str(text[k], strlen(text[k]));
	}
	key[0] = items[i];
	key[1] = stele_cell_str("1.50", 4);
	key[1].type = STELE_TYPE_DECIMAL;
	other[0] = items[(i + 3) % 10];
	other[1] = key[1];
	row[0] = stele_cell_list(key, 2);
	row[0].type = STELE_TYPE_TUPLE;
	row[1] = stele_cell_list(items, 10);
	row[1].type = STELE_TYPE_SET;
	row[2] = stele_cell_of(STELE_TYPE_NDARRAY);
	row[2].u.ndarray = &grid;
	row[3] = stele_cell_of(STELE_TYPE_USER);
	row[3].u.user = &who;
	row[4] = stele_cell_ref(list);
	row[5] = stele_cell_of(STELE_TYPE_ZONED);
	row[5].offset = 60;
	row[6] = stele_cell_list(other, 2);
	row[6].type = STELE_TYPE_TUPLE;
	return stele_builder_add(b, 2, row, 7, NULL, err);
}

static int add_types(struct stele_builder *b, struct stele_error *err)
{
	struct stele_cell text = stele_cell_str(long_text, 50);
	struct stele_cell list = stele_cell_list(&text, 1), pairs[22];
	struct stele_cell set = stele_cell_list(crowded, NR_CROWDED);
	struct stele_handle handle, dict;
	int rc = stele_builder_put(b, &list, &handle, err);

	for (unsigned i = 0; !rc && i < 5; i++)
		rc = add_typed(b, i, handle, err);
	set.type = STELE_TYPE_SET;
	if (!rc)
		rc = stele_builder_root(b, "crowded", &set, err);
	if (!rc)
		rc = stele_builder_reserve_dict(b, 11, &dict, err);
	if (rc)
		return rc;
	for (unsigned i = 0; i < 11; i++) {
		pairs[2 * i] = i ? stele_cell_u64(i) : stele_cell_ref(handle);
		pairs[2 * i + 1] = stele_cell_ref(dict);
	}
	/* a list is no key: refused, and tried again */
	rc = stele_builder_fill(b, dict, pairs, 11, err);
	if (rc != -STELE_E_TYPE)
		return rc;
	pairs[0] = stele_cell_list(&text, 1);
	pairs[0].type = STELE_TYPE_TUPLE;
	return stele_builder_fill(b, dict, pairs, 11, err);
}

/* Enough that the output's buffer is written, and strings are read back. */
static int fill(struct stele_builder *b, struct stele_error *err)
{
	int rc = 0;

	for (unsigned i = 0; !rc && i < NR_ROWS; i++) {
		struct stele_cell cell = stele_cell_str(NULL, 0);
		char *bytes = NULL;

		if (i == NR_ROWS / 2) {
			struct stele_handle none;

			bytes = mmap(NULL, 2 << 20, PROT_READ,
				     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
			cell.type = STELE_TYPE_BYTES;
			cell.u.ptr = bytes;
			cell.len = 2 << 20;
			rc = stele_builder_put(b, &cell, &none, err);
			munmap(bytes, 2 << 20);
		}
		if (!rc)
			rc = add_row(b, i, err);
	}
	if (!rc)
		rc = add_hand_table(b, err);
	if (!rc)
		rc = add_types(b, err);
	return rc ? rc : add_cycle(b, err);
}

struct cancel {
	long left;
	unsigned phases;
};

static int progress(void *arg, enum stele_phase phase, uint64_t done,
		    uint64_t all)
{
	struct cancel *cancel = arg;

	(void)done;
	(void)all;
	cancel->phases |= 1u << phase;
	return !--cancel->left;
}

static int build(uint64_t memory, struct cancel *cancel,
		 struct stele_error *err)
{
	struct stele_build_options o = { .size = sizeof(o),
					 .threads = 1,
					 .memory_bytes = memory,
					 .share_log2 = 8,
					 .progress = cancel ? progress : NULL,
					 .arg = cancel };
	struct stele_builder *b;
	int rc, again;

	rc = stele_builder_create(at("x"), schema, &o, &b, err);
	if (rc)
		return rc;
	rc = fill(b, err);
	if (rc) {
		again = stele_builder_finish(b, NULL, NULL);
		assert_int_equal(again, -STELE_E_STATE);
	} else {
		rc = stele_builder_finish(b, NULL, err);
	}
	stele_builder_free(b);
	return rc;
}

static unsigned descriptors(void)
{
	DIR *dir = opendir("/proc/self/fd");
	unsigned n = 0;

	while (readdir(dir))
		n++;
	closedir(dir);
	return n;
}

static void verify_x(void)
{
	struct stele_error err = { 0 };
	struct stele_segment *seg;

	assert_int_equal(stele_segment_open(at("x"), NULL, &seg, &err), 0);
	if (stele_segment_verify(seg, NULL, &err))
		fail_msg("%s", err.reason);
	stele_segment_close(seg);
}

/* What is left of a build that ended by rc. */
static void check_left(int rc, int expected, unsigned nr_descriptors, long k)
{
	if (rc && rc != expected)
		fail_msg("call %ld gave %d", k, rc);
	assert_int_equal(entries(false), rc ? 0 : 1);
	assert_int_equal(descriptors(), nr_descriptors);
	if (!rc)
		verify_x();
}

/* One build whose k-th call fails; false: there was none.  *left: memory. */
static bool fail_one(enum failing_what what, int error, long k, uint64_t memory,
		     unsigned *failures, long *left)
{
	unsigned before = descriptors();
	struct stele_error err = { .reason = "" };
	long held = failing.held;
	bool fell;
	int rc;

	entries(true);
	failing_begin(what, k, error);
	rc = build(memory, NULL, &err);
	fell = failing_end();
	*left = failing.held - held;
	*failures += rc != 0;
	check_left(rc, -error, before, k);
	if (rc) {
		assert_int_equal(err.code, rc);
		assert_true(err.reason[0]);
	}
	return fell;
}

static void fail_each(enum failing_what what, int error, uint64_t memory)
{
	unsigned failures = 0;
	bool fell = true;
	long k, left;

	for (k = 1; fell; k++) {
		fell = fail_one(what, error, k, memory, &failures, &left);
		/* what libcrypto makes once it keeps */
		if (left)
			fail_one(what, error, k, memory, &failures, &left);
		if (left)
			fail_msg("call %ld left %ld allocations", k, left);
	}
	print_message("# %ld calls, %u failures\n", k - 2, failures);
	assert_true(failures > 10);
}

static void failing_calls_leave_nothing(void **state)
{
	(void)state;
	fail_each(FAILING_IO, ENOSPC, 1);
	fail_each(FAILING_IO, EIO, 1 << 30);
}

static void failing_allocations_leave_nothing(void **state)
{
	(void)state;
	if (!FAILING_ALLOCATION_WORKS) {
		print_message("the sanitizer owns the allocation calls\n");
		skip();
	}
	fail_each(FAILING_ALLOCATION, ENOMEM, 1);
	fail_each(FAILING_ALLOCATION, ENOMEM, 1 << 30);
}

static void short_transfers_go_on(void **state)
{
	struct stele_error err = { 0 };

	(void)state;
	failing_begin(FAILING_SHORT, 0, 0);
	if (build(1, NULL, &err))
		fail_msg("%s", err.reason);
	failing_end();
	verify_x();
}

static void cancelling_leaves_nothing_in_any_phase(void **state)
{
	unsigned before = descriptors(), phases = 0;
	long k;
	int rc = -ECANCELED;

	(void)state;
	for (k = 1; rc; k++) {
		struct cancel cancel = { .left = k };
		struct stele_error err = { .reason = "" };

		entries(true);
		rc = build(1, &cancel, &err);
		check_left(rc, -ECANCELED, before, k);
		if (rc)
			assert_non_null(strstr(err.reason, at("x")));
		phases = cancel.phases;
	}
	assert_int_equal(phases, 1u << STELE_PHASE_TABLES |
					 1u << STELE_PHASE_REFERENCES |
					 1u << STELE_PHASE_DIGEST |
					 1u << STELE_PHASE_SYNC);
}

static void abandoned_build_leaves_nothing(void **state)
{
	unsigned before = descriptors();
	struct stele_error err = { 0 };
	struct stele_builder *b;

	(void)state;
	assert_int_equal(stele_builder_create(at("x"), schema, NULL, &b, &err),
			 0);
	assert_int_equal(fill(b, &err), 0);
	stele_builder_free(b);
	assert_int_equal(entries(false), 0);
	assert_int_equal(descriptors(), before);
	stele_builder_free(NULL);
}

static int set_up(void **state)
{
	struct stele_error err;

	(void)state;
	for (unsigned i = 0; i < sizeof(long_text); i++)
		long_text[i] = (char)('a' + i % 26);
	if (crowd())
		return -1;
	return stele_schema_parse(schema_text, strlen(schema_text), &schema,
				  &err);
}

static int tear_down(void **state)
{
	(void)state;
	stele_schema_free(schema);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(failing_calls_leave_nothing),
		IN_FOLDER(failing_allocations_leave_nothing),
		IN_FOLDER(short_transfers_go_on),
		IN_FOLDER(cancelling_leaves_nothing_in_any_phase),
		IN_FOLDER(abandoned_build_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
