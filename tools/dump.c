/* SPDX-License-Identifier: MIT */
/*
 * stele dump: all rows as NDJSON, in the order they were built or in a table's.
 */
#include <errno.h>
#include <stdio.h>

#include "command.h"
#include "json_out.h"

static const char help[] =
	"usage: stele dump SEG [TABLE]\n\n"
	"Print all rows as NDJSON, in the order they were built; of a TABLE, the\n"
	"rows it leads to in the table's order, or {\"key\":...,\"value\":...} where\n"
	"its values are no rows.  stele-json(5) tells how values are written.\n"
	"'stele build' makes an equal segment of what is printed.\n\n"
	"  -h, --help  this text\n";

struct dump {
	const struct command *command;
	const struct stele_segment *segment;
	struct json_out json;
	struct stele_error err;
};

static int dump_rows(struct dump *dump)
{
	const struct stele_schema *schema = stele_segment_schema(dump->segment);
	struct stele_rows rows = STELE_ROWS_BEGIN;
	uint32_t record = stele_schema_rows(schema);
	struct stele_value row;
	int rc;

	if (record == UINT32_MAX && stele_schema_nr_records(schema) == 1)
		record = 0;
	while (!(rc = stele_segment_next_row(dump->segment, &rows, &row))) {
		rc = json_out_row(&dump->json, &row, record, &dump->err);
		if (rc || ferror_unlocked(stdout))
			return rc;
	}
	return rc == -STELE_E_ABSENT ? 0 : rc;
}

static int dump_pair(struct dump *dump, const struct stele_value *key,
		     const struct stele_value *value)
{
	int rc;

	fputs("{\"key\":", stdout);
	rc = json_out_value(&dump->json, key, JSON_OUT_ANY, &dump->err);
	if (rc)
		return rc;
	fputs(",\"value\":", stdout);
	rc = json_out_value(&dump->json, value, JSON_OUT_ANY, &dump->err);
	fputs("}\n", stdout);
	return rc;
}

static int dump_matches(struct dump *dump, const struct stele_map_info *info,
			const struct stele_value *key,
			struct stele_matches *matches)
{
	struct stele_value value;
	int rc;

	while (!(rc = stele_matches_next(matches, &value))) {
		if (info->value == STELE_TYPE_RECORD)
			rc = json_out_row(&dump->json, &value, info->record,
					  &dump->err);
		else
			rc = dump_pair(dump, key, &value);
		if (rc || ferror_unlocked(stdout))
			return rc;
	}
	return rc == -STELE_E_ABSENT ? 0 : rc;
}

static int dump_table(struct dump *dump, const struct stele_map *map)
{
	struct stele_map_info info = { .size = sizeof(info) };
	struct stele_cursor cursor = STELE_CURSOR_BEGIN;
	struct stele_matches matches;
	struct stele_value key;
	int rc = stele_map_info(map, &info);

	while (!rc && !ferror_unlocked(stdout)) {
		rc = stele_map_next(map, &cursor, &key, &matches);
		if (!rc)
			rc = dump_matches(dump, &info, &key, &matches);
	}
	return rc == -STELE_E_ABSENT ? 0 : rc;
}

static int dump_what(struct dump *dump, const char *name, const char *table)
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
	if (json_out_open(&dump->json, dump->segment, stdout))
		return command_fail(dump->command, name, -ENOMEM, NULL);
	rc = map ? dump_table(dump, map) : dump_rows(dump);
	json_out_close(&dump->json);
	if (rc) {
		fflush(stdout);
		rc = command_fail(dump->command, name, rc, &dump->err);
	}
	return command_finish(dump->command, rc);
}

static int run(const struct command *command, int argc, char **argv)
{
	static const struct option options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct dump dump = { .command = command };
	struct stele_segment *segment;
	int option, rc;

	while ((option = command_option(command, argc, argv, ":h", options)) !=
	       -1)
		return option == 'h' ? command_help(command) : COMMAND_USAGE;
	if (argc - optind < 1 || argc - optind > 2)
		return command_usage(command, "SEG [TABLE] is wanted");
	rc = command_open(command, argv[optind], &segment);
	if (rc)
		return rc;
	dump.segment = segment;
	rc = dump_what(&dump, argv[optind],
		       argc - optind > 1 ? argv[optind + 1] : NULL);
	stele_segment_close(segment);
	return rc;
}

const struct command command_dump = {
	.name = "dump",
	.summary = "all rows, as NDJSON",
	.help = help,
	.run = run,
};
