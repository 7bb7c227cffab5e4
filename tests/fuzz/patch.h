/* SPDX-License-Identifier: MIT */
/*
 * Inputs that are changes to a sample: a byte that says which, then any number
 * of patches, each a byte for the region, two bytes of offset in it, a byte of
 * length, and as many bytes.  So an input is short, and what it does not touch
 * stays right.
 */
#ifndef PATCH_H
#define PATCH_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "replay.h"
#include "sample.h"

#define PATCH_BASES 16u
#define PATCH_STEPS 200u

struct patch_region {
	uint64_t off;
	uint64_t len;
};

/* Built when it is first asked for; found again by the name's place. */
static const struct specimen *patch_base(const char *const *names, size_t i)
{
	static struct specimen bases[PATCH_BASES];

	if (bases[i].bytes)
		return &bases[i];
	for (size_t k = 0; k < nr_samples; k++) {
		if (strcmp(samples[k].name, names[i]) != 0)
			continue;
		sample_build(&samples[k], &bases[i]);
		return &bases[i];
	}
	fuzz_fail("no sample is called '%s'", names[i]);
}

static void patch_apply(struct specimen *s, const struct patch_region *regions,
			size_t nr_regions, const uint8_t *p, size_t left)
{
	while (left >= 4) {
		const struct patch_region *region = &regions[p[0] % nr_regions];
		uint64_t off = p[1] | (uint64_t)p[2] << 8, len = p[3];

		p += 4;
		left -= 4;
		if (len > left)
			len = left;
		if (off < region->len && len <= region->len - off)
			memcpy(s->bytes + region->off + off, p, len);
		p += len;
		left -= len;
	}
}

static void patch_try(const struct specimen *s)
{
	struct trial t;

	trial_run(&t, s->bytes, s->len, PATCH_STEPS, TRIAL_F_BOUNDS);
	if (t.fault)
		fuzz_fail("%s (%d)", t.fault, t.rc);
}

#endif /* PATCH_H */
