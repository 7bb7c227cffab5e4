// SPDX-License-Identifier: MIT
/* Broken headers, of the smallest image that shows it. */
#include <string.h>

#include "broken.h"
#include "handmade_value.h"

BROKEN(HEADER_MAGIC)
{
	im->header->magic[0] ^= way == 1;
	return way <= 1;
}

BROKEN(HEADER_MAJOR)
{
	im->header->major += way == 1;
	return way <= 1;
}

BROKEN(HEADER_BYTES)
{
	im->header->header_bytes -= way == 1;
	return way <= 1;
}

BROKEN(HEADER_CHECKSUM)
{
	handmade_seal(im);
	im->header->checksum ^= way == 1;
	handmade_sign(im);
	return way <= 1;
}

BROKEN(HEADER_INCOMPAT)
{
	im->header->incompat = way ? 1ull << (way - 1) : 0;
	return way <= 3;
}

BROKEN(HEADER_ZERO)
{
	im->header->extra_heap = way == 1;
	im->header->zero[169] = way == 2;
	return way <= 2;
}

/* Sixty sections of an empty list each, and one more said. */
BROKEN(HEADER_SECTIONS)
{
	for (unsigned i = 0; i < STELE_FMT_MAX_SECTIONS; i++) {
		handmade_section(im, STELE_FMT_SECTION_HEAP);
		handmade_items(im, STELE_FMT_KIND_LIST, NULL, 0);
	}
	handmade_seal(im);
	im->header->nr_sections += way == 1;
	handmade_seal(im);
	return way <= 1;
}

/* Eight bytes of L belong to no section. */
BROKEN(HEADER_LENGTH)
{
	im->len += way == 1 ? 8 : 0;
	return way <= 1;
}

BROKEN(HEADER_SHARE)
{
	im->header->share_log2 = way ? 29 : 28;
	return way <= 1;
}

BROKEN(HEADER_GRANULE)
{
	static const uint8_t granules[] = { 16, 17, 11, 0, 12 };

	im->header->compat = way == 4 ? 0 : STELE_FMT_COMPAT_PAGED;
	im->header->granule_log2 = granules[way % 5];
	return way <= 4;
}

BROKEN(HEADER_ROOTS)
{
	uint64_t dict, list;

	handmade_section(im, STELE_FMT_SECTION_HEAP);
	dict = handmade_dict(im, NULL, 0, 0);
	list = handmade_items(im, STELE_FMT_KIND_LIST, NULL, 0);
	im->header->roots = way == 0 ? dict : way == 1 ? list : dict + 1;
	return way <= 2;
}

BROKEN(HEADER_ROOT_NAME)
{
	uint64_t pair[2] = { 0, STELE_FMT_NULL };

	pair[0] = way == 0 ? handmade_text(im, "a") :
		  way == 1 ? handmade_int(1) :
			     handmade_text(im, "");
	handmade_section(im, STELE_FMT_SECTION_HEAP);
	im->header->roots = handmade_dict(im, pair, 1, 0);
	return way <= 2;
}

BROKEN(HEADER_ROWS)
{
	im->header->nr_rows = way == 1;
	return way <= 1;
}
