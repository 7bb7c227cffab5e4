// SPDX-License-Identifier: MIT
/*
 * Each call that a build makes for its output fails once: a system call, an
 * allocation, a transfer that is interrupted.  Afterwards there is no file, or
 * the old one.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "failing.h"
#include "folder.h"
#include "output.h"
#include "spill.h"

#define OLD "what stood there before"
#define MIB ((size_t)1 << 20)

/* Bytes that tell their place. */
static void pattern(uint8_t *p, uint64_t off, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		p[i] = (uint8_t)((off + i) * 2654435761u >> 13);
}

/* A small build: buffer, straight write, hole, patch, read, spill, publish. */
static int small_build(const char *name, uint32_t flags, const uint8_t *bytes,
		       size_t len)
{
	struct stele_output *out = NULL;
	struct stele_error err = { 0 };
	struct stele_budget budget = { 100, 0 };
	struct stele_spill *spill = NULL;
	struct stele_spill_reader reader = { 0 };
	const uint8_t *run;
	size_t run_len;
	int fd = -1, rc;

	rc = stele_output_create_file(at(name), flags, 0, &out, &err);
	if (rc) {
		assert_int_equal(err.code, rc);
		return rc;
	}
	rc = stele_spill_create(out, &budget, &spill);
	if (!rc)
		rc = stele_spill_append(spill, bytes, 200000);
	if (!rc) {
		stele_spill_rewind(spill, &reader);
		rc = stele_spill_next(&reader, 0, 300, &run, &run_len);
		stele_spill_done(&reader);
	}
	if (!rc)
		rc = stele_output_append(out, bytes, 10);
	if (!rc)
		rc = stele_output_append(out, bytes + 10, len - 10);
	if (!rc)
		rc = stele_output_zeros(out, 2 * MIB);
	if (!rc)
		rc = stele_output_patch(out, 5, "patched", 7);
	if (!rc)
		rc = stele_output_publish(out, &fd, &err);
	stele_spill_free(spill);
	stele_output_free(out);
	if (fd >= 0)
		close(fd);
	return rc;
}

/*
 * Fail the k-th call for every k.  After each failure there is no file, or the
 * old one, and nothing else.  Some failures are survived: those of wishes.
 */
static void fail_each(enum failing_what what, int error, uint32_t flags)
{
	size_t len = 3 * MIB;
	uint8_t *bytes = malloc(len);
	unsigned failed = 0;
	bool old, fell;
	long k;
	int rc;

	pattern(bytes, 0, len);
	for (old = false;; old = true) {
		for (k = 1;; k++) {
			entries(true);
			if (old)
				put_file("x", OLD);
			failing_begin(what, k, error);
			rc = small_build("x", flags, bytes, len);
			fell = failing_end();
			if (!fell)
				break;
			failed += rc != 0;
			if (rc && old)
				assert_true(holds("x", OLD, strlen(OLD)));
			if (rc)
				assert_int_equal(entries(false), old);
			else
				assert_int_equal(entries(false), 1);
			if (rc && rc != -error)
				fail_msg("call %ld gave %d", k, rc);
		}
		assert_int_equal(rc, 0);
		if (old)
			break;
	}
	print_message("# %ld calls, %u failures\n", k - 1, failed);
	assert_true(failed > 4);
	free(bytes);
}

static void failing_io_leaves_nothing(void **state)
{
	(void)state;
	fail_each(FAILING_IO, ENOSPC, 0);
	fail_each(FAILING_IO, EIO, 0);
	failing.no_tmpfile = true;
	fail_each(FAILING_IO, EIO, 0);
	failing.no_tmpfile = false;
}

static void failing_allocations_leave_nothing(void **state)
{
	(void)state;
	if (!FAILING_ALLOCATION_WORKS) {
		print_message("the sanitizer owns the allocation calls\n");
		skip();
	}
	fail_each(FAILING_ALLOCATION, ENOMEM, STELE_BUILD_F_NO_SYNC);
	failing.no_tmpfile = true;
	fail_each(FAILING_ALLOCATION, ENOMEM, STELE_BUILD_F_NO_SYNC);
	failing.no_tmpfile = false;
}

static void interrupted_transfers_go_on(void **state)
{
	size_t len = 3 * MIB;
	uint8_t *bytes = malloc(len);
	unsigned survived = 0;
	long k;
	int rc;

	(void)state;
	pattern(bytes, 0, len);
	for (k = 1;; k++) {
		entries(true);
		failing_begin(FAILING_IO, k, EINTR);
		rc = small_build("x", 0, bytes, len);
		if (!failing_end())
			break;
		/* linkat() alone is not repeated: it may have been done. */
		survived += !rc;
		assert_int_equal(entries(false), !rc);
	}
	print_message("# %u of %ld survived\n", survived, k - 1);
	assert_int_equal(survived, k - 2);
	free(bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(failing_io_leaves_nothing),
		IN_FOLDER(failing_allocations_leave_nothing),
		IN_FOLDER(interrupted_transfers_go_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
