/* SPDX-License-Identifier: MIT */
/*
 * stele build: rows in, one sealed segment out.
 *
 * Steps: the schema (from a file, or inferred in a first pass over the input),
 * with the tables of the command line; the rows; the builder's end.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "infer.h"
#include "progress.h"
#include "rows.h"
#include "schema_name.h"
#include "source.h"

struct build {
	const struct command *command;
	const char *output;
	const char *schema_path;
	const char *record_name;
	const char *input;
	const char **tables; /* NAME=FIELD[,FIELD][:KIND], checked */
	size_t nr_tables;
	enum source_format format;
	bool as_json;
	struct stele_build_options options;

	struct stele_schema *schema;
	uint32_t record; /* of rows, ROWS_NONE: not known */
	struct source source;
	struct progress progress;
	struct stele_builder *builder;
	struct rows *rows;
};

/* ------------------------------------------------------------ options */

enum {
	OPTION_SCHEMA = 256,
	OPTION_RECORD,
	OPTION_TABLE,
	OPTION_ON_DUPLICATE,
	OPTION_FORMAT,
	OPTION_THREADS,
	OPTION_MEMORY,
	OPTION_NO_SHARE,
	OPTION_NO_REPLACE,
	OPTION_VERITY,
	OPTION_JSON,
};

static const struct option options[] = {
	{ "output", required_argument, NULL, 'o' },
	{ "schema", required_argument, NULL, OPTION_SCHEMA },
	{ "record", required_argument, NULL, OPTION_RECORD },
	{ "table", required_argument, NULL, OPTION_TABLE },
	{ "on-duplicate", required_argument, NULL, OPTION_ON_DUPLICATE },
	{ "format", required_argument, NULL, OPTION_FORMAT },
	{ "threads", required_argument, NULL, OPTION_THREADS },
	{ "memory", required_argument, NULL, OPTION_MEMORY },
	{ "no-share", no_argument, NULL, OPTION_NO_SHARE },
	{ "no-replace", no_argument, NULL, OPTION_NO_REPLACE },
	{ "verity", no_argument, NULL, OPTION_VERITY },
	{ "json", no_argument, NULL, OPTION_JSON },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static const char help[] =
	"usage: stele build -o OUT [OPTION]... [INPUT|-]\n\n"
	"Build a sealed segment of the rows in INPUT (default: standard input).\n"
	"Without --schema the narrowest schema that holds all rows is inferred\n"
	"and reported on standard error.\n\n"
	"  -o, --output OUT       the segment's file; replaced in one step\n"
	"      --schema FILE      text of a schema, see stele-schema(5)\n"
	"      --record NAME      the record that rows are\n"
	"      --table NAME=FIELD[,FIELD]...[:unique|:multi]\n"
	"                         a table over the rows; may be repeated\n"
	"      --on-duplicate error|first|last\n"
	"                         what a key twice in a unique table does\n"
	"      --format ndjson|csv\n"
	"                         of the input; default by its name, else ndjson\n"
	"      --threads N        default: one a core\n"
	"      --memory MIB       of keys before they go to disk; default 1024\n"
	"      --no-share         keep equal content as often as it comes\n"
	"      --no-replace       fail when OUT is there\n"
	"      --verity           protect OUT by fs-verity, or fail\n"
	"      --json             report what was built, as JSON\n"
	"  -h, --help             this text\n";

static int choose(struct build *build, int option, const char *value)
{
	if (option == OPTION_FORMAT) {
		if (!strcmp(value, "csv"))
			build->format = SOURCE_CSV;
		else if (!strcmp(value, "ndjson"))
			build->format = SOURCE_NDJSON;
		else
			return command_usage(build->command,
					     "--format is ndjson or csv, not "
					     "'%s'",
					     value);
		return 0;
	}
	if (!strcmp(value, "error"))
		build->options.duplicates = STELE_DUPLICATES_ERROR;
	else if (!strcmp(value, "first"))
		build->options.duplicates = STELE_DUPLICATES_FIRST;
	else if (!strcmp(value, "last"))
		build->options.duplicates = STELE_DUPLICATES_LAST;
	else
		return command_usage(build->command,
				     "--on-duplicate is error, first or last, "
				     "not '%s'",
				     value);
	return 0;
}

static int count(struct build *build, int option, const char *value)
{
	bool threads = option == OPTION_THREADS;
	uint64_t most = threads ? COMMAND_MAX_THREADS : UINT64_MAX >> 20;
	uint64_t n = command_number(value, most);

	if (!n)
		return command_usage(build->command,
				     "--%s is a number from 1 to %llu, not "
				     "'%s'",
				     threads ? "threads" : "memory",
				     (unsigned long long)most, value);
	if (threads)
		build->options.threads = (uint32_t)n;
	else
		build->options.memory_bytes = n << 20;
	return 0;
}

static int add_table(struct build *build, const char *text)
{
	const char *equals = strchr(text, '=');

	if (!equals || equals == text || !equals[1])
		return command_usage(build->command,
				     "--table is NAME=FIELD[,FIELD][:KIND], "
				     "not '%s'",
				     text);
	build->tables[build->nr_tables++] = text;
	return 0;
}

static int set_option(struct build *build, int option, const char *value)
{
	switch (option) {
	case 'o':
		build->output = value;
		return 0;
	case OPTION_SCHEMA:
		build->schema_path = value;
		return 0;
	case OPTION_RECORD:
		build->record_name = value;
		return 0;
	case OPTION_TABLE:
		return add_table(build, value);
	case OPTION_ON_DUPLICATE:
	case OPTION_FORMAT:
		return choose(build, option, value);
	case OPTION_THREADS:
	case OPTION_MEMORY:
		return count(build, option, value);
	case OPTION_NO_SHARE:
		build->options.share_log2 = STELE_SHARE_NONE;
		return 0;
	case OPTION_NO_REPLACE:
		build->options.flags |= STELE_BUILD_F_NO_REPLACE;
		return 0;
	case OPTION_VERITY:
		build->options.flags |= STELE_BUILD_F_VERITY;
		return 0;
	case OPTION_JSON:
		build->as_json = true;
		return 0;
	default:
		return COMMAND_USAGE;
	}
}

static bool ends_in(const char *text, const char *end)
{
	size_t len = strlen(text), end_len = strlen(end);

	return len >= end_len && !strcmp(text + len - end_len, end);
}

/* 0, or an exit code; -1: the help was asked for. */
static int read_options(struct build *build, int argc, char **argv)
{
	bool format_given = false;
	int option, rc;

	while ((option = command_option(build->command, argc, argv, ":o:h",
					options)) != -1) {
		if (option == 'h')
			return -1;
		format_given = format_given || option == OPTION_FORMAT;
		rc = set_option(build, option, optarg);
		if (rc)
			return rc;
	}
	if (!build->output || !*build->output)
		return command_usage(build->command, "no output: -o OUT");
	if (argc - optind > 1)
		return command_usage(build->command,
				     "more than one input: '%s'",
				     argv[optind + 1]);
	build->input = optind < argc ? argv[optind] : "-";
	if (!format_given && ends_in(build->input, ".csv"))
		build->format = SOURCE_CSV;
	return 0;
}

/* ------------------------------------------------------------- errors */

/* file:line: offset N: reason, as far as they are known. */
static int fail_at(struct build *build, const char *file, int code,
		   const struct stele_error *err)
{
	char subject[4400];
	size_t room = sizeof(subject);
	int n = snprintf(subject, room, "%.4096s", file);

	progress_end(&build->progress);
	if (err->line)
		n += snprintf(subject + n, room - (size_t)n, ":%u", err->line);
	if (err->column)
		n += snprintf(subject + n, room - (size_t)n, ":%u",
			      err->column);
	if (err->offset != UINT64_MAX)
		snprintf(subject + n, room - (size_t)n, ": offset %llu",
			 (unsigned long long)err->offset);
	return command_fail(build->command, subject, code, err);
}

static int fail_input(struct build *build, int code,
		      const struct stele_error *err)
{
	return fail_at(build,
		       strcmp(build->input, "-") ? build->input :
						   "standard input",
		       code, err);
}

/* ------------------------------------------------------------- schema */

/* The whole of a file, terminated; the caller frees it. */
static int read_file(struct build *build, const char *path, char **text,
		     size_t *len)
{
	FILE *in = fopen(path, "re"), *out;
	char part[4096];
	size_t n;
	int rc;

	if (!in)
		return command_fail(build->command, path, -errno, NULL);
	*text = NULL;
	out = open_memstream(text, len);
	while (out && (n = fread(part, 1, sizeof(part), in)))
		fwrite(part, 1, n, out);
	rc = ferror(in) ? -errno : 0; /* of the last fread() */
	fclose(in);
	if (!out || ferror(out))
		rc = -ENOMEM;
	/* glibc's fclose() hides that the last growth failed: no text then */
	if (out && (fclose(out) || !*text))
		rc = -ENOMEM;
	if (!rc)
		return 0;
	free(*text);
	return command_fail(build->command, path, rc, NULL);
}

static int parse_schema(struct build *build)
{
	struct stele_error err = { .offset = UINT64_MAX };
	size_t len;
	char *text;
	int rc = read_file(build, build->schema_path, &text, &len);

	if (rc)
		return rc;
	rc = stele_schema_parse(text, len, &build->schema, &err);
	free(text);
	return rc ? fail_at(build, build->schema_path, rc, &err) : 0;
}

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
	const char *end = paths + strlen(paths);

	*kind = "unique";
	if (ends_in(paths, ":unique"))
		return end - strlen(":unique");
	if (!ends_in(paths, ":multi"))
		return end;
	*kind = "multi";
	return end - strlen(":multi");
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
		err.line = (uint32_t)build->source.line;
		if (err.offset != UINT64_MAX)
			err.offset += build->source.offset;
		return fail_input(build, rc, &err);
	}
	if (rc != -STELE_E_ABSENT)
		return fail_input(build, rc, &err);
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
		return fail_input(build, rc, &err);
	progress_end(&build->progress);
	fprintf(stderr, "# inferred from %llu rows\n%s",
		(unsigned long long)infer_nr_rows(infer), text);
	rc = stele_schema_parse(text, strlen(text), &build->schema, &err);
	free(text);
	return rc ? fail_at(build, "inferred schema", rc, &err) : 0;
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
	return rc ? fail_input(build, rc, &err) : 0;
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
	char *text = NULL;
	size_t len, i;
	FILE *out;
	int rc = stele_schema_record(build->schema, build->record, &record);

	if (rc)
		return command_fail(build->command, "--table", rc, NULL);
	out = open_memstream(&text, &len);
	for (i = 0; out && i < build->nr_tables; i++)
		print_table(out, build->tables[i], &record);
	if (out && names_rows) {
		fputs("rows ", out);
		schema_name_print(out, record.name.ptr, record.name.len);
		fputc('\n', out);
	}
	if (!out || fclose(out) || !text) {
		free(text);
		return command_fail(build->command, "--table", -ENOMEM, NULL);
	}
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

static int make_schema(struct build *build)
{
	int rc;

	rc = build->schema_path ? parse_schema(build) : infer_schema(build);
	return rc ? rc : find_record(build);
}

/* --------------------------------------------------------------- rows */

static int on_progress(void *arg, enum stele_phase phase, uint64_t done,
		       uint64_t all)
{
	static const char *const steps[] = {
		[STELE_PHASE_ROWS] = "rows",
		[STELE_PHASE_TABLES] = "tables",
		[STELE_PHASE_REFERENCES] = "references",
		[STELE_PHASE_DIGEST] = "digest",
		[STELE_PHASE_SYNC] = "sync",
	};

	if (phase >= STELE_PHASE_ROWS && phase <= STELE_PHASE_SYNC)
		progress_step(arg, steps[phase], done, all);
	return 0;
}

static int add_rows(struct build *build)
{
	struct source *source = &build->source;
	struct stele_error err = { 0 };
	struct json_node *row;
	int rc;

	while (!(rc = source_next(source, &row, &err))) {
		progress_step(&build->progress, "rows", source->input.offset,
			      source->input.all_bytes);
		err.offset = UINT64_MAX;
		rc = rows_add(build->rows, &source->arena, row, source->offset,
			      &err);
		if (!rc)
			continue;
		if (rc > -STELE_E_FORMAT) { /* of the system, not the row */
			err.line = err.column = 0;
			err.offset = UINT64_MAX;
			return fail_at(build, build->output, rc, &err);
		}
		err.line = (uint32_t)source->line;
		if (err.offset != UINT64_MAX)
			err.offset += source->offset;
		return fail_input(build, rc, &err);
	}
	return rc == -STELE_E_ABSENT ? 0 : fail_input(build, rc, &err);
}

static int finish(struct build *build)
{
	struct stele_error err = { .offset = UINT64_MAX };
	int rc = stele_builder_finish(build->builder, NULL, &err);

	progress_end(&build->progress);
	if (!rc)
		return 0;
	err.offset = UINT64_MAX; /* it counts in what is not there any more */
	err.line = err.column = 0;
	if (rc > -STELE_E_FORMAT)
		return fail_at(build, build->output, rc, &err);
	return fail_input(build, rc, &err);
}

static int report(struct build *build)
{
	struct stele_build_stats s = { .size = sizeof(s) };
	int rc = stele_builder_stats(build->builder, &s);

	if (rc)
		return command_fail(build->command, build->output, rc, NULL);
	printf("{\"rows\":%llu,\"shared\":%llu,\"weak_absent\":%llu,"
	       "\"skipped_keys\":%llu,\"duplicates\":%llu,"
	       "\"heap_bytes\":%llu,\"table_bytes\":%llu,"
	       "\"spilled_bytes\":%llu,\"replaced_partitions\":%llu,"
	       "\"rehashed_partitions\":%llu}\n",
	       (unsigned long long)s.nr_rows, (unsigned long long)s.nr_shared,
	       (unsigned long long)s.nr_weak_absent,
	       (unsigned long long)s.nr_skipped_keys,
	       (unsigned long long)s.nr_duplicates,
	       (unsigned long long)s.heap_bytes,
	       (unsigned long long)s.table_bytes,
	       (unsigned long long)s.spilled_bytes,
	       (unsigned long long)s.nr_replaced_partitions,
	       (unsigned long long)s.nr_rehashed_partitions);
	return command_finish(build->command, COMMAND_DONE);
}

static int make_segment(struct build *build)
{
	struct stele_error err = { .offset = UINT64_MAX };
	int rc;

	rc = stele_builder_create(build->output, build->schema, &build->options,
				  &build->builder, &err);
	if (rc)
		return fail_at(build, build->output, rc, &err);
	rc = rows_create(build->builder, build->schema, build->record,
			 &build->rows);
	if (rc)
		return command_fail(build->command, build->output, rc, NULL);
	rc = add_rows(build);
	if (!rc)
		rc = finish(build);
	if (!rc && build->as_json)
		rc = report(build);
	return rc;
}

static int run(const struct command *command, int argc, char **argv)
{
	struct build build = { .command = command,
			       .source.input.fd = -1,
			       .options.size = sizeof(build.options),
			       .options.progress = on_progress };
	struct stele_error err = { .offset = UINT64_MAX };
	int rc;

	build.options.arg = &build.progress;
	build.tables = calloc((size_t)argc, sizeof(*build.tables));
	if (!build.tables)
		return command_fail(command, "options", -ENOMEM, NULL);
	rc = read_options(&build, argc, argv);
	if (rc) {
		free(build.tables);
		return rc < 0 ? command_help(command) : rc;
	}
	progress_start(&build.progress);
	rc = source_open(&build.source, build.input, build.format,
			 !build.schema_path, &err);
	if (rc) {
		rc = fail_input(&build, rc, &err);
	} else {
		rc = make_schema(&build);
		if (!rc)
			rc = make_segment(&build);
		rows_free(build.rows);
		stele_builder_free(build.builder);
		stele_schema_free(build.schema);
		source_close(&build.source);
	}
	free(build.tables);
	return rc;
}

const struct command command_build = {
	.name = "build",
	.summary = "rows of NDJSON or CSV to a sealed segment",
	.help = help,
	.run = run,
};
