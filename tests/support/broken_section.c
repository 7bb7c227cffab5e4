// SPDX-License-Identifier: MIT
/* Broken section tables, trailers and digests. */
#include <string.h>

#include "broken.h"
#include "handmade_value.h"

/* A section of a heap with one object in it, an empty list. */
static struct stele_fmt_section *small_heap(struct handmade *im)
{
	struct stele_fmt_section *s =
		handmade_section(im, STELE_FMT_SECTION_HEAP);

	handmade_items(im, STELE_FMT_KIND_LIST, NULL, 0);
	return s;
}

BROKEN(SECTION_KIND)
{
	handmade_section(im, STELE_FMT_SECTION_INTERPRETER);
	handmade_word(im, 1);
	im->header->compat = way == 1 ? 0 : STELE_FMT_COMPAT_INTERPRETER;
	return way <= 1;
}

BROKEN(SECTION_FLAGS)
{
	small_heap(im)->flags = way == 1 ? 2 :
				way == 2 ? STELE_FMT_SECTION_F_HOT :
					   0;
	return way <= 2;
}

BROKEN(SECTION_BOUNDS)
{
	struct stele_fmt_section *s = small_heap(im);

	handmade_seal(im);
	if (way == 1)
		s->len += 8;
	else if (way == 2)
		s->len = 0;
	else if (way == 3)
		s->off = 4032;
	else if (way == 4)
		s->off = UINT64_MAX - 7;
	handmade_seal(im);
	return way <= 4;
}

/* The first of two sections ends in the second. */
BROKEN(SECTION_ORDER)
{
	struct stele_fmt_section *s = small_heap(im);

	small_heap(im);
	handmade_seal(im);
	s->len += way == 1 ? 64 : 0;
	handmade_seal(im);
	return way <= 1;
}

BROKEN(SECTION_ALIGN)
{
	struct stele_fmt_section *s;
	uint64_t gap = way == 1 ? 8 : way == 2 ? 64 : 0;

	im->len += gap;
	s = small_heap(im);
	s->off = STELE_FMT_BLOCK + gap;
	if (way == 1) { /* 8 bytes on, not 64 */
		im->len = s->off;
		memset(im->bytes + s->off, 0, 128);
		handmade_word(im, STELE_FMT_HEAD(STELE_FMT_KIND_LIST, 0, 0));
	}
	im->len += way == 3; /* a heap of nine bytes */
	return way <= 3;
}

BROKEN(SECTION_ONCE)
{
	handmade_schema(im, "record R { }\n");
	if (way == 1)
		handmade_schema(im, "record S { }\n");
	return way <= 1;
}

BROKEN(SECTION_ZERO)
{
	struct stele_fmt_section *s = small_heap(im);

	s[0].zero[31] = way == 1;
	handmade_seal(im);
	s[1].nr_items = way == 2;
	handmade_seal(im);
	return way <= 2;
}

BROKEN(SECTION_GAP)
{
	uint64_t end;

	small_heap(im);
	end = im->len;
	small_heap(im);
	im->bytes[end] = way == 1;
	return way <= 1;
}

BROKEN(SECTION_ITEMS)
{
	struct stele_fmt_section *s = small_heap(im);

	s->nr_items += way == 1;
	handmade_schema(im, "record R { }\n");
	s[1].nr_items += way == 2;
	return way <= 2;
}

/* --------------------------------------------------- trailer and digests */

static uint8_t *trailer_of(struct handmade *im)
{
	return im->bytes + im->home_bytes - sizeof(struct stele_fmt_trailer);
}

/* One byte less, or nothing behind L. */
BROKEN(TRAILER_PRESENT)
{
	handmade_seal(im);
	im->home_bytes = way == 0 ? im->home_bytes :
			 way == 1 ? im->home_bytes - 1 :
				    im->len;
	return way <= 2;
}

BROKEN(TRAILER_MAGIC)
{
	handmade_seal(im);
	trailer_of(im)[0] ^= way == 1;
	return way <= 1;
}

BROKEN(TRAILER_LENGTH)
{
	handmade_seal(im);
	trailer_of(im)[8] ^= way == 1;
	return way <= 1;
}

BROKEN(TRAILER_TREE)
{
	handmade_seal(im);
	trailer_of(im)[16] ^= way == 1;
	trailer_of(im)[24] ^= way == 2;
	return way <= 2;
}

BROKEN(TRAILER_PADDING)
{
	small_heap(im);
	handmade_seal(im);
	im->bytes[im->len] = way == 1;
	return way <= 1;
}

BROKEN(TRAILER_TAIL)
{
	handmade_seal(im);
	im->bytes[im->home_bytes++] = way == 1;
	return way <= 1;
}

BROKEN(DIGEST_IDENTITY)
{
	handmade_seal(im);
	trailer_of(im)[63] ^= way == 1;
	return way <= 1;
}

/* A tree of two levels, whose last block is not the top's. */
BROKEN(DIGEST_TREE)
{
	uint64_t len = 129 * STELE_FMT_BLOCK;

	handmade_section(im, STELE_FMT_SECTION_HEAP);
	handmade_object(im, STELE_FMT_HEAD(STELE_FMT_KIND_BYTES, 0, len), NULL,
			0);
	im->len += len;
	handmade_seal(im);
	trailer_of(im)[-1] ^= way == 1;
	return way <= 1;
}

BROKEN(DIGEST_DATA)
{
	uint64_t pos;

	handmade_section(im, STELE_FMT_SECTION_HEAP);
	pos = handmade_object(im, STELE_FMT_HEAD(STELE_FMT_KIND_BYTES, 0, 8),
			      "12345678", 8);
	handmade_seal(im);
	im->bytes[pos + 8] ^= way == 1;
	return way <= 1;
}
