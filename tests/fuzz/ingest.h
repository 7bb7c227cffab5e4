/* SPDX-License-Identifier: MIT */
/*
 * Rows from text through the command's readers to a segment, and back through
 * its printers.  What builds is verified and walked; what is printed of it builds
 * again to a segment of the same identity.
 */
#ifndef INGEST_H
#define INGEST_H

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "csv_out.h"
#include "infer.h"
#include "json_out.h"
#include "replay.h"
#include "rows.h"
#include "segment.h"
#include "source.h"
#include "walk.h"

#define INGEST_STEPS 100u

struct ingest {
	struct stele_segment *segment;
	uint8_t identity[32];
};

/* Text as a file of the command's. */
static int ingest_open(struct source *source, const void *text, size_t len,
		       enum source_format format)
{
	int fd = memfd_create("input", MFD_CLOEXEC), rc;
	struct stele_error err = { 0 };
	char path[40];

	if (fd < 0 || write(fd, text, len) != (ssize_t)len)
		fuzz_fail("no file for the input");
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	rc = source_open(source, path, format, false, &err);
	if (rc)
		fuzz_fail("%s: %s", path, err.reason);
	return fd;
}

/* A refusal says why, and is of the input, not of the system. */
static int ingest_refused(int rc, const struct stele_error *err)
{
	if (rc > -STELE_E_FORMAT)
		fuzz_fail("the system refuses: %d: %s", rc, err->reason);
	if (!err->reason[0] || !memchr(err->reason, '\0', sizeof(err->reason)))
		fuzz_fail("%d: a refusal without a reason", rc);
	return rc;
}

/* The schema of all rows; NULL where one is refused. */
static inline struct stele_schema *ingest_infer(const void *text, size_t len,
						enum source_format format)
{
	struct stele_schema *schema = NULL;
	struct stele_error err = { 0 };
	struct infer *infer = infer_create();
	struct source source;
	struct json_node *row;
	char *printed = NULL;
	int fd = ingest_open(&source, text, len, format), rc;

	if (!infer)
		fuzz_fail("no memory");
	while (!(rc = source_next(&source, &row, &err)) &&
	       !(rc = infer_row(infer, row, &err)))
		;
	if (rc == -STELE_E_ABSENT)
		rc = infer_print(infer, "Row", &printed, &err);
	if (rc)
		ingest_refused(rc, &err);
	else if (stele_schema_parse(printed, strlen(printed), &schema, &err))
		fuzz_fail("%s\n%s\nan inferred schema does not parse", printed,
			  err.reason);
	free(printed);
	infer_free(infer);
	source_close(&source);
	close(fd);
	return schema;
}

static int ingest_rows(struct source *source, struct rows *rows,
		       struct stele_error *err)
{
	struct json_node *row;
	int rc;

	while (!(rc = source_next(source, &row, err)) &&
	       !(rc = rows_add(rows, &source->arena, row, source->offset, err)))
		;
	return rc == -STELE_E_ABSENT ? 0 : rc;
}

static void ingest_seal(struct ingest *in, int fd)
{
	struct stele_verify_options options = { .size = sizeof(options),
						.threads = 1 };
	struct stele_error err = { 0 };

	if (stele_segment_open_fd(fd, NULL, &in->segment, &err) ||
	    stele_segment_verify(in->segment, &options, &err))
		fuzz_fail("what was built is refused: %s", err.reason);
	/* info tells it too, but reads /proc for the rest */
	memcpy(in->identity, in->segment->trailer.identity,
	       sizeof(in->identity));
}

/* Build; a code of the input's where it is refused. */
static int ingest_build(struct ingest *in, const void *text, size_t len,
			enum source_format format,
			const struct stele_schema *schema,
			struct stele_error *err)
{
	struct stele_build_options options = { .size = sizeof(options),
					       .threads = 1 };
	struct stele_builder *builder = NULL;
	struct rows *rows = NULL;
	struct source source;
	int fd = ingest_open(&source, text, len, format), out = -1, rc;

	memset(err, 0, sizeof(*err));
	rc = stele_builder_create_memfd("fuzz", schema, &options, &builder,
					err);
	if (rc ||
	    rows_create(builder, schema, stele_schema_rows(schema), &rows))
		fuzz_fail("no builder: %s", err->reason);
	rc = ingest_rows(&source, rows, err);
	if (!rc)
		rc = stele_builder_finish(builder, &out, err);
	if (rc)
		ingest_refused(rc, err);
	rows_free(rows);
	stele_builder_free(builder);
	source_close(&source);
	close(fd);
	if (rc)
		return rc;
	ingest_seal(in, out);
	close(out);
	return 0;
}

static void ingest_walk(const struct ingest *in)
{
	struct walk w = { .segment = in->segment, .strict = true };

	walk_segment(&w, INGEST_STEPS);
	if (w.fault)
		fuzz_fail("%s (%d)", w.fault, w.fault_code);
}

/* All rows as stele dump prints them; 0 or a code. */
static int ingest_print(const struct ingest *in, enum source_format format,
			FILE *out, struct stele_error *err)
{
	const struct stele_schema *schema = stele_segment_schema(in->segment);
	struct stele_rows rows = STELE_ROWS_BEGIN;
	uint32_t record = stele_schema_rows(schema);
	struct json_out json = { 0 };
	struct csv_out csv = { 0 };
	struct stele_value row;
	int rc;

	if (format == SOURCE_CSV) {
		if (csv_out_open(&csv, in->segment, out))
			fuzz_fail("no memory");
		rc = csv_out_header(&csv, record, err);
	} else {
		rc = json_out_open(&json, in->segment, out);
	}
	while (!rc && !(rc = stele_segment_next_row(in->segment, &rows, &row)))
		rc = format == SOURCE_CSV ?
			     csv_out_row(&csv, &row, record, err) :
			     json_out_row(&json, &row, record, err);
	if (format == SOURCE_CSV)
		csv_out_close(&csv);
	else
		json_out_close(&json);
	return rc == -STELE_E_ABSENT ? 0 : rc;
}

/*
 * What is printed builds again, to the same segment.  Not printed is what is far
 * larger than the segment, and in CSV what only JSON can say.
 */
static void ingest_again(const struct ingest *in, enum source_format format)
{
	struct stele_error err = { 0 };
	struct ingest again = { 0 };
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);
	int rc;

	if (!out)
		fuzz_fail("no memory");
	rc = ingest_print(in, format, out, &err);
	if (fclose(out))
		fuzz_fail("no memory");
	if (rc && rc != -STELE_E_LIMIT &&
	    !(format == SOURCE_CSV && rc == -STELE_E_TYPE))
		fuzz_fail("%d: %s: a segment does not print", rc, err.reason);
	if (!rc && ingest_build(&again, text, len, format,
				stele_segment_schema(in->segment), &err))
		fuzz_fail("%.*s\n%s\nwhat was printed does not build", (int)len,
			  text, err.reason);
	if (!rc && memcmp(in->identity, again.identity, 32) != 0)
		fuzz_fail("%.*s\nwhat was printed makes another segment",
			  (int)len, text);
	stele_segment_close(again.segment);
	free(text);
}

/* Everything, under one schema; a code of the input's where it is refused. */
static inline int ingest(const void *text, size_t len,
			 enum source_format format,
			 const struct stele_schema *schema)
{
	struct stele_error err;
	struct ingest in = { 0 };
	int rc = ingest_build(&in, text, len, format, schema, &err);

	if (rc)
		return rc;
	ingest_walk(&in);
	ingest_again(&in, SOURCE_NDJSON);
	ingest_again(&in, SOURCE_CSV);
	stele_segment_close(in.segment);
	return 0;
}

static inline bool ingest_has(const char *text, size_t len, const char *marks)
{
	for (; *marks; marks++)
		if (memchr(text, *marks, len))
			return true;
	return false;
}

/*
 * Everything, under the schema of all rows.  It holds them but for limits,
 * numbers beyond the doubles, and values that don't keep to the type they say.
 */
static inline void ingest_inferred(const void *text, size_t len,
				   enum source_format format)
{
	struct stele_schema *schema = ingest_infer(text, len, format);
	int rc;

	if (!schema)
		return;
	rc = ingest(text, len, format, schema);
	if (rc && rc != -STELE_E_LIMIT && !ingest_has(text, len, "$") &&
	    !(rc == -STELE_E_RANGE && ingest_has(text, len, ".eE")))
		fuzz_fail("rows don't suit the schema inferred of them: %d",
			  rc);
	stele_schema_free(schema);
}

#endif /* INGEST_H */
