// SPDX-License-Identifier: MIT
/*
 * Fuzz target: tables of samples, all sealed anew: descriptors and names, the
 * index, the data, and the heap and the schema that they lead to.
 */
#include "patch.h"

/* The first byte of an input says which: add behind the last. */
static const char *const names[] = {
	"packages", "integers", "out-of-line", "canonical",
	"weak",	    "filters",	"types",       "keys",
};

/* The order is part of the inputs too. */
static const uint32_t kinds[] = {
	STELE_FMT_SECTION_TABLES,     STELE_FMT_SECTION_TABLE_INDEX,
	STELE_FMT_SECTION_TABLE_DATA, STELE_FMT_SECTION_HEAP,
	STELE_FMT_SECTION_SCHEMA,
};
#define NR_KINDS (sizeof(kinds) / sizeof(*kinds))

static void find_regions(struct specimen *s, struct patch_region *regions)
{
	const struct stele_fmt_header *header = specimen_header(s);

	for (size_t i = 0; i < NR_KINDS; i++) {
		regions[i] = (struct patch_region){ 0 };
		for (uint32_t k = 0; k < header->nr_sections; k++) {
			const struct stele_fmt_section *sec =
				&header->section[k];

			if (sec->kind == kinds[i] && !regions[i].len)
				regions[i] = (struct patch_region){ sec->off,
								    sec->len };
		}
	}
}

static void fuzz(const uint8_t *data, size_t size)
{
	struct patch_region regions[NR_KINDS];
	struct specimen s;

	if (!size)
		return;
	specimen_copy(&s, patch_base(names,
				     *data % (sizeof(names) / sizeof(*names))));
	find_regions(&s, regions);
	patch_apply(&s, regions, NR_KINDS, data + 1, size - 1);
	if (!specimen_sign(&s))
		fuzz_fail("a sample can't be sealed anew");
	patch_try(&s);
	specimen_free(&s);
}
