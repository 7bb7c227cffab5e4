/* SPDX-License-Identifier: MIT */
/*
 * For each numbered invariant small images that break it and nothing else, and
 * one that is the same but good.  An invariant without a case does not link.
 */
#ifndef BROKEN_H
#define BROKEN_H

#include "handmade.h"
#include "invariant.h"

/*
 * Make an image, behind handmade_begin(): way 0 the good one, 1.. the broken
 * ones; false where there is no such way.  It is sealed by the caller where
 * that was not done.
 */
#define BROKEN_DECLARE(number, name, text) \
	bool broken_##name(struct handmade *im, unsigned way);
STELE_INVARIANTS(BROKEN_DECLARE)
#undef BROKEN_DECLARE

#define BROKEN(name) bool broken_##name(struct handmade *im, unsigned way)

#endif /* BROKEN_H */
