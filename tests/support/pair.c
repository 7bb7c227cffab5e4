// SPDX-License-Identifier: MIT
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pair.h"

static void must(int rc, const char *what, const struct stele_error *err)
{
	if (!rc)
		return;
	fprintf(stderr, "# %s: %d: %s\n", what, rc, err->reason);
	abort();
}

struct stele_schema *pair_parse(const char *text)
{
	struct stele_error err = { .reason = "" };
	struct stele_schema *schema = NULL;

	must(stele_schema_parse(text, strlen(text), &schema, &err), text, &err);
	return schema;
}

void pair_begin(struct pair *pair, const char *stored)
{
	struct stele_error err = { .reason = "" };

	memset(pair, 0, sizeof(*pair));
	pair->fd = -1;
	pair->stored = pair_parse(stored);
	must(stele_builder_create_memfd("pair", pair->stored, NULL,
					&pair->builder, &err),
	     "create", &err);
}

void pair_seal(struct pair *pair)
{
	struct stele_error err = { .reason = "" };

	must(stele_builder_finish(pair->builder, &pair->fd, &err), "finish",
	     &err);
	must(stele_segment_open_fd(pair->fd, NULL, &pair->segment, &err),
	     "open", &err);
}

int pair_open(struct pair *pair, const char *reader, struct stele_error *err)
{
	stele_view_close(pair->view);
	pair->view = NULL;
	stele_schema_free(pair->reader);
	pair->reader = pair_parse(reader);
	return stele_view_open(pair->segment, pair->reader, &pair->view, err);
}

struct stele_record pair_row(const struct pair *pair, unsigned i)
{
	struct stele_error err = { .reason = "" };
	struct stele_rows rows = STELE_ROWS_BEGIN;
	struct stele_value value = { 0 };
	struct stele_record record = { 0 };

	do
		must(stele_segment_next_row(pair->segment, &rows, &value),
		     "row", &err);
	while (i--);
	must(stele_value_record(&value, &record), "record", &err);
	return record;
}

void pair_end(struct pair *pair)
{
	stele_view_close(pair->view);
	stele_segment_close(pair->segment);
	stele_builder_free(pair->builder);
	stele_schema_free(pair->reader);
	stele_schema_free(pair->stored);
	if (pair->fd >= 0)
		close(pair->fd);
	memset(pair, 0, sizeof(*pair));
	pair->fd = -1;
}
