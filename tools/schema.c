/* SPDX-License-Identifier: MIT */
/*
 * stele schema: the text of a schema, what it is to another, and C for it.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "schema_check.h"
#include "schema_file.h"
#include "schema_header.h"

static const char help[] =
	"usage: stele schema SCHEMA\n"
	"       stele schema --check [--json] OLD NEW\n"
	"       stele schema --header [--prefix NAME] SCHEMA\n\n"
	"Print a schema as stele-schema(5) has it; 'stele build --schema' takes it\n"
	"again.  SCHEMA, OLD and NEW are segments, or files of schema text whose names\n"
	"end in .schema.\n\n"
	"  --check      say what a reader with the schema of NEW sees in segments of\n"
	"               OLD: a line for each record, field and table, with 'same',\n"
	"               'convert', 'check' (some values are errors) or 'refuse';\n"
	"               exit 1 where something is refused\n"
	"  --json       the same as JSON, an object a line\n"
	"  --header     print a C header with a getter for each field and a lookup\n"
	"               for each table\n"
	"  --prefix NAME  what its names begin with; by default the name of SCHEMA\n"
	"               without folder and suffix\n"
	"  -h, --help   this text\n";

struct request {
	bool check;
	bool header;
	bool as_json;
	const char *prefix;
};

static int print(const struct command *command, const char *name,
		 const struct stele_schema *schema)
{
	size_t len = 0;
	char *text;
	int rc = stele_schema_print(schema, NULL, 0, &len);

	if (rc && rc != -ENOSPC)
		return command_fail(command, name, rc, NULL);
	text = malloc(len + 1);
	if (!text)
		return command_fail(command, name, -ENOMEM, NULL);
	rc = stele_schema_print(schema, text, len + 1, &len);
	if (!rc)
		fwrite(text, 1, len, stdout);
	free(text);
	return rc ? command_fail(command, name, rc, NULL) : 0;
}

static int run_one(const struct command *command, const struct request *request,
		   const char *name)
{
	struct schema_source source;
	int rc = schema_source_open(command, name, &source);

	if (rc)
		return rc;
	if (request->header)
		rc = schema_header(command, name, source.schema,
				   request->prefix);
	else
		rc = print(command, name, source.schema);
	schema_source_close(&source);
	return command_finish(command, rc);
}

/* Options that go together, and as many words as they ask for. */
static int check_usage(const struct command *command,
		       const struct request *request, int nr_words)
{
	if (request->check && request->header)
		return command_usage(command,
				     "--check and --header are two requests");
	if (request->as_json && !request->check)
		return command_usage(command, "--json is for --check");
	if (request->prefix && !request->header)
		return command_usage(command, "--prefix is for --header");
	if (nr_words != (request->check ? 2 : 1))
		return command_usage(command, request->check ?
						      "OLD and NEW are wanted" :
						      "SCHEMA is wanted");
	return 0;
}

static int run(const struct command *command, int argc, char **argv)
{
	enum { CHECK = 256, HEADER, JSON, PREFIX };
	static const struct option options[] = {
		{ "check", no_argument, NULL, CHECK },
		{ "header", no_argument, NULL, HEADER },
		{ "json", no_argument, NULL, JSON },
		{ "prefix", required_argument, NULL, PREFIX },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct request request = { 0 };
	int option;

	while ((option = command_option(command, argc, argv, ":h", options)) !=
	       -1) {
		if (option == CHECK)
			request.check = true;
		else if (option == HEADER)
			request.header = true;
		else if (option == JSON)
			request.as_json = true;
		else if (option == PREFIX)
			request.prefix = optarg;
		else
			return option == 'h' ? command_help(command) :
					       COMMAND_USAGE;
	}
	if (check_usage(command, &request, argc - optind))
		return COMMAND_USAGE;
	if (request.check)
		return schema_check(command, argv[optind], argv[optind + 1],
				    request.as_json);
	return run_one(command, &request, argv[optind]);
}

const struct command command_schema = {
	.name = "schema",
	.summary = "a schema as text, compared, or as C",
	.help = help,
	.run = run,
};
