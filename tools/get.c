/* SPDX-License-Identifier: MIT */
/*
 * stele get: values by key or by path, one document a line.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "json_out.h"
#include "key.h"
#include "path.h"

struct get {
	const struct command *command;
	struct stele_segment *segment;
	struct json_out json;
	struct keys keys;
	bool no_limit;
	bool several; /* keys: then an absent one is named */
};

static const char help[] =
	"usage: stele get [--no-limit] SEG TABLE KEY...\n"
	"       stele get [--no-limit] SEG /PATH...\n\n"
	"Print the values under each KEY of a table, one JSON document a line;\n"
	"of a filter, true where it has the key.\n"
	"Keys that are strings, times, uuids, decimals, bytes or user types (both\n"
	"base64) are written as they are, others as JSON; those of a table over\n"
	"several fields as a JSON array.\n\n"
	"A path is /TABLE/KEY or /ROOT, and further fields, keys and indexes:\n"
	"  stele get packages.stele /by_name/firefox-esr/depends/0\n"
	"Steps are percent-encoded where they hold '/' or '%'.  Behind a key\n"
	"of a table with several values a key comes the value's number.\n\n"
	"      --no-limit  print also what is far larger than the segment\n"
	"  -h, --help      this text\n\n"
	"Exit: 1 when a key or step is absent.\n";

static int print(struct get *get, const struct stele_value *value,
		 uint32_t record, uint32_t type)
{
	struct stele_error err = { .reason = "" };
	int rc;

	if (value->type == STELE_TYPE_RECORD && value->record == record &&
	    type == JSON_OUT_ANY) {
		rc = json_out_row(&get->json, value, record, &err);
	} else {
		rc = json_out_value(&get->json, value, type, &err);
		putchar('\n');
	}
	if (!rc)
		return 0;
	command_flush();
	return command_fail(get->command, "value", rc, &err);
}

static int print_matches(struct get *get, const struct stele_map *map,
			 struct stele_matches *matches)
{
	struct stele_map_info info = { .size = sizeof(info) };
	struct stele_value value;
	int rc = stele_map_info(map, &info);

	while (!rc && !command_output_lost()) {
		rc = stele_matches_next(matches, &value);
		if (rc)
			break;
		rc = print(get, &value, info.record, JSON_OUT_ANY);
		if (rc)
			return rc;
	}
	if (!rc || rc == -STELE_E_ABSENT)
		return 0;
	return command_fail(get->command, "table", rc, NULL);
}

/* An absent key is silent when it was the only question. */
static int absent(struct get *get, const char *what,
		  const struct stele_error *err)
{
	if (!get->several)
		return COMMAND_ABSENT;
	return command_fail(get->command, what, -STELE_E_ABSENT, err);
}

static int get_key(struct get *get, const struct stele_map *map,
		   const char *key)
{
	struct stele_error err = { .reason = "no such key" };
	struct stele_matches matches;
	int rc = key_find(&get->keys, map, key, strlen(key), &matches, &err);

	if (rc == -STELE_E_ABSENT)
		return absent(get, key, &err);
	if (rc)
		return command_fail(get->command, key, rc, &err);
	return print_matches(get, map, &matches);
}

static int get_path(struct get *get, const char *text)
{
	struct stele_map_info info = { .size = sizeof(info) };
	struct stele_error err = { .reason = "" };
	struct path path;
	int rc = path_follow(&get->keys, text, &path, &err);

	if (rc == -STELE_E_ABSENT)
		return absent(get, text, &err);
	if (rc)
		return command_fail(get->command, text, rc, &err);
	if (path.kind == PATH_MATCHES)
		return print_matches(get, path.map, &path.matches);
	if (path.kind != PATH_VALUE)
		return command_usage(get->command,
				     "%s: no value; 'stele ls' lists and "
				     "'stele dump' prints tables",
				     text);
	info.record = UINT32_MAX;
	if (path.map)
		rc = stele_map_info(path.map, &info);
	if (rc)
		return command_fail(get->command, text, rc, NULL);
	return print(get, &path.value, info.record, path.type);
}

static int get_keys(struct get *get, const char *table, int nr, char **keys)
{
	const struct stele_map *map = stele_segment_map(get->segment, table);
	int status = COMMAND_DONE, one;

	if (!map) {
		command_say(get->command, "no table '%s'", table);
		return COMMAND_ABSENT;
	}
	get->several = nr > 1;
	for (int i = 0; i < nr; i++) {
		keys_reset(&get->keys);
		one = get_key(get, map, keys[i]);
		if (one > status)
			status = one;
	}
	return status;
}

static int get_paths(struct get *get, int nr, char **paths)
{
	int status = COMMAND_DONE, one;

	get->several = nr > 1;
	for (int i = 0; i < nr; i++)
		if (paths[i][0] != '/')
			return command_usage(get->command,
					     "'%s' is no path: it has no '/' "
					     "in front",
					     paths[i]);
	for (int i = 0; i < nr; i++) {
		keys_reset(&get->keys);
		one = get_path(get, paths[i]);
		if (one > status)
			status = one;
	}
	return status;
}

static int answer(struct get *get, int argc, char **argv)
{
	int status;

	if (json_out_open(&get->json, get->segment, stdout))
		return command_fail(get->command, argv[0], -ENOMEM, NULL);
	get->json.no_limit = get->no_limit;
	keys_open(&get->keys, get->segment);
	if (argv[1][0] == '/')
		status = get_paths(get, argc - 1, argv + 1);
	else
		status = get_keys(get, argv[1], argc - 2, argv + 2);
	json_out_close(&get->json);
	keys_close(&get->keys);
	return command_finish(get->command, status);
}

static int run(const struct command *command, int argc, char **argv)
{
	static const struct option options[] = {
		{ "no-limit", no_argument, NULL, 'n' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct get get = { .command = command };
	int option, rc;

	/* '+': a key may begin with '-' */
	while ((option = command_option(command, argc, argv, "+:h", options)) !=
	       -1) {
		if (option == 'h')
			return command_help(command);
		if (option != 'n')
			return COMMAND_USAGE;
		get.no_limit = true;
	}
	argc -= optind;
	argv += optind;
	/* for those who are used to write it before such a key */
	if (argc > 3 && !strcmp(argv[2], "--")) {
		argv[2] = argv[1];
		argv[1] = argv[0];
		argv++;
		argc--;
	}
	if (argc < 2 || (argv[1][0] != '/' && argc < 3))
		return command_usage(command, "SEG TABLE KEY... or SEG /PATH "
					      "is wanted");
	rc = command_open(command, argv[0], &get.segment);
	if (rc)
		return rc;
	rc = answer(&get, argc, argv);
	stele_segment_close(get.segment);
	return rc;
}

const struct command command_get = {
	.name = "get",
	.summary = "values by key or by path",
	.help = help,
	.run = run,
};
