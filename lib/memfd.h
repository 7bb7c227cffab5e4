/* SPDX-License-Identifier: MIT */
/*
 * Anonymous memory as a home: made so that it can be sealed and not executed.
 */
#ifndef STELE_MEMFD_H
#define STELE_MEMFD_H

#include <stdbool.h>

#define STELE_MEMFD_MAX_NAME 249u /* bytes; a limit of the kernel */

/* Close-on-exec, empty.  huge: of 2 MiB pages.  The descriptor or -errno. */
int stele_memfd_create(const char *name, bool huge);

/*
 * Forbid writing, growing, shrinking and further seals, for good.  -EBUSY where
 * a writable mapping is left.
 */
int stele_memfd_seal(int fd);

#endif /* STELE_MEMFD_H */
