// SPDX-License-Identifier: MIT
/*
 * A library for LD_PRELOAD that makes one call of a program fail, or kills the
 * program there.  The environment says which:
 *
 *	FAULT_ALLOC=k	the k-th malloc(), calloc() or realloc() gives NULL
 *	FAULT_IO=k	the k-th system call below fails once with FAULT_ERRNO
 *	FAULT_ERRNO=n	5 (EIO) where it is not set
 *	FAULT_KILL=k	SIGKILL before the k-th system call
 *	FAULT_ONLY=c	count no system call but that of this name
 *	FAULT_SHORT=1	every read and write transfers half of its bytes
 *	FAULT_LACKS=w	what the file system lacks: "tmpfile", "exchange"
 *	FAULT_COUNT=f	into this file go three numbers of 8 bytes: allocations,
 *			system calls, and 1 if the fault has happened
 *	FAULT_PROGRAM=p	only in a program of that name
 *
 * What libcrypto allocates is not counted: version 3.0 crashes by itself where
 * its initialisation finds no memory.
 *
 * Counted is from the end of loading to exit().  What the C library calls within
 * itself is not seen, so messages to stderr never fail; nor do writes to
 * stdout, which are the caller's.  A call without which nothing could be given
 * back (unlink(), flock(), close(), munmap()) never fails: it is counted only
 * where a kill is wanted.
 */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

struct counts {
	uint64_t allocations;
	uint64_t calls;
	uint64_t happened;
};

static struct counts unshared, *counts = &unshared;
static bool counting;
static uint64_t fail_allocation, fail_call, kill_call;
static int fail_errno;
static bool transfer_half, lacks_tmpfile, lacks_exchange;
static const char *only;
static uintptr_t crypto_begin, crypto_end; /* libcrypto's code */

static uint64_t number(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 10) : otherwise;
}

static void share_counts(const char *path)
{
	int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CREAT,
			      0600);
	void *p;

	if (fd < 0 || syscall(SYS_ftruncate, fd, sizeof(*counts)) < 0)
		return;
	p = (void *)syscall(SYS_mmap, NULL, sizeof(*counts),
			    PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)0);
	if (p != MAP_FAILED)
		counts = p;
	close(fd);
}

static int find_crypto(struct dl_phdr_info *info, size_t size, void *arg)
{
	int i;

	(void)size;
	(void)arg;
	if (!strstr(info->dlpi_name, "/libcrypto."))
		return 0;
	for (i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *part = &info->dlpi_phdr[i];

		if (part->p_type != PT_LOAD || !(part->p_flags & PF_X))
			continue;
		crypto_begin = info->dlpi_addr + part->p_vaddr;
		crypto_end = crypto_begin + part->p_memsz;
	}
	return 1;
}

__attribute__((constructor)) static void begin(void)
{
	const char *path = getenv("FAULT_COUNT");
	const char *program = getenv("FAULT_PROGRAM");
	const char *lacks = getenv("FAULT_LACKS");

	if (program && strcmp(program, program_invocation_short_name))
		return;
	fail_allocation = number("FAULT_ALLOC", 0);
	fail_call = number("FAULT_IO", 0);
	kill_call = number("FAULT_KILL", 0);
	fail_errno = (int)number("FAULT_ERRNO", EIO);
	transfer_half = number("FAULT_SHORT", 0);
	only = getenv("FAULT_ONLY");
	lacks_tmpfile = lacks && strstr(lacks, "tmpfile");
	lacks_exchange = lacks && strstr(lacks, "exchange");
	if (path)
		share_counts(path);
	dl_iterate_phdr(find_crypto, NULL);
	memset(counts, 0, sizeof(*counts));
	counting = true;
}

static void end(void)
{
	counting = false;
}

/*
 * Registered at the first call and not in begin(), so that it comes before the
 * program's destructors: those of gcov, which crash without memory.
 */
static void end_at_exit(void)
{
	static bool done;

	if (!done) {
		done = true;
		atexit(end);
	}
}

static uint64_t count(uint64_t *what)
{
	end_at_exit();
	return __atomic_add_fetch(what, 1, __ATOMIC_RELAXED);
}

static bool allocation_fails(const void *caller)
{
	if (!counting || ((uintptr_t)caller >= crypto_begin &&
			  (uintptr_t)caller < crypto_end))
		return false;
	if (count(&counts->allocations) != fail_allocation)
		return false;
	counts->happened = 1;
	errno = ENOMEM;
	return true;
}

/* The number of a call that is counted, 0 of one that is not. */
static uint64_t reach(const char *name)
{
	uint64_t k;

	if (!counting || (only && strcmp(only, name)))
		return 0;
	k = count(&counts->calls);
	if (k == kill_call) {
		counts->happened = 1;
		kill(getpid(), SIGKILL);
	}
	return k;
}

static bool call_fails(const char *name)
{
	uint64_t k = reach(name);

	if (!k || k != fail_call)
		return false;
	counts->happened = 1;
	errno = fail_errno;
	return true;
}

/* For a call that never fails: it has no number where calls fail. */
static void may_be_last(const char *name)
{
	if (kill_call)
		reach(name);
}

static size_t shortened(size_t len)
{
	return counting && transfer_half && len > 1 ? len / 2 : len;
}

/* The next definition of a function: a sanitizer's or the C library's. */
#define REAL(name)                     \
	static __typeof__(&name) real; \
	real = real ? real : (__typeof__(&name))dlsym(RTLD_NEXT, #name)

/* ----------------------------------------------------------- allocation */

/* dlsym() may allocate when nothing can be looked up yet; it never frees. */
static char early[8192];
static size_t early_used;
static bool looking_up;

static void *early_alloc(size_t size)
{
	void *p = early + early_used;

	early_used += (size + 15) & ~(size_t)15;
	return early_used <= sizeof(early) ? p : NULL;
}

static bool is_early(const void *p)
{
	return (const char *)p >= early &&
	       (const char *)p < early + sizeof(early);
}

#define CALLER __builtin_return_address(0)

#define LOOK_UP(name)                                              \
	static __typeof__(&name) real;                             \
	if (!real && !looking_up) {                                \
		looking_up = true;                                 \
		real = (__typeof__(&name))dlsym(RTLD_NEXT, #name); \
		looking_up = false;                                \
	}

void *malloc(size_t size)
{
	LOOK_UP(malloc);
	if (!real)
		return early_alloc(size);
	return allocation_fails(CALLER) ? NULL : real(size);
}

void *calloc(size_t n, size_t size)
{
	LOOK_UP(calloc);
	if (!real)
		return early_alloc(n * size);
	return allocation_fails(CALLER) ? NULL : real(n, size);
}

void *realloc(void *p, size_t size)
{
	LOOK_UP(realloc);
	if (!real)
		return NULL;
	return allocation_fails(CALLER) ? NULL : real(p, size);
}

void free(void *p)
{
	LOOK_UP(free);
	if (real && !is_early(p))
		real(p);
}

/* --------------------------------------------------------- system calls */

static bool has_mode(int flags)
{
	return flags & (O_CREAT | __O_TMPFILE);
}

#define MODE(flags)                          \
	mode_t mode = 0;                     \
	if (has_mode(flags)) {               \
		va_list args;                \
		va_start(args, flags);       \
		mode = va_arg(args, mode_t); \
		va_end(args);                \
	}

#define FAILS() call_fails(__func__)

static bool is_lacking(int flags)
{
	if (!counting || !lacks_tmpfile || (flags & O_TMPFILE) != O_TMPFILE)
		return false;
	errno = EOPNOTSUPP;
	return true;
}

int open(const char *path, int flags, ...)
{
	REAL(open);
	MODE(flags);
	if (FAILS() || is_lacking(flags))
		return -1;
	return real(path, flags, mode);
}

int openat(int folder, const char *path, int flags, ...)
{
	REAL(openat);
	MODE(flags);
	if (FAILS() || is_lacking(flags))
		return -1;
	return real(folder, path, flags, mode);
}

FILE *fopen(const char *path, const char *how)
{
	REAL(fopen);
	return FAILS() ? NULL : real(path, how);
}

DIR *fdopendir(int fd)
{
	REAL(fdopendir);
	return FAILS() ? NULL : real(fd);
}

struct dirent *readdir(DIR *dir)
{
	REAL(readdir);
	return FAILS() ? NULL : real(dir);
}

ssize_t read(int fd, void *p, size_t len)
{
	REAL(read);
	return FAILS() ? -1 : real(fd, p, shortened(len));
}

ssize_t pread(int fd, void *p, size_t len, off_t off)
{
	REAL(pread);
	return FAILS() ? -1 : real(fd, p, shortened(len), off);
}

ssize_t write(int fd, const void *p, size_t len)
{
	REAL(write);
	if (fd <= STDERR_FILENO)
		return real(fd, p, len);
	return FAILS() ? -1 : real(fd, p, shortened(len));
}

ssize_t pwrite(int fd, const void *p, size_t len, off_t off)
{
	REAL(pwrite);
	return FAILS() ? -1 : real(fd, p, shortened(len), off);
}

off_t lseek(int fd, off_t off, int whence)
{
	REAL(lseek);
	return FAILS() ? -1 : real(fd, off, whence);
}

int fsync(int fd)
{
	REAL(fsync);
	return FAILS() ? -1 : real(fd);
}

int ftruncate(int fd, off_t len)
{
	REAL(ftruncate);
	return FAILS() ? -1 : real(fd, len);
}

int fchmod(int fd, mode_t mode)
{
	REAL(fchmod);
	return FAILS() ? -1 : real(fd, mode);
}

int fstat(int fd, struct stat *st)
{
	REAL(fstat);
	return FAILS() ? -1 : real(fd, st);
}

int fstatat(int folder, const char *path, struct stat *st, int flags)
{
	REAL(fstatat);
	return FAILS() ? -1 : real(folder, path, st, flags);
}

int fstatfs(int fd, struct statfs *fs)
{
	REAL(fstatfs);
	return FAILS() ? -1 : real(fd, fs);
}

ssize_t readlinkat(int folder, const char *path, char *text, size_t len)
{
	REAL(readlinkat);
	return FAILS() ? -1 : real(folder, path, text, len);
}

ssize_t getrandom(void *p, size_t len, unsigned flags)
{
	REAL(getrandom);
	return FAILS() ? -1 : real(p, len, flags);
}

int linkat(int from, const char *old, int to, const char *new, int flags)
{
	REAL(linkat);
	return FAILS() ? -1 : real(from, old, to, new, flags);
}

int renameat(int from, const char *old, int to, const char *new)
{
	REAL(renameat);
	return FAILS() ? -1 : real(from, old, to, new);
}

int renameat2(int from, const char *old, int to, const char *new,
	      unsigned flags)
{
	REAL(renameat2);
	if (FAILS())
		return -1;
	if (counting && lacks_exchange && flags) {
		errno = EINVAL;
		return -1;
	}
	return real(from, old, to, new, flags);
}

int mkostemp(char *pattern, int flags)
{
	REAL(mkostemp);
	return FAILS() ? -1 : real(pattern, flags);
}

int memfd_create(const char *name, unsigned flags)
{
	REAL(memfd_create);
	return FAILS() ? -1 : real(name, flags);
}

int fcntl(int fd, int what, ...)
{
	REAL(fcntl);
	va_list args;
	long arg;

	va_start(args, what);
	arg = va_arg(args, long);
	va_end(args);
	return FAILS() ? -1 : real(fd, what, arg);
}

void *mmap(void *at, size_t len, int protection, int flags, int fd, off_t off)
{
	REAL(mmap);
	return FAILS() ? MAP_FAILED : real(at, len, protection, flags, fd, off);
}

int madvise(void *at, size_t len, int advice)
{
	REAL(madvise);
	return FAILS() ? -1 : real(at, len, advice);
}

int pthread_create(pthread_t *thread, const pthread_attr_t *attr,
		   void *(*run)(void *), void *arg)
{
	REAL(pthread_create);
	return FAILS() ? EAGAIN : real(thread, attr, run, arg);
}

/* -------------------------------------------- what can only be the last */

int unlink(const char *path)
{
	REAL(unlink);
	may_be_last(__func__);
	return real(path);
}

int unlinkat(int folder, const char *path, int flags)
{
	REAL(unlinkat);
	may_be_last(__func__);
	return real(folder, path, flags);
}

int flock(int fd, int what)
{
	REAL(flock);
	may_be_last(__func__);
	return real(fd, what);
}

int close(int fd)
{
	REAL(close);
	may_be_last(__func__);
	return real(fd);
}

int munmap(void *at, size_t len)
{
	REAL(munmap);
	may_be_last(__func__);
	return real(at, len);
}
