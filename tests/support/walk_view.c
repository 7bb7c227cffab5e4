// SPDX-License-Identifier: MIT
/*
 * Rows through a view with the segment's own schema, which a verified segment
 * never refuses; and each value as every type of that schema, which is refused
 * or fits.
 */
#include "walk.h"

#define MAX_TYPES 64u /* that a value is tried as */

static void try_types(struct walk *w, const struct stele_view *view,
		      const struct stele_value *value)
{
	struct stele_value other;

	for (uint32_t i = 0; i < MAX_TYPES && walk_goes_on(w); i++) {
		int rc = stele_view_value(view, i, i & 1, value, &other);

		w->steps--;
		if (!rc)
			walk_value(w, &other, WALK_DEPTH - 2);
	}
}

static void walk_row(struct walk *w, const struct stele_view *view,
		     struct stele_record record)
{
	const struct stele_schema *schema = stele_view_schema(view);
	struct stele_record_info info = { .nr_fields = 0 };
	struct stele_value value;
	uint32_t index = 0;
	int rc;

	if (!walk_called(w, stele_view_record(view, record, &index),
			 "stele_view_record"))
		return;
	stele_schema_record(schema, index, &info);
	for (uint32_t i = 0; i < info.nr_fields && walk_goes_on(w); i++) {
		rc = stele_view_get(view, record, i, &value);
		if (walk_called(w, rc, "stele_view_get"))
			try_types(w, view, &value);
		else
			walk_fault(w, rc, "stele_view_get");
	}
}

void walk_view(struct walk *w)
{
	struct stele_rows rows = STELE_ROWS_BEGIN;
	struct stele_view *view = NULL;
	struct stele_record record;
	struct stele_value row;
	int rc;

	rc = stele_view_open(w->segment, stele_segment_schema(w->segment),
			     &view, NULL);
	if (!walk_called(w, rc, "stele_view_open"))
		return;
	while (walk_goes_on(w)) {
		w->steps--;
		rc = stele_segment_next_row(w->segment, &rows, &row);
		if (!walk_called(w, rc, "stele_segment_next_row") ||
		    stele_value_record(&row, &record))
			break;
		walk_row(w, view, record);
	}
	stele_view_close(view);
}
