/* SPDX-License-Identifier: MIT */
/*
 * Lines to rows: of NDJSON one is the other; of CSV a row may take several lines.
 */
#include "source.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

int source_open(struct source *source, const char *path,
		enum source_format format, bool twice, struct stele_error *err)
{
	int rc;

	memset(source, 0, sizeof(*source));
	rc = input_open(&source->input, path, twice, err);
	if (rc)
		return rc;
	source->format = format;
	if (format == SOURCE_CSV)
		source->csv = csv_reader_create();
	else
		source->json = json_parser_create();
	if (source->csv || source->json)
		return 0;
	source_close(source);
	snprintf(err->reason, sizeof(err->reason), "%s", strerror(ENOMEM));
	return -ENOMEM;
}

void source_close(struct source *source)
{
	csv_reader_free(source->csv);
	json_parser_free(source->json);
	arena_free(&source->arena);
	input_close(&source->input);
}

int source_rewind(struct source *source, struct stele_error *err)
{
	int rc = input_rewind(&source->input, err);

	source->ended = false;
	if (!rc && source->csv)
		rc = csv_rewind(source->csv);
	return rc;
}

/* The place of an error, found in a line, in the input. */
static int placed(struct source *source, const struct line *line,
		  struct stele_error *err, int rc)
{
	if (rc && rc != -STELE_E_ABSENT) {
		source->line = line->number;
		err->line = (uint32_t)line->number;
		if (err->offset != UINT64_MAX)
			err->offset += line->offset;
	}
	return rc;
}

/* Text files from elsewhere begin with one, which is no part of the text. */
static void skip_mark(struct line *line)
{
	size_t mark = strlen(BYTE_ORDER_MARK);

	if (line->number != 1 || line->len < mark ||
	    memcmp(line->text, BYTE_ORDER_MARK, mark))
		return;
	line->text += mark;
	line->len -= mark;
	line->offset += mark;
}

static int next_json(struct source *source, struct json_node **row,
		     struct stele_error *err)
{
	struct line line = { 0 };
	int rc;

	arena_reset(&source->arena);
	do {
		rc = input_line(&source->input, &line, err);
		if (!rc)
			skip_mark(&line);
		if (!rc)
			rc = json_parse(source->json, &source->arena, line.text,
					line.len, 0, row, err);
		if (rc)
			return placed(source, &line, err, rc);
	} while (!*row);
	source->line = line.number;
	source->offset = line.offset;
	return 0;
}

/* One more line for the CSV reader, or the end. */
static int feed_csv(struct source *source, struct stele_error *err)
{
	struct line line = { 0 };
	int rc = input_line(&source->input, &line, err);

	if (rc == -STELE_E_ABSENT) {
		source->ended = true;
		line.number = source->line;
		line.offset = source->offset;
		return placed(source, &line, err,
			      csv_end(source->csv, &source->arena, err));
	}
	if (rc)
		return placed(source, &line, err, rc);
	skip_mark(&line);
	if (!csv_is_inside(source->csv)) {
		source->line = line.number;
		source->offset = line.offset;
	}
	return placed(source, &line, err,
		      csv_read(source->csv, &source->arena, line.text,
			       line.len + 1, err));
}

static int next_csv(struct source *source, struct json_node **row,
		    struct stele_error *err)
{
	int rc;

	*row = csv_next(source->csv);
	if (*row)
		return 0;
	if (!csv_is_inside(source->csv))
		arena_reset(&source->arena);
	while (!*row) {
		if (source->ended)
			return -STELE_E_ABSENT;
		rc = feed_csv(source, err);
		if (rc)
			return rc;
		*row = csv_next(source->csv);
	}
	return 0;
}

int source_next(struct source *source, struct json_node **row,
		struct stele_error *err)
{
	err->line = 0;
	err->offset = UINT64_MAX;
	if (source->format == SOURCE_CSV)
		return next_csv(source, row, err);
	return next_json(source, row, err);
}
