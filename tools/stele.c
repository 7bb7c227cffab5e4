/* SPDX-License-Identifier: MIT */
/*
 * stele(1): a table of subcommands.
 */
#include <stdio.h>
#include <string.h>

#include "command.h"

static const struct command *const commands[] = {
	&command_build, &command_info,	 &command_ls,	  &command_get,
	&command_dump,	&command_verify, &command_schema, &command_diff,
};
#define NR_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static int help(const struct command *self, int argc, char **argv);

static const struct command command_help_all = {
	.name = "help",
	.summary = "this list, or the help of one command",
	.run = help,
};

static const struct command *find(const char *name)
{
	size_t i;

	for (i = 0; i < NR_COMMANDS; i++)
		if (!strcmp(commands[i]->name, name))
			return commands[i];
	return NULL;
}

static void print_commands(FILE *out)
{
	size_t i;

	fputs("usage: stele COMMAND [OPTION]... [ARGUMENT]...\n"
	      "       stele --help | --version\n\n"
	      "Sealed segments of records, read in place by any number of "
	      "processes.\n\n",
	      out);
	for (i = 0; i < NR_COMMANDS; i++)
		fprintf(out, "  %-8s %s\n", commands[i]->name,
			commands[i]->summary);
	fprintf(out, "  %-8s %s\n\n", command_help_all.name,
		command_help_all.summary);
	fputs("'stele COMMAND --help' tells more; stele(1) tells all.\n"
	      "Exit: 0 found or done, 1 absent or different, 2 usage,\n"
	      "      3 bad input, 4 system.\n",
	      out);
}

static int help(const struct command *self, int argc, char **argv)
{
	const struct command *command;

	if (argc < 2) {
		print_commands(stdout);
		return command_finish(self, COMMAND_DONE);
	}
	command = find(argv[1]);
	if (command)
		return command_help(command);
	fprintf(stderr, "stele: unknown command '%s'\n", argv[1]);
	return COMMAND_USAGE;
}

int main(int argc, char **argv)
{
	const struct command *command;

	if (argc < 2) {
		print_commands(stderr);
		return COMMAND_USAGE;
	}
	if (!strcmp(argv[1], "--version")) {
		printf("stele %s\n", stele_version());
		return command_finish(&command_help_all, COMMAND_DONE);
	}
	if (!strcmp(argv[1], "help"))
		return help(&command_help_all, argc - 1, argv + 1);
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))
		return help(&command_help_all, 1, argv);
	command = find(argv[1]);
	if (!command) {
		fprintf(stderr,
			"stele: unknown command '%s'\n"
			"Try 'stele --help'.\n",
			argv[1]);
		return COMMAND_USAGE;
	}
	return command->run(command, argc - 1, argv + 1);
}
