/* SPDX-License-Identifier: MIT */
/*
 * How subcommands speak: messages, option errors, exit codes, and segments named
 * on the command line.
 */
#include "command.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SUFFIX ".stele"

void command_print_name(FILE *out, const char *ptr, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)ptr[i];
		unsigned char after = i + 1 < len ? (unsigned char)ptr[i + 1] :
						    0;

		if (c < 0x20 || c == 0x7f) {
			fprintf(out, "\\u%04x", c);
		} else if (c == 0xc2 && after >= 0x80 && after < 0xa0) {
			fprintf(out, "\\u%04x", after);
			i++;
		} else {
			putc(c, out);
		}
	}
}

static void say(const struct command *command, const char *format, va_list ap)
{
	char text[8192];
	int n = vsnprintf(text, sizeof(text), format, ap);

	if (n < 0)
		n = 0;
	/* one write a message, so that those of several programs don't mix */
	flockfile(stderr);
	fprintf(stderr, "stele: %s: ", command->name);
	command_print_name(stderr, text,
			   (size_t)n < sizeof(text) ? (size_t)n :
						      sizeof(text) - 1);
	fputc('\n', stderr);
	funlockfile(stderr);
}

void command_say(const struct command *command, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	say(command, format, ap);
	va_end(ap);
}

int command_usage(const struct command *command, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	say(command, format, ap);
	va_end(ap);
	fprintf(stderr, "Try 'stele %s --help'.\n", command->name);
	return COMMAND_USAGE;
}

int command_help(const struct command *command)
{
	fputs(command->help, stdout);
	return command_finish(command, COMMAND_DONE);
}

int command_option(const struct command *command, int argc, char **argv,
		   const char *letters, const struct option *options)
{
	int at = optind ? optind : 1, c;

	opterr = 0;
	c = getopt_long(argc, argv, letters, options, NULL);
	if (c != '?' && c != ':')
		return c;
	/* optopt is 0 for a long option that is unknown, else its letter */
	if (c == ':')
		command_usage(command, "option '%s' needs a value", argv[at]);
	else if (optopt && argv[at][0] == '-' && argv[at][1] != '-')
		command_usage(command, "unknown option '-%c'", optopt);
	else
		command_usage(command, "unknown option '%s'", argv[optind - 1]);
	return '?';
}

bool command_ends_in(const char *text, const char *end)
{
	size_t len = strlen(text), end_len = strlen(end);

	return len >= end_len && !strcmp(text + len - end_len, end);
}

uint64_t command_number(const char *text, uint64_t most)
{
	unsigned long long n;
	char *end;

	if (*text < '0' || *text > '9')
		return 0;
	errno = 0;
	n = strtoull(text, &end, 10);
	return errno || *end || n > most ? 0 : n;
}

static int exit_code(int code)
{
	if (code == -STELE_E_ABSENT)
		return COMMAND_ABSENT;
	if (code <= -STELE_E_FORMAT)
		return COMMAND_INPUT;
	return COMMAND_SYSTEM;
}

int command_fail(const struct command *command, const char *subject, int code,
		 const struct stele_error *err)
{
	const char *reason = stele_strerror(code);

	if (err && err->reason[0])
		reason = err->reason;
	/* the library names a file by itself where it can */
	if (!strncmp(reason, subject, strlen(subject)))
		command_say(command, "%s", reason);
	else
		command_say(command, "%s: %s", subject, reason);
	return exit_code(code);
}

static int report_open(const struct command *command, const char *word,
		       int code, const struct stele_error *err)
{
	if (code <= -STELE_E_FORMAT && err->offset != UINT64_MAX) {
		command_say(command, "%s: offset %llu: %s", word,
			    (unsigned long long)err->offset, err->reason);
		return exit_code(code);
	}
	return command_fail(command, word, code, err);
}

int command_open(const struct command *command, const char *word,
		 struct stele_segment **segment)
{
	size_t len = strlen(word);
	struct stele_error err = { .offset = UINT64_MAX };
	char *path = NULL;
	int rc;

	if (!strchr(word, '/') && len > strlen(SUFFIX) &&
	    command_ends_in(word, SUFFIX)) {
		path = malloc(len + 3);
		if (!path)
			return command_fail(command, word, -ENOMEM, NULL);
		memcpy(path, "./", 2);
		memcpy(path + 2, word, len + 1);
	}
	rc = stele_segment_open(path ? path : word, NULL, segment, &err);
	free(path);
	return rc ? report_open(command, word, rc, &err) : 0;
}

/* Why the first write to standard output failed, an errno. */
static int lost;

bool command_output_lost(void)
{
	if (!ferror_unlocked(stdout))
		return false;
	if (!lost)
		lost = errno ? errno : EIO;
	return true;
}

void command_flush(void)
{
	command_output_lost();
	errno = 0;
	fflush(stdout);
	command_output_lost();
}

int command_finish(const struct command *command, int status)
{
	command_flush();
	if (!lost)
		return status;
	command_say(command, "standard output: %s", strerror(lost));
	return COMMAND_SYSTEM;
}
