// SPDX-License-Identifier: MIT
/*
 * Errors in words.
 */
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <stele/api.h>

#include "fail.h"

static void every_code_has_a_text_of_its_own(void **state)
{
	int a, b;

	(void)state;
	for (a = STELE_E_FORMAT; a <= STELE_E_REQUIRED; a++) {
		assert_string_not_equal(stele_strerror(-a), "unknown error");
		for (b = STELE_E_FORMAT; b < a; b++)
			assert_string_not_equal(stele_strerror(-a),
						stele_strerror(-b));
	}
	assert_string_equal(stele_strerror(-STELE_E_SYNTAX), "syntax error");
}

static void other_codes_have_a_text_too(void **state)
{
	(void)state;
	assert_string_equal(stele_strerror(-ENOENT), strerror(ENOENT));
	assert_string_equal(stele_strerror(0), "no error");
	assert_string_equal(stele_strerror(1), "unknown error");
	assert_non_null(stele_strerror(-STELE_E_FORMAT + 1));
	assert_string_equal(stele_strerror(-STELE_E_REQUIRED - 1),
			    "unknown error");
	assert_string_equal(stele_strerror(INT_MIN), "unknown error");
	assert_string_equal(stele_strerror(INT_MAX), "unknown error");
}

static void failing_fills_all_of_an_error(void **state)
{
	struct stele_error err;

	(void)state;
	memset(&err, 0x55, sizeof(err));
	assert_int_equal(stele_fail(&err, -EINVAL, "%s %d", "no", 7), -EINVAL);
	assert_int_equal(err.code, -EINVAL);
	assert_string_equal(err.reason, "no 7");
	assert_int_equal(err.invariant, 0);
	assert_int_equal(err.line, 0);
	assert_int_equal(err.column, 0);
	assert_true(err.offset == UINT64_MAX);

	assert_int_equal(stele_fail_at(&err, -STELE_E_FORMAT, 9, 41, "at"),
			 -STELE_E_FORMAT);
	assert_true(err.offset == 9);
	assert_int_equal(err.invariant, 41);

	assert_int_equal(stele_fail_text(&err, -STELE_E_SYNTAX, 3, 4, "text"),
			 -STELE_E_SYNTAX);
	assert_int_equal(err.line, 3);
	assert_int_equal(err.column, 4);
	assert_int_equal(err.invariant, 0);
	assert_true(err.offset == UINT64_MAX);
}

static void failing_needs_no_error(void **state)
{
	(void)state;
	assert_int_equal(stele_fail(NULL, -EIO, "x"), -EIO);
	assert_int_equal(stele_fail_at(NULL, -EIO, 0, 0, "x"), -EIO);
	assert_int_equal(stele_fail_text(NULL, -EIO, 0, 0, "x"), -EIO);
}

static void reasons_are_one_printable_line(void **state)
{
	struct stele_error err;

	(void)state;
	stele_fail(&err, -EIO, "%s", "a\nb\x1b[1mc\x7f\xc2\x9b\xff\xc3\xa4");
	assert_string_equal(err.reason, "a?b?[1mc????\xc3\xa4");
}

static void long_reasons_end_with_a_whole_character(void **state)
{
	char text[STELE_ERROR_REASON_BYTES * 2];
	struct stele_error err;
	size_t i;

	(void)state;
	for (i = 0; i + 2 < sizeof(text); i += 2)
		memcpy(text + i, "\xc3\xa4", 2);
	text[i] = '\0';
	stele_fail(&err, -EIO, "x%s", text);
	assert_int_equal(strlen(err.reason), STELE_ERROR_REASON_BYTES - 1);
	stele_fail(&err, -EIO, "%s", text);
	assert_int_equal(strlen(err.reason), STELE_ERROR_REASON_BYTES - 2);
}

static void the_version_is_a_version(void **state)
{
	(void)state;
	assert_non_null(strchr(stele_version(), '.'));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_code_has_a_text_of_its_own),
		cmocka_unit_test(other_codes_have_a_text_too),
		cmocka_unit_test(failing_fills_all_of_an_error),
		cmocka_unit_test(failing_needs_no_error),
		cmocka_unit_test(reasons_are_one_printable_line),
		cmocka_unit_test(long_reasons_end_with_a_whole_character),
		cmocka_unit_test(the_version_is_a_version),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
