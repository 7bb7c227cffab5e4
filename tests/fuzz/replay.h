/* SPDX-License-Identifier: MIT */
/*
 * The program around a fuzz target.  The target is one function, fuzz(), that
 * takes any bytes within two seconds of processor time, and ends the program
 * where a promise is broken.
 *
 * Built for libFuzzer (VARIANT=fuzz), main() is the fuzzer's.  Else every file
 * named, and every file in every folder named, is given to the target once;
 * prints TAP.
 *
 * usage: fuzz_NAME FILE|FOLDER...
 */
#ifndef REPLAY_H
#define REPLAY_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "trial.h"

static void fuzz(const uint8_t *data, size_t size);

/* A promise is broken. */
__attribute__((format(printf, 1, 2), noreturn, unused)) static void
fuzz_fail(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fputc('\n', stderr);
	abort();
}

#ifdef STELE_FUZZER

#include <signal.h>
#include <unistd.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The fuzzer keeps what aborts. */
static void end_slow(int number)
{
	static const char text[] = "an input took more than its time\n";

	(void)number;
	if (write(2, text, sizeof(text) - 1) > 0)
		abort();
	abort();
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	signal(SIGPROF, end_slow);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	trial_begin();
	fuzz(data, size);
	return 0;
}

#else

#include <dirent.h>
#include <errno.h>
#include <string.h>

static const char *replayed = "";
static unsigned nr_replayed;

static void replay_tell(void)
{
	fprintf(stderr, "\n# %s\n", replayed);
}

static int replay_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	uint8_t *data;
	long size;

	if (!f || fseek(f, 0, SEEK_END) || (size = ftell(f)) < 0 ||
	    fseek(f, 0, SEEK_SET)) {
		perror(path);
		return 4;
	}
	data = malloc((size_t)size + !size);
	if (!data || fread(data, 1, (size_t)size, f) != (size_t)size) {
		perror(path);
		return 4;
	}
	fclose(f);
	replayed = path;
	trial_begin();
	fuzz(data, (size_t)size);
	free(data);
	printf("ok %u - %s\n", ++nr_replayed, path);
	return 0;
}

static int is_shown(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static int replay_folder(const char *path)
{
	struct dirent **entries;
	char file[4096];
	int n, rc = 0;

	n = scandir(path, &entries, is_shown, alphasort);
	if (n < 0)
		return replay_file(path);
	for (int i = 0; i < n; i++) {
		snprintf(file, sizeof(file), "%s/%s", path, entries[i]->d_name);
		if (!rc)
			rc = replay_file(file);
		free(entries[i]);
	}
	free(entries);
	return rc;
}

int main(int argc, char **argv)
{
	int rc = 0;

	trial_guard(replay_tell);
	for (int i = 1; i < argc && !rc; i++)
		rc = replay_folder(argv[i]);
	printf("1..%u\n# %s: %u inputs\n", nr_replayed,
	       program_invocation_short_name, nr_replayed);
	return rc;
}

#endif /* STELE_FUZZER */
#endif /* REPLAY_H */
