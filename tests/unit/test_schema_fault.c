// SPDX-License-Identifier: MIT
/*
 * Schemas without memory: each allocation fails once, the call says -ENOMEM,
 * and nothing stays behind.
 */
#include "failing.h"
#include "schema_text.h"

static const char sample[] =
	"## R\nrecord R {\n\ta: u8? = 7 was x, \"y\" ## A\n\tb: str = \"\"\n"
	"\tc: dict<str, list<R>>\n\td: weak t\n"
	"\te: tuple<u8, tuple<user<U>?>, user<U>>\n"
	"\tf: decimal = \"1.50\" g: uuid? = null\n"
	"\th: time = \"12:00:00\"\n}\nrecord S { r: R }\n"
	"table t: R(b)\ntable u: R(e) filter 1/2\nrows R\n";

static struct stele_schema *base;

static int parse(struct stele_schema **schema, struct stele_error *err)
{
	return stele_schema_parse(sample, sizeof(sample) - 1, schema, err);
}

static int extend(struct stele_schema **schema, struct stele_error *err)
{
	static const char more[] = "table v: R(b) multi";

	return stele_schema_extend(base, more, sizeof(more) - 1, schema, err);
}

static int load(struct stele_schema **schema, struct stele_error *err)
{
	return stele_schema_load(base->image, base->image_bytes, 0, schema,
				 err);
}

static int clone(struct stele_schema **schema, struct stele_error *err)
{
	err->code = -ENOMEM;
	return stele_schema_clone(base, schema);
}

static int empty(struct stele_schema **schema, struct stele_error *err)
{
	err->code = -ENOMEM;
	return stele_schema_empty(schema);
}

/* Fail each allocation of a call once; gives how many there are. */
static long fail_each(int (*make)(struct stele_schema **, struct stele_error *))
{
	struct stele_error err;
	long k;

	for (k = 1;; k++) {
		struct stele_schema *schema = NULL;
		bool failed;
		int rc;

		failing_begin(FAILING_ALLOCATION, k, ENOMEM);
		rc = make(&schema, &err);
		failed = failing_end();
		if (rc) {
			assert_int_equal(rc, -ENOMEM);
			assert_int_equal(err.code, -ENOMEM);
			assert_null(schema);
		}
		/* the digest library has allocations that it can do without */
		stele_schema_free(schema);
		if (!failed)
			return k;
	}
}

static void assert_unwinds(int (*make)(struct stele_schema **,
				       struct stele_error *))
{
	struct stele_schema *schema;
	struct stele_error err;
	long before;

	/* where the sanitizer owns the calls, it looks for leaks of success */
	if (!FAILING_ALLOCATION_WORKS) {
		assert_int_equal(make(&schema, &err), 0);
		stele_schema_free(schema);
		return;
	}
	/* what libcrypto makes once it keeps */
	assert_in_range(fail_each(make), 2, 10000);
	before = failing.held;
	fail_each(make);
	assert_int_equal(failing.held, before);
}

static void parsing_unwinds(void **state)
{
	(void)state;
	assert_unwinds(parse);
}

static void extending_unwinds(void **state)
{
	(void)state;
	assert_unwinds(extend);
}

static void loading_unwinds(void **state)
{
	(void)state;
	assert_unwinds(load);
}

static void cloning_unwinds(void **state)
{
	(void)state;
	assert_unwinds(clone);
}

static void making_an_empty_one_unwinds(void **state)
{
	(void)state;
	assert_unwinds(empty);
}

static int make_base(void **state)
{
	(void)state;
	base = parsed(sample);
	return 0;
}

static int free_base(void **state)
{
	(void)state;
	stele_schema_free(base);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parsing_unwinds),
		cmocka_unit_test(extending_unwinds),
		cmocka_unit_test(loading_unwinds),
		cmocka_unit_test(cloning_unwinds),
		cmocka_unit_test(making_an_empty_one_unwinds),
	};

	return cmocka_run_group_tests(tests, make_base, free_base);
}
