// SPDX-License-Identifier: MIT
/*
 * A program that was written for a newer schema reads an older segment: a field
 * that was renamed and widened, one that is not there, and one that is refused.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <stele/stele.h>

static const char then[] = "record Package { name: str  bytes: u32 }\n";
static const char now[] = "record Package {\n"
			  "	name: str\n"
			  "	size: u64 was bytes\n"
			  "	priority: str = \"optional\"\n"
			  "}\n";
static const char never[] = "record Package { name: str  bytes: u8 }\n";

/* A segment by the old schema. */
static int build(int *fd, struct stele_error *err)
{
	const struct stele_cell cells[] = { stele_cell_str("apt", 3),
					    stele_cell_u64(1424920) };
	struct stele_schema *schema = NULL;
	struct stele_builder *b = NULL;
	int rc = stele_schema_parse(then, strlen(then), &schema, err);

	if (!rc)
		rc = stele_builder_create_memfd("then", schema, NULL, &b, err);
	if (!rc)
		rc = stele_builder_add(b, 0, cells, 2, NULL, err);
	if (!rc)
		rc = stele_builder_finish(b, fd, err);
	stele_builder_free(b);
	stele_schema_free(schema);
	return rc;
}

static int open_view(const struct stele_segment *seg, const char *text,
		     struct stele_view **view, struct stele_error *err)
{
	struct stele_schema *schema;
	int rc = stele_schema_parse(text, strlen(text), &schema, err);

	if (rc)
		return rc;
	rc = stele_view_open(seg, schema, view, err);
	stele_schema_free(schema);
	return rc;
}

static int print_rows(const struct stele_segment *seg,
		      const struct stele_view *view, struct stele_error *err)
{
	struct stele_rows rows = STELE_ROWS_BEGIN;
	struct stele_field size, priority;
	struct stele_record package;
	struct stele_value row;
	struct stele_str text;
	uint64_t bytes;
	int rc;

	rc = stele_view_field(view, "Package", "size", STELE_TYPE_U64, &size,
			      err);
	if (!rc)
		rc = stele_view_field(view, "Package", "priority",
				      STELE_TYPE_STR, &priority, err);
	while (!rc && !stele_segment_next_row(seg, &rows, &row)) {
		rc = stele_value_record(&row, &package);
		if (!rc)
			rc = stele_record_get_u64(package, &size, &bytes);
		if (!rc)
			rc = stele_record_get_str(package, &priority, &text);
		if (!rc)
			printf("%" PRIu64 " bytes, %.*s\n", bytes,
			       (int)text.len, text.ptr);
	}
	return rc;
}

int main(void)
{
	struct stele_view *view = NULL;
	struct stele_segment *seg = NULL;
	struct stele_error err = { .reason = "" };
	int rc, fd = -1;

	rc = build(&fd, &err);
	if (!rc)
		rc = stele_segment_open_fd(fd, NULL, &seg, &err);
	if (!rc)
		rc = open_view(seg, now, &view, &err);
	if (!rc)
		rc = print_rows(seg, view, &err);
	stele_view_close(view);
	view = NULL;
	if (!rc && open_view(seg, never, &view, &err))
		printf("%s\n", err.reason);
	else
		fprintf(stderr, "%s\n", err.reason);
	stele_view_close(view);
	stele_segment_close(seg);
	if (fd >= 0)
		close(fd);
	return rc ? 1 : 0;
}
