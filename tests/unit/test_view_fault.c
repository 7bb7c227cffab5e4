// SPDX-License-Identifier: MIT
/*
 * Views without memory: each allocation of opening and of comparing fails once,
 * the call says -ENOMEM, and nothing stays behind.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "failing.h"
#include "pair.h"

static const char stored[] =
	"record R { a: u8 was b, c  b: list<tuple<u8, dict<str, u16?>>>\n"
	"\tx: weak t  y: any  gone: str }\ntable t: R(a)\n";
static const char reader[] =
	"record R { c: u16 was a  b: list<tuple<u8, dict<str, u32>>>\n"
	"\tx: ref t  y: u8  big: bigint = 123456789012345678901234567890\n"
	"\tprice: decimal = 1.50  text: str = \"a default\" }\n"
	"table t: R(c)\nrows R\n";
/* refused, so that the reason needs memory too */
static const char refused[] = "record R { b: list<u8> }";

static struct pair p;

static int find_nothing(void *arg, const struct stele_finding *finding)
{
	(void)arg;
	(void)finding;
	return 0;
}

static int open_view(struct stele_error *err)
{
	struct stele_view *view = NULL;
	int rc = stele_view_open(p.segment, p.reader, &view, err);

	stele_view_close(view);
	return rc;
}

static int compare(struct stele_error *err)
{
	int rc = stele_schema_compare(p.stored, p.reader, find_nothing, NULL);

	err->code = rc;
	return rc;
}

/* Each allocation of a call fails once; without, it gives `code`. */
static void fail_each(int (*call)(struct stele_error *), int code)
{
	struct stele_error err = { 0 };
	long held = failing.held, k;
	bool failed = FAILING_ALLOCATION_WORKS;
	int rc = 0;

	for (k = 1; failed; k++) {
		failing_begin(FAILING_ALLOCATION, k, ENOMEM);
		rc = call(&err);
		failed = failing_end();
		if (!failed)
			break;
		assert_int_equal(rc, -ENOMEM);
		assert_int_equal(err.code, -ENOMEM);
		assert_true(failing.held == held);
	}
	assert_int_equal(call(&err), code);
	if (FAILING_ALLOCATION_WORKS)
		assert_in_range(k, 5, 1000);
	assert_true(failing.held == held);
}

static void read_by(const char *schema)
{
	stele_schema_free(p.reader);
	p.reader = pair_parse(schema);
}

static void opening_unwinds(void **state)
{
	(void)state;
	read_by(reader);
	fail_each(open_view, 0);
}

static void refusing_unwinds(void **state)
{
	(void)state;
	read_by(refused);
	fail_each(open_view, -STELE_E_TYPE);
}

static void comparing_unwinds(void **state)
{
	(void)state;
	read_by(reader);
	fail_each(compare, 0);
}

static int begin(void **state)
{
	(void)state;
	pair_begin(&p, stored);
	pair_seal(&p);
	return 0;
}

static int end(void **state)
{
	(void)state;
	pair_end(&p);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(opening_unwinds),
		cmocka_unit_test(refusing_unwinds),
		cmocka_unit_test(comparing_unwinds),
	};

	return cmocka_run_group_tests(tests, begin, end);
}
