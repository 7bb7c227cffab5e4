/* SPDX-License-Identifier: MIT */
/*
 * The packages in a segment, read in place: a process maps it, resolves the
 * fields it is going to read, and holds nothing of its own.
 */
#ifndef DEMO_WAY_SEGMENT_H
#define DEMO_WAY_SEGMENT_H

#include "seen.h"
#include "way.h"

struct segment_packages {
	struct stele_segment *segment;
	const struct stele_map *by_name;
	struct stele_field size;
	struct stele_field depends;
};

static void *segment_open(const char *path)
{
	struct segment_packages *p = must_have(calloc(1, sizeof(*p)));

	must(stele_segment_open(path, NULL, &p->segment, NULL), path);
	p->by_name = stele_segment_map(p->segment, "by_name");
	if (!p->by_name)
		die("the table by_name", -STELE_E_ABSENT);
	must(stele_field_resolve(p->segment, "Package", "size", STELE_TYPE_U64,
				 &p->size, NULL),
	     "the field size");
	must(stele_field_resolve(p->segment, "Package", "depends",
				 STELE_TYPE_ANY, &p->depends, NULL),
	     "the field depends");
	return p;
}

static const void *segment_mapping(const void *packages)
{
	const struct segment_packages *p = packages;
	struct stele_segment_info info = { .size = sizeof(info) };

	must(stele_segment_info(p->segment, &info), "the segment's state");
	return info.base;
}

static uint64_t segment_size(const struct segment_packages *p,
			     struct stele_record package)
{
	uint64_t size;

	must(stele_record_get_u64(package, &p->size, &size), "a size");
	return size;
}

static void segment_look_up(const void *packages,
			    const struct questions *questions, uint64_t nr,
			    uint64_t seed, struct answer *answer)
{
	const struct segment_packages *p = packages;
	uint64_t state = seed;

	while (nr--) {
		struct stele_str name = question_draw(questions, &state);
		struct stele_record package;
		struct stele_value value;
		int rc;

		rc = stele_map_get_str(p->by_name, name.ptr, name.len, &value);
		if (rc == -STELE_E_ABSENT)
			continue;
		must(rc, "a lookup");
		must(stele_value_record(&value, &package), "a package");
		answer_add(answer, segment_size(p, package));
	}
}

#define SEGMENT_BATCH 32u

static void segment_answer_many(const struct segment_packages *p,
				const struct stele_value *values, size_t nr,
				struct answer *answer)
{
	struct stele_record package;

	for (size_t i = 0; i < nr; i++) {
		if (values[i].type == STELE_TYPE_ABSENT)
			continue;
		must(stele_value_record(&values[i], &package), "a package");
		answer_add(answer, segment_size(p, package));
	}
}

static void segment_look_up_many(const void *packages,
				 const struct questions *questions, uint64_t nr,
				 uint64_t seed, struct answer *answer)
{
	const struct segment_packages *p = packages;
	struct stele_value values[SEGMENT_BATCH];
	struct stele_str names[SEGMENT_BATCH];
	uint64_t state = seed;

	while (nr) {
		size_t n = nr < SEGMENT_BATCH ? nr : SEGMENT_BATCH;

		for (size_t i = 0; i < n; i++)
			names[i] = question_draw(questions, &state);
		must(stele_map_get_many_str(p->by_name, names, n, values),
		     "a batch of lookups");
		segment_answer_many(p, values, n, answer);
		nr -= n;
	}
}

/* The packages that a walk has reached, in the order they were reached. */
struct segment_walk {
	struct seen seen;
	uint64_t *positions;
	size_t nr;
	size_t room;
};

static void segment_reach(struct segment_walk *walk, uint64_t position)
{
	bool is_new;

	seen_add(&walk->seen, position, &is_new);
	if (!is_new)
		return;
	if (walk->nr == walk->room) {
		walk->room = walk->room ? walk->room * 2 : 256;
		walk->positions = must_have(reallocarray(
			walk->positions, walk->room, sizeof(*walk->positions)));
	}
	walk->positions[walk->nr++] = position;
}

static void segment_reach_all(struct segment_walk *walk,
			      const struct stele_value *depends)
{
	struct stele_value group, choice;

	for (uint64_t i = 0; i < depends->len; i++) {
		must(stele_value_item(depends, i, &group), "a dependency");
		for (uint64_t j = 0; j < group.len; j++) {
			must(stele_value_item(&group, j, &choice), "a choice");
			/* A name that no package has stayed a name. */
			if (choice.type == STELE_TYPE_RECORD)
				segment_reach(walk, choice.u.pos);
		}
	}
}

static void segment_close_over(const void *packages, struct stele_str name,
			       struct answer *answer)
{
	const struct segment_packages *p = packages;
	struct segment_walk walk = { 0 };
	struct stele_value value;

	must(stele_map_get_str(p->by_name, name.ptr, name.len, &value),
	     name.ptr);
	segment_reach(&walk, value.u.pos);
	for (size_t i = 0; i < walk.nr; i++) {
		struct stele_record package = { p->segment, walk.positions[i] };

		answer_add(answer, segment_size(p, package));
		must(stele_record_get(package, &p->depends, &value),
		     "the dependencies");
		segment_reach_all(&walk, &value);
	}
	free(walk.positions);
	seen_free(&walk.seen);
}

static const struct way way_segment = {
	.name = "segment",
	.title = "one segment, which all processes map",
	.open = segment_open,
	.mapping = segment_mapping,
	.look_up = segment_look_up,
	.look_up_many = segment_look_up_many,
	.close_over = segment_close_over,
};

#endif
