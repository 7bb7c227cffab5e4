// SPDX-License-Identifier: MIT
/*
 * Edges of schema text: defaults that are no literal of their type, names too long
 * to be shown whole, texts too long to be read at all.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <stele/stele.h>
#include <sys/mman.h>

static int parse(const char *type, const char *literal)
{
	struct stele_schema *schema = NULL;
	struct stele_error err;
	char text[200];
	int rc;

	snprintf(text, sizeof(text), "record R { f: %s = %s }", type, literal);
	rc = stele_schema_parse(text, strlen(text), &schema, &err);
	stele_schema_free(schema);
	return rc;
}

static void numbers_are_spelled_as_in_json(void **state)
{
	static const char *const good[] = { "0",   "-0",   "1.5",  "1e3",
					    "1E3", "1e+3", "1e-3", "-1.25e-7" };
	static const char *const bad[] = { "1e",   "1e+", "1e-", "1.",
					   "1.e3", "01",  "-",	 "1x" };

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		assert_int_equal(parse("f64", good[i]), 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(parse("f64", bad[i]), -STELE_E_SCHEMA);
}

static void bytes_are_spelled_in_one_way(void **state)
{
	static const char *const good[] = { "\"\"", "\"AA==\"", "\"AAA=\"",
					    "\"+/+/\"" };
	static const char *const bad[] = { "\"A\"",	     "\"AA\"",
					   "\"AA=\"",	     "\"AB==\"",
					   "\"AAB=\"",	     "\"A*==\"",
					   "\"====\"",	     "\"AA=A\"",
					   "\"AA\\u0000A\"", "\"AA==AAAA\"" };

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++)
		assert_int_equal(parse("bytes", good[i]), 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(parse("bytes", bad[i]), -STELE_E_SCHEMA);
}

static void a_long_name_is_shown_in_part(void **state)
{
	struct stele_schema *schema = NULL;
	struct stele_error err;
	char text[1000];

	(void)state;
	memset(text, 'n', sizeof(text));
	assert_int_equal(stele_schema_parse(text, sizeof(text), &schema, &err),
			 -STELE_E_SYNTAX);
	assert_non_null(strstr(err.reason, ", found 'nnnnnnnnnn"));
	assert_int_equal(err.reason[strlen(err.reason) - 1], '\'');
	assert_true(strlen(err.reason) < 300);
}

/* Only its length is looked at: it takes no memory. */
static void texts_have_less_than_2_gib(void **state)
{
	const size_t len = (1ull << 31) + 1;
	struct stele_schema *schema = NULL;
	struct stele_error err;
	void *text = mmap(NULL, len, PROT_READ,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	(void)state;
	assert_true(text != MAP_FAILED);
	assert_int_equal(stele_schema_parse(text, len, &schema, &err),
			 -STELE_E_LIMIT);
	assert_string_equal(
		err.reason,
		"a schema text of 2147483649 bytes is longer than 2147483647");
	munmap(text, len);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_spelled_as_in_json),
		cmocka_unit_test(bytes_are_spelled_in_one_way),
		cmocka_unit_test(a_long_name_is_shown_in_part),
		cmocka_unit_test(texts_have_less_than_2_gib),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
