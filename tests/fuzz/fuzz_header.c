// SPDX-License-Identifier: MIT
/*
 * Fuzz target: header and section table of samples, with the checksum made
 * right, and sealed anew in whole where the length allows it.
 */
#include "patch.h"

/* The first byte of an input says which: add behind the last. */
static const char *const names[] = {
	"empty",    "fields",	"values", "dict",    "cycle",
	"packages", "integers", "weak",	  "filters", "types",
};

static void fuzz(const uint8_t *data, size_t size)
{
	static const struct patch_region region = { 0, STELE_FMT_BLOCK };
	struct specimen s;

	if (!size)
		return;
	specimen_copy(&s, patch_base(names,
				     *data % (sizeof(names) / sizeof(*names))));
	patch_apply(&s, &region, 1, data + 1, size - 1);
	specimen_sign_header(&s);
	patch_try(&s);
	if (specimen_sign(&s))
		patch_try(&s);
	specimen_free(&s);
}
