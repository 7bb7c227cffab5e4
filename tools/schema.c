/* SPDX-License-Identifier: MIT */
/*
 * stele schema: the text of a segment's schema.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "command.h"

static const char help[] =
	"usage: stele schema SEG\n\n"
	"Print the schema that stands in a segment, as stele-schema(5) has it;\n"
	"'stele build --schema' takes it again.\n\n"
	"  -h, --help  this text\n";

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
	return command_finish(command,
			      rc ? command_fail(command, name, rc, NULL) : 0);
}

static int run(const struct command *command, int argc, char **argv)
{
	static const struct option options[] = {
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	struct stele_segment *segment;
	int option, rc;

	while ((option = command_option(command, argc, argv, ":h", options)) !=
	       -1)
		return option == 'h' ? command_help(command) : COMMAND_USAGE;
	if (argc - optind != 1)
		return command_usage(command, "SEG is wanted");
	rc = command_open(command, argv[optind], &segment);
	if (rc)
		return rc;
	rc = print(command, argv[optind], stele_segment_schema(segment));
	stele_segment_close(segment);
	return rc;
}

const struct command command_schema = {
	.name = "schema",
	.summary = "the schema of a segment, as text",
	.help = help,
	.run = run,
};
