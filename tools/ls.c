/* SPDX-License-Identifier: MIT */
/*
 * stele ls: the names in a segment, or in what a path leads to.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "json_out.h"
#include "path.h"

static const char help[] =
	"usage: stele ls [OPTION]... SEG [/PATH]\n\n"
	"List the tables, roots and rows of a segment; with a path as of\n"
	"'stele get', the keys of a table or dict, the fields of a record that\n"
	"are set, or the items of a list.  Columns are separated by tabs.\n\n"
	"      --json  a JSON object a line\n"
	"  -h, --help  this text\n\n"
	"Exit: 1 when a step of the path is absent.\n";

struct ls {
	const struct command *command;
	const char *name;
	const struct stele_segment *segment;
	const struct stele_schema *schema;
	struct json_out json;
	bool as_json;
	struct stele_error err;
};

/* ------------------------------------------------------------ segment */

static const char *const key_names[] = {
	[STELE_KEY_STR] = "str",
	[STELE_KEY_BYTES] = "bytes",
	[STELE_KEY_I64] = "i64",
	[STELE_KEY_U64] = "u64",
	[STELE_KEY_CANONICAL] = "canonical",
};

static void print_name(const struct ls *ls, const char *ptr, size_t len)
{
	if (ls->as_json)
		json_out_string(stdout, ptr, len);
	else
		command_print_name(stdout, ptr, len);
}

static int list_table(struct ls *ls, const struct stele_map *map)
{
	struct stele_map_info info = { .size = sizeof(info) };
	struct stele_record_info record;
	int rc = stele_map_info(map, &info);

	if (rc)
		return rc;
	if (stele_schema_record(ls->schema, info.record, &record)) {
		record.name.ptr = stele_type_name(info.value);
		record.name.len = strlen(record.name.ptr);
	}
	fputs(ls->as_json ? "{\"kind\":\"table\",\"name\":" : "table\t",
	      stdout);
	print_name(ls, info.name.ptr, info.name.len);
	printf(ls->as_json ? ",\"key\":\"%s\",\"multi\":%s,\"keys\":%llu,"
			     "\"values\":%llu,\"of\":" :
			     "\t%s\t%s\t%llu\t%llu\t",
	       key_names[info.key],
	       ls->as_json ? (info.multi ? "true" : "false") :
			     (info.multi ? "multi" : "unique"),
	       (unsigned long long)info.nr_keys,
	       (unsigned long long)info.nr_values);
	print_name(ls, record.name.ptr, record.name.len);
	fputs(ls->as_json ? "}\n" : "\n", stdout);
	return 0;
}

/* A name in something, and what type it leads to. */
static int list_entry(struct ls *ls, const char *kind,
		      const struct stele_value *name,
		      const struct stele_value *value)
{
	int rc;

	if (ls->as_json)
		printf("{\"kind\":\"%s\",\"name\":", kind);
	else if (!strcmp(kind, "root"))
		fputs("root\t", stdout);
	if (ls->as_json || name->type != STELE_TYPE_STR) {
		rc = json_out_value(&ls->json, name, JSON_OUT_ANY, &ls->err);
		if (rc)
			return rc;
	} else {
		command_print_name(stdout, name->u.ptr, name->len);
	}
	printf(ls->as_json ? ",\"type\":\"%s\"}\n" : "\t%s\n",
	       stele_type_name(value->type));
	return 0;
}

static int list_dict(struct ls *ls, const char *kind,
		     const struct stele_value *dict)
{
	struct stele_value key, item;
	int rc = 0;

	for (uint64_t i = 0; !rc && i < dict->len; i++) {
		rc = stele_value_pair(dict, i, &key, &item);
		if (!rc)
			rc = list_entry(ls, kind, &key, &item);
	}
	return rc;
}

static int list_segment(struct ls *ls)
{
	struct stele_segment_info info = { .size = sizeof(info) };
	struct stele_value roots;
	int rc = stele_segment_info(ls->segment, &info);

	for (uint32_t i = 0; !rc && i < info.nr_maps; i++)
		rc = list_table(ls, stele_segment_map_at(ls->segment, i));
	if (!rc)
		rc = stele_segment_roots(ls->segment, &roots);
	if (!rc && roots.type == STELE_TYPE_DICT)
		rc = list_dict(ls, "root", &roots);
	if (!rc)
		printf(ls->as_json ? "{\"kind\":\"rows\",\"count\":%llu}\n" :
				     "rows\t%llu\n",
		       (unsigned long long)info.nr_rows);
	return rc;
}

/* ------------------------------------------------------- below a path */

static int list_keys(struct ls *ls, const struct stele_map *map)
{
	struct stele_cursor cursor = STELE_CURSOR_BEGIN;
	struct stele_matches matches;
	struct stele_value key;
	int rc;

	while (!(rc = stele_map_next(map, &cursor, &key, &matches))) {
		if (ls->as_json)
			fputs("{\"kind\":\"key\",\"name\":", stdout);
		if (ls->as_json || key.type != STELE_TYPE_STR)
			rc = json_out_value(&ls->json, &key, JSON_OUT_ANY,
					    &ls->err);
		else
			command_print_name(stdout, key.u.ptr, key.len);
		printf(ls->as_json ? ",\"values\":%llu}\n" : "\t%llu\n",
		       (unsigned long long)matches.len);
		if (rc || ferror(stdout))
			return rc;
	}
	return rc == -STELE_E_ABSENT ? 0 : rc;
}

static int list_record(struct ls *ls, const struct stele_value *value)
{
	struct stele_record_info info;
	struct stele_field_info field;
	struct stele_value name = { .type = STELE_TYPE_STR }, item;
	struct stele_record record;
	int rc = stele_value_record(value, &record);

	if (!rc)
		rc = stele_schema_record(ls->schema, value->record, &info);
	for (uint32_t i = 0; !rc && i < info.nr_fields; i++) {
		rc = stele_schema_field(ls->schema, value->record, i, &field);
		if (!rc)
			rc = stele_record_get_at(record, i, &item);
		if (rc || item.type == STELE_TYPE_UNSET)
			continue;
		name.u.ptr = field.name.ptr;
		name.len = field.name.len;
		rc = list_entry(ls, "field", &name, &item);
	}
	return rc;
}

/* `next` gives the i-th of `len` values. */
static int list_values(struct ls *ls, const struct stele_value *list,
		       struct stele_matches *matches, uint64_t len)
{
	struct stele_value number = { .type = STELE_TYPE_U64 }, item;
	int rc = 0;

	for (; !rc && number.u.u < len; number.u.u++) {
		if (list)
			rc = stele_value_item(list, number.u.u, &item);
		else
			rc = stele_matches_next(matches, &item);
		if (!rc)
			rc = list_entry(ls, "item", &number, &item);
	}
	return rc;
}

static int list_value(struct ls *ls, const struct stele_value *value)
{
	switch (value->type) {
	case STELE_TYPE_RECORD:
		return list_record(ls, value);
	case STELE_TYPE_DICT:
		return list_dict(ls, "key", value);
	case STELE_TYPE_LIST:
	case STELE_TYPE_ARRAY:
		return list_values(ls, value, NULL, value->len);
	default:
		printf(ls->as_json ? "{\"kind\":\"value\",\"type\":\"%s\"}\n" :
				     "%s\n",
		       stele_type_name(value->type));
		return 0;
	}
}

static int list_path(struct ls *ls, struct path *path)
{
	switch (path->kind) {
	case PATH_SEGMENT:
		return list_segment(ls);
	case PATH_TABLE:
		return list_keys(ls, path->map);
	case PATH_MATCHES:
		return list_values(ls, NULL, &path->matches, path->matches.len);
	default:
		return list_value(ls, &path->value);
	}
}

static int list(struct ls *ls, const char *text)
{
	struct arena arena = { 0 };
	struct path path;
	int rc;

	if (json_out_open(&ls->json, ls->segment, stdout))
		return command_fail(ls->command, ls->name, -ENOMEM, NULL);
	rc = path_follow(ls->segment, &arena, text, &path, &ls->err);
	if (rc)
		rc = command_fail(ls->command, text, rc, &ls->err);
	else if ((rc = list_path(ls, &path)))
		rc = command_fail(ls->command, ls->name, rc, &ls->err);
	json_out_close(&ls->json);
	arena_free(&arena);
	return command_finish(ls->command, rc);
}

static int run(const struct command *command, int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct ls ls = { .command = command };
	struct stele_segment *segment;
	const char *path = "/";
	int option, rc;

	while ((option = command_option(command, argc, argv, ":h", options)) !=
	       -1) {
		if (option == 'h')
			return command_help(command);
		if (option != 'j')
			return COMMAND_USAGE;
		ls.as_json = true;
	}
	if (argc - optind < 1 || argc - optind > 2)
		return command_usage(command, "SEG [/PATH] is wanted");
	if (argc - optind > 1)
		path = argv[optind + 1];
	if (*path != '/')
		return command_usage(command,
				     "'%s' is no path: it has no '/' "
				     "in front",
				     path);
	ls.name = argv[optind];
	rc = command_open(command, ls.name, &segment);
	if (rc)
		return rc;
	ls.segment = segment;
	ls.schema = stele_segment_schema(segment);
	rc = list(&ls, path);
	stele_segment_close(segment);
	return rc;
}

const struct command command_ls = {
	.name = "ls",
	.summary = "tables, roots, keys, fields and items",
	.help = help,
	.run = run,
};
