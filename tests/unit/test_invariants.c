// SPDX-License-Identifier: MIT
/*
 * For each numbered invariant small images that break it alone: refused with
 * its number when opened or verified, while the same image without the damage
 * is accepted.  A test an invariant, named by it; that none lacks its case is
 * seen when this is linked.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "broken.h"

struct broken {
	uint32_t number;
	const char *name;
	bool (*make)(struct handmade *im, unsigned way);
};

static int code_of(uint32_t invariant)
{
	switch (invariant) {
	case STELE_I_HEADER_MAJOR:
		return -STELE_E_VERSION;
	case STELE_I_HEADER_INCOMPAT:
		return -STELE_E_FEATURE;
	case STELE_I_DIGEST_IDENTITY:
	case STELE_I_DIGEST_TREE:
	case STELE_I_DIGEST_DATA:
		return -STELE_E_DIGEST;
	default:
		return -STELE_E_FORMAT;
	}
}

/* What opening and verifying say of a way; false: there is no such way. */
static bool judge(const struct broken *b, unsigned way, int *rc,
		  struct stele_error *err)
{
	struct stele_segment seg;
	struct handmade im;
	bool made;

	memset(err, 0, sizeof(*err));
	handmade_begin(&im);
	made = b->make(&im, way);
	if (made) {
		if (!im.home_bytes)
			handmade_seal(&im);
		*rc = handmade_open(&im, &seg, err);
		if (!*rc) {
			*rc = stele_segment_verify(&seg, NULL, err);
			handmade_close(&im, &seg);
		}
	}
	handmade_free(&im);
	return made;
}

static void only_what_breaks_it_is_refused(void **state)
{
	const struct broken *b = *state;
	struct stele_error err;
	unsigned way = 1;
	int rc;

	assert_true(judge(b, 0, &rc, &err));
	if (rc)
		fail_msg("the good image: %d, invariant %u at %llu: %s", rc,
			 err.invariant, (unsigned long long)err.offset,
			 err.reason);
	for (; judge(b, way, &rc, &err); way++)
		if (rc != code_of(b->number) || err.invariant != b->number)
			fail_msg("way %u: %d, invariant %u at %llu: %s", way,
				 rc, err.invariant,
				 (unsigned long long)err.offset, err.reason);
	assert_true(way > 1);
}

int main(void)
{
#define BROKEN_ROW(number, name, text) { number, #name, broken_##name },
	static struct broken all[] = { STELE_INVARIANTS(BROKEN_ROW) };
#undef BROKEN_ROW
#define BROKEN_TEST(number, name, text)                           \
	{ "invariant_" #number "_" #name "_is_refused_by_number", \
	  only_what_breaks_it_is_refused, NULL, NULL, NULL },
	struct CMUnitTest tests[] = { STELE_INVARIANTS(BROKEN_TEST) };
#undef BROKEN_TEST

	for (size_t i = 0; i < sizeof(all) / sizeof(*all); i++)
		tests[i].initial_state = &all[i];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
