// SPDX-License-Identifier: MIT
/*
 * A library for LD_PRELOAD that logs what a program does to files and names, in
 * the order in which it is done, into the file LOG_FILE.  A record is a line, of
 * a write followed by its bytes; files and folders are inode numbers:
 *
 *	write FILE OFFSET BYTES		truncate FILE BYTES
 *	sync FILE|FOLDER		mapped FILE
 *	name FOLDER NAME FILE		remove FOLDER NAME
 *	rename FOLDER FROM TO		exchange FOLDER FROM TO
 *
 * "mapped" tells of memory through which a file could be written unseen.  A call
 * that changes files and is not here would show, for the reader of the log holds
 * its end against the folder.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int log_fd = -1;
/* Held from before a call until its record is there: the order is true. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

#define REAL(name)                     \
	static __typeof__(&name) real; \
	real = real ? real : (__typeof__(&name))dlsym(RTLD_NEXT, #name)

typedef unsigned long long ull;

__attribute__((constructor)) static void begin(void)
{
	const char *path = getenv("LOG_FILE");

	if (path)
		log_fd = (int)syscall(SYS_openat, AT_FDCWD, path,
				      O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC,
				      0600);
}

static void put(const void *p, size_t len)
{
	const char *from = p;

	while (log_fd >= 0 && len) {
		long n = syscall(SYS_write, log_fd, from, len);

		if (n <= 0)
			abort();
		from += n;
		len -= (size_t)n;
	}
}

__attribute__((format(printf, 1, 2))) static void note(const char *format, ...)
{
	char line[1024];
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	if (n < 0 || (size_t)n >= sizeof(line))
		abort();
	put(line, (size_t)n);
}

static ull inode(int fd)
{
	struct stat st;

	if (fstat(fd, &st))
		abort();
	return st.st_ino;
}

static ull inode_at(int folder, const char *name)
{
	struct stat st;

	if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW))
		abort();
	return st.st_ino;
}

/* Unlock without touching what the call has left in errno. */
static void done(void)
{
	int saved = errno;

	pthread_mutex_unlock(&lock);
	errno = saved;
}

/* --------------------------------------------------------------- bytes */

ssize_t pwrite(int fd, const void *p, size_t len, off_t off)
{
	REAL(pwrite);
	ssize_t n;

	pthread_mutex_lock(&lock);
	n = real(fd, p, len, off);
	if (n > 0) {
		note("write %llu %llu %llu\n", inode(fd), (ull)off, (ull)n);
		put(p, (size_t)n);
	}
	done();
	return n;
}

ssize_t write(int fd, const void *p, size_t len)
{
	REAL(write);
	ssize_t n;

	if (fd <= STDERR_FILENO)
		return real(fd, p, len);
	pthread_mutex_lock(&lock);
	n = real(fd, p, len);
	if (n > 0) {
		note("write %llu %llu %llu\n", inode(fd),
		     (ull)(lseek(fd, 0, SEEK_CUR) - n), (ull)n);
		put(p, (size_t)n);
	}
	done();
	return n;
}

int ftruncate(int fd, off_t len)
{
	REAL(ftruncate);
	int rc;

	pthread_mutex_lock(&lock);
	rc = real(fd, len);
	if (!rc)
		note("truncate %llu %llu\n", inode(fd), (ull)len);
	done();
	return rc;
}

int fsync(int fd)
{
	REAL(fsync);
	int rc;

	pthread_mutex_lock(&lock);
	rc = real(fd);
	if (!rc)
		note("sync %llu\n", inode(fd));
	done();
	return rc;
}

int fdatasync(int fd)
{
	REAL(fdatasync);
	int rc;

	pthread_mutex_lock(&lock);
	rc = real(fd);
	if (!rc)
		note("sync %llu\n", inode(fd));
	done();
	return rc;
}

void *mmap(void *at, size_t len, int protection, int flags, int fd, off_t off)
{
	REAL(mmap);

	if (fd >= 0 && protection & PROT_WRITE && flags & MAP_SHARED)
		note("mapped %llu\n", inode(fd));
	return real(at, len, protection, flags, fd, off);
}

/* --------------------------------------------------------------- names */

int openat(int folder, const char *path, int flags, ...)
{
	REAL(openat);
	mode_t mode = 0;
	va_list args;
	int fd;

	if (flags & (O_CREAT | __O_TMPFILE)) {
		va_start(args, flags);
		mode = va_arg(args, mode_t);
		va_end(args);
	}
	if (!(flags & O_CREAT))
		return real(folder, path, flags, mode);
	pthread_mutex_lock(&lock);
	fd = real(folder, path, flags, mode);
	if (fd >= 0)
		note("name %llu %s %llu\n", inode(folder), path, inode(fd));
	done();
	return fd;
}

int linkat(int from, const char *old, int to, const char *new, int flags)
{
	REAL(linkat);
	int rc;

	pthread_mutex_lock(&lock);
	rc = real(from, old, to, new, flags);
	if (!rc)
		note("name %llu %s %llu\n", inode(to), new, inode_at(to, new));
	done();
	return rc;
}

int unlinkat(int folder, const char *path, int flags)
{
	REAL(unlinkat);
	int rc;

	pthread_mutex_lock(&lock);
	rc = real(folder, path, flags);
	if (!rc)
		note("remove %llu %s\n", inode(folder), path);
	done();
	return rc;
}

static void note_rename(int folder, const char *old, const char *new,
			unsigned flags)
{
	note("%s %llu %s %s\n", flags & RENAME_EXCHANGE ? "exchange" : "rename",
	     inode(folder), old, new);
}

int renameat(int from, const char *old, int to, const char *new)
{
	REAL(renameat);
	int rc;

	pthread_mutex_lock(&lock);
	rc = real(from, old, to, new);
	if (!rc)
		note_rename(to, old, new, 0);
	done();
	return rc;
}

int renameat2(int from, const char *old, int to, const char *new,
	      unsigned flags)
{
	REAL(renameat2);
	int rc;

	pthread_mutex_lock(&lock);
	rc = real(from, old, to, new, flags);
	if (!rc)
		note_rename(to, old, new, flags);
	done();
	return rc;
}
