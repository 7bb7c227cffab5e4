/* SPDX-License-Identifier: MIT */
/*
 * stele ls: the names in a segment, or in what a path leads to.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "key_out.h"
#include "path.h"
#include "text_buffer.h"

static const char help[] =
	"usage: stele ls [OPTION]... SEG [/PATH]\n\n"
	"List the tables, roots and rows of a segment; with a path as of\n"
	"'stele get', the keys of a table or dict, the fields of a record that\n"
	"are set, or the items of a list.  Columns are separated by tabs.  Keys are\n"
	"written as 'stele get' takes them.\n\n"
	"      --json      a JSON object a line\n"
	"      --no-limit  print also what is far larger than the segment\n"
	"  -h, --help      this text\n\n"
	"Exit: 1 when a step of the path is absent.\n";

struct ls {
	const struct command *command;
	const char *name;
	const struct stele_segment *segment;
	const struct stele_schema *schema;
	struct text_buffer text; /* a key at hand, where no JSON is asked */
	struct json_out json; /* prints there, else to standard output */
	bool as_json;
	bool no_limit;
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

/* What a key has: a value, several, or none, as a member where JSON is asked. */
static const char *kind_of(const struct ls *ls,
			   const struct stele_map_info *info)
{
	if (info->kind == STELE_MAP_FILTER)
		return ls->as_json ? "filter\":true" : "filter";
	if (info->multi)
		return ls->as_json ? "multi\":true" : "multi";
	return ls->as_json ? "multi\":false" : "unique";
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
	printf(ls->as_json ? ",\"key\":\"%s\",\"%s,\"keys\":%llu,"
			     "\"values\":%llu,\"of\":" :
			     "\t%s\t%s\t%llu\t%llu\t",
	       key_names[info.key], kind_of(ls, &info),
	       (unsigned long long)info.nr_keys,
	       (unsigned long long)info.nr_values);
	print_name(ls, record.name.ptr, record.name.len);
	fputs(ls->as_json ? "}\n" : "\n", stdout);
	return 0;
}

/* End a name that is not JSON: no control character reaches the terminal. */
static int end_name(struct ls *ls)
{
	if (text_buffer_flush(&ls->text))
		return -ENOMEM;
	command_print_name(stdout, ls->text.text, ls->text.len);
	text_buffer_reset(&ls->text);
	return 0;
}

/*
 * A name in something, of a declared type, JSON_OUT_ANY: none, and what type it
 * leads to.
 */
static int list_entry(struct ls *ls, const char *kind,
		      const struct stele_value *name, uint32_t type,
		      const struct stele_value *value)
{
	int rc;

	if (ls->as_json) {
		printf("{\"kind\":\"%s\",\"name\":", kind);
		rc = json_out_value(&ls->json, name, type, &ls->err);
	} else {
		if (!strcmp(kind, "root"))
			fputs("root\t", stdout);
		rc = key_out_step(&ls->json, name, type, &ls->err);
		if (!rc)
			rc = end_name(ls);
	}
	if (rc)
		return rc;
	printf(ls->as_json ? ",\"type\":\"%s\"}\n" : "\t%s\n",
	       stele_type_name(value->type));
	return 0;
}

/* `type`: of the keys, JSON_OUT_ANY: none is declared. */
static int list_dict(struct ls *ls, const char *kind, uint32_t type,
		     const struct stele_value *dict)
{
	struct stele_value key, item;
	int rc = 0;

	for (uint64_t i = 0; !rc && i < dict->len && !command_output_lost();
	     i++) {
		rc = stele_value_pair(dict, i, &key, &item);
		if (!rc)
			rc = list_entry(ls, kind, &key, type, &item);
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
		rc = list_dict(ls, "root", JSON_OUT_ANY, &roots);
	if (!rc)
		printf(ls->as_json ? "{\"kind\":\"rows\",\"count\":%llu}\n" :
				     "rows\t%llu\n",
		       (unsigned long long)info.nr_rows);
	return rc;
}

/* ------------------------------------------------------- below a path */

static int list_key(struct ls *ls, const struct key_types *types,
		    const struct stele_value *key, uint64_t nr_values)
{
	int rc;

	if (ls->as_json) {
		fputs("{\"kind\":\"key\",\"name\":", stdout);
		rc = key_out_json(&ls->json, types, key, &ls->err);
	} else {
		rc = key_out_word(&ls->json, types, key, &ls->err);
		if (!rc)
			rc = end_name(ls);
	}
	printf(ls->as_json ? ",\"values\":%llu}\n" : "\t%llu\n",
	       (unsigned long long)nr_values);
	return rc;
}

static int list_keys(struct ls *ls, struct arena *arena,
		     const struct stele_map *map)
{
	struct stele_map_info info = { .size = sizeof(info) };
	struct stele_cursor cursor = STELE_CURSOR_BEGIN;
	struct stele_matches matches;
	struct key_types types;
	struct stele_value key;
	int rc = stele_map_info(map, &info);

	if (rc)
		return rc;
	if (info.kind == STELE_MAP_FILTER) {
		snprintf(ls->err.reason, sizeof(ls->err.reason),
			 "the table is a filter, which does not have its keys");
		return -STELE_E_TYPE;
	}
	rc = key_types_read(ls->schema, map, arena, &types);
	while (!rc && !command_output_lost()) {
		rc = stele_map_next(map, &cursor, &key, &matches);
		if (!rc)
			rc = list_key(ls, &types, &key, matches.len);
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
		rc = list_entry(ls, "field", &name, JSON_OUT_ANY, &item);
	}
	return rc;
}

/* `next` gives the i-th of `len` values. */
static int list_values(struct ls *ls, const struct stele_value *list,
		       struct stele_matches *matches, uint64_t len)
{
	struct stele_value number = { .type = STELE_TYPE_U64 }, item;
	int rc = 0;

	for (; !rc && number.u.u < len && !command_output_lost();
	     number.u.u++) {
		if (list)
			rc = stele_value_item(list, number.u.u, &item);
		else
			rc = stele_matches_next(matches, &item);
		if (!rc)
			rc = list_entry(ls, "item", &number, JSON_OUT_ANY,
					&item);
	}
	return rc;
}

/* What is declared for the keys of a dict of that type. */
static uint32_t keys_of(const struct ls *ls, uint32_t type)
{
	struct stele_type_info info;

	if (stele_schema_type(ls->schema, type, &info) ||
	    info.type != STELE_TYPE_DICT)
		return JSON_OUT_ANY;
	return info.key;
}

static int list_value(struct ls *ls, const struct path *path)
{
	const struct stele_value *value = &path->value;

	switch (value->type) {
	case STELE_TYPE_RECORD:
		return list_record(ls, value);
	case STELE_TYPE_DICT:
		return list_dict(ls, "key", keys_of(ls, path->type), value);
	case STELE_TYPE_LIST:
	case STELE_TYPE_TUPLE:
	case STELE_TYPE_SET:
	case STELE_TYPE_ARRAY:
		return list_values(ls, value, NULL, value->len);
	default:
		printf(ls->as_json ? "{\"kind\":\"value\",\"type\":\"%s\"}\n" :
				     "%s\n",
		       stele_type_name(value->type));
		return 0;
	}
}

static int list_path(struct ls *ls, struct keys *keys, struct path *path)
{
	switch (path->kind) {
	case PATH_SEGMENT:
		return list_segment(ls);
	case PATH_TABLE:
		return list_keys(ls, &keys->arena, path->map);
	case PATH_MATCHES:
		return list_values(ls, NULL, &path->matches, path->matches.len);
	default:
		return list_value(ls, path);
	}
}

static int list(struct ls *ls, const char *text)
{
	struct keys keys;
	struct path path;
	int rc;

	keys_open(&keys, ls->segment);
	rc = path_follow(&keys, text, &path, &ls->err);
	if (rc) {
		rc = command_fail(ls->command, text, rc, &ls->err);
	} else if ((rc = list_path(ls, &keys, &path))) {
		command_flush();
		rc = command_fail(ls->command, ls->name, rc, &ls->err);
	}
	keys_close(&keys);
	return command_finish(ls->command, rc);
}

static int list_with_text(struct ls *ls, const char *text)
{
	int rc;

	if (text_buffer_open(&ls->text))
		return command_fail(ls->command, ls->name, -ENOMEM, NULL);
	rc = json_out_open(&ls->json, ls->segment,
			   ls->as_json ? stdout : ls->text.out);
	ls->json.no_limit = ls->no_limit;
	rc = rc ? command_fail(ls->command, ls->name, rc, NULL) :
		  list(ls, text);
	json_out_close(&ls->json);
	text_buffer_close(&ls->text, NULL, NULL);
	return rc;
}

static int run(const struct command *command, int argc, char **argv)
{
	static const struct option options[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "no-limit", no_argument, NULL, 'n' },
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
		if (option != 'j' && option != 'n')
			return COMMAND_USAGE;
		ls.as_json = ls.as_json || option == 'j';
		ls.no_limit = ls.no_limit || option == 'n';
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
	rc = list_with_text(&ls, path);
	stele_segment_close(segment);
	return rc;
}

const struct command command_ls = {
	.name = "ls",
	.summary = "tables, roots, keys, fields and items",
	.help = help,
	.run = run,
};
