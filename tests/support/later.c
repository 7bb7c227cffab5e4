// SPDX-License-Identifier: MIT
/*
 * What a later version would write: a further section at the end, feature bits,
 * versions; then checksum, tree and trailer made right again.
 */
#include "later.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sample.h"

/* A section of some kind behind all others, filled with a pattern. */
static void append_section(struct specimen *s, uint32_t kind)
{
	struct stele_fmt_header *header = specimen_header(s);
	struct stele_fmt_section *last = &header->section[header->nr_sections];
	uint64_t off = (header->len_bytes + 63) & ~63ull, len = 1000;
	struct specimen longer;

	specimen_alloc(&longer, ((off + len + 4095) & ~4095ull) + 4096 + 64);
	last->kind = kind;
	last->off = off;
	last->len = len;
	last->nr_items = 1;
	header->nr_sections++;
	memcpy(longer.bytes, s->bytes, header->len_bytes);
	for (uint64_t i = 0; i < len; i++)
		longer.bytes[off + i] = (uint8_t)(i * 7);
	specimen_header(&longer)->len_bytes = off + len;
	specimen_free(s);
	*s = longer;
}

static void interpreter(struct specimen *s)
{
	specimen_header(s)->compat |= STELE_FMT_COMPAT_INTERPRETER;
	append_section(s, STELE_FMT_SECTION_INTERPRETER);
}

static void live(struct specimen *s)
{
	specimen_header(s)->compat |= STELE_FMT_COMPAT_LIVE;
	append_section(s, STELE_FMT_SECTION_LIVE);
}

static void paged(struct specimen *s)
{
	specimen_header(s)->compat |= STELE_FMT_COMPAT_PAGED;
	specimen_header(s)->granule_log2 = 14;
}

static void clustered(struct specimen *s)
{
	struct stele_fmt_header *header = specimen_header(s);

	header->incompat |= STELE_FMT_INCOMPAT_CLUSTERED;
	for (uint32_t i = 0; i < header->nr_sections; i++) {
		struct stele_fmt_table *table =
			(void *)(s->bytes + header->section[i].off);

		if (header->section[i].kind == STELE_FMT_SECTION_TABLES)
			table->flags |= STELE_FMT_TABLE_F_CLUSTERED;
	}
}

static void patch(struct specimen *s)
{
	specimen_header(s)->incompat |= STELE_FMT_INCOMPAT_PATCH;
	append_section(s, STELE_FMT_SECTION_PATCH_BASE);
}

static void newer_major(struct specimen *s)
{
	specimen_header(s)->major++;
}

/* A minor version later, with a section that an unknown feature bit announces. */
static void newer_minor(struct specimen *s)
{
	specimen_header(s)->minor++;
	specimen_header(s)->compat |= 1ull << 40;
	append_section(s, 77);
}

const struct later laters[] = {
	{ "later-interpreter", "nullable", interpreter },
	{ "later-live", "nullable", live },
	{ "later-paged", "cycle", paged },
	{ "later-clustered", "cycle", clustered },
	{ "later-patch", "empty", patch },
	{ "later-major", "empty", newer_major },
	{ "later-minor", "nullable", newer_minor },
};
const size_t nr_laters = sizeof(laters) / sizeof(*laters);

void later_build(const struct later *later, struct specimen *specimen)
{
	for (size_t i = 0; i < nr_samples; i++)
		if (!strcmp(samples[i].name, later->sample))
			sample_build(&samples[i], specimen);
	later->change(specimen);
	if (!specimen_sign(specimen)) {
		fprintf(stderr, "'%s' cannot be sealed\n", later->name);
		exit(4);
	}
}
