/* SPDX-License-Identifier: MIT */
/*
 * What the tests of values have in common: one image made by hand, opened once
 * all its objects are laid, each test with a new one.
 */
#ifndef VALUE_IMAGE_H
#define VALUE_IMAGE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "handmade_value.h"

#define HEAD STELE_FMT_HEAD
#define KIND(name) STELE_FMT_KIND_##name

static struct handmade im;
static struct stele_segment seg;

static inline void open_image(void)
{
	struct stele_error err = { 0 };
	int rc;

	handmade_seal(&im);
	rc = handmade_open(&im, &seg, &err);
	if (rc)
		fail_msg("%d: %s", rc, err.reason);
}

/* Open it again, with a word that is another. */
static inline void reopen_with(uint64_t off, uint64_t word)
{
	handmade_put(&im, off, word);
	handmade_close(&im, &seg);
	open_image();
}

static inline int begin(void **state)
{
	(void)state;
	handmade_begin(&im);
	handmade_section(&im, STELE_FMT_SECTION_HEAP);
	return 0;
}

static inline int end(void **state)
{
	(void)state;
	handmade_close(&im, &seg);
	handmade_free(&im);
	return 0;
}

static inline int decode(uint64_t word, struct stele_value *v)
{
	static uint64_t at[16];
	static unsigned next;

	/* short strings lie in the word: the last few stay */
	at[next++ % 16] = word;
	return stele_value_decode(&seg, word, &at[(next - 1) % 16], v);
}

static inline struct stele_value decoded(uint64_t word)
{
	struct stele_value v = { 0 };
	int rc = decode(word, &v);

	if (rc)
		fail_msg("word %llx: %d", (unsigned long long)word, rc);
	return v;
}

static inline uint64_t object(unsigned kind, unsigned flags, uint64_t count,
			      const void *payload, uint64_t len)
{
	return handmade_object(&im, HEAD(kind, flags, count), payload, len);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

#endif /* VALUE_IMAGE_H */
