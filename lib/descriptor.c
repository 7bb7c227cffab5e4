// SPDX-License-Identifier: MIT
/*
 * System calls on descriptors, made whole: short transfers are continued, EINTR
 * is retried, and a call that makes no headway is an error, not a loop.
 */
#include "descriptor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/types.h>
#include <unistd.h>

_Static_assert(sizeof(off_t) == 8, "files are larger than 2 GiB");

/* The kernel transfers at most 2 GiB less a page in one call. */
#define MAX_TRANSFER ((size_t)1 << 30)

int stele_fd_open(int folder, const char *path, int flags, unsigned mode)
{
	int fd;

	do
		fd = openat(folder, path, flags | O_CLOEXEC, mode);
	while (fd < 0 && errno == EINTR);
	return fd < 0 ? -errno : fd;
}

int stele_fd_write(int fd, uint64_t off, const void *p, size_t len)
{
	const uint8_t *from = p;

	if (off > INT64_MAX || len > INT64_MAX - off)
		return -EFBIG;
	while (len) {
		size_t part = len < MAX_TRANSFER ? len : MAX_TRANSFER;
		ssize_t n = pwrite(fd, from, part, (off_t)off);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			return -EIO;
		from += n;
		off += (uint64_t)n;
		len -= (size_t)n;
	}
	return 0;
}

int stele_fd_read_some(int fd, uint64_t off, void *p, size_t len, size_t *got)
{
	uint8_t *to = p;
	size_t done = 0;

	if (off > INT64_MAX || len > INT64_MAX - off)
		return -EFBIG;
	while (done < len) {
		size_t rest = len - done;
		size_t part = rest < MAX_TRANSFER ? rest : MAX_TRANSFER;
		ssize_t n = pread(fd, to + done, part, (off_t)(off + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			break;
		done += (size_t)n;
	}
	*got = done;
	return 0;
}

int stele_fd_read(int fd, uint64_t off, void *p, size_t len)
{
	size_t got;
	int rc = stele_fd_read_some(fd, off, p, len, &got);

	if (rc)
		return rc;
	return got == len ? 0 : -ENODATA;
}

int stele_fd_truncate(int fd, uint64_t len)
{
	int rc;

	if (len > INT64_MAX)
		return -EFBIG;
	do
		rc = ftruncate(fd, (off_t)len);
	while (rc < 0 && errno == EINTR);
	return rc < 0 ? -errno : 0;
}

int stele_fd_sync(int fd)
{
	int rc;

	do
		rc = fsync(fd);
	while (rc < 0 && errno == EINTR);
	return rc < 0 ? -errno : 0;
}

int stele_fd_reopen(int fd)
{
	char path[sizeof("/proc/self/fd/") + 11];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return stele_fd_open(AT_FDCWD, path, O_RDONLY | O_NONBLOCK | O_NOCTTY,
			     0);
}

void stele_fd_close(int fd)
{
	int saved = errno;

	if (fd >= 0)
		close(fd);
	errno = saved;
}
