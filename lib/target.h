/* SPDX-License-Identifier: MIT */
/*
 * The name that a file will have once it is finished, and the folder it lies
 * in: everything that happens to names while an image is made.
 */
#ifndef STELE_TARGET_H
#define STELE_TARGET_H

#include <stdbool.h>
#include <limits.h>

#include <stele/error.h>

/* ".", up to 200 bytes of the name, ".stele-tmp." and 16 hex digits. */
#define STELE_TARGET_MAX_KEPT 200
#define STELE_TARGET_TEMPORARY_BYTES 240

struct stele_target {
	int folder; /* open for reading: for the *at() calls and to sync */
	char *path; /* as the caller gave it, for messages */
	char name[NAME_MAX + 1]; /* in the folder, links followed */
};

/*
 * Find folder and name of a path and check that a file may stand there.  A link
 * is followed: what it names is replaced, not the link.  -EISDIR, -EINVAL for
 * what is no regular file, -ENOENT for a link to nothing, -EACCES for one of
 * somebody else's in a sticky folder for everybody, -EEXIST where a file is and
 * replacing was not allowed; errors of the system name the folder.
 */
int stele_target_open(const char *path, bool replace,
		      struct stele_target *target, struct stele_error *err);
void stele_target_close(struct stele_target *target);

/*
 * A file in the folder without a name, or, where the file system has no such
 * thing, with the name *temporary, else "".  *reader is a read-only descriptor
 * of it, locked as long as it is open, so that no sweep takes the file for a
 * dead maker's.  -errno.
 */
int stele_target_make(const struct stele_target *target, unsigned mode,
		      char temporary[STELE_TARGET_TEMPORARY_BYTES], int *fd,
		      int *reader);

/* A file in the folder that never gets a name.  The descriptor or -errno. */
int stele_target_scratch(const struct stele_target *target);

/*
 * Give the file behind reader (see make) its name in one step.  sync: on the
 * disk too.  On failure the folder is as it was, but for *temporary of make.
 * -EEXIST where a file is and replace is false.
 */
int stele_target_publish(const struct stele_target *target, int reader,
			 const char *temporary, bool replace, bool sync);

/* Remove what builds of this name left when they were killed. */
void stele_target_sweep(const struct stele_target *target);

/* Remove the file that make gave a name to; "" is fine. */
void stele_target_unlink(const struct stele_target *target,
			 const char *temporary);

#endif /* STELE_TARGET_H */
