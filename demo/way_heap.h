/* SPDX-License-Identifier: MIT */
/*
 * The packages as a program without stele holds them: structs, strings and a
 * chained hash table in its own heap. They are filled from the segment, which
 * is closed again; that is faster than parsing any text, so what is measured
 * here is the least that such a copy costs. The tables by maintainer and by
 * section are left out, also in its favour.
 */
#ifndef DEMO_WAY_HEAP_H
#define DEMO_WAY_HEAP_H

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "seen.h"
#include "way.h"

struct heap_maintainer {
	char *name;
	char *email; /* NULL: none */
};

struct heap_choice {
	struct heap_package *package;
	char *name; /* where there is no such package */
};

struct heap_group {
	struct heap_choice *choices;
	size_t nr;
};

struct heap_package {
	struct heap_package *next; /* in its chain */
	uint64_t hash;
	size_t name_len;
	char *name;
	char *version;
	char *architecture;
	char *section;
	char *priority;
	char *description;
	uint64_t size;
	uint64_t installed_size;
	struct heap_maintainer *maintainer;
	struct heap_group *depends;
	size_t nr_depends;
};

struct heap_packages {
	struct heap_package **chains;
	size_t nr_chains; /* a power of two above the number of packages */
};

enum heap_field {
	HEAP_NAME,
	HEAP_VERSION,
	HEAP_ARCHITECTURE,
	HEAP_SIZE,
	HEAP_INSTALLED_SIZE,
	HEAP_SECTION,
	HEAP_PRIORITY,
	HEAP_MAINTAINER,
	HEAP_DESCRIPTION,
	HEAP_DEPENDS,
	HEAP_MAINTAINER_NAME,
	HEAP_MAINTAINER_EMAIL,
	HEAP_NR_FIELDS,
};

static const struct {
	const char *record;
	const char *field;
} heap_field_names[HEAP_NR_FIELDS] = {
	[HEAP_NAME] = { "Package", "name" },
	[HEAP_VERSION] = { "Package", "version" },
	[HEAP_ARCHITECTURE] = { "Package", "architecture" },
	[HEAP_SIZE] = { "Package", "size" },
	[HEAP_INSTALLED_SIZE] = { "Package", "installed_size" },
	[HEAP_SECTION] = { "Package", "section" },
	[HEAP_PRIORITY] = { "Package", "priority" },
	[HEAP_MAINTAINER] = { "Package", "maintainer" },
	[HEAP_DESCRIPTION] = { "Package", "description" },
	[HEAP_DEPENDS] = { "Package", "depends" },
	[HEAP_MAINTAINER_NAME] = { "Maintainer", "name" },
	[HEAP_MAINTAINER_EMAIL] = { "Maintainer", "email" },
};

/* What filling needs of the segment, and forgets. */
struct heap_source {
	struct stele_segment *segment;
	struct stele_field fields[HEAP_NR_FIELDS];
	struct seen maintainers; /* position to copy */
	struct seen rows;
};

static struct heap_package **heap_chain(const struct heap_packages *p,
					uint64_t hash)
{
	return &p->chains[hash & (p->nr_chains - 1)];
}

static struct heap_package *heap_find(const struct heap_packages *p,
				      struct stele_str name)
{
	uint64_t hash = XXH3_64bits(name.ptr, name.len);
	struct heap_package *package = *heap_chain(p, hash);

	while (package &&
	       (package->hash != hash || package->name_len != name.len ||
		memcmp(package->name, name.ptr, name.len)))
		package = package->next;
	return package;
}

static struct stele_value heap_field(const struct heap_source *from,
				     uint64_t position, enum heap_field field)
{
	struct stele_record record = { from->segment, position };
	struct stele_value value;

	must(stele_record_get(record, &from->fields[field], &value),
	     heap_field_names[field].field);
	return value;
}

static char *heap_string(const struct stele_value *value)
{
	return value->type == STELE_TYPE_STR ?
		       must_have(strndup(value->u.ptr, value->len)) :
		       NULL;
}

static char *heap_text(const struct heap_source *from, uint64_t position,
		       enum heap_field field)
{
	struct stele_value value = heap_field(from, position, field);

	return heap_string(&value);
}

static struct heap_maintainer *heap_maintainer(struct heap_source *from,
					       uint64_t position)
{
	struct heap_maintainer *copy;
	bool is_new;
	void **known = seen_add(&from->maintainers, position, &is_new);

	if (!is_new)
		return *known;
	copy = must_have(malloc(sizeof(*copy)));
	copy->name = heap_text(from, position, HEAP_MAINTAINER_NAME);
	copy->email = heap_text(from, position, HEAP_MAINTAINER_EMAIL);
	*known = copy;
	return copy;
}

/* All but the dependencies, which may name packages that come later. */
static void heap_add(struct heap_packages *p, struct heap_source *from,
		     uint64_t position)
{
	struct heap_package *package = must_have(calloc(1, sizeof(*package)));
	struct heap_package **chain;
	struct stele_value value;
	struct stele_str name;
	bool is_new;

	*seen_add(&from->rows, position, &is_new) = package;
	package->name = must_have(heap_text(from, position, HEAP_NAME));
	package->name_len = strlen(package->name);
	package->version = heap_text(from, position, HEAP_VERSION);
	package->architecture = heap_text(from, position, HEAP_ARCHITECTURE);
	package->section = heap_text(from, position, HEAP_SECTION);
	package->priority = heap_text(from, position, HEAP_PRIORITY);
	package->description = heap_text(from, position, HEAP_DESCRIPTION);
	package->size = heap_field(from, position, HEAP_SIZE).u.u;
	value = heap_field(from, position, HEAP_INSTALLED_SIZE);
	package->installed_size = value.type == STELE_TYPE_NULL ? 0 : value.u.u;
	value = heap_field(from, position, HEAP_MAINTAINER);
	package->maintainer = heap_maintainer(from, value.u.pos);
	name = (struct stele_str){ package->name, package->name_len };
	if (heap_find(p, name))
		return; /* of equal names the first counts */
	package->hash = XXH3_64bits(name.ptr, name.len);
	chain = heap_chain(p, package->hash);
	package->next = *chain;
	*chain = package;
}

static void heap_copy_group(struct heap_source *from,
			    const struct stele_value *group,
			    struct heap_group *copy)
{
	struct stele_value choice;
	bool is_new;

	copy->nr = group->len;
	copy->choices = must_have(calloc(copy->nr + 1, sizeof(*copy->choices)));
	for (size_t i = 0; i < copy->nr; i++) {
		must(stele_value_item(group, i, &choice), "a choice");
		if (choice.type == STELE_TYPE_RECORD)
			copy->choices[i].package =
				*seen_add(&from->rows, choice.u.pos, &is_new);
		else
			copy->choices[i].name = heap_string(&choice);
	}
}

static void heap_link(struct heap_source *from, uint64_t position)
{
	struct stele_value group, list;
	struct heap_package *package;
	bool is_new;

	package = *seen_add(&from->rows, position, &is_new);
	list = heap_field(from, position, HEAP_DEPENDS);
	package->nr_depends = list.len;
	package->depends =
		must_have(calloc(list.len + 1, sizeof(*package->depends)));
	for (size_t i = 0; i < list.len; i++) {
		must(stele_value_item(&list, i, &group), "a dependency");
		heap_copy_group(from, &group, &package->depends[i]);
	}
}

static void heap_source_open(struct heap_source *from, const char *path)
{
	must(stele_segment_open(path, NULL, &from->segment, NULL), path);
	for (unsigned i = 0; i < HEAP_NR_FIELDS; i++)
		must(stele_field_resolve(
			     from->segment, heap_field_names[i].record,
			     heap_field_names[i].field, STELE_TYPE_ANY,
			     &from->fields[i], NULL),
		     heap_field_names[i].field);
}

static void heap_source_close(struct heap_source *from)
{
	seen_free(&from->rows);
	seen_free(&from->maintainers);
	stele_segment_close(from->segment);
}

static void *heap_open(const char *path)
{
	struct heap_packages *p = must_have(calloc(1, sizeof(*p)));
	struct stele_segment_info info = { .size = sizeof(info) };
	struct stele_rows add = STELE_ROWS_BEGIN, link = STELE_ROWS_BEGIN;
	struct heap_source from = { 0 };
	struct stele_value row;

	heap_source_open(&from, path);
	must(stele_segment_info(from.segment, &info), path);
	for (p->nr_chains = 1; p->nr_chains < info.nr_rows;)
		p->nr_chains *= 2;
	p->chains = must_have(calloc(p->nr_chains, sizeof(*p->chains)));
	while (!stele_segment_next_row(from.segment, &add, &row))
		heap_add(p, &from, row.u.pos);
	while (!stele_segment_next_row(from.segment, &link, &row))
		heap_link(&from, row.u.pos);
	heap_source_close(&from);
	return p;
}

static const void *heap_mapping(const void *packages)
{
	(void)packages;
	return NULL;
}

static void heap_look_up(const void *packages,
			 const struct questions *questions, uint64_t nr,
			 uint64_t seed, struct answer *answer)
{
	const struct heap_packages *p = packages;
	uint64_t state = seed;

	while (nr--) {
		struct stele_str name = question_draw(questions, &state);
		const struct heap_package *package = heap_find(p, name);

		if (package)
			answer_add(answer, package->size);
	}
}

/* The packages that a walk has reached, in the order they were reached. */
struct heap_walk {
	struct seen seen;
	const struct heap_package **packages;
	size_t nr;
	size_t room;
};

static void heap_reach(struct heap_walk *walk,
		       const struct heap_package *package)
{
	bool is_new;

	seen_add(&walk->seen, (uintptr_t)package, &is_new);
	if (!is_new)
		return;
	if (walk->nr == walk->room) {
		walk->room = walk->room ? walk->room * 2 : 256;
		walk->packages = must_have(reallocarray(
			walk->packages, walk->room, sizeof(*walk->packages)));
	}
	walk->packages[walk->nr++] = package;
}

static void heap_close_over(const void *packages, struct stele_str name,
			    struct answer *answer)
{
	const struct heap_package *first = heap_find(packages, name);
	struct heap_walk walk = { 0 };

	if (!first)
		die(name.ptr, -STELE_E_ABSENT);
	heap_reach(&walk, first);
	for (size_t i = 0; i < walk.nr; i++) {
		const struct heap_package *package = walk.packages[i];

		answer_add(answer, package->size);
		for (size_t j = 0; j < package->nr_depends; j++) {
			const struct heap_group *group = &package->depends[j];

			for (size_t k = 0; k < group->nr; k++)
				if (group->choices[k].package)
					heap_reach(&walk,
						   group->choices[k].package);
		}
	}
	free(walk.packages);
	seen_free(&walk.seen);
}

static const struct way way_heap = {
	.name = "heap",
	.title = "a copy in the heap of each process",
	.open = heap_open,
	.mapping = heap_mapping,
	.look_up = heap_look_up,
	.close_over = heap_close_over,
};

#endif
