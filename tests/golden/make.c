// SPDX-License-Identifier: MIT
/*
 * Makes the golden images: the samples through the public builder, and images
 * of later versions patched from them.
 *
 * usage: make FOLDER    writes FOLDER/NAME.stele for each
 *        make           prints the names
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "later.h"
#include "sample.h"

static int write_all(int fd, const struct specimen *s)
{
	for (size_t at = 0; at < s->len;) {
		ssize_t n = write(fd, s->bytes + at, s->len - at);

		if (n <= 0)
			return -1;
		at += (size_t)n;
	}
	return 0;
}

static int keep(const char *folder, const char *name, struct specimen *s)
{
	char path[4096];
	int fd, rc;

	snprintf(path, sizeof(path), "%s/%s.stele", folder, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	rc = fd < 0 ? -1 : write_all(fd, s);
	if (fd >= 0 && close(fd))
		rc = -1;
	if (rc)
		perror(path);
	specimen_free(s);
	return rc;
}

int main(int argc, char **argv)
{
	const char *folder = argc > 1 ? argv[1] : NULL;
	struct specimen s;
	int rc = 0;

	for (size_t i = 0; i < nr_samples && !rc; i++) {
		if (!folder) {
			puts(samples[i].name);
			continue;
		}
		sample_build(&samples[i], &s);
		rc = keep(folder, samples[i].name, &s);
	}
	for (size_t i = 0; i < nr_laters && !rc; i++) {
		if (!folder) {
			puts(laters[i].name);
			continue;
		}
		later_build(&laters[i], &s);
		rc = keep(folder, laters[i].name, &s);
	}
	return rc ? 4 : 0;
}
