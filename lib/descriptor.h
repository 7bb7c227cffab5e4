/* SPDX-License-Identifier: MIT */
/*
 * Descriptors as the library wants them: a transfer is whole or failed, an
 * interrupted call goes on, and a result is zero or -errno.
 */
#ifndef STELE_DESCRIPTOR_H
#define STELE_DESCRIPTOR_H

#include <stddef.h>
#include <stdint.h>

/* openat() that is not interrupted.  The descriptor or -errno. */
int stele_fd_open(int folder, const char *path, int flags, unsigned mode);

/* All of len bytes, or an error. */
int stele_fd_write(int fd, uint64_t off, const void *p, size_t len);

/* Up to len bytes; fewer only where the file ends.  *got: how many. */
int stele_fd_read_some(int fd, uint64_t off, void *p, size_t len, size_t *got);

/* All of len bytes; -ENODATA where the file ends before. */
int stele_fd_read(int fd, uint64_t off, void *p, size_t len);

int stele_fd_truncate(int fd, uint64_t len);
int stele_fd_sync(int fd);

/*
 * The same file through a new, read-only, close-on-exec descriptor, which no
 * one can write through, whatever fd allows.  The descriptor or -errno.
 */
int stele_fd_reopen(int fd);

/* Closes where there is something to close; errno stays. */
void stele_fd_close(int fd);

#endif /* STELE_DESCRIPTOR_H */
