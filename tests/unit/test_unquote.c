// SPDX-License-Identifier: MIT
/* What a text in quotes means, escape by escape, and where it means nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <stele/error.h>

#include "text.h"

static void each_escape_means_one_character(void **state)
{
	static const struct {
		const char *text;
		const char *meaning;
	} cases[] = {
		{ "", "" },
		{ "plain", "plain" },
		{ "\\\"\\\\\\/", "\"\\/" },
		{ "\\b\\f\\n\\r\\t", "\b\f\n\r\t" },
		{ "\\u0041\\u00e9\\u00E9", "A\xc3\xa9\xc3\xa9" },
		{ "\\uABCD\\uabcd", "\xea\xaf\x8d\xea\xaf\x8d" },
		{ "a\\uD83D\\uDE00b", "a\xf0\x9f\x98\x80\x62" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct stele_buffer out = { 0 };
		size_t bad;

		assert_int_equal(stele_text_unquote(&out, cases[i].text,
						    strlen(cases[i].text),
						    &bad),
				 0);
		assert_int_equal(out.len, strlen(cases[i].meaning));
		assert_memory_equal(out.len ? (char *)out.ptr : "",
				    cases[i].meaning, out.len);
		stele_buffer_free(&out);
	}
}

static void what_is_no_escape_is_told_by_its_place(void **state)
{
	static const struct {
		const char *text;
		size_t bad;
	} cases[] = {
		{ "\\", 0 },
		{ "ab\\", 2 },
		{ "a\\x", 1 },
		{ "a\\u", 1 },
		{ "\\u12", 0 },
		{ "\\n\\u123g", 2 },
		{ "\\u12G4", 0 },
		{ "\\ud800", 0 },
		{ "\\udc00", 0 },
		{ "\\ud800\\n1234", 0 },
		{ "\\ud800\\u0041", 0 },
		{ "\\ud800\\u00", 0 },
		{ "\\ud800\\uwxyz", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		/* ends where its memory does, for a checker to see */
		size_t len = strlen(cases[i].text), bad = 99;
		char *text = memcpy(malloc(len), cases[i].text, len);
		struct stele_buffer out = { 0 };

		assert_int_equal(stele_text_unquote(&out, text, len, &bad),
				 -STELE_E_SYNTAX);
		assert_int_equal(bad, cases[i].bad);
		free(text);
		stele_buffer_free(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_escape_means_one_character),
		cmocka_unit_test(what_is_no_escape_is_told_by_its_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
