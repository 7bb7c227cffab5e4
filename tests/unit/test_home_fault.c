// SPDX-License-Identifier: MIT
/*
 * Opening a segment, publishing and verifying it while each system call and each
 * allocation fails once: the call says so by its code and a reason, or gets over
 * it and is right; no descriptor, memory or file is left.
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

static const char schema_text[] =
	"record R { id: u64 name: str any: any }\n"
	"table by_id: R(id)\ntable by_name: R(name)\n"
	"table by_two: R(id, name)\ntable seen: R(name) filter 1/100\n";

#define NR_ROWS 300u

static int add_rows(struct stele_builder *b, struct stele_error *err)
{
	static char text[10000];
	int rc = 0;

	memset(text, 'x', sizeof(text));
	for (unsigned i = 0; !rc && i < NR_ROWS; i++) {
		struct stele_cell row[3], pair[2];
		char name[20];

		snprintf(name, sizeof(name), "row %u", i);
		row[0] = stele_cell_u64(i);
		row[1] = stele_cell_str(name, strlen(name));
		pair[0] = stele_cell_str(text, 9);
		pair[1] = stele_cell_str(text, sizeof(text) - i);
		row[2] = stele_cell_list(pair, 2);
		rc = stele_builder_add(b, 0, row, 3, NULL, err);
	}
	return rc;
}

/* An image of 3 MiB: several chunks for threads, a huge page for a mapping. */
static void build_image(void)
{
	struct stele_schema *schema;
	struct stele_builder *b;
	struct stele_error err;

	assert_int_equal(stele_schema_parse(schema_text, strlen(schema_text),
					    &schema, &err),
			 0);
	assert_int_equal(stele_builder_create(at("seg.stele"), schema, NULL, &b,
					      &err),
			 0);
	assert_int_equal(add_rows(b, &err), 0);
	assert_int_equal(stele_builder_finish(b, NULL, &err), 0);
	stele_builder_free(b);
	stele_schema_free(schema);
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

/* ------------------------------------------------------------- the works */

static struct stele_segment *source;

/* A row that is found shows that all of the segment is there. */
static void look(const struct stele_segment *segment)
{
	struct stele_segment_info info = { .size = sizeof(info) };
	const struct stele_map *map = stele_segment_map(segment, "by_name");
	struct stele_value row;

	assert_non_null(map);
	assert_int_equal(stele_map_get_str(map, "row 299", 7, &row), 0);
	assert_int_equal(stele_segment_info(segment, &info), 0);
	assert_int_equal(info.nr_rows, NR_ROWS);
}

static int open_by(const char *name, uint32_t flags, struct stele_error *err)
{
	struct stele_open_options o = { .size = sizeof(o), .flags = flags };
	struct stele_segment *segment;
	int rc = stele_segment_open(name, &o, &segment, err);

	if (!rc) {
		look(segment);
		stele_segment_close(segment);
	}
	return rc;
}

static int open_path(struct stele_error *err)
{
	return open_by(at("seg.stele"), 0, err);
}

static int open_name(struct stele_error *err)
{
	return open_by("seg", 0, err);
}

static int open_copy(struct stele_error *err)
{
	return open_by(at("seg.stele"), STELE_OPEN_F_COPY, err);
}

static int open_with_all_wishes(struct stele_error *err)
{
	return open_by(at("seg.stele"),
		       STELE_OPEN_F_HUGE | STELE_OPEN_F_POPULATE, err);
}

static int open_descriptor(struct stele_error *err)
{
	int fd = open(at("seg.stele"), O_RDONLY | O_CLOEXEC);
	struct stele_segment *segment;
	int rc = stele_segment_open_fd(fd, NULL, &segment, err);

	close(fd);
	if (!rc) {
		look(segment);
		stele_segment_close(segment);
	}
	return rc;
}

static int publish_memfd(struct stele_error *err)
{
	struct stele_segment *segment;
	int fd = -1;
	int rc = stele_publish_memfd(source, "copy", 0, &fd, err);

	if (rc) {
		assert_int_equal(fd, -1);
		return rc;
	}
	rc = stele_segment_open_fd(fd, NULL, &segment, err);
	close(fd);
	if (!rc) {
		look(segment);
		stele_segment_close(segment);
	}
	return rc;
}

static int publish_file(struct stele_error *err)
{
	int rc = stele_publish_file(source, at("copy.stele"), 0, 0, err);

	assert_int_equal(unlink(at("copy.stele")), rc ? -1 : 0);
	return rc;
}

static int verify_by_threads(struct stele_error *err)
{
	struct stele_verify_options o = { .size = sizeof(o), .threads = 3 };

	return stele_segment_verify(source, &o, err);
}

/* ------------------------------------------------------------- each fails */

/* One run whose k-th call fails; false: there was none. */
static bool fail_one(int (*work)(struct stele_error *), enum failing_what what,
		     int error, long k, unsigned *failures)
{
	struct stele_error err = { .reason = "" };
	unsigned before = descriptors();
	long held = failing.held;
	bool fell;
	int rc;

	failing_begin(what, k, error);
	rc = work(&err);
	fell = failing_end();
	*failures += rc != 0;
	if (rc && rc != -error)
		fail_msg("call %ld gave %d: %s", k, rc, err.reason);
	if (rc) {
		assert_int_equal(err.code, rc);
		assert_true(err.reason[0]);
	}
	if (failing.held != held)
		fail_msg("call %ld left %ld allocations", k,
			 failing.held - held);
	if (descriptors() != before)
		fail_msg("call %ld left a descriptor", k);
	if (entries(false) != 1)
		fail_msg("call %ld left a file", k);
	return fell;
}

static void fail_each(int (*work)(struct stele_error *), enum failing_what what,
		      int error)
{
	struct stele_error err;
	unsigned failures = 0;
	long k = 0;

	/* what libcrypto makes once it keeps */
	assert_int_equal(work(&err), 0);
	while (fail_one(work, what, error, ++k, &failures))
		;
	print_message("# %ld calls, %u failures\n", k - 1, failures);
	assert_true(failures);
}

static void fail_all(int (*work)(struct stele_error *))
{
	static const int errors[] = { EIO, ENOMEM, EMFILE, ENOSPC };

	for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++)
		fail_each(work, FAILING_IO, errors[i]);
	if (FAILING_ALLOCATION_WORKS)
		fail_each(work, FAILING_ALLOCATION, ENOMEM);
}

static void opening_a_path_unwinds(void **state)
{
	(void)state;
	fail_all(open_path);
}

static void opening_a_name_unwinds(void **state)
{
	(void)state;
	fail_all(open_name);
}

static void opening_a_descriptor_unwinds(void **state)
{
	(void)state;
	fail_all(open_descriptor);
}

static void opening_a_copy_unwinds(void **state)
{
	(void)state;
	fail_all(open_copy);
}

static void wishes_for_pages_unwind(void **state)
{
	(void)state;
	fail_all(open_with_all_wishes);
}

static void publishing_to_memory_unwinds(void **state)
{
	(void)state;
	fail_all(publish_memfd);
}

static void publishing_to_a_file_unwinds(void **state)
{
	(void)state;
	fail_all(publish_file);
	failing.no_tmpfile = true;
	fail_all(publish_file);
	failing.no_tmpfile = false;
}

/* It reads memory only; by one thread see test_verify_fault.c. */
static void verifying_by_threads_unwinds(void **state)
{
	(void)state;
	if (!FAILING_ALLOCATION_WORKS) {
		print_message("the sanitizer owns the allocation calls\n");
		skip();
	}
	fail_each(verify_by_threads, FAILING_ALLOCATION, ENOMEM);
}

static void short_transfers_go_on(void **state)
{
	struct stele_error err;

	(void)state;
	failing_begin(FAILING_SHORT, 0, 0);
	assert_int_equal(open_copy(&err), 0);
	assert_int_equal(publish_memfd(&err), 0);
	assert_int_equal(publish_file(&err), 0);
	failing_end();
}

static void interrupted_calls_go_on(void **state)
{
	static int (*const works[])(struct stele_error *) = {
		open_path, open_copy, open_with_all_wishes, publish_memfd
	};
	unsigned failures = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(works) / sizeof(*works); i++) {
		long k = 0;

		while (fail_one(works[i], FAILING_IO, EINTR, ++k, &failures))
			;
		assert_true(k > 1);
	}
	assert_int_equal(failures, 0);
}

/* ------------------------------------------------------------------ main */

static int set_up(void **state)
{
	struct stele_error err;

	if (make_folder(state))
		return -1;
	build_image();
	setenv("STELE_PATH", folder, 1);
	return stele_segment_open(at("seg.stele"), NULL, &source, &err);
}

static int tear_down(void **state)
{
	stele_segment_close(source);
	return remove_folder(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(opening_a_path_unwinds),
		cmocka_unit_test(opening_a_name_unwinds),
		cmocka_unit_test(opening_a_descriptor_unwinds),
		cmocka_unit_test(opening_a_copy_unwinds),
		cmocka_unit_test(wishes_for_pages_unwind),
		cmocka_unit_test(publishing_to_memory_unwinds),
		cmocka_unit_test(publishing_to_a_file_unwinds),
		cmocka_unit_test(verifying_by_threads_unwinds),
		cmocka_unit_test(short_transfers_go_on),
		cmocka_unit_test(interrupted_calls_go_on),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
