// SPDX-License-Identifier: MIT
/* Defaults that are no literal of their type are refused, digit by digit. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <stele/stele.h>

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_are_spelled_as_in_json),
		cmocka_unit_test(bytes_are_spelled_in_one_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
