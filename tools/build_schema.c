/* SPDX-License-Identifier: MIT */
/*
 * The schema of a build: from a file, or inferred in a first pass over the input,
 * with the tables of the command line.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "build.h"
#include "infer.h"
#include "schema_file.h"
#include "schema_name.h"
#include "text_buffer.h"

/* The bytes of a path up to the ',' behind it, or to the end. */
static size_t path_bytes(const char *path, const char *end)
{
	bool quotes = *path == '"', quoted = false;
	const char *p;

	for (p = path; p < end && (quoted || *p != ','); p++)
		if (quotes && *p == '"')
			quoted = !quoted;
		else if (quoted && *p == '\\' && p + 1 < end)
			p++;
	return (size_t)(p - path);
}

/* Where the paths of a --table end, and the kind that is said behind them. */
static const char *paths_end(const char *paths, const char **kind)
{
	const char *colon = strrchr(paths, ':');

	*kind = "unique";
	if (!colon || (strcmp(colon, ":unique") && strcmp(colon, ":multi") &&
		       strncmp(colon, ":filter 1/", 10)))
		return paths + strlen(paths);
	*kind = colon + 1;
	return colon;
}

/* No row was seen: the fields that tables need are there all the same. */
static int infer_table_fields(struct build *build, struct infer *infer)
{
	for (size_t i = 0; i < build->nr_tables; i++) {
		const char *field = strchr(build->tables[i], '=') + 1, *kind;
		const char *end = paths_end(field, &kind);

		while (field < end) {
			size_t len = path_bytes(field, end);

			if (len && infer_field(infer, field, len))
				return -ENOMEM;
			field += len + 1;
		}
	}
	return 0;
}

static int see_rows(struct build *build, struct infer *infer)
{
	struct stele_error err = { 0 };
	struct json_node *row;
	int rc;

	while (!(rc = source_next(&build->source, &row, &err))) {
		progress_step(&build->progress, "infer",
			      build->source.input.offset,
			      build->source.input.all_bytes);
		err.offset = UINT64_MAX;
		rc = infer_row(infer, row, &err);
		if (!rc)
			continue;
		return build_fail_row(build, rc, &err);
	}
	if (rc != -STELE_E_ABSENT)
		return build_fail_input(build, rc, &err);
	if (!infer_nr_rows(infer) && infer_table_fields(build, infer))
		return command_fail(build->command, build->input, -ENOMEM,
				    NULL);
	return 0;
}

static int take_inferred(struct build *build, struct infer *infer)
{
	struct stele_error err = { .offset = UINT64_MAX };
	const char *name = build->record_name ? build->record_name : "Row";
	char *text = NULL;
	int rc = infer_print(infer, name, &text, &err);

	if (rc)
		return build_fail_input(build, rc, &err);
	progress_end(&build->progress);
	fprintf(stderr, "# inferred from %llu rows\n%s",
		(unsigned long long)infer_nr_rows(infer), text);
	rc = stele_schema_parse(text, strlen(text), &build->schema, &err);
	free(text);
	return rc ? build_fail_at(build, "inferred schema", rc, &err) : 0;
}

static int infer_schema(struct build *build)
{
	struct infer *infer = infer_create();
	struct stele_error err = { 0 };
	int rc;

	if (!infer)
		return command_fail(build->command, build->input, -ENOMEM,
				    NULL);
	rc = see_rows(build, infer);
	if (!rc)
		rc = take_inferred(build, infer);
	infer_free(infer);
	if (rc)
		return rc;
	rc = source_rewind(&build->source, &err);
	return rc ? build_fail_input(build, rc, &err) : 0;
}

/* A path of names with '.' between them, each quoted where it must be. */
static void print_path(FILE *out, const char *path, size_t len)
{
	const char *end = path + len;

	if (*path == '"') { /* as schema text has it */
		fwrite(path, 1, len, out);
		return;
	}
	for (;;) {
		size_t n = strcspn(path, ".");

		if (n > (size_t)(end - path))
			n = (size_t)(end - path);
		schema_name_print(out, path, n);
		path += n;
		if (path == end)
			break;
		fputc(*path++, out);
	}
}

/* "table NAME: RECORD(FIELD, FIELD) KIND" */
static void print_table(FILE *out, const char *text,
			const struct stele_record_info *record)
{
	const char *equals = strchr(text, '='), *field = equals + 1;
	const char *kind, *end = paths_end(field, &kind);

	fputs("table ", out);
	schema_name_print(out, text, (size_t)(equals - text));
	fputs(": ", out);
	schema_name_print(out, record->name.ptr, record->name.len);
	for (const char *before = "("; field <= end; before = ", ") {
		size_t len = path_bytes(field, end);

		fputs(before, out);
		print_path(out, field, len);
		field += len + 1;
	}
	fprintf(out, ") %s\n", kind);
}

/*
 * What the command line adds: tables, and which record rows are, so that the
 * segment says so too.
 */
static int add_declarations(struct build *build)
{
	bool names_rows = stele_schema_rows(build->schema) == ROWS_NONE &&
			  stele_schema_nr_records(build->schema) > 1;
	struct stele_error err = { .offset = UINT64_MAX };
	struct stele_record_info record;
	struct stele_schema *schema;
	struct text_buffer buffer;
	char *text;
	size_t len;
	int rc = stele_schema_record(build->schema, build->record, &record);

	if (!rc)
		rc = text_buffer_open(&buffer);
	if (rc)
		return command_fail(build->command, "--table", rc, NULL);
	for (size_t i = 0; i < build->nr_tables; i++)
		print_table(buffer.out, build->tables[i], &record);
	if (names_rows) {
		fputs("rows ", buffer.out);
		schema_name_print(buffer.out, record.name.ptr, record.name.len);
		fputc('\n', buffer.out);
	}
	rc = text_buffer_close(&buffer, &text, &len);
	if (rc)
		return command_fail(build->command, "--table", rc, NULL);
	rc = stele_schema_extend(build->schema, text, len, &schema, &err);
	free(text);
	if (rc)
		return command_fail(build->command, "--table", rc, &err);
	stele_schema_free(build->schema);
	build->schema = schema;
	return 0;
}

/* The only record, or else the only one that tables are over. */
static uint32_t likely_record(const struct stele_schema *schema)
{
	uint32_t nr = stele_schema_nr_tables(schema), record = ROWS_NONE;
	struct stele_table_info table;

	if (stele_schema_nr_records(schema) == 1)
		return 0;
	for (uint32_t i = 0; i < nr; i++) {
		if (stele_schema_table(schema, i, &table))
			return ROWS_NONE;
		if (i && table.record != record)
			return ROWS_NONE;
		record = table.record;
	}
	return record;
}

static int find_record(struct build *build)
{
	const char *name = build->record_name;

	build->record = stele_schema_rows(build->schema);
	if (name && stele_schema_find_record(build->schema, name, strlen(name),
					     &build->record)) {
		command_say(build->command, "the schema has no record '%s'",
			    name);
		return COMMAND_INPUT;
	}
	if (build->record == ROWS_NONE)
		build->record = likely_record(build->schema);
	if (build->record == ROWS_NONE && build->nr_tables)
		return command_usage(build->command,
				     "--table: the schema does not say which "
				     "record rows are; --record does");
	return build->record == ROWS_NONE ? 0 : add_declarations(build);
}

int build_make_schema(struct build *build)
{
	int rc;

	rc = build->schema_path ?
		     schema_file_parse(build->command, build->schema_path,
				       &build->schema) :
		     infer_schema(build);
	return rc ? rc : find_record(build);
}
