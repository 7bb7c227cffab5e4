/* SPDX-License-Identifier: MIT */
/*
 * A build in a test: into a memfd, its end verified, its rows and fields read
 * back.  Whatever is not what the test promises ends it.
 */
#ifndef BUILDING_H
#define BUILDING_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <stele/stele.h>

static inline struct stele_schema *parse(const char *text)
{
	struct stele_error err = { 0 };
	struct stele_schema *schema;

	if (stele_schema_parse(text, strlen(text), &schema, &err))
		fail_msg("%u:%u: %s", err.line, err.column, err.reason);
	return schema;
}

static inline struct stele_builder *
begin(const char *schema_text, const struct stele_build_options *options)
{
	struct stele_schema *schema = schema_text ? parse(schema_text) : NULL;
	struct stele_error err = { 0 };
	struct stele_builder *b;

	if (stele_builder_create_memfd("test", schema, options, &b, &err))
		fail_msg("%s", err.reason);
	stele_schema_free(schema);
	return b;
}

static inline struct stele_segment *finish(struct stele_builder *b)
{
	struct stele_error err = { 0 };
	struct stele_segment *seg;
	int fd;

	if (stele_builder_finish(b, &fd, &err))
		fail_msg("finish: %s", err.reason);
	stele_builder_free(b);
	if (stele_segment_open_fd(fd, NULL, &seg, &err))
		fail_msg("open: %s", err.reason);
	close(fd);
	if (stele_segment_verify(seg, NULL, &err))
		fail_msg("verify: I%u at %llu: %s", err.invariant,
			 (unsigned long long)err.offset, err.reason);
	return seg;
}

static inline void add(struct stele_builder *b, uint32_t record,
		       const struct stele_cell *cells, size_t len)
{
	struct stele_error err = { 0 };

	if (stele_builder_add(b, record, cells, len, NULL, &err))
		fail_msg("add: %s", err.reason);
}

static inline struct stele_cell str(const char *s)
{
	return stele_cell_str(s, strlen(s));
}

static inline struct stele_value field(const struct stele_value *row,
				       uint32_t number)
{
	struct stele_record record;
	struct stele_value value;

	assert_int_equal(stele_value_record(row, &record), 0);
	assert_int_equal(stele_record_get_at(record, number, &value), 0);
	return value;
}

static inline void assert_str(const struct stele_value *value, const char *s)
{
	assert_int_equal(value->type, STELE_TYPE_STR);
	assert_int_equal(value->len, strlen(s));
	assert_memory_equal(value->u.ptr, s, value->len);
}

static inline struct stele_value next_row(const struct stele_segment *seg,
					  struct stele_rows *rows)
{
	struct stele_value row;

	assert_int_equal(stele_segment_next_row(seg, rows, &row), 0);
	return row;
}

#endif /* BUILDING_H */
