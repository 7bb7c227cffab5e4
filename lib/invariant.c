// SPDX-License-Identifier: MIT
/*
 * The texts of the numbered invariants, for reasons of errors.
 */
#include "invariant.h"

static const char *text_of(enum stele_invariant invariant)
{
	switch (invariant) {
#define STELE_INVARIANT_TEXT(number, name, text) \
	case number:                             \
		return text;
		STELE_INVARIANTS(STELE_INVARIANT_TEXT)
#undef STELE_INVARIANT_TEXT
	}
	return "";
}

int stele_broken(struct stele_error *err, uint64_t offset,
		 enum stele_invariant invariant)
{
	return stele_fail_at(err, -STELE_E_FORMAT, offset, invariant,
			     "broken: it should hold that %s",
			     text_of(invariant));
}
