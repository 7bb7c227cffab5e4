/* SPDX-License-Identifier: MIT */
/*
 * Failing system calls and allocations, for one test program: it defines the
 * calls that the library makes, and the linker takes these before the C
 * library's.  Include it in one file of the program.
 *
 *	for (k = 1; ; k++) {
 *		failing_begin(FAILING_IO, k, ENOSPC);
 *		rc = ...;
 *		if (!failing_end())
 *			break;	// there was no k-th call
 *		...
 *	}
 */
#ifndef FAILING_H
#define FAILING_H

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum failing_what {
	FAILING_NOTHING,
	FAILING_IO,
	FAILING_SHORT, /* transfers of half the bytes, every one */
	FAILING_ALLOCATION,
};

static struct {
	enum failing_what what;
	int error;
	long left; /* calls until the one that fails */
	bool no_tmpfile; /* as on a file system that lacks it */
	bool no_exchange; /* likewise RENAME_EXCHANGE, RENAME_NOREPLACE */
	long held; /* allocations that were not freed, by difference */
	int (*at_sync)(int fd); /* before fsync(); the errno it ends with */
	void (*at_fcntl)(int fd, int command); /* before fcntl() */
	void (*at_stat)(struct stat *st); /* with what fstatat() has found */
} failing;

static inline void failing_begin(enum failing_what what, long k, int error)
{
	failing.left = k;
	failing.error = error;
	failing.what = what;
}

/* Whether something has failed. */
static inline bool failing_end(void)
{
	failing.what = FAILING_NOTHING;
	return failing.left <= 0;
}

static inline bool fails(enum failing_what what)
{
	if (failing.what != what ||
	    __atomic_sub_fetch(&failing.left, 1, __ATOMIC_RELAXED))
		return false;
	errno = what == FAILING_ALLOCATION ? ENOMEM : failing.error;
	return true;
}

/* Of a call that no signal interrupts. */
static inline bool fails_at_once(void)
{
	return failing.error != EINTR && fails(FAILING_IO);
}

static inline size_t shortened(size_t len)
{
	return failing.what == FAILING_SHORT && len > 1 ? len / 2 : len;
}

ssize_t pwrite(int fd, const void *p, size_t len, off_t off)
{
	if (fails(FAILING_IO))
		return -1;
	return syscall(SYS_pwrite64, fd, p, shortened(len), off);
}

ssize_t pread(int fd, void *p, size_t len, off_t off)
{
	if (fails(FAILING_IO))
		return -1;
	return syscall(SYS_pread64, fd, p, shortened(len), off);
}

int ftruncate(int fd, off_t len)
{
	return fails(FAILING_IO) ? -1 : (int)syscall(SYS_ftruncate, fd, len);
}

int fsync(int fd)
{
	int error = failing.at_sync ? failing.at_sync(fd) : 0;

	if (error)
		errno = error;
	if (error || fails(FAILING_IO))
		return -1;
	return (int)syscall(SYS_fsync, fd);
}

int openat(int folder, const char *path, int flags, ...)
{
	mode_t mode = 0;
	va_list args;

	va_start(args, flags);
	if (flags & (O_CREAT | __O_TMPFILE))
		mode = va_arg(args, mode_t);
	va_end(args);
	if (fails(FAILING_IO))
		return -1;
	if (failing.no_tmpfile && (flags & O_TMPFILE) == O_TMPFILE) {
		errno = EOPNOTSUPP;
		return -1;
	}
	return (int)syscall(SYS_openat, folder, path, flags, mode);
}

int linkat(int from, const char *old, int to, const char *new, int flags)
{
	if (fails(FAILING_IO))
		return -1;
	return (int)syscall(SYS_linkat, from, old, to, new, flags);
}

int renameat2(int from, const char *old, int to, const char *new,
	      unsigned flags)
{
	if (fails(FAILING_IO))
		return -1;
	if (failing.no_exchange && flags) {
		errno = EINVAL;
		return -1;
	}
	return (int)syscall(SYS_renameat2, from, old, to, new, flags);
}

int renameat(int from, const char *old, int to, const char *new)
{
	if (fails(FAILING_IO))
		return -1;
	return (int)syscall(SYS_renameat2, from, old, to, new, 0);
}

int memfd_create(const char *name, unsigned flags)
{
	if (fails_at_once())
		return -1;
	return (int)syscall(SYS_memfd_create, name, flags);
}

int fstat(int fd, struct stat *st)
{
	if (fails_at_once())
		return -1;
	return (int)syscall(SYS_newfstatat, fd, "", st, AT_EMPTY_PATH);
}

int fstatat(int folder, const char *path, struct stat *st, int flags)
{
	int rc;

	if (fails_at_once())
		return -1;
	rc = (int)syscall(SYS_newfstatat, folder, path, st, flags);
	if (!rc && failing.at_stat)
		failing.at_stat(st);
	return rc;
}

int fchmod(int fd, mode_t mode)
{
	return fails_at_once() ? -1 : (int)syscall(SYS_fchmod, fd, mode);
}

int fcntl(int fd, int what, ...)
{
	va_list args;
	long arg;

	va_start(args, what);
	arg = va_arg(args, long);
	va_end(args);
	if (failing.at_fcntl)
		failing.at_fcntl(fd, what);
	return fails_at_once() ? -1 : (int)syscall(SYS_fcntl, fd, what, arg);
}

/* A test's own memory is none of the library's calls. */
void *mmap(void *at, size_t len, int protection, int flags, int fd, off_t off)
{
	if ((fd >= 0 || protection == PROT_NONE) && fails_at_once())
		return MAP_FAILED;
	/* the C library's and the kernel's agree on 64-bit machines */
	return (void *)syscall(SYS_mmap, at, len, protection, flags, fd, off);
}

int madvise(void *at, size_t len, int advice)
{
	if (fails_at_once())
		return -1;
	return (int)syscall(SYS_madvise, at, len, advice);
}

/* AddressSanitizer has allocation calls of its own. */
#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && \
	!defined(__SANITIZE_THREAD__)
#define FAILING_ALLOCATION_WORKS 1

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t size);
void __libc_free(void *p);

static inline void *held(void *p)
{
	if (p)
		__atomic_fetch_add(&failing.held, 1, __ATOMIC_RELAXED);
	return p;
}

void *malloc(size_t size)
{
	return fails(FAILING_ALLOCATION) ? NULL : held(__libc_malloc(size));
}

void *calloc(size_t n, size_t size)
{
	return fails(FAILING_ALLOCATION) ? NULL : held(__libc_calloc(n, size));
}

void *realloc(void *p, size_t size)
{
	void *now;

	if (fails(FAILING_ALLOCATION))
		return NULL;
	now = __libc_realloc(p, size);
	return p ? now : held(now);
}

void free(void *p)
{
	if (p)
		__atomic_fetch_sub(&failing.held, 1, __ATOMIC_RELAXED);
	__libc_free(p);
}
#else
#define FAILING_ALLOCATION_WORKS 0
#endif

#endif /* FAILING_H */
