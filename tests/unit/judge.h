/* SPDX-License-Identifier: MIT */
/*
 * What the tests of verifying have in common: the image with something of
 * everything, changed, signed anew and judged, then mended.
 */
#ifndef JUDGE_H
#define JUDGE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "invariant.h"
#include "whole.h"

#define HEAD STELE_FMT_HEAD
#define KIND(name) STELE_FMT_KIND_##name
#define ELEMENT(name) (STELE_FMT_ELEM_##name << STELE_FMT_OBJ_ELEM_SHIFT)

static struct whole w;
static struct stele_error err;

static inline int make_image(void **state)
{
	(void)state;
	whole_make(&w);
	return 0;
}

static inline int free_image(void **state)
{
	(void)state;
	whole_free(&w);
	return 0;
}

/* Open and verify an image as it is. */
static inline int judge(struct handmade *image)
{
	struct stele_segment seg;
	int rc;

	memset(&err, 0, sizeof(err));
	rc = handmade_open(image, &seg, &err);
	if (!rc) {
		rc = stele_segment_verify(&seg, NULL, &err);
		handmade_close(image, &seg);
	}
	return rc;
}

static inline void expect_at(int line, int code, uint32_t invariant)
{
	int rc;

	handmade_seal(&w.im);
	rc = judge(&w.im);
	whole_mend(&w);
	if (rc != code || err.invariant != invariant)
		fail_msg("line %d: %d, invariant %u, not %d and %u: %s", line,
			 rc, err.invariant, code, invariant, err.reason);
}

#define expect(name) expect_at(__LINE__, -STELE_E_FORMAT, STELE_I_##name)
#define expect_good() expect_at(__LINE__, 0, 0)

static inline void put(uint64_t off, uint64_t word)
{
	handmade_put(&w.im, off, word);
}

#endif /* JUDGE_H */
