// SPDX-License-Identifier: MIT
/*
 * Fuzz target: objects of a heap.  The image around them is whole, so that all
 * depends on them: it is verified and walked from its roots and rows, then each
 * object is walked by itself, also those that nothing leads to.
 *
 * The mutator knows words and heads; see mutate_heap.h.
 */
#include "heap.h"
#include "mutate_heap.h"
#include "walk.h"

#define STEPS 300u
#define MAX_OBJECTS 64u
#define OBJECT_STEPS 160u

static void walk_objects(const struct specimen *s)
{
	struct walk w = { 0 };
	struct stele_segment seg = { 0 };
	struct stele_value value;
	struct stele_error err;
	uint64_t pos = HEAP_BEGIN, head, size;
	unsigned nr = 0;

	if (stele_segment_attach(&seg, s->bytes, s->len, &err))
		return;
	w.segment = &seg;
	while (seg.nr_heaps && pos < seg.heaps[0].off + seg.heaps[0].len &&
	       nr++ < MAX_OBJECTS &&
	       !stele_object_size(&seg, pos, &head, &size)) {
		w.steps = OBJECT_STEPS;
		if (!stele_value_decode(&seg, pos, &pos, &value))
			walk_value(&w, &value, 0);
		pos += size;
	}
	stele_segment_detach(&seg);
}

static void fuzz(const uint8_t *data, size_t size)
{
	struct specimen s;
	struct trial t;

	if (size > HEAP_MAX)
		return;
	heap_image(&s, data, size);
	trial_run(&t, s.bytes, s.len, STEPS, TRIAL_F_BOUNDS);
	if (t.fault)
		fuzz_fail("%s (%d)", t.fault, t.rc);
	walk_objects(&s);
	specimen_free(&s);
}
