// SPDX-License-Identifier: MIT
/*
 * Finding the parts of a whole image by opening it.
 */
#include "anatomy.h"

#include <stdio.h>
#include <stdlib.h>

#include "index.h"
#include "segment.h"

static void die(const char *why)
{
	fprintf(stderr, "anatomy: %s\n", why);
	exit(4);
}

static void add(uint64_t **list, size_t *n, uint64_t pos)
{
	if (!(*n & (*n - 1))) {
		*list = realloc(*list, (*n ? 2 * *n : 1) * sizeof(**list));
		if (!*list)
			die("no memory");
	}
	(*list)[(*n)++] = pos;
}

static void sort_object(struct anatomy *a, uint64_t pos, uint64_t head)
{
	uint64_t nr = STELE_FMT_HEAD_COUNT(head);

	switch (STELE_FMT_HEAD_KIND(head)) {
	case STELE_FMT_KIND_DICT:
	case STELE_FMT_KIND_SET:
		if (nr)
			add(&a->collections, &a->nr_collections, pos);
		if (nr > STELE_FMT_DICT_LINEAR)
			add(&a->indexes, &a->nr_indexes, pos);
		add(&a->shaped, &a->nr_shaped, pos);
		break;
	case STELE_FMT_KIND_TUPLE:
	case STELE_FMT_KIND_NDARRAY:
	case STELE_FMT_KIND_DECIMAL:
	case STELE_FMT_KIND_ZONED:
	case STELE_FMT_KIND_TIMEDELTA:
	case STELE_FMT_KIND_USER:
		add(&a->shaped, &a->nr_shaped, pos);
		break;
	}
}

static void find_objects(struct anatomy *a, const struct stele_segment *seg,
			 const struct stele_heap *heap)
{
	uint64_t pos = heap->off, head, size;

	for (; pos < heap->off + heap->len; pos += size) {
		if (stele_object_size(seg, pos, &head, &size))
			die("a broken object");
		if (!head)
			continue;
		add(&a->objects, &a->nr_objects, pos);
		sort_object(a, pos, head);
	}
}

static void find_section(struct anatomy *a, const struct stele_fmt_section *s)
{
	switch (s->kind) {
	case STELE_FMT_SECTION_HEAP:
		if (!a->heap)
			a->heap = s;
		break;
	case STELE_FMT_SECTION_SCHEMA:
		a->schema = s;
		break;
	case STELE_FMT_SECTION_TABLES:
		a->tables = s;
		break;
	}
}

void anatomy_of(struct anatomy *a, const struct specimen *image)
{
	const struct stele_fmt_header *header = specimen_header(image);
	struct stele_segment seg = { 0 };
	struct stele_error err;

	*a = (struct anatomy){ .image = image,
			       .len = header->len_bytes,
			       .nr_sections = header->nr_sections };
	if (stele_segment_attach(&seg, image->bytes, image->len, &err))
		die(err.reason);
	for (uint32_t i = 0; i < header->nr_sections; i++)
		find_section(a, &header->section[i]);
	for (uint32_t i = 0; i < seg.nr_heaps; i++)
		find_objects(a, &seg, &seg.heaps[i]);
	stele_segment_detach(&seg);
}

void anatomy_free(struct anatomy *a)
{
	free(a->objects);
	free(a->shaped);
	free(a->collections);
	free(a->indexes);
}

const struct stele_fmt_table *anatomy_table(const struct anatomy *a, uint64_t i)
{
	return (const struct stele_fmt_table *)(const void *)(a->image->bytes +
							      a->tables->off) +
	       i;
}
