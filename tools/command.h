/* SPDX-License-Identifier: MIT */
/*
 * What every subcommand shares: its entry in the table, its exit codes, how it
 * speaks to the user, and how it opens a segment.
 */
#ifndef STELE_TOOLS_COMMAND_H
#define STELE_TOOLS_COMMAND_H

#include <getopt.h>
#include <stdio.h>

#include <stele/stele.h>

enum {
	COMMAND_DONE = 0,
	COMMAND_ABSENT = 1, /* absent or different */
	COMMAND_USAGE = 2,
	COMMAND_INPUT = 3, /* what was read is wrong */
	COMMAND_SYSTEM = 4,
};

struct command {
	const char *name;
	const char *summary; /* one line of `stele --help` */
	const char *help; /* what `stele NAME --help` prints */
	int (*run)(const struct command *command, int argc, char **argv);
};

extern const struct command command_build;
extern const struct command command_info;
extern const struct command command_ls;
extern const struct command command_get;
extern const struct command command_dump;
extern const struct command command_verify;
extern const struct command command_schema;
extern const struct command command_diff;

/* "stele: NAME: ..." on standard error. */
void command_say(const struct command *command, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The same, with where the help is.  Returns COMMAND_USAGE. */
int command_usage(const struct command *command, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * A name out of a segment or an input, for people: control characters, which a
 * terminal may obey, as \uXXXX.
 */
void command_print_name(FILE *out, const char *ptr, size_t len);

/* Prints the help.  Returns COMMAND_DONE. */
int command_help(const struct command *command);

/*
 * The next option as getopt_long() gives it, -1 behind the last; a wrong one is
 * reported and comes as '?'.
 */
int command_option(const struct command *command, int argc, char **argv,
		   const char *letters, const struct option *options);

bool command_ends_in(const char *text, const char *end);

/* A number from 1 to `most`; 0: the text is none. */
#define COMMAND_MAX_THREADS 4096u
uint64_t command_number(const char *text, uint64_t most);

/*
 * Report a failed call: what it was about, then the reason in err, or the text
 * of the code where err is NULL.  Returns the exit code that suits.
 */
int command_fail(const struct command *command, const char *subject, int code,
		 const struct stele_error *err);

/*
 * Open what the user named: a path where the word has a slash or ends in
 * ".stele", else a name.  0, or an exit code after a report.
 */
int command_open(const struct command *command, const char *word,
		 struct stele_segment **segment);

/*
 * Whether some of standard output was lost.  Asked after each line where there
 * are many, it ends them, and keeps the reason, which a C library may forget.
 */
bool command_output_lost(void);

/* Give what was printed so far to the system, as a message comes. */
void command_flush(void);

/*
 * Give all output to the system.  Returns `status`, or COMMAND_SYSTEM after a
 * report when some of it was lost.
 */
int command_finish(const struct command *command, int status);

#endif /* STELE_TOOLS_COMMAND_H */
