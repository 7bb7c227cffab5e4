// SPDX-License-Identifier: MIT
/*
 * Fuzz target: two schemas, the stored one and the reader's, with a line of '%'
 * between them.  They are compared; then some rows of the stored one are read
 * through a view.  A field whose verdict is same or convert is always read; and
 * what is refused keeps the view from opening.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <stele/stele.h>

#include "fill.h"
#include "replay.h"

#define MAX_BYTES (1u << 13)
#define MAX_FIELDS 64u
#define MAX_ROWS 3u
#define MAX_RECORDS 6u
#define DEPTH 6u

struct verdicts {
	bool refused; /* a record */
	uint8_t field[MAX_RECORDS][MAX_FIELDS];
};

static int take_finding(void *arg, const struct stele_finding *finding)
{
	struct verdicts *verdicts = arg;

	if (finding->verdict > STELE_VERDICT_REFUSE || finding->kind < 1 ||
	    finding->kind > 3)
		fuzz_fail("a finding of no kind");
	if (finding->verdict == STELE_VERDICT_REFUSE && finding->code >= 0)
		fuzz_fail("a refusal without a code");
	if (finding->kind == STELE_FINDING_TABLE)
		return 0;
	verdicts->refused |= finding->verdict == STELE_VERDICT_REFUSE;
	if (finding->kind == STELE_FINDING_FIELD &&
	    finding->record < MAX_RECORDS && finding->field < MAX_FIELDS)
		verdicts->field[finding->record][finding->field] =
			(uint8_t)finding->verdict;
	return 0;
}

/* ----------------------------------------------------------------- rows */

/* Rows of each record, as far as they can be made; NULL: none. */
static struct stele_segment *build(const struct stele_schema *schema)
{
	struct stele_build_options options = {
		.size = sizeof(options),
		.threads = 1,
		.duplicates = STELE_DUPLICATES_FIRST,
	};
	struct fill fill = { .schema = schema };
	struct stele_segment *segment = NULL;
	struct stele_error err = { 0 };
	struct stele_builder *b;
	struct stele_cell *cells;
	uint32_t nr;
	int fd;

	if (stele_builder_create_memfd("fuzz", schema, &options, &b, &err))
		fuzz_fail("no builder: %s", err.reason);
	for (uint32_t i = 0; i < stele_schema_nr_records(schema); i++) {
		for (fill.turn = 0; fill.turn < MAX_ROWS; fill.turn++) {
			arena_reset(&fill.arena);
			fill.failed = false;
			cells = fill_record(&fill, i, 0, &nr);
			if (!fill.failed)
				stele_builder_add(b, i, cells, nr, NULL, &err);
		}
	}
	if (!stele_builder_finish(b, &fd, &err)) {
		if (stele_segment_open_fd(fd, NULL, &segment, &err) ||
		    stele_segment_verify(segment, NULL, &err))
			fuzz_fail("what was built is refused: %s", err.reason);
		close(fd);
	}
	stele_builder_free(b);
	arena_free(&fill.arena);
	return segment;
}

/* -------------------------------------------------------------- reading */

struct reading {
	const struct stele_view *view;
	const struct stele_schema *schema;
	bool sure; /* every value can be read */
	unsigned values;
};

static void check_code(const struct reading *r, int rc)
{
	switch (rc) {
	case 0:
		return;
	case -STELE_E_TYPE:
	case -STELE_E_RANGE:
	case -STELE_E_NULL:
	case -STELE_E_UNSET:
	case -STELE_E_ABSENT:
		if (!r->sure)
			return;
	}
	fuzz_fail("a value through a view: %d", rc);
}

static void read_value(struct reading *r, uint32_t number, bool nullable,
		       const struct stele_value *stored, unsigned depth);

static void read_items(struct reading *r, uint32_t number,
		       const struct stele_type_info *type,
		       const struct stele_value *value, unsigned depth)
{
	struct stele_value item, key;
	uint32_t at = type->item;
	bool nullable = type->nullable_items;

	for (uint64_t i = 0; i < value->len && i < 8; i++) {
		if (type->type == STELE_TYPE_DICT) {
			if (stele_value_pair(value, i, &key, &item))
				fuzz_fail("no such pair");
			read_value(r, type->key, false, &key, depth);
		} else if (stele_value_item(value, i, &item)) {
			fuzz_fail("no such item");
		}
		if (type->type == STELE_TYPE_TUPLE &&
		    stele_schema_tuple_item(r->schema, number, (uint32_t)i, &at,
					    &nullable))
			fuzz_fail("more items than a tuple has");
		read_value(r, at, nullable, &item, depth);
	}
}

/* What is inside a value that was read. */
static void read_inside(struct reading *r, uint32_t number,
			const struct stele_value *value, unsigned depth)
{
	struct stele_type_info type;

	if (stele_schema_type(r->schema, number, &type))
		fuzz_fail("no such type");
	switch (value->type) {
	case STELE_TYPE_LIST:
	case STELE_TYPE_SET:
	case STELE_TYPE_TUPLE:
	case STELE_TYPE_DICT:
	case STELE_TYPE_ARRAY:
		if (type.type != STELE_TYPE_ANY &&
		    type.type != STELE_TYPE_ARRAY)
			read_items(r, number, &type, value, depth);
	}
}

static void read_value(struct reading *r, uint32_t number, bool nullable,
		       const struct stele_value *stored, unsigned depth)
{
	struct stele_value value;
	int rc;

	if (depth > DEPTH)
		return;
	r->values++;
	rc = stele_view_value(r->view, number, nullable, stored, &value);
	check_code(r, rc);
	if (!rc)
		read_inside(r, number, &value, depth + 1);
}

static void read_field(struct reading *r, struct stele_record record,
		       uint32_t index, uint32_t number)
{
	struct stele_field_info info;
	struct stele_field field;
	struct stele_error err = { 0 };
	struct stele_value value;
	int rc, again;

	if (stele_schema_field(r->schema, index, number, &info))
		fuzz_fail("no such field");
	rc = stele_view_get(r->view, record, number, &value);
	check_code(r, rc);
	if (!rc)
		read_inside(r, info.type, &value, 0);
	if (stele_view_field_at(r->view, index, number, STELE_TYPE_ANY, &field,
				&err))
		fuzz_fail("a field can't be resolved: %s", err.reason);
	again = stele_record_get(record, &field, &value);
	if (rc != again)
		fuzz_fail("a field is read in two ways: %d, %d", rc, again);
}

static void read_rows(const struct stele_segment *segment,
		      const struct stele_view *view,
		      const struct verdicts *verdicts)
{
	struct reading r = { .view = view, .schema = stele_view_schema(view) };
	struct stele_rows rows = STELE_ROWS_BEGIN;
	struct stele_record_info info;
	struct stele_record record;
	struct stele_value row;
	uint32_t index;

	while (!stele_segment_next_row(segment, &rows, &row)) {
		if (stele_value_record(&row, &record))
			fuzz_fail("a row is no record");
		if (stele_view_record(view, record, &index))
			continue;
		if (stele_schema_record(r.schema, index, &info))
			fuzz_fail("no such record");
		for (uint32_t i = 0; i < info.nr_fields && i < MAX_FIELDS;
		     i++) {
			r.sure = index < MAX_RECORDS &&
				 verdicts->field[index][i] <=
					 STELE_VERDICT_CONVERT;
			read_field(&r, record, index, i);
		}
	}
}

static void view(const struct stele_segment *segment,
		 const struct stele_schema *reader,
		 const struct verdicts *verdicts)
{
	struct stele_error err = { 0 };
	const struct stele_map *map;
	struct stele_view *view;
	int rc = stele_view_open(segment, reader, &view, &err);

	if (!rc != !verdicts->refused)
		fuzz_fail("a view and a comparison differ: %d %s", rc,
			  err.reason);
	if (rc) {
		if (err.code != rc || !err.reason[0])
			fuzz_fail("a refusal without a reason");
		return;
	}
	read_rows(segment, view, verdicts);
	for (uint32_t i = 0; i < stele_schema_nr_tables(reader); i++)
		stele_view_map(view, i, &map, &err);
	stele_view_close(view);
}

static void both(const struct stele_schema *stored,
		 const struct stele_schema *reader)
{
	struct verdicts verdicts = { 0 };
	struct stele_segment *segment;

	memset(verdicts.field, STELE_VERDICT_REFUSE, sizeof(verdicts.field));
	if (stele_schema_compare(stored, reader, take_finding, &verdicts))
		fuzz_fail("comparing fails");
	if (stele_schema_nr_records(stored) > MAX_RECORDS)
		return;
	segment = build(stored);
	if (segment)
		view(segment, reader, &verdicts);
	stele_segment_close(segment);
}

static void fuzz(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	const char *cut = size && size <= MAX_BYTES ?
				  memmem(text, size, "\n%\n", 3) :
				  NULL;
	struct stele_schema *stored, *reader;
	struct stele_error err;
	size_t len;

	if (!cut)
		return;
	len = (size_t)(cut - text);
	if (stele_schema_parse(text, len, &stored, &err))
		return;
	if (!stele_schema_parse(cut + 3, size - len - 3, &reader, &err)) {
		both(stored, reader);
		stele_schema_free(reader);
	}
	stele_schema_free(stored);
}
