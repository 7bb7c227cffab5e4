/* SPDX-License-Identifier: MIT */
/*
 * stele verify: every invariant and every byte of segments.
 */
#include <stdio.h>

#include "command.h"
#include "progress.h"

static const char help[] =
	"usage: stele verify [OPTION]... SEG...\n\n"
	"Prove that a segment is whole: the digest of every byte and every\n"
	"numbered invariant of the format.  Says nothing when it is.\n\n"
	"      --threads N  default: one a core\n"
	"  -h, --help       this text\n\n"
	"Exit: 3 with offset, invariant and reason of the first fault.\n";

static int on_progress(void *arg, uint64_t done, uint64_t all)
{
	progress_step(arg, "verify", done, all);
	return 0;
}

static void explain(const struct command *command, const char *name, int code,
		    const struct stele_error *err)
{
	char where[64] = "", which[32] = "";

	if (err->offset != UINT64_MAX)
		snprintf(where, sizeof(where),
			 "offset %llu: ", (unsigned long long)err->offset);
	if (err->invariant)
		snprintf(which, sizeof(which),
			 "invariant %u: ", err->invariant);
	command_say(command, "%s: %s%s%s", name, where, which,
		    err->reason[0] ? err->reason : stele_strerror(code));
}

static int verify(const struct command *command, const char *name,
		  uint32_t threads)
{
	struct stele_error err = { .offset = UINT64_MAX };
	struct progress progress;
	struct stele_verify_options options = { .size = sizeof(options),
						.threads = threads,
						.progress = on_progress,
						.arg = &progress };
	struct stele_segment *segment;
	int rc = command_open(command, name, &segment);

	if (rc)
		return rc;
	progress_start(&progress);
	rc = stele_segment_verify(segment, &options, &err);
	progress_end(&progress);
	stele_segment_close(segment);
	if (!rc)
		return COMMAND_DONE;
	explain(command, name, rc, &err);
	return rc <= -STELE_E_FORMAT ? COMMAND_INPUT : COMMAND_SYSTEM;
}

static int run(const struct command *command, int argc, char **argv)
{
	static const struct option options[] = {
		{ "threads", required_argument, NULL, 't' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	int option, status = COMMAND_DONE, one;
	uint64_t threads = 0;

	while ((option = command_option(command, argc, argv, ":h", options)) !=
	       -1) {
		if (option == 'h')
			return command_help(command);
		if (option != 't')
			return COMMAND_USAGE;
		threads = command_number(optarg, COMMAND_MAX_THREADS);
		if (!threads)
			return command_usage(command,
					     "--threads is a number from 1 to "
					     "%u, not '%s'",
					     COMMAND_MAX_THREADS, optarg);
	}
	if (optind == argc)
		return command_usage(command, "SEG is wanted");
	for (; optind < argc; optind++) {
		one = verify(command, argv[optind], (uint32_t)threads);
		if (one > status)
			status = one;
	}
	return status;
}

const struct command command_verify = {
	.name = "verify",
	.summary = "prove that a segment is whole",
	.help = help,
	.run = run,
};
