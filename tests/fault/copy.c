// SPDX-License-Identifier: MIT
/*
 * Publishes a segment once more, for the suites that make this fail, kill it, or
 * cut its power:
 *
 *	copy SEGMENT FILE	to a file
 *	copy SEGMENT -		to memory
 *	copy -n SEGMENT FILE	to a file, without a sync
 *
 * The status is 4 where the system has failed, as that of stele(1).
 */
#include <stdio.h>
#include <string.h>

#include <stele/stele.h>

static int copy(const char *from, const char *to, uint32_t flags,
		struct stele_error *err)
{
	struct stele_segment *segment;
	int fd, rc = stele_segment_open(from, NULL, &segment, err);

	if (rc)
		return rc;
	if (strcmp(to, "-"))
		rc = stele_publish_file(segment, to, 0, flags, err);
	else
		rc = stele_publish_memfd(segment, "copy", 0, &fd, err);
	stele_segment_close(segment);
	return rc;
}

int main(int argc, char **argv)
{
	bool no_sync = argc > 1 && !strcmp(argv[1], "-n");
	struct stele_error err;
	int rc;

	argc -= no_sync;
	argv += no_sync;
	if (argc != 3) {
		fputs("usage: copy [-n] SEGMENT FILE|-\n", stderr);
		return 2;
	}
	rc = copy(argv[1], argv[2], no_sync ? STELE_BUILD_F_NO_SYNC : 0, &err);
	if (!rc)
		return 0;
	fprintf(stderr, "stele: copy: %s\n", err.reason);
	return rc <= -STELE_E_FORMAT ? 3 : 4;
}
