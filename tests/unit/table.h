/* SPDX-License-Identifier: MIT */
/*
 * One table by itself, for tests: built into a memfd, then read from a copy of
 * exactly the bytes that the image would have, so that a checker of memory sees
 * every byte read outside.
 *
 *	struct table t;
 *	table_begin(&t, &options, 1 << 20);
 *	table_add(&t, "key", 3, &value, sizeof(value));
 *	table_finish(&t, 1);
 *	stele_map_get_str(&t.map, "key", 3, &v);
 *	table_end(&t);
 */
#ifndef TABLE_H
#define TABLE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "map.h"
#include "map_build.h"
#include "segment.h"

struct table {
	struct stele_output *out;
	struct stele_budget budget;
	struct stele_map_build *build;
	struct stele_map_build_result result;
	struct stele_error err;
	uint8_t *image;
	struct stele_segment segment;
	struct stele_map map;
};

static inline void table_begin(struct table *t,
			       const struct stele_map_build_options *options,
			       uint64_t budget)
{
	static const uint8_t header[STELE_FMT_BLOCK];

	memset(t, 0, sizeof(*t));
	t->budget.left = budget;
	assert_int_equal(stele_output_create_memfd("t", &t->out, NULL), 0);
	assert_int_equal(stele_output_append(t->out, header, sizeof(header)),
			 0);
	assert_int_equal(stele_map_build_create(options, t->out, &t->budget,
						&t->build),
			 0);
}

static inline void table_add(struct table *t, const void *key, size_t key_len,
			     const void *value, size_t value_len)
{
	assert_int_equal(stele_map_build_add(t->build, key, key_len, value,
					     value_len, &t->err),
			 0);
}

/* Make the image whole enough to be read. */
static inline void table_read(struct table *t)
{
	struct stele_fmt_table *fmt = &t->result.fmt;
	uint64_t index;
	void *image = NULL;

	assert_int_equal(stele_output_align(t->out, 64), 0);
	index = stele_output_tail(t->out);
	if (t->result.index.len)
		assert_int_equal(stele_output_append(t->out,
						     t->result.index.ptr,
						     t->result.index.len),
				 0);
	fmt->partitions_off += index;
	if (fmt->separators_off)
		fmt->separators_off += index;
	t->segment.len = stele_output_tail(t->out);
	assert_int_equal(posix_memalign(&image, 4096, t->segment.len), 0);
	t->image = image;
	assert_int_equal(stele_output_read(t->out, 0, t->image, t->segment.len),
			 0);
	t->segment.base = t->image;
	assert_int_equal(stele_schema_empty(&t->segment.schema), 0);
	assert_int_equal(
		stele_map_attach(&t->segment, fmt, 0, &t->map, &t->err), 0);
}

static inline int table_try_finish(struct table *t, unsigned threads)
{
	return stele_map_build_finish(t->build, threads, NULL, NULL, &t->result,
				      &t->err);
}

static inline void table_finish(struct table *t, unsigned threads)
{
	int rc = table_try_finish(t, threads);

	if (rc)
		print_error("%s\n", t->err.reason);
	assert_int_equal(rc, 0);
	table_read(t);
}

static inline void table_end(struct table *t)
{
	stele_map_build_free(t->build);
	stele_buffer_free(&t->result.index);
	stele_output_free(t->out);
	stele_schema_free(t->segment.schema);
	free(t->image);
}

#endif /* TABLE_H */
