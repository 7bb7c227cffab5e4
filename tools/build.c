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

#include "build.h"

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
	"      --table NAME=FIELD[,FIELD]...[:unique|:multi|:filter 1/N]\n"
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
	if (!format_given && command_ends_in(build->input, ".csv"))
		build->format = SOURCE_CSV;
	return 0;
}

/* ------------------------------------------------------------- errors */

int build_fail_at(struct build *build, const char *file, int code,
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

int build_fail_input(struct build *build, int code,
		     const struct stele_error *err)
{
	return build_fail_at(build,
			     strcmp(build->input, "-") ? build->input :
							 "standard input",
			     code, err);
}

int build_fail_row(struct build *build, int code, struct stele_error *err)
{
	err->line = (uint32_t)build->source.line;
	/* in CSV, where quotes are not counted, that of the line has to do */
	if (err->offset == UINT64_MAX || build->format == SOURCE_CSV)
		err->offset = 0;
	err->offset += build->source.offset;
	return build_fail_input(build, code, err);
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
		if (!rc) {
			row_lines_add(&build->lines, build->rows->number,
				      source->line);
			continue;
		}
		if (rc > -STELE_E_FORMAT) { /* of the system, not the row */
			err.line = err.column = 0;
			err.offset = UINT64_MAX;
			return build_fail_at(build, build->output, rc, &err);
		}
		return build_fail_row(build, rc, &err);
	}
	return rc == -STELE_E_ABSENT ? 0 : build_fail_input(build, rc, &err);
}

/* Rows are counted in messages from 0; say which lines of the input they are. */
static void tell_lines(struct build *build, struct stele_error *err)
{
	size_t room = sizeof(err->reason), len = strlen(err->reason);
	uint64_t line;

	if (!err->nr_rows)
		return;
	err->line = (uint32_t)row_lines_find(&build->lines, err->rows[0]);
	line = row_lines_find(&build->lines, err->rows[1]);
	if (err->nr_rows > 1 && line)
		snprintf(err->reason + len, room - len, " (line %llu)",
			 (unsigned long long)line);
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
		return build_fail_at(build, build->output, rc, &err);
	tell_lines(build, &err);
	return build_fail_input(build, rc, &err);
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
		return build_fail_at(build, build->output, rc, &err);
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
		rc = build_fail_input(&build, rc, &err);
	} else {
		rc = build_make_schema(&build);
		if (!rc)
			rc = make_segment(&build);
		rows_free(build.rows);
		row_lines_free(&build.lines);
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
