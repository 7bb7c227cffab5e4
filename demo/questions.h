/* SPDX-License-Identifier: MIT */
/*
 * What is asked: names of packages, drawn at random, one in eight of them
 * absent. The names lie in memory that all processes share and none writes, so
 * that they count in no one's private memory; and a process draws the same
 * names whichever way it answers, so that the answers can be compared.
 */
#ifndef DEMO_QUESTIONS_H
#define DEMO_QUESTIONS_H

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include <stele/stele.h>

#include "die.h"

/* No name of a package has it; it follows each name, and makes it absent. */
#define QUESTION_ABSENT '~'

struct questions {
	uint32_t nr;
	const uint32_t *start; /* nr + 1 offsets in text */
	const char *text; /* names, QUESTION_ABSENT behind each */
};

/* What was answered; equal answers are equal in each member. */
struct answer {
	uint64_t nr_found;
	uint64_t bytes; /* archives of the packages found */
};

static inline void answer_add(struct answer *answer, uint64_t bytes)
{
	answer->nr_found++;
	answer->bytes += bytes;
}

static inline struct stele_str question_draw(const struct questions *questions,
					     uint64_t *state)
{
	uint64_t x = *state += UINT64_C(0x9e3779b97f4a7c15);
	const uint32_t *start;

	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	x ^= x >> 31;
	start = questions->start + ((x >> 32) * questions->nr >> 32);
	return (struct stele_str){ questions->text + start[0],
				   start[1] - start[0] - !!(x & 7) };
}

static void *shared_memory(size_t bytes)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		die("shared memory", -errno);
	return p;
}

static struct stele_str question_name(const struct stele_value *row,
				      const struct stele_field *name)
{
	struct stele_record record;
	struct stele_str text;

	must(stele_value_record(row, &record), "a row");
	must(stele_record_get_str(record, name, &text), "a name");
	return text;
}

/* The names of all rows. */
static void questions_prepare(struct questions *questions,
			      const struct stele_segment *segment)
{
	struct stele_rows count = STELE_ROWS_BEGIN, fill = STELE_ROWS_BEGIN;
	struct stele_field name;
	struct stele_value row;
	size_t bytes = 0;
	uint32_t *start;
	char *text;

	must(stele_field_resolve(segment, "Package", "name", STELE_TYPE_STR,
				 &name, NULL),
	     "the field name");
	questions->nr = 0;
	while (!stele_segment_next_row(segment, &count, &row)) {
		questions->nr++;
		bytes += question_name(&row, &name).len + 1;
	}
	if (!questions->nr)
		die("the segment's packages", -STELE_E_ABSENT);
	start = shared_memory((questions->nr + 1) * sizeof(*start));
	text = shared_memory(bytes);
	questions->start = start;
	questions->text = text;
	*start = 0;
	while (!stele_segment_next_row(segment, &fill, &row)) {
		struct stele_str str = question_name(&row, &name);

		memcpy(text + *start, str.ptr, str.len);
		text[*start + str.len] = QUESTION_ABSENT;
		start[1] = *start + str.len + 1;
		start++;
	}
}

#endif
