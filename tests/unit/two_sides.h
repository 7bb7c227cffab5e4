/* SPDX-License-Identifier: MIT */
/*
 * What the tests of equality have in common: two images made by hand, filled by
 * a test, opened, and compared value by value, in both directions.
 */
#ifndef TWO_SIDES_H
#define TWO_SIDES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "handmade_value.h"

#define HEAD STELE_FMT_HEAD
#define KIND(name) STELE_FMT_KIND_##name
#define U STELE_FMT_UNSET
#define N STELE_FMT_NULL
#define T STELE_FMT_TRUE
#define SECONDS 60 /* for what would take days if it were not linear */

/* Two images that a test fills as it likes. */
static struct side {
	struct handmade im;
	struct stele_segment seg;
} left, right;

static inline void fill_begin(struct side *s, const char *schema)
{
	handmade_begin(&s->im);
	if (schema)
		handmade_schema(&s->im, schema);
	handmade_section(&s->im, STELE_FMT_SECTION_HEAP);
}

static inline int begin(void **state)
{
	(void)state;
	fill_begin(&left, NULL);
	fill_begin(&right, NULL);
	return 0;
}

/* Begin again, with schemas. */
static inline void begin_with(const char *schema, const char *other)
{
	handmade_free(&left.im);
	handmade_free(&right.im);
	fill_begin(&left, schema);
	fill_begin(&right, other);
}

static inline int end(void **state)
{
	(void)state;
	handmade_close(&left.im, &left.seg);
	handmade_close(&right.im, &right.seg);
	handmade_free(&left.im);
	handmade_free(&right.im);
	return 0;
}

static inline void open_side(struct side *s)
{
	struct stele_error err = { 0 };

	handmade_seal(&s->im);
	if (handmade_open(&s->im, &s->seg, &err))
		fail_msg("%s", err.reason);
}

static inline void open_both(void)
{
	open_side(&left);
	open_side(&right);
}

/* The word stays where it is: a short string's bytes lie there. */
static inline struct stele_value value_of(const struct side *s,
					  const uint64_t *word)
{
	struct stele_value v;

	if (stele_value_decode(&s->seg, *word, word, &v))
		fail_msg("word %llx", (unsigned long long)*word);
	return v;
}

static inline bool same(const struct side *s, uint64_t a, const struct side *t,
			uint64_t b)
{
	struct stele_value x = value_of(s, &a), y = value_of(t, &b);
	bool one = false, other = true;

	assert_int_equal(stele_value_equal(&x, &y, &one), 0);
	assert_int_equal(stele_value_equal(&y, &x, &other), 0);
	assert_int_equal(one, other);
	return one;
}

static inline uint64_t list(struct side *s, const uint64_t *words, uint64_t nr)
{
	return handmade_items(&s->im, KIND(LIST), words, nr);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

#endif /* TWO_SIDES_H */
