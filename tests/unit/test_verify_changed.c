// SPDX-License-Identifier: MIT
/*
 * Bytes that changed since the segment was opened: what was copied then has to
 * lie there still, and the rest is what the digest says.
 */
#include "judge.h"

/* Verify an image one byte of which changes once it is open. */
static void change(uint64_t off, int code, uint32_t invariant, uint64_t at)
{
	struct stele_segment seg;
	uint8_t *byte;
	int rc;

	memset(&err, 0, sizeof(err));
	assert_int_equal(handmade_open(&w.im, &seg, &err), 0);
	assert_int_equal(stele_segment_verify(&seg, NULL, &err), 0);
	byte = (uint8_t *)(uintptr_t)seg.base + off;
	*byte ^= 1;
	rc = stele_segment_verify(&seg, NULL, &err);
	*byte ^= 1;
	handmade_close(&w.im, &seg);
	assert_int_equal(rc, code);
	if (err.invariant != invariant)
		fail_msg("invariant %u: %s", err.invariant, err.reason);
	assert_true(err.offset == at);
}

static void header_is_that_of_opening(void **state)
{
	(void)state;
	change(offsetof(struct stele_fmt_header, hash_seed), -STELE_E_FORMAT,
	       STELE_I_HEADER_CHECKSUM, 0);
}

static void trailer_is_that_of_opening(void **state)
{
	uint64_t at = w.im.home_bytes - sizeof(struct stele_fmt_trailer);

	(void)state;
	change(at, -STELE_E_FORMAT, STELE_I_TRAILER_LENGTH, at);
}

static uint64_t section(uint32_t kind)
{
	for (uint32_t i = 0; i < w.im.header->nr_sections; i++)
		if (w.im.header->section[i].kind == kind)
			return w.im.header->section[i].off;
	fail();
	return 0;
}

static void all_else_is_proved_by_its_digest(void **state)
{
	const uint64_t places[] = { section(STELE_FMT_SECTION_SCHEMA) + 200,
				    section(STELE_FMT_SECTION_TABLES),
				    w.at.rows[0] + 8 };

	(void)state;
	for (int i = 0; i < 3; i++)
		change(places[i], -STELE_E_DIGEST, STELE_I_DIGEST_DATA,
		       places[i] & ~4095ull);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(header_is_that_of_opening),
		cmocka_unit_test(trailer_is_that_of_opening),
		cmocka_unit_test(all_else_is_proved_by_its_digest),
	};

	return cmocka_run_group_tests(tests, make_image, free_image);
}
