/* SPDX-License-Identifier: MIT */
/*
 * stele dump: all rows as NDJSON or CSV, in the order they were built or in a
 * table's.
 */
#include <errno.h>
#include <stdio.h>

#include "command.h"
#include "csv_out.h"
#include "key_out.h"

static const char help[] =
	"usage: stele dump [OPTION]... SEG [TABLE]\n\n"
	"Print all rows as NDJSON, in the order they were built; of a TABLE, the\n"
	"rows it leads to in the table's order, or {\"key\":...,\"value\":...} where\n"
	"its values are no rows.  stele-json(5) tells how values are written.\n"
	"'stele build' makes an equal segment of what is printed.\n\n"
	"      --csv       as CSV, with a line of names; what is no scalar as JSON\n"
	"      --no-limit  print also what is far larger than the segment\n"
	"  -h, --help      this text\n";

struct dump {
	const struct command *command;
	const char *name;
	const struct stele_segment *segment;
	bool as_csv;
	bool no_limit;
	struct csv_out csv;
	struct json_out json;
	struct arena arena;
	struct key_types types; /* of the table's keys */
	uint32_t record; /* of all rows, UINT32_MAX: not known yet */
	bool begun; /* CSV: the line of names is printed */
	struct stele_error err;
};

/* A row of CSV; the first says which record all are. */
static int put_csv(struct dump *dump, const struct stele_value *row)
{
	int rc = 0;

	if (dump->record == UINT32_MAX)
		dump->record = row->record;
	if (!dump->begun)
		rc = csv_out_header(&dump->csv, dump->record, &dump->err);
	dump->begun = true;
	return rc ? rc : csv_out_row(&dump->csv, row, dump->record, &dump->err);
}

static int put_row(struct dump *dump, const struct stele_value *row)
{
	if (dump->as_csv)
		return put_csv(dump, row);
	return json_out_row(&dump->json, row, dump->record, &dump->err);
}

/* Without rows the names are printed all the same. */
static int end_rows(struct dump *dump)
{
	if (!dump->as_csv || dump->begun || dump->record == UINT32_MAX)
		return 0;
	return csv_out_header(&dump->csv, dump->record, &dump->err);
}

static int dump_rows(struct dump *dump)
{
	const struct stele_schema *schema = stele_segment_schema(dump->segment);
	struct stele_rows rows = STELE_ROWS_BEGIN;
	struct stele_value row;
	int rc;

	dump->record = stele_schema_rows(schema);
	if (dump->record == UINT32_MAX && stele_schema_nr_records(schema) == 1)
		dump->record = 0;
	while (!(rc = stele_segment_next_row(dump->segment, &rows, &row))) {
		rc = put_row(dump, &row);
		if (rc || command_output_lost())
			return rc;
	}
	return rc == -STELE_E_ABSENT ? end_rows(dump) : rc;
}

static int put_pair(struct dump *dump, const struct stele_value *key,
		    const struct stele_value *value)
{
	int rc;

	if (dump->as_csv)
		return csv_out_pair(&dump->csv, &dump->types, key, value,
				    &dump->err);
	fputs("{\"key\":", stdout);
	rc = key_out_json(&dump->json, &dump->types, key, &dump->err);
	if (rc)
		return rc;
	fputs(",\"value\":", stdout);
	rc = json_out_value(&dump->json, value, JSON_OUT_ANY, &dump->err);
	fputs("}\n", stdout);
	return rc;
}

static int dump_matches(struct dump *dump, bool of_rows,
			const struct stele_value *key,
			struct stele_matches *matches)
{
	struct stele_value value;
	int rc;

	while (!(rc = stele_matches_next(matches, &value))) {
		rc = of_rows ? put_row(dump, &value) :
			       put_pair(dump, key, &value);
		if (rc || command_output_lost())
			return rc;
	}
	return rc == -STELE_E_ABSENT ? 0 : rc;
}

static int refuse_filter(struct dump *dump, const struct stele_map_info *info)
{
	dump->err.code = -STELE_E_TYPE;
	snprintf(dump->err.reason, sizeof(dump->err.reason),
		 "table '%.*s' is a filter, which does not have its keys",
		 (int)(info->name.len < 200 ? info->name.len : 200),
		 info->name.ptr);
	return -STELE_E_TYPE;
}

static int dump_table(struct dump *dump, const struct stele_map *map)
{
	struct stele_map_info info = { .size = sizeof(info) };
	struct stele_cursor cursor = STELE_CURSOR_BEGIN;
	struct stele_matches matches;
	struct stele_value key;
	int rc = stele_map_info(map, &info);
	bool of_rows = info.value == STELE_TYPE_RECORD;

	if (!rc && info.kind == STELE_MAP_FILTER)
		return refuse_filter(dump, &info);
	dump->record = info.record;
	if (!rc)
		rc = key_types_read(stele_segment_schema(dump->segment), map,
				    &dump->arena, &dump->types);
	if (!rc && dump->as_csv && !of_rows)
		csv_out_pair_header(&dump->csv);
	while (!rc && !command_output_lost()) {
		rc = stele_map_next(map, &cursor, &key, &matches);
		if (!rc)
			rc = dump_matches(dump, of_rows, &key, &matches);
	}
	if (rc != -STELE_E_ABSENT)
		return rc;
	return of_rows ? end_rows(dump) : 0;
}

static int open_text(struct dump *dump)
{
	int rc;

	if (dump->as_csv)
		rc = csv_out_open(&dump->csv, dump->segment, stdout);
	else
		rc = json_out_open(&dump->json, dump->segment, stdout);
	dump->csv.json.no_limit = dump->json.no_limit = dump->no_limit;
	return rc;
}

static void close_text(struct dump *dump)
{
	if (dump->as_csv)
		csv_out_close(&dump->csv);
	else
		json_out_close(&dump->json);
	arena_free(&dump->arena);
}

static int dump_what(struct dump *dump, const char *table)
{
	const struct stele_map *map = NULL;
	int rc;

	if (table) {
		map = stele_segment_map(dump->segment, table);
		if (!map) {
			command_say(dump->command, "no table '%s'", table);
			return COMMAND_ABSENT;
		}
	}
	if (open_text(dump))
		return command_fail(dump->command, dump->name, -ENOMEM, NULL);
	rc = map ? dump_table(dump, map) : dump_rows(dump);
	close_text(dump);
	if (rc) {
		command_flush();
		rc = command_fail(dump->command, dump->name, rc, &dump->err);
	}
	return command_finish(dump->command, rc);
}

static int run(const struct command *command, int argc, char **argv)
{
	static const struct option options[] = {
		{ "csv", no_argument, NULL, 'c' },
		{ "no-limit", no_argument, NULL, 'n' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct dump dump = { .command = command, .record = UINT32_MAX };
	struct stele_segment *segment;
	int option, rc;

	while ((option = command_option(command, argc, argv, ":h", options)) !=
	       -1) {
		if (option == 'h')
			return command_help(command);
		if (option != 'c' && option != 'n')
			return COMMAND_USAGE;
		dump.as_csv = dump.as_csv || option == 'c';
		dump.no_limit = dump.no_limit || option == 'n';
	}
	if (argc - optind < 1 || argc - optind > 2)
		return command_usage(command, "SEG [TABLE] is wanted");
	dump.name = argv[optind];
	rc = command_open(command, dump.name, &segment);
	if (rc)
		return rc;
	dump.segment = segment;
	rc = dump_what(&dump, argc - optind > 1 ? argv[optind + 1] : NULL);
	stele_segment_close(segment);
	return rc;
}

const struct command command_dump = {
	.name = "dump",
	.summary = "all rows, as NDJSON or CSV",
	.help = help,
	.run = run,
};
