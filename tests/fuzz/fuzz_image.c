// SPDX-License-Identifier: MIT
/*
 * Fuzz target: the bytes of an image, as they are, with the header's checksum
 * made right, and sealed anew in whole.  What verify accepts must be walked
 * without an error.
 */
#include <string.h>

#include "replay.h"
#include "specimen.h"

#define MAX_BYTES (1u << 20)
#define STEPS 300u

static void run(const struct specimen *s)
{
	struct trial t;

	trial_run(&t, s->bytes, s->len, STEPS, TRIAL_F_BOUNDS);
	if (t.fault)
		fuzz_fail("%s (%d)", t.fault, t.rc);
}

static void fuzz(const uint8_t *data, size_t size)
{
	struct specimen s;

	if (size > MAX_BYTES)
		return;
	/* as it is, with not a byte more */
	specimen_alloc(&s, (size + 63) & ~(size_t)63);
	memcpy(s.bytes, data, size);
	s.len = size;
	run(&s);
	if (size >= sizeof(struct stele_fmt_header)) {
		specimen_sign_header(&s);
		run(&s);
		if (specimen_sign(&s))
			run(&s);
	}
	specimen_free(&s);
}
